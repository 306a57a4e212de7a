"""Time limits: a limit in seconds becomes a deadline when a question is asked, and each search of it gets what is left."""

from __future__ import annotations

from time import monotonic


def deadline_of(limit: float | None) -> float | None:
    """The time of `monotonic()` at which a limit is reached that begins now; `None` where there is no limit."""
    return None if limit is None else monotonic() + limit


def left(deadline: float | None) -> float | None:
    """The seconds left until a deadline, none below 0; `None` where there is no deadline."""
    return None if deadline is None else max(0.0, deadline - monotonic())
