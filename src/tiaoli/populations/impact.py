"""What another version of a policy changes for a population: how many decisions become others, and by how much money."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tiaoli.base import CaseError
from tiaoli.decide import Decision
from tiaoli.oracle import Oracle
from tiaoli.policy import Currency
from tiaoli.populations.bulk_job import BulkOptions
from tiaoli.populations.line_decider import LineDecider, is_blank, rejection_line

_EVERY = 500
"""After so many lines progress is told."""


@dataclass
class BenefitImpact:
    """The decisions about one benefit under both versions.

    `gained` are those that only the new version grants, `lost` those that only the old one does; `more` and `less` those that
    both grant, with another amount, `otherwise` those of the same outcome and amount with another result beside money, `None` where
    there are no results. `unclear` are those that are not settled under one of them. Amounts are in the
    smallest unit of the currency, of certain amounts alone.
    """

    decisions: int = 0
    gained: int = 0
    lost: int = 0
    more: int = 0
    less: int = 0
    unclear: int = 0
    old_amount: int = 0
    new_amount: int = 0
    otherwise: int | None = None

    @property
    def changed(self) -> int:
        return self.gained + self.lost + self.more + self.less + (self.otherwise or 0)

    def add(self, old: Decision | None, new: Decision | None) -> None:
        """Count one subject; a version without the benefit decides nothing."""
        self.decisions += 1
        before, after = (decision.outcome if decision else "not_eligible" for decision in (old, new))
        amounts = [decision.currency.units(decision.amount) if decision and decision.amount is not None else 0 for decision in (old, new)]
        self.old_amount += amounts[0]
        self.new_amount += amounts[1]
        results = [[result.settled for result in decision.results] if decision else [] for decision in (old, new)]
        if any(results):
            self.otherwise = self.otherwise or 0
        if "unknown" in (before, after):
            self.unclear += 1
        elif before != after:
            self.gained += after == "eligible"
            self.lost += before == "eligible"
        else:
            self.more += amounts[0] < amounts[1]
            self.less += amounts[0] > amounts[1]
            if amounts[0] == amounts[1] and results[0] != results[1]:
                self.otherwise = (self.otherwise or 0) + 1

    def to_json(self, currency: Currency) -> dict[str, Any]:
        """The counts and sums of one benefit, amounts as texts."""
        names = ("decisions", "changed", "gained", "lost", "more", "less", "unclear")
        money = {"old_amount": self.old_amount, "new_amount": self.new_amount, "difference": self.new_amount - self.old_amount}
        counts = {name: getattr(self, name) for name in names}
        counts |= {} if self.otherwise is None else {"otherwise": self.otherwise}
        return counts | {name: currency.text(currency.of_units(units)) for name, units in money.items()}


@dataclass
class Impact:
    """What a new version changes for the cases of a population. `changed` counts the cases with at least one decision that is
    another; `rejects` are the lines that hold no case, as JSON texts. Its amounts are in `currency`."""

    currency: Currency
    cases: int = 0
    changed: int = 0
    benefits: dict[str, BenefitImpact] = field(default_factory=dict)
    rejects: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """What `tiaoli diff --population --json` writes under `population`: how many cases, how many changed or were rejected, and the
        counts and sums of each benefit."""
        benefits = {name: item.to_json(self.currency) for name, item in self.benefits.items()}
        counts = {"cases": self.cases, "changed": self.changed, "rejected": len(self.rejects)}
        return {**counts, "currency": self.currency.code, "benefits": benefits}


def measure_impact(
    old: Oracle,
    new: Oracle,
    lines: Iterable[bytes],
    *,
    benefits: tuple[str, ...] | None = None,
    limit: float | None = None,
    told: Callable[[int], None] | None = None,
) -> Impact:
    """Decide a population, a case a line, under both versions. `limit` is in seconds for a case with unknown facts; `told`
    hears of the progress."""
    both = []
    for oracle in (old, new):
        asked = None if benefits is None else tuple(name for name in benefits if name in oracle.policy.benefits)
        both.append(LineDecider(oracle, BulkOptions(asked, limit=limit)))
    names = benefits or dict.fromkeys([*old.policy.benefits, *new.policy.benefits])
    found = Impact(new.policy.currency, benefits={name: BenefitImpact() for name in names})
    for number, raw in enumerate(lines, 1):
        if not is_blank(raw):
            try:
                decided = [{(item.benefit, item.subject): item for item in decider.decisions(raw)} for decider in both]
                _count(found, *decided)
            except CaseError as error:
                found.rejects.append(rejection_line(number, error))
        if told is not None and number % _EVERY == 0:
            told(number)
    return found


def _count(found: Impact, old: dict[tuple[str, str], Decision], new: dict[tuple[str, str], Decision]) -> None:
    found.cases += 1
    before = sum(item.changed for item in found.benefits.values())
    for key in {**old, **new}:
        found.benefits[key[0]].add(old.get(key), new.get(key))
    found.changed += sum(item.changed for item in found.benefits.values()) > before
