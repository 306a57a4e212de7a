"""How many items of the shipped notice's lists are enough, for questions that two or three would answer wrongly; and that one more and two
more never change an answer."""

from __future__ import annotations

import inspect
import random
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.paths import ROOT
from support.tiers import examples
from tiaoli import Oracle
from tiaoli.rules import Rule, parse
from tiaoli.symbolic import (
    CASE,
    MOST_ALIKE,
    Facts,
    Goal,
    NoBoundError,
    Question,
    Relations,
    Scope,
    check,
    enough,
    items_needed,
    of_all_kinds,
    scope_of,
    solver_for,
)

GOAL = Goal("violated", (CASE,))


def rules_of(text: str) -> tuple[Rule, ...]:
    program, problems = parse([("test.lp", text)])
    assert not problems
    return program.rules


def scope(oracle: Oracle, text: str) -> Scope:
    return scope_of(oracle.policy, (*oracle.encoding.program.rules, *rules_of(text)), [GOAL], {})


def needed(oracle: Oracle, text: str) -> dict[str, int]:
    """The items of the lists that bear on a question and are looked at one by one."""
    found = scope(oracle, text)
    assert found.any_number, found.reason
    return {entity: number for entity, number in found.sizes.items() if number > 1}


def possible(oracle: Oracle, text: str, found: Scope, more: int = 0) -> bool:
    """Whether z3 finds a case in a scope, with so many more items of every list that is looked at one by one."""

    def build(kinds: Mapping[str, int]) -> Question:
        sizes = {**{entity: number + more for entity, number in found.sizes.items()}, **kinds}
        facts = Facts(oracle.policy, sizes.__getitem__, many=dict.fromkeys(found.alike, MOST_ALIKE))
        return Question(facts, [Relations(oracle.encoding, facts, rules_of(text)).holds("violated", (1,))])

    facts, (goal,) = of_all_kinds(build, found.alike)
    if isinstance(goal, bool):
        return goal
    answer = check(solver_for(facts, goal)).answer
    assert answer != "unknown"
    return answer == "sat"


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        (  # three certificates that are counted
            "violated(C) :- applied_on(C, _), #count { X : eligible(C, special_ability, X) } >= 3.",
            {"certificate": 3},
        ),
        (  # two others that one excludes, each granted, as care certificates with three jobs each
            "violated(C) :- exclusive(C, A, X, _), exclusive(C, B, Y, _), exclusive(C, D, Z, _), X != Y, Z != X, Z != Y.",
            {"certificate": 3, "employment": 9},
        ),
        (  # three jobs joined in one rule
            """violated(C) :- grouped(C, X).
            grouped(C, X) :- certificate(C, X), employment_industry(C, One, elderly_care), employment_industry(C, Two, domestic_service),
                employment_industry(C, Three, other).""",
            {"employment": 3},
        ),
        (  # two grants compared
            """violated(C) :- amount(C, development_grant, P, Yuan, _), amount(C, development_grant, Q, More, _), Yuan < More,
                project_requested(C, P, One), project_requested(C, Q, Other), One < Other.""",
            {"project": 2},
        ),
        (  # two trainees joined in one rule
            """violated(C) :- still_employed(C, K, T), still_employed(C, K, U), T != U, trainee_employed_on(C, T, One),
                trainee_employed_on(C, U, Other), One < Other.""",
            {"trainee": 2},
        ),
        (  # and four, in two classes
            """violated(C) :- pair(C, K), pair(C, L), K != L.
            pair(C, K) :- still_employed(C, K, T), found_work(C, K, U), T != U.""",
            {"class": 2, "trainee": 4},
        ),
        (  # three jobs, one for each condition of the care route, and three for each certificate of two
            "violated(C) :- eligible(C, care_route, X), eligible(C, care_route, Y), X != Y.",
            {"certificate": 2, "employment": 6},
        ),
    ],
)
def test_as_many_as_the_question_and_the_rules_name(oracle: Oracle, text: str, sizes: Mapping[str, int]) -> None:
    assert needed(oracle, text) == sizes
    assert possible(oracle, text, scope(oracle, text))


