"""What pydantic finds wrong with the options of a call, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from tiaoli.base import Statement, shown


def option_not_accepted(detail: ErrorDetails) -> Statement:
    """One of pydantic's findings about a single value, in words."""
    value, expected = detail["input"], _EXPECTED.get(detail["type"])
    if expected is None:
        return Statement(f"{shown(value)} 不可用（{detail['msg']}）", f"{shown(value)} is not accepted: {detail['msg']}")
    wanted = expected(detail.get("ctx", {}))
    return Statement(f"{shown(value)} 不可用；{wanted.zh}", f"{shown(value)} is not accepted; {wanted.en}")


def _bounds(context: Mapping[str, Any]) -> Statement:
    if "ge" in context:
        return Statement(f"不得小于 {context['ge']}", f"at least {context['ge']}")
    if "gt" in context:
        return Statement(f"须大于 {context['gt']}", f"more than {context['gt']}")
    return Statement(f"不得大于 {context['le']}", f"at most {context['le']}")


_EXPECTED: dict[str, Callable[[Mapping[str, Any]], Statement]] = {
    "bool_type": lambda _: Statement("须为 true 或 false", "allowed: true, false"),
    "int_type": lambda _: Statement("须为整数", "a whole number is wanted"),
    "float_type": lambda _: Statement("须为数字", "a number is wanted"),
    "finite_number": lambda _: Statement("须为有限的数字", "a finite number is wanted"),
    "greater_than": _bounds,
    "greater_than_equal": _bounds,
    "less_than_equal": _bounds,
    "string_type": lambda _: Statement("须为文字；数字请加引号", "text is wanted; quote a number"),
    "string_unicode": lambda _: Statement("须为合法的 Unicode 文字", "text of whole Unicode characters is wanted"),
    "dict_type": lambda _: Statement("须为对象（键和值）", "an object of keys and values is wanted"),
    "list_type": lambda _: Statement("须为列表", "a list is wanted"),
    "model_type": lambda _: Statement("须为对象（键和值）", "an object of keys and values is wanted"),
    "model_attributes_type": lambda _: Statement("须为对象（键和值）", "an object of keys and values is wanted"),
}
