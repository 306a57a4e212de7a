"""A policy folder as data: the notice's sentences, numbers, readings and words, read strictly and frozen.

`policy/<id>/` holds policy.toml, notice.md, annex.csv, clauses.toml, parameters.toml, readings.toml, doubts.toml,
fields.toml and vocabulary.toml; `encodings/<id>/` the rules. This module knows their form; what they may say together
is checked in `dialect`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from tiaoli.base import PolicyError, Problem, Statement, choices, shown, to_day
from tiaoli.policy.currency import DIGITS, Currency
from tiaoli.rules import Fact, Name

TABLES = ("policy", "clauses", "parameters", "readings", "doubts", "fields", "vocabulary")
UNITS = {
    "day": "day",
    "months": "months",
    "percent": "percent",
    "money": "money",
    "count": "count",
    "level": "level",
    "occupation": "code",
}
"""The unit of a parameter, which is the predicate of its fact, and the type of its value."""

MOST = {"day": 21991231, "months": 1200, "percent": 1000, "money": 1_000_000_000, "count": 1000, "level": 5, "occupation": 0}
"""The largest value of each unit, as the rules see it: what keeps their arithmetic inside 32 bits."""

NUMERALS = "一二三四五六七八九十"

OCCUPATION_CODE = re.compile(r"[0-9]-[0-9]{2}-[0-9]{2}-[0-9]{2}")


class NotComputed(NamedTuple):
    """Why a sentence, or `part` of it, is not computed."""

    kind: str
    why: Statement
    part: str | None


class Sentence(NamedTuple):
    """A sentence of the notice under its anchor. `clause` is `（三）`, or `None` outside the ten clauses."""

    anchor: str
    text: str
    en: str
    clause: str | None
    encoded_in: tuple[str, ...]
    not_computed: NotComputed | None


class Row(NamedTuple):
    """A row of the annex."""

    row: int
    code: str
    name: str


class Parameter(NamedTuple):
    """A number of the notice. `value` is as the rules see it: a day, months, percent, fen, a count, or an occupation
    code. `aliases` are other names that a person may call it by."""

    name: str
    unit: str
    value: int | str
    valid_from: str
    sentence: str
    quote: str
    statement: Statement
    aliases: tuple[str, ...] = ()

    @property
    def fact(self) -> Fact:
        return Fact(self.unit, (Name(self.name), self.value))


class Option(NamedTuple):
    id: str
    statement: Statement


class Reading(NamedTuple):
    """A point where the notice can be read in more than one way; the first option is the default."""

    name: str
    quotes: tuple[tuple[str, str], ...]
    question: Statement
    options: tuple[Option, ...]
    touches: tuple[str, ...]

    @property
    def default(self) -> str:
        return self.options[0].id


class Doubt(NamedTuple):
    """A doubt about the text that is noted and has no option."""

    id: str
    sentence: str
    quote: str
    statement: Statement


class Marker(NamedTuple):
    """Words that make a sentence doubtful wherever they stand: a regular expression, and what is doubtful."""

    id: str
    pattern: str
    statement: Statement


class Benefit(NamedTuple):
    """What can be asked: the clause, the entity it is asked for, and its conditions in the reviewer's order."""

    id: str
    clause: str
    subject: str
    has_amount: bool
    statement: Statement
    conditions: Mapping[str, Statement]


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
    `ask`.
    """

    path: str
    predicate: str
    type: str
    entity: str | None
    nullable: bool
    elsewhere: bool
    clauses: tuple[str, ...]
    changed_by: str
    label: Statement
    unit: Statement | None
    phrases: Mapping[str, Statement]

    @property
    def key(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def table(self) -> str | None:
        """The value table of an enumeration or a set."""
        kind, _, table = self.type.partition(":")
        return table if kind in ("enum", "set") else None

    @property
    def value_type(self) -> str:
        """The type of the fact's last argument."""
        return self.table or self.type


class Predicate(NamedTuple):
    """A predicate: its arguments as `(name, type)` and the sentence it stands for.

    `fails` is the sentence where it does not hold, `none` where it holds for nothing, `totals` those for the aggregates
    in its rules, by the variable an aggregate gives a value to. `source` is where its atoms come from: `case`, `engine`
    or `rules`; `shown` marks those that are read as the answer.
    """

    name: str
    arguments: tuple[tuple[str, str], ...]
    statement: Statement | None
    source: str
    shown: bool = False
    fails: Statement | None = None
    none: Statement | None = None
    totals: Mapping[str, Statement] = MappingProxyType({})


