"""The audit of a policy: what it says of the shipped notice, and the faults planted in copies of it, each found and nothing else."""
# ruff: noqa: E501 - rules are quoted as they stand, a line each

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import click
import pytest
from click.testing import CliRunner

from support import tiers
from support.cases import read_case
from support.paths import AMENDED, ROOT
from tiaoli import CallError, Oracle
from tiaoli.analysis import BenefitDiff, compare_benefits
from tiaoli.audit.acceptance import acceptance_text, read_acceptances
from tiaoli.audit.audit_run import CHECKS, audit_policy
from tiaoli.audit.check_cliffs import find_cliffs, find_perverse_incentives
from tiaoli.audit.check_conflicts import find_conflicts
from tiaoli.audit.check_dead_rules import find_dead_rules
from tiaoli.audit.check_deadlines import find_missed_deadlines
from tiaoli.audit.check_double_grounds import find_double_grounds
from tiaoli.audit.check_gaps import find_gaps
from tiaoli.audit.check_limits import find_holes_in_limits, find_limits_after_the_lapse
from tiaoli.audit.check_overlaps import find_overlaps
from tiaoli.audit.check_readings import find_reading_splits
from tiaoli.audit.check_siblings import find_barred_groups, find_shared_events
from tiaoli.audit.check_wording import find_doubtful_wording
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.finding_kinds import FINDING_KINDS
from tiaoli.case.documents import read_document
from tiaoli.cli.main import tiaoli
from tiaoli.encoding.loader import load_encoding
from tiaoli.policy.text import ANCHOR
from tiaoli.present.findings_sarif import sarif

NAME = "hrss-2024-20"
Check = Callable[[AuditContext], Iterator[Finding]]


def found(check: Check, benefits: list[str], root: Path | None = None) -> dict[str, Finding]:
    """What one check finds about some benefits, with nothing left open."""
    audit = AuditContext(load_encoding(NAME, root), None, benefits)
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

UPLIFT = "standard_base(C, skill_uplift, Cert, Base / 100, Base \\ 100, 100 + Raise) :- certificate_base_standard(C, Cert, Base), percent(uplift, Raise)."
UP_TO_CAP = "payable(C, development_grant, Project, Sum / 100, Sum \\ 100, 100) :- project_requested(C, Project, Sum), money(development_cap, Cap), Sum <= Cap."

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
        {"dead:row.catalogue.4-10-01-05"},
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
        {"overlap:grounds.c06_development.24+25"},
    ),
    "two sums that agree at one base alone": (
        [("c01_uplift.lp", UPLIFT, f"{UPLIFT}\nstandard_base(C, skill_uplift, Cert, Base / 100, Base \\ 100, 100 + Raise) :- certificate(C, Cert), money(special_ability_standard, Base), percent(uplift, Raise).")],
        find_conflicts,
        ["skill_uplift"],
        {"conflict:skill_uplift.amounts"},
    ),
    "two sums where there are three projects": (
        [("c06_development.lp", UP_TO_CAP, f"{UP_TO_CAP}\npayable(C, development_grant, Project, Cap / 100, Cap \\ 100, 100) :- project_requested(C, Project, Sum), money(development_cap, Cap), Sum <= Cap,"
          " project(C, Second), Second != Project, project(C, Third), Third != Project, Third != Second.")],
        find_conflicts,
        ["development_grant"],
        {"conflict:development_grant.amounts"},
    ),
    "no sum for the sums between two others": (
        [("c06_development.lp", UP_TO_CAP, f"{UP_TO_CAP[:-1]}, money(standard_in_shanghai, Less), Sum < Less.\n"
          f"{UP_TO_CAP[:-1]}, money(standard_elsewhere, More), More < Sum.")],
        find_gaps,
        ["development_grant"],
        {"gap:development_grant.amount"},
    ),
    "an occupation that no row of the annex lists": (
        [("annex.csv", "16,4-10-01-05,养老护理员\n", ""), ("annex.csv", "17,4-10-01-06", "16,4-10-01-06")],
        find_gaps,
        ["care_route"],
        {"gap:code.elderly_care"},
    ),
    "what happened before the notice began": (
        [("validity.lp", "day(validity_from, From), From <= Day, day(validity_to, To), Day <= To.", "day(validity_to, To), Day <= To.")],
        find_missed_deadlines,
        ["apprentice_direct_payment"],
        {"out_of_time:apprentice_direct_payment.early"},
    ),
    "a group that one clause alone bars": (
        [("c03_care.lp", "met(C, care_route, Cert, certificate_kind) :- care_qualification(C, Cert).", "met(C, care_route, Cert, certificate_kind) :- care_qualification(C, Cert), not person_civil_servant(C, true).")],
        find_barred_groups,
        ["skill_uplift", "care_route"],
        {"conflict:care_route.barred"},
    ),
    "a rule whose period ends before it begins": (
        [("c06_development.lp", AGAIN, f"{AGAIN}\nmet(C, development_grant, Project, review_passed) :- project_reviewed_on(C, Project, Day), months(class_retention, Months), add_months(Day, Months, Until), Until < Day."),
         ("fields.toml", 'label = { zh = "评审日期", en = "day of the review" }', 'label = { zh = "评审日期", en = "day of the review" }\nsince = { zh = "自评审之日起", en = "from the day of the review" }')],
        find_dead_rules,
        ["development_grant"],
        {"dead:rule.c06_development.24"},
    ),
}  # fmt: skip
"""For each fault what is changed, the check that must see it, the benefits looked at, and what it finds beside what it finds in
the shipped notice; what goes away with it has a minus."""


