"""One rule as the body of a Python function: what each part of a rule becomes.

Conditions are gathered into one `if`, every loop opens a deeper level, and the parts come in join order. `case` holds the facts
(see `fact_tables`):

| in the rule | in Python |
|---|---|
| a fact of an item | `case.certificate_kind.get(certificate) == 'skill_level'`, or a name for its value |
| an item of a list | `for job in case.employment:` |
| a derived atom | a call, or a loop over what the call yields |
| `not` before either | `not …`, `!=` |
| a reading, a parameter, a table, what rests on them alone | a constant of the module, worked out once |
| a comparison, arithmetic | itself, over whole numbers of any size; `/` and `\\` cut towards zero |
| `#sum`, `#count` | a set of tuples, then its sum or its size |
| `add_months` and other functions | a call |
| `#sup` | `SUP`, a number above all others |
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tiaoli.compiled import fragment
from tiaoli.compiled.fragment import constant_of, refuse
from tiaoli.compiled.join_order import BodyVisitor
from tiaoli.compiled.rule_index import BindingPattern, Call, RuleIndex, in_mode
from tiaoli.policy import Field, ItemList
from tiaoli.rules import SUPREMUM, Aggregate, Comparison, Constant, Contract, Literal, Rule, Term, Variable

RESERVED = frozenset(
    (
        *("case", "set", "len", "sum", "any", "tuple", "weight", "key", "found"),
        *("quotient", "remainder", "grouped", *Contract.FUNCTIONS),
    )
)
"""The names that generated text uses itself, which no variable may have."""


class Functions(Protocol):
    """Where the names of what a rule calls come from."""

    def function(self, call: Call) -> str:
        """The name of the function that answers a call."""

    def constant(self, call: Call) -> str:
        """The name of the constant that answers a call which no case bears on."""

    def parameter(self, rule: Rule, unit: str, name: str) -> str:
        """The name of the constant that holds a parameter."""


class RuleWriter(BodyVisitor):
    """Writes one rule, whose variables in `constants` stand for constants."""

    def __init__(self, index: RuleIndex, functions: Functions, rule: Rule, constants: Mapping[str, Constant]) -> None:
        super().__init__(index, rule, constants)
        self.functions = functions
        self.bindings = {name: literal(constant) for name, constant in constants.items()}
        self.lines: list[str] = []
        self.depth = 1
        self.pending: list[str] = []
        self.loops, self.calls, self.sums = False, 0, 0
        # the names of values that were looked up, by the text that looks them up; and names that are taken
        self.looked_up: dict[str, str] = {}
        self.taken: set[str] = set()

    def write(self, binding: BindingPattern, parameters: Sequence[str]) -> list[str]:
        """The lines of the whole rule, as the body of a function with these parameters for the bound arguments."""
        head = self.arguments(self.rule.head)
        self.taken = {*RESERVED, *parameters}
        given = iter(parameters)
        late: list[tuple[Term, str]] = []
        for term, mode in zip(head, binding, strict=True):
            if isinstance(mode, Constant):
                if not isinstance(term, (Constant, Variable)):
                    late.append((term, literal(mode)))
            elif mode == "b":
                name = next(given)
                if isinstance(term, Variable) and term.name not in self.bindings:
                    self.bindings[term.name] = name
                elif isinstance(term, (Constant, Variable)):
                    self.require(f"{name} == {self.value(term)}")
                else:
                    late.append((term, name))
        self.visit_body(self.rule.body)
        for term, name in late:
            self.require(f"{name} == {self.value(term)}")
        free = [self.value(term) for term in in_mode("f", head, binding)]
        self.line(f"yield {in_tuple(free)}" if free else "return True")
        return self.lines

    # Lines

    def require(self, condition: str) -> None:
        """Write a condition on what follows."""
        self.pending.append(condition)

    def line(self, text: str) -> None:
        """Write a line, under the conditions that are pending."""
        if self.pending:
            self.lines.append(f"{'    ' * self.depth}if {' and '.join(self.pending)}:")
            self.pending = []
            self.depth += 1
        self.lines.append("    " * self.depth + text)

    def loop(self, names: str, values: str) -> None:
        """Open a loop."""
        self.line(f"for {names} in {values}:")
        self.depth += 1
        self.loops = True

    # Terms

    def value(self, term: Term) -> str:
        """A term as Python."""
        if isinstance(term, Variable):
            return str(self.bindings[term.name])
        if isinstance(term, Constant):
            return literal(term)
        values = [self.value(argument) for argument in term.arguments]
        if len(values) == 1:
            return f"(-{values[0]})"
        if term.operator in ("/", "\\"):
            return f"{'quotient' if term.operator == '/' else 'remainder'}({', '.join(values)})"
        return f"({values[0]} {term.operator} {values[1]})"

    def bind(self, term: Term) -> tuple[str, str | None]:
        """A name for a value that is found, and the condition on it where the term has a value already."""
        if self.is_unused(term):
            return "_", None
        if not self.is_bound(term):
            assert isinstance(term, Variable)
            self.bindings[term.name] = self._local(term.name)
            return self.bindings[term.name], None
        name = self._local("other")
        return name, f"{name} == {self.value(term)}"

    def _local(self, variable: str) -> str:
        return distinct([identifier(variable)], {*self.taken, *self.bindings.values()})[0]

    # Comparisons and aggregates

    def visit_comparison(self, part: Comparison) -> None:
        operator = "==" if part.operator == "=" else part.operator
        if self.is_bound(part.left) and self.is_bound(part.right):
            self.require(f"{self.value(part.left)} {operator} {self.value(part.right)}")
            return
        one, other = (part.left, part.right) if self.is_bound(part.right) else (part.right, part.left)
        value = self.value(other)
        name, _ = self.bind(one)
        self.line(f"{name} = {value}")

    def visit_aggregate(self, part: Aggregate) -> None:
        self.sums += 1
        found = f"found_{self.sums}"
        self.line(f"{found} = set()")
        for element in part.elements:
            before = self.depth, dict(self.bindings), dict(self.looked_up)
            self.visit_body(element.condition)
            self.line(f"{found}.add(({', '.join(self.value(term) for term in element.terms)},))")
            self.depth, self.bindings, self.looked_up = before
        self.loops = True
        total = f"len({found})" if part.function == "count" else f"sum(weight for weight, *_ in {found})"
        if self.is_bound(part.bound):
            operator = "==" if part.operator == "=" else part.operator
            self.require(f"{total} {operator} {self.value(part.bound)}")
        else:
            name, _ = self.bind(part.bound)
            self.line(f"{name} = {total}")

    # Literals

    def visit_literal(self, part: Literal) -> None:
        predicate, terms = part.atom.predicate, self.arguments(part.atom)
        declared, listed = self.fields.get(predicate), self.lists.get(predicate)
        if predicate in Contract.FUNCTIONS:
            self._function(part, terms)
        elif declared is not None:
            self._field(part, declared, terms)
        elif listed is not None:
            self._list(part, listed, terms)
        elif predicate == Contract.ASKED.name:
            self._asked(part, terms)
        elif self.policy.predicates[predicate].of_case:
            self._derived(part, terms)
        else:
            self._constant(part, terms)

    def _derived(self, part: Literal, terms: Sequence[Term]) -> None:
        binding = self.binding(terms)
        if not self.index.answerable(part.atom.predicate, binding):
            self.require("True" if part.negated else "False")
            # the variables that it would have bound are not read any more
            self.bindings |= {term.name: "None" for term in in_mode("f", terms, binding) if isinstance(term, Variable)}
            return
        arguments = ", ".join(["case", *(self.value(term) for term in in_mode("b", terms, binding))])
        call = f"{self.functions.function(Call(part.atom.predicate, binding))}({arguments})"
        self.calls += 1
        if "f" not in binding:
            self.require(f"not {call}" if part.negated else call)
        else:
            self._loop_over(in_mode("f", terms, binding), call)

    def _loop_over(self, terms: Sequence[Term], values: str) -> None:
        """Open a loop that binds the terms, with a condition on each that has a value already."""
        bound = [self.bind(term) for term in terms]
        self.loop(_target([name for name, _ in bound]), values)
        self.pending += [condition for _, condition in bound if condition]

    def _constant(self, part: Literal, terms: Sequence[Term]) -> None:
        predicate = part.atom.predicate
        binding = self.binding(terms)
        if self.looks_up_parameter(predicate, binding) and not part.negated:
            assert isinstance(binding[0], Constant)
            value = self.functions.parameter(self.rule, predicate, str(binding[0].value))
            if self.is_unused(terms[1]):
                return
            if self.is_bound(terms[1]):
                self.require(f"{self.value(terms[1])} == {value}")
            else:
                assert isinstance(terms[1], Variable)
                self.bindings[terms[1].name] = value
            return
        name = self.functions.constant(Call(predicate, binding))
        bound = [self.value(term) for term in in_mode("b", terms, binding)]
        free = in_mode("f", terms, binding)
        if not free:
            test = f"{in_tuple(bound)} in {name}" if bound else name
            self.require(f"not ({test})" if part.negated else test)
        else:
            self._loop_over(free, f"{name}.get({in_tuple(bound)}, ())" if bound else name)

    def _function(self, part: Literal, terms: Sequence[Term]) -> None:
        name = part.atom.predicate
        if part.negated:
            refuse(self.rule, f"{name} 之前不写 `not`", f"no `not` before {name}")
        given = Contract.FUNCTIONS[name]
        call = f"{name}({', '.join(self.value(term) for term in terms[:given])})"
        if len(terms) == given + 1:
            self._match_value(terms[given], call, negated=False)
        else:
            self._loop_over(terms[given:], call)

    def _match_value(self, term: Term, value: str, negated: bool) -> None:
        """Bind a term to a value that may be `None`, or compare the two where the term has a value already."""
        if self.is_unused(term):
            self.require(f"{value} is {'' if negated else 'not '}None")
        elif self.is_bound(term):
            self.require(f"{value} {'!=' if negated else '=='} {self.value(term)}")
        elif value in self.looked_up:
            # an item has one value of a field, and a name is bound to it already
            assert isinstance(term, Variable)
            self.bindings[term.name] = self.looked_up[value]
        else:
            name, _ = self.bind(term)
            self.looked_up[value] = name
            self.require(f"({name} := {value}) is not None")

    def _field(self, part: Literal, declared: Field, terms: Sequence[Term]) -> None:
        table = f"case.{fragment.attribute(declared.predicate)}"
        several = declared.several
        if declared.entity is None:
            if several:
                self._member(terms[0], f"({table} or ())", part.negated)
            else:
                self._match_value(terms[0], table, part.negated)
            return
        item, value = terms
        if self.is_bound(item):
            if not several:
                self._match_value(value, f"{table}.get({self.value(item)})", part.negated)
            else:
                self._member(value, f"{table}.get({self.value(item)}, ())", part.negated)
            return
        if part.negated:
            refuse(
                self.rule, "`not` 之后的 `_` 不能代替对象；请推导一个谓词", "`_` after `not` cannot stand for an item; derive a predicate"
            )
        name, _ = self.bind(item)
        found = self._local("value")
        self.loop(f"{name}, {found}", f"{table}.items()")
        if several:
            self._loop_over([value], found)
        elif self.is_bound(value):
            self.require(f"{found} == {self.value(value)}")
        elif not self.is_unused(value):
            assert isinstance(value, Variable)
            self.bindings[value.name] = found

    def _member(self, value: Term, members: str, negated: bool) -> None:
        """A member of a set: one that is known, any, or each."""
        if self.is_bound(value) or self.is_unused(value):
            test = members if self.is_unused(value) else f"{self.value(value)} in {members}"
            self.require(f"not ({test})" if negated else test)
        else:
            self._loop_over([value], members)

    def _list(self, part: Literal, listed: ItemList, terms: Sequence[Term]) -> None:
        table, holder_of = f"case.{fragment.attribute(listed.predicate)}", f"case.holder_of_{listed.predicate}"
        item = terms[-1]
        if listed.parent is None:
            if self.is_bound(item) or self.is_unused(item):
                test = f"{self.value(item)} in {table}" if self.is_bound(item) else table
                self.require(f"not ({test})" if part.negated else test)
            else:
                self._loop_over([item], table)
            return
        holder = terms[0]
        if self.is_bound(item):
            self._match_value(holder, f"{holder_of}.get({self.value(item)})", part.negated)
        elif self.is_bound(holder):
            inside = f"{table}.get({self.value(holder)}, ())"
            if self.is_unused(item):
                self.require(f"not {inside}" if part.negated else inside)
            else:
                self._loop_over([item], inside)
        elif part.negated:
            self.require(f"not {holder_of}")
        else:
            self._loop_over([item, holder], f"{holder_of}.items()")

    def _asked(self, part: Literal, terms: Sequence[Term]) -> None:
        benefit = constant_of(terms[0], self.constants)
        if benefit is None:
            refuse(self.rule, "asked 须写明权益", "`asked` wants a benefit that is known")
        table = f"case.asked.get({literal(benefit)}, ())"
        if self.is_bound(terms[1]):
            self.require(f"{self.value(terms[1])} {'not in' if part.negated else 'in'} {table}")
        elif self.is_unused(terms[1]):
            self.require(f"not {table}" if part.negated else table)
        else:
            self._loop_over([terms[1]], table)


def literal(constant: Constant) -> str:
    """A constant as Python."""
    value = constant.value
    if value is SUPREMUM:
        return "SUP"
    return repr(str(value)) if isinstance(value, str) else repr(value)


def in_tuple(values: Sequence[str]) -> str:
    """One value by itself, several as a tuple."""
    return values[0] if len(values) == 1 else f"({', '.join(values)})"


def _target(names: Sequence[str]) -> str:
    return ", ".join(names)


def identifier(text: str) -> str:
    """A Python name like the text, in lower case."""
    name = "".join(char if char.isalnum() and char.isascii() else "_" for char in text).lower()
    while "__" in name:
        name = name.replace("__", "_")
    name = name.strip("_") or "value"
    return f"{name}_" if keyword.iskeyword(name) or name[0].isdigit() else name


def distinct(names: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """The names, each with a number behind it where it is taken."""
    found: list[str] = []
    for name in names:
        fresh, number = name, 1
        while fresh in found or fresh in taken:
            number += 1
            fresh = f"{name}_{number}"
        found.append(fresh)
    return found
