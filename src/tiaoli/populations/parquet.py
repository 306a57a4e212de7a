"""A whole population in Parquet: a case a row in, a decision a row out.

The input is read in batches. What came of each is kept as a part, and the parts are put behind one another in a file that becomes the
result when the last is done.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tiaoli.base import CallError, CaseError, InternalError, TiaoliError, shown
from tiaoli.oracle import Oracle
from tiaoli.policy import Policy
from tiaoli.populations.bulk_job import BulkJob, BulkOptions, Progress, is_regular
from tiaoli.populations.totals import Totals
from tiaoli.populations.worker_processes import decide_in_order

try:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tiaoli.populations.arrow_columns import check_columns
    from tiaoli.populations.arrow_decider import BatchDecider
    from tiaoli.populations.arrow_schema import WordDictionaries, case_schema, decision_schema, text_paths
    from tiaoli.populations.part_folder import PartFolder, keep_part
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
    for title, schema in (("cases", case_schema(policy)), ("decisions", decision_schema(policy))):
        texts.append(f"# {title}\n" + "\n".join(f"{field.name}: {field.type}{'' if field.nullable else ' not null'}" for field in schema))
    return "\n\n".join(texts)


def run_parquet(job: BulkJob, report: Callable[[Progress], None] = lambda _: None) -> Totals:
    """Decide every row of the input and put the result in its place.

    Raises `CallError` where a file cannot be read or written, `CaseError` where its columns are not those of cases, `InternalError` (with
    the case) where clingo answers otherwise than the rules over columns.
    """
    _check_call(job)
    job.check_files()
    folder: PartFolder | None = None
    try:
        file = pq.ParquetFile(job.source)
        check_columns(file.schema_arrow, case_schema(job.oracle.policy))
        folder = PartFolder(job, ROWS)
        totals = _decided(job, file, folder, report)
        folder.finish()
    except (pa.ArrowException, OSError, CaseError, InternalError) as error:
        if isinstance(error, OSError) and error.errno:
            raise _not_read_or_written(job, error) from None
        if folder is not None:
            # nothing comes of this input
            folder.discard()
        if isinstance(error, TiaoliError):
            raise
        what = shown(str(error).splitlines()[0], 200)
        raise CallError.one(str(job.source), f"不是完整的 Parquet 文件：{what}", f"no whole Parquet file: {what}") from None
    finally:
        if folder is not None:
            folder.close()
    return totals


def _not_read_or_written(job: BulkJob, error: OSError) -> CallError:
    # what Arrow raises has its own words where the system's would stand
    reason = shown(os.strerror(error.errno or 0), 200)
    return CallError.one(
        str(error.filename or job.target),
        f"无法读写（{reason}）；请腾出空间或检查权限，再用 --resume 继续",
        f"cannot be read or written ({reason}); make room or check permissions, then go on with --resume",
    )


def _decided(job: BulkJob, file: pq.ParquetFile, folder: PartFolder, report: Callable[[Progress], None]) -> Totals:
    """Decide what is not decided yet, and put all of it behind each other."""
    policy, total, totals = job.oracle.policy, file.metadata.num_rows, Totals()
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
        if not is_regular(path):
            raise CallError.one(str(path), "Parquet 须为普通文件；请给出文件", "Parquet is a regular file; name one")
    if job.options.full or job.options.why:
        what = "--full" if job.options.full else "--why"
        raise CallError.one(what, "Parquet 的每行已列出未满足的条件", "a row of Parquet names its unmet conditions already; leave it out")


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
    first = 1
    for number, batch in enumerate(_batches(source, file, policy)):
        if number >= done:
            yield RowChunk(number, first, batch)
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


def make_part_decider(oracle: Oracle, options: BulkOptions, folder: Path) -> Callable[[RowChunk], Totals]:
    """What decides the chunks of a process, and keeps what came of each as a part."""
    decider = BatchDecider(oracle, options.benefits, options.limit)
    return lambda rows: keep_part(folder, rows.number, rows.first, decider.decide(rows.batch))
