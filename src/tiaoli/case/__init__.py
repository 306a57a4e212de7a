"""What a case says: documents read strictly, the case format, and facts looked up, set or left out at their paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.case.case import Case
    from tiaoli.case.documents import MAX_BYTES, decoded, is_deeper, parse_document, parse_json, read_document, read_text, write_document
    from tiaoli.case.edit import check_paths
    from tiaoli.case.part import Part, plain
    from tiaoli.case.python_types import case_types
    from tiaoli.case.raw import EXPECTED, ITEM_ID, MAX_DEPTH, path_of, refuse_repeated
    from tiaoli.case.rule_values import file_value, rule_value
    from tiaoli.case.schema import case_schema
    from tiaoli.case.typed_value import field_at, parse_value, plain_value, without_ids
    from tiaoli.case.yaml12 import dump_yaml
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "EXPECTED",
    "ITEM_ID",
    "MAX_BYTES",
    "MAX_DEPTH",
    "Case",
    "Part",
    "case_schema",
    "case_types",
    "check_paths",
    "decoded",
    "dump_yaml",
    "field_at",
    "file_value",
    "is_deeper",
    "parse_document",
    "parse_json",
    "parse_value",
    "path_of",
    "plain",
    "plain_value",
    "read_document",
    "read_text",
    "refuse_repeated",
    "rule_value",
    "without_ids",
    "write_document",
]
