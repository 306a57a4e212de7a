"""YAML 1.2 with the core schema, out of the parser's events: `no`, `on` and `2025-03-01` are text, and nothing is hidden.

Tags, anchors, aliases, merge keys and second documents are refused where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from tiaoli.base import shown
from tiaoli.case.raw import MAX_DEPTH, Number, Repeated, integer, refuse, refuse_depth


def parse_yaml(text: str, name: str) -> Any:
    """The plain data of the one document in a YAML text. Raises `CaseError` under `name` and line."""
    try:
        return _PlainDataBuilder(name, YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        reason = (error.problem or error.context or "").strip()
        refuse(where, "case-syntax", f"不是合法的 YAML（{reason}）", f"not YAML: {reason}")
    except YAMLError as error:
        # the reader's refusal of a control character carries its position in the text
        at = getattr(error, "position", None)
        where = f"{name}:{text.count(chr(10), 0, at) + 1}" if isinstance(at, int) else name
        refuse(where, "case-syntax", "含有不允许的字符", "holds a character that is not allowed")


def dump_yaml(document: Any) -> str:
    """Plain data as a YAML text that `parse_yaml` reads back unchanged."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # keys stay in the order of the case format
    stream = StringIO()
    writer.dump(document, stream)
    return stream.getvalue()


_CORE = (
    (re.compile(r"|~|null|Null|NULL"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]+"), integer),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), Number),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), lambda text: Number(text.replace(".", ""))),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 8) if len(text) < 20 else Number("inf")),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 16) if len(text) < 20 else Number("inf")),
)


class _PlainDataBuilder:
    """Builds the data of the one document out of the parser's events; each event is taken once, whatever the
    nesting."""

    def __init__(self, name: str, events: Iterator[Any]) -> None:
        self.name = name
        self.events = events

    def document(self) -> Any:
        value: Any = None
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                value = self._value(next(self.events), 0)
                kind = type(next(self.events)).__name__
                after = next(self.events)
                if type(after).__name__ != "StreamEndEvent":
                    refuse(
                        self._at(after),
                        "case-yaml",
                        "一个文件只放一个案件，此处开始了第二个文档",
                        "a file holds one case; a second document begins here",
                    )
        return value

    def _at(self, event: Any) -> str:
        return f"{self.name}:{event.start_mark.line + 1}"

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event).__name__
        if kind == "AliasEvent" or getattr(event, "anchor", None) is not None:
            refuse(
                self._at(event),
                "case-yaml",
                "不接受锚点和别名（& 和 *）；请写出内容",
                "anchors and aliases (& and *) are refused; write the value out",
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            refuse(self._at(event), "case-yaml", f"不接受标签 {shown(tag)}", f"the tag {shown(tag)} is refused; write the plain value")
        if depth > MAX_DEPTH:
            refuse_depth(self._at(event))
        if kind == "ScalarEvent":
            return self._scalar(event)
        return self._mapping(depth) if kind == "MappingStartEvent" else self._sequence(depth)

    def _scalar(self, event: Any) -> Any:
        if event.implicit[0]:
            for pattern, convert in _CORE:
                if pattern.fullmatch(event.value):
                    return convert(event.value)
        return event.value

    def _sequence(self, depth: int) -> list[Any]:
        items = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            items.append(self._value(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            if type(event).__name__ not in ("ScalarEvent", "AliasEvent"):
                refuse(self._at(event), "case-yaml", "键必须是文字", "a key must be text")
            self._value(event, depth + 1)
            key = event.value
            if key in found:
                found = Repeated.of(found, key)
            found[key] = self._value(next(self.events), depth + 1)
        return found
