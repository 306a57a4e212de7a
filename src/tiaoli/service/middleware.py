"""What surrounds every request of a service: the token, the headers of every answer, what is counted and what is logged.

Neither the log nor the counts hold anything of a case: only the method, the route as it was declared, the status, the time.
"""

from __future__ import annotations

import hmac
import logging
from time import monotonic

from tiaoli.base import Lang, Statement
from tiaoli.protocol import UNEXPECTED_PROBLEM, ExceptionTrace, ProblemDetails, RefusedError, preferred_language
from tiaoli.service.asgi import App, Message, Receive, Send
from tiaoli.service.metrics import Metrics

_log = logging.getLogger(__name__)

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""What every answer says: nothing comes from elsewhere, nothing is guessed, nothing is shown inside another page."""

_NO_TOKEN = ProblemDetails(
    "token",
    Statement("请在 Authorization 头中给出 `Bearer 令牌`", "send `Bearer TOKEN` in the Authorization header, as the service was given it"),
)


class GuardMiddleware:
    """An application with its guard; `token` is what a question must bear, where there is one."""

    def __init__(self, app: App, metrics: Metrics, token: str | None) -> None:
        self._app = app
        self._metrics = metrics
        self._token = None if token is None else f"Bearer {token}".encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = monotonic()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = dict(message.get("headers", []))
                message["headers"] = [*headers.items(), *self._more(scope, headers)]
            await send(message)

        lang = request_language(scope)
        try:
            if self._admits(scope):
                await self._app(scope, receive, answer)
            else:
                scope["problem"] = _NO_TOKEN
                await send_problem(answer, _NO_TOKEN, lang)
        except RefusedError as refused:
            scope["problem"] = refused.details
            if not status:
                await send_problem(answer, refused.details, lang)
        except Exception as error:
            _log.error("a request failed: %s", ExceptionTrace.of(error))
            scope["problem"] = UNEXPECTED_PROBLEM
            if not status:
                await send_problem(answer, UNEXPECTED_PROBLEM, lang)
        finally:
            seconds = monotonic() - began
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = getattr(scope.get("route"), "path", "page")
            self._metrics.count_request(method, route, status, seconds)
            if "problem" in scope:
                self._metrics.count_problem(scope["problem"])
            _log.info("%s %s %s %.4f s", method, route, status or "broken off", seconds)

    def _admits(self, scope: Message) -> bool:
        path = scope["path"]
        if self._token is None or not (path.startswith("/v1/") or path == "/metrics"):
            return True
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        return hmac.compare_digest(given, self._token)

    def _more(self, scope: Message, headers: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        # an answer about a person is kept by nobody on the way
        more = HEADERS | {"cache-control": "no-cache" if "route" not in scope else "no-store"}
        return [(name.encode(), value.encode()) for name, value in more.items() if name.encode() not in headers]


def request_language(scope: Message) -> Lang:
    """The language that a request asks for."""
    accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    return preferred_language(accepted.decode("latin-1"))


async def send_problem(send: Send, details: ProblemDetails, lang: Lang) -> None:
    """Answer with a problem."""
    body = details.body(lang)
    headers = {**details.headers, "content-length": str(len(body))}
    await send({"type": "http.response.start", "status": details.code, "headers": [(k.encode(), v.encode()) for k, v in headers.items()]})
    await send({"type": "http.response.body", "body": body})
