"""What the parts of an expansion share: the problems found, the languages, where in norm.toml each thing comes from, and which sentences
are the program's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tiaoli.base import Lang, Problem, Statement, shown
from tiaoli.norm.key_lines import NORM_FILE
from tiaoli.policy import Table

Words = dict[str, str]
"""A sentence in the languages of a norm, as a policy's tables have it."""


class Draft:
    """The expansion of a norm while it is made.

    `origins` says for a place in the tables of a policy (`parameters.toml [limit`) which key of norm.toml, or which file and line, it
    comes of. `defaults` are the places of sentences that nobody wrote.
    """

    def __init__(self, languages: Sequence[Lang]) -> None:
        self.languages = tuple(languages)
        self.problems: list[Problem] = []
        self.origins: dict[str, str] = {}
        self.defaults: dict[str, Words] = {}

    def table(self, path: str, table: Any) -> Table:
        """A table of norm.toml, read strictly."""
        return Table(NORM_FILE, path, table, self.problems, self.languages)

    def refuse(self, where: str, what: Statement, id: str) -> None:
        """Note a problem under the id of its kind."""
        self.problems.append(Problem(where, what, id))

    def default(self, place: str, zh: str, en: str) -> Words:
        """A sentence of the program's own, noted as such under its place in the tables of a policy."""
        said = self.words(zh, en)
        self.defaults[place] = said
        return said

    def words(self, zh: str, en: str) -> Words:
        """A sentence in the languages of the norm."""
        both: Mapping[str, str] = {"zh": zh, "en": en}
        return {lang: both[lang] for lang in self.languages}

    def statement(self, table: Table, key: str) -> Words | None:
        """What an author says under a key: a text where the norm has one language, else `{ zh = …, en = … }`. `None` where nothing."""
        if key not in table.table:
            table.read.add(key)
            return None
        return self.said(table, key, table.table[key])

    def said(self, table: Table, key: str, value: Any) -> Words:
        """A sentence as an author wrote it under a key of a table; a problem where it is none."""
        table.read.add(key)
        if isinstance(value, str) and len(self.languages) == 1:
            return {self.languages[0]: value}
        if isinstance(value, dict) and set(value) == set(self.languages) and all(isinstance(text, str) for text in value.values()):
            return dict(value)
        wanted = Statement("文字", "text")
        if len(self.languages) > 1:
            form = "{ " + ", ".join(f'{lang} = "…"' for lang in self.languages) + " }"
            wanted = Statement(f" {form}", form)
        what = Statement(f"{shown(str(value))} 不可用；须为{wanted.zh}", f"{shown(str(value))} is not accepted; {wanted.en} is wanted")
        table.refuse(key, what, "policy-value-type")
        return self.words("", "")


def spoken(name: str) -> str:
    """A name as words: `two_weeks` is two weeks."""
    return name.replace("_", " ").replace(".", " ")
