"""The page of a case: it holds every fact, condition, quote and amount, escapes everything, fetches nothing, and can be verified."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from support.cases import read_case
from support.command import Cli
from support.page import Page
from support.paths import CASES
from tiaoli import CallError, Case, Oracle, Receipt, verify
from tiaoli.base.statement import Lang
from tiaoli.case.documents import read_document
from tiaoli.decide.facts import known_values
from tiaoli.present.case_report import CasePage, case_page
from tiaoli.receipts.receipt_comparison import flatten
from tiaoli.receipts.receipt_files import read_receipts

CARER = CASES / "06-carer-twelfth-month.yaml"
SHOWN = ("06-carer-twelfth-month", "14-class-elsewhere-gap", "17-assessment-projects", "23-carer-unknown-record")


Pages = dict[tuple[str, Lang], tuple[CasePage, Page]]


def case_of(name: str) -> Case:
    return read_case(read_document(CASES / f"{name}.yaml"))


@pytest.fixture(scope="module")
def pages(oracle: Oracle) -> Pages:
    """The pages of some cases, Chinese and English in turn, with what a reader sees of them."""
    languages: tuple[Lang, ...] = ("zh", "en")
    keys = [(name, languages[number % 2]) for number, name in enumerate(SHOWN)]
    found = {(name, lang): case_page(oracle, case_of(name), lang=lang) for name, lang in keys}
    return {key: (page, Page(page.html)) for key, page in found.items()}


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_every_fact_of_the_case_stands_in_the_page(oracle: Oracle, pages: Pages) -> None:
    for (name, lang), (_, page) in pages.items():
        case = case_of(name)
        known = known_values(oracle.policy, case)
        for path, value in flatten(case.to_json()).items():
            assert path in page.text
            if path in known:
                (field, item), inside = known[path]
                declared = oracle.policy.fields[field]
                assert declared.label.say(lang) in page.text
                if value is None:
                    assert oracle.encoding.phrases.fact(declared, item, inside).say(lang) in page.text
                elif declared.table:
                    assert oracle.policy.values[declared.table][value].say(lang) in page.text
                elif declared.kind == "money":
                    assert f"{Decimal(value):,.2f}" in page.text
                elif not isinstance(value, bool):
                    assert str(value) in page.text


def test_every_decision_stands_in_the_page_with_its_conditions_quotes_and_amounts(oracle: Oracle, pages: Pages) -> None:
    amounts = 0
    for (name, lang), (_, page) in pages.items():
        for decision in oracle.decide(case_of(name), full=True).decisions:
            benefit = oracle.policy.benefits[decision.benefit]
            assert benefit.statement.say(lang) in page.text
            for condition in decision.conditions:
                assert f"{benefit.conditions[condition.id].say(lang)} {condition.id}" in page.text
                for anchor in oracle.encoding.sentences[decision.benefit][condition.id]:
                    assert spaced(oracle.policy.sentences[anchor].text) in page.text
                    assert lang == "zh" or spaced(oracle.policy.sentences[anchor].en) in page.text
            for amount in (decision.amount, *(decision.amount_range or ())):
                if amount is not None:
                    amounts += 1
                    assert f"{amount:,.2f}" in page.text
            assert all(name in page.text for name in decision.gap)
            assert decision.alternatives is not None
            for flip in decision.alternatives.flips:
                assert f"{flip.reading}={flip.option}" in page.text
            for path in (*decision.alternatives.missing, *decision.alternatives.missing_for_amount):
                assert path in page.text
    assert amounts > 3


def test_reasons_days_and_changes_stand_in_the_page(oracle: Oracle, pages: Pages) -> None:
    for (name, lang), (_, page) in pages.items():
        case = case_of(name)
        for decision in oracle.decide(case).decisions[:1]:
            about = (case, decision.benefit, decision.subject)
            why = oracle.why(*about)
            for node in why.tree.walk():
                assert node is why.tree or spaced(node.statement.say(lang)) in page.text
            for window in why.timeline:
                assert window.day is None or window.day in page.text
            for repair in oracle.what_if(*about, lose=decision.outcome == "eligible", most=3).repairs:
                assert spaced(repair.statement.say(lang)) in page.text
    pictures = [attributes for _, page in pages.values() for receipt_element, attributes in page.elements if receipt_element == "svg"]
    assert pictures
    assert all(attributes["role"] == "img" for attributes in pictures)


def test_the_page_is_whole_by_itself_and_can_be_read_aloud(pages: Pages) -> None:
    for (_, lang), (found, page) in pages.items():
        assert "://" not in found.html
        assert "url(" not in found.html
        names = [receipt_element for receipt_element, _ in page.elements]
        assert not {"link", "img", "iframe", "base", "form", "object"} & {*names}
        assert [attributes for receipt_element, attributes in page.elements if receipt_element == "script"] == [
            {"type": "application/json", "id": "tiaoli-receipt"}
        ]
        assert dict(page.elements[0][1]) == {"lang": "zh-CN" if lang == "zh" else "en"}
        assert names.count("h1") == names.count("main") == names.count("title") - names.count("svg") == 1
        levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        assert all(attributes.get("scope") == "col" for receipt_element, attributes in page.elements if receipt_element == "th")
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len({*ids})
        assert {str(attributes["href"])[1:] for receipt_element, attributes in page.elements if receipt_element == "a"} <= {*ids}
        assert "@page{size:A4" in re.sub(r"\s", "", found.html)


def test_hostile_text_stays_text(oracle: Oracle, tmp_path: Path) -> None:
    name = "</script><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\u202e'\"\ufeff"
    case = read_case({**read_document(CARER), "id": name})
    found = case_page(oracle, case, benefits=["care_route"], lang="en")
    page = Page(found.html)
    assert [receipt_element for receipt_element, _ in page.elements if receipt_element in ("script", "img")] == ["script"]
    assert "\u202e" not in found.html.replace(found.html[found.html.index('id="tiaoli-receipt"') :], "")
    assert "</script><script>alert(1)</script>" in page.text
    (tmp_path / "page.html").write_text(found.html, "utf-8")
    ((_, receipt),) = read_receipts(str(tmp_path / "page.html"))
    assert receipt == found.receipt
    assert found.receipt.case["id"] == name


def test_the_receipt_of_a_page_is_that_of_the_case(oracle: Oracle, pages: Pages, tmp_path: Path) -> None:
    found, page = pages["06-carer-twelfth-month", "zh"]
    assert found.receipt == oracle.receipt(case_of("06-carer-twelfth-month"))
    assert found.receipt.sha256.removeprefix("sha256:")[:8] in page.text
    target = tmp_path / "page.html"
    target.write_text(found.html.replace('"level":4', '"level":3'), "utf-8")
    ((_, receipt),) = read_receipts(str(target))
    assert isinstance(receipt, Receipt)
    assert [item.kind for item in verify(receipt).differences] == ["facts"]


def test_a_page_can_be_narrowed_and_dated(oracle: Oracle) -> None:
    case = case_of("17-assessment-projects")
    found = case_page(oracle, case, subject="d2", lang="en", made_at=datetime(2026, 1, 2, tzinfo=UTC))
    page = Page(found.html)
    sections = [attributes for receipt_element, attributes in page.elements if attributes.get("class") == "decision"]
    assert len(sections) == 1
    assert "2026-01-02T00:00:00+00:00" in page.text
    assert {item["subject"] for item in found.receipt.answer["decisions"]} > {"d2"}
    with pytest.raises(CallError, match="allowed: d1, d2"):
        case_page(oracle, case, subject="d9")
    nothing = read_case({"id": "E", "applied_on": "2025-06-01"})
    assert "nothing to ask about" in Page(case_page(oracle, nothing, lang="en").html).text


def test_the_command_writes_the_page_in_one_step(cli: Cli, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    arguments = ["report", str(CARER), "--benefit", "care_route", "--reading", "validity_anchor=both", "--lang", "en"]
    ran = cli(*arguments, "-o", str(target))
    assert (ran.code, ran.out.startswith("receipt sha256:")) == (0, True)
    assert "(not the default) validity_anchor=both" in Page(target.read_text("utf-8")).text
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert cli("verify", str(target)).code == 0
    ran = cli(*arguments, "-o", "-")
    assert ran.out == target.read_text("utf-8")
    ran = cli(*arguments, "-o", str(tmp_path / "no" / "page.html"))
    assert (ran.code, ran.out) == (2, "")
    assert cli("report", str(CARER), "-o", str(target), "--subject", "c9").code == 2
    assert cli("report", str(tmp_path / "absent.yaml"), "-o", str(target)).code == 2
