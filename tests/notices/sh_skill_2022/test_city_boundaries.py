"""The city's ordinary rules of 2022: each day on which something begins or ends, from both sides; each grade paid before; each group; each
reading."""

from __future__ import annotations

import csv
import random
import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from notices.sh_skill_2022 import holders, reference
from notices.sh_skill_2022.reference import CONDITIONS, READINGS, SENTENCES, STANDARDS, Decision, Item, Readings, decide
from notices.sh_skill_2022.samples import CERTIFICATE, PAID, PAID_SPECIAL, SPECIAL, case, decided
from support.quotes import not_in, plain
from support.tiers import sized

HERE = Path(__file__).parent
with HERE.joinpath("text", "sentences.csv").open(encoding="utf-8", newline="") as rows:
    WORDS = {row["anchor"]: row["words"] for row in csv.DictReader(rows)}
LEFT_OPEN = tomllib.loads(HERE.joinpath("readings.toml").read_text("utf-8"))


def unmet(made: Item, **chosen: Any) -> list[str]:
    """The conditions that are not met; each is known, and the outcome follows from them."""
    found = decided(made, **chosen)
    failing = [name for name, status in found.conditions.items() if status == "unmet"]
    assert "unknown" not in found.conditions.values()
    assert found.outcome == ("not_eligible" if failing else "eligible")
    return failing


# The words


def test_what_is_quoted_stands_in_the_sentences() -> None:
    assert not_in("\n".join(WORDS.values()), reference, ("「", "」")) == []


def test_a_reason_names_sentences_that_there_are() -> None:
    assert list(SENTENCES) == list(CONDITIONS)
    assert {anchor for anchors in SENTENCES.values() for anchor in anchors} <= set(WORDS)
    for name in CONDITIONS:
        assert set(re.findall(r"[a-z]+\.s\d", getattr(reference, name).__doc__)) <= set(SENTENCES[name])


def test_what_the_words_leave_open_is_said_with_its_words() -> None:
    assert {name: tuple(found["options"]) for name, found in LEFT_OPEN["reading"].items()} == READINGS
    assert {name: get_args(hint) for name, hint in get_type_hints(Readings).items()} == READINGS
    for found in [*LEFT_OPEN["reading"].values(), *LEFT_OPEN["doubt"]]:
        assert plain(found["quote"]) in plain(WORDS[found["sentence"]]), found


# Each condition alone


LOST: dict[str, Item] = {
    "recognised": case(assessor_filed=False),
    "in_time": case(issued="2024-05-31"),
    "person_group": case(person={"of_working_age": False}),
    "first_payment": case({}),
}


def test_the_case_that_the_rows_change_is_granted() -> None:
    assert decided(case()) == Decision(
        subject="c1",
        outcome="eligible",
        conditions=dict.fromkeys(CONDITIONS, "met"),
        reasons=(),
        percent=80,
        standard="2500.00",
        amount="2000.00",
        amount_range=None,
        missing=(),
    )


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_that_fails_alone_refuses(condition: str) -> None:
    found = decided(LOST[condition])
    assert unmet(LOST[condition]) == [condition]
    assert found.reasons == SENTENCES[condition]
    assert (found.standard, found.amount, found.percent) == (None, None, 80)


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({}, True),
        (SPECIAL, True),
        ({"kind": "other"}, False),
        ({"route": "firm_recognition"}, False),
        ({"route": "competition"}, False),
        ({"route": "honour"}, False),
        ({"route": "other"}, False),
        ({"assessor_filed": False}, False),
    ],
)
def test_which_certificates_are_recognised(changes: Item, met: bool) -> None:
    assert unmet(case(**changes)) == ([] if met else ["recognised"])


# Twelve months


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        ("2025-03-01", "2026-03-01"),
        ("2025-01-31", "2026-01-31"),
        ("2024-12-31", "2025-12-31"),
        # no 29 February a year later; a year after the 28th is the 28th, and the day before 1 March may be either
        ("2024-02-29", "2025-02-28"),
        ("2024-02-28", "2025-02-28"),
        ("2023-02-28", "2024-02-28"),
        ("2023-03-01", "2024-03-01"),
        ("2024-11-14", "2025-11-14"),
        ("2025-11-13", "2026-11-13"),
    ],
)
def test_the_last_day_to_apply_is_inside_and_the_day_after_is_not(issued: str, last: str) -> None:
    day = date.fromisoformat(last)
    assert reference.last_day_to_apply({"issued": issued}) == day
    for more, failing in ((-1, []), (0, []), (1, ["in_time"])):
        applied_on = (day + timedelta(days=more)).isoformat()
        assert unmet(case(applied_on=applied_on, issued=issued)) == failing


