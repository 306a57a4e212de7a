"""Cases as Arrow batches: the case format's own shape in nested columns, a row a case in, a row a decision out.

A missing value is absent. Where the format's `null` has a meaning a boolean stands beside the field: `end_is_null`. A null list is
absent, an empty one is empty. Cases that are complete and seen at once to be in order are decided over columns; every other goes the
long way, as a line of JSON does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tiaoli.base import FIRST_DAY, LAST_DAY, CaseError, InternalError, Problem, Statement, to_date
from tiaoli.case import ITEM_ID, MOST_MONEY, Case, days_in_order
from tiaoli.compiled import NEVER, NO_VALUE, CaseColumns, CodeBook, ColumnEvaluator, ColumnRules, Fallback, OutsideError, Rows, Table
from tiaoli.decide import OUTCOMES, Condition, Decision, decide_chunk
from tiaoli.encoding import RANGES
from tiaoli.oracle import Oracle
from tiaoli.policy import OCCUPATION_CODE, Benefit, Field, Policy
from tiaoli.populations.totals import Totals

Array = NDArray[Any]

IS_NULL = "_is_null"
"""What the name of a field ends with that says whether the field is the format's `null`."""

MONEY = pa.decimal128(12, 2)

_TEXT = pa.string()
_TYPES = {"day": pa.date32(), "boolean": pa.bool_(), "money": MONEY, "level": pa.int32(), "months": pa.int32()}

REPEATED = pa.dictionary(pa.int32(), _TEXT)
"""Texts of which few differ: what Parquet has of them is read sooner than the texts themselves."""


# The schema


def case_schema(policy: Policy, words: pa.DataType = _TEXT) -> pa.Schema:
    """The Arrow schema of cases; `words` is the type of the fields that hold a word or a code."""
    return pa.schema([pa.field("id", pa.string(), nullable=False), *_fields_of(policy, None, "", words)])


def worded(policy: Policy) -> frozenset[str]:
    """The paths of the fields that hold a word or a code."""
    return frozenset(
        declared.path
        for declared in policy.fields.values()
        if declared.type == "code" or (declared.type not in (*_TYPES, "record") and not declared.type.startswith("set:"))
    )


def _fields_of(policy: Policy, entity: str | None, prefix: str, words: pa.DataType) -> list[pa.Field]:
    found: dict[str, Any] = {}
    for declared in policy.fields.values():
        if declared.entity == entity:
            _put(found, declared.path[len(prefix) :].split("."), declared)
    fields = [field for key, value in found.items() for field in _arrow_fields(key, value, words)]
    for listed in policy.lists.values():
        if listed.parent == entity:
            inside = [pa.field("id", pa.string()), *_fields_of(policy, listed.entity, f"{listed.path}.", words)]
            fields.append(pa.field(listed.path.rpartition(".")[2], pa.list_(pa.struct(inside))))
    return fields


def _put(found: dict[str, Any], steps: Sequence[str], declared: Field) -> None:
    if len(steps) == 1 and declared.type != "record":
        found[steps[0]] = declared
        return
    inner = found.setdefault(steps[0], {})
    if len(steps) == 1:
        inner[""] = declared
    else:
        _put(inner, steps[1:], declared)


def _arrow_fields(key: str, value: Any, words: pa.DataType) -> Iterator[pa.Field]:
    nullable = False
    if isinstance(value, dict):
        record = value.get("")
        nullable = record is not None
        inside = [field for name, inner in value.items() if name for field in _arrow_fields(name, inner, words)]
        yield pa.field(key, pa.struct(inside))
    else:
        nullable = value.nullable
        kind = pa.list_(_TEXT) if value.type.startswith("set:") else _TYPES.get(value.type, words)
        yield pa.field(key, kind, nullable=key != "applied_on")
    if nullable:
        yield pa.field(f"{key}{IS_NULL}", pa.bool_())


