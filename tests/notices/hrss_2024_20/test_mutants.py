"""Every small change to a rule or a number is noticed by the cases, refused by the checks, or changes nothing: then it says why.

`pytest -rP tests/notices/hrss_2024_20/test_mutants.py` shows the counts and the survivors.
"""

import random
import shutil
from pathlib import Path

import pytest

from notices.hrss_2024_20 import mutants
from notices.hrss_2024_20.mutants import EQUIVALENT, Mutant, Trials
from support import tiers
from support.own_library import own_library
from support.paths import ROOT
from tiaoli import Oracle
from tiaoli.encoding.loader import policy_problems

NAME = "hrss-2024-20"


@pytest.fixture(scope="module")
def trials(oracle: Oracle) -> Trials:
    """The cases, with their facts and expected answers once made."""
    return Trials(oracle)


def refused(mutant: Mutant, root: Path) -> bool:
    """Whether the checks at load refuse the mutant."""
    if not mutant.text:
        return False
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, root / part / NAME, dirs_exist_ok=True)
    own_library(root, NAME)
    (root / "encodings" / NAME / mutant.file).write_text(mutant.text, "utf-8")
    return bool(policy_problems(NAME, root))


@tiers.sized(16, 1)
@pytest.mark.parametrize("file", mutants.FILES)
def test_every_mutant_is_noticed(oracle: Oracle, trials: Trials, tmp_path: Path, file: str, size: int) -> None:
    """Of each file and each kind one in so many, in full every one."""
    made = mutants.spread(mutants.mutants(oracle, file), size)
    unnoticed = [mutant for mutant in made if not trials.notices(mutant)]
    survivors = [mutant.name for mutant in unnoticed if not refused(mutant, tmp_path)]
    print(f"{file}: {len(made)} mutants, {len(made) - len(unnoticed)} noticed by a case, {len(unnoticed) - len(survivors)} refused at load")
    for name in survivors:
        print(f"  equivalent: {name}\n    {EQUIVALENT.get(name, 'NO REASON GIVEN')}")
    assert set(survivors) - EQUIVALENT.keys() == set(), "these mutants survive: plant a case, or say why they change nothing"
    assert EQUIVALENT.keys() & {mutant.name for mutant in made} - set(survivors) == set(), "these are noticed and need no reason"


def test_at_least_95_percent_are_noticed(oracle: Oracle) -> None:
    """With the test above: whatever has no reason here is noticed there."""
    names = [mutant.name for file in mutants.FILES for mutant in mutants.mutants(oracle, file)]
    assert len(names) == len(set(names))
    assert EQUIVALENT.keys() <= set(names)
    print(f"{len(names)} mutants, {len(EQUIVALENT)} equivalent: {1 - len(EQUIVALENT) / len(names):.1%} noticed")
    assert len(EQUIVALENT) <= 0.05 * len(names)


def test_every_kind_of_mutant_is_made(oracle: Oracle) -> None:
    names = [mutant.name for file in mutants.FILES for mutant in mutants.mutants(oracle, file)]
    kinds = {
        "delete": 150,
        "drop reading(": 20,
        "drop not ": 3,
        "turn not ": 4,
        "edge of ": 30,
        "true) becomes ": 25,
        "reading(limit_year,calendar) becomes reading(limit_year,rolling)": 1,
        "100 becomes 99 in ": 10,
        "(Base/100) becomes (Base\\100)": 1,
        f"{mutants.PARAMETERS} ": 2 * sum(parameter.unit != "occupation" for parameter in oracle.policy.parameters.values()),
    }
    for kind, least in kinds.items():
        assert sum(kind in name for name in names) >= least, kind
    # each rule of each file can be deleted
    assert sum(name.endswith(": delete") for name in names) == sum(
        "(" in line.split(":-")[0] and not line.startswith((" ", "%", "#"))
        for file, text in oracle.policy.rules.items()
        for line in text.splitlines()
    )


def test_the_shipped_rules_are_no_mutant(trials: Trials) -> None:
    """The same rules, or the same number, are not taken for a change."""
    for file, rules in trials.rules.items():
        for predicate, same in rules.items():
            pool = mutants.POOLS_OF.get(file, (mutants.PERSONAL,))[0]
            assert not trials.differs(Mutant("the same", file, predicate=predicate, rules=same), pool, 0, ())
    value = trials.policy.parameters["care_employment"].value
    assert isinstance(value, int)
    assert not trials.notices(Mutant("the same", "c03_care.lp", parameter="care_employment", value=value))


@tiers.sized(15, 40)
def test_a_change_reaches_what_rests_on_it_and_nothing_else(oracle: Oracle, trials: Trials, size: int) -> None:
    """Running the rules above a change says what running all of them says."""
    made = [(file, mutant) for file in mutants.FILES if file != mutants.PARAMETERS for mutant in mutants.mutants(oracle, file)]
    said = set()
    for file, mutant in random.Random("reach").sample(made, size):
        for pool in mutants.POOLS_OF.get(file, (mutants.PERSONAL,)):
            differs = trials.differs(mutant, pool, 0, ())
            assert differs == trials.differs_as_a_whole(mutant, pool, 0, ()), mutant.name
            said.add(differs)
    assert said == {True, False}
