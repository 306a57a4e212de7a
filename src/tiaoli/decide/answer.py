"""The answer to a case, as types and as the JSON of the case format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Protocol

from tiaoli.base import Statement, drawn
from tiaoli.decide.results import Result
from tiaoli.policy import OUTCOMES, Currency, Policy

FORMAT = 2
"""The number of the format of cases and answers."""

Outcome = Literal["eligible", "not_eligible", "unknown"]
Status = Literal["met", "unmet", "unknown"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a decision, judged by its own definition whatever the others say."""

    id: str
    status: Status

    def to_json(self) -> dict[str, Any]:
        """The condition and its status."""
        return {"id": self.id, "status": self.status}


Verdict = Literal["all", "some", "none"]


class Flip(NamedTuple):
    """A single deviation from the readings in force that changes the outcome, the amount or a result, and what it changes them
    to."""

    reading: str
    option: str
    outcome: Outcome
    amount: Decimal | None
    results: tuple[Result, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The reading with its other option, and the outcome, the amount and results under it; `null` where there is no amount, and
        results only where there are any."""
        found: dict[str, Any] = {
            "reading": self.reading,
            "option": self.option,
            "outcome": self.outcome,
            "amount": _money(self.amount),
        }
        return found | ({"results": [result.to_json() for result in self.results]} if self.results else {})


class Alternatives(NamedTuple):
    """What else the decision could be.

    `missing` are the paths of the absent facts that can still decide an unknown outcome, most decisive first;
    `missing_for_amount` of those that bear on the amount alone, `missing_for_results` of those on which a result rests; `None` where the
    benefit has none. `verdict` says under how many of all combinations of
    readings the decision grants; `None` where the outcome is unknown under at least one of them. `flips` are the
    single readings that change it. `fix` is a subset-minimal set of readings that make the outcome certain as they are in
    force, whatever is chosen for the others; `None` where it is unknown, or was not searched in time.
    """

    missing: tuple[str, ...]
    missing_for_amount: tuple[str, ...]
    verdict: Verdict | None
    flips: tuple[Flip, ...]
    fix: tuple[str, ...] | None = None
    missing_for_results: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """The missing facts, and under `readings` the verdict, the flips and the readings to fix."""
        results = {} if self.missing_for_results is None else {"missing_for_results": list(self.missing_for_results)}
        return {
            "missing": list(self.missing),
            "missing_for_amount": list(self.missing_for_amount),
            **results,
            "readings": {
                "verdict": self.verdict,
                "flips": [flip.to_json() for flip in self.flips],
                "fix": None if self.fix is None else list(self.fix),
            },
        }


class Note(NamedTuple):
    """What has to be known beside an answer as a whole; `kind` is its name for programs."""

    kind: str
    statement: Statement

    def to_json(self) -> dict[str, Any]:
        """The kind, and the note in words."""
        return {"kind": self.kind, "statement": self.statement.to_json()}


def notes_on(policy: Policy, applied_on: int) -> tuple[Note, ...]:
    """What has to be known beside every answer on an application of this day."""
    return (Note("lapsed", policy.lapsed),) if policy.lapsed is not None and policy.has_lapsed(applied_on) else ()


class Named(Protocol):
    """A benefit, its conditions and its outcomes in words, and whether a share of a standard is paid."""

    @property
    def statement(self) -> Statement: ...
    @property
    def conditions(self) -> Mapping[str, Statement]: ...
    @property
    def has_standard(self) -> bool: ...
    @property
    def outcomes(self) -> Mapping[str, Statement]: ...


class Decision(NamedTuple):
    """The outcome for one benefit and one subject, with every condition in the reviewer's order.

    `amount` is exact, in `currency` with its digits; `None` where the benefit has no amount of its own, the outcome is not `eligible`, or
    the amount differs between completions of the unknown facts: then `amount_range` has both ends, where they exist. `standard` is
    what the notice itself fixes, where a share of it is paid (`shared`); `None` where it is unknown. `rate` is the multiple of a
    base standard. `gap` are the ids of those the decision pays for and the notice sets no standard for; `results` what the benefit
    gives beside money. `alternatives` come with a full answer. `named` has the words for people.
    """

    benefit: str
    subject: str
    clause: str
    outcome: Outcome
    amount: Decimal | None
    conditions: tuple[Condition, ...]
    currency: Currency
    amount_range: tuple[Decimal, Decimal] | None = None
    standard: Decimal | None = None
    rate: Decimal | None = None
    gap: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    alternatives: Alternatives | None = None
    named: Named | None = None

    def to_json(self) -> dict[str, Any]:
        """The decision; a range, a standard, a rate and a gap only where there is one, the alternatives only in a full answer."""
        found: dict[str, Any] = {
            "benefit": self.benefit,
            "subject": self.subject,
            "clause": self.clause,
            "outcome": self.outcome,
        }
        if self.shared:
            found["standard"] = _money(self.standard)
        found["amount"] = _money(self.amount)
        if self.amount_range is not None:
            found["amount_range"] = [_money(end) for end in self.amount_range]
        if self.rate is not None:
            found["rate"] = f"{self.rate:.2f}"
        found["conditions"] = [condition.to_json() for condition in self.conditions]
        if self.gap:
            found["gap"] = list(self.gap)
        if self.results:
            found["results"] = [result.to_json() for result in self.results]
        return found | (self.alternatives.to_json() if self.alternatives is not None else {})

    @property
    def said(self) -> Statement:
        """The outcome in words."""
        return self.words[self.outcome]

    @property
    def words(self) -> Mapping[str, Statement]:
        """What the outcomes of its benefit are called."""
        return OUTCOMES if self.named is None else self.named.outcomes

    @property
    def shared(self) -> bool:
        """Whether what is granted is a standard of which a share is paid."""
        return self.outcome == "eligible" and self.named is not None and self.named.has_standard

    def _repr_html_(self) -> str:
        return drawn(self)


def changed_results(decision: Decision, flip: Flip) -> list[Result]:
    """The results that another option of a reading gives otherwise."""
    before = {result.settled for result in decision.results}
    return [result for result in flip.results if result.settled not in before]


class Answer(NamedTuple):
    """Every decision of a case, in the order of the policy's benefits and then of the file.

    `chosen_readings` are those chosen instead of the defaults; `assumed` the absent lists that were taken as empty.
    `limit_reached` says that a time limit cut the search short: what is not certain by then is `unknown`. A full answer
    names in `exclusive` the groups of decisions that each grant and of which only one can be filed this year, each group as
    large as it can be. `notes` are what has to be known beside it.
    """

    case: str
    applied_on: str
    policy: str
    policy_digest: str
    currency: Currency
    chosen_readings: Mapping[str, str]
    assumed: tuple[str, ...]
    decisions: tuple[Decision, ...]
    limit_reached: bool = False
    exclusive: tuple[tuple[tuple[str, str], ...], ...] | None = None
    notes: tuple[Note, ...] = ()

    @property
    def deciding_readings(self) -> frozenset[str]:
        """The readings that a full answer rests on: another option of one changes a decision, or it must be fixed with others."""
        given = [decision.alternatives for decision in self.decisions if decision.alternatives is not None]
        return frozenset(name for found in given for name in (*(flip.reading for flip in found.flips), *(found.fix or ())))

    def to_json(self) -> dict[str, Any]:
        """The answer in the format of answers; `exclusive` only where it is full, `limit_reached` only where it is true."""
        found: dict[str, Any] = {
            "format": FORMAT,
            "case": self.case,
            "applied_on": self.applied_on,
            "policy": self.policy,
            "policy_digest": self.policy_digest,
            "currency": self.currency.code,
            "chosen_readings": dict(self.chosen_readings),
            "assumed": list(self.assumed),
            "decisions": [decision.to_json() for decision in self.decisions],
            "notes": [note.to_json() for note in self.notes],
        }
        if self.exclusive is not None:
            found["exclusive"] = [[list(decision) for decision in group] for group in self.exclusive]
        return found | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
