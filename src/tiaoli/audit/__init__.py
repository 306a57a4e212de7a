"""The audit of a policy: one module a kind of finding, the findings as data, and the run over them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.audit.accepted import acceptance_text, read_accepted
    from tiaoli.audit.audit_run import DOMAIN, Report, run
    from tiaoli.audit.finding import KINDS, Finding
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = ["DOMAIN", "KINDS", "Finding", "Report", "acceptance_text", "read_accepted", "run"]
