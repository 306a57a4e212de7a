"""The oracle: a policy loaded once, asked any number of times, from any thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tiaoli.base import deadline_of
from tiaoli.case import Case, check_paths
from tiaoli.decide import Answer
from tiaoli.encoding import load_encoding_from, rules_folder
from tiaoli.explain import Explanation, WhyOrWhyNot
from tiaoli.oracle.loaded_policy import LoadedPolicy
from tiaoli.oracle.oracle_source import OracleSource
from tiaoli.oracle.prepare import (
    Engine,
    Scope,
    check_engine,
    prepare,
    prepare_decision,
    require_subject_kept,
)
from tiaoli.oracle.signature import signed_as
from tiaoli.rules import Fact, Session

if TYPE_CHECKING:
    from tiaoli.analysis import Proof
    from tiaoli.decide import Receipt
    from tiaoli.questions import Calendar, Hypothesis, Questions, Reason, WhatIf


class Oracle(LoadedPolicy):
    """Answers questions about cases under one policy.

    `policy` is the id of a policy folder, `policy_root` the folder that holds `policy/` and `encodings/` (the shipped
    one by default); `readings` are chosen for every question that does not choose its own, `parameters` are numbers put in
    place of the policy's, written as in parameters.toml. With `alone` no other norm supplies what a case does not say; today none
    does.

    Raises `CallError` where a policy, reading or parameter does not exist, `PolicyError` where the policy is not in order.

    >>> oracle = Oracle("hrss-2024-20")
    >>> case = {"id": "A-001", "applied_on": "2025-06-01", "person": {"status": "unemployed"}, "certificates": [
    ...     {"id": "c1", "kind": "special_ability", "domain": "ai_data_annotation", "issued": "2025-03-01", "meets_city_rules": True}]}
    >>> decision = oracle.decide(case, benefits=["special_ability"]).decisions[0]
    >>> decision.outcome, str(decision.standard), [str(end) for end in decision.amount_range]
    ('eligible', '1000.00', ['10.00', '1000.00'])
    """

    @classmethod
    def of(cls, source: OracleSource) -> Oracle:
        """The oracle that a source describes. Raises as the constructor does."""
        found = cls.__new__(cls)
        found._take(load_encoding_from(source.policy), source.readings, source.alone)
        return found

    def decide(
        self,
        case: Case | Mapping[str, Any],
        *,
        benefits: Iterable[str] | None = None,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
        full: bool = False,
        engine: Engine = "auto",
    ) -> Answer:
        """Every decision of a case, or those of `benefits`.

        `readings` are options chosen instead of the defaults; `limit` is in seconds. With `full` each decision bears its
        `alternatives` (the facts that can still decide it, and what other readings make of it).

        `engine` is who decides; the answer is the same. `auto` leaves to clingo what is asked once, in full, or of a case with
        unknown facts that bear on the decision, and everything else to the compiled rules; of a full answer also what single other
        readings make of it. `compiled` insists on them.

        Raises `CaseError` where the case is not in the case format or has no subject for a benefit that is asked,
        `CallError` where a benefit or reading does not exist, `InternalError` (with the case) where the engine contradicts
        itself.
        """
        deadline, asked, chosen = deadline_of(limit), self.checked_benefits(benefits), self._chosen(readings)
        check_engine(engine, full)
        if full:
            return self._engines.in_full(prepare(self._encoding, case, asked, chosen, deadline), engine)
        return self._engines.decide(case, asked, chosen, deadline, engine)

    def receipt(
        self,
        case: Case | Mapping[str, Any],
        *,
        benefits: Iterable[str] | None = None,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
        answer: Answer | None = None,
        made_at: datetime | None = None,
    ) -> Receipt:
        """The receipt of the full answer to a case: what was decided, of which facts, by which rules.

        `answer` is what this oracle answered to the same question, where it was asked already; `made_at` the time to be noted, with
        its offset from UTC. The same question has the same receipt. Raises as `decide` does.

        >>> receipt = Oracle().receipt({"id": "A", "applied_on": "2025-06-01"})
        >>> receipt.sha256 == Oracle().receipt({"applied_on": "2025-06-01", "id": "A"}).sha256
        True
        """
        from tiaoli.decide import receipt_of

        question = self._about_case(case, benefits, readings, limit)
        return receipt_of(question, self.parameters, answer or self._engines.in_full(question), made_at)

    def why(
        self,
        case: Case | Mapping[str, Any],
        benefit: str,
        subject: str | None = None,
        *,
        condition: str | None = None,
        clause: str | None = None,
        full: bool = False,
        depth: int | None = None,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> Explanation:
        """Why a decision is granted, or a `condition` of it met, down to the facts of the case.

        Where it is not, the answer says why not, and `answered` that it does. `subject` may be left out where the case has
        only one for the benefit. The tree is short, the closest way to each reason; with `full` it leaves nothing out, and
        `depth` cuts it below so many levels. With `clause` (`三`, `（三）` or `3`) the explanation also says what each sentence
        of that clause contributed. `limit` is in seconds.

        Raises `CaseError` where the case is not in the case format or has no such subject, `CallError` where the benefit,
        condition, clause or reading does not exist or a subject must be chosen, `InternalError` (with the case) where the
        engine contradicts itself.

        >>> case = {"id": "A", "applied_on": "2025-06-01", "development_projects": [{"id": "d1", "review_passed": False}]}
        >>> found = Oracle().why(case, "development_grant", condition="review_passed")
        >>> found.answered, found.tree.children[0].facts
        (('why-not',), ('development_projects.d1.review_passed',))
        """
        scope = Scope(condition, clause, full, depth)
        return self._explain("why", case, benefit, subject, scope, readings, limit)

    @signed_as(why)
    def why_not(
        self, case: Any, benefit: Any, subject: Any = None, *, readings: Any = None, limit: Any = None, **scope: Any
    ) -> Explanation:
        """Why a decision is not granted, or a `condition` of it not met: what fails, how nearly, and on which facts.

        As `why`, and like it answers the other question where that is the one that fits the outcome.
        """
        return self._explain("why-not", case, benefit, subject, Scope(**scope), readings, limit)

    def _explain(
        self,
        asked: WhyOrWhyNot,
        case: Case | Mapping[str, Any],
        benefit: str,
        subject: str | None,
        scope: Scope,
        readings: Mapping[str, str] | None,
        limit: float | None,
    ) -> Explanation:
        # a decision does without it
        from tiaoli.explain import explain

        self.checked_benefits([benefit])
        chosen, scope = self._chosen(readings), scope.checked(self.policy, benefit)
        question = prepare_decision(self._encoding, case, benefit, subject, chosen, deadline_of(limit))
        with question.shown_in_errors():
            alone = question.by_itself()
            return explain(alone, asked, derived=self._engines.derived(alone), **scope._asdict())

    def when(
        self,
        case: Case | Mapping[str, Any],
        benefit: str,
        subject: str | None = None,
        *,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> Calendar:
        """The spans of application days on which a benefit is granted, and what opens and closes each.

        Everything else stays as the case has it. `subject` may be left out where the case has only one; `limit` is in
        seconds. Raises as `decide` does, and `CallError` where the subject does not exist or must be named.
        """
        from tiaoli.questions import calendar_of

        question = self._about_decision(case, benefit, subject, readings, limit)
        with question.shown_in_errors():
            return calendar_of(question.by_itself())

    def what_if(
        self,
        case: Case | Mapping[str, Any],
        benefit: str,
        subject: str | None = None,
        *,
        lose: bool = False,
        most: int | None = 10,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> WhatIf:
        """The smallest changes that would make a benefit granted, or with `lose` certain not to be.

        Subset-minimal among the facts that somebody can still change, fewest changes first, dates by the least number of
        days; at most `most` of them, all where it is `None`. Each was decided again with the change. `subject` may be left
        out where the case has only one; `limit` is in seconds. Raises as `when` does.
        """
        from tiaoli.questions import repairs_of

        question = self._about_decision(case, benefit, subject, readings, limit)
        with question.shown_in_errors():
            return repairs_of(question.by_itself(), lose, most)

    def suppose(
        self,
        case: Case | Mapping[str, Any],
        benefit: str,
        subject: str | None = None,
        *,
        changes: Mapping[str, Any],
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> Hypothesis:
        """The decision beside the one that it would be with plain values put at paths of the case (`employments.e1.start`).

        Any fact may be set, also one that nobody can change. Raises as `when` does, and `CaseError` where a path or a value
        is not in the case format, one path lies within another, or the subject would be gone.
        """
        from tiaoli.questions import hypothesis_of

        check_paths(changes)
        question = self._about_decision(case, benefit, subject, readings, limit)
        supposed = question.with_case(question.case.with_values(changes))
        require_subject_kept(supposed)
        return hypothesis_of(question, supposed, list(changes))

    def ask(
        self,
        case: Case | Mapping[str, Any],
        *,
        benefits: Iterable[str] | None = None,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> Questions:
        """The unknown facts that can still decide an outcome, as questions: the one that settles most first.

        Raises as `decide` does. `limit` is in seconds.
        """
        from tiaoli.questions import facts_to_ask

        question = self._about_case(case, benefits, readings, limit)
        answer = self._engines.in_full(question)
        with question.shown_in_errors():
            return facts_to_ask(question, answer)

    def reason(
        self,
        case: Case | Mapping[str, Any],
        benefit: str,
        subject: str | None = None,
        *,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> Reason:
        """Facts of the case that guarantee its outcome whatever its other facts are, none of which can be left out.

        Raises as `when` does.
        """
        from tiaoli.questions import reason_of

        question = self._about_decision(case, benefit, subject, readings, limit)
        with question.shown_in_errors():
            return reason_of(question.by_itself())

    def prove(
        self,
        properties: Iterable[str] | None = None,
        *,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
        memory: int | None = None,
        scope: Mapping[str, int] | None = None,
        report: Callable[[Proof, int, int], None] | None = None,
    ) -> tuple[Proof, ...]:
        """Whether properties of the policy hold: each proved of every case, or refuted by a small one, decided again.

        `properties` are names of the policy's own (all of them by default) or paths of files that end in `.lp`; `readings` are
        fixed, the others are free. `limit` is in seconds and `memory` in megabytes, for each property. Where no number of items is
        enough, `scope` says how many a list may have, by its name. `report` is told of every proof, how many are done and how many
        there are.

        It needs `tiaoli[prove]`. Raises `CallError` where that is not installed and where a property, a reading or a list does not
        exist, `PolicyError` with everything wrong in a file, `InternalError` where z3 and clingo differ about a case.

        >>> proof = Oracle().prove(["grant-within-cap"])[0]
        >>> proof.result, proof.witness
        ('proved', None)
        """
        from tiaoli.oracle.proving import proofs_of

        folder = rules_folder(self.policy.id, self._encoding.source.root)
        return proofs_of(self._engines, folder, properties, self._chosen(readings), limit, memory, scope or {}, report)

    def at_once(
        self, document: Any, *, benefits: Collection[str] | None = None, readings: Mapping[str, str] | None = None
    ) -> Answer | None:
        """The answer that `decide` gives, where the compiled rules give it at once: to plain data that is a complete case in its
        simplest form. `None` for everything else, also for what is no case; clingo is never run.

        Raises `CallError` where a benefit or reading does not exist.
        """
        asked, chosen = self.checked_benefits(benefits), self._chosen(readings)
        return self._engines.decide_at_once(document, asked, chosen)

    def facts(
        self, case: Case | Mapping[str, Any], *, readings: Mapping[str, str] | None = None
    ) -> tuple[tuple[Fact, ...], tuple[tuple[Fact, ...], ...]]:
        """Every fact that the rules need for a case, and for each unknown fact its alternatives.

        With the files of `encodings/<id>/` and `policy.library_rules` they are a complete program for stock clingo.
        """
        question = self._about_case(case, None, readings, None)
        known = (*question.facts.facts, *question.common_facts)
        choices = list(question.facts.choices.values())
        with question.shown_in_errors():
            session = Session(question.encoding.rules, known, choices, limit=question.seconds_left)
        return (*known, *session.worked_out), tuple(choice.options for choice in choices)
