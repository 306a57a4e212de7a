"""The limits of a service, each set by an option of `tiaoli serve`, and the refusals that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from tiaoli.base import Statement
from tiaoli.case import MAX_DEPTH, is_deeper, path_of
from tiaoli.protocol.problems import ProblemDetails, ReachedLimit, RefusedError


@dataclass(frozen=True)
class Limits:
    """What one request may take.

    `max_body` bytes, for a population of one line; `max_depth` levels of nesting in a case; `max_list` members of any list or
    object; `time_limit` seconds of one question; `max_concurrent` questions at a time; `client_timeout` seconds that a client
    may take to send or to receive the next part.
    """

    max_body: int = 1_000_000
    max_depth: int = MAX_DEPTH
    max_list: int = 2000
    time_limit: float = 30
    max_concurrent: int = 64
    client_timeout: float = 30

    @property
    def kill_after(self) -> float:
        """The seconds after which a question that does not stop by itself is stopped: what can answer in time has time to."""
        return 1.1 * self.time_limit + 0.2

    @property
    def too_large_problem(self) -> ProblemDetails:
        """The problem of a body, or of one line of a population, that is too large."""
        most = self.max_body
        return limit_problem("--max-body", most, f"内容超过 {most} 字节", f"this is larger than {most} bytes", 413)

    def check_depth(self, text: str) -> None:
        """Raise for JSON text that is nested too deep: `max_depth` counts from the case, which stands one level down."""
        if is_deeper(text, self.max_depth + 1):
            zh, en = f"嵌套超过 {self.max_depth} 层", f"nested deeper than {self.max_depth} levels"
            refuse_over_limit("--max-depth", self.max_depth, zh, en)

    def check_lists(self, document: Any) -> None:
        """Raise for plain data that holds a list or an object with too many members."""
        todo: list[tuple[Any, tuple[str | int, ...]]] = [(document, ())]
        while todo:
            here, location = todo.pop()
            if not isinstance(here, (dict, list)):
                continue
            if len(here) > self.max_list:
                path = path_of(document, location)
                zh, en = f"{path} 有 {len(here)} 项，超过 {self.max_list} 项", f"{path} has {len(here)} members, more than {self.max_list}"
                refuse_over_limit("--max-list", self.max_list, zh, en)
            members = here.items() if isinstance(here, dict) else enumerate(here)
            todo += ((member, (*location, key)) for key, member in members if isinstance(member, (dict, list)))

    @property
    def timeout_problem(self) -> ProblemDetails:
        """The problem of a question that was stopped."""
        zh = f"问题在 {self.time_limit:g} 秒内未能答完，已停止"
        en = f"the question was not answered within {self.time_limit:g} seconds and was stopped"
        return limit_problem("--time-limit", self.time_limit, zh, en, 504)


def limit_problem(option: str, value: float, zh: str, en: str, status: int | None = None, retry_after: int | None = None) -> ProblemDetails:
    """The problem of a limit that was reached, with the option that raises it."""
    cure = Statement(f"{zh}；启动时用 {option} 可调高", f"{en}; {option} at the start raises this limit")
    return ProblemDetails("limit", cure, limit=ReachedLimit(option, value), status=status, retry_after=retry_after)


def refuse_over_limit(option: str, value: float, zh: str, en: str, status: int | None = None, retry_after: int | None = None) -> NoReturn:
    """Raise for a limit that was reached."""
    raise RefusedError(limit_problem(option, value, zh, en, status, retry_after))


def refuse_slow_client(limits: Limits) -> NoReturn:
    """Raise for a client that takes too long."""
    seconds = f"{limits.client_timeout:g}"
    zh, en = f"正文未在 {seconds} 秒内送达", f"the body did not arrive within {seconds} seconds"
    refuse_over_limit("--client-timeout", limits.client_timeout, zh, en, 408)
