"""The rules on inspection fees in plain Python: a case, random cases near their limits, and what the text gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Document = dict[str, Any]
NAME = "inspection-2026"


def a_case(**changes: Any) -> Document:
    """A small company with one plant."""
    return {
        "id": "K-1",
        "billed_on": "2026-06-01",
        "company": {"staff": 8, "trainees": 3},
        "plants": [
            {
                "id": "p1",
                "permit": "P-101",
                "category": "light",
                "power": 31,
                "hazards": ["pressure"],
                "certificate": {"until": "2026-12-31"},
                "visits": [
                    {"id": "v1", "held": "2026-05-01", "minutes": 121, "faults": 2, "asked_for": False},
                    {"id": "v2", "held": "2025-05-31", "minutes": 90, "faults": 0, "asked_for": True},
                ],
            }
        ],
        **changes,
    }


_PLANT = a_case()["plants"][0]
_VISIT = {"id": "v1", "held": "2025-05-31", "minutes": 90, "faults": 3, "asked_for": False}
WORSE = a_case(plants=[{**_PLANT, "visits": [_VISIT]}])
"""The case with one visit, which is too old, too short and too bad."""

OPEN = a_case(company={"trainees": 0}, plants=[{key: value for key, value in _PLANT.items() if key != "power"}])
"""The case without the staff and the power of the plant."""


def _day_near(rng: random.Random) -> date:
    anchors = (date(2026, 3, 1), date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28))
    return rng.choice(anchors) + timedelta(days=rng.choice((-366, -365, -46, -45, -1, 0, 1, 30)))


def random_case(rng: random.Random, number: int) -> Document:
    """A case with everything known, near the limits of the rules."""

    today = _day_near(rng)

    def visit(place: int) -> Document:
        return {
            "id": f"v{place}",
            "held": rng.choice((_day_near(rng), today - timedelta(days=rng.choice((0, 44, 45, 46))))).isoformat(),
            "minutes": rng.choice((1, 89, 90, 91, 119, 120, 121, 150, 1440)),
            "faults": rng.choice((0, 1, 2, 3)),
            "asked_for": rng.random() < 0.5,
        }

    def plant(place: int) -> Document:
        return {
            "id": f"p{place}",
            "category": rng.choice(("light", "heavy")),
            "power": rng.choice((0, 30, 31, 100, 101, 500, 501, 50_000)),
            "hazards": rng.sample(["pressure", "solvents"], rng.randrange(3)),
            "certificate": rng.choice((None, {"until": _day_near(rng).isoformat()})),
            "visits": [visit(at) for at in range(rng.randrange(4))],
        }

    return {
        "id": f"K-{number}",
        "billed_on": today.isoformat(),
        "company": {"staff": rng.choice((0, 9, 10, 11)), "trainees": rng.choice((0, 0, 1))},
        "plants": [plant(place) for place in range(1, rng.randrange(1, 4))],
    }


_TARIFF = ((31, 100, "light", "40.505"), (101, 50_000, "light", "90.000"), (31, 500, "heavy", "25.001"), (501, 50_000, "heavy", "61.250"))
_FILS = Decimal("0.001")


def _year_later(day: str) -> str:
    return f"{int(day[:4]) + 1}{'-02-28' if day.endswith('-02-29') else day[4:]}"


def by_hand(case: Document) -> Iterator[tuple[str, str, bool, Decimal | None]]:
    """What the text of the rules gives: benefit, subject, whether it is granted, and the amount."""
    today = case["billed_on"]
    in_force = "2026-03-01" <= today <= "2029-02-28"
    for plant in case["plants"]:
        power, visits, certificate = plant["power"], plant["visits"], plant["certificate"]
        pays = in_force and power > 30 and any(visit["held"] <= today <= _year_later(visit["held"]) for visit in visits)
        fees = [Decimal(fee) for low, high, category, fee in _TARIFF if category == plant["category"] and low <= power <= high]
        fee = fees[0] if fees else None
        if fee is not None and case["company"]["staff"] <= 10:
            fee = (fee / 2).quantize(_FILS, "ROUND_HALF_UP")
        yield "routine_fee", plant["id"], pays, fee if pays else None
        certified = certificate is not None and today <= certificate["until"]
        yield "exemption", plant["id"], in_force and certified and all(visit["faults"] <= 2 for visit in visits), None
        for visit in visits:
            above = visit["minutes"] - 90
            age = (date.fromisoformat(today) - date.fromisoformat(visit["held"])).days
            pays = in_force and age >= 0 and above > 0 and not (visit["asked_for"] and age <= 45)
            yield "long_visit_fee", f"{plant['id']}/{visit['id']}", pays, -(-above // 30) * Decimal("12.500") if pays else None


COMMANDS: list[tuple[tuple[str, ...], int, str]] = [
    (("check",), 0, "nothing found"),
    (("decide", "case.json"), 0, "20.253 BHD"),
    (("decide", "case.json", "--reading", "small_company=nobody_else"), 0, "40.505 BHD"),
    (("why", "case.json", "routine_fee"), 0, "power of p1 31 kW > 30 kW (power without a fee)"),
    (("why-not", "worse.json", "long_visit_fee"), 0, "90 minutes ≤ 90 minutes (time without a fee), 1 minute short"),
    (("what-if", "worse.json", "exemption"), 0, "visit v1 of plant p1 found 2 faults (now 3 faults)"),
    (("when", "case.json", "routine_fee"), 0, "2026-03-01 to 2027-05-01"),
    (("ask", "open.json", "--json"), 0, "What power does plant p1 have?"),
    (("decide", "open.json"), 0, "plants.p1.power"),
    (("facts", "case.json"), 0, 'visit_minutes("K-1","p1/v1",121).'),
    (("template", "long_visit_fee"), 0, "minutes: 1 # length of the visit (minutes)"),
    (("notice", "1"), 0, "parameter free_power = 30 kW"),
    (("schema",), 0, '"billed_on"'),
    (("prove", "weak-plants-pay-nothing"), 0, "proved"),
    (("coverage", "case.json"), 0, "length of the visit"),
    (("diff", NAME, "--set", "free_power=40"), 1, "power without a fee: 30 → 40"),
    (("audit", "--kind", "gap"), 0, "The cases looked at"),
    (("report", "case.json", "-o", "page.html"), 0, ""),
    (("decide", "case.json", "--receipt", "receipt.json"), 0, "20.253 BHD"),
]
"""Calls of every command, with the exit code and what is said."""

REFUSED: list[tuple[Document, str, str]] = [
    ({"asked_on": "2026-06-01"}, "asked_on", "the case format has no such key"),
    ({"company": {"staff": "8"}}, "company.staff", "a whole number is wanted"),
    ({"company": {"staff": 100001}}, "company.staff", "at most 100000"),
    ({"plants": [{"id": "p1", "category": "mild"}]}, "plants.p1.category", "allowed: light, heavy"),
    ({"plants": [{"id": "p1", "permit": "P-1"}]}, "plants.p1.permit", "is no permit number; it looks like P-101"),
    ({"plants": [{"id": "p1", "visits": [{"id": "v1", "minutes": 0}]}]}, "plants.p1.visits.v1.minutes", "at least 1"),
    ({"plants": [{"id": "p1", "visits": [{"id": "v1", "held": None}]}]}, "plants.p1.visits.v1.held", "null means nothing here"),
]
"""What its cases cannot say: changes of a case, the place, and what is said of it."""
