"""The explainer of a whole case, for tests that look at what stands before the words."""

from __future__ import annotations

from tiaoli import Case, Oracle
from tiaoli.decide.facts import case_facts
from tiaoli.explain.explainer import Explainer, telling_rules
from tiaoli.policy.model import reading_facts
from tiaoli.rules.clingo_session import consequences

Readings = dict[str, str]


def in_force(oracle: Oracle, readings: Readings) -> Readings:
    return {reading.name: readings.get(reading.name, reading.default) for reading in oracle.policy.readings.values()}


def explainer(oracle: Oracle, case: Case, readings: Readings) -> Explainer:
    """The explainer of a whole case, every benefit asked."""
    encoding = oracle.encoding
    policy = encoding.policy
    facts = case_facts(policy, encoding.rule_bounds, encoding.fields, case)
    chosen = reading_facts(policy, readings)
    known = (*policy.facts, *chosen, *facts.facts)
    found = consequences(telling_rules(encoding), known, list(facts.choices.values()))
    return Explainer(encoding, facts, chosen, found, case.id)
