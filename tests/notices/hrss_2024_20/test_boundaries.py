"""Every deadline and window of the notice on the day before, on the day and the day after; every condition failing
alone; every reading deciding a case. Each benefit has one eligible case, and a row says what is changed in it."""

from collections.abc import Callable
from typing import Any

import pytest

from notices.hrss_2024_20.reference import READINGS
from notices.hrss_2024_20.samples import (
    PARTIES,
    application,
    care,
    commission,
    directed,
    grant,
    job,
    jobless,
    project,
    scope,
    special,
    trainee,
    uplift,
)
from tiaoli import Decision, Oracle

Item = dict[str, Any]


# One eligible case for each benefit, and what may be changed in it


PERSONAL: dict[str, Callable[..., Item]] = {"skill_uplift": uplift, "special_ability": special, "care_route": care}
ELIGIBLE: dict[str, Item] = {
    "skill_uplift": uplift(),
    "special_ability": special(),
    "care_route": care(),
    "directed_training_first": directed(),
    "directed_training_second": directed(),
    "training_scope": scope(),
    "development_grant": grant(),
    "apprentice_scope": project(),
    "apprentice_next_batch": project(),
    "apprentice_direct_payment": project(),
    "institution_commission": commission(),
}


# What is asked of a case


def decision(oracle: Oracle, benefit: str, case: Item, readings: dict[str, str] | None = None) -> Decision:
    """The only decision of a benefit."""
    (found,) = oracle.decide(case, benefits=[benefit], readings=readings).decisions
    return found


def failing(oracle: Oracle, benefit: str, case: Item, readings: dict[str, str] | None = None) -> list[str]:
    """The conditions that are not met; the outcome follows from them."""
    found = decision(oracle, benefit, case, readings)
    statuses = {condition.id: condition.status for condition in found.conditions}
    unmet = [name for name, status in statuses.items() if status == "unmet"]
    assert "unknown" not in statuses.values()
    assert found.outcome == ("not_eligible" if unmet else "eligible")
    return unmet


def is_met(oracle: Oracle, benefit: str, condition: str, case: Item, readings: dict[str, str] | None = None) -> bool:
    return condition not in failing(oracle, benefit, case, readings)


def paid(oracle: Oracle, benefit: str, case: Item, readings: dict[str, str] | None = None) -> str | None:
    """The amount of the decision, as its JSON has it."""
    amount: str | None = decision(oracle, benefit, case, readings).to_json()["amount"]
    return amount


@pytest.mark.parametrize("benefit", ELIGIBLE)
def test_the_case_that_the_rows_change_is_eligible(oracle: Oracle, benefit: str) -> None:
    assert failing(oracle, benefit, ELIGIBLE[benefit]) == []


# The validity window


def with_event(benefit: str, event: str | None, applied_on: str) -> Item:
    """The eligible case of a benefit with the day of its event and of its application."""
    if benefit in PERSONAL:
        return PERSONAL[benefit](applied_on=applied_on, issued=event)
    if benefit.startswith("directed_training"):
        return directed(applied_on=applied_on, starts=event, ends="2026-01-31")
    if benefit == "training_scope":
        return scope(applied_on, starts=event)
    if benefit == "development_grant":
        return grant(applied_on, reviewed_on=event)
    if benefit == "apprentice_next_batch":
        return project(applied_on, next_batch_starts=event)
    if benefit == "institution_commission":
        return commission(applied_on, starts=event)
    return project(applied_on, starts=event)


@pytest.mark.parametrize(
    ("anchor", "event", "applied_on", "inside"),
    [
        # the event's first and last day
        ("event", "2024-11-13", "2026-03-01", False),
        ("event", "2024-11-14", "2026-03-01", True),
        ("event", "2024-11-15", "2026-03-01", True),
        ("event", "2025-11-12", "2026-03-01", True),
        ("event", "2025-11-13", "2026-03-01", True),
        ("event", "2025-11-14", "2026-03-01", False),
        ("event", "1900-01-01", "2199-12-31", False),
        # the application's day is not looked at
        ("event", "2025-11-13", "2025-11-13", True),
        ("event", "2025-11-13", "2025-11-14", True),
        ("event", "2025-11-13", "2199-12-31", True),
        # the application's first and last day
        ("application", "2024-11-01", "2024-11-13", False),
        ("application", "2024-11-01", "2024-11-14", True),
        ("application", "2024-11-01", "2025-11-13", True),
        ("application", "2024-11-01", "2025-11-14", False),
        ("application", "1900-01-01", "2025-06-01", True),
        ("application", "2025-03-01", "2026-03-01", False),
        # both
        ("both", "2024-11-13", "2024-11-14", False),
        ("both", "2024-11-14", "2024-11-14", True),
        ("both", "2024-11-14", "2025-11-13", True),
        ("both", "2025-11-13", "2025-11-13", True),
        ("both", "2025-11-13", "2025-11-14", False),
        ("both", "2025-11-14", "2025-11-14", False),
    ],
)
@pytest.mark.parametrize("benefit", ELIGIBLE)
def test_the_validity_window(oracle: Oracle, benefit: str, anchor: str, event: str, applied_on: str, inside: bool) -> None:
    case = with_event(benefit, event, applied_on)
    assert is_met(oracle, benefit, "in_force", case, {"validity_anchor": anchor}) is inside


@pytest.mark.parametrize("anchor", READINGS["validity_anchor"])
@pytest.mark.parametrize("benefit", [name for name in ELIGIBLE if name != "apprentice_next_batch"])
def test_an_event_after_the_application_has_not_happened(oracle: Oracle, benefit: str, anchor: str) -> None:
    for event, happened in (("2025-06-02", False), ("2025-06-01", True), ("2025-05-31", True)):
        case = with_event(benefit, event, "2025-06-01")
        assert is_met(oracle, benefit, "in_force", case, {"validity_anchor": anchor}) is happened


@pytest.mark.parametrize("anchor", READINGS["validity_anchor"])
def test_a_review_that_has_not_been_is_outside(oracle: Oracle, anchor: str) -> None:
    assert failing(oracle, "development_grant", grant(reviewed_on=None), {"validity_anchor": anchor}) == ["in_force"]


