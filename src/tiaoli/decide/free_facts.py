"""A case with some of its facts set free: what can be otherwise, and the values that each such fact ranges over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from tiaoli.case import Case
from tiaoli.decide.facts import SOLE_CASE, FactBuilder, Subject, fact_of, renamed
from tiaoli.encoding import Bound, RuleBounds, Slot, critical_values
from tiaoli.policy import Field, Policy
from tiaoli.rules import Contract, Fact, Name, Value


class FreeFact(NamedTuple):
    """A fact that is free to be anything: its path in the case, the values it ranges over, and the one it has.

    `own` is `None` where the case leaves it unknown. A member of a set is a fact of its own, there or `NO_MEMBER`.
    """

    path: str
    slot: Slot
    values: tuple[Value, ...]
    own: Value | None


NO_MEMBER = Name("absent")
"""The value of a member that is not in its set."""


def free_atom(policy: Policy, free: FreeFact, value: Value) -> Fact:
    """The atom that a free fact has one of its values, in a case that the rules know by `SOLE_CASE`."""
    path, item = free.slot
    if value is NO_MEMBER:
        return Fact("absent", (path, item, free.values[0]))
    return fact_of(policy.fields[path], SOLE_CASE, item, value)


@dataclass(slots=True)
class FreedCase:
    """A case with some of its facts set free: those that stay, and those that are free, unknown facts among them.

    `known` are the ordered values that the case has, by field and item.
    """

    facts: list[Fact]
    free_facts: list[FreeFact]
    known: dict[str, dict[str, Value]]

    def facts_of(self, name: Value) -> tuple[Fact, ...]:
        """The facts that stay, for a copy of the case that the rules know by `name`."""
        return renamed(self.facts, name)


def set_free(
    policy: Policy,
    rule_bounds: RuleBounds,
    case: Case,
    subject: Subject,
    bearing: Collection[str],
    free: Callable[[Field, str, Value], bool],
    order: Iterable[tuple[str, str]] = (),
    nearest: bool = True,
    codes: Sequence[str] = (),
    named: Mapping[str | None, int] = MappingProxyType({}),
) -> FreedCase:
    """A case asked about one subject, with the known facts that `free` says set free beside those it leaves unknown.

    `free` is asked with a field, a path and the value there; only the fields of `bearing` vary. Days and numbers range over
    their critical values and the value they have; where the `nearest` to it is wanted also over those before them, and the
    values of the facts set free are followed as well. `order` are pairs of days that stay in order. The rules know the case
    by `SOLE_CASE`; `FreedCase.facts_of` renames it. `codes` are the occupation codes that can matter, where not the policy's own alone;
    `named` how many items of an entity are spoken of at once, where it is more than one.
    """
    whole = FactBuilder(policy, case, SOLE_CASE)
    whole.case()
    freed = [path for slot, path in whole.where.items() if slot[0] in bearing and free(policy.fields[slot[0]], path, whole.values[slot])]
    sets = [(declared, item, path) for declared, item, path in whole.sets if declared.path in bearing and free(declared, path, NO_MEMBER)]
    builder = FactBuilder(policy, case, SOLE_CASE, codes, frozenset((*freed, *(path for _, _, path in sets))))
    builder.case()
    known = whole.known if nearest else {**builder.known, policy.schema.day.path: whole.known[policy.schema.day.path]}
    unknown = [slot for slot in builder.unknown if slot[0] in bearing]
    ordered = [slot for slot in unknown if policy.fields[slot[0]].type.span]
    bounds = [*rule_bounds.bounds]
    for first, last in order:
        bounds += [Bound(last, (), False, first, (), "same"), Bound(first, (), True, last, (), "same")]
    values = critical_values(policy, bounds, known, ordered, nearest, named, rule_bounds.both_ends) if ordered else {}
    free_facts = []
    for slot in unknown:
        own = whole.values.get(slot)
        found = values[slot] if slot in values else builder.enumerated(policy.fields[slot[0]], rule_bounds, whole.values)
        if own is not None and own not in found:
            found = (*found, own)
        free_facts.append(FreeFact(whole.where.get(slot, builder.paths[slot]), slot, found, own))
    for declared, item, path in sets:
        for member in policy.values[str(declared.table)]:
            own = Name(member) if fact_of(declared, SOLE_CASE, item, Name(member)) in whole.facts else NO_MEMBER
            free_facts.append(FreeFact(path, (declared.path, item), (Name(member), NO_MEMBER), own))
    asked = Contract.ASKED.fact(SOLE_CASE, Name(subject.benefit), subject.item)
    return FreedCase([*builder.facts, asked], free_facts, known)
