"""Tested cases as text: a line each, and of what differs both values and why it came so."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tiaoli.authoring import TestedCase, TestedDecision, TestStatus
from tiaoli.base import Lang, Statement, counted, in_lang
from tiaoli.policy import Policy
from tiaoli.terminal.explanation_text import explanation_tree

_STATUSES: Mapping[TestStatus, tuple[Statement, str]] = {
    "as_expected": (Statement("通过", "pass"), "green"),
    "differs": (Statement("不符", "FAIL"), "red"),
    "limit": (Statement("已到时间上限", "LIMIT REACHED"), "yellow"),
    "nothing_expected": (Statement("未写明预期", "nothing expected"), "bright_black"),
    "refused": (Statement("无法读取", "REFUSED"), "red"),
}


def tested_case(policy: Policy, found: TestedCase, lang: Lang) -> RenderableType | None:
    """Each decision of a case file that differs; nothing where none does."""
    differing = [Padding(tested_decision(policy, item, lang), (0, 0, 0, 2)) for item in found.decisions if item.differences]
    return Group(*differing) if differing else None


def tested_status(found: TestedCase, lang: Lang) -> tuple[str, str]:
    """What came of a case file, in words and in a colour."""
    said, colour = _STATUSES[found.status]
    return said.say(lang), colour


def tested_decision(policy: Policy, found: TestedDecision, lang: Lang) -> RenderableType:
    """Where a decision differs from what is expected of it, and why it came as it did."""
    lines: list[RenderableType] = [Text(f"{found.benefit} {found.subject} {found.clause}")]
    for item in found.differences:
        wanted, came = _plain(item.expected), _plain(item.came)
        lines.append(Text(f"  {item.key}: " + in_lang(lang, f"预期 {wanted}，实为 {came}", f"expected {wanted}, came {came}")))
    if found.explanation is not None:
        lines.append(Padding(explanation_tree(policy, found.explanation, lang), (0, 0, 0, 2)))
    return Group(*lines)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def tested_summary(policy: str, found: Iterable[TestedCase], lang: Lang) -> str:
    """How many cases came to what."""
    counts = Counter(item.status for item in found)
    parts = [
        Statement(f"{counts['as_expected']} 件通过", f"{counted(counts['as_expected'], 'case', 'cases')} passed"),
        Statement(f"{counts['differs']} 件不符", f"{counts['differs']} failed"),
        Statement(f"{counts['limit']} 件已到时间上限", f"{counts['limit']} reached the limit"),
        Statement(f"{counts['nothing_expected']} 件未写明预期", f"{counts['nothing_expected']} with nothing expected"),
        Statement(f"{counts['refused']} 件无法读取", f"{counts['refused']} refused"),
    ]
    said = [part for status, part in zip(_STATUSES, parts, strict=True) if counts[status]]
    zh, en = "，".join(part.zh for part in said), ", ".join(part.en for part in said)
    return in_lang(lang, f"{policy}：{zh}", f"{policy}: {en}")
