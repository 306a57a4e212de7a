"""A case as compiled rules look at it: for every predicate of facts a dictionary from item to value.

A document (plain data out of JSON) is read here without the case models, which cost more than a decision. This reader is
made for what it recognises at once; at the first thing it does not it gives up, and the case models read the document and
say what is wrong. So it accepts nothing that they refuse, and what it accepts means the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import MISSING

from tiaoli.arithmetic import SUP
from tiaoli.atoms import SUPREMUM
from tiaoli.calendar import FIRST_DAY, LAST_DAY, to_day
from tiaoli.case import MONEY, MOST_MONEY, Case, days_in_order
from tiaoli.critical import RANGES
from tiaoli.facts import converted
from tiaoli.fragment import attribute
from tiaoli.plain import ITEM_ID
from tiaoli.policy import Field, ItemList, Policy, fen

Values = dict[str, Any]
Convert = Callable[[Any], Any]


class Facts:
    """The facts of one case. Beside what stands here it has an attribute for every predicate of facts: a dictionary from
    item to value, or the value itself where the fact is no item's; empty or `None` on the class.

    `size` is the number of keys of the document it was read from.
    """

    def __init__(self) -> None:
        self.id = ""
        self.today = 0
        self.items: dict[str, dict[str, None]] = {}
        self.asked: Mapping[str, dict[str, None]] = {}
        self.assumed: list[str] = []
        self.unknown: set[str] = set()
        self.size = 0
        self.memo: dict[tuple[str, ...], bool] = {}


class _GiveUp(Exception):  # noqa: N818  # never an error: the case models take over
    """Something that is not recognised at once."""


@dataclass(slots=True)
class _Key:
    """A key of an object: a fact, a set of facts, or an object with keys of its own."""

    key: str
    path: str
    name: str
    scalar: Field | None
    convert: Convert
    members: list[_Key] = field(default_factory=list)
    paths: tuple[str, ...] = ()


@dataclass(slots=True)
class _Shape:
    """What the items of a list, or the case itself, consist of."""

    entity: str
    table: str
    """Where its items are found; and, where an item holds them, `holders` the holder of each."""
    holders: str
    scalars: list[tuple[str, str, Convert, str | None]]
    """The plain facts of items: key, table, what converts them, and the path where it counts as unknown."""
    keys: list[_Key]
    """Everything else that is no list."""
    lists: list[tuple[str, _Shape]]
    in_order: tuple[str, ...]
    """The tables of the two days that must stand in order."""


class FactReader:
    """Reads documents and cases into `Facts`, as one policy names them."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        empty: dict[str, Any] = {}
        for declared in policy.fields.values():
            empty[attribute(declared.predicate)] = {} if declared.entity else None
        for listed in policy.lists.values():
            empty[attribute(listed.predicate)] = {}
            empty[f"holder_of_{listed.predicate}"] = {}
        self._facts: type[Facts] = type("CaseFacts", (Facts,), empty)
        orders = days_in_order()
        self._checked = self._shape(None, _recognised, orders)
        self._trusted = self._shape(None, _known, orders)

    def case(self, case: Case) -> Facts:
        """The facts of a case that was read before."""
        facts = self._facts()
        facts.id = case.id
        facts.today = to_day(case.applied_on)
        _Walk(facts, checked=False).owner(self._trusted, case.__dict__, "", "")
        return facts

    def document(self, document: Any) -> Facts | None:
        """The facts of plain data, or `None` where it is not at once seen to be a case."""
        facts = self._facts()
        try:
            if type(document) is not dict:
                return None
            facts.id = _text(document["id"])
            facts.today = _day(document["applied_on"])
            _Walk(facts, checked=True).owner(self._checked, document, "", "")
        except (_GiveUp, KeyError, TypeError, ValueError):
            return None
        return facts

    def _shape(self, listed: ItemList | None, convert: Callable[[Field, Policy], Convert], orders: Mapping[str, tuple[str, ...]]) -> _Shape:
        entity = listed.entity if listed else None
        start = len(listed.path) + 1 if listed else 0
        keys: list[_Key] = []
        for declared in self.policy.fields.values():
            if declared.entity == entity:
                _place(keys, declared, declared.path[start:].split("."), declared.path[:start], convert(declared, self.policy))
        for key in keys:
            _gather(key)
        lists = [
            (inner.path.rpartition(".")[2], self._shape(inner, convert, orders))
            for inner in self.policy.lists.values()
            if inner.parent == entity
        ]
        plain = [key for key in keys if entity and key.scalar and not key.members and not key.scalar.type.startswith("set:")]
        scalars = [(key.key, key.name, key.convert, key.paths[0] if key.paths else None) for key in plain]
        in_order = [key.name for end in orders.get(listed.path if listed else "", ()) for key in plain if key.key == end]
        table, holders = (attribute(listed.predicate), f"holder_of_{listed.predicate}") if listed else ("", "")
        return _Shape(entity or "", table, holders, scalars, [key for key in keys if key not in plain], lists, tuple(in_order))


