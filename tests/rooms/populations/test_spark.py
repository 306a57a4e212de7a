"""A population on a local Spark: the same decisions as on one machine. Skipped where Spark or Java is missing."""

import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from support import tiers
from support.tables import cases, write
from tiaoli import CaseError, Oracle
from tiaoli.populations import parquet
from tiaoli.populations.bulk_job import BulkJob

pytest.importorskip("pyspark")
pytestmark = [
    tiers.slow,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark wants Java"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Two cores of this machine, whatever Python and name it goes by."""
    from pyspark.sql import SparkSession

    settings: dict[str, bool | float | int | str | None] = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "40",
    }
    builder = SparkSession.builder.master("local[2]").config(map=settings)
    with pytest.MonkeyPatch.context() as environment:
        # the workers import tiaoli: by default they run the first python3 on the path
        environment.setenv("PYSPARK_PYTHON", sys.executable)
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        found = builder.getOrCreate()
        yield found
        found.stop()


def test_partitions_decide_as_one_machine_does(session: Any, oracle: Oracle, tmp_path: Path) -> None:
    from tiaoli.populations import spark

    source = write(oracle, tmp_path / "in.parquet", cases(90, "spark", unknown=0.02))
    parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "out.parquet"))
    expected = pq.read_table(tmp_path / "out.parquet").to_pylist()
    frame = session.read.parquet(str(source)).repartition(3)
    found = [row.asDict() for row in spark.decisions(frame).collect()]

    def key(row: Any) -> str:
        return f"{row['case']} {row['benefit']} {row['subject']}"

    assert sorted(found, key=key) == sorted(expected, key=key)
    assert spark.rejects(frame).count() == 0


def test_rows_that_hold_no_case_fail_the_job_and_are_found(session: Any, oracle: Oracle, tmp_path: Path) -> None:
    from pyspark.sql import functions

    from tiaoli.populations import spark

    source = write(oracle, tmp_path / "in.parquet", cases(5, "spark rejects"))
    frame = session.read.parquet(str(source))
    spoilt = frame.withColumn("applied_on", functions.expr("case when id = 'n3' then date'1800-01-01' else applied_on end"))
    (row,) = spark.rejects(spoilt).collect()
    assert (row["case"], row["path"]) == ("n3", "applied_on")
    assert "1800-01-01" in row["en"]
    with pytest.raises(Exception, match="CaseError"):
        spark.decisions(spoilt).collect()
    assert spark.decisions(spoilt.where("id != 'n3'"), benefits=["care_route"]).count() >= 0


def test_a_frame_is_refused_as_a_file_is(session: Any) -> None:
    """Before any job, by name and type; a value that its field cannot have is a row of `rejects`."""
    from tiaoli.populations import spark

    for column, kind, refusal in (
        ("certificats", "array<struct<id: string>>", "certificats: the case format has no such key; did you mean `certificates`"),
        ("certificates", "array<struct<id: string, isued: date>>", "certificates.isued: the case format has no such key"),
        ("certificates", "array<struct<id: string, issued: timestamp>>", "certificates.issued: `timestamp.*` is not a type for this"),
        ("development_projects", "array<struct<id: string, requested_cny: double>>", "development_projects.requested_cny: `double`"),
    ):
        frame = session.createDataFrame([], f"id string, applied_on date, {column} {kind}")
        for door in (spark.decisions, spark.rejects):
            with pytest.raises(CaseError, match=refusal):
                door(frame)
    good = session.createDataFrame([("a", None), ("b", date(2025, 6, 1))], "id string, applied_on date")
    assert [(row["case"], row["path"]) for row in spark.rejects(good).collect()] == [("a", "applied_on")]
