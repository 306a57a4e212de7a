"""On which application days a decision grants, against deciding every day."""

from __future__ import annotations

import copy
import json
import random
from datetime import date, timedelta

import pytest

from notices.hrss_2024_20 import reference
from notices.hrss_2024_20.samples import CARER
from support import strategies, tiers
from support.strategies import FAMILIES, PERSONAL
from tiaoli import CallError, Oracle
from tiaoli.questions.when import Calendar

FIRST, LAST = date(2024, 6, 1), date(2027, 5, 31)
DAYS = [FIRST + timedelta(days=step) for step in range((LAST - FIRST).days + 1)]


def inside(found: Calendar, day: date) -> bool:
    return any((span.first or date.min) <= day <= (span.last or date.max) for span in found.spans)


@tiers.sized(2, 4, 60)
@pytest.mark.parametrize("sections", FAMILIES, ids=lambda sections: sections[0])
def test_spans_agree_with_deciding_every_day_of_three_years(oracle: Oracle, sections: tuple[str, ...], size: int) -> None:
    rng = random.Random(f"when {sections}")
    tried = edges = 0
    while tried < size or not edges:
        tried += 1
        case = strategies.random_case(rng, sections=sections)
        readings = {name: rng.choice(options) for name, options in reference.READINGS.items()}
        granted: dict[tuple[str, str], set[date]] = {}
        for day in DAYS:
            for decision in reference.decide({**case, "applied_on": day.isoformat()}, readings):
                days = granted.setdefault((decision["benefit"], decision["subject"]), set())
                if decision["outcome"] == "eligible":
                    days.add(day)
        for (benefit, subject), days in granted.items():
            found = oracle.when(case, benefit, subject, readings=readings)
            assert [day for day in DAYS if inside(found, day)] == sorted(days), json.dumps([case, benefit, readings], ensure_ascii=False)
            edges += sum(end is not None for span in found.spans for end in (span.first, span.last))


@tiers.sized(1, 4, 40)
@pytest.mark.parametrize("sections", [PERSONAL, ("training_classes",)], ids=lambda sections: sections[0])
def test_spans_of_cases_with_unknown_facts_agree_with_deciding_on_and_beside_every_edge(
    oracle: Oracle, sections: tuple[str, ...], size: int
) -> None:
    rng = random.Random(f"when unknown {sections}")
    tried = 0
    while tried < size:
        case = strategies.random_case(rng, sections=sections, unknown=0.15)
        for decision in oracle.decide(case).decisions:
            found = oracle.when(case, decision.benefit, decision.subject)
            if not found.spans and not found.undecided:
                continue
            tried += 1
            ends = [end for span in found.spans for end in (span.first, span.last) if end] + [
                d for span in found.undecided for d in span if d
            ]
            near = {end + timedelta(days=step) for end in ends for step in (-1, 0, 1)} | set(
                rng.sample(DAYS, 25 if tiers.at_length() else 8)
            )
            near = {day for day in near if date(1900, 1, 1) <= day <= date(2199, 12, 31)}
            for day in near:
                answer = oracle.decide({**case, "applied_on": day.isoformat()}, benefits=[decision.benefit])
                outcome = next(item.outcome for item in answer.decisions if item.subject == decision.subject)
                open_ = any((first or date.min) <= day <= (last or date.max) for first, last in found.undecided)
                expected = "eligible" if inside(found, day) else "unknown" if open_ else "not_eligible"
                assert outcome == expected, json.dumps([case, decision.benefit, day.isoformat()], ensure_ascii=False)


def test_each_end_of_a_span_says_what_changes_there(oracle: Oracle) -> None:
    before, after = oracle.when(CARER, "care_route").spans
    assert (before.first, before.last) == (date(2025, 3, 1), date(2025, 4, 9))
    assert before.opens.zh == "自2025-03-01起，有效期“证书核发日期适用本通知”由不符合转为符合：证书c1的核发日期为2025-03-01。"
    assert before.closes.zh == "自2025-04-10起，（十）“未超过在职人员每年申请次数”不再符合：其他申请p1的提出日期为2025-04-10。"
    assert (after.first, after.last) == (date(2026, 1, 1), date(2026, 6, 30))
    assert "（十）" in after.opens.zh
    assert after.closes.zh == "自2026-07-01起，（三）“申请时仍在岗”不再符合：任职e1的任职最后一日为2026-06-30。"


def test_the_rolling_year_reopens_twelve_months_later(oracle: Oracle) -> None:
    _, after = oracle.when(CARER, "care_route", readings={"limit_year": "rolling"}).spans
    assert after.first == date(2026, 4, 10)
    assert "12" in after.opens.zh
    assert "2025-04-10" in after.opens.zh


def test_an_end_that_is_the_format_s_own_is_null(oracle: Oracle) -> None:
    case = copy.deepcopy(CARER)
    case["employments"][0]["end"] = None
    found = oracle.when(case, "care_route").to_json()
    assert [(span["from"], span["to"]) for span in found["spans"]] == [("2025-03-01", "2025-04-09"), ("2026-01-01", None)]
    assert found["spans"][1]["closes"]["zh"] == "此后一直符合。"


def test_a_subject_is_named_where_there_are_several(oracle: Oracle) -> None:
    case = copy.deepcopy(CARER)
    case["certificates"].append({"id": "c2"})
    with pytest.raises(CallError, match="c1, c2"):
        oracle.when(case, "care_route")
    with pytest.raises(CallError, match="has no subject `c3`"):
        oracle.when(case, "care_route", "c3")


def test_a_limit_leaves_later_days_out_and_says_so(oracle: Oracle) -> None:
    case = copy.deepcopy(CARER)
    del case["employments"][0]["post"]
    found = oracle.when(case, "care_route", limit=1e-9)
    assert found.limit_reached
    assert found.to_json()["limit_reached"] is True
    assert found.spans == ()
