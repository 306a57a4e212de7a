"""One case made from another: facts set, or left out, at their own paths (`certificates.c1.issued`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from pydantic import MISSING

from tiaoli.base import CaseError, choices, iso, shown
from tiaoli.case.case import Case
from tiaoli.policy import Field
from tiaoli.rules import SUPREMUM, Value


def file_value(field: Field, value: Value) -> Any:
    """A value of the rules as a case file has it."""
    if value is SUPREMUM or (field.type == "record" and value == "none"):
        return None
    if field.type == "boolean":
        return value == "true"
    if isinstance(value, int):
        if field.type == "day":
            return iso(value)
        return f"{Decimal(value).scaleb(-2):.2f}" if field.type == "money" else value
    return {} if field.type == "record" else str(value)


def value_at(case: Case, path: str) -> Any:
    """The plain value at a path, or `MISSING` where the case says nothing there."""
    return value_in(case.to_json(), path)


def value_in(document: Mapping[str, Any], path: str) -> Any:
    """The same for a case as plain data."""
    here: Any = document
    for step in path.split("."):
        if isinstance(here, list):
            here = next((item for item in here if item["id"] == step), MISSING)
        else:
            here = here.get(step, MISSING) if isinstance(here, dict) else MISSING
    return here


def patched(case: Case, changes: Mapping[str, Any]) -> Case:
    """The case with plain values put at paths; an object on the way that is absent or null is made.

    Raises `CaseError` where a path leads to no item of the case, or the result is not in the case format.
    """
    document = case.to_json()
    for path, value in changes.items():
        put(document, path, value)
    return Case.read(document)


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Put a plain value at a path of a case that is plain data. Raises `CaseError` where the path leads to no item."""
    *steps, last = path.split(".")
    here: Any = document
    for number, step in enumerate(steps):
        if isinstance(here, list):
            item = next((item for item in here if item["id"] == step), None)
            if item is None:
                known = choices(item["id"] for item in here)
                where = ".".join(steps[: number + 1])
                raise CaseError.one(
                    where, f"案件中没有编号为 {shown(step)} 的条目；{known.zh}", f"the case has no item {shown(step)} there; {known.en}"
                )
            here = item
        else:
            if here.get(step) is None:
                here[step] = {}
            here = here[step]
            if not isinstance(here, (dict, list)):
                _refuse_inside(".".join(steps[: number + 1]))
    if isinstance(here, list):
        _refuse_inside(".".join(steps))
    here[last] = value


def _refuse_inside(where: str) -> None:
    raise CaseError.one(
        where,
        "路径须指向一个事实，如 certificates.c1.issued；此处不能再往下写",
        "a path leads to one fact, like certificates.c1.issued; nothing can be set below this",
    )


def without(case: Case, paths: Collection[str]) -> Case:
    """The case with the facts at some paths left out; even its application day may be left out here."""
    document = case.to_json()
    for path in paths:
        holder = value_in(document, path.rpartition(".")[0]) if "." in path else document
        if isinstance(holder, dict) and path != "applied_on":
            holder.pop(path.rpartition(".")[2], None)
    found = Case.read(document)
    return found.model_copy(update={"applied_on": MISSING}) if "applied_on" in paths else found
