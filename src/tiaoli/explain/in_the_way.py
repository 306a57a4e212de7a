"""What else is in the way of something refused, beside the closest way that a short explanation tells: asked of the engine.

A closest way tells what fails in it. That need not be all that would have to be otherwise: a record that is not there could say nothing
that fits the trade, a day that is too early may lie as late as the day of the application allows. So the engine is asked whether the
condition, and the decision, can be met while the facts that are told are free to be anything (the day of the application: to be later)
and every other is as it is. Where it cannot, a few more facts are told with which it can, none of which can be left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from tiaoli.base import minimal
from tiaoli.decide import NO_MEMBER, SOLE_CASE, FreeFact, PreparedDecision, fact_of, free_atom, set_free
from tiaoli.explain.justification import Justification
from tiaoli.explain.standing import role_of, walk
from tiaoli.rules import Choice, Contract, Fact, Name, Session, Value

_TELL = ("fact", "absent", "comparison")
"""What tells facts of the case."""


def with_all_in_the_way(question: PreparedDecision, whole: Justification, short: Justification) -> Justification:
    """The short form of a decision or condition that is refused, with what else is in its way; `whole` is all there is to say of it.

    What is counted is told by its number alone, and where no facts of the case would do, none is added. Raises `OutOfTimeError` at the
    deadline.
    """
    if short.status != "fails":
        return short
    search = _Search(question, whole, short)
    if short.kind == "condition":
        return search.condition(short)
    conditions = tuple(search.condition(child) if child.status == "fails" else child for child in short.children)
    short = replace(short, children=conditions)
    return search.completed(short, Contract.ELIGIBLE.fact(*search.about)) if search.mendable else short


class _Search:
    """Asks what else is in the way of one decision and its conditions, beside what their short form tells."""

    def __init__(self, question: PreparedDecision, whole: Justification, short: Justification) -> None:
        self.question, self.policy = question, question.encoding.policy
        self.about = (SOLE_CASE, Name(question.subject.benefit), question.subject.item)
        leaves = [(path, reason) for reason in whole.walk() if reason.kind in ("fact", "absent") for path in reason.facts]
        self.leaves = dict(reversed(leaves))
        self.told = _FreedCase(question, _told(short))
        self.wider: list[_FreedCase] = []
        self.mendable = True

    def condition(self, short: Justification) -> Justification:
        """A failing condition with what else is in its way."""
        return self.completed(short, Contract.MET.fact(*self.about, Name(str(short.arguments[-1]))))

    def completed(self, short: Justification, goal: Fact) -> Justification:
        """A decision or condition with what else is in the way of `goal`, which stands for it."""
        told = _told(short)
        if any(reason.kind == "total" for reason in _against(short)) or self.told.allows(goal, told):
            return short
        freed = next((freed for freed in self._wider() if freed.allows(goal, freed.known)), None)
        if freed is None:
            self.mendable = False
            return short
        others = [path for path in self._told_first(freed) if path not in told]
        more = tuple(self._leaf(freed, path) for path in minimal(lambda some: freed.allows(goal, (*told, *some)), others))
        return replace(short, children=(*short.children, *more), blamed=(*short.blamed, *more))

    def _wider(self) -> Iterator[_FreedCase]:
        """The case with more and more of its facts free: those that the whole explanation names and the day of the application; all."""
        for number, paths in enumerate(({*self.leaves, *self.told.known, self.policy.schema.day.path}, None)):
            if number == len(self.wider):
                self.wider.append(_FreedCase(self.question, paths))
            yield self.wider[number]

    def _told_first(self, freed: _FreedCase) -> list[str]:
        """The facts that can be told in their order: as the whole explanation has them, then those of the subject itself, then the rest."""
        own = [path for path, free in freed.known.items() if free.own is not NO_MEMBER or path in self.leaves]
        own.sort(key=lambda path: not self.question.subject.item.startswith(freed.known[path].slot[1]))
        return list(dict.fromkeys([*(path for path in self.leaves if path in freed.known), *own]))

    def _leaf(self, freed: _FreedCase, path: str) -> Justification:
        """A fact of the case, as the whole explanation has it or else by itself."""
        if path in self.leaves:
            return self.leaves[path]
        _, (field, item), _, own = freed.known[path]
        assert own is not None
        declared = self.policy.fields[field]
        return Justification(
            "fact", "holds", declared.predicate, fact_of(declared, self.question.case.id, item, own).arguments, facts=(path,)
        )


class _FreedCase:
    """A case in which the facts at some paths, or all of them, can be free: ground once and asked any number of times."""

    def __init__(self, question: PreparedDecision, paths: Collection[str] | None) -> None:
        encoding, benefit = question.encoding, question.subject.benefit
        freed = set_free(
            encoding.policy,
            encoding.rule_bounds,
            question.case,
            question.subject,
            encoding.outcome_fields(benefit),
            lambda _, path, __: paths is None or path in paths,
            nearest=False,
        )
        today = encoding.policy.schema.day.path
        options = [[free_atom(encoding.policy, free, value) for value in _values(free, today)] for free in freed.free_facts]
        facts = (*question.common_facts, *freed.facts)
        self._session = Session(encoding.outcome_rules, facts, [Choice(tuple(found)) for found in options], limit=question.seconds_left)
        own = [free for free in freed.free_facts if free.own is not None]
        self._own = [(free.path, free_atom(encoding.policy, free, free.own)) for free in own if free.own is not None]
        self.known: dict[str, FreeFact] = {free.path: free for free in own}

    def allows(self, goal: Fact, free: Collection[str]) -> bool:
        """Whether a goal can be reached where no known facts but those at these paths are free."""
        return self._session.possible((goal, True), *((atom, True) for path, atom in self._own if path not in free))


def _values(free: FreeFact, today: str) -> tuple[Value, ...]:
    """What a free fact may be: the day of the application, which stands at the path `today`, only as it is or later."""
    if free.path != today:
        return free.values
    return tuple(value for value in free.values if isinstance(value, int) and isinstance(free.own, int) and value >= free.own)


def _against(short: Justification) -> Iterator[Justification]:
    return (reason for reason, standing in walk(short) if role_of(reason, standing) == "against")


def _told(short: Justification) -> list[str]:
    """The facts of the case that speak against something in its short form."""
    return list(dict.fromkeys(path for reason in _against(short) if reason.kind in _TELL for path in reason.facts))
