"""The comparisons that the rules make between days and numbers, and where a case lies at each: on it, just before, just after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

from tiaoli.base import FIRST_DAY, LAST_DAY, Statement, next_day, previous_day
from tiaoli.case import Case
from tiaoli.decide import known_values
from tiaoli.encoding import Encoding, Scope, Shift, length_of, rules_by_bound, shifted
from tiaoli.policy import Policy, parameter_value
from tiaoli.rules import Constant, Contract, Rule, Value

Position = Literal["before", "on", "after"]

POSITIONS: Mapping[Position, Statement] = {
    "before": Statement("差一日（一个单位）未到", "one day or unit before"),
    "on": Statement("恰好相等", "exactly on it"),
    "after": Statement("超过一日（一个单位）", "one day or unit after"),
}
"""Where a value can lie beside the one it is compared with, in words."""


class Operand(NamedTuple):
    """One side of a comparison: a field or a value, some steps on."""

    source: str | int
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class Boundary:
    """A comparison: the side of a field against another side, over items of a scope, and the rules that make it."""

    field: Operand
    other: Operand
    scope: Scope
    rules: tuple[Rule, ...]

    @property
    def path(self) -> str:
        """The field that is compared."""
        return str(self.field.source)


def boundaries(encoding: Encoding) -> list[Boundary]:
    """Every comparison of the rules, once, in the order of the fields."""
    found: dict[tuple[frozenset[Operand], Scope], dict[Rule, None]] = {}
    sides: dict[tuple[frozenset[Operand], Scope], tuple[Operand, Operand]] = {}
    order = list(encoding.policy.fields)
    for bound, rules in rules_by_bound(encoding.policy, encoding.program).items():
        one, other = Operand(bound.target, bound.target_shifts), Operand(bound.other, bound.other_shifts)
        key = (frozenset((one, other)), bound.scope)
        found.setdefault(key, {}).update(dict.fromkeys(rules))
        if isinstance(bound.other, str):
            # either may be looked at from the other: the one that stays as it is comes first
            one, other = sorted((one, other), key=lambda side: (len(side.shifts), -order.index(str(side.source))))
        sides[key] = (one, other)
    made = [Boundary(*sides[key], key[1], tuple(rules)) for key, rules in found.items()]
    return sorted(made, key=lambda item: order.index(item.path))


def position(policy: Policy, boundary: Boundary, meeting: Meeting) -> Position | None:
    """Where a value of the field lies beside a value of the other side, where it lies at the boundary at all."""
    one, two = shifted(meeting.value, meeting.field_shifts), shifted(meeting.against, meeting.other_shifts)
    if one == two:
        return "on"
    if policy.fields[boundary.path].kind == "day":
        if one > FIRST_DAY and previous_day(one) == two:
            return "after"
        return "before" if one < LAST_DAY and next_day(one) == two else None
    return {1: "after", -1: "before"}.get(one - two)  # type: ignore[return-value]


class Meeting(NamedTuple):
    """Two values of a case that meet at a boundary: the path of the field and its value, and those of the other side (`""`
    where that is a value of the policy); and the steps from each, as long as the case says."""

    path: str
    value: int
    other: str
    against: int
    field_shifts: tuple[Shift, ...]
    other_shifts: tuple[Shift, ...]


def meetings(policy: Policy, boundary: Boundary, case: Case) -> Iterator[Meeting]:
    """Every pair of known values of a case that a boundary compares."""
    by_field: dict[str, list[tuple[str, str, Value]]] = {}
    beside_it: list[tuple[str, str, int]]
    for path, ((field, item), value) in known_values(policy, case).items():
        by_field.setdefault(field, []).append((path, item, value))
    for path, item, value in by_field.get(boundary.path, ()):
        if not isinstance(value, int):
            continue
        if isinstance(boundary.other.source, int):
            beside_it = [("", "", boundary.other.source)]
        else:
            found = by_field.get(boundary.other.source, ())
            beside_it = [
                (elsewhere, beside, against)
                for elsewhere, beside, against in found
                if isinstance(against, int) and _together(boundary.scope, item, beside)
            ]
        for elsewhere, beside, against in beside_it:
            steps = product(_as_long(boundary.field.shifts, item, by_field), _as_long(boundary.other.shifts, beside, by_field))
            yield from (Meeting(path, value, elsewhere, against, one, other) for one, other in steps)


def _as_long(shifts: tuple[Shift, ...], item: str, by_field: Mapping[str, Sequence[tuple[str, str, Value]]]) -> Iterator[tuple[Shift, ...]]:
    """Some steps from a day of an item with every length that the case gives them: that of the item itself where it has one."""
    every = []
    for shift in shifts:
        found = [(holder, length) for _, holder, length in by_field.get(shift.length, ()) if isinstance(length, int)]
        own = [length for holder, length in found if holder == item]
        every.append([shift.of_length(length) for length in own or (length for _, length in found)] if shift.length else [shift])
    return product(*every)


def _together(scope: Scope, one: str, other: str) -> bool:
    if scope == "same":
        return one == other
    return scope == "any" or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def statement(policy: Policy, boundary: Boundary) -> Statement:
    """A comparison in words."""
    one, other = _side(policy, boundary, boundary.field), _side(policy, boundary, boundary.other)
    return Statement(f"{one.zh}与{other.zh}相比", f"{one.en} against {other.en}")


def _side(policy: Policy, boundary: Boundary, side: Operand) -> Statement:
    if isinstance(side.source, str):
        found = policy.fields[side.source].label
    else:
        kind = policy.fields[boundary.path].value_type
        read = {
            term.value
            for rule in boundary.rules
            for literal in rule.literals()
            for term in literal.atom.terms
            if isinstance(term, Constant)
        }
        named = [item for item in policy.parameters.values() if item.unit == kind and item.value == side.source and item.name in read]
        value = str(parameter_value(named[0], policy.currency)) if named else str(side.source)
        words = named[0].statement if named else Statement("", "")
        found = Statement(f"{words.zh}（{value}）" if named else value, f"{words.en} ({value})" if named else value)
    for shift in side.shifts:
        if shift.length:
            length = policy.fields[shift.length].label
            found = Statement(f"{found.zh}之后{length.zh}", f"{found.en} plus {length.en}")
        else:
            found = _stepped(found, shift)
    return found


def _stepped(words: Statement, shift: Shift) -> Statement:
    if shift.given:
        length = length_of(shift)
        return Statement(f"{words.zh}之后{length.zh}", f"{words.en} plus {length.en}")
    end = Statement("末日", "last day") if shift.result else Statement("首日", "first day")
    within = Statement("当年", "year") if shift.function == Contract.CALENDAR_YEAR.name else Statement("当月", "month")
    return Statement(f"{words.zh}{within.zh}{end.zh}", f"the {end.en} of the {within.en} of {words.en}")
