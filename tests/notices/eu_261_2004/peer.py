"""Another project's flights (`peers/cases.csv`) as facts of the Regulation, with what the table does not say left open."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from notices.eu_261_2004.reference import Event, Flight, Place, Readings, Rerouting, owed

TABLE = Path(__file__).parent / "peers" / "cases.csv"
COUNTRY = {
    "ALC": "ES",
    "AMS": "NL",
    "BOS": "US",
    "CDG": "FR",
    "FRA": "DE",
    "JFK": "US",
    "LGW": "GB",
    "LHR": "GB",
    "LIS": "PT",
    "STN": "GB",
}
MEMBER_STATES = frozenset({"DE", "ES", "FR", "NL", "PT"})
AS_THE_PEER_HAS_IT = MEMBER_STATES | {"GB"}
EVENT: dict[str, Event] = {
    "delay": "delayed",
    "cancellation": "cancelled",
    "denied_boarding": "denied_boarding",
    "rebooked_earlier": "brought_forward",
}
DISTANCES = (1, 1500, 1501, 3500, 3501)
DELAYS = (0, 179, 180, 240, 600)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. `flights` are all that it can be about: more than one where it leaves a fact open that the Regulation asks
    for."""

    id: str
    flights: tuple[Flight, ...]
    eligible: bool
    sum_eur: Decimal | None
    note: str


def rows(states: frozenset[str] = AS_THE_PEER_HAS_IT) -> list[Row]:
    """The table, with these countries as Member States."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [row(cells, states) for cells in csv.DictReader(lines)]


def row(cells: dict[str, str], states: frozenset[str]) -> Row:
    """One line of the table."""
    return Row(
        id=cells["id"],
        flights=tuple(flights(cells, states)),
        eligible=cells["expected_eligible"] == "True",
        sum_eur=Decimal(cells["expected_eur"]) if cells["expected_eur"] else None,
        note=cells["note"],
    )


def place(airport: str, states: frozenset[str]) -> Place:
    return "member_state" if COUNTRY[airport] in states else "third_country"


def minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def flights(cells: dict[str, str], states: frozenset[str]) -> Iterator[Flight]:
    """The flights that a row can be about."""
    event = EVENT[cells["event"]]
    departure, arrival = datetime.fromisoformat(cells["sched_dep"]), datetime.fromisoformat(cells["sched_arr"])
    arrived = datetime.fromisoformat(cells["actual_arr"]) if cells["actual_arr"] else None
    known = Flight(
        event=event,
        departs_in=place(cells["from"], states),
        arrives_in=place(cells["to"], states),
        carrier="community" if cells["eu_carrier"] == "True" else "other",
        departs_on=departure.date(),
        informed_on=departure.date() - timedelta(days=int(cells["notice_days"])) if cells["notice_days"] else None,
        rerouting=rerouting(cells, departure, arrival) if event == "cancelled" else None,
        extraordinary_proved=cells["extraordinary"] == "True",
        denied_against_will=event == "denied_boarding",
        minutes_brought_forward=minutes(departure - datetime.fromisoformat(cells["rebooked_dep"])) if event == "brought_forward" else 0,
        arrival_delay=max(0, minutes(arrived - arrival)) if arrived else 0,
    )
    distances = (int(cells["km_approx"]),) if cells["km_approx"] else DISTANCES
    delays = DELAYS if event == "delayed" and arrived is None else (known.arrival_delay,)
    for distance in distances:
        for delay in delays:
            yield replace(known, distance_km=distance, arrival_delay=delay)


def rerouting(cells: dict[str, str], departure: datetime, arrival: datetime) -> Rerouting | None:
    """The re-routing of a row; none where the row names none, as the table means it."""
    if not cells["rebooked_dep"] or not cells["rebooked_arr"]:
        return None
    new_departure, new_arrival = datetime.fromisoformat(cells["rebooked_dep"]), datetime.fromisoformat(cells["rebooked_arr"])
    return Rerouting(
        departs_earlier=max(0, minutes(departure - new_departure)),
        departs_days_later=max(0, (new_departure.date() - departure.date()).days),
        arrives_later=max(0, minutes(new_arrival - arrival)),
    )


def answers(row: Row, readings: Readings | None = None) -> set[Decimal | None]:
    """Every answer that the facts of a row leave possible: a sum, or None for no compensation."""
    return {owed(flight, readings) for flight in row.flights}
