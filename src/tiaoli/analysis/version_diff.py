"""What another version of a policy changes: the answer, benefit by benefit, as types and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from tiaoli.analysis.version_changes import VersionChange, clauses_of
from tiaoli.base import FIRST_DAY, LAST_DAY, Statement, drawn, iso, next_day
from tiaoli.decide import Decision, Note, notes_on
from tiaoli.policy import Policy

Relation = OneOf["equivalent", "wider", "narrower", "both", "different", "unknown"]

RELATIONS: Mapping[Relation, Statement] = {
    "equivalent": Statement("等同", "equivalent"),
    "wider": Statement("放宽", "wider"),
    "narrower": Statement("收紧", "narrower"),
    "both": Statement("有宽有严", "both wider and narrower"),
    "different": Statement("宽严相同而答复不同", "neither wider nor narrower, but answered otherwise"),
    "unknown": Statement("尚不能确定", "unknown"),
}
"""The relations of the new version to the old one in words."""


@dataclass(frozen=True)
class DiffWitness:
    """A case in which the versions part, and what each decides there.

    `old` or `new` is `None` where that version does not have the benefit. `readings` are those in force that are the same in
    both and not the default. `exclusive` holds for each version the decisions that cannot be filed beside this one, where these differ.
    """

    case: dict[str, Any]
    subject: str
    readings: Mapping[str, str]
    old: Decision | None
    new: Decision | None
    exclusive: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] | None = None

    def to_json(self) -> dict[str, Any]:
        """What each version decides of a case, under `decisions` of a benefit's diff; the case itself stands beside it."""

        def side(decision: Decision | None) -> dict[str, Any] | None:
            if decision is None:
                return None
            found = decision.to_json()
            return {key: value for key, value in found.items() if key not in ("benefit", "subject")}

        found = {"subject": self.subject, "readings": dict(self.readings), "old": side(self.old), "new": side(self.new)}
        if self.exclusive is not None:
            found["exclusive"] = dict(zip(("old", "new"), ([list(one) for one in side] for side in self.exclusive), strict=True))
        return found


@dataclass(frozen=True)
class OtherDifference:
    """A part of an answer that the versions say otherwise where neither grants or pays more, and a case that shows it."""

    part: str
    witness: DiffWitness

    def to_json(self) -> dict[str, Any]:
        """The part of the answer, a case, and what each version decides of it."""
        return {"part": self.part, "case": self.witness.case, "decisions": self.witness.to_json()}


@dataclass(frozen=True)
class Unsettled:
    """What was left open of a benefit, `gains`, `loses` or a part of its answer, and why."""

    question: str
    reason: Statement

    def to_json(self) -> dict[str, Any]:
        """What was left open, and why in words."""
        return {"question": self.question, "reason": self.reason.to_json()}


