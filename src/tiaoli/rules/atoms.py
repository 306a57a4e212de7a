"""Ground atoms in plain Python: what goes into the engine as facts and comes out as the answer."""

from __future__ import annotations

from typing import NamedTuple


class Name(str):
    """A symbolic constant, `elderly_care`, as opposed to quoted text."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class _Supremum:
    """`#sup`, the value above every other: a day that never comes."""

    def __repr__(self) -> str:
        return "#sup"


SUPREMUM = _Supremum()

Value = int | str | Name | _Supremum
"""A ground argument: a number, quoted text, a constant, or `#sup`."""


class Fact(NamedTuple):
    """A ground atom."""

    predicate: str
    arguments: tuple[Value, ...]

    def __str__(self) -> str:
        return f"{self.predicate}({','.join(_written(value) for value in self.arguments)})"


def _written(value: Value) -> str:
    if isinstance(value, str) and not isinstance(value, Name):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return str(value)
