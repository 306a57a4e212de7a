"""What a decision can rest on, read off the rules: the sentences of each condition; the facts and readings that can bear on a
benefit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tiaoli.atoms import Name
from tiaoli.policy import Policy
from tiaoli.syntax import Atom, Constant, Program, Rule, Variable


def condition_sentences(policy: Policy, program: Program) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each benefit and condition, the anchors above the rules that derive the condition.

    Where rules common to several clauses cite one sentence of each, only that of the benefit's own clause is kept.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for benefit in policy.benefits.values():
        for condition in benefit.conditions:
            anchors = dict.fromkeys(
                anchor
                for rule in program.rules
                if rule.head.predicate == "met"
                and rule.head.terms[-1] == Constant(Name(condition))
                and _benefit(policy, rule.head) in (None, benefit.id)
                for anchor in rule.sentences
            )
            own = [anchor for anchor in anchors if policy.sentences[anchor].clause == benefit.clause]
            found[benefit.id][condition] = tuple(own or anchors)
    return dict(found)


def rules_of_outcomes(program: Program) -> str:
    """The rules that an outcome rests on, as one text: all but those that work out amounts."""
    heads: dict[str, list[Rule]] = defaultdict(list)
    for rule in program.rules:
        heads[rule.head.predicate].append(rule)
    seen: dict[str, None] = {}
    todo = ["eligible"]
    while todo:
        predicate = todo.pop()
        if predicate not in seen:
            seen[predicate] = None
            todo += [literal.atom.predicate for rule in heads[predicate] for literal in rule.literals()]
    defined = [f"#defined {item.predicate}/{item.arity}." for item in program.declarations if item.kind == "defined"]
    return "\n".join([*defined, "#show.", *(rule.text for predicate in seen for rule in heads[predicate])])


class Bearing(NamedTuple):
    """What anything read as the answer about a benefit can rest on: paths of fields, names of readings and names of
    parameters, each in the policy's order."""

    fields: tuple[str, ...]
    readings: tuple[str, ...]
    parameters: tuple[str, ...]


def bearing_on_benefits(policy: Policy, program: Program) -> dict[str, Bearing]:
    """What bears on each benefit."""
    heads = _heads(program)
    return {benefit: _reached(policy, heads, [(name, benefit) for name in _said_of_one(policy)]) for benefit in policy.benefits}


def _said_of_one(policy: Policy) -> list[str]:
    """What the answer says of one decision; what it says of two together rests on each."""
    return [item.name for item in policy.predicates.values() if item.shown and [kind for _, kind in item.arguments].count("benefit") == 1]


def bearing_on_conditions(policy: Policy, program: Program, benefit: str, readings: Mapping[str, str]) -> dict[str, Bearing]:
    """What bears on each condition of a benefit under some readings."""
    heads = {name: [rule for rule in rules if _in_force(rule, readings)] for name, rules in _heads(program).items()}
    found = {}
    for condition in policy.benefits[benefit].conditions:
        rules = [
            rule for rule in heads["met"] if rule.head.terms[-1] == Constant(Name(condition)) and _speaks_of(policy, heads, rule, benefit)
        ]
        named: dict[str, set[str]] = defaultdict(set)
        for rule in rules:
            _name(rule, named)
        found[condition] = _reached(policy, heads, [step for rule in rules for step in _body(policy, rule, benefit)], named)
    return found


def rules_of_benefit(policy: Policy, program: Program, benefit: str) -> tuple[Rule, ...]:
    """The rules that the outcome and the amount of a benefit can rest on, in the order of the program."""
    return _rules_below(policy, program, [("eligible", benefit), ("amount", benefit)])


def rules_of_answer(policy: Policy, program: Program, benefit: str) -> tuple[Rule, ...]:
    """The rules that anything read as the answer about a benefit can rest on."""
    return _rules_below(policy, program, [(name, benefit) for name in _said_of_one(policy)])


def _rules_below(policy: Policy, program: Program, start: Iterable[tuple[str, str | None]]) -> tuple[Rule, ...]:
    found = {rule for _, rules in _walk(policy, _heads(program), start) for rule in rules}
    return tuple(rule for rule in program.rules if rule in found)


