"""What is looked up and not asked: the notice, and the findings of an audit, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tiaoli.base import Lang
from tiaoli.oracle import Explanation, Oracle
from tiaoli.policy import Policy, entries_to_json, notice_entries

if TYPE_CHECKING:
    from tiaoli.audit import AuditReport, Finding


def notice_document(policy: Policy, clause: str | None = None) -> dict[str, Any]:
    """As `tiaoli notice --json`, of the whole or of one clause. Raises `CallError` where there is no such clause."""
    return entries_to_json(policy, notice_entries(policy, clause))


def audit_document(oracle: Oracle, found: AuditReport, lang: Lang = "en") -> dict[str, Any]:
    """As `tiaoli audit --json`: each finding with the explanation of what its witness shows; plain texts are in one language."""
    content = found.to_json(oracle.encoding, lang)
    for written, finding in zip(content["findings"], found.findings, strict=True):
        written["why"] = [explanation.to_json() for explanation in explain_finding(oracle, finding)]
    return content


def explain_finding(oracle: Oracle, finding: Finding) -> Iterator[Explanation]:
    """Why each side of a finding is decided as it is."""
    if finding.witness is not None:
        for case in (finding.witness.case, *finding.witness.others):
            for benefit, subject in finding.about(oracle.encoding):
                yield oracle.why(case, benefit, subject, readings=finding.witness.readings)
