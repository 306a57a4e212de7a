"""What compiled rules call: the arithmetic and the functions of rules, and `#sup`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from tiaoli.rules import SIGNATURES, Contract, Name, Value, quotient, remainder, worked_out

SUP = 1 << 40
"""`#sup` among days: above every day."""


def grouped(rows: Iterable[tuple[Hashable, Any]]) -> dict[Hashable, tuple[Any, ...]]:
    """The values of each key."""
    found: dict[Hashable, dict[Any, None]] = {}
    for key, value in rows:
        found.setdefault(key, {})[value] = None
    return {key: tuple(values) for key, values in found.items()}


def _function(name: str) -> Callable[..., Any]:
    """A function of rules: its one result or `None`; or of several results those there are, as one tuple among none or one."""
    alone = SIGNATURES[name].arity == Contract.FUNCTIONS[name] + 1

    @lru_cache(maxsize=65536)
    def call(*given: int | str) -> Any:
        values: list[Value] = [Name(value) if isinstance(value, str) else value for value in given]
        found = None if SUP in given else worked_out(name, values)
        if alone:
            return None if found is None else found[0]
        return () if found is None else (found,)

    return call


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    # a day that never comes is a number here, later than every other
    **{name: _function(name) for name in Contract.FUNCTIONS},
    Contract.LEAST.name: min,
    Contract.GREATEST.name: max,
}

RUNTIME: Mapping[str, Any] = {
    "SUP": SUP,
    "grouped": grouped,
    "quotient": quotient,
    "remainder": remainder,
    **_FUNCTIONS,
}
"""What generated text finds by name."""