def _place(keys: list[_Key], declared: Field, steps: list[str], prefix: str, convert: Convert) -> None:
    """Put a field where its path says, making objects on the way."""
    found = next((key for key in keys if key.key == steps[0]), None)
    if found is None:
        found = _Key(steps[0], f"{prefix}{steps[0]}", "", None, convert)
        keys.append(found)
    if len(steps) > 1:
        _place(found.members, declared, steps[1:], f"{found.path}.", convert)
    else:
        found.name, found.scalar, found.convert = attribute(declared.predicate), declared, convert


def _gather(key: _Key) -> None:
    """Note the paths of the facts that are unknown where a key is absent."""
    own = (key.path,) if key.scalar is not None and not key.scalar.elsewhere and not key.scalar.type.startswith("set:") else ()
    for member in key.members:
        _gather(member)
    key.paths = (*own, *(path for member in key.members for path in member.paths))


class _Walk:
    """One way through one case; the order is that in which an answer names absent lists."""

    def __init__(self, facts: Facts, checked: bool) -> None:
        self.facts = facts
        self.tables = facts.__dict__
        self.checked = checked

    def owner(self, shape: _Shape, owner: Mapping[str, Any], name: str, path: str) -> None:
        """The case itself or an item: its own facts, then its lists."""
        seen = 1
        tables = self.tables
        unknown = self.facts.unknown
        for key, table, convert, where in shape.scalars:
            value = owner.get(key, MISSING)
            if value is not MISSING:
                tables[table][name] = convert(value)
                seen += 1
            elif where is not None:
                unknown.add(where)
        if shape.keys:
            seen += self.keys(shape.keys, owner, name, path)
        for key, inner in shape.lists:
            items = owner.get(key, MISSING)
            where = f"{path}{key}"
            if items is MISSING:
                self.facts.assumed.append(where)
                continue
            seen += 1
            if self.checked and type(items) is not list:
                raise _GiveUp
            self.items(inner, items, name, where)
        if self.checked:
            if seen != len(owner):
                raise _GiveUp
            self.facts.size += seen
            if shape.in_order:
                self.in_order(shape, name)

    def items(self, shape: _Shape, items: list[Any], holder: str, path: str) -> None:
        names: dict[str, None] = {}
        tables = self.tables
        of_entity = self.facts.items.setdefault(shape.entity, {})
        for _, table, _, _ in shape.scalars:
            if table not in tables:
                tables[table] = {}
        for entry in items:
            owner = entry if self.checked else entry.__dict__
            own = owner["id"]
            if self.checked and (type(owner) is not dict or type(own) is not str or ITEM_ID.fullmatch(own) is None):
                raise _GiveUp
            name = f"{holder}/{own}" if holder else own
            if name in names:
                raise _GiveUp
            names[name] = None
            self.owner(shape, owner, name, f"{path}.{own}.")
        of_entity.update(names)
        if holder:
            tables.setdefault(shape.table, {})[holder] = names
            tables.setdefault(shape.holders, {}).update(dict.fromkeys(names, holder))
        else:
            tables[shape.table] = names

    def keys(self, keys: list[_Key], owner: Mapping[str, Any], name: str, path: str) -> int:
        """The facts of an object; how many of its keys were recognised."""
        seen = 0
        tables = self.tables
        for key in keys:
            value = owner.get(key.key, MISSING)
            if value is MISSING:
                self.absent(key, f"{path}{key.key}")
                continue
            seen += 1
            scalar = key.scalar
            if scalar is not None:
                if not name:
                    tables[key.name] = key.convert(value)
                elif key.name in tables:
                    tables[key.name][name] = key.convert(value)
                else:
                    tables[key.name] = {name: key.convert(value)}
                if not key.members:
                    continue
            if value is not None:
                if self.checked:
                    if type(value) is not dict or self.keys(key.members, value, name, f"{path}{key.key}.") != len(value):
                        raise _GiveUp
                    self.facts.size += len(value)
                else:
                    self.keys(key.members, value.__dict__, name, f"{path}{key.key}.")
            elif scalar is None:
                raise _GiveUp
        return seen

    def absent(self, key: _Key, path: str) -> None:
        if key.scalar is not None and key.scalar.type.startswith("set:"):
            self.facts.assumed.append(path)
        self.facts.unknown.update(key.paths)

    def in_order(self, shape: _Shape, name: str) -> None:
        first, last = (self.tables[table].get(name) for table in shape.in_order)
        if first is not None and last is not None and first != SUP and last < first:
            raise _GiveUp


