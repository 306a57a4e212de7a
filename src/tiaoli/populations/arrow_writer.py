"""Decisions written as Arrow rows: from the columns that the rules over columns give, and from single decisions.

Every batch made here has a column `place`, the row of the case that a decision is about, by which batches are put in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tiaoli.base import CaseError, to_date
from tiaoli.compiled import NEVER
from tiaoli.decide import Condition, Decision, Result
from tiaoli.policy import DECIMAL_TYPES, Benefit, Policy
from tiaoli.populations.arrow_absent import ListsOfRows
from tiaoli.populations.arrow_reader import days_of_codes
from tiaoli.populations.arrow_rows import plain_rows
from tiaoli.populations.arrow_schema import RATE, REJECTS, RESULT, TEXT, UNKNOWN_RESULTS, Array, WordDictionaries, decimals


class RejectedRow(NamedTuple):
    """A row that holds no case: its place in the batch, and what is wrong."""

    row: int
    error: CaseError


def rejects_batch(batch: pa.RecordBatch, rejects: Sequence[RejectedRow]) -> pa.RecordBatch:
    """What is wrong with the rows of a batch that hold no case, a row a problem."""
    ids = batch.select(["id"])
    names = plain_rows(ids, np.array([reject.row for reject in rejects], np.int64), ids.schema)
    rows = [
        {"case": _name(named["id"]), "path": problem.where, "zh": problem.what.zh, "en": problem.what.en}
        for named, reject in zip(names, rejects, strict=True)
        for problem in reject.error.problems
    ]
    return pa.RecordBatch.from_pylist(rows, schema=REJECTS)


def _name(id: str | bytes | None) -> str | None:
    return id.decode("utf-8", "replace") if isinstance(id, bytes) else id


def decision_row(policy: Policy, case: str, decision: Decision, assumed: Sequence[str]) -> dict[str, Any]:
    """A decision as a row of plain data; `assumed` are the absent lists that it can rest on."""
    conditions: tuple[Condition, ...] = decision.conditions
    return {
        "case": case,
        "benefit": decision.benefit,
        "subject": decision.subject,
        "clause": decision.clause,
        "outcome": decision.outcome,
        "amount": decision.amount,
        "standard": decision.standard,
        "rate": decision.rate,
        **{status: [item.id for item in conditions if item.status == status] for status in ("met", "unmet", "unknown")},
        "gap": list(decision.gap),
        "assumed": list(assumed),
        **(_result_cells(policy, decision) if policy.results else {}),
    }


def _result_cells(policy: Policy, decision: Decision) -> dict[str, Any]:
    """The results of a decision as their columns have them, and the names of those that are not known."""
    return {
        **{f"{RESULT}{name}": None for name in policy.results},
        **{f"{RESULT}{result.id}": _result_cell(result) for result in decision.results},
        UNKNOWN_RESULTS: [result.id for result in decision.results if result.status == "unknown"],
    }


def _result_cell(result: Result) -> date | Decimal | int | str | None:
    """The value of a result as its column has it."""
    if result.value is None or not isinstance(result.plain, int):
        return result.value
    if result.unit == "day":
        return to_date(result.plain)
    return Decimal(result.value) if result.unit == "money" or result.unit in DECIMAL_TYPES else result.plain


class BenefitColumns(NamedTuple):
    """The decisions on one benefit as columns, a row an item of its list: the case of each as its row in the batch, the conditions met
    as bits, amounts and standards in the smallest unit, rates in percent, negative where there are none, the ids of the persons without
    a standard, the absent lists that it can rest on, and the results by name."""

    benefit: Benefit
    case: Array
    subject: pa.Array
    met: Array
    granted: Array
    amount: Array
    standard: Array
    rate: Array
    gap: list[list[str]] | None
    assumed: ListsOfRows
    results: Mapping[str, pa.Array]


def rows_of_columns(parts: Sequence[BenefitColumns], words: WordDictionaries, ids: pa.Array, place: Array) -> pa.RecordBatch:
    """The decisions on several benefits, in the order of the cases, the benefits and the items.

    `ids` are those of the cases, `place` the rows that they have in the whole batch. The order is found first, so that every text is
    written once.
    """
    if not parts:
        return rows_of_decisions([], np.zeros(0, np.int64), words)
    case = np.concatenate([part.case for part in parts])
    number = np.repeat(np.arange(len(parts)), [len(part.case) for part in parts])
    order = np.argsort(case.astype(np.int64) * len(parts) + number, kind="stable")
    case, number, at = case[order], number[order], pa.array(order)

    def joined(name: str) -> Array:
        found: Array = np.concatenate([getattr(part, name) for part in parts])[order]
        return found

    met, unmet = _condition_lists(parts, words, number, joined("met"))
    gaps = _empty_lists(pa.array([], TEXT), len(order))
    if any(part.gap for part in parts):
        gaps = pa.array([gap for part in parts for gap in part.gap or [[]] * len(part.case)], gaps.type).take(at)
    columns = [
        ids.take(pa.array(case)),
        words.words("benefit", [part.benefit.id for part in parts], number),
        pa.concat_arrays([part.subject for part in parts]).take(at),
        words.words("clause", [part.benefit.clause for part in parts], number),
        words.words("outcome", ["not_eligible", "eligible"], joined("granted").astype(np.int8)),
        decimals(joined("amount"), words.schema.field("amount").type),
        decimals(joined("standard"), words.schema.field("standard").type),
        decimals(joined("rate"), RATE),
        *(met, unmet, _empty_lists(words.condition_lists([]).values, len(order)), gaps, _assumed_lists(parts, number, order)),
    ]
    for field in words.schema:
        if field.name.startswith(RESULT):
            name = field.name.removeprefix(RESULT)
            columns.append(pa.concat_arrays([part.results.get(name, pa.nulls(len(part.case), field.type)) for part in parts]).take(at))
    if UNKNOWN_RESULTS in words.schema.names:
        columns.append(_empty_lists(pa.array([], TEXT), len(order)))
    return _with_place(pa.RecordBatch.from_arrays(columns, schema=words.schema), place[case])


def _condition_lists(parts: Sequence[BenefitColumns], words: WordDictionaries, number: Array, met: Array) -> Iterator[pa.ListArray]:
    """The conditions met, then those unmet, as columns of lists: every list that can be is made once and taken by its bits."""
    sizes = [1 << len(part.benefit.conditions) for part in parts]
    which = pa.array(met + np.concatenate(([0], np.cumsum(sizes)[:-1]))[number])
    for wanted in (1, 0):
        lists = [
            [condition for position, condition in enumerate(part.benefit.conditions) if (bits >> position) & 1 == wanted]
            for part, size in zip(parts, sizes, strict=True)
            for bits in range(size)
        ]
        yield words.condition_lists(lists).take(which)


def _assumed_lists(parts: Sequence[BenefitColumns], number: Array, order: Array) -> pa.ListArray:
    """The absent lists that each decision can rest on, as a column of lists."""
    starts = np.cumsum([0, *(len(part.assumed.lists) for part in parts)])
    which = np.concatenate([part.assumed.which for part in parts])[order] + starts[number]
    return pa.array([found for part in parts for found in part.assumed.lists], pa.list_(TEXT)).take(pa.array(which))


def rows_of_decisions(rows: Sequence[Mapping[str, Any]], place: Array, words: WordDictionaries) -> pa.RecordBatch:
    """Decisions made one by one, each with the row of its case."""
    return _with_place(words.encode(rows), place)


def result_column(kind: pa.DataType, words: Sequence[str] | None, values: Array, there: Array) -> pa.Array:
    """The values of a result as its column has them, from the codes that the rules over columns give, null where there is none; `words` are
    the texts that the codes of words stand for."""
    there = there & (values != NEVER)
    if words is not None:
        return pa.array([words[value] if known else None for value, known in zip(values.tolist(), there.tolist(), strict=True)], kind)
    if pa.types.is_date32(kind):
        return pa.array(days_of_codes(np.where(there, values, 0)), mask=~there).cast(kind)
    return decimals(np.where(there, values, -1), kind) if pa.types.is_decimal(kind) else pa.array(values, kind, mask=~there)


def join_ids(parents: pa.Array, own: pa.Array) -> pa.Array:
    """The ids of items inside items: `p1/a1`."""
    return pc.binary_join_element_wise(parents, own, "/")


def in_case_order(parts: Sequence[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    """Decisions in the order of the cases, without their places; those of one case stand in one part, in order."""
    if not parts:
        return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
    found = parts[0]
    if len(parts) > 1:
        table = pa.Table.from_batches(parts)
        order = np.argsort(table.column("place").to_numpy(), kind="stable")
        found = table.take(pa.array(order)).combine_chunks().to_batches(max_chunksize=len(order) or 1)[0] if len(order) else found
    return found.drop_columns(["place"])


def _with_place(batch: pa.RecordBatch, place: Array) -> pa.RecordBatch:
    return batch.append_column("place", pa.array(place))


def _empty_lists(values: pa.Array, size: int) -> pa.ListArray:
    """So many lists with nothing in them."""
    return pa.ListArray.from_arrays(pa.array(np.zeros(size + 1, np.int32)), values)
