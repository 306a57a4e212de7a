"""Where a run over a population writes: a file that no other run writes at the same time, or a stream."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from tiaoli.base import CallError, create_beside, put_in_place, real_path
from tiaoli.populations.bulk_job import beside


class HeldFile:
    """`TARGET.part`, which becomes `TARGET` when it is whole; this run alone holds it.

    `new` says that nothing was in it. Where there is no `TARGET` yet it becomes no more open than `like`. Raises `CallError` where another
    run holds it, `OSError` where it cannot be written.
    """

    def __init__(self, target: Path, like: Path | None = None) -> None:
        self.name, self.target, self.like = str(target), real_path(target), like
        self.path = beside(self.target, ".part")
        self.file: BinaryIO = os.fdopen(self._hold(), "r+b")
        self.new = not os.fstat(self.file.fileno()).st_size

    def _hold(self) -> int:
        while True:
            descriptor = create_beside(self.path, self.target, self.like)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # whoever held it may have put it in its place meanwhile
                with suppress(FileNotFoundError):
                    if os.path.samestat(os.fstat(descriptor), self.path.stat()):
                        return descriptor
            except BlockingIOError:
                os.close(descriptor)
                raise CallError.one(
                    self.name,
                    "另一次运行正在写入此文件；请等它结束，或写入别的文件",
                    "another run is writing this file; wait for it to end, or write to another file",
                ) from None
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    def write(self, data: bytes) -> None:
        self.file.write(data)

    def truncate(self, length: int) -> None:
        """Go on behind what is whole."""
        self.file.truncate(length)
        self.file.seek(length)

    @property
    def length(self) -> int:
        """How much is written, for certain."""
        self.file.flush()
        return self.file.tell()

    def place(self) -> None:
        """Put it in its place."""
        self.file.flush()
        os.fsync(self.file.fileno())
        put_in_place(self.path, self.target, self.like)
        self.close()

    def discard(self) -> None:
        """Leave nothing of it."""
        if not self.file.closed:
            with suppress(OSError):
                self.path.unlink()
        self.close()

    def close(self) -> None:
        """Leave it for a later run."""
        with suppress(OSError):
            self.file.close()


class OpenStream:
    """Standard output (`-`), standard error (`None`), a pipe or a device: written as it comes. Raises `OSError`."""

    length = 0

    def __init__(self, target: Path | None) -> None:
        self._own = target is not None and str(target) != "-"
        standard = sys.stderr if target is None else sys.stdout
        self.file: BinaryIO = target.open("wb") if target is not None and self._own else standard.buffer

    def write(self, data: bytes) -> None:
        if data:
            self.file.write(data)
            self.file.flush()

    def truncate(self, length: int) -> None:
        """What was written cannot be taken back."""

    def close(self) -> None:
        """Close what is not a standard stream."""
        if self._own:
            with suppress(OSError):
                self.file.close()

    place = discard = close


Sink = HeldFile | OpenStream


def open_sink(target: Path | None, like: Path | None = None) -> Sink:
    """Where to write for a target: `None` is standard error. Raises `CallError`, `OSError`."""
    if target is None or str(target) == "-" or not (target.is_file() or not target.exists()):
        return OpenStream(target)
    return HeldFile(target, like)
