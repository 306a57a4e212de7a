"""How many items of each list are looked at, and whether an answer is then one for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tiaoli.base import Statement
from tiaoli.policy import Policy
from tiaoli.rules import Rule
from tiaoli.symbolic.budget import NO_LIMIT, Budget
from tiaoli.symbolic.items_needed import Goal, Needs, items_needed
from tiaoli.symbolic.shapes import NoBoundError, Shapes

USUAL_ITEMS = 3
"""How many items of a list are looked at where no number is enough."""

_FEW = 12
"""Up to so many items of a list are looked at one by one where the rules need no more; of a list that needs more, those that are alike are
taken together."""

_MOST = 24
"""More items of a list than these are not looked at one by one."""


MOST_ALIKE = 10**9
"""How many items of one kind there may be: more than any case holds."""


@dataclass(frozen=True)
class Scope:
    """`sizes` are the items of each list that are looked at, by entity. Items of the lists in `alike` are taken together, as many as there
    may be (see `kinds`). An answer is one for any number of items where `reason` is `None`; else that says why it is not."""

    sizes: Mapping[str, int]
    alike: frozenset[str] = frozenset()
    reason: Statement | None = None

    @property
    def any_number(self) -> bool:
        return self.reason is None


class CommonNeeds:
    """What some rules need whatever is asked of them: worked out once for all questions that stand beside them. Of one thread."""

    def __init__(self, policy: Policy, rules: Iterable[Rule]) -> None:
        self.policy, self.rules = policy, tuple(rules)
        self._named = {literal.atom.predicate for rule in self.rules for literal in rule.literals()}
        self._named |= {rule.head.predicate for rule in self.rules}
        self._shapes: dict[tuple[tuple[str, str], ...], Shapes] = {}
        self._needs: dict[tuple[int, frozenset[str]], Needs] = {}

    def beside(self, rules: Sequence[Rule], readings: Mapping[str, str]) -> tuple[Sequence[Rule], Mapping[str, str], Shapes | None]:
        """The rules of a question, with these where they cannot stand below it, the readings that are fixed, and the shapes below."""
        if not self.rules or not self._named.isdisjoint(rule.head.predicate for rule in rules):
            return (*self.rules, *rules), readings, None
        fixed = tuple(sorted(readings.items()))
        if fixed not in self._shapes:
            self._shapes[fixed] = Shapes(self.policy, self.rules, readings)
        return rules, readings, self._shapes[fixed]

    def needs(self, shapes: Shapes | None, alike: frozenset[str]) -> Needs | None:
        """The demands under these rules, where some lists are taken together."""
        if shapes is None:
            return None
        key = id(shapes), alike
        if key not in self._needs:
            self._needs[key] = Needs(self.policy, shapes, alike)
        return self._needs[key]


def scope_of(
    policy: Policy,
    rules: Iterable[Rule],
    goals: Iterable[Goal],
    readings: Mapping[str, str],
    wanted: Mapping[str, int] | None = None,
    below: CommonNeeds | None = None,
    budget: Budget = NO_LIMIT,
) -> Scope:
    """How many items are enough to find an atom of one of the goals, if any case has one. `readings` are those that are fixed. Where no
    number is enough, or too many are, so many are looked at as are `wanted` of a list, or the usual number. The `rules` stand beside
    those that are `below`. Raises `LimitReached`."""
    goals, rules = tuple(goals), tuple(rules)
    usual = dict.fromkeys(policy.list_of, USUAL_ITEMS) | dict(wanted or {})
    common = below if below is not None else CommonNeeds(policy, ())
    shapes = Shapes(policy, *common.beside(rules, readings))
    for layer in (shapes, shapes.below):
        if layer is not None:
            layer.budget = budget

    def enough(alike: frozenset[str]) -> dict[str, int]:
        return items_needed(policy, shapes, goals, alike, common.needs(shapes.below, alike))

    try:
        sizes, alike = _with_alike(enough, frozenset(policy.list_of) - {declared.parent for declared in policy.lists.values()})
    except NoBoundError as error:
        return Scope(usual, reason=error.why)
    most = max(sizes, key=lambda entity: sizes[entity])
    if sizes[most] > _MOST:
        word, number = policy.list_of[most].statement, sizes[most]
        why = Statement(f"须看{word.zh} {number} 项", f"{number} items would have to be looked at: {word.en}")
        return Scope({entity: max(1, min(number, usual[entity])) for entity, number in sizes.items()}, reason=why)
    return Scope({entity: max(1, number) for entity, number in sizes.items()}, alike)


def _with_alike(enough: Callable[[frozenset[str]], dict[str, int]], leaves: frozenset[str]) -> tuple[dict[str, int], frozenset[str]]:
    """The numbers of items that are enough, and the lists whose items are taken together: those that are only counted, and those of which
    there would be many. Only of lists in whose items nothing stands (`leaves`). Raises `NoBoundError`."""
    alike: frozenset[str] = frozenset()
    while True:
        try:
            sizes = enough(alike)
            break
        except NoBoundError as error:
            more = error.counted - alike
            if not more or not more <= leaves:
                raise
            alike |= more
    many = leaves & {entity for entity, number in sizes.items() if number > _FEW}
    if many:
        try:
            return enough(alike | many), alike | many
        except NoBoundError:
            # they can be told apart: they are looked at one by one
            pass
    return sizes, alike
