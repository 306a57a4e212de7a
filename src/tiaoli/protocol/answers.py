"""Answers that are made of several: with facts that guarantee each decision, or read the other way round, by the readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from tiaoli.base import deadline_of, left
from tiaoli.case import Case
from tiaoli.oracle import Answer, Oracle, Reason
from tiaoli.policy import Policy


class JsonAnswer(Protocol):
    """What a question found, ready to be written."""

    def to_json(self) -> dict[str, Any]:
        """The answer as plain data."""
        ...


class AnswerWithReasons(NamedTuple):
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


def decide_with_reasons(
    oracle: Oracle,
    case: Case | Mapping[str, Any],
    benefits: Sequence[str] | None,
    readings: Mapping[str, str] | None,
    limit: float | None,
    full: bool = True,
    reason: bool = False,
) -> AnswerWithReasons:
    """The answer to a case, and with `reason` what guarantees each decision. `limit` is in seconds, for all of it.

    Raises as `Oracle.decide` does.
    """
    deadline = deadline_of(limit)
    found = oracle.decide(case, benefits=benefits or None, readings=readings, limit=limit, full=full)
    if not reason:
        return AnswerWithReasons(found)
    parsed = case if isinstance(case, Case) else oracle.read(case)
    reasons = []
    for item in found.decisions:
        about = (item.benefit, item.subject)
        if left(deadline) == 0:
            # to make each question ready takes its time as well
            reasons.append(Reason(parsed.id, *about, item.outcome, None, limit_reached=True))
        else:
            reasons.append(oracle.reason(parsed, *about, readings=readings, limit=_seconds(deadline)))
    return AnswerWithReasons(found, tuple(reasons))


def _seconds(deadline: float | None) -> float | None:
    """What is left of a limit, which another question may take: never nothing, or it could not be asked."""
    seconds = left(deadline)
    return None if seconds is None else max(seconds, 0.001)


class ReadingEffects(NamedTuple):
    """A full answer read the other way round: for every option of every reading the decisions that it changes."""

    policy: Policy
    answer: Answer

    def to_json(self) -> dict[str, Any]:
        """Every reading with its options and the decisions that each changes, then the decisions as they are."""
        found = self.answer
        content: dict[str, Any] = {
            "case": found.case,
            "applied_on": found.applied_on,
            "policy": found.policy,
            "policy_digest": found.policy_digest,
            "currency": found.currency.code,
            "chosen_readings": dict(found.chosen_readings),
            "readings": [
                {
                    "reading": reading.name,
                    "question": reading.question.to_json(),
                    "quotes": [{"sentence": anchor, "quote": quote} for anchor, quote in reading.quotes],
                    "option": found.chosen_readings.get(reading.name, reading.default),
                    "default": reading.default,
                    "decides": reading.name in found.deciding_readings,
                    "options": [
                        {
                            "option": option.id,
                            "statement": option.statement.to_json(),
                            "changes": list(_changed_by(found, reading.name, option.id)),
                        }
                        for option in reading.options
                    ],
                }
                for reading in self.policy.readings.values()
            ],
            "decisions": [
                {
                    **{key: written[key] for key in ("benefit", "subject", "clause", "outcome", "amount")},
                    **{key: written["readings"][key] for key in ("verdict", "fix")},
                }
                for written in (decision.to_json() for decision in found.decisions)
            ],
        }
        return content | ({"limit_reached": True} if found.limit_reached else {})


def _changed_by(found: Answer, reading: str, option: str) -> Iterator[dict[str, Any]]:
    for decision in found.decisions:
        for flip in decision.alternatives.flips if decision.alternatives else ():
            if (flip.reading, flip.option) == (reading, option):
                written = flip.to_json()
                about = {"benefit": decision.benefit, "subject": decision.subject}
                yield about | {"outcome": written["outcome"], "amount": written["amount"]}
