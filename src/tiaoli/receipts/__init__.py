"""What was decided, kept: receipts in files, verified later, and past decisions made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.receipts.correction import Correction, read_corrections
    from tiaoli.receipts.files import element, receipts_in, text_of
    from tiaoli.receipts.redecision import Change, Redecision, redecide
    from tiaoli.receipts.verification import KINDS, RESULTS, Difference, Oracles, Replay, flat, verify
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "KINDS",
    "RESULTS",
    "Change",
    "Correction",
    "Difference",
    "Oracles",
    "Redecision",
    "Replay",
    "element",
    "flat",
    "read_corrections",
    "receipts_in",
    "redecide",
    "text_of",
    "verify",
]
