"""What would be otherwise, for people at a terminal: days, changes, questions and readings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tiaoli.base import MISSING, Lang, Statement, in_lang
from tiaoli.decide import Answer, Decision, Flip, Outcome, Verdict, changed_results
from tiaoli.oracle import Encoding, Interview
from tiaoli.policy import Field, Phrases, Policy, Reading
from tiaoli.questions import Calendar, FactChange, Hypothesis, Questions, Reason, WhatIf, item_of
from tiaoli.rules import SUPREMUM, Name
from tiaoli.terminal.answer_text import MARKS, OUTCOME_STYLES, Folded, money, taken_as_empty

LIMIT = Statement("已到时间上限：以上是已查明的部分。", "The time limit was reached: the above is what is certain so far.")


def calendar(policy: Policy, found: Calendar, lang: Lang) -> RenderableType:
    """The spans of application days on which a decision grants: a timeline, then each span with its two ends."""
    parts: list[RenderableType] = [_head(policy, found.case, found.benefit, found.subject, lang)]
    applied = f"{in_lang(lang, '申请日', 'applied on')} {found.applied_on}  "
    parts.append(Text.assemble(applied, _outcome(policy, found.benefit, found.outcome, lang)))
    if found.spans or found.undecided:
        parts += [Text(""), _Timeline(found, lang), Text("")]
    else:
        none = Statement("其他事项不变的，任何一天申请均不予享受。", "With everything else as it is, it is granted on no day.")
        parts += [Text(""), Text(none.say(lang))]
    for span in found.spans:
        parts.append(Text(_days(span.first, span.last, lang), style="bold green"))
        parts.append(Padding(Folded(Text(span.opens.say(lang))), (0, 0, 0, 2)))
        parts.append(Padding(Folded(Text(span.closes.say(lang))), (0, 0, 0, 2)))
        for given in span.given:
            said = in_lang(lang, "；", "; ").join(result.statement.say(lang) for result in given.results)
            parts.append(Padding(Folded(Text(f"{_days(given.first, given.last, lang)}  {said}")), (0, 0, 0, 2)))
        if span.moving:
            names = in_lang(lang, "、", ", ").join(policy.results[name].statement.say(lang) for name in span.moving)
            said = in_lang(lang, f"随申请日变动：{names}", f"moves with the day of the application: {names}")
            parts.append(Padding(Folded(Text(said)), (0, 0, 0, 2)))
    for first, last in found.undecided:
        text = Statement("取决于未知事项", "depends on what is unknown")
        parts.append(Text(f"{_days(first, last, lang)}  {text.say(lang)}", style="yellow"))
    if found.assumed:
        parts += [Text(""), taken_as_empty(found.assumed, lang)]
    if found.limit_reached:
        parts.append(Text(LIMIT.say(lang), style="yellow"))
    return Group(*parts)


def what_if(policy: Policy, found: WhatIf, lang: Lang) -> RenderableType:
    """The smallest changes that make a decision another, each in words and as lines of a case file."""
    parts: list[RenderableType] = [
        _head(policy, found.case, found.benefit, found.subject, lang),
        _outcome(policy, found.benefit, found.outcome, lang),
    ]
    if found.outcome == found.wanted:
        already = {
            "eligible": Statement(
                "已可享受，无须改变；--lose 列出会使其丧失的改变。", "It is granted as it is; --lose lists what would lose it."
            ),
            "not_eligible": Statement("本来就不予享受。", "It is not granted as it is."),
        }
        parts.append(Text(already[found.wanted].say(lang)))
        return Group(*parts, *([taken_as_empty(found.assumed, lang)] if found.assumed else []))
    for number, repair in enumerate(found.repairs, 1):
        row = Table.grid(padding=(0, 1))
        row.add_row(Text(f"{number}.", style="bold"), Group(Folded(Text(repair.statement.say(lang))), *map(_patch, repair.changes)))
        parts += [Text(""), row]
    if found.impossible is not None:
        parts += [Text(""), Folded(Text(found.impossible.say(lang), style="yellow"))]
    if found.assumed:
        parts += [Text(""), taken_as_empty(found.assumed, lang)]
    if found.limit_reached:
        parts += [Text(""), Text(LIMIT.say(lang), style="yellow")]
    elif not found.complete:
        more = Statement("还有其他改变方式；--max N 或 --all 可多列。", "There are more; --max N or --all lists them.")
        parts += [Text(""), Text(more.say(lang), style="dim")]
    return Group(*parts)


def hypothesis(policy: Policy, found: Hypothesis, lang: Lang) -> RenderableType:
    """A decision beside the hypothetical one, what is not the same in bold."""
    parts: list[RenderableType] = [_head(policy, found.case, found.benefit, found.subject, lang)]
    parts += [Padding(_patch(change), (0, 0, 0, 2)) for change in found.changes]
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("", overflow="fold")
    table.add_column(in_lang(lang, "目前", "now"))
    table.add_column(in_lang(lang, "假设", "supposed"))
    for name, said, before, after in _compared(policy, found, lang):
        style = "bold yellow" if name in found.differences else ""
        mark = "≠ " if name in found.differences else "  "
        table.add_row(Text(f"{mark}{said}", style=style), before, after)
    parts += [Text(""), table, Text(""), Folded(Text(found.statement.say(lang)))]
    if found.assumed:
        parts += [Text(""), taken_as_empty(found.assumed, lang)]
    if found.limit_reached:
        parts.append(Text(LIMIT.say(lang), style="yellow"))
    return Group(*parts)


def _compared(policy: Policy, found: Hypothesis, lang: Lang) -> Iterator[tuple[str, str, Text, Text]]:
    """The lines of a comparison: what differs by name, in words, and its two values."""
    outcomes = [_outcome(policy, found.benefit, item.outcome, lang) for item in (found.before, found.after)]
    yield "outcome", in_lang(lang, "结果", "outcome"), outcomes[0], outcomes[1]
    amounts = [Text("—" if item.amount is None else f"{item.amount:,.2f}") for item in (found.before, found.after)]
    if policy.benefits[found.benefit].has_amount:
        currency = policy.currency.statement
        yield "amount", in_lang(lang, f"金额（{currency.zh}）", f"amount ({currency.en})"), amounts[0], amounts[1]
    for before, after in zip(found.before.conditions, found.after.conditions, strict=True):
        marks = [Text(*MARKS[item.status]) for item in (before, after)]
        words = policy.benefits[found.benefit].conditions[before.id]
        yield f"conditions.{before.id}", words.say(lang), marks[0], marks[1]
    sides = [{item.id: item for item in decision.results} for decision in (found.before, found.after)]
    for name, declared in policy.benefits[found.benefit].results.items():
        values = [Text(side[name].said.say(lang) if name in side else "—") for side in sides]
        yield f"results.{name}", declared.statement.say(lang), values[0], values[1]


def _patch(change: FactChange) -> Text:
    """A change as a path with its old and new value, written as a case file has them."""
    before = "?" if change.before is MISSING else json.dumps(change.before, ensure_ascii=False)
    return Text(f"{change.path}: {before} → {json.dumps(change.after, ensure_ascii=False)}", style="cyan")


def _outcome(policy: Policy, benefit: str, outcome: Outcome, lang: Lang) -> Text:
    return Text(policy.outcome(benefit, outcome).say(lang), style=OUTCOME_STYLES[outcome])


def questions(policy: Policy, found: Questions, lang: Lang) -> RenderableType:
    """What is still to be asked, best first: each question with why it is asked and which answers settle what."""
    parts: list[RenderableType] = [Text(found.case, style="bold")]
    if not found.questions:
        parts.append(Text(Statement("没有需要查明的事项。", "Nothing that is unknown can still decide.").say(lang)))
    for number, question in enumerate(found.questions, 1):
        lines = [Text(question.path, style="cyan"), Text(question.why.say(lang), style="dim")]
        for settled in question.settles:
            outcome = policy.outcome(settled.benefit, settled.outcome).say(lang)
            lines.append(Text(f"{settled.answer} → {settled.benefit} {settled.subject}: {outcome}"))
        parts += [Text(""), Text(f"{number}. {question.question.say(lang)}", style="bold")]
        parts += [Padding(Folded(line), (0, 0, 0, 3)) for line in lines]
    if found.assumed:
        parts += [Text(""), taken_as_empty(found.assumed, lang)]
    if found.limit_reached:
        parts += [Text(""), Text(LIMIT.say(lang), style="yellow")]
    return Group(*parts)


def interview_help(lang: Lang) -> RenderableType:
    """How to answer, in a line."""
    text = Statement(
        "逐题回答：可写选项的序号或内容；? 不知道，< 返回上一题，. 到此为止。",
        "One question at a time: write an option or its number; ? don't know, < back, . stop.",
    )
    return Text(text.say(lang), style="dim")


def asked(policy: Policy, interview: Interview, lang: Lang) -> RenderableType:
    """A question with its options and why it is asked."""
    question = interview.question
    assert question is not None
    parts: list[RenderableType] = [Text(""), Text.assemble((f"{interview.answered + 1}. ", "bold"), (question.question.say(lang), "bold"))]
    parts.append(Text(f"   {question.path}", style="cyan"))
    item = item_of(question.path, interview.field)
    for number, (_, words) in enumerate(options(policy, interview.field, item), 1):
        parts.append(Text(f"   {number}) {words.say(lang)}"))
    hint = interview.field.type.hint
    if hint is not None:
        parts.append(Text(f"   {hint.say(lang)}", style="dim"))
    why = Statement(f"为什么问：{question.why.zh}", f"Why this is asked: {question.why.en}")
    parts.append(Padding(Folded(Text(why.say(lang), style="dim")), (0, 0, 0, 3)))
    return Group(*parts)


def options(policy: Policy, declared: Field, item: str) -> list[tuple[str, Statement]]:
    """The answers that a question offers by number, as a case file has them and in words."""
    if declared.several:
        return []
    if declared.table:
        found = list(policy.values[declared.table].items())
    elif declared.kind == "boolean":
        found = [("true", Statement("是", "yes")), ("false", Statement("否", "no"))]
    elif declared.kind == "record":
        found = [("{}", Phrases(policy).fact(declared, item, Name("record")))]
    else:
        found = []
    if declared.nullable:
        found.append(("null", Phrases(policy).fact(declared, item, SUPREMUM)))
    return found


def chosen(policy: Policy, declared: Field, item: str, text: str) -> str:
    """The answer that a text chooses: an option's number stands for the option, anything else for itself."""
    offered = options(policy, declared, item)
    if text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= len(offered):
        return offered[int(text) - 1][0]
    return text


