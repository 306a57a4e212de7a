"""A question as plain data in, the answer as plain data out: what programs in other languages and assistants ask through.

Every question is an object of named options, those of the command of the same name; its answer is what that command prints with
`--json`. Nothing is guessed: a misspelt option is refused, and a mistake inside the case is told by the case's own path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails

from tiaoli.base import CallError, CaseError, Lang, Problem, Statement, choices, shown
from tiaoli.case import MAX_DEPTH, not_accepted, parse_json, refuse_repeated
from tiaoli.decide import Answer
from tiaoli.oracle import Oracle
from tiaoli.policy import Policy, entries
from tiaoli.policy import document as document_of
from tiaoli.protocol.reasoned import Reasoned, decided

if TYPE_CHECKING:
    from tiaoli.audit import AuditReport, Finding
    from tiaoli.explain import Explanation
    from tiaoli.questions import Calendar, Hypothesis, Questions
    from tiaoli.questions import WhatIf as Repairs


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_Benefits = Annotated[
    list[str],
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class Call(BaseModel):
    """What every question has."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    case: Annotated[Any, WithJsonSchema({"type": "object"})] = Field(description="the case, in the case format")
    policy: str | None = Field(None, description="the id of the policy to decide by; the first of those served where it is left out")
    readings: dict[str, str] = Field({}, description="readings chosen instead of their defaults, by name")
    alone: bool = Field(False, description="decide by this policy alone: no other norm supplies anything")
    limit: float = Field(10, gt=0, allow_inf_nan=False, description="seconds to search; what is certain by then is answered")


class Decide(Call):
    """Outcome, amount, every condition, what is missing, and what other readings say."""

    benefit: _Benefits | None = Field(None, description="ask for this benefit, or these, alone")
    reason: bool = Field(False, description="add to each decision facts that guarantee it whatever the rest is")
    full: bool = Field(True, description="false leaves out what is missing and what other readings say, and is faster")


class Readings(Call):
    """Which readings decide, and which decisions each option changes."""

    benefit: _Benefits | None = Field(None, description="ask for this benefit, or these, alone")


class Ask(Call):
    """The unknown facts that can still decide, best first, with the answers that settle something."""

    benefit: _Benefits | None = Field(None, description="ask for this benefit, or these, alone")


class OfSubject(Call):
    """What every question about one decision has."""

    benefit: str = Field(description="the benefit asked for")
    subject: str | None = Field(None, description="the item it is asked for; may be left out where there is only one")


class Explain(OfSubject):
    """Why a decision, or one condition of it, holds or does not, down to the facts."""

    condition: str | None = Field(None, description="explain this condition alone")
    clause: str | None = Field(None, description="also say what each sentence of this clause contributed: 三, （三） or 3")
    full: bool = Field(False, description="leave nothing out of the tree")
    depth: int | None = Field(None, ge=0, description="cut the tree below so many levels")


class WhatIf(OfSubject):
    """The smallest changes after which it would be granted, or one hypothetical."""

    set: dict[str, Any] | None = Field(None, description="try one hypothetical instead: values by the path of the fact, as in a case")
    lose: bool = Field(False, description="the changes after which it is certain not to be granted")
    max: int = Field(10, ge=1, description="how many to look for")
    all: bool = Field(False, description="look for all of them")


class When(OfSubject):
    """The spans of application days on which it is granted."""


class Found(Protocol):
    """What a question found, ready to be written."""

    def to_json(self) -> dict[str, Any]: ...


def decide(oracle: Oracle, call: Decide) -> Reasoned:
    """As `tiaoli decide --json`; without `full` as a line of `tiaoli bulk`."""
    return decided(oracle, call.case, call.benefit, call.readings, call.limit, call.full, call.reason)


def readings(oracle: Oracle, call: Readings) -> ByReading:
    """What `tiaoli decide --readings` shows, as data."""
    found = oracle.decide(call.case, benefits=call.benefit or None, readings=call.readings, limit=call.limit, full=True)
    return ByReading(oracle.policy, found)


