"""The audit of a policy: what it says of the shipped notice, and the faults planted in copies of it, each found and nothing else."""
# ruff: noqa: E501 - rules are quoted as they stand, a line each

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from support.paths import ROOT
from tiaoli import CallError, Case, Oracle
from tiaoli.audit.acceptance import acceptance_text, read_acceptances
from tiaoli.audit.audit_run import CHECKS, audit_policy
from tiaoli.audit.check_cliffs import find_cliffs
from tiaoli.audit.check_conflicts import find_conflicts
from tiaoli.audit.check_dead_rules import find_dead_rules
from tiaoli.audit.check_deadlines import find_missed_deadlines
from tiaoli.audit.check_double_grounds import find_double_grounds
from tiaoli.audit.check_gaps import find_gaps
from tiaoli.audit.check_overlaps import find_overlaps
from tiaoli.audit.check_readings import find_reading_splits
from tiaoli.audit.check_wording import find_doubtful_wording
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.finding_kinds import FINDING_KINDS
from tiaoli.case.documents import read_document
from tiaoli.cli.main import tiaoli
from tiaoli.encoding.loader import load
from tiaoli.policy.files import ANCHOR
from tiaoli.present.findings_sarif import sarif

NAME = "hrss-2024-20"
Check = Callable[[AuditContext], Iterator[Finding]]


def found(check: Check, benefits: list[str], root: Path | None = None) -> dict[str, Finding]:
    """What one check finds about some benefits, with nothing left open."""
    audit = AuditContext(load(NAME, root), None, benefits)
    findings = {finding.id: finding for finding in check(audit)}
    assert audit.unfinished == []
    return findings


