"""Sums of any size are exact in every engine: clingo has 32 bits, columns have 64, and neither ever wraps."""

from __future__ import annotations

import json
import operator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import clingo
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.hrss_2024_20.samples import directed, trainee
from support import tiers
from support.exercise import NAME, carers
from support.tables import batch
from tiaoli import InternalError, Oracle
from tiaoli.populations.arrow_decider import BatchDecider
from tiaoli.rules.arithmetic import computed
from tiaoli.rules.atoms import Fact
from tiaoli.rules.clingo_session import Session, consequences
from tiaoli.rules.exact_text import exact_rules, number_of, symbol_of

Item = dict[str, Any]
LARGEST = "9999999.99"


@pytest.fixture(scope="module")
def dear() -> Oracle:
    """The notice with a standard as large as a parameter may be."""
    return Oracle(parameters={"standard_in_shanghai": LARGEST, "standard_elsewhere": LARGEST})


def half_of(number: int) -> Decimal:
    return (Decimal(LARGEST) * number / 2).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.parametrize("number", [1, 214, 215, 430])
def test_a_class_at_the_largest_standard_is_paid_alike_by_every_engine(dear: Oracle, number: int) -> None:
    """215 times 9 999 999.99 yuan are more than 32 bits of yuan."""
    case = directed(*(trainee(f"t{index}") for index in range(number)))
    for engine in ("clingo", "compiled"):
        amounts = [decision.amount for decision in dear.decide(case, engine=engine).decisions]
        assert amounts == [half_of(number)] * 2, engine
    rows = BatchDecider(dear).decide(batch(dear, [case])).decisions.to_pylist()
    assert [row["amount"] for row in rows] == [half_of(number)] * 2


def test_what_is_said_of_a_large_sum_is_the_same_everywhere(dear: Oracle) -> None:
    case = directed(*(trainee(f"t{index}") for index in range(215)))
    (first, _) = dear.decide(case, full=True).decisions
    assert first.amount == half_of(215)
    assert "1,074,999,998.93" in json.dumps(dear.why(case, "directed_training_first").to_json())
    receipt = dear.receipt(case)
    assert receipt.sha256 == dear.receipt(case).sha256


def test_both_ends_of_a_large_sum_are_exact(dear: Oracle) -> None:
    """Whether one of 215 passed is unknown: with nine of ten the whole class is paid, alone it is paid or not."""
    people = [trainee(f"t{index}", passed=index < 150) for index in range(214)]
    unsure = trainee("t214")
    del unsure["passed"]
    first, second = dear.decide(directed(*people, unsure)).decisions
    assert first.amount_range == second.amount_range == (half_of(150), half_of(151))


TOTAL = """
asked_in_all(C, T) :- applied_on(C, _), T = #sum { Sum, P : project_requested(C, P, Sum) }.
"""
WORDS = """
[predicate.asked_in_all]
args = ["case:case", "total:money"]
zh = "甲"
en = "a"
fails = { zh = "乙", en = "b" }
none = { zh = "丙", en = "c" }
total.T = { zh = "{sum}", en = "{sum}" }
"""