def decision_schema() -> pa.Schema:
    """The Arrow schema of decisions."""
    names = pa.list_(pa.string())
    return pa.schema(
        [
            pa.field("case", pa.string(), nullable=False),
            pa.field("benefit", pa.string(), nullable=False),
            pa.field("subject", pa.string(), nullable=False),
            pa.field("clause", pa.string(), nullable=False),
            pa.field("outcome", pa.string(), nullable=False),
            pa.field("amount", MONEY),
            pa.field("standard", MONEY),
            pa.field("rate", pa.decimal128(5, 2)),
            *(pa.field(name, names, nullable=False) for name in ("met", "unmet", "unknown", "gap")),
        ]
    )


class Words:
    """The words that decisions repeat, as one dictionary of each kind: a column of numbers into it is written far sooner than the texts.

    `schema` is that of decisions in this form; parts of a result have the same dictionaries, so they can be joined.
    """

    def __init__(self, policy: Policy) -> None:
        benefits = policy.benefits.values()
        self.known = {
            "benefit": _dictionary(policy.benefits),
            "clause": _dictionary(benefit.clause for benefit in benefits),
            "outcome": _dictionary(OUTCOMES),
            "condition": _dictionary(name for benefit in benefits for name in benefit.conditions),
        }
        coded = pa.dictionary(_NUMBERS, _TEXT)
        kinds = {**dict.fromkeys(("benefit", "clause", "outcome"), coded), **dict.fromkeys(("met", "unmet", "unknown"), pa.list_(coded))}
        self.schema = pa.schema([field.with_type(kinds.get(field.name, field.type)) for field in decision_schema()])

    def at(self, kind: str, texts: Sequence[str], which: Array) -> pa.DictionaryArray:
        """The texts of a kind that are named by their places."""
        numbers = pc.index_in(pa.array(texts, _TEXT), self.known[kind]).cast(_NUMBERS)
        return pa.DictionaryArray.from_arrays(numbers.take(pa.array(which)), self.known[kind])

    def lists(self, lists: Sequence[Sequence[str]]) -> pa.ListArray:
        """Lists of conditions."""
        texts = pa.array([text for found in lists for text in found], _TEXT)
        numbers = pc.index_in(texts, self.known["condition"]).cast(_NUMBERS)
        ends = np.cumsum([0, *map(len, lists)]).astype(np.int32)
        return pa.ListArray.from_arrays(pa.array(ends), pa.DictionaryArray.from_arrays(numbers, self.known["condition"]))

    def coded(self, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
        """Decisions as rows of plain data in this form."""
        columns = []
        every = np.arange(len(rows))
        for field in self.schema:
            values = [row[field.name] for row in rows]
            if pa.types.is_dictionary(field.type):
                columns.append(self.at(field.name, values, every))
            elif pa.types.is_list(field.type) and pa.types.is_dictionary(field.type.value_type):
                columns.append(self.lists(values))
            else:
                columns.append(pa.array(values, field.type))
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)


_NUMBERS = pa.int16()


def _dictionary(words: Iterable[str]) -> pa.Array:
    return pa.array(dict.fromkeys(words), pa.string())


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with every column of the schema; what is not there is absent."""
    columns = [
        batch.column(field.name).cast(field.type) if field.name in batch.schema.names else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, names=schema.names)


# From rows to documents


def document(row: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """A row as a document of the case format. Raises `CaseError` where it contradicts itself."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        if key.endswith(IS_NULL):
            if value:
                name = key.removesuffix(IS_NULL)
                if row.get(name) is not None:
                    raise CaseError.one(f"{path}{name}", f"有值，而 {key} 为 true", f"has a value while {key} is true")
                found[name] = None
        elif value is not None:
            found[key] = _plain(value, f"{path}{key}")
    return found


