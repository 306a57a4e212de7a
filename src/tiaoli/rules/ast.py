"""The rules as plain data: what `clingo.ast` says of a rule of the dialect, copied once into small frozen types.

Everything that looks at rules (the dialect check, the search for critical values) works on these and never on
clingo's own objects, whose attributes are slow to read. The dialect: rules with one head atom; a body of atoms,
negated atoms, comparisons and `#sum`/`#count` aggregates; terms that are variables, constants, text, numbers, `#sup`,
or arithmetic of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tiaoli.rules.atoms import SUPREMUM, Name, Value


@dataclass(frozen=True, slots=True)
class Variable:
    name: str

    @property
    def anonymous(self) -> bool:
        return self.name == "_"


@dataclass(frozen=True, slots=True)
class Constant:
    value: Value


@dataclass(frozen=True, slots=True)
class Operation:
    """Arithmetic: `operator` is one of + - * / \\; a unary minus has one argument."""

    operator: str
    arguments: tuple[Term, ...]


Term = Variable | Constant | Operation


@dataclass(frozen=True, slots=True)
class Atom:
    predicate: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    atom: Atom
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`; `=` may bind a variable."""

    left: Term
    operator: str
    right: Term


@dataclass(frozen=True, slots=True)
class Element:
    terms: tuple[Term, ...]
    condition: tuple[Literal | Comparison, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`#function { elements } operator bound`, with `operator` as it reads from left to right; `=` may bind the
    bound."""

    function: str
    elements: tuple[Element, ...]
    operator: str
    bound: Term


BodyPart = Literal | Comparison | Aggregate


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, where it stands, the sentences it encodes (`method` where it encodes none), and its text as clingo writes it."""

    file: str
    line: int
    sentences: tuple[str, ...]
    head: Atom
    body: tuple[BodyPart, ...]
    text: str

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    def literals(self) -> Iterator[Literal]:
        """Every atom of the body, those inside aggregates too."""
        for part in self.body:
            if isinstance(part, Literal):
                yield part
            elif isinstance(part, Aggregate):
                for element in part.elements:
                    yield from (inner for inner in element.condition if isinstance(inner, Literal))

    def comparisons(self) -> Iterator[Comparison]:
        """Every comparison of the body, those inside aggregates too."""
        for part in self.body:
            if isinstance(part, Comparison):
                yield part
            elif isinstance(part, Aggregate):
                for element in part.elements:
                    yield from (inner for inner in element.condition if isinstance(inner, Comparison))


@dataclass(frozen=True, slots=True)
class Quote:
    """A `%@` line: the sentence that the rules below it encode, with its words."""

    file: str
    line: int
    sentence: str
    text: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """A `#defined` or `#show` line."""

    file: str
    line: int
    kind: str
    predicate: str
    arity: int


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that a folder of rules says."""

    rules: tuple[Rule, ...]
    quotes: tuple[Quote, ...]
    declarations: tuple[Declaration, ...]


def dependencies(program: Program) -> Mapping[str, set[str]]:
    """For each derived predicate, the predicates that its rules rest on."""
    graph: dict[str, set[str]] = defaultdict(set)
    for rule in program.rules:
        graph[rule.head.predicate] |= {literal.atom.predicate for literal in rule.literals()}
    return graph


def variables(term: Term) -> Iterator[Variable]:
    """Every variable in a term."""
    if isinstance(term, Variable):
        yield term
    elif isinstance(term, Operation):
        for argument in term.arguments:
            yield from variables(argument)


def variables_of(part: BodyPart) -> Iterator[Variable]:
    """The variables of a part that the rest of its rule can see: of an aggregate those of the bound."""
    if isinstance(part, Literal):
        for term in part.atom.terms:
            yield from variables(term)
    elif isinstance(part, Comparison):
        yield from variables(part.left)
        yield from variables(part.right)
    else:
        yield from variables(part.bound)


def variables_in(element: Element) -> Iterator[Variable]:
    """Every variable in an element of an aggregate."""
    for term in element.terms:
        yield from variables(term)
    for part in element.condition:
        yield from variables_of(part)


def shared_variables(rule: Rule, aggregate: Aggregate) -> set[str]:
    """The names of variables that stand in the elements of an aggregate of a rule and outside it as well."""
    inside = {variable.name for element in aggregate.elements for variable in variables_in(element) if not variable.anonymous}
    outside = {variable.name for term in rule.head.terms for variable in variables(term)}
    outside |= {variable.name for part in rule.body if part is not aggregate for variable in variables_of(part)}
    return inside & outside


def written(part: Term | Atom | BodyPart | Element) -> str:
    """A part of a rule as it is written in a rule file."""
    if isinstance(part, Variable):
        return part.name
    if isinstance(part, Constant):
        value = part.value
        if value is SUPREMUM:
            return "#sup"
        return str(value) if isinstance(value, (int, Name)) else f'"{value}"'
    if isinstance(part, Operation):
        inner = [written(argument) for argument in part.arguments]
        return f"({part.operator}{inner[0]})" if len(inner) == 1 else f"({inner[0]} {part.operator} {inner[1]})"
    if isinstance(part, Atom):
        return f"{part.predicate}({', '.join(map(written, part.terms))})" if part.terms else part.predicate
    if isinstance(part, Literal):
        return f"not {written(part.atom)}" if part.negated else written(part.atom)
    if isinstance(part, Comparison):
        return f"{written(part.left)} {part.operator} {written(part.right)}"
    if isinstance(part, Element):
        return f"{', '.join(map(written, part.terms))} : {', '.join(map(written, part.condition))}"
    return f"#{part.function} {{ {' ; '.join(map(written, part.elements))} }} {part.operator} {written(part.bound)}"
