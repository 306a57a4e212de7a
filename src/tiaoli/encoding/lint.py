"""What every check of a policy and its rules has: where problems go, the rules by their heads, and types that may meet."""

from __future__ import annotations

from collections import defaultdict

from tiaoli.base import Problem, Statement
from tiaoli.policy import Policy
from tiaoli.rules import Program, Rule

METHOD = "method"
"""Stands for a sentence above rules that encode none: how a decision is put together."""

UNTYPED = "term"
"""The type of an argument of which nothing says more."""


class Lint:
    """A check of a policy and its parsed rules that collects `problems`; several may share one list."""

    def __init__(self, policy: Policy, program: Program, problems: list[Problem]) -> None:
        self.policy = policy
        self.program = program
        self.problems = problems
        self.heads: dict[str, list[Rule]] = defaultdict(list)
        for rule in program.rules:
            self.heads[rule.head.predicate].append(rule)

    def refuse(self, id: str, where: str, zh: str, en: str, instead: tuple[str, ...] = ()) -> None:
        """Note a problem under the id of its kind, with what could stand there."""
        self.problems.append(Problem(where, Statement(zh, en), id, instead))


def joint_type(policy: Policy, one: str, other: str) -> str | None:
    """The narrower of two types that may meet in one variable."""
    subjects = {benefit.subject for benefit in policy.benefits.values()}
    if one == other or other == UNTYPED:
        return one
    if one == UNTYPED:
        return other
    if one == "item" and other in policy.list_of:
        return other
    for wide, narrow in ((one, other), (other, one)):
        if wide == "subject" and narrow in subjects:
            return narrow
        if narrow in policy.number_types and wide in ("number", "value"):
            return narrow
        if wide == "value" and narrow == "day":
            return narrow
        values = policy.values
        if wide in values and narrow in values and set(values[narrow]) <= set(values[wide]):
            return narrow
    return None


def shortened(text: str, limit: int = 160) -> str:
    """A list of names, cut where it is long."""
    return text if len(text) <= limit else text[:limit].rstrip("、, ") + "…"