def copy_with(root: Path, changes: list[tuple[str, str, str]]) -> Path:
    """A copy of the policy with texts replaced: file, old words, new words."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, root / part / NAME, dirs_exist_ok=True)
    for file, old, new in changes:
        path = root / ("encodings" if file.endswith(".lp") else "policy") / NAME / file
        text = path.read_text("utf-8")
        assert old in text, (file, old)
        path.write_text(text.replace(old, new, 1), "utf-8")
    return root


AGAIN = "met(C, development_grant, Project, review_passed) :- project_review_passed(C, Project, true)."

FAULTS: dict[str, tuple[list[tuple[str, str, str]], Check, list[str], set[str]]] = {
    "a sum is left unset": (
        [("c06_development.lp", "money(development_cap, Cap), Cap < Sum.", "money(development_cap, Cap), Cap < Sum, Sum < Cap.")],
        find_gaps,
        ["development_grant"],
        {"gap:development_grant.amount"},
    ),
    "two sums for one project": (
        [("c06_development.lp", "money(development_cap, Cap), Sum <= Cap.", "money(development_cap, Cap), Sum <= Cap + 100.")],
        find_conflicts,
        ["development_grant"],
        {"conflict:development_grant.amounts"},
    ),
    "a common condition comes out differently": (
        [("validity.lp", "in_force(C, Benefit, Subject) :- event_inside(C, Benefit, Subject), event_counts(C, Benefit, Subject), reading(validity_anchor, event).",
          "in_force(C, Benefit, Subject) :- event_inside(C, Benefit, Subject), event_counts(C, Benefit, Subject), reading(validity_anchor, event).\n"
          "in_force(C, directed_training_second, Subject) :- event_counts(C, directed_training_second, Subject), reading(validity_anchor, event).")],
        find_conflicts,
        ["directed_training_first", "directed_training_second"],
        {"conflict:directed_training_first+directed_training_second.in_force"},
    ),
    "two benefits for one certificate": (
        [("c02_special.lp", "met(C, special_ability, Cert, certificate_kind) :- certificate_kind(C, Cert, special_ability), certificate_domain(C, Cert, Domain), special_domain(Domain).",
          "met(C, special_ability, Cert, certificate_kind) :- certificate_domain(C, Cert, Domain), special_domain(Domain).")],
        find_overlaps,
        ["skill_uplift", "special_ability"],
        {"overlap:skill_uplift+special_ability"},
    ),
    "a condition that nobody can miss": (
        [("c06_development.lp", AGAIN, f"{AGAIN}\nmet(C, development_grant, Project, review_passed) :- project(C, Project).")],
        find_dead_rules,
        ["development_grant"],
        {"dead:development_grant.review_passed"},
    ),
    "a condition implied by another": (
        [("c06_development.lp", AGAIN, "met(C, development_grant, Project, review_passed) :- project_review_passed(C, Project, true).\n"
          "met(C, development_grant, Project, review_passed) :- project_kind(C, Project, Kind), project_kind_named(Kind), project_work(C, Project, Work), project_work_named(Work).")],
        find_dead_rules,
        ["development_grant"],
        {"dead:development_grant.review_passed"},
    ),
    "a benefit that nobody can be granted": (
        [("c06_development.lp", AGAIN, "met(C, development_grant, Project, review_passed) :- project_review_passed(C, Project, true), project_review_passed(C, Project, false).")],
        find_dead_rules,
        ["development_grant"],
        {"dead:development_grant.never", "dead:rule.c06_development.23"},
    ),
    "a rule that never applies": (
        [("c09_commission.lp", "eligible_activity(C, Engagement) :- engagement_activity(C, Engagement, apprenticeship).",
          "eligible_activity(C, Engagement) :- engagement_activity(C, Engagement, apprenticeship), engagement_activity(C, Engagement, other).")],
        find_dead_rules,
        ["institution_commission"],
        {"dead:rule.c09_commission.25"},
    ),
    "a part of a rule that never decides": (
        [("c09_commission.lp", "engagement_activity(C, Engagement, staff_training), engagement_matches_core_business(C, Engagement, true).",
          "engagement_activity(C, Engagement, staff_training), engagement_matches_core_business(C, Engagement, true), not engagement_activity(C, Engagement, other).")],
        find_dead_rules,
        ["institution_commission"],
        {"dead:part.c09_commission.26.0", "dead:part.c09_commission.26.2"},
    ),
    "a row of the annex that nothing reaches": (
        [("c01_uplift.lp", "met(C, skill_uplift, Cert, catalogue_listed) :- certificate_occupation(C, Cert, Code), catalogue(Code).",
          "met(C, skill_uplift, Cert, catalogue_listed) :- certificate_occupation(C, Cert, Code), catalogue(Code), not occupation(elderly_care, Code).")],
        find_dead_rules,
        ["skill_uplift"],
        {"dead:row.4-10-01-05"},
    ),
    "a reading without effect": (
        [("c07_apprentice.lp", "contract_by_deadline(C, _, Apprentice, _), reading(contract_window, by_deadline).",
          "contract_by_deadline(C, Project, Apprentice, Day), apprenticeship_starts(C, Project, Starts), Starts <= Day, reading(contract_window, by_deadline).")],
        find_reading_splits,
        ["apprentice_scope"],
        {"dead:reading.contract_window.by_deadline", "-fork:contract_window.by_deadline"},
    ),
    "one fen too many costs everything": (
        [("c06_development.lp", "payable(C, development_grant, Project, Cap / 100, Cap \\ 100, 100) :- project_requested(C, Project, Sum), money(development_cap, Cap), Cap < Sum.",
          "payable(C, development_grant, Project, 0, 0, 100) :- project_requested(C, Project, Sum), money(development_cap, Cap), Cap < Sum.")],
        find_cliffs,
        ["development_grant"],
        {"cliff:development_grant.requested_cny"},
    ),
    "two benefits for one certificate under one reading": (
        [("c02_special.lp", "met(C, special_ability, Cert, certificate_kind) :- ", "met(C, special_ability, Cert, certificate_kind) :- certificate_domain(C, Cert, Domain), special_domain(Domain), reading(status_date, issue).\n"
          "met(C, special_ability, Cert, certificate_kind) :- ")],
        find_overlaps,
        ["skill_uplift", "special_ability"],
        {"overlap:skill_uplift+special_ability"},
    ),
    "a sum that waits for after the lapse": (
        [("c06_development.lp", AGAIN, "met(C, development_grant, Project, review_passed) :- project_review_passed(C, Project, true), project_reviewed_on(C, Project, Day),"
          " months(class_retention, Months), add_months(Day, Months, Until), applied_on(C, Today), Until <= Today."),
         ("fields.toml", 'label = { zh = "评审日期", en = "day of the review" }', 'label = { zh = "评审日期", en = "day of the review" }\nsince = { zh = "自评审之日起", en = "from the day of the review" }')],
        find_missed_deadlines,
        ["development_grant"],
        {"out_of_time:development_grant", "out_of_time:period.class_retention"},
    ),
    "two grounds where there was one": (
        [("c06_development.lp", AGAIN, "met(C, development_grant, Project, review_passed) :- reviewed_well(C, Project).\n"
          "reviewed_well(C, Project) :- project_review_passed(C, Project, true).\nreviewed_well(C, Project) :- project_work(C, Project, new)."),
         ("vocabulary.toml", "[predicate.project_kind_named]", '[predicate.reviewed_well]\nargs = ["case:case", "project:project"]\nzh = "开发项目{project}通过评审"\n'
          'en = "project {project} passed the review"\nfails = { zh = "开发项目{project}未通过评审", en = "project {project} did not pass the review" }\nnone = { zh = "没有通过评审的开发项目", en = "no project passed the review" }\n\n[predicate.project_kind_named]')],
        find_double_grounds,
        ["development_grant"],
        {"overlap:grounds.c06_development.24"},
    ),
}  # fmt: skip
"""For each fault what is changed, the check that must see it, the benefits looked at, and what it finds beside what it finds in
the shipped notice; what goes away with it has a minus."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_nothing_else(tmp_path: Path, fault: str) -> None:
    changes, check, benefits, expected = FAULTS[fault]
    clean, spoilt = found(check, benefits), found(check, benefits, copy_with(tmp_path, changes))
    # what stands further down in a changed file is called by another line
    moved = {name for name in clean if any(file.removesuffix(".lp") in name for file, _, _ in changes)}
    gone = {f"-{name}" for name in clean.keys() - spoilt.keys() - moved}
    assert (spoilt.keys() - clean.keys() - moved) | gone == expected


