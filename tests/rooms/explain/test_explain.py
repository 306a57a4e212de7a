"""Explanations against the solver and against a second way to find them.

Every fired rule instance is found by clingo itself as well (`instrument`); what a failing condition's tree names suffices
for its failing, whatever everything else is; every leaf is something a reader can look up.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from notices.hrss_2024_20.reference import random_readings
from support import instrument, strategies, tiers
from support.cases import read_case
from support.explained import explainer
from support.freed import Freed, can_be_met, failing, named
from tiaoli import Case, Oracle
from tiaoli.explain.explanation import Explanation, Node
from tiaoli.explain.matcher import Instance
from tiaoli.rules.ast import Aggregate, Comparison, Literal, Rule, variables
from tiaoli.rules.atoms import Name
from tiaoli.rules.truth import ValueOrOpen

Item = dict[str, Any]
Readings = dict[str, str]

CHUNKS, CASES_A_CHUNK, CASES_A_BATCH = 11, 100, 20
FAILING_CHUNKS, FAILING_A_CHUNK = 5, 20

STATUSES = {"met": "holds", "unmet": "fails", "unknown": "unknown"}
OUTCOMES = {"eligible": "holds", "not_eligible": "fails", "unknown": "unknown"}


# A second way


def written(value: ValueOrOpen | None) -> str:
    """A value as clingo writes it."""
    assert value is not None
    return f'"{value}"' if isinstance(value, str) and not isinstance(value, Name) else str(value)


def names(rule: Rule) -> list[str]:
    """The variables of a rule outside its aggregates, in the order of their names."""
    terms = list(rule.head.terms)
    for part in rule.body:
        if isinstance(part, Literal):
            terms += part.atom.terms
        elif isinstance(part, Comparison):
            terms += [part.left, part.right]
        else:
            terms.append(part.bound)
    return sorted({variable.name for term in terms for variable in variables(term) if not variable.anonymous})


def values(instance: Instance) -> tuple[str, ...]:
    return tuple(written(instance.body.environment[name]) for name in names(instance.rule))


def matched(oracle: Oracle, case: Case, readings: Readings) -> tuple[set[instrument.Instance], set[instrument.Tallied]]:
    """Every instance that the matcher finds for an atom that clingo derived, and what their aggregates counted."""
    numbers = {id(rule): number for number, rule in enumerate(oracle.encoding.program.rules)}
    found = explainer(oracle, case, readings)
    instances: set[instrument.Instance] = set()
    tallied: set[instrument.Tallied] = set()
    for predicate in (item.name for item in oracle.policy.predicates.values() if item.source == "rules"):
        for atom in list(found.interpretation.atoms(predicate)):
            of_atom = list(found.matcher.instances(predicate, atom))
            assert of_atom, f"{predicate}{atom} has no derivation"
            for instance in of_atom:
                about = (numbers[id(instance.rule)], values(instance))
                instances.add(about)
                for step in instance.body.steps:
                    if isinstance(step.part, Aggregate):
                        assert step.total is not None
                        place = instance.rule.body.index(step.part)
                        tallied |= {(*about, place, item.element, tuple(map(written, item.terms))) for item in step.total.counted}
    return instances, tallied


def agree(oracle: Oracle, documents: list[Item], readings: Readings) -> None:
    cases = [read_case({**document, "id": f"case-{number}"}) for number, document in enumerate(documents)]
    facts: dict[str, None] = {}
    for case in cases:
        known, unknown = oracle.facts(case, readings=readings)
        assert not unknown
        facts |= dict.fromkeys(f"{fact}." for fact in known)
    fired, told = instrument.fired(oracle.policy.rule_text, "\n".join(facts))
    instances: set[instrument.Instance] = set()
    tallied: set[instrument.Tallied] = set()
    for case in cases:
        of_case = matched(oracle, case, readings)
        instances |= of_case[0]
        tallied |= of_case[1]
    assert instances == fired
    assert tallied == told


@pytest.mark.parametrize("chunk", tiers.seeds(1, CHUNKS))
def test_the_matcher_finds_every_fired_instance_and_no_other(oracle: Oracle, chunk: int) -> None:
    rng = random.Random(f"instances {chunk}")
    for _ in range(0, CASES_A_CHUNK, CASES_A_BATCH):
        agree(oracle, [strategies.random_case(rng) for _ in range(CASES_A_BATCH)], random_readings(rng))


@pytest.mark.parametrize("chunk", tiers.seeds(1, 3))
def test_the_matcher_finds_every_fired_instance_under_the_second_policy(amended: Oracle, chunk: int) -> None:
    rng = random.Random(f"amended instances {chunk}")
    for _ in range(0, CASES_A_CHUNK, CASES_A_BATCH):
        agree(amended, [strategies.random_case(rng) for _ in range(CASES_A_BATCH)], random_readings(rng))


# What a failing condition's tree names suffices


def test_freeing_a_case_leaves_what_is_named(oracle: Oracle) -> None:
    document = strategies.random_case(random.Random(5))
    document["employments"] = [
        {"id": "e1", "start": "2025-01-01", "post": "other", "registry": {"system": "elderly_care", "in_post": True}}
    ]
    freed = Freed(oracle, document, {"employments.e1.start", "employments.e1.registry.in_post", "applications"}).document
    assert freed["employments"] == [{"id": "e1", "start": "2025-01-01", "registry": {"in_post": True}}, {"id": "one-more"}]
    assert freed["person"] == {}
    assert not any(item["id"] == "one-more" for item in freed["applications"])
    assert read_case(freed)


def suffices(oracle: Oracle, rng: random.Random, cases: int) -> int:
    tried = 0
    for _ in range(cases):
        document, readings = strategies.random_case(rng), random_readings(rng)
        for benefit, subject, condition in failing(oracle, document, readings):
            tree = oracle.why_not(document, benefit, subject, condition=condition, readings=readings, full=True).tree
            freed = Freed(oracle, document, named(tree)).document
            met = can_be_met(oracle, freed, readings, benefit, subject, condition)
            assert not met, f"{benefit} {subject} {condition}\n{document}\n{readings}\n{sorted(named(tree))}"
            tried += 1
    return tried


@pytest.mark.parametrize("chunk", tiers.seeds(1, FAILING_CHUNKS))
def test_what_a_failing_conditions_tree_names_suffices(oracle: Oracle, chunk: int) -> None:
    assert suffices(oracle, random.Random(f"suffices {chunk}"), FAILING_A_CHUNK) > 50


def test_without_what_its_tree_names_a_failing_condition_could_be_met(oracle: Oracle) -> None:
    """So that what suffices is no empty claim."""
    rng = random.Random("needed")
    could = []
    for _ in range(8):
        document, readings = strategies.random_case(rng), random_readings(rng)
        for benefit, subject, condition in failing(oracle, document, readings):
            freed = Freed(oracle, document, set()).document
            could.append(can_be_met(oracle, freed, readings, benefit, subject, condition))
    assert len(could) > 20
    # where the day of the application alone fails it, there is nothing to free
    assert sum(could) / len(could) > 0.7


@tiers.sized(5, FAILING_A_CHUNK)
def test_what_a_failing_conditions_tree_names_suffices_under_the_second_policy(amended: Oracle, size: int) -> None:
    assert suffices(amended, random.Random("suffices amended"), size) > 2.5 * size


# What an explanation is made of

LEAVES = {"fact", "parameter", "row", "reading", "absent", "item", "items", "comparison"}


def leaf_problems(tree: Node) -> Iterator[str]:
    for node in tree.walk():
        if not node.children:
            # what the notice itself lists is a rule without a body: it has its words
            listed = node.kind in ("derived", "way", "not") and node.quote
            nothing_counted = node.kind in ("members", "total")
            named_only = node.kind == "condition" and node.omitted
            if node.kind not in LEAVES and not listed and not nothing_counted and not named_only:
                yield f"{node.kind}: {node.statement.en}"
        if node.kind in ("fact", "absent", "item", "items") and not node.facts:
            yield f"{node.kind} without a path: {node.statement.en}"
        if node.kind == "parameter" and not node.quote and node.status == "holds":
            yield f"parameter without its words: {node.statement.en}"
        if "{" in node.statement.zh + node.statement.en or not node.statement.zh or not node.statement.en:
            yield f"words not filled in: {node.statement}"


def explanations(oracle: Oracle, document: Item, readings: Readings, **asked: Any) -> Iterator[tuple[Any, Explanation]]:
    for decision in oracle.decide(document, readings=readings).decisions:
        yield decision, oracle.why(document, decision.benefit, decision.subject, readings=readings, **asked)


@tiers.sized(4, 12)
@pytest.mark.parametrize("unknown", [0.0, 0.15])
def test_every_leaf_can_be_looked_up_and_every_status_is_the_decisions(oracle: Oracle, unknown: float, size: int) -> None:
    rng = random.Random(f"leaves {unknown}")
    for _ in range(size):
        document, readings = strategies.random_case(rng, unknown=unknown), random_readings(rng)
        for full in (True, False):
            for decision, found in explanations(oracle, document, readings, full=full):
                about = f"{document}\n{readings}\n{decision.benefit} {decision.subject}"
                assert found.outcome == decision.outcome, about
                assert found.tree.status == OUTCOMES[decision.outcome], about
                statuses = [node.status for node in found.tree.children if node.kind == "condition"]
                assert statuses == [STATUSES[condition.status] for condition in decision.conditions], about
                assert list(leaf_problems(found.tree)) == [], about


@tiers.sized(6, 12)
def test_every_path_in_a_tree_is_one_of_the_case(oracle: Oracle, size: int) -> None:
    rng = random.Random("paths")
    for _ in range(size):
        document = strategies.random_case(rng, unknown=0.1)
        known = set(paths(document))
        for _, found in explanations(oracle, document, {}, full=True):
            for node in found.tree.walk():
                for path in node.facts:
                    # a fact that is not known, or a list that is not there, belongs to something that is
                    owner = path.removeprefix("person.").rpartition(".")[0].removesuffix(".registry")
                    assert path in known or owner in known or not owner, path


def paths(value: Any, here: str = "") -> Iterator[str]:
    if here:
        yield here
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from paths(inner, f"{here}.{key}" if here else key)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, Mapping):
                yield from paths(inner, f"{here}.{inner['id']}")


@tiers.sized(10, 25)
def test_a_short_tree_shows_what_fails_with_its_facts(oracle: Oracle, size: int) -> None:
    """Each condition that fails leads to at least one failing leaf, and says on which facts it rests."""
    rng = random.Random("short")
    for _ in range(size):
        document, readings = strategies.random_case(rng), random_readings(rng)
        for decision, found in explanations(oracle, document, readings):
            for node in found.tree.children:
                if node.kind == "condition" and node.status == "fails":
                    below = list(node.walk())[1:]
                    about = f"{document}\n{readings}\n{decision.benefit} {decision.subject} {node.statement.en}"
                    failing_leaf = any(not inner.children and inner.status == "fails" for inner in below)
                    assert failing_leaf or any(inner.kind == "not" and inner.status == "fails" for inner in below), about
                    assert any(inner.facts or inner.kind == "reading" for inner in below), about


@tiers.sized(6, 30)
def test_an_unknown_outcome_says_what_is_missing(oracle: Oracle, size: int) -> None:
    rng = random.Random("missing")
    seen = 0
    for _ in range(size):
        document = strategies.random_case(rng, unknown=0.2)
        for decision in oracle.decide(document, full=True).decisions:
            if decision.outcome == "unknown":
                found = oracle.why(document, decision.benefit, decision.subject)
                assert decision.alternatives is not None
                assert found.missing == decision.alternatives.missing
                assert found.answered == ("why", "why-not")
                open_paths = {path for node in found.tree.walk() if node.status == "unknown" for path in node.facts}
                assert open_paths.isdisjoint(set(paths(document)) - {"applied_on"} - set(compared(found.tree)))
                seen += 1
    assert seen > size / 6


def compared(tree: Node) -> Iterator[str]:
    """The paths of comparisons: one side of an open one may be known."""
    for node in tree.walk():
        if node.kind == "comparison":
            yield from node.facts
