"""What another version changes: each relation for a planted change, witnesses decided again, mutants, populations, errors."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from notices.hrss_2024_20 import mutants
from notices.hrss_2024_20.mutants import EQUIVALENT
from support import strategies, tiers
from support.altered import NAME, altered
from support.paths import AMENDED, ROOT
from tiaoli import CallError, Oracle, PolicyError, diff
from tiaoli.analysis.version_comparison import BenefitComparison
from tiaoli.analysis.version_diff import BenefitDiff, Unsettled
from tiaoli.base.deadline import left
from tiaoli.base.statement import Statement
from tiaoli.cli.main import run
from tiaoli.populations.impact import measure_impact


def one(old: Oracle, new: Oracle, benefit: str, limit: float = 60) -> BenefitDiff:
    found = diff(old, new, benefits=[benefit], limit=limit).benefits[benefit]
    for way, shown in (("gains", found.gains), ("loses", found.loses)):
        if shown is not None:
            replayed(old, new, benefit, way, shown.case, dict(shown.readings))
    return found


def replayed(old: Oracle, new: Oracle, benefit: str, way: str, case: dict[str, Any], readings: dict[str, str]) -> None:
    """The case shows the difference when either version decides it by itself."""
    decided = []
    for oracle in (old, new):
        chosen = {name: option for name, option in readings.items() if name not in oracle.chosen_readings}
        answer = oracle.decide(case, benefits=[benefit], readings=chosen, engine="clingo")
        decided.append([(item.outcome, item.amount or 0) for item in answer.decisions])
    worse, better = decided if way == "gains" else decided[::-1]
    assert any(
        good[0] == "eligible" and (bad[0] == "not_eligible" or (bad[0] == "eligible" and good[1] > bad[1]))
        for bad, good in zip(worse, better, strict=True)
    )


# The relation


def test_a_policy_is_equivalent_to_itself_without_a_search(oracle: Oracle) -> None:
    found = diff(oracle, Oracle())
    assert list(found.benefits) == list(oracle.policy.benefits)
    assert {item.relation for item in found.benefits.values()} == {"equivalent"}
    assert {item.domain for item in found.benefits.values()} == {None}
    assert not found.differs
    assert not found.limit_reached


@pytest.mark.parametrize(
    ("name", "value", "benefit", "relation"),
    [
        ("validity.end", "2026-11-13", "training_scope", "wider"),
        ("validity_to", "2025-11-12", "apprentice_next_batch", "narrower"),
        ("special_ability_standard", "1000.01", "special_ability", "wider"),
        ("special_ability_standard", "999.99", "special_ability", "narrower"),
        ("apprentice_contract", "4", "apprentice_scope", "wider"),
        ("development_cap", "99999.99", "development_grant", "narrower"),
    ],
)
def test_a_number(oracle: Oracle, name: str, value: str, benefit: str, relation: str) -> None:
    found = one(oracle, Oracle(parameters={name: value}), benefit)
    assert found.relation == relation
    assert [change.kind for change in found.changes] == ["parameter"]
    assert found.changes[0].where == f"parameters.toml [{oracle.policy.parameter(name).name}]"  # type: ignore[union-attr]
    assert (found.gains is None) == (relation == "narrower")


def test_readings(oracle: Oracle) -> None:
    found = diff(oracle, Oracle(readings={"person_lists": "exhaustive"}), benefits=["special_ability", "training_scope"])
    special = found.benefits["special_ability"]
    assert special.relation == "narrower"
    assert special.clauses == ("（二）", "（四）")
    assert special.loses is not None
    assert special.loses.case["person"]["status"] == "other"
    assert found.benefits["training_scope"].changes == ()
    both = one(oracle, Oracle(readings={"status_date": "issue"}), "special_ability")
    assert both.relation == "both"


@pytest.mark.parametrize(
    ("file", "change", "benefit", "relation"),
    [
        # a literal dropped, a bound shifted, a rule added, one taken away, a sector swapped for another
        ("c02_special.lp", (", person_school_in_shanghai(C, true)", ""), "special_ability", "wider"),
        ("validity.lp", ("From <= Today, day(validity_to", "From < Today, day(validity_to"), "training_scope", "narrower"),
        (
            "c05_scope.lp",
            ("scope_kind(directed_training).", "scope_kind(directed_training).\nscope_kind(other)."),
            "training_scope",
            "wider",
        ),
        ("c05_scope.lp", ("scope_industry(domestic_service).\n", ""), "training_scope", "narrower"),
        ("c05_scope.lp", ("scope_kind(directed_training).", "scope_kind(other)."), "training_scope", "both"),
    ],
)
def test_a_rule(oracle: Oracle, tmp_path: Path, file: str, change: tuple[str, str], benefit: str, relation: str) -> None:
    found = one(oracle, altered(tmp_path, file, change), benefit)
    assert found.relation == relation
    assert {item.kind for item in found.changes} == {"rule"}
    assert all(item.where.startswith(f"{file}:") for item in found.changes)
    assert found.clauses or file == "validity.lp"


def test_rewritten_rules_are_proved_equivalent(oracle: Oracle, tmp_path: Path) -> None:
    """Literals in another order, other variables, a comparison turned round, a rule split over a helper."""
    amended = Oracle(policy_root=AMENDED)
    found = one(oracle, amended, "apprentice_scope")
    assert found.relation == "equivalent"
    assert len(found.changes) == 3
    assert found.proved
    assert found.domain is not None
    rewritten = altered(
        tmp_path,
        "validity.lp",
        (
            "event_day(C, Benefit, Subject, Day), day(validity_from, From), From <= Day, day(validity_to, To), Day <= To.",
            "day(validity_to, Last), event_day(C, Benefit, Subject, When), Last >= When, day(validity_from, First), When >= First.",
        ),
        (
            "event_counts(C, Benefit, Subject) :- event_day(C, Benefit, Subject, _), event_ahead(Benefit).",
            "event_counts(C, B, S) :- event_ahead(B), event_day(C, B, S, _).",
        ),
    )
    found = one(oracle, rewritten, "training_scope")
    assert found.relation == "equivalent"
    assert found.changes
    assert found.proved
    # the same parts in another order are not even taken for a change
    turned = altered(
        tmp_path / "b",
        "c05_scope.lp",
        ("training_kind(C, Training, Kind), scope_kind(Kind)", "scope_kind(Kind), training_kind(C, Training, Kind)"),
    )
    assert one(oracle, turned, "training_scope").changes == ()


@tiers.slow
def test_the_amended_version(oracle: Oracle) -> None:
    amended = Oracle(policy_root=AMENDED)
    found = diff(oracle, amended, benefits=["special_ability", "care_route", "training_scope"], limit=120)
    assert {name: item.relation for name, item in found.benefits.items()} == {
        "special_ability": "wider",
        "care_route": "narrower",
        "training_scope": "equivalent",
    }
    care = found.benefits["care_route"]
    assert care.clauses == ("（三）",)
    assert care.loses is not None
    assert {change.where for change in care.changes if change.kind == "parameter"} == {
        "parameters.toml [care_employment]",
        "parameters.toml [care_level]",
    }
    special = found.benefits["special_ability"].gains
    assert special is not None
    assert special.old is not None
    assert special.new is not None
    assert (str(special.old.standard), str(special.new.standard)) == ("1000.00", "1200.00")
    replayed(oracle, amended, "care_route", "loses", care.loses.case, dict(care.loses.readings))
    # and back
    assert one(amended, oracle, "special_ability").relation == "narrower"


@tiers.slow
def test_a_row_that_only_the_new_annex_has(oracle: Oracle, tmp_path: Path) -> None:
    changed = altered(tmp_path, "annex.csv", ("17,4-10-01-06,家政服务员", "17,4-10-01-06,家政服务员\n18,9-99-99-99,试验员"))
    found = one(oracle, changed, "skill_uplift")
    assert found.relation == "wider"
    assert found.gains is not None
    assert found.gains.case["certificates"][0]["occupation_code"] == "9-99-99-99"
    assert [(change.kind, change.side) for change in found.changes] == [("row", "new")]


# Mutants

FAST = {
    "c02_special.lp": ["special_ability"],
    "c05_scope.lp": ["training_scope"],
    "c06_development.lp": ["development_grant"],
    "c07_apprentice.lp": ["apprentice_next_batch", "apprentice_direct_payment"],
    "c09_commission.lp": ["institution_commission"],
}


@tiers.slow
def test_mutants_are_found(oracle: Oracle, tmp_path: Path) -> None:
    """A sample of the changed rules that some case notices."""
    pick = random.Random("mutants")
    tried = 0
    for file, benefits in FAST.items():
        for mutant in pick.sample([item for item in mutants.mutants(oracle, file) if item.name not in EQUIVALENT], 3):
            if any(word in mutant.name for word in ("apprentice_scope", "contract_", "event_ahead")):
                continue
            try:
                changed = altered(tmp_path / str(tried), file, text=mutant.text)
            except PolicyError:
                continue
            found = diff(oracle, changed, benefits=benefits)
            assert found.differs, mutant.name
            tried += 1
    assert tried >= 8


@tiers.slow
@pytest.mark.parametrize(
    ("name", "benefits"),
    [
        ("c05_scope.lp practitioner(C,Participant) #2: drop participant_registry(C,Participant,record)", ["training_scope"]),
        ("c06_development.lp payable(C,development_grant,Project,(Cap/100),(Cap\\100),100): edge of Cap < Sum", ["development_grant"]),
        ("c07_apprentice.lp contract_in_time(C,Apprentice): drop reading(contract_window,after_start)", ["apprentice_scope"]),
        ("sectors.lp met(C,Benefit,Subject,sector) #2: drop asked(C,Benefit,Subject)", ["institution_commission"]),
        ("validity.lp in_force(C,Benefit,Subject) #3: drop reading(validity_anchor,both)", ["training_scope"]),
        ("c03_care.lp in_time(C,Cert,Job) #2: edge of Day < From", ["care_route"]),
        ("c10_limit.lp within_year(C,Application): drop Day <= December", ["special_ability"]),
    ],
)
def test_mutants_that_change_nothing_are_equivalent(oracle: Oracle, tmp_path: Path, name: str, benefits: list[str]) -> None:
    assert name in EQUIVALENT
    file = name.partition(" ")[0]
    (mutant,) = (item for item in mutants.mutants(oracle, file) if item.name == name)
    found = diff(oracle, altered(tmp_path, file, text=mutant.text), benefits=benefits)
    assert {item.relation for item in found.benefits.values()} == {"equivalent"}
    assert all(item.changes and item.proved and not item.others for item in found.benefits.values())


# Limits and mistakes


def test_a_limit_is_never_an_equivalence(oracle: Oracle) -> None:
    found = diff(oracle, Oracle(parameters={"validity.end": "2025-11-12"}), benefits=["care_route"], limit=0.01)
    assert found.limit_reached
    assert found.benefits["care_route"].relation == "unknown"
    assert found.to_json()["limit_reached"] is True


@pytest.mark.parametrize(("needed", "settled"), [(50, True), (1000, False)])
def test_what_the_others_leave_of_the_time_is_spent_on_what_a_share_was_too_little_for(
    oracle: Oracle, monkeypatch: pytest.MonkeyPatch, needed: float, settled: bool
) -> None:
    tried: list[str] = []
    run = BenefitComparison.run

    def slow(self: BenefitComparison) -> BenefitDiff:
        tried.append(self.benefit)
        found = run(self)
        # of two benefits, one takes more than half of a hundred seconds
        short = self.benefit == "training_scope" and (left(self.budget.deadline) or 0) < needed
        return replace(found, relation="unknown", unsettled=(Unsettled("loses", Statement("", "")),)) if short else found

    monkeypatch.setattr(BenefitComparison, "run", slow)
    other = Oracle(parameters={"validity_to": "2026-11-13"})
    found = diff(oracle, other, benefits=["training_scope", "institution_commission"], limit=100)
    assert tried == ["training_scope", "institution_commission", "training_scope"]
    assert (found.benefits["training_scope"].relation == "wider") == settled
    assert found.limit_reached == (not settled)


def test_versions_that_make_other_facts_are_refused(oracle: Oracle, tmp_path: Path) -> None:
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    for path in tmp_path.rglob("*"):
        if path.suffix in (".toml", ".lp"):
            path.write_text(path.read_text("utf-8").replace("training_organiser_listed", "training_run_by_listed"), "utf-8")
    with pytest.raises(CallError, match=r"trainings\.organiser_listed"):
        diff(oracle, Oracle(policy_root=tmp_path))


def test_mistakes(oracle: Oracle, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CallError, match="did you mean `validity_to`"):
        Oracle(parameters={"validity_too": "2026-01-01"})
    with pytest.raises(CallError, match="validity_to"):
        Oracle(parameters={"validity_to": "2026-13-01"})
    with pytest.raises(CallError, match="wrong type"):
        Oracle(parameters={"whole_class": "eighty"})
    with pytest.raises(CallError, match="no benefit"):
        diff(oracle, oracle, benefits=["special"])
    for arguments, text in (
        (["diff", NAME], "nothing to compare"),
        (["diff", NAME, "--set", "validity.ende=2026-11-13"], "validity.end"),
        (["diff", NAME, "--set", "validity.end"], "NAME=VALUE"),
        (["diff", NAME, "nowhere"], "there is no policy"),
        (["diff", NAME, "--reading", "limit_year=lunar"], "there is no option"),
    ):
        assert run([*arguments, "--lang", "en"]) == 2
        assert text in capsys.readouterr().err


# The command


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["diff", NAME, "--set", "validity.end=2026-11-13", "--benefit", "training_scope"]
    assert run([*arguments, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["benefits"]["training_scope"]
    assert (found["relation"], found["loses"], found["clauses"]) == ("wider", None, [])
    assert found["gains"]["trainings"][0]["starts"] > "2025-11-13"
    assert {side: item["outcome"] for side, item in found["decisions"]["gains"].items() if side in ("old", "new")} == {
        "old": "not_eligible",
        "new": "eligible",
    }
    assert run([*arguments, "--lang", "zh"]) == 1
    text = capsys.readouterr().out
    assert "放宽" in text
    assert "2025-11-13 → 2026-11-13" in text
    assert "新版更有利的案件" in text
    assert run(["diff", str(ROOT / "policy" / NAME), str(AMENDED), "--benefit", "training_scope", "--lang", "en"]) == 0
    assert "nothing that it rests on differs" in capsys.readouterr().out
    limited = ["diff", NAME, "--set", "validity.end=2026-11-13", "--benefit", "care_route", "--limit", "0.01", "--lang", "en"]
    assert run(limited) == 3
    assert "equivalent" not in capsys.readouterr().out


# Populations


def test_a_population_counts_what_deciding_twice_does(oracle: Oracle) -> None:
    amended = Oracle(policy_root=AMENDED)
    cases = [strategies.random_case(random.Random(f"diff {seed}")) for seed in range(120)]
    lines = [json.dumps(case, ensure_ascii=False).encode() for case in cases]
    found = measure_impact(oracle, amended, [*lines[:60], b"\n", b"{", *lines[60:]])
    assert (found.cases, len(found.rejects)) == (120, 1)
    assert json.loads(found.rejects[0])["line"] == 62
    changed, money, moved = 0, {"special_ability": 0, "skill_uplift": 0}, dict.fromkeys(oracle.policy.benefits, 0)
    for case in cases:
        old, new = (each.decide(case).decisions for each in (oracle, amended))
        pairs = list(zip(old, new, strict=True))
        settled = [(a, b) for a, b in pairs if "unknown" not in (a.outcome, b.outcome)]
        apart = [(a, b) for a, b in settled if (a.outcome, a.amount or 0) != (b.outcome, b.amount or 0)]
        changed += bool(apart)
        for before, _ in apart:
            moved[before.benefit] += 1
        for before, after in pairs:
            if before.benefit in money:
                money[before.benefit] += int(((after.amount or 0) - (before.amount or 0)) * 100)
    assert found.changed == changed > 0
    assert {name: item.changed for name, item in found.benefits.items()} == moved
    for name, fen in money.items():
        assert found.benefits[name].new_amount - found.benefits[name].old_amount == fen


@tiers.slow
def test_the_command_counts_a_population(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = {
        "id": "A",
        "applied_on": "2026-03-01",
        "person": {"status": "unemployed"},
        "certificates": [
            {
                "id": "c1",
                "kind": "special_ability",
                "domain": "ai_data_annotation",
                "issued": "2026-02-01",
                "meets_city_rules": True,
                "payment_percent": 80,
            }
        ],
    }
    path = tmp_path / "people.jsonl"
    path.write_text("".join(json.dumps({**case, "id": f"A{number}"}) + "\n" for number in range(3)), "utf-8")
    arguments = ["diff", NAME, "--set", "validity.end=2026-11-13", "--benefit", "special_ability", "--population", str(path)]
    assert run([*arguments, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["population"]
    assert (found["cases"], found["changed"]) == (3, 3)
    assert found["benefits"]["special_ability"] == {
        "decisions": 3,
        "changed": 3,
        "gained": 3,
        "lost": 0,
        "more": 0,
        "less": 0,
        "unclear": 0,
        "old_amount": "0.00",
        "new_amount": "2400.00",
        "difference": "2400.00",
    }
    assert run([*arguments, "--lang", "zh"]) == 1
    assert "+2,400.00" in capsys.readouterr().out
    path.write_text("{}\n", "utf-8")
    assert run([*arguments, "--lang", "en"]) == 2
