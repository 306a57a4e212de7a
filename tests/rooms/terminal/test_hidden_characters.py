"""Characters that turn, tear or hide a text are shown by their numbers wherever a person reads it, and stay as they are in JSON."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.text import Text

from support import tiers
from support.command import Cli
from tiaoli.base.statement import visible
from tiaoli.terminal.answer_text import as_text, show

HIDDEN = ["\u2028", "\u2029", "\u202e", "\u202a", "\u2066", "\u200b", "\u200f", "\ufeff", "\u00ad", "\u061c", "\u2060"]
CASE = {"applied_on": "2025-06-01", "person": {"status": "unemployed"}, "certificates": [{"id": "c1", "kind": "special_ability"}]}


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("char", tiers.some(HIDDEN, HIDDEN[::5]), ids=lambda char: f"U+{ord(char):04X}")
def test_a_case_id_is_shown_whole_in_one_line(cli: Cli, tmp_path: Path, char: str) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"id": f"A{char}9-1", **CASE}), "utf-8")
    number = f"\\u{ord(char):04x}" if ord(char) > 255 else f"\\x{ord(char):02x}"
    commands = (
        ("decide",),
        ("why-not", "special_ability"),
        ("why", "special_ability", "--format=markdown"),
        ("why", "special_ability", "--format=mermaid"),
        ("ask", "--json"),
        ("when", "special_ability"),
        ("what-if", "special_ability"),
    )
    for name, *more in commands:
        ran = cli(name, str(path), *more, "--lang", "en")
        assert ran.code in (0, 3), ran
        if "--json" not in more:
            assert char not in ran.out, (name, more)
    head = cli("decide", str(path), "--lang", "en").out.split("\n")[0]
    assert head.startswith(f"A{number}9-1  applied on 2025-06-01")
    assert json.loads(cli("decide", str(path), "--json").out)["case"] == f"A{char}9-1"


@pytest.mark.parametrize("char", HIDDEN, ids=lambda char: f"U+{ord(char):04X}")
def test_a_terminal_keeps_its_colours_and_hides_nothing(char: str) -> None:
    stream = Terminal()
    show(Text(f"A{char}B", style="bold red"), stream)
    assert char not in stream.getvalue()
    assert visible(char) in stream.getvalue()
    assert as_text(Text(f"A{char}B")) == f"A{visible(char)}B\n"


def test_what_is_no_such_character_stays() -> None:
    text = "条理　案件 A-1\t\n“甲”—é𠮷\u00a0!"
    assert visible(text) == text