def _plain(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return document(value, f"{path}.")
    if isinstance(value, list):
        named = [inner.get("id") if isinstance(inner, dict) else None for inner in value]
        return [
            _plain(inner, f"{path}.{name}" if name else f"{path}[{at}]") for at, (inner, name) in enumerate(zip(value, named, strict=True))
        ]
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


# From batches to columns


class _Reader:
    """Turns the columns of one batch into those of a population; `odd` marks the cases that have to go the long way."""

    def __init__(self, policy: Policy, codes: CodeBook, batch: pa.RecordBatch) -> None:
        self.policy, self.codes, self.batch = policy, codes, batch
        self.size = batch.num_rows
        self.odd = np.zeros(self.size, bool)
        self.tables: dict[str, Table] = {"": Table(self.size, np.arange(self.size, dtype=np.int32))}
        self.ids: dict[str, pa.Array] = {"": batch.column("id")}
        self.absent: list[tuple[str, Array]] = []
        self.orders = days_in_order()

    def read(self) -> CaseColumns:
        names = self.ids[""]
        self.odd |= ~_true(pc.and_(pc.utf8_is_printable(names), pc.greater(pc.utf8_length(names), 0)))
        columns = {name: self.batch.column(name) for name in self.batch.schema.names}
        self._owner(None, "", columns, self.tables[""])
        return CaseColumns(self.codes, self.tables)

    def _owner(self, entity: str | None, prefix: str, columns: Mapping[str, pa.Array], table: Table) -> None:
        for declared in self.policy.fields.values():
            if declared.entity == entity:
                self._field(declared, declared.path[len(prefix) :].split("."), columns, table)
        listed_path = prefix.removesuffix(".")
        if listed_path in self.orders:
            first, last = (
                table.columns[declared.predicate]
                for end in self.orders[listed_path]
                for declared in self.policy.fields.values()
                if declared.path == f"{prefix}{end}"
            )
            known = (first != NO_VALUE) & (last != NO_VALUE) & (first != NEVER)
            self._mark(table, known & (last < first))
        for listed in self.policy.lists.values():
            if listed.parent == entity:
                self._list(listed.entity, listed.path, columns.get(listed.path.rpartition(".")[2]), entity, table)

    def _list(self, entity: str, path: str, lists: pa.Array | None, parent: str | None, above: Table) -> None:
        if lists is None:
            lists = pa.nulls(above.size, pa.list_(pa.struct([pa.field("id", pa.string())])))
        counts = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False).astype(np.int64)
        items = lists.flatten()
        holder = np.repeat(np.arange(above.size, dtype=np.int32), counts)
        table = self.tables[entity] = Table(len(holder), above.case[holder], holder if parent else None)
        columns = {field.name: items.field(number) for number, field in enumerate(items.type)}
        if items.null_count:
            self._mark(table, _null(items))
        own = self.ids[entity] = columns["id"]
        self._mark(table, ~_true(pc.match_substring_regex(own, f"^{ITEM_ID.pattern}$")))
        # an id stands once among the items of a case, or of the item that holds them
        several = np.flatnonzero(np.repeat(counts > 1, counts))
        if len(several):
            coded = pc.fill_null(own.take(pa.array(several)).dictionary_encode().indices, len(several)).to_numpy(zero_copy_only=False)
            key = np.sort(holder[several].astype(np.int64) * (len(several) + 1) + coded)
            twice = key[1:][key[1:] == key[:-1]] // (len(several) + 1)
            self.odd[above.case[twice]] = True
        self._owner(entity, f"{path}.", columns, table)

    def _mark(self, table: Table, rows: Array) -> None:
        """The cases of these rows go the long way."""
        self.odd[table.case[rows]] = True

    def _field(self, declared: Field, steps: Sequence[str], columns: Mapping[str, pa.Array], table: Table) -> None:
        if not table.size:
            table.columns[declared.predicate] = np.zeros(0, np.int32)
            return
        here: Mapping[str, pa.Array] = columns
        reached = np.ones(table.size, bool)
        gone = np.zeros(table.size, bool)
        for step in steps[:-1]:
            outer = here.get(step)
            if outer is None:
                reached[:] = False
                here = {}
                break
            reached &= ~_null(outer)
            gone |= _flag(here.get(f"{step}{IS_NULL}"), table.size)
            here = {field.name: outer.field(number) for number, field in enumerate(outer.type)}
        value, key = here.get(steps[-1]), steps[-1]
        null = _flag(here.get(f"{key}{IS_NULL}"), table.size)
        known = np.zeros(table.size, bool) if value is None else reached & ~_null(value)
        column = np.full(table.size, NO_VALUE, np.int32)
        if value is not None and known.any():
            found, good = self._coded(declared, value)
            column[known] = found[known]
            self._mark(table, known & ~good)
        # a value beside what says that it is null
        self._mark(table, known & null)
        if declared.type == "record":
            column[null & ~known] = self.codes.words["none"]
        elif declared.nullable:
            column[null & ~known] = NEVER
        table.columns[declared.predicate] = column
        several = declared.type.startswith("set:")
        if not declared.elsewhere and not several:
            absent = ~(known | null | gone)
            if absent.any():
                missing = np.zeros(self.size, bool)
                missing[table.case[absent]] = True
                self.absent.append((declared.path, missing))
        if several:
            column[~known] = 0

    def _coded(self, declared: Field, value: pa.Array) -> tuple[Array, Array]:
        """The codes of a column, and which of its values are in the format."""
        kind = declared.type
        if kind == "record":
            return np.full(len(value), self.codes.words["record"], np.int32), np.ones(len(value), bool)
        if kind.startswith("set:"):
            return self._members(declared, value)
        if kind == "boolean":
            yes, no = self.codes.words["true"], self.codes.words["false"]
            return np.where(_flag(value, len(value)), yes, no).astype(np.int32), np.ones(len(value), bool)
        if kind == "day":
            return _days(value)
        if kind == "money":
            fen = np.where(_null(value), 0, _hundredths(pc.cast(value, MONEY)))
            good = (fen > 0) & (fen <= int(MOST_MONEY * 100))
            return np.where(good, fen, 1).astype(np.int32), good
        if kind == "code":
            coded = _repeated(value)
            numbers = np.array([NO_VALUE if text is None else self.codes.text(text) for text in coded.dictionary.to_pylist()], np.int32)
            good = _true(pc.match_substring_regex(coded.dictionary, f"^{OCCUPATION_CODE.pattern}$"))
            at = pc.fill_null(coded.indices, 0).to_numpy(zero_copy_only=False)
            return (numbers[at], good[at]) if len(numbers) else (np.zeros(len(value), np.int32), np.ones(len(value), bool))
        if declared.table:
            return self._words(list(self.policy.values[declared.table]), value)
        low, high = RANGES[kind]
        numbers = pc.fill_null(pc.cast(value, pa.int64()), low).to_numpy(zero_copy_only=False)
        good = (numbers >= low) & (numbers <= high)
        return np.where(good, numbers, low).astype(np.int32), good

    def _words(self, words: list[str], value: pa.Array) -> tuple[Array, Array]:
        coded = _repeated(value)
        places = np.append(pc.fill_null(pc.index_in(coded.dictionary, pa.array(words)), -1).to_numpy(zero_copy_only=False), -1)
        at = places[pc.fill_null(coded.indices, len(places) - 1).to_numpy(zero_copy_only=False)]
        return np.array([self.codes.words[word] for word in words], np.int32)[at], at >= 0

    def _members(self, declared: Field, value: pa.Array) -> tuple[Array, Array]:
        words = list(self.policy.values[declared.table or ""])
        counts = pc.fill_null(pc.list_value_length(value), 0).to_numpy(zero_copy_only=False)
        of = np.repeat(np.arange(len(value)), counts)
        at = pc.fill_null(pc.index_in(value.flatten(), pa.array(words)), -1).to_numpy(zero_copy_only=False)
        bits = np.zeros(len(value), np.int32)
        np.bitwise_or.at(bits, of[at >= 0], (1 << at[at >= 0]).astype(np.int32))
        good = np.ones(len(value), bool)
        good[of[at < 0]] = False
        return bits, good


