"""The unfinished result of a long run: what is written so far, and up to where it is whole.

Answers go to `OUT.part`, lines that hold no case to `REJECTS.part`, and `OUT.state` notes from time to time how long both
are and where the input stands. What was written after the last note is cut off when the run goes on, so a run that is killed
at any moment loses and repeats nothing. `OUT` itself appears only when the result is whole.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from tiaoli.base import CallError, shown


class ResumableOutput:
    """The files of one run.

    `identity` says what the result is made of and from; a run goes on only where it is the same. Raises `CallError`
    where there is nothing to resume, where an earlier run was not finished and neither `resume` nor `restart` says what to do with it,
    and where a file cannot be written.
    """

    def __init__(self, target: Path, rejects: Path, identity: Mapping[str, Any], resume: bool = False, restart: bool = False) -> None:
        self.target, self.rejects, self.identity = target, rejects, dict(identity)
        self._parts = (_beside(target, ".part"), _beside(rejects, ".part"))
        self._note = _beside(target, ".state")
        self.position: dict[str, Any] | None = None
        lengths = (0, 0)
        if resume:
            lengths = self._resumed()
        elif self._note.exists() and not restart:
            raise unfinished(self._note)
        self._files: tuple[BinaryIO, BinaryIO] | None = None
        try:
            if not resume:
                self._note.unlink(missing_ok=True)
            self._files = (self._opened(0, lengths[0]), self._opened(1, lengths[1]))
        except OSError as error:
            _refuse(self.target, error)

    def append(self, answers: bytes, rejects: bytes) -> None:
        """Write what came of the next lines. Raises `CallError` where it cannot be written, a full disk for one."""
        assert self._files is not None
        try:
            self._files[0].write(answers)
            self._files[1].write(rejects)
        except OSError as error:
            _refuse(self.target, error)

    def note(self, position: Mapping[str, Any]) -> None:
        """Note that everything up to `position` is written."""
        self._write_note({"position": position})

    def finish(self) -> None:
        """Put the result in its place."""
        self._write_note({"finished": True})
        assert self._files is not None
        try:
            for file in self._files:
                os.fsync(file.fileno())
                file.close()
            self._place()
        except OSError as error:
            _refuse(self.target, error)

    def close(self) -> None:
        """Leave the unfinished result for a later run."""
        for file in self._files or ():
            with suppress(OSError):
                file.close()

    def _write_note(self, content: Mapping[str, Any]) -> None:
        assert self._files is not None
        fresh = _beside(self._note, ".new")
        try:
            for file in self._files:
                file.flush()
            lengths = [file.tell() for file in self._files]
            fresh.write_text(json.dumps({"identity": self.identity, "lengths": lengths, **content}, ensure_ascii=False), "utf-8")
            fresh.replace(self._note)
        except OSError as error:
            _refuse(self.target, error)

    def _place(self) -> None:
        answers, rejects = self._parts
        if rejects.exists():
            if rejects.stat().st_size:
                rejects.replace(self.rejects)
            else:
                rejects.unlink()
                self.rejects.unlink(missing_ok=True)
        if answers.exists():
            answers.replace(self.target)
        self._note.unlink(missing_ok=True)

    def _resumed(self) -> tuple[int, int]:
        """The lengths up to which the files of the earlier run are whole."""
        try:
            noted = json.loads(self._note.read_bytes())
            answers, rejects = noted["lengths"]
        except FileNotFoundError:
            raise nothing_to_resume(self._note) from None
        except (OSError, ValueError, LookupError, TypeError):
            raise CallError.one(str(self._note), "无法读取；请用 --restart 重新开始", "cannot be read; --restart begins again") from None
        differs = [name for name, value in self.identity.items() if noted["identity"].get(name) != value]
        if differs:
            names = ", ".join(differs)
            raise CallError.one(
                str(self._note),
                f"上次运行的 {names} 与这次不同；请用同样的输入和选项，或用 --restart 重新开始",
                f"the earlier run had another {names}; give the same input and options, or begin again with --restart",
            )
        if noted.get("finished"):
            self._place()
            raise CallError.one(str(self.target), "上次运行其实已经完成", "the earlier run had finished; the result is in place")
        for part, length in zip(self._parts, (answers, rejects), strict=True):
            if not part.exists() or part.stat().st_size < length:
                raise CallError.one(str(part), "比记录的短；请用 --restart 重新开始", "shorter than was noted; begin again with --restart")
        self.position = noted["position"]
        return answers, rejects

    def _opened(self, number: int, length: int) -> BinaryIO:
        file = self._parts[number].open("r+b" if length else "wb")
        file.truncate(length)
        file.seek(length)
        return file


class DirectOutput:
    """Standard output, a pipe or a device: written as it comes, with nothing to resume."""

    def __init__(self, target: Path, rejects: Path) -> None:
        self.target = target
        self.position: dict[str, Any] | None = None
        try:
            self._answers: BinaryIO = sys.stdout.buffer if str(target) == "-" else target.open("wb")
            self._rejects: BinaryIO = rejects.open("wb")
        except OSError as error:
            _refuse(target, error)
        self._rejects_path = rejects

    def append(self, answers: bytes, rejects: bytes) -> None:
        """Write what came of the next lines. Raises `CallError` where it cannot be written."""
        try:
            self._answers.write(answers)
            self._answers.flush()
            self._rejects.write(rejects)
            self._rejects.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            _refuse(self.target, error)

    def note(self, position: Mapping[str, Any]) -> None:
        """Nothing to note."""

    def finish(self) -> None:
        """Everything is written already; no empty file of rejects is left."""
        self.close()
        if not self._rejects_path.stat().st_size:
            self._rejects_path.unlink()

    def close(self) -> None:
        """Close what is not standard output."""
        with suppress(OSError):
            self._rejects.close()
        if self._answers is not sys.stdout.buffer:
            with suppress(OSError):
                self._answers.close()


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


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _refuse(target: Path, error: OSError) -> NoReturn:
    reason = error.strerror or str(error)
    raise CallError.one(
        str(target),
        f"无法写入（{shown(reason)}）；请腾出空间或更换位置，再用 --resume 继续",
        f"cannot be written ({shown(reason)}); make room or write elsewhere, then go on with --resume",
    ) from error
