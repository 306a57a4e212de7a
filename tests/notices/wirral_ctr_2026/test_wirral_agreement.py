"""Another project's 62 households: what it expects, and under which reading of the scheme that is right."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from notices.wirral_ctr_2026 import agreement, peer
from notices.wirral_ctr_2026.reference import Household, Readings, band, daily, decide, deduction, liability, working_age

ROWS = peer.rows()
AWARDED = [row for row in ROWS if row.award is not None]


def test_the_table_is_whole() -> None:
    assert (len(ROWS), len(AWARDED)) == (62, 61)


def test_every_award_is_explained_by_the_peers_reading() -> None:
    assert [row.name for row in AWARDED if peer.THE_PEERS not in agreement.agreeing(row.name)] == []


def test_the_page_is_what_is_found() -> None:
    """Regenerate it with `python -m notices.wirral_ctr_2026.agreement` in `tests/`."""
    assert agreement.PAGE.read_text("utf-8") == agreement.page()


def test_how_many_awards_each_reading_explains() -> None:
    counts = {agreement.named(readings): sum(readings in agreement.agreeing(row.name) for row in AWARDED) for readings in agreement.EIGHT}
    assert counts == {
        "of_bill, after, liability": 10,
        "of_bill, after, reduction": 10,
        "of_bill, before, liability": 10,
        "of_bill, before, reduction": 10,
        "of_maximum, after, liability": 60,
        "of_maximum, after, reduction": 59,
        "of_maximum, before, liability": 61,
        "of_maximum, before, reduction": 60,
    }


def test_which_awards_tell_the_readings_apart() -> None:
    """Ten awards are nothing under any reading; one tells when the deduction is made, one what Band D bounds, the rest only what a band
    is a share of."""
    right = {row.name.removeprefix("wirral_"): {agreement.named(found) for found in agreement.agreeing(row.name)} for row in AWARDED}
    of_maximum = {agreement.named(readings) for readings in agreement.EIGHT if readings.band_share == "of_maximum"}
    assert sum(found == {agreement.named(readings) for readings in agreement.EIGHT} for found in right.values()) == 10
    special = {name: found for name, found in right.items() if len(found) < 8 and found != of_maximum}
    assert special == {
        "non_dependant_daily_deduction_composes_inside_maximum": {"of_maximum, before, liability", "of_maximum, before, reduction"},
        "band_d_cap_limits_eligible_liability": {"of_maximum, after, liability", "of_maximum, before, liability"},
    }


def test_halving_what_is_left_explains_no_award_that_halving_first_does_not() -> None:
    """The fourth way to read 48.0, half of A/B without C: it misses the one award in which there is a C."""
    other = Readings(band_share="of_maximum", deduction="before", maximum_parse="less_then_half")
    missed = [row.name for row in AWARDED if row.award is not None and not peer.same(peer.whole_year(row.household, other), row.award)]
    assert missed == ["wirral_non_dependant_daily_deduction_composes_inside_maximum"]


def steps(household: Household) -> dict[str, Fraction | int]:
    """The steps of the table as the reference takes them: bands from 0, sums of a year."""
    tax, less = liability(household, peer.THE_PEERS), deduction(household, peer.THE_PEERS)
    return {
        "income_band": band(household) - 1,
        "family_category": min(household.dependants, 2) + 3 * household.partner,
        "band_d_capped_eligible_liability_for_year": tax,
        "daily_non_dependant_deduction": less,
        "annual_non_dependant_deduction": less * 365,
        "maximum_amount_before_non_dependant_deduction_for_year": tax / 2,
        "maximum_amount_for_year": max(Fraction(0), tax / 2 - less * 365),
        "amount_before_award_conditions_for_year": daily(household, peer.THE_PEERS) * 365,
    }


def verdicts(household: Household) -> dict[str, bool]:
    """What the table says of a household in words."""
    unmet = decide(household).unmet
    return {
        "working_age_scheme_applies": working_age(household),
        "capital_eligible": "capital" not in unmet,
        "award_conditions_met": not unmet,
    }


def test_the_steps_on_the_way_agree() -> None:
    """Those of the row without an award too."""
    sums = [(row, name, value) for row in ROWS for name, value in steps(row.household).items() if name in row.steps]
    assert [(row.name, name) for row, name, value in sums if not peer.same(Fraction(value), Decimal(row.steps[name]))] == []
    words = [(row, name, holds) for row in ROWS for name, holds in verdicts(row.household).items() if name in row.steps]
    assert [(row.name, name) for row, name, holds in words if row.steps[name] != ("holds" if holds else "not_holds")] == []
    assert {name for _, name, _ in sums} == set(steps(ROWS[0].household))
    assert {name for _, name, _ in words} == set(verdicts(ROWS[0].household))


def test_what_the_council_announced_fits_a_share_of_the_bill() -> None:
    """Everybody pays at least half of the bill: under one reading Band 1 pays just that, under the other nobody pays less than three
    quarters."""
    (first, *_) = ROWS
    assert peer.whole_year(first.household, Readings()) == Fraction(first.household.council_tax) / 2
    assert peer.whole_year(first.household, peer.THE_PEERS) == Fraction(first.household.council_tax) / 4
