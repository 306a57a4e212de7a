"""The rules that a benefit's outcome rests on, by themselves and with the critical values that they alone ask for, against all rules."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from support import strategies, tiers
from support.cases import read_case
from support.strategies import FAMILIES
from tiaoli import Oracle
from tiaoli.case import Case
from tiaoli.decide import SOLE_CASE, Subject, free_atom, set_free
from tiaoli.encoding import OutcomeRules
from tiaoli.rules import Choice, Contract, Name, Session


def outcome_by(oracle: Oracle, case: Case, subject: Subject, rules: OutcomeRules) -> str:
    """The outcome of a decision over every value that its unknown facts can have, by some rules alone."""
    policy, encoding = oracle.policy, oracle.encoding
    freed = set_free(policy, rules.bounds, case, subject, encoding.outcome_fields(subject.benefit), lambda *_: False, nearest=False)
    choices = [Choice(tuple(free_atom(policy, free, value) for value in free.values)) for free in freed.free_facts]
    readings = [Contract.READING.fact(Name(item.name), Name(item.default)) for item in policy.readings.values()]
    session = Session(rules.rules, [*policy.facts, *readings, *freed.facts_of(SOLE_CASE)], choices)
    granted = Contract.ELIGIBLE.fact(SOLE_CASE, Name(subject.benefit), subject.item)
    can, cannot = session.possible((granted, True)), session.possible((granted, False))
    assert can or cannot
    return "unknown" if can and cannot else "eligible" if can else "not_eligible"


@tiers.sized(2, 12, 200)
@pytest.mark.parametrize("sections", FAMILIES, ids=lambda sections: sections[0])
def test_the_rules_of_one_outcome_give_it_as_all_rules_do(oracle: Oracle, sections: tuple[str, ...], size: int) -> None:
    rng = random.Random(f"outcome alone {sections}")
    for _ in range(size):
        document: dict[str, Any] = strategies.random_case(rng, sections=sections, unknown=rng.choice((0, 0.2, 0.4)))
        case = read_case(document)
        for decision in oracle.decide(case, engine="clingo").decisions:
            alone = outcome_by(oracle, case, Subject(decision.benefit, decision.subject), oracle.encoding.outcomes[decision.benefit])
            assert alone == decision.outcome, json.dumps([document, decision.benefit, decision.subject], ensure_ascii=False)


def test_what_is_left_out_of_the_rules_of_one_outcome_is_noticed(oracle: Oracle) -> None:
    """Each bound of a benefit's own rules is one that some rule of it puts, and rules about other benefits are not among its rules."""
    outcomes = oracle.encoding.outcomes
    every = set(oracle.encoding.rule_bounds.bounds)
    assert set(outcomes) == set(oracle.policy.benefits)
    assert all(set(outcome.bounds.bounds) < every for outcome in outcomes.values())
    assert set().union(*(outcome.bounds.bounds for outcome in outcomes.values())) <= every
    for benefit, outcome in outcomes.items():
        others = [name for name in oracle.policy.benefits if name != benefit]
        assert not [name for name in others if f"requires({name}," in outcome.rules], benefit


def test_without_the_bounds_of_a_benefit_its_outcome_would_be_missed(oracle: Oracle) -> None:
    """The comparison of this module sees it where values are missing."""
    document = {"id": "K", "applied_on": "2025-06-20", "apprenticeships": [apprenticeship()]}
    subject, outcome = Subject("apprentice_scope", "p1/a1"), oracle.encoding.outcomes["apprentice_scope"]
    none = outcome._replace(bounds=outcome.bounds._replace(bounds=()))
    assert outcome_by(oracle, read_case(document), subject, outcome) == "unknown"
    assert outcome_by(oracle, read_case(document), subject, none) == "not_eligible"


def apprenticeship() -> dict[str, Any]:
    """A project with an apprentice who may have signed on any day."""
    return {
        "id": "p1",
        "sector": "elderly_care",
        "starts": "2025-01-06",
        "apprentices": [{"id": "a1", "enterprise_in_shanghai": True, "contract_months": 12, "social_insurance_in_shanghai": True}],
    }
