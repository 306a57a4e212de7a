"""How many items of a list stand for any number of them, because the others cannot bear on what is asked.

Items of a list are independent where every rule speaks of one of them at a time and concludes of the same: nothing is counted
over them, and nothing follows from there being some one. What is concluded of an item then rests on its own facts, and a
conclusion that names two of them on the facts of these two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter

from tiaoli.dialect import dependencies
from tiaoli.policy import Policy
from tiaoli.syntax import Atom, Constant, Literal, Program, Rule, Term, Variable

_ANY = "subject"


def enough(policy: Policy, program: Program, goal: str, benefit: str | None = None) -> dict[str, int]:
    """For each entity whose items are independent, how many of them all that `goal` can conclude needs.

    Where the goal's own rules leave open which benefit they speak of, `benefit` is meant.
    """
    subjects = {declared.subject for declared in policy.benefits.values()}
    dependent: set[str] = set()
    numbers = dict.fromkeys(policy.list_of, 1)
    owned = _owned(policy, program)
    for rule in program.rules:
        names = _Names(policy, rule, owned, benefit if rule.head.predicate == goal else None)
        for entity in policy.list_of:
            spoken = names.of.get(entity, set()) | (names.of.get(_ANY, set()) if entity in subjects else set())
            if rule.head.predicate == goal:
                alone = spoken <= names.joined
                numbers[entity] = max(numbers[entity], len(spoken))
            else:
                alone = len(spoken) <= 1 and spoken <= names.concluded
            if not alone or entity in names.nameless or (_ANY in names.nameless and entity in subjects):
                dependent.add(entity)
        if rule.head.predicate == goal:
            for declared in policy.lists.values():
                if declared.parent:
                    inner = names.of.get(declared.entity, set()) | names.of.get(_ANY, set())
                    holders = names.of.get(declared.parent, set()) | {names.holder.get(name, name) for name in inner}
                    numbers[declared.parent] = max(numbers[declared.parent], len(holders))
    return {entity: number for entity, number in numbers.items() if entity not in dependent}


def _owned(policy: Policy, program: Program) -> dict[str, set[tuple[int, int]]]:
    """For every predicate, the positions that hold an item and the one it stands in, the outer first."""
    owned = {declared.predicate: {(1, 2)} for declared in policy.lists.values() if declared.parent}
    rules: dict[str, list[Rule]] = defaultdict(list)
    for rule in program.rules:
        rules[rule.head.predicate].append(rule)
    for predicate in TopologicalSorter(dependencies(program)).static_order():
        for position, rule in enumerate(rules.get(predicate, ())):
            pairs = {pair for part in rule.body for pair in _pairs(part, owned)}
            terms = list(enumerate(rule.head.terms))
            here = {(one, two) for one, outer in terms for two, inner in terms if (outer, inner) in pairs}
            owned[predicate] = here if position == 0 else owned[predicate] & here
    return owned


def _pairs(part: object, owned: Mapping[str, set[tuple[int, int]]]) -> Iterator[tuple[Term, Term]]:
    if isinstance(part, Literal) and not part.negated:
        for outer, inner in owned.get(part.atom.predicate, ()):
            yield part.atom.terms[outer], part.atom.terms[inner]


class _Names:
    """The variables of a rule that stand for items: `of` each entity; those `joined` by what must hold; those `concluded` of, with
    the items that these stand in; and the entities of which some item is spoken of without a name."""

    def __init__(self, policy: Policy, rule: Rule, owned: Mapping[str, set[tuple[int, int]]], benefit: str | None) -> None:
        self.of: dict[str, set[str]] = {}
        self.nameless: set[str] = set()
        self.holder: dict[str, str] = {}
        self.policy, self.benefit = policy, benefit
        positive = [part.atom for part in rule.body if isinstance(part, Literal) and not part.negated]
        self.joined = {name for atom in positive for name, _ in self._items(atom)}
        known: dict[str, str] = {}
        for atom in (rule.head, *(literal.atom for literal in rule.literals())):
            known_by_inner = {atom.terms[outer] for outer, _ in owned.get(atom.predicate, ())}
            for name, entity in self._items(atom):
                if name == "_":
                    if Variable("_") not in known_by_inner:
                        self.nameless.add(entity)
                elif known.get(name, _ANY) == _ANY:
                    known[name] = entity
        for name, entity in known.items():
            self.of.setdefault(entity, set()).add(name)
        for part in rule.body:
            for outer, inner in _pairs(part, owned):
                if isinstance(outer, Variable) and isinstance(inner, Variable):
                    self.holder[inner.name] = outer.name
        head = {term.name for term in rule.head.terms if isinstance(term, Variable)}
        self.concluded = head | {outer for inner, outer in self.holder.items() if inner in head}

    def _items(self, atom: Atom) -> Iterator[tuple[str, str]]:
        """The names in an atom that stand for items, each with its entity."""
        declared = self.policy.predicates[atom.predicate].arguments
        about = self.benefit
        for (_, kind), term in zip(declared, atom.terms, strict=True):
            if kind == "benefit" and isinstance(term, Constant):
                about = str(term.value)
        for (_, kind), term in zip(declared, atom.terms, strict=True):
            entity = self.policy.benefits[about].subject if kind == _ANY and about else kind
            if isinstance(term, Variable) and (entity in self.policy.list_of or entity == _ANY):
                yield term.name, entity
