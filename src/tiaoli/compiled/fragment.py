"""The fragment of the rules that the compiler takes: what falls outside is refused with file, line and cure.

The dialect check has seen every rule already. What is left to refuse is what plain Python would answer otherwise than
clingo: an order of values that are no numbers, arithmetic on a day (which may be `#sup`), words and texts in one place.
"""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NoReturn

from tiaoli.base import Problem, Statement, shown
from tiaoli.policy import DECIMAL_TYPES, Policy
from tiaoli.rules import Aggregate, Atom, Comparison, Constant, Contract, Operation, Rule, Term, Variable, variables

_SUPPLIED = frozenset({Contract.ASKED.name, Contract.READING.name, *Contract.FUNCTIONS})
"""The predicates whose atoms the engine supplies, beside those of parameters and tables."""

OWN_NAMES = frozenset({"id", "today", "items", "asked", "assumed", "unknown", "memo", "size"})
"""What the facts of a case bear beside their predicates."""


class OutsideError(Exception):
    """A rule outside the fragment. Whoever catches it lets clingo decide instead."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.say("en"))
        self.problem = problem


def refuse(rule: Rule, zh: str, en: str) -> NoReturn:
    """Raise `OutsideError` at a rule."""
    raise OutsideError(Problem(rule.where, Statement(zh, en)))


def is_supplied(policy: Policy, predicate: str) -> bool:
    """Whether the engine supplies the atoms of a predicate."""
    return predicate in _SUPPLIED or predicate in policy.units or predicate in policy.table_of


def attribute(predicate: str) -> str:
    """The name under which compiled rules find the facts of a predicate."""
    return f"{predicate}_" if keyword.iskeyword(predicate) or predicate in OWN_NAMES else predicate


def singletons(rule: Rule) -> frozenset[str]:
    """The singleton variables of a rule, which stand in it only once: they ask for no more than `_` does."""
    seen = Counter(variable.name for term in terms_of(rule) for variable in variables(term))
    return frozenset(name for name, number in seen.items() if number == 1)


def check(policy: Policy, rule: Rule) -> None:
    """Raise `OutsideError` where plain Python would read a rule otherwise than clingo."""
    types = _types(policy, rule)
    case = next((atom.terms[0] for atom in _atoms(rule) if policy.predicates[atom.predicate].of_case), None)
    if case is not None and not policy.predicates[rule.head.predicate].of_case:
        refuse(rule, "头部须带案件，因为规则体谈到案件", "the head wants the case as its first argument, for the body speaks of one")
    for atom in _atoms(rule):
        declared = policy.predicates[atom.predicate]
        if declared.source == "engine" and not is_supplied(policy, atom.predicate):
            refuse(
                rule, f"编译器不认识引擎谓词 {shown(atom.predicate)}", f"the compiler does not know how to supply {shown(atom.predicate)}"
            )
    for literal in rule.literals():
        if any(isinstance(term, Operation) for term in literal.atom.terms[Contract.FUNCTIONS.get(literal.atom.predicate, 0) :]):
            refuse(rule, "规则体的参数中不写算式；请先用 `X = …`", "no arithmetic inside a body atom; write `X = …` before it")
    if case is not None and any(variable == case for term in _terms_but_the_case(policy, rule) for variable in variables(term)):
        refuse(rule, "案件只能作第一个参数", "the case may only be a first argument")
    for term in terms_of(rule):
        _check_arithmetic(rule, term, types)
    for comparison in rule.comparisons():
        _check_comparison(rule, comparison, types)
    for part in rule.body:
        if isinstance(part, Aggregate):
            _check_aggregate(rule, part, types)


def _check_arithmetic(rule: Rule, term: Term, types: Mapping[str, str]) -> None:
    if isinstance(term, Operation):
        for argument in term.arguments:
            if _kind(argument, types) != "number":
                refuse(rule, "算式中只能有数，不能有日期或文字", "only numbers enter arithmetic: no day, word or text")
            _check_arithmetic(rule, argument, types)


def _check_comparison(rule: Rule, comparison: Comparison, types: Mapping[str, str]) -> None:
    left, right = (_family(_kind(term, types)) for term in (comparison.left, comparison.right))
    if left != right:
        refuse(rule, "比较的两边须同类", "the two sides of a comparison must be of one kind")
    if comparison.operator not in ("=", "!=") and left != "number":
        refuse(rule, "只有数和日期可比大小", "only numbers and days have an order here")


def _check_aggregate(rule: Rule, part: Aggregate, types: Mapping[str, str]) -> None:
    if any(not element.terms for element in part.elements):
        refuse(rule, "聚合的元组不能为空", "an element of an aggregate wants a term")
    if part.function == "sum" and any(_kind(element.terms[0], types) != "number" for element in part.elements):
        refuse(rule, "#sum 的权须为数", "the weight of a #sum must be a number")
    if _kind(part.bound, types) != "number":
        refuse(rule, "聚合的界须为数", "the bound of an aggregate must be a number")
    longest = max(len(element.terms) for element in part.elements)
    for position in range(longest):
        kinds = {_kind(element.terms[position], types) for element in part.elements if position < len(element.terms)}
        if {"name", "text"} <= kinds:
            refuse(rule, "聚合元组同一位置上混用词和文字", "words and texts stand in one place of the tuples of an aggregate")


def _types(policy: Policy, rule: Rule) -> dict[str, str]:
    """The kind of every variable: that of the arguments it fills; of a sum or a number where it is set to one."""
    types: dict[str, str] = {}
    for atom in _atoms(rule):
        for (_, kind), term in zip(policy.predicates[atom.predicate].arguments, atom.terms, strict=True):
            if isinstance(term, Variable) and types.get(term.name) != "day" and kind != "value":
                types[term.name] = _kind_of_type(policy, kind)
    for part in rule.body:
        if isinstance(part, Aggregate) and isinstance(part.bound, Variable):
            types.setdefault(part.bound.name, "number")
    for _ in rule.body:
        for literal in rule.literals():
            if literal.atom.predicate in (Contract.LEAST.name, Contract.GREATEST.name):
                # one of two days is a day, one of two numbers a number
                kinds = [kind for term in literal.atom.terms if (kind := _kind(term, types))]
                for term in literal.atom.terms:
                    if isinstance(term, Variable) and kinds:
                        types.setdefault(term.name, kinds[0])
        for comparison in rule.comparisons():
            for one, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                if comparison.operator == "=" and isinstance(one, Variable) and one.name not in types and _kind(other, types):
                    types[one.name] = _kind(other, types)
    return types


def _kind_of_type(policy: Policy, kind: str) -> str:
    """The kind of an argument's type: day, number, text or name."""
    if kind == "day":
        return "day"
    if kind in policy.number_types or kind in DECIMAL_TYPES:
        return "number"
    return "text" if kind in ("case", "subject", "code") or kind in policy.list_of else "name"


