"""The workbench in a real browser: what an analyst and an applicant do with it, by mouse and by keyboard, wide and narrow, on paper."""

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
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect, sync_playwright

from support import tiers
from support.paths import ROOT, SNAPSHOTS
from tiaoli import Oracle
from tiaoli.present.vocabulary_json import vocabulary

FOLDER = ROOT / "src" / "tiaoli" / "service" / "workbench"
PICTURES = SNAPSHOTS / "workbench"
CHROMIUM = shutil.which("chromium")
WIDE, NARROW = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="these tests want Debian's chromium, and fonts-noto-cjk for the snapshots")
expect.set_options(timeout=20_000)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """The service on a free port, as a user starts it."""
    log = folder / "service.log"
    run = [sys.executable, "-m", "tiaoli", "serve", "--port", "0", "--workers", "1", "--lang", "en", *options]
    with log.open("w") as written, subprocess.Popen(run, stderr=written, stdout=subprocess.DEVNULL) as service:
        try:
            address = None
            while address is None:
                assert service.poll() is None, log.read_text()
                time.sleep(0.05)
                address = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
            yield address[0]
        finally:
            service.terminate()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that audits nothing."""
    with serving(tmp_path_factory.mktemp("service"), "--no-findings") as started:
        yield started


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with what the audit really finds of one kind for one benefit."""
    folder = tmp_path_factory.mktemp("audited")
    found = folder / "findings.json"
    audit = [sys.executable, "-m", "tiaoli", "audit", "--kind", "gap", "--benefit", "directed_training_first", "--workers", "1", "--json"]
    found.write_bytes(subprocess.run(audit, check=True, capture_output=True).stdout)
    with serving(folder, "--findings", str(found)) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"])
        yield started
        started.close()


@contextmanager
def opened(browser: Browser, address: str, lang: str = "zh", fragment: str = "", **options: Any) -> Iterator[Page]:
    """The page, freshly opened, where nothing may go wrong in silence and nothing is fetched from elsewhere."""
    locale = {"zh": "zh-CN", "en": "en-GB"}[lang]
    context: BrowserContext = browser.new_context(**{"viewport": WIDE, "locale": locale, "reduced_motion": "reduce", **options})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" and "status of 4" not in line.text else None)
    page.on("request", lambda request: None if request.url.startswith((address, "about:")) else wrong.append(request.url))
    page.goto(f"{address}/{fragment}")
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as shown:
        yield shown


def begin(page: Page, example: str, decision: str | None = None, complete: bool = True) -> None:
    """Start from an example and wait for its answer, and open a decision with its reasons, or with all that is said of it."""
    page.locator("#example").select_option(example)
    settled(page)
    if decision is not None:
        button = page.locator(f'[data-decision="{decision}"] h3 button')
        if button.get_attribute("aria-expanded") == "false":
            button.click()
        expect(page.locator(f'[data-decision="{decision}"] .explained[aria-busy=false] [role=tree]')).to_be_visible()
        if complete and page.locator(f'[data-decision="{decision}"].is-not_eligible').count():
            # what would change it comes last, and moves what stands below
            expect(page.locator("#repairs-title ~ .repairs, #repairs-title ~ .nothing").first).to_be_visible()
    page.mouse.move(0, 0)


def settled(page: Page) -> None:
    expect(page.locator("#decisions[aria-busy=false] article").first).to_be_visible()


def outcome(page: Page, decision: str) -> Locator:
    return page.locator(f'[data-decision="{decision}"] .outcome')


def content(page: Page) -> dict[str, Any]:
    """The case as the page holds it."""
    page.locator("#view_json").click()
    written: dict[str, Any] = json.loads(page.locator("#json").input_value())
    page.locator("#view_form").click()
    return written


# What an analyst does


@tiers.slow
def test_the_witness_of_a_finding_opens_in_the_form(browser: Browser, audited: str) -> None:
    with opened(browser, audited) as page:
        finding = page.locator('[data-finding="gap:directed_training_first.person"]')
        page.locator("#findings-gap summary").click()
        finding.get_by_role("button", name="在表单中打开例证").click()
        expect(page.locator("#f\\:id")).to_have_value("witness")
        expect(outcome(page, "directed_training_first c1")).to_contain_text("可享受")
        expect(page.locator('[data-decision="directed_training_first c1"]')).to_contain_text("不计入金额的人员：t1")
        expect(page.get_by_text("已打开例证：gap:directed_training_first.person")).to_be_in_viewport()


