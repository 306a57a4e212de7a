"""A policy's text as its sentences, each under an anchor and in a clause.

Where a text has anchors, a sentence is what stands behind one, and clauses are headed by `#` lines. A text as it was pasted has none:
its paragraphs are cut into sentences, its clauses begin where a line begins with the next number, and anchors come of the two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tiaoli.policy.designations import Heading, Step, cited, find_designation, follows

ANCHOR = re.compile(r'<a id="([^"]+)"></a>(.*)')
_CLOSING = "”’」』）)\"'"
_SHORT = "nos?|arts?|secs?|paras?|sch|reg|e\\.g|i\\.e|cf|mr|mrs|ms|dr|st|vs|etc|approx"
_ABBREVIATED = re.compile(rf"^[0-9]{{1,3}}\.$|(?:^|[\s(])(?:[a-z]|{_SHORT})\.$", re.IGNORECASE)
"""A point that ends no sentence: of a number at its head, of an initial, of a word cut short."""


class Place(NamedTuple):
    """A sentence of a text: its anchor, its words, the clauses it stands in (outermost first), the heading lines between it and the
    sentence before, and its line and the columns where it begins and ends there, from 1."""

    anchor: str
    text: str
    clauses: tuple[str, ...]
    heads: tuple[str, ...]
    line: int = 0
    columns: tuple[int, int] = (0, 0)


def read_text(text: str, words: Sequence[str] = ()) -> list[Place]:
    """The sentences of a text in order. `words` are what the policy numbers its clauses with beside the usual ones."""
    return list(_anchored(text, words) if ANCHOR.search(text) else _Pasted(words).read(text))


class _Level(NamedTuple):
    """A heading that is open: how deep it stands, its own mark, its number, and the steps of the clause that it heads."""

    depth: int
    mark: str
    number: str
    steps: tuple[Step, ...]


class _Headings:
    """The headings that are open at a place of the text."""

    def __init__(self) -> None:
        self.levels: list[_Level] = []
        self.seen: list[str] = []

    def open(self, depth: int, found: Heading | None, line: str) -> None:
        """Go on under a heading; the deeper ones are over."""
        self.levels = [level for level in self.levels if level.depth < depth]
        self.seen.append(line)
        if found is None:
            return
        steps = found.steps
        if steps[0].is_below:
            above = next((level.steps for level in reversed(self.levels) if not level.steps[-1].groups), ())
            steps = (*above, *(_bracketed(step) if above and not step.word else step for step in steps))
        self.levels.append(_Level(depth, found.mark, found.steps[-1].number, steps))

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.levels[-1].steps if self.levels else ()

    def clauses(self) -> tuple[str, ...]:
        """The clauses that are open, outermost first."""
        names = (cited(level.steps[:end]) for level in self.levels for end in range(1, len(level.steps) + 1))
        return tuple(dict.fromkeys(names))

    def heads(self) -> tuple[str, ...]:
        """The heading lines since the last sentence."""
        seen, self.seen = tuple(self.seen), []
        return seen


def _bracketed(step: Step) -> Step:
    """A number that is cited behind another: `5` and `1.` are 5(1)."""
    if step.written[0] in "（(":
        return step
    return step._replace(written=f"（{step.written}）" if step.written[0] > "\u3000" else f"({step.written})")


def _anchored(text: str, words: Sequence[str]) -> Iterator[Place]:
    """Sentences behind anchors. A sentence belongs to the clause it stands under where its anchor is like the first one there, up to the
    last point: a heading of the next part, or a signature, is of no clause."""
    headings, stem = _Headings(), None
    for number, line in enumerate(text.splitlines(), 1):
        marks = re.match(r"(#+)\s*(.*)", line.strip())
        if marks and not ANCHOR.search(line):
            title = marks[2].strip()
            headings.open(len(marks[1]), find_designation(title, words), title)
            stem = None
        for match in ANCHOR.finditer(line):
            own = match[1].rpartition(".")[0]
            stem = own if stem is None else stem
            clauses = headings.clauses() if own == stem else ()
            yield Place(match[1], match[2], clauses, headings.heads(), number, (match.start(2) + 1, match.end(2) + 1))


class _Pasted:
    """A text without anchors, line by line."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.headings = _Headings()
        self.marked = 0
        self.counts: Counter[str] = Counter()
        self.waiting: list[tuple[int, str]] = []

    def read(self, text: str) -> Iterator[Place]:
        blank = True
        lines = [line.strip() for line in (*text.splitlines(), "")]
        for number, (line, after) in enumerate(pairwise(lines), 1):
            marks = re.match(r"(#+)\s*(.*)", line)
            if not line or marks:
                yield from self._sentences()
            if marks:
                self.marked = len(marks[1])
                self.headings.open(self.marked, find_designation(marks[2], self.words), marks[2])
            elif line:
                found = find_designation(line, self.words)
                depth = self._depth(found, blank) if found is not None else None
                if found is not None and depth is not None:
                    yield from self._sentences()
                    title = found.rest if _is_title(found, after) else ""
                    self.headings.open(depth, found, line if title or not found.rest else line[: len(line) - len(found.rest)])
                    line = "" if title else found.rest
                elif blank:
                    yield from self._sentences()
                if line:
                    self.waiting.append((number, line))
            blank = not line
        yield from self._sentences()

    def _depth(self, found: Heading, blank: bool) -> int | None:
        """How deep a numbered line stands below the headings that are open; `None` where it is only a line that begins with a number."""
        below = self.marked + 1
        first = found.steps[0]
        if not first.is_below:
            plain = blank and (not found.rest or not found.rest[0].islower())
            return (below + first.rank if "." not in first.number or first.word else below + 4) if plain else None
        roman = not found.mark.endswith(("han", "digits"))
        for level in reversed(self.levels()):
            if level.mark == found.mark and follows(first.number, level.number, False):
                return level.depth
            if level.mark == found.mark and roman and follows(first.number, level.number, True):
                return level.depth
        if follows(first.number, None, False) or (roman and follows(first.number, None, True)):
            deepest = self.levels()[-1].depth if self.levels() else below + 4
            return max(deepest, below + 4) + 1
        return None

    def levels(self) -> list[_Level]:
        return self.headings.levels

    def _sentences(self) -> Iterator[Place]:
        """The sentences of the lines that wait, which are one paragraph."""
        text, begins = "", list[tuple[int, int]]()
        for number, line in self.waiting:
            # wrapped Chinese goes on without a space
            space = " " if text and text[-1] <= "\u2e80" and line[0] <= "\u2e80" else ""
            begins.append((len(text) + len(space), number))
            text += f"{space}{line}"
        self.waiting = []
        for start, end in _cut(text):
            stem = anchor_stem(self.headings.steps)
            self.counts[stem] += 1
            place, first = next(begin for begin in reversed(begins) if begin[0] <= start)
            columns = (start - place + 1, end - place + 1)
            yield Place(
                f"{stem}.s{self.counts[stem]}" if stem else f"t.{self.counts[stem]}",
                text[start:end],
                self.headings.clauses(),
                self.headings.heads(),
                first,
                columns,
            )


