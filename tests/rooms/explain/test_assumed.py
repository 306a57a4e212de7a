"""What is assumed to be empty is said where it counts, in every answer that rests on it and in no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notices.hrss_2024_20.samples import care, special
from notices.hrss_2024_20.samples import directed as class_of
from tiaoli import Oracle
from tiaoli.cli.main import run
from tiaoli.explain.explanation import Node
from tiaoli.present.explanation_markup import markdown, mermaid
from tiaoli.present.notebook import draw

Item = dict[str, Any]
SAID = {"en": "the case gives no list of applications; taken as empty", "zh": "案件未提供其他申请清单，按没有其他申请处理"}


def absent() -> Item:
    """An employed person's certificate; the case has no key for the applications on which the annual limit rests."""
    case = special("2025-06-01", issued="2025-03-01")
    case.pop("applications", None)
    case["person"] = {"status": "employed", "civil_servant": False, "public_institution_post": "none"}
    return case


def empty() -> Item:
    return {**absent(), "applications": []}


def bearing(tree: Node) -> Iterator[Node]:
    return (node for node in tree.walk() if node.assumed)


@pytest.mark.parametrize("full", [False, True])
def test_a_count_says_that_its_list_is_assumed(oracle: Oracle, full: bool) -> None:
    found = oracle.why(absent(), "special_ability", full=full)
    assert found.assumed == ("applications",)
    kinds = {node.kind for node in bearing(found.tree)}
    assert {"total", "items"} <= kinds
    for node in bearing(found.tree):
        assert node.assumed == ("applications",)
        if node.kind == "items":
            assert (node.statement.zh, node.statement.en) == (SAID["zh"], SAID["en"])
    given = oracle.why(empty(), "special_ability", full=full)
    assert "assumed" not in json.dumps(given.to_json())


def test_a_refusal_for_want_of_an_item_says_so(oracle: Oracle) -> None:
    case = care()
    case.pop("employments", None)
    found = oracle.why_not(case, "care_route", condition="employed_in_time")
    assert found.assumed == ("employments",)
    (leaf,) = [node for node in found.tree.walk() if not node.children]
    assert (leaf.statement.en, leaf.role) == ("the case gives no list of employments; taken as empty", "against")
    other = oracle.why_not({**case, "employments": []}, "care_route", condition="employed_in_time")
    assert other.assumed == ()
    assert [node.statement.en for node in other.tree.walk() if not node.children] == ["the case lists no employment"]


def test_a_list_inside_an_item_and_a_set_say_so_too(oracle: Oracle) -> None:
    case = class_of()
    (taught,) = case["training_classes"]
    taught.pop("trainees", None)
    taught.pop("agreement_parties", None)
    found = oracle.why_not(case, "directed_training_first")
    assert set(found.assumed) == {"training_classes.k1.trainees", "training_classes.k1.agreement_parties"}
    said = " ".join(node.statement.en for node in found.tree.walk())
    assert "training class k1 gives no list of trainees; taken as empty" in said
    assert "parties" in said
    assert "not given, taken as none" in said


def test_a_list_on_which_nothing_rests_is_not_mentioned(oracle: Oracle) -> None:
    """The case gives no employments either, and nothing about the certificate rests on them."""
    assert oracle.why(absent(), "special_ability", condition="in_force").assumed == ()
    assert oracle.when(absent(), "special_ability").assumed == ("applications",)


COMMANDS = [
    ["why", "special_ability"],
    ["why-not", "special_ability"],
    ["what-if", "special_ability"],
    ["what-if", "special_ability", "--lose"],
    ["what-if", "special_ability", "--set", "applied_on=2025-07-01"],
    ["when", "special_ability"],
    ["decide", "--benefit", "special_ability"],
    ["decide", "--benefit", "special_ability", "--reason"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_so_in_json_and_in_words(command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    name, *options = command
    said = {}
    for kind, case in (("absent", absent()), ("empty", empty())):
        path = tmp_path / f"{kind}.json"
        path.write_text(json.dumps(case), "utf-8")
        assert run([name, str(path), *options, "--json", "--lang", "en"]) == 0
        found = json.loads(capsys.readouterr().out)
        said[kind] = "applications" in found.get("assumed", [])
        for lang, words in (("en", "taken as empty: applications"), ("zh", "按空处理：applications")):
            assert run([name, str(path), *options, "--lang", lang]) == 0
            shown = capsys.readouterr().out
            # the bare answer names the lists that bear on it
            assert (words in shown) is (kind == "absent"), shown
    assert said == {"absent": True, "empty": False}


def test_questions_say_so(oracle: Oracle, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    case = absent()
    del case["person"]["civil_servant"]
    assert oracle.ask(case, benefits=["special_ability"]).assumed == ("applications",)
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), "utf-8")
    assert run(["ask", str(path), "--json"]) == 0
    assert "applications" in json.loads(capsys.readouterr().out)["assumed"]


def test_every_shape_of_an_explanation_says_so(oracle: Oracle) -> None:
    found = oracle.why(absent(), "special_ability")
    for lang, said in SAID.items():
        assert said in markdown(oracle.policy, found, lang)  # type: ignore[arg-type]  # a language
        assert said in mermaid(found, lang).replace("#59;", ";")  # type: ignore[arg-type]  # a language
    drawn = draw(found)
    assert all(said in drawn for said in SAID.values())
    assert "Absent lists, taken as empty:" in drawn
