"""From the text of a case file to plain data: JSON, or YAML 1.2 core, with everything refused that either would guess
at.

Refused, with the line where it stands: a repeated key, a tag, an anchor, an alias, a second document, NaN, text that
is not UTF-8, nesting deeper than a case can be, an empty file, a file over 16 MB.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from tiaoli.errors import CaseError
from tiaoli.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 16_000_000
MAX_DEPTH = 12
ITEM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Number(float):
    """A number that JSON or YAML wrote bare and that is no whole number; `text` is how it stood there."""

    text: str

    def __new__(cls, text: str) -> Number:
        number = super().__new__(cls, text if len(text) < 40 else "inf")
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text


def read_document(path: Path, standard_input: bytes | None = None) -> Any:
    """The plain data in a file (or in `standard_input`), JSON or YAML by what the text begins with.

    Raises `CaseError` where the file cannot be read or is refused.
    """
    name = "-" if standard_input is not None else str(path)
    if standard_input is not None:
        data = standard_input
    else:
        try:
            if path.is_dir():
                _refuse(name, "这是一个目录；请给出一个案件文件", "this is a directory; name a case file")
            if path.stat().st_size > MAX_BYTES:
                _too_large(name)
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            _refuse(name, f"无法读取（{reason}）；请检查文件名和权限", f"cannot be read ({reason}); check its name and permissions")
    if len(data) > MAX_BYTES:
        _too_large(name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _refuse(f"{name}:{line}", "不是 UTF-8 编码；请以 UTF-8 保存", "not UTF-8; save the file as UTF-8")
    return parse_document(text, name)


def parse_document(text: str, name: str = "") -> Any:
    """The plain data in `text`. A text that begins with `{` or `[` is JSON, any other is YAML."""
    start = text.lstrip()
    if not start:
        _refuse(name, "文件为空；`tiaoli template` 可生成案件模板", "the file is empty; `tiaoli template` prints a case to fill in")
    document = _parse_json(text, name) if start[0] in "{[" else _parse_yaml(text, name)
    _refuse_repeated(document, document)
    return document


def _refuse(where: str, zh: str, en: str) -> NoReturn:
    raise CaseError.one(where, zh, en)


def _too_large(name: str) -> NoReturn:
    _refuse(
        name,
        "超过 16 MB；一个文件只放一个案件，成批案件请用 `tiaoli bulk`",
        "larger than 16 MB; a file holds one case, and `tiaoli bulk` takes many",
    )


def _too_deep(where: str) -> NoReturn:
    _refuse(where, f"嵌套超过 {MAX_DEPTH} 层；案件不会这么深", f"nested deeper than {MAX_DEPTH}; no case is")


class _Repeated(dict[str, Any]):
    """An object in which `key` stood twice; found again, with its path, once the whole document is read."""

    key: str

    @classmethod
    def of(cls, found: dict[str, Any], key: str) -> _Repeated:
        marked = cls(found)
        marked.key = key
        return marked


def _refuse_repeated(value: Any, document: Any, location: tuple[str | int, ...] = ()) -> None:
    if isinstance(value, _Repeated):
        where = path_of(document, (*location, value.key))
        _refuse(where, f"键 {shown(value.key)} 重复；请只保留一个", f"the key {shown(value.key)} stands twice; keep one")
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        _refuse_repeated(inner, document, (*location, key))


def path_of(document: Any, location: tuple[str | int, ...]) -> str:
    """The case's own path of a location of keys and positions: `certificates.c1.issued`; `certificates[0].issued`
    where the item has no id.

    >>> path_of({"certificates": [{"id": "c1"}]}, ("certificates", 0, "issued"))
    'certificates.c1.issued'
    """
    path = ""
    here = document
    for step in location:
        try:
            here = here[step]
        except (LookupError, TypeError):
            here = None
        if isinstance(step, int):
            name = here.get("id") if isinstance(here, dict) else None
            path += f".{name}" if isinstance(name, str) and ITEM_ID.fullmatch(name) else f"[{step}]"
        else:
            path += f".{step}" if path else shown(step)[1:-1]
    return path


# JSON


def _parse_json(text: str, name: str) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            keys = [key for key, _ in items]
            return _Repeated.of(found, next(key for key in keys if keys.count(key) > 1))
        return found

    if _bracket_depth(text) > MAX_DEPTH:
        _too_deep(name)
    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=Number, parse_float=Number, parse_int=_integer)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        _refuse(
            f"{name}:{error.lineno}:{error.colno}",
            f"不是合法的 JSON（{reason}）",
            f"not JSON: {reason}",
        )


def _integer(text: str) -> int | Number:
    return int(text) if len(text) < 20 else Number(text)


def _bracket_depth(text: str) -> int:
    depth = deepest = 0
    for token in re.findall(r'"(?:\\.|[^"\\])*"|[\[{\]}]', text):
        if token in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in "]}":
            depth -= 1
    return deepest


# YAML 1.2, core schema


def _parse_yaml(text: str, name: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return _Builder(name, YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        reason = (error.problem or error.context or "").strip()
        _refuse(where, f"不是合法的 YAML（{reason}）", f"not YAML: {reason}")
    except YAMLError as error:
        # the reader's refusal of a control character carries its position in the text
        at = getattr(error, "position", None)
        where = f"{name}:{text.count(chr(10), 0, at) + 1}" if isinstance(at, int) else name
        _refuse(where, "含有不允许的字符", "holds a character that is not allowed")


_CORE = (
    (re.compile(r"|~|null|Null|NULL"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]+"), _integer),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), Number),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), lambda text: Number(text.replace(".", ""))),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 8) if len(text) < 20 else Number("inf")),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 16) if len(text) < 20 else Number("inf")),
)


class _Builder:
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
                    _refuse(
                        self._at(after),
                        "一个文件只放一个案件，此处开始了第二个文档",
                        "a file holds one case; a second document begins here",
                    )
        return value

    def _at(self, event: Any) -> str:
        return f"{self.name}:{event.start_mark.line + 1}"

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event).__name__
        if kind == "AliasEvent" or getattr(event, "anchor", None) is not None:
            _refuse(
                self._at(event), "不接受锚点和别名（& 和 *）；请写出内容", "anchors and aliases (& and *) are refused; write the value out"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            _refuse(self._at(event), f"不接受标签 {shown(tag)}", f"the tag {shown(tag)} is refused; write the plain value")
        if depth > MAX_DEPTH:
            _too_deep(self._at(event))
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
                _refuse(self._at(event), "键必须是文字", "a key must be text")
            self._value(event, depth + 1)
            key = event.value
            if key in found:
                found = _Repeated.of(found, key)
            found[key] = self._value(next(self.events), depth + 1)
        return found
