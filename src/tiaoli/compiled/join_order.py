"""In which order the parts of a rule's body are joined: always the cheapest of those whose inputs are bound.

Both compiled forms visit a body in this order: `python_rule` writes Python for each part, `rule_evaluation` joins it over columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tiaoli.compiled.fragment import constant_of, refuse
from tiaoli.compiled.rule_index import BindingPattern, Mode, RuleIndex
from tiaoli.rules import (
    Aggregate,
    Atom,
    BodyPart,
    Comparison,
    Constant,
    Contract,
    Literal,
    Rule,
    Term,
    Variable,
    shared_variables,
    variables,
)


class BodyVisitor:
    """Visits the parts of one rule's body in join order. `constants` are the variables that stand for constants, `bindings` the
    values of all that are bound by now; the visit of a part adds to them."""

    def __init__(self, index: RuleIndex, rule: Rule, constants: Mapping[str, Constant]) -> None:
        self.index = index
        self.policy = index.policy
        self.fields = index.fields
        self.lists = index.lists
        self.rule = rule
        self.constants = constants
        self.singletons = index.singletons(rule)
        self.bindings: dict[str, Any] = {}

    def visit_body(self, parts: Iterable[BodyPart]) -> list[BodyPart]:
        """Visit the parts of a body, always the cheapest that can be visited next. Returns them in that order."""
        order = []
        todo = list(parts)
        while todo:
            costs = [(cost, position) for position, part in enumerate(todo) if (cost := self.cost(part)) is not None]
            if not costs:
                refuse(self.rule, "编译器无法为此规则排出次序", "the compiler finds no order for the parts of this rule")
            order.append(todo.pop(min(costs)[1]))
            self.visit(order[-1])
        return order

    def visit(self, part: BodyPart) -> None:
        """Visit one part."""
        if isinstance(part, Comparison):
            self.visit_comparison(part)
        elif isinstance(part, Aggregate):
            self.visit_aggregate(part)
        else:
            self.visit_literal(part)

    def visit_comparison(self, part: Comparison) -> None:
        """Visit a comparison."""
        raise NotImplementedError

    def visit_aggregate(self, part: Aggregate) -> None:
        """Visit an aggregate."""
        raise NotImplementedError

    def visit_literal(self, part: Literal) -> None:
        """Visit an atom, or one after `not`."""
        raise NotImplementedError

    def is_bound(self, term: Term) -> bool:
        """Whether every variable of a term has a value by now."""
        return all(variable.name in self.bindings for variable in variables(term))

    def is_unused(self, term: Term) -> bool:
        """Whether a term is a variable without a value that nothing else in the rule uses."""
        return isinstance(term, Variable) and (term.anonymous or term.name in self.singletons) and term.name not in self.bindings

    def mode(self, term: Term) -> Constant | Mode:
        """The mode of an argument as it stands now; the constant, where it is one."""
        constant = constant_of(term, self.constants)
        if constant is not None:
            return constant
        return "_" if self.is_unused(term) else "b" if self.is_bound(term) else "f"

    def cost(self, part: BodyPart) -> int | None:
        """The rank of a part among those that can be visited next, cheapest first; `None` where an input of it is not bound yet."""
        if isinstance(part, Comparison):
            sides = [self.is_bound(part.left), self.is_bound(part.right)]
            if all(sides):
                return 0
            unbound = part.right if sides[0] else part.left
            return 1 if any(sides) and part.operator == "=" and isinstance(unbound, Variable) else None
        if isinstance(part, Aggregate):
            ready = all(name in self.bindings for name in shared_variables(self.rule, part) - self._case_variables()) and (
                self.is_bound(part.bound) or (part.operator == "=" and isinstance(part.bound, Variable))
            )
            return 6 if ready else None
        return self.literal_cost(part)

    def _case_variables(self) -> set[str]:
        """The names of the variables that stand for the case."""
        return {
            term.name
            for atom in (self.rule.head, *(literal.atom for literal in self.rule.literals()))
            if self.policy.predicates[atom.predicate].of_case
            for term in atom.terms[:1]
            if isinstance(term, Variable)
        }

    def literal_cost(self, part: Literal) -> int | None:
        """The rank of an atom, or of one after `not`."""
        terms = self.arguments(part.atom)
        modes = [self.mode(term) for term in terms]
        predicate = part.atom.predicate
        if part.negated:
            return None if "f" in modes else 4
        if predicate in Contract.FUNCTIONS:
            inputs = modes[: Contract.FUNCTIONS[predicate]]
            return None if set(inputs) & {"f", "_"} else 3
        if not self.policy.predicates[predicate].of_case:
            return 0 if "f" not in modes else 1 if self.looks_up_parameter(predicate, modes) else 10
        if predicate in self.fields:
            scalar = self.fields[predicate].entity is None
            return 2 if scalar or modes[0] == "b" else 9
        if predicate in self.lists or predicate == Contract.ASKED.name:
            return 2 if "f" not in modes else 3 if modes[-1] == "b" else 7 if "b" in modes else 9
        return 4 if "f" not in modes else 7 if "b" in modes else 8

    def arguments(self, atom: Atom) -> tuple[Term, ...]:
        """The arguments of an atom but the case."""
        return atom.terms[1:] if self.policy.predicates[atom.predicate].of_case else atom.terms

    def binding(self, terms: Iterable[Term]) -> BindingPattern:
        """The binding pattern of arguments as they stand now."""
        return tuple([self.mode(term) for term in terms])

    def looks_up_parameter(self, predicate: str, modes: Sequence[Constant | Mode]) -> bool:
        """Whether a call looks up a parameter by its name."""
        unit = self.policy.units.get(predicate)
        return unit is not None and unit.type != "code" and isinstance(modes[0], Constant)
