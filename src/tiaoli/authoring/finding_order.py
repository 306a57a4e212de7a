"""The order in which findings are mended: a cause before what follows from it."""

from __future__ import annotations

from collections.abc import Iterable

from tiaoli.base import Problem

CAUSES = (
    # a file that is not there, or is none of its kind, is missed everywhere
    ("policy-file-missing", "policy-file-unreadable", "policy-file-copied", "policy-file-mixed", "policy-toml"),
    # what no parser reads is missed wherever something rests on it
    ("rule-character", "rule-block-comment", "rule-syntax", "rule-directive"),
    ("policy-contract-version", "policy-library", "policy-id"),
    # a misspelt key is missed under its right name as well
    ("policy-key-unknown", "policy-key-repeated"),
    ("policy-value-type", "policy-value", "policy-key-missing"),
    ("policy-field", "policy-contract", "table-header", "table-undeclared", "table-cell", "table-key", "table-gap"),
    # the text, and what names a place of it
    ("text-unanchored", "text-heading", "text-source", "table-source", "text-anchor", "text-quote", "text-quote-several"),
    ("text-translation", "rule-sentence"),
    ("policy-name-unknown", "policy-elsewhere", "reading-options"),
    # one rule
    ("rule-dialect", "rule-predicate", "rule-arity", "rule-constant", "rule-number", "rule-number-kind", "rule-reading"),
    ("rule-types", "rule-one-case", "rule-fact-derived", "rule-reads-decision", "rule-record", "rule-calendar", "rule-arithmetic"),
    ("rule-worked-out", "rule-calendar-circle", "rules-recursive"),
    # what a rule that is missing or mended leaves behind
    (
        "conditions-order",
        "benefit-standard",
        "benefit-results",
        "rules-underived",
        "vocabulary-declaration",
        "text-encoded-in",
        "parameter-number",
    ),
    ("rule-factless", "fact-unused"),
    ("rules-unused", "parameter-unused", "reading-unused", "table-unused", "text-number", "text-unaccounted"),
    ("sentence-missing", "sentence-slot", "property-header", "property-rules", "sentence-default"),
)
"""The kinds of finding: those of a group can be the cause of those in the groups behind it."""

_RANKS = {id: rank for rank, group in enumerate(CAUSES) for id in group}


def causes_first(problems: Iterable[Problem]) -> list[Problem]:
    """Findings in the order in which they are best mended; those of one rank stay in the order of the files."""
    return sorted(problems, key=lambda problem: _RANKS.get(problem.id, len(CAUSES)))