@tiers.slow
def test_another_reading_turns_the_decision_and_says_so_before_it_is_chosen(page: Page) -> None:
    begin(page, "06-carer-twelfth-month", "care_route c1")
    reading = page.locator("#reading-validity_anchor")
    expect(reading.locator(".option", has_text="均须在有效期内")).to_contain_text("养老护理、家政服务证书申领补贴资格 证书 c1 变为不予享受")
    expect(outcome(page, "care_route c1")).to_contain_text("可享受")
    reading.get_by_label("事项发生之日和申请之日均须在有效期内").check()
    expect(outcome(page, "care_route c1")).to_contain_text("不予享受")
    page.get_by_role("button", name="全部恢复默认解释").click()
    expect(outcome(page, "care_route c1")).to_have_text("可享受")


def test_a_condition_pointed_at_marks_its_sentence_and_the_step_its_facts(page: Page) -> None:
    begin(page, "07-carer-one-day-late", "care_route c1")
    condition = page.locator("#condition-care_route-employed_in_time")
    sentence = page.locator('.sentence[data-anchor="c3.s1"]')
    step = page.locator('[role=treeitem][data-facts~="employments.e1.start"]').first
    field = page.locator('#form [data-path="employments.e1.start"]')
    for by in ("mouse", "keyboard"):
        expect(sentence).not_to_have_class(re.compile("lit"))
        condition.hover() if by == "mouse" else condition.focus()
        expect(sentence).to_have_class(re.compile("lit"))
        expect(sentence).to_be_in_viewport()
        step.hover() if by == "mouse" else step.focus()
        expect(field).to_have_class(re.compile("lit"))
        page.mouse.move(0, 0) if by == "mouse" else page.locator("#undo").focus()
    expect(sentence).not_to_have_class(re.compile("lit"))


def test_a_step_is_heard_as_what_it_does_for_the_decision(page: Page) -> None:
    """Of a grant nothing is heard that speaks against it, and no true sentence as untrue."""
    begin(page, "06-carer-twelfth-month", "care_route c1")
    page.locator("#tree-tree_open").click()
    steps = page.locator(".tree .line .hidden")
    expect(steps.first).to_be_attached()
    assert set(steps.all_text_contents()) == {"支持："}
    begin(page, "07-carer-one-day-late", "care_route c1")
    page.locator("#tree-tree_open").click()
    expect(page.locator(".tree .is-against").first).to_be_attached()
    assert set(page.locator(".tree .line .hidden").all_text_contents()) == {"支持：", "不利："}


def test_a_sentence_opens_the_rules_numbers_and_readings_it_became(page: Page) -> None:
    page.get_by_role("button", name="c3.s1：").click()
    about = page.locator("#about-c3\\.s1")
    expect(about).to_contain_text("care_route_open(C, Cert)")
    expect(about).to_contain_text("12 months")
    expect(about.locator('a[href="#reading-care_post"]')).to_be_visible()


@tiers.slow
def test_the_days_are_drawn_against_their_windows_and_told_in_words(page: Page) -> None:
    begin(page, "07-carer-one-day-late", "care_route c1")
    picture = page.locator(".timeline svg")
    expect(picture).to_have_attribute("aria-label", re.compile("2024-11-30至2025-11-30.*2025-12-01.*不在期限内"))
    expect(page.locator(".timeline .marker")).to_be_visible()
    window, marker = page.locator(".timeline .window").bounding_box(), page.locator(".timeline .marker").bounding_box()
    assert window is not None
    assert marker is not None
    assert marker["x"] + marker["width"] / 2 > window["x"] + window["width"]
    page.locator("#timeline-words summary").click()
    expect(page.locator("#timeline-words li")).to_contain_text("不在期限内")


# What an applicant does


