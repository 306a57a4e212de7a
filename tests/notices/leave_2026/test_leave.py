"""A norm that gives no money: days, a day until which, months and a class, through every door and engine."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support import tiers
from support.command import Cli
from support.paths import LEAVE
from tiaoli import Oracle
from tiaoli.base import InternalError, PolicyError, Statement
from tiaoli.populations.arrow_decider import BatchDecider
from tiaoli.populations.arrow_schema import case_schema as arrow_schema
from tiaoli.protocol.request_handler import QuestionRequest, RequestHandler, ServiceConfig

NAME = "leave-2026"
Document = dict[str, Any]


@pytest.fixture(scope="module")
def leave() -> Oracle:
    return Oracle(NAME, policy_root=LEAVE)


@pytest.fixture
def command(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: cli(*arguments, "--policy-root", str(LEAVE))


def a_case(**changes: Any) -> Document:
    return {
        "id": "L-1",
        "asked_on": "2026-06-10",
        "employed": True,
        "hired_on": "2017-05-05",
        "offspring": [{"id": "k1", "born_on": "2024-02-29"}, {"id": "k2", "born_on": "2020-01-01"}],
        **changes,
    }


def results_of(decision: Any) -> dict[str, tuple[str, str | None]]:
    return {result.id: (result.status, result.value) for result in decision.results}


# The norm once more, in plain Python


def months_on(day: date, months: int) -> date:
    """The day of the same number so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError(day)


def month_end(day: date) -> date:
    return months_on(day.replace(day=1), 1) - timedelta(days=1)


def by_hand(case: Document, reading: str) -> Iterator[tuple[str, bool, dict[str, str]]]:
    """What the text gives for each child: whether leave is granted, and what is said of it."""
    today, hired = date.fromisoformat(case["asked_on"]), date.fromisoformat(case["hired_on"])
    long = months_on(hired, 120) <= today
    for child in case["offspring"]:
        born = date.fromisoformat(child["born_on"])
        last = months_on(born, 36)
        granted = date(2026, 1, 1) <= today <= date(2030, 12, 31) and case["employed"] and born <= today <= last
        said = {"until": (last if reading == "term_day" else month_end(last)).isoformat()}
        if granted:
            left = max(months for months in range(40) if months_on(today, months) <= last)
            said |= {"leave_days": "15" if long else "10", "months_left": str(left), "service_class": "veteran" if long else "novice"}
        yield child["id"], granted, said


def random_case(rng: random.Random, number: int) -> Document:
    def near(*anchors: date) -> str:
        return (rng.choice(anchors) + timedelta(days=rng.choice((-31, -1, 0, 1, 30)))).isoformat()

    today = date.fromisoformat(near(date(2026, 1, 1), date(2028, 2, 29), date(2030, 12, 31)))
    offspring = [
        {"id": f"k{place}", "born_on": near(months_on(today, -36), months_on(today, -12), today)} for place in range(rng.randrange(1, 3))
    ]
    hired = near(months_on(today, -120), date(2020, 2, 29))
    return {"id": f"L-{number}", "asked_on": today.isoformat(), "employed": rng.random() < 0.8, "hired_on": hired, "offspring": offspring}


def some_cases(seed: str, number: int) -> list[Document]:
    rng = random.Random(seed)
    return [random_case(rng, place) for place in range(number)]


def wanted(cases: list[Document], reading: str = "term_day") -> set[tuple[object, ...]]:
    return {(case["id"], subject, granted, frozenset(said.items())) for case in cases for subject, granted, said in by_hand(case, reading)}


