"""What the functions of rules are worth: `add_months(Day, Months, Until)` and the others of `Contract.FUNCTIONS`.

A function stands in a rule as an atom. Its first arguments are given, the others follow from them. Every engine has the values from
here, or is held against what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tiaoli.base import (
    Statement,
    add_days,
    add_months,
    add_years,
    age,
    birthday,
    days_between,
    month_bounds,
    months_between,
    year_bounds,
    years_between,
)
from tiaoli.rules.arithmetic import rounded
from tiaoli.rules.atoms import SUPREMUM, Name, Value
from tiaoli.rules.contract import SIGNATURES, Contract

FIRST_YEAR, LAST_YEAR = 1600, 5599
"""Every day that rules work out lies in one of these years."""


class NoValueError(ArithmeticError):
    """What a rule works out has no value; the statement says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.statement = Statement(zh, en)


def worked_out(function: str, given: Sequence[Value]) -> tuple[Value, ...] | None:
    """The arguments that follow from those given; `None` where one of these is a day that never comes, which is only earlier or later
    than another.

    Raises `NoValueError` where a day of the result lies too far away, `ZeroDivisionError` where a denominator is zero.
    """
    if function in _CHOSEN:
        return (_CHOSEN[function](given, key=lambda value: (value is SUPREMUM, value if isinstance(value, int) else 0)),)
    numbers = [value for value in given if isinstance(value, int)]
    words = [str(value) for value in given if isinstance(value, Name)]
    if len(numbers) + len(words) < len(given):
        return None
    try:
        found = _WORK[function](*numbers, *words)
        outside = [day for day, (_, kind) in zip(found, _results(function), strict=True) if kind == "day" and not _is_inside(day)]
    except (ValueError, OverflowError):
        outside = numbers
    if outside:
        raise NoValueError(
            f"规则推算出的日期超出 {FIRST_YEAR} 年至 {LAST_YEAR} 年",
            f"a day that rules work out lies outside the years {FIRST_YEAR} to {LAST_YEAR}",
        )
    return found


def _results(function: str) -> tuple[tuple[str, str], ...]:
    """The names and types of the arguments that follow."""
    return SIGNATURES[function].arguments[Contract.FUNCTIONS[function] :]


def _is_inside(day: int) -> bool:
    return FIRST_YEAR <= day // 10000 <= LAST_YEAR


_WORK: Mapping[str, Callable[..., tuple[int, ...]]] = {
    Contract.ADD_DAYS.name: lambda day, days: (add_days(day, days),),
    Contract.ADD_WEEKS.name: lambda day, weeks: (add_days(day, 7 * weeks),),
    Contract.ADD_MONTHS.name: lambda day, months: (add_months(day, months),),
    Contract.ADD_YEARS.name: lambda day, years: (add_years(day, years),),
    Contract.CALENDAR_MONTH.name: month_bounds,
    Contract.CALENDAR_YEAR.name: year_bounds,
    Contract.DAYS_BETWEEN.name: lambda first, last: (days_between(first, last),),
    Contract.MONTHS_BETWEEN.name: lambda first, last: (months_between(first, last),),
    Contract.YEARS_BETWEEN.name: lambda first, last: (years_between(first, last),),
    Contract.AGE.name: lambda born, day, leap_day: (age(born, day, leap_day == "march_1"),),
    Contract.BIRTHDAY.name: lambda born, years, leap_day: (birthday(born, years, leap_day == "march_1"),),
    Contract.ROUNDED.name: lambda numerator, denominator, rounding: (rounded(rounding, numerator, denominator),),
}

_CHOSEN: Mapping[str, Callable[..., Value]] = {Contract.LEAST.name: min, Contract.GREATEST.name: max}
