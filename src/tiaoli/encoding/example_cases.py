"""Example cases to start from: files beside a policy, each with what it shows in its first two lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tiaoli.base import Statement
from tiaoli.case import Case, parse_document
from tiaoli.encoding.policy_folders import default_root
from tiaoli.policy import Policy


class Example(NamedTuple):
    """A case under the name of its file; `shows` says what it is an example of."""

    name: str
    shows: Statement
    case: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "statement": self.shows.to_json(), "case": self.case}


def read_example_cases(policy: Policy, root: Path | None = None) -> list[Example]:
    """The examples of a policy, by name: the files `policy/<id>/examples/*.yaml` under the root that holds it. None where there
    is no such folder.

    The first line of a file is a comment in Chinese, the second one in English. Raises `CaseError` where a file holds no case.
    """
    return list(_read((root or default_root()) / "policy" / policy.id / "examples", policy))


def _read(folder: Path, policy: Policy) -> Iterator[Example]:
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text("utf-8-sig")
        zh, en, *_ = (*text.splitlines(), "", "")
        case = Case.read(parse_document(text, path.name), policy).to_json()
        yield Example(path.stem, Statement(zh.lstrip("# "), en.lstrip("# ")), case)
