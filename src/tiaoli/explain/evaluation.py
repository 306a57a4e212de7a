"""Terms evaluated where values may be open: one of several values that a missing fact leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from tiaoli.encoding import Environment
from tiaoli.rules import Constant, Open, Pattern, Term, Value, ValueOrOpen, Variable


def evaluate(term: Term, environment: Environment) -> ValueOrOpen | None:
    """The value of a term; `None` where a variable in it is not bound. Arithmetic is clingo's: division truncates
    toward zero."""
    if isinstance(term, Constant):
        return term.value
    if isinstance(term, Variable):
        return environment.get(term.name)
    parts = [evaluate(argument, environment) for argument in term.arguments]
    if None in parts:
        return None
    if not any(isinstance(part, Open) for part in parts):
        return _computed(term.operator, parts)
    sets = [part.values if isinstance(part, Open) else (part,) for part in parts]
    return one_or_open(_computed(term.operator, combination) for combination in product(*sets))


def one_or_open(values: Iterable[Value]) -> ValueOrOpen:
    """The one value, or the several that are open."""
    found = tuple(dict.fromkeys(values))
    return found[0] if len(found) == 1 else Open(found)


def combinations(pattern: Pattern) -> Iterator[tuple[Value | None, ...]]:
    """Every way to give each open value of a pattern one of its values."""
    return product(*(value.values if isinstance(value, Open) else (value,) for value in pattern))


def _computed(operator: str, parts: Sequence[Any]) -> int:
    if len(parts) == 1:
        return -int(parts[0])
    one, other = int(parts[0]), int(parts[1])
    if operator == "+":
        return one + other
    if operator == "-":
        return one - other
    if operator == "*":
        return one * other
    quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
    return quotient if operator == "/" else one - other * quotient
