"""What the notice fixes before the share that is paid: every way of deciding tells it, and the amount beside it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tiaoli import Oracle
from tiaoli.populations.bulk_job import BulkOptions
from tiaoli.populations.line_decider import LineDecider

CASE: dict[str, Any] = {
    "id": "S-001",
    "applied_on": "2025-06-01",
    "person": {"status": "unemployed"},
    "certificates": [
        {
            "id": "c1",
            "kind": "special_ability",
            "domain": "ai_data_annotation",
            "issued": "2025-03-01",
            "meets_city_rules": True,
            "payment_percent": 80,
        },
        {"id": "c2", "kind": "other", "domain": "other", "issued": "2025-03-01", "meets_city_rules": True, "payment_percent": 80},
    ],
}


@pytest.mark.parametrize("engine", ["auto", "clingo"])
def test_a_decision_that_grants_tells_the_standard(oracle: Oracle, engine: Any) -> None:
    first, second = oracle.decide(CASE, benefits=["special_ability"], engine=engine).decisions
    assert (first.standard, first.to_json()["standard"], second.standard) == (Decimal("1000.00"), "1000.00", None)
    assert list(first.to_json())[:6] == ["benefit", "subject", "clause", "outcome", "standard", "amount"]
    assert "standard" not in second.to_json()
    assert (first.amount, second.amount) == (Decimal("800.00"), None)


def test_a_standard_stands_with_a_grant_alone(oracle: Oracle) -> None:
    """Where it is unknown as `null`; where the outcome is open not at all, and not beside a benefit that is paid whole."""
    listed = {"id": "c1", "kind": "skill_level", "occupation_code": "4-04-05-02", "issued": "2025-03-01", "meets_city_rules": True}
    (granted,) = oracle.decide(CASE | {"certificates": [listed]}, benefits=["skill_uplift"]).to_json()["decisions"]
    assert (granted["standard"], granted["amount"], granted["rate"]) == (None, None, "1.30")
    open_one = {"id": "c1", "kind": "special_ability", "issued": "2025-03-01", "meets_city_rules": True}
    (unknown,) = oracle.decide(CASE | {"certificates": [open_one]}, benefits=["special_ability"]).to_json()["decisions"]
    assert unknown["outcome"] == "unknown"
    assert "standard" not in unknown
    project = {"id": "d1", "sector": "other", "project_kind": "special_ability", "work": "new", "reviewed_on": "2025-03-01"}
    case = {"id": "S-002", "applied_on": "2025-06-01", "development_projects": [project | {"review_passed": True}]}
    (whole,) = oracle.decide(case).to_json()["decisions"]
    assert whole["outcome"] == "eligible"
    assert "standard" not in whole


def test_lines_and_columns_tell_the_same(oracle: Oracle) -> None:
    answer = oracle.decide(CASE)
    found = LineDecider(oracle, BulkOptions()).decide(1, [json.dumps(CASE).encode()])
    assert json.loads(found.answers) == answer.to_json()
    pa = pytest.importorskip("pyarrow")
    from tiaoli.populations.arrow_decider import BatchDecider

    batch = pa.RecordBatch.from_pylist([CASE])
    rows = BatchDecider(oracle).decide(batch).decisions.to_pylist()
    assert [row["standard"] for row in rows] == [decision.standard for decision in answer.decisions]
