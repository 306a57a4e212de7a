"""The quantities that a text of a norm states: days, periods, shares, sums, counts, in Arabic and Chinese numerals and in English words.

Only what bears on a number of a policy is told apart; what a text says without a number (每年, half) is found too, and marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

QuantityKind = Literal["day", "months", "percent", "number"]


class Quantity(NamedTuple):
    """A quantity where it stands in a text. `value` is a day as `20250301`, whole months, a percentage, or the number; `number` what the
    numeral says without its unit, `None` where there is none. Without a numeral (每年), or where a numeral is as often none (一次性), it is
    not `stated`."""

    kind: QuantityKind
    value: Decimal
    start: int
    end: int
    number: Decimal | None
    stated: bool = True


_DIGITS = {
    char: value
    for value, chars in enumerate(("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for char in chars
}
_UNITS = {"十": 10, "拾": 10, "百": 10**2, "佰": 10**2, "千": 10**3, "仟": 10**3}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_HAN = "".join([*_DIGITS, *_UNITS, *_MYRIADS])

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: value for value, word in enumerate(_ONES.split())} | {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6}
_YEAR = "january february march april may june july august september october november december"
_MONTHS = tuple(_YEAR.split())

_WORD = "|".join(sorted([*_WORDS, *_SCALES], key=len, reverse=True))
_ARABIC = rf"[0-9]+(?:[,，][0-9]{{3}})*(?:\.[0-9]+)?\s*[{''.join([*_UNITS, *_MYRIADS])}]*"
_NUMERAL = rf"(?:{_ARABIC}|[{_HAN}]+(?:点[{_HAN}]+)?|(?i:(?<![a-z])(?:an?|{_WORD})(?:(?:[\s-]+|\s+and\s+)(?:{_WORD}))*(?![a-z])))"
_NAMES = "|".join(_MONTHS)
_DIVISIONS = (
    r"articles?|paragraphs?|paras?\.|sections?|chapters?|annex(?:es)?|schedules?|parts?|points?|regulations?|directives?|decisions?"
)
_DIVISION = r"(?:\(?[A-Za-z]{2,4}\)\s+(?:no\s+)?)?[0-9]+(?:[/.][0-9]+)*(?:/[a-z]+)?(?:\([0-9a-z]+\))*"
"""What a text counts its divisions and other texts by, `Article 9(1)(a) and 9(2)`: no quantity of its own."""

_PATTERNS = re.compile(
    rf"""
    (?P<nothing> 〔[^〕]*〕\s*[0-9]+\s*号 | 第\s*{_NUMERAL} | [0-9]-[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}} | 附件\s*{_NUMERAL}
      | (?:§+|(?i:(?<![a-z])(?:{_DIVISIONS})))\s*(?i:(?:no\s+)?{_DIVISION}(?:\s*(?:,|and|or|to)\s+{_DIVISION})*) )
    | (?P<day> (?P<year>[0-9]{{4}}|[{_HAN}]{{4}})\s*年\s*(?P<month>{_ARABIC}|[{_HAN}]+)\s*月\s*(?P<date>{_ARABIC}|[{_HAN}]+)\s*[日号]
      | (?P<iso>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})
      | (?i:(?P<date_en>[0-9]{{1,2}})\s+(?P<month_en>{_NAMES})\s+(?P<year_en>[0-9]{{4}}))
      | (?i:(?P<month_us>{_NAMES})\s+(?P<date_us>[0-9]{{1,2}}),?\s+(?P<year_us>[0-9]{{4}})) )
    | (?P<portion> 百分之\s*(?P<of_hundred>{_NUMERAL}) | (?P<percent>{_NUMERAL})\s*(?:%|％|个百分点|(?i:per\s?cent(?![a-z])))
      | (?P<tenths>[{_HAN}])成 )
    | (?P<every> 每年度?|(?i:(?<![a-z])(?:each|every|per|a|calendar)\s+(?:calendar\s+)?year(?![a-z])) )
    | (?P<period> (?P<half_more>{_NUMERAL})\s*(?:个)?年半 | (?P<months>{_NUMERAL})\s*(?:个月|(?i:months?(?![a-z])))
      | (?P<years>{_NUMERAL})\s*(?:周?年|(?i:years?(?![a-z]))) | (?P<half_year>半年|(?i:half\s+an?\s+year)) )
    | (?P<half> 一半|半数|(?i:(?<![a-z])one\s+half(?![a-z])|(?![a-z])half(?![a-z])) )
    | (?P<number> {_NUMERAL} )
    """,
    re.VERBOSE,
)

# a Chinese numeral or an English word is a count only before what is counted: 三大产业, 一站式 and "one of them" state nothing
_ALWAYS = r"(?:次(?!性)|倍|天|周|小时|学时|课时|岁|(?i:times?(?![a-z])|days?(?![a-z])|weeks?(?![a-z])|hours?(?![a-z])))"
_COUNTED = re.compile(rf"\s*(?:{_ALWAYS}|[级人名项日份])")
_COUNTED_ONE = re.compile(rf"\s*{_ALWAYS}")


def find_quantities(text: str, *counted: str) -> tuple[Quantity, ...]:
    """Every quantity in a text, in order. A numeral in words is one before a unit, or before one of the words `counted`.

    >>> [(item.kind, str(item.value)) for item in find_quantities("自2025年1月1日起六个月内，按每人1.5万元的百分之三十")]
    [('day', '20250101'), ('months', '6'), ('number', '15000.0'), ('percent', '30')]
    """
    return tuple(_found(text.translate(_FULL_WIDTH), counted))


_FULL_WIDTH = {ord(char): str(value) for value, char in enumerate("０１２３４５６７８９")}


def _found(text: str, counted: tuple[str, ...]) -> Iterator[Quantity]:
    for match in _PATTERNS.finditer(text):
        start, end = match.span()
        if match["day"]:
            day = _day(match)
            if day is not None:
                yield Quantity("day", Decimal(day), start, end, None)
        elif match["portion"]:
            number = read_numeral(match["of_hundred"] or match["percent"] or match["tenths"])
            if number is not None:
                yield Quantity("percent", number * 10 if match["tenths"] else number, start, end, number)
        elif match["period"]:
            yield from _period(match)
        elif match["every"]:
            yield Quantity("months", Decimal(12), start, end, None, stated=False)
        elif match["half"]:
            yield Quantity("percent", Decimal(50), start, end, None, stated=False)
        elif match["number"]:
            number = read_numeral(match["number"])
            if number is not None:
                yield Quantity("number", number, start, end, number, _is_stated(text, match, counted))


def _period(match: re.Match[str]) -> Iterator[Quantity]:
    start, end = match.span()
    if match["half_year"]:
        yield Quantity("months", Decimal(6), start, end, None)
        return
    number = read_numeral(match["half_more"] or match["months"] or match["years"])
    if number is None:
        return
    if match["years"] and number >= 10**3:
        # a year of the calendar
        yield Quantity("number", number, start, end, number, stated=False)
        return
    months = number if match["months"] else 12 * number + (6 if match["half_more"] else 0)
    yield Quantity("months", months, start, end, number)


def _is_stated(text: str, match: re.Match[str], counted: tuple[str, ...]) -> bool:
    rest = text[match.end() :]
    if match["number"][0].isdigit():
        return not rest.startswith("月")
    # 任一项, 一人: "one" is more often no number
    before = _COUNTED_ONE if match["number"].lower() in ("一", "a", "an", "one") else _COUNTED
    return before.match(rest) is not None or any(rest.lstrip().startswith(word) for word in counted)


def _day(match: re.Match[str]) -> int | None:
    if match["iso"]:
        parts = [Decimal(part) for part in match["iso"].split("-")]
    elif match["year"]:
        parts = [part for part in map(read_numeral, (match["year"], match["month"], match["date"])) if part is not None]
    else:
        month = (match["month_en"] or match["month_us"]).lower()
        parts = [
            Decimal(match["year_en"] or match["year_us"]),
            Decimal(_MONTHS.index(month) + 1),
            Decimal(match["date_en"] or match["date_us"]),
        ]
    try:
        year, month_number, day = map(int, parts)
        return int(f"{date(year, month_number, day):%Y%m%d}")
    except ValueError:
        return None


def read_numeral(text: str) -> Decimal | None:
    """The number that a numeral is: Arabic digits with or without 万 and the like, Chinese, or English words; `None` where it is none.

    >>> [str(read_numeral(text)) for text in ("1,500", "2.5万", "一百零二", "二〇二五", "三万五", "三点五", "twenty-one", "三四十")]
    ['1500', '25000.0', '102', '2025', '35000', '3.5', '21', 'None']
    """
    word = "".join(text.split())
    if word[:1].isdigit():
        digits = word.rstrip(_HAN)
        scale = Decimal(1)
        for char in word[len(digits) :]:
            scale *= _UNITS.get(char) or _MYRIADS[char]
        return Decimal(digits.replace(",", "").replace("，", "")) * scale
    if word[:1] in _HAN:
        whole, point, fraction = word.partition("点")
        number = _chinese(whole)
        if number is None or not point:
            return None if number is None else Decimal(number)
        if not fraction or any(char not in _DIGITS for char in fraction):
            return None
        return Decimal(f"{number}.{''.join(str(_DIGITS[char]) for char in fraction)}")
    return _english(text)


def _chinese(word: str) -> int | None:
    if len(word) > 1 and all(char in _DIGITS for char in word):
        return int("".join(str(_DIGITS[char]) for char in word))
    total = section = digit = 0
    for char in word:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            myriad, section, digit = _MYRIADS[char], section + digit, 0
            total, section = (total + section * myriad, 0) if myriad == _MYRIADS["万"] else ((total + section) * myriad, 0)
    if digit and len(word) > 1:
        # 三万五 is 35,000, 十五 is 15
        unit = _UNITS.get(word[-2]) or _MYRIADS.get(word[-2]) or 10
        digit *= unit // 10
    return total + section + digit


def _english(text: str) -> Decimal | None:
    total = section = 0
    for word in re.split(r"[\s-]+", text.lower().strip()):
        if word in ("a", "an"):
            section += 1
        elif word in _WORDS:
            section += _WORDS[word]
        elif word == "hundred":
            section = (section or 1) * 100
        elif word in _SCALES:
            total, section = total + (section or 1) * _SCALES[word], 0
        elif word != "and":
            return None
    return Decimal(total + section)
