"""What two versions answer about one decision, over the same facts: the formulas that say who does better, and where they part.

Everything that an answer says of a decision is what its rules show of it: the outcome, sums, conditions, and whatever else a policy
shows. What is said of two decisions together is compared where both versions grant both: where one does not, that is another difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tiaoli.encoding import said_of_one
from tiaoli.policy import Benefit, Policy
from tiaoli.rules import Contract, Name
from tiaoli.symbolic import Formula, Item, Relations, both, either, negation

GAINS, LOSES = "gains", "loses"
"""Who does better: the new version, or the old one."""

PARTS: Mapping[str, str] = {
    Contract.MET.name: "conditions",
    Contract.STANDARD.name: "standard",
    Contract.RATE.name: "rate",
    Contract.GAP.name: "gap",
    Contract.EXCLUSIVE.name: "exclusive",
}
"""The parts of an answer as its JSON names them, by the predicate that they are read from; others bear the name of their own."""

OUTCOME = frozenset({Contract.ELIGIBLE.name, Contract.AMOUNT.name})
"""What is read as outcome and amount: where nobody gains or loses these are the same."""

_WHERE_GRANTED = frozenset({Contract.AMOUNT.name, Contract.STANDARD.name, Contract.GAP.name})
"""What an answer says only where the decision grants."""

CLAUSE = "clause"
"""The part of an answer that no rule shows."""

Row = tuple[tuple[Any, ...], Formula]
"""What is shown of a decision, without case, benefit and subject, and the formula under which it is."""


@dataclass(frozen=True)
class Side:
    """A version over the facts; `benefit` as it has it, or `None`."""

    relations: Relations
    policy: Policy
    benefit: Benefit | None


class VersionQuestions:
    """What can be asked of two versions about the decision on an item; of what is shown only `changed` predicates can differ."""

    def __init__(self, old: Side, new: Side, item: Item, changed: Collection[str]) -> None:
        self.old, self.new, self.item, self.changed = old, new, item, changed
        self.facts = old.relations.facts
        self._benefit = Name((old.benefit or new.benefit).id)  # type: ignore[union-attr]

    @cached_property
    def gains(self) -> Formula:
        """That the new version grants alone, or pays more."""
        return self._better(self.new, self.old)

    @cached_property
    def loses(self) -> Formula:
        """That the old version does."""
        return self._better(self.old, self.new)

    def better(self, way: str) -> Formula:
        """That somebody gains, or loses."""
        return self.gains if way == GAINS else self.loses

    @cached_property
    def nobody(self) -> Formula:
        """That nobody gains or loses."""
        return both(negation(self.gains), negation(self.loses))

    def parts(self) -> Iterator[tuple[str, Formula]]:
        """For each further part of an answer the formula that says that it differs."""
        one, other = self.old.benefit, self.new.benefit
        if one is None or other is None:
            return
        if one.clause != other.clause:
            yield CLAUSE, True
        if tuple(one.conditions) != tuple(other.conditions):
            yield PARTS[Contract.MET.name], True
        for name in self._changed():
            if name != Contract.MET.name or tuple(one.conditions) == tuple(other.conditions):
                yield PARTS.get(name, name), self._part(name)
        if Contract.EXCLUSIVE.name in self.changed:
            yield PARTS[Contract.EXCLUSIVE.name], either(self.exclusions())

    def rows(self, side: Side, predicate: str) -> list[Row]:
        """What a version shows of the decision."""
        if side.benefit is None or not side.policy.shows(predicate):
            return []
        rest = len(side.policy.predicates[predicate].arguments) - 3
        tuples = side.relations.tuples(predicate, (1, self._benefit, self.item, *[None] * rest))
        found = [(arguments[3:], guard) for arguments, guard in tuples if guard is not False]
        declared = side.benefit.results.get(predicate)
        if predicate not in _WHERE_GRANTED and (declared is None or declared.always):
            return found
        granted = side.relations.holds(Contract.ELIGIBLE.name, (1, self._benefit, self.item))
        shown = [(arguments, both(granted, guard)) for arguments, guard in found]
        return self._alone_there(shown) if predicate == Contract.STANDARD.name else shown

    def _alone_there(self, rows: list[Row]) -> list[Row]:
        """What is shown where there is only one."""

        def others(number: int) -> Iterator[Formula]:
            for place, (said, guard) in enumerate(rows):
                if place != number:
                    same = both(*(self.facts.compare("=", *values) for values in zip(rows[number][0], said, strict=True)))
                    yield negation(both(guard, negation(same)))

        return [(said, both(guard, *others(number))) for number, (said, guard) in enumerate(rows)]

    def exclusions(self) -> Iterator[Formula]:
        """For each other decision that one version alone keeps from being filed beside this one, that it does; each granted by both."""
        sides = [self._excluded(side) for side in (self.old, self.new)]
        for other in {**sides[0], **sides[1]}:
            one, two = (found.get(other, False) for found in sides)
            if not _is_same(one, two):
                decisions = [(1, self._benefit, self.item), (1, *other)]
                granted = [side.relations.holds(Contract.ELIGIBLE.name, about) for side in (self.old, self.new) for about in decisions]
                yield both(*granted, _differ(one, two))

    def _excluded(self, side: Side) -> dict[tuple[Any, ...], Formula]:
        """The other decisions, by benefit and subject, that a version can keep from being filed beside this one, and where it does: each
        is filed with another application."""
        exclusive, this = Contract.EXCLUSIVE.name, (self._benefit, self.item)
        if not side.policy.shows(exclusive):
            return {}
        own = [(arguments[3], guard) for arguments, guard in side.relations.tuples(exclusive, (1, *this, None))]
        found: dict[tuple[Any, ...], list[Formula]] = defaultdict(list)
        for (_, *other, application), guard in side.relations.tuples(exclusive, (1, None, None, None)):
            if tuple(other) != this:
                apart = [both(mine, negation(self.facts.compare("=", application, with_this))) for with_this, mine in own]
                found[tuple(other)].append(both(guard, either(apart)))
        return {other: either(guards) for other, guards in found.items()}

    def predicates(self) -> list[str]:
        """All that is shown of one decision."""
        return list(dict.fromkeys(name for side in (self.old, self.new) for name in said_of_one(side.policy)))

    def _changed(self) -> list[str]:
        """What is shown of one decision and can differ, but for the outcome."""
        return [name for name in self.predicates() if name in self.changed and name not in OUTCOME]

    def _granted(self, side: Side) -> Formula:
        return either(guard for _, guard in self.rows(side, Contract.ELIGIBLE.name))

    def _better(self, one: Side, other: Side) -> Formula:
        granted, refused = self._granted(one), negation(self._granted(other))
        paid = both(granted, negation(refused), self._more(*(self.rows(side, Contract.AMOUNT.name) for side in (one, other))))
        return either([both(granted, refused), paid])

    def _more(self, one: Sequence[Row], other: Sequence[Row]) -> Formula:
        """That the greatest sum of the first is greater, or its least: there is one as a rule, and then it is both."""
        if _are_same(one, other):
            return False
        higher = [both(guard, *(either([negation(known), self._greater(sum_, less)]) for less, known in other)) for sum_, guard in one]
        any_ = either(guard for _, guard in one)
        lower = [both(known, any_, *(either([negation(guard), self._greater(sum_, less)]) for sum_, guard in one)) for less, known in other]
        return either([*higher, *lower])

    def _greater(self, one: Sequence[Any], other: Sequence[Any]) -> Formula:
        compare = self.facts.compare
        return either([compare(">", one[0], other[0]), both(compare("=", one[0], other[0]), compare(">", one[1], other[1]))])

    def _part(self, predicate: str) -> Formula:
        old, new = (self.rows(side, predicate) for side in (self.old, self.new))
        if _are_same(old, new):
            return False
        return either([*self._alone(old, new), *self._alone(new, old)])

    def _alone(self, one: Sequence[Row], other: Sequence[Row]) -> Iterator[Formula]:
        """For each thing that one version says, that the other does not say it."""
        for said, guard in one:
            same = [
                both(known, *(self.facts.compare("=", *values) for values in zip(said, also, strict=True)))
                for also, known in other
                if len(also) == len(said)
            ]
            yield both(guard, negation(either(same)))


def _is_same(one: Formula, other: Formula) -> bool:
    """Whether two formulas are one."""
    return one is other or (not (isinstance(one, bool) or isinstance(other, bool)) and bool(one.eq(other)))


def _are_same(one: Sequence[Row], other: Sequence[Row]) -> bool:
    return len(one) == len(other) and all(
        said == also and _is_same(guard, known) for (said, guard), (also, known) in zip(one, other, strict=True)
    )


def _differ(one: Formula, other: Formula) -> Formula:
    return either([both(one, negation(other)), both(other, negation(one))])
