"""The words that a reading of a norm quotes, to be found again in the text it reads."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from types import ModuleType


def plain(text: str) -> str:
    """A text without what a line break, a capital letter or a space in Chinese says."""
    text = re.sub(r"\s+", " ", text).casefold()
    return re.sub(r"(?<=[^\x00-\xff]) | (?=[^\x00-\xff])", "", text)


def quoted(module: ModuleType, marks: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Every piece that the functions of a module quote in their docstrings, between these two marks, with the function's name.

    `[…]` and `…` stand for words left out.
    """
    opening, closing = marks
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__:
            for quote in re.findall(rf"{opening}([^{opening}{closing}]+){closing}", inspect.getdoc(function) or ""):
                for piece in re.split(r"\[…\]|…", quote):
                    if piece := piece.strip(" ,;.\n"):
                        yield name, plain(piece)


def not_in(text: str, module: ModuleType, marks: tuple[str, str]) -> list[tuple[str, str]]:
    """What a module quotes and the text does not say."""
    said = plain(text)
    return [(name, piece) for name, piece in quoted(module, marks) if piece not in said]
