"""Every question as plain data in and out, shared by the service, the assistant's tools and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.protocol.answer_schemas import ANSWERS, answer_definitions, answer_schema
    from tiaoli.protocol.calls import QUESTIONS, Found, explained, findings, notice, oracle_of, read
    from tiaoli.protocol.desk import Asked, Desk, Lines, Served
    from tiaoli.protocol.limits import Limits, refuse, slow, whole_body
    from tiaoli.protocol.openapi import answers, bulk, components, question
    from tiaoli.protocol.problems import UNFORESEEN, Details, Fault, RefusedError, details_of, language
    from tiaoli.protocol.reasoned import Reasoned, decided
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "ANSWERS",
    "QUESTIONS",
    "UNFORESEEN",
    "Asked",
    "Desk",
    "Details",
    "Fault",
    "Found",
    "Limits",
    "Lines",
    "Reasoned",
    "RefusedError",
    "Served",
    "answer_definitions",
    "answer_schema",
    "answers",
    "bulk",
    "components",
    "decided",
    "details_of",
    "explained",
    "findings",
    "language",
    "notice",
    "oracle_of",
    "question",
    "read",
    "refuse",
    "slow",
    "whole_body",
]
