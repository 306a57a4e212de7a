"""The tools that an assistant is offered, and what each answers: data, and the same in words with the clauses quoted.

A tool is a question of `calls` under a name that assistants can write. Its input schema holds the whole case format, so that the
fields of a case are known before the first call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from tiaoli import present, protocol, terminal
from tiaoli.base import CallError, Lang, Statement, choices, shown
from tiaoli.case import case_schema
from tiaoli.oracle import Calendar, Explanation, Hypothesis, Oracle, Questions, WhatIf
from tiaoli.policy import Policy, entries_to_json, notice_entries
from tiaoli.protocol import AnswerWithReasons, RequestHandler


class Tool(NamedTuple):
    """A tool: its title, when to use it, and the question of `calls` that it puts, or `None` where a text is looked up."""

    title: Statement
    use: Statement
    question: str | None


TOOLS: Mapping[str, Tool] = {
    "decide": Tool(
        Statement("作出决定", "Decide a case"),
        Statement(
            "对案件的每项待遇（或指名的几项）作出决定：eligible、not_eligible 或 unknown，并给出金额、逐项条件、尚缺的事实，"
            "以及采用其他解释时的结论。不知道的事实一律不填：未知不等于否。",
            "Decides every benefit of a case, or those named: eligible, not_eligible or unknown, with the amount, every condition, the "
            "facts still missing, and what other readings of the notice make of it. Leave out what is not known: unknown is not false.",
        ),
        "decide",
    ),
    "why": Tool(
        Statement("为何可享受", "Why it is granted"),
        Statement(
            "一项待遇为何可享受，或其中一项条件为何满足：所依据的规则、通知原文和案件事实。",
            "Why one benefit is granted, or one of its conditions met: the rules, the sentences of the notice they encode, and the facts.",
        ),
        "why",
    ),
    "why_not": Tool(
        Statement("为何不予享受", "Why it is refused"),
        Statement(
            "一项待遇为何不予享受，或其中一项条件为何未满足：哪里不符合、依据哪些事实、相差多少。",
            "Why one benefit is refused, or one of its conditions not met: what fails, on which facts, and by how much.",
        ),
        "why-not",
    ),
    "what_if": Tool(
        Statement("如何才能享受", "What would change it"),
        Statement(
            "使一项待遇可享受所需的最小改变，每一种都重新作过决定；给出 set 时，改为试算一种假设情形。",
            "The smallest changes after which one benefit would be granted, each decided again; with `set`, what one hypothetical does.",
        ),
        "what-if",
    ),
    "when": Tool(
        Statement("何时申请可享受", "When to apply"),
        Statement(
            "一项待遇在哪些日期申请可以享受，以及起止各因何而定。",
            "The spans of application days on which one benefit is granted, and what opens and closes each.",
        ),
        "when",
    ),
    "ask": Tool(
        Statement("还需查明什么", "What to ask the applicant"),
        Statement(
            "仍能左右结论的未知事实，最能定论的在前，逐项写成可以询问当事人的问题。",
            "The unknown facts that can still decide, the one that settles most first, each as a question to put to the applicant.",
        ),
        "ask",
    ),
    "notice": Tool(
        Statement("查阅通知", "Look up the notice"),
        Statement(
            "通知全文或其中一条的原文，逐句列出数值、解释、疑义以及不予计算的部分。",
            "The text of the notice, or of one clause: each sentence with its numbers, readings and doubts, and what is not computed.",
        ),
        None,
    ),
}
"""Every tool by its name."""


class NoticeOptions(BaseModel):
    """What `notice` takes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    clause: str | None = Field(None, description="one clause alone: 三, （三） or 3")
    policy: str | None = Field(None, description="the id of the policy; the first of those served where it is left out")


LANG: Mapping[str, Any] = {"type": "string", "enum": ["zh", "en"], "description": "language of the text"}


class ToolCall(NamedTuple):
    """A tool by its name, what it is called with as JSON text, and the language of the words where that names none."""

    name: str
    body: bytes
    lang: Lang


