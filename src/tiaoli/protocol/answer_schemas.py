"""The JSON Schemas of answers: what stands in the JSON of each command and of each address of the service.

They are written in `schemas/*.json`, one definition for each kind of object. An object may have more keys than its schema names: a
program ignores those that it does not know. What is named is there in every answer, or said to be absent at times.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tiaoli.base import CallError, choices, shown
from tiaoli.decide import FORMAT

ANSWERS: Mapping[str, str] = {
    "decide": "Answer",
    "readings": "ByReading",
    "why": "Explanation",
    "why-not": "Explanation",
    "what-if": "WhatIf",
    "when": "Calendar",
    "ask": "Questions",
    "bulk": "Answer",
    "bulk-rejects": "RejectedLine",
    "bulk-summary": "BulkSummary",
    "audit": "AuditReport",
    "prove": "Proofs",
    "diff": "Diff",
    "coverage": "Coverage",
    "check": "Check",
    "test": "TestedCases",
    "notice": "Notice",
    "receipt": "Receipt",
    "verify": "Verification",
    "redecide": "Redecision",
    "vocabulary": "Vocabulary",
    "examples": "Examples",
    "findings": "ServedFindings",
    "health": "Health",
    "problem": "Problem",
}
"""Every answer by name, most by that of the command that gives it, with its definition. The last five are those of the service alone."""

_FOLDER = Path(__file__).with_name("schemas")
_REFERENCE = "#/$defs/"


@cache
def answer_definitions() -> Mapping[str, Any]:
    """Every kind of object in an answer, by name."""
    found: dict[str, Any] = {}
    for path in sorted(_FOLDER.glob("*.json")):
        found |= json.loads(path.read_text("utf-8"))
    return found


def answer_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an answer, with every definition that it needs. Raises `CallError` where there is no such answer."""
    if name not in ANSWERS:
        near = choices(ANSWERS, name)
        raise CallError.one("ANSWER", f"没有答案 {shown(name)}；{near.zh}", f"there is no answer {shown(name)}; {near.en}")
    definitions = answer_definitions()
    root = ANSWERS[name]
    needed = {root, *_needed(root, set())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tiaoli:answer:{FORMAT}:{name}",
        "title": f"tiaoli {name}",
        "$ref": f"{_REFERENCE}{root}",
        "$defs": {definition: schema for definition, schema in definitions.items() if definition in needed},
    }


def _needed(name: str, seen: set[str]) -> set[str]:
    """The definitions that a definition refers to, and those that these refer to."""
    for other in _referred(answer_definitions()[name]):
        if other not in seen:
            seen.add(other)
            _needed(other, seen)
    return seen


def _referred(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield str(value).removeprefix(_REFERENCE)
            else:
                yield from _referred(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _referred(item)
