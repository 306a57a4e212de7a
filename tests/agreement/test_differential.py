"""The rules against the naive reference: complete cases decision by decision, and cases with unknown facts against
their completions."""

import copy
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from notices.hrss_2024_20 import reference
from notices.hrss_2024_20.reference import random_readings
from support import tiers
from support.strategies import (
    BOUNDARY_DAYS,
    FIELDS,
    FIRST_DAY,
    LANDMARKS,
    LAST_DAY,
    PERSONAL,
    SECTIONS,
    Choice,
    Day,
    Item,
    Money,
    Record,
    random_case,
    shifted,
)
from tiaoli import Oracle
from tiaoli.oracle.prepare import Engine

Readings = dict[str, str]
Key = tuple[str, str]
Path = tuple[str | int, ...]
Scalar = Choice | Day | Money | Record

COMPLETE_CHUNKS, CASES_A_CHUNK = 20, 260
ENGINES: tuple[Engine, ...] = ("clingo", "compiled")
NESTED = {"training_classes": "trainees", "trainings": "participants", "apprenticeships": "apprentices"}
EMPTY: Readings = {}


def shown(case: Item, readings: Mapping[str, str], *more: object) -> str:
    """What a disagreement prints: the case as JSON, the readings, and the rest."""
    return "\n".join((json.dumps(case, ensure_ascii=False), json.dumps(readings), *map(str, more)))


def answered(oracle: Oracle, case: Item, readings: Readings) -> dict[Key, Item]:
    decisions: list[Item] = oracle.decide(case, readings=readings).to_json()["decisions"]
    return {(found["benefit"], found["subject"]): found for found in decisions}


# Complete cases


@pytest.mark.parametrize("seed", tiers.seeds(2, COMPLETE_CHUNKS))
def test_complete_cases_are_decided_as_the_reference_decides_them(oracle: Oracle, seed: int) -> None:
    """Benefit, subject, clause, outcome, conditions, standard, amount, rate and gap, in the same order; and the notes."""
    rng = random.Random(f"complete {seed}")
    for number in range(CASES_A_CHUNK):
        case = random_case(rng, sections=PERSONAL if number % 4 == 0 else SECTIONS)
        assert reference.complete(case)
        readings = random_readings(rng)
        expected = reference.decide(case, readings)
        for engine in ENGINES:
            answer = oracle.decide(case, readings=readings, engine=engine).to_json()
            assert [note["kind"] for note in answer["notes"]] == reference.notes(case)
            for ours, theirs in zip(answer["decisions"], expected, strict=True):
                assert ours == theirs, shown(case, readings, engine, ours, theirs)


def test_more_than_five_thousand_complete_cases_are_compared() -> None:
    assert COMPLETE_CHUNKS * CASES_A_CHUNK >= 5000


def test_every_condition_is_met_and_unmet_and_every_benefit_granted_and_refused() -> None:
    """The random cases reach both sides of everything, so that agreement says something."""
    rng = random.Random("coverage")
    outcomes: set[tuple[str, str]] = set()
    statuses: set[tuple[str, str, str]] = set()
    for _ in range(1500):
        for decision in reference.decide(random_case(rng), random_readings(rng)):
            outcomes.add((decision["benefit"], decision["outcome"]))
            statuses |= {(decision["benefit"], found["id"], found["status"]) for found in decision["conditions"]}
    conditions = {(benefit, condition) for benefit, condition, _ in statuses}
    assert len(conditions) == 56
    assert statuses == {(*row, status) for row in conditions for status in ("met", "unmet")}
    assert outcomes == set(product(reference.JUDGES, ("eligible", "not_eligible")))


# Unknown facts: where they are, and what may be put there


@dataclass(frozen=True)
class Hole:
    """A scalar of a case: where it stands, and what kind it is."""

    path: Path
    field: Scalar

    def fill(self, case: Item, value: Any) -> None:
        """Put a value there, in place."""
        holder: Any = case
        for step in self.path[:-1]:
            holder = holder.setdefault(step, {}) if isinstance(holder, dict) else holder[step]
        holder[self.path[-1]] = value

    def empty(self, case: Item) -> None:
        """Make it unknown, in place."""
        holder: Any = case
        for step in self.path[:-1]:
            holder = holder[step]
        del holder[self.path[-1]]


def scalars(case: Item) -> Iterator[tuple[Hole, bool]]:
    """Every scalar that a case can say, and whether it does; records count as one where they are absent or null."""
    yield from _scalars_of(("person",), case.get("person", {}), "person")
    for section in SECTIONS:
        for index, item in enumerate(case.get(section, [])):
            yield from _scalars_of((section, index), item, section)
            inner = NESTED.get(section, "")
            for position, part in enumerate(item.get(inner, [])):
                yield from _scalars_of((section, index, inner, position), part, inner)


