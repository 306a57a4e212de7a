"""The findings of an audit as SARIF 2.1.0, for the tools that show findings beside the text: each at its sentence in the notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tiaoli.audit import FINDING_KINDS, Finding
from tiaoli.base import Lang, __version__
from tiaoli.encoding import Encoding
from tiaoli.policy import read_text

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "note": "note"}


def sarif(encoding: Encoding, findings: Iterable[Finding], notice: str, path: str, lang: Lang) -> dict[str, Any]:
    """One run of one tool. `notice` is the text of notice.md, `path` what the locations call it."""
    places = _places(notice)
    rules = [{"id": kind, "shortDescription": {"text": words.say(lang)}} for kind, words in FINDING_KINDS.items()]
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
    properties: dict[str, Any] = {"clauses": list(finding.clauses(encoding)), "concerns": finding.concerns}
    if finding.witness:
        properties["witness"] = finding.witness.case
    return {
        "ruleId": finding.kind,
        "ruleIndex": list(FINDING_KINDS).index(finding.kind),
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.statement.say(lang)},
        "locations": locations,
        "partialFingerprints": {"tiaoli/v1": f"{finding.id}:{finding.digest(encoding)}"},
        "properties": properties,
    }


def _places(notice: str) -> dict[str, tuple[int, int, int]]:
    """For every sentence its line, and the columns from which and to which it stands there, counted from 1 in characters."""
    return {place.anchor: (place.line, *place.columns) for place in read_text(notice)}
