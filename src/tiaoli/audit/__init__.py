"""The audit of a policy: a module for each kind of finding, the findings as data, and the run over all checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.audit.acceptance import acceptance_text, read_acceptances
    from tiaoli.audit.audit_run import AuditReport, audit_policy
    from tiaoli.audit.finding import Finding
    from tiaoli.audit.finding_kinds import CONCERNS, FINDING_KINDS
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = ["CONCERNS", "FINDING_KINDS", "AuditReport", "Finding", "acceptance_text", "audit_policy", "read_acceptances"]
