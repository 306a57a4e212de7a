"""Select sentences of the notice, each with its rules, numbers, readings, doubts, and what is not computed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tiaoli.base import CallError, Statement, choices, iso, shown
from tiaoli.policy.currency import Currency
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
    currency: Currency

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
                    "value": parameter_value(parameter, self.currency),
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
    """The sentences of a clause and of those in it (`三`, `（三）` or `3`), or of the whole notice, in the text's order.

    Raises `CallError` where there is no such clause, or more than one.
    """
    wanted = None if clause is None else find_clause(policy, clause, "CLAUSE")
    blocks = list(rule_blocks(policy.rules))
    return [
        Entry(
            sentence,
            tuple(block for block in blocks if sentence.anchor in block.sentences),
            tuple(item for item in policy.parameters.values() if item.sentence == sentence.anchor),
            tuple(item for item in policy.readings.values() if sentence.anchor in dict(item.quotes)),
            tuple(doubt for doubt in policy.doubts if doubt.sentence == sentence.anchor),
            policy.currency,
        )
        for sentence in policy.sentences.values()
        if wanted is None or wanted in sentence.clauses
    ]


def find_clause(policy: Policy, text: str, where: str = "clause") -> str:
    """The clause that a text names, as the policy writes it. Raises `CallError` with what there is where none is named, or several."""
    found = policy.clauses_named(text)
    if len(found) == 1:
        return found[0]
    if found:
        zh, en = (
            f"{shown(text)} 可指多个条款，请写全：{'、'.join(found)}",
            f"{shown(text)} names several clauses; say which: {', '.join(found)}",
        )
        raise CallError.one(where, zh, en)
    near = clause_choices(policy.clauses, text)
    raise CallError.one(where, f"没有条款 {shown(text)}；{near.zh}", f"there is no clause {shown(text)}; {near.en}")


def clause_choices(clauses: Collection[str], text: str | None = None) -> Statement:
    """The clauses that there are; where there are none, how one is made."""
    if clauses:
        return choices(clauses, text)
    return Statement(
        "notice.md 没有带编号的标题；条款的标题写作 `## （一）`、`## 第十四条` 或 `## Article 5`",
        "notice.md has no numbered heading; a clause is headed `## Article 5`, `## 第十四条` or `## （一）`",
    )


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


def parameter_value(parameter: Parameter, currency: Currency) -> str | int:
    """A parameter's value as the case format writes such a value: days in ISO form, money with the digits of its currency."""
    if isinstance(parameter.value, str) or parameter.unit not in ("day", "money"):
        return parameter.value
    return iso(parameter.value) if parameter.unit == "day" else currency.text(currency.of_units(parameter.value))
