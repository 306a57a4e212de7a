"""From the tables of a policy folder to the frozen `Policy`, with every problem of their form."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from tiaoli.base import Lang, PolicyError, Problem, Statement, choices, shown, to_day
from tiaoli.policy.build_fields import FieldTables
from tiaoli.policy.case_schema import Field, ItemList
from tiaoli.policy.currency import DIGITS, MOST_DIGITS, Currency
from tiaoli.policy.designations import matching
from tiaoli.policy.model import (
    OUTCOMES,
    TABLES,
    Benefit,
    DeclaredResult,
    Doubt,
    Marker,
    NotComputed,
    Option,
    Parameter,
    Policy,
    Predicate,
    Reading,
    Sentence,
    result_types,
)
from tiaoli.policy.norm_tables import SOURCE, NormTable, build_norm_tables
from tiaoli.policy.notice import clause_choices
from tiaoli.policy.tables import LANGUAGES, Table, all_tables
from tiaoli.policy.text import Place, repeated_headings
from tiaoli.policy.units import UNITS, Unit, no_unit
from tiaoli.rules import CONTRACT_VERSION, SIGNATURES


def build_policy(tables: Mapping[str, Any], rules: Mapping[str, str], digest: str) -> Policy:
    """The policy that the tables describe. Raises `PolicyError` with every key that is missing, misspelt or
    mistyped."""
    problems: list[Problem] = []
    languages = _languages(Table("policy.toml", "", tables["policy"], problems))
    files = {name: Table(f"{name}.toml", "", tables[name], problems, languages) for name in TABLES}

    about = files["policy"]
    about.texts("languages")
    about.take("mended", dict, {}, required=False)
    identity, number, title = about.text("id"), about.text("number"), about.statement("title")
    begins, lapses = (_day_parameter(about, key, tables["parameters"]) for key in ("begins", "lapses"))
    lapsed = about.maybe_statement("lapsed")
    if lapsed is not None and lapses is None:
        about.refuse("lapsed", Statement("须同时写明 lapses", "`lapses` is wanted beside it"))
    library, headings = about.texts("library"), about.texts("headings")
    now = CONTRACT_VERSION
    contract = about.take("contract", int, now, required=False)
    if contract != now:
        about.refuse(
            "contract",
            Statement(
                f"本政策按规则约定第 {contract} 版编写，本程序采用第 {now} 版；请对照 docs/reference/contract.md 修改规则后写 "
                f"contract = {now}，或者改用采用第 {contract} 版的程序",
                f"the policy is written for version {contract} of the rule contract, and this program has version {now}; change the "
                f"rules by docs/reference/contract.md and write contract = {now}, or use a program that has version {contract}",
            ),
            "policy-contract-version",
        )
    currency = _currency(about)

    found = FieldTables(files["fields"], identity, currency).read()
    schema = found.schema
    norm_tables = build_norm_tables(about, tables["csv"], found.values, found.codes, found.units, currency)
    sentences = _sentences(tables["notice"], files["clauses"], norm_tables, problems)
    benefits = _benefits(files["vocabulary"], result_types(found.units, found.values), _outcomes(about, OUTCOMES))
    own = _predicates(files["vocabulary"])
    included: dict[str, Predicate] = {}
    for part, words in tables["library"].items():
        included |= _predicates(Table(f"{part}.toml", "", words, problems))
    for name in own.keys() & included.keys():
        file = included[name].file
        files["vocabulary"].refuse(
            f"predicate.{name}",
            Statement(f"标准库（{file}）已有此谓词；请删去", f"the library ({file}) has this predicate; delete it"),
            "policy-key-repeated",
        )
    case = _case_predicates(schema.lists, schema.fields)
    listed = {name: _unit_predicate(unit) for name, unit in found.units.items() if name not in UNITS}
    for table in norm_tables.values():
        if table.predicate in {*case, *own, *included, *listed, *SIGNATURES}:
            said = shown(table.predicate)
            zh, en = f"已有谓词 {said}；请另取名称", f"there is a predicate {said} already; choose another name"
            about.refuse(f"table.{table.name}.predicate", Statement(zh, en), "policy-key-repeated")
        listed[table.predicate] = Predicate(
            table.predicate, table.arguments(), table.holds, "engine", fails=table.fails, none=table.none, file="policy.toml"
        )
    about.finish()
    results = _results(benefits, files["vocabulary"], {*case, *listed, *included, *own, *SIGNATURES})
    policy = Policy(
        id=identity,
        number=number,
        title=title,
        currency=currency,
        digest=digest,
        sentences=sentences,
        tables=norm_tables,
        parameters=_parameters(files["parameters"], found.units, currency),
        readings=_readings(files["readings"]),
        doubts=_doubts(files["doubts"], "doubt"),
        terms=_doubts(files["doubts"], "term"),
        markers=_markers(files["doubts"]),
        benefits=benefits,
        lists=schema.lists,
        fields=schema.fields,
        values=found.values,
        schema=schema,
        predicates={**case, **listed, **included, **own, **results},
        rules=rules,
        units=found.units,
        library=library,
        events=found.events,
        begins=begins,
        lapses=lapses,
        lapsed=lapsed,
        headings=headings,
        languages=languages,
    )
    if problems:
        raise PolicyError(problems)
    return policy


def given_predicates(tables: Mapping[str, Any]) -> dict[str, Predicate]:
    """The predicates that the rules of a policy are given: the facts of its case format, its tables, and what its library has. What is
    wrong in the tables is said by `build_policy`; here it is passed over."""
    problems: list[Problem] = []
    about = Table("policy.toml", "", tables["policy"], problems)
    languages = _languages(about)
    about = Table("policy.toml", "", tables["policy"], problems, languages)
    currency = _currency(about)
    found = FieldTables(Table("fields.toml", "", tables["fields"], problems, languages), "", currency).read()
    given: dict[str, Predicate] = {}
    for part, words in tables["library"].items():
        given |= _predicates(Table(f"{part}.toml", "", words, problems))
    given |= {name: _unit_predicate(unit) for name, unit in found.units.items() if name not in UNITS}
    for table in build_norm_tables(about, {}, found.values, found.codes, found.units, currency).values():
        given[table.predicate] = Predicate(table.predicate, table.arguments(), table.holds, "engine", file="policy.toml")
    return given | _case_predicates(found.schema.lists, found.schema.fields)


def _languages(about: Table) -> tuple[Lang, ...]:
    """The languages that a policy's statements are in, those of both where it does not say."""
    found = tuple(lang for lang in LANGUAGES if lang in about.texts("languages"))
    unknown = [word for word in about.texts("languages") if word not in LANGUAGES]
    if unknown or ("languages" in about.table and not found):
        near = choices(LANGUAGES, unknown[0] if unknown else None)
        what = Statement(f"须为语言的列表；{near.zh}", f"a list of languages is wanted; {near.en}")
        about.refuse("languages", what, "policy-name-unknown")
    return found or LANGUAGES


