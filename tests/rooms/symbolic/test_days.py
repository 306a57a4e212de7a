"""Days as bit vectors against the calendar: months on, the bounds of a year, the order, for many days and every kind of month end."""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import pytest
import z3

from tiaoli.base import FIRST_DAY, LAST_DAY, to_date, to_day, year_bounds
from tiaoli.base import add_months as months_after
from tiaoli.rules import FIRST_YEAR
from tiaoli.symbolic.days import add_months, any_day, calendar_year, day_bits, day_number, day_order, is_representable

PERIODS = (0, 1, 2, 3, 6, 11, 12, 13, 18, 47, 1199, 1200)
FIRST, SPAN = to_date(FIRST_DAY), (to_date(LAST_DAY) - to_date(FIRST_DAY)).days


def days(rng: random.Random, number: int) -> list[int]:
    """Random days, and the ends of every month of years that differ in leap days."""
    found = [to_day(FIRST + timedelta(days=rng.randrange(SPAN + 1))) for _ in range(number)]
    for year in (1900, 1904, 1999, 2000, 2023, 2024, 2096, 2099, 2100, 2196, 2199):
        for month in range(1, 13):
            last = monthrange(year, month)[1]
            found += [to_day(date(year, month, day)) for day in (1, 28, last)]
    return found


def put_in(formula: Any, day: Any, number: int) -> int:
    """The value of a formula where a day is known."""
    when = to_date(number)
    parts = ((day.year, when.year - FIRST_YEAR), (day.month, when.month - 1), (day.day, when.day))
    values = [(part, z3.BitVecVal(value, part.size(), part.ctx)) for part, value in parts]
    return int(z3.simplify(z3.substitute(formula, *values)).as_long())


@pytest.mark.parametrize("months", PERIODS)
def test_months_are_added_as_the_calendar_adds_them(months: int) -> None:
    day, _ = any_day("d", z3.Context())
    after = add_months(day, months)
    assert after is not None
    for number in days(random.Random(months), 150):
        assert day_number(put_in(after.order, day, number)) == months_after(number, months), number


def test_periods_follow_on_one_another() -> None:
    day, _ = any_day("d", z3.Context())
    middle = add_months(day, 6)
    assert middle is not None
    after = add_months(middle, 6)
    assert after is not None
    for number in days(random.Random(0), 300):
        assert day_number(put_in(after.order, day, number)) == months_after(months_after(number, 6), 6)


def test_a_period_that_may_end_too_far_off_is_none() -> None:
    day, _ = any_day("d", z3.Context())
    for _ in range(45):
        found = add_months(day, 1200)
        if found is None:
            break
        day = found
    else:
        raise AssertionError("the bits of a year end somewhere")
    assert day.until > 5000
    day, _ = any_day("d", z3.Context())
    assert add_months(day, -12 * 300) is not None
    assert add_months(day, -12 * 300 - 1) is None


def test_the_bounds_of_a_year() -> None:
    day, _ = any_day("d", z3.Context())
    january, december = calendar_year(day)
    for number in days(random.Random(1), 50):
        assert (day_number(put_in(january.order, day, number)), day_number(put_in(december.order, day, number))) == year_bounds(number)


def test_bits_are_in_the_order_of_days_and_only_real_days_are_days() -> None:
    rng = random.Random(2)
    some = days(rng, 400)
    for one, other in zip(some, rng.sample(some, len(some)), strict=True):
        assert (day_order(one) < day_order(other)) == (one < other)
        assert day_number(day_order(one)) == one
    context = z3.Context()
    day, is_day = any_day("d", context)
    solver = z3.SolverFor("QF_BV", ctx=context)
    solver.add(*is_day)
    assert solver.check(day.order == day_bits(20240229, context)) == z3.sat
    for wrong in (20250229, 21000229, 20250431, 15991231, 20250100):
        if is_representable(wrong):
            assert solver.check(day.order == day_bits(wrong, context)) == z3.unsat, wrong
    assert not is_representable(15991231)
    assert not is_representable(20251301)
