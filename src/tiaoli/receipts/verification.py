"""A receipt verified: its digests looked at, and its question asked again, offline, of the policy as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tiaoli.base import CallError, CaseError, PolicyError, ReceiptError, Statement, __version__, drawn
from tiaoli.case import Case
from tiaoli.decide import Receipt, digest
from tiaoli.oracle import Oracle
from tiaoli.receipts.receipt_comparison import DifferenceKind, ReceiptDifference, differences, flatten
from tiaoli.receipts.receipt_oracles import ReceiptOracles
from tiaoli.rules import CLINGO_VERSION

Result = Literal["same", "different", "unknown"]

VERIFICATION_RESULTS: Mapping[Result, Statement] = {
    "same": Statement("一致", "same"),
    "different": Statement("不一致", "different"),
    "unknown": Statement("尚不能确定", "unknown"),
}
"""The results in words."""

_PARTS: Mapping[str, DifferenceKind] = {"case": "facts", "answer": "answer", "readings": "readings", "policy": "policy", "tool": "version"}

_FILES = {
    "changed": Statement("内容有改动", "changed"),
    "new": Statement("新增", "new"),
    "gone": Statement("已不存在", "no longer there"),
}


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
        """Whether the limit leaves open whether the answer is the same."""
        return self.answer == "unknown"

    def to_json(self) -> dict[str, Any]:
        """A replay as `tiaoli verify --json` writes it: digest, id of the case, both results, and every difference."""
        found: dict[str, Any] = {"sha256": self.sha256, "case": self.case, "result": self.result, "answer": self.answer}
        found["differences"] = [difference.to_json() for difference in self.differences]
        return found | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)


def verify(
    receipt: Receipt,
    *,
    oracles: ReceiptOracles | None = None,
    case: Case | Mapping[str, Any] | None = None,
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
    found = [*_changed_parts(receipt), *_other_digest(receipt, sha256), *_other_versions(receipt)]
    answer: Result | None = None
    try:
        oracle = (oracles or ReceiptOracles()).of(receipt)
    except (CallError, PolicyError) as error:
        if case is not None:
            found += _other_facts(receipt, case.to_json() if isinstance(case, Case) else case)
        found += [ReceiptDifference("policy", item.where, receipt.policy["id"], None, item.what) for item in error.problems]
    else:
        if case is not None:
            found += _other_facts(receipt, (case if isinstance(case, Case) else oracle.read(case)).to_json())
        found += _other_policy(receipt, oracle)
        try:
            answer, found_again = _ask_again(receipt, oracle, limit)
            found += found_again
        except (CaseError, CallError) as error:
            kind: DifferenceKind = "facts" if isinstance(error, CaseError) else "policy"
            found += [ReceiptDifference(kind, item.where, None, None, item.what) for item in error.problems]
    result: Result = "different" if found else "unknown" if answer == "unknown" else "same"
    return Replay(receipt.sha256, str(receipt.case.get("id", "")), result, answer, tuple(found))


def _other_facts(receipt: Receipt, case: Mapping[str, Any]) -> Iterator[ReceiptDifference]:
    """Where the facts of a receipt are not those of a case."""
    return differences("facts", flatten(receipt.case), flatten(case))


def intact(receipt: Receipt) -> bool:
    """Whether nothing in a receipt was changed since it was made, as far as its digests tell."""
    return next(_changed_parts(receipt), None) is None


def _changed_parts(receipt: Receipt) -> Iterator[ReceiptDifference]:
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


def _other_digest(receipt: Receipt, sha256: str | None) -> Iterator[ReceiptDifference]:
    if sha256 is not None and _bare(sha256) != _bare(receipt.sha256):
        what = Statement("收据的摘要不是所给的摘要", "the digest of the receipt is not the one given")
        yield ReceiptDifference("receipt", "sha256", receipt.sha256, sha256, what)


def _bare(sha256: str) -> str:
    """A digest without what people put between its digits."""
    return "".join(sha256.lower().removeprefix("sha256:").split())


def _other_versions(receipt: Receipt) -> Iterator[ReceiptDifference]:
    now = {"tiaoli": __version__, "clingo": CLINGO_VERSION}
    yield from differences("version", receipt.tool, now)


def _other_policy(receipt: Receipt, oracle: Oracle) -> Iterator[ReceiptDifference]:
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


def _ask_again(receipt: Receipt, oracle: Oracle, limit: float | None) -> tuple[Result, list[ReceiptDifference]]:
    """The question asked again, and how the answer differs."""
    names = oracle.policy.readings
    lost = Statement("政策已没有这项待定解释", "the policy has no such reading any more")
    found = [ReceiptDifference("policy", name, option, None, lost) for name, option in receipt.readings.items() if name not in names]
    readings = {name: option for name, option in receipt.readings.items() if name in names}
    answer = oracle.decide(receipt.case, benefits=receipt.asked, readings=readings, limit=limit, full="exclusive" in receipt.answer)
    older = receipt.answer["format"] == 1
    before, now = (_content(side, older) for side in (receipt.answer_today, answer.to_json()))
    apart = list(differences("answer", flatten(before), flatten(now)))
    if not apart and before != now:
        apart = [ReceiptDifference("answer", "decisions", None, None, Statement("次序不同", "in another order"))]
    if apart and (answer.limit_reached or receipt.answer.get("limit_reached")):
        return "unknown", found
    return ("different" if apart else "same"), found + apart


def _content(answer: Mapping[str, Any], older: bool) -> dict[str, Any]:
    """An answer without what is said elsewhere: the policy, and that a limit was reached; beside one of format 1 also without what that
    format did not say: notes and standards."""
    found = {key: value for key, value in answer.items() if key not in ("policy", "policy_digest", "limit_reached")}
    if older:
        del found["notes"]
        found["decisions"] = [{key: value for key, value in decision.items() if key != "standard"} for decision in found["decisions"]]
    return found
