"""Populations in files, in one run: Parquet to Parquet against DuckDB, JSON Lines to JSON Lines against parsing alone, growth and memory.

The applicants, benefits and clauses of `population.py`. Every decision of Parquet is compared with DuckDB's. `CASES` says how many rows the
Parquet file has, `LINES` how many lines the JSON file: a fifth of them differ, the rest repeat them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import duckdb_peer
import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from decide import PEAK, turns
from population import BENEFITS, document, made

from tiaoli import Oracle
from tiaoli.compiled.column_store import NEVER, CaseColumns
from tiaoli.populations import json_lines as bulk
from tiaoli.populations import parquet
from tiaoli.populations.bulk_job import BulkJob, BulkOptions

OPTIONS = BulkOptions(benefits=BENEFITS)


# The population as an Arrow table


def table(population: CaseColumns) -> pa.Table:
    """A row a case, in the shape of `tiaoli schema --arrow`."""
    codes, size = population.codes, population.size
    words, texts = (pa.array(names) for names in (list(codes.words), list(codes.texts)))

    def column(entity: str, name: str) -> Any:
        found = population.tables[entity].columns[f"{entity or 'person'}_{name}" if name != "applied_on" else name]
        if name in ("applied_on", "issued", "start", "end", "date"):
            months = np.datetime64("1900-01") + np.where(found == NEVER, 0, found) // 31
            return pa.array(months.astype("datetime64[D]") + found % 31, mask=found == NEVER)
        if name == "level":
            return pa.array(found)
        if name == "base_standard":
            yuan = pc.multiply(pa.array(found).cast(pa.decimal128(10, 0)), pa.scalar(Decimal("0.01"), pa.decimal128(3, 2)))
            return yuan.cast(pa.decimal128(12, 2))
        text = (texts if name == "occupation" else words).take(pa.array(found, mask=found < 0))
        return pc.equal(text, "true") if pc.all(pc.is_in(text, pa.array(["true", "false", None]))).as_py() else text

    def struct(entity: str, names: dict[str, str], **more: Any) -> pa.StructArray:
        fields = {key: column(entity, name) for key, name in names.items()} | more
        return pa.StructArray.from_arrays(list(fields.values()), list(fields))

    def listed(entity: str, items: pa.StructArray, letter: str) -> pa.ListArray:
        found = population.tables[entity]
        starts = found.offsets(found.case, size)
        ids = pc.binary_join_element_wise(letter, pa.array(np.arange(found.size) - starts[found.case]).cast(pa.string()), "")
        items = pa.StructArray.from_arrays([ids, *items.flatten()], ["id", *(field.name for field in items.type)])
        return pa.ListArray.from_arrays(pa.array(starts.astype(np.int32)), items)

    def same(*names: str, **others: str) -> dict[str, str]:
        return {name: name for name in names} | others

    jobs = population.tables["employment"]
    record = jobs.columns["employment_registry"] == codes.words["record"]
    registry = struct("employment", same("worker_registered", "employer_registered", "in_post", system="registry_system"))
    registry = pa.StructArray.from_arrays(registry.flatten(), fields=list(registry.type), mask=pa.array(~record))
    never = pa.array(jobs.columns["employment_end"] == NEVER)
    job = same("industry", "post", "start", "end", employer_in_shanghai="in_shanghai")
    employments = struct("employment", job, end_is_null=never, registry=registry, registry_is_null=pa.array(~record))
    certificate = same("kind", "level", "domain", "issued", "meets_city_rules", "holder_status")
    certificates = struct("certificate", certificate | {"occupation_code": "occupation", "base_standard_cny": "base_standard"})
    return pa.table(
        {
            "id": pc.binary_join_element_wise("n", pa.array(np.arange(size)).cast(pa.string()), ""),
            "applied_on": column("", "applied_on"),
            "person": struct("", same("status", "civil_servant", "public_institution_post", "school_in_shanghai")),
            "certificates": listed("certificate", certificates, "c"),
            "employments": listed("employment", employments, "e"),
            "applications": listed("application", struct("application", same("kind", "date", "status", "outcome")), "p"),
        }
    )


# Parquet


def parquet_files(folder: Path, population: CaseColumns, rounds: int) -> None:
    """From Parquet to Parquet, beside DuckDB; with one core and with two."""
    source = folder / "cases.parquet"
    # a hundred thousand rows a group, so that DuckDB's threads share the file
    pq.write_table(table(population), source, row_group_size=100_000)
    ours, theirs = folder / "ours.parquet", folder / "theirs.parquet"
    contestants: dict[str, Callable[[], object]] = {}
    for number in (1, 2):
        job = BulkJob(Oracle(), source, ours, options=OPTIONS, workers=number)
        contestants[f"DuckDB, {number} threads"] = partial(duckdb_peer.decide, source, theirs, number)
        contestants[f"tiaoli bulk, {number} workers"] = partial(parquet.run_parquet, job)
    medians = turns(contestants, rounds)
    size = population.size
    print(f"\nParquet to Parquet, {size:,} cases, {source.stat().st_size / size:.0f} bytes each, {3 * size:,} decisions")
    for name, seconds in medians.items():
        print(f"  {name:<24} {size / seconds:12,.0f} cases/s")
    for number in (1, 2):
        ratio = medians[f"DuckDB, {number} threads"] / medians[f"tiaoli bulk, {number} workers"]
        print(f"  with {number}: {ratio:.2f} times DuckDB")
    print(f"  two workers: {medians['tiaoli bulk, 1 workers'] / medians['tiaoli bulk, 2 workers']:.2f} times one")
    print(f"  {different(ours, theirs)} of {3 * size:,} decisions differ from DuckDB's")


def different(ours: Path, theirs: Path) -> int:
    """How many rows stand in one of two files only."""
    rows = "SELECT * FROM read_parquet('{}')"
    one, other = rows.format(ours), rows.format(theirs)
    query = f"SELECT (SELECT count(*) FROM ({one} EXCEPT ALL {other})) + (SELECT count(*) FROM ({other} EXCEPT ALL {one}))"
    found: int = duckdb.sql(query).fetchall()[0][0]
    return found


# JSON Lines


def json_lines(folder: Path, population: CaseColumns, number: int, rounds: int) -> None:
    """From JSON Lines to JSON Lines, beside what it costs to parse and to write the lines alone."""
    source = written(folder, population, number)

    def parsed(loads: Callable[[bytes], object]) -> Callable[[], object]:
        def run() -> None:
            with source.open("rb") as lines:
                for line in lines:
                    loads(line)

        return run

    contestants = {
        "json.loads alone": parsed(json.loads),
        "orjson.loads alone": parsed(orjson.loads),
        "tiaoli bulk": lambda: bulk.run_json_lines(BulkJob(Oracle(), source, folder / "out.jsonl", options=OPTIONS)),
        "tiaoli bulk, 2 workers": lambda: bulk.run_json_lines(BulkJob(Oracle(), source, folder / "out.jsonl", options=OPTIONS, workers=2)),
    }
    medians = turns(contestants, rounds)
    print(f"\nJSON Lines to JSON Lines, {number:,} lines of {source.stat().st_size / number:.0f} bytes")
    for name, seconds in medians.items():
        print(f"  {name:<24} {number / seconds:12,.0f} lines/s  {seconds / medians['json.loads alone']:6.2f} times json.loads")
    print(f"  two workers: {medians['tiaoli bulk'] / medians['tiaoli bulk, 2 workers']:.2f} times one")


def written(folder: Path, population: CaseColumns, number: int) -> Path:
    """A file of so many lines, of which a fifth differ."""
    path = folder / f"{number}.jsonl"
    few = [json.dumps(document(population, at)).encode() + b"\n" for at in range(min(population.size, number // 5))]
    with path.open("wb") as file:
        for _ in range(5):
            file.writelines(few)
    return path


# Growth

MEASURED = (
    """
