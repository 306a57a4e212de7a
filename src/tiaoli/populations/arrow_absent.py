"""The lists that cases of a batch leave out, so that each decision over columns says what was taken as empty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from tiaoli.compiled import Table
from tiaoli.policy import Policy
from tiaoli.populations.arrow_schema import Array


class ListsOfRows(NamedTuple):
    """A list for each of some rows: the lists that occur, and which of them is that of each row."""

    lists: list[list[str]]
    which: Array


class _Absent(NamedTuple):
    """A list, or a field that holds a set, and the rows of the table of the items that should hold it in which it is absent."""

    path: str
    entity: str
    rows: Array


_Named = tuple[tuple[int, ...], str]
"""The path of an absent list inside an item, after what it is ordered by."""


class AbsentLists:
    """What is absent from the cases of a batch, added in the order in which a case is read, of which paths are told in that order."""

    def __init__(self, policy: Policy, tables: Mapping[str, Table], ids: Mapping[str, pa.Array]) -> None:
        self._policy, self._tables, self._ids = policy, tables, ids
        self._found: list[_Absent] = []
        self._rank: dict[str, int] = {}

    def add(self, path: str, entity: str, rows: Array) -> None:
        """Say in which rows the list or set at a path is absent; `entity` is that of the items that should hold it, empty for the case."""
        self._rank[path] = len(self._rank)
        if rows.any():
            self._found.append(_Absent(path, entity, rows))

    def rested_on(self, subject: str, reads: Callable[[str], bool]) -> ListsOfRows:
        """For each item that is a subject of a benefit, the absent lists that its decision can rest on. `reads` says of a path whether the
        benefit looks at it."""
        table, top = self._tables[subject], self._top_rows(subject)
        bearing = [absent for absent in self._found if reads(absent.path)]
        lists, which = self._of_cases([absent for absent in bearing if not absent.entity], table)
        inside = self._of_items([absent for absent in bearing if absent.entity], subject)
        for row in np.flatnonzero(np.isin(table.case, [*inside[False]]) | np.isin(top, [*inside[True]])).tolist():
            named: list[_Named] = [((self._rank[path],), path) for path in lists[which[row]]]
            named += inside[False].get(int(table.case[row]), []) + inside[True].get(int(top[row]), [])
            which[row] = len(lists)
            lists.append([path for _, path in sorted(named)])
        return ListsOfRows(lists, which)

    @staticmethod
    def _of_cases(absent: list[_Absent], table: Table) -> ListsOfRows:
        lists: list[list[str]] = [[]]
        which = np.zeros(table.size, np.int64)
        for path, _, rows in absent:
            codes = which * 2 + rows[table.case]
            used = np.flatnonzero(np.bincount(codes, minlength=1))
            lists = [lists[code // 2] + [path] * (code % 2) for code in used.tolist()]
            which = np.searchsorted(used, codes)
        return ListsOfRows(lists, which)

    def _of_items(self, absent: list[_Absent], subject: str) -> dict[bool, dict[int, list[_Named]]]:
        """The absent lists inside items: under `True` those of the list that the subject stands in, by the item at the top that holds them,
        under `False` all others by their case."""
        found: dict[bool, dict[int, list[_Named]]] = {True: defaultdict(list), False: defaultdict(list)}
        for path, entity, rows in absent:
            own = self._top_of(entity) == self._top_of(subject)
            for row in np.flatnonzero(rows).tolist():
                order, name, at = self._named(path, entity, row)
                found[own][at if own else int(self._tables[entity].case[row])].append((order, name))
        return found

    def _named(self, path: str, entity: str, row: int) -> tuple[tuple[int, ...], str, int]:
        """What an absent list inside an item is ordered by, its path in the case, and the row of the item at the top that holds it."""
        order, key = [self._rank[path]], path
        at = row
        while entity:
            declared = self._policy.list_of[entity]
            key = f"{declared.path}.{self._ids[entity][at].as_py()}{key[len(declared.path) :]}"
            order = [self._rank[declared.path], at, *order]
            top, entity = at, declared.parent or ""
            if entity:
                holder = self._tables[declared.entity].holder
                assert holder is not None
                at = int(holder[at])
        return tuple(order), key, top

    def _top_of(self, entity: str) -> str:
        parent = self._policy.list_of[entity].parent
        return self._top_of(parent) if parent else entity

    def _top_rows(self, entity: str) -> Array:
        """For each item of an entity, the row of the item at the top that holds it."""
        table = self._tables[entity]
        parent = self._policy.list_of[entity].parent
        if parent is None:
            return np.arange(table.size)
        assert table.holder is not None
        return self._top_rows(parent)[table.holder]
