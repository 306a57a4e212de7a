"""What a worker of a service does: it holds the policies, and turns the text of a question into the text of its answer."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import replace
from typing import Any, NamedTuple, NoReturn

from tiaoli.base import TiaoliError
from tiaoli.oracle import Oracle, OracleSource
from tiaoli.populations import BulkOptions, LineDecider, in_input_order
from tiaoli.protocol import calls
from tiaoli.protocol.limits import Limits, refuse
from tiaoli.protocol.problems import RefusedError, details_of

_MOST_DECIDERS = 8
"""So many ways of deciding lines are kept ready."""

_SIMPLE = {"case", "benefit", "readings", "full", "policy", "limit"}


class Served(NamedTuple):
    """What is served: the oracles by where they come from, the first asked where a question names no policy, and the limits."""

    oracles: tuple[OracleSource, ...]
    limits: Limits = Limits()


class Asked(NamedTuple):
    """A question by its name, and the body that puts it."""

    name: str
    body: bytes


class Lines(NamedTuple):
    """Lines of a population, of which the first has the number `first`, and how they are decided."""

    first: int
    lines: tuple[bytes, ...]
    options: BulkOptions
    policy: str | None = None
    readings: tuple[tuple[str, str], ...] = ()


class Desk:
    """Answers questions under the policies that are served. Raises as `Oracle` does where one cannot be read."""

    def __init__(self, served: Served) -> None:
        self.limits = served.limits
        self.oracles = {oracle.policy.id: oracle for oracle in map(Oracle.of, served.oracles)}
        self._deciders: OrderedDict[tuple[Any, ...], LineDecider] = OrderedDict()

    def do(self, work: Any) -> Any:
        """What comes of some work, or the `Details` of why nothing does."""
        try:
            return self.answer(work)
        except TiaoliError as error:
            return details_of(error)
        except RefusedError as refused:
            return refused.details

    def answer(self, work: Any) -> Any:
        """The text of the answer, or of the answers. Raises `TiaoliError`, `RefusedError`."""
        return self._lines(work) if isinstance(work, Lines) else self._ask(work)

    def at_once(self, body: bytes) -> bytes | None:
        """The answer to `decide`, where it takes next to no time; `None` where a worker is to say."""
        try:
            document = self.document(body)
            if not isinstance(document, dict) or document.get("full") is not False or not document.keys() <= _SIMPLE:
                return None
            call = self.call("decide", document)
            oracle = calls.oracle_of(self.oracles, call.policy)
            found = oracle.at_once(call.case, benefits=call.benefit or None, readings=call.readings)
        except (TiaoliError, RefusedError):
            return None
        return None if found is None else _text(found.to_json())

    def _ask(self, asked: Asked) -> bytes:
        call = self.call(asked.name, self.document(asked.body))
        return _text(calls.QUESTIONS[asked.name].ask(calls.oracle_of(self.oracles, call.policy), call).to_json())

    def document(self, body: bytes) -> Any:
        """The plain data in the text of a question, within the limits."""
        self.limits.check_depth(body.decode("utf-8", "replace"))
        document = calls.parsed(body, self.limits.max_depth + 1)
        self.limits.check_lists(document)
        return document

    def call(self, name: str, document: Any) -> Any:
        """The question, within the time that the service allows."""
        call = calls.read(calls.QUESTIONS[name].takes, document)
        if call.limit <= self.limits.time_limit:
            return call
        if "limit" in document:
            self._refuse_seconds(call.limit)
        return call.model_copy(update={"limit": self.limits.time_limit})

    def _refuse_seconds(self, wanted: float) -> NoReturn:
        most = self.limits.time_limit
        zh, en = f"`limit` 为 {wanted:g} 秒，至多 {most:g} 秒", f"`limit` asks for {wanted:g} seconds; at most {most:g}"
        refuse("--time-limit", most, zh, en)

    def _lines(self, work: Lines) -> bytes:
        """The answers, and in their places what is wrong with the lines that hold no case; a sample is decided again by clingo."""
        key = (work.policy, work.readings, work.options)
        decider = self._deciders.get(key)
        if decider is None:
            oracle = calls.oracle_of(self.oracles, work.policy)
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

    def check_lines(self, work: Lines) -> None:
        """Raise `CallError` where lines are to be decided by what does not exist."""
        oracle = calls.oracle_of(self.oracles, work.policy)
        oracle.checked_benefits(work.options.benefits)
        oracle.checked_readings(dict(work.readings))
        if work.options.limit is not None and work.options.limit > self.limits.time_limit:
            self._refuse_seconds(work.options.limit)


def _text(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")
