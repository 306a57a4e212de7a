"""The types that a fact of a case can have: for each one object that reads and writes its values, turns them into what rules see and
back, and knows their range, their form in a schema and how people type them.

The set is closed: day, boolean, integer, decimal, money, code, enum, set, record. A value of a case is a `date`, `bool`, `int`, `Decimal`
or text, for a set a tuple of words; the rules see whole numbers, constants and texts.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import islice
from math import prod
from typing import Any, ClassVar, Literal, NoReturn

from tiaoli.base import FIRST_DAY, LAST_DAY, Statement, choices, iso, shown, to_day
from tiaoli.policy.currency import DIGITS
from tiaoli.rules import Name, Value

Kind = Literal["day", "boolean", "integer", "decimal", "money", "code", "enum", "set", "record"]
KINDS: tuple[Kind, ...] = ("day", "boolean", "integer", "decimal", "money", "code", "enum", "set", "record")

MOST_NUMBER = 1_000_000_000
"""The largest number that a fact can be, as the rules see it: what keeps their arithmetic inside 32 bits."""

LISTED = 1200
"""Of how many numbers every one can be looked at."""

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


def _whole(text: str) -> int | str:
    """A number that was typed; any other text as it is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


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

    def every(self, codes: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG002  # only codes are looked up
        """Every value of a type without an order; `codes` are those that a policy knows."""
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
        """The Python type of its plain data, as it is written in an annotation."""
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
class Integer(ValueType):
    """A whole number in a range, of a unit; without one a plain count."""

    kind: ClassVar[Kind] = "integer"
    low: int
    high: int
    unit: str = "count"

    @property
    def rule_type(self) -> str:
        return self.unit

    @property
    def span(self) -> tuple[int, int]:
        return self.low, self.high

    @property
    def grows(self) -> bool:
        # months move a day, and levels are names that have an order: neither is summed up
        return self.unit not in ("months", "level")

    @property
    def listed(self) -> bool:
        return self.high - self.low < LISTED

    def read(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            refuse_value(value, "须为整数", "a whole number is wanted")
        if value < self.low:
            refuse_value(value, f"不得小于 {self.low}", f"at least {self.low}", "case-number")
        if value > self.high:
            refuse_value(value, f"不得大于 {self.high}", f"at most {self.high}", "case-number")
        return value

    def to_rule(self, value: Any) -> int:
        return int(value)

    def from_rule(self, value: Value) -> int:
        assert isinstance(value, int)
        return value

    def quick(self, value: Any) -> int:
        if type(value) is not int or not self.low <= value <= self.high:
            raise ValueError(value)
        return value

    def typed(self, text: str) -> Any:
        return _whole(text.strip())

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    @property
    def annotation(self) -> str:
        return "int"

    @property
    def example(self) -> str:
        return str({"months": 12, "percent": 80}.get(self.unit, max(self.low, self.high - 1 if self.high < 10 else 1)))

    @property
    def hint(self) -> Statement:
        return Statement(f"{self.low} 至 {self.high} 的整数", f"a whole number, {self.low} to {self.high}")


@dataclass(frozen=True)
class Decimals(ValueType):
    """A number with so many digits after the point, in a range of the smallest unit that it can state; text in a file, and in rules that
    smallest unit."""

    kind: ClassVar[Kind] = "decimal"
    low: int
    high: int
    digits: int
    unit: str = "count"

    @property
    def rule_type(self) -> str:
        return self.unit

    @property
    def span(self) -> tuple[int, int]:
        return self.low, self.high

    @property
    def grows(self) -> bool:
        return True

    @property
    def listed(self) -> bool:
        return self.high - self.low < LISTED

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """How the text of a value is written, whatever its range."""
        whole = f"[1-9][0-9]{{0,{max(len(str(self.high)) - self.digits, 1) - 1}}}"
        return re.compile(rf"(0|{whole})(\.[0-9]{{1,{self.digits}}})?", re.ASCII)

    def scaled(self, number: int) -> Decimal:
        """A number of the rules as the value that it stands for."""
        return Decimal(number).scaleb(-self.digits)

    def read(self, value: Any) -> Decimal:
        if isinstance(value, Decimal):
            value = format(value, "f")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            quoted = shown(f'"{value}"')
            raise NotAcceptedError(self._id, *self._quote(quoted))
        if not isinstance(value, str):
            raise NotAcceptedError(self._id, *self._wrong(shown(value)))
        try:
            return self.scaled(self.quick(str(value)))
        except ValueError:
            raise NotAcceptedError(self._id, *self._outside(shown(value))) from None

    _id: ClassVar[str] = "case-number"

    def _quote(self, quoted: str) -> tuple[str, str]:
        return f"小数须加引号，写成 {quoted}", f"a decimal is text: quote it, {quoted}"

    def _wrong(self, value: str) -> tuple[str, str]:
        return f"{value} 不是小数；请写成 {self.example}", f"{value} is no decimal; write it like {self.example}"

    def _outside(self, value: str) -> tuple[str, str]:
        low, high = self.scaled(self.low), self.scaled(self.high)
        return (
            f"{value} 不是可接受的数值：须为 {low} 至 {high}，至多 {self.digits} 位小数，写成 {self.example}",
            f"{value} is not accepted: {low} to {high}, at most {self.digits} decimals, written like {self.example}",
        )

    def write(self, value: Any) -> str:
        return f"{value:.{self.digits}f}"

    def to_rule(self, value: Any) -> int:
        return int(value.scaleb(self.digits))

    def from_rule(self, value: Value) -> str:
        assert isinstance(value, int)
        return f"{self.scaled(value):.{self.digits}f}"

    def quick(self, value: Any) -> int:
        if type(value) is not str or self.pattern.fullmatch(value) is None:
            raise ValueError(value)
        whole, _, rest = value.partition(".")
        number = int(whole + f"{rest:0<{self.digits}}")
        if not self.low <= number <= self.high:
            raise ValueError(value)
        return number

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern.pattern}$"}

    @property
    def example(self) -> str:
        middle = min(max(self.low, 15 * 10 ** (self.digits - 1)), self.high)
        return f'"{self.scaled(middle)}"'

    @property
    def hint(self) -> Statement:
        return Statement(f"数值，如 {self.example.strip(chr(34))}", f"a number, like {self.example.strip(chr(34))}")


_NO_CURRENCY = Statement("", "")


@dataclass(frozen=True)
class Money(Decimals):
    """An amount of the policy's currency; text in a file, and in rules the smallest unit of the currency."""

    kind: ClassVar[Kind] = "money"
    digits: int = DIGITS
    unit: str = "money"
    currency: Statement = _NO_CURRENCY

    _id: ClassVar[str] = "case-money"

    @property
    def listed(self) -> bool:
        return False

    def _quote(self, quoted: str) -> tuple[str, str]:
        return f"金额须加引号，写成 {quoted}", f"money is text: quote it, {quoted}"

    def _wrong(self, value: str) -> tuple[str, str]:
        return f"{value} 不是金额；请写成 {self.example}", f"{value} is no amount of money; write it like {self.example}"

    def _outside(self, value: str) -> tuple[str, str]:
        low, high = self.scaled(self.low), self.scaled(self.high)
        zh, en = ("大于 0", "above 0") if self.low == 1 else (f"不小于 {low}", f"at least {low}")
        return (
            f"{value} 不是可接受的金额：须{zh}、不超过 {high}，至多两位小数，写成 {self.example}",
            f"{value} is not accepted: {en}, at most {high}, at most two decimals, written like {self.example}",
        )

    @property
    def example(self) -> str:
        return f'"{self.scaled(min(max(self.low, 150_000), self.high))}"'

    @property
    def hint(self) -> Statement:
        return Statement(f"金额（{self.currency.zh}），如 250.00", f"an amount in {self.currency.en}, like 250.00")


@dataclass(frozen=True)
class CodeKind:
    """A kind of code, as fields.toml declares it: its name, its form, one of its codes, and the one that stands for all that no rule and
    no table names."""

    name: str
    pattern: re.Pattern[str]
    example: str
    other: str
    statement: Statement

    def unlisted(self, codes: Collection[str]) -> Iterator[str]:
        """Codes of this form that are none of some: `other`, and those that its letters and digits give when they are counted up."""
        places = [_ALPHABETS[kind] for char in self.other for kind in [_alphabet(char)] if kind]
        for count in range(min(prod(map(len, places)), _MOST_CODES)):
            chars = list(self.other)
            for position in reversed(range(len(chars))):
                letters = _ALPHABETS.get(_alphabet(chars[position]), "")
                if letters:
                    count, step = divmod(count, len(letters))
                    chars[position] = letters[(letters.index(chars[position]) + step) % len(letters)]
            code = "".join(chars)
            if code not in codes and self.pattern.fullmatch(code):
                yield code


_ALPHABETS = {"digit": string.digits, "upper": string.ascii_uppercase, "lower": string.ascii_lowercase}
_MOST_CODES = 10**6


def _alphabet(char: str) -> str:
    """Which of the alphabets a character is of; empty for any other."""
    return next((name for name, letters in _ALPHABETS.items() if char in letters), "")


@dataclass(frozen=True)
class Code(ValueType):
    """A code of a declared form."""

    kind: ClassVar[Kind] = "code"
    code: CodeKind

    def read(self, value: Any) -> str:
        text = read_unicode(value)
        if not self.code.pattern.fullmatch(text):
            name, example = self.code.statement, self.code.example
            raise NotAcceptedError(
                "case-code", f"{shown(value)} 不是{name.zh}；形如 {example}", f"{shown(value)} is no {name.en}; it looks like {example}"
            )
        return text

    def to_rule(self, value: Any) -> str:
        return str(value)

    def from_rule(self, value: Value) -> str:
        return str(value)

    def quick(self, value: Any) -> str:
        if type(value) is not str or self.code.pattern.fullmatch(value) is None:
            raise ValueError(value)
        return str(value)

    def every(self, codes: Sequence[str]) -> tuple[Value, ...]:
        return (*self.known(codes), *islice(self.code.unlisted(codes), 1))

    def known(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Those of some codes that are of this form."""
        return tuple(code for code in codes if self.code.pattern.fullmatch(code))

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.code.pattern.pattern}$"}

    @property
    def example(self) -> str:
        return self.code.example

    @property
    def hint(self) -> Statement:
        name = self.code.statement
        article = "an" if name.en[:1] in "aeiou" else "a"
        return Statement(f"{name.zh}，形如 {self.code.example}", f"{article} {name.en} like {self.code.example}")


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
