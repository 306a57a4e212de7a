"""What another version of a policy changes, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tiaoli.analysis import RELATIONS, BenefitDiff, Diff, DiffWitness, NotesDiff, OtherDifference, VersionChange
from tiaoli.base import Lang, Statement, counted, in_lang
from tiaoli.case import dump_yaml
from tiaoli.decide import Decision
from tiaoli.policy import Currency, Policy, joined
from tiaoli.populations import Impact
from tiaoli.terminal.answer_text import OUTCOME_STYLES, Folded, money

_STYLES = {
    "equivalent": "bold",
    "wider": "bold green",
    "narrower": "bold red",
    "both": "bold yellow",
    "different": "bold yellow",
    "unknown": "bold yellow",
}
_SIDES = {"old": ("−", "red"), "new": ("+", "green"), "both": ("±", "yellow")}
_WAYS = {
    "gains": Statement("新版更有利的案件", "a case that does better under the new version"),
    "loses": Statement("旧版更有利的案件", "a case that did better under the old version"),
}
_NOT_OFFERED = Statement("无此项目", "no such benefit")
_SAME = Statement("所依据的规则、参数和理解均无改动", "nothing that it rests on differs")
_BOUNDED = Statement("（限所查项数）", " (within the items searched)")
"""What stands behind a relation that holds only for so many items."""

_LEFT_OPEN = Statement("有未查明之处：", "Left open:")
_QUESTIONS = {
    "gains": Statement("有无案件在新版更有利", "whether a case does better under the new version"),
    "loses": Statement("有无案件在旧版更有利", "whether a case did better under the old version"),
    "differs": Statement("答复的其他内容是否相同", "whether the rest of the answer is the same"),
}
_PARTS = {
    "conditions": Statement("条件", "the conditions"),
    "standard": Statement("标准", "the standard"),
    "rate": Statement("比例", "the rate"),
    "gap": Statement("无标准的人员", "who is without a standard"),
    "exclusive": Statement("不能同年申领的其他决定", "what else cannot be filed in the same year"),
    "clause": Statement("条款", "the clause"),
}
"""The parts of an answer in words; a policy's own part has no others than its name."""

_NONE = {
    "equivalent": Statement("没有一个案件的答复不同", "No case is answered otherwise"),
    "different": Statement("没有一个案件的结论或者金额不同", "No case has another outcome or amount"),
    "wider": Statement("没有一个案件在旧版更有利", "No case does better under the old version"),
    "narrower": Statement("没有一个案件在新版更有利", "No case does better under the new version"),
}
"""What is proved where no case is shown."""


def difference(found: Diff, lang: Lang) -> RenderableType:
    """Every benefit with its relation, the smallest case each way, and what differs."""
    names = [side.number if found.old.number != found.new.number else side.id for side in (found.old, found.new)]
    parts: list[RenderableType] = [Text(names[0] if names[0] == names[1] else " → ".join(names), style="bold")]
    same = [item for item in found.benefits.values() if not item.changes]
    for item in found.benefits.values():
        if item.changes:
            parts += [Text(""), *_benefit(found, item, lang)]
    if same:
        comma = Statement("、", ", ").say(lang)
        parts += [Text(""), Text(RELATIONS["equivalent"].say(lang), style="bold")]
        text = f"{comma.join(item.benefit for item in same)}{in_lang(lang, '：', ': ')}{_SAME.say(lang)}"
        parts.append(Padding(Folded(Text(text)), (0, 0, 0, 2)))
    if found.notes is not None:
        parts += [Text(""), *_notes(found.notes, lang)]
    return Group(*parts)


