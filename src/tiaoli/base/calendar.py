"""Calendar arithmetic of the notice: days, periods of months, calendar years.

A day is an `int` written like the date it is, `20250301`, so that days compare as dates do and a rule can be read.
Periods follow Civil Code articles 201 and 202: N months from a day end on the same day of the month N months later,
or on that month's last day where it has no such day. Article 203 (a last day that is a public holiday) is not
modelled.
"""

from __future__ import annotations

from datetime import date, timedelta

FIRST_DAY = 19000101
LAST_DAY = 21991231


def to_day(when: date) -> int:
    """A date as a number like 20250301."""
    return when.year * 10000 + when.month * 100 + when.day


def to_date(day: int) -> date:
    """The date of a day. Raises `ValueError` where `day` is none."""
    return date(day // 10000, day // 100 % 100, day % 100)


def iso(day: int) -> str:
    """`2025-03-01` for 20250301."""
    return f"{day // 10000:04}-{day // 100 % 100:02}-{day % 100:02}"


def add_months(day: int, months: int) -> int:
    """The last day of a period of `months` months that begins on `day`; with months below zero the day so many months before. Raises
    `ValueError` outside the years of `date`.

    >>> add_months(20241130, 3), add_months(20240229, 12)
    (20250228, 20250228)
    """
    total = day // 10000 * 12 + day // 100 % 100 - 1 + months
    year, month = divmod(total, 12)
    after = date((total + 1) // 12, (total + 1) % 12 + 1, 1)
    return year * 10000 + (month + 1) * 100 + min(day % 100, (after - timedelta(days=1)).day)


def add_days(day: int, days: int) -> int:
    """The day so many days later; earlier where `days` is below zero. Raises `OverflowError` outside the years of `date`."""
    return to_day(date.fromordinal(to_date(day).toordinal() + days))


def add_years(day: int, years: int) -> int:
    """The last day of a period of `years` years that begins on `day`: 12 months each."""
    return add_months(day, 12 * years)


def month_bounds(day: int) -> tuple[int, int]:
    """The first and last day of the calendar month of `day`."""
    first = day - day % 100 + 1
    return first, previous_day(add_months(first, 1))


def year_bounds(day: int) -> tuple[int, int]:
    """The first and last day of the calendar year of `day`."""
    year = day // 10000
    return year * 10000 + 101, year * 10000 + 1231


def next_day(day: int) -> int:
    """The day after."""
    return to_day(date.fromordinal(to_date(day).toordinal() + 1))


def previous_day(day: int) -> int:
    """The day before."""
    return to_day(date.fromordinal(to_date(day).toordinal() - 1))


def days_between(first: int, last: int) -> int:
    """How many days `last` lies after `first`; negative where it lies before."""
    return to_date(last).toordinal() - to_date(first).toordinal()


def months_between(first: int, last: int) -> int:
    """How many periods of a month that begin on `first` have ended by `last`: the most months that `add_months` can add. Below zero
    where `last` lies before `first`.

    >>> months_between(20240131, 20240229), months_between(20240131, 20240228), months_between(20240302, 20240301)
    (1, 0, -1)
    """
    months = 12 * (last // 10000 - first // 10000) + last // 100 % 100 - first // 100 % 100
    return months if add_months(first, months) <= last else months - 1


def years_between(first: int, last: int) -> int:
    """How many periods of a year that begin on `first` have ended by `last`: the most years that `add_years` can add."""
    years = last // 10000 - first // 10000
    return years if add_years(first, years) <= last else years - 1


def birthday(born: int, years: int, on_march_1: bool) -> int:
    """The day on which a person completes so many years. Who was born on 29 February does so on 28 February of a year without that
    day, or on 1 March.

    >>> birthday(20240229, 1, False), birthday(20240229, 1, True), birthday(20240229, 4, True)
    (20250228, 20250301, 20280229)
    """
    there = add_years(born, years)
    return next_day(there) if on_march_1 and there % 100 < born % 100 else there


def age(born: int, day: int, on_march_1: bool) -> int:
    """The years that a person has completed on a day."""
    years = day // 10000 - born // 10000
    return years if birthday(born, years, on_march_1) <= day else years - 1
