"""What is made once for several questions is what each would make by itself: formulas of two versions, and numbers of items."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from support import tiers
from tiaoli import Oracle
from tiaoli.analysis.properties import VIOLATED, own_property_files, read_property
from tiaoli.analysis.version_changes import PolicyVersion
from tiaoli.analysis.version_comparison import Comparison
from tiaoli.encoding.policy_folders import rules_folder
from tiaoli.rules import Contract, Name
from tiaoli.symbolic import CASE, CommonNeeds, Facts, Goal, Relations, scope_of

SHOWN = (Contract.MET, Contract.ELIGIBLE, Contract.STANDARD, Contract.AMOUNT, Contract.GAP)

EDITS: dict[str, dict[str, Any]] = {
    "a sum": {"parameters": {"special_ability_standard": "1200.00"}},
    "a period": {"parameters": {"apprentice_contract": "4"}},
    "the last day of validity": {"parameters": {"validity_to": "2026-11-13"}},
    "a share": {"parameters": {"class_retention": "7"}},
    "a reading": {"readings": {"limit_year": "rolling"}},
}


def shown(relations: Relations, benefit: str) -> list[Any]:
    """What is derived for an answer about a benefit, with the formulas."""
    rest = {item.name: len(relations.policy.predicates[item.name].arguments) - 2 for item in SHOWN}
    return [tuples for name, more in rest.items() for tuples in relations.tuples(name, (1, Name(benefit), *[None] * more))]


def are_the_same(some: list[Any], others: list[Any]) -> bool:
    """Whether z3 has the same expressions for both."""

    def identity(value: Any) -> Any:
        value = getattr(value, "expr", getattr(value, "order", value))
        return value.get_id() if hasattr(value, "get_id") else value

    said = [[tuple(map(identity, (*arguments, guard))) for arguments, guard in found] for found in (some, others)]
    return said[0] == said[1]


def differing_answers(oracle: Oracle, edit: str, differing: Collection[str] | None = None) -> list[str]:
    """The benefits of which the new version, where it takes from the old one what is the same, says something else than by itself."""
    new = Oracle("hrss-2024-20", **EDITS[edit])
    versions = [PolicyVersion(one.encoding, one.readings_in_force) for one in (oracle, new)]
    comparison = Comparison(versions[0], versions[1], ())
    facts = Facts(oracle.policy, lambda _: 1)
    old, alone, sharing = (
        Relations(version.encoding, facts, readings=version.readings) for version in (versions[0], versions[1], versions[1])
    )
    sharing.share(old, comparison.rules.differing if differing is None else differing)
    return [benefit for benefit in oracle.policy.benefits if not are_the_same(shown(alone, benefit), shown(sharing, benefit))]


@pytest.mark.parametrize("edit", tiers.some(list(EDITS), ["a period", "the last day of validity"]))
def test_what_two_versions_share_is_what_the_second_would_make(oracle: Oracle, edit: str) -> None:
    assert differing_answers(oracle, edit) == []


@pytest.mark.parametrize("edit", tiers.some(["a sum", "the last day of validity"], ["a sum"]))
def test_sharing_what_differs_is_noticed(oracle: Oracle, edit: str) -> None:
    assert differing_answers(oracle, edit, ()) != []


def test_no_more_stands_twice_than_rests_on_what_differs(oracle: Oracle) -> None:
    """Another length of one period leaves the rules that name another one alone."""
    new = Oracle("hrss-2024-20", parameters={"apprentice_contract": "4"})
    sides = [PolicyVersion(one.encoding, one.readings_in_force) for one in (oracle, new)]
    differing = Comparison(sides[0], sides[1], ()).rules.differing
    months = {rule.head.predicate for rule in oracle.encoding.program.rules for part in rule.literals() if part.atom.predicate == "months"}
    assert months & differing
    assert months - differing


@tiers.sized(6, 25)
def test_the_items_that_are_enough_are_those_of_each_question_by_itself(oracle: Oracle, size: int) -> None:
    encoding = oracle.encoding
    common = CommonNeeds(encoding.policy, encoding.program.rules)
    for path in own_property_files(rules_folder("hrss-2024-20", None))[:size]:
        wanted = read_property(encoding, path)
        goals = [Goal(VIOLATED, (CASE,))]
        alone = scope_of(wanted.policy, (*encoding.program.rules, *wanted.program.rules), goals, wanted.readings)
        assert scope_of(wanted.policy, wanted.program.rules, goals, wanted.readings, None, common) == alone, path.stem
