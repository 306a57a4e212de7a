"""Calendar arithmetic against dateutil and against the period ends that the reading of the notice names."""

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from support import tiers
from tiaoli.base.calendar import FIRST_DAY, LAST_DAY, add_months, iso, next_day, to_date, to_day, year_bounds

FIRST, LAST = date(1900, 1, 1), date(2299, 12, 31)
PERIODS = (1, 3, 6, 12)


def every_day() -> list[date]:
    """The days of four hundred years: one whole cycle of the calendar."""
    return [date.fromordinal(number) for number in range(FIRST.toordinal(), LAST.toordinal() + 1)]


@pytest.mark.parametrize("months", tiers.some(PERIODS, [6]))
def test_a_period_of_months_ends_where_dateutil_ends_it(months: int) -> None:
    """Every day of four hundred years, month ends and leap days among them."""
    step = relativedelta(months=months)
    assert [day for day in every_day() if add_months(to_day(day), months) != to_day(day + step)] == []


@pytest.mark.parametrize("months", PERIODS)
def test_a_later_first_day_never_ends_a_period_earlier(months: int) -> None:
    ends = [add_months(to_day(day), months) for day in every_day()]
    assert ends == sorted(ends)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(-1200, 1200))
def test_periods_of_any_length_agree_with_dateutil(day: date, months: int) -> None:
    assert add_months(to_day(day), months) == to_day(day + relativedelta(months=months))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-11-30", 3, "2025-02-28"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2024-11-29", 3, "2025-02-28"),
        ("2024-11-28", 3, "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-28", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-08-31", 6, "2025-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2025-03-31", 6, "2025-09-30"),
        ("2025-09-30", 6, "2026-03-30"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-12-31", 1, "2026-01-31"),
        ("2024-12-01", 1, "2025-01-01"),
        ("2025-06-15", 0, "2025-06-15"),
        ("2099-11-30", 3, "2100-02-28"),
    ],
)
def test_named_period_ends(start: str, months: int, end: str) -> None:
    """The same day of the later month, or its last day: Civil Code articles 201 and 202."""
    assert iso(add_months(to_day(date.fromisoformat(start)), months)) == end


def test_days_are_written_like_their_dates() -> None:
    for day in every_day():
        number = to_day(day)
        assert to_date(number) == day
        assert iso(number) == day.isoformat() == "-".join((f"{number:08}"[:4], f"{number:08}"[4:6], f"{number:08}"[6:]))
        assert year_bounds(number) == (to_day(date(day.year, 1, 1)), to_day(date(day.year, 12, 31)))


def test_the_next_day_follows_across_months_and_years() -> None:
    numbers = [to_day(day) for day in every_day()]
    assert [next_day(number) for number in numbers[:-1]] == numbers[1:]


@pytest.mark.parametrize(
    ("day", "bounds"), [(20250101, (20250101, 20251231)), (20251231, (20250101, 20251231)), (20240229, (20240101, 20241231))]
)
def test_the_calendar_year_holds_both_of_its_ends(day: int, bounds: tuple[int, int]) -> None:
    assert year_bounds(day) == bounds


@pytest.mark.parametrize("day", [20250229, 20250431, 20251301, 20250100, 0])
def test_a_number_that_is_no_day_is_no_date(day: int) -> None:
    with pytest.raises(ValueError, match=r"day|month|year"):
        to_date(day)


def test_the_case_format_spans_three_centuries() -> None:
    assert (iso(FIRST_DAY), iso(LAST_DAY)) == ("1900-01-01", "2199-12-31")
