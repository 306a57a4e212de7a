"""What else a decision could be: which absent facts can still decide it, and which readings change it.

Readings become choices beside the unknown facts, and every question is a set of assumptions on one grounded program; where it
is about outcomes, it is asked about all decisions at once, so that a case of a thousand items takes no thousand questions.
Whether a fact alone can decide is a question about two completions that differ in it alone; whether some reading
leaves a decision open, about two completions under the same readings. For these the case stands in the program twice,
as 1 and 2: every predicate of the rules has the case as its first argument, so two copies are two cases. Facts and
readings are two quantifiers and stay apart.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from tiaoli.base import left, minimal
from tiaoli.decide.answer import Alternatives, Decision, Flip, Outcome, Verdict
from tiaoli.decide.decisions import DecisionReader
from tiaoli.decide.facts import CaseFacts, Subject
from tiaoli.decide.prepared import PreparedCase
from tiaoli.decide.results import Result
from tiaoli.policy import Policy
from tiaoli.rules import (
    GRACE,
    Assumption,
    Choice,
    Consequences,
    Contract,
    Equality,
    Fact,
    Name,
    OutOfTimeError,
    Session,
    consequences,
    exact_rules,
    rule_template,
)

# What is granted; and, where that is asked, what copy 1 of a case grants and copy 2 does not.
_OUTCOMES = rule_template("""
#defined comparing/0.
granted(Benefit, Subject) :- $ELIGIBLE(1, Benefit, Subject).
parted(Benefit, Subject) :- comparing, $ELIGIBLE(1, Benefit, Subject), not $ELIGIBLE(2, Benefit, Subject).
#defined granted/2.
#defined parted/2.
#show granted/2.
#show parted/2.
""").substitute()
_COMPARING = Fact("comparing", ())

# The two copies grant different sums.
_DIFFERS = rule_template("""
#defined differs/2.
differs(Benefit, Subject) :-
    $AMOUNT(1, Benefit, Subject, Yuan, Fen), $ELIGIBLE(2, Benefit, Subject), not $AMOUNT(2, Benefit, Subject, Yuan, Fen).
