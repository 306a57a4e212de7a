"""The unfinished result of a long run: what is written so far, and up to where it is whole.

Answers go to `OUT.part`, lines that hold no case to `REJECTS.part`, and `OUT.state` notes from time to time how long both
are and where the input stands. What was written after the last note is cut off when the run goes on, so a run that is killed
at any moment loses and repeats nothing. `OUT` itself appears only when the result is whole.

Both parts are held by one run at a time. Nothing is written over that no run has made: a part without a note is somebody else's file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from tiaoli.base import CallError, shown
from tiaoli.populations.bulk_job import BulkJob, beside
from tiaoli.populations.output_sinks import HeldFile, Sink, open_sink


class ResumableOutput:
    """The files of one run.

    `identity` says what the result is made of and from; a run goes on only where it is the same. Raises `CallError`
    where there is nothing to resume, where an earlier run was not finished and neither `resume` nor `restart` says what to do with it,
    where another run is at work, and where a file cannot be written.
    """

    def __init__(self, answers: HeldFile, rejects: Sink, identity: Mapping[str, Any], resume: bool = False, restart: bool = False) -> None:
        self._answers, self._rejects, self.identity = answers, rejects, dict(identity)
        self._sinks = (answers, rejects)
        self._note = beside(answers.target, ".state")
        self.position: dict[str, Any] | None = None
        self._whole = False
        lengths = (0, 0)
        if resume:
            lengths = self._resumed()
        else:
            self._see_that_it_is_free(restart)
        try:
            for sink, length in zip(self._sinks, lengths, strict=True):
                sink.truncate(length)
        except OSError as error:
            self._refuse(error)
        if not resume:
            # whose the parts are is known from the first byte on
            self._write_note({"position": None})

    def append(self, answers: bytes, rejects: bytes) -> None:
        """Write what came of the next lines. Raises `CallError` where it cannot be written, a full disk for one."""
        try:
            self._answers.write(answers)
            self._rejects.write(rejects)
        except OSError as error:
            self._refuse(error)

    def note(self, position: Mapping[str, Any]) -> None:
        """Note that everything up to `position` is written."""
        self.position = dict(position)
        self._write_note({"position": self.position})

    def finish(self) -> None:
        """Put the result in its place."""
        self._write_note({"finished": True})
        self._whole = True
        try:
            self._place()
        except OSError as error:
            self._refuse(error)

    def discard(self) -> None:
        """Leave nothing: this input has no result."""
        with suppress(OSError):
            self._note.unlink(missing_ok=True)
        for sink in self._sinks:
            sink.discard()

    def close(self) -> None:
        """Leave the unfinished result for a later run, where there is anything to go on with."""
        if self.position is None and not self._whole and not self._answers.file.closed:
            self.discard()
        for sink in self._sinks:
            sink.close()

    def _write_note(self, content: Mapping[str, Any]) -> None:
        fresh = beside(self._note, ".new")
        try:
            lengths = [sink.length for sink in self._sinks]
            fresh.write_text(json.dumps({"identity": self.identity, "lengths": lengths, **content}, ensure_ascii=False), "utf-8")
            fresh.replace(self._note)
        except OSError as error:
            self._refuse(error)

    def _place(self) -> None:
        place_rejects(self._rejects)
        self._answers.place()
        self._note.unlink(missing_ok=True)

    def _noted(self) -> dict[str, Any]:
        """What the earlier run noted. Raises `CallError` where the file is no note of a run."""
        try:
            noted: dict[str, Any] = json.loads(self._note.read_bytes())
            noted["identity"].items()
            answers, rejects = noted["lengths"]
            _ = answers + rejects, noted.get("finished") or noted["position"]
        except FileNotFoundError:
            raise nothing_to_resume(self._note) from None
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            raise CallError.one(
                str(self._note),
                "不是运行所记；请移走它，或用 --restart 覆盖并重新开始",
                "this is not what a run notes; move it away, or --restart begins again and writes over it",
            ) from None
        return noted

    def _see_that_it_is_free(self, restart: bool) -> None:
        """Raise where an unfinished result, or somebody else's file, would be written over."""
        if self._note.exists():
            noted = {} if restart else self._noted()
            if noted.get("finished") or noted.get("position") is not None:
                raise unfinished(self._note)
            return
        for sink in self._sinks:
            if isinstance(sink, HeldFile) and not sink.new:
                raise foreign(sink.path)

    def _resumed(self) -> tuple[int, int]:
        """The lengths up to which the files of the earlier run are whole."""
        noted = self._noted()
        differs = [name for name, value in self.identity.items() if noted["identity"].get(name) != value]
        if differs:
            raise another(self._note, differs)
        if noted.get("finished"):
            self._place()
            raise CallError.one(self._answers.name, "上次运行其实已经完成", "the earlier run had finished; the result is in place")
        if noted["position"] is None:
            raise nothing_to_resume(self._note)
        answers, rejects = noted["lengths"]
        for sink, length in zip(self._sinks, (answers, rejects), strict=True):
            if isinstance(sink, HeldFile) and sink.path.stat().st_size < length:
                raise CallError.one(
                    str(sink.path), "比记录的短；请用 --restart 重新开始", "shorter than was noted; begin again with --restart"
                )
        self.position = noted["position"]
        return answers, rejects

    def _refuse(self, error: OSError) -> NoReturn:
        raise not_written(self._answers.name, error, resumable=self._whole or self.position is not None) from error


