# ruff: noqa: E501 - rules are quoted as they stand, a line each
"""Properties of the policy: what is proved and what is refuted, that no proof is empty, and files that are read strictly."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import strategies
from click.testing import CliRunner
from test_differential import random_readings

from tiaoli import CallError, Case, Oracle, PolicyError
from tiaoli.cli import tiaoli
from tiaoli.documents import read_document
from tiaoli.load import rules_folder
from tiaoli.properties import read, shipped

ROOT = Path(__file__).parent.parent
NAME = "hrss-2024-20"

REFUTED = {"civil-servant-at-issue", "one-certificate-a-year", "whole-class-never-less"}

CHANGED: dict[str, list[tuple[str, str, str]]] = {
    "care-route-leads-somewhere": [("c01_uplift.lp", "base_entitlement(C, Cert) :- care_route_open(C, Cert).", "base_entitlement(C, Cert) :- care_route_open(C, Cert), certificate_meets_city_rules(C, Cert, true).")],
    "civil-servant": [("c02_special.lp", "excluded_post(C) :- person_civil_servant(C, true).", "")],
    "civil-servant-at-issue": [("c02_special.lp", "certificate_holder_status(C, Cert, Status), reading", "certificate_holder_status(C, Cert, _), person_status(C, Status), reading")],
    "contract-within-period": [("c07_apprentice.lp", "add_months(Starts, Months, Until), Day <= Until,", "add_months(Starts, Months, _),")],
    "event-inside-window": [("validity.lp", "event_day(C, Benefit, Subject, Day), day(validity_from, From), From <= Day,", "event_day(C, Benefit, Subject, Day),")],
    "grant-has-amount": [("c06_development.lp", "Cap < Sum.", "Cap < Sum, project_work(C, Project, new).")],
    "grant-within-cap": [("c06_development.lp", "Sum <= Cap.", "0 <= Cap.")],
    "granted-once-a-year": [("c10_limit.lp", "Day <= December, reading(limit_year, calendar).", "Day <= December, reading(limit_year, rolling).")],
    "instalments-within-standard": [("c04_directed.lp", "Standard \\ 100 * Number, Share) :-", "Standard / 100 * Number, Share) :-")],
    "late-application-stays-late": [("validity.lp", ":- application_inside(C), event_counts", ":- event_counts")],
    "late-contract-stays-late": [("c07_apprentice.lp", "applied_on(C, Today), Day <= Today.", "applied_on(C, Today), Day < Today.")],
    "late-job-stays-late": [("c03_care.lp", "From <= Until.", "applied_on(C, Today), Until <= Today.")],
    "listed-sectors-only": [("sectors.lp", "reading(sector_lists, illustrative)", "reading(sector_lists, exhaustive)")],
    "no-amount-without-grant": [("decision.lp", "eligible(C, Benefit, Subject), payable(", "payable(")],
    "no-care-route-without-job": [("c03_care.lp", "applied_on(C, Today), Today <= Last.", "applied_on(C, Today), From <= Today, employment_start(C, Job, From), From <= Last.")],
    "no-standard-no-money": [("c04_directed.lp", "trainee_hukou(C, Trainee, other).", "trainee_hukou(C, Trainee, shanghai).")],
    "one-certificate-a-year": [
        ("c10_limit.lp", "uses_year(C, Application) } >= Most.", "uses_year(C, Application) } >= 0 * Most."),
        ("c10_limit.lp", "limited(special_ability) :- reading(limit_covers_special, covered).", "limited(special_ability)."),
        ("c10_limit.lp", "applied_on(C, Today), day(annual_limit_from, First), First <= Today.", "applied_on(C, _)."),
    ],
    "only-employed-limited": [("c10_limit.lp", "limit_applies(C) :- person_status(C, employed), ", "limit_applies(C) :- ")],
    "scope-of-two-trades": [("c05_scope.lp", "scope_industry(domestic_service).", "scope_industry(domestic_service).\nscope_industry(other).")],
    "second-within-first": [("c04_directed.lp", "still_employed(C, Class, Trainee), has_standard", "in_class(C, Class, Trainee), has_standard")],
    "uplift-never-below-base": [("c01_uplift.lp", "Base \\ 100, 100 + Raise)", "Base \\ 100, 100 - Raise)")],
    "waiting-loses-no-grant": [("validity.lp", ":- event_inside(C, Benefit, Subject), event_counts(C, Benefit, Subject), reading(validity_anchor, event).", ":- event_inside(C, Benefit, Subject), application_inside(C), event_counts(C, Benefit, Subject), reading(validity_anchor, event).")],
    "whole-class-never-less": [("c04_directed.lp", "headcount(C, Class, Trainee) :- in_class(C, Class, Trainee), trainee_passed(C, Trainee, true), reading", "headcount(C, Class, Trainee) :- in_class(C, Class, Trainee), reading")],
}  # fmt: skip
"""For every property a change of the rules, or a few, that turns its answer round."""


def names() -> list[str]:
    return [path.stem for path in shipped(rules_folder(NAME, None))]


def test_the_properties_come_out_as_they_say(oracle: Oracle) -> None:
    proofs = {proof.property: proof for proof in oracle.prove()}
    assert len(proofs) >= 15
    assert {name for name, proof in proofs.items() if proof.result == "counterexample"} == REFUTED
    assert {proof.result for name, proof in proofs.items() if name not in REFUTED} == {"proved"}
    for name, proof in proofs.items():
        assert (proof.known is not None) == (name in REFUTED), "a counterexample that is known says why"
        assert (proof.witness is not None) == (name in REFUTED)
        assert proof.domain.zh
        assert proof.domain.en


def test_a_counterexample_is_decided_as_it_says(oracle: Oracle) -> None:
    """Two certificates of one employed person are granted, by the case as it stands in its file."""
    (proof,) = oracle.prove(["one-certificate-a-year"])
    assert proof.witness is not None
    decisions = oracle.decide(Case.read(proof.witness), readings=proof.readings).decisions
    granted = {(decision.benefit, decision.subject) for decision in decisions if decision.outcome == "eligible"}
    assert len({subject for _, subject in granted}) == 2
    assert proof.witness["person"]["status"] == "employed"


@pytest.mark.parametrize("name", names())
def test_some_change_of_the_rules_turns_a_property_round(tmp_path: Path, name: str) -> None:
    """So that no property holds of whatever the rules say."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    for file, old, new in CHANGED[name]:
        path = tmp_path / "encodings" / NAME / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
    (proof,) = Oracle(policy_root=tmp_path).prove([name])
    assert proof.result == ("proved" if name in REFUTED else "counterexample")


