"""Plain data compared with what a receipt holds: path by path, each difference with its place and in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from tiaoli.base import Statement, shown
from tiaoli.policy import OUTCOMES

DifferenceKind = Literal["receipt", "facts", "readings", "policy", "version", "answer"]

DIFFERENCE_KINDS: Mapping[DifferenceKind, Statement] = {
    "receipt": Statement("收据", "receipt"),
    "facts": Statement("事实", "facts"),
    "readings": Statement("解释", "readings"),
    "policy": Statement("政策", "policy"),
    "version": Statement("版本", "version"),
    "answer": Statement("答案", "answer"),
}
"""What can differ, in words."""


class ReceiptDifference(NamedTuple):
    """One thing that differs: `where` (a path in the case or the answer, a file of the policy), and plain values as the receipt has
    them and as they are `now`, `None` where there is none."""

    kind: DifferenceKind
    where: str
    before: Any
    now: Any
    statement: Statement

    def to_json(self) -> dict[str, Any]:
        """A difference under `differences` of a replay: its kind and place, the value in the receipt and the one now, and the statement
        in both languages."""
        found = {"kind": self.kind, "where": self.where, "receipt": self.before, "now": self.now}
        return found | {"statement": self.statement.to_json()}


def flatten(value: Any, path: str = "") -> dict[str, Any]:
    """The scalars and bare lists of plain data by path. Items go by their id, decisions by benefit and subject.

    >>> flatten({"certificates": [{"id": "c1", "level": 4}], "assumed": []})
    {'certificates.c1.level': 4, 'assumed': []}
    """
    if isinstance(value, Mapping) and value:
        found: dict[str, Any] = {}
        for key, inner in value.items():
            if key != "id" or not path:
                found |= flatten(inner, f"{path}.{key}" if path else str(key))
        return found or {path: {}}
    if isinstance(value, list) and value and all(isinstance(item, Mapping) and _name(item) for item in value):
        found = {}
        for item in value:
            found |= flatten(item, f"{path}.{_name(item)}")
        return found
    return {path: value}


def _name(item: Mapping[str, Any]) -> str | None:
    if "benefit" in item and "subject" in item:
        return f"{item['benefit']}.{item['subject']}"
    return str(item["id"]) if "id" in item else None


def differences(kind: DifferenceKind, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[ReceiptDifference]:
    """What differs between flat data as the receipt has it and as it is now."""
    for path in {**before, **now}:
        one, other = before.get(path), now.get(path)
        if one != other or (path in before) != (path in now):
            first, second = (_said(value, path in side) for value, side in ((one, before), (other, now)))
            yield ReceiptDifference(
                kind, path, one, other, Statement(f"收据为{first.zh}，现为{second.zh}", f"{first.en} in the receipt, {second.en} now")
            )


def _said(value: Any, there: bool) -> Statement:
    if not there:
        return Statement("无", "nothing")
    for outcome, words in OUTCOMES.items():
        if value == outcome:
            return words
    if isinstance(value, list):
        value = (
            ", ".join(
                f"{item['reading']}={item.get('option')}" if isinstance(item, Mapping) and "reading" in item else str(item)
                for item in value
            )
            or "[]"
        )
    text = shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return Statement(text, text)
