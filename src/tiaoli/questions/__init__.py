"""What would have to be otherwise: repairs, hypotheticals, spans of application days, sufficient reasons, facts to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.questions.hypothetical import Hypothesis, compared
    from tiaoli.questions.missing_facts import Question, Questions, item_of, questions_of
    from tiaoli.questions.no_repair import why_impossible
    from tiaoli.questions.repair import Change, WhatIf
    from tiaoli.questions.repair_search import Search, repairs_of
    from tiaoli.questions.sufficient_reason import Reason, sufficient_facts
    from tiaoli.questions.when import Calendar, calendar_of
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "Calendar",
    "Change",
    "Hypothesis",
    "Question",
    "Questions",
    "Reason",
    "Search",
    "WhatIf",
    "calendar_of",
    "compared",
    "item_of",
    "questions_of",
    "repairs_of",
    "sufficient_facts",
    "why_impossible",
]
