"""Of many things that together suffice, a few that do as well: none of them can be left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def minimal(suffices: Callable[[Sequence[Thing]], bool], things: Sequence[Thing]) -> list[Thing]:
    """A subset-minimal part of `things` that suffices, earlier ones preferred, in their order.

    All of them together must suffice, and more must never do worse than less. By halves (QuickXplain): the number of
    questions grows with what is kept, not with what there is.

    >>> minimal(lambda some: {2, 5} <= set(some), range(100))
    [2, 5]
    """
    found = _kept(suffices, [], False, list(things))
    return [thing for thing in things if thing in found]


def _kept(suffices: Callable[[Sequence[Thing]], bool], given: list[Thing], grown: bool, things: list[Thing]) -> list[Thing]:
    """What must be added to `given`, out of `things`; `grown` says that `given` was not tried yet."""
    if (grown or len(things) == 1) and suffices(given):
        return []
    if len(things) <= 1:
        return things
    half = len(things) // 2
    first, second = things[:half], things[half:]
    later = _kept(suffices, given + first, bool(first), second)
    earlier = _kept(suffices, given + later, bool(later), first)
    return earlier + later
