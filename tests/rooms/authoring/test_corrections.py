"""`tiaoli check --fix`: what can only be one thing is put right, all else is left alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.command import Cli
from support.paths import ROOT
from tiaoli.analysis import policy_findings
from tiaoli.authoring.corrections import correct_once

NAME = "hrss-2024-20"
PARAMETER = '[care_employment]\nunit = "months"'


def path_of(root: Path, file: str) -> Path:
    return root / ("encodings" if file.endswith(".lp") else "policy") / NAME / file


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME, ignore=shutil.ignore_patterns("examples", "properties"))
    return tmp_path


def spoil(root: Path, file: str, old: str, new: str) -> bytes:
    """Put a mistake in a file; the bytes that it had."""
    path = path_of(root, file)
    before = path.read_bytes()
    text = before.decode()
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), "utf-8", newline="")
    return before


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("parameters.toml", 'quote = "自证书核发之日起12个月内实现"', 'qoute = "自证书核发之日起12个月内实现"'),
        ("parameters.toml", 'quote = "自证书核发之日起12个月内实现"', 'quote = "自证书核发之日起 12 个月内实现"'),
        ("parameters.toml", 'aliases = ["validity.end"]', 'alliases = ["validity.end"]'),
        ("policy.toml", "begins = ", "beginns = "),
        ("policy.toml", "[table.catalogue.columns]", "[table.catalogue.colums]"),
        ("c03_care.lp", "（含证书核发时已在岗）", "(含证书核发时已在岗)"),
        ("c03_care.lp", "%@ c3.s1 ", "%@ c3.s11 "),
        ("c03_care.lp", "care_certificate(C, Cert)   :-", "care_certificate（C, Cert)   :-"),
        ("c03_care.lp", "care_qualification(C, Cert).", "care_qualification(C, Cert)。"),
        ("clauses.toml", 'encoded_in = ["c04_directed.lp", "sectors.lp"]', 'encoded_in = ["c04_directed.lp"]'),
    ],
)
def test_what_can_only_be_one_thing_is_put_right_to_the_byte(cli: Cli, root: Path, file: str, right: str, wrong: str) -> None:
    before = spoil(root, file, right, wrong)
    ran = cli("check", "--fix", "--policy-root", str(root), "--lang", "en")
    assert path_of(root, file).read_bytes() == before, ran.out
    assert ran.code == 0, ran.out
    assert f"--- {path_of(root, file)}" in ran.out
    assert "1 thing put right" in ran.out


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("parameters.toml", 'sentence = "c1.s2"\n'),
        ("policy.toml", "contract = 2 "),
        ("vocabulary.lp", "#defined certificate_level/3.\n"),
    ],
)
def test_a_line_that_follows_is_added(cli: Cli, root: Path, file: str, line: str) -> None:
    spoil(root, file, line, "")
    ran = cli("check", "--fix", "--policy-root", str(root), "--lang", "en")
    assert ran.code == 0, ran.out
    assert f"+{line.strip()}" in ran.out
    text = path_of(root, file).read_text("utf-8")
    assert sorted(text.split()) == sorted(path_of(ROOT, file).read_text("utf-8").split())


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        # other words, and not other spaces
        ("parameters.toml", 'quote = "自证书核发之日起12个月内实现"', 'quote = "自证书核发之日起13个月内实现"'),
        # no key is near enough
        ("parameters.toml", 'en = "raise of', 'eh = "raise of'),
        # the right key is there as well
        ("parameters.toml", PARAMETER, f'{PARAMETER}\nunt = "months"'),
        # the sentence of another clause, whose words are others
        ("c03_care.lp", "%@ c3.s1 ", "%@ c3.s2 "),
        ("vocabulary.lp", "#defined certificate_level/3.", "#defined certificate_level/3.\n#defined certificate_leval/3."),
    ],
)
def test_what_could_be_two_things_is_left_alone(root: Path, file: str, right: str, wrong: str) -> None:
    spoil(root, file, right, wrong)
    spoilt = path_of(root, file).read_bytes()
    found = policy_findings(NAME, root)
    assert found
    assert correct_once(NAME, root, found) == []
    assert path_of(root, file).read_bytes() == spoilt


def test_line_ends_comments_and_links_stay(cli: Cli, root: Path) -> None:
    path = path_of(root, "parameters.toml")
    text = path.read_text("utf-8").replace("\n", "\r\n")
    path.write_text("\ufeff" + text.replace("quote =", "qoute =", 1), "utf-8", newline="")
    target = root / "elsewhere.toml"
    path.rename(target)
    path.symlink_to(target)
    assert cli("check", "--fix", "--policy-root", str(root), "--lang", "en").code == 0
    assert path.is_symlink()
    assert target.read_bytes().decode() == "\ufeff" + text


def test_a_file_that_cannot_be_put_in_place_is_named(cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(root, "parameters.toml", "quote =", "qoute =")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tiaoli.base.output_files.put_in_place", refuse)
    before = path_of(root, "parameters.toml").read_bytes()
    ran = cli("check", "--fix", "--policy-root", str(root), "--lang", "en")
    assert ran.code == 2
    assert "parameters.toml: cannot be written (Permission denied)" in ran.err
    assert path_of(root, "parameters.toml").read_bytes() == before


def test_nothing_to_put_right_is_said(cli: Cli, root: Path) -> None:
    ran = cli("check", "--fix", "--policy-root", str(root), "--lang", "en")
    assert ran.out == f"nothing that can only be one thing\n{NAME}: nothing found\n"


def test_with_json_the_changes_stand_on_standard_error(cli: Cli, root: Path) -> None:
    spoil(root, "parameters.toml", "quote =", "qoute =")
    ran = cli("check", "--fix", "--policy-root", str(root), "--json")
    assert '"findings": []' in ran.out
    assert "qoute" in ran.err


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("norm.toml", 'quote = "delayed beyond', 'qoute = "delayed beyond'),
        ("norm.toml", 'quote = "delayed beyond its scheduled', 'quote = "delayed  beyond its scheduled'),
        ("c03_scope.lp", "%@ to passengers departing", "%@ to  passengers departing"),
        ("c03_scope.lp", "%@ c3.1.a.s1 departing from", "%@ c3.1.a.s1 departing  from"),
    ],
)
def test_a_norm_in_one_file_is_put_right_too(cli: Cli, tmp_path: Path, file: str, right: str, wrong: str) -> None:
    name = "eu-261-2004"
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / "tests/notices/eu_261_2004" / part / name, tmp_path / part / name)
    path = tmp_path / ("encodings" if file.endswith(".lp") else "policy") / name / file
    before = path.read_text("utf-8")
    assert right in before
    path.write_text(before.replace(right, wrong, 1), "utf-8")
    ran = cli("check", "--fix", "--policy-root", str(tmp_path), "--lang", "en")
    assert path.read_text("utf-8") == before, ran.out
    assert ran.code == 0, ran.out
