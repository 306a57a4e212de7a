"""The columns of an Arrow table taken as those of cases: what no case has is refused by name, and nothing is guessed at.

A column of a type that cannot hold its field's values refuses the table; a value that its field cannot have makes its row one that is read
by itself and refused as a case file with that value is. Of lists, texts, decimals and whole numbers every type that Arrow has is taken,
and dictionaries of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Context, Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tiaoli.base import CaseError, Problem, Statement, choices, shown
from tiaoli.populations.arrow_schema import NO_MONEY, TEXT, Array

_DAY_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DAY_MS = 86_400_000
_EXACT = Context(prec=80)


# Columns by name and type


def check_columns(found: pa.Schema, wanted: pa.Schema) -> None:
    """Raise `CaseError` where a table has a column that no case has, one twice, one of a type that cannot hold what it should, or lacks one
    that every case has."""
    problems = list(_problems(list(found), list(wanted), ""))
    for field in wanted:
        if not field.nullable and field.name not in found.names:
            what = Statement("缺少此项；它是必填项", "this is missing, and it is required")
            problems.append(Problem(field.name, what, "case-key-missing"))
    if problems:
        raise CaseError(problems)


def _problems(found: list[pa.Field], wanted: list[pa.Field], path: str) -> Iterator[Problem]:
    known = {field.name: field for field in wanted}
    seen: set[str] = set()
    for field in found:
        where = f"{path}{shown(field.name)[1:-1]}"
        if field.name not in known:
            allowed = choices(known, field.name)
            what = Statement(f"案件格式中没有这个键；{allowed.zh}", f"the case format has no such key; {allowed.en}")
            yield Problem(where, what, "case-key-unknown")
        elif field.name in seen:
            name = shown(field.name)
            yield Problem(where, Statement(f"键 {name} 重复；请只保留一个", f"the key {name} stands twice; keep one"), "case-key-repeated")
        else:
            yield from _problems_of_type(field.type, known[field.name].type, where, known[field.name].metadata == NO_MONEY)
        seen.add(field.name)


def _problems_of_type(found: pa.DataType, wanted: pa.DataType, where: str, no_money: bool = False) -> Iterator[Problem]:
    if pa.types.is_null(found):
        return
    if pa.types.is_dictionary(found) and not pa.types.is_nested(wanted):
        found = found.value_type
    if is_list(found) and is_list(wanted):
        yield from _problems_of_type(found.value_type, wanted.value_type, where)
    elif pa.types.is_struct(found) and pa.types.is_struct(wanted):
        yield from _problems(list(found), list(wanted), f"{where}.")
    else:
        kind = next(kind for kind in _KINDS if kind.holds(wanted))
        if no_money:
            kind = kind._replace(wanted=_A_DECIMAL, id="case-number")
        if not kind.takes(found):
            name = shown(str(found), 100)
            zh, en = f"类型为 {name}，不能用；{kind.wanted.zh}", f"{name} is not a type for this; {kind.wanted.en}"
            yield Problem(where, Statement(zh, en), kind.id)


def is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_list(kind: pa.DataType) -> bool:
    checks = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list, pa.types.is_list_view, pa.types.is_large_list_view)
    return any(check(kind) for check in checks)


_A_DECIMAL = Statement("小数须为 decimal，或写成文字", "a number with decimals is decimal, or text")


class _Kind(NamedTuple):
    """A kind of field: whether a type of the cases' schema is it, which types are taken for it, what is wanted, and the kind of problem
    that another type is."""

    holds: Callable[[pa.DataType], bool]
    takes: Callable[[pa.DataType], bool]
    wanted: Statement
    id: str


_KINDS = (
    _Kind(pa.types.is_boolean, pa.types.is_boolean, Statement("须为 true 或 false（bool）", "allowed: true, false (bool)"), "case-type"),
    _Kind(
        pa.types.is_date,
        lambda kind: pa.types.is_date(kind) or is_text(kind),
        Statement(
            "日期不带时刻：须为 date32、date64，或写成 2025-03-01 的文字", "days have no time: date32, date64, or text like 2025-03-01"
        ),
        "case-day",
    ),
    _Kind(
        pa.types.is_decimal,
        lambda kind: pa.types.is_decimal(kind) or is_text(kind),
        Statement("金额须为 decimal，或写成文字", "money is decimal, or text"),
        "case-money",
    ),
    _Kind(pa.types.is_integer, pa.types.is_integer, Statement("须为整数", "a whole number is wanted"), "case-type"),
    _Kind(is_list, is_list, Statement("须为列表", "a list is wanted"), "case-type"),
    _Kind(pa.types.is_struct, pa.types.is_struct, Statement("须为 struct（键和值）", "a struct of keys and values is wanted"), "case-type"),
    _Kind(lambda _: True, is_text, Statement("须为文字", "text is wanted"), "case-type"),
)


# Columns in the form that is decided over


class Fitted(NamedTuple):
    """A column in the type of the cases' schema, and which of its values that type does not hold: they are null in it."""

    values: pa.Array
    odd: Array


