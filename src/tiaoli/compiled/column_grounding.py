"""The rules of one policy under one choice of readings, grounded for columns: which rules can answer a call, and the tuples that no
case bears on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from tiaoli.compiled.column_store import CodeBook, coder
from tiaoli.compiled.fragment import constant_of
from tiaoli.compiled.rule_index import BindingPattern, Call, RuleIndex
from tiaoli.rules import BodyPart, Constant, Contract, Literal, Rule


class JoinOrder(NamedTuple):
    """A rule, with small predicates inlined, its singleton variables, and the parts of its body in the order in which they are joined."""

    rule: Rule
    singletons: frozenset[str]
    parts: list[BodyPart]


class ColumnRules:
    """The rules of one policy under one choice of readings, ready for columns. What is found out about a rule serves all cases.

    `extension` gives all tuples of a predicate that no case bears on.
    """

    def __init__(self, index: RuleIndex, codes: CodeBook, extension: Callable[[str], Iterable[tuple[Any, ...]]]) -> None:
        self.index = index
        self.policy = index.policy
        self.codes = codes
        self.extension = extension
        self.orders: dict[tuple[int, BindingPattern, tuple[tuple[str, Constant], ...]], JoinOrder] = {}
        self._instances: dict[Call, list[tuple[Rule, dict[str, Constant]]]] = {}
        self._tuples: dict[Call, tuple[tuple[int, ...], ...]] = {}

    def instances(self, call: Call) -> list[tuple[Rule, dict[str, Constant]]]:
        """The rules that can answer a call under these readings, each with the constants its variables stand for. Raises
        `OutsideError`."""
        found = self._instances.get(call)
        if found is None:
            found = []
            for rule in self.index.by_head[call.predicate]:
                self.index.check(rule)
                found += [(rule, constants) for constants in self.index.groundings(rule, call.binding) if self._can_hold(rule, constants)]
            self._instances[call] = found
        return found

    def _can_hold(self, rule: Rule, constants: Mapping[str, Constant]) -> bool:
        """Whether no part of a body that no case bears on fails."""
        for part in rule.body:
            if isinstance(part, Literal) and not part.negated and not self.policy.predicates[part.atom.predicate].of_case:
                if part.atom.predicate in Contract.FUNCTIONS:
                    continue
                if not self.tuples(Call(part.atom.predicate, tuple(constant_of(term, constants) or "_" for term in part.atom.terms))):
                    return False
        return True

    def tuples(self, call: Call) -> tuple[tuple[int, ...], ...]:
        """The coded tuples that answer a call which no case bears on, with only the bound and free arguments. A call without such
        arguments has one empty tuple as its answer, or none."""
        found = self._tuples.get(call)
        if found is None:
            kinds = [kind for _, kind in self.policy.predicates[call.predicate].arguments]
            coded: dict[tuple[int, ...], None] = {}
            for row in self.extension(call.predicate):
                if all(not isinstance(mode, Constant) or value == mode.value for value, mode in zip(row, call.binding, strict=True)):
                    values = [(kind, value) for value, kind, mode in zip(row, kinds, call.binding, strict=True) if mode in ("b", "f")]
                    coded[tuple(int(coder(self.policy, self.codes, kind)(value)) for kind, value in values)] = None
            found = self._tuples[call] = tuple(coded)
        return found
