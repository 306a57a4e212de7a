"""Codes that rules compare with one another: an unknown one may be the other or a third, in every engine and for every number of them."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from support import tiers
from tiaoli import Oracle

NORM = """id = "swap"
number = "Swap Rules 2"
languages = ["en"]
currency = "EUR"
from = 2026-01-01

[facts.club]
member_of = { set = ["chess", "choir", "rowing"] }

[facts.cards]
entity = "card"
number = "code:card"

[codes.card]
pattern = "[A-Z][0-9]{2}"
example = "B12"
other = "X00"

[benefit.swap]
clause = "1"
subject = "card"
words = "swap"
conditions = { other = "another card with another number", again = "no card with the same number", member = "a member of the chess club" }
"""
TEXT = """Swap Rules 2

1. A member of the chess club may swap a card for one with another number. A card of which there are two cannot be swapped.
"""
RULES = """%@ A member of the chess club
met(C, swap, K, member) :- card(C, K), club_member_of(C, chess), not excluded(C).
excluded(C) :- club_member_of(C, Club), left_out(Club).
left_out(choir).
%@ may swap a card for one with another number
met(C, swap, K, other) :- card_number(C, K, Code), card_number(C, _, Other), Code != Other.
%@ A card of which there are two cannot be swapped
met(C, swap, K, again) :- card(C, K), not twice(C, K).
twice(C, K) :- card_number(C, K, Code), card_number(C, Other, Code), K != Other.
"""


@pytest.fixture(scope="module")
def swap(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    root = tmp_path_factory.mktemp("swap")
    for name, text in (("policy/swap/norm.toml", NORM), ("policy/swap/notice.md", TEXT), ("encodings/swap/swap.lp", RULES)):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Oracle("swap", policy_root=root)


def case_of(codes: list[str | None], clubs: list[str]) -> dict[str, Any]:
    cards = [{"id": f"k{place}"} | ({} if code is None else {"number": code}) for place, code in enumerate(codes)]
    return {"id": "A", "applied_on": "2026-03-01", "club": {"member_of": clubs}, "cards": cards}


def granted(codes: tuple[str, ...], place: int, clubs: list[str]) -> bool:
    """The rules by hand."""
    others = [code for other, code in enumerate(codes) if other != place]
    return "chess" in clubs and "choir" not in clubs and codes[place] not in others and any(code != codes[place] for code in others)


@pytest.mark.parametrize("engine", ["auto", "clingo"])
@tiers.sized(30, 200, 1000)
def test_an_unknown_code_may_be_any_other(swap: Oracle, engine: Any, size: int) -> None:
    rng = random.Random(f"codes {engine}")
    # every code that a case can name beside as many others as it has cards
    every = ["A01", "A02", "A03", "Z97", "Z98", "Z99"]
    outcomes = set()
    for _ in range(size):
        codes: list[str | None] = [rng.choice(["A01", "A02", "A03", None]) for _ in range(rng.randint(1, 3))]
        clubs = rng.sample(["chess", "choir", "rowing"], rng.randint(0, 3))
        completions = list(product(*([code] if code else every for code in codes)))
        for place, decision in enumerate(swap.decide(case_of(codes, clubs), engine=engine).decisions):
            ways = {granted(completion, place, clubs) for completion in completions}
            wanted = "unknown" if len(ways) == 2 else "eligible" if ways == {True} else "not_eligible"
            assert decision.outcome == wanted, (codes, clubs, place)
            outcomes.add(wanted)
    assert outcomes == {"eligible", "not_eligible", "unknown"}
