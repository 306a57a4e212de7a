"""A fact's value typed by hand: what a case file would have there, and what people say instead."""

from __future__ import annotations

from typing import Any

from tiaoli.case.documents import parse_document
from tiaoli.policy import Field, Policy

_NONE = ("null", "none", "无", "没有", "~")


def without_ids(policy: Policy, path: str) -> str:
    """A path of a case without the ids of its items: the path of a field, where it leads to one."""
    name = ""
    inside = False
    for step in path.split("."):
        if inside:
            inside = False
            continue
        name = f"{name}.{step}" if name else step
        inside = name in policy.lists
    return name


def field_at(policy: Policy, path: str) -> Field | None:
    """The field that a path of a case leads to; `None` where it leads to none."""
    return policy.fields.get(without_ids(policy, path))


def parse_value(policy: Policy, path: str, text: str) -> Any:
    """The plain value that a text stands for at a path; a text that fits nothing stays as it is, for the case format to
    refuse with its own words."""
    declared = field_at(policy, path)
    if declared is None:
        return _flow(text, path) if text[:1] in ("{", "[") else text
    return plain_value(declared, text)


def plain_value(declared: Field, text: str) -> Any:
    """The same for a field: also yes and no, and the words of the policy's value tables, in Chinese or English."""
    if declared.nullable and text.strip().lower() in _NONE:
        return None
    if text[:1] in ("{", "[") and declared.kind in ("record", "set", "integer"):
        return _flow(text, declared.key)
    return declared.type.typed(text)


def _flow(text: str, name: str) -> Any:
    """An object or a list on one line, as YAML or as JSON."""
    return parse_document(f"value: {text}", name)["value"]
