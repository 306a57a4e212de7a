"""The measures for housing allowances in plain Python: a case, random cases near their limits, and what the text gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Document = dict[str, Any]
NAME = "household-2026"


def a_case(**changes: Any) -> Document:
    """A household with two members and one registration."""
    return {
        "id": "H-1",
        "asked_on": "2026-06-01",
        "region": "north",
        "home": {"rented": True},
        "members": [
            {
                "id": "m1",
                "card": "AB1234",
                "roles": ["earner"],
                "hours": "40.0",
                "agreed_hours": "38.5",
                "permit": {"until": "2026-12-31"},
                "incomes": [{"id": "i1", "source": "wage", "amount": "1800.00"}, {"id": "i2", "source": "pension", "amount": "0.00"}],
            },
            {"id": "m2", "roles": ["carer"], "hours": "0.0", "agreed_hours": "0.0", "permit": None, "incomes": []},
        ],
        "registrations": [{"id": "r1", "filed": "2026-03-01", "people": 3, "moved_in": "2026-02-15", "moved_out": None}],
        **changes,
    }


_FIRST, _SECOND = a_case()["members"]
WORSE = a_case(registrations=[{**a_case()["registrations"][0], "people": 2}])
"""The case with too few persons."""

OPEN = a_case(members=[{key: value for key, value in _FIRST.items() if key != "hours"}, _SECOND])
"""The case without the hours of a member."""


def _day_near(rng: random.Random) -> date:
    anchors = (date(2026, 1, 1), date(2026, 6, 1), date(2027, 12, 31))
    return rng.choice(anchors) + timedelta(days=rng.choice((-30, -1, 0, 1, 30)))


def random_case(rng: random.Random, number: int) -> Document:
    """A case with everything known, near the limits of the norm."""

    def member(place: int) -> Document:
        hours = rng.choice((385, 386, 400))
        amounts = (0, 1, 120_000, 150_000, 300_000)
        return {
            "id": f"m{place}",
            "roles": rng.sample(["earner", "carer"], rng.randrange(3)),
            "hours": f"{hours / 10:.1f}",
            "agreed_hours": f"{(hours + rng.choice((-1, 0, 1))) / 10:.1f}",
            "permit": rng.choice((None, {"until": _day_near(rng).isoformat()})),
            "incomes": [{"id": f"i{at}", "source": "wage", "amount": f"{rng.choice(amounts) / 100:.2f}"} for at in range(rng.randrange(3))],
        }

    def registration(place: int) -> Document:
        moved = rng.choice((None, _day_near(rng)))
        out = None if moved is None or rng.random() < 0.5 else moved + timedelta(days=rng.choice((0, 1, 400)))
        return {
            "id": f"r{place}",
            "filed": _day_near(rng).isoformat(),
            "people": rng.choice((0, 2, 3, 20)),
            "moved_in": moved and moved.isoformat(),
            "moved_out": out and out.isoformat(),
        }

    return {
        "id": f"H-{number}",
        "asked_on": _day_near(rng).isoformat(),
        "home": {"rented": rng.random() < 0.8},
        "members": [member(place) for place in range(1, rng.randrange(1, 4))],
        "registrations": [registration(place) for place in range(1, rng.randrange(2, 4))],
    }


def by_hand(case: Document) -> Iterator[tuple[str, str, bool, Decimal | None]]:
    """What the text of the norm gives: benefit, registration, whether it is granted, and the amount."""
    today, members = case["asked_on"], case["members"]
    total = sum(Decimal(income["amount"]) for member in members for income in member["incomes"])
    works = any(
        member["permit"] is not None and today <= member["permit"]["until"] and Decimal(member["agreed_hours"]) <= Decimal(member["hours"])
        for member in members
    )
    for found in case["registrations"]:
        in_force = "2026-01-01" <= found["filed"] <= "2027-12-31" and found["filed"] <= today
        lives = found["moved_in"] is not None and found["moved_in"] <= today and (found["moved_out"] is None or today <= found["moved_out"])
        rent = in_force and case["home"]["rented"] and total <= 3000 and lives
        people = in_force and found["people"] >= 3 and works
        yield "rent_allowance", found["id"], rent, Decimal("200.00") if rent else None
        yield "people_allowance", found["id"], people, found["people"] * Decimal("40.50") if people else None


COMMANDS: list[tuple[tuple[str, ...], int, str]] = [
    (("check",), 0, "nothing found"),
    (("decide", "case.json"), 0, "121.50 EUR"),
    (("why", "case.json", "rent_allowance"), 0, "the incomes of the household of registration r1 are 1,800.00 EUR together"),
    (("why-not", "worse.json", "people_allowance"), 0, "persons registered of r1 2 < 3"),
    (("what-if", "worse.json", "people_allowance"), 0, "registration r1 counts 3 persons (now 2)"),
    (("when", "case.json", "rent_allowance"), 0, "from 2026-03-01 on"),
    (("ask", "open.json", "--json"), 0, "How many hours a week does member m1 work?"),
    (("decide", "open.json"), 0, "members.m1.hours"),
    (("facts", "case.json"), 0, 'member_hours("H-1","m1",400).'),
    (("template", "people_allowance"), 0, "permit: {until: 2025-03-01}"),
    (("notice", "2"), 0, "第二条"),
    (("schema",), 0, '"asked_on"'),
    (("prove", "tenants-alone"), 3, "every sum up to 100,000.00 EUR"),
    (("coverage", "case.json"), 0, "moving in"),
    (("diff", NAME, "--set", "income_limit=2000.00"), 3, "rent allowance"),
    (("audit", "--kind", "gap"), 0, "The cases looked at"),
    (("report", "case.json", "-o", "page.html"), 0, ""),
    (("decide", "case.json", "--receipt", "receipt.json"), 0, "200.00 EUR"),
]
"""Calls of every command, with the exit code and what is said."""

REFUSED: list[tuple[Document, str, str]] = [
    ({"applied_on": "2026-06-01"}, "applied_on", "did you mean `asked_on`?"),
    ({"certificates": []}, "certificates", "the case format has no such key"),
    ({"home": {"rented": 1}}, "home.rented", "allowed: true, false"),
    ({"region": "nort"}, "region", "did you mean `north`?"),
    ({"members": [{"id": "m1", "hours": "168.1"}]}, "members.m1.hours", "0.0 to 168.0"),
    ({"members": [{"id": "m1", "hours": 7.5}]}, "members.m1.hours", "quote it"),
    ({"members": [{"id": "m1", "card": "1234AB"}]}, "members.m1.card", "is no card number; it looks like AB1234"),
    ({"members": [{"id": "m1", "incomes": [{"id": "i1", "amount": "-1.00"}]}]}, "members.m1.incomes.i1.amount", "at least 0.00"),
    ({"registrations": [{"id": "r1", "people": 21}]}, "registrations.r1.people", "at most 20"),
    (
        {"registrations": [{"id": "r1", "moved_in": "2026-02-02", "moved_out": "2026-02-01"}]},
        "registrations.r1.moved_out",
        "lies before moved_in",
    ),
]
"""What its cases cannot say: changes of a case, the place, and what is said of it."""
