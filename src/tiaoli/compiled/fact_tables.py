"""The facts of a case as compiled rules read them: for every predicate of facts a table from item to value.

A document (plain data out of JSON) is read here without the case models, which cost more than a decision. The reader stops at
the first value that it does not recognise; then the case models read the document and say what is wrong. So it accepts nothing
that they refuse, and what it accepts means the same. It is generated as Python for the fields of one policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

from pydantic import MISSING

from tiaoli.base import FIRST_DAY, LAST_DAY, to_day
from tiaoli.case import ITEM_ID, MONEY, MOST_MONEY, Case, days_in_order, rule_value
from tiaoli.compiled.fragment import attribute
from tiaoli.compiled.runtime import SUP
from tiaoli.encoding import RANGES
from tiaoli.policy import OCCUPATION_CODE, Field, ItemList, Policy, fen
from tiaoli.rules import SUPREMUM

Values = dict[str, Any]
Conversion = Callable[[str], tuple[str, Mapping[str, Any]]]
"""Writes the expression that turns `value` into the value of its fact, and the names that the expression needs, of which one may be
the name that is given."""


class FactTables:
    """The facts of one case. Beside what stands here it has an attribute for every predicate of facts: a table from item to value,
    or the value itself where the fact is no item's; empty or `None` on the class.

    `items` are the items by entity, `asked` those of each benefit that is asked for, `assumed` the lists that are absent and count
    as empty, `unknown` the paths of the facts that are absent. `size` is the number of keys of the document it was read from, `memo`
    what compiled functions remember.
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


class _NotRecognised(Exception):  # noqa: N818  # never an error: the case models take over
    """A value that the reader does not recognise."""


@dataclass(slots=True)
class _Key:
    """A key of an object: a fact, a set of facts, or an object with keys of its own."""

    key: str
    path: str
    name: str
    scalar: Field | None
    convert: Conversion
    members: list[_Key] = field(default_factory=list)
    paths: tuple[str, ...] = ()


@dataclass(slots=True)
class _Shape:
    """The keys and lists of the items of a list, or of the case itself."""

    entity: str
    held: bool
    """Whether other items hold such lists, and not the case itself."""
    table: str
    """Where its items are found; and, where an item holds them, `holders` the holder of each."""
    holders: str
    scalars: list[tuple[str, str, Conversion, str | None]]
    """The plain facts of items: key, table, conversion, and the path where the fact counts as unknown."""
    keys: list[_Key]
    """Everything else that is no list."""
    lists: list[tuple[str, _Shape]]
    in_order: tuple[str, ...]
    """The tables of the two days that must stand in order."""