class ByReading(NamedTuple):
    """A full answer read the other way round: for every option of every reading the decisions that it changes."""

    policy: Policy
    answer: Answer

    def to_json(self) -> dict[str, Any]:
        found = self.answer
        content: dict[str, Any] = {
            "case": found.case,
            "applied_on": found.applied_on,
            "policy": found.policy,
            "policy_digest": found.policy_digest,
            "currency": found.currency.code,
            "chosen_readings": dict(found.chosen_readings),
            "readings": [
                {
                    "reading": reading.name,
                    "question": reading.question.to_json(),
                    "quotes": [{"sentence": anchor, "quote": quote} for anchor, quote in reading.quotes],
                    "option": found.chosen_readings.get(reading.name, reading.default),
                    "default": reading.default,
                    "decides": reading.name in found.deciding_readings,
                    "options": [
                        {
                            "option": option.id,
                            "statement": option.statement.to_json(),
                            "changes": list(_changed_by(found, reading.name, option.id)),
                        }
                        for option in reading.options
                    ],
                }
                for reading in self.policy.readings.values()
            ],
            "decisions": [
                {
                    **{key: written[key] for key in ("benefit", "subject", "clause", "outcome", "amount")},
                    **{key: written["readings"][key] for key in ("verdict", "fix")},
                }
                for written in (decision.to_json() for decision in found.decisions)
            ],
        }
        return content | ({"limit_reached": True} if found.limit_reached else {})


def _changed_by(found: Answer, reading: str, option: str) -> Iterator[dict[str, Any]]:
    for decision in found.decisions:
        for flip in decision.alternatives.flips if decision.alternatives else ():
            if (flip.reading, flip.option) == (reading, option):
                written = flip.to_json()
                about = {"benefit": decision.benefit, "subject": decision.subject}
                yield about | {"outcome": written["outcome"], "amount": written["amount"]}


def why(oracle: Oracle, call: Explain) -> Explanation:
    """As `tiaoli why --json`."""
    return _explained(oracle.why, call)


def why_not(oracle: Oracle, call: Explain) -> Explanation:
    """As `tiaoli why-not --json`."""
    return _explained(oracle.why_not, call)


def _explained(ask: Callable[..., Explanation], call: Explain) -> Explanation:
    options = {"condition": call.condition, "clause": call.clause, "full": call.full, "depth": call.depth}
    return ask(call.case, call.benefit, call.subject, **options, readings=call.readings, limit=call.limit)


def what_if(oracle: Oracle, call: WhatIf) -> Repairs | Hypothesis:
    """As `tiaoli what-if --json`; with `set` as with `--set`."""
    if call.set is not None:
        about = (call.case, call.benefit, call.subject)
        return oracle.suppose(*about, changes=call.set, readings=call.readings, limit=call.limit)
    most = None if call.all else call.max
    return oracle.what_if(call.case, call.benefit, call.subject, lose=call.lose, most=most, readings=call.readings, limit=call.limit)


def when(oracle: Oracle, call: When) -> Calendar:
    """As `tiaoli when --json`."""
    return oracle.when(call.case, call.benefit, call.subject, readings=call.readings, limit=call.limit)


def ask(oracle: Oracle, call: Ask) -> Questions:
    """As `tiaoli ask --json`."""
    return oracle.ask(call.case, benefits=call.benefit or None, readings=call.readings, limit=call.limit)


class Question(NamedTuple):
    """A question: what it takes, and how it is put."""

    takes: type[Call]
    ask: Callable[[Oracle, Any], Found]


QUESTIONS: Mapping[str, Question] = {
    "decide": Question(Decide, decide),
    "readings": Question(Readings, readings),
    "why": Question(Explain, why),
    "why-not": Question(Explain, why_not),
    "what-if": Question(WhatIf, what_if),
    "when": Question(When, when),
    "ask": Question(Ask, ask),
}
"""Every question by the name of its command."""


def answer(oracles: Mapping[str, Oracle], name: str, document: Any) -> dict[str, Any]:
    """As `asked`, written as plain data."""
    return asked(oracles, name, document)[1].to_json()