@pytest.mark.parametrize(
    ("anchor", "starts", "applied_on", "inside"),
    [
        ("event", "2025-11-13", "2025-06-01", True),
        ("event", "2025-11-14", "2025-06-01", False),
        ("event", "2024-11-14", "2024-11-01", True),
        ("event", "2024-11-13", "2024-11-01", False),
        ("event", None, "2025-06-01", False),
        ("application", "2199-12-31", "2025-11-13", True),
        ("application", "2199-12-31", "2025-11-14", False),
        ("application", "2025-06-01", "2024-11-13", False),
        ("application", None, "2024-11-14", True),
        ("application", None, "2024-11-13", False),
        ("both", "2025-11-13", "2024-11-14", True),
        ("both", "2025-11-13", "2024-11-13", False),
        ("both", "2025-11-14", "2024-11-14", False),
        ("both", None, "2025-06-01", False),
    ],
)
def test_a_next_batch_may_lie_ahead(oracle: Oracle, anchor: str, starts: str | None, applied_on: str, inside: bool) -> None:
    """And under `application` its day is not looked at."""
    case = project(applied_on, next_batch_starts=starts)
    assert is_met(oracle, "apprentice_next_batch", "in_force", case, {"validity_anchor": anchor}) is inside


# The annual limit


def with_application(benefit: str, applied_on: str, *applications: Item, status: str = "employed") -> Item:
    return PERSONAL[benefit](applied_on=applied_on, applications=list(applications), status=status)


@pytest.mark.parametrize(
    ("earlier", "applied_on", "calendar", "rolling"),
    [
        # the limit begins on 2025-01-01, for the application and for the one before
        ("2024-12-20", "2024-12-31", True, True),
        ("2024-12-31", "2024-12-31", True, True),
        ("2024-12-31", "2025-01-01", True, True),
        ("2025-01-01", "2025-01-01", False, False),
        ("2025-01-01", "2025-01-02", False, False),
        # an application of the same day counts, a later one has not been filed
        ("2025-06-01", "2025-06-01", False, False),
        ("2025-06-02", "2025-06-01", True, True),
        # both ends of the calendar year
        ("2025-01-01", "2025-12-31", False, False),
        ("2025-01-01", "2026-01-01", True, True),
        ("2025-01-02", "2026-01-01", True, False),
        ("2025-12-31", "2025-12-31", False, False),
        ("2025-12-31", "2026-01-01", True, False),
        ("2026-01-01", "2026-12-31", False, False),
        # twelve months from the earlier application
        ("2025-03-15", "2026-03-14", True, False),
        ("2025-03-15", "2026-03-15", True, True),
        ("2025-03-15", "2026-03-16", True, True),
        # month ends and leap days
        ("2027-02-28", "2028-02-27", True, False),
        ("2027-02-28", "2028-02-28", True, True),
        ("2028-02-29", "2029-02-27", True, False),
        ("2028-02-29", "2029-02-28", True, True),
        ("2025-05-31", "2026-05-30", True, False),
        ("2025-05-31", "2026-05-31", True, True),
        ("2025-02-10", "2025-02-28", False, False),
    ],
)
@pytest.mark.parametrize("benefit", PERSONAL)
def test_one_application_a_year(oracle: Oracle, benefit: str, earlier: str, applied_on: str, calendar: bool, rolling: bool) -> None:
    case = with_application(benefit, applied_on, application(earlier))
    assert is_met(oracle, benefit, "annual_limit", case, {"limit_year": "calendar"}) is calendar
    assert is_met(oracle, benefit, "annual_limit", case, {"limit_year": "rolling"}) is rolling


@pytest.mark.parametrize("status", ["unemployed", "graduating_student", "other"])
@pytest.mark.parametrize("benefit", PERSONAL)
def test_the_limit_reaches_employed_persons_and_their_applications_only(oracle: Oracle, benefit: str, status: str) -> None:
    assert is_met(oracle, benefit, "annual_limit", with_application(benefit, "2025-06-01", application("2025-05-01"), status=status))
    assert is_met(oracle, benefit, "annual_limit", with_application(benefit, "2025-06-01", application("2025-05-01", status=status)))
    assert not is_met(oracle, benefit, "annual_limit", with_application(benefit, "2025-06-01", application("2025-05-01")))


@pytest.mark.parametrize(
    ("changes", "readings", "counts"),
    [
        ({"kind": "skill"}, {}, True),
        ({"kind": "special"}, {}, True),
        ({"kind": "training"}, {}, True),
        ({"kind": "skill"}, {"limit_pool": "separate"}, True),
        ({"kind": "special"}, {"limit_pool": "separate"}, True),
        ({"kind": "training"}, {"limit_pool": "separate"}, False),
        ({"kind": "skill"}, {"limit_covers_special": "not_covered"}, True),
        ({"kind": "special"}, {"limit_covers_special": "not_covered"}, False),
        ({"kind": "training"}, {"limit_covers_special": "not_covered"}, True),
        ({"outcome": "granted"}, {}, True),
        ({"outcome": "pending"}, {}, True),
        ({"outcome": "refused"}, {}, True),
        ({"outcome": "granted"}, {"limit_counts": "granted"}, True),
        ({"outcome": "pending"}, {"limit_counts": "granted"}, False),
        ({"outcome": "refused"}, {"limit_counts": "granted"}, False),
    ],
)
def test_which_earlier_applications_count(oracle: Oracle, changes: Item, readings: dict[str, str], counts: bool) -> None:
    earlier = application("2025-05-01", **changes)
    for benefit in PERSONAL:
        covered = counts and not (benefit == "special_ability" and "limit_covers_special" in readings)
        case = with_application(benefit, "2025-06-01", earlier)
        assert is_met(oracle, benefit, "annual_limit", case, readings) is not covered
        # another one that does not count changes nothing
        case = with_application(benefit, "2025-06-01", earlier, application("2024-12-31", id="p2"))
        assert is_met(oracle, benefit, "annual_limit", case, readings) is not covered


# （三）: twelve months, in post on the issue date, in post on the day of the application


