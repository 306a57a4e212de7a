"""The policy itself, asked: all cases of a kind at once, witnesses, properties proved or refuted, versions compared, coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.analysis.case_space import ITEMS, Domain
    from tiaoli.analysis.generate_cases import Filling, fill
    from tiaoli.analysis.proof import RESULTS, Proof, asked_for, prove, questions_of
    from tiaoli.analysis.properties import named, problems_of, read, shipped
    from tiaoli.analysis.rule_coverage import KINDS, Coverage, Goal, coverage
    from tiaoli.analysis.version_changes import Change, Version, shared_readings
    from tiaoli.analysis.version_diff import RELATIONS, BenefitDiff, Diff, Shown, check_same_facts, compared, parted
    from tiaoli.analysis.witness import Found, Question, Witness, gone_under, reached, search, search_each
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "ITEMS",
    "KINDS",
    "RELATIONS",
    "RESULTS",
    "BenefitDiff",
    "Change",
    "Coverage",
    "Diff",
    "Domain",
    "Filling",
    "Found",
    "Goal",
    "Proof",
    "Question",
    "Shown",
    "Version",
    "Witness",
    "asked_for",
    "check_same_facts",
    "compared",
    "coverage",
    "fill",
    "gone_under",
    "named",
    "parted",
    "problems_of",
    "prove",
    "questions_of",
    "reached",
    "read",
    "search",
    "search_each",
    "shared_readings",
    "shipped",
]
