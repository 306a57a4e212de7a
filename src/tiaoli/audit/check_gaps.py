"""Check for the kind `gap`: what is granted, and the notice sets no sum for it."""

from __future__ import annotations

from collections.abc import Iterator

from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.search import Cases
from tiaoli.base import Statement
from tiaoli.policy import Benefit
from tiaoli.rules import Contract, rule_template

_PERSON_WITHOUT = rule_template("shows(C) :- $GAP(C, $benefit, S, P).")
_NO_AMOUNT = rule_template("""
with_sum(C, S) :- $AMOUNT(C, $benefit, S, Y, F).
shows(C) :- $ELIGIBLE(C, $benefit, S), not with_sum(C, S).
""")


def find_gaps(audit: AuditContext) -> Iterator[Finding]:
    """A decision that grants a sum and for which the notice sets none: for a person in it, or at all."""
    for benefit in audit.paid():
        yield from _persons_without(audit, benefit)
        yield from _without_amount(audit, benefit)


def _persons_without(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    what = Statement(f"{name.zh}是否均有补贴标准", f"whether {name.en} always has a standard")
    witness = audit.find_witness(what, _PERSON_WITHOUT.substitute(benefit=benefit.id), Cases((benefit.id,)))
    if witness is not None:
        yield Finding(
            "gap",
            f"{benefit.id}.person",
            "error",
            audit.only_below(Contract.NO_STANDARD.name, benefit.id),
            Statement(
                f"{name.zh}准予享受，但通知未为其中某些人员规定补贴标准，该人员不计入补贴金额。",
                f"{name.en} is granted, yet the notice sets no standard for some of the persons in it; they draw nothing.",
            ),
            (benefit.id,),
            witness,
        )


def _without_amount(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    what = Statement(f"{name.zh}是否均有补贴标准", f"whether {name.en} always has a standard")
    witness = audit.find_witness(what, _NO_AMOUNT.substitute(benefit=benefit.id), Cases((benefit.id,)))
    if witness is not None:
        yield Finding(
            "gap",
            f"{benefit.id}.amount",
            "error",
            audit.sentences(benefit.id),
            Statement(f"{name.zh}准予享受，但依通知得不出任何补贴金额。", f"{name.en} is granted, yet no amount follows from the notice."),
            (benefit.id,),
            witness,
        )