@pytest.mark.parametrize(
    ("issued", "start", "in_time"),
    [
        ("2024-11-30", "2025-11-29", True),
        ("2024-11-30", "2025-11-30", True),
        ("2024-11-30", "2025-12-01", False),
        ("2025-03-01", "2025-03-02", True),
        ("2025-03-01", "2026-02-28", True),
        ("2025-03-01", "2026-03-01", True),
        ("2025-03-01", "2026-03-02", False),
        ("2025-02-28", "2026-02-28", True),
        ("2025-02-28", "2026-03-01", False),
        ("2025-01-31", "2026-01-31", True),
        ("2025-01-31", "2026-02-01", False),
        # a leap day's twelve months end on the last day of February
        ("2024-02-29", "2025-02-28", True),
        ("2024-02-29", "2025-03-01", False),
        ("2028-02-29", "2029-02-28", True),
        ("2028-02-29", "2029-03-01", False),
        # and those that end in a leap year's February end on the 28th
        ("2027-02-28", "2028-02-28", True),
        ("2027-02-28", "2028-02-29", False),
        ("2027-03-01", "2028-02-29", True),
        ("2025-12-31", "2026-12-31", True),
        ("2025-12-31", "2027-01-01", False),
        # a certificate that is not yet issued: the period is counted from its date as written
        ("2030-06-01", "2029-06-01", True),
    ],
)
def test_twelve_months_to_find_work(oracle: Oracle, issued: str, start: str, in_time: bool) -> None:
    case = care(job(start=start), applied_on="2029-12-31", issued=issued)
    assert is_met(oracle, "care_route", "employed_in_time", case) is in_time
    assert is_met(oracle, "care_route", "registered", case) is in_time
    assert is_met(oracle, "care_route", "still_in_post", case)


@pytest.mark.parametrize(
    ("start", "end", "in_time"),
    [
        ("2024-06-01", None, True),
        ("2025-02-28", None, True),
        ("2025-03-01", None, True),
        ("2025-03-02", None, True),
        ("2025-03-01", "2025-03-01", True),
        ("2025-03-02", "2025-03-02", True),
        ("2024-06-01", "2025-02-28", False),
        ("2024-06-01", "2025-03-01", True),
        ("2024-06-01", "2025-03-02", True),
        ("1900-01-01", "2025-02-28", False),
    ],
)
def test_in_post_when_the_certificate_is_issued(oracle: Oracle, start: str, end: str | None, in_time: bool) -> None:
    """Issued on 2025-03-01. Who left before has not found work; who started after has, however soon it ended."""
    case = care(job(start=start, end=end))
    assert is_met(oracle, "care_route", "employed_in_time", case) is in_time
    assert is_met(oracle, "care_route", "registered", case) is in_time


def test_a_certificate_issued_after_a_job_ended_before_the_application(oracle: Oracle) -> None:
    """The job ran on the issue date as written, though that date still lies ahead."""
    case = care(job(start="2025-02-01", end="2025-07-01"), issued="2025-07-01")
    assert failing(oracle, "care_route", case) == ["in_force"]
    case = care(job(start="2025-02-01", end="2025-06-30"), issued="2025-07-01")
    assert failing(oracle, "care_route", case) == ["in_force", "employed_in_time", "registered"]


@pytest.mark.parametrize(("start", "begun"), [("2025-05-31", True), ("2025-06-01", True), ("2025-06-02", False)])
def test_work_that_has_begun(oracle: Oracle, start: str, begun: bool) -> None:
    unmet = failing(oracle, "care_route", care(job(start=start)))
    assert unmet == ([] if begun else ["employed_in_time", "registered", "still_in_post"])


@pytest.mark.parametrize(("end", "in_post"), [("2025-05-31", False), ("2025-06-01", True), ("2025-06-02", True), (None, True)])
def test_still_in_post_on_the_day_of_the_application(oracle: Oracle, end: str | None, in_post: bool) -> None:
    assert failing(oracle, "care_route", care(job(end=end))) == ([] if in_post else ["still_in_post"])


def test_another_registered_post_keeps_the_worker_in_post(oracle: Oracle) -> None:
    """The post in time has ended; the one that runs began long after the twelve months."""
    first = job("e1", end="2025-12-31")
    later = job("e2", start="2026-04-01")
    assert failing(oracle, "care_route", care(first, later, applied_on="2026-06-01")) == []
    assert failing(oracle, "care_route", care(first, applied_on="2026-06-01")) == ["still_in_post"]
    assert failing(oracle, "care_route", care(later, applied_on="2026-06-01")) == ["employed_in_time", "registered"]


def test_the_record_must_stand_in_the_system_of_the_industry(oracle: Oracle) -> None:
    """Of the post's industry, whatever the post and the certificate."""
    for industry, system, fits in (
        ("elderly_care", "elderly_care", True),
        ("elderly_care", "domestic_service", False),
        ("domestic_service", "domestic_service", True),
        ("domestic_service", "elderly_care", False),
    ):
        case = care(job(industry=industry, record={"system": system}))
        assert failing(oracle, "care_route", case) == ([] if fits else ["registered", "still_in_post"])


# （四）: six months to find work, six months to stay


@pytest.mark.parametrize(
    ("ends", "employed_on", "counts"),
    [
        ("2025-03-31", "2025-03-30", False),
        ("2025-03-31", "2025-03-31", True),
        ("2025-03-31", "2025-04-01", True),
        ("2025-03-31", "2025-09-29", True),
        ("2025-03-31", "2025-09-30", True),
        ("2025-03-31", "2025-10-01", False),
        ("2025-08-31", "2026-02-28", True),
        ("2025-08-31", "2026-03-01", False),
        ("2025-08-29", "2026-02-28", True),
        ("2025-08-28", "2026-02-28", True),
        ("2025-08-27", "2026-02-28", False),
        ("2027-08-31", "2028-02-29", True),
        ("2027-08-31", "2028-03-01", False),
        ("2025-02-28", "2025-08-28", True),
        ("2025-02-28", "2025-08-29", False),
        ("2025-06-30", "2025-12-30", True),
        ("2025-06-30", "2025-12-31", False),
        ("2025-03-31", None, False),
    ],
)
def test_six_months_to_find_work_after_the_class(oracle: Oracle, ends: str, employed_on: str | None, counts: bool) -> None:
    case = directed(trainee(employed_on=employed_on), applied_on="2029-01-01", ends=ends)
    assert failing(oracle, "directed_training_first", case) == ([] if counts else ["counted_trainees"])
    assert failing(oracle, "directed_training_second", case) == ([] if counts else ["still_employed"])


