"""What rules reckon, and the periods that they count, are followed to every fact that they bear on, or `check` refuses the rule."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from support.exercise import NAME, carers
from tiaoli import Oracle
from tiaoli.encoding.loader import policy_problems

Item = dict[str, Any]

TOTAL = '{ zh = "共{number}", en = "{number}" }'
ONE = (
    '[one]\nunit = "count"\nvalue = 1\nfrom = 2025-01-01\nsentence = "c1.s1"\nquote = "一次性补贴500元"\nderived = "500 - 499"\n'
    'zh = "一"\nen = "one"\n'
)
GRANT = "payable(C, carer_grant, Cert, Sum / 100, Sum \\ 100, 100) :- certificate(C, Cert), money(grant, Sum)."
IN_TIME = """    certificate_issued(C, Cert, Day), months(time_to_apply, Months), add_months(Day, Months, Until),
    applied_on(C, Today), Today <= Until."""


def words(name: str, *arguments: str, total: str = "") -> str:
    quoted = ", ".join(f'"{argument}"' for argument in arguments)
    said = 'zh = "甲"\nen = "a"\nfails = { zh = "乙", en = "b" }\nnone = { zh = "丙", en = "c" }\n'
    return f"\n[predicate.{name}]\nargs = [{quoted}]\n{said}{f'total.{total} = {TOTAL}' if total else ''}\n"


def counting(root: Path, body: str) -> Path:
    """A grant that also takes who meets `body`, in which numbers are reckoned from how many items a case has."""
    rules = f"""
