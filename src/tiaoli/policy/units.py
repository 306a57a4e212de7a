"""The units of numbers: those that every norm has, and those that a policy declares for what it counts or measures.

A unit is the predicate of the parameters that have it, and the type of their values: a number is compared with its like alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tiaoli.base import Lang, Statement, choices, shown
from tiaoli.policy.tables import Table
from tiaoli.rules import Contract

NO_WORDS = Statement("", "")


class Unit(NamedTuple):
    """A unit. `type` is that of its values in rules, `most` the largest of them: what keeps the rules' arithmetic inside 32 bits.

    `words` stand beside a number, `one` in English beside a single one where it is another. `quoted` are the words that stand for it in
    a text; where there are none, the number alone does. A number of a unit that is `whole` may be a fact of a case or a cell of a table.
    """

    name: str
    type: str
    most: int
    words: Statement = NO_WORDS
    one: str | None = None
    quoted: tuple[str, ...] = ()
    whole: bool = True

    def beside(self, value: int, lang: Lang) -> str:
        """A number with its unit."""
        if lang == "zh":
            return f"{value}{self.words.zh}"
        return f"{value} {self.one if self.one is not None and value == 1 else self.words.en}".rstrip()


def _standard(name: str, most: int, zh: str = "", en: str = "", one: str | None = None, quoted: str = "") -> Unit:
    return Unit(name, name, most, Statement(zh, en), one, tuple(quoted.split()))


UNITS: Mapping[str, Unit] = {
    unit.name: unit
    for unit in (
        Unit("day", "day", 21991231, whole=False),
        _standard("days", 36_600, "日", "days", "day", "日 天 days day"),
        _standard("weeks", 5_200, "周", "weeks", "week", "周 星期 weeks week"),
        _standard("months", 1200, "个月", "months", "month"),
        _standard("years", 100, "年", "years", "year"),
        _standard("hours", 1_000_000, "小时", "hours", "hour", "小时 学时 课时 hours hour"),
        _standard("minutes", 1_000_000, "分钟", "minutes", "minute", "分钟 minutes minute"),
        _standard("percent", 1000, "%", "%"),
        Unit("money", "money", 1_000_000_000, whole=False),
        _standard("count", 1_000_000),
        _standard("level", 5, "级"),
        Unit("occupation", "code", 0, whole=False),
    )
}
"""The units that every policy has."""

RULE_TYPES = frozenset(
    {
        *("case", "benefit", "condition", "subject", "item", "reading", "option", "parameter", "position", "boolean", "record"),
        *("day", "code", "value", "number", "yuan", "fen"),
        *Contract.WORDS,
    }
)
"""The types of arguments that every policy has, beside those of numbers: no other can bear such a name."""

MOST_OWN = 1_000_000
"""The largest number of a unit of a policy's own where it does not say another."""


def own_unit(name: str, table: Table, most: int) -> Unit:
    """A unit as fields.toml declares it: its words, what stands for it in a quote, the largest number of it, of `most` at the most."""
    words = table.statement()
    largest: int = table.take("max", int, MOST_OWN, required=False)
    quoted = table.texts("quoted")
    if not 1 <= largest <= most:
        table.refuse("max", Statement(f"须为 1 至 {most}", f"1 to {most} is wanted"))
        largest = MOST_OWN
    if not quoted or not all(word.strip() for word in quoted):
        zh, en = (
            '须列出原文中表示此单位的词语，如 quoted = ["公里"]',
            'list the words that stand for it in the text: quoted = ["kilometres"]',
        )
        table.refuse("quoted", Statement(zh, en), "policy-key-missing")
    one = table.take("one", str, None, required=False)
    table.finish()
    return Unit(name, name, largest, words, one, quoted)


_BETWEEN = r"[\s-]*(?:(?:个|工作|自然|整|[a-z]+[\s-]+)\s*){0,2}"


def stands_by(quoted: Sequence[str], text: str, start: int, end: int) -> bool:
    """Whether one of some words stands for the unit of the number at a place of a text: after it, with at most two words between
    (`14 working days`), or right before it (`km 30`)."""
    words = "|".join(re.escape(word) for word in quoted)
    after = re.compile(rf"{_BETWEEN}(?:{words})(?![a-z])", re.IGNORECASE)
    before = re.compile(rf"(?<![a-z])(?:{words})\s*$", re.IGNORECASE)
    return after.match(text, end) is not None or before.search(text[:start]) is not None


def no_unit(word: str, units: Iterable[str]) -> tuple[Statement, str]:
    """That there is no unit of a name, with those that there are, and the id of the problem."""
    near = choices(units, word)
    what = Statement(
        f"没有单位 {shown(word)}；{near.zh}，或在 fields.toml 中写 [unit.{word}] 自行声明",
        f"there is no unit {shown(word)}; {near.en}, or declare it in fields.toml as [unit.{word}]",
    )
    return what, "policy-name-unknown"


def whole_unit(table: Table, word: str, units: Mapping[str, Unit]) -> str:
    """The unit of whole numbers that a table names; a problem where there is none, and then a plain count."""
    known = [name for name, unit in units.items() if unit.whole]
    if word in known:
        return word
    table.refuse("unit", *no_unit(word, known))
    return "count"
