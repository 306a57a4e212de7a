"""The limits of a question: a time by which it ends, and the memory that z3 may take."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Literal

from tiaoli.base import left
from tiaoli.symbolic.z3_library import z3

Limit = Literal["time", "memory"]


class LimitReached(Exception):  # noqa: N818 - no error: what was asked is unknown
    """A limit was reached before the question was answered."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True)
class Budget:
    """`deadline` is a time of `monotonic()`, `memory` a number of megabytes; `None` where there is no limit."""

    deadline: float | None = None
    memory: int | None = None

    @property
    def seconds_left(self) -> float | None:
        return left(self.deadline)

    def at_most(self, seconds: float) -> Budget:
        """The same with no more than so many seconds left."""
        until = monotonic() + seconds
        return Budget(until if self.deadline is None else min(until, self.deadline), self.memory)

    def check(self) -> None:
        """Raises `LimitReached` where a limit is."""
        if self.deadline is not None and monotonic() > self.deadline:
            raise LimitReached("time")
        if self.memory is not None and memory_taken() > self.memory:
            raise LimitReached("memory")


NO_LIMIT = Budget()


def memory_taken() -> float:
    """The megabytes that z3 has taken in this process."""
    return float(z3.Z3_get_estimated_alloc_size()) / 2**20
