"""Checks of an audit: what is granted without an amount, twice, with two amounts, or not alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.base import Statement
from tiaoli.encoding import bearing_on_conditions, rules_below
from tiaoli.rules import Fact


def gaps(audit: AuditContext) -> Iterator[Finding]:
    """A decision that grants a sum and for which the notice sets none: for a person in it, or at all."""
    for benefit in audit.paid():
        name = audit.name(benefit.id)
        what = Statement(f"{name.zh}是否均有补贴标准", f"whether {name.en} always has a standard")
        witness = audit.ask(what, f"shows(C) :- gap(C, {benefit.id}, S, P).", [benefit.id])
        if witness is not None:
            yield Finding(
                "gap",
                f"{benefit.id}.person",
                "error",
                audit.only_below("no_standard", benefit.id),
                Statement(
                    f"{name.zh}准予享受，但通知未为其中某些人员规定补贴标准，该人员不计入补贴金额。",
                    f"{name.en} is granted, yet the notice sets no standard for some of the persons in it; they draw nothing.",
                ),
                (benefit.id,),
                witness,
            )
        rules = f"with_sum(C, S) :- amount(C, {benefit.id}, S, Y, F). shows(C) :- eligible(C, {benefit.id}, S), not with_sum(C, S)."
        witness = audit.ask(what, rules, [benefit.id])
        if witness is not None:
            yield Finding(
                "gap",
                f"{benefit.id}.amount",
                "error",
                audit.sentences(benefit.id),
                Statement(
                    f"{name.zh}准予享受，但依通知得不出任何补贴金额。", f"{name.en} is granted, yet no amount follows from the notice."
                ),
                (benefit.id,),
                witness,
            )


def overlaps(audit: AuditContext) -> Iterator[Finding]:
    """Two benefits for one item, one benefit twice for one person, and two decisions of which only one may be filed."""
    for one, other in audit.pairs():
        if one.clause != other.clause:
            names, item = audit.name(one.id, other.id), audit.subject(one.id)
            what = Statement(f"{names.zh}是否重叠", f"whether {names.en} overlap")
            witness = audit.ask(what, f"shows(C) :- eligible(C, {one.id}, S), eligible(C, {other.id}, S).", [one.id, other.id])
            if witness is not None:
                yield Finding(
                    "overlap",
                    f"{one.id}+{other.id}",
                    "warning",
                    audit.sentences(one.id, other.id),
                    Statement(
                        f"同一{item.zh}可同时符合{names.zh}，通知未说明二者能否并享。",
                        f"One {item.en} can be granted {names.en} at once; the notice does not say whether both may be drawn.",
                    ),
                    (one.id, other.id),
                    witness,
                )
    yield from _twice(audit)
    yield from _exclusive(audit)


def _twice(audit: AuditContext) -> Iterator[Finding]:
    for benefit in audit.paid():
        if audit.personal(benefit.id):
            name, item = audit.name(benefit.id), audit.subject(benefit.id)
            what = Statement(f"{name.zh}是否重复享受", f"whether {name.en} is drawn twice")
            rules = (
                f"shows(C) :- eligible(C, {benefit.id}, A), eligible(C, {benefit.id}, B), A < B,"
                f" not exclusive(C, {benefit.id}, A, {benefit.id}, B), not exclusive(C, {benefit.id}, B, {benefit.id}, A)."
            )
            witness = audit.ask(what, rules, [benefit.id])
            if witness is not None:
                yield Finding(
                    "overlap",
                    f"{benefit.id}.twice",
                    "warning",
                    audit.sentences(benefit.id),
                    Statement(
                        f"同一人凭两个{item.zh}可同时两次享受{name.zh}，并无规定加以限制。",
                        f"One person can draw {name.en} twice at once, for two items ({item.en}); nothing limits it.",
                    ),
                    (benefit.id,),
                    witness,
                )


def _exclusive(audit: AuditContext) -> Iterator[Finding]:
    personal = [benefit.id for benefit in audit.benefits if audit.personal(benefit.id)]
    pairs = list(combinations_with_replacement(personal, 2))
    if not pairs:
        return
    rules = ["#defined both/2."]
    for number, (one, other) in enumerate(pairs):
        for first, second in dict.fromkeys([(one, other), (other, one)]):
            rules.append(f"both(C, {number}) :- exclusive(C, {first}, A, {second}, B).")
    what = Statement(f"{audit.name(*personal).zh}是否互斥", f"which of {audit.name(*personal).en} exclude one another")
    atoms = [Fact("both", (1, number)) for number in range(len(pairs))]
    found = audit.each(what, "\n".join(rules), personal, atoms)
    for (one, other), witness in zip(pairs, found, strict=True):
        if witness is not None:
            names = audit.name(*dict.fromkeys((one, other)))
            both = Statement(f"两项{names.zh}", f"Two decisions on {names.en}") if one == other else names
            yield Finding(
                "overlap",
                f"exclusive.{one}+{other}",
                "warning",
                audit.ordered([*audit.sentences(one), *audit.sentences(other), *_limit_sentences(audit)]),
                Statement(
                    f"{both.zh}可同时各自符合条件，但先申请一项即用去当年次数，另一项不得再申请；通知未说明如何选择。",
                    f"{both.en} can each be granted, yet filing one uses up the year for the other; the notice does not say how to choose.",
                ),
                tuple(dict.fromkeys((one, other))),
                witness,
            )


def _limit_sentences(audit: AuditContext) -> tuple[str, ...]:
    return tuple(anchor for rule in audit.encoding.program.rules if rule.head.predicate == "exclusive" for anchor in rule.sentences)


def conflicts(audit: AuditContext) -> Iterator[Finding]:
    """Two sums or rates for one decision; a condition common to two benefits that comes out differently for one item."""
    for benefit in audit.benefits:
        name = audit.name(benefit.id)
        what = Statement(f"{name.zh}的金额是否唯一", f"whether {name.en} has one amount")
        about = f"C, {benefit.id}, S"
        sums = f"amount({about}, Y, F), amount({about}, Z, G)"
        rules = f"shows(C) :- {sums}, Y != Z. shows(C) :- {sums}, F != G. shows(C) :- rate({about}, R), rate({about}, Q), R != Q."
        witness = audit.ask(what, rules, [benefit.id])
        if witness is not None:
            yield Finding(
                "conflict",
                f"{benefit.id}.amounts",
                "error",
                audit.only_below("amount", benefit.id),
                Statement(
                    f"{name.zh}对同一事项得出两个不同的金额或标准。", f"Two different sums or rates follow for one decision on {name.en}."
                ),
                (benefit.id,),
                witness,
            )
    yield from _unlike(audit)


def _rules_of_readings(audit: AuditContext, benefit: str) -> set[str]:
    """Where the rules that rest on a reading stand, of those that the outcome rests on."""
    rules = rules_below(audit.policy, audit.encoding.program, [("eligible", benefit)])
    return {rule.where for rule in rules if any(literal.atom.predicate == "reading" for literal in rule.literals())}


def _unlike(audit: AuditContext) -> Iterator[Finding]:
    encoding, policy = audit.encoding, audit.policy
    bearing = {benefit.id: bearing_on_conditions(policy, encoding.program, benefit.id, audit.defaults) for benefit in audit.benefits}
    read = {benefit.id: _rules_of_readings(audit, benefit.id) for benefit in audit.benefits}
    for one, other in audit.pairs():
        common = [
            condition
            for condition in one.conditions
            if condition in other.conditions
            and encoding.sentences[one.id][condition] == encoding.sentences[other.id][condition]
            and bearing[one.id][condition].fields == bearing[other.id][condition].fields
        ]
        if not common:
            continue
        names = audit.name(one.id, other.id)
        what = Statement(f"{names.zh}的共同条件是否一致", f"whether the common conditions of {names.en} agree")
        rules = ["#defined unlike/2."]
        for position, condition in enumerate(common):
            for first, second in ((one.id, other.id), (other.id, one.id)):
                asked = f"asked(C, {first}, S), asked(C, {second}, S)"
                met = f"met(C, {first}, S, {condition}), not met(C, {second}, S, {condition})"
                rules.append(f"unlike(C, {position}) :- {asked}, {met}.")
        atoms = [Fact("unlike", (1, position)) for position in range(len(common))]
        # where a rule of a reading speaks of one benefit alone, the reading is there to tell the two apart
        readings = None if read[one.id] == read[other.id] else audit.defaults
        found = audit.each(what, "\n".join(rules), [one.id, other.id], atoms, readings)
        for condition, witness in zip(common, found, strict=True):
            if witness is not None:
                label = one.conditions[condition]
                yield Finding(
                    "conflict",
                    f"{one.id}+{other.id}.{condition}",
                    "error",
                    audit.condition_sentences(one.id, condition),
                    Statement(
                        f"同一句话规定的“{label.zh}”，对{names.zh}得出相反的结论。",
                        f"“{label.en}” rests on the same words for {names.en}, yet comes out differently for one item.",
                    ),
                    (one.id, other.id),
                    witness,
                )
