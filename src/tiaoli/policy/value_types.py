"""The types that a fact of a case can have: for each one object that reads and writes its values, turns them into what rules see and
back, and knows their range, their form in a schema and how people type them.

The set is closed: day, boolean, integer, decimal, money, code, enum, set, record. A value of a case is a `date`, `bool`, `int`, `Decimal`
or text, for a set a tuple of words; the rules see whole numbers, constants and texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Literal, NoReturn

from tiaoli.base import FIRST_DAY, LAST_DAY, Statement, choices, iso, shown, to_day
from tiaoli.rules import Name, Value

Kind = Literal["day", "boolean", "integer", "decimal", "money", "code", "enum", "set", "record"]
KINDS: tuple[Kind, ...] = ("day", "boolean", "integer", "decimal", "money", "code", "enum", "set", "record")

_YES = ("true", "yes", "y", "是", "有", "对")
_NO = ("false", "no", "n", "否", "无", "没有", "不是")


class NotAcceptedError(ValueError):
    """A value is not one of a type; `id` is the kind of problem."""

    def __init__(self, id: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.id = id
        self.statement = Statement(zh, en)


def refuse_value(value: Any, zh: str, en: str, id: str = "case-type") -> NoReturn:
    """Raise `NotAcceptedError` with what is wanted instead of a value; where `null` means nothing it says so."""
    if value is None:
        words = ("null 在此没有含义；未知的信息请不要写这个键", "null means nothing here; leave the key out where the fact is unknown")
        raise NotAcceptedError("case-null", *words)
    raise NotAcceptedError(id, f"{shown(value)} 不可用；{zh}", f"{shown(value)} is not accepted; {en}")


def read_unicode(value: Any) -> str:
    """A text of whole Unicode characters. Raises `NotAcceptedError`."""
    if not isinstance(value, str):
        refuse_value(value, "须为文字；数字请加引号", "text is wanted; quote a number")
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        refuse_value(value, "须为合法的 Unicode 文字", "text of whole Unicode characters is wanted")
    return value


@dataclass(frozen=True)
class ValueType:
    """What all types have in common."""

    kind: ClassVar[Kind]

    @property
    def rule_type(self) -> str:
        """The type of the fact's last argument, as rules are checked by it."""
        return self.kind

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last value of a type that has an order, as the rules see them."""
        return None

    @property
    def grows(self) -> bool:
        """Whether an amount may grow with it: both ends of a stretch of its values are looked at."""
        return False

    @property
    def listed(self) -> bool:
        """Whether it is a number of which every value can be looked at."""
        return False

    @property
    def words(self) -> tuple[str, ...]:
        """The constants that its values are in rules, where they are constants."""
        return ()

    def read(self, value: Any) -> Any:
        """The value of a case that plain data is. Raises `NotAcceptedError`."""
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        """A value of a case as plain data."""
        return value

    def to_rule(self, value: Any) -> Value:
        """A value of a case as the rules know it."""
        raise NotImplementedError

    def from_rule(self, value: Value) -> Any:
        """A value of the rules as plain data."""
        raise NotImplementedError

    def quick(self, value: Any) -> Any:
        """The value of the rules that plain data is, words as text. Raises `ValueError`, `TypeError` or `KeyError` where `read` refuses it,
        and may where it does not."""
        raise NotImplementedError

    def every(self, codes: Sequence[str], unlisted: int = 1) -> tuple[Value, ...]:  # noqa: ARG002  # only codes are looked up
        """Every value of a type without an order; `codes` are those that are told apart, and so many of the others stand for all of
        them."""
        return tuple(Name(word) for word in self.words)

    def typed(self, text: str) -> Any:
        """The plain data that somebody means who types a text; a text that fits nothing stays as it is."""
        return text.strip()

    @property
    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of its plain data."""
        raise NotImplementedError

    @property
    def annotation(self) -> str:
        """The Python type of its plain data, by the names that `case_types` gives to days and amounts."""
        return "str"

    @property
    def example(self) -> str:
        """A value as a case file in YAML has it."""
        raise NotImplementedError

    @property
    def hint(self) -> Statement | None:
        """How a value is written, where that is not plain from what can be chosen."""
        return None


