"""On which application days a decision grants, and what opens and closes each span of them.

A decision changes only on the critical values of the application day. The case is decided on each of them, together, by
the ordinary rules; between two of them nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from tiaoli.base import FIRST_DAY, Statement, drawn, iso, listed, previous_day, to_date
from tiaoli.decide import Decision, Outcome, PreparedDecision, Result, decide_each, decide_one, set_free
from tiaoli.encoding import Bound, bearing_on_conditions, length_of, origins
from tiaoli.policy import OUTCOMES
from tiaoli.rules import Contract, OutOfTimeError


class GivenSpan(NamedTuple):
    """Days of a span, both ends inside, on which the same is given beside money; an end is `None` where the span has none."""

    first: date | None
    last: date | None
    results: tuple[Result, ...]

    def to_json(self) -> dict[str, Any]:
        """The days `from` and `to`, and the results."""
        return {"from": _iso(self.first), "to": _iso(self.last), "results": [result.to_json() for result in self.results]}


@dataclass(frozen=True, slots=True)
class Span:
    """Application days on which a decision grants, both ends inside; an end is `None` where the format's range of days is
    the only bound. `opens` and `closes` say what changes there. `given` are the results on these days, but for those that are worked out
    from the day itself: these `move` with it."""

    first: date | None
    last: date | None
    opens: Statement
    closes: Statement
    given: tuple[GivenSpan, ...] = ()
    moving: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The days `from` and `to`, `null` where the span has no such end, and what opens and closes it; results only where there are
        any."""
        found: dict[str, Any] = {
            "from": _iso(self.first),
            "to": _iso(self.last),
            "opens": self.opens.to_json(),
            "closes": self.closes.to_json(),
        }
        if self.given:
            found["results"] = [given.to_json() for given in self.given]
        return found | ({"moving": list(self.moving)} if self.moving else {})


@dataclass(frozen=True, slots=True)
class Calendar:
    """The spans of application days on which a decision grants, in order. `outcome` is that of the case as it stands.

    `undecided` are the spans in which unknown facts leave it open, as first and last days. `limit_reached`: days after the
    last one decided in time are in no span. `assumed` are the absent lists that were taken as empty and can bear on
    it, `words` what outcomes are called.
    """

    case: str
    benefit: str
    subject: str
    applied_on: date
    outcome: Outcome
    spans: tuple[Span, ...]
    undecided: tuple[tuple[date | None, date | None], ...] = ()
    limit_reached: bool = False
    assumed: tuple[str, ...] = ()
    words: Mapping[str, Statement] = field(default_factory=lambda: OUTCOMES)

    def to_json(self) -> dict[str, Any]:
        """The decision and its spans; `undecided` and `assumed` only where there are any, `limit_reached` only where it is true."""
        found: dict[str, Any] = {
            "case": self.case,
            "benefit": self.benefit,
            "subject": self.subject,
            "applied_on": self.applied_on.isoformat(),
            "outcome": self.outcome,
            "spans": [span.to_json() for span in self.spans],
        }
        if self.undecided:
            found["undecided"] = [[None if end is None else end.isoformat() for end in span] for span in self.undecided]
        return found | ({"assumed": list(self.assumed)} if self.assumed else {}) | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)


def calendar_of(question: PreparedDecision) -> Calendar:
    """When the decision that is asked about grants, and what it is on the day that the case has."""
    encoding, case, subject = question.encoding, question.case, question.subject
    today, limit_reached = decide_one(question)
    search = _CriticalDays(question)
    decisions: list[Decision] = []
    complete = not limit_reached
    try:
        if limit_reached:
            # each other day would take as long
            raise OutOfTimeError
        cases = [case.with_values({case.schema.day.path: iso(day)}) for day in search.days]
        for decision in decide_each(encoding, cases, subject, question.readings, question.deadline):
            decisions.append(decision)
    except OutOfTimeError:
        complete = False
    return Calendar(
        case.id,
        subject.benefit,
        subject.item,
        case.day,
        today.outcome,
        tuple(search.spans(decisions)),
        tuple((first, last) for first, last, _, _ in search.runs(decisions, "unknown")),
        not complete,
        question.assumed([subject]),
        today.words,
    )