class ToolAnswer(NamedTuple):
    """An answer as data, and in words of one language."""

    content: dict[str, Any]
    text: str


def input_schema(policies: Mapping[str, Policy], name: str) -> dict[str, Any]:
    """The JSON Schema of what a tool takes. The case is in the format of the first policy."""
    question = TOOLS[name].question
    first = next(iter(policies.values()))
    takes = NoticeOptions if question is None else protocol.QUESTIONS[question].options
    schema = takes.model_json_schema()
    if question is not None:
        case = case_schema(first)
        schema["$defs"] = schema.get("$defs", {}) | case.pop("$defs")
        schema["properties"]["case"] = case
        del case["$schema"]
        if "benefit" in schema["properties"]:
            names = schema["properties"]["benefit"]
            known = "; ".join(f"{benefit.id}: {benefit.statement.zh} {benefit.statement.en}" for benefit in first.benefits.values())
            names["description"] = f"{names['description']} ({known})"
    schema["properties"]["policy"]["enum"] = list(policies)
    schema["properties"]["lang"] = dict(LANG)
    untitled: dict[str, Any] = _untitled(schema)
    return untitled


def output_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of what a tool answers as data."""
    return {"type": "object", **protocol.answer_schema(TOOLS[name].question or name)}


def _untitled(schema: Any) -> Any:
    """A schema without the titles that only repeat the names of keys: an assistant pays for every word."""
    if isinstance(schema, dict):
        return {key: _untitled(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    return [_untitled(item) for item in schema] if isinstance(schema, list) else schema


class ToolHandler(RequestHandler):
    """Answers calls of tools, in a worker's process."""

    def answer(self, work: ToolCall) -> ToolAnswer:
        """The answer as data and in words. Raises `TiaoliError`, `RefusedError`."""
        document = self.parse_document(work.body)
        lang = _language(document.pop("lang", work.lang))
        question = TOOLS[work.name].question
        if question is None:
            return _looked_up(self.oracles, document, lang)
        call = self.parse_question(question, document)
        oracle = protocol.find_oracle(self.oracles, call.policy)
        found = protocol.QUESTIONS[question].answer(oracle, call)
        return ToolAnswer(found.to_json(), _text(oracle, found, lang))


def _language(value: Any) -> Lang:
    if value not in ("zh", "en"):
        near = choices(("zh", "en"), value)
        raise CallError.one("lang", f"没有语言 {shown(value)}；{near.zh}", f"there is no language {shown(value)}; {near.en}")
    return "zh" if value == "zh" else "en"


def _looked_up(oracles: Mapping[str, Oracle], options: dict[str, Any], lang: Lang) -> ToolAnswer:
    call = protocol.parse_options(NoticeOptions, options)
    policy = protocol.find_oracle(oracles, call.policy).policy
    found = notice_entries(policy, call.clause)
    return ToolAnswer(entries_to_json(policy, found), terminal.as_text(terminal.notice(policy, found, lang, with_rules=False)))


def _text(oracle: Oracle, found: protocol.JsonAnswer, lang: Lang) -> str:
    """What the command of the same name prints; an explanation as Markdown, without pictures."""
    policy = oracle.policy
    if isinstance(found, Explanation):
        return present.markdown(policy, found, lang)
    if isinstance(found, AnswerWithReasons):
        parts = [terminal.answer(oracle.encoding, found.answer, lang)]
        parts += [terminal.reason(policy, reason, lang) for reason in found.reasons or ()]
        return "\n".join(terminal.as_text(part) for part in parts)
    if isinstance(found, WhatIf):
        return terminal.as_text(terminal.what_if(policy, found, lang))
    if isinstance(found, Hypothesis):
        return terminal.as_text(terminal.hypothesis(policy, found, lang))
    if isinstance(found, Calendar):
        return terminal.as_text(terminal.calendar(policy, found, lang))
    assert isinstance(found, Questions)
    return terminal.as_text(terminal.questions(policy, found, lang))