@pytest.mark.parametrize(("applied_on", "failing"), [("2025-02-28", ["in_time"]), ("2025-03-01", []), ("2025-03-02", [])])
def test_one_can_apply_from_the_day_of_issue(applied_on: str, failing: list[str]) -> None:
    assert unmet(case(applied_on=applied_on)) == failing


# Groups, shares, sums


WHOLE, PART, NONE = (100, True), (80, True), (80, False)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        # workers: insured, of any hukou; neither civil servants nor in a post without a skill
        ({"hukou": "shanghai"}, PART),
        ({"hukou": "other"}, PART),
        ({"insured_in_shanghai": False}, NONE),
        ({"civil_servant": True}, NONE),
        ({"public_institution_post": "non_skilled"}, NONE),
        ({"public_institution_post": "skilled"}, PART),
        # the jobless: of Shanghai; insurance, and the posts of workers, are not looked at
        ({"status": "unemployed", "hukou": "shanghai"}, WHOLE),
        ({"status": "unemployed", "hukou": "shanghai", "insured_in_shanghai": False, "civil_servant": True}, WHOLE),
        ({"status": "unemployed", "hukou": "other"}, NONE),
        # the groups paid in full, whatever the status, the hukou and the insurance
        ({"groups": ["assisted_insurance"]}, WHOLE),
        ({"groups": ["former_rural_labour"], "status": "other", "insured_in_shanghai": False}, WHOLE),
        ({"groups": ["disabled"], "civil_servant": True}, WHOLE),
        ({"groups": ["recent_veteran"], "status": "unemployed"}, WHOLE),
        ({"groups": ["disabled", "flexible_worker"]}, WHOLE),
        # flexible workers: of Shanghai, insured or not
        ({"groups": ["flexible_worker"], "status": "other", "hukou": "shanghai", "insured_in_shanghai": False}, PART),
        ({"groups": ["flexible_worker"], "status": "other", "hukou": "other"}, NONE),
        ({"groups": ["flexible_worker"], "status": "unemployed", "hukou": "shanghai"}, WHOLE),
        # people with employment difficulties: recorded only
        ({"groups": ["employment_difficulty"], "status": "other"}, NONE),
        ({"status": "other", "hukou": "shanghai"}, NONE),
        ({"status": "graduating_student"}, NONE),
    ],
)
def test_who_is_in_a_group_and_has_which_share(person: Item, expected: tuple[int, bool]) -> None:
    found = decided(case(person=person))
    assert (found.percent, found.conditions["person_group"] == "met") == expected


@pytest.mark.parametrize(
    ("school", "certificate", "counts"),
    [
        *(("vocational", {"level": level}, True) for level in STANDARDS),
        *(("university", {"level": level}, level < 5) for level in STANDARDS),
        *(("other", {"level": level}, False) for level in STANDARDS),
        ("vocational", SPECIAL, True),
        # the grade of a certificate that has none is not looked at; of a certificate of another kind it is
        ("university", SPECIAL | {"level": 5}, True),
        ("university", {"kind": "other", "level": 4}, True),
        ("university", {"kind": "other", "level": 5}, False),
        ("other", SPECIAL, False),
    ],
)
def test_students_by_school_and_grade(school: str, certificate: Item, counts: bool) -> None:
    """Students on the day of issue, in a school of the city; what they are now is another matter."""
    person = {"status": "other", "school_in_shanghai": True, "school_kind": school}
    graduating = case(person=person, holder_status="graduating_student", **certificate)
    assert decided(graduating).conditions["person_group"] == ("met" if counts else "unmet")
    assert decided(graduating).percent == 80
    for changed in (
        case(person={**person, "school_in_shanghai": False}, holder_status="graduating_student", **certificate),
        case(person={**person, "status": "graduating_student"}, holder_status="other", **certificate),
    ):
        assert decided(changed).conditions["person_group"] == "unmet"


