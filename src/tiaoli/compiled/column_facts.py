"""Literals over the facts of a case, joined to a frame: fields, sets, lists, the items asked for, and functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tiaoli.compiled.column_arrays import Array, Rows, as_array
from tiaoli.compiled.column_frame import Frame
from tiaoli.compiled.column_functions import values_of
from tiaoli.compiled.column_store import NEVER, NO_VALUE, last_days
from tiaoli.compiled.fragment import constant_of, refuse
from tiaoli.rules import SIGNATURES, Contract, Literal, Name, Term, Variable


class FactFrame(Frame):
    """A frame that can be joined with the facts of its cases."""

    def join_function(self, literal: Literal, terms: Sequence[Term]) -> None:
        """Compute the results of a function."""
        name = literal.atom.predicate
        if literal.negated:
            refuse(self.rule, f"{name} 之前不写 `not`", f"no `not` before {name}")
        kinds = [kind for _, kind in SIGNATURES[name].arguments]
        given = Contract.FUNCTIONS[name]
        for term, kind in zip(terms[:given], kinds, strict=False):
            if kind == "day":
                self.select(np.asarray(self.numbers(term)) < NEVER)
        if name == Contract.ADD_MONTHS.name and (until := self._months_after(self.numbers(terms[0]), self.numbers(terms[1]))) is not None:
            self.bind(terms[2], until)
        elif name == Contract.CALENDAR_YEAR.name:
            day = self.numbers(terms[0])
            january = day - np.asarray(day) % 372
            self.bind(terms[1], january)
            self.bind(terms[2], january + 371)
        elif name in (Contract.LEAST.name, Contract.GREATEST.name):
            chosen = np.minimum if name == Contract.LEAST.name else np.maximum
            self.bind(terms[2], chosen(self.numbers(terms[0]), self.numbers(terms[1])))
        else:
            # a value may only be worked out where it counts
            self.compact()
            found = values_of(name, [self._given(term) for term in terms[:given]], self.size)
            for term, values in zip(terms[given:], found, strict=True):
                self.bind(term, values)

    def _months_after(self, day: Any, months: Any) -> Any:
        """The last days of periods of months, out of a table; `None` where it does not reach so far."""
        codes = np.asarray(day + 31 * months)
        inside = (codes >= 0) & (codes < len(last_days()))
        if not np.all(inside if self.selected is None else inside | ~self.selected):
            return None
        # a day that is absent or never comes is no longer selected; its place is looked up all the same
        return last_days().take(codes.astype(np.intp), mode="clip")

    def _given(self, term: Term) -> Array | str:
        """What a function is given: numbers at each position, or a word."""
        constant = constant_of(term, self.constants)
        if constant is not None and isinstance(constant.value, Name):
            return str(constant.value)
        return as_array(np.asarray(self.numbers(term)), self.size)

    def join_field(self, literal: Literal, terms: Sequence[Term]) -> None:
        """Join a fact of the case or of an item."""
        predicate = literal.atom.predicate
        declared = self.fields[predicate]
        if declared.entity is None:
            if self.case is None:
                column = self.relations.fact_of_case(predicate, self.over)
            else:
                column = self.relations.cases.tables[""].columns[predicate][self.case]
        else:
            if literal.negated and not self.is_bound(terms[0]):
                refuse(self.rule, "`not` 之后的 `_` 不能代替对象", "`_` after `not` cannot stand for an item; derive a predicate")
            item = self.value(terms[0]) if self.is_bound(terms[0]) else self.join_items(terms[0], declared.entity)
            column = self.relations.read(predicate, self.rows(item, declared.entity))
        value = terms[-1]
        if declared.several:
            self._select_member(literal, value, column, list(self.policy.values[declared.table or ""]))
        elif self.is_unused(value):
            self.select(column == NO_VALUE if literal.negated else column != NO_VALUE)
        elif self.is_bound(value):
            self.select(column == self.value(value), literal.negated)
        else:
            if not self.relations.complete(predicate, declared.entity or ""):
                self.select(column != NO_VALUE)
            self.bind(value, column)

    def _select_member(self, literal: Literal, term: Term, column: Array, words: list[str]) -> None:
        """Select the positions where a set has a member."""
        constant = constant_of(term, self.constants)
        if constant is None:
            refuse(self.rule, "集合的成员须写明", "a member of a set must be written out")
        bit = words.index(str(constant.value)) if str(constant.value) in words else 31
        self.select((column > 0) & ((column >> bit) & 1 == 1), literal.negated)

    def join_items(self, term: Term, entity: str) -> Rows:
        """Join every item of a list, each with its case. Returns the items, which the term is bound to if anything uses it."""
        if self.case is None:
            at, rows = self.relations.join_on_case(self.over, entity)
            selected, self.selected = self.selected, None
            self.take(at)
            self.selected = None if selected is None else selected[at]
            if rows.at is None:
                # the positions are the rows of that list now, in order
                self.over, self.case = entity, None
        else:
            self.compact()
            offsets = self.relations.cases.case_offsets[entity]
            rows = Rows(entity, self.repeat(offsets[self.case + 1] - offsets[self.case], offsets[self.case]))
        self._bind_items(term, rows)
        return rows

    def _bind_items(self, term: Term, rows: Rows) -> None:
        """Bind a term to the items that positions were repeated for."""
        if self.is_unused(term):
            self.distinct = False
        else:
            assert isinstance(term, Variable)
            self.bindings[term.name] = rows
            self.joined.add(term.name)

    def join_list(self, literal: Literal, terms: Sequence[Term]) -> None:
        """Join the items of a list, and of a list inside an item its holder."""
        listed = self.lists[literal.atom.predicate]
        item = terms[-1]
        if literal.negated:
            refuse(self.rule, "列表谓词之前不写 `not`", "no `not` before a list")
        if listed.parent is None:
            if self.is_bound(item):
                self.rows(self.value(item), listed.entity)
            else:
                self.join_items(item, listed.entity)
        elif not self.is_bound(item) and self.is_bound(terms[0]):
            self.compact()
            holder = self.value(terms[0])
            assert isinstance(holder, Rows)
            offsets = self.relations.cases.holder_offsets(listed.entity, listed.parent)
            above = holder.numbers(self.size)
            self._bind_items(item, Rows(listed.entity, self.repeat(offsets[above + 1] - offsets[above], offsets[above])))
        else:
            value = self.value(item) if self.is_bound(item) else self.join_items(item, listed.entity)
            self.bind(terms[0], self.relations.holders(self.rows(value, listed.entity), listed.parent))

    def join_asked(self, literal: Literal, terms: Sequence[Term]) -> None:
        """Join the items that a benefit is asked for: all items of its list."""
        benefit = constant_of(terms[0], self.constants)
        if benefit is None or literal.negated:
            refuse(self.rule, "asked 须写明权益", "`asked` wants a benefit that is known")
        entity = self.policy.benefits[str(benefit.value)].subject
        if self.is_bound(terms[1]):
            self.rows(self.value(terms[1]), entity)
        else:
            self.join_items(terms[1], entity)
