"""Where the values of a rule's variables come from: facts of a case, numbers that stand in the policy, or what rules reckon.

What rules reckon out of the policy's numbers alone is a number that stands in the policy too. Everything else that is reckoned has the
origin `None`: its values are not known before there is a case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from tiaoli.encoding.critical_points import Shift
from tiaoli.policy import Code, Policy
from tiaoli.rules import Aggregate, Comparison, Constant, Contract, Literal, Operation, Rule, Term, Variable, computed, rounded, variables

_MOST_VALUES = 1 << 10
"""How many values a term may have that is reckoned out of the policy's numbers."""


class Span(NamedTuple):
    """What a function counts between two days; `given` is what stands beside them."""

    function: str
    first: Origin
    last: Origin
    given: tuple[str, ...] = ()

    def day_of(self, number: int) -> Origin:
        """The first day by which so many are counted, seen from the first of the two."""
        counted = _COUNTED[self.function]
        return self.first._replace(shifts=(*self.first.shifts, Shift(counted, (number, *self.given))))


_COUNTED = {
    Contract.DAYS_BETWEEN.name: Contract.ADD_DAYS.name,
    Contract.MONTHS_BETWEEN.name: Contract.ADD_MONTHS.name,
    Contract.YEARS_BETWEEN.name: Contract.ADD_YEARS.name,
    Contract.AGE.name: Contract.BIRTHDAY.name,
}


class Origin(NamedTuple):
    """Where a variable's value comes from: a field, or a value, what is counted between two days, or `None` for what is reckoned; shifts
    on the way; and the entity it belongs to.

    Inside a rule `entity` is the entity's variable; between rules it is its position among the arguments. `None`: not
    known any more.
    """

    source: str | int | Span | None
    shifts: tuple[Shift, ...]
    entity: str | int | None

    def of(self, entity: Callable[[str | int | None], str | int | None]) -> Origin:
        """The same with the entities called otherwise."""
        source = self.source
        if isinstance(source, Span):
            source = source._replace(first=source.first.of(entity), last=source.last.of(entity))
        return Origin(source, self.shifts, entity(self.entity))


RECKONED = Origin(None, (), None)
"""The origin of what a rule reckons."""

Found = Mapping[str, set[Origin]]
"""The origins of a rule's variables."""


def number(value: int) -> Origin:
    """The origin of a number that stands in the policy."""
    return Origin(value, (), None)


def origins_of(term: Term, found: Found) -> set[Origin]:
    """The origins of a term; nothing for what is no number."""
    if isinstance(term, Variable):
        return set(found.get(term.name, ()))
    if isinstance(term, Constant):
        return {number(term.value)} if isinstance(term.value, int) else set()
    names = list(dict.fromkeys(variable.name for variable in variables(term)))
    values = [[origin.source for origin in found.get(name, ())] for name in names]
    combinations = 1
    for options in values:
        combinations *= len(options)
    plain = all(isinstance(value, int) for options in values for value in options)
    if not combinations or combinations > _MOST_VALUES or not plain:
        return {RECKONED}
    return {number(value) for combination in product(*values) for value in _value(term, dict(zip(names, combination, strict=True)))}


def _value(term: Term, values: Mapping[str, object]) -> Iterator[int]:
    """The value of a term; nothing where it has none."""
    if isinstance(term, Operation):
        parts = [value for argument in term.arguments for value in _value(argument, values)]
        if len(parts) == len(term.arguments) and not (term.operator in ("/", "\\") and parts[1] == 0):
            yield computed(term.operator, parts)
    else:
        value = values[term.name] if isinstance(term, Variable) else term.value
        assert isinstance(value, int)
        yield value


def bindings(rule: Rule, given: Iterable[str]) -> Iterator[tuple[str, Term]]:
    """The variables that comparisons of a rule give their values, each with its term; `given` are those that atoms give."""
    names = set(given)
    for part in rule.comparisons():
        for one, other in ((part.left, part.right), (part.right, part.left)):
            if part.operator == "=" and isinstance(one, Variable) and one.name not in names:
                yield one.name, other


def totals(rule: Rule, given: Iterable[str]) -> Iterator[tuple[str, Aggregate]]:
    """The variables that aggregates of a rule give their values."""
    names = set(given)
    for part in rule.body:
        if isinstance(part, Aggregate) and part.operator == "=" and isinstance(part.bound, Variable) and part.bound.name not in names:
            yield part.bound.name, part


def tests(rule: Rule, given: Iterable[str]) -> Iterator[Comparison]:
    """The comparisons of a rule that give no variable its value."""
    names = set(given)
    for part in rule.comparisons():
        sides = (part.left, part.right)
        if part.operator != "=" or not any(isinstance(side, Variable) and side.name not in names for side in sides):
            yield part


def reach(rule: Rule, given: Iterable[str], found: dict[str, set[Origin]], known: Callable[[], None]) -> None:
    """Follow values through a rule's bindings, whatever the order they are written in; `known` follows them further."""
    names = set(given)
    for _ in (None, *rule.body):
        for name, term in bindings(rule, names):
            # what a later part gives its value is waited for
            if all(found[variable.name] for variable in variables(term)):
                found[name] |= origins_of(term, found)
        for name, _total in totals(rule, names):
            found[name].add(RECKONED)
        known()
    for name, term in bindings(rule, names):
        if isinstance(term, Operation):
            found[name] |= origins_of(term, found)
    known()


# Functions

CHOICES = frozenset({Contract.LEAST.name, Contract.GREATEST.name})
"""The functions that give one of two values: what is compared with it is compared with both."""

