"""The service under load and abuse for as long as it takes: `make soak`.

Mixed questions for ten minutes, with memory watched; two hundred thousand hostile requests; schemathesis over the whole API. Prints what
was done and what came of it; leaves with exit code 1 where anything should not have come.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import abuse
from support.abuse import Served, serving
from support.wire import request
from tiaoli import Oracle

WARM = 0.2
"""The part of a soak after which memory is to be level."""

LEVEL = 0.05
"""The part of its memory by which a service may grow from then on."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="of mixed questions")
    parser.add_argument("--requests", type=int, default=200_000, help="that are hostile")
    parser.add_argument("--examples", type=int, default=100, help="of schemathesis for each operation")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    benefits = list(Oracle().policy.benefits)
    faults: list[str] = []
    with serving("--workers", "2", "--client-timeout", "5") as served, tempfile.TemporaryDirectory() as folder:
        faults += soaked(served, options.seconds, options.seed, benefits)
        faults += attacked(served, options.requests, options.seed, benefits)
        began = time.monotonic()
        found = abuse.fuzzed(served, Path(folder), options.examples)
        print(f"schemathesis: {options.examples} examples an operation in {time.monotonic() - began:.0f} s")
        faults += [found] if found else []
        print(f"problems and ends of workers: {_ends(served)}")
        if "Traceback" in served.log.read_text("utf-8") or served.process.poll() is not None:
            faults.append("the log holds a traceback, or the service has ended")
    for fault in faults:
        print(f"FAULT {fault}")
    print("nothing that should not have come" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


def soaked(served: Served, seconds: float, seed: int, benefits: list[str]) -> list[str]:
    found = asyncio.run(abuse.soak(served, abuse.generator(seed, benefits), seconds))
    total = sum(found.asked.values())
    print(f"soak: {total} questions in {found.seconds:.0f} s ({total / found.seconds:.0f} a second): {_counts(found.asked)}")
    warm = WARM * found.seconds
    level = next(size for second, size in found.total() if second >= warm)
    grown = found.slope(warm) * (found.seconds - warm)
    print(
        f"memory of the service and its workers: {level / 1e6:.0f} MB after {warm:.0f} s, {found.total()[-1][1] / 1e6:.0f} MB at the end; "
        f"by least squares {60 * found.slope(warm) / 1e3:+.0f} kB a minute"
    )
    for process, size in found.memory[-1][1].items():
        print(f"  process {process}: {found.memory[0][1].get(process, 0) / 1e6:.0f} MB at the start, {size / 1e6:.0f} MB at the end")
    if grown > LEVEL * level:
        found.faults.append(f"memory grew by {grown / 1e6:.0f} MB after the first {warm:.0f} s")
    print(f"  {len(found.faults)} faults", flush=True)
    return found.faults


def attacked(served: Served, requests: int, seed: int, benefits: list[str]) -> list[str]:
    before = served.memory()
    began = time.monotonic()
    found = asyncio.run(abuse.attack(served, abuse.generator(seed, benefits), requests, connections=32))
    seconds = time.monotonic() - began
    sent = sum(found.sent.values())
    print(f"hostile: {sent} requests of {len(found.sent)} kinds in {seconds:.0f} s ({sent / seconds:.0f} a second)")
    print(f"  statuses (0: hung up on): {_counts(Counter({str(status): count for status, count in found.statuses.items()}))}")
    after = served.memory()
    print(f"  memory: {sum(before.values()) / 1e6:.0f} MB before, {sum(after.values()) / 1e6:.0f} MB after")
    if not found.faults and asyncio.run(_healthy(served)) != 200:
        found.faults.append("the service is not healthy after the hostile requests")
    print(f"  {len(found.faults)} faults", flush=True)
    return found.faults


async def _healthy(served: Served) -> int:
    async with served.wire() as wire:
        return (await wire.ask(request("GET", "/health"))).status


def _ends(served: Served) -> str:
    async def page() -> str:
        async with served.wire() as wire:
            return (await wire.ask(request("GET", "/metrics"))).body.decode()

    told = abuse.metrics(asyncio.run(page()))
    return ", ".join(
        f"{name.removeprefix('tiaoli_')} {value:g}" for name, value in told.items() if "_problems_" in name or "_workers_" in name
    )


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())


if __name__ == "__main__":
    sys.exit(main())
