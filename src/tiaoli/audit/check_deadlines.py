"""Check for the kind `out_of_time`: what falls due only after the notice has lapsed, and periods that outlive it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Template

from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import fact_atom
from tiaoli.audit.search import Cases
from tiaoli.base import Statement, iso, listed
from tiaoli.decide import APPLIED_ON
from tiaoli.encoding import RANGES, rules_of_answer
from tiaoli.policy import Benefit
from tiaoli.rules import Constant, Contract, Fact, Literal, Rule, Variable, rule_template, written

_LATE = rule_template("""
% copy 1 of the case is filed on the last day of validity, copy 2 later: the benefit is due on the later day alone
late(1, $benefit, S) :-
    $DAY($lapses, L), applied_on(1, L), applied_on(2, T), L < T,
    $ELIGIBLE(2, $benefit, S), $ASKED(1, $benefit, S), not $ELIGIBLE(1, $benefit, S).
""")
_SHOWS_LATE = Template("shows(1) :- late(1, $benefit, S).")
_WAITS = rule_template("waits($position) :- late(1, $benefit, S), not $MET(1, $benefit, S, $condition).")
_FITS = rule_template("fits($position, D) :- $ELIGIBLE(1, $benefit, S), $date.")
_OUTLIVES = rule_template("""
% a period of a rule whose body holds ends after the last day of validity, and the case is granted
shows($case) :-
    $body, $DAY($lapses, Last__), $ends > Last__,
    $ELIGIBLE($case, $benefit, Granted__).
""")


def find_missed_deadlines(audit: AuditContext) -> Iterator[Finding]:
    """What can fall due only after the notice has lapsed, with the last day of each step; and deadlines that outlive it."""
    if audit.policy.lapses is not None:
        for benefit in audit.benefits:
            yield from _due_too_late(audit, benefit, audit.policy.lapses)
        yield from _outliving_periods(audit, audit.policy.lapses)


def _due_too_late(audit: AuditContext, benefit: Benefit, lapses: str) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    what = Statement(f"{name.zh}是否在失效后方可享受", f"whether {name.en} can fall due after the lapse only")
    late = _LATE.substitute(benefit=benefit.id, lapses=lapses)
    rules = f"{late}{_SHOWS_LATE.substitute(benefit=benefit.id)}"
    witness = audit.find_witness(what, rules, Cases((benefit.id,), copies=2, differ_in=(APPLIED_ON,)))
    if witness is None:
        return
    marks = "\n".join(
        _WAITS.substitute(position=position, benefit=benefit.id, condition=condition)
        for position, condition in enumerate(benefit.conditions)
    )
    cases = Cases((benefit.id,), readings=witness.readings, copies=2, differ_in=(APPLIED_ON,))
    found = audit.reachable_atoms(what, f"{late}{marks}", cases, ("waits",))
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
        audit.ordered([*audit.condition_sentences(benefit.id, *(condition for condition, _ in labels)), _sentence_of(audit, lapses)]),
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
    fields = [declared for declared in audit.date_fields(audit.encoding.fields[benefit.id]) if declared.path != APPLIED_ON]
    marks = "\n".join(
        _FITS.substitute(position=position, benefit=benefit.id, date=fact_atom(declared, 1, "I", "D"))
        for position, declared in enumerate(fields)
    )
    cases = Cases((benefit.id,), readings=readings, today=today)
    found = audit.reachable_atoms(what, marks, cases, ("fits",))
    for position, declared in enumerate(fields):
        days = [day for fact in found or () if fact.arguments[0] == position and isinstance(day := fact.arguments[1], int)]
        # a date that may lie anywhere sets no step
        if days and max(days) < RANGES["day"][1]:
            yield Statement(f"{declared.label.zh}{iso(max(days))}", f"{declared.label.en} {iso(max(days))}")


def _outliving_periods(audit: AuditContext, lapses: str) -> Iterator[Finding]:
    """The periods of the notice that can end after it has lapsed, for a case that is granted."""
    seen: set[str] = set()
    for benefit in audit.benefits:
        for rule in rules_of_answer(audit.policy, audit.encoding.program, benefit.id):
            for period, ends in _periods(rule):
                parameter = audit.policy.parameters[period]
                if period in seen or not isinstance(rule.head.terms[0], Variable):
                    continue
                what = Statement(f"{parameter.statement.zh}是否超出有效期", f"whether “{parameter.statement.en}” outlives the notice")
                body = ", ".join(map(written, rule.body))
                case = rule.head.terms[0].name
                rules = _OUTLIVES.substitute(case=case, body=body, lapses=lapses, ends=ends, benefit=benefit.id)
                witness = audit.find_witness(what, rules, Cases((benefit.id,)))
                if witness is not None:
                    seen.add(period)
                    yield Finding(
                        "out_of_time",
                        f"period.{period}",
                        "note",
                        audit.ordered([parameter.sentence, _sentence_of(audit, lapses)]),
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
        if literal.atom.predicate == Contract.MONTHS.name
        and isinstance(term := literal.atom.terms[1], Variable)
        and isinstance(literal.atom.terms[0], Constant)
    }
    for part in rule.body:
        if isinstance(part, Literal) and part.atom.predicate == Contract.ADD_MONTHS.name:
            _, months, ends = part.atom.terms
            if isinstance(months, Variable) and months.name in lengths and isinstance(ends, Variable) and not ends.anonymous:
                yield lengths[months.name], ends.name


def _sentence_of(audit: AuditContext, parameter: str) -> str:
    return audit.policy.parameters[parameter].sentence
