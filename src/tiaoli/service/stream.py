"""A population through a service: cases in a line at a time, answers out in the same order, in constant memory.

Reading, deciding and writing go on side by side. So many portions are under way at most; where the client does not take the
answers, nothing more of its lines is read.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter

from tiaoli.base import CaseError, Lang, Statement
from tiaoli.populations import rejection_line
from tiaoli.protocol import Limits, LinesRequest, ProblemDetails, RefusedError, refuse_slow_client
from tiaoli.service.asgi import Receive, Send
from tiaoli.service.workers import Workers

LINES, BYTES = 64, 1 << 18
"""The most lines, and about the most bytes, of one portion: what one worker decides while others wait for it."""

MEDIA_TYPE = "application/x-ndjson"


class ClientGoneError(Exception):
    """The client has gone, and wants no more answers."""


class PopulationStream:
    """One population on its way through the workers. `request` says how its lines are decided."""

    def __init__(self, workers: Workers, limits: Limits, request: LinesRequest, counted: Counter[str], lang: Lang) -> None:
        self._workers = workers
        self._limits = limits
        self._request = request
        self._counted = counted
        self._lang = lang
        self._started = False

    async def __call__(self, receive: Receive, send: Send) -> None:
        """Read, decide and answer until the last line is answered, the client has gone, or something fails."""
        waiting: asyncio.Queue[asyncio.Task[bytes] | None] = asyncio.Queue(self._workers.wanted + 1)
        try:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(self._read(receive, waiting, group))
                await self._write(send, waiting)
                reading.cancel()
        except* ClientGoneError:
            pass
        except* RefusedError as refused:
            await self._break_off(send, _first(refused))

    async def _read(self, receive: Receive, waiting: asyncio.Queue[asyncio.Task[bytes] | None], group: asyncio.TaskGroup) -> None:
        """Cut what arrives into portions, and start on each. Raises `ClientGoneError` where the client goes."""
        first, rest, skipping, more = 1, b"", False, True
        while more:
            try:
                async with asyncio.timeout(self._limits.client_timeout):
                    message = await receive()
            except TimeoutError:
                refuse_slow_client(self._limits)
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            more = message.get("more_body", False)
            *lines, rest = (rest + message.get("body", b"")).split(b"\n")
            if not more and rest:
                lines, rest = [*lines, rest], b""
            if lines and skipping:
                # the end of a line that was too long, and said to be
                lines, skipping = lines[1:], False
            while lines:
                portion = _portion(lines)
                lines = lines[len(portion) :]
                await waiting.put(group.create_task(self._decided(first, portion)))
                first += len(portion)
            if skipping:
                rest = b""
            elif len(rest) > self._limits.max_body:
                await waiting.put(group.create_task(self._decided(first, (rest,))))
                first, rest, skipping = first + 1, b"", True
        await waiting.put(None)
        while (await receive())["type"] != "http.disconnect":
            pass
        raise ClientGoneError

    async def _write(self, send: Send, waiting: asyncio.Queue[asyncio.Task[bytes] | None]) -> None:
        while (task := await waiting.get()) is not None:
            found = await task
            if found:
                await self._send(send, found, more=True)
        await self._send(send, b"", more=False)

    async def _send(self, send: Send, body: bytes, more: bool) -> None:
        try:
            async with asyncio.timeout(self._limits.client_timeout):
                if not self._started:
                    self._started = True
                    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", MEDIA_TYPE.encode())]})
                await send({"type": "http.response.body", "body": body, "more_body": more})
        except TimeoutError:
            raise ClientGoneError from None

    async def _decided(self, first: int, lines: tuple[bytes, ...]) -> bytes:
        """What came of some lines. Where a worker does not come back with them, each is tried by itself."""
        if any(len(line) > self._limits.max_body for line in lines):
            return self._too_long(first) if len(lines) == 1 else await self._each(first, lines)
        try:
            found: bytes = await self._workers.run(self._request._replace(first=first, lines=lines), patient=True)
        except RefusedError as refused:
            if refused.details.kind not in ("limit", "worker"):
                raise
            if len(lines) > 1:
                return await self._each(first, lines)
            self._counted["rejected"] += 1
            return _rejected(first, refused.details.statement)
        rejected = found.count(b'\n{"line": ') + found.startswith(b'{"line": ')
        self._counted["rejected"] += rejected
        self._counted["decided"] += found.count(b"\n") - rejected
        return found

    async def _each(self, first: int, lines: tuple[bytes, ...]) -> bytes:
        return b"".join([await self._decided(first + number, (line,)) for number, line in enumerate(lines)])

    def _too_long(self, number: int) -> bytes:
        self._counted["rejected"] += 1
        return _rejected(number, self._limits.too_large_problem.statement, "case-too-large")

    async def _break_off(self, send: Send, details: ProblemDetails) -> None:
        """Say why there are no more answers: as the answer where nothing was sent, else as a last line, the body left without
        its end."""
        if not self._started:
            raise RefusedError(details)
        line = json.dumps({"error": details.to_json(self._lang)}, ensure_ascii=False)
        await self._send(send, f"{line}\n".encode("utf-8", "backslashreplace"), more=True)


def _portion(lines: list[bytes]) -> tuple[bytes, ...]:
    """The first of some lines: no more than a worker is to have at a time, and a line that is large by itself."""
    size = 0
    for number, line in enumerate(lines[:LINES]):
        size += len(line)
        if size > BYTES and number:
            return tuple(lines[:number])
    return tuple(lines[:LINES])


def _rejected(number: int, statement: Statement, id: str = "") -> bytes:
    return f"{rejection_line(number, CaseError.one('', *statement, id))}\n".encode()


def _first(group: BaseExceptionGroup[RefusedError]) -> ProblemDetails:
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found.details
