"""From a case to decisions by clingo: facts, choices for what is unknown, stable models, and the answer as types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.decide.alternatives import Again, with_alternatives
    from tiaoli.decide.answer import FORMAT, OUTCOMES, Answer, Condition, Decision, Flip, Outcome, Status, Verdict
    from tiaoli.decide.batch import MOST_CASES, decide_chunk, decide_each
    from tiaoli.decide.decisions import Reader
    from tiaoli.decide.facts import (
        ABSENT,
        APPLIED_ON,
        COPY,
        CaseFacts,
        Subject,
        Variable,
        Variation,
        case_facts,
        converted,
        fact_of,
        known_values,
        varied,
    )
    from tiaoli.decide.receipt import Receipt, digest, receipt_of
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "ABSENT",
    "APPLIED_ON",
    "COPY",
    "FORMAT",
    "MOST_CASES",
    "OUTCOMES",
    "Again",
    "Answer",
    "CaseFacts",
    "Condition",
    "Decision",
    "Flip",
    "Outcome",
    "Reader",
    "Receipt",
    "Status",
    "Subject",
    "Variable",
    "Variation",
    "Verdict",
    "case_facts",
    "converted",
    "decide_chunk",
    "decide_each",
    "digest",
    "fact_of",
    "known_values",
    "receipt_of",
    "varied",
    "with_alternatives",
]
