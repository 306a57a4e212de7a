"""Which facts of a case are reason enough: with these as they are, the outcome is the same whatever the others are.

A fact that is not kept becomes a choice over all its values, critical days included, and the engine looks for a completion
with another outcome. Where there is none, what was kept is enough; what is kept is made minimal by halves. The items of the
case stay as they are: none comes or goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from tiaoli.base import Statement, minimal
from tiaoli.case import Case
from tiaoli.decide import NO_MEMBER, SOLE_CASE, FreedCase, FreeFact, Outcome, PreparedDecision, decide_one, free_atom, set_free
from tiaoli.policy import Field
from tiaoli.questions.repair_space import with_partners
from tiaoli.rules import Choice, Constant, Contract, Name, OutOfTimeError, Session, Value, exact_rules, written


class Ground(NamedTuple):
    """A fact of a case that a reason rests on: its path, its plain value, and the fact as a sentence."""

    path: str
    value: Any
    statement: Statement

    def to_json(self) -> dict[str, Any]:
        """The path, the plain value, and the fact in words."""
        return {"path": self.path, "value": self.value, "statement": self.statement.to_json()}


class Reason(NamedTuple):
    """Facts that guarantee an outcome whatever the other facts are; leaving out any one of them, they no longer do.

    `facts` is `None` where the outcome is unknown: then nothing guarantees it. `assumed` are the absent lists that were taken as empty
    and can bear on it.
    """

    case: str
    benefit: str
    subject: str
    outcome: Outcome
    facts: tuple[Ground, ...] | None
    limit_reached: bool = False
    assumed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The decision and its facts, `null` where there are none; `assumed` and `limit_reached` only where they apply."""
        facts = None if self.facts is None else [ground.to_json() for ground in self.facts]
        found: dict[str, Any] = {
            "case": self.case,
            "benefit": self.benefit,
            "subject": self.subject,
            "outcome": self.outcome,
            "facts": facts,
        }
        return found | ({"assumed": list(self.assumed)} if self.assumed else {}) | ({"limit_reached": True} if self.limit_reached else {})


def reason_of(question: PreparedDecision) -> Reason:
    """The reason of the outcome, of the case as it stands."""
    decision, limit_reached = decide_one(question)
    facts = None
    if decision.outcome != "unknown":
        try:
            facts = _sufficient_facts(question, decision.outcome == "eligible")
        except OutOfTimeError:
            limit_reached = True
    return Reason(
        question.case.id,
        question.subject.benefit,
        question.subject.item,
        decision.outcome,
        facts,
        limit_reached,
        question.assumed([question.subject]),
    )


def _sufficient_facts(question: PreparedDecision, granted: bool) -> tuple[Ground, ...]:
    """A subset-minimal set of facts of the case with which its outcome, `granted` or not, cannot be another.

    Raises `OutOfTimeError`.
    """
    space = FactSpace(question, not granted, question.case)
    kept = minimal(lambda paths: not space.possible(paths), list(space.paths))
    return tuple(space.ground(path) for path in kept)


