"""HTTP/1.1 as bytes on a socket: to say what no well-behaved client would say, and to ask faster than one could."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Self


class Reply(NamedTuple):
    """An answer: its status, its headers by lower-case name, its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """One connection. Raises `ConnectionError` where the other side closes it before an answer is whole."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    @property
    def is_open(self) -> bool:
        return self._writer is not None and not self._writer.is_closing()

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self.host, self.port, limit=1 << 24)

    async def close(self) -> None:
        if self._writer is not None:
            writer, self._writer, self._reader = self._writer, None, None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def send(self, data: bytes) -> None:
        assert self._writer is not None
        self._writer.write(data)
        await self._writer.drain()

    def send_eof(self) -> None:
        """Close this side's half of the connection."""
        assert self._writer is not None
        self._writer.write_eof()

    async def reply(self) -> Reply:
        """The next answer that comes."""
        assert self._reader is not None
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            status = int(first.split(" ", 2)[1])
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
            if 100 <= status < 200:
                return await self.reply()
            if headers.get("transfer-encoding") == "chunked":
                body = b""
                while size := int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16):
                    body += (await self._reader.readexactly(size + 2))[:-2]
                await self._reader.readuntil(b"\r\n")
            elif "content-length" in headers:
                body = await self._reader.readexactly(int(headers["content-length"]))
            else:
                body = await self._reader.read()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ConnectionResetError("closed before the answer was whole") from error
        if headers.get("connection") == "close":
            await self.close()
        return Reply(status, headers, body)

    async def ask(self, request: bytes) -> Reply:
        """Send a whole request, over a new connection where the old one was closed, and wait for the answer."""
        if not self.is_open:
            await self.open()
        await self.send(request)
        return await self.reply()

    async def post(self, path: str, document: Any) -> Reply:
        """POST plain data as JSON."""
        return await self.ask(request("POST", path, json.dumps(document, ensure_ascii=False).encode()))

    async def get(self, path: str) -> Reply:
        return await self.ask(request("GET", path))


def request(method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A request as bytes; JSON of the right length, unless the headers say otherwise."""
    given = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": str(len(body))} | dict(headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogateescape") + body
