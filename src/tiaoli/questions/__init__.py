"""What would have to be otherwise: repairs, hypotheticals, spans of application days, sufficient reasons, facts to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.questions.hypothetical import Hypothesis, hypothesis_of
    from tiaoli.questions.missing_facts import FactQuestion, Questions, facts_to_ask, item_of
    from tiaoli.questions.repair import FactChange, WhatIf
    from tiaoli.questions.repair_search import repairs_of
    from tiaoli.questions.sufficient_reason import Reason, reason_of
    from tiaoli.questions.when import Calendar, calendar_of
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "Calendar",
    "FactChange",
    "FactQuestion",
    "Hypothesis",
    "Questions",
    "Reason",
    "WhatIf",
    "calendar_of",
    "facts_to_ask",
    "hypothesis_of",
    "item_of",
    "reason_of",
    "repairs_of",
]
