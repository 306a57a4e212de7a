"""A receipt: what was decided of which facts by which rules, with digests that show whether any of it was changed since.

A digest is SHA-256 over the canonical form of plain data, which is that of RFC 8785: UTF-8, no white space, the keys of an object in
the order of their UTF-16 code units, in text no escapes but `\\"`, `\\\\`, `\\b`, `\\t`, `\\n`, `\\f`, `\\r` and `\\u00xx` for the other
control characters, and characters as they are, not normalised. The only numbers are whole ones; money is text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tiaoli.base import CallError, Problem, ReceiptError, Statement, __version__, choices, shown
from tiaoli.case import path_of
from tiaoli.decide.answer import Answer
from tiaoli.decide.prepared import PreparedCase
from tiaoli.rules import CLINGO_VERSION

FORMAT = 1
_MOST_WHOLE = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The canonical form of plain data. Raises `ReceiptError` for a number that is not whole, or text that is no Unicode."""
    try:
        return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise ReceiptError.one("", "含有不成对的代理字符，不是合法文字", "it holds a lone surrogate, which is no text") from None


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))}
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > _MOST_WHOLE):
        raise ReceiptError.one("", f"{shown(value)} 不是收据中可有的数", f"{shown(value)} is no number that a receipt can have")
    return value


def digest(value: Any) -> str:
    """SHA-256 over the canonical form, as `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(canonical(value)).hexdigest()}"


@dataclass(frozen=True)
class Receipt:
    """What was decided, of which facts, by which rules.

    `tool` are the versions of the package and of clingo; `policy` the id, number and digest of the policy, the digest of each of its
    `files`, and the `parameters` that were put in place of its own. `readings` are all those in force, `asked` the benefits asked for
    (`None`: all), `case` and `answer` plain data in the format of that day. `parts` holds a digest of each of these, `sha256` that of
    everything else. `made_at` is the caller's to give.
    """

    tool: Mapping[str, str]
    policy: Mapping[str, Any]
    readings: Mapping[str, str]
    asked: tuple[str, ...] | None
    case: Mapping[str, Any]
    answer: Mapping[str, Any]
    parts: Mapping[str, str]
    sha256: str
    made_at: str | None = None

    @property
    def content(self) -> dict[str, Any]:
        """What `parts` has a digest of."""
        found: dict[str, Any] = {"receipt": FORMAT, "tool": self.tool, "policy": self.policy, "readings": self.readings}
        found |= {"asked": None if self.asked is None else list(self.asked), "case": self.case, "answer": self.answer}
        return found if self.made_at is None else found | {"made_at": self.made_at}

    def to_json(self) -> dict[str, Any]:
        """The receipt as its file has it: what is sealed, the digest of each part, and that of the whole."""
        return {**self.content, "parts": self.parts, "sha256": self.sha256}

    @property
    def answer_today(self) -> Mapping[str, Any]:
        """The answer as the format has it today, whichever it was given in."""
        return in_format_2(self.answer) if self.answer["format"] == 1 else self.answer

    @property
    def chosen_readings(self) -> dict[str, str]:
        """The readings that were chosen against their defaults."""
        return dict(self.answer["chosen_readings"])

    @staticmethod
    def read(document: Any, where: str = "") -> Receipt:
        """The receipt that plain data describes, `where` it stands. Whether its digests are right is not looked at.

        Raises `ReceiptError` where something is missing or not of its kind.
        """
        if not isinstance(document, dict):
            raise ReceiptError.one(where, "这不是收据：收据须为一个对象", "this is no receipt: a receipt is an object")
        answer = document.get("answer")
        kind = _Receipt1 if isinstance(answer, dict) and answer.get("format") == 1 else _Receipt
        try:
            form = kind.model_validate(document)
        except ValidationError as error:
            raise ReceiptError([_problem(document, where, detail) for detail in error.errors(include_url=False)]) from None
        asked = None if form.asked is None else tuple(form.asked)
        return Receipt(
            form.tool, document["policy"], form.readings, asked, form.case, document["answer"], form.parts, form.sha256, form.made_at
        )


def in_format_2(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer of format 1, which named its one currency in its keys, as format 2 has it."""

    def renamed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key.removesuffix("_cny"): renamed(inner) for key, inner in value.items()}
        return [renamed(inner) for inner in value] if isinstance(value, list) else value

    decisions = [renamed(decision) for decision in answer["decisions"]]
    return {**answer, "format": 2, "currency": "CNY", "decisions": decisions, "notes": []}


