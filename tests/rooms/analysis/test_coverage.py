"""What a set of cases exercises: figures of the shipped cases, each goal against other ways to find it, and the cases made for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import instrument, tiers
from support.cases import read_case
from support.paths import CASES
from tiaoli import Oracle
from tiaoli.analysis.boundaries import boundaries
from tiaoli.analysis.case_generation import generate_cases
from tiaoli.analysis.coverage import Coverage, goals, measure_coverage, rules_of_cases
from tiaoli.case.documents import read_document
from tiaoli.cli.main import run
from tiaoli.symbolic.budget import Budget

EXAMPLES = sorted(CASES.glob("*.yaml"))
ANNOTATOR = EXAMPLES[0]


@pytest.fixture(scope="module")
def shipped(oracle: Oracle) -> Coverage:
    cases = [read_case(read_document(path)) for path in EXAMPLES]
    return measure_coverage(oracle.encoding, cases, oracle.readings_in_force)


def test_the_shipped_cases(shipped: Coverage) -> None:
    assert {kind: tuple(total) for kind, total in shipped.totals.items()} == {
        "rule": (140, 148),
        "condition": (84, 112),
        "boundary": (22, 132),
        "reading": (7, 33),
    }
    assert len(shipped.missed) == sum(total.of - total.covered for total in shipped.totals.values())
    (missed,) = (goal for goal in shipped.missed if goal.name == "rule c02_special.lp:33")
    assert missed.clauses == ("（二）",)
    assert "non_skilled" in missed.statement.zh
    # the last day of validity, on the day and the day after; nobody applied for a certificate of the day before
    at = {
        goal.name.rpartition(" ")[2]: goal
        for goal in shipped.goals
        if "last day of validity" in goal.statement.en and "issue date" in goal.statement.en
    }
    assert {place: bool(shipped.by[goal.name]) for place, goal in at.items()} == {"before": False, "on": True, "after": True}


def test_rules_that_apply_are_those_that_clingo_reports(oracle: Oracle) -> None:
    """The second way to find fired rules, over the complete shipped cases under the default readings."""
    fired: set[str] = set()
    complete = []
    for case in (read_case(read_document(path)) for path in EXAMPLES):
        known, unknown = oracle.facts(case)
        if not unknown:
            complete.append(case)
            instances, _ = instrument.fired(oracle.policy.rule_text, " ".join(f"{fact}." for fact in known))
            fired |= {f"rule {oracle.encoding.program.rules[number].where}" for number, _ in instances}
    found = measure_coverage(oracle.encoding, complete, oracle.readings_in_force, otherwise=False)
    assert len(complete) == len(EXAMPLES) - 1
    assert {goal.name for goal in found.goals if goal.kind == "rule" and found.by[goal.name]} == fired & {
        f"rule {rule.where}" for rule in rules_of_cases(oracle.encoding)
    }


def test_readings_are_those_of_the_full_answers(oracle: Oracle) -> None:
    for path in (EXAMPLES[5], EXAMPLES[9], EXAMPLES[20]):
        case = read_case(read_document(path))
        found = measure_coverage(oracle.encoding, [case], oracle.readings_in_force)
        flips = {
            f"reading {flip.reading}={flip.option}"
            for decision in oracle.decide(case, full=True).decisions
            for flip in decision.alternatives.flips  # type: ignore[union-attr]
        }
        options = {goal.name for goal in found.goals if goal.kind == "reading" and found.by[goal.name]}
        default = {f"reading {name}={option}" for name, option in oracle.readings_in_force.items()}
        assert options - default == flips


def test_every_goal_has_a_name_and_a_place(oracle: Oracle) -> None:
    made = goals(oracle.encoding)
    assert len({goal.name for goal in made}) == len(made)
    assert all(goal.where for goal in made if goal.kind in ("rule", "boundary"))
    assert len(boundaries(oracle.encoding)) * 3 == sum(goal.kind == "boundary" for goal in made)


@tiers.slow
def test_cases_are_made_for_what_is_missed(oracle: Oracle, shipped: Coverage) -> None:
    """A few goals of each kind: the case made for each exercises it, and coverage rises; one that no case reaches is named."""
    wanted = [
        "rule c02_special.lp:33",
        "condition training_scope organiser_listed unmet",
        "condition institution_commission sector unmet",
        "reading status_date=issue",
        "boundary 26 trainings.starts on",
        "boundary 41 development_projects.requested_cny after",
    ]
    names = [goal.name for goal in shipped.goals]
    assert set(wanted) <= set(names)
    kept = tuple(goal for goal in shipped.goals if goal.name in wanted)
    few = Coverage(shipped.cases, kept, {goal.name: shipped.by[goal.name] for goal in kept})
    assert len(few.missed) == len(wanted)
    found = generate_cases(oracle.encoding, few, oracle.readings_in_force)
    assert {name: why.result for name, why in found.none.items()} == {"condition institution_commission sector unmet": "unreachable"}
    assert found.settled
    cases = [read_case(document) for document, _ in found.cases]
    after = measure_coverage(oracle.encoding, cases, oracle.readings_in_force)
    assert {name for name in wanted if after.by[name]} == set(wanted) - set(found.none)
    for document, covers in found.cases:
        assert covers
        assert set(covers) <= {name for name in wanted if document["id"] in after.by[name]}


def test_a_limit_is_said(oracle: Oracle, shipped: Coverage) -> None:
    found = generate_cases(oracle.encoding, shipped, oracle.readings_in_force, Budget(deadline=0.0))
    assert found.cases == []
    assert found.limit_reached
    assert {name: why.result for name, why in found.none.items()} == dict.fromkeys((goal.name for goal in shipped.missed), "unknown")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", str(ANNOTATOR), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["cases"] == [read_document(ANNOTATOR)["id"]]
    assert found["totals"]["rule"]["of"] == 148
    assert {"kind", "name", "where", "clauses", "statement"} == set(found["missed"][0])
    assert run(["coverage", str(ANNOTATOR), "--lang", "zh"]) == 0
    text = capsys.readouterr().out
    assert "1 个案件" in text
    assert "未覆盖的规则" in text
    assert run(["coverage", str(ANNOTATOR), "--out", str(tmp_path / "made"), "--limit", "0.001", "--lang", "en"]) == 3
    assert "A limit was reached" in capsys.readouterr().out
    assert run(["coverage", str(ANNOTATOR), str(tmp_path / "none.yaml"), "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert "none.yaml" in said.err
    assert "1 case" in said.out


def test_the_command_writes_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all that one case misses, the rules of one clause alone, so that the test stays short."""
    import tiaoli.analysis.coverage as module

    monkeypatch.setattr(
        module,
        "goals",
        lambda encoding: tuple(goal for goal in goals(encoding) if goal.where.startswith("c05_scope") and goal.kind == "rule"),
    )
    before = ["coverage", str(ANNOTATOR), "--json"]
    assert run([*before, "--out", str(tmp_path / "made")]) == 0
    found = json.loads(capsys.readouterr().out)
    files = sorted((tmp_path / "made").glob("*.yaml"))
    assert len(files) == len(found["generated"]) > 0
    assert run([*before[:2], *map(str, files), "--json"]) == 0
    after = json.loads(capsys.readouterr().out)
    assert after["totals"]["rule"]["covered"] > found["totals"]["rule"]["covered"]
    assert run([*before, "--out", str(tmp_path / "made")]) == 2
    assert "not empty" in capsys.readouterr().err