@dataclass(frozen=True)
class Day(ValueType):
    """A day of the calendar, 1900-01-01 to 2199-12-31; ISO text in a file, a number like 20250301 in rules."""

    kind: ClassVar[Kind] = "day"

    @property
    def span(self) -> tuple[int, int]:
        return FIRST_DAY, LAST_DAY

    def read(self, value: Any) -> date:
        found = value
        if isinstance(value, str):
            if not _DAY.fullmatch(value):
                raise NotAcceptedError(
                    "case-day", f"{shown(value)} 不是日期；请写成 2025-03-01", f"{shown(value)} is no date; write it like 2025-03-01"
                )
            try:
                found = date.fromisoformat(value)
            except ValueError:
                raise NotAcceptedError("case-day", f"{shown(value)} 不是存在的日期", f"{shown(value)} is no day of the calendar") from None
        elif value is None:
            refuse_value(value, "", "")
        if isinstance(found, datetime) or not isinstance(found, date):
            raise NotAcceptedError(
                "case-day", f"{shown(value)} 不是日期；请写成 2025-03-01", f"{shown(value)} is no date; write it like 2025-03-01"
            )
        if not FIRST_DAY <= to_day(found) <= LAST_DAY:
            first, last = iso(FIRST_DAY), iso(LAST_DAY)
            raise NotAcceptedError(
                "case-day", f"{shown(value)} 超出 {first} 至 {last} 的范围", f"{shown(value)} lies outside {first} to {last}"
            )
        return found

    def write(self, value: Any) -> str:
        return str(value.isoformat())

    @property
    def annotation(self) -> str:
        return "Day"

    def to_rule(self, value: Any) -> int:
        return to_day(value)

    def from_rule(self, value: Value) -> str:
        assert isinstance(value, int)
        return iso(value)

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"}

    @property
    def example(self) -> str:
        return "2025-03-01"

    @property
    def hint(self) -> Statement:
        return Statement("日期，如 2025-03-01", "a day, like 2025-03-01")


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class _Days(dict[str, int]):
    """The days that were read so far, by their text; there are no more than the format has days."""

    def __missing__(self, text: str) -> int:
        if type(text) is not str or not _DAY.fullmatch(text):
            raise ValueError(text)
        found = to_day(date.fromisoformat(text))
        if not FIRST_DAY <= found <= LAST_DAY:
            raise ValueError(text)
        self[text] = found
        return found


_DAYS = _Days()
Day.quick = staticmethod(_DAYS.__getitem__)  # type: ignore[assignment,method-assign]  # without a call of its own: every line of a file has days


@dataclass(frozen=True)
class Boolean(ValueType):
    """`true` or `false`."""

    kind: ClassVar[Kind] = "boolean"

    @property
    def words(self) -> tuple[str, ...]:
        return "true", "false"

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            refuse_value(value, "须为 true 或 false", "allowed: true, false")
        return value

    def to_rule(self, value: Any) -> Name:
        return Name("true" if value else "false")

    def from_rule(self, value: Value) -> bool:
        return value == "true"

    def quick(self, value: Any) -> str:
        if type(value) is not bool:
            raise ValueError(value)
        return "true" if value else "false"

    def typed(self, text: str) -> Any:
        word = text.strip().lower()
        return word in _YES if word in (*_YES, *_NO) else text.strip()

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    @property
    def annotation(self) -> str:
        return "bool"

    @property
    def example(self) -> str:
        return "true"


@dataclass(frozen=True)
class Enum(ValueType):
    """One word of a table of values."""

    kind: ClassVar[Kind] = "enum"
    table: str
    values: Mapping[str, Statement]

    @property
    def rule_type(self) -> str:
        return self.table

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.values)

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) or value not in self.values:
            if value is None:
                refuse_value(value, "", "")
            allowed = choices(self.values, value)
            raise NotAcceptedError(
                "case-value", f"{shown(value)} 不是可用的值；{allowed.zh}", f"{shown(value)} is not a value; {allowed.en}"
            )
        return str(value)

    def to_rule(self, value: Any) -> Name:
        return Name(value)

    def from_rule(self, value: Value) -> str:
        return str(value)

    def quick(self, value: Any) -> Any:
        if type(value) is not str or value not in self.values:
            raise ValueError(value)
        return value

    def typed(self, text: str) -> Any:
        word = text.strip().lower()
        for value, words in self.values.items():
            if word in (value.lower(), words.zh.lower(), words.en.lower()):
                return value
        return text.strip()

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.values)}

    @property
    def annotation(self) -> str:
        return f"Literal[{', '.join(map(_quoted, self.values))}]"

    @property
    def example(self) -> str:
        return next(iter(self.values))


def _quoted(word: str) -> str:
    return f'"{word}"'


@dataclass(frozen=True)
class Set(Enum):
    """Several words of a table, each a fact of its own."""

    kind: ClassVar[Kind] = "set"

    def member(self, value: Any) -> str:
        """One of its words. Raises `NotAcceptedError`."""
        return str(super().read(value))

    def read(self, value: Any) -> tuple[str, ...]:
        return tuple(map(self.member, value))

    def write(self, value: Any) -> list[str]:
        return list(value)

    def quick(self, value: Any) -> tuple[str, ...]:
        if type(value) is not list:
            raise ValueError(value)
        one = super().quick
        return tuple(dict.fromkeys([one(member) for member in value]))

    def typed(self, text: str) -> Any:
        return [word.strip() for word in text.replace("，", ",").replace("、", ",").split(",") if word.strip()]

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "enum": list(self.values)}}

    @property
    def annotation(self) -> str:
        return f"list[{super().annotation}]"

    @property
    def example(self) -> str:
        return f"[{', '.join(self.values)}]"


@dataclass(frozen=True)
class Record(ValueType):
    """An object with keys of its own, whose being there is itself a fact."""

    kind: ClassVar[Kind] = "record"

    @property
    def words(self) -> tuple[str, ...]:
        return "record", "none"

    def to_rule(self, value: Any) -> Name:
        return Name("none" if value is None else "record")

    def from_rule(self, value: Value) -> Any:
        return None if value == "none" else {}

    def quick(self, value: Any) -> str:
        return "none" if value is None else "record"

    def typed(self, text: str) -> Any:
        return {} if text.strip().lower() in (*_YES, "record") else text

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "object"}

    @property
    def annotation(self) -> str:
        return "dict[str, object]"

    @property
    def example(self) -> str:
        return "{}"
