"""Days held against the days they must lie between, as a picture (SVG): a bar a window, a mark for the day, one axis for all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol
from unicodedata import east_asian_width

from tiaoli.base import Lang, Statement
from tiaoli.present.html_elements import MARKS, Html, Inside, tag

_WIDTH, _ROW, _EDGE, _LINE, _SIZE = 720, 44, 14, 15, 12
_COLOURS = {"for": "var(--good)", "against": "var(--bad)", "unknown": "var(--open)", "neither": "var(--open)"}
_NO_DAY = Statement("尚不清楚", "not known")
_INSIDE = {
    "holds": Statement("在期限内", "inside the window"),
    "fails": Statement("不在期限内", "outside the window"),
    "unknown": Statement("尚不清楚是否在期限内", "not known to be inside the window"),
}
_APPLIED = Statement("申请日期", "application day")


class Day(Protocol):
    """A day and its window, as an explanation's timeline has them."""

    @property
    def label(self) -> Statement: ...
    @property
    def first(self) -> str | None: ...
    @property
    def last(self) -> str | None: ...
    @property
    def event(self) -> Statement: ...
    @property
    def day(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def mark(self) -> str: ...


def timeline(days: Sequence[Day], applied_on: str, lang: Lang | None = None) -> Html:
    """The picture, with the same told in its text alternative. Nothing where there are no days."""
    if not days:
        return Html("")
    place = _axis(days, applied_on)
    found: list[Inside] = [tag("title", "; ".join(_told(day, lang or "en") for day in days))]
    top = 0
    for day in days:
        lines = _text(day, lang)
        found.append(_row(day, lines, top, place))
        top += _ROW + _LINE * (len(lines) - 1)
    height = top + 34
    at, bottom = place[applied_on], height - 30
    found.append(tag("line", x1=at, x2=at, y1=4, y2=bottom, stroke="currentColor", stroke_dasharray="2 3", opacity="0.55"))
    side = "end" if at > _WIDTH / 2 else "start"
    text = _plain(_APPLIED, lang)
    found.append(tag("text", f"{text} {applied_on}", x=at, y=bottom + 16, text_anchor=side, font_size=_SIZE, fill="currentColor"))
    return tag("svg", found, viewBox=f"0 0 {_WIDTH} {height}", width=_WIDTH, role="img", class_="days")


def _told(day: Day, lang: Lang) -> str:
    sign, word = MARKS[day.mark][0], _INSIDE[day.status]
    span = f"{day.first or '…'} – {day.last or '…'}"
    return f"{sign} {word.say(lang)} {day.event.say(lang)} {day.day or _NO_DAY.say(lang)} · {day.label.say(lang)} {span}"


def _text(day: Day, lang: Lang | None) -> list[Inside]:
    """The day and its window in words: in one line where they fit, otherwise each in as many as it takes."""
    name = f"{MARKS[day.mark][0]} {_plain(day.event, lang)} {day.day or _plain(_NO_DAY, lang)}"
    window = f"{_plain(day.label, lang)} {day.first or '…'} – {day.last or '…'}"
    if _length(f"{name}  {window}") <= _WIDTH:
        return [[name, tag("tspan", f"  {window}", class_="soft")]]
    return [*_lines(name), *(tag("tspan", line, class_="soft") for line in _lines(window))]


def _lines(text: str) -> Iterator[str]:
    """A text in lines that fit, broken at spaces, or inside a word that fits in none."""
    line = ""
    for word in re.findall(r"\S+\s*", text):
        for piece in [word] if _length(word) <= _WIDTH else word:
            if line and _length(f"{line}{piece}") > _WIDTH:
                yield line
                line = ""
            line += piece
    yield line


def _length(text: str) -> float:
    """How long a text is at most: a Chinese letter is as wide as it is high, a broad Latin one a little wider, others are narrower."""

    def width(letter: str) -> float:
        if letter in "MWmw%@":
            return _SIZE * 1.1
        return _SIZE if east_asian_width(letter) in "WFA" or letter.isupper() else _SIZE * 0.62

    return sum(map(width, text.rstrip()))


def _row(day: Day, text: Sequence[Inside], top: int, place: dict[str, float]) -> Html:
    start = place[day.first] if day.first else 0.0
    end = place[day.last] if day.last else float(_WIDTH)
    middle = top + 30 + _LINE * (len(text) - 1)
    found: list[Inside] = [
        *(tag("text", line, x=0, y=top + 16 + _LINE * number, font_size=_SIZE, fill="currentColor") for number, line in enumerate(text)),
        tag("rect", x=f"{start:.1f}", y=middle - 4, width=f"{max(end - start, 1):.1f}", height=8, fill="var(--line)"),
    ]
    for edge, there in ((start, day.first), (end, day.last)):
        if there:
            found.append(tag("rect", x=f"{edge - 0.75:.1f}", y=middle - 6, width="1.5", height=12, fill="currentColor"))
    if day.day is not None:
        found.append(_mark(day, place[day.day], middle))
    return tag("g", found)


def _mark(day: Day, at: float, middle: float) -> Html:
    """A disc where the day lies inside its window, a cross where it does not, a ring where it is open: told apart without colour."""
    colour, status = _COLOURS[day.mark], day.status
    if status == "fails":
        lines = f"M{at - 6:.1f} {middle - 6}l12 12M{at - 6:.1f} {middle + 6}l12 -12"
        return tag("path", d=lines, stroke=colour, stroke_width=3, fill="none")
    fill = colour if status == "holds" else "none"
    return tag("circle", cx=f"{at:.1f}", cy=middle, r=6, fill=fill, stroke=colour, stroke_width=2)


def _plain(statement: Statement, lang: Lang | None) -> str:
    return statement.say(lang or "zh")


def _axis(days: Sequence[Day], applied_on: str) -> dict[str, float]:
    """A place for every day, in proportion; two days never have the same."""
    there = {text for day in days for text in (day.first, day.last, day.day) if text is not None}
    ordered = sorted({*there, applied_on})
    numbers = [date.fromisoformat(text).toordinal() for text in ordered]
    low, span = numbers[0], max(numbers[-1] - numbers[0], 1)
    found = [_EDGE + (number - low) * (_WIDTH - 2 * _EDGE) / span for number in numbers]
    least = min(9.0, (_WIDTH - 2 * _EDGE) / max(len(found), 1))
    for position in range(1, len(found)):
        found[position] = max(found[position], found[position - 1] + least)
    for position in reversed(range(len(found))):
        found[position] = min(found[position], _WIDTH - _EDGE - least * (len(found) - 1 - position))
    return dict(zip(ordered, found, strict=True))
