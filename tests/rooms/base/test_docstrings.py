"""Docstrings that a program prints are there in every mode of the interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tiaoli.base import docstrings
from tiaoli.base.docstrings import docstring

PRINTED = """
import json
from inspect import cleandoc
from tiaoli.case import case_schema
from tiaoli.cli.main import tiaoli
from tiaoli.encoding import PolicySource
from tiaoli.oracle import OracleSource
from tiaoli.protocol import ServiceConfig
from tiaoli.service.app import _build

app, _ = _build(ServiceConfig((OracleSource(PolicySource("hrss-2024-20")),)), 1, None, False, lambda: None)
helps = {name: cleandoc(command.help) for name, command in {"": tiaoli, **tiaoli.commands}.items()}
print(json.dumps({"openapi": app.openapi(), "helps": helps}))
"""


def printed(*flags: str) -> Any:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *flags, "-c", PRINTED], capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout)


def test_what_is_printed_is_the_same_where_docstrings_are_dropped() -> None:
    plain = printed()
    assert all(plain["helps"].values())
    assert printed("-OO") == plain


@pytest.mark.parametrize("found", [docstrings, docstring, pytest], ids=["module", "function", "another's module"])
def test_a_docstring_is_the_one_in_the_source(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = docstring(found)
    assert wanted
    monkeypatch.setattr(found, "__doc__", None)
    assert docstring(found) == wanted


def test_what_has_no_docstring_and_no_source_says_nothing() -> None:
    assert docstring(type("Made", (), {})) == ""