def _scalars_of(path: Path, item: Item, section: str) -> Iterator[tuple[Hole, bool]]:
    for field in FIELDS[section]:
        if isinstance(field, Choice | Day | Money | Record):
            yield Hole((*path, field.name), field), field.name in item
            if isinstance(field, Record) and item.get(field.name) is not None:
                for part in field.fields:
                    yield Hole((*path, field.name, part.name), part), part.name in item[field.name]


def holes(case: Item) -> list[Hole]:
    return [hole for hole, known in scalars(case) if not known]


def every_value(field: Choice | Record) -> list[Any]:
    """All values of an enumeration, a boolean or a record; the term of a contract only decides from 12 months on."""
    if isinstance(field, Choice):
        return list(dict.fromkeys(field.values))
    names = [part.name for part in field.fields]
    return [None, *(dict(zip(names, values, strict=True)) for values in product(*(part.values for part in field.fields)))]


def random_day(rng: random.Random, field: Day, known: Sequence[date]) -> str | None:
    style = rng.random()
    if field.null and style < 0.15:
        return None
    if style < 0.65 and known:
        return shifted(rng.choice(known), rng.choice((0, 0, 3, 6, 12, -3, -6, -12)), rng.choice((0, 1, -1))).isoformat()
    if style < 0.85:
        return rng.choice(BOUNDARY_DAYS).isoformat()
    return (FIRST_DAY + timedelta(rng.randrange((LAST_DAY - FIRST_DAY).days + 1))).isoformat()


def random_value(rng: random.Random, field: Scalar, known: Sequence[date]) -> Any:
    if isinstance(field, Day):
        return random_day(rng, field, known)
    if isinstance(field, Money):
        return rng.choice((*field.values, f"{rng.randint(1, 10**9) / 100:.2f}"))
    if isinstance(field, Record):
        return rng.choice((None, {part.name: rng.choice(part.values) for part in field.fields}))
    return rng.choice(field.values)


def known_days(case: Item) -> list[date]:
    """The days that a case names, and the notice's own."""
    found = [*LANDMARKS.values(), date.fromisoformat(case["applied_on"])]
    for hole, known in scalars(case):
        if known and isinstance(hole.field, Day):
            here: Any = case
            for step in hole.path:
                here = here[step]
            if here is not None:
                found.append(date.fromisoformat(here))
    return found


# Unknown facts: what an answer may say of the completions


STATUSES = {frozenset({"met"}): "met", frozenset({"unmet"}): "unmet", frozenset({"met", "unmet"}): "unknown"}
OUTCOMES = {
    frozenset({"eligible"}): "eligible",
    frozenset({"not_eligible"}): "not_eligible",
    frozenset({"eligible", "not_eligible"}): "unknown",
}


