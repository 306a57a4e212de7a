"""Files that are written: in one step, through links, as private as they were, and never over what the same run reads.

A file that is there keeps its mode; a new one has the mode that the user's umask gives to every file. Until a file is whole, nobody reads
more of it than of what it replaces.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from tiaoli.base.errors import CallError, CaseError
from tiaoli.base.statement import Statement, shown

NamedPath = tuple[str, Path | str | None]
"""An option or argument of a command, and the file it names: `None` where it was not given, `-` for standard input or output."""


def check_outputs(outputs: Iterable[NamedPath], inputs: Iterable[NamedPath]) -> None:
    """Raise `CallError` where something that is written is a file that is read, or where two of the things written are one file.

    Names are followed to the files: links of both kinds, and what standard input and output were redirected to.
    """
    taken: dict[object, tuple[str, Statement]] = {}
    for name, path in inputs:
        taken.update((identity, (name, Statement("读取", "read"))) for identity in _identities(path, sys.stdin, "stdin"))
    for name, path in outputs:
        identities = _identities(path, sys.stdout, "stdout")
        for identity in identities:
            if identity in taken:
                other, used = taken[identity]
                file = shown(str(path), 200)
                raise CallError.one(
                    name,
                    f"{file} 就是 {other} 所{used.zh}的文件；未写入任何内容，请换一个文件",
                    f"{file} is the file that is {used.en} as {other}; nothing was written, name another file",
                )
        taken.update((identity, (name, Statement("写入", "written"))) for identity in identities)


def write_text(path: Path, text: str) -> None:
    """Write a file in one step: whoever reads it has the old text or the new one; `-` is standard output. Raises `CaseError` where it
    cannot be written."""
    if str(path) == "-":
        sys.stdout.write(text)
        return
    target = real_path(path)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.exists() and not target.is_file():
            # a pipe or a device is written to, not replaced
            target.write_text(text, "utf-8")
            return
        with open(create_beside(fresh, target), "w", encoding="utf-8") as file:
            file.write(text)
            file.truncate()
        put_in_place(fresh, target)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            fresh.unlink()
        reason = getattr(error, "strerror", None) or str(error)
        raise CaseError.one(
            str(path),
            f"无法写入（{reason}）；请检查文件名和权限",
            f"cannot be written ({reason}); check its name and permissions",
            "case-unwritable",
        ) from None


def real_path(path: Path) -> Path:
    """The file that a path leads to: what is put in its place leaves a link a link."""
    return Path(os.path.realpath(path))


def create_beside(fresh: Path, target: Path, like: Path | None = None) -> int:
    """Open the file that is to replace `target`, made where it is not there: no more open than `target` is, or than `like` where there is
    no `target` yet. Raises `OSError` where `target` may not be written."""
    private = _status(target, like) is not None
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(13, os.strerror(13), str(target))
    return os.open(fresh, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600 if private else 0o666)


def put_in_place(fresh: Path, target: Path, like: Path | None = None) -> None:
    """Put a file that is whole in the place of `target`, with the mode and the group that `target` has, or `like` where there is no
    `target` yet. Raises `OSError`."""
    place = real_path(target)
    before = _status(place, like)
    if before is not None:
        mode = stat.S_IMODE(before.st_mode)
        if before.st_gid != fresh.stat().st_gid:
            try:
                os.chown(fresh, -1, before.st_gid)
            except PermissionError:
                # the rights of a group are not another group's
                mode &= ~stat.S_IRWXG
        fresh.chmod(mode)
    fresh.replace(place)


def _status(target: Path, like: Path | None) -> os.stat_result | None:
    for path in (target, like):
        if path is not None and path.is_file():
            return path.stat()
    return None


def _identities(path: Path | str | None, stream: TextIO, stream_name: str) -> list[object]:
    """What two paths to one file have in common; nothing of a pipe or a device, which may be named twice."""
    if path is None:
        return []
    names: list[object] = [stream_name] if str(path) == "-" else []
    try:
        found = os.fstat(stream.fileno()) if names else os.stat(path)
    except (OSError, ValueError):
        return names or [os.path.realpath(path)]
    return [*names, (found.st_dev, found.st_ino)] if stat.S_ISREG(found.st_mode) else names
