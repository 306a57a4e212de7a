"""An answer together with facts that guarantee each of its decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tiaoli.answer import Answer
from tiaoli.case import Case
from tiaoli.limits import deadline_of, left
from tiaoli.oracle import Oracle
from tiaoli.sufficient import Reason


def decided(
    oracle: Oracle,
    case: Case | Mapping[str, Any],
    benefits: Sequence[str] | None,
    readings: Mapping[str, str] | None,
    limit: float | None,
    full: bool = True,
    reason: bool = False,
) -> tuple[Answer, list[Reason] | None]:
    """The answer to a case, and with `reason` what guarantees each decision. `limit` is in seconds, for all of it.

    Raises as `Oracle.decide` does.
    """
    deadline = deadline_of(limit)
    found = oracle.decide(case, benefits=benefits or None, readings=readings, limit=limit, full=full)
    if not reason:
        return found, None
    parsed = case if isinstance(case, Case) else Case.read(case)
    asked = [(item.benefit, item.subject) for item in found.decisions]
    return found, [oracle.reason(parsed, *about, readings=readings, limit=left(deadline)) for about in asked]


def with_reasons(found: Answer, reasons: Sequence[Reason] | None) -> dict[str, Any]:
    """The answer as plain data, each decision with the facts that guarantee it."""
    content = found.to_json()
    for decision, reason in zip(content["decisions"], reasons or (), strict=False):
        decision["reason"] = reason.to_json()["facts"]
    if any(reason.limit_reached for reason in reasons or ()):
        content["limit_reached"] = True
    return content
