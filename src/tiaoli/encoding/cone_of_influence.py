"""What a decision can rest on, read off the rules: the sentences of each condition; the facts and readings that can bear on a
benefit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tiaoli.policy import Policy
from tiaoli.rules import Atom, Constant, Contract, Literal, Name, Program, Rule, Term, Variable


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
                if rule.head.predicate == Contract.MET.name
                and rule.head.terms[-1] == Constant(Name(condition))
                and _benefit(policy, rule.head) in (None, benefit.id)
                for anchor in rule.sentences
            )
            own = [anchor for anchor in anchors if policy.sentences[anchor].clause == benefit.clause]
            found[benefit.id][condition] = tuple(own or anchors)
    return dict(found)


def rules_of_outcomes(program: Program) -> list[str]:
    """The rules that an outcome rests on, a text each: all but those that work out amounts."""
    return _rules_of(program, [Contract.ELIGIBLE.name], ["#show."])


def rules_of_outcome(policy: Policy, program: Program, benefit: str) -> tuple[tuple[Rule, ...], list[str]]:
    """The rules that the outcome of one benefit rests on, and the same as texts."""
    rules = rules_below(policy, program, [(Contract.ELIGIBLE.name, benefit)])
    # of what they ask for and none of them derives, nothing is so
    asked = {f"#defined {literal.atom.predicate}/{len(literal.atom.terms)}." for rule in rules for literal in rule.literals()}
    return rules, [*sorted(asked), "#show.", *(rule.text for rule in rules)]


def rules_of_decisions(program: Program) -> list[str]:
    """The rules that decisions with their amounts rest on, a text each: all but those that say which of them exclude one another."""
    shown = [item for item in program.declarations if item.kind == "show" and item.predicate not in ("", Contract.EXCLUSIVE.name)]
    signatures = [f"#show {item.predicate}/{item.arity}." for item in shown]
    return _rules_of(program, [item.predicate for item in shown], ["#show.", *signatures])


def _rules_of(program: Program, predicates: Iterable[str], shown: Sequence[str]) -> list[str]:
    """The rules that some predicates rest on."""
    heads: dict[str, list[Rule]] = defaultdict(list)
    for rule in program.rules:
        heads[rule.head.predicate].append(rule)
    seen: dict[str, None] = {}
    todo = [*predicates]
    while todo:
        predicate = todo.pop()
        if predicate not in seen:
            seen[predicate] = None
            todo += [literal.atom.predicate for rule in heads[predicate] for literal in rule.literals()]
    defined = [f"#defined {item.predicate}/{item.arity}." for item in program.declarations if item.kind == "defined"]
    return [*defined, *shown, *(rule.text for predicate in seen for rule in heads[predicate])]


class Bearing(NamedTuple):
    """What anything read as the answer about a benefit can rest on: paths of fields, names of readings and names of
    parameters, each in the policy's order."""

    fields: tuple[str, ...]
    readings: tuple[str, ...]
    parameters: tuple[str, ...]


class Cone(NamedTuple):
    """The rules that a conclusion rests on, what bears on it, and the benefits that are asked for."""

    program: Program
    bearing: Bearing
    benefits: tuple[str, ...]


def cone_of(policy: Policy, program: Program, predicate: str, standing_in: str | None = None) -> Cone:
    """What a conclusion rests on. Where rules that are not the policy's own ask for any benefit, `standing_in` is meant."""
    walk = _Walk(policy, _heads(program), standing_in=standing_in)
    walk.go([(predicate, None)])
    asked = {benefit for name, benefit in walk.seen if name == Contract.ASKED.name} or {benefit for _, benefit in walk.seen if benefit}
    rules = tuple(rule for rule in program.rules if id(rule) in walk.rules)
    return Cone(
        Program(rules, (), program.declarations),
        walk.bearing(),
        tuple(benefit for benefit in policy.benefits if benefit in asked or None in asked),
    )


