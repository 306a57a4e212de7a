"""Regulation (EC) No 261/2004: each limit from both sides, each condition alone, another project's table, and what holds of any flight."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from notices.eu_261_2004 import flights, peer, reference
from notices.eu_261_2004.reference import BENEFITS, READINGS, SCOPE, Flight, Readings, Rerouting, decide, owed
from support.quotes import not_in
from support.tiers import sized

TEXT = Path(__file__).parent / "policy" / "eu-261-2004" / "notice.md"
DEPARTURE = date(2026, 6, 15)
THIRD: dict[str, Any] = {"departs_in": "third_country"}
UNTIMED: dict[str, Any] = {"checkin_time_indicated": False}


def days_before(days: int, **more: Any) -> dict[str, Any]:
    return {"informed_on": DEPARTURE - timedelta(days=days), **more}


def rerouted(earlier: int = 0, later: int = 0, days_later: int = 0) -> dict[str, Any]:
    return {"rerouting": Rerouting(departs_earlier=earlier, departs_days_later=days_later, arrives_later=later)}


CANCELLED = Flight(event="cancelled", departs_on=DEPARTURE)
DELAYED = Flight(
    event="delayed",
    departs_on=DEPARTURE,
    arrival_delay=180,
    expected_departure_delay=300,
    expected_departure_days_later=1,
    distance_km=1000,
)
DENIED = Flight(event="denied_boarding", departs_on=DEPARTURE, denied_against_will=True)
DUE = {
    "compensation_cancellation": CANCELLED,
    "compensation_delay": DELAYED,
    "compensation_denied_boarding": DENIED,
    "assistance_cancellation": CANCELLED,
    "overnight_cancellation": replace(CANCELLED, **rerouted(later=900, days_later=1)),
    "assistance_delay": DELAYED,
    "overnight_delay": DELAYED,
    "refund_delay": DELAYED,
}


def test_what_is_quoted_stands_in_the_text() -> None:
    assert not_in(TEXT.read_text("utf-8"), reference, ('"', '"')) == []


@pytest.mark.parametrize("benefit", BENEFITS)
def test_what_the_rows_change_is_due(benefit: str) -> None:
    assert decide(DUE[benefit])[benefit].unmet == ()


# Each condition alone


SCOPE_LOST: dict[str, dict[str, Any]] = {
    "route": {"departs_in": "third_country", "carrier": "other"},
    "passenger": {"reservation": False},
    "fare": {"fare": "free"},
    "aircraft": {"motorised_fixed_wing": False},
    "package": {"package_cancelled_otherwise": True},
}
LOST: list[tuple[str, str, dict[str, Any]]] = [
    ("compensation_cancellation", "not_warned", days_before(14)),
    ("compensation_cancellation", "no_extraordinary", {"extraordinary_proved": True}),
    ("compensation_delay", "no_extraordinary", {"extraordinary_proved": True}),
    ("compensation_delay", "long_delay", {"arrival_delay": 179}),
    ("compensation_denied_boarding", "denied", {"denied_against_will": False}),
    ("overnight_cancellation", "next_day", rerouted(later=900)),
    ("assistance_delay", "delay_expected", {"expected_departure_delay": 119}),
    ("overnight_delay", "next_day", {"expected_departure_days_later": 0}),
    ("refund_delay", "five_hours", {"expected_departure_delay": 299}),
]


@pytest.mark.parametrize(("benefit", "condition", "change"), LOST, ids=[f"{benefit}-{condition}" for benefit, condition, _ in LOST])
def test_a_condition_that_fails_alone_refuses(benefit: str, condition: str, change: dict[str, Any]) -> None:
    assert decide(replace(DUE[benefit], **change))[benefit].unmet == (condition,)


@pytest.mark.parametrize("condition", SCOPE)
@pytest.mark.parametrize("benefit", BENEFITS)
def test_outside_its_scope_the_regulation_gives_nothing(benefit: str, condition: str) -> None:
    assert decide(replace(DUE[benefit], **SCOPE_LOST[condition]))[benefit].unmet == (condition,)


# Article 3


@pytest.mark.parametrize(
    ("change", "within"),
    [
        ({"carrier": "other", "arrives_in": "third_country"}, True),
        (THIRD, True),
        (THIRD | {"carrier": "other"}, False),
        (THIRD | {"arrives_in": "third_country"}, False),
        (THIRD | {"benefits_there": True}, True),
        (THIRD | {"assisted_there": True}, True),
        (THIRD | {"benefits_there": True, "assisted_there": True}, False),
        ({"benefits_there": True, "assisted_there": True}, True),
    ],
)
def test_which_routes_are_covered(change: dict[str, Any], within: bool) -> None:
    assert reference.route(replace(CANCELLED, **change)) is within


@pytest.mark.parametrize(
    ("change", "within"),
    [
        ({}, True),
        ({"presented_as_indicated": False}, False),
        ({"presented_as_indicated": False, "presented_minutes_before": 500}, False),
        (UNTIMED | {"presented_minutes_before": 46}, True),
        (UNTIMED | {"presented_minutes_before": 45}, True),
        (UNTIMED | {"presented_minutes_before": 44}, False),
        (UNTIMED | {"presented_minutes_before": None}, False),
        ({"reservation": False}, False),
        ({"reservation": False, "presented_as_indicated": False, "transferred": True}, True),
    ],
)
def test_who_presents_himself_in_time(change: dict[str, Any], within: bool) -> None:
    assert reference.passenger(replace(DELAYED, **change), Readings()) is within


def test_where_a_flight_is_cancelled_nobody_has_to_check_in() -> None:
    absent: dict[str, Any] = {"presented_as_indicated": False, "presented_minutes_before": None}
    assert owed(replace(CANCELLED, **absent)) == 250
    assert owed(replace(CANCELLED, event="brought_forward", minutes_brought_forward=61, **absent)) == 250
    assert owed(replace(DENIED, **absent)) is None


@pytest.mark.parametrize(("fare", "within"), [("public", True), ("free", False), ("reduced_not_public", False), ("programme", True)])
def test_which_fares_are_covered(fare: Any, within: bool) -> None:
    assert reference.fare(replace(CANCELLED, fare=fare)) is within


# Article 5


@pytest.mark.parametrize(
    ("change", "due"),
    [
        (days_before(15), False),
        (days_before(14), False),
        (days_before(13), True),
        # between two weeks and seven days: two hours earlier at most, less than four hours later
        (days_before(13, **rerouted(119, 239)), False),
        (days_before(13, **rerouted(120, 239)), False),
        (days_before(13, **rerouted(121, 239)), True),
        (days_before(13, **rerouted(120, 240)), True),
        (days_before(13, **rerouted(120, 241)), True),
        (days_before(8, **rerouted(120, 239)), False),
        (days_before(7, **rerouted(120, 239)), False),
        # less than seven days: one hour earlier at most, less than two hours later
        (days_before(6, **rerouted(120, 239)), True),
        (days_before(6, **rerouted(59, 119)), False),
        (days_before(6, **rerouted(60, 119)), False),
        (days_before(6, **rerouted(61, 119)), True),
        (days_before(6, **rerouted(60, 120)), True),
        (days_before(6, **rerouted(60, 121)), True),
        (days_before(0, **rerouted(0, 0)), False),
        (days_before(0, informed_later_in_day=True, **rerouted(0, 0)), True),
        (days_before(-1, **rerouted(0, 0)), True),
        ({"informed_on": None, **rerouted(0, 0)}, True),
    ],
)
def test_who_was_informed_in_time(change: dict[str, Any], due: bool) -> None:
    assert decide(replace(CANCELLED, **change))["compensation_cancellation"].due is due


@pytest.mark.parametrize(("days", "later", "by_hour"), [(15, True, False), (14, True, True), (14, False, False), (13, False, True)])
def test_two_weeks_to_the_hour(days: int, later: bool, by_hour: bool) -> None:
    flight = replace(CANCELLED, **days_before(days, informed_later_in_day=later))
    assert (owed(flight, Readings(notice_clock="hour")) is not None) is by_hour
    assert (owed(flight) is not None) is (days < 14)


@pytest.mark.parametrize(("days", "due"), [(8, False), (7, True), (6, True)])
def test_seven_days_to_the_hour(days: int, due: bool) -> None:
    flight = replace(CANCELLED, **days_before(days, informed_later_in_day=True, **rerouted(120, 239)))
    assert (owed(flight, Readings(notice_clock="hour")) is not None) is due


@pytest.mark.parametrize(("earlier", "due"), [(59, False), (60, False), (61, True)])
def test_a_flight_brought_forward_by_more_than_an_hour_is_cancelled(earlier: int, due: bool) -> None:
    flight = replace(CANCELLED, event="brought_forward", minutes_brought_forward=earlier, **rerouted(later=0))
    assert owed(flight) == (250 if due else None)
    assert owed(flight, Readings(brought_forward="text")) is None


# Articles 6 and 7


FOREIGN: dict[str, Any] = {"arrives_in": "third_country"}


@pytest.mark.parametrize(
    ("distance", "route", "sum_eur"),
    [
        (1499, {}, 250),
        (1500, {}, 250),
        (1501, {}, 400),
        (3501, {}, 400),
        (1500, FOREIGN, 250),
        (1501, FOREIGN, 400),
        (3499, FOREIGN, 400),
        (3500, FOREIGN, 400),
        (3501, FOREIGN, 600),
        (3501, THIRD, 600),
    ],
)
def test_the_sum_follows_the_distance(distance: int, route: dict[str, Any], sum_eur: int) -> None:
    assert owed(replace(CANCELLED, distance_km=distance, **route)) == sum_eur
    assert owed(replace(DENIED, distance_km=distance, **route)) == sum_eur


@pytest.mark.parametrize(
    ("distance", "route", "limit", "full"),
    [(1500, {}, 120, 250), (1501, {}, 180, 400), (3500, FOREIGN, 180, 400), (3501, FOREIGN, 240, 600)],
)
def test_a_rerouting_halves_the_sum_up_to_its_limit(distance: int, route: dict[str, Any], limit: int, full: int) -> None:
    for later, sum_eur in ((limit - 1, full / 2), (limit, full / 2), (limit + 1, full)):
        for flight in (replace(CANCELLED, informed_on=None), DENIED):
            changed = replace(flight, distance_km=distance, **route, **rerouted(later=later))
            assert owed(changed) == sum_eur
            assert owed(replace(changed, carrier_reduces=False)) == full


@pytest.mark.parametrize(
    ("distance", "delay", "court", "analogy", "none"),
    [
        (1500, 179, None, None, None),
        (1500, 180, 250, 250, 250),
        (1500, 181, 250, 250, 250),
        (3500, 180, 400, 200, 400),
        (3500, 181, 400, 400, 400),
        (3501, 180, 300, 300, 600),
        (3501, 239, 300, 300, 600),
        (3501, 240, 600, 300, 600),
        (3501, 241, 600, 600, 600),
    ],
)
def test_a_long_delay_and_its_half(distance: int, delay: int, court: int | None, analogy: int | None, none: int | None) -> None:
    flight = replace(DELAYED, distance_km=distance, arrival_delay=delay, **FOREIGN)
    assert owed(flight) == court
    assert owed(flight, Readings(delay_reduction="analogy")) == analogy
    assert owed(flight, Readings(delay_reduction="none")) == none
    assert owed(flight, Readings(delay_right="text")) is None


@pytest.mark.parametrize(
    ("distance", "route", "limit"), [(1500, {}, 120), (1501, {}, 180), (9000, {}, 180), (3500, FOREIGN, 180), (3501, FOREIGN, 240)]
)
def test_assistance_begins_with_the_limit_of_its_distance(distance: int, route: dict[str, Any], limit: int) -> None:
    for delay, due in ((limit - 1, False), (limit, True), (limit + 1, True)):
        flight = replace(DELAYED, distance_km=distance, expected_departure_delay=delay, **route)
        assert decide(flight)["assistance_delay"].due is due
        assert decide(flight)["overnight_delay"].due is due
    for delay, due in ((299, False), (300, True), (301, True)):
        flight = replace(DELAYED, distance_km=distance, expected_departure_delay=delay, **route)
        assert decide(flight)["refund_delay"].due is due


# Another project's table


PEER = {row.id: row for row in peer.rows()}
DISPUTED: dict[str, tuple[Readings, set[int | None]]] = {
    # what each note says is right, under the reading it names
    "D03": (Readings(), {None}),
    "D04": (Readings(), {250}),
    "D06": (Readings(), {None}),
    "D07": (Readings(delay_reduction="court"), {300}),
    "D09": (Readings(), {None, 250}),
    "C01": (Readings(), {400}),
    "C03": (Readings(), {None}),
    "C05": (Readings(), {None}),
    "C07": (Readings(), {400}),
    "C10": (Readings(), {125}),
    "E01": (Readings(brought_forward="court"), {250, 400}),
    "E02": (Readings(brought_forward="court"), {None}),
}


@pytest.mark.parametrize("row", [row for row in PEER.values() if not row.note], ids=lambda row: row.id)
def test_a_row_without_a_note_agrees(row: peer.Row) -> None:
    (found,) = peer.answers(row)
    assert (found is not None) is row.eligible
    if row.sum_eur is not None:
        assert found == row.sum_eur


def test_every_row_with_a_note_is_looked_at() -> None:
    assert {row.id for row in PEER.values() if row.note} == set(DISPUTED)
    assert len(PEER) == 22


@pytest.mark.parametrize("name", DISPUTED)
def test_a_row_with_a_note_is_answered_as_the_note_says(name: str) -> None:
    readings, expected = DISPUTED[name]
    assert peer.answers(PEER[name], readings) == expected


def test_where_the_table_and_the_notes_part() -> None:
    """Two rows come out as the table has them under another reading, one where the open fact is taken for no."""
    assert peer.answers(PEER["D07"], Readings(delay_reduction="none")) == {PEER["D07"].sum_eur}
    assert peer.answers(PEER["E01"], Readings(brought_forward="text")) == {None}
    assert (PEER["E01"].eligible, PEER["D09"].eligible) == (True, False)


def test_what_changes_where_the_united_kingdom_is_a_third_country() -> None:
    """The table is of June 2024 and takes it for a Member State; these rows come out otherwise where it is none."""
    today = {row.id: peer.answers(row) for row in peer.rows(peer.MEMBER_STATES)}
    changed = {name: answers for name, answers in today.items() if answers != peer.answers(PEER[name])}
    assert changed == {
        "D01": {None},
        "D02": {None},
        "D04": {None},
        "D07": {None},
        "D09": {None},
        "E01": {None},
    }


# What holds of any flight


@sized(1_000, 8_000)
def test_what_holds_of_any_flight(size: int) -> None:
    """At most one compensation is due, it is one of six sums, and what the text alone gives the courts' readings give too."""
    rng = random.Random(261)
    sums = {Decimal(whole) * part for whole in (250, 400, 600) for part in (Decimal(1), Decimal("0.5"))}
    seen: set[Decimal | None] = set()
    for _ in range(size):
        flight = flights.flight(rng)
        decisions = decide(flight, flights.readings(rng))
        paid = [decision.sum_eur for decision in decisions.values() if decision.sum_eur is not None]
        assert len(paid) <= 1
        assert set(paid) <= sums
        seen.update(paid)
        assert all(decision.due is not bool(decision.unmet) for decision in decisions.values())
        text = owed(flight, Readings(delay_right="text", brought_forward="text"))
        assert text is None or text == owed(flight)
    assert seen == sums


@sized(800, 4_000)
def test_random_flights_reach_every_condition_and_every_reading(size: int) -> None:
    """A generator that never meets or never fails a condition, or on which a reading never tells, measures nothing."""
    rng = random.Random(2004)
    made = [flights.flight(rng) for _ in range(size)]
    outcomes: dict[tuple[str, str], set[bool]] = {}
    for flight in made:
        for benefit, asked in reference.conditions(flight, Readings()).items():
            for name, met in asked.items():
                outcomes.setdefault((benefit, name), set()).add(met)
    assert [where for where, found in outcomes.items() if found != {True, False}] == []
    for name, options in READINGS.items():
        for option in options[1:]:
            other: Any = {name: option}
            assert any(decide(flight, Readings(**other)) != decide(flight) for flight in made), (name, option)
