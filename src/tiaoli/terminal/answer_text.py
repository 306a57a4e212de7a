"""Answers and texts for people at a terminal. The one place that imports rich; imported only when a person reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from pathlib import Path
from textwrap import wrap
from time import monotonic
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table
from rich.text import Text

from tiaoli.base import Lang, Statement, counted, in_lang, visible
from tiaoli.decide import Answer, Decision, changed_results
from tiaoli.oracle import Encoding
from tiaoli.policy import Benefit, Currency, Entry, Parameter, Policy, joined, parameter_value

MARKS = {"met": ("✓", "green"), "unmet": ("✗", "red"), "unknown": ("?", "yellow")}
OUTCOME_STYLES = {"eligible": "bold green", "not_eligible": "bold red", "unknown": "bold yellow"}
LIMIT_REACHED = Statement("已到时间上限：凡尚未确定的均列为“？”。", "The time limit was reached: what is not certain yet is marked `?`.")


def show(found: RenderableType, stream: TextIO) -> None:
    """Print on a stream: colour and width where it is a terminal, plain text without trailing spaces in a pipe."""
    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    with console.capture() as captured:
        console.print(found)
    if console.is_terminal:
        stream.write("".join(part if part.startswith("\x1b[") else visible(part) for part in _COLOURS.split(captured.get())))
    else:
        stream.write(_plain(captured.get()))


def as_text(found: RenderableType, width: int = 120) -> str:
    """What would be shown, as plain text in lines of so many columns, without trailing spaces."""
    console = Console(file=StringIO(), width=width, color_system=None, highlight=False, emoji=False, markup=False)
    with console.capture() as captured:
        console.print(found)
    return _plain(captured.get())


_COLOURS = re.compile(r"(\x1b\[[0-9;]*m)")


def _plain(text: str) -> str:
    """Lines without trailing spaces, in which nothing is hidden."""
    return "".join(f"{line.rstrip()}\n" for line in visible(text).removesuffix("\n").split("\n"))


def answer(encoding: Encoding, found: Answer, lang: Lang) -> RenderableType:
    """A whole answer: a head, every decision with its conditions, and what was assumed."""
    policy = encoding.policy
    head = Text.assemble((found.case, "bold"), f"  {in_lang(lang, '申请日', 'applied on')} {found.applied_on}  {found.policy}")
    parts: list[RenderableType] = [head]
    for name, option in found.chosen_readings.items():
        reading = policy.readings[name]
        chosen = next(item for item in reading.options if item.id == option)
        parts.append(
            Text(
                in_lang(lang, f"采用的解释 {name}={option}：{chosen.statement.zh}", f"reading {name}={option}: {chosen.statement.en}"),
                style="magenta",
            )
        )
    if not found.decisions:
        parts.append(Text(in_lang(lang, "案件中没有可以询问的对象。", "The case holds nothing to ask about.")))
    for decision in found.decisions:
        parts += [Text(""), _decision(encoding, decision, lang)]
    for group in found.exclusive or ():
        zh, en = ("、".join(f"{benefit} {subject}" for benefit, subject in group), " and ".join(f"{b} {s}" for b, s in group))
        text = in_lang(lang, f"本年度只能申请其中一项：{zh}", f"Only one of these can be filed this year: {en}")
        parts += [Text(""), Text(text, style="yellow")]
    assumed = _bearing(encoding, found)
    if assumed:
        parts += [Text(""), taken_as_empty(assumed, lang)]
    for note in found.notes:
        parts += [Text(""), Text(note.statement.say(lang), style="yellow")]
    if found.limit_reached:
        parts.append(Text(LIMIT_REACHED.say(lang), style="yellow"))
    return Group(*parts)


def taken_as_empty(assumed: Sequence[str], lang: Lang) -> RenderableType:
    """That lists are absent and were taken as empty."""
    names = in_lang(lang, "、", ", ").join(assumed)
    text = in_lang(lang, f"未提供下列列表，按空处理：{names}", f"Absent lists, taken as empty: {names}")
    return Folded(Text(text, style="dim"))


def _bearing(encoding: Encoding, found: Answer) -> list[str]:
    """Of the lists that were taken as empty, those that can bear on a decision shown."""
    fields = {path for decision in found.decisions for path in encoding.fields[decision.benefit]}
    keys = {path.rpartition(".")[0].rpartition(".")[2] for path in fields} | {path.rpartition(".")[2] for path in fields}
    return [path for path in found.assumed if path.rpartition(".")[2] in keys]


def _decision(encoding: Encoding, decision: Decision, lang: Lang) -> RenderableType:
    benefit = encoding.policy.benefits[decision.benefit]
    head = Text.assemble((decision.said.say(lang), OUTCOME_STYLES[decision.outcome]), "  ", (benefit.statement.say(lang), "bold"))
    head.append(f"  {decision.clause} {decision.benefit} {decision.subject}")
    lines: list[RenderableType] = [head]
    sums = _sums(benefit, decision, lang)
    if sums:
        lines.append(Padding(Text(sums), (0, 0, 0, 2)))
    lines += [Padding(Folded(Text(result.statement.say(lang))), (0, 0, 0, 2)) for result in decision.results]
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    quoted: set[str] = set()
    for condition in decision.conditions:
        mark, colour = MARKS[condition.status]
        anchors = encoding.sentences[decision.benefit][condition.id]
        places = joined(dict.fromkeys(encoding.policy.place(anchor).say(lang) for anchor in anchors))
        text = Text(benefit.conditions[condition.id].say(lang))
        text.append(f"  {condition.id}", style="dim")
        if condition.status != "met":
            for anchor in anchors:
                if anchor not in quoted:
                    text.append(f"\n{_quote(encoding.policy, anchor, lang)}", style="dim")
            quoted.update(anchors)
        table.add_row(Text(mark, style=colour), Text(places, style="cyan"), text)
    notes = [Text(note, style="dim") for note in _alternatives(encoding.policy, decision, lang)]
    return Group(*lines, Padding(table, (0, 0, 0, 2)), *(Padding(note, (0, 0, 0, 2)) for note in notes))


def _alternatives(policy: Policy, decision: Decision, lang: Lang) -> Iterator[str]:
    """What can still decide the outcome, and what other readings make of it, a line each."""
    found = decision.alternatives
    if found is None:
        return
    comma = "、" if lang == "zh" else ", "
    if found.missing:
        yield in_lang(lang, f"尚待查明：{comma.join(found.missing)}", f"still to be known: {comma.join(found.missing)}")
    if found.missing_for_amount:
        names = comma.join(found.missing_for_amount)
        yield in_lang(lang, f"影响金额的未知事项：{names}", f"bears on the amount alone: {names}")
    if found.missing_for_results:
        names = comma.join(found.missing_for_results)
        yield in_lang(lang, f"影响其他给付内容的未知事项：{names}", f"bears on what else is given: {names}")
    if found.flips:
        yield in_lang(lang, "采用其他解释时：", "Under other readings:")
    elif found.verdict == "some":
        yield in_lang(
            lang,
            "同时改变多项解释时结论不同，单独改变任何一项则不变。",
            "Several readings changed together change the outcome; none alone does.",
        )
    for flip in found.flips:
        option = next(item for item in policy.readings[flip.reading].options if item.id == flip.option)
        outcome = decision.words[flip.outcome].say(lang)
        paid = None if flip.amount is None else money(policy.currency, flip.amount, lang)
        amount = "" if paid is None else in_lang(lang, f"，金额 {paid}", f", amount {paid}")
        amount += "".join(in_lang(lang, "，", ", ") + result.statement.say(lang) for result in changed_results(decision, flip))
        yield in_lang(
            lang,
            f"{flip.reading}={flip.option}：{outcome}{amount}（{option.statement.zh.rstrip('。')}）",
            f"{flip.reading}={flip.option}: {outcome}{amount} ({option.statement.en.rstrip('.')})",
        )


def _quote(policy: Policy, anchor: str, lang: Lang) -> str:
    """A sentence of the notice in its own words, and for a reader of English its translation."""
    sentence = policy.sentences[anchor]
    translated = sentence.translated(lang)
    return f"「{sentence.text}」" if translated is None else f"「{sentence.text}」 {translated}"


def _sums(benefit: Benefit, decision: Decision, lang: Lang) -> str:
    """What the decision says about money, in a line; nothing where the benefit has no amount or is not granted."""
    parts = []
    if decision.amount is not None:
        paid = money(decision.currency, decision.amount, lang)
        parts.append(in_lang(lang, f"金额 {paid}", f"amount {paid}"))
    elif decision.amount_range is not None:
        low, high = (money(decision.currency, end, lang) for end in decision.amount_range)
        parts.append(in_lang(lang, f"金额 {low}至 {high}，取决于未知事项", f"amount {low} to {high}, by what is unknown"))
    elif decision.outcome == "eligible" and benefit.has_amount:
        parts.append(in_lang(lang, "金额取决于未知事项", "the amount depends on what is unknown"))
    if decision.standard is not None:
        fixed = money(decision.currency, decision.standard, lang)
        zh, en = (
            ("", "")
            if decision.rate is None
            else (f"，为基础标准的 {decision.rate:.2f} 倍", f", {decision.rate:.2f} times the base standard")
        )
        parts.append(in_lang(lang, f"标准 {fixed}{zh}", f"standard {fixed}{en}"))
    elif decision.rate is not None and decision.outcome == "eligible":
        zh, en = f"标准为基础标准的 {decision.rate:.2f} 倍", f"the standard is {decision.rate:.2f} times the base standard"
        parts.append(in_lang(lang, zh, en))
    if decision.gap:
        names = "、".join(decision.gap) if lang == "zh" else ", ".join(decision.gap)
        parts.append(
            in_lang(lang, f"通知未规定标准、未计入金额的人员：{names}", f"the notice sets no standard, and nothing is paid, for: {names}")
        )
    return ("；" if lang == "zh" else "; ").join(parts)


def money(currency: Currency, amount: Decimal, lang: Lang) -> str:
    """An amount as a line of text has it, with a space before the currency in both languages."""
    return f"{amount:,.{currency.digits}f} {currency.statement.say(lang)}"


def notice(policy: Policy, found: Iterable[Entry], lang: Lang, with_rules: bool) -> RenderableType:
    """Sentences of the notice, each with what the policy says about it."""
    parts: list[RenderableType] = [Text.assemble((policy.number, "bold"), f"  {policy.title.say(lang)}")]
    clause: str | None = None
    for entry in found:
        if entry.sentence.clause != clause:
            clause = entry.sentence.clause
            parts += [Text(""), Text(clause or "—", style="bold")]
        parts.append(_entry(policy, entry, lang, with_rules))
    return Group(*parts)


def _entry(policy: Policy, entry: Entry, lang: Lang, with_rules: bool) -> RenderableType:
    sentence = entry.sentence
    text = Text.assemble((f"{sentence.anchor}  ", "cyan"), sentence.text)
    if translated := sentence.translated(lang):
        text.append(f"\n{translated}", style="italic")
    notes: list[RenderableType] = []
    for parameter in entry.parameters:
        value = f"{parameter_value(parameter, policy.currency)}{_unit(policy, parameter).say(lang)}"
        zh = f"参数 {parameter.name} = {value}（{parameter.statement.zh}，自 {parameter.valid_from}）"
        en = f"parameter {parameter.name} = {value} ({parameter.statement.en}, from {parameter.valid_from})"
        notes.append(Text(in_lang(lang, zh, en), style="green"))
    for reading in entry.readings:
        zh, en = f"解释 {reading.name}：{reading.question.zh}", f"reading {reading.name}: {reading.question.en}"
        notes.append(Text(in_lang(lang, zh, en), style="magenta"))
        for option in reading.options:
            default = option.id == reading.default
            zh = f"  {option.id}{'（默认）' if default else ''}：{option.statement.zh}"
            en = f"  {option.id}{' (default)' if default else ''}: {option.statement.en}"
            notes.append(Text(in_lang(lang, zh, en), style="magenta"))
    for doubt in entry.doubts:
        zh, en = f"存疑「{doubt.quote}」{doubt.statement.zh}", f"doubt 「{doubt.quote}」 {doubt.statement.en}"
        notes.append(Text(in_lang(lang, zh, en), style="yellow"))
    reason = sentence.not_computed
    if reason is not None and (reason.kind != "heading" or with_rules):
        part = f"「{reason.part}」" if reason.part else ""
        notes.append(
            Text(in_lang(lang, f"不予计算{part}：{reason.why.zh}", f"not computed {part}: {reason.why.en}".replace(" :", ":")), style="dim")
        )
    if with_rules:
        for block in entry.rules:
            notes.append(Text(f"{block.file}:{block.line}", style="bold"))
            notes.append(Padding(_Rules(block.text), (0, 0, 0, 2)))
    return Group(text, *(Padding(note, (0, 0, 0, 2)) for note in notes))


def _unit(policy: Policy, parameter: Parameter) -> Statement:
    """What stands after the value of a parameter."""
    if parameter.unit == "money":
        return Statement(policy.currency.statement.zh, f" {policy.currency.statement.en}")
    words = policy.units[parameter.unit].words
    return Statement(words.zh, f" {words.en}".rstrip())


class _Rules:
    """Rules as text; a line that is too long goes on below, further in, so that it still reads as one rule."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.splitlines():
            inside = line[: len(line) - len(line.lstrip())]
            further = f"{inside}%   " if line.lstrip().startswith("%") else f"{inside}    "
            # an atom is kept in one piece
            whole = re.sub(r"\([^()]*\)", lambda atom: atom[0].replace(" ", "\xa0"), line)
            wrapped = wrap(whole, options.max_width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False)
            yield Text("\n".join(wrapped).replace("\xa0", " "))