def test_a_repair_is_put_into_the_case_and_taken_back(page: Page) -> None:
    begin(page, "07-carer-one-day-late", "care_route c1")
    start = page.locator("#f\\:employments\\/0\\/start")
    expect(start).to_have_value("2025-12-01")
    page.locator(".repair", has_text="2025-11-30").get_by_role("button", name="改入案情").click()
    expect(outcome(page, "care_route c1")).to_have_text("可享受")
    expect(start).to_have_value("2025-11-30")
    page.locator("#undo").click()
    expect(outcome(page, "care_route c1")).to_have_text("不予享受")
    expect(start).to_have_value("2025-12-01")


def test_the_form_is_filled_in_from_nothing_and_the_questions_lead_to_an_answer(browser: Browser, address: str) -> None:
    with opened(browser, address, "en") as page:
        expect(page.get_by_text("nothing in the case yet")).to_be_visible()
        page.locator("#benefit").select_option("special_ability")
        page.get_by_label("application day").first.fill("2025-06-01")
        page.get_by_role("button", name="Add certificate").click()
        expect(page.locator("#f\\:certificates\\/0\\/id")).to_be_focused()
        page.locator("#f\\:certificates\\/0\\/kind").select_option(label="special-ability certificate")
        page.locator("#f\\:person\\/status").select_option(label="unemployed")
        expect(outcome(page, "special_ability c1")).to_have_text("Unknown")
        domain = page.locator('[data-question="certificates.c1.domain"]')
        expect(domain).to_contain_text("If “other”: subsidy for a special-ability certificate in AI certificate c1 not eligible")
        domain.get_by_role("combobox").select_option(label="AI data annotation")
        domain.get_by_role("button", name="Answer").click()
        issued = page.locator('[data-question="certificates.c1.issued"]')
        expect(issued).to_be_visible()
        issued.get_by_role("textbox").fill("2025-03-01")
        issued.get_by_role("textbox").press("Enter")
        found = page.locator('[data-question="certificates.c1.meets_city_rules"]')
        found.get_by_role("combobox").select_option(label="yes")
        found.get_by_role("button", name="Answer").click()
        expect(outcome(page, "special_ability c1")).to_contain_text("Eligible")
        share = page.locator('[data-question="certificates.c1.payment_percent"]')
        share.get_by_role("textbox").fill("80")
        share.get_by_role("textbox").press("Enter")
        expect(outcome(page, "special_ability c1")).to_contain_text("CNY 800.00")
        expect(page.get_by_role("textbox", name="Issue date")).to_have_value("2025-03-01")
        expect(page.locator("#said")).to_have_text("1 eligible, 0 not eligible, 0 unknown")


def test_unknown_known_none_and_empty_are_three_things(page: Page) -> None:
    begin(page, "06-carer-twelfth-month")
    none = page.get_by_role("checkbox", name="任职e1仍在持续")
    expect(none).to_be_checked()
    assert content(page)["employments"][0]["end"] is None
    none.uncheck()
    expect(page.locator('[data-path="employments.e1.end"] .tag.unknown')).to_be_visible()
    assert "end" not in content(page)["employments"][0]
    assert "training_classes" not in content(page)
    page.get_by_role("button", name="确认没有").click()
    assert content(page)["training_classes"] == []
    page.locator("#f\\:employments\\/0\\/registry").select_option(label="任职e1没有登记（备案）记录")
    assert content(page)["employments"][0]["registry"] is None


def test_a_problem_is_told_at_its_field_and_goes_when_it_is_corrected(page: Page) -> None:
    begin(page, "06-carer-twelfth-month")
    issued = page.get_by_label("核发日期").first
    issued.fill("2024-11-31")
    expect(page.locator("#problems")).to_contain_text("certificates.c1.issued")
    expect(issued).to_have_attribute("aria-invalid", "true")
    expect(issued).to_have_accessible_description(re.compile("`2024-11-31` 不是存在的日期"))
    expect(page.locator("#said")).to_have_text("案情有1处问题，未作判定")
    expect(page.locator("#decisions article")).to_have_count(0)
    page.locator("#problems a").click()
    expect(issued).to_be_focused()
    issued.fill("2024-11-30")
    settled(page)
    expect(page.locator("#problems")).to_be_empty()
    expect(issued).not_to_have_attribute("aria-invalid", "true")


