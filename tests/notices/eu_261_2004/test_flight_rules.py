"""Regulation (EC) No 261/2004 as a norm in one file: it decides as the reading in plain Python does, in every engine, and explains why."""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from notices.eu_261_2004 import flights
from notices.eu_261_2004.reference import Flight, decide
from support import tiers
from support.command import Cli
from support.paths import EU_261
from tiaoli import Oracle
from tiaoli.encoding import policy_problems

NAME = "eu-261-2004"
FOLDER = EU_261 / "policy" / NAME


def document(flight: Flight, number: int = 1) -> dict[str, Any]:
    """A flight as a case of the norm."""
    stated = {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(flight).items()}
    minutes = stated.pop("presented_minutes_before")
    stated["presented"] = None if minutes is None else {"minutes_before": minutes}
    return {"id": f"F-{number}", "applied_on": "2026-12-31", "flights": [{"id": "f", **stated}]}


@pytest.fixture(scope="module")
def regulation() -> Oracle:
    return Oracle(NAME, policy_root=EU_261)


@pytest.fixture
def command(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: cli(*arguments, "--policy-root", str(EU_261), "--lang", "en")


def test_nothing_is_wrong_in_it() -> None:
    assert policy_problems(NAME, EU_261) == []


@pytest.mark.parametrize("engine", ["clingo", "compiled"])
@tiers.sized(40, 1000, 4000)
def test_it_decides_as_the_reading_in_plain_python(regulation: Oracle, engine: Any, size: int) -> None:
    rng = random.Random(engine)
    granted = 0
    for number in range(size):
        flight, readings = flights.flight(rng), flights.readings(rng)
        wanted = decide(flight, readings)
        answer = regulation.decide(document(flight, number), readings=asdict(readings), engine=engine)
        assert {item.benefit: (item.outcome == "eligible", item.amount) for item in answer.decisions} == {
            benefit: (item.due, item.sum_eur) for benefit, item in wanted.items()
        }, flight
        for item in answer.decisions:
            assert tuple(found.id for found in item.conditions if found.status == "unmet") == wanted[item.benefit].unmet
            granted += item.outcome == "eligible"
    assert granted > size / 4


CANCELLED = Flight(event="cancelled", departs_on=date(2026, 6, 15), informed_on=date(2026, 6, 14), distance_km=3600)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("decide", "case.json"), "amount 400.00 EUR"),
        (("why", "case.json", "compensation_cancellation"), "In case of cancellation of a flight"),
        (("why-not", "case.json", "compensation_delay"), "event of flight f: cancelled (wanted: delayed)"),
        (("what-if", "case.json", "compensation_denied_boarding"), "denied boarding"),
        (("ask", "open.json", "--json"), "distance of flight f?"),
        (("notice", "5(1)(c)(i)"), "c05_cancellation.lp"),
        (("template", "compensation_delay"), "arrival_delay"),
    ],
)
def test_every_command_speaks_of_it(command: Any, arguments: tuple[str, ...], says: str) -> None:
    case = document(CANCELLED)
    Path("case.json").write_text(json.dumps(case), "utf-8")
    del case["flights"][0]["distance_km"]
    Path("open.json").write_text(json.dumps(case), "utf-8")
    ran = command(*arguments)
    assert (ran.code, says in ran.out) == (0, True), ran


def test_a_number_that_the_text_does_not_state_names_its_source(regulation: Oracle) -> None:
    parameter = regulation.policy.parameters["long_delay"]
    assert "Sturgeon" in parameter.statement.en
    assert parameter.source is not None


@pytest.mark.slow
def test_at_most_one_compensation_is_due(command: Any) -> None:
    ran = command("prove", "one-compensation")
    assert ran.code == 0, ran


def test_an_author_writes_few_lines() -> None:
    """The text, norm.toml and the rules, without empty lines."""
    files = [*FOLDER.iterdir(), *(EU_261 / "encodings" / NAME).glob("*.lp")]
    written = [line for path in files for line in path.read_text("utf-8").splitlines() if line.strip()]
    assert len(written) < 340
