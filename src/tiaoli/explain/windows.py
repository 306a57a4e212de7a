"""The days of an explanation against the days they had to lie between.

Comparisons of one day with others, in one rule, bound it from below and from above; together they are a window. The day
of the application is no window's end: it stands in every timeline by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from tiaoli.base import Statement, iso
from tiaoli.explain.explanation import Window
from tiaoli.explain.justification import Justification
from tiaoli.explain.provenance import FieldSource, Side
from tiaoli.explain.standing import Standing, below, role_of, walk
from tiaoli.explain.word_comparisons import CONVERSE, ComparisonWording, is_application, limit_last, limit_rank
from tiaoli.rules import SUPREMUM, Truth

MOST_WINDOWS = 8


class _Bound(NamedTuple):
    """A day of the case, and another day it is held against."""

    event: Side
    relation: str
    limit: Side
    reason: Justification
    standing: Standing


def windows(whole: Justification, shown: Justification, wording: ComparisonWording) -> tuple[Window, ...]:
    """The windows of the comparisons that a short form shows, what fails first, at most a few.

    `whole` is the justification with nothing left out: a window has both its ends even where one of them holds and is not
    told.
    """
    told = {id(reason) for reason in shown.walk() if reason.kind == "comparison"}
    found: dict[tuple[object, ...], Window] = {}
    for reason, standing in walk(whole, representative=True):
        comparisons = [(child, stands) for child, stands in below(reason, standing) if child.kind == "comparison"]
        if any(id(child) in told for child, _ in comparisons):
            for window in _of_rule(comparisons, wording):
                found.setdefault((window.path, window.first, window.last), window)
    order = {"fails": 0, "unknown": 1, "holds": 2}
    return tuple(sorted(found.values(), key=lambda window: (order[window.status], window.first or window.last or ""))[:MOST_WINDOWS])


def _of_rule(comparisons: Iterable[tuple[Justification, Standing]], wording: ComparisonWording) -> Iterator[Window]:
    """The windows of one rule: a day of the case against limits of the notice; against another day only where it fails."""
    bounds: dict[tuple[str, str], list[_Bound]] = {}
    for reason, standing in comparisons:
        assert reason.comparison is not None
        event, relation, limit = limit_last(reason.comparison)
        if "day" in (event.kind, limit.kind) and relation not in ("=", "!="):
            bounds_of = [_Bound(event, relation, limit, reason, standing)]
            if limit_rank(event.source) == limit_rank(limit.source):
                # neither is the other's limit more than the other way round
                bounds_of.append(_Bound(limit, CONVERSE[relation], event, reason, standing))
            for bound in bounds_of:
                if isinstance(bound.event.source, FieldSource) and not is_application(bound.limit):
                    bounds.setdefault((bound.event.source.field.path, bound.event.source.item), []).append(bound)
    for group in bounds.values():
        lower = [bound for bound in group if bound.relation in (">", ">=")][:1]
        upper = [bound for bound in group if bound.relation in ("<", "<=")][:1]
        ends = [bound.limit for bound in (*lower, *upper)]
        limited = any(not isinstance(end.source, FieldSource) for end in ends) or group[0].reason.status == "fails"
        if limited and group[0].event.value is not SUPREMUM and all(isinstance(end.value, int) for end in ends):
            yield _window(group, lower, upper, wording)


def _window(group: list[_Bound], lower: list[_Bound], upper: list[_Bound], wording: ComparisonWording) -> Window:
    event = group[0].event
    assert isinstance(event.source, FieldSource)
    statuses = {bound.reason.status for bound in group}
    status: Truth = "fails" if "fails" in statuses else "unknown" if "unknown" in statuses else "holds"
    # the facts of a comparison are those of its sides in their order
    path = group[0].reason.facts[-1 if event is group[0].reason.sides[1] else 0]
    return Window(
        label=_label(lower, upper, wording),
        first=_day(lower[0].limit) if lower else None,
        last=_day(upper[0].limit) if upper else None,
        event=wording.phrases.label(event.source.field, event.source.item),
        day=_day(event),
        path=path,
        status=status,
        role=role_of(replace(group[0].reason, status=status), group[0].standing),
    )


def _label(lower: list[_Bound], upper: list[_Bound], wording: ComparisonWording) -> Statement:
    ends = [wording.named(bound.limit.source) for bound in (*lower[:1], *upper[:1])]
    if len(ends) == 2:
        return Statement(f"{ends[0].zh}至{ends[1].zh}", f"{ends[0].en} to {ends[1].en}")
    zh, en = ("不早于", "not before") if lower else ("不晚于", "not after")
    return Statement(f"{zh}{ends[0].zh}", f"{en}: {ends[0].en}")


def _day(side: Side) -> str | None:
    return iso(side.value) if isinstance(side.value, int) else None
