"""Tiaoli (条理): a government notice written as rules a machine can run, and every answer with its reasons.

>>> from tiaoli import Oracle
>>> Oracle("hrss-2024-20").policy.number
'沪人社规〔2024〕20号'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily
from tiaoli.base.version import __version__

if TYPE_CHECKING:
    from tiaoli.analysis.proof import Proof
    from tiaoli.analysis.version_diff import Diff
    from tiaoli.base.errors import CallError, CaseError, InternalError, PolicyError, Problem, ReceiptError, TiaoliError
    from tiaoli.base.statement import Statement
    from tiaoli.case.case import Case
    from tiaoli.decide.answer import Answer, Condition, Decision
    from tiaoli.decide.receipt import Receipt
    from tiaoli.explain.explanation import Explanation, Node
    from tiaoli.oracle.comparison import diff
    from tiaoli.oracle.interview import Interview
    from tiaoli.oracle.oracle import Oracle
    from tiaoli.questions.hypothetical import Hypothesis
    from tiaoli.questions.missing_facts import Questions
    from tiaoli.questions.repair import WhatIf
    from tiaoli.questions.sufficient_reason import Reason
    from tiaoli.questions.when import Calendar
    from tiaoli.receipts.redecision import Redecision
    from tiaoli.receipts.redecision_run import redecide
    from tiaoli.receipts.verification import Replay, verify
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "Answer",
    "Calendar",
    "CallError",
    "Case",
    "CaseError",
    "Condition",
    "Decision",
    "Diff",
    "Explanation",
    "Hypothesis",
    "InternalError",
    "Interview",
    "Node",
    "Oracle",
    "PolicyError",
    "Problem",
    "Proof",
    "Questions",
    "Reason",
    "Receipt",
    "ReceiptError",
    "Redecision",
    "Replay",
    "Statement",
    "TiaoliError",
    "WhatIf",
    "__version__",
    "diff",
    "redecide",
    "verify",
]