def violated(oracle: Oracle, rules: str, document: dict[str, Any], readings: dict[str, str]) -> bool:
    """Whether clingo, given the facts of a complete case, derives that it violates a property."""
    import clingo

    facts, unknown = oracle.facts(Case.read(document), readings=readings)
    assert not unknown
    control = clingo.Control(["--warn=none"])
    control.add("base", [], f"{oracle.policy.rule_text}\n{rules}\n" + "\n".join(f"{fact}." for fact in facts))
    control.ground([("base", [])])
    with control.solve(yield_=True) as handle:
        (model,) = [[str(symbol) for symbol in model.symbols(atoms=True) if symbol.name == "violated"] for model in handle]
    return bool(model)


@pytest.mark.parametrize(
    "name", ["civil-servant", "grant-within-cap", "no-amount-without-grant", "scope-of-two-trades", "late-contract-stays-late"]
)
def test_no_random_case_violates_what_is_proved(oracle: Oracle, name: str) -> None:
    path = rules_folder(NAME, None) / "properties" / f"{name}.lp"
    fixed = dict(read(oracle.encoding, path).readings)
    rng = random.Random(f"proved {name}")
    for _ in range(40):
        readings = {**random_readings(rng), **fixed}
        assert not violated(oracle, path.read_text("utf-8"), strategies.random_case(rng), readings)


