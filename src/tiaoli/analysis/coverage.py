"""What a set of cases exercises of a policy: rules, conditions, boundaries and readings, and what it misses.

A rule is exercised where it applies in some case under the readings in force, or with one of them otherwise; a condition where
it is met in some case, and where it is unmet; a boundary where a case lies exactly on it, one day or unit before, and after; an
option of a reading where the outcome or the amount of some case is another with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from typing import Literal as OneOf

from tiaoli.analysis.boundaries import POSITIONS, Boundary, boundaries, meetings, position, statement
from tiaoli.base import Statement, left
from tiaoli.case import Case
from tiaoli.decide import MOST_CASES, CaseFacts, Decision, DecisionReader, case_facts
from tiaoli.encoding import Encoding
from tiaoli.policy import Policy, reading_facts
from tiaoli.rules import Choice, Consequences, Contract, Fact, Name, OutOfTimeError, Rule, Session, Variable, consequences, exact_rules

Kind = OneOf["rule", "condition", "boundary", "reading"]

GOAL_KINDS: Mapping[Kind, Statement] = {
    "rule": Statement("规则", "rules"),
    "condition": Statement("条件", "conditions"),
    "boundary": Statement("界限", "boundaries"),
    "reading": Statement("理解选项", "reading options"),
}
"""What is counted, in words."""

FIRED = "fired__"


@dataclass(frozen=True)
class CoverageGoal:
    """One thing to exercise. `name` tells it from all others of its kind; `where` is the file and line of its rule; `about` what
    it is, for those who look for a case: a rule, a benefit with a condition, a boundary, or a reading with an option."""

    kind: Kind
    name: str
    where: str
    clauses: tuple[str, ...]
    statement: Statement
    about: Any

    def to_json(self) -> dict[str, Any]:
        """A goal under `missed` of a coverage: its kind and name, where its rule stands, the clauses, and the statement."""
        return {
            "kind": self.kind,
            "name": self.name,
            "where": self.where or None,
            "clauses": list(self.clauses),
            "statement": self.statement.to_json(),
        }


class CoverageCount(NamedTuple):
    """How many there are of a kind, and how many of them are exercised."""

    covered: int
    of: int


@dataclass(frozen=True)
class Coverage:
    """What cases exercise: for every goal by name the ids of the cases that do."""

    cases: tuple[str, ...]
    goals: tuple[CoverageGoal, ...]
    by: Mapping[str, tuple[str, ...]]
    limit_reached: bool = False

    @property
    def missed(self) -> tuple[CoverageGoal, ...]:
        """What no case exercises."""
        return tuple(goal for goal in self.goals if not self.by[goal.name])

    @property
    def totals(self) -> dict[Kind, CoverageCount]:
        """How many of each kind are exercised."""
        return {
            kind: CoverageCount(
                sum(bool(self.by[goal.name]) for goal in self.goals if goal.kind == kind), sum(goal.kind == kind for goal in self.goals)
            )
            for kind in GOAL_KINDS
        }

    def to_json(self) -> dict[str, Any]:
        """A coverage as `tiaoli coverage --json` writes it: the ids of the cases, how many goals of each kind are exercised and how many
        there are, and those that no case exercises."""
        totals = {kind: total._asdict() for kind, total in self.totals.items()}
        found = {"cases": list(self.cases), "totals": totals, "missed": [goal.to_json() for goal in self.missed]}
        return found | ({"limit_reached": True} if self.limit_reached else {})


def goals(encoding: Encoding) -> tuple[CoverageGoal, ...]:
    """Everything of a policy that cases can exercise."""
    policy = encoding.policy
    found: list[CoverageGoal] = []
    anchors: Sequence[str]
    for rule in rules_of_cases(encoding):
        text = Statement(rule.text, rule.text)
        found.append(CoverageGoal("rule", f"rule {rule.where}", rule.where, _clauses(policy, rule.sentences), text, rule))
    for benefit in policy.benefits.values():
        for condition, words in benefit.conditions.items():
            anchors = encoding.sentences[benefit.id][condition]
            for met, state in ((True, Statement("符合", "met")), (False, Statement("不符合", "unmet"))):
                said = Statement(f"{benefit.statement.zh}：“{words.zh}”{state.zh}", f"{benefit.statement.en}: “{words.en}” {state.en}")
                name = f"condition {benefit.id} {condition} {'met' if met else 'unmet'}"
                found.append(CoverageGoal("condition", name, "", _clauses(policy, anchors), said, (benefit.id, condition, met)))
    for number, boundary in enumerate(boundaries(encoding), 1):
        compared, anchors = statement(policy, boundary), [anchor for rule in boundary.rules for anchor in rule.sentences]
        for place, words in POSITIONS.items():
            said = Statement(f"{compared.zh}：{words.zh}", f"{compared.en}: {words.en}")
            name = f"boundary {number} {boundary.path} {place}"
            found.append(CoverageGoal("boundary", name, boundary.rules[0].where, _clauses(policy, anchors), said, (boundary, place)))
    for reading in policy.readings.values():
        for option in reading.options:
            said = Statement(f"{reading.question.zh} {option.statement.zh}", f"{reading.question.en} {option.statement.en}")
            anchors = [anchor for anchor, _ in reading.quotes]
            found.append(
                CoverageGoal(
                    "reading", f"reading {reading.name}={option.id}", "", _clauses(policy, anchors), said, (reading.name, option.id)
                )
            )
    return tuple(found)


def rules_of_cases(encoding: Encoding) -> list[Rule]:
    """The rules that apply to some cases and not to others."""
    arguments = {item.name: item.arguments for item in encoding.policy.predicates.values()}
    return [
        rule
        for rule in encoding.program.rules
        if rule.body and arguments[rule.head.predicate][:1] and arguments[rule.head.predicate][0][1] == "case"
    ]


def fired_rule(rule: Rule, number: int) -> str:
    """A rule that says where another one applies: its number and the case."""
    first = rule.head.terms[0]
    assert isinstance(first, Variable)
    return f"{FIRED}({number},{first.name}) :- {rule.text.partition(' :- ')[2]}"


def measure_coverage(
    encoding: Encoding,
    cases: Sequence[Case],
    readings: Mapping[str, str],
    deadline: float | None = None,
    known: Sequence[CoverageGoal] = (),
    otherwise: bool = True,
) -> Coverage:
    """What cases exercise under the readings in force. `known` are the goals, where they were made before; without `otherwise`
    no other reading is tried. `deadline` is a time of `monotonic()`."""
    made = tuple(known) or goals(encoding)
    by: dict[str, dict[str, None]] = defaultdict(dict)
    limited = False
    for group in _groups(encoding, cases):
        try:
            for name, case in _exercised(encoding, made, group, readings, deadline, otherwise):
                by[name][case] = None
        except OutOfTimeError:
            limited = True
    return Coverage(tuple(case.id for case in cases), made, {goal.name: tuple(by[goal.name]) for goal in made}, limited)


class _Member(NamedTuple):
    """A case of a program, with the number that the rules know it by."""

    case: Case
    number: int
    facts: CaseFacts


def _groups(encoding: Encoding, cases: Sequence[Case]) -> Iterator[list[_Member]]:
    """Complete cases together, each other by itself."""
    together: list[_Member] = []
    for number, case in enumerate(cases):
        member = _Member(case, number, case_facts(encoding.policy, encoding.rule_bounds, encoding.fields, case, None, number))
        if member.facts.choices:
            yield [member]
            continue
        together.append(member)
        if len(together) == MOST_CASES:
            yield together
            together = []
    if together:
        yield together


class _Seen(NamedTuple):
    """What a case shows under some readings: its decisions, and the numbers of the rules that apply."""

    decisions: tuple[Decision, ...]
    rules: frozenset[int]


def _exercised(
    encoding: Encoding,
    made: Sequence[CoverageGoal],
    group: Sequence[_Member],
    readings: Mapping[str, str],
    deadline: float | None,
    otherwise: bool,
) -> Iterator[tuple[str, str]]:
    """The goals that cases exercise, each with the id of a case."""
    policy = encoding.policy
    rules = [goal for goal in made if goal.kind == "rule"]
    observer = _Observer(encoding, rules, group, deadline)
    in_force = observer.under(readings)
    settings = [
        (reading.name, option.id)
        for reading in policy.readings.values()
        for option in reading.options
        if otherwise and option.id != readings[reading.name]
    ]
    others = {(name, option): observer.under({**readings, name: option}) for name, option in settings}
    for place, (case, _, _) in enumerate(group):
        plain = in_force[place]
        for number in plain.rules.union(*(seen[place].rules for seen in others.values())):
            yield rules[number].name, case.id
        states = {
            (decision.benefit, condition.id, condition.status == "met")
            for decision in plain.decisions
            for condition in decision.conditions
            if condition.status != "unknown"
        }
        yield from ((goal.name, case.id) for goal in made if goal.kind == "condition" and goal.about in states)
        for (name, option), seen in others.items():
            if _outcomes(seen[place].decisions) != _outcomes(plain.decisions):
                yield f"reading {name}={option}", case.id
                yield f"reading {name}={readings[name]}", case.id
        yield from ((name, case.id) for name in at_boundaries(policy, made, case))


def at_boundaries(policy: Policy, made: Iterable[CoverageGoal], case: Case) -> set[str]:
    """The names of the boundaries that a case lies at."""
    asked: dict[Boundary, dict[str, str]] = defaultdict(dict)
    for goal in made:
        if goal.kind == "boundary":
            asked[goal.about[0]][goal.about[1]] = goal.name
    found = set()
    for boundary, names in asked.items():
        for met in meetings(policy, boundary, case):
            place = position(policy, boundary, met)
            if place in names:
                found.add(names[place])
    return found


class _Observer:
    """Some cases in one program that says which rules apply, and asked under any readings."""

    def __init__(self, encoding: Encoding, rules: Sequence[CoverageGoal], group: Sequence[_Member], deadline: float | None) -> None:
        self.encoding, self.policy, self.group, self.deadline = encoding, encoding.policy, group, deadline
        reports = "\n".join(fired_rule(goal.about, number) for number, goal in enumerate(rules))
        self.rules = exact_rules(encoding.rules, f"{reports}\n#defined {FIRED}/2.\n#show {FIRED}/2.")
        self.facts = [*self.policy.facts, *dict.fromkeys(fact for member in group for fact in member.facts.facts)]
        self.choices = [choice for member in group for choice in member.facts.choices.values()]

    @cached_property
    def session(self) -> Session:
        """Complete cases, with the readings free: grounded once for all of them."""
        readings = [
            Choice(tuple(Contract.READING.fact(Name(item.name), Name(option.id)) for option in item.options))
            for item in self.policy.readings.values()
        ]
        return Session(self.rules, self.facts, readings)

    @cached_property
    def shown(self) -> list[Fact]:
        signatures = [(item.name, len(item.arguments)) for item in self.policy.predicates.values() if item.shown]
        return [fact for signature in (*signatures, (FIRED, 2)) for fact in self.session.atoms(*signature)]

    def under(self, readings: Mapping[str, str]) -> list[_Seen]:
        """What each case shows under some readings."""
        chosen = reading_facts(self.policy, dict(readings))
        if self.choices:
            found = consequences(self.rules, [*self.facts, *chosen], self.choices, left(self.deadline))
        else:
            model = self.session.model(*((fact, True) for fact in chosen), of=self.shown) or frozenset()
            found = Consequences(model, model)
        if not found.exhausted:
            raise OutOfTimeError
        certain, possible = _by_case(found.certain), _by_case(found.possible)
        applied: dict[object, set[int]] = defaultdict(set)
        for fact in found.certain:
            if fact.predicate == FIRED:
                applied[fact.arguments[1]].add(int(str(fact.arguments[0])))
        seen = []
        for case, number, own in self.group:
            seen_of = Consequences(frozenset(certain[number]), frozenset(possible[number]))
            reader = DecisionReader(self.encoding, case, seen_of, number, own.choices)
            seen.append(_Seen(tuple(reader.decisions(own.subjects)), frozenset(applied[number])))
        return seen


def _by_case(facts: Iterable[Fact]) -> Mapping[object, list[Fact]]:
    """What the answers to cases are read from."""
    found: dict[object, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.predicate != FIRED:
            found[fact.arguments[0]].append(fact)
    return found


def _outcomes(decisions: Iterable[Decision]) -> list[tuple[object, ...]]:
    return [(item.outcome, item.amount, *(result.settled for result in item.results)) for item in decisions]


def _clauses(policy: Policy, anchors: Iterable[str]) -> tuple[str, ...]:
    found = (policy.sentences[anchor].clause for anchor in anchors if anchor in policy.sentences)
    return tuple(dict.fromkeys(clause for clause in found if clause))
