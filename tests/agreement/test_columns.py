"""The rules over columns against clingo: the same conditions, outcomes, amounts, rates and gaps for every case at once."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from notices.hrss_2024_20 import mutants
from notices.hrss_2024_20.engines import GROUPS, PARTS, RULE_FILES, SEEDS, Judge, complete, groups, tried_of, with_rules
from notices.hrss_2024_20.mutants import planted
from support import strategies, tiers
from support.cases import read_case
from tiaoli import Oracle
from tiaoli.base.calendar import add_months, to_day
from tiaoli.compiled.column_arrays import Matches, OverflowingError, Rows
from tiaoli.compiled.column_grounding import ColumnRules
from tiaoli.compiled.column_store import CodeBook, columns_of, day_code, last_days
from tiaoli.compiled.columnar import ColumnEvaluator
from tiaoli.compiled.decider import CompiledRules
from tiaoli.compiled.fragment import OutsideError
from tiaoli.compiled.rule_index import BindingPattern
from tiaoli.decide.batch import Decided, decide_chunk

Item = dict[str, Any]


OUTPUTS: tuple[tuple[str, BindingPattern], ...] = (("amount", ("f", "f")), ("standard", ("f", "f")), ("rate", ("f",)), ("gap", ("f",)))


def over(compiled: CompiledRules, cases: Sequence[Item], readings: dict[str, str]) -> ColumnEvaluator:
    """The cases as columns."""
    facts = [compiled.reader.case(read_case(case)) for case in cases]
    people = columns_of(compiled.policy, CodeBook(compiled.policy), facts)
    rules = ColumnRules(compiled.index, people.codes, lambda predicate: compiled.rows(predicate, readings))
    return ColumnEvaluator(rules, people)


def by_row(found: Matches) -> dict[int, list[tuple[int, ...]]]:
    """What was found for each row."""
    rows: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    size = len(found[0])
    values = [np.broadcast_to(np.asarray(value.at if isinstance(value, Rows) else value), (size,)) for value in found[1]]
    for place, row in enumerate(found[0]):
        rows[int(row)].append(tuple(int(value[place]) for value in values))
    return rows


def differences(oracle: Oracle, columns: ColumnEvaluator, expected: Sequence[Decided | None]) -> list[str]:
    """Where the columns say other than clingo."""
    wrong = []
    for benefit in oracle.policy.benefits.values():
        met = [columns.condition(benefit, condition) for condition in benefit.conditions]
        granted = columns.granted(benefit)
        amounts, standards, rates, gaps = (by_row(columns.output(benefit, name, way)) for name, way in OUTPUTS)
        decisions = [decision for found in expected if found for decision in found[0] if decision.benefit == benefit.id]
        assert len(decisions) == len(granted)
        for row, decision in enumerate(decisions):
            sums, fixed = ([Decimal(100 * yuan + fen).scaleb(-2) for yuan, fen in found[row]] for found in (amounts, standards))
            ours = (
                [bool(column[row]) for column in met],
                bool(granted[row]),
                sums,
                fixed,
                [Decimal(percent).scaleb(-2) for (percent,) in rates[row]],
                len(gaps[row]),
            )
            theirs = (
                [condition.status == "met" for condition in decision.conditions],
                decision.outcome == "eligible",
                [] if decision.amount is None else [decision.amount],
                [] if decision.standard is None else [decision.standard],
                [] if decision.rate is None else [decision.rate],
                len(decision.gap),
            )
            if ours != theirs:
                wrong.append(f"{decision} {ours}")
    return wrong


@pytest.mark.parametrize("seed", tiers.seeds(1, SEEDS // 2))
@pytest.mark.parametrize("which", ["oracle", "amended"])
def test_columns_decide_as_clingo_does(which: str, seed: int, request: pytest.FixtureRequest) -> None:
    oracle: Oracle = request.getfixturevalue(which)
    for number, (cases, readings) in enumerate(groups(oracle.policy, f"columns {which} {seed}")):
        if which == "amended" and number > GROUPS // 3:
            break
        expected = decide_chunk(oracle.encoding, [read_case(case) for case in cases], readings)
        assert differences(oracle, over(oracle.compiled, cases, readings), expected)[:3] == [], readings


def test_planted_cases_under_each_option(oracle: Oracle) -> None:
    cases = [complete(case) for pool in mutants.POOLS for case in planted(pool)]
    for readings in [{}, *({name: option.id} for name, r in oracle.policy.readings.items() for option in r.options[1:])]:
        expected = decide_chunk(oracle.encoding, [read_case(case) for case in cases], dict(readings))
        assert differences(oracle, over(oracle.compiled, cases, dict(readings)), expected) == [], readings


def test_no_case_and_cases_with_nothing_in_them(oracle: Oracle) -> None:
    for cases in ([], [{"id": "a", "applied_on": "2025-06-01"}] * 3):
        assert differences(oracle, over(oracle.compiled, cases, {}), [((), ())] * len(cases)) == []


def test_a_number_that_columns_might_not_carry_is_refused(oracle: Oracle) -> None:
    text = oracle.policy.rules["c04_directed.lp"].replace("Standard / 100 * Number,", "Standard * Standard * 100 * 100 * 100 * Number,")
    compiled = with_rules(oracle, {"c04_directed.lp": text})
    cases = [complete(case) for case in planted("training_classes")]
    benefit = next(found for found in oracle.policy.benefits.values() if found.subject == "class")
    with pytest.raises(OverflowingError):
        over(compiled, cases, {}).output(benefit, "amount", ("f", "f"))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("person_group(C, Cert) :- certificate(C, Cert), class(C, Class), not class_sector(C, Class, other), Class = Cert.", "item"),
        ("agreed(C, Class) :- class(C, Class), class_agreement_party(C, Class, Party), Party != employer.", "must be written out"),
        ("person_group(C, Cert) :- certificate(C, Cert), class(C, Cert).", "items of two lists"),
    ],
)
def test_what_columns_cannot_carry_is_named(oracle: Oracle, rule: str, message: str) -> None:
    file = "c04_directed.lp"
    compiled = with_rules(oracle, {file: f"{oracle.policy.rules[file]}\n{rule}\n"})
    cases = [complete(case) for pool in (mutants.PERSONAL, "training_classes") for case in planted(pool)]
    columns = over(compiled, cases, {})
    with pytest.raises(OutsideError, match=rf"{file}:\d+: .*{message}"):
        [columns.granted(benefit) for benefit in oracle.policy.benefits.values()]


class ColumnJudge(Judge):
    """The same for the rules over columns."""

    def __init__(self, oracle: Oracle) -> None:
        super().__init__(oracle)
        self.codes = CodeBook(oracle.policy)
        read = oracle.compiled.reader.case
        self.people = {pool: columns_of(oracle.policy, self.codes, map(read, cases)) for pool, cases in self.cases.items()}

    def differs(self, compiled: CompiledRules, pool: str, readings: dict[str, str], answers: list[Decided | None]) -> bool:
        rules = ColumnRules(compiled.index, self.codes, lambda predicate: compiled.rows(predicate, readings))
        try:
            return differences(self.oracle, ColumnEvaluator(rules, self.people[pool]), answers) != []
        except (OutsideError, OverflowingError):
            return True


OF_EXCLUSION = tuple(f"c10_limit.lp {rule}" for rule in ("exclusive(", "last_application(", "limit_applies(C): drop First <= Today"))
"""Mutants that change only which decisions exclude each other, of which columns say nothing."""


@pytest.fixture(scope="module")
def column_judge(oracle: Oracle) -> ColumnJudge:
    """The cases as columns, with clingo's answers once they are wanted."""
    return ColumnJudge(oracle)


@tiers.sized(84, 14, 1)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("file", RULE_FILES)
def test_mutants_of_the_rules_are_noticed(oracle: Oracle, column_judge: ColumnJudge, file: str, part: int, size: int) -> None:
    """Had the columns misread a rule like this, the comparison would say so."""
    tried = [mutant for mutant in tried_of(oracle, file, size)[part::PARTS] if not mutant.name.startswith(OF_EXCLUSION)]
    unnoticed = {mutant.name for mutant in tried if not column_judge.notices(mutant)}
    print(f"{file}: {len(tried)} mutants tried, unnoticed:", *sorted(unnoticed), sep="\n  ")
    assert unnoticed == set()


def test_months_are_added_to_codes_as_to_days() -> None:
    last = last_days()
    for day in strategies.BOUNDARY_DAYS:
        number = to_day(day)
        for months in (0, 1, 3, 6, 12, 13, 1200):
            if add_months(number, months) // 10000 < 2300:
                assert last[day_code(number) + 31 * months] == day_code(add_months(number, months))
