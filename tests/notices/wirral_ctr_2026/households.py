"""Random households that lean towards the limits of the scheme."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

from notices.wirral_ctr_2026.reference import PASSPORTS, READINGS, UPPER, Benefit, Household, NonDependant, Protection, Readings, Standing

CAPITAL = tuple(Decimal(text) for text in ("0", "0.01", "5999", "5999.99", "6000", "6000.01", "20000"))
ANCHORS = (
    date(2026, 3, 23),
    date(2026, 3, 30),
    date(2026, 4, 1),
    date(2026, 4, 6),
    date(2026, 11, 16),
    date(2027, 3, 22),
    date(2027, 3, 29),
    date(2027, 3, 31),
)


def likely(rng: random.Random, chance: float = 0.95) -> bool:
    """True, more often than not: what makes most households entitled."""
    return rng.random() < chance


def near(rng: random.Random) -> date:
    """A day at which a week or the year begins or ends, or one beside it, or any of the year."""
    if likely(rng, 0.3):
        return date(2026, 3, 1) + timedelta(days=rng.randrange(400))
    return rng.choice(ANCHORS) + timedelta(days=rng.choice((-1, 0, 0, 1)))


def income(rng: random.Random, partner: bool, dependants: int) -> Decimal:
    """A weekly income, often the end of a band, a penny below it or a penny above it."""
    if likely(rng, 0.7):
        return max(Decimal(0), rng.choice(UPPER[partner, min(dependants, 2)]) + rng.choice((Decimal("-0.01"), Decimal(0), Decimal("0.01"))))
    return Decimal(rng.randint(0, 50_000)) / 100


def non_dependants(rng: random.Random) -> tuple[NonDependant, ...]:
    """Up to two single people and up to one couple."""
    hosts = rng.choice((1, 1, 1, 2, 3))

    def standing() -> Standing:
        return "counted" if likely(rng, 0.6) else rng.choice(get_args(Standing))

    single = [NonDependant(standing=standing(), hosts=hosts) for _ in range(rng.choice((0, 0, 1, 2)))]
    couple = [NonDependant(standing=standing(), couple="p1", hosts=hosts) for _ in range(2)] if likely(rng, 0.25) else []
    return (*single, *couple)


def household(rng: random.Random) -> Household:
    """A household with every fact known."""
    partner, dependants = likely(rng, 0.5), rng.choice((0, 0, 1, 1, 2, 3))
    chosen: list[Benefit] = [benefit for benefit in get_args(Benefit) if not likely(rng, 0.88 if benefit in PASSPORTS else 0.7)]
    tax = Decimal(rng.choice((0, 1, 99_99, 1000_00, 1200_00, 2000_00, 4321_09)) if likely(rng, 0.6) else rng.randint(0, 450_000)) / 100
    band_d = tax if likely(rng, 0.3) else Decimal(rng.choice((100_00, 1000_00, 2000_00, 2345_67))) / 100
    liable_persons = rng.choice((1, 1, 1, 2, 3))
    return Household(
        pension_age=not likely(rng, 0.85),
        benefits=frozenset(chosen),
        liable=likely(rng),
        resident=likely(rng),
        absent=not likely(rng),
        excluded_class=not likely(rng),
        capital=rng.choice(CAPITAL) if not likely(rng, 0.6) else Decimal(rng.randint(0, 599_999)) / 100,
        weekly_income=income(rng, partner, dependants),
        partner=partner,
        dependants=dependants,
        council_tax=tax,
        band_d=band_d,
        liable_persons=liable_persons,
        only_with_partner=partner and liable_persons == 2 and likely(rng, 0.6),
        protection=rng.choice(get_args(Protection)) if not likely(rng, 0.85) else "none",
        non_dependants=non_dependants(rng),
        valid_application=likely(rng),
        applied_on=near(rng),
        occupied_on=near(rng) if likely(rng, 0.4) else None,
        banded=likely(rng, 0.8),
    )


def readings(rng: random.Random) -> Readings:
    """One option of each reading."""
    return Readings(**{name: rng.choice(options) for name, options in READINGS.items()})  # type: ignore[arg-type]
