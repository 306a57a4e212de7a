"""The program that repairs are searched in: the rules, the case with what can change in it as choices, and what counts as a change.

What stays unknown stands in it once for every completion that a repair must hold in, as one copy of the case each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from tiaoli.decide import NO_MEMBER, PreparedDecision, fact_of
from tiaoli.encoding import Slot
from tiaoli.questions.repair_space import RepairSpace
from tiaoli.rules import SUPREMUM, Assumption, Choice, Contract, Fact, Link, Name, Session, Value, exact_rules, stop_at

_RULES = Path(__file__).with_name("repairs.lp").read_text("utf-8")

# as many layers as a repair somebody could act on has changes; larger ones are found one by one
_LAYERS = 12
# weighs more than any number of days: what a record or a set must hold comes first
_CONTENT = 1_000_000

Completion = Mapping[Slot, Value]
"""The values of the facts that stay unknown, in one way of completing the case."""


class RepairProgram:
    """One grounded program for one list of completions. `granted` says what a repair is to do."""

    def __init__(self, question: PreparedDecision, space: RepairSpace, completions: Sequence[Completion], granted: bool) -> None:
        self.question, self.space, self.completions = question, space, completions
        subject = question.subject
        self.goal: list[Assumption] = [
            (Contract.ELIGIBLE.fact(copy, Name(subject.benefit), subject.item), granted) for copy in range(1, len(completions) + 1)
        ]
        self.changed = [Fact("changed", (number,)) for number in range(len(space.groups))]
        self.session = self._session()

    # What it is asked with

    @cached_property
    def layers(self) -> int:
        """How many changes are searched for layer by layer."""
        return min(_LAYERS, len(self.space.groups))

    def at_most(self, size: int) -> list[Assumption]:
        """That no more than so many groups change."""
        return [(Fact("most", (size,)), True)] if size < len(self.space.groups) else []

    def values_of(self, groups: Iterable[Fact]) -> list[Fact]:
        """The atoms that say which values the facts of changed groups take."""
        parts = [part for group in groups for part in self.space.groups[int(str(group.arguments[0]))].parts]
        return [fact for part in parts for _, fact in self._becoming(part)]

    def value_of(self, fact: Fact) -> tuple[int, Value]:
        """The number of the fact that changes, and the value that an atom gives it."""
        number, position = (int(str(argument)) for argument in fact.arguments)
        return number, self.space.values(number)[position]

    def has_order(self, fact: Fact) -> bool:
        """Whether an atom gives a day or a number."""
        _, value = self.value_of(fact)
        return isinstance(value, int) or value is SUPREMUM

    # How it is made

    def _session(self) -> Session:
        facts: list[Fact] = list(self.question.common_facts)
        choices: list[Choice] = []
        links: list[Link] = []
        for copy, completion in enumerate(self.completions, 1):
            facts += self.space.freed.facts_of(copy)
            stop_at(self.question.deadline)
            for fact, guard in self._free_facts(copy, completion):
                if guard is None:
                    facts.append(fact)
                else:
                    links.append(Link(guard, fact))
        for number, group in enumerate(self.space.groups):
            stop_at(self.question.deadline)
            for part in group.parts:
                facts.append(Fact("part", (part, number)))
                choices.append(Choice((_stays(part), *(fact for _, fact in self._becoming(part)))))
        facts += [Fact("earlier", pair) for pair in self.space.symmetric_pairs]
        for first, last in self.space.pairs():
            stop_at(self.question.deadline)
            facts.append(Fact("pair", (*first, *last)))
            for slot in (first, last):
                for which, day in self.space.days_of(slot):
                    there = Fact("stands", (*slot, day))
                    if which is None:
                        facts.append(there)
                    elif day == self.space.free_facts[which].own:
                        links.append(Link(_stays(which), there))
                    else:
                        links += [Link(becomes, there) for value, becomes in self._becoming(which) if value == day]
        switches = [Fact("most", (number,)) for number in range(1, self.layers + 1)]
        rules = exact_rules(self.question.outcome.rules, _RULES)
        session = Session(rules, facts, choices, switches, (), self.question.seconds_left, links)
        session.weigh(self._weights())
        return session

    def _free_facts(self, copy: int, completion: Completion) -> Iterator[tuple[Fact, Fact | None]]:
        """What the free facts are in one copy of the case, each with the choice that it follows from, where it can change."""
        fields = self.question.encoding.policy.fields
        for number, free in enumerate(self.space.free_facts):
            stays = free.own
            if stays is None:
                # a value that helps as little as possible, until a completion says otherwise
                stays = completion.get(free.slot, free.values[-1])
            changes = number in self.space.parts
            for value, guard in [(stays, _stays(number)), *self._becoming(number)] if changes else [(stays, None)]:
                if value is not NO_MEMBER:
                    yield fact_of(fields[free.slot[0]], copy, free.slot[1], value), guard

    def _becoming(self, number: int) -> list[tuple[Value, Fact]]:
        """The values that a fact may take, each with the atom for it."""
        return [(value, Fact("becomes", (number, position))) for position, value in enumerate(self.space.values(number))]

    def _weights(self) -> Iterator[tuple[Fact, int]]:
        """Fewest values of records and sets first, then the least number of days."""
        fields = self.question.encoding.policy.fields
        for group in self.space.groups:
            for number in group.parts:
                declared = fields[self.space.free_facts[number].slot[0]]
                for position, (value, becomes) in enumerate(self._becoming(number)):
                    if len(group.parts) > 1:
                        yield becomes, _CONTENT + position
                    elif declared.type.span:
                        yield becomes, self.space.distance(declared, self.space.free_facts[number].own, value)
                    else:
                        yield becomes, position


def _stays(number: int) -> Fact:
    return Fact("stays", (number,))
