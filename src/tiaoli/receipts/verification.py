"""A receipt verified: its digests looked at, and its question asked again, offline, of the policy as it is now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tiaoli.base import CallError, CaseError, PolicyError, ReceiptError, Statement, __version__, drawn, shown
from tiaoli.case import Case
from tiaoli.decide import OUTCOMES, Receipt, digest
from tiaoli.oracle import Oracle
from tiaoli.rules import CLINGO_VERSION

Kind = Literal["receipt", "facts", "readings", "policy", "version", "answer"]
Result = Literal["same", "different", "unknown"]

VERIFICATION_RESULTS: Mapping[Result, Statement] = {
    "same": Statement("一致", "same"),
    "different": Statement("不一致", "different"),
    "unknown": Statement("尚不能确定", "unknown"),
}
"""The results in words."""

DIFFERENCE_KINDS: Mapping[Kind, Statement] = {
    "receipt": Statement("收据", "receipt"),
    "facts": Statement("事实", "facts"),
    "readings": Statement("解释", "readings"),
    "policy": Statement("政策", "policy"),
    "version": Statement("版本", "version"),
    "answer": Statement("答案", "answer"),
}
"""What can differ, in words."""

_PARTS: Mapping[str, Kind] = {"case": "facts", "answer": "answer", "readings": "readings", "policy": "policy", "tool": "version"}

_FILES = {
    "changed": Statement("内容有改动", "changed"),
    "new": Statement("新增", "new"),
    "gone": Statement("已不存在", "no longer there"),
}


class ReceiptDifference(NamedTuple):
    """One thing that differs: `where` (a path in the case or the answer, a file of the policy), and plain values as the receipt has
    them and as they are `now`, `None` where there is none."""

    kind: Kind
    where: str
    before: Any
    now: Any
    statement: Statement

    def to_json(self) -> dict[str, Any]:
        found = {"kind": self.kind, "where": self.where, "receipt": self.before, "now": self.now}
        return found | {"statement": self.statement.to_json()}


@dataclass(frozen=True)
class Replay:
    """What came of verifying a receipt.

    `result` is `different` where anything differs, `unknown` where a time limit leaves it open. `answer` compares the answers alone,
    and is `None` where the question could not be asked again; `differences` says why.
    """

    sha256: str
    case: str
    result: Result
    answer: Result | None
    differences: tuple[ReceiptDifference, ...]

    @property
    def limit_reached(self) -> bool:
        return self.answer == "unknown"

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"sha256": self.sha256, "case": self.case, "result": self.result, "answer": self.answer}
        found["differences"] = [difference.to_json() for difference in self.differences]
        return found | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)


class ReceiptOracles:
    """The oracles that receipts are asked of, each made once: by the policy that a receipt names, or by `policy`, under `policy_root`
    (the shipped ones by default). `alone`: no other norm supplies anything."""

    def __init__(self, policy: str | None = None, policy_root: Path | str | None = None, *, alone: bool = False) -> None:
        self.policy, self.policy_root, self.alone = policy, policy_root, alone
        self._made: dict[tuple[str, tuple[tuple[str, str], ...]], Oracle] = {}

    def of(self, receipt: Receipt) -> Oracle:
        """Raises `CallError` where there is no such policy, or parameter of it, `PolicyError` where it is not in order."""
        named = str(receipt.policy["id"])
        # another policy has its own numbers
        parameters = receipt.policy["parameters"] if self.policy in (None, named) else {}
        key = (self.policy or named, tuple(sorted(parameters.items())))
        if key not in self._made:
            self._made[key] = Oracle(key[0], policy_root=self.policy_root, parameters=parameters, alone=self.alone)
        return self._made[key]


def verify(
    receipt: Receipt,
    *,
    oracles: ReceiptOracles | None = None,
    case: Case | None = None,
    sha256: str | None = None,
    limit: float | None = None,
) -> Replay:
    """Whether a receipt is as it was made, and its question has the same answer now.

    `case` is a case that its facts are to be compared with, `sha256` the digest that it must have. `limit` is in seconds.

    >>> from tiaoli import Oracle
    >>> receipt = Oracle().receipt({"id": "A", "applied_on": "2025-06-01", "certificates": [{"id": "c1", "kind": "other"}]})
    >>> verify(receipt).result, [item.kind for item in verify(receipt, sha256="sha256:0").differences]
    ('same', ['receipt'])
    """
    found = [*_damage(receipt), *_paper(receipt, sha256), *_versions(receipt)]
    if case is not None:
        found += _apart("facts", flatten(receipt.case), flatten(case.to_json()))
    answer: Result | None = None
    try:
        oracle = (oracles or ReceiptOracles()).of(receipt)
    except (CallError, PolicyError) as error:
        found += [ReceiptDifference("policy", item.where, receipt.policy["id"], None, item.what) for item in error.problems]
    else:
        found += _policies(receipt, oracle)
        try:
            answer, differences = _again(receipt, oracle, limit)
            found += differences
        except (CaseError, CallError) as error:
            kind: Kind = "facts" if isinstance(error, CaseError) else "policy"
            found += [ReceiptDifference(kind, item.where, None, None, item.what) for item in error.problems]
    result: Result = "different" if found else "unknown" if answer == "unknown" else "same"
    return Replay(receipt.sha256, str(receipt.case.get("id", "")), result, answer, tuple(found))


def intact(receipt: Receipt) -> bool:
    """Whether nothing in a receipt was changed since it was made, as far as its digests tell."""
    return next(_damage(receipt), None) is None


def _damage(receipt: Receipt) -> Iterator[ReceiptDifference]:
    """The parts of a receipt that its digests do not fit."""
    sound = True
    for name, part in receipt.content.items():
        now = _digest(part)
        if receipt.parts.get(name) != now:
            sound = False
            zh, en = f"收据中的这一部分（{name}）在出具后被改动", f"this part of the receipt ({name}) was changed after it was made"
            yield ReceiptDifference(_PARTS.get(name, "receipt"), name, receipt.parts.get(name), now, Statement(zh, en))
    now = _digest({**receipt.content, "parts": receipt.parts})
    if now != receipt.sha256 and (sound or receipt.parts.keys() != receipt.content.keys()):
        what = Statement("收据的摘要与内容不符", "the digest of the receipt does not fit what it holds")
        yield ReceiptDifference("receipt", "sha256", receipt.sha256, now, what)


def _digest(value: Any) -> str | None:
    try:
        return digest(value)
    except ReceiptError:
        return None


def _paper(receipt: Receipt, sha256: str | None) -> Iterator[ReceiptDifference]:
    if sha256 is not None and _bare(sha256) != _bare(receipt.sha256):
        what = Statement("收据的摘要不是所给的摘要", "the digest of the receipt is not the one given")
        yield ReceiptDifference("receipt", "sha256", receipt.sha256, sha256, what)


def _bare(sha256: str) -> str:
    """A digest without what people put between its digits."""
    return "".join(sha256.lower().removeprefix("sha256:").split())


def _versions(receipt: Receipt) -> Iterator[ReceiptDifference]:
    now = {"tiaoli": __version__, "clingo": CLINGO_VERSION}
    yield from _apart("version", receipt.tool, now)


def _policies(receipt: Receipt, oracle: Oracle) -> Iterator[ReceiptDifference]:
    """How the policy differs from the one decided by: in which files, where it does."""
    policy = oracle.policy
    if receipt.policy["digest"] == policy.digest:
        return
    what = Statement("政策的摘要不同", "the policy has another digest")
    yield ReceiptDifference("policy", policy.id, receipt.policy["digest"], policy.digest, what)
    before, now = receipt.policy["files"], oracle.encoding.files
    for name in {**before, **now}:
        if before.get(name) != now.get(name):
            said = "changed" if name in before and name in now else "new" if name in now else "gone"
            yield ReceiptDifference("policy", name, before.get(name), now.get(name), _FILES[said])


def _again(receipt: Receipt, oracle: Oracle, limit: float | None) -> tuple[Result, list[ReceiptDifference]]:
    """The question asked again, and how the answer differs."""
    names = oracle.policy.readings
    lost = Statement("政策已没有这项待定解释", "the policy has no such reading any more")
    found = [ReceiptDifference("policy", name, option, None, lost) for name, option in receipt.readings.items() if name not in names]
    readings = {name: option for name, option in receipt.readings.items() if name in names}
    answer = oracle.decide(receipt.case, benefits=receipt.asked, readings=readings, limit=limit, full="exclusive" in receipt.answer)
    before, now = (_content(side) for side in (receipt.answer_today, answer.to_json()))
    apart = list(_apart("answer", flatten(before), flatten(now)))
    if not apart and before != now:
        apart = [ReceiptDifference("answer", "decisions", None, None, Statement("次序不同", "in another order"))]
    if apart and (answer.limit_reached or receipt.answer.get("limit_reached")):
        return "unknown", found
    return ("different" if apart else "same"), found + apart


def _content(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without what is said elsewhere: the policy, and that a limit was reached."""
    return {key: value for key, value in answer.items() if key not in ("policy", "policy_digest", "limit_reached")}


