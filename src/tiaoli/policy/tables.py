"""TOML tables read strictly: every key that is missing, misspelt or mistyped is a problem with its file and path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tiaoli.base import Lang, Problem, Statement, choices, shown

LANGUAGES: tuple[Lang, ...] = ("zh", "en")
"""The languages of a policy that does not say."""

_KINDS = {
    str: Statement("文字", "text"),
    int: Statement("整数", "a whole number"),
    bool: Statement(" true 或 false", "true or false"),
    list: Statement("列表", "a list"),
    dict: Statement("表", "a table"),
}


def in_each(said: Mapping[Lang, str]) -> Statement:
    """What is said in the languages of a norm: with one language its words stand for both."""
    first = next(iter(said.values()))
    return Statement(said.get("zh", first), said.get("en", first))


class Table:
    """A TOML table read strictly: a missing, misspelt or mistyped key is a problem with its file and path. Statements are in exactly the
    `languages`; in the place of another one stands the first of them."""

    def __init__(self, file: str, path: str, table: Any, problems: list[Problem], languages: Sequence[Lang] = LANGUAGES) -> None:
        self.file, self.path, self.problems, self.languages = file, path, problems, languages
        self.table: dict[str, Any] = table if isinstance(table, dict) else {}
        self.read: set[str] = set()
        if not isinstance(table, dict):
            self.refuse("", Statement("此处须为表", "a table is wanted here"), "policy-value-type")

    def below(self, path: str, table: Any) -> Table:
        """A table inside this one, at a path of the file."""
        return Table(self.file, path, table, self.problems, self.languages)

    def refuse(self, key: str, what: Statement, id: str = "policy-value", instead: tuple[str, ...] = ()) -> None:
        where = ".".join(part for part in (self.path, key) if part)
        self.problems.append(Problem(f"{self.file} [{where}]", what, id, instead))

    def take(self, key: str, kind: type, default: Any = None, required: bool = True) -> Any:
        self.read.add(key)
        value = self.table.get(key)
        if key not in self.table:
            if required:
                self.refuse(key, Statement("缺少此项", "this is missing"), "policy-key-missing")
            return default
        wanted = _KINDS[kind]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.refuse(
                key,
                Statement(f"{shown(value)} 类型不对，须为{wanted.zh}", f"{shown(value)} has the wrong type; {wanted.en} is wanted"),
                "policy-value-type",
            )
            return default
        return value

    def text(self, key: str) -> str:
        return str(self.take(key, str, ""))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(str(item) for item in self.take(key, list, [], required=False) or ())

    def flag(self, key: str) -> bool:
        return bool(self.take(key, bool, False, required=False))

    def statement(self, key: str | None = None) -> Statement:
        if key is None:
            return in_each({lang: self.text(lang) for lang in self.languages})
        inner = self.below(f"{self.path}.{key}", self.take(key, dict, {}))
        found = inner.statement()
        inner.finish()
        return found

    def maybe_statement(self, key: str) -> Statement | None:
        return self.statement(key) if key in self.table else None

    def inner(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables inside this one, under a key."""
        for name, table in self.take(key, dict, {}, required=False).items():
            yield name, self.below(f"{self.path}{key}.{name}", table)

    def each(self, key: str, required: bool = True) -> Iterator[Table]:
        """The tables of an array."""
        for position, table in enumerate(self.take(key, list, [], required)):
            yield self.below(f"{self.path}.{key}[{position}]", table)

    def finish(self) -> None:
        for key in self.table.keys() - self.read:
            allowed = tuple(sorted(self.read))
            near = choices(allowed, key)
            self.refuse(key, Statement(f"没有这个键；{near.zh}", f"there is no such key; {near.en}"), "policy-key-unknown", allowed)


def all_tables(table: Table) -> Iterator[tuple[str, Table]]:
    """Every table at the top of a file."""
    for name, inner in table.table.items():
        yield name, table.below(name, inner)
