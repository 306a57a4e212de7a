"""The check of a policy's numbers: each stands in the words quoted beside it, and each number of the text is one of the policy's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from tiaoli.base import Problem, Statement, shown
from tiaoli.policy.currency import Currency
from tiaoli.policy.model import Parameter, Policy, Sentence
from tiaoli.policy.notice import parameter_value
from tiaoli.policy.quantities import Quantity, find_quantities
from tiaoli.policy.units import Unit, stands_by

_DERIVED = re.compile(r"\s*[0-9]+(?:\.[0-9]+)?(?:\s*[-+*/]\s*[0-9]+(?:\.[0-9]+)?)+\s*", re.ASCII)


class _Quoted(NamedTuple):
    """A parameter, with a sentence that states it, its quote, and the quantities of the quote that carry its value."""

    parameter: Parameter
    sentence: str
    quote: str
    carriers: tuple[Quantity, ...]


def number_problems(policy: Policy) -> Iterator[Problem]:
    """A problem for every number that its quote does not state, and for every number of an encoded sentence that no parameter carries."""
    own = [word for unit in policy.units.values() for word in unit.quoted]
    words = (policy.currency.statement.zh, policy.currency.statement.en, policy.currency.code, *own)
    found = []
    for parameter in policy.parameters.values():
        if parameter.source is not None:
            # no words of this text state it
            continue
        unit = policy.units[parameter.unit]
        for place, (anchor, quote) in enumerate(((parameter.sentence, parameter.quote), *parameter.also)):
            carriers = tuple(_carriers(parameter, unit, policy.currency, quote, find_quantities(quote, *words)))
            found.append(_Quoted(parameter, anchor, quote, carriers))
            if parameter.unit == "occupation":
                listed = any(parameter.value in table.codes() for table in policy.tables.values())
                if str(parameter.value) not in quote and (place or not listed):
                    zh, en = "既不在引文中，也不在任何表中", "stands neither in its quote nor in a table"
                    yield _differs(parameter, policy.currency, zh, en)
            elif not carriers:
                said, named = shown(quote), "、".join(unit.quoted)
                zh, en = (f"（单位写作：{named}）", f" (its unit is written {', '.join(unit.quoted)})") if named else ("", "")
                yield _differs(parameter, policy.currency, f"不在引文 {said} 中{zh}", f"is not in its quote, {said}{en}")
    for sentence in policy.sentences.values():
        if sentence.encoded_in:
            yield from _left_over(sentence, [item for item in found if item.sentence == sentence.anchor], words)


def _carriers(parameter: Parameter, unit: Unit, currency: Currency, quote: str, stated: tuple[Quantity, ...]) -> Iterator[Quantity]:
    """The quantities that a parameter's value is, or is worked out from."""
    value = Decimal(0) if isinstance(parameter.value, str) else Decimal(parameter.value)
    if parameter.unit == "money":
        value = currency.of_units(int(value))
    if parameter.derived is not None:
        parts = [Decimal(part) for part in re.findall(r"[0-9]+(?:\.[0-9]+)?", parameter.derived)]
        if derived_value(parameter.derived) == value:
            yield from (item for item in stated if item.value in parts or item.number in parts)
        return
    for item in stated:
        match parameter.unit:
            case "day" | "months" | "percent":
                fits = item.kind == parameter.unit and item.value == value
            case "money":
                fits = item.stated and item.kind == "number" and item.value == value
            case _:
                beside = not unit.quoted or stands_by(unit.quoted, quote, item.start, item.end)
                fits = item.stated and item.number == value and beside
        if fits:
            yield item


def derived_value(text: str) -> Decimal | None:
    """The value of a sum of numbers, products and quotients first; `None` where it is none."""
    if not _DERIVED.fullmatch(text):
        return None
    total = Decimal(0)
    for sign, product in re.findall(r"([-+]?)\s*([^-+]+)", text):
        result: Decimal | None = None
        for operator, number in re.findall(r"([*/]?)\s*([0-9.]+)", product):
            try:
                result = Decimal(number) if result is None else result / Decimal(number) if operator == "/" else result * Decimal(number)
            except (InvalidOperation, ZeroDivisionError):
                return None
        total += -(result or 0) if sign == "-" else result or 0
    return total


def _differs(parameter: Parameter, currency: Currency, zh: str, en: str) -> Problem:
    value = str(parameter_value(parameter, currency))
    how = f"（derived = {shown(parameter.derived)}）" if parameter.derived is not None else ""
    how_en = f" (derived = {shown(parameter.derived)})" if parameter.derived is not None else ""
    return Problem(f"parameters.toml [{parameter.name}]", Statement(f"{value}{how} {zh}", f"{value}{how_en} {en}"), "parameter-number")


def _left_over(sentence: Sentence, quoted: list[_Quoted], words: tuple[str, ...]) -> Iterator[Problem]:
    """The numbers that a sentence states and neither a parameter carries nor the policy leaves out."""
    text = sentence.text
    taken = set()
    for each in quoted:
        begin = text.find(each.quote)
        if begin >= 0 and not each.carriers:
            # said already: the one that it should carry is among them
            taken.add((begin, begin + len(each.quote)))
        elif begin >= 0:
            taken |= {(begin + carrier.start, begin + carrier.end) for carrier in each.carriers}
    part = sentence.not_computed.part if sentence.not_computed else None
    outside = range(0)
    if part is not None and part in text:
        outside = range(text.index(part), text.index(part) + len(part))
    for item in find_quantities(text, *words):
        if item.stated and item.start not in outside and not any(begin < item.end and item.start < end for begin, end in taken):
            said = shown(text[item.start : item.end].strip())
            yield Problem(
                f"notice.md#{sentence.anchor}",
                Statement(
                    f"{said} 没有参数引用；请写入 parameters.toml，或在 clauses.toml 中说明不予计算",
                    f"no parameter quotes {said}; put it into parameters.toml, or say in clauses.toml why it is not computed",
                ),
                "text-number",
            )
