"""Plain data out of a file, whatever its syntax: what both readers share, and the paths that messages speak of."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from tiaoli.base import CaseError, shown

MAX_DEPTH = 12
EXPECTED = "expected"
"""The key under which a case file may say what it is to come to. It is no fact: only what tests the case reads it."""

ITEM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Number(float):
    """A number that JSON or YAML wrote bare and that is no whole number; `text` is how it stood there."""

    text: str

    def __new__(cls, text: str) -> Number:
        number = super().__new__(cls, text if len(text) < 40 else "inf")
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text


def refuse(where: str, id: str, zh: str, en: str) -> NoReturn:
    """Raise a `CaseError` with one problem; `id` is its kind."""
    raise CaseError.one(where, zh, en, id)


def refuse_depth(where: str) -> NoReturn:
    """Raise for nesting that is deeper than any case."""
    refuse(where, "case-too-deep", f"嵌套超过 {MAX_DEPTH} 层；案件不会这么深", f"nested deeper than {MAX_DEPTH}; no case is")


class Repeated(dict[str, Any]):
    """An object in which `key` stood twice; found again, with its path, once the whole document is read."""

    key: str

    @classmethod
    def of(cls, found: dict[str, Any], key: str) -> Repeated:
        marked = cls(found)
        marked.key = key
        return marked


def refuse_repeated(value: Any, document: Any, location: tuple[str | int, ...] = ()) -> None:
    """Raise where some object in `value` had a key twice."""
    if isinstance(value, Repeated):
        where = path_of(document, (*location, value.key))
        refuse(
            where, "case-key-repeated", f"键 {shown(value.key)} 重复；请只保留一个", f"the key {shown(value.key)} stands twice; keep one"
        )
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        refuse_repeated(inner, document, (*location, key))


def path_of(document: Any, location: tuple[str | int, ...]) -> str:
    """The case's own path of a location of keys and positions: `certificates.c1.issued`; `certificates[0].issued`
    where the item has no id.

    >>> path_of({"certificates": [{"id": "c1"}]}, ("certificates", 0, "issued"))
    'certificates.c1.issued'
    """
    path = ""
    here = document
    for step in location:
        try:
            here = here[step]
        except (LookupError, TypeError):
            here = None
        if isinstance(step, int):
            name = here.get("id") if isinstance(here, dict) else None
            path += f".{name}" if isinstance(name, str) and ITEM_ID.fullmatch(name) else f"[{step}]"
        else:
            name = shown(step)[1:-1]
            path += f".{name}" if path else name
    return path


def integer(text: str) -> int | Number:
    """A whole number; one too long to be any value of a case stays as it was written."""
    return int(text) if len(text) < 20 else Number(text)
