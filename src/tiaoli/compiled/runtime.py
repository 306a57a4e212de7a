"""What compiled rules call: the arithmetic of rules, calendar facts, and `#sup`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any

from tiaoli.base import add_months, year_bounds
from tiaoli.rules import quotient, remainder

SUP = 1 << 40
"""`#sup` among days: above every day."""

__all__ = ["SUP", "grouped", "months_after", "quotient", "remainder", "year_of"]


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
