"""The documentation as a site: it builds without a warning, stays inside, and finds Chinese as well as English."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


FOUND = [("补贴", "README.zh-CN"), ("证书", "policy/hrss-2024-20/notice"), ("audit", "docs/analysts/audit")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make site` does, elsewhere."""
    out = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--fail-on-warning", "--keep-going", "--nitpicky", "--conf-dir", "docs", "--doctree-dir", str(out / "doctrees")]
    command = [sys.executable, "-m", "sphinx", *options, ".", str(out / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return out / "site"


def test_it_builds_without_a_warning_and_fetches_nothing(site: Path) -> None:
    """No page loads a script, a style, a picture or a font from outside."""
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        loaded = re.findall(r'<(?:script|img|iframe)[^>]* src="([^"]+)"|<link[^>]* rel="stylesheet"[^>]* href="([^"]+)"', text)
        assert [address for found in loaded for address in found if re.match(r"(?:https?:)?//", address)] == [], page


def test_a_link_to_a_sentence_or_a_rule_stays_inside(site: Path) -> None:
    """A page that names a sentence of the notice, or a file of rules, leads to it."""
    clauses = (site / "docs/reference/clauses.html").read_text("utf-8")
    assert 'href="../../policy/hrss-2024-20/notice.html#c3.s1"' in clauses
    assert 'id="c3.s1"' in (site / "policy/hrss-2024-20/notice.html").read_text("utf-8")
    assert 'href="../../encodings/hrss-2024-20/c03_care.html"' in clauses
    assert "care_qualification" in (site / "encodings/hrss-2024-20/c03_care.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("term", "page"), [("补贴", "README.zh-CN"), ("证书", "policy/hrss-2024-20/notice"), ("audit", "docs/analysts/audit")]
)
def test_search_knows_words_of_both_languages(site: Path, term: str, page: str) -> None:
    """A word of two characters is a term of the index, wherever it stands in a run."""
    index = json.loads((site / "searchindex.js").read_text("utf-8").removeprefix("Search.setIndex(").rstrip().removesuffix(")"))
    found = [index[where].get(term, []) for where in ("terms", "titleterms")]
    numbers = [number for some in found for number in (some if isinstance(some, list) else [some])]
    assert page in [index["docnames"][number] for number in numbers]
