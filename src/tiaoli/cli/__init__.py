"""The command `tiaoli`: options, commands, files and exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.cli.main import run, tiaoli
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = ["run", "tiaoli"]
