"""The check of a policy's text: every word of it stands in a sentence with an anchor, and every row of its annex in annex.csv.

`source.txt`, where a policy has one, is the text as it came; `mended` in policy.toml says which of its characters are written otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tiaoli.base import Problem, Statement, shown
from tiaoli.policy.model import OCCUPATION_CODE, Policy
from tiaoli.policy.text import ANCHOR

_ROW = re.compile(rf"\s*([0-9]+)\s+({OCCUPATION_CODE.pattern})\s+(\S.*?)\s*")


def source_problems(source: str, policy: Policy, mended: Mapping[str, Any]) -> Iterator[Problem]:
    """A problem for every difference between a policy's sentences and annex and the text as it came."""
    yield from _annex(source, policy)
    yield from _words(source, policy, mended)


def outside_sentences(notice: str) -> Iterator[Problem]:
    """A problem for every line of notice.md that is of no sentence: nothing else would ever say that it is there. Where no sentence has an
    anchor, every line is of one."""
    if not ANCHOR.search(notice):
        return
    for number, line in enumerate(notice.splitlines(), 1):
        text = line.strip()
        first = ANCHOR.search(text)
        stray = text[: first.start()] if first else text
        if stray and not text.startswith("#"):
            zh = f"{shown(stray)} 不属于任何有锚点的句子；请加上锚点，或与上一行合为一句"
            en = f"{shown(stray)} is of no sentence with an anchor; give it one, or join it to the line above"
            yield Problem(f"notice.md:{number}", Statement(zh, en), "text-unanchored")
        elif first and not first[2].strip():
            zh, en = f"锚点 {first[1]} 之后没有文字", f"nothing stands behind the anchor {first[1]}"
            yield Problem(f"notice.md:{number}", Statement(zh, en), "text-unanchored")


def _annex(source: str, policy: Policy) -> Iterator[Problem]:
    rows = [match for match in map(_ROW.fullmatch, source.splitlines()) if match]
    there = {match[2]: (int(match[1]), _bare(match[3])) for match in rows}
    here = {row.code: (row.row, _bare(row.name)) for row in policy.annex}
    for code, (number, name) in there.items():
        if code not in here:
            zh, en = "缺少原文附件中的这一行", "lacks this row of the annex"
            yield _row(f"{number} {code} {name}", zh, en)
        elif here[code] != (number, name):
            other = shown(" ".join(map(str, here[code])))
            yield _row(f"{number} {code} {name}", f"写作 {other}，与原文附件不同", f"has {other} in place of this row of the annex")
    for code, (number, name) in here.items():
        if code not in there and there:
            yield _row(f"{number} {code} {name}", "此行不在原文附件中", "has this row, which the annex has not")


def _row(row: str, zh: str, en: str) -> Problem:
    return Problem("annex.csv", Statement(f"{zh}：{shown(row)}", f"{en}: {shown(row)}"), "annex-source")


def _words(source: str, policy: Policy, mended: Mapping[str, Any]) -> Iterator[Problem]:
    """Walk through the text by the sentences: what lies between them is a clause's number or a row of the annex."""
    rows = "\n".join(line for line in source.splitlines() if not _ROW.fullmatch(line))
    text = _bare(rows)
    for old, new in mended.items():
        text = text.replace(old, str(new))
    here = 0
    for sentence in policy.sentences.values():
        words = _bare(sentence.text)
        found = text.find(words, here)
        if found < 0:
            zh, en = "此句与 source.txt 的原文不符，或次序不同", "this sentence differs from source.txt, or stands elsewhere in it"
            yield Problem(f"notice.md#{sentence.anchor}", Statement(zh, en), "text-source")
            continue
        yield from _between(text[here:found], sentence.heads, sentence.anchor)
        here = found + len(words)
    yield from _between(text[here:], (), "")


def _between(text: str, heads: tuple[str, ...], anchor: str) -> Iterator[Problem]:
    """What lies between two sentences is the headings there, which the text as it came need not have."""
    rest = text
    for head in map(_bare, heads):
        rest = rest.removeprefix(head)
    if rest:
        zh, en = "source.txt 中的文字不在任何句子里", "words of source.txt are in no sentence"
        where = f"notice.md#{anchor}" if anchor else "notice.md"
        yield Problem(where, Statement(f"{zh}：{shown(text)}", f"{en}: {shown(text)}"), "text-source")


def _bare(text: str) -> str:
    return "".join(text.split())