QUICK = (
    "a sum is left unset",
    "a rule that never applies",
    "a sum that waits for after the lapse",
)
"""Faults that are planted with every change; the others wait."""


@pytest.mark.parametrize("fault", tiers.some(FAULTS, QUICK))
def test_a_planted_fault_is_found_and_nothing_else(tmp_path: Path, fault: str) -> None:
    changes, check, benefits, expected = FAULTS[fault]
    clean, spoilt = found(check, benefits), found(check, benefits, copy_with(tmp_path, changes))
    # what stands further down in a changed file is called by another line
    moved = {name for name in clean if any(file.removesuffix(".lp") in name for file, _, _ in changes)}
    gone = {f"-{name}" for name in clean.keys() - spoilt.keys() - moved}
    assert (spoilt.keys() - clean.keys() - moved) | gone == expected


BY_DEADLINE = "contract_by_deadline(C, _, Apprentice, _), reading(contract_window, by_deadline)."
STARTED = "apprenticeship_starts(C, Project, Starts), Starts <= Day"


def test_a_reading_that_only_the_rest_of_an_answer_shows_is_not_dead(tmp_path: Path) -> None:
    """Who signs too early fails another condition too: the option decides that one condition, and nobody's outcome."""
    term = "met(C, apprentice_scope, Apprentice, contract_term)    :- apprentice_contract_months(C, Apprentice, Term),"
    early = f"{term} apprentice_contract_signed(C, Apprentice, Day), apprentice(C, Project, Apprentice), {STARTED},"
    shown = found(find_reading_splits, ["apprentice_scope"], copy_with(tmp_path, [("c07_apprentice.lp", term, early)]))
    finding = shown["fork:contract_window.by_deadline"]
    assert finding.severity == "note"
    assert "(conditions)" in finding.statement.en


