"""What somebody can still change in a case: the facts, the values each may take, how far these lie, and a change in words."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tiaoli.base import MISSING, Statement, days_between, to_day
from tiaoli.case import file_value
from tiaoli.decide import NO_MEMBER, FreedCase, FreeFact, PreparedDecision, set_free
from tiaoli.encoding import Slot
from tiaoli.policy import Field, Policy
from tiaoli.questions.repair import AnyOf, record_made, scalar_changed, set_changed, waited
from tiaoli.rules import Value

ACTORS = ("applicant", "time", "authority")
"""Who can change a fact, the likeliest to act first."""

# days; further than any two dates that the format has
_FAR = 200_000


@dataclass(frozen=True, slots=True)
class Group:
    """The free facts that are one change: a scalar, a record with its contents, a set with its members."""

    path: str
    parts: tuple[int, ...]
    by: str


class RepairSpace:
    """A case with what can change in it: what every program about its changes is made of."""

    def __init__(self, question: PreparedDecision) -> None:
        self.encoding, self.case = question.encoding, question.case
        encoding, policy = self.encoding, self.encoding.policy
        self.order = order_of_days(policy)
        self.bearing = with_partners(policy, encoding.outcome_fields(question.subject.benefit), self.order)
        self.freed: FreedCase = set_free(
            policy, question.outcome.bounds, self.case, question.subject, self.bearing, _can_change, self.order
        )
        self.free_facts = self.freed.free_facts

    @cached_property
    def groups(self) -> list[Group]:
        """What can change, in the order of the file."""
        parts: dict[str, list[int]] = defaultdict(list)
        for number, variable in enumerate(self.free_facts):
            parts[variable.path].append(number)
        fields = self.encoding.policy.fields
        found = []
        for path, numbers in parts.items():
            declared = fields[self.free_facts[numbers[0]].slot[0]]
            if declared.changed_by in ACTORS:
                found.append(Group(path, tuple(numbers), declared.changed_by))
        return found

    def values(self, number: int) -> tuple[Value, ...]:
        """What a free fact may become."""
        variable = self.free_facts[number]
        allowed = change_values(self.encoding.policy.fields[variable.slot[0]], variable)
        return tuple(value for value in allowed if value != variable.own)

    @cached_property
    def parts(self) -> frozenset[int]:
        """The free facts that can change."""
        return frozenset(number for group in self.groups for number in group.parts)

    def pairs(self) -> Iterator[tuple[Slot, Slot]]:
        """The pairs of days that the format keeps in order, of which at least one can change."""
        changing = {self.free_facts[number].slot for number in self.parts}
        for first, last in self.order:
            for item in dict.fromkeys(item for path, item in changing if path in (first, last)):
                yield (first, item), (last, item)

    def days_of(self, slot: Slot) -> Iterator[tuple[int | None, int]]:
        """The days that a fact can have, each with the number of the free fact; `None` where it cannot change."""
        number = next((number for number in self.parts if self.free_facts[number].slot == slot), None)
        values = [self.freed.known.get(slot[0], {}).get(slot[1])] if number is None else [self.free_facts[number].own, *self.values(number)]
        return ((number, value) for value in values if isinstance(value, int))

    @cached_property
    def symmetric_pairs(self) -> list[tuple[int, int]]:
        """Groups of items that are alike but for their ids, each with the next: changes begin with the first of them."""
        return [(one, other) for alike in self.alike.values() for one, other in itertools.pairwise(alike)]

    @cached_property
    def alike(self) -> dict[tuple[object, ...], list[int]]:
        """The groups of items that no rule can tell apart, by what is said of them."""
        said: dict[str, set[tuple[object, ...]]] = defaultdict(set)
        entities = {field.predicate: field.entity for field in self.encoding.policy.fields.values() if field.path in self.bearing}
        for fact in self.freed.facts:
            if entities.get(fact.predicate) is not None:
                said[str(fact.arguments[1])].add((fact.predicate, *fact.arguments[2:]))
        for variable in self.free_facts:
            said[variable.slot[1]].add((variable.slot[0], variable.values, variable.own))
        of_item: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, group in enumerate(self.groups):
            path, item = self.free_facts[group.parts[0]].slot
            if "/" in item:
                of_item[item, str(self.encoding.policy.fields[path].entity)].append(number)
        found: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for (item, entity), numbers in of_item.items():
            if len(numbers) == 1:
                found[entity, item.partition("/")[0], frozenset(said[item])].append(numbers[0])
        return {key: numbers for key, numbers in found.items() if len(numbers) > 1}

    def distance(self, declared: Field, own: Value | None, value: Value) -> int:
        """How far a value lies from the one the case has, or from the application where it has none: days, or what the
        value counts; a day rather than none."""
        if not isinstance(value, int):
            return _FAR
        if declared.kind != "day":
            return abs(value - own) if isinstance(own, int) else value
        return abs(days_between(own if isinstance(own, int) else to_day(self.case.day), value))

    def statement(self, group: Group, values: Mapping[int, Value]) -> Statement:
        """A change in words."""
        fields, phrases = self.encoding.policy.fields, self.encoding.phrases
        first = self.free_facts[group.parts[0]]
        path, item = first.slot
        declared = fields[path]
        if declared.several:
            return set_changed(phrases, declared, item, [(self.free_facts[part].values[0], value) for part, value in values.items()])
        if declared.kind == "record":
            contents = [(fields[self.free_facts[part].slot[0]], value) for part, value in values.items() if part != group.parts[0]]
            return record_made(phrases, declared, item, contents, first.own is None)
        value = values[group.parts[0]]
        if declared.changed_by == "time" and isinstance(first.own, int) and isinstance(value, int):
            return waited(first.own, value, phrases.stated(declared, value))
        return scalar_changed(phrases, declared, item, first.own, value)

    def written_out(self, group: Group, values: Mapping[int, Value], before: Any) -> Any:
        """The value of a change as a case file has it."""
        fields = self.encoding.policy.fields
        first = self.free_facts[group.parts[0]]
        declared = fields[first.slot[0]]
        if declared.several:
            members = [str(self.free_facts[part].values[0]) for part in group.parts]
            own = [] if before is MISSING else before
            now = {
                str(self.free_facts[part].values[0]): values.get(part, self.free_facts[part].own) is not NO_MEMBER for part in group.parts
            }
            return [member for member in own if now[member]] + [member for member in members if now[member] and member not in own]
        if declared.kind == "record":
            inside = {part: value for part, value in values.items() if part != group.parts[0]}
            return {
                self.free_facts[part].slot[0].rpartition(".")[2]: file_value(fields[self.free_facts[part].slot[0]], value)
                for part, value in inside.items()
            }
        return file_value(declared, values[group.parts[0]])

    def any_of(self, touched: Sequence[int]) -> AnyOf | None:
        """How many of which alike items a repair changes, where it could change others of them as well."""
        for alike in self.alike.values():
            here = [number for number in alike if number in touched]
            if here and len(here) < len(alike):
                return AnyOf(len(here), tuple(self.groups[number].path.rpartition(".")[0] for number in alike))
        return None

    @cached_property
    def places(self) -> dict[str, int]:
        """The positions of what can change, by path."""
        return {group.path: number for number, group in enumerate(self.groups)}

    @cached_property
    def types(self) -> dict[str, str]:
        """The types of what can change, by path."""
        return {group.path: self.encoding.policy.fields[self.free_facts[group.parts[0]].slot[0]].kind for group in self.groups}


def order_of_days(policy: Policy) -> list[tuple[str, str]]:
    """The fields of days that the format keeps in order, the earlier one first."""
    return [(first.path, last.path) for first, last in policy.schema.orders]


def with_partners(policy: Policy, bearing: Sequence[str], order: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The fields that bear on an outcome, and the days that can be changed with one of them where they would come out of order."""
    partners = (other for pair in order for one, other in (pair, pair[::-1]) if one in bearing)
    return tuple(dict.fromkeys((*bearing, *(path for path in partners if policy.fields[path].changed_by in ACTORS))))


def change_values(declared: Field, variable: FreeFact) -> tuple[Value, ...]:
    """The values that a fact may have after a change, its own among them: never back in time, never from a record to
    none."""
    own = variable.own
    if declared.changed_by == "time":
        return tuple(value for value in variable.values if isinstance(value, int) and isinstance(own, int) and value >= own)
    if declared.kind == "record":
        return tuple(value for value in variable.values if value != "none" or own == "none")
    return variable.values


def _can_change(declared: Field, _: str, own: Value) -> bool:
    """Whether somebody can still change a known fact: a record that is there changes in its contents only."""
    return declared.changed_by in ACTORS and not (declared.kind == "record" and own == "record")