class FactReader:
    """Reads documents and cases into `FactTables`, by the fields of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        empty: dict[str, Any] = {}
        for declared in policy.fields.values():
            empty[attribute(declared.predicate)] = {} if declared.entity else None
        for listed in policy.lists.values():
            empty[attribute(listed.predicate)] = {}
            empty[f"holder_of_{listed.predicate}"] = {}
        self._facts: type[FactTables] = type("CaseFacts", (FactTables,), empty)
        orders = days_in_order()
        self._checked = _ReaderGenerator(checked=True).reader(self._shape(None, _from_json, orders))
        self._trusted = _ReaderGenerator(checked=False).reader(self._shape(None, _from_model, orders))

    def case(self, case: Case) -> FactTables:
        """The facts of a case model."""
        facts = self._facts()
        facts.id = case.id
        facts.today = to_day(case.applied_on)
        self._trusted(facts, case.__dict__)
        return facts

    def document(self, document: Any) -> FactTables | None:
        """The facts of plain data, or `None` where some of it is not recognised."""
        facts = self._facts()
        try:
            if type(document) is not dict:
                return None
            facts.id = _text(document["id"])
            facts.today = _day(document["applied_on"])
            self._checked(facts, document)
        except (_NotRecognised, KeyError, TypeError, ValueError):
            return None
        return facts

    def _shape(
        self, listed: ItemList | None, convert: Callable[[Field, Policy], Conversion], orders: Mapping[str, tuple[str, ...]]
    ) -> _Shape:
        entity = listed.entity if listed else None
        start = len(listed.path) + 1 if listed else 0
        keys: list[_Key] = []
        for declared in self.policy.fields.values():
            if declared.entity == entity:
                _insert(keys, declared, declared.path[start:].split("."), declared.path[:start], convert(declared, self.policy))
        for key in keys:
            _collect_paths(key)
        lists = [
            (inner.path.rpartition(".")[2], self._shape(inner, convert, orders))
            for inner in self.policy.lists.values()
            if inner.parent == entity
        ]
        plain = [key for key in keys if entity and key.scalar and not key.members and not key.scalar.type.startswith("set:")]
        scalars = [(key.key, key.name, key.convert, key.paths[0] if key.paths else None) for key in plain]
        in_order = [key.name for end in orders.get(listed.path if listed else "", ()) for key in plain if key.key == end]
        table, holders = (attribute(listed.predicate), f"holder_of_{listed.predicate}") if listed else ("", "")
        held = listed is not None and listed.parent is not None
        return _Shape(entity or "", held, table, holders, scalars, [key for key in keys if key not in plain], lists, tuple(in_order))


def _insert(keys: list[_Key], declared: Field, steps: list[str], prefix: str, convert: Conversion) -> None:
    """Insert a field at its path into the tree of keys."""
    found = next((key for key in keys if key.key == steps[0]), None)
    if found is None:
        found = _Key(steps[0], f"{prefix}{steps[0]}", "", None, convert)
        keys.append(found)
    if len(steps) > 1:
        _insert(found.members, declared, steps[1:], f"{found.path}.", convert)
    else:
        found.name, found.scalar, found.convert = attribute(declared.predicate), declared, convert


def _collect_paths(key: _Key) -> None:
    """Collect in each key the paths of the facts that are unknown where it is absent."""
    own = (key.path,) if key.scalar is not None and not key.scalar.elsewhere and not key.scalar.type.startswith("set:") else ()
    for member in key.members:
        _collect_paths(member)
    key.paths = (*own, *(path for member in key.members for path in member.paths))


class _ReaderGenerator:
    """Generates the function that reads one case: for every list a function of its own, for every key a line or two.

    `checked` is for documents, whose values must be recognised; without it the values come from case models.
    """

    def __init__(self, checked: bool) -> None:
        self.checked = checked
        self.names: dict[str, Any] = {
            "MISSING": MISSING,
            "NotRecognised": _NotRecognised,
            "not_recognised": _not_recognised,
            "item_id": ITEM_ID.fullmatch,
            "SUP": SUP,
        }
        self.functions: list[str] = []

    def reader(self, shape: _Shape) -> Callable[[FactTables, Mapping[str, Any]], None]:
        """The function that reads a case into its fact tables."""
        lines = ["def read(facts, owner):", "    tables, unknown, assumed = facts.__dict__, facts.unknown, facts.assumed", "    seen = 1"]
        lines += self._keys(shape.keys, "owner", "", "    ") + self._lists(shape, "''", "''", "    ")
        lines += ["    if seen != len(owner):", "        raise NotRecognised", "    facts.size += seen"] if self.checked else []
        exec("\n\n".join([*self.functions, "\n".join(lines)]), self.names)
        found: Callable[[FactTables, Mapping[str, Any]], None] = self.names["read"]
        return found

    def _value(self, convert: Conversion) -> str:
        """The expression that turns `value` into the value of its fact."""
        text, names = convert(f"convert_{len(self.names)}")
        self.names |= names
        return text

    def _list(self, shape: _Shape) -> str:
        """Generate the function that reads the items of a list. Returns its name."""
        name = f"read_{shape.entity}"
        lines = [f"def {name}(facts, tables, unknown, assumed, items, holder, path):", "    names = {}"]
        places = dict.fromkeys([*(table for _, table, _, _ in shape.scalars), *(table for key in shape.keys for table in _tables(key))])
        if shape.held:
            # read once for each item that holds such a list
            lines += [f"    {table}_of = tables.setdefault({table!r}, {{}})" for table in places]
        else:
            lines += [f"    {table}_of = tables[{table!r}] = {{}}" for table in places]
        lines += ["    for owner in items:"]
        if self.checked:
            lines += ["        if type(owner) is not dict:", "            raise NotRecognised", "        own = owner['id']"]
            lines += ["        if type(own) is not str or item_id(own) is None:", "            raise NotRecognised"]
        else:
            lines += ["        owner = owner.__dict__", "        own = owner['id']"]
        lines += [
            "        name = f'{holder}/{own}'" if shape.held else "        name = own",
            "        if name in names:",
            "            raise NotRecognised",
        ]
        lines += ["        names[name] = None", "        seen = 1"]
        for key, table, convert, where in shape.scalars:
            lines += [f"        value = owner.get({key!r}, MISSING)", "        if value is not MISSING:"]
            lines += [f"            {table}_of[name] = {self._value(convert)}", "            seen += 1"]
            lines += ["        else:", f"            unknown.add({where!r})"] if where else []
        lines += self._keys(shape.keys, "owner", "f'{path}.{own}.", "        ")
        lines += self._lists(shape, "name", "f'{path}.{own}.'", "        ")
        if self.checked:
            lines += ["        if seen != len(owner):", "            raise NotRecognised", "        facts.size += seen"]
            if shape.in_order:
                first, last = (f"{table}_of.get(name)" for table in shape.in_order)
                lines += [f"        first, last = {first}, {last}"]
                lines += [
                    "        if first is not None and last is not None and first != SUP and last < first:",
                    "            raise NotRecognised",
                ]
        if shape.held:
            lines += [f"    facts.items.setdefault({shape.entity!r}, {{}}).update(names)"]
            lines += [f"    tables.setdefault({shape.table!r}, {{}})[holder] = names"]
            lines += [f"    tables.setdefault({shape.holders!r}, {{}}).update(dict.fromkeys(names, holder))"]
        else:
            lines += [f"    facts.items[{shape.entity!r}] = tables[{shape.table!r}] = names"]
        self.functions.append("\n".join(lines))
        return name

    def _lists(self, shape: _Shape, name: str, path: str, margin: str) -> list[str]:
        """The lines that read the lists of an item, or of the case."""
        lines = []
        for key, inner in shape.lists:
            function = self._list(inner)
            where = repr(key) if path == "''" else f"{path[:-1]}{key}'"
            lines += [f"value = owner.get({key!r}, MISSING)", "if value is MISSING:", f"    assumed.append({where})", "else:"]
            lines += ["    seen += 1"]
            lines += ["    if type(value) is not list:", "        raise NotRecognised"] if self.checked else []
            lines += [f"    {function}(facts, tables, unknown, assumed, value, {name}, {where})"]
        return [margin + line for line in lines]

    def _keys(self, keys: list[_Key], owner: str, path: str, margin: str, count: str = "seen") -> list[str]:
        """The lines that read the keys of an object, but for the plain facts of an item."""
        lines: list[str] = []
        for key in keys:
            lines += [f"value = {owner}.get({key.key!r}, MISSING)", "if value is MISSING:"]
            several = key.scalar is not None and key.scalar.type.startswith("set:")
            where = f"{path}{key.key}'" if path else repr(key.key)
            lines += [f"    assumed.append({where})"] if several else []
            lines += [f"    unknown.update({key.paths!r})", "else:", f"    {count} += 1"]
            if key.scalar is not None:
                target = f"{key.name}_of[name]" if key.scalar.entity else f"tables[{key.name!r}]"
                lines += [f"    {target} = {self._value(key.convert)}"]
            if key.members:
                inner = f"{key.key}_owner"
                lines += ["    if value is not None:"]
                lines += ["        if type(value) is not dict:", "            raise NotRecognised"] if self.checked else []
                lines += [f"        {inner} = value{'' if self.checked else '.__dict__'}", f"        {inner}_seen = 0"]
                lines += self._keys(key.members, inner, path, "        ", f"{inner}_seen")
                if self.checked:
                    lines += [
                        f"        if {inner}_seen != len({inner}):",
                        "            raise NotRecognised",
                        f"        facts.size += {inner}_seen",
                    ]
                lines += ["    else:", "        raise NotRecognised"] if key.scalar is None else []
        return [margin + line for line in lines]


def _tables(key: _Key) -> list[str]:
    own = [key.name] if key.scalar is not None and key.scalar.entity else []
    return [*own, *(table for member in key.members for table in _tables(member))]


# Values


def _call(function: Callable[[Any], Any]) -> Conversion:
    return lambda name: (f"{name}(value)", {name: function})


def _expression(text: str) -> Conversion:
    """A conversion that takes no call but `not_recognised`, where the value is not."""
    return lambda _: (text, {})


def _from_model(declared: Field, _policy: Policy) -> Conversion:
    """The conversion of a value of a case model."""
    if declared.type.startswith("set:"):
        return _call(lambda value: tuple(dict.fromkeys(value)))
    return _call(lambda value: SUP if (found := rule_value(declared, value)) is SUPREMUM else found)


def _from_json(declared: Field, policy: Policy) -> Conversion:
    """The conversion of a value of plain data, which raises where the value is not recognised."""
    kind = declared.type
    if kind.startswith("set:"):
        words = {word: word for word in policy.values[declared.table or ""]}
        return _call(lambda value: tuple(dict.fromkeys(words[_string(member)] for member in _list(value))))
    if kind == "record":
        return _expression("'none' if value is None else 'record'")
    if declared.table:
        return _call({word: word for word in policy.values[declared.table]}.__getitem__)
    if kind == "boolean":
        return _expression("'true' if value is True else 'false' if value is False else not_recognised()")
    if kind == "day":
        return (lambda name: (f"SUP if value is None else {name}(value)", {name: _day})) if declared.nullable else _call(_day)
    if kind == "money":
        return _call(_money)
    if kind == "code":
        return _call(_code)
    low, high = RANGES[kind]
    return _expression(f"value if type(value) is int and {low} <= value <= {high} else not_recognised()")


def _not_recognised() -> NoReturn:
    raise _NotRecognised


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise _NotRecognised
    return value


def _string(value: Any) -> str:
    if type(value) is not str:
        raise _NotRecognised
    return value


def _text(value: Any) -> str:
    text = _string(value)
    if not text or not text.isprintable():
        raise _NotRecognised
    return text


class _Days(dict[str, int]):
    """The days that were read so far, by their text; there are no more than the format has days."""

    def __missing__(self, text: str) -> int:
        if not _DAY.fullmatch(_string(text)):
            raise _NotRecognised
        found = to_day(date.fromisoformat(text))
        if not FIRST_DAY <= found <= LAST_DAY:
            raise _NotRecognised
        self[text] = found
        return found


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_day = _Days().__getitem__
_MOST_FEN = fen(MOST_MONEY)


def _money(value: Any) -> int:
    if MONEY.fullmatch(_string(value)) is None:
        raise _NotRecognised
    yuan, _, rest = value.partition(".")
    amount = 100 * int(yuan) + int(f"{rest:0<2}")
    if not 0 < amount <= _MOST_FEN:
        raise _NotRecognised
    return amount


def _code(value: Any) -> str:
    if OCCUPATION_CODE.fullmatch(_string(value)) is None:
        raise _NotRecognised
    return str(value)
