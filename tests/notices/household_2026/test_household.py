"""A norm whose cases have nothing in common with those of the shipped one, through every door: what a case can say is the policy's."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from support import tiers
from support.command import Cli
from support.paths import HOUSEHOLD
from tiaoli import Case, CaseError, Oracle
from tiaoli.case import case_schema, parse_document
from tiaoli.encoding.case_template import build_case_template
from tiaoli.populations.arrow_schema import IS_NULL
from tiaoli.populations.arrow_schema import case_schema as arrow_schema
from tiaoli.protocol.request_handler import QuestionRequest, RequestHandler, ServiceConfig

NAME = "household-2026"
BENEFITS = ("rent_allowance", "people_allowance")
Document = dict[str, Any]


@pytest.fixture(scope="module")
def household() -> Oracle:
    return Oracle(NAME, policy_root=HOUSEHOLD)


@pytest.fixture
def command(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: cli(*arguments, "--policy-root", str(HOUSEHOLD))


def a_case(**changes: Any) -> Document:
    return {
        "id": "H-1",
        "asked_on": "2026-06-01",
        "region": "north",
        "home": {"rented": True},
        "members": [
            {
                "id": "m1",
                "card": "AB1234",
                "roles": ["earner"],
                "hours": "40.0",
                "agreed_hours": "38.5",
                "permit": {"until": "2026-12-31"},
                "incomes": [{"id": "i1", "source": "wage", "amount": "1800.00"}, {"id": "i2", "source": "pension", "amount": "0.00"}],
            },
            {"id": "m2", "roles": ["carer"], "hours": "0.0", "agreed_hours": "0.0", "permit": None, "incomes": []},
        ],
        "registrations": [{"id": "r1", "filed": "2026-03-01", "people": 3, "moved_in": "2026-02-15", "moved_out": None}],
        **changes,
    }


# The norm once more, in plain Python


def day_near(rng: random.Random) -> date:
    anchors = (date(2026, 1, 1), date(2026, 6, 1), date(2027, 12, 31))
    return rng.choice(anchors) + timedelta(days=rng.choice((-30, -1, 0, 1, 30)))


def random_case(rng: random.Random, number: int) -> Document:
    """A case with everything known, near the limits of the norm."""

    def member(place: int) -> Document:
        hours = rng.choice((385, 386, 400))
        amounts = (0, 1, 120_000, 150_000, 300_000)
        return {
            "id": f"m{place}",
            "roles": rng.sample(["earner", "carer"], rng.randrange(3)),
            "hours": f"{hours / 10:.1f}",
            "agreed_hours": f"{(hours + rng.choice((-1, 0, 1))) / 10:.1f}",
            "permit": rng.choice((None, {"until": day_near(rng).isoformat()})),
            "incomes": [{"id": f"i{at}", "source": "wage", "amount": f"{rng.choice(amounts) / 100:.2f}"} for at in range(rng.randrange(3))],
        }

    def registration(place: int) -> Document:
        moved = rng.choice((None, day_near(rng)))
        out = None if moved is None or rng.random() < 0.5 else moved + timedelta(days=rng.choice((0, 1, 400)))
        return {
            "id": f"r{place}",
            "filed": day_near(rng).isoformat(),
            "people": rng.choice((0, 2, 3, 20)),
            "moved_in": moved and moved.isoformat(),
            "moved_out": out and out.isoformat(),
        }

    return {
        "id": f"H-{number}",
        "asked_on": day_near(rng).isoformat(),
        "home": {"rented": rng.random() < 0.8},
        "members": [member(place) for place in range(1, rng.randrange(1, 4))],
        "registrations": [registration(place) for place in range(1, rng.randrange(2, 4))],
    }


def by_hand(case: Document) -> Iterator[tuple[str, str, bool, Decimal | None]]:
    """What the text of the norm gives: benefit, registration, whether it is granted, and the amount."""
    today, members = case["asked_on"], case["members"]
    total = sum(Decimal(income["amount"]) for member in members for income in member["incomes"])
    works = any(
        member["permit"] is not None and today <= member["permit"]["until"] and Decimal(member["agreed_hours"]) <= Decimal(member["hours"])
        for member in members
    )
    for found in case["registrations"]:
        in_force = "2026-01-01" <= found["filed"] <= "2027-12-31" and found["filed"] <= today
        lives = found["moved_in"] is not None and found["moved_in"] <= today and (found["moved_out"] is None or today <= found["moved_out"])
        rent = in_force and case["home"]["rented"] and total <= 3000 and lives
        people = in_force and found["people"] >= 3 and works
        yield "rent_allowance", found["id"], rent, Decimal("200.00") if rent else None
        yield "people_allowance", found["id"], people, found["people"] * Decimal("40.50") if people else None


def wanted(cases: list[Document]) -> set[tuple[object, ...]]:
    return {(case["id"], *row) for case in cases for row in by_hand(case)}


def some_cases(seed: str, number: int) -> list[Document]:
    rng = random.Random(seed)
    return [random_case(rng, place) for place in range(number)]


@pytest.mark.parametrize("engine", ["clingo", "compiled"])
@tiers.sized(40, 1000, 4000)
def test_every_engine_decides_as_the_text_read_by_hand(household: Oracle, engine: Any, size: int) -> None:
    cases = some_cases(engine, size)
    found = {
        (case["id"], decision.benefit, decision.subject, decision.outcome == "eligible", decision.amount)
        for case in cases
        for decision in household.decide(case, engine=engine).decisions
    }
    assert found == wanted(cases)
    assert len({row[3] for row in found}) == 2


def test_lines_and_columns_decide_as_the_text_read_by_hand(command: Any, household: Oracle) -> None:
    cases = some_cases("population", 120)
    Path("in.jsonl").write_text("".join(f"{json.dumps(case)}\n" for case in cases), "utf-8")
    pq.write_table(pa.Table.from_pylist([row(household.read(case).facts) for case in cases], arrow_schema(household.policy)), "in.parquet")
    assert command("bulk", "in.jsonl", "-o", "out.jsonl").code == 0
    assert command("bulk", "in.parquet", "-o", "out.parquet").code == 0
    answers = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    lines = {
        (answer["case"], item["benefit"], item["subject"], item["outcome"] == "eligible", item["amount"] and Decimal(item["amount"]))
        for answer in answers
        for item in answer["decisions"]
    }
    rows = pq.read_table("out.parquet").to_pylist()
    columns = {(item["case"], item["benefit"], item["subject"], item["outcome"] == "eligible", item["amount"]) for item in rows}
    assert lines == columns == wanted(cases)


def row(value: Any) -> Any:
    """What a case states as a row of a table."""
    if isinstance(value, dict):
        nulls = {f"{key}{IS_NULL}": True for key, inner in value.items() if inner is None}
        return {key: row(inner) for key, inner in value.items()} | nulls
    return [row(item) for item in value] if isinstance(value, tuple) else value


# Every other door


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("check",), 0, "nothing found"),
        (("decide", "case.json"), 0, "121.50 EUR"),
        (("why", "case.json", "rent_allowance"), 0, "the incomes of the household of registration r1 are 1,800.00 EUR together"),
        (("why-not", "poor.json", "people_allowance"), 0, "persons registered of r1 2 < 3"),
        (("what-if", "poor.json", "people_allowance"), 0, "registration r1 counts 3 persons (now 2)"),
        (("when", "case.json", "rent_allowance"), 0, "from 2026-03-01 on"),
        (("ask", "open.json", "--json"), 0, "How many hours a week does member m1 work?"),
        (("decide", "open.json"), 0, "members.m1.hours"),
        (("facts", "case.json"), 0, 'member_hours("H-1","m1",400).'),
        (("template", "people_allowance"), 0, "permit: {until: 2025-03-01}"),
        (("notice", "2"), 0, "第二条"),
        (("schema",), 0, '"asked_on"'),
        (("prove", "tenants-alone"), 3, "every sum up to 100,000.00 EUR"),
        (("coverage", "case.json"), 0, "moving in"),
        (("diff", NAME, "--set", "income_limit=2000.00"), 3, "rent allowance"),
        (("audit",), 0, "error 0"),
        (("report", "case.json", "-o", "page.html"), 0, ""),
        (("decide", "case.json", "--receipt", "receipt.json"), 0, "200.00 EUR"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_every_command_takes_such_a_case(command: Any, arguments: tuple[str, ...], code: int, says: str) -> None:
    poor = a_case(registrations=[{**a_case()["registrations"][0], "people": 2}])
    first, second = a_case()["members"]
    unknown = a_case(members=[{key: value for key, value in first.items() if key != "hours"}, second])
    for name, case in (("case", a_case()), ("poor", poor), ("open", unknown)):
        Path(f"{name}.json").write_text(json.dumps(case), "utf-8")
    language = () if arguments[0] == "schema" else ("--lang", "en")
    ran = command(*arguments, *language)
    assert ran.code == code, ran.err + ran.out
    assert says in " ".join(ran.out.split())


def test_a_template_is_a_case_and_the_schema_fits_what_is_read(household: Oracle) -> None:
    for benefit in BENEFITS:
        written = build_case_template(household.encoding, household.policy.benefits[benefit], "2026-06-01", "en")
        assert household.read(parse_document(written)).day == date(2026, 6, 1)
    schema = Draft202012Validator(case_schema(household.policy))
    for document in some_cases("schema", 50):
        assert [error.message for error in schema.iter_errors(household.read(document).to_json())] == []


@pytest.mark.parametrize(
    ("changes", "where", "says"),
    [
        ({"applied_on": "2026-06-01"}, "applied_on", "did you mean `asked_on`?"),
        ({"certificates": []}, "certificates", "the case format has no such key"),
        ({"home": {"rented": 1}}, "home.rented", "allowed: true, false"),
        ({"region": "nort"}, "region", "did you mean `north`?"),
        ({"members": [{"id": "m1", "hours": "168.1"}]}, "members.m1.hours", "0.0 to 168.0"),
        ({"members": [{"id": "m1", "hours": 7.5}]}, "members.m1.hours", "quote it"),
        ({"members": [{"id": "m1", "card": "1234AB"}]}, "members.m1.card", "is no card number; it looks like AB1234"),
        ({"members": [{"id": "m1", "incomes": [{"id": "i1", "amount": "-1.00"}]}]}, "members.m1.incomes.i1.amount", "at least 0.00"),
        ({"registrations": [{"id": "r1", "people": 21}]}, "registrations.r1.people", "at most 20"),
        (
            {"registrations": [{"id": "r1", "moved_in": "2026-02-02", "moved_out": "2026-02-01"}]},
            "registrations.r1.moved_out",
            "lies before moved_in",
        ),
    ],
)
def test_what_its_cases_cannot_say_is_refused(household: Oracle, changes: Document, where: str, says: str) -> None:
    with pytest.raises(CaseError) as caught:
        household.read(a_case(**changes))
    (problem,) = caught.value.problems
    assert (problem.where, says in problem.what.en) == (where, True), problem.what.en


# Beside another policy


def test_a_case_of_one_policy_is_refused_by_another(household: Oracle, oracle: Oracle) -> None:
    case = household.read(a_case())
    with pytest.raises(CaseError) as caught:
        oracle.decide(case)
    (problem,) = caught.value.problems
    assert (problem.where, problem.id) == ("H-1", "case-other-policy")
    assert NAME in problem.what.en
    assert oracle.policy.id in problem.what.zh
    # another version with the same fields takes it
    assert Oracle(NAME, policy_root=HOUSEHOLD, parameters={"income_limit": "1000.00"}).decide(case).decisions[0].outcome == "not_eligible"
    assert Case.read(case.to_json(), household.policy) == case


def test_one_service_answers_for_policies_with_different_cases(household: Oracle, oracle: Oracle) -> None:
    sources = tuple(one.source for one in (oracle, household))
    handler = RequestHandler(ServiceConfig(sources))
    shipped = {"id": "A-1", "applied_on": "2025-06-01", "certificates": [{"id": "c1", "kind": "other"}]}

    def ask(case: Document, policy: str) -> Any:
        return handler.handle(QuestionRequest("decide", json.dumps({"case": case, "policy": policy}).encode()))

    for case, policy in ((a_case(), NAME), (shipped, oracle.policy.id), (a_case(), NAME)):
        answer = json.loads(ask(case, policy))
        assert (answer["case"], len(answer["decisions"]) > 0) == (case["id"], True)
    refused = ask(shipped, NAME)
    assert "applied_on" in str(refused)
