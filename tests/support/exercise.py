"""The exercise `carers` of docs/analysts/second-notice.md as a policy of its own, for rules that the shipped policy does not have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from support.paths import ROOT
from tiaoli.encoding.loader import policy_problems

_BLOCK = re.compile(r"^\*\*(File|Add to|In) `exercise/([^`]+)`\*\*\n\n```[a-z]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = "carers"


def _put(action: str, path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if action == "File":
        path.write_text(text, "utf-8")
    elif action == "Add to":
        path.write_text(f"{path.read_text('utf-8')}\n{text}", "utf-8")
    else:
        old, new = ("".join(line[1:] for line in text.splitlines(keepends=True) if line[0] == sign) for sign in "-+")
        here = path.read_text("utf-8")
        assert here.count(old) == 1, f"{path.name}: {old}"
        path.write_text(here.replace(old, new), "utf-8")


@cache
def _files() -> Mapping[str, str]:
    """The files of the exercise as the page leaves them, but for its properties."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for action, name, text in _BLOCK.findall((ROOT / "docs/analysts/second-notice.md").read_text("utf-8")):
            if "/properties/" not in name:
                _put(action, root / name, text)
        (root / "policy" / NAME / "fields.toml").write_text((ROOT / "policy/hrss-2024-20/fields.toml").read_text("utf-8"), "utf-8")
        vocabulary = root / "encodings" / NAME / "vocabulary.lp"
        said = "\n".join(problem.say("en") for problem in policy_problems(NAME, root))
        vocabulary.write_text("\n".join(re.findall(r"#defined [^`]*", said)) + "\n", "utf-8")
        return {str(path.relative_to(root)): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}


def carers(root: Path, changes: Mapping[str, tuple[str, str]] | None = None, more: Mapping[str, str] | None = None) -> Path:
    """The exercise under `root`, with a text put in place of another in some files, by name, and more text at the end of some."""
    for name, text in _files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        old, new = (changes or {}).get(path.name, ("", ""))
        assert not old or text.count(old) == 1, f"{name}: {old}"
        path.write_text(text.replace(old, new) + (more or {}).get(path.name, ""), "utf-8")
    return root
