"""The HTTP service: routes, workers that can be killed, limits, streams, and the page at `/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.service.app import create_app
    from tiaoli.service.slow_clients import closing_when_idle
    from tiaoli.service.workers import Workers
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = ["Workers", "closing_when_idle", "create_app"]
