"""Why and why not: rules matched against the stable model, reasons down to the facts of the case, and their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.explain.explanation import Explanation, Mark, Node, SentenceShare, WhyOrWhyNot, Window, shared
    from tiaoli.explain.why import explain
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = ["Explanation", "Mark", "Node", "SentenceShare", "WhyOrWhyNot", "Window", "explain", "shared"]
