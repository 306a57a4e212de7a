"""What a diff claims of every case: what only a rare case notices is found, and rules that look otherwise are proved to be the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import tiers
from support.altered import NAME, altered
from tiaoli import Oracle, diff
from tiaoli.analysis.version_diff import BenefitDiff
from tiaoli.cli.main import run

CARE = "add_months(Day, Months, Until), From <= Until."
SPECIAL = "person_group(C, Cert) :- special_status(C, Cert, unemployed).\n"
GROUP = f"{SPECIAL}person_group(C, Cert) :- certificate(C, Cert), "
BASE = (
    "standard_base(C, skill_uplift, Cert, Base / 100, Base \\ 100, 100 + Raise) :-"
    " certificate_base_standard(C, Cert, Base), percent(uplift, Raise)."
)
CAP = (
    "payable(C, development_grant, Project, Sum / 100, Sum \\ 100, 100) :-"
    " project_requested(C, Project, Sum), money(development_cap, Cap), Sum <= Cap."
)
STEP = "money(special_ability_standard, Step)"
ACTIVITY = "eligible_activity(C, Engagement) :- engagement_activity(C, Engagement, apprenticeship)"
REGISTERED = "met(C, care_route, Cert, registered) :- registered(C, Cert)."

RARE = {
    # twelve months are not six and six where the sixth ends a short month
    "care_route: months in two steps": (
        "c03_care.lp",
        "care_route",
        (CARE, "months(class_employment, Half), add_months(Day, Half, Mid), add_months(Mid, Half, Until), From <= Until."),
    ),
    # three items of one list together
    "special_ability: three jobs": (
        "c02_special.lp",
        "special_ability",
        (
            SPECIAL,
            f"{GROUP}employment_industry(C, One, elderly_care), employment_industry(C, Two, domestic_service),"
            " employment_industry(C, Three, other).\n",
        ),
    ),
    "special_ability: three certificates": (
        "c02_special.lp",
        "special_ability",
        (
            SPECIAL,
            f"{GROUP}certificate_kind(C, One, skill_level), certificate_kind(C, Two, other), Cert != One, Cert != Two.\n",
        ),
    ),
    "special_ability: three applications": (
        "c02_special.lp",
        "special_ability",
        (
            "excluded_post(C) :- person_civil_servant(C, true).\n",
            "excluded_post(C) :- person_civil_servant(C, true).\n"
            "excluded_post(C) :- application_outcome(C, One, granted), application_outcome(C, Two, pending),"
            " application_outcome(C, Three, refused).\n",
        ),
    ),
    # a sum that no rule compares with
    "skill_uplift: a cap": (
        "c01_uplift.lp",
        "skill_uplift",
        (
            BASE,
            BASE.replace(", percent", ", money(standard_elsewhere, Most), Base <= Most, percent")
            + "\n"
            + BASE.replace("Base / 100, Base \\ 100", "Most / 100, Most \\ 100").replace(
                ", percent", ", money(standard_elsewhere, Most), Most < Base, percent"
            ),
        ),
    ),
    # another rounding: of the share that is paid, and of the standard alone
    "skill_uplift: rounding": ("share.lp", "skill_uplift", ("+ 5000) / 10000", "+ 4999) / 10000")),
    "skill_uplift: a divisor": (
        "share.lp",
        "skill_uplift",
        ("* 100 + BaseFen * Parts + 5000) / 10000", "* 100 + BaseFen * Parts + 5000) / 10001"),
    ),
    # between the two ends of a stretch that the rules do not tell apart
    "development_grant: a window": (
        "c06_development.lp",
        "development_grant",
        (CAP, f"{CAP[:-1]}, {STEP}, Sum <= Step.\n{CAP[:-1]}, money(standard_in_shanghai, Next), Next <= Sum."),
    ),
}


def one(old: Oracle, new: Oracle, benefit: str) -> BenefitDiff:
    return diff(old, new, benefits=[benefit], limit=200).benefits[benefit]


@pytest.mark.parametrize("name", tiers.some(RARE, ["development_grant: a window"]))
def test_an_edit_that_a_rare_case_notices_is_found(oracle: Oracle, tmp_path: Path, name: str) -> None:
    file, benefit, change = RARE[name]
    found = one(oracle, altered(tmp_path, file, change), benefit)
    assert found.relation in ("wider", "narrower", "both"), found
    assert found.differs


SAME = {
    "other variables": (
        "c05_scope.lp",
        "training_scope",
        ("training_kind(C, Training, Kind), scope_kind(Kind)", "scope_kind(K), training_kind(C, Training, K)"),
    ),
    "a sum turned round": (
        "c04_directed.lp",
        "directed_training_first",
        ("counted_number(C, Class, With + Without)", "counted_number(C, Class, Without + With)"),
    ),
    "a product turned round": ("c04_directed.lp", "directed_training_second", ("Standard / 100 * Number", "Number * (Standard / 100)")),
    "both sides doubled": (
        "c04_directed.lp",
        "directed_training_first",
        ("Counted * 100 >= Base * Percent.", "Counted * 100 + 100 * Counted >= Base * Percent + Base * Percent."),
    ),
    "a comparison turned round": (
        "validity.lp",
        "apprentice_next_batch",
        ("From <= Day, day(validity_to, To), Day <= To", "Day >= From, day(validity_to, To), To >= Day"),
    ),
    "a rule split by what it asks for": (
        "c09_commission.lp",
        "institution_commission",
        (
            f"{ACTIVITY}.",
            f"{ACTIVITY}, engagement_commissioned(C, Engagement, true).\n{ACTIVITY}, engagement_commissioned(C, Engagement, false).",
        ),
    ),
    "a bound in its steps": (
        "c06_development.lp",
        "development_grant",
        (CAP, f"{CAP[:-1]}, {STEP}, Sum <= Step.\n{CAP[:-1]}, {STEP}, Step < Sum."),
    ),
}


@pytest.mark.parametrize("name", tiers.some(SAME, ["other variables"]))
def test_rules_that_only_look_otherwise_are_proved_to_be_the_same(oracle: Oracle, tmp_path: Path, name: str) -> None:
    file, benefit, change = SAME[name]
    found = one(oracle, altered(tmp_path, file, change), benefit)
    assert found.changes
    assert (found.relation, found.proved, found.within, found.others, found.unsettled) == ("equivalent", True, None, (), ())


# Everything that an answer says

SAID = {
    "gap": (
        "c04_directed.lp",
        "directed_training_second",
        (
            "no_standard(C, Instalment, Class, Trainee) :- draws(C, Instalment, Class, Trainee), ",
            "no_standard(C, Instalment, Class, Trainee) :- draws(C, Instalment, Class, Trainee), trainee_passed(C, Trainee, false), ",
        ),
    ),
    "rate": ("c01_uplift.lp", "skill_uplift", ("rate(C, skill_uplift, Cert, 100 + Raise)", "rate(C, skill_uplift, Cert, Raise)")),
    "exclusive": ("c10_limit.lp", "skill_uplift", ("Today : applied_on(C, Today) } >= Most.", "Today : applied_on(C, Today) } > Most.")),
    # who is no carer is refused already, so one more carer in name changes nothing but the condition
    "conditions": (
        "c03_care.lp",
        "care_route",
        (
            REGISTERED,
            f"{REGISTERED}\nmet(C, care_route, Cert, registered) :- certificate_kind(C, Cert, other).",
        ),
    ),
}


@pytest.mark.parametrize("part", tiers.some(SAID, ["exclusive"]))
def test_what_an_answer_says_beside_outcome_and_amount_is_compared(oracle: Oracle, tmp_path: Path, part: str) -> None:
    file, benefit, change = SAID[part]
    found = one(oracle, altered(tmp_path, file, change), benefit)
    assert (found.relation, found.proved) == ("different", True)
    assert (found.gains, found.loses) == (None, None)
    assert [other.part for other in found.others] == [part]
    (other,) = found.others
    shown = other.witness
    assert shown.old is not None
    assert shown.new is not None
    assert (shown.old.outcome, shown.old.amount) == (shown.new.outcome, shown.new.amount)
    if part == "exclusive":
        assert shown.exclusive is not None
        assert shown.exclusive[0]
        assert not shown.exclusive[1]
    else:
        assert getattr(shown.old, part) != getattr(shown.new, part)
    written = found.to_json()
    assert written["differs"][0]["part"] == part
    assert written["differs"][0]["case"] == shown.case


@tiers.slow
def test_a_part_of_an_answer_alone_makes_a_difference_for_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, benefit, change = SAID["gap"]
    altered(tmp_path, file, change)
    arguments = ["diff", NAME, str(tmp_path), "--benefit", benefit]
    assert run([*arguments, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["benefits"][benefit]["relation"] == "different"
    for lang, text in (("zh", "无标准"), ("en", "no standard")):
        assert run([*arguments, "--lang", lang]) == 1
        assert text in capsys.readouterr().out


def test_notes_are_compared_where_whole_answers_are(oracle: Oracle) -> None:
    later = Oracle(parameters={"validity_to": "2025-11-14"})
    found = diff(oracle, later, limit=0.01)
    assert found.notes is not None
    assert found.notes.case["applied_on"] == "2025-11-14"
    assert [note.kind for note in found.notes.old] == ["lapsed"]
    assert found.notes.new == ()
    assert found.differs
    assert diff(oracle, later, benefits=["training_scope"], limit=20).notes is None
    assert diff(oracle, Oracle(readings={"limit_year": "rolling"}), limit=0.01).notes is None


# Both ways, and how far


@tiers.slow
def test_both_ways_are_shown_where_a_list_of_persons_is_exhaustive(oracle: Oracle) -> None:
    """Without those that the list leaves out a class is smaller: some are paid less, and some for the whole class."""
    new = Oracle(readings={"person_lists": "exhaustive"})
    found = one(oracle, new, "directed_training_first")
    assert (found.relation, found.proved) == ("both", True)
    trainee = {"hukou": "shanghai", "passed": True, "employed_on": "2025-05-01", "employer_in_shanghai": True, "employment_ended": None}
    groups = ["unemployed"] * 5 + ["other"]
    case = {
        "id": "six",
        "applied_on": "2025-10-01",
        "training_classes": [
            {
                "id": "k1",
                "sector": "elderly_care",
                "employer_in_shanghai": True,
                "agreement_parties": ["employer", "employment_centre", "training_institution", "trainees"],
                "plan_approved": True,
                "held_in": "shanghai",
                "starts": "2025-01-10",
                "ends": "2025-03-31",
                "trainees": [
                    {**trainee, "id": f"t{number}", "group": group, "employed_on": "2025-05-01" if number < 4 else None}
                    for number, group in enumerate(groups)
                ],
            }
        ],
    }
    paid = [side.decide(case, benefits=["directed_training_first"]).decisions[0].amount for side in (oracle, new)]
    assert [str(amount) for amount in paid] == ["3000.00", "3750.00"]


@tiers.slow
@pytest.mark.parametrize(("value", "relation"), [("79", "both"), ("81", "both")])
def test_a_share_that_only_a_large_class_notices(oracle: Oracle, value: str, relation: str) -> None:
    found = one(oracle, Oracle(parameters={"whole_class": value}), "directed_training_first")
    assert (found.relation, found.proved) == (relation, True)


def test_nobody_gains_of_a_longer_retention_whatever_the_class(oracle: Oracle) -> None:
    found = one(oracle, Oracle(parameters={"class_retention": "7"}), "directed_training_second")
    assert (found.relation, found.proved, found.within) == ("narrower", True, None)
    assert found.gains is None
    assert found.domain is not None
    assert "any number" in found.domain.en


def test_as_many_applications_as_the_rules_count() -> None:
    """One more application a year is noticed by who has six, and by nobody who has fewer."""
    old = Oracle(parameters={"applications_a_year": "6"})
    found = one(old, Oracle(parameters={"applications_a_year": "7"}), "special_ability")
    assert (found.relation, found.proved) == ("wider", True)
    assert found.gains is not None
    assert len(found.gains.case["applications"]) == 6
