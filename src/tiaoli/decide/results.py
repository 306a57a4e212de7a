"""Results of a decision beside money: a day until which, months of something, a band; known, none, or as far as they are known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from tiaoli.base import InternalError, Problem, Statement, iso
from tiaoli.encoding import RuleBounds, Slot
from tiaoli.policy import DECIMAL_TYPES, Benefit, DeclaredResult, Phrases
from tiaoli.rules import SUPREMUM, Value

ResultStatus = Literal["known", "none", "unknown"]

Derived = Mapping[str, Collection[Value]]
"""The values that rules derive of results, by name."""


class Result(NamedTuple):
    """What a decision gives beside money: `value` is a text, of the type `unit`; `None` where it is not known, or there is none. Of what
    is not known `range` are the least and the greatest value that it can have, or `values` all of them, where these are known. `plain` is
    the value as rules see it, `said` the value in words, `statement` with what it is the value of."""

    id: str
    value: str | None
    unit: str
    statement: Statement
    status: ResultStatus = "known"
    range: tuple[str, str] | None = None
    values: tuple[str, ...] = ()
    plain: Value | None = None
    said: Statement = Statement("", "")

    def to_json(self) -> dict[str, Any]:
        """The result, whether it is known, and in words; a range or values only where there are any."""
        found: dict[str, Any] = {"id": self.id, "value": self.value, "unit": self.unit, "status": self.status}
        if self.range is not None:
            found["range"] = list(self.range)
        if self.values:
            found["values"] = list(self.values)
        return found | {"statement": self.statement.to_json()}

    @property
    def settled(self) -> tuple[str, ResultStatus, str | None]:
        """What must be the same for it to be the same result."""
        return self.id, self.status, self.value


class ResultReader:
    """Makes the results of decisions out of the values that rules derive."""

    def __init__(self, phrases: Phrases, bounds: RuleBounds) -> None:
        self.phrases, self.bounds = phrases, bounds
        self._declared = {
            (benefit.id, name): item for benefit in phrases.policy.benefits.values() for name, item in benefit.results.items()
        }
        self._made = lru_cache(maxsize=16384)(self._known)

    def complete(self, benefit: Benefit, granted: bool, derived: Derived) -> tuple[Result, ...]:
        """The results of a decision of which everything is known. Raises `InternalError` where one has several values."""
        return tuple(self._sole(benefit, declared, derived.get(declared.id, ())) for declared in benefit.results_said(granted))

    def partial(
        self, benefit: Benefit, granted: bool | None, possible: Derived, certain: Derived, unknown: Collection[Slot]
    ) -> tuple[Result, ...]:
        """The results of a decision with some facts `unknown`, by the values derived in some completion of them and in all; `granted` is
        `None` where the outcome is open. Raises `InternalError` where one has several values in all of them."""
        return tuple(
            self._open(declared)
            if granted is None and not declared.always
            else self._partial(benefit, declared, possible.get(declared.id, ()), certain.get(declared.id, ()), unknown)
            for declared in benefit.results_said(granted is not False)
        )

    def cut_short(self, benefit: Benefit, granted: bool | None) -> tuple[Result, ...]:
        """The results of a decision that was not searched to the end."""
        return tuple(self._open(declared) for declared in benefit.results_said(granted is not False))

    def _partial(
        self, benefit: Benefit, declared: DeclaredResult, possible: Collection[Value], certain: Collection[Value], unknown: Collection[Slot]
    ) -> Result:
        if len(certain) > 1 or not possible:
            return self._sole(benefit, declared, certain)
        reckoned = self.bounds.results[declared.id]
        open_slots = [slot for slot in unknown if slot[0] in reckoned]
        days = [path for path, _ in open_slots if self.phrases.policy.fields[path].kind == "day"]
        # the ends of what is worked out of two unknown days need not lie where each of them has its own
        if len(days) > 1 or not all(reckoned[path] for path, _ in open_slots):
            return self._open(declared)
        if len(possible) == 1 and certain:
            return self._sole(benefit, declared, certain)
        there = [value for value in possible if value is not SUPREMUM]
        if declared.type == "code" or not there:
            # a code of the case that is unknown may be any
            return self._open(declared)
        numbers = [value for value in there if isinstance(value, int)]
        ordered: list[Value] = [*sorted(numbers)] if numbers else sorted(there, key=str)
        return self._open(declared, ordered, ends=bool(open_slots) and len(ordered) > 1)

    def _sole(self, benefit: Benefit, declared: DeclaredResult, values: Collection[Value]) -> Result:
        if len(values) > 1:
            texts = sorted(str(self._text(declared, value)) for value in values)
            zh = f"规则对结果 {declared.id} 给出不止一个值：{'、'.join(texts)}"
            en = f"the rules give more than one value of the result `{declared.id}`: {', '.join(texts)}"
            raise InternalError([Problem(benefit.id, Statement(zh, en))])
        return self._made(benefit.id, declared.id, next(iter(values), None))

    def _known(self, benefit: str, name: str, value: Value | None) -> Result:
        declared = self._declared[benefit, name]
        words = declared.statement
        text = None if value is None or value is SUPREMUM else self._text(declared, value)
        if text is None:
            return Result(name, None, declared.type, _named(words, _NONE), "none", said=_NONE)
        said = self._said(declared, value)
        return Result(name, text, declared.type, _named(words, said), plain=value, said=said)

    def _open(self, declared: DeclaredResult, values: Sequence[Value] = (), ends: bool = False) -> Result:
        said = [self._said(declared, value) for value in values]
        zh, en = "取决于未知事项", "depends on what is unknown"
        if ends:
            zh, en = f"{said[0].zh}至{said[-1].zh}，取决于未知事项", f"{said[0].en} to {said[-1].en}, by what is unknown"
        elif said:
            zh = f"{'或'.join(item.zh for item in said)}，取决于未知事项"
            en = f"{' or '.join(item.en for item in said)}, by what is unknown"
        texts = [self._text(declared, value) for value in values]
        return Result(
            declared.id,
            None,
            declared.type,
            _named(declared.statement, Statement(zh, en)),
            "unknown",
            (texts[0], texts[-1]) if ends else None,
            () if ends else tuple(texts),
            said=Statement(zh, en),
        )

    def _said(self, declared: DeclaredResult, value: Value | None) -> Statement:
        if isinstance(value, int):
            return Statement(self.phrases.numbered(declared.type, value, "zh"), self.phrases.numbered(declared.type, value, "en"))
        return Statement(self.phrases.value(declared.type, value, "zh"), self.phrases.value(declared.type, value, "en"))

    def _text(self, declared: DeclaredResult, value: Value) -> str:
        if isinstance(value, int):
            if declared.type == "day":
                return iso(value)
            if declared.type == "money":
                return self.phrases.policy.currency.text(self.phrases.policy.currency.of_units(value))
            if declared.type in DECIMAL_TYPES:
                return f"{Decimal(value).scaleb(-DECIMAL_TYPES[declared.type]):f}"
        return str(value)


_NONE = Statement("无", "none")


def _named(name: Statement, said: Statement) -> Statement:
    return Statement(f"{name.zh}：{said.zh}", f"{name.en}: {said.en}")
