"""A frame: the bindings of one rule's variables over all cases, as a relation whose columns are arrays.

A frame has one position for each way to bind the variables so far. A condition selects positions; a join repeats each position as
often as it finds a match.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tiaoli.compiled.column_arrays import Array, Column, Rows, computed, take
from tiaoli.compiled.column_relations import Positions, Relations
from tiaoli.compiled.column_store import NEVER
from tiaoli.compiled.fragment import refuse
from tiaoli.compiled.join_order import BodyVisitor
from tiaoli.compiled.rule_index import RuleIndex
from tiaoli.rules import SUPREMUM, Constant, Name, Rule, Term, Variable

_FEW = 4096
"""In a frame of fewer positions it is cheap to see that none is selected."""


class Frame(BodyVisitor):
    """The frame of one rule. `selected` says which positions count, `origin` which position of the caller each belongs to.

    `joined` are the variables whose binding repeated positions; where `distinct` is false positions were repeated for an item that no
    variable names. `empty` says that no position is left.
    """

    def __init__(self, index: RuleIndex, relations: Relations, rule: Rule, constants: Mapping[str, Constant], positions: Positions) -> None:
        super().__init__(index, rule, constants)
        self.relations = relations
        self.over, self.case, self.size, self.selected = positions
        self.origin: Array | None = None
        self.empty = False
        self.distinct = True
        self.joined: set[str] = set()
        self.bindings: dict[str, Column] = {name: self.code(constant) for name, constant in constants.items()}

    # Positions

    def positions(self) -> Positions:
        """The positions, for a rule that is called at each of them."""
        return Positions(self.over, self.case, self.size, self.selected)

    def select(self, condition: Array | bool | np.bool_, negated: bool = False) -> None:
        """Select the positions where a condition holds, or where it does not."""
        if isinstance(condition, (bool, np.bool_)):
            self.empty = self.empty or bool(condition) == negated
            return
        condition = ~condition if negated else condition
        self.selected = condition if self.selected is None else self.selected & condition
        if self.size < _FEW and not self.selected.any():
            self.empty = True

    def compact(self) -> None:
        """Drop the positions that are not selected."""
        if self.selected is not None:
            selected, self.selected = self.selected, None
            if not selected.all():
                self.take(np.flatnonzero(selected))

    def take(self, at: Array) -> None:
        """Make the frame anew of these positions of it, in their order."""
        self.empty = self.empty or not len(at)
        self.bindings = {name: take(value, at) for name, value in self.bindings.items()}
        self.case = (at if not self.over else self.relations.case_of(self.over)[at]) if self.case is None else self.case[at]
        self.origin = at if self.origin is None else self.origin[at]
        self.size = len(at)

    def repeat(self, counts: Array, first: Array) -> Array:
        """Repeat each position as often as its count says. Returns the numbers, from `first` on, that the copies stand for."""
        at = np.repeat(np.arange(self.size), counts)
        inside = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        numbers: Array = first[at] + inside
        self.take(at)
        return numbers

    def cases(self) -> Array:
        """The case of each position."""
        return self.relations.case_of(self.over) if self.case is None else self.case

    def origins(self) -> Array:
        """The position of the caller that each position belongs to."""
        return np.arange(self.size) if self.origin is None else self.origin

    # Terms

    def code(self, constant: Constant) -> int:
        """The number that stands for a constant in columns."""
        value = constant.value
        if value is SUPREMUM:
            return NEVER
        if isinstance(value, int):
            return value
        codes = self.relations.cases.codes
        return codes.words[str(value)] if isinstance(value, Name) and str(value) in codes.words else codes.text(str(value))

    def value(self, term: Term) -> Column:
        """The value of a term whose variables are bound."""
        if isinstance(term, Variable):
            return self.bindings[term.name]
        if isinstance(term, Constant):
            return self.code(term)
        # arithmetic must not overflow or divide by zero at a position that does not count
        self.compact()
        return computed(term.operator, [np.asarray(self.value(argument), np.int64) for argument in term.arguments])

    def numbers(self, term: Term) -> Any:
        """The value of a term as numbers, items by those of their rows."""
        found = self.value(term)
        return found.numbers(self.size) if isinstance(found, Rows) else found

    def rows(self, value: Column, entity: str) -> Rows:
        """A value that must be items of an entity; refuses the rule where it is not."""
        if not isinstance(value, Rows) or value.entity != entity:
            refuse(self.rule, "一个变量代表两类对象", "one variable stands for items of two lists")
        return value

    def equal(self, one: Column, other: Column) -> Any:
        """Where two values are equal."""
        if isinstance(one, Rows) != isinstance(other, Rows):
            refuse(self.rule, "对象与其他值比较", "an item is compared with something else")
        if isinstance(one, Rows) and isinstance(other, Rows):
            if one.entity != other.entity:
                refuse(self.rule, "一个变量代表两类对象", "one variable stands for items of two lists")
            return True if one.at is other.at else one.numbers(self.size) == other.numbers(self.size)
        return one == other

    def bind(self, term: Term, value: Column) -> None:
        """Bind a term to a value, or select the positions where it has that value already."""
        if self.is_unused(term):
            return
        if self.is_bound(term):
            self.select(self.equal(self.value(term), value))
        else:
            assert isinstance(term, Variable)
            self.bindings[term.name] = value
