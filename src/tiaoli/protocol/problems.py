"""What a service says when it does not answer: problem details (RFC 9457), with the case's own path for a mistake in the case."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from traceback import extract_tb
from typing import Any, Literal, NamedTuple

from tiaoli.base import CallError, CaseError, InternalError, Lang, Problem, Statement, TiaoliError

ProblemKind = Literal[
    "case", "request", "syntax", "media-type", "not-found", "method", "token", "limit", "worker", "stopping", "internal"
]  # fmt: skip

TITLES: dict[ProblemKind, Statement] = {
    "case": Statement("案件不符合案件格式", "The case is not in the case format"),
    "request": Statement("请求的选项有误", "The question asks for something that does not exist"),
    "syntax": Statement("正文不是合法的 JSON", "The body is not JSON"),
    "media-type": Statement("不支持的正文类型", "This media type is not taken"),
    "not-found": Statement("没有这个地址", "There is nothing at this address"),
    "method": Statement("此地址不接受这种方法", "This address does not take this method"),
    "token": Statement("需要访问令牌", "A token is wanted"),
    "limit": Statement("超出服务的限制", "A limit of the service is reached"),
    "worker": Statement("工作进程意外结束", "The worker process ended"),
    "stopping": Statement("服务正在停止", "The service is stopping"),
    "internal": Statement("程序内部错误", "An internal check failed"),
}
"""What each kind of problem is called."""

STATUS: dict[ProblemKind, int] = {
    "case": 422,
    "request": 422,
    "syntax": 400,
    "media-type": 415,
    "not-found": 404,
    "method": 405,
    "token": 401,
    "limit": 422,
    "worker": 503,
    "stopping": 503,
    "internal": 500,
}
"""The HTTP status of each kind of problem; a limit may have another."""

MOST_ERRORS = 100
"""So many mistakes are listed at most."""

MEDIA_TYPE = "application/problem+json"

BODY = "<body>"
"""Where a problem is said to be that is one of the text itself, followed by its line and column."""


class ReachedLimit(NamedTuple):
    """A limit by the option of `tiaoli serve` that sets it."""

    name: str
    value: float


class ProblemDetails(NamedTuple):
    """Why there is no answer. `errors` are mistakes in the `inside`, the case or the request, each with its path; `limit` the
    limit that was reached; `retry_after` the seconds after which the same question can be answered."""

    kind: ProblemKind
    statement: Statement
    errors: tuple[Problem, ...] = ()
    inside: Literal["case", "request"] = "request"
    limit: ReachedLimit | None = None
    status: int | None = None
    retry_after: int | None = None

    @property
    def code(self) -> int:
        """The HTTP status."""
        return self.status or STATUS[self.kind]

    @property
    def headers(self) -> dict[str, str]:
        found = {"content-type": MEDIA_TYPE}
        if self.kind == "token":
            found["www-authenticate"] = "Bearer"
        if self.retry_after is not None:
            found["retry-after"] = str(self.retry_after)
        return found

    def to_json(self, lang: Lang = "en") -> dict[str, Any]:
        """The problem as plain data; `title` and `detail` are in one language, the rest in both."""
        found: dict[str, Any] = {
            "type": f"urn:tiaoli:problem:{self.kind}",
            "title": TITLES[self.kind].say(lang),
            "status": self.code,
            "detail": self.statement.say(lang),
            "statement": self.statement.to_json(),
        }
        if self.errors:
            found["errors"] = [
                {"in": self.inside, "path": where, "reason": what.to_json(), **({"id": id} if id else {})}
                for where, what, id, _ in self.errors[:MOST_ERRORS]
            ]
        if self.limit is not None:
            found["limit"] = {"name": self.limit.name, "value": self.limit.value}
        return found

    def body(self, lang: Lang = "en") -> bytes:
        return json.dumps(self.to_json(lang), ensure_ascii=False).encode("utf-8", "backslashreplace")


class RefusedError(Exception):
    """A question that is not answered, and why."""

    def __init__(self, details: ProblemDetails) -> None:
        super().__init__(details.kind)
        self.details = details


class ExceptionTrace(NamedTuple):
    """An exception that nobody foresaw, by its type and the lines of code it passed: never by its message, which may quote the
    case."""

    kind: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, error: BaseException) -> ExceptionTrace:
        frames = extract_tb(error.__traceback__)
        return cls(type(error).__name__, tuple(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames))

    def __str__(self) -> str:
        return f"{self.kind} at {' < '.join(reversed(self.lines))}"


UNEXPECTED_PROBLEM = ProblemDetails("internal", Statement("程序出错，未作决定", "something went wrong inside; nothing was decided"))
"""The problem that such an exception is to the one who asked."""


def problem_of(error: TiaoliError) -> ProblemDetails:
    """The problem that one of the package's own errors is."""
    if isinstance(error, CaseError):
        return ProblemDetails("case", _said(error.problems), error.problems, "case")
    if isinstance(error, CallError):
        if any(problem.where.startswith(BODY) for problem in error.problems):
            problems = tuple(problem._replace(where=problem.where.replace(BODY, "body")) for problem in error.problems)
            return ProblemDetails("syntax", _said(problems), problems)
        return ProblemDetails("request", _said(error.problems), error.problems)
    if isinstance(error, InternalError):
        # its case is the applicant's: it goes back to the one who sent it, and nowhere else
        zh = "求解结果自相矛盾，未作决定；请用 `tiaoli decide` 重试并报告"
        en = "the engine contradicts itself and nothing was decided; try `tiaoli decide`, and report it"
        return ProblemDetails("internal", Statement(zh, en), error.problems)
    return ProblemDetails("internal", _said(error.problems), error.problems)


def _said(problems: Iterable[Problem]) -> Statement:
    first, *others = problems
    zh, en = first.say("zh"), first.say("en")
    if not others:
        return Statement(zh, en)
    return Statement(f"{zh}（另有 {len(others)} 处）", f"{en} (and {len(others)} more)")


def preferred_language(accepted: str) -> Lang:
    """The language that an `Accept-Language` header puts first of the two there are; English where it names neither.

    >>> preferred_language("fr, zh-CN;q=0.8, en;q=0.5")
    'zh'
    """
    best: Lang = "en"
    weight = 0.0
    for part in accepted.split(","):
        name, _, given = part.strip().lower().partition(";q=")
        try:
            quality = float(given or 1)
        except ValueError:
            continue
        if name[:2] in ("zh", "en") and name[2:3] in ("", "-") and quality > weight:
            best, weight = ("zh" if name[:2] == "zh" else "en"), quality
    return best
