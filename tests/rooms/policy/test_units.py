"""Units that a policy declares: what they stand for in a text, and what no unit can be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.harbour import edit
from support.paths import INSPECTION
from tiaoli import Oracle
from tiaoli.encoding.loader import policy_problems
from tiaoli.policy import UNITS
from tiaoli.policy.units import stands_by

NAME = "inspection-2026"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for room in ("policy", "encodings"):
        shutil.copytree(INSPECTION / room, tmp_path / room)
    return tmp_path


def findings(root: Path) -> set[tuple[str, str, str]]:
    return {(problem.where, problem.id, problem.what.en) for problem in policy_problems(NAME, root)}


@pytest.mark.parametrize(
    ("text", "number", "quoted", "stands"),
    [
        ("distances of 1500 kilometres", "1500", ("kilometres",), True),
        ("a 45-minute stop", "45", ("minute",), True),
        ("within 14 calendar days", "14", ("days",), True),
        ("10个工作日内", "10", ("日",), True),
        ("km 30", "30", ("km",), True),
        ("3 persons", "3", ("person",), False),
        ("30 minutes in 2 days", "30", ("days",), False),
        ("40 kW of 2 plants", "2", ("kW",), False),
    ],
)
def test_a_word_stands_for_the_unit_of_the_number_beside_it(text: str, number: str, quoted: tuple[str, ...], stands: bool) -> None:
    start = text.index(number)
    assert stands_by(quoted, text, start, start + len(number)) is stands


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ("value = 90", "value = 30", "free_time", "30 is not in its quote"),
        ("more than 90 minutes", "more than 90 hours", "free_time", "its unit is written 分钟, minutes, minute"),
        ("at most 10 persons", "at most 10 plants", "small_staff", "its unit is written persons"),
        ("older than 45 days", "older than 45 weeks", "recent", "its unit is written 日, 天, days, day"),
    ],
)
def test_a_number_stands_beside_its_unit_in_its_quote(root: Path, old: str, new: str, where: str, says: str) -> None:
    assert findings(root) == set()
    for path in (path for path in root.rglob("*") if path.is_file()):
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    (found,) = [problem for problem in findings(root) if problem[1] == "parameter-number"]
    assert (found[0], says in found[2]) == (f"parameters.toml [{where}]", True), found


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "says"),
    [
        ("fields.toml", 'unit = "kilowatts"', 'unit = "kilowats"', "field.plants.power.unit", "did you mean `kilowatts`?"),
        ("policy.toml", 'unit = "kilowatts", min = 0, max = 50000, en = "to"', 'unit = "kW", en = "to"', "below.unit", "[unit.kW]"),
        ("parameters.toml", 'unit = "faults"', 'unit = "fault"', "few_faults.unit", "did you mean `faults`?"),
        (
            "parameters.toml",
            'value = 30\nfrom = 2026-03-01\nsentence = "c1',
            'value = 50001\nfrom = 2026-03-01\nsentence = "c1',
            "free_power",
            "at most 50000",
        ),
        ("fields.toml", "[unit.faults]", "[unit.days]", "[unit.days", "has a meaning already"),
        ("fields.toml", "[unit.faults]", "[unit.benefit]", "[unit.benefit", "has a meaning already"),
        ("fields.toml", "[unit.faults]", "[unit.eligible]", "[unit.eligible", "has a meaning already"),
        ("fields.toml", "[unit.faults]", "[unit.category]", "[unit.category", "has a meaning already"),
        ("fields.toml", "[unit.faults]", "[unit.plant]", "[list.plants]", "`plant`"),
        ("fields.toml", "[unit.faults]", "[unit.Faults]", "[unit.Faults", "small letters"),
        ("fields.toml", 'quoted = ["persons"]\n', "", "[unit.persons.quoted]", "list the words that stand for it"),
        ("fields.toml", "max = 50000\n\n[unit.persons]", "max = 0\n\n[unit.persons]", "[unit.kilowatts.max]", "1 to 1000000000"),
        ("fields.toml", 'entity = "visit"', 'entity = "option"', "[list.plants.visits]", "is a type of values"),
    ],
)
def test_what_is_no_unit_is_refused_where_it_stands(root: Path, file: str, old: str, new: str, where: str, says: str) -> None:
    edit(root, file, old, new, NAME)
    found = findings(root)
    assert any(where in problem[0] and says in problem[2] for problem in found), found


def test_a_number_is_compared_with_its_like(root: Path) -> None:
    """Persons are no faults, although both are whole numbers."""
    edit(root, "exemption.lp", "faults(few_faults, Few), Few < Faults", "persons(small_staff, Few), Few < Faults", NAME)
    assert any(id == "rule-types" for _, id, _ in findings(root))


def test_every_unit_says_a_number_in_both_languages() -> None:
    policy = Oracle(NAME, policy_root=INSPECTION).policy
    assert policy.units.keys() - UNITS.keys() == {"kilowatts", "persons", "faults"}
    assert [policy.units["persons"].beside(number, "en") for number in (0, 1, 2)] == ["0 persons", "1 person", "2 persons"]
    assert [UNITS[name].beside(1, "en") for name in ("days", "percent", "count")] == ["1 day", "1 %", "1"]
    assert [UNITS[name].beside(3, "zh") for name in ("months", "level", "count")] == ["3个月", "3级", "3"]
