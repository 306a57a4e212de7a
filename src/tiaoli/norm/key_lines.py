"""Where a key of norm.toml stands: what a TOML reader does not say."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any

NORM_FILE = "norm.toml"
"""The file in which an author says everything that is neither text nor rule."""

NORM_LIBRARY = ("decision",)
"""The parts of the library that a norm includes where it does not say."""

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(#.*)?")


def head_of(text: str) -> str:
    """What stands before the first table of a norm.toml: to read all of it takes longer than all else where a norm is known."""
    head = re.split(r"(?m)^\s*\[", text, maxsplit=1)[0]
    try:
        tomllib.loads(head)
    except tomllib.TOMLDecodeError:
        # a list may go on in a line of its own
        return text
    return head


def key_lines(text: str) -> dict[str, int]:
    """The line of each table and of each key of a TOML text, from 1, by its path as problems name it: `numbers.limit`, `doubt[0].quote`.

    >>> key_lines('id = "a"\\n[numbers]\\nlimit = [\\n  3,\\n]\\n[[doubt]]\\nquote = "x"')
    {'id': 1, 'numbers': 2, 'numbers.limit': 3, 'doubt': 6, 'doubt[0]': 6, 'doubt[0].quote': 7}
    """
    found: dict[str, int] = {}
    arrays: Counter[str] = Counter()
    prefix, begun, chunk = "", 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.fullmatch(line) if not chunk else None
        if header is not None:
            paths = ["", *_paths(_parsed(f"[{header[2]}]"))]
            for path in paths[1:]:
                found.setdefault(path, number)
            prefix = paths[-1]
            if header[1] == "[[":
                arrays[prefix] += 1
                prefix = f"{prefix}[{arrays[prefix] - 1}]"
            found.setdefault(prefix, number)
            continue
        if not chunk and (not line.strip() or line.lstrip().startswith("#")):
            continue
        begun, chunk = (begun, f"{chunk}\n{line}") if chunk else (number, line)
        for path in _paths(_parsed(chunk)):
            found.setdefault(f"{prefix}.{path}" if prefix else path, begun)
            chunk = ""
    return found


def _parsed(chunk: str) -> dict[str, Any]:
    """What a piece of a text says; nothing where it is not whole."""
    try:
        return tomllib.loads(chunk)
    except tomllib.TOMLDecodeError:
        return {}


def _paths(table: dict[str, Any]) -> Iterator[str]:
    """The paths of what one header or one `key = value` names: its first key, and those below it that have no brother."""
    for key, value in table.items():
        yield key
        if isinstance(value, dict) and len(value) == 1:
            yield from (f"{key}.{below}" for below in _paths(value))


def line_of(lines: dict[str, int], path: str) -> tuple[int | None, str]:
    """The line of a path, or else of the longest part of it that has one."""
    here = path.lstrip(".")
    while here:
        if here in lines:
            return lines[here], path.lstrip(".")
        here = re.sub(r"(\.[^.\[\]]*|\[\d+\]|^[^.\[\]]+)$", "", here)
    return None, path.lstrip(".")
