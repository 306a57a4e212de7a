"""The face of a room: what its `__init__` names for others, imported when it is first asked for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def lazily(package: str, file: str) -> Callable[[str], Any]:
    """The `__getattr__` of a package whose `__init__` imports its face under `if TYPE_CHECKING:`.

    A name is imported from the module that stands there, when it is first asked for: so `tiaoli --help` does not wait for
    clingo, and a room whose libraries are an extra can be named without them. AttributeError where the face has no such name.
    """
    homes: dict[str, str] = {}
    for block in ast.parse(Path(file).read_text("utf-8")).body:
        for node in block.body if isinstance(block, ast.If) else ():
            if isinstance(node, ast.ImportFrom) and node.module:
                homes.update({alias.asname or alias.name: node.module for alias in node.names})

    def look_up(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(homes[name]), name)
        setattr(import_module(package), name, found)
        return found

    return look_up
