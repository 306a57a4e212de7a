"""Quantities in a text: each numeral there and back, and what is one in sentences of norms, Chinese and English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiaoli.policy.quantities import find_quantities, read_numeral

DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
NUMBERS = st.one_of(st.integers(1, 10**12 - 1), st.integers(1, 200), st.sampled_from([10**k for k in range(12)]))
ONES = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen""".split()  # noqa: SIM905
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905


def section(number: int) -> str:
    """A number below 10,000 in Chinese, with 零 where a place between is empty."""
    text, empty = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if empty and text else "") + DIGITS[digit] + unit
        empty = not digit
    return text


def chinese(number: int) -> str:
    text, before = "", 0
    for place, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part = number // place % 10**4
        if part:
            text += ("零" if text and (part < 1000 or before % 10 == 0) else "") + section(part) + unit
        before = part
    return text.removeprefix("一") if text.startswith("一十") else text


def english(number: int) -> str:
    if number < 20:
        return ONES[number - 1]
    if number < 100:
        return TENS[number // 10 - 2] + (f"-{ONES[number % 10 - 1]}" if number % 10 else "")
    if number < 1000:
        return f"{ONES[number // 100 - 1]} hundred" + (f" and {english(number % 100)}" if number % 100 else "")
    return f"{english(number // 1000)} thousand" + (f" {english(number % 1000)}" if number % 1000 else "")


@given(NUMBERS)
def test_a_number_in_chinese_is_read_back(number: int) -> None:
    text = chinese(number)
    assert read_numeral(text) == number
    assert read_numeral(text.translate(FORMAL)) == number
    assert read_numeral("".join(DIGITS[int(digit)] for digit in f"{number}0")) == number * 10


@given(NUMBERS)
def test_a_number_in_digits_is_read_back(number: int) -> None:
    assert read_numeral(f"{number:,}") == read_numeral(str(number)) == number
    assert read_numeral(f"{number}万") == number * 10_000
    assert read_numeral(f"{number / 4:.2f}万".replace(".00", "")) == Decimal(f"{number / 4:.2f}") * 10_000


@given(st.integers(1, 999_999))
def test_a_number_in_english_words_is_read_back(number: int) -> None:
    assert read_numeral(english(number)) == number


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_is_found_however_it_is_written(day: date) -> None:
    han = f"{''.join(DIGITS[int(digit)] for digit in str(day.year))}年{chinese(day.month)}月{chinese(day.day)}日"
    texts = (f"{day.year}年{day.month}月{day.day}日", f"{day.year} 年 {day.month} 月 {day.day} 日", day.isoformat(), han)
    for text in (*texts, f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}"):
        (found,) = find_quantities(f"自{text}起施行")
        assert found.stated
        assert (str(found.kind), int(found.value)) == ("day", int(f"{day:%Y%m%d}"))
        assert f"自{text}起施行"[found.start : found.end].strip() == text


@given(st.integers(1, 200), st.sampled_from([("个月", 1), ("年", 12)]))
def test_a_period_is_found_in_both_numerals(number: int, unit: tuple[str, int]) -> None:
    name, months = unit
    for text in (
        f"{number}{name}",
        f"{number} {name}",
        f"{chinese(number)}{name}",
        f"{english(number)} {'months' if months == 1 else 'years'}",
    ):
        (found,) = find_quantities(f"于{text}内")
        assert (str(found.kind), int(found.value)) == ("months", number * months)


@given(st.integers(1, 100))
def test_a_share_is_found_in_both_numerals(number: int) -> None:
    for text in (
        f"{number}%",
        f"{number}％",
        f"百分之{number}",
        f"百分之{chinese(number)}",
        f"{english(number)} per cent",
        f"{number} percent",
    ):
        (found,) = find_quantities(f"上调{text}，")
        assert (str(found.kind), int(found.value)) == ("percent", number)


STATED = [
    ("有效期半年", [("months", 6)]),
    ("一年半以内", [("months", 18)]),
    ("签订1年（含）以上", [("months", 12)]),
    ("上调三成", [("percent", 30)]),
    ("最高10万元", [("number", 100_000)]),
    ("最高十万元", [("number", 100_000)]),
    ("按每人１５００元", [("number", 1500)]),
    ("每年可申请一次", [("number", 1)]),
    ("证书等级须为四级（中级）及以上", [("number", 4)]),
    ("不少于3人", [("number", 3)]),
    ("three times a year", [("number", 3)]),
    ("half a year", [("months", 6)]),
    ("two hundred and fifty thousand yuan", [("number", 250_000)]),
]


@pytest.mark.parametrize(("text", "wanted"), STATED)
def test_what_a_sentence_states(text: str, wanted: list[tuple[str, int]]) -> None:
    assert [(str(item.kind), int(item.value)) for item in find_quantities(text, "元", "yuan") if item.stated] == wanted


NOTHING = [
    "三大先导产业",
    "一站式服务",
    "一次性补贴",
    "统一为",
    "任一项",
    "沪人社规〔2024〕20号",
    "第三条",
    "第 20 条",
    "4-10-01-05",
    "见附件2",
]
NOTHING += ["one of them", "一般", "a certificate", "the second"]


@pytest.mark.parametrize("text", NOTHING)
def test_what_states_nothing(text: str) -> None:
    assert [item for item in find_quantities(text, "元") if item.stated] == []


@pytest.mark.parametrize("text", ["2025年2月30日", "2025年13月1日", "0000年1月1日", "三四十", "", "两两", "and"])
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert [item.kind for item in find_quantities(text) if item.kind == "day"] == []


@given(st.text(alphabet="零一二三十百千万亿点年月日个半每成%0123456789,. 〔〕号第元aone hundred", max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    for item in find_quantities(text, "元"):
        assert 0 <= item.start < item.end <= len(text)
