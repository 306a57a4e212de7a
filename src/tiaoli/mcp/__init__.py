"""The questions as tools of an assistant, over the Model Context Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.mcp.server import serve
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = ["serve"]
