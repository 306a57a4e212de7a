"""The check of a policy's text: every word of it stands in a sentence with an anchor, and every row of its tables
in the text.

`source.txt`, where a policy has one, is the text as it came; `mended` in policy.toml says which of its characters are written otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tiaoli.base import Problem, Statement, shown
from tiaoli.policy.model import Policy
from tiaoli.policy.norm_tables import SOURCE, Column, NormTable
from tiaoli.policy.text import ANCHOR


def source_problems(source: str, policy: Policy, mended: Mapping[str, Any]) -> Iterator[Problem]:
    """A problem for every difference between a policy's sentences and the text as it came."""
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


def table_problems(policy: Policy, source: str | None) -> Iterator[Problem]:
    """A problem for every row of a table that the text has not, and for every row of the text that the table has not."""
    for table in policy.tables.values():
        if table.within == SOURCE and source is None:
            zh, en = "表声明出自 source.txt，而没有此文件", "the table is said to stand in source.txt, and there is no such file"
            yield Problem(f"policy.toml [table.{table.name}.within]", Statement(zh, en), "table-source")
        elif table.within == SOURCE and source is not None:
            rows = (_row_cells(table, line) for line in source.splitlines())
            there = {_key_cells(table, cells): cells for cells in rows if cells is not None}
            yield from _against(table, there)
        elif table.within is not None:
            yield from _in_clause(policy, table)


def _against(table: NormTable, there: Mapping[tuple[str, ...], tuple[str, ...]]) -> Iterator[Problem]:
    """The differences between a table and the rows of the text, by their keys."""
    here = {_key_cells(table, row.written): row for row in table.rows}
    for key, cells in there.items():
        said = " ".join(cells)
        if key not in here:
            yield _differs(table.file, f"缺少原文的这一行：{shown(said)}", f"lacks this row of the text: {shown(said)}")
        elif tuple(map(_bare, here[key].written)) != tuple(map(_bare, cells)):
            other = shown(" ".join(here[key].written))
            where = f"{table.file}:{here[key].line}"
            yield _differs(where, f"写作 {other}，原文为 {shown(said)}", f"has {other} where the text has {shown(said)}")
    for key, row in here.items():
        if key not in there:
            said = shown(" ".join(row.written))
            yield _differs(f"{table.file}:{row.line}", f"原文没有此行：{said}", f"has this row, which the text has not: {said}")


def _in_clause(policy: Policy, table: NormTable) -> Iterator[Problem]:
    """Each row against the sentences of its clause: its cells stand in one of them, in order, and each of them that the policy does not
    account for otherwise is a row."""
    (clause,) = policy.clauses_named(str(table.within))
    sentences = {item.anchor: _cells_of_text(item.text) for item in policy.sentences.values() if clause in item.clauses}
    taken = set()
    for row in table.rows:
        cells = [_cells_of_text(cell) for cell in row.written]
        anchor = next((anchor for anchor, text in sentences.items() if anchor not in taken and _stand_in(cells, text)), None)
        if anchor is None:
            said = shown(" ".join(row.written))
            zh, en = f"{clause} 中没有此行：{said}", f"no sentence of {clause} has this row: {said}"
            yield _differs(f"{table.file}:{row.line}", zh, en)
        else:
            taken.add(anchor)
    for anchor in sentences:
        sentence = policy.sentences[anchor]
        if anchor not in taken and not sentence.encoded_in and sentence.not_computed is None:
            zh, en = f"此句不是表“{table.name}”的任何一行", f"this sentence is no row of the table {table.name}"
            cure = Statement(
                f"{zh}；请补上该行，或在 clauses.toml 中说明", f"{en}; add the row, or account for the sentence in clauses.toml"
            )
            yield Problem(f"notice.md#{anchor}", cure, "table-source")


def _stand_in(cells: Sequence[str], text: str) -> bool:
    here = 0
    for cell in cells:
        # a number is not a part of a longer one
        match = re.compile(rf"(?<![0-9.]){re.escape(cell)}(?!\.?[0-9])" if cell[:1].isdigit() else re.escape(cell)).search(text, here)
        if match is None:
            return False
        here = match.end()
    return True


def _cells_of_text(text: str) -> str:
    """A text without what stands between the groups of a number, nor zeros behind its point."""
    bare = re.sub(r"(?<=[0-9])[,，  ](?=[0-9]{3}(?![0-9]))", "", " ".join(text.split()))
    return re.sub(r"(?<=[0-9])\.0+(?![0-9])", "", bare)


def _row_cells(table: NormTable, line: str) -> tuple[str, ...] | None:
    """The cells of a line of the text that is a row of a table; `None` where it is none."""
    cells = line.split(None, len(table.columns) - 1)
    if len(cells) < len(table.columns):
        return None
    plain = all(_could_be(column, cell) for column, cell in zip(table.columns, cells, strict=True))
    return tuple(cell.strip() for cell in cells) if plain else None


def _could_be(column: Column, cell: str) -> bool:
    match column.type:
        case "integer" | "money" | "percent":
            return re.fullmatch(r"[0-9][0-9,.]*%?", cell) is not None
        case "code":
            return column.form is not None and column.form.fullmatch(cell) is not None
        case "day":
            return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell) is not None
        case _:
            return True


def _key_cells(table: NormTable, cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell for cell, column in zip(cells, table.columns, strict=True) if column.name in table.key)


def _differs(where: str, zh: str, en: str) -> Problem:
    return Problem(where, Statement(zh, en), "table-source")


def _words(source: str, policy: Policy, mended: Mapping[str, Any]) -> Iterator[Problem]:
    """Walk through the text by the sentences: what lies between them is a clause's number or a row of the annex."""
    listed = [table for table in policy.tables.values() if table.within == SOURCE]
    rows = "\n".join(line for line in source.splitlines() if all(_row_cells(table, line) is None for table in listed))
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
