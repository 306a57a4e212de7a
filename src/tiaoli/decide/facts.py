"""From a case to the facts of its program: what is known as facts, what is unknown as choices.

Nothing here knows a field by name. `fields.toml` says which predicate a field becomes; the bounds that the rules put on it say
which days and numbers an unknown one ranges over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tiaoli.base import MISSING
from tiaoli.case import Case, rule_value
from tiaoli.encoding import RuleBounds, Slot, critical_values
from tiaoli.policy import Code, Field, Policy
from tiaoli.rules import Choice, Contract, Fact, Name, Value

SOLE_CASE = 1
"""What the rules call a case that has no other name in a program."""


class Subject(NamedTuple):
    """What a decision is about."""

    benefit: str
    item: str


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as the rules see it.

    `facts` are what is known; `choices` names for each unknown fact the slot it
    fills; `paths` for every fact its path in the case, `elsewhere` for the unknown sums that another rule sets; `items` the items of each
    entity; `assumed` the lists that were absent and are taken as empty.
    """

    facts: tuple[Fact, ...]
    choices: Mapping[Slot, Choice]
    paths: Mapping[Slot, str]
    elsewhere: Mapping[Slot, str]
    subjects: tuple[Subject, ...]
    assumed: tuple[str, ...]
    items: Mapping[str, list[str]]

    def named(self, name: Value) -> CaseFacts:
        """The same for a copy of the case that the rules know by another name."""
        choices = {slot: Choice(renamed(choice.options, name)) for slot, choice in self.choices.items()}
        return replace(self, facts=renamed(self.facts, name), choices=choices)


def renamed(facts: Iterable[Fact], name: Value) -> tuple[Fact, ...]:
    """Facts of a case as facts of a copy of it that the rules know by another name."""
    return tuple(Fact(fact.predicate, (name, *fact.arguments[1:])) for fact in facts)


def case_facts(
    policy: Policy,
    rule_bounds: RuleBounds,
    fields: Mapping[str, Collection[str]],
    case: Case,
    benefits: Collection[str] | None = None,
    name: Value | None = None,
    every_sum: bool = False,
) -> CaseFacts:
    """The facts and choices of a case. `benefits` narrows what is asked; `name` stands for the case instead of its
    id.

    `fields` are the paths that can bear on each benefit: an unknown fact that can bear on nothing asked needs no
    choice. A sum that another rule sets may be any and has none either, but with `every_sum`: then it ranges over its critical values.
    """
    builder = FactBuilder(policy, case, case.id if name is None else name)
    builder.case()
    subjects = tuple(
        Subject(benefit.id, item)
        for benefit in policy.benefits.values()
        if benefits is None or benefit.id in benefits
        for item in builder.items[benefit.subject]
    )
    bearing = {path for benefit in {subject.benefit for subject in subjects} for path in fields[benefit]}
    wanted = {*builder.unknown, *(builder.elsewhere if every_sum else ())}
    # in the order of the file
    unknown = [slot for slot in builder.paths if slot in wanted and slot[0] in bearing]
    ordered = [slot for slot in unknown if policy.fields[slot[0]].type.span]
    values = critical_values(policy, rule_bounds.bounds, builder.known, ordered, growing=rule_bounds.both_ends) if ordered else {}
    choices = {
        slot: builder.choice(slot, values[slot] if slot in values else builder.enumerated(policy.fields[slot[0]], rule_bounds))
        for slot in unknown
    }
    asked = [Contract.ASKED.fact(builder.name, Name(subject.benefit), subject.item) for subject in subjects]
    return CaseFacts(
        (*builder.facts, *asked),
        choices,
        builder.paths,
        builder.elsewhere,
        subjects,
        tuple(builder.assumed),
        builder.items,
    )


def known_values(policy: Policy, case: Case) -> dict[str, tuple[Slot, Value]]:
    """The scalars that a case knows, by path: the slot each fills and its value."""
    builder = FactBuilder(policy, case, SOLE_CASE)
    builder.case()
    return {path: (slot, builder.values[slot]) for slot, path in builder.where.items()}


def fact_of(declared: Field, name: Value, item: str, value: Value) -> Fact:
    """The fact of a field's value, for an item of the case that the rules know by `name`."""
    return Fact(declared.predicate, (name, item, value) if declared.entity else (name, value))


