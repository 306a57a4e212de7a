"""What is set for one hypothetical: facts alone, each once, and the subject stays."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from support.command import Cli
from support.paths import CASES
from tiaoli import CaseError, Oracle
from tiaoli.case.documents import read_document

CARER = CASES / "06-carer-twelfth-month.yaml"
TRAINEES = CASES / "10-class-at-eighty.yaml"

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"employments.e1.id": "e2"}, "employments.e1.id", "an id is no fact"),
    ({"certificates.c1.id": "c2"}, "certificates.c1.id", "an id is no fact"),
    ({"id": "B"}, "id", "an id is no fact"),
    ({"certificates": [{"id": "c2"}]}, "c1", "the subject would be gone"),
    ({"certificates": []}, "c1", "the subject would be gone"),
    ({"certificates.c1": {"id": "c2"}}, "certificates", "a path leads to one fact"),
    ({"certificates.c1": None}, "certificates", "a path leads to one fact"),
    ({"certificates": None}, "certificates", "null"),
    ({"certificates": "c1"}, "certificates", "a list is wanted"),
    ({"employments.e1.registry": {}, "employments.e1.registry.in_post": True}, "employments.e1.registry.in_post", "it lies within"),
    ({"employments.e1.registry.in_post": True, "employments.e1.registry": {}}, "employments.e1.registry.in_post", "it lies within"),
    ({"person": {"status": "other"}, "person.status": "employed"}, "person.status", "it lies within"),
]


@pytest.mark.parametrize(("changes", "where", "words"), REFUSED, ids=[" ".join(item) for item, _, _ in REFUSED])
def test_what_is_no_fact_is_not_set(oracle: Oracle, changes: dict[str, Any], where: str, words: str) -> None:
    with pytest.raises(CaseError) as refused:
        oracle.suppose(read_document(CARER), "care_route", changes=changes)
    (problem,) = refused.value.problems
    assert problem.where == where
    assert words in problem.what.en
    assert problem.id


SETTINGS = [
    ["employments.e1.id=e2"],
    ["certificates.c1.id=c2"],
    ['certificates=[{"id":"c2"}]'],
    ["employments.e1.start=2025-12-01", "employments.e1.start=2025-11-29"],
    ["employments.e1.start=2025-12-01", " employments.e1.start = 2025-12-01"],
    ["employments.e1.registry={}", "employments.e1.registry.in_post=true"],
]


@pytest.mark.parametrize("settings", SETTINGS, ids=" ".join)
def test_the_command_refuses_it_in_words(cli: Cli, settings: list[str]) -> None:
    ran = cli("what-if", str(CARER), "care_route", "--lang", "en", *(word for text in settings for word in ("--set", text)))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_items_that_are_not_the_subject_may_come_and_go(oracle: Oracle) -> None:
    case = read_document(CARER)
    assert oracle.suppose(case, "care_route", changes={"employments": []}).after.outcome == "not_eligible"
    kept = case["certificates"] + [{"id": "c9"}]
    assert oracle.suppose(case, "care_route", "c1", changes={"certificates": kept}).differences == ()


def test_every_part_of_a_case_may_be_set_or_is_refused(oracle: Oracle) -> None:
    """No path of a case, whole or cut short, ends in anything but an answer or a refusal."""
    case = read_document(TRAINEES)
    paths = {""}
    todo: list[tuple[str, Any]] = [("", case)]
    while todo:
        path, here = todo.pop()
        steps = here.items() if isinstance(here, dict) else ((item["id"], item) for item in here if isinstance(item, dict))
        for step, value in steps:
            inner = f"{path}.{step}" if path else str(step)
            paths.add(inner)
            if isinstance(value, (dict, list)):
                todo.append((inner, value))
    assert len(paths) > 40
    for path in sorted(paths):
        for value in (None, "x", [], {}, 3, True, [{"id": "z"}]):
            with suppress(CaseError):
                oracle.suppose(case, "directed_training_first", changes={path: value})
