"""Check for the kind `wording`: what the policy's data notes as doubtful in the notice's words, and what they leave open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.base import Statement

_HEADING = "heading"
_BEFORE, _AFTER = 8, 4
"""How many characters around a marker are quoted."""


def find_doubtful_wording(audit: AuditContext) -> Iterator[Finding]:
    """Doubts and undefined terms, as the policy's data has them; and the sentences that a marker of the policy stands in."""
    clauses = {benefit.clause for benefit in audit.benefits}
    every = len(audit.benefits) == len(audit.policy.benefits)
    for finding in _all(audit):
        if every or clauses.intersection(finding.clauses(audit.encoding)):
            yield finding


def _all(audit: AuditContext) -> Iterator[Finding]:
    policy = audit.policy
    for doubt in policy.doubts:
        yield Finding("wording", f"doubt.{doubt.id}", "warning", (doubt.sentence,), _quoted(doubt.quote, doubt.statement))
    for term in policy.terms:
        yield Finding("wording", f"term.{term.id}", "warning", (term.sentence,), _quoted(term.quote, term.statement))
    for marker in policy.markers:
        for anchor, sentence in policy.sentences.items():
            places = [
                sentence.text[max(0, found.start() - _BEFORE) : found.end() + _AFTER]
                for found in re.finditer(marker.pattern, sentence.text)
            ]
            if places and sentence.clause and not (sentence.not_computed and sentence.not_computed.kind == _HEADING):
                yield Finding("wording", f"{marker.id}.{anchor}", "note", (anchor,), _quoted(f"…{'…'.join(places)}…", marker.statement))


def _quoted(quote: str, statement: Statement) -> Statement:
    return Statement(f"“{quote}”：{statement.zh}", f"“{quote}”: {statement.en}")
