"""An explanation as Markdown, to paste into a memo, and as a Mermaid diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tiaoli.base import Lang, Statement, in_lang, visible
from tiaoli.explain import Explanation, Mark, Node, shared
from tiaoli.policy import Policy

MARKS: Mapping[Mark, str] = {"for": "✓", "against": "✗", "unknown": "?", "neither": "·"}
"""The sign of what speaks for a decision, against it, of what is not known, and of what speaks for neither side."""


def heading(found: Explanation, lang: Lang) -> str:
    """What is explained: the outcome and the benefit, its clause and subject."""
    return f"{found.said.say(lang)} · {found.clause} {found.benefit} {found.subject}"


_NOTES = {
    ("decision", "holds"): Statement("该项决定为可享受，以下说明为何可享受。", "The decision is a grant: here is why."),
    ("decision", "fails"): Statement("该项决定为不予享受，以下说明为何不予享受。", "The decision is a refusal: here is why not."),
    ("condition", "holds"): Statement("该项条件已满足，以下说明为何满足。", "The condition is met: here is why."),
    ("condition", "fails"): Statement("该项条件未满足，以下说明为何未满足。", "The condition is not met: here is why not."),
}
_OPEN = Statement(
    "尚不能确定，以下逐项说明已成立、不成立和尚不清楚之处。", "It is not certain yet: here is what holds, what fails and what is not known."
)


def note(found: Explanation) -> Statement | None:
    """That the question did not fit the outcome, where it did not."""
    if found.answered == (found.asked,):
        return None
    return _NOTES.get(("condition" if found.condition else "decision", found.tree.status), _OPEN)


def left_out(number: int) -> Statement:
    """How many other ways or items were not shown."""
    return Statement(f"另有{number}项从略", f"{number} more left out")


def quotes(policy: Policy, found: Explanation) -> Iterator[tuple[str | None, str, str]]:
    """The sentences that the conditions shown rest on, each once: clause, text, translation."""
    seen = set()
    for node in found.tree.walk():
        if node.kind == "condition" and node.anchor is not None and node.children and node.anchor not in seen:
            seen.add(node.anchor)
            sentence = policy.sentences[node.anchor]
            yield sentence.clause, sentence.text, sentence.en


def markdown(policy: Policy, found: Explanation, lang: Lang) -> str:
    """The explanation as a Markdown section, its sentences quoted below."""
    zh = lang == "zh"
    lines = [f"## {_escaped(found.case)} · {heading(found, lang)}", ""]
    lines += [f"{'申请日' if zh else 'applied on'} {found.applied_on} · {policy.number}", ""]
    said = note(found)
    if said is not None:
        lines += [f"*{said.say(lang)}*", ""]
    if found.missing:
        lines += [f"{'尚待查明：' if zh else 'still to be known: '}{'、'.join(f'`{path}`' for path in found.missing)}", ""]
    if found.assumed:
        names = ("、" if zh else ", ").join(f"`{path}`" for path in found.assumed)
        lines += [f"{'未提供下列列表，按空处理：' if zh else 'Absent lists, taken as empty: '}{names}", ""]
    lines += _items(found.tree, lang, shared(found.tree), {}, 0)
    for share in found.sentences or ():
        lines += ["", f"**{share.anchor}** {share.text}" + ("" if zh or share.translation == share.text else f" *{share.translation}*"), ""]
        lines += [f"- {MARKS[node.mark]} {_escaped(node.statement.say(lang))}" for node in share.contributed]
        lines += [f"- {share.remark.say(lang)}"] if share.remark is not None else []
    if found.timeline:
        head = ("日期", "应在", "结果") if zh else ("day", "must lie in", "result")
        lines += ["", f"| {' | '.join(head)} |", "|---|---|---|"]
        lines += [
            f"| {w.event.say(lang)} {w.day or '?'} | {w.first or '…'} – {w.last or '…'}（{w.label.say(lang)}） | {MARKS[w.mark]} |"
            for w in found.timeline
        ]
    for clause, text, translation in quotes(policy, found):
        lines += ["", f"> {clause or ''}「{text}」" + ("" if zh or translation == text else f" {translation}")]
    return visible("\n".join(lines) + "\n")


def _items(node: Node, lang: Lang, again: set[int], numbers: dict[int, int], depth: int) -> Iterator[str]:
    inside = "  " * depth
    key = id(node)
    clause = node.clause or ""
    if clause and not clause.startswith("（"):
        clause = in_lang(lang, f"（{clause}）", f" ({clause})")
    facts = " ".join(f"`{path}`" for path in node.facts)
    text = f"{inside}- {MARKS[node.mark]} {_escaped(node.statement.say(lang))}{clause} {facts}".rstrip()
    if key in numbers:
        yield f"{text} → [{numbers[key]}]"
        return
    if key in again:
        numbers[key] = len(numbers) + 1
        text += f" [{numbers[key]}]"
    yield text + (f" *({left_out(node.omitted).say(lang)})*" if node.omitted else "")
    for child in node.children:
        yield from _items(child, lang, again, numbers, depth + 1)


def mermaid(found: Explanation, lang: Lang) -> str:
    """The explanation as a Mermaid flowchart. A statement that several others rest on is one box."""
    names: dict[int, str] = {}
    lines = ["flowchart LR"]
    edges = []
    for node in found.tree.walk():
        name = names.setdefault(id(node), f"n{len(names)}")
        text = f"{MARKS[node.mark]} {node.statement.say(lang)}" + "".join(f"<br>{path}" for path in node.facts)
        lines.append(f'  {name}["{_boxed(text)}"]:::{_CLASSES[node.mark]}')
        edges += [(name, child) for child in node.children]
    lines += [f"  {name} --> {names[id(child)]}" for name, child in edges]
    lines += [
        "  classDef supports stroke:#2a7d2a",
        "  classDef opposes stroke:#b3261e",
        "  classDef unknown stroke:#b58900,stroke-dasharray:4",
        "  classDef neither stroke:#808080",
    ]
    return visible("\n".join(lines) + "\n")


_CLASSES: Mapping[Mark, str] = {"for": "supports", "against": "opposes", "unknown": "unknown", "neither": "neither"}


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)


def _boxed(text: str) -> str:
    """Text inside the quotes of a box: characters that Mermaid reads as its own are written as entities."""
    parts = text.split("<br>")
    return "<br>".join(re.sub(r'[#"<>&;]', lambda found: f"#{ord(found[0])};", part) for part in parts)