@pytest.fixture(scope="module")
def summing(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """A grant of a hundred times what all projects of a case ask for."""
    grant = "payable(C, carer_grant, Cert, Sum / 100, Sum \\ 100, 100) :- certificate(C, Cert), money(grant, Sum)."
    paid = "Sum / 100 * 100, Sum \\ 100 * 100, 100) :- certificate(C, Cert), asked_in_all(C, Sum), money(grant, Fen), 0 < Fen."
    root = carers(
        tmp_path_factory.mktemp("summing"),
        {"c01_grant.lp": (grant, f"payable(C, carer_grant, Cert, {paid}")},
        {"c01_grant.lp": TOTAL, "vocabulary.toml": WORDS},
    )
    return Oracle(NAME, policy_root=root)


def asking(*sums: str | None) -> Item:
    about = {"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05", "issued": "2025-03-09", "holder_status": "other"}
    projects = [{"id": f"p{number}"} | ({} if text is None else {"requested_cny": text}) for number, text in enumerate(sums)]
    person = {"status": "employed"}
    return {"id": "A", "applied_on": "2025-06-01", "person": person, "certificates": [about], "development_projects": projects}


SUMS = st.lists(st.integers(1, 1_000_000_000), min_size=1, max_size=12)


@tiers.examples(5, 60)
@given(SUMS)
def test_a_total_of_sums_is_exact_in_every_engine(summing: Oracle, sums: list[int]) -> None:
    case = asking(*(f"{Decimal(fen) / 100:.2f}" for fen in sums))
    for engine in ("clingo", "compiled"):
        assert summing.decide(case, benefits=["carer_grant"], engine=engine).decisions[0].amount == Decimal(sum(sums)), engine


def test_a_total_of_unknown_sums_has_both_ends(summing: Oracle) -> None:
    for number in range(1, 6):
        (decision,) = summing.decide(asking(*["10000000.00"] * 3, *[None] * number), benefits=["carer_grant"]).decisions
        low, high = (Decimal(30_000_000 * 100 + end * number) for end in (1, 1_000_000_000))
        assert decision.amount_range == (low, high)
        assert decision.outcome == "eligible"
    full = summing.decide(asking("10000000.00", None), benefits=["carer_grant"], full=True).decisions[0]
    assert full.alternatives is not None
    assert full.alternatives.missing_for_amount == ("development_projects.p1.requested_cny",)
    assert summing.ask(asking("10000000.00", None), benefits=["carer_grant"]).questions[0].for_amount


def test_what_is_left_far_below_zero_is_decided_by_every_engine(tmp_path: Path) -> None:
    """A grant of what is left of a budget, or nothing: a hundred thousand million fen too much are no reason not to decide."""
    grant = "payable(C, carer_grant, Cert, Sum / 100, Sum \\ 100, 100) :- certificate(C, Cert), money(grant, Sum)."
    paid = "Paid / 100, Paid \\ 100, 100) :- certificate(C, Cert), asked_in_all(C, Sum), money(grant, Fen), Left = 100 * Fen - 100 * Sum, "
    changes = {"c01_grant.lp": (grant, f"payable(C, carer_grant, Cert, {paid}greatest(Left, 0, Paid).")}
    oracle = Oracle(NAME, policy_root=carers(tmp_path, changes, {"c01_grant.lp": TOTAL, "vocabulary.toml": WORDS}))
    cases = [asking("10000000.00") | {"id": "far"}, asking("499.99") | {"id": "near"}]
    for engine in ("clingo", "compiled"):
        amounts = [oracle.decide(case, benefits=["carer_grant"], engine=engine).decisions[0].amount for case in cases]
        assert amounts == [Decimal(0), Decimal(1)], engine
    rows = BatchDecider(oracle).decide(batch(oracle, cases)).decisions.to_pylist()
    assert [row["amount"] for row in rows if row["benefit"] == "carer_grant"] == [Decimal(0), Decimal(1)]
    assert "eligible" in json.dumps(oracle.why(cases[0], "carer_grant").to_json())
    (unsure,) = oracle.decide(asking("10000000.00", None), benefits=["carer_grant"]).decisions
    assert (unsure.outcome, unsure.amount) == ("eligible", Decimal(0))


# The numbers themselves

NUMBERS = st.one_of(st.integers(0, 10**4), st.integers(0, 2**33), st.integers(0, 10**30))


@given(NUMBERS, NUMBERS)
def test_clingo_orders_wide_numbers_as_numbers(one: int, other: int) -> None:
    first, second = symbol_of(one), symbol_of(other)
    assert (number_of(first), number_of(second)) == (one, other)
    assert (first < second, first == second) == (one < other, one == other)
    assert first < clingo.Supremum


@tiers.examples(15, 300)
@given(NUMBERS, st.integers(-1000, 1000), st.integers(1, 2**31), st.lists(st.integers(-(10**6), 10**12), max_size=6))
def test_rules_reckon_as_python_does(large: int, small: int, divisor: int, weights: list[int]) -> None:
    rules = r"""
    found(0, X * X + Y) :- large(X), small(Y), X > 2000.   found(1, X / D) :- large(X), divisor(D).
    found(2, X \ D) :- large(X), divisor(D).               found(3, Y / D) :- small(Y), divisor(D).
    found(4, Y \ D) :- small(Y), divisor(D).               found(5, -Y) :- small(Y).
    found(6, S) :- S = #sum { W, N : weight(N, W) }, S > 0 - 100 * 100.
    more :- #sum { W, N : weight(N, W) } >= 1000 * 1000 * 100.
    #defined weight/2.
    """
    facts = [Fact("large", (large,)), Fact("small", (small,)), Fact("divisor", (divisor,))]
    facts += [Fact("weight", (number, weight)) for number, weight in enumerate(weights) if sum(weights) >= 0]
    found = consequences(rules, facts).certain
    weighed = sum(weights) if sum(weights) >= 0 else 0
    wanted = {1: computed("/", [large, divisor]), 2: computed("\\", [large, divisor]), 3: computed("/", [small, divisor])}
    wanted |= {4: computed("\\", [small, divisor]), 5: -small, 6: weighed}
    wanted |= {0: large * large + small} if large > 2000 else {}
    assert {fact.arguments for fact in found if fact.predicate == "found"} == set(wanted.items())
    assert (Fact("more", ()) in found) == (weighed >= 10**8)


ANY = st.one_of(
    st.integers(-(10**4), 10**4), st.integers(-(2**33), 2**33), st.integers(-(10**26), 10**26), st.sampled_from([-(2**31), 2**31])
)
SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne}


