"""A norm as data: the files of a policy folder read strictly and frozen, its text to look things up in, its facts and values in
words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.policy.build import build_policy
    from tiaoli.policy.currency import Currency
    from tiaoli.policy.files import ANCHOR, parse_tables
    from tiaoli.policy.library import library_parts, read_library
    from tiaoli.policy.model import (
        MOST,
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
        Sentence,
        fen,
        reading_facts,
    )
    from tiaoli.policy.notice import Entry, RuleBlock, document, entries, parameter_value, rule_blocks
    from tiaoli.policy.phrases import NOT_KNOWN, Phrases
    from tiaoli.policy.quantities import Quantity, find_quantities, read_numeral
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "ANCHOR",
    "MOST",
    "NOT_KNOWN",
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
    "Quantity",
    "Reading",
    "RuleBlock",
    "Sentence",
    "build_policy",
    "document",
    "entries",
    "fen",
    "find_quantities",
    "library_parts",
    "parameter_value",
    "parse_tables",
    "read_library",
    "read_numeral",
    "reading_facts",
    "rule_blocks",
]
