"""The findings of an audit as SARIF 2.1.0, for the tools that show findings beside the text: each at its sentence in the notice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tiaoli.audit import FINDING_KINDS, Finding
from tiaoli.base import Lang, Statement, __version__
from tiaoli.encoding import Encoding
from tiaoli.policy import ANCHOR

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "note": "note"}

KIND_NAMES: Mapping[str, Statement] = {
    "gap": Statement("规定缺口：准予享受而无金额标准", "gap: granted, and no amount is set"),
    "overlap": Statement("重叠：同一事项有两项待遇或两个依据", "overlap: two benefits or two grounds for one thing"),
    "conflict": Statement("冲突：两处规定得出相反的结论或不同的金额", "conflict: contrary results or different amounts"),
    "dead": Statement("不起作用：从不影响任何结论", "dead: what can never matter"),
    "out_of_time": Statement(
        "时限：失效之后方可享受，或期限超出有效期", "out of time: due after the lapse, or a deadline that outlives it"
    ),
    "cliff": Statement(
        "断崖：一日、一人、一分之差使金额变动超出其份额", "cliff: one day, person or fen moves the sum by more than its share"
    ),
    "fork": Statement("歧义：不同读法得出不同结论", "fork: readings that part"),
    "wording": Statement("措辞：据政策数据，不由求解器得出", "wording: from the policy's data, not from the solver"),
}
"""The kinds of finding, in words."""


def sarif(encoding: Encoding, findings: Iterable[Finding], notice: str, path: str, lang: Lang) -> dict[str, Any]:
    """One run of one tool. `notice` is the text of notice.md, `path` what the locations call it."""
    places = _places(notice)
    rules = [{"id": kind, "shortDescription": {"text": KIND_NAMES[kind].say(lang)}} for kind in FINDING_KINDS]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "tiaoli", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(encoding, finding, places, path, lang) for finding in findings],
            }
        ],
    }


def _result(encoding: Encoding, finding: Finding, places: Mapping[str, tuple[int, int, int]], path: str, lang: Lang) -> dict[str, Any]:
    locations = []
    for anchor in finding.sentences:
        line, start, end = places[anchor]
        region = {"startLine": line, "startColumn": start, "endColumn": end}
        locations.append({"physicalLocation": {"artifactLocation": {"uri": path}, "region": region}})
    properties: dict[str, Any] = {"clauses": list(finding.clauses(encoding))}
    if finding.witness:
        properties["witness"] = finding.witness.case
    return {
        "ruleId": finding.kind,
        "ruleIndex": FINDING_KINDS.index(finding.kind),
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.statement.say(lang)},
        "locations": locations,
        "partialFingerprints": {"tiaoli/v1": f"{finding.id}:{finding.digest(encoding)}"},
        "properties": properties,
    }


def _places(notice: str) -> dict[str, tuple[int, int, int]]:
    """For every sentence its line, and the columns from which and to which it stands there, counted from 1 in characters."""
    found = {}
    for number, line in enumerate(notice.splitlines(), 1):
        for match in re.finditer(ANCHOR, line):
            found[match[1]] = (number, match.start(2) + 1, match.end(2) + 1)
    return found
