"""Docstrings that a program prints: they are there also where the interpreter was told to drop them (`python -OO`)."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from contextlib import suppress
from textwrap import dedent
from types import ModuleType
from typing import Any


def docstring(found: ModuleType | type | Callable[..., Any]) -> str:
    """The docstring of a module, a class or a function, from its source where it has none any more; `""` where there is neither."""
    text = found.__doc__
    if text is None:
        with suppress(OSError, TypeError, SyntaxError):
            tree = ast.parse(dedent(inspect.getsource(found)))
            node: Any = tree if isinstance(found, ModuleType) else tree.body[0]
            text = ast.get_docstring(node)
    return inspect.cleandoc(text or "")
