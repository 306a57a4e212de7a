"""Days as bit vectors: year, month and day side by side, whose concatenation is in the order of the days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tiaoli.base import FIRST_DAY, LAST_DAY
from tiaoli.symbolic.formulas import Formula, both, either, equal, negation
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
        month = _if(carry, day.month + (rest - 12) % (1 << _MONTH), day.month + rest)
        year = _if(carry, year + 1, year)
    last = _last_of_month(year, month, until)
    return Day.of(year, month, _if(z3.ULE(day.day, last), day.day, last), until)


def calendar_year(day: Day) -> tuple[Day, Day]:
    """The first and the last day of its year."""

    def on(month: int, number: int) -> Day:
        return Day.of(day.year, z3.BitVecVal(month - 1, _MONTH, day.year.ctx), z3.BitVecVal(number, _DAY, day.year.ctx), day.until)

    return on(1, 1), on(12, 31)


def _last_of_month(year: Any, month: Any, until: int) -> Any:
    """The last day of a month, in a year that is none after `until`."""

    def days(number: int) -> Any:
        return z3.BitVecVal(number, _DAY, year.ctx)

    def is_month(number: int) -> Formula:
        return equal(month, z3.BitVecVal(number - 1, _MONTH, year.ctx))

    fourth = equal(z3.Extract(1, 0, year), z3.BitVecVal(0, 2, year.ctx))
    no_leap = [century - FIRST_YEAR for century in range(FIRST_YEAR, until + 1, 100) if century % 400]
    leap = both(fourth, *[negation(equal(year, z3.BitVecVal(century, _YEAR, year.ctx))) for century in no_leap])
    short = either([is_month(number) for number in (4, 6, 9, 11)])
    return _if(is_month(2), _if(leap, days(29), days(28)), _if(short, days(30), days(31)))


def _if(formula: Formula, one: Any, other: Any) -> Any:
    context = one.ctx
    return z3.BitVecRef(z3.Z3_mk_ite(context.ref(), formula.ast, one.ast, other.ast), context)
