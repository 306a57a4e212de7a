"""Facts of a case in words: what a fact is called, how its value is written, the sentence it makes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tiaoli.atoms import SUPREMUM, Value
from tiaoli.calendar import iso
from tiaoli.load import Encoding
from tiaoli.policy import Field, Policy
from tiaoli.words import Statement


def label(policy: Policy, declared: Field, item: str) -> Statement:
    """What a fact is called: `证书c1的核发日期`."""
    zh, en = "", declared.label.en
    for entity, name in _named(policy, declared, item):
        zh += f"{policy.list_of[entity].statement.zh}{name}的"
    for entity, name in reversed(_named(policy, declared, item)):
        en += f" of {policy.list_of[entity].statement.en} {name}"
    return Statement(f"{zh}{declared.label.zh}", en)


def sentence(policy: Policy, declared: Field, item: str, value: Value) -> Statement:
    """The fact as a sentence, without its full stop."""
    if value is SUPREMUM or (value == "none" and declared.type == "record"):
        phrase = declared.phrases["null"]
    elif declared.type in ("boolean", "record"):
        phrase = declared.phrases[str(value)]
    else:
        phrase = declared.phrases["holds"]
    return _filled(policy, declared, item, phrase, value_words(policy, declared, value))


def set_sentence(policy: Policy, declared: Field, item: str, members: Iterable[Value]) -> Statement:
    """What a set holds, as a sentence without its full stop."""
    name = label(policy, declared, item)
    inside = [value_words(policy, declared, member) for member in members]
    found = listed(inside) if inside else Statement("无", "none")
    return Statement(f"{name.zh}：{found.zh}", f"{name.en}: {found.en}")


def question(policy: Policy, declared: Field, item: str) -> Statement:
    """The question to put where the fact is missing."""
    return _filled(policy, declared, item, declared.phrases["ask"], Statement("", ""))


def value_words(policy: Policy, declared: Field, value: Value) -> Statement:
    """A value as a reader writes it: a day in ISO form, money in yuan, a word of the policy's value table."""
    if value is SUPREMUM:
        return Statement("无", "none")
    if declared.table:
        return policy.values[declared.table].get(str(value), Statement(str(value), str(value)))
    if declared.type == "boolean":
        return Statement("是", "yes") if value == "true" else Statement("否", "no")
    if declared.type == "record":
        return Statement("有记录", "a record") if value == "record" else Statement("无记录", "no record")
    text = written(declared, value)
    if declared.unit is not None:
        return Statement(f"{text}{declared.unit.zh}", f"{text} {declared.unit.en}")
    return Statement(str(text), str(text))


def written(declared: Field, value: Value) -> Any:
    """A value as a case file has it."""
    if value is SUPREMUM or (declared.type == "record" and value == "none"):
        return None
    if declared.type == "boolean":
        return value == "true"
    if isinstance(value, int):
        if declared.type == "day":
            return iso(value)
        return f"{Decimal(value).scaleb(-2):.2f}" if declared.type == "money" else value
    return {} if declared.type == "record" else str(value)


def condition_name(encoding: Encoding, benefit: str, condition: str) -> Statement:
    """A condition with the clauses that it stands in: `（三）“申请时仍在岗”`."""
    policy = encoding.policy
    places = dict.fromkeys(policy.sentences[anchor].clause for anchor in encoding.sentences[benefit][condition])
    words = policy.benefits[benefit].conditions[condition]
    zh = "".join(place or "有效期" for place in places)
    en = "".join(place or "validity" for place in places)
    return Statement(f"{zh}“{words.zh}”", f"{en} “{words.en}”")


def listed(statements: Iterable[Statement], zh: str = "、", en: str = ", ") -> Statement:
    """Several statements in one."""
    found = list(statements)
    return Statement(zh.join(item.zh for item in found), en.join(item.en for item in found))


def _named(policy: Policy, declared: Field, item: str) -> list[tuple[str, str]]:
    """The entities that an item is named by, the one it stands in first, each with its id."""
    if declared.entity is None:
        return []
    own = policy.list_of[declared.entity]
    if own.parent is None:
        return [(own.entity, item)]
    holder, _, name = item.partition("/")
    return [(own.parent, holder), (own.entity, name)]


def _filled(policy: Policy, declared: Field, item: str, phrase: Statement, value: Statement) -> Statement:
    names = dict(_named(policy, declared, item))
    return Statement(phrase.zh.format(**names, value=value.zh), phrase.en.format(**names, value=value.en))
