"""Pages on paper, of cases whose ids are as long as the format allows: no text runs over the edge, no column is a letter wide."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from support import tiers
from tiaoli import Case, Oracle
from tiaoli.base import Lang
from tiaoli.present import case_page

CHROMIUM = shutil.which("chromium")
PAPER = {"width": 665, "height": 980}
"""What a sheet of A4 leaves between its margins, in pixels of CSS."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="these tests want Debian's chromium")

RECORD = {"system": "elderly_care", "worker_registered": True, "employer_registered": True, "in_post": True}


def long(word: str, letters: str) -> str:
    """An id of 64 characters."""
    return (f"{word}-" + letters * 64)[:64]


def case(letters: str) -> dict[str, Any]:
    """An employed person with something in each list that a certificate or a class is judged by."""
    certificate = {"issued": "2025-03-01", "meets_city_rules": True, "holder_status": "employed"}
    care = {"kind": "skill_level", "occupation_code": "4-10-01-05", "level": 4, "domain": "other"}
    trainee = {"group": "unemployed", "hukou": "shanghai", "passed": True, "employed_on": "2025-05-01", "employer_in_shanghai": True}
    return {
        "id": letters * (200 // len(letters)),
        "applied_on": "2025-06-01",
        "person": {"status": "employed", "civil_servant": False, "public_institution_post": "none", "in_city_groups": False},
        "certificates": [
            {"id": long("cert", letters), **certificate, **care},
            {"id": long("special", letters), **certificate, "kind": "special_ability", "domain": "ai_data_annotation"},
        ],
        "employments": [
            {"id": long("job", letters), "employer_in_shanghai": True, "industry": "elderly_care", "post": "elderly_care"}
            | {"start": "2025-02-10", "end": None, "registry": RECORD}
        ],
        "applications": [],
        "training_classes": [
            {"id": long("class", letters), "sector": "elderly_care", "employer_in_shanghai": True, "plan_approved": True}
            | {"agreement_parties": ["employer", "employment_centre", "training_institution", "trainees"], "held_in": "elsewhere"}
            | {"starts": "2025-01-10", "ends": "2025-03-31"}
            | {"trainees": [{"id": long("trainee", letters), **trainee, "employment_ended": None}]}
        ],
    }


OVER = """() => {
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
    while (walk.nextNode()) {
        const { data, parentElement: holder } = walk.currentNode;
        if (!data.trim() || !holder.checkVisibility() || holder.closest(".sr, .hidden, .skips, script, style, title, desc")) continue;
        range.selectNodeContents(walk.currentNode);
        const over = at => at.width > 1 && (at.right > innerWidth + 1 || at.left < -1);
        if ([...range.getClientRects()].some(over)) found.push(data.slice(0, 80));
    }
    return found;
}"""
"""The texts that run over an edge."""

NARROW = """selector => [...document.querySelectorAll(selector)].filter(element => element.checkVisibility() && element.textContent.trim())
    .filter(element => {
        const size = parseFloat(getComputedStyle(element).fontSize);
        const needed = [...element.textContent.trim()].length;
        return element.getBoundingClientRect().width < size * Math.min(needed * 0.4, 6);
    }).map(element => element.outerHTML.slice(0, 80))"""
"""The labels that have not room for six Chinese letters in a line, nor for all of theirs."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"])
        yield started
        started.close()


def on_paper(page: Page, labels: str) -> None:
    """What is measured of a page as it is printed."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER["width"], "height": PAPER["height"]})
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    assert page.evaluate(OVER) == []
    assert page.locator(labels).count() > 10
    assert page.evaluate(NARROW, labels) == []


@tiers.slow
@pytest.mark.parametrize(("lang", "letters"), [("zh", "W"), ("en", "x1y2_"), ("en", "i-")])
def test_a_report_keeps_to_its_sheet(oracle: Oracle, browser: Browser, lang: Lang, letters: str) -> None:
    page = browser.new_page(viewport={"width": PAPER["width"], "height": PAPER["height"]})
    page.set_content(
        case_page(oracle, Case.read(case(letters), oracle.policy), benefits=["care_route", "directed_training_first"], lang=lang).html
    )
    on_paper(page, ".facts td:first-child, dt")
    page.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service on a free port."""
    log = tmp_path_factory.mktemp("service") / "service.log"
    run = [sys.executable, "-m", "tiaoli", "serve", "--port", "0", "--workers", "1", "--no-findings"]
    with log.open("w") as written, subprocess.Popen(run, stderr=written, stdout=subprocess.DEVNULL) as service:
        try:
            found = None
            while found is None:
                assert service.poll() is None, log.read_text()
                time.sleep(0.05)
                found = re.search(r"http://127\.0\.0\.1:\d+", Path(log).read_text())
            yield found[0]
        finally:
            service.terminate()


@tiers.slow
@pytest.mark.parametrize(("lang", "letters"), [("zh", "W"), ("en", "x1y2_"), ("en", "i-")])
def test_the_workbench_keeps_to_its_sheet(browser: Browser, address: str, lang: str, letters: str) -> None:
    press = zlib.compressobj(wbits=-15)
    carried = press.compress(json.dumps({"case": case(letters)}).encode()) + press.flush()
    page = browser.new_page(viewport={"width": 1200, "height": 900}, locale={"zh": "zh-CN", "en": "en-GB"}[lang])
    page.goto(f"{address}/#c={base64.urlsafe_b64encode(carried).decode().rstrip('=')}")
    expect(page.locator("#decisions[aria-busy=false] article").first).to_be_visible(timeout=60_000)
    decision = page.locator("#decisions article h3 button").first
    if decision.get_attribute("aria-expanded") == "false":
        decision.click()
    expect(page.locator(".explained[aria-busy=false] [role=tree]").first).to_be_visible(timeout=60_000)
    on_paper(page, "#record dt")
    page.close()
