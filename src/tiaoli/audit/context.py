"""What the checks of an audit share: how they ask, within one limit, and what they know of the policy's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from tiaoli.analysis import (
    CaseDomain,
    DomainSpec,
    SearchResult,
    Witness,
    WitnessQuery,
    find_witness,
    find_witnesses,
    reachable_atoms,
    undoing_options,
)
from tiaoli.base import Statement, left, listed
from tiaoli.encoding import Encoding, rules_below
from tiaoli.policy import Benefit, Field
from tiaoli.rules import Contract, Fact, Rule

SHOWS = Fact("shows", (1,))
"""What the rule of a question derives of the first copy of a case."""

ANSWER = " ".join(f"#defined {item.signature}." for item in (Contract.AMOUNT, Contract.RATE, Contract.GAP, Contract.EXCLUSIVE))
"""The words of an answer that a policy need not have: nothing is then so."""

PERSON = "person."
"""What the paths of the facts about the applicant begin with."""


class AuditContext:
    """One audit of a policy, or of some of its benefits: its questions share a deadline, a time of `monotonic()`.

    `unfinished` are the questions that it cut short, in words.
    """

    def __init__(self, encoding: Encoding, deadline: float | None, benefits: Collection[str] | None = None) -> None:
        self.encoding, self.policy, self.deadline = encoding, encoding.policy, deadline
        self.benefits = [benefit for benefit in self.policy.benefits.values() if benefits is None or benefit.id in benefits]
        self.defaults = {reading.name: reading.default for reading in self.policy.readings.values()}
        self.unfinished: list[Statement] = []

    def find_witness(self, what: Statement, rules: str, cases: DomainSpec) -> Witness | None:
        """The smallest case of which the rules derive `shows`; `None` where there is none, or where the limit was reached:
        then `what` is noted. Of the readings that are free the defaults are preferred."""
        if self.out_of_time:
            self.leave_open(what)
            return None
        query = WitnessQuery(SHOWS, f"#defined shows/1.\n{ANSWER}\n{rules}", cases)
        found = find_witness(self.encoding, query, self.deadline)
        if not found.exhausted:
            self.leave_open(what)
        return self._with_undoing_options(what, query, found)

    def find_witnesses(self, what: Statement, rules: str, cases: DomainSpec, atoms: Sequence[Fact]) -> list[Witness | None]:
        """The smallest case for each of several atoms that the rules derive, all searched together."""
        if self.out_of_time:
            self.leave_open(what)
            return [None] * len(atoms)
        query = WitnessQuery(atoms[0], f"{ANSWER}\n{rules}", cases)
        found = find_witnesses(self.encoding, query, [[atom] for atom in atoms], self.deadline)
        if not all(item.exhausted for item in found):
            self.leave_open(what)
        return [self._with_undoing_options(what, replace(query, atom=atom), item) for atom, item in zip(atoms, found, strict=True)]

    def reachable_atoms(self, what: Statement, rules: str, cases: DomainSpec, predicates: Collection[str]) -> frozenset[Fact] | None:
        """The atoms that rules derive of some case; `None` where the limit was reached, which is noted."""
        if self.out_of_time:
            self.leave_open(what)
            return None
        found, exhausted = reachable_atoms(self.encoding, CaseDomain(self.encoding, cases), rules, predicates, self.deadline)
        if not exhausted:
            self.leave_open(what)
            return None
        return found

    def _with_undoing_options(self, what: Statement, query: WitnessQuery, found: SearchResult) -> Witness | None:
        """A witness under the defaults, with the options that undo it; `what` is noted where no time is left for these."""
        witness = found.witness
        if witness is None or self.policy.other_readings(witness.readings):
            return witness
        if self.out_of_time:
            self.leave_open(what)
            return witness
        return replace(witness, gone_under=undoing_options(self.encoding, query, witness, found.domain))

    @property
    def out_of_time(self) -> bool:
        """Whether the limit is reached."""
        return left(self.deadline) == 0

    def leave_open(self, what: Statement) -> None:
        """Note that the limit was reached while this was asked."""
        self.unfinished.append(what)

    def each_reading(self, benefit: str) -> Iterator[Mapping[str, str]]:
        """The defaults, then every other option of a reading that bears on a benefit, the others by default."""
        yield self.defaults
        for reading in self.policy.readings.values():
            if benefit in reading.touches:
                for option in reading.options[1:]:
                    yield {**self.defaults, reading.name: option.id}

    # Words

    def name(self, *benefits: str) -> Statement:
        """Benefits with their clauses: `（三）养老家政申领路径`."""
        found = [self.policy.benefits[benefit] for benefit in benefits]
        return listed(
            (Statement(f"{one.clause}“{one.statement.zh}”", f"{one.clause} “{one.statement.en}”") for one in found), "与", " and "
        )

    def subject(self, benefit: str) -> Statement:
        """What a benefit is decided about."""
        return self.policy.list_of[self.policy.benefits[benefit].subject].statement

    def sentences(self, *benefits: str) -> tuple[str, ...]:
        """The sentences of the benefits' own clauses that their conditions rest on."""
        found = {anchor for benefit in benefits for anchors in self.encoding.sentences[benefit].values() for anchor in anchors}
        clauses = {self.policy.benefits[benefit].clause for benefit in benefits}
        return self.ordered(anchor for anchor in found if self.policy.sentences[anchor].clause in clauses)

    def condition_sentences(self, benefit: str, *conditions: str) -> tuple[str, ...]:
        """The sentences that some conditions of a benefit rest on."""
        return self.ordered(anchor for condition in conditions for anchor in self.encoding.sentences[benefit][condition])

    def only_below(self, predicate: str, benefit: str) -> tuple[str, ...]:
        """The sentences that a predicate rests on for a benefit and its outcome does not."""
        program = self.encoding.program
        outcome = {id(rule) for rule in rules_below(self.policy, program, [(Contract.ELIGIBLE.name, None)])}
        rules = [rule for rule in rules_below(self.policy, program, [(predicate, benefit)]) if id(rule) not in outcome]
        heads = _closure(predicate, rules)
        clause = self.policy.benefits[benefit].clause
        found = self.ordered(anchor for rule in rules if rule.head.predicate in heads for anchor in rule.sentences)
        return tuple(anchor for anchor in found if self.policy.sentences[anchor].clause == clause) or self.sentences(benefit)

    def sentences_of(self, rules: Iterable[Rule]) -> tuple[str, ...]:
        """The sentences that some rules stand for."""
        return self.ordered(anchor for rule in rules for anchor in rule.sentences)

    def ordered(self, anchors: Iterable[str]) -> tuple[str, ...]:
        """Anchors of sentences, each once, in the notice's order."""
        found = set(anchors)
        return tuple(anchor for anchor in self.policy.sentences if anchor in found)

    def pairs(self) -> Iterator[tuple[Benefit, Benefit]]:
        """The benefits that are decided about the same kind of item, two by two."""
        for one, other in combinations(self.benefits, 2):
            if one.subject == other.subject:
                yield one, other

    def personal(self, benefit: str) -> bool:
        """Whether a benefit is the applicant's own: whether a fact about the person bears on it."""
        return any(path.startswith(PERSON) for path in self.encoding.fields[benefit])

    def date_fields(self, paths: Iterable[str]) -> list[Field]:
        """Those of some fields that hold a day."""
        return [declared for path in paths if (declared := self.policy.fields[path]).type == "day"]

    def paid(self) -> list[Benefit]:
        """The benefits that have an amount."""
        return [benefit for benefit in self.benefits if benefit.has_amount]


def _closure(predicate: str, rules: Collection[Rule]) -> set[str]:
    """The predicates that one rests on by some rules alone, itself included."""
    found, todo = set(), [predicate]
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo += [literal.atom.predicate for rule in rules if rule.head.predicate == here for literal in rule.literals()]
    return found
