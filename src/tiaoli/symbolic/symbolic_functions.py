"""The functions of rules over symbolic values, exactly as `worked_out` has them over numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tiaoli.rules import FIRST_YEAR, LAST_YEAR, SIGNATURES, Contract, Name, NoValueError, Value, worked_out
from tiaoli.symbolic.days import (
    ORDINAL_BITS,
    Day,
    add_any_months,
    add_months,
    any_day,
    calendar_month,
    calendar_year,
    day_from,
    last_of_month,
    on_march,
    ordinal,
)
from tiaoli.symbolic.terms import Terms, interval, plain
from tiaoli.symbolic.values import Num, Outside, SymbolicValue, is_ground
from tiaoli.symbolic.z3_library import z3

_MONTHS = {Contract.ADD_MONTHS.name: 1, Contract.ADD_YEARS.name: 12}
_DAYS = {Contract.ADD_DAYS.name: 1, Contract.ADD_WEEKS.name: 7}


class SymbolicFunctions:
    """Works out functions in the context of some terms."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._days: dict[tuple[int, int], Day] = {}
        self._lengths: dict[tuple[int, int], tuple[Any, Any]] = {}

    def results(self, name: str, given: Sequence[SymbolicValue | None]) -> tuple[SymbolicValue, ...] | None:
        """The results of a function; `None` where it has none. Raises `Outside`."""
        if name in (Contract.LEAST.name, Contract.GREATEST.name):
            one, other = given
            return None if one is None or other is None else (self._chosen(name, one, other),)
        values = [value for value in given if isinstance(value, (int, Name, Num, Day))]
        if len(values) < len(given):
            return None
        if all(map(is_ground, values)):
            return self._of_numbers(name, [value for value in values if isinstance(value, (int, Name))])
        kinds = [kind for _, kind in SIGNATURES[name].arguments]
        days = [self._day(value) for value, kind in zip(values, kinds, strict=False) if kind == "day"]
        if name == Contract.ROUNDED.name:
            return (self._rounded(str(values[0]), values[1], values[2]),)
        if name in _MONTHS or name in _DAYS or name == Contract.BIRTHDAY.name:
            length = values[1]
            if not isinstance(length, (int, Num)):
                raise Outside.of("期限的长度不是数", "the length of a period is no number")
            return (self._after(name, days[0], length, on_march_1=values[2:] == [Name("march_1")]),)
        if name == Contract.CALENDAR_MONTH.name:
            return calendar_month(days[0])
        if name == Contract.CALENDAR_YEAR.name:
            return calendar_year(days[0])
        return (self._between(name, days[0], days[1], values[2:]),)

    def _of_numbers(self, name: str, given: Sequence[Value]) -> tuple[SymbolicValue, ...] | None:
        try:
            return worked_out(name, given)
        except NoValueError as error:
            raise Outside(error.statement) from error
        except ZeroDivisionError as error:
            raise Outside.of("除以零", "it divides by zero") from error

    def _chosen(self, name: str, one: SymbolicValue, other: SymbolicValue) -> SymbolicValue:
        """One of two numbers or days."""
        first = self.terms.compare("<=" if name == Contract.LEAST.name else ">=", one, other)
        if isinstance(first, bool):
            return one if first else other
        if isinstance(one, Day) or isinstance(other, Day):
            here, there = self._day(one), self._day(other)
            parts = [z3.If(first, *pair) for pair in ((here.year, there.year), (here.month, there.month), (here.day, there.day))]
            return Day.of(parts[0], parts[1], parts[2], max(here.until, there.until), min(here.since, there.since))
        assert isinstance(one, (int, Num))
        assert isinstance(other, (int, Num))
        ends = list(zip(*(interval(number) for number in (one, other)), strict=True))
        low, high = (min(end) if name == Contract.LEAST.name else max(end) for end in ends)
        return Num(z3.If(first, plain(one), plain(other)), low, high)

    def _rounded(self, rounding: str, one: SymbolicValue, by: SymbolicValue) -> SymbolicValue:
        """A fraction rounded; its size is, and then has its sign."""
        if not isinstance(by, int):
            raise Outside.of("除数不是固定的数", "it divides by a number that is not fixed")
        if by == 0:
            raise Outside.of("除以零", "it divides by zero")
        assert isinstance(one, Num)
        most = max(abs(one.low), abs(one.high))
        size = one if one.low >= 0 else Num(z3.If(one.expr >= 0, one.expr, -one.expr), 0, most)
        twice, add = (2, abs(by)) if rounding.startswith("half") else (1, abs(by) - 1 if rounding == "up" else 0)
        raised = Num(twice * size.expr + add, twice * size.low + add, twice * size.high + add)
        found = self._number(self.terms.arithmetic("/", raised, twice * abs(by)))
        if rounding == "half_even":
            rest = self._number(self.terms.arithmetic("\\", raised, 2 * abs(by)))
            odd = self._number(self.terms.arithmetic("\\", found, 2))
            cut = z3.And(plain(rest) == 0, plain(odd) == 1)
            found = Num(plain(found) - self._one_if(cut), max(0, interval(found)[0] - 1), interval(found)[1])
        low, high = interval(found)
        negative = -plain(found)
        signed = plain(found) if one.low >= 0 else z3.If(one.expr >= 0, plain(found), negative)
        least = low if one.low >= 0 else -high
        return Num(signed, least, high) if by > 0 else Num(-signed, -high, -least)

    def _number(self, value: int | Num | None) -> Num:
        assert value is not None
        return value if isinstance(value, Num) else Num(z3.IntVal(value, self.terms.context), value, value)

    def _day(self, value: SymbolicValue) -> Day:
        if isinstance(value, int):
            return day_from(value, self.terms.context)
        if not isinstance(value, Day):
            raise Outside.of("算出的数当作日期", "a number that is worked out is taken as a day")
        return value

    def _after(self, name: str, day: Day, length: int | Num, on_march_1: bool) -> Day:
        unit = _DAYS.get(name) or _MONTHS.get(name, 12)
        low, high = interval(length)
        steps = length * unit if isinstance(length, int) else self._steps(length, unit)
        if name in _DAYS:
            found = self._days_after(day, steps, unit * low, unit * high)
        else:
            found = add_months(day, steps) if isinstance(steps, int) else add_any_months(day, steps, unit * low, unit * high)
        if found is None:
            raise Outside.of("期限届满日可能过于久远", "a period may end too far away")
        return on_march(day, found) if on_march_1 else found

    def _steps(self, length: Num, unit: int) -> Any:
        """A length that may be any of some, in so many days or months, as bits beside those of days: below zero it wraps."""
        place = length.expr.get_id(), unit
        if place not in self._lengths:
            bits = z3.Int2BV(length.expr - length.low, ORDINAL_BITS) + length.low
            self._lengths[place] = unit * bits, length.expr
        return self._lengths[place][0]

    def _days_after(self, day: Day, days: Any, low: int, high: int) -> Day | None:
        """The day that is so many days away: a day of its own, of which the number is known."""
        place = (day.order.get_id(), days if isinstance(days, int) else days.get_id())
        if place not in self._days:
            reach = (day.since - (-low // 365 + 1 if low < 0 else 0), day.until + (high // 365 + 1 if high > 0 else 0))
            if reach[0] < FIRST_YEAR or reach[1] > LAST_YEAR:
                return None
            found, is_day = any_day(f"day {len(self.terms.days)}", self.terms.context, reach)
            number = ordinal(day) + days
            self.terms.define([found.year, found.month, found.day], *is_day, ordinal(found) == number)
            self.terms.days.append((found, number))
            self._days[place] = found
        return self._days[place]

    def _between(self, name: str, first: Day, last: Day, given: Sequence[SymbolicValue]) -> Num:
        if name == Contract.DAYS_BETWEEN.name:
            low, high = (366 * (last.since - first.until - 1), 366 * (last.until - first.since + 1))
            return Num(z3.BV2Int(ordinal(last)) - z3.BV2Int(ordinal(first)), low, high)
        years = z3.BV2Int(last.year) - z3.BV2Int(first.year)
        apart = (last.since - first.until - 1, last.until - first.since)
        # a day that the month of the last one has not is reached on its last day
        is_cut = z3.And(z3.UGT(first.day, last.day), last.day != last_of_month(last))
        if name == Contract.MONTHS_BETWEEN.name:
            months = 12 * years + z3.BV2Int(last.month) - z3.BV2Int(first.month)
            return Num(months - self._one_if(is_cut), 12 * apart[0], 12 * apart[1] + 11)
        if name == Contract.AGE.name and given == [Name("march_1")]:
            is_cut = z3.UGT(first.day, last.day)
        before = z3.Or(z3.UGT(first.month, last.month), z3.And(first.month == last.month, is_cut))
        return Num(years - self._one_if(before), *apart)

    def _one_if(self, condition: Any) -> Any:
        return z3.If(condition, z3.IntVal(1, self.terms.context), z3.IntVal(0, self.terms.context))