def flatten(value: Any, path: str = "") -> dict[str, Any]:
    """The scalars and bare lists of plain data by path. Items go by their id, decisions by benefit and subject.

    >>> flat({"certificates": [{"id": "c1", "level": 4}], "assumed": []})
    {'certificates.c1.level': 4, 'assumed': []}
    """
    if isinstance(value, Mapping) and value:
        found: dict[str, Any] = {}
        for key, inner in value.items():
            if key != "id" or not path:
                found |= flatten(inner, f"{path}.{key}" if path else str(key))
        return found or {path: {}}
    if isinstance(value, list) and value and all(isinstance(item, Mapping) and _name(item) for item in value):
        found = {}
        for item in value:
            found |= flatten(item, f"{path}.{_name(item)}")
        return found
    return {path: value}


def _name(item: Mapping[str, Any]) -> str | None:
    if "benefit" in item and "subject" in item:
        return f"{item['benefit']}.{item['subject']}"
    return str(item["id"]) if "id" in item else None


def _apart(kind: Kind, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[ReceiptDifference]:
    for path in {**before, **now}:
        one, other = before.get(path), now.get(path)
        if one != other or (path in before) != (path in now):
            first, second = (_said(value, path in side) for value, side in ((one, before), (other, now)))
            yield ReceiptDifference(
                kind, path, one, other, Statement(f"收据为{first.zh}，现为{second.zh}", f"{first.en} in the receipt, {second.en} now")
            )


def _said(value: Any, there: bool) -> Statement:
    if not there:
        return Statement("无", "nothing")
    for outcome, words in OUTCOMES.items():
        if value == outcome:
            return words
    if isinstance(value, list):
        value = (
            ", ".join(
                f"{item['reading']}={item.get('option')}" if isinstance(item, Mapping) and "reading" in item else str(item)
                for item in value
            )
            or "[]"
        )
    text = shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return Statement(text, text)
