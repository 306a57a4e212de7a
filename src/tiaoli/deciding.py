"""Many cases that differ a little, decided together: the rules and what is common are grounded once.

Every predicate of the rules has the case as its first argument, so any number of cases can stand in one program. This is
how what another answer claims of a changed case is decided again, by the same rules and the same engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tiaoli.answer import Decision
from tiaoli.atoms import Fact, Value
from tiaoli.case import Case
from tiaoli.engine import Consequences, OutOfTimeError, consequences
from tiaoli.facts import CaseFacts, Subject, case_facts
from tiaoli.limits import left
from tiaoli.load import Encoding
from tiaoli.policy import reading_facts
from tiaoli.reader import Reader

_FACTS_A_PROGRAM = 4000
_CHOICES_A_PROGRAM = 60


def decide_each(
    encoding: Encoding, cases: Sequence[Case], subject: Subject, readings: Mapping[str, str], deadline: float | None = None
) -> Iterator[Decision]:
    """The decision about one subject in each of the cases, in their order.

    `deadline` is a time of `monotonic()`; past it, with unknown facts still to search, `OutOfTimeError` is raised after
    the decisions that were reached.
    """
    group: list[tuple[Case, CaseFacts]] = []
    facts = choices = 0
    for number, case in enumerate(cases):
        found = case_facts(encoding.policy, encoding.harvest, encoding.fields, case, [subject.benefit], number)
        group.append((case, found))
        facts += len(found.facts)
        choices += len(found.choices)
        if facts > _FACTS_A_PROGRAM or choices > _CHOICES_A_PROGRAM:
            yield from _together(encoding, group, number + 1 - len(group), subject, readings, deadline)
            group, facts, choices = [], 0, 0
    if group:
        yield from _together(encoding, group, len(cases) - len(group), subject, readings, deadline)


def _together(
    encoding: Encoding,
    group: Sequence[tuple[Case, CaseFacts]],
    first: int,
    subject: Subject,
    readings: Mapping[str, str],
    deadline: float | None,
) -> Iterator[Decision]:
    policy = encoding.policy
    common = [*policy.facts, *reading_facts(policy, dict(readings))]
    shared = dict.fromkeys(fact for _, found in group for fact in found.facts)
    choices = [choice for _, found in group for choice in found.choices.values()]
    found = consequences(policy.rule_text, [*common, *shared], choices, left(deadline) if choices else None)
    if not found.exhausted:
        raise OutOfTimeError
    certain, possible = _by_case(found.certain), _by_case(found.possible)
    for number, (case, _) in enumerate(group, first):
        own = Consequences(frozenset(certain.get(number, ())), frozenset(possible.get(number, ())))
        yield from Reader(policy, case, own, number).decisions([subject])


def _by_case(facts: frozenset[Fact]) -> dict[Value, list[Fact]]:
    found: dict[Value, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.arguments[0], []).append(fact)
    return found