def _day_parameter(about: Table, key: str, parameters: Mapping[str, Any]) -> str | None:
    """The parameter that policy.toml names under a key: a day."""
    name: str | None = about.take(key, str, None, required=False)
    if name is not None and parameters.get(name, {}).get("unit") != "day":
        near = choices(name for name, table in parameters.items() if table.get("unit") == "day")
        about.refuse(key, Statement(f"须为一个日期参数的名称；{near.zh}", f"the name of a day among the parameters is wanted; {near.en}"))
    return name


def _currency(about: Table) -> Currency:
    table = about.below("currency", about.take("currency", dict, {}))
    digits = int(table.take("digits", int, DIGITS, required=False))
    found = Currency(table.text("code"), digits, table.statement(), table.maybe_statement("minor"))
    if isinstance(table.table.get("code"), str) and not re.fullmatch("[A-Z]{3}", found.code):
        what = Statement("须为 ISO 4217 货币代码，三个大写字母", "a currency code of ISO 4217 is wanted: three capital letters")
        table.refuse("code", what)
    if not 0 <= digits <= MOST_DIGITS:
        zh, en = (
            f"须为 0 至 {MOST_DIGITS}：金额小数点后的位数",
            f"0 to {MOST_DIGITS} is wanted: how many digits an amount has after the point",
        )
        table.refuse("digits", Statement(zh, en))
        found = found._replace(digits=DIGITS)
    table.finish()
    return found