def test_a_reading_without_effect_on_so_many_items_is_said_with_their_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where versions were compared over so many items, that is what the finding says."""
    same = f"contract_by_deadline(C, Project, Apprentice, Day), {STARTED}, reading(contract_window, by_deadline)."

    def bounded(*arguments: Any) -> Iterator[BenefitDiff]:
        yield from (replace(diff, within={"apprenticeships": 3}) for diff in compare_benefits(*arguments))

    monkeypatch.setattr("tiaoli.audit.check_readings.compare_benefits", bounded)
    changed = copy_with(tmp_path, [("c07_apprentice.lp", BY_DEADLINE, same)])
    finding = found(find_reading_splits, ["apprentice_scope"], changed)["dead:reading.contract_window.by_deadline"]
    assert "(searched with at most 3 of each apprenticeship" in finding.statement.en


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


EXCLUDED_POST = next(
    block
    for block in (ROOT / "policy" / NAME / "vocabulary.toml").read_text("utf-8").split("\n\n")
    if block.startswith("[predicate.excluded_post]")
)

MENDED: dict[str, tuple[list[tuple[str, str, str]], Check, list[str], str]] = {
    "gap": (
        [("c04_directed.lp", "class_held_in(C, Class, elsewhere), trainee_hukou(C, Trainee, other).", "class_held_in(C, Class, elsewhere), trainee_hukou(C, Trainee, _).")],
        find_gaps,
        ["directed_training_first"],
        "gap:directed_training_first.person",
    ),
    "overlap": (
        [("c10_limit.lp", "limited(Benefit), limit_applies(C), last_application(C).", "last_application(C).")],
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
    "a limit that a change of status lifts": (
        [("c10_limit.lp", "limit_applies(C) :- person_status(C, employed), applied_on(C, Today)", "limit_applies(C) :- applied_on(C, Today)")],
        find_holes_in_limits,
        ["special_ability"],
        "gap:annual_limit.status",
    ),
    "granted before the notice began": (
        [("validity.lp", "event_day(C, Benefit, Subject, _), event_ahead(Benefit).", "event_day(C, Benefit, Subject, _), event_ahead(Benefit), applied_on(C, Today), day(validity_from, From), From <= Today.")],
        find_missed_deadlines,
        ["apprentice_next_batch"],
        "out_of_time:apprentice_next_batch.early",
    ),
    "a group barred": (
        [("c02_special.lp", "special_status(C, Cert, employed), not excluded_post(C).", "special_status(C, Cert, employed)."),
         ("c02_special.lp", "excluded_post(C) :- person_civil_servant(C, true).\nexcluded_post(C) :- person_public_institution_post(C, non_skilled).\n", ""),
         ("c02_special.lp", "special_status(C, Cert, graduating_student), person_school_in_shanghai(C, true).", "special_status(C, Cert, graduating_student)."),
         ("c02_special.lp", ", person_in_city_groups(C, true), reading(person_lists, city_rules).", ", reading(person_lists, city_rules)."),
         ("vocabulary.toml", EXCLUDED_POST, "")],
        find_barred_groups,
        ["skill_uplift", "special_ability", "care_route"],
        "conflict:special_ability.barred",
    ),
    "a failure that raises the sum": (
        [("c04_directed.lp", "rate_base(C, Class, Trainee) :- in_class(C, Class, Trainee), trainee_passed(C, Trainee, true), reading(class_rate_base, passed).", "rate_base(C, Class, Trainee) :- in_class(C, Class, Trainee), reading(class_rate_base, passed).")],
        find_perverse_incentives,
        ["directed_training_first"],
        "cliff:directed_training_first.trainee_passed",
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


@pytest.mark.parametrize("kind", tiers.some(MENDED, list(MENDED)[:1]))
def test_a_mended_rule_takes_its_finding_away(tmp_path: Path, kind: str) -> None:
    changes, check, benefits, name = MENDED[kind]
    assert name in found(check, benefits)
    assert name not in found(check, benefits, copy_with(tmp_path, changes))


def test_a_limit_that_begins_after_the_lapse_is_out_of_time(oracle: Oracle) -> None:
    """A limit is late from its first day on; with the first day of the notice it is not, and after the last it is out of time."""

    def late(day: str | None) -> dict[str, Finding]:
        chosen = Oracle(parameters={"annual_limit_from": day} if day else None).encoding
        audit = AuditContext(chosen, None, ["special_ability"])
        checks = (find_holes_in_limits, find_limits_after_the_lapse)
        return {finding.id: finding for check in checks for finding in check(audit) if "annual_limit_from" in finding.id}

    found = late(None)
    assert set(found) == {"gap:late.annual_limit_from"}
    assert "2024-11-14至2024-12-31" in found["gap:late.annual_limit_from"].statement.zh
    witness = found["gap:late.annual_limit_from"].witness
    assert witness is not None
    outcomes = [oracle.decide(case, benefits=["special_ability"]).decisions[0].outcome for case in (witness.case, *witness.others)]
    assert (outcomes, witness.others[0]["applied_on"]) == (["eligible", "not_eligible"], "2025-01-01")
    assert late("2024-11-14") == {}
    assert set(late("2025-11-14")) == {"out_of_time:limit.annual_limit_from"}


def test_one_event_can_be_used_for_several_clauses(oracle: Oracle) -> None:
    """The events that the policy names, each with the benefits that one case is granted for it on one day; without two clauses nothing."""
    shared = found(find_shared_events, [])
    assert shared == {}
    asked = ["directed_training_first", "training_scope", "institution_commission", "apprentice_direct_payment"]
    finding = found(find_shared_events, asked)["overlap:event.training"]
    assert finding.benefits == tuple(benefit for benefit in oracle.policy.benefits if benefit in asked)
    assert finding.witness is not None
    assert {decision.outcome for decision in oracle.decide(finding.witness.case, benefits=asked).decisions} == {"eligible"}
    days = [
        item["starts"] for key in ("training_classes", "trainings", "engagements", "apprenticeships") for item in finding.witness.case[key]
    ]
    assert len(set(days)) == 1
    assert found(find_shared_events, ["directed_training_first", "directed_training_second"]) == {}


def test_who_is_not_limited_is_said() -> None:
    twice = found(find_overlaps, ["special_ability"])["overlap:special_ability.twice"]
    assert "（十）只限制申请时的身份为“在职人员”的" in twice.statement.zh
    assert "“失业人员、毕业学年学生、其他人员”不受限制" in twice.statement.zh


def test_a_period_that_always_outlives_the_notice_is_told_from_one_that_can() -> None:
    periods = found(find_missed_deadlines, ["care_route", "apprentice_scope"])
    assert "总在通知失效之后才届满" in periods["out_of_time:period.care_employment"].statement.zh
    assert "可以在通知失效之后才届满" in periods["out_of_time:period.apprentice_contract"].statement.zh


def test_what_only_concerns_the_rules_is_told_from_what_the_norm_says() -> None:
    dead = found(find_dead_rules, ["skill_uplift", "care_route"])
    assert {finding.concerns for name, finding in dead.items() if name.startswith("dead:part.")} == {"encoding"}
    assert dead["dead:care_route.employed_in_time"].concerns == "norm"
    assert {finding.concerns for finding in found(find_double_grounds, ["special_ability"]).values()} == {"encoding"}


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
    # each word that leaves something open is one finding, with the phrases in which it stands; 等级 is no list left open
    (open_list,) = (finding for finding in words if finding.name == "open-list")
    assert {"c4.s1", "c6.s1"} <= set(open_list.sentences)
    assert "c1.s2" not in open_list.sentences
    assert "（二）“失业人员等各类人员获得上述专项职业能力证书的”" in open_list.statement.zh


def test_accepted_findings_come_back_when_their_rules_change(tmp_path: Path, oracle: Oracle) -> None:
    options: dict[str, Any] = {"kinds": ["gap"], "benefits": ["directed_training_first"], "workers": 1}
    first = audit_policy(oracle.encoding, **options)
    path = tmp_path / "accepted.toml"
    text = acceptance_text(first.findings, oracle.encoding)
    path.write_text(text.replace('reason = ""', 'reason = "已报主管部门"'), "utf-8")
    accepted = read_acceptances(path)
    again = audit_policy(oracle.encoding, accepted=accepted, **options)
    assert (again.findings, [item.reason for _, item in again.accepted]) == ((), ["已报主管部门"])
    changed = load_encoding(NAME, copy_with(tmp_path, [("parameters.toml", 'value = "1800.00"', 'value = "1900.00"')]))
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


def test_a_limit_is_kept_and_memory_has_a_bound(oracle: Oracle) -> None:
    started = monotonic()
    report = audit_policy(oracle.encoding, kinds=["cliff"], benefits=["directed_training_second"], limit=0.5, workers=1)
    # the machine may have other work
    assert monotonic() - started < 6
    assert report.limit_reached
    assert any("the time limit was reached" in what.en for what in report.unknown)
    scarce = audit_policy(oracle.encoding, kinds=["cliff"], benefits=["directed_training_second"], memory=1, workers=1)
    assert any("the memory limit was reached" in what.en for what in scarce.unknown)
    assert scarce.findings == ()


NORM = {
    "gap": {"directed_training_first.person", "directed_training_second.person", "late.annual_limit_from", "annual_limit.status",
            "sums.none", "sums.skill_uplift", "sums.special_ability"},
    "overlap": {"skill_uplift+care_route", "skill_uplift.twice", "special_ability.twice", "event.training", "event.hire",
                *(f"exclusive.{pair}" for pair in ("skill_uplift+skill_uplift", "skill_uplift+special_ability", "skill_uplift+care_route",
                                                  "special_ability+special_ability", "special_ability+care_route", "care_route+care_route"))},
    "conflict": {"record.registry", "special_ability.barred"},
    "dead": {"care_route.employed_in_time"},
    "out_of_time": {"apprentice_next_batch.early", "skill_uplift", "special_ability", "care_route", "directed_training_first",
                    "directed_training_second", "apprentice_scope",
                    *(f"period.{name}" for name in ("care_employment", "rolling_year", "class_employment", "class_retention", "apprentice_contract"))},
    "cliff": {"directed_training_first.trainee", "directed_training_first.trainee_passed"},
}  # fmt: skip
"""What the audit finds in the notice, each read and judged, beside forks and words."""

RULES = {
    "overlap": {"grounds.c01_uplift.20+22", "grounds.c02_special.20+21", "grounds.c02_special.20+22", "grounds.c02_special.20+23",
                "grounds.c02_special.20+24", "grounds.c02_special.32+33", "grounds.c05_scope.25+28", "grounds.validity.17+18"},
    "dead": {"part.c03_care.46.2", "part.c03_care.56.0", "part.c04_directed.39.1", "part.c04_directed.40.1", "part.c04_directed.94.1",
             "part.c05_scope.28.1"},
}  # fmt: skip
"""What it finds in the rules alone."""


def replayed(oracle: Oracle, finding: Finding) -> None:
    """The copies of a witness decided by clingo: of the decisions that show the finding one is granted in some copy."""
    witness = finding.witness
    assert witness is not None
    readings = oracle.policy.other_readings(witness.readings)
    decisions = [one for case in (witness.case, *witness.others) for one in oracle.decide(case, readings=readings).decisions]
    assert any(one.outcome == "eligible" for one in decisions if one.benefit in finding.benefits), finding.id


@pytest.mark.slow
@pytest.mark.parametrize("kind", NORM)
def test_every_finding_of_the_notice_is_known(oracle: Oracle, kind: str) -> None:
    """Nothing is found in the notice but what was read and judged, and no id stands for two findings; each witness is decided again."""
    report = audit_policy(oracle.encoding, kinds=[kind])
    assert report.unknown == ()
    ids = [finding.id for finding in report.findings]
    assert len(ids) == len(set(ids))
    for concerns, expected in (("norm", NORM), ("encoding", RULES)):
        assert {finding.name for finding in report.findings if finding.concerns == concerns} == expected.get(kind, set())
    for finding in report.findings:
        if finding.witness is not None and finding.concerns == "norm":
            replayed(oracle, finding)
        assert all(anchor in oracle.policy.sentences for anchor in finding.sentences)
        assert {"zh", "en"} <= finding.statement.to_json().keys()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gap", "conflict", "cliff", "overlap"])
def test_no_false_alarm_on_the_amended_version(kind: str) -> None:
    """The amended version says the same where it is the same: it adds no finding of these kinds."""
    amended = Oracle("hrss-2024-20-amended", policy_root=AMENDED).encoding
    names = {finding.name for finding in audit_policy(amended, kinds=[kind]).findings if finding.concerns == "norm"}
    assert names == NORM[kind]


def test_a_limit_leaves_questions_open_and_says_none_of_nothing(oracle: Oracle) -> None:
    report = audit_policy(oracle.encoding, kinds=["gap", "conflict", "dead"], benefits=["development_grant"], limit=0.001, workers=1)
    assert report.limit_reached
    assert report.findings == ()
    assert len(report.unknown) >= 3
    assert report.to_json(oracle.encoding)["limit_reached"] is True


@tiers.slow
def test_processes_audit_the_very_policy(oracle: Oracle, tmp_path: Path) -> None:
    """Each process audits the policy as it was loaded, from another folder or with other numbers."""
    changes, _, benefits, expected = FAULTS["two sums for one project"]
    root = copy_with(tmp_path, changes)
    options: dict[str, Any] = {"kinds": ["conflict", "gap"], "benefits": benefits, "workers": 2}
    spoilt = load_encoding(NAME, root)
    assert {finding.id for finding in audit_policy(spoilt, **options).findings} == expected
    raised = Oracle(parameters={"standard_elsewhere": "1900.00"}).encoding
    asked: dict[str, Any] = {**options, "benefits": ["directed_training_first"]}
    digests = {finding.digest(raised) for finding in audit_policy(raised, **asked).findings}
    assert digests.isdisjoint(finding.digest(oracle.encoding) for finding in audit_policy(oracle.encoding, **asked).findings)
    # what was loaded is audited, whatever the files say by now
    copy_with(root, [])
    assert {finding.id for finding in audit_policy(spoilt, **options).findings} == expected


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
    assert oracle.decide(read_case(document), benefits=["directed_training_first"]).decisions[0].gap
    # a file that says something else stays, and the findings are printed all the same
    file.write_text("id: mine\n", "utf-8")
    kept = runner.invoke(tiaoli, [*about, "--out", str(tmp_path / "w")], standalone_mode=False)
    assert (kept.return_value, file.read_text("utf-8")) == (2, "id: mine\n")
    assert "gap:directed_training_first.person" in kept.stdout
    assert str(file) not in kept.stdout
    assert str(file) in kept.stderr
    markdown = runner.invoke(tiaoli, [*about, "--format", "markdown"], standalone_mode=False)
    assert "### gap:directed_training_first.person （四） (error)" in markdown.stdout
    assert json.loads(runner.invoke(tiaoli, [*about, "--format", "sarif"], standalone_mode=False).stdout)["version"] == "2.1.0"
    accepting = runner.invoke(tiaoli, [*about, "--accept"], standalone_mode=False)
    assert '["gap:directed_training_first.person"]' in accepting.stdout
    limited = runner.invoke(tiaoli, [*about, "--limit", "0.001"], standalone_mode=False)
    assert limited.return_value == 3
    assert "已到时间上限" in limited.stdout
