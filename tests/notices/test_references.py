"""The readings of norms in plain Python: they are independent, their data say where they come from, their properties are listed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from support.paths import ROOT

NORMS = sorted(path.parent for path in Path(__file__).parent.glob("*/SOURCES.md"))
SIZED = re.compile(r"(tiers\.)?sized\(")
FOLDERS = pytest.mark.parametrize("folder", NORMS, ids=lambda folder: folder.name)


def modules_of(path: Path) -> set[str]:
    """The modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or ".")
    return found


def test_there_are_norms() -> None:
    assert len(NORMS) >= 3


@FOLDERS
def test_a_reference_imports_nothing_but_the_standard_library(folder: Path) -> None:
    """Nor does what makes its cases know the rules that they measure; the tests of the rules do, in a file of their own."""
    outside = {"tiaoli", "notices", "support"}
    assert not {name for name in modules_of(folder / "reference.py") if name.split(".")[0] in outside}
    for path in folder.glob("*.py"):
        if not path.name.endswith("_rules.py"):
            assert not {name for name in modules_of(path) if name.split(".")[0] == "tiaoli"}, path


@FOLDERS
def test_every_text_and_table_is_named_with_its_source(folder: Path) -> None:
    named = set(re.findall(r"`((?:text|peers)/[^`]+)`", (folder / "SOURCES.md").read_text("utf-8")))
    assert named == {str(path.relative_to(folder)) for place in ("text", "peers") for path in (folder / place).glob("*")}


def test_the_page_of_properties_lists_the_random_tests() -> None:
    page = ROOT.joinpath("docs", "properties.md").read_text("utf-8").partition("## 其他法规 · Other norms")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| [A-Z][^|]+\. \| [^|]+。 \| `(test_\w+)` \|$", page, re.MULTILINE)
    sized = [
        node.name
        for folder in NORMS
        for path in sorted(folder.glob("test_*.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and any(SIZED.match(ast.unparse(mark)) for mark in node.decorator_list)
    ]
    assert listed == sized
