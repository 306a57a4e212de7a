"""Check for limits with a hole in them: one that begins after the norm does, or after it has lapsed, and one that a change of status
lifts though everything that it counts stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tiaoli.analysis import Cases, Witness
from tiaoli.audit.context import AuditContext, about_applicant
from tiaoli.audit.finding import Finding
from tiaoli.audit.finding_kinds import Kind
from tiaoli.audit.rule_text import others_met
from tiaoli.base import LAST_DAY, Statement, iso, previous_day
from tiaoli.encoding import bearing_on_conditions
from tiaoli.policy import Benefit, Field, Parameter
from tiaoli.rules import rule_template

_BEGINS = rule_template("""
% copy 1 of the case is filed on the day before a day of the norm and is granted, copy 2 on that day and fails one condition alone
shows(1) :-
    $DAY($day, First), $applied(1, $before), $applied(2, First),
    $ELIGIBLE(1, $benefit, S), $ASKED(2, $benefit, S), not $MET(2, $benefit, S, $condition)$others_met.
""")
_STILL_GRANTED = rule_template("shows(C) :- $DAY($day, First), $applied(C, Today), First <= Today, $ELIGIBLE(C, $benefit, S).")
_RESETS = rule_template("""
% one condition alone stands against copy 1; copy 2 has another value of one fact, and is granted
shows(1) :- $ASKED(1, $benefit, S), not $MET(1, $benefit, S, $condition)$others_met, $ELIGIBLE(2, $benefit, S).
""")


def find_holes_in_limits(audit: AuditContext) -> Iterator[Finding]:
    """A condition that stands against somebody from a day on and not before; a condition that counts what somebody did before, and
    stops counting when a fact about the person is another."""
    yield from _late_limits(audit, "gap")
    yield from _resets(audit)


def find_limits_after_the_lapse(audit: AuditContext) -> Iterator[Finding]:
    """A condition that stands against nobody before the norm has lapsed."""
    yield from _late_limits(audit, "out_of_time")


def _late_limits(audit: AuditContext, kind: Kind) -> Iterator[Finding]:
    policy = audit.policy
    last = int(policy.parameters[policy.lapses].value) if policy.lapses else LAST_DAY
    found: dict[tuple[str, str], dict[str, Witness]] = {}
    for benefit in audit.benefits:
        for condition, bearing in bearing_on_conditions(policy, audit.encoding.program, benefit.id, audit.defaults).items():
            for name in bearing.parameters:
                parameter = policy.parameters[name]
                if parameter.unit != "day" or name in (policy.begins, policy.lapses):
                    continue
                if (int(parameter.value) > last) == (kind == "out_of_time"):
                    witness = _begins(audit, benefit, condition, parameter)
                    if witness is not None:
                        found.setdefault((name, condition), {})[benefit.id] = witness
    for (name, condition), witnesses in found.items():
        yield _late(audit, policy.parameters[name], condition, witnesses, last)


def _begins(audit: AuditContext, benefit: Benefit, condition: str, parameter: Parameter) -> Witness | None:
    """A case that fails a condition from the parameter's day on and is granted the day before, where others are still granted then:
    after a day that closes a benefit to everybody nobody is."""
    name = audit.name(benefit.id)
    what = Statement(
        f"{name.zh}在{parameter.statement.zh}之前是否不受限制", f"whether nothing limits {name.en} before the {parameter.statement.en}"
    )
    rules = _BEGINS.substitute(
        day=parameter.name,
        applied=audit.policy.schema.day.predicate,
        before=previous_day(int(parameter.value)),
        benefit=benefit.id,
        condition=condition,
        others_met=others_met(benefit, condition, "2"),
    )
    cases = Cases((benefit.id,), default=True, copies=2)
    witness = audit.find_witness(what, rules, cases)
    if witness is None:
        return None
    later = Cases((benefit.id,), default=True)
    still_granted = audit.find_witness(
        what, _STILL_GRANTED.substitute(day=parameter.name, applied=audit.policy.schema.day.predicate, benefit=benefit.id), later
    )
    return witness if still_granted is not None else None


def _late(audit: AuditContext, parameter: Parameter, condition: str, found: Mapping[str, Witness], last: int) -> Finding:
    policy, names = audit.policy, audit.name(*found)
    label = policy.benefits[next(iter(found))].conditions[condition]
    first = int(parameter.value)
    begins = policy.parameters[policy.begins] if policy.begins else None
    anchors = [parameter.sentence] + ([begins.sentence] if begins else [])
    witness = next(iter(found.values()))
    if first > last:
        return Finding(
            "out_of_time",
            f"limit.{parameter.name}",
            "error",
            audit.ordered([parameter.sentence, policy.parameters[str(policy.lapses)].sentence]),
            Statement(
                f"{names.zh}的条件“{label.zh}”自{iso(first)}起方起限制作用，而通知于{iso(last)}失效：有效期内无人受其限制。",
                f"“{label.en}” of {names.en} limits nobody before {iso(first)}, and the notice lapses on {iso(last)}: within its validity"
                f" nobody is limited.",
            ),
            tuple(found),
            witness,
        )
    since = Statement(f"{iso(int(begins.value))}至", f"From {iso(int(begins.value))} to ") if begins else Statement("", "Until ")
    before = iso(previous_day(first))
    return Finding(
        "gap",
        f"late.{parameter.name}",
        "warning",
        audit.ordered(anchors),
        Statement(
            f"{names.zh}的条件“{label.zh}”自{iso(first)}起方起限制作用，{since.zh}{before}期间的申请不受其限制：同一案件早一日申请即准予享受。",
            f"“{label.en}” of {names.en} limits only from {iso(first)} on. {since.en}{before} applications are not limited by it: the same"
            f" case filed a day earlier is granted.",
        ),
        tuple(found),
        witness,
    )


def _resets(audit: AuditContext) -> Iterator[Finding]:
    found: dict[tuple[str, str], dict[str, Witness]] = {}
    for benefit in audit.benefits:
        for condition, declared in _counting_conditions(audit, benefit):
            name, label = audit.name(benefit.id), benefit.conditions[condition]
            what = Statement(
                f"{name.zh}的条件“{label.zh}”是否因{declared.label.zh}改变而不再限制",
                f"whether another {declared.label.en} lifts “{label.en}” of {name.en}",
            )
            rules = _RESETS.substitute(benefit=benefit.id, condition=condition, others_met=others_met(benefit, condition))
            cases = Cases((benefit.id,), default=True, copies=2, differ_in=(declared.path,))
            witness = audit.find_witness(what, rules, cases)
            if witness is not None:
                found.setdefault((condition, declared.path), {})[benefit.id] = witness
    for (condition, path), witnesses in found.items():
        yield _reset(audit, condition, audit.policy.fields[path], witnesses)


def _counting_conditions(audit: AuditContext, benefit: Benefit) -> Iterator[tuple[str, Field]]:
    """The conditions that rest on items other than the subject and on a fact about the person, with each such fact."""
    policy = audit.policy
    own = {benefit.subject, policy.list_of[benefit.subject].parent, None}
    for condition, bearing in bearing_on_conditions(policy, audit.encoding.program, benefit.id, audit.defaults).items():
        fields = [policy.fields[path] for path in bearing.fields]
        if any(declared.entity not in own for declared in fields):
            for declared in fields:
                if about_applicant(policy, declared) and declared.kind in ("enum", "boolean"):
                    yield condition, declared


def _reset(audit: AuditContext, condition: str, declared: Field, witnesses: dict[str, Witness]) -> Finding:
    names = audit.name(*witnesses)
    benefit, witness = next(iter(witnesses.items()))
    label = audit.policy.benefits[benefit].conditions[condition]
    one, other = (audit.said(declared, document) for document in (witness.case, witness.others[0]))
    return Finding(
        "gap",
        f"{condition}.{declared.key}",
        "warning",
        audit.condition_sentences(benefit, condition),
        Statement(
            f"{names.zh}的条件“{label.zh}”可因{declared.label.zh}不同而不再限制：此前的情形完全相同，{declared.label.zh}为“{one.zh}”的不予享受，"
            f"为“{other.zh}”的即准予享受。",
            f"“{label.en}” of {names.en} is lifted by another {declared.label.en}: with the very same history, “{one.en}” is refused and"
            f" “{other.en}” is granted.",
        ),
        tuple(witnesses),
        witness,
    )