def can_conclude(policy: Policy, program: Program, predicate: str, benefit: str) -> bool:
    """Whether some rules can conclude this of a benefit, going by the benefits that they name; of a fact they need not."""
    return _can_conclude(policy, _heads(program), predicate, benefit)


def _can_conclude(policy: Policy, heads: Mapping[str, list[Rule]], predicate: str, benefit: str) -> bool:
    def of(rule: Rule) -> bool:
        position = _benefit_position(policy, rule.head)
        term = None if position is None else rule.head.terms[position]
        if isinstance(term, Constant):
            return str(term.value) == benefit
        return all(
            _can_conclude(policy, heads, literal.atom.predicate, benefit)
            for literal in rule.body
            if isinstance(literal, Literal) and not literal.negated and term is not None and term in literal.atom.terms
        )

    return predicate not in heads or any(of(rule) for rule in heads[predicate])


def bearing_on_benefits(policy: Policy, program: Program) -> dict[str, Bearing]:
    """What bears on each benefit."""
    heads = _heads(program)
    return {benefit: _reached(policy, heads, [(name, benefit) for name in said_of_one(policy)]) for benefit in policy.benefits}


def said_of_one(policy: Policy) -> list[str]:
    """The predicates of what the answer says of one decision by itself: all that it shows, but for which decisions exclude one another."""
    return [item.name for item in policy.predicates.values() if item.shown and item.name != Contract.EXCLUSIVE.name]


def bearing_on_conditions(policy: Policy, program: Program, benefit: str, readings: Mapping[str, str]) -> dict[str, Bearing]:
    """What bears on each condition of a benefit under some readings."""
    heads = {name: [rule for rule in rules if _in_force(rule, readings)] for name, rules in _heads(program).items()}
    found = {}
    for condition in policy.benefits[benefit].conditions:
        rules = [
            rule
            for rule in heads[Contract.MET.name]
            if rule.head.terms[-1] == Constant(Name(condition)) and _speaks_of(policy, heads, rule, benefit)
        ]
        named: dict[str, set[str]] = defaultdict(set)
        for rule in rules:
            _name(rule, named)
        found[condition] = _reached(policy, heads, [step for rule in rules for step in _body(policy, rule, benefit)], named)
    return found


def rules_below(policy: Policy, program: Program, start: Iterable[tuple[str, str | None]]) -> tuple[Rule, ...]:
    """The rules that some predicates can rest on, each asked for a benefit or for any, in the order of the program."""
    walk = _Walk(policy, _heads(program))
    walk.go(start)
    return tuple(rule for rule in program.rules if id(rule) in walk.rules)


def rules_of_benefit(policy: Policy, program: Program, benefit: str) -> tuple[Rule, ...]:
    """The rules that the outcome and the amount of a benefit can rest on, in the order of the program."""
    return rules_below(policy, program, [(item.name, benefit) for item in (Contract.ELIGIBLE, Contract.STANDARD, Contract.AMOUNT)])


def rules_of_answer(policy: Policy, program: Program, benefit: str) -> tuple[Rule, ...]:
    """The rules that anything read as the answer about a benefit can rest on."""
    return rules_below(policy, program, [(name, benefit) for name in said_of_one(policy)])


def rests_on_one_item(policy: Policy, program: Program, benefit: str) -> bool:
    """Whether a decision rests on no other item of its subject's list: no rule that it rests on looks at an item of that list, or at what
    is inside one, which its head does not name."""
    entity = policy.benefits[benefit].subject
    inside = {entity, *(declared.entity for declared in policy.lists.values() if declared.parent == entity)}

    def of_list(atom: Atom) -> Iterator[Term]:
        kinds = [kind for _, kind in policy.predicates[atom.predicate].arguments]
        return (term for term, kind in zip(atom.terms, kinds, strict=True) if kind in inside or kind in ("subject", "item"))

    def named(rule: Rule) -> set[Term]:
        return {term for term in of_list(rule.head) if not (isinstance(term, Variable) and term.anonymous)}

    return all(
        named(rule).issuperset(of_list(literal.atom)) for rule in rules_of_benefit(policy, program, benefit) for literal in rule.literals()
    )


