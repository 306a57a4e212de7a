"""The service under load and abuse, for seconds each; `make soak` does the same for as long as it takes."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from support import abuse, tiers
from support.abuse import CASES, Served, serving
from support.wire import Reply, request
from tiaoli import Oracle

CLIENT_TIMEOUT = 2.0
GOOD = request("POST", "/v1/decide", json.dumps({"case": CASES[0]}).encode())


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A service with two workers that waits two seconds for its clients."""
    with serving("--workers", "2", "--client-timeout", f"{CLIENT_TIMEOUT:g}") as found:
        yield found


@pytest.fixture(autouse=True)
def _stands(served: Served) -> Iterator[None]:
    """Whatever a test does, a good question is answered after it as before, by a service with all its workers and no traceback."""
    before = asyncio.run(asked(served, GOOD))
    yield
    assert asyncio.run(asked(served, GOOD)) == before
    assert before.status == 200
    assert served.process.poll() is None
    assert "Traceback" not in served.log.read_text("utf-8")


async def asked(served: Served, data: bytes) -> Reply:
    async with served.wire() as wire:
        found = await asyncio.wait_for(wire.ask(data), 60)
        return found._replace(headers={})


def counted(served: Served) -> dict[str, float]:
    return abuse.metrics(asyncio.run(asked(served, request("GET", "/metrics"))).body.decode())


@tiers.sized(1000, 5000)
def test_hostile_requests_are_refused_with_statuses_the_api_knows_and_hurt_no_worker(served: Served, oracle: Oracle, size: int) -> None:
    found = asyncio.run(abuse.attack(served, abuse.generator(1, list(oracle.policy.benefits)), size))
    assert found.faults == []
    assert sum(found.sent.values()) == size
    assert {200, 400, 404, 405, 413, 415, 422} <= set(found.statuses)
    after = counted(served)
    assert (after["tiaoli_workers_died_total"], after["tiaoli_workers_killed_total"]) == (0, 0)
    assert not [name for name in after if 'status="5' in name]


def test_clients_that_drip_or_say_nothing_are_hung_up_on_while_others_are_answered(served: Served) -> None:
    async def all_at_once() -> tuple[list[float], float]:
        dripping = [abuse.drip(served, data, CLIENT_TIMEOUT / 20) for data in (GOOD, GOOD[:60], b"G", b"\r\n" * 200, b"")]
        late = GOOD.replace(b"\r\n\r\n", b"\r\n\r\n ", 1)[: GOOD.index(b"\r\n\r\n") + 5]
        slow = asyncio.gather(*dripping, *(abuse.drip(served, late, 0) for _ in range(200)))
        await asyncio.sleep(CLIENT_TIMEOUT / 2)
        began = asyncio.get_running_loop().time()
        assert (await asked(served, GOOD)).status == 200
        return await slow, asyncio.get_running_loop().time() - began

    slow, quick = asyncio.run(all_at_once())
    assert max(slow) < 5 * CLIENT_TIMEOUT
    assert quick < 5 * CLIENT_TIMEOUT


def test_a_client_that_takes_nothing_of_its_answers_is_cut_off(served: Served) -> None:
    many = 300
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", served.port))
        client.sendall(request("GET", "/v1/notice") * many)
        whole = len(asyncio.run(asked(served, request("GET", "/v1/notice"))).body)
        time.sleep(2 * CLIENT_TIMEOUT)
        client.settimeout(10)
        taken = 0
        with suppress(ConnectionError):
            while got := len(client.recv(1 << 20)):
                taken += got
    assert taken < many * whole / 2


def hard(number: int) -> bytes:
    """A question that takes seconds."""
    case = CASES[6]
    many = case | {"id": f"H-{number}", "employments": [case["employments"][0] | {"id": f"e{job}"} for job in range(1000)]}
    return request("POST", "/v1/why-not", json.dumps({"case": many, "benefit": "care_route", "full": True}).encode())


def test_a_worker_killed_in_mid_question_costs_that_question_alone(served: Served) -> None:
    async def murder() -> tuple[Reply, list[Reply]]:
        before = set(served.workers())
        victim = asyncio.ensure_future(asked(served, hard(1)))
        busy = await working(served)
        others = [asyncio.ensure_future(asked(served, GOOD)) for _ in range(5)]
        abuse.kill(busy)
        answered = await asyncio.gather(*others)
        while len(served.workers()) < 2 or busy in served.workers():
            await asyncio.sleep(0.1)
        assert busy in before
        return await victim, answered

    killed, others = asyncio.run(asyncio.wait_for(murder(), 60))
    assert killed.status == 503
    problem: dict[str, Any] = killed.json()
    assert problem["type"] == "urn:tiaoli:problem:worker"
    assert (
        problem["detail"] == "the worker process that answered this question ended; other questions go on, and this one can be asked again"
    )
    assert {reply.status for reply in others} == {200}
    assert counted(served)["tiaoli_workers_died_total"] == 1


async def working(served: Served) -> int:
    """The worker that uses the processor."""
    ticks = os.sysconf("SC_CLK_TCK")
    start = {worker: _used(worker) for worker in served.workers()}
    while True:
        await asyncio.sleep(0.05)
        for worker, used in start.items():
            if _used(worker) - used > 0.2 * ticks:
                return worker


def _used(process: int) -> int:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@tiers.slow
def test_mixed_questions_for_seconds_are_all_answered_and_alike_in_level_memory(served: Served, oracle: Oracle) -> None:
    found = asyncio.run(abuse.soak(served, abuse.generator(2, list(oracle.policy.benefits)), 8, every=0.5))
    assert found.faults == []
    assert set(found.asked) >= {"decide", "readings", "why", "why-not", "what-if", "when", "ask", "bulk"}
    sizes = [size for second, size in found.total() if second > found.seconds / 2]
    assert sizes[-1] - sizes[0] < 50_000_000


@tiers.slow
def test_schemathesis_finds_no_error_of_the_server_and_nothing_undocumented(served: Served, tmp_path: Path) -> None:
    assert abuse.fuzzed(served, tmp_path, 5) == ""
