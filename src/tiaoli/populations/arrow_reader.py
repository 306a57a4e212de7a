"""Cases read from Arrow batches: a row as a document of the case format, and whole columns as those of a population.

The columns of a population hold codes of whole numbers; a case that is not seen at once to be in order is marked as irregular,
and read by itself as a document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tiaoli.base import FIRST_DAY, LAST_DAY, to_date
from tiaoli.case import ITEM_ID
from tiaoli.compiled import NEVER, NO_VALUE, CaseColumns, CodeBook, Table
from tiaoli.policy import Code, Decimals, Field, Policy, Set
from tiaoli.populations.arrow_absent import AbsentLists
from tiaoli.populations.arrow_schema import IS_NULL, TEXT, Array, case_schema, smallest_units


class BatchReader:
    """Turns the columns of one batch into those of a population.

    The batch has the columns of `case_schema`. `irregular` marks the cases that have to be read one by one; `absent` are for each field the
    cases in which it is not known, `absent_lists` what is absent and taken as empty; `ids` those of the cases, and of the items of each
    entity.
    """

    def __init__(self, policy: Policy, codes: CodeBook, batch: pa.RecordBatch) -> None:
        self.policy, self.codes, self.batch = policy, codes, batch
        self.size = batch.num_rows
        self.irregular = np.zeros(self.size, bool)
        self.tables: dict[str, Table] = {"": Table(self.size, np.arange(self.size, dtype=np.int32))}
        self.ids: dict[str, pa.Array] = {"": batch.column("id")}
        self.absent: list[tuple[str, Array]] = []
        self.absent_lists = AbsentLists(policy, self.tables, self.ids)

    def read(self) -> CaseColumns:
        """The population: a table of the cases, and one of the items of each list."""
        names = self.ids[""]
        self.irregular |= ~_true(pc.and_(pc.utf8_is_printable(names), pc.greater(pc.utf8_length(names), 0)))
        columns = {name: self.batch.column(name) for name in self.batch.schema.names}
        for field in case_schema(self.policy):
            if not field.nullable:
                self.irregular |= _null(columns[field.name])
        self._read_facts_of(None, "", columns, self.tables[""])
        return CaseColumns(self.codes, self.tables)

    def _read_facts_of(self, entity: str | None, prefix: str, columns: Mapping[str, pa.Array], table: Table) -> None:
        """Read the fields of an entity (of the case itself where there is none), and the lists inside it."""
        for declared in self.policy.fields.values():
            if declared.entity == entity:
                self._read_field(declared, declared.path[len(prefix) :].split("."), columns, table)
        for before, after in self.policy.schema.orders:
            if before.entity != entity:
                continue
            first, last = table.columns[before.predicate], table.columns[after.predicate]
            known = (first != NO_VALUE) & (last != NO_VALUE) & (first != NEVER)
            self._mark_irregular(table, known & (last < first))
        for listed in self.policy.lists.values():
            if listed.parent == entity:
                self._read_list(listed.entity, listed.path, columns.get(listed.path.rpartition(".")[2]), entity, table)

    def _read_list(self, entity: str, path: str, lists: pa.Array | None, parent: str | None, above: Table) -> None:
        self.absent_lists.add(path, parent or "", np.ones(above.size, bool) if lists is None else _null(lists))
        if lists is None:
            lists = pa.nulls(above.size, pa.list_(pa.struct([pa.field("id", TEXT)])))
        counts = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False).astype(np.int64)
        items = lists.flatten()
        holder = np.repeat(np.arange(above.size, dtype=np.int32), counts)
        table = self.tables[entity] = Table(len(holder), above.case[holder], holder if parent else None)
        columns = {field.name: items.field(number) for number, field in enumerate(items.type)}
        if items.null_count:
            self._mark_irregular(table, _null(items))
        own = self.ids[entity] = columns["id"]
        self._mark_irregular(table, ~_true(pc.match_substring_regex(own, f"^{ITEM_ID.pattern}$")))
        # an id stands once among the items of a case, or of the item that holds them
        several = np.flatnonzero(np.repeat(counts > 1, counts))
        if len(several):
            coded = pc.fill_null(own.take(pa.array(several)).dictionary_encode().indices, len(several)).to_numpy(zero_copy_only=False)
            key = np.sort(holder[several].astype(np.int64) * (len(several) + 1) + coded)
            twice = key[1:][key[1:] == key[:-1]] // (len(several) + 1)
            self.irregular[above.case[twice]] = True
        self._read_facts_of(entity, f"{path}.", columns, table)

    def _mark_irregular(self, table: Table, rows: Array) -> None:
        """The cases of these rows are read one by one."""
        self.irregular[table.case[rows]] = True

    def _read_field(self, declared: Field, steps: Sequence[str], columns: Mapping[str, pa.Array], table: Table) -> None:
        several = declared.several
        if not table.size:
            table.columns[declared.predicate] = np.zeros(0, np.int32)
            return
        here, reached, without_record = _inside_records(columns, steps[:-1], table.size)
        value, null = here.get(steps[-1]), _flag(here.get(f"{steps[-1]}{IS_NULL}"), table.size)
        known = np.zeros(table.size, bool) if value is None else reached & ~_null(value)
        column = np.full(table.size, NO_VALUE, np.int32)
        if value is not None and known.any():
            found, good = self._encode(declared, value)
            column[known] = found[known]
            self._mark_irregular(table, known & ~good)
        # a value beside what says that it is null
        self._mark_irregular(table, known & null)
        if several:
            column[~known] = 0
            self.absent_lists.add(declared.path, declared.entity or "", ~(known | without_record))
        elif declared.kind == "record":
            column[null & ~known] = self.codes.words["none"]
        elif declared.nullable:
            column[null & ~known] = NEVER
        table.columns[declared.predicate] = column
        absent = ~(known | null | without_record)
        if not declared.unbounded and not several and absent.any():
            missing = np.zeros(self.size, bool)
            missing[table.case[absent]] = True
            self.absent.append((declared.path, missing))

    def _encode(self, declared: Field, value: pa.Array) -> tuple[Array, Array]:
        """The codes of a column, and which of its values are in the format."""
        kind = declared.type
        if kind.kind == "record":
            return np.full(len(value), self.codes.words["record"], np.int32), np.ones(len(value), bool)
        if isinstance(kind, Set):
            return self._encode_set(list(kind.words), value)
        if kind.kind == "boolean":
            yes, no = self.codes.words["true"], self.codes.words["false"]
            return np.where(_flag(value, len(value)), yes, no).astype(np.int32), np.ones(len(value), bool)
        if kind.kind == "day":
            return _days(value)
        if isinstance(kind, Code):
            coded = _repeated(value)
            numbers = np.array([NO_VALUE if text is None else self.codes.text(text) for text in coded.dictionary.to_pylist()], np.int32)
            good = _true(pc.match_substring_regex(coded.dictionary, f"^({kind.code.pattern.pattern})$"))
            at = pc.fill_null(coded.indices, 0).to_numpy(zero_copy_only=False)
            return (numbers[at], good[at]) if len(numbers) else (np.zeros(len(value), np.int32), np.ones(len(value), bool))
        if kind.span is None:
            return self._encode_words(list(kind.words), value)
        low, high = kind.span
        if isinstance(kind, Decimals):
            numbers = np.where(_null(value), low, smallest_units(value))
        else:
            numbers = pc.fill_null(value, low).to_numpy(zero_copy_only=False)
        good = (numbers >= low) & (numbers <= high)
        return np.where(good, numbers, low).astype(np.int32), good

    def _encode_words(self, words: list[str], value: pa.Array) -> tuple[Array, Array]:
        coded = _repeated(value)
        places = np.append(pc.fill_null(pc.index_in(coded.dictionary, pa.array(words)), -1).to_numpy(zero_copy_only=False), -1)
        at = places[pc.fill_null(coded.indices, len(places) - 1).to_numpy(zero_copy_only=False)]
        return np.array([self.codes.words[word] for word in words], np.int32)[at], at >= 0

    def _encode_set(self, words: list[str], value: pa.Array) -> tuple[Array, Array]:
        counts = pc.fill_null(pc.list_value_length(value), 0).to_numpy(zero_copy_only=False)
        of = np.repeat(np.arange(len(value)), counts)
        at = pc.fill_null(pc.index_in(value.flatten(), pa.array(words)), -1).to_numpy(zero_copy_only=False)
        bits = np.zeros(len(value), np.int32)
        np.bitwise_or.at(bits, of[at >= 0], (1 << at[at >= 0]).astype(np.int32))
        good = np.ones(len(value), bool)
        good[of[at < 0]] = False
        return bits, good


def _inside_records(columns: Mapping[str, pa.Array], steps: Sequence[str], size: int) -> tuple[Mapping[str, pa.Array], Array, Array]:
    """The columns inside some records, one inside the other; in which rows all of these records are there, and in which one is null."""
    reached, without_record = np.ones(size, bool), np.zeros(size, bool)
    for step in steps:
        outer = columns.get(step)
        if outer is None:
            return {}, np.zeros(size, bool), without_record
        reached &= ~_null(outer)
        without_record |= _flag(columns.get(f"{step}{IS_NULL}"), size)
        columns = {field.name: outer.field(number) for number, field in enumerate(outer.type)}
    return columns, reached, without_record


def _repeated(value: pa.Array) -> pa.DictionaryArray:
    return value if pa.types.is_dictionary(value.type) else value.cast(TEXT).dictionary_encode()


def _null(array: pa.Array) -> Array:
    found: Array = pc.is_null(array).to_numpy(zero_copy_only=False)
    return found


def _true(array: pa.Array) -> Array:
    found: Array = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    return found


def _flag(array: pa.Array | None, size: int) -> Array:
    return np.zeros(size, bool) if array is None else _true(array)


def _days(value: pa.Array) -> tuple[Array, Array]:
    since = pc.fill_null(pc.cast(value, pa.int32()), 0).to_numpy(zero_copy_only=False)
    low, high = ((to_date(day) - date(1970, 1, 1)).days for day in (FIRST_DAY, LAST_DAY))
    good = (since >= low) & (since <= high)
    return _DAY_CODES[np.where(good, since - low, 0)], good


def _day_codes() -> Array:
    days = np.arange(np.datetime64(to_date(FIRST_DAY)), np.datetime64(to_date(LAST_DAY)) + 1)
    months = days.astype("datetime64[M]")
    number = months.astype(int) - (FIRST_DAY // 10000 - 1970) * 12
    codes: Array = (number * 31 + (days - months.astype("datetime64[D]")).astype(int)).astype(np.int32)
    return codes


_DAY_CODES = _day_codes()


def days_of_codes(codes: Array) -> Array:
    """The days that codes stand for: the way back from the codes of days."""
    months = (codes // 31 + (FIRST_DAY // 10000 - 1970) * 12).astype("datetime64[M]")
    found: Array = months.astype("datetime64[D]") + codes % 31
    return found
