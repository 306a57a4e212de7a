"""Where the values in a comparison come from: a fact of the case, a number of the notice, what a function gives.

A variable of a rule is followed to the atom that gives it its value, and through a derived atom to the rule below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tiaoli.encoding import Environment
from tiaoli.explain.evaluation import evaluate
from tiaoli.explain.matcher import Matcher
from tiaoli.policy import Field, Parameter, Policy
from tiaoli.rules import SIGNATURES, Constant, Contract, Literal, Open, Rule, Term, ValueOrOpen, Variable


class FieldSource(NamedTuple):
    """A value is a fact of the case."""

    field: Field
    item: str


class ParameterSource(NamedTuple):
    """A value is a number of the notice."""

    parameter: Parameter


class PeriodSource(NamedTuple):
    """A value is the last day of a period that begins on a day; of one below zero the day so long before."""

    start: Side
    length: Side


class EndSource(NamedTuple):
    """A value is the first or last day of the calendar month or year of a day."""

    day: Side
    first: bool
    of_year: bool


class SpanSource(NamedTuple):
    """A value is what a function counts between two days."""

    function: str
    start: Side
    end: Side


Source = FieldSource | ParameterSource | PeriodSource | EndSource | SpanSource


class Side(NamedTuple):
    """One side of a comparison: its value, its declared type and where it comes from, where that can be said."""

    value: ValueOrOpen
    kind: str
    source: Source | None


class Provenance:
    """Finds the sources of values in one case. `paths` are the paths of its facts by field and item."""

    def __init__(self, policy: Policy, matcher: Matcher, paths: Mapping[tuple[str, str], str]) -> None:
        self.policy, self.matcher, self._paths = policy, matcher, paths
        self.fields = {field.predicate: field for field in policy.fields.values()}
        self._binders: dict[int, Mapping[str, tuple[Literal, int]]] = {}

    def side(self, rule: Rule, environment: Environment, term: Term, value: ValueOrOpen) -> Side:
        """A side of a comparison in a rule instance: the value of a term, and where it comes from."""
        kind = self.matcher.plans.types(rule).get(term.name, "") if isinstance(term, Variable) else ""
        return Side(value, kind, self._source(rule, environment, term))

    def _source(self, rule: Rule, environment: Environment, term: Term) -> Source | None:
        if not isinstance(term, Variable):
            return None
        binder = self._binder_of(rule).get(term.name)
        if binder is None:
            return None
        literal, position = binder
        predicate, terms = literal.atom.predicate, literal.atom.terms
        if predicate in self.fields:
            field = self.fields[predicate]
            item = evaluate(terms[1], environment) if field.entity else ""
            return FieldSource(field, item) if isinstance(item, str) else None
        if predicate in self.policy.units and isinstance(terms[0], Constant):
            return ParameterSource(self.policy.parameters[str(terms[0].value)])
        if predicate in Contract.FUNCTIONS:
            return self._function(rule, environment, literal, position)
        return self._source_below(environment, literal, position)

    def _function(self, rule: Rule, environment: Environment, literal: Literal, position: int) -> Source | None:
        """The source of a result of a function."""
        name, terms = literal.atom.predicate, literal.atom.terms
        sides = []
        for term in terms[: min(2, Contract.FUNCTIONS[name])]:
            value = evaluate(term, environment)
            if value is None:
                return None
            sides.append(self.side(rule, environment, term, value))
        if name in (Contract.LEAST.name, Contract.GREATEST.name):
            found = evaluate(terms[-1], environment)
            return next((side.source for side in sides if side.value == found), None)
        if name == Contract.ROUNDED.name:
            return None
        if len(sides) == 1:
            return EndSource(sides[0], first=position == 1, of_year=name == Contract.CALENDAR_YEAR.name)
        one, other = sides
        _, kind = SIGNATURES[name].arguments[1]
        return SpanSource(name, one, other) if kind == "day" else PeriodSource(one, other._replace(kind=kind))

    def _source_below(self, environment: Environment, literal: Literal, position: int) -> Source | None:
        """The source of an argument of a derived atom: that of the variable in the head of its rule."""
        pattern = [evaluate(term, environment) for term in literal.atom.terms]
        ground = [None if isinstance(value, Open) else value for value in pattern]
        found = self.matcher.interpretation.matching(literal.atom.predicate, ground)
        if not found or self.policy.predicates[literal.atom.predicate].source != "rules":
            return None
        instance = next(self.matcher.instances(literal.atom.predicate, found[0]), None)
        if instance is None:
            return None
        rule, body = instance
        return self._source(rule, body.environment, rule.head.terms[position])

    def _binder_of(self, rule: Rule) -> Mapping[str, tuple[Literal, int]]:
        """For each variable of a rule the atom that says best where its value comes from."""
        found = self._binders.get(id(rule))
        if found is None:
            ranked: dict[str, tuple[int, Literal, int]] = {}
            for literal in rule.literals():
                for position, term in enumerate(literal.atom.terms):
                    if isinstance(term, Variable) and not literal.negated:
                        rank = self._rank(literal, position)
                        if rank and rank > ranked.get(term.name, (0, literal, 0))[0]:
                            ranked[term.name] = (rank, literal, position)
            found = self._binders[id(rule)] = {name: (literal, position) for name, (_, literal, position) in ranked.items()}
        return found

    def _rank(self, literal: Literal, position: int) -> int:
        """How well an argument of an atom says where its value comes from; 0 where it does not."""
        predicate = literal.atom.predicate
        last = position == len(literal.atom.terms) - 1
        if predicate in self.fields:
            return 4 if last else 0
        if predicate in self.policy.units:
            return 3 if last and isinstance(literal.atom.terms[0], Constant) else 0
        if predicate in Contract.FUNCTIONS:
            return 2 if position >= Contract.FUNCTIONS[predicate] else 0
        return 1 if self.policy.predicates[predicate].source == "rules" else 0

    def paths(self, source: Source | None) -> Iterator[str]:
        """The paths of the facts that a value comes from."""
        return (path for _, path in self.fields_of(source))

    def fields_of(self, source: Source | None) -> Iterator[tuple[Field, str]]:
        """The same with the fields that they are of."""
        if isinstance(source, FieldSource):
            path = self._paths.get((source.field.path, source.item))
            if path is not None:
                yield source.field, path
        elif isinstance(source, PeriodSource):
            yield from self.fields_of(source.start.source)
            yield from self.fields_of(source.length.source)
        elif isinstance(source, EndSource):
            yield from self.fields_of(source.day.source)
        elif isinstance(source, SpanSource):
            yield from self.fields_of(source.start.source)
            yield from self.fields_of(source.end.source)
