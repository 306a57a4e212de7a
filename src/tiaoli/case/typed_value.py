"""A fact's value typed by hand: what a case file would have there, and what people say instead."""

from __future__ import annotations

from typing import Any

from tiaoli.case.documents import parse_document
from tiaoli.policy import Field, Policy

_YES = ("true", "yes", "y", "是", "有", "对")
_NO = ("false", "no", "n", "否", "无", "没有", "不是")
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
    return plain_value(policy, declared, text)


def plain_value(policy: Policy, declared: Field, text: str) -> Any:
    """The same for a field: also yes and no, and the words of the policy's value tables, in Chinese or English."""
    word = text.strip().lower()
    if declared.nullable and word in _NONE:
        return None
    if declared.type == "boolean" and word in (*_YES, *_NO):
        return word in _YES
    if declared.type in ("record", "months", "level", "percent") or declared.type.startswith("set:"):
        return _structured(declared, text)
    if declared.table:
        for value, words in policy.values[declared.table].items():
            if word in (value.lower(), words.zh.lower(), words.en.lower()):
                return value
    return text.strip()


def _flow(text: str, name: str) -> Any:
    """An object or a list on one line, as YAML or as JSON."""
    return parse_document(f"value: {text}", name)["value"]


def _structured(declared: Field, text: str) -> Any:
    if text[:1] in ("{", "["):
        return _flow(text, declared.key)
    if declared.type == "record":
        return {} if text.strip().lower() in (*_YES, "record") else text
    if declared.type.startswith("set:"):
        return [word.strip() for word in text.replace("，", ",").replace("、", ",").split(",") if word.strip()]
    return int(text) if text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 10 else text
