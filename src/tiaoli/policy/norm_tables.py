"""The tables of a norm: rows with typed columns and a key, which become facts: an annex of occupations, a standard for each level; read
from policy.toml and CSV files, with every problem of their form: file, line, column, cure."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from tiaoli.base import FIRST_DAY, LAST_DAY, Problem, Statement, choices, shown, to_day
from tiaoli.policy.code_types import CodeKind
from tiaoli.policy.currency import Currency
from tiaoli.policy.tables import Table
from tiaoli.policy.units import Unit, whole_unit
from tiaoli.rules import Fact, Name

COLUMN_TYPES = ("integer", "money", "percent", "day", "code", "enum", "label")
"""What a column can hold: a label has words for a row and is in no fact."""

SOURCE = "source.txt"
"""The text as it came, and what a table names that stands in it."""

Cell = int | str


class Column(NamedTuple):
    """A column: its name and type, with the value table or the kind of code that it names; the type of the argument that it becomes
    (`None` where it is in no fact); the least and the largest value, and for a percentage how many decimals one has. `complete` says that
    every whole number between them is a key; `form` is that of codes."""

    name: str
    statement: Statement
    type: str
    table: str
    argument: str | None
    low: int
    high: int
    decimals: int = 0
    complete: bool = False
    form: re.Pattern[str] | None = None


class TableRow(NamedTuple):
    """A row: its line in the file, its cells as they are written there, and their values as rules see them."""

    line: int
    written: tuple[str, ...]
    cells: tuple[Cell, ...]


class NormTable(NamedTuple):
    """A table of a norm, with the file that holds it.

    `within` is the clause of the text, or `source.txt`, in which its rows stand; `origin` names another source that they come from.
    `holds`, `fails` and `none` are the sentences of its predicate.
    """

    name: str
    file: str
    statement: Statement
    predicate: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: tuple[TableRow, ...]
    within: str | None
    origin: Statement | None
    holds: Statement
    fails: Statement
    none: Statement

    def arguments(self) -> tuple[tuple[str, str], ...]:
        """The arguments of its predicate, by name and type."""
        return tuple((column.name, column.argument) for column in self.columns if column.argument is not None)

    def fact(self, row: TableRow) -> Fact:
        """What a row says to the rules."""
        cells = ((column, cell) for column, cell in zip(self.columns, row.cells, strict=True) if column.argument is not None)
        return Fact(self.predicate, tuple(Name(str(cell)) if column.type == "enum" else cell for column, cell in cells))

    def key_of(self, row: TableRow) -> tuple[Cell, ...]:
        """The cells that tell a row from the others."""
        return tuple(row.cells[place] for place, column in enumerate(self.columns) if column.name in self.key)

    def named(self, row: TableRow) -> str:
        """A row as a person names it: its label, or its key."""
        labels = [row.written[place] for place, column in enumerate(self.columns) if column.type == "label"]
        return f"{labels[0]} ({self.written_key(row)})" if labels else self.written_key(row)

    def written_key(self, row: TableRow) -> str:
        """The key of a row as it is written."""
        return ", ".join(row.written[place] for place, column in enumerate(self.columns) if column.name in self.key)

    def places_of(self, type: str) -> list[int]:
        """The places of its columns of a type."""
        return [place for place, column in enumerate(self.columns) if column.type == type]

    def labels(self) -> Mapping[str, str]:
        """The label of each code, where it has both."""
        codes, labels = self.places_of("code"), self.places_of("label")
        return {str(row.cells[codes[0]]): str(row.cells[labels[0]]) for row in self.rows} if codes and labels else {}

    def codes(self) -> tuple[str, ...]:
        """The codes in it, in the order of its rows."""
        return tuple(dict.fromkeys(str(row.cells[place]) for row in self.rows for place in self.places_of("code")))


MOST_CELL = 1_000_000_000
"""The largest number in a table, as rules see it: what keeps their arithmetic inside 32 bits."""

_RANGES = {"integer": (0, MOST_CELL), "money": (0, MOST_CELL), "percent": (0, 10**3), "day": (FIRST_DAY, LAST_DAY)}


def build_norm_tables(
    about: Table,
    texts: Mapping[str, str],
    values: Mapping[str, Collection[str]],
    codes: Mapping[str, CodeKind],
    units: Mapping[str, Unit],
    currency: Currency,
) -> dict[str, NormTable]:
    """The tables that policy.toml declares, with the rows of their files in `texts`. `values` are the words of enumerations, `codes` the
    kinds of code, `units` the units of numbers."""
    found = {}
    for name, declared in about.inner("table"):
        before = len(about.problems)
        reader = _Reader(declared, name, values, codes, units, currency)
        table = reader.declared()
        declared.finish()
        if table.file in texts and len(about.problems) == before:
            table = table._replace(rows=tuple(reader.rows(table, texts[table.file])))
            reader.complete(table)
        found[name] = table
    read = {table.file for table in found.values()}
    for file in texts.keys() - read:
        zh = f"policy.toml 没有声明读取此文件的表；请写 [table.名称]，并列出 file = {shown(file)[1:-1]!r}"
        en = f'no table of policy.toml reads this file; declare one, `[table.NAME]` with `file = "{file}"`, or delete the file'
        about.problems.append(Problem(file, Statement(zh, en), "table-undeclared"))
    return found


class _Reader:
    """Reads one table."""

    def __init__(
        self,
        table: Table,
        name: str,
        values: Mapping[str, Collection[str]],
        codes: Mapping[str, CodeKind],
        units: Mapping[str, Unit],
        currency: Currency,
    ) -> None:
        self.table, self.name, self.values, self.codes, self.units, self.currency = table, name, values, codes, units, currency

    def declared(self) -> NormTable:
        """The table without its rows."""
        table = self.table
        predicate = table.take("predicate", str, self.name, required=False)
        if not re.fullmatch("[a-z][a-z0-9_]*", predicate):
            what = Statement(
                "谓词名须以小写字母开头，由小写字母、数字和 _ 组成", "a predicate is small letters, digits and _, a letter first"
            )
            table.refuse("predicate", what)
        columns = tuple(self._column(name, inner) for name, inner in self._columns())
        key = table.texts("key")
        for name in key:
            if name not in [column.name for column in columns]:
                near = choices([column.name for column in columns], name)
                table.refuse("key", Statement(f"没有列 {shown(name)}；{near.zh}", f"there is no column {shown(name)}; {near.en}"))
        if not key:
            table.refuse("key", Statement("须列出构成主键的列", "the columns of the key are wanted"), "policy-key-missing")
        within, origin = table.take("within", str, None, required=False), table.maybe_statement("from")
        if (within is None) == (origin is None):
            zh = '须写明表的出处：在本文内写 within = "条款"（或 "source.txt"），否则写 from = { zh, en }'
            en = 'say where it comes from: `within = "CLAUSE"` (or "source.txt") for a table of the text, else `from = { zh, en }`'
            table.refuse("within", Statement(zh, en), "policy-key-missing")
        words = table.statement()
        parts = [column for column in columns if column.argument is not None]
        slots = Statement(
            "，".join(f"{column.statement.zh}为{{{column.name}}}" for column in parts),
            ", ".join(f"{column.statement.en} {{{column.name}}}" for column in parts),
        )
        return NormTable(
            self.name,
            table.text("file"),
            words,
            predicate,
            columns,
            key,
            (),
            within,
            origin,
            table.maybe_statement("holds") or Statement(f"{words.zh}载明：{slots.zh}", f"{words.en} has: {slots.en}"),
            table.maybe_statement("fails") or Statement(f"{words.zh}未载明：{slots.zh}", f"{words.en} does not have: {slots.en}"),
            table.maybe_statement("none") or Statement(f"{words.zh}没有相应的行", f"{words.en} has no such row"),
        )

    def _columns(self) -> Iterator[tuple[str, Table]]:
        for name, inner in self.table.take("columns", dict, {}).items():
            yield name, self.table.below(f"{self.table.path}.columns.{name}", inner)

    def _column(self, name: str, table: Table) -> Column:
        kind, _, words = table.text("type").partition(":")
        known = [name for name in COLUMN_TYPES if name not in ("code", "enum")]
        known += [*(f"code:{code}" for code in self.codes), *(f"enum:{value}" for value in self.values)]
        if table.text("type") not in known:
            near = choices(known, table.text("type"))
            what = Statement(f"没有这种列；{near.zh}", f"there is no such type of column; {near.en}")
            table.refuse("type", what, "policy-name-unknown")
        low, high = _RANGES.get(kind, (0, 0))
        unit, decimals, complete = "count", 0, False
        if kind == "integer":
            unit = whole_unit(table, table.take("unit", str, "count", required=False), self.units)
            low, high = table.take("min", int, low, required=False), table.take("max", int, high, required=False)
            complete = table.flag("complete")
            if complete and not {"min", "max"} <= table.table.keys():
                table.refuse("complete", Statement("须同时写明 min 和 max", "`min` and `max` are wanted beside it"))
        elif kind == "percent":
            decimals = table.take("decimals", int, 0, required=False)
            high *= 10 ** max(decimals, 0)
        arguments = {"integer": unit, "enum": words, "label": None, "percent": "count" if decimals else "percent"}
        argument = arguments.get(kind, kind) if table.take("fact", bool, True, required=False) else None
        words_of = table.statement() if {"zh", "en"} & table.table.keys() else Statement(name, name)
        table.finish()
        form = self.codes[words].pattern if kind == "code" and words in self.codes else None
        return Column(name, words_of, kind, words, argument, low, high, decimals, complete, form)

    def rows(self, table: NormTable, text: str) -> Iterator[TableRow]:
        """The rows of a file; a problem for each that is none, and for each key that stands twice."""
        lines = list(csv.reader(text.splitlines()))
        names = [column.name for column in table.columns]
        head = lines[0] if lines else []
        if head != names:
            zh, en = f"第一行须为 {','.join(names)}", f"the first line must be {','.join(names)}"
            self._refuse(f"{table.file}:1", Statement(zh, en), "table-header")
            return
        keys: dict[tuple[Cell, ...], int] = {}
        for number, cells in enumerate(lines[1:], 2):
            if not any(cells):
                continue
            if len(cells) != len(names):
                zh, en = f"须有 {len(names)} 格，而不是 {len(cells)} 格", f"{len(names)} cells are wanted, not {len(cells)}"
                self._refuse(f"{table.file}:{number}", Statement(zh, en), "table-cell")
                continue
            read = [self._cell(table, number, column, cell.strip()) for column, cell in zip(table.columns, cells, strict=True)]
            values = tuple(value for value in read if value is not None)
            if len(values) < len(read):
                continue
            row = TableRow(number, tuple(cell.strip() for cell in cells), values)
            key = table.key_of(row)
            if key in keys:
                said = shown(", ".join(cell for cell, column in zip(row.written, names, strict=True) if column in table.key))
                zh, en = f"主键 {said} 与第 {keys[key]} 行重复", f"the key {said} stands in line {keys[key]} already"
                self._refuse(f"{table.file}:{number}", Statement(zh, en), "table-key")
                continue
            keys[key] = number
            yield row

    def _cell(self, table: NormTable, line: int, column: Column, cell: str) -> Cell | None:
        """The value of a cell; `None` where it has none, which is a problem."""
        value: Cell | None = None
        with suppress(ValueError):
            value = self._value(column, cell)
        if value is None or (isinstance(value, int) and not column.low <= value <= column.high):
            wanted = self._wanted(column)
            what = Statement(
                f"列 {column.name}：{shown(cell)} 不可用；须为{wanted.zh}",
                f"column {column.name}: {shown(cell)} is not accepted; {wanted.en}",
            )
            self._refuse(f"{table.file}:{line}", what, "table-cell")
            return None
        return value

    def _value(self, column: Column, cell: str) -> Cell | None:
        """Raises `ValueError` where the cell is no value of the column."""
        match column.type:
            case "integer":
                return int(cell) if re.fullmatch("[0-9]{1,10}", cell, re.ASCII) else None
            case "money":
                return self.currency.units(Decimal(cell)) if re.fullmatch(self.currency.pattern, cell, re.ASCII) else None
            case "percent":
                form = r"[0-9]{1,5}" + (rf"(\.[0-9]{{1,{column.decimals}}})?" if column.decimals else "")
                return int(Decimal(cell).scaleb(column.decimals)) if re.fullmatch(form, cell, re.ASCII) else None
            case "day":
                return to_day(date.fromisoformat(cell)) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell, re.ASCII) else None
            case "code":
                return cell if self.codes[column.table].pattern.fullmatch(cell) else None
            case "enum":
                return cell if cell in self.values[column.table] else None
            case _:
                return cell or None

    def _wanted(self, column: Column) -> Statement:
        match column.type:
            case "integer":
                return Statement(f" {column.low} 至 {column.high} 的整数", f"a whole number from {column.low} to {column.high} is wanted")
            case "money":
                one = self.currency.text(Decimal(1234))
                return Statement(f"金额，如 {one}", f"an amount like {one} is wanted")
            case "percent":
                most = f"{Decimal(column.high).scaleb(-column.decimals):f}"
                zh = f" 0 至 {most} 的百分数，至多 {column.decimals} 位小数，不写 %"
                return Statement(zh, f"a percentage from 0 to {most} with at most {column.decimals} decimals and without % is wanted")
            case "day":
                return Statement("日期，如 2025-03-01", "a day like 2025-03-01 is wanted")
            case "code":
                code = self.codes[column.table]
                zh, en = f"{code.statement.zh}，形如 {code.example}", f"an {code.statement.en} is wanted, like {code.example}"
                return Statement(zh, en)
            case "enum":
                words = choices(self.values[column.table])
                return Statement(words.zh, words.en)
            case _:
                return Statement("文字", "words are wanted")

    def complete(self, table: NormTable) -> None:
        """A problem for every key that a range has and no row."""
        for place, column in enumerate(table.columns):
            if not column.complete:
                continue
            others = [other for other, each in enumerate(table.columns) if each.name in table.key and other != place]
            there = {(row.cells[place], *(row.cells[other] for other in others)) for row in table.rows}
            beside = dict.fromkeys(tuple(row.cells[other] for other in others) for row in table.rows)
            for number, rest in product(range(column.low, column.high + 1), beside):
                if (number, *rest) not in there:
                    said = shown(", ".join(map(str, (number, *rest))))
                    zh, en = (
                        f"缺少主键 {said} 的一行（{column.name} 须齐全）",
                        f"no row has the key {said}, and {column.name} must be complete",
                    )
                    self._refuse(table.file, Statement(zh, en), "table-gap")

    def _refuse(self, where: str, what: Statement, id: str) -> None:
        self.table.problems.append(Problem(where, what, id))
