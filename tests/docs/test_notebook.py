"""What shows itself in a notebook, and the notebook of the docs: executed again, it prints what stands in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from support.cases import read_case
from support.page import Page
from support.paths import CASES, ROOT
from tiaoli import Oracle, diff, redecide, verify
from tiaoli.case.documents import read_document
from tiaoli.present.html_elements import html, tag
from tiaoli.receipts.correction import Correction

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def seen(output: dict[str, Any]) -> str:
    """What a reader sees of an output."""
    if output["output_type"] == "stream":
        return str(output["text"])
    assert output["output_type"] == "execute_result", output
    data = output["data"]
    return Page(data["text/html"]).text if "text/html" in data else str(data["text/plain"])


def test_the_notebook_prints_what_stands_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    stored = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    fresh = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    # what one cell prints is one output, however the kernel sends it
    options: dict[str, Any] = {"record_timing": False, "coalesce_streams": True, "resources": {"metadata": {"path": str(tmp_path)}}}
    NotebookClient(fresh, timeout=60, kernel_name="python3", **options).execute()
    fresh.metadata = stored.metadata
    if request.config.getoption("--update-snapshots"):
        NOTEBOOK.write_text(f"{nbformat.writes(fresh)}\n", "utf-8")  # type: ignore[no-untyped-call]
        return
    for was, now in zip(stored.cells, fresh.cells, strict=True):
        assert [seen(output) for output in now.get("outputs", ())] == [seen(output) for output in was.get("outputs", ())], was.source


def test_the_notebook_holds_nothing_of_the_machine_that_ran_it() -> None:
    text = NOTEBOOK.read_text("utf-8")
    assert not re.search(r'/home/|/tmp/|/root/|/work/|\.venv|Traceback|"error"', text)
    notebook = json.loads(text)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert all(cell["metadata"] == {} for cell in notebook["cells"])


@pytest.fixture(scope="module")
def shown(oracle: Oracle) -> dict[str, Any]:
    """One of everything that shows itself, of a case whose id is hostile."""
    late = read_case({**read_document(CASES / "07-carer-one-day-late.yaml"), "id": "<script>alert(1)</script>\u202e&amp;'\""})
    unknown = late.to_json()
    del unknown["employments"][0]["start"]
    answer = oracle.decide(late, full=True)
    receipt = oracle.receipt(late, answer=answer)
    explanation = oracle.why_not(late, "care_route")
    correction = Correction({"employments.e1.start": "2025-11-30"})
    return {
        "answer": answer,
        "decision": answer.decisions[0],
        "compiled": oracle.decide(late, engine="compiled").decisions[0],
        "explanation": explanation,
        "condition": oracle.why_not(late, "care_route", condition="employed_in_time"),
        "node": explanation.tree,
        "what_if": oracle.what_if(late, "care_route"),
        "hypothesis": oracle.suppose(late, "care_route", changes={"employments.e1.start": "2025-11-30"}),
        "calendar": oracle.when(late, "special_ability"),
        "questions": oracle.ask(unknown, benefits=["care_route"]),
        "settled": oracle.ask(late),
        "proof": oracle.prove(["grant-within-cap"])[0],
        "diff": diff(oracle, Oracle(parameters={"validity_to": "2026-11-13"}), benefits=["care_route"]),
        "replay": verify(receipt, sha256="0"),
        "redecision": redecide([receipt], corrections=[correction]),
    }


def test_everything_shows_itself_well_formed_escaped_and_in_both_languages(shown: dict[str, Any]) -> None:
    for name, value in shown.items():
        page = Page(value._repr_html_())
        names = {receipt_element for receipt_element, _ in page.elements}
        assert not names & {"script", "link", "img", "iframe"}, name
        assert not any(key.startswith("on") for _, attributes in page.elements for key in attributes), name
        assert "\u202e" not in page.text
        assert re.search("[\u4e00-\u9fff]", page.text), name
        assert ("span", {"class": "en", "lang": "en"}) in page.elements, name
        assert page.elements[0] == ("div", {"class": "tiaoli note"})
        assert len(repr(value)) < 20_000


def test_what_is_shown_says_what_the_data_says(oracle: Oracle, shown: dict[str, Any]) -> None:
    text = {name: Page(value._repr_html_()).text for name, value in shown.items()}
    for decision in shown["answer"].decisions:
        assert decision.benefit in text["answer"]
        assert oracle.policy.benefits[decision.benefit].statement.zh in text["answer"]
    for node in shown["explanation"].tree.walk():
        assert node is shown["explanation"].tree or node.statement.en in text["explanation"]
    for window in shown["explanation"].timeline:
        assert window.day in text["explanation"]
    for repair in shown["what_if"].repairs:
        assert repair.statement.zh in text["what_if"]
    assert "1,560.00 CNY" in text["redecision"]
    assert shown["compiled"]._repr_html_() == shown["decision"]._repr_html_()
    for one in shown["diff"].benefits["care_route"].changes:
        assert one.statement.en in text["diff"]


def test_no_text_becomes_an_element() -> None:
    hostile = "<b>\"'&\u0000\u202e\ufeff\ud800"
    found = tag("p", hostile, [hostile, None, tag("i", hostile)], class_="x", title=hostile, data_x=None)
    page = Page(found)
    assert page.elements == [("p", {"class": "x", "title": "<b>\"'&\\x00\\u202e\\ufeff\\ud800"}), ("i", {})]
    assert found.encode()
    assert html(found) is found
