"""The lists of many cases as relations: which rows belong to one case, and the facts of cases and items at given rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tiaoli.compiled.column_arrays import Array, Rows
from tiaoli.compiled.column_store import NO_VALUE, CaseColumns


class Positions(NamedTuple):
    """The positions of a frame: the rows of a list, or the cases (`over` empty), in order where `case` is `None`; otherwise each in
    the case that is named. `selected` says which of them count, all where it is `None`."""

    over: str
    case: Array | None
    size: int
    selected: Array | None


class Relations:
    """The relations of one set of cases. A join of two lists is made once."""

    def __init__(self, cases: CaseColumns) -> None:
        self.cases = cases
        self._facts_of_case: dict[tuple[str, str], Array] = {}
        self._one_a_case: dict[str, bool] = {"": True}
        self._joins: dict[tuple[str, str], tuple[Array, Rows]] = {}
        self._holders: dict[str, Rows] = {}
        self._complete: dict[str, bool] = {}

    def size(self, entity: str) -> int:
        """How many rows a list has."""
        return self.cases.tables[entity].size

    def case_of(self, entity: str) -> Array:
        """The case of each row of a list."""
        return self.cases.tables[entity].case

    def positions(self, entity: str) -> Positions:
        """The positions that are the rows of a list, or the cases."""
        return Positions(entity, None, self.size(entity), None)

    # Facts

    def read(self, predicate: str, rows: Rows) -> Array:
        """A fact of items, at rows of their list."""
        return rows.read(self.cases.tables[rows.entity].columns, predicate)

    def fact_of_case(self, predicate: str, entity: str) -> Array:
        """A fact of the case, at every row of a list."""
        key = entity, predicate
        if key not in self._facts_of_case:
            self._facts_of_case[key] = self.at_rows(entity, self.cases.tables[""].columns[predicate])
        return self._facts_of_case[key]

    def at_rows(self, entity: str, values: Array) -> Array:
        """A value for each case, at every row of a list."""
        return values if self.one_a_case(entity) else values[self.case_of(entity)]

    def complete(self, predicate: str, entity: str) -> bool:
        """Whether every row of a list has a fact."""
        if predicate not in self._complete:
            self._complete[predicate] = bool(self.cases.tables[entity].columns[predicate].min(initial=0) > NO_VALUE)
        return self._complete[predicate]

    # Joins

    def one_a_case(self, entity: str) -> bool:
        """Whether a list has one row for each case."""
        if entity not in self._one_a_case:
            cases = self.case_of(entity)
            self._one_a_case[entity] = len(cases) == self.cases.size and bool(np.all(cases[1:] > cases[:-1]))
        return self._one_a_case[entity]

    def join_on_case(self, over: str, entity: str) -> tuple[Array, Rows]:
        """Every row of one list, or every case, with each row of another list of the same case: the rows of both."""
        key = over, entity
        if key not in self._joins:
            if self.one_a_case(over):
                # the rows of the other list stand in the same order
                self._joins[key] = self.case_of(entity).astype(np.intp), Rows(entity, None)
            else:
                cases = self.case_of(over)
                offsets = self.cases.case_offsets[entity]
                counts = offsets[cases + 1] - offsets[cases]
                at = np.repeat(np.arange(len(cases)), counts)
                inside = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts - offsets[cases], counts)
                self._joins[key] = at, Rows(entity, inside)
        return self._joins[key]

    def holders(self, rows: Rows, parent: str) -> Rows:
        """The items that hold the items of a list."""
        if rows.entity not in self._holders:
            holder = self.cases.tables[rows.entity].holder
            assert holder is not None
            self._holders[rows.entity] = Rows(parent, holder)
        found = self._holders[rows.entity]
        return found if rows.at is None else found.take(rows.at)
