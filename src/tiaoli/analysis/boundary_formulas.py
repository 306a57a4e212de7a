"""Where a case lies at a boundary, as a formula over every case: its two values derived by a rule, and how they lie."""

from __future__ import annotations

from collections.abc import Iterator

from tiaoli.analysis.boundaries import Boundary, Position
from tiaoli.base import LAST_DAY, next_day
from tiaoli.encoding import Shift, shifted
from tiaoli.policy import Field, Policy
from tiaoli.rules import SIGNATURES, Contract
from tiaoli.symbolic import Facts, Formula, SymbolicValue, both


def rule_of(policy: Policy, boundary: Boundary, head: str) -> str:
    """A rule that derives `head(T, O)` of every two values that a boundary compares, after their steps."""
    one = policy.fields[boundary.path]
    body = [*_value(one, "I", "T"), *_steps("T", boundary.field.shifts)]
    first = f"T{len(boundary.field.shifts)}"
    if isinstance(boundary.other.source, int):
        return f"{head}({first}, {shifted(boundary.other.source, boundary.other.shifts)}) :- {', '.join(body)}."
    other = policy.fields[boundary.other.source]
    body += [*_value(other, "I" if boundary.scope == "same" else "J", "O"), *_steps("O", boundary.other.shifts)]
    if boundary.scope == "own":
        for inner, outer, names in ((one, other, "J, I"), (other, one, "I, J")):
            declared = policy.list_of.get(inner.entity or "")
            body += [f"{declared.predicate}(1, {names})"] if declared and declared.parent == outer.entity else []
    return f"{head}({first}, O{len(boundary.other.shifts)}) :- {', '.join(body)}."


def _value(declared: Field, item: str, value: str) -> Iterator[str]:
    yield f"{declared.predicate}(1, {f'{item}, ' if declared.entity else ''}{value}0)"


def _steps(value: str, shifts: tuple[Shift, ...]) -> Iterator[str]:
    for number, shift in enumerate(shifts):
        before, after = f"{value}{number}", f"{value}{number + 1}"
        results = SIGNATURES[shift.function].arity - Contract.FUNCTIONS[shift.function]
        ends = (after if place == shift.result else "_" for place in range(results))
        yield SIGNATURES[shift.function].atom(before, *shift.given, *ends)


def lies(facts: Facts, boundary: Boundary, place: Position, value: SymbolicValue, other: SymbolicValue) -> Formula:
    """That two values, after their steps, lie so at a boundary, as `position` has it."""
    if place == "on":
        return facts.compare("=", value, other)
    is_day = facts.policy.fields[boundary.path].kind == "day"
    first, second = (other, value) if place == "after" else (value, other)
    if not is_day:
        return facts.terms.is_next(first, second)
    if isinstance(first, int):
        return first < LAST_DAY and facts.compare("=", next_day(first), second)
    return both(facts.compare("<", first, LAST_DAY), facts.terms.is_next(first, second))
