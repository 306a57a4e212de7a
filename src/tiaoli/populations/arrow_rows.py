"""Rows of an Arrow table as a case file has them, for the cases that are read one by one, with every value as it stands in the table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from tiaoli.base import CaseError
from tiaoli.populations.arrow_columns import bytes_of, decoded, is_list, is_text, list_lengths, utf8, with_digits
from tiaoli.populations.arrow_schema import IS_NULL, Array


def plain_rows(batch: pa.RecordBatch, rows: Array, schema: pa.Schema) -> list[dict[str, Any]]:
    """Some rows of a batch as plain data, days and amounts as text; bytes where a text is not UTF-8. `schema` is that of cases."""
    columns = {name: _plain(batch.column(name), rows, schema.field(name).type) for name in batch.schema.names}
    return [{name: values[at] for name, values in columns.items()} for at in range(len(rows))]


def _plain(column: pa.Array, rows: Array, wanted: pa.DataType) -> list[Any]:
    kind = column.type
    if is_list(kind) or pa.types.is_struct(kind):
        there = column.is_valid().to_numpy(zero_copy_only=False)[rows].tolist()
        inside = _plain_lists(column, rows, wanted) if is_list(kind) else _plain_structs(column, rows, wanted)
        return [value if known else None for value, known in zip(inside, there, strict=True)]
    if pa.types.is_dictionary(kind):
        column = decoded(column)
    elif pa.types.is_string_view(kind):
        # Arrow takes no rows out of views
        column = column.cast(pa.binary_view()).cast(pa.large_binary())
    return _plain_scalars(column.take(pa.array(rows)), wanted)


def _plain_lists(column: pa.Array, rows: Array, wanted: pa.DataType) -> list[list[Any]]:
    counts = list_lengths(column)
    ends = np.cumsum(counts)
    places = [np.arange(ends[row] - counts[row], ends[row]) for row in rows.tolist()]
    inside = iter(_plain(column.flatten(), np.concatenate([np.zeros(0, np.int64), *places]), wanted.value_type))
    return [[next(inside) for _ in range(len(place))] for place in places]


def _plain_structs(column: pa.StructArray, rows: Array, wanted: pa.DataType) -> list[dict[str, Any]]:
    columns = {field.name: _plain(column.field(at), rows, wanted.field(field.name).type) for at, field in enumerate(column.type)}
    return [{name: values[at] for name, values in columns.items()} for at in range(len(rows))]


def _plain_scalars(column: pa.Array, wanted: pa.DataType) -> list[Any]:
    kind = column.type
    if pa.types.is_date(kind):
        unit: Literal["D", "ms"] = "D" if pa.types.is_date32(kind) else "ms"
        numbers = column.cast(pa.int32() if unit == "D" else pa.int64()).to_pylist()
        return [None if number is None else _moment(number, unit) for number in numbers]
    if pa.types.is_decimal(kind):
        return [None if value is None else _decimal(value, wanted.scale) for value in column.to_pylist()]
    if is_text(kind) or pa.types.is_large_binary(kind):
        return [utf8(value) for value in bytes_of(column)]
    return list(column.to_pylist())


def _moment(number: int, unit: Literal["D", "ms"]) -> str:
    """A day, and the time of it where there is one."""
    return str(np.array(number).astype(f"datetime64[{unit}]")).removesuffix("T00:00:00.000")


def _decimal(value: Decimal, digits: int) -> str:
    exact = with_digits(value, digits)
    return format(value if exact is None else exact, "f")


def case_document(row: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """A row of plain data as a document of the case format. Raises `CaseError` where it contradicts itself, or a text is not UTF-8."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        if key.endswith(IS_NULL):
            name = key.removesuffix(IS_NULL)
            if value and row.get(name) is not None:
                raise CaseError.one(f"{path}{name}", f"有值，而 {key} 为 true", f"has a value while {key} is true", "case-null")
            if value:
                found[name] = None
        elif value is not None:
            found[key] = _document(value, f"{path}{key}")
    return found


def _document(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return case_document(value, f"{path}.")
    if isinstance(value, list):
        ids = [inner.get("id") if isinstance(inner, dict) else None for inner in value]
        return [
            _document(inner, f"{path}.{name}" if isinstance(name, str) else f"{path}[{at}]")
            for at, (inner, name) in enumerate(zip(value, ids, strict=True))
        ]
    if isinstance(value, bytes):
        raise CaseError.one(path, "不是 UTF-8 文本；请以 UTF-8 保存", "not UTF-8 text; save the file as UTF-8", "case-encoding")
    return value
