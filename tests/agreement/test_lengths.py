"""A period as long as a fact of the case says: decided alike by every engine, and known where the length or the day is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from support import tiers
from support.exercise import NAME, carers
from support.tables import batch
from tiaoli import Oracle
from tiaoli.base import add_months, to_day
from tiaoli.encoding import policy_problems
from tiaoli.populations.arrow_decider import BatchDecider

Item = dict[str, Any]
BENEFIT = "carer_grant"
MONTHS = (1, 14)

SERVED = """requires(carer_grant, 5, served).
met(C, carer_grant, Cert, served) :-
    certificate(C, Cert), employment_start(C, Job, Start), apprentice_contract_months(C, A, Term), add_months(Start, Term, Until),
    applied_on(C, Today), Until <= Today.
"""


def policy(root: Path, served: str = SERVED) -> Path:
    """The exercise with a condition that counts a term of the case, and a term that is at most so many months long."""
    last = 'applied_in_time = { zh = "在规定期限内提出申请", en = "applied for in time" }\n'
    words = 'served = { zh = "已满合同期限", en = "the term of the contract is over" }\n'
    carers(root, {"vocabulary.toml": (last, last + words)}, {"c01_grant.lp": served})
    fields = root / "policy" / NAME / "fields.toml"
    text = fields.read_text("utf-8")
    assert text.count("max = 1200") == 1
    start = '[field."employments.start"]\n'
    since = 'since = { zh = "自工作{employment}开始之日起", en = "from the start of employment {employment}" }\n'
    fields.write_text(text.replace("max = 1200", f"max = {MONTHS[1]}").replace(start, start + since), "utf-8")
    return root


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(NAME, policy_root=policy(tmp_path_factory.mktemp("lengths")))


def a_case(start: str | None, term: int | None, applied_on: str = "2025-08-31") -> Item:
    certificate = {"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05", "holder_status": "employed", "issued": "2025-03-31"}
    apprentice = {"id": "a1"} | ({} if term is None else {"contract_months": term})
    return {
        "id": "A",
        "applied_on": applied_on,
        "person": {"status": "employed"},
        "certificates": [certificate],
        "employments": [{"id": "e1", "end": None} | ({} if start is None else {"start": start})],
        "apprenticeships": [{"id": "k1", "apprentices": [apprentice]}],
    }


def random_cases(rng: random.Random, number: int) -> Iterator[tuple[str, int]]:
    """A first day and a term, mostly so that the term ends near the day of the application."""
    for _ in range(number):
        term = rng.randint(*MONTHS)
        day = date(2025, 8, 31) - timedelta(30 * term + term // 2 + rng.randint(-6, 6))
        yield str(rng.choice((day, day.replace(day=1) - timedelta(1)))), term


def served(oracle: Oracle, case: Item) -> str:
    (decision,) = [item for item in oracle.decide(case).decisions if item.benefit == BENEFIT]
    return decision.conditions[-1].status


def plain(start: str, term: int, applied_on: str = "2025-08-31") -> str:
    return "met" if add_months(to_day(date.fromisoformat(start)), term) <= to_day(date.fromisoformat(applied_on)) else "unmet"


@tiers.sized(40, 800)
def test_engines_decide_alike(oracle: Oracle, size: int) -> None:
    given = list(random_cases(random.Random("lengths"), size))
    cases = [a_case(*one) | {"id": f"{number}"} for number, one in enumerate(given)]
    wanted = [oracle.decide(case, engine="clingo").decisions for case in cases]
    assert [oracle.decide(case, engine="compiled").decisions for case in cases] == wanted
    rows = BatchDecider(oracle).decide(batch(oracle, cases)).decisions.to_pylist()
    assert [row["outcome"] for row in rows] == [decision.outcome for decisions in wanted for decision in decisions]
    found = [next(item for item in decisions if item.benefit == BENEFIT).conditions[-1].status for decisions in wanted]
    assert found == [plain(*one) for one in given]
    assert set(found) == {"met", "unmet"}


@tiers.sized(3, 60)
def test_what_is_unknown_leaves_open_what_some_value_makes_so(oracle: Oracle, size: int) -> None:
    terms = range(MONTHS[0], MONTHS[1] + 1)
    for start, term in random_cases(random.Random("open lengths"), size):
        of_terms = {plain(start, other) for other in terms}
        assert served(oracle, a_case(start, None)) == (of_terms.pop() if len(of_terms) == 1 else "unknown")
        assert served(oracle, a_case(None, term)) == "unknown"
        assert served(oracle, a_case(None, None)) == "unknown"


def test_what_would_have_to_change_and_when(oracle: Oracle) -> None:
    (span,) = oracle.when(a_case("2025-02-28", 6), BENEFIT).to_json()["spans"]
    assert span["from"] == "2025-08-28"
    assert "6 months run from it" in str(span)
    assert "from the start" in str(oracle.why_not(a_case("2025-03-01", 6), BENEFIT).to_json())


def test_what_follows_for_any_length_is_proved(oracle: Oracle, tmp_path: Path) -> None:
    after = "employment_start(C, E, Start), not over(C, E)"
    over = "over(C, E) :- employment_start(C, E, Start), apprentice_contract_months(C, _, Term), add_months(Start, Term, Until), "
    over += "applied_on(C, Today), Until <= Today."
    some = "\nsome(C) :- over(C, _)."
    for text, result in (
        ("not some(C)", "proved"),
        (after, "counterexample"),
    ):
        file = tmp_path / "lengths.lp"
        granted = f"{over}{some if 'some' in text else ''}\nviolated(C) :- eligible(C, carer_grant, Cert), {text}."
        file.write_text(f"%: zh 甲\n%: en one\n{granted}\n", "utf-8")
        (proof,) = oracle.prove([str(file)])
        assert proof.result == result, text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("add_months(Start, Term, Until)", "Double = Term + Term, add_months(Start, Double, Until)", "a whole number of the case"),
        ("Until <= Today", "months_between(Start, Today, N), N >= Term, Until <= Today", "may only be compared with a parameter"),
        ("Until <= Today", "certificate_issued(C, Cert, Until), Until <= Today", "counted in ways that differ"),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    root = policy(tmp_path, SERVED.replace(old, new))
    assert any(said in problem.what.en for problem in policy_problems(NAME, root)), policy_problems(NAME, root)


def test_a_number_without_a_small_range_is_no_length(tmp_path: Path) -> None:
    root = policy(tmp_path)
    fields = root / "policy" / NAME / "fields.toml"
    fields.write_text(fields.read_text("utf-8").replace(f"max = {MONTHS[1]}\nunit", "max = 1300\nunit"), "utf-8")
    assert any("at most 1200 values" in problem.what.en for problem in policy_problems(NAME, root))