def _repeated(value: pa.Array) -> pa.DictionaryArray:
    return value if pa.types.is_dictionary(value.type) else value.cast(_TEXT).dictionary_encode()


def _null(array: pa.Array) -> Array:
    found: Array = pc.is_null(array).to_numpy(zero_copy_only=False)
    return found


def _true(array: pa.Array) -> Array:
    found: Array = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    return found


def _flag(array: pa.Array | None, size: int) -> Array:
    return np.zeros(size, bool) if array is None else _true(array)


def _days(value: pa.Array) -> tuple[Array, Array]:
    since = pc.fill_null(pc.cast(pc.cast(value, pa.date32()), pa.int32()), 0).to_numpy(zero_copy_only=False)
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


# Deciding


class Reject(NamedTuple):
    """A row that holds no case: its place in the batch, and what is wrong."""

    row: int
    error: CaseError


REJECTS = pa.schema([pa.field("case", pa.string()), *(pa.field(name, pa.string(), nullable=False) for name in ("path", "zh", "en"))])
"""The Arrow schema of what is wrong with rows that hold no case."""


def named(batch: pa.RecordBatch, rejects: Sequence[Reject]) -> pa.RecordBatch:
    """What is wrong with the rows of a batch that hold no case, a row a problem."""
    names = batch.column("id")
    rows = [
        {"case": names[reject.row].as_py(), "path": problem.where, "zh": problem.what.zh, "en": problem.what.en}
        for reject in rejects
        for problem in reject.error.problems
    ]
    return pa.RecordBatch.from_pylist(rows, schema=REJECTS)