# Values


def _known(declared: Field, _policy: Policy) -> Convert:
    """What turns a value of a case model into the value of its fact."""
    if declared.type.startswith("set:"):
        return lambda value: tuple(dict.fromkeys(value))
    return lambda value: SUP if (found := converted(declared, value)) is SUPREMUM else found


def _recognised(declared: Field, policy: Policy) -> Convert:
    """What turns a value of plain data into the value of its fact, and raises where it is not one at once."""
    kind = declared.type
    if kind.startswith("set:"):
        words = {word: word for word in policy.values[declared.table or ""]}
        return lambda value: tuple(dict.fromkeys(words[_string(member)] for member in _list(value)))
    if kind == "record":
        return lambda value: "none" if value is None else "record"
    if declared.table:
        return {word: word for word in policy.values[declared.table]}.__getitem__
    if kind == "boolean":
        return _boolean
    if kind == "day":
        return _nullable_day if declared.nullable else _day
    if kind == "money":
        return _money
    if kind == "code":
        return _code
    low, high = RANGES[kind]
    return lambda value: _whole(value, low, high)


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise _GiveUp
    return value


def _string(value: Any) -> str:
    if type(value) is not str:
        raise _GiveUp
    return value


def _text(value: Any) -> str:
    text = _string(value)
    if not text or not text.isprintable():
        raise _GiveUp
    return text


def _boolean(value: Any) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    raise _GiveUp


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) is int and low <= value <= high:
        return value
    raise _GiveUp


class _Days(dict[str, int]):
    """The days that were read so far, by their text; there are no more than the format has days."""

    def __missing__(self, text: str) -> int:
        if not _DAY.fullmatch(_string(text)):
            raise _GiveUp
        found = to_day(date.fromisoformat(text))
        if not FIRST_DAY <= found <= LAST_DAY:
            raise _GiveUp
        self[text] = found
        return found


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CODE = re.compile(r"[0-9]-[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_day = _Days().__getitem__
_MOST_FEN = fen(MOST_MONEY)


def _nullable_day(value: Any) -> int:
    return SUP if value is None else _day(value)


def _money(value: Any) -> int:
    if MONEY.fullmatch(_string(value)) is None:
        raise _GiveUp
    yuan, _, rest = value.partition(".")
    amount = 100 * int(yuan) + int(f"{rest:0<2}")
    if not 0 < amount <= _MOST_FEN:
        raise _GiveUp
    return amount


def _code(value: Any) -> str:
    if _CODE.fullmatch(_string(value)) is None:
        raise _GiveUp
    return str(value)
