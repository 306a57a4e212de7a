"""Facts that guarantee an outcome, and readings that do: with them alone it is certain, without any of them it is not."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from notices.hrss_2024_20 import reference
from support import strategies, tiers
from support.cases import read_case
from support.strategies import FEWER_FAMILIES, PERSONAL
from tiaoli import Case, Oracle
from tiaoli.case.edit import put


def skeleton(case: dict[str, Any]) -> dict[str, Any]:
    """The items of a case without a fact about them, its sets empty of facts too."""
    bare: dict[str, Any] = {}
    for key, value in case.items():
        if isinstance(value, list):
            if not value or isinstance(value[0], dict):
                bare[key] = [skeleton(item) for item in value]
        elif key == "id":
            bare[key] = value
    return bare


def only(case: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """The case with these facts alone; the application day, which a case must have, is any where it is not among them."""
    found = skeleton(case) | {"id": case["id"], "applied_on": case["applied_on"]}
    for path, value in facts.items():
        if path.endswith(".registry") and isinstance(value, dict):
            # that there is a record is a fact of its own; what it says are others
            value = {}
        put(found, path, value)
    return found


def filled(case: dict[str, Any], facts: dict[str, Any], rng: random.Random, number: int) -> Iterator[Case]:
    """The case with some facts alone; what the format cannot leave unknown, the application day and the parties of an
    agreement, in several ways where it is not among them."""
    days = [case["applied_on"]]
    if "applied_on" not in facts:
        days += [day.isoformat() for day in (strategies.FIRST_DAY, *rng.sample(strategies.BOUNDARY_DAYS, number), strategies.LAST_DAY)]
    agreements = [f"training_classes.{item['id']}.agreement_parties" for item in case.get("training_classes", [])]
    for day in days:
        for parties in ([], list(reference.AGREEMENT_PARTIES)) if agreements else ([],):
            loose = {path: parties for path in agreements if path not in facts}
            yield read_case(only(case, facts | loose) | {"applied_on": day})


@tiers.sized(2, 3, 60)
@pytest.mark.parametrize(
    "sections",
    [pytest.param(sections, id=sections[0], marks=tiers.slow if "training_classes" in sections else ()) for sections in FEWER_FAMILIES],
)
def test_a_reason_guarantees_its_outcome_and_no_part_of_it_does(oracle: Oracle, sections: tuple[str, ...], size: int) -> None:
    rng = random.Random(f"reason {sections}")
    seen = 0
    for _ in range(size):
        case = strategies.random_case(rng, sections=sections, unknown=rng.choice((0, 0.1)))
        for item in case.get("training_classes", []):
            # an absent set is taken as empty, which the bare case could not tell from one of which nothing is known
            item.setdefault("agreement_parties", list(reference.AGREEMENT_PARTIES))
        for decision in oracle.decide(case).decisions[:4]:
            reason = oracle.reason(case, decision.benefit, decision.subject)
            assert reason.outcome == decision.outcome
            if decision.outcome == "unknown":
                assert reason.facts is None
                continue
            assert reason.facts is not None
            facts = {ground.path: ground.value for ground in reason.facts}
            where = json.dumps([case, decision.benefit, decision.subject, facts], ensure_ascii=False)
            for left_out in (None, *facts):
                if left_out is not None and left_out.endswith(".registry") and facts[left_out] is not None:
                    # what a record says cannot be known while it is not known to be there
                    continue
                kept = {path: value for path, value in facts.items() if path != left_out}
                outcomes = set()
                for free in filled(case, kept, rng, 20 if left_out == "applied_on" else 2):
                    found = oracle.decide(free, benefits=[decision.benefit]).decisions
                    outcomes |= {other.outcome for other in found if other.subject == decision.subject}
                assert (outcomes == {decision.outcome}) == (left_out is None), (left_out, where)
                seen += 1
    assert seen


@tiers.sized(4, 8, 40)
@pytest.mark.parametrize("sections", [PERSONAL, ("training_classes",), ("apprenticeships",)], ids=lambda sections: sections[0])
def test_readings_to_be_fixed_make_the_outcome_certain_and_none_is_to_spare(oracle: Oracle, sections: tuple[str, ...], size: int) -> None:
    rng = random.Random(f"fix {sections}")
    tried = needed = 0
    while tried < size or not needed:
        tried += 1
        case = strategies.random_case(rng, sections=sections)
        for decision in oracle.decide(case, full=True).decisions:
            assert decision.alternatives is not None
            fix = decision.alternatives.fix
            assert fix is not None
            names = oracle.encoding.readings[decision.benefit]
            for left_out in (None, *fix):
                free = [name for name in names if name not in fix or name == left_out]
                outcomes = set()
                for options in itertools.product(*(reference.READINGS[name] for name in free)):
                    found = reference.decide(case, dict(zip(free, options, strict=True)))
                    outcomes |= {d["outcome"] for d in found if (d["benefit"], d["subject"]) == (decision.benefit, decision.subject)}
                assert (outcomes == {decision.outcome}) == (left_out is None), json.dumps([case, decision.benefit, fix], ensure_ascii=False)
                needed += left_out is not None
