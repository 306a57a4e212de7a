"""Findings that an analyst has accepted, with the reason: they are not reported again until what they rest on changes."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tiaoli.audit.finding import Finding
from tiaoli.base import CallError, Problem, Statement, choices, shown
from tiaoli.encoding import Encoding

_KEYS = ("reason", "digest")


class Acceptance(NamedTuple):
    """A finding accepted: its id, why, and the digest of what it rested on then."""

    id: str
    reason: str
    digest: str


def read_acceptances(path: Path) -> list[Acceptance]:
    """The acceptances in a TOML file: a table for each finding's id, with `reason` and `digest`. Raises `CallError`."""
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CallError.one(str(path), f"无法读取：{error}", f"cannot be read: {error}") from None
    found, problems = [], []
    for name, table in tables.items():
        where = f"{path} [{name}]"
        if not isinstance(table, dict):
            problems.append(Problem(where, Statement("此处须为表", "a table is wanted here")))
            continue
        for key in table.keys() - set(_KEYS):
            near = choices(_KEYS, key)
            problems.append(Problem(where, Statement(f"没有 {shown(key)} 这个键；{near.zh}", f"there is no key {shown(key)}; {near.en}")))
        for key in _KEYS:
            if not isinstance(table.get(key), str) or not table[key].strip():
                problems.append(Problem(where, Statement(f"须写明 {key}", f"`{key}` is wanted, as text")))
        found.append(Acceptance(name, str(table.get("reason", "")), str(table.get("digest", ""))))
    if problems:
        raise CallError(problems)
    return found


def accepted_by(finding: Finding, accepted: Mapping[str, Acceptance], encoding: Encoding) -> bool:
    """Whether a finding was accepted and rests on what it rested on then."""
    acceptance = accepted.get(finding.id)
    return acceptance is not None and acceptance.digest == finding.digest(encoding)


def acceptance_text(findings: Iterable[Finding], encoding: Encoding) -> str:
    """The file that would accept some findings, with the reasons left to be written."""
    blocks = []
    for finding in findings:
        about = [f"# {line}" for line in (finding.statement.zh, finding.statement.en)]
        blocks.append("\n".join([*about, f"[{json.dumps(finding.id)}]", 'reason = ""', f'digest = "{finding.digest(encoding)}"']))
    return "\n\n".join(blocks) + "\n" if blocks else ""
