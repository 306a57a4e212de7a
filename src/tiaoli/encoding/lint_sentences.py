"""The check of a policy's words: whether everything that its rules can conclude, miss and count has a sentence to say it.

An explanation never falls back on a predicate's name. So each predicate needs a sentence for holding and one for failing,
one for holding of nothing where a rule asks for something without naming it, and each aggregate one for its total; and a
sentence names only what it is given.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from tiaoli.base import Problem, Statement, choices, shown
from tiaoli.policy import Field, Policy, Predicate
from tiaoli.rules import Aggregate, Comparison, Constant, Contract, Literal, Operation, Program, Rule, Variable

_ALWAYS_THERE = frozenset({Contract.ASKED.name, *Contract.FUNCTIONS})
"""What the engine supplies wherever a rule asks for it: the question and the functions."""

_PERIODS = frozenset({item.name for item in (Contract.ADD_DAYS, Contract.ADD_WEEKS, Contract.ADD_MONTHS, Contract.ADD_YEARS)})
"""The functions of which an explanation names the day that a period begins on."""

_COUNTS = ("number", "sum", "bound")


def check(policy: Policy, program: Program) -> Iterator[Problem]:
    """A problem for every sentence that is missing, and for every slot in one that nothing fills."""
    left_open: dict[str, set[int]] = defaultdict(set)
    for rule in program.rules:
        for name, position in _left_open(rule):
            left_open[name].add(position)
    for predicate in policy.predicates.values():
        if predicate.source != "case":
            yield from _predicate(policy, predicate, left_open[predicate.name])
    for field in policy.fields.values():
        yield from _field(policy, field)
    for rule in program.rules:
        for part in rule.body:
            if isinstance(part, Aggregate):
                yield from _total(policy, rule, part)
            elif isinstance(part, Comparison) and part.operator != "=" and isinstance(part.left, Operation):
                yield from _test(policy, rule)
            elif isinstance(part, Literal) and part.atom.predicate in _PERIODS:
                yield from _since(policy, rule, part)


def _left_open(rule: Rule) -> Iterator[tuple[str, int]]:
    """The arguments of atoms in a body that the head does not name: a rule asks for some such thing."""
    named = {term.name for term in rule.head.terms if isinstance(term, Variable)}
    for literal in rule.literals():
        for position, term in enumerate(literal.atom.terms):
            if isinstance(term, Variable) and (term.anonymous or term.name not in named):
                yield literal.atom.predicate, position


def _predicate(policy: Policy, predicate: Predicate, left_open: Collection[int]) -> Iterator[Problem]:
    where = f"{predicate.file} [predicate.{predicate.name}"
    names = [name for name, _ in predicate.arguments]
    for key, found in (("", predicate.statement), (".fails", predicate.fails), (".none", predicate.none)):
        if found is not None:
            yield from _slots(f"{where}{key}]", found, names)
    if predicate.name in _ALWAYS_THERE or (predicate.name in policy.units and predicate.name != Contract.OCCUPATION.name):
        # parameters are asked for by their names
        return
    if predicate.fails is None:
        yield _missing(f"{where}.fails]", "没有说明它不成立时的句子", "there is no sentence for where it does not hold")
    if predicate.none is None and predicate.fails is not None and _speaks_of(predicate, left_open):
        yield _missing(
            f"{where}.none]",
            "规则问及某一对象而未指明，却没有“一个也没有”的句子",
            "a rule asks for something without naming it, and there is no sentence for where there is none",
        )


def _speaks_of(predicate: Predicate, positions: Collection[int]) -> bool:
    """Whether the sentence for failing names an argument that a rule leaves open."""
    assert predicate.fails is not None
    names = {name for position, (name, kind) in enumerate(predicate.arguments) if position in positions and kind != "condition"}
    return not names.isdisjoint(re.findall(r"\w+", predicate.fails.zh))


def _field(policy: Policy, field: Field) -> Iterator[Problem]:
    names = ["value"]
    if field.entity is not None:
        parent = policy.list_of[field.entity].parent
        names += [field.entity, *([parent] if parent else [])]
    for key, found in field.phrases.items():
        yield from _slots(f"fields.toml [field.{field.path}.{key}]", found, names)
    if field.several and "lacks" not in field.phrases:
        yield _missing(
            f"fields.toml [field.{field.path}.lacks]", "没有说明缺少一项的句子", "there is no sentence for a member that is lacking"
        )


def _total(policy: Policy, rule: Rule, part: Aggregate) -> Iterator[Problem]:
    binds = part.operator == "=" and isinstance(part.bound, Variable)
    key = part.bound.name if binds and isinstance(part.bound, Variable) else "test"
    found = policy.predicates[rule.head.predicate].totals.get(key)
    where = f"vocabulary.toml [predicate.{rule.head.predicate}.total.{key}]"
    if found is None:
        yield _missing(where, f"没有说明 {rule.where} 处聚合结果的句子", f"there is no sentence for the aggregate at {rule.where}")
        return
    terms = [term for element in part.elements for term in element.terms]
    words = [str(term.value) for term in terms if isinstance(term, Constant) and isinstance(term.value, str)]
    ratios = [f"{one}/{other}" for one in words for other in words]
    yield from _slots(where, found, [*_COUNTS, *words, *ratios, *policy.parameters])


def _test(policy: Policy, rule: Rule) -> Iterator[Problem]:
    """A comparison of computed numbers is said with the rule's variables, in small letters."""
    found = policy.predicates[rule.head.predicate].totals.get("test")
    where = f"vocabulary.toml [predicate.{rule.head.predicate}.total.test]"
    if found is None:
        yield _missing(where, f"没有说明 {rule.where} 处比较的句子", f"there is no sentence for the comparison at {rule.where}")
        return
    literals = [term for literal in rule.literals() for term in literal.atom.terms]
    words = [term.name.lower() for term in literals if isinstance(term, Variable)]
    yield from _slots(where, found, [*words, *(f"{one}/{other}" for one in words for other in words), *policy.parameters])


def _since(policy: Policy, rule: Rule, literal: Literal) -> Iterator[Problem]:
    """A period that begins on a fact of the case is named by that fact."""
    start = literal.atom.terms[0]
    fields = {field.predicate: field for field in policy.fields.values()}
    for other in rule.literals():
        field = fields.get(other.atom.predicate)
        if field is not None and other.atom.terms[-1] == start and "since" not in field.phrases:
            yield _missing(
                f"fields.toml [field.{field.path}.since]",
                f"{rule.where} 处的期间自此日起算，却没有如何称呼该期间的句子",
                f"a period begins on this day at {rule.where}, and there is no phrase to name it by",
            )


def _slots(where: str, found: Statement, names: Collection[str]) -> Iterator[Problem]:
    for slot in dict.fromkeys(re.findall(r"\{([^{}]*)\}", found.zh + found.en)):
        parts = [slot] if slot in names else slot.split(":")
        for part in parts:
            if part not in names:
                near = choices(names, part)
                yield Problem(
                    where, Statement(f"{shown(slot)} 无可填入；{near.zh}", f"nothing fills {shown(slot)}; {near.en}"), "sentence-slot"
                )


def _missing(where: str, zh: str, en: str) -> Problem:
    return Problem(where, Statement(zh, en), "sentence-missing")