SHANGHAI = {"hukou": "shanghai"}


@pytest.mark.parametrize(
    "person", [{}, {"groups": ["disabled"]}, SHANGHAI | {"status": "unemployed"}, SHANGHAI | {"groups": ["flexible_worker"]}]
)
def test_whoever_is_not_of_working_age_is_refused_and_keeps_the_share(person: Item) -> None:
    young, old = decided(case(person=person)), decided(case(person={**person, "of_working_age": False}))
    assert young.outcome == "eligible"
    assert old.conditions == young.conditions | {"person_group": "unmet"}
    assert old.percent == young.percent


@pytest.mark.parametrize(
    ("level", "standard", "in_part"),
    [(5, "1500.00", "1200.00"), (4, "2000.00", "1600.00"), (3, "2500.00", "2000.00"), (2, "3000.00", "2400.00"), (1, "3500.00", "2800.00")],
)
def test_the_sum_of_each_grade(level: int, standard: str, in_part: str) -> None:
    worker, disabled = decided(case(level=level)), decided(case(level=level, person={"groups": ["disabled"]}))
    assert (worker.standard, worker.amount) == (standard, in_part)
    assert (disabled.standard, disabled.amount) == (standard, standard)


@pytest.mark.parametrize("level", STANDARDS)
def test_a_certificate_without_a_grade_has_a_standard_of_its_own(level: int) -> None:
    assert (decided(case(**SPECIAL, level=level)).standard, decided(case(**SPECIAL, level=level)).amount) == ("1000.00", "800.00")


def test_each_certificate_is_decided_by_itself() -> None:
    made = case()
    made["certificates"].append(CERTIFICATE | SPECIAL | {"id": "c2", "route": "competition"})
    assert [(found.subject, found.outcome) for found in decide(made)] == [("c1", "eligible"), ("c2", "not_eligible")]


# Paid before


@pytest.mark.parametrize("before", STANDARDS)
@pytest.mark.parametrize("now", STANDARDS)
def test_once_a_grade_is_paid_only_a_higher_one_is(before: int, now: int) -> None:
    """One is the highest."""
    assert unmet(case({"level": before}, level=now)) == ([] if now < before else ["first_payment"])


@pytest.mark.parametrize(
    ("before", "now", "blocks"),
    [
        ({}, {}, True),
        ({"occupation_code": "6-25-02-06"}, {}, False),
        ({"kind": "special"}, {}, False),
        ({"kind": "training"}, {}, False),
        ({"outcome": "pending"}, {}, False),
        ({"outcome": "refused"}, {}, False),
        # the day of the application counts, the day after has not happened
        ({"date": "2025-05-31"}, {}, True),
        ({"date": "2025-06-01"}, {}, True),
        ({"date": "2025-06-02"}, {}, False),
        # long ago, and whatever the person was then
        ({"date": "1999-01-01", "status": "unemployed"}, {}, True),
        # without a grade: the same domain, whatever the occupation and the grade
        (PAID_SPECIAL, SPECIAL, True),
        (PAID_SPECIAL | {"occupation_code": "4-04-05-05", "level": 5}, SPECIAL | {"level": 1}, True),
        (PAID_SPECIAL | {"domain": "ai_model_application"}, SPECIAL, False),
        (PAID_SPECIAL | {"kind": "skill"}, SPECIAL, False),
        (PAID_SPECIAL | {"outcome": "refused"}, SPECIAL, False),
        (PAID_SPECIAL | {"date": "2025-06-02"}, SPECIAL, False),
    ],
)
def test_what_was_paid_for_the_same(before: Item, now: Item, blocks: bool) -> None:
    assert unmet(case(before, **now)) == (["first_payment"] if blocks else [])


def test_one_of_several_is_enough() -> None:
    assert unmet(case({"id": "p1", "outcome": "refused"}, {"id": "p2"}, {"id": "p3", "kind": "training"})) == ["first_payment"]


# Readings


FLEXIBLE = {"groups": ["flexible_worker"], "status": "other", "hukou": "shanghai", "insured_in_shanghai": False}
UNIVERSITY = {"status": "other", "school_in_shanghai": True, "school_kind": "university"}


