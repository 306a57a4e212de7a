"""How many items the lists have among which a proof is searched, where its user says so."""

from __future__ import annotations

from collections.abc import Mapping

from tiaoli.base import CallError, choices, shown
from tiaoli.policy import Policy


def scope_sizes(scope: Mapping[str, int], *policies: Policy) -> dict[str, int]:
    """The items of each list that a scope names, by entity. A list is named by its path, the last word of it, or its items' kind. Raises
    `CallError` where there is no such list."""
    names = {
        name: entity
        for policy in policies
        for entity, declared in policy.list_of.items()
        for name in (entity, declared.path.rpartition(".")[2], declared.path)
    }
    for name in scope:
        if name not in names:
            near = choices(dict.fromkeys(path for policy in policies for path in policy.lists), name)
            raise CallError.one("--scope", f"没有列表 {shown(name)}；{near.zh}", f"there is no list {shown(name)}; {near.en}")
    return {names[name]: number for name, number in scope.items()}
