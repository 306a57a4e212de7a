"""A policy that passed its checks, with what its rules do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tiaoli.base import Statement
from tiaoli.encoding.cone_of_influence import with_records
from tiaoli.encoding.critical_points import RuleBounds
from tiaoli.encoding.policy_folders import PolicySource
from tiaoli.policy import Phrases, Policy
from tiaoli.rules import ExactRules

if TYPE_CHECKING:
    from tiaoli.encoding.match_plan import MatchPlans
    from tiaoli.rules import Program


class OutcomeRules(NamedTuple):
    """The rules that the outcome of one benefit rests on, as clingo is given them, and what they alone do with days and numbers."""

    rules: ExactRules
    bounds: RuleBounds


@dataclass(frozen=True)
class Encoding:
    """A policy that passed its checks, with what its rules do.

    `sentences` are the anchors that each condition of each benefit rests on; `fields` the paths of the fields, and
    `readings` the names of the readings, that can bear on each benefit. `outcome_rules` are the rules without those that
    work out amounts, `outcomes` those that the outcome of each benefit rests on alone, `decision_rules` the rules without those that say
    which decisions exclude one another; they and `rules`, all of them, are as clingo is given them. `program`, the rules as data, is read
    when it is first looked at: a decision does without it. `files` are the digests of the files that it was read from, `source` what
    another process needs to load the same.
    """

    policy: Policy
    rule_bounds: RuleBounds
    sentences: Mapping[str, Mapping[str, tuple[str, ...]]]
    fields: Mapping[str, tuple[str, ...]]
    readings: Mapping[str, tuple[str, ...]]
    rules: ExactRules
    outcome_rules: ExactRules
    decision_rules: ExactRules
    outcomes: Mapping[str, OutcomeRules]
    read_program: Callable[[], Program] = field(compare=False, repr=False)
    files: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    source: PolicySource = field(default_factory=PolicySource, compare=False, repr=False)

    def reads(self, benefit: str, path: str) -> bool:
        """Whether a benefit can rest on the field or on the items of the list at a path."""
        return any(field == path or field.startswith(f"{path}.") for field in self.fields[benefit])

    def outcome_fields(self, benefit: str) -> tuple[str, ...]:
        """The paths of the fields that the outcome of a benefit, rather than its amount, can rest on."""
        fields = self.policy.fields
        return with_records(self.policy, (path for path in self.fields[benefit] if f"{fields[path].predicate}(" in self.outcome_rules))

    def condition_name(self, benefit: str, condition: str) -> Statement:
        """A condition with the clauses that it stands in: `（三）“申请时仍在岗”`."""
        places = dict.fromkeys(self.policy.sentences[anchor].clause for anchor in self.sentences[benefit][condition])
        words = self.policy.benefits[benefit].conditions[condition]
        zh = "".join(place or "有效期" for place in places)
        en = "".join(place or "validity" for place in places)
        return Statement(f"{zh}“{words.zh}”", f"{en} “{words.en}”")

    @cached_property
    def phrases(self) -> Phrases:
        return Phrases(self.policy)

    @cached_property
    def plans(self) -> MatchPlans:
        # only an explanation matches rules
        from tiaoli.encoding.match_plan import MatchPlans

        return MatchPlans(self.policy, self.program)

    @cached_property
    def program(self) -> Program:
        return self.read_program()
