"""Time limits: a limit in seconds becomes a deadline when a question is asked, and each search of it gets what is left."""

from __future__ import annotations

from time import monotonic

from tiaoli.base.errors import CallError
from tiaoli.base.statement import shown

_ENDLESS = 1e9
"""So many seconds, thirty years, are no limit: no clock counts as far."""


def deadline_of(limit: float | None) -> float | None:
    """The time of `monotonic()` at which a limit is reached that begins now; `None` where there is no limit, or one that nobody lives
    to see. Raises `CallError` where `limit` is no number of seconds above 0."""
    if limit is None:
        return None
    if not isinstance(limit, (int, float)) or isinstance(limit, bool) or not limit > 0:
        zh, en = f"须为大于 0 的秒数，而不是 {shown(limit)}", f"a number of seconds above 0 is wanted, not {shown(limit)}"
        raise CallError.one("limit", zh, en)
    return deadline_in(limit)


def deadline_in(seconds: float | None) -> float | None:
    """The time of `monotonic()` in so many seconds, which may be none; `None` where they never pass."""
    return None if seconds is None or seconds >= _ENDLESS else monotonic() + seconds


def left(deadline: float | None) -> float | None:
    """The seconds left until a deadline, none below 0; `None` where there is no deadline."""
    return None if deadline is None else max(0.0, deadline - monotonic())