def receipt_of(question: PreparedCase, parameters: Mapping[str, str], answer: Answer, made_at: datetime | None = None) -> Receipt:
    """The receipt of the answer to a question. `parameters` were put in place of the policy's.

    Raises `CallError` where `made_at` does not say its offset from UTC.
    """
    policy = question.encoding.policy
    if made_at is not None and made_at.utcoffset() is None:
        raise CallError.one("made_at", "时间须带时区，如 2025-06-01T09:30:00+08:00", "a time has an offset, like 2025-06-01T09:30:00+08:00")
    found = Receipt(
        {"tiaoli": __version__, "clingo": CLINGO_VERSION},
        {
            "id": policy.id,
            "number": policy.number,
            "digest": policy.digest,
            "files": dict(question.encoding.files),
            "parameters": dict(parameters),
        },
        dict(question.readings),
        question.benefits,
        question.case.to_json(),
        answer.to_json(),
        {},
        "",
        None if made_at is None else made_at.isoformat(),
    )
    parts = {name: digest(part) for name, part in found.content.items()}
    sealed = digest({**found.content, "parts": parts})
    return replace(found, parts=parts, sha256=sealed)


# What a receipt must hold to be looked at

_Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,13}(\.[0-9]{1,4})?$")]


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Open(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


class _Condition(_Open):
    id: str
    status: Literal["met", "unmet", "unknown"]


_Range = Annotated[list[_Amount], Field(min_length=2, max_length=2)]


class _Decision(_Open):
    benefit: str
    subject: str
    clause: str
    outcome: Literal["eligible", "not_eligible", "unknown"]
    rate: _Amount = "0.00"
    gap: list[str] = []
    conditions: list[_Condition]


class _Decision1(_Decision):
    amount_cny: _Amount | None
    amount_range_cny: _Range = ["0.00", "0.00"]


class _Decision2(_Decision):
    amount: _Amount | None
    amount_range: _Range = ["0.00", "0.00"]


class _Answer(_Open):
    case: str
    applied_on: str
    chosen_readings: dict[str, str]
    exclusive: list[list[list[str]]] | None = None
    limit_reached: bool = False


class _Answer1(_Answer):
    format: Literal[1]
    decisions: list[_Decision1]


class _Answer2(_Answer):
    format: Literal[2]
    currency: str
    decisions: list[_Decision2]


class _Policy(_Form):
    id: str
    number: str
    digest: str
    files: dict[str, str]
    parameters: dict[str, str]


class _Receipt(_Form):
    # `true` equals 1 and is none: a literal would take it
    receipt: Annotated[int, Field(ge=FORMAT, le=FORMAT)]
    tool: dict[str, str]
    policy: _Policy
    readings: dict[str, str]
    asked: list[str] | None
    case: dict[str, Any]
    answer: _Answer2
    parts: dict[str, str]
    sha256: str
    made_at: str | None = None


class _Receipt1(_Receipt):
    """A receipt of an answer in format 1."""

    answer: _Answer1  # type: ignore[assignment]


def _problem(document: Any, where: str, detail: Any) -> Problem:
    place = path_of(document, detail["loc"])
    here = f"{where}: {place}" if where else place
    key = str(detail["loc"][-1])
    if detail["type"] == "missing":
        return Problem(here, Statement("收据中缺少此项", "this is missing from the receipt"))
    if detail["type"] == "extra_forbidden":
        near = choices(_Receipt.model_fields if len(detail["loc"]) == 1 else _Policy.model_fields, key)
        return Problem(here, Statement(f"收据中没有这个键；{near.zh}", f"a receipt has no such key; {near.en}"))
    said = shown(detail["input"])
    if detail["loc"] == ("answer", "format"):
        zh = f"答案采用格式 {said}，本版本只能读取格式 1 和格式 2；请用出具收据的版本（见 tool）处理"
        en = f"the answer is in format {said}, and this version reads formats 1 and 2; use the version that made the receipt (see `tool`)"
        return Problem(here, Statement(zh, en))
    return Problem(here, Statement(f"{said} 不是收据中应有的内容", f"{said} is not what a receipt has here: {detail['msg']}"))
