"""What the pages name is there: files, folders, and names of the Python packages. Links are checked where the site is made."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from support.paths import ROOT

PAGES = [path for path in sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))) if path.name != "CHANGELOG.md"]
"""All but the one that names what was there once."""
FILE = re.compile(r"[\w.-]+(/[\w.-]+)+\.(py|lp|toml|md|json|yaml|txt|csv|js|css|sh)|(src|tests|docs|policy|encodings)/[\w./-]*")
DOTTED = re.compile(r"tiaoli(\.\w+)+")


def named(page: Path) -> tuple[list[str], str]:
    """What stands as code within the lines of a page, and its blocks of code, which may make files of their own."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    lines = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", lines), "\n".join(blocks)


def is_there(name: str, page: Path, blocks: str) -> bool:
    first, *rest = name.split("/")
    if "ID" in rest or (first in blocks and not (ROOT / first).exists()):
        # a stand-in for a name, or a file that the page makes in a folder of its own
        return True
    return any((place / name).exists() for place in (ROOT, page.parent, ROOT / "src" / "tiaoli", ROOT / "tests"))


def is_a_name(dotted: str) -> bool:
    """Whether a module, or something in one, has this name."""
    steps = dotted.split(".")
    for length in range(len(steps), 0, -1):
        try:
            found: object = importlib.import_module(".".join(steps[:length]))
            for step in steps[length:]:
                found = getattr(found, step)
        except (ImportError, AttributeError):
            continue
        return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page: Path) -> None:
    words, blocks = named(page)
    files = {word for word in words if FILE.fullmatch(word) and not is_there(word, page, blocks)}
    names = {found[0] for word in words if (found := DOTTED.match(word)) and not is_a_name(found[0])}
    assert (files, names) == (set(), set())
