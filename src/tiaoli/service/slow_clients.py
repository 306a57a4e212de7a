"""Connections that do not wait for ever: a client must bring a request's head, and take an answer's next part, in time.

The server itself times only the pause between two requests; the body of a request is timed where it is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def closing_when_idle(seconds: float) -> type[H11Protocol]:
    """A protocol for uvicorn that closes a connection where no request's head is whole after so long, or nothing of an answer is taken
    for so long."""

    class ClosingWhenIdle(H11Protocol):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._head = _IdleTimer(seconds, self._hang_up)
            self._answer = _IdleTimer(seconds, self._cut)

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._head.begin()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.cycle is None or self.cycle.response_complete:
                self._head.begin()
            else:
                self._head.end()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._answer.begin()

        def resume_writing(self) -> None:
            super().resume_writing()
            self._answer.end()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head.end()
            self._answer.end()
            super().connection_lost(exc)

        def _hang_up(self) -> None:
            if not self.transport.is_closing():
                self.transport.write(_LATE)
                self.transport.close()

        def _cut(self) -> None:
            # what was not taken never will be
            self.transport.abort()

    return ClosingWhenIdle


class _IdleTimer:
    """So many seconds from a beginning, unless it has ended before."""

    def __init__(self, seconds: float, lost: Callable[[], None]) -> None:
        self._seconds, self._lost = seconds, lost
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._over)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _over(self) -> None:
        self._timer = None
        self._lost()
