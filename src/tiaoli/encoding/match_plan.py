"""How rules are matched: what matching needs to know of the rules themselves, worked out once for every case.

For each rule its head by positions and the types of its variables; for each body an order in which every part can be matched, and for
an atom a probe where an index answers it at once. The matches themselves are made in the room that explains.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tiaoli.policy import Policy
from tiaoli.rules import (
    BodyPart,
    Comparison,
    Constant,
    Contract,
    Interpretation,
    Literal,
    Name,
    Operation,
    Pattern,
    Program,
    Rule,
    Term,
    Truth,
    Value,
    ValueOrOpen,
    Variable,
    shared_variables,
    variables,
    variables_of,
)

Environment = Mapping[str, ValueOrOpen]
"""The values of variables by their names."""


class CountedTuple(NamedTuple):
    """A tuple of an aggregate: the element it stands in, its terms, and the match of the element's condition."""

    element: int
    terms: Pattern
    match: BodyMatch


class Total(NamedTuple):
    """The value of an aggregate, `low` to `high` where missing facts leave it open, and the tuples it was made of."""

    low: int
    high: int
    counted: tuple[CountedTuple, ...]


class Step(NamedTuple):
    """A part of a body in one match: its truth, and what shows it.

    For an atom `pattern` are the arguments it was looked up by, and `found` the atoms that match; for a comparison
    `pattern` are its two sides; for an aggregate `total` is its value and `pattern` its bound.
    """

    part: BodyPart
    truth: Truth
    pattern: Pattern
    found: tuple[tuple[Value, ...], ...] = ()
    total: Total | None = None


class BodyMatch(NamedTuple):
    """One match of a body: values for its variables, a step for each part that could be looked up, and the truth of all
    of them together."""

    environment: Environment
    steps: tuple[Step, ...]
    truth: Truth


Probe = Callable[[Interpretation, dict[str, ValueOrOpen]], Step | None]
"""Looks an atom up in the index of a settled interpretation: whether it holds, or the one value of its free variable, which is added to
the environment. Finds nothing where there is not exactly one such value."""


class PlannedPart(NamedTuple):
    """A part of a body in its place in the order: the names of its variables, and whether it is a rule for a reading.

    For an atom `reads` says how to read each argument (by the name of a variable, or as a term), `free` which variables it binds, with
    their positions, and `repeated` whether one of these stands in it twice. `bound` are the positions that are bound before it,
    `ground` says whether these are all, `anonymous` whether a variable has no name, `binds_item` whether a variable that it binds is
    an item of the case. `probe` looks it up at once, where it can.
    """

    part: BodyPart
    names: tuple[str, ...]
    is_reading: bool = False
    reads: tuple[tuple[str | None, Term], ...] = ()
    free: tuple[tuple[int, str], ...] = ()
    repeated: bool = False
    bound: tuple[int, ...] = ()
    ground: bool = False
    anonymous: bool = False
    binds_item: bool = False
    probe: Probe | None = None


class MatchPlans:
    """The plans for matching the rules of one policy."""

    def __init__(self, policy: Policy, program: Program) -> None:
        self.policy = policy
        self.by_head: dict[str, list[Rule]] = defaultdict(list)
        for rule in program.rules:
            self.by_head[rule.head.predicate].append(rule)
        self.holders = {item.entity: item.parent for item in policy.lists.values() if item.parent}
        self.lists = frozenset(item.predicate for item in policy.lists.values())
        self._orders: dict[tuple[int, frozenset[str]], list[PlannedPart]] = {}
        self._types: dict[int, Mapping[str, str]] = {}
        self._heads: dict[int, tuple[list[tuple[int, Value]], list[tuple[int, str]]]] = {}
        self._candidates: dict[tuple[str, tuple[Name | None, ...]], list[Rule]] = {}

    def candidates(self, predicate: str, pattern: Pattern) -> list[Rule]:
        """The rules whose heads do not name other words than a pattern."""
        words = tuple([value if isinstance(value, Name) else None for value in pattern])
        found = self._candidates.get((predicate, words))
        if found is None:
            found = self._candidates[predicate, words] = [
                rule
                for rule in self.by_head[predicate]
                if all(words[position] in (None, wanted) for position, wanted in self.head(rule)[0])
            ]
        return found

    def head(self, rule: Rule) -> tuple[list[tuple[int, Value]], list[tuple[int, str]]]:
        """The constants and the variables of a head, by their positions."""
        found = self._heads.get(id(rule))
        if found is None:
            terms = list(enumerate(rule.head.terms))
            constants = [(position, term.value) for position, term in terms if isinstance(term, Constant)]
            names = [(position, term.name) for position, term in terms if isinstance(term, Variable)]
            found = self._heads[id(rule)] = (constants, names)
        return found

    def types(self, rule: Rule) -> Mapping[str, str]:
        """The declared type of each variable of a rule."""
        found = self._types.get(id(rule))
        if found is None:
            types: dict[str, str] = {}
            for atom in (rule.head, *(literal.atom for literal in rule.literals())):
                for (_, kind), term in zip(self.policy.predicates[atom.predicate].arguments, atom.terms, strict=True):
                    if isinstance(term, Variable) and types.get(term.name) in (None, "subject", "number", "value"):
                        types[term.name] = kind
            for literal in rule.literals():
                names = [term.name for term in literal.atom.terms if isinstance(term, Variable)]
                known = [types[name] for name in names if types[name] != "value"]
                if known and literal.atom.predicate in (Contract.LEAST.name, Contract.GREATEST.name):
                    types |= {name: known[0] for name in names if types[name] == "value"}
            found = self._types[id(rule)] = types
        return found

    def order(self, rule: Rule, parts: Sequence[BodyPart], bound: frozenset[str]) -> list[PlannedPart]:
        """The parts in an order in which each can be matched, as they are written but for those that must wait for
        their variables."""
        order = self._orders.get((id(parts), bound))
        if order is None:
            order = []
            known = set(bound)
            waiting = list(parts)
            while waiting:
                ready = [part for part in waiting if _ready(rule, part, known)]
                # a rule for another reading is done with at once
                part = next((part for part in ready if _is_reading(part)), ready[0] if ready else waiting[0])
                waiting.remove(part)
                order.append(_planned(part, known, self._items_of(part)))
                known.update(order[-1].names)
            self._orders[id(parts), bound] = order
        return order

    def _items_of(self, part: BodyPart) -> frozenset[int]:
        """The positions of an atom's arguments that are items of the case, where it does not list them itself."""
        if not isinstance(part, Literal) or part.atom.predicate in self.lists:
            return frozenset()
        arguments = self.policy.predicates[part.atom.predicate].arguments
        return frozenset(position for position, (_, kind) in enumerate(arguments) if kind in self.policy.list_of)


