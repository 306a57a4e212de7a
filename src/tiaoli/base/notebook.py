"""Answers in a notebook: a type that shows itself there has a `_repr_html_` of one line, which asks the room that draws."""

from __future__ import annotations

from importlib import import_module

_DRAWS = "tiaoli.present"


def drawn(answer: object) -> str:
    """The HTML that a notebook shows of an answer, in both languages.

    This is the one place of the package where a room asks one above it, by name: types do not know HTML, and `present`, which
    draws them, knows them all.
    """
    return str(import_module(_DRAWS).draw(answer))
