"""Which decisions exclude one another, beside the same worked out pair by pair."""

from __future__ import annotations

import random
from typing import Any

from notices.hrss_2024_20.engines import CERTIFICATE, random_readings
from support import strategies, tiers
from tiaoli import Oracle
from tiaoli.decide.answer import Decision
from tiaoli.decide.batch import decide_chunk
from tiaoli.decide.exclusion import exclusive_groups

KINDS = {"skill_uplift": "skill", "care_route": "skill", "special_ability": "special"}
"""As what an application for a benefit counts."""

CARE: dict[str, Any] = {
    "industry": "elderly_care",
    "post": "elderly_care",
    "employer_in_shanghai": True,
    "start": "2024-12-01",
    "end": None,
}
CARE |= {"registry": {"system": "elderly_care", "worker_registered": True, "employer_registered": True, "in_post": True}}


def employed(rng: random.Random) -> dict[str, Any]:
    """A case in which somebody who is employed rather often has several certificates that grant."""
    case = strategies.random_case(rng, sections=strategies.PERSONAL)
    kinds = [{}, {}, {"kind": "special_ability", "domain": "ai_data_annotation"}, {"occupation_code": "4-10-01-05"}]
    certificates = [{**CERTIFICATE, "id": f"c{at}", "issued": "2025-01-20", **rng.choice(kinds)} for at in range(rng.randrange(5))]
    case |= {"applied_on": rng.choice(["2024-12-31", *["2025-01-20", "2025-06-01"] * 2]), "certificates": certificates}
    if rng.random() < 0.7:
        person = {"status": "employed", "civil_servant": False, "public_institution_post": "none", "school_in_shanghai": True}
        case |= {"person": {**person, "in_city_groups": True}, "applications": []}
    if rng.random() < 0.5:
        case["employments"] = [{"id": "e1", **CARE}]
    return case


def pairs_by_rule(case: dict[str, Any], readings: dict[str, str], decisions: tuple[Decision, ...]) -> set[frozenset[tuple[str, str]]]:
    """Of two decisions on two certificates, each granted, either would use up the year for the other, as the other is limited."""
    if case["person"].get("status") != "employed" or case["applied_on"] < "2025-01-01":
        return set()
    limited = set(KINDS) - ({"special_ability"} if readings.get("limit_covers_special") == "not_covered" else set())
    counted = {"skill"} if readings.get("limit_covers_special") == "not_covered" else {"skill", "special"}
    granted = [(item.benefit, item.subject) for item in decisions if item.outcome == "eligible"]
    return {
        frozenset((one, other))
        for one in granted
        for other in granted
        if one[1] != other[1] and KINDS.get(one[0]) in counted and other[0] in limited
    }


@tiers.sized(4, 12, 200)
def test_groups_are_what_a_comparison_of_every_pair_finds(oracle: Oracle, size: int) -> None:
    with_pairs = with_two_of_one_certificate = 0
    for seed in range(size):
        rng = random.Random(f"exclusive {seed}")
        readings, cases = random_readings(rng, oracle.policy), [employed(rng) for _ in range(60)]
        for case, decided in zip(
            cases, decide_chunk(oracle.encoding, list(map(oracle.read, cases)), readings, exclusive=True), strict=True
        ):
            if decided is None:
                continue
            decisions, filed = decided
            expected = pairs_by_rule(case, readings, decisions)
            groups = exclusive_groups(filed)
            found = {frozenset(map(tuple, (one, other))) for group in groups for one in group for other in group if one != other}
            assert found == expected, (case, readings)
            for group in groups:
                members = set(map(tuple, group))
                for other in {member for pair in expected for member in pair} - members:
                    assert not all(frozenset((other, member)) in expected for member in members), (case, readings)
            with_pairs += bool(expected)
            with_two_of_one_certificate += len(groups) > 1
    assert with_pairs > 30
    assert with_two_of_one_certificate > 5