@tiers.slow
def test_the_text_of_the_case_is_the_services_to_judge(page: Page) -> None:
    begin(page, "06-carer-twelfth-month")
    page.locator("#view_json").click()
    box = page.locator("#json")
    box.fill('{"id": "A", "id": "B", "applied_on": "2025-06-01"}')
    page.locator("#json-apply").click()
    expect(page.locator("#json-problem")).to_contain_text("id")
    box.fill('{"id": "A", ')
    page.locator("#json-apply").click()
    expect(page.locator("#json-problem")).to_contain_text("不是 JSON")
    box.fill('{"id": "新案", "applied_on": "2025-06-01", "certificates": [{"id": "c9"}]}')
    page.locator("#json-apply").click()
    expect(page.locator("#decisions article")).to_have_count(3)
    page.locator("#view_form").click()
    expect(page.locator("#f\\:certificates\\/0\\/id")).to_have_value("c9")


# By keyboard alone


def test_the_whole_way_by_keyboard(page: Page) -> None:
    begin(page, "07-carer-one-day-late")
    page.locator("body").press("Tab")
    expect(page.get_by_role("link", name="跳到案情")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_be_focused()
    for name in ("职业技能提升补贴（标准上调）", "持有职业技能等级证书"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(page.locator("#quote-skill_uplift-certificate_kind blockquote")).to_be_visible()
    tree = page.get_by_role("tree")
    tree.get_by_role("treeitem").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.locator(":focus")).to_have_attribute("role", "treeitem")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(tree.get_by_role("treeitem").first).to_have_attribute("aria-expanded", "false")
    expect(tree.locator("[tabindex='0']")).to_have_count(1)
    outline = page.locator(":focus > .line").evaluate("line => getComputedStyle(line).outlineStyle")
    assert outline == "solid"
    repair = page.locator("#repair-0-apply")
    repair.focus()
    page.keyboard.press("Enter")
    expect(outcome(page, "skill_uplift c1")).to_contain_text("可享受")


@tiers.slow
def test_what_a_reader_opened_stays_open_when_more_of_the_answer_arrives(page: Page) -> None:
    held: list[Route] = []
    page.route("**/v1/what-if", lambda route: held.append(route))
    begin(page, "07-carer-one-day-late", "care_route c1", complete=False)
    page.locator("#condition-care_route-employed_in_time").click()
    root = page.get_by_role("treeitem").first
    root.focus()
    page.keyboard.press("ArrowLeft")
    expect(root).to_have_attribute("aria-expanded", "false")
    for route in held:
        route.continue_()
    expect(page.locator(".repair").first).to_be_visible()
    expect(root).to_have_attribute("aria-expanded", "false")
    expect(root).to_be_focused()
    expect(page.locator("#quote-care_route-employed_in_time")).to_be_visible()


# The link, the languages, the token


@tiers.slow
def test_a_link_carries_case_readings_and_language_and_the_service_never_sees_it(browser: Browser, address: str, page: Page) -> None:
    begin(page, "06-carer-twelfth-month", "care_route c1")
    page.get_by_label("事项发生之日和申请之日均须在有效期内").check()
    expect(outcome(page, "care_route c1")).to_have_text("不予享受")
    before = content(page)
    page.locator("#link").click()
    link = page.locator("#link-text").input_value()
    assert "SH-2025" not in link
    assert page.url == f"{address}/"
    with opened(browser, address, "en", link.removeprefix(f"{address}/")) as other:
        expect(outcome(other, "care_route c1")).to_have_text("不予享受")
        expect(other.get_by_label("事项发生之日和申请之日均须在有效期内")).to_be_checked()
        assert content(other) == before


@tiers.slow
def test_a_damaged_link_says_so_and_the_page_works(browser: Browser, address: str) -> None:
    with opened(browser, address, fragment="#c=not-a-case") as page:
        expect(page.get_by_role("alert")).to_have_text("链接已损坏，其中的案情无法读取。")
        begin(page, "06-carer-twelfth-month")


@tiers.slow
def test_whatever_a_link_holds_is_told_by_the_service_and_never_breaks_the_page(browser: Browser, address: str) -> None:
    day = {"id": "A", "applied_on": "2025-06-01"}
    hostile: list[dict[str, Any]] = [
        {
            "case": {
                "certificates": [None, 1, ["x"], {"id": {"a": 1}}],
                "employments": [{"id": "e1", "registry": "<b>x</b>", "end": {}, "post": [], "start": 7, "<img src=x>": 1}],
                "training_classes": [{"id": "k1", "agreement_parties": {"a": 1}, "trainees": 3}],
                "trainings": "g1",
                "person": 5,
                "__proto__": {"x": 1},
            }
        },
        {"case": {}, "readings": 5},
        {"case": {**day, "certificates": [{"id": "c1"}]}, "readings": {"nothing": "such"}, "benefit": "none", "open": 3, "lang": "xx"},
    ]
    with opened(browser, address, "en") as page:
        for carried in hostile:
            press = zlib.compressobj(wbits=-15)
            packed = press.compress(json.dumps(carried).encode()) + press.flush()
            page.goto("about:blank")
            page.goto(f"{address}/#c={base64.urlsafe_b64encode(packed).decode().rstrip('=')}")
            expect(page.locator("#problems .wrong, #decisions .wrong").first).to_be_visible()
            expect(page.locator("#decisions article")).to_have_count(0)
            assert page.locator("#form img, #form b").count() == 0
        page.get_by_role("button", name="Back to all defaults").click()
        settled(page)


def test_both_languages_have_the_same_words_with_the_same_blanks(page: Page) -> None:
    words = page.evaluate("async () => (await import('/words.js')).WORDS")
    blanks = {lang: {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in table.items()} for lang, table in words.items()}
    assert list(words) == ["zh", "en"]
    assert blanks["zh"] == blanks["en"]
    assert all(text.strip() for table in words.values() for text in table.values())
    source = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.js") if path.name != "words.js") + (
        FOLDER / "index.html"
    ).read_text("utf-8")
    families = ("verdict_", "kind_", "severity_", "by_", "findings_", "view_", "tree_")
    unused = [key for key in words["zh"] if not re.search(rf'["`]{key}["`]', source) and not key.startswith(families)]
    assert unused == []


