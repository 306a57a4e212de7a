"""The facts of a case as compiled rules read them: for every predicate of facts a table from item to value.

A document (plain data out of JSON) is read here without being made a `Case`, which costs more than a decision. This reader stops at
the first value that it does not recognise; then the case format reads the document and says what is wrong. So it accepts nothing
that it refuses, and what it accepts means the same. It is generated as Python for the fields of one policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tiaoli.base import MISSING, to_day
from tiaoli.case import ITEM_ID, Case, rule_value
from tiaoli.compiled.fragment import attribute
from tiaoli.compiled.runtime import SUP
from tiaoli.policy import Field, Integer, ItemList, Policy
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


class _NotRecognised(Exception):  # noqa: N818  # never an error: the case format takes over
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
    in_order: list[tuple[str, str]]
    """The tables of the days that must stand in order, two by two."""


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
        self._checked = _ReaderGenerator(checked=True).reader(self._shape(None, _from_json))
        self._trusted = _ReaderGenerator(checked=False).reader(self._shape(None, _from_case))
        self._day_key, self._read_day = policy.schema.day.path, policy.schema.day.type.quick

    def case(self, case: Case) -> FactTables:
        """The facts of a case that was read."""
        facts = self._facts()
        facts.id = case.id
        facts.today = to_day(case.day)
        self._trusted(facts, case.facts)
        return facts

    def document(self, document: Any) -> FactTables | None:
        """The facts of plain data, or `None` where some of it is not recognised."""
        facts = self._facts()
        try:
            if type(document) is not dict:
                return None
            facts.id = _text(document["id"])
            facts.today = self._read_day(document[self._day_key])
            self._checked(facts, document)
        except (_NotRecognised, KeyError, TypeError, ValueError):
            return None
        return facts

    def _shape(self, listed: ItemList | None, convert: Callable[[Field], Conversion]) -> _Shape:
        entity = listed.entity if listed else None
        start = len(listed.path) + 1 if listed else 0
        keys: list[_Key] = []
        for declared in self.policy.fields.values():
            if declared.entity == entity:
                _insert(keys, declared, declared.path[start:].split("."), declared.path[:start], convert(declared))
        for key in keys:
            _collect_paths(key)
        lists = [
            (inner.path.rpartition(".")[2], self._shape(inner, convert)) for inner in self.policy.lists.values() if inner.parent == entity
        ]
        plain = [key for key in keys if entity and key.scalar and not key.members and not key.scalar.several]
        scalars = [(key.key, key.name, key.convert, key.paths[0] if key.paths else None) for key in plain]
        in_order = [
            (attribute(first.predicate), attribute(last.predicate)) for first, last in self.policy.schema.orders if first.entity == entity
        ]
        table, holders = (attribute(listed.predicate), f"holder_of_{listed.predicate}") if listed else ("", "")
        held = listed is not None and listed.parent is not None
        return _Shape(entity or "", held, table, holders, scalars, [key for key in keys if key not in plain], lists, in_order)


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
    own = (key.path,) if key.scalar is not None and not key.scalar.unbounded and not key.scalar.several else ()
    for member in key.members:
        _collect_paths(member)
    key.paths = (*own, *(path for member in key.members for path in member.paths))


class _ReaderGenerator:
    """Generates the function that reads one case: for every list a function of its own, for every key a line or two.

    `checked` is for documents, whose values must be recognised; without it the values come from a case that was read.
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
        if self.checked:
            lines += ["    if seen != len(owner):", "        raise NotRecognised", "    facts.size += seen"]
            lines += self._in_order([(f"tables.get({first!r})", f"tables.get({last!r})") for first, last in shape.in_order], "    ")
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
            lines += ["        own = owner['id']"]
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
            lines += self._in_order([(f"{first}_of.get(name)", f"{last}_of.get(name)") for first, last in shape.in_order], "        ")
        if shape.held:
            lines += [f"    facts.items.setdefault({shape.entity!r}, {{}}).update(names)"]
            lines += [f"    tables.setdefault({shape.table!r}, {{}})[holder] = names"]
            lines += [f"    tables.setdefault({shape.holders!r}, {{}}).update(dict.fromkeys(names, holder))"]
        else:
            lines += [f"    facts.items[{shape.entity!r}] = tables[{shape.table!r}] = names"]
        self.functions.append("\n".join(lines))
        return name

    @staticmethod
    def _in_order(pairs: list[tuple[str, str]], margin: str) -> list[str]:
        """The lines that compare the days that must stand in order."""
        lines = []
        for first, last in pairs:
            lines += [f"first, last = {first}, {last}"]
            lines += ["if first is not None and last is not None and first != SUP and last < first:", "    raise NotRecognised"]
        return [margin + line for line in lines]

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
            lines += [f"    assumed.append({where})" for where in _sets(key, path)]
            lines += [f"    unknown.update({key.paths!r})", "else:", f"    {count} += 1"]
            if key.scalar is not None:
                target = f"{key.name}_of[name]" if key.scalar.entity else f"tables[{key.name!r}]"
                lines += [f"    {target} = {self._value(key.convert)}"]
            if key.members:
                inner = f"{key.key}_owner"
                lines += ["    if value is not None:"]
                lines += ["        if type(value) is not dict:", "            raise NotRecognised"] if self.checked else []
                lines += [f"        {inner} = value", f"        {inner}_seen = 0"]
                lines += self._keys(key.members, inner, _inside(key, path), "        ", f"{inner}_seen")
                if self.checked:
                    lines += [
                        f"        if {inner}_seen != len({inner}):",
                        "            raise NotRecognised",
                        f"        facts.size += {inner}_seen",
                    ]
                lines += ["    else:", "        raise NotRecognised"] if key.scalar is None else []
        return [margin + line for line in lines]


