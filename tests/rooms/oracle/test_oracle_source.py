"""What travels to another process: from it the same oracle is made, with its folder, numbers and readings."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from support.paths import ROOT
from tiaoli import CallError, Oracle
from tiaoli.encoding import load_encoding_from

NAME = "hrss-2024-20"


def test_an_oracle_is_made_again_from_its_source(tmp_path: Path) -> None:
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    oracle = Oracle(policy_root=tmp_path, readings={"limit_year": "rolling"}, parameters={"validity_to": "2026-11-13"}, alone=True)
    again = Oracle.of(pickle.loads(pickle.dumps(oracle.source)))
    assert again.source == oracle.source
    assert again.policy.digest == oracle.policy.digest != Oracle().policy.digest
    assert (again.chosen_readings, again.parameters, again.alone) == (oracle.chosen_readings, oracle.parameters, True)
    assert load_encoding_from(oracle.source.policy).policy.digest == oracle.policy.digest


def test_what_became_of_the_files_changes_nothing_for_a_source(tmp_path: Path) -> None:
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    plain = Oracle(policy_root=tmp_path)
    other = Oracle(policy_root=tmp_path, parameters={"validity_to": "2026-11-13"})
    parameters = tmp_path / "policy" / NAME / "parameters.toml"
    parameters.write_text(parameters.read_text("utf-8").replace('"1000.00"', '"1300.00"'), "utf-8")
    for oracle in (plain, other):
        again = Oracle.of(pickle.loads(pickle.dumps(oracle.source)))
        assert again.policy == oracle.policy
        assert again.encoding.files == oracle.encoding.files
    assert Oracle(policy_root=tmp_path).policy.digest != plain.policy.digest
    shutil.rmtree(tmp_path / "policy")
    assert Oracle.of(plain.source).policy == plain.policy
    with pytest.raises(CallError):
        Oracle(policy_root=tmp_path)


def test_a_source_names_the_policy_that_was_found() -> None:
    source = Oracle().source
    assert (source.policy.policy, source.policy.root) == (NAME, None)
    assert (dict(source.policy.parameters), dict(source.readings), source.alone) == ({}, {}, False)
