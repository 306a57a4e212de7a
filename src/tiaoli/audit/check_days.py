"""Checks of an audit about time and thresholds: what falls due when the notice has lapsed, and where one day, one person or one
fen costs more than its share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tiaoli.analysis import CaseDomain, Witness
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.base import Statement, iso, listed
from tiaoli.decide import APPLIED_ON
from tiaoli.encoding import RANGES, rules_of_answer
from tiaoli.policy import Benefit, Field, ItemList
from tiaoli.rules import Constant, Fact, Literal, Rule, Variable, written

_CLASS_SIZE = 5
"""How many items stand in an item where one of them is changed: enough for the usual thresholds of a share to fall between."""


def out_of_time(audit: AuditContext) -> Iterator[Finding]:
    """What can fall due only after the notice has lapsed, with the last day of each step; and deadlines that outlive it."""
    if audit.policy.lapses is not None:
        for benefit in audit.benefits:
            yield from _too_late(audit, benefit, audit.policy.lapses)
        yield from _outliving(audit, audit.policy.lapses)


def _too_late(audit: AuditContext, benefit: Benefit, lapses: str) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    what = Statement(f"{name.zh}是否在失效后方可享受", f"whether {name.en} can fall due after the lapse only")
    late = (
        f"late(1, {benefit.id}, S) :- day({lapses}, L), applied_on(1, L), applied_on(2, T), L < T,"
        f" eligible(2, {benefit.id}, S), asked(1, {benefit.id}, S), not eligible(1, {benefit.id}, S)."
    )
    witness = audit.ask(what, f"{late} shows(1) :- late(1, {benefit.id}, S).", [benefit.id], copies=2, apart=[APPLIED_ON])
    if witness is None:
        return
    domain = CaseDomain(audit.encoding, [benefit.id], items=1, readings=witness.readings, copies=2)
    marks = "\n".join(
        f"waits({position}) :- late(1, {benefit.id}, S), not met(1, {benefit.id}, S, {condition})."
        for position, condition in enumerate(benefit.conditions)
    )
    found = audit.reachable_atoms(what, domain, f"{late}\n{marks}", ("waits",))
    waiting = [position for position in range(len(benefit.conditions)) if found is None or Fact("waits", (position,)) in found]
    labels = [(condition, label) for position, (condition, label) in enumerate(benefit.conditions.items()) if position in waiting]
    conditions = listed((Statement(f"“{label.zh}”", f"“{label.en}”") for _, label in labels), "、", ", ")
    steps = listed(_last_days(audit, benefit, lapses, what, witness.readings), "；", "; ")
    fits = (
        Statement(f"要在失效前享受，各环节最迟为：{steps.zh}。", f"To be granted before the lapse, each step is due by: {steps.en}.")
        if steps.zh
        else steps
    )
    yield Finding(
        "out_of_time",
        benefit.id,
        "warning",
        audit.ordered([*audit.condition_sentences(benefit.id, *(condition for condition, _ in labels)), *_sentence_of(audit, lapses)]),
        Statement(
            f"{name.zh}可能在通知失效之后方可享受：在有效期最后一日条件{conditions.zh}尚不满足，其后才满足。{fits.zh}",
            f"{name.en} can fall due only after the notice has lapsed: on its last day {conditions.en} is not met yet, and later it is."
            f" {fits.en}",
        ),
        (benefit.id,),
        witness,
    )


def _last_days(audit: AuditContext, benefit: Benefit, lapses: str, what: Statement, readings: Mapping[str, str]) -> Iterator[Statement]:
    """For each date of a case, the last day on which it can lie and the benefit be granted by the last day of validity."""
    today = audit.policy.parameters[lapses].value
    assert isinstance(today, int)
    fields = _dates(audit, benefit)
    marks = "\n".join(
        f"fits({position}, D) :- eligible(1, {benefit.id}, S), {_fact(declared, 1, 'I', 'D')}." for position, declared in enumerate(fields)
    )
    domain = CaseDomain(audit.encoding, [benefit.id], items=1, readings=readings, today=today)
    found = audit.reachable_atoms(what, domain, marks, ("fits",))
    for position, declared in enumerate(fields):
        days = [day for fact in found or () if fact.arguments[0] == position and isinstance(day := fact.arguments[1], int)]
        # a date that may lie anywhere sets no step
        if days and max(days) < RANGES["day"][1]:
            yield Statement(f"{declared.label.zh}{iso(max(days))}", f"{declared.label.en} {iso(max(days))}")


def _outliving(audit: AuditContext, lapses: str) -> Iterator[Finding]:
    """The periods of the notice that can end after it has lapsed, for a case that is granted."""
    seen: set[str] = set()
    for benefit in audit.benefits:
        for rule in rules_of_answer(audit.policy, audit.encoding.program, benefit.id):
            for period, ends in _periods(rule):
                parameter = audit.policy.parameters[period]
                if period in seen or not isinstance(rule.head.terms[0], Variable):
                    continue
                what = Statement(f"{parameter.statement.zh}是否超出有效期", f"whether “{parameter.statement.en}” outlives the notice")
                case = rule.head.terms[0].name
                body = ", ".join(map(written, rule.body))
                asked = f"shows({case}) :- {body}, day({lapses}, Last__), {ends} > Last__, eligible({case}, {benefit.id}, Granted__)."
                witness = audit.ask(what, asked, [benefit.id])
                if witness is not None:
                    seen.add(period)
                    yield Finding(
                        "out_of_time",
                        f"period.{period}",
                        "note",
                        audit.ordered([parameter.sentence, *_sentence_of(audit, lapses)]),
                        Statement(
                            f"“{parameter.quote}”的期限（{parameter.statement.zh}）可以在通知失效之后才届满，届时如何办理未作规定。",
                            f"The period of “{parameter.quote}” ({parameter.statement.en}) can end after the notice has lapsed; the"
                            f" notice does not say what holds then.",
                        ),
                        (benefit.id,),
                        witness,
                    )


def _periods(rule: Rule) -> Iterator[tuple[str, str]]:
    """The periods that a rule adds to a day: the parameter of each, and the variable of the day it ends on."""
    lengths = {
        term.name: str(literal.atom.terms[0].value)
        for literal in rule.literals()
        if literal.atom.predicate == "months"
        and isinstance(term := literal.atom.terms[1], Variable)
        and isinstance(literal.atom.terms[0], Constant)
    }
    for part in rule.body:
        if isinstance(part, Literal) and part.atom.predicate == "add_months":
            _, months, ends = part.atom.terms
            if isinstance(months, Variable) and months.name in lengths and isinstance(ends, Variable) and not ends.anonymous:
                yield lengths[months.name], ends.name


def cliffs(audit: AuditContext) -> Iterator[Finding]:
    """Where one day, one person or one fen changes a sum by more than its share."""
    for benefit in audit.paid():
        yield from _by_a_day(audit, benefit)
        yield from _by_a_fen(audit, benefit)
        yield from _by_a_person(audit, benefit)


def _by_a_day(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    name, fields = audit.name(benefit.id), _dates(audit, benefit, outcome=True)
    what = Statement(f"{name.zh}是否因一日之差而全有或全无", f"whether one day costs all of {name.en}")
    paths = [declared.path for declared in fields]
    rules = "\n".join(_one_day_apart(fields, benefit.id))
    dates: list[Field] = []
    for readings in (audit.defaults, None):
        domain = CaseDomain(audit.encoding, [benefit.id], items=1, readings=readings, copies=2, apart=paths)
        found = audit.reachable_atoms(what, domain, rules, ("costs",))
        dates = [declared for position, declared in enumerate(fields) if found and Fact("costs", (position,)) in found]
        if dates or found is None:
            break
    if not dates:
        return
    chosen = [dates[0]]
    asked = "\n".join([*_one_day_apart(chosen, benefit.id), "shows(1) :- costs(0)."])
    witness = audit.ask(what, asked, [benefit.id], copies=2, apart=[chosen[0].path])
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


def _one_day_apart(fields: Sequence[Field], benefit: str) -> Iterator[str]:
    """That the copies differ in one date alone, by one day, and one of them draws nothing."""
    for position, declared in enumerate(fields):
        own = _fact(declared, 1, "I", "A")
        yield (
            f"changed({position}, I) :- {_fact(declared, 1, 'I', 'A')}, not {_fact(declared, 2, 'I', 'A')}."
            if declared.entity
            else (f"changed({position}, person) :- {own}, not {_fact(declared, 2, 'I', 'A')}.")
        )
        item = "I" if declared.entity else "person"
        for one, other in (("A", "B"), ("B", "A")):
            yield f"day_apart({position}, {item}) :- {own}, {_fact(declared, 2, 'I', 'B')}, day_after({one}, {other})."
    yield "alone(F, I) :- changed(F, I), #count { G, J : changed(G, J) } = 1."
    sums = f"eligible(1, {benefit}, S), amount(1, {benefit}, S, Y, _), Y > 0, asked(2, {benefit}, S), not eligible(2, {benefit}, S)"
    yield f"costs(F) :- alone(F, I), day_apart(F, I), {sums}."


def _by_a_fen(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    money = [
        declared
        for path in audit.encoding.fields[benefit.id]
        if (declared := audit.policy.fields[path]).type == "money" and not declared.elsewhere
    ]
    for declared in money:
        name = audit.name(benefit.id)
        what = Statement(f"{name.zh}是否因一分之差而多变", f"whether one fen costs more than a fen of {name.en}")
        item = "I" if declared.entity else "person"
        fen = "(Z - Y) * 100 + G - F"
        asked = "\n".join(
            [
                f"changed({item}) :- {_fact(declared, 1, 'I', 'A')}, not {_fact(declared, 2, 'I', 'A')}.",
                f"fen_apart :- #count {{ J : changed(J) }} = 1, {_fact(declared, 1, 'I', 'A')}, {_fact(declared, 2, 'I', 'B')}, B = A + 1.",
                f"by(X) :- fen_apart, amount(1, {benefit.id}, S, Y, F), amount(2, {benefit.id}, S, Z, G), X = {fen}.",
                "shows(1) :- by(X), X > 1. shows(1) :- by(X), X < 0.",
            ]
        )
        witness = audit.ask(what, asked, [benefit.id], copies=2, apart=[declared.path])
        if witness is not None:
            yield _cliff(audit, benefit, f"{benefit.id}.{declared.key}", witness, declared.label, Statement("一分钱", "one fen"))


def _by_a_person(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    """One item inside the subject that moves the sum by more than it would be paid by itself."""
    for declared in audit.policy.lists.values():
        fields = [path for path in audit.encoding.fields[benefit.id] if audit.policy.fields[path].entity == declared.entity]
        if declared.parent == benefit.subject and fields:
            yield from _by_an_item(audit, benefit, declared, fields)


def _by_an_item(audit: AuditContext, benefit: Benefit, declared: ItemList, fields: Sequence[str]) -> Iterator[Finding]:
    last = audit.policy.parameters[audit.policy.lapses].value if audit.policy.lapses else None
    today = last if isinstance(last, int) else None
    name = audit.name(benefit.id)
    what = Statement(f"{name.zh}是否因一人之差而多变", f"whether one {declared.statement.en} costs more than a share of {name.en}")
    facts = [audit.policy.fields[path] for path in fields]
    rules = "\n".join(
        [
            *(f"changed(I) :- {_fact(one, 1, 'I', 'A')}, not {_fact(one, 2, 'I', 'A')}." for one in facts),
            "alone :- #count { I : changed(I) } = 1.",
            f"after(Z) :- alone, amount(2, {benefit.id}, S, Z, _).",
            f"moves(Y, Z) :- amount(1, {benefit.id}, S, Y, _), after(Z), Y < Z.",
            f"moves(0, Z) :- asked(1, {benefit.id}, S), not eligible(1, {benefit.id}, S), after(Z), 0 < Z.",
        ]
    )

    def moves(size: int) -> list[tuple[int, int]]:
        sizes = {declared.entity: size}
        domain = CaseDomain(
            audit.encoding, [benefit.id], items=1, sizes=sizes, readings=audit.defaults, copies=2, apart=fields, today=today
        )
        found = audit.reachable_atoms(what, domain, rules, ("moves",)) or ()
        return [(low, high) for fact in found for low, high in [fact.arguments] if isinstance(low, int) and isinstance(high, int)]

    # what one item is paid where it stands alone
    share = max((high for _, high in moves(1)), default=0)
    jumps = [(low, high) for low, high in moves(_CLASS_SIZE) if high - low > share] if share else []
    if jumps:
        low, high = max(jumps, key=lambda move: (move[1], move[0]))
        asked = f"{rules}\nshows(1) :- moves({low}, {high})."
        sizes = {declared.entity: _CLASS_SIZE}
        witness = audit.ask(what, asked, [benefit.id], audit.defaults, copies=2, apart=fields, sizes=sizes, today=today)
        if witness is not None:
            one = Statement(f"一名{declared.statement.zh}", f"one {declared.statement.en}")
            yield _cliff(audit, benefit, f"{benefit.id}.{declared.entity}", witness, declared.statement, one)


def _cliff(audit: AuditContext, benefit: Benefit, slug: str, witness: Witness, by: Statement, one: Statement) -> Finding:
    name = audit.name(benefit.id)
    return Finding(
        "cliff",
        slug,
        "note",
        audit.only_below("amount", benefit.id),
        Statement(
            f"{one.zh}之差使{name.zh}的金额变动超出其应占份额（{by.zh}）。",
            f"{one.en} moves the sum of {name.en} by more than its share ({by.en}).",
        ),
        (benefit.id,),
        witness,
    )


def _dates(audit: AuditContext, benefit: Benefit, outcome: bool = False) -> list[Field]:
    paths = audit.encoding.outcome_fields(benefit.id) if outcome else audit.encoding.fields[benefit.id]
    found = [declared for path in paths if (declared := audit.policy.fields[path]).type == "day"]
    return [declared for declared in found if outcome or declared.path != APPLIED_ON]


def _fact(declared: Field, copy: int, item: str, value: str) -> str:
    """The atom of a fact of one copy, in the words of a rule."""
    return f"{declared.predicate}({copy}, {item}, {value})" if declared.entity else f"{declared.predicate}({copy}, {value})"


def _sentence_of(audit: AuditContext, parameter: str) -> tuple[str, ...]:
    return (audit.policy.parameters[parameter].sentence,)
