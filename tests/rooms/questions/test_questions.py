"""What is asked for and what each answer settles, against deciding the case with the answer; and the interview."""

from __future__ import annotations

import copy
import io
import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from support import strategies, tiers
from support.cases import read_case
from support.strategies import FEWER_FAMILIES
from tiaoli import Case, CaseError, Oracle
from tiaoli.case.documents import read_document
from tiaoli.case.typed_value import field_at, parse_value
from tiaoli.cli.main import run
from tiaoli.oracle.interview import Interview

CARER: dict[str, Any] = {
    "id": "U",
    "applied_on": "2025-06-01",
    "person": {"status": "employed"},
    "certificates": [{"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05"}],
    "employments": [
        {
            "id": "e1",
            "employer_in_shanghai": True,
            "industry": "elderly_care",
            "post": "elderly_care",
            "start": "2025-03-31",
            "end": None,
        }
    ],
    "applications": [],
}


def samples(oracle: Oracle, path: str, answer: str, rng: random.Random) -> list[Any]:
    """Values that an answer stands for: of a range both ends and one inside."""
    field = field_at(oracle.policy, path)
    assert field is not None
    low, dots, high = answer.partition("..")
    if not dots:
        return ["9-99-99-99"] if answer == "*" else [parse_value(oracle.policy, path, answer)]
    if field.kind == "day":
        first, last = date.fromisoformat(low), date.fromisoformat(high)
        inside = first + timedelta(days=rng.randint(0, (last - first).days))
        return [day.isoformat() for day in (first, inside, last)]
    return [int(low), rng.randint(int(low), int(high)), int(high)]


def in_format(case: Case, path: str, value: Any) -> Case | None:
    try:
        return case.with_values({path: value})
    except CaseError:
        return None


@tiers.sized(4, 12, 60)
@pytest.mark.parametrize("sections", FEWER_FAMILIES, ids=lambda sections: sections[0])
def test_what_an_answer_settles_agrees_with_deciding_the_case_with_it(oracle: Oracle, sections: tuple[str, ...], size: int) -> None:
    rng = random.Random(f"ask {sections}")
    settled = left = 0
    for _ in range(size):
        document = strategies.random_case(rng, sections=sections, unknown=0.2)
        case = read_case(document)
        for question in oracle.ask(case).questions:
            given: dict[tuple[str, str], list[str]] = {decision: [] for decision in question.decides}
            for item in question.settles:
                given[item.benefit, item.subject].append(item.answer)
                for value in samples(oracle, question.path, item.answer, rng):
                    answered = in_format(case, question.path, value)
                    if answered is not None:
                        found = oracle.decide(answered, benefits=[item.benefit]).decisions
                        outcome = next(decision.outcome for decision in found if decision.subject == item.subject)
                        assert outcome == item.outcome, json.dumps([document, question.path, value], ensure_ascii=False)
                        settled += 1
            field = field_at(oracle.policy, question.path)
            if field is not None and field.kind == "day":
                for day in rng.sample(strategies.BOUNDARY_DAYS, 4):
                    answered = in_format(case, question.path, day.isoformat())
                    for (benefit, subject), answers in given.items():
                        if answered is None or any(a.partition("..")[0] <= day.isoformat() <= a.rpartition("..")[2] for a in answers):
                            continue
                        found = oracle.decide(answered, benefits=[benefit]).decisions
                        outcome = next(decision.outcome for decision in found if decision.subject == subject)
                        assert outcome == "unknown", json.dumps([document, question.path, day.isoformat()], ensure_ascii=False)
                        left += 1
    assert settled
    assert left or sections != ("training_classes",)


def test_questions_are_those_that_can_decide_best_first(oracle: Oracle) -> None:
    questions = oracle.ask(CARER, benefits=["care_route"]).questions
    answer = oracle.decide(CARER, benefits=["care_route"], full=True)
    alternatives = answer.decisions[0].alternatives
    assert alternatives is not None
    assert {question.path for question in questions} == set(alternatives.missing)
    first = questions[0]
    assert first.path == "certificates.c1.issued"
    assert first.question.zh == "证书c1是哪一天核发的？"
    assert "（三）“在规定期限内实现养老、家政岗位就业”" in first.why.zh
    assert [item.answer for item in first.settles] == ["1900-01-01..2024-11-13", "2025-06-02..2199-12-31"]
    assert first.to_json()["decides"] == [["care_route", "c1"]]


