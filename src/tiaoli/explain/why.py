"""Why and why not: from a case and a decision about it to an explanation.

One run of clingo gives both the decision and everything that its explanation follows; nothing is solved twice. For a complete case the
compiled rules may give the same atoms.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from tiaoli.base import Statement
from tiaoli.case import Case
from tiaoli.decide import Decision, DecisionReader, Outcome, PreparedDecision, Status, with_alternatives
from tiaoli.encoding import Encoding
from tiaoli.explain.explainer import Explainer, telling_rules
from tiaoli.explain.explanation import Explanation, Node, SentenceShare, WhyOrWhyNot, without_garbage_collection
from tiaoli.explain.justification import Justification
from tiaoli.explain.standing import walk
from tiaoli.explain.summary import Summary
from tiaoli.explain.windows import windows
from tiaoli.explain.wording import Wording
from tiaoli.rules import Consequences, Contract, Fact, Truth, consequences

_TRUTHS: dict[Outcome, Truth] = {"eligible": "holds", "not_eligible": "fails", "unknown": "unknown"}
_CONDITIONS: dict[Status, Truth] = {"met": "holds", "unmet": "fails", "unknown": "unknown"}


def explain(
    question: PreparedDecision,
    asked: WhyOrWhyNot,
    *,
    condition: str | None = None,
    clause: str | None = None,
    full: bool = False,
    depth: int | None = None,
    derived: Collection[Fact] | None = None,
) -> Explanation:
    """Why a decision, or one condition of it, holds or does not, whichever was asked.

    `clause` is a clause whose sentences are to be gone through. `full` leaves nothing out; `depth` cuts the tree below so many
    levels. Where the deadline is reached, what is not certain by then is unknown and has no explanation. `derived` is everything
    that the rules derive, where that is known already.

    Raises `InternalError` where clingo found something that no rule derives.
    """
    encoding, case, facts, subject = question.encoding, question.case, question.facts, question.subject
    policy = encoding.policy
    if derived is not None:
        found = Consequences(frozenset(derived), frozenset(derived))
    else:
        known = (*question.common_facts, *facts.facts)
        found = consequences(telling_rules(encoding), known, list(facts.choices.values()), question.seconds_left)
    (decision,) = DecisionReader(encoding, case, _shown(encoding, found), case.id, facts.choices).decisions([subject])
    wording = Wording(encoding, subject.benefit)
    if not found.exhausted:
        return _explanation(case, decision, asked, condition, _bare(wording, case, decision, condition), limit_reached=True)
    with without_garbage_collection():
        explainer = Explainer(encoding, facts, question.reading_facts, found, case.id)
        whole = explainer.condition(subject, condition) if condition else explainer.decision(subject, _TRUTHS[decision.outcome])
        summary = Summary(policy)
        short = summary.short(whole) if condition else summary.decision(whole)
        tree = wording.node(whole if full else short)
    counted = {path for reason in whole.walk() for path in reason.assumed} if facts.assumed else set()
    missing: tuple[str, ...] = ()
    complete = True
    if decision.outcome == "unknown":
        (decision,), complete = with_alternatives(question, (decision,))
        assert decision.alternatives is not None
        missing = decision.alternatives.missing
    return replace(
        _explanation(case, decision, asked, condition, tree if depth is None else tree.to_depth(depth), limit_reached=not complete),
        missing=missing,
        assumed=tuple(path for path in facts.assumed if path in counted),
        timeline=windows(whole, short, wording.comparisons),
        sentences=None if clause is None else _sentences(encoding, clause, whole, wording, full),
    )


def _explanation(case: Case, decision: Decision, asked: WhyOrWhyNot, condition: str | None, tree: Node, limit_reached: bool) -> Explanation:
    return Explanation(
        case=case.id,
        applied_on=case.day.isoformat(),
        benefit=decision.benefit,
        subject=decision.subject,
        clause=decision.clause,
        asked=asked,
        outcome=decision.outcome,
        tree=tree,
        condition=condition,
        limit_reached=limit_reached,
        words=decision.words,
    )


def _shown(encoding: Encoding, found: Consequences) -> Consequences:
    """What of a whole model is read as the answer."""
    shown = {item.name for item in encoding.policy.predicates.values() if item.shown}
    certain = frozenset(fact for fact in found.certain if fact.predicate in shown)
    possible = certain if found.possible == found.certain else frozenset(fact for fact in found.possible if fact.predicate in shown)
    return Consequences(certain, possible, found.exhausted)


def _bare(wording: Wording, case: Case, decision: Decision, condition: str | None) -> Node:
    """A decision and its conditions as far as they are certain, without reasons."""
    about = (case.id, decision.benefit, decision.subject)
    conditions = tuple(
        Justification("condition", _CONDITIONS[item.status], Contract.MET.name, (*about, item.id)) for item in decision.conditions
    )
    if condition is not None:
        return wording.node(next(item for item in conditions if item.arguments[3] == condition))
    return wording.node(Justification("decision", _TRUTHS[decision.outcome], Contract.ELIGIBLE.name, about, children=conditions))


def _sentences(encoding: Encoding, clause: str, whole: Justification, wording: Wording, full: bool) -> tuple[SentenceShare, ...]:
    """What each sentence of a clause contributed, in the order of the text: with `full` everything, without it of a grant nothing that
    speaks against it."""
    contributed: dict[str, dict[Statement, Node]] = {}
    for reason, standing in walk(whole, representative=not full):
        tells = reason.kind in ("condition", "derived", "not", "total", "parameter", "reading")
        if tells or (reason.kind == "comparison" and reason.status == "fails"):
            node = replace(wording.node(reason, standing), children=())
            if node.anchor is not None and (full or whole.status != "holds" or node.role != "against"):
                contributed.setdefault(node.anchor, {}).setdefault(node.statement, node)
    return tuple(
        SentenceShare(
            sentence.anchor,
            sentence.text,
            sentence.en,
            tuple(contributed.get(sentence.anchor, {}).values()),
            sentence.not_computed.why if sentence.not_computed is not None else None,
            sentence.not_computed.part if sentence.not_computed is not None else None,
        )
        for sentence in encoding.policy.sentences.values()
        if clause in sentence.clauses
    )