def _sentences(
    notice: list[list[Any]], clauses: Table, norm_tables: Mapping[str, NormTable], problems: list[Problem]
) -> dict[str, Sentence]:
    """The sentences of the text by their anchors. Those of the clauses in which tables stand are rows, and need no translation."""
    tables = dict(all_tables(clauses))
    found: dict[str, Sentence] = {}
    places = [Place(anchor, text, tuple(above), tuple(heads)) for anchor, text, above, heads in notice]
    every = list(dict.fromkeys(clause for place in places for clause in place.clauses))
    listed: set[str] = set()
    for norm_table in norm_tables.values():
        if norm_table.within is not None and norm_table.within != SOURCE:
            named = matching(every, norm_table.within)
            listed.update(named)
            if len(named) != 1:
                near, word = clause_choices(named or every, norm_table.within), shown(norm_table.within)
                what = Statement(f"没有条款 {word}；{near.zh}", f"there is no one clause {word}; {near.en}")
                problems.append(Problem(f"policy.toml [table.{norm_table.name}.within]", what, "policy-name-unknown"))
    for anchor, clause in repeated_headings(places):
        zh, en = (
            f"又一个标题的编号也是{clause}；请改其一，或给上一级标题编号",
            f"a second heading is numbered {clause}; change one of the two",
        )
        what = Statement(zh, f"{en}, or number the headings above them")
        problems.append(Problem(f"notice.md#{anchor}", what, "text-heading"))
    for anchor, text, above, heads, *_ in places:
        if anchor in found:
            what = Statement(f"锚点 {anchor} 出现两次；请改其一", f"the anchor {anchor} stands twice; write another for one of them")
            problems.append(Problem(f"notice.md#{anchor}", what, "text-anchor"))
            continue
        table = tables.pop(anchor, None)
        if table is None and not listed.isdisjoint(above):
            found[anchor] = Sentence(anchor, text, text, above, heads, (), None)
            continue
        if table is None:
            problems.append(
                Problem(
                    f"notice.md#{anchor}",
                    Statement("clauses.toml 未说明此句", "clauses.toml does not account for this sentence"),
                    "text-unaccounted",
                )
            )
            continue
        reason = table.take("not_computed", dict, {}, required=False)
        not_computed = None
        if reason:
            inner = table.below(f"{anchor}.not_computed", reason)
            not_computed = NotComputed(inner.text("kind"), inner.statement(), table.take("part", str, None, required=False))
            inner.finish()
        found[anchor] = Sentence(
            anchor, text, table.text("en") if len(table.languages) > 1 else text, above, heads, table.texts("encoded_in"), not_computed
        )
        table.finish()
    for anchor, table in tables.items():
        table.refuse("", Statement(f"notice.md 中没有锚点 {anchor}", f"notice.md has no anchor {anchor}"), "text-anchor")
    return found


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _parameters(file: Table, units: Mapping[str, Unit], currency: Currency) -> dict[str, Parameter]:
    found = {}
    for name, table in all_tables(file):
        unit = table.text("unit")
        if unit not in units:
            table.refuse("unit", *no_unit(unit, units))
        value = _parameter_value(table, units.get(unit), currency)
        if value is None:
            value = 1
        elif isinstance(value, int) and unit in units and not 0 < value <= units[unit].most:
            most = units[unit].most
            table.refuse("value", Statement(f"数值须大于 0 且不超过 {most}", f"the value must be above 0 and at most {most}"))
        also = []
        for other in table.each("also", required=False):
            also.append((other.text("sentence"), other.text("quote")))
            other.finish()
        found[name] = Parameter(
            name,
            unit,
            value,
            table.text("from"),
            table.text("sentence"),
            table.text("quote"),
            table.statement(),
            table.texts("aliases"),
            table.take("derived", str, None, required=False),
            table.take("source", str, None, required=False),
            tuple(also),
        )
        table.finish()
    return found


def _parameter_value(table: Table, unit: Unit | None, currency: Currency) -> int | str | None:
    """The value as the rules see it; `None` where it is refused."""
    if unit is None:
        # of a number whose unit is misspelt nobody can say what it has to be
        if isinstance(table.table.get("value"), int):
            table.read.add("value")
        else:
            table.take("value", str)
        return None
    if unit.whole:
        number: int | None = table.take("value", int)
        return number
    text: str | None = table.take("value", str)
    if text is None or unit.name not in ("day", "money"):
        return text
    wanted = Statement("不是日历上的日期；日期写作 2025-03-01", "is no day of the calendar; a day is written 2025-03-01")
    if unit.name == "money":
        wanted = currency.written
        if re.fullmatch(currency.pattern, text, re.ASCII):
            return currency.units(Decimal(text))
    elif _DAY.fullmatch(text):
        with suppress(ValueError):
            return to_day(date.fromisoformat(text))
    table.refuse("value", Statement(f"{shown(text)} {wanted.zh}", f"{shown(text)} {wanted.en}"))
    return None


def _readings(file: Table) -> dict[str, Reading]:
    found = {}
    for name, table in all_tables(file):
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
            table.refuse("option", Statement("一种理解至少要有两个选项", "a reading needs at least two options"), "reading-options")
        found[name] = Reading(name, tuple(quotes), table.statement("question"), tuple(options), table.texts("touches"))
        table.finish()
    return found


def _doubts(file: Table, key: str) -> tuple[Doubt, ...]:
    found = []
    for table in file.each(key, required=key == "doubt"):
        found.append(Doubt(table.text("id"), table.text("sentence"), table.text("quote"), table.statement()))
        table.finish()
    return tuple(found)


