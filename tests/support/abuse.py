"""What is done to a running service to see whether it stands: a service started, attacked, asked for minutes, and watched.

The tests do it for seconds, `tests/benchmarks/soak.py` for as long as it takes.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import paths
from support.hostile import Generator, Hostile
from support.paths import ROOT, TESTS
from support.wire import Reply, Wire, request
from tiaoli.case.documents import read_document

CASES: list[dict[str, Any]] = [read_document(path) for path in sorted(paths.CASES.glob("*.yaml"))]
GOOD = request("GET", "/health")
ANSWERED_IN = 30.0
"""Seconds within which anything well-formed is answered."""


@dataclass
class Served:
    """A service in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    def wire(self) -> Wire:
        return Wire("127.0.0.1", self.port)

    def workers(self) -> list[int]:
        """The processes that work for it, by id."""
        # each is a child of the thread that started it
        listed = (file.read_text().split() for file in Path(f"/proc/{self.process.pid}/task").glob("*/children"))
        children = sorted(int(child) for some in listed for child in some)
        return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]

    def memory(self) -> dict[int, int]:
        """The bytes that the service and each of its workers hold in memory, by process id."""
        found = {}
        for process in (self.process.pid, *self.workers()):
            try:
                status = Path(f"/proc/{process}/status").read_text()
            except OSError:
                continue
            found[process] = int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024
        return found


