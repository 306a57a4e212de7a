"""From a case to decisions by clingo: facts, choices for what is unknown, stable models, and the answer as types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.decide.alternatives import DecideUnder, with_alternatives
    from tiaoli.decide.answer import (
        FORMAT,
        Answer,
        Condition,
        Decision,
        Flip,
        Note,
        Outcome,
        Status,
        Verdict,
        changed_results,
        notes_on,
    )
    from tiaoli.decide.batch import MOST_CASES, decide_chunk, decide_each
    from tiaoli.decide.decisions import DecisionReader, decide_one, solve
    from tiaoli.decide.exclusion import exclusive_groups
    from tiaoli.decide.facts import SOLE_CASE, CaseFacts, Subject, case_facts, fact_of, known_values
    from tiaoli.decide.free_facts import NO_MEMBER, FreedCase, FreeFact, free_atom, set_free
    from tiaoli.decide.prepared import PreparedCase, PreparedDecision, assumed_for
    from tiaoli.decide.receipt import Receipt, digest, receipt_of
    from tiaoli.decide.results import Result, ResultReader
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "FORMAT",
    "MOST_CASES",
    "NO_MEMBER",
    "SOLE_CASE",
    "Answer",
    "CaseFacts",
    "Condition",
    "DecideUnder",
    "Decision",
    "DecisionReader",
    "Flip",
    "FreeFact",
    "FreedCase",
    "Note",
    "Outcome",
    "PreparedCase",
    "PreparedDecision",
    "Receipt",
    "Result",
    "ResultReader",
    "Status",
    "Subject",
    "Verdict",
    "assumed_for",
    "case_facts",
    "changed_results",
    "decide_chunk",
    "decide_each",
    "decide_one",
    "digest",
    "exclusive_groups",
    "fact_of",
    "free_atom",
    "known_values",
    "notes_on",
    "receipt_of",
    "set_free",
    "solve",
    "with_alternatives",
]
