"""The decisions of a case as one page fit for its file: facts, answer, reasons, clauses, days, nearest change, readings, receipt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from tiaoli.base import CallError, Lang, Statement, choices, deadline_of, left, shown
from tiaoli.case import Case, without_ids
from tiaoli.decide import Answer, Decision, Flip, Receipt, changed_results, known_values
from tiaoli.encoding import Slot
from tiaoli.explain import Explanation, shared
from tiaoli.oracle import Oracle
from tiaoli.policy import Field, joined
from tiaoli.present.explanation_markup import note
from tiaoli.present.html_elements import Html, Inside, code, document, html, list_of, mark, pairs, table, tag, tree
from tiaoli.present.timeline_svg import timeline
from tiaoli.questions import WhatIf
from tiaoli.receipts import flatten, receipt_element
from tiaoli.rules import Value

_MOST_CHANGES = 3

_TITLE = Statement("判定记录", "Record of decisions")
_NATURE = Statement(
    "本记录由程序依照通知条文推算得出，供审核存档，不是行政决定。",
    "This record was computed from the text of the notice, for review and the file; it is no administrative decision.",
)
_VERDICTS = {
    "all": Statement("无论各处文义采用哪种解释，均可享受。", "It is granted under every combination of the readings."),
    "some": Statement(
        "采用某些解释时可享受，采用另一些解释时不可享受。", "It is granted under some combinations of the readings and not under others."
    ),
    "none": Statement("无论各处文义采用哪种解释，均不予享受。", "It is granted under no combination of the readings."),
    None: Statement("有关事实未知，各种解释下的结论尚不能一一确定。", "Facts are unknown, so the outcome is open under some readings."),
}


@dataclass(frozen=True)
class CasePage:
    """The page as a text, the receipt that it bears, and whether a time limit cut a search short."""

    html: str
    receipt: Receipt
    limit_reached: bool


def case_page(
    oracle: Oracle,
    case: Case,
    *,
    benefits: Iterable[str] | None = None,
    subject: str | None = None,
    limit: float | None = None,
    lang: Lang = "zh",
    made_at: datetime | None = None,
) -> CasePage:
    """The page of a case: all its decisions, or those of some benefits or about one subject.

    `limit` is in seconds, for all of it: past it a decision bears no reasons, and the page says so; `made_at` as for `Oracle.receipt`.
    Raises as `Oracle.decide` does, and `CallError` where nothing is decided about the subject.
    """
    deadline = deadline_of(limit)
    asked = oracle.checked_benefits(benefits)
    answer = oracle.decide(case, benefits=asked, limit=limit, full=True)
    receipt = oracle.receipt(case, benefits=asked, answer=answer, made_at=made_at)
    items = dict.fromkeys(decision.subject for decision in answer.decisions)
    if subject is not None and subject not in items:
        near = choices(items, subject)
        raise CallError.one(
            "--subject",
            f"案件 {shown(case.id)} 中没有对象 {shown(subject)}；{near.zh}",
            f"the case {shown(case.id)} has no subject {shown(subject)}; {near.en}",
        )
    decisions = [decision for decision in answer.decisions if subject in (None, decision.subject)]
    parts = [_part(oracle, case, decision, deadline) for decision in decisions]
    cut = answer.limit_reached or any(found is None or found.limit_reached for part in parts for found in (part.why, part.change))
    page = _Page(oracle, case, answer, receipt, lang, cut)
    return CasePage(page.text(parts), receipt, cut)


class _Part(NamedTuple):
    """A decision, why it is so, and what would change it; `None` where the limit had been reached before."""

    decision: Decision
    why: Explanation | None
    change: WhatIf | None


def _part(oracle: Oracle, case: Case, decision: Decision, deadline: float | None) -> _Part:
    about, granted = (case, decision.benefit, decision.subject), decision.outcome == "eligible"
    seconds = left(deadline)
    why = None if seconds == 0 else (oracle.why if granted else oracle.why_not)(*about, limit=seconds)
    seconds = left(deadline)
    change = None if seconds == 0 else oracle.what_if(*about, lose=granted, most=_MOST_CHANGES, limit=seconds)
    return _Part(decision, why, change)


class _Page:
    def __init__(self, oracle: Oracle, case: Case, answer: Answer, receipt: Receipt, lang: Lang, cut: bool) -> None:
        self.encoding, self.policy = oracle.encoding, oracle.policy
        self.in_force = receipt.readings
        self.case, self.answer, self.receipt, self.lang, self.cut = case, answer, receipt, lang, cut

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def text(self, parts: Sequence[_Part]) -> str:
        title = f"{_TITLE.say(self.lang)} · {shown(self.case.id, 200)[1:-1]}"
        inside: list[Inside] = [self._head(), self._summary([part.decision for part in parts]), self._facts()]
        inside += [self._decision(*part) for part in parts]
        inside += [self._readings([part.decision for part in parts]), self._receipt(), Html(receipt_element(self.receipt))]
        return document(title, self.lang, inside, languages=self.policy.languages)

    def _head(self) -> Html:
        policy = self.policy
        rows: list[tuple[Inside, Inside]] = [
            (self.say("案件", "case"), tag("bdi", self.case.id)),
            (self.say("申请日期", "applied on"), self.answer.applied_on),
            (self.say("依据", "decided by"), [policy.number, " ", policy.title.say(self.lang)]),
        ]
        if self.receipt.made_at is not None:
            rows.append((self.say("出具时间", "made at"), self.receipt.made_at))
        zh, en = "已到时间上限：凡尚未确定的均标为“尚不能确定”。", "The time limit was reached: what is not certain yet is marked unknown."
        cut = tag("p", tag("strong", self.say(zh, en))) if self.cut else None
        return tag("header", tag("h1", _TITLE.say(self.lang)), tag("p", _NATURE.say(self.lang), class_="soft"), pairs(rows), cut)

    def _summary(self, decisions: Sequence[Decision]) -> Html:
        heading = tag("h2", self.say("结论", "Answer"))
        if not decisions:
            return html([heading, tag("p", self.say("案件中没有可以询问的对象。", "The case holds nothing to ask about."))])
        head = (self.say("权益", "benefit"), self.say("对象", "subject"), self.say("结论", "outcome"), self.say("金额", "amount"))
        rows = []
        for item in decisions:
            name = [tag("span", item.clause, class_="clause"), " ", self.policy.benefits[item.benefit].statement.say(self.lang)]
            place = tag("a", self._subject(item), href=f"#{_anchor(item)}")
            given = (tag("div", result.statement.say(self.lang)) for result in item.results)
            rows.append((name, place, [mark(item.outcome, self.lang, word=True, means=item.said), given], self._amount(item)))
        notes: list[Inside] = []
        for group in self.answer.exclusive or ():
            names = list_of((f"{benefit} {subject}" for benefit, subject in group), self.lang)
            notes.append(tag("p", self.say(f"本年度只能申请其中一项：{names}", f"Only one of these can be filed this year: {names}")))
        notes += [tag("p", note.statement.say(self.lang)) for note in self.answer.notes]
        return html([heading, table(rows, head, numbers=(3,)), notes])

    def _subject(self, decision: Decision) -> str:
        return self.encoding.phrases.subject(decision.benefit, decision.subject, self.lang)

    def _amount(self, decision: Decision) -> Inside:
        if decision.amount is not None:
            return self._money(decision.amount)
        if decision.amount_range is not None:
            return [self._money(decision.amount_range[0]), " – ", self._money(decision.amount_range[1])]
        if decision.outcome == "eligible" and self.policy.benefits[decision.benefit].has_amount:
            return self.say("未知", "unknown")
        return "—"

    def _money(self, amount: Decimal) -> Html:
        return html(self.policy.currency.amount(amount).say(self.lang))

    # Facts

    def _facts(self) -> Html:
        known = known_values(self.policy, self.case)
        groups: dict[str, list[tuple[Inside, Inside, Inside]]] = {}
        for path, value in flatten(self.case.to_json()).items():
            name = without_ids(self.policy, path)
            declared = self.policy.fields.get(name)
            label = declared.label.say(self.lang) if declared is not None else self._plain_label(name)
            said = self._value(declared, known.get(path), value)
            groups.setdefault(self._group(path), []).append((label, said, code(path)))
        parts: list[Inside] = [tag("h2", self.say("事实", "Facts"))]
        head: Sequence[Inside] = (self.say("事项", "fact"), self.say("内容", "value"), self.say("路径", "path"))
        for title, rows in groups.items():
            parts += [tag("h3", title), table(rows, head, class_="facts")]
            # the columns are the same below
            head = ()
        if self.answer.assumed:
            words = self.say("未提供、按空处理的列表：", "Absent lists, taken as empty: ")
            parts.append(tag("p", words, ([code(path), " "] for path in self.answer.assumed), class_="soft"))
        return tag("section", parts)

    def _group(self, path: str) -> str:
        """The item that a fact is of, in words; or that it is of the application itself."""
        steps, name, holder = path.split("."), "", ""
        ids: list[str] = []
        while steps:
            name = f"{name}.{steps[0]}" if name else steps[0]
            steps = steps[1:]
            if name in self.policy.lists and steps:
                holder = name
                ids.append(steps[0])
                steps = steps[1:]
        if not ids:
            return self.say("申请人和申请", "Applicant and application")
        return self.encoding.phrases.item(self.policy.lists[holder].entity, "/".join(ids), self.lang)

    def _plain_label(self, name: str) -> str:
        if name == "id":
            return self.say("案件编号", "case id")
        return self.policy.lists[name].statement.say(self.lang) if name in self.policy.lists else name

    def _value(self, declared: Field | None, known: tuple[Slot, Value] | None, plain: Any) -> Inside:
        phrases = self.encoding.phrases
        if plain is None and declared is not None and known is not None:
            return phrases.fact(declared, known[0][1], known[1]).say(self.lang)
        if plain is None or plain == []:
            return self.say("无", "none")
        if isinstance(plain, bool):
            return self.say("是" if plain else "否", "yes" if plain else "no")
        if declared is not None and isinstance(plain, list):
            return list_of((phrases.stated(declared, item).say(self.lang) for item in plain), self.lang)
        if declared is not None and known is not None and declared.kind != "record":
            return phrases.stated(declared, known[1]).say(self.lang)
        if plain == {}:
            return self.say("有，内容未知", "there, contents unknown")
        return tag("bdi", str(plain))

    # One decision

    def _decision(self, decision: Decision, why: Explanation | None, change: WhatIf | None) -> Html:
        benefit = self.policy.benefits[decision.benefit]
        title = [tag("span", decision.clause, class_="clause"), " ", benefit.statement.say(self.lang), " · ", self._subject(decision)]
        notes: list[Inside] = [
            [self.say("标准为基础标准的", "The standard is"), f" {decision.rate:.2f} ", self.say("倍。", "times the base standard.")]
            if decision.rate is not None and decision.outcome == "eligible"
            else None
        ]
        if decision.standard is not None:
            notes.append([self.say("标准：", "Standard: "), self._money(decision.standard), self.say("。", ".")])
        notes += [result.statement.say(self.lang) for result in decision.results]
        if decision.gap:
            names = list_of(decision.gap, self.lang)
            zh, en = f"通知未规定标准、未计入金额的人员：{names}。", f"The notice sets no standard, and nothing is paid, for: {names}."
            notes.append(self.say(zh, en))
        found = decision.alternatives
        if found is not None and (found.missing or found.missing_for_amount or found.missing_for_results):
            zh, en = "尚待查明的事实：", "Facts still to be known: "
            paths = dict.fromkeys((*found.missing, *found.missing_for_amount, *(found.missing_for_results or ())))
            notes.append([self.say(zh, en), ([code(path), " "] for path in paths)])
        paid = tag("strong", self._amount(decision)) if decision.outcome == "eligible" else None
        return tag(
            "section",
            tag("h2", title, id=_anchor(decision)),
            tag("div", mark(decision.outcome, self.lang, word=True, means=decision.said), paid, class_="answer"),
            (tag("p", text) for text in notes if text is not None),
            tag("h3", self.say("条件", "Conditions")),
            self._conditions(decision),
            tag("h3", self.say("理由", "Reasons")),
            self._reasons(why),
            self._days(why),
            tag("h3", self.say("条文", "The notice")),
            self._quotes(decision),
            self._change(change),
            self._alternatives(decision),
            class_="decision",
        )

    def _conditions(self, decision: Decision) -> Html:
        benefit = self.policy.benefits[decision.benefit]
        rows = []
        for number, item in enumerate(decision.conditions, 1):
            anchors = self.encoding.sentences[decision.benefit][item.id]
            places = dict.fromkeys(self.policy.place(anchor).say(self.lang) for anchor in anchors)
            words = [benefit.conditions[item.id].say(self.lang), " ", code(item.id)]
            rows.append((str(number), mark(item.status, self.lang, word=True), words, joined(places)))
        head = ("", self.say("判断", "status"), self.say("条件", "condition"), self.say("条款", "clause"))
        return table(rows, head, class_="conditions")

    def _reasons(self, why: Explanation | None) -> Html:
        if why is None:
            return tag("p", self.say("已到时间上限，未再查明理由。", "The time limit was reached; the reasons were not looked for."))
        remark = note(why)
        words = tag("p", remark.say(self.lang)) if remark is not None and why.outcome == "unknown" else None
        return html([words, tree(why.tree.children, shared(why.tree), self.lang)])

    def _days(self, why: Explanation | None) -> Html:
        if why is None or not why.timeline:
            return Html("")
        return html([tag("h3", self.say("日期", "Days")), tag("figure", timeline(why.timeline, why.applied_on, self.lang))])

    def _quotes(self, decision: Decision) -> Html:
        anchors = dict.fromkeys(anchor for item in decision.conditions for anchor in self.encoding.sentences[decision.benefit][item.id])
        return html(self._quote(anchor) for anchor in anchors)

    def _quote(self, anchor: str) -> Html:
        sentence = self.policy.sentences[anchor]
        translation = sentence.translated(self.lang)
        translated = tag("p", translation, class_="soft") if translation is not None else None
        place = tag("span", self.policy.place(anchor).say(self.lang), class_="clause")
        return tag("blockquote", tag("p", place, " 「", sentence.text, "」", lang=self.policy.languages[0]), translated)

    def _change(self, change: WhatIf | None) -> Html:
        zh, en = ("下列任何一项变化都会使其不再享受：", "Each of these changes alone would lose it:")
        if change is not None and change.wanted == "eligible":
            zh, en = "下列任何一项变化即可使其得以享受：", "Each of these changes alone would have it granted:"
        parts: list[Inside] = [tag("h3", self.say("最近的变化", "Nearest change"))]
        if change is not None and change.repairs:
            parts += [tag("p", self.say(zh, en)), tag("ol", (tag("li", item.statement.say(self.lang)) for item in change.repairs))]
            if not change.complete:
                parts.append(tag("p", self.say("此外还有其他变化。", "There are others."), class_="soft"))
        elif change is not None and change.impossible is not None:
            parts.append(tag("p", change.impossible.say(self.lang)))
        else:
            parts.append(tag("p", self.say("已到时间上限，尚未找到。", "None was found within the time limit.")))
        return html(parts)

    # Readings

    def _alternatives(self, decision: Decision) -> Html:
        found = decision.alternatives
        if found is None:
            return Html("")
        parts: list[Inside] = [tag("h3", self.say("其他解释", "Other readings")), tag("p", _VERDICTS[found.verdict].say(self.lang))]
        if found.flips:
            head = (self.say("改用的解释", "reading"), self.say("结论", "outcome"), self.say("金额", "amount"))
            parts.append(table((self._flip(decision, flip) for flip in found.flips), head, numbers=(2,)))
        elif found.verdict is not None:
            parts.append(
                tag("p", self.say("单独改变任何一项解释，结论和金额均不变。", "No single reading changes the outcome or the amount."))
            )
        return html(parts)

    def _flip(self, decision: Decision, flip: Flip) -> tuple[Inside, ...]:
        option = next(item for item in self.policy.readings[flip.reading].options if item.id == flip.option)
        words = [option.statement.say(self.lang), " ", code(f"{flip.reading}={flip.option}")]
        amount: Inside = "—" if flip.amount is None else self._money(flip.amount)
        results = (tag("div", result.statement.say(self.lang)) for result in changed_results(decision, flip))
        return words, [mark(flip.outcome, self.lang, word=True, means=decision.words[flip.outcome]), results], amount

    def _readings(self, decisions: Sequence[Decision]) -> Html:
        names = {name for decision in decisions for name in self.encoding.readings[decision.benefit]}
        rows = []
        for name, reading in self.policy.readings.items():
            if name in names:
                option = next(item for item in reading.options if item.id == self.in_force[name])
                default = "" if option.id == reading.default else self.say("（并非默认）", " (not the default)")
                words = [option.statement.say(self.lang), default, " ", code(f"{name}={option.id}")]
                rows.append((reading.question.say(self.lang), words))
        if not rows:
            return Html("")
        head = (self.say("文义未定之处", "question"), self.say("所采用的解释", "reading in force"))
        return tag("section", tag("h2", self.say("采用的解释", "Readings in force")), table(rows, head))

    # Receipt

    def _receipt(self) -> Html:
        receipt = self.receipt
        rows: list[tuple[Inside, Inside]] = [
            (self.say("收据摘要", "receipt"), tag("span", _spaced(receipt.sha256), class_="digest")),
            (self.say("政策", "policy"), [receipt.policy["id"], " ", receipt.policy["number"]]),
            (self.say("政策摘要", "policy digest"), tag("span", _spaced(str(receipt.policy["digest"])), class_="digest")),
            (self.say("程序版本", "version"), [f"tiaoli {receipt.tool['tiaoli']}, clingo {receipt.tool['clingo']}"]),
        ]
        zh = '收据随本页面一并保存。核对时运行 tiaoli verify 页面文件 --sha256 "上列摘要"：所载事实重新判定一次，并指出任何不一致之处。'
        en = 'The receipt is inside this page. `tiaoli verify PAGE --sha256 "DIGEST"` decides its facts again and names whatever differs.'
        return tag("section", tag("h2", self.say("收据", "Receipt")), pairs(rows), tag("p", self.say(zh, en)))


def _anchor(decision: Decision) -> str:
    return f"{decision.benefit}-{decision.subject.replace('/', '-')}"


def _spaced(digest: str) -> str:
    """A digest in groups that an eye can follow."""
    digits = digest.removeprefix("sha256:")
    return "sha256: " + " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))
