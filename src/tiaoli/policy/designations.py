"""How the clauses of a text are numbered: `第十四条`, `Article 5(1)(c)`, `§ 3`, `（一）`, `Schedule 1 para. 10`, `1.1`.

A designation is a row of steps, each a word, where there is one, and a number in any script. Two designations are the same where
their steps are, whatever script or brackets they are written in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_HAN = "零〇一二三四五六七八九十百千两"
_NUMBER = rf"(?:[0-9]{{1,4}}[a-z]{{0,2}}|[{_HAN}]+|[ivxlc]+|[a-z])"
_WIDE = str.maketrans("（）［］．　０１２３４５６７８９", "()[]. 0123456789")
_END = r"(?![^\W_])"
"""No letter or digit follows."""

_WORDS = {
    "article": "art", "section": "sec", "§": "§§", "schedule": "sch", "annex": "", "appendix": "app", "rule": "", "regulation": "reg",
    "clause": "cl", "part": "", "chapter": "ch", "title": "", "paragraph": "para paras", "point": "", "subparagraph": "",
    "附件": "", "附表": "", "附录": "",
}  # fmt: skip
"""The words that stand before a number, each with its short forms."""

_SHORT = {short: word for word, forms in _WORDS.items() for short in (word, *forms.split())} | {"§": "section", "§§": "section"}
_CLASSIFIERS = {"编": "编", "章": "chapter", "节": "节", "条": "article", "款": "款", "项": "项", "目": "目"}
"""The Chinese measure words of a text's parts: 第三条 is an article."""

_RANKS = {"编": 0, "part": 0, "title": 0, "chapter": 1, "节": 2}
"""What only groups clauses: the number of a clause goes on through them, so that they are no part of its name."""

_BELOW = frozenset({"", "款", "项", "目", "paragraph", "point", "subparagraph"})
"""The words of a step that is cited behind the one above it, like no word at all."""


class Step(NamedTuple):
    """One step: its word, `""` where there is none, its number as digits or letters, and how both are written in a name."""

    word: str
    number: str
    written: str

    @property
    def groups(self) -> bool:
        """Whether it only groups clauses, like a chapter."""
        return self.word in _RANKS

    @property
    def is_below(self) -> bool:
        """Whether it is cited behind the step above it."""
        return self.word in _BELOW and "." not in self.number

    @property
    def rank(self) -> int:
        """How high a step with a word of its own stands in a text without marked headings."""
        return _RANKS.get(self.word, 3)

    def fits(self, asked: Step, roman: bool) -> bool:
        """Whether this is the step that somebody asks for; `roman` takes Roman numerals for the others as well."""
        words = not asked.word or asked.word == self.word or (asked.word in _BELOW and self.word in _BELOW)
        # `x` is rather a slip than the tenth of a text that counts in digits; `X` is not
        slip = self.number.isdigit() and asked.written.strip("()").islower()
        numbers = asked.number == self.number or (roman and not slip and _as_digits(asked.number) == _as_digits(self.number))
        return words and numbers


class Heading(NamedTuple):
    """The designation at the head of a line: its steps, what stands behind it, and how it is marked: `(digits)`, `digits.`."""

    steps: tuple[Step, ...]
    rest: str
    mark: str

    @property
    def name(self) -> str:
        """The designation as it is cited."""
        return cited(self.steps)


def cited(steps: Iterable[Step]) -> str:
    """A row of steps as one name: `Article 5(1)(c)`, `Schedule 1 para. 10`, `第七条（一）`."""
    name = ""
    for step in steps:
        apart = name and step.word and not step.written.startswith("第")
        name += f" {step.written}" if apart else step.written
    return name


def find_designation(text: str, words: Sequence[str] = ()) -> Heading | None:
    """The designation that a line begins with, or `None`. `words` are further ones that the policy has before a number.

    >>> [find_designation(line).name for line in ("Article 5(1) Scope", "第二条育儿补贴", "（一） 对象", "1.1 The scheme", "§ 3")]
    ['Article 5(1)', '第二条', '（一）', '1.1', '§ 3']
    """
    plain = text.translate(_WIDE)
    here, steps, mark = 0, list[Step](), ""
    # behind `1.` a sentence begins, and may begin with another number
    while not mark.startswith(("point", "comma")) and (step := _step(plain, text, here, words, first=not steps)):
        found, here, mark = step
        steps.append(found)
    if not steps:
        return None
    return Heading(tuple(steps), text[here:].lstrip(" \t　.。:：、—–-"), mark)


def parse_reference(text: str, words: Sequence[str] = ()) -> tuple[Step, ...] | None:
    """The steps that a whole text names, as somebody asks for them: `5(1)(c)`, `十四`, `Article 5`; `None` where it names none."""
    asked = " ".join(text.split())
    found = find_designation(asked, words) or find_designation(f"({asked})", words)
    return found.steps if found is not None and not found.rest else None


