"""What the terminal shows, kept as reviewed text: `pytest --update-snapshots` writes, the difference is read."""

from __future__ import annotations

import pytest

from support.paths import ROOT, SNAPSHOTS
from tiaoli.cli.main import run

CARER = "tests/cases/07-carer-one-day-late.yaml"
GAP = "tests/cases/14-class-elsewhere-gap.yaml"
EIGHTY = "tests/cases/10-class-at-eighty.yaml"
SECOND = "tests/cases/21-second-claim-same-year.yaml"
GRANTED = "tests/cases/06-carer-twelfth-month.yaml"
BELOW = "tests/cases/11-class-below-eighty.yaml"
UNKNOWN = "tests/cases/23-carer-unknown-record.yaml"

ASKING = ("decide", "why", "why-not", "when", "what-if")
SHOWN = {
    "refused-zh-80": (80, ["decide", CARER, "--lang", "zh"]),
    "refused-en-100": (100, ["decide", CARER, "--lang", "en", "--benefit", "care_route"]),
    "unknown-zh-60": (60, ["decide", UNKNOWN, "--lang", "zh"]),
    "gap-zh-80": (80, ["decide", GAP, "--lang", "zh"]),
    "gap-en-60": (60, ["decide", GAP, "--lang", "en"]),
    "reading-zh-80": (80, ["decide", CARER, "--lang", "zh", "--benefit", "care_route", "--reading", "care_post=same"]),
    "readings-zh-80": (80, ["decide", EIGHTY, "--readings", "--lang", "zh"]),
    "readings-en-100": (100, ["decide", "tests/cases/05-child-carer-not-listed.yaml", "--readings", "--lang", "en"]),
    "reason-zh-80": (80, ["decide", CARER, "--reason", "--lang", "zh"]),
    "when-zh-80": (80, ["when", SECOND, "skill_uplift", "--lang", "zh"]),
    "when-en-60": (60, ["when", EIGHTY, "directed_training_second", "--lang", "en"]),
    "what-if-zh-80": (80, ["what-if", "tests/cases/13-second-half-day-early.yaml", "directed_training_second", "--lang", "zh"]),
    "what-if-en-80": (80, ["what-if", "tests/cases/08-home-helper-left.yaml", "skill_uplift", "--lang", "en"]),
    "lose-zh-60": (60, ["what-if", "tests/cases/06-carer-twelfth-month.yaml", "care_route", "--lose", "--max", "3", "--lang", "zh"]),
    "impossible-en-80": (80, ["what-if", "tests/cases/03-civil-servant.yaml", "special_ability", "--lang", "en"]),
    "set-zh-80": (80, ["what-if", CARER, "care_route", "--set", "employments.e1.start=2025-11-30", "--lang", "zh"]),
    "clause-zh-80": (80, ["notice", "十", "--lang", "zh"]),
    "clause-en-100": (100, ["notice", "5", "--lang", "en"]),
    "template-zh": (80, ["template", "special_ability", "--lang", "zh"]),
    "facts": (80, ["facts", UNKNOWN]),
    "why-not-zh-80": (80, ["why-not", CARER, "care_route", "--lang", "zh"]),
    "why-not-en-60": (60, ["why-not", CARER, "skill_uplift", "--lang", "en"]),
    "why-not-clause-zh-80": (80, ["why-not", CARER, "care_route", "--clause", "三", "--lang", "zh"]),
    "why-zh-60": (60, ["why", GRANTED, "care_route", "--lang", "zh"]),
    "why-en-100": (100, ["why", GRANTED, "care_route", "--lang", "en"]),
    "why-class-zh-80": (80, ["why", BELOW, "directed_training_first", "--lang", "zh"]),
    "why-full-zh-100": (100, ["why", GRANTED, "care_route", "--full", "--lang", "zh"]),
    "why-unknown-zh-80": (80, ["why", UNKNOWN, "care_route", "--lang", "zh"]),
    "why-markdown-en": (80, ["why-not", CARER, "care_route", "--lang", "en", "--format", "markdown"]),
    "why-mermaid-zh": (80, ["why-not", CARER, "care_route", "--lang", "zh", "--format", "mermaid"]),
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_terminal_shows(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    width, arguments = SHOWN[name]
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", str(width))
    assert run(arguments) == 0
    shown = capsys.readouterr().out
    if name.startswith("template"):
        # the template is dated on the day it is printed
        shown = "".join(line for line in shown.splitlines(keepends=True) if not line.startswith("applied_on"))
    file = SNAPSHOTS / f"{name}.txt"
    if request.config.getoption("--update-snapshots"):
        file.write_text(shown, "utf-8")
    assert shown == file.read_text("utf-8")


@pytest.mark.parametrize("name", [name for name, (_, arguments) in SHOWN.items() if arguments[0] in ASKING and "--format" not in arguments])
def test_nothing_is_wider_than_the_terminal(name: str) -> None:
    from rich.cells import cell_len

    width, _ = SHOWN[name]
    assert max(cell_len(line) for line in (SNAPSHOTS / f"{name}.txt").read_text("utf-8").splitlines()) <= width


def test_every_snapshot_belongs_to_a_test() -> None:
    assert {file.stem for file in SNAPSHOTS.glob("*.txt")} == set(SHOWN)
