"""A case that lists a thousand items: what it costs grows as the list does, and not with its square."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import Any

import pytest

from support import strategies, tiers
from tiaoli import Oracle
from tiaoli.decide.answer import Answer
from tiaoli.encoding.cone_of_influence import rests_on_one_item
from tiaoli.explain.why import explain
from tiaoli.oracle.prepare import prepare_decision
from tiaoli.rules.clingo_session import Session

REGISTRY = {"system": "elderly_care", "worker_registered": True, "employer_registered": True, "in_post": True}


def case(certificates: int, jobs: int = 0, **left_out: bool) -> dict[str, Any]:
    """An employed person with so many certificates, care certificates where there are jobs; some facts of them are left out."""
    person = {"status": "employed", "civil_servant": False, "public_institution_post": "none", "school_in_shanghai": True}
    one: dict[str, Any] = {"kind": "skill_level" if jobs else "special_ability", "domain": "ai_data_annotation", "level": 4}
    one |= {"occupation_code": "4-10-01-05", "issued": "2025-03-01", "meets_city_rules": True, "payment_percent": 80}
    one |= {"base_standard_cny": "1000.00", "holder_status": "employed"}
    one = {name: value for name, value in one.items() if name not in left_out}
    job = {"employer_in_shanghai": True, "industry": "elderly_care", "post": "elderly_care", "end": None, "registry": REGISTRY}
    return {
        "id": "A",
        "applied_on": "2025-06-01",
        "person": {**person, "in_city_groups": False},
        "certificates": [{"id": f"c{at}", **one} for at in range(certificates)],
        "employments": [{"id": f"e{at}", "start": f"2025-02-{1 + at % 28:02}", **job} for at in range(jobs)],
        "applications": [],
    }


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a solver was asked something."""
    counted: Counter[str] = Counter()

    def watched(name: str) -> None:
        real = getattr(Session, name)

        def counting(self: Session, *arguments: Any, **more: Any) -> Any:
            counted[name] += 1
            return real(self, *arguments, **more)

        monkeypatch.setattr(Session, name, counting)

    for name in ("__init__", "possible", "consequences"):
        watched(name)
    return counted


def alternatives(answer: Answer) -> set[Any]:
    """What the decisions of an answer say, but for the item they are about."""
    return {str(decision._replace(subject="")) for decision in answer.decisions}


@pytest.mark.parametrize("jobs", [0, 2])
def test_a_longer_list_is_no_more_questions(oracle: Oracle, asked: Counter[str], jobs: int) -> None:
    few = oracle.decide(case(3, jobs), full=True, engine="clingo")
    before = dict(asked)
    asked.clear()
    many = oracle.decide(case(24, jobs), full=True, engine="clingo")
    assert dict(asked) == before
    assert alternatives(few) == alternatives(many)
    assert len(many.decisions) == 8 * len(few.decisions)


def test_the_rules_that_were_compiled_for_a_long_list_say_what_clingo_says(oracle: Oracle) -> None:
    fresh = Oracle()
    assert fresh.decide(case(20, 2), full=True) == oracle.decide(case(20, 2), full=True, engine="clingo")


def test_a_fact_that_is_missing_is_tried_with_those_that_matter_with_it(oracle: Oracle) -> None:
    few, many = (oracle.decide(case(number, meets_city_rules=False), benefits=["special_ability"], full=True) for number in (2, 6))
    missing = [decision.alternatives.missing for decision in many.decisions if decision.alternatives]
    assert missing == [(f"certificates.c{at}.meets_city_rules",) for at in range(6)]
    assert [decision.alternatives for decision in few.decisions] == [decision.alternatives for decision in many.decisions[:2]]


def test_what_a_decision_on_one_item_looks_at(oracle: Oracle) -> None:
    encoding = oracle.encoding
    alone = {benefit for benefit in oracle.policy.benefits if rests_on_one_item(oracle.policy, encoding.program, benefit)}
    assert {"skill_uplift", "special_ability", "care_route", "development_grant"} <= alone
    # a class is judged by its trainees, who are items of their own
    assert not alone & {"directed_training_first", "directed_training_second"}


@pytest.mark.parametrize("seed", tiers.seeds(6, 40, 400))
def test_a_reason_is_the_same_whatever_stands_beside_its_item(oracle: Oracle, seed: int) -> None:
    rng = random.Random(f"by itself {seed}")
    listed = strategies.random_case(rng, unknown=rng.choice([0, 0.1]), sections=strategies.PERSONAL)
    for benefit in ("skill_uplift", "special_ability", "care_route"):
        for item in listed.get("certificates", [])[:2]:
            whole = prepare_decision(oracle.encoding, listed, benefit, item["id"], {}, None)
            alone = whole.by_itself()
            assert len(alone.facts.subjects) == 1
            assert explain(alone, "why", full=True).to_json() == explain(whole, "why", full=True).to_json()


@tiers.slow
def test_a_reason_among_many_items_takes_seconds(oracle: Oracle) -> None:
    begun = time.process_time()
    assert oracle.why(case(200, 300), "care_route", "c7").outcome == "eligible"
    assert time.process_time() - begun < 5


@tiers.slow
@pytest.mark.parametrize(("certificates", "jobs"), [(1000, 0), (200, 200)])
def test_a_thousand_items_are_decided_in_full_in_seconds(oracle: Oracle, certificates: int, jobs: int) -> None:
    begun = time.process_time()
    answer = oracle.decide(case(certificates, jobs), full=True)
    assert time.process_time() - begun < 20
    assert answer.exclusive is not None
    assert {len(group) for group in answer.exclusive} == {certificates}
    assert not answer.limit_reached
