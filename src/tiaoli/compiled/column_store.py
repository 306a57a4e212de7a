"""Many complete cases as columns: for every list a table with a row an item, for every fact a column of whole numbers.

Rows stand in the order of their cases, and rows inside an item in the order of the items that hold them. Values are coded: words and texts
by their number in a code book, days so that they order like dates and months are added by adding, a set as bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiaoli.base import FIRST_DAY
from tiaoli.compiled.fact_tables import FactTables
from tiaoli.compiled.fragment import attribute
from tiaoli.compiled.runtime import SUP
from tiaoli.policy import Policy

Ints = NDArray[np.int32]

NO_VALUE = -(1 << 31)
"""The value of a column where the row has no such fact."""

NEVER = 1 << 30
"""The code of `#sup` among days: above that of every day."""

_FIRST_YEAR = FIRST_DAY // 10000
_YEARS = 500


def day_code(day: int) -> int:
    """A day's code: 31 numbers for each month since 1900, so that months are added by adding 31."""
    if day == SUP:
        return NEVER
    return ((day // 10000 - _FIRST_YEAR) * 12 + day // 100 % 100 - 1) * 31 + day % 100 - 1


def day_of_code(code: int) -> int:
    """The day of a code: the way back from `day_code`."""
    months, day = divmod(code, 31)
    return (_FIRST_YEAR + months // 12) * 10000 + (months % 12 + 1) * 100 + day + 1


@cache
def last_days() -> Ints:
    """For each code the code itself, or that of the month's last day where it has no such day."""
    codes = np.arange(_YEARS * 372, dtype=np.int32)
    months = np.arange(_YEARS * 12)
    starts = (np.datetime64(f"{_FIRST_YEAR}-01") + months).astype("datetime64[D]")
    ends = (np.datetime64(f"{_FIRST_YEAR}-01") + months + 1).astype("datetime64[D]")
    lengths = (ends - starts).astype(np.int32)
    found: Ints = np.minimum(codes, np.repeat(months.astype(np.int32) * 31 + lengths - 1, 31)).astype(np.int32)
    return found


class CodeBook:
    """The dictionary encoding of columns: numbers for the words of a policy, and for the texts that occur."""

    def __init__(self, policy: Policy) -> None:
        words = [word for table in policy.values.values() for word in table]
        words += ["true", "false", "record", "none", *policy.benefits, *(name for b in policy.benefits.values() for name in b.conditions)]
        self.words = {word: number for number, word in enumerate(dict.fromkeys(words))}
        # those of the tables stand side by side, where one look tells them from others
        listed = dict.fromkeys(code for norm_table in policy.tables.values() for code in norm_table.codes())
        self.texts: dict[str, int] = {code: number for number, code in enumerate(listed)}

    def text(self, text: str) -> int:
        """The number of a text; it is made where there is none."""
        return self.texts.setdefault(text, len(self.texts))


@dataclass
class Table:
    """The rows of one list, or the cases themselves: the case of each row, the row that holds it, and columns by the name of a predicate's
    facts."""

    size: int
    case: Ints
    holder: Ints | None = None
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)

    def offsets(self, of: Ints, number: int) -> NDArray[np.int64]:
        """Where the rows of each case, or of each holder, begin; at the end the number of all rows."""
        return np.concatenate(([0], np.cumsum(np.bincount(of, minlength=number)))).astype(np.int64)


@dataclass
class CaseColumns:
    """Many cases as tables by the entity of their rows; the table of the cases themselves has the empty name."""

    codes: CodeBook
    tables: Mapping[str, Table]

    @property
    def size(self) -> int:
        """How many cases there are."""
        return self.tables[""].size

    @cached_property
    def case_offsets(self) -> dict[str, NDArray[np.int64]]:
        """Where the rows of each case begin, for each entity."""
        return {name: table.offsets(table.case, self.size) for name, table in self.tables.items() if name}

    def holder_offsets(self, entity: str, parent: str) -> NDArray[np.int64]:
        """Where the rows of each holder begin."""
        if entity not in self._holder_offsets:
            table = self.tables[entity]
            assert table.holder is not None
            self._holder_offsets[entity] = table.offsets(table.holder, self.tables[parent].size)
        return self._holder_offsets[entity]

    _holder_offsets: dict[str, NDArray[np.int64]] = field(default_factory=dict)


def columns_of(policy: Policy, codes: CodeBook, cases: Iterable[FactTables]) -> CaseColumns:
    """The columns of cases whose facts were read one by one."""
    read = list(cases)
    tables = {"": Table(len(read), np.arange(len(read), dtype=np.int32))}
    rows: dict[str, dict[tuple[int, str], int]] = {"": {}}
    for listed in policy.lists.values():
        names = [(number, name) for number, facts in enumerate(read) for name in facts.items.get(listed.entity, ())]
        rows[listed.entity] = {key: row for row, key in enumerate(names)}
        case = np.array([number for number, _ in names], dtype=np.int32)
        holder = None
        if listed.parent is not None:
            above = rows[listed.parent]
            holder = np.array([above[number, name.rpartition("/")[0]] for number, name in names], dtype=np.int32)
        tables[listed.entity] = Table(len(names), case, holder)
    for declared in policy.fields.values():
        name = attribute(declared.predicate)
        code = coder(policy, codes, declared.value_type, declared.several)
        if declared.entity is None:
            found = [getattr(facts, name) for facts in read]
        else:
            found = [getattr(read[number], name).get(item) for number, item in rows[declared.entity]]
        column = [NO_VALUE if value is None else code(value) for value in found]
        tables[declared.entity or ""].columns[declared.predicate] = np.array(column, dtype=np.int32)
    return CaseColumns(codes, tables)


def coder(policy: Policy, codes: CodeBook, kind: str, several: bool = False) -> Any:
    """The function that turns a value of a type, as fact tables have it, into its number."""
    if several:
        places = {word: 1 << number for number, word in enumerate(policy.values[kind])}
        return lambda value: sum(places[word] for word in value)
    if kind == "day":
        return day_code
    if kind in policy.values or kind in ("boolean", "record", "benefit", "condition"):
        return codes.words.__getitem__
    return codes.text if kind == "code" else int
