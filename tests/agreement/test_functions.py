"""Functions of days in every evaluator against a plain reading of them, on random days and on the ends of months and years."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
import pytest
import z3

from support import tiers
from tiaoli.base import to_date, to_day
from tiaoli.compiled.column_arrays import OverflowingError
from tiaoli.compiled.column_functions import values_of
from tiaoli.compiled.column_store import day_code, day_of_code
from tiaoli.compiled.runtime import RUNTIME, SUP
from tiaoli.rules import SIGNATURES, SUPREMUM, Contract, Fact, Name, NoValueError, Value, worked_out
from tiaoli.rules.clingo_session import Session
from tiaoli.symbolic.days import Day, any_day, day_number
from tiaoli.symbolic.symbolic_functions import SymbolicFunctions
from tiaoli.symbolic.terms import Terms
from tiaoli.symbolic.values import Num, Outside

# A plain reading, in steps of a day or a month where it can be


def later(day: date, months: int) -> date:
    """The same day of the month so many months on, or that month's last day."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        year, month = (year + 1, 1) if month == 13 else (year - 1, 12) if month == 0 else (year, month)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def most(first: date, last: date, step: Callable[[date, int], date]) -> int:
    """The most steps from the first day that do not pass the last one."""
    number = 0
    while step(first, number + 1) <= last:
        number += 1
    while step(first, number) > last:
        number -= 1
    return number


def anniversary(born: date, years: int, on_march_1: bool) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1) if on_march_1 else date(born.year + years, 2, 28)


PLAIN: dict[str, Callable[..., tuple[date | int, ...]]] = {
    "add_days": lambda day, number: (day + timedelta(number),),
    "add_weeks": lambda day, number: (day + timedelta(weeks=number),),
    "add_months": lambda day, number: (later(day, number),),
    "add_years": lambda day, number: (later(day, 12 * number),),
    "calendar_month": lambda day: (day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])),
    "calendar_year": lambda day: (date(day.year, 1, 1), date(day.year, 12, 31)),
    "days_between": lambda first, last: ((last - first).days,),
    "months_between": lambda first, last: (most(first, last, later),),
    "years_between": lambda first, last: (most(first, last, lambda day, years: later(day, 12 * years)),),
    "age": lambda born, day, word: (most(born, day, lambda day, years: anniversary(day, years, word == "march_1")),),
}


def numbered(found: tuple[date | int, ...]) -> tuple[int, ...]:
    return tuple(to_day(value) if isinstance(value, date) else value for value in found)


def some_day(rng: random.Random, near: date | None = None) -> date:
    """A day of the format, often one at the end of a month or beside another."""
    if near is not None and rng.random() < 0.6:
        years = rng.choice((-4, -1, 0, 0, 1, 1, 4, 100))
        return min(max(later(near, 12 * years) + timedelta(rng.randint(-3, 3)), date(1900, 1, 1)), date(2199, 12, 31))
    year = rng.choice((1900, 1904, 1999, 2000, 2023, 2024, 2100, 2199, rng.randint(1900, 2199)))
    month = rng.choice((1, 2, 2, 12, rng.randint(1, 12)))
    last = monthrange(year, month)[1]
    return date(year, month, rng.choice((1, 28, last, last, rng.randint(1, last))))


def whole(word: str, numerator: int, denominator: int) -> int:
    """A fraction rounded, by the standard library's own rounding where it has one."""
    exact = Fraction(numerator, denominator)
    if word == "half_even":
        return round(exact)
    size = {"half_up": floor(abs(exact) + Fraction(1, 2)), "up": ceil(abs(exact)), "down": floor(abs(exact))}[word]
    return size if exact >= 0 else -size


PLAIN |= {
    "least": lambda one, other: (sorted((one, other))[0],),
    "greatest": lambda one, other: (sorted((one, other))[1],),
    "birthday": lambda born, years, word: (anniversary(born, years, word == "march_1"),),
    "rounded": lambda word, numerator, denominator: (whole(word, numerator, denominator),),
}

LENGTHS = {"add_days": 1500, "add_weeks": 200, "add_months": 60, "add_years": 20}


