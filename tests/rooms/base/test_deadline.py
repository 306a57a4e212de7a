"""Limits in seconds: what one is, what none is, and what is refused, in Python and at the command line alike."""

from __future__ import annotations

from time import monotonic

import pytest

from support.command import Cli
from support.paths import CASES
from tiaoli import CallError, Oracle
from tiaoli.base.deadline import deadline_in, deadline_of, left
from tiaoli.case.documents import read_document

UNKNOWN = CASES / "23-carer-unknown-record.yaml"
NO_LIMITS = [0, -1, -0.0, float("nan"), float("-inf"), "5", True, b"5", [5]]


def test_a_limit_is_so_many_seconds_from_now() -> None:
    before = monotonic()
    found = deadline_of(5)
    assert found is not None
    assert before + 5 <= found <= monotonic() + 5
    assert 4 < (left(found) or 0) <= 5
    assert left(deadline_in(0)) == 0


@pytest.mark.parametrize("limit", [None, float("inf"), 1e10, 1e300])
def test_what_nobody_lives_to_see_is_no_limit(oracle: Oracle, limit: float | None) -> None:
    assert deadline_of(limit) is None
    case = read_document(UNKNOWN)
    assert oracle.decide(case, limit=limit, full=True).to_json() == oracle.decide(case, full=True).to_json()


@pytest.mark.parametrize("limit", NO_LIMITS, ids=repr)
def test_what_is_no_number_of_seconds_is_refused_by_every_question(oracle: Oracle, limit: float) -> None:
    case = read_document(UNKNOWN)
    questions = (
        lambda: oracle.decide(case, limit=limit),
        lambda: oracle.decide(case, limit=limit, full=True),
        lambda: oracle.why(case, "care_route", limit=limit),
        lambda: oracle.what_if(case, "care_route", limit=limit),
        lambda: oracle.suppose(case, "care_route", changes={}, limit=limit),
        lambda: oracle.when(case, "care_route", limit=limit),
        lambda: oracle.ask(case, limit=limit),
        lambda: oracle.receipt(case, limit=limit),
    )
    for ask in questions:
        with pytest.raises(CallError, match="a number of seconds above 0 is wanted"):
            ask()


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "-inf", "x", ""])
@pytest.mark.parametrize("command", [("decide",), ("when", "care_route")], ids=lambda command: command[0])
def test_the_command_line_refuses_the_same(cli: Cli, command: tuple[str, ...], limit: str) -> None:
    name, *more = command
    ran = cli(name, str(UNKNOWN), *more, f"--limit={limit}")
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize("limit", ["inf", "1e10"])
def test_the_command_line_takes_a_limit_that_is_none(cli: Cli, limit: str) -> None:
    ran = cli("decide", str(UNKNOWN), "--json", "--limit", limit)
    assert ran.code == 0
    assert ran.out == cli("decide", str(UNKNOWN), "--json").out


@pytest.mark.parametrize("option", ["--time-limit", "--client-timeout"])
@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "1e10"])
def test_what_a_service_waits_for_ends(cli: Cli, option: str, seconds: str) -> None:
    assert cli("serve", "--port", "0", option, seconds).code == 2
    if option == "--time-limit":
        assert cli("mcp", option, seconds).code == 2
