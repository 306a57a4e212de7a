"""A whole population in Parquet: a case a row in, a decision a row out.

The input is read in batches. What came of each is a file of its own in `OUT.parts`, and is put behind the others in a file there that
becomes `OUT` when the last is done. A part is whole or not there, so a run that was stopped goes on with the first batch that is missing,
and puts together anew what Parquet cannot go on with. Who decides a batch writes its part, so that processes do not wait for each other;
parts hold Arrow's own format, which costs little to write and nothing to read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tiaoli.base import CallError, shown
from tiaoli.oracle import Oracle
from tiaoli.policy import Policy
from tiaoli.populations.bulk_job import BulkJob, BulkOptions, Progress
from tiaoli.populations.line_decider import rejection_line
from tiaoli.populations.resumable_output import nothing_to_resume, unfinished
from tiaoli.populations.totals import Totals
from tiaoli.populations.worker_processes import decide_in_order

try:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tiaoli.populations.arrow_decider import BatchDecider, DecidedBatch
    from tiaoli.populations.arrow_schema import REPEATED, WordDictionaries, case_schema, decision_schema, fit_to_schema, text_paths
except ModuleNotFoundError as error:
    raise CallError.one(
        "--format",
        f"Parquet 需要 {error.name}；请安装 tiaoli[bulk]",
        f"Parquet wants {error.name}: install tiaoli[bulk]",
    ) from None

ROWS = 1 << 17
"""How many cases are decided together."""


class RowChunk(NamedTuple):
    """Some rows of the input."""

    number: int
    first: int
    batch: pa.RecordBatch


def arrow_schemas(policy: Policy) -> str:
    """The schemas of cases and of decisions, to be read."""
    texts = []
    for title, schema in (("cases", case_schema(policy)), ("decisions", decision_schema())):
        texts.append(f"# {title}\n" + "\n".join(f"{field.name}: {field.type}{'' if field.nullable else ' not null'}" for field in schema))
    return "\n\n".join(texts)


def run_parquet(job: BulkJob, report: Callable[[Progress], None] = lambda _: None) -> Totals:
    """Decide every row of the input and put the result in its place.

    Raises `CallError` where a file cannot be read or written or is no table of cases, `InternalError` (with the case) where clingo
    answers otherwise than the rules over columns.
    """
    _check_call(job)
    policy = job.oracle.policy
    try:
        file = pq.ParquetFile(job.source)
        _check_columns(job.source, file.schema_arrow, case_schema(policy))
        folder = _PartFolder(job)
        total = file.metadata.num_rows
        totals = Totals()
        with folder.whole(WordDictionaries(policy)) as write:
            for number in range(folder.done):
                write(number)
                totals.merge(folder.totals(number))
            report(Progress(totals.lines, totals.rejected, totals.lines, total))
            make_decider = partial(make_part_decider, options=job.options, folder=folder.path)
            for rows, found in decide_in_order(job, _chunks(job.source, file, policy, folder.done), make_decider):
                # written while other processes decide
                write(rows.number)
                totals.merge(found)
                report(Progress(totals.lines, totals.rejected, totals.lines, total))
        folder.finish()
    except pa.ArrowException as error:
        what = shown(str(error).splitlines()[0], 200)
        raise CallError.one(
            str(job.source), f"不是完整的 Parquet 文件，或列不符：{what}", f"no whole Parquet file, or its columns do not fit: {what}"
        ) from None
    except OSError as error:
        # what Arrow raises has its own words where the system's would stand
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CallError.one(
            str(error.filename or job.target),
            f"无法读写（{shown(reason, 200)}）；请腾出空间或检查权限，再用 --resume 继续",
            f"cannot be read or written ({shown(reason, 200)}); make room or check permissions, then go on with --resume",
        ) from None
    return totals


def _check_call(job: BulkJob) -> None:
    if "-" in (str(job.source), str(job.target)):
        raise CallError.one(
            "-", "Parquet 不能经标准输入输出；请给出文件", "Parquet does not go through standard input or output; name files"
        )
    for path, exists in ((job.source, True), (job.target, False)):
        if path.is_dir():
            raise CallError.one(str(path), "这是一个目录；请给出文件名", "this is a directory; name a file")
        if exists and not path.exists():
            raise CallError.one(str(path), "无法读取；没有这个文件", "cannot be read: there is no such file")
    if job.options.full or job.options.why:
        what = "--full" if job.options.full else "--why"
        raise CallError.one(what, "Parquet 的每行已列出未满足的条件", "a row of Parquet names its unmet conditions already; leave it out")


def _check_columns(source: Path, found: pa.Schema, wanted: pa.Schema) -> None:
    unknown = list(_unknown(found, wanted, ""))
    missing = [name for name in ("id", "applied_on") if name not in found.names]
    if unknown or missing:
        listed = ", ".join(map(shown, unknown or missing))
        raise CallError.one(
            str(source),
            f"{'没有这样的列' if unknown else '缺少列'}：{listed}；`tiaoli schema --arrow` 列出全部",
            f"{'there are no such columns' if unknown else 'columns are missing'}: {listed}; `tiaoli schema --arrow` lists them",
        )


def _unknown(found: Iterable[pa.Field], wanted: Iterable[pa.Field], path: str) -> Iterator[str]:
    """The columns, those inside others too, that no case has."""
    known = {field.name: field.type for field in wanted}
    for field in found:
        if field.name not in known:
            yield f"{path}{field.name}"
        else:
            one, other = (kind.value_type if pa.types.is_list(kind) else kind for kind in (field.type, known[field.name]))
            if pa.types.is_struct(one) and pa.types.is_struct(other):
                yield from _unknown(one, other, f"{path}{field.name}.")


def _worded(found: pq.ParquetSchema, policy: Policy) -> list[str]:
    """The columns of words and codes, as Parquet names them: with `.list.element` behind a list."""
    columns = [found.column(number) for number in range(len(found))]
    wanted = text_paths(policy)
    return [
        column.path
        for column in columns
        if column.physical_type == "BYTE_ARRAY" and re.sub(r"\.list\.(element|item)(?=\.)", "", column.path) in wanted
    ]


def _chunks(source: Path, file: pq.ParquetFile, policy: Policy, done: int) -> Iterator[RowChunk]:
    schema, first = case_schema(policy, REPEATED), 1
    for number, batch in enumerate(_batches(source, file, policy)):
        if number >= done:
            yield RowChunk(number, first, fit_to_schema(batch, schema))
        first += batch.num_rows


def _batches(source: Path, plain: pq.ParquetFile, policy: Policy) -> Iterator[pa.RecordBatch]:
    """The rows in batches, words as numbers where Arrow can: inside lists it cannot over the edge of a row group, nor where the
    words of a group are more than a dictionary holds."""
    worded = pq.ParquetFile(source, read_dictionary=_worded(plain.schema, policy))
    for groups in _spans(plain.metadata):
        given = 0
        if len(groups) == 1:
            try:
                for batch in worded.iter_batches(ROWS, row_groups=groups):
                    yield batch
                    given += 1
                continue
            except pa.ArrowNotImplementedError:
                pass
        yield from islice(plain.iter_batches(ROWS, row_groups=groups), given, None)


def _spans(found: pq.FileMetaData) -> Iterator[list[int]]:
    """Row groups that are read together: small ones are, as long as they make one batch."""
    span: list[int] = []
    rows = 0
    for number in range(found.num_row_groups):
        more = found.row_group(number).num_rows
        if span and rows + more > ROWS:
            yield span
            span, rows = [], 0
        span.append(number)
        rows += more
    if span:
        yield span


class _PartFolder:
    """The folder with the parts of an unfinished result."""

    def __init__(self, job: BulkJob) -> None:
        self.job = job
        self.path = job.target.with_name(f"{job.target.name}.parts")
        note = self.path / "run.json"
        wanted = json.dumps({**job.identity(job.source.stat().st_size), "rows": ROWS}, ensure_ascii=False)
        if job.resume:
            if not note.exists():
                raise nothing_to_resume(self.path)
            if note.read_text("utf-8") != wanted:
                zh = "上次运行的输入或选项与这次不同；请用 --restart 重新开始"
                en = "the earlier run had other input or options; begin again with --restart"
                raise CallError.one(str(self.path), zh, en)
        elif note.exists() and not job.restart:
            raise unfinished(self.path)
        else:
            shutil.rmtree(self.path, ignore_errors=True)
            self.path.mkdir()
            note.write_text(wanted, "utf-8")
        self.done = 0
        while _part(self.path, self.done, "json").exists():
            self.done += 1

    def totals(self, number: int) -> Totals:
        """The counts of a part."""
        return Totals.of(json.loads(_part(self.path, number, "json").read_bytes())["tally"])

    @contextmanager
    def whole(self, words: WordDictionaries) -> Iterator[Callable[[int], None]]:
        """What puts a part, by its number, behind those before it in the files that are to be the result."""
        decisions, rejects = self._fresh
        # dictionaries are how the texts are written, not what the file is said to hold
        # the least and the greatest help to find rows, but not by what lists hold
        scalars = [field.name for field in words.schema if not pa.types.is_list(field.type)]
        options = {"store_schema": False, "write_statistics": scalars}
        with pq.ParquetWriter(decisions, words.schema, **options) as writer, rejects.open("w", encoding="utf-8") as named:

            def write(number: int) -> None:
                with pa.memory_map(str(_part(self.path, number, "arrow"))) as file:
                    writer.write_table(pa.ipc.open_file(file).read_all())
                named.writelines(f"{line}\n" for line in json.loads(_part(self.path, number, "json").read_bytes())["rejects"])

            yield write

    def finish(self) -> None:
        """Put the result in its place."""
        decisions, rejects = self._fresh
        if rejects.stat().st_size:
            shutil.move(rejects, self.job.rejects_path)
        else:
            self.job.rejects_path.unlink(missing_ok=True)
        decisions.replace(self.job.target)
        shutil.rmtree(self.path)

    @property
    def _fresh(self) -> tuple[Path, Path]:
        """The decisions and the rejects, until they are in their places."""
        return self.path / "whole.parquet", self.path / "whole.jsonl"


def _part(folder: Path, number: int, ending: str) -> Path:
    return folder / f"{number:06}.{ending}"


def _keep(folder: Path, rows: RowChunk, found: DecidedBatch) -> Totals:
    """Keep what came of some rows. Its note is written last, in one step: a part without one is made again."""
    packed = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_file(str(_part(folder, rows.number, "arrow")), found.encoded.schema, options=packed) as writer:
        writer.write_batch(found.encoded)
    rejects = [rejection_line(rows.first + row, error, "row") for row, error in found.rejects]
    fresh = _part(folder, rows.number, "new")
    fresh.write_text(json.dumps({"tally": found.totals.state(), "rejects": rejects}, ensure_ascii=False), "utf-8")
    fresh.replace(_part(folder, rows.number, "json"))
    return found.totals


def make_part_decider(oracle: Oracle, options: BulkOptions, folder: Path) -> Callable[[RowChunk], Totals]:
    """What decides the chunks of a process, and keeps what came of each as a part."""
    decider = BatchDecider(oracle, options.benefits, options.limit)
    return lambda rows: _keep(folder, rows, decider.decide(rows.batch))
