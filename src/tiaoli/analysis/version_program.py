"""What is asked about two versions as one program, in which only what differs stands twice.

A predicate is the same in both versions where its rules are, and everything below it; all others have a second name for the new
version. The rules of the questions say what `version_questions` says in formulas: they are read to know how many items are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tiaoli.analysis.version_changes import PolicyVersion
from tiaoli.policy import Policy, Predicate
from tiaoli.rules import Aggregate, Atom, Constant, Contract, Fact, Literal, Name, Rule, parse

_NEW = "new__"
"""What the predicates that differ begin with in the new version."""

_GAINS, _LOSES = "gains__", "loses__"
_PART = "part__"


class JointProgram(NamedTuple):
    """The rules of both versions and of what is asked, the predicates that are asked for, and a policy that has words for all of them."""

    policy: Policy
    rules: tuple[Rule, ...]
    goals: tuple[str, ...]


def joint_program(
    facts: Policy, old: PolicyVersion, new: PolicyVersion, shared: Sequence[str], benefit: str, parts: Iterable[str]
) -> JointProgram:
    """The program of a benefit, in which `parts` are the predicates of the answer that are compared; `facts` is the vocabulary of both."""
    before, after = old.encoding.program.rules, new.encoding.program.rules
    supplied = _supplied(old, new, shared)
    twice = _differing(before, after, supplied)
    names = {name: f"{_NEW}{name}" for name in twice | supplied}
    known = {**new.policy.predicates, **old.policy.predicates}
    rules = [*before, *(_renamed(rule, names) for rule in after if rule.head.predicate in twice), *_facts(new, shared, supplied, names)]
    side = {
        "old": {name: name for name in known} if benefit in old.policy.benefits else {},
        "new": {name: names.get(name, name) for name in known} if benefit in new.policy.benefits else {},
    }
    subject = (old.policy if benefit in old.policy.benefits else new.policy).benefits[benefit].subject
    asked = _Questions(side, known, benefit, subject, tuple(parts))
    rules += parse([("", "\n".join(asked.text()))])[0].rules
    predicates = {**known, **{names[name]: known[name]._replace(name=names[name]) for name in names if name in known}, **asked.predicates}
    return JointProgram(replace(facts, predicates=predicates), tuple(rules), asked.goals)


def _supplied(old: PolicyVersion, new: PolicyVersion, shared: Sequence[str]) -> set[str]:
    """The predicates of what no rule derives, parameters, rows and readings, that are not the same in both."""
    found = {fact.predicate for fact in set(old.policy.facts) ^ set(new.policy.facts)}
    fixed = [{name: option for name, option in side.readings.items() if name not in shared} for side in (old, new)]
    return found | ({Contract.READING.name} if fixed[0] != fixed[1] else set())


def _differing(before: Sequence[Rule], after: Sequence[Rule], supplied: set[str]) -> set[str]:
    """The derived predicates that are not the same in both: their rules are not, or something below them."""
    found = {rule.head.predicate for rule in {_meaning(rule) for rule in before} ^ {_meaning(rule) for rule in after}}
    size = -1
    while size < len(found):
        size = len(found)
        found |= {
            rule.head.predicate
            for rule in (*before, *after)
            if any(literal.atom.predicate in found | supplied for literal in rule.literals())
        }
    return found


def _meaning(rule: Rule) -> Rule:
    """A rule without its place: the order in its body means nothing."""
    return replace(rule, file="", line=0, sentences=(), text="", body=tuple(sorted(rule.body, key=repr)))


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
