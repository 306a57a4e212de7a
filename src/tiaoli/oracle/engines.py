"""Who decides: the compiled rules where they are quicker, clingo otherwise. The answer is the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tiaoli.base import CallError, InternalError, iso, to_day
from tiaoli.case import Case
from tiaoli.decide import Answer, Decision, PreparedCase, PreparedDecision, Subject, exclusive_groups, notes_on, solve
from tiaoli.encoding import Encoding
from tiaoli.oracle.prepare import Engine, prepare, read_case, require_subjects
from tiaoli.rules import Fact

if TYPE_CHECKING:
    from tiaoli.compiled import CompiledDecisions, CompiledRules, FactTables
    from tiaoli.decide import DecideUnder

_FIRST_EXPLANATIONS = 20
"""How many explanations clingo's model is asked for: compiling all that the rules derive costs about as much."""

_MANY_SUBJECTS = 50
"""With more decisions than these to make under each reading, it pays to compile the rules for one case."""


class Engines:
    """The engines of one policy, and whether it pays by now to compile its rules."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self._compiled: CompiledRules | None = None
        self._asked_before = False
        self._explained_before = 0

    @property
    def compiled(self) -> CompiledRules:
        """The rules compiled to Python."""
        if self._compiled is None:
            # a run with one question does without
            from tiaoli.compiled import CompiledRules

            self._compiled = CompiledRules(self.encoding)
        return self._compiled

    def decide(
        self,
        case: Case | Mapping[str, Any],
        benefits: tuple[str, ...] | None,
        chosen: Mapping[str, str],
        deadline: float | None,
        engine: Engine,
    ) -> Answer:
        """The decisions of a case, by whoever is to decide it; `chosen` are the readings that were chosen."""
        # compiling costs more than one decision
        if engine == "compiled" or (engine == "auto" and self._asked_before):
            facts = self.compiled.reader.document(case)
            if facts is None:
                case = read_case(self.encoding.policy, case)
                facts = self.compiled.reader.case(case)
            try:
                found = self._by_compiled_rules(facts, benefits, chosen, insisted=engine == "compiled")
            except InternalError as error:
                raise InternalError(error.problems, read_case(self.encoding.policy, case).to_json()) from error
            if found is not None:
                return self._compiled_answer(found, chosen)
        elif engine == "auto":
            self._asked_before = True
        question = prepare(self.encoding, case, benefits, chosen, deadline)
        require_subjects(question)
        return self.by_clingo(question)

    def decide_at_once(self, document: Any, benefits: tuple[str, ...] | None, chosen: Mapping[str, str]) -> Answer | None:
        """The answer to plain data where the compiled rules give it without more ado; otherwise `None`."""
        facts = self.compiled.reader.document(document)
        if facts is None:
            return None
        try:
            found = self._by_compiled_rules(facts, benefits, chosen)
        except InternalError:
            return None
        return None if found is None else self._compiled_answer(found, chosen)

    def by_clingo(self, question: PreparedCase) -> Answer:
        """The decisions as clingo makes them."""
        reader = solve(question)
        return self._clingo_answer(question, tuple(reader.decisions(question.facts.subjects)), complete=reader.found.exhausted)

    def in_full(self, question: PreparedCase, engine: Engine = "auto") -> Answer:
        """The full answer: clingo decides, and of single other readings the compiled rules, once they pay."""
        # a short run that does not ask for it does not load it
        from tiaoli.decide import with_alternatives

        require_subjects(question)
        pays = self._asked_before or len(question.facts.subjects) > _MANY_SUBJECTS
        decide_under = self._decide_under(question) if engine == "auto" and pays else None
        if engine == "auto":
            self._asked_before = True
        reader, subjects = solve(question, exclusive=True), question.facts.subjects
        with question.shown_in_errors():
            decisions, searched = with_alternatives(question, tuple(reader.decisions(subjects)), decide_under)
        complete = reader.found.exhausted and searched
        return self._clingo_answer(question, decisions, complete, exclusive=tuple(exclusive_groups(reader.exclusive(subjects))))

    def derived(self, question: PreparedDecision) -> frozenset[Fact] | None:
        """Everything that the rules derive of a complete case, where the compiled rules are to say it for an explanation."""
        self._explained_before += 1
        if self._explained_before <= _FIRST_EXPLANATIONS or question.facts.choices:
            return None
        return self.compiled.derived(question.case, question.subject.benefit, question.readings)

    def _by_compiled_rules(
        self, facts: FactTables, benefits: tuple[str, ...] | None, chosen: Mapping[str, str], insisted: bool = False
    ) -> CompiledDecisions | None:
        """What the compiled rules decide, or `None` where clingo is to. Raises `CallError` where that is not wanted."""
        from tiaoli.compiled import Fallback

        found = self.compiled.decide(facts, benefits, chosen)
        if benefits is not None and len(facts.asked) < len(benefits):
            # for which benefit there is no subject is said where the question is prepared
            return None
        if isinstance(found, Fallback):
            if insisted:
                raise CallError([found.problem])
            return None
        return found

    def _decide_under(self, question: PreparedCase) -> DecideUnder:
        """How the compiled rules decide a case under other readings, where they can."""
        from tiaoli.compiled import Fallback

        compiled = self.compiled

        def decided(readings: Mapping[str, str]) -> Mapping[Subject, Decision] | None:
            # read anew: what is derived of a case is kept with it, and rests on the readings
            found = compiled.decide(compiled.reader.case(question.case), question.benefits, readings)
            return None if isinstance(found, Fallback) else {Subject(item.benefit, item.subject): item for item in found.decisions}

        return decided

    def _compiled_answer(self, found: CompiledDecisions, chosen: Mapping[str, str]) -> Answer:
        facts = found.facts
        return self._answer(facts.id, facts.today, chosen, facts.assumed, found.decisions)

    def _clingo_answer(self, question: PreparedCase, decisions: tuple[Decision, ...], complete: bool, **more: Any) -> Answer:
        case, assumed = question.case, question.facts.assumed
        return self._answer(case.id, to_day(case.day), question.readings, assumed, decisions, limit_reached=not complete, **more)

    def _answer(
        self, case: str, applied_on: int, chosen: Mapping[str, str], assumed: Iterable[str], decisions: tuple[Decision, ...], **more: Any
    ) -> Answer:
        policy = self.encoding.policy
        return Answer(
            case=case,
            applied_on=iso(applied_on),
            policy=policy.number,
            policy_digest=policy.digest,
            currency=policy.currency,
            chosen_readings=policy.other_readings(chosen) if chosen else {},
            assumed=tuple(assumed),
            decisions=decisions,
            notes=notes_on(policy, applied_on),
            **more,
        )
