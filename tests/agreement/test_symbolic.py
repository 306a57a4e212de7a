"""The symbolic translation against clingo, atom by atom: for random whole cases under random readings every predicate that rules
derive, of every policy here; and that no case is ruled out by what the translation takes for granted."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from support import strategies, tiers
from support.columns_of_formulas import Columns
from support.paths import AMENDED
from tiaoli import Case, Oracle
from tiaoli.rules import Fact
from tiaoli.symbolic.relations import Relations
from tiaoli.symbolic.symbolic_facts import Facts

BATCH = 40
"""How many cases are decided together by clingo, under the same readings."""

MOST = 3
"""How many items a list has at most."""

POLICIES: dict[str, dict[str, Any]] = {
    "shipped": {},
    "amended": {"policy": "hrss-2024-20-amended", "policy_root": AMENDED},
}


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
            known, unknown = oracle.facts(Case.read(document), readings=readings)
            assert not unknown
            batch[f"{position}"] = known
        yield readings, batch


@tiers.sized(4, 250)
@pytest.mark.parametrize("name", POLICIES)
def test_the_translation_derives_what_clingo_derives(name: str, size: int) -> None:
    oracle = Oracle(**POLICIES[name])
    policy = oracle.policy
    facts = Facts(policy, lambda _: MOST)
    relations = Relations(oracle.encoding, facts)
    for field in policy.fields.values():
        for item in facts.of_entity(field.entity) if field.entity else [None]:
            facts.slot(field, item and item.item)
    heads = {rule.head.predicate: len(rule.head.terms) for rule in oracle.encoding.program.rules}
    derived = {
        head: relations.tuples(head, (1 if policy.predicates[head].of_case else None, *([None] * (arity - 1))))
        for head, arity in heads.items()
    }
    batches = list(random_cases(oracle, random.Random(f"symbolic {name}"), size))
    flat = [(readings, of_case) for readings, batch in batches for of_case in batch.values()]
    by_clingo = [atoms for _, batch in batches for found in [derived_by_clingo(oracle, batch, set(heads))] for atoms in split(found)]
    atoms = 0
    for start in range(0, len(flat), 2000):
        part = flat[start : start + 2000]
        columns = Columns(facts, [of_case for _, of_case in part], [readings for readings, _ in part])
        assert all(columns.of(constraint).all() for constraint in facts.constraints), "a case is ruled out"
        for row, wanted in enumerate(by_clingo[start : start + 2000]):
            found = set()
            for head, tuples in derived.items():
                of_case = policy.predicates[head].of_case
                for arguments, guard in tuples:
                    if columns.of(guard)[row]:
                        found.add(f"{head}({','.join(columns.argument(value, row) for value in arguments[of_case:])})")
            assert found == wanted, (part[row], sorted(found ^ wanted))
            atoms += len(wanted)
    assert atoms > 40 * len(flat)


def split(found: Mapping[str, set[str]]) -> list[set[str]]:
    """The atoms of each case, those of no case with each."""
    return [atoms | found[""] for name, atoms in found.items() if name]
