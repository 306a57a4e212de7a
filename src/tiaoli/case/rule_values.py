"""A fact's value on its way between a case and the rules: days as numbers, money in its smallest unit, words as constants."""

from __future__ import annotations

from typing import Any

from tiaoli.policy import Field
from tiaoli.rules import SUPREMUM, Value


def rule_value(declared: Field, value: Any) -> Value:
    """A value of a case as the rules know it."""
    return SUPREMUM if value is None and declared.kind != "record" else declared.type.to_rule(value)


def file_value(declared: Field, value: Value) -> Any:
    """A value of the rules as a case file has it."""
    return None if value is SUPREMUM else declared.type.from_rule(value)
