"""One rule over all cases at once: its frame, filled part by part. What each part of a rule becomes stands in `columnar`."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any, NamedTuple, Protocol

import numpy as np

from tiaoli.compiled import fragment
from tiaoli.compiled.column_arrays import Array, Column, Matches, Rows, as_array, exact, member_of, new_tuples, summed, take
from tiaoli.compiled.column_facts import FactFrame
from tiaoli.compiled.column_grounding import ColumnRules, JoinOrder
from tiaoli.compiled.column_relations import Positions, Relations
from tiaoli.compiled.fragment import refuse
from tiaoli.compiled.inline import inlined_body
from tiaoli.compiled.rule_index import BindingPattern, Call, in_mode
from tiaoli.rules import COMPARISONS, Aggregate, Atom, BodyPart, Comparison, Constant, Contract, Literal, Rule, Term, Variable

_LATE = 7
"""From this rank on a literal is a join."""

_LAST = 11
"""The rank of a call that has to be answered at every position."""


class Calls(Protocol):
    """Answers the calls that a body makes."""

    rules: ColumnRules
    relations: Relations

    def holds(self, call: Call, bound: Sequence[Column], positions: Positions) -> Array:
        """Whether a call holds, at each position that counts."""

    def matches(self, call: Call, bound: Sequence[Column], positions: Positions) -> Matches:
        """The matches of a call, at each position that counts."""

    def holds_for(self, call: Call, entity: str) -> Array:
        """Whether a call holds, for every row of a list or every case."""

    def matches_for(self, call: Call, entity: str) -> Matches:
        """The matches of a call, for every row of a list or every case."""


class _Tuples(NamedTuple):
    """The tuples of one element of an aggregate: the position each belongs to, and their terms.

    Tuples of different `shape` are never equal; `distinct` says that no two of these are.
    """

    shape: tuple[Any, ...]
    origin: Array
    values: list[Array]
    distinct: bool


class RuleFrame(FactFrame):
    """The frame of a rule that is called at the positions of another frame."""

    def __init__(self, calls: Calls, rule: Rule, constants: Mapping[str, Constant], positions: Positions) -> None:
        super().__init__(calls.rules.index, calls.relations, rule, constants, positions)
        self.calls = calls
        self.todo: list[BodyPart] = []

    def run(self, binding: BindingPattern, bound: Sequence[Column]) -> bool:
        """Join the body to what the caller has bound. Says whether any position is left."""
        given = iter(bound)
        checked: list[tuple[Term, Column]] = []
        for term, mode in zip(self.arguments(self.rule.head), binding, strict=True):
            if isinstance(mode, Constant):
                if not isinstance(term, (Constant, Variable)):
                    checked.append((term, self.code(mode)))
            elif mode == "b":
                value = next(given)
                if isinstance(term, Variable) and term.name not in self.bindings:
                    self.bindings[term.name] = value
                else:
                    checked.append((term, value))
        for term, value in checked:
            if not isinstance(term, (Constant, Variable)):
                refuse(self.rule, "头部的算式不能作为已知的参数", "arithmetic in a head cannot stand where the value is known")
            self.select(self.equal(self.value(term), value))
        orders = self.calls.rules.orders
        key = id(self.rule), binding, tuple(self.constants.items())
        if key in orders:
            self.rule, self.singletons, parts = orders[key]
            for part in parts:
                if self.empty:
                    break
                self.visit(part)
        else:
            parts = self.visit_body(self.rule.body)
            if not self.todo:
                orders[key] = JoinOrder(self.rule, self.singletons, parts)
        return not self.empty and self.size > 0

    def visit_body(self, parts: Iterable[BodyPart]) -> list[BodyPart]:
        """Visit the parts of a body until no position is left, with small predicates inlined. Returns them in that order, which serves the
        next frame of the rule as well."""
        self.todo = list(parts)
        order = []
        while self.todo and not self.empty:
            costs = [(cost, position) for position, part in enumerate(self.todo) if (cost := self.cost(part)) is not None]
            if not costs:
                refuse(self.rule, "编译器无法为此规则排出次序", "the compiler finds no order for the parts of this rule")
            part = self.todo.pop(min(costs)[1])
            if not self._inline(part):
                self.visit(part)
                order.append(part)
        return order

    def literal_cost(self, part: Literal) -> int | None:
        """As for one case; but a call that has to be answered at every position comes last, unless its rule can be inlined."""
        cost = super().literal_cost(part)
        if cost is None or cost < _LATE or not self._is_derived(part.atom):
            return cost
        call = Call(part.atom.predicate, self.binding(self.arguments(part.atom)))
        return cost if self._only_item(call) or len(self.calls.rules.instances(call)) == 1 else _LAST

    # Comparisons and aggregates

    def visit_comparison(self, part: Comparison) -> None:
        if self.is_bound(part.left) and self.is_bound(part.right):
            left, right = self.value(part.left), self.value(part.right)
            if isinstance(left, Rows) or isinstance(right, Rows):
                self.select(self.equal(left, right), negated=part.operator != "=")
                return
            # arithmetic on one side may have dropped positions since the other was evaluated
            left, right = self.value(part.left), self.value(part.right)
            self.select(COMPARISONS[part.operator](left, right))
        elif self.is_bound(part.right):
            self.bind(part.left, self.value(part.right))
        else:
            self.bind(part.right, self.value(part.left))

    def visit_aggregate(self, part: Aggregate) -> None:
        self.compact()
        groups = self._tuples(part)
        totals: list[Array] = []
        apart = len({group.shape for group in groups}) == len(groups)
        for number, (_, origin, values, distinct) in enumerate(groups):
            others = [] if apart else [group for group in groups[:number] if len(group.values) == len(values)]
            if others or not (distinct and apart):
                origin, values = new_tuples(origin, values, [(group.origin, group.values) for group in others])
            counted = part.function == "count"
            totals.append(np.bincount(origin, minlength=self.size) if counted else summed(origin, values[0], self.size))
        total = exact(reduce(operator.add, totals) if totals else np.zeros(self.size, np.int64))
        if self.is_bound(part.bound):
            self.select(COMPARISONS[part.operator](total, self.value(part.bound)))
        else:
            self.bind(part.bound, total)

    def _tuples(self, part: Aggregate) -> list[_Tuples]:
        """The tuples of each element that has any, its condition joined in a frame of its own."""
        found = []
        for element in part.elements:
            inner = RuleFrame(self.calls, self.rule, self.constants, self.positions())
            inner.bindings = dict(self.bindings)
            inner.visit_body(element.condition)
            if inner.empty or not inner.size:
                continue
            inner.compact()
            shape = tuple(term.value if isinstance(term, Constant) else isinstance(inner.value(term), Rows) for term in element.terms)
            distinct = inner.distinct and inner.joined <= {term.name for term in element.terms if isinstance(term, Variable)}
            values = [np.broadcast_to(np.asarray(inner.numbers(term), np.int64), (inner.size,)) for term in element.terms]
            found.append(_Tuples(shape, inner.origins(), values, distinct))
        return found

    # Literals

    def visit_literal(self, part: Literal) -> None:
        predicate, terms = part.atom.predicate, self.arguments(part.atom)
        if predicate in Contract.FUNCTIONS:
            self.join_function(part, terms)
        elif predicate in self.fields:
            self.join_field(part, terms)
        elif predicate in self.lists:
            self.join_list(part, terms)
        elif predicate == Contract.ASKED.name:
            self.join_asked(part, terms)
        elif self.policy.predicates[predicate].of_case:
            self._join_derived(part, terms)
        else:
            self._join_table(part, terms)

    def _join_derived(self, part: Literal, terms: Sequence[Term]) -> None:
        """Join what other rules derive of the case."""
        binding = self.binding(terms)
        call = Call(part.atom.predicate, binding)
        if not self.index.answerable(*call):
            self.select(part.negated)
            return
        entity = self._only_item(call)
        if entity is not None:
            terms, binding = in_mode("f", terms, binding), ("b",)
            self.join_items(terms[0], entity)
            call = Call(call.predicate, tuple("b" if mode == "f" else mode for mode in call.binding))
        if "f" in binding:
            self._join_matches(call, in_mode("b", terms, binding), in_mode("f", terms, binding))
        else:
            self.select(self._holds(call, [self.value(term) for term in in_mode("b", terms, binding)]), part.negated)

    def _holds(self, call: Call, bound: Sequence[Column]) -> Array:
        """Whether a call holds at each position. Where it knows one item, or only the case, it is answered once for all of these."""
        entity = _one_entity(bound)
        if entity is None:
            return self.calls.holds(call, bound, self.positions())
        found = self.calls.holds_for(call, entity)
        if bound:
            (rows,) = bound
            assert isinstance(rows, Rows)
            return found if rows.at is None else found[rows.at]
        return self.relations.at_rows(self.over, found) if self.case is None else found[self.case]

    def _join_matches(self, call: Call, known: Sequence[Term], free: Sequence[Term]) -> None:
        """Join the matches of a call. Where it knows one item, or only the case, it is answered once for all of these."""
        self.compact()
        bound = [self.value(term) for term in known]
        entity = _one_entity(bound)
        if entity is None:
            origin, values = self.calls.matches(call, bound, self.positions())
            self.take(origin)
        else:
            origin, values = self.calls.matches_for(call, entity)
            if len(origin) and np.any(origin[1:] < origin[:-1]):
                order = np.argsort(origin, kind="stable")
                values = [take(value, order) for value in values]
            rows = as_array(bound[0], self.size) if bound else self.cases()
            offsets = np.concatenate(([0], np.cumsum(np.bincount(origin, minlength=self.relations.size(entity)))))
            counts = offsets[rows + 1] - offsets[rows]
            if counts.max(initial=0) <= 1:
                # at most one match a position: none is repeated
                at = np.flatnonzero(counts)
                if len(at) < self.size:
                    self.take(at)
                self._bind_each(free, [take(value, offsets[rows[at]]) for value in values], joined=False)
                return
            numbers = self.repeat(counts, offsets[rows])
            values = [take(value, numbers) for value in values]
        self._bind_each(free, values)

    def _join_table(self, part: Literal, terms: Sequence[Term]) -> None:
        """Join the tuples of a predicate that no case bears on."""
        predicate = part.atom.predicate
        binding = self.binding(terms)
        if self.looks_up_parameter(predicate, binding) and not self.index.answerable(predicate, binding):
            refuse(self.rule, f"没有参数 {binding[0]}", f"there is no parameter {binding[0]}")
        tuples = self.calls.rules.tuples(Call(predicate, binding))
        bound = in_mode("b", terms, binding)
        if "f" in binding:
            self._join_tuples([term for term, mode in zip(terms, binding, strict=True) if mode in ("b", "f")], tuples)
        elif bound:
            self.select(member_of([self.numbers(term) for term in bound], tuples), part.negated)
        else:
            self.select(bool(tuples), part.negated)

    def _join_tuples(self, terms: Sequence[Term], tuples: Sequence[tuple[int, ...]]) -> None:
        """Join tuples with the terms that they give a value, or whose value they must have."""
        if len(tuples) == 1:
            self._bind_each(terms, tuples[0], joined=False)
            return
        self.compact()
        if not tuples:
            self.empty = True
            return
        self.take(np.repeat(np.arange(self.size), len(tuples)))
        table = np.array(tuples, np.int64)
        copies = self.size // len(tuples)
        self._bind_each(terms, [np.tile(table[:, place], copies) for place in range(len(terms))])

    def _bind_each(self, terms: Sequence[Term], values: Sequence[Column], joined: bool = True) -> None:
        """Bind terms to values. Where positions were repeated for them, each new variable is noted as joined."""
        for term, value in zip(terms, values, strict=True):
            if joined and isinstance(term, Variable) and term.name not in self.bindings:
                self.joined.add(term.name)
            self.bind(term, value)

    def _inline(self, part: BodyPart) -> bool:
        """Inline a call with a free argument that only one rule can answer. Says whether it was."""
        if not isinstance(part, Literal) or part.negated or not self._is_derived(part.atom):
            return False
        call = Call(part.atom.predicate, self.binding(self.arguments(part.atom)))
        if "f" not in call.binding or self._only_item(call) is not None:
            return False
        instances = self.calls.rules.instances(call)
        parts = inlined_body(self.rule, part.atom, *instances[0], self.constants) if len(instances) == 1 else None
        if parts is None:
            return False
        self.todo += parts
        self.rule = replace(self.rule, body=(*self.rule.body, *parts))
        self.singletons = fragment.singletons(self.rule)
        return True

    def _is_derived(self, atom: Atom) -> bool:
        facts = atom.predicate in self.fields or atom.predicate in self.lists
        return not facts and atom.predicate != Contract.ASKED.name and self.policy.predicates[atom.predicate].of_case

    def _only_item(self, call: Call) -> str | None:
        """The entity of the only free argument of a call without bound ones, if it is an item: then all items are joined, and the call
        is answered once for each."""
        if call.binding.count("f") != 1 or "b" in call.binding:
            return None
        kind = self.policy.predicates[call.predicate].arguments[1:][call.binding.index("f")][1]
        return kind if kind in self.policy.list_of else None


def _one_entity(bound: Sequence[Column]) -> str | None:
    """The entity of the one item that a call knows, or the empty name where it knows nothing but the case."""
    if not bound:
        return ""
    return bound[0].entity if len(bound) == 1 and isinstance(bound[0], Rows) else None