ONE_FEN = "payable(C, development_grant, Project, {sum}, 100) :- project_requested(C, Project, Sum), money(development_cap, Cap), Cap < Sum"


@pytest.mark.parametrize(
    ("steep", "flat", "only_under", "gone_under"),
    [
        ("exhaustive", "illustrative", {"sector_lists": "exhaustive"}, {}),
        ("illustrative", "exhaustive", {}, {"sector_lists": ["exhaustive"]}),
    ],
)
def test_a_finding_says_under_which_readings_it_shows(
    tmp_path: Path, steep: str, flat: str, only_under: dict[str, str], gone_under: dict[str, list[str]]
) -> None:
    """One fen too many costs everything under one option alone: found, reported once, and decided so under the readings it names."""
    whole, nothing = ONE_FEN.format(sum="Cap / 100, Cap \\ 100"), ONE_FEN.format(sum="0, 0")
    spoilt = f"{whole}, reading(sector_lists, {flat}).\n{nothing}, reading(sector_lists, {steep})."
    root = copy_with(tmp_path, [("c06_development.lp", f"{whole}.", spoilt)])
    finding = found(find_cliffs, ["development_grant"], root)["cliff:development_grant.requested_cny"]
    assert finding.witness is not None
    oracle = Oracle(policy_root=root, readings=only_under)
    assert oracle.policy.other_readings(finding.witness.readings) == only_under
    assert {name: options for name, options in finding.witness.gone_under.items() if name == "sector_lists"} == gone_under
    amounts = [
        oracle.decide(case, benefits=["development_grant"]).decisions[0].amount for case in (finding.witness.case, *finding.witness.others)
    ]
    assert amounts[0] is not None
    assert amounts[0] > 0 == amounts[1]


