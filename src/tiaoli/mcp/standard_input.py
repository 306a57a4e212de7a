"""Standard input as the protocol's library takes it, with the arguments of every call beside it as the text that they came in.

Of two equal keys the library's parser keeps the last, in place of bytes that are not UTF-8 it puts a sign, and a line with half a character
it leaves without an answer. So the arguments go along as bytes, to be read as strictly as what comes in at every other door.
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any

import anyio

ARGUMENTS = "tiaoli/arguments"
"""The key under `_meta` of a call that holds its arguments as they came in, in base64."""


@contextmanager
def standard_input() -> Iterator[anyio.AsyncFile[str]]:
    """Standard input for this process alone: until it is given back, everybody else, and what is started meanwhile, reads nothing there."""
    own, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    try:
        # a thread may still wait for a line of it when all is over, so it is not closed
        yield anyio.wrap_file(_CallReader(os.fdopen(own, "rb", closefd=False), encoding="utf-8", errors="surrogateescape"))
    finally:
        os.dup2(own, 0)


def arguments_as_sent(meta: Mapping[str, Any] | None) -> bytes | None:
    """The arguments of a call as they came in; `None` where they came in by another way."""
    found = (meta or {}).get(ARGUMENTS)
    return b64decode(found) if isinstance(found, str) else None


class _CallReader(TextIOWrapper):
    """Lines of a protocol's messages, each with the arguments that it has beside it."""

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # as any file has it
        return with_arguments(super().readline(size))


class _Object(list[tuple[str, Any]]):
    """The pairs of an object, a key perhaps twice."""


class _Literal(str):
    """A number as it was written."""

    __slots__ = ()


def with_arguments(line: str) -> str:
    """A message with the arguments of a call in it as they came in; any other as it is. In `line` a surrogate stands for a byte that is
    not UTF-8, in what is given back there is none."""
    try:
        message: Any = json.loads(line, object_pairs_hook=_Object, parse_int=_Literal, parse_float=_Literal, parse_constant=_Literal)
    except (ValueError, RecursionError):
        return _ALL_HALVES.sub("\ufffd", line)
    if isinstance(message, _Object) and ("method", "tools/call") in message:
        call = dict(message)
        params = _pairs(call.get("params"))
        arguments, meta = params.get("arguments"), _pairs(params.get("_meta"))
        if isinstance(arguments, _Object):
            text = _NO_BYTES.sub(lambda half: f"\\u{ord(half[0]):04x}", _written(arguments))
            sent = b64encode(text.encode("utf-8", "surrogateescape")).decode()
            line = _written(call | {"params": params | {"_meta": meta | {ARGUMENTS: sent}}}) + "\n"
    return _ALL_HALVES.sub("\ufffd", line)


def _pairs(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, _Object) else {}


_ALL_HALVES = re.compile("[\ud800-\udfff]")
_NO_BYTES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""The halves of characters that stand for no byte: they were written as `\\ud800`."""


def _written(value: Any) -> str:
    """A value of a message as JSON text."""
    if isinstance(value, (_Object, dict)):
        pairs = value.items() if isinstance(value, dict) else value
        return "{" + ", ".join(f"{_written(key)}: {_written(inner)}" for key, inner in pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, _Literal):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
