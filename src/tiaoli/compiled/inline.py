"""Inlining: the body of a predicate's only rule in place of the atom that calls it.

`event_inside(C, B, S) :- event_day(C, B, S, Day), …` becomes, for a certificate, `certificate_issued(C, S, Day), …`: the
same rule with one call less. Only atoms that exactly one rule without aggregates can derive are replaced, and only while the
rule stays short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tiaoli.compiled.fragment import terms_of
from tiaoli.rules import Aggregate, Atom, BodyPart, Comparison, Constant, Literal, Operation, Rule, Term, Variable, variables

MOST_PARTS = 10
"""The longest body that inlining may produce."""

Instances = Callable[[Atom, Mapping[str, Constant]], list[tuple[Rule, dict[str, Constant]]] | None]
"""The rules that can derive an atom, each with the constants its variables stand for; `None` where the atom is not to be inlined."""


def inlined(rule: Rule, constants: Mapping[str, Constant], instances: Instances) -> Rule:
    """The rule with every atom inlined that only one rule derives, as long as it stays short."""
    position = 0
    while position < len(rule.body):
        part = rule.body[position]
        found = instances(part.atom, constants) if isinstance(part, Literal) and not part.negated else None
        if found is not None and len(found) == 1 and isinstance(part, Literal):
            inner, inner_constants = found[0]
            body = inlined_body(rule, part.atom, inner, inner_constants, constants)
            if body is not None and len(rule.body) - 1 + len(body) <= MOST_PARTS:
                rule = replace(rule, body=(*rule.body[:position], *body, *rule.body[position + 1 :]))
                continue
        position += 1
    return rule


def inlined_body(
    rule: Rule, atom: Atom, inner: Rule, inner_constants: Mapping[str, Constant], constants: Mapping[str, Constant]
) -> tuple[BodyPart, ...] | None:
    """The body of `inner`, its variables renamed and unified with the arguments of `atom` in `rule`; `None` where it has an aggregate."""
    if any(isinstance(part, Aggregate) for part in inner.body):
        return None
    taken = {variable.name for variable in _variables(rule)}
    terms: dict[str, Term] = dict(inner_constants)
    more: list[BodyPart] = []
    computed: list[tuple[Term, Operation]] = []
    for head, argument in zip(inner.head.terms, atom.terms, strict=True):
        argument = constants.get(argument.name, argument) if isinstance(argument, Variable) else argument
        if isinstance(argument, Variable) and argument.anonymous:
            continue
        if isinstance(head, Operation):
            computed.append((argument, head))
            continue
        value = terms.get(head.name) if isinstance(head, Variable) else head
        if value is None:
            assert isinstance(head, Variable)
            terms[head.name] = argument
        elif value != argument:
            more.append(Comparison(argument, "=", value))
    for variable in _variables(inner):
        if variable.name not in terms and not variable.anonymous:
            name, number = variable.name, 1
            while name in taken:
                number += 1
                name = f"{variable.name}_{number}"
            taken.add(name)
            terms[variable.name] = Variable(name)
    more += [Comparison(argument, "=", _term(head, terms)) for argument, head in computed]
    return (*more, *(_renamed(part, terms) for part in inner.body))


def _renamed(part: BodyPart, terms: Mapping[str, Term]) -> BodyPart:
    if isinstance(part, Comparison):
        return Comparison(_term(part.left, terms), part.operator, _term(part.right, terms))
    assert isinstance(part, Literal)
    return Literal(Atom(part.atom.predicate, tuple(_term(term, terms) for term in part.atom.terms)), part.negated)


def _term(term: Term, terms: Mapping[str, Term]) -> Term:
    if isinstance(term, Variable):
        return terms.get(term.name, term)
    if isinstance(term, Operation):
        return Operation(term.operator, tuple(_term(argument, terms) for argument in term.arguments))
    return term


def _variables(rule: Rule) -> list[Variable]:
    return [variable for term in terms_of(rule) for variable in variables(term)]
