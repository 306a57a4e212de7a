"""The smallest changes of a case that would make a benefit granted, or lost.

What somebody can still change, as the policy's fields say, becomes a choice; everything else stays. One program then
answers every question: which sets of facts suffice (fewest first, none a part of another), and which values of them lie
nearest. What stays unknown must not matter: the case stands in the program once for every completion of it that has shown
a change to be no repair, and a change must hold in all of them. Whatever is found is decided again as a case of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from tiaoli.base import CaseError, InternalError, Problem, Statement, days_between, iso, left, next_day, previous_day, to_day
from tiaoli.case import Case
from tiaoli.decide import SOLE_CASE, Outcome, PreparedDecision, decide_each, decide_one
from tiaoli.questions.no_repair import why_impossible
from tiaoli.questions.repair import FactChange, Repair, WhatIf, merged, repair_statement
from tiaoli.questions.repair_program import Completion, RepairProgram
from tiaoli.questions.repair_space import ACTORS, RepairSpace
from tiaoli.rules import Contract, Fact, Name, OutOfTimeError, Session, Value


def repairs_of(question: PreparedDecision, lose: bool, most: int | None) -> WhatIf:
    """The smallest changes after which the decision grants, or is certain not to (`lose`); where there are none, why.

    `most` is how many are wanted, all of them where it is `None`.
    """
    subject, granted = question.subject, not lose
    wanted: Outcome = "eligible" if granted else "not_eligible"
    decision, limit_reached = decide_one(question)
    found, impossible = _Found((), not limit_reached, limit_reached), None
    if decision.outcome != wanted and not limit_reached:
        found = _RepairSearch(question, granted).search(most)
        if not found.repairs and found.complete:
            try:
                impossible = why_impossible(question, granted)
            except OutOfTimeError:
                found = _Found((), False, True)
    return WhatIf(
        question.case.id,
        subject.benefit,
        subject.item,
        decision.outcome,
        wanted,
        found.repairs,
        found.complete,
        impossible,
        found.limit_reached,
        question.assumed([subject]),
        decision.words,
    )


class _Found(NamedTuple):
    """The repairs, fewest changes first; whether there are no more; whether the time limit cut the search short."""

    repairs: tuple[Repair, ...]
    complete: bool
    limit_reached: bool = False


class _RepairSearch:
    def __init__(self, question: PreparedDecision, granted: bool) -> None:
        self.question, self.case, self.granted = question, question.case, granted
        self.space = RepairSpace(question)
        self.deadline = question.deadline
        self.wanted: Outcome = "eligible" if granted else "not_eligible"
        self.words = question.encoding.policy.benefits[question.subject.benefit].outcomes
        # completions of what stays unknown that a repair must hold in
        self.completions: list[Completion] = [{}]
        self.verified: dict[str, bool] = {}
        self.found: list[Repair] = []

    def search(self, most: int | None) -> _Found:
        """Search until every repair found holds, or the limit is reached."""
        try:
            while True:
                self.found = []
                complete = self._search_layers(RepairProgram(self.question, self.space, self.completions, self.granted), most)
                if all(self._holds(repair) for repair in self.found):
                    break
        except OutOfTimeError:
            return _Found(tuple(sorted(self._certain(most), key=self._rank)), False, True)
        found = merged(self.found, self.wanted, self.words)
        found.sort(key=self._rank)
        cut = found if most is None else found[:most]
        return _Found(tuple(cut), complete and len(cut) == len(found))

    def _certain(self, most: int | None) -> Iterator[Repair]:
        """Of what was found when the limit was reached, what holds: deciding a case that leaves nothing unknown takes no
        search, and is worth the moment."""
        if all(fact.own is not None for fact in self.space.free_facts):
            self.deadline = None
        for repair in self.found[:most]:
            if self.verified.get(_key(repair), False) or (self.deadline is None and self._holds(repair)):
                yield repair

    # The search

    def _search_layers(self, program: RepairProgram, most: int | None) -> bool:
        """Find the repairs with one change, with two, and so on, none containing another; whether these are all."""
        session = program.session
        for size in range(1, program.layers + 1):
            if not session.possible(*program.goal):
                return True
            while True:
                if most is not None and len(self.found) > 4 * most:
                    return False
                groups = session.model(*program.goal, *program.at_most(size), of=program.changed)
                if groups is None:
                    break
                self.found += self._nearest(program, groups)
                session.forbid(groups)
            if most is not None and len(self.found) > most:
                return not session.possible(*program.goal)
        # of what needs more changes than any layer has, one set after another, each as small as it can be
        while most is None or len(self.found) <= most:
            groups = session.model(*program.goal, of=program.changed)
            if groups is None:
                return True
            groups = _shrunk(program, groups)
            self.found += self._nearest(program, groups)
            session.forbid(groups)
        return not session.possible(*program.goal)

    def _nearest(self, program: RepairProgram, groups: frozenset[Fact]) -> Iterator[Repair]:
        """For one set of changes, the nearest values: one repair for each choice of values that have no order."""
        fixed = [(fact, fact in groups) for fact in program.changed]
        atoms = program.values_of(fact for fact in program.changed if fact in groups)
        while True:
            model = program.session.best(*program.goal, *fixed, of=atoms)
            if model is None:
                return
            yield self._repair(dict(map(program.value_of, model)))
            unordered = [fact for fact in model if not program.has_order(fact)]
            if not unordered:
                return
            program.session.forbid([*groups, *unordered])

    def _repair(self, chosen: dict[int, Value]) -> Repair:
        """The repair that gives these values to the facts of these numbers."""
        changes = []
        touched = []
        for number, group in enumerate(self.space.groups):
            values = {part: chosen[part] for part in group.parts if part in chosen}
            if values:
                touched.append(number)
                before = self.case.value_at(group.path)
                after = self.space.written_out(group, values, before)
                changes.append(FactChange(group.path, before, after, group.by, self.space.statement(group, values)))
        any_of = self.space.any_of(touched)
        return Repair(tuple(changes), repair_statement(changes, self.wanted, any_of, self.words), any_of)

    def _rank(self, repair: Repair) -> tuple[int, int, int, list[int], str]:
        """Fewest changes, then who can act soonest, then fewest days, then the order of the file."""
        slowest = max(ACTORS.index(str(change.by)) for change in repair.changes)
        days = 0
        for change in repair.changes:
            if self._is_day(change):
                own = change.before if isinstance(change.before, str) else self.case.day.isoformat()
                days += abs(days_between(_number(own), _number(change.after)))
        places = [self.space.places[change.path] for change in repair.changes]
        return len(repair.changes), slowest, days, places, _key(repair)

    # Deciding again

    def _holds(self, repair: Repair) -> bool:
        """Whether a repair does what it says when it is decided as a case of its own; otherwise the search learns why.

        Raises `InternalError` where one day less would do as well: then the nearest was not found.
        """
        if _key(repair) in self.verified:
            return self.verified[_key(repair)]
        cases = [self.case.with_values(repair.patch)]
        for change, nearer in self._one_day_less(repair):
            if nearer != change.before:
                # a day less may put two days out of order: that is no case, and no nearer change
                with suppress(CaseError):
                    cases.append(self.case.with_values({**repair.patch, change.path: nearer}))
        question = self.question
        first, *others = decide_each(question.encoding, cases, question.subject, question.readings, self.deadline)
        holds = first.outcome == self.wanted
        if holds and any(other.outcome == self.wanted for other in others):
            raise InternalError([Problem("", _NOT_NEAREST)], self.case.to_json())
        if not holds:
            self._learn(cases[0])
        self.verified[_key(repair)] = holds
        return holds

    def _one_day_less(self, repair: Repair) -> Iterator[tuple[FactChange, str]]:
        today = to_day(self.case.day)
        for change in repair.changes:
            if self._is_day(change):
                here = _number(change.after)
                from_ = _number(change.before) if isinstance(change.before, str) else today
                if here != from_:
                    nearer = previous_day(here) if here > from_ else next_day(here)
                    yield change, iso(nearer)

    def _is_day(self, change: FactChange) -> bool:
        return isinstance(change.after, str) and self.space.types[change.path] == "day"

    def _learn(self, case: Case) -> None:
        """Add the completion of what stays unknown in which a change is no repair."""
        question, subject = self.question, self.question.subject
        changed = question.with_case(case).facts.named(SOLE_CASE)
        known = [*question.common_facts, *changed.facts]
        session = Session(question.outcome.rules, known, list(changed.choices.values()), limit=left(self.deadline))
        options = {option: slot for slot, choice in changed.choices.items() for option in choice.options}
        granted = Contract.ELIGIBLE.fact(SOLE_CASE, Name(subject.benefit), subject.item)
        model = session.model((granted, not self.granted), of=list(options))
        if model is None:
            raise InternalError([Problem("", _NOT_REPLAYED)], self.case.to_json())
        self.completions.append({options[fact]: fact.arguments[-1] for fact in model})


def _shrunk(program: RepairProgram, groups: frozenset[Fact]) -> frozenset[Fact]:
    """A part of some changes that suffices and has no smaller part that does."""
    for fact in sorted(groups, reverse=True):
        if fact in groups:
            kept = [(other, False) for other in program.changed if other not in groups or other == fact]
            groups = program.session.model(*program.goal, *kept, of=program.changed) or groups
    return groups


def _key(repair: Repair) -> str:
    return repr(repair.patch)


def _number(day: str) -> int:
    return int(day.replace("-", ""))


_NOT_NEAREST = Statement(
    "所求变更并非日数最少；这是程序的缺陷", "a change found is not the one with the fewest days; the engine is at fault"
)
_NOT_REPLAYED = Statement(
    "所求变更按规则重新裁决后不成立；这是程序的缺陷", "a change found does not hold when it is decided again; the engine is at fault"
)
