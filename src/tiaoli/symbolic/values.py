"""The values that a rule's variables take: ground ones, exact integers with their interval, items of lists, and days (`days`)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tiaoli.base import Statement
from tiaoli.rules import Rule, Value
from tiaoli.symbolic.days import Day


class Outside(Exception):  # noqa: N818 - it is no error, it ends the translation of a question
    """What the translation does not cover, and the rule in which it stands; what was asked is then unknown, never proved."""

    def __init__(self, reason: Statement, rule: Rule | None = None) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.rule = rule

    @classmethod
    def of(cls, zh: str, en: str) -> Outside:
        return cls(Statement(zh, en))

    def at(self, rule: Rule) -> Outside:
        """The same of a rule."""
        self.rule = rule
        return self


@dataclass(frozen=True, eq=False)
class Num:
    """An exact integer that lies in an interval."""

    expr: Any
    low: int
    high: int


class Item(str):
    """An item of a list: a name of its own, `certificate:1`, in `training:1/participant:2` behind that of its holder."""

    __slots__ = ()

    @property
    def holder(self) -> str:
        return self.rpartition("/")[0]

    @property
    def entity(self) -> str:
        return self.rpartition("/")[2].partition(":")[0]

    @property
    def number(self) -> int:
        return int(self.rpartition(":")[2])


class UnlistedCode(str):
    """An occupation code that neither the policy nor a rule names: one of those that are all alike to it."""

    __slots__ = ()


SymbolicValue: TypeAlias = Value | Num | Day


def is_ground(value: SymbolicValue) -> bool:
    return not isinstance(value, (Num, Day))


def key_of(value: SymbolicValue) -> Hashable:
    """What two values have in common where they are one and the same. It is good for as long as the value is kept."""
    kind = type(value)
    if kind is Num:
        return kind, value.expr.ast.value  # type: ignore[union-attr]
    if kind is Day:
        return kind, value.order.ast.value  # type: ignore[union-attr]
    return kind, value
