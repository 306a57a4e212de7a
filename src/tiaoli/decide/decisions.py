"""From a case to its decisions by clingo: what follows for it, and the outcome, amount and conditions read out of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

from tiaoli.case import Case
from tiaoli.decide.answer import Condition, Decision, Outcome, Status
from tiaoli.decide.facts import Subject
from tiaoli.decide.prepared import PreparedCase, PreparedDecision
from tiaoli.decide.results import Result, ResultReader
from tiaoli.encoding import Encoding, Slot
from tiaoli.policy import Benefit
from tiaoli.rules import Consequences, Contract, Fact, Name, Value, consequences

_SUMS = (Contract.AMOUNT.name, Contract.STANDARD.name)
"""The predicates that give a sum, in hundreds of the smallest unit of the currency and what is left of them."""


class DecisionReader:
    """Reads decisions out of the consequences of one case, which the rules know by `name`; `unknown` are the facts that were choices."""

    def __init__(self, encoding: Encoding, case: Case, found: Consequences, name: Value, unknown: Collection[Slot] = ()) -> None:
        self.policy = policy = encoding.policy
        self.case = case
        self.found = found
        self.name = name
        self.unknown = unknown
        self.result_reader = ResultReader(encoding.phrases, encoding.rule_bounds) if policy.results else None
        self.possible_results: dict[tuple[str, str], dict[str, set[Value]]] = defaultdict(lambda: defaultdict(set))
        self.certain_results: dict[tuple[str, str], dict[str, set[Value]]] = defaultdict(lambda: defaultdict(set))
        self.sums: dict[tuple[str, str, str], set[Decimal]] = defaultdict(set)
        self.certain_sums: set[tuple[str, str, str]] = set()
        self.rates: dict[tuple[str, str], Decimal] = {}
        self.gaps: dict[tuple[str, str], set[str]] = defaultdict(set)
        # a policy may show more than an answer is read from
        read = {*_SUMS, Contract.RATE.name, Contract.GAP.name, *policy.results}
        for fact in found.possible:
            if fact.predicate not in read or fact.arguments[0] != name:
                continue
            key = (str(fact.arguments[1]), str(fact.arguments[2]))
            if fact.predicate in _SUMS:
                hundreds, rest = map(int, map(str, fact.arguments[3:]))
                self.sums[(fact.predicate, *key)].add(policy.currency.of_units(hundreds * 100 + rest))
            elif fact.predicate == Contract.RATE.name:
                self.rates[key] = Decimal(str(fact.arguments[3])).scaleb(-2)
            elif fact.predicate in policy.results:
                self.possible_results[key][fact.predicate].add(fact.arguments[3])
        for fact in found.certain:
            if fact.predicate not in read or fact.arguments[0] != name:
                continue
            key = (str(fact.arguments[1]), str(fact.arguments[2]))
            if fact.predicate in _SUMS:
                self.certain_sums.add((fact.predicate, *key))
            elif fact.predicate == Contract.GAP.name:
                self.gaps[key].add(str(fact.arguments[3]))
            elif fact.predicate in policy.results:
                self.certain_results[key][fact.predicate].add(fact.arguments[3])

    def decisions(self, subjects: Iterable[Subject]) -> Iterator[Decision]:
        """The decision about each subject. Raises `InternalError` where a result has several values."""
        return (self._decision(subject) for subject in subjects)

    def exclusive(self, subjects: Iterable[Subject]) -> list[tuple[Subject, str]]:
        """The decisions that each grant and of which only those of one application can be filed, each with its application, in the order of
        the decisions."""
        found: dict[Subject, str] = {}
        for fact in self.found.certain:
            if fact.predicate == Contract.EXCLUSIVE.name and fact.arguments[0] == self.name:
                benefit, item, application = map(str, fact.arguments[1:])
                found[Subject(benefit, item)] = application
        return [(subject, found[subject]) for subject in subjects if subject in found]

    def _status(self, fact: Fact) -> Status:
        if fact in self.found.certain:
            return "met"
        if fact in self.found.possible or not self.found.exhausted:
            return "unknown"
        return "unmet"

    def _decision(self, subject: Subject) -> Decision:
        benefit = self.policy.benefits[subject.benefit]
        about = (self.name, Name(subject.benefit), subject.item)
        outcomes: dict[Status, Outcome] = {"met": "eligible", "unmet": "not_eligible", "unknown": "unknown"}
        outcome = outcomes[self._status(Contract.ELIGIBLE.fact(*about))]
        key = (subject.benefit, subject.item)
        amounts = self.sums[(Contract.AMOUNT.name, *key)] if outcome == "eligible" else set()
        return Decision(
            benefit=benefit.id,
            subject=subject.item,
            clause=benefit.clause,
            outcome=outcome,
            amount=self._exact(Contract.AMOUNT.name, subject) if amounts else None,
            amount_range=(min(amounts), max(amounts)) if len(amounts) > 1 and self.found.exhausted else None,
            standard=self._exact(Contract.STANDARD.name, subject) if outcome == "eligible" else None,
            rate=self.rates.get(key),
            conditions=tuple(
                Condition(condition, self._status(Contract.MET.fact(*about, Name(condition)))) for condition in benefit.conditions
            ),
            currency=self.policy.currency,
            gap=self._gap(subject) if outcome == "eligible" else (),
            results=self._results(benefit, key, outcome),
            named=benefit,
        )

    def _results(self, benefit: Benefit, key: tuple[str, str], outcome: Outcome) -> tuple[Result, ...]:
        """What the decision gives beside money. Raises `InternalError` where a result has several values."""
        if self.result_reader is None or not benefit.results:
            return ()
        granted = None if outcome == "unknown" else outcome == "eligible"
        if not self.found.exhausted:
            return self.result_reader.cut_short(benefit, granted)
        possible, certain = self.possible_results[key], self.certain_results[key]
        return self.result_reader.partial(benefit, granted, possible, certain, self.unknown)

    def _exact(self, predicate: str, subject: Subject) -> Decimal | None:
        """The sum that is the same in every completion."""
        found = self.sums[predicate, subject.benefit, subject.item]
        certain = (predicate, subject.benefit, subject.item) in self.certain_sums
        return next(iter(found)) if len(found) == 1 and certain else None

    def _gap(self, subject: Subject) -> tuple[str, ...]:
        """The ids, as the file has them, of the persons without a standard, in file order."""
        found = self.gaps[subject.benefit, subject.item]
        if not found:
            return ()
        inside = self.policy.lists
        order = [
            f"{subject.item}/{item['id']}"
            for declared in inside.values()
            if declared.parent == self.policy.benefits[subject.benefit].subject
            for holder in self.case.facts.get(self.policy.list_of[declared.parent].path, ())
            if holder["id"] == subject.item
            for item in holder.get(declared.path.rpartition(".")[2], ())
        ]
        return tuple(item.rpartition("/")[2] for item in order if item in found)


def solve(question: PreparedCase, exclusive: bool = False) -> DecisionReader:
    """What clingo finds of a case, ready to be read: one run for all its decisions; `exclusive` says whether also which of them exclude one
    another is wanted."""
    found = Consequences(frozenset(), frozenset())
    if question.facts.subjects:
        known = (*question.common_facts, *question.facts.facts)
        rules = question.encoding.rules if exclusive else question.encoding.decision_rules
        with question.shown_in_errors():
            found = consequences(rules, known, list(question.facts.choices.values()), question.seconds_left)
    return DecisionReader(question.encoding, question.case, found, question.case.id, question.facts.choices)


def decide_one(question: PreparedDecision) -> tuple[Decision, bool]:
    """The decision that is asked about, and whether the limit cut the search short."""
    reader = solve(question)
    (decision,) = reader.decisions([question.subject])
    return decision, not reader.found.exhausted
