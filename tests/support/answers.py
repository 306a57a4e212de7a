"""Every answer of every test is held against its schema, and may have no key that its schema does not name.

A schema as it is published lets an answer have more keys. Here it is closed, so that a misspelt key, or a new one that nobody wrote
down, fails the test in which the answer was given.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, wraps
from typing import Any

import click
import httpx
import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

import tiaoli.cli.main
import tiaoli.cli.output
import tiaoli.populations
import tiaoli.populations.line_decider
from tiaoli.analysis import Coverage, Diff, Proof
from tiaoli.audit import AuditReport
from tiaoli.decide import Answer, Decision, Receipt
from tiaoli.explain import Explanation
from tiaoli.populations import Impact, LineDecider
from tiaoli.protocol import ANSWERS, QUESTIONS, AnswerWithReasons, ProblemDetails, answer_definitions
from tiaoli.protocol.answers import ReadingEffects
from tiaoli.questions import Calendar, Hypothesis, Questions, WhatIf
from tiaoli.receipts import Redecision, Replay

TYPES: Mapping[type, str] = {
    Answer: "Answer",
    AuditReport: "AuditReport",
    ReadingEffects: "ByReading",
    Calendar: "Calendar",
    Coverage: "Coverage",
    Decision: "Decision",
    ProblemDetails: "Problem",
    Diff: "Diff",
    Explanation: "Explanation",
    Hypothesis: "Hypothesis",
    Impact: "Impact",
    Proof: "Proof",
    Questions: "Questions",
    AnswerWithReasons: "Answer",
    Receipt: "Receipt",
    Redecision: "Redecision",
    Replay: "Verification",
    WhatIf: "Repairs",
}
"""What the types of answers write, by its definition."""

COMMANDS = {name: ANSWERS[name] for name in sorted(ANSWERS.keys() & tiaoli.cli.main.tiaoli.commands.keys())} | {"bulk": "BulkSummary"}
"""What the commands print with `--json`, by its definition."""

ADDRESSES = {f"/v1/{name}": ANSWERS[name] for name in (*QUESTIONS, "notice", "vocabulary", "examples", "findings")} | {"/health": "Health"}
"""What the addresses of the service answer, by its definition."""


def closed(schema: Any) -> Any:
    """A schema under which an object has no keys but those that are named."""
    if isinstance(schema, dict):
        # the names of keys are no schemas
        found = {
            key: {name: closed(inner) for name, inner in value.items()} if key == "properties" else closed(value)
            for key, value in schema.items()
        }
        return found | ({"additionalProperties": False} if "properties" in schema and "additionalProperties" not in schema else {})
    return [closed(item) for item in schema] if isinstance(schema, list) else schema


@cache
def closed_schema(definition: str) -> dict[str, Any]:
    """The schema of a definition and of all others, closed."""
    definitions = {name: closed(schema) for name, schema in answer_definitions().items()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": f"#/$defs/{definition}", "$defs": definitions}


@cache
def validator(definition: str) -> Any:
    return jsonschema_rs.Draft202012Validator(closed_schema(definition), validate_formats=True)


def hold(definition: str, document: Any) -> None:
    """Raise `AssertionError` where plain data is not what the definition says."""
    if not validator(definition).is_valid(document):
        # slower, and says what is wrong inside an alternative
        slow = Draft202012Validator(closed_schema(definition), format_checker=FormatChecker())
        said = "; ".join(f"{error.json_path}: {error.message[:500]}" for error in _causes(slow.iter_errors(document)))
        raise AssertionError(f"{definition}: {said or 'the two libraries disagree'}; see src/tiaoli/protocol/schemas")


def _causes(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """What is wrong; of alternatives, with the one that comes nearest."""
    for error in errors:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context or ():
            branches.setdefault(inner.relative_schema_path[0], []).append(inner)
        if branches:
            nearest: list[ValidationError] = min(branches.values(), key=len)
            yield from _causes(nearest)
        else:
            yield error


def hold_everything() -> None:
    """From now on every answer is held against its schema as it is written."""
    for kind, definition in TYPES.items():
        kind.to_json = _held(kind.to_json, definition)  # type: ignore[attr-defined]
    _everywhere(tiaoli.cli.output.dump, _held_dump(tiaoli.cli.output.dump))
    _everywhere(tiaoli.populations.line_decider.rejection_line, _held_text(tiaoli.populations.line_decider.rejection_line, "RejectedLine"))
    LineDecider.decide = _held_lines(LineDecider.decide)  # type: ignore[method-assign]
    httpx.Client.send = _held_response(httpx.Client.send)  # type: ignore[method-assign]


def hold_output(arguments: tuple[str, ...], text: str) -> None:
    """Hold what a command in a process of its own printed, one object or one a line."""
    if arguments and "--json" in arguments and arguments[0] in COMMANDS and text.startswith("{"):
        try:
            found = [json.loads(text)]
        except ValueError:
            found = [json.loads(line) for line in text.splitlines()]
        for document in found:
            hold(COMMANDS[arguments[0]], document)


def _everywhere(function: Callable[..., Any], instead: Callable[..., Any]) -> None:
    """Put a function in another's place in every module that has it."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "tiaoli":
            for key, value in list(vars(module).items()):
                if value is function:
                    setattr(module, key, instead)


def _held(function: Callable[..., Any], definition: str) -> Callable[..., Any]:
    @wraps(function)
    def held(*arguments: Any, **options: Any) -> Any:
        found = function(*arguments, **options)
        hold(definition, found)
        return found

    return held


def _held_text(function: Callable[..., str], definition: str) -> Callable[..., str]:
    @wraps(function)
    def held(*arguments: Any, **options: Any) -> str:
        found = function(*arguments, **options)
        hold(definition, json.loads(found))
        return found

    return held


def _held_dump(function: Callable[..., str]) -> Callable[..., str]:
    @wraps(function)
    def held(value: Any, indent: int | None = 1) -> str:
        context = click.get_current_context(silent=True)
        # what names its own schema is in the form of somebody else
        if context is not None and context.info_name in COMMANDS and "$schema" not in value:
            hold(COMMANDS[context.info_name], value)
        return function(value, indent)

    return held


def _held_lines(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def held(*arguments: Any, **options: Any) -> Any:
        found = function(*arguments, **options)
        for line in found.answers.splitlines():
            hold("Answer", json.loads(line))
        return found

    return held


def _held_response(function: Callable[..., httpx.Response]) -> Callable[..., httpx.Response]:
    @wraps(function)
    def held(*arguments: Any, **options: Any) -> httpx.Response:
        found = function(*arguments, **options)
        kind = found.headers.get("content-type", "").partition(";")[0]
        if found.request.method == "HEAD":
            return found
        if found.is_closed and kind == "application/problem+json":
            hold("Problem", found.json())
        elif found.is_closed and kind == "application/json":
            path = found.url.path
            definition = "Notice" if path.startswith("/v1/clauses/") else ADDRESSES.get(path)
            if definition is not None:
                hold(definition, found.json())
        return found

    return held
