"""Answers as text for a terminal; the one room that imports rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.terminal.answer_text import answer, as_text, bulk_summary, notice, progress, show
    from tiaoli.terminal.audit_text import audit_progress, report
    from tiaoli.terminal.coverage_text import coverage
    from tiaoli.terminal.diff_text import difference, population
    from tiaoli.terminal.explanation_text import explanation
    from tiaoli.terminal.proof_text import proof_progress, proofs
    from tiaoli.terminal.question_text import asked, calendar, chosen, hypothesis, interview_help, questions, readings, reason, what_if
    from tiaoli.terminal.receipt_text import redecision, replay
    from tiaoli.terminal.tested_text import tested_case, tested_decision, tested_status, tested_summary
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "answer",
    "as_text",
    "asked",
    "audit_progress",
    "bulk_summary",
    "calendar",
    "chosen",
    "coverage",
    "difference",
    "explanation",
    "hypothesis",
    "interview_help",
    "notice",
    "population",
    "progress",
    "proof_progress",
    "proofs",
    "questions",
    "readings",
    "reason",
    "redecision",
    "replay",
    "report",
    "show",
    "tested_case",
    "tested_decision",
    "tested_status",
    "tested_summary",
    "what_if",
]
