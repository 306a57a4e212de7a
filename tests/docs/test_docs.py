"""The documentation is true: its commands run and print what it says, the files it shows are those they work on, its Python executes,
its links lead somewhere, and the reference pages are those that the generator writes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import tiers
from support.guide import blocks, put
from support.paths import ROOT
from tiaoli.encoding.loader import policy_problems

DOCS = ROOT / "docs"
GUIDES = sorted([*DOCS.glob("*.md"), *DOCS.glob("analysts/*.md"), *DOCS.glob("decisions/*.md")])
READMES = sorted(ROOT.glob("*.md"))
PAGES = sorted({*GUIDES, *DOCS.rglob("*.md"), *READMES})

COMMANDS = ("tiaoli ", "python -m clingo ")
NOT_RUN = "<!-- not run"
EXITS = re.compile(r"<!-- exits ([0-9]+) -->")
ANY_LINES = "…"


def having(language: str, pages: list[Path]) -> list[Path]:
    return [page for page in pages if any(block.language == language for block in blocks(page))]


def relative(page: Path) -> str:
    return str(page.relative_to(ROOT))


QUICK = [ROOT / "README.md", DOCS / "index.md", DOCS / "zh.md", DOCS / "for-analysts.md"]
"""Pages whose commands take seconds; those of the others take minutes."""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the checkout to work in, with the environment that the pages assume."""
    skip = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
    copy = shutil.copytree(ROOT, tmp_path / "checkout", ignore=skip)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("COLUMNS", raising=False)
    return copy


def says(printed: str, wanted: str) -> bool:
    """Whether `printed` is what a page shows, a line `…` standing for any lines."""
    parts = [re.escape(part) for part in re.split(rf"^{ANY_LINES}\n", wanted, flags=re.MULTILINE)]
    return re.fullmatch(r"(?:.*\n)*".join(parts), printed) is not None


@pytest.mark.parametrize("page", tiers.some(having("sh", [*GUIDES, *READMES]), QUICK), ids=relative)
def test_commands_run_and_print_what_the_page_says(page: Path, checkout: Path) -> None:
    """Blocks run in order in one copy of the checkout; in a guide every `sh` block, in the README those of this package."""
    for block in blocks(page):
        if (
            put(block, checkout)
            or block.language != "sh"
            or block.marker.startswith(NOT_RUN)
            or (page in READMES and not block.text.startswith(COMMANDS))
        ):
            continue
        exits = EXITS.fullmatch(block.marker)
        done = subprocess.run(["bash", "-eo", "pipefail", "-c", block.text], cwd=checkout, capture_output=True, text=True, timeout=60)
        where = f"{relative(page)}:{block.line}"
        assert done.returncode == (int(exits[1]) if exits else 0), f"{where}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        if block.printed is not None and page not in READMES:
            assert says(done.stdout, block.printed), f"{where} prints\n{done.stdout}\nand not\n{block.printed}"


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("page", having("python", [*GUIDES, *READMES]), ids=relative)
def test_python_runs_and_prints_what_the_page_says(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Blocks run in order in one namespace."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.language == "python" and not block.marker.startswith(NOT_RUN):
            where = f"{relative(page)}:{block.line}"
            exec(compile(block.text, where, "exec"), namespace)
            printed = capsys.readouterr().out
            if block.printed is not None:
                assert says(printed, block.printed), f"{where} prints\n{printed}\nand not\n{block.printed}"


@tiers.slow
def test_reference_pages_are_fresh() -> None:
    done = subprocess.run([sys.executable, str(DOCS / "reference/generate.py"), "--check"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_rules_that_a_page_quotes_are_in_the_encodings() -> None:
    places = ("encodings/*/*.lp", "src/tiaoli/stdlib/*.lp", "tests/notices/*/encodings/*/*.lp")
    files = [path for place in places for path in ROOT.glob(place)]
    lines = {line.strip() for path in files for line in path.read_text("utf-8").splitlines()}
    for page in GUIDES:
        for block in blocks(page):
            if block.language == "prolog" and not block.marker:
                for line in filter(None, map(str.strip, block.text.splitlines())):
                    assert line in lines, f"{relative(page)}:{block.line}: {line}"


# Links


def prose(page: Path) -> str:
    """A page without its blocks and its quoted code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^(`{3,}).*?^\1$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL))


def anchors(page: Path) -> set[str]:
    """The places in a page that a link can name: explicit ones, and its headings as they are shown on the web."""
    text = page.read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", re.sub("<[^>]*>", "", heading).strip().lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)"></a>', text))


def links(page: Path) -> Iterator[tuple[str, Path, str]]:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" not in target:
            file, _, place = target.partition("#")
            yield target, (page.parent / file).resolve() if file else page, place


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page: Path) -> None:
    for target, file, place in links(page):
        assert file.exists(), f"{relative(page)}: {target}"
        assert not place or place in anchors(file), f"{relative(page)}: {target}"


def test_the_index_links_every_file() -> None:
    linked = {file for _, file, _ in links(DOCS / "index.md")} | {DOCS / "index.md"}
    files = {path for path in DOCS.rglob("*") if path.is_file() and "__pycache__" not in path.parts and path != DOCS / "conf.py"}
    assert sorted(map(relative, files - linked)) == []


# The page for contributors


def table_rows(page: Path, *head: str) -> list[list[str]]:
    """The rows of the one table with these columns, without the backticks around a cell."""
    text = page.read_text("utf-8")
    start = text.index(f"| {' | '.join(head)} |\n")
    lines = text[start:].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def code(cell: str) -> str:
    return re.sub(r"^(`+) ?(.*?) ?\1$", r"\2", cell)


def test_what_the_dialect_refuses_is_refused_with_the_cure_named(tmp_path: Path) -> None:
    rows = table_rows(DOCS / "for-contributors.md", "not allowed", "what `tiaoli check` says")
    assert len(rows) > 20
    for folder in ("policy", "encodings"):
        shutil.copytree(ROOT / folder / "hrss-2024-20", tmp_path / folder / "hrss-2024-20")
    file = tmp_path / "encodings/hrss-2024-20/c06_development.lp"
    rules = file.read_text("utf-8")
    for written, said in rows:
        file.write_text(f"{rules}\n{code(written)}\n", "utf-8")
        found = [problem.what.en for problem in policy_problems("hrss-2024-20", tmp_path)]
        assert any(text.startswith(code(said).removesuffix("…")) for text in found), f"{written}: {found}"


def test_modules_that_the_page_names_exist() -> None:
    text = (DOCS / "for-contributors.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9_]+\.py)`", text))
    assert named
    missing = [name for name in named if not any(ROOT.glob(f"src/tiaoli/**/{name}")) and not any(ROOT.glob(f"tests/**/{name}"))]
    assert missing == []
