"""A population on a local Spark of two cores: partitions and Arrow batches of several sizes, beside one process without Spark.

The applicants and benefits of `population.py`, read from Parquet by Spark; the decisions are counted, not written. Left out where there is
no Java.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from files import table
from population import BENEFITS, made

from tiaoli import Oracle
from tiaoli.populations import spark
from tiaoli.populations.arrow_decider import BatchDecider


def session() -> Any:
    """A local Spark whose workers run this Python."""
    from pyspark.sql import SparkSession

    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    settings: dict[str, bool | float | int | str | None] = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
    }
    found = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    found.sparkContext.setLogLevel("ERROR")
    return found


def median(run: Callable[[], object], rounds: int) -> float:
    """The median seconds of a few runs after one that is not counted."""
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def alone(oracle: Oracle, source: Path, size: int) -> int:
    """The decisions of the same file without Spark, so many cases a batch."""
    decider = BatchDecider(oracle, BENEFITS)
    return sum(decider.decide(batch).decisions.num_rows for batch in pq.ParquetFile(source).iter_batches(size))


def main() -> None:
    if shutil.which("java") is None:
        print("Spark: left out, there is no Java")
        return
    size, rounds = int(os.environ.get("CASES", "400000")), int(os.environ.get("ROUNDS", "3"))
    oracle = Oracle()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "cases.parquet"
        pq.write_table(table(made(oracle, size)), source, row_group_size=50_000)
        print(f"\n{size:,} cases, one process, no Spark: {size / median(lambda: alone(oracle, source, 50_000), rounds):,.0f} cases/s")
        running = session()
        frame = running.read.parquet(str(source))
        for partitions in (2, 4, 16, 64):
            spread = frame.repartition(partitions).cache()
            spread.count()

            def counted(frame: Any = spread) -> object:
                return spark.decisions(frame, benefits=BENEFITS).count()

            for batch in (1_000, 10_000, 50_000):
                running.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(batch))
                seconds = median(counted, rounds)
                print(
                    f"  {partitions:3} partitions, batches of at most {batch:6,}: {seconds:6.1f} s  {size / seconds:10,.0f} cases/s",
                    flush=True,
                )
            spread.unpersist()
        running.stop()


if __name__ == "__main__":
    main()
