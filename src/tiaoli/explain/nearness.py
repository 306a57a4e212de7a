"""How far something is from holding, measured as a repair is: by the facts that would have to be otherwise, each counted once.

What fails asks for changes, and each of them can be made at one of several facts: of a comparison either side may move. A record that is
not there is one fact, with all that it would say. What nobody can change any more counts for more than anything that somebody can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

UNCHANGEABLE = 100
"""As many changes as stand for a fact that nobody can change, or for an item that is not there."""

OUT_OF_REACH = 10_000
"""As many changes as stand for what no fact of the case could change: another reading, something else in the text of the notice."""

Change = frozenset[tuple[str, int]]
"""A change that is asked for: the facts at which it can be made, by their paths, each with how many changes it counts for."""


class Distance(NamedTuple):
    """How far something is from holding: the changes it asks for, how many these are, and by how many days it misses."""

    changes: int = 0
    days: int = 0
    asked: tuple[Change, ...] = ()

    @property
    def measure(self) -> tuple[int, int]:
        """What distances are compared by."""
        return self.changes, self.days


NONE = Distance()


def at_one_of(facts: Iterable[tuple[str, int]], days: int = 0) -> Distance:
    """The distance of what one change would mend, at any of these facts."""
    asked = (frozenset(facts),)
    return Distance(_fewest(asked), days, asked)


def elsewhere(changes: int = 1) -> Distance:
    """The distance of what no fact of its own would mend."""
    return at_one_of([("", changes)])


def together(distances: Sequence[Distance]) -> Distance:
    """The distance of several things that must all hold: a fact that mends two of them is changed once."""
    apart = [change for distance in distances for change in distance.asked]
    unplaced = sum(_fewest((change,)) for change in apart if all(path == "" for path, _ in change))
    asked = tuple(dict.fromkeys(change for change in apart if any(path for path, _ in change)))
    rest = (frozenset({("", unplaced)}),) if unplaced else ()
    return Distance(_fewest(asked) + unplaced, sum(distance.days for distance in distances), asked + rest)


def _fewest(asked: Sequence[Change]) -> int:
    """The fewest changes that make each of those asked for."""
    if not asked:
        return 0
    first = min(asked, key=len)
    found = []
    for path, weight in first:
        left = [change for change in asked if change is not first and (path, weight) not in change]
        found.append(weight + _fewest(left))
    return min(found)
