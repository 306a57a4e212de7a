"""Check for benefits that deal with the same thing unlike: a group barred from one and not from the others, and one event that is used
for several."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from tiaoli.analysis import Cases, Witness
from tiaoli.audit.context import AuditContext, about_applicant
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import fact_atom, related
from tiaoli.base import Statement, listed
from tiaoli.policy import Benefit, Field
from tiaoli.rules import Name, rule_template

_BARS = rule_template("""
% the copies differ in one fact about the person, and what it is in copy 2 loses the benefit
bars(Value) :- $ELIGIBLE(1, $benefit, S), $ASKED(2, $benefit, S), not $ELIGIBLE(2, $benefit, S), $fact.
""")
_USED = rule_template("""
% a benefit is granted for what happened on a day
used(C, $position, S, D) :- $ELIGIBLE(C, $benefit, S), $fact$related.
""")
_PARTED = rule_template("parted(C, $first, A, $second, B) :- $EXCLUSIVE(C, $one, A, X), $EXCLUSIVE(C, $other, B, Y), X != Y.\n")


def find_barred_groups(audit: AuditContext) -> Iterator[Finding]:
    """Groups of persons that one benefit bars and another one for the same kind of item does not look at."""
    for benefit in audit.benefits:
        yield from _barred(audit, benefit)


def find_shared_events(audit: AuditContext) -> Iterator[Finding]:
    """Events that several clauses grant something for."""
    for event in audit.policy.events:
        yield from _same_event(audit, event)


# Who is barred from one benefit only


def _barred(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    policy = audit.policy
    siblings = [
        other
        for other in audit.benefits
        if other.subject == benefit.subject and other.clause != benefit.clause and audit.personal(other.id)
    ]
    name = audit.name(benefit.id)
    barring: list[tuple[Field, list[str], list[str]]] = []
    for path in audit.encoding.outcome_fields(benefit.id):
        declared = policy.fields[path]
        blind = [other.id for other in siblings if path not in audit.encoding.fields[other.id]]
        if about_applicant(policy, declared) and declared.kind in ("enum", "boolean") and blind:
            what = Statement(f"{name.zh}是否因{declared.label.zh}而不予享受", f"whether “{declared.label.en}” bars from {name.en}")
            rules = _BARS.substitute(benefit=benefit.id, fact=fact_atom(declared, 2, "I", "Value"))
            cases = Cases((benefit.id,), default=True, copies=2, differ_in=(path,))
            found = audit.reachable_atoms(what, rules, cases, {"bars": 1}) or frozenset()
            if values := [str(fact.arguments[0]) for fact in sorted(found, key=str)]:
                barring.append((declared, values, blind))
    if not barring:
        return
    declared, values, _ = barring[0]
    what = Statement(f"{name.zh}不予享受的人员", f"who is barred from {name.en}")
    rules = _BARS.substitute(benefit=benefit.id, fact=fact_atom(declared, 2, "I", "Value"))
    cases = Cases((benefit.id,), default=True, copies=2, differ_in=(declared.path,))
    witness = audit.find_witness(what, f"{rules}shows(1) :- bars({values[0]}).", cases)
    if witness is not None:
        yield _barred_from(audit, benefit, barring, witness)


def _barred_from(audit: AuditContext, benefit: Benefit, barring: Sequence[tuple[Field, list[str], list[str]]], witness: Witness) -> Finding:
    name = audit.name(benefit.id)
    others = list(dict.fromkeys(other for _, _, blind in barring for other in blind))
    names = audit.name(*others)
    groups = listed((_worded(audit, declared, value) for declared, values, _ in barring for value in values), "；", "; ")
    return Finding(
        "conflict",
        f"{benefit.id}.barred",
        "warning",
        audit.sentences(benefit.id, *others),
        Statement(
            f"下列情形可使人不得享受{name.zh}：{groups.zh}。同为{audit.subject(benefit.id).zh}，{names.zh}不看这些情形。",
            f"Each of these alone can bar a person from {name.en}: {groups.en}. {names.en}, for the same kind of item"
            f" ({audit.subject(benefit.id).en}), do not look at it.",
        ),
        (benefit.id,),
        witness,
    )


def _worded(audit: AuditContext, declared: Field, value: str) -> Statement:
    """A fact about the person as a sentence."""
    return declared.phrases.get(value) or audit.encoding.phrases.atom(declared.predicate, (1, Name(value)))


# What is used for several benefits


def _same_event(audit: AuditContext, event: str) -> Iterator[Finding]:
    """The benefits that can all be granted for one event; or, where not all of them can, two by two."""
    uses = [
        (benefit, declared)
        for benefit in audit.benefits
        for path in audit.encoding.outcome_fields(benefit.id)
        if (declared := audit.policy.fields[path]).event == event
    ]
    if len({benefit.clause for benefit, _ in uses}) < 2 or len({declared.entity for _, declared in uses}) < 2:
        return
    together = _granted_together(audit, event, uses)
    shown = dict.fromkeys(range(len(uses))) if together else {}
    for one, other in combinations(range(len(uses)), 2) if together is None else ():
        apart = uses[one][0].clause != uses[other][0].clause and uses[one][1].entity != uses[other][1].entity
        pair = _granted_together(audit, event, [uses[one], uses[other]]) if apart else None
        if pair is not None:
            together = together or pair
            shown |= dict.fromkeys((one, other))
    if together is None:
        return
    benefits = tuple(dict.fromkeys(uses[position][0].id for position in sorted(shown)))
    fields = dict.fromkeys(uses[position][1].path for position in sorted(shown))
    labels = listed((_of_item(audit, audit.policy.fields[path]) for path in fields), "、", ", ")
    words, names = audit.policy.events[event], audit.name(*benefits)
    yield Finding(
        "overlap",
        f"event.{event}",
        "warning",
        audit.sentences(*benefits),
        Statement(
            f"同一次{words.zh}可同时用于{names.zh}：{labels.zh}可以是同一次{words.zh}的日期，其间没有互斥的规则。",
            f"One {words.en} can be used for {names.en} at once: {labels.en} can be the day of the same {words.en}, and no rule makes them"
            f" exclude each other.",
        ),
        benefits,
        together,
    )


def _of_item(audit: AuditContext, declared: Field) -> Statement:
    item = audit.policy.list_of[str(declared.entity)].statement
    return Statement(f"{item.zh}的{declared.label.zh}", f"{declared.label.en} ({item.en})")


def _granted_together(audit: AuditContext, event: str, uses: Collection[tuple[Benefit, Field]]) -> Witness | None:
    """A case in which some benefits are all granted for what happened on one day, without excluding each other."""
    rules, body = [], []
    for position, (benefit, declared) in enumerate(uses):
        item = related(audit.policy, benefit.subject, str(declared.entity)) or ""
        fact = fact_atom(declared, "C", "I", "D")
        rules.append(_USED.substitute(position=position, benefit=benefit.id, fact=fact, related=item))
        body.append(f"used(C, {position}, S{position}, D)")
    for (first, (one, _)), (second, (other, _)) in combinations(enumerate(uses), 2):
        rules.append(_PARTED.substitute(one=one.id, other=other.id, first=first, second=second))
        body.append(f"not parted(C, {first}, S{first}, {second}, S{second})")
    names = audit.name(*(benefit.id for benefit, _ in uses))
    words = audit.policy.events[event]
    what = Statement(f"同一次{words.zh}可否同时用于{names.zh}", f"whether one {words.en} can be used for {names.en} at once")
    cases = Cases(tuple(dict.fromkeys(benefit.id for benefit, _ in uses)), default=True)
    return audit.find_witness(what, "".join([*rules, f"shows(C) :- {', '.join(body)}."]), cases)
