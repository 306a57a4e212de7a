"""An explanation as types and as the JSON of the case format: a tree of statements, each with what it rests on.

The same tree is shown at a terminal, written as Markdown and drawn as a diagram. A node that several others rest on is
one object; in JSON it is written once, under an `id`, and elsewhere as a `ref` to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from tiaoli.answer import Outcome
from tiaoli.words import Statement

Asked = Literal["why", "why-not"]
Truth = Literal["holds", "fails", "unknown"]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One statement of an explanation. It says what is the case; `status` whether what was asked for by it holds.

    `kind` says what it is: a decision, a condition, something derived or one way to derive it, a comparison, a total, a
    fact of the case, a parameter, a row of the annex, a reading, an absence. `clause` and `quote` are the clause and the
    words of the notice it rests on, `anchor` that sentence, `rule` the file and line of its rule. `facts` are the paths of
    the facts it rests on itself; `margin` by how much a comparison fails. `omitted` counts what is left out below it.
    """

    kind: str
    status: Truth
    statement: Statement
    clause: str | None = None
    anchor: str | None = None
    quote: str | None = None
    facts: tuple[str, ...] = ()
    children: tuple[Node, ...] = ()
    rule: str | None = None
    margin: Statement | None = None
    omitted: int = 0

    def walk(self) -> Iterator[Node]:
        """This node and every node below it, each once, in the order they are shown."""
        seen: set[int] = set()
        todo = [self]
        while todo:
            node = todo.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                todo += reversed(node.children)

    def to_depth(self, depth: int) -> Node:
        """The tree without what is more than `depth` levels below its root."""
        if not self.children:
            return self
        if depth == 0:
            below = sum(1 for _ in self.walk()) - 1
            return replace(self, children=(), omitted=self.omitted + below)
        return replace(self, children=tuple(child.to_depth(depth - 1) for child in self.children))

    def to_json(self) -> dict[str, Any]:
        """The tree as plain data, each node that stands in several places written out once."""
        return _written(self, shared(self), {})


def shared(root: Node) -> set[int]:
    """The identities of the nodes that stand in several places of a tree and have something below them."""
    seen: set[int] = set()
    again: set[int] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        if id(node) in seen:
            again.add(id(node))
        else:
            seen.add(id(node))
            todo += (child for child in node.children if child.children)
    return again


def _written(node: Node, again: set[int], numbers: dict[int, str]) -> dict[str, Any]:
    key = id(node)
    if key in numbers:
        return {"ref": numbers[key]}
    found: dict[str, Any] = {}
    if key in again:
        numbers[key] = found["id"] = f"n{len(numbers) + 1}"
    found |= {
        "kind": node.kind,
        "statement": node.statement.to_json(),
        "status": node.status,
        "clause": node.clause,
        "quote": node.quote,
        "facts": list(node.facts),
    }
    if node.anchor is not None:
        found["anchor"] = node.anchor
    if node.rule is not None:
        found["rule"] = node.rule
    if node.margin is not None:
        found["margin"] = node.margin.to_json()
    if node.omitted:
        found["omitted"] = node.omitted
    found["children"] = [_written(child, again, numbers) for child in node.children]
    return found


class Window(NamedTuple):
    """A day held against the days it must lie between: `first` to `last`, open where there is none, named by `label`.

    `day` is the day, or `None` where it never comes or is not known; `path` the fact it is. Days are ISO text.
    """

    label: Statement
    first: str | None
    last: str | None
    event: Statement
    day: str | None
    path: str | None
    status: Truth

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label.to_json(),
            "from": self.first,
            "to": self.last,
            "event": self.event.to_json(),
            "day": self.day,
            "path": self.path,
            "status": self.status,
        }


class SentenceShare(NamedTuple):
    """A sentence of a clause and what it contributed to a decision: the statements that rest on it, and, where it or a part
    of it is not computed, why."""

    anchor: str
    text: str
    translation: str
    contributed: tuple[Node, ...]
    not_computed: Statement | None

    def to_json(self) -> dict[str, Any]:
        return {
            "anchor": self.anchor,
            "text": self.text,
            "translation": self.translation,
            "contributed": [
                {
                    "kind": node.kind,
                    "statement": node.statement.to_json(),
                    "status": node.status,
                    "quote": node.quote,
                    "facts": list(node.facts),
                    "rule": node.rule,
                }
                for node in self.contributed
            ],
            "not_computed": None if self.not_computed is None else self.not_computed.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a decision, or one `condition` of it, holds or does not.

    `asked` is the question; `answered` the one that fits the outcome, and was answered. `missing` are the absent facts
    that can still decide an unknown outcome. `timeline` are the days that were held against others. With a clause asked
    for, `sentences` say what each of its sentences contributed.
    """

    case: str
    applied_on: str
    benefit: str
    subject: str
    clause: str
    asked: Asked
    outcome: Outcome
    tree: Node
    condition: str | None = None
    missing: tuple[str, ...] = ()
    timeline: tuple[Window, ...] = ()
    sentences: tuple[SentenceShare, ...] | None = None
    limit_reached: bool = False

    @property
    def answered(self) -> tuple[Asked, ...]:
        answers: dict[Truth, tuple[Asked, ...]] = {"holds": ("why",), "fails": ("why-not",), "unknown": ("why", "why-not")}
        return answers[self.tree.status]

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "format": 1,
            "case": self.case,
            "applied_on": self.applied_on,
            "benefit": self.benefit,
            "subject": self.subject,
            "clause": self.clause,
            "asked": self.asked,
            "answered": list(self.answered),
            "outcome": self.outcome,
        }
        if self.condition is not None:
            found["condition"] = self.condition
        if self.outcome == "unknown":
            found["missing"] = list(self.missing)
        found["timeline"] = [window.to_json() for window in self.timeline]
        if self.sentences is not None:
            found["sentences"] = [sentence.to_json() for sentence in self.sentences]
        found["tree"] = self.tree.to_json()
        return found | ({"limit_reached": True} if self.limit_reached else {})
