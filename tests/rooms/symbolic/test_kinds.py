"""Items that are taken together: any number of trainees, a kind at a time, against clingo with so many of them one by one."""

from __future__ import annotations

import inspect
import random
from typing import Any, NamedTuple

import clingo
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.tiers import examples
from tiaoli import Oracle
from tiaoli.rules import parse
from tiaoli.symbolic import (
    CASE,
    MOST_ALIKE,
    Facts,
    Goal,
    NoBoundError,
    Outside,
    Question,
    Relations,
    Scope,
    check,
    of_all_kinds,
    scope_of,
    solver_for,
)
from tiaoli.symbolic import kinds as module
from tiaoli.symbolic.z3_library import z3


class Asked(NamedTuple):
    """What was found of some rules for `violated`: whether a case has it, in what scope, and what was asked."""

    possible: bool
    scope: Scope
    question: Question

    @property
    def fewest(self) -> int:
        """The smallest number of trainees with which a case has it."""
        facts = self.question.facts
        optimum = z3.Optimize(ctx=facts.context)
        optimum.add(*facts.constraints, self.question.goals[0])
        number = optimum.minimize(z3.Sum([weight.expr for weight in facts.weight.values()]))
        assert optimum.check() == z3.sat
        return int(number.value().as_long())


def asked(oracle: Oracle, text: str, using: Any = of_all_kinds) -> Asked:
    program, problems = parse([("test.lp", text)])
    assert not problems
    scope = scope_of(oracle.policy, program.rules, [Goal("violated", (CASE,))], {})

    def build(numbers: Any) -> Question:
        sizes = {**scope.sizes, **numbers}
        facts = Facts(oracle.policy, sizes.__getitem__, many=dict.fromkeys(scope.alike, MOST_ALIKE))
        return Question(facts, [Relations(oracle.encoding, facts, program.rules).holds("violated", (1,))])

    question = using(build, scope.alike)
    facts, (goal,) = question
    found = check(solver_for(facts, goal)).answer if goal is not False else "unsat"
    return Asked(found == "sat", scope, question)


def possible(text: str, trainees: int) -> bool:
    """Whether clingo finds a class of exactly so many trainees that has what is asked for."""
    lines = [
        "applied_on(1,20250601). class(1,k).",
        f"trainee(1,k,(1..{trainees})).",
        "1 { trainee_passed(1,T,(true;false)) } 1 :- trainee(1,k,T).",
        "1 { trainee_hukou(1,T,(shanghai;other)) } 1 :- trainee(1,k,T).",
        "1 { class_held_in(1,K,(shanghai;elsewhere)) } 1 :- class(1,K).",
    ]
    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join([*lines, text, ":- not violated(1)."]))
    control.ground([("base", [])])
    return bool(control.solve().satisfiable)


PASSED = "good(C, K, T) :- trainee(C, K, T), trainee_passed(C, T, true)."
RATE = """
violated(C) :- class(C, K), Good = #count {{ T : good(C, K, T) }}, All = #count {{ T : trainee(C, K, T) }}, {}.
good(C, K, T) :- trainee(C, K, T), trainee_passed(C, T, true).
"""


SUM = f"violated(C) :- class(C, K), #sum {{{{ 100, T : good(C, K, T) ; -80, T : trainee(C, K, T) }}}} {{}}.\n{PASSED}"
FEWEST = {
    "79 % and not 80 %": (RATE.format("Good * 100 >= All * 79, Good * 100 < All * 80"), 24),
    "the part and the whole": (RATE.format("Good > All"), None),
    "one over the half": (RATE.format("Good * 2 = All + 1"), 1),
    "more than 99 %, and not all": (RATE.format("Good * 100 > All * 99, Good != All"), 101),
    "a third of more than a hundred": (RATE.format("Good * 3 = All, All > 100"), 102),
    "nine tenths and ten": (RATE.format("All * 10 < Good * 9"), None),
    "a sum of 60": (SUM.format("= 60"), 3),
    "a sum of 20": (SUM.format("= 20"), 1),
    "a sum of 30": (SUM.format("= 30"), None),
    "a sum over 1999": (SUM.format("> 1999"), 100),
    "two classes of different size": (
        f"""violated(C) :- class(C, K), class(C, L), N = #count {{ T : trainee(C, K, T) }}, M = #count {{ T : good(C, L, T) }},
            N > M * 3 + 4, M > 0, not good(C, K, _).
        {PASSED}""",
        9,
    ),
    "as many of each, and some of neither": (
        f"""violated(C) :- class(C, K), A = #count {{ T : good(C, K, T) }}, B = #count {{ T : far(C, K, T) }}, A = B, A > 6,
            D = #count {{ T : good(C, K, T), far(C, K, T) }}, D * 2 < A, trainee(C, K, U), not good(C, K, U), not far(C, K, U).
        far(C, K, T) :- trainee(C, K, T), trainee_hukou(C, T, other).
        {PASSED}""",
        12,
    ),
}
"""Rules that count, and the fewest trainees of a class that has what they ask for."""


