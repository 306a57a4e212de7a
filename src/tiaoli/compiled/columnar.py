"""The rules over columns: what `python_rule` does with one case by loops, here done with all cases at once.

A rule works on a frame (`column_frame`): one position for each way in which its variables can be bound so far, over all cases. What
each part of a rule becomes:

| in the rule | over columns |
|---|---|
| a fact of an item | a column, read at the rows of the frame; a comparison with it selects positions |
| an item of a list, of a case or of an item | a join: each position once for every such row |
| a derived atom without free arguments | a truth value a position: evaluated once for all rows of a list where its argument is an item |
| a derived atom with free arguments | a join with its matches |
| `not` before either | the positions where it does not hold |
| a reading, a parameter, a table | one value, or a look-up table |
| a comparison, arithmetic | the same between columns, checked to stay where their numbers are exact |
| `#sum`, `#count` | a frame of its own for each element, its tuples made distinct, grouped by position and added up |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tiaoli.compiled.column_arrays import Array, Column, Matches, Rows, concatenated, distinct, no_matches
from tiaoli.compiled.column_grounding import ColumnRules
from tiaoli.compiled.column_relations import Positions, Relations
from tiaoli.compiled.column_rule import RuleFrame
from tiaoli.compiled.column_store import CaseColumns
from tiaoli.compiled.rule_index import BindingPattern, Call, in_mode
from tiaoli.policy import Benefit
from tiaoli.rules import Constant, Contract, Name, Variable


class ColumnEvaluator:
    """Evaluates rules over the columns of many cases. Raises `OutsideError` where a rule falls outside the fragment,
    `OverflowingError` where a number could be too large for columns."""

    def __init__(self, rules: ColumnRules, cases: CaseColumns) -> None:
        self.rules = rules
        self.relations = Relations(cases)
        self._holds_for: dict[tuple[Call, str], Array] = {}
        self._matches_for: dict[tuple[Call, str], Matches] = {}

    # Benefits

    def condition(self, benefit: Benefit, condition: str) -> Array:
        """For each row of the benefit's list whether the condition is met."""
        return self._for_subjects(Contract.MET.name, benefit, Constant(Name(condition)))

    def granted(self, benefit: Benefit) -> Array:
        """For each row of the benefit's list whether the benefit is granted."""
        return self._for_subjects(Contract.ELIGIBLE.name, benefit)

    def output(self, benefit: Benefit, predicate: str, arguments: BindingPattern) -> Matches:
        """The tuples of a predicate of the answer: for each the row of the benefit's list, and its free arguments after the subject."""
        binding: BindingPattern = (Constant(Name(benefit.id)), "b", *arguments)
        if not self.rules.index.answerable(predicate, binding):
            return no_matches(len(arguments))
        return self.matches_for(Call(predicate, binding), benefit.subject)

    def _for_subjects(self, predicate: str, benefit: Benefit, *more: Constant) -> Array:
        binding: BindingPattern = (Constant(Name(benefit.id)), "b", *more)
        if not self.rules.index.answerable(predicate, binding):
            return np.zeros(self.relations.size(benefit.subject), bool)
        return self.holds_for(Call(predicate, binding), benefit.subject)

    # Calls

    def holds_for(self, call: Call, entity: str) -> Array:
        """For every row of a list, or every case, whether a call holds. Evaluated once."""
        key = call, entity
        if key not in self._holds_for:
            self._holds_for[key] = self.holds(call, _every_row(entity), self.relations.positions(entity))
        return self._holds_for[key]

    def matches_for(self, call: Call, entity: str) -> Matches:
        """The matches of a call for every row of a list, or every case. Evaluated once."""
        key = call, entity
        if key not in self._matches_for:
            self._matches_for[key] = self.matches(call, _every_row(entity), self.relations.positions(entity))
        return self._matches_for[key]

    def holds(self, call: Call, bound: Sequence[Column], positions: Positions) -> Array:
        """Whether a call holds, at each position that counts."""
        found: Array | None = None
        for frame in self._frames(call, bound, positions):
            if frame.origin is None:
                held = np.ones(positions.size, bool) if frame.selected is None else frame.selected
            else:
                held = np.zeros(positions.size, bool)
                # places are taken by their numbers, which costs less than by a selection
                held[frame.origin if frame.selected is None else frame.origin[np.flatnonzero(frame.selected)]] = True
            found = held if found is None else found | held
        return np.zeros(positions.size, bool) if found is None else found

    def matches(self, call: Call, bound: Sequence[Column], positions: Positions) -> Matches:
        """The matches of a call, at each position that counts."""
        parts: list[Matches] = []
        repeated = False
        for frame in self._frames(call, bound, positions):
            frame.compact()
            head = frame.arguments(frame.rule.head)
            values = [frame.value(term) for term in in_mode("f", head, call.binding)]
            # a joined variable that is not among the arguments may have given one match several times
            named = {term.name for term in head if isinstance(term, Variable)}
            repeated = repeated or not frame.distinct or not frame.joined <= named
            if len(frame.origins()):
                parts.append(Matches(frame.origins(), values))
        if not parts:
            return no_matches(call.binding.count("f"))
        found = concatenated(parts)
        return distinct(found) if repeated or len(parts) > 1 else found

    def _frames(self, call: Call, bound: Sequence[Column], positions: Positions) -> Iterator[RuleFrame]:
        """The frames, with any position left, of the rules that can answer a call."""
        for rule, constants in self.rules.instances(call):
            frame = RuleFrame(self, rule, constants, positions)
            if frame.run(call.binding, bound):
                yield frame


def _every_row(entity: str) -> list[Column]:
    """What a call for every row of a list knows; nothing where it is for every case."""
    return [Rows(entity, None)] if entity else []
