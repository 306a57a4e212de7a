"""Check for the kind `fork`: for each reading the smallest case that its options decide otherwise, and what is at stake there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from tiaoli.analysis import Comparison, DiffWitness, OtherDifference, PolicyVersion, Witness, compare_benefits, find_difference
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.base import Statement, deadline_in
from tiaoli.decide import Decision
from tiaoli.policy import Option, Reading

_SECONDS = 20.0
"""How long one benefit is looked at: where options part for one, the others need not be settled."""


def find_reading_splits(audit: AuditContext) -> Iterator[Finding]:
    """For every option that is not the default, a case that it decides otherwise, or of which its answer says something otherwise; an
    option for which there is none is dead."""
    for reading in audit.policy.readings.values():
        for option in reading.options[1:]:
            yield from _split(audit, reading, option)


def _split(audit: AuditContext, reading: Reading, option: Option) -> Iterator[Finding]:
    old, new = PolicyVersion(audit.encoding, audit.defaults), PolicyVersion(audit.encoding, {**audit.defaults, reading.name: option.id})
    what = Statement(f"读法 {reading.name}={option.id} 是否有影响", f"whether the reading {reading.name}={option.id} matters")
    found: dict[str, DiffWitness] = {}
    touched = [benefit.id for benefit in audit.benefits if benefit.id in reading.touches]
    if not touched:
        return
    # where options part for one benefit, the others need not be settled: those that rest on least first, each with a quick look; only where
    # that shows nothing, as long a look as the limit allows
    touched.sort(key=lambda benefit: len(audit.encoding.fields[benefit]))
    for seconds, benefit in product((_SECONDS, None), touched):
        if not found:
            share = deadline_in(seconds)
            deadline = min((time for time in (share, audit.deadline) if time is not None), default=None)
            if shown := find_difference(Comparison(old, new, (), deadline=deadline, memory=audit.budget.memory), benefit):
                found[benefit] = shown
    if not found and audit.out_of_time:
        audit.leave_open(what)
        return
    if found:
        benefit, shown = min(found.items(), key=lambda item: len(str(item[1].case)))
        yield _split_at(audit, reading, option, benefit, shown)
        return
    comparison = Comparison(old, new, (), deadline=audit.deadline, memory=audit.budget.memory)
    compared = list(compare_benefits(comparison, touched))
    open_ones = [diff for diff in compared if diff.unsettled]
    others = [(diff.benefit, other) for diff in compared for other in diff.others]
    if others:
        yield _otherwise(audit, reading, option, *others[0])
    elif open_ones:
        audit.leave_open(what, open_ones[0].unsettled[0].reason)
    else:
        within = {path: number for diff in compared for path, number in (diff.within or {}).items()}
        audit.within |= within
        yield _without_effect(audit, reading, option, within)


def _without_effect(audit: AuditContext, reading: Reading, option: Option, within: Mapping[str, int]) -> Finding:
    searched = audit.searched(within)
    return Finding(
        "dead",
        f"reading.{reading.name}.{option.id}",
        "error",
        audit.ordered(anchor for anchor, _ in reading.quotes),
        Statement(
            f"读法 {reading.name} 的选项 {option.id} 不改变任何决定{searched.zh}。",
            f"The option {option.id} of the reading {reading.name} changes no decision{searched.en}.",
        ),
        reading.touches,
        concerns="encoding",
    )


def _otherwise(audit: AuditContext, reading: Reading, option: Option, benefit: str, shown: OtherDifference) -> Finding:
    """An option under which everybody is granted and paid the same, and an answer says something else otherwise."""
    name, results = audit.name(benefit), audit.policy.results
    part = results[shown.part].statement if shown.part in results else Statement(shown.part, shown.part)
    return Finding(
        "fork",
        f"{reading.name}.{option.id}",
        "note",
        audit.ordered(anchor for anchor, _ in reading.quotes),
        Statement(
            f"{reading.question.zh}改按“{option.statement.zh.rstrip('。')}”，各项待遇的结论和金额均不变，"
            f"但{name.zh}的答复另有不同（{part.zh}）。",
            f"{reading.question.en} Read as “{option.statement.en.rstrip('.')}” every outcome and sum stays as it is, and the answer about"
            f" {name.en} is another in part ({part.en}).",
        ),
        (benefit,),
        Witness(shown.witness.case, audit.defaults),
    )


def _split_at(audit: AuditContext, reading: Reading, option: Option, benefit: str, shown: DiffWitness) -> Finding:
    name, default = audit.name(benefit), reading.options[0]
    one, other = _said(shown.old), _said(shown.new)
    anchors = audit.ordered(anchor for anchor, _ in reading.quotes)
    return Finding(
        "fork",
        f"{reading.name}.{option.id}",
        "warning",
        anchors,
        Statement(
            f"{reading.question.zh}默认读法“{default.statement.zh.rstrip('。')}”，{name.zh}{one.zh}；"
            f"改按“{option.statement.zh.rstrip('。')}”，则{other.zh}。",
            f"{reading.question.en} By default (“{default.statement.en.rstrip('.')}”) {name.en} is {one.en}; read as"
            f" “{option.statement.en.rstrip('.')}” it is {other.en}.",
        ),
        (benefit,),
        Witness(shown.case, audit.defaults),
    )


def _said(decision: Decision | None) -> Statement:
    assert decision is not None
    if decision.outcome != "eligible":
        return Statement("不予享受", "not granted")
    ends = decision.amount_range or (decision.amount, decision.amount)
    if ends[0] is None or ends[1] is None:
        return Statement("准予享受", "granted")
    low, high = (decision.currency.amount(end) for end in (ends[0], ends[1]))
    if ends[0] == ends[1]:
        return Statement(f"准予享受 {low.zh}", f"granted with {low.en}")
    return Statement(f"准予享受 {low.zh}至{high.zh}", f"granted with {low.en} to {high.en}")
