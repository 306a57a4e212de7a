"""What differs between two versions of a policy in all that the answer about a benefit rests on.

It is compared rule by rule, parameter by parameter, reading by reading and row by row. Where nothing differs both versions answer alike,
whatever the case is; where something does, they may still.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from tiaoli.base import Statement
from tiaoli.encoding import Encoding, can_conclude, rules_below, said_of_one
from tiaoli.policy import Parameter, Policy, Reading, parameter_value
from tiaoli.rules import Constant, Contract, Fact, Program, Rule
from tiaoli.rules import Literal as BodyAtom

Kind = Literal["rule", "parameter", "reading", "row", "benefit"]
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
    """Something that is not the same in both versions: a rule, a parameter, the option of a reading, or a row of a table.

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


def shared_readings(old: PolicyVersion, new: PolicyVersion, chosen: Iterable[str]) -> tuple[str, ...]:
    """The readings that are free, and the same in both versions: those that nobody chose, with equal options."""

    def options(reading: Reading | None) -> list[str]:
        return [option.id for option in reading.options] if reading else []

    known, others = old.policy.readings, new.policy.readings
    return tuple(name for name in known if name not in set(chosen) and options(known[name]) == options(others.get(name)))


class BenefitChanges(NamedTuple):
    """What differs between two versions in all that the answer about a benefit rests on; nothing where they answer alike whatever
    the case is. `shown` are the predicates of the answer that rest on something of it."""

    changes: tuple[VersionChange, ...]
    shown: frozenset[str]


def find_changes(old: PolicyVersion, new: PolicyVersion, shared: Sequence[str], benefit: str) -> BenefitChanges:
    """What differs for a benefit. `shared` are the readings that are free, and the same in both."""
    before, after = (_rules_said(side, benefit) for side in (old, new))
    whole = _ChangeFinder(old, new, shared, _in_order(old, before.values()), _in_order(new, after.values()), benefit)
    changes = tuple(whole.changes())
    shown = {
        name
        for name in ({**before, **after} if changes else ())
        if any(_ChangeFinder(old, new, shared, before.get(name, ()), after.get(name, ()), benefit).changes())
    }
    return BenefitChanges(changes, frozenset(shown))


def _rules_said(side: PolicyVersion, benefit: str) -> dict[str, tuple[Rule, ...]]:
    """For each predicate that a version shows of a benefit the rules that it rests on; of it together with another, those beside the
    outcomes of the two."""
    policy, program = side.policy, side.encoding.program
    if benefit not in policy.benefits:
        return {}
    found = {name: rules_below(policy, program, [(name, benefit)]) for name in said_of_one(policy)}
    decided = Contract.ELIGIBLE.name
    others = Program(tuple(rule for rule in program.rules if rule.head.predicate != decided), (), program.declarations)
    exclusive = Contract.EXCLUSIVE.name
    if policy.shows(exclusive) and can_conclude(policy, program, exclusive, benefit):
        found[exclusive] = rules_below(policy, others, [(exclusive, None)])
    return found


def _in_order(side: PolicyVersion, several: Iterable[Sequence[Rule]]) -> tuple[Rule, ...]:
    """Rules, each once, in the order of the program."""
    found = {id(rule) for rules in several for rule in rules}
    return tuple(rule for rule in side.encoding.program.rules if id(rule) in found)


class _ChangeFinder:
    def __init__(
        self, old: PolicyVersion, new: PolicyVersion, shared: Sequence[str], before: Sequence[Rule], after: Sequence[Rule], benefit: str
    ) -> None:
        self.old, self.new, self.before, self.after = old, new, before, after
        self.benefits = old.policy.benefits.get(benefit), new.policy.benefits.get(benefit)
        known, others = old.policy.parameters, new.policy.parameters
        self.parameters = [name for name in {**known, **others} if _fact(known.get(name)) != _fact(others.get(name))]
        names = {**old.readings, **new.readings}
        self.readings = [name for name in names if name not in shared and old.readings.get(name) != new.readings.get(name)]
        self.tables = dict.fromkeys([*old.policy.table_of, *new.policy.table_of])

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
        for table in self.tables:
            reading = [rule for rule in every if any(part.atom.predicate == table for part in rule.literals())]
            if reading:
                yield from self._rows(table, [anchor for rule in reading for anchor in rule.sentences])
        known, others = {_meaning(rule) for rule in self.before}, {_meaning(rule) for rule in self.after}
        for rules, other, side, policy in (
            (self.before, others, "old", self.old.policy),
            (self.after, known, "new", self.new.policy),
        ):
            for rule in rules:
                if _meaning(rule) not in other:
                    text = Statement(rule.text, rule.text)
                    yield VersionChange("rule", "old" if side == "old" else "new", rule.where, text, _quotes(policy, rule.sentences))
        yield from self._benefit()

    def _benefit(self) -> Iterable[VersionChange]:
        """Which benefit it is, where the versions say that otherwise."""
        one, other = self.benefits
        if one is not None and other is not None and one.clause != other.clause:
            text = Statement(f"所在条款：{one.clause} → {other.clause}", f"clause: {one.clause} → {other.clause}")
            yield VersionChange("benefit", "both", f"vocabulary.toml [benefit.{other.id}]", text, ())

    def _parameter(self, name: str) -> VersionChange:
        one, other = self.old.policy.parameters.get(name), self.new.policy.parameters.get(name)
        policy, either = (self.new.policy, other) if other else (self.old.policy, one)
        assert either is not None
        sides = ((self.old.policy, one), (self.new.policy, other))
        before, after = (parameter_value(item, side.currency) if item else "—" for side, item in sides)
        words = either.statement
        where = f"parameters.toml [{name}]"
        text = Statement(f"{words.zh}：{before} → {after}", f"{words.en}: {before} → {after}")
        return VersionChange(
            "parameter", "both" if one and other else "old" if one else "new", where, text, _quotes(policy, [either.sentence])
        )

    def _rows(self, predicate: str, anchors: Sequence[str]) -> Iterator[VersionChange]:
        """The rows of a table that one version has and the other has not, or has otherwise."""
        sides = [side.policy.table_of.get(predicate) for side in (self.old, self.new)]
        rows = [{table.key_of(row): row for row in table.rows} if table else {} for table in sides]
        for key in {**rows[0], **rows[1]}:
            one, other = (found.get(key) for found in rows)
            table, row = (sides[1], other) if other else (sides[0], one)
            assert table is not None
            assert row is not None
            if one and other and one.cells == other.cells:
                continue
            policy = self.new.policy if other else self.old.policy
            words = Statement(f"{table.statement.zh}“{table.named(row)}”一行", f"row {table.named(row)} of {table.statement.en}")
            if one and other:
                before, after = (", ".join(found.written) for found in (one, other))
                words = Statement(f"{words.zh}：{before} → {after}", f"{words.en}: {before} → {after}")
            yield VersionChange("row", "both" if one and other else "old" if one else "new", table.file, words, _quotes(policy, anchors))

    def _reading(self, name: str) -> VersionChange:
        one, other = self.old.policy.readings.get(name), self.new.policy.readings.get(name)
        policy, either = (self.new.policy, other) if other else (self.old.policy, one)
        assert either is not None
        before, after = (side.readings.get(name, "—") for side in (self.old, self.new))
        text = Statement(f"{either.question.zh} {before} → {after}", f"{either.question.en} {before} → {after}")
        quotes = _quotes(policy, [anchor for anchor, _ in either.quotes])
        return VersionChange("reading", "both" if one and other else "old" if one else "new", f"readings.toml [{name}]", text, quotes)

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
