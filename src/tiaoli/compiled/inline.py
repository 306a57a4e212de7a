"""A small predicate written out where it is asked for: its one rule's body in place of the atom.

`event_inside(C, B, S) :- event_day(C, B, S, Day), …` becomes, for a certificate, `certificate_issued(C, S, Day), …`: the
same rule with one call less. Only atoms that exactly one rule without aggregates can derive are replaced, and only while the
rule stays short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tiaoli.rules import Aggregate, Atom, BodyPart, Comparison, Constant, Literal, Operation, Rule, Term, Variable, variables

MOST_PARTS = 10
"""The longest body that is made this way."""

Instances = Callable[[Atom, Mapping[str, Constant]], list[tuple[Rule, dict[str, Constant]]] | None]
"""The rules that can derive an atom, each with the constants its variables stand for; `None` for a fact."""


def unfolded(rule: Rule, known: Mapping[str, Constant], instances: Instances) -> Rule:
    """The rule with its small atoms written out, as far as they go."""
    position = 0
    while position < len(rule.body):
        part = rule.body[position]
        found = instances(part.atom, known) if isinstance(part, Literal) and not part.negated else None
        if found is not None and len(found) == 1 and isinstance(part, Literal):
            inner, inner_known = found[0]
            body = body_of(rule, part.atom, inner, inner_known, known)
            if body is not None and len(rule.body) - 1 + len(body) <= MOST_PARTS:
                rule = replace(rule, body=(*rule.body[:position], *body, *rule.body[position + 1 :]))
                continue
        position += 1
    return rule


def body_of(
    rule: Rule, atom: Atom, inner: Rule, inner_known: Mapping[str, Constant], known: Mapping[str, Constant]
) -> tuple[BodyPart, ...] | None:
    """The body of `inner` in the words of `rule`, or `None` where it cannot be said in them."""
    if any(isinstance(part, Aggregate) for part in inner.body):
        return None
    taken = {variable.name for variable in _variables(rule)}
    terms: dict[str, Term] = dict(inner_known)
    more: list[BodyPart] = []
    worked_out: list[tuple[Term, Operation]] = []
    for head, asked in zip(inner.head.terms, atom.terms, strict=True):
        asked = known.get(asked.name, asked) if isinstance(asked, Variable) else asked
        if isinstance(asked, Variable) and asked.anonymous:
            continue
        if isinstance(head, Operation):
            worked_out.append((asked, head))
            continue
        value = terms.get(head.name) if isinstance(head, Variable) else head
        if value is None:
            assert isinstance(head, Variable)
            terms[head.name] = asked
        elif value != asked:
            more.append(Comparison(asked, "=", value))
    for variable in _variables(inner):
        if variable.name not in terms and not variable.anonymous:
            name, number = variable.name, 1
            while name in taken:
                number += 1
                name = f"{variable.name}_{number}"
            taken.add(name)
            terms[variable.name] = Variable(name)
    more += [Comparison(asked, "=", _term(head, terms)) for asked, head in worked_out]
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
    terms = [*rule.head.terms, *(term for literal in rule.literals() for term in literal.atom.terms)]
    terms += [term for comparison in rule.comparisons() for term in (comparison.left, comparison.right)]
    for part in rule.body:
        if isinstance(part, Aggregate):
            terms += [part.bound, *(term for element in part.elements for term in element.terms)]
    return [variable for term in terms for variable in variables(term)]
