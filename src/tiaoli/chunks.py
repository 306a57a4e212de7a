"""Many complete cases in one program: every predicate of a case bears the case as its first argument, so they do not meet.

One grounding for hundreds of cases costs a fraction of one each. This is how the exact engine checks the compiled form, and
how it decides what that cannot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from tiaoli.answer import Decision
from tiaoli.atoms import Fact
from tiaoli.case import Case
from tiaoli.engine import Consequences, consequences
from tiaoli.facts import Subject, case_facts
from tiaoli.load import Encoding
from tiaoli.policy import reading_facts
from tiaoli.reader import Reader

Decided = tuple[tuple[Decision, ...], tuple[tuple[Subject, Subject], ...]]
"""The decisions of a case, and the pairs of them that cannot both be filed."""

MOST_CASES = 500
"""How many cases share a program; more would cost memory and save no time."""


def decide_chunk(
    encoding: Encoding, cases: Sequence[Case], readings: Mapping[str, str], benefits: Collection[str] | None = None
) -> list[Decided | None]:
    """What clingo decides of each case; `None` for a case with an unknown fact that bears on what is asked.

    Raises `InternalError` where the cases together have not exactly one stable model.
    """
    policy = encoding.policy
    found: list[Decided | None] = []
    for start in range(0, len(cases), MOST_CASES):
        chunk = cases[start : start + MOST_CASES]
        read = [case_facts(policy, encoding.harvest, encoding.fields, case, benefits, name) for name, case in enumerate(chunk)]
        known = dict.fromkeys(fact for facts in read if not facts.choices for fact in facts.facts)
        certain: dict[object, set[Fact]] = defaultdict(set)
        for fact in consequences(policy.rule_text, [*policy.facts, *reading_facts(policy, readings), *known]).certain:
            certain[fact.arguments[0]].add(fact)
        for name, (case, facts) in enumerate(zip(chunk, read, strict=True)):
            if facts.choices:
                found.append(None)
                continue
            own = frozenset(certain[name])
            reader = Reader(policy, case, Consequences(own, own), name)
            found.append((tuple(reader.decisions(facts.subjects)), tuple(reader.exclusive(facts.subjects))))
    return found
