"""How many values the variables of a rule can have, once the items that it speaks of are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product

from tiaoli.policy import Policy
from tiaoli.rules import Aggregate, BodyPart, Comparison, Contract, Literal, Term, Variable
from tiaoli.symbolic.shapes import ANY, Env, Given, Pattern, Shapes, SomeItem, names_in, names_of, pattern_of

Choices = Counter[tuple[str, ...]]
"""How many choices there are, for each choice of items of some lists."""

ONE: Choices = Counter({(): 1})


class ValueChoices:
    """How many choices of values there are for some variables: a field has one value for an item, and what is worked out of values that are
    known is one; what rules derive is as many as their instances."""

    def __init__(self, policy: Policy, shapes: Shapes, below: ValueChoices | None = None) -> None:
        self.policy, self.shapes, self.below = policy, shapes, below
        self._spreads: dict[tuple[str, Pattern], Choices | None] = {}

    def of(self, body: Sequence[BodyPart], env: Env, known: Given, names: Collection[str]) -> Choices | None:
        """How many values some variables of a body can have once others are known; `None` where there is no telling."""
        determined = _determined(self.policy, body, env, known)
        choices = ONE
        derived = [part for part in body if isinstance(part, Literal) and not part.negated and self.shapes.derived(part.atom.predicate)]
        while not determined.issuperset(names):
            part = next((part for part in derived if not names_of(part) <= determined), None)
            if part is None:
                return None
            derived.remove(part)
            more = self._spread(part.atom.predicate, pattern_of(part.atom, env))
            if more is not None:
                choices = _times(choices, more)
                determined = _determined(self.policy, body, env, determined | names_of(part))
        return choices

    def _spread(self, predicate: str, pattern: Pattern) -> Choices | None:
        """How many atoms of a predicate differ in their values alone."""
        if self.below is not None and self.shapes.layer(predicate) is not self.shapes:
            return self.below._spread(predicate, pattern)
        key = predicate, pattern
        if key not in self._spreads:
            total: Choices | None = Counter()
            for rule, env in self.shapes.ways_to(predicate, pattern):
                heads = names_in(*rule.head.terms)
                given = frozenset(name for name in heads if env.get(name) != ANY)
                items = {name for name, value in env.items() if isinstance(value, SomeItem)}
                inner = self.of(rule.body, env, given | items, {name for name in heads if env.get(name) == ANY})
                if inner is None or total is None:
                    total = None
                    break
                total += _times(inner, Counter({_sorted(chosen(self.shapes, rule.body, env, given, items)): 1}))
            self._spreads[key] = total
        return self._spreads[key]


def chosen(shapes: Shapes, body: Sequence[BodyPart], env: Env, given: Given, names: Collection[str]) -> list[str]:
    """The lists of the items that some variables stand for where there may be many: not of one in which another of them stands."""
    there = {outer for outer, inner in shapes.pairs(body) if inner in names or inner in given} | given
    return [value.entities[0] for name in names if name not in there and isinstance(value := env.get(name), SomeItem)]


def _sorted(*parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(name for part in parts for name in part))


def _times(one: Choices, other: Choices) -> Choices:
    """The choices of both together."""
    found: Choices = Counter()
    for (each, number), (more, times) in product(one.items(), other.items()):
        found[_sorted(each, more)] += number * times
    return found


def _determined(policy: Policy, body: Iterable[BodyPart], env: Env, known: Iterable[str]) -> set[str]:
    """The variables of a body that have one value at most once some of them are known."""
    fields = {field.predicate: field for field in policy.fields.values() if not field.several}
    found = {*known, *(name for name, value in env.items() if value != ANY and not isinstance(value, SomeItem))}

    def all_found(terms: Iterable[Term]) -> bool:
        return all(name in found for term in terms for name in names_in(term))

    def once() -> Iterator[str]:
        for part in body:
            if isinstance(part, Aggregate) and part.operator == "=" and isinstance(part.bound, Variable):
                yield from [part.bound.name] if {name for name in names_of(part) - {part.bound.name} if name in env} <= found else []
            if isinstance(part, Comparison) and part.operator == "=":
                for one, other in ((part.left, part.right), (part.right, part.left)):
                    if isinstance(one, Variable) and all_found([other]):
                        yield one.name
            elif isinstance(part, Literal) and not part.negated:
                name, terms = part.atom.predicate, part.atom.terms
                inputs = Contract.FUNCTIONS.get(name, len(terms) - 1 if name in fields else None)
                if inputs is not None and all_found(terms[:inputs]):
                    yield from (inner for term in terms[inputs:] for inner in names_in(term))

    while more := set(once()) - found:
        found |= more
    return found
