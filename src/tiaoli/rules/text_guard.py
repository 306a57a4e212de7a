"""What must not reach clingo's parser: full-width characters outside strings and comments, #script, #include, block comments.

A full-width character together with a logger ends the whole process, #include is followed silently, and a block comment could
hide rules from a reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tiaoli.base import Problem, Statement, shown

# a string as clingo reads it: it knows the escapes \\n, \\" and \\\\ and no others
_TOKEN = re.compile(r'"(?:\\[n"\\]|[^"\\\n])*"|%\*|%[^\n]*|#(?:script|include)\b|[^\x00-\x7f]|[\x00-\x08\x0b-\x1f\x7f]', re.DOTALL)
_HALF_WIDTH = dict(zip("，。：；（）“”－＝＜＞", ',.:;()""-=<>', strict=True))


def text_problems(name: str, text: str) -> Iterator[Problem]:
    """A problem for everything in a rule file that must not reach clingo's parser."""
    for token in _TOKEN.finditer(text):
        found = token[0]
        line = text.count("\n", 0, token.start()) + 1
        column = token.start() - text.rfind("\n", 0, token.start())
        where = f"{name}:{line}:{column}"
        if found.startswith("#"):
            yield Problem(
                where,
                Statement(f"不允许 {found}；规则只写在本目录的文件中", f"{found} is not allowed; the rules are the files of this folder"),
                "rule-directive",
            )
        elif found == "%*":
            yield Problem(
                where,
                Statement("不允许块注释 `%*`；请每行以 % 开头", "a block comment `%*` is not allowed; begin each line with %"),
                "rule-block-comment",
            )
        elif found < " " or found == "\x7f":
            yield Problem(
                where, Statement(f"不允许控制字符 {shown(found)}", f"the control character {shown(found)} is not allowed"), "rule-character"
            )
        elif ord(found[0]) > 127:
            half = _HALF_WIDTH.get(found)
            cure = Statement(f"请写 {half}", f"write {half}") if half else Statement("请用 ASCII 字符", "write ASCII")
            yield Problem(
                where,
                Statement(f"字符串和注释之外出现 {shown(found)}；{cure.zh}", f"{shown(found)} outside a string or comment; {cure.en}"),
                "rule-character",
                (half,) if half else (),
            )
