"""Decisions that exclude one another, in groups as large as they can be."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.cases import read_case
from support.paths import CASES
from tiaoli import Oracle
from tiaoli.case import read_document
from tiaoli.decide import decide_chunk, exclusive_groups

PAIRS = [(one, other) for one, other in combinations(range(8), 2)]


@given(st.sets(st.sampled_from(PAIRS)))
def test_every_pair_stands_in_a_group_that_cannot_be_larger(pairs: set[tuple[int, int]]) -> None:
    groups = list(exclusive_groups(range(8), pairs))
    assert {pair for group in groups for pair in combinations(group, 2)} == pairs
    for group in groups:
        assert list(group) == sorted(group)
        for another in set(range(8)) - set(group):
            assert not all((min(pair), max(pair)) in pairs for pair in ((another, member) for member in group))
    assert len(set(groups)) == len(groups)


def test_a_thousand_that_exclude_one_another_are_one_group() -> None:
    assert list(exclusive_groups(range(1000), combinations(range(1000), 2))) == [tuple(range(1000))]


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


def test_decisions_are_the_same_whether_pairs_are_looked_for_or_not(oracle: Oracle) -> None:
    cases = [read_case(read_document(path)) for path in sorted(CASES.glob("*.yaml"))]
    cases.append(read_case(certificates(3)))
    with_pairs = decide_chunk(oracle.encoding, cases, {}, ["special_ability"], exclusive=True)
    without = decide_chunk(oracle.encoding, cases, {}, ["special_ability"])
    assert [found and found[0] for found in with_pairs] == [found and found[0] for found in without]
    assert any(found and found[1] for found in with_pairs)
    assert not any(found and found[1] for found in without)