class FactSpace:
    """A case, that of the question or one like it, of which some facts are kept and all others can be anything: whether the decision
    can still be `granted`.

    What can be changed anyway, as `changed` says of a field, is never kept and ranges over `values`. Days of the fields of `order` stay
    in order, as a case has them, where they are known or can be changed.
    """

    def __init__(
        self,
        question: PreparedDecision,
        granted: bool,
        case: Case,
        changed: Callable[[Field], bool] = lambda _: False,
        values: Callable[[Field, FreeFact], tuple[Value, ...]] = lambda _, variable: variable.values,
        order: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.question, self.granted, self.changed, self.values, self.order = question, granted, changed, values, order
        self.encoding, self.case, self.subject = question.encoding, case, question.subject
        policy, subject = self.encoding.policy, self.subject
        self.bearing = with_partners(policy, self.encoding.outcome_fields(subject.benefit), order)
        known = [variable for variable in self._freed(()).free_facts if variable.own is not None]
        # the subject's own facts first: of two reasons the one that speaks of it is kept
        known.sort(key=lambda variable: (not subject.item.startswith(variable.slot[1]), variable.slot[1] == ""))
        # a search by halves asks some questions twice, and what is asked last is asked again of each condition
        self.answers: dict[frozenset[str], bool] = {}
        self.latest: tuple[frozenset[str], Session] | None = None
        self.paths: dict[str, list[FreeFact]] = defaultdict(list)
        for variable in known:
            if not changed(policy.fields[variable.slot[0]]):
                self.paths[variable.path].append(variable)

    def _freed(self, kept: Collection[str]) -> FreedCase:
        encoding = self.encoding
        return set_free(
            encoding.policy,
            self.question.outcome.bounds,
            self.case,
            self.subject,
            self.bearing,
            lambda _, path, __: path not in kept,
            self.order,
            nearest=False,
        )

    def possible(self, kept: Sequence[str]) -> bool:
        """Whether the decision can come out as `granted` says while the facts at some paths are kept.

        Raises `OutOfTimeError` at the deadline.
        """
        which = frozenset(kept)
        if which not in self.answers:
            goal = Contract.ELIGIBLE.fact(SOLE_CASE, Name(self.subject.benefit), self.subject.item)
            self.answers[which] = self._session(which).possible((goal, self.granted))
        return self.answers[which]

    def impossible_conditions(self, kept: Sequence[str]) -> list[str]:
        """The conditions that cannot be met while the facts at some paths are kept. Raises `OutOfTimeError` at the deadline."""
        session = self._session(frozenset(kept))
        about = (SOLE_CASE, Name(self.subject.benefit), self.subject.item)
        conditions = self.encoding.policy.benefits[self.subject.benefit].conditions
        return [condition for condition in conditions if not session.possible((Contract.MET.fact(*about, Name(condition)), True))]

    def _session(self, kept: frozenset[str]) -> Session:
        if self.latest is None or self.latest[0] != kept:
            self.latest = kept, self._made_session(kept)
        return self.latest[1]

    def _made_session(self, kept: Collection[str]) -> Session:
        policy = self.encoding.policy
        freed = self._freed(kept)
        choices = []
        for variable in freed.free_facts:
            declared = policy.fields[variable.slot[0]]
            choices.append(Choice(tuple(free_atom(policy, variable, value) for value in self.values(declared, variable))))
        facts = [*self.question.common_facts, *freed.facts_of(SOLE_CASE)]
        rules = exact_rules(self.question.outcome.rules, *self._ordered(freed))
        return Session(rules, facts, choices, limit=self.question.seconds_left)

    def _ordered(self, freed: FreedCase) -> Iterator[str]:
        """Constraints that keep days in order; what is unknown and stays so may be any day."""
        fields = self.encoding.policy.fields
        unknown = {free.slot for free in freed.free_facts if free.own is None and not self.changed(fields[free.slot[0]])}
        for first, last in self.order:
            there = {*(free.slot for free in freed.free_facts), *((path, item) for path, found in freed.known.items() for item in found)}
            for item in sorted({item for path, item in there if path in (first, last)}):
                if unknown.isdisjoint(((first, item), (last, item))):
                    about = [written(Constant(SOLE_CASE)), *([written(Constant(item))] if item else [])]
                    one, other = (
                        f"{fields[path].predicate}({', '.join((*about, name))})" for path, name in ((first, "Day"), (last, "End"))
                    )
                    # the rules of the outcome need not know of both
                    yield from (f"#defined {fields[path].predicate}/{len(about) + 1}." for path in (first, last))
                    yield f":- {one}, {other}, Day < #sup, End < Day."

    def ground(self, path: str) -> Ground:
        """A fact of the case in words."""
        phrases, found = self.encoding.phrases, self.paths[path]
        declared = self.encoding.policy.fields[found[0].slot[0]]
        if declared.several:
            members = [variable.values[0] for variable in found if variable.own is not NO_MEMBER]
            return Ground(path, self.case.value_at(path), phrases.members(declared, found[0].slot[1], members))
        own = found[0].own
        assert own is not None
        return Ground(path, self.case.value_at(path), phrases.fact(declared, found[0].slot[1], own))
