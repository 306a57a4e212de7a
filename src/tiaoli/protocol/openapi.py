"""The description of a service in OpenAPI, with examples that run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from tiaoli.base import docstring
from tiaoli.case import Case, case_schema
from tiaoli.decide import case_facts
from tiaoli.encoding import Encoding, Example
from tiaoli.protocol.answer_schemas import ANSWERS, answer_definitions
from tiaoli.protocol.problems import MEDIA_TYPE
from tiaoli.protocol.question_handlers import QUESTIONS

LOOKED_UP = (401, 404, 422, 500)
ASKED = (400, 401, 408, 413, 415, 422, 429, 500, 503, 504)
"""The statuses of problems: where something is looked up, and where a body is sent."""


def describe_responses(
    described: str, media_type: str = "application/json", answer: str | None = None, problems: Iterable[int] = LOOKED_UP
) -> dict[str, Any]:
    """The responses of an address: what it answers, by the name of the answer's schema where it has one, and the statuses of the
    problems that it answers instead."""
    schema = _component(ANSWERS[answer]) if answer else {"type": "object" if media_type == "application/json" else "string"}
    content = {MEDIA_TYPE: {"schema": _component("Problem")}}
    found = {"200": {"description": described, "content": {media_type: {"schema": schema}}}}
    found |= {str(status): {"description": HTTPStatus(status).phrase, "content": content} for status in problems}
    return {"responses": found}


def describe_question(name: str, encoding: Encoding, examples: list[Example]) -> dict[str, Any]:
    """The request and the responses of a question, with the examples that it can be asked of."""
    model = QUESTIONS[name].options
    schema = model.model_json_schema()
    schema["properties"]["case"] = _component("Case")
    content: dict[str, Any] = {"schema": schema}
    asked = {example.name: _example(name, encoding, example) for example in examples}
    if asked:
        content["examples"] = asked
    body = {"requestBody": {"required": True, "content": {"application/json": content}}}
    return body | describe_responses(docstring(model), answer=name, problems=ASKED)


def _example(name: str, encoding: Encoding, example: Example) -> dict[str, Any]:
    value: dict[str, Any] = {"case": example.case}
    if "subject" in QUESTIONS[name].options.model_fields:
        case = Case.read(example.case, encoding.policy)
        subject = case_facts(encoding.policy, encoding.rule_bounds, encoding.fields, case, None).subjects[0]
        value |= {"benefit": subject.benefit, "subject": subject.item}
    return {"summary": example.shows.en, "value": value}


def component_schemas(encoding: Encoding) -> dict[str, Any]:
    """The schemas that the others refer to: those of answers, and the case format."""
    schema = _moved(case_schema(encoding.policy))
    inner = schema.pop("$defs", {})
    schema.pop("$schema", None)
    return {**_moved(dict(answer_definitions())), **inner, "Case": schema}


def _component(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _moved(schema: Any) -> Any:
    """A schema whose references lead to where OpenAPI keeps definitions."""
    if isinstance(schema, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/") if key == "$ref" and isinstance(value, str) else _moved(value)
            for key, value in schema.items()
        }
    return [_moved(item) for item in schema] if isinstance(schema, list) else schema


def describe_bulk(examples: list[Example]) -> dict[str, Any]:
    """The request and the responses of a population."""
    lines = "".join(f"{json.dumps(example.case, ensure_ascii=False)}\n" for example in examples)
    content: dict[str, Any] = {"schema": {"type": "string"}}
    if examples:
        content["examples"] = {"lines": {"summary": "a case a line", "value": lines}}
    parameters = [
        _parameter("policy", {"type": "string"}, "the id of the policy to decide by"),
        _parameter("benefit", {"type": "array", "items": {"type": "string"}}, "ask for this benefit alone; may be given several times"),
        _parameter("reading", {"type": "array", "items": {"type": "string"}}, "NAME=OPTION; may be given several times"),
        _parameter("alone", {"type": "boolean"}, "decide by this policy alone: no other norm supplies anything"),
        _parameter("why", {"type": "boolean"}, "write the unmet conditions of every refusal"),
        _parameter("full", {"type": "boolean"}, "write full answers (slow)"),
        _parameter("limit", {"type": "number", "exclusiveMinimum": 0}, "seconds to search one case"),
    ]
    body = {"required": True, "content": {"application/x-ndjson": content}}
    return {"parameters": parameters, "requestBody": body} | describe_responses(
        "an answer or a reject a line, in order", "application/x-ndjson", problems=ASKED
    )


def _parameter(name: str, schema: dict[str, Any], described: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": described}