@pytest.mark.parametrize("engine", ["clingo", "compiled"])
@pytest.mark.parametrize("reading", ["term_day", "month_close"])
@tiers.sized(25, 1000, 4000)
def test_every_engine_gives_what_the_text_read_by_hand_gives(leave: Oracle, engine: Any, reading: str, size: int) -> None:
    cases = some_cases(f"{engine} {reading}", size)
    found = {
        (case["id"], item.subject, item.outcome == "eligible", frozenset((result.id, result.value) for result in item.results))
        for case in cases
        for item in leave.decide(case, engine=engine, readings={"last_day_of_leave": reading}).decisions
    }
    assert found == wanted(cases, reading)
    assert len({row[2] for row in found}) == 2


def test_lines_and_columns_give_what_the_text_read_by_hand_gives(command: Any, leave: Oracle) -> None:
    cases = some_cases("population", 120)
    Path("in.jsonl").write_text("".join(f"{json.dumps(case)}\n" for case in cases), "utf-8")
    rows = [{key: [*value] if isinstance(value, tuple) else value for key, value in leave.read(case).facts.items()} for case in cases]
    pq.write_table(pa.Table.from_pylist(rows, arrow_schema(leave.policy)), "in.parquet")
    assert command("bulk", "in.jsonl", "-o", "out.jsonl").code == 0
    assert command("bulk", "in.parquet", "-o", "out.parquet").code == 0
    answers = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    lines = {
        (answer["case"], item["subject"], item["outcome"] == "eligible", frozenset((one["id"], one["value"]) for one in item["results"]))
        for answer in answers
        for item in answer["decisions"]
    }
    table = pq.read_table("out.parquet")
    kinds = {"until": pa.date32(), "leave_days": pa.int64(), "months_left": pa.int64(), "service_class": pa.string()}
    assert {name: table.schema.field(f"result_{name}").type for name in kinds} == kinds
    columns = {
        (
            item["case"],
            item["subject"],
            item["outcome"] == "eligible",
            frozenset((name, str(item[f"result_{name}"])) for name in kinds if item[f"result_{name}"] is not None),
        )
        for item in table.to_pylist()
    }
    assert lines == columns == wanted(cases)
    assert {tuple(item["results_unknown"]) for item in table.to_pylist()} == {()}


# What is not known


def test_of_what_is_not_known_the_answer_says_what_it_can_be(leave: Oracle) -> None:
    decision, *_ = leave.decide({key: value for key, value in a_case().items() if key != "hired_on"}, full=True).decisions
    found = {result.id: result for result in decision.results}
    assert (found["leave_days"].status, found["leave_days"].values) == ("unknown", ("10", "15"))
    assert (found["service_class"].value, found["service_class"].values) == (None, ("novice", "veteran"))
    assert found["until"].value == "2027-02-28"
    assert decision.alternatives is not None
    assert decision.alternatives.missing_for_results == ("hired_on",)


def test_a_day_worked_out_of_one_unknown_day_has_both_ends(leave: Oracle) -> None:
    """A child born on an unknown day: every day on which leave is granted gives a last day between the two, and both are reached."""
    open_case = a_case(offspring=[{"id": "k1"}])
    (decision,) = leave.decide(open_case).decisions
    assert results_of(decision)["until"] == ("unknown", None)
    (until,) = [result for result in decision.results if result.id == "until"]
    assert until.range == ("1903-01-01", "2202-12-31")
    # where the outcome is open the others are as well, and no value is told of them
    assert results_of(decision)["leave_days"] == ("unknown", None)
    ends = [leave.decide(a_case(offspring=[{"id": "k1", "born_on": day}])).decisions[0] for day in ("1900-01-01", "2199-12-31")]
    assert tuple(results_of(end)["until"][1] for end in ends) == until.range


SERVED_AT_BIRTH = """
months_left(C, child_leave, Child, Months) :- child_born_on(C, Child, Born), hired_on(C, Hired), months_between(Hired, Born, Months).
"""


