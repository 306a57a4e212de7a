"""The tables of a norm: rows with typed columns and a key, which become facts: an annex of occupations, a standard for each level."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tiaoli.base import Statement
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

    def row_of(self, arguments: tuple[object, ...]) -> TableRow | None:
        """The row that a fact of its predicate comes from."""
        return next((row for row in self.rows if self.fact(row).arguments == arguments), None)

    def key_of(self, row: TableRow) -> tuple[Cell, ...]:
        """The cells that tell a row from the others."""
        return tuple(row.cells[place] for place, column in enumerate(self.columns) if column.name in self.key)

    def named(self, row: TableRow) -> str:
        """A row as a person names it: its label, or its key."""
        labels = [row.written[place] for place, column in enumerate(self.columns) if column.type == "label"]
        keys = [row.written[place] for place, column in enumerate(self.columns) if column.name in self.key]
        return f"{labels[0]} ({', '.join(keys)})" if labels else ", ".join(keys)

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
