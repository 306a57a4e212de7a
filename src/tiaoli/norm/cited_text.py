"""The text of a norm as its sentences, and the sentence of a quote."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tiaoli.base import Statement, shown
from tiaoli.norm.draft import Draft, Words
from tiaoli.policy import Place, read_text

TEXT_FILE = "notice.md"
"""The text as it was pasted."""

METHOD = "method"
"""Stands for a sentence above rules that encode none."""


class Cited(NamedTuple):
    """A quote and the sentence it stands in."""

    anchor: str
    quote: str


class CitedText:
    """The sentences of a norm."""

    def __init__(self, draft: Draft, text: str, headings: Sequence[str]) -> None:
        self.draft = draft
        self.places = read_text(text, headings)
        self.sentences = {place.anchor: place.text for place in self.places}
        for place in self.places:
            where = f"{TEXT_FILE}:{place.line}" if place.line else TEXT_FILE
            draft.origins[f"{TEXT_FILE}#{place.anchor}"] = where
            draft.origins[f"clauses.toml [{place.anchor}"] = where

    def find(self, where: str, quote: str) -> Cited | None:
        """The sentence that a quote stands in; an anchor before it says which of several. `None`, and a problem, where there is none."""
        quote = quote.strip()
        anchor, _, rest = quote.partition(" ")
        if anchor in self.sentences:
            rest = rest.strip()
            if rest in self.sentences[anchor]:
                return Cited(anchor, rest or self.sentences[anchor])
            zh, en = f"{anchor} 中没有 {shown(rest)}", f"{anchor} does not have {shown(rest)}"
            self.draft.refuse(where, Statement(f"{zh}；请照原文抄写", f"{en}; copy it from the text"), "text-quote")
            return None
        found = [anchor for anchor, text in self.sentences.items() if quote and quote in text]
        if len(found) == 1:
            return Cited(found[0], quote)
        if found:
            some = ", ".join(found[:4])
            zh = f"{shown(quote)} 见于 {len(found)} 个句子（{some}）；请多引几个字，或在引文前写上锚点"
            en = f"{shown(quote)} stands in {len(found)} sentences ({some}); quote more words, or write the anchor before them"
            self.draft.refuse(where, Statement(zh, en), "text-quote-several")
            return None
        self.draft.refuse(where, self._nowhere(quote), "text-quote")
        return None

    def _nowhere(self, quote: str) -> Statement:
        bare = re.sub(r"\s+", "", quote)
        if bare and bare in re.sub(r"\s+", "", "".join(self.sentences.values())):
            zh, en = f"{shown(quote)} 跨越几个句子；请只引其中一句", f"{shown(quote)} runs over several sentences; quote one of them"
            return Statement(zh, en)
        near = difflib.get_close_matches(quote, self.sentences.values(), 1, 0)
        zh, en = f"正文中没有 {shown(quote)}", f"the text does not have {shown(quote)}"
        if near:
            anchor = next(anchor for anchor, text in self.sentences.items() if text == near[0])
            zh, en = f"{zh}；最相近的是 {anchor}：{shown(near[0])}", f"{en}; nearest is {anchor}: {shown(near[0])}"
        return Statement(f"{zh}；请照原文抄写", f"{en}; copy it from the text")

    def rules(self, files: Mapping[str, str]) -> tuple[dict[str, str], dict[str, list[str]]]:
        """The files of rules with an anchor before each quote, lines as they were; and the files that quote each sentence."""
        found, encoded = {}, dict[str, list[str]]()
        for name, text in files.items():
            lines = text.splitlines()
            for number, line in enumerate(lines):
                if not line.startswith("%@") or line[2:].split(None, 1)[:1] == [METHOD]:
                    continue
                cited = self.find(f"{name}:{number + 1}", line[2:])
                if cited is not None:
                    lines[number] = f"%@ {cited.anchor} {cited.quote}"
                    files_of = encoded.setdefault(cited.anchor, [])
                    if name not in files_of:
                        files_of.append(name)
            found[name] = "\n".join(lines) + "\n"
        return found, encoded

    def clauses(
        self, titles: Sequence[str], reasons: Mapping[str, Any], translations: Mapping[str, Any], encoded: Mapping[str, list[str]]
    ) -> dict[str, Any]:
        """What is said of each sentence: the files that encode it, why it or a part of it is not computed, its translation."""
        why = self._reasons(reasons, encoded)
        translated = self._translations(translations)
        tables: dict[str, Any] = {}
        for place in self.places:
            table: dict[str, Any] = {}
            if "zh" in self.draft.languages and "en" in self.draft.languages:
                table["en"] = translated.get(place.anchor, "")
                if not table["en"]:
                    zh, en = "此句没有译文；请写入 [translations]", "this sentence has no translation; write it under [translations]"
                    self.draft.refuse(f"{TEXT_FILE}:{place.line}", Statement(zh, en), "text-translation")
            if place.anchor in encoded:
                table["encoded_in"] = encoded[place.anchor]
            if place.anchor in why:
                kind, words, part = why[place.anchor]
                table["not_computed"] = {"kind": kind, **words}
                if part is not None:
                    table["part"] = part
            elif place is self.places[0] and self._is_title(place, titles, encoded):
                table["not_computed"] = {"kind": "heading", **self.draft.words("标题。", "The title.")}
            if table.keys() - {"en"}:
                tables[place.anchor] = table
        return tables

    @staticmethod
    def _is_title(place: Place, titles: Sequence[str], encoded: Mapping[str, list[str]]) -> bool:
        return not place.clauses and place.anchor not in encoded and any(title and title in place.text for title in titles)

    def _reasons(self, reasons: Mapping[str, Any], encoded: Mapping[str, list[str]]) -> dict[str, tuple[str, Words, str | None]]:
        found: dict[str, tuple[str, Words, str | None]] = {}
        table = self.draft.table("not_computed", dict(reasons))
        for quote, value in reasons.items():
            cited = self.find(f"norm.toml [not_computed.{quote}]", quote)
            kind, words = (value[0], value[1]) if isinstance(value, list) and len(value) == 2 else (None, None)
            if not isinstance(kind, str):
                zh, en = '须写 ["种类", "理由"]', '["kind", "why it is not computed"] is wanted'
                table.refuse(quote, Statement(zh, en), "policy-value-type")
                continue
            said = self.draft.said(table, quote, words)
            if cited is None:
                continue
            if cited.anchor in found:
                zh, en = (
                    f"对 {cited.anchor} 已说明过一次；请合为一项",
                    f"{cited.anchor} is accounted for already; make one entry of the two",
                )
                table.refuse(quote, Statement(zh, en), "policy-key-repeated")
                continue
            found[cited.anchor] = (kind, said, cited.quote if cited.anchor in encoded else None)
        return found

    def _translations(self, translations: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        table = self.draft.table("translations", dict(translations))
        for quote in translations:
            cited = self.find(f"norm.toml [translations.{quote}]", quote)
            text = table.text(quote)
            if cited is not None:
                found[cited.anchor] = text
        return found
