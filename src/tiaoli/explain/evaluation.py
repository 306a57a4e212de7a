"""Terms evaluated where values may be open: one of several values that a missing fact leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from tiaoli.encoding import Environment
from tiaoli.rules import Constant, Open, Pattern, Term, Value, ValueOrOpen, Variable, computed


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
        return computed(term.operator, [int(str(part)) for part in parts])
    sets = [part.values if isinstance(part, Open) else (part,) for part in parts]
    return one_or_open(computed(term.operator, [int(str(part)) for part in combination]) for combination in product(*sets))


def one_or_open(values: Iterable[Value]) -> ValueOrOpen:
    """The one value, or the several that are open."""
    found = tuple(dict.fromkeys(values))
    return found[0] if len(found) == 1 else Open(found)


def combinations(pattern: Pattern) -> Iterator[tuple[Value | None, ...]]:
    """Every way to give each open value of a pattern one of its values."""
    return product(*(value.values if isinstance(value, Open) else (value,) for value in pattern))
