"""A whole population: JSON Lines in, an answer a line out, in the input's order and in constant memory.

The input is cut into chunks of lines. Each is decided by itself, in this process or in one of several; their results come
back in order, are written, counted and sampled. Of every run a sample and one case of each kind of decision are decided
again by clingo, before anything is noted as done.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from tiaoli.base import CallError, InternalError
from tiaoli.oracle import Oracle
from tiaoli.populations.bulk_job import BulkJob, BulkOptions, Progress, is_regular
from tiaoli.populations.line_decider import LONGEST, DecidedLines, LineDecider, Sample
from tiaoli.populations.resumable_output import DirectOutput, ResumableOutput, another, open_output
from tiaoli.populations.totals import Totals
from tiaoli.populations.worker_processes import decide_in_order

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

LINES, BYTES = 1024, 1 << 20
"""The most lines, and about the most bytes, of one chunk."""

NOTE_SECONDS = 2.0
"""How often what is done is noted."""


class Chunk(NamedTuple):
    """Lines to decide, where the input stands behind them, and the digest of all that was read up to there."""

    first: int
    lines: list[bytes]
    offset: int
    digest: str


def run_json_lines(job: BulkJob, report: Callable[[Progress], None] = lambda _: None) -> Totals:
    """Decide every line of the input and put the result in its place.

    Raises `CallError` where a file cannot be read or written, `InternalError` (with the case) where clingo answers otherwise than
    the compiled rules.
    """
    job.check_files()
    with _opened(job) as stream:
        size = os.fstat(stream.fileno()).st_size if str(job.source) != "-" and is_regular(job.source) else None
        output = open_output(job, job.identity(size))
        try:
            totals = _run(job, stream, output, lambda lines, rejected, done: report(Progress(lines, rejected, done, size)))
            output.finish()
        except InternalError:
            output.discard()
            raise
        finally:
            output.close()
    return totals


def _run(job: BulkJob, stream: BinaryIO, output: ResumableOutput | DirectOutput, report: Callable[[int, int, int], None]) -> Totals:
    totals, line, offset, digest = Totals(), 1, 0, hashlib.sha256()
    if output.position is not None:
        totals, line, offset = Totals.of(output.position["tally"]), output.position["line"], output.position["offset"]
        _read_again(job, stream, offset, digest, output.position["digest"])
    checker = LineDecider(job.oracle, job.options)
    kinds: set[str] = set()
    waiting: list[Sample] = []
    noted = monotonic()
    report(totals.lines, totals.rejected, offset)
    for chunk, found in decide_in_order(job, _chunks(stream, line, offset, digest), partial(make_line_decider, options=job.options)):
        output.append(found.answers, found.rejects)
        totals.merge(found.totals)
        waiting += found.random + [sample for kind, sample in found.kinds.items() if kind not in kinds]
        kinds.update(found.kinds)
        report(totals.lines, totals.rejected, chunk.offset)
        if monotonic() - noted > NOTE_SECONDS:
            checker.check_again(waiting)
            waiting = []
            output.note({"line": chunk.first + len(chunk.lines), "offset": chunk.offset, "digest": chunk.digest, "tally": totals.state()})
            noted = monotonic()
    checker.check_again(waiting)
    return totals


def make_line_decider(oracle: Oracle, options: BulkOptions) -> Callable[[Chunk], DecidedLines]:
    """What decides the chunks of a process."""
    decider = LineDecider(oracle, options)
    return lambda chunk: decider.decide(chunk.first, chunk.lines)


def read_lines(source: Path) -> Iterator[bytes]:
    """The lines of a file, or of standard input where it is `-`. Raises `CallError` where it cannot be read."""
    with _open(source) as stream:
        for chunk in _chunks(stream, 1, 0, hashlib.sha256()):
            yield from chunk.lines


def _opened(job: BulkJob) -> BinaryIO:
    if job.resume and (str(job.source) == "-" or not is_regular(job.source)) and not job.source.is_dir():
        where, what = ("-", "标准输入") if str(job.source) == "-" else (str(job.source), "此输入")
        name = "standard input" if where == "-" else "this"
        raise CallError.one(where, f"{what}不能从中间读起；请给出文件", f"{name} cannot be read from the middle; give a file")
    return _open(job.source)


def _open(source: Path) -> BinaryIO:
    if str(source) == "-":
        return sys.stdin.buffer
    try:
        if source.is_dir():
            raise CallError.one(str(source), "这是一个目录；请给出 JSON Lines 文件", "this is a directory; name a JSON Lines file")
        return source.open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise CallError.one(
            str(source), f"无法读取（{reason}）；请检查文件名和权限", f"cannot be read ({reason}); check its name and permissions"
        ) from None


def _read_again(job: BulkJob, stream: BinaryIO, offset: int, digest: Digest, noted: str) -> None:
    """Read what the earlier run read, and see that it is the same. Raises `CallError`."""
    while offset and (data := stream.read(min(offset, 1 << 20))):
        digest.update(data)
        offset -= len(data)
    if offset or digest.hexdigest() != noted:
        raise another(job.source, ["input"])


def _chunks(stream: BinaryIO, first: int, offset: int, digest: Digest) -> Iterator[Chunk]:
    """The lines from here on, some at a time. Of a line that is too long only the beginning is kept."""
    lines: list[bytes] = []
    size = 0
    while line := stream.readline(LONGEST + 1):
        offset += len(line)
        digest.update(line)
        rest = line
        while not rest.endswith(b"\n") and len(line) > LONGEST and (rest := stream.readline(1 << 20)):
            offset += len(rest)
            digest.update(rest)
        lines.append(line)
        size += len(line)
        if len(lines) >= LINES or size >= BYTES:
            yield Chunk(first, lines, offset, digest.hexdigest())
            first, lines, size = first + len(lines), [], 0
    if lines:
        yield Chunk(first, lines, offset, digest.hexdigest())