@pytest.mark.parametrize("name", FEWEST)
def test_counts_are_compared_for_classes_of_any_size(oracle: Oracle, name: str) -> None:
    text, fewest = FEWEST[name]
    found = asked(oracle, text)
    assert found.scope.any_number
    assert found.scope.alike == {"trainee"}
    assert (found.fewest if found.possible else None) == fewest


MUTANTS = {
    "one kind fewer": ("if len(absent) == 1 else present", "[:-1] if len(absent) == 1 else present"),
    "one thing is looked at": ("                found.append(part)\n            elif", "                found = [part]\n            elif"),
    "an item is of another's kind": (".replace(old, new)", ""),
    "a kind is its opposite": ("of_item if value else negation(of_item)", "negation(of_item) if value else of_item"),
    "half of the kinds": ("max((len(kinds.vectors)", "max((len(kinds.vectors) // 2"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_of_the_kinds_is_noticed(oracle: Oracle, name: str) -> None:
    old, new = MUTANTS[name]
    source = inspect.getsource(module)
    assert source.count(old) == 1, old
    mutant: dict[str, Any] = {"__name__": "mutant"}
    exec(compile(source.replace(old, new), "mutant", "exec"), mutant)
    found = {key: asked(oracle, text, mutant["of_all_kinds"]) for key, (text, _) in FEWEST.items()}
    assert any((found[key].fewest if found[key].possible else None) != fewest for key, (_, fewest) in FEWEST.items())


def test_more_items_than_can_be_looked_at_are_said(oracle: Oracle) -> None:
    found = asked(oracle, "violated(C) :- applied_on(C, _), #count { K : class_starts(C, K, D) } >= 30.").scope
    assert not found.any_number
    assert found.reason is not None
    assert found.reason.en == "30 items would have to be looked at: training class"
    assert found.sizes["class"] == 3


def test_what_is_found_of_an_item_is_read_off_what_is_asked(oracle: Oracle) -> None:
    """Of each trainee are asked: in the class, passed, from elsewhere; and the class itself bears on the last."""
    text = """
    violated(C) :-
        class(C, K), A = #count { T : good(C, K, T) }, B = #count { T : far(C, K, T) }, D = #count { T : trainee(C, K, T) }, A + B > D + 1.
    far(C, K, T) :- trainee(C, K, T), trainee_hukou(C, T, other), class_held_in(C, K, elsewhere).
    """
    found = asked(oracle, f"{text}{PASSED}")
    assert found.possible
    assert found.fewest == 2
    assert len(found.question.facts.items["trainee"]) == 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (  # two trainees told apart
            "violated(C) :- class(C, K), N = #count { T : trainee(C, K, T) }, M = #count { T : good(C, K, T), trainee(C, K, U), T != U },"
            f" N > M * 2.\n{PASSED}",
            "tells items apart that are only counted elsewhere",
        ),
        (  # a total over every class
            "violated(C) :- applied_on(C, _), N = #count { T : trainee(C, _, T) }, M = #count { T : good(C, _, T) },"
            f" N > M * 2.\n{PASSED}",
            "counts items and compares the number",
        ),
        (  # a list in whose items others stand
            "violated(C) :- applied_on(C, _), N = #count { K : class(C, K) }, M = #count { K : class_held_in(C, K, shanghai) }, N > M * 2.",
            "counts items and compares the number",
        ),
        (  # for each trainee a job
            """violated(C) :- class(C, K), N = #count { T : trainee(C, K, T) }, M = #count { T : placed(C, K, T) }, N < M * 2.
            placed(C, K, T) :- trainee(C, K, T), trainee_employed_on(C, T, D), employment_start(C, J, D).""",
            "every trainee may need others",
        ),
    ],
)
def test_where_items_cannot_be_taken_together_the_answer_is_bounded(oracle: Oracle, text: str, reason: str) -> None:
    found = asked(oracle, text)
    assert not found.scope.any_number
    assert found.scope.reason is not None
    assert reason in found.scope.reason.en
    assert not found.scope.alike