def readings(encoding: Encoding, found: Answer, lang: Lang) -> RenderableType:
    """Which readings decide: the words in question, the options, and who gains or loses by each."""
    policy = encoding.policy
    parts: list[RenderableType] = [Text.assemble((found.case, "bold"), f"  {in_lang(lang, '申请日', 'applied on')} {found.applied_on}")]
    deciding = found.deciding_readings
    for reading in policy.readings.values():
        if reading.name in deciding:
            parts += [Text(""), _reading(reading, found, lang)]
    if not deciding:
        parts += [Text(""), Text(in_lang(lang, "采用哪种解释都不改变结论。", "No reading changes a decision."))]
    parts.append(Text(""))
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for title in (
        "",
        in_lang(lang, "结果", "outcome"),
        in_lang(lang, "全部解释下", "all readings"),
        in_lang(lang, "须先确定", "must be fixed"),
    ):
        table.add_column(title, overflow="fold")
    for decision in found.decisions:
        alternatives = decision.alternatives
        fix = () if alternatives is None or alternatives.fix is None else alternatives.fix
        verdict = VERDICTS[alternatives.verdict if alternatives else None].say(lang)
        table.add_row(
            f"{decision.benefit} {decision.subject}",
            _outcome(policy, decision.benefit, decision.outcome, lang),
            verdict,
            "\n".join(fix) or "—",
        )
    return Group(*parts, table)


