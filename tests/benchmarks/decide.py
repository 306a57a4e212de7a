"""One decision, measured against bare clingo in the same run: `make bench`.

Prints medians and ratios. Contestants take turns, so that a machine that slows down slows both; quote the ratios.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import clingo

from tiaoli import Case, Oracle
from tiaoli.documents import read_document

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))
COMMAND = Path(sys.executable).parent / "tiaoli"


def turns(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median seconds of each contestant, taken in turn after one round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            if turn:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def report(title: str, medians: dict[str, float], base: str, unit: float = 1e3) -> None:
    print(f"\n{title}")
    for name, median in medians.items():
        print(f"  {name:<44} {median * unit:9.2f} ms  {median / medians[base]:6.2f} x")


def whole_process(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        as_json = Path(folder) / "case.json"
        as_json.write_text(json.dumps(read_document(CASES[5])), "utf-8")

        def process(*command: object) -> Callable[[], object]:
            return lambda: subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, check=True)

        contestants = {
            "python -c 'import clingo'": process(sys.executable, "-c", "import clingo"),
            "python -c 'import clingo, pydantic.main'": process(sys.executable, "-c", "import clingo, pydantic.main"),
            "tiaoli decide case.json --json": process(COMMAND, "decide", as_json, "--json"),
            "tiaoli decide case.yaml --json": process(COMMAND, "decide", CASES[5], "--json"),
            "tiaoli decide case.yaml": process(COMMAND, "decide", CASES[5]),
        }
        report("whole process, one case", turns(contestants, rounds), "python -c 'import clingo'")
        subprocess.run([str(COMMAND), "decide", str(as_json), "--json"], stdout=subprocess.DEVNULL, check=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"  peak memory of the largest of them: {peak / 1024:.0f} MiB")


def in_process(rounds: int) -> None:
    oracle = Oracle()
    parsed = [Case.read(read_document(path)) for path in CASES if "unknown" not in path.stem]
    rules = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "encodings" / "hrss-2024-20").glob("*.lp")))
    facts = ["".join(f"{fact}.\n" for fact in oracle.facts(case)[0]) for case in parsed]

    def bare() -> None:
        for text in facts:
            control = clingo.Control()
            control.add("base", [], rules)
            control.add("base", [], text)
            control.ground([("base", [])])
            with control.solve(yield_=True) as handle:
                for model in handle:
                    model.symbols(shown=True)

    def ours() -> None:
        for case in parsed:
            oracle.decide(case)

    documents = [case.to_json() for case in parsed]

    def from_documents() -> None:
        for document in documents:
            oracle.decide(document).to_json()

    def full() -> None:
        for case in parsed:
            oracle.decide(case, full=True)

    contestants = {
        "bare clingo, same rules, facts as text": bare,
        "Oracle.decide(case)": ours,
        "Oracle.decide(dict).to_json()": from_documents,
        "Oracle.decide(case, full=True)": full,
    }
    medians = {name: median / len(parsed) for name, median in turns(contestants, rounds).items()}
    report(
        f"in-process, one decision of a whole case ({len(parsed)} complete example cases)",
        medians,
        "bare clingo, same rules, facts as text",
    )


def main() -> None:
    rounds = int(os.environ.get("ROUNDS", "15"))
    print(f"clingo {clingo.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores, {rounds} rounds")
    whole_process(rounds)
    in_process(rounds)


if __name__ == "__main__":
    main()
