"""Columns of every Arrow type: taken where they say what a case says, and else refused by name and type, never dropped or rounded."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from support.cases import read_case
from tiaoli import Case, CaseError, Oracle
from tiaoli.populations.arrow_columns import check_columns, fit_to_schema
from tiaoli.populations.arrow_decider import BatchDecider
from tiaoli.populations.arrow_rows import case_document, plain_rows
from tiaoli.populations.arrow_schema import REPEATED, case_schema

CERTIFICATE = pa.struct([("id", pa.string()), ("kind", pa.string()), ("level", pa.int32()), ("issued", pa.date32())])
MISSPELT = pa.struct([("id", pa.string()), ("isued", pa.date32())])
LISTS: list[Any] = [pa.list_, pa.large_list, lambda kind: pa.list_(kind, 2), pa.list_view, pa.large_list_view]
TEXTS = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.dictionary(pa.int32(), pa.large_string()),
]
WHOLE = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
DECIMALS = [pa.decimal32(7, 3), pa.decimal64(12, 2), pa.decimal128(20, 6), pa.decimal256(60, 20), pa.decimal128(12, 0)]


def table(**columns: pa.Array) -> pa.RecordBatch:
    size = len(next(iter(columns.values())))
    ids, days = pa.array([f"n{row}" for row in range(size)]), pa.array([dt.date(2025, 6, 1)] * size)
    return pa.RecordBatch.from_pydict({"id": ids, "applied_on": days, **columns})


def project(value: Any, kind: pa.DataType) -> pa.RecordBatch:
    inside = pa.struct([("id", pa.string()), ("requested_cny", kind)])
    return table(development_projects=pa.array([[{"id": "d1", "requested_cny": value}]], pa.list_(inside)))


def cases(oracle: Oracle, batch: pa.RecordBatch) -> list[Case]:
    """The cases of a batch, each row read by itself; and what is read of the columns is the same."""
    schema = case_schema(oracle.policy, REPEATED)
    check_columns(batch.schema, schema)
    fitted, odd = fit_to_schema(batch, schema)
    every = np.arange(batch.num_rows)
    found = [read_case(case_document(row)) for row in plain_rows(batch, every, schema)]
    assert not odd.any()
    assert [read_case(case_document(row)) for row in plain_rows(fitted, every, schema)] == found
    return found


def refusal(oracle: Oracle, batch: pa.RecordBatch) -> tuple[str, str]:
    """The one problem with the columns of a batch: its id and its path."""
    with pytest.raises(CaseError) as caught:
        BatchDecider(oracle).decide(batch)
    (problem,) = caught.value.problems
    return problem.id, problem.where


def reject(oracle: Oracle, batch: pa.RecordBatch) -> tuple[str, str]:
    """The one problem with the first row of a batch; the others are decided."""
    found = BatchDecider(oracle).decide(batch)
    assert found.totals.cases == batch.num_rows - 1
    ((row, error),) = found.rejects
    assert row == 0
    return error.problems[0].id, error.problems[0].where


@pytest.mark.parametrize("make", LISTS, ids=["list", "large_list", "fixed_size_list", "list_view", "large_list_view"])
def test_every_type_of_list_is_taken_and_looked_into(oracle: Oracle, make: Any) -> None:
    two = [{"id": f"c{number}", "kind": "skill_level", "level": number, "issued": dt.date(2025, 3, number)} for number in (1, 2)]
    read = cases(oracle, table(certificates=pa.array([two, None, two], make(CERTIFICATE))))
    said = [{**item, "issued": f"{item['issued']}"} for item in two]
    assert [case.to_json().get("certificates") for case in read] == [said, None, said]
    misspelt = pa.array([[{"id": "c1"}, {"id": "c2"}]], make(MISSPELT))
    assert refusal(oracle, table(certificates=misspelt)) == ("case-key-unknown", "certificates.isued")
    deeper = pa.struct([("id", pa.string()), ("trainees", make(pa.struct([("id", pa.string()), ("pased", pa.bool_())])))])
    inside = pa.array([[{"id": "k1", "trainees": [{"id": "t1"}, {"id": "t2"}]}]], pa.list_(deeper))
    assert refusal(oracle, table(training_classes=inside)) == ("case-key-unknown", "training_classes.trainees.pased")


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_every_type_of_text_is_taken(oracle: Oracle, kind: pa.DataType) -> None:
    words = pa.array(["employed", None, "other"])
    coded = words.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else words.cast(kind)
    read = cases(oracle, table(person=pa.StructArray.from_arrays([coded], ["status"])))
    assert [case.to_json()["person"] for case in read] == [{"status": "employed"}, {}, {"status": "other"}]


@pytest.mark.parametrize("kind", WHOLE, ids=str)
def test_every_type_of_whole_number_is_taken_and_held_to_its_range(oracle: Oracle, kind: pa.DataType) -> None:
    def levels(*numbers: int | None) -> pa.RecordBatch:
        inside = pa.struct([("id", pa.string()), ("level", kind)])
        return table(certificates=pa.array([[{"id": "c1", "level": number}] for number in numbers], pa.list_(inside)))

    read = cases(oracle, levels(4, None))
    assert [case.to_json()["certificates"] for case in read] == [[{"id": "c1", "level": 4}], [{"id": "c1"}]]
    most = np.iinfo(kind.to_pandas_dtype()).max
    assert reject(oracle, levels(int(most), 4)) == ("case-number", "certificates.c1.level")


@pytest.mark.parametrize("kind", DECIMALS, ids=str)
def test_every_decimal_is_taken_where_it_has_no_more_than_two_places(oracle: Oracle, kind: pa.DataType) -> None:
    (read,) = cases(oracle, project(Decimal(1234), kind))
    assert read.to_json()["development_projects"][0]["requested_cny"] == "1234.00"
    if kind.scale > 2:
        batch = pa.concat_batches([project(Decimal("1234.565"), kind), project(Decimal("1234.56"), kind)])
        assert reject(oracle, batch) == ("case-money", "development_projects.d1.requested_cny")


@pytest.mark.parametrize(
    ("kind", "value"),
    [(pa.float64(), 1234.5), (pa.float32(), 1234.5), (pa.int64(), 1000), (pa.uint8(), 10), (pa.bool_(), True), (pa.binary(), b"1000.00")],
    ids=str,
)
def test_money_is_decimal_or_text(oracle: Oracle, kind: pa.DataType, value: Any) -> None:
    assert refusal(oracle, project(value, kind)) == ("case-money", "development_projects.requested_cny")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai"])
def test_an_instant_is_no_day(oracle: Oracle, unit: str, zone: str | None) -> None:
    midnight = pa.array([dt.datetime(2025, 6, 1)]).cast(pa.timestamp(unit, zone))
    batch = pa.RecordBatch.from_pydict({"id": pa.array(["a"]), "applied_on": midnight})
    assert refusal(oracle, batch) == ("case-day", "applied_on")


def test_a_day_has_no_time_in_whatever_type(oracle: Oracle) -> None:
    def applied(column: pa.Array) -> pa.RecordBatch:
        return pa.RecordBatch.from_pydict({"id": pa.array(["a", "b"]), "applied_on": column})

    day = 20_240 * 86_400_000
    assert [f"{case.day}" for case in cases(oracle, applied(pa.array([day, day]).cast(pa.date64())))] == ["2025-06-01"] * 2
    assert [f"{case.day}" for case in cases(oracle, applied(pa.array(["2025-06-01"] * 2).dictionary_encode()))] == ["2025-06-01"] * 2
    assert reject(oracle, applied(pa.array([day + 45_000_000, day]).cast(pa.date64()))) == ("case-day", "applied_on")
    assert reject(oracle, applied(pa.array([20_250_601, 20_240], pa.int32()).cast(pa.date32()))) == ("case-day", "applied_on")
    assert reject(oracle, applied(pa.array(["2025-02-30", "2025-06-01"]))) == ("case-day", "applied_on")
    assert reject(oracle, applied(pa.array([None, dt.date(2025, 6, 1)]))) == ("case-key-missing", "applied_on")
    for kind in (pa.time32("s"), pa.int64(), pa.float64()):
        assert refusal(oracle, applied(pa.array([1, 2], pa.int32()).cast(kind))) == ("case-day", "applied_on")


@pytest.mark.parametrize("column", [pa.array([1]), pa.array(["true"]), pa.array([1.0]), pa.array([b"x"])], ids=str)
def test_a_column_of_booleans_holds_booleans(oracle: Oracle, column: pa.Array) -> None:
    person = pa.StructArray.from_arrays([column], ["civil_servant"])
    assert refusal(oracle, table(person=person)) == ("case-type", "person.civil_servant")


def test_a_map_is_no_list_and_no_object(oracle: Oracle) -> None:
    mapped = pa.array([[("c1", {"kind": "other"})]], pa.map_(pa.string(), pa.struct([("kind", pa.string())])))
    assert refusal(oracle, table(certificates=mapped)) == ("case-type", "certificates")
    assert refusal(oracle, table(person=mapped)) == ("case-type", "person")


def test_a_column_of_nothing_is_absent(oracle: Oracle) -> None:
    (read,) = cases(oracle, table(person=pa.nulls(1), certificates=pa.nulls(1)))
    assert set(read.to_json()) == {"id", "applied_on"}


def test_a_column_twice_is_refused_at_any_depth(oracle: Oracle) -> None:
    ids = pa.array(["a"])
    twice = pa.RecordBatch.from_arrays([ids, pa.array([dt.date(2025, 6, 1)]), ids], names=["id", "applied_on", "id"])
    assert refusal(oracle, twice) == ("case-key-repeated", "id")
    person = pa.StructArray.from_arrays([pa.array(["employed"])] * 2, ["status", "status"])
    assert refusal(oracle, table(person=person)) == ("case-key-repeated", "person.status")


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_a_text_that_is_not_utf8_rejects_its_row_alone(oracle: Oracle, kind: pa.DataType) -> None:
    raw = pa.array([b"employ\xff", b"employed"], pa.binary_view() if pa.types.is_string_view(kind) else pa.large_binary())
    texts = raw.view(kind) if not pa.types.is_string(kind) else raw.cast(pa.binary()).view(kind)
    assert reject(oracle, table(person=pa.StructArray.from_arrays([texts], ["status"]))) == ("case-encoding", "person.status")
    if pa.types.is_string(kind):
        coded = pa.DictionaryArray.from_arrays(pa.array([0, 1]), texts)
        assert reject(oracle, table(person=pa.StructArray.from_arrays([coded], ["status"]))) == ("case-encoding", "person.status")