class Batch(NamedTuple):
    """What came of a batch; `coded` are its decisions in the form of `Words`."""

    coded: pa.RecordBatch
    rejects: list[Reject]
    tally: Totals

    @property
    def decisions(self) -> pa.RecordBatch:
        """The decisions in the order of the cases, the benefits and the items, as `decision_schema` has them."""
        return self.coded.cast(decision_schema())


class BatchDecider:
    """Decides Arrow batches of cases under one oracle. Of every batch some rows and the first of each kind of decision are decided again by
    clingo; raises `InternalError` (with the case) where it answers otherwise."""

    def __init__(self, oracle: Oracle, benefits: Sequence[str] | None = None, limit: float | None = None) -> None:
        self.oracle = oracle
        self.policy = oracle.policy
        self.benefits = [benefit for benefit in self.policy.benefits.values() if benefits is None or benefit.id in benefits]
        self.asked = None if benefits is None else tuple(benefits)
        self.limit = limit
        self.readings = oracle.chosen_readings
        self.codes = CodeBook(self.policy)
        self.words = Words(self.policy)
        compiled = oracle.compiled
        self.rules = ColumnRules(compiled.index, self.codes, lambda predicate: compiled.rows(predicate, self.readings))
        self._kinds: set[tuple[str, int, bool]] = set()
        self._columnar = True

    def decide(self, batch: pa.RecordBatch) -> Batch:
        """The decisions of every case in a batch, in the order of the cases, the benefits and the items."""
        tally = Totals(lines=batch.num_rows)
        reader = _Reader(self.policy, self.codes, batch)
        population = reader.read()
        slow = reader.odd | self._incomplete(reader, population)
        quick = np.flatnonzero(~slow) if self._columnar else np.zeros(0, np.int64)
        parts: list[pa.RecordBatch] = []
        if len(quick):
            try:
                if len(quick) < batch.num_rows:
                    reader = _Reader(self.policy, self.codes, batch.take(pa.array(quick)))
                    population = reader.read()
                parts.append(self._quick(reader, population, quick, tally))
            except OutsideError:
                self._columnar = False
                quick = np.zeros(0, np.int64)
        left = np.ones(batch.num_rows, bool)
        left[quick] = False
        others = np.flatnonzero(left)
        rejects: list[Reject] = []
        if len(others):
            parts.append(self._slow(batch, others, rejects, tally))
        return Batch(_in_order(parts, self.words.schema), rejects, tally)

    def _incomplete(self, reader: _Reader, population: CaseColumns) -> Array:
        """The cases with an absent fact that bears on what is asked of them."""
        found = np.zeros(reader.size, bool)
        for benefit in self.benefits:
            table = population.tables[benefit.subject]
            asked = np.zeros(reader.size, bool)
            asked[table.case] = True
            bearing = self.oracle.compiled.bearing[benefit.id]
            for path, missing in reader.absent:
                if path in bearing:
                    found |= asked & missing
        return found

    def _quick(self, reader: _Reader, population: CaseColumns, place: Array, tally: Totals) -> pa.RecordBatch:
        """Decide rows over columns."""
        columns = ColumnEvaluator(self.rules, population)
        tally.cases += len(place)
        parts: list[_Part] = []
        again: dict[int, None] = dict.fromkeys(range(0, len(place), max(1, len(place) // 4)))
        for benefit in self.benefits:
            table = population.tables[benefit.subject]
            if not table.size:
                continue
            part = self._part(benefit, columns, reader)
            parts.append(part)
            self._count(tally, benefit.id, part.pattern, part.granted, part.amount)
            self._count_months(tally, benefit.id, columns.relations.fact_of_case("applied_on", benefit.subject) // 31, part.granted)
            kinds, first = np.unique(part.pattern * 2 + part.granted, return_index=True)
            for kind, at in zip(kinds.tolist(), first.tolist(), strict=True):
                if (benefit.id, kind // 2, bool(kind % 2)) not in self._kinds:
                    self._kinds.add((benefit.id, kind // 2, bool(kind % 2)))
                    again[int(table.case[at])] = None
        found = _rows(parts, self.words, reader.ids[""], place)
        self._differences(reader.batch, found, place, list(again))
        return found

    def _part(self, benefit: Benefit, columns: ColumnEvaluator, reader: _Reader) -> _Part:
        """The decisions on one benefit as columns."""
        table = columns.relations.cases.tables[benefit.subject]
        pattern = np.zeros(table.size, np.int32)
        for position, condition in enumerate(benefit.conditions):
            pattern |= columns.condition(benefit, condition).astype(np.int32) << position
        amount, standard = (self._sums(benefit, predicate, columns) for predicate in ("amount", "standard"))
        rate = np.full(table.size, -1, np.int64)
        at, (percent,) = columns.output(benefit, "rate", ("f",))
        assert not isinstance(percent, Rows)
        rate[at] = percent
        subject = reader.ids[benefit.subject]
        parent = self.policy.list_of[benefit.subject].parent
        if parent is not None:
            assert table.holder is not None
            subject = pc.binary_join_element_wise(reader.ids[parent].take(pa.array(table.holder)), subject, "/")
        gap = self._gap(benefit, columns, reader)
        return _Part(benefit, table.case, subject, pattern, columns.granted(benefit), amount, standard, rate, gap)

    def _sums(self, benefit: Benefit, predicate: str, columns: ColumnEvaluator) -> Array:
        """The hundredths that a predicate gives to each item, negative where it gives none."""
        found = np.full(columns.relations.size(benefit.subject), -1, np.int64)
        if benefit.has_amount and self.policy.shows(predicate):
            at, (yuan, odd) = columns.output(benefit, predicate, ("f", "f"))
            assert not isinstance(yuan, Rows)
            assert not isinstance(odd, Rows)
            found[at] = np.asarray(yuan, np.int64) * 100 + odd
            if np.bincount(at).max(initial=0) > 1:
                what = Statement(f"规则给出不止一个 {predicate}", f"the rules give more than one `{predicate}`")
                raise InternalError([Problem(benefit.id, what)])
        return found

    def _gap(self, benefit: Benefit, columns: ColumnEvaluator, reader: _Reader) -> list[list[str]] | None:
        """The ids of the persons without a standard, in file order; `None` where nobody is."""
        at, (person,) = columns.output(benefit, "gap", ("f",))
        if not len(at):
            return None
        assert isinstance(person, Rows)
        assert person.at is not None
        found: list[list[str]] = [[] for _ in range(columns.relations.size(benefit.subject))]
        order = np.lexsort((person.at, at))
        for row, who in zip(at[order].tolist(), person.at[order].tolist(), strict=True):
            found[row].append(reader.ids[person.entity][who].as_py())
        return found

    def _count(self, tally: Totals, benefit: str, pattern: Array, granted: Array, amount: Array) -> None:
        conditions = list(self.policy.benefits[benefit].conditions)
        tally.outcomes[f"{benefit} eligible"] += int(granted.sum())
        tally.outcomes[f"{benefit} not_eligible"] += int((~granted).sum())
        tally.money[benefit] += int(amount[amount > 0].sum())
        numbers, counts = np.unique(pattern[~granted], return_counts=True)
        for bits, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            unmet = [condition for position, condition in enumerate(conditions) if not (bits >> position) & 1]
            for condition in unmet:
                tally.unmet[f"{benefit} {condition}"] += count
            if len(unmet) == 1:
                tally.alone[f"{benefit} {unmet[0]}"] += count

    def _count_months(self, tally: Totals, benefit: str, months: Array, granted: Array) -> None:
        numbers, counts = np.unique(months * 2 + granted, return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            month, outcome = number // 2, "eligible" if number % 2 else "not_eligible"
            tally.months[f"{benefit} {FIRST_DAY // 10000 + month // 12:04}-{month % 12 + 1:02} {outcome}"] += count

    def _differences(self, batch: pa.RecordBatch, found: pa.RecordBatch, place: Array, again: list[int]) -> None:
        """Decide some cases again by clingo."""
        places = found.column("place").to_numpy(zero_copy_only=False)
        cases = [Case.read(document(row)) for row in batch.take(pa.array(again)).to_pylist()]
        decided = decide_chunk(self.oracle.encoding, cases, self.readings, self.asked)
        for at, case, answer in zip(again, cases, decided, strict=True):
            low, high = np.searchsorted(places, [place[at], place[at] + 1])
            ours = found.slice(int(low), int(high - low)).drop_columns(["place"]).to_pylist()
            theirs = None if answer is None else [_row(case.id, decision) for decision in answer[0]]
            if ours != theirs:
                zh = "按列执行的规则与 clingo 的答案不同；结果未写出"
                en = "the rules over columns and clingo answer differently; the result is not written"
                raise InternalError([Problem(f"row {int(place[at]) + 1}", Statement(zh, en))], case.to_json())

    def _slow(self, batch: pa.RecordBatch, rows: Array, rejects: list[Reject], tally: Totals) -> pa.RecordBatch:
        """Decide some rows one by one."""
        found: list[dict[str, Any]] = []
        places: list[int] = []
        compiled = self.oracle.compiled
        for row, values in zip(rows.tolist(), batch.take(pa.array(rows)).to_pylist(), strict=True):
            try:
                case = Case.read(document(values))
            except CaseError as error:
                tally.rejected += 1
                rejects.append(Reject(row, error))
                continue
            quick = compiled.decide(case, self.asked, self.readings)
            decisions: tuple[Decision, ...]
            if isinstance(quick, Fallback):
                facts = compiled.reader.case(case)
                present = [benefit.id for benefit in self.benefits if facts.items.get(benefit.subject)]
                answer = self.oracle.decide(case, benefits=present, limit=self.limit, engine="clingo")
                decisions = answer.decisions
                tally.exact += 1
                tally.limited += answer.limit_reached
            else:
                decisions = quick.decisions
            tally.cases += 1
            tally.add(decisions, case.applied_on.isoformat())
            found += [_row(case.id, decision) for decision in decisions]
            places += [row] * len(decisions)
        return _placed(self.words.coded(found), np.array(places, np.int64))


def _row(case: str, decision: Decision) -> dict[str, Any]:
    def named(status: str) -> list[str]:
        conditions: tuple[Condition, ...] = decision.conditions
        return [condition.id for condition in conditions if condition.status == status]

    about = {"case": case, "benefit": decision.benefit, "subject": decision.subject, "clause": decision.clause}
    about |= {"outcome": decision.outcome}
    said: dict[str, Any] = {"amount": decision.amount, "standard": decision.standard, "rate": decision.rate}
    return about | said | {status: named(status) for status in ("met", "unmet", "unknown")} | {"gap": list(decision.gap)}


class _Part(NamedTuple):
    """The decisions on one benefit, a row an item of its list: the case of each, the conditions met as bits, amounts, standards and
    rates as hundredths, negative where there are none."""

    benefit: Benefit
    case: Array
    subject: pa.Array
    pattern: Array
    granted: Array
    amount: Array
    standard: Array
    rate: Array
    gap: list[list[str]] | None


def _rows(parts: Sequence[_Part], words: Words, ids: pa.Array, place: Array) -> pa.RecordBatch:
    """The decisions on several benefits, in the order of the cases, the benefits and the items, each with the place of its case.

    The order is found first, so that every text is written once.
    """
    if not parts:
        return _placed(words.coded([]), np.zeros(0, np.int64))
    case = np.concatenate([part.case for part in parts])
    number = np.repeat(np.arange(len(parts)), [len(part.case) for part in parts])
    order = np.argsort(case.astype(np.int64) * len(parts) + number, kind="stable")
    case, number, at = case[order], number[order], pa.array(order)

    def joined(name: str) -> Array:
        found: Array = np.concatenate([getattr(part, name) for part in parts])[order]
        return found

    shapes = [1 << len(part.benefit.conditions) for part in parts]
    shape = pa.array(joined("pattern") + np.concatenate(([0], np.cumsum(shapes)[:-1]))[number])
    listed = {
        wanted: words.lists(
            [
                [condition for position, condition in enumerate(part.benefit.conditions) if (bits >> position) & 1 == wanted]
                for part, most in zip(parts, shapes, strict=True)
                for bits in range(most)
            ]
        ).take(shape)
        for wanted in (1, 0)
    }
    gaps = _empty(pa.array([], _TEXT), len(order))
    if any(part.gap for part in parts):
        gaps = pa.array([gap for part in parts for gap in part.gap or [[]] * len(part.case)], gaps.type).take(at)
    columns = [
        ids.take(pa.array(case)),
        words.at("benefit", [part.benefit.id for part in parts], number),
        pa.concat_arrays([part.subject for part in parts]).take(at),
        words.at("clause", [part.benefit.clause for part in parts], number),
        words.at("outcome", ["not_eligible", "eligible"], joined("granted").astype(np.int8)),
        _decimal(joined("amount"), MONEY),
        _decimal(joined("standard"), MONEY),
        _decimal(joined("rate"), pa.decimal128(5, 2)),
        *(listed[1], listed[0], _empty(words.lists([]).values, len(order)), gaps),
    ]
    return _placed(pa.RecordBatch.from_arrays(columns, schema=words.schema), place[case])


def _empty(values: pa.Array, size: int) -> pa.ListArray:
    """So many lists with nothing in them."""
    return pa.ListArray.from_arrays(pa.array(np.zeros(size + 1, np.int32)), values)


def _hundredths(decimals: pa.Array) -> Array:
    """Decimals with two places and at most 18 digits as whole hundredths: of the 128 bits that Arrow gives each they fill half."""
    halves: Array = np.frombuffer(decimals.buffers()[1], np.int64, 2 * (decimals.offset + len(decimals)))
    return halves[2 * decimals.offset :: 2]


def _decimal(hundredths: Array, kind: pa.DataType) -> pa.Array:
    """Whole hundredths as decimals with two places; none where they are negative."""
    there = pa.array(hundredths, mask=hundredths < 0).buffers()[0]
    halves = np.stack((np.maximum(hundredths, 0), np.zeros_like(hundredths)), axis=1)
    return pa.Array.from_buffers(kind, len(hundredths), [there, pa.py_buffer(halves)])


def _placed(batch: pa.RecordBatch, place: Array) -> pa.RecordBatch:
    return batch.append_column("place", pa.array(place))


def _in_order(parts: Sequence[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    """Decisions in the order of the cases; those of one case stand in one part, in order."""
    if not parts:
        return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
    found = parts[0]
    if len(parts) > 1:
        table = pa.Table.from_batches(parts)
        order = np.argsort(table.column("place").to_numpy(), kind="stable")
        found = table.take(pa.array(order)).combine_chunks().to_batches(max_chunksize=len(order) or 1)[0] if len(order) else found
    return found.drop_columns(["place"])
