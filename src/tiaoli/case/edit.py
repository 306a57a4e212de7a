"""Facts of a case looked up, set or left out at their own paths (`certificates.c1.issued`).

A path leads through objects of the case and through plain data alike. What it does not touch stays the objects that they are:
only what changes, and the objects that hold it, is read again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from tiaoli.base import MISSING, CaseError, choices, shown


def value_in(document: Any, path: str) -> Any:
    """What stands at a path of a case, or of its plain data; `MISSING` where nothing does."""
    here: Any = document
    for step in path.split("."):
        here = _below(here, step)
    return here


def check_paths(paths: Iterable[str]) -> None:
    """Raise `CaseError` where what stands at some paths cannot be set together, in whatever order: one of them lies within another."""
    known = set(paths)
    for path in sorted(known):
        steps = path.split(".")
        for number in range(1, len(steps)):
            holder = ".".join(steps[:number])
            if holder in known:
                zh, en = f"它在 {shown(holder)} 之内，二者只能设定其一", f"it lies within {shown(holder)}; set one of the two"
                raise CaseError.one(path, zh, en, "case-path")


def with_values(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """What a case states, with plain values put at paths. Raises `CaseError` where a path leads to no item."""
    found: dict[str, Any] = _opened(document)
    for path, value in changes.items():
        put(found, path, value)
    return found


def without(document: Mapping[str, Any], paths: Collection[str]) -> dict[str, Any]:
    """What a case states, with the facts at some paths left out; a path that leads nowhere changes nothing."""
    found: dict[str, Any] = _opened(document)
    for path in paths:
        *steps, last = path.split(".")
        holder = value_in(found, ".".join(steps)) if steps else found
        if isinstance(holder, dict) and _below(holder, last) is not MISSING:
            here: Any = found
            for step in steps:
                here = _open(here, step)
            del here[last]
    return found


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Put a plain value at a path; an object on the way that is absent or null is made.

    Raises `CaseError` where the path leads to no item.
    """
    *steps, last = path.split(".")
    if last == "id":
        raise CaseError.one(path, "编号不是事实，不能改动", "an id is no fact and cannot be set", "case-path")
    here: Any = document
    for number, step in enumerate(steps):
        where = ".".join(steps[: number + 1])
        if isinstance(here, (list, tuple)):
            if not all(isinstance(item, dict) for item in here):
                _refuse_inside(".".join(steps[:number]))
            if _place(here, step) is None:
                known = choices(_below(item, "id") for item in here)
                raise CaseError.one(
                    where,
                    f"案件中没有编号为 {shown(step)} 的条目；{known.zh}",
                    f"the case has no item {shown(step)} there; {known.en}",
                    "case-path",
                )
        elif here.get(step) is None:
            here[step] = {}
        elif not isinstance(here[step], (dict, list, tuple)):
            _refuse_inside(where)
        here = _open(here, step)
    if isinstance(here, (list, tuple)):
        _refuse_inside(".".join(steps))
    here[last] = value


def _below(here: Any, step: str) -> Any:
    """What a key, or the id of an item, leads to."""
    if isinstance(here, (list, tuple)):
        place = _place(here, step)
        return MISSING if place is None else here[place]
    return here.get(step, MISSING) if isinstance(here, dict) else MISSING


def _open(here: Any, step: str) -> Any:
    """What a step leads to, made open to changes in its place."""
    place = _place(here, step) if isinstance(here, (list, tuple)) else step
    here[place] = _opened(here[place])
    return here[place]


def _opened(value: Any) -> Any:
    """An object or a list with its own keys and places to change."""
    return dict(value) if isinstance(value, Mapping) else list(value)


def _place(items: Sequence[Any], name: str) -> int | None:
    """The place of the item with an id."""
    return next((place for place, item in enumerate(items) if _below(item, "id") == name), None)


def _refuse_inside(where: str) -> None:
    raise CaseError.one(
        where,
        "路径须指向一个事实，形如 列表.编号.键；此处不能再往下写",
        "a path leads to one fact, like LIST.ID.KEY; nothing can be set below this",
        "case-path",
    )
