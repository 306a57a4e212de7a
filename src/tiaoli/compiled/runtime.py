"""What compiled rules call: clingo's integers and calendar facts, and `#sup`.

Integers have 32 bits in clingo and wrap there in silence. Here a number that leaves them is refused.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any

from tiaoli.base import add_months, year_bounds

SUP = 1 << 40
"""`#sup` among days: above every number of 32 bits."""

__all__ = ["SUP", "exact", "grouped", "months_after", "quotient", "remainder", "year_of"]

_LOW, _HIGH = -(1 << 31), (1 << 31) - 1


class OverflowingError(ArithmeticError):
    """A number leaves 32 bits."""


def exact(number: int) -> int:
    """The number itself. Raises `OverflowingError` where it leaves 32 bits."""
    if _LOW <= number <= _HIGH:
        return number
    raise OverflowingError(number)


def quotient(one: int, other: int) -> int:
    """Division that cuts towards zero, as clingo's `/` does."""
    found = abs(one) // abs(other)
    return found if (one < 0) == (other < 0) else -found


def remainder(one: int, other: int) -> int:
    """What `quotient` leaves; it has the sign of `one`, as clingo's `\\` does."""
    return one - other * quotient(one, other)


@lru_cache(maxsize=65536)
def months_after(day: int, months: int) -> int | None:
    """The last day of a period of months; `None` where the day never comes."""
    return None if day == SUP else add_months(day, months)


@lru_cache(maxsize=4096)
def year_of(day: int) -> tuple[tuple[int, int], ...]:
    """The first and last day of a day's year; nothing where the day never comes."""
    return () if day == SUP else (year_bounds(day),)


def grouped(rows: Iterable[tuple[Hashable, Any]]) -> dict[Hashable, tuple[Any, ...]]:
    """The values of each key."""
    found: dict[Hashable, dict[Any, None]] = {}
    for key, value in rows:
        found.setdefault(key, {})[value] = None
    return {key: tuple(values) for key, values in found.items()}
