"""Handlers for the worker processes of tests: they do as they are told."""

from __future__ import annotations

import os
import time
from typing import Any

from tiaoli.protocol.request_handler import RequestHandler, ServiceConfig


class ObedientHandler(RequestHandler):
    """Work is what to do and with what: sleep so long, say something, fail with a message."""

    def __init__(self, config: ServiceConfig) -> None:
        self.limits = config.limits

    def answer(self, work: Any) -> Any:
        what, value = work
        if what == "sleep":
            time.sleep(value)
        if what == "fail":
            raise RuntimeError(value)
        return os.getpid() if what == "pid" else value
