"""In which order the parts of a rule's body are taken: always the cheapest for which everything it needs is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from typing import Literal as OneOf

from tiaoli.compiled import fragment
from tiaoli.compiled.fragment import constant_of, refuse
from tiaoli.policy import UNITS, Field, ItemList, Policy
from tiaoli.rules import Aggregate, Atom, BodyPart, Comparison, Constant, Literal, Rule, Term, Variable, shared_variables, variables

Mode = OneOf["b", "f", "_"]
Way = tuple[Constant | Mode, ...]
"""How a predicate is called: for each argument but the case a constant, or whether it is known, wanted or neither."""


class Call(NamedTuple):
    """A predicate and one way of calling it."""

    predicate: str
    way: Way


class Words(Protocol):
    """What is known of the predicates of a policy, and of its rules."""

    policy: Policy
    fields: Mapping[str, Field]
    lists: Mapping[str, ItemList]

    def single(self, rule: Rule) -> frozenset[str]:
        """The variables that stand only once in a rule."""


class Planner:
    """Puts the parts of one rule in order. `known` are the variables that stand for constants, `names` all that have a
    value by now; who takes a part adds to them."""

    def __init__(self, words: Words, rule: Rule, known: Mapping[str, Constant]) -> None:
        self.policy = words.policy
        self.of = rule
        self.known = known
        self.single = words.single(rule)
        self.names: dict[str, Any] = {}
        self.fields = words.fields
        self.lists = words.lists

    def body(self, parts: Iterable[BodyPart]) -> list[BodyPart]:
        """Take the parts of a body, always the cheapest that can be taken next. Says in which order."""
        order = []
        todo = list(parts)
        while todo:
            costs = [(cost, position) for position, part in enumerate(todo) if (cost := self.cost(part)) is not None]
            if not costs:
                refuse(self.of, "编译器无法为此规则排出次序", "the compiler finds no order for the parts of this rule")
            order.append(todo.pop(min(costs)[1]))
            self.part(order[-1])
        return order

    def part(self, part: BodyPart) -> None:
        """Take one part."""
        if isinstance(part, Comparison):
            self.comparison(part)
        elif isinstance(part, Aggregate):
            self.aggregate(part)
        else:
            self.atom(part)

    def comparison(self, part: Comparison) -> None:
        """Take a comparison."""
        raise NotImplementedError

    def aggregate(self, part: Aggregate) -> None:
        """Take an aggregate."""
        raise NotImplementedError

    def atom(self, part: Literal) -> None:
        """Take an atom, or one after `not`."""
        raise NotImplementedError

    def is_known(self, term: Term) -> bool:
        """Whether a term has a value by now."""
        return all(variable.name in self.names for variable in variables(term))

    def idle(self, term: Term) -> bool:
        """Whether nothing asks for the value of a term."""
        return isinstance(term, Variable) and (term.anonymous or term.name in self.single) and term.name not in self.names

    def mode(self, term: Term) -> Constant | Mode:
        """How an argument stands by now."""
        constant = constant_of(term, self.known)
        if constant is not None:
            return constant
        return "_" if self.idle(term) else "b" if self.is_known(term) else "f"

    def cost(self, part: BodyPart) -> int | None:
        """What it costs to write a part next, as a rank; `None` where something it needs is not known yet."""
        if isinstance(part, Comparison):
            sides = [self.is_known(part.left), self.is_known(part.right)]
            if all(sides):
                return 0
            open_side = part.right if sides[0] else part.left
            return 1 if any(sides) and part.operator == "=" and isinstance(open_side, Variable) else None
        if isinstance(part, Aggregate):
            ready = all(name in self.names for name in shared_variables(self.of, part) - self._case()) and (
                self.is_known(part.bound) or (part.operator == "=" and isinstance(part.bound, Variable))
            )
            return 6 if ready else None
        return self.cost_of_atom(part)

    def _case(self) -> set[str]:
        return {
            term.name
            for atom in (self.of.head, *(literal.atom for literal in self.of.literals()))
            if self.policy.predicates[atom.predicate].of_case
            for term in atom.terms[:1]
            if isinstance(term, Variable)
        }

    def cost_of_atom(self, part: Literal) -> int | None:
        """What it costs to take an atom next."""
        terms = self.terms(part.atom)
        modes = [self.mode(term) for term in terms]
        predicate = part.atom.predicate
        if part.negated:
            return None if "f" in modes else 4
        if predicate in fragment.CALENDAR:
            inputs = modes[:-1] if predicate == "add_months" else modes[:1]
            return None if set(inputs) & {"f", "_"} else 3
        if not self.policy.predicates[predicate].of_case:
            return 0 if "f" not in modes else 1 if self.is_parameter(predicate, modes) else 10
        if predicate in self.fields:
            scalar = self.fields[predicate].entity is None
            return 2 if scalar or modes[0] == "b" else 9
        if predicate in self.lists or predicate == "asked":
            return 2 if "f" not in modes else 3 if modes[-1] == "b" else 7 if "b" in modes else 9
        return 4 if "f" not in modes else 7 if "b" in modes else 8

    def terms(self, atom: Atom) -> tuple[Term, ...]:
        """The arguments of an atom but the case."""
        return atom.terms[1:] if self.policy.predicates[atom.predicate].of_case else atom.terms

    def is_parameter(self, predicate: str, modes: Sequence[Constant | Mode]) -> bool:
        """Whether a call looks up a parameter by its name."""
        return predicate in UNITS and UNITS[predicate] != "code" and isinstance(modes[0], Constant)
