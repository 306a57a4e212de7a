"""The rules of a policy as data: its own, and those of the library that it has a use for."""

from __future__ import annotations

from tiaoli.base import Problem
from tiaoli.policy import Policy
from tiaoli.rules import SIGNATURES, Program, Rule, parse


def parse_program(policy: Policy) -> tuple[Program, list[Problem]]:
    """The rules of a policy parsed, and a problem for everything outside the dialect. Raises `PolicyError` where a text must not
    reach clingo's parser at all.

    A rule of the library that speaks of what this policy neither declares nor derives can never apply, and is left out: a policy
    without amounts, say, has no use for the rule that works one out.
    """
    program, problems = parse(list(policy.rules.items()))
    derived = {rule.head.predicate for rule in program.rules}

    def of_use(rule: Rule) -> bool:
        named = {rule.head.predicate, *(literal.atom.predicate for literal in rule.literals())}
        optional = {name for name in named if name in SIGNATURES and SIGNATURES[name].optional}
        return all(name in policy.predicates and name in derived for name in optional)

    rules = tuple(rule for rule in program.rules if not policy.includes(rule.file) or of_use(rule))
    return Program(rules, program.quotes, program.declarations), problems
