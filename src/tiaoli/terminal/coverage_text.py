"""What a set of cases exercises of a policy, for people at a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tiaoli.analysis import GOAL_KINDS, Coverage, CoverageGoal, GeneratedCases, NoCase
from tiaoli.base import Lang, counted, in_lang
from tiaoli.policy import joined
from tiaoli.terminal.answer_text import Folded

_DONE, _PART = "green", "yellow"


def coverage(found: Coverage, filling: GeneratedCases | None, folder: str, lang: Lang) -> RenderableType:
    """The totals, what is missed with its rule, clause and words, and the cases that were made for it."""
    count = len(found.cases)
    parts: list[RenderableType] = [Text(in_lang(lang, f"{count} 个案件", counted(count, "case", "cases")), style="bold")]
    table = Table.grid(padding=(0, 2))
    for kind, total in found.totals.items():
        share = f"{100 * total.covered / total.of:.0f} %" if total.of else ""
        style = _DONE if total.covered == total.of else _PART
        table.add_row(
            GOAL_KINDS[kind].say(lang), Text(f"{total.covered} / {total.of}", style=style, justify="right"), Text(share, justify="right")
        )
    parts.append(Padding(table, (0, 0, 0, 2)))
    made = {name: document["id"] for document, names in filling.cases for name in names} if filling else {}
    for kind in GOAL_KINDS:
        missed = [goal for goal in found.missed if goal.kind == kind]
        if missed:
            head = Text.assemble((in_lang(lang, f"未覆盖的{GOAL_KINDS[kind].zh}", f"{GOAL_KINDS[kind].en} missed"), "bold"))
            parts += [Text(""), head]
            parts += [Padding(_missed(goal, made.get(goal.name), filling, lang), (0, 0, 0, 2)) for goal in missed]
    if filling is not None:
        if filling.cases:
            number = len(filling.cases)
            zh, en = f"已写出 {number} 个案件：{folder}", f"{counted(number, 'case', 'cases')} written to {folder}"
            parts += [Text(""), Text(in_lang(lang, zh, en), style="bold")]
        for domain in dict.fromkeys(why.domain(filling.policy) for why in filling.none.values() if why.result != "unknown"):
            said = in_lang(lang, "没有案件能够覆盖的，已注明；所查范围：", "What no case reaches is marked; looked at were: ")
            parts += [Text(""), Folded(Text(f"{said}{domain.say(lang)}", style="dim"))]
    if found.limit_reached or (filling is not None and filling.limit_reached):
        said = in_lang(lang, "已到上限：以上是已查明的部分。", "A limit was reached: the above is what is certain so far.")
        parts += [Text(""), Text(said, style="yellow")]
    return Group(*parts)


def _missed(goal: CoverageGoal, case: str | None, filling: GeneratedCases | None, lang: Lang) -> RenderableType:
    text = Text.assemble(
        (joined(goal.clauses), "cyan"), " " if goal.clauses else "", goal.statement.say(lang), (f"  {goal.where}".rstrip(), "dim")
    )
    if case is not None:
        text.append(f"  → {case}", style="green")
    elif filling is not None and goal.name in filling.none:
        text.append(f"  {_why(filling.none[goal.name], filling, lang)}", style="yellow")
    return Folded(text)


def _why(why: NoCase, filling: GeneratedCases, lang: Lang) -> str:
    """Why there is no case."""
    if why.result == "unreachable":
        return in_lang(lang, "没有案件能够覆盖", "no case reaches this")
    if why.result == "bounded":
        domain = why.domain(filling.policy).say(lang)
        return in_lang(lang, f"在所查范围内没有案件能够覆盖（{domain}）", f"no case that was looked at reaches this ({domain})")
    reason = why.reason.say(lang) if why.reason else ""
    return in_lang(lang, f"未查明（{reason}）", f"not settled ({reason})")