@tiers.slow
def test_the_language_is_changed_in_place_and_foreign_words_are_marked(page: Page) -> None:
    begin(page, "07-carer-one-day-late", "care_route c1")
    page.get_by_role("button", name="English").click()
    expect(outcome(page, "care_route c1")).to_have_text("Not eligible")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#f\\:employments\\/0\\/start")).to_have_value("2025-12-01")
    unmarked = page.evaluate("""() => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) {
            const text = walker.currentNode.data.replace(/（[一二三四五六七八九十]+）/g, "");
            const holder = walker.currentNode.parentElement;
            const [han, latin] = [/\\p{Script=Han}/gu, /\\p{Script=Latin}/gu].map(script => text.match(script)?.length ?? 0);
            if (han > latin && !holder.closest("[lang=zh-CN], noscript")) found.push(text);
        }
        return found;
    }""")
    assert unmarked == []
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@tiers.slow
def test_a_service_with_a_token_asks_for_it(browser: Browser, tmp_path: Path) -> None:
    options = ("--token", "open-sesame", "--no-findings")
    with serving(tmp_path, *options) as guarded, opened(browser, guarded) as page:
        page.get_by_label("访问令牌").fill("open-sesame")
        page.get_by_role("button", name="使用令牌").click()
        begin(page, "06-carer-twelfth-month")
        expect(page.get_by_text("该服务没有开启审查。")).to_be_visible()


# Widths, paper, and everyone


@tiers.slow
def test_a_phone_scrolls_in_one_direction(browser: Browser, audited: str) -> None:
    with opened(browser, audited, viewport={"width": 360, "height": 740}) as page:
        begin(page, "23-carer-unknown-record", "care_route c1")
        for lang in ("zh", "en"):
            page.locator(f"#lang-{lang}").click()
            expect(page.locator("#questions .asked li").first).to_be_visible()
            page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
            page.locator("#tree-tree_open").click()
            wide = page.evaluate("""() => [...document.querySelectorAll("body *")]
                .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
                .filter(element => !element.closest("pre, .strip, .hidden, .skips"))
                .map(element => element.outerHTML.slice(0, 100))""")
            assert wide == []
            assert page.evaluate("document.documentElement.scrollWidth") == 360


