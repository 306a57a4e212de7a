"""Files that are looked at again and again, until one of them is another."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Snapshot = Mapping[str, tuple[int, int, int]]
"""For every file when it was written, its size, and which file it is."""


class FileWatch:
    """The files in some folders and in the folders below, hidden ones apart.

    Files are looked at every `every` seconds; nothing has to be installed for it, and folders on a network are seen too. A change counts
    once nothing more has changed for one look: an editor that writes by renaming leaves a moment without the file.
    """

    def __init__(self, folders: Sequence[Path], every: float = 0.25, sleep: Callable[[float], None] = time.sleep) -> None:
        self._folders, self._every, self._sleep = folders, every, sleep
        self._seen = self._look()

    def wait(self) -> None:
        """Return when something is another than when this was last asked for, or than at the beginning."""
        while True:
            now = self._look()
            if now != self._seen:
                while True:
                    self._sleep(self._every)
                    before, now = now, self._look()
                    if before == now:
                        break
                if now != self._seen:
                    self._seen = now
                    return
            self._sleep(self._every)

    def _look(self) -> Snapshot:
        found: dict[str, tuple[int, int, int]] = {}
        for folder in self._folders:
            # a folder that is gone has no files
            for where, folders, files in os.walk(folder):
                folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
                for name in files:
                    path = os.path.join(where, name)
                    try:
                        status = os.stat(path)
                    except OSError:
                        continue
                    if not name.startswith("."):
                        found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
        return found
