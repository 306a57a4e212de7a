"""Decisions that exclude one another, in groups as large as they can be."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from support.cases import read_case
from support.paths import CASES
from tiaoli import Oracle
from tiaoli.case import read_document
from tiaoli.decide import decide_chunk, exclusive_groups

FILED = st.lists(st.sampled_from("abcdef"), max_size=14).map(lambda applications: list(enumerate(applications)))
"""Items, each with the application it is filed with."""


def apart(filed: list[tuple[int, str]]) -> set[tuple[int, int]]:
    """The pairs that exclude one another."""
    return {(one, other) for (one, first), (other, second) in combinations(filed, 2) if first != second}


@given(FILED)
@example([(number, "abcdef"[number // 3]) for number in range(18)])
def test_every_pair_stands_in_a_group_that_cannot_be_larger(filed: list[tuple[int, str]]) -> None:
    groups, pairs = exclusive_groups(filed), apart(filed)
    assert {pair for group in groups for pair in combinations(group, 2)} == pairs
    applications = dict(filed)
    for group in groups:
        assert list(group) == sorted(group)
        assert {applications[item] for item in group} == set(applications.values())
    assert groups == sorted(set(groups))


def test_a_thousand_that_exclude_one_another_are_one_group() -> None:
    assert exclusive_groups((number, f"c{number}") for number in range(1000)) == [tuple(range(1000))]


def test_a_thousand_applications_of_two_decisions_each_are_fourteen_groups() -> None:
    filed = [(number, f"c{number // 2}") for number in range(2000)]
    groups = exclusive_groups(filed)
    assert len(groups) == 14
    ways = [[group[number] % 2 for group in groups] for number in range(1000)]
    for one, other in pairwise(ways):
        assert {*zip(one, other, strict=True)} == {(0, 0), (0, 1), (1, 0), (1, 1)}


def certificates(number: int) -> dict[str, Any]:
    """An employed person with so many certificates, each of which grants."""
    one: dict[str, Any] = {"kind": "special_ability", "domain": "ai_data_annotation", "issued": "2025-03-01"}
    one |= {"meets_city_rules": True, "payment_percent": 100, "holder_status": "employed"}
    person = {"status": "employed", "civil_servant": False, "public_institution_post": "none", "school_in_shanghai": True}
    person |= {"in_city_groups": True}
    listed = [{"id": f"c{at}", **one} for at in range(number)]
    return {"id": "A", "applied_on": "2025-06-01", "person": person, "applications": [], "certificates": listed}


def test_certificates_of_which_one_can_be_filed_are_one_group(oracle: Oracle) -> None:
    found = oracle.decide(certificates(7), benefits=["special_ability"], full=True).exclusive
    assert found == (tuple(("special_ability", f"c{at}") for at in range(7)),)


def test_decisions_are_the_same_whether_it_is_asked_which_exclude_one_another(oracle: Oracle) -> None:
    cases = [read_case(read_document(path)) for path in sorted(CASES.glob("*.yaml"))]
    cases.append(read_case(certificates(3)))
    asked = decide_chunk(oracle.encoding, cases, {}, ["special_ability"], exclusive=True)
    without = decide_chunk(oracle.encoding, cases, {}, ["special_ability"])
    assert [found and found[0] for found in asked] == [found and found[0] for found in without]
    assert any(found and found[1] for found in asked)
    assert not any(found and found[1] for found in without)
