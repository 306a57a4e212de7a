"""Of many items of one list, a question about one is answered as if the case had no other, where the rules look at no other."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from notices.hrss_2024_20.samples import CARER
from support import strategies, tiers
from support.cases import read_case
from tiaoli import Oracle
from tiaoli.base.deadline import deadline_of
from tiaoli.decide import PreparedDecision
from tiaoli.oracle.prepare import prepare_decision
from tiaoli.questions import calendar_of, reason_of, repairs_of

ASKED: dict[str, Callable[[PreparedDecision], Any]] = {
    "when": lambda question: calendar_of(question).to_json(),
    "what-if": lambda question: repairs_of(question, False, None).to_json(),
    "lose": lambda question: repairs_of(question, True, None).to_json(),
    "reason": lambda question: reason_of(question).to_json(),
}


def without_reasons(found: dict[str, Any]) -> dict[str, Any]:
    """Spans without what opens and closes them: beside other items, a day is also that of another item."""
    if "spans" not in found:
        return found
    return {**found, "spans": [{key: span[key] for key in ("from", "to")} for span in found["spans"]]}


@tiers.sized(1, 4, 60)
@pytest.mark.parametrize("asked", ASKED)
def test_an_answer_about_one_item_does_not_rest_on_its_siblings(oracle: Oracle, asked: str, size: int) -> None:
    rng, apart = random.Random(f"apart {asked}"), 0
    readings = {item.name: item.default for item in oracle.policy.readings.values()}
    while apart < size:
        case = strategies.random_case(rng, sections=("certificates", "engagements"), unknown=rng.choice((0, 0.2)))
        for section in ("certificates", "engagements"):
            del case.get(section, [])[3:]
        for decision in oracle.decide(case).decisions:
            question = prepare_decision(oracle.encoding, read_case(case), decision.benefit, decision.subject, readings, deadline_of(None))
            alone = question.by_itself()
            if alone is question:
                continue
            apart += 1
            whole, found = ASKED[asked](question), ASKED[asked](alone)
            assert without_reasons(found) == without_reasons(whole), json.dumps([case, decision.benefit, decision.subject])


@pytest.mark.parametrize("asked", ["when", "what_if", "reason"])
def test_a_thousand_items_take_hardly_longer_than_one(oracle: Oracle, asked: str) -> None:
    """The rules that a question about one of them is asked of are as many as of one."""
    one = CARER["certificates"][0]
    case = {**CARER, "certificates": [{**one, "id": f"c{number}"} for number in range(1000)]}
    few = {**CARER, "certificates": [{**one, "id": "c7"}]}
    question = getattr(oracle, asked)
    assert question(case, "skill_uplift", "c7").to_json() == question(few, "skill_uplift", "c7").to_json()
