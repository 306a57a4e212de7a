"""Chunks of a population decided in order: in this process, or in several, of which each loads the policy once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from tiaoli.base import CallError, follow_parent
from tiaoli.oracle import Oracle, OracleSource
from tiaoli.populations.bulk_job import BulkJob

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

_AHEAD = 3
"""How many chunks wait for each process, so that none is idle."""


def decide_in_order(
    job: BulkJob, chunks: Iterator[Chunk], make_decider: Callable[[Oracle], Callable[[Chunk], Result]]
) -> Iterator[tuple[Chunk, Result]]:
    """Every chunk with what came of it, in order. Each process has a decider of its own, which `make_decider` makes of an oracle; it
    must be a function that can be sent to one."""
    if job.workers == 1:
        decide = make_decider(job.oracle)
        for chunk in chunks:
            yield chunk, decide(chunk)
        return
    # only a run with several processes waits for these
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    waiting: deque[tuple[Chunk, Future[Result]]] = deque()
    pool = ProcessPoolExecutor(job.workers, get_context("spawn"), _begin, (job.oracle.source, make_decider))
    try:
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_decide, chunk)))
            if len(waiting) > _AHEAD * job.workers:
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


_DECIDERS: list[Callable[[Any], Any]] = []
"""The one decider of a worker process."""


def _begin(source: OracleSource, make_decider: Callable[[Oracle], Callable[[Any], Any]]) -> None:
    follow_parent()
    _DECIDERS[:] = [make_decider(Oracle.of(source))]


def _decide(chunk: Any) -> Any:
    return _DECIDERS[0](chunk)