class Completions:
    """What the reference decides in each of the completions of a case."""

    def __init__(self, readings: Readings, benefits: Iterable[str] | None = None) -> None:
        self.readings = readings
        self.benefits = None if benefits is None else list(benefits)
        self.outcomes: dict[Key, set[str]] = {}
        self.conditions: dict[Key, dict[str, set[str]]] = {}
        self.amounts: dict[Key, set[str | None]] = {}
        self.standards: dict[Key, set[str | None]] = {}
        self.gaps: dict[Key, list[list[str]]] = {}
        self.rates: dict[Key, set[str | None]] = {}

    def add(self, case: Item) -> None:
        for found in reference.decide(case, self.readings, self.benefits):
            key = (found["benefit"], found["subject"])
            self.outcomes.setdefault(key, set()).add(found["outcome"])
            for condition in found["conditions"]:
                self.conditions.setdefault(key, {}).setdefault(condition["id"], set()).add(condition["status"])
            self.amounts.setdefault(key, set()).add(found["amount"])
            self.standards.setdefault(key, set()).add(found.get("standard", ""))
            self.gaps.setdefault(key, []).append(found.get("gap", []))
            self.rates.setdefault(key, set()).add(found.get("rate"))

    def disagreements(self, answer: Mapping[Key, Item], exhaustive: bool) -> Iterator[str]:
        """Where an answer says what some completion denies; if these are all completions, also where it says too
        little."""
        if list(answer) != list(self.outcomes):
            yield f"decisions: {list(answer)} {list(self.outcomes)}"
            return
        for key, found in answer.items():
            seen = OUTCOMES[frozenset(self.outcomes[key])]
            if self._wrong(found["outcome"], seen, exhaustive):
                yield f"{key}: {found['outcome']}, but {seen}"
            for condition in found["conditions"]:
                seen = STATUSES[frozenset(self.conditions[key][condition["id"]])]
                if self._wrong(condition["status"], seen, exhaustive):
                    yield f"{key} {condition['id']}: {condition['status']}, but {seen}"
            if {found.get("rate")} != self.rates[key]:
                yield f"{key}: rate {found.get('rate')}, but {self.rates[key]}"
            if found["outcome"] == "eligible":
                yield from self._amounts(key, found, exhaustive)
            elif found["amount"] is not None or not {"amount_range", "standard", "gap"}.isdisjoint(found):
                yield f"{key}: an amount, a standard or a gap without a grant"

    @staticmethod
    def _wrong(said: str, seen: str, exhaustive: bool) -> bool:
        return said != seen and (exhaustive or said != "unknown")

    def _amounts(self, key: Key, found: Item, exhaustive: bool) -> Iterator[str]:
        ends = found.get("amount_range")
        amounts = {None if amount is None else Decimal(amount) for amount in self.amounts[key]}
        sums = sorted(amount for amount in amounts if amount is not None)
        if found["amount"] is not None and amounts != {Decimal(found["amount"])}:
            yield f"{key}: {found['amount']}, but {sums}"
        if ends is not None and not (len(sums) and Decimal(ends[0]) <= sums[0] <= sums[-1] <= Decimal(ends[1])):
            yield f"{key}: {ends}, but {sums}"
        if ends is not None and Decimal(ends[0]) >= Decimal(ends[1]):
            yield f"{key}: {ends} is no range"
        if exhaustive and found["amount"] is None and ends is None and sums:
            yield f"{key}: no amount, but {sums}"
        if exhaustive and ends is not None and [Decimal(end) for end in ends] != [sums[0], sums[-1]]:
            yield f"{key}: {ends}, but {sums}"
        standard, standards = found.get("standard", ""), self.standards[key]
        if {standard} != standards and (standard is not None or exhaustive) and not (standard is None and len(standards) > 1):
            yield f"{key}: standard {standard}, but {standards}"
        gap, gaps = found.get("gap", []), self.gaps[key]
        certain = [name for name in gaps[0] if all(name in other for other in gaps)]
        if gap != certain if exhaustive else not set(gap) <= set(certain):
            yield f"{key}: gap {gap}, but {certain}"


def agree(oracle: Oracle, case: Item, completions: Completions, exhaustive: bool) -> None:
    wrong = list(completions.disagreements(answered(oracle, case, completions.readings), exhaustive))
    assert not wrong, shown(case, completions.readings, *wrong)


def small_case(rng: random.Random, unknown: float = 0.0) -> Item:
    """A case about the person, or about one or two of the other sections."""
    sections = PERSONAL if rng.random() < 0.5 else tuple(rng.sample(SECTIONS[3:], 2))
    return random_case(rng, unknown=unknown, sections=sections)


@tiers.sized(40, 60)
@pytest.mark.parametrize("seed", tiers.seeds(1, 4))
def test_what_is_certain_holds_in_every_sample_of_the_unknown_facts(oracle: Oracle, seed: int, size: int) -> None:
    rng = random.Random(f"samples {seed}")
    compared = 0
    while compared < size:
        case = small_case(rng, unknown=rng.choice((0.02, 0.05, 0.1)))
        absent = holes(case)
        if not 1 <= len(absent) <= 12:
            continue
        compared += 1
        readings = random_readings(rng)
        completions = Completions(readings)
        days = known_days(case)
        filled = copy.deepcopy(case)
        for _ in range(150):
            for hole in absent:
                value = random_value(rng, hole.field, days)
                hole.fill(filled, value)
                if isinstance(hole.field, Day) and value is not None and len(days) < 40:
                    days.append(date.fromisoformat(value))
            completions.add(filled)
        agree(oracle, case, completions, exhaustive=False)


def forget(rng: random.Random, case: Item, number: int, kinds: tuple[type[Scalar], ...]) -> list[Hole]:
    """Make some scalars of a case unknown, no two of them one inside the other."""
    present = [hole for hole, known in scalars(case) if known and isinstance(hole.field, kinds) and hole.field.name != "contract_months"]
    chosen: list[Hole] = []
    for hole in rng.sample(present, min(len(present), 4 * number)):
        if len(chosen) < number and all(hole.path[: len(other.path)] != other.path[: len(hole.path)] for other in chosen):
            chosen.append(hole)
    for hole in chosen:
        hole.empty(case)
    return chosen


