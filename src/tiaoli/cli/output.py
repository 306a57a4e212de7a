"""What the commands write: JSON, files, and on standard error what is wrong, in the language asked for."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tiaoli.base import CallError, CaseError, Lang, TiaoliError


def language_of(arguments: Sequence[str]) -> Lang:
    """The language asked for, found also where the arguments could not be parsed; by default the locale's."""
    for position, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--lang=") else "".join(arguments[position + 1 : position + 2])
        if word.startswith("--lang") and value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.startswith("zh") else "en"


def report(errors: Sequence[tuple[str, TiaoliError]], lang: Lang) -> None:
    """Say on standard error what is wrong, a line a problem, each under the file it is in."""
    for name, error in errors:
        for problem in error.problems:
            text = problem.say(lang)
            inside = not name or problem.where.startswith(name)
            click.echo(f"tiaoli: {text}" if inside else f"tiaoli: {name}: {text}", err=True)
        case = getattr(error, "case", None)
        if case is not None:
            with tempfile.NamedTemporaryFile("w", prefix="tiaoli-", suffix=".case.json", delete=False, encoding="utf-8") as file:
                json.dump(case, file, ensure_ascii=False, indent=1)
            saved = "案件已保存于" if lang == "zh" else "the case is saved in"
            click.echo(f"tiaoli: {saved} {file.name}", err=True)


def made_folder(folder: Path) -> Path:
    """A folder to write into, made where it is not there. Raises `CallError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CallError.one(str(folder), f"不能用作目录（{reason}）", f"cannot be used as a folder ({reason})") from None
    return folder


def empty_folder(folder: Path) -> Path:
    """A folder to write cases into, made where it is not there: no file that is there is written over. Raises `CallError`."""
    if any(made_folder(folder).iterdir()):
        raise CallError.one(str(folder), "目录不是空的；请另外指定一个目录", "the folder is not empty; name another one")
    return folder


def write_cases(folder: Path, cases: Mapping[str, Mapping[str, Any]]) -> None:
    """Write cases into a folder, each under its file's name. Where a file of that name says something else, none is written. Raises
    `CallError`, `CaseError`."""
    from tiaoli.case import write_document

    made_folder(folder)
    taken = [folder / name for name, case in cases.items() if _says_otherwise(folder / name, case)]
    if taken:
        files = "、".join(map(str, taken)), ", ".join(map(str, taken))
        raise CallError.one(
            "--out",
            f"已有内容不同的文件：{files[0]}；未写入任何案件，请另外指定一个目录",
            f"there are files that say something else: {files[1]}; no case was written, name another folder",
        )
    for name, case in cases.items():
        write_document(dict(case), folder / name)


def _says_otherwise(path: Path, case: Mapping[str, Any]) -> bool:
    """Whether there is a file that is not this case, written before."""
    from tiaoli.case import read_document

    if not os.path.lexists(path):
        return False
    try:
        return bool(read_document(path) != case)
    except CaseError:
        return True


def dump(value: Any, indent: int | None = 1) -> str:
    """Plain data as JSON text."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
