"""Days as bit vectors: year, month and day side by side, whose concatenation is in the order of the days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tiaoli.base import FIRST_DAY, LAST_DAY
from tiaoli.symbolic.formulas import Formula
from tiaoli.symbolic.z3_library import z3

_YEAR, _MONTH, _DAY = 12, 4, 5
"""The bits of a year counted from the first, of a month counted from 0, of a day."""

FIRST_YEAR, LAST_YEAR = FIRST_DAY // 10000, LAST_DAY // 10000
_FURTHEST = FIRST_YEAR + (1 << _YEAR) - 1


@dataclass(frozen=True, eq=False)
class Day:
    """A day that may be any; no later than the year `until`."""

    year: Any
    month: Any
    day: Any
    order: Any
    until: int

    @classmethod
    def of(cls, year: Any, month: Any, day: Any, until: int) -> Day:
        return cls(year, month, day, z3.Concat(year, month, day), until)


def any_day(name: str, context: Any) -> tuple[Day, list[Formula]]:
    """A day of the case format under a name, and what makes it one of the calendar."""
    year, month, number = (
        z3.BitVec(f"{part} {name}", width, context) for part, width in (("year", _YEAR), ("month", _MONTH), ("day", _DAY))
    )
    day = Day.of(year, month, number, LAST_YEAR)
    return day, [
        z3.ULE(day.year, LAST_YEAR - FIRST_YEAR),
        z3.ULE(day.month, 11),
        z3.UGE(day.day, 1),
        z3.ULE(day.day, _last_of_month(day.year, day.month, LAST_YEAR)),
    ]


def day_order(number: int) -> int:
    """A day like 20250301 as the number that its bits make."""
    return ((number // 10000 - FIRST_YEAR) << (_MONTH + _DAY)) | ((number // 100 % 100 - 1) << _DAY) | number % 100


def day_bits(number: int, context: Any) -> Any:
    """A day like 20250301 as bits that compare with those of days."""
    return z3.BitVecVal(day_order(number), _YEAR + _MONTH + _DAY, context)


def day_number(order: int) -> int:
    """The day whose bits make a number: the way back from `day_order`."""
    year, month, day = order >> (_MONTH + _DAY), order >> _DAY & ((1 << _MONTH) - 1), order & ((1 << _DAY) - 1)
    return (FIRST_YEAR + year) * 10000 + (month + 1) * 100 + day


def is_representable(number: int) -> bool:
    """Whether a number lies where its bits are in order with those of days: it need not be a day of the calendar."""
    return FIRST_YEAR <= number // 10000 <= _FURTHEST and 1 <= number // 100 % 100 <= 12 and number % 100 <= 31


def add_months(day: Day, months: int) -> Day | None:
    """The last day of a period, as `base.add_months` has it; `None` where it may lie further off than the bits reach."""
    years, rest = divmod(months, 12)
    until = day.until + years + (rest > 0)
    if until > _FURTHEST or months < 0:
        return None
    year, month = day.year + years, day.month
    if rest:
        carry = z3.UGE(day.month, 12 - rest)
        month = z3.If(carry, day.month + (rest - 12) % (1 << _MONTH), day.month + rest)
        year = z3.If(carry, year + 1, year)
    last = _last_of_month(year, month, until)
    return Day.of(year, month, z3.If(z3.ULE(day.day, last), day.day, last), until)


def day_after(day: Day) -> Day:
    """The next day."""
    ends = day.day == _last_of_month(day.year, day.month, day.until)
    last = z3.And(ends, day.month == 11)
    year = z3.If(last, day.year + 1, day.year)
    month = z3.If(last, z3.BitVecVal(0, _MONTH, day.year.ctx), z3.If(ends, day.month + 1, day.month))
    return Day.of(year, month, z3.If(ends, z3.BitVecVal(1, _DAY, day.year.ctx), day.day + 1), day.until + 1)


def calendar_year(day: Day) -> tuple[Day, Day]:
    """The first and the last day of its year."""

    def on(month: int, number: int) -> Day:
        return Day.of(day.year, z3.BitVecVal(month - 1, _MONTH, day.year.ctx), z3.BitVecVal(number, _DAY, day.year.ctx), day.until)

    return on(1, 1), on(12, 31)


def _last_of_month(year: Any, month: Any, until: int) -> Any:
    """The last day of a month, in a year that is none after `until`."""

    def days(number: int) -> Any:
        return z3.BitVecVal(number, _DAY, year.ctx)

    no_leap = [century - FIRST_YEAR for century in range(FIRST_YEAR, until + 1, 100) if century % 400]
    leap = z3.And(z3.Extract(1, 0, year) == 0, *[year != century for century in no_leap])
    short = z3.Or(*[month == number - 1 for number in (4, 6, 9, 11)])
    return z3.If(month == 1, z3.If(leap, days(29), days(28)), z3.If(short, days(30), days(31)))