MENDED: dict[str, tuple[list[tuple[str, str, str]], Check, list[str], str]] = {
    "gap": (
        [("c04_directed.lp", "class_held_in(C, Class, elsewhere), trainee_hukou(C, Trainee, other).", "class_held_in(C, Class, elsewhere), trainee_hukou(C, Trainee, _).")],
        find_gaps,
        ["directed_training_first"],
        "gap:directed_training_first.person",
    ),
    "overlap": (
        [("c10_limit.lp", "filed_as(Benefit, Kind), pool_kind(Kind),", "filed_as(Benefit, _),"),
         ("c10_limit.lp", "limited(Other), Subject != Another,\n    limit_applies(C), last_application(C).", "Subject != Another, last_application(C).")],
        find_overlaps,
        ["special_ability"],
        "overlap:special_ability.twice",
    ),
    "dead": (
        [("c03_care.lp", "registered(C, Cert) :- timely_job(C, Cert, Job), on_record(C, Job).", "registered(C, Cert) :- qualifies(C, Cert, Job), on_record(C, Job).")],
        find_dead_rules,
        ["care_route"],
        "dead:care_route.employed_in_time",
    ),
    "out_of_time": (
        [("c07_apprentice.lp", "applied_on(C, Today), Day <= Today.", "applied_on(C, _).")],
        find_missed_deadlines,
        ["apprentice_scope"],
        "out_of_time:apprentice_scope",
    ),
    "cliff": (
        [("c04_directed.lp", "Counted * 100 >= Base * Percent.", "Counted * 100 >= Base * Percent, Counted = 0.")],
        find_cliffs,
        ["directed_training_first"],
        "cliff:directed_training_first.trainee",
    ),
    "fork": (
        [("c07_apprentice.lp", "contract_by_deadline(C, _, Apprentice, _), reading(contract_window, by_deadline).",
          "contract_by_deadline(C, Project, Apprentice, Day), apprenticeship_starts(C, Project, Starts), Starts <= Day, reading(contract_window, by_deadline).")],
        find_reading_splits,
        ["apprentice_scope"],
        "fork:contract_window.by_deadline",
    ),
}  # fmt: skip
"""A rule mended, and the finding of the shipped notice that goes with it."""


@pytest.mark.parametrize("kind", MENDED)
def test_a_mended_rule_takes_its_finding_away(tmp_path: Path, kind: str) -> None:
    changes, check, benefits, name = MENDED[kind]
    assert name in found(check, benefits)
    assert name not in found(check, benefits, copy_with(tmp_path, changes))


def test_what_a_finding_shows_is_decided_so(oracle: Oracle) -> None:
    """The witness of a gap is granted and names the person; under the last day of validity what is out of time is refused."""
    gap = found(find_gaps, ["directed_training_second"])["gap:directed_training_second.person"]
    assert gap.witness is not None
    (decision,) = oracle.decide(gap.witness.case, benefits=["directed_training_second"], full=True).decisions
    assert (decision.outcome, bool(decision.gap)) == ("eligible", True)
    late = found(find_missed_deadlines, ["apprentice_scope"])["out_of_time:apprentice_scope"]
    assert late.witness is not None
    last = oracle.policy.parameters[str(oracle.policy.lapses)].value
    before, after = late.witness.case, late.witness.others[0]
    assert before["applied_on"].replace("-", "") == str(last) < after["applied_on"].replace("-", "")
    outcomes = [oracle.decide(case, benefits=["apprentice_scope"]).decisions[0].outcome for case in (before, after)]
    assert outcomes == ["not_eligible", "eligible"]
    assert {key: value for key, value in before.items() if key != "applied_on"} == {
        key: value for key, value in after.items() if key != "applied_on"
    }


