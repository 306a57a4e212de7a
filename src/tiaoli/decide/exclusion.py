"""Decisions of which only one application can be filed, in groups: a thousand that exclude one another are one group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, count, islice
from math import comb
from typing import TypeVar

Item = TypeVar("Item")


def exclusive_groups(filed: Iterable[tuple[Item, str]]) -> list[tuple[Item, ...]]:
    """Groups of items any two of which exclude one another, each as large as it can be, in the order of the items.

    `filed` are items, each with the application it is filed with; those of different applications exclude one another. Any two that do
    stand in a group together, and there are few groups: one where every application has one item.

    >>> exclusive_groups([("uplift c1", "c1"), ("uplift c2", "c2"), ("care c2", "c2")])
    [('uplift c1', 'uplift c2'), ('uplift c1', 'care c2')]
    """
    order: dict[Item, int] = {}
    applications: dict[str, list[Item]] = {}
    for item, application in filed:
        order[item] = len(order)
        applications.setdefault(application, []).append(item)
    if len(applications) < 2:
        return []
    several = [items for items in applications.values() if len(items) > 1]
    alone = [items[0] for items in applications.values() if len(items) == 1]
    groups = {tuple(sorted((*alone, *chosen), key=order.__getitem__)) for chosen in _choices(several)}
    return sorted(groups, key=lambda group: [order[item] for item in group])


def _choices(several: Sequence[Sequence[Item]]) -> Iterator[Sequence[Item]]:
    """Choices of one item out of each list, so that any two items of different lists are chosen together in one of them.

    Two at a time of the places in a list stand for 0 and 1, and the lists get words that differ, all with the same number of ones: of any
    two words each has a 1 where the other has a 0, and they have a 1 in common, as more than half of each is ones. A choice is a place of
    all the words; one more takes 0 throughout. No fewer choices would do where every list has two items.
    """
    if not several:
        yield ()
    for low, high in combinations(range(max(map(len, several), default=0)), 2):
        length = next(length for length in count(1) if comb(length, length // 2 + 1) >= len(several))
        words = list(islice(combinations(range(length), length // 2 + 1), len(several)))
        ones = [frozenset(word) for word in words]
        for place in (None, *range(length)):
            yield [items[min(high if place in word else low, len(items) - 1)] for items, word in zip(several, ones, strict=True)]