@dataclass(frozen=True)
class Policy:
    """One version of a notice: its text, its data and its rules.

    `lapses` is the parameter that holds its last day of validity, where it has one. `terms` are words that it uses without
    saying what they mean, or names that differ within it; `markers` words that are doubtful in any sentence.
    """

    id: str
    number: str
    title: Statement
    currency: Currency
    digest: str
    sentences: Mapping[str, Sentence]
    annex: tuple[Row, ...]
    parameters: Mapping[str, Parameter]
    readings: Mapping[str, Reading]
    doubts: tuple[Doubt, ...]
    terms: tuple[Doubt, ...]
    markers: tuple[Marker, ...]
    benefits: Mapping[str, Benefit]
    lists: Mapping[str, ItemList]
    fields: Mapping[str, Field]
    values: Mapping[str, Mapping[str, Statement]]
    predicates: Mapping[str, Predicate]
    rules: Mapping[str, str]
    lapses: str | None = None

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """The clauses in order: `（一）` and so on."""
        return tuple(dict.fromkeys(sentence.clause for sentence in self.sentences.values() if sentence.clause))

    @cached_property
    def list_of(self) -> Mapping[str, ItemList]:
        """The list of each entity."""
        return {declared.entity: declared for declared in self.lists.values()}

    @cached_property
    def rule_text(self) -> str:
        """All rules as one text without comments, as the engine takes them; lines stay where they were."""
        return "\n".join(re.sub(r"(?m)^%.*$", "", text) for text in self.rules.values())

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The occupation codes that the annex or a parameter names."""
        named = {str(item.value) for item in self.parameters.values() if item.unit == "occupation"}
        return tuple(sorted({row.code for row in self.annex} | named))

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """What holds in every case: the parameters and the rows of the annex."""
        return (
            *(parameter.fact for parameter in self.parameters.values()),
            *(Fact("catalogue", (row.code,)) for row in self.annex),
        )

    def shows(self, predicate: str) -> bool:
        """Whether the rules give a predicate as part of the answer."""
        return predicate in self.predicates and self.predicates[predicate].shown

    def parameter(self, word: str) -> Parameter | None:
        """The parameter of a name or an alias, or `None`."""
        return next((item for item in self.parameters.values() if word in (item.name, *item.aliases)), None)

    def other_readings(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """Those of the readings chosen that are not the defaults, in the policy's order."""
        return {name: chosen[name] for name, reading in self.readings.items() if name in chosen and chosen[name] != reading.default}

    def clause(self, text: str) -> str | None:
        """The clause that `3`, `三` or `（三）` names, or `None`."""
        word = text.strip().strip("（）()").strip()
        if word.isascii() and word.isdigit() and len(word) < 3:
            word = _numeral(int(word))
        return f"（{word}）" if f"（{word}）" in self.clauses else None


