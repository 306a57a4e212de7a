"""What a notebook shows of each answer: one function a type, in both languages, made of the pieces that pages are made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import singledispatch

from tiaoli.analysis import PROOF_RESULTS, RELATIONS, Diff, Proof
from tiaoli.base import Statement
from tiaoli.decide import Answer, Condition, Decision
from tiaoli.explain import Explanation, Node, shared
from tiaoli.policy import joined
from tiaoli.present.html_elements import Html, Inside, code, fragment, html, mark, said, table, tag, tree
from tiaoli.present.timeline_svg import timeline
from tiaoli.questions import Calendar, FactQuestion, Hypothesis, Questions, WhatIf
from tiaoli.receipts import DIFFERENCE_KINDS, VERIFICATION_RESULTS, ChangedDecision, Redecision, Replay


@singledispatch
def draw(answer: object) -> str:
    """The HTML of an answer, with the style it needs. Raises `TypeError` for what is no answer."""
    raise TypeError(f"{type(answer).__name__} is drawn by nothing here")


def _heads(*words: tuple[str, str]) -> list[Html]:
    return [said(Statement(zh, en)) for zh, en in words]


# Decisions


@draw.register
def _decision(found: Decision) -> str:
    head = tag(
        "p", tag("b", _title(found), " ", code(found.subject)), " ", mark(found.outcome, word=True, means=found.said), " ", _paid(found)
    )
    results = (tag("p", said(result.statement)) for result in found.results)
    return fragment(head, results, table((mark(item.status), _condition(found, item)) for item in found.conditions))


@draw.register
def _answer(found: Answer) -> str:
    head = tag("p", tag("b", tag("bdi", found.case)), f" {found.applied_on} · {found.policy}")
    heads = _heads(("权益", "benefit"), ("对象", "subject"), ("结论", "outcome"), ("金额", "amount"))
    rows = ((_title(item), code(item.subject), _status(item), _paid(item)) for item in found.decisions)
    notes = (tag("p", said(note.statement)) for note in found.notes)
    return fragment(head, table(rows, heads, numbers=(3,)), notes)


def _title(decision: Decision) -> Html:
    words = [said(decision.named.statement), " "] if decision.named is not None else None
    return html([tag("span", decision.clause, class_="clause"), " ", words, code(decision.benefit)])


def _paid(decision: Decision) -> Inside:
    if decision.amount is not None:
        return said(decision.currency.amount(decision.amount))
    if decision.amount_range is not None:
        low, high = (said(decision.currency.amount(end)) for end in decision.amount_range)
        return [low, " – ", high]
    return "—"


def _status(decision: Decision) -> Html:
    """The outcome, and the conditions that stand in the way."""
    open_ones = (tag("div", mark(item.status), " ", _condition(decision, item)) for item in decision.conditions if item.status != "met")
    results = (tag("div", said(result.statement)) for result in decision.results)
    return html([mark(decision.outcome, word=True, means=decision.said), results, open_ones])


def _condition(decision: Decision, condition: Condition) -> Html:
    return html([[said(decision.named.conditions[condition.id]), " "] if decision.named is not None else None, code(condition.id)])


# Explanations


@draw.register
def _node(found: Node) -> str:
    return fragment(tree([found], shared(found), folded=True))


@draw.register
def _explanation(found: Explanation) -> str:
    about = [tag("bdi", found.case), f" {found.applied_on} {found.clause} ", code(found.benefit), " ", code(found.subject)]
    roots = (found.tree,) if found.condition is not None or not found.tree.children else found.tree.children
    picture = timeline(found.timeline, found.applied_on)
    return fragment(
        tag("p", mark(found.outcome, word=True, means=found.said), " ", about),
        tree(roots, shared(found.tree), folded=True),
        picture,
        _assumed(found.assumed),
    )


def _assumed(paths: Sequence[str]) -> Html | None:
    """The absent lists that were taken as empty."""
    words = said(Statement("未提供下列列表，按空处理：", "Absent lists, taken as empty:"))
    return tag("p", words, ([" ", code(path)] for path in paths), class_="soft") if paths else None


# What would be otherwise


def _about(found: Calendar | Hypothesis | WhatIf) -> list[Inside]:
    return [tag("bdi", found.case), " ", code(found.benefit), " ", code(found.subject)]


@draw.register
def _calendar(found: Calendar) -> str:
    head = tag("p", _about(found), " ", mark(found.outcome, word=True, means=found.words[found.outcome]))
    rows = ((f"{span.first or '…'} – {span.last or '…'}", said(span.opens), said(span.closes)) for span in found.spans)
    heads = _heads(("申请日", "application day"), ("开始", "opens"), ("终止", "closes"))
    none = tag("p", said(Statement("任何一日申请均不能享受。", "It is granted on no day.")))
    return fragment(head, table(rows, heads) if found.spans else none, _assumed(found.assumed))


@draw.register
def _what_if(found: WhatIf) -> str:
    head = tag("p", _about(found), " ", mark(found.outcome, word=True, means=found.words[found.outcome]))
    more = None if found.complete else tag("p", said(Statement("此外还有其他变化。", "There are others.")), class_="soft")
    why = None if found.impossible is None else tag("p", said(found.impossible))
    changes = tag("ol", (tag("li", said(repair.statement)) for repair in found.repairs)) if found.repairs else None
    return fragment(head, changes, more, why, _assumed(found.assumed))


@draw.register
def _hypothesis(found: Hypothesis) -> str:
    before, after = ({item.id: item.status for item in side.conditions} for side in (found.before, found.after))
    one, other = (mark(side.outcome, word=True, means=side.said) for side in (found.before, found.after))
    rows: list[tuple[Inside, Html, Html]] = [(None, one, other)]
    rows += [(code(name), mark(before[name]), mark(after[name])) for name in before if before[name] != after[name]]
    heads = (None, *_heads(("现在", "now"), ("变化后", "then")))
    return fragment(tag("p", _about(found)), tag("p", said(found.statement)), table(rows, heads), _assumed(found.assumed))


@draw.register
def _questions(found: Questions) -> str:
    rows = ((said(item.question), said(item.why), code(item.path), _settled(item)) for item in found.questions)
    heads = _heads(("问题", "question"), ("为何要问", "why it is asked"), ("事实", "fact"), ("由此可定", "what settles it"))
    none = tag("p", said(Statement("没有尚待查明、足以影响结论的事实。", "No unknown fact can decide anything.")))
    return fragment(table(rows, heads) if found.questions else none, _assumed(found.assumed))


def _settled(question: FactQuestion) -> Html:
    return html(
        tag("div", code(item.answer), " → ", code(item.benefit), " ", mark(item.outcome, means=item.said)) for item in question.settles
    )


# Policies


@draw.register
def _proof(found: Proof) -> str:
    head = tag("p", tag("b", said(PROOF_RESULTS[found.result])), " ", code(found.property), " ", said(found.statement))
    cases = [tag("pre", json.dumps(case, ensure_ascii=False, indent=1)) for case in found.files.values()]
    return fragment(head, cases, tag("p", said(found.domain), class_="soft"))


@draw.register
def _diff(found: Diff) -> str:
    rows = (
        (
            code(name),
            said(RELATIONS[item.relation]),
            joined(item.clauses),
            html(tag("div", said(one.statement)) for one in item.changes),
        )
        for name, item in found.benefits.items()
    )
    heads = _heads(("权益", "benefit"), ("新版本", "the new version"), ("条款", "clauses"), ("改动", "what differs"))
    return fragment(table(rows, heads))


# Receipts


@draw.register
def _replay(found: Replay) -> str:
    head = tag("p", tag("b", said(VERIFICATION_RESULTS[found.result])), " ", tag("bdi", found.case), " ", code(found.sha256))
    rows = ((said(DIFFERENCE_KINDS[item.kind]), code(item.where), said(item.statement)) for item in found.differences)
    return fragment(head, table(rows) if found.differences else None)


@draw.register
def _redecision(found: Redecision) -> str:
    heads = _heads(("案件", "case"), ("权益", "benefit"), ("结果", "what follows"), ("差额", "difference"), ("理由", "because"))
    rows = (
        (tag("bdi", item.case), [said(item.name), " ", code(item.subject)], said(item.consequence), _difference(item), _because(item))
        for item in found.changes
    )
    total = None
    if found.currency is not None:
        pay, reclaim = (found.currency.amount(amount) for amount in (found.total.to_pay, found.total.to_reclaim))
        zh = f"应补发 {pay.zh}，应追回 {reclaim.zh}，另有 {found.total.unknown} 项金额未知"
        total = tag("p", said(Statement(zh, f"to pay {pay.en}, to reclaim {reclaim.en}, {found.total.unknown} unknown")))
    return fragment(table(rows, heads, numbers=(3,)), total)


def _difference(change: ChangedDecision) -> Html:
    return html("—") if change.difference is None else said(change.currency.amount(abs(change.difference)))


def _because(change: ChangedDecision) -> Html:
    return html(tag("div", said(ground.statement)) for ground in change.reasons)
