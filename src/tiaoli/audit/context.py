"""What the checks of an audit share: how they ask, within one limit, and what they know of the policy's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import combinations
from typing import Any

from tiaoli.analysis import SHOWS, Cases, Search, Witness, searches
from tiaoli.base import Statement, left, listed
from tiaoli.encoding import Encoding, rules_below
from tiaoli.policy import NOT_KNOWN, Benefit, Field, Policy
from tiaoli.rules import Contract, Fact, Rule
from tiaoli.symbolic import Budget, CommonNeeds, LimitReached, Outside


def about_applicant(policy: Policy, declared: Field) -> bool:
    """Whether a fact is one of the case itself, and not of an item of it: of the applicant, and not the day."""
    return declared.entity is None and declared is not policy.schema.day


_LIMITS = {
    "time": Statement("已到时间上限", "the time limit was reached"),
    "memory": Statement("已到内存上限", "the memory limit was reached"),
}


class AuditContext:
    """One audit of a policy, or of some of its benefits: its questions share a deadline, a time of `monotonic()`, and a bound of memory
    in megabytes.

    `unfinished` are the questions that were left open, in words with the reason; `within` the lists of which only so many items were
    looked at, by path.
    """

    def __init__(
        self, encoding: Encoding, deadline: float | None, benefits: Collection[str] | None = None, memory: int | None = None
    ) -> None:
        self.encoding, self.policy, self.budget = encoding, encoding.policy, Budget(deadline, memory)
        self.benefits = [benefit for benefit in self.policy.benefits.values() if benefits is None or benefit.id in benefits]
        self.defaults = {reading.name: reading.default for reading in self.policy.readings.values()}
        self.unfinished: list[Statement] = []
        self.within: dict[str, int] = {}
        self._searches: list[Search] = []
        self._common = CommonNeeds(self.policy, encoding.program.rules)

    def find_witness(self, what: Statement, rules: str, cases: Cases) -> Witness | None:
        """A small case of which the rules derive `shows`; `None` where there is none, or where that is left open: then `what` is
        noted. Of the readings that are free the defaults are preferred."""
        (found,) = self.find_witnesses(what, rules, cases, [SHOWS])
        return found

    def find_witnesses(self, what: Statement, rules: str, cases: Cases, atoms: Sequence[Fact]) -> list[Witness | None]:
        """A small case for each of several atoms that the rules derive."""
        found: dict[Fact, Witness] = {}
        with self.asking(what):
            for search in self.searches(rules, cases, {atom.predicate: len(atom.arguments) for atom in atoms}):
                for atom in atoms:
                    if atom not in found and (witness := search.witness(atom)) is not None:
                        found[atom] = witness
                if len(found) == len(atoms):
                    break
        return [found.get(atom) for atom in atoms]

    def reachable_atoms(
        self, what: Statement, rules: str, cases: Cases, goals: Mapping[str, int], *, preliminary: bool = False
    ) -> frozenset[Fact] | None:
        """The atoms of some predicates, each with the number of its arguments, that rules derive of some case; `None` where that is left
        open, which is noted."""
        with self.asking(what):
            return self.search(rules, cases, goals, preliminary=preliminary).reachable(*goals)
        return None

    def searches(self, rules: str, cases: Cases, goals: Mapping[str, int]) -> Iterator[Search]:
        """Some questions over the cases with one item a list, of which nothing is said, and then over all."""
        for number, search in enumerate(searches(self.encoding, rules, cases, goals, self.budget)):
            self._searches += [search] if number else []
            yield search

    def search(self, rules: str, cases: Cases, goals: Mapping[str, int], *, preliminary: bool = False) -> Search:
        """Some questions over the same cases; to be asked within `asking`. Of what a `preliminary` look does not show nothing is said."""
        search = Search(self.encoding, rules, cases, goals, self.budget, self._common)
        if not preliminary:
            self._searches.append(search)
        return search

    @contextmanager
    def asking(self, what: Statement) -> Iterator[None]:
        """Within, what ends a question before it is answered is noted with its reason."""
        try:
            yield
        except LimitReached as error:
            self.leave_open(what, _LIMITS[error.limit])
        except Outside as error:
            where = Statement(f"{error.rule.where}：", f"{error.rule.where}: ") if error.rule else Statement("", "")
            self.leave_open(what, Statement(f"{where.zh}{error.reason.zh}", f"{where.en}{error.reason.en}"))
        for search in self._searches:
            if search.left_out:
                self.within |= search.within
        self._searches.clear()

    @property
    def deadline(self) -> float | None:
        """When the audit ends, as a time of `monotonic()`."""
        return self.budget.deadline

    @property
    def out_of_time(self) -> bool:
        """Whether the limit is reached."""
        return left(self.deadline) == 0

    def leave_open(self, what: Statement, reason: Statement = _LIMITS["time"]) -> None:
        """Note that a question was left open, and why."""
        self.unfinished.append(Statement(f"{what.zh}（{reason.zh}）", f"{what.en} ({reason.en})"))

    def each_reading(self, benefit: str) -> Iterator[Mapping[str, str]]:
        """The defaults, then every other option of a reading that bears on a benefit, the others by default."""
        yield self.defaults
        for reading in self.policy.readings.values():
            if benefit in reading.touches:
                for option in reading.options[1:]:
                    yield {**self.defaults, reading.name: option.id}

    # Words

    def searched(self, within: Mapping[str, int]) -> Statement:
        """How many items were looked at where more can matter, as the end of a sentence; nothing where none can."""
        named = [(self.policy.lists[path].statement, number) for path, number in within.items()]
        if not named:
            return Statement("", "")
        parts = listed(
            (Statement(f"{name.zh}至多 {number} 项", f"at most {number} of each {name.en}") for name, number in named), "、", ", "
        )
        return Statement(f"（已查至{parts.zh}）", f" (searched with {parts.en})")

    def name(self, *benefits: str) -> Statement:
        """Benefits with their clauses: `（三）养老家政申领路径`."""
        found = [self.policy.benefits[benefit] for benefit in benefits]
        *first, last = (Statement(f"{one.clause}“{one.statement.zh}”", f"{one.clause} “{one.statement.en}”") for one in found)
        return listed([listed(first, "、", ", "), last], "与", " and ") if first else last

    def subject(self, benefit: str) -> Statement:
        """What a benefit is decided about."""
        return self.policy.list_of[self.policy.benefits[benefit].subject].statement

    def sentences(self, *benefits: str) -> tuple[str, ...]:
        """The sentences of the benefits' own clauses that their conditions rest on."""
        found = {anchor for benefit in benefits for anchors in self.encoding.sentences[benefit].values() for anchor in anchors}
        clauses = {self.policy.benefits[benefit].clause for benefit in benefits}
        return self.ordered(anchor for anchor in found if not clauses.isdisjoint(self.policy.sentences[anchor].clauses))

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
        return tuple(anchor for anchor in found if clause in self.policy.sentences[anchor].clauses) or self.sentences(benefit)

    def sentences_of(self, rules: Iterable[Rule]) -> tuple[str, ...]:
        """The sentences that some rules stand for."""
        return self.ordered(anchor for rule in rules for anchor in rule.sentences)

    def said(self, declared: Field, document: Mapping[str, Any]) -> Statement:
        """What a case says of a fact about the person, in words."""
        value: Any = document
        for key in declared.path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return self.worded(declared, value)

    def worded(self, declared: Field, value: Any) -> Statement:
        """The value of a fact as a case file has it, in words."""
        if value is None:
            return NOT_KNOWN
        if declared.kind == "boolean":
            return Statement("是", "yes") if value else Statement("否", "no")
        return self.policy.values[declared.table][str(value)] if declared.table else Statement(str(value), str(value))

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
        return any(about_applicant(self.policy, self.policy.fields[path]) for path in self.encoding.fields[benefit])

    def date_fields(self, paths: Iterable[str]) -> list[Field]:
        """Those of some fields that hold a day."""
        return [declared for path in paths if (declared := self.policy.fields[path]).kind == "day"]

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
