"""A question about a case, made ready once: whatever answers it takes the case, its facts and the readings from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from tiaoli.base import InternalError, left
from tiaoli.case import Case, without_ids
from tiaoli.decide.facts import CaseFacts, Subject, case_facts
from tiaoli.encoding import Encoding, OutcomeRules, rests_on_one_item
from tiaoli.policy import reading_facts
from tiaoli.rules import Fact


@dataclass(frozen=True)
class PreparedCase:
    """A case about which some benefits are asked, or all where `benefits` is `None`.

    `readings` are those in force, every one of them; `deadline` is a time of `monotonic()`.
    """

    encoding: Encoding
    case: Case
    benefits: tuple[str, ...] | None
    facts: CaseFacts
    readings: Mapping[str, str]
    deadline: float | None

    @classmethod
    def of(
        cls, encoding: Encoding, case: Case, benefits: tuple[str, ...] | None, readings: Mapping[str, str], deadline: float | None = None
    ) -> PreparedCase:
        """The question, with the facts of the case made."""
        return PreparedCase(encoding, case, benefits, _facts(encoding, case, benefits), readings, deadline)

    def about(self, subject: Subject) -> PreparedDecision:
        """The question about one decision alone, which must be among those that are asked."""
        return PreparedDecision(self.encoding, self.case, self.benefits, self.facts, self.readings, self.deadline, subject)

    def with_case(self, case: Case) -> Self:
        """The same question about another case."""
        return replace(self, case=case, facts=_facts(self.encoding, case, self.benefits))

    @cached_property
    def facts_with_every_sum(self) -> CaseFacts:
        """The facts of the case, with a choice for each unknown sum that another rule sets."""
        return _facts(self.encoding, self.case, self.benefits, every_sum=True)

    @cached_property
    def reading_facts(self) -> tuple[Fact, ...]:
        """The readings in force as the rules see them."""
        return reading_facts(self.encoding.policy, self.readings)

    @cached_property
    def common_facts(self) -> tuple[Fact, ...]:
        """What is so of every case under these readings: the policy's own facts, and the readings."""
        return (*self.encoding.policy.facts, *self.reading_facts)

    def assumed(self, subjects: Iterable[Subject]) -> tuple[str, ...]:
        """Of the absent lists that were taken as empty, those that decisions about these subjects can rest on."""
        found = {path for subject in set(subjects) for path in assumed_for(self.encoding, self.facts.assumed, subject)}
        return tuple(path for path in self.facts.assumed if path in found)

    @property
    def seconds_left(self) -> float | None:
        """The seconds until the deadline; `None` where there is none."""
        return left(self.deadline)

    @contextmanager
    def shown_in_errors(self) -> Iterator[None]:
        """An internal error leaves with the case that showed it."""
        try:
            yield
        except InternalError as error:
            raise InternalError(error.problems, self.case.to_json()) from error


@dataclass(frozen=True)
class PreparedDecision(PreparedCase):
    """A case of which one decision is asked about."""

    subject: Subject

    @property
    def outcome(self) -> OutcomeRules:
        """The rules that its outcome rests on, and nothing beside them."""
        return self.encoding.outcomes[self.subject.benefit]

    def by_itself(self) -> PreparedDecision:
        """The same question about a case that lists nothing beside its subject, where the decision cannot rest on it."""
        policy = self.encoding.policy
        declared = policy.list_of[policy.benefits[self.subject.benefit].subject]
        document = self.case.to_json()
        if declared.parent is not None or len(document[declared.path]) < 2:
            return self
        if not rests_on_one_item(policy, self.encoding.program, self.subject.benefit):
            return self
        document[declared.path] = [item for item in document[declared.path] if item["id"] == self.subject.item]
        return self.with_case(Case.read(document, self.case.schema))


def assumed_for(encoding: Encoding, paths: Iterable[str], subject: Subject) -> list[str]:
    """Of the paths of absent lists those that a decision can rest on: its benefit reads them, and they belong to no other item of the list
    that its subject stands in."""
    policy, (benefit, item) = encoding.policy, subject
    holder, _, _ = policy.list_of[policy.benefits[benefit].subject].path.partition(".")
    own = f"{holder}.{item.partition('/')[0]}."
    return [
        path
        for path in paths
        if (path.startswith(own) or not path.startswith(f"{holder}.")) and encoding.reads(benefit, without_ids(policy, path))
    ]


def _facts(encoding: Encoding, case: Case, benefits: tuple[str, ...] | None, every_sum: bool = False) -> CaseFacts:
    return case_facts(encoding.policy, encoding.rule_bounds, encoding.fields, case, benefits, every_sum=every_sum)