class Folded:
    """Text folded as Chinese is set: between any two of its characters, but with no mark at the start of a line that belongs
    to the one before; words of other scripts stay whole where a line can hold them."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def __rich_measure__(self, _: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(min(2, options.max_width), min(cell_len(self.text.plain), options.max_width))

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.divide(list(_breaks(self.text.plain, max(2, options.max_width)))):
            line.rstrip()
            line.no_wrap = True
            yield line


_UNIT = re.compile(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+")
_NOT_FIRST = frozenset("，。、；：！？）】》」』”’〕,.;:!?)]}")
_NOT_LAST = frozenset("（【《「『“‘〔([{")


def _breaks(text: str, width: int) -> Iterator[int]:
    """The offsets at which lines of at most `width` cells begin, but for the first."""
    start, used = 0, 0
    units = [found.span() for found in _UNIT.finditer(text)]
    position = 0
    while position < len(units):
        begin, end = units[position]
        cells = cell_len(text[begin:end].rstrip())
        if used and used + cells > width:
            while begin > start and (text[begin] in _NOT_FIRST or text[begin - 1] in _NOT_LAST) and units[position - 1][0] > start:
                position -= 1
                begin, end = units[position]
            yield begin
            start, used = begin, 0
            continue
        if not used and cells > width:
            # a word that no line can hold is cut
            end = begin + max(1, next(size for size in range(end - begin, 0, -1) if cell_len(text[begin : begin + size]) <= width))
            units.insert(position + 1, (end, units[position][1]))
            units[position] = (begin, end)
        used += 0 if text[begin].isspace() and not used and start else cell_len(text[begin:end])
        position += 1


# Bulk


@contextmanager
def progress(stream: TextIO, lang: Lang) -> Iterator[Callable[[int, int, int, int | None], None]]:
    """A bar on a terminal: lines done, lines rejected, lines a second and the time left. Nothing where it is no terminal."""
    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        yield lambda *_: None
        return
    words = "{task.fields[lines]:,} " + in_lang(lang, "行", "lines") + "  {task.fields[rate]:,.0f}/s"
    columns = (BarColumn(), TaskProgressColumn(), TextColumn(words), TextColumn("{task.fields[bad]}"), TimeRemainingColumn())
    with ProgressBar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, lines=0, rate=0.0, bad="")
        begun: list[tuple[float, int]] = []

        def report(lines: int, rejected: int, done: int, total: int | None) -> None:
            begun.append((monotonic(), lines)) if not begun else None
            seconds = monotonic() - begun[0][0]
            rate = (lines - begun[0][1]) / seconds if seconds else 0.0
            bad = in_lang(lang, f"{rejected:,} 行有误", f"{rejected:,} rejected") if rejected else ""
            bar.update(task, completed=done, total=total, lines=lines, rate=rate, bad=bad)

        yield report


def bulk_summary(policy: Policy, found: Mapping[str, Any], rejects: Path | None, lang: Lang) -> RenderableType:
    """What a run adds up to: counts, and for each benefit the outcomes, the money, and why people are refused."""
    seconds, rate = found["seconds"], found["lines_a_second"] or 0
    zh = f"{found['lines']:,} 行，{found['cases']:,} 个案件已决定，用时 {seconds} 秒（每秒 {rate:,} 行）"
    lines, cases = counted(found["lines"], "line", "lines"), counted(found["cases"], "case", "cases")
    en = f"{lines}, {cases} decided in {seconds} s ({rate:,} lines a second)"
    parts: list[RenderableType] = [Text(in_lang(lang, zh, en), style="bold")]
    if found["exact"]:
        zh, en = (
            f"其中 {found['exact']:,} 个由 clingo 求解（有关事实未知）",
            f"{found['exact']:,} of them by clingo (a fact that bears on them is unknown)",
        )
        parts.append(Text(in_lang(lang, zh, en)))
    if found["limited"]:
        zh, en = f"{found['limited']:,} 个到了时间上限", f"{found['limited']:,} of them reached the time limit"
        parts.append(Text(in_lang(lang, zh, en), style="yellow"))
    if found["rejected"]:
        lines = counted(found["rejected"], "line holds", "lines hold")
        zh, en = f"{found['rejected']:,} 行不是案件", f"{lines} no case"
        if rejects is not None and str(rejects) != "-":
            zh, en = f"{zh}，见 {rejects}", f"{en}, see {rejects}"
        parts.append(Text(in_lang(lang, zh, en), style="red"))
    for name, numbers in found["benefits"].items():
        benefit = policy.benefits[name]
        counts = [f"{said.say(lang)} {numbers[outcome]:,}" for outcome, said in benefit.outcomes.items() if numbers[outcome]]
        head = Text.assemble(("\n" + benefit.statement.say(lang), "bold"), f"  {benefit.clause} {name}\n  {'  '.join(counts)}")
        if numbers["amount"] is not None and Decimal(numbers["amount"]):
            paid = f"{numbers['amount']} {policy.currency.statement.say(lang)}"
            head.append(in_lang(lang, f"  共 {paid}", f"  {paid} in all"))
        table = Table.grid(padding=(0, 1))
        table.add_column(justify="right", no_wrap=True)
        table.add_column(overflow="fold")
        for reason in numbers["reasons"]:
            only = in_lang(lang, f"（仅此一项 {reason['alone']:,}）", f"({reason['alone']:,} for this alone)") if reason["alone"] else ""
            said = f"{''.join(reason['clauses'])} {benefit.conditions[reason['condition']].say(lang)}  {reason['condition']} {only}"
            table.add_row(Text(f"{reason['unmet']:,}", style="red"), Text(said.rstrip()))
        parts += [head, Padding(table, (0, 0, 0, 2))] if numbers["reasons"] else [head]
    return Group(*parts)
