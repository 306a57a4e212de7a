"""The cases of a policy as Python types: the module that is checked in is the policy's, and a type checker refuses a misspelt key."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import get_args

import pytest
from mypy import api

from support.command import Cli
from support.paths import HOUSEHOLD, ROOT
from tiaoli import Oracle
from tiaoli.case import case_types
from tiaoli.types import hrss_2024_20 as shipped

CHECKED_IN = ROOT / "src" / "tiaoli" / "types" / "hrss_2024_20.py"


def test_the_types_that_are_checked_in_are_those_of_the_policy(oracle: Oracle, cli: Cli) -> None:
    assert CHECKED_IN.read_text("utf-8") == case_types(oracle.policy), "run `tiaoli types hrss-2024-20 > src/tiaoli/types/hrss_2024_20.py`"
    assert cli("types").out == cli("types", oracle.policy.id).out == case_types(oracle.policy)
    assert get_args(shipped.Benefit) == tuple(oracle.policy.benefits)


def test_a_case_with_types_is_decided(oracle: Oracle) -> None:
    certificate: shipped.Certificate = {"id": "c1", "kind": "other"}
    case: shipped.Case = {"id": "A-1", "applied_on": "2025-06-01", "certificates": [certificate]}
    benefit: shipped.Benefit = "special_ability"
    assert [decision.outcome for decision in oracle.decide(case, benefits=[benefit]).decisions] == ["not_eligible"]


def test_the_types_of_any_policy_are_a_module(tmp_path: Path) -> None:
    policy = Oracle("household-2026", policy_root=HOUSEHOLD).policy
    file = tmp_path / "household.py"
    file.write_text(case_types(policy), "utf-8")
    spec = importlib.util.spec_from_file_location("household", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.Case.__required_keys__ == {"id", "asked_on"}
    assert module.Member.__optional_keys__ == {"card", "roles", "hours", "agreed_hours", "permit", "incomes"}
    assert get_args(module.Role) == ("earner", "carer")


WRONG = {
    '{"id": "A", "applied_on": "2025-06-01", "certificats": []}': "certificats",
    '{"id": "A", "applied_on": "2025-06-01", "certificates": [{"id": "c1", "knd": "other"}]}': "knd",
    '{"id": "A", "applied_on": "2025-06-01", "person": {"status": "unemployd"}}': "status",
    '{"id": "A", "applied_on": "2025-06-01", "person": {"civil_servant": None}}': "civil_servant",
    '{"id": "A"}': "applied_on",
}


def test_a_type_checker_refuses_what_the_policy_has_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    right = '{"id": "A", "applied_on": "2025-06-01", "employments": [{"id": "e1", "end": None, "registry": None}]}'
    lines = ["from tiaoli.types.hrss_2024_20 import Case", "", f"right: Case = {right}"]
    lines += [f"wrong_{number}: Case = {text}" for number, text in enumerate(WRONG)]
    file = tmp_path / "cases.py"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    out, _, code = api.run([str(file), "--cache-dir", str(tmp_path / "cache"), "--no-error-summary", "--follow-imports", "silent"])
    assert code == 1
    found = {int(line.split(":")[1]): line for line in out.splitlines() if ": error:" in line}
    assert sorted(found) == list(range(4, 4 + len(WRONG))), out
    for number, named in enumerate(WRONG.values()):
        assert named in found[4 + number]