class _CriticalDays:
    """The days on which a decision can change, and why each is one."""

    def __init__(self, question: PreparedDecision) -> None:
        self.encoding, self.subject, self.readings = question.encoding, question.subject, question.readings
        encoding, subject, today = self.encoding, self.subject, self.encoding.policy.schema.day.path
        fields = encoding.fields[subject.benefit]
        found = set_free(encoding.policy, encoding.rule_bounds, question.case, subject, fields, lambda _, path, __: path == today)
        self.known = found.known
        values = {value for item in found.free_facts if item.path == today for value in item.values if isinstance(value, int)}
        self.days = sorted(values | {FIRST_DAY})

    def runs(self, decisions: Sequence[Decision], outcome: Outcome) -> Iterator[tuple[date | None, date | None, int, int]]:
        """The longest runs of days with one outcome: first and last day, and the positions of the first critical day in the
        run and of the first after it."""
        start: int | None = None
        for position in range(len(decisions) + 1):
            here = position < len(decisions) and decisions[position].outcome == outcome
            if here and start is None:
                start = position
            elif not here and start is not None:
                first = to_date(self.days[start]) if start else None
                last = to_date(previous_day(self.days[position])) if position < len(self.days) else None
                yield first, last, start, position
                start = None

    def spans(self, decisions: Sequence[Decision]) -> Iterator[Span]:
        """The spans on which the decision grants."""
        for first, last, start, position in self.runs(decisions, "eligible"):
            opens = self._edge(decisions, start - 1, start) if first else _ALWAYS_BEFORE
            if last is None:
                closes = _ALWAYS_AFTER
            elif position == len(decisions):
                closes = _NOT_SEARCHED
            else:
                closes = self._edge(decisions, position, position)
            yield Span(first, last, opens, closes, tuple(self._given(decisions, start, position, first, last)), self.moving)

    @property
    def moving(self) -> tuple[str, ...]:
        """The results of the benefit that are worked out from the day of the application."""
        policy, reckoned = self.encoding.policy, self.encoding.rule_bounds.results
        return tuple(name for name in policy.benefits[self.subject.benefit].results if policy.schema.day.path in reckoned[name])

    def _given(self, decisions: Sequence[Decision], start: int, end: int, first: date | None, last: date | None) -> Iterator[GivenSpan]:
        """What a span gives on which of its days: its first critical day is at `start`, the first after it at `end`."""
        moving = self.moving
        runs: list[tuple[int, tuple[Result, ...]]] = []
        for position in range(start, end):
            here = tuple(result for result in decisions[position].results if result.id not in moving)
            if here and (not runs or runs[-1][1] != here):
                runs.append((position, here))
        for number, (position, results) in enumerate(runs):
            until = last if number + 1 == len(runs) else to_date(previous_day(self.days[runs[number + 1][0]]))
            yield GivenSpan(to_date(self.days[position]) if number else first, until, results)

    def _edge(self, decisions: Sequence[Decision], outside: int, day: int) -> Statement:
        """What changes on a critical day, `outside` being the position on the side where the decision does not grant."""
        policy, benefit = self.encoding.policy, self.subject.benefit
        changed = [item.id for item in decisions[outside].conditions if item.status != "met"]
        reached = bearing_on_conditions(policy, self.encoding.program, benefit, self.readings)
        fields = {path for condition in changed for path in reached[condition].fields}
        named = {name for condition in changed for name in reached[condition].parameters}
        days = {policy.parameters[name].value for name in named if policy.parameters[name].unit == "day"}
        reasons = [
            self._origin(bound, item)
            for bound, item in origins(self.encoding.rule_bounds.bounds, policy, self.known, policy.schema.day.path, self.days[day])
            if bound.other in (days if isinstance(bound.other, int) else fields)
        ]
        why = listed(dict.fromkeys(reasons), "；", "; ")
        conditions = listed(self.encoding.condition_name(benefit, condition) for condition in changed)
        when = iso(self.days[day])
        zh = f"自{when}起，{conditions.zh}{'由不符合转为符合' if outside < day else '不再符合'}"
        en = f"from {when}, {'now met' if outside < day else 'no longer met'}: {conditions.en}"
        return Statement(f"{zh}：{why.zh}。", f"{en}; {why.en}.") if reasons else Statement(f"{zh}。", f"{en}.")

    def _origin(self, bound: Bound, item: str) -> Statement:
        """Where a critical day comes from: a date of the case or a day of the notice, so many months on."""
        policy = self.encoding.policy
        if isinstance(bound.other, int):
            named = [parameter.statement for parameter in policy.parameters.values() if parameter.value == bound.other]
            found, day = listed(dict.fromkeys(named)), bound.other
        else:
            found, value = self.encoding.phrases.named(policy.fields[bound.other], item), self.known[bound.other][item]
            assert isinstance(value, int)
            day = value
        zh, en = f"{found.zh}为{iso(day)}", f"{found.en} is {iso(day)}"
        for shift in bound.other_shifts:
            if shift.given:
                length = length_of(shift)
                zh, en = f"{zh}，自该日起{length.zh}", f"{en}, and {length.en} run from it"
            elif shift.function == Contract.CALENDAR_YEAR.name:
                zh, en = f"{zh}，以其所在年度为准", f"{en}, and its calendar year counts"
            else:
                zh, en = f"{zh}，以其所在月份为准", f"{en}, and its calendar month counts"
        ends = {shift.function for shift in bound.target_shifts if not shift.given}
        if Contract.CALENDAR_YEAR.name in ends:
            zh, en = f"{zh}，申请日所在年度随之不同", f"{en}, and the year of the application is another"
        elif ends:
            zh, en = f"{zh}，申请日所在月份随之不同", f"{en}, and the month of the application is another"
        return Statement(zh, en)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_ALWAYS_BEFORE = Statement("案件格式所及的最早日期即已符合。", "it holds from the first day that the format has.")
_ALWAYS_AFTER = Statement("此后一直符合。", "it holds from then on.")
_NOT_SEARCHED = Statement("已到时间上限，此后未再查明。", "the time limit was reached; later days were not searched.")
