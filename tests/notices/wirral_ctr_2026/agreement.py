"""The page that shows under which of the eight readings each award of another project's table is right. `agreement.md` is what this
writes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path

from notices.wirral_ctr_2026 import peer
from notices.wirral_ctr_2026.reference import READINGS, Readings

PAGE = Path(__file__).parent / "agreement.md"
ASKED = ("band_share", "deduction", "cap")
EIGHT = [
    Readings(band_share=share, deduction=less, cap=cap)  # type: ignore[arg-type]
    for share, less, cap in product(*(READINGS[name] for name in ASKED))
]


def named(readings: Readings) -> str:
    return ", ".join(getattr(readings, name) for name in ASKED)


@cache
def awards() -> dict[str, tuple[Decimal, list[Fraction]]]:
    """For each household with an award the one expected, and what the eight readings give."""
    return {
        row.name: (row.award, [peer.whole_year(row.household, readings) for readings in EIGHT])
        for row in peer.rows()
        if row.award is not None
    }


def agreeing(name: str) -> list[Readings]:
    """Those of the eight readings under which the award of a household is right."""
    expected, found = awards()[name]
    return [readings for readings, sum_gbp in zip(EIGHT, found, strict=True) if peer.same(sum_gbp, expected)]


def pounds(sum_gbp: Fraction) -> str:
    return f"{float(sum_gbp):.2f}"


def lines() -> Iterator[str]:
    """The page, line by line."""
    right = {name: agreeing(name) for name in awards()}
    yield "# Sixty-one awards under eight readings"
    yield ""
    yield "Written by `agreement.py` from `peers/awards.csv`; a test compares the two. A column is one choice of three readings:"
    yield ""
    yield "- `band_share`: the percentage of a band is one of the bill (`of_bill`) or of the maximum reduction (`of_maximum`);"
    yield "- `deduction`: what non-dependants cost is taken off `before` or `after` that percentage;"
    yield "- `cap`: Band D bounds the `liability` or the `reduction`."
    yield ""
    yield "| | reading | awards that agree |"
    yield "|---|---|---|"
    for letter, readings in zip("ABCDEFGH", EIGHT, strict=True):
        count = sum(readings in found for found in right.values())
        yield f"| {letter} | {named(readings)} | {count} of {len(right)} |"
    yield ""
    nowhere = [name for name, found in right.items() if not found]
    yield f"Agree under every reading: {sum(len(found) == len(EIGHT) for found in right.values())}. Under none: {len(nowhere)}."
    yield ""
    yield "| household | expected | A | B | C | D | E | F | G | H |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, (expected, found) in awards().items():
        cells = [pounds(sum_gbp) + (" ✓" if readings in right[name] else "") for readings, sum_gbp in zip(EIGHT, found, strict=True)]
        yield f"| {name.removeprefix('wirral_')} | {pounds(Fraction(expected))} | {' | '.join(cells)} |"


def page() -> str:
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
