"""Comparisons in words: what is compared with which limit, whether it holds, and by how much it fails."""

from __future__ import annotations

import re

from tiaoli.base import Lang, Statement, to_date
from tiaoli.explain.justification import ComparedSides, Justification
from tiaoli.explain.provenance import EndSource, FieldSource, ParameterSource, PeriodSource, Side, Source, SpanSource
from tiaoli.explain.word_totals import TotalWording
from tiaoli.policy import NOT_KNOWN, Phrases, Policy
from tiaoli.rules import SUPREMUM, Aggregate, Contract, Open

_SIGNS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "=": "=", "!=": "≠"}
_SPANS = {
    Contract.DAYS_BETWEEN.name: Statement("自{start}至{end}的天数", "days from the {start} to the {end}"),
    Contract.MONTHS_BETWEEN.name: Statement("自{start}至{end}的整月数", "whole months from the {start} to the {end}"),
    Contract.YEARS_BETWEEN.name: Statement("自{start}至{end}的整年数", "whole years from the {start} to the {end}"),
    Contract.AGE.name: Statement("{end}时的周岁年龄", "age on the {end}"),
}
CONVERSE = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "=": "=", "!=": "!="}
"""The same relation with its sides exchanged."""

_CONTRARY = {"<=": ">", ">=": "<", "<": ">=", ">": "<=", "=": "!=", "!=": "="}


def limit_last(compared: ComparedSides) -> ComparedSides:
    """A comparison with what it is about on the left: the fact of the case rather than the limit, and of two facts the one that can
    still be otherwise, or that of the item inside the other's."""
    if limit_rank(compared.left.source) > limit_rank(compared.right.source):
        return ComparedSides(compared.right, CONVERSE[compared.relation], compared.left)
    return compared


def limit_rank(source: Source | None) -> tuple[int, bool, int]:
    """How much a side is a limit rather than what is held against it."""
    if isinstance(source, SpanSource):
        return 0, False, 0
    if not isinstance(source, FieldSource):
        return (3 if isinstance(source, ParameterSource) else 2 if isinstance(source, (PeriodSource, EndSource)) else 1), False, 0
    if source.field.entity is None:
        return 1, False, 0
    return 0, source.field.changed_by == "no", -source.item.count("/")


def not_yet(compared: ComparedSides) -> bool:
    """Whether a comparison that fails says that a day of the case has not come by the day of the application."""
    event, relation, limit = limit_last(compared)
    dated = isinstance(event.value, int) and isinstance(limit.value, int) and isinstance(event.source, FieldSource)
    return dated and event.kind == "day" and relation in ("<", "<=") and is_application(limit)


def is_application(side: Side) -> bool:
    """Whether a side is the day of the application."""
    return isinstance(side.source, FieldSource) and side.source.field.entity is None and side.source.field.changed_by == "time"


