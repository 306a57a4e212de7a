"""Circles of bounds in which periods are counted so that going round raises some days and not others.

The critical values of a case follow chains of bounds from what is known, each through an unknown fact once
(`critical_points`). A chain would have to pass a fact twice only where going round a circle of bounds gives a later day than it
began with, and does so no more after some rounds. Round most circles it never does, or always: then no case has all of these bounds
at once. Where month ends make it do so for some days only, twelve months beside six and six, no chain of one length is long enough.
The day of the application is known in every case, so no circle of unknown facts leads through it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from tiaoli.base import to_day
from tiaoli.encoding.critical_points import Bound, least_day, shifted
from tiaoli.policy import Policy

# A step moves a day by whole months and at most to the next day: only near the ends of a month does it matter which day it is. These
# years have every order of leap years and others, with and without the end of a century between them.
_YEARS = (2003, 2004, 2005, 2007, 2008, 2096, 2099, 2100, 2101)
_DAYS = tuple(
    day
    for year in _YEARS
    for month in range(1, 13)
    for first in [date(year, month, 1)]
    for day in sorted({to_day(first + timedelta(days=step)) for step in (-4, -3, -2, -1, 0, 1, 2, 3)})
)


def uneven_circles(policy: Policy, bounds: Sequence[Bound], together: Callable[[Sequence[Bound]], bool]) -> Iterator[tuple[Bound, ...]]:
    """The circles of bounds between fields of days that raise some days and not others. `together` says whether some bounds can count
    in one case."""
    leaving: dict[str, list[Bound]] = defaultdict(list)
    days = {field.path for field in policy.fields.values() if field.type == "day" and field.changed_by != "time"}
    for bound in bounds:
        if isinstance(bound.other, str) and {bound.target, bound.other} <= days:
            leaving[bound.other].append(bound)
    seen: set[frozenset[Bound]] = set()
    for start in leaving:
        for circle in _circles(leaving, start, (), {start}):
            key = frozenset(circle)
            if key not in seen and any(bound.target_shifts or bound.other_shifts for bound in circle) and together(circle):
                seen.add(key)
                if any(_uneven((*circle[turn:], *circle[:turn])) for turn in range(len(circle))):
                    yield circle


def _circles(leaving: Mapping[str, Sequence[Bound]], start: str, path: tuple[Bound, ...], seen: set[str]) -> Iterator[tuple[Bound, ...]]:
    """The circles that begin at a field and pass no field twice."""
    for bound in leaving.get(path[-1].target if path else start, ()):
        if bound.target == start:
            yield (*path, bound)
        elif bound.target not in seen:
            yield from _circles(leaving, start, (*path, bound), seen | {bound.target})


def _uneven(circle: Sequence[Bound]) -> bool:
    """Whether going round raises some days and not others."""
    raised: set[bool] = set()
    for day in _DAYS:
        here: int | None = day
        for bound in circle:
            here = None if here is None else least_day(bound.target_shifts, shifted(here, bound.other_shifts), bound.strict)
        if here is not None:
            raised.add(here > day)
            if len(raised) > 1:
                return True
    return False
