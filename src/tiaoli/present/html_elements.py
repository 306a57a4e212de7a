"""Pieces of pages: elements whose text is escaped, and the look they share.

A whole page is self-contained: its style is inside, it runs no script, and it fetches nothing. The same pieces stand in a notebook,
where they take the notebook's colours.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import Protocol

from tiaoli.base import Lang, Statement, in_lang, visible

MARKS = {
    "met": ("✓", Statement("满足", "met")),
    "unmet": ("✗", Statement("未满足", "not met")),
    "for": ("✓", Statement("支持", "for")),
    "against": ("✗", Statement("不利", "against")),
    "neither": ("·", Statement("说明", "note")),
    "eligible": ("✓", Statement("可享受", "eligible")),
    "not_eligible": ("✗", Statement("不予享受", "not eligible")),
    "unknown": ("?", Statement("尚不能确定", "unknown")),
}
"""A mark for each status of a decision and each role of a statement, and the word it stands for: nothing is told by its colour alone."""

_GOOD, _BAD, _OPEN = ("met", "for", "eligible"), ("unmet", "against", "not_eligible"), ("unknown", "neither")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Inside = str | Iterable["Inside"] | None
"""What stands inside an element: text to be escaped, `Html`, or several of these."""


def html(inside: Inside) -> Html:
    """Text escaped, HTML as it is, several pieces in a row."""
    if inside is None:
        return Html("")
    if isinstance(inside, str):
        return inside if isinstance(inside, Html) else Html(visible(escape(inside)))
    return Html("".join(map(html, inside)))


def tag(name: str, *inside: Inside, **attributes: str | int | float | None) -> Html:
    """An element. An attribute's trailing `_` is left out, an inner one stands for `-`; one that is `None` is left out.

    >>> tag("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    written = [
        f' {key.rstrip("_").replace("_", "-")}="{visible(escape(str(value)))}"' for key, value in attributes.items() if value is not None
    ]
    return Html(f"<{name}{''.join(written)}>{html(inside)}</{name}>")


def said(statement: Statement, lang: Lang | None = None) -> Html:
    """A statement in a language, or with none in both."""
    if lang is not None:
        return html(statement.say(lang))
    if statement.zh == statement.en:
        return html(statement.zh)
    return html([tag("span", statement.zh, lang="zh"), " ", tag("span", statement.en, class_="en", lang="en")])


def mark(status: str, lang: Lang | None = None, word: bool = False, means: Statement | None = None) -> Html:
    """The mark of a status, with its word beside it or for those who cannot see it alone; `means` is another word for it."""
    sign, usual = MARKS[status]
    means = means or usual
    colour = "good" if status in _GOOD else "bad" if status in _BAD else "open"
    inside: list[Inside] = [tag("span", sign, aria_hidden="true")]
    inside += [" ", said(means, lang)] if word else [tag("span", means.say(lang or "en"), in_lang(lang or "en", "：", ": "), class_="sr")]
    return tag("span", inside, class_=f"mark {colour}")


def table(rows: Iterable[Sequence[Inside]], head: Sequence[Inside] = (), numbers: Collection[int] = (), class_: str | None = None) -> Html:
    """A table; the columns of `numbers` hold numbers."""

    def cell(name: str, position: int, inside: Inside) -> Html:
        return tag(name, inside, class_="n" if position in numbers else None, scope="col" if name == "th" else None)

    top = tag("thead", tag("tr", (cell("th", position, inside) for position, inside in enumerate(head)))) if head else None
    body = tag("tbody", (tag("tr", (cell("td", position, inside) for position, inside in enumerate(row))) for row in rows))
    return tag("table", top, body, class_=class_)


def pairs(rows: Iterable[tuple[Inside, Inside]]) -> Html:
    """Names with what they are, as a list of terms."""
    return tag("dl", (tag("div", tag("dt", name), tag("dd", value)) for name, value in rows))


class Told(Protocol):
    """A statement of an explanation, as a tree shows it."""

    @property
    def kind(self) -> str: ...
    @property
    def mark(self) -> str: ...
    @property
    def statement(self) -> Statement: ...
    @property
    def clause(self) -> str | None: ...
    @property
    def quote(self) -> str | None: ...
    @property
    def facts(self) -> tuple[str, ...]: ...
    @property
    def omitted(self) -> int: ...
    @property
    def children(self) -> Sequence[Told]: ...


