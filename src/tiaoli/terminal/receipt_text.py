"""What came of verifying receipts and of deciding them again, for people at a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tiaoli.base import MISSING, Lang, Statement, counted, in_lang, shown
from tiaoli.decide import Receipt
from tiaoli.receipts import DIFFERENCE_KINDS, VERIFICATION_RESULTS, ChangedDecision, ReceiptDifference, Redecision, Replay
from tiaoli.terminal.answer_text import LIMIT_REACHED, MARKS, OUTCOME_STYLES, Folded, money

_STYLES = {"same": "bold green", "different": "bold red", "unknown": "bold yellow"}
_ACTION_STYLES = {"pay": "bold green", "reclaim": "bold red", "none": "bold", "unknown": "bold yellow"}
_ANSWERS = {
    "same": Statement("重新判定，答案一致。", "Asked again, the answer is the same."),
    "different": Statement("重新判定，答案不同。", "Asked again, the answer differs."),
    "unknown": Statement(
        "收据或本次判定到了时间上限，答案无法比较；可加大 --limit。",
        "A time limit cut the receipt or this run short, so the answers cannot be compared; a larger --limit may help.",
    ),
    None: Statement("无法重新判定。", "The question could not be asked again."),
}


def replay(name: str, receipt: Receipt, found: Replay, lang: Lang) -> RenderableType:
    """One receipt: same or different, and everything that differs."""
    head = Text.assemble((VERIFICATION_RESULTS[found.result].say(lang), _STYLES[found.result]), "  ", (found.case, "bold"), f"  {name}")
    lines: list[RenderableType] = [head]
    made = in_lang(lang, f"，{receipt.made_at} 出具", f", made at {receipt.made_at}") if receipt.made_at else ""
    lines.append(Padding(Text(f"{found.sha256}{made}", style="dim"), (0, 0, 0, 2)))
    lines.append(Padding(Text(_ANSWERS[found.answer].say(lang)), (0, 0, 0, 2)))
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    about = ""
    for item in found.differences:
        decision, where = _place(item)
        if decision not in ("", about):
            table.add_row(Text(DIFFERENCE_KINDS[item.kind].say(lang), style="red"), Text(decision, style="bold"))
        about = decision
        text = Text.assemble((where, "cyan"), f"  {item.statement.say(lang)}")
        table.add_row(Text("" if decision else DIFFERENCE_KINDS[item.kind].say(lang), style="red"), Folded(text))
    if found.differences:
        lines.append(Padding(table, (0, 0, 0, 2)))
    return Group(*lines)


def _place(item: ReceiptDifference) -> tuple[str, str]:
    """The decision that a difference is in, if it is in one, and where it is there."""
    steps = item.where.split(".", 3)
    if item.kind == "answer" and steps[0] == "decisions" and len(steps) == 4:
        return f"{steps[1]} {steps[2]}", steps[3]
    return "", item.where


def redecision(found: Redecision, lang: Lang) -> RenderableType:
    """Every decision that changes, with the money and the reasons, and the sums."""
    total = found.total
    zh = f"{found.receipts:,} 份收据，{found.decisions:,} 项决定，其中 {total.changed:,} 项改变"
    receipts, decisions = counted(found.receipts, "receipt", "receipts"), counted(found.decisions, "decision", "decisions")
    en = f"{receipts} with {decisions}, of which {total.changed:,} change{'s' * (total.changed == 1)}"
    parts: list[RenderableType] = [Text(in_lang(lang, zh, en), style="bold")]
    if found.limit_reached:
        parts.append(Text(LIMIT_REACHED.say(lang), style="yellow"))
    for change in found.changes:
        parts += [Text(""), *_change(change, lang)]
    if found.changes:
        parts += [Text(""), _sums(found, lang)]
    if any(change.excludes for change in found.changes):
        zh, en = (
            "本年度只能申请其中一项的，各项金额均已计入合计。",
            "Of decisions that exclude one another this year, each is in the sums.",
        )
        parts.append(Text(in_lang(lang, zh, en), style="yellow"))
    if total.unknown:
        zh, en = f"另有 {total.unknown:,} 项的金额尚不能确定，未计入", f"{total.unknown:,} more with an unknown amount are in no sum"
        parts.append(Text(in_lang(lang, zh, en), style="yellow"))
    if found.unclear:
        zh = f"{len(found.unclear):,} 项仍可享受而金额未知，所依据的内容有变，金额是否改变尚不能确定："
        en = f"{len(found.unclear):,} stay granted, their amount unknown; what they rest on changed, and whether it did is unknown:"
        parts.append(Text(in_lang(lang, zh, en), style="yellow"))
        parts += [Text(f"  {item['case']} {item['benefit']} {item['subject']}") for item in found.unclear]
    return Group(*parts)


def _change(change: ChangedDecision, lang: Lang) -> Iterator[RenderableType]:
    moved = f" {money(change.currency, abs(change.difference), lang)}" if change.difference else ""
    head = Text.assemble((change.case, "bold"), f"  {change.name.say(lang)}  {change.clause} {change.benefit} {change.subject}")
    yield head
    sides = (change.before, None if change.after is None else change.after.to_json())
    before, after = (_outcome(change, side, lang) for side in sides)
    what = Text.assemble(*before, " → ", *after)
    yield Padding(what.append(f"  {change.consequence.say(lang)}{moved}", style=_ACTION_STYLES[change.action]), (0, 0, 0, 2))
    lines: list[Text] = []
    for path, one, other in change.facts:
        values = f"{_value(one, lang)} → {_value(other, lang)}"
        zh, en = f"更正 {path}：{values}", f"corrected {path}: {values}"
        lines.append(Text(in_lang(lang, zh, en)))
    for item in change.conditions:
        marks = [MARKS[status][0] if status else "–" for status in (item.before, item.after)]
        lines.append(Text(f"{marks[0]} → {marks[1]} {item.statement.say(lang)}  {item.id}"))
    lines += [
        Text.assemble(f"· {item.statement.say(lang)}", (f" {item.clause or ''}  {', '.join(item.facts)}".rstrip(), "dim"))
        for item in change.reasons
    ]
    if change.excludes:
        names = in_lang(lang, "、", ", ").join(f"{benefit} {subject}" for benefit, subject in change.excludes)
        zh, en = f"本年度与下列决定只能申请其一：{names}", f"only one can be filed this year of this and {names}"
        lines.append(Text(in_lang(lang, zh, en), style="yellow"))
    yield from (Padding(Folded(line), (0, 0, 0, 2)) for line in lines)


def _outcome(change: ChangedDecision, decision: Any, lang: Lang) -> Iterator[str | tuple[str, str]]:
    if decision is None:
        yield in_lang(lang, "无此项决定", "no such decision")
        return
    yield change.words[decision["outcome"]].say(lang), OUTCOME_STYLES[decision["outcome"]]
    if decision["amount"] is not None:
        yield f" {money(change.currency, Decimal(decision['amount']), lang)}"
    for result in decision.get("results", ()):
        yield f" {result['statement'][lang]}"


def _sums(found: Redecision, lang: Lang) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("", no_wrap=True)
    currency = found.currency.statement if found.currency else Statement("", "")
    heads = ("改变", f"应补发（{currency.zh}）", f"应追回（{currency.zh}）", "未知")
    english = ("changed", f"to pay, {currency.en}", f"to reclaim, {currency.en}", "unknown")
    for head in heads if lang == "zh" else english:
        table.add_column(head, justify="right")
    digits = found.currency.digits if found.currency else 0
    rows = [*found.benefits.items(), (in_lang(lang, "合计", "total"), found.total)]
    for name, item in rows:
        style = "bold" if item is found.total else ""
        sums = (f"{amount:,.{digits}f}" for amount in (item.to_pay, item.to_reclaim))
        table.add_row(name, f"{item.changed:,}", *sums, f"{item.unknown:,}", style=style)
    return table


def _value(value: Any, lang: Lang) -> str:
    if value is MISSING:
        return in_lang(lang, "未知", "unknown")
    return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))[1:-1]