@pytest.mark.parametrize(("employed_on", "counts"), [("2025-06-14", True), ("2025-06-15", True), ("2025-06-16", False)])
def test_work_found_after_the_application_is_not_found_yet(oracle: Oracle, employed_on: str, counts: bool) -> None:
    case = directed(trainee(employed_on=employed_on), applied_on="2025-06-15")
    assert failing(oracle, "directed_training_first", case) == ([] if counts else ["counted_trainees"])


@pytest.mark.parametrize(
    ("employed_on", "applied_on", "kept"),
    [
        ("2025-04-07", "2025-10-06", False),
        ("2025-04-07", "2025-10-07", True),
        ("2025-04-07", "2025-10-08", True),
        ("2025-08-31", "2026-02-27", False),
        ("2025-08-31", "2026-02-28", True),
        ("2025-08-31", "2026-03-01", True),
        ("2025-08-28", "2026-02-28", True),
        ("2025-08-29", "2026-02-28", True),
        ("2025-05-31", "2025-11-29", False),
        ("2025-05-31", "2025-11-30", True),
    ],
)
def test_six_months_to_stay_have_passed(oracle: Oracle, employed_on: str, applied_on: str, kept: bool) -> None:
    case = directed(trainee(employed_on=employed_on), applied_on=applied_on)
    assert failing(oracle, "directed_training_second", case) == ([] if kept else ["still_employed"])


@pytest.mark.parametrize(
    ("employed_on", "ended", "kept"),
    [
        ("2025-04-07", "2025-10-06", False),
        ("2025-04-07", "2025-10-07", True),
        ("2025-04-07", "2025-10-08", True),
        ("2025-04-07", None, True),
        ("2025-08-31", "2026-02-27", False),
        ("2025-08-31", "2026-02-28", True),
        ("2025-04-07", "2025-04-07", False),
    ],
)
def test_employment_lasted_six_months(oracle: Oracle, employed_on: str, ended: str | None, kept: bool) -> None:
    case = directed(trainee(employed_on=employed_on, employment_ended=ended), applied_on="2026-06-01")
    assert failing(oracle, "directed_training_second", case) == ([] if kept else ["still_employed"])
    assert failing(oracle, "directed_training_first", case) == []


# （四）: 80 % from both sides, standards


@pytest.mark.parametrize("size", range(1, 13))
def test_the_whole_class_is_paid_from_eighty_percent_on(oracle: Oracle, size: int) -> None:
    """The least number that is 80 % of the class, and one less."""
    least = next(number for number in range(size + 1) if 5 * number >= 4 * size)
    for employed in (least - 1, least, size):
        people = [trainee(f"t{index}") if index < employed else jobless(f"t{index}") for index in range(size)]
        amount = paid(oracle, "directed_training_first", directed(*people))
        expected = size if employed >= least else employed
        assert amount == (f"{expected * 750}.00" if employed else None)
        # the second half never goes to the whole class
        second = paid(oracle, "directed_training_second", directed(*people))
        assert second == (f"{employed * 750}.00" if employed else None)


@pytest.mark.parametrize(
    ("people", "readings", "amount"),
    [
        # three of five found work, all of the three who passed
        ((trainee("t1"), trainee("t2"), trainee("t3"), jobless("t4", passed=False), jobless("t5", passed=False)), {}, "2250.00"),
        (
            (trainee("t1"), trainee("t2"), trainee("t3"), jobless("t4", passed=False), jobless("t5", passed=False)),
            {"class_rate_base": "passed"},
            "3750.00",
        ),
        (
            (trainee("t1"), trainee("t2"), trainee("t3"), jobless("t4", passed=False), jobless("t5", passed=False)),
            {"class_rate_base": "passed", "class_headcount": "passed"},
            "2250.00",
        ),
        # more found work than passed: the rate exceeds 100 %
        (
            (trainee("t1"), trainee("t2", passed=False), trainee("t3", passed=False), jobless("t4", passed=False)),
            {"class_rate_base": "passed", "class_counted": "employed"},
            "3000.00",
        ),
        (
            (trainee("t1"), trainee("t2", passed=False), trainee("t3", passed=False), jobless("t4", passed=False)),
            {"class_counted": "employed"},
            "2250.00",
        ),
        # nobody passed: with an empty base the comparison holds, and an empty headcount is paid nothing
        ((trainee("t1", passed=False), jobless("t2", passed=False)), {"class_counted": "employed"}, "750.00"),
        (
            (trainee("t1", passed=False), jobless("t2", passed=False)),
            {"class_counted": "employed", "class_rate_base": "passed"},
            "1500.00",
        ),
        (
            (trainee("t1", passed=False), jobless("t2", passed=False)),
            {"class_counted": "employed", "class_rate_base": "passed", "class_headcount": "passed"},
            "0.00",
        ),
        # who belongs to no group named is in the class under 等 only
        ((trainee("t1"), jobless("t2", group="other")), {}, "750.00"),
        ((trainee("t1"), jobless("t2", group="other")), {"person_lists": "exhaustive"}, "750.00"),
        ((trainee("t1"), trainee("t2", group="other")), {}, "1500.00"),
        ((trainee("t1"), trainee("t2", group="other")), {"person_lists": "exhaustive"}, "750.00"),
        ((*(trainee(f"t{index}") for index in range(4)), *(jobless(f"o{index}", group="other") for index in range(2))), {}, "3000.00"),
        (
            (*(trainee(f"t{index}") for index in range(4)), jobless("t4"), jobless("o1", group="other")),
            {"person_lists": "exhaustive"},
            "3750.00",
        ),
    ],
)
def test_who_is_counted_and_who_is_paid(oracle: Oracle, people: tuple[Item, ...], readings: dict[str, str], amount: str) -> None:
    assert paid(oracle, "directed_training_first", directed(*people), readings) == amount


