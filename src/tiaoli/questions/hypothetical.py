"""One hypothetical: a decision beside the one that it would be with some facts set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tiaoli.base import MISSING, Statement, drawn
from tiaoli.decide import Decision, PreparedDecision, decide_one, known_values
from tiaoli.questions.repair import FactChange, repair_statement, scalar_changed


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A decision beside the one that it would be with some facts set.

    `differences` names what is not the same: `outcome`, `amount`, `conditions.ID`, `results.ID`. `assumed` are the absent lists that were
    taken as empty and can bear on it.
    """

    case: str
    benefit: str
    subject: str
    changes: tuple[FactChange, ...]
    before: Decision
    after: Decision
    limit_reached: bool = False
    differences: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def statement(self) -> Statement:
        """What the facts set lead to, in a sentence."""
        return repair_statement(self.changes, self.after.outcome, words=self.after.words)

    def to_json(self) -> dict[str, Any]:
        """Both decisions, what differs, and the facts that were set (`set`); under `repairs` the same facts, where they make it granted."""
        changes = [change.to_json() for change in self.changes]
        statement = self.statement.to_json()
        repairs = [{"changes": changes, "statement": statement}] if self.after.outcome == "eligible" else []
        found: dict[str, Any] = {
            "case": self.case,
            "benefit": self.benefit,
            "subject": self.subject,
            "outcome": self.before.outcome,
            "currency": self.after.currency.code,
            "set": changes,
            "statement": statement,
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "differences": list(self.differences),
            "repairs": repairs,
            "complete": False,
        }
        return found | ({"assumed": list(self.assumed)} if self.assumed else {}) | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)


def hypothesis_of(question: PreparedDecision, supposed: PreparedDecision, paths: Sequence[str]) -> Hypothesis:
    """What the facts at `paths`, as `supposed` has them, make of the decision that is asked about."""
    case, changed = question.case, supposed.case
    policy, phrases = question.encoding.policy, question.encoding.phrases
    (before, first), (after, second) = decide_one(question), decide_one(supposed)
    old, new = known_values(policy, case), known_values(policy, changed)
    changes = []
    for path in paths:
        plain = changed.value_at(path)
        declared = policy.fields[new[path][0][0]] if path in new else None
        if declared is None or declared.kind == "record":
            text = json.dumps(plain, ensure_ascii=False)
            statement = Statement(f"{path} 为 {text}", f"{path} is {text}")
        else:
            slot, value = new[path]
            statement = scalar_changed(phrases, declared, slot[1], old[path][1] if path in old else None, value)
        by = declared.changed_by if declared is not None and declared.changed_by != "no" else None
        was = case.value_at(path)
        changes.append(FactChange(path, MISSING if was is MISSING else was, plain, by, statement))
    differences = [name for name in ("outcome", "amount") if getattr(before, name) != getattr(after, name)]
    pairs = zip(before.conditions, after.conditions, strict=True)
    differences += [f"conditions.{one.id}" for one, other in pairs if one.status != other.status]
    old_results, new_results = ({item.id: item.to_json() for item in decision.results} for decision in (before, after))
    names = policy.benefits[before.benefit].results
    differences += [f"results.{name}" for name in names if old_results.get(name) != new_results.get(name)]
    return Hypothesis(
        case.id,
        before.benefit,
        before.subject,
        tuple(changes),
        before,
        after,
        first or second,
        tuple(differences),
        question.assumed([question.subject]),
    )
