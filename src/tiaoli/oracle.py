"""The oracle: a policy loaded once, asked any number of times, from any thread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tiaoli.answer import Answer, Condition, Decision, Outcome, Status
from tiaoli.atoms import Fact, Name, Value
from tiaoli.case import Case
from tiaoli.engine import Consequences, consequences
from tiaoli.errors import CallError, CaseError, InternalError
from tiaoli.facts import CaseFacts, Subject, case_facts
from tiaoli.load import Encoding, load
from tiaoli.policy import Policy, reading_facts
from tiaoli.words import choices, shown


class Oracle:
    """Answers questions about cases under one policy.

    `policy` is the id of a policy folder, `policy_root` the folder that holds `policy/` and `encodings/` (the shipped
    one by default); `readings` are chosen for every question that does not choose its own.

    Raises `CallError` where a policy or reading does not exist, `PolicyError` where the policy is not in order.

    >>> oracle = Oracle("hrss-2024-20")
    >>> case = {"id": "A-001", "applied_on": "2025-06-01", "person": {"status": "unemployed"}, "certificates": [
    ...     {"id": "c1", "kind": "special_ability", "domain": "ai_data_annotation", "issued": "2025-03-01"}]}
    >>> decision = oracle.decide(case, benefits=["special_ability"]).decisions[0]
    >>> decision.outcome, str(decision.amount_cny)
    ('eligible', '1000.00')
    """

    def __init__(
        self, policy: str | None = None, *, policy_root: Path | str | None = None, readings: Mapping[str, str] | None = None
    ) -> None:
        self._encoding: Encoding = load(policy, Path(policy_root) if policy_root is not None else None)
        self._readings = self._checked_readings(readings or {})

    @property
    def policy(self) -> Policy:
        """The policy as data: its sentences, parameters, readings, benefits and words."""
        return self._encoding.policy

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
    ) -> Answer:
        """Every decision of a case, or those of `benefits`.

        `readings` are options chosen instead of the defaults; `limit` is in seconds.

        Raises `CaseError` where the case is not in the case format, `CallError` where a benefit or reading does not
        exist or the case has no subject for a benefit that is asked, `InternalError` (with the case) where the engine
        contradicts itself.
        """
        asked = self._checked_benefits(benefits)
        chosen = {**self._readings, **self._checked_readings(readings or {})}
        parsed = case if isinstance(case, Case) else Case.read(case)
        facts = self._facts(parsed, asked)
        if asked is not None:
            self._require_subjects(parsed, asked, facts)
        found = self._consequences(parsed, facts, chosen, limit) if facts.subjects else Consequences(frozenset(), frozenset())
        shown_readings = {
            reading.name: chosen[reading.name]
            for reading in self.policy.readings.values()
            if chosen.get(reading.name, reading.default) != reading.default
        }
        return Answer(
            case=parsed.id,
            applied_on=parsed.applied_on.isoformat(),
            policy=self.policy.number,
            policy_digest=self.policy.digest,
            chosen_readings=shown_readings,
            assumed=tuple(facts.assumed),
            decisions=tuple(_Reader(self.policy, parsed, found).decisions(facts.subjects)),
            limit_reached=not found.exhausted,
        )

    def facts(
        self, case: Case | Mapping[str, Any], *, readings: Mapping[str, str] | None = None
    ) -> tuple[tuple[Fact, ...], tuple[tuple[Fact, ...], ...]]:
        """Every fact that the rules need for a case, and for each unknown fact its alternatives.

        With the files of `encodings/<id>/` they are a complete program for stock clingo.
        """
        chosen = {**self._readings, **self._checked_readings(readings or {})}
        parsed = case if isinstance(case, Case) else Case.read(case)
        facts = self._facts(parsed, None)
        known = (*facts.facts, *self.policy.facts, *reading_facts(self.policy, chosen))
        return known, tuple(choice.options for choice in facts.choices.values())

    def _facts(self, case: Case, benefits: Collection[str] | None) -> CaseFacts:
        return case_facts(self.policy, self._encoding.harvest, self._encoding.fields, case, benefits)

    def _consequences(self, case: Case, facts: CaseFacts, readings: Mapping[str, str], limit: float | None) -> Consequences:
        known = (*self.policy.facts, *reading_facts(self.policy, readings), *facts.facts)
        try:
            return consequences(self.policy.rule_text, known, list(facts.choices.values()), limit)
        except InternalError as error:
            raise InternalError(error.problems, case.to_json()) from error

    def _checked_benefits(self, benefits: Iterable[str] | None) -> tuple[str, ...] | None:
        if benefits is None:
            return None
        asked = (benefits,) if isinstance(benefits, str) else tuple(benefits)
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
                )

    def _checked_readings(self, readings: Mapping[str, str]) -> dict[str, str]:
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


class _Reader:
    """Reads decisions out of the consequences of one case."""

    def __init__(self, policy: Policy, case: Case, found: Consequences) -> None:
        self.policy = policy
        self.case = case
        self.found = found
        self.amounts: dict[tuple[str, str], set[Decimal]] = defaultdict(set)
        self.certain_amounts: set[tuple[str, str]] = set()
        self.rates: dict[tuple[str, str], Decimal] = {}
        self.gaps: dict[tuple[str, str], set[str]] = defaultdict(set)
        for fact in found.possible:
            key = (str(fact.arguments[1]), str(fact.arguments[2]))
            if fact.predicate == "amount":
                yuan, fen = fact.arguments[3:]
                self.amounts[key].add(_hundredths(yuan) * 100 + _hundredths(fen))
            elif fact.predicate == "rate":
                self.rates[key] = _hundredths(fact.arguments[3])
        for fact in found.certain:
            key = (str(fact.arguments[1]), str(fact.arguments[2]))
            if fact.predicate == "amount":
                self.certain_amounts.add(key)
            elif fact.predicate == "gap":
                self.gaps[key].add(str(fact.arguments[3]))

    def decisions(self, subjects: Iterable[Subject]) -> Iterable[Decision]:
        return (self._decision(subject) for subject in subjects)

    def _status(self, fact: Fact) -> Status:
        if fact in self.found.certain:
            return "met"
        if fact in self.found.possible or not self.found.exhausted:
            return "unknown"
        return "unmet"

    def _decision(self, subject: Subject) -> Decision:
        benefit = self.policy.benefits[subject.benefit]
        about = (self.case.id, Name(subject.benefit), subject.item)
        outcomes: dict[Status, Outcome] = {"met": "eligible", "unmet": "not_eligible", "unknown": "unknown"}
        outcome = outcomes[self._status(Fact("eligible", about))]
        key = (subject.benefit, subject.item)
        amounts = self.amounts[key] if outcome == "eligible" else set()
        exact = len(amounts) == 1 and key in self.certain_amounts
        return Decision(
            benefit=benefit.id,
            subject=subject.item,
            clause=benefit.clause,
            outcome=outcome,
            amount_cny=next(iter(amounts)) if exact else None,
            amount_range_cny=(min(amounts), max(amounts)) if len(amounts) > 1 and self.found.exhausted else None,
            rate=self.rates.get(key),
            conditions=tuple(
                Condition(condition, self._status(Fact("met", (*about, Name(condition))))) for condition in benefit.conditions
            ),
            gap=self._gap(subject) if outcome == "eligible" else (),
        )

    def _gap(self, subject: Subject) -> tuple[str, ...]:
        """The ids, as the file has them, of the persons without a standard, in file order."""
        found = self.gaps[subject.benefit, subject.item]
        if not found:
            return ()
        inside = self.policy.lists
        order = [
            f"{subject.item}/{item.id}"
            for declared in inside.values()
            if declared.parent == self.policy.benefits[subject.benefit].subject
            for holder in getattr(self.case, self.policy.list_of[declared.parent].path)
            if holder.id == subject.item
            for item in getattr(holder, declared.path.rpartition(".")[2])
        ]
        return tuple(item.rpartition("/")[2] for item in order if item in found)


def _hundredths(value: Value) -> Decimal:
    """Fen as CNY, percent as a multiple."""
    return Decimal(str(value)).scaleb(-2)