def test_the_last_day_of_each_step_is_exact(oracle: Oracle) -> None:
    """The second instalment by the last day of validity: work found on that day six months before still does, the day after not."""
    from tiaoli.base.calendar import add_months

    found_late = found(find_missed_deadlines, ["directed_training_second"])["out_of_time:directed_training_second"]
    last = oracle.policy.parameters["validity_to"].value
    assert isinstance(last, int)
    retained = oracle.policy.parameters["class_retention"].value
    assert isinstance(retained, int)
    assert "2025-05-13" in found_late.statement.zh
    assert add_months(20250513, retained) == last < add_months(20250514, retained)


def test_only_wording_comes_from_data(oracle: Oracle) -> None:
    words = list(find_doubtful_wording(AuditContext(oracle.encoding, None)))
    assert {finding.kind for finding in words} == {"wording"}
    assert all(finding.witness is None and finding.sentences for finding in words)
    policy = oracle.policy
    named = {finding.name for finding in words}
    assert {f"doubt.{doubt.id}" for doubt in policy.doubts} | {f"term.{term.id}" for term in policy.terms} <= named
    assert {"open-list.c4.s1", "delegated.c1.s1", "open-list.c6.s1"} <= named
    # 等级 is no list left open
    assert "open-list.c1.s2" not in named


