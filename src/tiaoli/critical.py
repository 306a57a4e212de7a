"""Which values of an unknown day or number can matter: the critical values, harvested from the rules' own
comparisons.

An unknown day ranges over 110 000 values, yet a decision only sees on which side of which other day it lies.
`harvest` follows days and numbers from the facts of a case through the rules to every comparison they reach, and
writes each as *bounds*: this fact, shifted by so many months, is at least (or more than) that one. `critical_values`
turns the bounds into values for one case.

Why the least values suffice: the truth of all comparisons together is a set of bounds `f(x) >= g(y)` with f and g
monotone. Solutions of such a set are closed under taking the smaller value of each unknown, so where it has one it
has a least one, in which every unknown is either the first value of its type or is held from below by one bound: the
least x with f(x) >= g(y), where y is known or itself such a value. Chains of bounds through several unknowns are
followed without visiting an unknown twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from graphlib import TopologicalSorter
from typing import Literal as Word

from tiaoli.calendar import FIRST_DAY, LAST_DAY, add_months, next_day, to_date, to_day, year_bounds
from tiaoli.dialect import dependencies
from tiaoli.errors import Problem
from tiaoli.policy import Policy
from tiaoli.syntax import (
    SUPREMUM,
    Aggregate,
    Comparison,
    Constant,
    Literal,
    Operation,
    Program,
    Rule,
    Term,
    Value,
    Variable,
    variables,
)
from tiaoli.words import Statement

RANGES = {"day": (FIRST_DAY, LAST_DAY), "months": (1, 1200), "money": (1, 1_000_000_000), "level": (1, 5)}
"""The types of fact that have an order and are not enumerated, each with its first and last value in the case
format."""

ORDERED = tuple(RANGES)

Shift = int | Word["january", "december"]
"""A step from one day to another: so many months on, or the first or last day of its year."""

Scope = Word["same", "own", "any"]
"""Which items a bound speaks of: the same item, an item and the one it stands in, or any two."""


@dataclass(frozen=True, slots=True)
class Bound:
    """`target`, shifted, is at least `other`, shifted; more than it where `strict`. Both are paths of fields, or
    `other` is a value."""

    target: str
    target_shifts: tuple[Shift, ...]
    strict: bool
    other: str | int
    other_shifts: tuple[Shift, ...]
    scope: Scope


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a variable's value comes from: a field or a value, shifts on the way, and the entity it belongs to.

    Inside a rule `entity` is the entity's variable; between rules it is its position among the arguments. `None`: not
    known any more.
    """

    source: str | int
    shifts: tuple[Shift, ...]
    entity: str | int | None