def test_of_two_unknown_days_no_range_is_told(tmp_path: Path) -> None:
    """The ends of what is counted between two days of the case need not lie where each of them has its own."""
    oracle = altered_leave(
        tmp_path, "child.lp", lambda text: re.sub(r"months_left\(C, child_leave.*\n", SERVED_AT_BIRTH.strip() + "\n", text)
    )

    def months(**changes: Any) -> Any:
        case = {
            key: value for key, value in a_case(offspring=[{"id": "k1", "born_on": "2024-02-29"}], **changes).items() if value is not None
        }
        (decision,) = oracle.decide(case).decisions
        return next(result for result in decision.results if result.id == "months_left")

    assert months().value == "81"
    one = months(hired_on=None)
    ends = [months(hired_on=day).value for day in ("1900-01-01", "2199-12-31")]
    assert (one.status, one.range) == ("unknown", (ends[1], ends[0]))
    assert months(hired_on="2024-02-29").value == "0"
    # with the day of birth unknown as well, that leave is granted keeps it within three years of today, and no end is told
    born = oracle.decide({"id": "L-1", "asked_on": "2026-06-10", "employed": True, "offspring": [{"id": "k1"}]}).decisions[0]
    assert all(result.range is None or result.id == "until" for result in born.results)


def test_a_limit_leaves_results_unknown_and_never_none(leave: Oracle) -> None:
    answer = leave.decide(a_case(offspring=[{"id": "k1"}]), limit=1e-9)
    assert {result.status for decision in answer.decisions for result in decision.results} <= {"unknown"}


def test_a_parquet_row_names_the_results_that_are_not_known(command: Any, leave: Oracle) -> None:
    rows = [{"id": "L-1", "asked_on": date(2026, 6, 10), "employed": True, "offspring": [{"id": "k1", "born_on": date(2025, 1, 1)}]}]
    pq.write_table(pa.Table.from_pylist(rows, arrow_schema(leave.policy)), "in.parquet")
    assert command("bulk", "in.parquet", "-o", "out.parquet").code == 0
    (row,) = pq.read_table("out.parquet").to_pylist()
    assert (row["result_until"], row["result_leave_days"]) == (date(2028, 1, 1), None)
    assert row["results_unknown"] == ["leave_days", "service_class"]


# Every other door


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("check",), 0, "nothing found"),
        (("decide", "case.json"), 0, "last day for the leave: 2027-02-28"),
        (("decide", "open.json"), 0, "days of leave: 10 days or 15 days, by what is unknown"),
        (("decide", "case.json"), 0, "last_day_of_leave=month_close: no leave is owed, last day for the leave: 2023-01-31"),
        (("decide", "case.json", "--readings"), 0, "last day for the leave: 2023-01-31"),
        (("decide", "case.json", "--receipt", "receipt.json"), 0, "whole months left: 8 months"),
        (("why", "case.json", "child_leave", "k1"), 0, "days of leave: 10"),
        (("why", "case.json", "child_leave", "k1"), 0, "✓ days of leave without it: 10 days"),
        (("why-not", "case.json", "child_leave", "k2"), 0, "last day for the leave: 2023-01-01"),
        (("why", "open.json", "child_leave", "k1"), 0, "not certain: days of leave"),
        (("when", "case.json", "child_leave", "k1"), 0, "moves with the day of the application: whole months left"),
        (("when", "young.json", "child_leave", "k1"), 0, "2027-05-05 to 2029-02-28 days of leave: 15 days"),
        (("ask", "open.json", "--json"), 0, "It bears on this: 第一条 days of leave; class of service."),
        (("what-if", "case.json", "child_leave", "k1", "--set", "hired_on=2000-01-01"), 0, "≠ days of leave 10 days 15 days"),
        (("prove", "never-without-days"), 0, "✓ proved"),
        (("diff", NAME, "--set", "long_leave=16"), 1, "this differs too: days of leave"),
        (("diff", NAME, "--set", "long_leave=16"), 1, "new leave is owed days of leave: 16 days"),
        (("audit",), 0, "is another in part (last day for the leave)"),
        (("coverage", "case.json"), 0, "child.lp"),
        (("report", "case.json", "-o", "page.html"), 0, ""),
        (("template", "child_leave"), 0, "born_on: 2025-03-01"),
        (("why", "case.json", "child_leave", "k1"), 0, "leave is owed parental leave"),
        (("why-not", "case.json", "child_leave", "k2"), 0, "no leave is owed parental leave"),
        (("ask", "born.json", "--json"), 0, "eligible"),
        (("decide", "born.json"), 0, "unknown parental leave"),
        (("what-if", "left.json", "child_leave", "k1"), 0, "The outcome will be “leave is owed” if the employee is employed"),
        (("facts", "case.json"), 0, 'child_born_on("L-1","k1",20240229).'),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_every_command_says_the_results(command: Any, arguments: tuple[str, ...], code: int, says: str) -> None:
    known = {key: value for key, value in a_case().items() if key != "hired_on"}
    young = a_case(offspring=[{"id": "k1", "born_on": "2026-02-28"}])
    born, left = a_case(offspring=[{"id": "k1"}]), a_case(employed=False)
    for name, case in (("case", a_case()), ("open", known), ("young", young), ("born", born), ("left", left)):
        Path(f"{name}.json").write_text(json.dumps(case), "utf-8")
    ran = command(*arguments, "--lang", "en")
    assert ran.code == code, ran.err + ran.out
    assert says in " ".join(ran.out.split()), ran.out


