"""An interview: one question at a time until nothing is open, with answers taken back and questions left open.

It holds the case so far and knows what to ask next; reading and printing is done elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tiaoli.case import Case, field_at, plain_value
from tiaoli.decide import Answer
from tiaoli.oracle.oracle import Oracle
from tiaoli.policy import Field
from tiaoli.questions import FactQuestion


class _State(NamedTuple):
    case: Case
    skipped: frozenset[str]


class Interview:
    """Asks for the unknown facts of a case that can still decide, best first.

    >>> oracle = Oracle("hrss-2024-20")
    >>> case = Oracle().read({"id": "A", "applied_on": "2025-06-01", "person": {"status": "unemployed"},
    ...     "certificates": [{"id": "c1", "kind": "special_ability", "domain": "ai_data_annotation",
    ...     "meets_city_rules": True, "payment_percent": 80}]})
    >>> interview = Interview(oracle, case, benefits=["special_ability"])
    >>> interview.question.path
    'certificates.c1.issued'
    >>> interview.answer("2025-03-01")
    >>> interview.question, interview.result().decisions[0].outcome
    (None, 'eligible')
    """

    def __init__(
        self,
        oracle: Oracle,
        case: Case,
        *,
        benefits: Iterable[str] | None = None,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> None:
        self._oracle = oracle
        self._benefits = None if benefits is None else list(benefits)
        self._readings, self._limit = readings, limit
        self._states = [_State(case, frozenset())]
        self.limit_reached = False
        self._ask()

    @property
    def case(self) -> Case:
        """The case with the answers so far."""
        return self._states[-1].case

    @property
    def question(self) -> FactQuestion | None:
        """What to ask now; `None` where no answer can change anything, or what could is not known."""
        return self._question

    @property
    def field(self) -> Field:
        """The field that the question asks for."""
        assert self._question is not None
        found = field_at(self._oracle.policy, self._question.path)
        assert found is not None
        return found

    @property
    def answered(self) -> int:
        """How many questions were answered or left open."""
        return len(self._states) - 1

    def answer(self, text: str) -> None:
        """Take an answer, written as in a case file or in the words of the policy.

        Raises `CaseError` where it is no answer to the question; then the question stays.
        """
        assert self._question is not None
        value = plain_value(self.field, text)
        self._enter(_State(self.case.with_values({self._question.path: value}), self._states[-1].skipped))

    def leave_open(self) -> None:
        """Go on without an answer; the fact stays unknown and is not asked for again."""
        assert self._question is not None
        self._enter(_State(self.case, self._states[-1].skipped | {self._question.path}))

    def back(self) -> bool:
        """Take the last answer back and ask that question again; whether there was one."""
        if len(self._states) == 1:
            return False
        self._states.pop()
        self._ask()
        return True

    def result(self) -> Answer:
        """The answer so far."""
        return self._oracle.decide(self.case, benefits=self._benefits, readings=self._readings, limit=self._limit, full=True)

    def _enter(self, state: _State) -> None:
        self._states.append(state)
        self._ask()

    def _ask(self) -> None:
        found = self._oracle.ask(self.case, benefits=self._benefits, readings=self._readings, limit=self._limit)
        self.limit_reached = self.limit_reached or found.limit_reached
        self._question = next((question for question in found.questions if question.path not in self._states[-1].skipped), None)
