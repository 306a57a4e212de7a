"""A program as JSON-able lists and back, so that parsed rules can be kept.

Every type of `syntax` is written as a list of its tag and its fields in order. `decode(encode(program)) == program`.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from tiaoli.rules import (
    SUPREMUM,
    Aggregate,
    Atom,
    Comparison,
    Constant,
    Declaration,
    Element,
    Literal,
    Name,
    Operation,
    Program,
    Quote,
    Rule,
    Variable,
)

_TYPES = (Program, Rule, Quote, Declaration, Atom, Literal, Comparison, Element, Aggregate, Variable, Constant, Operation)
_TAGS = {kind: number for number, kind in enumerate(_TYPES)}
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in _TYPES}
_NAME, _SUPREMUM, _TUPLE = -1, -2, -3


def encode(value: Any) -> Any:
    """A program, or any part of one, as JSON-able data."""
    if isinstance(value, tuple):
        return [_TUPLE, *map(encode, value)]
    if isinstance(value, Name):
        return [_NAME, str(value)]
    if value is SUPREMUM:
        return [_SUPREMUM]
    kind = type(value)
    if kind in _TAGS:
        return [_TAGS[kind], *(encode(getattr(value, name)) for name in _FIELDS[kind])]
    return value


def decode(data: Any) -> Any:
    """What `encode` made `data` of. Raises `LookupError` or `TypeError` for anything else."""
    if not isinstance(data, list):
        return data
    tag, *parts = data
    if tag == _NAME:
        return Name(parts[0])
    if tag == _SUPREMUM:
        return SUPREMUM
    if tag == _TUPLE:
        return tuple(map(decode, parts))
    return _TYPES[tag](*map(decode, parts))
