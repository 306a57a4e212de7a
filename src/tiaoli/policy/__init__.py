"""A norm as data: the files of a policy folder read strictly and frozen, its text to look things up in, its facts and values in
words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.policy.build import build_policy
    from tiaoli.policy.currency import Currency
    from tiaoli.policy.designations import joined
    from tiaoli.policy.files import parse_tables
    from tiaoli.policy.library import library_parts, read_library
    from tiaoli.policy.model import (
        MOST,
        NUMBERS,
        OCCUPATION_CODE,
        UNITS,
        Benefit,
        Field,
        ItemList,
        Option,
        Parameter,
        Policy,
        Predicate,
        Reading,
        fen,
        reading_facts,
    )
    from tiaoli.policy.notice import (
        Entry,
        RuleBlock,
        clause_choices,
        entries_to_json,
        find_clause,
        notice_entries,
        parameter_value,
        rule_blocks,
    )
    from tiaoli.policy.number_check import number_problems
    from tiaoli.policy.phrases import NOT_KNOWN, Phrases
    from tiaoli.policy.source_check import outside_sentences, source_problems
    from tiaoli.policy.text import read_text
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "MOST",
    "NOT_KNOWN",
    "NUMBERS",
    "OCCUPATION_CODE",
    "UNITS",
    "Benefit",
    "Currency",
    "Entry",
    "Field",
    "ItemList",
    "Option",
    "Parameter",
    "Phrases",
    "Policy",
    "Predicate",
    "Reading",
    "RuleBlock",
    "build_policy",
    "clause_choices",
    "entries_to_json",
    "fen",
    "find_clause",
    "joined",
    "library_parts",
    "notice_entries",
    "number_problems",
    "outside_sentences",
    "parameter_value",
    "parse_tables",
    "read_library",
    "read_text",
    "reading_facts",
    "rule_blocks",
    "source_problems",
]
