"""Which facts of a case are reason enough: with these as they are, the outcome is the same whatever the others are.

Every fact that can bear on the outcome becomes a choice over all its values, critical days included; the known ones are
assumed. That the outcome could be another is then impossible, and the assumptions to blame, made minimal by leaving out one
fact after another, are the reason. The items of the case stay as they are: none comes or goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from time import monotonic
from typing import Any, NamedTuple

from tiaoli.answer import Outcome
from tiaoli.atoms import Fact, Name, Value
from tiaoli.case import Case
from tiaoli.engine import Assumption, Choice, Session
from tiaoli.facts import ABSENT, COPY, Subject, Variable, fact_of, varied
from tiaoli.labels import sentence, set_sentence
from tiaoli.load import Encoding
from tiaoli.minimal import minimal_core
from tiaoli.patch import value_at
from tiaoli.policy import Field, reading_facts
from tiaoli.words import Statement


class Ground(NamedTuple):
    """A fact of a case that a reason rests on: its path, its plain value, and the fact as a sentence."""

    path: str
    value: Any
    statement: Statement

    def to_json(self) -> dict[str, Any]:
        return {"path": self.path, "value": self.value, "statement": self.statement.to_json()}


class Reason(NamedTuple):
    """Facts that guarantee an outcome whatever the other facts are; leaving out any one of them, they no longer do.

    `facts` is `None` where the outcome is unknown: then nothing guarantees it.
    """

    case: str
    benefit: str
    subject: str
    outcome: Outcome
    facts: tuple[Ground, ...] | None
    limit_reached: bool = False

    def to_json(self) -> dict[str, Any]:
        facts = None if self.facts is None else [ground.to_json() for ground in self.facts]
        found: dict[str, Any] = {
            "case": self.case,
            "benefit": self.benefit,
            "subject": self.subject,
            "outcome": self.outcome,
            "facts": facts,
        }
        return found | ({"limit_reached": True} if self.limit_reached else {})


def sufficient_facts(
    encoding: Encoding, case: Case, subject: Subject, readings: Mapping[str, str], granted: bool, deadline: float | None
) -> tuple[Ground, ...] | None:
    """A subset-minimal set of facts of the case with which the outcome cannot be other than it is, in the order of the file.

    `readings` are those in force, `granted` the outcome, `deadline` a time of `monotonic()`. `None` where the facts do not
    settle the outcome. Raises `OutOfTimeError`.
    """
    space = FactSpace(encoding, case, subject, readings, deadline)
    paths = minimal_core(space.session, [(space.goal, not granted)], space.own)
    return None if paths is None else tuple(space.ground(path) for path in paths)


class FactSpace:
    """A case whose facts can be anything, and the assumptions that hold them as they are.

    `fixed` names the fields that cannot change; the others range over `values` of theirs in every question.
    """

    def __init__(
        self,
        encoding: Encoding,
        case: Case,
        subject: Subject,
        readings: Mapping[str, str],
        deadline: float | None,
        fixed: Callable[[Field], bool] = lambda _: True,
        values: Callable[[Field, Variable], tuple[Value, ...]] = lambda _, variable: variable.values,
    ) -> None:
        self.encoding, self.case, self.subject = encoding, case, subject
        policy = encoding.policy
        bearing = encoding.outcome_fields(subject.benefit)
        self.variation = varied(policy, encoding.harvest, case, subject, bearing, lambda *_: True, both_ends=False)
        self.goal = Fact("eligible", (COPY, Name(subject.benefit), subject.item))
        self.own: dict[str, list[Assumption]] = defaultdict(list)
        choices = []
        for variable in self.variation.variables:
            declared = policy.fields[variable.slot[0]]
            here = fixed(declared)
            ranged = variable.values if here else values(declared, variable)
            choices.append(Choice(tuple(self._fact(declared, variable, value) for value in ranged)))
            if here and variable.own is not None:
                self.own[variable.path].append((self._fact(declared, variable, variable.own), True))
        facts = [*policy.facts, *reading_facts(policy, dict(readings)), *self.variation.facts_of(COPY), *self.variation.calendar]
        left = None if deadline is None else max(0.0, deadline - monotonic())
        self.session = Session(encoding.outcome_rules, facts, choices, limit=left)

    def ground(self, path: str) -> Ground:
        """A fact of the case in words."""
        policy, found = self.encoding.policy, self.variables[path]
        declared = policy.fields[found[0].slot[0]]
        if declared.type.startswith("set:"):
            members = [variable.values[0] for variable in found if variable.own is not ABSENT]
            return Ground(path, value_at(self.case, path), set_sentence(policy, declared, found[0].slot[1], members))
        own = found[0].own
        assert own is not None
        return Ground(path, value_at(self.case, path), sentence(policy, declared, found[0].slot[1], own))

    @cached_property
    def variables(self) -> dict[str, list[Variable]]:
        found: dict[str, list[Variable]] = defaultdict(list)
        for variable in self.variation.variables:
            found[variable.path].append(variable)
        return found

    def _fact(self, declared: Field, variable: Variable, value: Value) -> Fact:
        if value is ABSENT:
            return Fact("absent", (declared.path, variable.slot[1], variable.values[0]))
        return fact_of(declared, COPY, variable.slot[1], value)
