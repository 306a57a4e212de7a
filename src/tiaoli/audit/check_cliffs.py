"""Check for the kind `cliff`: where one person or the smallest sum changes a sum by more than its share, and where a fact that is there
to earn a benefit lowers it.

Two copies of a case differ in one fact alone, by the least step that there is; the rules say what each copy is paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from string import Template

from tiaoli.analysis import Cases, Search, Witness
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import fact_atom, pair_of
from tiaoli.base import Statement
from tiaoli.encoding import rules_of_benefit
from tiaoli.policy import Benefit, Field, ItemList
from tiaoli.rules import Aggregate, Constant, Contract, Fact, Literal, Rule, rule_template

_CLASS_SIZE = 5
"""How many items stand in an item where one of them is changed: enough for the usual thresholds of a share to fall between."""

_SMALL_MOVES_MORE = rule_template("""
changed($item) :- $first, not $unchanged.
fen_apart :- #count { J : changed(J) } = 1, $first, $second, B = A + 1.

% by how much the sum moves where what it rests on moves by one
by(X) :-
    fen_apart, $AMOUNT(1, $benefit, S, Y, F), $AMOUNT(2, $benefit, S, Z, G),
    X = (Z - Y) * 100 + G - F.
shows(1) :- by(X), X > 1.
shows(1) :- by(X), X < 0.
""")
_ITEM_CHANGED = Template("changed(I) :- $first, not $unchanged.\n")
_ITEM_MOVES = rule_template("""
alone :- #count { I : changed(I) } = 1.

% from what the sum moves to what where one item is another
after(S, Z) :- alone, $AMOUNT(2, $benefit, S, Z, _).
moves(Y, Z) :- after(S, Z), $AMOUNT(1, $benefit, S, Y, _), Y < Z.
moves(0, Z) :- after(S, Z), $ASKED(1, $benefit, S), not $ELIGIBLE(1, $benefit, S), 0 < Z.
""")
_PAID_ALONE = rule_template("paid(C, Y) :- $AMOUNT(C, $benefit, S, Y, _).")
_JUMPS = "shows(1) :- moves(Y, Z), Z - Y > {share}."
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


def find_cliffs(audit: AuditContext) -> Iterator[Finding]:
    """Where one day, one person or the smallest sum changes a sum by more than its share."""
    for benefit in audit.paid():
        yield from _by_the_smallest_sum(audit, benefit)
        yield from _by_a_person(audit, benefit)


def _by_the_smallest_sum(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    fields = (audit.policy.fields[path] for path in audit.encoding.fields[benefit.id])
    for declared in [declared for declared in fields if declared.kind == "money" and not declared.unbounded]:
        name, unit = audit.name(benefit.id), audit.policy.currency.smallest
        what = Statement(f"{name.zh}是否因{unit.zh}之差而多变", f"whether {unit.en} costs more than {unit.en} of {name.en}")
        rules = _SMALL_MOVES_MORE.substitute(pair_of(declared), benefit=benefit.id)
        witness = audit.find_witness(what, rules, Cases((benefit.id,), copies=2, differ_in=(declared.path,)))
        if witness is not None:
            yield _cliff(audit, benefit, f"{benefit.id}.{declared.key}", witness, declared.label, unit)


def _by_a_person(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    """One item inside the subject that moves the sum by more than it would be paid by itself."""
    for declared in audit.policy.lists.values():
        fields = tuple(path for path in audit.encoding.fields[benefit.id] if audit.policy.fields[path].entity == declared.entity)
        if declared.parent == benefit.subject and fields:
            yield from _by_an_item(audit, benefit, declared, fields)


def _by_an_item(audit: AuditContext, benefit: Benefit, declared: ItemList, fields: tuple[str, ...]) -> Iterator[Finding]:
    last = audit.policy.parameters[audit.policy.lapses].value if audit.policy.lapses else None
    today = last if isinstance(last, int) else None
    name = audit.name(benefit.id)
    what = Statement(f"{name.zh}是否因一人之差而多变", f"whether one {declared.statement.en} costs more than a share of {name.en}")
    changed = "".join(_ITEM_CHANGED.substitute(pair_of(audit.policy.fields[path])) for path in fields)
    witness = None
    with audit.asking(what):
        share = _paid_alone(audit, benefit, declared)
        if share is not None:
            cases = Cases((benefit.id,), default=True, copies=2, differ_in=fields, sizes={declared.entity: _CLASS_SIZE}, today=today)
            rules = f"{changed}{_ITEM_MOVES.substitute(benefit=benefit.id)}{_JUMPS.format(share=share)}"
            search = audit.search(rules, cases, {"shows": 1})
            # items are alike before they are looked at, so that it is the first one is no less than that it is any
            first = search.facts.of_entity(declared.entity)[0].item
            witness = search.witness(beside=search.relations.holds("changed", (first,)))
    if witness is not None:
        one = Statement(f"一名{declared.statement.zh}", f"one {declared.statement.en}")
        yield _cliff(audit, benefit, f"{benefit.id}.{declared.entity}", witness, declared.statement, one)


def _paid_alone(audit: AuditContext, benefit: Benefit, declared: ItemList) -> int | None:
    """The most that is paid where one item stands alone, in whole units; `None` where nothing is."""
    cases = Cases((benefit.id,), default=True, sizes={declared.entity: 1})
    search = audit.search(_PAID_ALONE.substitute(benefit=benefit.id), cases, {"paid": 2})
    return search.greatest("paid", 1)


def _cliff(audit: AuditContext, benefit: Benefit, name: str, witness: Witness, by: Statement, one: Statement) -> Finding:
    called = audit.name(benefit.id)
    return Finding(
        "cliff",
        name,
        "note",
        audit.only_below(Contract.AMOUNT.name, benefit.id),
        Statement(
            f"{one.zh}之差使{called.zh}的金额变动超出其应占份额（{by.zh}）。",
            f"{one.en} moves the sum of {called.en} by more than its share ({by.en}).",
        ),
        (benefit.id,),
        witness,
    )


# Sums that move the wrong way


def find_perverse_incentives(audit: AuditContext) -> Iterator[Finding]:
    """A fact that raises the sum of a benefit in one case and lowers it in another, under the same readings."""
    for benefit in audit.paid():
        signs = _signs_of(audit, benefit)
        for path in audit.encoding.fields[benefit.id]:
            declared = audit.policy.fields[path]
            if declared.kind == "boolean" and len(signs.get(declared.predicate, ())) > 1:
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
            sizes = {**dict.fromkeys(audit.policy.list_of, 1), **dict.fromkeys(_lists_inside(audit, benefit), items)}
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


def _lists_inside(audit: AuditContext, benefit: Benefit) -> list[str]:
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


def _signs_of(audit: AuditContext, benefit: Benefit) -> Mapping[str, set[bool]]:
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
