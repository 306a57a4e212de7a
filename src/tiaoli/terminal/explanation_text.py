"""An explanation for a person at a terminal: the tree, the sentences it rests on, and its days as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from tiaoli.base import Lang
from tiaoli.explain import Explanation, Mark, Node, SentenceShare, Window, shared
from tiaoli.policy import Policy
from tiaoli.present import MARKS, left_out, note
from tiaoli.terminal.answer_text import OUTCOME_STYLES, Folded, taken_as_empty

COLOURS: Mapping[Mark, str] = {"for": "green", "against": "red", "unknown": "yellow", "neither": "dim"}


def explanation(policy: Policy, found: Explanation, lang: Lang) -> RenderableType:
    """A head, the tree or the sentences of a clause, and the timeline."""
    zh = lang == "zh"
    benefit = policy.benefits[found.benefit].statement.say(lang)
    head = Text.assemble((found.case, "bold"), f"  {'申请日' if zh else 'applied on'} {found.applied_on}  {policy.number}")
    said = policy.outcome(found.benefit, found.outcome).say(lang)
    what = Text.assemble(
        (said, OUTCOME_STYLES[found.outcome]), "  ", (benefit, "bold"), f"  {found.clause} {found.benefit} {found.subject}"
    )
    parts: list[RenderableType] = [head, what]
    remark = note(found)
    if remark is not None:
        parts.append(Text(remark.say(lang), style="yellow"))
    if found.limit_reached:
        parts.append(
            Text(
                "已到时间上限：凡尚未确定的均列为“？”。" if zh else "The time limit was reached: what is not certain yet is marked `?`.",
                "yellow",
            )
        )
    if found.missing:
        parts.append(Text(("尚待查明：" if zh else "still to be known: ") + ("、" if zh else ", ").join(found.missing)))
    parts.append(Text(""))
    if found.sentences is not None:
        parts += [_sentence(share, lang) for share in found.sentences]
    else:
        parts.append(_Explained(policy, found, lang).tree())
    if found.timeline:
        parts += [Text(""), _Timeline(found, lang)]
    if found.assumed:
        parts += [Text(""), taken_as_empty(found.assumed, lang)]
    return Group(*parts)


def explanation_tree(policy: Policy, found: Explanation, lang: Lang) -> RenderableType:
    """The tree alone, below what somebody else says."""
    return _Explained(policy, found, lang).tree()


class _Explained:
    """The tree of one explanation: each sentence of the notice quoted once, each shared part shown once."""

    def __init__(self, policy: Policy, found: Explanation, lang: Lang) -> None:
        self.policy, self.found, self.lang = policy, found, lang
        self.again = shared(found.tree)
        self.numbers: dict[int, int] = {}
        self.quoted: set[str] = set()

    def tree(self) -> RenderableType:
        root = self.found.tree
        if self.found.condition is not None:
            top = Tree(self._label(root, None), guide_style="dim")
            self._grow(top, root)
            return top
        # the head says what the root would
        trees: list[RenderableType] = []
        for child in root.children:
            tree = Tree(self._label(child, None), guide_style="dim")
            self._grow(tree, child)
            trees.append(tree)
        if not trees and root.omitted:
            trees.append(Text(left_out(root.omitted).say(self.lang), style="dim"))
        return Group(*trees)

    def _grow(self, tree: Tree, node: Node) -> None:
        for child in node.children:
            again = id(child) in self.numbers
            branch = tree.add(self._label(child, node.clause))
            if not again:
                self._grow(branch, child)

    def _label(self, node: Node, above: str | None) -> RenderableType:
        text = _marked(node, self.lang)
        if node.clause is not None and node.clause != above:
            text.append(f" {node.clause}", style="cyan")
        if node.facts:
            text.append(f"  {', '.join(node.facts)}", style="dim")
        if id(node) in self.again:
            if id(node) in self.numbers:
                return Folded(text.append(f"  ↑ [{self.numbers[id(node)]}]", style="magenta"))
            self.numbers[id(node)] = len(self.numbers) + 1
            text.append(f"  [{self.numbers[id(node)]}]", style="magenta")
        if node.omitted and (node.children or node.kind != "condition"):
            text.append(f"  ({left_out(node.omitted).say(self.lang)})", style="dim italic")
        if node.kind != "condition" or not node.children or node.anchor is None or node.anchor in self.quoted:
            return Folded(text)
        self.quoted.add(node.anchor)
        sentence = self.policy.sentences[node.anchor]
        quote = Text(f"「{sentence.text}」" + (f" {translated}" if (translated := sentence.translated(self.lang)) else ""), style="dim")
        return Group(Folded(text), Padding(Folded(quote), (0, 0, 0, 2)))


def _marked(node: Node, lang: Lang) -> Text:
    return Text.assemble((MARKS[node.mark], COLOURS[node.mark]), " ", node.statement.say(lang))


def _sentence(share: SentenceShare, lang: Lang) -> RenderableType:
    text = Text.assemble((f"{share.anchor}  ", "cyan"), share.text)
    if lang == "en":
        text.append(f"  {share.translation}", style="italic")
    lines: list[RenderableType] = []
    for node in share.contributed:
        line = _marked(node, lang)
        if node.facts:
            line.append(f"  {', '.join(node.facts)}", style="dim")
        lines.append(Folded(line))
    if share.remark is not None:
        lines.append(Folded(Text(share.remark.say(lang), style="dim")))
    return Group(Folded(text), *(Padding(line, (0, 0, 0, 2)) for line in lines))


class _Timeline:
    """Windows as bars on one axis, the event as a mark on each, and the day of the application below."""

    def __init__(self, found: Explanation, lang: Lang) -> None:
        self.windows, self.lang, self.applied_on = found.timeline, lang, found.applied_on

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        columns = self._columns(options.max_width - 2)
        zh = self.lang == "zh"
        for window in self.windows:
            yield Folded(self._title(window))
            yield Text(f"  {self._bar(window, columns, options.max_width - 2)}", style=COLOURS[window.mark], no_wrap=True)
        yield Text(f"  {' ' * columns[self.applied_on]}▲", no_wrap=True)
        label = f"{'申请日期' if zh else 'application day'} {self.applied_on}"
        inside = max(0, min(columns[self.applied_on], options.max_width - 2 - cell_len(label)))
        yield Text(f"  {' ' * inside}{label}")

    def _title(self, window: Window) -> Text:
        day = window.day or ("尚不清楚" if self.lang == "zh" else "not known")
        span = f"{window.first or '…'} – {window.last or '…'}"
        text = Text.assemble((MARKS[window.mark], COLOURS[window.mark]), f" {window.event.say(self.lang)} {day}")
        return text.append(f"  {window.label.say(self.lang)} {span}", style="dim")

    def _bar(self, window: Window, columns: dict[str, int], width: int) -> str:
        start = columns[window.first] if window.first else 0
        end = columns[window.last] if window.last else width - 1
        cells = [" "] * width
        for position in range(start, end + 1):
            cells[position] = "─"
        cells[start] = "├" if window.first else "←"
        cells[end] = "┤" if window.last else "→"
        if window.day is not None:
            cells[columns[window.day]] = "●" if window.status == "holds" else "✗"
        return "".join(cells).rstrip()

    def _columns(self, width: int) -> dict[str, int]:
        """A column for every day, in proportion, and none for two: a day more is always a column more."""
        days = {day for window in self.windows for day in (window.first, window.last, window.day) if day is not None}
        ordered = sorted({*days, self.applied_on})
        numbers = [date.fromisoformat(day).toordinal() for day in ordered]
        low, high = numbers[0], max(numbers[-1], numbers[0] + 1)
        margin = 2
        room = width - 1 - 2 * margin
        found = [margin + round((number - low) * room / (high - low)) for number in numbers]
        for position in range(1, len(found)):
            found[position] = max(found[position], found[position - 1] + 1)
        for position in reversed(range(len(found))):
            found[position] = min(found[position], width - 1 - (len(found) - 1 - position))
        return dict(zip(ordered, found, strict=True))
