"""Check for the kind `cliff`: where one day, one person or one fen changes a sum by more than its share.

Two copies of a case differ in one fact alone, by the least step that there is; the rules say what each copy is paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import Template

from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import pair_of
from tiaoli.audit.search import Cases, Witness
from tiaoli.base import Statement
from tiaoli.policy import Benefit, ItemList
from tiaoli.rules import Contract, rule_template

_CLASS_SIZE = 5
"""How many items stand in an item where one of them is changed: enough for the usual thresholds of a share to fall between."""

_FEN_MOVES_MORE = rule_template("""
changed($item) :- $first, not $unchanged.
fen_apart :- #count { J : changed(J) } = 1, $first, $second, B = A + 1.

% by how many fen the sum moves where what it rests on moves by one
by(X) :-
    fen_apart, $AMOUNT(1, $benefit, S, Y, F), $AMOUNT(2, $benefit, S, Z, G),
    X = (Z - Y) * 100 + G - F.
shows(1) :- by(X), X > 1.
shows(1) :- by(X), X < 0.
""")
_ITEM_CHANGED = Template("changed(I) :- $first, not $unchanged.\n")
_ITEM_MOVES = rule_template("""
alone :- #count { I : changed(I) } = 1.

% from what the sum moves to what, in yuan, where one item is another
after(S, Z) :- alone, $AMOUNT(2, $benefit, S, Z, _).
moves(Y, Z) :- after(S, Z), $AMOUNT(1, $benefit, S, Y, _), Y < Z.
moves(0, Z) :- after(S, Z), $ASKED(1, $benefit, S), not $ELIGIBLE(1, $benefit, S), 0 < Z.
""")
_PAID_ALONE = rule_template("paid(C, Y) :- $AMOUNT(C, $benefit, S, Y, _).")
_JUMPS = "shows(1) :- moves(Y, Z), Z - Y > {share}."


def find_cliffs(audit: AuditContext) -> Iterator[Finding]:
    """Where one day, one person or one fen changes a sum by more than its share."""
    for benefit in audit.paid():
        yield from _by_a_fen(audit, benefit)
        yield from _by_a_person(audit, benefit)


def _by_a_fen(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    fields = (audit.policy.fields[path] for path in audit.encoding.fields[benefit.id])
    for declared in [declared for declared in fields if declared.type == "money" and not declared.unbounded]:
        name = audit.name(benefit.id)
        what = Statement(f"{name.zh}是否因一分之差而多变", f"whether one fen costs more than a fen of {name.en}")
        rules = _FEN_MOVES_MORE.substitute(pair_of(declared), benefit=benefit.id)
        witness = audit.find_witness(what, rules, Cases((benefit.id,), copies=2, differ_in=(declared.path,)))
        if witness is not None:
            yield _cliff(audit, benefit, f"{benefit.id}.{declared.key}", witness, declared.label, Statement("一分钱", "one fen"))


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
            witness = audit.search(rules, cases, {"shows": 1}).witness()
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