@tiers.slow
def test_on_paper_stand_answer_reasons_facts_and_sentences_and_nothing_to_click(page: Page) -> None:
    begin(page, "07-carer-one-day-late", "care_route c1")
    expect(page.locator(".repair").first).to_be_visible()
    page.emulate_media(media="print")
    for shown in ("[data-decision='care_route c1'] .conditions", "[role=tree]", ".timeline svg", ".repair p", "#record"):
        expect(page.locator(shown).first).to_be_visible()
    record = page.locator("#record")
    expect(record).to_contain_text("任职起始日期2025-12-01")
    expect(record).to_contain_text("任职e1仍在持续")
    expect(record).to_contain_text("均为默认解释")
    expect(record).to_contain_text("自证书核发之日起12个月内实现在本市养老")
    for gone in ("#form", "#case-tools", "#tools", "#notice", "#findings", "#repair-0-apply", "#strip"):
        expect(page.locator(gone)).to_be_hidden()
    assert page.locator("[role=treeitem]:visible").count() == page.locator("[role=treeitem]").count()
    assert page.pdf().startswith(b"%PDF")


NAMES = """() => {
    const named = element => {
        const ids = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean);
        if (ids.length) return ids.map(id => document.getElementById(id)?.textContent ?? "").join(" ").trim();
        return (element.getAttribute("aria-label") ?? [...(element.labels ?? [])].map(label => label.textContent).join(" ")).trim()
            || (element.matches("button, a, summary, [role=treeitem]") ? element.textContent.trim() : "")
            || (element.matches("fieldset") ? element.querySelector("legend")?.textContent.trim() : "");
    };
    const controls = "a[href], button, input, select, textarea, fieldset, summary, [role=tree], [role=treeitem], [role=img], nav, dialog";
    return [...document.querySelectorAll(controls)]
        .filter(element => element.checkVisibility() && !element.closest("[aria-hidden=true]"))
        .filter(element => !element.matches(".skips") && !named(element))
        .map(element => element.outerHTML.slice(0, 160));
}"""

CONTRAST = """() => {
    const channels = colour => colour.match(/[\\d.]+/g).map(Number);
    const luminance = ([red, green, blue]) => [red, green, blue].map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = element => {
        for (let at = element; at; at = at.parentElement) {
            const [red, green, blue, alpha = 1] = channels(getComputedStyle(at).backgroundColor);
            if (alpha > 0.99) return [red, green, blue];
        }
        return [255, 255, 255];
    };
    const poor = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
        if (element.closest("svg, option, :disabled, noscript, script")) continue;
        const style = getComputedStyle(element);
        const [one, other] = [luminance(channels(style.color)), luminance(ground(element))].sort((a, b) => b - a);
        const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
        const ratio = (one + 0.05) / (other + 0.05);
        if (ratio < (large ? 3 : 4.5)) poor.add(`${ratio.toFixed(2)} ${element.className} ${walker.currentNode.data.slice(0, 30)}`);
    }
    return [...poor];
}"""


@tiers.slow
def test_everyone_can_use_it(browser: Browser, audited: str) -> None:
    """Names of controls, landmarks, the order of headings, ids that occur once, and contrast, as the browser itself computes them."""
    with opened(browser, audited) as page:
        begin(page, "23-carer-unknown-record", "care_route c1")
        expect(page.locator("#questions .asked li").first).to_be_visible()
        expect(page.locator(".repair").first).to_be_visible()
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        page.locator("#condition-care_route-registered").focus()
        assert page.evaluate(NAMES) == []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRAST) == [], scheme
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
        assert sorted(ids) == sorted(set(ids))
        pointers = page.evaluate("""() => ["aria-controls", "aria-describedby", "aria-labelledby", "for"]
            .flatMap(name => [...document.querySelectorAll(`[${name}]`)].flatMap(element => element.getAttribute(name).split(" ")))
            .filter(id => !document.getElementById(id))""")
        assert pointers == []
        levels = page.evaluate("""() => [...document.querySelectorAll("h1, h2, h3, h4, h5")]
            .filter(heading => heading.checkVisibility()).map(heading => Number(heading.tagName[1]))""")
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels
        for role in ("banner", "main", "contentinfo", "navigation"):
            assert page.get_by_role(role).count() >= 1, role
        for region in ("通知正文", "案情", "结论", "通知自身的审查发现"):
            expect(page.get_by_role("region", name=region, exact=True)).to_be_visible()
        expect(page.locator("#said")).to_have_attribute("aria-live", "polite")
        small = page.evaluate("""() => [...document.querySelectorAll("button, select, input:not([type=date])")]
            .filter(element => element.checkVisibility() && !element.closest("label"))
            .filter(element => { const box = element.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
            .map(element => element.outerHTML.slice(0, 120))""")
        assert small == []


