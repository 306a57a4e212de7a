"""The findings of an audit for people at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.text import Text

from tiaoli.audit import CONCERNS, AuditReport, Finding
from tiaoli.base import Lang, Statement, in_lang
from tiaoli.explain import Explanation
from tiaoli.oracle import Encoding
from tiaoli.policy import joined
from tiaoli.terminal.explanation_text import explanation

_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold blue"}
_SEVERITY = {"error": Statement("错误", "error"), "warning": Statement("警告", "warning"), "note": Statement("提示", "note")}


def report(
    encoding: Encoding, found: AuditReport, files: Mapping[str, Sequence[str]], whys: Mapping[str, Sequence[Explanation]], lang: Lang
) -> RenderableType:
    """Every finding about the norm with its sentences and witness, and how many there are; then, in short, what only concerns how the
    rules are written; what was accepted, what stayed open, and what was looked at.

    `files` are the case files of a finding's witness, by its id; `whys` the explanations of what it shows.
    """
    of_norm = [finding for finding in found.findings if finding.concerns == "norm"]
    parts: list[RenderableType] = [part for finding in of_norm for part in _finding(encoding, finding, files, whys, lang)]
    parts.append(Text(_counts(of_norm, lang) if of_norm else in_lang(lang, "未发现问题", "nothing found"), style="bold"))
    if of_rules := [finding for finding in found.findings if finding.concerns == "encoding"]:
        parts.append(Text(""))
        parts.append(Text(CONCERNS["encoding"].say(lang), style="bold"))
        for finding in of_rules:
            parts += [_head(encoding, finding, lang), Padding(Text(finding.statement.say(lang)), (0, 0, 0, 2))]
            parts += _witness(encoding, finding, files, whys, lang)
        parts += [Text(_counts(of_rules, lang), style="bold"), Text("")]
    if found.accepted:
        parts.append(
            Text(in_lang(lang, f"已认可、未再列出：{len(found.accepted)} 项", f"accepted and not listed again: {len(found.accepted)}"))
        )
    for what in found.unknown:
        parts.append(
            Text(in_lang(lang, f"已到时间上限，未能查清：{what.zh}", f"the limit was reached, still open: {what.en}"), style="yellow")
        )
    parts.append(Text(found.domain.say(lang), style="dim"))
    return Group(*parts)


def _finding(
    encoding: Encoding, finding: Finding, files: Mapping[str, Sequence[str]], whys: Mapping[str, Sequence[Explanation]], lang: Lang
) -> Iterator[RenderableType]:
    yield _head(encoding, finding, lang)
    yield Padding(Text(finding.statement.say(lang)), (0, 0, 0, 2))
    for anchor in finding.sentences if finding.kind != "wording" else ():
        text = encoding.policy.sentences[anchor].text
        yield Padding(Text(f"「{text}」", style="dim"), (0, 0, 0, 2))
    yield from (Padding(Text(under.say(lang)), (0, 0, 0, 2)) for under in finding.under(encoding.policy))
    yield from _witness(encoding, finding, files, whys, lang)
    yield Text("")


def _head(encoding: Encoding, finding: Finding, lang: Lang) -> Text:
    head = Text(_SEVERITY[finding.severity].say(lang), style=_STYLES[finding.severity])
    return head.append(f"  {finding.id}", style="bold").append(f"  {joined(finding.clauses(encoding))}")


def _counts(findings: Sequence[Finding], lang: Lang) -> str:
    counts = {severity: sum(finding.severity == severity for finding in findings) for severity in _STYLES}
    return "  ".join(f"{_SEVERITY[severity].say(lang)} {count}" for severity, count in counts.items())


def _witness(
    encoding: Encoding, finding: Finding, files: Mapping[str, Sequence[str]], whys: Mapping[str, Sequence[Explanation]], lang: Lang
) -> Iterator[RenderableType]:
    others = encoding.policy.other_readings(finding.witness.readings) if finding.witness else {}
    again = "".join(f" --reading {name}={option}" for name, option in others.items())
    for name in files.get(finding.id, ()):
        yield Padding(Text(in_lang(lang, f"见证案件：{name}{again}", f"witness: {name}{again}")), (0, 0, 0, 2))
    for found in whys.get(finding.id, ()):
        yield Padding(explanation(encoding.policy, found, lang), (0, 0, 0, 4))


@contextmanager
def audit_progress(stream: TextIO, lang: Lang) -> Iterator[Callable[[list[Finding], int, int], None]]:
    """A bar on a terminal: the checks done, and how much was found. Nothing where it is no terminal."""
    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        yield lambda *_: None
        return
    words = "{task.completed}/{task.total}  {task.fields[found]} " + in_lang(lang, "项", "found")
    with ProgressBar(BarColumn(), TextColumn(words), TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=None, found=0)
        seen: list[Finding] = []

        def tell(findings: list[Finding], done: int, total: int) -> None:
            seen.extend(findings)
            for finding in findings:
                bar.console.print(Text(f"{_SEVERITY[finding.severity].say(lang)}  {finding.id}", style=_STYLES[finding.severity]))
            bar.update(task, completed=done, total=total, found=len(seen))

        yield tell
