"""A full answer on a person's certificate against the references: what is missing, the verdict over all readings and every flip, found by
trying every completion of the unknown facts and every option."""

import json
import random
from typing import Any

import pytest

from notices.sh_skill_2022 import holders, together
from support import tiers
from tiaoli import Oracle

Item = dict[str, Any]

MANY = ("issued", "date", "start", "end", "registry", "occupation_code")
"""The facts of which there are many values: one of them at a time, so that every completion can be tried."""


def forgetful(rng: random.Random) -> Item:
    """A holder of one certificate with two unknown facts; the notice is told by the case alone."""
    made = holders.holder(rng, rng.choice((0.3, 1.0)))
    made["certificates"] = made["certificates"][:1]
    few = sorted({name for _, name, _ in holders.scalars(made)} - {*MANY})
    holders.forget(rng, made, rng.choice((1, 2)), few)
    if rng.random() < 0.5:
        holders.forget(rng, made, 1, MANY)
    return made


def shape(decision: Item) -> Item:
    """What a full answer says of a decision, in an order of its own."""
    found = {name: decision.get(name) for name in ("benefit", "subject", "outcome", "amount", "amount_range", "conditions")}
    flips = [json.dumps(flip, sort_keys=True) for flip in decision["readings"]["flips"]]
    found |= {"missing": sorted(decision["missing"]), "verdict": decision["readings"]["verdict"], "flips": sorted(flips)}
    return found | ({"standard": decision.get("standard")} if decision["outcome"] == "eligible" else {})


@tiers.sized(3, 12)
@pytest.mark.parametrize("seed", tiers.seeds(2, 4))
def test_a_full_answer_is_what_every_completion_and_every_reading_makes_of_it(oracle: Oracle, seed: int, size: int) -> None:
    rng = random.Random(f"full {seed}")
    for _ in range(size):
        case = forgetful(rng)
        answered = [found for found in oracle.decide(case, full=True).to_json()["decisions"] if found["benefit"] in together.PERSONAL]
        expected = together.decide(case, alone=True)
        assert [shape(found) for found in answered] == [shape(found) for found in expected], json.dumps(case, ensure_ascii=False)