class ComparisonWording:
    """Words for the comparisons in the rules of a policy."""

    def __init__(self, policy: Policy, phrases: Phrases, totals: TotalWording) -> None:
        self.policy, self.phrases, self.totals = policy, phrases, totals

    def comparison(self, reason: Justification) -> Statement:
        """What is compared, how it stands to its limit, and by how much it fails."""
        assert reason.comparison is not None
        left, relation, right = limit_last(reason.comparison)
        for side, other in ((left, right), (right, left)):
            if side.value is SUPREMUM and isinstance(side.source, FieldSource):
                return self._never(side.source, other, reason.status == "fails")
        test = self._test(reason)
        if test is not None:
            return test
        if reason.status == "unknown":
            return Statement(*(self._open_comparison(left, relation, right, lang) for lang in ("zh", "en")))
        sign = _SIGNS[relation if reason.status == "holds" else _CONTRARY[relation]]
        zh, en = (self._compared(left, sign, right, lang) for lang in ("zh", "en"))
        margin = self.margin(reason)
        return Statement(f"{zh}，{margin.zh}", f"{en}, {margin.en}") if margin is not None else Statement(zh, en)

    def margin(self, reason: Justification) -> Statement | None:
        """By how much a comparison fails: days late or early, months or money short or over."""
        if reason.comparison is None or reason.status != "fails":
            return None
        left, relation, right = limit_last(reason.comparison)
        if not isinstance(left.value, int) or not isinstance(right.value, int) or relation in ("=", "!="):
            return None
        over = relation in ("<", "<=")
        beyond = 1 if relation in ("<", ">") else 0
        if left.kind == "day":
            days = abs((to_date(left.value) - to_date(right.value)).days) + beyond
            plural = "" if days == 1 else "s"
            if not_yet(reason.comparison):
                return Statement(f"申请日后{days}日，申请时尚未发生", f"{days} day{plural} after the application: not yet")
            return Statement(f"{'晚' if over else '早'}{days}日", f"{days} day{plural} {'late' if over else 'early'}")
        number = abs(left.value - right.value) + beyond
        zh, en = (self.phrases.numbered(left.kind, number, lang) for lang in ("zh", "en"))
        return Statement(f"{'多' if over else '少'}{zh}", f"{en} {'too much' if over else 'short'}")

    def named(self, source: Source | None) -> Statement:
        """What a value is called, in both languages."""
        return Statement(self._label(source, "zh"), self._label(source, "en"))

    def _test(self, reason: Justification) -> Statement | None:
        """A comparison of computed numbers by the sentence that the policy has for it, its variables for slots; `None` where
        it has none or a number is not known."""
        rule = reason.rule
        template = self.policy.predicates[rule.head.predicate].totals.get("test") if rule is not None else None
        if rule is None or template is None or any(side.source is not None for side in reason.sides):
            return None
        if any(isinstance(part, Aggregate) for part in rule.body):
            return None
        numbers = {name.lower(): value for name, value in reason.environment.items() if isinstance(value, int)}
        if not set(re.findall(r"\w+", " ".join(re.findall(r"\{([^{}]+)\}", template.zh)))) <= {*numbers, *self.policy.parameters}:
            return None
        return Statement(*(self.totals.filled(template.say(lang), numbers, reason, lang) for lang in ("zh", "en")))

    def _never(self, source: FieldSource, other: Side, fails: bool) -> Statement:
        """A day that never comes is told by its own sentence: the job is still running, no work was found."""
        said = self.phrases.fact(source.field, source.item, SUPREMUM)
        label = self.named(other.source)
        if fails or not label.zh or not isinstance(other.value, int):
            return said
        return Statement(f"{label.zh} {self._value(other, 'zh')}，{said.zh}", f"{label.en} {self._value(other, 'en')}; {said.en}")

    def _compared(self, left: Side, sign: str, right: Side, lang: Lang) -> str:
        one, other = self._value(left, lang), self._value(right, lang)
        label, limit = self._label(left.source, lang), self._label(right.source, lang)
        head = f"{label} {one}" if label else one
        if not limit:
            return f"{head} {sign} {other}"
        return f"{head} {sign} {other}（{limit}）" if lang == "zh" else f"{head} {sign} {other} ({limit})"

    def _open_comparison(self, left: Side, relation: str, right: Side, lang: Lang) -> str:
        if isinstance(right.value, Open) and not isinstance(left.value, Open):
            left, relation, right = right, CONVERSE[relation], left
        label, limit, sign = self._label(left.source, lang), self._label(right.source, lang), _SIGNS[relation]
        known = NOT_KNOWN.say(lang) if isinstance(right.value, Open) else self._value(right, lang)
        if lang == "zh":
            return f"{label or '该值'}{NOT_KNOWN.zh}，有待查明是否 {sign} {known}" + (f"（{limit}）" if limit else "")
        return f"{label or 'the value'} {NOT_KNOWN.en}, nor whether it is {sign} {known}" + (f" ({limit})" if limit else "")

    def _value(self, side: Side, lang: Lang) -> str:
        if isinstance(side.value, int) and not isinstance(side.value, bool):
            return self.phrases.numbered(side.kind, side.value, lang)
        return self.phrases.value(side.kind, side.value, lang)

    def _label(self, source: Source | None, lang: Lang) -> str:
        """What a value is called: by its field, its parameter, or the period it ends."""
        if isinstance(source, FieldSource):
            return self.phrases.label(source.field, source.item).say(lang)
        if isinstance(source, ParameterSource):
            return source.parameter.statement.say(lang)
        if isinstance(source, PeriodSource):
            return self._period(source, lang)
        if isinstance(source, EndSource):
            day = self._label(source.day.source, lang)
            end = ("首日", "first day") if source.first else ("末日", "last day")
            within = ("年度", "year") if source.of_year else ("月份", "month")
            return f"{day}所在{within[0]}{end[0]}" if lang == "zh" else f"{end[1]} of the {within[1]} of the {day}"
        if isinstance(source, SpanSource):
            start, to = self._label(source.start.source, lang), self._label(source.end.source, lang)
            return _SPANS[source.function].say(lang).format(start=start, end=to)
        return ""

    def _period(self, source: PeriodSource, lang: Lang) -> str:
        length = source.length
        if isinstance(length.value, int) and length.value < 0:
            start, back = self._label(source.start.source, lang), self._value(length._replace(value=-length.value), lang)
            return f"{start}之前{back}" if lang == "zh" else f"{back} before the {start}"
        start, forward = self._since(source.start.source, lang), self._value(length, lang)
        return f"{start}{forward}" if lang == "zh" else f"{forward} {start}"

    def _since(self, source: Source | None, lang: Lang) -> str:
        if isinstance(source, FieldSource) and "since" in source.field.phrases:
            return self.phrases.said(source.field, "since", source.item, None).say(lang)
        label = self._label(source, lang)
        return f"自{label}起" if lang == "zh" else f"from the {label}"
