"""Receipts in files: one in JSON, many in JSON Lines, or one inside a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from tiaoli.base import CaseError, ReceiptError
from tiaoli.case import MAX_BYTES, parse_document, read_text
from tiaoli.decide import Receipt

_OPENS = '<script type="application/json" id="tiaoli-receipt">'
_EMBEDDED = re.compile(f"{re.escape(_OPENS)}(.*?)</script>", re.DOTALL)
_FOR_HTML = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&"})


def receipt_element(receipt: Receipt) -> str:
    """A receipt as an element of a page: data, which no browser runs."""
    return f"{_OPENS}{_line(receipt).translate(_FOR_HTML)}</script>"


def receipts_text(receipts: Iterable[Receipt]) -> str:
    """Receipts as a file has them: one as an indented object, several a line each."""
    found = list(receipts)
    if len(found) == 1:
        return json.dumps(found[0].to_json(), ensure_ascii=False, indent=1) + "\n"
    return "".join(f"{_line(receipt)}\n" for receipt in found)


def _line(receipt: Receipt) -> str:
    return json.dumps(receipt.to_json(), ensure_ascii=False, separators=(",", ":"))


def read_receipts(name: str, standard_input: BinaryIO | None = None) -> Iterator[tuple[str, Receipt | ReceiptError]]:
    """The receipts in a file (or in `standard_input`), each with the place where it stands, or what is wrong with it there.

    A file that cannot be read at all is one such place.
    """
    try:
        opened = nullcontext(standard_input) if standard_input is not None else Path(name).open("rb")  # noqa: SIM115
    except (OSError, ValueError):
        # the reader of documents knows the words for it
        yield _read(name, None)
        return
    with opened as stream:
        first = stream.readline(MAX_BYTES + 1)
        if _whole(first):
            yield from _lines(name, first, stream)
        else:
            yield _read(name, first + stream.read(MAX_BYTES + 1 - len(first)))


def _whole(line: bytes) -> bool:
    """Whether a line is an object by itself."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _lines(name: str, first: bytes, stream: BinaryIO) -> Iterator[tuple[str, Receipt | ReceiptError]]:
    number, line = 1, first
    while line:
        if line.strip():
            yield _read(f"{name}:{number}", line)
        number, line = number + 1, stream.readline(MAX_BYTES + 1)


def _read(where: str, data: bytes | None) -> tuple[str, Receipt | ReceiptError]:
    try:
        text = read_text(Path(where), data, where)
        if text.lstrip()[:1] == "<":
            text = _inside(where, text)
        if text.lstrip()[:1] != "{":
            raise ReceiptError.one(
                where,
                "这不是收据；收据是 `tiaoli decide --receipt` 所写的 JSON，或 `tiaoli report` 所写的页面",
                "this is no receipt: one is the JSON that `tiaoli decide --receipt` writes, or a page of `tiaoli report`",
            )
        return where, Receipt.read(parse_document(text, where), where)
    except CaseError as error:
        return where, ReceiptError(error.problems)
    except ReceiptError as error:
        return where, error


def _inside(where: str, page: str) -> str:
    found = _EMBEDDED.findall(page)
    if len(found) != 1:
        zh, en = f"页面中有 {len(found)} 份收据；应恰有一份", f"the page holds {len(found)} receipts; exactly one is wanted"
        raise ReceiptError.one(where, zh, en)
    return str(found[0])
