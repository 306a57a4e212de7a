"""What a case can say under a policy, as its fields.toml declares it: objects and lists in one another, with the fields in them.

Everything that reads, writes or describes a case walks this tree: the reader and its refusals, the JSON Schema, the Arrow schema, facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from tiaoli.base import Statement
from tiaoli.policy.value_types import Enum, Kind, ValueType


class ItemList(NamedTuple):
    """A list of the case format. `parent` is the entity whose items hold it, or `None` at the top."""

    path: str
    entity: str
    parent: str | None
    predicate: str
    statement: Statement


class Field(NamedTuple):
    """A scalar of the case format and the fact it becomes. `entity` is `None` for the person and the application day.

    `phrases` holds the sentences it has: `holds`, or `true` and `false`, or `record`; `null`; `lacks`; `since`; and
    `ask`. `event` names what happened on a day: days of several lists with one event can be the day of the same thing. `not_before` is
    the key beside it of a day that it does not lie before.
    """

    path: str
    predicate: str
    type: ValueType
    entity: str | None
    nullable: bool
    elsewhere: bool
    clauses: tuple[str, ...]
    changed_by: str
    label: Statement
    unit: Statement | None
    phrases: Mapping[str, Statement]
    event: str | None = None
    not_before: str | None = None

    @property
    def kind(self) -> Kind:
        """The kind of its type."""
        return self.type.kind

    @property
    def several(self) -> bool:
        """Whether it is a set, of which each member is a fact of its own."""
        return self.type.kind == "set"

    @property
    def key(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def unbounded(self) -> bool:
        """Whether there is no value to try where it is unknown: a sum of money that another rule sets, which may be any."""
        return self.elsewhere and self.kind == "money"

    @property
    def table(self) -> str | None:
        """The value table of an enumeration or a set."""
        return self.type.table if isinstance(self.type, Enum) else None

    @property
    def value_type(self) -> str:
        """The type of the fact's last argument."""
        return self.type.rule_type


class ScalarKey(NamedTuple):
    """A key with a value: a day, a number, a word, a set of words."""

    key: str
    field: Field


class ObjectKey(NamedTuple):
    """A key with an object. `record` is the field of a record, whose being there is itself a fact."""

    key: str
    shape: Shape
    record: Field | None


class ListKey(NamedTuple):
    """A key with a list of items."""

    key: str
    shape: Shape
    declared: ItemList


Key = ScalarKey | ObjectKey | ListKey


@dataclass
class Shape:
    """The keys of an object: of the case, of an item of a list, of an object inside them.

    `path` is its place without the ids of items, empty for the case. `ids` says that it has an id: the case and items do.
    `in_order` are pairs of its days, of which the second may not lie before the first.
    """

    path: str
    statement: Statement
    ids: bool = False
    keys: dict[str, Key] = field(default_factory=dict)
    in_order: list[tuple[str, str]] = field(default_factory=list)

    def within(self, key: str) -> str:
        """The path of one of its keys."""
        return f"{self.path}.{key}" if self.path else key

    @property
    def allowed(self) -> tuple[str, ...]:
        """Every key that may stand in it."""
        return (*(("id",) if self.ids else ()), *self.keys)

    def inner(self) -> Iterator[Shape]:
        """This object and all inside it."""
        yield self
        for key in self.keys.values():
            if not isinstance(key, ScalarKey):
                yield from key.shape.inner()


@dataclass(frozen=True)
class CaseSchema:
    """The case format of one policy. Two versions of a policy whose fields are declared alike have equal ones.

    `objects` are the objects at the top that are no list, each with what it is called; `day` is the field of the one day that every case
    has.
    """

    policy: str = field(compare=False)
    statement: Statement
    day: Field
    objects: Mapping[str, Statement]
    lists: Mapping[str, ItemList]
    fields: Mapping[str, Field]

    @cached_property
    def root(self) -> Shape:
        """The keys of a case: in each object the fields in the order of their declarations, then the lists."""
        root = Shape("", self.statement, ids=True)
        holders: dict[str, Shape] = {"": root}
        for path, declared in self.lists.items():
            holders[path] = Shape(path, declared.statement, ids=True)
        for path, found in self.fields.items():
            holder, _, key = path.rpartition(".")
            shape = self._object(holders, holder)
            if found.kind == "record":
                shape.keys[key] = ObjectKey(key, holders.setdefault(path, Shape(path, found.label)), found)
            else:
                shape.keys[key] = ScalarKey(key, found)
            if found.not_before is not None:
                shape.in_order.append((found.not_before, key))
        for path, declared in self.lists.items():
            holder, _, key = path.rpartition(".")
            self._object(holders, holder).keys[key] = ListKey(key, holders[path], declared)
        return root

    def _object(self, holders: dict[str, Shape], path: str) -> Shape:
        """The object at a path; one that is no list and no record is made where it is first named."""
        if path not in holders:
            holder, _, key = path.rpartition(".")
            shape = holders[path] = Shape(path, self.objects.get(path, Statement(key, key)))
            self._object(holders, holder).keys[key] = ObjectKey(key, shape, None)
        return holders[path]

    @cached_property
    def orders(self) -> tuple[tuple[Field, Field], ...]:
        """The days that stand in order, the earlier one first."""
        return tuple(
            (self.fields[shape.within(first)], self.fields[shape.within(last)])
            for shape in self.root.inner()
            for first, last in shape.in_order
        )

    def fits(self, other: CaseSchema) -> bool:
        """Whether a case of the one is a case of the other, whatever its facts are called in words."""
        return self is other or self._form == other._form

    @cached_property
    def _form(self) -> object:
        fields = {path: (item.kind, item.type.json_schema, item.nullable, item.not_before) for path, item in self.fields.items()}
        return self.day.path, fields, set(self.lists)
