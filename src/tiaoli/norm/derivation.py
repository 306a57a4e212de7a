"""What follows from the rules of a norm for its tables: who reads a fact, which benefits a reading touches, and what nothing bears on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from tiaoli.base import Statement
from tiaoli.norm.draft import Draft
from tiaoli.norm.key_lines import NORM_FILE
from tiaoli.rules import Constant, Contract, Program, Rule, dependencies


def derive(
    draft: Draft, tables: Mapping[str, Any], program: Program, clauses: Mapping[str, tuple[str, ...]], unread: Collection[str]
) -> None:
    """Fill in the clauses that look at each fact and the benefits that each reading touches; a problem for each fact that no rule reads,
    save those that are said to be `unread`, and for each condition that no fact bears on."""
    graph = dependencies(program)
    readers: dict[str, dict[str, None]] = {}
    for rule in program.rules:
        for literal in rule.literals():
            above = (clauses[anchor][0] for anchor in rule.sentences if clauses.get(anchor))
            readers.setdefault(literal.atom.predicate, {}).update(dict.fromkeys(above))
    for path, field in tables["fields"]["field"].items():
        read = readers.get(field["predicate"])
        if read is None and path not in unread:
            zh, en = (
                "没有规则使用此事实；请删去，或写 unread = “为何仍要问”",
                "no rule reads this fact; delete it, or say why it is asked: unread",
            )
            where = draft.origins[f"fields.toml [field.{path}"]
            draft.refuse(f"{NORM_FILE} [{where}]", Statement(zh, f'{en} = "…"'), "fact-unused")
        order = [clause for above in clauses.values() for clause in above[:1]]
        field.setdefault("clauses", sorted(read or {}, key=order.index))
    asked = {
        benefit: _readings_of(program, graph, benefit, table["conditions"], table["results"])
        for benefit, table in tables["vocabulary"]["benefit"].items()
    }
    for name, reading in tables["readings"].items():
        reading.setdefault("touches", [benefit for benefit, names in asked.items() if name in names])
    _facts_of_conditions(draft, tables, program, graph)


def periods(program: Program) -> Iterator[str]:
    """The predicates of the days that a rule reckons a period from."""
    for rule in program.rules:
        for period in rule.literals():
            if period.atom.predicate in _PERIODS:
                yield from (other.atom.predicate for other in rule.literals() if other.atom.terms[-1:] == period.atom.terms[:1])


_PERIODS = {item.name for item in (Contract.ADD_DAYS, Contract.ADD_WEEKS, Contract.ADD_MONTHS, Contract.ADD_YEARS)}


def _facts_of_conditions(draft: Draft, tables: Mapping[str, Any], program: Program, graph: Mapping[str, set[str]]) -> None:
    """A condition that no fact bears on is met always or never."""
    asked = {field["predicate"] for field in tables["fields"]["field"].values()}
    asked |= {item["predicate"] for item in tables["fields"]["list"].values()}
    for benefit, table in tables["vocabulary"]["benefit"].items():
        for condition in table["conditions"]:
            rules = [rule for rule in _rules_of(program, benefit, [condition]) if rule.head.predicate == Contract.MET.name]
            reached = _closure(graph, {literal.atom.predicate for rule in rules for literal in rule.literals()})
            if rules and asked.isdisjoint(reached):
                zh, en = (
                    f"{benefit} 的条件 {condition} 不取决于任何事实，总是成立或总不成立；请让规则使用事实",
                    f"no fact bears on the condition {condition} of {benefit}, so it is met always or never; let a rule read a fact",
                )
                draft.refuse(rules[0].where, Statement(zh, en), "rule-factless")


def _rules_of(program: Program, benefit: str, conditions: Iterable[str], results: Collection[str] = ()) -> Iterator[Rule]:
    """The rules for the conditions of a benefit, for what it pays and for its results."""
    wanted = set(conditions)
    for rule in program.rules:
        if rule.head.predicate not in {*_OUTCOMES, *results} or len(rule.head.terms) < 2:
            continue
        whose, last = rule.head.terms[1], rule.head.terms[-1]
        if isinstance(whose, Constant) and str(whose.value) != benefit:
            continue
        if rule.head.predicate == Contract.MET.name and isinstance(last, Constant) and str(last.value) not in wanted:
            continue
        yield rule


_OUTCOMES = {
    item.name
    for item in (
        Contract.MET,
        Contract.PAYABLE,
        Contract.RATE,
        Contract.STANDARD_BASE,
        Contract.SHARE,
        Contract.NO_STANDARD,
        Contract.EXCLUSIVE,
    )
}


def _readings_of(
    program: Program, graph: Mapping[str, set[str]], benefit: str, conditions: Iterable[str], results: Collection[str]
) -> set[str]:
    """The readings that a benefit rests on."""
    rules = list(_rules_of(program, benefit, conditions, results))
    below = _closure(graph, {literal.atom.predicate for rule in rules for literal in rule.literals()})
    rules += [rule for rule in program.rules if rule.head.predicate in below]
    terms = (item.atom.terms[0] for rule in rules for item in rule.literals() if item.atom.predicate == Contract.READING.name)
    return {str(term.value) for term in terms if isinstance(term, Constant)}


def _closure(graph: Mapping[str, set[str]], predicates: set[str]) -> set[str]:
    found: set[str] = set()
    todo = list(predicates)
    while todo:
        predicate = todo.pop()
        if predicate not in found:
            found.add(predicate)
            todo += graph.get(predicate, ())
    return found
