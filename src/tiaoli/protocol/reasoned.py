"""An answer together with facts that guarantee each of its decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tiaoli.base import deadline_of, left
from tiaoli.case import Case
from tiaoli.decide import Answer
from tiaoli.oracle import Oracle
from tiaoli.questions import Reason


class Reasoned(NamedTuple):
    """An answer and, where they were asked for, what guarantees each of its decisions."""

    answer: Answer
    reasons: tuple[Reason, ...] | None = None

    @property
    def limit_reached(self) -> bool:
        """Whether a time limit cut the search of the answer, or of a reason, short."""
        return self.answer.limit_reached or any(reason.limit_reached for reason in self.reasons or ())

    def to_json(self) -> dict[str, Any]:
        """The answer as plain data, each decision with the facts that guarantee it."""
        content = self.answer.to_json()
        for decision, reason in zip(content["decisions"], self.reasons or (), strict=False):
            decision["reason"] = reason.to_json()["facts"]
        return content | ({"limit_reached": True} if self.limit_reached else {})


def decided(
    oracle: Oracle,
    case: Case | Mapping[str, Any],
    benefits: Sequence[str] | None,
    readings: Mapping[str, str] | None,
    limit: float | None,
    full: bool = True,
    reason: bool = False,
) -> Reasoned:
    """The answer to a case, and with `reason` what guarantees each decision. `limit` is in seconds, for all of it.

    Raises as `Oracle.decide` does.
    """
    deadline = deadline_of(limit)
    found = oracle.decide(case, benefits=benefits or None, readings=readings, limit=limit, full=full)
    if not reason:
        return Reasoned(found)
    parsed = case if isinstance(case, Case) else Case.read(case)
    asked = [(item.benefit, item.subject) for item in found.decisions]
    return Reasoned(found, tuple(oracle.reason(parsed, *about, readings=readings, limit=left(deadline)) for about in asked))
