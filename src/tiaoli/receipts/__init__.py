"""What was decided, kept: receipts in files, verified later, and past decisions made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.receipts.correction import Correction, read_corrections
    from tiaoli.receipts.receipt_comparison import DIFFERENCE_KINDS, ReceiptDifference, flatten
    from tiaoli.receipts.receipt_files import read_receipts, receipt_element, receipts_text
    from tiaoli.receipts.receipt_oracles import ReceiptOracles
    from tiaoli.receipts.redecision import ChangedDecision, Redecision
    from tiaoli.receipts.redecision_run import redecide
    from tiaoli.receipts.verification import VERIFICATION_RESULTS, Replay, verify
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "DIFFERENCE_KINDS",
    "VERIFICATION_RESULTS",
    "ChangedDecision",
    "Correction",
    "ReceiptDifference",
    "ReceiptOracles",
    "Redecision",
    "Replay",
    "flatten",
    "read_corrections",
    "read_receipts",
    "receipt_element",
    "receipts_text",
    "redecide",
    "verify",
]
