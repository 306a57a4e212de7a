"""Random flights that lean towards the limits of the Regulation."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import get_args

from notices.eu_261_2004.reference import READINGS, Event, Fare, Flight, Readings, Rerouting

DISTANCES = (0, 1499, 1500, 1501, 3499, 3500, 3501, 9000)
EARLIER = (0, 59, 60, 61, 119, 120, 121, 1440)
LATER = (0, 119, 120, 121, 179, 180, 181, 239, 240, 241, 1440)
EXPECTED = (0, 119, 120, 121, 179, 180, 181, 239, 240, 241, 299, 300, 301, 1440)
NOTICE = (-1, 0, 1, 6, 7, 8, 13, 14, 15, 60)


def likely(rng: random.Random, chance: float = 0.85) -> bool:
    """True, more often than not: what makes most flights fall under the Regulation."""
    return rng.random() < chance


def near_limit(rng: random.Random, limits: tuple[int, ...]) -> int:
    """One of these numbers, or any up to the largest of them."""
    return rng.choice(limits) if likely(rng) else rng.randint(0, max(limits))


def rerouting(rng: random.Random) -> Rerouting | None:
    """A re-routing that was offered, or none."""
    if not likely(rng, 0.6):
        return None
    return Rerouting(
        departs_earlier=near_limit(rng, EARLIER),
        departs_days_later=rng.choice((0, 0, 1, 2)),
        arrives_later=near_limit(rng, LATER),
    )


def flight(rng: random.Random) -> Flight:
    """A flight with every fact known."""
    departs_on = date(2024, 1, 1) + timedelta(days=rng.randrange(1096))
    informed = departs_on - timedelta(days=rng.choice(NOTICE)) if likely(rng) else None
    return Flight(
        event=rng.choice(get_args(Event)) if not likely(rng, 0.7) else rng.choice(("cancelled", "delayed")),
        departs_in="member_state" if likely(rng, 0.6) else "third_country",
        arrives_in="member_state" if likely(rng, 0.6) else "third_country",
        carrier="community" if likely(rng) else "other",
        benefits_there=not likely(rng, 0.6),
        assisted_there=not likely(rng, 0.6),
        reservation=likely(rng, 0.93),
        transferred=not likely(rng, 0.93),
        checkin_time_indicated=likely(rng, 0.5),
        presented_as_indicated=likely(rng, 0.93),
        presented_minutes_before=near_limit(rng, (0, 44, 45, 46, 120)) if likely(rng, 0.93) else None,
        fare=rng.choice(get_args(Fare)) if not likely(rng, 0.93) else "public",
        motorised_fixed_wing=likely(rng, 0.97),
        package_cancelled_otherwise=not likely(rng, 0.97),
        departs_on=departs_on,
        informed_on=informed,
        informed_later_in_day=likely(rng, 0.5),
        rerouting=rerouting(rng),
        extraordinary_proved=not likely(rng),
        denied_against_will=likely(rng),
        distance_km=near_limit(rng, DISTANCES),
        minutes_brought_forward=near_limit(rng, EARLIER),
        expected_departure_delay=near_limit(rng, EXPECTED),
        expected_departure_days_later=rng.choice((0, 0, 1, 2)),
        arrival_delay=near_limit(rng, LATER),
        carrier_reduces=likely(rng),
    )


def readings(rng: random.Random) -> Readings:
    """One option of each reading."""
    return Readings(**{name: rng.choice(options) for name, options in READINGS.items()})  # type: ignore[arg-type]