def test_facts_for_an_amount_alone_come_last(oracle: Oracle) -> None:
    case = copy.deepcopy(CARER)
    questions = oracle.ask(case).questions
    assert [question.path for question in questions[-2:]] == ["certificates.c1.base_standard_cny", "certificates.c1.payment_percent"]
    assert all(question.to_json()["for_amount"] is True for question in questions[-2:])
    assert "（一）" in questions[-1].why.zh


def test_nothing_is_asked_where_nothing_is_open(oracle: Oracle) -> None:
    assert oracle.ask(strategies.random_case(random.Random(3))).questions == ()


# The interview


def test_an_interview_ends_where_nothing_more_can_decide(oracle: Oracle) -> None:
    interview = Interview(oracle, read_case(CARER), benefits=["care_route"])
    interview.answer("2024-01-01")
    assert interview.question is None
    assert interview.result().decisions[0].outcome == "not_eligible"


def test_an_interview_goes_back_and_leaves_open(oracle: Oracle) -> None:
    interview = Interview(oracle, read_case(CARER), benefits=["care_route"])
    assert not interview.back()
    interview.answer("2025-03-01")
    assert interview.question is not None
    assert interview.question.path == "employments.e1.registry"
    interview.leave_open()
    assert interview.question is None
    assert interview.result().decisions[0].outcome == "unknown"
    assert interview.back()
    assert interview.question.path == "employments.e1.registry"
    assert interview.back()
    assert interview.case == read_case(CARER)


def test_an_answer_that_is_none_is_refused_and_the_question_stays(oracle: Oracle) -> None:
    interview = Interview(oracle, read_case(CARER), benefits=["care_route"])
    with pytest.raises(CaseError, match="no day of the calendar"):
        interview.answer("2025-02-30")
    assert interview.question is not None
    assert interview.question.path == "certificates.c1.issued"
    assert interview.answered == 0


def interview_with(lines: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    return run(["ask", *arguments])


def test_the_terminal_interview(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, oracle: Oracle
) -> None:
    file, saved = tmp_path / "case.json", tmp_path / "saved.yaml"
    file.write_text(json.dumps(CARER), "utf-8")
    lines = "soon\n<\n2025-02-01\n<\n2025-03-01\n1\n上海市养老护理员信息管理系统\n是\n?\n1\n"
    assert interview_with(lines, monkeypatch, str(file), "--benefit", "care_route", "-o", str(saved), "--lang", "en") == 0
    shown = capsys.readouterr().out
    assert "`soon` is no date" in shown
    assert "This is the first question." in shown
    assert "Why this is asked" in shown
    assert "still to be known: employments.e1.registry.employer_registered" in shown
    case = read_case(read_document(saved))
    assert case.to_json()["employments"][0]["registry"] == {"system": "elderly_care", "worker_registered": True, "in_post": True}
    (decision,) = oracle.decide(case, benefits=["care_route"]).decisions
    assert decision.outcome == "unknown"


def test_the_terminal_interview_stops_early_and_asks_where_to_save(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, saved = tmp_path / "case.json", tmp_path / "saved.json"
    file.write_text(json.dumps(CARER), "utf-8")
    assert interview_with(f"2025-03-01\n.\n{saved}\n", monkeypatch, str(file), "--lang", "zh") == 0
    assert "把补全后的案件保存到哪个文件" in capsys.readouterr().out
    assert json.loads(saved.read_text("utf-8"))["certificates"][0]["issued"] == "2025-03-01"
    assert interview_with("2025-03-01\n", monkeypatch, str(file)) == 0


def test_standard_input_cannot_be_the_case_and_the_answers(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert interview_with("", monkeypatch, "-", "--lang", "en") == 2
    assert "standard input carries the answers" in capsys.readouterr().err


def test_questions_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CARER), "utf-8")
    assert run(["ask", str(file), "--json", "--benefit", "care_route"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["case"] == "U"
    assert set(found["questions"][0]) == {"path", "question", "why", "decides", "settles"}