def _reading(reading: Reading, found: Answer, lang: Lang) -> RenderableType:
    """A reading with its quotes, its options, and for each option the decisions that gain or lose by it."""
    quotes = "".join(dict.fromkeys(f"「{quote}」" for _, quote in reading.quotes))
    question = Padding(Folded(Text(reading.question.say(lang))), (0, 0, 0, 2))
    lines: list[RenderableType] = [Folded(Text.assemble((reading.name, "bold magenta"), f"  {quotes}")), question]
    in_force = found.chosen_readings.get(reading.name, reading.default)
    table = Table.grid(padding=(0, 1))
    for option in reading.options:
        text = Text.assemble((option.id, "bold"), f"  {option.statement.say(lang)}")
        if option.id == in_force:
            text.append(f"  {in_lang(lang, '（现采用）', '(in force)')}", style="dim")
        flipped = [
            Folded(_flipped(decision, flip, lang))
            for decision in found.decisions
            for flip in (decision.alternatives.flips if decision.alternatives else ())
            if (flip.reading, flip.option) == (reading.name, option.id)
        ]
        table.add_row(Text("●" if option.id == in_force else "○"), Group(Folded(text), *flipped))
    return Group(*lines, Padding(table, (0, 0, 0, 2)))


def _flipped(decision: Decision, flip: Flip, lang: Lang) -> Text:
    """What an option makes of a decision: a gain, a loss, or neither."""
    rank = {"not_eligible": 0, "unknown": 1, "eligible": 2}
    before = (rank[decision.outcome], decision.amount or Decimal(0))
    after = (rank[flip.outcome], flip.amount or Decimal(0))
    mark, style = ("▲", "green") if after > before else ("▼", "red") if after < before else ("◆", "yellow")
    said = decision.words[flip.outcome]
    comma = in_lang(lang, "，", ", ")
    paid = "" if flip.amount is None else comma + money(decision.currency, flip.amount, lang)
    paid += "".join(f"{comma}{result.statement.say(lang)}" for result in changed_results(decision, flip))
    gains = {"▲": Statement("受益", "gains"), "▼": Statement("受损", "loses"), "◆": Statement("改变", "changes")}[mark]
    return Text(f"{mark} {gains.say(lang)}: {decision.benefit} {decision.subject} → {said.say(lang)}{paid}", style=style)


