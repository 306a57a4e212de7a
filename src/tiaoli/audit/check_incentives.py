"""Check for sums that move the wrong way: a fact that is there to earn a benefit, and that in some case lowers it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import fact_atom, pair_of
from tiaoli.audit.search import Cases, Search, Witness
from tiaoli.base import Statement
from tiaoli.encoding import rules_of_benefit
from tiaoli.policy import Benefit, Field
from tiaoli.rules import Aggregate, Constant, Contract, Fact, Literal, Rule, rule_template

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
        signs = _signs(audit, benefit)
        for path in audit.encoding.fields[benefit.id]:
            declared = audit.policy.fields[path]
            if declared.type == "boolean" and len(signs.get(declared.predicate, ())) > 1:
                yield from _perverse(audit, benefit, declared)


def _perverse(audit: AuditContext, benefit: Benefit, declared: Field) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    what = Statement(
        f"{declared.label.zh}是否使{name.zh}的金额反向变动", f"whether “{declared.label.en}” moves the sum of {name.en} the wrong way"
    )
    rules = _MOVED.substitute(
        pair_of(declared), benefit=benefit.id, yes=fact_atom(declared, 1, "I", "true"), no=fact_atom(declared, 2, "I", "false")
    )
    witness: Witness | None = None
    with audit.asking(what):
        for items in (1, 2):
            sizes = {**dict.fromkeys(audit.policy.list_of, 1), **dict.fromkeys(_inside(audit, benefit), items)}
            cases = Cases((benefit.id,), copies=2, differ_in=(declared.path,), sizes=sizes)
            search = audit.search(rules, cases, {fact.predicate: len(fact.arguments) for fact in (_RAISES, _LOWERS)})
            witness = witness or _either_way(audit, benefit, search)
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


def _inside(audit: AuditContext, benefit: Benefit) -> list[str]:
    """The lists inside the item that a benefit is granted for."""
    return [declared.entity for declared in audit.policy.lists.values() if declared.parent == benefit.subject]


def _either_way(audit: AuditContext, benefit: Benefit, search: Search) -> Witness | None:
    """A case in which the fact that is turned raises the sum, under readings under which another lowers it: the defaults, or else one
    other option."""
    raises, lowers = search.formula(_RAISES), search.formula(_LOWERS)
    if not search.possible(raises):
        return None
    chosen = (search.chosen(readings) for readings in audit.each_reading(benefit.id))
    found = next((one for one in chosen if search.possible(raises, one) and search.possible(lowers, one)), None)
    return None if found is None else search.witness(_RAISES, beside=found)


def _signs(audit: AuditContext, benefit: Benefit) -> Mapping[str, set[bool]]:
    """For each predicate of a fact, whether outcome and amount rest on its being so (`True`), on its not being so, or on both: then
    alone it can work either way."""
    heads: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules_of_benefit(audit.policy, audit.encoding.program, benefit.id):
        heads[rule.head.predicate].append(rule)
    signs: dict[str, set[bool]] = defaultdict(set)
    todo = [(item.name, True) for item in (Contract.ELIGIBLE, Contract.AMOUNT)]
    seen: set[tuple[str, bool]] = set()
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        for literal, sign in (found for rule in heads[here[0]] for found in _signed(rule, here[1])):
            todo.append((literal.atom.predicate, sign))
            last = literal.atom.terms[-1] if literal.atom.terms else None
            is_no = isinstance(last, Constant) and str(last.value) == "false"
            open_value = not isinstance(last, Constant)
            signs[literal.atom.predicate] |= {True, False} if open_value else {sign != is_no}
    return signs


def _signed(rule: Rule, sign: bool) -> Iterator[tuple[Literal, bool]]:
    """The literals of a body, each with whether what it says speaks for the head; one that is counted speaks for and against it."""
    for part in rule.body:
        if isinstance(part, Literal):
            yield part, sign != part.negated
        elif isinstance(part, Aggregate):
            for element in part.elements:
                for inner in element.condition:
                    if isinstance(inner, Literal):
                        yield from ((inner, True), (inner, False))