def test_a_page_shows_the_results(command: Any) -> None:
    Path("case.json").write_text(json.dumps(a_case()), "utf-8")
    assert command("report", "case.json", "-o", "page.html", "--lang", "en").code == 0
    assert Path("page.html").read_text("utf-8").count("last day for the leave: 2027-02-28") >= 2


def test_outcomes_have_the_words_of_the_norm(leave: Oracle, tmp_path: Path) -> None:
    """Those of the policy, or of the benefit where it has others; the usual ones where neither has any. The codes stay."""
    (granted, refused) = leave.decide(a_case()).decisions
    assert [(item.outcome, item.said.en) for item in (granted, refused)] == [
        ("eligible", "leave is owed"),
        ("not_eligible", "no leave is owed"),
    ]
    assert leave.decide(a_case(offspring=[{"id": "k1"}])).decisions[0].said == Statement("尚不能确定", "unknown")
    own = '[benefit.child_leave]\noutcomes = { granted = { zh = "可以休假", en = "may take leave" } }'
    other = altered_leave(tmp_path, "vocabulary.toml", lambda text: text.replace("[benefit.child_leave]", own))
    assert [item.said.en for item in other.decide(a_case()).decisions] == ["may take leave", "no leave is owed"]
    tree = other.why(a_case(), "child_leave", "k1").tree
    assert tree.statement.en == "child k1: parental leave, may take leave"


def test_a_receipt_keeps_them_and_a_correction_changes_them(command: Any) -> None:
    Path("case.json").write_text(json.dumps(a_case()), "utf-8")
    assert command("decide", "case.json", "--receipt", "receipt.json").code == 0
    kept = json.loads(Path("receipt.json").read_text("utf-8"))["answer"]["decisions"][0]["results"]
    assert {result["id"]: result["value"] for result in kept}["leave_days"] == "10"
    assert command("verify", "receipt.json").code == 0
    again = command("redecide", "receipt.json", "--set", "hired_on=2000-01-01", "--json")
    (change,) = json.loads(again.out)["changes"]
    days = [next(one["value"] for one in change[side]["results"] if one["id"] == "leave_days") for side in ("before", "after")]
    assert (days, change["action"]) == (["10", "15"], "none")


def test_the_service_answers_with_them(leave: Oracle) -> None:
    handler = RequestHandler(ServiceConfig((leave.source,)))
    answer = json.loads(handler.handle(QuestionRequest("decide", json.dumps({"case": a_case(), "policy": NAME}).encode())))
    results = answer["decisions"][0]["results"]
    assert {result["id"]: result["value"] for result in results} == {
        "leave_days": "10",
        "until": "2027-02-28",
        "months_left": "8",
        "service_class": "novice",
    }


