"""Every small change to a rule or a number is noticed by the cases, refused by the checks, or changes nothing: then it says why.

`pytest -rP tests/test_mutants.py` shows the counts and the survivors.
"""

import random
import shutil
from pathlib import Path

import mutants
import pytest
from mutants import Mutant, Trials

from tiaoli import Oracle
from tiaoli.encoding.loader import problems_of

ROOT = Path(__file__).parent.parent
NAME = "hrss-2024-20"

ALSO_UNDER_THE_OTHER = "under the other option another rule derives the same for every item, so this one adds nothing there"
ASKED = "a benefit is asked for every subject that the case has; a condition met of one not asked for is read by no decision"
RECORD = "the fields of a record are facts only where there is a record"

EQUIVALENT = {
    "c01_uplift.lp base_entitlement(C,Cert) #2: drop reading(care_role,restricts)": ALSO_UNDER_THE_OTHER,
    "c03_care.lp qualifies(C,Cert,Job) #2: drop reading(care_post,same)": ALSO_UNDER_THE_OTHER,
    "c03_care.lp in_time(C,Cert,Job) #2: edge of Day < From": (
        "a job begun on the issue date is in time by the first rule: the format refuses a job that ends before it begins"
    ),
    "c03_care.lp care_route_open(C,Cert): drop timely_job(C,Cert,_)": "registered rests on a timely job already",
    "c03_care.lp on_record(C,Job): drop employment_registry(C,Job,record)": RECORD,
    "c04_directed.lp in_class(C,Class,Trainee) #2: drop trainee_group(C,Trainee,other)": (
        "under `illustrative` every trainee belongs to the class: the other groups do by the first rule"
    ),
    "c04_directed.lp counted(C,Class,Trainee): drop reading(class_counted,passed)": ALSO_UNDER_THE_OTHER,
    "c04_directed.lp rate_base(C,Class,Trainee) #2: drop reading(class_rate_base,passed)": ALSO_UNDER_THE_OTHER,
    "c04_directed.lp headcount(C,Class,Trainee) #2: drop reading(class_headcount,passed)": ALSO_UNDER_THE_OTHER,
    "c04_directed.lp has_standard(C,Class,Trainee) #2: drop in_class(C,Class,Trainee)": (
        "a standard is looked up only of those who draw, and they belong to the class"
    ),
    "c04_directed.lp has_standard(C,Class,Trainee) #2: drop class_held_in(C,Class,elsewhere)": (
        "where the class is held in Shanghai the first rule gives every trainee a standard"
    ),
    "c05_scope.lp practitioner(C,Participant) #2: drop participant_registry(C,Participant,record)": RECORD,
    "c06_development.lp payable(C,development_grant,Project,(Cap/100),(Cap\\100),100): edge of Cap < Sum": (
        "where the sum requested is the cap, both rules give the same amount"
    ),
    "c07_apprentice.lp contract_in_time(C,Apprentice): drop reading(contract_window,after_start)": ALSO_UNDER_THE_OTHER,
    "c10_limit.lp within_year(C,Application): drop Day <= December": (
        "an earlier application is not after the day of this one, which lies in that year"
    ),
    "c10_limit.lp within_year(C,Application): drop reading(limit_year,calendar)": (
        "an earlier application of the same calendar year is less than twelve months old, so `rolling` counts it too"
    ),
    "c10_limit.lp outcome_counts(C,Application) #2: drop reading(limit_counts,granted)": ALSO_UNDER_THE_OTHER,
    "sectors.lp met(C,Benefit,Subject,sector): drop asked(C,Benefit,Subject)": ASKED,
    "sectors.lp met(C,Benefit,Subject,sector) #2: drop asked(C,Benefit,Subject)": ASKED,
    "validity.lp met(C,Benefit,Subject,in_force): drop asked(C,Benefit,Subject)": ASKED,
    "validity.lp in_force(C,Benefit,Subject) #3: drop reading(validity_anchor,both)": (
        "what `both` asks for is more than what either other option asks for, so this rule adds nothing under them"
    ),
}
"""Why a mutant that no case can notice changes no decision."""


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
    (root / "encodings" / NAME / mutant.file).write_text(mutant.text, "utf-8")
    return bool(problems_of(NAME, root))


@pytest.mark.parametrize("file", mutants.FILES)
def test_every_mutant_is_noticed(oracle: Oracle, trials: Trials, tmp_path: Path, file: str) -> None:
    made = mutants.mutants(oracle, file)
    unnoticed = [mutant for mutant in made if not trials.notices(mutant)]
    survivors = [mutant.name for mutant in unnoticed if not refused(mutant, tmp_path)]
    print(f"{file}: {len(made)} mutants, {len(made) - len(unnoticed)} noticed by a case, {len(unnoticed) - len(survivors)} refused at load")
    for name in survivors:
        print(f"  equivalent: {name}\n    {EQUIVALENT.get(name, 'NO REASON GIVEN')}")
    assert set(survivors) - EQUIVALENT.keys() == set(), "these mutants survive: plant a case, or say why they change nothing"
    assert {name for name in EQUIVALENT if name.startswith(f"{file} ")} - set(survivors) == set(), "these are noticed and need no reason"


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


def test_a_change_reaches_what_rests_on_it_and_nothing_else(oracle: Oracle, trials: Trials) -> None:
    """Running the rules above a change says what running all of them says."""
    made = [(file, mutant) for file in mutants.FILES if file != mutants.PARAMETERS for mutant in mutants.mutants(oracle, file)]
    said = set()
    for file, mutant in random.Random("reach").sample(made, 40):
        for pool in mutants.POOLS_OF.get(file, (mutants.PERSONAL,)):
            differs = trials.differs(mutant, pool, 0, ())
            assert differs == trials.differs_as_a_whole(mutant, pool, 0, ()), mutant.name
            said.add(differs)
    assert said == {True, False}
