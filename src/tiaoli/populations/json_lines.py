"""A whole population: JSON Lines in, an answer a line out, in the input's order and in constant memory.

The input is cut into chunks of lines. Each is decided by itself, in this process or in one of several; their results come
back in order, are written, counted and sampled. Of every run a sample and one case of each kind of decision are decided
again by clingo, before anything is noted as done.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO, NamedTuple, TypeVar

from tiaoli.base import CallError, __version__, follow_parent
from tiaoli.oracle import Oracle
from tiaoli.populations.line_decider import LONGEST, BulkOptions, DecidedLines, LineDecider, Sample
from tiaoli.populations.resumable_output import DirectOutput, ResumableOutput
from tiaoli.populations.totals import Totals

Given = TypeVar("Given")
Came = TypeVar("Came")

LINES, BYTES = 1024, 1 << 20
"""The most lines, and about the most bytes, of one chunk."""

NOTE_SECONDS = 2.0
"""How often what is done is noted."""


@dataclass(frozen=True)
class BulkJob:
    """One run: what is decided, by which policy, and where the result goes. `-` is standard input or output."""

    source: Path
    target: Path
    rejects: Path | None = None
    policy: str | None = None
    policy_root: Path | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    options: BulkOptions = field(default_factory=BulkOptions)
    workers: int = 1
    resume: bool = False
    restart: bool = False
    alone: bool = False

    def oracle(self) -> Oracle:
        """The oracle that decides it."""
        return Oracle(self.policy, policy_root=self.policy_root, readings=self.readings, alone=self.alone)

    @property
    def rejects_path(self) -> Path:
        """Where the lines go that hold no case: by default beside the result."""
        if self.rejects is not None:
            return self.rejects
        name = "bulk" if str(self.target) == "-" or not _regular(self.target) else self.target.name
        folder = self.target.parent if _regular(self.target) and str(self.target) != "-" else Path()
        return folder / f"{name}.rejects.jsonl"


class Progress(NamedTuple):
    """How far a run is; `total` bytes where the input says how long it is."""

    lines: int
    rejected: int
    done: int
    total: int | None


class Chunk(NamedTuple):
    """Lines to decide, and where the input stands behind them."""

    first: int
    lines: list[bytes]
    offset: int


def run_json_lines(job: BulkJob, report: Callable[[Progress], None] = lambda _: None) -> Totals:
    """Decide every line of the input and put the result in its place.

    Raises `CallError` where a file cannot be read or written, `InternalError` (with the case) where clingo answers otherwise than
    the compiled rules.
    """
    oracle = job.oracle()
    decider = LineDecider(oracle, job.options)
    with _opened(job) as stream:
        total = os.fstat(stream.fileno()).st_size if str(job.source) != "-" and _regular(job.source) else None
        journal = _journal(job, oracle, total)
        try:
            totals = _run(job, decider, stream, journal, lambda lines, rejected, done: report(Progress(lines, rejected, done, total)))
            journal.finish()
        finally:
            journal.close()
    return totals


def _run(
    job: BulkJob, decider: LineDecider, stream: BinaryIO, journal: ResumableOutput | DirectOutput, report: Callable[[int, int, int], None]
) -> Totals:
    totals, line, offset = Totals(), 1, 0
    if journal.position is not None:
        totals, line, offset = Totals.of(journal.position["tally"]), journal.position["line"], journal.position["offset"]
        stream.seek(offset)
    kinds: set[str] = set()
    waiting: list[Sample] = []
    noted = monotonic()
    report(totals.lines, totals.rejected, offset)
    chunks = _chunks(stream, line, offset)
    for chunk, found in results(job, chunks, lambda given: decider.decide(given.first, given.lines), _ready, _decide):
        journal.append(found.answers, found.rejects)
        totals.merge(found.totals)
        waiting += found.random + [sample for kind, sample in found.kinds.items() if kind not in kinds]
        kinds.update(found.kinds)
        report(totals.lines, totals.rejected, chunk.offset)
        if monotonic() - noted > NOTE_SECONDS:
            decider.differences(waiting)
            waiting = []
            journal.note({"line": chunk.first + len(chunk.lines), "offset": chunk.offset, "tally": totals.state()})
            noted = monotonic()
    decider.differences(waiting)
    return totals


# Lines


def read_lines(source: Path) -> Iterator[bytes]:
    """The lines of a file, or of standard input where it is `-`. Raises `CallError` where it cannot be read."""
    with _open(source) as stream:
        for chunk in _chunks(stream, 1, 0):
            yield from chunk.lines


def _opened(job: BulkJob) -> BinaryIO:
    if str(job.source) == "-" and job.resume:
        raise CallError.one("-", "标准输入不能从中间读起；请给出文件", "standard input cannot be read from the middle; give a file")
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


def _chunks(stream: BinaryIO, first: int, offset: int) -> Iterator[Chunk]:
    """The lines from here on, some at a time. Of a line that is too long only the beginning is kept."""
    lines: list[bytes] = []
    size = 0
    while line := stream.readline(LONGEST + 1):
        offset += len(line)
        rest = line
        while not rest.endswith(b"\n") and len(line) > LONGEST and (rest := stream.readline(1 << 20)):
            offset += len(rest)
        lines.append(line)
        size += len(line)
        if len(lines) >= LINES or size >= BYTES:
            yield Chunk(first, lines, offset)
            first, lines, size = first + len(lines), [], 0
    if lines:
        yield Chunk(first, lines, offset)


# The journal


def _regular(path: Path) -> bool:
    """Whether a path is a file, or may become one."""
    return path.is_file() or not path.exists()


def _journal(job: BulkJob, oracle: Oracle, total: int | None) -> ResumableOutput | DirectOutput:
    if str(job.target) == "-" or not _regular(job.target):
        if job.target.is_dir():
            raise CallError.one(str(job.target), "这是一个目录；请给出文件名", "this is a directory; name a file")
        if job.resume:
            raise CallError.one(str(job.target), "只有写入文件才能继续", "only a result in a file can be gone on with")
        return DirectOutput(job.target, job.rejects_path)
    return ResumableOutput(job.target, job.rejects_path, identity(job, oracle, total), job.resume, job.restart)


def identity(job: BulkJob, oracle: Oracle, total: int | None) -> dict[str, Any]:
    """What a result is made of and from: a run goes on only where this is the same."""
    return {
        "version": __version__,
        "policy": oracle.policy.digest,
        "readings": oracle.chosen_readings,
        "options": {**job.options._asdict(), "benefits": list(job.options.benefits or ())},
        "input": None if total is None else [total, _fingerprint(job.source)],
    }


def _fingerprint(source: Path) -> str:
    """A digest of how a file begins."""
    with source.open("rb") as stream:
        return hashlib.sha256(stream.read(1 << 20)).hexdigest()


# Processes


def results(
    job: BulkJob, chunks: Iterator[Given], here: Callable[[Given], Came], begin: Callable[[BulkJob], None], there: Callable[[Given], Came]
) -> Iterator[tuple[Given, Came]]:
    """Every chunk with what came of it, in order: decided here, or in several processes, of which each begins with `begin`."""
    if job.workers == 1:
        for chunk in chunks:
            yield chunk, here(chunk)
        return
    # only a run with several processes waits for these
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    waiting: deque[tuple[Given, Future[Came]]] = deque()
    pool = ProcessPoolExecutor(job.workers, get_context("spawn"), _begin, (job, begin))
    try:
        for chunk in chunks:
            waiting.append((chunk, pool.submit(there, chunk)))
            if len(waiting) > 3 * job.workers:
                first, found = waiting.popleft()
                yield first, found.result()
        while waiting:
            first, found = waiting.popleft()
            yield first, found.result()
    except BrokenProcessPool as error:
        zh, en = "一个工作进程意外结束；请用 --resume 继续", "a worker process ended; go on with --resume"
        raise CallError.one("--workers", zh, en) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(job: BulkJob, begin: Callable[[BulkJob], None]) -> None:
    """What a worker does first."""
    follow_parent()
    begin(job)


_DECIDER: list[LineDecider] = []


def _ready(job: BulkJob) -> None:
    _DECIDER[:] = [LineDecider(job.oracle(), job.options)]


def _decide(chunk: Chunk) -> DecidedLines:
    return _DECIDER[0].decide(chunk.first, chunk.lines)


def run_summary(oracle: Oracle, totals: Totals, seconds: float) -> dict[str, Any]:
    """What a run adds up to, as plain data."""
    rate = round(totals.lines / seconds) if seconds else None
    return {"policy": oracle.policy.number, **totals.to_json(oracle.encoding), "seconds": round(seconds, 1), "lines_a_second": rate}
