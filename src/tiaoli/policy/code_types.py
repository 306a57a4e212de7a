"""The types of facts that are codes of a form that the policy declares."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod
from typing import Any, ClassVar

from tiaoli.base import Statement, shown
from tiaoli.policy.value_types import Kind, NotAcceptedError, ValueType, read_unicode
from tiaoli.rules import Value


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

    def every(self, codes: Sequence[str], unlisted: int = 1) -> tuple[Value, ...]:
        return (*self.known(codes), *islice(self.code.unlisted(codes), unlisted))

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
