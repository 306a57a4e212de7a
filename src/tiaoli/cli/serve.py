"""The command that serves the policies over HTTP."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import socket
import sys
from pathlib import Path

import click

from tiaoli.base import CallError, Lang, Statement, shown
from tiaoli.cli.options import language_of, named_readings, with_language, with_readings

_POSITIVE = click.IntRange(min=1)
_SECONDS = click.FloatRange(min=0, min_open=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="The address to serve at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, metavar="P", help="The port; 0 takes a free one.")
@click.option("--token", envvar="TIAOLI_TOKEN", metavar="TEXT", help="Answer only questions that bear this token.")
@click.option("--token-file", type=click.Path(path_type=Path), metavar="FILE", help="The token is the first line of this file.")
@click.option("--without-token", is_flag=True, help="Serve beyond this machine without a token.")
@click.option("--workers", type=_POSITIVE, metavar="N", help="Processes that answer; by default one a core, at most four.")
@click.option("--max-body", type=_POSITIVE, default=1_000_000, show_default=True, metavar="BYTES", help="Of a question, or one line.")
@click.option("--max-depth", type=_POSITIVE, default=12, show_default=True, metavar="N", help="Levels of nesting in a case.")
@click.option("--max-list", type=_POSITIVE, default=2000, show_default=True, metavar="N", help="Members of a list or object.")
@click.option("--time-limit", type=_SECONDS, default=30, show_default=True, metavar="SECONDS", help="Time for one question.")
@click.option("--max-concurrent", type=_POSITIVE, default=64, show_default=True, metavar="N", help="Questions under way at a time.")
@click.option("--client-timeout", type=_SECONDS, default=30, show_default=True, metavar="SECONDS", help="Time a client may take to send.")
@click.option("--findings", type=click.Path(path_type=Path), metavar="FILE", help="Findings to show, as `tiaoli audit --json` wrote them.")
@click.option("--no-findings", is_flag=True, help="Do not audit the policy in the background.")
@click.option(
    "--log", type=click.Path(path_type=Path, allow_dash=True), default="-", metavar="FILE", help="The log; by default standard error."
)
@with_readings
@click.option("--policy", "policies", multiple=True, metavar="ID", help="A policy to serve; may be given several times.")
@click.option("--policy-root", type=click.Path(path_type=Path), metavar="DIR", help="A folder holding policy/ and encodings/.")
@with_language
def serve(
    host: str,
    port: int,
    token: str | None,
    token_file: Path | None,
    without_token: bool,
    workers: int | None,
    max_body: int,
    max_depth: int,
    max_list: int,
    time_limit: float,
    max_concurrent: int,
    client_timeout: float,
    findings: Path | None,
    no_findings: bool,
    log: Path,
    readings: tuple[str, ...],
    policies: tuple[str, ...],
    policy_root: Path | None,
    lang: Lang | None,
) -> int:
    """Serve the questions over HTTP, and a page to ask them on.

    The page is at /, the description of the service at /openapi.json. Policies are read at the start. Only this machine is served unless
    --host says otherwise. The log holds nothing of a case.
    """
    try:
        import uvicorn

        from tiaoli.service import application, impatient
    except ModuleNotFoundError:
        zh, en = "需要附加包；请运行 `pip install 'tiaoli[serve]'`", "this wants an extra; run `pip install 'tiaoli[serve]'`"
        raise CallError.one("tiaoli serve", zh, en) from None
    from tiaoli.encoding import find
    from tiaoli.protocol import Limits, Served

    secret = _token(token, token_file)
    if secret is None and not without_token and not _is_loopback(host):
        raise CallError.one(
            "--host",
            f"{shown(host)} 对其他机器开放，须给出 --token-file；确不需要令牌时请加 --without-token",
            f"{shown(host)} is open to other machines and wants --token-file; where no token is meant, add --without-token",
        )
    limits = Limits(max_body, max_depth, max_list, time_limit, max_concurrent, client_timeout)
    chosen = tuple(named_readings(readings).items())
    served = Served(policies or (find(None, policy_root)[0],), policy_root, chosen, limits)
    language = lang or language_of(())

    def ready() -> None:
        address = _address(host, listening.getsockname()[1])
        said = Statement(f"条理服务已启动：{address}", f"serving at {address}")
        click.echo(f"tiaoli: {said.say(language)}", err=True)

    count = workers or min(4, os.cpu_count() or 1)
    app = application(served, workers=count, token=secret, findings=findings, audit=not no_findings, ready=ready)
    _log_to(log)
    listening = _bound(host, port)
    config = uvicorn.Config(
        app,
        http=impatient(limits.client_timeout),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=int(limits.killed_after) + 2,
    )
    server = uvicorn.Server(config)
    # the server gives a signal back when it has stopped in order; then there is nothing left to do
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listening])
    return 0 if server.started else 4


def _token(text: str | None, file: Path | None) -> str | None:
    """The token to ask for. Raises `CallError` where it is given twice, empty, or cannot be read."""
    if text is not None and file is not None:
        raise CallError.one("--token-file", "令牌给出了两次；请只用 --token-file", "the token is given twice; keep --token-file")
    name = "--token"
    if file is not None:
        name = str(file)
        try:
            text = next(iter(file.read_text("utf-8").splitlines()), "").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            raise CallError.one(name, f"无法读取（{reason}）", f"cannot be read ({reason})") from None
    if text is not None and (not text or not text.isascii() or any(char.isspace() or not char.isprintable() for char in text)):
        raise CallError.one(name, "令牌须为非空的 ASCII 文字，不含空格", "a token is ASCII text without spaces, and not empty")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `CallError`."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        found = socket.socket(family, kind, protocol)
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
