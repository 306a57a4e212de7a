"""What else a case could be, measured against one plain decision of the same case in the same run.

Prints medians and multiples. Contestants take turns, as in decide.py; quote the multiples.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import clingo

from support.cases import read_case
from tiaoli import Answer, Case, Oracle
from tiaoli.case.documents import read_document

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from decide import report, turns  # noqa: E402

BENEFIT, SUBJECT = "care_route", "c1"
CARER = read_case(read_document(ROOT / "tests" / "cases" / "07-carer-one-day-late.yaml"))
LEFT_OUT = (
    "certificates.c1.issued",
    "certificates.c1.meets_city_rules",
    "employments.e1.employer_in_shanghai",
    "employments.e1.industry",
    "employments.e1.post",
    "employments.e1.start",
    "employments.e1.end",
    "employments.e1.registry.system",
    "employments.e1.registry.worker_registered",
    "employments.e1.registry.in_post",
)


def with_unknown(number: int) -> Case:
    """The carer with so many facts left out."""
    return CARER.without(LEFT_OUT[:number])


def many_unknown() -> dict[str, Any]:
    """Two certificates, two jobs and an earlier application of which little is known."""
    return {
        "id": "U",
        "applied_on": "2025-06-01",
        "person": {"status": "employed"},
        "certificates": [{"id": "c1", "kind": "skill_level"}, {"id": "c2", "kind": "skill_level", "occupation_code": "4-10-01-05"}],
        "employments": [{"id": "e1"}, {"id": "e2", "employer_in_shanghai": True, "industry": "elderly_care", "post": "elderly_care"}],
        "applications": [{"id": "p1", "status": "employed"}],
    }


def a_class(size: int, unknown: int) -> dict[str, Any]:
    """A class of which some trainees' outcomes are unknown."""
    trainees = []
    for number in range(size):
        trainee: dict[str, Any] = {
            "id": f"t{number}",
            "group": "unemployed",
            "hukou": "shanghai" if number % 3 else "other",
            "passed": number % 10 != 0,
        }
        trainee |= {"employer_in_shanghai": True, "employment_ended": None}
        trainees.append(trainee if number < unknown else trainee | {"employed_on": "2025-05-01"})
    return {
        "id": "K",
        "applied_on": "2025-12-20",
        "training_classes": [
            {
                "id": "k1",
                "sector": "elderly_care",
                "employer_in_shanghai": True,
                "agreement_parties": ["employer", "employment_centre", "training_institution", "trainees"],
                "plan_approved": True,
                "held_in": "shanghai",
                "starts": "2025-01-06",
                "ends": "2025-03-31",
                "trainees": trainees,
            }
        ],
    }


def small_questions(oracle: Oracle, rounds: int) -> None:
    ten = with_unknown(10)
    plain = f"decide, one benefit ({BENEFIT})"
    contestants: dict[str, Callable[[], object]] = {
        plain: lambda: oracle.decide(CARER, benefits=[BENEFIT]),
        "outcome with 10 unknown facts": lambda: oracle.decide(ten, benefits=[BENEFIT]),
        "verdict over all readings, flips": lambda: oracle.decide(CARER, benefits=[BENEFIT], full=True),
        "the same with 10 unknown facts, missing": lambda: oracle.decide(ten, benefits=[BENEFIT], full=True),
        "what-if, the first repair": lambda: oracle.what_if(CARER, BENEFIT, SUBJECT, most=1),
        "what-if, all repairs": lambda: oracle.what_if(CARER, BENEFIT, SUBJECT, most=None),
        "when": lambda: oracle.when(CARER, BENEFIT, SUBJECT),
        "ask, 10 unknown facts": lambda: oracle.ask(ten, benefits=[BENEFIT]),
        "sufficient reason": lambda: oracle.reason(CARER, BENEFIT, SUBJECT),
    }
    report(f"a carer's case ({CARER.id})", turns(contestants, rounds), plain)


def large_questions(oracle: Oracle) -> None:
    """Cases that a solver could find hard, once each."""
    unknown, sixty = many_unknown(), a_class(60, 30)
    number = len(oracle.facts(unknown)[1])
    print("\nlarge")
    questions: list[tuple[str, Callable[[], Answer]]] = [
        (f"{number} unknown facts, outcomes", lambda: oracle.decide(unknown)),
        (f"{number} unknown facts, everything", lambda: oracle.decide(unknown, full=True)),
        ("60 trainees, 30 outcomes unknown", lambda: oracle.decide(sixty)),
        ("60 trainees, 30 outcomes unknown, everything", lambda: oracle.decide(sixty, full=True)),
    ]
    for name, run in questions:
        start = time.perf_counter()
        found = run()
        print(f"  {name:<44} {(time.perf_counter() - start) * 1e3:9.0f} ms{'  LIMIT' if found.limit_reached else ''}")


def main() -> None:
    rounds = int(os.environ.get("ROUNDS", "15"))
    print(f"clingo {clingo.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores, {rounds} rounds")
    oracle = Oracle()
    small_questions(oracle, rounds)
    large_questions(oracle)


if __name__ == "__main__":
    main()
