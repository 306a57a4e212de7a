"""Pieces of the rules that a check asks by: rules written from their parts, and the atoms of facts."""

from __future__ import annotations

from collections.abc import Sequence

from tiaoli.policy import Benefit, Field, Policy
from tiaoli.rules import BodyPart, Rule, rule_template, written

_MET = rule_template(", $MET($copy, $benefit, S, $condition)")


def rule_text(head: str, body: Sequence[BodyPart]) -> str:
    """A rule as it stands in a file."""
    return f"{head} :- {', '.join(map(written, body))}." if body else f"{head}."


def rule_name(rule: Rule) -> str:
    """What a finding calls a rule: its file and line."""
    return f"{rule.file.removesuffix('.lp')}.{rule.line}"


def fact_atom(declared: Field, copy: int | str, item: str, value: str) -> str:
    """The atom that says a fact of one copy of a case."""
    return f"{declared.predicate}({copy}, {item}, {value})" if declared.entity else f"{declared.predicate}({copy}, {value})"


def pair_of(declared: Field) -> dict[str, str]:
    """A fact of two copies of a case, as the words of a template: with the value A in the first, A and B in the second."""
    return {
        "item": "I" if declared.entity else "case",
        "first": fact_atom(declared, 1, "I", "A"),
        "unchanged": fact_atom(declared, 2, "I", "A"),
        "second": fact_atom(declared, 2, "I", "B"),
    }


def others_met(benefit: Benefit, condition: str, copy: str = "1") -> str:
    """That a subject `S` meets all conditions of a benefit but one, as the end of a body."""
    others = (other for other in benefit.conditions if other != condition)
    return "".join(_MET.substitute(copy=copy, benefit=benefit.id, condition=other) for other in others)


def related(policy: Policy, subject: str, entity: str) -> str | None:
    """That an item `I` of a list is the subject `S`, holds it or stands in it, as the end of a body; `None` where it does not."""
    if subject == entity:
        return ", S = I"
    for inner, outer, text in ((subject, entity, "I, S"), (entity, subject, "S, I")):
        if policy.list_of[inner].parent == outer:
            return f", {policy.list_of[inner].predicate}(C, {text})"
    return None
