"""A key of a record and an item inside an item bear together with what holds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cases import read_case
from support.exercise import NAME, carers
from tiaoli import Oracle
from tiaoli.case.documents import parse_document
from tiaoli.encoding.case_template import build_case_template
from tiaoli.encoding.loader import policy_problems

REGISTERED = "met(C, carer_grant, Cert, holder_employed) :- certificate(C, Cert), {body}."


def with_rule(root: Path, body: str) -> Path:
    return carers(root, more={"c01_grant.lp": f"\n{REGISTERED.format(body=body)}\n"})


def test_a_key_of_a_record_bears_with_its_record(tmp_path: Path) -> None:
    root = with_rule(tmp_path, "employment_worker_registered(C, _, true)")
    assert [problem.say("en") for problem in policy_problems(NAME, root)] == []
    oracle = Oracle(NAME, policy_root=root)
    assert {"employments.registry", "employments.registry.worker_registered"} <= set(oracle.encoding.fields["carer_grant"])
    text = build_case_template(oracle.encoding, oracle.policy.benefits["carer_grant"], "2025-06-01", "en")
    assert "# registry: {worker_registered: true}" in text
    assert read_case(parse_document(text, "template"))
    about = {"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05", "issued": "2025-03-09", "holder_status": "other"}
    case = {"id": "A", "applied_on": "2025-06-01", "person": {"status": "other"}, "certificates": [about]}
    for registry, outcome in (
        ({"registry": None}, "not_eligible"),
        ({"registry": {"worker_registered": True}}, "eligible"),
        ({"registry": {"worker_registered": False}}, "not_eligible"),
        ({"registry": {}}, "unknown"),
        ({}, "unknown"),
    ):
        decision = oracle.decide(case | {"employments": [{"id": "e1"} | registry]}, full=True).decisions[0]
        assert decision.outcome == outcome, registry


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        ("employment(C, Job), not employment_worker_registered(C, Job, true)", False),
        ("employment_registry(C, Job, record), not employment_worker_registered(C, Job, true)", True),
    ],
)
def test_that_a_key_is_not_so_is_asked_beside_its_record(tmp_path: Path, body: str, accepted: bool) -> None:
    found = [problem.id for problem in policy_problems(NAME, with_rule(tmp_path, body))]
    assert found == ([] if accepted else ["rule-record"])


def test_a_list_in_an_item_of_which_nothing_else_bears_is_in_the_template(tmp_path: Path) -> None:
    oracle = Oracle(NAME, policy_root=with_rule(tmp_path, "trainee_passed(C, _, true)"))
    text = build_case_template(oracle.encoding, oracle.policy.benefits["carer_grant"], "2025-06-01", "en")
    assert "training_classes:" in text
    assert "# passed: true" in text
    assert read_case(parse_document(text, "template"))
