"""Justifications: why a statement holds, fails or is open, as a graph from a decision down to the facts of the case. No words yet.

A justification that several others rest on is one object, so that the graph stays small and can be shown once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal as OneOf
from typing import NamedTuple

from tiaoli.encoding import Environment, Total
from tiaoli.explain.nearness import NONE, Distance
from tiaoli.explain.provenance import Side
from tiaoli.rules import Aggregate, Pattern, Rule, Truth

Kind = OneOf[
    "decision",
    "condition",
    "derived",
    "way",
    "some",
    "not",
    "comparison",
    "total",
    "members",
    "fact",
    "item",
    "items",
    "parameter",
    "row",
    "reading",
    "absent",
]


class ComparedSides(NamedTuple):
    """The two sides of a comparison, and how they are compared."""

    left: Side
    relation: str
    right: Side


class AggregateValue(NamedTuple):
    """An aggregate, its value, and the bound it is held against; `relation` is empty where the bound is a variable that takes the value."""

    part: Aggregate
    total: Total
    relation: str
    bound: Side


@dataclass(slots=True, eq=False)
class Justification:
    """A statement and what it rests on.

    `predicate` and `arguments` are the atom it is about; `rule` and `environment` the rule instance that supports it, or
    comes closest; `comparison` or `aggregate` what is compared or added up. `facts` are the paths it rests on itself,
    `assumed` the lists that were absent and taken as empty where it counts, `present` the tuples that are there in the
    place of what is absent. `distance` is how far it is from holding. `binders` are the children that hold and bind a
    variable of a blocking literal, `blamed` these and those that give a failing comparison its values; `beside` is the
    fact that one of another value does not agree with. `omitted` counts what is left out below.
    """

    kind: Kind
    status: Truth
    predicate: str = ""
    arguments: Pattern = ()
    rule: Rule | None = None
    environment: Environment = field(default_factory=dict)
    children: tuple[Justification, ...] = ()
    facts: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    present: tuple[Pattern, ...] = ()
    comparison: ComparedSides | None = None
    aggregate: AggregateValue | None = None
    distance: Distance = NONE
    binders: tuple[Justification, ...] = ()
    blamed: tuple[Justification, ...] = ()
    beside: Justification | None = None
    omitted: int = 0

    @property
    def sides(self) -> tuple[Side, ...]:
        """The values that are compared, or the bound of an aggregate."""
        if self.comparison is not None:
            return self.comparison.left, self.comparison.right
        return () if self.aggregate is None else (self.aggregate.bound,)

    def walk(self) -> Iterator[Justification]:
        """This justification and everything it rests on, each once."""
        seen: set[int] = set()
        todo = [self]
        while todo:
            here = todo.pop()
            if id(here) not in seen:
                seen.add(id(here))
                yield here
                todo += reversed(here.children)
