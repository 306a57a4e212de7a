"""The oracle: a policy loaded once, asked any number of times, from any thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, get_args

from tiaoli.answer import Answer, Decision
from tiaoli.atoms import Fact
from tiaoli.calendar import iso
from tiaoli.case import Case
from tiaoli.engine import Consequences, consequences
from tiaoli.errors import CallError, CaseError, InternalError
from tiaoli.facts import CaseFacts, case_facts
from tiaoli.load import Encoding, load
from tiaoli.policy import Policy, reading_facts
from tiaoli.reader import Reader
from tiaoli.words import choices, shown

if TYPE_CHECKING:
    from tiaoli.compiled import Compiled, Quick

Engine = Literal["auto", "clingo", "compiled"]
_ENGINES = get_args(Engine)


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
        self._compiled: Compiled | None = None
        self._asked_before = False

    @property
    def policy(self) -> Policy:
        """The policy as data: its sentences, parameters, readings, benefits and words."""
        return self._encoding.policy

    @property
    def chosen_readings(self) -> dict[str, str]:
        """The readings that this oracle takes instead of the defaults, as an answer echoes them."""
        return self._echoed(self._readings)

    @property
    def compiled(self) -> Compiled:
        """The rules compiled to Python, as the fast path has them."""
        if self._compiled is None:
            # a run with one question does without
            from tiaoli.compiled import Compiled

            self._compiled = Compiled(self._encoding)
        return self._compiled

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
        unknown facts that bear on the decision, and everything else to the compiled rules. `compiled` insists on them.

        Raises `CaseError` where the case is not in the case format or has no subject for a benefit that is asked,
        `CallError` where a benefit or reading does not exist, `InternalError` (with the case) where the engine contradicts
        itself.
        """
        started = monotonic()
        asked = self.checked_benefits(benefits)
        chosen = {**self._readings, **self._checked_readings(readings)} if readings else self._readings
        if engine not in _ENGINES:
            near = choices(_ENGINES, engine)
            raise CallError.one("engine", f"没有求解方式 {shown(engine)}；{near.zh}", f"there is no engine {shown(engine)}; {near.en}")
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
        reader = Reader(self.policy, parsed, found, parsed.id)
        decisions = tuple(reader.decisions(facts.subjects))
        complete = found.exhausted
        if full:
            # a short run that does not ask for them does not load them
            from tiaoli.alternatives import with_alternatives

            left = None if limit is None else max(0.0, limit - (monotonic() - started))
            with _bearing(parsed):
                decisions, searched = with_alternatives(self._encoding, parsed, asked, in_force, decisions, left)
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

    def _answer(
        self, case: str, applied_on: str, chosen: Mapping[str, str], assumed: Iterable[str], decisions: tuple[Decision, ...], **more: Any
    ) -> Answer:
        return Answer(
            case=case,
            applied_on=applied_on,
            policy=self.policy.number,
            policy_digest=self.policy.digest,
            chosen_readings=self._echoed(chosen),
            assumed=tuple(assumed),
            decisions=decisions,
            **more,
        )

    def _echoed(self, chosen: Mapping[str, str]) -> dict[str, str]:
        if not chosen:
            return {}
        readings = self.policy.readings
        return {name: chosen[name] for name in readings if chosen.get(name, readings[name].default) != readings[name].default}

    def _quick(
        self, case: Case | Mapping[str, Any], asked: Collection[str] | None, chosen: Mapping[str, str], insisted: bool, full: bool
    ) -> Quick | None:
        """What the compiled rules decide, or `None` where clingo is to. Raises `CallError` where that was not wanted."""
        if full and insisted:
            raise CallError.one("engine", "完整答案须用 clingo 求解", "a full answer wants clingo; leave `engine` out")
        if full or not (self._asked_before or insisted):
            # compiling costs more than one decision
            self._asked_before = True
            return None
        from tiaoli.compiled import Cannot

        compiled = self.compiled
        facts = compiled.reader.document(case)
        if facts is None:
            facts = compiled.reader.case(case if isinstance(case, Case) else Case.read(case))
        if asked is not None and any(not facts.items.get(self.policy.benefits[benefit].subject) for benefit in asked):
            return None
        try:
            found = compiled.decide(facts, asked, chosen)
        except InternalError as error:
            raise InternalError(error.problems, (case if isinstance(case, Case) else Case.read(case)).to_json()) from error
        if isinstance(found, Cannot):
            if insisted:
                raise CallError([found.problem])
            return None
        return found

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
        with _bearing(case):
            return consequences(self.policy.rule_text, known, list(facts.choices.values()), limit)

    def checked_benefits(self, benefits: Iterable[str] | None) -> tuple[str, ...] | None:
        """The benefits asked for. Raises `CallError` where there is none of a name."""
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


@contextmanager
def _bearing(case: Case) -> Iterator[None]:
    """An internal error leaves with the case that showed it."""
    try:
        yield
    except InternalError as error:
        raise InternalError(error.problems, case.to_json()) from error
