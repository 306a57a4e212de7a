"""The short form of an explanation: what a person reads first, out of justifications that leave nothing out.

Of what holds, one way to derive it, down to its facts; of what fails, the closest way, and in it only what fails and the
facts that bind its variables. A step that leads on to one other and says nothing of its own is left out. What was left out is
counted where it stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

from tiaoli.explain.justification import Justification
from tiaoli.explain.provenance import EndSource, FieldSource, ParameterSource, PeriodSource, Source, SpanSource
from tiaoli.policy import Policy
from tiaoli.rules import OPPOSITE, SUPREMUM, Contract


class Summary:
    """Shortens justifications, each once, however often it stands in the graph."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._short: dict[int, Justification] = {}

    def decision(self, reason: Justification) -> Justification:
        """A decision; of one that is not granted the conditions that hold are only named."""
        children = []
        for child in reason.children:
            named = reason.status != "holds" and child.status == "holds" and child.kind == "condition"
            children.append(replace(child, children=(), omitted=len(child.children)) if named else self.short(child))
        return replace(reason, children=tuple(children))

    def short(self, reason: Justification) -> Justification:
        """A justification in its short form."""
        if not reason.children:
            return reason
        found = self._short.get(id(reason))
        if found is None:
            children, blamed, omitted = self._below(reason)
            found = self._short[id(reason)] = replace(reason, children=tuple(children), blamed=blamed, omitted=reason.omitted + omitted)
        return found

    def _below(self, reason: Justification) -> tuple[list[Justification], tuple[Justification, ...], int]:
        """What stands below a justification in its short form, what of it is blamed for a failing, and how many other ways or items
        were left out there."""
        if reason.aggregate is not None and reason.aggregate.relation:
            return [*self._counted(reason), *(item for members in reason.children for item in _assumed(members))], (), 0
        chosen, omitted = one_way(reason)
        children: list[Justification] = []
        blamed = chosen.blamed
        for child in self._worth_telling(chosen):
            short = self.short(child)
            if short.kind in ("derived", "way") and len(short.children) == 1 and not self._tells_a_sum(short):
                # it says no more than what it rests on
                omitted += short.omitted
                blamed += short.blamed
                (short,) = short.children
            if any(child is other for other in chosen.blamed):
                blamed += (short,)
            same = next((position for position, other in enumerate(children) if _same(short, other)), None)
            if same is None:
                children.append(short)
            elif children[same].kind == "comparison":
                facts = tuple(dict.fromkeys((*children[same].facts, *short.facts)))
                children[same] = replace(children[same], facts=facts)
        carriers = self._CARRIERS.get(reason.kind, ("derived", "way"))
        if len(children) == 1 and children[0].children and children[0].kind in carriers and not self._tells_a_sum(children[0]):
            (only,) = children
            omitted += only.omitted
            blamed += only.blamed
            children = list(only.children)
        for item in _assumed(reason):
            if not any(other.assumed == item.assumed for child in children for other in child.walk()):
                children.append(item)
        told = {path for child in children if child.kind == "comparison" or child.beside is not None for path in child.facts}
        return [child for child in children if not (_holds_as_fact(child) and told.issuperset(child.facts))], blamed, omitted

    def _counted(self, reason: Justification) -> list[Justification]:
        """What a total counted, where it is little: its sentence says how much it was."""
        counted = [
            child for members in reason.children for child in members.children if child.status == "holds" and child.kind == "derived"
        ]
        assert reason.aggregate is not None
        # what was counted is why a total is reached, or why one is passed that must not be
        why = reason.aggregate.relation in (_REACHED if reason.status == "holds" else _PASSED)
        return [self.short(child) for child in counted] if why and len(counted) <= _FEW else []

    def _tells_a_sum(self, reason: Justification) -> bool:
        kinds = [kind for _, kind in self.policy.predicates[reason.predicate].arguments]
        return not {"money", "yuan", "percent"}.isdisjoint(kinds)

    _CARRIERS: ClassVar[Mapping[str, tuple[str, ...]]] = {"some": ("derived",), "total": ("members",), "members": ("derived",)}
    """What is replaced by what it rests on, where it stands alone below a justification of this kind."""

    def _worth_telling(self, reason: Justification) -> Iterator[Justification]:
        """What is told of what stands below a justification."""
        # a negation holds because something fails, and fails because something holds
        status = OPPOSITE[reason.status] if reason.kind == "not" else reason.status
        if status == "holds" or all(child.status == "holds" for child in reason.children):
            limits = {name for child in reason.children for side in child.sides for name in _parameters(side.source)}
            for child in reason.children:
                named = child.kind == "parameter" and child.arguments[0] in limits
                if not named and not self._goes_without_saying(child):
                    yield child
            return
        for child in reason.children:
            if child.status in (status, "fails") or any(child is binder for binder in reason.binders):
                yield child

    def _goes_without_saying(self, reason: Justification) -> bool:
        """A list and what is in it, a default reading, the grant itself, what the notice lists for every case, a sum of nothing."""
        if reason.kind == "item" or (reason.kind == "items" and reason.status == "holds") or reason.predicate in FRAME:
            return True
        if reason.kind == "reading":
            name, option = map(str, reason.arguments)
            return self.policy.readings[name].default == option
        if reason.kind == "total":
            value = reason.aggregate
            return value is not None and not value.relation and value.total.low == value.total.high == 0
        arguments = self.policy.predicates[reason.predicate].arguments if reason.predicate else ()
        return reason.kind == "derived" and reason.status == "holds" and "case" not in [kind for _, kind in arguments]


