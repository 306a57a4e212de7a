"""Versions of the notice with one random edit of a rule, and what clingo alone derives of many cases under one of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import clingo

from notices.hrss_2024_20 import mutants
from support import strategies
from support.altered import altered
from support.cases import read_case
from tiaoli import Case, Oracle, PolicyError
from tiaoli.decide import case_facts
from tiaoli.encoding import Encoding
from tiaoli.policy import reading_facts

FILES = [file for file in mutants.FILES if file.endswith(".lp")]


def edited(oracle: Oracle, root: Path, seed: int) -> tuple[mutants.Mutant, Oracle]:
    """A version with one random edit of a rule: a literal less or turned round, another edge, another word, other arithmetic."""
    pick = random.Random(f"edit {seed}")
    while True:
        mutant = pick.choice(mutants.mutants(oracle, pick.choice(FILES)))
        try:
            return mutant, altered(root, mutant.file, text=mutant.text)
        except PolicyError:
            continue


def random_cases(seed: int, size: int) -> list[Case]:
    """Whole cases that lie near the boundaries of the notice."""
    pick = random.Random(f"cases {seed}")
    return [read_case({**strategies.random_case(pick), "id": f"r{number}"}) for number in range(size)]


def derived(
    encoding: Encoding, cases: Sequence[Case], readings: Mapping[str, str], rules: str, wanted: Iterable[str], text: str | None = None
) -> set[str]:
    """The atoms of some predicates that clingo derives of complete cases, known by their places, by the rules of a version and some more;
    `text` stands in place of the version's own rules."""
    policy = encoding.policy
    given = [case_facts(policy, encoding.rule_bounds, encoding.fields, case, None, number) for number, case in enumerate(cases)]
    whole = [found for found in given if not found.choices]
    facts = dict.fromkeys(str(fact) for found in whole for fact in found.facts)
    own = [str(fact) for fact in (*policy.facts, *reading_facts(policy, dict(readings)))]
    control = clingo.Control(["--warn=none"])
    facts_text = "".join(f"{fact}.\n" for fact in (*own, *facts))
    control.add("base", [], f"{policy.rule_text if text is None else text}\n{rules}\n{facts_text}")
    control.ground([("base", [])])
    names = set(wanted)
    with control.solve(yield_=True) as handle:
        (model,) = [list(model.symbols(atoms=True)) for model in handle]
    return {str(symbol) for symbol in model if symbol.name in names}