@tiers.examples(30, 600)
@given(ANY, ANY, st.lists(st.integers(-(10**12), 10**12), max_size=6))
def test_numbers_far_below_zero_are_exact_and_stand_in_order(one: int, other: int, weights: list[int]) -> None:
    pair = [Fact(f"{name}_{'less' if value < 0 else 'more'}", (abs(value),)) for name, value in (("one", one), ("other", other))]
    rules = r"""
    one(X) :- one_more(X).      one(0 - X) :- one_less(X).      other(X) :- other_more(X).      other(0 - X) :- other_less(X).
    weight(N, W) :- more(N, W). weight(N, 0 - W) :- less(N, W). total(S) :- S = #sum { W, N : weight(N, W) }.
    found(0, X - Y) :- one(X), other(Y).                        found(1, X * Y) :- one(X), other(Y).
    found(2, X / 1000) :- one(X).                               found(3, X \ 1000) :- one(X).
    found(4, L) :- one(X), other(Y), least(X, Y, L).            found(5, L) :- one(X), other(Y), greatest(X, Y, L).
    held(total) :- one(X), #sum { W, N : weight(N, W) } < X.    held(count) :- one(X), X <= #count { N : weight(N, _) }.
    held(between) :- one(X), other(Y), total(S), X < S, S <= Y.
    held(both) :- one(X), other(Y), 1 < X < Y.                  held(none) :- one(X), not X < 0.
    #defined one_more/1. #defined one_less/1. #defined other_more/1. #defined other_less/1. #defined more/2. #defined less/2.
    """
    rules += "\n".join(f'held("{sign}") :- one(X), other(Y), X {sign} Y.' for sign in SIGNS)
    facts = [*pair, *(Fact("less" if weight < 0 else "more", (number, abs(weight))) for number, weight in enumerate(weights))]
    found = consequences(rules, facts).certain
    values = {fact.arguments[0]: fact.arguments[1] for fact in found if fact.predicate == "found"}
    wanted = [one - other, one * other, computed("/", [one, 1000]), computed("\\", [one, 1000]), min(one, other), max(one, other)]
    assert values == dict(enumerate(wanted))
    total = sum(weights)
    assert Fact("total", (total,)) in found
    held = {str(fact.arguments[0]) for fact in found if fact.predicate == "held"}
    tests = {"total": total < one, "count": one <= len(weights), "between": one < total <= other, "both": 1 < one < other}
    tests |= {"none": one >= 0} | {sign: test(one, other) for sign, test in SIGNS.items()}
    assert held == {name for name, holds in tests.items() if holds}


REFUSED = [
    ("a(X / 0) :- b(X).", "divides by zero"),
    ("a(Y + 1) :- b(X), Y = #sup.", "no number"),
]


@pytest.mark.parametrize(("rules", "said"), REFUSED)
def test_what_has_no_value_is_said_in_words(rules: str, said: str) -> None:
    with pytest.raises(InternalError, match=said):
        Session(rules, [Fact("b", (10**9,))])


def test_the_rules_of_a_policy_are_grounded_with_nothing_left_to_reckon(oracle: Oracle) -> None:
    text = oracle.encoding.rules
    assert "@value" in text
    assert exact_rules(text) is not text
    assert exact_rules(text) == text
    assert not [line for line in text.splitlines() if any(f" {sign} " in line.partition('"')[0] for sign in "+*/\\")]


def test_files_run_in_clingo_as_they_stand(tmp_path: Path, oracle: Oracle) -> None:
    (tmp_path / "rules.lp").write_text(oracle.policy.rule_text, "utf-8")
    control = clingo.Control(["--warn=none"])
    control.load(str(tmp_path / "rules.lp"))
    control.ground([("base", [])])
    assert control.solve().satisfiable