def test_two_trainees_of_one_rule_are_looked_at_one_by_one(oracle: Oracle) -> None:
    text = (
        "violated(C) :- class(C, K), trainee(C, K, T), trainee(C, K, U), T != U, trainee_passed(C, T, true), trainee_passed(C, U, false)."
    )
    found = asked(oracle, text)
    assert found.scope == Scope({**dict.fromkeys(oracle.policy.list_of, 1), "trainee": 2})
    assert found.possible


def test_a_number_of_an_item_in_a_total_is_no_kind(oracle: Oracle) -> None:
    """What a certificate adds is not told by what holds of it."""
    text = """
    violated(C) :- applied_on(C, _), N = #count { X : certificate(C, X) }, #sum { P, X : certificate_payment_percent(C, X, P) } > N * 70.
    """
    with pytest.raises(NoBoundError, match="a number is used"):
        asked(oracle, text)


def test_codes_that_nothing_names_are_not_kinds(oracle: Oracle) -> None:
    """There may be more of them than certificates that are looked at; those that the annex lists are as many as they are."""
    counts = "N = #count { X : certificate(C, X) }, M = #count { P : certificate_occupation(C, X, P) }, N > 400"
    with pytest.raises(NoBoundError, match="codes that nothing names"):
        asked(oracle, f"violated(C) :- applied_on(C, _), {counts}, M = N.")
    listed = "listed(C, X) :- certificate_occupation(C, X, P), catalogue(P)."
    found = asked(oracle, f"violated(C) :- applied_on(C, _), {counts.replace('P :', 'X : listed(C, X),')}, M > 0, M * 2 < N.\n{listed}")
    assert found.possible
    assert found.fewest == 401


def test_days_in_a_total_are_refused(oracle: Oracle) -> None:
    text = "violated(C) :- class(C, K), #sum { D, T : trainee(C, K, T), trainee_employed_on(C, T, D) } > 0."
    with pytest.raises(Outside, match="day"):
        asked(oracle, text)


class _Random:
    """Rules that count the trainees of a class by several conditions and compare the counts."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        pick = self.random.choice
        rules = [
            f"a(C, K, T) :- trainee(C, K, T), {self.fact()}.",
            f"b(C, K, T) :- trainee(C, K, T), {self.fact()}, {pick(['', 'not '])}a(C, K, T).",
        ]
        if self.random.random() < 0.5:
            rules.append("b(C, K, T) :- a(C, K, T), class_held_in(C, K, shanghai).")
        counts = [f"{name} = #count {{ T : {self.condition()} }}" for name in "MN"]
        some = f"{pick(['', 'not '])}some(C, K)"
        rules.append(f"some(C, K) :- class(C, K), {self.condition()}.")
        left, right = (f"{name} * {self.random.randint(1, 5)} + {self.random.randint(0, 3)}" for name in "MN")
        more = pick([f", {some}", "", f", M + {self.random.randint(0, 2)} != N"])
        rules.append(f"violated(C) :- class(C, K), {', '.join(counts)}, {left} {pick(['<', '>', '=', '<=', '>='])} {right}, M > 0{more}.")
        return "\n".join(rules)

    def fact(self) -> str:
        return self.random.choice(
            ["trainee_passed(C, T, true)", "trainee_passed(C, T, false)", "trainee_hukou(C, T, other)", "trainee_hukou(C, T, shanghai)"]
        )

    def condition(self) -> str:
        parts = [
            f"trainee(C, K, T), {self.fact()}",
            "a(C, K, T)",
            "b(C, K, T)",
            "trainee(C, K, T), not a(C, K, T)",
            "trainee(C, K, T), not b(C, K, T)",
        ]
        return self.random.choice(parts) + self.random.choice(["", ", class_held_in(C, K, elsewhere)", f", {self.fact()}"])


@given(st.integers(0, 1_000_000_000))
@examples(15, 400)
def test_any_number_taken_together_is_any_number_one_by_one(oracle: Oracle, seed: int) -> None:
    text = _Random(seed).text()
    found = asked(oracle, text)
    assert found.scope.any_number
    if found.possible and found.fewest <= 8:
        assert possible(text, found.fewest), text
        assert not any(possible(text, fewer) for fewer in range(found.fewest)), text
    else:
        assert not any(possible(text, number) for number in range(7)), text