@pytest.mark.parametrize(
    ("held_in", "hukou", "amount", "gap"),
    [
        ("shanghai", "shanghai", "750.00", ()),
        ("shanghai", "other", "750.00", ()),
        ("elsewhere", "other", "900.00", ()),
        ("elsewhere", "shanghai", "0.00", ("t1",)),
    ],
)
@pytest.mark.parametrize("benefit", ["directed_training_first", "directed_training_second"])
def test_the_standard_per_trainee(oracle: Oracle, benefit: str, held_in: str, hukou: str, amount: str, gap: tuple[str, ...]) -> None:
    found = decision(oracle, benefit, directed(trainee(hukou=hukou), held_in=held_in))
    assert found.outcome == "eligible"
    assert found.to_json()["amount"] == amount
    assert found.gap == gap


def test_a_class_elsewhere_pays_those_with_a_standard(oracle: Oracle) -> None:
    people = [trainee("t1", hukou="other"), trainee("t2"), trainee("t3", hukou="other"), trainee("t4"), jobless("t5")]
    case = directed(*people, held_in="elsewhere")
    first = decision(oracle, "directed_training_first", case)
    assert (first.to_json()["amount"], first.gap) == ("1800.00", ("t2", "t4", "t5"))
    second = decision(oracle, "directed_training_second", case)
    assert (second.to_json()["amount"], second.gap) == ("1800.00", ("t2", "t4"))


# （六） and （七）


@pytest.mark.parametrize(
    ("requested", "amount"),
    [
        ("0.01", "0.01"),
        ("99999.99", "99999.99"),
        ("100000", "100000.00"),
        ("100000.00", "100000.00"),
        ("100000.01", "100000.00"),
        ("10000000.00", "100000.00"),
    ],
)
def test_the_grant_is_the_sum_requested_up_to_its_cap(oracle: Oracle, requested: str, amount: str) -> None:
    assert paid(oracle, "development_grant", grant(requested_cny=requested)) == amount


@pytest.mark.parametrize(
    ("starts", "signed", "after_start", "by_deadline"),
    [
        ("2024-11-30", "2024-11-29", False, True),
        ("2024-11-30", "2024-11-30", True, True),
        ("2024-11-30", "2024-12-01", True, True),
        ("2024-11-30", "2025-02-27", True, True),
        ("2024-11-30", "2025-02-28", True, True),
        ("2024-11-30", "2025-03-01", False, False),
        ("2025-01-31", "2025-04-30", True, True),
        ("2025-01-31", "2025-05-01", False, False),
        ("2025-03-01", "2025-06-01", True, True),
        ("2025-03-01", "2025-06-02", False, False),
        ("2025-03-01", "1900-01-01", False, True),
        ("2023-11-30", "2024-02-29", True, True),
        ("2023-11-30", "2024-03-01", False, False),
        ("2025-03-01", None, False, False),
    ],
)
def test_three_months_to_sign_the_contract(oracle: Oracle, starts: str, signed: str | None, after_start: bool, by_deadline: bool) -> None:
    case = project("2025-10-01", starts=starts, apprentice={"contract_signed": signed})
    assert is_met(oracle, "apprentice_scope", "contract_in_time", case) is after_start
    assert is_met(oracle, "apprentice_scope", "contract_in_time", case, {"contract_window": "by_deadline"}) is by_deadline


@pytest.mark.parametrize("window", READINGS["contract_window"])
def test_a_contract_signed_after_the_application_is_not_signed_yet(oracle: Oracle, window: str) -> None:
    for signed, counts in (("2025-04-14", True), ("2025-04-15", True), ("2025-04-16", False)):
        case = project("2025-04-15", apprentice={"contract_signed": signed})
        assert is_met(oracle, "apprentice_scope", "contract_in_time", case, {"contract_window": window}) is counts


@pytest.mark.parametrize(("months", "long_enough"), [(1, False), (11, False), (12, True), (13, True), (1200, True)])
def test_a_contract_of_a_year_or_more(oracle: Oracle, months: int, long_enough: bool) -> None:
    case = project(apprentice={"contract_months": months})
    assert failing(oracle, "apprentice_scope", case) == ([] if long_enough else ["contract_term"])


# Every condition failing alone

