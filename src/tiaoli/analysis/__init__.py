"""The policy itself analysed: questions over every case there can be, properties proved or refuted, versions compared, coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.analysis.case_generation import GeneratedCases, NoCase, generate_cases
    from tiaoli.analysis.case_search import SHOWS, Cases, Search, Witness, searches
    from tiaoli.analysis.coverage import GOAL_KINDS, Coverage, CoverageGoal, measure_coverage
    from tiaoli.analysis.likely_case import LikelyCase
    from tiaoli.analysis.policy_check import policy_findings
    from tiaoli.analysis.proof import EMPTY, PROOF_RESULTS, Proof
    from tiaoli.analysis.properties import own_property_files, property_files, read_property
    from tiaoli.analysis.property_search import prove
    from tiaoli.analysis.search_scope import scope_sizes
    from tiaoli.analysis.version_changes import PolicyVersion, VersionChange, shared_readings
    from tiaoli.analysis.version_comparison import Comparison, compare_benefits, find_difference
    from tiaoli.analysis.version_diff import RELATIONS, BenefitDiff, Diff, DiffWitness, NotesDiff, OtherDifference, differing_notes
    from tiaoli.analysis.version_facts import check_same_facts
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "EMPTY",
    "GOAL_KINDS",
    "PROOF_RESULTS",
    "RELATIONS",
    "SHOWS",
    "BenefitDiff",
    "Cases",
    "Comparison",
    "Coverage",
    "CoverageGoal",
    "Diff",
    "DiffWitness",
    "GeneratedCases",
    "LikelyCase",
    "NoCase",
    "NotesDiff",
    "OtherDifference",
    "PolicyVersion",
    "Proof",
    "Search",
    "VersionChange",
    "Witness",
    "check_same_facts",
    "compare_benefits",
    "differing_notes",
    "find_difference",
    "generate_cases",
    "measure_coverage",
    "own_property_files",
    "policy_findings",
    "property_files",
    "prove",
    "read_property",
    "scope_sizes",
    "searches",
    "shared_readings",
]
