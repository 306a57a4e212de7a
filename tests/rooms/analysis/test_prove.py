# ruff: noqa: E501 - rules are quoted as they stand, a line each
"""Properties of the policy: what is proved and what is refuted, that no proof is empty, and files that are read strictly."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from notices.hrss_2024_20.reference import random_readings
from support import strategies, tiers
from support.cases import read_case
from support.own_library import own_library
from support.paths import ROOT
from tiaoli import CallError, Oracle, PolicyError
from tiaoli.analysis.properties import own_property_files, read_property
from tiaoli.case.documents import read_document
from tiaoli.cli.main import tiaoli
from tiaoli.encoding.policy_folders import rules_folder

NAME = "hrss-2024-20"

BATCH = 75
"""How many random cases are decided together."""

COUNTING = {
    "grant-has-amount",
    "instalments-within-standard",
    "no-amount-without-grant",
    "no-standard-no-money",
    "paid-within-standard",
    "second-within-first",
    "whole-class-never-less",
}
"""Those that count trainees, or multiply what is not known: they take longest."""

REFUTED = {"civil-servant-at-issue", "one-certificate-a-year", "whole-class-never-less"}

CHANGED: dict[str, list[tuple[str, str, str]]] = {
    "care-route-leads-somewhere": [("c01_uplift.lp", "base_entitlement(C, Cert) :- care_route_open(C, Cert).", "base_entitlement(C, Cert) :- care_route_open(C, Cert), certificate_meets_city_rules(C, Cert, true).")],
    "civil-servant": [("c02_special.lp", "excluded_post(C) :- person_civil_servant(C, true).", "")],
    "civil-servant-at-issue": [
        ("c02_special.lp", "certificate_holder_status(C, Cert, Status), reading", "certificate_holder_status(C, Cert, _), person_status(C, Status), reading"),
        ("c02_special.lp", "graduating_student), reading(status_date, by_group)", "graduating_student), person_status(C, graduating_student), reading(status_date, by_group)"),
    ],
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
    "paid-within-standard": [("share.lp", "Base / 10000 * Parts", "Base / 1000 * Parts")],
    "scope-of-two-trades": [("c05_scope.lp", "scope_industry(domestic_service).", "scope_industry(domestic_service).\nscope_industry(other).")],
    "second-within-first": [("c04_directed.lp", "still_employed(C, Class, Trainee), has_standard", "in_class(C, Class, Trainee), has_standard")],
    "special-follows-city-rules": [("c02_special.lp", "certificate_meets_city_rules(C, Cert, true), reading(city_rules_reach, bind)", "certificate_meets_city_rules(C, Cert, _), reading(city_rules_reach, bind)")],
    "uplift-never-below-base": [("c01_uplift.lp", "Base \\ 100, 100 + Raise)", "Base \\ 100, 100 - Raise)")],
    "waiting-loses-no-grant": [("validity.lp", ":- event_inside(C, Benefit, Subject), event_counts(C, Benefit, Subject), reading(validity_anchor, event).", ":- event_inside(C, Benefit, Subject), application_inside(C), event_counts(C, Benefit, Subject), reading(validity_anchor, event).")],
    "whole-class-never-less": [("c04_directed.lp", "headcount(C, Class, Trainee) :- in_class(C, Class, Trainee), trainee_passed(C, Trainee, true), reading", "headcount(C, Class, Trainee) :- in_class(C, Class, Trainee), reading")],
}  # fmt: skip
"""For every property a change of the rules, or a few, that turns its answer round."""


def names() -> list[str]:
    return [path.stem for path in own_property_files(rules_folder(NAME, None))]


@tiers.slow
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
    decisions = oracle.decide(read_case(proof.witness), readings=proof.readings).decisions
    granted = {(decision.benefit, decision.subject) for decision in decisions if decision.outcome == "eligible"}
    assert len({subject for _, subject in granted}) == 2
    assert proof.witness["person"]["status"] == "employed"


@pytest.mark.parametrize("name", tiers.some(names(), sorted({*names()} - COUNTING)[::4]))
def test_some_change_of_the_rules_turns_a_property_round(tmp_path: Path, name: str) -> None:
    """So that no property holds of whatever the rules say."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    own_library(tmp_path, NAME)
    for file, old, new in CHANGED[name]:
        path = tmp_path / "encodings" / NAME / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
    (proof,) = Oracle(policy_root=tmp_path).prove([name])
    assert proof.result == ("proved" if name in REFUTED else "counterexample")


