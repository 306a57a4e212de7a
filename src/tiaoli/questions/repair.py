"""Changes of a case as data, and the sentences for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import comb
from typing import Any, NamedTuple

from tiaoli.base import MISSING, Statement, days_between, drawn, listed
from tiaoli.decide import NO_MEMBER, Outcome
from tiaoli.policy import OUTCOMES, Field, Phrases
from tiaoli.rules import SUPREMUM, Name, Value


class FactChange(NamedTuple):
    """One fact of a case that changes: its path; plain values as a case file has them (`before` is `MISSING` where the fact
    is unknown); who can change it: `applicant`, `authority`, `time`, or nobody; and the sentence for it, without its full
    stop."""

    path: str
    before: Any
    after: Any
    by: str | None
    statement: Statement

    def to_json(self) -> dict[str, Any]:
        """The path, the plain values `from` and `to`, and who can change it; `unknown` where `from` is `null` for not known."""
        known = self.before is not MISSING
        found = {"path": self.path, "from": self.before if known else None, "to": self.after, "by": self.by}
        return found if known else found | {"unknown": True}


class AnyOf(NamedTuple):
    """Items that are alike: a change of any `choose` of them does what a repair does to the first."""

    choose: int
    items: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """How many to choose, of which items."""
        return {"choose": self.choose, "of": list(self.items)}


class Repair(NamedTuple):
    """Changes that together do what is wanted, none of which can be left out."""

    changes: tuple[FactChange, ...]
    statement: Statement
    any_of: AnyOf | None = None

    @property
    def patch(self) -> dict[str, Any]:
        """The new plain values by path."""
        return {change.path: change.after for change in self.changes}

    def to_json(self) -> dict[str, Any]:
        """The changes and the sentence for them; `any` where other items would do as well."""
        found = {"changes": [change.to_json() for change in self.changes], "statement": self.statement.to_json()}
        return found if self.any_of is None else found | {"any": self.any_of.to_json()}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The smallest changes that make a benefit granted (`wanted` is `eligible`) or lost (`not_eligible`).

    Fewest changes first; `complete` is false where there are more. `impossible` says why no change helps. A decision that
    is as wanted already has no repairs. `limit_reached`: what was found in time is certain, and there may be more. `assumed` are
    the absent lists that were taken as empty and can bear on it, `words` what outcomes are called.
    """

    case: str
    benefit: str
    subject: str
    outcome: Outcome
    wanted: Outcome
    repairs: tuple[Repair, ...]
    complete: bool
    impossible: Statement | None = None
    limit_reached: bool = False
    assumed: tuple[str, ...] = ()
    words: Mapping[str, Statement] = field(default_factory=lambda: OUTCOMES)

    def to_json(self) -> dict[str, Any]:
        """The decision, what is wanted, and the repairs; `impossible`, `assumed` and `limit_reached` only where they apply."""
        found: dict[str, Any] = {
            "case": self.case,
            "benefit": self.benefit,
            "subject": self.subject,
            "outcome": self.outcome,
            "wanted": self.wanted,
            "repairs": [repair.to_json() for repair in self.repairs],
            "complete": self.complete,
        }
        if self.impossible is not None:
            found["impossible"] = self.impossible.to_json()
        return found | ({"assumed": list(self.assumed)} if self.assumed else {}) | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)


_FAMILY = 512


def merged(repairs: Sequence[Repair], wanted: Outcome, words: Mapping[str, Statement] = OUTCOMES) -> list[Repair]:
    """The repairs, those that do the same to any so many items of one list made one."""
    families: dict[tuple[str, ...], dict[frozenset[str], Repair]] = {}
    found: list[Repair] = []
    for repair in repairs:
        family = _family(repair)
        if family is None or (repair.any_of is not None and comb(len(repair.any_of.items), repair.any_of.choose) > _FAMILY):
            found.append(repair)
            continue
        key, items = family
        members = families.setdefault(key, {})
        for some in combinations(repair.any_of.items, repair.any_of.choose) if repair.any_of else [items]:
            members.setdefault(frozenset(some), repair)
    for members in families.values():
        names = list(dict.fromkeys(item for some in members for item in sorted(some)))
        choose = len(next(iter(members)))
        if len(members) > 1 and len(members) == comb(len(names), choose):
            first = next(iter(members.values()))
            any_of = AnyOf(choose, tuple(names))
            found.append(Repair(first.changes, repair_statement(first.changes, wanted, any_of, words), any_of))
        else:
            found += {id(repair): repair for repair in members.values()}.values()
    return found


