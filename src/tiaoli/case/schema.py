"""The JSON Schema of a policy's case format, with each key's meaning taken from the policy's words."""

from __future__ import annotations

from typing import Any

from tiaoli.base import Statement
from tiaoli.case.raw import EXPECTED, ITEM_ID
from tiaoli.policy import CaseSchema, Field, ListKey, ObjectKey, Policy, ScalarKey, Shape


def case_schema(policy: Policy) -> dict[str, Any]:
    """The JSON Schema (2020-12) that editors complete and check case files with."""
    definitions: dict[str, Any] = {}
    schema = _object(policy.schema, policy.schema.root, definitions)
    schema["properties"].setdefault(EXPECTED, _expected(policy))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "$defs": dict(sorted(definitions.items()))}


def _expected(policy: Policy) -> dict[str, Any]:
    """What the case is to come to, which only `tiaoli test` reads."""
    status = {"enum": ["met", "unmet", "unknown"]}
    conditions = sorted({condition for benefit in policy.benefits.values() for condition in benefit.conditions})
    texts = {"type": "array", "items": {"type": "string"}}
    amount = {"type": ["string", "null"]}
    decision = {
        "type": "object",
        "properties": {
            "benefit": {"enum": list(policy.benefits)},
            "subject": {"type": "string"},
            "outcome": {"enum": ["eligible", "not_eligible", "unknown"]},
            "amount": amount,
            "standard": amount,
            "rate": amount,
            "amount_range": {"anyOf": [{"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}, {"type": "null"}]},
            "conditions": {"type": "object", "properties": dict.fromkeys(conditions, status), "additionalProperties": False},
            "results": {"type": "object"},
            "gap": texts,
            "missing": texts,
            "missing_for_amount": texts,
            "verdict": {"enum": ["all", "some", "none", None]},
        },
        "required": ["benefit"],
        "additionalProperties": False,
    }
    said = Statement("预期的决定，仅由 tiaoli test 读取", "what is expected of the case, read by `tiaoli test` alone")
    return {"type": "array", "items": decision, "description": _both(said)}


def _object(schema: CaseSchema, shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    if shape.ids:
        properties["id"] = {"type": "string", "pattern": f"^{ITEM_ID.pattern}$"} if shape.path else {"type": "string", "minLength": 1}
    for key, declared in shape.keys.items():
        if isinstance(declared, ScalarKey):
            field = declared.field
            properties[key] = {**_or_null(field.type.json_schema, field.nullable), "description": _described(field)}
            continue
        # named after its place, so that no two are of one name and none is that of another schema
        name = f"Case.{declared.shape.path}"
        definitions[name] = _object(schema, declared.shape, definitions)
        reference = {"$ref": f"#/$defs/{name}"}
        if isinstance(declared, ListKey):
            properties[key] = {"type": "array", "items": reference, "description": _both(declared.shape.statement)}
        else:
            properties[key] = _or_null(reference, _nullable(declared))
            if declared.record is not None:
                properties[key]["description"] = _described(declared.record)
    required = [key for key in ("id", schema.day.path if not shape.path else "") if key in properties]
    return {
        "type": "object",
        "description": _both(shape.statement),
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _nullable(declared: ObjectKey) -> bool:
    return declared.record is not None and declared.record.nullable


def _or_null(schema: dict[str, Any], nullable: bool) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]} if nullable else dict(schema)


def _both(said: Statement) -> str:
    return f"{said.zh} · {said.en}"


def _described(field: Field) -> str:
    clauses = "".join(field.clauses)
    unit = f"（{field.unit.zh} {field.unit.en}）" if field.unit else ""
    return f"{field.label.zh}{unit} · {field.label.en}" + (f" {clauses}" if clauses else "")