@pytest.fixture(scope="module")
def violations(oracle: Oracle) -> dict[str, list[tuple[int, list[str]]]]:
    """For every property that is proved, batches of random complete cases under readings that it is meant under: how many, and which
    of them violate it by clingo alone."""
    import clingo

    folder = rules_folder(NAME, None)
    properties = {path.stem: read_property(oracle.encoding, path) for path in own_property_files(folder) if path.stem not in REFUTED}
    rules = [oracle.policy.rule_text]
    for number, item in enumerate(properties.values()):
        own = {rule.head.predicate for rule in item.program.rules}
        rules.append(re.sub(rf"\b({'|'.join(own)})\(", rf"\1_{number}(", item.text))
    rng = random.Random("properties")
    fixed = {name: option for item in properties.values() for name, option in item.readings.items()}
    found: dict[str, list[tuple[int, list[str]]]] = {name: [] for name in properties}
    for batch in range(8):
        readings = random_readings(rng) | (fixed if batch % 2 else {})
        facts: dict[str, None] = {}
        for position in range(BATCH):
            document = strategies.random_case(rng) | {"id": f"{position}"}
            days = [day for day in ("2025-05-14", "2025-11-14", "2026-03-01") if day > document["applied_on"]]
            again = {**document, "id": f"{position}+", "applied_on": rng.choice(days or ["2199-12-31"])}
            for case in (document, again):
                known, unknown = oracle.facts(read_case(case), readings=readings)
                assert not unknown
                facts |= dict.fromkeys(f"{fact}." for fact in known)
            if again["applied_on"] > document["applied_on"]:
                facts[f'later("{position}","{position}+").'] = None
        control = clingo.Control(["--warn=none"])
        control.add("base", [], "\n".join([*rules, *facts]))
        control.ground([("base", [])])
        with control.solve(yield_=True) as handle:
            (model,) = [[str(symbol) for symbol in model.symbols(atoms=True) if symbol.name.startswith("violated")] for model in handle]
        for number, (name, item) in enumerate(properties.items()):
            if all(readings.get(reading, oracle.policy.readings[reading].default) == option for reading, option in item.readings.items()):
                found[name].append((BATCH, [atom for atom in model if atom.startswith(f"violated_{number}(")]))
    return found


@pytest.mark.parametrize("name", sorted({*names()} - REFUTED))
def test_no_random_case_violates_what_is_proved(violations: dict[str, list[tuple[int, list[str]]]], name: str) -> None:
    assert sum(tried for tried, _ in violations[name]) >= 300
    assert [atom for _, atoms in violations[name] for atom in atoms] == []


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
        (f"{GOOD}%@ method x\nviolated(C) :- eligible(C, skill_uplift, Cert).", "p.lp:3", "cites no sentence"),
        (f"{GOOD}#show violated/1.\nviolated(C) :- eligible(C, skill_uplift, Cert).", "p.lp:3", "takes no #show"),
        (f"{GOOD}violated(C) :- eligible(C, Cert).", "p.lp:3", "takes 3 arguments"),
        (f"{GOOD}violated(C) :- certificate_issued(C, _, Day), applied_on(C, Today), Day + 1 > Today.", "p.lp:3", "add_months gives"),
        (f"{GOOD}violated(C) :- certificate_issued(C, _, Day), applied_on(C, Today), N = Today - 100, Day > N.", "p.lp:3", "add_months gives"),
        (f"{GOOD}violated(C) :- applied_on(C, Day), N = #count {{ X : certificate(C, X) }}, Day > N.", "p.lp:3", "compared with a day"),
        (f"{GOOD}violated(C) :- applied_on(C, Day), Day > 20250231.", "p.lp:3", "20250231 is no day"),
        (f"{GOOD}violated(C) :- applied_on(C, 20251399).", "p.lp:3", "20251399 is no day"),
        (f"{GOOD}violated(C) :- project_requested(C, _, S), S * 7 > 5000000000000.", "p.lp:3", "5000000000000 is too large"),
        (f"{GOOD}violated(C) :- certificate_level(C, _, L), L > 7.", "p.lp:3", "7 is no level"),
        (f"{GOOD}violated(C) :- certificate_level(C, _, L), apprentice_contract_months(C, _, M), L > M.", "p.lp:3", "at once"),
        (f"{GOOD}violated(C) :- applied_on(C, _).\nidle(C) :- applied_on(C, _).", "p.lp:4", "never used"),
        (f"{GOOD}violated(C) :- a(C).\na(C) :- b(C, _).\nb(C, X) :- certificate(C, X).\nb(C) :- a(C).", "p.lp:6", "different number"),
        (f"{GOOD}violated(C) :- a(C).\na(C) :- b(C).\nb(C) :- a(C).", "p.lp", "recursive"),
        (f"{GOOD}violated(C) :- applied_on(C, _), applied_on(D, _).", "p.lp:3", "speaks of one case"),
        (f"{GOOD}violated(C) :- later(C, D), later(D, E).", "p.lp:3", "speaks of one case"),
        (f"{GOOD}later(C, D) :- applied_on(C, D).\nviolated(C) :- later(C, _).", "p.lp:3", "the policy's own"),
        (f"{GOOD}about(special_abilty).\nviolated(C) :- eligible(C, B, _), about(B).", "p.lp:3", "did you mean `special_ability`"),
        (f"{GOOD}violated(C) :- person_status(C, X), certificate(C, X).", "p.lp:3", "at once"),
        (f"{GOOD}violated(C) :- reading(limit_year, rollin), applied_on(C, _).", "p.lp:3", "did you mean `rolling`"),
        ("%: zh 一。\n%: zh 二。\n%: en A test.\nviolated(C) :- applied_on(C, _).", "p.lp:2", "stands twice"),
        ("%: zh\n%: en A test.\nviolated(C) :- applied_on(C, _).", "p.lp:1", "wants a text"),
        (f"{GOOD}%: counterexample because\nviolated(C) :- applied_on(C, _).", "p.lp:3", "write two lines"),
        (f"{GOOD}%: counterexample zh 因为。\nviolated(C) :- applied_on(C, _).", "p.lp", "`%: counterexample en …` is missing"),
        (f"{GOOD}%: items trainee many\nviolated(C) :- applied_on(C, _).", "p.lp:3", "ENTITY NUMBER"),
        (f"{GOOD}%: readings\nviolated(C) :- applied_on(C, _).", "p.lp:3", "NAME=OPTION"),
        (f"{GOOD}%: readings limit=a\nviolated(C) :- applied_on(C, _).", "p.lp:3", "there is no reading"),
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


