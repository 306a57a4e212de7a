"""Check for the kind `wording`: what the policy's data notes as doubtful in the notice's words, and what they leave open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.base import Statement
from tiaoli.policy import Policy

_HEADING = "heading"
_PAUSES = "、，；：。（）“”"
"""The marks between which a marker is quoted, so that no word is cut."""


def find_doubtful_wording(audit: AuditContext) -> Iterator[Finding]:
    """Doubts and undefined terms, as the policy's data has them; and for each marker of the policy the places where it stands."""
    clauses = {benefit.clause for benefit in audit.benefits}
    every = len(audit.benefits) == len(audit.policy.benefits)
    policy = audit.policy
    for doubt in policy.doubts:
        if every or not clauses.isdisjoint(policy.sentences[doubt.sentence].clauses):
            yield Finding("wording", f"doubt.{doubt.id}", "warning", (doubt.sentence,), _quoted(doubt.quote, doubt.statement))
    for term in policy.terms:
        if every or not clauses.isdisjoint(policy.sentences[term.sentence].clauses):
            yield Finding("wording", f"term.{term.id}", "warning", (term.sentence,), _quoted(term.quote, term.statement))
    for marker in policy.markers:
        places = {
            anchor: found
            for anchor, found in _places(policy, marker.pattern).items()
            if every or not clauses.isdisjoint(policy.sentences[anchor].clauses)
        }
        if places:
            quotes = [f"{policy.sentences[anchor].clause}“{'”“'.join(found)}”" for anchor, found in places.items()]
            statement = Statement(
                f"{marker.statement.zh.rstrip('。')}。见于：{'；'.join(quotes)}。",
                f"{marker.statement.en} It stands in: {'; '.join(quotes)}.",
            )
            yield Finding("wording", marker.id, "note", tuple(places), statement)


def _places(policy: Policy, pattern: str) -> dict[str, list[str]]:
    """The phrases of each sentence that a marker stands in."""
    found: dict[str, list[str]] = {}
    for anchor, sentence in policy.sentences.items():
        if sentence.clause and not (sentence.not_computed and sentence.not_computed.kind == _HEADING):
            phrases = re.split(f"[{_PAUSES}]", sentence.text)
            if standing := [phrase for phrase in phrases if re.search(pattern, phrase)]:
                found[anchor] = standing
    return found


def _quoted(quote: str, statement: Statement) -> Statement:
    return Statement(f"“{quote}”：{statement.zh}", f"“{quote}”: {statement.en}")