GOOD = "%: zh 测试。\n%: en A test.\n"


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("violated(C) :- eligible(C, skill_uplift, Cert).", "p.lp", "`%: zh …` is missing"),
        (f"{GOOD}violated(C) :- elligible(C, skill_uplift, Cert).", "p.lp:3", "did you mean `eligible`"),
        (f"{GOOD}violated(C) :- eligible(C, skil_uplift, Cert).", "p.lp:3", "did you mean `skill_uplift`"),
        (f"{GOOD}eligible(C, skill_uplift, I) :- certificate(C, I).\nviolated(C) :- eligible(C, skill_uplift, I).", "p.lp:3", "may not derive"),
        (f"{GOOD}violated(C, D) :- eligible(C, skill_uplift, D).", "p.lp:3", "write violated(C)"),
        (f"{GOOD}holds(C) :- eligible(C, skill_uplift, Cert).", "p.lp", "no rule derives violated(C)"),
        (f"{GOOD}%: item trainee 5\nviolated(C) :- eligible(C, skill_uplift, Cert).", "p.lp:3", "did you mean `items`"),
        (f"{GOOD}%: items trainees 5\nviolated(C) :- eligible(C, skill_uplift, Cert).", "p.lp:3", "did you mean `trainee`"),
        (f"{GOOD}%: readings limit_year=rollin\nviolated(C) :- eligible(C, skill_uplift, Cert).", "p.lp:3", "did you mean `rolling`"),
        (f"{GOOD}violated(C) :- eligible(C, skill_uplift, Cert)，true.", "p.lp:3", "write ,"),
        (f"{GOOD}violated(C) :- not eligible(C, skill_uplift, Cert).", "p.lp:3", "unsafe"),
        (f"{GOOD}:- eligible(C, skill_uplift, Cert).", "p.lp:3", "a constraint"),
    ],
)  # fmt: skip
def test_a_property_is_read_strictly(oracle: Oracle, tmp_path: Path, text: str, where: str, says: str) -> None:
    path = tmp_path / "p.lp"
    path.write_text(text, "utf-8")
    with pytest.raises(PolicyError) as caught:
        oracle.prove([str(path)])
    problem = next(problem for problem in caught.value.problems if says in problem.what.en)
    assert problem.where.endswith(where) or f"{where}:" in problem.where
    assert problem.what.zh


def test_a_name_that_is_not_there(oracle: Oracle) -> None:
    with pytest.raises(CallError, match="grant-within-cap"):
        oracle.prove(["grant-within-cab"])


def test_a_property_of_ones_own(oracle: Oracle, tmp_path: Path) -> None:
    """Without a counterexample there is none; with one the smallest is shown, and the reading it needs."""
    path = tmp_path / "own.lp"
    path.write_text(
        f"{GOOD}violated(C) :- eligible(C, apprentice_next_batch, Project), apprenticeship_enterprise_applied(C, Project, false).\n",
        "utf-8",
    )
    assert oracle.prove([str(path)])[0].result == "proved"
    path.write_text(f"{GOOD}violated(C) :- eligible(C, development_grant, Project), project_sector(C, Project, other).\n", "utf-8")
    (proof,) = oracle.prove([str(path)])
    assert proof.result == "counterexample"
    assert proof.witness is not None
    assert len(proof.witness["development_projects"]) == 1
    assert not proof.readings
    assert oracle.prove([str(path)], readings={"sector_lists": "exhaustive"})[0].result == "proved"


def test_a_property_that_touches_no_list_is_looked_for_too(oracle: Oracle, tmp_path: Path) -> None:
    path = tmp_path / "own.lp"
    path.write_text(f"{GOOD}violated(C) :- applied_on(C, Day), day(validity_to, Last), Last < Day.\n", "utf-8")
    (proof,) = oracle.prove([str(path)])
    assert proof.result == "counterexample"
    assert proof.witness is not None
    assert proof.witness["applied_on"].replace("-", "") > str(oracle.policy.parameters["validity_to"].value)


def test_a_limit_proves_nothing(oracle: Oracle) -> None:
    (proof,) = oracle.prove(["uplift-never-below-base"], limit=0.0001)
    assert (proof.result, proof.witness) == ("unknown", None)


def test_the_command(tmp_path: Path) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(tiaoli, ["prove", *arguments], standalone_mode=False)

    proved = run("grant-within-cap", "--json")
    assert proved.return_value == 0
    (item,) = json.loads(proved.stdout)["properties"]
    assert (item["property"], item["result"], item["witness"]) == ("grant-within-cap", "proved", None)
    assert item["domain"]
    refuted = run("one-certificate-a-year", "--out", str(tmp_path), "--lang", "zh")
    assert refuted.return_value == 1
    assert "同一在职人员的两本证书" in refuted.stdout
    document = read_document(tmp_path / "one-certificate-a-year.yaml")
    assert len(document["certificates"]) == 2
    limited = run("uplift-never-below-base", "--limit", "0.0001", "--json")
    assert limited.return_value == 3
    assert json.loads(limited.stdout)["limit_reached"] is True
