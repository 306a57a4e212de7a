"""A case to fill in: the keys that can bear on one benefit, each with its meaning and what may stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tiaoli.base import Lang
from tiaoli.encoding.encoding import Encoding
from tiaoli.policy import Benefit, Field, Policy


def build_case_template(encoding: Encoding, benefit: Benefit, applied_on: str, lang: Lang) -> str:
    """A YAML case with every key of `benefit` commented out: what is not filled in is unknown, never guessed.

    `applied_on` is the ISO day of the case. The result is itself a case: it is accepted as it stands.
    """
    return "\n".join(_lines(encoding, benefit, applied_on, lang)) + "\n"


def _lines(encoding: Encoding, benefit: Benefit, applied_on: str, lang: Lang) -> Iterator[str]:
    policy = encoding.policy
    fields = [policy.fields[path] for path in encoding.fields[benefit.id]]
    title = benefit.statement.say(lang)
    if lang == "zh":
        yield f"# {benefit.clause} {title}（{benefit.id}）"
        yield "# 去掉已知事项行首的“# ”并改成实际情况，删去不存在的条目；未填写的即为未知，不作推测。"
    else:
        yield f"# {benefit.clause} {title} ({benefit.id})"
        yield "# Take the first `# ` off each fact you know and write what is so; delete items that do not exist."
        yield "# What is left out is unknown, never guessed."
    yield "id: A-001"
    yield f"{policy.schema.day.path}: {applied_on}"
    own = [field for field in fields if field.entity is None and field is not policy.schema.day]
    inside = {path: [field for field in own if field.path.startswith(f"{path}.")] for path in policy.schema.objects}
    yield from _block(policy, [field for field in own if not any(field in found for found in inside.values())], "", lang)
    for path, found in inside.items():
        if found:
            # an object of which every line is a comment would be null, so its own key is one as well
            yield f"# {path}:"
            yield from (f"#   {line[2:]}" for line in _block(policy, found, "", lang))
    # an item inside an item wants the one that holds it, whether a fact of that bears or not
    bearing = [field.entity for field in fields if field.entity]
    entities = dict.fromkeys(held for entity in bearing for held in (policy.list_of[entity].parent, entity) if held)
    for entity in entities:
        declared = policy.list_of[entity]
        if declared.parent is None:
            yield from _list(policy, entity, fields, entities, "", lang)


def _list(policy: Policy, entity: str, fields: list[Field], entities: dict[str, None], indent: str, lang: Lang) -> Iterator[str]:
    declared = policy.list_of[entity]
    yield f"{indent}{declared.path.rpartition('.')[2]}:  # {declared.statement.say(lang)}"
    yield f"{indent}  - id: {entity[0]}1"
    yield from _block(policy, [field for field in fields if field.entity == entity], f"{indent}    ", lang)
    for inner in entities:
        if policy.list_of[inner].parent == entity:
            yield from _list(policy, inner, fields, entities, f"{indent}    ", lang)


def _block(policy: Policy, fields: list[Field], indent: str, lang: Lang) -> Iterator[str]:
    for field in fields:
        if any(field.path.startswith(f"{other.path}.") for other in fields):
            continue
        yield f"{indent}# {field.key}: {_example(policy, field, fields)}  # {_meaning(policy, field, lang)}"


def _example(policy: Policy, field: Field, fields: list[Field]) -> str:
    if field.kind == "record":
        inside = [other for other in fields if other.path.startswith(f"{field.path}.")]
        return "{" + ", ".join(f"{other.key}: {_example(policy, other, fields)}" for other in inside) + "}"
    return field.type.example


def _meaning(policy: Policy, field: Field, lang: Lang) -> str:
    unit = field.unit.say(lang) if field.unit else ""
    parts = [field.label.say(lang) + (unit and (f"（{unit}）" if lang == "zh" else f" ({unit})"))]
    if field.table:
        parts.append(" | ".join(f"{value} {words.say(lang)}" for value, words in policy.values[field.table].items()))
    elif field.kind == "boolean":
        parts.append("true | false")
    if field.nullable:
        parts.append(f"null = {_plain(field.phrases['null'].say(lang))}")
    return "；".join(parts) if lang == "zh" else "; ".join(parts)


def _plain(sentence: str) -> str:
    """A sentence about an item without the item's name."""
    return re.sub(r"\s{2,}", " ", re.sub(r"\{[a-z_]+\}", "", sentence)).strip()
