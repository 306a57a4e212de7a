"""Wirral Council Tax Reduction 2026/27: each band, limit and day from both sides, each condition alone, and what holds of any household."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from notices.wirral_ctr_2026 import households, reference
from notices.wirral_ctr_2026.reference import CONDITIONS, PERCENT, READINGS, UPPER, Household, NonDependant, Readings, decide
from support.quotes import not_in
from support.tiers import sized

TEXT = Path(__file__).parent / "text" / "paragraphs.txt"
PENNY = Decimal("0.01")
ONE = (NonDependant(),)
GOOD = Household(weekly_income=Decimal(100))


def changed(household: Household, facts: dict[str, Any]) -> Household:
    return replace(household, **facts)


def yearly(household: Household, **chosen: Any) -> Fraction:
    return decide(household, Readings(**chosen)).amount


def test_what_is_quoted_stands_in_the_text() -> None:
    assert not_in(TEXT.read_text("utf-8"), reference, ('"', '"')) == []


def test_the_bands_are_those_of_the_table() -> None:
    """Table 1 as printed: for each band its percentage, and for each of six families a lowest and a highest income, without a hole."""
    table = re.search(r"Band 1 50%.*", TEXT.read_text("utf-8"))
    assert table is not None
    printed = re.findall(r"Band (\d) (\d+)% (.*?)(?= Band|$)", table[0])
    assert {int(band): int(percent) for band, percent, _ in printed} == PERCENT
    for band, _, ranges in printed:
        lowest = re.findall(r"£([\d.]+) (?:to|or more)", ranges)
        highest = re.findall(r"to £([\d.]+)", ranges)
        for column, limits in enumerate(UPPER.values()):
            number = int(band)
            assert Decimal(lowest[column]) == (limits[number - 2] + PENNY if number > 1 else 0)
            assert not highest or Decimal(highest[column]) == limits[number - 1]


# Each condition alone


LOST: dict[str, dict[str, Any]] = {
    "working_age": {"pension_age": True},
    "liable": {"liable": False},
    "resident": {"resident": False},
    "present": {"absent": True},
    "not_excluded": {"excluded_class": True},
    "capital": {"capital": Decimal(6000)},
    "income": {"weekly_income": Decimal("286.01")},
    "application": {"valid_application": False},
    "in_year": {"applied_on": date(2027, 3, 29)},
}


def test_the_household_that_the_rows_change_is_granted_half_of_its_bill() -> None:
    found = decide(GOOD)
    assert found.unmet == ()
    assert (found.band, found.days) == (1, 365)
    assert found.amount == 500


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_that_fails_alone_refuses(condition: str) -> None:
    found = decide(changed(GOOD, LOST[condition]))
    assert found.unmet == (condition,)
    assert found.amount == 0


@pytest.mark.parametrize("benefit", ["income_support", "income_based_jsa", "income_related_esa", "universal_credit"])
def test_of_pension_age_with_a_benefit(benefit: Any) -> None:
    assert decide(replace(GOOD, pension_age=True, benefits=frozenset({benefit}))).unmet == ()


@pytest.mark.parametrize(("capital", "granted"), [("5999.99", True), ("6000.00", False), ("6000.01", False)])
def test_capital_at_its_limit(capital: str, granted: bool) -> None:
    assert decide(replace(GOOD, capital=Decimal(capital))).granted is granted
    passported = replace(GOOD, capital=Decimal(capital), benefits=frozenset({"income_support"}))
    assert decide(passported).granted is granted


# Bands


@pytest.mark.parametrize("family", UPPER)
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_band_ends_at_its_limit(family: tuple[bool, int], number: int) -> None:
    partner, dependants = family
    limit = UPPER[family][number - 1]
    made = [replace(GOOD, partner=partner, dependants=dependants, weekly_income=limit + step) for step in (-PENNY, Decimal(0), PENNY)]
    assert [reference.band(household) for household in made] == [number, number, number + 1]
    assert decide(made[1]).amount == 10 * PERCENT[number]
    assert decide(made[2]).granted is (number < 4)


@pytest.mark.parametrize(("dependants", "band"), [(0, 3), (1, 2), (2, 1), (3, 1), (7, 1)])
def test_two_dependants_are_as_good_as_more(dependants: int, band: int) -> None:
    assert reference.band(replace(GOOD, dependants=dependants, weekly_income=Decimal("200.00"))) == band


@pytest.mark.parametrize(
    ("benefit", "band"), [("income_support", 1), ("income_based_jsa", 1), ("income_related_esa", 1), ("universal_credit", 5)]
)
def test_which_benefits_lead_to_band_1(benefit: Any, band: int) -> None:
    assert reference.band(replace(GOOD, weekly_income=Decimal(999), benefits=frozenset({benefit}))) == band


# The sum


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        # a bill of 1000 in Band 2, and one non-dependant at 5/7 a day, 1825/7 a year
        ({"band_share": "of_bill", "deduction": "after"}, 400 - Fraction(1825, 7)),
        ({"band_share": "of_bill", "deduction": "before"}, (1000 - Fraction(1825, 7)) * Fraction(2, 5)),
        ({"band_share": "of_maximum", "deduction": "after"}, 0),
        ({"band_share": "of_maximum", "deduction": "before"}, (500 - Fraction(1825, 7)) * Fraction(2, 5)),
        ({"band_share": "of_maximum", "deduction": "before", "maximum_parse": "less_then_half"}, (1000 - Fraction(1825, 7)) / 5),
        # of the bill there is no maximum that could be read in two ways
        ({"band_share": "of_bill", "deduction": "before", "maximum_parse": "less_then_half"}, (1000 - Fraction(1825, 7)) * Fraction(2, 5)),
    ],
)
def test_what_a_non_dependant_costs(chosen: dict[str, Any], expected: Fraction) -> None:
    assert yearly(replace(GOOD, weekly_income=Decimal("182.00"), non_dependants=ONE), **chosen) == expected


@pytest.mark.parametrize(
    ("tax", "liability", "reduction"), [("999.99", "499.995", "499.995"), ("1000.00", "500", "500"), ("1000.01", "500", "500.005")]
)
def test_what_band_d_bounds(tax: str, liability: str, reduction: str) -> None:
    household = replace(GOOD, council_tax=Decimal(tax), band_d=Decimal(1000))
    assert yearly(household) == Fraction(liability)
    assert yearly(household, cap="reduction") == Fraction(reduction)


@pytest.mark.parametrize(("tax", "expected"), [("1999.99", "999.995"), ("2000.00", "1000"), ("2000.01", "1000")])
def test_where_band_d_bounds_the_reduction(tax: str, expected: str) -> None:
    household = replace(GOOD, council_tax=Decimal(tax), band_d=Decimal(1000))
    assert yearly(household, cap="reduction") == Fraction(expected)


def test_several_who_are_liable() -> None:
    household = replace(GOOD, liable_persons=2, council_tax=Decimal(1200), band_d=Decimal(1000))
    assert yearly(household) == 250
    assert yearly(household, cap_share="share_then_cap") == 300
    assert yearly(replace(household, partner=True, only_with_partner=True)) == 500
    assert yearly(replace(household, partner=True, liable_persons=3)) == Fraction(1000, 6)


def test_a_reduction_is_never_below_nothing() -> None:
    household = replace(GOOD, council_tax=Decimal(100), non_dependants=ONE)
    assert {yearly(household, band_share=share, deduction=less) for share in READINGS["band_share"] for less in READINGS["deduction"]} == {
        0
    }
    assert decide(household).granted


@pytest.mark.parametrize(
    ("sum_gbp", "expected"), [(Fraction(4, 1000), 0), (Fraction(5, 1000), Fraction(1, 100)), (Fraction(6, 1000), Fraction(1, 100))]
)
def test_half_a_penny_is_rounded_up(sum_gbp: Fraction, expected: Fraction) -> None:
    assert reference.pennies(sum_gbp) == expected


def test_where_something_is_rounded() -> None:
    household = replace(GOOD, council_tax=Decimal(1000))
    assert yearly(household) == 500
    assert yearly(household, rounding="day") == 365 * Fraction(137, 100)
    third = replace(household, liable_persons=3)
    assert yearly(third) == Fraction(500, 3)
    assert yearly(third, rounding="period") == Fraction(16667, 100)


# Non-dependants


FIVE_A_WEEK = Fraction(5, 7)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ((), 0),
        (ONE, 1),
        (ONE * 2, 2),
        ((NonDependant(couple="a"), NonDependant(couple="a")), 1),
        ((NonDependant(couple="a"), NonDependant(couple="a"), NonDependant()), 2),
        ((NonDependant(hosts=2),), Fraction(1, 2)),
        ((NonDependant(couple="a", hosts=3), NonDependant(couple="a", hosts=3)), Fraction(1, 3)),
        ((NonDependant(standing="home_elsewhere"),), 0),
        ((NonDependant(standing="training_allowance"),), 0),
        ((NonDependant(standing="full_time_student"),), 0),
        ((NonDependant(standing="patient_over_52_weeks"),), 0),
        ((NonDependant(standing="armed_forces_away"),), 0),
        ((NonDependant(standing="disregarded"),), 0),
        ((NonDependant(standing="disregarded_as_student"),), 1),
        ((NonDependant(couple="a", standing="disregarded"), NonDependant(couple="a")), 1),
    ],
)
def test_who_costs_a_deduction(people: tuple[NonDependant, ...], expected: Fraction) -> None:
    assert reference.deduction(replace(GOOD, non_dependants=people), Readings()) == FIVE_A_WEEK * expected


def test_a_couple_of_whom_one_is_left_out() -> None:
    couple = (NonDependant(couple="a", standing="full_time_student"), NonDependant(couple="a"))
    assert reference.deduction(replace(GOOD, non_dependants=couple), Readings(couple="none")) == 0


@pytest.mark.parametrize("protection", ["blind", "attendance_allowance", "dla_care", "pip_daily_living", "afip"])
def test_who_is_protected_from_deductions(protection: Any) -> None:
    assert reference.deduction(replace(GOOD, non_dependants=ONE * 3, protection=protection), Readings()) == 0


# Days


@pytest.mark.parametrize(
    ("applied", "start", "days"),
    [
        # Sunday, Monday, Tuesday; and at both ends of the year
        (date(2026, 11, 15), date(2026, 11, 16), 136),
        (date(2026, 11, 16), date(2026, 11, 23), 129),
        (date(2026, 11, 17), date(2026, 11, 23), 129),
        (date(2026, 3, 29), date(2026, 4, 1), 365),
        (date(2026, 3, 30), date(2026, 4, 6), 360),
        (date(2027, 3, 28), date(2027, 3, 29), 3),
        (date(2027, 3, 29), date(2027, 4, 5), 0),
    ],
)
def test_entitlement_begins_on_the_monday_after_the_application(applied: date, start: date, days: int) -> None:
    found = decide(replace(GOOD, applied_on=applied))
    assert (found.entitled_from, found.days) == (start, days)
    assert found.amount == Fraction(500, 365) * days


@pytest.mark.parametrize(
    ("occupied", "banded", "start"),
    [
        # the week of the application of Wednesday 18 November begins on the 16th
        (date(2026, 11, 15), True, date(2026, 11, 23)),
        (date(2026, 11, 16), True, date(2026, 11, 16)),
        (date(2026, 11, 22), True, date(2026, 11, 22)),
        (date(2026, 11, 23), True, date(2026, 11, 23)),
        (date(2026, 11, 24), True, date(2026, 11, 23)),
        (date(2026, 9, 1), False, date(2026, 9, 1)),
        (date(2026, 9, 1), True, date(2026, 11, 23)),
        (date(2026, 3, 1), False, date(2026, 4, 1)),
    ],
)
def test_entitlement_of_who_moves_in(occupied: date, banded: bool, start: date) -> None:
    household = replace(GOOD, applied_on=date(2026, 11, 18), occupied_on=occupied, banded=banded)
    assert decide(household).entitled_from == start


def test_the_year_has_365_days() -> None:
    assert reference.days_in_year() == 365


# What holds of any household


@sized(150, 4_000)
def test_what_holds_of_any_household(size: int) -> None:
    """A reduction is never below nothing nor above half of the bill, and less income or one non-dependant fewer never lowers it."""
    rng = random.Random(2026)
    granted = 0
    for _ in range(size):
        household, chosen = households.household(rng), replace(households.readings(rng), rounding="exact")
        found = decide(household, chosen)
        granted += found.granted
        assert found.granted is not bool(found.unmet)
        assert 0 <= found.daily * 365 <= Fraction(household.council_tax) / 2
        poorer = replace(household, weekly_income=max(Decimal(0), household.weekly_income - Decimal("52.01")))
        assert decide(poorer, chosen).amount >= found.amount
        if household.non_dependants and all(person.couple is None for person in household.non_dependants):
            assert decide(replace(household, non_dependants=household.non_dependants[1:]), chosen).amount >= found.amount
        early = replace(chosen, deduction="before")
        assert decide(household, early).amount >= decide(household, replace(chosen, deduction="after")).amount
        assert (
            decide(household, replace(chosen, band_share="of_bill")).amount
            >= decide(household, replace(chosen, band_share="of_maximum")).amount
        )
    assert size / 5 < granted < size


@sized(300, 4_000)
def test_random_households_reach_every_condition_band_and_reading(size: int) -> None:
    """A generator that never meets or never fails a condition, or on which a reading never tells, measures nothing."""
    rng = random.Random(48)
    made = [households.household(rng) for _ in range(size)]
    assert {name for household in made for name in decide(household).unmet} == set(CONDITIONS)
    assert {reference.band(household) for household in made if decide(household).granted} == {1, 2, 3, 4}
    others = {name: Readings(**{name: options[1]}) for name, options in READINGS.items()}  # type: ignore[arg-type]
    for name, other in others.items():
        base = Readings()
        if name == "maximum_parse":
            base, other = (replace(found, band_share="of_maximum", deduction="before") for found in (base, other))
        assert any(decide(household, other) != decide(household, base) for household in made), name
