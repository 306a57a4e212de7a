"""What people ask of a childcare subsidy, answered from the text: months and sums by year of birth, who claims, death, a year missed, a
move, twins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from notices.shanghai_childcare_2025 import reference
from notices.shanghai_childcare_2025.reference import Claim, EarlierClaim, Readings, Sibling, decide

EACH_YEAR = [date(2025, 11, 3), date(2026, 11, 3), date(2027, 11, 3), date(2028, 11, 3)]


def child(born: date, submitted: date, **changes: Any) -> Claim:
    facts: dict[str, Any] = {"born_on": born, "submitted_on": submitted, "registered_on": born}
    return Claim(**facts | changes)


@pytest.mark.parametrize(
    ("born", "years"),
    [
        # 2022: once, ten months; 2023: twice; 2024: three times; each until the last day of its year
        (date(2022, 10, 18), {2025: 3000}),
        (date(2023, 10, 18), {2025: 3600, 2026: 3000}),
        (date(2024, 10, 18), {2025: 3600, 2026: 3600, 2027: 3000}),
        # since 2025 three whole years
        (date(2025, 10, 18), {2025: 3600, 2026: 3600, 2027: 3600}),
    ],
)
def test_how_often_how_much_and_until_when(born: date, years: dict[int, int]) -> None:
    made = [found for found in reference.claims(child(born, born), EACH_YEAR) if found.granted]
    assert {found.year: found.sum_cny for found in made} == years
    last = date(2026, 12, 31) if born.year == 2025 else date(2025, 12, 31)
    assert [found.until for found in made] == [last, *(date(year, 12, 31) for year in list(years)[1:])]


@pytest.mark.parametrize(("option", "total"), [("birthday_month", 3000), ("started", 3000), ("whole", 2700)])
def test_how_much_under_each_reading_of_a_month(option: Any, total: int) -> None:
    made = reference.claims(child(date(2022, 10, 18), date(2025, 11, 3)), EACH_YEAR, Readings(last_month=option))
    assert sum(found.sum_cny or Decimal(0) for found in made) == total


def test_divorced_who_of_us_claims() -> None:
    """The one whom the papers give the child; the other is refused, unless either may who raises it. One claim a year all the same."""
    with_child = child(date(2025, 5, 5), date(2026, 2, 2), divorced=True, custody=True)
    other = replace(with_child, custody=False)
    assert decide(with_child).granted
    assert decide(other).unmet == ("applicant",)
    assert decide(other, Readings(divorced="either")).granted
    assert decide(replace(other, raises=False), Readings(divorced="either")).unmet == ("applicant",)


def test_divorced_and_both_of_us_have_filed() -> None:
    """父母一方: while a claim of the other stands for the year, this one is refused. Which of two pending ones goes on the text does not
    say."""
    made = (EarlierClaim(year=2026, by_other=True),)
    assert decide(child(date(2025, 5, 5), date(2026, 2, 2), divorced=True, custody=True, earlier=made)).unmet == ("not_claimed",)


def test_the_child_died_before_it_was_registered() -> None:
    """Yes, for the year of death; where the applicant's hukou is; in the year of birth one year longer."""
    made = child(date(2025, 12, 10), date(2026, 4, 1), died_on=date(2025, 12, 12), registered_on=None)
    found = decide(made)
    assert found.granted
    assert found.sum_cny == 3600
    assert (found.year, found.until) == (2025, date(2026, 12, 31))
    assert decide(replace(made, applicant_in_shanghai=False)).unmet == ("registered",)
    assert decide(replace(made, submitted_on=date(2027, 1, 1))).unmet == ("not_after_death_year",)


def test_we_missed_the_deadline_of_this_year() -> None:
    """That year is lost, the next is not."""
    born = date(2024, 2, 20)
    made = reference.claims(child(born, born), [date(2026, 1, 1), date(2027, 3, 1)])
    assert [found.year for found in made if found.granted] == [2026, 2027]
    assert [found.sum_cny for found in made] == [3600, 600]
    assert not decide(child(born, date(2026, 1, 1)), Readings(late_first_claim="everything")).granted


def test_the_hukou_moves_next_month() -> None:
    """Claimed before the move: Shanghai, for the year claimed. Claimed after it: the new place, by its own rules, which are not here."""
    made = child(date(2025, 5, 5), date(2026, 2, 2), moved_out_on=date(2026, 3, 2))
    assert decide(made).granted
    assert decide(replace(made, submitted_on=date(2026, 3, 3))).unmet == ("before_move",)
    assert decide(replace(made, submitted_on=date(2027, 1, 5), earlier=(EarlierClaim(year=2026),))).unmet == ("before_move",)


def test_twins_after_a_first_child() -> None:
    """每孩每年3600元: two grants, whatever their order, which is said."""
    first = Sibling(same_couple=True, older=True)
    elder = child(date(2025, 5, 5), date(2026, 2, 2), siblings=(first, Sibling(same_couple=True, older=False)))
    younger = replace(elder, siblings=(first, Sibling(same_couple=True, older=True)))
    assert [decide(twin).order for twin in (elder, younger)] == [2, 3]
    assert [decide(twin).sum_cny for twin in (elder, younger)] == [3600, 3600]
