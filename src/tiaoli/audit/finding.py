"""What an audit of a policy finds: a sentence, the clauses it rests on, and a case in which it shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiaoli.audit.finding_kinds import CONCERNS, FINDING_KINDS, SEVERITIES, Concern, Kind, Severity
from tiaoli.base import Statement
from tiaoli.encoding import Encoding, rules_of_answer
from tiaoli.policy import Policy

if TYPE_CHECKING:
    # findings are shown where nothing is searched
    from tiaoli.analysis import Witness


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or doubtful in a policy.

    `name` tells it from the others of its `kind` and stays the same while the rules change. `sentences` are the anchors of
    the sentences it rests on, `benefits` the benefits whose rules it rests on. It `concerns` what the norm says, or only how the
    rules are written.
    """

    kind: Kind
    name: str
    severity: Severity
    sentences: tuple[str, ...]
    statement: Statement
    benefits: tuple[str, ...] = ()
    witness: Witness | None = None
    concerns: Concern = "norm"

    @property
    def id(self) -> str:
        """What it is called: its kind and its name."""
        return f"{self.kind}:{self.name}"

    def clauses(self, encoding: Encoding) -> tuple[str, ...]:
        """The clauses of its sentences, in the notice's order."""
        own = {encoding.policy.sentences[anchor].clause for anchor in self.sentences}
        return tuple(clause for clause in encoding.policy.clauses if clause in own)

    def about(self, encoding: Encoding) -> list[tuple[str, str]]:
        """The decisions of the witness that show it, as `(benefit, subject)`."""
        return (
            []
            if self.witness is None
            else [(benefit, item) for benefit in self.benefits for item in _subjects(encoding.policy, benefit, self.witness.case)]
        )

    def under(self, policy: Policy) -> Iterator[Statement]:
        """The readings without which it does not show, and those under which its case no longer does, in words."""
        if self.witness is None:
            return
        if others := policy.other_readings(self.witness.readings):
            chosen = "  ".join(f"{name}={option}" for name, option in others.items())
            yield Statement(f"按默认读法不出现，仅见于读法：{chosen}", f"not by default, only under: {chosen}")
        if gone := "  ".join(f"{name}={option}" for name, options in self.witness.gone_under.items() for option in options):
            yield Statement(f"改按下列读法，此例不再如此：{gone}", f"no longer so in this case under: {gone}")

    def digest(self, encoding: Encoding) -> str:
        """What the finding rests on, as a digest: it changes when the rules, numbers, readings or sentences do."""
        policy = encoding.policy
        rules = {rule for benefit in self.benefits for rule in rules_of_answer(policy, encoding.program, benefit)}
        parts = [rule.text for rule in rules]
        parts += [policy.sentences[anchor].text for anchor in self.sentences]
        text = "\n".join(parts)
        parts += [f"{item.name} {item.value}" for item in policy.parameters.values() if f"({item.name}," in text.replace(" ", "")]
        parts += [f"{item.name} {' '.join(option.id for option in item.options)}" for item in policy.readings.values() if item.name in text]
        return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]

    def to_json(self, encoding: Encoding) -> dict[str, Any]:
        """A finding as `tiaoli audit --json` writes it: id, kind, severity, what it concerns, clauses, the statement in both languages,
        the sentences quoted, the digest of what it rests on; with a witness, its copies, its readings that are not the defaults, and
        the decisions that show it."""
        policy = encoding.policy
        found: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            "severity": self.severity,
            "concerns": self.concerns,
            "clauses": list(self.clauses(encoding)),
            "statement": self.statement.to_json(),
            "sentences": [{"sentence": anchor, "text": policy.sentences[anchor].text} for anchor in self.sentences],
            "witness": self.witness.case if self.witness else None,
            "digest": self.digest(encoding),
        }
        if self.witness:
            found["readings"] = policy.other_readings(self.witness.readings)
            if self.witness.gone_under:
                found["gone_under"] = dict(self.witness.gone_under)
            if self.witness.others:
                found["others"] = list(self.witness.others)
            found["about"] = [{"benefit": benefit, "subject": subject} for benefit, subject in self.about(encoding)]
        return found


def _subjects(policy: Policy, benefit: str, case: Mapping[str, Any]) -> Iterator[str]:
    """The subjects that a case has for a benefit."""
    declared = policy.list_of[policy.benefits[benefit].subject]
    if declared.parent is None:
        yield from (str(item["id"]) for item in case.get(declared.path, ()))
    else:
        key = declared.path.rpartition(".")[2]
        for holder in case.get(policy.list_of[declared.parent].path, ()):
            yield from (f"{holder['id']}/{item['id']}" for item in holder.get(key, ()))


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """What concerns the norm first, and there errors first, then by kind as the kinds are listed."""
    concerns, kinds = list(CONCERNS), list(FINDING_KINDS)

    def place(finding: Finding) -> tuple[int, int, int, str]:
        return (concerns.index(finding.concerns), SEVERITIES.index(finding.severity), kinds.index(finding.kind), finding.name)

    return sorted(findings, key=place)
