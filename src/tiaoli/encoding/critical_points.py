"""Which values of an unknown day or number can matter: the critical values of a case.

An unknown day ranges over 110 000 values, yet a decision only sees on which side of which other day it lies. `rule_bounds`
reads off the rules, as *bounds*, everything they compare: this fact, shifted by so many months, is at least (or more
than) that one. `critical_values` turns the bounds into values for one case.

Why the least values suffice: the truth of all comparisons together is a set of bounds `f(x) >= g(y)` with f and g
monotone. Solutions of such a set are closed under taking the smaller value of each unknown, so where it has one it
has a least one, in which every unknown is either the first value of its type or is held from below by one bound: the
least x with f(x) >= g(y), where y is known or itself such a value. Chains of bounds through several unknowns are
followed; how often one may pass a field is bounded (`_visits`).

A chain would have to pass a fact twice only where going round a circle of bounds gives a later day than it began with, and does so
no more after some rounds. Round most circles it never does, or always: then no case has all of these bounds at once. Where month
ends make it do so for some days only, twelve months beside six and six, no chain of one length is long enough: `uneven_circles`
finds them, and the rules are refused. The day of the application is known in every case, so no circle leads through it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice, product
from types import MappingProxyType
from typing import Literal, NamedTuple

from tiaoli.base import FIRST_DAY, LAST_DAY, Statement, next_day, previous_day, to_date, to_day
from tiaoli.policy import Policy
from tiaoli.rules import SUPREMUM, Contract, Name, Value, worked_out


class Shift(NamedTuple):
    """A step from one day to another that keeps days in order: a function of the day and of what is given beside it, and which of its
    results. Where a fact of the case says how long the step is, `length` is the path of its field, and the length is not given."""

    function: str
    given: tuple[int | str, ...] = ()
    result: int = 0
    length: str = ""

    def of_length(self, length: int) -> Shift:
        """The step in a case that says its length."""
        return Shift(self.function, (length, *self.given), self.result)


Scope = Literal["same", "own", "any"]
"""Which items a bound speaks of: the same item, an item and the one it stands in, or any two."""


class Bound(NamedTuple):
    """`target`, shifted, is at least `other`, shifted; more than it where `strict`. Both are paths of fields, or
    `other` is a value."""

    target: str
    target_shifts: tuple[Shift, ...]
    strict: bool
    other: str | int
    other_shifts: tuple[Shift, ...]
    scope: Scope


class RuleBounds(NamedTuple):
    """What the rules do with days and numbers: the bounds they put on them, and the fields of days of which both ends of every stretch
    between two critical values are looked at, because a sum or a result is worked out from them. `results` are for each result the
    fields from which its value is reckoned, and whether it only grows, or only falls, with each of them; `codes` are the kinds of codes
    that rules compare with one another (see `compared_codes`)."""

    bounds: tuple[Bound, ...]
    both_ends: frozenset[str] = frozenset()
    results: Mapping[str, Mapping[str, bool]] = MappingProxyType({})
    codes: frozenset[str] = frozenset()

    def beside(self, other: RuleBounds) -> RuleBounds:
        """What two sets of rules do, each thing once."""
        bounds = tuple(dict.fromkeys((*self.bounds, *other.bounds)))
        return RuleBounds(bounds, self.both_ends | other.both_ends, {**self.results, **other.results}, self.codes | other.codes)


# Values for one case

Slot = tuple[str, str]
"""A field of one item: the field's path and the item's id (`""` for the person and the application day; `k1/t1`
inside an item)."""

_Path = tuple[str, ...]
"""The fields that a value was reached through."""


def critical_values(
    policy: Policy,
    bounds: Sequence[Bound],
    known: Mapping[str, Mapping[str, Value]],
    unknown: Sequence[Slot],
    both_ends: bool = False,
    named: Mapping[str | None, int] = MappingProxyType({}),
    growing: Collection[str] = (),
) -> dict[Slot, tuple[Value, ...]]:
    """For every unknown ordered fact, the values that stand for all of its values.

    `known` gives the values of each field by item; `unknown` the facts to find values for. With `both_ends` the values
    before them are kept and followed as well: solutions are closed under taking the larger value too, so these are the
    greatest ones, and where a fact stops to be possible shows as exactly as where it starts to be. `named` is how many items
    of an entity (or with `None` applications of the case) are held against one another, where it is more than one. From the days of the
    fields that are `growing` a sum is worked out.
    """
    by_target: dict[str, list[Bound]] = defaultdict(list)
    free = {path for path, _ in unknown}
    for bound in bounds:
        by_target[bound.target] += _of_lengths(bound, lambda path: _lengths(policy, path, known, free))
    visits = _visits(policy, named)
    reached: dict[Slot, set[tuple[int, _Path]]] = {slot: set() for slot in unknown}
    fresh: dict[Slot, set[tuple[int, _Path]]] = {}
    for slot in unknown:
        low, high = range_of(policy, slot[0])
        fresh[slot] = {(value, (slot[0],)) for value in ((low, high) if both_ends else (low,))}
        for bound in by_target[slot[0]]:
            for value in _known_values(bound, slot[1], known):
                least = _least(policy, bound, value)
                if least is not None:
                    fresh[slot].add((least, (slot[0],)))
        if both_ends:
            fresh[slot] |= _befores(policy, slot, fresh[slot])
    while fresh:
        by_path: dict[str, dict[str, set[tuple[int, _Path]]]] = defaultdict(dict)
        for slot, entries in fresh.items():
            reached[slot] |= entries
            by_path[slot[0]][slot[1]] = entries
        added: dict[Slot, set[tuple[int, _Path]]] = {}
        for slot in unknown:
            found = set()
            for bound in by_target[slot[0]]:
                for value, path in _in_scope(bound, slot[1], by_path.get(str(bound.other), {})):
                    if path.count(slot[0]) < visits[slot[0]]:
                        least = _least(policy, bound, value)
                        if least is not None:
                            found.add((least, tuple(sorted((*path, slot[0])))))
            if both_ends:
                found |= _befores(policy, slot, found)
            if found - reached[slot]:
                added[slot] = found - reached[slot]
        fresh = added
    return {slot: _values(policy, slot[0], {value for value, _ in reached[slot]}, slot[0] in growing) for slot in unknown}


def origins(
    bounds: Sequence[Bound], policy: Policy, known: Mapping[str, Mapping[str, Value]], path: str, value: int
) -> Iterator[tuple[Bound, str]]:
    """The bounds through which a known value makes `value` critical for a field of the case as a whole, each with the item
    whose value it is (`""` where the bound names the value itself)."""
    for bound in bounds:
        if bound.target == path:
            for one in _of_lengths(bound, lambda length: _lengths(policy, length, known, ())):
                entries = {"": one.other} if isinstance(one.other, int) else known.get(one.other, {})
                for item, other in entries.items():
                    if isinstance(other, int) and _least(policy, one, other) == value:
                        yield one, item


def _of_lengths(bound: Bound, lengths: Callable[[str], Iterable[int]]) -> Sequence[Bound]:
    """A bound with every length that its steps may have, where facts say how long they are."""
    if not _rests_on_lengths((bound,)):
        return (bound,)
    sides = [
        list(product(*([step.of_length(one) for one in lengths(step.length)] if step.length else (step,) for step in shifts)))
        for shifts in (bound.target_shifts, bound.other_shifts)
    ]
    return [bound._replace(target_shifts=one, other_shifts=other) for one, other in product(*sides)]


def _rests_on_lengths(bounds: Iterable[Bound]) -> bool:
    """Whether a fact says how long a step is."""
    return any(shift.length for bound in bounds for shifts in (bound.target_shifts, bound.other_shifts) if shifts for shift in shifts)


def _lengths(policy: Policy, path: str, known: Mapping[str, Mapping[str, Value]], free: Collection[str]) -> Iterable[int]:
    """The lengths that a field gives in a case: those that are known, and where one is not every one that it may have."""
    if path in free:
        low, high = range_of(policy, path)
        return range(low, high + 1)
    return {value for value in known.get(path, {}).values() if isinstance(value, int)}


def _befores(policy: Policy, slot: Slot, entries: set[tuple[int, _Path]]) -> set[tuple[int, _Path]]:
    """The value before each."""
    first = range_of(policy, slot[0])[0]
    back = _back(policy, slot[0])
    return {(back(value), path) for value, path in entries if value > first}


def _back(policy: Policy, path: str) -> Callable[[int], int]:
    """What gives the value before one."""
    return previous_day if policy.fields[path].kind == "day" else _one_less


def _one_less(value: int) -> int:
    return value - 1


def _visits(policy: Policy, named: Mapping[str | None, int]) -> Mapping[str, int]:
    """How often a chain of bounds may pass a field.

    A decision has one subject, with one item that holds it; of every other list it may join two items through them. What names
    several items at once may join so many more.
    """
    subjects = {benefit.subject for benefit in policy.benefits.values()}
    single = subjects | {item.parent for item in policy.lists.values() if item.entity in subjects}
    return {
        path: (1 if field.entity is None or field.entity in single else 2) + named.get(field.entity, 1) - 1
        for path, field in policy.fields.items()
    }


def _in_scope(bound: Bound, item: str, others: Mapping[str, set[tuple[int, _Path]]]) -> set[tuple[int, _Path]]:
    """The entries of the items that a bound on `item` speaks of."""
    if bound.scope == "same":
        return others.get(item, set())
    if bound.scope == "own":
        holder = item.rpartition("/")[0]
        if holder in others:
            return others[holder]
        return set().union(*(entries for other, entries in others.items() if other.startswith(f"{item}/")))
    return set().union(*others.values())


def _known_values(bound: Bound, item: str, known: Mapping[str, Mapping[str, Value]]) -> Iterator[int]:
    if isinstance(bound.other, int):
        yield bound.other
        return
    entries: dict[str, set[tuple[int, _Path]]] = {
        other: {(value, ())} for other, value in known.get(bound.other, {}).items() if isinstance(value, int)
    }
    for value, _ in _in_scope(bound, item, entries):
        yield value


def range_of(policy: Policy, path: str) -> tuple[int, int]:
    """The first and the last value of a field that has an order."""
    span = policy.fields[path].type.span
    assert span is not None
    return span


def _values(policy: Policy, path: str, least: set[int], growing: bool) -> tuple[Value, ...]:
    low, high = range_of(policy, path)
    values = {value for value in least if low <= value <= high}
    if growing or policy.fields[path].type.grows:
        # an amount may grow with the value inside a region, so both of its ends are needed
        back = _back(policy, path)
        values |= {back(value) for value in values if value > low} | {high}
    ordered: tuple[Value, ...] = tuple(sorted(values))
    return (*ordered, SUPREMUM) if policy.fields[path].nullable else ordered


def length_of(shift: Shift) -> Statement:
    """How far a shift goes that is given a length, in words."""
    number = int(shift.given[0])
    zh, en = _UNITS[shift.function]
    return Statement(f"{number}{zh}", f"{number} {en}{'' if number == 1 else 's'}")


_UNITS = {
    Contract.ADD_DAYS.name: ("日", "day"),
    Contract.ADD_WEEKS.name: ("周", "week"),
    Contract.ADD_MONTHS.name: ("个月", "month"),
    Contract.ADD_YEARS.name: ("年", "year"),
    Contract.BIRTHDAY.name: ("周岁", "year"),
}


@lru_cache(maxsize=65536)
def shifted(day: int, shifts: tuple[Shift, ...]) -> int:
    """A day after some steps."""
    for shift in shifts:
        day = _stepped(day, shift)
    return day


def _stepped(day: int, shift: Shift) -> int:
    found = worked_out(shift.function, (day, *(Name(value) if isinstance(value, str) else value for value in shift.given)))
    assert found is not None
    day_after = found[shift.result]
    assert isinstance(day_after, int)
    return day_after


def _least(policy: Policy, bound: Bound, other: int) -> int | None:
    """The least value that keeps the bound against `other`, or `None` where none does."""
    limit = shifted(other, bound.other_shifts)
    if policy.fields[bound.target].kind != "day":
        return limit + 1 if bound.strict else limit
    return least_day(bound.target_shifts, limit, bound.strict)


_NEAR = 3
"""How many days a period counted back from a day usually differs from the same period counted on from it."""


@lru_cache(maxsize=65536)
def least_day(shifts: tuple[Shift, ...], limit: int, strict: bool) -> int | None:
    """The least day that lies, shifted, at `limit` or after it (`strict`: after it); `None` where none does."""

    def holds(day: int) -> bool:
        there = shifted(day, shifts)
        return there > limit if strict else there >= limit

    if not shifts:
        limit = max(limit, FIRST_DAY)
        return next_day(limit) if strict else limit
    if not holds(LAST_DAY):
        return None
    low, high = to_date(FIRST_DAY).toordinal(), to_date(LAST_DAY).toordinal()
    if FIRST_DAY <= limit <= LAST_DAY:
        # the day lies about as far before the limit as the limit is moved, and a search around there is a short one
        near = 2 * to_date(limit).toordinal() - to_date(shifted(limit, shifts)).toordinal()
        before, after = near - _NEAR, near + _NEAR
        if low <= before and after <= high and not holds(to_day(date.fromordinal(before))) and holds(to_day(date.fromordinal(after))):
            low, high = before + 1, after
    while low < high:
        middle = (low + high) // 2
        if holds(to_day(date.fromordinal(middle))):
            high = middle
        else:
            low = middle + 1
    return to_day(date.fromordinal(low))


# Circles of bounds

# These years have every order of leap years and others, with and without the end of a century between them. Where steps move a day by
# whole months, and at most to the next day, it only matters near the ends of a month which day it is.
_YEARS = (2003, 2004, 2005, 2007, 2008, 2096, 2099, 2100, 2101)
_DAYS = tuple(
    day
    for year in _YEARS
    for month in range(1, 13)
    for first in [date(year, month, 1)]
    for day in sorted({to_day(first + timedelta(days=step)) for step in (-4, -3, -2, -1, 0, 1, 2, 3)})
)


_BY_DAYS = frozenset({Contract.ADD_DAYS.name, Contract.ADD_WEEKS.name})
_EVERY_DAY = tuple(to_day(date(year, 1, 1) + timedelta(days=number)) for year in _YEARS for number in range(365 + (year % 4 == 0)))


def uneven_circles(policy: Policy, bounds: Sequence[Bound], together: Callable[[Sequence[Bound]], bool]) -> Iterator[tuple[Bound, ...]]:
    """The circles of bounds between fields of days that raise some days and not others. `together` says whether some bounds can count
    in one case."""
    leaving: dict[str, list[Bound]] = defaultdict(list)
    days = {field.path for field in policy.fields.values() if field.kind == "day" and field.changed_by != "time"}
    for bound in bounds:
        if isinstance(bound.other, str) and {bound.target, bound.other} <= days:
            leaving[bound.other].append(bound)
    seen: set[frozenset[Bound]] = set()
    for start in leaving:
        for circle in _circles(leaving, start, (), {start}):
            key = frozenset(circle)
            if key not in seen and any(bound.target_shifts or bound.other_shifts for bound in circle) and together(circle):
                seen.add(key)
                if any(map(_uneven_somewhere, _with_lengths(policy, circle))):
                    yield circle


def _circles(leaving: Mapping[str, Sequence[Bound]], start: str, path: tuple[Bound, ...], seen: set[str]) -> Iterator[tuple[Bound, ...]]:
    """The circles that begin at a field and pass no field twice."""
    for bound in leaving.get(path[-1].target if path else start, ()):
        if bound.target == start:
            yield (*path, bound)
        elif bound.target not in seen:
            yield from _circles(leaving, start, (*path, bound), seen | {bound.target})


_MOST_LENGTHS, _MOST_CIRCLES = 200_000, 100
"""Of so many lengths of the steps in a circle those that may matter are looked for, and so many are looked at."""


def _with_lengths(policy: Policy, circle: Sequence[Bound]) -> Iterator[Sequence[Bound]]:
    """A circle with the lengths that its steps may have and that may make it uneven; as it is where they are too many to be looked at."""
    if not _rests_on_lengths(circle):
        yield from [] if _is_even(circle) else [circle]
    elif not _is_one_period(circle):
        every = product(*(_of_lengths(bound, lambda path: _lengths(policy, path, {}, (path,))) for bound in circle))
        found = list(islice((one for one in islice(every, _MOST_LENGTHS) if not _is_even(one)), _MOST_CIRCLES + 1))
        yield from found
        if len(found) > _MOST_CIRCLES or next(every, None) is not None:
            yield circle


def _is_one_period(circle: Sequence[Bound]) -> bool:
    """Whether a day, so long on as a fact says, is held against another from both sides.

    With one length on both ways, or the longer one on the way there, the circle always raises; with the longer one on the way back it never
    does, for a month is more than the day by which `>` differs.
    """
    on, back = [bound for bound in circle if bound.other_shifts], [bound for bound in circle if bound.target_shifts]
    if len(circle) != 2 or len(on) != 1 or len(back) != 1 or on[0].strict == back[0].strict:
        return False
    return on[0] is not back[0] and len(on[0].other_shifts) == 1 and on[0].other_shifts == back[0].target_shifts


def _uneven_somewhere(circle: Sequence[Bound]) -> bool:
    """Whether a circle raises some days and not others, wherever it is entered; where the lengths of its steps are not known, it may."""
    return _rests_on_lengths(circle) or any(_uneven((*circle[turn:], *circle[:turn])) for turn in range(len(circle)))


def _is_even(circle: Sequence[Bound]) -> bool:
    """Whether it is plain that going round raises every day or none: it goes further than any end of a month can make up for, or its
    one step on is taken back by the same step, with a strict bound between the two."""
    least = sum(bound.strict + _moved(bound.other_shifts)[0] - _moved(bound.target_shifts)[1] for bound in circle)
    most = sum(bound.strict + _moved(bound.other_shifts)[1] - _moved(bound.target_shifts)[0] for bound in circle)
    if least > 0 or most <= 0:
        return True
    on = [place for place, bound in enumerate(circle) if bound.other_shifts]
    back = [place for place, bound in enumerate(circle) if bound.target_shifts]
    if len(on) != 1 or len(back) != 1 or circle[on[0]].other_shifts != circle[back[0]].target_shifts:
        return False
    between = (*circle[on[0] :], *circle)[: (back[0] - on[0]) % len(circle) + 1]
    return any(bound.strict for bound in between)


def _moved(shifts: Sequence[Shift]) -> tuple[int, int]:
    """How many days some steps move a day at least and at most."""
    ends = [_DAYS_OF[shift.function](int(shift.given[0])) if shift.function in _DAYS_OF else (-366, 366) for shift in shifts]
    return sum(min(pair) for pair in ends), sum(max(pair) for pair in ends)


def _days_of_months(months: int) -> tuple[int, int]:
    """How many days there may be in some months: no four more or less than in so many of the 4800 after which the calendar begins again."""
    average = 146_097 * months // 4800
    return max(min(28 * months, 31 * months), average - 4), min(max(28 * months, 31 * months) + 1, average + 5)


_DAYS_OF: Mapping[str, Callable[[int], tuple[int, int]]] = {
    Contract.ADD_DAYS.name: lambda days: (days, days),
    Contract.ADD_WEEKS.name: lambda weeks: (7 * weeks, 7 * weeks),
    Contract.ADD_MONTHS.name: lambda months: _days_of_months(months),
    Contract.ADD_YEARS.name: lambda years: _days_of_months(12 * years),
    Contract.BIRTHDAY.name: lambda years: _days_of_months(12 * years),
}


def _uneven(circle: Sequence[Bound]) -> bool:
    """Whether going round raises some days and not others."""
    raised: set[bool] = set()
    steps = [shift for bound in circle for shift in (*bound.target_shifts, *bound.other_shifts)]
    for day in _EVERY_DAY if any(shift.function in _BY_DAYS for shift in steps) else _DAYS:
        here: int | None = day
        for bound in circle:
            here = None if here is None else least_day(bound.target_shifts, shifted(here, bound.other_shifts), bound.strict)
        if here is not None:
            raised.add(here > day)
            if len(raised) > 1:
                return True
    return False
