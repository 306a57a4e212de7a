"""From fields.toml to the case format of a policy, with every problem of its form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from tiaoli.base import Statement, choices, shown
from tiaoli.policy.case_schema import CaseSchema, Field, ItemList
from tiaoli.policy.code_types import Code, CodeKind
from tiaoli.policy.currency import Currency
from tiaoli.policy.number_types import DECIMAL_TYPES, MOST_NUMBER, Decimals, Integer, Money
from tiaoli.policy.tables import Table
from tiaoli.policy.units import RULE_TYPES, UNITS, Unit, own_unit, whole_unit
from tiaoli.policy.value_types import KINDS, Boolean, Day, Enum, Record, Set, ValueType
from tiaoli.rules import SIGNATURES

DEPTH = 2
"""How deep lists may lie in one another."""

_PHRASES = ("holds", "true", "false", "record", "null", "lacks", "since", "ask")
_KEY = re.compile(r"[a-z][a-z0-9_]*")

_UNSAID = ("count", "level")
"""The units of which no word stands beside a field of a case."""


class Fields(NamedTuple):
    """What fields.toml declares."""

    schema: CaseSchema
    values: Mapping[str, Mapping[str, Statement]]
    events: Mapping[str, Statement]
    codes: Mapping[str, CodeKind]
    units: Mapping[str, Unit]


class FieldTables:
    """Reads the tables of fields.toml; what is wrong goes to the problems of the file."""

    def __init__(self, file: Table, policy: str, currency: Currency) -> None:
        self.file, self.policy, self.currency = file, policy, currency
        self.events = self._statements("event")
        self.values: dict[str, dict[str, Statement]] = {}
        for name, table in file.inner("value"):
            self.values[name] = {value: table.statement(value) for value in table.table}
            table.finish()
        self.codes = dict(map(self._code, file.inner("code")))
        self.units: dict[str, Unit] = dict(UNITS)
        for name, table in file.inner("unit"):
            self._unit_name(name, table)
            self.units.setdefault(name, own_unit(name, table, MOST_NUMBER))
        self.lists: dict[str, ItemList] = {}
        self.fields: dict[str, Field] = {}

    def read(self) -> Fields:
        """Everything that the file declares."""
        case = self.file.below("case", self.file.take("case", dict, {}))
        statement, day = case.statement(), case.text("day")
        case.finish()
        objects = self._statements("object")
        for path, table in self.file.inner("list"):
            self.lists[path] = self._list(path, table)
        for path, table in self.file.inner("field"):
            self.fields[path] = self._field(path, table)
        self._paths(objects)
        self._names()
        for path, declared in self.fields.items():
            self._order(path, declared)
        found = self.fields.get(day)
        if found is None or found.kind != "day" or "." in day or found.nullable:
            near = choices(path for path, item in self.fields.items() if item.kind == "day" and "." not in path)
            what = Statement(f"须为案件本身的一个日期字段；{near.zh}", f"a day of the case itself is wanted; {near.en}")
            if case.table.get("day") is not None:
                case.refuse("day", what, "policy-field")
            found = _no_day(day)
        self.file.finish()
        schema = CaseSchema(self.policy, statement, found, objects, self.lists, self.fields)
        return Fields(schema, self.values, self.events, self.codes, self.units)

    def _statements(self, key: str) -> dict[str, Statement]:
        found = {}
        for name, table in self.file.inner(key):
            found[name] = table.statement()
            table.finish()
        return found

    def _unit_name(self, name: str, table: Table) -> None:
        """A unit is a word of its own: it becomes a predicate and a type."""
        if not _KEY.fullmatch(name):
            zh, en = "名称须为小写字母、数字和 _", "a name is small letters, digits and _"
            table.refuse("", Statement(zh, en), "policy-field")
        if name in UNITS or name in SIGNATURES or name in self.values or name in {*RULE_TYPES, *DECIMAL_TYPES}:
            zh, en = f"{shown(name)} 已有他义；请另取名称", f"{shown(name)} has a meaning already; choose another name"
            table.refuse("", Statement(zh, en), "policy-field")

    def _code(self, named: tuple[str, Table]) -> tuple[str, CodeKind]:
        name, table = named
        pattern, example, other = (table.text(key) for key in ("pattern", "example", "other"))
        try:
            form = re.compile(pattern, re.ASCII)
        except re.error as error:
            table.refuse("pattern", Statement(f"不是合法的正则表达式：{error}", f"not a regular expression: {error}"))
            form = re.compile("")
        else:
            for key, text in (("example", example), ("other", other)):
                if not form.fullmatch(text):
                    table.refuse(key, Statement(f"{shown(text)} 不合 pattern", f"{shown(text)} does not fit `pattern`"))
        code = CodeKind(name, form, example, other, table.statement())
        table.finish()
        return name, code

    def _list(self, path: str, table: Table) -> ItemList:
        parent = table.take("parent", str, None, required=False)
        found = ItemList(path, table.text("entity"), parent, table.text("predicate"), table.statement())
        table.finish()
        holder = self._holder(path)
        if (holder.entity if holder else None) != parent:
            wanted = Statement(f"须写 parent = {shown(holder.entity)}", f"`parent = {shown(holder.entity)}` is wanted") if holder else None
            what = wanted or Statement("此列表不在其他列表之内", "this list lies in no other list")
            table.refuse("parent", what, "policy-field")
        self._place(path, table)
        return found

    def _place(self, path: str, table: Table) -> None:
        """A list stands in the case itself or in the items of another, which is then at the top."""
        outside, _, key = path.rpartition(".")
        above = [other for other in self.lists if path.startswith(f"{other}.")]
        if outside and outside not in self.lists:
            place = f"{above[-1]}.{key}" if above else key
            zh = f'列表不能在对象之内；请在对象之外声明，如 [list."{place}"]'
            en = f'a list stands in no object; declare it beside the object, as [list."{place}"]'
            table.refuse("", Statement(zh, en), "policy-field")
        elif len(above) >= DEPTH:
            place = f"{above[0]}.{key}"
            zh = f'列表嵌套至多 {DEPTH} 层；请在外层列表中声明 [list."{place}"]，以一个 code 字段写明所属的 {above[-1]} 项'
            en = f'lists lie at most {DEPTH} deep in one another; declare it in the outer list, [list."{place}"], with a field of type code'
            table.refuse("", Statement(zh, f"{en} that says which item of {above[-1]} it belongs to"), "policy-field")

    def _holder(self, path: str) -> ItemList | None:
        """The list whose items hold what stands at a path."""
        holder = max((name for name in self.lists if path.startswith(f"{name}.")), key=len, default=None)
        return self.lists[holder] if holder else None

    def _field(self, path: str, table: Table) -> Field:
        holder = self._holder(path)
        phrases = {key: table.statement(key) for key in _PHRASES if key in table.table}
        kind = self._type(table)
        event = table.take("event", str, None, required=False)
        found = Field(
            path=path,
            predicate=table.text("predicate"),
            type=kind,
            entity=holder.entity if holder else None,
            nullable="null" in phrases,
            elsewhere=table.flag("elsewhere"),
            clauses=table.texts("clauses"),
            changed_by=table.text("changed_by"),
            label=table.statement("label"),
            unit=self._unit_words(kind),
            phrases=phrases,
            event=event,
            not_before=table.take("not_before", str, None, required=False),
        )
        if event is not None and event not in self.events:
            near = choices(self.events, event)
            table.refuse("event", Statement(f"没有 {shown(event)} 这一事件；{near.zh}", f"there is no event {shown(event)}; {near.en}"))
        if found.nullable and found.kind not in ("day", "record"):
            table.refuse("null", Statement("只有日期和记录可以为 null", "only a day and a record can be null"), "policy-field")
        for phrase in ("true", "false") if found.kind == "boolean" else ("record",) if found.kind == "record" else ("holds",):
            if phrase not in phrases:
                table.refuse(phrase, Statement("缺少此项", "this is missing"), "policy-key-missing")
        table.finish()
        return found

    def _unit_words(self, kind: ValueType) -> Statement | None:
        if isinstance(kind, Money):
            return self.currency.statement
        if not isinstance(kind, Integer) or kind.unit in _UNSAID:
            return None
        return self.units[kind.unit].words

    # Types

    def _type(self, table: Table) -> ValueType:
        text = table.text("type")
        kind, _, name = text.partition(":")
        if kind in ("enum", "set"):
            words = self.values[name] if self._known(table, name, self.values) else {}
            return Enum(name, words) if kind == "enum" else Set(name, words)
        if kind == "code":
            return Code(self.codes[name]) if self._known(table, name, self.codes) else Boolean()
        if kind == "integer":
            return self._integer(table)
        if kind == "decimal":
            digits = self._between(table, "digits", 1, len(DECIMAL_TYPES), required=True)
            low, high = (self._amount(table, key, default, digits) for key, default in (("min", 0), ("max", MOST_NUMBER)))
            return Decimals(*self._in_order(table, low, high), digits)
        if kind == "money":
            low, high = (self._amount(table, key, default, self.currency.digits) for key, default in (("min", 1), ("max", MOST_NUMBER)))
            return Money(*self._in_order(table, low, high), self.currency.digits, currency=self.currency.statement)
        plain = {"day": Day, "boolean": Boolean, "record": Record}
        if text not in plain:
            allowed = [f"{word}:NAME" if word in ("code", "enum", "set") else word for word in KINDS]
            near = choices(allowed, text)
            if text:
                table.refuse(
                    "type",
                    Statement(f"没有类型 {shown(text)}；{near.zh}", f"there is no type {shown(text)}; {near.en}"),
                    "policy-name-unknown",
                )
            return Boolean()
        return plain[text]()

    @staticmethod
    def _known(table: Table, name: str, among: Mapping[str, object]) -> bool:
        if name not in among:
            near = choices(among, name)
            what = Statement(f"没有 {shown(name)}；{near.zh}", f"there is no {shown(name)}; {near.en}")
            table.refuse("type", what, "policy-name-unknown")
        return name in among

    def _integer(self, table: Table) -> Integer:
        low = self._between(table, "min", 0, MOST_NUMBER, required=True)
        high = self._between(table, "max", 0, MOST_NUMBER, required=True)
        unit = table.take("unit", str, "count", required=False)
        return Integer(*self._in_order(table, low, high), whole_unit(table, unit, self.units))

    def _between(self, table: Table, key: str, low: int, high: int, required: bool) -> int:
        number: int | None = table.take(key, int, None, required)
        if number is None:
            return low
        if not low <= number <= high:
            table.refuse(key, Statement(f"须为 {low} 至 {high}", f"{low} to {high} is wanted"))
        return min(max(number, low), high)

    def _amount(self, table: Table, key: str, default: int, digits: int) -> int:
        """A bound of decimals, in their smallest unit."""
        text: str | None = table.take(key, str, None, required=False)
        if text is None:
            return default
        try:
            scaled = Decimal(text).scaleb(digits)
            if scaled == scaled.to_integral_value() and 0 <= scaled <= MOST_NUMBER:
                return int(scaled)
        except InvalidOperation:
            pass
        most = Decimal(MOST_NUMBER).scaleb(-digits)
        zh, en = f"须为 0 至 {most} 的文字，至多 {digits} 位小数", f"a text from 0 to {most} is wanted, with at most {digits} decimals"
        table.refuse(key, Statement(zh, en))
        return default

    @staticmethod
    def _in_order(table: Table, low: int, high: int) -> tuple[int, int]:
        if low > high:
            table.refuse("max", Statement("不得小于 min", "not less than `min` is wanted"))
        return min(low, high), max(low, high)

    # Paths and names

    def _paths(self, objects: Mapping[str, Statement]) -> None:
        """Every object on the way to a field is declared, every key is a word, and an object holds something."""
        holders = {path.rpartition(".")[0] for path in (*self.fields, *self.lists)} - {""}
        known = {*self.lists, *objects, *(path for path, item in self.fields.items() if item.kind == "record")}
        for what, paths in (("list", self.lists), ("field", self.fields), ("object", objects)):
            for path in paths:
                for key in path.split("."):
                    if not _KEY.fullmatch(key) or key == "id":
                        zh, en = "键须为小写字母、数字和 _，且不是 id", "a key is small letters, digits and _, and is not `id`"
                        self._refuse(what, path, Statement(zh, en))
        for path in sorted(holders - known):
            zh, en = f"请写 [object.{path}] 说明此对象，或声明同名列表或记录", f"declare it as [object.{path}], as a list, or as a record"
            self._refuse("object", path, Statement(zh, en), "policy-key-missing")
        for path in objects.keys() - holders:
            self._refuse("object", path, Statement("没有字段在此对象之内", "no field lies in this object"))
        for path in objects:
            if "." in path or path in self.fields or path in self.lists:
                zh, en = "对象须在案件顶层，且不与列表或字段同名", "an object stands at the top of the case, and is no list and no field"
                self._refuse("object", path, Statement(zh, en))
        for path, item in self.fields.items():
            if item.kind != "record" and path in holders | self.lists.keys():
                zh, en = "此处之内还有其他键；只有记录可以如此", "other keys lie below it; only a record has some"
                self._refuse("field", path, Statement(zh, en))
            if item.kind == "record" and path not in holders:
                self._refuse("field", path, Statement("记录须有键", "a record wants keys of its own"))

    def _names(self) -> None:
        """Entities and predicates are words of their own."""
        seen: dict[str, str] = {name: f"unit.{name}" for name in self.units.keys() - UNITS.keys()}
        for what, path, name in (
            *(("list", path, item.entity) for path, item in self.lists.items()),
            *(("field", path, item.predicate) for path, item in self.fields.items()),
            *(("list", path, item.predicate) for path, item in self.lists.items()),
        ):
            if not _KEY.fullmatch(name):
                zh, en = f"名称 {shown(name)} 须为小写字母、数字和 _", f"the name {shown(name)} is small letters, digits and _"
                self._refuse(what, path, Statement(zh, en))
        for what, path, name in (
            *(("list", path, item.predicate) for path, item in self.lists.items()),
            *(("field", path, item.predicate) for path, item in self.fields.items()),
        ):
            if name in seen:
                zh, en = f"谓词 {shown(name)} 已用于 {seen[name]}", f"the predicate {shown(name)} is that of {seen[name]}"
                self._refuse(what, path, Statement(zh, en))
            seen.setdefault(name, path)
        entities: dict[str, str] = {}
        for path, item in self.lists.items():
            taken = item.entity in {*self.units, *self.values, *RULE_TYPES, *DECIMAL_TYPES}
            if item.entity in entities or taken:
                other = entities.get(item.entity, "")
                zh = f"{shown(item.entity)} 已是 {other} 的名称" if other else f"{shown(item.entity)} 已是一种值的名称"
                en = f"{shown(item.entity)} is what an item of {other} is called" if other else f"{shown(item.entity)} is a type of values"
                self._refuse("list", path, Statement(zh, en))
            entities.setdefault(item.entity, path)

    def _order(self, path: str, declared: Field) -> None:
        if declared.not_before is None:
            return
        first = self.fields.get(path[: -len(declared.key)] + declared.not_before)
        if first is None or first.kind != "day" or declared.kind != "day" or first is declared:
            zh, en = "须为同一对象中另一日期的键，且此字段为日期", "the key of another day of the same object is wanted, beside a day"
            self._refuse("field", f"{path}.not_before", Statement(zh, en))
            self.fields[path] = declared._replace(not_before=None)

    def _refuse(self, what: str, path: str, said: Statement, id: str = "policy-field") -> None:
        self.file.refuse(f"{what}.{path}", said, id)


def _no_day(path: str) -> Field:
    """Stands for a day that is refused."""
    return Field(path, "", Day(), None, False, False, (), "", Statement("", ""), None, {})
