"""One set of facts for two versions: what each of them makes of a case must be the same, or be there for one alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from tiaoli.base import CallError
from tiaoli.policy import Policy

_Entry = TypeVar("_Entry")


def check_same_facts(old: Policy, new: Policy) -> None:
    """Both versions must turn what they both read of a case into the same facts; a fact that one of them does not read is none to it.

    Raises `CallError` with the fields, lists and subjects that differ.
    """
    shapes = [_shape(policy) for policy in (old, new)]
    apart = [name for name in shapes[0] if name in shapes[1] and shapes[0][name] != shapes[1][name]]
    for one, other in ((old, new), (new, old)):
        # what is a fact of the case to one version and a conclusion to the other would be mistaken for the fact
        read = [
            *((item.path, item.predicate) for item in one.fields.values()),
            *((item.path, item.predicate) for item in one.lists.values()),
        ]
        apart += [path for path, name in read if name in other.predicates and other.predicates[name].source != "case" and path not in apart]
    if apart:
        raise CallError.one(
            "diff",
            f"两个版本对案件事实的表述不同，无法比较：{'、'.join(apart)}",
            f"the two versions make different facts of a case and cannot be compared: {', '.join(apart)}",
        )


def _shape(policy: Policy) -> dict[str, object]:
    """What is made of a case, by name: fields and lists by path and by predicate, entities, subjects of benefits, the currency."""
    found: dict[str, object] = {"currency": (policy.currency.code, policy.currency.digits)}
    for path, item in policy.fields.items():
        found[path] = found[f"{item.predicate}/"] = (path, item.predicate, item.type, item.entity, item.nullable, item.elsewhere)
    for path, declared in policy.lists.items():
        shape = (path, declared.predicate, declared.entity, declared.parent)
        found |= dict.fromkeys((path, f"{declared.predicate}/", f"{declared.entity}[]"), shape)
    return found | {name: item.subject for name, item in policy.benefits.items()}


def facts_of_both(old: Policy, new: Policy) -> Policy:
    """The old version with what the new one alone reads of a case: the fields, the lists, and the words that a field can hold."""
    values = {table: _joined(old.values.get(table, {}), new.values.get(table, {})) for table in (*old.values, *new.values)}
    return replace(old, fields=_joined(old.fields, new.fields), lists=_joined(old.lists, new.lists), values=values)


def _joined(one: Mapping[str, _Entry], other: Mapping[str, _Entry]) -> dict[str, _Entry]:
    return {**one, **{name: entry for name, entry in other.items() if name not in one}}
