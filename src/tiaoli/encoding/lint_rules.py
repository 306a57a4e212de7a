"""The check of a policy and its rules: what is allowed in them, and whether text, data and rules agree.

The dialect keeps one promise: a complete case under one choice of readings has exactly one stable model. So rules are
plain (no choice, no disjunction, no constraint), never recursive, and every predicate, argument and constant in them
is declared. Everything found is a problem with file, line and cure; nothing here decides a case.
"""

from __future__ import annotations

from tiaoli.base import Problem
from tiaoli.encoding.lint_policy import PolicyLint
from tiaoli.encoding.lint_program import ProgramLint
from tiaoli.encoding.lint_rule import RuleLint
from tiaoli.policy import Policy
from tiaoli.rules import Program


def check(policy: Policy, program: Program) -> list[Problem]:
    """Every problem of a policy and its parsed rules, in the order of files and lines."""
    problems: list[Problem] = []
    PolicyLint(policy, program, problems).check()
    rules = RuleLint(policy, program, problems)
    for rule in program.rules:
        rules.check(rule)
    if not rules.malformed:
        # what rules say together is only worth a look once each is well-formed
        ProgramLint(policy, program, problems).check()
    return problems


def check_property(policy: Policy, program: Program) -> list[Problem]:
    """Every problem of the rules of a property, whose own predicates are declared in `policy` beside the notice's.

    They rest on the notice and add nothing to it: they cite no sentence, may read `met` and hold numbers of their own, and may
    speak of two applications of one case, joined by `later`.
    """
    problems: list[Problem] = []
    lint = RuleLint(policy, program, problems)
    for quote in program.quotes:
        lint.refuse(
            "property-rules",
            f"{quote.file}:{quote.line}",
            "性质不引用通知原文，请删去 `%@` 行；性质的文字写在 `%: zh` 和 `%: en` 行",
            "a property cites no sentence of the notice; delete the `%@` line and say it in `%: zh` and `%: en` lines",
        )
    for item in program.declarations:
        lint.refuse(
            "property-rules",
            f"{item.file}:{item.line}",
            f"性质中不写 #{item.kind}；请删去此行",
            f"a property takes no #{item.kind}; delete the line",
        )
    for rule in program.rules:
        known = lint.known_atoms(rule)
        lint.types_agree(rule, known)
        lint.two_cases_at_most(rule, known)
        for literal in rule.literals():
            lint.reading(rule, literal)
    if not lint.malformed:
        ProgramLint(policy, program, problems).no_recursion()
    return problems
