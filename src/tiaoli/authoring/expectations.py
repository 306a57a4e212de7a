"""What a case is expected to come to: read beside the case, and compared with the decisions that came."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from tiaoli.base import CaseError, Problem, Statement, choices, shown
from tiaoli.decide import Answer, Decision
from tiaoli.policy import OUTCOMES, Policy

IN_FULL = ("missing", "missing_for_amount", "verdict")
"""What only a full answer says."""

_STATUSES = ("met", "unmet", "unknown")
_VERDICTS = ("all", "some", "none", None)
_SUMS = ("amount", "standard", "rate")
_TEXTS = ("gap", "missing", "missing_for_amount")
_KEYS = ("benefit", "subject", "outcome", *_SUMS, "amount_range", "conditions", "results", "gap", *IN_FULL)


class Expectation(NamedTuple):
    """What one decision is expected to be: some keys of a decision, with the values that they are to have."""

    benefit: str
    subject: str | None
    values: Mapping[str, Any]
    where: str


class Difference(NamedTuple):
    """Where a decision is not as expected: the key, or one condition of it, and both values."""

    key: str
    expected: Any
    came: Any

    def to_json(self) -> dict[str, Any]:
        """The key and both values, as an answer has them."""
        return {"key": self.key, "expected": self.expected, "came": self.came}


def read_expected(policy: Policy, found: Any) -> list[Expectation]:
    """What stands under `expected` of a case. Raises `CaseError` with everything that is none of it."""
    if not isinstance(found, list):
        raise CaseError.one("expected", "须为列表，每项为一个决定", "a list of decisions is wanted", "case-type")
    problems: list[Problem] = []
    expectations = [
        one for place, item in enumerate(found) if (one := _Reader(policy, f"expected[{place}]", problems).read(item)) is not None
    ]
    if problems:
        raise CaseError(problems)
    return expectations


class _Reader:
    """Reads what is expected of one decision."""

    def __init__(self, policy: Policy, where: str, problems: list[Problem]) -> None:
        self.policy, self.where, self.problems = policy, where, problems

    def read(self, item: Any) -> Expectation | None:
        before = len(self.problems)
        if not isinstance(item, Mapping):
            self._refuse("", "须为对象，写明 benefit 及其预期", "an object is wanted: a `benefit`, and what is expected of it", "case-type")
            return None
        for key in item:
            if key not in _KEYS:
                near = choices(_KEYS, key)
                self._refuse(str(key), f"没有这个键；{near.zh}", f"there is no such key; {near.en}", "case-key-unknown")
        benefit = item.get("benefit")
        if "benefit" not in item:
            self._refuse("benefit", "缺少此项；它是必填项", "this is missing, and it is required", "case-key-missing")
        elif benefit not in self.policy.benefits:
            self._word("benefit", benefit, list(self.policy.benefits))
        subject = item.get("subject")
        if subject is not None and not isinstance(subject, str):
            self._refuse("subject", "须为文字", "text is wanted", "case-type")
        values = {key: value for key, value in item.items() if key in _KEYS[2:]}
        if not values and len(self.problems) == before:
            self._refuse("", "没有写明预期什么", f"nothing is expected here; write one of {', '.join(_KEYS[2:])}", "case-key-missing")
        for key, value in values.items():
            self._value(key, value, benefit)
        if len(self.problems) > before:
            return None
        return Expectation(str(benefit), subject, values, self.where)

    def _value(self, key: str, value: Any, benefit: Any) -> None:
        if key == "outcome":
            self._word(key, value, list(OUTCOMES))
        elif key == "verdict":
            self._word(key, value, _VERDICTS)
        elif key in _SUMS:
            if value is not None:
                self._sum(key, value)
        elif key == "amount_range":
            if value is not None and not (isinstance(value, list) and len(value) == 2):
                self._refuse(key, "须为上下两端的列表", "a list of both ends is wanted", "case-type")
            for end in value or ():
                self._sum(key, end)
        elif key in _TEXTS:
            if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
                self._refuse(key, "须为文字的列表", "a list of texts is wanted", "case-type")
        elif not isinstance(value, Mapping):
            self._refuse(key, "须为对象：编号与值", "an object of ids and values is wanted", "case-type")
        elif key == "conditions" and benefit in self.policy.benefits:
            for id, status in value.items():
                if id not in self.policy.benefits[benefit].conditions:
                    near = choices(self.policy.benefits[benefit].conditions, id)
                    self._refuse(f"{key}.{id}", f"没有此项条件；{near.zh}", f"there is no such condition; {near.en}", "case-value")
                self._word(f"{key}.{id}", status, _STATUSES)

    def _word(self, key: str, value: Any, allowed: Sequence[Any]) -> None:
        if value not in allowed:
            near = choices(["null" if word is None else word for word in allowed], value)
            self._refuse(key, f"{shown(value)} 不可用；{near.zh}", f"{shown(value)} is not accepted; {near.en}", "case-value")

    def _sum(self, key: str, value: Any) -> None:
        if not isinstance(value, str):
            self._refuse(key, f"{shown(value)} 须加引号，写成文字", f"{shown(value)} is no text; quote it", "case-type")
            return
        if _number(value) is None:
            self._refuse(key, f"{shown(value)} 不是金额", f"{shown(value)} is no amount", "case-money")

    def _refuse(self, key: str, zh: str, en: str, id: str) -> None:
        self.problems.append(Problem(".".join(part for part in (self.where, key) if part), Statement(zh, en), id))


def expected_decision(answer: Answer, wanted: Expectation) -> Decision:
    """The decision that an expectation is about. Raises `CaseError` where there is none, or several."""
    found = [item for item in answer.decisions if item.benefit == wanted.benefit]
    if wanted.subject is None and len(found) == 1:
        return found[0]
    for item in found:
        if item.subject == wanted.subject:
            return item
    near = choices([item.subject for item in found], wanted.subject)
    named = f"没有对象 {shown(wanted.subject)}" if wanted.subject is not None else "须写明对象（subject）"
    named_en = f"there is no subject {shown(wanted.subject)}" if wanted.subject is not None else "a subject must be named"
    if not found:
        zh = en = ""
        named, named_en = "案件中没有可问该权益的对象", "the case has nothing to ask this benefit for"
    else:
        zh, en = f"；{near.zh}", f"; {near.en}"
    raise CaseError.one(f"{wanted.where}.subject", named + zh, named_en + en, "case-value")


def differences(decision: Decision, wanted: Expectation) -> Iterator[Difference]:
    """Where a decision is not as expected, in the order of what is expected."""
    came = decision.to_json()
    came |= {"verdict": (came.get("readings") or {}).get("verdict")}
    for key, value in wanted.values.items():
        if key == "conditions":
            statuses = {condition.id: condition.status for condition in decision.conditions}
            yield from (Difference(f"{key}.{id}", status, statuses[id]) for id, status in value.items() if statuses[id] != status)
        elif key == "results":
            there = {result.id: result.value for result in decision.results}
            yield from (
                Difference(f"{key}.{id}", said, there.get(id))
                for id, said in value.items()
                if (said if said is None else str(said)) != there.get(id)
            )
        elif not _same(key, value, came.get(key)):
            yield Difference(key, value, came.get(key))


def _same(key: str, wanted: Any, came: Any) -> bool:
    if key in _SUMS and isinstance(wanted, str) and isinstance(came, str):
        return _number(wanted) == _number(came)
    if key == "amount_range" and wanted and came:
        return [_number(end) for end in wanted] == [_number(end) for end in came]
    if key in _TEXTS:
        return sorted(wanted) == sorted(came or ())
    return bool(wanted == came)


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if math.isfinite(found) else None
