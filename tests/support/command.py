"""The command line in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from support.answers import hold_output
from support.paths import ROOT
from tiaoli.cli.main import run


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Cli:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        code = run(arguments)
        out, err = self.capsys.readouterr()
        return Ran(code, out, err)


def process(*arguments: str, stdin: str = "", environment: Mapping[str, str] | None = None) -> Ran:
    """The command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tiaoli", *arguments],
        input=stdin.encode(),
        capture_output=True,
        env={**os.environ, **(environment or {})},
        check=False,
        cwd=ROOT,
    )
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    hold_output(arguments, ran.out)
    return ran
