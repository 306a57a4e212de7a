"""Decisions of which only one can be filed, in groups: a thousand that exclude one another are one group, not half a million pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def exclusive_groups(items: Sequence[Item], pairs: Iterable[tuple[Item, Item]]) -> Iterator[tuple[Item, ...]]:
    """Groups of items any two of which exclude one another, each as large as it can be, in the order of the items. Every pair stands in a
    group.

    >>> list(exclusive_groups("abcd", [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")]))
    [('a', 'b', 'c'), ('c', 'd')]
    """
    place = {item: number for number, item in enumerate(items)}
    apart: dict[int, set[int]] = {}
    for one, other in pairs:
        apart.setdefault(place[one], set()).add(place[other])
        apart.setdefault(place[other], set()).add(place[one])
    left = {number: set(others) for number, others in apart.items()}
    for number in sorted(apart):
        while left[number]:
            group = {number, min(left[number])}
            common = apart[number] & apart[min(left[number])]
            while common:
                # rather one whose pairs stand in no group yet
                member = min(common, key=lambda item: (left[item].isdisjoint(group), item))
                group.add(member)
                common &= apart[member]
            for member in group:
                left[member] -= group
            yield tuple(items[member] for member in sorted(group))