def _step(plain: str, text: str, here: int, words: Sequence[str], first: bool) -> tuple[Step, int, str] | None:
    """The step at a place of a text, where it ends, and how it is marked."""
    named = "|".join(map(re.escape, sorted((*_SHORT, *words), key=len, reverse=True)))
    classifiers = "".join(_CLASSIFIERS)
    gap = "" if first else r"[ ,]*"
    forms = (
        ("classifier", rf"{gap}第\s*\(?(?P<number>{_NUMBER})\)?\s*(?P<word>[{classifiers}])(?:之(?P<more>[{_HAN}]+))?"),
        ("word", rf"{gap}(?P<word>{named})\.?\s*(?:no\.?\s*)?\(?(?P<number>{_NUMBER})\)?{_END}"),
        ("bracket", rf"{gap}\((?P<number>{_NUMBER})\)"),
        ("comma", rf"(?P<number>[{_HAN}]+)、"),
        ("dotted", rf"{gap}(?P<number>[0-9]{{1,4}}[a-z]?(?:\.[0-9]{{1,4}}[a-z]?)+){_END}"),
        ("point", rf"(?P<number>[0-9]{{1,3}}[a-z]?|[{_HAN}]{{1,4}}|[ivxlc]+|[a-z])(?:[.)](?=\s|$|[^\x00-\x7f]))"),
        ("bare", rf"(?P<number>[0-9]{{1,3}}[a-z]?|[{_HAN}]{{1,4}})(?=\s|$|\()"),
    )
    for kind, form in forms:
        if kind in ("comma", "point", "bare") and not first:
            continue
        found = re.compile(form, re.IGNORECASE).match(plain, here)
        if found is None:
            continue
        groups = found.groupdict()
        number = _number(groups["number"])
        if number is None:
            continue
        if groups.get("more"):
            number += f"-{_number(groups['more'])}"
        written = text[found.start() : found.end()].strip(" ,")
        word = (groups.get("word") or "").lower()
        if kind in ("comma", "point"):
            written = written.rstrip("、.)")
        if kind == "word":
            written = " ".join(written.split())
        step = Step(_CLASSIFIERS.get(word, _SHORT.get(word, word)), number, written)
        return step, found.end(), f"{kind}-{_sort(groups['number'])}"
    return None


def _sort(number: str) -> str:
    if number[0] in _HAN:
        return "han"
    if number[0].isdigit():
        return "digits"
    return "upper" if number.isupper() else "lower"


def _number(text: str) -> str | None:
    """A number as its digits, or its letters as they are."""
    if text[0] in _HAN:
        # its patterns cost more than a short run has
        from tiaoli.policy.quantities import read_numeral

        number = read_numeral(text)
        return None if number is None else str(number)
    return text.lower()


def _as_digits(number: str) -> str:
    """A Roman numeral as digits; anything else as it is."""
    if number in ("c", "l") or not re.fullmatch(r"c{0,3}(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", number):
        return number
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[char] for char in number]
    total = sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))
    return str(total)


def follows(number: str, last: str | None, roman: bool) -> bool:
    """Whether a number stands behind another of its kind in a list, or first where there is no other."""
    now, before = (_order(number, roman), 0 if last is None else _order(last, roman))
    return now is not None and before is not None and now == before + 1


def _order(number: str, roman: bool) -> int | None:
    digits = re.match(r"[0-9]+", number)
    if digits:
        return int(digits[0])
    if roman:
        found = _as_digits(number)
        return int(found) if found.isdigit() else None
    return ord(number) - ord("a") + 1 if len(number) == 1 else None


def matching(clauses: Sequence[str], text: str, words: Sequence[str] = ()) -> tuple[str, ...]:
    """The clauses that a text names: the one of that name; else those of that number, from its first step or from one below.

    >>> matching(("（二）", "（三）"), "3"), matching(("Article 5", "Article 5(1)", "Article 6(1)"), "5(1)")
    (('（三）',), ('Article 5(1)',))
    >>> matching(("一（一）", "二（一）"), "(1)")
    ('一（一）', '二（一）')
    """
    wanted = "".join(text.split())
    if exact := tuple(clause for clause in clauses if "".join(clause.split()) == wanted):
        return exact
    asked = parse_reference(text, words)
    if asked is None:
        return ()
    known = [(clause, parse_reference(clause, words) or ()) for clause in clauses]
    # （一） is below 一, and no other way to write it
    bracketed = [step.written for step in asked] if wanted[0] in "（(" else None
    if found := tuple(clause for clause, steps in known if [step.written for step in steps[-len(asked) :]] == bracketed):
        return found
    for roman in (False, True):
        for whole in (True, False):
            found = tuple(
                clause
                for clause, steps in known
                if (len(steps) == len(asked) if whole else len(steps) > len(asked))
                and all(step.fits(want, roman) for step, want in zip(steps[-len(asked) :], asked, strict=True))
            )
            if found:
                return found
    return ()


def joined(clauses: Iterable[str]) -> str:
    """Several clauses in a row: `（三）（四）`, `Article 5, Article 6`."""
    names = list(clauses)
    tight = all(name.startswith("（") for name in names)
    return "".join(names) if tight else ("、" if any("\u4e00" <= name[0] <= "\u9fff" for name in names) else ", ").join(names)
