"""The blocks of a page of the documentation, and the files that it tells its reader to write."""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

FILE = re.compile(r"\*\*(File|Add to|In) `([^`]+)`\*\*")


class Block(NamedTuple):
    """A fenced block: its language, its text, the comment or the name of a file above it, and the text block right below it, if any."""

    line: int
    language: str
    text: str
    marker: str
    printed: str | None


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    found: list[Block] = []
    fences = list(re.finditer(r"^(`{3,})([a-z]*)\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL))
    for fence, following in zip_longest(fences, fences[1:]):
        above = text[: fence.start()].rstrip("\n").rpartition("\n")[2]
        below = following is not None and following[2] == "text" and text[fence.end() : following.start()] == "\n\n"
        printed = following[3] if following is not None and below else None
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(line, fence[2], fence[3], above if above.startswith(("<!--", "**")) else "", printed))
    return found


def put(block: Block, folder: Path) -> bool:
    """Do with a file what the line above a block says: write the block, add it at the end, or replace the `-` lines by the `+` lines."""
    named = FILE.fullmatch(block.marker)
    if named is None:
        return False
    action, path = named[1], folder / named[2]
    if action == "File":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")
    elif action == "Add to":
        path.write_text(f"{path.read_text('utf-8')}\n{block.text}", "utf-8")
    else:
        old, new = ("".join(line[1:] for line in block.text.splitlines(keepends=True) if line[0] == sign) for sign in "-+")
        assert path.read_text("utf-8").count(old) == 1, f"{named[2]}: {old}"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return True
