"""How each justification stands to the condition or decision above it: whether it speaks for it or against it.

What holds speaks for what it supports and against what it is negated in, and what fails the other way round. An item that is counted
speaks for a total that has to be reached and against one that must not be passed. What holds, and because of which something beside it
fails, speaks as that does: the sector that the clause does not name. What a number leaves out speaks for neither side; what stands below
it says why it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from tiaoli.explain.justification import Justification
from tiaoli.explain.summary import FRAME, one_way

Role = Literal["for", "against"]

_GROWS = {">": 1, ">=": 1, "<": -1, "<=": -1}
"""Whether one more counted speaks for a total that is compared so, or against it."""


class Standing(NamedTuple):
    """Whether what holds speaks for the condition or decision (1), against it (-1) or neither (0), in one place of a tree.

    Below an aggregate the same of what it did not count (`left_out`), and of that there is nothing else to count (`closed`). `by_value`:
    it is its value that speaks, so below it only what has that value speaks the same way.
    """

    holds: int = 1
    left_out: int = 0
    closed: int = 0
    by_value: bool = False


TOP = Standing()
_SPEAKS = {sign: Standing(sign) for sign in (-1, 0, 1)}
_BY_VALUE = {sign: Standing(sign, by_value=True) for sign in (-1, 0, 1)}


def role_of(reason: Justification, standing: Standing) -> Role | None:
    """Whether a justification in its place speaks for the condition or decision above it; `None` where it is not certain what is so,
    or where it speaks for neither side."""
    if reason.status == "unknown" or reason.kind == "members" or standing.holds == 0:
        return None
    if reason.kind == "parameter" and reason.status == "holds" and standing.holds < 0:
        # a number of the notice takes no side; it is what is held against it that does
        return None
    return "for" if (reason.status == "holds") == (standing.holds > 0) else "against"


def below(reason: Justification, standing: Standing) -> Iterator[tuple[Justification, Standing]]:
    """What a justification rests on itself, each with its standing."""
    if reason.kind in ("total", "members"):
        yield from _inside(reason, standing)
        return
    # below what speaks for neither side it is that itself which is spoken for or against
    holds = standing.holds or 1
    if reason.kind == "not" and standing.holds:
        holds = -holds
    if standing.by_value:
        holds = -holds
    as_it_is, turned = _SPEAKS[holds], _SPEAKS[-holds]
    blamed = {id(child) for child in reason.blamed}
    for child in reason.children:
        if child.status != "holds":
            yield child, as_it_is
        elif id(child) in blamed or (standing.by_value and child.arguments[-1:] == reason.arguments[-1:]):
            if child.kind == "parameter":
                yield child, _SPEAKS[0]
            else:
                yield child, _BY_VALUE[-holds] if child.kind == "derived" else turned
        else:
            yield child, turned if child.kind == "items" else as_it_is


def _inside(reason: Justification, standing: Standing) -> Iterator[tuple[Justification, Standing]]:
    """What an aggregate counted and left out, each with its standing."""
    if reason.kind == "total":
        standing = _counted(reason, standing.holds)
    for child in reason.children:
        if child.kind == "members":
            yield child, standing
        elif child.kind == "items":
            yield child, _SPEAKS[standing.closed if child.status == "holds" else -standing.closed]
        else:
            yield child, _SPEAKS[standing.left_out if child.status == "fails" else standing.holds]


def _counted(total: Justification, holds: int) -> Standing:
    """The standing of what an aggregate counted and left out, the aggregate's own holding speaking as `holds` says."""
    assert total.aggregate is not None
    if not total.aggregate.relation:
        # a number that is worked out is no bound: what is in it speaks for it, what is not for neither side
        return TOP
    grows = holds * _GROWS.get(total.aggregate.relation, 0)
    # that there are no more is a reason only where there would have to be more
    short = (total.status == "fails") == (total.aggregate.relation in (">", ">="))
    return Standing(grows, grows, -grows if short else 0)


def walk(reason: Justification, representative: bool = False) -> Iterator[tuple[Justification, Standing]]:
    """A justification and everything it rests on but the frame of every decision, each once, with its standing where it is met first;
    with `representative` by one way where there are several and for one item where there are many."""
    seen: set[int] = set()
    todo = [(reason, TOP)]
    while todo:
        here, standing = todo.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        yield here, standing
        found = [pair for pair in below(here, standing) if pair[0].predicate not in FRAME]
        if representative:
            chosen, _ = one_way(here)
            told = {id(child) for child in ((chosen,) if any(chosen is child for child in here.children) else chosen.children)}
            found = [pair for pair in found if id(pair[0]) in told]
        todo += reversed(found)
