"""The objects of a case that was read: mappings that do not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from tiaoli.policy import Shape


class Part(dict[str, Any]):
    """What an object of a case states, by key: values, other objects, lists as tuples. A key that is not there is unknown; `None` is the
    format's `null`. `shape` is what it may state."""

    __slots__ = ("shape",)

    def __init__(self, shape: Shape, stated: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        super().__init__(stated)
        self.shape = shape

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.shape, dict(self))

    def _unchangeable(self, *_arguments: Any, **_named: Any) -> NoReturn:
        raise TypeError("a case does not change; `Case.with_values` and `Case.without` give another")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _unchangeable


def plain(value: Any) -> Any:
    """A value of a case as a case file has it."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
