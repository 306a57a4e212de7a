"""上海市育儿补贴制度实施方案: each day on which something begins or ends, from both sides; each condition alone; any claim."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from notices.shanghai_childcare_2025 import claims, reference
from notices.shanghai_childcare_2025.reference import CONDITIONS, READINGS, Claim, EarlierClaim, Readings, Sibling, decide
from support.quotes import not_in
from support.tiers import sized

TEXTS = sorted(Path(__file__).parent.joinpath("text").glob("*.txt"))
DAY = timedelta(days=1)


def claim(born: date, submitted: date, *earlier: int, **changes: Any) -> Claim:
    """A good claim: registered on the day of birth, and claimed for in these years before."""
    made = tuple(EarlierClaim(year=year) for year in earlier)
    facts: dict[str, Any] = {"born_on": born, "submitted_on": submitted, "registered_on": born, "earlier": made}
    return Claim(**facts | changes)


NEW = claim(date(2025, 6, 10), date(2026, 3, 1))
OLD = claim(date(2023, 10, 20), date(2025, 11, 1))


def changed(claim: Claim, facts: dict[str, Any]) -> Claim:
    return replace(claim, **facts)


def unmet(claim: Claim, **chosen: Any) -> tuple[str, ...]:
    return decide(claim, Readings(**chosen)).unmet


def around(day: date) -> tuple[date, date, date]:
    return day - DAY, day, day + DAY


def test_what_is_quoted_stands_in_the_texts() -> None:
    assert not_in("\n".join(text.read_text("utf-8") for text in TEXTS), reference, ("「", "」")) == []


# Each condition alone


LOST: dict[str, dict[str, Any]] = {
    "subject": {"born_on": date(2026, 3, 2)},
    "lawful": {"lawful": False},
    "age": {"born_on": date(2021, 12, 31), "submitted_on": date(2025, 11, 1)},
    "registered": {"registered_on": None},
    "before_move": {"moved_out_on": date(2026, 3, 1)},
    "applicant": {"raises": False},
    "in_time": {"submitted_on": date(2029, 3, 1)},
    "not_after_death_year": {"died_on": date(2025, 7, 1), "submitted_on": date(2027, 1, 1)},
    "not_claimed": {"earlier": (EarlierClaim(year=2026),)},
    "not_ended": {"abandoned": True},
}


def test_the_claims_that_the_rows_change_are_good() -> None:
    assert unmet(NEW) == unmet(OLD) == ()


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_that_fails_alone_refuses(condition: str) -> None:
    assert unmet(changed(NEW, LOST[condition])) == (condition,)


@pytest.mark.parametrize("ground", ["abandoned", "fraud", "other_ground"])
def test_each_ground_ends_the_subsidy(ground: str) -> None:
    assert unmet(changed(NEW, {ground: True})) == ("not_ended",)


# Who is a subject


@pytest.mark.parametrize(
    ("born", "covered", "day_after"), [(date(2021, 12, 31), False, False), (date(2022, 1, 1), False, True), (date(2022, 1, 2), True, True)]
)
def test_under_three_on_the_first_of_january_2025(born: date, covered: bool, day_after: bool) -> None:
    old = claim(born, date(2025, 11, 1))
    assert ("age" not in unmet(old)) is covered
    assert ("age" not in unmet(old, birthday="day_after")) is day_after


@pytest.mark.parametrize(
    ("born", "sum_cny", "months"), [(date(2024, 12, 30), 3600, 12), (date(2024, 12, 31), 3600, 12), (date(2025, 1, 1), 3600, None)]
)
def test_born_before_or_since_the_start(born: date, sum_cny: int, months: int | None) -> None:
    found = decide(claim(born, date(2025, 12, 31)))
    assert found.sum_cny == sum_cny
    assert found.months == months


@pytest.mark.parametrize(("died", "covered"), [(date(2024, 12, 31), False), (date(2025, 1, 1), True), (date(2025, 1, 2), True)])
def test_alive_on_the_first_of_january_2025(died: date, covered: bool) -> None:
    assert ("subject" not in unmet(replace(OLD, died_on=died))) is covered


@pytest.mark.parametrize("relation", ["parent", "adoptive_parent", "guardian", "welfare_institution"])
def test_who_may_claim(relation: Any) -> None:
    assert unmet(replace(NEW, applicant=relation)) == ()
    assert unmet(replace(NEW, applicant="other")) == ("applicant",)


def test_an_orphan_needs_no_lawful_birth() -> None:
    assert unmet(replace(NEW, lawful=False, orphan_or_unsupported=True, applicant="welfare_institution")) == ()


# Months


def expected_months(born: date) -> int:
    return (born.year - 2022) * 12 + born.month


@pytest.mark.parametrize("year", [2022, 2023, 2024])
@pytest.mark.parametrize("month", range(1, 13))
def test_a_child_born_before_the_start_is_paid_by_months(year: int, month: int) -> None:
    """300 yuan a month from January 2025 to the month of the third birthday; the claims are as many as the calendar years this touches."""
    child = claim(date(year, month, 15), date(2025, 9, 1))
    made = reference.claims(child, [date(2025, 9, 1), date(2026, 1, 5), date(2027, 12, 31), date(2028, 1, 1)])
    granted = [found for found in made if found.granted]
    assert sum(found.sum_cny or 0 for found in granted) == 300 * expected_months(child.born_on)
    assert len(granted) == year - 2021


@pytest.mark.parametrize(
    ("born", "birthday_month", "started", "whole"),
    [
        (date(2022, 9, 30), 9, 9, 8),
        (date(2022, 10, 1), 10, 9, 9),
        (date(2022, 10, 2), 10, 10, 9),
        (date(2022, 10, 31), 10, 10, 9),
        (date(2022, 11, 1), 11, 10, 10),
        (date(2022, 1, 2), 1, 1, 0),
        (date(2022, 2, 1), 2, 1, 1),
    ],
)
def test_which_months_are_due(born: date, birthday_month: int, started: int, whole: int) -> None:
    found = {option: reference.months_due(claim(born, date(2025, 9, 1)), 2025, Readings(last_month=option)) for option in _LAST_MONTH}
    assert found == {"birthday_month": birthday_month, "started": started, "whole": whole}


_LAST_MONTH: tuple[Any, ...] = READINGS["last_month"]


@pytest.mark.parametrize(("option", "three", "months"), [("february_28", date(2027, 2, 28), 2), ("march_1", date(2027, 3, 1), 3)])
def test_when_a_child_of_29_february_is_three(option: Any, three: date, months: int) -> None:
    leap = claim(date(2024, 2, 29), date(2027, 1, 5), 2025)
    chosen = Readings(leap_day=option)
    assert reference.three_on(leap.born_on, chosen) == three
    assert decide(leap, chosen).months == months
    for born in (date(2024, 2, 28), date(2024, 3, 1), date(2025, 2, 28)):
        assert reference.three_on(born, chosen) == born.replace(year=born.year + 3)


def test_who_bears_the_sum() -> None:
    assert reference.shares(Decimal(3600)) == {"central": 3060, "city": 270, "district": 270}
    assert reference.shares(Decimal(300)) == {"central": 255, "city": Decimal("22.5"), "district": Decimal("22.5")}


# Deadlines


def test_the_first_claim_of_a_child_born_since_the_start() -> None:
    """出生当年或次年12月31日前: the year of birth and the next; after that one year is lost and no other."""
    born = date(2025, 6, 10)
    assert unmet(claim(born, born)) == ()
    before, last, after = (claim(born, day) for day in around(date(2026, 12, 31)))
    assert [unmet(found) for found in (before, last, after)] == [(), (), ()]
    assert [decide(found).year for found in (before, last, after)] == [2026, 2026, 2027]
    assert [unmet(found, december_31="exclusive") for found in (before, last, after)] == [(), ("in_time",), ()]
    assert [unmet(found, late_first_claim="everything") for found in (before, last, after)] == [(), (), ("in_time",)]
    assert decide(before).until == date(2026, 12, 31)
    assert decide(before, Readings(december_31="exclusive")).until == date(2026, 12, 30)


def test_the_first_claim_of_a_child_born_before_the_start() -> None:
    before, last, after = (claim(date(2024, 3, 10), day) for day in around(date(2025, 12, 31)))
    assert [decide(found).sum_cny for found in (before, last, after)] == [3600, 3600, 3600]
    assert [decide(found).year for found in (before, last, after)] == [2025, 2025, 2026]
    assert [decide(found).until for found in (before, last, after)] == [date(2025, 12, 31), date(2025, 12, 31), date(2026, 12, 31)]
    assert [unmet(found, december_31="exclusive") for found in (before, last, after)] == [(), ("in_time",), ()]
    assert [unmet(found, late_first_claim="everything") for found in (before, last, after)] == [(), (), ("in_time",)]


@pytest.mark.parametrize(
    ("first", "open_years"), [(2025, (2026, 2027)), (2026, (2027, 2028)), (2027, (2028,)), (2028, ()), (None, (2025, 2026, 2027, 2028))]
)
def test_which_years_are_open(first: int | None, open_years: tuple[int, ...]) -> None:
    """Three consecutive years from the first claim; from the last in which it could be made, where it came later."""
    earlier = () if first is None else (first,)
    years = range(2025 if first is None else first + 1, 2031)
    found = [year for year in years if unmet(claim(date(2025, 6, 10), date(year, 7, 1), *earlier)) == ()]
    assert tuple(found) == open_years


def test_a_renewal_has_the_whole_year() -> None:
    born = date(2025, 6, 10)
    days = [date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 1)]
    assert [unmet(claim(born, day, 2025)) for day in days] == [(), (), (), (), ("in_time",)]
    assert {unmet(claim(born, day, 2025), december_31="exclusive") for day in days[:4]} == {()}


def test_the_last_claim_after_the_third_birthday() -> None:
    before, birthday, after = (claim(date(2025, 6, 10), day, 2026, 2027) for day in around(date(2028, 6, 10)))
    assert [unmet(found) for found in (before, birthday, after)] == [(), (), ()]
    assert [unmet(found, third_claim="under_three") for found in (before, birthday, after)] == [(), ("in_time",), ("in_time",)]
    later = {"third_claim": "under_three", "birthday": "day_after"}
    assert [unmet(found, **later) for found in (before, birthday, after)] == [(), (), ("in_time",)]


def test_a_year_let_pass_is_lost_alone() -> None:
    found = reference.claims(claim(date(2025, 6, 10), date(2025, 7, 1)), [date(2025, 7, 1), date(2027, 7, 1), date(2028, 7, 1)])
    assert [decision.unmet for decision in found] == [(), (), ("in_time",)]


def test_a_claim_is_made_once_a_year_and_by_one_parent() -> None:
    assert unmet(claim(date(2025, 6, 10), date(2026, 7, 1), 2026)) == ("not_claimed",)
    other = (EarlierClaim(year=2026, by_other=True),)
    assert unmet(claim(date(2025, 6, 10), date(2026, 7, 1), earlier=other)) == ("not_claimed",)


# A correction


def test_a_correction_after_the_deadline() -> None:
    late = claim(date(2024, 3, 10), date(2025, 12, 20), corrected_on=date(2026, 1, 8))
    assert (decide(late).year, decide(late).unmet) == (2025, ())
    whole = decide(late, Readings(correction="whole", late_first_claim="everything"))
    assert (whole.year, whole.unmet) == (2026, ("in_time",))


@pytest.mark.parametrize(("registered_on", "good"), [(date(2026, 3, 9), True), (date(2026, 3, 10), True), (date(2026, 3, 11), False)])
def test_the_facts_are_those_of_the_last_correction(registered_on: date, good: bool) -> None:
    corrected = replace(NEW, registered_on=registered_on, corrected_on=date(2026, 3, 10))
    assert (unmet(corrected) == ()) is good
    assert unmet(replace(corrected, corrected_on=None)) == ("registered",)


# The move of the hukou


@pytest.mark.parametrize(
    ("moved", "default", "same_day"), [(date(2026, 2, 28), False, False), (date(2026, 3, 1), False, True), (date(2026, 3, 2), True, True)]
)
def test_a_claim_around_the_move(moved: date, default: bool, same_day: bool) -> None:
    assert (unmet(replace(NEW, moved_out_on=moved)) == ()) is default
    assert (unmet(replace(NEW, moved_out_on=moved), move_day="same_day") == ()) is same_day


def test_a_correction_after_the_move_leaves_the_claim_in_shanghai() -> None:
    corrected = replace(NEW, moved_out_on=date(2026, 3, 5), corrected_on=date(2026, 3, 10))
    assert unmet(corrected) == ()
    assert unmet(corrected, correction="whole") == ("before_move",)


@pytest.mark.parametrize(("registered", "good"), [(date(2026, 2, 28), True), (date(2026, 3, 1), True), (date(2026, 3, 2), False)])
def test_a_claim_around_the_registration(registered: date, good: bool) -> None:
    assert ("registered" not in unmet(replace(NEW, registered_on=registered))) is good


# Death


@pytest.mark.parametrize(
    ("died", "submitted", "failing", "year"),
    [
        # in the year of birth: that year and the next
        (date(2025, 7, 1), date(2025, 7, 1), (), 2025),
        (date(2025, 7, 1), date(2025, 12, 31), (), 2025),
        (date(2025, 7, 1), date(2026, 1, 1), (), 2025),
        (date(2025, 12, 31), date(2026, 12, 31), (), 2025),
        (date(2025, 12, 31), date(2027, 1, 1), ("not_after_death_year",), 2027),
        # later: that year alone
        (date(2026, 1, 1), date(2026, 12, 31), (), 2026),
        (date(2026, 1, 1), date(2027, 1, 1), ("not_after_death_year",), 2027),
        # not yet dead on the day of the claim
        (date(2026, 7, 2), date(2026, 7, 1), (), 2026),
    ],
)
def test_a_claim_for_the_year_of_death(died: date, submitted: date, failing: tuple[str, ...], year: int) -> None:
    found = decide(claim(date(2025, 6, 10), submitted, died_on=died))
    assert (found.unmet, found.year) == (failing, year)


def test_a_late_claim_that_the_office_accepts() -> None:
    late = claim(date(2025, 6, 10), date(2027, 1, 1), died_on=date(2026, 1, 1), late_accepted=True)
    assert unmet(late) == ("not_after_death_year",)
    assert unmet(late, death_deadline="principle") == ()
    assert unmet(replace(late, late_accepted=False), death_deadline="principle") == ("not_after_death_year",)


def test_a_child_never_registered_is_claimed_for_where_the_applicant_is() -> None:
    child = claim(date(2025, 6, 10), date(2025, 7, 1), died_on=date(2025, 6, 20), registered_on=None)
    assert unmet(child) == ()
    assert unmet(replace(child, applicant_in_shanghai=False)) == ("registered",)
    assert unmet(replace(child, died_on=None)) == ("registered",)


def test_the_months_of_the_year_of_death() -> None:
    child = claim(date(2024, 3, 10), date(2025, 7, 1), died_on=date(2025, 5, 31))
    assert decide(child).sum_cny == 3600
    assert decide(child, Readings(death_months="to_death")).sum_cny == 1500
    # never more than it would have been
    third = claim(date(2022, 4, 10), date(2025, 7, 1), died_on=date(2025, 5, 31))
    assert decide(third, Readings(death_months="to_death")).sum_cny == 1200


def test_nothing_is_due_for_the_years_after() -> None:
    """The year of death is paid once, and a claim made before the death is that claim."""
    child = claim(date(2025, 6, 10), date(2026, 7, 1), 2026, died_on=date(2026, 3, 1))
    assert unmet(child) == ("not_claimed",)
    assert "not_after_death_year" in unmet(replace(child, submitted_on=date(2027, 7, 1)))


# Order, divorce, working days


def test_the_order_of_a_child_is_said_and_changes_no_sum() -> None:
    siblings = (Sibling(same_couple=True, older=True), Sibling(same_couple=False, older=True), Sibling(same_couple=True, older=False))
    found = decide(replace(NEW, siblings=siblings))
    assert found.order == 2
    assert found.sum_cny == 3600


@pytest.mark.parametrize(("custody", "default", "either"), [(True, (), ()), (False, ("applicant",), ())])
def test_after_a_divorce(custody: bool, default: tuple[str, ...], either: tuple[str, ...]) -> None:
    parent = replace(NEW, divorced=True, custody=custody)
    assert unmet(parent) == default
    assert unmet(parent, divorced="either") == either
    assert unmet(replace(parent, applicant="guardian")) == ()


def test_working_days_are_counted_where_the_holidays_are_known() -> None:
    new_year = frozenset(date(2026, 1, day) for day in (1, 2))
    assert reference.working_day(date(2025, 12, 29), 2, frozenset()) == date(2025, 12, 31)
    assert reference.working_day(date(2025, 12, 29), 9, new_year) == date(2026, 1, 13)
    assert reference.working_day(date(2025, 12, 29), 9, new_year, frozenset({date(2026, 1, 4)})) == date(2026, 1, 12)


# What holds of any claim


@sized(800, 8_000)
def test_what_holds_of_any_claim(size: int) -> None:
    """A claim is granted where all is met, for 3600 yuan or a number of months of 300; a second one for the same year never is."""
    rng = random.Random(12)
    granted = 0
    for _ in range(size):
        made, chosen = claims.claim(rng), claims.readings(rng)
        found = decide(made, chosen)
        assert found.granted is (found.sum_cny is not None) is not bool(found.unmet)
        if found.sum_cny is not None:
            granted += 1
            assert found.sum_cny == (3600 if found.months is None else 300 * found.months)
            assert 0 < found.sum_cny <= 3600
            again = replace(made, earlier=(*made.earlier, EarlierClaim(year=found.year)))
            assert "not_claimed" in decide(again, chosen).unmet
            if "principle" not in chosen.death_deadline:
                assert reference.filing_day(made, chosen) <= found.until
    assert size / 10 < granted < size


@sized(60, 1_000)
def test_a_child_is_never_paid_for_more_than_three_years(size: int) -> None:
    """Whoever claims in every year gets at most 10800 yuan for a child, and 3600 in a year."""
    rng = random.Random(10800)
    for _ in range(size):
        child, chosen = claims.claim(rng), claims.readings(rng)
        child = replace(child, earlier=(), corrected_on=None)
        days = sorted(claims.day(rng, date(year, 1, 1), date(year, 12, 31)) for year in range(2025, 2031) for _ in range(2))
        paid = [found.sum_cny or Decimal(0) for found in reference.claims(child, days, chosen)]
        assert sum(paid) <= 10800


@sized(1_500, 4_000)
def test_random_claims_reach_every_condition_and_every_reading(size: int) -> None:
    """A generator that never meets or never fails a condition, or on which a reading never tells, measures nothing."""
    rng = random.Random(2025)
    made = [claims.claim(rng) for _ in range(size)]
    failing = [name for found in made for name in unmet(found)]
    assert set(failing) == set(CONDITIONS)
    for name, options in READINGS.items():
        for option in options[1:]:
            assert any(decide(found, Readings(**{name: option})) != decide(found) for found in made), (name, option)  # type: ignore[arg-type]
