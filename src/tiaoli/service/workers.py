"""Worker processes that can be killed: one question at a time each, and a new one in the place of any that ends.

clingo's grounding cannot be interrupted inside a process, nor can a process run short of memory alone; so what can run long runs
in a process of its own. A question past its time is answered with a problem, and its worker killed; one whose worker ends is
answered with a problem, and the others go on.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from resource import RUSAGE_SELF, getrusage
from typing import Any

from tiaoli.base import Statement, follow_parent
from tiaoli.protocol import (
    UNEXPECTED_PROBLEM,
    ExceptionTrace,
    Limits,
    ProblemDetails,
    RefusedError,
    RequestHandler,
    ServiceConfig,
    refuse_over_limit,
)

_log = logging.getLogger(__name__)

_GROWN = 64 * 1024
"""A worker that has grown by so many kilobytes makes room for a new one: clingo never gives back the memory of a name it has
seen."""

_ENDED = Statement(
    "回答此问题的工作进程意外结束；其他问题不受影响，可再试一次",
    "the worker process that answered this question ended; other questions go on, and this one can be asked again",
)
STOPPING = ProblemDetails(
    "stopping", Statement("服务正在停止，不再回答新问题", "the service is stopping and takes no new questions"), retry_after=5
)
"""The problem of a question that comes too late."""


class Workers:
    """So many worker processes under one set of policies, each with a handler of its own that does the work it is given. All
    methods belong to the event loop it is started in."""

    def __init__(self, config: ServiceConfig, wanted: int, handler: type[RequestHandler] = RequestHandler) -> None:
        self.wanted = wanted
        self.killed = 0
        self.died = 0
        self._config = config
        self._handler = handler
        self._limits: Limits = config.limits
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._workers: set[_Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        # one thread waits for each worker, and one may start another
        self._threads = ThreadPoolExecutor(2 * wanted, "worker")
        self._stopping = False

    @property
    def alive(self) -> int:
        """How many can answer."""
        return sum(worker.process.is_alive() for worker in self._workers)

    async def start(self) -> None:
        """Start all of them and wait until they can answer."""
        await asyncio.gather(*(self._start() for _ in range(self.wanted)))

    async def stop(self) -> None:
        """End all of them, those that still answer too."""
        self._stopping = True
        if self._starting:
            # one that is being started sees that it is not wanted
            await asyncio.wait(self._starting, timeout=5)
        for worker in tuple(self._workers):
            asyncio.get_running_loop().remove_reader(worker.process.sentinel)
            self._drop(worker)
            await asyncio.to_thread(worker.process.join, 5)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def run(self, work: Any, patient: bool = False) -> Any:
        """What a worker makes of some work; `patient` waits for one that is free as long as it takes.

        Raises `RefusedError` where there is no answer. Where the one who waits is cancelled, the worker still comes to its end.
        """
        worker = await self._acquire(patient)
        task = asyncio.get_running_loop().create_task(self._done(worker, work))
        task.add_done_callback(_retrieve_exception)
        return await asyncio.shield(task)

    async def _done(self, worker: _Worker, work: Any) -> Any:
        loop = asyncio.get_running_loop()
        answered = grown = False
        try:
            found, grown = await loop.run_in_executor(self._threads, worker.run, work, self._limits.kill_after)
            answered = True
        except TimeoutError:
            self.killed += 1
            _log.warning("a question took longer than %g s; its worker was killed", self._limits.time_limit)
            raise RefusedError(self._limits.timeout_problem) from None
        except (EOFError, OSError):
            if self._stopping:
                raise RefusedError(STOPPING) from None
            self.died += 1
            _log.warning("a worker ended in mid-question")
            raise RefusedError(ProblemDetails("worker", _ENDED, retry_after=1)) from None
        finally:
            if answered:
                self._release(worker, grown)
            else:
                self._replace(worker)
        if isinstance(found, ExceptionTrace):
            _log.error("a question failed: %s", found)
            raise RefusedError(UNEXPECTED_PROBLEM)
        if isinstance(found, ProblemDetails):
            raise RefusedError(found)
        return found

    async def _acquire(self, patient: bool) -> _Worker:
        """A worker that is free and alive."""
        while True:
            if self._stopping:
                raise RefusedError(STOPPING)
            try:
                async with asyncio.timeout(None if patient else self._limits.time_limit):
                    worker = await self._idle.get()
            except TimeoutError:
                zh, en = "没有空闲的工作进程", "no worker became free in time"
                refuse_over_limit("--workers", self.wanted, zh, en, 503, retry_after=1)
            if worker in self._workers and worker.process.is_alive():
                worker.busy = True
                return worker

    def _release(self, worker: _Worker, grown: bool) -> None:
        if grown and not worker.leaving:
            # it goes on until the new one can answer
            worker.leaving = True
            self._spawn(worker)
        worker.busy = False
        if worker in self._workers:
            self._idle.put_nowait(worker)

    def _on_exit(self, worker: _Worker) -> None:
        """Bury a process, and replace it where it ended by itself; where in mid-question, the question sees to it."""
        asyncio.get_running_loop().remove_reader(worker.process.sentinel)
        worker.process.join()
        if worker in self._workers and not worker.busy:
            self.died += 1
            self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        self._drop(worker)
        self._spawn(None)

    def _drop(self, worker: _Worker) -> None:
        if worker in self._workers:
            self._workers.discard(worker)
            worker.end()

    def _spawn(self, instead_of: _Worker | None) -> None:
        if self._stopping:
            return
        task = asyncio.get_running_loop().create_task(self._start(instead_of))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _start(self, instead_of: _Worker | None = None) -> None:
        """Start one, again and again until one can answer."""
        loop = asyncio.get_running_loop()
        pause = 0.1
        while not self._stopping:
            try:
                worker = await loop.run_in_executor(None, _Worker, self._config, self._handler)
            except (EOFError, OSError):
                _log.error("a worker could not be started; trying again")
                await asyncio.sleep(pause)
                pause = min(2 * pause, 10)
                continue
            if self._stopping:
                worker.end()
                return
            if instead_of is not None:
                self._drop(instead_of)
            self._workers.add(worker)
            loop.add_reader(worker.process.sentinel, self._on_exit, worker)
            self._idle.put_nowait(worker)
            return


def _retrieve_exception(task: asyncio.Task[Any]) -> None:
    """An answer that nobody waits for any more may be a problem."""
    if not task.cancelled():
        task.exception()


class _Worker:
    """One process, started and ready. Raises `EOFError` where it ended before it was."""

    def __init__(self, config: ServiceConfig, handler: type[RequestHandler]) -> None:
        context = get_context("spawn")
        self._connection, there = context.Pipe()
        self.process = context.Process(target=_work, args=(there, config, handler), daemon=True, name="tiaoli worker")
        self.busy = self.leaving = False
        self.process.start()
        there.close()
        self._connection.recv()

    def run(self, work: Any, seconds: float) -> tuple[Any, bool]:
        """What comes of some work, and whether the process has grown. Raises `TimeoutError` where it does not answer in time,
        `EOFError` or `OSError` where it ended."""
        self._connection.send(work)
        if not self._connection.poll(seconds):
            raise TimeoutError
        found: tuple[Any, bool] = self._connection.recv()
        return found

    def end(self) -> None:
        self.process.kill()
        self._connection.close()


def _work(connection: Connection, config: ServiceConfig, kind: type[RequestHandler]) -> None:
    """A worker's whole life: it ends with the service, and only a kill interrupts it."""
    follow_parent()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    handler = kind(config)
    most = _memory() + _GROWN
    connection.send(None)
    while True:
        try:
            work = connection.recv()
        except EOFError:
            return
        try:
            found = handler.handle(work)
        except MemoryError:
            # what is left may be whole or not; a new process is
            return
        except Exception as error:
            found = ExceptionTrace.of(error)
        connection.send((found, _memory() > most))


def _memory() -> int:
    """The most memory that this process has had, in kilobytes."""
    found = getrusage(RUSAGE_SELF).ru_maxrss
    return found // 1024 if sys.platform == "darwin" else found
