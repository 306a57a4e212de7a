"""The files of a policy folder as plain tables: TOML as it stands, the notice as its sentences, tables as the texts of their files.

The standard library is among them: rules and their words that a policy includes by name (`library = ["decision"]`) and never copies.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tiaoli.base import PolicyError, Problem, Statement, choices, shown
from tiaoli.policy.model import TABLES
from tiaoli.policy.text import read_text

_LIBRARY = Path(__file__).parents[1] / "stdlib"


def parse_tables(files: Mapping[str, str], library: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """The TOML, Markdown and CSV files of a policy folder, and the words of the `library` that it includes, as JSON-able tables.
    Raises `PolicyError`."""
    problems: list[Problem] = []
    tables: dict[str, Any] = {}
    for name in (*(f"{table}.toml" for table in TABLES), "notice.md"):
        if name not in files:
            problems.append(Problem(name, Statement("政策目录中缺少此文件", "the policy folder lacks this file"), "policy-file-missing"))
    for table in TABLES:
        try:
            tables[table] = _plain(_toml(files.get(f"{table}.toml", "")))
        except tomllib.TOMLDecodeError as error:
            problems.append(Problem(f"{table}.toml", Statement(f"不是合法的 TOML：{error}", f"not TOML: {error}"), "policy-toml"))
    headings = tables.get("policy", {}).get("headings", [])
    words = [word for word in headings if isinstance(word, str)] if isinstance(headings, list) else []
    tables["notice"] = [
        [place.anchor, place.text, list(place.clauses), list(place.heads)] for place in read_text(files.get("notice.md", ""), words)
    ]
    tables["library"] = {name.removesuffix(".toml"): _plain(_toml(text)) for name, text in library.items() if name.endswith(".toml")}
    tables["csv"] = {name: text for name, text in files.items() if name.endswith(".csv")}
    declared = tables.get("policy", {}).get("table", {})
    wanted = [table.get("file") for table in declared.values() if isinstance(table, dict)] if isinstance(declared, dict) else []
    for file in wanted:
        if isinstance(file, str) and file not in files:
            problems.append(Problem(file, Statement("政策目录中缺少此文件", "the policy folder lacks this file"), "policy-file-missing"))
    if problems:
        raise PolicyError(problems)
    return tables


# while a policy is edited, all of its files but one are as they were; whoever asks is given a copy
@lru_cache(maxsize=64)
def _toml(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def library_parts() -> list[str]:
    """The names of all parts of the library: each is a file of rules and one of words."""
    return sorted(path.stem for path in _LIBRARY.glob("*.lp"))


def read_library(policy_file: str, name: str = "policy.toml", default: Sequence[str] = ()) -> dict[str, str]:
    """The texts of the parts that a `policy.toml` includes, by file name: `decision.lp` and `decision.toml`. Another file than that has a
    `name`; `default` is what it includes where it does not say.

    Raises `PolicyError` where there is no part of a name. What else is wrong in the file is found when it is read as a whole.
    """
    try:
        included = tomllib.loads(policy_file).get("library", list(default))
    except tomllib.TOMLDecodeError:
        return {}
    known = library_parts()
    problems = []
    texts = {}
    for part in included if isinstance(included, list) else ():
        if part in known:
            texts.update({f"{part}{suffix}": (_LIBRARY / f"{part}{suffix}").read_text("utf-8") for suffix in (".lp", ".toml")})
        else:
            near = choices(known, str(part))
            problems.append(
                Problem(
                    f"{name} [library]",
                    Statement(f"标准库中没有 {shown(part)}；{near.zh}", f"the library has no part {shown(part)}; {near.en}"),
                    "policy-library",
                )
            )
    if problems:
        raise PolicyError(problems)
    return texts