_FEW = 2
_REACHED, _PASSED = (">", ">=", "="), ("<", "<=")

FRAME = frozenset(item.name for item in (Contract.REQUIRES, Contract.BLOCKED, Contract.ELIGIBLE, Contract.OCCUPATION))
"""The frame of every decision, which the tree itself shows, and the codes of the trades, which the certificates bear."""


def one_way(reason: Justification) -> tuple[Justification, int]:
    """The first of several ways or items, which is the closest, and how many others there are."""
    ways = [child for child in reason.children if child.kind == "way"]
    if len(ways) > 1:
        others = [way for way in ways[1:] if not _other_reading(way)]
        return (ways[0], len(others)) if ways[0].children else (reason, 0)
    items = reason.children
    if reason.kind in ("some", "members") or (None in reason.arguments and reason.rule is None and items and items[0].kind != "items"):
        first = next((item for item in items if item.status == reason.status), items[0]) if items else None
        rest = [item for item in items if item.kind != "items" and item is not first]
        return replace(reason, kind="way", children=() if first is None else (first,), binders=(), blamed=()), len(rest)
    return reason, 0


def _assumed(reason: Justification) -> Iterator[Justification]:
    """The lists below a justification that were absent and taken as empty."""
    return (child for child in reason.children if child.kind == "items" and child.assumed)


def _holds_as_fact(reason: Justification) -> bool:
    return reason.kind == "fact" and reason.status == "holds"


def _other_reading(way: Justification) -> bool:
    return bool(way.children) and way.children[-1].kind == "reading" and way.children[-1].status == "fails"


def _same(one: Justification, other: Justification) -> bool:
    """Whether two justifications say the same: what a record that is not there, or not known, leaves open field by field."""
    leaves = "absent" in (one.kind, other.kind) and {one.kind, other.kind} <= {"absent", "fact"} and one.status == other.status == "fails"
    leaves = leaves or (one.kind == other.kind == "fact" and one.status == other.status == "unknown")
    if _never(one) is not None and one.status == other.status and _never(one) == _never(other):
        # a day that never comes fails every comparison by one sentence
        return one.status == "fails"
    return one is other or (leaves and bool(one.facts) and one.facts == other.facts)


def _never(reason: Justification) -> tuple[str, str] | None:
    """The field and the item of a day in a comparison that never comes."""
    for side in reason.sides if reason.kind == "comparison" else ():
        if side.value is SUPREMUM and isinstance(side.source, FieldSource):
            return side.source.field.path, side.source.item
    return None


def _parameters(source: Source | None) -> Iterator[str]:
    if isinstance(source, ParameterSource):
        yield source.parameter.name
    elif isinstance(source, PeriodSource):
        yield from _parameters(source.start.source)
        yield from _parameters(source.length.source)
    elif isinstance(source, EndSource):
        yield from _parameters(source.day.source)
    elif isinstance(source, SpanSource):
        yield from _parameters(source.start.source)
        yield from _parameters(source.end.source)
