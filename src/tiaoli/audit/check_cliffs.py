"""Check for the kind `cliff`: where one day, one person or one fen changes a sum by more than its share.

Two copies of a case differ in one fact alone, by the least step that there is; the rules say what each copy is paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import Template

from tiaoli.analysis import DomainSpec, Witness
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import fact_atom
from tiaoli.base import Statement, listed
from tiaoli.policy import Benefit, Field, ItemList
from tiaoli.rules import Contract, Fact, rule_template

_CLASS_SIZE = 5
"""How many items stand in an item where one of them is changed: enough for the usual thresholds of a share to fall between."""

_DAY_CHANGED = Template("""
% the copies have other days of one date, and the days stand side by side
changed($position, $item) :- $first, not $unchanged.
day_apart($position, $item) :- $first, $second, day_after(A, B).
day_apart($position, $item) :- $first, $second, day_after(B, A).
""")
_DAY_COSTS_ALL = rule_template("""
alone(F, I) :- changed(F, I), #count { G, J : changed(G, J) } = 1.

% the first copy is paid, the second draws nothing
costs(F) :-
    alone(F, I), day_apart(F, I),
    $ELIGIBLE(1, $benefit, S), $AMOUNT(1, $benefit, S, Y, _), Y > 0,
    $ASKED(2, $benefit, S), not $ELIGIBLE(2, $benefit, S).
""")
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
_ITEM_CHANGED = Template("changed(I) :- $first, not $unchanged.")
_ITEM_MOVES = rule_template("""
alone :- #count { I : changed(I) } = 1.

% from what the sum moves to what, in yuan, where one item is another
after(Z) :- alone, $AMOUNT(2, $benefit, S, Z, _).
moves(Y, Z) :- $AMOUNT(1, $benefit, S, Y, _), after(Z), Y < Z.
moves(0, Z) :- $ASKED(1, $benefit, S), not $ELIGIBLE(1, $benefit, S), after(Z), 0 < Z.
""")


def find_cliffs(audit: AuditContext) -> Iterator[Finding]:
    """Where one day, one person or one fen changes a sum by more than its share."""
    for benefit in audit.paid():
        yield from _by_a_day(audit, benefit)
        yield from _by_a_fen(audit, benefit)
        yield from _by_a_person(audit, benefit)


def _by_a_day(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    name, fields = audit.name(benefit.id), audit.date_fields(audit.encoding.outcome_fields(benefit.id))
    what = Statement(f"{name.zh}是否因一日之差而全有或全无", f"whether one day costs all of {name.en}")
    paths = tuple(declared.path for declared in fields)
    rules = _day_rules(fields, benefit)
    dates: list[Field] = []
    for readings in (audit.defaults, None):
        cases = DomainSpec((benefit.id,), items=1, readings=readings, copies=2, differ_in=paths)
        found = audit.reachable_atoms(what, rules, cases, ("costs",))
        dates = [declared for position, declared in enumerate(fields) if found and Fact("costs", (position,)) in found]
        if dates or found is None:
            break
    if not dates:
        return
    chosen = dates[0]
    asked = f"{_day_rules([chosen], benefit)}\nshows(1) :- costs(0)."
    witness = audit.find_witness(what, asked, DomainSpec((benefit.id,), copies=2, differ_in=(chosen.path,)))
    labels = listed((declared.label for declared in dates), "、", ", ")
    yield Finding(
        "cliff",
        f"{benefit.id}.day",
        "note",
        audit.sentences(benefit.id),
        Statement(
            f"{name.zh}的金额因一日之差而由全额变为零，取决于下列日期：{labels.zh}。",
            f"One day decides over the whole sum of {name.en}, by these dates: {labels.en}.",
        ),
        (benefit.id,),
        witness,
    )


def _day_rules(fields: Sequence[Field], benefit: Benefit) -> str:
    """That the copies differ in one date alone, by one day, and one of them draws nothing."""
    changed = (_DAY_CHANGED.substitute(_pair(declared), position=position) for position, declared in enumerate(fields))
    return "".join([*changed, _DAY_COSTS_ALL.substitute(benefit=benefit.id)])


def _pair(declared: Field) -> dict[str, str]:
    """A fact of both copies: with the value A in the first, A and B in the second."""
    return {
        "item": "I" if declared.entity else "person",
        "first": fact_atom(declared, 1, "I", "A"),
        "unchanged": fact_atom(declared, 2, "I", "A"),
        "second": fact_atom(declared, 2, "I", "B"),
    }


def _by_a_fen(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    fields = (audit.policy.fields[path] for path in audit.encoding.fields[benefit.id])
    for declared in [declared for declared in fields if declared.type == "money" and not declared.unbounded]:
        name = audit.name(benefit.id)
        what = Statement(f"{name.zh}是否因一分之差而多变", f"whether one fen costs more than a fen of {name.en}")
        rules = _FEN_MOVES_MORE.substitute(_pair(declared), benefit=benefit.id)
        witness = audit.find_witness(what, rules, DomainSpec((benefit.id,), copies=2, differ_in=(declared.path,)))
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
    changed = (_ITEM_CHANGED.substitute(_pair(audit.policy.fields[path])) for path in fields)
    rules = "\n".join([*changed, _ITEM_MOVES.substitute(benefit=benefit.id)])

    cases = DomainSpec(
        (benefit.id,), sizes={declared.entity: _CLASS_SIZE}, readings=audit.defaults, copies=2, differ_in=fields, today=today
    )

    def moves(size: int) -> list[tuple[int, int]]:
        some = replace(cases, items=1, sizes={declared.entity: size})
        found = audit.reachable_atoms(what, rules, some, ("moves",)) or ()
        return [(low, high) for fact in found for low, high in [fact.arguments] if isinstance(low, int) and isinstance(high, int)]

    # what one item is paid where it stands alone
    share = max((high for _, high in moves(1)), default=0)
    jumps = [(low, high) for low, high in moves(_CLASS_SIZE) if high - low > share] if share else []
    if jumps:
        low, high = max(jumps, key=lambda move: (move[1], move[0]))
        witness = audit.find_witness(what, f"{rules}\nshows(1) :- moves({low}, {high}).", cases)
        if witness is not None:
            one = Statement(f"一名{declared.statement.zh}", f"one {declared.statement.en}")
            yield _cliff(audit, benefit, f"{benefit.id}.{declared.entity}", witness, declared.statement, one)


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
