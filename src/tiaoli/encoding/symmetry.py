"""How many items of a list stand for any number of them, because the others cannot bear on what is asked.

Items of a list are independent where every rule speaks of one of them at a time and concludes of the same: nothing is counted
over them, and nothing follows from there being some one. What is concluded of an item then rests on its own facts, and on those
of the item it stands in; a conclusion that names two of them rests on the facts of these two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import NamedTuple

from tiaoli.policy import Policy
from tiaoli.rules import Atom, Constant, Literal, Program, Rule, Term, Variable, dependencies

_ANY = "subject"
"""The type of a variable that may stand for an item of any list that has subjects."""


class Items(NamedTuple):
    """How many items of each entity a conclusion can name at once, and the entities whose items are independent: of these so
    many stand for any number."""

    named: Mapping[str, int]
    independent: frozenset[str]


def items_of(policy: Policy, program: Program, goal: str, benefit: str | None = None) -> Items:
    """What the rules for `goal` and those it rests on do with items. Where the goal's own rules leave open which benefit they
    speak of, `benefit` is meant."""
    dependent: set[str] = set()
    owned = _owned(policy, program)
    own: dict[str, list[_Spoken]] = defaultdict(list)
    for rule in program.rules:
        spoken = _Spoken(policy, rule, owned, rule.head.predicate == goal, benefit)
        dependent |= spoken.dependent
        if policy.predicates[rule.head.predicate].source != "rules":
            own[rule.head.predicate].append(spoken)

    def behind(predicate: str, entity: str, concluded: bool) -> int:
        """How many items stand behind a predicate of the question's own, without those it names where it is `concluded` of them."""
        return max(
            (
                spoken.number(entity, concluded) + sum(behind(literal.atom.predicate, entity, True) for literal in spoken.rule.literals())
                for spoken in own.get(predicate, ())
            ),
            default=0,
        )

    named = {entity: max(1, behind(goal, entity, False)) for entity in policy.list_of}
    return Items(named, frozenset(policy.list_of) - dependent)


def _owned(policy: Policy, program: Program) -> dict[str, set[tuple[int, int]]]:
    """For every predicate, the positions that hold an item and one that stands in it."""
    owned = {declared.predicate: {(1, 2)} for declared in policy.lists.values() if declared.parent}
    rules: dict[str, list[Rule]] = defaultdict(list)
    for rule in program.rules:
        rules[rule.head.predicate].append(rule)
    for predicate in TopologicalSorter(dependencies(program)).static_order():
        for number, rule in enumerate(rules.get(predicate, ())):
            pairs = {pair for part in rule.body for pair in _pairs(part, owned)}
            terms = list(enumerate(rule.head.terms))
            here = {(one, two) for one, outer in terms for two, inner in terms if (outer, inner) in pairs}
            owned[predicate] = here if number == 0 else owned[predicate] & here
    return owned


def _pairs(part: object, owned: Mapping[str, set[tuple[int, int]]]) -> Iterator[tuple[Term, Term]]:
    if isinstance(part, Literal) and not part.negated:
        for outer, inner in owned.get(part.atom.predicate, ()):
            yield part.atom.terms[outer], part.atom.terms[inner]


