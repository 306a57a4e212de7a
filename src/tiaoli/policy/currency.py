"""The currency of a policy, and its amounts in words."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from tiaoli.base import Statement

DIGITS = 2
"""How many digits an amount has after the point. Rules count hundredths, so a currency has two."""


class Currency(NamedTuple):
    """What the amounts of a policy are in: its code in ISO 4217, the digits after the point, and its name."""

    code: str
    digits: int
    statement: Statement

    def amount(self, amount: Decimal) -> Statement:
        """An amount in words: `1,500.00元`, `1,500.00 CNY`."""
        number = f"{amount:,.{self.digits}f}"
        return Statement(f"{number}{self.statement.zh}", f"{number} {self.statement.en}")
