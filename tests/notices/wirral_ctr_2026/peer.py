"""Another project's households (`peers/awards.csv`) as facts of the scheme, with the steps on the way that it names."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from notices.wirral_ctr_2026.reference import Benefit, Household, NonDependant, Readings, days_in_year, decide, for_days

TABLE = Path(__file__).parent / "peers" / "awards.csv"
THE_PEERS = Readings(band_share="of_maximum", deduction="before", cap="liability")
"""The one reading that the other project has throughout."""

BENEFITS: dict[str, Benefit] = {
    "receives_income_support": "income_support",
    "receives_income_related_esa": "income_related_esa",
    "receives_income_based_jsa": "income_based_jsa",
    "receives_universal_credit": "universal_credit",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: the household, what is expected for a whole year, and the steps on the way that it gives a value for."""

    name: str
    household: Household
    award: Decimal | None
    steps: dict[str, str]


def rows() -> list[Row]:
    """The table. Its sums of council tax are already divided among those who are liable."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [row(cells) for cells in csv.DictReader(lines)]


def row(cells: dict[str, str]) -> Row:
    """One line of the table."""

    def holds(key: str) -> bool:
        return cells[f"in:{key}"] == "True"

    household = Household(
        pension_age=not holds("applicant_is_working_age"),
        benefits=frozenset(benefit for key, benefit in BENEFITS.items() if holds(key)),
        liable=holds("local_authority_is_wirral"),
        capital=Decimal(cells["in:assessed_capital_for_year"]),
        weekly_income=Decimal(cells["in:assessed_weekly_net_income"]),
        partner=holds("has_partner"),
        dependants=2 if holds("has_two_or_more_dependants") else int(holds("has_one_dependant")),
        council_tax=Decimal(cells["in:annual_council_tax_liability_after_statutory_discounts_and_apportionment"]),
        band_d=Decimal(cells["in:annual_band_d_council_tax_liability_after_statutory_discounts_and_apportionment"]),
        protection="blind" if holds("applicant_or_partner_is_protected_from_non_dependant_deductions") else "none",
        non_dependants=(NonDependant(),) * int(cells["in:non_dependant_deduction_units_after_person_exemptions"]),
        valid_application=holds("would_claim_council_tax_reduction"),
    )
    award = cells["out:annual_amount"]
    steps = {key.removeprefix("out:"): value for key, value in cells.items() if key.startswith("out:") and value}
    return Row(name=cells["name"], household=household, award=Decimal(award) if award else None, steps=steps)


def whole_year(household: Household, readings: Readings) -> Fraction:
    """What a household is granted for every day of the year."""
    return for_days(household, days_in_year(), readings) if decide(household, readings).granted else Fraction(0)


def same(found: Fraction, expected: Decimal) -> bool:
    """Whether a fraction is a decimal, to the digits that the decimal has."""
    digits = -int(expected.as_tuple().exponent)
    return abs(found - Fraction(expected)) < Fraction(1, 10 ** max(digits, 0))
