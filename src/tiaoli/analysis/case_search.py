"""Questions about every case there can be, asked of the rules as formulas; a case that is found is decided again by the exact engine.

A question is some rules that derive an atom from the policy's own predicates, of one copy of a case or of several that share every
fact but some. The readings are free, or kept at their defaults. How many items a list has is worked out from the rules; where no number
is enough, so many are looked at as are said in `Search.within`. Items that are only counted are taken together, each kind with any number
of its like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from tiaoli.analysis.likely_case import LikelyCase
from tiaoli.base import FIRST_DAY, LAST_DAY, InternalError, Problem, Statement, next_day, to_date, to_day
from tiaoli.case import Case
from tiaoli.decide import case_facts
from tiaoli.encoding import Encoding
from tiaoli.policy import reading_facts
from tiaoli.rules import SUPREMUM, Consequences, Contract, Fact, Program, consequences, exact_rules, parse
from tiaoli.symbolic import (
    MOST_ALIKE,
    USUAL_ITEMS,
    Budget,
    CommonNeeds,
    Facts,
    Formula,
    Found,
    Goal,
    LimitReached,
    NoBoundError,
    Num,
    Question,
    Relations,
    Scope,
    SlotKey,
    as_in,
    both,
    check,
    document,
    either,
    guess,
    holds_in,
    implies,
    is_ground,
    negation,
    number_in,
    of_all_kinds,
    reading_flag,
    readings_of,
    scope_of,
    solver_for,
    value_in,
)

SHOWS = Fact("shows", (1,))
"""What the rules of a question derive of the first copy of a case."""

_ANSWER = " ".join(f"#defined {item.signature}." for item in (Contract.AMOUNT, Contract.RATE, Contract.GAP, Contract.EXCLUSIVE))
"""The words of an answer that a policy need not have: nothing is then so."""


@dataclass(frozen=True)
class Cases:
    """All cases that are asked about some benefits: under every reading, or by `default` alone. Their `copies` share every fact but
    those of the fields they `differ_in`, or else their day. `sizes` say how many items are looked at of a list, by entity, whatever the
    rules need; with `today` all applications are made on that day."""

    benefits: tuple[str, ...]
    default: bool = False
    copies: int = 1
    differ_in: tuple[str, ...] | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    today: int | None = None


@dataclass(frozen=True)
class Witness:
    """A case in which something shows, the readings under which it does, and its other copies where there are several.

    `gone_under` are the options of readings, each chosen alone, under which this very case cannot show it.
    """

    case: dict[str, Any]
    readings: Mapping[str, str]
    others: tuple[dict[str, Any], ...] = ()
    gone_under: Mapping[str, list[str]] = field(default_factory=dict)


class FoundCase(NamedTuple):
    """The copies of a case as they stand in files, the readings, and the facts of the `model` that were kept: all where it is `None`."""

    documents: list[dict[str, Any]]
    readings: dict[str, str]
    model: Any
    kept: tuple[SlotKey, ...] | None


Shows = Callable[[Sequence[Mapping[str, Any]], Mapping[str, str]], bool]
"""Whether the exact engine is certain of what is asked in the copies of a case under some readings."""


class Search:
    """The rules of some questions over all cases of a kind. `goals` are the predicates asked for, each with the number of its arguments;
    `common` is what all questions to the policy's rules need. `left_out` says whether something was found to be so in none of them.

    Raises `Outside` where a rule cannot be said exactly, `LimitReached` at a limit; so does every question.
    """

    def __init__(
        self,
        encoding: Encoding,
        rules: str,
        cases: Cases,
        goals: Mapping[str, int],
        budget: Budget,
        common: CommonNeeds | None = None,
    ) -> None:
        self.encoding, self.policy, self.cases, self.budget = encoding, encoding.policy, cases, budget
        self.rules = "\n".join([_ANSWER, *(f"#defined {name}/{arity}." for name, arity in goals.items()), rules])
        self.goals = goals
        self.program = _parsed(self.rules)
        self.free = tuple(self.policy.readings)
        self.left_out = False
        self.facts: Facts
        self.relations: Relations
        common = common or CommonNeeds(self.policy, encoding.program.rules)
        asked = [Goal(name, (None,) * arity) for name, arity in goals.items()]
        self.scope: Scope = scope_of(self.policy, self.program.rules, asked, {}, dict(cases.sizes), common, budget)
        self.one_by_one = self.scope.alike & cases.sizes.keys()
        self.why_bounded = self.scope.reason
        try:
            of_all_kinds(self._question, sorted(self.scope.alike - self.one_by_one), budget)
        except NoBoundError as error:
            # items that cannot be taken together are looked at one by one, and answer for no more than there are
            self.one_by_one, self.why_bounded = self.scope.alike, error.why
            self._question({})

    def _question(self, more: Mapping[str, int]) -> Question:
        """The facts with so many items of each list, of which those of `more` each stand for any number, and what is asked of them."""
        few = dict.fromkeys(self.one_by_one, USUAL_ITEMS)
        sizes = {**dict.fromkeys(self.policy.list_of, 1), **self.scope.sizes, **few, **more, **self.cases.sizes}
        many = dict.fromkeys(more, MOST_ALIKE)
        self.facts = Facts(self.policy, sizes.__getitem__, self.cases.copies, many=many, differ_in=self.cases.differ_in)
        self.relations = Relations(self.encoding, self.facts, self.program.rules, budget=self.budget)
        self._always = self.by_default() if self.cases.default else True
        for copy in self.facts.copies:
            # made before anything is asked: a case has an application day, whether a question looks at it or not
            (day, _), *_ = self.facts.slot(self.policy.schema.day, None, copy)
            if self.cases.today is not None:
                self.facts.constraints.append(self.facts.compare("=", day, self.cases.today))
        # a list is only there once it is looked at, and that is done when something is asked
        return Question(self.facts, list(self._asked()) if more else [])

    def _asked(self) -> Iterator[Formula]:
        """All that is looked at of a case: whether something is derived, and of which numbers and days."""
        for predicate in self.goals:
            for arguments, guard in self.atoms(predicate):
                yield guard
                yield from (value.expr if isinstance(value, Num) else value.order for value in arguments if not is_ground(value))

    @property
    def within(self) -> dict[str, int]:
        """The lists of which more items than were looked at can matter, by path, with how many were; of those that were looked at."""
        scope, fixed = self.scope, self.cases.sizes
        bounded = {entity for entity, number in fixed.items() if number < scope.sizes.get(entity, 1)} | self.one_by_one
        return {
            self.policy.list_of[entity].path: self.facts.sizes(entity)
            for entity in self.facts.items
            if entity in bounded or not scope.any_number
        }

    def atoms(self, predicate: str) -> Iterator[tuple[tuple[Any, ...], Formula]]:
        """What the rules can derive of a predicate, each with the formula under which they do."""
        yield from self.relations.tuples(predicate, (None,) * self.goals[predicate])

    def formula(self, fact: Fact) -> Formula:
        """That an atom is derived."""
        return self.relations.holds(fact.predicate, fact.arguments)

    def model(self, goal: Formula) -> Any:
        """Facts that fulfil a formula; `None` where no case does. Raises `LimitReached`."""
        goal = both(goal, self._always)
        if goal is False or any(constraint is False for constraint in self.facts.constraints):
            return None
        self.budget.check()
        found = self._checked(solver_for(self.facts, goal))
        if found.answer == "unknown":
            raise LimitReached(found.limit or "time")
        self.left_out |= found.model is None
        return found.model

    def _checked(self, solver: Any, *assumed: Formula) -> Found:
        """Ask a solver: first, where products make it hard, whether there is a case in which each share is whole."""
        shares = [
            value
            for slot, possible in self.facts.value.items()
            for value, _ in possible
            if isinstance(value, Num) and self.policy.fields[slot.path].value_type == "percent"
        ]
        if shares:
            whole = [self.facts.compare("=", share, share.high) for share in shares]
            found = guess(solver, self.budget, *assumed, *whole)
            if found.answer == "sat":
                return found
        return check(solver, self.budget, *assumed)

    def possible(self, *goals: Formula) -> bool:
        """Whether some case fulfils some formulas together."""
        return self.model(both(*goals)) is not None

    def reachable(self, *predicates: str, beside: Formula = True) -> frozenset[Fact]:
        """The ground atoms of some predicates that are derived of some case in which a formula holds: a model tells of several at once."""
        rows = [(Fact(name, arguments), both(guard, beside, self._always)) for name in predicates for arguments, guard in self.atoms(name)]
        found: set[Fact] = {fact for fact, guard in rows if guard is True and self.possible(True)}
        open_ones = [(fact, guard) for fact, guard in rows if not isinstance(guard, bool)]
        if not open_ones or any(constraint is False for constraint in self.facts.constraints):
            return frozenset(found)
        solver = solver_for(self.facts, either(guard for _, guard in open_ones))
        while open_ones:
            fact, guard = open_ones.pop()
            mark = self.facts.flag(f"reached {fact}")
            solver.add(implies(mark, guard))
            answer = self._checked(solver, mark)
            if answer.answer == "unknown":
                raise LimitReached(answer.limit or "time")
            if answer.model is None:
                self.left_out = True
            else:
                found.add(fact)
                shown = [other for other, known in open_ones if holds_in(answer.model, known)]
                found.update(shown)
                open_ones = [(other, known) for other, known in open_ones if other not in found]
        return frozenset(found)

    def greatest(self, predicate: str, position: int) -> int | None:
        """The greatest number that an argument of a predicate is in some case; `None` where it is none."""
        best: int | None = None
        while (more := self._at_least(predicate, position, 0 if best is None else best + 1, True)) is not None:
            best = more
        return best

    def last_day(self, predicate: str, usual: int, beside: Formula = True) -> int | None:
        """The last day that a predicate is derived of in some case in which a formula holds: the usual one first, then by halves."""
        if self._at_least(predicate, 0, FIRST_DAY, beside) is None:
            return None
        low, high = to_date(FIRST_DAY), to_date(LAST_DAY)
        if self._at_least(predicate, 0, LAST_DAY, beside) is not None:
            return LAST_DAY
        if self._at_least(predicate, 0, next_day(usual), beside) is None:
            high = to_date(usual)
            if self._at_least(predicate, 0, usual, beside) is not None:
                return usual
        while low < high:
            middle = date.fromordinal((low.toordinal() + high.toordinal() + 1) // 2)
            found = self._at_least(predicate, 0, to_day(middle), beside)
            if found is None:
                high = date.fromordinal(middle.toordinal() - 1)
            else:
                low = to_date(found)
        return to_day(low)

    def _at_least(self, predicate: str, position: int, least: int, beside: Formula) -> int | None:
        """A number or day from `least` on that an argument of a predicate is in some case in which a formula holds."""
        rows = [(arguments[position], guard) for arguments, guard in self.atoms(predicate) if arguments[position] is not SUPREMUM]
        reached = [(value, both(guard, self.facts.compare(">=", value, least))) for value, guard in rows]
        model = self.model(both(either(guard for _, guard in reached), beside))
        if model is None:
            return None
        return max(int(str(value_in(model, value))) for value, guard in reached if holds_in(model, guard))

    def by_default(self) -> Formula:
        """That every reading is at its default."""
        return both(*(reading_flag(self.facts, reading.name, reading.default) for reading in self.policy.readings.values()))

    def chosen(self, readings: Mapping[str, str]) -> Formula:
        """That readings are as chosen."""
        return both(*(reading_flag(self.facts, name, option) for name, option in readings.items()))

    def witness(self, fact: Fact = SHOWS, *, beside: Formula = True) -> Witness | None:
        """A small case in which an atom is derived and a formula holds beside it, decided again."""
        found = self.case_of(fact, beside)
        if found is None:
            return None
        gone = {} if self.policy.other_readings(found.readings) else self._undoing(self.formula(fact), found)
        first, *others = found.documents
        return Witness(first, found.readings, tuple(others), gone)

    def case_of(self, fact: Fact, beside: Formula = True) -> FoundCase | None:
        """A small case in which an atom is derived and a formula holds beside it."""

        def shows(documents: Sequence[Mapping[str, Any]], readings: Mapping[str, str]) -> bool:
            return fact in decided(self.encoding, self.rules, documents, readings, self.cases.benefits, fact).certain

        return self.case(both(self.formula(fact), beside), shows)

    def case(self, goal: Formula, shows: Shows) -> FoundCase | None:
        """A small case that fulfils a formula, with its copies, of which the exact engine says what the formula does."""
        goal = both(goal, self._always)
        model = self.model(goal)
        if model is None:
            return None
        likely = LikelyCase(self.facts, goal, (self.policy,), self.free, self.budget)
        model = likely.improved(model)
        kept = likely.mattering(model)
        readings = readings_of(self.policy, model)
        for only in (kept, None):
            documents = [document(self.policy, self.facts, model, copy, only=only) for copy in self.facts.copies]
            if shows(documents, readings):
                return FoundCase(_without_idle(documents, lambda slim: shows(slim, readings)), readings, model, only)
        zh, en = (
            "求解器给出的见证案件经精确引擎复核不成立；这是程序的缺陷",
            "the case that the solver found does not show what it should when it is decided; the program is at fault",
        )
        raise InternalError([Problem("witness", Statement(zh, en))], documents[0])

    def _undoing(self, formula: Formula, found: FoundCase) -> dict[str, list[str]]:
        """The options of readings, each chosen alone, under which a case cannot show it, whatever the facts are that it leaves open."""
        facts, model = self.facts, found.model
        solver = solver_for(facts, formula)
        pinned = [as_in(facts, model, slot) for slot in (facts.value if found.kept is None else found.kept)]
        pinned += [facts.compare("=", number, number_in(model, number.expr)) for number in facts.weight.values()]
        there = [flag if holds_in(model, flag) else negation(flag) for flag in facts.present.values()]
        solver.add(*(formula for formula in (*pinned, *there) if formula is not True))
        undoing: dict[str, list[str]] = {}
        bearing = {name for benefit in self.cases.benefits for name in self.encoding.readings[benefit]}
        for name, reading in self.policy.readings.items():
            if name not in bearing:
                continue
            others = [reading_flag(facts, other.name, other.default) for other in self.policy.readings.values() if other.name != name]
            for option in reading.options[1:]:
                if check(solver, self.budget, *others, reading_flag(facts, name, option.id)).answer == "unsat":
                    undoing.setdefault(name, []).append(option.id)
        return undoing


def searches(encoding: Encoding, rules: str, cases: Cases, goals: Mapping[str, int], budget: Budget) -> Iterator[Search]:
    """Some questions over the cases with one item a list, and then over all: most that can be so is so of the first, which are quickly
    looked through."""
    one_each = {**dict.fromkeys(encoding.policy.list_of, 1), **cases.sizes}
    first = Search(encoding, rules, replace(cases, sizes=one_each), goals, budget)
    yield first
    if first.within:
        yield Search(encoding, rules, cases, goals, budget)


def _parsed(rules: str) -> Program:
    program, problems = parse([("question", rules)])
    if problems:
        raise InternalError(problems)
    return program


def decided(
    encoding: Encoding,
    rules: str,
    documents: Sequence[Mapping[str, Any]],
    readings: Mapping[str, str],
    benefits: Sequence[str],
    asked: Fact,
) -> Consequences:
    """What the exact engine says of the copies of a case as they stand in files."""
    policy = encoding.policy
    facts: dict[Fact, None] = {}
    choices = []
    for copy, one in enumerate(documents, 1):
        found = case_facts(policy, encoding.rule_bounds, encoding.fields, Case.read(one, policy), benefits, copy)
        facts |= dict.fromkeys(found.facts)
        choices += list(found.choices.values())
    text = exact_rules(encoding.rules, f"{rules}\n#show {asked.predicate}/{len(asked.arguments)}.")
    return consequences(text, [*policy.facts, *reading_facts(policy, dict(readings)), *facts], choices)


def _without_idle(documents: list[dict[str, Any]], shows: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """The copies of a case without the items that it shows as well without."""
    for way in _items(documents[0]):
        slim = [_without(one, way) for one in documents]
        if shows(slim):
            documents = slim
    return [{key: value for key, value in one.items() if value != []} for one in documents]


def _items(document: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The way to every item of a case, from the last to the first: a list and an id, and so on below it."""
    found: list[tuple[str, ...]] = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                found += [(key, item["id"]), *((key, item["id"], *way) for way in _items(item))]
    return found[::-1]


def _without(document: Mapping[str, Any], way: tuple[str, ...]) -> dict[str, Any]:
    key, name, *rest = way
    items = [_without(item, tuple(rest)) if item["id"] == name else item for item in document[key] if rest or item["id"] != name]
    return {**document, key: items}