class DirectOutput:
    """Standard output, a pipe or a device: written as it comes, with nothing to resume."""

    position: dict[str, Any] | None = None

    def __init__(self, target: Path, answers: Sink, rejects: Sink) -> None:
        self._target, self._answers, self._rejects = target, answers, rejects
        if isinstance(rejects, HeldFile) and not rejects.new:
            raise foreign(rejects.path)

    def append(self, answers: bytes, rejects: bytes) -> None:
        """Write what came of the next lines. Raises `CallError` where it cannot be written."""
        try:
            self._answers.write(answers)
            self._rejects.write(rejects)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise not_written(str(self._target), error) from error

    def note(self, position: Mapping[str, Any]) -> None:
        """Nothing to note."""

    def finish(self) -> None:
        """Everything is written already; the rejects are put in their place."""
        try:
            place_rejects(self._rejects)
        except OSError as error:
            raise not_written(str(self._target), error) from error

    def discard(self) -> None:
        """Leave nothing that can be taken back."""
        self._rejects.discard()

    def close(self) -> None:
        """Close what is not a standard stream."""
        self._rejects.discard()
        self._answers.close()


def open_output(job: BulkJob, identity: Mapping[str, Any]) -> ResumableOutput | DirectOutput:
    """Where the result of a run goes, held by this run alone. Raises `CallError`."""
    if job.target.is_dir():
        raise CallError.one(str(job.target), "这是一个目录；请给出文件名", "this is a directory; name a file")
    opened: list[Sink] = []
    try:
        for path, like in ((job.target, None), (job.rejects_path, job.target)):
            see_that_it_is_ours(job, path)
            try:
                opened.append(open_sink(path, like))
            except OSError as error:
                raise not_written(str(path), error) from None
        answers, rejects = opened
        if isinstance(answers, HeldFile):
            return ResumableOutput(answers, rejects, identity, job.resume, job.restart)
        if job.resume:
            raise CallError.one(str(job.target), "只有写入文件才能继续", "only a result in a file can be gone on with")
        return DirectOutput(job.target, answers, rejects)
    except BaseException:
        for sink in opened:
            if isinstance(sink, HeldFile) and sink.new:
                sink.discard()
            sink.close()
        raise


def see_that_it_is_ours(job: BulkJob, path: Path | None) -> None:
    """Raise `CallError` where the file of rejects was not asked for, and what is in its place is not one."""
    if path is None or path != job.rejects_path or job.rejects is not None or not path.is_file():
        return
    with path.open("rb") as file:
        begin = file.read(10)
    if begin and not begin.startswith((b'{"line": ', b'{"row": ')):
        raise CallError.one(
            str(path),
            "此处要写入不是案件的各行，而该文件并非由此产生；请移走它，或用 --rejects 另指定文件",
            "the lines that hold no case would go here, and this file holds something else; move it away, or name another by --rejects",
        )


def place_rejects(rejects: Sink) -> None:
    """Put the rejects in their place, or leave none where there are none. Raises `OSError`."""
    if not isinstance(rejects, HeldFile) or rejects.length:
        rejects.place()
    else:
        rejects.discard()
        rejects.target.unlink(missing_ok=True)


def unfinished(where: Path) -> CallError:
    """That an earlier run stopped half-way, which neither `resume` nor `restart` says what to do with."""
    return CallError.one(
        str(where),
        "上次运行未完成；--resume 从中断处继续，--restart 重新开始",
        "an earlier run was not finished; --resume goes on where it stopped, --restart begins again",
    )


def nothing_to_resume(where: Path) -> CallError:
    """That no earlier run stopped half-way."""
    return CallError.one(str(where), "没有可以继续的运行；去掉 --resume", "there is no run to go on with; leave out --resume")


def another(where: Path, differs: list[str]) -> CallError:
    """That the earlier run was made of something else."""
    names = ", ".join(differs)
    return CallError.one(
        str(where),
        f"上次运行的 {names} 与这次不同；请用同样的输入和选项，或用 --restart 重新开始",
        f"the earlier run had another {names}; give the same input and options, or begin again with --restart",
    )


def foreign(where: Path) -> CallError:
    """That a file or folder under a name that the run needs was not made by one."""
    return CallError.one(
        str(where),
        "运行需要使用这个名称，而其中的内容不是由运行产生的；请移走它，或另外指定输出文件",
        "a run needs this name, and what is there was not made by one; move it away, or name another output",
    )


def not_written(where: str, error: OSError, resumable: bool = False) -> CallError:
    """That a result cannot be written, and what to do."""
    reason = shown(error.strerror or str(error))
    if resumable:
        zh, en = "请腾出空间或更换位置，再用 --resume 继续", "make room or write elsewhere, then go on with --resume"
    else:
        zh, en = "请检查文件名、权限和空间", "check its name, its permissions, and that there is room"
    return CallError.one(where, f"无法写入（{reason}）；{zh}", f"cannot be written ({reason}); {en}")
