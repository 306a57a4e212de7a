"""The oracle: a policy loaded once, asked any number of times, from any thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from tiaoli.base import CallError, CaseError, InternalError, choices, deadline_of, iso, left, shown
from tiaoli.case import Case
from tiaoli.decide import Answer, CaseFacts, Decision, DecisionReader, Outcome, Subject, case_facts
from tiaoli.encoding import Encoding, PolicySource, load_from, rules_folder
from tiaoli.explain import Explanation, WhyOrWhyNot
from tiaoli.oracle.oracle_source import OracleSource
from tiaoli.policy import Policy, reading_facts
from tiaoli.rules import Consequences, Fact, OutOfTimeError, consequences

if TYPE_CHECKING:
    from tiaoli.analysis import Proof
    from tiaoli.compiled import CompiledDecisions, CompiledRules
    from tiaoli.decide import DecideUnder, Receipt
    from tiaoli.questions import Calendar, Hypothesis, Questions, Reason, WhatIf

Engine = Literal["auto", "clingo", "compiled"]
_ENGINES = get_args(Engine)
_FIRST = 20
"""How many explanations clingo's model is asked for: compiling all that the rules derive costs about as much."""


class Oracle:
    """Answers questions about cases under one policy.

    `policy` is the id of a policy folder, `policy_root` the folder that holds `policy/` and `encodings/` (the shipped
    one by default); `readings` are chosen for every question that does not choose its own, `parameters` are numbers put in
    place of the policy's, written as in parameters.toml. With `alone` no other norm supplies what a case does not say; today none
    does.

    Raises `CallError` where a policy, reading or parameter does not exist, `PolicyError` where the policy is not in order.

    >>> oracle = Oracle("hrss-2024-20")
    >>> case = {"id": "A-001", "applied_on": "2025-06-01", "person": {"status": "unemployed"}, "certificates": [
    ...     {"id": "c1", "kind": "special_ability", "domain": "ai_data_annotation", "issued": "2025-03-01"}]}
    >>> decision = oracle.decide(case, benefits=["special_ability"]).decisions[0]
    >>> decision.outcome, str(decision.amount)
    ('eligible', '1000.00')
    """

    def __init__(
        self,
        policy: str | None = None,
        *,
        policy_root: Path | str | None = None,
        readings: Mapping[str, str] | None = None,
        parameters: Mapping[str, str] | None = None,
        alone: bool = False,
    ) -> None:
        root = Path(policy_root) if policy_root is not None else None
        self._encoding: Encoding = load_from(PolicySource(policy, root, parameters or {}))
        self._alone = alone
        self._readings = self.checked_readings(readings or {})
        self._compiled: CompiledRules | None = None
        self._asked_before = False
        self._explained_before = 0

    @classmethod
    def of(cls, source: OracleSource) -> Oracle:
        """The oracle that a source describes. Raises as the constructor does."""
        policy = source.policy
        return cls(policy.policy, policy_root=policy.root, parameters=policy.parameters, readings=source.readings, alone=source.alone)

    @property
    def source(self) -> OracleSource:
        """What another process needs to make the same oracle."""
        return OracleSource(self._encoding.source, dict(self._readings), self._alone)

    @property
    def policy(self) -> Policy:
        """The policy as data: its sentences, parameters, readings, benefits and words."""
        return self._encoding.policy

    @property
    def chosen_readings(self) -> dict[str, str]:
        """The readings that this oracle takes instead of the defaults, as an answer echoes them."""
        return self.policy.other_readings(self._readings)

    @property
    def compiled(self) -> CompiledRules:
        """The rules compiled to Python, as the fast path has them."""
        if self._compiled is None:
            # a run with one question does without
            from tiaoli.compiled import CompiledRules

            self._compiled = CompiledRules(self._encoding)
        return self._compiled

    @property
    def readings_in_force(self) -> dict[str, str]:
        """Every reading with the option that this oracle takes."""
        return self._in_force(None)

    @property
    def parameters(self) -> dict[str, str]:
        """The numbers that were put in place of the policy's, by the names that were given."""
        return dict(self._encoding.source.parameters)

    @property
    def alone(self) -> bool:
        """Whether no other norm supplies what a case does not say."""
        return self._alone

    @property
    def encoding(self) -> Encoding:
        """The policy together with what its rules rest on."""
        return self._encoding

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
        deadline = deadline_of(limit)
        asked = self.checked_benefits(benefits)
        chosen = {**self._readings, **self.checked_readings(readings)} if readings else self._readings
        if engine not in _ENGINES:
            near = choices(_ENGINES, engine)
            raise CallError.one("engine", f"没有求解方式 {shown(engine)}；{near.zh}", f"there is no engine {shown(engine)}; {near.en}")
        repeated = self._asked_before
        if engine != "clingo":
            quick = self._quick(case, asked, chosen, engine == "compiled", full)
            if quick is not None:
                return self._answer(quick.facts.id, iso(quick.facts.today), chosen, quick.facts.assumed, quick.decisions)
        parsed = case if isinstance(case, Case) else Case.read(case)
        facts = self._facts(parsed, asked)
        if asked is not None:
            self._require_subjects(parsed, asked, facts)
        found = self._consequences(parsed, facts, chosen, limit) if facts.subjects else Consequences(frozenset(), frozenset())
        in_force = {reading.name: chosen.get(reading.name, reading.default) for reading in self.policy.readings.values()}
        reader = DecisionReader(self.policy, parsed, found, parsed.id)
        decisions = tuple(reader.decisions(facts.subjects))
        complete = found.exhausted
        if full:
            # a short run that does not ask for them does not load them
            from tiaoli.decide import with_alternatives

            again = self._again(parsed, asked) if repeated and engine != "clingo" else None
            with _bearing(parsed):
                decisions, searched = with_alternatives(self._encoding, parsed, asked, in_force, decisions, left(deadline), again)
            complete = complete and searched
        return self._answer(
            parsed.id,
            parsed.applied_on.isoformat(),
            chosen,
            facts.assumed,
            decisions,
            limit_reached=not complete,
            exclusive=tuple(reader.exclusive(facts.subjects)) if full else None,
        )

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

        parsed = case if isinstance(case, Case) else Case.read(case)
        asked = self.checked_benefits(benefits)
        in_force = self._in_force(readings)
        found = answer or self.decide(parsed, benefits=asked, readings=in_force, limit=limit, full=True)
        return receipt_of(self._encoding, self.parameters, in_force, parsed, asked, found, made_at)

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
        return self._explained("why", case, benefit, subject, condition, clause, full, depth, readings, limit)

    def why_not(
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
        """Why a decision is not granted, or a `condition` of it not met: what fails, how nearly, and on which facts.

        As `why`, and like it answers the other question where that is the one that fits the outcome.
        """
        return self._explained("why-not", case, benefit, subject, condition, clause, full, depth, readings, limit)

    def _explained(
        self,
        asked: WhyOrWhyNot,
        case: Case | Mapping[str, Any],
        benefit: str,
        subject: str | None,
        condition: str | None,
        clause: str | None,
        full: bool,
        depth: int | None,
        readings: Mapping[str, str] | None,
        limit: float | None,
    ) -> Explanation:
        # a decision does without it
        from tiaoli.explain import explain

        self.checked_benefits([benefit])
        in_force = self._in_force(readings)
        declared = self.policy.benefits[benefit]
        if condition is not None and condition not in declared.conditions:
            near = choices(declared.conditions, condition)
            zh, en = f"{benefit} 没有条件 {shown(condition)}", f"{benefit} has no condition {shown(condition)}"
            raise CallError.one("condition", f"{zh}；{near.zh}", f"{en}; {near.en}")
        named = None if clause is None else self.policy.clause(clause)
        if clause is not None and named is None:
            near = choices(self.policy.clauses)
            raise CallError.one("clause", f"没有条款 {shown(clause)}；{near.zh}", f"there is no clause {shown(clause)}; {near.en}")
        if depth is not None and depth < 0:
            raise CallError.one("depth", f"层数不得小于 0，而不是 {depth}", f"a depth is 0 or more, not {depth}")
        parsed, facts, about = self._about(case, benefit, subject)
        self._explained_before += 1
        derived = None
        if self._explained_before > _FIRST and not facts.choices:
            derived = self.compiled.derived(parsed, benefit, in_force)
        with _bearing(parsed):
            return explain(
                self._encoding,
                parsed,
                facts,
                about,
                in_force,
                asked,
                condition=condition,
                clause=named,
                full=full,
                depth=depth,
                limit=limit,
                derived=derived,
            )

    def _subject(self, case: Case, facts: CaseFacts, benefit: str, subject: str | None) -> Subject:
        """The subject named, or the only one there is."""
        items = [item.item for item in facts.subjects]
        if subject is None and len(items) == 1:
            return facts.subjects[0]
        near = choices(items, subject)
        if subject is None:
            raise CallError.one(
                "subject", f"{benefit} 有多个对象，请指明一个；{near.zh}", f"{benefit} has several subjects, name one; {near.en}"
            )
        if subject not in items:
            raise CallError.one(
                "subject",
                f"案件 {shown(case.id)} 中没有对象 {shown(subject)}；{near.zh}",
                f"the case {shown(case.id)} has no subject {shown(subject)}; {near.en}",
            )
        return Subject(benefit, subject)

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

        deadline = deadline_of(limit)
        parsed, asked, in_force = self._question(case, benefit, subject, readings)
        decision = self._decided(parsed, asked, in_force, limit)
        with _bearing(parsed):
            return calendar_of(self._encoding, parsed, asked, in_force, decision.outcome, deadline)

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
        from tiaoli.questions import FoundRepairs, WhatIf, repairs_of, why_impossible

        deadline = deadline_of(limit)
        parsed, asked, in_force = self._question(case, benefit, subject, readings)
        outcome = self._decided(parsed, asked, in_force, limit).outcome
        wanted: Outcome = "not_eligible" if lose else "eligible"
        found, impossible = FoundRepairs((), True), None
        if outcome != wanted:
            with _bearing(parsed):
                found = repairs_of(self._encoding, parsed, asked, in_force, not lose, most, deadline)
                if not found.repairs and found.complete:
                    try:
                        impossible = why_impossible(self._encoding, parsed, asked, in_force, not lose, deadline)
                    except OutOfTimeError:
                        found = FoundRepairs((), False, True)
        return WhatIf(parsed.id, benefit, asked.item, outcome, wanted, found.repairs, found.complete, impossible, found.limit_reached)

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
        is not in the case format.
        """
        from tiaoli.questions import hypothesis_of

        parsed, asked, in_force = self._question(case, benefit, subject, readings)
        changed = parsed.with_values(changes)
        before, first = self._within(parsed, asked, in_force, limit)
        after, second = self._within(changed, asked, in_force, limit)
        return hypothesis_of(self.policy, parsed, changed, list(changes), before, after, first or second)

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
        from tiaoli.questions import Questions, facts_to_ask

        deadline = deadline_of(limit)
        parsed = case if isinstance(case, Case) else Case.read(case)
        in_force = self._in_force(readings)
        answer = self.decide(parsed, benefits=benefits, readings=in_force, limit=limit, full=True)
        with _bearing(parsed):
            found, complete = facts_to_ask(self._encoding, parsed, in_force, answer.decisions, deadline)
        return Questions(parsed.id, found, answer.limit_reached or not complete)

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
        from tiaoli.questions import Reason, sufficient_facts

        deadline = deadline_of(limit)
        parsed, asked, in_force = self._question(case, benefit, subject, readings)
        outcome = self._decided(parsed, asked, in_force, limit).outcome
        facts, complete = None, True
        if outcome != "unknown":
            try:
                with _bearing(parsed):
                    facts = sufficient_facts(self._encoding, parsed, asked, in_force, outcome == "eligible", deadline)
            except OutOfTimeError:
                complete = False
        return Reason(parsed.id, benefit, asked.item, outcome, facts, not complete)

    def prove(
        self,
        properties: Iterable[str] | None = None,
        *,
        readings: Mapping[str, str] | None = None,
        limit: float | None = None,
        report: Callable[[Proof, int, int], None] | None = None,
    ) -> tuple[Proof, ...]:
        """Whether properties of the policy hold: each proved over its domain, or refuted by a smallest case, decided again.

        `properties` are names of the policy's own (all of them by default) or paths of files that end in `.lp`; `readings` are
        fixed, the others are free. `limit` is in seconds, for each property. `report` is told of every proof, how many are done
        and how many there are. Raises `CallError` where a property or reading does not exist, `PolicyError` with everything wrong
        in a file.

        >>> proof = Oracle().prove(["grant-within-cap"])[0]
        >>> proof.result, proof.witness
        ('proved', None)
        """
        from tiaoli.analysis import benefits_asked, own_property_files, property_files, property_queries, prove, read_property

        folder = rules_folder(self.policy.id, self._encoding.source.root)
        chosen = {**self._readings, **self.checked_readings(readings or {})}
        files = own_property_files(folder) if properties is None else property_files(folder, list(properties))
        # what is wrong with any of them is said before the first is searched
        wanted = [
            (item, property_queries(self._encoding, item, chosen)) for item in (read_property(self._encoding, path) for path in files)
        ]
        found: list[Proof] = []
        for item, queries in wanted:
            proof = prove(self._encoding, item, queries, deadline_of(limit))
            if proof.witness is not None:
                benefits = benefits_asked(self._encoding, queries)
                in_force = {**item.readings, **chosen, **(proof.readings or {})}
                proof = replace(proof, answers=tuple(self._shown(case, benefits, in_force) for case in proof.files.values()))
            found.append(proof)
            if report is not None:
                report(proof, len(found), len(wanted))
        return tuple(found)

    def _shown(self, case: Mapping[str, Any], benefits: Iterable[str], in_force: Mapping[str, str]) -> Answer:
        """The decisions of a witness about those of the benefits that it has a subject for."""
        parsed = Case.read(case)
        there = {subject.benefit for subject in self._facts(parsed, None).subjects}
        return self.decide(parsed, benefits=[benefit for benefit in benefits if benefit in there], readings=in_force, engine="clingo")

    def _question(
        self, case: Case | Mapping[str, Any], benefit: str, subject: str | None, readings: Mapping[str, str] | None
    ) -> tuple[Case, Subject, dict[str, str]]:
        """The case, the one subject asked about, and the readings in force."""
        self.checked_benefits([benefit])
        in_force = self._in_force(readings)
        parsed, _, about = self._about(case, benefit, subject)
        return parsed, about, in_force

    def _about(self, case: Case | Mapping[str, Any], benefit: str, subject: str | None) -> tuple[Case, CaseFacts, Subject]:
        """The case, its facts for a benefit, and the one subject asked about."""
        parsed = case if isinstance(case, Case) else Case.read(case)
        facts = self._facts(parsed, (benefit,))
        self._require_subjects(parsed, (benefit,), facts)
        return parsed, facts, self._subject(parsed, facts, benefit, subject)

    def _in_force(self, readings: Mapping[str, str] | None) -> dict[str, str]:
        """The option taken of every reading: those given, those of this oracle, the defaults."""
        chosen = {**self._readings, **self.checked_readings(readings or {})}
        return {reading.name: chosen.get(reading.name, reading.default) for reading in self.policy.readings.values()}

    def _decided(self, case: Case, subject: Subject, in_force: Mapping[str, str], limit: float | None = None) -> Decision:
        """The decision about one subject."""
        return self._within(case, subject, in_force, limit)[0]

    def _within(self, case: Case, subject: Subject, in_force: Mapping[str, str], limit: float | None) -> tuple[Decision, bool]:
        """The decision about one subject, and whether the limit cut it short."""
        found = self.decide(case, benefits=[subject.benefit], readings=in_force, limit=limit, engine="clingo")
        return next(decision for decision in found.decisions if decision.subject == subject.item), found.limit_reached

    def _answer(
        self, case: str, applied_on: str, chosen: Mapping[str, str], assumed: Iterable[str], decisions: tuple[Decision, ...], **more: Any
    ) -> Answer:
        return Answer(
            case=case,
            applied_on=applied_on,
            policy=self.policy.number,
            policy_digest=self.policy.digest,
            currency=self.policy.currency,
            chosen_readings=self.policy.other_readings(chosen) if chosen else {},
            assumed=tuple(assumed),
            decisions=decisions,
            **more,
        )

    def _again(self, case: Case, asked: tuple[str, ...] | None) -> DecideUnder:
        """How the compiled rules decide a case under other readings, where they can."""
        from tiaoli.compiled import Fallback

        compiled = self.compiled

        def decided(readings: Mapping[str, str]) -> Mapping[Subject, Decision] | None:
            # read anew: what is derived of a case is kept with it, and rests on the readings
            found = compiled.decide(compiled.reader.case(case), asked, readings)
            return None if isinstance(found, Fallback) else {Subject(item.benefit, item.subject): item for item in found.decisions}

        return decided

    def _quick(
        self, case: Case | Mapping[str, Any], asked: tuple[str, ...] | None, chosen: Mapping[str, str], insisted: bool, full: bool
    ) -> CompiledDecisions | None:
        """What the compiled rules decide, or `None` where clingo is to. Raises `CallError` where that was not wanted."""
        if full and insisted:
            raise CallError.one("engine", "完整答案须用 clingo 求解", "a full answer wants clingo; leave `engine` out")
        if full or not (self._asked_before or insisted):
            # compiling costs more than one decision
            self._asked_before = True
            return None
        from tiaoli.compiled import Fallback

        compiled = self.compiled
        facts = compiled.reader.document(case)
        if facts is None:
            facts = compiled.reader.case(case if isinstance(case, Case) else Case.read(case))
        try:
            found = compiled.decide(facts, asked, chosen)
        except InternalError as error:
            raise InternalError(error.problems, (case if isinstance(case, Case) else Case.read(case)).to_json()) from error
        if asked is not None and len(facts.asked) < len(asked):
            # the long way says for which benefit there is no subject
            return None
        if isinstance(found, Fallback):
            if insisted:
                raise CallError([found.problem])
            return None
        return found

    def at_once(
        self, document: Any, *, benefits: Collection[str] | None = None, readings: Mapping[str, str] | None = None
    ) -> Answer | None:
        """The answer that `decide` gives, where the compiled rules give it at once: to plain data that is a complete case in its
        simplest form. `None` for everything else, also for what is no case; clingo is never run.

        Raises `CallError` where a benefit or reading does not exist.
        """
        from tiaoli.compiled import Fallback

        asked = self.checked_benefits(benefits)
        chosen = {**self._readings, **self.checked_readings(readings or {})}
        facts = self.compiled.reader.document(document)
        if facts is None or any(not facts.items.get(self.policy.benefits[benefit].subject) for benefit in asked or ()):
            return None
        try:
            found = self.compiled.decide(facts, asked, chosen)
        except InternalError:
            return None
        if isinstance(found, Fallback):
            return None
        return self._answer(facts.id, iso(facts.today), chosen, facts.assumed, found.decisions)

    def facts(
        self, case: Case | Mapping[str, Any], *, readings: Mapping[str, str] | None = None
    ) -> tuple[tuple[Fact, ...], tuple[tuple[Fact, ...], ...]]:
        """Every fact that the rules need for a case, and for each unknown fact its alternatives.

        With the files of `encodings/<id>/` and `policy.library_rules` they are a complete program for stock clingo.
        """
        chosen = {**self._readings, **self.checked_readings(readings or {})}
        parsed = case if isinstance(case, Case) else Case.read(case)
        facts = self._facts(parsed, None)
        known = (*facts.facts, *self.policy.facts, *reading_facts(self.policy, chosen))
        return known, tuple(choice.options for choice in facts.choices.values())

    def _facts(self, case: Case, benefits: Collection[str] | None) -> CaseFacts:
        return case_facts(self.policy, self._encoding.harvest, self._encoding.fields, case, benefits)

    def _consequences(self, case: Case, facts: CaseFacts, readings: Mapping[str, str], limit: float | None) -> Consequences:
        known = (*self.policy.facts, *reading_facts(self.policy, readings), *facts.facts)
        with _bearing(case):
            return consequences(self.policy.rule_text, known, list(facts.choices.values()), limit)

    def checked_benefits(self, benefits: Iterable[str] | None) -> tuple[str, ...] | None:
        """The benefits asked for. Raises `CallError` where there is none of a name."""
        if benefits is None:
            return None
        asked = (benefits,) if isinstance(benefits, str) else tuple(dict.fromkeys(benefits))
        for benefit in asked:
            if benefit not in self.policy.benefits:
                near = choices(self.policy.benefits, benefit)
                raise CallError.one("benefit", f"没有权益 {shown(benefit)}；{near.zh}", f"there is no benefit {shown(benefit)}; {near.en}")
        return asked

    def _require_subjects(self, case: Case, benefits: Iterable[str], facts: CaseFacts) -> None:
        present = {subject.benefit for subject in facts.subjects}
        for benefit in benefits:
            if benefit not in present:
                path = self.policy.list_of[self.policy.benefits[benefit].subject].path
                raise CaseError.one(
                    path,
                    f"案件 {shown(case.id)} 中没有可问 {benefit} 的对象；此列表为空",
                    f"the case {shown(case.id)} has nothing to ask {benefit} for; this list is empty",
                    "case-nothing-asked",
                )

    def checked_readings(self, readings: Mapping[str, str]) -> dict[str, str]:
        """The readings chosen. Raises `CallError` where there is none of a name, or no such option of it."""
        for name, option in readings.items():
            reading = self.policy.readings.get(name)
            if reading is None:
                near = choices(self.policy.readings, name)
                raise CallError.one("reading", f"没有待定解释 {shown(name)}；{near.zh}", f"there is no reading {shown(name)}; {near.en}")
            options = [item.id for item in reading.options]
            if option not in options:
                near = choices(options, option)
                raise CallError.one(
                    f"reading {name}",
                    f"没有选项 {shown(option)}；{near.zh}",
                    f"there is no option {shown(option)}; {near.en}",
                )
        return dict(readings)


@contextmanager
def _bearing(case: Case) -> Iterator[None]:
    """An internal error leaves with the case that showed it."""
    try:
        yield
    except InternalError as error:
        raise InternalError(error.problems, case.to_json()) from error
