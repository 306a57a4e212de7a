"""The smallest changes of a case that would make a benefit granted, or lost.

What somebody can still change, as the policy's fields say, becomes a choice; everything else stays. One program then
answers every question: which sets of facts suffice (fewest first, none a part of another), and which values of them lie
nearest. What stays unknown must not matter: the case stands in the program once for every completion of it that has shown
a change to be no repair, and a change must hold in all of them. Whatever is found is decided again as a case of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from tiaoli.base import InternalError, Problem, Statement, days_between, iso, left, next_day, previous_day, to_day
from tiaoli.case import Case
from tiaoli.decide import NO_MEMBER, Outcome, Subject, case_facts, decide_each, fact_of
from tiaoli.encoding import ORDERED, Encoding, Slot, calendar_facts
from tiaoli.policy import reading_facts
from tiaoli.questions.repair import FactChange, Repair, merged, repair_statement
from tiaoli.questions.repair_space import ACTORS, RepairSpace
from tiaoli.rules import SUPREMUM, Assumption, Choice, Contract, Fact, Link, Name, OutOfTimeError, Session, Value

# as many layers as a repair somebody could act on has changes; larger ones are found one by one
_LAYERS = 12
# weighs more than any number of days: what a record or a set must hold comes first
_CONTENT = 1_000_000

# A set of facts counts as one change however many of its values move.
_RULES = """
changed(Group) :- part(Part, Group), becomes(Part, _).
:- most(Most), #count { Group : changed(Group) } > Most.
:- earlier(Item, Next), changed(Next), not changed(Item).
:- pair(First, Last), stands(First, Day), stands(Last, End), End < Day.
#defined becomes/2.
#defined part/2.
#defined most/1.
#defined earlier/2.
#defined pair/2.
#defined stands/2.
"""


class FoundRepairs(NamedTuple):
    """What a search for repairs found: the repairs, fewest changes first; whether there are no more; whether the time
    limit cut it short."""

    repairs: tuple[Repair, ...]
    complete: bool
    limit_reached: bool = False


def repairs_of(
    encoding: Encoding,
    case: Case,
    subject: Subject,
    readings: Mapping[str, str],
    granted: bool,
    most: int | None,
    deadline: float | None,
) -> FoundRepairs:
    """The subset-minimal changes after which the decision grants (`granted`), or is certain not to.

    `readings` are those in force; `most` how many repairs are wanted, all of them where it is `None`; `deadline` a time of
    `monotonic()`.
    """
    return _RepairSearch(encoding, case, subject, readings, granted, deadline).search(most)


class _RepairSearch:
    def __init__(
        self,
        encoding: Encoding,
        case: Case,
        subject: Subject,
        readings: Mapping[str, str],
        granted: bool,
        deadline: float | None,
    ) -> None:
        self.encoding, self.case, self.subject, self.readings = encoding, case, subject, readings
        self.space = RepairSpace(encoding, case, subject, readings)
        self.granted, self.deadline = granted, deadline
        self.wanted: Outcome = "eligible" if granted else "not_eligible"
        # completions of what stays unknown that a repair must hold in, by slot
        self.completions: list[dict[Slot, Value]] = [{}]
        self.verified: dict[str, bool] = {}
        self.found: list[Repair] = []

    def search(self, most: int | None) -> FoundRepairs:
        """Search until every repair found holds, or the limit is reached."""
        try:
            while True:
                self.found = []
                complete = self._layers(self._session(), most)
                if all(self._holds(repair) for repair in self.found):
                    break
        except OutOfTimeError:
            return FoundRepairs(tuple(sorted(self._certain(most), key=self._rank)), False, True)
        found = merged(self.found, self.wanted)
        found.sort(key=self._rank)
        cut = found if most is None else found[:most]
        return FoundRepairs(tuple(cut), complete and len(cut) == len(found))

    def _certain(self, most: int | None) -> Iterator[Repair]:
        """Of what was found when the limit was reached, what holds: deciding a case that leaves nothing unknown takes no
        search, and is worth the moment."""
        if all(variable.own is not None for variable in self.space.free_facts):
            self.deadline = None
        for repair in self.found[:most]:
            if self.verified.get(_key(repair), False) or (self.deadline is None and self._holds(repair)):
                yield repair

    # The program

    def _session(self) -> Session:
        policy = self.encoding.policy
        facts: list[Fact] = [*policy.facts, *reading_facts(policy, dict(self.readings)), *self.space.freed.calendar]
        choices: list[Choice] = []
        links: list[Link] = []
        for copy, completion in enumerate(self.completions, 1):
            facts += self.space.freed.facts_of(copy)
            for number, variable in enumerate(self.space.free_facts):
                declared = policy.fields[variable.slot[0]]
                stays = variable.own
                if stays is None:
                    # a value that helps as little as possible, until a completion says otherwise
                    stays = completion.get(variable.slot, variable.values[-1])
                free = number in self.space.parts
                for value, guard in [(stays, _stays(number)), *self._becoming(number)] if free else [(stays, None)]:
                    if value is not NO_MEMBER:
                        fact = fact_of(declared, copy, variable.slot[1], value)
                        if guard is None:
                            facts.append(fact)
                        else:
                            links.append(Link(guard, fact))
        for group_number, group in enumerate(self.space.groups):
            for number in group.parts:
                facts.append(Fact("part", (number, group_number)))
                choices.append(Choice((_stays(number), *(guard for _, guard in self._becoming(number)))))
        facts += self._calendar_of_completions()
        facts += [Fact("earlier", pair) for pair in self.space.symmetric_pairs]
        for first, last in self.space.pairs():
            facts.append(Fact("pair", (first, last)))
            for number in (first, last):
                own = self.space.free_facts[number].own
                links += [Link(guard, Fact("stands", (number, value))) for value, guard in self._becoming(number)]
                if own is not None:
                    links.append(Link(_stays(number), Fact("stands", (number, own))))
        switches = [Fact("most", (number,)) for number in range(1, self._layers_needed + 1)]
        session = Session(self.encoding.outcome_rules + _RULES, facts, choices, switches, (), left(self.deadline), links)
        session.weigh(self._weights())
        return session

    @cached_property
    def _layers_needed(self) -> int:
        return min(_LAYERS, len(self.space.groups))

    def _becoming(self, number: int) -> list[tuple[Value, Fact]]:
        return [(value, Fact("becomes", (number, position))) for position, value in enumerate(self.space.values(number))]

    def _calendar_of_completions(self) -> Iterator[Fact]:
        """Calendar facts for the days of completions, which are no critical values of the case as it stands."""
        days: dict[str, list[int]] = defaultdict(list)
        for completion in self.completions:
            for (path, _), value in completion.items():
                if isinstance(value, int):
                    days[path].append(value)
        return calendar_facts(self.encoding.harvest, days)

    def _weights(self) -> Iterator[tuple[Fact, int]]:
        """Fewest values of records and sets first, then the least number of days."""
        fields = self.encoding.policy.fields
        for group in self.space.groups:
            for number in group.parts:
                declared = fields[self.space.free_facts[number].slot[0]]
                for position, (value, guard) in enumerate(self._becoming(number)):
                    if len(group.parts) > 1:
                        yield guard, _CONTENT + position
                    elif declared.type in ORDERED:
                        yield guard, self.space.distance(declared, self.space.free_facts[number].own, value)
                    else:
                        yield guard, position

    # The search

    @property
    def _goal(self) -> list[Assumption]:
        subject = self.subject
        return [
            (Contract.ELIGIBLE.fact(copy, Name(subject.benefit), subject.item), self.granted)
            for copy in range(1, len(self.completions) + 1)
        ]

    def _layers(self, session: Session, most: int | None) -> bool:
        """Find the repairs with one change, with two, and so on, none containing another; whether these are all."""
        changed = [Fact("changed", (number,)) for number in range(len(self.space.groups))]
        for size in range(1, self._layers_needed + 1):
            if not session.possible(*self._goal):
                return True
            bound: list[Assumption] = [(Fact("most", (size,)), True)] if size < len(self.space.groups) else []
            while True:
                if most is not None and len(self.found) > 4 * most:
                    return False
                facts = session.model(*self._goal, *bound, of=changed)
                if facts is None:
                    break
                self.found += self._nearest(session, facts, changed)
                session.forbid(facts)
            if most is not None and len(self.found) > most:
                return not session.possible(*self._goal)
        # of what needs more changes than any layer has, one set after another, each as small as it can be
        while most is None or len(self.found) <= most:
            facts = session.model(*self._goal, of=changed)
            if facts is None:
                return True
            facts = self._shrunk(session, facts, changed)
            self.found += self._nearest(session, facts, changed)
            session.forbid(facts)
        return not session.possible(*self._goal)

    def _shrunk(self, session: Session, facts: frozenset[Fact], changed: Sequence[Fact]) -> frozenset[Fact]:
        """A part of some changes that suffices and has no smaller part that does."""
        for fact in sorted(facts, reverse=True):
            if fact in facts:
                kept = [(other, False) for other in changed if other not in facts or other == fact]
                facts = session.model(*self._goal, *kept, of=changed) or facts
        return facts

    def _nearest(self, session: Session, facts: frozenset[Fact], changed: Sequence[Fact]) -> Iterator[Repair]:
        """For one set of changes, the nearest values: one repair for each choice of values that have no order."""
        fixed = [(fact, fact in facts) for fact in changed]
        numbers = [number for fact in changed if fact in facts for number in self.space.groups[int(str(fact.arguments[0]))].parts]
        atoms = [guard for number in numbers for _, guard in self._becoming(number)]
        while True:
            model = session.best(*self._goal, *fixed, of=atoms)
            if model is None:
                return
            yield self._repair(model)
            unordered = [fact for fact in model if not self._ordered(fact)]
            if not unordered:
                return
            session.forbid([*facts, *unordered])

    def _ordered(self, fact: Fact) -> bool:
        number, position = (int(str(argument)) for argument in fact.arguments)
        value = self.space.values(number)[position]
        return isinstance(value, int) or value is SUPREMUM

    def _repair(self, model: Iterable[Fact]) -> Repair:
        chosen: dict[int, Value] = {}
        for fact in model:
            number, position = (int(str(argument)) for argument in fact.arguments)
            chosen[number] = self.space.values(number)[position]
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
        return Repair(tuple(changes), repair_statement(changes, self.wanted, any_of), any_of)

    def _rank(self, repair: Repair) -> tuple[int, int, int, list[int], str]:
        """Fewest changes, then who can act soonest, then fewest days, then the order of the file."""
        slowest = max(ACTORS.index(str(change.by)) for change in repair.changes)
        days = 0
        for change in repair.changes:
            if self._is_day(change):
                own = change.before if isinstance(change.before, str) else self.case.applied_on.isoformat()
                days += abs(days_between(_number(own), _number(change.after)))
        places = [self.space.places[change.path] for change in repair.changes]
        return len(repair.changes), slowest, days, places, _key(repair)

    # The replay

    def _holds(self, repair: Repair) -> bool:
        """Whether a repair does what it says when it is decided as a case of its own; otherwise the search learns why.

        Raises `InternalError` where one day less would do as well: then the nearest was not found.
        """
        if _key(repair) in self.verified:
            return self.verified[_key(repair)]
        cases = [self.case.with_values(repair.patch)]
        for change, nearer in self._one_day_less(repair):
            values = {**repair.patch, change.path: nearer}
            if nearer != change.before:
                cases.append(self.case.with_values(values))
        first, *others = decide_each(self.encoding, cases, self.subject, self.readings, self.deadline)
        holds = first.outcome == self.wanted
        if holds and any(other.outcome == self.wanted for other in others):
            raise InternalError([Problem("", _NOT_NEAREST)], self.case.to_json())
        if not holds:
            self._learn(cases[0])
        self.verified[_key(repair)] = holds
        return holds

    def _one_day_less(self, repair: Repair) -> Iterator[tuple[FactChange, str]]:
        today = to_day(self.case.applied_on)
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
        encoding, policy, subject = self.encoding, self.encoding.policy, self.subject
        found = case_facts(policy, encoding.harvest, encoding.fields, case, [subject.benefit], 1)
        facts = [*policy.facts, *reading_facts(policy, dict(self.readings)), *found.facts]
        session = Session(encoding.outcome_rules, facts, list(found.choices.values()), limit=left(self.deadline))
        options = {option: slot for slot, choice in found.choices.items() for option in choice.options}
        model = session.model((Contract.ELIGIBLE.fact(1, Name(subject.benefit), subject.item), not self.granted), of=list(options))
        if model is None:
            raise InternalError([Problem("", _NOT_REPLAYED)], self.case.to_json())
        self.completions.append({options[fact]: fact.arguments[-1] for fact in model})


def _stays(number: int) -> Fact:
    return Fact("stays", (number,))


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
