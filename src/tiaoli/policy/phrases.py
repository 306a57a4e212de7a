"""Atoms, facts and values in words, Chinese and English, out of the sentences that the policy's vocabulary has for them.

The policy says how a predicate, a field and a value are called; here they are only filled in: days as 2025-03-01, money
as 1,500.00元, items by their ids. Nothing here knows a predicate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from tiaoli.base import Lang, Statement, in_lang, iso, listed
from tiaoli.policy.case_schema import Field
from tiaoli.policy.model import Policy
from tiaoli.policy.number_types import DECIMAL_TYPES
from tiaoli.rules import SUPREMUM, Open, Pattern, Value, ValueOrOpen

NOT_KNOWN = Statement("尚不清楚", "not known")
_SLOT = re.compile(r"\{([^{}]+)\}")
_MOST_NAMED = 3


class Phrases:
    """The words of a policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.names = policy.labels
        self._templates: Callable[[str], tuple[str, tuple[str, ...]]] = lru_cache(maxsize=4096)(_cut)

    # Atoms

    def atom(self, predicate: str, pattern: Pattern, holds: bool = True) -> Statement:
        """An atom as a sentence, or its absence; with `None` among the arguments: that there is none."""
        declared = self.policy.predicates[predicate]
        phrase = declared.statement if holds else declared.fails
        if not holds and declared.none is not None and any(value is None for value in pattern):
            phrase = declared.none
        if phrase is None:
            return Statement(predicate, predicate)
        return Statement(self._filled(phrase.zh, predicate, pattern, "zh"), self._filled(phrase.en, predicate, pattern, "en"))

    def _filled(self, template: str, predicate: str, pattern: Pattern, lang: Lang) -> str:
        form, slots = self._templates(template)
        if not slots:
            return form
        arguments = self.policy.predicates[predicate].arguments
        given = {name: (kind, value) for (name, kind), value in zip(arguments, pattern, strict=True)}
        kinds = {given[slot][0] for slot in slots if slot in given}
        return form % tuple([self._slot(slot, given, kinds, lang) for slot in slots])

    def _slot(self, slot: str, given: Mapping[str, tuple[str, ValueOrOpen | None]], kinds: set[str], lang: Lang) -> str:
        if ":" in slot:
            hundreds, rest = (given[part][1] for part in slot.split(":"))
            if isinstance(hundreds, int) and isinstance(rest, int):
                return self.value("money", hundreds * 100 + rest, lang)
            return NOT_KNOWN.say(lang)
        kind, value = given[slot]
        if kind == "subject":
            benefit = next((str(other) for name, (kind_, other) in given.items() if kind_ == "benefit"), None)
            return self.subject(benefit, value, lang)
        if kind == "condition":
            benefit = next((str(other) for kind_, other in given.values() if kind_ == "benefit"), None)
            return self.condition(benefit, str(value), lang)
        if kind == "option":
            reading = next((str(other) for kind_, other in given.values() if kind_ == "reading"), "")
            return self.option(reading, str(value), lang)
        holder = self.policy.list_of[kind].parent if kind in self.policy.list_of else None
        if holder is not None and holder in kinds and isinstance(value, str):
            return value.rpartition("/")[2]
        return self.value(kind, value, lang)

    # Values

    def value(self, kind: str, value: ValueOrOpen | None, lang: Lang) -> str:
        """A value of a declared type."""
        if value is None:
            return in_lang(lang, "任何", "any")
        if isinstance(value, Open):
            return f"（{NOT_KNOWN.zh}）" if lang == "zh" else f"({NOT_KNOWN.en})"
        if value is SUPREMUM:
            return in_lang(lang, "无", "never")
        if kind == "day" and isinstance(value, int):
            return iso(value)
        if kind == "money" and isinstance(value, int):
            return self.policy.currency.amount(self.policy.currency.of_units(value)).say(lang)
        if kind in DECIMAL_TYPES and isinstance(value, int):
            digits = DECIMAL_TYPES[kind]
            return f"{Decimal(value).scaleb(-digits):.{digits}f}"
        if kind == "benefit":
            return self.policy.benefits[str(value)].statement.say(lang)
        if kind == "parameter":
            return self.policy.parameters[str(value)].statement.say(lang)
        if kind == "reading":
            return self.policy.readings[str(value)].quotes[0][1] if lang == "zh" else str(value)
        if kind == "code":
            name = self.names.get(str(value))
            return f"{value}（{name}）" if name and lang == "zh" else f"{value} ({name})" if name else str(value)
        words = self.policy.values.get(kind, {}).get(str(value))
        return words.say(lang) if words is not None else str(value)

    def numbered(self, kind: str, value: int, lang: Lang) -> str:
        """A number with its unit, as it stands beside another in a comparison."""
        if kind in ("day", "money") or kind in DECIMAL_TYPES:
            return self.value(kind, value, lang)
        unit = self.policy.units.get(kind)
        return unit.beside(value, lang) if unit is not None else str(value)

    def subject(self, benefit: str | None, item: ValueOrOpen | None, lang: Lang) -> str:
        """What a decision is about, `证书c1`; an item inside an item with the item it stands in."""
        declared = self.policy.benefits.get(benefit or "")
        if declared is None or not isinstance(item, str):
            return self.value("", item, lang)
        return self.item(declared.subject, item, lang)

    def item(self, entity: str, item: str, lang: Lang) -> str:
        declared = self.policy.list_of[entity]
        name = declared.statement.say(lang)
        if declared.parent is None:
            # an English name among Chinese words keeps its space
            return f"{name}{item}" if lang == "zh" and not name.isascii() else f"{name} {item}"
        holder, _, inner = item.rpartition("/")
        outside = self.item(declared.parent, holder, lang)
        return f"{outside}的{name}{inner}" if lang == "zh" else f"{name} {inner} of {outside}"

    def condition(self, benefit: str | None, condition: str, lang: Lang) -> str:
        known = self.policy.benefits.get(benefit or "")
        for declared in [known] if known else self.policy.benefits.values():
            if condition in declared.conditions:
                return declared.conditions[condition].say(lang)
        return condition

    def option(self, reading: str, option: str, lang: Lang) -> str:
        for item in self.policy.readings[reading].options if reading in self.policy.readings else ():
            if item.id == option:
                return item.statement.say(lang).rstrip("。.")
        return option

    # Facts of a case

    def fact(self, field: Field, item: str, value: ValueOrOpen | None) -> Statement:
        """A fact of the case as a sentence; a value that is open as the question it leaves."""
        if value is None or isinstance(value, Open):
            return self.open_question(field, item)
        if value is SUPREMUM or (field.kind == "record" and value == "none"):
            return self.said(field, "null", item, value)
        if field.kind == "record":
            return self.said(field, "record", item, value)
        return self.said(field, str(value) if field.kind == "boolean" else "holds", item, value)

    def members(self, field: Field, item: str, inside: Collection[Value]) -> Statement:
        """What a set holds, as a sentence."""
        name = self.named(field, item)
        found = listed(self.stated(field, member) for member in inside) if inside else Statement("无", "none")
        return Statement(f"{name.zh}：{found.zh}", f"{name.en}: {found.en}")

    def question(self, field: Field, item: str) -> Statement:
        """The question to put where a fact is missing."""
        return self.said(field, "ask", item, None)

    def open_question(self, field: Field, item: str) -> Statement:
        """That a fact is not known, by the question it leaves."""
        asked = self.question(field, item)
        return Statement(f"尚不清楚：{asked.zh}", f"not known: {asked.en}")

    def said(self, field: Field, phrase: str, item: str, value: ValueOrOpen | None) -> Statement:
        """One of a field's sentences, filled in."""
        template = field.phrases[phrase]
        return Statement(self._said(template.zh, field, item, value, "zh"), self._said(template.en, field, item, value, "en"))

    def _said(self, template: str, field: Field, item: str, value: ValueOrOpen | None, lang: Lang) -> str:
        form, slots = self._templates(template)
        if not slots:
            return form
        holder, _, inner = item.rpartition("/")
        words = {}
        if field.entity is not None:
            words[field.entity] = inner
            parent = self.policy.list_of[field.entity].parent
            if parent:
                words[parent] = holder
        return form % tuple([words[slot] if slot in words else self.unit_value(field, value, lang) for slot in slots])

    def unit_value(self, field: Field, value: ValueOrOpen | None, lang: Lang) -> str:
        """A field's value as its sentences hold it, with the unit."""
        if field.unit is not None and field.value_type in self.policy.units and isinstance(value, int):
            return self.numbered(field.value_type, value, lang)
        return self.value(field.value_type, value, lang)

    def stated(self, field: Field, value: ValueOrOpen | None) -> Statement:
        """The same in both languages."""
        return Statement(self.unit_value(field, value, "zh"), self.unit_value(field, value, "en"))

    def named(self, field: Field, item: str) -> Statement:
        """What a field is called, `证书c1的核发日期`."""
        if field.entity is None:
            return field.label
        return Statement(
            f"{self.item(field.entity, item, 'zh')}的{field.label.zh}", f"{field.label.en} of {self.item(field.entity, item, 'en')}"
        )

    def label(self, field: Field, item: str) -> Statement:
        """The same in short, for a line of a table: `c1 核发日期`."""
        if not item:
            return field.label
        return Statement(f"{item} {field.label.zh}", f"{field.label.en} of {item}")

    def listed(self, words: Sequence[str], lang: Lang) -> str:
        """Several names in a row, cut after a few."""
        comma = "、" if lang == "zh" else ", "
        head = comma.join(words[:_MOST_NAMED])
        if len(words) <= _MOST_NAMED:
            return head
        return f"{head}等{len(words)}项" if lang == "zh" else f"{head} and {len(words) - _MOST_NAMED} more"


def _cut(template: str) -> tuple[str, tuple[str, ...]]:
    """A template as a format and the names of its slots in order."""
    return _SLOT.sub("%s", template.replace("%", "%%")), tuple(_SLOT.findall(template))
