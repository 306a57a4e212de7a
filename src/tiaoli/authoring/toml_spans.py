"""A TOML file changed at a span of its text, so that its comments and its formatting stay."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

Keys = Sequence[str | int]
"""Where a value stands: the keys and positions that lead to it."""

_MOST = 400
"""So many places are tried."""


def keys_of(data: Any, path: str) -> list[str | int] | None:
    """The keys that a path like `field.a.b` or `list[2].key` leads through, whose names may have dots in them; `None` where it leads
    nowhere, or to several places."""
    found = list(_ways(data, path))
    return found[0] if len(found) == 1 else None


def _ways(data: Any, path: str) -> Iterable[list[str | int]]:
    if not path:
        yield []
    elif path.startswith("[") and isinstance(data, list):
        position, _, rest = path[1:].partition("]")
        if position.isdigit() and int(position) < len(data):
            yield from ([int(position), *more] for more in _ways(data[int(position)], rest.removeprefix(".")))
    elif isinstance(data, dict):
        for key, value in data.items():
            rest = path.removeprefix(key)
            if path.startswith(key) and (not rest or rest[0] in ".["):
                yield from ([key, *more] for more in _ways(value, rest.removeprefix(".")))


def value_at(data: Any, keys: Keys) -> Any:
    """What stands at a place."""
    for key in keys:
        data = data[key]
    return data


def changed_toml(
    text: str, data: Mapping[str, Any], keys: Keys, value: Mapping[str, Any], edits: Iterable[tuple[int, int, str]]
) -> str | None:
    """A text with the one of some edits after which it reads as `data` with `value` at a place; `None` where there is none such, or
    several. An edit is a span, and what is written there."""
    wanted: Any = deepcopy(data)
    if keys:
        value_at(wanted, keys[:-1])[keys[-1]] = value
    else:
        wanted = value
    found: set[str] = set()
    for begin, end, words in list(edits)[:_MOST]:
        changed = f"{text[:begin]}{words}{text[end:]}"
        try:
            if tomllib.loads(changed.removeprefix("\ufeff").replace("\r\n", "\n")) == wanted:
                found.add(changed)
        except tomllib.TOMLDecodeError:
            continue
    return found.pop() if len(found) == 1 else None
