"""A policy whose rules use every function: decided alike by every engine, explained, asked, repaired, proved and audited."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from support import strategies, tiers
from support.exercise import NAME, carers
from support.reckoning import reckoning
from support.tables import batch
from tiaoli import Case, Oracle
from tiaoli.compiled.decider import CompiledRules
from tiaoli.encoding import policy_problems
from tiaoli.populations.arrow_decider import BatchDecider
from tiaoli.rules import Fact

Item = dict[str, Any]
BENEFIT = "carer_grant"


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(NAME, policy_root=reckoning(tmp_path_factory.mktemp("reckoning")))


def a_case(applied_on: str = "2025-08-31", issued: str | None = "2025-03-31", start: str | None = "2022-02-28", **job: Any) -> Item:
    certificate = {"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05", "holder_status": "employed"}
    employment = {"id": "e1", "end": None, **job}
    if issued is not None:
        certificate["issued"] = issued
    if start is not None:
        employment["start"] = start
    person = {"status": "employed"}
    return {"id": "A", "applied_on": applied_on, "person": person, "certificates": [certificate], "employments": [employment]}


def random_cases(rng: random.Random, number: int) -> Iterator[Item]:
    """Whole cases whose days lie near one another, often on the last of a month, beside some of any kind."""
    for position in range(number):
        if position % 3 == 0:
            yield strategies.random_case(rng) | {"id": f"{position}"}
            continue
        day = date(2025, 1, 1) + timedelta(rng.randrange(600))
        start = rng.choice((day - timedelta(rng.randint(0, 1600)), date(2024, 2, 29), day.replace(day=1) - timedelta(1)))
        applied = day + timedelta(rng.randint(-20, 500))
        ends = rng.choice((None, str(start + timedelta(rng.randint(0, 800)))))
        yield a_case(str(applied), str(day), str(start), end=ends) | {"id": f"{position}"}


@tiers.sized(60, 1500)
def test_engines_decide_alike(oracle: Oracle, size: int) -> None:
    cases = list(random_cases(random.Random("reckoning"), size))
    wanted = [oracle.decide(case, engine="clingo").decisions for case in cases]
    assert [oracle.decide(case, engine="compiled").decisions for case in cases] == wanted
    rows = BatchDecider(oracle).decide(batch(oracle, cases)).decisions.to_pylist()
    flat = [(decision.outcome, decision.amount) for decisions in wanted for decision in decisions]
    assert [(row["outcome"], row["amount"]) for row in rows] == flat
    assert {outcome for outcome, _ in flat} == {"eligible", "not_eligible"}


@tiers.sized(40, 600)
def test_compiled_rules_derive_what_stock_clingo_does(oracle: Oracle, size: int) -> None:
    """By the files as they stand, with the facts that this program gives."""
    compiled = CompiledRules(oracle.encoding)
    heads = {rule.head.predicate for rule in oracle.encoding.program.rules}
    for document in random_cases(random.Random("atoms"), size):
        if not document.get("certificates"):
            continue
        case = Case.read(document, oracle.policy)
        known, unknown = oracle.facts(case)
        found = compiled.derived(case, BENEFIT, {})
        if unknown or found is None:
            continue
        asked = {fact for fact in known if fact.predicate != "asked" or fact.arguments[1] == BENEFIT}
        assert {fact for fact in found if fact.predicate in heads} == in_stock_clingo(oracle, asked, heads)


def in_stock_clingo(oracle: Oracle, facts: set[Fact], heads: set[str]) -> set[Fact]:
    import clingo

    from tiaoli.rules.clingo_session import value_of

    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join([oracle.policy.rule_text, *(f"{fact}." for fact in facts)]))
    control.ground([("base", [])])
    with control.solve(yield_=True) as handle:
        (atoms,) = [list(model.symbols(atoms=True)) for model in handle]
    return {Fact(atom.name, tuple(map(value_of, atom.arguments))) for atom in atoms if atom.name in heads}


# What is not known


def _with(path: str, day: str | None) -> Item:
    """The case with another day of the certificate or of the work."""
    return a_case(issued=day) if path == "issued" else a_case(start=day)


def with_days(path: str, step: int) -> Iterator[Item]:
    """The case with days of some years, so far apart, at a place, and days far away."""
    yield from (_with(path, far) for far in ("1900-01-01", "2199-12-31"))
    first = {"issued": date(2024, 12, 1), "start": date(2021, 1, 1)}[path]
    for number in range(0, 900 if path == "issued" else 1800, step):
        yield _with(path, str(first + timedelta(number)))


@tiers.sized(9, 1)
@pytest.mark.parametrize("path", ["issued", "start"])
def test_an_unknown_day_leaves_open_what_some_day_makes_so(oracle: Oracle, path: str, size: int) -> None:
    (unknown,) = [item for item in oracle.decide(_with(path, None)).decisions if item.benefit == BENEFIT]
    known = [item for case in with_days(path, size) for item in oracle.decide(case).decisions if item.benefit == BENEFIT]
    assert unknown.outcome == "unknown"
    assert {item.outcome for item in known} == {"eligible", "not_eligible"}
    for place, condition in enumerate(unknown.conditions):
        assert (condition.status == "unknown") == (len({item.conditions[place].status for item in known}) > 1), condition


ENDS = (
    "payable(C, carer_grant, Cert, Sum / 100 * Months, Sum \\ 100 * Months, 100) :- certificate(C, Cert), money(grant, Sum),"
    " employment_start(C, _, Start), day(validity_from, From), From <= Start,"
    " applied_on(C, Today), Start <= Today, months_between(Start, Today, Months)."
)


def paying(root: Path, payable: str) -> Path:
    """The exercise with another rule for what is paid."""
    grant = "payable(C, carer_grant, Cert, Sum / 100, Sum \\ 100, 100) :- certificate(C, Cert), money(grant, Sum)."
    return carers(root, {"c01_grant.lp": (grant, payable)})


def test_a_sum_worked_out_from_an_unknown_day_has_both_ends(tmp_path: Path) -> None:
    oracle = Oracle(NAME, policy_root=paying(tmp_path, ENDS))
    decision = oracle.decide(a_case(applied_on="2025-08-30", start=None), benefits=[BENEFIT]).decisions[0]
    assert decision.outcome == "eligible"
    # from 1 January to 30 August seven months have ended
    assert decision.amount_range == (Decimal(0), Decimal(3500))
    known = [
        oracle.decide(a_case(applied_on="2025-08-30", start=day), benefits=[BENEFIT]).decisions[0] for day in ("2025-01-01", "2025-08-30")
    ]
    assert [item.amount for item in known] == [Decimal(3500), Decimal(0)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("applied_on(C, Today), Start <= Today", "employment_end(C, _, Today)", "more than one day of the case"),
        ("months_between(Start, Today, Months)", "months_between(Start, Today, N), add_months(Start, N, Z), Months = N", "its length"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    root = paying(tmp_path, ENDS.replace(old, new))
    assert any(said in problem.what.en for problem in policy_problems(NAME, root))


# Everything else that can be asked


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("not_too_soon", "10 days from"),
        ("waited", "2 weeks from"),
        ("started_before", "3 months before"),
        ("month_over", "last day of the month"),
        ("of_age", "age on the"),
    ],
)
def test_words_say_what_was_counted(condition: str, said: str, tmp_path: Path) -> None:
    oracle = Oracle(NAME, policy_root=reckoning(tmp_path, condition))
    assert said in json.dumps(oracle.why_not(a_case(issued="2025-08-25", start="2025-08-15"), BENEFIT).to_json())


@pytest.fixture(scope="module")
def smaller(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    """Of the conditions those that can be searched in no time."""
    return Oracle(NAME, policy_root=reckoning(tmp_path_factory.mktemp("smaller"), "waited", "of_age"))


def test_when_and_what_would_have_to_change(smaller: Oracle) -> None:
    spans = smaller.when(a_case(start="2020-01-01"), BENEFIT).to_json()["spans"]
    assert [(span["from"], span["to"]) for span in spans] == [("2025-04-14", "2025-09-30")]
    spans = smaller.when(a_case(issued="2026-12-31", start="2024-02-29"), BENEFIT).to_json()["spans"]
    # born, as it were, on 29 February: three years are completed on 1 March
    assert [span["from"] for span in spans] == ["2027-03-01"]
    repairs = smaller.what_if(a_case(applied_on="2025-04-13", start="2020-01-01"), BENEFIT).repairs
    assert any("2025-04-14" in json.dumps(repair.to_json()) for repair in repairs)


def test_what_rules_count_is_proved(oracle: Oracle, tmp_path: Path) -> None:
    for text, proved in (
        ("add_days(Day, 10, Until), applied_on(C, Today), Today <= Until", True),
        ("add_days(Day, 14, Until), applied_on(C, Today), Today <= Until", False),
        ("applied_on(C, Today), months_between(Day, Today, N), N > 6", True),
        ("applied_on(C, Today), months_between(Day, Today, N), N > 5", False),
    ):
        file = tmp_path / "counted.lp"
        granted = f"violated(C) :- eligible(C, carer_grant, Cert), certificate_issued(C, Cert, Day), {text}."
        file.write_text(f"%: zh 甲\n%: en one\n{granted}\n", "utf-8")
        (proof,) = oracle.prove([str(file)])
        assert proof.result == ("proved" if proved else "counterexample"), text
