"""Worker processes: killed when a question runs past its time, replaced when they end, and nobody else notices."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from support.handlers import ObedientHandler
from tiaoli.protocol.limits import Limits
from tiaoli.protocol.problems import RefusedError
from tiaoli.protocol.request_handler import ServiceConfig
from tiaoli.service.workers import Workers

SHORT = Limits(time_limit=0.5)


@asynccontextmanager
async def working(wanted: int, limits: Limits = SHORT) -> AsyncIterator[Workers]:
    workers = Workers(ServiceConfig((), limits=limits), wanted, ObedientHandler)
    await workers.start()
    try:
        yield workers
    finally:
        await workers.stop()


async def refused(waiting: Awaitable[object]) -> RefusedError:
    with pytest.raises(RefusedError) as found:
        await waiting
    return found.value


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.02)


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_question_past_its_time_is_refused_by_name_and_its_worker_replaced() -> None:
    async def play() -> None:
        async with working(1) as workers:
            first = await workers.run(("pid", None))
            details = (await refused(workers.run(("sleep", 60)))).details
            assert (details.kind, details.code, details.limit) == ("limit", 504, ("--time-limit", 0.5))
            assert workers.killed == 1
            assert await workers.run(("pid", None), patient=True) != first
            await until(lambda: gone(first))

    asyncio.run(play())


def test_a_worker_killed_in_mid_question_gives_that_question_a_clear_error_and_others_go_on() -> None:
    async def play() -> None:
        async with working(2, Limits(time_limit=30)) as workers:
            victim = await workers.run(("pid", None))
            # the one that answered last is the last to be asked again
            other = asyncio.create_task(workers.run(("sleep", 0.6)))
            await asyncio.sleep(0.1)
            hit = asyncio.create_task(refused(workers.run(("sleep", 60))))
            await asyncio.sleep(0.2)
            os.kill(victim, signal.SIGKILL)
            details = (await hit).details
            assert (details.kind, details.code) == ("worker", 503)
            assert await other == 0.6
            assert workers.died == 1
            await until(lambda: workers.alive == 2)

    asyncio.run(play())


def test_an_idle_worker_that_ends_is_replaced_before_anybody_asks() -> None:
    async def play() -> None:
        async with working(1) as workers:
            first = await workers.run(("pid", None))
            os.kill(first, signal.SIGKILL)
            await until(lambda: workers.died == 1 and workers.alive == 1)
            assert await workers.run(("pid", None)) != first

    asyncio.run(play())


def test_what_fails_inside_is_said_without_its_message(caplog: pytest.LogCaptureFixture) -> None:
    async def play() -> None:
        async with working(1) as workers:
            with caplog.at_level(logging.INFO):
                details = (await refused(workers.run(("fail", "310101199001011234")))).details
            assert (details.kind, details.code) == ("internal", 500)
            assert await workers.run(("say", 1)) == 1

    asyncio.run(play())
    assert "RuntimeError" in caplog.text
    assert "handlers.py" in caplog.text
    assert "310101199001011234" not in caplog.text


def test_a_question_that_nobody_waits_for_any_more_costs_no_worker() -> None:
    async def play() -> None:
        async with working(1, Limits(time_limit=30)) as workers:
            first = await workers.run(("pid", None))
            waiting = asyncio.create_task(workers.run(("sleep", 0.3)))
            await asyncio.sleep(0.1)
            waiting.cancel()
            assert await workers.run(("pid", None)) == first

    asyncio.run(play())


def test_where_no_worker_becomes_free_the_option_is_named() -> None:
    async def play() -> None:
        async with working(1, Limits(time_limit=0.5)) as workers:
            busy = asyncio.create_task(refused(workers.run(("sleep", 60))))
            await asyncio.sleep(0.05)
            details = (await refused(workers.run(("say", 1)))).details
            assert (details.code, details.limit) == (503, ("--workers", 1))
            await busy

    asyncio.run(play())


def test_workers_end_with_their_service_and_take_no_signal_of_its_own() -> None:
    async def play() -> int:
        async with working(1) as workers:
            found: int = await workers.run(("pid", None))
            os.kill(found, signal.SIGTERM)
            os.kill(found, signal.SIGINT)
            assert await workers.run(("pid", None)) == found
            return found

    assert gone(asyncio.run(play()))