""").substitute()


def _otherwise(policy: Policy) -> str:
    """The two copies have different results."""
    rules = ["#defined otherwise/2."]
    for benefit in policy.benefits.values():
        for declared in benefit.results.values():
            said, other = (f"{declared.id}({copy}, {benefit.id}, Subject, Value)" for copy in (1, 2))
            granted = "".join(f", {Contract.ELIGIBLE.name}({copy}, {benefit.id}, Subject)" for copy in (1, 2))
            both = "" if declared.always else granted
            rules += [
                f"otherwise({benefit.id}, Subject) :- {said}, not {other}{both}.",
                f"otherwise({benefit.id}, Subject) :- {other}, not {said}{both}.",
            ]
    return "\n".join(rules)


DecideUnder = Callable[[Mapping[str, str]], Mapping[Subject, Decision] | None]
"""Decides the case by other means under readings, every one of them; `None` where these cannot."""


class _AbsentFact(NamedTuple):
    """An absent fact: its path, the field it is, the atom that keeps both copies the same in it, its values in copy 1, and
    for a record also the values of what it says."""

    path: str
    field: str
    same: Fact
    values: tuple[Fact, ...]
    options: frozenset[Fact]


def with_alternatives(
    question: PreparedCase, decisions: Sequence[Decision], decide_under: DecideUnder | None = None
) -> tuple[tuple[Decision, ...], bool]:
    """The decisions, each with its alternatives, and whether they are complete.

    Where the deadline is reached, the alternatives hold what is certain by then. `decide_under` says more quickly than clingo what
    single other readings make of the case.
    """
    if not decisions:
        return tuple(decisions), True
    # of a complete case there is nothing to search for long, unless it is large
    grace = 0.0 if question.facts.choices else GRACE
    deadline = None if question.deadline is None else question.deadline + grace
    try:
        if left(deadline) == 0:
            # else the case would be ground once more for nothing
            raise OutOfTimeError
        search = _AlternativeSearch(question, decide_under, deadline)
    except OutOfTimeError:
        return tuple(decision._replace(alternatives=Alternatives((), (), None, ())) for decision in decisions), False
    try:
        search.flips(decisions)
        search.verdicts(decisions)
        search.fixes(decisions)
        search.missing(decisions)
    except OutOfTimeError:
        search.exhausted = False
    return tuple(decision._replace(alternatives=search.found(decision)) for decision in decisions), search.exhausted


_Absent = list[tuple[_AbsentFact, list[Equality]]]
"""The absent facts, each with what makes both copies the same in it."""


class _AlternativeSearch:
    def __init__(self, question: PreparedCase, decide_under: DecideUnder | None, deadline: float | None) -> None:
        self.encoding, self.case, self.readings, self.decide_under = question.encoding, question.case, question.readings, decide_under
        self.question = question
        self.exhausted = True
        self.first = question.facts.named(1)
        # a complete case has one completion: its second copy could only be the first
        self.copies = [self.first, question.facts.named(2)] if self.first.choices else [self.first]
        self.deadline = deadline
        self.absent = _absent(*self.copies) if self.first.choices else []
        self.outcomes = self._session(
            exact_rules(self.encoding.outcome_rules, _OUTCOMES),
            (),
            [Choice(tuple(_reading(item.name, option.id) for option in item.options)) for item in self.encoding.policy.readings.values()],
            self.copies,
            self.absent,
        )
        self.granted: dict[tuple[frozenset[tuple[str, str]], bool], Consequences] = {}
        self.found_flips: dict[Subject, list[Flip]] = {}
        self.found_verdicts: dict[Subject, Verdict | None] = {}
        self.found_fix: dict[Subject, tuple[str, ...]] = {}
        self.found_missing: dict[Subject, tuple[str, ...]] = {}
        self.found_for_amount: dict[Subject, tuple[str, ...]] = {}
        self.found_for_results: dict[Subject, tuple[str, ...]] = {}

    def _session(
        self, rules: str, readings: Sequence[Fact], choices: Sequence[Choice], copies: Sequence[CaseFacts], absent: _Absent
    ) -> Session:
        """Copies of the case under rules and readings, the latter as facts or as choices."""
        return Session(
            rules,
            [*self.encoding.policy.facts, *readings, *(fact for copy in copies for fact in copy.facts)],
            [*choices, *(choice for copy in copies for choice in copy.choices.values())],
            [*(item.same for item, _ in absent), *([_COMPARING] if absent else [])],
            [equality for _, equalities in absent for equality in equalities],
            left(self.deadline),
            traced=bool(absent),
        )

    def found(self, decision: Decision) -> Alternatives:
        subject = _subject(decision)
        return Alternatives(
            missing=self.found_missing.get(subject, ()),
            missing_for_amount=self.found_for_amount.get(subject, ()),
            verdict=self.found_verdicts.get(subject),
            flips=tuple(self.found_flips.get(subject, ())),
            fix=self.found_fix.get(subject),
            missing_for_results=self.found_for_results.get(subject, ()) if decision.results else None,
        )

    def _in_force(self, changed: Mapping[str, str] = MappingProxyType({})) -> list[Assumption]:
        return [(_reading(name, option), True) for name, option in {**self.readings, **changed}.items()]

    def flips(self, decisions: Sequence[Decision]) -> None:
        """Decide again under each single deviation from the readings in force that can bear on a decision."""
        for reading in self.encoding.policy.readings.values():
            touched = [decision for decision in decisions if reading.name in self.encoding.readings[decision.benefit]]
            for option in reading.options:
                if touched and option.id != self.readings[reading.name]:
                    for decision, flip in self._outcomes_under(touched, reading.name, option.id):
                        if _settled(decision.outcome, decision.amount, decision.results) != _settled(*flip[2:]):
                            self.found_flips.setdefault(_subject(decision), []).append(flip)

    def _outcomes_under(self, decisions: Sequence[Decision], name: str, option: str) -> Iterator[tuple[Decision, Flip]]:
        """The outcome, the exact amount and the results of each decision under another option of a reading."""
        readings = {**self.readings, name: option}
        quick = self.decide_under(readings) if self.decide_under else None
        if quick is not None:
            for decision in decisions:
                found = quick[_subject(decision)]
                yield decision, Flip(name, option, found.outcome, found.amount, found.results)
            return
        assumed = self._in_force({name: option})
        granted = self._granted(readings)
        outcomes = {_subject(decision): _outcome(granted, decision) for decision in decisions}
        benefits = self.encoding.policy.benefits
        paid = [
            subject
            for subject, outcome in outcomes.items()
            if benefits[subject.benefit].results or (outcome == "eligible" and benefits[subject.benefit].has_amount)
        ]
        said = dict(self._said(paid, assumed)) if paid else {}
        for decision in decisions:
            subject = _subject(decision)
            under = said.get(subject)
            yield decision, Flip(name, option, outcomes[subject], *((None, ()) if under is None else (under.amount, under.results)))

    def _granted(self, fixed: Mapping[str, str], comparing: bool = False) -> Consequences:
        """What is granted for certain, and what possibly, with some readings fixed and the others free; with `comparing` also which
        decisions some reading of them leaves open. Raises `OutOfTimeError`."""
        key = (frozenset(fixed.items()), comparing)
        found = self.granted.get(key)
        if found is None:
            assumed = [(_reading(name, option), True) for name, option in fixed.items()]
            if self.absent:
                assumed.append((_COMPARING, comparing))
            found = self.granted[key] = self.outcomes.consequences(*assumed)
            if not found.exhausted:
                del self.granted[key]
                raise OutOfTimeError
        return found

    def _said(self, subjects: Sequence[Subject], assumed: Sequence[Assumption]) -> Iterator[tuple[Subject, Decision]]:
        """What is worked out for decisions, with the readings as facts: as choices they would leave every possible sum open."""
        policy = self.encoding.policy
        facts = [*policy.facts, *(reading for reading, _ in assumed), *self.first.facts]
        found = consequences(self.encoding.decision_rules, facts, list(self.first.choices.values()), left(self.deadline))
        if not found.exhausted:
            raise OutOfTimeError
        for decision in DecisionReader(self.encoding, self.case, found, 1, self.first.choices).decisions(subjects):
            yield _subject(decision), decision

    def verdicts(self, decisions: Sequence[Decision]) -> None:
        """Under all, some or no combinations of readings; nothing where some combination leaves the outcome open."""
        found = self._granted({}, comparing=True)
        verdicts: dict[Outcome, Verdict] = {"eligible": "all", "unknown": "some", "not_eligible": "none"}
        for decision in decisions:
            parted = _about("parted", decision) in found.possible
            self.found_verdicts[_subject(decision)] = None if parted else verdicts[_outcome(found, decision)]

    def fixes(self, decisions: Sequence[Decision]) -> None:
        """The readings that must be fixed for a certain outcome to be certain whatever the others are."""
        for decision in decisions:
            subject = _subject(decision)
            if decision.outcome != "unknown":
                if self.found_verdicts[subject] in ("all", "none"):
                    self.found_fix[subject] = ()
                else:
                    self.found_fix[subject] = tuple(self._fix(decision))

    def _fix(self, decision: Decision) -> list[str]:
        def suffices(names: Sequence[str]) -> bool:
            # decisions that rest on the same readings ask the same, and are answered together
            return _outcome(self._granted({name: self.readings[name] for name in names}), decision) == decision.outcome

        return minimal(suffices, self.encoding.readings[decision.benefit])

    def missing(self, decisions: Sequence[Decision]) -> None:
        """The absent facts that can decide an outcome alone, or else an amount or a result."""
        in_force = self._in_force()
        benefits = self.encoding.policy.benefits
        copies = _Copies(self.outcomes, self.absent)
        paying = {_subject(item) for item in decisions if item.outcome != "not_eligible" and benefits[item.benefit].has_amount}
        giving = {_subject(item) for item in decisions if any(result.status == "unknown" for result in item.results)}
        sums = self._sums([reading for reading, _ in in_force]) if paying or giving else None
        for decision in decisions:
            subject = _subject(decision)
            deciding: list[_AbsentFact] = []
            if decision.outcome == "unknown":
                deciding = copies.deciding(_granted(1, decision), (_granted(1, decision), True), (_granted(2, decision), False), *in_force)
                settled = {item: self._share_settled(item, decision) for item in deciding}
                # sorted keeps the order of the file where two facts settle as much
                deciding.sort(key=lambda item: -settled[item])
            self.found_missing[subject] = tuple(item.path for item in deciding)
            known = {item.path for item in deciding}
            for differing, found, wanted in (
                ("differs", self.found_for_amount, paying),
                ("otherwise", self.found_for_results, giving),
            ):
                if subject in wanted and sums is not None:
                    differs = _about(differing, decision)
                    found[subject] = tuple(item.path for item in sums.deciding(differs, (differs, True), known=known))

    def _sums(self, readings: Sequence[Fact]) -> _Copies | None:
        """The two copies with the rules for amounts, and the facts in which they can differ, sums that another rule sets among
        them; nothing where every fact is known."""
        copies, absent = self.copies, self.absent
        if self.first.elsewhere:
            facts = self.question.facts_with_every_sum
            copies = [facts.named(1), facts.named(2)]
            absent = _absent(*copies)
        if not absent:
            return None
        rules = exact_rules(self.encoding.decision_rules, _DIFFERS + _otherwise(self.encoding.policy))
        return _Copies(self._session(rules, readings, (), copies, absent), absent)

    def _share_settled(self, item: _AbsentFact, decision: Decision) -> float:
        """The share of a fact's values that settle the outcome by themselves."""
        granted = _granted(1, decision)
        settled = 0
        for value in item.values:
            given = [(value, True), *self._in_force()]
            if not self.outcomes.possible((granted, True), *given) or not self.outcomes.possible((granted, False), *given):
                settled += 1
        return settled / len(item.values)