EXHAUSTIVE = {"sector_lists": "exhaustive"}
ALONE: list[tuple[str, str, Item, dict[str, str]]] = [
    ("skill_uplift", "certificate_kind", uplift(kind="special_ability"), {}),
    ("skill_uplift", "certificate_kind", uplift(kind="other"), {}),
    ("skill_uplift", "catalogue_listed", uplift(occupation_code="4-04-05-03"), {}),
    ("skill_uplift", "in_force", uplift(issued="2024-11-13"), {}),
    ("skill_uplift", "base_entitlement", uplift(meets_city_rules=False), {}),
    ("skill_uplift", "base_entitlement", care(job(end="2025-05-31")), {}),
    ("skill_uplift", "annual_limit", uplift(applications=[application("2025-05-01")]), {}),
    ("special_ability", "certificate_kind", special(kind="skill_level"), {}),
    ("special_ability", "certificate_kind", special(kind="other"), {}),
    ("special_ability", "certificate_kind", special(domain="other"), {}),
    ("special_ability", "in_force", special(issued="2025-11-14", applied_on="2025-12-01"), {}),
    ("special_ability", "person_group", special(person={"civil_servant": True}), {}),
    ("special_ability", "person_group", special(person={"public_institution_post": "non_skilled"}), {}),
    ("special_ability", "person_group", special(status="graduating_student", person={"school_in_shanghai": False}), {}),
    ("special_ability", "person_group", special(status="other"), {"person_lists": "exhaustive"}),
    ("special_ability", "annual_limit", special(applications=[application("2025-05-01", kind="special")]), {}),
    ("care_route", "certificate_kind", care(kind="special_ability"), {}),
    ("care_route", "certificate_kind", care(occupation_code="4-10-01-04"), {}),
    ("care_route", "in_force", care(issued="2024-11-13"), {}),
    (
        "care_route",
        "registered",
        care(job("e1", registry=None), job("e2", start="2025-03-02"), issued="2024-03-01"),
        {"validity_anchor": "application"},
    ),
    ("care_route", "still_in_post", care(job(end="2025-05-31")), {}),
    ("care_route", "still_in_post", care(job(record={"in_post": False})), {}),
    ("care_route", "annual_limit", care(applications=[application("2025-05-01", kind="training")]), {}),
    *(
        row
        for benefit, last, people in (
            ("directed_training_first", "counted_trainees", [trainee(passed=False)]),
            ("directed_training_second", "still_employed", [trainee(employment_ended="2025-10-06")]),
        )
        for row in (
            (benefit, "employer_local", directed(employer_in_shanghai=False), {}),
            (benefit, "sector", directed(sector="biomedicine"), EXHAUSTIVE),
            *((benefit, "agreement", directed(agreement_parties=[one for one in PARTIES if one != party]), {}) for party in PARTIES),
            (benefit, "plan_approved", directed(plan_approved=False), {}),
            (benefit, "in_force", directed(starts="2024-11-13"), {}),
            (benefit, last, directed(*people), {}),
            (benefit, last, directed(trainee(employer_in_shanghai=False)), {}),
            (benefit, last, directed(trainee(group="other")), {"person_lists": "exhaustive"}),
        )
    ),
    ("training_scope", "organiser_industry", scope(organiser_industry="other", participant={"employment_relation": True}), {}),
    ("training_scope", "organiser_listed", scope(organiser_listed=False), {}),
    ("training_scope", "training_kind", scope(kind="other"), {}),
    ("training_scope", "in_force", scope(starts="2024-11-13"), {}),
    ("training_scope", "practitioner", scope(participant={"registry": None}), {}),
    ("training_scope", "practitioner", scope(record={"system": "elderly_care"}), {}),
    ("training_scope", "practitioner", scope(record={"worker_registered": False}), {}),
    ("training_scope", "practitioner", scope(record={"employer_registered": False}), {}),
    ("development_grant", "sector", grant(sector="other"), EXHAUSTIVE),
    ("development_grant", "project_kind", grant(project_kind="other"), {}),
    ("development_grant", "project_kind", grant(work="other"), {}),
    ("development_grant", "in_force", grant(reviewed_on="2024-11-13"), {}),
    ("development_grant", "review_passed", grant(review_passed=False), {}),
    ("apprentice_scope", "sector", project(sector="other"), EXHAUSTIVE),
    ("apprentice_scope", "in_force", project(starts="2024-11-13", apprentice={"contract_signed": "2025-02-13"}), {}),
    ("apprentice_scope", "contract_local", project(apprentice={"enterprise_in_shanghai": False}), {}),
    ("apprentice_scope", "contract_in_time", project(apprentice={"contract_signed": "2025-02-28"}), {}),
    ("apprentice_scope", "contract_term", project(apprentice={"contract_months": 11}), {}),
    ("apprentice_scope", "social_insurance", project(apprentice={"social_insurance_in_shanghai": False}), {}),
    ("apprentice_next_batch", "sector", project(sector="other"), EXHAUSTIVE),
    ("apprentice_next_batch", "in_force", project(next_batch_starts="2025-11-14"), {}),
    ("apprentice_next_batch", "enterprise_applied", project(enterprise_applied=False), {}),
    ("apprentice_next_batch", "district_assessed", project(district_assessed=False), {}),
    ("apprentice_direct_payment", "sector", project(sector="other"), EXHAUSTIVE),
    ("apprentice_direct_payment", "in_force", project(starts="2024-11-13"), {}),
    ("apprentice_direct_payment", "enterprise_request", project(enterprise_requests_direct_payment=False), {}),
    ("institution_commission", "sector", commission(sector="other"), EXHAUSTIVE),
    ("institution_commission", "in_force", commission(starts="2024-11-13"), {}),
    ("institution_commission", "district_assessed", commission(district_assessed=False), {}),
    ("institution_commission", "institution_listed", commission(institution_listed=False), {}),
    ("institution_commission", "commissioned", commission(commissioned=False), {}),
    ("institution_commission", "activity", commission(activity="other"), {}),
    ("institution_commission", "activity", commission(matches_core_business=False), {}),
]


@pytest.mark.parametrize(("benefit", "condition", "case", "readings"), ALONE, ids=[f"{row[0]}-{row[1]}" for row in ALONE])
def test_one_condition_fails_alone(oracle: Oracle, benefit: str, condition: str, case: Item, readings: dict[str, str]) -> None:
    assert failing(oracle, benefit, case, readings) == [condition]


def test_every_condition_fails_alone_somewhere(oracle: Oracle) -> None:
    """But `employed_in_time`: a record counts for `registered` only with a job in time, so both fail together."""
    conditions = {(benefit.id, condition) for benefit in oracle.policy.benefits.values() for condition in benefit.conditions}
    assert conditions - {row[:2] for row in ALONE} == {("care_route", "employed_in_time")}
    assert failing(oracle, "care_route", care(job("e1", end="2025-02-28"), job("e2", start="2026-03-02"), applied_on="2026-06-01")) == [
        "employed_in_time",
        "registered",
    ]


# What counts, word by word


@pytest.mark.parametrize(
    ("changes", "qualifies"),
    [
        ({}, True),
        ({"industry": "domestic_service", "record": {"system": "domestic_service"}}, True),
        ({"post": "domestic_service"}, True),
        ({"industry": "other"}, False),
        ({"post": "other"}, False),
        ({"employer_in_shanghai": False}, False),
    ],
)
def test_which_employment_qualifies(oracle: Oracle, changes: Item, qualifies: bool) -> None:
    unmet = failing(oracle, "care_route", care(job(**changes)))
    assert unmet == ([] if qualifies else ["employed_in_time", "registered", "still_in_post"])


