"""What each question takes: named options, those of the command of the same name. A misspelt option is refused, never guessed at."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails

from tiaoli.base import CallError, Problem, Statement, choices, docstring, shown
from tiaoli.protocol.option_problems import option_not_accepted


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_Benefits = Annotated[
    list[str],
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class QuestionOptions(BaseModel):
    """What every question has."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    case: Annotated[Any, WithJsonSchema({"type": "object"})] = Field(description="the case, in the case format")
    policy: str | None = Field(None, description="the id of the policy to decide by; the first of those served where it is left out")
    readings: dict[str, str] = Field({}, description="readings chosen instead of their defaults, by name")
    alone: bool = Field(False, description="decide by this policy alone: no other norm supplies anything")
    limit: float = Field(10, gt=0, allow_inf_nan=False, description="seconds to search; what is certain by then is answered")

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # a schema says what each object is, in every mode of the interpreter
        cls.__doc__ = docstring(cls)


class DecideOptions(QuestionOptions):
    """Outcome, amount, every condition, what is missing, and what other readings say."""

    benefit: _Benefits | None = Field(None, description="ask for this benefit, or these, alone")
    reason: bool = Field(False, description="add to each decision facts that guarantee it whatever the rest is")
    full: bool = Field(True, description="false leaves out what is missing and what other readings say, and is faster")


class ReadingsOptions(QuestionOptions):
    """Which readings decide, and which decisions each option changes."""

    benefit: _Benefits | None = Field(None, description="ask for this benefit, or these, alone")


class AskOptions(QuestionOptions):
    """The unknown facts that can still decide, best first, with the answers that settle something."""

    benefit: _Benefits | None = Field(None, description="ask for this benefit, or these, alone")


class SubjectOptions(QuestionOptions):
    """What every question about one decision has."""

    benefit: str = Field(description="the benefit asked for")
    subject: str | None = Field(None, description="the item it is asked for; may be left out where there is only one")


class ExplainOptions(SubjectOptions):
    """Why a decision, or one condition of it, holds or does not, down to the facts."""

    condition: str | None = Field(None, description="explain this condition alone")
    clause: str | None = Field(None, description="also say what each sentence of this clause contributed: 三, （三） or 3")
    full: bool = Field(False, description="leave nothing out of the tree")
    depth: int | None = Field(None, ge=0, description="cut the tree below so many levels")


class WhatIfOptions(SubjectOptions):
    """The smallest changes after which it would be granted, or one hypothetical."""

    set: dict[str, Any] | None = Field(None, description="try one hypothetical instead: values by the path of the fact, as in a case")
    lose: bool = Field(False, description="the changes after which it is certain not to be granted")
    max: int = Field(10, ge=1, description="how many to look for")
    all: bool = Field(False, description="look for all of them")


class WhenOptions(SubjectOptions):
    """The spans of application days on which it is granted."""


def parse_options(model: type[BaseModel], document: Any) -> Any:
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
    return Problem(path, option_not_accepted(detail))