number_of(C, N) :- applied_on(C, _), N = #count {{ A : application(C, A) }}.
jobs(C, N) :- applied_on(C, _), N = #count {{ A : employment(C, A) }}.
left_over(C, L) :- number_of(C, N), jobs(C, M), L = N - M.
hit(C, Cert) :- {body}.
idle(C) :- number_of(C, A), jobs(C, A), left_over(C, A), count(one, A).
met(C, carer_grant, Cert, holder_employed) :- hit(C, Cert), not idle(C).
"""
    vocabulary = (
        words("number_of", "case:case", "number:count", total="N")
        + words("jobs", "case:case", "number:count", total="N")
        + words("left_over", "case:case", "number:count")
        + words("hit", "case:case", "certificate:certificate", total="test")
        + words("idle", "case:case")
    )
    return carers(root, more={"c01_grant.lp": rules, "vocabulary.toml": vocabulary, "parameters.toml": f"\n{ONE}"})


def a_case(certificate: Item | None = None, **more: Item | str | list[Item]) -> Item:
    about = {"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05", "issued": "2025-03-09", "holder_status": "other"}
    found: Item = {"id": "A", "applied_on": "2025-06-01", "person": {"status": "unemployed"}, "certificates": [about | (certificate or {})]}
    return found | more


LEVELS = [
    "certificate(C, Cert), left_over(C, Rest), certificate_level(C, Cert, Level), Own = Level, Least = Rest, Own <= Least",
    "certificate_level(C, Cert, Level), number_of(C, N), jobs(C, M), Rest = N - M, Level <= Rest",
    "certificate_level(C, Cert, Level), #count { A : application(C, A) } >= Level",
    "certificate_level(C, Cert, Level), number_of(C, N), count(one, One), Level <= N - One",
    "certificate_level(C, Cert, Level), number_of(C, N), Two = N - 0, Level = Two",
    "certificate_level(C, Cert, Level), count(one, One), Two = One + One, Level <= Two",
]


@pytest.mark.parametrize("body", LEVELS)
def test_a_fact_that_is_compared_with_what_is_reckoned_is_looked_at_in_every_value(tmp_path: Path, body: str) -> None:
    root = counting(tmp_path, body)
    assert [problem.say("en") for problem in policy_problems(NAME, root)] == []
    oracle = Oracle(NAME, policy_root=root)
    for number in (0, 2, 4, 6):
        more: Item = {"applications": [{"id": f"a{n}"} for n in range(number)], "employments": [{"id": "e1"}]}
        outcomes = {oracle.decide(a_case({"level": level}, **more)).decisions[0].outcome for level in range(1, 6)}
        decision = oracle.decide(a_case(**more), full=True).decisions[0]
        assert decision.outcome == (outcomes.pop() if len(outcomes) == 1 else "unknown")
        assert decision.alternatives is not None
        assert (decision.alternatives.missing == ("certificates.c1.level",)) == (decision.outcome == "unknown")


REFUSED = {
    "a sum and a number that is counted": (
        "certificate(C, Cert), number_of(C, N), project_requested(C, _, Sum), Most = N * 100, Sum <= Most",
        "rule-worked-out",
    ),
    "a sum and a count": ("certificate(C, Cert), project_requested(C, _, Sum), #count { A : application(C, A) } >= Sum", "rule-worked-out"),
    "a day and a number that is counted": (
        "certificate_issued(C, Cert, Day), number_of(C, N), Most = N * 100, Day <= Most",
        "rule-worked-out",
    ),
    "arithmetic, renamed": ("certificate_level(C, Cert, L), count(one, One), Rest = L - One, Own = Rest, Own <= 0", "rule-arithmetic"),
    "arithmetic on one side": ("certificate_level(C, Cert, L), number_of(C, N), count(one, One), L + One <= N", "rule-arithmetic"),
}


@pytest.mark.parametrize(("body", "id"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_followed_is_refused_with_its_place(tmp_path: Path, body: str, id: str) -> None:
    (problem,) = policy_problems(NAME, counting(tmp_path, body))
    assert (problem.where, problem.id) == ("c01_grant.lp:24", id)


def spanning(root: Path, *rules: str) -> Path:
    """The time to apply out of a predicate with these rules."""
    grant = (
        "    certificate_issued(C, Cert, Day), span(C, Cert, Months), add_months(Day, Months, Until), applied_on(C, Today), Today <= Until."
    )
    vocabulary = words("span", "case:case", "certificate:certificate", "months:months")
    return carers(root, {"c01_grant.lp": (IN_TIME, grant)}, {"c01_grant.lp": "\n" + "\n".join(rules), "vocabulary.toml": vocabulary})


TWO_SPANS = (
    "span(C, Cert, M + M) :- certificate_domain(C, Cert, other), months(time_to_apply, M).",
    "span(C, Cert, M) :- certificate_domain(C, Cert, ai_data_annotation), months(time_to_apply, M).",
)


@pytest.mark.parametrize("first", [TWO_SPANS[0], TWO_SPANS[0].replace("M + M)", "N)").replace("M).", "M), N = M * 100 / 50.")])
def test_a_period_that_rules_reckon_of_parameters_is_counted(tmp_path: Path, first: str) -> None:
    first = first.replace("/ 50", "/ Half, Half = 100 / Two, Two = (M + M) / M")
    root = spanning(tmp_path, first, TWO_SPANS[1])
    assert [problem.say("en") for problem in policy_problems(NAME, root)] == []
    oracle = Oracle(NAME, policy_root=root)
    for domain, last in (("other", "2026-03-09"), ("ai_data_annotation", "2025-09-09")):
        case = a_case({"domain": domain}, person={"status": "employed"})
        assert [span.last and span.last.isoformat() for span in oracle.when(case, "carer_grant").spans] == [last]
        for engine in ("clingo", "compiled"):
            (decision,) = oracle.decide(case | {"applied_on": last}, engine=engine).decisions
            assert decision.outcome == "eligible"
    unknown = a_case({"issued": "2025-03-09"}, person={"status": "employed"}, applied_on="2025-12-01")
    (decision,) = oracle.decide(unknown, full=True).decisions
    assert decision.alternatives is not None
    assert (decision.outcome, decision.alternatives.missing) == ("unknown", ("certificates.c1.domain",))


@pytest.mark.parametrize(
    "rule",
    [
        "span(C, Cert, Term + Term) :- certificate(C, Cert), apprentice_contract_months(C, _, Term).",
        "span(C, Cert, N) :- certificate(C, Cert), N = #count { A : application(C, A) }.",
    ],
    ids=["what is worked out from a fact", "a count"],
)
def test_a_period_of_any_other_origin_is_refused_beside_one_that_is_known(tmp_path: Path, rule: str) -> None:
    root = spanning(tmp_path, TWO_SPANS[1], rule)
    assert "rule-calendar" in {problem.id for problem in policy_problems(NAME, root)}


def test_a_period_may_be_as_long_as_a_fact_says_beside_one_that_is_known(tmp_path: Path) -> None:
    root = spanning(tmp_path, TWO_SPANS[1], "span(C, Cert, Term) :- certificate(C, Cert), apprentice_contract_months(C, _, Term).")
    assert [problem.say("en") for problem in policy_problems(NAME, root)] == []


LEVEL_PAID = [
    ("100 * Level", {level: 500 * level for level in range(1, 6)}),
    ("100 / Level", {1: 500, 2: 250, 3: 165, 4: 125, 5: 100}),
    ("100 * (Level - 0) * (Level - 0) - 100 * Level * Level + 100", dict.fromkeys(range(1, 6), 500)),
]


@pytest.mark.parametrize(("share", "paid"), LEVEL_PAID)
def test_both_ends_of_a_fact_that_reaches_an_amount_are_looked_at(tmp_path: Path, share: str, paid: dict[int, int]) -> None:
    rule = GRANT.replace(", 100) :- certificate(C, Cert)", f", {share}) :- certificate_level(C, Cert, Level)")
    root = carers(tmp_path, {"c01_grant.lp": (GRANT, rule)})
    assert [problem.say("en") for problem in policy_problems(NAME, root)] == []
    oracle = Oracle(NAME, policy_root=root)
    case = a_case(person={"status": "employed"})
    known = {level: oracle.decide(a_case({"level": level}, person={"status": "employed"})).decisions[0].amount for level in range(1, 6)}
    assert known == paid
    (decision,) = oracle.decide(case).decisions
    ends = (Decimal(min(paid.values())), Decimal(max(paid.values())))
    assert decision.amount == (ends[0] if ends[0] == ends[1] else None)
    assert decision.amount_range == (None if ends[0] == ends[1] else ends)


@pytest.mark.parametrize("term", ["Sum \\ 100 + Sum / 100", "100 * 100 - Sum + Sum / 100"])
def test_a_sum_that_goes_up_and_down_with_a_fact_is_refused(tmp_path: Path, term: str) -> None:
    old = "Sum / 100, Sum \\ 100, 100) :- project_requested"
    root = carers(tmp_path, {"c02_development.lp": (old, old.replace("Sum / 100, Sum \\ 100,", f"{term}, 0,"))})
    assert {problem.id for problem in policy_problems(NAME, root)} == {"rule-worked-out"}


TOTALS = """
asked_in_all(C, T) :- applied_on(C, _), T = #sum {{ Sum, P : project_requested(C, P, Sum) }}.
met(C, carer_grant, Cert, holder_employed) :- certificate(C, Cert), asked_in_all(C, T), money(development_cap, Cap), {test}.
"""


@pytest.mark.parametrize(
    ("test", "accepted"),
    [
        ("Cap <= T", True),
        ("T < Cap", True),
        ("Cap <= T, T <= Cap", False),
        ("T = Cap", False),
    ],
)
def test_a_total_is_asked_for_in_one_direction(tmp_path: Path, test: str, accepted: bool) -> None:
    vocabulary = words("asked_in_all", "case:case", "total:money").rstrip() + '\ntotal.T = { zh = "{sum}", en = "{sum}" }\n'
    root = carers(tmp_path, more={"c01_grant.lp": TOTALS.format(test=test), "vocabulary.toml": vocabulary})
    found = {problem.id for problem in policy_problems(NAME, root)}
    assert (found & {"rule-arithmetic", "rule-worked-out"} == set()) == accepted
    if accepted:
        assert found == set()
        oracle = Oracle(NAME, policy_root=root)
        projects: list[Item] = [{"id": f"p{number}", "requested_cny": "5000.00"} for number in range(3)]
        assert oracle.decide(a_case(development_projects=projects)).decisions[0].outcome == (
            "not_eligible" if "<= T" in test else "eligible"
        )
        assert oracle.decide(a_case(development_projects=[*projects, {"id": "p9"}])).decisions[0].outcome == "unknown"


def test_a_period_counted_in_two_ways_is_refused(tmp_path: Path) -> None:
    """Twelve months beside six and six: at the ends of months they part, and bounds run in a circle."""
    months = "\n".join(
        ONE.replace("[one]", f"[{name}]").replace('"count"\nvalue = 1', f'"months"\nvalue = {value}')
        for name, value in (("half", 6), ("whole", 12))
    )
    rules = """
soon(C, Cert, Job) :- certificate_issued(C, Cert, Day), months(half, M), add_months(Day, M, Mid), add_months(Mid, M, Until),
    employment_start(C, Job, From), From <= Until.
later(C, Cert, Job) :-
    certificate_issued(C, Cert, Day), months(whole, M), add_months(Day, M, Until), employment_start(C, Job, From), Until < From.
met(C, carer_grant, Cert, holder_employed) :- soon(C, Cert, Job), later(C, Cert, Job).
"""
    vocabulary = words("soon", "case:case", "certificate:certificate", "job:employment")
    vocabulary += words("later", "case:case", "certificate:certificate", "job:employment")
    more = {"c01_grant.lp": rules.replace("later(", "afterwards("), "vocabulary.toml": vocabulary.replace("later]", "afterwards]")}
    root = carers(tmp_path, more={**more, "parameters.toml": f"\n{months}"})
    (problem,) = (problem for problem in policy_problems(NAME, root) if problem.id != "text-quote")
    assert problem.id == "rule-calendar-circle"
    assert "certificates.issued" in problem.what.en
