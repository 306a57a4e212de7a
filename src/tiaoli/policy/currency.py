"""The currency of a policy: its amounts as whole numbers of its smallest unit, as text, and in words."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from tiaoli.base import Statement

DIGITS = 2
"""How many digits an amount has after the point where a policy does not say."""

MOST_DIGITS = 4
"""No currency of ISO 4217 has more."""


class Currency(NamedTuple):
    """What the amounts of a policy are in: its code in ISO 4217, the digits after the point, its name, and that of its smallest unit."""

    code: str
    digits: int
    statement: Statement
    minor: Statement | None = None

    def amount(self, amount: Decimal) -> Statement:
        """An amount in words: `1,500.00元`, `1,500.00 CNY`, `1,500円`."""
        number = f"{amount:,.{self.digits}f}"
        space = " " if self.statement.zh.isascii() else ""
        return Statement(f"{number}{space}{self.statement.zh}", f"{number} {self.statement.en}")

    def text(self, amount: Decimal) -> str:
        """An amount as the files and answers have it: `1500.00`, `1500`."""
        return f"{amount:.{self.digits}f}"

    def units(self, amount: Decimal) -> int:
        """An amount as a whole number of the smallest unit, as rules see it. Raises `ValueError` where it has more decimals.

        >>> Currency("KWD", 3, Statement("", "")).units(Decimal("1.5"))
        1500
        """
        scaled = amount.scaleb(self.digits)
        if scaled != scaled.to_integral_value():
            raise ValueError(amount)
        return int(scaled)

    def of_units(self, units: int) -> Decimal:
        """The amount that so many of the smallest unit are.

        >>> Currency("JPY", 0, Statement("", "")).of_units(1500)
        Decimal('1500')
        """
        return Decimal(units).scaleb(-self.digits)

    @property
    def smallest(self) -> Statement:
        """One of its smallest unit, in words: `一分`, `one cent`."""
        if self.minor is not None:
            return Statement(f"一{self.minor.zh}", f"one {self.minor.en}")
        return self.amount(self.of_units(1))

    @property
    def written(self) -> Statement:
        """How an amount is written, for who wrote it otherwise."""
        one = self.text(Decimal("1234.5") if self.digits else Decimal(1234))
        if not self.digits:
            return Statement(f"不是金额；金额写作 {one}，没有小数", f"is no amount; one is written {one}, without decimals")
        zh, en = f"至多{'一两三四'[self.digits - 1]}位小数", f"at most {('one', 'two', 'three', 'four')[self.digits - 1]} decimals"
        return Statement(f"不是金额；金额写作 {one}，{zh}", f"is no amount; one is written {one}, with {en}")

    @property
    def pattern(self) -> str:
        """A regular expression for an amount as text."""
        return r"\d{1,13}" + (rf"(\.\d{{1,{self.digits}}})?" if self.digits else "")
