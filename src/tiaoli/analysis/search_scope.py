"""How many items the lists have among which a proof is searched, where its user says so."""

from __future__ import annotations

from collections.abc import Mapping

from tiaoli.base import CallError, choices
from tiaoli.policy import Policy

MOST_ITEMS = 1000
"""The most items that can be asked for: a search among more would not end."""


def scope_sizes(scope: Mapping[str, int], *policies: Policy) -> dict[str, int]:
    """The numbers of items by entity, of lists named by path. Raises `CallError` for a list that no policy has, and for other numbers."""
    known = {path: declared.entity for policy in policies for path, declared in policy.lists.items()}
    found: dict[str, int] = {}
    for path, number in scope.items():
        if path not in known:
            words = choices(known, path)
            raise CallError.one("--scope", f"没有清单“{path}”；{words.zh}", f"there is no list `{path}`; {words.en}")
        if not 1 <= number <= MOST_ITEMS:
            raise CallError.one("--scope", f"{path} 的项数须为 1 至 {MOST_ITEMS}", f"{path} may have 1 to {MOST_ITEMS} items")
        found[known[path]] = number
    return found
