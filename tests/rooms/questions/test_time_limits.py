"""A limit holds for everything that a question does: making its program, each of its parts, and the page that is made of many."""

from __future__ import annotations

from typing import Any

import pytest

from notices.hrss_2024_20.samples import CARER
from support import strategies
from support.cases import read_case
from tiaoli import Oracle
from tiaoli.base.deadline import deadline_in
from tiaoli.present import case_page
from tiaoli.protocol import decide_with_reasons
from tiaoli.rules import Choice, Fact, OutOfTimeError, Session, stop_at
from tiaoli.rules import clingo_session as sessions

PAST = 1e-9
"""A limit that is reached before anything is done."""

MANY = {**CARER, "certificates": [{**CARER["certificates"][0], "id": f"c{number}"} for number in range(3)]}


def test_a_deadline_that_has_passed_stops_and_another_does_not() -> None:
    stop_at(None)
    stop_at(deadline_in(60))
    with pytest.raises(OutOfTimeError):
        stop_at(deadline_in(0))


def test_the_choices_of_a_program_are_added_no_longer_than_it_may_be_ground(monkeypatch: pytest.MonkeyPatch) -> None:
    choices = [Choice((Fact("one", (number,)), Fact("other", (number,)))) for number in range(3)]
    Session("", (), choices, limit=PAST)
    monkeypatch.setattr(sessions, "GRACE", 0.0)
    with pytest.raises(OutOfTimeError):
        Session("", (), choices, limit=PAST)


def test_past_the_limit_no_other_day_is_decided(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    case: dict[str, Any] = {**CARER, "employments": [{"id": "e1"}]}
    monkeypatch.setattr("tiaoli.questions.when.decide_each", lambda *_: pytest.fail("another day is decided"))
    found = oracle.when(case, "care_route", limit=PAST)
    assert (found.outcome, found.spans, found.limit_reached) == ("unknown", (), True)


def test_past_the_limit_no_other_reason_is_looked_for(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Oracle, "reason", lambda *_, **__: pytest.fail("another reason is looked for"))
    found = decide_with_reasons(oracle, MANY, None, None, PAST, reason=True)
    assert found.reasons is not None
    assert len(found.reasons) == len(found.answer.decisions)
    assert all(reason.facts is None and reason.limit_reached for reason in found.reasons)
    assert found.to_json()["limit_reached"] is True


def test_past_the_limit_a_page_says_what_was_not_looked_for(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_case(MANY)
    assert not case_page(oracle, case).limit_reached
    for name in ("why", "why_not", "what_if"):
        monkeypatch.setattr(Oracle, name, lambda *_, **__: pytest.fail("more is looked for"))
    page = case_page(oracle, case, limit=PAST)
    assert page.limit_reached
    number = len(oracle.decide(case).decisions)
    assert page.html.count("已到时间上限，未再查明理由。") == page.html.count("已到时间上限，尚未找到。") == number
    assert "The time limit was reached; the reasons were not looked for." in case_page(oracle, case, limit=PAST, lang="en").html


def test_a_large_case_is_left_where_the_limit_is(oracle: Oracle) -> None:
    """Two hundred jobs with unknown days have programs of hundreds of thousands of values."""
    jobs = [{"id": f"e{number}", "employer_in_shanghai": True, "start": str(strategies.FIRST_DAY)} for number in range(200)]
    found = oracle.what_if({**CARER, "employments": jobs}, "care_route", limit=0.5)
    assert (found.repairs, found.limit_reached, found.impossible) == ((), True, None)
