"""The body of a request: received within the limits, and its JSON text parsed to plain data."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from tiaoli.base import CallError, CaseError
from tiaoli.case import MAX_DEPTH, decoded, parse_json, refuse_repeated
from tiaoli.protocol.limits import Limits, refuse_slow_client
from tiaoli.protocol.problems import BODY, RefusedError

_DRAINED = 16
"""Of a body that is too large so many times as much is taken in and thrown away, so that its sender hears why."""


async def read_body(declared: str | None, parts: AsyncIterator[bytes], limits: Limits) -> bytes:
    """The body of a request, `declared` to have so many bytes. Raises `RefusedError` where it is too large or too slow."""
    if declared is not None and declared.isdigit() and int(declared) > _DRAINED * limits.max_body:
        raise RefusedError(limits.too_large_problem)
    found = bytearray()
    size = 0
    try:
        async with asyncio.timeout(limits.client_timeout):
            async for part in parts:
                size += len(part)
                if size > _DRAINED * limits.max_body:
                    break
                if size <= limits.max_body:
                    found += part
    except TimeoutError:
        refuse_slow_client(limits)
    if size > limits.max_body:
        raise RefusedError(limits.too_large_problem)
    return bytes(found)


def parse_body(data: bytes, depth: int = MAX_DEPTH + 1) -> Any:
    """The plain data in the JSON text of a question, nested no deeper than `depth`, a key never twice.

    Raises `CallError` where it is no such text, `CaseError` with the case's own path where a key of the case stands twice.
    """
    try:
        text = decoded(data, BODY)
    except CaseError as error:
        raise CallError(error.problems) from None
    if not text.strip():
        raise CallError.one(BODY, "内容为空；须为一个 JSON 对象", "this is empty; a JSON object is wanted")
    try:
        document = parse_json(text, BODY, depth)
    except CaseError as error:
        raise CallError(error.problems) from None
    if isinstance(document, dict) and "case" in document:
        refuse_repeated(document["case"], document["case"])
    try:
        refuse_repeated(document, document)
    except CaseError as error:
        raise CallError(error.problems) from None
    return document
