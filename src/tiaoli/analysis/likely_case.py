"""A case of a formula: small, like people's cases, and with no fact that does not matter.

A solver's first case fulfils a formula and is otherwise anything: of 1903, with one cent. So wishes are put to it one after another, and each that goes
together with what is asked and the wishes before it is granted: readings as they are by default, few items, days near those that the policy
names, sums that it names, few members of sets. Then every fact is left out without which the formula still holds, whatever the fact may be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any

from tiaoli.base import add_months
from tiaoli.policy import Policy
from tiaoli.rules import Value
from tiaoli.symbolic import (
    Budget,
    Day,
    Facts,
    Formula,
    Num,
    Possible,
    SlotKey,
    SymbolicValue,
    both,
    check,
    either,
    holds_in,
    negation,
    number_in,
    reading_flag,
    solver_for,
)

_COURTESY = 1.0
"""The seconds that may be spent on the wishes."""

_WHOLE = 10_000
"""Sums of whole hundreds, where none that the policy names will do."""


class LikelyCase:
    """Looks for a case of a `goal` over some facts. `policies` are those whose days and sums count as near, `readings` those that are free."""

    def __init__(self, facts: Facts, goal: Formula, policies: Sequence[Policy], readings: Collection[str], budget: Budget) -> None:
        self.facts, self.goal, self.policies, self.readings, self.budget = facts, goal, policies, readings, budget

    def improved(self, model: Any, first: Iterable[Formula] = ()) -> Any:
        """A model of the goal that grants as many wishes as time allows, beginning with the `first`."""
        solver = solver_for(self.facts.constraints, self.goal, self.facts.context)
        until = monotonic() + _COURTESY
        if self.budget.deadline is not None:
            until = min(until, self.budget.deadline)
        budget = Budget(until, self.budget.memory)
        for wishes in (list(first), *self._wishes()):
            model = _granted(solver, model, wishes, budget)
        return model

    def mattering(self, model: Any, settled: Iterable[Formula] = ()) -> set[SlotKey]:
        """The facts of a model that matter: with these, its items, sets and readings, the goal and what is `settled` hold, whatever the others
        are. All of them where that cannot be shown in time."""
        facts = self.facts
        solver = solver_for(facts.constraints, negation(both(self.goal, *settled)), facts.context)
        fixed = [*facts.present.values(), *(flag for flags in self._options().values() for flag in flags)]
        fixed += [number.expr == number_in(model, number.expr) for number in facts.weight.values()]
        solver.add(*(_as_in(model, formula) for formula in fixed))
        marks: dict[str, SlotKey] = {}
        for slot, possible in facts.there(model):
            said = [both(guard, _equal(model, value)) for value, guard in possible if holds_in(model, guard)]
            if facts.policy.fields[slot.path].type.startswith("set:"):
                solver.add(*(_as_in(model, guard) for _, guard in possible))
            elif said and said[0] is not True:
                mark = facts.flag(f"fact {len(marks)}")
                marks[mark.decl().name()] = slot
                solver.add(either([negation(mark), said[0]]))
        core = self._core(solver, list(marks))
        for name in reversed(core or ()):
            if core is not None and name in core:
                core = self._core(solver, [other for other in core if other != name]) or core
        return {marks[name] for name in (marks if core is None else core)}

    def _core(self, solver: Any, names: Sequence[str]) -> list[str] | None:
        """Those of some facts that are enough to make the goal certain; `None` where all together are not."""
        found = check(solver, self.budget, *(self.facts.flag(name) for name in names))
        if found.answer != "unsat":
            return None
        needed = {str(mark) for mark in solver.unsat_core()}
        return [name for name in names if name in needed]

    def _options(self) -> Mapping[str, list[Formula]]:
        """The flags of the readings that are free, the default first."""
        known = {name: reading for policy in reversed(self.policies) for name, reading in policy.readings.items()}
        return {name: [reading_flag(self.facts, name, option.id) for option in known[name].options] for name in self.readings}

    def _wishes(self) -> Iterator[list[Formula]]:
        facts = self.facts
        yield [flags[0] for flags in self._options().values()]
        yield [negation(flag) for flag in reversed(facts.present.values())]
        for most in (1, 2, 5, 20):
            yield [number.expr <= most for number in facts.weight.values()]
        slots = list(facts.value.items())
        near, nearer = self._days(12), self._days(0)
        for low, high in (near, nearer):
            yield [self._within(value, guard, low, high) for _, possible in slots for value, guard in possible if isinstance(value, Day)]
        yield [wish for slot, possible in slots for wish in self._numbers(slot, possible)]
        sets = [possible for slot, possible in slots if facts.policy.fields[slot.path].type.startswith("set:")]
        yield [negation(guard) for possible in sets for _, guard in possible]
        plain = [possible for slot, possible in slots if facts.policy.fields[slot.path].type.startswith("enum:")]
        yield [possible[0][1] for possible in plain]

    def _days(self, months: int) -> tuple[int, int]:
        """The first and the last day that the policies name, some months before and after."""
        days = [int(item.value) for policy in self.policies for item in policy.parameters.values() if item.unit == "day"]
        return (add_months(min(days), -months), add_months(max(days), months)) if days else (19000101, 21991231)

    def _within(self, value: Day, guard: Formula, low: int, high: int) -> Formula:
        compare = self.facts.compare
        return either([negation(guard), both(compare("<=", low, value), compare("<=", value, high))])

    def _numbers(self, slot: SlotKey, possible: Possible) -> Iterator[Formula]:
        """Numbers that the policies name come first, then round ones."""
        kind = self.facts.policy.fields[slot.path].type
        named = {int(item.value) for policy in self.policies for item in policy.parameters.values() if item.unit == kind}
        for value, _ in possible:
            if isinstance(value, Num):
                if kind == "percent":
                    yield value.expr == value.high
                yield either([value.expr == number for number in sorted(named)])
                if kind == "money":
                    yield value.expr % _WHOLE == 0


def _granted(solver: Any, model: Any, wishes: Sequence[Formula], budget: Budget) -> Any:
    """The model, or another one, in which as many of the wishes hold as go together with what the solver holds, which those are added to."""
    open_ones = []
    for wish in wishes:
        if isinstance(wish, bool):
            continue
        if holds_in(model, wish):
            solver.add(wish)
        else:
            open_ones.append(wish)
    if not open_ones or budget.seconds_left == 0:
        return model
    solver.push()
    solver.add(*open_ones)
    found = check(solver, budget)
    if found.model is not None:
        return found.model
    solver.pop()
    if len(open_ones) > 1:
        half = len(open_ones) // 2
        for part in (open_ones[:half], open_ones[half:]):
            model = _granted(solver, model, part, budget)
    return model


def _as_in(model: Any, formula: Formula) -> Formula:
    return formula if holds_in(model, formula) else negation(formula)


def _equal(model: Any, value: SymbolicValue) -> Formula:
    """That a value is what it is in a model."""
    if isinstance(value, Day):
        return value.order == model.eval(value.order, model_completion=True)
    if isinstance(value, Num):
        return value.expr == model.eval(value.expr, model_completion=True)
    return True


__all__ = ["LikelyCase", "Value"]
