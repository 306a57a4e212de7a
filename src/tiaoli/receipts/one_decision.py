"""Receipts of one decision: it was paid once, so it is paid or reclaimed once, whichever receipts of it are given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tiaoli.base import ReceiptError, shown
from tiaoli.decide import Receipt

_Decision = tuple[str, str, str, str]
"""The case's id, the application day, the benefit and the subject."""


def refused_receipts(receipts: Sequence[Receipt]) -> dict[int, ReceiptError]:
    """The receipts that cannot be decided beside the others, by their positions.

    Of receipts that say the same of the same facts, all but the first. Where receipts of one decision differ, or those of two cases with
    one id, none says what was paid: all of them.
    """
    positions: dict[_Decision, list[int]] = defaultdict(list)
    for position, receipt in enumerate(receipts):
        for decision in dict.fromkeys(_decisions(receipt)):
            positions[decision].append(position)
    found: dict[int, ReceiptError] = {}
    for decision, places in positions.items():
        first = receipts[places[0]]
        if all(_says_the_same(first, receipts[place]) for place in places):
            for place in places[1:]:
                found.setdefault(place, _given_already(first))
        else:
            for place in places:
                other = next(receipts[other] for other in places if not _says_the_same(receipts[other], receipts[place]))
                found[place] = _contradicted(decision, other)
    return found


def _decisions(receipt: Receipt) -> Iterator[_Decision]:
    case, day = str(receipt.case.get("id")), str(receipt.answer["applied_on"])
    for decision in receipt.answer["decisions"]:
        yield case, day, str(decision["benefit"]), str(decision["subject"])


def _says_the_same(one: Receipt, other: Receipt) -> bool:
    """Whether two receipts differ in nothing but when and by which program they were made."""
    return one.sha256 == other.sha256 or (one.case == other.case and one.policy == other.policy and one.answer == other.answer)


def _given_already(first: Receipt) -> ReceiptError:
    zh = f"与收据 {first.sha256} 为同一决定，已计入一次，不再计入"
    return ReceiptError.one("", zh, f"it is of the same decision as the receipt {first.sha256}, which counts once; this one is left out")


def _contradicted(decision: _Decision, other: Receipt) -> ReceiptError:
    case, day, benefit, subject = decision
    zh = (
        f"案件 {shown(case)} {day} 申请的 {benefit} {subject}，收据 {other.sha256} 另有不同的内容；无法得知按哪一份支付，"
        f"请只给出一份；若为两个案件，请改用不同的编号"
    )
    en = (
        f"{benefit} {subject} of the case {shown(case)}, applied for on {day}, is decided otherwise by the receipt "
        f"{other.sha256}; which of them was paid is not known. Give one of them, or, where these are two cases, ids that tell them apart"
    )
    return ReceiptError.one("", zh, en)
