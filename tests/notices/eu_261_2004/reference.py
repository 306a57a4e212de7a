"""Regulation (EC) No 261/2004, articles 3 and 5 to 7, as plain Python over the complete facts of one flight and one passenger.

Each function quotes the words it rests on. Minutes are whole minutes; a day is the calendar day at the place of departure. Whatever the
text leaves open is one of `Readings`; the default is the first option of each.

Not computed, for other articles say it: what assistance consists of (articles 8 and 9), when boarding may be refused (articles 2(j) and
4), that the Regulation is in force (article 19). Not computed, for it binds the carrier and decides nothing about the passenger: an
explanation of alternative transport (article 5(2)), how compensation is paid (article 7(3)), who is the carrier's debtor (article
3(5)), other rights of package travellers (article 3(6), first sentence)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

Event = Literal["cancelled", "delayed", "denied_boarding", "brought_forward", "as_planned"]
Place = Literal["member_state", "third_country"]
Carrier = Literal["community", "other"]
Fare = Literal["public", "free", "reduced_not_public", "programme"]
Bracket = Literal["near", "middle", "far"]

NEAR, FAR = 1500, 3500
SUMS: dict[Bracket, Decimal] = {"near": Decimal(250), "middle": Decimal(400), "far": Decimal(600)}
TWO_WEEKS, SEVEN_DAYS = timedelta(days=14), timedelta(days=7)
CHECK_IN = 45
LONG_DELAY = 180
BROUGHT_FORWARD = 60
EXPECTED_DELAY: dict[Bracket, int] = {"near": 120, "middle": 180, "far": 240}
REROUTED_LATE: dict[Bracket, int] = {"near": 120, "middle": 180, "far": 240}
REFUND_DELAY = 300
HALF = Decimal("0.5")

BENEFITS = (
    "compensation_cancellation",
    "compensation_delay",
    "compensation_denied_boarding",
    "assistance_cancellation",
    "overnight_cancellation",
    "assistance_delay",
    "overnight_delay",
    "refund_delay",
)
SCOPE = ("route", "passenger", "fare", "aircraft", "package")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What the text can be taken to say; the default is what the courts have held, where they have.

    - `delay_right`: whether a long delay is compensated at all. `court`: as a cancellation is, from three hours at the final
      destination (Sturgeon, C-402/07 and C-432/07). `text`: article 6 gives assistance alone.
    - `delay_reduction`: whether article 7(2) halves what a delay gives. `court`: only in the bracket of article 7(1)(c), below four
      hours (Sturgeon, paragraph 63). `analogy`: article 7(2) word for word, in each bracket, four hours (or three) included. `none`: no
      re-routing, no reduction.
    - `brought_forward`: what a flight is that leaves earlier. `court`: cancelled where it is by more than one hour, and the sum is
      never halved (C-146/20 and others). `text`: nothing, for no article speaks of it.
    - `notice_clock`: how "at least two weeks before the scheduled time of departure" is counted. `day`: by calendar days. `hour`: to
      the hour of departure, so that on the fourteenth day before it information must come no later in the day than the departure."""

    delay_right: Literal["court", "text"] = "court"
    delay_reduction: Literal["court", "analogy", "none"] = "court"
    brought_forward: Literal["court", "text"] = "court"
    notice_clock: Literal["day", "hour"] = "day"


