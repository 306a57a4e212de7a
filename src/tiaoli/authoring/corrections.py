"""What can only be one thing, put right in the files of a policy.

A correction changes a span of a file's text and nothing else: comments and formatting stay. Of a TOML file it counts only where the
text reads, changed, exactly as the file is meant to, and where one place alone has that effect. What could be two things is left alone.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tiaoli.authoring.toml_spans import changed_toml, keys_of, value_at
from tiaoli.base import Problem, Statement, shown, write_text
from tiaoli.norm import NORM_FILE
from tiaoli.policy import Place, read_text
from tiaoli.rules import CONTRACT_VERSION


class Correction(NamedTuple):
    """A file that was changed: its texts before and after, and what was put right in it."""

    path: Path
    before: str
    after: str
    reasons: tuple[Statement, ...]

    def diff(self) -> str:
        """What was changed, as a unified diff."""
        name = str(self.path)
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), name, name, lineterm="", n=1)
        return "\n".join(lines)


def correct_once(name: str, root: Path, problems: Sequence[Problem]) -> list[Correction]:
    """Put right what can only be one thing among these findings of a policy, and write the files.

    What rests on what was put right shows when the policy is looked at again. Raises `CaseError` where a file cannot be written.
    """
    files = _Files(name, root)
    for problem in problems:
        _correct(files, problem)
    _contract(files)
    found = files.corrections()
    for correction in found:
        write_text(correction.path, correction.after)
    return found


class _Files:
    """The texts of a policy's files, as they are and as they become."""

    def __init__(self, name: str, root: Path) -> None:
        self._folders = (root / "policy" / name, root / "encodings" / name)
        self._before: dict[Path, str] = {}
        self._after: dict[Path, str] = {}
        self._reasons: dict[Path, list[Statement]] = {}
        self.sentences: Mapping[str, str] = {place.anchor: place.text for place in self._places()}

    def _places(self) -> list[Place]:
        """The sentences of the text, whichever file says how it is numbered."""
        about: dict[str, Any] = {}
        for file in (NORM_FILE, "policy.toml"):
            about |= _table(self, file, "")[0]
        headings = about.get("headings", [])
        words = [word for word in headings if isinstance(word, str)] if isinstance(headings, list) else []
        return read_text(self.text("notice.md").removeprefix("\ufeff"), words)

    def path(self, file: str) -> Path:
        return self._folders[file.endswith(".lp")] / file

    def text(self, file: str) -> str:
        """The text of a file as it is now; none where there is no such file."""
        path = self.path(file)
        if path not in self._after:
            try:
                # line ends and a mark of byte order are kept as they are
                with open(path, encoding="utf-8", newline="") as opened:
                    text = opened.read()
            except (OSError, UnicodeDecodeError):
                text = ""
            self._before[path] = self._after[path] = text
        return self._after[path]

    def change(self, file: str, text: str | None, zh: str, en: str) -> None:
        """Note what a file becomes, and why; nothing where it is `None` or the same."""
        path = self.path(file)
        if text is not None and text != self.text(file):
            self._after[path] = text
            self._reasons.setdefault(path, []).append(Statement(zh, en))

    def corrections(self) -> list[Correction]:
        return [Correction(path, self._before[path], self._after[path], tuple(reasons)) for path, reasons in self._reasons.items()]


def _correct(files: _Files, problem: Problem) -> None:
    """Put one finding right, where it can only be one thing."""
    place = re.fullmatch(r"([\w.-]+\.toml)(?::\d+)? \[(.*)\]", problem.where)
    line = re.match(r"([\w.-]+\.lp):(\d+)(?::(\d+))?", problem.where)
    match problem.id:
        case "policy-key-unknown" if place:
            _key(files, place[1], place[2], problem.instead)
        case "policy-key-missing" if place and place[2].endswith(".sentence"):
            _anchor_of_table(files, place[1], place[2].removesuffix(".sentence"))
        case "text-quote" | "text-anchor" if place:
            _quote_of_table(files, place[1], place[2])
        case "text-quote" | "text-anchor" if line:
            _quote_of_rules(files, line[1], int(line[2]))
        case "text-encoded-in" if place and problem.instead:
            _encoded_in(files, place[1], place[2], problem.instead[0])
        case "rule-character" if line and line[3] and problem.instead:
            _character(files, line[1], int(line[2]), int(line[3]), problem.instead[0])
        case "vocabulary-declaration" if problem.instead:
            text = files.text(problem.where)
            lines = "" if not text or text.endswith("\n") else "\n"
            added = problem.instead[0]
            files.change(problem.where, f"{text}{lines}{added}\n", f"补上 {shown(added)}", f"added {shown(added)}")


