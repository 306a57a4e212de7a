"""What comes of deciding receipts again: the decisions that change, and what is to be paid or reclaimed.

What was decided is what the receipts say. An amount that is not known on either side leaves the difference unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from tiaoli.base import MISSING, Statement, TiaoliError, drawn
from tiaoli.decide import Decision, Status
from tiaoli.policy import OUTCOMES, Currency

Action = Literal["pay", "reclaim", "none", "unknown"]

ACTIONS: Mapping[Action, Statement] = {
    "pay": Statement("应补发", "to be paid"),
    "reclaim": Statement("应追回", "to be reclaimed"),
    "none": Statement("不涉及金额", "no money of its own"),
    "unknown": Statement("金额尚不能确定", "amount unknown"),
}
"""What follows from a decision that changed, in words."""


class ChangedCondition(NamedTuple):
    """A condition that is judged otherwise, in words and with its clauses; a status is `None` where a version has no such
    condition."""

    id: str
    before: Status | None
    after: Status | None
    statement: Statement

    def to_json(self) -> dict[str, Any]:
        """A condition under `conditions` of a change: its id, its status before and after, and its words."""
        return {"id": self.id, "before": self.before, "after": self.after, "statement": self.statement.to_json()}


def _fact(path: str, before: Any, now: Any) -> dict[str, Any]:
    found = {"path": path, "from": None if before is MISSING else before, "to": None if now is MISSING else now}
    return found | ({"unknown": True} if before is MISSING else {}) | ({"unset": True} if now is MISSING else {})


class NewReason(NamedTuple):
    """A statement that the new explanation rests on and the old one did not: with the clause, its words, and the facts."""

    statement: Statement
    clause: str | None
    quote: str | None
    facts: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """A reason under `because` of a change: the statement, its clause with the words quoted, and the paths of the facts."""
        return {"statement": self.statement.to_json(), "clause": self.clause, "quote": self.quote, "facts": list(self.facts)}


@dataclass(frozen=True)
class ChangedDecision:
    """A decision that comes out otherwise: `before` as its receipt has it, `after` the new one, `None` where there is none to make.

    `difference` is what is to be paid, below zero to be reclaimed; `None` where it is unknown or there is no money in it, and
    `action` says which. `excludes` are decisions of the same answer of which only one can be filed with this one. `facts` are the facts
    that were corrected: path, before, after, `MISSING` where unknown; `words` what outcomes are called.
    """

    receipt: str
    case: str
    applied_on: str
    benefit: str
    subject: str
    clause: str
    name: Statement
    before: Mapping[str, Any]
    after: Decision | None
    action: Action
    currency: Currency
    difference: Decimal | None
    facts: tuple[tuple[str, Any, Any], ...]
    conditions: tuple[ChangedCondition, ...] = ()
    reasons: tuple[NewReason, ...] = ()
    excludes: tuple[tuple[str, str], ...] = ()
    words: Mapping[str, Statement] = field(default_factory=lambda: OUTCOMES)

    @property
    def consequence(self) -> Statement:
        """What follows, in words."""
        return Statement("金额不变", "the same amount") if self.difference == 0 else ACTIONS[self.action]

    def to_json(self) -> dict[str, Any]:
        """A change under `changes` of a redecision: what it is about, what was decided before and now, what is to be paid or reclaimed,
        and why: conditions, reasons and corrected facts."""
        keys = ("outcome", "standard", "amount", "amount_range", "rate", "gap", "results")
        found: dict[str, Any] = {
            "receipt": self.receipt,
            "case": self.case,
            "applied_on": self.applied_on,
            "benefit": self.benefit,
            "subject": self.subject,
            "clause": self.clause,
            "statement": self.name.to_json(),
        }
        after = None if self.after is None else self.after.to_json()
        for side, decision in (("before", self.before), ("after", after)):
            found[side] = None if decision is None else {key: decision[key] for key in keys if key in decision}
        found["action"] = self.action
        found["difference"] = None if self.difference is None else self.currency.text(self.difference)
        found["conditions"] = [item.to_json() for item in self.conditions]
        found["because"] = [item.to_json() for item in self.reasons]
        found["facts"] = [_fact(*fact) for fact in self.facts]
        return found | ({"excludes": [list(item) for item in self.excludes]} if self.excludes else {})


@dataclass
class MoneyTotal:
    """What is to be paid and reclaimed in all, of certain amounts alone; `unknown` counts the changes whose amount is not."""

    changed: int = 0
    to_pay: Decimal = Decimal(0)
    to_reclaim: Decimal = Decimal(0)
    unknown: int = 0

    def add(self, change: ChangedDecision) -> None:
        """Count a change."""
        self.changed += 1
        self.unknown += change.action == "unknown"
        if change.difference is not None:
            self.to_pay += max(change.difference, Decimal(0))
            self.to_reclaim += max(-change.difference, Decimal(0))

    def to_json(self, currency: Currency | None) -> dict[str, Any]:
        """The sums under `total` and `benefits` of a redecision."""
        text = str if currency is None else currency.text
        money = {"to_pay": text(self.to_pay), "to_reclaim": text(self.to_reclaim)}
        return {"changed": self.changed, **money, "unknown": self.unknown}


@dataclass
class Redecision:
    """What came of deciding receipts again.

    `changes` are in the order of the receipts, `benefits` the sum of each benefit that changes. `unclear` are decisions that look the
    same and rest on something that changed, with an amount that is not known: whether it is another is not known either. `refused` are
    the positions of receipts that were not decided, and why. All amounts are in `currency`, `None` where nothing was decided.
    """

    receipts: int = 0
    decisions: int = 0
    changes: list[ChangedDecision] = field(default_factory=list)
    total: MoneyTotal = field(default_factory=MoneyTotal)
    benefits: dict[str, MoneyTotal] = field(default_factory=dict)
    unclear: list[dict[str, str]] = field(default_factory=list)
    refused: list[tuple[int, TiaoliError]] = field(default_factory=list)
    limit_reached: bool = False
    currency: Currency | None = None

    def to_json(self) -> dict[str, Any]:
        """A redecision as `tiaoli redecide --json` writes it: counts, changes, and the sums by benefit and in all."""
        found: dict[str, Any] = {
            "receipts": self.receipts,
            "decisions": self.decisions,
            "currency": None if self.currency is None else self.currency.code,
            "changes": [change.to_json() for change in self.changes],
            "benefits": {name: item.to_json(self.currency) for name, item in self.benefits.items()},
            "total": self.total.to_json(self.currency),
            "unclear": self.unclear,
        }
        return found | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)