@pytest.mark.parametrize(
    ("code", "industry", "post", "qualifies"),
    [
        ("4-10-01-05", "elderly_care", "elderly_care", True),
        ("4-10-01-05", "elderly_care", "domestic_service", False),
        ("4-10-01-05", "domestic_service", "elderly_care", False),
        ("4-10-01-05", "domestic_service", "domestic_service", False),
        ("4-10-01-06", "domestic_service", "domestic_service", True),
        ("4-10-01-06", "elderly_care", "elderly_care", False),
        ("4-04-05-02", "elderly_care", "elderly_care", False),
    ],
)
def test_a_post_that_matches_the_certificate(oracle: Oracle, code: str, industry: str, post: str, qualifies: bool) -> None:
    case = care(job(industry=industry, post=post, record={"system": industry}), occupation_code=code)
    assert is_met(oracle, "care_route", "employed_in_time", case)
    for condition in ("employed_in_time", "registered", "still_in_post"):
        assert is_met(oracle, "care_route", condition, case, {"care_post": "same"}) is qualifies


@pytest.mark.parametrize(
    ("status", "person", "belongs"),
    [
        ("employed", {}, True),
        ("employed", {"public_institution_post": "skilled"}, True),
        ("employed", {"school_in_shanghai": False}, True),
        ("unemployed", {"civil_servant": True, "public_institution_post": "non_skilled", "school_in_shanghai": False}, True),
        ("graduating_student", {"civil_servant": True, "public_institution_post": "non_skilled"}, True),
        ("graduating_student", {"school_in_shanghai": False}, False),
        ("other", {"civil_servant": True, "public_institution_post": "non_skilled", "school_in_shanghai": False}, True),
    ],
)
def test_who_belongs_to_the_persons_named(oracle: Oracle, status: str, person: Item, belongs: bool) -> None:
    """The exclusions reach employed persons only, the school only students."""
    assert failing(oracle, "special_ability", special(status=status, person=person)) == ([] if belongs else ["person_group"])


@pytest.mark.parametrize("domain", ["ai_data_annotation", "ai_model_application"])
def test_both_domains_of_special_ability_count(oracle: Oracle, domain: str) -> None:
    assert paid(oracle, "special_ability", special(domain=domain)) == "1000.00"


@pytest.mark.parametrize("group", ["unemployed", "assisted_insurance", "former_rural_labour", "out_of_province_jobseeker"])
@pytest.mark.parametrize("person_lists", READINGS["person_lists"])
def test_every_group_named_is_in_the_class(oracle: Oracle, group: str, person_lists: str) -> None:
    assert paid(oracle, "directed_training_first", directed(trainee(group=group)), {"person_lists": person_lists}) == "750.00"


FIVE = ["integrated_circuits", "biomedicine", "artificial_intelligence", "elderly_care", "domestic_service"]


@pytest.mark.parametrize("sector", [*FIVE, "other"])
def test_the_sectors_that_each_clause_lists(oracle: Oracle, sector: str) -> None:
    rows = [
        ("directed_training_first", directed(sector=sector), FIVE[3:]),
        ("directed_training_second", directed(sector=sector), FIVE[3:]),
        ("development_grant", grant(sector=sector), FIVE),
        ("apprentice_scope", project(sector=sector), FIVE),
        ("apprentice_next_batch", project(sector=sector), FIVE),
        ("apprentice_direct_payment", project(sector=sector), FIVE),
        ("institution_commission", commission(sector=sector), FIVE),
    ]
    for benefit, case, listed in rows:
        assert failing(oracle, benefit, case) == []
        assert failing(oracle, benefit, case, EXHAUSTIVE) == ([] if sector in listed else ["sector"])


@pytest.mark.parametrize("industry", ["elderly_care", "domestic_service"])
@pytest.mark.parametrize("kind", ["staff_training", "directed_training"])
@pytest.mark.parametrize("participant", [{}, {"employment_relation": True, "registry": None}])
def test_who_is_inside_the_audience_of_a_training(oracle: Oracle, industry: str, kind: str, participant: Item) -> None:
    case = scope(organiser_industry=industry, kind=kind, record={"system": industry}, participant=participant)
    assert failing(oracle, "training_scope", case) == []


@pytest.mark.parametrize(
    ("kind", "work"), [("skill_level_assessment", "new"), ("skill_level_assessment", "update"), ("special_ability", "update")]
)
def test_which_projects_are_granted(oracle: Oracle, kind: str, work: str) -> None:
    assert failing(oracle, "development_grant", grant(project_kind=kind, work=work)) == []


@pytest.mark.parametrize("activity", ["directed_training", "apprenticeship"])
def test_core_business_matters_to_staff_training_only(oracle: Oracle, activity: str) -> None:
    assert failing(oracle, "institution_commission", commission(activity=activity, matches_core_business=False)) == []


@pytest.mark.parametrize("completed", [True, False])
def test_whether_the_previous_batch_is_complete_decides_nothing(oracle: Oracle, completed: bool) -> None:
    assert failing(oracle, "apprentice_next_batch", project(previous_batch_completed=completed)) == []


def test_the_care_route_entitles_to_the_uplift(oracle: Oracle) -> None:
    """Through its conditions 1 to 5; its annual limit is the uplift's own."""
    assert failing(oracle, "skill_uplift", care()) == []
    assert paid(oracle, "skill_uplift", care()) == "1950.00"
    used_up = care(applications=[application("2025-05-01")])
    assert failing(oracle, "skill_uplift", used_up) == ["annual_limit"]
    for without in (care(kind="other"), care(issued="2024-11-13")):
        assert "base_entitlement" in failing(oracle, "skill_uplift", without)
    for employment in (job(start="2026-03-02"), job(registry=None), job(end="2025-05-31")):
        assert failing(oracle, "skill_uplift", care(employment, applied_on="2026-06-01")) == ["base_entitlement"]


# Every option of every reading decides a case