def test_accepted_findings_come_back_when_their_rules_change(tmp_path: Path, oracle: Oracle) -> None:
    options: dict[str, Any] = {"kinds": ["gap"], "benefits": ["directed_training_first"], "workers": 1}
    first = audit_policy(oracle.encoding, **options)
    path = tmp_path / "accepted.toml"
    text = acceptance_text(first.findings, oracle.encoding)
    path.write_text(text.replace('reason = ""', 'reason = "已报主管部门"'), "utf-8")
    accepted = read_acceptances(path)
    again = audit_policy(oracle.encoding, accepted=accepted, **options)
    assert (again.findings, [item.reason for _, item in again.accepted]) == ((), ["已报主管部门"])
    changed = load(NAME, copy_with(tmp_path, [("parameters.toml", 'value = "1800.00"', 'value = "1900.00"')]))
    assert [finding.id for finding in audit_policy(changed, accepted=accepted, **options).findings] == [
        "gap:directed_training_first.person"
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "cannot be read"),
        ("[a]\nreason = 'x'\ndigets = 'y'", "digets"),
        ("[a]\nreason = ''\ndigest = 'y'", "reason"),
        ("a = 1", "a table is wanted"),
    ],
)
def test_a_file_of_acceptances_is_read_strictly(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(CallError, match=says):
        read_acceptances(path)


def test_a_limit_leaves_questions_open_and_says_none_of_nothing(oracle: Oracle) -> None:
    report = audit_policy(oracle.encoding, kinds=["gap", "conflict", "dead"], benefits=["development_grant"], limit=0.001, workers=1)
    assert report.limit_reached
    assert report.findings == ()
    assert len(report.unknown) >= 3
    assert report.to_json(oracle.encoding)["limit_reached"] is True


def test_processes_audit_the_very_policy(oracle: Oracle, tmp_path: Path) -> None:
    """Each process loads the policy from where this one came, another folder or with other numbers; not one that changed since."""
    changes, _, benefits, expected = FAULTS["two sums for one project"]
    root = copy_with(tmp_path, changes)
    options: dict[str, Any] = {"kinds": ["conflict", "gap"], "benefits": benefits, "workers": 2}
    spoilt = load(NAME, root)
    assert {finding.id for finding in audit_policy(spoilt, **options).findings} == expected
    raised = Oracle(parameters={"standard_elsewhere": "1900.00"}).encoding
    asked: dict[str, Any] = {**options, "benefits": ["directed_training_first"]}
    digests = {finding.digest(raised) for finding in audit_policy(raised, **asked).findings}
    assert digests.isdisjoint(finding.digest(oracle.encoding) for finding in audit_policy(oracle.encoding, **asked).findings)
    copy_with(root, [])
    with pytest.raises(CallError, match="audit it again"):
        audit_policy(spoilt, **options)


def test_a_kind_that_is_not_there_is_an_error(oracle: Oracle) -> None:
    with pytest.raises(CallError, match="did you mean `gap`"):
        audit_policy(oracle.encoding, kinds=["gaps"])


def _kinds_of_the_command() -> Sequence[str]:
    (kind,) = (option for option in tiaoli.commands["audit"].params if option.name == "kinds")
    assert isinstance(kind.type, click.Choice)
    return kind.type.choices


def test_the_command_knows_every_kind() -> None:
    assert set(_kinds_of_the_command()) == set(FINDING_KINDS) == set(CHECKS)


def test_sarif_points_at_the_sentences(oracle: Oracle) -> None:
    notice = (ROOT / "policy" / NAME / "notice.md").read_text("utf-8")
    words = list(find_doubtful_wording(AuditContext(oracle.encoding, None)))
    document = sarif(oracle.encoding, words, notice, "policy/notice.md", "zh")
    lines = notice.splitlines()
    (tool_run,) = document["runs"]
    for finding, result in zip(words, tool_run["results"], strict=True):
        assert tool_run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "wording"
        for anchor, location in zip(finding.sentences, result["locations"], strict=True):
            region = location["physicalLocation"]["region"]
            line = lines[region["startLine"] - 1]
            assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == oracle.policy.sentences[anchor].text
            assert f'<a id="{anchor}">' in line
    assert ANCHOR.pattern


def test_the_command(tmp_path: Path, oracle: Oracle) -> None:
    """Findings in words, as JSON, Markdown and SARIF; witnesses only where asked for; exit codes."""
    about = ["audit", "--kind", "gap", "--benefit", "directed_training_first", "--workers", "1", "--lang", "zh"]
    runner = CliRunner()
    text = runner.invoke(tiaoli, [*about, "--why"], standalone_mode=False)
    assert text.return_value == 0
    assert "错误  gap:directed_training_first.person  （四）" in text.stdout
    assert "每人1800元" in text.stdout.replace("\n  ", "")
    strict = runner.invoke(tiaoli, [*about, "--strict", "--json", "--out", str(tmp_path / "w")], standalone_mode=False)
    assert strict.return_value == 1
    (finding,) = json.loads(strict.stdout)["findings"]
    assert (finding["kind"], finding["severity"], finding["clauses"]) == ("gap", "error", ["（四）"])
    assert finding["why"][0]["outcome"] == "eligible"
    (file,) = (tmp_path / "w").iterdir()
    document = read_document(file)
    assert {**document, "id": ""} == {**finding["witness"], "id": ""}
    assert oracle.decide(Case.read(document), benefits=["directed_training_first"]).decisions[0].gap
    markdown = runner.invoke(tiaoli, [*about, "--format", "markdown"], standalone_mode=False)
    assert "### gap:directed_training_first.person （四） (error)" in markdown.stdout
    assert json.loads(runner.invoke(tiaoli, [*about, "--format", "sarif"], standalone_mode=False).stdout)["version"] == "2.1.0"
    accepting = runner.invoke(tiaoli, [*about, "--accept"], standalone_mode=False)
    assert '["gap:directed_training_first.person"]' in accepting.stdout
    limited = runner.invoke(tiaoli, [*about, "--limit", "0.001"], standalone_mode=False)
    assert limited.return_value == 3
    assert "已到时间上限" in limited.stdout
