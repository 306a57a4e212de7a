"""A policy with its rules, loaded and checked: the dialect, the sentences, the critical points of days and numbers, what bears on
what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.encoding.bounds import find_bounds, rules_by_bound
    from tiaoli.encoding.case_template import build_case_template
    from tiaoli.encoding.cone_of_influence import (
        Bearing,
        bearing_on_conditions,
        can_conclude,
        cone_of,
        rests_on_one_item,
        rules_below,
        rules_of_answer,
        rules_of_benefit,
        said_of_one,
    )
    from tiaoli.encoding.critical_points import (
        Bound,
        RuleBounds,
        Scope,
        Shift,
        Slot,
        critical_values,
        length_of,
        origins,
        shifted,
    )
    from tiaoli.encoding.encoding import Encoding, OutcomeRules
    from tiaoli.encoding.example_cases import Example, read_example_cases
    from tiaoli.encoding.lint import UNTYPED
    from tiaoli.encoding.lint_rules import check_property
    from tiaoli.encoding.loader import CheckedPolicy, check_policy, load_encoding, load_encoding_from, load_encoding_with, policy_problems
    from tiaoli.encoding.match_plan import BodyMatch, CountedTuple, Environment, MatchPlans, PlannedPart, Step, Total
    from tiaoli.encoding.policy_folders import PolicySource, default_root, find_policy, locate_policy, read_texts, rules_folder
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "UNTYPED",
    "Bearing",
    "BodyMatch",
    "Bound",
    "CheckedPolicy",
    "CountedTuple",
    "Encoding",
    "Environment",
    "Example",
    "MatchPlans",
    "OutcomeRules",
    "PlannedPart",
    "PolicySource",
    "RuleBounds",
    "Scope",
    "Shift",
    "Slot",
    "Step",
    "Total",
    "bearing_on_conditions",
    "build_case_template",
    "can_conclude",
    "check_policy",
    "check_property",
    "cone_of",
    "critical_values",
    "default_root",
    "find_bounds",
    "find_policy",
    "length_of",
    "load_encoding",
    "load_encoding_from",
    "load_encoding_with",
    "locate_policy",
    "origins",
    "policy_problems",
    "read_example_cases",
    "read_texts",
    "rests_on_one_item",
    "rules_below",
    "rules_by_bound",
    "rules_folder",
    "rules_of_answer",
    "rules_of_benefit",
    "said_of_one",
    "shifted",
]
