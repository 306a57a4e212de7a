"""What pydantic finds wrong, in the words of the case format and under the path in the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from tiaoli.base import Problem, Statement, choices, shown
from tiaoli.case.part import plain_types
from tiaoli.case.raw import path_of


def problem_of(model: type[BaseModel], document: Any, detail: ErrorDetails) -> Problem:
    """One finding about a document that was read as `model`."""
    # pydantic adds steps for the branches of a union and for validators; only keys and positions are part of a path
    location = tuple(detail["loc"])
    holder, annotation, location = _follow(model, location)
    context = detail.get("ctx", {})
    if "key" in context:
        location = (*location, str(context["key"]))
    return Problem(path_of(document, location), *_said(detail, holder, annotation))


def _follow(model: type[BaseModel], location: tuple[str | int, ...]) -> tuple[type[BaseModel] | None, Any, tuple[str | int, ...]]:
    """The model that holds the last key of a location, that key's annotation, and the location without pydantic's own
    steps."""
    annotation: Any = model
    holder: type[BaseModel] | None = None
    path: list[str | int] = []
    for step in location:
        inner = plain_types(annotation)
        if isinstance(step, int):
            path.append(step)
            annotation = next((get_args(kind)[0] for kind in inner if get_origin(kind) is list), None)
        elif models := [kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)]:
            holder = models[0]
            path.append(step)
            field = holder.model_fields.get(step)
            annotation = field.annotation if field else None
    return holder, annotation, tuple(path)


def _said(detail: ErrorDetails, model: type[BaseModel] | None, annotation: Any) -> tuple[Statement, str]:
    """A finding in words, and the kind of problem that it is."""
    kind, value = detail["type"], detail["input"]
    context = detail.get("ctx", {})
    if kind == "tiaoli":
        return Statement(str(context["zh"]), str(context["en"])), str(context["id"])
    if kind == "missing":
        return Statement("缺少此项；它是必填项", "this is missing, and it is required"), "case-key-missing"
    if kind == "extra_forbidden" and model is not None:
        allowed = choices(model.model_fields, str(detail["loc"][-1]))
        return Statement(f"案件格式中没有这个键；{allowed.zh}", f"the case format has no such key; {allowed.en}"), "case-key-unknown"
    if value is None:
        words = ("null 在此没有含义；未知的信息请不要写这个键", "null means nothing here; leave the key out where the fact is unknown")
        return Statement(*words), "case-null"
    literals = [word for allowed in plain_types(annotation) if get_origin(allowed) is Literal for word in get_args(allowed)]
    if kind == "literal_error" and literals:
        allowed = choices(literals, value)
        return Statement(f"{shown(value)} 不是可用的值；{allowed.zh}", f"{shown(value)} is not a value; {allowed.en}"), "case-value"
    return not_accepted(detail), "case-number" if kind in _RANGES else "case-type"


def not_accepted(detail: ErrorDetails) -> Statement:
    """One of pydantic's findings about a single value, in words."""
    value, expected = detail["input"], _EXPECTED.get(detail["type"])
    if expected is None:
        return Statement(f"{shown(value)} 不可用（{detail['msg']}）", f"{shown(value)} is not accepted: {detail['msg']}")
    wanted = expected(detail.get("ctx", {}))
    return Statement(f"{shown(value)} 不可用；{wanted.zh}", f"{shown(value)} is not accepted; {wanted.en}")


def _bounds(context: Mapping[str, Any]) -> Statement:
    if "ge" in context:
        return Statement(f"不得小于 {context['ge']}", f"at least {context['ge']}")
    if "gt" in context:
        return Statement(f"须大于 {context['gt']}", f"more than {context['gt']}")
    return Statement(f"不得大于 {context['le']}", f"at most {context['le']}")


_RANGES = frozenset({"greater_than", "greater_than_equal", "less_than_equal", "finite_number"})
_EXPECTED: dict[str, Callable[[Mapping[str, Any]], Statement]] = {
    "bool_type": lambda _: Statement("须为 true 或 false", "allowed: true, false"),
    "int_type": lambda _: Statement("须为整数", "a whole number is wanted"),
    "float_type": lambda _: Statement("须为数字", "a number is wanted"),
    "finite_number": lambda _: Statement("须为有限的数字", "a finite number is wanted"),
    "greater_than": _bounds,
    "greater_than_equal": _bounds,
    "less_than_equal": _bounds,
    "string_type": lambda _: Statement("须为文字；数字请加引号", "text is wanted; quote a number"),
    "string_unicode": lambda _: Statement("须为合法的 Unicode 文字", "text of whole Unicode characters is wanted"),
    "dict_type": lambda _: Statement("须为对象（键和值）", "an object of keys and values is wanted"),
    "list_type": lambda _: Statement("须为列表", "a list is wanted"),
    "model_type": lambda _: Statement("须为对象（键和值）", "an object of keys and values is wanted"),
    "model_attributes_type": lambda _: Statement("须为对象（键和值）", "an object of keys and values is wanted"),
}