@pytest.mark.parametrize(
    ("made", "chosen", "by_default", "otherwise"),
    [
        (case({"outcome": "refused"}), {"once_counts": "filed"}, [], ["first_payment"]),
        (case({"outcome": "pending", "level": 2}), {"once_counts": "filed"}, [], []),
        (case({"outcome": "granted", "level": 2}), {"once_counts": "filed"}, ["first_payment"], ["first_payment"]),
        (case(PAID_SPECIAL | {"outcome": "pending"}, **SPECIAL), {"once_counts": "filed"}, [], ["first_payment"]),
        (case(PAID_SPECIAL, **SPECIAL), {"once_special": "not_covered"}, ["first_payment"], []),
        (case({}), {"once_special": "not_covered"}, ["first_payment"], ["first_payment"]),
        (case(person={"groups": ["disabled"], "status": "other"}), {"hukou_reach": "all"}, [], ["person_group"]),
        (case(person={"groups": ["disabled"], "status": "other", "hukou": "shanghai"}), {"hukou_reach": "all"}, [], []),
        (case(person=FLEXIBLE), {"flexible_insurance": "asked"}, [], ["person_group"]),
        (case(person=FLEXIBLE | {"insured_in_shanghai": True}), {"flexible_insurance": "asked"}, [], []),
        (case(person=UNIVERSITY, holder_status="graduating_student", **SPECIAL), {"student_special": "graded_only"}, [], ["person_group"]),
        (case(person=UNIVERSITY, holder_status="graduating_student"), {"student_special": "graded_only"}, [], []),
    ],
)
def test_each_reading(made: Item, chosen: Item, by_default: list[str], otherwise: list[str]) -> None:
    assert unmet(made) == by_default
    assert unmet(made, **chosen) == otherwise


def test_a_hukou_that_every_group_needs_bears_on_the_share() -> None:
    disabled = case(person={"groups": ["disabled"]})
    assert (decided(disabled).amount, decided(disabled, hukou_reach="all").amount) == ("2500.00", "2000.00")


# What holds of any holder


@sized(300, 6_000)
def test_what_holds_of_any_holder(size: int) -> None:
    """Granted where all is met, for the whole of one of six standards or four fifths of it; a paid one is never paid again."""
    rng = random.Random(2022)
    granted = 0
    for _ in range(size):
        made, chosen = holders.holder(rng), holders.readings(rng)
        for found, certificate in zip(decide(made, chosen), made["certificates"], strict=True):
            assert found.outcome == ("eligible" if set(found.conditions.values()) == {"met"} else "not_eligible")
            assert (found.amount is None) is (found.standard is None) is (found.outcome != "eligible")
            assert (found.reasons == ()) is (found.outcome == "eligible")
            assert found.percent in (80, 100)
            assert found.missing == ()
            if found.amount is not None and found.standard is not None:
                granted += 1
                assert found.amount == reference.money(reference.standard(certificate) * (found.percent or 0) / 100)
                paid = {"kind": "special" if certificate["kind"] == "special_ability" else "skill", "date": made["applied_on"]}
                paid |= {name: certificate[name] for name in ("occupation_code", "level", "domain")}
                again = {**made, "applications": [{**PAID, **paid}], "certificates": [certificate]}
                (second,) = decide(again, chosen)
                covered = certificate["kind"] == "skill_level" or chosen.once_special == "covered"
                assert second.conditions["first_payment"] == ("unmet" if covered else "met")
    assert size / 10 < granted < size


@sized(500, 3_000)
def test_random_holders_reach_every_condition_and_every_reading(size: int) -> None:
    """A generator that never meets or never fails a condition, or on which a reading never tells, measures nothing."""
    rng = random.Random(202206)
    made = [holders.holder(rng) for _ in range(size)]
    statuses = {row for found in made for decision in decide(found) for row in decision.conditions.items()}
    assert statuses == {(name, status) for name in CONDITIONS for status in ("met", "unmet")}
    for name, options in READINGS.items():
        for option in options[1:]:
            assert any(decide(found, Readings(**{name: option})) != decide(found) for found in made), (name, option)  # type: ignore[arg-type]
