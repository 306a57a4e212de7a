"""The rules of a policy, indexed for both compiled forms: by the predicate in the head, grounded for benefits and conditions.

A predicate is called with a binding pattern, as deductive databases have it: each argument is a constant, bound (`b`), free
(`f`) or of no interest (`_`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Literal as OneOf
from typing import NamedTuple, TypeVar

from tiaoli.compiled import fragment
from tiaoli.compiled.fragment import constant_of
from tiaoli.policy import Field, ItemList, Policy
from tiaoli.rules import Aggregate, Constant, Literal, Name, Program, Rule, Variable

T = TypeVar("T")

Mode = OneOf["b", "f", "_"]

BindingPattern = tuple[Constant | Mode, ...]
"""How a predicate is called: for each argument but the case a constant, or whether it is bound, free or of no interest."""


class Call(NamedTuple):
    """A predicate and the binding pattern it is called with."""

    predicate: str
    binding: BindingPattern


def in_mode(mode: Mode, values: Iterable[T], binding: BindingPattern) -> list[T]:
    """Of values, one for each argument, those whose argument has a mode."""
    return [value for value, own in zip(values, binding, strict=True) if own == mode]


class RuleIndex:
    """The rules by the predicate in their heads, and the predicates of facts by the field or list they come from."""

    def __init__(self, policy: Policy, program: Program) -> None:
        self.policy = policy
        self.by_head: dict[str, list[Rule]] = defaultdict(list)
        for rule in program.rules:
            self.by_head[rule.head.predicate].append(rule)
        self.fields: Mapping[str, Field] = {declared.predicate: declared for declared in policy.fields.values()}
        self.lists: Mapping[str, ItemList] = {declared.predicate: declared for declared in policy.lists.values()}
        self._checked: set[int] = set()
        self._answerable: dict[tuple[str, BindingPattern], bool] = {}
        self._aggregates: dict[str, bool] = {}
        self._singletons: dict[int, tuple[Rule, frozenset[str]]] = {}

    def singletons(self, rule: Rule) -> frozenset[str]:
        """The singleton variables of a rule, which stand in it only once."""
        found = self._singletons.get(id(rule))
        if found is None:
            # the rule is kept with what was found, so that no other can have its place in memory
            found = self._singletons[id(rule)] = rule, fragment.singletons(rule)
        return found[1]

    def answerable(self, predicate: str, binding: BindingPattern) -> bool:
        """Whether some fact or rule can answer a call."""
        found = self._answerable.get((predicate, binding))
        if found is None:
            found = self._answerable[predicate, binding] = self._can_answer(predicate, binding)
        return found

    def _can_answer(self, predicate: str, binding: BindingPattern) -> bool:
        constants = [(position, term.value) for position, term in enumerate(binding) if isinstance(term, Constant)]
        if predicate in self.by_head:
            if self.policy.predicates[predicate].of_case:
                return any(True for rule in self.by_head[predicate] for _ in self.groundings(rule, binding))
            heads = [rule.head.terms for rule in self.by_head[predicate]]
            return any(
                all(not isinstance(head := terms[position], Constant) or head.value == value for position, value in constants)
                for terms in heads
            )
        if predicate in self.policy.units and constants and constants[0][0] == 0:
            return str(constants[0][1]) in self.policy.parameters
        return predicate in self.fields or predicate in self.lists or fragment.is_supplied(self.policy, predicate)

    def rests_on_aggregate(self, predicate: str) -> bool:
        """Whether a predicate depends on an aggregate, in its own rules or in those of the predicates they call."""
        found = self._aggregates.get(predicate)
        if found is None:
            self._aggregates[predicate] = False
            found = self._aggregates[predicate] = any(
                isinstance(part, Aggregate) or (isinstance(part, Literal) and self.rests_on_aggregate(part.atom.predicate))
                for rule in self.by_head.get(predicate, ())
                for part in rule.body
            )
        return found

    def check(self, rule: Rule) -> None:
        """Raise `OutsideError` where a rule falls outside the fragment."""
        if id(rule) not in self._checked:
            fragment.check(self.policy, rule)
            self._checked.add(id(rule))

    def groundings(self, rule: Rule, binding: BindingPattern) -> Iterator[dict[str, Constant]]:
        """The ways to ground a rule for a call, each as constants by the name of a variable: the constants of the call, and for a
        variable of benefits or conditions each one for which the body can hold."""
        constants: dict[str, Constant] = {}
        for term, wanted in zip(rule.head.terms[1:], binding, strict=True):
            if isinstance(wanted, Constant):
                if isinstance(term, Variable) and constants.setdefault(term.name, wanted) != wanted:
                    return
                if isinstance(term, Constant) and term != wanted:
                    return
        conditions = dict.fromkeys(name for benefit in self.policy.benefits.values() for name in benefit.conditions)
        words = {"benefit": _names(self.policy.benefits), "condition": _names(conditions)}
        free: dict[str, list[Constant]] = {}
        for atom in (rule.head, *(part.atom for part in rule.body if isinstance(part, Literal))):
            for (_, kind), term in zip(self.policy.predicates[atom.predicate].arguments, atom.terms, strict=True):
                if kind in words and isinstance(term, Variable) and not term.anonymous and term.name not in constants:
                    free[term.name] = words[kind]
        for name, values in free.items():
            free[name] = [value for value in values if self._body_can_hold(rule, {**constants, name: value})]
        for chosen in product(*free.values()):
            found = {**constants, **dict(zip(free, chosen, strict=True))}
            if self._body_can_hold(rule, found):
                yield found

    def _body_can_hold(self, rule: Rule, constants: Mapping[str, Constant]) -> bool:
        """Whether some fact or rule can answer every positive literal of a body."""
        for part in rule.body:
            if isinstance(part, Literal) and not part.negated:
                terms = part.atom.terms[1 if self.policy.predicates[part.atom.predicate].of_case else 0 :]
                if not self.answerable(part.atom.predicate, tuple(constant_of(term, constants) or "_" for term in terms)):
                    return False
        return True


def _names(words: Iterable[str]) -> list[Constant]:
    return [Constant(Name(word)) for word in words]
