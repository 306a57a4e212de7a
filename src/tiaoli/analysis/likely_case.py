"""A case of a formula: small, like people's cases, and with no fact that does not matter.

A solver's first case fulfils a formula and is otherwise anything: of 1903, with one cent. So wishes are put to it one after another, and
each that goes together with what is asked and the wishes before it is granted: readings as they are by default, few items, days near
those that the policy names, sums that it names, few members of sets. Then every fact is left out without which the formula still holds,
whatever the fact may be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tiaoli.base import FIRST_DAY, LAST_DAY, add_months
from tiaoli.policy import Policy
from tiaoli.symbolic import (
    Budget,
    Facts,
    Formula,
    Num,
    SlotKey,
    as_in,
    both,
    check,
    either,
    holds_in,
    implies,
    is_ground,
    negation,
    number_in,
    reading_flag,
    solver_for,
)

_TRIES = 60
"""How often the solver is asked for wishes: a number, and no time, so that it is the same case on every machine."""

_SIZES = 6
"""The groups of wishes that say how many items there are, and which readings."""

_ROUND = range(10_000, 510_000, 10_000)
"""Sums of whole hundreds, in hundredths, where none that the policies name will do."""


class LikelyCase:
    """Looks for a case of a `goal` over some facts. `policies` are those whose days and sums count as near, `readings` those that are
    free."""

    def __init__(self, facts: Facts, goal: Formula, policies: Sequence[Policy], readings: Collection[str], budget: Budget) -> None:
        self.facts, self.goal, self.policies, self.readings, self.budget = facts, goal, policies, readings, budget
        self.granted: list[Formula] = []
        self.tries = _TRIES

    def plain(self) -> list[Formula]:
        """That shares are all: with one that may be any a sum is a product of two unknown numbers, and hard to find a case for."""
        fields = self.facts.policy.fields
        slots = [(value, fields[slot.path].value_type) for slot, possible in self.facts.value.items() for value, _ in possible]
        return [self.facts.compare("=", value, value.high) for value, kind in slots if kind == "percent" and isinstance(value, Num)]

    def improved(self, model: Any, first: Iterable[Formula] = ()) -> Any:
        """A model of the goal that grants as many wishes as time allows, beginning with the `first`."""
        solver = solver_for(self.facts, self.goal)
        # the first wishes come behind the smallest number of items
        wishes = list(self._wishes())
        for group in (*wishes[:_SIZES], list(first), *wishes[_SIZES:]):
            model = self._with(solver, model, [wish for wish in group if not isinstance(wish, bool)])
        return model

    def mattering(self, model: Any, settled: Iterable[Formula] = ()) -> tuple[SlotKey, ...]:
        """The facts of a model that matter: with these, its items, sets and readings, the goal and what is `settled` hold, whatever the
        others are. All of them where that cannot be shown in time."""
        facts = self.facts
        solver = solver_for(facts, negation(both(self.goal, *settled)))
        fixed = [*facts.present.values(), *(flag for flags in self._options().values() for flag in flags)]
        fixed += [facts.compare("=", number, number_in(model, number.expr)) for number in facts.weight.values()]
        solver.add(*(formula if holds_in(model, formula) else negation(formula) for formula in fixed))
        marks: dict[str, SlotKey] = {}
        for slot in self._there(model):
            said = as_in(facts, model, slot)
            if facts.policy.fields[slot.path].several:
                # a set that is left out is empty, not unknown
                solver.add(said)
            elif said is not True:
                mark = facts.flag(f"fact {len(marks)}")
                marks[str(mark)] = slot
                solver.add(implies(mark, said))
        core = self._core(solver, list(marks))
        for name in reversed(core or ()):
            if core is not None and name in core:
                core = self._core(solver, [other for other in core if other != name]) or core
        # in an order that is the same in every run: what is asked with them later is asked in it
        return tuple(slot for name, slot in marks.items() if core is None or name in core)

    def _core(self, solver: Any, names: Sequence[str]) -> list[str] | None:
        """Those of some facts that are enough to make the goal certain; `None` where all together are not."""
        found = check(solver, self.budget, *(self.facts.flag(name) for name in names))
        if found.answer != "unsat":
            return None
        needed = {str(mark) for mark in solver.unsat_core()}
        return [name for name in names if name in needed]

    def _there(self, model: Any) -> Iterator[SlotKey]:
        """The facts that the case of a model has: those of its items, and of records that are there."""
        facts = self.facts
        for slot in list(facts.value):
            record = facts.policy.fields.get(slot.path.rpartition(".")[0])
            there = slot.item is None or holds_in(model, facts.present[slot.item])
            if there and (record is None or record.kind != "record" or holds_in(model, facts.slot(record, slot.item, slot.copy)[0][1])):
                yield slot

    def _options(self) -> Mapping[str, list[Formula]]:
        """The flags of the readings that are free, the default first."""
        known = {name: reading for policy in reversed(self.policies) for name, reading in policy.readings.items()}
        return {
            name: [reading_flag(self.facts, name, option.id) for option in reading.options]
            for name, reading in known.items()
            if name in self.readings
        }

    def _wishes(self) -> Iterator[list[Formula]]:
        facts = self.facts
        yield [flags[0] for flags in self._options().values()]
        yield [negation(flag) for flag in reversed(facts.present.values())]
        for most in (20, 5, 2, 1):
            yield [facts.compare("<=", number, most) for number in facts.weight.values()]
        slots = list(facts.value.items())
        days = [(value, guard) for _, possible in slots for value, guard in possible if not is_ground(value) and not isinstance(value, Num)]
        for months in (12, 0):
            yield [implies(guard, self._between(value, *self._days(months))) for value, guard in days]
        numbers = [(slot, value) for slot, possible in slots for value, _ in possible if isinstance(value, Num)]
        yield [wish for slot, value in numbers for wish in self._usual(facts.policy.fields[slot.path].value_type, value)]
        kinds = {slot: facts.policy.fields[slot.path].kind for slot, _ in slots}
        yield [negation(guard) for slot, possible in slots if kinds[slot] == "set" for _, guard in possible]
        yield [possible[0][1] for slot, possible in slots if kinds[slot] == "enum"]

    def _days(self, months: int) -> tuple[int, int]:
        """The first and the last day that the policies name, some months before and after."""
        days = [int(item.value) for policy in self.policies for item in policy.parameters.values() if item.unit == "day"]
        return (add_months(min(days), -months), add_months(max(days), months)) if days else (FIRST_DAY, LAST_DAY)

    def _between(self, value: Any, low: int, high: int) -> Formula:
        compare = self.facts.compare
        return both(compare("<=", low, value), compare("<=", value, high))

    def _usual(self, kind: str, value: Num) -> Iterator[Formula]:
        """That a number is one that the policies name, or a round one; of a share that it is all."""
        compare = self.facts.compare
        if kind == "percent":
            yield compare("=", value, value.high)
        named = {int(item.value) for policy in self.policies for item in policy.parameters.values() if item.unit == kind}
        yield either(compare("=", value, number) for number in sorted(named))
        if kind == "money":
            yield either(compare("=", value, number) for number in _ROUND)

    def _with(self, solver: Any, model: Any, wishes: Sequence[Formula]) -> Any:
        """The model, or another one, in which as many of the wishes hold as go together with what the solver holds, to which they are
        added."""
        held = [wish for wish in wishes if holds_in(model, wish)]
        solver.add(*held)
        self.granted += held
        others = [wish for wish in wishes if not any(wish is one for one in held)]
        if not others or not self.tries or self.budget.seconds_left == 0:
            return model
        self.tries -= 1
        solver.push()
        solver.add(*others)
        found = check(solver, self.budget)
        if found.model is not None:
            self.granted += others
            return found.model
        solver.pop()
        if len(others) > 1:
            half = len(others) // 2
            for part in (others[:half], others[half:]):
                model = self._with(solver, model, part)
        return model
