"""The commands that ask what would be otherwise: their JSON to the letter, their exit codes, their mistakes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support import tiers
from support.paths import AMENDED, CASES
from tiaoli import Oracle
from tiaoli.cli.main import run

LATE = str(CASES / "07-carer-one-day-late.yaml")
TWO = str(CASES / "01-annotator-first-day.yaml")
UNKNOWN = str(CASES / "23-carer-unknown-record.yaml")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def answered(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run(arguments) == code
    return json.loads(capsys.readouterr().out)


def test_when_has_the_keys_of_the_format(capsys: pytest.CaptureFixture[str]) -> None:
    found = answered(capsys, "when", TWO, "special_ability", "c1", "--json")
    assert {"case", "benefit", "subject", "spans"} <= found.keys()
    (span,) = found["spans"]
    assert (span["from"], span["to"]) == ("2024-11-14", None)
    assert span["opens"].keys() == span["closes"].keys() == {"zh", "en"}


def test_what_if_has_the_keys_of_the_format(capsys: pytest.CaptureFixture[str]) -> None:
    found = answered(capsys, "what-if", LATE, "care_route", "--json")
    assert {"case", "benefit", "subject", "outcome", "repairs", "complete"} <= found.keys()
    assert "impossible" not in found
    (repair,) = found["repairs"]
    assert repair["changes"] == [{"path": "employments.e1.start", "from": "2025-12-01", "to": "2025-11-30", "by": "applicant"}]
    assert repair["statement"].keys() == {"zh", "en"}
    found = answered(capsys, "what-if", TWO, "care_route", "c1", "--json")
    assert (found["repairs"], found["complete"]) == ([], True)
    assert found["impossible"].keys() == {"zh", "en"}


def test_a_hypothetical_takes_values_as_a_case_file_or_a_person_writes_them(capsys: pytest.CaptureFixture[str]) -> None:
    settings = ("employments.e1.start=2025-11-30", "person.civil_servant=no", "employments.e1.end=null", "employments.e1.post=养老护理")
    found = answered(capsys, "what-if", LATE, "care_route", "--json", *(word for text in settings for word in ("--set", text)))
    assert [change["to"] for change in found["set"]] == ["2025-11-30", False, None, "elderly_care"]
    assert found["after"]["outcome"] == "eligible"
    found = answered(capsys, "what-if", LATE, "care_route", "--json", "--set", "applications=[{id: p1, kind: skill}]")
    assert found["after"]["outcome"] == "not_eligible"


def test_decide_tells_reasons_and_readings_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = answered(capsys, "decide", LATE, "--benefit", "care_route", "--reason", "--json")
    (decision,) = found["decisions"]
    assert next(ground.keys() for ground in decision["reason"]) == {"path", "value", "statement"}
    assert decision["readings"].keys() == {"verdict", "flips", "fix"}


@pytest.mark.parametrize(
    "arguments",
    [("when", UNKNOWN, "care_route"), ("what-if", UNKNOWN, "care_route"), ("ask", UNKNOWN), ("decide", UNKNOWN)],
    ids=lambda arguments: arguments[0],
)
def test_a_limit_is_exit_code_3_and_said(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    assert answered(capsys, *arguments, "--limit", "0.000001", "--json", code=3)["limit_reached"] is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("when", TWO, "special_ability"), "c1, c2"),
        (("what-if", TWO, "special_ability", "c9"), "c9"),
        (("when", LATE, "care_rout"), "did you mean `care_route`"),
        (("what-if", LATE, "care_route", "--set", "employments.e1.start"), "PATH=VALUE"),
        (("what-if", LATE, "care_route", "--set", "employments.e1.start=soon"), "is no date"),
        (("when", LATE, "training_scope"), "this list is empty"),
        (("ask", "nowhere.yaml"), "cannot be read"),
    ],
    ids=["subjects", "subject", "benefit", "setting", "value", "list", "file"],
)
def test_mistakes_are_exit_code_2_and_named(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


@tiers.slow
def test_another_policy_answers_the_same_questions(capsys: pytest.CaptureFixture[str]) -> None:
    oracle = Oracle(policy_root=AMENDED)
    for path in sorted(CASES.glob("*.yaml"))[::8]:
        for decision in answered(capsys, "decide", str(path), "--json", "--policy-root", str(AMENDED))["decisions"]:
            asked = (str(path), decision["benefit"], decision["subject"], "--json", "--limit", "120", "--policy-root", str(AMENDED))
            assert answered(capsys, "when", *asked)["outcome"] == decision["outcome"]
            found = answered(capsys, "what-if", *asked)
            assert found["repairs"] or found.get("impossible") or decision["outcome"] == "eligible"
    assert oracle.policy.id == "hrss-2024-20-amended"