def tree(roots: Iterable[Told], again: Collection[int], lang: Lang | None = None, folded: bool = False) -> Html:
    """Statements with what they rest on. One of those in `again` (by identity) is written out once and referred to elsewhere; with
    `folded` what lies deeper opens at a click."""
    numbers: dict[int, int] = {}

    def branch(node: Told, depth: int, above: str | None) -> Html:
        label: list[Inside] = [mark(node.mark, lang), " ", said(node.statement, lang)]
        if node.clause is not None and node.clause != above:
            label += [" ", tag("span", node.clause, class_="clause")]
        if node.facts:
            label += [" ", ([code(path), " "] for path in node.facts)]
        seen = id(node) in numbers
        if id(node) in again:
            number = numbers.setdefault(id(node), len(numbers) + 1)
            label += [" ", tag("small", f"↑ [{number}]" if seen else f"[{number}]")]
        if node.omitted and (node.children or node.kind != "condition"):
            label += [" ", tag("small", said(Statement(f"另有{node.omitted}项从略", f"{node.omitted} more left out"), lang))]
        if folded and node.kind == "condition" and node.children and node.quote and not seen:
            label.append(tag("q", node.quote, class_="quote", lang="zh"))
        if seen or not node.children:
            return tag("li", label)
        inside = tag("ul", (branch(child, depth + 1, node.clause) for child in node.children))
        if not folded:
            return tag("li", label, inside)
        opened = {"open": ""} if depth < 1 and node.mark != "for" else {}
        return tag("li", tag("details", tag("summary", label), inside, **opened))

    return tag("ul", (branch(node, 0, None) for node in roots), class_="tree")


_TEXT = re.compile(r"(<(?:code|style|script|bdi)\b.*?</(?:code|style|script|bdi)>|<[^>]*>|&[#\w]+;)", re.DOTALL)
_RUNS: dict[Lang, str] = {
    "en": r"[A-Za-z][A-Za-z’'-]+(?:[ ,.;:()/0-9’'-]+[A-Za-z][A-Za-z’'-]+)*",
    "zh": r"[\u3400-\u9fff](?:[\u3000-\u9fff\uff00-\uffef0-9]*[\u3400-\u9fff])?",
}


def with_languages(page: str, lang: Lang, languages: Sequence[Lang]) -> str:
    """A page in a language that marks what is in another: the words of a policy that has not the language of the page, so that a screen
    reader reads them as what they are."""
    if lang in languages:
        return page
    run, marked = re.compile(_RUNS[languages[0]]), f'<span lang="{languages[0]}">{{}}</span>'
    # every second part is a tag or what is no words
    parts = [part if place % 2 else run.sub(lambda found: marked.format(found[0]), part) for place, part in enumerate(_TEXT.split(page))]
    return "".join(parts)


def document(title: str, lang: Lang, *inside: Inside, languages: Sequence[Lang] = ("zh", "en")) -> str:
    """A whole page in a language; `languages` are those of the policy's words on it."""
    head = [
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html("""<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">"""),
        tag("title", title),
        Html(f"<style>{_COMMON}{_PAGE}</style>"),
    ]
    body = Html(with_languages(tag("body", tag("main", inside, class_="tiaoli page")), lang, languages))
    return f"<!doctype html>\n{tag('html', tag('head', head), body, lang='zh-CN' if lang == 'zh' else 'en')}\n"


def fragment(*inside: Inside) -> str:
    """A piece that brings its style along, for a notebook."""
    return tag("div", Html(f"<style>{_COMMON}{_NOTEBOOK}</style>"), inside, class_="tiaoli note")


def list_of(words: Iterable[str], lang: Lang) -> str:
    """Names in a row."""
    return in_lang(lang, "、", ", ").join(words)


def code(text: str) -> Html:
    """A path or a name of programs; a line may break after its dots."""
    parts = [part for part in re.split(r"(?<=[.=/])", text) if part]
    return tag("code", [[Html("<wbr>") if number else None, part] for number, part in enumerate(parts)])