def test_a_file_that_cannot_be_read(oracle: Oracle, tmp_path: Path) -> None:
    (tmp_path / "p.lp").write_bytes(b"\xff\xfe")
    for name in ("p.lp", "q.lp"):
        with pytest.raises(CallError, match="cannot be read"):
            oracle.prove([str(tmp_path / name)])


FAR = "day(validity_to, Last), Last < One, months(rolling_year, Months), add_months(One, Months, Until), Until < Two"
HIDDEN = {
    "two holders": (
        "violated(C) :- inside(C), outside(C).\ninside(C) :- in_force(C, apprentice_scope, _).\n"
        "outside(C) :- asked(C, apprentice_scope, A), not in_force(C, apprentice_scope, A)."
    ),
    "two holders without a name": (
        "violated(C) :- yes(C, _, _), no(C, _, _).\nyes(C, P, A) :- apprentice(C, P, A), apprenticeship_sector(C, P, other).\n"
        "no(C, P, A) :- apprentice(C, P, A), apprenticeship_sector(C, P, biomedicine)."
    ),
    "three at once": (
        "violated(C) :- has(C, 1, X), has(C, 2, Y), has(C, 3, Z).\n"
        "has(C, L, X) :- certificate_level(C, X, L), certificate_kind(C, X, skill_level)."
    ),
    "a day far from another of its field": f"violated(C) :- certificate_issued(C, _, One), certificate_issued(C, _, Two), {FAR}.",
    "three such days behind a predicate": (
        "violated(C) :- far(C).\nfar(C) :- certificate_issued(C, X, One), certificate_issued(C, Y, Two), certificate_issued(C, Z, Three), "
        f"{FAR}, add_months(Two, Months, Then), Then < Three."
    ),
    "applications far apart": f"violated(C) :- later(C, D), applied_on(C, One), applied_on(D, Two), {FAR}.",
    "no list at all": "violated(C) :- applied_on(C, Day), day(validity_to, Last), Last < Day.",
    "a sum that the rules do not know": "violated(C) :- eligible(C, development_grant, P), project_requested(C, P, Sum), Sum = 512345.",
    "sums that are added up": "violated(C) :- applied_on(C, _), #sum { Y, P : amount(C, development_grant, P, Y, _) } > 150000.",
    "a number in an atom": "violated(C) :- apprentice_contract_months(C, A, 77), eligible(C, apprentice_scope, A).",
    "a number in a fact of one's own": "violated(C) :- apprentice_contract_months(C, A, M), eligible(C, apprentice_scope, A), odd(M).\nodd(77).",
    "a number that is not there": "violated(C) :- apprentice_contract_months(C, A, M), 76 < M, not odd(M), M < 79.\nodd(77).",
    "a person beside a list": "violated(C) :- person_school_in_shanghai(C, false), eligible(C, special_ability, _).",
}
"""Rules with a counterexample that a domain with too few items, days or sums does not hold."""


