"""The JSON Schema of the case format, with each key's meaning taken from the policy's words."""

from __future__ import annotations

from typing import Any

from tiaoli.case.case import Case
from tiaoli.policy import Policy


def case_schema(policy: Policy) -> dict[str, Any]:
    """The JSON Schema (2020-12) that editors complete and check case files with."""
    schema = Case.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    definitions = schema.get("$defs", {})
    for path, field in policy.fields.items():
        holder = _holder(schema, definitions, path)
        clauses = "".join(field.clauses)
        unit = f"（{field.unit.zh} {field.unit.en}）" if field.unit else ""
        holder[field.key]["description"] = f"{field.label.zh}{unit} · {field.label.en}" + (f" {clauses}" if clauses else "")
    for path, declared in policy.lists.items():
        _holder(schema, definitions, path)[path.rpartition(".")[2]]["description"] = f"{declared.statement.zh} · {declared.statement.en}"
    return schema


def _holder(schema: dict[str, Any], definitions: dict[str, Any], path: str) -> dict[str, Any]:
    """The properties among which the last key of a path stands."""
    properties: dict[str, Any] = schema["properties"]
    for key in path.split(".")[:-1]:
        properties = definitions[_reference(properties[key])]["properties"]
    return properties


def _reference(declared: dict[str, Any]) -> str:
    if "anyOf" in declared:
        declared = next(option for option in declared["anyOf"] if "$ref" in option)
    target = declared.get("items", declared)["$ref"]
    return str(target).rpartition("/")[2]
