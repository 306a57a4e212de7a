"""Check for the kind `out_of_time`: what falls due only after the notice has lapsed, periods that outlive it, and what is granted before it
began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Template

from tiaoli.analysis import Cases
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import fact_atom
from tiaoli.base import LAST_DAY, Statement, iso, listed
from tiaoli.encoding import rules_of_answer
from tiaoli.policy import Benefit
from tiaoli.rules import Constant, Contract, Fact, Literal, Rule, Variable, rule_template, written

_LATE = rule_template("""
% copy 1 of the case is filed on the last day of validity, copy 2 later: the benefit is due on the later day alone
late(1, $benefit, S) :-
    $DAY($lapses, L), $applied(1, L), $applied(2, T), L < T,
    $ELIGIBLE(2, $benefit, S), $ASKED(1, $benefit, S), not $ELIGIBLE(1, $benefit, S).
""")
_SHOWS_LATE = Template("shows(1) :- late(1, $benefit, S).\n")
_WAITS = rule_template("waits($position) :- late(1, $benefit, S), not $MET(1, $benefit, S, $condition).\n")
_FITS = rule_template("fits_$position(D) :- $ELIGIBLE(1, $benefit, S), $date.\n")
_OUTLIVES = rule_template("""
% a period of a rule whose body holds ends after the last day of validity, or on or before it, and the case is granted
ends($case, $ends) :- $body, $ELIGIBLE($case, $benefit, $subject).
shows(C) :- ends(C, End), $DAY($lapses, Last), Last < End.
inside(C) :- ends(C, End), $DAY($lapses, Last), End <= Last.
""")
_EARLY = rule_template("""
% granted on an application before the norm began
shows(C) :- $ELIGIBLE(C, $benefit, S), $applied(C, Today), $DAY($begins, First), Today < First.
""")


def find_missed_deadlines(audit: AuditContext) -> Iterator[Finding]:
    """What can fall due only after the notice has lapsed, with the last day of each step; deadlines that outlive it; and what is
    granted before it began."""
    if audit.policy.begins is not None:
        for benefit in audit.benefits:
            yield from _granted_early(audit, benefit, audit.policy.begins)
    if audit.policy.lapses is not None:
        for benefit in audit.benefits:
            yield from _due_too_late(audit, benefit, audit.policy.lapses)
        yield from _outliving_periods(audit, audit.policy.lapses)


def _granted_early(audit: AuditContext, benefit: Benefit, begins: str) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    what = Statement(f"{name.zh}是否在通知施行之前即可享受", f"whether {name.en} is granted before the notice begins")
    witness = audit.find_witness(
        what, _EARLY.substitute(applied=audit.policy.schema.day.predicate, benefit=benefit.id, begins=begins), Cases((benefit.id,))
    )
    if witness is not None:
        first = iso(int(audit.policy.parameters[begins].value))
        yield Finding(
            "out_of_time",
            f"{benefit.id}.early",
            "warning",
            audit.ordered([*audit.sentences(benefit.id), _sentence_of(audit, begins)]),
            Statement(
                f"通知自{first}起施行，而在此之前提出的申请已可享受{name.zh}。",
                f"The notice takes effect on {first}, yet an application made before that day can be granted {name.en}.",
            ),
            (benefit.id,),
            witness,
        )


def _due_too_late(audit: AuditContext, benefit: Benefit, lapses: str) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    what = Statement(f"{name.zh}是否在失效后方可享受", f"whether {name.en} can fall due after the lapse only")
    late = _LATE.substitute(applied=audit.policy.schema.day.predicate, benefit=benefit.id, lapses=lapses)
    marks = "".join(
        _WAITS.substitute(position=position, benefit=benefit.id, condition=condition)
        for position, condition in enumerate(benefit.conditions)
    )
    witness, waiting = None, frozenset[Fact]()
    with audit.asking(what):
        cases = Cases((benefit.id,), copies=2)
        search = audit.search(f"{late}{_SHOWS_LATE.substitute(benefit=benefit.id)}{marks}", cases, {"shows": 1, "waits": 1})
        witness = search.witness()
        if witness is not None:
            waiting = search.reachable("waits", beside=search.chosen(witness.readings))
    if witness is None:
        return
    labels = [
        (condition, label)
        for position, (condition, label) in enumerate(benefit.conditions.items())
        if Fact("waits", (position,)) in waiting
    ]
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
    today = int(audit.policy.parameters[lapses].value)
    fields = [declared for declared in audit.date_fields(audit.encoding.fields[benefit.id]) if declared is not audit.policy.schema.day]
    marks = "".join(
        _FITS.substitute(position=position, benefit=benefit.id, date=fact_atom(declared, 1, "I", "D"))
        for position, declared in enumerate(fields)
    )
    goals = {f"fits_{position}": 1 for position in range(len(fields))}
    with audit.asking(what):
        # one item a list: with more, one that does not matter may bear any date
        cases = Cases((benefit.id,), sizes=dict.fromkeys(audit.policy.list_of, 1), today=today)
        search = audit.search(marks, cases, goals, preliminary=True)
        for declared, goal in zip(fields, goals, strict=True):
            day = search.last_day(goal, usual=today, beside=search.chosen(readings))
            # a date that may lie anywhere sets no step
            if day is not None and day < LAST_DAY:
                yield Statement(f"{declared.label.zh}{iso(day)}", f"{declared.label.en} {iso(day)}")


def _outliving_periods(audit: AuditContext, lapses: str) -> Iterator[Finding]:
    """The periods of the notice that end after it has lapsed, for a case that is granted: in some cases, or in every one."""
    seen: set[str] = set()
    for benefit in audit.benefits:
        for rule in rules_of_answer(audit.policy, audit.encoding.program, benefit.id):
            for period, ends in _periods(rule):
                if period not in seen and isinstance(rule.head.terms[0], Variable):
                    finding = _outliving(audit, benefit, rule, rule.head.terms[0].name, period, ends, lapses)
                    if finding is not None:
                        seen.add(period)
                        yield finding


def _outliving(audit: AuditContext, benefit: Benefit, rule: Rule, case: str, period: str, ends: str, lapses: str) -> Finding | None:
    parameter = audit.policy.parameters[period]
    what = Statement(f"{parameter.statement.zh}是否超出有效期", f"whether “{parameter.statement.en}” outlives the notice")
    rules = _OUTLIVES.substitute(
        case=case,
        body=", ".join(map(written, rule.body)),
        lapses=lapses,
        ends=ends,
        benefit=benefit.id,
        subject=_subject_of(audit, rule, benefit),
    )
    witness, always = None, False
    with audit.asking(what):
        search = audit.search(rules, Cases((benefit.id,)), {"shows": 1, "inside": 1})
        witness = search.witness()
        if witness is not None and not search.within:
            always = not search.possible(search.formula(Fact("inside", (1,))), search.chosen(witness.readings))
    if witness is None:
        return None
    by_default = not audit.policy.other_readings(witness.readings)
    under = Statement("按默认读法，", "by default ") if by_default else Statement("", "")
    when = (
        Statement(f"{under.zh}总在通知失效之后才届满", f"{under.en}always ends after the notice has lapsed")
        if always
        else Statement("可以在通知失效之后才届满", "can end after the notice has lapsed")
    )
    return Finding(
        "out_of_time",
        f"period.{period}",
        "note",
        audit.ordered([parameter.sentence, _sentence_of(audit, lapses)]),
        Statement(
            f"“{parameter.quote}”的期限（{parameter.statement.zh}）{when.zh}，届时如何办理未作规定。",
            f"The period of “{parameter.quote}” ({parameter.statement.en}) {when.en}; the notice does not say what holds then.",
        ),
        (benefit.id,),
        witness,
    )


def _subject_of(audit: AuditContext, rule: Rule, benefit: Benefit) -> str:
    """What a rule calls the item that a benefit is granted for, where it speaks of it; else any."""
    kinds = [kind for _, kind in audit.policy.predicates[rule.head.predicate].arguments]
    named = (term.name for term, kind in zip(rule.head.terms, kinds, strict=True) if kind == benefit.subject and isinstance(term, Variable))
    return next(named, "Granted__")


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