def fit_to_schema(batch: pa.RecordBatch, schema: pa.Schema) -> tuple[pa.RecordBatch, Array]:
    """The batch, of columns that `check_columns` took, with every column of the schema, absent where it is not there; and the rows with a
    value that the schema's types do not hold."""
    odd = np.zeros(batch.num_rows, bool)
    columns = []
    for field in schema:
        if field.name in batch.schema.names:
            found = _fitted(batch.column(field.name), field.type)
            columns.append(found.values)
            odd |= found.odd
        else:
            columns.append(pa.nulls(batch.num_rows, field.type))
    return pa.RecordBatch.from_arrays(columns, names=schema.names), odd


def _fitted(column: pa.Array, kind: pa.DataType) -> Fitted:
    found = column.type
    none = np.zeros(len(column), bool)
    if pa.types.is_null(found):
        return Fitted(pa.nulls(len(column), kind), none)
    if is_list(kind):
        return _fitted_list(column, kind)
    if pa.types.is_struct(kind):
        return _fitted_struct(column, kind)
    if pa.types.is_dictionary(found):
        if pa.types.is_dictionary(kind):
            return _fitted_words(column, kind)
        column = decoded(column)
    if pa.types.is_dictionary(kind) or is_text(kind):
        texts = _fitted_text(column)
        return texts if is_text(kind) else Fitted(texts.values.dictionary_encode().cast(kind), texts.odd)
    if pa.types.is_boolean(kind):
        return Fitted(column, none)
    if pa.types.is_date(kind):
        return _fitted_days(column)
    return _fitted_decimals(column, kind) if pa.types.is_decimal(kind) else _fitted_numbers(column, kind)


def _fitted_list(column: pa.Array, kind: pa.DataType) -> Fitted:
    counts = list_lengths(column)
    inside = _fitted(column.flatten(), kind.value_type)
    offsets = pa.array(np.concatenate(([0], np.cumsum(counts))).astype(np.int32))
    odd = np.zeros(len(column), bool)
    odd[np.repeat(np.arange(len(column)), counts)[inside.odd]] = True
    return Fitted(pa.ListArray.from_arrays(offsets, inside.values, kind, mask=column.is_null() if column.null_count else None), odd)


def _fitted_struct(column: pa.StructArray, kind: pa.DataType) -> Fitted:
    odd = np.zeros(len(column), bool)
    columns = []
    for field in kind:
        at = column.type.get_field_index(field.name)
        if at < 0:
            columns.append(pa.nulls(len(column), field.type))
            continue
        found = _fitted(column.field(at), field.type)
        columns.append(found.values)
        odd |= found.odd
    there = column.is_valid().to_numpy(zero_copy_only=False)
    mask = column.is_null() if column.null_count else None
    return Fitted(pa.StructArray.from_arrays(columns, fields=list(kind), mask=mask), odd & there)


def _fitted_words(column: pa.DictionaryArray, kind: pa.DataType) -> Fitted:
    words = _fitted_text(column.dictionary)
    numbers = column.indices
    odd = np.zeros(len(column), bool)
    if words.odd.any():
        odd = np.append(words.odd, False)[pc.fill_null(numbers, len(words.odd)).to_numpy(zero_copy_only=False)]
        numbers = pc.if_else(pa.array(odd), None, numbers)
    return Fitted(pa.DictionaryArray.from_arrays(numbers.cast(kind.index_type), words.values), odd)


