"""What is asked about two versions as one program, in which only what differs stands twice.

A predicate is the same in both versions where its rules are, and everything below it; all others have a second name for the new
version. The rules of the questions say what `version_questions` says in formulas: they are read to know how many items are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from tiaoli.analysis.version_changes import PolicyVersion
from tiaoli.policy import Policy, Predicate
from tiaoli.rules import Aggregate, Atom, BodyPart, Constant, Contract, Fact, Literal, Name, Rule, Value, parse

_NEW = "new__"
"""What the predicates that differ begin with in the new version."""

_GAINS, _LOSES = "gains__", "loses__"
_PART = "part__"

_Given: TypeAlias = tuple[str, tuple[Value | None, ...]]
"""A predicate and the arguments of an atom that is supplied; `None` is any."""


class JointProgram(NamedTuple):
    """The rules of what is asked, the predicates that are asked for, and a policy that has words for all of them."""

    policy: Policy
    rules: tuple[Rule, ...]
    goals: tuple[str, ...]


class JointRules:
    """The rules of both versions. `differing` are the predicates that are not the same in both; `policy` has words for all of them,
    beside the vocabulary of both in `facts`."""

    def __init__(self, facts: Policy, old: PolicyVersion, new: PolicyVersion, shared: Sequence[str]) -> None:
        self.old, self.new = old, new
        before, after = old.encoding.program.rules, new.encoding.program.rules
        supplied = list(_supplied(old, new, shared))
        asked = [(Contract.ASKED.name, (None, Name(name), None)) for name in old.policy.benefits.keys() ^ new.policy.benefits.keys()]
        twice = _differing(before, after, [*supplied, *asked])
        given = {name for name, _ in supplied}
        self.differing = twice | given | {name for name, _ in asked}
        self.names = {name: f"{_NEW}{name}" for name in twice | given}
        self.known = {**new.policy.predicates, **old.policy.predicates}
        renamed = (_renamed(rule, self.names) for rule in after if rule.head.predicate in twice)
        self.rules = (*before, *renamed, *_facts(new, shared, given, self.names))
        words = {name: self.known[one]._replace(name=name) for one, name in self.names.items() if one in self.known}
        self.policy = replace(facts, predicates={**self.known, **words})

    def asking(self, benefit: str, parts: Iterable[str]) -> JointProgram:
        """What is asked about a benefit, in which `parts` are the predicates of the answer that are compared."""
        old, new = self.old.policy, self.new.policy
        side = {
            "old": {name: name for name in self.known} if benefit in old.benefits else {},
            "new": {name: self.names.get(name, name) for name in self.known} if benefit in new.benefits else {},
        }
        subject = (old if benefit in old.benefits else new).benefits[benefit].subject
        asked = _Questions(side, self.known, benefit, subject, tuple(parts))
        rules = parse([("", "\n".join(asked.text()))])[0].rules
        return JointProgram(replace(self.policy, predicates={**self.policy.predicates, **asked.predicates}), rules, asked.goals)


def _supplied(old: PolicyVersion, new: PolicyVersion, shared: Sequence[str]) -> Iterator[_Given]:
    """What no rule derives, parameters, rows and readings, and is not the same in both."""
    yield from sorted(((fact.predicate, fact.arguments) for fact in set(old.policy.facts) ^ set(new.policy.facts)), key=repr)
    for name in dict.fromkeys((*old.readings, *new.readings)):
        if name not in shared and old.readings.get(name) != new.readings.get(name):
            yield Contract.READING.name, (Name(name), None)


def _differing(before: Sequence[Rule], after: Sequence[Rule], supplied: Sequence[_Given]) -> set[str]:
    """The derived predicates that are not the same in both: their rules are not, or something below them."""
    found = {head.predicate for head, _ in {_meaning(rule) for rule in before} ^ {_meaning(rule) for rule in after}}
    rules = (*before, *after)
    found |= {
        rule.head.predicate for rule in rules if any(_reads(literal.atom, given) for literal in rule.literals() for given in supplied)
    }
    size = -1
    while size < len(found):
        size = len(found)
        found |= {rule.head.predicate for rule in rules if any(literal.atom.predicate in found for literal in rule.literals())}
    return found


def _reads(atom: Atom, given: _Given) -> bool:
    """Whether an atom of a body can be one that is supplied."""
    predicate, arguments = given
    return atom.predicate == predicate and all(
        value is None or not isinstance(term, Constant) or term.value == value for term, value in zip(atom.terms, arguments, strict=True)
    )


def _meaning(rule: Rule) -> tuple[Atom, frozenset[BodyPart]]:
    """A rule without its place: the order in its body means nothing."""
    return rule.head, frozenset(rule.body)


def _facts(new: PolicyVersion, shared: Sequence[str], supplied: set[str], names: Mapping[str, str]) -> Iterator[Rule]:
    """What the new version supplies otherwise, as rules."""
    reading = Contract.READING
    known = [fact for fact in new.policy.facts if fact.predicate in supplied]
    if reading.name in supplied:
        known += [reading.fact(Name(name), Name(option)) for name, option in new.readings.items() if name not in shared]
        lines = [f"{names[reading.name]}({name},O) :- {reading.name}({name},O)." for name in shared]
        yield from parse([("", "\n".join(lines))])[0].rules
    for fact in known:
        yield _rule(Fact(names[fact.predicate], fact.arguments))


def _rule(fact: Fact) -> Rule:
    return Rule("", 0, (), Atom(fact.predicate, tuple(Constant(value) for value in fact.arguments)), (), str(fact))


def _renamed(rule: Rule, names: Mapping[str, str]) -> Rule:
    def atom(item: Atom) -> Atom:
        return replace(item, predicate=names.get(item.predicate, item.predicate))

    def part(item: object) -> object:
        if isinstance(item, Literal):
            return replace(item, atom=atom(item.atom))
        if isinstance(item, Aggregate):
            elements = (replace(one, condition=tuple(part(inner) for inner in one.condition)) for one in item.elements)  # type: ignore[misc]
            return replace(item, elements=tuple(elements))
        return item

    return replace(rule, head=atom(rule.head), body=tuple(part(item) for item in rule.body))  # type: ignore[misc]


class _Questions:
    """The rules of the questions about the decision on a subject S of a case C. `side` are the names of the predicates in each version."""

    def __init__(
        self, side: Mapping[str, Mapping[str, str]], known: Mapping[str, Predicate], benefit: str, subject: str, parts: tuple[str, ...]
    ) -> None:
        self.side, self.known, self.benefit, self.subject, self.parts = side, known, benefit, subject, parts

    def text(self) -> Iterator[str]:
        for way, one, other in ((_GAINS, "new", "old"), (_LOSES, "old", "new")):
            yield from self._better(way, one, other)
        for number, part in enumerate(self.parts):
            name = f"{_PART}{number}"
            for one, other in (("old", "new"), ("new", "old")):
                yield from self._alone(name, part, one, other)

    @property
    def goals(self) -> tuple[str, ...]:
        return (_GAINS, _LOSES, *(f"{_PART}{number}" for number in range(len(self.parts))))

    @property
    def predicates(self) -> dict[str, Predicate]:
        about = (("case", "case"), ("subject", self.subject))
        sums = (("yuan", "yuan"), ("fen", "fen"))
        found: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(self.goals, about)
        for way in (_GAINS, _LOSES):
            found |= {f"{way}more": (*about, *sums), f"{way}less": (*about, *sums)}
        return {name: Predicate(name, arguments, None, "rules") for name, arguments in found.items()}

    def _atom(self, side: str, predicate: str, *rest: str) -> str | None:
        """An atom about the decision as a version has it; `None` where it has no such thing."""
        name = self.side[side].get(predicate)
        return name and f"{name}({', '.join(('C', self.benefit, 'S', *rest))})"

    def _better(self, way: str, one: str, other: str) -> Iterator[str]:
        granted, refused = self._atom(one, Contract.ELIGIBLE.name), self._atom(other, Contract.ELIGIBLE.name)
        if granted is None:
            return
        yield f"{way}(C, S) :- {granted}{f', not {refused}' if refused else ''}."
        paid, also = self._atom(one, Contract.AMOUNT.name, "Y", "F"), self._atom(other, Contract.AMOUNT.name, "Z", "G")
        if refused is None or paid is None:
            return
        # no sum of the other is as great as one of this; or none of this as small as one of the other
        yield f"{way}(C, S) :- {granted}, {refused}, {paid}, not {way}more(C, S, Y, F)."
        if also is not None:
            yield f"{way}more(C, S, Y, F) :- {paid}, {also}, Z > Y."
            yield f"{way}more(C, S, Y, F) :- {paid}, {also}, Z = Y, G >= F."
            yield f"{way}(C, S) :- {granted}, {refused}, {also}, {paid}, not {way}less(C, S, Z, G)."
            yield f"{way}less(C, S, Z, G) :- {also}, {paid}, Y < Z."
            yield f"{way}less(C, S, Z, G) :- {also}, {paid}, Y = Z, F <= G."

    def _alone(self, name: str, part: str, one: str, other: str) -> Iterator[str]:
        """That a version alone says something."""
        kinds = [kind for _, kind in self.known[part].arguments]
        if kinds.count("benefit") == 1:
            rest = [f"X{number}" for number in range(len(kinds) - 3)]
            said, unsaid = self._atom(one, part, *rest), self._atom(other, part, *rest)
            if said is not None:
                yield f"{name}(C, S) :- {said}{f', not {unsaid}' if unsaid else ''}."
            return
        said, unsaid, granted = self.side[one].get(part), self.side[other].get(part), Contract.ELIGIBLE.name
        if said is None:
            return
        for about in (f"(C, {self.benefit}, S, O, A)", f"(C, O, A, {self.benefit}, S)"):
            both = [f"{self.side[side][granted]}({terms})" for side in ("old", "new") for terms in (f"C, {self.benefit}, S", "C, O, A")]
            yield f"{name}(C, S) :- {said}{about}{f', not {unsaid}{about}' if unsaid else ''}, {', '.join(both)}."
