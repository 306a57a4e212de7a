"""The types of facts that are numbers: whole ones of a unit, decimals, amounts of money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from tiaoli.base import Statement, shown
from tiaoli.policy.value_types import Kind, NotAcceptedError, ValueType, refuse_value
from tiaoli.rules import Value

MOST_NUMBER = 1_000_000_000
"""The largest number that a fact can be, as the rules see it: what keeps their arithmetic inside 32 bits."""

LISTED = 1200
"""Of how many numbers every one can be looked at."""


DECIMAL_TYPES = {f"decimal{digits}": digits for digits in range(1, 7)}
"""The types of decimals as rules are checked by them, with the digits after the point: each is compared with its like alone."""


def _whole(text: str) -> int | str:
    """A number that was typed; any other text as it is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


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

    @property
    def rule_type(self) -> str:
        return f"{self.kind}{self.digits}"

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
        return re.compile(f"(0|{whole})" + (rf"(\.[0-9]{{1,{self.digits}}})?" if self.digits else ""), re.ASCII)

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

    @property
    def annotation(self) -> str:
        return "Amount"

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
        middle = min(max(self.low, 15 * 10**self.digits // 10), self.high)
        return f'"{self.scaled(middle)}"'

    @property
    def hint(self) -> Statement:
        return Statement(f"数值，如 {self.example.strip(chr(34))}", f"a number, like {self.example.strip(chr(34))}")


_NO_CURRENCY = Statement("", "")


@dataclass(frozen=True)
class Money(Decimals):
    """An amount of the policy's currency; text in a file, and in rules the smallest unit of the currency."""

    kind: ClassVar[Kind] = "money"
    currency: Statement = _NO_CURRENCY

    _id: ClassVar[str] = "case-money"

    @property
    def rule_type(self) -> str:
        return self.kind

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
        places = Statement(
            f"至多{'零一两三四'[self.digits]}位小数", f"at most {('no', 'one', 'two', 'three', 'four')[self.digits]} decimals"
        )
        return (
            f"{value} 不是可接受的金额：须{zh}、不超过 {high}，{places.zh}，写成 {self.example}",
            f"{value} is not accepted: {en}, at most {high}, {places.en}, written like {self.example}",
        )

    @property
    def example(self) -> str:
        usual = self.to_rule(Decimal("1500"))
        return f'"{self.scaled(min(max(self.low, usual), self.high))}"'

    @property
    def hint(self) -> Statement:
        like = f"{250:.{self.digits}f}"
        return Statement(f"金额（{self.currency.zh}），如 {like}", f"an amount in {self.currency.en}, like {like}")
