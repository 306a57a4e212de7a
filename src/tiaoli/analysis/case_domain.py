"""All cases of a kind at once, for the engine: so many items a list, of which nothing is known.

Every fact is a choice over the values that stand for all of its values: each value of an enumeration, and of days and
numbers the critical ones (`encoding.critical_points`) with the days beside them. The application day is one of them, and so is
each reading that is not fixed. What holds in none of these cases holds in no case with so many items (`critical_points` says why).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from math import log10
from typing import Any

from tiaoli.analysis.domain_spec import DomainSpec
from tiaoli.base import FIRST_DAY, LAST_DAY, Statement, iso, listed, next_day, previous_day
from tiaoli.case import Case, file_value
from tiaoli.decide import NO_MEMBER, FreeFact, Subject, fact_of, set_free
from tiaoli.encoding import Bound, Encoding, RuleBounds, calendar_facts
from tiaoli.policy import Field, ItemList, Policy, reading_facts
from tiaoli.rules import Choice, Contract, Fact, Link, Name, Value

_ELSEWHERE = "1000.00"
"""What a standard that is set elsewhere is taken to be."""

_LACKS = "lacks__"

_A_DAY = iso(FIRST_DAY)
"""A case must have an application day to be read, though it is set free at once; the first of all days adds no critical one."""


class CaseDomain:
    """The cases that a spec describes, asked about every item: as facts and choices for the engine, and back from a model as
    case documents.

    The rules know a case by its copy, 1, 2, …. With a day that all apply on, the greatest values stand beside the least. Where
    there are several copies, `day_after(Day, Next)` holds of the days of the domain.
    """

    def __init__(self, encoding: Encoding, spec: DomainSpec) -> None:
        self.encoding, self.policy, self.spec = encoding, encoding.policy, spec
        self.readings = dict(spec.readings or {})
        self.day = self.policy.schema.day.path
        self.differ_in = (self.day,) if spec.differ_in is None else spec.differ_in
        self.copies = tuple(range(1, spec.copies + 1))
        self.today = spec.today
        self.fields = self._fields_looked_at()
        self.sizes = self._sizes()
        self.rule_bounds = self._rule_bounds()
        day = _A_DAY if self.today is None else iso(self.today)
        self.skeleton = Case.read(_skeleton(self.policy, self.sizes, self.fields, day), self.policy)
        variables, facts = self._set_free()
        self.variables = [self._without_record(self._with_days_beside(variable)) for variable in variables]
        self._known = [fact for fact in facts if fact.predicate != Contract.ASKED.name]
        self.items = {entity: tuple(_item_paths(self.policy, self.sizes, entity)) for entity in self.sizes}

    def _fields_looked_at(self) -> tuple[str, ...]:
        spec = self.spec
        bearing = {path for benefit in spec.benefits for path in self.encoding.fields.get(benefit, ())}
        return tuple(path for path in self.policy.fields if path in bearing | set(spec.fields) | {self.day})

    def _sizes(self) -> dict[str, int]:
        """How many items each list has."""
        spec = self.spec
        return {
            declared.entity: spec.sizes.get(declared.entity, spec.items) for declared in _lists(self.policy, self.fields, spec.benefits)
        }

    def _rule_bounds(self) -> RuleBounds:
        """What is compared: by the rules, by the case format (a period ends after it begins), and by the analysis itself."""
        orders = [(first.path, last.path) for first, last in self.policy.schema.orders]
        in_order = [Bound(last, (), False, first, (), "same") for first, last in orders]
        if self.today is not None:
            in_order += [Bound(first, (), True, last, (), "same") for first, last in orders]
        return merged(self.encoding.rule_bounds, RuleBounds((*in_order, *self.spec.bounds), ()))

    def _set_free(self) -> tuple[Sequence[FreeFact], Sequence[Fact]]:
        """The facts of the skeleton that are set free, each with the values that stand for all of its values; and those that are not."""
        fixed = {self.day} if self.today is not None else set()

        def is_free(declared: Field, *_: Any) -> bool:
            return not declared.unbounded and declared.path not in fixed

        nobody = Subject("", "")
        nearest = self.today is not None
        found = set_free(self.policy, self.rule_bounds, self.skeleton, nobody, self.fields, is_free, nearest=nearest)
        return found.free_facts, found.facts

    # What the engine is given

    @cached_property
    def facts(self) -> list[Fact]:
        """What is the same in all the cases: the items, what is asked, and the calendar. The policy's own facts are not among
        them."""
        days: dict[str, list[int]] = {self.day: [self.today]} if self.today is not None else {}
        for variable in self.variables:
            days.setdefault(variable.slot[0], []).extend(value for value in variable.values if isinstance(value, int))
        asked = [Subject(benefit, item) for benefit in self.spec.benefits for item in self.items[self.policy.benefits[benefit].subject]]
        of_case = [*self._known, *(Contract.ASKED.fact(1, Name(benefit), item) for benefit, item in asked)]
        chosen = reading_facts(self.policy, self.readings)
        fixed = [fact for fact in chosen if str(fact.arguments[0]) in self.readings]
        return [
            *(of_copy(copy, fact) for copy in self.copies for fact in of_case),
            *calendar_facts(self.rule_bounds, days),
            *fixed,
            *self.succession,
        ]

    @cached_property
    def succession(self) -> list[Fact]:
        """Which of the days follow on which, where copies can be a day apart."""
        if len(self.copies) == 1:
            return []
        days = [variable for variable in self.variables if self.policy.fields[variable.slot[0]].kind == "day"]
        every = {value for variable in days for value in variable.values if isinstance(value, int)}
        return [Fact("day_after", (day, after)) for day in sorted(every) if day != LAST_DAY and (after := next_day(day)) in every]

    @cached_property
    def choices(self) -> list[Choice]:
        """One for every fact of the case, for every fact in which the copies may differ, and for every reading that is free."""
        found = [Choice(self.options(variable)) for variable in self.variables]
        found += [
            Choice(tuple(of_copy(copy, option) for option in self.options(variable)))
            for copy in self.copies[1:]
            for variable in self.variables
            if variable.slot[0] in self.differ_in
        ]
        return [*found, *(Choice(options) for options in self.free_readings.values())]

    @cached_property
    def free_readings(self) -> dict[str, tuple[Fact, ...]]:
        """The options of every reading that is not fixed."""
        return {
            reading.name: tuple(Contract.READING.fact(Name(reading.name), Name(option.id)) for option in reading.options)
            for reading in self.policy.readings.values()
            if reading.name not in self.readings
        }

    @cached_property
    def links(self) -> list[Link]:
        """What makes every further copy the same case but for the fields apart."""
        return [
            Link(option, of_copy(copy, option))
            for copy in self.copies[1:]
            for variable in self.variables
            if variable.slot[0] not in self.differ_in
            for option in self.options(variable)
        ]

    @cached_property
    def order(self) -> str:
        """The rules that leave out what no case file can say: a period that ends before it begins, facts of a record that is
        not there."""
        pairs = [(one, other) for one, other in self.policy.schema.orders if {one.path, other.path} <= set(self.fields)]
        rules = [
            f":- {one.predicate}(C, {'I, ' if one.entity else ''}A), {other.predicate}(C, {'I, ' if one.entity else ''}B), B < A."
            for one, other in pairs
        ]
        for inner in map(self.policy.fields.__getitem__, self.fields):
            if record := self._record(inner.path):
                lacks = f"{_LACKS}(C, {inner.predicate}, I, _)"
                rules.append(f":- {record.predicate}(C, I, none), not {lacks}. :- {record.predicate}(C, I, record), {lacks}.")
        return "\n".join(dict.fromkeys(rules))

    def options(self, variable: FreeFact) -> tuple[Fact, ...]:
        """The facts of the values that a fact of the first copy ranges over."""
        return tuple(self.option(variable, value) for value in variable.values)

    def option(self, variable: FreeFact, value: Value) -> Fact:
        """The fact of one value; that a set lacks a member, or a case the record that a fact belongs to, is a fact of its own,
        which no rule of a policy looks at."""
        path, item = variable.slot
        if value is NO_MEMBER:
            return Fact(_LACKS, (1, Name(self.policy.fields[path].predicate), item, variable.values[0]))
        return fact_of(self.policy.fields[path], 1, item, value)

    # What comes back

    def case(self, facts: Collection[Fact], copy: int = 1) -> dict[str, Any]:
        """The case, as plain data, in which these options hold; what none of them says is left out of it."""
        changes: dict[str, Any] = {}
        sets: dict[str, list[str]] = {}
        records: dict[str, Any] = {}
        for variable in self.variables:
            declared = self.policy.fields[variable.slot[0]]
            of = copy if variable.slot[0] in self.differ_in else 1
            for value in variable.values:
                if of_copy(of, self.option(variable, value)) in facts:
                    if declared.several:
                        members = sets.setdefault(variable.path, [])
                        members += [] if value is NO_MEMBER else [str(value)]
                    elif declared.kind == "record":
                        records[variable.path] = file_value(declared, value)
                    elif value is NO_MEMBER:
                        records[variable.path.rpartition(".")[0]] = None
                    else:
                        changes[variable.path] = file_value(declared, value)
        changes |= sets
        for path, value in records.items():
            # what stands below a record that is not there is no fact
            if value is None or not any(other.startswith(f"{path}.") for other in changes):
                changes[path] = value
        return self.skeleton.with_values(changes).to_json()

    @cached_property
    def statement(self) -> Statement:
        """The domain in words."""
        items = listed((self._number(entity) for entity in self.sizes), "、", ", ")
        size = sum(log10(len(choice.options)) for choice in self.choices)
        free = len(self.free_readings)
        days = len(next((variable.values for variable in self.variables if variable.path == self.day), (self.today,)))
        which = Statement(
            f"{free} 种读法均可任取" if free else "读法固定", f"{free} reading{'s' * (free > 1)} free" if free else "the readings fixed"
        )
        money = self._money
        return Statement(
            f"{items.zh}；每一枚举取遍全部取值，日期取全部临界日及其前后各一日，其中申请日 {days} 个；{money.zh}{which.zh}；"
            f"共约 10^{size:.0f} 种组合",
            f"{items.en}; every value of every enumeration, every critical day and the days beside it, {days} application days among them; "
            f"{money.en}{which.en}; about 10^{size:.0f} combinations",
        )

    @property
    def _money(self) -> Statement:
        """Which sums of money are looked at, where there are any."""
        fields = [self.policy.fields[path] for path in self.fields]
        parts = []
        if any(declared.kind == "money" and not declared.unbounded for declared in fields):
            parts.append(
                Statement("金额取各临界值之间每一段的两端；", "sums of money at both ends of each stretch between critical ones; ")
            )
        if any(declared.unbounded for declared in fields):
            taken = self.policy.currency.amount(Decimal(_ELSEWHERE))
            parts.append(Statement(f"另行制定的标准取 {taken.zh}；", f"standards set elsewhere taken as {taken.en}; "))
        return listed(parts, "", "")

    def _number(self, entity: str) -> Statement:
        name = self.policy.list_of[entity].statement
        return Statement(f"{name.zh}各 {self.sizes[entity]} 项", f"{self.sizes[entity]} of each {name.en}")

    def _record(self, path: str) -> Field | None:
        """The record that a field belongs to, where it is looked at."""
        holder = self.policy.fields.get(path.rpartition(".")[0])
        return holder if holder and holder.kind == "record" and holder.path in self.fields else None

    def _without_record(self, variable: FreeFact) -> FreeFact:
        """A fact of a record is no fact where there is no record; where there may be one it has a path of its own."""
        record = self._record(variable.slot[0])
        if record is None:
            return variable
        path = variable.path + variable.slot[0][len(record.path) :] if variable.path.endswith(record.key) else variable.path
        return variable._replace(path=path, values=(*variable.values, NO_MEMBER))

    def _with_days_beside(self, variable: FreeFact) -> FreeFact:
        """With the day before and the day after each critical day."""
        if self.policy.fields[variable.slot[0]].kind != "day":
            return variable
        days = {value for value in variable.values if isinstance(value, int)}
        beside = {step(day) for day in days for step, end in ((previous_day, FIRST_DAY), (next_day, LAST_DAY)) if day != end}
        others = [value for value in variable.values if not isinstance(value, int)]
        return variable._replace(values=(*sorted(days | beside), *others))


def merged(*several: RuleBounds) -> RuleBounds:
    """What several sets of rules do with days and numbers, each thing once."""
    return RuleBounds(
        tuple(dict.fromkeys(bound for one in several for bound in one.bounds)),
        tuple(dict.fromkeys(step for one in several for step in one.steps)),
    )


def of_copy(copy: int, fact: Fact) -> Fact:
    """A fact of the first copy as one of another."""
    return fact if fact.arguments[0] == copy else Fact(fact.predicate, (copy, *fact.arguments[1:]))


def _skeleton(policy: Policy, sizes: Mapping[str, int], fields: Collection[str], day: str) -> dict[str, Any]:
    """A case with so many items a list, of which nothing is known but what is set elsewhere."""
    document: dict[str, Any] = {"id": "witness", policy.schema.day.path: day}
    for declared in policy.lists.values():
        if declared.parent is None and declared.entity in sizes:
            document[declared.path] = list(_skeleton_items(policy, sizes, fields, declared))
    return document


def _skeleton_items(policy: Policy, sizes: Mapping[str, int], fields: Collection[str], declared: ItemList) -> Iterator[dict[str, Any]]:
    inner = [item for item in policy.lists.values() if item.parent == declared.entity and item.entity in sizes]
    standards = [item for item in policy.fields.values() if item.entity == declared.entity and item.unbounded and item.path in fields]
    for number in range(1, sizes[declared.entity] + 1):
        item: dict[str, Any] = {"id": _item_id(declared.entity, number)}
        item |= {standard.key: _ELSEWHERE for standard in standards}
        item |= {other.path.rpartition(".")[2]: list(_skeleton_items(policy, sizes, fields, other)) for other in inner}
        yield item


def _item_paths(policy: Policy, sizes: Mapping[str, int], entity: str) -> Iterator[str]:
    """The items of an entity as the rules know them: `c1`, and below the items that hold them `p1/a1`."""
    own = [_item_id(entity, number) for number in range(1, sizes[entity] + 1)]
    parent = policy.list_of[entity].parent
    if parent is None:
        yield from own
    else:
        yield from (f"{holder}/{item}" for holder in _item_paths(policy, sizes, parent) for item in own)


def _lists(policy: Policy, fields: Iterable[str], benefits: Iterable[str]) -> list[ItemList]:
    """The lists that the facts and the subjects stand in, and those that hold these."""
    needed = Counter(entity for path in fields if (entity := policy.fields[path].entity))
    needed.update(policy.benefits[benefit].subject for benefit in benefits)
    needed.update([parent for entity in list(needed) if (parent := policy.list_of[entity].parent)])
    return [declared for declared in policy.lists.values() if declared.entity in needed]


def first_item(policy: Policy, entity: str) -> str:
    """The first item that a domain has of an entity. No rule tells items apart by name, so it stands for each of them."""
    parent = policy.list_of[entity].parent
    return _item_id(entity, 1) if parent is None else f"{first_item(policy, parent)}/{_item_id(entity, 1)}"


def _item_id(entity: str, number: int) -> str:
    return f"{entity[0]}{number}"