def test_seven_applications_a_year_want_seven_applications() -> None:
    oracle = Oracle("hrss-2024-20", parameters={"applications_a_year": "7"})
    text = "violated(C) :- year_used_up(C, Benefit)."
    assert needed(oracle, text) == {"application": 7}
    found = scope(oracle, text)
    assert possible(oracle, text, found)
    assert not possible(oracle, text, Scope({**found.sizes, "application": 6}))


def test_a_class_counts_any_number_of_trainees(oracle: Oracle) -> None:
    found = scope(oracle, "violated(C) :- whole_class(C, K), not counted(C, K, _).")
    assert found.any_number
    assert found.alike == {"trainee"}
    assert found.sizes["class"] == 1


def test_what_was_asked_for_is_looked_at_where_no_number_is_enough(oracle: Oracle) -> None:
    text = """violated(C) :- class(C, X), not last(C).
    last(C) :- class(C, X), not followed(C, X).
    followed(C, X) :- class_starts(C, X, D), class_starts(C, Y, E), D < E."""
    found = scope_of(oracle.policy, rules_of(text), [GOAL], {}, {"class": 5})
    assert not found.any_number
    assert found.sizes["class"] == 5
    assert found.sizes["employment"] == 3
    assert not possible(oracle, text, Scope({**found.sizes, "class": 2}))


def test_items_for_each_other_are_taken_together_where_only_their_kinds_matter(oracle: Oracle) -> None:
    """For every trainee who passed one who did not, of the same class: any number of either."""
    text = """violated(C) :- trainee(C, K, T), not alone(C).
    alone(C) :- trainee(C, K, T), not paired(C, T).
    paired(C, T) :- trainee(C, K, T), trainee_passed(C, T, true), trainee(C, K, U), trainee_passed(C, U, false).
    paired(C, T) :- trainee(C, K, T), trainee_passed(C, T, false), trainee(C, K, U), trainee_passed(C, U, true)."""
    found = scope(oracle, text)
    assert found.any_number
    assert found.alike == {"trainee"}
    assert possible(oracle, text, found)


def test_items_whose_days_are_compared_are_not_taken_together(oracle: Oracle) -> None:
    text = """violated(C) :- certificate(C, X), not last(C).
    last(C) :- certificate(C, X), not followed(C, X).
    followed(C, X) :- certificate_issued(C, X, D), certificate_issued(C, Y, E), D < E."""
    with pytest.raises(NoBoundError, match="a number is used"):
        possible(oracle, text, scope(oracle, text))


ATOMS = {
    "certificate": (
        "eligible(C, care_route, {0})",
        "eligible(C, skill_uplift, {0})",
        "eligible(C, special_ability, {0})",
        "base_entitlement(C, {0})",
        "registered(C, {0})",
        "still_in_post(C, {0})",
        "timely_job(C, {0}, {1})",
        "in_force(C, care_route, {0})",
    ),
    "employment": ("on_record(C, {0})", "employment_in_post(C, {0}, true)"),
    "application": ("uses_year(C, {0})", "within_year(C, {0})", "earlier_application(C, {0})"),
    "class": ("agreed(C, {0})", "eligible(C, directed_training_second, {0})", "whole_class(C, {0})", "class_held_in(C, {0}, elsewhere)"),
    "project": ("eligible(C, development_grant, {0})", "project_review_passed(C, {0}, true)"),
}
ALONE = ("year_used_up(C, skill_uplift)", "limit_applies(C)", "last_application(C)", "excluded_post(C)")


