"""Properties of the policy: what is proved and what is refuted, that no proof is empty, and files that are read strictly."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import mutants
import pytest
import strategies
from click.testing import CliRunner
from mutants import Mutant
from test_differential import random_readings

from tiaoli import CallError, Case, Oracle, PolicyError
from tiaoli.cli import tiaoli
from tiaoli.documents import read_document
from tiaoli.load import rules_folder
from tiaoli.properties import read, shipped

ROOT = Path(__file__).parent.parent
NAME = "hrss-2024-20"

REFUTED = {"civil-servant-at-issue", "one-certificate-a-year", "whole-class-never-less"}

NOTICED: dict[str, str] = {}
"""For every property a change of the rules that turns its answer round."""


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


def spoilt(mutant: Mutant, root: Path) -> Oracle:
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, root / part / NAME)
    (root / "encodings" / NAME / mutant.file).write_text(mutant.text, "utf-8")
    return Oracle(policy_root=root)


@pytest.mark.parametrize("name", names())
def test_some_change_of_the_rules_turns_a_property_round(oracle: Oracle, tmp_path: Path, name: str) -> None:
    """So that no property holds of whatever the rules say."""
    file = NOTICED[name].split(" ")[0]
    (mutant,) = (mutant for mutant in mutants.mutants(oracle, file) if mutant.name == NOTICED[name])
    (proof,) = spoilt(mutant, tmp_path).prove([name])
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
