"""Tiaoli (条理): a government notice written as rules a machine can run, and every answer with its reasons.

>>> from tiaoli import Oracle
>>> Oracle("hrss-2024-20").policy.number
'沪人社规〔2024〕20号'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from tiaoli.answer import Answer, Condition, Decision
    from tiaoli.case import Case
    from tiaoli.errors import CallError, CaseError, InternalError, PolicyError, Problem, TiaoliError
    from tiaoli.explanation import Explanation, Node
    from tiaoli.oracle import Oracle
    from tiaoli.words import Statement

_HOMES = {
    "Answer": "answer",
    "CallError": "errors",
    "Case": "case",
    "CaseError": "errors",
    "Condition": "answer",
    "Decision": "answer",
    "Explanation": "explanation",
    "InternalError": "errors",
    "Node": "explanation",
    "Oracle": "oracle",
    "PolicyError": "errors",
    "Problem": "errors",
    "Statement": "words",
    "TiaoliError": "errors",
}

__all__ = [
    "Answer",
    "CallError",
    "Case",
    "CaseError",
    "Condition",
    "Decision",
    "Explanation",
    "InternalError",
    "Node",
    "Oracle",
    "PolicyError",
    "Problem",
    "Statement",
    "TiaoliError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    # imported when first asked for, so that `tiaoli --help` does not wait for clingo
    if name not in _HOMES:
        raise AttributeError(f"module 'tiaoli' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"tiaoli.{_HOMES[name]}"), name)
