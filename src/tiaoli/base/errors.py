"""Everything that can go wrong, under one root.

TiaoliError
├── CaseError        a case is not in the case format                                   exit code 2
├── CallError        a benefit, subject, reading, clause, policy or file does not exist exit code 2
├── PolicyError      a policy folder or its rules are not well-formed                   exit code 2
├── ReceiptError     a receipt, or a correction of its facts, cannot be read            exit code 2
└── InternalError    the engine contradicts itself; nothing was decided                 exit code 4

An error carries `problems`, each saying where, what and what to do, in Chinese and English. `str(error)` is the
English text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Self

from tiaoli.base.statement import Lang, Statement


class Problem(NamedTuple):
    """One thing that is wrong: `where` is a path in the case (`certificates.c1.issued`), a file with its line, or an
    argument.

    `id` is the kind of problem (`rule-recursive`), one of `base.problem_kinds`: every finding of `tiaoli check` and every refusal of a
    case has one. What is wrong with a call has none. `instead` is what could stand there, where that is known.
    """

    where: str
    what: Statement
    id: str = ""
    instead: tuple[str, ...] = ()

    def say(self, lang: Lang) -> str:
        return f"{self.where}: {self.what.say(lang)}" if self.where else self.what.say(lang)


class TiaoliError(Exception):
    """The root of every error that this package raises on purpose."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(problem.say("en") for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        # a worker process hands its errors over
        return type(self), (self.problems,)

    @classmethod
    def one(cls, where: str, zh: str, en: str, id: str = "") -> Self:
        """An error with a single problem; `id` is its kind."""
        return cls([Problem(where, Statement(zh, en), id)])

    def say(self, lang: Lang) -> str:
        """Every problem, a line each."""
        return "\n".join(problem.say(lang) for problem in self.problems)


class CaseError(TiaoliError):
    """A case cannot be read, or is not in the case format. Mend the fields named; nothing was decided."""


class CallError(TiaoliError):
    """What was asked for does not exist. The message lists what does."""


class PolicyError(TiaoliError):
    """A policy folder or its rules are not well-formed. `tiaoli check` lists every finding."""


class ReceiptError(TiaoliError):
    """A receipt, or a file that corrects the facts of receipts, cannot be read. Nothing was looked at or decided again."""


class InternalError(TiaoliError):
    """The engine found not exactly one answer, or said something unexpected. `case` is the case that showed it, ready
    to be saved."""

    exit_code = 4

    def __init__(self, problems: Iterable[Problem], case: dict[str, object] | None = None) -> None:
        super().__init__(problems)
        self.case = case

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems, self.case)
