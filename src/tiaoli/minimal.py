"""Assumptions that cannot all be kept, and which of them are to blame."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from tiaoli.engine import Assumption, Session

Group = TypeVar("Group", bound=Hashable)


def minimal_core(session: Session, fixed: Sequence[Assumption], groups: Mapping[Group, Sequence[Assumption]]) -> list[Group] | None:
    """A subset-minimal choice of groups of assumptions that cannot be kept together with the fixed ones, or `None` where all
    of them can. Each group stands or falls as a whole.

    Raises `OutOfTimeError` at the session's limit.
    """
    left = _touched(session, fixed, groups, list(groups))
    if left is None:
        return None
    for group in reversed(left):
        if group in left:
            without = _touched(session, fixed, groups, [other for other in left if other != group])
            left = left if without is None else without
    return left


def _touched(
    session: Session, fixed: Sequence[Assumption], groups: Mapping[Group, Sequence[Assumption]], chosen: Sequence[Group]
) -> list[Group] | None:
    core = session.core(*fixed, *(assumption for group in chosen for assumption in groups[group]))
    if core is None:
        return None
    blamed = set(core)
    return [group for group in chosen if blamed.intersection(groups[group])]
