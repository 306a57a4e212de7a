"""Circles of bounds on days: what is plain of one without a look at every day is so on every day."""

from __future__ import annotations

import random

from support import tiers
from tiaoli.encoding.critical_points import Bound, Shift, _is_even, _uneven

STEPS = (
    Shift("add_days", (30,)),
    Shift("add_weeks", (-5,)),
    Shift("add_months", (1,)),
    Shift("add_months", (-2,)),
    Shift("add_years", (1,)),
    Shift("birthday", (1, "march_1")),
    Shift("calendar_month", (), 1),
)


def circle(rng: random.Random) -> tuple[Bound, ...]:
    """Some bounds in a circle, one in two with a single step that is taken back."""

    def bound(on: tuple[Shift, ...], back: tuple[Shift, ...]) -> Bound:
        return Bound("employments.start", back, rng.random() < 0.4, "employments.start", on, "same")

    length = rng.randint(1, 3)
    if rng.random() < 0.5:
        ways = [(), *((step,) for step in STEPS)]
        return tuple(bound(rng.choice(ways), rng.choice(ways)) for _ in range(length))
    step, there, back = rng.choice(STEPS), rng.randrange(length), rng.randrange(length)
    return tuple(bound((step,) if place == there else (), (step,) if place == back else ()) for place in range(length))


@tiers.sized(60, 600)
def test_a_circle_that_is_plainly_even_raises_every_day_or_none(size: int) -> None:
    rng = random.Random("circles")
    plain = uneven = 0
    for _ in range(size):
        found = circle(rng)
        turns = [(*found[turn:], *found[:turn]) for turn in range(len(found))]
        slow = any(map(_uneven, turns))
        uneven += slow
        if _is_even(found):
            plain += 1
            assert not slow, found
    assert plain > size / 4
    assert uneven
