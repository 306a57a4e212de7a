"""The eligibility oracle: a loaded policy that is asked about cases, the interview that asks back, and the types of its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.decide import Answer, Decision, Receipt
    from tiaoli.encoding import Encoding
    from tiaoli.explain import Explanation, Node
    from tiaoli.oracle.comparison import diff
    from tiaoli.oracle.interview import Interview
    from tiaoli.oracle.oracle import Oracle
    from tiaoli.oracle.oracle_source import OracleSource
    from tiaoli.questions import Calendar, Hypothesis, Questions, Reason, WhatIf
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "Answer",
    "Calendar",
    "Decision",
    "Encoding",
    "Explanation",
    "Hypothesis",
    "Interview",
    "Node",
    "Oracle",
    "OracleSource",
    "Questions",
    "Reason",
    "Receipt",
    "WhatIf",
    "diff",
]