import sys, time
from pathlib import Path
from tiaoli.bulk import Job
from tiaoli.lines import Options
if sys.argv[1].endswith("parquet"):
    from tiaoli.parquet import run
else:
    from tiaoli.bulk import run
start = time.perf_counter()
run(Job(Path(sys.argv[1]), Path(sys.argv[2]), options=Options(benefits=tuple(sys.argv[3:]))))
print(time.perf_counter() - start)
"""
    + PEAK
)


def growth(folder: Path, population: CaseColumns, lines: int) -> None:
    """Time and the most memory of one process, for more and more cases."""
    print("\ngrowth, one process a row, the load of the policy included")
    whole = table(population)
    for ending, sizes in (
        ("jsonl", (lines // 4, lines, 4 * lines)),
        ("parquet", (population.size // 16, population.size // 4, population.size)),
    ):
        for size in sizes:
            source = folder / f"growth.{ending}"
            if ending == "jsonl":
                source = written(folder, population, size)
            else:
                pq.write_table(whole.slice(0, size), source, row_group_size=100_000)
            command = [sys.executable, "-c", MEASURED, str(source), str(folder / f"grown.{ending}"), *BENEFITS]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds, peak = map(float, done.stdout.split())
            print(f"  {ending:<8} {size:12,} cases  {seconds:8.1f} s  {size / seconds:10,.0f} a second  {peak / 1024:6.0f} MiB")


def main() -> None:
    size, lines, rounds = (
        int(os.environ.get(name, default)) for name, default in (("CASES", "1000000"), ("LINES", "100000"), ("ROUNDS", "3"))
    )
    oracle = Oracle()
    print(
        f"pyarrow {pa.__version__}, duckdb {duckdb.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores, {rounds} rounds"
    )
    population = made(oracle, size)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parquet_files(folder, population, rounds)
        json_lines(folder, population, lines, rounds)
        growth(folder, population, lines)


if __name__ == "__main__":
    main()
