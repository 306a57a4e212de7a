"""What a diff claims of every case against random edits of the rules, and random cases that clingo decides under both versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notices.hrss_2024_20.edits import edited, random_cases
from support import tiers
from tiaoli import Oracle, diff
from tiaoli.analysis.version_diff import BenefitDiff, Diff
from tiaoli.case.case import Case
from tiaoli.decide.answer import Decision
from tiaoli.decide.batch import decide_chunk


def contradictions(found: Diff, old: Oracle, new: Oracle, cases: list[Case]) -> Iterator[str]:
    """Every claim that one of the cases contradicts."""
    decisions = [decide_chunk(side.encoding, cases, side.readings_in_force) for side in (old, new)]
    for case, before, after in zip(cases, *decisions, strict=True):
        assert before is not None
        assert after is not None
        for one, other in zip(before[0], after[0], strict=True):
            claim = found.benefits[one.benefit]
            if not claim.unsettled and within(claim, case):
                yield from (f"{case.id} {one.benefit}: {word}" for word in contradicted(claim, one, other))


def within(claim: BenefitDiff, case: Case) -> bool:
    """Whether the claim speaks of a case with so many items."""
    for path, number in (claim.within or {}).items():
        holders, inner = [case], path.split(".")
        for key in inner[:-1]:
            holders = [item for holder in holders for item in getattr(holder, key)]
        if any(len(getattr(holder, inner[-1])) > number for holder in holders):
            return False
    return True


def contradicted(claim: BenefitDiff, one: Decision, other: Decision) -> Iterator[str]:
    """What of a claim two decisions contradict."""
    before, after = ((item.outcome == "eligible", item.amount or 0) for item in (one, other))
    if after > before and claim.relation not in ("wider", "both"):
        yield f"gains, but is {claim.relation}"
    if before > after and claim.relation not in ("narrower", "both"):
        yield f"loses, but is {claim.relation}"
    said = [item.to_json() for item in (one, other)]
    if said[0] != said[1] and claim.relation == "equivalent":
        yield "differs, but is equivalent"


@pytest.mark.parametrize("seed", tiers.seeds(2, 5, 30))
@tiers.sized(200, 3000)
def test_no_case_contradicts_what_is_claimed_of_a_random_edit(oracle: Oracle, tmp_path: Path, seed: int, size: int) -> None:
    mutant, new = edited(oracle, tmp_path, seed)
    found = diff(oracle, new, limit=300)
    assert not list(contradictions(found, oracle, new, random_cases(seed, size))), mutant.name
