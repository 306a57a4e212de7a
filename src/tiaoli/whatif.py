"""The smallest changes of a case that would make a benefit granted, or lost.

What somebody can still change, as the policy's fields say, becomes a choice; everything else stays. One program then
answers every question: which sets of facts suffice (fewest first, none a part of another), and which values of them lie
nearest. What stays unknown must not matter: the case stands in the program once for every completion of it that has shown
a change to be no repair, and a change must hold in all of them. Whatever is found is decided again as a case of its own.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any, NamedTuple

from pydantic import MISSING

from tiaoli.answer import Outcome
from tiaoli.atoms import SUPREMUM, Fact, Name, Value
from tiaoli.calendar import days_between, iso, next_day, previous_day, to_day
from tiaoli.case import Case, date_pairs
from tiaoli.critical import ORDERED, Slot
from tiaoli.deciding import decide_each
from tiaoli.engine import Assumption, Choice, Link, OutOfTimeError, Session
from tiaoli.errors import InternalError, Problem
from tiaoli.facts import ABSENT, Subject, Variable, Variation, case_facts, fact_of, varied
from tiaoli.labels import value_words, written
from tiaoli.load import Encoding
from tiaoli.patch import patched, value_in
from tiaoli.policy import Field, reading_facts
from tiaoli.repairs import AnyOf, Change, Repair, merged, record_made, said, scalar_changed, set_changed, waited
from tiaoli.words import Statement

ACTORS = ("applicant", "time", "authority")
"""Who can change a fact, the likeliest to act first."""

_LAYERS = 12
_FAR = 200_000
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


class Search(NamedTuple):
    """What a search for repairs found: the repairs, fewest changes first; whether there are no more; whether the time
    limit cut it short."""

    repairs: tuple[Repair, ...]
    complete: bool
    limit_reached: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    """The variables that are one change: a scalar, a record with its contents, a set with its members."""

    path: str
    parts: tuple[int, ...]
    by: str


def repairs_of(
    encoding: Encoding,
    case: Case,
    subject: Subject,
    readings: Mapping[str, str],
    granted: bool,
    most: int | None,
    deadline: float | None,
) -> Search:
    """The subset-minimal changes after which the decision grants (`granted`), or is certain not to.

    `readings` are those in force; `most` how many repairs are wanted, all of them where it is `None`; `deadline` a time of
    `monotonic()`.
    """
    return _Repairs(encoding, case, subject, readings, granted, deadline).search(most)


class Frame:
    """A case with what can change in it: what every program about its changes is made of."""

    def __init__(self, encoding: Encoding, case: Case, subject: Subject, readings: Mapping[str, str]) -> None:
        self.encoding, self.case, self.subject, self.readings = encoding, case, subject, readings
        policy = encoding.policy
        self.bearing = encoding.outcome_fields(subject.benefit)
        self.order = [pair for pair in date_pairs() if set(pair) <= set(policy.fields)]
        self.variation: Variation = varied(policy, encoding.harvest, case, subject, self.bearing, changeable, self.order)
        self.variables = self.variation.variables

    @cached_property
    def groups(self) -> list[_Group]:
        """What can change, in the order of the file."""
        parts: dict[str, list[int]] = defaultdict(list)
        for number, variable in enumerate(self.variables):
            parts[variable.path].append(number)
        fields = self.encoding.policy.fields
        found = []
        for path, numbers in parts.items():
            declared = fields[self.variables[numbers[0]].slot[0]]
            if declared.changed_by in ACTORS:
                found.append(_Group(path, tuple(numbers), declared.changed_by))
        return found

    def values(self, number: int) -> tuple[Value, ...]:
        """What a variable may become."""
        variable = self.variables[number]
        allowed = change_values(self.encoding.policy.fields[variable.slot[0]], variable)
        return tuple(value for value in allowed if value != variable.own)


def change_values(declared: Field, variable: Variable) -> tuple[Value, ...]:
    """The values that a fact may have after a change, its own among them: never back in time, never from a record to
    none."""
    own = variable.own
    if declared.changed_by == "time":
        return tuple(value for value in variable.values if isinstance(value, int) and isinstance(own, int) and value >= own)
    if declared.type == "record":
        return tuple(value for value in variable.values if value != "none" or own == "none")
    return variable.values


def changeable(declared: Field, _: str, own: Value) -> bool:
    """Whether somebody can still change a known fact: a record that is there changes in its contents only."""
    return declared.changed_by in ACTORS and not (declared.type == "record" and own == "record")


class _Repairs(Frame):
    def __init__(
        self,
        encoding: Encoding,
        case: Case,
        subject: Subject,
        readings: Mapping[str, str],
        granted: bool,
        deadline: float | None,
    ) -> None:
        super().__init__(encoding, case, subject, readings)
        self.granted, self.deadline = granted, deadline
        self.wanted: Outcome = "eligible" if granted else "not_eligible"
        # completions of what stays unknown that a repair must hold in, by slot
        self.completions: list[dict[Slot, Value]] = [{}]
        self.verified: dict[str, bool] = {}
        self.found: list[Repair] = []

    def search(self, most: int | None) -> Search:
        """Search until every repair found holds, or the limit is reached."""
        try:
            while True:
                self.found = []
                complete = self._layers(self._session(), most)
                if all(self._holds(repair) for repair in self.found):
                    break
        except OutOfTimeError:
            return Search(tuple(sorted(self._certain(most), key=self._rank)), False, True)
        found = merged(self.found, self.wanted)
        found.sort(key=self._rank)
        cut = found if most is None else found[:most]
        return Search(tuple(cut), complete and len(cut) == len(found))

    def _certain(self, most: int | None) -> Iterator[Repair]:
        """Of what was found when the limit was reached, what holds: deciding a case that leaves nothing unknown takes no
        search, and is worth the moment."""
        if all(variable.own is not None for variable in self.variables):
            self.deadline = None
        for repair in self.found[:most]:
            if self.verified.get(_key(repair), False) or (self.deadline is None and self._holds(repair)):
                yield repair

    # The program

    def _session(self) -> Session:
        policy = self.encoding.policy
        facts: list[Fact] = [*policy.facts, *reading_facts(policy, dict(self.readings)), *self.variation.calendar]
        choices: list[Choice] = []
        links: list[Link] = []
        for copy, completion in enumerate(self.completions, 1):
            facts += self.variation.facts_of(copy)
            for number, variable in enumerate(self.variables):
                declared = policy.fields[variable.slot[0]]
                stays = variable.own
                if stays is None:
                    # a value that helps as little as possible, until a completion says otherwise
                    stays = completion.get(variable.slot, variable.values[-1])
                free = number in self._parts
                for value, guard in [(stays, _stays(number)), *self._becoming(number)] if free else [(stays, None)]:
                    if value is not ABSENT:
                        fact = fact_of(declared, copy, variable.slot[1], value)
                        if guard is None:
                            facts.append(fact)
                        else:
                            links.append(Link(guard, fact))
        for group_number, group in enumerate(self.groups):
            for number in group.parts:
                facts.append(Fact("part", (number, group_number)))
                choices.append(Choice((_stays(number), *(guard for _, guard in self._becoming(number)))))
        facts += self._calendar_of_completions()
        facts += [Fact("earlier", pair) for pair in self._symmetric_pairs]
        for first, last in self._pairs():
            facts.append(Fact("pair", (first, last)))
            for number in (first, last):
                own = self.variables[number].own
                links += [Link(guard, Fact("stands", (number, value))) for value, guard in self._becoming(number)]
                if own is not None:
                    links.append(Link(_stays(number), Fact("stands", (number, own))))
        left = None if self.deadline is None else max(0.0, self.deadline - monotonic())
        switches = [Fact("most", (number,)) for number in range(1, self._layers_needed + 1)]
        session = Session(self.encoding.outcome_rules + _RULES, facts, choices, switches, (), left, links)
        session.weigh(self._weights())
        return session

    @cached_property
    def _parts(self) -> frozenset[int]:
        return frozenset(number for group in self.groups for number in group.parts)

    @cached_property
    def _layers_needed(self) -> int:
        return min(_LAYERS, len(self.groups))

    def _becoming(self, number: int) -> list[tuple[Value, Fact]]:
        return [(value, Fact("becomes", (number, position))) for position, value in enumerate(self.values(number))]

    def _calendar_of_completions(self) -> Iterator[Fact]:
        """Calendar facts for the days of completions, which are no critical values of the case as it stands."""
        from tiaoli.facts import calendar_facts

        days: dict[str, list[int]] = defaultdict(list)
        for completion in self.completions:
            for (path, _), value in completion.items():
                if isinstance(value, int):
                    days[path].append(value)
        return calendar_facts(self.encoding.harvest, days)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """The variables that the format keeps in order, a fact that cannot change standing for itself."""
        by_slot = {variable.slot: number for number, variable in enumerate(self.variables)}
        for first, last in self.order:
            for (path, item), number in by_slot.items():
                if path == first and (last, item) in by_slot and number in self._parts:
                    yield number, by_slot[last, item]

    @cached_property
    def _symmetric_pairs(self) -> list[tuple[int, int]]:
        """Groups of items that are alike but for their ids, each with the next: changes begin with the first of them."""
        return [(one, other) for alike in self._alike.values() for one, other in itertools.pairwise(alike)]

    @cached_property
    def _alike(self) -> dict[tuple[object, ...], list[int]]:
        """The groups of items that no rule can tell apart, by what is said of them."""
        said: dict[str, set[tuple[object, ...]]] = defaultdict(set)
        entities = {field.predicate: field.entity for field in self.encoding.policy.fields.values() if field.path in self.bearing}
        for fact in self.variation.facts:
            if entities.get(fact.predicate) is not None:
                said[str(fact.arguments[1])].add((fact.predicate, *fact.arguments[2:]))
        for variable in self.variables:
            said[variable.slot[1]].add((variable.slot[0], variable.values, variable.own))
        of_item: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, group in enumerate(self.groups):
            path, item = self.variables[group.parts[0]].slot
            if "/" in item:
                of_item[item, str(self.encoding.policy.fields[path].entity)].append(number)
        found: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for (item, entity), numbers in of_item.items():
            if len(numbers) == 1:
                found[entity, item.partition("/")[0], frozenset(said[item])].append(numbers[0])
        return {key: numbers for key, numbers in found.items() if len(numbers) > 1}

    def _weights(self) -> Iterator[tuple[Fact, int]]:
        """Fewest values of records and sets first, then the least number of days."""
        fields = self.encoding.policy.fields
        for group in self.groups:
            for number in group.parts:
                declared = fields[self.variables[number].slot[0]]
                for position, (value, guard) in enumerate(self._becoming(number)):
                    if len(group.parts) > 1:
                        yield guard, _CONTENT + position
                    elif declared.type in ORDERED:
                        yield guard, self._distance(declared, self.variables[number].own, value)
                    else:
                        yield guard, position

    def _distance(self, declared: Field, own: Value | None, value: Value) -> int:
        """How far a value lies from the one the case has, or from the application where it has none: days, or what the
        value counts; a day rather than none."""
        if not isinstance(value, int):
            return _FAR
        if declared.type != "day":
            return abs(value - own) if isinstance(own, int) else value
        return abs(days_between(own if isinstance(own, int) else to_day(self.case.applied_on), value))

    # The search

    @property
    def _goal(self) -> list[Assumption]:
        subject = self.subject
        return [
            (Fact("eligible", (copy, Name(subject.benefit), subject.item)), self.granted) for copy in range(1, len(self.completions) + 1)
        ]

    def _layers(self, session: Session, most: int | None) -> bool:
        """Find the repairs with one change, with two, and so on, none containing another; whether these are all."""
        changed = [Fact("changed", (number,)) for number in range(len(self.groups))]
        for size in range(1, self._layers_needed + 1):
            if not session.possible(*self._goal):
                return True
            bound: list[Assumption] = [(Fact("most", (size,)), True)] if size < len(self.groups) else []
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
        numbers = [number for fact in changed if fact in facts for number in self.groups[int(str(fact.arguments[0]))].parts]
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
        value = self.values(number)[position]
        return isinstance(value, int) or value is SUPREMUM

    def _repair(self, model: Iterable[Fact]) -> Repair:
        chosen: dict[int, Value] = {}
        for fact in model:
            number, position = (int(str(argument)) for argument in fact.arguments)
            chosen[number] = self.values(number)[position]
        document = self.case.to_json()
        changes = []
        touched = []
        for number, group in enumerate(self.groups):
            values = {part: chosen[part] for part in group.parts if part in chosen}
            if values:
                touched.append(number)
                before = value_in(document, group.path)
                after = self._written(group, values, before)
                changes.append(Change(group.path, before, after, group.by, self._statement(group, values)))
        any_of = self._any_of(touched)
        return Repair(tuple(changes), said(changes, self.wanted, any_of), any_of)

    def _statement(self, group: _Group, values: Mapping[int, Value]) -> Statement:
        policy = self.encoding.policy
        first = self.variables[group.parts[0]]
        path, item = first.slot
        declared = policy.fields[path]
        if declared.type.startswith("set:"):
            return set_changed(policy, declared, item, [(self.variables[part].values[0], value) for part, value in values.items()])
        if declared.type == "record":
            contents = [(policy.fields[self.variables[part].slot[0]], value) for part, value in values.items() if part != group.parts[0]]
            return record_made(policy, declared, item, contents, first.own is None)
        value = values[group.parts[0]]
        if declared.changed_by == "time" and isinstance(first.own, int) and isinstance(value, int):
            return waited(first.own, value, value_words(policy, declared, value))
        return scalar_changed(policy, declared, item, first.own, value)

    def _written(self, group: _Group, values: Mapping[int, Value], before: Any) -> Any:
        """The value of a change as a case file has it."""
        fields = self.encoding.policy.fields
        first = self.variables[group.parts[0]]
        declared = fields[first.slot[0]]
        if declared.type.startswith("set:"):
            members = [str(self.variables[part].values[0]) for part in group.parts]
            own = [] if before is MISSING else before
            now = {str(self.variables[part].values[0]): values.get(part, self.variables[part].own) is not ABSENT for part in group.parts}
            return [member for member in own if now[member]] + [member for member in members if now[member] and member not in own]
        if declared.type == "record":
            inside = {part: value for part, value in values.items() if part != group.parts[0]}
            return {
                self.variables[part].slot[0].rpartition(".")[2]: written(fields[self.variables[part].slot[0]], value)
                for part, value in inside.items()
            }
        return written(declared, values[group.parts[0]])

    def _any_of(self, touched: Sequence[int]) -> AnyOf | None:
        """How many of which alike items a repair changes, where it could change others of them as well."""
        for alike in self._alike.values():
            here = [number for number in alike if number in touched]
            if here and len(here) < len(alike):
                return AnyOf(len(here), tuple(self.groups[number].path.rpartition(".")[0] for number in alike))
        return None

    def _rank(self, repair: Repair) -> tuple[int, int, int, list[int], str]:
        """Fewest changes, then who can act soonest, then fewest days, then the order of the file."""
        slowest = max(ACTORS.index(str(change.by)) for change in repair.changes)
        days = 0
        for change in repair.changes:
            if self._is_day(change):
                own = change.before if isinstance(change.before, str) else self.case.applied_on.isoformat()
                days += abs(days_between(_number(own), _number(change.after)))
        places = [self.places[change.path] for change in repair.changes]
        return len(repair.changes), slowest, days, places, _key(repair)

    # The replay

    def _holds(self, repair: Repair) -> bool:
        """Whether a repair does what it says when it is decided as a case of its own; otherwise the search learns why.

        Raises `InternalError` where one day less would do as well: then the nearest was not found.
        """
        if _key(repair) in self.verified:
            return self.verified[_key(repair)]
        cases = [patched(self.case, {change.path: change.after for change in repair.changes})]
        for change, nearer in self._one_day_less(repair):
            values = {other.path: other.after for other in repair.changes} | {change.path: nearer}
            if nearer != change.before:
                cases.append(patched(self.case, values))
        first, *others = decide_each(self.encoding, cases, self.subject, self.readings, self.deadline)
        holds = first.outcome == self.wanted
        if holds and any(other.outcome == self.wanted for other in others):
            raise InternalError([Problem("", _NOT_NEAREST)], self.case.to_json())
        if not holds:
            self._learn(cases[0])
        self.verified[_key(repair)] = holds
        return holds

    def _one_day_less(self, repair: Repair) -> Iterator[tuple[Change, str]]:
        today = to_day(self.case.applied_on)
        for change in repair.changes:
            if self._is_day(change):
                here = _number(change.after)
                from_ = _number(change.before) if isinstance(change.before, str) else today
                if here != from_:
                    nearer = previous_day(here) if here > from_ else next_day(here)
                    yield change, iso(nearer)

    def _is_day(self, change: Change) -> bool:
        return isinstance(change.after, str) and self.types[change.path] == "day"

    @cached_property
    def places(self) -> dict[str, int]:
        """The positions of what can change, by path."""
        return {group.path: number for number, group in enumerate(self.groups)}

    @cached_property
    def types(self) -> dict[str, str]:
        """The types of what can change, by path."""
        return {group.path: self.encoding.policy.fields[self.variables[group.parts[0]].slot[0]].type for group in self.groups}

    def _learn(self, case: Case) -> None:
        """Add the completion of what stays unknown in which a change is no repair."""
        encoding, policy, subject = self.encoding, self.encoding.policy, self.subject
        found = case_facts(policy, encoding.harvest, encoding.fields, case, [subject.benefit], 1)
        facts = [*policy.facts, *reading_facts(policy, dict(self.readings)), *found.facts]
        left = None if self.deadline is None else max(0.0, self.deadline - monotonic())
        session = Session(encoding.outcome_rules, facts, list(found.choices.values()), limit=left)
        options = {option: slot for slot, choice in found.choices.items() for option in choice.options}
        model = session.model((Fact("eligible", (1, Name(subject.benefit), subject.item)), not self.granted), of=list(options))
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
