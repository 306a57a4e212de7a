"""How much is tried: a little in `make test`, all of it in `make test-all`, and a great deal once a week.

What a tier does not try is either a whole test (`slow`), some of its seeds (`seeds`), or some of the cases in it (`sized`, `examples`).
The assertions are the same in every tier.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings

TIERS = {
    "fast": "what a contributor waits for",
    "rest": "what the fast tier leaves out, and once more in full what it tries with fewer cases",
    "all": "everything, in full",
}
_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
_chosen = "all" if _THOROUGH else "fast"

# derandomized where people wait for the result; once a week other cases than ever before
settings.register_profile("fast", derandomize=True, database=None, deadline=None, max_examples=15)
settings.register_profile("full", derandomize=True, database=None, deadline=None, max_examples=100)
settings.register_profile("thorough", database=None, deadline=None, max_examples=2000, print_blob=True)


def choose(tier: str | None) -> None:
    """From here on, sizes are those of this tier; before any test is collected."""
    global _chosen
    _chosen = tier or _chosen
    settings.load_profile("fast" if _chosen == "fast" else "thorough" if _THOROUGH else "full")


def belongs(item: pytest.Item) -> bool:
    """Whether a test is of the tier."""
    slow = item.get_closest_marker("slow") is not None
    more = slow or item.get_closest_marker("sized") is not None or getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    return {"fast": not slow, "rest": more, "all": True}[_chosen]


def amount(fast: int, full: int, thorough: int | None = None) -> int:
    """The one of these numbers that the tier asks for; once a week as in full, where no other is given."""
    if _chosen == "fast":
        return fast
    return thorough if _THOROUGH and thorough is not None else full


def at_length() -> bool:
    """Whether this is the long run, in which hours are no matter."""
    return _THOROUGH and _chosen != "fast"


slow = pytest.mark.slow
"""A test that only `make test-all` runs."""


def sized(fast: int, full: int, thorough: int | None = None) -> pytest.MarkDecorator:
    """A test that asks for a `size`: so many cases in each tier."""
    return pytest.mark.sized(fast, full, thorough)


def seeds(fast: int, full: int, thorough: int | None = None) -> list[Any]:
    """The seeds of a test, from 0, of which the first few are fast."""
    last = thorough if _THOROUGH and thorough is not None else full
    return [pytest.param(seed, marks=() if seed < fast else slow) for seed in range(last)]


def some(names: Any, fast: Any) -> list[Any]:
    """Values of a parameter, or of several, of which those in `fast` are fast."""
    quick = set(fast)
    listed = list(names)
    assert quick <= set(listed), quick - set(listed)
    return [pytest.param(*(name if isinstance(name, tuple) else (name,)), marks=() if name in quick else slow) for name in listed]


def examples(fast: int, full: int) -> settings:
    """So many examples of hypothesis in place of the profile's; once a week at least as many as in full."""
    return settings(max_examples=amount(fast, full))
