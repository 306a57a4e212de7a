"""One rule as the body of a Python function: what each part of a rule becomes.

Conditions are gathered into one `if`, every loop opens a deeper level, and of the parts that can be written next the cheapest
comes first. `case` holds the facts (see `tables`):

| in the rule | in Python |
|---|---|
| a fact of an item | `case.certificate_kind.get(certificate) == 'skill_level'`, or a name for its value |
| an item of a list | `for job in case.employment:` |
| a derived atom | a call, or a loop over what the call yields |
| `not` before either | `not …`, `!=` |
| a reading, a parameter, the annex, what rests on them alone | a constant of the module, worked out once |
| a comparison, arithmetic | itself; `/` and `\\` cut towards zero, and a number that leaves 32 bits is refused |
| `#sum`, `#count` | a set of tuples, then its sum or its size |
| `add_months`, `calendar_year` | a call |
| `#sup` | `SUP`, a number above all others |
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tiaoli.compiled import fragment
from tiaoli.compiled.fragment import constant_of, refuse
from tiaoli.compiled.join_order import Call, Planner, Way, Words
from tiaoli.policy import Field, ItemList
from tiaoli.rules import SUPREMUM, Aggregate, Comparison, Constant, Literal, Rule, Term, Variable

RESERVED = frozenset(
    (
        *("case", "set", "len", "sum", "any", "tuple", "weight", "key", "found"),
        *("exact", "quotient", "remainder", "grouped", "months_after", "year_of"),
    )
)
"""What generated text uses itself: no name for a variable."""


class Functions(Words, Protocol):
    """Where the names of what a rule calls come from."""

    def possible(self, predicate: str, way: Way) -> bool:
        """Whether some fact or rule can speak of what is asked."""

    def function(self, call: Call) -> str:
        """The name of the function that answers a call."""

    def constant(self, call: Call) -> str:
        """The name of the constant that answers a call which no case bears on."""

    def parameter(self, rule: Rule, unit: str, name: str) -> str:
        """The name of the constant that holds a parameter."""


class RuleWriter(Planner):
    """Writes one rule, whose variables in `known` stand for constants."""

    def __init__(self, functions: Functions, rule: Rule, known: Mapping[str, Constant]) -> None:
        super().__init__(functions, rule, known)
        self.functions = functions
        self.names = {name: literal(constant) for name, constant in known.items()}
        self.lines: list[str] = []
        self.depth = 1
        self.pending: list[str] = []
        self.loops, self.calls, self.sums = False, 0, 0
        # the names of values that were looked up, by the text that looks them up; and names that are taken
        self.seen: dict[str, str] = {}
        self.taken: set[str] = set()

    def rule(self, way: Way, parameters: Sequence[str]) -> list[str]:
        """The lines of the whole rule."""
        head = self.of.head.terms[1:] if self.policy.predicates[self.of.head.predicate].of_case else self.of.head.terms
        self.taken = {*RESERVED, *parameters}
        given = iter(parameters)
        late: list[tuple[Term, str]] = []
        for term, mode in zip(head, way, strict=True):
            if isinstance(mode, Constant):
                if not isinstance(term, (Constant, Variable)):
                    late.append((term, literal(mode)))
            elif mode == "b":
                name = next(given)
                if isinstance(term, Variable) and term.name not in self.names:
                    self.names[term.name] = name
                elif isinstance(term, (Constant, Variable)):
                    self.need(f"{name} == {self.value(term)}")
                else:
                    late.append((term, name))
        self.body(self.of.body)
        for term, name in late:
            self.need(f"{name} == {self.value(term)}")
        wanted = [self.value(term) for term, mode in zip(head, way, strict=True) if mode == "f"]
        self.line(f"yield {in_tuple(wanted)}" if wanted else "return True")
        return self.lines

    # Lines

    def need(self, condition: str) -> None:
        self.pending.append(condition)

    def line(self, text: str) -> None:
        if self.pending:
            self.lines.append(f"{'    ' * self.depth}if {' and '.join(self.pending)}:")
            self.pending = []
            self.depth += 1
        self.lines.append("    " * self.depth + text)

    def loop(self, names: str, values: str) -> None:
        self.line(f"for {names} in {values}:")
        self.depth += 1
        self.loops = True

    # Terms

    def value(self, term: Term) -> str:
        """A term as Python."""
        if isinstance(term, Variable):
            return str(self.names[term.name])
        if isinstance(term, Constant):
            return literal(term)
        values = [self.value(argument) for argument in term.arguments]
        if len(values) == 1:
            return f"exact(-{values[0]})"
        if term.operator in ("/", "\\"):
            return f"{'quotient' if term.operator == '/' else 'remainder'}({', '.join(values)})"
        return f"exact({values[0]} {term.operator} {values[1]})"

    def bind(self, term: Term) -> tuple[str, str | None]:
        """A name for a value that is found, and the condition on it where the term has a value already."""
        if self.idle(term):
            return "_", None
        if not self.is_known(term):
            assert isinstance(term, Variable)
            self.names[term.name] = self._local(term.name)
            return self.names[term.name], None
        name = self._local("other")
        return name, f"{name} == {self.value(term)}"

    def _local(self, variable: str) -> str:
        return distinct([identifier(variable)], {*self.taken, *self.names.values()})[0]

    # Comparisons and aggregates

    def comparison(self, part: Comparison) -> None:
        operator = "==" if part.operator == "=" else part.operator
        if self.is_known(part.left) and self.is_known(part.right):
            self.need(f"{self.value(part.left)} {operator} {self.value(part.right)}")
            return
        one, other = (part.left, part.right) if self.is_known(part.right) else (part.right, part.left)
        value = self.value(other)
        name, _ = self.bind(one)
        self.line(f"{name} = {value}")

    def aggregate(self, part: Aggregate) -> None:
        self.sums += 1
        found = f"found_{self.sums}"
        self.line(f"{found} = set()")
        for element in part.elements:
            before = self.depth, dict(self.names), dict(self.seen)
            self.body(element.condition)
            self.line(f"{found}.add(({', '.join(self.value(term) for term in element.terms)},))")
            self.depth, self.names, self.seen = before
        self.loops = True
        total = f"len({found})" if part.function == "count" else f"exact(sum(weight for weight, *_ in {found}))"
        if self.is_known(part.bound):
            operator = "==" if part.operator == "=" else part.operator
            self.need(f"{total} {operator} {self.value(part.bound)}")
        else:
            name, _ = self.bind(part.bound)
            self.line(f"{name} = {total}")

    # Literals

    def atom(self, part: Literal) -> None:
        predicate, terms = part.atom.predicate, self.terms(part.atom)
        declared, listed = self.fields.get(predicate), self.lists.get(predicate)
        if predicate in fragment.CALENDAR:
            self._calendar(part, terms)
        elif declared is not None:
            self._field(part, declared, terms)
        elif listed is not None:
            self._list(part, listed, terms)
        elif predicate == "asked":
            self._asked(part, terms)
        elif self.policy.predicates[predicate].of_case:
            self._derived(part, terms)
        else:
            self._constant(part, terms)

    def _derived(self, part: Literal, terms: Sequence[Term]) -> None:
        way = tuple(self.mode(term) for term in terms)
        if not self.functions.possible(part.atom.predicate, way):
            self.need("True" if part.negated else "False")
            # what it would have named is looked at no more
            self.names |= {term.name: "None" for term, mode in zip(terms, way, strict=True) if mode == "f" and isinstance(term, Variable)}
            return
        arguments = ", ".join(["case", *(self.value(term) for term, mode in zip(terms, way, strict=True) if mode == "b")])
        call = f"{self.functions.function(Call(part.atom.predicate, way))}({arguments})"
        self.calls += 1
        if "f" not in way:
            self.need(f"not {call}" if part.negated else call)
        else:
            self._each([term for term, mode in zip(terms, way, strict=True) if mode == "f"], call)

    def _each(self, terms: Sequence[Term], values: str) -> None:
        """A loop that binds the terms, and the conditions on those that stand twice."""
        bound = [self.bind(term) for term in terms]
        self.loop(_target([name for name, _ in bound]), values)
        self.pending += [condition for _, condition in bound if condition]

    def _constant(self, part: Literal, terms: Sequence[Term]) -> None:
        predicate = part.atom.predicate
        way = tuple(self.mode(term) for term in terms)
        if self.is_parameter(predicate, way) and not part.negated:
            assert isinstance(way[0], Constant)
            value = self.functions.parameter(self.of, predicate, str(way[0].value))
            if self.idle(terms[1]):
                return
            if self.is_known(terms[1]):
                self.need(f"{self.value(terms[1])} == {value}")
            else:
                assert isinstance(terms[1], Variable)
                self.names[terms[1].name] = value
            return
        name = self.functions.constant(Call(predicate, way))
        known = [self.value(term) for term, mode in zip(terms, way, strict=True) if mode == "b"]
        wanted = [term for term, mode in zip(terms, way, strict=True) if mode == "f"]
        if not wanted:
            test = f"{in_tuple(known)} in {name}" if known else name
            self.need(f"not ({test})" if part.negated else test)
        else:
            self._each(wanted, f"{name}.get({in_tuple(known)}, ())" if known else name)

    def _calendar(self, part: Literal, terms: Sequence[Term]) -> None:
        if part.negated:
            refuse(self.of, "日历谓词之前不写 `not`", "no `not` before a predicate of the calendar")
        if part.atom.predicate == "calendar_year":
            day, *ends = terms
            self._each(ends, f"year_of({self.value(day)})")
        else:
            self._found(terms[2], f"months_after({self.value(terms[0])}, {self.value(terms[1])})", negated=False)

    def _found(self, term: Term, value: str, negated: bool) -> None:
        """A value that may be there, named by the term; or that is the term's."""
        if self.idle(term):
            self.need(f"{value} is {'' if negated else 'not '}None")
        elif self.is_known(term):
            self.need(f"{value} {'!=' if negated else '=='} {self.value(term)}")
        elif value in self.seen:
            # one item has one value of a field, and it has a name already
            assert isinstance(term, Variable)
            self.names[term.name] = self.seen[value]
        else:
            name, _ = self.bind(term)
            self.seen[value] = name
            self.need(f"({name} := {value}) is not None")

    def _field(self, part: Literal, declared: Field, terms: Sequence[Term]) -> None:
        table = f"case.{fragment.attribute(declared.predicate)}"
        if declared.entity is None:
            self._found(terms[0], table, part.negated)
            return
        item, value = terms
        several = declared.type.startswith("set:")
        if self.is_known(item):
            if not several:
                self._found(value, f"{table}.get({self.value(item)})", part.negated)
            elif self.is_known(value) or self.idle(value):
                members = f"{table}.get({self.value(item)}, ())"
                test = members if self.idle(value) else f"{self.value(value)} in {members}"
                self.need(f"not {test}" if part.negated and self.idle(value) else f"not ({test})" if part.negated else test)
            else:
                self._each([value], f"{table}.get({self.value(item)}, ())")
            return
        if part.negated:
            refuse(self.of, "`not` 之后的 `_` 不能代替对象；请推导一个谓词", "`_` after `not` cannot stand for an item; derive a predicate")
        name, _ = self.bind(item)
        found = self._local("value")
        self.loop(f"{name}, {found}", f"{table}.items()")
        if several:
            self._each([value], found)
        elif self.is_known(value):
            self.need(f"{found} == {self.value(value)}")
        elif not self.idle(value):
            assert isinstance(value, Variable)
            self.names[value.name] = found

    def _list(self, part: Literal, listed: ItemList, terms: Sequence[Term]) -> None:
        table, holder_of = f"case.{fragment.attribute(listed.predicate)}", f"case.holder_of_{listed.predicate}"
        item = terms[-1]
        if listed.parent is None:
            if self.is_known(item) or self.idle(item):
                test = f"{self.value(item)} in {table}" if self.is_known(item) else table
                self.need(f"not ({test})" if part.negated else test)
            else:
                self._each([item], table)
            return
        holder = terms[0]
        if self.is_known(item):
            self._found(holder, f"{holder_of}.get({self.value(item)})", part.negated)
        elif self.is_known(holder):
            inside = f"{table}.get({self.value(holder)}, ())"
            if self.idle(item):
                self.need(f"not {inside}" if part.negated else inside)
            else:
                self._each([item], inside)
        elif part.negated:
            self.need(f"not {holder_of}")
        else:
            self._each([item, holder], f"{holder_of}.items()")

    def _asked(self, part: Literal, terms: Sequence[Term]) -> None:
        benefit = constant_of(terms[0], self.known)
        if benefit is None:
            refuse(self.of, "asked 须写明权益", "`asked` wants a benefit that is known")
        table = f"case.asked.get({literal(benefit)}, ())"
        if self.is_known(terms[1]):
            self.need(f"{self.value(terms[1])} {'not in' if part.negated else 'in'} {table}")
        elif self.idle(terms[1]):
            self.need(f"not {table}" if part.negated else table)
        else:
            self._each([terms[1]], table)


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
