"""Cases as rows of Arrow, and files of them."""

import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from support import strategies
from tiaoli import Oracle
from tiaoli.populations.arrow_schema import IS_NULL, case_schema

Item = dict[str, Any]


def arrow_value(value: Any, kind: pa.DataType) -> Any:
    """A value of a document as Arrow has it."""
    if value is None:
        return None
    if pa.types.is_struct(kind):
        found = {}
        for inner in kind:
            name = inner.name.removesuffix(IS_NULL)
            said = name in value and value[name] is None
            found[inner.name] = said if inner.name.endswith(IS_NULL) else arrow_value(value.get(name), inner.type)
        return found
    if pa.types.is_list(kind):
        return [arrow_value(inner, kind.value_type) for inner in value]
    if pa.types.is_date(kind):
        return date.fromisoformat(value)
    return Decimal(value) if pa.types.is_decimal(kind) else value


def batch(oracle: Oracle, cases: list[Item]) -> pa.RecordBatch:
    schema = case_schema(oracle.policy)
    return pa.RecordBatch.from_pylist([arrow_value(case, pa.struct(list(schema))) for case in cases], schema=schema)


def write(oracle: Oracle, path: Path, cases: list[Item]) -> Path:
    pq.write_table(pa.Table.from_batches([batch(oracle, cases)]), path)
    return path


def cases(number: int, seed: str, unknown: float = 0.0) -> list[Item]:
    rng = random.Random(f"arrow {seed}")
    return [{**strategies.random_case(rng, unknown=unknown * (i % 9 == 0)), "id": f"n{i}"} for i in range(number)]