def _heads(program: Program) -> Mapping[str, list[Rule]]:
    heads: dict[str, list[Rule]] = defaultdict(list)
    for rule in program.rules:
        heads[rule.head.predicate].append(rule)
    return heads


def _in_force(rule: Rule, readings: Mapping[str, str]) -> bool:
    """Whether a rule rests on no reading other than these."""
    for literal in rule.literals():
        if literal.atom.predicate == Contract.READING.name:
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
    walk = _Walk(policy, heads, named)
    walk.go(start)
    return walk.bearing()


def with_records(policy: Policy, paths: Iterable[str]) -> tuple[str, ...]:
    """The fields at some paths, and the records that keys among them stand in: without its record there is no key. In the policy's
    order."""
    there = set(paths)
    there |= {
        field.path
        for field in policy.fields.values()
        if field.kind == "record" and any(path.startswith(f"{field.path}.") for path in there)
    }
    return tuple(path for path in policy.fields if path in there)


class _Walk:
    """From predicates, each asked for a benefit or for any, down through the rules to the facts."""

    def __init__(
        self,
        policy: Policy,
        heads: Mapping[str, list[Rule]],
        named: dict[str, set[str]] | None = None,
        standing_in: str | None = None,
    ) -> None:
        self.policy, self.heads, self.standing_in = policy, heads, standing_in
        self.seen: set[tuple[str, str | None]] = set()
        self.rules: set[int] = set()
        self.named: dict[str, set[str]] = defaultdict(set) if named is None else named

    def go(self, start: Iterable[tuple[str, str | None]]) -> None:
        todo = list(start)
        while todo:
            here = todo.pop()
            if here in self.seen:
                continue
            self.seen.add(here)
            predicate, asked = here
            for rule in self.heads.get(predicate, ()):
                if asked is None or _speaks_of(self.policy, self.heads, rule, asked):
                    self.rules.add(id(rule))
                    todo += self._below(rule, asked)
                    _name(rule, self.named)

    def _below(self, rule: Rule, asked: str | None) -> list[tuple[str, str | None]]:
        below = _body(self.policy, rule, asked)
        if self.standing_in is None or self.policy.predicates[rule.head.predicate].source == "rules":
            return below
        speaks = {literal.atom.predicate: _benefit_position(self.policy, literal.atom) is not None for literal in rule.literals()}
        return [(name, self.standing_in if benefit is None and speaks[name] else benefit) for name, benefit in below]

    def bearing(self) -> Bearing:
        """The facts, readings and parameters that were come by."""
        policy, predicates = self.policy, {predicate for predicate, _ in self.seen}
        return Bearing(
            with_records(policy, (field.path for field in policy.fields.values() if field.predicate in predicates)),
            tuple(name for name in policy.readings if name in self.named[Contract.READING.name]),
            tuple(name for name, item in policy.parameters.items() if name in self.named[item.unit]),
        )


def _speaks_of(policy: Policy, heads: Mapping[str, list[Rule]], rule: Rule, benefit: str) -> bool:
    """Whether a rule can conclude something of a benefit: its head names it, or nothing in its body confines it to others."""
    named = _benefit(policy, rule.head)
    if named is not None:
        return named == benefit
    condition = rule.head.terms[-1]
    if (
        rule.head.predicate == Contract.MET.name
        and isinstance(condition, Constant)
        and condition.value not in policy.benefits[benefit].conditions
    ):
        return False
    position = _benefit_position(policy, rule.head)
    for literal in rule.literals():
        inner = _benefit_position(policy, literal.atom)
        if literal.negated or position is None or inner is None or literal.atom.terms[inner] != rule.head.terms[position]:
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
