"""Check for the kind `gap`: what is granted, and the notice sets no sum for it; codes that it names and does not list."""

from __future__ import annotations

from collections.abc import Iterator

from tiaoli.analysis import Cases, Witness
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import fact_atom, related
from tiaoli.base import Statement, listed
from tiaoli.policy import Benefit, Parameter
from tiaoli.rules import Contract, rule_template

_PERSON_WITHOUT = rule_template("shows(C) :- $GAP(C, $benefit, S, P).")
_GRANTED = rule_template("shows(C) :- $ELIGIBLE(C, $benefit, S).")
_NO_AMOUNT = rule_template("""
with_sum(C, S) :- $AMOUNT(C, $benefit, S, Y, F).
shows(C) :- $ELIGIBLE(C, $benefit, S), not with_sum(C, S).
""")
_OF_CODE = rule_template("""
% a benefit is granted for an item with a code that no row lists
shows(C) :- $ELIGIBLE(C, $benefit, S), $fact$related.
""")


def find_gaps(audit: AuditContext) -> Iterator[Finding]:
    """A decision that grants a sum and for which the notice sets none: for a person in it, or at all; sums that no clause fixes; codes
    that no row of a table lists."""
    for benefit in audit.paid():
        yield from _persons_without(audit, benefit)
        yield from _without_amount(audit, benefit)
    yield from _sums_elsewhere(audit)
    yield from _codes_without_row(audit)


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


def _sums_elsewhere(audit: AuditContext) -> Iterator[Finding]:
    """The benefits of which the notice fixes no sum by itself: those that have none, and those whose sum rests on a number that another
    rule sets."""
    policy = audit.policy
    without = [benefit.id for benefit in audit.benefits if not benefit.has_amount and not benefit.results]
    if without:
        names = audit.name(*without)
        yield Finding(
            "gap",
            "sums.none",
            "note",
            audit.sentences(*without),
            Statement(f"下列待遇，通知准予享受而未定任何金额：{names.zh}。", f"The notice grants these and names no sum: {names.en}."),
            tuple(without),
            _granted(audit, without[0]),
        )
    for benefit in audit.paid():
        elsewhere = (policy.fields[path] for path in audit.encoding.fields[benefit.id] if policy.fields[path].elsewhere)
        fields = [declared for declared in elsewhere if declared.value_type in ("money", "percent")]
        if fields:
            name, labels = audit.name(benefit.id), listed((declared.label for declared in fields), "、", ", ")
            yield Finding(
                "gap",
                f"sums.{benefit.id}",
                "note",
                audit.sentences(benefit.id),
                Statement(
                    f"{name.zh}的金额取决于本通知未定的{labels.zh}：只凭本通知得不出应付金额。",
                    f"The sum of {name.en} rests on what the notice leaves open ({labels.en}): from it alone no sum to pay follows.",
                ),
                (benefit.id,),
                _granted(audit, benefit.id),
            )


def _granted(audit: AuditContext, benefit: str) -> Witness | None:
    name = audit.name(benefit)
    what = Statement(f"{name.zh}准予享受的案件", f"a case that is granted {name.en}")
    return audit.find_witness(what, _GRANTED.substitute(benefit=benefit), Cases((benefit,)))


def _codes_without_row(audit: AuditContext) -> Iterator[Finding]:
    """Codes that the notice names as a parameter and that no table of it lists."""
    policy = audit.policy
    rows = set().union(*(table.codes() for table in policy.tables.values()))
    for parameter in policy.parameters.values():
        if not rows or parameter.unit != "occupation" or parameter.value in rows:
            continue
        shown = next(_granted_with(audit, parameter), None)
        yield Finding(
            "gap",
            f"code.{parameter.name}",
            "warning",
            audit.ordered([parameter.sentence]),
            Statement(
                f"“{parameter.statement.zh}”（{parameter.value}）不在任何一张表所列各项之内，而该句以之为据。",
                f"The {parameter.statement.en} ({parameter.value}) stands in no row of any table, yet the sentence rests on it.",
            ),
            (shown[0],) if shown else (),
            shown[1] if shown else None,
        )


def _granted_with(audit: AuditContext, parameter: Parameter) -> Iterator[tuple[str, Witness]]:
    """The benefits that can be granted for an item with the code of a parameter, each with a case."""
    for benefit in audit.benefits:
        for path in audit.encoding.outcome_fields(benefit.id):
            declared = audit.policy.fields[path]
            item = related(audit.policy, benefit.subject, declared.entity) if declared.kind == "code" and declared.entity else None
            if item is not None:
                what = Statement(f"{parameter.statement.zh}可否享受待遇", f"whether anything is granted for the {parameter.statement.en}")
                fact = fact_atom(declared, "C", "I", f'"{parameter.value}"')
                rules = _OF_CODE.substitute(benefit=benefit.id, fact=fact, related=item)
                witness = audit.find_witness(what, rules, Cases((benefit.id,)))
                if witness is not None:
                    yield benefit.id, witness