def test_a_population_counts_what_is_given_otherwise(command: Any) -> None:
    cases = some_cases("impact", 40)
    Path("in.jsonl").write_text("".join(f"{json.dumps(case)}\n" for case in cases), "utf-8")
    ran = command("diff", NAME, "--set", "long_leave=16", "--population", "in.jsonl", "--json")
    impact = json.loads(ran.out)["population"]["benefits"]["child_leave"]
    longer = [said for case in cases for _, granted, said in by_hand(case, "term_day") if granted and said["leave_days"] == "15"]
    assert (impact["otherwise"], impact["changed"]) == (len(longer), len(longer))
    assert longer


# What an author can do wrong


@pytest.mark.parametrize(
    ("file", "old", "new", "id", "says"),
    [
        ("vocabulary.toml", 'type = "days"', 'type = "dayz"', "policy-name-unknown", "there is no such type of result; did you mean"),
        ("vocabulary.toml", "results.months_left]", "results.months]", "policy-key-repeated", "there is a predicate `months` already"),
        ("vocabulary.toml", "always = true", "allways = true", "policy-key-unknown", "did you mean `always`"),
        ("vocabulary.toml", 'type = "days"', 'type = "months"', "rule-types", "the variable Days is a months and a days at once"),
        ("child.lp", "months_left(C, child_leave, Child, Months) :-", "% ", "benefit-results", "no rule derives it"),
        ("child.lp", "service_class(C, child_leave,", "service_class(C, other_leave,", None, "other_leave"),
        ("policy.toml", "refused =", "refuse =", "policy-key-unknown", "did you mean `refused`"),
        ("vocabulary.lp", "#show until/4.", "", "vocabulary-declaration", "`#show until/4.` is missing"),
    ],
)
def test_a_bad_declaration_is_a_finding(tmp_path: Path, file: str, old: str, new: str, id: str | None, says: str) -> None:
    with pytest.raises(PolicyError) as caught:
        altered_leave(tmp_path, file, lambda text: text.replace(old, new))
    found = [(problem.id, problem.what.en, problem.where) for problem in caught.value.problems]
    assert any((id is None or one == id) and says in what + where for one, what, where in found), found


def test_two_values_of_one_result_are_no_answer(tmp_path: Path) -> None:
    """In every engine, with the case kept."""
    extra = "leave_days(C, child_leave, Child, Days) :- child(C, Child), days(short_leave, Days)."
    oracle = altered_leave(tmp_path, "child.lp", lambda text: text.replace("%@ c1.s2", f"{extra}\n\n%@ c1.s2"))
    for engine in ("clingo", "compiled"):
        with pytest.raises(InternalError) as caught:
            oracle.decide(a_case(hired_on="2000-01-01"), engine=engine)
        assert "more than one value of the result `leave_days`: 10, 15" in str(caught.value)
    case = {**a_case(hired_on=date(2000, 1, 1)), "asked_on": date(2026, 6, 10)}
    case["offspring"] = [{"id": "k1", "born_on": date(2024, 2, 29)}]
    table = pa.Table.from_pylist([case], arrow_schema(oracle.policy))
    with pytest.raises(InternalError):
        BatchDecider(oracle).decide(table.to_batches()[0])


def altered_leave(tmp_path: Path, file: str, change: Callable[[str], str]) -> Oracle:
    """The norm with one of its files changed."""
    for part in ("policy", "encodings"):
        shutil.copytree(LEAVE / part, tmp_path / part)
    path = tmp_path / ("encodings" if file.endswith(".lp") else "policy") / NAME / file
    before = path.read_text("utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, "utf-8")
    return Oracle(NAME, policy_root=tmp_path)
