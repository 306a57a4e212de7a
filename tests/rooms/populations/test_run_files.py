"""The files of a run: no input and no other run's result is written over, and what is private stays so."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.stopping import StoppedError, stop_after
from tiaoli import CallError, CaseError, Oracle
from tiaoli.populations import json_lines, parquet
from tiaoli.populations.bulk_job import BulkJob
from tiaoli.populations.output_sinks import HeldFile

GOOD = {"id": "good", "applied_on": "2025-06-01"}
FORMATS = ("jsonl", "parquet")


def write(path: Path, cases: list[dict[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(cases), path)
    else:
        path.write_text("".join(f"{json.dumps(case)}\n" for case in cases), "utf-8")
    return path


def run(source: Path, target: Path, *, stop: int | None = None, **options: Any) -> Any:
    decide = parquet.run_parquet if source.suffix == ".parquet" else json_lines.run_json_lines
    job = BulkJob(Oracle(), source, target, **options)
    return decide(job) if stop is None else decide(job, stop_after(stop))


@pytest.fixture(params=FORMATS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write(tmp_path / f"in.{request.param}", [GOOD] * 3)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_an_input_is_never_written_over_by_whatever_name_it_goes(source: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(source)
    (tmp_path / "hard").hardlink_to(source)
    part = tmp_path / f"other{source.suffix}"
    part.with_name("other.part").hardlink_to(source)
    before = content(tmp_path)
    for target in (source, tmp_path / "link", tmp_path / "hard"):
        with pytest.raises(CallError, match="read as IN"):
            run(source, target)
        with pytest.raises(CallError, match="read as IN"):
            run(source, tmp_path / "out", rejects=target)
    with pytest.raises(CallError, match="read as IN"):
        run(source, tmp_path / "other")
    with pytest.raises(CallError, match="written as -o"):
        run(source, tmp_path / "out", rejects=tmp_path / "out")
    assert content(tmp_path) == before


def test_a_second_run_into_a_file_touches_nothing(source: Path, tmp_path: Path) -> None:
    for held in ("out", "out.rejects.jsonl"):
        first = HeldFile(tmp_path / held)
        first.write(b"of the first")
        before = content(tmp_path)
        for options in ({}, {"restart": True}, {"resume": True}):
            with pytest.raises(CallError, match="another run is writing this file"):
                run(source, tmp_path / "out", **options)
        assert content(tmp_path) == before
        first.discard()
    assert run(source, tmp_path / "out").cases == 3


def test_a_run_holds_its_files_from_the_beginning(source: Path, tmp_path: Path) -> None:
    def report(_: object) -> None:
        with pytest.raises(CallError, match="another run"):
            run(source, tmp_path / "out")

    decide = parquet.run_parquet if source.suffix == ".parquet" else json_lines.run_json_lines
    assert decide(BulkJob(Oracle(), source, tmp_path / "out"), report).cases == 3
    assert {path.name for path in tmp_path.iterdir()} == {source.name, "out"}


def test_what_no_run_has_made_is_not_written_over(source: Path, tmp_path: Path) -> None:
    for name in (
        "out.part",
        "out.rejects.jsonl.part",
        "out.rejects.jsonl",
        *(["out.parts"] if source.suffix == ".parquet" else ["out.state"]),
    ):
        foreign = tmp_path / name
        if name == "out.parts":
            foreign.mkdir()
            (foreign / "mine").write_text("mine", "utf-8")
        else:
            foreign.write_text("mine", "utf-8")
        before = content(tmp_path)
        with pytest.raises(CallError, match=r"move it away"):
            run(source, tmp_path / "out")
        assert content(tmp_path) == before
        if name == "out.parts":
            (foreign / "mine").unlink()
            foreign.rmdir()
        else:
            foreign.unlink()


def test_rejects_asked_for_by_name_replace_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("old", "utf-8")
    source = write(tmp_path / "in.jsonl", [GOOD, {"id": "x"}])
    run(source, tmp_path / "out", rejects=tmp_path / "bad")
    assert json.loads((tmp_path / "bad").read_bytes())["line"] == 2


def test_a_private_result_has_private_rejects(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").touch(0o600)
    (tmp_path / "out").chmod(0o600)
    source = write(source, [GOOD, {**GOOD, "id": ""}])
    with pytest.raises(StoppedError):
        run(source, tmp_path / "out", stop=0)
    run(source, tmp_path / "out", restart=True)
    for name in ("out", "out.rejects.jsonl"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_link_leads_to_the_new_result(source: Path, tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    run(source, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() not in (b"", b"old")


def test_a_refused_input_leaves_nothing_behind(tmp_path: Path) -> None:
    source = write(tmp_path / "in.parquet", [{**GOOD, "applied": "2025-06-01"}])
    with pytest.raises(CaseError, match="applied"):
        run(source, tmp_path / "out")
    data = write(tmp_path / "in.parquet", [{**GOOD, "id": f"{number:0999}"} for number in range(200)]).read_bytes()
    # the footer is whole, a page is not
    (tmp_path / "in.parquet").write_bytes(data[:20] + b"\xff" * 40 + data[60:])
    with pytest.raises(CallError, match="no whole Parquet file"):
        run(source, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]
    assert run(write(tmp_path / "in.parquet", [GOOD]), tmp_path / "out").cases == 1


@pytest.mark.parametrize("changed", [0, 1])
def test_a_run_goes_on_only_with_what_it_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: int) -> None:
    """The bytes that were read are the same, whatever the size and the time of change are; what was not read yet may be corrected."""
    monkeypatch.setattr(json_lines, "LINES", 1)
    monkeypatch.setattr(json_lines, "NOTE_SECONDS", -1.0)
    cases = [{**GOOD, "id": f"{number}"} for number in range(2)]
    source = write(tmp_path / "in.jsonl", cases)
    with pytest.raises(StoppedError):
        run(source, tmp_path / "out", stop=2)
    noted, times = (tmp_path / "out.state").read_bytes(), source.stat()
    cases[changed]["applied_on"] = "2025-06-02"
    write(source, cases)
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    if changed:
        run(source, tmp_path / "out", resume=True)
        assert [json.loads(line)["applied_on"] for line in (tmp_path / "out").read_bytes().splitlines()] == ["2025-06-01", "2025-06-02"]
    else:
        with pytest.raises(CallError, match="another input"):
            run(source, tmp_path / "out", resume=True)
        assert (tmp_path / "out.state").read_bytes() == noted


def test_a_run_over_parquet_goes_on_only_with_the_same_file(tmp_path: Path) -> None:
    source = write(tmp_path / "in.parquet", [GOOD])
    with pytest.raises(StoppedError):
        run(source, tmp_path / "out", stop=1)
    size = source.stat().st_size
    write(source, [{**GOOD, "applied_on": "2025-06-02"}])
    assert source.stat().st_size == size
    with pytest.raises(CallError, match="another input"):
        run(source, tmp_path / "out", resume=True)
