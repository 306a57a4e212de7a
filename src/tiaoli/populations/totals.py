"""What a run over many cases adds up to: outcomes, money, and which condition refuses most people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tiaoli.decide import Decision
from tiaoli.encoding import Encoding


@dataclass
class Totals:
    """Counts of one run, or of a part of one; parts are merged.

    `exact` are the cases that clingo decided, `limited` those of them that a time limit cut short. `money` is in the smallest unit of
    the currency and of certain amounts alone, `months` are those of the application days. Of conditions `unmet` counts every decision
    refused in which it is unmet, `alone` those in which it is the only one.
    """

    lines: int = 0
    cases: int = 0
    rejected: int = 0
    exact: int = 0
    limited: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    money: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    unmet: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)

    def add(self, decisions: Iterable[Decision], applied_on: str) -> None:
        """Count the decisions of a case."""
        month = applied_on[:7]
        for decision in decisions:
            self.months[f"{decision.benefit} {month} {decision.outcome}"] += 1
            self.outcomes[f"{decision.benefit} {decision.outcome}"] += 1
            if decision.amount is not None:
                self.money[decision.benefit] += decision.currency.units(decision.amount)
            if decision.outcome == "not_eligible":
                unmet = [condition.id for condition in decision.conditions if condition.status == "unmet"]
                for name in unmet:
                    self.unmet[f"{decision.benefit} {name}"] += 1
                if len(unmet) == 1:
                    self.alone[f"{decision.benefit} {unmet[0]}"] += 1

    def merge(self, other: Totals) -> None:
        """Add the counts of another part."""
        for name, value in vars(other).items():
            if isinstance(value, Counter):
                getattr(self, name).update(value)
            else:
                setattr(self, name, getattr(self, name) + value)

    def state(self) -> dict[str, Any]:
        """The counts as plain data, and back with `Tally.of`."""
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()}

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Totals:
        """The counts that `state` gave."""
        found = cls()
        for name, value in state.items():
            setattr(found, name, Counter(value) if isinstance(value, dict) else value)
        return found

    def to_json(self, encoding: Encoding) -> dict[str, Any]:
        """The summary as `tiaoli bulk --json` writes it: the counts, and for each benefit the outcomes, the money, the reasons, the most
        frequent first, and the outcomes of each month."""
        benefits = {}
        for benefit in encoding.policy.benefits.values():
            outcomes = {name: self.outcomes[f"{benefit.id} {name}"] for name in ("eligible", "not_eligible", "unknown")}
            if not any(outcomes.values()):
                continue
            reasons = [
                {
                    "condition": condition,
                    "clauses": clauses_of(encoding, benefit.id, condition),
                    "unmet": self.unmet[f"{benefit.id} {condition}"],
                    "alone": self.alone[f"{benefit.id} {condition}"],
                }
                for condition in benefit.conditions
                if self.unmet[f"{benefit.id} {condition}"]
            ]
            reasons.sort(key=lambda reason: -int(str(reason["unmet"])))
            currency = encoding.policy.currency
            money = currency.text(currency.of_units(self.money[benefit.id])) if benefit.has_amount else None
            benefits[benefit.id] = {**outcomes, "amount": money, "reasons": reasons, "months": self._months(benefit.id)}
        counts = {name: getattr(self, name) for name in ("lines", "cases", "rejected", "exact", "limited")}
        return {**counts, "currency": encoding.policy.currency.code, "benefits": benefits}

    def _months(self, benefit: str) -> dict[str, dict[str, int]]:
        """The outcomes of each month of application days, in order."""
        found: dict[str, dict[str, int]] = {}
        for key in sorted(self.months):
            name, month, outcome = key.split(" ")
            if name == benefit:
                found.setdefault(month, {})[outcome] = self.months[key]
        return found


def clauses_of(encoding: Encoding, benefit: str, condition: str) -> list[str]:
    """The clauses that a condition rests on."""
    sentences = encoding.policy.sentences
    clauses = (sentences[anchor].clause for anchor in encoding.sentences[benefit][condition])
    return list(dict.fromkeys(clause for clause in clauses if clause)) or [encoding.policy.benefits[benefit].clause]
