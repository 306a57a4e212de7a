"""The critical values of unknown facts against every value there is: random rules, over a few weeks of days and all levels."""

from __future__ import annotations

import itertools
import operator
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from support import tiers
from tiaoli import Oracle
from tiaoli.base.calendar import add_days, add_months, days_between, month_bounds, months_between, to_day
from tiaoli.encoding import critical_points
from tiaoli.encoding.bounds import find_bounds
from tiaoli.encoding.critical_points import RuleBounds, critical_values
from tiaoli.policy.model import Policy
from tiaoli.policy.number_types import Integer
from tiaoli.policy.value_types import Day
from tiaoli.rules.atoms import Fact, Name, Value
from tiaoli.rules.clingo_session import Choice, Session
from tiaoli.rules.parser import parse

FIRST, LAST = date(2024, 1, 27), date(2024, 3, 4)
DAYS = [to_day(FIRST + timedelta(days=step)) for step in range((LAST - FIRST).days + 1)]
MONTHS = {"short": 1, "long": 2}
LENGTHS = {"days": {"few": 5, "many": 12}, "weeks": {"fortnight": 2}, "months": MONTHS}
ADDED: Mapping[str, Callable[[int, int], int]] = {
    "days": add_days,
    "weeks": lambda day, weeks: add_days(day, 7 * weeks),
    "months": add_months,
}
COUNTED: Mapping[str, Callable[[int, int], int]] = {"days": days_between, "months": months_between}
LEVELS, TERMS = range(1, 6), range(1, 3)
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
    "!=": operator.ne,
}
SLOTS = {
    "Issued": ("certificates.issued", "certificate_issued(C, Cert, Issued)", "c1"),
    "From": ("employments.start", "employment_start(C, Job, From)", "e1"),
    "Last": ("employments.end", "employment_end(C, Job, Last)", "e1"),
    "Level": ("certificates.level", "certificate_level(C, Cert, Level)", "c1"),
    "Term": ("apprenticeships.apprentices.contract_months", "apprentice_contract_months(C, A, Term)", "k1/a1"),
}
Values = Mapping[str, int]
Side = tuple[str, Callable[[Values], int]]


class RandomRules:
    """Two rules, one of which may rest on the absence of the other, as text and as Python."""

    def __init__(self, rng: random.Random, counted: int) -> None:
        self.rng, self.counted = rng, counted
        self.unit = rng.choice(list(LENGTHS))
        self.other, self.text_of_other = self.conjunction("other(C, Cert)")
        self.hit, text = self.conjunction("hit(C, Cert)")
        self.negated = rng.random() < 0.5
        asked = ["not other(C, Cert)"] if self.negated else []
        number = "number(C, N) :- applied_on(C, _), N = #count { A : application(C, A) }."
        self.text = "\n".join((number, self.text_of_other, text.replace(" :- ", f" :- {''.join(f'{part}, ' for part in asked)}", 1)))

    def conjunction(self, head: str) -> tuple[Callable[[Values], bool], str]:
        parts: list[str] = []
        tests: list[Callable[[Values], bool]] = []
        for number in range(self.rng.randint(1, 3)):
            sign = self.rng.choice(list(COMPARE))
            (left, one), (right, two) = self.sides(number, parts)
            parts.append(f"{left} {sign} {right}")
            tests.append(lambda values, one=one, two=two, sign=sign: COMPARE[sign](one(values), two(values)))  # type: ignore[misc]
        facts = [literal for _, literal, _ in SLOTS.values()]
        return (lambda values: all(test(values) for test in tests)), f"{head} :- {', '.join([*facts, *parts])}."

    def sides(self, number: int, parts: list[str]) -> tuple[Side, Side]:
        kind = self.rng.random()
        if kind < 0.2:
            return self.levels(number, parts)
        return self.counted_between(number, parts) if kind < 0.4 else (self.day(number, parts), self.day(number + 10, parts))

    def day(self, number: int, parts: list[str]) -> Side:
        name = self.rng.choice(["Issued", "From", "Last"])
        value: Callable[[Values], int] = lambda values: values[name]  # noqa: E731
        said = name
        for step in range(self.rng.choice((0, 0, 1, 1, 2))):
            place = f"{number}_{step}"
            if self.rng.random() < 0.15:
                parts.append(f"calendar_month({said}, D{place}, _)")
                value = lambda values, inner=value: month_bounds(inner(values))[0]  # type: ignore[misc]  # noqa: E731
            else:
                if self.rng.random() < 0.2:
                    # a period as long as a fact of the case says
                    parts.append(f"add_months({said}, Term, D{place})")
                    value = lambda values, inner=value: add_months(inner(values), values["Term"])  # type: ignore[misc]  # noqa: E731
                    said = f"D{place}"
                    continue
                # days and months in one rule seldom have critical values, so mostly they stand apart
                unit = self.unit if self.rng.random() < 0.9 else self.rng.choice(list(LENGTHS))
                period, length = self.rng.choice(list(LENGTHS[unit].items()))
                back = self.rng.random() < 0.25
                parts += [f"{unit}({period}, M{place})", *([f"B{place} = -M{place}"] if back else [])]
                parts.append(f"add_{unit}({said}, {'B' if back else 'M'}{place}, D{place})")
                length = -length if back else length
                value = lambda values, inner=value, length=length, unit=unit: ADDED[unit](inner(values), length)  # type: ignore[misc]  # noqa: E731
            said = f"D{place}"
        return said, value

    def counted_between(self, number: int, parts: list[str]) -> tuple[Side, Side]:
        """What is counted between two days, and a number of the policy."""
        unit = "days" if self.unit == "weeks" else self.unit
        (first, one), (last, two) = self.day(number, parts), self.day(number + 10, parts)
        period, length = self.rng.choice(list(LENGTHS[unit].items()))
        parts += [f"{unit}_between({first}, {last}, N{number})", f"{unit}({period}, L{number})"]
        return (f"N{number}", lambda values: COUNTED[unit](one(values), two(values))), (f"L{number}", lambda _: length)

    def levels(self, number: int, parts: list[str]) -> tuple[Side, Side]:
        parts += [f"number(C, N{number})", f"Rest{number} = N{number} - 0"]
        return ("Level", lambda values: values["Level"]), (f"Rest{number}", lambda _: self.counted)

    def holds(self, values: Values) -> bool:
        return self.hit(values) and not (self.negated and self.other(values))


