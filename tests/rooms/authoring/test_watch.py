"""`tiaoli check --watch`: each change is seen once it is whole, causes come first, and an end is an end."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.command import Cli
from support.paths import ROOT
from tiaoli.authoring.file_watch import FileWatch
from tiaoli.authoring.finding_order import CAUSES, causes_first
from tiaoli.base import PROBLEM_KINDS, Problem, Statement

NAME = "hrss-2024-20"


class Steps:
    """What happens while a watch sleeps, one thing a sleep."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.left = list(steps)
        self.slept = 0

    def __call__(self, _seconds: float) -> None:
        self.slept += 1
        self.left.pop(0)()


def nothing() -> None:
    pass


def test_a_file_that_is_gone_for_a_moment_is_one_change(tmp_path: Path) -> None:
    file, fresh = tmp_path / "rules.lp", tmp_path / ".rules.lp.swp"
    file.write_text("a.")
    steps = Steps(
        nothing,
        lambda: fresh.write_text("ab."),
        file.unlink,
        lambda: fresh.rename(file),
        nothing,
    )
    watch = FileWatch([tmp_path], sleep=steps)
    watch.wait()
    assert file.read_text() == "ab."
    assert steps.left == []


def test_what_is_put_back_is_no_change(tmp_path: Path) -> None:
    file, kept = tmp_path / "rules.lp", tmp_path / ".kept"
    file.write_text("a.")
    steps = Steps(lambda: file.rename(kept), lambda: kept.rename(file), nothing, lambda: (tmp_path / "new.lp").touch(), nothing)
    FileWatch([tmp_path], sleep=steps).wait()
    assert steps.left == []


def test_folders_below_and_folders_that_are_gone_are_seen(tmp_path: Path) -> None:
    inner = tmp_path / "policy" / "properties"
    inner.mkdir(parents=True)
    steps = Steps((inner / "one.lp").touch, nothing, lambda: shutil.rmtree(tmp_path / "policy"), nothing)
    watch = FileWatch([tmp_path / "policy", tmp_path / "absent"], sleep=steps)
    watch.wait()
    watch.wait()
    assert steps.left == []


def test_every_kind_of_finding_has_one_rank() -> None:
    ranked = [id for group in CAUSES for id in group]
    assert len(ranked) == len(set(ranked))
    assert set(ranked) == {id for id in PROBLEM_KINDS if not id.startswith("case-")}


def test_a_rule_that_does_not_parse_comes_before_what_it_leaves_underived() -> None:
    def problem(id: str) -> Problem:
        return Problem("", Statement("", ""), id)

    kinds = ["rules-underived", "sentence-missing", "rule-syntax", "policy-key-missing", "policy-key-unknown"]
    found = [item.id for item in causes_first(map(problem, kinds))]
    assert found == ["rule-syntax", "policy-key-unknown", "policy-key-missing", "rules-underived", "sentence-missing"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME, ignore=shutil.ignore_patterns("examples", "properties"))
    return tmp_path


class Watching:
    """`tiaoli check --watch` in a process of its own, its lines as they come."""

    def __init__(self, root: Path, *options: str) -> None:
        command = [sys.executable, "-m", "tiaoli", "check", "--watch", "--policy-root", str(root), "--lang", "en", *options]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            # who is run in the background is deaf to Ctrl-C, and so is what it starts
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def until(self, word: str) -> list[str]:
        found = [self.lines.get(timeout=120)]
        while word not in found[-1]:
            found.append(self.lines.get(timeout=120))
        return found

    def end(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


@pytest.fixture
def watching(root: Path) -> Iterator[Watching]:
    found = Watching(root)
    yield found
    found.process.kill()
    found.process.communicate()


def test_the_next_thing_comes_first_after_each_change_and_ctrl_c_ends_it(root: Path, watching: Watching) -> None:
    assert watching.until("nothing found")[0].startswith(f"{NAME}: nothing found (")
    file = root / "encodings" / NAME / "c03_care.lp"
    right = file.read_text("utf-8")
    file.write_text(right.replace("timely_job(C, Cert, _).", "timely_job(C, Cert, _", 1), "utf-8")
    found = watching.until("findings (")
    assert found[0].startswith("next: c03_care.lp:")
    assert found[0].endswith("[rule-syntax]")
    assert found[1] == f"  {PROBLEM_KINDS['rule-syntax'].en}"
    assert len(found) > 3
    file.unlink()
    fresh = file.with_name(".c03_care.lp.new")
    fresh.write_text(right, "utf-8")
    os.replace(fresh, file)
    watching.until("nothing found")
    assert watching.end() == (0, "")


def test_a_file_that_is_not_utf_8_and_a_folder_that_is_gone_are_findings_and_no_end(root: Path, watching: Watching) -> None:
    watching.until("nothing found")
    file = root / "policy" / NAME / "readings.toml"
    right = file.read_bytes()
    file.write_bytes(right + b"\xff")
    assert "policy-file-unreadable" in watching.until("1 finding (")[0]
    (root / "policy" / NAME).rename(root / "away")
    (root / "away" / "readings.toml").write_bytes(right)
    watching.until("finding")
    (root / "away").rename(root / "policy" / NAME)
    watching.until("nothing found")
    assert watching.end()[0] == 0


def test_watching_and_putting_right_exclude_one_another(cli: Cli) -> None:
    ran = cli("check", "--watch", "--fix")
    assert ran.code == 2
    assert "exclude one another" in ran.err