READINGS: dict[str, tuple[str, ...]] = {
    "delay_right": ("court", "text"),
    "delay_reduction": ("court", "analogy", "none"),
    "brought_forward": ("court", "text"),
    "notice_clock": ("day", "hour"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerouting:
    """The re-routing that was offered. 0 minutes earlier: at the scheduled time or after it; 0 minutes later: by the scheduled time."""

    departs_earlier: int
    departs_days_later: int
    arrives_later: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """One passenger's flight, to the final destination of the booking.

    `distance_km` is the great circle distance of article 7(4) to the last destination that is reached late, a started kilometre counted
    whole: both limits are "or less", so nothing is lost by that. `informed_on` is None where the carrier cannot prove that it informed
    the passenger (article 5(4)); `informed_later_in_day` says whether the hour of it lies after the hour of departure.
    `presented_minutes_before` is None where the passenger did not present himself."""

    event: Event
    departs_in: Place = "member_state"
    arrives_in: Place = "member_state"
    carrier: Carrier = "community"
    benefits_there: bool = False
    assisted_there: bool = False
    reservation: bool = True
    transferred: bool = False
    checkin_time_indicated: bool = True
    presented_as_indicated: bool = True
    presented_minutes_before: int | None = 90
    fare: Fare = "public"
    motorised_fixed_wing: bool = True
    package_cancelled_otherwise: bool = False
    departs_on: date = date(2026, 6, 15)
    informed_on: date | None = None
    informed_later_in_day: bool = False
    rerouting: Rerouting | None = None
    extraordinary_proved: bool = False
    denied_against_will: bool = False
    distance_km: int = 1000
    minutes_brought_forward: int = 0
    expected_departure_delay: int = 0
    expected_departure_days_later: int = 0
    arrival_delay: int = 0
    carrier_reduces: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether something is due, what stands in its way, in order, and the sum in euro where there is one."""

    due: bool
    unmet: tuple[str, ...]
    sum_eur: Decimal | None = None


# Article 3: scope


def route(flight: Flight) -> bool:
    """Article 3(1): "(a) to passengers departing from an airport located in the territory of a Member State to which the Treaty
    applies; (b) to passengers departing from an airport located in a third country to an airport situated in the territory of a Member
    State to which the Treaty applies, unless they received benefits or compensation and were given assistance in that third country, if
    the operating air carrier of the flight concerned is a Community carrier". "And": one of the two alone excludes nobody."""
    if flight.departs_in == "member_state":
        return True
    provided_for = flight.benefits_there and flight.assisted_there
    return flight.arrives_in == "member_state" and flight.carrier == "community" and not provided_for


def checked_in(flight: Flight) -> bool:
    """Article 3(2)(a): "as stipulated and at the time indicated in advance and in writing […] or, if no time is indicated, […] not
    later than 45 minutes before the published departure time"."""
    if flight.checkin_time_indicated:
        return flight.presented_as_indicated
    return flight.presented_minutes_before is not None and flight.presented_minutes_before >= CHECK_IN


def passenger(flight: Flight, readings: Readings) -> bool:
    """Article 3(2): "(a) have a confirmed reservation on the flight concerned and, except in the case of cancellation referred to in
    Article 5, present themselves for check-in […]; or (b) have been transferred by an air carrier or tour operator from the flight for
    which they held a reservation to another flight, irrespective of the reason"."""
    if flight.transferred:
        return True
    return flight.reservation and (cancelled(flight, readings) or checked_in(flight))


def fare(flight: Flight) -> bool:
    """Article 3(3): "This Regulation shall not apply to passengers travelling free of charge or at a reduced fare not available
    directly or indirectly to the public. However, it shall apply to passengers having tickets issued under a frequent flyer programme
    or other commercial programme"."""
    return flight.fare in ("public", "programme")


def aircraft(flight: Flight) -> bool:
    """Article 3(4): "only […] to passengers transported by motorised fixed wing aircraft"."""
    return flight.motorised_fixed_wing


def package(flight: Flight) -> bool:
    """Article 3(6): "shall not apply in cases where a package tour is cancelled for reasons other than cancellation of the flight"."""
    return not flight.package_cancelled_otherwise


def scope(flight: Flight, readings: Readings) -> dict[str, bool]:
    """Article 3, paragraph by paragraph."""
    return {
        "route": route(flight),
        "passenger": passenger(flight, readings),
        "fare": fare(flight),
        "aircraft": aircraft(flight),
        "package": package(flight),
    }


# Article 5: cancellation


def cancelled(flight: Flight, readings: Readings) -> bool:
    """Article 5(1): "In case of cancellation of a flight"; reading `brought_forward`."""
    if flight.event == "brought_forward":
        return readings.brought_forward == "court" and flight.minutes_brought_forward > BROUGHT_FORWARD
    return flight.event == "cancelled"


def informed(flight: Flight, before: timedelta, readings: Readings) -> bool:
    """Article 5(1)(c): "informed of the cancellation at least two weeks before the scheduled time of departure"; article 5(4): the
    carrier has to prove "whether and when"; reading `notice_clock`. For (ii) and (iii) the limit is seven days: what is not "less than
    seven days" is (ii)."""
    if flight.informed_on is None:
        return False
    last = flight.departs_on - before
    if readings.notice_clock == "hour" and flight.informed_later_in_day:
        return flight.informed_on < last
    return flight.informed_on <= last


def informed_before_departure(flight: Flight) -> bool:
    """Article 5(1)(c)(iii): "informed of the cancellation less than seven days before the scheduled time of departure", so before it."""
    if flight.informed_on is None:
        return False
    return flight.informed_on < flight.departs_on or (flight.informed_on == flight.departs_on and not flight.informed_later_in_day)


def rerouted_in_time(flight: Flight, readings: Readings) -> bool:
    """Article 5(1)(c)(ii) and (iii): "offered re-routing, allowing them to depart no more than two hours before the scheduled time of
    departure and to reach their final destination less than four hours after the scheduled time of arrival", or one hour and less than
    two hours where informed "less than seven days before". Whoever learns of it after the departure, or never, was not informed
    before."""
    if flight.rerouting is None or not informed_before_departure(flight):
        return False
    earliest, latest = (120, 240) if informed(flight, SEVEN_DAYS, readings) else (60, 120)
    return flight.rerouting.departs_earlier <= earliest and flight.rerouting.arrives_later < latest


def not_warned(flight: Flight, readings: Readings) -> bool:
    """Article 5(1)(c): "have the right to compensation […], unless: (i) […]; or (ii) […]; or (iii)"."""
    return not informed(flight, TWO_WEEKS, readings) and not rerouted_in_time(flight, readings)


def no_extraordinary(flight: Flight) -> bool:
    """Article 5(3): "shall not be obliged to pay compensation in accordance with Article 7, if it can prove that the cancellation is
    caused by extraordinary circumstances which could not have been avoided even if all reasonable measures had been taken". Not proved
    is not enough."""
    return not flight.extraordinary_proved


# Article 6: delay


def bracket(flight: Flight) -> Bracket:
    """Article 7(1), as articles 6(1) and 7(2): "(a) […] all flights of 1500 kilometres or less; (b) […] all intra-Community flights of
    more than 1500 kilometres, and […] all other flights between 1500 and 3500 kilometres; (c) […] all flights not falling under (a) or
    (b)"."""
    if flight.distance_km <= NEAR:
        return "near"
    intra_community = flight.departs_in == flight.arrives_in == "member_state"
    return "middle" if intra_community or flight.distance_km <= FAR else "far"


def delay_expected(flight: Flight) -> bool:
    """Article 6(1): "reasonably expects a flight to be delayed beyond its scheduled time of departure: (a) for two hours or more […];
    or (b) for three hours or more […]; or (c) for four hours or more"."""
    return flight.event == "delayed" and flight.expected_departure_delay >= EXPECTED_DELAY[bracket(flight)]


def long_delay(flight: Flight, readings: Readings) -> bool:
    """No words of the Regulation; Sturgeon: a delay of three hours or more at the final destination is compensated as a cancellation
    is. Reading `delay_right`."""
    return readings.delay_right == "court" and flight.event == "delayed" and flight.arrival_delay >= LONG_DELAY


# Article 7: the sum


def halved(flight: Flight, readings: Readings) -> bool:
    """Article 7(2): "When passengers are offered re-routing to their final destination on an alternative flight pursuant to Article 8,
    the arrival time of which does not exceed the scheduled arrival time of the flight originally booked (a) by two hours […]; or (b) by
    three hours […]; or (c) by four hours […], the operating air carrier may reduce the compensation […] by 50 %". Readings
    `delay_reduction`, `brought_forward`. "May": it has to do it."""
    if not flight.carrier_reduces or flight.event == "brought_forward":
        return False
    which = bracket(flight)
    if flight.event == "delayed":
        if readings.delay_reduction == "court":
            return which == "far" and flight.arrival_delay < REROUTED_LATE[which]
        return readings.delay_reduction == "analogy" and flight.arrival_delay <= REROUTED_LATE[which]
    return flight.rerouting is not None and flight.rerouting.arrives_later <= REROUTED_LATE[which]


def compensation(flight: Flight, readings: Readings) -> Decimal:
    """Article 7(1): "(a) EUR 250 […]; (b) EUR 400 […]; (c) EUR 600"; article 7(2): reduced "by 50 %"."""
    full = SUMS[bracket(flight)]
    return full * HALF if halved(flight, readings) else full


# What is due


def conditions(flight: Flight, readings: Readings) -> dict[str, dict[str, bool]]:
    """For each benefit its conditions in order, what is asked for first and the scope after it."""
    within = scope(flight, readings)
    gone = cancelled(flight, readings)
    expected = delay_expected(flight)
    # article 5(1)(b): "at least the day after the departure as it was planned for the cancelled flight"
    rerouted_next_day = flight.rerouting is not None and flight.rerouting.departs_days_later >= 1
    return {
        "compensation_cancellation": {
            "cancelled": gone,
            **within,
            "not_warned": not_warned(flight, readings),
            "no_extraordinary": no_extraordinary(flight),
        },
        "compensation_delay": {
            "long_delay": long_delay(flight, readings),
            **within,
            "no_extraordinary": no_extraordinary(flight),
        },
        # article 7(1): "Where reference is made to this Article"; article 4 refers to it, and article 5(3) speaks of cancellation alone
        "compensation_denied_boarding": {"denied": flight.event == "denied_boarding" and flight.denied_against_will, **within},
        "assistance_cancellation": {"cancelled": gone, **within},
        "overnight_cancellation": {"cancelled": gone, **within, "next_day": rerouted_next_day},
        "assistance_delay": {"delay_expected": expected, **within},
        # article 6(1)(ii): "at least the day after the time of departure previously announced"
        "overnight_delay": {"delay_expected": expected, **within, "next_day": flight.expected_departure_days_later >= 1},
        "refund_delay": {"delay_expected": expected, **within, "five_hours": flight.expected_departure_delay >= REFUND_DELAY},
    }


def decide(flight: Flight, readings: Readings | None = None) -> dict[str, Decision]:
    """What is due to this passenger, benefit by benefit."""
    chosen = readings or Readings()
    found: dict[str, Decision] = {}
    for benefit, asked in conditions(flight, chosen).items():
        unmet = tuple(name for name, met in asked.items() if not met)
        money = compensation(flight, chosen) if benefit.startswith("compensation") and not unmet else None
        found[benefit] = Decision(due=not unmet, unmet=unmet, sum_eur=money)
    return found


def owed(flight: Flight, readings: Readings | None = None) -> Decimal | None:
    """The compensation, under whichever head it is due; None where it is not."""
    sums = [decision.sum_eur for decision in decide(flight, readings).values() if decision.sum_eur is not None]
    return sums[0] if sums else None