def _is_title(found: Heading, after: str) -> bool:
    """Whether a numbered line is a heading and no sentence: it ends without a stop, and nothing goes on `after` it. An item of a list
    (1., (a)) is a sentence whatever it ends with."""
    listed = found.steps[0].is_below and not found.mark.endswith("han")
    ends = bool(found.rest) and len(found.rest) <= 80 and found.rest[-1] not in ".;:,。；：，、？！?!"
    return ends and not listed and (not after or find_designation(after) is not None)


def repeated_headings(places: Iterable[Place]) -> Iterator[tuple[str, str]]:
    """The clauses that are headed a second time, each with the anchor of the sentence where it begins again."""
    last: tuple[str, ...] = ()
    over: set[str] = set()
    for place in places:
        if place.heads:
            yield from ((place.anchor, clause) for clause in place.clauses if clause in over)
            over -= set(place.clauses)
        if place.clauses:
            over |= set(last) - set(place.clauses)
            last = place.clauses


def anchor_stem(steps: Sequence[Step]) -> str:
    """What the anchors of a clause begin with: `c5.1.c` for Article 5(1)(c), `schedule1.paragraph10`; empty outside the clauses."""
    parts = [f"{'' if step.word in ('article', 'section', '') else step.word}{step.number}" for step in steps]
    if parts and parts[0][0].isascii() and (parts[0][0].isdigit() or len(parts[0]) == 1 or not steps[0].word):
        parts[0] = f"c{parts[0]}"
    return ".".join(parts)


def _cut(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence of a paragraph begins and ends."""
    start = 0
    for stop in re.finditer(rf"[。！？][{_CLOSING}]*|[.!?][{_CLOSING}]*(?=\s+[{_CLOSING}“‘「（(]*[A-Z0-9“‘「])", text):
        if stop[0][0] == "." and _ABBREVIATED.search(text[start : stop.start() + 1]):
            continue
        yield start, stop.end()
        start = len(text) - len(text[stop.end() :].lstrip())
    if text[start:].strip():
        yield start, len(text)