def _fitted_text(column: pa.Array) -> Fitted:
    """Texts that are UTF-8: a file may hold others."""
    try:
        texts = column if pa.types.is_string(column.type) else column.cast(TEXT)
        texts.validate(full=True)
        return Fitted(texts, np.zeros(len(column), bool))
    except pa.ArrowInvalid:
        read = [utf8(value) for value in bytes_of(column)]
        return Fitted(pa.array([text if isinstance(text, str) else None for text in read], TEXT), _odd(read, str))


def _fitted_days(column: pa.Array) -> Fitted:
    if pa.types.is_date32(column.type):
        return Fitted(column, np.zeros(len(column), bool))
    if pa.types.is_date64(column.type):
        there = column.is_valid().to_numpy(zero_copy_only=False)
        moments = pc.fill_null(column.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
        days = moments // _DAY_MS
        odd = there & ((moments % _DAY_MS != 0) | (np.abs(days) > np.iinfo(np.int32).max))
        days = np.where(odd, 0, days).astype(np.int32)
        return Fitted(pa.array(days, mask=~there | odd).cast(pa.date32()), odd)
    return _each_text(column, _day, pa.date32())


def _fitted_decimals(column: pa.Array, kind: pa.DataType) -> Fitted:
    if is_text(column.type):
        written = re.compile(rf"(0|[1-9][0-9]{{0,{kind.precision - kind.scale - 1}}})(\.[0-9]{{1,{kind.scale}}})?", re.ASCII)
        return _each_text(column, lambda text: Decimal(text) if written.fullmatch(text) else None, kind)
    try:
        return Fitted(column.cast(kind), np.zeros(len(column), bool))
    except pa.ArrowInvalid:
        read = [None if value is None else with_digits(value, kind.scale) for value in column.to_pylist()]
        there = column.is_valid().to_numpy(zero_copy_only=False)
        return Fitted(pa.array(read, kind), there & np.array([value is None for value in read], bool))


def _fitted_numbers(column: pa.Array, kind: pa.DataType) -> Fitted:
    limits = np.iinfo(kind.to_pandas_dtype())
    numbers = (
        column if column.type != pa.uint64() else pc.min_element_wise(column, pa.scalar(limits.max + 1, pa.uint64()), skip_nulls=False)
    )
    wide = pc.fill_null(numbers.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    odd: Array = (wide < limits.min) | (wide > limits.max)
    missing = column.is_null().to_numpy(zero_copy_only=False)
    return Fitted(pa.array(np.where(odd, 0, wide).astype(kind.to_pandas_dtype()), mask=missing | odd), odd)


def _each_text(column: pa.Array, read: Callable[[str], Any], kind: pa.DataType) -> Fitted:
    """Texts read one by one, each that stands there several times once."""
    texts = _fitted_text(column)
    coded = texts.values.dictionary_encode()
    found = [read(text) for text in coded.dictionary.to_pylist()]
    bad = np.append(np.array([value is None for value in found], bool), False)
    values = pa.array(found, kind).take(coded.indices)
    return Fitted(values, texts.odd | bad[pc.fill_null(coded.indices, len(found)).to_numpy(zero_copy_only=False)])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY_TEXT.fullmatch(text) else None
    except ValueError:
        return None


def with_digits(value: Decimal, digits: int) -> Decimal | None:
    """A value with so many decimals; nothing where it has more, or more digits than any value has."""
    units = _EXACT.scaleb(value, digits)
    if units != units.to_integral_value(context=_EXACT) or abs(units) >= 10**12:
        return None
    return _EXACT.quantize(value, Decimal(1).scaleb(-digits))


def _odd(values: list[Any], kind: type) -> Array:
    return np.array([value is not None and not isinstance(value, kind) for value in values], bool)


# What both the columns and the single rows read


def list_lengths(column: pa.Array) -> Array:
    """How many items each list has: none where it is null."""
    found: Array = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def bytes_of(column: pa.Array) -> list[bytes | None]:
    """Texts as they are stored."""
    binary = pa.binary_view() if pa.types.is_string_view(column.type) else pa.large_binary()
    return list(column.cast(binary).to_pylist())


def utf8(value: bytes | None) -> str | bytes | None:
    """A text; the bytes themselves where they are none."""
    try:
        return None if value is None else value.decode("utf-8")
    except UnicodeDecodeError:
        return value


def decoded(column: pa.DictionaryArray) -> pa.Array:
    """The values that a dictionary's numbers stand for."""
    values = column.dictionary
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.binary_view()).cast(pa.large_binary())
    return values.take(column.indices)
