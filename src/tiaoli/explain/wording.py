"""From the reasons of `explain` to the nodes of an explanation: every reason in words, with its clause, quote and facts.

The sentences of predicates and facts are the policy's (`phrases`); the few that stand here say how statements hang
together: that a comparison fails by three days, that one of several ways is enough, that a list holds nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from functools import partial
from typing import NamedTuple

from tiaoli.base import Lang, Statement, to_date
from tiaoli.encoding import Encoding
from tiaoli.explain.explanation import Node, Words
from tiaoli.explain.provenance import FieldSource, ParameterSource, PeriodSource, Side, Source, YearSource
from tiaoli.explain.reasons import Reason
from tiaoli.policy import NOT_KNOWN, UNITS, Field
from tiaoli.rules import SUPREMUM, Aggregate, Constant, Given, Open, Variable

_SIGNS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "=": "=", "!=": "≠"}
CONVERSE = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "=": "=", "!=": "!="}
_CONTRARY = {"<=": ">", ">=": "<", "<": ">=", ">": "<=", "=": "!=", "!=": "="}


class _Place(NamedTuple):
    """Where in the notice a statement stands: its clause, its sentence and the words quoted."""

    clause: str | None = None
    anchor: str | None = None
    quote: str | None = None


class Wording:
    """Words for the reasons of one decision: on a benefit, under an encoding."""

    def __init__(self, encoding: Encoding, benefit: str) -> None:
        self.encoding, self.policy, self.benefit = encoding, encoding.policy, benefit
        self.phrases = encoding.phrases
        self.fields = {field.predicate: field for field in self.policy.fields.values()}
        self.lists = {item.predicate: item for item in self.policy.lists.values()}
        self.rows = {row.code: row for row in self.policy.annex}
        self._quotes = {(quote.file, quote.sentence): quote.text for quote in encoding.program.quotes}
        self._nodes: dict[int, Node] = {}
        self._places: dict[int, _Place] = {}
        self._says: dict[str, Callable[[Reason], Statement]] = {
            "decision": self._atom,
            "condition": self._condition,
            "derived": self._atom,
            "way": self._atom,
            "some": self._some,
            "not": self._not,
            "comparison": self._comparison,
            "total": self._total,
            "members": lambda _: Statement("逐项核对计入与未计入的情况", "what was counted and what was not, one by one"),
            "fact": self._fact,
            "item": self._item,
            "items": self._items,
            "parameter": self._supplied,
            "row": self._supplied,
            "reading": self._supplied,
            "absent": self._absent,
        }

    def node(self, reason: Reason) -> Node:
        """The node of a reason. A reason that stands in several places becomes one node in all of them."""
        found = self._nodes.get(id(reason))
        if found is None:
            children = tuple([self.node(child) for child in reason.children])
            if len(children) > 1 and reason.children[1].kind == "way":
                children = self._numbered(reason, children)
            place = self._place(reason)
            found = self._nodes[id(reason)] = Node(
                reason.kind,
                reason.status,
                Words(partial(self.statement, reason)),
                place.clause,
                place.anchor,
                place.quote,
                reason.facts,
                children,
                reason.rule.where if reason.rule is not None else None,
                self.margin(reason) if reason.kind == "comparison" and reason.status == "fails" else None,
                reason.omitted,
            )
        return found

    def statement(self, reason: Reason) -> Statement:
        return self._says[reason.kind](reason)

    # Where a statement stands

    def _place(self, reason: Reason) -> _Place:
        if reason.kind in ("parameter", "reading"):
            return self._supplied_place(reason)
        if reason.kind == "condition":
            anchors = self.encoding.sentences[self.benefit][str(reason.arguments[3])]
            return self._sentence(anchors[0], None) if anchors else _Place()
        if reason.rule is None or reason.kind not in ("derived", "way", "not", "total", "comparison"):
            return _Place()
        place = self._places.get(id(reason.rule))
        if place is None:
            clause = self.policy.benefits[self.benefit].clause
            known = [anchor for anchor in reason.rule.sentences if anchor in self.policy.sentences]
            own = [anchor for anchor in known if self.policy.sentences[anchor].clause == clause] or known
            place = self._sentence(own[0], reason.rule.file) if own else _Place()
            self._places[id(reason.rule)] = place
        return place

    def _sentence(self, anchor: str, file: str | None) -> _Place:
        sentence = self.policy.sentences[anchor]
        return _Place(sentence.clause, anchor, self._quotes.get((file or "", anchor), sentence.text))

    def _supplied_place(self, reason: Reason) -> _Place:
        name = str(reason.arguments[0])
        if reason.kind == "reading":
            anchor, quote = self.policy.readings[name].quotes[0]
        elif name in self.policy.parameters:
            anchor, quote = self.policy.parameters[name].sentence, self.policy.parameters[name].quote
        else:
            return _Place()
        return _Place(self.policy.sentences[anchor].clause, anchor, quote)

    # Derived statements

    def _atom(self, reason: Reason) -> Statement:
        predicate = reason.predicate
        if reason.status == "unknown":
            return _uncertain(self.phrases.atom(predicate, reason.arguments))
        found = self.phrases.atom(predicate, reason.arguments, holds=reason.status == "holds")
        if reason.status == "fails" and reason.near and not reason.children:
            return self._with_near(reason, found)
        return found

    def _condition(self, reason: Reason) -> Statement:
        _, benefit, _, condition = reason.arguments
        zh, en = (self.phrases.condition(str(benefit), str(condition), lang) for lang in ("zh", "en"))
        if reason.status == "unknown":
            return _uncertain(Statement(zh, en))
        if reason.status == "holds":
            return Statement(f"已满足：{zh}", f"met: {en}")
        return Statement(f"未满足：{zh}", f"not met: {en}")

    def _some(self, reason: Reason) -> Statement:
        first, number = self.phrases.atom(reason.predicate, reason.near[0]), len(reason.near)
        return Statement(f"{first.zh}（此类共{number}项，有其一即可）", f"{first.en} ({number} of the kind; one is enough)")

    def _not(self, reason: Reason) -> Statement:
        if reason.status == "unknown":
            return _uncertain(self.phrases.atom(reason.predicate, reason.arguments, holds=False))
        return self.phrases.atom(reason.predicate, reason.arguments, holds=reason.status == "fails")

    def _numbered(self, reason: Reason, children: tuple[Node, ...]) -> tuple[Node, ...]:
        """Several ways to derive one thing, told apart by their numbers."""
        found = []
        number = 0
        words = {
            "holds": Statement("成立", "applies"),
            "fails": Statement("不成立", "does not apply"),
            "unknown": Statement("尚不能确定", "is not certain"),
        }
        for below, child in zip(reason.children, children, strict=True):
            if below.kind == "way":
                number += 1
                said = words[child.status]
                statement = Statement(f"第{number}种情形{said.zh}", f"way {number} {said.en}")
                numbered = self._nodes[id(below)] = replace(child, words=Words(partial(_itself, statement)))
                found.append(numbered)
            else:
                found.append(child)
        return tuple(found)

    # Comparisons

    def _comparison(self, reason: Reason) -> Statement:
        left, relation, right = self.turned(reason)
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

    def _test(self, reason: Reason) -> Statement | None:
        """A comparison of computed numbers by the sentence that the policy has for it, its variables for slots; `None` where
        it has none or a number is not known."""
        rule = reason.rule
        template = self.policy.predicates[rule.head.predicate].totals.get("test") if rule is not None else None
        if rule is None or template is None or any(side.source is not None for side in reason.sides or ()):
            return None
        if any(isinstance(part, Aggregate) for part in rule.body):
            return None
        numbers = {name.lower(): value for name, value in reason.environment.items() if isinstance(value, int)}
        if not set(re.findall(r"\w+", " ".join(re.findall(r"\{([^{}]+)\}", template.zh)))) <= {*numbers, *self.policy.parameters}:
            return None
        return Statement(*(self._filled(template.say(lang), numbers, reason, lang) for lang in ("zh", "en")))

    def _never(self, source: FieldSource, other: Side, fails: bool) -> Statement:
        """A day that never comes is told by its own sentence: the job is still running, no work was found."""
        said = self.phrases.fact(source.field, source.item, SUPREMUM)
        label = self.named(other.source)
        if fails or not label.zh or not isinstance(other.value, int):
            return said
        return Statement(f"{label.zh} {self._value(other, 'zh')}，{said.zh}", f"{label.en} {self._value(other, 'en')}; {said.en}")

    def turned(self, reason: Reason) -> tuple[Side, str, Side]:
        """A comparison with what it is about on the left: the fact of the case rather than the limit."""
        assert reason.sides is not None
        left, right = reason.sides
        if _limit(left.source) > _limit(right.source):
            return right, CONVERSE[reason.relation], left
        return left, reason.relation, right

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
            return f"{label or '该值'}{NOT_KNOWN.zh}，须 {sign} {known}" + (f"（{limit}）" if limit else "")
        return f"{label or 'the value'} {NOT_KNOWN.en}, must be {sign} {known}" + (f" ({limit})" if limit else "")

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
            start, months = self._since(source.start.source, lang), self._value(source.months, lang)
            return f"{start}{months}" if lang == "zh" else f"{months} {start}"
        if isinstance(source, YearSource):
            day = self._label(source.day.source, lang)
            end = ("首日", "first day") if source.first else ("末日", "last day")
            return f"{day}所在年度{end[0]}" if lang == "zh" else f"{end[1]} of the year of the {day}"
        return ""

    def named(self, source: Source | None) -> Statement:
        """What a value is called, in both languages."""
        return Statement(self._label(source, "zh"), self._label(source, "en"))

    def _since(self, source: Source | None, lang: Lang) -> str:
        if isinstance(source, FieldSource) and "since" in source.field.phrases:
            return self.phrases.said(source.field, "since", source.item, None).say(lang)
        label = self._label(source, lang)
        return f"自{label}起" if lang == "zh" else f"from the {label}"

    def margin(self, reason: Reason) -> Statement | None:
        """By how much a comparison fails: days late or early, months or yuan short or over."""
        if reason.kind != "comparison" or reason.status != "fails":
            return None
        left, relation, right = self.turned(reason)
        if not isinstance(left.value, int) or not isinstance(right.value, int) or relation in ("=", "!="):
            return None
        over = relation in ("<", "<=")
        beyond = 1 if relation in ("<", ">") else 0
        if left.kind == "day":
            days = abs((to_date(left.value) - to_date(right.value)).days) + beyond
            plural = "" if days == 1 else "s"
            return Statement(f"{'晚' if over else '早'}{days}日", f"{days} day{plural} {'late' if over else 'early'}")
        number = abs(left.value - right.value) + beyond
        zh, en = (self.phrases.numbered(left.kind, number, lang) for lang in ("zh", "en"))
        return Statement(f"{'多' if over else '少'}{zh}", f"{en} {'too much' if over else 'short'}")

    # Totals

    def _total(self, reason: Reason) -> Statement:
        assert reason.rule is not None
        assert reason.total is not None
        assert reason.aggregate is not None
        part = reason.aggregate
        name = part.bound.name if not reason.relation and isinstance(part.bound, Variable) else "test"
        template = self.policy.predicates[reason.rule.head.predicate].totals.get(name)
        if template is None:
            return Statement(str(reason.total.high), str(reason.total.high))
        counts = self._counts(part, reason)
        zh, en = (self._filled(template.say(lang), counts, reason, lang) for lang in ("zh", "en"))
        open_ones = sum(1 for item in reason.total.counted if item.branch.truth != "holds")
        if open_ones:
            return Statement(f"{zh}，另有{open_ones}项尚不清楚", f"{en}; {open_ones} more not known")
        return Statement(zh, en)

    def _counts(self, part: Aggregate, reason: Reason) -> Mapping[str, int]:
        """How many tuples each element counted, by the words that stand in its terms, and all of them."""
        assert reason.total is not None
        certain = [item for item in reason.total.counted if item.branch.truth == "holds"]
        found = {"number": len(certain), "sum": reason.total.low}
        for position, element in enumerate(part.elements):
            for term in element.terms:
                if isinstance(term, Constant) and isinstance(term.value, str):
                    found[term.value] = sum(1 for item in certain if item.element == position)
        return found

    def _filled(self, template: str, counts: Mapping[str, int], reason: Reason, lang: Lang) -> str:
        def slot(name: str) -> str:
            if name in counts:
                return f"{counts[name]:,}" if name == "sum" else str(counts[name])
            if "/" in name:
                one, _, other = name.partition("/")
                return _percentage(counts[one], counts[other], lang)
            if name in self.policy.parameters:
                parameter = self.policy.parameters[name]
                return self.phrases.numbered(UNITS[parameter.unit], int(parameter.value), lang)
            bound = reason.arguments[0]
            return str(bound) if not isinstance(bound, Open) else NOT_KNOWN.say(lang)

        parts = template.split("{")
        return parts[0] + "".join(slot(rest.partition("}")[0]) + rest.partition("}")[2] for rest in parts[1:])

    # Leaves

    def _fact(self, reason: Reason) -> Statement:
        field, item, wanted = self._about(reason)
        if reason.status == "unknown":
            return self.phrases.open_question(field, item)
        if reason.status == "holds":
            return self.phrases.fact(field, item, wanted)
        if field.type.startswith("set:"):
            lacks = self.phrases.said(field, "lacks", item, wanted)
            there = [self.phrases.stated(field, near[-1]) for near in reason.near]
            zh, en = "、".join(word.zh for word in there), ", ".join(word.en for word in there)
            return Statement(f"{lacks.zh}（已签订的有：{zh}）", f"{lacks.en} (there is: {en})") if there else lacks
        actual = self.phrases.fact(field, item, reason.near[0][-1])
        if field.type in ("boolean", "record") or wanted is None or isinstance(wanted, Open):
            return actual
        zh, en = self.phrases.stated(field, wanted)
        return Statement(f"{actual.zh}（须为：{zh}）", f"{actual.en} (wanted: {en})")

    def _about(self, reason: Reason) -> tuple[Field, str, Given | None]:
        field = self.fields[reason.predicate]
        return field, str(reason.arguments[1]) if field.entity else "", reason.arguments[-1]

    def _absent(self, reason: Reason) -> Statement:
        field, item, _ = self._about(reason)
        record = max((other for other in self.policy.fields if field.path.startswith(f"{other}.")), key=len, default=None)
        if record is not None and reason.facts:
            return self.phrases.said(self.policy.fields[record], "null", item, None)
        return Statement(f"没有{field.label.zh}", f"there is no {field.label.en}")

    def _item(self, reason: Reason) -> Statement:
        entity = self.lists[reason.predicate].entity
        zh, en = (self.phrases.item(entity, str(reason.arguments[-1]), lang) for lang in ("zh", "en"))
        return Statement(f"案件列有{zh}", f"the case lists {en}")

    def _items(self, reason: Reason) -> Statement:
        declared = self.lists[reason.predicate]
        holder = reason.arguments[0] if reason.arguments else None
        where = Statement("案件", "the case")
        if declared.parent and isinstance(holder, str):
            where = Statement(*(self.phrases.item(declared.parent, holder, lang) for lang in ("zh", "en")))
        names = [str(near[0]).rpartition("/")[2] if isinstance(holder, str) else str(near[0]) for near in reason.near]
        name = declared.statement
        if not names:
            return Statement(f"{where.zh}未列任何{name.zh}", f"{where.en} lists no {name.en}")
        zh, en = (self.phrases.listed(names, lang) for lang in ("zh", "en"))
        return Statement(f"{where.zh}所列{name.zh}仅有：{zh}", f"{where.en} lists no {name.en} but {en}")

    def _supplied(self, reason: Reason) -> Statement:
        found = self.phrases.atom(reason.predicate, reason.arguments, holds=reason.status != "fails")
        if reason.status == "unknown":
            return _uncertain(found)
        if reason.kind == "row" and reason.status == "holds":
            row = self.rows[str(reason.arguments[0])]
            return Statement(f"{found.zh}（第{row.row}项）", f"{found.en} (row {row.row})")
        return self._with_near(reason, found) if reason.near else found

    def _with_near(self, reason: Reason, found: Statement) -> Statement:
        """What there is in the place of what is absent."""
        kinds = [kind for _, kind in self.policy.predicates[reason.predicate].arguments]
        varied = [position for position in range(len(kinds)) if len({near[position] for near in reason.near}) > 1] or [len(kinds) - 1]
        position = 0 if reason.predicate in UNITS else varied[0]
        zh, en = (
            ("、" if lang == "zh" else ", ").join(
                dict.fromkeys(self.phrases.value(kinds[position], near[position], lang) for near in reason.near)
            )
            for lang in ("zh", "en")
        )
        if reason.kind == "row":
            return Statement(f"{found.zh}（目录中最接近的是{zh}）", f"{found.en} (the nearest that does: {en})")
        return Statement(f"{found.zh}（列明的有：{zh}）", f"{found.en} (those named: {en})")


def _itself(statement: Statement) -> Statement:
    return statement


def _uncertain(found: Statement) -> Statement:
    return Statement(f"尚不能确定：{found.zh}", f"not certain: {found.en}")


def _limit(source: Source | None) -> int:
    """How much a side is a limit rather than what is held against it."""
    if isinstance(source, ParameterSource):
        return 3
    if isinstance(source, (PeriodSource, YearSource)):
        return 2
    return 1 if source is None or (isinstance(source, FieldSource) and source.field.entity is None) else 0


def _percentage(one: int, other: int, lang: Lang) -> str:
    """One number as a percentage of another, to one decimal where it is not whole; never rounded up to a bound."""
    if other == 0:
        return "无从计算" if lang == "zh" else "no rate"
    exact = Decimal(one) * 100 / other
    cut = exact.quantize(Decimal("0.1"), ROUND_DOWN)
    text = f"{cut.normalize():f}"
    mark = "" if cut == exact else ("约" if lang == "zh" else "about ")
    return f"{mark}{text}%" if lang == "zh" else f"{mark}{text} %"
