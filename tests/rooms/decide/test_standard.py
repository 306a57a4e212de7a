"""What the notice fixes before the share that is paid: every way of deciding tells it where the rules derive `standard`."""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal
from typing import Any

import pytest

from support.own_library import own_library
from support.paths import ROOT
from tiaoli import Oracle
from tiaoli.populations.bulk_job import BulkOptions
from tiaoli.populations.line_decider import LineDecider

NAME = "hrss-2024-20"
CASE: dict[str, Any] = {
    "id": "S-001",
    "applied_on": "2025-06-01",
    "person": {"status": "unemployed"},
    "certificates": [
        {"id": "c1", "kind": "special_ability", "domain": "ai_data_annotation", "issued": "2025-03-01", "meets_city_rules": True},
        {"id": "c2", "kind": "other", "domain": "other", "issued": "2025-03-01", "meets_city_rules": True},
    ],
}
RULE = """
standard(C, special_ability, Subject, 1000, 0) :- eligible(C, special_ability, Subject).
"""
WORDS = """
[predicate.standard]
args = ["case:case", "benefit:benefit", "subject:subject", "yuan:yuan", "fen:fen"]
shown = true
zh = "{benefit}的标准为{yuan:fen}"
en = "the standard of {benefit} is {yuan:fen}"
fails = { zh = "{benefit}的标准不是{yuan:fen}", en = "the standard of {benefit} is not {yuan:fen}" }
none = { zh = "{benefit}没有标准", en = "{benefit} has no standard" }
"""


def _other(found: re.Match[str]) -> str:
    return found[0].replace("standard", "class_standard")


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """The shipped policy, with the standard of one benefit told beside its amount."""
    root = tmp_path_factory.mktemp("standard")
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, root / part / NAME)
    own_library(root, NAME)
    added = {
        root / "encodings" / NAME / "decision.lp": RULE,
        root / "encodings" / NAME / "vocabulary.lp": "#defined standard/5.\n#show standard/5.\n",
        root / "policy" / NAME / "vocabulary.toml": WORDS,
    }
    for path in (root / "encodings" / NAME / "c04_directed.lp", root / "policy" / NAME / "vocabulary.toml"):
        # a class has a standard of its own
        path.write_text(
            re.sub(r"^standard\(|(?<= )standard\(|(?<=\[predicate\.)standard(?=\])", _other, path.read_text("utf-8"), flags=re.M), "utf-8"
        )
    for path, text in added.items():
        path.write_text(path.read_text("utf-8") + text, "utf-8")
    return Oracle(policy_root=root)


@pytest.mark.parametrize("engine", ["auto", "clingo"])
def test_a_decision_that_grants_tells_the_standard(oracle: Oracle, engine: Any) -> None:
    first, second = oracle.decide(CASE, benefits=["special_ability"], engine=engine).decisions
    assert (first.standard, first.to_json()["standard"], second.standard) == (Decimal("1000.00"), "1000.00", None)
    assert list(first.to_json())[:6] == ["benefit", "subject", "clause", "outcome", "standard", "amount"]
    assert "standard" not in second.to_json()
    open_ones = CASE | {"certificates": [{"id": "c1", "kind": "special_ability", "issued": "2025-03-01"}]}
    assert oracle.decide(open_ones, benefits=["special_ability"], engine=engine).decisions[0].standard is None


def test_lines_and_columns_tell_the_same(oracle: Oracle) -> None:
    answer = oracle.decide(CASE)
    found = LineDecider(oracle, BulkOptions()).decide(1, [json.dumps(CASE).encode()])
    assert json.loads(found.answers) == answer.to_json()
    pa = pytest.importorskip("pyarrow")
    from tiaoli.populations.arrow_decider import BatchDecider
    from tiaoli.populations.arrow_schema import case_schema, fit_to_schema

    batch = fit_to_schema(pa.RecordBatch.from_pylist([CASE]), case_schema(oracle.policy))
    rows = BatchDecider(oracle).decide(batch).decisions.to_pylist()
    assert [row["standard"] for row in rows] == [decision.standard for decision in answer.decisions]
