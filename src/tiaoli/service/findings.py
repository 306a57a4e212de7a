"""The findings of an audit of the policies that are served: worked out once, in a process beside the service, or read from a file."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Iterable, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from tiaoli import protocol
from tiaoli.base import CallError, Lang, Statement, follow_parent
from tiaoli.case import parse_json
from tiaoli.encoding import PolicySource
from tiaoli.oracle import Oracle, OracleSource

_log = logging.getLogger(__name__)

State = Literal["off", "running", "done", "failed"]

_SECONDS = 3600
"""The limit of an audit that nobody waits for."""


class AuditFindings:
    """What the audit of each policy found, and whether it is done.

    `given` is a file that `tiaoli audit --json` wrote about the first policy served. Raises `CallError` or `CaseError` where it holds
    no findings.
    """

    def __init__(self, oracles: Mapping[str, Oracle], given: Path | None, wanted: bool) -> None:
        self._sources = {policy: oracle.encoding.source for policy, oracle in oracles.items()}
        self._wanted = wanted and given is None
        self._found: dict[str, dict[str, Any]] = {}
        self._domains: dict[str, Statement] = {}
        self._task: asyncio.Task[None] | None = None
        self._state: State = "running" if self._wanted else "off"
        if given is not None:
            self._found[next(iter(oracles))] = _read(given)

    def to_json(self, policy: str, lang: Lang) -> dict[str, Any]:
        """How far it is and what is known by now, plain texts in one language."""
        found = self._found.get(policy)
        if found is None:
            return {"state": self._state if self._state != "done" else "off", "findings": []}
        domain = {"domain": self._domains[policy].say(lang)} if policy in self._domains else {}
        return {"state": "done", **found, **domain}

    def start(self) -> None:
        """Begin the audit, where there is to be one."""
        if self._wanted:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End the audit, wherever it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        context = get_context("spawn")
        connection, there = context.Pipe(duplex=False)
        process = context.Process(target=_audit, args=(there, tuple(self._sources.values())), daemon=True, name="tiaoli audit")
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, process.start)
        there.close()
        ready = asyncio.Event()
        loop.add_reader(connection.fileno(), ready.set)
        try:
            for policy in self._sources:
                await ready.wait()
                self._found[policy], self._domains[policy] = connection.recv()
                ready.clear()
            self._state = "done"
        except (EOFError, OSError):
            self._state = "failed"
            _log.error("the audit ended before it was done")
        finally:
            loop.remove_reader(connection.fileno())
            process.kill()
            connection.close()


def _audit(connection: Connection, sources: Iterable[PolicySource]) -> None:
    follow_parent()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # questions go first
    os.nice(19)
    for source in sources:
        try:
            connection.send(audit_with_explanations(source))
        except CallError as error:
            raise SystemExit(str(error)) from None


def audit_with_explanations(source: PolicySource, kinds: Iterable[str] | None = None) -> tuple[dict[str, Any], Statement]:
    """The findings of a policy, of all or some `kinds`, each with its explanation, as `tiaoli audit --json` prints them; and the cases
    looked at, in words."""
    # loaded here: what it asks its questions of is an extra
    from tiaoli.audit import audit_policy

    oracle = Oracle.of(OracleSource(source))
    report = audit_policy(oracle.encoding, kinds=kinds, limit=_SECONDS, workers=1)
    return protocol.audit_document(oracle, report), report.domain


def _read(path: Path) -> dict[str, Any]:
    try:
        # explanations are nested deeper than any case
        found = parse_json(path.read_text("utf-8-sig"), str(path), depth=500)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "UTF-8"
        raise CallError.one(str(path), f"无法读取（{reason}）", f"cannot be read ({reason})") from None
    if not isinstance(found, dict) or not isinstance(found.get("findings"), list):
        raise CallError.one(
            str(path),
            "其中没有审查结果；请用 `tiaoli audit --json` 生成",
            "holds no findings of an audit; `tiaoli audit --json` writes them",
        )
    return found