@pytest.mark.parametrize("name", tiers.some(HIDDEN, [*HIDDEN][::4]))
def test_what_a_domain_could_miss_is_found(oracle: Oracle, tmp_path: Path, name: str) -> None:
    path = tmp_path / "hidden.lp"
    path.write_text(f"{GOOD}{HIDDEN[name]}\n", "utf-8")
    (proof,) = oracle.prove([str(path)])
    assert proof.result == "counterexample"


def test_proved_is_for_any_number_of_items_and_a_bound_is_called_one(oracle: Oracle, tmp_path: Path) -> None:
    path = tmp_path / "p.lp"

    def found(rules: str, **options: Any) -> Any:
        path.write_text(f"{GOOD}{rules}\n", "utf-8")
        return oracle.prove([str(path)], **options)[0]

    proved = found("violated(C) :- counted(C, K, _), not class(C, K).")
    assert (proved.result, proved.within, proved.reason) == ("proved", None, None)
    assert "any number of items" in proved.domain.en
    bounded = found(NO_LAST)
    assert bounded.result == "bounded"
    assert bounded.within is not None
    assert bounded.within["employments"] == 3
    assert "at most 3 of each employment" in bounded.domain.en
    assert bounded.reason is not None
    assert found(NO_LAST, scope={"employments": 4}).within["employments"] == 4
    assert found(f"%: items employment 5\n{NO_LAST}").within["employments"] == 5


NO_LAST = (
    "violated(C) :- employment(C, _), not has_last(C).\nhas_last(C) :- employment(C, X), not beaten(C, X).\n"
    "beaten(C, X) :- employment_start(C, X, S), employment_start(C, _, T), S < T."
)
"""That there is no last job: of any number of jobs one begins last, but for every job another is looked for."""


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
    (proof,) = oracle.prove(["instalments-within-standard"], limit=0.0001)
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
    # the same case once more is no loss; a file that says something else stays, and the answer is given all the same
    assert run("one-certificate-a-year", "--out", str(tmp_path)).return_value == 1
    (tmp_path / "one-certificate-a-year.yaml").write_text("id: mine\n", "utf-8")
    kept = run("one-certificate-a-year", "--out", str(tmp_path), "--json", "--lang", "en")
    assert (kept.return_value, (tmp_path / "one-certificate-a-year.yaml").read_text("utf-8")) == (2, "id: mine\n")
    assert json.loads(kept.stdout)["properties"][0]["result"] == "counterexample"
    assert "no case was written" in kept.stderr
    own = tmp_path / "opened.lp"
    own.write_text(
        f"{GOOD}violated(C) :- later(C, D), asked(C, special_ability, X), not eligible(C, special_ability, X), "
        "eligible(D, special_ability, X).\n",
        "utf-8",
    )
    found = json.loads(run(str(own), "--json", "--out", str(tmp_path)).stdout)["properties"][0]
    outcomes = []
    for name, key in (("opened.yaml", "witness"), ("opened.later.yaml", "later")):
        document = read_document(tmp_path / name)
        assert document == found[key]
        decided = CliRunner().invoke(tiaoli, ["decide", str(tmp_path / name), "--benefit", "special_ability", "--json"])
        outcomes.append([item["outcome"] for item in json.loads(decided.stdout)["decisions"]])
    assert not found["readings"]
    assert outcomes == [["not_eligible"], ["eligible"]]
    assert [answer["decisions"][0]["outcome"] for answer in found["answers"]] == ["not_eligible", "eligible"]
    assert found["why"][0] == f"tiaoli why {tmp_path / 'opened.yaml'} special_ability c1"
    assert CliRunner().invoke(tiaoli, found["why"][0].split()[1:]).exit_code == 0
    limited = run("instalments-within-standard", "--limit", "0.0001", "--json")
    assert limited.return_value == 3
    assert json.loads(limited.stdout)["limit_reached"] is True