def calls(rng: random.Random, name: str, number: int) -> Iterator[tuple[date | int | str, ...]]:
    """What a function may be given."""
    for _ in range(number):
        day = some_day(rng)
        if name in LENGTHS:
            yield day, rng.choice((0, 1, -1, 12, -12, rng.randint(-LENGTHS[name], LENGTHS[name])))
        elif name.startswith("calendar"):
            yield (day,)
        elif name in ("least", "greatest"):
            yield rng.choice(((day, some_day(rng, day)), (rng.randint(-9, 9), rng.randint(-9, 9)), (2 ** rng.randint(0, 70), 2**33)))
        elif name == "birthday":
            yield day, rng.choice((0, 1, 4, 18, rng.randint(-20, 60))), rng.choice(Contract.WORDS["leap_day"])
        elif name == "rounded":
            by = rng.choice((1, 2, 3, 100, -7, rng.randint(1, 1000)))
            number = rng.choice((by * rng.randint(-20, 20) // 2, rng.randint(-(10**6), 10**6), rng.randint(0, 10**15) if by > 0 else 5))
            yield rng.choice(Contract.WORDS["rounding"]), number, by
        else:
            words = [rng.choice(Contract.WORDS["leap_day"])] if name == "age" else []
            yield day, some_day(rng, day), *words


def as_rules_have_it(given: tuple[date | int | str, ...]) -> tuple[Value, ...]:
    return tuple(to_day(value) if isinstance(value, date) else Name(value) if isinstance(value, str) else value for value in given)


NAMES = sorted(Contract.FUNCTIONS)
CHOICES = ("least", "greatest")
"""Those that columns choose by without working anything out, and that a day that never comes can be given."""


def test_every_function_has_a_plain_reading() -> None:
    assert sorted(PLAIN) == NAMES


@tiers.sized(150, 600, 3000)
@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_worth_what_a_plain_reading_says(name: str, size: int) -> None:
    """By the table that clingo is given, as compiled rules call it, and over columns."""
    rng = random.Random(name)
    given = list(calls(rng, name, size))
    wanted = [numbered(PLAIN[name](*one)) for one in given]
    written = [as_rules_have_it(one) for one in given]
    assert [worked_out(name, one) for one in written] == wanted
    alone = SIGNATURES[name].arity == Contract.FUNCTIONS[name] + 1
    called = [RUNTIME[name](*[str(value) if isinstance(value, Name) else value for value in one]) for one in written]
    assert called == [found[0] if alone else (found,) for found in wanted]
    if name not in CHOICES:
        assert in_columns(name, written) == wanted


def in_columns(name: str, written: list[tuple[Value, ...]]) -> list[tuple[int, ...]]:
    """The results over columns; of an age by each word apart, as a rule has but one."""
    kinds = [kind for _, kind in SIGNATURES[name].arguments]
    number = Contract.FUNCTIONS[name]
    found: dict[int, tuple[int, ...]] = {}
    for words in {tuple(value for value in one if isinstance(value, Name)) for one in written}:
        places = [place for place, one in enumerate(written) if tuple(value for value in one if isinstance(value, Name)) == words]
        columns: list[Any] = []
        for position, kind in enumerate(kinds[:number]):
            values = [written[place][position] for place in places]
            word = isinstance(values[0], Name)
            columns.append(str(values[0]) if word else np.array([day_code(int(str(v))) if kind == "day" else v for v in values]))
        results = values_of(name, columns, len(places))
        for row, place in enumerate(places):
            found[place] = tuple(
                day_of_code(int(column[row])) if kind == "day" else int(column[row])
                for column, kind in zip(results, kinds[number:], strict=True)
            )
    return [found[place] for place in range(len(written))]


@pytest.mark.parametrize("name", NAMES)
def test_clingo_is_given_what_a_function_is_worth(name: str) -> None:
    """As a program that this project grounds, and as the facts that the rules want from whoever runs them as they stand."""
    rng = random.Random(f"clingo {name}")
    number, arity = Contract.FUNCTIONS[name], SIGNATURES[name].arity
    inputs = ", ".join(f"X{place}" for place in range(number))
    results = ", ".join(f"R{place}" for place in range(arity - number))
    rules = f"found({inputs}, {results}) :- given({inputs}), {name}({inputs}, {results})."
    given = {as_rules_have_it(one): numbered(PLAIN[name](*one)) for one in calls(rng, name, 40)}
    facts = [*(Fact("given", one) for one in given), Fact("given", (SUPREMUM,) * number)]
    session = Session(rules, facts)
    wanted: set[tuple[Value, ...]] = {(*one, *found) for one, found in given.items()}
    wanted |= {(SUPREMUM,) * 3} if name in CHOICES else set()
    assert {fact.arguments for fact in session.consequences().certain if fact.predicate == "found"} == wanted
    assert {fact.arguments for fact in session.worked_out} == wanted
    assert {fact.predicate for fact in session.worked_out} == {name}


@tiers.sized(12, 150)
@pytest.mark.parametrize("name", NAMES)
def test_formulas_have_the_value_of_a_function(name: str, size: int) -> None:
    rng = random.Random(f"formulas {name}")
    for given in calls(rng, name, size):
        terms = Terms(z3.Context())
        solver = z3.Solver(ctx=terms.context)
        values: list[Any] = []
        for place, value in enumerate(given):
            if isinstance(value, date):
                day, is_day = any_day(f"given {place}", terms.context)
                number = to_day(value)
                solver.add(*is_day, terms.compare("=", day, number))
                values.append(day)
            else:
                values.append(Name(value) if isinstance(value, str) else value)
        if (name in CHOICES and isinstance(given[0], int)) or name == "rounded":
            # the number that varies
            place = len(given) - 2
            values[place] = Num(z3.Int("number", terms.context), -(2**70), 2**70)
            solver.add(values[place].expr == given[place])
        if (name in LENGTHS or name == "birthday") and rng.random() < 0.7:
            # a period as long as a fact of the case says
            length = given[1]
            assert isinstance(length, int)
            values[1] = Num(z3.Int("length", terms.context), length - rng.choice((0, 1, 30)), length + rng.choice((0, 2, 100)))
            solver.add(values[1].expr == length)
            if rng.random() < 0.5:
                assert isinstance(given[0], date)
                values[0] = to_day(given[0])
        found = SymbolicFunctions(terms).results(name, values)
        assert found is not None
        solver.add(*terms.constraints)
        for result, wanted in zip(found, numbered(PLAIN[name](*given)), strict=True):
            if isinstance(result, int):
                assert result == wanted
                continue
            assert isinstance(result, (Day, Num))
            assert solver.check() == z3.sat
            number = solver.model().eval(result.order if isinstance(result, Day) else result.expr, model_completion=True)
            assert (day_number(number.as_long()) if isinstance(result, Day) else number.as_long()) == wanted, given
            if isinstance(result, Num):
                assert result.low <= wanted <= result.high
            differs = terms.compare("!=", result, wanted)
            assert differs is False or solver.check(differs) == z3.unsat, given


# Where there is no value


def test_a_day_that_never_comes_has_no_value() -> None:
    for name in CHOICES:
        for one, other in ((SUPREMUM, 20240101), (20240101, SUPREMUM)):
            assert worked_out(name, (one, other)) == ((20240101,) if name == "least" else (SUPREMUM,))
        assert RUNTIME[name](SUP, 20240101) == (20240101 if name == "least" else SUP)
    for name in set(NAMES) - {*CHOICES, "rounded"}:
        given = Contract.FUNCTIONS[name]
        assert worked_out(name, [SUPREMUM, *[20240101] * (given - 1)]) is None
        assert RUNTIME[name](SUP, *[20240101] * (given - 1)) in (None, ())


@pytest.mark.parametrize("length", [2**31, -(2**31), 10**12, 36600 * 40, -36600 * 40])
def test_a_day_too_far_away_is_said_and_not_wrapped(length: int) -> None:
    for name in LENGTHS:
        with pytest.raises(NoValueError, match="1600 to 5599"):
            worked_out(name, (20240229, length))
        with pytest.raises(OverflowingError):
            values_of(name, [np.array([day_code(20240229)]), np.array([length])], 1)
        day, _ = any_day("d", z3.Context())
        with pytest.raises(Outside):
            SymbolicFunctions(Terms(day.year.ctx)).results(name, (day, length))


@tiers.sized(7, 1)
def test_days_run_on_from_one_function_to_the_next(size: int) -> None:
    """Whole months are counted as `add_months` adds them, for every day of four years and the month after it."""
    for number in range(0, 1461, size):
        first = to_day(date(2023, 1, 1) + timedelta(number))
        for apart in range(27, 34):
            last = to_day(to_date(first) + timedelta(apart))
            months = RUNTIME["months_between"](first, last)
            assert RUNTIME["add_months"](first, months) <= last < RUNTIME["add_months"](first, months + 1)