def _inside(key: _Key, path: str) -> str:
    """How the paths below a key begin, as the start of an f-string."""
    start = path or "f'"
    return f"{start}{key.key}."


def _sets(key: _Key, path: str) -> list[str]:
    """The paths of the sets that are absent where a key is, as expressions."""
    if key.scalar is not None and key.scalar.several:
        return [f"{path}{key.key}'" if path else repr(key.key)]
    return [where for member in key.members for where in _sets(member, _inside(key, path))]


def _tables(key: _Key) -> list[str]:
    own = [key.name] if key.scalar is not None and key.scalar.entity else []
    return [*own, *(table for member in key.members for table in _tables(member))]


# Values


def _call(function: Callable[[Any], Any]) -> Conversion:
    return lambda name: (f"{name}(value)", {name: function})


def _expression(text: str) -> Conversion:
    """A conversion that takes no call but `not_recognised`, where the value is not."""
    return lambda _: (text, {})


def _from_case(declared: Field) -> Conversion:
    """The conversion of a value of a case that was read."""
    if declared.several:
        return _call(lambda value: tuple(dict.fromkeys(value)))
    return _call(lambda value: SUP if (found := rule_value(declared, value)) is SUPREMUM else found)


def _from_json(declared: Field) -> Conversion:
    """The conversion of a value of plain data, which raises where the value is not recognised."""
    kind = declared.type
    # without a call where a value is looked at more quickly than a function is called
    if kind.kind == "boolean":
        return _expression("'true' if value is True else 'false' if value is False else not_recognised()")
    if kind.kind == "record":
        return _expression("'none' if value is None else 'record'")
    if isinstance(kind, Integer):
        return _expression(f"value if type(value) is int and {kind.low} <= value <= {kind.high} else not_recognised()")
    quick = kind.quick if kind.kind != "enum" else {word: word for word in kind.words}.__getitem__
    if declared.nullable:
        return lambda name: (f"SUP if value is None else {name}(value)", {name: quick})
    return _call(quick)


def _not_recognised() -> NoReturn:
    raise _NotRecognised


def _text(value: Any) -> str:
    if type(value) is not str or not value or not value.isprintable():
        raise _NotRecognised
    return value
