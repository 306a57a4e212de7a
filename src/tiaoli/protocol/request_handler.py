"""What a worker of a service does: it holds the policies, and turns the text of a question into the text of its answer."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import replace
from typing import Any, NamedTuple, NoReturn

from tiaoli.base import TiaoliError
from tiaoli.oracle import Oracle, OracleSource
from tiaoli.populations import BulkOptions, LineDecider, in_input_order
from tiaoli.protocol.limits import Limits, refuse_over_limit
from tiaoli.protocol.problems import RefusedError, problem_of
from tiaoli.protocol.question_handlers import QUESTIONS, find_oracle
from tiaoli.protocol.question_options import parse_options
from tiaoli.protocol.request_body import parse_body

_MOST_DECIDERS = 8
"""So many ways of deciding lines are kept ready."""

_SIMPLE = {"case", "benefit", "readings", "full", "policy", "limit"}


class ServiceConfig(NamedTuple):
    """What is served: the oracles by where they come from, the first asked where a question names no policy, and the limits."""

    oracles: tuple[OracleSource, ...]
    limits: Limits = Limits()


class QuestionRequest(NamedTuple):
    """A question by its name, and the body that puts it."""

    name: str
    body: bytes


class LinesRequest(NamedTuple):
    """Lines of a population, of which the first has the number `first`, and how they are decided."""

    first: int
    lines: tuple[bytes, ...]
    options: BulkOptions
    policy: str | None = None
    readings: tuple[tuple[str, str], ...] = ()


class RequestHandler:
    """Answers questions under the policies that are served. Raises as `Oracle` does where one cannot be read."""

    def __init__(self, config: ServiceConfig) -> None:
        self.limits = config.limits
        self.oracles = {oracle.policy.id: oracle for oracle in map(Oracle.of, config.oracles)}
        self._deciders: OrderedDict[tuple[Any, ...], LineDecider] = OrderedDict()

    def handle(self, work: Any) -> Any:
        """What comes of some work, or the `ProblemDetails` of why nothing does."""
        try:
            return self.answer(work)
        except TiaoliError as error:
            return problem_of(error)
        except RefusedError as refused:
            return refused.details

    def answer(self, work: Any) -> Any:
        """The text of the answer, or of the answers. Raises `TiaoliError`, `RefusedError`."""
        return self._decide_lines(work) if isinstance(work, LinesRequest) else self._answer_question(work)

    def decide_at_once(self, body: bytes) -> bytes | None:
        """The answer to `decide`, where it takes next to no time; `None` where a worker is to say."""
        try:
            document = self.parse_document(body)
            if not isinstance(document, dict) or document.get("full") is not False or not document.keys() <= _SIMPLE:
                return None
            call = self.parse_question("decide", document)
            oracle = find_oracle(self.oracles, call.policy)
            found = oracle.at_once(call.case, benefits=call.benefit or None, readings=call.readings)
        except (TiaoliError, RefusedError):
            return None
        return None if found is None else _text(found.to_json())

    def _answer_question(self, request: QuestionRequest) -> bytes:
        call = self.parse_question(request.name, self.parse_document(request.body))
        return _text(QUESTIONS[request.name].answer(find_oracle(self.oracles, call.policy), call).to_json())

    def parse_document(self, body: bytes) -> Any:
        """The plain data in the text of a question, within the limits."""
        self.limits.check_depth(body.decode("utf-8", "replace"))
        document = parse_body(body, self.limits.max_depth + 1)
        self.limits.check_lists(document)
        return document

    def parse_question(self, name: str, document: Any) -> Any:
        """The question, within the time that the service allows."""
        call = parse_options(QUESTIONS[name].options, document)
        if call.limit <= self.limits.time_limit:
            return call
        if "limit" in document:
            self._refuse_limit(call.limit)
        return call.model_copy(update={"limit": self.limits.time_limit})

    def _refuse_limit(self, wanted: float) -> NoReturn:
        most = self.limits.time_limit
        zh, en = f"`limit` 为 {wanted:g} 秒，至多 {most:g} 秒", f"`limit` asks for {wanted:g} seconds; at most {most:g}"
        refuse_over_limit("--time-limit", most, zh, en)

    def _decide_lines(self, work: LinesRequest) -> bytes:
        """The answers, and in their places what is wrong with the lines that hold no case; a sample is decided again by clingo."""
        key = (work.policy, work.readings, work.options)
        decider = self._deciders.get(key)
        if decider is None:
            oracle = find_oracle(self.oracles, work.policy)
            if work.readings:
                readings = {**oracle.chosen_readings, **dict(work.readings)}
                oracle = Oracle.of(replace(oracle.source, readings=readings))
            oracle.checked_benefits(work.options.benefits)
            decider = self._deciders[key] = LineDecider(oracle, work.options)
            if len(self._deciders) > _MOST_DECIDERS:
                self._deciders.popitem(last=False)
        self._deciders.move_to_end(key)
        decided = decider.decide(work.first, work.lines)
        decider.check_again([*decided.random, *decided.kinds.values()])
        return in_input_order(work.first, work.lines, decided)

    def check_lines(self, work: LinesRequest) -> None:
        """Raise `CallError` where lines are to be decided by what does not exist."""
        oracle = find_oracle(self.oracles, work.policy)
        oracle.checked_benefits(work.options.benefits)
        oracle.checked_readings(dict(work.readings))
        if work.options.limit is not None and work.options.limit > self.limits.time_limit:
            self._refuse_limit(work.options.limit)


def _text(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")
