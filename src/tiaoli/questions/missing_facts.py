"""What to ask next: the unknown facts that can still decide, the one that settles most first.

For each of them and each value it can have, two questions to the engine say whether the value settles a decision whatever
the other unknown facts are. Days and numbers are asked about in ranges; between two critical values nothing changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from tiaoli.base import Statement, drawn, listed, previous_day
from tiaoli.case import field_at, file_value
from tiaoli.decide import SOLE_CASE, Answer, Decision, FreeFact, Outcome, PreparedCase, Subject, fact_of, set_free
from tiaoli.encoding import Bearing, bearing_on_conditions, cone_of
from tiaoli.policy import Field
from tiaoli.rules import Choice, Contract, Fact, Name, OutOfTimeError, Session, Value, stop_at


class Settled(NamedTuple):
    """An answer that settles a decision: a value as a case file has it, or a range of days or numbers (`a..b`, both ends
    inside); `null` is none, `{}` a record, and `*` any code that the policy does not know. `said` is the outcome in words."""

    answer: str
    benefit: str
    subject: str
    outcome: Outcome
    said: Statement

    def to_json(self) -> dict[str, Any]:
        """The answer, the decision that it settles, and how."""
        return {"answer": self.answer, "benefit": self.benefit, "subject": self.subject, "outcome": self.outcome}


class FactQuestion(NamedTuple):
    """An unknown fact to ask for: its path, the question, why it is asked, the decisions (benefit, subject) whose outcome it
    can decide, and which answers settle what. `for_amount`: it bears on the amount alone; `for_results`: on results beside money."""

    path: str
    question: Statement
    why: Statement
    decides: tuple[tuple[str, str], ...]
    settles: tuple[Settled, ...]
    for_amount: bool = False
    for_results: bool = False

    def to_json(self) -> dict[str, Any]:
        """The path, the question in words, and what it decides and settles; `for_amount` and `for_results` only where true."""
        found: dict[str, Any] = {
            "path": self.path,
            "question": self.question.to_json(),
            "why": self.why.to_json(),
            "decides": [list(decision) for decision in self.decides],
            "settles": [settled.to_json() for settled in self.settles],
        }
        return found | {key: True for key in ("for_amount", "for_results") if getattr(self, key)}


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions to ask of a case, best first. `limit_reached`: there may be more, and more that they settle. `assumed` are the absent
    lists that were taken as empty and can bear on what is decided."""

    case: str
    questions: tuple[FactQuestion, ...]
    limit_reached: bool = False
    assumed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The case and its questions, best first; `assumed` only where there are such lists, `limit_reached` where it is true."""
        found: dict[str, Any] = {"case": self.case, "questions": [question.to_json() for question in self.questions]}
        return found | ({"assumed": list(self.assumed)} if self.assumed else {}) | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)


def facts_to_ask(question: PreparedCase, answer: Answer) -> Questions:
    """The questions that the full answer to a case leaves open."""
    search = _FactQuestionSearch(question, answer.decisions)
    complete = True
    try:
        search.run()
    except OutOfTimeError:
        complete = False
    subjects = [Subject(decision.benefit, decision.subject) for decision in answer.decisions]
    return Questions(question.case.id, tuple(search.ranked()), answer.limit_reached or not complete, question.assumed(subjects))


class _FactQuestionSearch:
    def __init__(self, question: PreparedCase, decisions: Sequence[Decision]) -> None:
        self.question, self.encoding, self.decisions = question, question.encoding, decisions
        self.settles: dict[str, list[Settled]] = defaultdict(list)
        # how much of what a fact can be settles something, over all decisions
        self.shares: dict[str, float] = defaultdict(float)
        self.open: dict[str, list[Decision]] = defaultdict(list)
        self.for_amount: dict[str, list[Decision]] = defaultdict(list)
        self.for_results: dict[str, list[Decision]] = defaultdict(list)
        for decision in decisions:
            assert decision.alternatives is not None
            for path in decision.alternatives.missing:
                self.open[path].append(decision)
            for path in decision.alternatives.missing_for_amount:
                self.for_amount[path].append(decision)
            for path in decision.alternatives.missing_for_results or ():
                self.for_results[path].append(decision)

    def run(self) -> None:
        """Find what the answers settle, one decision after another."""
        for decision in self.decisions:
            assert decision.alternatives is not None
            if decision.alternatives.missing:
                stop_at(self.question.deadline)
                self._find_settling(decision, decision.alternatives.missing)

    def _find_settling(self, decision: Decision, missing: Sequence[str]) -> None:
        """Find which answers about the missing facts settle one decision."""
        encoding, policy = self.encoding, self.encoding.policy
        subject = Subject(decision.benefit, decision.subject)
        bearing = encoding.outcome_fields(subject.benefit)
        freed = set_free(policy, encoding.rule_bounds, self.question.case, subject, bearing, lambda *_: False)
        choices = [Choice(tuple(self._fact(variable, value) for value in variable.values)) for variable in freed.free_facts]
        facts = [*self.question.common_facts, *freed.facts_of(SOLE_CASE)]
        session = Session(encoding.outcome_rules, facts, choices, limit=self.question.seconds_left)
        granted = Contract.ELIGIBLE.fact(SOLE_CASE, Name(subject.benefit), subject.item)
        first: dict[str, FreeFact] = {}
        for variable in freed.free_facts:
            first.setdefault(variable.path, variable)
        for path in missing:
            if path not in first:
                continue
            variable = first[path]
            outcomes: list[Outcome | None] = []
            for value in variable.values:
                here = self._fact(variable, value)
                if not session.possible((granted, True), (here, True)):
                    outcomes.append("not_eligible")
                else:
                    outcomes.append(None if session.possible((granted, False), (here, True)) else "eligible")
            self.shares[path] += sum(outcome is not None for outcome in outcomes) / len(outcomes)
            for answer, outcome in self._answers(variable, outcomes):
                self.settles[path].append(Settled(answer, *subject, outcome, policy.outcome(subject.benefit, outcome)))

    def _fact(self, variable: FreeFact, value: Value) -> Fact:
        return fact_of(self.encoding.policy.fields[variable.slot[0]], SOLE_CASE, variable.slot[1], value)

    def _answers(self, variable: FreeFact, outcomes: Sequence[Outcome | None]) -> Iterator[tuple[str, Outcome]]:
        """The answers that settle: values, or ranges of them, each with the outcome."""
        declared = self.encoding.policy.fields[variable.slot[0]]
        span = declared.type.span
        if span is None:
            for value, outcome in zip(variable.values, outcomes, strict=True):
                if outcome is not None:
                    yield self._text(declared, value), outcome
            return
        low: int | None = None
        numbers = [(value, outcome) for value, outcome in zip(variable.values, outcomes, strict=True) if isinstance(value, int)]
        for position, (value, outcome) in enumerate(numbers):
            low = value if low is None else low
            last = position + 1 == len(numbers)
            if last or numbers[position + 1][1] != outcome:
                high = span[1] if last else _before(declared, numbers[position + 1][0])
                if outcome is not None:
                    ends = [str(file_value(declared, end)) for end in (low, high)]
                    yield (ends[0] if low == high else "..".join(ends)), outcome
                low = None
        for value, outcome in zip(variable.values, outcomes, strict=True):
            if not isinstance(value, int) and outcome is not None:
                yield "null", outcome

    def _text(self, declared: Field, value: Value) -> str:
        plain = file_value(declared, value)
        if declared.kind == "code" and value not in self.encoding.policy.codes:
            return "*"
        if plain is None or isinstance(plain, bool):
            return {None: "null", True: "true", False: "false"}[plain]
        return "{}" if declared.kind == "record" else str(plain)

    def ranked(self) -> Iterator[FactQuestion]:
        """The questions, those that settle most first; then those about amounts alone."""
        paths = list(self.open)
        # sorted keeps the order in which decisions ask where two settle as much
        paths.sort(key=lambda path: (-self.shares[path], -len(self.open[path])))
        for path in paths:
            yield self._question(path, self.open[path], self._why(path, self.open[path]))
        for path in dict.fromkeys((*self.for_amount, *self.for_results)):
            if path not in self.open:
                amount, results = self.for_amount.get(path, []), self.for_results.get(path, [])
                why = self._why_amount(amount) if amount else self._why_results(path, results)
                yield self._question(path, [], why, for_amount=bool(amount), for_results=bool(results))

    def _question(
        self, path: str, decisions: Sequence[Decision], why: Statement, for_amount: bool = False, for_results: bool = False
    ) -> FactQuestion:
        """The question for a fact that can decide the outcome of some decisions."""
        declared = self._declared(path)
        pairs = tuple((decision.benefit, decision.subject) for decision in decisions)
        asked = self.encoding.phrases.question(declared, item_of(path, declared))
        return FactQuestion(path, asked, why, pairs, tuple(self.settles[path]), for_amount, for_results)

    def _declared(self, path: str) -> Field:
        declared = field_at(self.encoding.policy, path)
        assert declared is not None
        return declared

    def _why(self, path: str, decisions: Sequence[Decision]) -> Statement:
        """The clauses and conditions that a fact decides."""
        declared = self._declared(path)
        names: dict[Statement, None] = {}
        for decision in decisions:
            inside = self._bearing_fields(declared)
            for condition in decision.conditions:
                reached = self._bearing(decision.benefit)[condition.id].fields
                if condition.status == "unknown" and any(path in reached for path in inside):
                    names[self.encoding.condition_name(decision.benefit, condition.id)] = None
        found = listed(names, "、", "; ")
        return Statement(f"它决定是否符合{found.zh}。", f"It decides whether this is met: {found.en}.")

    def _bearing_fields(self, declared: Field) -> list[str]:
        """A field, and for a record the fields inside it."""
        return [path for path in self.encoding.policy.fields if path == declared.path or path.startswith(f"{declared.path}.")]

    def _why_amount(self, decisions: Sequence[Decision]) -> Statement:
        benefits = self.encoding.policy.benefits
        found = listed(dict.fromkeys(Statement(*benefits[decision.benefit].statement) for decision in decisions), "、", "; ")
        clauses = "".join(dict.fromkeys(decision.clause for decision in decisions))
        return Statement(f"它影响金额：{clauses}{found.zh}。", f"It bears on the amount: {clauses} {found.en}.")

    def _why_results(self, path: str, decisions: Sequence[Decision]) -> Statement:
        """The results that a fact bears on."""
        policy, inside = self.encoding.policy, self._bearing_fields(self._declared(path))
        open_ones = dict.fromkeys(result.id for decision in decisions for result in decision.results if result.status == "unknown")
        reached = {name: cone_of(policy, self.encoding.program, name).bearing.fields for name in open_ones}
        names = {name: policy.results[name].statement for name in open_ones if any(field in reached[name] for field in inside)}
        found = listed(names.values(), "、", "; ")
        clauses = "".join(dict.fromkeys(decision.clause for decision in decisions))
        return Statement(f"它影响：{clauses}{found.zh}。", f"It bears on this: {clauses} {found.en}.")

    def _bearing(self, benefit: str) -> dict[str, Bearing]:
        if benefit not in self._reached:
            self._reached[benefit] = bearing_on_conditions(self.encoding.policy, self.encoding.program, benefit, self.question.readings)
        return self._reached[benefit]

    @cached_property
    def _reached(self) -> dict[str, dict[str, Bearing]]:
        return {}


def item_of(path: str, declared: Field) -> str:
    """The item that a path of a case speaks of: `c1`, or `k1/t1` inside an item."""
    steps, keys = path.split("."), declared.path.split(".")
    ids = []
    for key in keys:
        while steps and steps[0] != key:
            ids.append(steps.pop(0))
        if steps:
            steps.pop(0)
    return "/".join(ids)


def _before(declared: Field, value: int) -> int:
    return previous_day(value) if declared.kind == "day" else value - 1