def asked(oracles: Mapping[str, Oracle], name: str, document: Any) -> tuple[Oracle, Found]:
    """What is found when plain data puts the question `name`, and who found it: one of the policies served, the first where none is
    named.

    Raises `CallError` where an option, a benefit or a policy does not exist, `CaseError` where the case is not in the case format,
    `InternalError` (with the case) where the engine contradicts itself.
    """
    question = QUESTIONS[name]
    call = read(question.takes, document)
    oracle = oracle_of(oracles, call.policy)
    return oracle, question.ask(oracle, call)


def oracle_of(oracles: Mapping[str, Oracle], policy: str | None) -> Oracle:
    """The oracle of a policy, or the first. Raises `CallError`."""
    if policy is None:
        return next(iter(oracles.values()))
    if policy not in oracles:
        near = choices(oracles, policy)
        raise CallError.one("policy", f"没有政策 {shown(policy)}；{near.zh}", f"there is no policy {shown(policy)}; {near.en}")
    return oracles[policy]


def read(model: type[BaseModel], document: Any) -> Any:
    """The question that plain data puts. Raises `CallError` with a problem for every option that is wrong."""
    if not isinstance(document, dict):
        example = '{"case": {…}}'
        raise CallError.one("", f"问题须为一个对象，如 {example}", f"a question is an object, like {example}")
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise CallError([_problem(model, detail) for detail in error.errors(include_url=False)]) from None


def _problem(model: type[BaseModel], detail: ErrorDetails) -> Problem:
    path = ".".join(shown(step)[1:-1] for step in detail["loc"] if step != "[key]")
    if detail["type"] == "missing":
        return Problem(path, Statement("缺少此项；它是必填项", "this is missing, and it is required"))
    if detail["type"] == "extra_forbidden":
        near = choices(model.model_fields, detail["loc"][-1])
        return Problem(path, Statement(f"没有这个选项；{near.zh}", f"there is no such option; {near.en}"))
    return Problem(path, not_accepted(detail))


BODY = "<body>"
"""Where a problem is said to be that is one of the text itself, followed by its line and column."""


def parsed(data: bytes, depth: int = MAX_DEPTH + 1) -> Any:
    """The plain data in the JSON text of a question, nested no deeper than `depth`, a key never twice.

    Raises `CallError` where it is no such text, `CaseError` with the case's own path where a key of the case stands twice.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CallError.one(f"{BODY}:{line}", "不是 UTF-8 编码", "not UTF-8") from None
    if not text.strip():
        raise CallError.one(BODY, "内容为空；须为一个 JSON 对象", "this is empty; a JSON object is wanted")
    try:
        document = parse_json(text, BODY, depth)
    except CaseError as error:
        raise CallError(error.problems) from None
    if isinstance(document, dict) and "case" in document:
        refuse_repeated(document["case"], document["case"])
    try:
        refuse_repeated(document, document)
    except CaseError as error:
        raise CallError(error.problems) from None
    return document


# What is looked up


def notice(policy: Policy, clause: str | None = None) -> dict[str, Any]:
    """As `tiaoli notice --json`, of the whole or of one clause. Raises `CallError` where there is no such clause."""
    return document_of(policy, entries(policy, clause))


def findings(oracle: Oracle, found: AuditReport, lang: Lang = "en") -> dict[str, Any]:
    """As `tiaoli audit --json`: each finding with the explanation of what its witness shows; plain texts are in one language."""
    document = found.to_json(oracle.encoding, lang)
    for written, finding in zip(document["findings"], found.findings, strict=True):
        written["why"] = [explanation.to_json() for explanation in explained(oracle, finding)]
    return document


def explained(oracle: Oracle, finding: Finding) -> Iterator[Explanation]:
    """Why each side of a finding is decided as it is."""
    if finding.witness is not None:
        for case in (finding.witness.case, *finding.witness.others):
            for benefit, subject in finding.about(oracle.encoding):
                yield oracle.why(case, benefit, subject, readings=finding.witness.readings)
