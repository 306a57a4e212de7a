"""What differs between two versions of a policy for one benefit, and one program in which only that stands twice.

What a benefit rests on is compared rule by rule, and parameter by parameter. A predicate is the same in both versions where
its rules are, and everything below it; all others, the cone of the change, have a second name for the new version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, Literal, NamedTuple

from tiaoli.base import Statement
from tiaoli.encoding import Encoding, rules_of_benefit
from tiaoli.policy import Parameter, Policy, Reading, parameter_value
from tiaoli.rules import Constant, Contract, Fact, Name, Program, Rule, dependencies
from tiaoli.rules import Literal as BodyAtom

NEW = "new__"
"""What the predicates of the cone begin with in the new version."""

Kind = Literal["rule", "parameter", "reading", "row"]
Side = Literal["old", "new", "both"]


class PolicyVersion(NamedTuple):
    """A policy with the readings that are in force under it."""

    encoding: Encoding
    readings: Mapping[str, str]

    @property
    def policy(self) -> Policy:
        return self.encoding.policy


@dataclass(frozen=True)
class VersionChange:
    """Something that is not the same in both versions: a rule, a parameter, the option of a reading, or a row of the annex.

    `side` is the version that alone has it, or `both` where its value differs. `where` is a file with its line or table;
    `sentences` the anchors of the sentences that it stands for, with their clauses and words in `quotes`.
    """

    kind: Kind
    side: Side
    where: str
    statement: Statement
    quotes: tuple[tuple[str | None, str, str], ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(clause for clause, _, _ in self.quotes if clause))

    def to_json(self) -> dict[str, Any]:
        """A change under `changes` of a benefit's diff: its kind, the version that has it, its place, the statement, and the sentences."""
        return {
            "kind": self.kind,
            "side": self.side,
            "where": self.where,
            "statement": self.statement.to_json(),
            "sentences": [{"clause": clause, "sentence": anchor, "text": text} for clause, anchor, text in self.quotes],
        }


@dataclass(frozen=True)
class ChangeCone:
    """The program of a benefit in both versions: `old` the rules of the old one, `new` those of the cone of the change under
    second names, `facts` what they rest on beside the case. `name` gives what a predicate is called in the new version;
    `doubled` are those that rules of the new version derive, each after what it rests on."""

    changes: tuple[VersionChange, ...]
    old: str
    new: str
    facts: tuple[Fact, ...]
    name: Callable[[str], str]
    doubled: tuple[str, ...]


def shared_readings(old: PolicyVersion, new: PolicyVersion, chosen: Iterable[str]) -> tuple[str, ...]:
    """The readings that are free, and the same in both versions: those that nobody chose, with equal options."""

    def options(reading: Reading | None) -> list[str]:
        return [option.id for option in reading.options] if reading else []

    known, others = old.policy.readings, new.policy.readings
    return tuple(name for name in known if name not in set(chosen) and options(known[name]) == options(others.get(name)))


def cone(old: PolicyVersion, new: PolicyVersion, shared: Sequence[str], benefit: str) -> ChangeCone | None:
    """What differs for a benefit; `None` where nothing that it rests on does. `shared` are the readings that are free."""
    rules = [
        rules_of_benefit(side.policy, side.encoding.program, benefit) if benefit in side.policy.benefits else () for side in (old, new)
    ]
    finder = _ChangeFinder(old, new, shared, *rules)
    altered = finder.altered()
    if not altered:
        return None
    doubled = [rule for rule in rules[1] if rule.head.predicate in altered]
    supplied = finder.supplied
    named = altered | supplied
    defined = {(literal.atom.predicate, len(literal.atom.terms)) for rule in doubled for literal in rule.literals()}

    def name(predicate: str) -> str:
        return f"{NEW}{predicate}" if predicate in named else predicate

    decided = {(item.name, item.arity) for item in (Contract.ELIGIBLE, Contract.AMOUNT)}
    lines = [f"#defined {name(predicate)}/{arity}." for predicate, arity in sorted(defined | decided)]
    in_force = Contract.READING.name
    if in_force in supplied:
        lines += [f"{name(in_force)}({reading},O) :- {in_force}({reading},O)." for reading in shared]
    facts = [
        *new.policy.facts,
        *(Contract.READING.fact(Name(key), Name(option)) for key, option in new.readings.items() if key not in shared),
    ]
    return ChangeCone(
        changes=tuple(finder.changes()),
        old="\n".join([*_declared(old.encoding), *(rule.text for rule in rules[0])]),
        new="\n".join([*lines, *(_renamed(rule, name) for rule in doubled)]),
        facts=tuple(Fact(name(fact.predicate), fact.arguments) for fact in facts if fact.predicate in supplied),
        name=name,
        doubled=_from_below(doubled),
    )


