"""Days as bit vectors: year, month and day side by side, whose concatenation is in the order of the days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tiaoli.base import FIRST_DAY, LAST_DAY
from tiaoli.rules import FIRST_YEAR, LAST_YEAR
from tiaoli.symbolic.formulas import Formula
from tiaoli.symbolic.z3_library import z3

_YEAR, _MONTH, _DAY = 12, 4, 5
"""The bits of a year counted from the first, of a month counted from 0, of a day."""

ORDINAL_BITS = 21
"""The bits of the number of a day, counted from the first."""

_BIT_LIMIT = FIRST_YEAR + (1 << _YEAR) - 1


@dataclass(frozen=True, eq=False)
class Day:
    """A day that may be any, in no year before `since` or after `until`."""

    year: Any
    month: Any
    day: Any
    order: Any
    until: int
    since: int

    @classmethod
    def of(cls, year: Any, month: Any, day: Any, until: int, since: int) -> Day:
        return cls(year, month, day, z3.Concat(year, month, day), until, since)


_FORMAT = FIRST_DAY // 10000, LAST_DAY // 10000


def any_day(name: str, context: Any, years: tuple[int, int] = _FORMAT) -> tuple[Day, list[Formula]]:
    """A day of some years, those of the case format unless others are given, under a name, and what makes it one of the calendar."""
    year, month, number = (
        z3.BitVec(f"{part} {name}", width, context) for part, width in (("year", _YEAR), ("month", _MONTH), ("day", _DAY))
    )
    first, last = years
    day = Day.of(year, month, number, last, first)
    return day, is_a_day(day)


def is_a_day(day: Day) -> list[Formula]:
    """What makes the bits of a day one of the calendar, in its years."""
    return [
        z3.UGE(day.year, day.since - FIRST_YEAR),
        z3.ULE(day.year, day.until - FIRST_YEAR),
        z3.ULE(day.month, 11),
        z3.UGE(day.day, 1),
        z3.ULE(day.day, last_of_month(day)),
    ]


def day_from(number: int, context: Any) -> Day:
    """A day like 20250301 as bits."""
    year = number // 10000
    parts = ((year - FIRST_YEAR, _YEAR), (number // 100 % 100 - 1, _MONTH), (number % 100, _DAY))
    bits = [z3.BitVecVal(part, width, context) for part, width in parts]
    return Day.of(bits[0], bits[1], bits[2], year, year)


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
    return FIRST_YEAR <= number // 10000 <= _BIT_LIMIT and 1 <= number // 100 % 100 <= 12 and number % 100 <= 31


def add_months(day: Day, months: int) -> Day | None:
    """The last day of a period, as `base.add_months` has it; `None` where it may lie further off than rules reach."""
    years, rest = divmod(months, 12)
    since, until = day.since + years, day.until + years + (rest > 0)
    if since < FIRST_YEAR or until > LAST_YEAR:
        return None
    year, month = day.year + years, day.month
    if rest:
        carry = z3.UGE(day.month, 12 - rest)
        month = z3.If(carry, day.month + (rest - 12) % (1 << _MONTH), day.month + rest)
        year = z3.If(carry, year + 1, year)
    last = _last_of_month(year, month, until)
    return Day.of(year, month, z3.If(z3.ULE(day.day, last), day.day, last), until, since)


def add_any_months(day: Day, months: Any, low: int, high: int) -> Day | None:
    """The same for a number of months that lies between two, as bits as wide as the number of a day."""
    since, until = day.since + low // 12, day.until + high // 12 + 1
    if since < FIRST_YEAR or until > LAST_YEAR:
        return None
    # counted from January of the first year, before which no day of a result lies
    number = 12 * z3.ZeroExt(ORDINAL_BITS - _YEAR, day.year) + z3.ZeroExt(ORDINAL_BITS - _MONTH, day.month) + months
    twelve = z3.BitVecVal(12, ORDINAL_BITS, day.year.ctx)
    year = z3.Extract(_YEAR - 1, 0, z3.UDiv(number, twelve))
    month = z3.Extract(_MONTH - 1, 0, z3.URem(number, twelve))
    last = _last_of_month(year, month, until)
    return Day.of(year, month, z3.If(z3.ULE(day.day, last), day.day, last), until, since)


def on_march(born: Day, found: Day) -> Day:
    """The day on which a year is completed, as `base.birthday` has it, where the months end on another day of the month: 1 March."""
    is_cut = found.day != born.day
    month = z3.If(is_cut, z3.BitVecVal(2, _MONTH, born.year.ctx), found.month)
    return Day.of(found.year, month, z3.If(is_cut, z3.BitVecVal(1, _DAY, born.year.ctx), found.day), found.until, found.since)


def ordinal(day: Day) -> Any:
    """The number of a day, counted from 1 January of the first year, as bits: the years begin 400 of them before a century that has a leap
    day."""

    def wide(bits: Any, width: int) -> Any:
        return z3.ZeroExt(ORDINAL_BITS - width, bits)

    year = wide(day.year, _YEAR)
    leap_days = z3.UDiv(year + 3, z3.BitVecVal(4, ORDINAL_BITS, year.ctx)) - z3.UDiv(year + 99, z3.BitVecVal(100, ORDINAL_BITS, year.ctx))
    leap_days = leap_days + z3.UDiv(year + 399, z3.BitVecVal(400, ORDINAL_BITS, year.ctx))
    before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    of_month = z3.BitVecVal(before[0], ORDINAL_BITS, year.ctx)
    for month, days in enumerate(before):
        of_month = z3.If(day.month == month, z3.BitVecVal(days, ORDINAL_BITS, year.ctx), of_month)
    after_february = z3.If(z3.And(z3.UGE(day.month, 2), _is_leap(day.year, day.until)), z3.BitVecVal(1, ORDINAL_BITS, year.ctx), 0)
    return 365 * year + leap_days + of_month + after_february + wide(day.day, _DAY) - 1


def calendar_month(day: Day) -> tuple[Day, Day]:
    """The first and the last day of its month."""
    first = z3.BitVecVal(1, _DAY, day.year.ctx)
    return tuple(Day.of(day.year, day.month, number, day.until, day.since) for number in (first, last_of_month(day)))  # type: ignore[return-value]  # two


def day_after(day: Day) -> Day:
    """The next day."""
    ends = day.day == _last_of_month(day.year, day.month, day.until)
    last = z3.And(ends, day.month == 11)
    year = z3.If(last, day.year + 1, day.year)
    month = z3.If(last, z3.BitVecVal(0, _MONTH, day.year.ctx), z3.If(ends, day.month + 1, day.month))
    return Day.of(year, month, z3.If(ends, z3.BitVecVal(1, _DAY, day.year.ctx), day.day + 1), day.until + 1, day.since)


def calendar_year(day: Day) -> tuple[Day, Day]:
    """The first and the last day of its year."""

    def on(month: int, number: int) -> Day:
        return Day.of(
            day.year, z3.BitVecVal(month - 1, _MONTH, day.year.ctx), z3.BitVecVal(number, _DAY, day.year.ctx), day.until, day.since
        )

    return on(1, 1), on(12, 31)


def last_of_month(day: Day) -> Any:
    """The last day of its month."""
    return _last_of_month(day.year, day.month, day.until)


def _last_of_month(year: Any, month: Any, until: int) -> Any:
    """The last day of a month, in a year that is none after `until`."""

    def days(number: int) -> Any:
        return z3.BitVecVal(number, _DAY, year.ctx)

    short = z3.Or(*[month == number - 1 for number in (4, 6, 9, 11)])
    return z3.If(month == 1, z3.If(_is_leap(year, until), days(29), days(28)), z3.If(short, days(30), days(31)))


def _is_leap(year: Any, until: int) -> Any:
    no_leap = [century - FIRST_YEAR for century in range(FIRST_YEAR, until + 1, 100) if century % 400]
    return z3.And(z3.Extract(1, 0, year) == 0, *[year != century for century in no_leap])
