"""Questions of an audit and of coverage over every case: items that are only counted are taken together, and what was looked at is said."""

from __future__ import annotations

import pytest

from support import tiers
from tiaoli import Oracle
from tiaoli.analysis.case_search import Cases, Search
from tiaoli.symbolic.budget import NO_LIMIT, Budget, LimitReached

CLASS = "directed_training_first"
LARGE = f"shows(C) :- eligible(C, {CLASS}, Class), counted_number(C, Class, Number), Number >= "


def about_classes(oracle: Oracle, rules: str, **rest: object) -> Search:
    return Search(oracle.encoding, rules, Cases((CLASS,), **rest), {"shows": 1}, NO_LIMIT)  # type: ignore[arg-type]


@pytest.mark.parametrize("least", tiers.some([7, 24], [7]))
def test_a_case_of_more_items_than_are_looked_at_one_by_one(oracle: Oracle, least: int) -> None:
    search = about_classes(oracle, f"{LARGE}{least}.")
    found = search.witness()
    assert found is not None
    assert len(found.case["training_classes"][0]["trainees"]) == least
    assert search.within == {}


def test_what_no_number_of_items_shows_is_no_matter_of_a_bound(oracle: Oracle) -> None:
    search = about_classes(oracle, f"{LARGE}1, whole_class(C, Class), base_number(C, Class, Base), Number * 2 < Base.")
    assert search.witness() is None
    assert search.left_out
    assert search.within == {}


def test_a_number_that_is_asked_for_is_said(oracle: Oracle) -> None:
    search = about_classes(oracle, f"{LARGE}4.", sizes={"trainee": 3})
    assert search.witness() is None
    assert search.within == {"training_classes.trainees": 3}


def test_items_that_are_told_apart_are_looked_at_one_by_one(oracle: Oracle) -> None:
    """Two days of two of them are compared: that is seen of as many as the rules need, and counts nothing together."""
    hired = "hired(C, X) :- trainee(C, _, One), trainee_employed_on(C, One, X)."
    search = about_classes(oracle, f"shows(C) :- eligible(C, {CLASS}, _), hired(C, X), hired(C, Y), X < Y.\n{hired}")
    assert search.witness() is not None
    assert not search.facts.many


def test_a_limit_ends_a_question(oracle: Oracle) -> None:
    with pytest.raises(LimitReached):
        Search(oracle.encoding, f"{LARGE}1.", Cases((CLASS,)), {"shows": 1}, Budget(0.0)).possible(True)


def test_a_guess_that_comes_to_nothing_costs_no_answer(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case with each share whole is looked for first, for so many steps: then any case is."""
    monkeypatch.setattr("tiaoli.symbolic.solver._STEPS", 1)
    rules = "shows(C) :- amount(C, special_ability, Cert, Yuan, Fen), Yuan >= 900."
    assert Search(oracle.encoding, rules, Cases(("special_ability",)), {"shows": 1}, NO_LIMIT).witness() is not None
