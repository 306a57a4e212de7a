"""The cases of a policy as Python types: an editor completes a case, and a type checker refuses a misspelt key."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator

from tiaoli.base import Statement
from tiaoli.policy import ListKey, ObjectKey, Policy, ScalarKey, Shape

_WIDTH = 140
_HEAD = '''"""The cases, benefits and readings of {number} as types. Written by `tiaoli types {id}`: write it again, change nothing here."""

# ruff: noqa: E501  # what a key is in the words of the policy is as long as it is

from datetime import date
from decimal import Decimal
from typing import Literal, Required, TypedDict

Day = str | date
"""`2025-03-01`, or a `date`."""
Amount = str | Decimal
"""`"250.00"`, or a `Decimal`."""
'''


def case_types(policy: Policy) -> str:
    """A Python module with the types of the cases of a policy, of its benefits, conditions and readings."""
    return "\n".join([_HEAD.format(number=policy.number, id=policy.id), *_TypeWriter(policy).lines()]) + "\n"


class _TypeWriter:
    """Writes the types that others name before them."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.taken = {"Day", "Amount", "Literal", "Required", "TypedDict", "Decimal", "Benefit", "Condition", "Readings", "Case"}
        self.names: dict[str, str] = {}
        for shape in policy.schema.root.inner():
            if shape.path:
                self.names[shape.path] = self._name(shape)
        self.words = {table: self._unused(_camel(table), "Word") for table in policy.values}

    def lines(self) -> Iterator[str]:
        policy = self.policy
        for table, values in policy.values.items():
            yield _literal(self.words[table], values)
        yield ""
        yield from self._shape(policy.schema.root)
        yield "\n"
        yield _literal("Benefit", policy.benefits)
        yield _literal("Condition", dict.fromkeys(name for benefit in policy.benefits.values() for name in benefit.conditions))
        readings = [
            (name, _options(option.id for option in reading.options), reading.question) for name, reading in policy.readings.items()
        ]
        yield "\n"
        yield from _typed_dict("Readings", Statement("选定的理解", "the readings that are chosen"), readings)

    def _shape(self, shape: Shape) -> Iterator[str]:
        for key in shape.keys.values():
            if not isinstance(key, ScalarKey):
                yield from self._shape(key.shape)
                yield ""
        keys = [("id", "Required[str]", Statement("编号", "the id"))] if shape.ids else []
        keys += [(name, self._type(key), self._said(key)) for name, key in shape.keys.items()]
        yield ""
        yield from _typed_dict(self.names.get(shape.path, "Case"), shape.statement, keys)

    def _type(self, key: ScalarKey | ObjectKey | ListKey) -> str:
        if isinstance(key, ListKey):
            return f"list[{self.names[key.shape.path]}]"
        if isinstance(key, ObjectKey):
            return self.names[key.shape.path] + (" | None" if key.record is not None and key.record.nullable else "")
        field = key.field
        written = field.type.annotation if field.table is None else self.words[field.table]
        written = f"list[{written}]" if field.several else written
        if field is self.policy.schema.day:
            return f"Required[{written}]"
        return f"{written} | None" if field.nullable else written

    @staticmethod
    def _said(key: ScalarKey | ObjectKey | ListKey) -> Statement:
        return key.field.label if isinstance(key, ScalarKey) else key.shape.statement

    def _name(self, shape: Shape) -> str:
        listed = self.policy.lists.get(shape.path)
        if listed is not None:
            return self._unused(_camel(listed.entity), "Item")
        holder, _, key = shape.path.rpartition(".")
        outer = self.policy.lists.get(holder)
        return self._unused(_camel(f"{outer.entity}_{key}" if outer else shape.path.replace(".", "_")), "Object")

    def _unused(self, name: str, more: str) -> str:
        while name in self.taken:
            name += more
        self.taken.add(name)
        return name


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _options(words: Iterable[str]) -> str:
    return f"Literal[{_written(words)}]"


def _written(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _literal(name: str, words: Iterable[str]) -> str:
    """A definition of one of some words, on as many lines as it takes."""
    listed = list(words)
    short = f"{name} = {_options(listed)}"
    if len(short) <= _WIDTH:
        return short
    inside = f"    {_written(listed)}"
    if len(inside) > _WIDTH:
        inside = "\n".join(f'    "{word}",' for word in listed)
    return f"{name} = Literal[\n{inside}\n]"


def _typed_dict(name: str, statement: Statement, keys: list[tuple[str, str, Statement]]) -> Iterator[str]:
    """The definition of an object; where a key is a word of Python it is written as a call."""
    if any(keyword.iskeyword(key) for key, _, _ in keys):
        yield f"{name} = TypedDict("
        yield f'    "{name}",'
        yield "    {"
        yield from (f'        "{key}": {_quoted(kind)},' for key, kind, _ in keys)
        yield "    },"
        yield "    total=False,"
        yield ")"
        return
    yield f"class {name}(TypedDict, total=False):"
    yield f'    """{_both(statement)}"""'
    for key, kind, said in keys:
        yield ""
        yield f"    {key}: {kind}"
        yield f'    """{_both(said)}"""'


def _quoted(kind: str) -> str:
    return f'"{kind}"' if '"' not in kind else f"'{kind}'"


def _both(said: Statement) -> str:
    return " · ".join(text.replace("\\", "\\\\").replace('"', "'") for text in (said.zh, said.en))
