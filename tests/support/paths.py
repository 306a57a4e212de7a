"""Where things stand in the checkout."""

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
CASES = TESTS / "cases"
"""The example cases, and in `expected.json` what is decided about them."""

AMENDED = TESTS / "amended"
"""A second version of the shipped notice, under a root of its own."""

HOUSEHOLD = TESTS / "notices" / "household_2026"
"""An invented norm about households, under a root of its own: other facts, another day, a list in a list, another currency."""

INSPECTION = TESTS / "notices" / "inspection_2026"
"""An invented norm about companies in English alone, under a root of its own: a table, units of its own, a currency of three digits."""

LEAVE = TESTS / "notices" / "leave_2026"
"""An invented norm about leave, under a root of its own: what it gives is days, a day until which, a class, and no money."""

SNAPSHOTS = TESTS / "snapshots"

EU_261 = TESTS / "notices" / "eu_261_2004"
"""Regulation (EC) No 261/2004, articles 3 and 5 to 7, as a norm in one file, under a root of its own."""
