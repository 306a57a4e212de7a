"""The numbers of norm.toml: a value with its unit, and the quote it is compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tiaoli.base import Statement, choices, shown
from tiaoli.norm.cited_text import CitedText
from tiaoli.norm.draft import Draft, Words
from tiaoli.policy import UNITS, Table, derived_value, find_quantities, stands_by

_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:\s*[-+*/]\s*[0-9]+(?:\.[0-9]+)?)*"


class _Valued(NamedTuple):
    """A value as parameters.toml has it, with the sum that it comes of."""

    unit: str
    value: int | str
    derived: str | None = None


class Numbers:
    """Reads `[numbers]`; what is wrong goes to the problems of the draft."""

    def __init__(
        self, draft: Draft, text: CitedText, currency: Mapping[str, Any], valid_from: Any, own_units: Mapping[str, Sequence[str]]
    ) -> None:
        self.draft, self.text, self.valid_from = draft, text, valid_from
        self.code = str(currency.get("code", ""))
        self.digits = currency["digits"] if isinstance(currency.get("digits"), int) else 2
        self.quoted = {name: unit.quoted for name, unit in UNITS.items()} | {name: tuple(words) for name, words in own_units.items()}
        self.said = tuple(str(currency[key]) for key in ("zh", "en", "code") if key in currency)
        self.said += tuple(word for words in own_units.values() for word in words)

    def read(self, tables: Mapping[str, Any]) -> dict[str, Any]:
        """The tables of parameters.toml."""
        section = self.draft.table("numbers", dict(tables))
        found = {}
        for name, written in tables.items():
            self.draft.origins[f"parameters.toml [{name}"] = f"numbers.{name}"
            if isinstance(written, list):
                keys = ("value", "quote", "words")
                if not 2 <= len(written) <= len(keys):
                    zh, en = '须写 ["数值和单位", "引文", "称谓"]，称谓可省', '["value and unit", "quote", "what it is called"] is wanted'
                    section.refuse(name, Statement(zh, f"{en}, the last only where the quote does not say it"), "policy-value-type")
                    continue
                written = dict(zip(keys, written, strict=False))
            parameter = self._one(name, section.below(f"numbers.{name}", written))
            if parameter is not None:
                found[name] = parameter
        return found

    def _one(self, name: str, table: Table) -> dict[str, Any] | None:
        written = table.table.get("quote")
        quotes = [str(quote) for quote in written] if isinstance(written, list) and written else [table.text("quote")]
        table.read.add("quote")
        words = self.draft.statement(table, "words")
        unit = table.take("unit", str, None, required=False)
        source = table.take("source", str, None, required=False)
        aliases, derived = table.texts("aliases"), table.take("derived", str, None, required=False)
        day = table.table.get("from", self.valid_from)
        table.read |= {"from", "value"}
        valued = self._value(table, table.table.get("value"), unit, quotes[0])
        if day is None:
            zh, en = (
                "请写 from（自何日起有效），或在文件开头写一次",
                "say from which day it holds: `from`, here or once at the head of the file",
            )
            table.refuse("from", Statement(zh, en), "policy-key-missing")
        table.finish()
        places = [cited for quote in quotes if quote and (cited := self.text.find(f"norm.toml [numbers.{name}]", quote)) is not None]
        if valued is None or not places:
            return None
        cited, others = places[0], [{"sentence": other.anchor, "quote": other.quote} for other in places[1:]]
        found: dict[str, Any] = {
            "unit": valued.unit,
            "value": valued.value,
            "from": day.isoformat() if isinstance(day, date) else day,
            "sentence": cited.anchor,
            "quote": cited.quote,
            **_with_source(words or self.draft.words(cited.quote, cited.quote), source),
        }
        optional = {"aliases": list(aliases), "derived": derived or valued.derived, "source": source, "also": others}
        return found | {key: value for key, value in optional.items() if value}

    def _value(self, table: Table, value: Any, unit: str | None, quote: str) -> _Valued | None:
        if isinstance(value, date):
            return _Valued("day", value.isoformat())
        if isinstance(value, int) and not isinstance(value, bool):
            return self._of_quote(table, value, quote) if unit is None else _Valued(unit, value)
        if isinstance(value, str) and unit is not None:
            return _Valued(unit, value)
        if isinstance(value, str):
            return self._written(table, value.strip())
        zh, en = f"{shown(str(value))} 不可用", f"{shown(str(value))} is not accepted"
        table.refuse("value", Statement(f"{zh}；{self._form.zh}", f"{en}; {self._form.en}"), "policy-value")
        return None

    @property
    def _form(self) -> Statement:
        forms = f'"14 days", "50 %", "{self.code} 250"'
        return Statement(f"写作 {forms}，日期写作 2026-01-01", f"write it like {forms}, or a day like 2026-01-01")

    def _written(self, table: Table, text: str) -> _Valued | None:
        """A value and its unit, as they are written."""
        code = re.escape(self.code)
        if money := re.fullmatch(rf"{code}\s*({_NUMBER})|({_NUMBER})\s*{code}", text):
            number, derived = self._number(money[1] or money[2])
            return None if number is None else _Valued("money", f"{number:.{self.digits}f}", derived)
        match = re.fullmatch(rf"({_NUMBER})\s*(%|\w+)", text)
        number, derived = self._number(match[1]) if match else (None, None)
        if match is None or number is None or number != int(number):
            zh, en = f"{shown(text)} 不是数值和单位", f"{shown(text)} is no number with a unit"
            table.refuse("value", Statement(f"{zh}；{self._form.zh}", f"{en}; {self._form.en}"), "policy-value")
            return None
        unit = "percent" if match[2] == "%" else self._unit(match[2])
        if unit is None:
            near = choices([*self.quoted, self.code], match[2])
            zh, en = "，或在 [units] 中声明", ", or declare it under [units]"
            what = Statement(f"没有单位 {shown(match[2])}；{near.zh}{zh}", f"there is no unit {shown(match[2])}; {near.en}{en}")
            table.refuse("value", what, "policy-name-unknown")
            return None
        return _Valued(unit, int(number), derived)

    def _unit(self, word: str) -> str | None:
        """The unit of a name, or of a word that stands for it in a text."""
        if word in self.quoted:
            return word
        named = [name for name, words in self.quoted.items() if word.lower() in map(str.lower, words) or name == f"{word}s"]
        return named[0] if named else None

    @staticmethod
    def _number(text: str) -> tuple[Decimal | None, str | None]:
        """A number, or what a sum of numbers comes to and the sum."""
        if re.fullmatch(r"[0-9.]+", text):
            return Decimal(text), None
        return derived_value(text), text

    def _of_quote(self, table: Table, value: int, quote: str) -> _Valued | None:
        """A number without a unit has that which the quote writes behind it."""
        found: set[str] = set()
        for item in find_quantities(quote, *self.said):
            if item.kind in ("months", "percent") and item.value == value:
                found.add(item.kind)
            elif item.kind == "number" and item.number == value:
                named = [unit for unit, words in self.quoted.items() if words and stands_by(words, quote, item.start, item.end)]
                found.add(named[0] if named else "count")
        if len(found) == 1:
            return _Valued(found.pop(), value)
        zh, en = f"引文没有写明 {value} 的单位", f"the quote does not say which unit {value} has"
        table.refuse("value", Statement(f"{zh}；{self._form.zh}", f"{en}; {self._form.en}"), "policy-value")
        return None


def _with_source(words: Words, source: str | None) -> Words:
    """What a number is called, with what states it where the text does not."""
    if source is None:
        return words
    return {lang: f"{said}（{source}）" if lang == "zh" else f"{said} ({source})" for lang, said in words.items()}
