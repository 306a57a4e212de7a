"""Wirral Council Tax Reduction 2026/27, working age, as plain Python over the complete facts of one household.

Each function quotes the words it rests on. Whatever the text leaves open is one of `Readings`; the default is the first option of each.
Sums of a day and a year are exact fractions of a pound.

Not computed, for other paragraphs of the scheme say it: what is income, capital or a council tax family, who is absent, excluded or a
student, which application is valid, what discount a dwelling has. 1.7(f) asks for a maximum reduction that can be calculated; with these
facts it always can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal

Benefit = Literal["income_support", "income_based_jsa", "income_related_esa", "universal_credit"]
Protection = Literal["none", "blind", "attendance_allowance", "dla_care", "pip_daily_living", "afip"]
Standing = Literal[
    "counted",
    "home_elsewhere",
    "training_allowance",
    "full_time_student",
    "patient_over_52_weeks",
    "armed_forces_away",
    "disregarded",
    "disregarded_as_student",
]

FIRST_DAY, LAST_DAY = date(2026, 4, 1), date(2027, 3, 31)
CAPITAL_LIMIT = Decimal(6000)
MAXIMUM = Fraction(50, 100)
PERCENT = {1: 50, 2: 40, 3: 30, 4: 20, 5: 0}
DEDUCTION = Fraction(5, 7)
PASSPORTS: frozenset[Benefit] = frozenset({"income_support", "income_based_jsa", "income_related_esa"})
UPPER: dict[tuple[bool, int], tuple[Decimal, ...]] = {
    # with a partner, dependants: the highest weekly income of bands 1 to 4
    (False, 0): (Decimal("130.00"), Decimal("182.00"), Decimal("234.00"), Decimal("286.00")),
    (False, 1): (Decimal("182.00"), Decimal("234.00"), Decimal("286.00"), Decimal("338.00")),
    (False, 2): (Decimal("250.00"), Decimal("286.00"), Decimal("338.00"), Decimal("390.00")),
    (True, 0): (Decimal("182.00"), Decimal("234.00"), Decimal("286.00"), Decimal("338.00")),
    (True, 1): (Decimal("236.00"), Decimal("286.00"), Decimal("338.00"), Decimal("390.00")),
    (True, 2): (Decimal("306.00"), Decimal("338.00"), Decimal("390.00"), Decimal("442.00")),
}
CONDITIONS = ("working_age", "liable", "resident", "present", "not_excluded", "capital", "income", "application", "in_year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What the scheme can be taken to say.

    - `band_share`: what the percentage of a band is one of. `of_bill`: the council tax, so that Band 1 is the maximum of 48.0 itself.
      `of_maximum`: the maximum of 48.0, so that Band 1 is half of a half.
    - `deduction`: whether what non-dependants cost is taken off before or after the percentage of the band. `after`, `before`.
    - `cap`: what Band D bounds. `liability`: the council tax of 48.0(a). `reduction`: what is granted.
    - `maximum_parse`: 50% of A/B less C, where the band is a share of the maximum and C is taken before it. `half_then_less`: half of
      A/B, and C off it. `less_then_half`: half of what is left of A/B without C.
    - `cap_share`: where several are liable. `cap_then_share`: Band D is divided by their number as the council tax is. `share_then_cap`:
      it is not.
    - `couple`: two non-dependants who are a couple, and no deduction is made for one of them. `one`: the other is deducted. `none`:
      neither.
    - `rounding`: the scheme rounds nowhere in these paragraphs. `exact`: nor does this. `day`: each day to the penny. `period`: the sum
      of all days."""

    band_share: Literal["of_bill", "of_maximum"] = "of_bill"
    deduction: Literal["after", "before"] = "after"
    cap: Literal["liability", "reduction"] = "liability"
    maximum_parse: Literal["half_then_less", "less_then_half"] = "half_then_less"
    cap_share: Literal["cap_then_share", "share_then_cap"] = "cap_then_share"
    couple: Literal["one", "none"] = "one"
    rounding: Literal["exact", "day", "period"] = "exact"


