"""Many cases decided together: the rules and what is common are grounded once.

Every predicate of the rules has the case as its first argument, so any number of cases can stand in one program; one
grounding for hundreds of them costs a fraction of one each. This is how what another answer claims of a changed case is
decided again, how the compiled form of the rules is checked, and how what that cannot decide is decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from tiaoli.base import left
from tiaoli.case import Case
from tiaoli.decide.answer import Decision
from tiaoli.decide.decisions import DecisionReader
from tiaoli.decide.facts import CaseFacts, Subject, case_facts
from tiaoli.encoding import Encoding
from tiaoli.policy import reading_facts
from tiaoli.rules import Consequences, Fact, OutOfTimeError, Value, consequences

Decided = tuple[tuple[Decision, ...], tuple[tuple[Subject, str], ...]]
"""The decisions of a case, and those of which only one application can be filed, each with its application."""

MOST_CASES = 500
"""How many complete cases share a program; more would cost memory and save no time."""

_FACTS_A_PROGRAM = 4000
_CHOICES_A_PROGRAM = 60


class _Member(NamedTuple):
    """A case of a program, with the number that the rules know it by."""

    number: int
    case: Case
    facts: CaseFacts


def decide_each(
    encoding: Encoding, cases: Sequence[Case], subject: Subject, readings: Mapping[str, str], deadline: float | None = None
) -> Iterator[Decision]:
    """The decision about one subject in each of the cases, in their order.

    `deadline` is a time of `monotonic()`; past it, with unknown facts still to search, `OutOfTimeError` is raised after
    the decisions that were reached.
    """
    group: list[_Member] = []
    facts = choices = 0
    for number, case in enumerate(cases):
        found = case_facts(encoding.policy, encoding.rule_bounds, encoding.fields, case, [subject.benefit], number)
        group.append(_Member(number, case, found))
        facts += len(found.facts)
        choices += len(found.choices)
        if facts > _FACTS_A_PROGRAM or choices > _CHOICES_A_PROGRAM or number + 1 == len(cases):
            for reader in _together(encoding, group, readings, deadline):
                yield from reader.decisions([subject])
            group, facts, choices = [], 0, 0


def decide_chunk(
    encoding: Encoding,
    cases: Sequence[Case],
    readings: Mapping[str, str],
    benefits: Collection[str] | None = None,
    *,
    exclusive: bool = False,
) -> list[Decided | None]:
    """What clingo decides of each case; `None` for a case with an unknown fact that bears on what is asked. Which of them exclude one
    another is looked for only where `exclusive` says so.

    Raises `InternalError` where the cases together have not exactly one stable model.
    """
    found: list[Decided | None] = [None] * len(cases)
    for start in range(0, len(cases), MOST_CASES):
        members = [
            _Member(number, case, case_facts(encoding.policy, encoding.rule_bounds, encoding.fields, case, benefits, number))
            for number, case in enumerate(cases[start : start + MOST_CASES], start)
        ]
        complete = [member for member in members if not member.facts.choices]
        for member, reader in zip(complete, _together(encoding, complete, readings, exclusive=exclusive), strict=True):
            subjects = member.facts.subjects
            found[member.number] = (tuple(reader.decisions(subjects)), tuple(reader.exclusive(subjects)))
    return found


def _together(
    encoding: Encoding, group: Sequence[_Member], readings: Mapping[str, str], deadline: float | None = None, exclusive: bool = False
) -> Iterator[DecisionReader]:
    """What reads the decisions of each case of a program, in their order."""
    policy = encoding.policy
    shared = dict.fromkeys(fact for member in group for fact in member.facts.facts)
    choices = [choice for member in group for choice in member.facts.choices.values()]
    known = [*policy.facts, *reading_facts(policy, dict(readings)), *shared]
    found = consequences(encoding.rules if exclusive else encoding.decision_rules, known, choices, left(deadline))
    if not found.exhausted:
        raise OutOfTimeError
    certain, possible = _by_case(found.certain), _by_case(found.possible)
    for number, case, facts in group:
        own = Consequences(frozenset(certain.get(number, ())), frozenset(possible.get(number, ())))
        yield DecisionReader(encoding, case, own, number, facts.choices)


def _by_case(facts: frozenset[Fact]) -> dict[Value, list[Fact]]:
    found: dict[Value, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.arguments[0]].append(fact)
    return found