class _Spoken:
    """What one rule says of items. The rule of a conclusion may name several; any other may only conclude of the one it names."""

    def __init__(
        self, policy: Policy, rule: Rule, owned: Mapping[str, set[tuple[int, int]]], concluding: bool, benefit: str | None
    ) -> None:
        self.policy, self.owned, self.benefit = policy, owned, benefit if concluding else None
        self.subjects = {declared.subject for declared in policy.benefits.values()}
        self.rule = rule
        self.dependent: set[str] = set()
        # the items without a name: the entity of each, and whether the one that it stands in is spoken of beside it
        self.nameless: list[tuple[str, bool]] = []
        # the variables for items, each with its entity, and with the variable for the item that it stands in
        self.of: dict[str, str] = {}
        self.holder: dict[str, str] = {}
        atoms = [rule.head, *(literal.atom for literal in rule.literals())]
        for atom in atoms:
            for name, entity, _ in self._items(atom):
                if name != "_" and self.of.get(name, _ANY) == _ANY:
                    self.of[name] = entity
        for outer, inner in (pair for literal in rule.literals() for pair in _pairs(literal, owned)):
            if isinstance(outer, Variable) and isinstance(inner, Variable) and not outer.anonymous:
                self.holder[inner.name] = outer.name
        if concluding:
            positive = [part.atom for part in rule.body if isinstance(part, Literal) and not part.negated]
            known = {name for atom in positive for name, _, _ in self._items(atom)}
        else:
            known = {term.name for term in rule.head.terms if isinstance(term, Variable)}
        self.known = known - {"_"} | {outer for inner, outer in self.holder.items() if inner in known}
        for name, entity in self.of.items():
            together = sum(self._meet(entity, other) for other in self.of.values())
            if name not in self.known or (together > 1 and not concluding):
                self._depends(entity, self.holder.get(name))
        for atom in atoms:
            self._nameless(atom)

    def number(self, entity: str, concluded: bool) -> int:
        """How many items of an entity the rule speaks of, those among them in which others stand; without those that it
        concludes of where it is `concluded` of them."""
        inside = {declared.entity for declared in self.policy.lists.values() if declared.parent == entity}
        names: set[str] = set()
        for name, kind in self.of.items():
            names |= {name} if self._meet(kind, entity) else set()
            if any(self._meet(kind, inner) for inner in inside):
                names.add(self.holder.get(name, f"that of {name}"))
        given = {term.name for term in self.rule.head.terms if isinstance(term, Variable)} if concluded else set()
        given |= {self.holder.get(name, f"that of {name}") for name in given}
        some = sum(self._meet(kind, entity) for kind, _ in self.nameless)
        theirs = sum(self._meet(kind, inner) for kind, held in self.nameless if not held for inner in inside)
        return len(names - given) + some + theirs

    def _nameless(self, atom: Atom) -> None:
        """An item without a name is some item; unless it is the one in which a known item stands."""
        pairs = self.owned.get(atom.predicate, set())
        for name, entity, position in self._items(atom):
            if name != "_":
                continue
            inside = [atom.terms[inner] for outer, inner in pairs if outer == position]
            holders = [term.name for outer, inner in pairs if inner == position and isinstance(term := atom.terms[outer], Variable)]
            if not any(isinstance(term, Variable) and term.name in self.known for term in inside):
                self.nameless.append((entity, any(inner == position for _, inner in pairs)))
                self._depends(entity, holders[0] if holders else None)

    def _depends(self, entity: str, holder: str | None) -> None:
        """What follows from some items of an entity rests on how many there are; and on those that they stand in, where these are
        not known."""
        for one in self.subjects if entity == _ANY else {entity}:
            self.dependent.add(one)
            parent = self.policy.list_of[one].parent
            if parent and holder not in self.known:
                self.dependent.add(parent)

    def _meet(self, one: str, other: str) -> bool:
        """Whether variables of two types can stand for items of one list."""
        return one == other or (one == _ANY and other in self.subjects) or (other == _ANY and one in self.subjects)

    def _items(self, atom: Atom) -> Iterator[tuple[str, str, int]]:
        """The variables of an atom that stand for items, each with its entity and its position."""
        arguments = [kind for _, kind in self.policy.predicates[atom.predicate].arguments]
        about = self.benefit
        for kind, term in zip(arguments, atom.terms, strict=True):
            if kind == "benefit" and isinstance(term, Constant):
                about = str(term.value)
        for position, (kind, term) in enumerate(zip(arguments, atom.terms, strict=True)):
            entity = self.policy.benefits[about].subject if kind == _ANY and about else kind
            if isinstance(term, Variable) and (entity in self.policy.list_of or entity == _ANY):
                yield term.name, entity, position
