# ruff: noqa: E501 - rules are quoted as they stand, a line each
"""Sentences that are false of the notice, each of a kind that a search among chosen values or few items takes for true.

Each is refuted by a case that clingo decides as it stands. And sentences that cannot fail, or say less than they seem to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from support import tiers
from support.cases import read_case
from tiaoli import Oracle
from tiaoli.cli.main import tiaoli

GOOD = "%: zh 测试。\n%: en A test.\n"

FALSE = {
    "twelve months are six and six": "violated(C) :- certificate_issued(C, Cert, Day), months(care_employment, Year), add_months(Day, Year, End), months(class_employment, Half), add_months(Day, Half, Middle), add_months(Middle, Half, Sooner), Sooner < End, in_force(C, special_ability, Cert).",
    "a year from a class is half and half": "violated(C) :- still_employed(C, Class, Trainee), class_ends(C, Class, End), applied_on(C, Today), months(class_retention, Half), add_months(End, Half, Middle), add_months(Middle, Half, Sooner), months(care_employment, Year), add_months(End, Year, Later), trainee_employed_on(C, Trainee, Day), Day = Middle, Sooner < Later, Today < Later.",
    "three periods of months": "violated(C) :- employment_start(C, _, Day), months(apprentice_contract, Three), months(class_employment, Six), add_months(Day, Three, One), add_months(One, Three, Two), add_months(Day, Six, Other), Two != Other.",
    "leap days": "violated(C) :- certificate_issued(C, _, Day), applied_on(C, Today), months(care_employment, Year), add_months(Day, Year, Later), add_months(Today, Year, After), Day < Today, Later = After.",
    "a standard that is set elsewhere": "violated(C) :- standard(C, skill_uplift, Cert, Yuan, Fen), money(standard_in_shanghai, Most), Yuan * 100 + Fen > Most.",
    "inside a stretch of sums": "violated(C) :- amount(C, development_grant, _, Yuan, _), Yuan > 40000, Yuan < 60000.",
    "one sum in millions": "violated(C) :- amount(C, development_grant, _, 77777, 77).",
    "an odd fen": "violated(C) :- amount(C, skill_uplift, _, _, 7).",
    "a share of a sum": "violated(C) :- amount(C, special_ability, _, Yuan, 0), Yuan = 370.",
    "two sums added": "violated(C) :- amount(C, development_grant, One, Yuan, _), amount(C, development_grant, Two, More, _), One != Two, Yuan + More = 123456.",
    "a sum less than another": "violated(C) :- amount(C, development_grant, One, Yuan, Fen), amount(C, development_grant, Two, Yuan, Rest), Fen < Rest, Yuan > 70000, One != Two.",
    "three at once": "violated(C) :- applied_on(C, _), #count { Cert : eligible(C, special_ability, Cert) } >= 3.",
    "one decision excludes one other": "violated(C) :- exclusive(C, _, Cert, _), exclusive(C, _, Other, _), exclusive(C, _, Third, _), Cert != Other, Cert != Third, Other != Third.",
    "four of a class": "violated(C) :- counted(C, Class, _), Number = #count { Trainee : in_class(C, Class, Trainee) }, Number > 3, not whole_class(C, Class).",
    "nineteen of twenty-four": "violated(C) :- class(C, Class), base_number(C, Class, 24), counted_number(C, Class, 19), not whole_class(C, Class).",
    "three jobs joined": "violated(C) :- employment_industry(C, One, elderly_care), employment_industry(C, Two, domestic_service), employment_industry(C, Three, other), employment_start(C, One, A), employment_start(C, Two, B), employment_start(C, Three, D), A < B, B < D.",
    "a difference cut towards zero": "violated(C) :- project_requested(C, _, Sum), money(development_cap, Cap), Over = (Cap - Sum) / 100, Over = 0, Cap < Sum.",
    "a remainder below zero": "violated(C) :- project_requested(C, _, Sum), money(development_cap, Cap), Rest = (Cap - Sum) \\ 100, Rest < 0.",
    "one id in two lists": "violated(C) :- eligible(C, special_ability, Item), eligible(C, development_grant, Item).",
    "a day long before the notice": "violated(C) :- employment_start(C, _, Day), Day < 19120101, employment_end(C, _, Last), Last > 21500101.",
}  # fmt: skip


def written(folder: Path, rules: str) -> str:
    path = folder / "claim.lp"
    path.write_text(f"{GOOD}{rules}\n", "utf-8")
    return str(path)


QUICK = {"twelve months are six and six", "inside a stretch of sums", "three at once", "nineteen of twenty-four", "one id in two lists"}


@pytest.mark.parametrize("name", tiers.some(FALSE, QUICK))
def test_what_is_false_is_refuted(oracle: Oracle, tmp_path: Path, name: str) -> None:
    (proof,) = oracle.prove([written(tmp_path, FALSE[name])])
    assert proof.result == "counterexample"
    assert proof.witness is not None
    read_case(proof.witness)


def test_a_counterexample_looks_like_a_case_of_people(oracle: Oracle, tmp_path: Path) -> None:
    """Days near those of the notice, no more items than it takes, readings as they are by default."""
    rules = "violated(C) :- eligible(C, development_grant, P), project_requested(C, P, Sum), Sum > 100."
    (proof,) = oracle.prove([written(tmp_path, rules)])
    assert proof.witness is not None
    assert not proof.readings
    assert [*proof.witness] == ["id", "applied_on", "development_projects"]
    (project,) = proof.witness["development_projects"]
    for day in (proof.witness["applied_on"], project["reviewed_on"]):
        assert day[:4] in ("2024", "2025")


EMPTY = {
    "a kind of its own": "violated(C) :- eligible(C, special_ability, Cert), certificate_kind(C, Cert, skill_level).",
    "two values of one fact": "violated(C) :- certificate_kind(C, Cert, skill_level), certificate_kind(C, Cert, other), certificate_level(C, Cert, L), L > 3.",
    "a predicate of one's own": "violated(C) :- both(C, Cert), not eligible(C, special_ability, Cert).\nboth(C, Cert) :- person_status(C, employed), person_status(C, unemployed), certificate(C, Cert).",
}


@pytest.mark.parametrize("name", EMPTY)
def test_premises_that_exclude_each_other_are_said(oracle: Oracle, tmp_path: Path, name: str) -> None:
    path = written(tmp_path, EMPTY[name])
    (proof,) = oracle.prove([path])
    assert (proof.result, proof.empty) == ("proved", True)
    assert "empty" in proof.to_json("en")
    shown = CliRunner().invoke(tiaoli, ["prove", path, "--lang", "en"], standalone_mode=False).stdout
    assert "No case fulfils its premises" in shown


def test_no_property_of_the_notice_is_empty(oracle: Oracle) -> None:
    assert [proof.property for proof in oracle.prove(["civil-servant", "grant-within-cap", "scope-of-two-trades"]) if proof.empty] == []


def test_what_cannot_be_a_formula_is_unknown_and_names_the_rule(oracle: Oracle, tmp_path: Path) -> None:
    rules = "violated(C) :- project_requested(C, _, Sum), certificate_level(C, _, Level), 100 / Level > Sum."
    (proof,) = oracle.prove([written(tmp_path, rules)])
    assert proof.result == "unknown"
    assert proof.reason is not None
    assert "claim.lp:3" in proof.reason.en
    assert "divides by a number that is not fixed" in proof.reason.en
    assert not proof.limited


def test_a_bound_that_was_asked_for_exits_with_0(tmp_path: Path) -> None:
    rules = (
        "violated(C) :- employment(C, _), not has_last(C).\nhas_last(C) :- employment(C, X), not beaten(C, X).\n"
        "beaten(C, X) :- employment_start(C, X, S), employment_start(C, _, T), S < T."
    )
    path = written(tmp_path, rules)

    def run(*options: str) -> Any:
        return CliRunner().invoke(tiaoli, ["prove", path, "--lang", "en", *options], standalone_mode=False)

    without = run()
    assert without.return_value == 3
    assert "holds up to a bound" in without.stdout
    assert run("--scope", "employments=2", "--json").return_value == 0
    refused = CliRunner().invoke(tiaoli, ["prove", path, "--lang", "en", "--scope", "employmnts=2"])
    assert "did you mean `employments`" in str(refused.exception)
    for wrong in ("employments", "employments=0", "employments=x"):
        assert "LIST=N" in str(CliRunner().invoke(tiaoli, ["prove", path, "--scope", wrong]).exception)


def test_a_limit_of_memory_is_said(oracle: Oracle) -> None:
    (proof,) = oracle.prove(["no-amount-without-grant"], memory=1)
    assert (proof.result, proof.limited) == ("unknown", True)
    assert proof.reason is not None
    assert "memory limit of 1 MB" in proof.reason.en
