"""An explanation as types and as the JSON of the case format: a tree of statements, each with what it rests on.

The same tree is shown at a terminal, written as Markdown and drawn as a diagram. A node that several others rest on is
one object; in JSON it is written once, under an `id`, and elsewhere as a `ref` to it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from tiaoli.base import Statement, drawn
from tiaoli.decide import FORMAT, Outcome
from tiaoli.explain.standing import Role
from tiaoli.policy import OUTCOMES
from tiaoli.rules import Truth

WhyOrWhyNot = Literal["why", "why-not"]
Mark = Literal["for", "against", "unknown", "neither"]


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """No garbage collection while a large tree is built: all of it is needed, and looking through it again and again would
    take a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class LazyStatement:
    """A statement that is put into words when it is first read: a large tree is seldom read whole."""

    __slots__ = ("_said", "_say")

    def __init__(self, say: Callable[[], Statement]) -> None:
        self._say = say
        self._said: Statement | None = None

    def __call__(self) -> Statement:
        if self._said is None:
            self._said = self._say()
        return self._said


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """One `statement` of an explanation. It says what is so; `status` whether what was asked for by it holds; `role` whether it speaks
    for or against the condition or decision it stands under, below a negation too: `None` where it is not certain, or for neither.

    `kind` says what it is: a decision, a condition, something derived or one way to derive it, a comparison, a total, a
    fact of the case, a parameter, a row of a table, a reading, an absence. `clause` and `quote` are the clause and the
    words of the notice it rests on, `anchor` that sentence, `rule` the file and line of its rule. `facts` are the paths of
    the facts it rests on itself; `assumed` the lists that were absent and taken as empty where it counts; `margin` by how much
    a comparison fails. `omitted` counts what is left out below it.
    """

    kind: str
    status: Truth
    role: Role | None
    words: LazyStatement
    clause: str | None = None
    anchor: str | None = None
    quote: str | None = None
    facts: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    children: tuple[Node, ...] = ()
    rule: str | None = None
    margin: Statement | None = None
    omitted: int = 0

    @property
    def statement(self) -> Statement:
        """What the node says."""
        return self.words()

    @property
    def mark(self) -> Mark:
        """How it is marked: by its role, and where it has none as not known or as neither."""
        return mark_of(self.role, self.status)

    def __repr__(self) -> str:
        # what it rests on may be thousands of nodes
        return f"Node({self.kind!r}, {self.status!r}, {self.role!r}, {self.statement.en!r})"

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
        return _cut(self, depth, {}, {})

    def to_json(self) -> dict[str, Any]:
        """The tree as plain data: for each node its kind, statement, status, role, clause, quote, facts and children; its assumed lists,
        anchor, rule, margin and the number of nodes left out where there are any. A node that stands in several places is written
        once, with an `id`, and elsewhere as a `ref` to it."""
        with without_garbage_collection():
            return _node_json(self, shared(self), {})

    def _repr_html_(self) -> str:
        return drawn(self)


def mark_of(role: Role | None, status: Truth) -> Mark:
    """The mark of what has a role, or of what is not known, or of what speaks for neither side."""
    return role or ("unknown" if status == "unknown" else "neither")


def _cut(node: Node, depth: int, heights: dict[int, int], made: dict[tuple[int, int], Node]) -> Node:
    """A node with so many levels below it. What stands in several places at one depth is still one node."""
    if _height(node, heights) <= depth:
        return node
    key = (id(node), depth)
    if key not in made:
        if depth == 0:
            made[key] = replace(node, children=(), omitted=node.omitted + sum(1 for _ in node.walk()) - 1)
        else:
            made[key] = replace(node, children=tuple(_cut(child, depth - 1, heights, made) for child in node.children))
    return made[key]


def _height(node: Node, heights: dict[int, int]) -> int:
    key = id(node)
    if key not in heights:
        heights[key] = 1 + max(_height(child, heights) for child in node.children) if node.children else 0
    return heights[key]


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


def _node_json(node: Node, again: set[int], numbers: dict[int, str]) -> dict[str, Any]:
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
        "role": node.role,
        "clause": node.clause,
        "quote": node.quote,
        "facts": list(node.facts),
    }
    if node.assumed:
        found["assumed"] = list(node.assumed)
    if node.anchor is not None:
        found["anchor"] = node.anchor
    if node.rule is not None:
        found["rule"] = node.rule
    if node.margin is not None:
        found["margin"] = node.margin.to_json()
    if node.omitted:
        found["omitted"] = node.omitted
    found["children"] = [_node_json(child, again, numbers) for child in node.children]
    return found