READINGS: dict[str, tuple[str, ...]] = {
    "band_share": ("of_bill", "of_maximum"),
    "deduction": ("after", "before"),
    "cap": ("liability", "reduction"),
    "maximum_parse": ("half_then_less", "less_then_half"),
    "cap_share": ("cap_then_share", "share_then_cap"),
    "couple": ("one", "none"),
    "rounding": ("exact", "day", "period"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NonDependant:
    """Somebody else who lives there. `couple` is the same for the two of a couple and None for a single person; `hosts` is of how many
    liable persons he is a non-dependant, of whom two that are liable as spouses or civil partners are one."""

    standing: Standing = "counted"
    couple: str | None = None
    hosts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """An applicant, with a partner or without.

    `benefits` are those that one of the two receives. `council_tax` is A of 48.0(a) for the year, after every discount and before any
    division; `band_d` is what it would be were the dwelling in Band D. `liable_persons` is how many are jointly and severally liable, the
    applicant among them, and students whom 48.2 leaves out not. `occupied_on` is the day on which the dwelling was occupied and liability
    began, None where that was long before."""

    pension_age: bool = False
    benefits: frozenset[Benefit] = frozenset()
    liable: bool = True
    resident: bool = True
    absent: bool = False
    excluded_class: bool = False
    capital: Decimal = Decimal(0)
    weekly_income: Decimal = Decimal(0)
    partner: bool = False
    dependants: int = 0
    council_tax: Decimal = Decimal(1000)
    band_d: Decimal = Decimal(2000)
    liable_persons: int = 1
    only_with_partner: bool = False
    protection: Protection = "none"
    non_dependants: tuple[NonDependant, ...] = ()
    valid_application: bool = True
    applied_on: date = date(2026, 3, 2)
    occupied_on: date | None = None
    banded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether there is a reduction, what stands in its way, the band, from which day, for how many days of the year, and how much."""

    granted: bool
    unmet: tuple[str, ...]
    band: int
    entitled_from: date
    days: int
    daily: Fraction
    amount: Fraction


# Who may have it


def working_age(household: Household) -> bool:
    """1.7: "(a) have not attained the qualifying age for state pension credit; or (b) have attained the qualifying age for state pension
    credit and he, or if he has a partner, his partner, is a person on income support, on income-based jobseeker's allowance or an
    income-related employment and support allowance; or a person with an award of universal credit". The age of the partner does not
    matter."""
    return not household.pension_age or bool(household.benefits)


def within_capital(household: Household) -> bool:
    """1.7(g): "not have capital savings of £6,000 or above"; 26.1: "no reduction shall be granted when the applicant has an amount of
    £6,000 or greater"."""
    return household.capital < CAPITAL_LIMIT


def band(household: Household) -> int:
    """Schedule 1, Table 1; 7: "Where an applicant or partner is in receipt of Income Support, Income Related Employment and Support
    Allowance or Income Based Jobseeker's Allowance (passported benefit), discount will be awarded at Band 1 level". Universal credit is
    none of them."""
    if household.benefits & PASSPORTS:
        return 1
    limits = UPPER[household.partner, min(household.dependants, 2)]
    return next((number for number, limit in enumerate(limits, 1) if household.weekly_income <= limit), 5)


def within_income(household: Household) -> bool:
    """1.7: "(h) not have income above the levels specified within the scheme at Schedule 1"; Band 5 is a discount of nothing."""
    return band(household) < 5


def conditions(household: Household) -> dict[str, bool]:
    """1.7 "Class D", (a) to (j), in order; 1.2 "effective from 1st April 2026 for a period of one financial year" for the last."""
    met = (
        working_age(household),
        household.liable,
        household.resident,
        not household.absent,
        not household.excluded_class,
        within_capital(household),
        within_income(household),
        household.valid_application,
        days_of_entitlement(household) > 0,
    )
    return dict(zip(CONDITIONS, met, strict=True))


# From when


def monday_following(day: date) -> date:
    """49.1: "the Monday following the date on which that application is made": of a Monday the next one."""
    return day + timedelta(days=7 - day.weekday())


def entitled_from(household: Household) -> date:
    """49.1: "shall be so entitled from the Monday following the date on which that application is made"; 49.2: who "becomes liable for
    the first time […] in the reduction week in which his application is made" is "so entitled from the date of that occupation took
    place"; 49.3: "for a dwelling which has not been assigned a Council Tax band […] the entitlement start date shall be the date that the
    dwelling is occupied". A reduction week begins on a Monday; nothing is granted before the year of the scheme."""
    start = monday_following(household.applied_on)
    occupied = household.occupied_on
    if occupied is not None:
        same_week = monday_following(occupied) == start
        if same_week or not household.banded:
            start = occupied
    return max(start, FIRST_DAY)


def days_of_entitlement(household: Household) -> int:
    """48.0: "in respect of a day for which he is liable to pay council tax"; from the day of 49 to the end of the financial year."""
    return max(0, (LAST_DAY - entitled_from(household)).days + 1)


def days_in_year() -> int:
    """48.0(b): "the number of days in that financial year"."""
    return (LAST_DAY - FIRST_DAY).days + 1


# Non-dependants


def deducted(person: NonDependant) -> bool:
    """48A.5: "No deduction shall be made in respect of a non-dependant if" and 48A.6: "No deduction shall be made in respect of a
    non-dependant to whom Schedule 1 of the 1992 Act applies […] but this sub-paragraph shall not apply to a non-dependant who is a
    student to whom paragraph 4 of that Schedule refers". A full time student is left out by 48A.5(c) all the same."""
    return person.standing in ("counted", "disregarded_as_student")


def deduction(household: Household, readings: Readings) -> Fraction:
    """C of a day. 48A.1: "for each non dependant who resides within the premises" five pounds a week; 48A.2: "In cases where two
    non-dependants are a member of a couple, a single deduction shall be made"; 48A.3: "must be apportioned equally between those liable
    persons"; 48A.4: "No deduction shall be made in respect of any non-dependants occupying an applicant's dwelling if the applicant or
    his partner is". Reading `couple`."""
    if household.protection != "none":
        return Fraction(0)
    total = Fraction(0)
    seen: set[str] = set()
    left_out = {person.couple for person in household.non_dependants if person.couple is not None and not deducted(person)}
    for person in household.non_dependants:
        exempt = not deducted(person) or (person.couple in left_out and readings.couple == "none")
        if exempt or person.couple in seen:
            continue
        if person.couple is not None:
            seen.add(person.couple)
        total += DEDUCTION / person.hosts
    return total


# How much


def sharers(household: Household) -> int:
    """48.2: "the amount A shall be divided by the number of persons who are jointly and severally liable for that tax"; 48.3: "jointly
    and severally liable for council tax in respect of a dwelling with only his partner": not divided."""
    return 1 if household.only_with_partner else household.liable_persons


def band_d_limit(household: Household, readings: Readings) -> Fraction:
    """48.0(a): "This amount is capped at Band D liability", of a year; reading `cap_share`."""
    limit = Fraction(household.band_d)
    return limit / sharers(household) if readings.cap_share == "cap_then_share" else limit


def liability(household: Household, readings: Readings) -> Fraction:
    """A of a year, 48.0(a): "the amount set by the authority as the council tax for the relevant financial year […] subject to any
    discount which may be appropriate to that dwelling"; readings `cap`, `cap_share`."""
    share = Fraction(household.council_tax) / sharers(household)
    return min(share, band_d_limit(household, readings)) if readings.cap == "liability" else share


def daily(household: Household, readings: Readings) -> Fraction:
    """The reduction of a day. 48.0: "the amount of a person's maximum Council Tax Reduction […] shall be 50% per cent, of the amount A
    divided by B less C"; Schedule 1, 2: "the amount of reduction to be granted is to be based on the following factors: (a) The maximum
    Council Tax Reduction as defined within this scheme"; Table 1: "Discount". Never below nothing. Readings `band_share`, `deduction`,
    `cap`, `maximum_parse`."""
    percent = Fraction(PERCENT[band(household)], 100)
    tax = liability(household, readings) / days_in_year()
    less = deduction(household, readings)
    whole = tax if readings.band_share == "of_bill" else tax * MAXIMUM
    if readings.deduction == "after":
        found = whole * percent - less
    elif readings.band_share == "of_maximum" and readings.maximum_parse == "less_then_half":
        found = (tax - less) * MAXIMUM * percent
    else:
        found = (whole - less) * percent
    if readings.cap == "reduction":
        found = min(found, band_d_limit(household, readings) / days_in_year())
    found = max(found, Fraction(0))
    return pennies(found) if readings.rounding == "day" else found


def pennies(sum_gbp: Fraction) -> Fraction:
    """Half up to the penny."""
    return Fraction(floor(sum_gbp * 100 + Fraction(1, 2)), 100)


def for_days(household: Household, days: int, readings: Readings) -> Fraction:
    """The reduction of so many days; reading `rounding`."""
    found = daily(household, readings) * days
    return pennies(found) if readings.rounding == "period" else found


def decide(household: Household, readings: Readings | None = None) -> Decision:
    """What a household is granted for the rest of the year."""
    chosen = readings or Readings()
    unmet = tuple(name for name, met in conditions(household).items() if not met)
    days = days_of_entitlement(household)
    return Decision(
        granted=not unmet,
        unmet=unmet,
        band=band(household),
        entitled_from=entitled_from(household),
        days=days,
        daily=Fraction(0) if unmet else daily(household, chosen),
        amount=Fraction(0) if unmet else for_days(household, days, chosen),
    )