def _numeral(number: int) -> str:
    """A number below a hundred as clauses are numbered: 三, 十, 二十一."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else NUMERALS[tens - 1]) + ("十" if tens else "") + (NUMERALS[ones - 1] if ones else "")


class _Table:
    """A TOML table read strictly: a missing, misspelt or mistyped key is a problem with its file and path."""

    def __init__(self, file: str, path: str, table: Any, problems: list[Problem]) -> None:
        self.file, self.path, self.problems = file, path, problems
        self.table: dict[str, Any] = table if isinstance(table, dict) else {}
        self.read: set[str] = set()
        if not isinstance(table, dict):
            self.refuse("", Statement("此处须为表", "a table is wanted here"))

    def refuse(self, key: str, what: Statement) -> None:
        where = ".".join(part for part in (self.path, key) if part)
        self.problems.append(Problem(f"{self.file} [{where}]", what))

    def take(self, key: str, kind: type, default: Any = None, required: bool = True) -> Any:
        self.read.add(key)
        value = self.table.get(key)
        if key not in self.table:
            if required:
                self.refuse(key, Statement("缺少此项", "this is missing"))
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.refuse(
                key,
                Statement(
                    f"{shown(value)} 类型不对，须为 {kind.__name__}", f"{shown(value)} has the wrong type; {kind.__name__} is wanted"
                ),
            )
            return default
        return value

    def text(self, key: str) -> str:
        return str(self.take(key, str, ""))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(str(item) for item in self.take(key, list, [], required=False) or ())

    def flag(self, key: str) -> bool:
        return bool(self.take(key, bool, False, required=False))

    def statement(self, key: str | None = None) -> Statement:
        if key is None:
            return Statement(self.text("zh"), self.text("en"))
        inner = _Table(self.file, f"{self.path}.{key}", self.take(key, dict, {}), self.problems)
        found = inner.statement()
        inner.finish()
        return found

    def maybe_statement(self, key: str) -> Statement | None:
        return self.statement(key) if key in self.table else None

    def inner(self, key: str) -> Iterator[tuple[str, _Table]]:
        """The tables inside this one, under a key."""
        for name, table in self.take(key, dict, {}, required=False).items():
            yield name, _Table(self.file, f"{self.path}{key}.{name}", table, self.problems)

    def each(self, key: str, required: bool = True) -> Iterator[_Table]:
        """The tables of an array."""
        for position, table in enumerate(self.take(key, list, [], required)):
            yield _Table(self.file, f"{self.path}.{key}[{position}]", table, self.problems)

    def finish(self) -> None:
        for key in self.table.keys() - self.read:
            near = choices(sorted(self.read), key)
            self.refuse(key, Statement(f"没有这个键；{near.zh}", f"there is no such key; {near.en}"))


def build(tables: Mapping[str, Any], rules: Mapping[str, str], digest: str) -> Policy:
    """The policy that the tables describe. Raises `PolicyError` with every key that is missing, misspelt or
    mistyped."""
    problems: list[Problem] = []
    files = {name: _Table(f"{name}.toml", "", tables[name], problems) for name in TABLES}

    about = files["policy"]
    about.take("mended", dict, {}, required=False)
    identity, number, title = about.text("id"), about.text("number"), about.statement("title")
    lapses = about.take("lapses", str, None, required=False)
    if lapses is not None and tables["parameters"].get(lapses, {}).get("unit") != "day":
        near = choices(name for name, table in tables["parameters"].items() if table.get("unit") == "day")
        about.refuse(
            "lapses", Statement(f"须为一个日期参数的名称；{near.zh}", f"the name of a day among the parameters is wanted; {near.en}")
        )
    currency = _currency(about)
    about.finish()

    sentences = _sentences(tables["notice"], files["clauses"], problems)
    lists, fields, values = _fields(files["fields"])
    benefits, predicates = _vocabulary(files["vocabulary"])
    policy = Policy(
        id=identity,
        number=number,
        title=title,
        currency=currency,
        digest=digest,
        sentences=sentences,
        annex=_annex(tables["annex"], problems),
        parameters=_parameters(files["parameters"]),
        readings=_readings(files["readings"]),
        doubts=_doubts(files["doubts"], "doubt"),
        terms=_doubts(files["doubts"], "term"),
        markers=_markers(files["doubts"]),
        benefits=benefits,
        lists=lists,
        fields=fields,
        values=values,
        predicates={**_case_predicates(lists, fields), **predicates},
        rules=rules,
        lapses=lapses,
    )
    if problems:
        raise PolicyError(problems)
    return policy


def _currency(about: _Table) -> Currency:
    table = _Table(about.file, "currency", about.take("currency", dict, {}), about.problems)
    found = Currency(table.text("code"), int(table.take("digits", int, 0)), table.statement())
    if isinstance(table.table.get("code"), str) and not re.fullmatch("[A-Z]{3}", found.code):
        table.refuse(
            "code", Statement("须为 ISO 4217 货币代码，三个大写字母", "a currency code of ISO 4217 is wanted: three capital letters")
        )
    if isinstance(table.table.get("digits"), int) and found.digits != DIGITS:
        zh, en = f"须为 {DIGITS}：规则以百分之一为最小单位计算金额", f"{DIGITS} is wanted: rules count amounts in hundredths"
        table.refuse("digits", Statement(zh, en))
    table.finish()
    return found


def _all_tables(table: _Table) -> Iterator[tuple[str, _Table]]:
    """Every table at the top of a file."""
    for name, inner in table.table.items():
        yield name, _Table(table.file, name, inner, table.problems)


def _sentences(notice: list[list[Any]], clauses: _Table, problems: list[Problem]) -> dict[str, Sentence]:
    tables = dict(_all_tables(clauses))
    found: dict[str, Sentence] = {}
    for anchor, text, clause in notice:
        table = tables.pop(anchor, None)
        if table is None:
            problems.append(
                Problem(f"notice.md#{anchor}", Statement("clauses.toml 未说明此句", "clauses.toml does not account for this sentence"))
            )
            continue
        reason = table.take("not_computed", dict, {}, required=False)
        not_computed = None
        if reason:
            inner = _Table(table.file, f"{anchor}.not_computed", reason, problems)
            not_computed = NotComputed(inner.text("kind"), inner.statement(), table.take("part", str, None, required=False))
            inner.finish()
        found[anchor] = Sentence(anchor, text, table.text("en"), clause, table.texts("encoded_in"), not_computed)
        table.finish()
    for anchor, table in tables.items():
        table.refuse("", Statement(f"notice.md 中没有锚点 {anchor}", f"notice.md has no anchor {anchor}"))
    return found


def _annex(rows: list[list[Any]], problems: list[Problem]) -> tuple[Row, ...]:
    found: dict[str, Row] = {}
    for line, (row, code, name) in enumerate(rows, 2):
        if not (isinstance(row, str) and row.isdecimal() and OCCUPATION_CODE.fullmatch(code or "") and name):
            what = Statement(
                "每行须为序号、职业编码、职业工种（row,code,name）", "a row is a number, an occupation code and a name (row,code,name)"
            )
            problems.append(Problem(f"annex.csv:{line}", what))
        elif code in found:
            problems.append(Problem(f"annex.csv:{line}", Statement(f"职业编码 {shown(code)} 重复", f"the code {shown(code)} stands twice")))
        else:
            found[code] = Row(int(row), code, name)
    return tuple(found.values())


def _parameters(file: _Table) -> dict[str, Parameter]:
    found = {}
    for name, table in _all_tables(file):
        unit = table.text("unit")
        if unit not in UNITS:
            near = choices(UNITS, unit)
            table.refuse("unit", Statement(f"没有单位 {shown(unit)}；{near.zh}", f"there is no unit {shown(unit)}; {near.en}"))
        value = _parameter_value(table, unit)
        if isinstance(value, int) and not 0 < value <= MOST[unit]:
            table.refuse("value", Statement(f"数值须大于 0 且不超过 {MOST[unit]}", f"the value must be above 0 and at most {MOST[unit]}"))
        found[name] = Parameter(
            name, unit, value, table.text("from"), table.text("sentence"), table.text("quote"), table.statement(), table.texts("aliases")
        )
        table.finish()
    return found


def _parameter_value(table: _Table, unit: str) -> int | str:
    if unit in ("months", "percent", "count", "level"):
        return int(table.take("value", int, 0))
    text = table.text("value")
    try:
        if unit == "day":
            return to_day(date.fromisoformat(text))
        if unit == "money":
            return fen(Decimal(text))
    except (ValueError, ArithmeticError):
        table.refuse("value", Statement(f"{shown(text)} 不符合单位 {unit}", f"{shown(text)} is no value of the unit {unit}"))
        return 0
    return text


def fen(amount: Decimal) -> int:
    """An amount as whole hundredths. Raises `ValueError` where it has more than two decimals."""
    scaled = amount * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(amount)
    return int(scaled)


def _readings(file: _Table) -> dict[str, Reading]:
    found = {}
    for name, table in _all_tables(file):
        quotes = [(table.text("sentence"), table.text("quote"))]
        if "also" in table.table:
            for other in table.each("also"):
                quotes.append((other.text("sentence"), other.text("quote")))
                other.finish()
        options = []
        for option in table.each("option"):
            options.append(Option(option.text("id"), option.statement()))
            option.finish()
        if len(options) < 2:
            table.refuse("option", Statement("一种理解至少要有两个选项", "a reading needs at least two options"))
        found[name] = Reading(name, tuple(quotes), table.statement("question"), tuple(options), table.texts("touches"))
        table.finish()
    return found


def _doubts(file: _Table, key: str) -> tuple[Doubt, ...]:
    found = []
    for table in file.each(key, required=key == "doubt"):
        found.append(Doubt(table.text("id"), table.text("sentence"), table.text("quote"), table.statement()))
        table.finish()
    return tuple(found)


def _markers(file: _Table) -> tuple[Marker, ...]:
    found = []
    for table in file.each("marker", required=False):
        marker = Marker(table.text("id"), table.text("pattern"), table.statement())
        try:
            re.compile(marker.pattern)
        except re.error as error:
            table.refuse("pattern", Statement(f"不是合法的正则表达式：{error}", f"not a regular expression: {error}"))
        table.finish()
        found.append(marker)
    file.finish()
    return tuple(found)


_PHRASES = ("holds", "true", "false", "record", "null", "lacks", "since", "ask")


def _fields(file: _Table) -> tuple[dict[str, ItemList], dict[str, Field], dict[str, dict[str, Statement]]]:
    values: dict[str, dict[str, Statement]] = {}
    for name, table in file.inner("value"):
        values[name] = {value: table.statement(value) for value in table.table}
        table.finish()
    lists = {}
    for path, table in file.inner("list"):
        lists[path] = ItemList(
            path,
            table.text("entity"),
            table.take("parent", str, None, required=False),
            table.text("predicate"),
            table.statement(),
        )
        table.finish()
    fields = {}
    for path, table in file.inner("field"):
        holder = max((name for name in lists if path.startswith(f"{name}.")), key=len, default=None)
        phrases = {key: table.statement(key) for key in _PHRASES if key in table.table}
        fields[path] = Field(
            path=path,
            predicate=table.text("predicate"),
            type=table.text("type"),
            entity=lists[holder].entity if holder else None,
            nullable="null" in phrases,
            elsewhere=table.flag("elsewhere"),
            clauses=table.texts("clauses"),
            changed_by=table.text("changed_by"),
            label=table.statement("label"),
            unit=table.maybe_statement("unit"),
            phrases=phrases,
        )
        table.finish()
    file.finish()
    return lists, fields, values


def _case_predicates(lists: Mapping[str, ItemList], fields: Mapping[str, Field]) -> dict[str, Predicate]:
    found = {}
    for item in lists.values():
        inside = ((item.parent, item.parent),) if item.parent else ()
        arguments = (("case", "case"), *inside, (item.entity, item.entity))
        found[item.predicate] = Predicate(item.predicate, arguments, None, "case")
    for field in fields.values():
        subject = ((field.entity, field.entity),) if field.entity else ()
        found[field.predicate] = Predicate(
            field.predicate, (("case", "case"), *subject, ("value", field.value_type)), field.phrases.get("holds"), "case"
        )
    return found


def _vocabulary(file: _Table) -> tuple[dict[str, Benefit], dict[str, Predicate]]:
    benefits = {}
    for name, table in file.inner("benefit"):
        conditions = _Table(table.file, f"benefit.{name}.conditions", table.take("conditions", dict, {}), table.problems)
        benefits[name] = Benefit(
            name,
            table.text("clause"),
            table.text("subject"),
            table.flag("amount"),
            table.statement(),
            {condition: conditions.statement(condition) for condition in conditions.table},
        )
        table.finish()
    predicates = {}
    for name, table in file.inner("predicate"):
        arguments = tuple((before, after) for before, _, after in (text.partition(":") for text in table.texts("args")))
        source = table.take("given", str, "rules", required=False)
        totals = _Table(file.file, f"predicate.{name}.total", table.take("total", dict, {}, required=False), file.problems)
        predicates[name] = Predicate(
            name,
            arguments,
            table.statement(),
            source,
            table.flag("shown"),
            table.maybe_statement("fails"),
            table.maybe_statement("none"),
            {variable: totals.statement(variable) for variable in totals.table},
        )
        table.finish()
    file.finish()
    return benefits, predicates


def reading_facts(policy: Policy, chosen: Mapping[str, str]) -> tuple[Fact, ...]:
    """The readings in force: the defaults, and those chosen instead."""
    return tuple(
        Fact("reading", (Name(reading.name), Name(chosen.get(reading.name, reading.default)))) for reading in policy.readings.values()
    )
