"""The service: an application that answers questions over HTTP, by the policies it was started with.

Simple questions are answered here at once; what can run long goes to worker processes. Bodies are read by the package's own strict
reader, never by the framework's.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from tiaoli import protocol
from tiaoli.base import CallError, Lang, Problem, Statement, TiaoliError, __version__, choices, docstring, shown
from tiaoli.case import case_schema
from tiaoli.encoding import read_example_cases
from tiaoli.populations import BulkOptions
from tiaoli.present import vocabulary
from tiaoli.protocol import (
    UNEXPECTED_PROBLEM,
    Limits,
    LinesRequest,
    ProblemDetails,
    QuestionRequest,
    RefusedError,
    RequestHandler,
    ServiceConfig,
    option_not_accepted,
    problem_of,
    read_body,
    refuse_over_limit,
)
from tiaoli.rules import CLINGO_VERSION
from tiaoli.service import metrics, stream
from tiaoli.service.asgi import App, Message, Receive, Send
from tiaoli.service.findings import AuditFindings
from tiaoli.service.metrics import Metrics
from tiaoli.service.middleware import GuardMiddleware, request_language
from tiaoli.service.stream import PopulationStream
from tiaoli.service.workers import Workers

WORKBENCH = Path(__file__).parent / "workbench"
"""The page that is served at `/`."""

_AT_ONCE = 64_000
"""Only a body of at most so many bytes is decided without a worker: reading a larger one would hold up the others."""


def create_app(
    config: ServiceConfig,
    *,
    workers: int = 2,
    token: str | None = None,
    findings: Path | None = None,
    audit: bool = True,
    ready: Callable[[], None] = lambda: None,
) -> App:
    """The service as an ASGI application.

    `findings` is a file that `tiaoli audit --json` wrote; without one and with `audit` they are worked out in the background.
    `ready` is called when the workers can answer. Raises as `Oracle` does where a policy cannot be read, and `CallError` where
    `findings` holds none.
    """
    return GuardMiddleware(*_build(config, workers, findings, audit, ready), token)


def _build(config: ServiceConfig, wanted: int, given: Path | None, audit: bool, ready: Callable[[], None]) -> tuple[App, Metrics]:
    handler, metrics = RequestHandler(config), Metrics()
    # whatever becomes of the files, every worker has the policies that were read here
    read = config._replace(oracles=tuple(oracle.source for oracle in handler.oracles.values()))
    service = _Routes(handler, Workers(read, wanted), AuditFindings(handler.oracles, given, audit), metrics)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        # made ready now, a first question does not wait for it
        await asyncio.gather(service.workers.start(), asyncio.to_thread(service.make_ready))
        service.findings.start()
        ready()
        yield
        await service.findings.stop()
        await service.workers.stop()

    app = FastAPI(title="Tiaoli 条理", version=__version__, docs_url=None, redoc_url=None, lifespan=running, redirect_slashes=False)
    service.add_routes(app)
    app.openapi = lambda: service.openapi(app)  # type: ignore[method-assign]
    if WORKBENCH.is_dir():
        # not a mount, which would take the place of "this address does not take this method"
        app.router.default = StaticFiles(directory=WORKBENCH, html=True)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(TiaoliError, _mistaken)
    app.add_exception_handler(HTTPException, _no_address)
    app.add_exception_handler(RequestValidationError, _misspelt)
    app.add_exception_handler(ClientDisconnect, _broken_off)
    app.add_exception_handler(Exception, _unforeseen)
    return app, metrics


class _Routes:
    """What the routes share."""

    def __init__(self, handler: RequestHandler, workers: Workers, findings: AuditFindings, metrics: Metrics) -> None:
        self.handler = handler
        self.workers = workers
        self.findings = findings
        self.metrics = metrics
        self.limits: Limits = handler.limits
        # apart, so that populations that are slow to come keep no question waiting
        self.busy = {"question": 0, "population": 0}
        self._schema: dict[str, Any] | None = None
        self._texts: dict[tuple[str, str], bytes] = {}

    def add_routes(self, app: FastAPI) -> None:
        """Add every address of the service."""
        oracle = next(iter(self.handler.oracles.values()))
        shown_examples = read_example_cases(oracle.policy, oracle.encoding.source.root)[:3]
        for name in protocol.QUESTIONS:
            described = protocol.describe_question(name, oracle.encoding, shown_examples)
            summary = docstring(protocol.QUESTIONS[name].options)
            app.add_api_route(
                f"/v1/{name}", self._question(name), methods=["POST"], openapi_extra=described, summary=summary, operation_id=name
            )
        lines = protocol.describe_bulk(shown_examples)
        app.add_api_route(
            "/v1/bulk", self.bulk, methods=["POST"], openapi_extra=lines, summary="A population, streamed", operation_id="bulk"
        )
        looked_up: list[tuple[str, Callable[..., Any], str, str | None]] = [
            ("/v1/notice", self.notice, "The notice, sentence by sentence", "notice"),
            ("/v1/clauses/{clause}", self.clause, "One clause of the notice", "notice"),
            ("/v1/vocabulary", self.vocabulary, "The words of the policy", "vocabulary"),
            ("/v1/schema", self.schema, "The JSON Schema of a case", None),
            ("/v1/examples", self.examples, "Cases to start from", "examples"),
            ("/v1/findings", self.audit, "The findings of the audit", "findings"),
            ("/health", self.health, "Whether it serves, and what", "health"),
        ]
        for path, endpoint, summary, answer in looked_up:
            described = protocol.describe_responses(summary, answer=answer)
            name = path.split("/{")[0].rpartition("/")[2]
            app.add_api_route(path, endpoint, methods=["GET"], openapi_extra=described, summary=summary, operation_id=name)
            app.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
        counted = protocol.describe_responses("Counts and times, for Prometheus", "text/plain")
        app.add_api_route("/metrics", self.counts, methods=["GET"], openapi_extra=counted, operation_id="metrics")
        app.add_api_route("/metrics", self.counts, methods=["HEAD"], include_in_schema=False)

    # Questions

    def _question(self, name: str) -> Callable[[Request], Any]:
        async def ask(request: Request) -> Response:
            _refuse_other_options(request, ())
            _require_media_type(request, "application/json")
            # a client that is slow to send takes no slot
            body = await read_body(request.headers.get("content-length"), request.stream(), self.limits)
            with self._slot("question"):
                found = None
                if name == "decide" and len(body) <= _AT_ONCE and b'"full"' in body:
                    found = self.handler.decide_at_once(body)
                return _json(found if found is not None else await self.workers.run(QuestionRequest(name, body)))

        return ask

    @contextmanager
    def _slot(self, kind: Literal["question", "population"]) -> Iterator[None]:
        """One of the questions, or of the populations, that may be under way at a time."""
        most = self.limits.max_concurrent
        if self.busy[kind] >= most:
            zh, en = f"已有 {most} 个{'问题' if kind == 'question' else '批量'}正在处理", f"{most} {kind}s are under way"
            refuse_over_limit("--max-concurrent", most, zh, en, 429, retry_after=1)
        self.busy[kind] += 1
        try:
            yield
        finally:
            self.busy[kind] -= 1

    async def bulk(self, request: Request) -> Response:
        _require_media_type(request, stream.MEDIA_TYPE)
        lines = _lines_request(request, self.limits)
        self.handler.check_lines(lines)
        population = PopulationStream(self.workers, self.limits, lines, self.metrics.lines, request_language(request.scope))
        return _StreamedResponse(population, self._slot("population"))

    # What is looked up

    def make_ready(self) -> None:
        """Compile the rules, and write down what stays the same as long as the service runs."""
        for policy, oracle in self.handler.oracles.items():
            oracle.compiled.text()
            cases = [example.to_json() for example in read_example_cases(oracle.policy, oracle.encoding.source.root)]
            self._texts |= {
                ("notice", policy): _dumped(protocol.notice_document(oracle.policy)),
                ("vocabulary", policy): _dumped(vocabulary(oracle.encoding)),
                ("schema", policy): _dumped(case_schema(oracle.policy)),
                ("examples", policy): _dumped({"policy": oracle.policy.number, "examples": cases}),
            }

    async def notice(self, request: Request, policy: str | None = None) -> Response:
        return self._text(request, "notice", policy)

    async def clause(self, request: Request, clause: str, policy: str | None = None) -> Response:
        _refuse_other_options(request, ("policy",))
        oracle = protocol.find_oracle(self.handler.oracles, policy)
        try:
            return _json(_dumped(protocol.notice_document(oracle.policy, clause)))
        except CallError as error:
            raise RefusedError(problem_of(error)._replace(kind="not-found")) from None

    async def vocabulary(self, request: Request, policy: str | None = None) -> Response:
        return self._text(request, "vocabulary", policy)

    async def schema(self, request: Request, policy: str | None = None) -> Response:
        return self._text(request, "schema", policy)

    async def examples(self, request: Request, policy: str | None = None) -> Response:
        return self._text(request, "examples", policy)

    def _text(self, request: Request, name: str, policy: str | None) -> Response:
        _refuse_other_options(request, ("policy",))
        return _json(self._texts[name, protocol.find_oracle(self.handler.oracles, policy).policy.id])

    async def audit(self, request: Request, policy: str | None = None, lang: Annotated[Lang | None, Query()] = None) -> Response:
        _refuse_other_options(request, ("policy", "lang"))
        oracle = protocol.find_oracle(self.handler.oracles, policy)
        return _json(_dumped(self.findings.to_json(oracle.policy.id, lang or request_language(request.scope))))

    async def health(self, request: Request) -> Response:
        _refuse_other_options(request, ())
        policies = [
            {"policy": oracle.policy.number, "id": oracle.policy.id, "digest": oracle.policy.digest}
            for oracle in self.handler.oracles.values()
        ]
        alive = self.workers.alive
        content = {
            "status": "ok" if alive else "no worker",
            "version": __version__,
            "clingo": CLINGO_VERSION,
            "policies": policies,
            "workers": {"alive": alive, "wanted": self.workers.wanted},
        }
        return _json(_dumped(content))

    async def counts(self, request: Request) -> Response:
        _refuse_other_options(request, ())
        gauges = {
            "tiaoli_questions_in_progress": ("Questions under way.", float(sum(self.busy.values()))),
            "tiaoli_workers_alive": ("Worker processes that can answer.", float(self.workers.alive)),
            "tiaoli_workers_wanted": ("Worker processes there are to be.", float(self.workers.wanted)),
        }
        counters = {
            "tiaoli_workers_killed_total": ("Workers killed because a question ran past its time.", float(self.workers.killed)),
            "tiaoli_workers_died_total": ("Workers that ended by themselves.", float(self.workers.died)),
        }
        return Response(self.metrics.text(gauges, counters), media_type=metrics.MEDIA_TYPE)

    def openapi(self, app: FastAPI) -> dict[str, Any]:
        if self._schema is None:
            found = get_openapi(
                title=app.title, version=app.version, routes=app.routes, description=docstring(sys.modules[__name__]).split("\n")[0]
            )
            encoding = next(iter(self.handler.oracles.values())).encoding
            for path in found["paths"].values():
                for operation in path.values():
                    # the framework's own form of a mistake is none of this service's
                    operation["responses"].get("422", {}).get("content", {}).pop("application/json", None)
            found["components"] = {
                "schemas": protocol.component_schemas(encoding),
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            }
            self._schema = found
        return self._schema


class _StreamedResponse(Response):
    """A population as the answer to the request that brings it."""

    def __init__(self, population: PopulationStream, slot: AbstractContextManager[None]) -> None:
        super().__init__(media_type=stream.MEDIA_TYPE)
        self._population = population
        self._slot = slot

    async def __call__(self, _scope: Message, receive: Receive, send: Send) -> None:
        with self._slot:
            await self._population(receive, send)


class _BulkOptions(BaseModel):
    """The options of a population, out of its address."""

    policy: str | None = None
    benefit: list[str] = []
    reading: list[str] = []
    alone: bool = False
    why: bool = False
    full: bool = False
    limit: float = Field(10, gt=0, allow_inf_nan=False)


def _lines_request(request: Request, limits: Limits) -> LinesRequest:
    """How the lines of a population are decided, out of its address. Raises `CallError`."""
    _refuse_other_options(request, tuple(_BulkOptions.model_fields))
    given: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in ("benefit", "reading"):
            given.setdefault(name, []).append(value)
        elif name in given:
            raise CallError.one(name, "此选项出现两次", "this option stands twice")
        else:
            given[name] = value
    try:
        options = _BulkOptions.model_validate(given)
    except ValidationError as error:
        raise CallError(_problems(error)) from None
    readings = []
    for text in options.reading:
        name, equals, value = text.partition("=")
        if not equals:
            raise CallError.one("reading", f"{shown(text)} 应写成 名称=选项", f"write {shown(text)} as NAME=OPTION")
        readings.append((name, value))
    limit = options.limit if "limit" in given else min(options.limit, limits.time_limit)
    asked = BulkOptions(tuple(options.benefit) or None, options.full, options.why, limit)
    return LinesRequest(1, (), asked, options.policy, tuple(readings))


def _refuse_other_options(request: Request, allowed: tuple[str, ...]) -> None:
    """Raise `CallError` where the address bears an option that it does not have."""
    for name in request.query_params:
        if name not in allowed:
            near = choices(allowed, name) if allowed else Statement("此地址没有选项", "this address has none")
            raise CallError.one(shown(name)[1:-1], f"没有这个选项；{near.zh}", f"there is no such option; {near.en}")


def _problems(error: ValidationError | RequestValidationError) -> list[Problem]:
    """What is wrong with the options of an address."""
    return [Problem(str(detail["loc"][-1]), option_not_accepted(detail)) for detail in error.errors()]


def _require_media_type(request: Request, wanted: str) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != wanted:
        zh = f"正文类型为 {shown(given)}；请以 `Content-Type: {wanted}` 发送"
        en = f"the body is said to be {shown(given)}; send it with `Content-Type: {wanted}`"
        raise RefusedError(ProblemDetails("media-type", Statement(zh, en)))


def _dumped(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


# Problems


def _problem_response(request: Request, details: ProblemDetails) -> Response:
    # the guard counts it
    request.scope["problem"] = details
    return Response(details.body(request_language(request.scope)), status_code=details.code, headers=details.headers)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return _problem_response(request, error.details)


async def _mistaken(request: Request, error: Exception) -> Response:
    assert isinstance(error, TiaoliError)
    return _problem_response(request, problem_of(error))


async def _misspelt(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _problem_response(request, problem_of(CallError(_problems(error))))


async def _broken_off(request: Request, _error: Exception) -> Response:
    """Nobody hears it, but it is counted as what it is: the client's."""
    zh, en = "连接在正文送完之前断开", "the connection ended before the body was whole"
    return _problem_response(request, ProblemDetails("syntax", Statement(zh, en)))


async def _unforeseen(request: Request, _error: Exception) -> Response:
    return _problem_response(request, UNEXPECTED_PROBLEM)


async def _no_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        details = ProblemDetails("method", Statement("此地址不接受这种方法", "this address does not take this method"))
        found = _problem_response(request, details)
        found.headers.update(error.headers or {})
        return found
    zh, en = "没有这个地址；地址列于 /openapi.json", "there is nothing at this address; /openapi.json lists what there is"
    return _problem_response(request, ProblemDetails("not-found", Statement(zh, en)))
