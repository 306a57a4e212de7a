"""What is found of a property of the policy: that it holds, of every case or up to so many items; the case that refutes it; or neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from tiaoli.base import Lang, Statement, drawn
from tiaoli.decide import Answer

Result = Literal["proved", "bounded", "counterexample", "unknown"]
PROOF_RESULTS: Mapping[Result, Statement] = {
    "proved": Statement("成立", "proved"),
    "bounded": Statement("在一定项数内成立", "holds up to a bound"),
    "counterexample": Statement("有反例", "counterexample"),
    "unknown": Statement("未定", "unknown"),
}
assert tuple(PROOF_RESULTS) == get_args(Result)

EMPTY = Statement("没有案件符合其前提，此性质未作任何限定。", "No case fulfils its premises: the property says nothing of any case.")
"""What is said of a property whose premises exclude each other."""


@dataclass(frozen=True)
class Proof:
    """What was found of one property.

    `domain` are the cases it was found for, in words. `proved` is for every case there can be; `bounded` for those with at most `within`
    items a list, by the list's path. `reason` says why it is no more: why no number of items is enough, which limit was reached, which
    rule cannot be turned into a formula. Of a property that holds `empty` says that no case fulfils its premises.

    A counterexample is a `witness`, with the readings that it needs instead of the defaults and the `answers` to it; where the
    property speaks of two applications, `later` is the second. `known` says why one was expected.
    """

    property: str
    statement: Statement
    result: Result
    domain: Statement
    known: Statement | None = None
    within: Mapping[str, int] | None = None
    reason: Statement | None = None
    limited: bool = False
    empty: bool = False
    witness: Mapping[str, Any] | None = None
    later: Mapping[str, Any] | None = None
    readings: Mapping[str, str] | None = None
    benefits: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()

    @cached_property
    def files(self) -> dict[str, Mapping[str, Any]]:
        """The witness as case files, by name."""
        found = {f"{self.property}.yaml": self.witness, f"{self.property}.later.yaml": self.later}
        return {name: case for name, case in found.items() if case is not None}

    def commands(self, folder: Path | None = None) -> list[str]:
        """The commands that explain the decisions about the witness, its files standing in a folder."""
        chosen = "".join(f" --reading {name}={option}" for name, option in (self.readings or {}).items())
        return [
            f"tiaoli why {folder / name if folder else name} {decision.benefit} {decision.subject}{chosen}"
            for name, answer in zip(self.files, self.answers, strict=False)
            for decision in answer.decisions
        ]

    def to_json(self, lang: Lang, folder: Path | None = None) -> dict[str, Any]:
        """A proof as `tiaoli prove --json` writes it: the property, the result, up to how many items, the domain in words of one language;
        with a counterexample its readings, the second application, the answers, and the commands that explain them."""
        found: dict[str, Any] = {
            "property": self.property,
            "statement": self.statement.to_json(),
            "result": self.result,
            "within": dict(self.within) if self.within is not None else None,
            "witness": self.witness,
            "domain": self.domain.say(lang),
        }
        if self.known is not None:
            found["known"] = self.known.to_json()
        if self.reason is not None:
            found["reason"] = self.reason.to_json()
        if self.empty:
            found["empty"] = EMPTY.to_json()
        if self.witness is not None:
            found |= {
                "readings": dict(self.readings or {}),
                "later": self.later,
                "answers": [answer.to_json() for answer in self.answers],
                "why": self.commands(folder),
            }
        return found

    def _repr_html_(self) -> str:
        return drawn(self)