def _benefit(found: Diff, item: BenefitDiff, lang: Lang) -> Iterator[RenderableType]:
    benefit = (found.new if item.benefit in found.new.benefits else found.old).benefits[item.benefit]
    bounded = "" if item.within is None or item.relation == "unknown" else _BOUNDED.say(lang)
    head = Text.assemble((RELATIONS[item.relation].say(lang), _STYLES[item.relation]), (bounded, "bold yellow"), "  ")
    head.append(benefit.statement.say(lang), "bold")
    yield head.append(f"  {benefit.clause} {item.benefit}")
    told: set[str] = set()
    for change in item.changes:
        yield Padding(_change(found, change, told, lang), (0, 0, 0, 2))
    for way, shown in (("gains", item.gains), ("loses", item.loses)):
        if shown is not None:
            yield Padding(_shown(way, shown, lang), (1, 0, 0, 2))
    for other in item.others:
        yield Padding(_other(found, other, lang, whole=item.relation == "different"), (1, 0, 0, 2))
    if item.domain is not None and item.relation in _NONE:
        yield Padding(Folded(Text(_proof(item, lang), style="dim" if item.proved else "yellow")), (1, 0, 0, 2))
    if item.unsettled:
        yield Padding(Text(_LEFT_OPEN.say(lang), style="yellow"), (1, 0, 0, 2))
        for left in item.unsettled:
            words = _QUESTIONS.get(left.question) or _part(found, left.question)
            text = f"{words.say(lang)}{in_lang(lang, '：', ': ')}{left.reason.say(lang)}"
            yield Padding(Folded(Text(text, style="yellow")), (0, 0, 0, 4))


def _proof(item: BenefitDiff, lang: Lang) -> str:
    """What is proved where no case is shown, and of which cases."""
    assert item.domain is not None
    none, domain = _NONE[item.relation].say(lang), item.domain.say(lang)
    if item.proved:
        return in_lang(lang, f"已证明{none}：{domain}。", f"Proved: {none[0].lower()}{none[1:]}, with {domain}.")
    return in_lang(lang, f"在下列范围内{none}，更多的项未查：{domain}。", f"{none} among these; more items were not searched: {domain}.")


def _part(found: Diff, part: str) -> Statement:
    """A part of the answer in words."""
    results = {**found.old.results, **found.new.results}
    return results[part].statement if part in results else _PARTS.get(part, Statement(part, part))


def _other(found: Diff, other: OtherDifference, lang: Lang, *, whole: bool) -> RenderableType:
    """A part of the answer that differs though nobody gains or loses; with the case where that is all that differs."""
    part = _part(found, other.part).say(lang)
    text = in_lang(lang, f"宽严相同之处另有不同：{part}", f"where neither does better, this differs too: {part}")
    if not whole:
        return Folded(Text(text, style="dim"))
    return Group(Text(text, style="bold"), _decided(other.witness, lang))


def _notes(notes: NotesDiff, lang: Lang) -> Iterator[RenderableType]:
    """The notes that each version puts beside every answer on some day."""
    day = notes.day
    yield Text(in_lang(lang, f"{day} 申请的，答复所附说明不同", f"notes beside answers on applications of {day}"), style="bold")
    for side, found in (("old", notes.old), ("new", notes.new)):
        mark, style = _SIDES[side]
        said = [note.statement.say(lang) for note in found] or [in_lang(lang, "无", "none")]
        yield Padding(Folded(Text.assemble((mark, style), f" {' '.join(said)}")), (0, 0, 0, 2))


def _change(found: Diff, change: VersionChange, told: set[str], lang: Lang) -> RenderableType:
    mark, style = _SIDES[change.side]
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(overflow="fold")
    places = joined(change.clauses) or in_lang(lang, "有效期", "validity")
    lines = [Text.assemble((places, "cyan"), f" {change.statement.say(lang)}  ", (change.where, "dim"))]
    policy = found.old if change.side == "old" else found.new
    for _, anchor, text in change.quotes:
        if anchor not in told and change.side != "old":
            told.add(anchor)
            english = (policy.sentences[anchor].translated(lang) or "") if anchor in policy.sentences else ""
            lines.append(Text(f"「{text}」 {english}".rstrip(), style="dim"))
    row.add_row(Text(mark, style=style), Group(*map(Folded, lines)))
    return row


def _shown(way: str, shown: DiffWitness, lang: Lang) -> RenderableType:
    return Group(Text(f"{_WAYS[way].say(lang)}  {shown.subject}", style="bold"), _decided(shown, lang))