@dataclass(frozen=True)
class BenefitDiff:
    """What another version changes for a benefit.

    `gains` is a case in which the new version grants or pays more, `loses` one in which the old one does, `others` what else their answers
    say otherwise; `changes` what differs in all that the benefit rests on. What no case is shown of was proved, for every case there can
    be, or, with `within`, for the cases with at most so many items of some lists (by path). `domain` says so in words; without any change
    nothing was searched. `unsettled` are the questions that were left open.
    """

    benefit: str
    relation: Relation
    gains: DiffWitness | None
    loses: DiffWitness | None
    changes: tuple[VersionChange, ...]
    others: tuple[OtherDifference, ...] = ()
    domain: Statement | None = None
    within: Mapping[str, int] | None = None
    unsettled: tuple[Unsettled, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether the relation is shown or proved for every case there can be."""
        return self.relation != "unknown" and self.within is None

    @property
    def differs(self) -> bool:
        """Whether a case is shown that the versions answer otherwise."""
        return bool(self.gains or self.loses or self.others)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses whose rules, numbers or readings differ."""
        return clauses_of(self.changes)

    def to_json(self) -> dict[str, Any]:
        """The diff of one benefit: the relation and how far it is proved, a case for each way, what else differs, the clauses, the
        decisions, what differs in the versions, and the cases searched."""
        shown = {name: item for name, item in (("gains", self.gains), ("loses", self.loses)) if item}
        found: dict[str, Any] = {
            "relation": self.relation,
            "proved": self.proved,
            "within": dict(self.within) if self.within is not None else None,
            "gains": self.gains.case if self.gains else None,
            "loses": self.loses.case if self.loses else None,
            "differs": [other.to_json() for other in self.others],
            "clauses": list(self.clauses),
            "decisions": {name: item.to_json() for name, item in shown.items()},
            "changes": [change.to_json() for change in self.changes],
            "domain": self.domain.to_json() if self.domain else None,
        }
        return found | ({"unsettled": [item.to_json() for item in self.unsettled]} if self.unsettled else {})


@dataclass(frozen=True)
class NotesDiff:
    """Notes that the versions put beside every answer on an application of a day, where they are not the same."""

    case: dict[str, Any]
    day: str
    old: tuple[Note, ...]
    new: tuple[Note, ...]

    def to_json(self) -> dict[str, Any]:
        """A case, and the notes of each version on it."""
        return {"case": self.case, "old": [note.to_json() for note in self.old], "new": [note.to_json() for note in self.new]}


@dataclass(frozen=True)
class Diff:
    """What a new version changes, benefit by benefit, in the order of the old version and then of the new one.

    `scope` are the lists, by path, whose number of items was asked for: that nothing was searched beyond it is then no limit. `notes` is
    a case beside whose answer the versions put other notes, where there is one and whole answers were compared.
    """

    old: Policy = field(repr=False)
    new: Policy = field(repr=False)
    benefits: Mapping[str, BenefitDiff]
    scope: Mapping[str, int] = field(default_factory=dict)
    notes: NotesDiff | None = None

    @property
    def differs(self) -> bool:
        """Whether the versions answer any case otherwise."""
        return any(item.differs for item in self.benefits.values()) or self.notes is not None

    @property
    def limit_reached(self) -> bool:
        """Whether a limit left anything open."""
        return any(item.unsettled for item in self.benefits.values())

    @property
    def settled(self) -> bool:
        """Whether nothing is left open: all is shown, or proved for any case, or for as many items as were asked for."""
        return not self.limit_reached and all(set(item.within or ()) <= set(self.scope) for item in self.benefits.values())

    def to_json(self) -> dict[str, Any]:
        """A diff as `tiaoli diff --json` writes it: both versions by number, id and digest, the currency, the diff of each benefit, and
        that of the notes beside answers."""
        sides = {
            side: {"policy": policy.number, "id": policy.id, "policy_digest": policy.digest}
            for side, policy in (("old", self.old), ("new", self.new))
        }
        benefits = {name: item.to_json() for name, item in self.benefits.items()}
        notes = self.notes.to_json() if self.notes is not None else None
        found = {**sides, "currency": self.new.currency.code, "benefits": benefits, "notes": notes}
        return found | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)


def differing_notes(old: Policy, new: Policy) -> NotesDiff | None:
    """A case beside whose answer the versions put other notes. They can change only where one of the versions lapses."""
    last = [int(side.parameters[side.lapses].value) for side in (old, new) if side.lapses is not None]
    for day in (FIRST_DAY, *(next_day(day) for day in sorted(last) if day < LAST_DAY)):
        one, other = notes_on(old, day), notes_on(new, day)
        if one != other:
            return NotesDiff({"id": "notes", new.schema.day.path: iso(day)}, iso(day), one, other)
    return None


def relation_of(gains: bool | None, loses: bool | None, others: Sequence[bool | None]) -> Relation:
    """The relation by who does better, and by what else differs: shown, proved not to be, or `None` where that is open."""
    if gains and loses:
        return "both"
    if gains is None or loses is None:
        return "unknown"
    if gains or loses:
        return "wider" if gains else "narrower"
    if any(others):
        return "different"
    return "unknown" if None in others else "equivalent"
