"""The Arrow form of cases and decisions: the case format's own shape in nested columns, a row a case in, a row a decision out.

A missing value is absent. Where the format's `null` has a meaning a boolean stands beside the field: `end_is_null`. A null list is
absent, an empty one is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tiaoli.policy import DECIMAL_TYPES, OUTCOMES, Decimals, ListKey, ObjectKey, Policy, ScalarKey, Shape, ValueType

Array = NDArray[Any]

IS_NULL = "_is_null"
"""What the name of a field ends with that says whether the field is the format's `null`."""

RESULT = "result_"
"""What the name of a column of a result begins with."""

UNKNOWN_RESULTS = "results_unknown"
"""The column with the names of the results that are not known."""

_PRECISION = 12
RATE = pa.decimal128(5, 2)
TEXT = pa.string()

REPEATED = pa.dictionary(pa.int32(), TEXT)
"""Texts of which few differ: what Parquet has of them is read sooner than the texts themselves."""

REJECTS = pa.schema([pa.field("case", TEXT), *(pa.field(name, TEXT, nullable=False) for name in ("path", "zh", "en"))])
"""The Arrow schema of what is wrong with rows that hold no case."""

_NUMBERS = pa.int16()
_TYPES = {"day": pa.date32(), "boolean": pa.bool_(), "integer": pa.int32(), "set": pa.list_(TEXT)}


NO_MONEY = {b"kind": b"decimal"}
"""What a field says of itself that holds decimals and no money, which Arrow has one type for."""


def case_schema(policy: Policy, words: pa.DataType = TEXT) -> pa.Schema:
    """The Arrow schema of cases; `words` is the type of the fields that hold a word or a code."""
    return pa.schema(list(_fields_of(policy, policy.schema.root, words)))


def arrow_type(kind: ValueType, words: pa.DataType = TEXT) -> pa.DataType:
    """The type of a column of such values; `words` is that of words and codes."""
    return pa.decimal128(_PRECISION, kind.digits) if isinstance(kind, Decimals) else _TYPES.get(kind.kind, words)


def text_paths(policy: Policy) -> frozenset[str]:
    """The paths of the fields that hold a word or a code."""
    return frozenset(declared.path for declared in policy.fields.values() if declared.kind in ("code", "enum"))


def _fields_of(policy: Policy, shape: Shape, words: pa.DataType) -> Iterator[pa.Field]:
    if shape.ids:
        yield pa.field("id", TEXT, nullable=bool(shape.path))
    for key, declared in shape.keys.items():
        if isinstance(declared, ScalarKey):
            field = declared.field
            metadata = NO_MONEY if field.kind == "decimal" else None
            yield pa.field(key, arrow_type(field.type, words), nullable=field is not policy.schema.day, metadata=metadata)
            nullable = field.nullable
        else:
            inside = pa.struct(list(_fields_of(policy, declared.shape, words)))
            yield pa.field(key, pa.list_(inside) if isinstance(declared, ListKey) else inside)
            nullable = isinstance(declared, ObjectKey) and declared.record is not None
        if nullable:
            yield pa.field(f"{key}{IS_NULL}", pa.bool_())


def decision_schema(policy: Policy) -> pa.Schema:
    """The Arrow schema of decisions; amounts have the digits of the policy's currency. A policy with results has a column for each, null
    where there is none, and the names of those that are not known."""
    names, amount = pa.list_(TEXT), pa.decimal128(18, policy.currency.digits)
    results = [pa.field(f"{RESULT}{name}", result_type(policy, declared.type)) for name, declared in policy.results.items()]
    return pa.schema(
        [
            pa.field("case", TEXT, nullable=False),
            pa.field("benefit", TEXT, nullable=False),
            pa.field("subject", TEXT, nullable=False),
            pa.field("clause", TEXT, nullable=False),
            pa.field("outcome", TEXT, nullable=False),
            pa.field("amount", amount),
            pa.field("standard", amount),
            pa.field("rate", RATE),
            *(pa.field(name, names, nullable=False) for name in ("met", "unmet", "unknown", "gap", "assumed")),
            *results,
            *([pa.field(UNKNOWN_RESULTS, names, nullable=False)] if results else []),
        ]
    )


