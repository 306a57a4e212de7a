"""Everything that can be found wrong in a policy: in its text, its data and its rules, and then in its properties."""

from __future__ import annotations

from pathlib import Path

from tiaoli.analysis.properties import property_problems
from tiaoli.base import Problem
from tiaoli.encoding import check_policy, rules_folder


def policy_findings(policy: str | None = None, root: Path | None = None, sentences: bool = False) -> list[Problem]:
    """Everything wrong in a policy and its properties, looked at afresh; with `sentences`, those too that nobody wrote and the program
    made. Raises `CallError` where there is none of that name."""
    found = check_policy(policy, root)
    if found.policy is None or found.problems:
        # a property can be read only over rules that are sound
        return found.problems
    return [*property_problems(found.policy, rules_folder(policy, root)), *(found.unwritten if sentences else ())]