def _is_reading(part: BodyPart) -> bool:
    return isinstance(part, Literal) and part.atom.predicate == Contract.READING.name


def _ready(rule: Rule, part: BodyPart, known: set[str]) -> bool:
    """Whether a part can be matched once these variables are bound."""

    def bound(term: Term) -> bool:
        return all(variable.name in known or variable.anonymous for variable in variables(term))

    if isinstance(part, Literal):
        given = len(part.atom.terms) if part.negated else Contract.FUNCTIONS.get(part.atom.predicate, 0)
        return all(bound(term) for term in part.atom.terms[:given])
    if isinstance(part, Comparison):
        if bound(part.left) and bound(part.right):
            return True
        pairs = ((part.left, part.right), (part.right, part.left))
        return part.operator == "=" and any(isinstance(one, Variable) and bound(other) for one, other in pairs)
    binds = part.operator == "=" and isinstance(part.bound, Variable)
    return shared_variables(rule, part) <= known and (binds or bound(part.bound))


def _planned(part: BodyPart, known: set[str], items: frozenset[int]) -> PlannedPart:
    """A part in its place. `items` are the positions of an atom's arguments that are items of the case."""
    names = tuple(dict.fromkeys(variable.name for variable in variables_of(part) if not variable.anonymous))
    if not isinstance(part, Literal):
        return PlannedPart(part, names)
    terms = part.atom.terms
    reads = tuple((term.name if isinstance(term, Variable) else None, term) for term in terms)
    first: dict[str, int] = {}
    repeated = False
    for position, term in enumerate(terms):
        if isinstance(term, Variable) and not term.anonymous and term.name not in known:
            repeated = repeated or term.name in first
            first.setdefault(term.name, position)
    bound = tuple(position for position, term in enumerate(terms) if not isinstance(term, Variable) or term.name in known)
    planned = PlannedPart(
        part,
        names,
        _is_reading(part),
        reads,
        () if part.negated else tuple((position, name) for name, position in first.items()),
        repeated,
        bound,
        ground=len(bound) == len(terms),
        anonymous=any(isinstance(term, Variable) and term.anonymous for term in terms),
        binds_item=not items.isdisjoint(first.values()),
    )
    return planned._replace(probe=_probe(part, planned))


def _probe(part: Literal, planned: PlannedPart) -> Probe | None:
    """The probe for an atom, where there is one."""
    predicate, terms = part.atom.predicate, part.atom.terms
    if part.negated or any(isinstance(term, Operation) for term in terms) or predicate in Contract.FUNCTIONS:
        return None
    if planned.ground:
        read = _reader(terms)

        def holds(interpretation: Interpretation, environment: dict[str, ValueOrOpen]) -> Step:
            pattern = read(environment)
            if pattern in interpretation.certain(predicate):
                return Step(part, "holds", pattern, (pattern,))  # type: ignore[arg-type]  # nothing is open
            return Step(part, "fails", pattern)

        return holds
    if planned.repeated or planned.anonymous or len(planned.free) != 1:
        return None
    ((position, name),) = planned.free
    bound, key = planned.bound, _reader([terms[place] for place in planned.bound])

    def binds(interpretation: Interpretation, environment: dict[str, ValueOrOpen]) -> Step | None:
        found = interpretation.index(predicate, bound).get(key(environment))  # type: ignore[arg-type]  # nothing is open
        if found is None or len(found) != 1:
            return None
        (atom,) = found
        environment[name] = atom[position]
        return Step(part, "holds", (*atom[:position], None, *atom[position + 1 :]), (atom,))

    return binds


def _reader(terms: Sequence[Term]) -> Callable[[Environment], tuple[ValueOrOpen, ...]]:
    """Reads variables and constants out of an environment in which every one of the variables is bound."""
    names = [term.name for term in terms if isinstance(term, Variable)]
    if len(names) == len(terms) > 1:
        return operator.itemgetter(*names)
    parts = [
        (term.name, None) if isinstance(term, Variable) else (None, term.value) for term in terms if isinstance(term, (Variable, Constant))
    ]
    return lambda environment: tuple([environment[name] if name is not None else value for name, value in parts])  # type: ignore[misc]  # one of the two
