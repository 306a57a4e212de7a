"""Every question by the name of its command: what it takes, and how the oracle is asked it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tiaoli.base import CallError, choices, shown
from tiaoli.oracle import Calendar, Explanation, Hypothesis, Oracle, Questions, WhatIf
from tiaoli.protocol.answers import AnswerWithReasons, JsonAnswer, ReadingEffects, decide_with_reasons
from tiaoli.protocol.question_options import (
    AskOptions,
    DecideOptions,
    ExplainOptions,
    QuestionOptions,
    ReadingsOptions,
    WhatIfOptions,
    WhenOptions,
)


def decide(oracle: Oracle, options: DecideOptions) -> AnswerWithReasons:
    """As `tiaoli decide --json`; without `full` as a line of `tiaoli bulk`."""
    return decide_with_reasons(oracle, options.case, options.benefit, options.readings, options.limit, options.full, options.reason)


def readings(oracle: Oracle, options: ReadingsOptions) -> ReadingEffects:
    """What `tiaoli decide --readings` shows, as data."""
    found = oracle.decide(options.case, benefits=options.benefit or None, readings=options.readings, limit=options.limit, full=True)
    return ReadingEffects(oracle.policy, found)


def why(oracle: Oracle, options: ExplainOptions) -> Explanation:
    """As `tiaoli why --json`."""
    return _explain(oracle.why, options)


def why_not(oracle: Oracle, options: ExplainOptions) -> Explanation:
    """As `tiaoli why-not --json`."""
    return _explain(oracle.why_not, options)


def _explain(ask: Callable[..., Explanation], options: ExplainOptions) -> Explanation:
    shape = {"condition": options.condition, "clause": options.clause, "full": options.full, "depth": options.depth}
    return ask(options.case, options.benefit, options.subject, **shape, readings=options.readings, limit=options.limit)


def what_if(oracle: Oracle, options: WhatIfOptions) -> WhatIf | Hypothesis:
    """As `tiaoli what-if --json`; with `set` as with `--set`."""
    if options.set is not None:
        about = (options.case, options.benefit, options.subject)
        return oracle.suppose(*about, changes=options.set, readings=options.readings, limit=options.limit)
    most = None if options.all else options.max
    return oracle.what_if(
        options.case, options.benefit, options.subject, lose=options.lose, most=most, readings=options.readings, limit=options.limit
    )


def when(oracle: Oracle, options: WhenOptions) -> Calendar:
    """As `tiaoli when --json`."""
    return oracle.when(options.case, options.benefit, options.subject, readings=options.readings, limit=options.limit)


def ask(oracle: Oracle, options: AskOptions) -> Questions:
    """As `tiaoli ask --json`."""
    return oracle.ask(options.case, benefits=options.benefit or None, readings=options.readings, limit=options.limit)


class QuestionHandler(NamedTuple):
    """A question: the options it takes, and the function that answers it."""

    options: type[QuestionOptions]
    answer: Callable[[Oracle, Any], JsonAnswer]


QUESTIONS: Mapping[str, QuestionHandler] = {
    "decide": QuestionHandler(DecideOptions, decide),
    "readings": QuestionHandler(ReadingsOptions, readings),
    "why": QuestionHandler(ExplainOptions, why),
    "why-not": QuestionHandler(ExplainOptions, why_not),
    "what-if": QuestionHandler(WhatIfOptions, what_if),
    "when": QuestionHandler(WhenOptions, when),
    "ask": QuestionHandler(AskOptions, ask),
}
"""Every question by the name of its command."""


def find_oracle(oracles: Mapping[str, Oracle], policy: str | None) -> Oracle:
    """The oracle of a policy, or the first. Raises `CallError`."""
    if policy is None:
        return next(iter(oracles.values()))
    if policy not in oracles:
        near = choices(oracles, policy)
        raise CallError.one("policy", f"没有政策 {shown(policy)}；{near.zh}", f"there is no policy {shown(policy)}; {near.en}")
    return oracles[policy]
