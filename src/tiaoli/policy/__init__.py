"""A norm as data: the files of a policy folder read strictly and frozen, its text to look things up in, its facts and values in
words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.policy.build import build_policy, given_predicates
    from tiaoli.policy.case_schema import CaseSchema, Field, ItemList, ListKey, ObjectKey, ScalarKey, Shape
    from tiaoli.policy.code_types import Code
    from tiaoli.policy.currency import Currency
    from tiaoli.policy.designations import joined
    from tiaoli.policy.files import library_parts, parse_tables, read_library
    from tiaoli.policy.model import (
        OUTCOMES,
        TABLES,
        Benefit,
        DeclaredResult,
        Option,
        Parameter,
        Policy,
        Predicate,
        Reading,
        fen,
        reading_facts,
    )
    from tiaoli.policy.norm_tables import NormTable, TableRow
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
    from tiaoli.policy.number_check import derived_value, number_problems
    from tiaoli.policy.number_types import DECIMAL_TYPES, LISTED, MOST_NUMBER, Decimals, Integer
    from tiaoli.policy.phrases import NOT_KNOWN, Phrases
    from tiaoli.policy.quantities import find_quantities
    from tiaoli.policy.source_check import outside_sentences, source_problems, table_problems
    from tiaoli.policy.tables import LANGUAGES, Table, in_each
    from tiaoli.policy.text import Place, read_text
    from tiaoli.policy.units import RULE_TYPES, UNITS, Unit, stands_by
    from tiaoli.policy.value_types import Enum, Kind, NotAcceptedError, Set, ValueType, read_unicode, refuse_value
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "DECIMAL_TYPES",
    "LANGUAGES",
    "LISTED",
    "MOST_NUMBER",
    "NOT_KNOWN",
    "OUTCOMES",
    "RULE_TYPES",
    "TABLES",
    "UNITS",
    "Benefit",
    "CaseSchema",
    "Code",
    "Currency",
    "Decimals",
    "DeclaredResult",
    "Entry",
    "Enum",
    "Field",
    "Integer",
    "ItemList",
    "Kind",
    "ListKey",
    "NormTable",
    "NotAcceptedError",
    "ObjectKey",
    "Option",
    "Parameter",
    "Phrases",
    "Place",
    "Policy",
    "Predicate",
    "Reading",
    "RuleBlock",
    "ScalarKey",
    "Set",
    "Shape",
    "Table",
    "TableRow",
    "Unit",
    "ValueType",
    "build_policy",
    "clause_choices",
    "derived_value",
    "entries_to_json",
    "fen",
    "find_clause",
    "find_quantities",
    "given_predicates",
    "in_each",
    "joined",
    "library_parts",
    "notice_entries",
    "number_problems",
    "outside_sentences",
    "parameter_value",
    "parse_tables",
    "read_library",
    "read_text",
    "read_unicode",
    "reading_facts",
    "refuse_value",
    "rule_blocks",
    "source_problems",
    "stands_by",
    "table_problems",
]
