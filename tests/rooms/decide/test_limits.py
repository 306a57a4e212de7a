"""A limit holds while rules are grounded, which clingo cannot be interrupted in."""

from __future__ import annotations

import subprocess
import sys

from tiaoli.rules.clingo_session import consequences

# what is left to itself goes on until its process ends
_LEFT = """
import os
from time import monotonic
from tiaoli.rules.clingo_session import OutOfTimeError, Session, consequences

rules = "number(1..500). triple(X, Y, Z) :- number(X), number(Y), number(Z)."
began = monotonic()
found = consequences(rules, [], limit=0.2)
try:
    Session(rules, [], limit=0.2)
except OutOfTimeError:
    print(found.exhausted, len(found.certain), len(found.possible), monotonic() - began < 5, flush=True)
os._exit(0)
"""


def test_grounding_that_takes_long_is_left_at_the_limit() -> None:
    done = subprocess.run([sys.executable, "-c", _LEFT], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("False 0 0 True\n", "")


def test_what_is_quickly_ground_is_decided_under_any_limit() -> None:
    assert {fact.predicate for fact in consequences("a. b :- a.", [], limit=1e-9).certain} == {"a", "b"}
