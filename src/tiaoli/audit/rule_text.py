"""Pieces of the rules that a check asks by: rules written from their parts, and the atoms of facts."""

from __future__ import annotations

from collections.abc import Sequence

from tiaoli.policy import Field
from tiaoli.rules import BodyPart, Rule, written


def rule_text(head: str, body: Sequence[BodyPart]) -> str:
    """A rule as it stands in a file."""
    return f"{head} :- {', '.join(map(written, body))}." if body else f"{head}."


def rule_name(rule: Rule) -> str:
    """What a finding calls a rule: its file and line."""
    return f"{rule.file.removesuffix('.lp')}.{rule.line}"


def fact_atom(declared: Field, copy: int, item: str, value: str) -> str:
    """The atom that says a fact of one copy of a case."""
    return f"{declared.predicate}({copy}, {item}, {value})" if declared.entity else f"{declared.predicate}({copy}, {value})"
