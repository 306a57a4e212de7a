"""The service over the loopback, against a bare FastAPI echo that is sent the same bodies, in one run.

Each contestant is asked by the same generator of load, over so many connections that each wait for an answer before they ask again. Prints
requests a second, the median and the 99th percentile of latency, and how many times as long a request takes as the echo's; first what the
generator itself can do, against a server that says one thing. The contestants take turns; quote the ratios.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from fastapi import FastAPI, Request, Response

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.abuse import CASES, serving
from support.wire import Wire, request

CONNECTIONS = 8
SECONDS = 2.0
ROUNDS = 5
LINES = 1000
CARER = CASES[6]
NDJSON = {"Content-Type": "application/x-ndjson"}
CONSTANT = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Contestant(NamedTuple):
    """Who is asked: a name, a port, and the request as bytes; `echo` is the contestant that is sent the same body."""

    name: str
    port: int
    data: bytes
    echo: str | None = None


def echo(listening: socket.socket) -> None:
    """A bare FastAPI application: what is sent as JSON is read, written and sent back; other text is sent back as it is."""
    app = FastAPI()

    @app.post("/json")
    async def _json(body: dict[str, Any]) -> dict[str, Any]:
        return body

    async def _text(request: Request) -> Response:
        return Response(await request.body())

    app.add_api_route("/text", _text, methods=["POST"])
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listening])


def constant(listening: socket.socket) -> None:
    """A server that reads nothing and always says the same."""

    class Constant(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def data_received(self, _data: bytes) -> None:
            self.transport.write(CONSTANT)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Constant, sock=listening)
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def another(target: Any) -> Iterator[int]:
    """A server in a process of its own, and its port."""
    # asyncio sends small answers without delay only over a socket that names its protocol
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        process = multiprocessing.get_context("fork").Process(target=target, args=(listening,), daemon=True)
        process.start()
        try:
            yield listening.getsockname()[1]
        finally:
            process.kill()
            process.join()


async def ask(contestant: Contestant, seconds: float) -> list[float]:
    """The latencies, in seconds, of everything asked in so many seconds."""
    found: list[float] = []
    stop = time.perf_counter() + seconds

    async def client() -> None:
        async with Wire("127.0.0.1", contestant.port) as wire:
            while (began := time.perf_counter()) < stop:
                reply = await wire.ask(contestant.data)
                if reply.status != 200:
                    raise RuntimeError(f"{contestant.name}: {reply.status} {reply.body[:300]!r}")
                found.append(time.perf_counter() - began)

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return found


def main() -> None:
    lines = b"".join(json.dumps(CASES[number % 22], ensure_ascii=False).encode() + b"\n" for number in range(LINES))
    one = {"case": CARER}
    about = one | {"benefit": "care_route"}
    with another(constant) as bare, another(echo) as echoing, serving("--workers", "2") as served:
        contestants = [
            Contestant("the generator's ceiling", bare, request("POST", "/", _json(one))),
            Contestant("echo, a case", echoing, request("POST", "/json", _json(one))),
            Contestant("echo, 1 000 lines", echoing, request("POST", "/text", lines)),
            Contestant("decide, full: false", served.port, request("POST", "/v1/decide", _json(one | {"full": False})), "echo, a case"),
            Contestant("decide", served.port, request("POST", "/v1/decide", _json(one)), "echo, a case"),
            Contestant("why", served.port, request("POST", "/v1/why", _json(about)), "echo, a case"),
            Contestant("what-if", served.port, request("POST", "/v1/what-if", _json(about)), "echo, a case"),
            Contestant("bulk, 1 000 lines", served.port, request("POST", "/v1/bulk", lines, NDJSON), "echo, 1 000 lines"),
        ]
        for contestant in contestants:
            asyncio.run(ask(contestant, SECONDS / 2))
        latencies: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
        rates: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
        for _ in range(ROUNDS):
            for contestant in contestants:
                began = time.perf_counter()
                found = asyncio.run(ask(contestant, SECONDS))
                rates[contestant.name].append(len(found) / (time.perf_counter() - began))
                latencies[contestant.name] += found
    print(f"{CONNECTIONS} connections, 2 workers, {ROUNDS} rounds of {SECONDS:g} s each; medians of the rounds")
    print(f"{'':26}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}{'against the echo':>18}")
    for contestant in contestants:
        rate = statistics.median(rates[contestant.name])
        cuts = statistics.quantiles(latencies[contestant.name], n=100)
        ratio = "" if contestant.echo is None else f"{statistics.median(rates[contestant.echo]) / rate:.1f}"
        print(f"{contestant.name:26}{rate:10.0f}{1000 * cuts[49]:9.1f}{1000 * cuts[98]:9.1f}{ratio:>18}")
    print(f"lines of a population a second: {LINES * statistics.median(rates['bulk, 1 000 lines']):.0f}")


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


if __name__ == "__main__":
    main()
