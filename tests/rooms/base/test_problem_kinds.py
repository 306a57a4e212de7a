"""The kinds of problem: ids that stay, each in use and explained in both languages, and `check --ignore`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support.command import Cli
from support.paths import ROOT
from tiaoli.base import PROBLEM_KINDS

RECORDED = Path(__file__).with_name("problem-ids.txt").read_text("utf-8").split()
SOURCES = [path for path in (ROOT / "src" / "tiaoli").rglob("*.py") if path.name != "problem_kinds.py"]


def test_ids_are_only_ever_added() -> None:
    """An id that was published stays; a new one is written into the record."""
    assert set(RECORDED) <= set(PROBLEM_KINDS)
    assert sorted(PROBLEM_KINDS) == RECORDED, "add the new id to tests/rooms/base/problem-ids.txt"


@pytest.mark.parametrize("id", PROBLEM_KINDS)
def test_a_kind_is_used_and_says_what_it_means_and_what_to_do(id: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", id)
    assert any(f'"{id}"' in path.read_text("utf-8") for path in SOURCES), f"nothing is refused as {id}"
    statement = PROBLEM_KINDS[id]
    assert statement.zh.endswith("。")
    assert statement.en.endswith(".")


def spoilt(tmp_path: Path) -> Path:
    """The shipped policy with a number that no rule uses."""
    for folder in ("policy", "encodings"):
        source = ROOT / folder / "hrss-2024-20"
        target = tmp_path / folder / "hrss-2024-20"
        target.mkdir(parents=True)
        for path in source.iterdir():
            if path.is_file():
                (target / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "policy" / "hrss-2024-20" / "parameters.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[idle]\nunit = "months"\nvalue = 12\nfrom = 2024-11-14\nsentence = "c3.s1"\n'
            'quote = "自证书核发之日起12个月内实现"\nzh = "无用"\nen = "idle"\n'
        )
    return tmp_path


def test_check_prints_the_id_and_ignores_what_it_is_told(tmp_path: Path, cli: Cli) -> None:
    root = str(spoilt(tmp_path))
    plain = cli("check", "--policy-root", root, "--lang", "en")
    assert plain.code == 1
    assert "[parameter-unused]" in plain.out
    found = json.loads(cli("check", "--policy-root", root, "--json").out)
    assert [finding["id"] for finding in found["findings"]] == ["parameter-unused"]
    assert "ignored" not in found
    ignoring = cli("check", "--policy-root", root, "--ignore", "parameter-unused", "--lang", "en")
    assert ignoring.code == 0
    assert "1 finding left out by --ignore" in ignoring.out
    assert "parameter-unused" not in ignoring.out
    assert json.loads(cli("check", "--policy-root", root, "--ignore", "parameter-unused", "--json").out)["ignored"] == 1
    other = cli("check", "--policy-root", root, "--ignore", "text-quote")
    assert other.code == 1


def test_a_kind_that_does_not_exist_is_refused_with_the_nearest(cli: Cli) -> None:
    refused = cli("check", "--ignore", "parameter-unusd", "--lang", "en")
    assert refused.code == 2
    assert "parameter-unused" in refused.err
