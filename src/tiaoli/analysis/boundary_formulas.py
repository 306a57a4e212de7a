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
    body = [*_value(one, "I", "T"), *_steps(policy, one, "I", "T", boundary.field.shifts)]
    first = f"T{len(boundary.field.shifts)}"
    if isinstance(boundary.other.source, int):
        steps = boundary.other.shifts
        # what follows from the policy alone is a number
        known = next((place for place, shift in enumerate(steps) if shift.length), len(steps))
        body += [f"O0 = {shifted(boundary.other.source, steps[:known])}", *_steps(policy, None, "", "O", steps[known:])]
        return f"{head}({first}, O{len(steps) - known}) :- {', '.join(body)}."
    other = policy.fields[boundary.other.source]
    beside = "I" if boundary.scope == "same" else "J"
    body += [*_value(other, beside, "O"), *_steps(policy, other, beside, "O", boundary.other.shifts)]
    if boundary.scope == "own":
        for inner, outer, names in ((one, other, "J, I"), (other, one, "I, J")):
            declared = policy.list_of.get(inner.entity or "")
            body += [f"{declared.predicate}(1, {names})"] if declared and declared.parent == outer.entity else []
    return f"{head}({first}, O{len(boundary.other.shifts)}) :- {', '.join(body)}."


def _value(declared: Field, item: str, value: str) -> Iterator[str]:
    yield f"{declared.predicate}(1, {f'{item}, ' if declared.entity else ''}{value}0)"


def _steps(policy: Policy, declared: Field | None, item: str, value: str, shifts: tuple[Shift, ...]) -> Iterator[str]:
    """Steps from a value of a field; one as long as a fact says takes that of the item itself where it has one."""
    for number, shift in enumerate(shifts):
        given: list[object] = [*shift.given]
        if shift.length:
            length, name = policy.fields[shift.length], f"L{value}{number}"
            holder = [item if declared and length.entity == declared.entity else f"H{value}{number}"] if length.entity else []
            yield f"{length.predicate}({', '.join(['1', *holder, name])})"
            given.insert(0, name)
        before, after = f"{value}{number}", f"{value}{number + 1}"
        results = SIGNATURES[shift.function].arity - Contract.FUNCTIONS[shift.function]
        ends = (after if place == shift.result else "_" for place in range(results))
        yield SIGNATURES[shift.function].atom(before, *given, *ends)


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
