"""Random claims that lean towards the days on which something of the plan begins or ends."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import get_args

from notices.shanghai_childcare_2025.reference import READINGS, Applicant, Claim, EarlierClaim, Readings, Sibling, third_birthday

BIRTHS = (
    date(2021, 12, 31),
    date(2022, 1, 1),
    date(2022, 1, 2),
    date(2022, 10, 1),
    date(2022, 10, 20),
    date(2022, 12, 31),
    date(2023, 1, 1),
    date(2024, 2, 29),
    date(2024, 12, 31),
    date(2025, 1, 1),
    date(2025, 12, 31),
    date(2026, 1, 1),
)
YEAR_ENDS = tuple(date(year, month, day) for year in range(2025, 2031) for month, day in ((1, 1), (12, 30), (12, 31)))
FIRST_DAY, LAST_DAY = date(2021, 6, 1), date(2030, 12, 31)


def likely(rng: random.Random, chance: float = 0.9) -> bool:
    """True, more often than not: what makes most claims good ones."""
    return rng.random() < chance


def day(rng: random.Random, first: date = FIRST_DAY, last: date = LAST_DAY) -> date:
    """Any day between two, both included."""
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def near(rng: random.Random, anchors: tuple[date, ...]) -> date:
    """One of these days, or the one before or after it."""
    return rng.choice(anchors) + timedelta(days=rng.choice((-1, 0, 0, 1)))


def submission(rng: random.Random, born_on: date) -> date:
    """A day on which somebody could claim, often the end of a year or the third birthday."""
    if likely(rng, 0.5):
        return near(rng, (*(end for end in YEAR_ENDS if end >= born_on), third_birthday(born_on, Readings())))
    return day(rng, max(born_on, date(2025, 1, 1)), min(date(2030, 12, 31), max(date(2027, 12, 31), date(born_on.year + 5, 1, 1))))


def death(rng: random.Random, born_on: date, submitted_on: date) -> date:
    """A day of death, often close to the claim or to a turn of the year."""
    found = near(rng, (born_on, submitted_on, date(2025, 1, 1), date(born_on.year, 12, 31), date(submitted_on.year, 1, 1)))
    return max(born_on, found)


def claim(rng: random.Random) -> Claim:
    """A claim with every fact known."""
    born_on = near(rng, BIRTHS) if likely(rng, 0.7) else day(rng, date(2022, 1, 1), date(2026, 12, 31))
    submitted_on = submission(rng, born_on)
    years = range(max(2025, born_on.year), submitted_on.year + 1)
    return Claim(
        born_on=born_on,
        submitted_on=submitted_on,
        corrected_on=None if likely(rng, 0.8) else submitted_on + timedelta(days=rng.choice((0, 1, 30, 90))),
        lawful=likely(rng),
        orphan_or_unsupported=not likely(rng),
        registered_on=near(rng, (born_on + timedelta(days=1), submitted_on)) if likely(rng, 0.95) else None,
        moved_out_on=near(rng, (submitted_on, submitted_on + timedelta(days=30))) if not likely(rng) else None,
        died_on=death(rng, born_on, submitted_on) if not likely(rng, 0.75) else None,
        applicant=rng.choice(get_args(Applicant)) if not likely(rng) else "parent",
        raises=likely(rng, 0.95),
        divorced=not likely(rng, 0.8),
        custody=likely(rng, 0.7),
        applicant_in_shanghai=likely(rng, 0.8),
        earlier=tuple(
            EarlierClaim(year=year, by_other=not likely(rng, 0.7)) for year in years if not likely(rng, 0.8 if year == years[-1] else 0.5)
        ),
        siblings=tuple(Sibling(same_couple=likely(rng, 0.7), older=likely(rng, 0.6)) for _ in range(rng.choice((0, 0, 1, 2)))),
        late_accepted=not likely(rng, 0.7),
        abandoned=not likely(rng, 0.98),
        fraud=not likely(rng, 0.98),
        other_ground=not likely(rng, 0.98),
    )


def readings(rng: random.Random) -> Readings:
    """One option of each reading."""
    return Readings(**{name: rng.choice(options) for name, options in READINGS.items()})  # type: ignore[arg-type]
