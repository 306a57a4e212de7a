"""Answers as documents: pages, Markdown, diagrams, SARIF, the vocabulary of a policy as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.present.case_report import case_page
    from tiaoli.present.explanation_markup import MARKS, left_out, markdown, mermaid, note
    from tiaoli.present.findings_markdown import audit_markdown
    from tiaoli.present.findings_sarif import sarif
    from tiaoli.present.notebook import draw
    from tiaoli.present.population_report import write
    from tiaoli.present.vocabulary_json import vocabulary
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "MARKS",
    "audit_markdown",
    "case_page",
    "draw",
    "left_out",
    "markdown",
    "mermaid",
    "note",
    "sarif",
    "vocabulary",
    "write",
]
