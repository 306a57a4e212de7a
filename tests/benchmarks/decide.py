"""One decision, measured against bare clingo in the same run: `make bench`.

Prints medians and ratios. Contestants take turns, so that a machine that slows down slows both; quote the ratios.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import clingo

from support.cases import read_case
from tiaoli import Oracle
from tiaoli.case.documents import read_document
from tiaoli.oracle.prepare import Engine

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))
COMMAND = Path(sys.executable).parent / "tiaoli"


PEAK = """
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""
"""What prints the most memory a process had, in KiB. `ru_maxrss` would begin with what its parent had."""


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
        code = f"import sys; from tiaoli import cli; cli.run(sys.argv[1:]){PEAK}"
        done = subprocess.run([sys.executable, "-c", code, "decide", str(CASES[5])], capture_output=True, text=True, check=False)
    print(f"  peak memory of tiaoli decide case.yaml: {int(done.stdout.split()[-1]) / 1024:.0f} MiB")


def in_process(rounds: int) -> None:
    oracle = Oracle()
    parsed = [read_case(read_document(path)) for path in CASES if "unknown" not in path.stem]
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

    def ours(engine: Engine) -> Callable[[], None]:
        def run() -> None:
            for case in parsed:
                oracle.decide(case, engine=engine)

        return run

    documents = [case.to_json() for case in parsed]

    def from_documents(engine: Engine) -> Callable[[], None]:
        def run() -> None:
            for document in documents:
                oracle.decide(document, engine=engine).to_json()

        return run

    def full() -> None:
        for case in parsed:
            oracle.decide(case, full=True)

    contestants = {
        "bare clingo, same rules, facts as text": bare,
        "Oracle.decide(case), clingo": ours("clingo"),
        "Oracle.decide(dict).to_json(), clingo": from_documents("clingo"),
        "Oracle.decide(case), compiled": ours("compiled"),
        "Oracle.decide(dict).to_json(), compiled": from_documents("compiled"),
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
