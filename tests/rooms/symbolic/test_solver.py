"""Limits that hold, contexts that threads may use at once, z3 that is not installed, and cvc5 as a second opinion."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from support import tiers
from support.paths import ROOT
from tiaoli import Oracle
from tiaoli.analysis.properties import own_property_files, read_property
from tiaoli.encoding.policy_folders import rules_folder
from tiaoli.symbolic import Budget, Facts, LimitReached, Relations, smt_lib, solve

NAME = "hrss-2024-20"
FILES = own_property_files(rules_folder(NAME, None))
REFUTED = {"civil-servant-at-issue", "one-certificate-a-year", "whole-class-never-less"}

HARD = (
    "%: zh 测试。\n%: en A test.\nviolated(C) :- certificate_base_standard(C, X, A), certificate_base_standard(C, Y, B), "
    "certificate_payment_percent(C, X, P), certificate_payment_percent(C, Y, Q), certificate_payment_percent(C, Z, R), "
    "A / 100000 * P * R + B / 77777 * Q * R = 12345678, A \\ 977 * Q = B \\ 991 * P + 1, X != Y, Y != Z.\n"
)
"""Products and remainders that no solver settles soon."""


def question(oracle: Oracle, path: Path, items: int) -> tuple[Facts, Any]:
    """A property over so many items a list."""
    wanted = read_property(oracle.encoding, path)
    facts = Facts(oracle.policy, lambda _: items, copies=2 if wanted.pairs else 1)
    relations = Relations(oracle.encoding, facts, wanted.program.rules, wanted.readings)
    return facts, relations.holds("violated", (1,))


@pytest.mark.parametrize("limit", [0.2, 1.0])
def test_a_limit_of_time_is_kept_while_formulas_are_built_and_while_they_are_solved(oracle: Oracle, tmp_path: Path, limit: float) -> None:
    path = tmp_path / "hard.lp"
    path.write_text(HARD, "utf-8")
    for name in (str(path), "no-amount-without-grant"):
        began = time.monotonic()
        (proof,) = oracle.prove([name], limit=limit)
        assert time.monotonic() - began < limit + 2
        if proof.result == "unknown":
            assert proof.limited
            assert proof.reason is not None
            assert "time limit" in proof.reason.en


def test_building_stops_at_the_limit(oracle: Oracle) -> None:
    facts = Facts(oracle.policy, lambda _: 12)
    relations = Relations(oracle.encoding, facts, budget=Budget(time.monotonic() + 0.2))
    began = time.monotonic()
    with pytest.raises(LimitReached, match="time"):
        relations.tuples("amount", (1, None, None, None, None))
    assert time.monotonic() - began < 2.2


def test_threads_ask_at_once(oracle: Oracle) -> None:
    names = ["grant-within-cap", "civil-servant", "contract-within-period", "one-certificate-a-year"] * 2
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda name: oracle.prove([name])[0].result, names))
    assert found == ["proved", "proved", "proved", "counterexample"] * 2


def test_without_z3_a_command_says_what_to_install_and_a_case_is_decided() -> None:
    program = "import sys; sys.modules['z3'] = None\nfrom tiaoli.__main__ import main\nsys.argv = ['tiaoli', *sys.argv[1:]]\nmain()"

    def run(*arguments: str) -> Any:
        return subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)

    refused = run("prove", "grant-within-cap", "--lang", "en")
    assert refused.returncode == 2
    assert "pip install 'tiaoli[prove]'" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert run("decide", "tests/cases/01-annotator-first-day.yaml", "--json").returncode == 0


@tiers.slow
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_second_solver_never_disagrees(oracle: Oracle, path: Path) -> None:
    """cvc5 reads the question of every property as SMT-LIB text. Where it does not end in time it says nothing."""
    import cvc5

    facts, goal = question(oracle, path, 2)
    first = solve(facts.constraints, goal).answer
    assert first == ("sat" if path.stem in REFUTED else "unsat")
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", "20000")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, smt_lib(facts.constraints, goal), "property")
    symbols = parser.getSymbolManager()
    second = ""
    while not (command := parser.nextCommand()).isNull():
        second += command.invoke(solver, symbols)
    assert second.strip() in (first, "unknown")
