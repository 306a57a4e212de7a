"""Files that are written: whole, through links, as private as they were, and never over what is read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tiaoli.base import CallError, CaseError, check_outputs, create_beside, put_in_place, write_text

private = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@private
@pytest.mark.parametrize("given", [0o600, 0o640, 0o644])
def test_a_file_keeps_its_mode_when_it_is_written_again(tmp_path: Path, given: int) -> None:
    file = tmp_path / "answer.json"
    file.touch()
    file.chmod(given)
    write_text(file, "new")
    assert (file.read_text("utf-8"), mode(file)) == ("new", given)
    assert list(tmp_path.iterdir()) == [file]


@private
def test_a_new_file_has_the_mode_that_the_user_gives_to_every_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "new", "text")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == 0o640


@private
def test_what_is_not_whole_yet_is_as_private_as_what_it_replaces(tmp_path: Path) -> None:
    target, beside = tmp_path / "answers", tmp_path / "answers.rejects"
    target.touch()
    target.chmod(0o600)
    os.close(create_beside(tmp_path / "fresh", beside, like=target))
    assert mode(tmp_path / "fresh") == 0o600
    put_in_place(tmp_path / "fresh", beside, like=target)
    assert mode(beside) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old", "utf-8")
    (tmp_path / "link").symlink_to("real")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "real").read_text("utf-8") == "new"
    assert (tmp_path / "link").is_symlink()


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kept").write_text("old", "utf-8")
    (tmp_path / "kept").chmod(0o400)
    # root may write everything: the system is asked as for anybody else
    monkeypatch.setattr(os, "access", lambda path, mode, **_: not (mode & os.W_OK and Path(path) == tmp_path / "kept"))
    with pytest.raises(CaseError, match="cannot be written"):
        write_text(tmp_path / "kept", "new")
    assert (tmp_path / "kept").read_text("utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_dash_is_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    write_text(Path("-"), "text")
    assert capsys.readouterr().out == "text"
    assert not list(tmp_path.iterdir())


def names_of(folder: Path) -> dict[str, Path]:
    """One file under several names."""
    real = folder / "real"
    real.write_text("text", "utf-8")
    (folder / "symbolic").symlink_to(real)
    (folder / "hard").hardlink_to(real)
    (folder / "below").mkdir()
    (folder / "way").symlink_to(folder / "below")
    return {"itself": real, "symbolic": folder / "symbolic", "hard": folder / "hard", "roundabout": folder / "way" / ".." / "real"}


@pytest.mark.parametrize("name", ["itself", "symbolic", "hard", "roundabout"])
def test_no_output_is_an_input_or_another_output_by_whatever_name(tmp_path: Path, name: str) -> None:
    names = names_of(tmp_path)
    with pytest.raises(CallError, match=r"-o: .* is the file that is read as FILE; nothing was written"):
        check_outputs([("-o", names[name])], [("FILE", names["itself"])])
    with pytest.raises(CallError, match=r"--report: .* is the file that is written as -o"):
        check_outputs([("-o", names[name]), ("--report", names["itself"])], [("FILE", tmp_path / "other")])


def test_two_outputs_that_are_not_there_yet_can_be_one_file(tmp_path: Path) -> None:
    names_of(tmp_path)
    new = [("-o", tmp_path / "way" / "new"), ("--report", tmp_path / "below" / "new")]
    with pytest.raises(CallError, match="--report"):
        check_outputs(new, [])
    check_outputs([("-o", tmp_path / "new"), ("--report", tmp_path / "newer"), ("--rejects", None)], [("FILE", tmp_path / "real")])


def test_a_device_takes_several_outputs_and_standard_output_one() -> None:
    check_outputs([("-o", Path(os.devnull)), ("--report", Path(os.devnull))], [("FILE", Path(os.devnull))])
    check_outputs([("-o", "-")], [("FILE", "-")])
    with pytest.raises(CallError, match="--report: `-` is the file that is written as -o"):
        check_outputs([("-o", "-"), ("--report", Path("-"))], [])
