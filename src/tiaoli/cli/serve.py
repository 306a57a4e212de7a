"""The command that serves the policies over HTTP."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from tiaoli import protocol
from tiaoli.base import CallError, Statement, check_outputs, shown
from tiaoli.cli.options import (
    Command,
    Seconds,
    SharedOptions,
    named_readings,
    with_alone,
    with_group,
    with_language,
    with_policy_root,
    with_readings,
    with_shared,
)

_POSITIVE = click.IntRange(min=1)
_SECONDS = Seconds(most=1_000_000)
"""What a service may wait for ends within days."""


class _Token(NamedTuple):
    """What the options say of the token that requests must bear."""

    token: str | None
    token_file: Path | None
    without_token: bool

    def secret(self, host: str) -> str | None:
        """The token. Raises `CallError` where it cannot be used, and where a host open to other machines would be without one."""
        text = self._text()
        if text is None and not self.without_token and not _is_loopback(host):
            raise CallError.one(
                "--host",
                f"{shown(host)} 对其他机器开放，须给出 --token-file；确不需要令牌时请加 --without-token",
                f"{shown(host)} is open to other machines and wants --token-file; where no token is meant, add --without-token",
            )
        return text

    def _text(self) -> str | None:
        text, file = self.token, self.token_file
        if text is not None and file is not None:
            raise CallError.one("--token-file", "令牌给出了两次；请只用 --token-file", "the token is given twice; keep --token-file")
        name = "--token"
        if file is not None:
            name = str(file)
            try:
                text = next(iter(file.read_text("utf-8-sig").splitlines()), "").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "not UTF-8"
                raise CallError.one(name, f"无法读取（{reason}）", f"cannot be read ({reason})") from None
        if text is not None and (not text or not text.isascii() or any(char.isspace() or not char.isprintable() for char in text)):
            raise CallError.one(name, "令牌须为非空的 ASCII 文字，不含空格", "a token is ASCII text without spaces, and not empty")
        return text


_with_token = with_group(
    "token",
    _Token,
    click.option("--token", envvar="TIAOLI_TOKEN", metavar="TEXT", help="Answer only questions that bear this token."),
    click.option("--token-file", type=click.Path(path_type=Path), metavar="FILE", help="The token is the first line of this file."),
    click.option("--without-token", is_flag=True, help="Serve beyond this machine without a token."),
)


def _limit(name: str, kind: click.ParamType[Any], default: float, metavar: str, words: str) -> Callable[[Command], Command]:
    return click.option(name, type=kind, default=default, show_default=True, metavar=metavar, help=words)


_with_limits = with_group(
    "limits",
    lambda **values: protocol.Limits(**values),
    _limit("--max-body", _POSITIVE, 1_000_000, "BYTES", "Of a question, or one line."),
    _limit("--max-depth", _POSITIVE, 12, "N", "Levels of nesting in a case."),
    _limit("--max-list", _POSITIVE, 2000, "N", "Members of a list or object."),
    _limit("--time-limit", _SECONDS, 30, "SECONDS", "Time for one question."),
    _limit("--max-concurrent", _POSITIVE, 64, "N", "Questions under way at a time."),
    _limit("--client-timeout", _SECONDS, 30, "SECONDS", "Time a client may take to send."),
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="The address to serve at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, metavar="P", help="The port; 0 takes a free one.")
@_with_token
@click.option("--workers", type=_POSITIVE, metavar="N", help="Processes that answer; by default one a core, at most four.")
@_with_limits
@click.option("--findings", type=click.Path(path_type=Path), metavar="FILE", help="Findings to show, as `tiaoli audit --json` wrote them.")
@click.option("--no-findings", is_flag=True, help="Do not audit the policy in the background.")
@click.option(
    "--log", type=click.Path(path_type=Path, allow_dash=True), default="-", metavar="FILE", help="The log; by default standard error."
)
@with_readings
@click.option("--policy", "policies", multiple=True, metavar="ID", help="A policy to serve; may be given several times.")
@with_shared(with_alone, with_policy_root, with_language)
def serve(
    shared: SharedOptions,
    host: str,
    port: int,
    token: _Token,
    workers: int | None,
    limits: protocol.Limits,
    findings: Path | None,
    no_findings: bool,
    log: Path,
    policies: tuple[str, ...],
) -> int:
    """Serve the questions over HTTP, and a page to ask them on.

    The page is at /, the description of the service at /openapi.json. Policies are read at the start. Only this machine is served unless
    --host says otherwise. The log holds nothing of a case.
    """
    try:
        import uvicorn

        from tiaoli.service import closing_when_idle, create_app
    except ModuleNotFoundError:
        zh, en = "需要附加包；请运行 `pip install 'tiaoli[serve]'`", "this wants an extra; run `pip install 'tiaoli[serve]'`"
        raise CallError.one("tiaoli serve", zh, en) from None
    check_outputs([("--log", None if str(log) == "-" else log)], [("--findings", findings), ("--token-file", token.token_file)])
    from tiaoli.encoding import PolicySource, find_policy
    from tiaoli.oracle import OracleSource

    secret = token.secret(host)
    names = policies or (find_policy(None, shared.policy_root)[0],)
    chosen = named_readings(shared.readings)
    sources = tuple(OracleSource(PolicySource(name, shared.policy_root), chosen, shared.alone) for name in names)
    config = protocol.ServiceConfig(sources, limits)

    def ready() -> None:
        address = _address(host, listening.getsockname()[1])
        said = Statement(f"条理服务已启动：{address}", f"serving at {address}")
        click.echo(f"tiaoli: {said.say(shared.lang)}", err=True)

    count = workers or min(4, os.cpu_count() or 1)
    app = create_app(config, workers=count, token=secret, findings=findings, audit=not no_findings, ready=ready)
    _log_to(log)
    listening = _bound(host, port)
    server_config = uvicorn.Config(
        app,
        http=closing_when_idle(limits.client_timeout),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=int(limits.kill_after) + 2,
    )
    server = uvicorn.Server(server_config)
    # the server gives a signal back when it has stopped in order; then there is nothing left to do
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listening])
    return 0 if server.started else 4


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `CallError`."""
    try:
        family, kind, number, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        found = socket.socket(family, kind, number)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(where)
            found.listen(1024)
        except OSError:
            found.close()
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        zh, en = f"无法使用（{reason}）；请换一个 --port 或 --host", f"cannot be used ({reason}); try another --port or --host"
        raise CallError.one(f"{host}:{port}", zh, en) from None
    return found


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class _Discreet(logging.Formatter):
    """Lines of the log; an exception only by its type, since its message may quote a case."""

    def formatException(self, ei: object) -> str:  # noqa: N802
        assert isinstance(ei, tuple)
        return f"{ei[0].__name__}"


def _log_to(log: Path) -> None:
    """Send the log of the service and of its server there. Raises `CallError` where it cannot be written."""
    try:
        handler = logging.StreamHandler(sys.stderr) if str(log) == "-" else logging.FileHandler(log, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise CallError.one(str(log), f"无法写入（{reason}）", f"cannot be written ({reason})") from None
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("tiaoli").setLevel(logging.INFO)
