"""The documentation as a site: it builds without a warning, stays inside, and finds Chinese as well as English."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from support import tiers
from support.paths import ROOT

pytestmark = tiers.slow
CHROMIUM = shutil.which("chromium")
FOUND = [("补贴", "README.zh-CN.html"), ("证书核发", "policy/hrss-2024-20/notice.html"), ("audit", "docs/analysts/audit.html")]


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


@pytest.mark.skipif(CHROMIUM is None, reason="the search of the site wants Debian's chromium")
def test_search_finds_words_of_both_languages(site: Path) -> None:
    """From the file system, in a browser: a word of two characters is found wherever it stands in a run, and English as ever."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        wrong: list[str] = []
        # a browser lets no page read another from the file system, so results come without their excerpts
        page.on("pageerror", lambda error: None if str(error) == "Failed to fetch" else wrong.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else wrong.append(request.url))
        for term, wanted in FOUND:
            page.goto(f"{(site / 'search.html').as_uri()}?q={term}")
            expect(page.locator(f'#search-results a[href*="{wanted}"]').first).to_be_visible(timeout=30_000)
        browser.close()
    assert wrong == []
