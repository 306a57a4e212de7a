"""Why and why not, measured against the decision and against xclingo in the same run: `make bench`.

Prints medians and ratios; contestants take turns. xclingo pins an older clingo, so it runs in an environment of its own,
whose interpreter stands in XCLINGO_PYTHON; without it the comparison is left out and says so.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from decide import CASES, report, turns

from support.cases import read_case
from tiaoli import Case, Oracle
from tiaoli.case.documents import read_document

HERE = Path(__file__).parent


def trainees(number: int, passed: bool) -> list[dict[str, object]]:
    return [
        {
            "id": f"t{position}",
            "group": "unemployed",
            "hukou": "shanghai",
            "passed": passed and position % 10 != 0,
            "employed_on": "2025-05-01" if position % 7 else None,
            "employer_in_shanghai": True,
            "employment_ended": None,
        }
        for position in range(number)
    ]


def class_of(number: int, passed: bool = True) -> Case:
    """A class of directed training; with `passed` nine in ten passed and six in seven found work."""
    training = {
        "id": "k1",
        "sector": "elderly_care",
        "employer_in_shanghai": True,
        "agreement_parties": ["employer", "employment_centre", "training_institution", "trainees"],
        "plan_approved": True,
        "held_in": "shanghai",
        "starts": "2025-01-10",
        "ends": "2025-03-31",
        "trainees": trainees(number, passed),
    }
    return read_case({"id": "class", "applied_on": "2025-11-01", "training_classes": [training]})


def contest(oracle: Oracle, title: str, asked: list[tuple[Case, str, str]], rounds: int) -> None:
    """Decisions and their explanations, one after the other."""

    def each(ask: Callable[[Case, str, str], object]) -> Callable[[], object]:
        def run() -> None:
            for case, benefit, subject in asked:
                ask(case, benefit, subject)

        return run

    base = "Oracle.decide(case), clingo"
    contestants = {
        base: each(lambda case, _, __: oracle.decide(case, engine="clingo")),
        "Oracle.why(...), short": each(lambda case, benefit, subject: oracle.why(case, benefit, subject)),
        "Oracle.why(..., full=True)": each(lambda case, benefit, subject: oracle.why(case, benefit, subject, full=True)),
        "Oracle.why(..., full=True).to_json()": each(
            lambda case, benefit, subject: oracle.why(case, benefit, subject, full=True).to_json()
        ),
    }
    medians = {name: median / len(asked) for name, median in turns(contestants, rounds).items()}
    report(f"{title} ({len(asked)} decisions)", medians, base)


def ours(oracle: Oracle, rounds: int) -> None:
    parsed = [read_case(read_document(path)) for path in CASES if "unknown" not in path.stem]
    granted: list[tuple[Case, str, str]] = []
    refused: list[tuple[Case, str, str]] = []
    for case in parsed:
        for decision in oracle.decide(case, engine="clingo").decisions:
            (granted if decision.outcome == "eligible" else refused).append((case, decision.benefit, decision.subject))
    contest(oracle, "why: the granted decisions of the example cases", granted, rounds)
    contest(oracle, "why not: the refused decisions of the example cases", refused, rounds)
    benefit = "directed_training_first"
    contest(oracle, "why: a class of 500 trainees", [(class_of(500), benefit, "k1")], rounds)
    contest(oracle, "why not: a class of 500 trainees of whom nobody passed", [(class_of(500, False), benefit, "k1")], rounds)


def against_xclingo(oracle: Oracle, rounds: int) -> None:
    python = os.environ.get("XCLINGO_PYTHON")
    if not python:
        print("\nxclingo: left out, XCLINGO_PYTHON names no interpreter")
        return
    carer, small = (read_case(read_document(CASES[position])) for position in (5, 9))
    beside_xclingo(oracle, python, "a carer's way to the subsidy", (carer, "care_route", "c1"), rounds)
    beside_xclingo(oracle, python, "a class of 5 trainees", (small, "directed_training_first", "k1"), rounds)
    beside_xclingo(oracle, python, "a class of 100 trainees", (class_of(100), "directed_training_first", "k1"), rounds)


def beside_xclingo(oracle: Oracle, python: str, title: str, asked: tuple[Case, str, str], rounds: int) -> None:
    """The same rules and facts for both: ours explains the whole decision, xclingo the conditions that hold."""
    case, benefit, subject = asked
    question = {
        "rules": [rule.text for rule in oracle.encoding.program.rules],
        "facts": [f"{fact}." for fact in oracle.facts(case)[0]],
        "shown": f'met("{case.id}",{benefit},"{subject}",Condition)',
        "rounds": rounds,
    }
    done = subprocess.run([python, str(HERE / "xclingo_peer.py")], input=json.dumps(question), capture_output=True, text=True)
    if done.returncode:
        print(f"\n{title}: xclingo cannot run it: {done.stderr.strip().splitlines()[-1]}")
        return
    peer = json.loads(done.stdout)

    def explained() -> object:
        return oracle.why(case, benefit, subject, full=True).to_json()

    full, xclingo = turns({"why": explained}, rounds)["why"], statistics.median(peer["seconds"])
    report(f"{title}, against xclingo", {"Oracle.why(..., full=True).to_json()": full, "xclingo 2.0b24": xclingo}, "xclingo 2.0b24")
    statements = sum(1 for _ in oracle.why(case, benefit, subject, full=True).tree.walk())
    print(f"  statements in our tree {statements}, lines in xclingo's trees {peer['lines']}; {xclingo / full:.1f} times faster")


def main() -> None:
    rounds = int(os.environ.get("ROUNDS", "9"))
    oracle = Oracle()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {rounds} rounds")
    ours(oracle, rounds)
    against_xclingo(oracle, rounds)


if __name__ == "__main__":
    main()