_COMMON = """
.tiaoli { --good: #1d6b40; --bad: #a12622; --open: #7d5a00; --soft: #5b6470; --line: #c9ced6; line-height: 1.55 }
.tiaoli .en, .tiaoli small, .tiaoli .soft, .tiaoli .clause { color: var(--soft) }
.tiaoli .mark { font-weight: 600; white-space: nowrap }
.tiaoli .good { color: var(--good) }
.tiaoli .bad { color: var(--bad) }
.tiaoli .open { color: var(--open) }
.tiaoli .clause { white-space: nowrap }
.tiaoli .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.tiaoli code, .tiaoli .digest { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .84em }
.tiaoli code { color: var(--soft); background: none; overflow-wrap: anywhere; padding: 0 }
.tiaoli table { border-collapse: collapse; margin: .4rem 0 .8rem; text-align: left }
.tiaoli td, .tiaoli th { padding: .22rem .8rem .22rem 0; text-align: left; vertical-align: top; border: 0 }
.tiaoli td, .tiaoli th { border-bottom: 1px solid var(--line) }
.tiaoli th { font-weight: 600; color: var(--soft); font-size: .9em }
.tiaoli .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.tiaoli .tree, .tiaoli .tree ul { list-style: none; margin: 0; padding: 0 }
.tiaoli .tree ul { margin-left: .45rem; padding-left: 1rem; border-left: 1px solid var(--line) }
.tiaoli .tree li { margin: .16rem 0 }
.tiaoli .tree summary { cursor: pointer }
.tiaoli .quote { display: block; margin: .1rem 0 .2rem 1.1rem; color: var(--soft); quotes: "「" "」" }
.tiaoli dl { margin: .4rem 0 }
.tiaoli dl div { display: flex; gap: .8rem; padding: .1rem 0 }
.tiaoli dt { flex: 0 0 7rem; color: var(--soft) }
.tiaoli dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
.tiaoli svg { display: block; max-width: 100%; height: auto }
.tiaoli svg .soft { fill: var(--soft) }
"""

_PAGE = """
@page { size: A4; margin: 18mm 17mm 20mm }
:root { color-scheme: light }
body { margin: 0; background: #fff; color: #1b1f24 }
body { font: 15px/1.6 "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, Georgia, serif }
.page { max-width: 46rem; margin: 2.2rem auto 4rem; padding: 0 1.2rem }
.page h1 { font-size: 1.55rem; line-height: 1.3; margin: 0 0 .2rem }
.page h2 { font-size: 1.12rem; margin: 2rem 0 .5rem; padding-bottom: .2rem; border-bottom: 2px solid #1b1f24 }
.page h3 { font-size: 1rem; margin: 1.3rem 0 .35rem }
.page h1 .en, .page h2 .en { font-weight: 400; font-size: .8em }
.page table { width: 100% }
.page p, .page figure { margin: .35rem 0 }
.page a { color: inherit }
.page .answer { border: 1px solid #1b1f24; padding: .55rem .9rem; margin: .6rem 0; font-size: 1.05rem }
.page .answer { display: flex; justify-content: space-between; gap: 1rem }
.page, .page .answer > * { min-width: 0; overflow-wrap: anywhere }
.page blockquote { margin: .4rem 0; padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--line) }
.page .facts { table-layout: fixed }
.page .facts td, .page .facts th { width: 29% }
.page .facts td:last-child, .page .facts th:last-child { width: 42% }
@media print {
  body { font-size: 10.5pt }
  .page { max-width: none; margin: 0; padding: 0 }
  .page h2, .page h3 { break-after: avoid }
  .page .answer, .page tr, .page blockquote, .page figure, .page dl div { break-inside: avoid }
  .page .decision { break-before: page }
  .page a { text-decoration: none }
}
"""

_DARK = "{ --good: #6fcf97; --bad: #ff8a80; --open: #f2c94c; --soft: #a9b1bc; --line: #4a515b }"
_NOTEBOOK = f"""
.tiaoli.note {{ font-size: .95em; max-width: 60rem }}
.tiaoli.note p {{ margin: .3rem 0 }}
.tiaoli.note table {{ width: auto }}
.tiaoli.note tr {{ background: none }}
[data-jp-theme-light=false] .tiaoli, .vscode-dark .tiaoli, [data-theme=dark] .tiaoli {_DARK}
@media (prefers-color-scheme: dark) {{ [data-theme=auto] .tiaoli {_DARK} }}
"""
