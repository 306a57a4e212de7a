"""The check of the numbers in a property: each is compared with its own kind, and written as a value of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tiaoli.base import FIRST_DAY, LAST_DAY, Problem, Statement, to_date
from tiaoli.encoding import UNTYPED
from tiaoli.policy import Policy
from tiaoli.rules import Aggregate, Atom, Comparison, Constant, Literal, Operation, Program, Rule, Term, Variable, variables

_DAY = "day"


def number_problems(policy: Policy, program: Program) -> list[Problem]:
    """Every number in some rules that is not of the kind it stands for; their atoms are declared as they are written."""
    found = _NumberCheck(policy)
    for rule in program.rules:
        found.check(rule)
    return found.problems


class _NumberCheck:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.largest = {unit.type: unit.most for unit in policy.units.values() if unit.most}
        self.problems: list[Problem] = []

    def refuse(self, where: str, zh: str, en: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(where, Statement(zh, en), "rule-number-kind"))

    def check(self, rule: Rule) -> None:
        """Check the numbers that a rule holds, compares and works out."""
        kinds = {term.name: kind for atom in _atoms(rule) for kind, term in self._typed(atom) if isinstance(term, Variable)}
        for atom in _atoms(rule):
            for kind, term in self._typed(atom):
                self._fits(rule, kind, term)
        for comparison in rule.comparisons():
            self._comparison(rule, comparison, kinds)
        for part in rule.body:
            if isinstance(part, Aggregate) and self._kind(part.bound, kinds) == _DAY:
                self._days(rule)
        for term in _terms(rule):
            if isinstance(term, Operation) and any(kinds.get(variable.name) == _DAY for variable in variables(term)):
                self._days(rule)

    def _typed(self, atom: Atom) -> Iterator[tuple[str, Term]]:
        for (_, kind), term in zip(self.policy.predicates[atom.predicate].arguments, atom.terms, strict=True):
            yield kind, term

    def _kind(self, term: Term, kinds: Mapping[str, str]) -> str | None:
        return kinds.get(term.name) if isinstance(term, Variable) else None

    def _comparison(self, rule: Rule, comparison: Comparison, kinds: Mapping[str, str]) -> None:
        sides = (comparison.left, comparison.right)
        for side, other in (sides, sides[::-1]):
            kind = self._kind(other, kinds)
            if kind is None or kind == UNTYPED:
                continue
            if isinstance(side, Variable) and side.name not in kinds:
                if kind == _DAY and comparison.operator != "=":
                    self._days(rule)
            elif not isinstance(side, Variable):
                self._fits(rule, kind, side)

    def _fits(self, rule: Rule, kind: str, term: Term) -> None:
        """Check that what is written in the place of a number is one of its kind."""
        if isinstance(term, Operation) and kind == _DAY:
            self._days(rule)
        elif isinstance(term, Constant) and isinstance(term.value, int) and kind in self.largest:
            number = term.value
            if kind == _DAY and not _is_day(number):
                self.refuse(
                    rule.where,
                    f"{number} 不是日期；日期写作 20250301",
                    f"{number} is no day; a day is written 20250301",
                )
            elif not 0 <= number <= self.largest[kind]:
                self.refuse(
                    rule.where,
                    f"{number} 超出 {kind} 的取值（0 至 {self.largest[kind]}）",
                    f"{number} is no {kind}, which is a number from 0 to {self.largest[kind]}",
                )

    def _days(self, rule: Rule) -> None:
        self.refuse(
            rule.where,
            "日期只与日期比较，不作算术运算；推算日期请用 add_months",
            "a day is compared with a day, and not after arithmetic; add_months gives the day so many months on",
        )


def _is_day(number: int) -> bool:
    try:
        to_date(number)
    except ValueError:
        return False
    return FIRST_DAY <= number <= LAST_DAY


def _atoms(rule: Rule) -> Iterator[Atom]:
    yield rule.head
    yield from (literal.atom for literal in rule.literals())


def _terms(rule: Rule) -> Iterator[Term]:
    """Every term of a rule that may be arithmetic."""
    yield from rule.head.terms
    for part in rule.body:
        if isinstance(part, Literal):
            yield from part.atom.terms
        elif isinstance(part, Aggregate):
            for element in part.elements:
                yield from element.terms
    for comparison in rule.comparisons():
        yield from (comparison.left, comparison.right)