def _kind(term: Term, types: Mapping[str, str]) -> str:
    """The kind of a term; empty for a variable of which nothing is known."""
    if isinstance(term, Variable):
        return types.get(term.name, "")
    if isinstance(term, Operation):
        return "number"
    if isinstance(term.value, int):
        return "number"
    if isinstance(term.value, str):
        return "text" if type(term.value) is str else "name"
    return "day"


def _family(kind: str) -> str:
    """The kinds that may be compared, by one name: days and numbers have an order in common."""
    return "number" if kind == "day" else kind


def _atoms(rule: Rule) -> Iterator[Atom]:
    yield rule.head
    yield from (literal.atom for literal in rule.literals())


def _terms_but_the_case(policy: Policy, rule: Rule) -> Iterator[Term]:
    for atom in _atoms(rule):
        yield from atom.terms[1 if policy.predicates[atom.predicate].of_case else 0 :]
    yield from _terms_beside_atoms(rule)


def terms_of(rule: Rule) -> Iterator[Term]:
    """Every term that stands in a rule."""
    for atom in _atoms(rule):
        yield from atom.terms
    yield from _terms_beside_atoms(rule)


def _terms_beside_atoms(rule: Rule) -> Iterator[Term]:
    for comparison in rule.comparisons():
        yield from (comparison.left, comparison.right)
    for part in rule.body:
        if isinstance(part, Aggregate):
            yield part.bound
            for element in part.elements:
                yield from element.terms


def constant_of(term: Term, constants: Mapping[str, Constant]) -> Constant | None:
    """The constant that a term is, or stands for."""
    if isinstance(term, Variable):
        return constants.get(term.name)
    return term if isinstance(term, Constant) else None