class Window(NamedTuple):
    """A day held against the days between which it was looked for: `first` to `last`, open where there is none, named by `label`.

    `day` is the day, or `None` where it is not known; `path` the fact it is. Days are ISO text. `status` says whether it
    lies between them, `role` whether that speaks for or against the condition or decision.
    """

    label: Statement
    first: str | None
    last: str | None
    event: Statement
    day: str | None
    path: str | None
    status: Truth
    role: Role | None

    @property
    def mark(self) -> Mark:
        """How it is marked, as a statement is."""
        return mark_of(self.role, self.status)

    def to_json(self) -> dict[str, Any]:
        """The days from and to which the event must lie, its own day and path, the labels of both, whether it does, and its role."""
        return {
            "label": self.label.to_json(),
            "from": self.first,
            "to": self.last,
            "event": self.event.to_json(),
            "day": self.day,
            "path": self.path,
            "status": self.status,
            "role": self.role,
        }


class SentenceShare(NamedTuple):
    """A sentence of a clause and what it contributed to a decision: the statements that rest on it, and, where it is not
    computed, or the `part` of it that is quoted is not, why."""

    anchor: str
    text: str
    translation: str
    contributed: tuple[Node, ...]
    not_computed: Statement | None
    part: str | None

    @property
    def remark(self) -> Statement | None:
        """What to say beside the statements: that there are none, or what is not computed."""
        if self.not_computed is not None and self.part is None:
            return self.not_computed
        if not self.contributed:
            return Statement("本句未涉及该项决定。", "This sentence has no part in the decision.")
        if self.not_computed is None:
            return None
        zh, en = f"不予计算「{self.part}」：{self.not_computed.zh}", f"not computed 「{self.part}」: {self.not_computed.en}"
        return Statement(zh, en)

    def to_json(self) -> dict[str, Any]:
        """The sentence with its translation, the nodes that rest on it without their children, and the part that is not computed, with
        the reason."""
        return {
            "anchor": self.anchor,
            "text": self.text,
            "translation": self.translation,
            "contributed": [_without_children(node) for node in self.contributed],
            "not_computed": None if self.not_computed is None else {"part": self.part, "why": self.not_computed.to_json()},
        }


def _without_children(node: Node) -> dict[str, Any]:
    """A statement without what it rests on."""
    written = node.to_json()
    del written["children"]
    return written


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a decision, or one `condition` of it, holds or does not.

    `asked` is the question; `answered` the one that fits the outcome, and was answered. `missing` are the absent facts
    that can still decide an unknown outcome, `assumed` the absent lists that were taken as empty where it counts. `timeline`
    are the days that were held against others, `words` what outcomes are called.
    With a clause asked for, `sentences` say what each of its sentences contributed.
    """

    case: str
    applied_on: str
    benefit: str
    subject: str
    clause: str
    asked: WhyOrWhyNot
    outcome: Outcome
    tree: Node
    condition: str | None = None
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    timeline: tuple[Window, ...] = ()
    sentences: tuple[SentenceShare, ...] | None = None
    limit_reached: bool = False
    words: Mapping[str, Statement] = field(default_factory=lambda: OUTCOMES)

    @property
    def said(self) -> Statement:
        """The outcome in words."""
        return self.words[self.outcome]

    @property
    def answered(self) -> tuple[WhyOrWhyNot, ...]:
        """The questions that the tree answers: the one that fits its status, both where it is unknown."""
        answers: dict[Truth, tuple[WhyOrWhyNot, ...]] = {"holds": ("why",), "fails": ("why-not",), "unknown": ("why", "why-not")}
        return answers[self.tree.status]

    def to_json(self) -> dict[str, Any]:
        """The decision explained, the question asked and those answered, the outcome, the timeline and the tree; the condition, the missing
        facts, the assumed lists, the sentences of a clause and a reached limit where there are any."""
        found: dict[str, Any] = {
            "format": FORMAT,
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
        if self.assumed:
            found["assumed"] = list(self.assumed)
        found["timeline"] = [window.to_json() for window in self.timeline]
        if self.sentences is not None:
            found["sentences"] = [sentence.to_json() for sentence in self.sentences]
        found["tree"] = self.tree.to_json()
        return found | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)