def completions(unknown: list[str], known: Values) -> Iterator[Values]:
    for found in itertools.product(*({"Level": LEVELS, "Term": TERMS}.get(name, DAYS) for name in unknown)):
        yield {**known, **dict(zip(unknown, found, strict=True))}


@contextmanager
def few_days() -> Iterator[None]:
    """No days but those of `DAYS`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(critical_points, "FIRST_DAY", DAYS[0])
        patch.setattr(critical_points, "LAST_DAY", DAYS[-1])
        patch.setattr(Day, "span", (DAYS[0], DAYS[-1]))
        # what is remembered was found among all days
        patch.setattr(critical_points, "least_day", critical_points.least_day.__wrapped__)
        yield


def fact(name: str, value: int) -> Fact:
    _, literal, item = SLOTS[name]
    return Fact(literal.partition("(")[0], (1, item, value))


def outcomes(policy: Policy, bounds: RuleBounds, rules: RandomRules, unknown: list[str], known: Values) -> set[bool]:
    """Whether some completion is hit, and whether some is not, by critical values."""
    there: dict[str, dict[str, Value]] = {SLOTS[name][0]: {SLOTS[name][2]: value} for name, value in known.items()}
    slots = {name: (SLOTS[name][0], SLOTS[name][2]) for name in unknown}
    with few_days():
        values = critical_values(policy, bounds.bounds, there, list(slots.values()))
    numbers = {name: [value for value in values[slot] if isinstance(value, int)] for name, slot in slots.items()}
    facts = [
        *(Fact(unit, (Name(name), value)) for unit, named in LENGTHS.items() for name, value in named.items()),
        Fact("applied_on", (1, DAYS[0])),
        *(fact(name, value) for name, value in known.items()),
        *(Fact("application", (1, f"a{number}")) for number in range(rules.counted)),
    ]
    choices = [Choice(tuple(fact(name, value) for value in found)) for name, found in numbers.items()]
    session = Session(f"{rules.text}\n#defined application/2.", facts, choices)
    return {outcome for outcome in (True, False) if session.possible((Fact("hit", (1, "c1")), outcome))}


@tiers.sized(12, 40, 20_000)
def test_what_unknown_facts_leave_possible_is_what_some_value_makes_so(oracle: Oracle, size: int) -> None:
    rng = random.Random("critical values")
    months = oracle.policy.parameters["care_employment"]
    parameters = {
        name: months._replace(name=name, unit=unit, value=value) for unit, named in LENGTHS.items() for name, value in named.items()
    }
    path = SLOTS["Term"][0]
    term = oracle.policy.fields[path]._replace(type=Integer(TERMS[0], TERMS[-1], "months"))
    policy = replace(oracle.policy, parameters=parameters, fields={**oracle.policy.fields, path: term})
    tried = both = refused = 0
    while tried < size or not refused:
        rules = RandomRules(rng, rng.randint(0, 5))
        program, problems = parse([("random.lp", rules.text)])
        assert problems == []
        bounds, problems = find_bounds(policy, program)
        if problems:
            refused += 1
            assert {problem.id for problem in problems} == {"rule-calendar-circle"}
            continue
        tried += 1
        unknown = rng.sample(list(SLOTS), rng.randint(1, 2))
        known = {name: rng.choice({"Level": LEVELS, "Term": TERMS}.get(name, DAYS)) for name in SLOTS if name not in unknown}
        there_are = {rules.holds(values) for values in completions(unknown, known)}
        found = outcomes(policy, bounds, rules, unknown, known)
        assert found == there_are, f"{rules.text}\nunknown {unknown}, known {known}, {rules.counted} applications"
        both += len(there_are) > 1
    assert both > tried / 10
    assert refused
