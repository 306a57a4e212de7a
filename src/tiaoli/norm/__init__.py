"""A norm as an author writes it: one `norm.toml` beside the text and the rules, expanded into the tables that a policy is built from, with
the line of norm.toml, of the text or of a rule file for everything that is said of those tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.norm.expansion import ExpandedNorm, expand_norm
    from tiaoli.norm.key_lines import NORM_FILE, NORM_LIBRARY, head_of
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "NORM_FILE",
    "NORM_LIBRARY",
    "ExpandedNorm",
    "expand_norm",
    "head_of",
]