SPANS = frozenset({item.name for item in (Contract.DAYS_BETWEEN, Contract.MONTHS_BETWEEN, Contract.YEARS_BETWEEN, Contract.AGE)})
"""The functions that count between two days."""


def function_results(literal: Literal, found: Found) -> Iterator[tuple[Term, Origin]]:
    """The results of a function, each with its origin."""
    name, terms = literal.atom.predicate, literal.atom.terms
    if name in CHOICES:
        yield from ((terms[2], origin) for term in terms[:2] for origin in origins_of(term, found))
        return
    if name == Contract.ROUNDED.name:
        yield from ((terms[3], origin) for origin in _rounded(terms, found))
        return
    days = [origin for origin in origins_of(terms[0], found) if isinstance(origin.source, (int, str))]
    if name in SPANS:
        words = tuple(str(term.value) for term in terms[2:3] if len(terms) > 3 and isinstance(term, Constant))
        for first, last in product(days, origins_of(terms[1], found)):
            if isinstance(last.source, (int, str)):
                yield terms[-1], Origin(Span(name, first, last, words), (), None)
    elif Contract.FUNCTIONS[name] == 1:
        for place, term in enumerate(terms[1:]):
            yield from ((term, origin._replace(shifts=(*origin.shifts, Shift(name, (), place)))) for origin in days)
    else:
        for origin, length in product(days, origins_of(terms[1], found)):
            words = tuple(str(term.value) for term in terms[2:-1] if isinstance(term, Constant))
            if isinstance(length.source, int):
                yield terms[-1], origin._replace(shifts=(*origin.shifts, Shift(name, (length.source, *words))))
            elif isinstance(length.source, str):
                yield terms[-1], origin._replace(shifts=(*origin.shifts, Shift(name, words, length=length.source)))


def _rounded(terms: Sequence[Term], found: Found) -> Iterator[Origin]:
    """What a fraction is rounded to: a number that stands in the policy where both its parts do."""
    if not all(found.get(variable.name) for term in terms[1:3] for variable in variables(term)):
        return
    word = str(terms[0].value) if isinstance(terms[0], Constant) else ""
    for one, other in product(origins_of(terms[1], found), origins_of(terms[2], found)):
        known = isinstance(one.source, int) and isinstance(other.source, int) and other.source and word in Contract.WORDS["rounding"]
        yield number(rounded(word, one.source, other.source)) if known else RECKONED  # type: ignore[arg-type]  # both are numbers


# Codes of cases


def compared_codes(policy: Policy, rules: Sequence[Rule]) -> frozenset[str]:
    """The kinds of codes, by name, of which rules may compare two of one case.

    Codes that are only looked up in tables are all alike where no table names them, and one stands for all. Where a rule holds two of them
    against one another, or counts them, an unknown one may be the other or a third. A kind too many costs time and no answer.
    """
    carried: dict[tuple[str, int], set[str]] = defaultdict(set)
    for declared in policy.fields.values():
        if isinstance(declared.type, Code):
            carried[declared.predicate, 2 if declared.entity else 1].add(declared.type.code.name)
    grown = bool(carried)
    while grown:
        grown = False
        for rule in rules:
            kinds = _kinds(rule, carried)
            for position, term in enumerate(rule.head.terms):
                new = (
                    kinds[term.name] - carried[rule.head.predicate, position] if isinstance(term, Variable) and term.name in kinds else None
                )
                if new:
                    carried[rule.head.predicate, position] |= new
                    grown = True
    return frozenset().union(*(_compared(rule, carried) for rule in rules)) if carried else frozenset()


def _kinds(rule: Rule, carried: Mapping[tuple[str, int], set[str]]) -> dict[str, set[str]]:
    """The variables of a rule that stand for codes of a case, each with their kinds."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, kinds in _places(rule, carried):
        found[name] |= kinds
    # what is said to be equal to a code is one
    for comparison in rule.comparisons():
        names = [side.name for side in (comparison.left, comparison.right) if isinstance(side, Variable)]
        if len(names) == 2 and comparison.operator == "=" and any(name in found for name in names):
            both = found[names[0]] | found[names[1]]
            found[names[0]], found[names[1]] = both, both
    return found


def _places(rule: Rule, carried: Mapping[tuple[str, int], set[str]]) -> Iterator[tuple[str, set[str]]]:
    """Where codes of a case stand in the atoms of a body: the variable and their kinds."""
    for literal in rule.literals():
        for position, term in enumerate(literal.atom.terms):
            kinds = carried.get((literal.atom.predicate, position))
            if kinds and isinstance(term, Variable) and not term.anonymous:
                yield term.name, kinds


def _compared(rule: Rule, carried: Mapping[tuple[str, int], set[str]]) -> set[str]:
    """The kinds of codes that a rule compares: one variable in two places, two in a comparison, or those that are counted."""
    kinds, times = _kinds(rule, carried), Counter(name for name, _ in _places(rule, carried))
    names = {name for name, number in times.items() if number > 1}
    for comparison in rule.comparisons():
        sides = [side for side in (comparison.left, comparison.right) if isinstance(side, Variable | Operation)]
        if len(sides) == 2:
            names |= {side.name for side in sides if isinstance(side, Variable)}
    for part in rule.body:
        if isinstance(part, Aggregate):
            names |= {term.name for element in part.elements for term in element.terms if isinstance(term, Variable)}
    return set().union(*(kinds[name] for name in names if name in kinds))