@pytest.mark.parametrize("seed", tiers.seeds(1, 4))
def test_enumerations_and_booleans_are_unknown_exactly_where_completions_differ(oracle: Oracle, seed: int) -> None:
    """One or two unknown facts, every completion: conditions, outcome, amount, range and gap."""
    rng = random.Random(f"enumerations {seed}")
    compared = 0
    while compared < 150:
        case = small_case(rng)
        chosen = forget(rng, case, rng.choice((1, 2, 2)), (Choice, Record))
        if not chosen:
            continue
        compared += 1
        completions = Completions(random_readings(rng))
        filled = copy.deepcopy(case)
        for values in product(*(every_value(hole.field) for hole in chosen if isinstance(hole.field, Choice | Record))):
            for hole, value in zip(chosen, values, strict=True):
                hole.fill(filled, copy.copy(value))
            completions.add(filled)
        agree(oracle, case, completions, exhaustive=True)


@pytest.mark.parametrize("months", [(1, 1200), (11, 12), (12, 13), (1, 11), (12, 1200)])
def test_an_unknown_term_of_contract_ranges_over_all_its_months(oracle: Oracle, months: tuple[int, int]) -> None:
    """Whatever two terms one picks, the answer for an unknown term covers both."""
    rng = random.Random("months")
    for _ in range(20):
        case = random_case(rng, sections=("apprenticeships",))
        for hole, _ in scalars(case):
            if hole.field.name == "contract_months":
                unknown = copy.deepcopy(case)
                hole.empty(unknown)
                completions = Completions({})
                for term in months:
                    hole.fill(case, term)
                    completions.add(case)
                agree(oracle, unknown, completions, exhaustive=months in ((1, 1200), (11, 12)))


# Unknown dates, day by day

WINDOW = [date(2024, 5, 1) + timedelta(number) for number in range(800)]
PERIODS = (0, 3, -3, 6, -6, 12, -12)


def days_to_try(case: Item) -> list[date]:
    """Every day of a window of 800 days, and the days around every other period that the case's own days begin or
    end."""
    near = [shifted(day, months, step) for day in known_days(case) for months in PERIODS for step in range(-3, 4)]
    years = [date(day.year, month, step) for day in known_days(case) for month, step in ((1, 1), (12, 31))]
    return sorted({*WINDOW, *near, *years, FIRST_DAY, LAST_DAY})


@tiers.sized(20, 40)
@pytest.mark.parametrize("seed", tiers.seeds(1, 4))
def test_an_unknown_date_is_unknown_exactly_where_days_differ(oracle: Oracle, seed: int, size: int) -> None:
    rng = random.Random(f"days {seed}")
    compared = 0
    while compared < size:
        case = small_case(rng)
        chosen = forget(rng, case, 1, (Day,))
        if not chosen:
            continue
        compared += 1
        (hole,) = chosen
        assert isinstance(hole.field, Day)
        completions = Completions(random_readings(rng))
        filled = copy.deepcopy(case)
        for day in days_to_try(case):
            hole.fill(filled, day.isoformat())
            completions.add(filled)
        if hole.field.null:
            hole.fill(filled, None)
            completions.add(filled)
        agree(oracle, case, completions, exhaustive=True)


@tiers.sized(6, 25)
@pytest.mark.parametrize("seed", tiers.seeds(1, 2))
def test_two_unknown_dates_are_unknown_where_days_differ(oracle: Oracle, seed: int, size: int) -> None:
    """The second date is tried on the days that begin or end a period with the first."""
    rng = random.Random(f"two days {seed}")
    compared = 0
    while compared < size:
        case = small_case(rng)
        chosen = forget(rng, case, 2, (Day,))
        if len(chosen) < 2:
            continue
        compared += 1
        first, second = chosen
        completions = Completions(random_readings(rng))
        filled = copy.deepcopy(case)
        anchors = known_days(case)
        near = {shifted(day, months, step) for day in anchors for months in PERIODS for step in (-1, 0, 1)}
        for day in rng.sample(sorted(near), min(len(near), 40)):
            first.fill(filled, day.isoformat())
            inner = {shifted(day, months, step) for months in PERIODS for step in (-1, 0, 1)}
            for other in {*inner, *rng.sample(sorted(near), min(len(near), 20))}:
                second.fill(filled, other.isoformat())
                completions.add(filled)
        agree(oracle, case, completions, exhaustive=False)
