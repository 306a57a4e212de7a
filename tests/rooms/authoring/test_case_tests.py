"""`tiaoli test`: cases against what is expected of them, and what is said where they differ, or where nothing is expected."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from support.command import Cli
from support.paths import CASES
from tiaoli import CaseError, Oracle
from tiaoli.case import case_schema, parse_document
from tiaoli.encoding import read_example_cases

CARER = (CASES / "06-carer-twelfth-month.yaml").read_text("utf-8")
GRANTED = {"benefit": "care_route", "subject": "c1", "outcome": "eligible"}


def written(folder: Path, *expected: Mapping[str, Any], name: str = "carer.yaml") -> Path:
    """The case of a carer, with what is expected of it."""
    path = folder / name
    path.write_text(f"{CARER}\nexpected: {json.dumps(list(expected))}\n", "utf-8")
    return path


def test_the_examples_of_the_policy_come_out_as_expected(cli: Cli) -> None:
    ran = cli("test", "--lang", "en")
    assert (ran.code, ran.err) == (0, "")
    *lines, summary = ran.out.splitlines()
    files = sorted(path.name for path in CASES.glob("*.yaml"))
    assert [Path(line.removeprefix("pass  ")).name for line in lines] == files
    assert summary == f"hrss-2024-20: {len(files)} cases passed"


def test_every_way_to_name_the_policy_and_the_cases_is_the_same(cli: Cli) -> None:
    one = "tests/cases/06-carer-twelfth-month.yaml"
    for names in ([one], ["hrss-2024-20", one], ["policy/hrss-2024-20", one], [".", one], [one, "--policy", "hrss-2024-20"]):
        ran = cli("test", *names, "--lang", "en")
        assert (ran.code, ran.out) == (0, f"pass  {one}\nhrss-2024-20: 1 case passed\n"), names


def test_what_differs_is_said_with_both_values_the_reason_and_the_clause(cli: Cli, tmp_path: Path) -> None:
    path = written(tmp_path, {**GRANTED, "outcome": "not_eligible", "conditions": {"registered": "met", "in_force": "unmet"}})
    ran = cli("test", str(path), "--lang", "en")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[:4] == [
        f"FAIL  {path}",
        "  care_route c1 （三）",
        "    outcome: expected not_eligible, came eligible",
        "    conditions.in_force: expected unmet, came met",
    ]
    assert any("✓" in line and "（三）" in line for line in lines[4:])
    assert lines[-1] == "hrss-2024-20: 1 failed"


def test_a_condition_that_differs_alone_is_explained_alone(cli: Cli, tmp_path: Path) -> None:
    path = written(tmp_path, {**GRANTED, "conditions": {"registered": "unmet"}})
    document = json.loads(cli("test", str(path), "--json").out)
    (decision,) = document["cases"][0]["decisions"]
    assert decision["differences"] == [{"key": "conditions.registered", "expected": "unmet", "came": "met"}]
    assert decision["explanation"]["condition"] == "registered"


def test_sums_are_compared_as_numbers_and_missing_facts_in_any_order(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "grant.json"
    project = {"id": "d1", "sector": "other", "project_kind": "special_ability", "work": "new", "reviewed_on": "2025-04-01"}
    case = {"id": "A", "applied_on": "2025-06-01", "development_projects": [project]}
    expected: dict[str, Any] = {
        "benefit": "development_grant",
        "outcome": "unknown",
        "missing": ["development_projects.d1.review_passed"],
        "verdict": None,
    }
    path.write_text(json.dumps({**case, "expected": [expected]}), "utf-8")
    assert cli("test", str(path)).code == 0
    granted = {**project, "review_passed": True, "requested_cny": "120000.00"}
    expected = {"benefit": "development_grant", "amount": "100000", "conditions": {"sector": "met"}}
    path.write_text(json.dumps({**case, "development_projects": [granted], "expected": [expected]}), "utf-8")
    assert cli("test", str(path)).code == 0


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"benefit": "care_rout"}, "expected[0].benefit: `care_rout` is not accepted; did you mean `care_route`?"),
        ({"subject": "c1"}, "expected[0].benefit: this is missing"),
        ({"benefit": "care_route"}, "expected[0]: nothing is expected here"),
        ({**GRANTED, "outcom": "eligible"}, "expected[0].outcom: there is no such key; did you mean `outcome`?"),
        ({**GRANTED, "outcome": "eligable"}, "expected[0].outcome: `eligable` is not accepted; did you mean `eligible`?"),
        ({**GRANTED, "outcome": ["eligible"]}, "expected[0].outcome: `[…]` is not accepted"),
        ({**GRANTED, "amount": 800}, "expected[0].amount: `800` is no text; quote it"),
        ({**GRANTED, "amount": "NaN"}, "expected[0].amount: `NaN` is no amount"),
        ({**GRANTED, "amount_range": ["1"]}, "expected[0].amount_range: a list of both ends is wanted"),
        ({**GRANTED, "conditions": {"registerd": "met"}}, "there is no such condition; did you mean `registered`?"),
        ({**GRANTED, "conditions": {"registered": "yes"}}, "expected[0].conditions.registered: `yes` is not accepted"),
        ({**GRANTED, "conditions": ["registered"]}, "expected[0].conditions: an object of ids and values is wanted"),
        ({**GRANTED, "missing": "registered"}, "expected[0].missing: a list of texts is wanted"),
        ({**GRANTED, "subject": 1}, "expected[0].subject: text is wanted"),
        ({**GRANTED, "subject": "c2"}, "expected[0].subject: there is no subject `c2`"),
        ({"benefit": "training_scope", "outcome": "eligible"}, "the case has nothing to ask this benefit for"),
    ],
)
def test_what_is_no_expectation_is_refused_with_its_place_and_the_cure(
    cli: Cli, tmp_path: Path, expected: dict[str, Any], message: str
) -> None:
    path = written(tmp_path, expected)
    good = written(tmp_path, GRANTED, name="good.yaml")
    ran = cli("test", str(path), str(good), "--lang", "en")
    assert ran.code == 2
    assert message in ran.err
    assert f"pass  {good}" in ran.out


@pytest.mark.parametrize("text", ["5", '"x"', "{}"])
def test_expectations_are_a_list(cli: Cli, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"{CARER}\nexpected: {text}\n", "utf-8")
    ran = cli("test", str(path), "--lang", "en")
    assert ran.code == 2
    assert "expected: a list of decisions is wanted" in ran.err


def test_nothing_expected_is_said_and_is_no_pass(cli: Cli, tmp_path: Path) -> None:
    bare = tmp_path / "bare.yaml"
    bare.write_text(CARER, "utf-8")
    ran = cli("test", str(bare), "--lang", "en")
    assert ran.code == 2
    assert ran.out == f"nothing expected  {bare}\n"
    assert "no case says what is expected of it, so nothing was tested" in ran.err
    written(tmp_path, GRANTED)
    ran = cli("test", str(tmp_path), "--lang", "en")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("1 case passed, 1 with nothing expected\n")
    (tmp_path / "empty").mkdir()
    assert "nothing was tested" in cli("test", str(tmp_path / "empty"), "--lang", "en").err


def test_a_file_beside_cases_names_only_cases_that_are_there(cli: Cli, tmp_path: Path) -> None:
    shutil.copy(CASES / "06-carer-twelfth-month.yaml", tmp_path / "carer.yaml")
    beside = tmp_path / "expected.json"
    beside.write_text(json.dumps({"carer": [GRANTED]}), "utf-8")
    assert cli("test", str(tmp_path)).code == 0
    beside.write_text(json.dumps({"carier": [GRANTED]}), "utf-8")
    ran = cli("test", str(tmp_path), "--lang", "en")
    assert ran.code == 2
    assert "there is no case file `carier`; did you mean `carer`?" in ran.err
    beside.write_bytes(b"\xff")
    assert cli("test", str(tmp_path)).code == 2


def test_files_that_are_not_there_and_not_utf_8_are_named(cli: Cli, tmp_path: Path) -> None:
    ran = cli("test", str(tmp_path / "absent.yaml"), "--lang", "en")
    assert ran.code == 2
    assert "absent.yaml: there is no such file or folder" in ran.err
    ran = cli("test", "hrss-2024-21", "--lang", "en")
    assert ran.code == 2
    assert "did you mean `hrss-2024-20`?" in ran.err
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"id: \xff")
    ran = cli("test", str(bad), "--lang", "en")
    assert ran.code == 2
    assert ran.out.startswith(f"REFUSED  {bad}\n")


def test_junit_has_a_test_for_each_decision(cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, GRANTED, {**GRANTED, "outcome": "unknown"})
    (tmp_path / "bare.yaml").write_text(CARER, "utf-8")
    (tmp_path / "bad.json").write_text('{"id": "\\u0001"}', "utf-8")
    out = tmp_path / "out.xml"
    assert cli("test", str(tmp_path), "--junit", str(out), "--lang", "en").code == 2
    (suite,) = ElementTree.parse(out).getroot()
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "outcome: expected unknown, came eligible"
    assert "（三）" in str(failure.text)
    ran = cli("test", str(tmp_path), "--junit", str(tmp_path / "carer.yaml"), "--lang", "en")
    assert ran.code == 2
    assert "is the file that is read as CASES" in ran.err
    ran = cli("test", str(tmp_path / "carer.yaml"), "--junit", str(tmp_path / "absent" / "out.xml"), "--lang", "en")
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_a_case_with_expectations_is_the_case_everywhere_else(oracle: Oracle, tmp_path: Path) -> None:
    path = written(tmp_path, GRANTED)
    document = parse_document(path.read_text("utf-8"))
    assert oracle.read(document) == oracle.read(parse_document(CARER))
    assert oracle.decide(document) == oracle.decide(parse_document(CARER))
    jsonschema.validate(document, case_schema(oracle.policy))
    inner = {**document, "person": {"expected": []}}
    with pytest.raises(CaseError, match=r"person\.expected: the case format has no such key"):
        oracle.read(inner)


def test_examples_may_say_what_is_expected_of_them(oracle: Oracle, tmp_path: Path) -> None:
    folder = tmp_path / "policy" / oracle.policy.id / "examples"
    folder.mkdir(parents=True)
    written(folder, GRANTED)
    (example,) = read_example_cases(oracle.policy, tmp_path)
    assert "expected" not in example.case