def _markers(file: Table) -> tuple[Marker, ...]:
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


def _unit_predicate(unit: Unit) -> Predicate:
    """The predicate of the parameters that have a unit of the policy's own."""
    said = Statement(f"{{parameter}}为{{value}}{unit.words.zh}", f"{{parameter}}: {{value}} {unit.words.en}")
    return Predicate(unit.name, (("parameter", "parameter"), ("value", unit.type)), said, "engine", file="fields.toml")


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


def _outcomes(table: Table, others: Mapping[str, Statement]) -> Mapping[str, Statement]:
    """The words that a policy or a benefit has for outcomes; the `others` where it has none."""
    if "outcomes" not in table.table:
        return others
    inner = table.below(f"{table.path}.outcomes" if table.path else "outcomes", table.take("outcomes", dict, {}))
    words = {"granted": "eligible", "refused": "not_eligible", "unknown": "unknown"}
    found = {**others, **{outcome: inner.statement(key) for key, outcome in words.items() if key in inner.table}}
    inner.read.update(words)
    inner.finish()
    return found


def _benefits(file: Table, result_types: Sequence[str], outcomes: Mapping[str, Statement]) -> dict[str, Benefit]:
    benefits = {}
    for name, table in file.inner("benefit"):
        conditions = table.below(f"benefit.{name}.conditions", table.take("conditions", dict, {}))
        results = table.below(f"benefit.{name}.results", table.take("results", dict, {}, required=False))
        benefits[name] = Benefit(
            name,
            table.text("clause"),
            table.text("subject"),
            table.flag("amount"),
            table.statement(),
            {condition: conditions.statement(condition) for condition in conditions.table},
            table.flag("standard"),
            {result: _result(results, result, result_types) for result in results.table},
            _outcomes(table, outcomes),
        )
        table.finish()
    return benefits


def _result(results: Table, name: str, types: Sequence[str]) -> DeclaredResult:
    """A result that a benefit declares."""
    table = results.below(f"{results.path}.{name}", results.take(name, dict, {}))
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        zh, en = "名称须以小写字母开头，由小写字母、数字和 _ 组成", "a name is small letters, digits and _, a letter first"
        table.refuse("", Statement(zh, en))
    kind = table.text("type")
    if kind not in types:
        near = choices(types, kind)
        what = Statement(f"没有这种结果；{near.zh}", f"there is no such type of result; {near.en}")
        table.refuse("type", what, "policy-name-unknown")
    words = table.statement()
    found = DeclaredResult(
        name,
        kind,
        words,
        table.flag("always"),
        table.maybe_statement("holds") or Statement(f"{words.zh}为{{value}}", f"{words.en}: {{value}}"),
        table.maybe_statement("fails") or Statement(f"{words.zh}不为{{value}}", f"{words.en} is not {{value}}"),
        table.maybe_statement("none") or Statement(f"没有{words.zh}", f"there is no {words.en}"),
    )
    table.finish()
    return found


def _results(benefits: Mapping[str, Benefit], file: Table, taken: Collection[str]) -> dict[str, Predicate]:
    """The predicates of the results; a problem for a name that is taken, or that stands for two types."""
    found: dict[str, DeclaredResult] = {}
    for benefit in benefits.values():
        for name, declared in benefit.results.items():
            where, said = f"benefit.{benefit.id}.results.{name}", shown(name)
            if name in taken:
                zh, en = f"已有谓词 {said}；请另取名称", f"there is a predicate {said} already; choose another name"
                file.refuse(where, Statement(zh, en), "policy-key-repeated")
            elif found.setdefault(name, declared).type != declared.type:
                zh = f"另一项权益的结果 {said} 类型为 {found[name].type}；请统一类型，或者另取名称"
                en = f"the result {said} of another benefit is of type {found[name].type}; give both one type, or choose another name"
                file.refuse(f"{where}.type", Statement(zh, en), "policy-key-repeated")
    return {name: declared.predicate for name, declared in found.items()}


def _predicates(file: Table) -> dict[str, Predicate]:
    predicates = {}
    for name, table in file.inner("predicate"):
        arguments = tuple((before, after) for before, _, after in (text.partition(":") for text in table.texts("args")))
        source = table.take("given", str, "rules", required=False)
        totals = file.below(f"predicate.{name}.total", table.take("total", dict, {}, required=False))
        predicates[name] = Predicate(
            name,
            arguments,
            table.statement(),
            source,
            table.flag("shown"),
            table.maybe_statement("fails"),
            table.maybe_statement("none"),
            {variable: totals.statement(variable) for variable in totals.table},
            file.file,
        )
        table.finish()
    file.finish()
    return predicates