# How it looks


DIFFERENCE = """async ([one, other]) => {
    const read = async text => {
        const picture = new Image();
        picture.src = `data:image/png;base64,${text}`;
        await picture.decode();
        const canvas = new OffscreenCanvas(48, Math.round(48 * picture.height / picture.width));
        const context = canvas.getContext("2d");
        context.imageSmoothingQuality = "high";
        context.drawImage(picture, 0, 0, canvas.width, canvas.height);
        const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
        return [picture.width, picture.height, [...pixels].filter((_, at) => at % 4 < 3)];
    };
    const [a, b] = [await read(one), await read(other)];
    if (a[0] !== b[0] || a[1] !== b[1]) return 255;
    return a[2].reduce((sum, value, at) => sum + Math.abs(value - b[2][at]), 0) / a[2].length;
}"""


@tiers.slow
@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_it_looks_as_it_was_reviewed(browser: Browser, audited: str, size: str, request: pytest.FixtureRequest) -> None:
    """Pictures of the case and of the answer, at half their size; letters may differ by a version of the browser, the layout may not."""
    viewport = WIDE if size == "wide" else NARROW
    blank = browser.new_page()  # what the service sends may not show pictures from elsewhere
    with opened(browser, audited, viewport=viewport, device_scale_factor=0.5) as page:
        begin(page, "07-carer-one-day-late", "care_route c1")
        for lang in ("zh", "en"):
            page.locator(f"#lang-{lang}").click()
            page.mouse.move(0, 0)
            expect(page.locator(".repair").first).to_be_visible()
            expect(page.locator(".timeline svg")).to_be_visible()
            for part in ("case", "answer"):
                page.evaluate("document.activeElement.blur(); document.querySelector('.scroll').scrollTop = 0")
                page.evaluate(f"document.querySelector('#{part}-title').scrollIntoView()")
                shown = page.screenshot(animations="disabled")
                kept = PICTURES / f"{part}-{lang}-{size}.png"
                if request.config.getoption("--update-snapshots"):
                    kept.parent.mkdir(exist_ok=True)
                    kept.write_bytes(shown)
                assert kept.stat().st_size < 150_000
                pair = [base64.b64encode(picture).decode() for picture in (kept.read_bytes(), shown)]
                differs = blank.evaluate(DIFFERENCE, pair)
                assert differs < 3.0, f"{kept.name} differs by {differs:.1f}; look at it and write it again with --update-snapshots"
    blank.close()


def test_the_page_knows_nothing_of_the_notice(oracle: Oracle) -> None:
    """No benefit, condition, field, value, reading, number or clause of the notice stands in a script."""
    words = vocabulary(oracle.encoding)
    known = [each["benefit"] for each in words["benefits"]]
    known += [condition["id"] for each in words["benefits"] for condition in each["conditions"]]
    known += [each["path"].rpartition(".")[2] for each in (*words["fields"], *words["lists"])]
    known += [value["value"] for table in words["values"].values() for value in table]
    known += [each["reading"] for each in words["readings"]]
    known += [str(each["value"]) for each in words["parameters"] if each["unit"] in ("day", "money", "occupation")]
    # single words are also words of the language, or of the answer
    names = {name for name in known if not name.isalpha() and name != "applied_on"} | set(words["clauses"])
    assert len(names) > 60
    for script in FOLDER.glob("*.js"):
        text = script.read_text("utf-8")
        assert [name for name in sorted(names) if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)] == [], script.name