@contextmanager
def serving(*options: str) -> Iterator[Served]:
    """A service on a free port of the loopback, ready when it is given; ended afterwards as an operator would."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        command = [sys.executable, "-m", "tiaoli", "serve", "--port", "0", "--no-findings", "--log", str(log), *options]
        with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", cwd=ROOT) as process:
            assert process.stderr is not None
            said = process.stderr.readline()
            address = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
            if address is None:
                raise RuntimeError(said + process.stderr.read())
            try:
                yield Served(process, int(address[1]), log)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)


def metrics(text: str) -> dict[str, float]:
    """The samples of a metrics page by name and labels."""
    return {name: float(value) for name, value in re.findall(r"^(tiaoli_\S+) (\S+)$", text, re.MULTILINE)}


# Hostile requests


@dataclass
class Outcome:
    """What came of an attack: how many of each kind and status, and what should not have come."""

    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def fault(self, what: str, hostile: Hostile) -> None:
        if len(self.faults) < 20:
            self.faults.append(f"{what} after {hostile.kind}: {hostile.data[:400]!r}")


def acceptable(reply: Reply) -> bool:
    """Whether an answer to a hostile request is one that the API knows: an answer, or a problem with its kind."""
    if reply.status < 400:
        return reply.status in (200, 204, 304, 307)
    if reply.status in (500, 502, 503, 504):
        return False
    # what the HTTP server itself refuses has no kind
    plain = reply.status in (400, 431) and reply.headers.get("content-type", "").startswith("text/plain")
    return plain or b'"urn:tiaoli:problem:' in reply.body or reply.status == 405 or (reply.status == 404 and not reply.body)


async def attack(served: Served, generator: Generator, many: int, connections: int = 16) -> Outcome:
    """Send so many hostile requests, one in twenty of them broken HTTP, and look at everything that comes back."""
    found = Outcome()
    left = iter(range(many))

    async def attacker() -> None:
        async with served.wire() as wire:
            for number in left:
                if number % 20:
                    await well_formed(wire)
                else:
                    await broken()

    async def well_formed(wire: Wire) -> None:
        hostile = generator.body()
        found.sent[hostile.kind] += 1
        try:
            reply = await asyncio.wait_for(wire.ask(hostile.data), ANSWERED_IN)
        except (ConnectionError, TimeoutError) as error:
            found.fault(type(error).__name__, hostile)
            await wire.close()
            return
        found.statuses[reply.status] += 1
        if not acceptable(reply):
            found.fault(f"{reply.status} {reply.body[:200]!r}", hostile)

    async def broken() -> None:
        """Whatever it answers, it must end or answer within time; a second good question over a new connection is answered."""
        hostile = generator.talk()
        found.sent[f"broken: {hostile.kind}"] += 1
        async with served.wire() as wire:
            try:
                await asyncio.wait_for(wire.send(hostile.data), ANSWERED_IN)
                wire.send_eof()
                reply = await asyncio.wait_for(wire.reply(), ANSWERED_IN)
            except TimeoutError:
                found.fault("neither answered nor hung up", hostile)
            except OSError:
                found.statuses[0] += 1
            else:
                found.statuses[reply.status] += 1
                if not acceptable(reply):
                    found.fault(f"{reply.status} {reply.body[:200]!r}", hostile)

    await asyncio.gather(*(attacker() for _ in range(connections)))
    return found


async def drip(served: Served, data: bytes, pause: float) -> float:
    """Send a request a byte at a time; the seconds until it is answered or hung up on."""
    began = time.monotonic()
    async with served.wire() as wire:
        reply = asyncio.ensure_future(wire.reply())
        try:
            for position in range(len(data)):
                await wire.send(data[position : position + 1])
                if pause:
                    await asyncio.wait({reply}, timeout=pause)
                if reply.done():
                    break
            await reply
        except OSError:
            pass
        finally:
            reply.cancel()
    return time.monotonic() - began


# Questions for minutes


@dataclass
class Soak:
    """What came of questions asked for a time: how many of each, what should not have come, and memory over time, in bytes."""

    asked: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    memory: list[tuple[float, Mapping[int, int]]] = field(default_factory=list)

    def total(self) -> list[tuple[float, int]]:
        """The bytes of all processes together, over the seconds."""
        return [(second, sum(sizes.values())) for second, sizes in self.memory]

    def slope(self, after: float) -> float:
        """Bytes a second by which memory grows after so many seconds, by least squares."""
        points = [point for point in self.total() if point[0] >= after]
        middle = sum(second for second, _ in points) / len(points)
        height = sum(size for _, size in points) / len(points)
        spread = sum((second - middle) ** 2 for second, _ in points)
        return sum((second - middle) * (size - height) for second, size in points) / spread if spread else 0.0


async def soak(served: Served, generator: Generator, seconds: float, connections: int = 9, every: float = 1.0) -> Soak:
    """Ask well-meant questions of every sort for so long, a repeated one always with the same answer, and look at memory on the way."""
    found = Soak()
    known: dict[bytes, bytes] = {}
    # one of each sort first, so that they are asked however short it is
    drawn = [_question(generator) for _ in range(400)]
    questions = [*{name: (name, data) for name, data in drawn if not name.startswith("/")}.values(), *drawn]
    began = time.monotonic()
    stop = began + seconds

    async def client(first: int) -> None:
        async with served.wire() as wire:
            position = first
            while time.monotonic() < stop:
                name, data = questions[position % len(questions)]
                position += 7
                try:
                    reply = await asyncio.wait_for(wire.ask(data), ANSWERED_IN)
                except (ConnectionError, TimeoutError) as error:
                    found.faults.append(f"{type(error).__name__} after {name}")
                    await wire.close()
                    continue
                found.asked[name] += 1
                if reply.status not in (200, 422):
                    found.faults.append(f"{reply.status} after {name}: {reply.body[:200]!r}")
                elif b'"limit_reached"' not in reply.body and name != "metrics" and known.setdefault(data, reply.body) != reply.body:
                    found.faults.append(f"another answer than before to {name}")

    async def watch() -> None:
        while time.monotonic() < stop:
            found.memory.append((time.monotonic() - began, served.memory()))
            await asyncio.sleep(every)

    await asyncio.gather(watch(), *(client(number) for number in range(connections)))
    found.seconds = time.monotonic() - began
    found.memory.append((found.seconds, served.memory()))
    return found


def _question(generator: Generator) -> tuple[str, bytes]:
    """A question as bytes, by its name: of all sorts, looked-up texts and populations too."""
    drawn = generator.random.random()
    if drawn < 0.05:
        path = generator.random.choice(
            ["/v1/notice", "/v1/clauses/3", "/v1/vocabulary", "/v1/schema", "/v1/examples", "/health", "/metrics"]
        )
        return path.rpartition("/")[2] if path == "/metrics" else path, request("GET", path)
    if drawn < 0.15:
        lines = b"".join(_line(generator) for _ in range(20))
        return "bulk", request("POST", "/v1/bulk", lines, {"Content-Type": "application/x-ndjson"})
    name, document = generator.question()
    return name, request("POST", f"/v1/{name}", _json(document))


def _line(generator: Generator) -> bytes:
    return _json(generator.random.choice(generator.cases)) + b"\n"


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def fuzzed(served: Served, folder: Path, examples: int) -> str:
    """What schemathesis finds wrong with so many examples of each operation; nothing where all is well.

    The schema cannot say all that a case is checked for, so that what fits it may be refused; that is the one check left out.
    """
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"http://127.0.0.1:{served.port}/openapi.json"),
        *("--checks", "all", "--exclude-checks", "positive_data_acceptance", "--phases", "examples,fuzzing"),
        *("--max-examples", str(examples), "--seed", "1", "--no-shrink"),
    ]
    told = {"SCHEMATHESIS_HOOKS": "support.schemathesis_hooks", "PYTHONPATH": str(TESTS), "COLUMNS": "160"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder, env={**os.environ, **told}, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def kill(process: int) -> None:
    """End a process as the kernel does when memory runs short."""
    os.kill(process, signal.SIGKILL)


def generator(seed: int, benefits: Sequence[str]) -> Generator:
    return Generator(seed, CASES, benefits)