class _Copies:
    """Two copies of the case in a session, and the absent facts in which they can differ."""

    def __init__(self, session: Session, absent: _Absent) -> None:
        self.session = session
        self.items = [item for item, _ in absent]
        self.of_literal = {literal: number for number, item in enumerate(self.items) for literal in session.literals(item.options)}

    def deciding(self, fact: Fact, *parted: Assumption, known: Collection[str] = ()) -> list[_AbsentFact]:
        """The absent facts that part the copies in an atom, each by itself, in the order of the file; those at `known` paths are not tried.

        Only those that the atom rests on at all are looked at: that others are of no consequence can be hard for the solver to see,
        where a sum must be shown to stay the same, and in a large case they are nearly all.
        """
        reached = {self.of_literal[literal] for literal in self.session.below(fact) & self.of_literal.keys()}
        near = [self.items[number] for number in sorted(reached)]
        found = []
        for item in near:
            same = [(other.same, True) for other in near if other is not item]
            if item.path not in known and self.session.possible(*parted, *same):
                found.append(item)
        return found


def _absent(one: CaseFacts, two: CaseFacts) -> _Absent:
    """The absent facts by path, each with what makes both copies the same in it."""
    slots: dict[str, list[tuple[str, str]]] = {}
    for slot in one.choices:
        slots.setdefault(one.paths[slot], []).append(slot)
    found = []
    for number, (path, group) in enumerate(slots.items()):
        same = Fact("same", (number,))
        equalities = [
            Equality(same, first, second)
            for slot in group
            for first, second in zip(one.choices[slot].options, two.choices[slot].options, strict=True)
        ]
        options = frozenset(option for slot in group for option in one.choices[slot].options)
        found.append((_AbsentFact(path, group[0][0], same, one.choices[group[0]].options, options), equalities))
    return found


def _subject(decision: Decision) -> Subject:
    return Subject(decision.benefit, decision.subject)


def _about(predicate: str, decision: Decision) -> Fact:
    return Fact(predicate, (Name(decision.benefit), decision.subject))


def _outcome(found: Consequences, decision: Decision) -> Outcome:
    granted = _about("granted", decision)
    if granted not in found.possible:
        return "not_eligible"
    return "eligible" if granted in found.certain else "unknown"


def _settled(outcome: Outcome, amount: Decimal | None, results: Iterable[Result]) -> tuple[object, ...]:
    """What must be the same for a reading to change nothing; a range that moves alone is no change."""
    return outcome, amount, *(result.settled for result in results)


def _granted(copy: int, decision: Decision) -> Fact:
    return Contract.ELIGIBLE.fact(copy, Name(decision.benefit), decision.subject)


def _reading(name: str, option: str) -> Fact:
    return Contract.READING.fact(Name(name), Name(option))
