"""Cases for what a set of cases misses: asked of formulas over every case there can be, and decided again by what finds the coverage.

What no case exercises is called unreachable where that is proved for every case; where only so many items were looked at, or a question
was cut short, that is said instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tiaoli.analysis.boundaries import Boundary, meetings, position
from tiaoli.analysis.boundary_formulas import lies, rule_of
from tiaoli.analysis.case_search import Cases, FoundCase, Search, searches
from tiaoli.analysis.coverage import FIRED, Coverage, CoverageGoal, at_boundaries, fired_rule, measure_coverage
from tiaoli.analysis.version_changes import PolicyVersion
from tiaoli.analysis.version_comparison import Comparison, compare_benefits, find_difference
from tiaoli.base import CaseError, Statement, listed, next_day, previous_day
from tiaoli.case import Case, file_value
from tiaoli.encoding import Encoding
from tiaoli.policy import Policy
from tiaoli.rules import Contract, Fact, OutOfTimeError
from tiaoli.symbolic import NO_LIMIT, Budget, Formula, LimitReached, Outside, SymbolicValue, both, either, is_ground

_PROBE = "probe__"
_AT = "at__"

_LIMITS = {
    "time": Statement("已到时间上限", "the time limit was reached"),
    "memory": Statement("已到内存上限", "the memory limit was reached"),
}


@dataclass(frozen=True)
class NoCase:
    """Why there is no case for a goal: `unreachable`, which is proved for every case there can be; `bounded`, for the cases with at most
    so many items of the lists `within`, by path; or `unknown`. `reason` says why it is no more than that."""

    result: Literal["unreachable", "bounded", "unknown"]
    reason: Statement | None = None
    within: Mapping[str, int] = field(default_factory=dict)

    def domain(self, policy: Policy) -> Statement:
        """The cases that it is said of, in words."""
        named = [(policy.lists[path].statement, number) for path, number in self.within.items()]
        most = [Statement(f"{name.zh}至多 {number} 项", f"at most {number} of each {name.en}") for name, number in named]
        items = listed(most, "、", ", ") if most else Statement("各清单项数不限", "any number of items in every list")
        return Statement(f"{items.zh}；一切日期和金额", f"{items.en}; every day and every sum")


_NOT_EXERCISED = NoCase("unknown", Statement("所得案件均未能覆盖", "the cases that were found do not exercise it"))


@dataclass
class GeneratedCases:
    """Cases for goals that were missed. `cases` names for each case the goals it was made for and exercises besides; `none` says of the
    other goals why there is no case."""

    policy: Policy
    cases: list[tuple[dict[str, Any], tuple[str, ...]]] = field(default_factory=list)
    none: dict[str, NoCase] = field(default_factory=dict)
    limit_reached: bool = False

    def without(self, result: str) -> dict[str, NoCase]:
        """The goals that are so without a case."""
        return {name: why for name, why in self.none.items() if why.result == result}

    @property
    def settled(self) -> bool:
        """Whether every goal has a case, or is proved to have none."""
        return all(why.result == "unreachable" for why in self.none.values())

    def to_json(self) -> dict[str, Any]:
        """What `tiaoli coverage --out --json` adds: each case with the goals it covers; the goals that no case reaches, those that none
        with so many items reaches, and those that were left open."""

        def reason(why: NoCase) -> dict[str, str] | None:
            return why.reason.to_json() if why.reason else None

        found: dict[str, Any] = {
            "generated": [{"case": document, "covers": list(names)} for document, names in self.cases],
            "unreachable": [
                {"name": name, "domain": why.domain(self.policy).to_json()} for name, why in self.without("unreachable").items()
            ],
            "bounded": [
                {"name": name, "within": dict(why.within), "domain": why.domain(self.policy).to_json(), "reason": reason(why)}
                for name, why in self.without("bounded").items()
            ],
            "unknown": [{"name": name, "reason": reason(why)} for name, why in self.without("unknown").items()],
        }
        return found | ({"limit_reached": True} if self.limit_reached else {})


def generate_cases(
    encoding: Encoding,
    found: Coverage,
    readings: Mapping[str, str],
    budget: Budget = NO_LIMIT,
    told: Callable[[int, int], None] | None = None,
) -> GeneratedCases:
    """Look for cases that exercise what `found` misses. Every case was put to `measure_coverage` by itself: what it is said to exercise
    it does. `told` hears how many goals are done, and of how many."""
    return _Generator(encoding, found, readings, budget).run(told)


class _Generator:
    def __init__(self, encoding: Encoding, found: Coverage, readings: Mapping[str, str], budget: Budget) -> None:
        self.encoding, self.policy, self.budget = encoding, encoding.policy, budget
        self.goals, self.readings = found.goals, dict(readings)
        self.missed = {goal.name: goal for goal in found.missed}
        self.taken = set(found.cases)
        self.result = GeneratedCases(self.policy)

    def run(self, told: Callable[[int, int], None] | None) -> GeneratedCases:
        makers: dict[str, Callable[[CoverageGoal], Iterator[dict[str, Any] | NoCase]]] = {
            "rule": self._rule,
            "condition": self._condition,
            "reading": self._reading,
            "boundary": self._boundary,
        }
        # a case for a rule or a reading exercises conditions and boundaries besides
        order = sorted(self.missed.values(), key=lambda goal: list(makers).index(goal.kind))
        for number, goal in enumerate(order):
            if told is not None:
                told(number, len(order))
            if goal.name in self.missed:
                self.result.none[goal.name] = self._made(goal, makers[goal.kind])
        self.result.none = {name: why for name, why in self.result.none.items() if name in self.missed}
        return self.result

    def _made(self, goal: CoverageGoal, maker: Callable[[CoverageGoal], Iterator[dict[str, Any] | NoCase]]) -> NoCase:
        """Make cases for a goal, and say why there is none where it is missed still."""
        why = _NOT_EXERCISED
        try:
            self.budget.check()
            for found in maker(goal):
                if isinstance(found, NoCase):
                    why = found
                else:
                    self._keep(found, goal)
        except (LimitReached, OutOfTimeError) as error:
            self.result.limit_reached = True
            why = NoCase("unknown", _LIMITS[error.limit if isinstance(error, LimitReached) else "time"])
        except Outside as error:
            where = Statement(f"{error.rule.where}：", f"{error.rule.where}: ") if error.rule else Statement("", "")
            why = NoCase("unknown", Statement(f"{where.zh}{error.reason.zh}", f"{where.en}{error.reason.en}"))
        return why

    def _keep(self, document: dict[str, Any], goal: CoverageGoal) -> None:
        """Keep a case where it exercises anything that was missed."""
        named = {**document, "id": self._name(goal)}
        case = [Case.read(named, self.policy)]
        # of a case with unknown facts, other readings cost as much as everything else together
        seen = measure_coverage(self.encoding, case, self.readings, self.budget.deadline, self.goals, otherwise=False)
        if not seen.by[goal.name] and goal.kind in ("rule", "reading"):
            seen = measure_coverage(self.encoding, case, self.readings, self.budget.deadline, self.goals)
        fresh = tuple(name for name in self.missed if seen.by[name])
        if not fresh:
            return
        self.result.cases.append((named, fresh))
        self.taken.add(named["id"])
        for name in fresh:
            del self.missed[name]

    def _name(self, goal: CoverageGoal) -> str:
        name = goal.name.replace(" ", "-").replace("=", "-").replace(":", "-")
        number = 1
        while (wanted := name if number == 1 else f"{name}-{number}") in self.taken:
            number += 1
        return wanted

    # One maker for each kind of goal: it gives cases while they do not do, and then says why there is none

    def _rule(self, goal: CoverageGoal) -> Iterator[dict[str, Any] | NoCase]:
        def near(search: Search) -> Formula:
            """The readings in force, or with one of them otherwise."""
            others = [
                {**self.readings, name: option.id}
                for name, reading in self.policy.readings.items()
                for option in reading.options
                if option.id != self.readings[name]
            ]
            return either(search.chosen(readings) for readings in (self.readings, *others))

        yield from self._derived(fired_rule(goal.about, 0), Fact(FIRED, (0, 1)), near)

    def _condition(self, goal: CoverageGoal) -> Iterator[dict[str, Any] | NoCase]:
        benefit, condition, met = goal.about
        literal = f"{'' if met else 'not '}{Contract.MET.atom('C', benefit, 'Item', condition)}"
        rule = f"{_PROBE}(C) :- {Contract.ASKED.atom('C', benefit, 'Item')}, {literal}."
        yield from self._derived(rule, Fact(_PROBE, (1,)), lambda search: search.chosen(self.readings))

    def _derived(self, rule: str, fact: Fact, beside: Callable[[Search], Formula]) -> Iterator[dict[str, Any] | NoCase]:
        """A case in which a rule derives an atom under some readings."""
        arity = {fact.predicate: len(fact.arguments)}
        for search in searches(self.encoding, rule, Cases(tuple(self.policy.benefits)), arity, self.budget):
            found = search.case_of(fact, beside(search))
            if found is not None:
                yield found.documents[0]
                return
        yield _none_of(search)

    def _reading(self, goal: CoverageGoal) -> Iterator[dict[str, Any] | NoCase]:
        name, option = goal.about
        options = [item.id for item in self.policy.readings[name].options if item.id != self.readings[name]]
        plain = PolicyVersion(self.encoding, self.readings)
        none: list[NoCase] = []
        for other in options if option == self.readings[name] else [option]:
            changed = PolicyVersion(self.encoding, {**self.readings, name: other})
            comparison = Comparison(plain, changed, (), deadline=self.budget.deadline, memory=self.budget.memory)
            for shown in self._told_apart(comparison, self.policy.readings[name].touches):
                if isinstance(shown, NoCase):
                    none.append(shown)
                    continue
                yield shown
                if goal.name not in self.missed:
                    return
                none.append(_NOT_EXERCISED)
        order = ("unreachable", "bounded", "unknown")
        yield max(none, key=lambda why: order.index(why.result), default=NoCase("unreachable"))

    def _told_apart(self, comparison: Comparison, benefits: Sequence[str]) -> Iterator[dict[str, Any] | NoCase]:
        """Cases that two versions pay or grant otherwise: the quickly found first; then what is settled of each benefit."""
        for benefit in benefits:
            self.budget.check()
            found = find_difference(comparison, benefit)
            if found is not None:
                yield found.case
        for diff in compare_benefits(comparison, benefits):
            yield from (shown.case for shown in (diff.gains, diff.loses) if shown is not None)
            if diff.unsettled:
                self.budget.check()
                yield NoCase("unknown", diff.unsettled[0].reason)
            elif diff.within is not None:
                yield NoCase("bounded", within=diff.within)

    def _boundary(self, goal: CoverageGoal) -> Iterator[dict[str, Any] | NoCase]:
        """A case that is granted at the boundary, or any case there; then the same a day or unit aside."""
        boundary: Boundary = goal.about[0]
        paths = {source for source in (boundary.path, boundary.other.source) if isinstance(source, str)}
        # with one item a list it is the one that is granted
        one_each = dict.fromkeys(self.policy.list_of, 1)
        for benefit in self.policy.benefits:
            if paths <= {*self.encoding.fields[benefit], self.policy.schema.day.path}:
                granted = f"{_PROBE}(C) :- {Contract.ELIGIBLE.atom('C', benefit, 'Item')}."
                found = self._at(goal, Cases((benefit,), sizes=one_each), granted)
                if isinstance(found, FoundCase):
                    yield from self._aside(boundary, found.documents[0])
                if goal.name not in self.missed:
                    return
        there = self._at(goal, Cases(()))
        if isinstance(there, NoCase):
            yield there
        else:
            yield from self._aside(boundary, there.documents[0])

    def _at(self, goal: CoverageGoal, cases: Cases, granted: str = "") -> FoundCase | NoCase:
        """A case that lies so at a boundary, and in which a rule for the probe applies where there is one."""
        boundary, place = goal.about
        arities = {_AT: 2} | ({_PROBE: 1} if granted else {})
        search = Search(self.encoding, f"{rule_of(self.policy, boundary, _AT)}\n{granted}", cases, arities, self.budget)
        there = either(
            both(guard, lies(search.facts, boundary, place, one, other))
            for (one, other), guard in search.atoms(_AT)
            if _is_number(one) and _is_number(other)
        )
        beside = both(search.formula(Fact(_PROBE, (1,))), search.chosen(self.readings)) if granted else True

        def shows(documents: Sequence[Mapping[str, Any]], _: Mapping[str, str]) -> bool:
            return goal.name in at_boundaries(self.policy, [goal], Case.read(documents[0], self.policy))

        found = search.case(both(there, beside), shows)
        return _none_of(search) if found is None else found

    def _aside(self, boundary: Boundary, document: dict[str, Any]) -> Iterator[dict[str, Any] | NoCase]:
        yield document
        case = Case.read(document, self.policy)
        for met in meetings(self.policy, boundary, case):
            if position(self.policy, boundary, met) is None:
                continue
            for value in self._near(boundary.path, met.value):
                try:
                    yield case.with_values({met.path: file_value(self.policy.fields[boundary.path], value)}).to_json()
                except CaseError:
                    # the format itself keeps such days apart
                    continue

    def _near(self, path: str, value: int) -> list[int]:
        """The values up to two aside."""
        if self.policy.fields[path].kind == "day":
            before, after = previous_day(value), next_day(value)
            return [before, after, previous_day(before), next_day(after)]
        return [value - 1, value + 1, value - 2, value + 2]


def _is_number(value: SymbolicValue) -> bool:
    """Whether it is a number or a day: a fact may also be none."""
    return isinstance(value, int) or not is_ground(value)


def _none_of(search: Search) -> NoCase:
    """What it comes to that a search found no case."""
    within = search.within
    return NoCase("bounded", search.why_bounded, within) if within else NoCase("unreachable")