def text_of(seed: int) -> str:
    """A question at random about what the notice's rules derive."""
    rng = random.Random(seed)
    entities = [rng.choice(list(ATOMS)) for _ in range(rng.choice((1, 2, 2)))]
    names = [f"V{number}" for number in range(len(entities))]
    body = [f"{entity}(C, {name})" for entity, name in zip(entities, names, strict=True)]
    for name, entity in zip(names, entities, strict=True):
        for atom in rng.sample(ATOMS[entity], k=min(len(ATOMS[entity]), rng.choice((1, 2)))):
            body.append(f"{rng.choice(['', 'not '])}{atom.format(name, '_')}")
    if rng.random() < 0.5:
        body.append(f"{rng.choice(['', 'not '])}{rng.choice(ALONE)}")
    if len(entities) == 2 and entities[0] == entities[1]:
        body.append("V0 != V1")
    return f"violated(C) :- {', '.join(body)}."


def answers(oracle: Oracle, text: str, more: Iterable[int]) -> list[bool]:
    found = scope(oracle, text)
    assert found.any_number, text
    return [possible(oracle, text, found, number) for number in (0, *more)]


@given(st.integers(0, 1_000_000_000))
@examples(4, 150)
def test_one_and_two_items_more_change_no_answer(oracle: Oracle, seed: int) -> None:
    text = text_of(seed)
    first, *rest = answers(oracle, text, (1, 2))
    assert rest == [first, first], text


def test_the_page_of_properties_names_those_of_this_folder() -> None:
    page = ROOT.joinpath("docs", "properties.md").read_text("utf-8").partition("How far a proof reaches")[2].partition("\n## ")[0]
    modules = [path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    tests = {name for text in modules for name in re.findall(r"@given\(.*\n(?:@.*\n)*def (test_\w+)", text)}
    assert set(re.findall(r"`(test_\w+)`", page)) == tests


TWO_GOALS = """one(C) :- employment_start(C, J, D), employment_start(C, K, E), D < E.
other(C) :- certificate_issued(C, X, D), certificate_issued(C, Y, E), certificate_issued(C, Z, F), D < E, E < F."""
CLASSES = "violated(C) :- applied_on(C, _), N = #count { K : class(C, K) }, M = #count { K : class_held_in(C, K, shanghai) }, N > M * 2."
THIRTY = "violated(C) :- applied_on(C, _), #count { K : class_starts(C, K, D) } >= 30."


def scopes(oracle: Oracle, using: Any) -> list[object]:
    """What is looked at for two questions at once, for a list in whose items others stand, and for more items than can be looked at."""
    two = using(oracle.policy, rules_of(TWO_GOALS), [Goal(name, (CASE,)) for name in ("one", "other")], {})
    found = [using(oracle.policy, rules_of(text), [GOAL], {}) for text in (CLASSES, THIRTY)]
    return [two.sizes["employment"], two.sizes["certificate"], two.any_number, *(one.any_number for one in found), found[1].sizes["class"]]


AS_THEY_ARE = [2, 3, True, False, False, 3]
MUTANTS = {
    "the least of several questions": (items_needed, "max(numbers[entity]", "min(numbers[entity]"),
    "a list in whose items others stand": (enough, "not more <= leaves", "False"),
    "too many are looked at": (enough, "if sizes[most] > _MOST:", "if False:"),
    "fewer than are needed": (enough, "{entity: max(1, number) for", "{entity: max(1, number - 1) for"),
}


def test_what_is_looked_at_for_several_questions(oracle: Oracle) -> None:
    assert scopes(oracle, scope_of) == AS_THEY_ARE


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_of_the_scope_is_noticed(oracle: Oracle, name: str) -> None:
    mutated, old, new = MUTANTS[name]
    spaces: dict[str, dict[str, Any]] = {}
    for module in (items_needed, enough):
        source = inspect.getsource(module)
        assert source.count(old) == (module is mutated)
        spaces[module.__name__] = {"__name__": module.__name__}
        exec(compile(source.replace(old, new), "mutant", "exec"), spaces[module.__name__])
    space = spaces[enough.__name__]
    space["items_needed"] = spaces[items_needed.__name__]["items_needed"]
    assert scopes(oracle, space["scope_of"]) != AS_THEY_ARE