def _decided(shown: DiffWitness, lang: Lang) -> RenderableType:
    """What each version decides of a case, and the case."""
    parts: list[RenderableType] = []
    for name, option in shown.readings.items():
        parts.append(Text(f"{in_lang(lang, '采用的解释', 'reading')} {name}={option}", style="magenta"))
    for words, decision in ((Statement("旧版", "old"), shown.old), (Statement("新版", "new"), shown.new)):
        parts.append(Text.assemble(f"{words.say(lang)}  ", *_outcome(decision, lang)))
    for words, beside in zip((Statement("旧版", "old"), Statement("新版", "new")), shown.exclusive or (), strict=False):
        text = " ".join(f"{benefit} {item}" for benefit, item in beside) or in_lang(lang, "无", "none")
        parts.append(Text(f"{words.say(lang)}  {in_lang(lang, '不能同年申领', 'not in the same year')}{in_lang(lang, '：', ': ')}{text}"))
    parts.append(Padding(Text(dump_yaml(shown.case).rstrip()), (0, 0, 0, 2)))
    return Group(*parts)


def _outcome(decision: Decision | None, lang: Lang) -> Iterator[str | tuple[str, str]]:
    if decision is None:
        yield _NOT_OFFERED.say(lang)
        return
    yield decision.said.say(lang), OUTCOME_STYLES[decision.outcome]
    if decision.amount is not None:
        yield f"  {money(decision.currency, decision.amount, lang)}"
    for result in decision.results:
        yield f"  {result.statement.say(lang)}"
    if decision.gap:
        yield f"  {in_lang(lang, '无标准', 'no standard')}{in_lang(lang, '：', ': ')}{' '.join(decision.gap)}"
    unmet = [condition.id for condition in decision.conditions if condition.status == "unmet"]
    if unmet:
        yield f"  ✗ {' '.join(unmet)}"


def population(old: Policy, new: Policy, found: Impact, lang: Lang) -> RenderableType:
    """What changes for a population, benefit by benefit."""
    zh = f"{found.cases:,} 个案件，其中 {found.changed:,} 个的结论或者金额改变"
    en = f"{counted(found.cases, 'case', 'cases')}; the outcome or the amount changes in {found.changed:,}"
    parts: list[RenderableType] = [Text(""), Text(in_lang(lang, zh, en), style="bold")]
    if found.rejects:
        lines = counted(len(found.rejects), "line holds", "lines hold")
        zh, en = f"{len(found.rejects):,} 行不是案件", f"{lines} no case"
        parts.append(Text(in_lang(lang, zh, en), style="red"))
    table = Table(box=None, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("", no_wrap=True)
    currency = found.currency.statement
    heads = ("决定", "新获", "失去", "增加", "减少", "待定", f"旧版（{currency.zh}）", f"差额（{currency.zh}）")
    english = ("decisions", "gained", "lost", "more", "less", "open", f"old {currency.en}", f"change {currency.en}")
    for head in heads if lang == "zh" else english:
        table.add_column(head, justify="right")
    others: list[RenderableType] = []
    for name, item in found.benefits.items():
        if item.decisions:
            if item.otherwise is not None:
                zh, en = f"其中其他给付不同的 {item.otherwise:,} 项", f"with another result beside money: {item.otherwise:,}"
                others.append(Padding(Text(f"{name}  {in_lang(lang, zh, en)}"), (0, 0, 0, 1)))
            counts = [f"{count:,}" for count in (item.decisions, item.gained, item.lost, item.more, item.less, item.unclear)]
            has_amount = any(policy.benefits[name].has_amount for policy in (old, new) if name in policy.benefits)
            sums = (
                [_number(found.currency, item.old_amount), _number(found.currency, item.new_amount - item.old_amount, "+")]
                if has_amount
                else ["", ""]
            )
            table.add_row(name, *counts, *sums, style="bold" if item.changed else "")
    return Group(*parts, table, *others)


def _number(currency: Currency, units: int, sign: str = "") -> str:
    return f"{currency.of_units(units):{sign},.{currency.digits}f}"