PASSED_AND_FAILED = (trainee("t1"), trainee("t2"), trainee("t3"), jobless("t4", passed=False), jobless("t5", passed=False))
FOUR_OF_FIVE = (*(trainee(f"t{index}") for index in range(4)), jobless("t5", passed=False))
FLIPS: list[tuple[str, str, str, Item, tuple[str, str | None], tuple[str, str | None]]] = [
    ("validity_anchor", "application", "care_route", care(applied_on="2025-12-01"), ("eligible", None), ("not_eligible", None)),
    (
        "validity_anchor",
        "application",
        "development_grant",
        grant(reviewed_on="2024-10-01"),
        ("not_eligible", None),
        ("eligible", "80000.00"),
    ),
    ("validity_anchor", "both", "special_ability", special(applied_on="2025-12-01"), ("eligible", "1000.00"), ("not_eligible", None)),
    (
        "limit_year",
        "rolling",
        "skill_uplift",
        uplift("2026-01-01", applications=[application("2025-12-31")]),
        ("eligible", "1950.00"),
        ("not_eligible", None),
    ),
    (
        "limit_pool",
        "separate",
        "skill_uplift",
        uplift(applications=[application("2025-05-01", kind="training")]),
        ("not_eligible", None),
        ("eligible", "1950.00"),
    ),
    (
        "limit_counts",
        "granted",
        "skill_uplift",
        uplift(applications=[application("2025-05-01", outcome="refused")]),
        ("not_eligible", None),
        ("eligible", "1950.00"),
    ),
    (
        "limit_covers_special",
        "not_covered",
        "special_ability",
        special(applications=[application("2025-05-01")]),
        ("not_eligible", None),
        ("eligible", "1000.00"),
    ),
    (
        "limit_covers_special",
        "not_covered",
        "care_route",
        care(applications=[application("2025-05-01", kind="special")]),
        ("not_eligible", None),
        ("eligible", None),
    ),
    (
        "care_role",
        "restricts",
        "skill_uplift",
        care(job(end="2025-05-31"), meets_city_rules=True),
        ("eligible", "1950.00"),
        ("not_eligible", None),
    ),
    ("care_post", "same", "care_route", care(job(post="domestic_service")), ("eligible", None), ("not_eligible", None)),
    ("care_post", "same", "skill_uplift", care(job(post="domestic_service")), ("eligible", "1950.00"), ("not_eligible", None)),
    ("sector_lists", "exhaustive", "institution_commission", commission(sector="other"), ("eligible", None), ("not_eligible", None)),
    ("person_lists", "exhaustive", "special_ability", special(status="other"), ("eligible", "1000.00"), ("not_eligible", None)),
    (
        "person_lists",
        "exhaustive",
        "directed_training_first",
        directed(trainee(group="other")),
        ("eligible", "750.00"),
        ("not_eligible", None),
    ),
    (
        "class_rate_base",
        "passed",
        "directed_training_first",
        directed(*PASSED_AND_FAILED),
        ("eligible", "2250.00"),
        ("eligible", "3750.00"),
    ),
    ("class_headcount", "passed", "directed_training_first", directed(*FOUR_OF_FIVE), ("eligible", "3750.00"), ("eligible", "3000.00")),
    (
        "class_counted",
        "employed",
        "directed_training_first",
        directed(trainee(passed=False)),
        ("not_eligible", None),
        ("eligible", "750.00"),
    ),
    (
        "class_counted",
        "employed",
        "directed_training_second",
        directed(trainee(passed=False)),
        ("not_eligible", None),
        ("eligible", "750.00"),
    ),
    (
        "contract_window",
        "by_deadline",
        "apprentice_scope",
        project(apprentice={"contract_signed": "2025-02-28"}),
        ("not_eligible", None),
        ("eligible", None),
    ),
    (
        "status_date",
        "issue",
        "special_ability",
        special(status="graduating_student", person={"school_in_shanghai": False}, holder_status="unemployed"),
        ("not_eligible", None),
        ("eligible", "1000.00"),
    ),
    (
        "status_date",
        "issue",
        "special_ability",
        special(status="unemployed", person={"civil_servant": True}, holder_status="employed"),
        ("eligible", "1000.00"),
        ("not_eligible", None),
    ),
]


@pytest.mark.parametrize(
    ("reading", "option", "benefit", "case", "usual", "otherwise"), FLIPS, ids=[f"{row[0]}-{row[1]}-{row[2]}" for row in FLIPS]
)
def test_an_option_decides_a_case(
    oracle: Oracle, reading: str, option: str, benefit: str, case: Item, usual: tuple[str, str | None], otherwise: tuple[str, str | None]
) -> None:
    def outcome(readings: dict[str, str]) -> tuple[str, str | None]:
        found = decision(oracle, benefit, case, readings).to_json()
        return found["outcome"], found["amount"]

    assert outcome({}) == outcome({reading: READINGS[reading][0]}) == usual
    assert outcome({reading: option}) == otherwise


def test_every_option_decides_some_case(oracle: Oracle) -> None:
    options = {(name, option) for name, found in READINGS.items() for option in found[1:]}
    assert len(READINGS) == 14
    assert options == {row[:2] for row in FLIPS}
    assert {reading.name: tuple(option.id for option in reading.options) for reading in oracle.policy.readings.values()} == READINGS


def test_the_day_of_the_status_does_not_move_the_annual_limit(oracle: Oracle) -> None:
    """（十） always looks at the day of the application."""
    issue = {"status_date": "issue"}
    used_up = [application("2025-05-01")]
    assert failing(oracle, "special_ability", special(applications=used_up, holder_status="unemployed"), issue) == ["annual_limit"]
    assert failing(oracle, "special_ability", special(applications=used_up, status="unemployed", holder_status="employed"), issue) == []


@pytest.mark.parametrize("code", ["4-10-01-05", "4-10-01-06"])
def test_a_restriction_reaches_care_certificates_only(oracle: Oracle, code: str) -> None:
    restricts = {"care_role": "restricts"}
    bare = uplift(occupation_code=code)
    assert failing(oracle, "skill_uplift", bare, restricts) == ["base_entitlement"]
    assert failing(oracle, "skill_uplift", uplift(), restricts) == []
    trade = "elderly_care" if code == "4-10-01-05" else "domestic_service"
    employed = care(job(industry=trade, post=trade, record={"system": trade}), occupation_code=code)
    assert failing(oracle, "skill_uplift", employed, restricts) == []
