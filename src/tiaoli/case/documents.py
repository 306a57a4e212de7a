"""From the text of a case file to plain data and back: JSON, or YAML 1.2 core, with everything refused that either would
guess at.

Refused, with the line where it stands: a repeated key, a tag, an anchor, an alias, a second document, NaN, text that
is not UTF-8, nesting deeper than a case can be, an empty file, a file over 16 MB.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from tiaoli.base import CaseError, write_text
from tiaoli.case.raw import MAX_DEPTH, Number, Repeated, integer, refuse, refuse_depth, refuse_repeated

MAX_BYTES = 16_000_000


def read_document(path: Path, standard_input: bytes | None = None) -> Any:
    """The plain data in a file (or in `standard_input`), JSON or YAML by what the text begins with.

    Raises `CaseError` where the file cannot be read or is refused.
    """
    name = "-" if standard_input is not None else str(path)
    return parse_document(read_text(path, standard_input, name), name)


def read_text(path: Path, given: bytes | None = None, name: str = "") -> str:
    """The text of a file, or of the bytes `given` in its place; `name` is what messages call it. Raises `CaseError`."""
    name = name or str(path)
    if given is not None:
        data = given
    else:
        try:
            if path.is_dir():
                refuse(name, "case-unreadable", "这是一个目录；请给出一个案件文件", "this is a directory; name a case file")
            if path.stat().st_size > MAX_BYTES:
                _too_large(name)
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            refuse(
                name,
                "case-unreadable",
                f"无法读取（{reason}）；请检查文件名和权限",
                f"cannot be read ({reason}); check its name and permissions",
            )
    if len(data) > MAX_BYTES:
        _too_large(name)
    return decoded(data, name)


def decoded(data: bytes, name: str) -> str:
    """The text that bytes are in UTF-8. Raises `CaseError` with the line where they are none; nor are they where they hold zeros, as text
    in UTF-16 and UTF-32 does, which is no part of a case."""
    try:
        text = data.decode("utf-8-sig")
        start = data.find(b"\0")
    except UnicodeDecodeError as error:
        start = error.start
    if start >= 0:
        line = data.count(b"\n", 0, start) + 1
        refuse(f"{name}:{line}", "case-encoding", "不是 UTF-8 文本；请以 UTF-8 保存", "not UTF-8 text; save the file as UTF-8")
    return text


def parse_document(text: str, name: str = "") -> Any:
    """The plain data in `text`. A text that begins with `{` or `[` is JSON, or else a collection as YAML writes it in brackets; any
    other is YAML."""
    start = text.lstrip()
    if not start:
        refuse(
            name,
            "case-empty",
            "文件为空；`tiaoli template` 可生成案件模板",
            "the file is empty; `tiaoli template` prints a case to fill in",
        )
    document = _parse_flow(text, name) if start[0] in "{[" else _parse_yaml(text, name)
    refuse_repeated(document, document)
    return document


def _parse_flow(text: str, name: str) -> Any:
    """The plain data in a text that looks like JSON, and is that where its name says so. What is neither JSON nor YAML is refused as what
    its name says that it is."""
    try:
        return parse_json(text, name)
    except CaseError as error:
        if name.lower().endswith(".json") or any(problem.id != "case-syntax" for problem in error.problems):
            raise
        try:
            return _parse_yaml(text, name)
        except CaseError as other:
            is_yaml = name.lower().endswith((".yaml", ".yml"))
            raise (other if is_yaml else error) from None


def _parse_yaml(text: str, name: str) -> Any:
    # a program that speaks JSON does not wait for the YAML reader
    from tiaoli.case.yaml12 import parse_yaml

    return parse_yaml(text, name)


def write_document(document: dict[str, Any], path: Path) -> None:
    """Write plain data as JSON, or as YAML where the name ends in .yaml or .yml. Raises `CaseError` where the file cannot be
    written."""
    if path.suffix.lower() in (".yaml", ".yml"):
        from tiaoli.case.yaml12 import dump_yaml

        text = dump_yaml(document)
    else:
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    write_text(path, text)


def _too_large(name: str) -> NoReturn:
    refuse(
        name,
        "case-too-large",
        "超过 16 MB；一个文件只放一个案件，成批案件请用 `tiaoli bulk`",
        "larger than 16 MB; a file holds one case, and `tiaoli bulk` takes many",
    )


# JSON


def parse_json(text: str, name: str = "", depth: int = MAX_DEPTH) -> Any:
    """The plain data in a JSON text that is nested no deeper than `depth`. An object with a key twice is a `Repeated`, for
    `refuse_repeated` to find. Raises `CaseError` with the line and column where the text is not JSON."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            ((key, _),) = Counter(key for key, _ in items).most_common(1)
            return Repeated.of(found, key)
        return found

    if is_deeper(text, depth):
        refuse_depth(name)
    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=Number, parse_float=Number, parse_int=integer)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        refuse(
            f"{name}:{error.lineno}:{error.colno}",
            "case-syntax",
            f"不是合法的 JSON（{reason}）",
            f"not JSON: {reason}",
        )


def is_deeper(text: str, most: int) -> bool:
    """Whether the lists and objects of a JSON text are nested deeper than so many levels, whatever else is wrong with it."""
    if text.count("{") + text.count("[") <= most:
        return False
    depth = 0
    for token in re.findall(r'"(?:\\.|[^"\\])*"?|[\[{\]}]', text):
        if token in "[{":
            depth += 1
            if depth > most:
                return True
        elif token in "]}":
            depth -= 1
    return False
