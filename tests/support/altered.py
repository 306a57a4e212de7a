"""The notice with something in its files changed: what another version is made of in tests."""

from __future__ import annotations

import shutil
from pathlib import Path

from support.own_library import own_library
from support.paths import ROOT
from tiaoli import Oracle

NAME = "hrss-2024-20"


def altered(root: Path, file: str, *replacements: tuple[str, str], text: str | None = None) -> Oracle:
    """The notice with one file changed, of the library's too."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, root / part / NAME, dirs_exist_ok=True)
    if not any((root / part / NAME / file).exists() for part in ("policy", "encodings")):
        own_library(root, NAME)
    path = root / ("encodings" if file.endswith(".lp") else "policy") / NAME / file
    written = path.read_text("utf-8") if text is None else text
    for old, new in replacements:
        assert old in written, old
        written = written.replace(old, new)
    path.write_text(written, "utf-8")
    return Oracle(policy_root=root)