def _heads(program: Program) -> Mapping[str, list[Rule]]:
    heads: dict[str, list[Rule]] = defaultdict(list)
    for rule in program.rules:
        heads[rule.head.predicate].append(rule)
    return heads


def _in_force(rule: Rule, readings: Mapping[str, str]) -> bool:
    """Whether a rule rests on no reading other than these."""
    for literal in rule.literals():
        if literal.atom.predicate == "reading":
            name, option = (term.value if isinstance(term, Constant) else None for term in literal.atom.terms)
            if readings.get(str(name), option) != option:
                return False
    return True


def _body(policy: Policy, rule: Rule, asked: str | None) -> list[tuple[str, str | None]]:
    return [(literal.atom.predicate, _passed(policy, rule, literal.atom, asked)) for literal in rule.literals()]


def _name(rule: Rule, named: dict[str, set[str]]) -> None:
    """Add the constants that a rule's atoms begin with: the names of readings and parameters."""
    for literal in rule.literals():
        for term in literal.atom.terms[:1]:
            if isinstance(term, Constant):
                named[literal.atom.predicate].add(str(term.value))


def _reached(
    policy: Policy,
    heads: Mapping[str, list[Rule]],
    start: Iterable[tuple[str, str | None]],
    named: dict[str, set[str]] | None = None,
) -> Bearing:
    """What predicates rest on, each asked for a benefit or for any."""
    named = defaultdict(set) if named is None else named
    predicates: set[str] = set()
    for predicate, rules in _walk(policy, heads, start):
        predicates.add(predicate)
        for rule in rules:
            _name(rule, named)
    return Bearing(
        tuple(field.path for field in policy.fields.values() if field.predicate in predicates),
        tuple(name for name in policy.readings if name in named["reading"]),
        tuple(name for name, item in policy.parameters.items() if name in named[item.unit]),
    )


def _walk(policy: Policy, heads: Mapping[str, list[Rule]], start: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, list[Rule]]]:
    """Every predicate that some rest on, these included, with its rules that can bear on what is asked."""
    seen: set[tuple[str, str | None]] = set()
    todo = list(start)
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        predicate, asked = here
        rules = [rule for rule in heads.get(predicate, ()) if asked is None or _speaks_of(policy, heads, rule, asked)]
        todo += [step for rule in rules for step in _body(policy, rule, asked)]
        yield predicate, rules


def _speaks_of(policy: Policy, heads: Mapping[str, list[Rule]], rule: Rule, benefit: str) -> bool:
    """Whether a rule can conclude something of a benefit: its head names it, or nothing in its body confines it to others."""
    named = _benefit(policy, rule.head)
    if named is not None:
        return named == benefit
    condition = rule.head.terms[-1]
    if rule.head.predicate == "met" and isinstance(condition, Constant) and condition.value not in policy.benefits[benefit].conditions:
        return False
    position = _benefit_position(policy, rule.head)
    for literal in rule.literals():
        inner = _benefit_position(policy, literal.atom)
        if position is None or inner is None or literal.atom.terms[inner] != rule.head.terms[position]:
            continue
        confined = {_benefit(policy, other.head) for other in heads.get(literal.atom.predicate, ())}
        if confined and None not in confined and benefit not in confined:
            return False
    return True


def _benefit_position(policy: Policy, atom: Atom) -> int | None:
    kinds = [kind for _, kind in policy.predicates[atom.predicate].arguments]
    return kinds.index("benefit") if "benefit" in kinds else None


def _benefit(policy: Policy, atom: Atom) -> str | None:
    """The benefit an atom names, or `None` where it speaks of any."""
    position = _benefit_position(policy, atom)
    term = atom.terms[position] if position is not None else None
    return str(term.value) if isinstance(term, Constant) else None


def _passed(policy: Policy, rule: Rule, atom: Atom, asked: str | None) -> str | None:
    """The benefit that a body atom is asked for: its own, or the head's where both have the same variable."""
    named = _benefit(policy, atom)
    if named is not None:
        return named
    inner, outer = _benefit_position(policy, atom), _benefit_position(policy, rule.head)
    if inner is None or outer is None:
        return None
    same = isinstance(atom.terms[inner], Variable) and atom.terms[inner] == rule.head.terms[outer]
    return asked if same else None
