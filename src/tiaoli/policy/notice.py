"""Select sentences of the notice, each with its rules, numbers, readings, doubts, and what is not computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tiaoli.base import CallError, choices, iso, shown
from tiaoli.policy.model import Doubt, Parameter, Policy, Reading, Sentence


class RuleBlock(NamedTuple):
    """The rules under one group of `%@` lines: the file, the line of the first rule, the sentences named, and the text."""

    file: str
    line: int
    sentences: tuple[str, ...]
    text: str


class Entry(NamedTuple):
    """One sentence and everything the policy says about it."""

    sentence: Sentence
    rules: tuple[RuleBlock, ...]
    parameters: tuple[Parameter, ...]
    readings: tuple[Reading, ...]
    doubts: tuple[Doubt, ...]

    def to_json(self) -> dict[str, Any]:
        sentence = self.sentence
        found: dict[str, Any] = {
            "anchor": sentence.anchor,
            "clause": sentence.clause,
            "text": sentence.text,
            "translation": sentence.en,
            "rules": [{"file": block.file, "line": block.line, "text": block.text} for block in self.rules],
            "parameters": [
                {
                    "name": parameter.name,
                    "unit": parameter.unit,
                    "value": parameter_value(parameter),
                    "from": parameter.valid_from,
                    "quote": parameter.quote,
                    "statement": parameter.statement.to_json(),
                }
                for parameter in self.parameters
            ],
            "readings": [
                {
                    "reading": reading.name,
                    "quotes": [text for anchor, text in reading.quotes if anchor == sentence.anchor],
                    "question": reading.question.to_json(),
                    "options": [{"option": option.id, "statement": option.statement.to_json()} for option in reading.options],
                    "default": reading.default,
                }
                for reading in self.readings
            ],
            "doubts": [{"id": doubt.id, "quote": doubt.quote, "statement": doubt.statement.to_json()} for doubt in self.doubts],
            "not_computed": None,
        }
        if sentence.not_computed is not None:
            reason = sentence.not_computed
            found["not_computed"] = {"kind": reason.kind, "part": reason.part, "why": reason.why.to_json()}
        return found


def notice_entries(policy: Policy, clause: str | None = None) -> list[Entry]:
    """The sentences of a clause (`三`, `（三）` or `3`), or of the whole notice, in the text's order.

    Raises `CallError` where there is no such clause.
    """
    wanted = None
    if clause is not None:
        wanted = policy.clause(clause)
        if wanted is None:
            near = choices(policy.clauses)
            raise CallError.one("CLAUSE", f"没有条款 {shown(clause)}；{near.zh}", f"there is no clause {shown(clause)}; {near.en}")
    blocks = list(rule_blocks(policy.rules))
    return [
        Entry(
            sentence,
            tuple(block for block in blocks if sentence.anchor in block.sentences),
            tuple(item for item in policy.parameters.values() if item.sentence == sentence.anchor),
            tuple(item for item in policy.readings.values() if sentence.anchor in dict(item.quotes)),
            tuple(doubt for doubt in policy.doubts if doubt.sentence == sentence.anchor),
        )
        for sentence in policy.sentences.values()
        if wanted is None or sentence.clause == wanted
    ]


def entries_to_json(policy: Policy, found: Iterable[Entry]) -> dict[str, Any]:
    """Some sentences, or all of them, as plain data."""
    return {"policy": policy.number, "policy_digest": policy.digest, "sentences": [entry.to_json() for entry in found]}


def rule_blocks(rules: Mapping[str, str]) -> Iterator[RuleBlock]:
    """The rule files cut at their `%@` lines."""
    for file, text in rules.items():
        for found in re.finditer(r"((?:^%@ .*\n)+)((?:(?!%@).*\n?)*)", text, re.MULTILINE):
            anchors = tuple(line.split()[1] for line in found[1].splitlines())
            line = text.count("\n", 0, found.start(2)) + 1
            yield RuleBlock(file, line, anchors, found[2].strip("\n"))


def parameter_value(parameter: Parameter) -> str | int:
    """A parameter's value as the case format writes such a value: days in ISO form, money with two decimals."""
    if isinstance(parameter.value, str) or parameter.unit not in ("day", "money"):
        return parameter.value
    return iso(parameter.value) if parameter.unit == "day" else f"{parameter.value // 100}.{parameter.value % 100:02}"
