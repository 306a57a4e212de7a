"""Every question as plain data in and out, shared by the service, the assistant's tools and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.protocol.answer_schemas import ANSWERS, answer_definitions, answer_schema
    from tiaoli.protocol.answers import AnswerWithReasons, JsonAnswer, decide_with_reasons
    from tiaoli.protocol.limits import Limits, refuse_over_limit, refuse_slow_client
    from tiaoli.protocol.lookups import audit_document, explain_finding, notice_document
    from tiaoli.protocol.openapi import component_schemas, describe_bulk, describe_question, describe_responses
    from tiaoli.protocol.option_problems import option_not_accepted
    from tiaoli.protocol.problems import UNEXPECTED_PROBLEM, ExceptionTrace, ProblemDetails, RefusedError, preferred_language, problem_of
    from tiaoli.protocol.question_handlers import QUESTIONS, find_oracle
    from tiaoli.protocol.question_options import parse_options
    from tiaoli.protocol.request_body import read_body
    from tiaoli.protocol.request_handler import LinesRequest, QuestionRequest, RequestHandler, ServiceConfig
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "ANSWERS",
    "QUESTIONS",
    "UNEXPECTED_PROBLEM",
    "AnswerWithReasons",
    "ExceptionTrace",
    "JsonAnswer",
    "Limits",
    "LinesRequest",
    "ProblemDetails",
    "QuestionRequest",
    "RefusedError",
    "RequestHandler",
    "ServiceConfig",
    "answer_definitions",
    "answer_schema",
    "audit_document",
    "component_schemas",
    "decide_with_reasons",
    "describe_bulk",
    "describe_question",
    "describe_responses",
    "explain_finding",
    "find_oracle",
    "notice_document",
    "option_not_accepted",
    "parse_options",
    "preferred_language",
    "problem_of",
    "read_body",
    "refuse_over_limit",
    "refuse_slow_client",
]