class FactBuilder:
    """Walks a case once, field by field as the policy declares them, and keeps what is known and what is unknown of it.

    The facts at the paths of `free` are taken as unknown.
    """

    def __init__(self, policy: Policy, case: Case, name: Value, codes: Sequence[str] = (), free: Collection[str] = frozenset()) -> None:
        self.policy = policy
        self.name = name
        self.source = case.facts
        self.facts: list[Fact] = []
        self.paths: dict[Slot, str] = {}
        self.elsewhere: dict[Slot, str] = {}
        self.assumed: list[str] = []
        self.items: dict[str, list[str]] = defaultdict(list)
        # the values of ordered fields by item, and the unknown facts
        self.known: dict[str, dict[str, Value]] = defaultdict(dict)
        self.unknown: list[Slot] = []
        self.sets: list[tuple[Field, str, str]] = []
        # the paths and values of the facts that are known
        self.where: dict[Slot, str] = {}
        self.values: dict[Slot, Value] = {}
        self.fields: dict[str | None, list[tuple[Field, tuple[str, ...]]]] = defaultdict(list)
        for declared in policy.fields.values():
            holder = policy.list_of[declared.entity].path if declared.entity else ""
            keys = declared.path[len(holder) + 1 :] if holder else declared.path
            self.fields[declared.entity].append((declared, tuple(keys.split("."))))
        self.codes = codes or policy.codes
        self.free = free

    def case(self) -> None:
        self._fields(None, "", "", self.source)
        for declared in self.policy.lists.values():
            if declared.parent is None:
                self._list(declared.entity, declared.path, "", self.source)

    def _list(self, entity: str, path: str, holder: str, owner: Any) -> None:
        declared = self.policy.list_of[entity]
        items = owner.get(declared.path.rpartition(".")[2], MISSING)
        if items is MISSING:
            self.assumed.append(path)
            return
        for item in items:
            own = item["id"]
            name = f"{holder}/{own}" if holder else own
            self.items[entity].append(name)
            inside = (holder,) if holder else ()
            self.facts.append(Fact(declared.predicate, (self.name, *inside, name)))
            self._fields(entity, name, f"{path}.{own}", item)
            for inner in self.policy.lists.values():
                if inner.parent == entity:
                    self._list(inner.entity, f"{path}.{own}.{inner.path.rpartition('.')[2]}", name, item)

    def _fields(self, entity: str | None, item: str, path: str, owner: Any) -> None:
        for declared, keys in self.fields[entity]:
            value, where = owner, path
            for key in keys:
                # below an unknown record everything is unknown; below a record that does not exist there is nothing
                if value is not MISSING and value is not None:
                    value, where = value.get(key, MISSING), f"{where}.{key}" if where else key
                    value = MISSING if where in self.free else value
            # where the person as a whole is absent, each of its facts is still asked for by its own path
            path_of_fact = self.paths[declared.path, item] = where if entity else declared.path
            if value is not None or declared.nullable:
                self._field(declared, item, path_of_fact, value)

    def _field(self, declared: Field, item: str, path: str, value: Any) -> None:
        slot = (declared.path, item)
        if declared.several:
            self.sets.append((declared, item, path))
            if value is MISSING:
                self.assumed.append(path)
            else:
                self.facts += [self._fact(declared, item, Name(member)) for member in dict.fromkeys(value)]
        elif value is not MISSING:
            known = rule_value(declared, value)
            self.facts.append(self._fact(declared, item, known))
            self.where[slot], self.values[slot] = path, known
            if declared.type.span:
                self.known[declared.path][item] = known
        elif declared.unbounded:
            self.elsewhere[slot] = path
        else:
            self.unknown.append(slot)

    def _fact(self, declared: Field, item: str, value: Value) -> Fact:
        return fact_of(declared, self.name, item, value)

    def choice(self, slot: Slot, values: Iterable[Value]) -> Choice:
        declared = self.policy.fields[slot[0]]
        return Choice(tuple(self._fact(declared, slot[1], value) for value in values))

    def enumerated(self, declared: Field, rule_bounds: RuleBounds, values: Mapping[Slot, Value] | None = None) -> tuple[Value, ...]:
        """Every value of a field that has no order; codes are those the policy knows and one it does not.

        Where rules compare codes with one another, those of the case too, which are `values` or else what is known, and as many that
        nothing names as there are unknown ones.
        """
        kind = declared.type
        if not isinstance(kind, Code) or kind.code.name not in rule_bounds.codes:
            return kind.every(self.codes)
        alike = {path for path, other in self.policy.fields.items() if other.type == kind}
        known = [str(value) for (path, _), value in (self.values if values is None else values).items() if path in alike]
        return kind.every(tuple(dict.fromkeys((*self.codes, *known))), sum(path in alike for path, _ in self.unknown))
