"""From justifications to the nodes of an explanation: each in words, with its clause, quote and facts.

The sentences of predicates and facts are the policy's (`phrases`); the few that stand here and in the `word_…` modules say how
statements hang together: that a comparison fails by three days, that one of several ways is enough, that a list holds nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from tiaoli.base import Statement
from tiaoli.encoding import Encoding
from tiaoli.explain.explanation import LazyStatement, Node
from tiaoli.explain.justification import Justification
from tiaoli.explain.standing import TOP, Role, Standing, below, role_of
from tiaoli.explain.word_comparisons import ComparisonWording
from tiaoli.explain.word_facts import FactWording, uncertain
from tiaoli.explain.word_totals import TotalWording
from tiaoli.policy import OUTCOMES
from tiaoli.rules import Truth


class _Place(NamedTuple):
    """Where in the notice a statement stands: its clause, its sentence and the words quoted."""

    clause: str | None = None
    anchor: str | None = None
    quote: str | None = None


_DECIDED: Mapping[Truth, str] = {"holds": "eligible", "fails": "not_eligible", "unknown": "unknown"}


class Wording:
    """Words for the justifications of one decision: on a benefit, under an encoding."""

    def __init__(self, encoding: Encoding, benefit: str) -> None:
        self.encoding, self.policy, self.benefit = encoding, encoding.policy, benefit
        self.phrases = encoding.phrases
        self.facts = FactWording(self.policy, self.phrases)
        totals = TotalWording(self.policy, self.phrases)
        self.comparisons = ComparisonWording(self.policy, self.phrases, totals)
        self._quotes = {(quote.file, quote.sentence): quote.text for quote in encoding.program.quotes}
        self._nodes: dict[tuple[int, Standing], Node] = {}
        self._places: dict[int, _Place] = {}
        self._says: dict[str, Callable[[Justification], Statement]] = {
            "decision": self._decision,
            "condition": self._condition,
            "derived": self._atom,
            "way": self._atom,
            "some": self._some,
            "not": self._not,
            "comparison": self.comparisons.comparison,
            "total": totals.total,
            "members": lambda _: Statement("逐项核对计入与未计入的情况", "what was counted and what was not, one by one"),
            "item": self.facts.item,
            "items": self.facts.items,
            "parameter": self.facts.supplied,
            "row": self.facts.supplied,
            "reading": self.facts.supplied,
            "absent": self.facts.absent,
        }

    def node(self, reason: Justification, standing: Standing = TOP) -> Node:
        """The node of a justification in its place. What stands in several places with one role becomes one node in all of them."""
        key = (id(reason), standing)
        found = self._nodes.get(key)
        if found is None:
            children = tuple([self.node(child, stands) for child, stands in below(reason, standing)])
            if len(children) > 1 and reason.children[1].kind == "way":
                children = _numbered(children)
            place = self._place(reason)
            role = role_of(reason, standing)
            found = self._nodes[key] = Node(
                kind=reason.kind,
                status=reason.status,
                role=role,
                words=LazyStatement(partial(self.statement, reason, role)),
                clause=place.clause,
                anchor=place.anchor,
                quote=place.quote,
                facts=reason.facts,
                assumed=reason.assumed,
                children=children,
                rule=reason.rule.where if reason.rule is not None else None,
                margin=self.comparisons.margin(reason),
                omitted=reason.omitted,
            )
        return found

    def statement(self, reason: Justification, role: Role | None) -> Statement:
        """The statement of a justification that has this role."""
        if reason.kind == "fact":
            return self.facts.fact(reason, wants=role == "against")
        return self._says[reason.kind](reason)

    # Where a statement stands

    def _place(self, reason: Justification) -> _Place:
        if reason.kind in ("parameter", "reading"):
            return self._supplied_place(reason)
        if reason.kind == "condition":
            anchors = self.encoding.sentences[self.benefit][str(reason.arguments[3])]
            return self._sentence(anchors[0], None) if anchors else _Place()
        if reason.rule is None or reason.kind not in ("derived", "way", "not", "total", "comparison"):
            return _Place()
        place = self._places.get(id(reason.rule))
        if place is None:
            clause = self.policy.benefits[self.benefit].clause
            known = [anchor for anchor in reason.rule.sentences if anchor in self.policy.sentences]
            own = [anchor for anchor in known if clause in self.policy.sentences[anchor].clauses] or known
            place = self._sentence(own[0], reason.rule.file) if own else _Place()
            self._places[id(reason.rule)] = place
        return place

    def _sentence(self, anchor: str, file: str | None) -> _Place:
        sentence = self.policy.sentences[anchor]
        return _Place(sentence.clause, anchor, self._quotes.get((file or "", anchor), sentence.text))

    def _supplied_place(self, reason: Justification) -> _Place:
        name = str(reason.arguments[0])
        if reason.kind == "reading":
            anchor, quote = self.policy.readings[name].quotes[0]
        elif name in self.policy.parameters:
            anchor, quote = self.policy.parameters[name].sentence, self.policy.parameters[name].quote
        else:
            return _Place()
        return _Place(self.policy.sentences[anchor].clause, anchor, quote)

    # What is derived

    def _decision(self, reason: Justification) -> Statement:
        """A decision, in the words that the benefit has for it where these are its own."""
        benefit = self.policy.benefits[self.benefit]
        if benefit.outcomes == OUTCOMES:
            return self._atom(reason)
        said = benefit.outcomes[_DECIDED[reason.status]]
        zh, en = (self.phrases.subject(self.benefit, reason.arguments[2], lang) for lang in ("zh", "en"))
        return Statement(f"{zh}：{benefit.statement.zh}，{said.zh}", f"{en}: {benefit.statement.en}, {said.en}")

    def _atom(self, reason: Justification) -> Statement:
        predicate = reason.predicate
        if reason.status == "unknown":
            return uncertain(self.phrases.atom(predicate, reason.arguments))
        found = self.phrases.atom(predicate, reason.arguments, holds=reason.status == "holds")
        if reason.status == "fails" and reason.present and not reason.children:
            return self.facts.with_present(reason, found)
        return found

    def _condition(self, reason: Justification) -> Statement:
        _, benefit, _, condition = reason.arguments
        zh, en = (self.phrases.condition(str(benefit), str(condition), lang) for lang in ("zh", "en"))
        if reason.status == "unknown":
            return uncertain(Statement(zh, en))
        if reason.status == "holds":
            return Statement(f"已满足：{zh}", f"met: {en}")
        return Statement(f"未满足：{zh}", f"not met: {en}")

    def _some(self, reason: Justification) -> Statement:
        first, number = self.phrases.atom(reason.predicate, reason.present[0]), len(reason.present)
        return Statement(f"{first.zh}（此类共{number}项，有其一即可）", f"{first.en} ({number} of the kind; one is enough)")

    def _not(self, reason: Justification) -> Statement:
        if reason.status == "unknown":
            return uncertain(self.phrases.atom(reason.predicate, reason.arguments, holds=False))
        return self.phrases.atom(reason.predicate, reason.arguments, holds=reason.status == "fails")


def _numbered(children: tuple[Node, ...]) -> tuple[Node, ...]:
    """Several ways to derive one thing, told apart by their numbers."""
    found = []
    number = 0
    for child in children:
        if child.kind == "way":
            number += 1
            said = _WAYS[child.status]
            statement = Statement(f"第{number}种情形{said.zh}", f"way {number} {said.en}")
            found.append(replace(child, words=LazyStatement(partial(_itself, statement))))
        else:
            found.append(child)
    return tuple(found)


_WAYS: Mapping[Truth, Statement] = {
    "holds": Statement("成立", "applies"),
    "fails": Statement("不成立", "does not apply"),
    "unknown": Statement("尚不能确定", "is not certain"),
}


def _itself(statement: Statement) -> Statement:
    return statement
