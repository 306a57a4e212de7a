"""Plain data read as a case: everything that the case format of a policy does not have is refused under its path."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from tiaoli.base import MISSING, CaseError, Problem, Statement, choices, shown
from tiaoli.case.part import Part
from tiaoli.case.raw import EXPECTED, ITEM_ID, path_of
from tiaoli.policy import CaseSchema, ListKey, NotAcceptedError, ObjectKey, Set, Shape, read_unicode, refuse_value

Location = tuple[str | int, ...]


def read_case(document: Any, schema: CaseSchema) -> Part:
    """What a document states. Raises `CaseError` with one problem for every field that is not in the format."""
    if not isinstance(document, Mapping):
        kind = Statement("一个列表", "a list") if isinstance(document, list) else Statement("单个值", "a single value")
        raise CaseError.one(
            "",
            f"案件须为一个对象（键和值），而这里是{kind.zh}",
            f"a case is an object of keys and values; this is {kind.en}",
            "case-not-object",
        )
    reader = _Reader(document, schema)
    found = reader.object(schema.root, document, ())
    if found is None or reader.problems:
        raise CaseError(reader.problems)
    return found


class _Reader:
    """Reads one document; what is wrong with it are its `problems`. What was read before, and is in place, is taken as it is."""

    def __init__(self, document: Any, schema: CaseSchema) -> None:
        self.document, self.schema = document, schema
        self.problems: list[Problem] = []

    def object(self, shape: Shape, value: Any, at: Location) -> Part | None:
        """An object; nothing where some of it is refused."""
        if isinstance(value, Part) and value.shape is shape:
            return value
        before = len(self.problems)
        if not isinstance(value, Mapping):
            self._try(_refuse_object, value, at)
            return None
        found: dict[str, Any] = {}
        if shape.ids:
            self._id(shape, value, found, at)
        for key, declared in shape.keys.items():
            inner = value.get(key, MISSING)
            if inner is MISSING:
                if not shape.path and key == self.schema.day.path:
                    self._refuse((*at, key), _REQUIRED, "case-key-missing")
            elif isinstance(declared, ListKey):
                found[key] = self._list(declared.shape, inner, (*at, key))
            elif isinstance(declared, ObjectKey):
                empty = inner is None and declared.record is not None and declared.record.nullable
                found[key] = None if empty else self.object(declared.shape, inner, (*at, key))
            elif inner is None and declared.field.nullable:
                found[key] = None
            elif isinstance(declared.field.type, Set):
                found[key] = self._set(declared.field.type, inner, (*at, key))
            else:
                try:
                    found[key] = declared.field.type.read(inner)
                except NotAcceptedError as error:
                    self._refuse((*at, key), error.statement, error.id)
        if len(found) < len(value):
            self._unknown(shape, value, at)
        if len(self.problems) == before:
            for first, last in shape.in_order:
                self._in_order(found.get(first), found.get(last), first, (*at, last))
        return Part(shape, found)

    def _id(self, shape: Shape, value: Mapping[str, Any], found: dict[str, Any], at: Location) -> None:
        own = value.get("id", MISSING)
        if own is MISSING:
            self._refuse((*at, "id"), _REQUIRED, "case-key-missing")
            return
        text = self._try(read_unicode, own, (*at, "id"))
        if text is None:
            return
        found["id"] = text
        if shape.path:
            self._try(_item_id, text, (*at, "id"))
        else:
            self._try(_case_id, text, (*at, "id"))

    def _list(self, shape: Shape, value: Any, at: Location) -> tuple[Part | None, ...] | None:
        items = self._items(value, at)
        if items is None:
            return None
        before = len(self.problems)
        found = tuple([self.object(shape, item, (*at, place)) for place, item in enumerate(items)])
        if len(self.problems) == before:
            seen: set[str] = set()
            for item in found:
                own = item["id"] if item is not None else ""
                if own in seen:
                    zh, en = (
                        f"编号 {shown(own)} 重复；同一列表内编号须唯一",
                        f"the id {shown(own)} stands twice; ids are unique in their list",
                    )
                    self._refuse((*at, own), Statement(zh, en), "case-id-repeated")
                    break
                seen.add(own)
        return found

    def _set(self, declared: Set, value: Any, at: Location) -> tuple[Any, ...] | None:
        items = self._items(value, at)
        return None if items is None else tuple([self._try(declared.member, item, (*at, place)) for place, item in enumerate(items)])

    def _items(self, value: Any, at: Location) -> list[Any] | tuple[Any, ...] | None:
        if isinstance(value, (list, tuple)):
            return value
        self._try(_refuse_list, value, at)
        return None

    def _unknown(self, shape: Shape, value: Mapping[str, Any], at: Location) -> None:
        for key, inner in value.items():
            if not isinstance(key, str):
                where = (*at, str(key))
                self._refuse(
                    where, Statement(f"{shown(key)} 不可用；键须为文字", f"{shown(key)} is not accepted; a key is text"), "case-type"
                )
            elif key not in shape.allowed and inner is not MISSING and not (key == EXPECTED and not shape.path):
                allowed = choices(shape.allowed, key)
                self._refuse(
                    (*at, key),
                    Statement(f"案件格式中没有这个键；{allowed.zh}", f"the case format has no such key; {allowed.en}"),
                    "case-key-unknown",
                )

    def _in_order(self, start: Any, end: Any, first: str, at: Location) -> None:
        if start is not None and end is not None and end < start:
            zh, en = (
                f"{shown(end)} 早于 {first}（{start}）；请核对两个日期",
                f"{shown(end)} lies before {first} ({start}); check the two dates",
            )
            self._refuse(at, Statement(zh, en), "case-days-reversed")

    def _try(self, read: Callable[[Any], Any], value: Any, at: Location) -> Any:
        """What a value is read as; nothing where it is refused."""
        try:
            return read(value)
        except NotAcceptedError as error:
            self._refuse(at, error.statement, error.id)
            return None

    def _refuse(self, at: Location, what: Statement, id: str) -> None:
        self.problems.append(Problem(path_of(self.document, at), what, id))


def _refuse_object(value: Any) -> None:
    refuse_value(value, "须为对象（键和值）", "an object of keys and values is wanted")


def _refuse_list(value: Any) -> None:
    refuse_value(value, "须为列表", "a list is wanted")


def _item_id(text: str) -> None:
    if not ITEM_ID.fullmatch(text):
        zh, en = "编号只含字母、数字、- 和 _，至多 64 个字符", "an id has letters, digits, - and _, up to 64"
        raise NotAcceptedError("case-id", f"{shown(text)} 不可用：{zh}", f"{shown(text)} is not accepted: {en}")


def _case_id(text: str) -> None:
    if not text or any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        zh, en = "须为非空文字，不含控制字符", "text that is not empty and holds no control character"
        raise NotAcceptedError("case-type", f"{shown(text)} 不可用：{zh}", f"{shown(text)} is not accepted: {en}")


_REQUIRED = Statement("缺少此项；它是必填项", "this is missing, and it is required")
