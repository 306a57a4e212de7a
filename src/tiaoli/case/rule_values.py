"""A fact's value on its way between a case and the rules: days as numbers, money in fen, words as constants."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tiaoli.base import iso, to_day
from tiaoli.policy import Field, fen
from tiaoli.rules import SUPREMUM, Name, Value


def rule_value(declared: Field, value: Any) -> Value:
    """A value of a case as the rules know it."""
    if declared.type == "record":
        return Name("none" if value is None else "record")
    if value is None:
        return SUPREMUM
    if isinstance(value, bool):
        return Name("true" if value else "false")
    if isinstance(value, date):
        return to_day(value)
    if isinstance(value, Decimal):
        return fen(value)
    return int(value) if isinstance(value, int) else (str(value) if declared.type == "code" else Name(value))


def file_value(declared: Field, value: Value) -> Any:
    """A value of the rules as a case file has it."""
    if value is SUPREMUM or (declared.type == "record" and value == "none"):
        return None
    if declared.type == "boolean":
        return value == "true"
    if isinstance(value, int):
        if declared.type == "day":
            return iso(value)
        return f"{Decimal(value).scaleb(-2):.2f}" if declared.type == "money" else value
    return {} if declared.type == "record" else str(value)