def _from_below(rules: Sequence[Rule]) -> tuple[str, ...]:
    # sorted, so that it is the same order in every process
    graph = {name: sorted(below) for name, below in dependencies(Program(tuple(rules), (), ())).items()}
    return tuple(name for name in TopologicalSorter(graph).static_order() if name in graph)


def _declared(encoding: Encoding) -> list[str]:
    """That a predicate without rules or facts is no misspelling, and that nothing is shown unasked."""
    predicates = encoding.policy.predicates.values()
    return [*(f"#defined {item.name}/{len(item.arguments)}." for item in predicates), "#show."]


def _renamed(rule: Rule, name: Callable[[str], str]) -> str:
    # in the dialect only an atom has a bracket right after a word, and a word inside quotes is no atom
    return re.sub(r'("[^"]*")|\b([a-z]\w*)\(', lambda match: match[1] or f"{name(match[2])}(", rule.text)


class _ChangeFinder:
    def __init__(
        self, old: PolicyVersion, new: PolicyVersion, shared: Sequence[str], before: Sequence[Rule], after: Sequence[Rule]
    ) -> None:
        self.old, self.new, self.before, self.after = old, new, before, after
        known, others = old.policy.parameters, new.policy.parameters
        self.parameters = [name for name in {**known, **others} if _fact(known.get(name)) != _fact(others.get(name))]
        names = {**old.readings, **new.readings}
        self.readings = [name for name in names if name not in shared and old.readings.get(name) != new.readings.get(name)]
        rows = [{row.code: row for row in side.policy.annex} for side in (old, new)]
        self.rows = [(rows[0].get(code), rows[1].get(code)) for code in {**rows[0], **rows[1]} if (code in rows[0]) != (code in rows[1])]
        units = {item.unit for name in self.parameters for item in (known.get(name), others.get(name)) if item}
        # every fact of these predicates has a second name, and rules of the cone read it under that
        self.supplied = units | ({Contract.READING.name} if self.readings else set()) | ({Contract.CATALOGUE.name} if self.rows else set())

    def altered(self) -> set[str]:
        """The predicates that are not the same in both versions."""
        rules: dict[str, list[set[Any]]] = {}
        for position, side in enumerate((self.before, self.after)):
            for rule in side:
                rules.setdefault(rule.head.predicate, [set(), set()])[position].add(_meaning(rule))
        found = {predicate for predicate, (one, other) in rules.items() if one != other}
        found |= {rule.head.predicate for rule in (*self.before, *self.after) if any(map(self._reads, rule.literals()))}
        size = -1
        while size < len(found):
            size = len(found)
            found |= {
                rule.head.predicate
                for rule in (*self.before, *self.after)
                if any(literal.atom.predicate in found for literal in rule.literals())
            }
        return found

    def changes(self) -> Iterable[VersionChange]:
        """What is not the same, as it can be shown: numbers, readings and rows first, then the rules."""
        every = (*self.before, *self.after)
        read = [literal for rule in every for literal in rule.literals()]
        for name in self.parameters:
            if any(self._names(literal, name) for literal in read):
                yield self._parameter(name)
        for name in self.readings:
            if any(literal.atom.predicate == Contract.READING.name and self._names(literal, name) for literal in read):
                yield self._reading(name)
        on_rows = [
            anchor
            for rule in every
            if any(part.atom.predicate == Contract.CATALOGUE.name for part in rule.literals())
            for anchor in rule.sentences
        ]
        for gone, come in self.rows if on_rows else ():
            row, side, policy = (gone, "old", self.old.policy) if gone else (come, "new", self.new.policy)
            assert row is not None
            words = Statement(f"附件职业“{row.name}”（{row.code}）", f"annex row {row.code} ({row.name})")
            yield VersionChange("row", "old" if side == "old" else "new", "annex.csv", words, _quotes(policy, on_rows))
        known, others = {_meaning(rule) for rule in self.before}, {_meaning(rule) for rule in self.after}
        for rules, other, side, policy in (
            (self.before, others, "old", self.old.policy),
            (self.after, known, "new", self.new.policy),
        ):
            for rule in rules:
                if _meaning(rule) not in other:
                    text = Statement(rule.text, rule.text)
                    yield VersionChange("rule", "old" if side == "old" else "new", rule.where, text, _quotes(policy, rule.sentences))

    def _parameter(self, name: str) -> VersionChange:
        one, other = self.old.policy.parameters.get(name), self.new.policy.parameters.get(name)
        policy, either = (self.new.policy, other) if other else (self.old.policy, one)
        assert either is not None
        before, after = (parameter_value(item) if item else "—" for item in (one, other))
        words = either.statement
        where = f"parameters.toml [{name}]"
        text = Statement(f"{words.zh}：{before} → {after}", f"{words.en}: {before} → {after}")
        return VersionChange(
            "parameter", "both" if one and other else "old" if one else "new", where, text, _quotes(policy, [either.sentence])
        )

    def _reading(self, name: str) -> VersionChange:
        one, other = self.old.policy.readings.get(name), self.new.policy.readings.get(name)
        policy, either = (self.new.policy, other) if other else (self.old.policy, one)
        assert either is not None
        before, after = (side.readings.get(name, "—") for side in (self.old, self.new))
        text = Statement(f"{either.question.zh} {before} → {after}", f"{either.question.en} {before} → {after}")
        quotes = _quotes(policy, [anchor for anchor, _ in either.quotes])
        return VersionChange("reading", "both" if one and other else "old" if one else "new", f"readings.toml [{name}]", text, quotes)

    def _reads(self, literal: BodyAtom) -> bool:
        """Whether an atom rests on a parameter, a reading or a row that differs."""
        if literal.atom.predicate == Contract.CATALOGUE.name:
            return bool(self.rows)
        names = self.readings if literal.atom.predicate == Contract.READING.name else self.parameters
        return literal.atom.predicate in self.supplied and any(self._names(literal, name) for name in names)

    def _names(self, literal: BodyAtom, name: str) -> bool:
        """Whether an atom can be the one of a parameter or a reading."""
        predicate, terms = literal.atom.predicate, literal.atom.terms
        if predicate != Contract.READING.name:
            units = {item.unit for side in (self.old, self.new) if (item := side.policy.parameters.get(name))}
            if predicate not in units:
                return False
        return not isinstance(terms[0], Constant) or terms[0].value == name


def _meaning(rule: Rule) -> tuple[Any, ...]:
    """A rule without its place: the order in its body means nothing."""
    return rule.head, frozenset(rule.body)


def _fact(parameter: Parameter | None) -> Fact | None:
    return parameter.fact if parameter else None


def _quotes(policy: Policy, anchors: Iterable[str]) -> tuple[tuple[str | None, str, str], ...]:
    sentences = [policy.sentences[anchor] for anchor in dict.fromkeys(anchors) if anchor in policy.sentences]
    return tuple((sentence.clause, sentence.anchor, sentence.text) for sentence in sentences)


def clauses_of(changes: Iterable[VersionChange]) -> tuple[str, ...]:
    """The clauses of some changes."""
    return tuple(dict.fromkeys(clause for change in changes for clause in change.clauses))
