"""Check for sums that move the wrong way: a fact that is there to earn a benefit, and that in some case lowers it."""

from __future__ import annotations

from collections.abc import Iterator

from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import fact_atom, pair_of
from tiaoli.audit.search import Cases
from tiaoli.base import Statement
from tiaoli.policy import Benefit, Field
from tiaoli.rules import Contract, Fact, rule_template

_MOVED = rule_template("""
% the copies differ in one fact of one item, which is so in copy 1 and not in copy 2
changed($item) :- $first, not $unchanged.
turned :- #count { J : changed(J) } = 1, $yes, $no.
paid(C, S, Y, F) :- $AMOUNT(C, $benefit, S, Y, F).
paid(C, S, 0, 0) :- $ASKED(C, $benefit, S), not $ELIGIBLE(C, $benefit, S).
less(C, D) :- paid(C, S, Y, _), paid(D, S, Z, _), C != D, Y < Z.
less(C, D) :- paid(C, S, Y, F), paid(D, S, Y, G), C != D, F < G.
raises(1) :- turned, less(1, 2).
lowers(1) :- turned, less(2, 1).
""")
_RAISES, _LOWERS = Fact("raises", (1,)), Fact("lowers", (1,))


def find_perverse_incentives(audit: AuditContext) -> Iterator[Finding]:
    """A fact that raises the sum of a benefit in one case and lowers it in another, under the same readings."""
    for benefit in audit.paid():
        for path in audit.encoding.fields[benefit.id]:
            declared = audit.policy.fields[path]
            if declared.type == "boolean":
                yield from _perverse(audit, benefit, declared)


def _perverse(audit: AuditContext, benefit: Benefit, declared: Field) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    what = Statement(
        f"{declared.label.zh}是否使{name.zh}的金额反向变动", f"whether “{declared.label.en}” moves the sum of {name.en} the wrong way"
    )
    rules = _MOVED.substitute(
        pair_of(declared), benefit=benefit.id, yes=fact_atom(declared, 1, "I", "true"), no=fact_atom(declared, 2, "I", "false")
    )
    witness = None
    with audit.asking(what):
        cases = Cases((benefit.id,), copies=2, differ_in=(declared.path,))
        search = audit.search(rules, cases, {fact.predicate: len(fact.arguments) for fact in (_RAISES, _LOWERS)})
        witness = search.witness(_RAISES)
        if witness is not None and not search.possible(search.formula(_LOWERS), search.chosen(witness.readings)):
            witness = None
    if witness is None:
        return
    item = audit.policy.list_of[declared.entity].statement if declared.entity else Statement("申请人", "the applicant")
    yield Finding(
        "cliff",
        f"{benefit.id}.{declared.predicate}",
        "warning",
        audit.only_below(Contract.AMOUNT.name, benefit.id),
        Statement(
            f"{name.zh}的金额可反向变动：其他事实不变，一个{item.zh}的“{declared.label.zh}”由“是”改为“否”，金额反而增加；"
            f"而在另一些案件中，同样的改变使金额减少。",
            f"The sum of {name.en} can move the wrong way: with all other facts as they are, “{declared.label.en}” of one {item.en} turned"
            f" from yes to no raises the sum; in other cases the same change lowers it.",
        ),
        (benefit.id,),
        witness,
    )