def _table(files: _Files, file: str, path: str) -> tuple[Any, list[str | int] | None]:
    """The data of a TOML file, and where in it a path leads; nowhere where it leads to several places or to none."""
    try:
        data = tomllib.loads(files.text(file).removeprefix("\ufeff").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        return {}, None
    return data, keys_of(data, path)


def _key(files: _Files, file: str, path: str, allowed: Sequence[str]) -> None:
    """A misspelt key is written as the only one that is near, where the table has not got that one."""
    data, keys = _table(files, file, path)
    if not keys or not isinstance(keys[-1], str):
        return
    wrong, table = keys[-1], value_at(data, keys[:-1])
    near = difflib.get_close_matches(wrong.lower().replace("-", "_"), allowed, n=2, cutoff=0.7)
    if len(near) != 1 or near[0] in table:
        return
    (right,) = near
    values = {right if key == wrong else key: value for key, value in table.items()}
    text = files.text(file)
    spots = [found.span(1) for found in re.finditer(rf"""(?<![\w.-])["']?({re.escape(wrong)})["']?(?=\s*[=.\]])""", text)]
    spots += [found.span(1) for found in re.finditer(rf"""(?<=\.)["']?({re.escape(wrong)})["']?(?=\s*[=.\]])""", text)]
    edits = [(*spot, right) for spot in spots]
    files.change(file, changed_toml(text, data, keys[:-1], values, edits), f"{wrong} 改为 {right}", f"{wrong} is written {right}")


def _anchor_of_table(files: _Files, file: str, path: str) -> None:
    """The sentence of a quote that stands in one alone."""
    data, keys = _table(files, file, path)
    quote = value_at(data, keys).get("quote") if keys else None
    if not keys or not isinstance(quote, str):
        return
    anchor = _only([anchor for anchor, text in files.sentences.items() if quote and quote in text])
    if anchor is not None:
        text = files.text(file)
        edits = _below_headers(text, keys, f"sentence = {json.dumps(anchor)}\n")
        wanted = {**value_at(data, keys), "sentence": anchor}
        changed = changed_toml(text, data, keys, wanted, edits)
        files.change(file, changed, f"引文只见于 {anchor}", f"the quote stands in {anchor} alone")


def _below_headers(text: str, keys: list[str | int], line: str) -> list[tuple[int, int, str]]:
    """A line below each header that may be the one of a table."""
    headers = re.finditer(r"(?m)^[ \t]*\[.*\][^\n]*\n", text)
    return [(found.end(), found.end(), line) for found in headers if str(keys[-1]) in found[0]]


def _quote_of_table(files: _Files, file: str, path: str) -> None:
    """A quote of a TOML file in the words of its sentence, or the sentence that its words stand in."""
    path = path.removesuffix(".quote")
    data, keys = _table(files, file, path)
    # a table of an array is named by its id
    named = [(inside, table) for inside, table in _quoting([], data) if table.get("id") == path] if keys is None else []
    for inside, table in named if keys is None else _quoting(keys, value_at(data, keys)):
        part = table.get("part")
        key, quote = ("part", part) if isinstance(part, str) else ("quote", table.get("quote"))
        anchor = table.get("sentence") if key == "quote" else inside[0] if inside else None
        if not isinstance(quote, str) or not isinstance(anchor, str | None):
            continue
        right = _in_words_of_any(files, quote) if anchor is None else _in_words_of(files.sentences.get(anchor), quote)
        if right is not None:
            _value(files, file, data, inside, {**table, key: right}, quote, right)
        elif key == "quote" and anchor is not None and anchor not in files.sentences:
            there = _only([name for name, text in files.sentences.items() if quote and quote in text])
            if there is not None:
                _value(files, file, data, inside, {**table, "sentence": there}, anchor, there)


def _quoting(keys: list[str | int], table: Any) -> Iterator[tuple[list[str | int], Mapping[str, Any]]]:
    """The tables in a table that quote a sentence, itself included."""
    if isinstance(table, dict):
        if "quote" in table or "part" in table:
            yield keys, table
        for key, inner in table.items():
            yield from _quoting([*keys, key], inner)
    elif isinstance(table, list):
        for position, inner in enumerate(table):
            yield from _quoting([*keys, position], inner)


def _value(files: _Files, file: str, data: Any, keys: list[str | int], wanted: Mapping[str, Any], old: str, new: str) -> None:
    text = files.text(file)
    edits = [(found.start(), found.end(), new) for found in re.finditer(re.escape(old), text)]
    files.change(
        file,
        changed_toml(text, data, keys, wanted, edits),
        f"{shown(old)} 改为原文的写法 {shown(new)}",
        f"{shown(old)} is written as the text has it, {shown(new)}",
    )


def _quote_of_rules(files: _Files, file: str, number: int) -> None:
    """The quote of a `%@` line in the words of its sentence, or the sentence that its words stand in."""
    lines = files.text(file).splitlines(keepends=True)
    found = re.match(r"(\ufeff?%@\s*)(\S+)(\s+)(.*?)(\s*)\Z", lines[number - 1], re.DOTALL) if number <= len(lines) else None
    if found is None:
        return
    begin, anchor, space, quote, end = found.groups()
    words = None if anchor in files.sentences else _in_words_of_any(files, f"{anchor}{space}{quote}")
    if words is not None:
        # a quote without an anchor
        lines[number - 1] = f"{begin}{words}{end}"
        files.change(file, "".join(lines), "引文按原文书写", "the quote is written as the text has it")
        return
    right = _in_words_of(files.sentences.get(anchor), quote)
    there = _only([name for name, text in files.sentences.items() if quote and quote in text])
    if right is not None:
        lines[number - 1] = f"{begin}{anchor}{space}{right}{end}"
        zh, en = f"引文按 {anchor} 原文书写", f"the quote is written as {anchor} has it"
    elif there is not None and anchor not in files.sentences and not files.text(NORM_FILE):
        lines[number - 1] = f"{begin}{there}{space}{quote}{end}"
        zh, en = f"引文只见于 {there}", f"the quote stands in {there} alone"
    else:
        return
    files.change(file, "".join(lines), zh, en)


def _encoded_in(files: _Files, file: str, anchor: str, rules: str) -> None:
    """A file of rules that quotes a sentence is listed with it."""
    data, keys = _table(files, file, anchor)
    if keys is None:
        return
    table = value_at(data, keys)
    listed, text, name = table.get("encoded_in"), files.text(file), json.dumps(rules)
    if listed is None:
        edits = _below_headers(text, keys, f"encoded_in = [{name}]\n")
    else:
        edits = [(found.end(), found.end(), f", {name}") for found in re.finditer(r"encoded_in\s*=\s*\[[^\]]*?(?=\s*,?\s*\])", text)]
    wanted = {**table, "encoded_in": [*(listed or []), rules]}
    changed = changed_toml(text, data, keys, wanted, edits)
    files.change(file, changed, f"{rules} 引用了 {anchor}，已列入 encoded_in", f"{rules} cites {anchor} and is listed in encoded_in")


def _character(files: _Files, file: str, line: int, column: int, right: str) -> None:
    """A full-width character of a rule in half width."""
    lines = files.text(file).removeprefix("\ufeff").split("\n")
    if line <= len(lines) and column <= len(lines[line - 1]):
        wrong = lines[line - 1][column - 1]
        lines[line - 1] = lines[line - 1][: column - 1] + right + lines[line - 1][column:]
        mark = "\ufeff" if files.text(file).startswith("\ufeff") else ""
        files.change(file, mark + "\n".join(lines), f"{shown(wrong)} 改为半角 {shown(right)}", f"{shown(wrong)} is written {shown(right)}")


def _contract(files: _Files) -> None:
    """The version of the rule contract that the policy is read by is written down."""
    file = "policy.toml"
    data, keys = _table(files, file, "")
    text = files.text(file)
    if keys is None or not data or "contract" in data:
        return
    edits = [(found.end(), found.end(), f"contract = {CONTRACT_VERSION}\n") for found in re.finditer(r"(?m)^id\s*=[^\n]*\n", text)]
    wanted = {**data, "contract": CONTRACT_VERSION}
    changed = changed_toml(text, data, [], wanted, edits)
    version = CONTRACT_VERSION
    files.change(file, changed, f"写明规则约定第 {version} 版", f"the version of the rule contract is written down: {version}")


_WIDTHS = {0xFF01 + code: chr(0x21 + code) for code in range(94) if not chr(0x21 + code).isalnum()} | dict(
    zip(map(ord, "“”‘’。"), "\"\"''.", strict=True)
)
"""Full-width marks, each as it is written in half width."""


def _in_words_of(text: str | None, quote: str) -> str | None:
    """The words of a sentence that differ from a quote only in spaces and the width of marks, where those are the same wherever they
    stand."""
    wanted = _folded(quote)
    if text is None or not wanted or quote in text:
        return None
    places = [position for position, char in enumerate(text) if not char.isspace()]
    folded = _folded(text)
    found = {
        text[places[at] : places[at + len(wanted) - 1] + 1] for at in range(len(folded) - len(wanted) + 1) if folded.startswith(wanted, at)
    }
    return _only(sorted(found))


def _in_words_of_any(files: _Files, quote: str) -> str | None:
    """The same for a quote that names no sentence, where the words are those of one alone, and no sentence has the quote as it stands."""
    if any(quote in text for text in files.sentences.values()):
        return None
    found = [right for text in files.sentences.values() if (right := _in_words_of(text, quote)) is not None]
    return _only(found)


def _folded(text: str) -> str:
    return "".join(char for char in text.translate(_WIDTHS) if not char.isspace())


def _only(found: Sequence[str]) -> str | None:
    return found[0] if len(found) == 1 else None
