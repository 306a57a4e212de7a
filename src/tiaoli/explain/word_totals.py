"""Totals in words: the policy's sentence for an aggregate, its slots filled with what was counted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from tiaoli.base import Lang, Statement
from tiaoli.explain.justification import AggregateValue, Justification
from tiaoli.policy import NOT_KNOWN, Phrases, Policy
from tiaoli.rules import Constant, Open, Variable


class TotalWording:
    """Words for the aggregates of a policy."""

    def __init__(self, policy: Policy, phrases: Phrases) -> None:
        self.policy, self.phrases = policy, phrases

    def total(self, reason: Justification) -> Statement:
        """The value of an aggregate, and how much of it is not known."""
        value = reason.aggregate
        assert value is not None
        bound = value.part.bound
        name = bound.name if not value.relation and isinstance(bound, Variable) else "test"
        template = self.policy.predicates[reason.predicate].totals.get(name)
        if template is None:
            return Statement(str(value.total.high), str(value.total.high))
        counts = _counts(value)
        zh, en = (self.filled(template.say(lang), counts, reason, lang) for lang in ("zh", "en"))
        open_ones = sum(1 for item in value.total.counted if item.match.truth != "holds")
        if open_ones:
            return Statement(f"{zh}，另有{open_ones}项是否计入尚不能确定", f"{en}; whether {open_ones} more count is not certain")
        return Statement(zh, en)

    def filled(self, template: str, counts: Mapping[str, int], reason: Justification, lang: Lang) -> str:
        """A sentence with its slots filled: by a count, a rate of two (`a/b`), a parameter, or else the bound."""

        def slot(name: str) -> str:
            if name in counts:
                return f"{counts[name]:,}" if name == "sum" else str(counts[name])
            if "/" in name:
                one, _, other = name.partition("/")
                return _percentage(counts[one], counts[other], lang)
            if name in self.policy.parameters:
                parameter = self.policy.parameters[name]
                return self.phrases.numbered(parameter.unit, int(parameter.value), lang)
            bound = reason.arguments[0]
            return str(bound) if not isinstance(bound, Open) else NOT_KNOWN.say(lang)

        parts = template.split("{")
        return parts[0] + "".join(slot(rest.partition("}")[0]) + rest.partition("}")[2] for rest in parts[1:])


def _counts(value: AggregateValue) -> Mapping[str, int]:
    """How many tuples each element counted, by the words that stand in its terms, and all of them."""
    certain = [item for item in value.total.counted if item.match.truth == "holds"]
    found = {"number": len(certain), "sum": value.total.low}
    for position, element in enumerate(value.part.elements):
        for term in element.terms:
            if isinstance(term, Constant) and isinstance(term.value, str):
                found[term.value] = sum(1 for item in certain if item.element == position)
    return found


def _percentage(one: int, other: int, lang: Lang) -> str:
    """One number as a percentage of another, to one decimal where it is not whole; never rounded up to a bound."""
    if other == 0:
        return "无从计算" if lang == "zh" else "no rate"
    exact = Decimal(one) * 100 / other
    cut = exact.quantize(Decimal("0.1"), ROUND_DOWN)
    text = f"{cut.normalize():f}"
    mark = "" if cut == exact else ("约" if lang == "zh" else "about ")
    return f"{mark}{text}%" if lang == "zh" else f"{mark}{text} %"