def result_type(policy: Policy, kind: str) -> pa.DataType:
    """The type of the column of a result."""
    digits = {**DECIMAL_TYPES, "money": policy.currency.digits}
    if kind in digits:
        return pa.decimal128(18, digits[kind])
    return pa.date32() if kind == "day" else pa.int64() if kind in policy.number_types else TEXT


class WordDictionaries:
    """The words that decisions repeat, as one dictionary of each kind: a column of numbers into it is written far sooner than the texts.

    `schema` is that of decisions in this form; parts of a result have the same dictionaries, so they can be joined.
    """

    def __init__(self, policy: Policy) -> None:
        benefits = policy.benefits.values()
        self.dictionaries = {
            "benefit": _dictionary(policy.benefits),
            "clause": _dictionary(benefit.clause for benefit in benefits),
            "outcome": _dictionary(OUTCOMES),
            "condition": _dictionary(name for benefit in benefits for name in benefit.conditions),
        }
        coded = pa.dictionary(_NUMBERS, TEXT)
        kinds = {**dict.fromkeys(("benefit", "clause", "outcome"), coded), **dict.fromkeys(("met", "unmet", "unknown"), pa.list_(coded))}
        self.schema = pa.schema([field.with_type(kinds.get(field.name, field.type)) for field in decision_schema(policy)])

    def words(self, kind: str, texts: Sequence[str], which: Array) -> pa.DictionaryArray:
        """A column of words of a kind: of each row the one of `texts` whose place `which` gives."""
        numbers = pc.index_in(pa.array(texts, TEXT), self.dictionaries[kind]).cast(_NUMBERS)
        return pa.DictionaryArray.from_arrays(numbers.take(pa.array(which)), self.dictionaries[kind])

    def condition_lists(self, lists: Sequence[Sequence[str]]) -> pa.ListArray:
        """A column of lists of conditions."""
        dictionary = self.dictionaries["condition"]
        numbers = pc.index_in(pa.array([text for found in lists for text in found], TEXT), dictionary).cast(_NUMBERS)
        ends = np.cumsum([0, *map(len, lists)]).astype(np.int32)
        return pa.ListArray.from_arrays(pa.array(ends), pa.DictionaryArray.from_arrays(numbers, dictionary))

    def encode(self, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
        """Decisions as rows of plain data in this form."""
        columns = []
        every = np.arange(len(rows))
        for field in self.schema:
            values = [row[field.name] for row in rows]
            if pa.types.is_dictionary(field.type):
                columns.append(self.words(field.name, values, every))
            elif pa.types.is_list(field.type) and pa.types.is_dictionary(field.type.value_type):
                columns.append(self.condition_lists(values))
            else:
                columns.append(pa.array(values, field.type))
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)


def _dictionary(words: Iterable[str]) -> pa.Array:
    return pa.array(dict.fromkeys(words), TEXT)


def smallest_units(values: pa.Array) -> Array:
    """Decimals of at most 18 digits as whole numbers of their last digit: of the 128 bits that Arrow gives each they fill half."""
    halves: Array = np.frombuffer(values.buffers()[1], np.int64, 2 * (values.offset + len(values)))
    return halves[2 * values.offset :: 2]


def decimals(values: Array, kind: pa.DataType) -> pa.Array:
    """Whole numbers of the last digit as decimals; none where they are negative."""
    there = pa.array(values, mask=values < 0).buffers()[0]
    halves = np.stack((np.maximum(values, 0), np.zeros_like(values)), axis=1)
    return pa.Array.from_buffers(kind, len(values), [there, pa.py_buffer(halves)])
