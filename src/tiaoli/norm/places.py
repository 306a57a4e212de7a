"""Where an author finds the cause of a problem: a line of norm.toml, of the text or of a rule file, for a path of the tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tiaoli.base import Problem, Statement
from tiaoli.norm.key_lines import NORM_FILE, key_lines, line_of

_PLACE = re.compile(r"^([\w.]+\.toml) \[(.*)\]$", re.DOTALL)


def placed(problems: Iterable[Problem], source: str, origins: Mapping[str, str]) -> list[Problem]:
    """Problems with the line of norm.toml, of the text or of a rule file in the place of a path of the tables."""
    lines = key_lines(source)
    return [problem._replace(where=_where(problem.where, lines, origins), what=_named(problem.what)) for problem in problems]


def _where(where: str, lines: dict[str, int], origins: Mapping[str, str]) -> str:
    match = _PLACE.match(where)
    if match is None and where not in origins:
        return where
    file, path = (NORM_FILE, origins[where]) if match is None else (match[1], match[2])
    here = path
    while file != NORM_FILE and here and f"{file} [{here}" not in origins:
        here = re.sub(r"(\.[^.]*|^[^.]*)$", "", here)
    if file != NORM_FILE and here:
        path = origins[f"{file} [{here}"] + path[len(here) :]
    if place := re.match(r"[\w-]+\.(md|lp):\d+", path):
        return place[0]
    line, named = line_of(lines, path)
    return f"{NORM_FILE}:{line} [{named}]" if line is not None else f"{NORM_FILE} [{named}]"


_SECTION_OF = (
    ("parameters.toml", f"{NORM_FILE} [numbers]"),
    ("clauses.toml", f"{NORM_FILE} [not_computed]"),
    ("fields.toml", f"{NORM_FILE} [facts]"),
    ("vocabulary.toml", f"{NORM_FILE} [say]"),
    ("readings.toml", f"{NORM_FILE} [reading]"),
    ("policy.toml", NORM_FILE),
)


def _named(what: Statement) -> Statement:
    """A cure that names the section of norm.toml in the place of a file of tables."""
    zh, en = what
    for old, new in _SECTION_OF:
        zh, en = zh.replace(old, new), en.replace(old, new)
    return Statement(zh, en)
