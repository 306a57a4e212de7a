"""Random holders of certificates that lean towards the days, grades and groups at which something of the city's rules begins or ends."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from notices.sh_skill_2022.reference import READINGS, Readings, add_months

Item = dict[str, Any]

OCCUPATIONS = ("4-10-01-05", "4-10-01-06", "4-04-05-01", "6-25-02-05", "4-10-01-07")
DOMAINS = ("ai_data_annotation", "ai_model_application", "other")
GROUPS = ("assisted_insurance", "former_rural_labour", "disabled", "recent_veteran", "flexible_worker", "employment_difficulty")
STATUSES = ("employed", "unemployed", "graduating_student", "other")
CARE = ("elderly_care", "domestic_service")
LANDMARKS = (date(2024, 11, 14), date(2025, 1, 1), date(2025, 11, 13), date(2024, 2, 29), date(2025, 2, 28), date(2025, 8, 31))
# what the notice leaves to the city's rules
ELSEWHERE = ("in_city_groups", "meets_city_rules", "base_standard_cny", "payment_percent")


def likely(rng: random.Random, chance: float = 0.85) -> bool:
    """True, more often than not: what makes most cases good ones."""
    return rng.random() < chance


def mostly(rng: random.Random, good: Any, values: Sequence[Any], chance: float = 0.85) -> Any:
    """The good value, or any."""
    return good if likely(rng, chance) else rng.choice(values)


def near(rng: random.Random, anchors: Sequence[date], most_months: int = 12) -> date:
    """One of these days or one so many months away, or the day before or after it."""
    away = add_months(rng.choice(anchors), rng.choice((0, 0, -most_months, most_months)))
    return away + timedelta(days=rng.choice((-1, 0, 0, 1)))


def person(rng: random.Random) -> Item:
    return {
        "status": rng.choice(STATUSES),
        "civil_servant": not likely(rng, 0.9),
        "public_institution_post": mostly(rng, "none", ("skilled", "non_skilled"), 0.7),
        "school_in_shanghai": likely(rng, 0.8),
        "insured_in_shanghai": likely(rng, 0.7),
        "hukou": mostly(rng, "shanghai", ("shanghai", "other"), 0.5),
        "of_working_age": likely(rng, 0.9),
        "school_kind": rng.choice(("vocational", "university", "university", "other")),
        "groups": sorted(rng.sample(GROUPS, rng.choice((0, 0, 0, 1, 1, 2)))),
    }


def certificate(rng: random.Random, name: str, applied_on: date) -> Item:
    back = applied_on - timedelta(days=rng.randrange(365))
    issued = near(rng, (applied_on, *LANDMARKS)) if likely(rng, 0.4) else back
    return {
        "id": name,
        "kind": mostly(rng, rng.choice(("skill_level", "special_ability")), ("other",), 0.95),
        "occupation_code": rng.choice(OCCUPATIONS),
        "level": rng.randint(1, 5),
        "domain": rng.choice(DOMAINS),
        "issued": issued.isoformat(),
        "route": mostly(rng, "assessment", ("firm_recognition", "competition", "honour", "other"), 0.9),
        "assessor_filed": likely(rng, 0.95),
        "holder_status": rng.choice(STATUSES),
    }


def earlier(rng: random.Random, name: str, applied_on: date, like: Item) -> Item:
    """Another application, often for a certificate like this one."""
    return {
        "id": name,
        "kind": mostly(rng, {"skill_level": "skill"}.get(like["kind"], "special"), ("skill", "special", "training"), 0.7),
        "date": near(rng, (applied_on, LANDMARKS[1]), rng.choice((6, 12))).isoformat(),
        "status": mostly(rng, "employed", STATUSES, 0.5),
        "outcome": mostly(rng, "granted", ("granted", "pending", "refused"), 0.6),
        "occupation_code": mostly(rng, like["occupation_code"], OCCUPATIONS, 0.7),
        "level": rng.randint(1, 5),
        "domain": mostly(rng, like["domain"], DOMAINS, 0.7),
    }


def employment(rng: random.Random, name: str, applied_on: date, issued: date) -> Item:
    start = near(rng, (issued, applied_on), rng.choice((3, 12)))
    industry = rng.choice(CARE)
    record = {"system": mostly(rng, industry, CARE), "worker_registered": likely(rng), "employer_registered": likely(rng)}
    return {
        "id": name,
        "employer_in_shanghai": likely(rng),
        "industry": industry,
        "post": mostly(rng, industry, (*CARE, "other")),
        "start": start.isoformat(),
        "end": None if likely(rng, 0.6) else max(start, near(rng, (issued, applied_on))).isoformat(),
        "registry": {**record, "in_post": likely(rng)} if likely(rng, 0.9) else None,
    }


def holder(rng: random.Random, elsewhere: float = 0.0) -> Item:
    """A person's case with every fact known, and so often one of the inputs that the notice leaves to the city's rules."""
    applied_on = near(rng, LANDMARKS) if likely(rng, 0.3) else date(2024, 11, 14) + timedelta(days=rng.randrange(500))
    certificates = [certificate(rng, f"c{number}", applied_on) for number in range(rng.choice((1, 1, 2)))]
    first = certificates[0]
    said: Item = {
        "in_city_groups": likely(rng, 0.5),
        "meets_city_rules": likely(rng, 0.5),
        "base_standard_cny": rng.choice(("1500.00", "1666.65", "0.01")),
        "payment_percent": rng.choice((1, 33, 80, 100)),
    }
    found: Item = {
        "id": "A-001",
        "applied_on": applied_on.isoformat(),
        "person": person(rng),
        "certificates": certificates,
        "employments": [
            employment(rng, f"e{number}", applied_on, date.fromisoformat(first["issued"])) for number in range(rng.choice((0, 1, 1, 2)))
        ],
        "applications": [earlier(rng, f"p{number}", applied_on, first) for number in range(rng.choice((0, 0, 1, 2)))],
    }
    for name in ELSEWHERE:
        for owner in [found["person"]] if name == "in_city_groups" else certificates:
            if rng.random() < elsewhere:
                owner[name] = said[name]
    return found


def scalars(case: Item) -> Iterator[tuple[Item, str, str]]:
    """Every fact of a case that it could leave out: its holder, its name and its path."""
    yield from ((case["person"], name, f"person.{name}") for name in case["person"] if name != "groups")
    for section in ("certificates", "employments", "applications"):
        for item in case[section]:
            yield from ((item, name, f"{section}.{item['id']}.{name}") for name in item if name != "id")


def forget(rng: random.Random, case: Item, number: int, names: Sequence[str] = ()) -> list[tuple[Item, str, str]]:
    """Make so many facts of a case unknown, in place, of these names where any are given."""
    there = [found for found in scalars(case) if not names or found[1] in names]
    gone = rng.sample(there, min(number, len(there)))
    for owner, name, _ in gone:
        del owner[name]
    return gone


def readings(rng: random.Random) -> Readings:
    """One option of each reading of the city's rules."""
    return Readings(**{name: rng.choice(options) for name, options in READINGS.items()})  # type: ignore[arg-type]
