"""The words of a policy as data: what a form needs to be filled in, and a program to put an answer into words."""

from __future__ import annotations

from typing import Any

from tiaoli.encoding import Encoding
from tiaoli.policy import OUTCOMES, Benefit, Field, NormTable, Reading, parameter_value


def vocabulary(encoding: Encoding) -> dict[str, Any]:
    """Benefits with their conditions, lists and fields of the case format, value tables, readings, parameters,
    tables, and the labels of codes.

    Every text is a statement in both languages; everything stands in the policy's order.
    """
    policy = encoding.policy
    return {
        "policy": policy.number,
        "policy_id": policy.id,
        "policy_digest": policy.digest,
        "currency": {
            "code": policy.currency.code,
            "digits": policy.currency.digits,
            "statement": policy.currency.statement.to_json(),
        },
        "title": policy.title.to_json(),
        "languages": list(policy.languages),
        "clauses": list(policy.clauses),
        "outcomes": {outcome: said.to_json() for outcome, said in OUTCOMES.items()},
        "benefits": [_benefit(encoding, benefit) for benefit in policy.benefits.values()],
        "lists": [
            {"path": declared.path, "entity": declared.entity, "parent": declared.parent, "statement": declared.statement.to_json()}
            for declared in policy.lists.values()
        ],
        "fields": [_field(field) for field in policy.fields.values()],
        "values": {
            table: [{"value": value, "statement": said.to_json()} for value, said in values.items()]
            for table, values in policy.values.items()
        },
        "readings": [_reading(reading) for reading in policy.readings.values()],
        "parameters": [
            {
                "name": parameter.name,
                "unit": parameter.unit,
                "value": parameter_value(parameter, policy.currency),
                "sentence": parameter.sentence,
                "statement": parameter.statement.to_json(),
            }
            for parameter in policy.parameters.values()
        ],
        "tables": [_table(table) for table in policy.tables.values()],
        "codes": [{"code": code, "label": label} for code, label in policy.labels.items()],
    }


def _table(table: NormTable) -> dict[str, Any]:
    return {
        "table": table.name,
        "file": table.file,
        "statement": table.statement.to_json(),
        "predicate": table.predicate,
        "key": list(table.key),
        "columns": [{"column": item.name, "type": item.type, "statement": item.statement.to_json()} for item in table.columns],
        "rows": [list(row.written) for row in table.rows],
        "within": table.within,
        "from": None if table.origin is None else table.origin.to_json(),
    }


def _benefit(encoding: Encoding, benefit: Benefit) -> dict[str, Any]:
    sentences = encoding.sentences[benefit.id]
    return {
        "benefit": benefit.id,
        "clause": benefit.clause,
        "subject": benefit.subject,
        "list": encoding.policy.list_of[benefit.subject].path,
        "has_amount": benefit.has_amount,
        "statement": benefit.statement.to_json(),
        "conditions": [
            {"id": name, "statement": said.to_json(), "sentences": list(sentences[name])} for name, said in benefit.conditions.items()
        ],
        "outcomes": {outcome: said.to_json() for outcome, said in benefit.outcomes.items()},
        "results": [
            {"id": name, "type": declared.type, "always": declared.always, "statement": declared.statement.to_json()}
            for name, declared in benefit.results.items()
        ],
        "fields": list(encoding.fields[benefit.id]),
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "path": field.path,
        "type": field.kind,
        "table": field.table,
        "nullable": field.nullable,
        "null": field.phrases["null"].to_json() if "null" in field.phrases else None,
        "elsewhere": field.elsewhere,
        "changed_by": field.changed_by,
        "clauses": list(field.clauses),
        "label": field.label.to_json(),
        "unit": None if field.unit is None else field.unit.to_json(),
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "reading": reading.name,
        "default": reading.default,
        "question": reading.question.to_json(),
        "quotes": [{"sentence": anchor, "quote": quote} for anchor, quote in reading.quotes],
        "options": [{"option": option.id, "statement": option.statement.to_json()} for option in reading.options],
        "touches": list(reading.touches),
    }