Step = tuple[str | int, tuple[Shift, ...], Shift]
"""A calendar fact that rules ask for: for the days of this field (or for this day), shifted so far, the next
shift."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """What the rules do with days and numbers: the bounds they put on them, and the calendar facts they need."""

    bounds: tuple[Bound, ...]
    steps: tuple[Step, ...]


def harvest(policy: Policy, program: Program) -> tuple[Harvest, list[Problem]]:
    """Every bound that the rules put on an ordered field, and a problem for each comparison that could not be
    followed."""
    return _Harvester(policy, program).run()


class _Harvester:
    def __init__(self, policy: Policy, program: Program) -> None:
        self.policy = policy
        self.program = program
        self.fields = {field.predicate: field for field in policy.fields.values()}
        self.bounds: dict[Bound, None] = {}
        self.steps: dict[Step, None] = {}
        self.problems: list[Problem] = []
        # for every predicate: the origins of each argument, and the pairs of arguments that are an item and the one it stands in
        self.origins: dict[str, dict[int, set[_Origin]]] = defaultdict(lambda: defaultdict(set))
        self.owned: dict[str, set[tuple[int, int]]] = {}
        for field in self.fields.values():
            if field.type in ORDERED:
                position = 2 if field.entity else 1
                self.origins[field.predicate][position] = {_Origin(field.path, (), 1 if field.entity else None)}
        for declared in policy.lists.values():
            if declared.parent:
                self.owned[declared.predicate] = {(1, 2)}

    def run(self) -> tuple[Harvest, list[Problem]]:
        rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.program.rules:
            rules[rule.head.predicate].append(rule)
        for predicate in TopologicalSorter(dependencies(self.program)).static_order():
            owned: list[set[tuple[int, int]]] = []
            for rule in rules.get(predicate, ()):
                owned.append(self._rule(rule))
            if owned:
                self.owned[predicate] = set.intersection(*owned)
        return Harvest(tuple(self.bounds), tuple(self.steps)), self.problems

    def _rule(self, rule: Rule) -> set[tuple[int, int]]:
        found: dict[str, set[_Origin]] = defaultdict(set)
        pairs: set[tuple[str, str]] = set()
        literals = [literal for literal in rule.literals() if not literal.negated]
        for literal in literals:
            self._literal(literal, found, pairs)
        self._calendar(rule, literals, found)
        computed = set(self._computed(rule, found))
        for comparison in rule.comparisons():
            self._comparison(rule, comparison, found, computed, pairs)

        names = [term.name if isinstance(term, Variable) else None for term in rule.head.terms]
        for position, term in enumerate(rule.head.terms):
            if isinstance(term, Variable):
                self.origins[rule.head.predicate][position] |= {
                    _Origin(origin.source, origin.shifts, names.index(origin.entity) if origin.entity in names else None)
                    for origin in found.get(term.name, ())
                }
        return {(one, two) for one in range(len(names)) for two in range(len(names)) if (str(names[one]), str(names[two])) in pairs}

    def _literal(self, literal: Literal, found: dict[str, set[_Origin]], pairs: set[tuple[str, str]]) -> None:
        terms = literal.atom.terms
        for one, two in self.owned.get(literal.atom.predicate, ()):
            outer, inner = terms[one], terms[two]
            if isinstance(outer, Variable) and isinstance(inner, Variable):
                pairs.add((outer.name, inner.name))
        parameter = self._parameter(literal)
        for position, term in enumerate(terms):
            if not isinstance(term, Variable) or term.anonymous:
                continue
            here = set()
            for origin in self.origins[literal.atom.predicate][position]:
                holder = terms[origin.entity] if isinstance(origin.entity, int) else None
                entity = holder.name if isinstance(holder, Variable) and not holder.anonymous else None
                here.add(_Origin(origin.source, origin.shifts, entity))
            if parameter is not None and position == 1:
                here.add(_Origin(parameter, (), None))
            # one variable in two places says that two values are equal
            for origin in here:
                for other in found[term.name]:
                    self._bound(origin, other, "=", pairs)
            found[term.name] |= here

    def _parameter(self, literal: Literal) -> int | None:
        """The value of the parameter that a literal reads, where it is an ordered one."""
        first = literal.atom.terms[0] if literal.atom.terms else None
        if isinstance(first, Constant):
            parameter = self.policy.parameters.get(str(first.value))
            if parameter and parameter.unit == literal.atom.predicate and parameter.unit in ORDERED:
                return int(parameter.value)
        return None

    def _calendar(self, rule: Rule, literals: Sequence[Literal], found: dict[str, set[_Origin]]) -> None:
        """Follow days through add_months and calendar_year, whatever the order they are written in."""
        calendar = [literal for literal in literals if literal.atom.predicate in ("add_months", "calendar_year")]
        for _ in calendar:
            for literal in calendar:
                start = literal.atom.terms[0]
                for origin in list(found[start.name]) if isinstance(start, Variable) else ():
                    for term, shift in self._shifts(literal, found):
                        self.steps[origin.source, origin.shifts, shift] = None
                        if isinstance(term, Variable):
                            found[term.name].add(_Origin(origin.source, (*origin.shifts, shift), origin.entity))
        for literal in calendar:
            start = literal.atom.terms[0]
            if not isinstance(start, Variable) or not found[start.name] or not list(self._shifts(literal, found)):
                self.problems.append(
                    Problem(
                        rule.where,
                        Statement(
                            f"{literal.atom.predicate} 的日期须来自案件或参数，月数须来自参数",
                            f"the day of {literal.atom.predicate} must come from the case or a parameter, its months from a parameter",
                        ),
                    )
                )

    def _shifts(self, literal: Literal, found: Mapping[str, set[_Origin]]) -> Iterator[tuple[Term, Shift]]:
        """The result terms of a calendar literal, each with the shift that leads to it."""
        terms = literal.atom.terms
        if literal.atom.predicate == "calendar_year":
            yield terms[1], "january"
            yield terms[2], "december"
        elif isinstance(terms[1], Variable):
            for months in found[terms[1].name]:
                if isinstance(months.source, int):
                    yield terms[2], months.source

    def _computed(self, rule: Rule, found: Mapping[str, set[_Origin]]) -> Iterator[str]:
        """Variables bound by arithmetic over ordered fields: what they are compared with cannot be turned into
        bounds."""
        for comparison in rule.comparisons():
            left, right = comparison.left, comparison.right
            if comparison.operator != "=" or not isinstance(left, Variable) or not isinstance(right, Operation):
                continue
            if any(self._ordered(found[inner.name]) for inner in variables(right)):
                yield left.name
        for part in rule.body:
            if isinstance(part, Aggregate) and part.operator == "=" and isinstance(part.bound, Variable):
                terms = [term for element in part.elements for term in element.terms]
                if any(self._ordered(found[inner.name]) for term in terms for inner in variables(term)):
                    yield part.bound.name

    def _ordered(self, origins: Iterable[_Origin]) -> bool:
        return any(isinstance(origin.source, str) for origin in origins)

    def _comparison(
        self,
        rule: Rule,
        comparison: Comparison,
        found: Mapping[str, set[_Origin]],
        computed: set[str],
        pairs: set[tuple[str, str]],
    ) -> None:
        sides = (comparison.left, comparison.right)
        binds = comparison.operator == "=" and isinstance(comparison.left, Variable) and not found[comparison.left.name]
        if binds and isinstance(comparison.right, Operation):
            return
        for side in sides:
            inner = {variable.name for variable in variables(side)}
            arithmetic = isinstance(side, Operation) and any(self._ordered(found[name]) for name in inner)
            if arithmetic or inner & computed:
                self.problems.append(
                    Problem(
                        rule.where,
                        Statement(
                            "不能对日期、金额或期限先运算再比较；请比较原值",
                            "a day, an amount or a term is compared after arithmetic; compare the value itself",
                        ),
                    )
                )
                return
        left, right = (self._side(side, found) for side in sides)
        for one in left:
            for other in right:
                self._bound(one, other, comparison.operator, pairs)

    def _side(self, side: object, found: Mapping[str, set[_Origin]]) -> set[_Origin]:
        if isinstance(side, Variable):
            return found[side.name]
        if isinstance(side, Constant) and isinstance(side.value, int):
            return {_Origin(side.value, (), None)}
        return set()

    def _bound(self, left: _Origin, right: _Origin, operator: str, pairs: set[tuple[str, str]]) -> None:
        """`left operator right` true or false, each as lower bounds on one of the two."""
        scope = self._scope(left, right, pairs)
        # x <= y holds where y >= x and fails where x > y; so for the other operators
        strict_left = operator in ("<=", ">", "=", "!=")
        strict_right = operator in ("<", ">=", "=", "!=")
        plain_left = operator in ("<", ">=", "=", "!=")
        plain_right = operator in ("<=", ">", "=", "!=")
        for one, other, plain, strict in ((left, right, plain_left, strict_left), (right, left, plain_right, strict_right)):
            if isinstance(one.source, str):
                for wanted, is_strict in ((plain, False), (strict, True)):
                    if wanted:
                        self.bounds[Bound(one.source, one.shifts, is_strict, other.source, other.shifts, scope)] = None

    def _scope(self, left: _Origin, right: _Origin, pairs: set[tuple[str, str]]) -> Scope:
        if left.entity is None or right.entity is None or isinstance(left.source, int) or isinstance(right.source, int):
            return "any"
        if left.entity == right.entity:
            return "same"
        pair = (str(left.entity), str(right.entity))
        return "own" if pair in pairs or pair[::-1] in pairs else "any"


# Values for one case

Slot = tuple[str, str]
"""A field of one item: the field's path and the item's id (`""` for the person and the application day; `k1/t1`
inside an item)."""

_Path = tuple[str, ...]
"""The fields that a value was reached through."""


def critical_values(
    policy: Policy, bounds: Sequence[Bound], known: Mapping[str, Mapping[str, Value]], unknown: Sequence[Slot]
) -> dict[Slot, tuple[Value, ...]]:
    """For every unknown ordered fact, the values that stand for all of its values.

    `known` gives the values of each field by item; `unknown` the facts to find values for.
    """
    by_target: dict[str, list[Bound]] = defaultdict(list)
    for bound in bounds:
        by_target[bound.target].append(bound)
    visits = _visits(policy)
    reached: dict[Slot, set[tuple[int, _Path]]] = {slot: set() for slot in unknown}
    fresh: dict[Slot, set[tuple[int, _Path]]] = {}
    for slot in unknown:
        fresh[slot] = {(_range(policy, slot[0])[0], (slot[0],))}
        for bound in by_target[slot[0]]:
            for value in _known_values(bound, slot[1], known):
                least = _least(policy, bound, value)
                if least is not None:
                    fresh[slot].add((least, (slot[0],)))
    while fresh:
        by_path: dict[str, dict[str, set[tuple[int, _Path]]]] = defaultdict(dict)
        for slot, entries in fresh.items():
            reached[slot] |= entries
            by_path[slot[0]][slot[1]] = entries
        added: dict[Slot, set[tuple[int, _Path]]] = {}
        for slot in unknown:
            found = set()
            for bound in by_target[slot[0]]:
                for value, path in _in_scope(bound, slot[1], by_path.get(str(bound.other), {})):
                    if path.count(slot[0]) < visits[slot[0]]:
                        least = _least(policy, bound, value)
                        if least is not None:
                            found.add((least, tuple(sorted((*path, slot[0])))))
            if found - reached[slot]:
                added[slot] = found - reached[slot]
        fresh = added
    return {slot: _values(policy, slot[0], {value for value, _ in reached[slot]}) for slot in unknown}


def _visits(policy: Policy) -> Mapping[str, int]:
    """How often a chain of bounds may pass a field.

    A decision has one subject, with one item that holds it; of every other list it may join two items through them.
    """
    subjects = {benefit.subject for benefit in policy.benefits.values()}
    single = subjects | {item.parent for item in policy.lists.values() if item.entity in subjects}
    return {path: 1 if field.entity is None or field.entity in single else 2 for path, field in policy.fields.items()}


def _in_scope(bound: Bound, item: str, others: Mapping[str, set[tuple[int, _Path]]]) -> set[tuple[int, _Path]]:
    """The entries of the items that a bound on `item` speaks of."""
    if bound.scope == "same":
        return others.get(item, set())
    if bound.scope == "own":
        holder = item.rpartition("/")[0]
        if holder in others:
            return others[holder]
        return set().union(*(entries for other, entries in others.items() if other.startswith(f"{item}/")))
    return set().union(*others.values())


def _known_values(bound: Bound, item: str, known: Mapping[str, Mapping[str, Value]]) -> Iterator[int]:
    if isinstance(bound.other, int):
        yield bound.other
        return
    entries: dict[str, set[tuple[int, _Path]]] = {
        other: {(value, ())} for other, value in known.get(bound.other, {}).items() if isinstance(value, int)
    }
    for value, _ in _in_scope(bound, item, entries):
        yield value


def _range(policy: Policy, path: str) -> tuple[int, int]:
    return RANGES[policy.fields[path].type]


def _values(policy: Policy, path: str, least: set[int]) -> tuple[Value, ...]:
    low, high = _range(policy, path)
    values = {value for value in least if low <= value <= high}
    if policy.fields[path].type == "money":
        # an amount may grow with the sum inside a region, so both of its ends are needed
        values |= {value - 1 for value in values if value > low} | {high}
    ordered: tuple[Value, ...] = tuple(sorted(values))
    return (*ordered, SUPREMUM) if policy.fields[path].nullable else ordered


@lru_cache(maxsize=65536)
def _shifted(day: int, shifts: tuple[Shift, ...]) -> int:
    for shift in shifts:
        day = add_months(day, shift) if isinstance(shift, int) else year_bounds(day)[shift == "december"]
    return day


def _least(policy: Policy, bound: Bound, other: int) -> int | None:
    """The least value that keeps the bound against `other`, or `None` where none does."""
    limit = _shifted(other, bound.other_shifts)
    if policy.fields[bound.target].type != "day":
        return limit + 1 if bound.strict else limit
    return _least_day(bound.target_shifts, limit, bound.strict)


@lru_cache(maxsize=65536)
def _least_day(shifts: tuple[Shift, ...], limit: int, strict: bool) -> int | None:
    def holds(day: int) -> bool:
        shifted = _shifted(day, shifts)
        return shifted > limit if strict else shifted >= limit

    if not shifts:
        limit = max(limit, FIRST_DAY)
        return next_day(limit) if strict else limit
    low, high = to_date(FIRST_DAY).toordinal(), to_date(LAST_DAY).toordinal()
    if not holds(LAST_DAY):
        return None
    while low < high:
        middle = (low + high) // 2
        if holds(to_day(date.fromordinal(middle))):
            high = middle
        else:
            low = middle + 1
    return to_day(date.fromordinal(low))