def reason(policy: Policy, found: Reason, lang: Lang) -> RenderableType:
    """The facts that guarantee an outcome, a line each."""
    parts: list[RenderableType] = [
        _head(policy, found.case, found.benefit, found.subject, lang),
        _outcome(policy, found.benefit, found.outcome, lang),
    ]
    if found.limit_reached:
        parts.append(Text(LIMIT.say(lang), style="yellow"))
    elif found.facts is None:
        parts.append(Text(in_lang(lang, "结果尚不能确定，没有事实足以保证。", "The outcome is unknown; no facts guarantee it.")))
    else:
        text = Statement("只要下列事实不变，其他事实无论如何，结果均如此：", "With these facts it is so whatever the others are:")
        parts.append(Text(text.say(lang)))
        parts += [Padding(Folded(Text(f"· {ground.statement.say(lang)}")), (0, 0, 0, 2)) for ground in found.facts]
    if found.assumed:
        parts += [Text(""), taken_as_empty(found.assumed, lang)]
    return Group(*parts, Text(""))


VERDICTS: dict[Verdict | None, Statement] = {
    "all": Statement("均可享受", "always eligible"),
    "some": Statement("因解释而异", "depends on the readings"),
    "none": Statement("均不予享受", "never eligible"),
    None: Statement("有的解释下尚不能确定", "open under some"),
}


class _Timeline:
    """A line of days as wide as the terminal: granted, open, or neither, with the application day marked below."""

    def __init__(self, found: Calendar, lang: Lang) -> None:
        self.found, self.lang = found, lang
        ends = [end for first, last, _ in self._runs() for end in (first, last) if end is not None]
        low, high = min([found.applied_on, *ends]), max([found.applied_on, *ends])
        room = timedelta(days=max(30, (high - low).days // 8))
        # the ends of the format's range of days have nothing beyond them
        self.low = low - min(room, low - date.min)
        self.high = high + min(room, date.max - high)

    def _runs(self) -> list[tuple[date | None, date | None, str]]:
        granted = [(span.first, span.last, "━") for span in self.found.spans]
        return granted + [(first, last, "?") for first, last in self.found.undecided]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        width = max(20, options.max_width - 2)
        days = (self.high - self.low).days

        def cell(day: date) -> int:
            return (day - self.low).days * (width - 1) // days

        line, marks = ["·"] * width, [" "] * width
        for first, last, char in self._runs():
            start = cell(first) if first else 0
            end = cell(last) if last else width - 1
            line[start : end + 1] = [char] * (end + 1 - start)
        here = cell(self.found.applied_on)
        marks[here] = "▲"
        text = Text("  ")
        for char in line:
            text.append(char, style={"━": "bold green", "?": "yellow"}.get(char, "dim"))
        yield text
        label = f"{in_lang(self.lang, '申请日', 'applied on')} {self.found.applied_on}"
        yield Text("  " + "".join(marks).rstrip())
        yield Text(" " * max(0, min(2 + here - cell_len(label) // 2, width - cell_len(label))) + label)


def _days(first: date | None, last: date | None, lang: Lang) -> str:
    if first is None and last is None:
        return in_lang(lang, "任何一天", "any day")
    if first is None:
        return in_lang(lang, f"至 {last}", f"until {last}")
    if last is None:
        return in_lang(lang, f"{first} 起", f"from {first} on")
    return in_lang(lang, f"{first} 至 {last}", f"{first} to {last}")


def _head(policy: Policy, case: str, benefit: str, subject: str, lang: Lang) -> Text:
    declared = policy.benefits[benefit]
    return Text.assemble((case, "bold"), f"  {declared.clause} ", (declared.statement.say(lang), "bold"), f"  {benefit} {subject}")
