"""How long it takes to compare two versions of the notice, in one process. Prints medians in seconds, by the clock and of the
processor, and what was found."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import clingo

from support.cases import read_case
from tiaoli import Diff, Oracle, diff
from tiaoli.analysis.coverage import measure_coverage
from tiaoli.case.documents import read_document

ROOT = Path(__file__).parents[2]
AMENDED = ROOT / "tests" / "amended"


def versions() -> None:
    """Changes of one clause, of what every clause rests on, and a whole second version."""
    rounds = int(os.environ.get("ROUNDS", "3"))
    old = Oracle()
    questions: dict[str, Oracle] = {
        "nothing": Oracle(),
        "（二） the standard": Oracle(parameters={"special_ability_standard": "1200.00"}),
        "（七） the months of a contract": Oracle(parameters={"apprentice_contract": "4"}),
        "（十） what a year is": Oracle(readings={"limit_year": "rolling"}),
        "the last day of validity": Oracle(parameters={"validity_to": "2026-11-13"}),
        "the amended version": Oracle(policy_root=AMENDED),
    }
    for name, new in questions.items():
        (seconds, processor), found = _timed(lambda new=new: diff(old, new), rounds)  # type: ignore[misc]
        touched = {benefit: item.relation for benefit, item in found.benefits.items() if item.changes}
        relations = ", ".join(sorted(set(touched.values())))
        print(f"  {name:<34} {seconds:6.2f} s  {processor:6.2f} s of processor  {len(touched):2} benefits touched  {relations}")


def cases() -> None:
    """What the shipped cases exercise."""
    oracle = Oracle()
    shipped = [read_case(read_document(path)) for path in sorted((ROOT / "tests" / "cases").glob("*.yaml"))]
    start = time.perf_counter()
    found = measure_coverage(oracle.encoding, shipped, oracle.readings_in_force)
    totals = ", ".join(f"{kind} {total.covered}/{total.of}" for kind, total in found.totals.items())
    print(f"  coverage of {len(shipped)} cases              {time.perf_counter() - start:6.2f} s  {totals}")


def _timed(run: Callable[[], Diff], rounds: int) -> tuple[tuple[float, float], Diff]:
    clock, processor = [], []
    for _ in range(rounds):
        start, used = time.perf_counter(), time.process_time()
        found = run()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    return (statistics.median(clock), statistics.median(processor)), found


def main() -> None:
    """Run everything."""
    print(f"clingo {clingo.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    versions()
    cases()


if __name__ == "__main__":
    main()
