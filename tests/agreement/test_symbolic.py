"""The symbolic translation against clingo, atom by atom: for random whole cases under random readings every predicate that rules
derive, of every policy here; and that no case is ruled out by what the translation takes for granted."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import z3

from support import strategies, tiers
from support.cases import read_case
from support.columns_of_formulas import Columns
from support.guide import blocks, put
from support.paths import AMENDED, ROOT
from tiaoli import Oracle
from tiaoli.rules import Fact
from tiaoli.symbolic import days, relations, symbolic_facts, symbolic_functions, terms
from tiaoli.symbolic.days import Day
from tiaoli.symbolic.formulas import exactly
from tiaoli.symbolic.relations import Relations
from tiaoli.symbolic.symbolic_facts import Facts
from tiaoli.symbolic.values import Num

BATCH = 40
"""How many cases are decided together by clingo, under the same readings."""

MOST = 3
"""How many items a list has at most."""

POLICIES: dict[str, dict[str, Any]] = {
    "shipped": {},
    "amended": {"policy": "hrss-2024-20-amended", "policy_root": AMENDED},
    "second notice": {"policy": "carers"},
}


def loaded(name: str, folder: Path) -> Oracle:
    """A policy; that of the page on a second notice as the page has it written."""
    options = POLICIES[name]
    if name == "second notice":
        shutil.copytree(ROOT / "policy", folder / "policy")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        for block in blocks(ROOT / "docs" / "analysts" / "second-notice.md"):
            # of the commands those that write a file
            if not put(block, folder) and block.language == "sh" and (block.text.startswith(("mkdir", "cp")) or "lp\n" in block.text):
                subprocess.run(["bash", "-c", block.text], cwd=folder, env={**os.environ, "PATH": path}, check=True)
        options = {**options, "policy_root": folder / "exercise"}
    return Oracle(**options)


def trimmed(document: Any) -> Any:
    """The case without the items beyond the first few of a list."""
    if isinstance(document, list):
        items = [trimmed(item) for item in document]
        return items[:MOST] if items and isinstance(items[0], dict) else items
    return {key: trimmed(value) for key, value in document.items()} if isinstance(document, dict) else document


def derived_by_clingo(oracle: Oracle, cases: Mapping[str, tuple[Fact, ...]], heads: set[str]) -> dict[str, set[str]]:
    """The atoms of some predicates in the one stable model, by the case they speak of; the others under no case."""
    import clingo

    control = clingo.Control(["--warn=none"])
    facts = dict.fromkeys(f"{fact}." for of_case in cases.values() for fact in of_case)
    control.add("base", [], "\n".join([oracle.policy.rule_text, *facts]))
    control.ground([("base", [])])
    found: dict[str, set[str]] = {name: set() for name in ("", *cases)}
    with control.solve(yield_=True) as handle:
        (symbols,) = [list(model.symbols(atoms=True)) for model in handle]
    for symbol in symbols:
        if symbol.name in heads:
            of_case = oracle.policy.predicates[symbol.name].of_case
            rest = ",".join(map(str, symbol.arguments[of_case:]))
            found[symbol.arguments[0].string if of_case else ""].add(f"{symbol.name}({rest})")
    return found


def random_cases(oracle: Oracle, rng: random.Random, batches: int) -> Iterator[tuple[dict[str, str], dict[str, tuple[Fact, ...]]]]:
    """Batches of whole cases, each under readings of its own."""
    for _ in range(batches):
        readings = {name: rng.choice(reading.options).id for name, reading in oracle.policy.readings.items()}
        batch: dict[str, tuple[Fact, ...]] = {}
        for position in range(BATCH):
            document = trimmed(strategies.random_case(rng)) | {"id": f"{position}"}
            known, unknown = oracle.facts(read_case(document), readings=readings)
            assert not unknown
            batch[f"{position}"] = known
        yield readings, batch


Cases = Sequence[tuple[Mapping[str, str], tuple[Fact, ...]]]
"""The readings and the facts of each."""


def differences(
    oracle: Oracle, heads: Mapping[str, int], cases: Cases, wanted: Sequence[set[str]]
) -> Iterator[tuple[tuple[Fact, ...], list[str]]]:
    """The cases of which the translation derives other atoms of some predicates than clingo does, with these atoms; and those that it
    rules out."""
    policy = oracle.policy
    facts = Facts(policy, lambda _: MOST)
    translated = Relations(oracle.encoding, facts)
    for field in policy.fields.values():
        for item in facts.of_entity(field.entity) if field.entity else [None]:
            facts.slot(field, item and item.item)
    patterns = {head: (1 if policy.predicates[head].of_case else None, *([None] * (arity - 1))) for head, arity in heads.items()}
    derived = {head: translated.tuples(head, pattern) for head, pattern in patterns.items()}
    for start in range(0, len(cases), 2000):
        part = cases[start : start + 2000]
        columns = Columns(facts, [of_case for _, of_case in part], [readings for readings, _ in part])
        possible = np.logical_and.reduce([columns.of(constraint) for constraint in facts.constraints])
        for row, atoms in enumerate(wanted[start : start + 2000]):
            found = {
                f"{head}({','.join(columns.argument(value, row) for value in arguments[policy.predicates[head].of_case :])})"
                for head, tuples in derived.items()
                for arguments, guard in tuples
                if columns.of(guard)[row]
            }
            if not possible[row]:
                yield part[row][1], ["it is ruled out"]
            elif found != atoms:
                yield part[row][1], sorted(found ^ atoms)


def decided(oracle: Oracle, heads: Collection[str], seed: str, batches: int) -> tuple[list[Any], list[set[str]]]:
    """Random cases with their readings, and what clingo derives of each."""
    made = list(random_cases(oracle, random.Random(seed), batches))
    cases = [(readings, of_case) for readings, batch in made for of_case in batch.values()]
    return cases, [atoms for _, batch in made for atoms in split(derived_by_clingo(oracle, batch, set(heads)))]


@tiers.sized(2, 15, 170)
@pytest.mark.parametrize("name", POLICIES)
def test_the_translation_derives_what_clingo_derives(name: str, size: int, tmp_path: Path) -> None:
    oracle = loaded(name, tmp_path)
    heads = {rule.head.predicate: len(rule.head.terms) for rule in oracle.encoding.program.rules}
    cases, wanted = decided(oracle, heads, f"symbolic {name}", size)
    assert list(islice(differences(oracle, heads, cases, wanted), 3)) == []
    assert sum(map(len, wanted)) > 8 * len(cases)


LOOKED_AT = {
    "amount": 5,
    "standard": 5,
    "timely_job": 3,
    "within_year": 2,
    "registered": 2,
    "whole_class": 2,
    "excluded_post": 1,
    "still_employed": 3,
}
"""Predicates that between them rest on every construct of the rules."""


def not_cut_to_the_month(day: Day, months: int) -> Day | None:
    found = days.add_months(day, months)
    return found and Day.of(found.year, found.month, day.day, found.until, found.since)


def a_day_more(day: Day, months: int) -> Day | None:
    found = days.add_months(day, months)
    return found and Day.of(found.year, found.month, found.day + 1, found.until, found.since)


DIVIDE, PRODUCT = terms.Terms._divide, terms.Terms.product


def exchanged(self: terms.Terms, number: Num, divisor: int) -> tuple[Any, Any]:
    return DIVIDE(self, number, divisor)[::-1]


def smaller_alone(self: terms.Terms, one: int | Num, other: int | Num) -> int | Num:
    return other if isinstance(one, Num) else PRODUCT(self, one, other)


MUTANTS: dict[str, tuple[Any, str, Any]] = {
    "days are not cut to the month": (symbolic_functions, "add_months", not_cut_to_the_month),
    "a period is a day longer": (symbolic_functions, "add_months", a_day_more),
    "an order of days is not strict": (terms, "_UNSIGNED", {**terms._UNSIGNED, "<": z3.ULE}),
    "an order of days is strict": (terms, "_UNSIGNED", {**terms._UNSIGNED, "<=": z3.ULT}),
    "a negation is none": (relations, "negation", lambda part: part),
    "of several ways the first alone": (relations, "either", lambda parts: next(iter(parts), False)),
    "a count is one more": (relations, "exactly", lambda guards: [False, *exactly(guards)]),
    "null is the last day": (symbolic_facts, "SUPREMUM", 21991231),
    "remainder and quotient change places": (terms.Terms, "_divide", exchanged),
    "a product is of the smaller number alone": (terms.Terms, "product", smaller_alone),
}


@pytest.fixture(scope="module")
def sample(oracle: Oracle) -> tuple[list[Any], list[set[str]]]:
    """Cases of which the translation without a fault derives what clingo derives."""
    found = decided(oracle, LOOKED_AT, "mutants", 8)
    assert next(differences(oracle, LOOKED_AT, *found), None) is None
    return found


@pytest.mark.parametrize("name", tiers.some(MUTANTS, list(MUTANTS)[:1]))
def test_a_fault_in_the_translation_is_noticed(
    oracle: Oracle, sample: tuple[list[Any], list[set[str]]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    where, attribute, fault = MUTANTS[name]
    monkeypatch.setattr(where, attribute, fault)
    assert next(differences(oracle, LOOKED_AT, *sample), None) is not None


def split(found: Mapping[str, set[str]]) -> list[set[str]]:
    """The atoms of each case, those of no case with each."""
    return [atoms | found[""] for name, atoms in found.items() if name]