def _family(repair: Repair) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """What a repair does to each of some items of one list, and those items; `None` where it does not do the same to
    each."""
    inside = [change for change in repair.changes if _item(change.path) is not None]
    done = {(_list_of(change.path), repr(change.before), repr(change.after)) for change in inside}
    if len(done) != 1:
        return None
    others = tuple(repr((change.path, change.after)) for change in repair.changes if change not in inside)
    return (*done.pop(), str(len(inside)), *others), tuple(str(_item(change.path)) for change in inside)


def _item(path: str) -> str | None:
    """The item inside an item that a path speaks of."""
    steps = path.split(".")
    return ".".join(steps[:4]) if len(steps) > 4 else None


def _list_of(path: str) -> str:
    """A path without the id of the item inside an item."""
    steps = path.split(".")
    return ".".join(steps[:3] + steps[4:])


def scalar_changed(phrases: Phrases, declared: Field, item: str, before: Value | None, after: Value) -> Statement:
    """The new fact as a sentence, with the old value and how far the two lie apart."""
    now = phrases.fact(declared, item, after)
    if before is None:
        return Statement(f"{now.zh}（目前未知）", f"{now.en} (unknown now)")
    if declared.kind == "boolean":
        return now
    if before is SUPREMUM:
        return Statement(f"{now.zh}（目前没有）", f"{now.en} (none now)")
    old = phrases.stated(declared, before)
    if declared.kind != "day" or not isinstance(before, int) or not isinstance(after, int):
        return Statement(f"{now.zh}（目前为{old.zh}）", f"{now.en} (now {old.en})")
    days = days_between(before, after)
    zh = f"推后{days}日" if days > 0 else f"提前{-days}日"
    en = f"{abs(days)} day{'s' * (abs(days) != 1)} {'later' if days > 0 else 'earlier'}"
    return Statement(f"{now.zh}（目前为{old.zh}，{zh}）", f"{now.en} (now {old.en}, {en})")


def set_changed(phrases: Phrases, declared: Field, item: str, members: Sequence[tuple[Value, Value]]) -> Statement:
    """Members that come into a set (`(member, member)`) or leave it (`(member, NO_MEMBER)`)."""
    found = []
    for member, now in members:
        if now is NO_MEMBER:
            words, name = phrases.stated(declared, member), phrases.named(declared, item)
            found.append(Statement(f"{name.zh}不含{words.zh}", f"{name.en} do not include: {words.en}"))
        else:
            found.append(phrases.fact(declared, item, member))
    return listed(found, "，", ", ")


def record_made(phrases: Phrases, record: Field, item: str, contents: Sequence[tuple[Field, Value]], unknown: bool) -> Statement:
    """A record that comes to be, with what it must say."""
    first = phrases.fact(record, item, Name("record"))
    now = Statement("目前未知", "unknown now") if unknown else Statement("目前没有", "none now")
    inside = listed((phrases.fact(declared, item, value) for declared, value in contents), "，", ", ")
    zh, en = f"{first.zh}（{now.zh}）", f"{first.en} ({now.en})"
    return Statement(f"{zh}，{inside.zh}", f"{en}, {inside.en}") if contents else Statement(zh, en)


def waited(before: int, after: int, day: Statement) -> Statement:
    """Waiting, as a change."""
    days = days_between(before, after)
    return Statement(f"等到{day.zh}申请（再等{days}日）", f"the application waits until {day.en}, {days} day{'s' * (days != 1)} later")


def repair_statement(
    changes: Sequence[FactChange], wanted: Outcome, any_of: AnyOf | None = None, words: Mapping[str, Statement] = OUTCOMES
) -> Statement:
    """What changes lead to, in a sentence; `words` are what outcomes are called."""
    ends = {
        "eligible": Statement("即可享受", "It will be granted"),
        "not_eligible": Statement("即不予享受", "It will not be granted"),
        "unknown": Statement("仍不能确定", "It stays unknown"),
    }
    said = words[wanted]
    end = ends[wanted] if said == OUTCOMES[wanted] else Statement(f"结论即为“{said.zh}”", f"The outcome will be “{said.en}”")
    parts = []
    for change in changes:
        if change.by == "authority":
            parts.append(Statement(f"{change.statement.zh}（由主管部门办理）", f"{change.statement.en} (by the authority)"))
        else:
            parts.append(change.statement)
    found = listed(parts, "；", "; and ")
    zh, en = f"{found.zh}，{end.zh}。", f"{end.en} if {found.en}."
    if any_of is not None:
        names = [item.rpartition(".")[2] for item in any_of.items]
        zh = f"下列各项中任意{any_of.choose}项均可：{'、'.join(names)}。例如：{zh}"
        en = f"Any {any_of.choose} of {', '.join(names)} will do. For instance: {en}"
    return Statement(zh, en)
