"""The facts of norm.toml: the lists, objects and fields of a case, each with its type and, where nobody wrote better, its sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tiaoli.base import Statement, choices, shown
from tiaoli.norm.draft import Draft, Words, spoken
from tiaoli.policy import Table

CASE_DAY = "applied_on"
"""The key of the day that every case has, where a norm does not say."""

_TYPE = re.compile(r"(\w+)(?::(\w+))?((?:\s+[^\s.0-9]\w*)?)((?:\s+[0-9]+)?)(?:\s+([0-9.]*[0-9])?\.\.([0-9][0-9.]*)?)?")
PHRASES = ("holds", "true", "false", "record", "null", "lacks", "since", "ask")
"""The sentences of a fact."""
_PLAIN = {"day": "day", "boolean": "boolean", "integer": "integer", "decimal": "decimal", "money": "money", "record": "record"}
_NAMED = ("code", "enum", "set")


class Facts:
    """Reads `[facts]` into the tables of fields.toml; what is wrong goes to the problems of the draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.lists: dict[str, Any] = {}
        self.fields: dict[str, Any] = {}
        self.objects: dict[str, Any] = {}
        self.values: dict[str, dict[str, Words]] = {}
        self.units: dict[str, Any] = {}
        self.unread: set[str] = set()

    def read(self, norm: Mapping[str, Any]) -> dict[str, Any]:
        """The tables of fields.toml, of the sections `case`, `facts`, `values`, `codes`, `units` and `events` of norm.toml."""
        case = self.draft.table("case", norm.get("case", {}))
        day = case.take("day", str, CASE_DAY, required=False)
        words = self.draft.statement(case, "words") or self.draft.words("案件", "case")
        case.finish()
        for name, members in self._section(norm, "values"):
            table = self.draft.table(f"values.{name}", members)
            self.values[name] = {word: self.draft.said(table, word, said) for word, said in table.table.items()}
        self.units = {name: self._unit(name, table) for name, table in self._section(norm, "units")}
        codes = {name: self._code(name, table) for name, table in self._section(norm, "codes")}
        events = self.draft.table("events", norm.get("events", {}))
        happened = {name: self.draft.said(events, name, said) for name, said in events.table.items()}
        facts = norm.get("facts", {})
        if not isinstance(facts, dict):
            facts = {}
        self._inside("", None, facts)
        if day not in self.fields:
            self._field(day, day, None, {"is": "day", "changed_by": "time"})
        self.unread.add(day)
        for section, old in (("case", "case"), ("values", "value"), ("codes", "code"), ("units", "unit"), ("events", "event")):
            self.draft.origins[f"fields.toml [{old}"] = section
        return {
            "case": {**words, "day": day},
            "object": self.objects,
            "code": codes,
            "unit": self.units,
            "value": self.values,
            "event": happened,
            "list": self.lists,
            "field": self.fields,
        }

    def _section(self, norm: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
        return list(self.draft.table(name, norm.get(name, {})).table.items())

    def _code(self, name: str, written: Any) -> dict[str, Any]:
        table = self.draft.table(f"codes.{name}", written)
        found = {key: table.text(key) for key in ("pattern", "example", "other")}
        words = self.draft.statement(table, "words") or self.draft.words(name, spoken(name))
        table.finish()
        return {**found, **words}

    def _unit(self, name: str, written: Any) -> Any:
        """A unit: the words that stand for it in the text, or a table of these and of what stands beside a number of it."""
        table = self.draft.table(f"units.{name}", {"quoted": written} if isinstance(written, list) else written)
        words = self.draft.statement(table, "words") or self.draft.words(name, spoken(name))
        return {key: value for key, value in table.table.items() if key != "words"} | words

    def _inside(self, prefix: str, holder: str | None, tables: Mapping[str, Any]) -> None:
        """The facts of the case, of an object, or of the items of a list."""
        for key, written in tables.items():
            path = f"{prefix}{key}"
            if not isinstance(written, dict) or {"is", "set"} & written.keys():
                self._field(path, key, holder, written)
            elif "entity" in written:
                self._list(path, holder, written)
            elif holder is None and not prefix:
                self._object(path, written)
            else:
                zh, en = (
                    "事实须有 is（类型），列表须有 entity（一项的名称）",
                    "a fact wants `is` (its type), and a list `entity` (what an item is)",
                )
                self.draft.refuse(f"norm.toml [facts.{path}]", Statement(zh, en), "policy-key-missing")

    def _object(self, path: str, written: dict[str, Any]) -> None:
        table = self.draft.table(f"facts.{path}", written)
        if any(isinstance(inner, dict) and "entity" in inner for inner in written.values()):
            zh, en = "其中有列表，故须写 entity（一项的名称）", "a list lies in it, so it is one: say by `entity` what an item is"
            table.refuse("entity", Statement(zh, en), "policy-key-missing")
        self.objects[path] = self.draft.statement(table, "words") or self.draft.words(path, spoken(path))
        self.draft.origins[f"fields.toml [object.{path}"] = f"facts.{path}"
        self._inside(f"{path}.", None, {key: value for key, value in written.items() if key != "words"})

    def _list(self, path: str, holder: str | None, written: dict[str, Any]) -> None:
        table = self.draft.table(f"facts.{path}", written)
        entity = table.text("entity")
        words = self.draft.statement(table, "words") or self.draft.words(entity, spoken(entity))
        predicate = table.take("predicate", str, entity, required=False)
        self.lists[path] = {"entity": entity, "predicate": predicate, **words}
        if holder is not None:
            self.lists[path]["parent"] = holder
        self.draft.origins[f"fields.toml [list.{path}"] = f"facts.{path}"
        own = {"entity", "words", "predicate"}
        self._inside(f"{path}.", entity, {key: value for key, value in written.items() if key not in own})

    def _field(self, path: str, key: str, entity: str | None, written: Any) -> None:
        where = f"facts.{path}"
        self.draft.origins[f"fields.toml [field.{path}"] = where
        table = self.draft.table(where, written if isinstance(written, dict) else {"is": written})
        stem = path.replace(".", "_") if entity is None else f"{entity}_{key.replace('.', '_')}"
        predicate = table.take("predicate", str, stem, required=False)
        declared = self._type(table, predicate)
        label = self.draft.statement(table, "words")
        if label is None:
            label = self.draft.default(f"fields.toml [field.{path}.label]", spoken(key), spoken(key))
        said = {phrase: found for phrase in PHRASES if (found := self.draft.statement(table, phrase)) is not None}
        field: dict[str, Any] = {"predicate": predicate, **declared, "label": label}
        field["changed_by"] = table.take("changed_by", str, "no", required=False)
        for name in ("elsewhere", "clauses", "event", "not_before"):
            table.read.add(name)
            if name in table.table:
                field[name] = table.table[name]
        if table.take("unread", str, None, required=False) is not None:
            self.unread.add(path)
        table.finish()
        item = f"{{{entity}}}" if entity else ""
        self.fields[path] = field | self._phrases(path, declared.get("type", ""), label, (entity or "", item), said) | said

    def _named(self, label: Words, item: tuple[str, str]) -> tuple[str, str]:
        """What a fact is called with the item that it belongs to."""
        entity, slot = item
        if not entity:
            return label.get("zh", ""), label.get("en", "")
        said = next(found for found in self.lists.values() if found["entity"] == entity)
        return f"{said.get('zh', entity)}{slot}的{label.get('zh', '')}", f"{label.get('en', '')} of {said.get('en', entity)} {slot}"

    def name_period(self, predicate: str) -> None:
        """Name a period that begins on a day of a case, which a rule reckons from, where nobody wrote how."""
        for path, field in self.fields.items():
            if field["predicate"] == predicate and "since" not in field:
                holder = max((found for found in self.lists if path.startswith(f"{found}.")), key=len, default=None)
                entity = self.lists[holder]["entity"] if holder else ""
                zh, en = self._named(field["label"], (entity, f"{{{entity}}}"))
                field["since"] = self.draft.default(f"fields.toml [field.{path}.since]", f"自{zh}起", f"from {en}")

    def _phrases(self, path: str, kind: str, label: Words, item: tuple[str, str], said: Mapping[str, Words]) -> dict[str, Words]:
        """The sentences that a fact of this type needs and nobody wrote."""
        zh, en = self._named(label, item)
        plain = {
            "boolean": {"true": (f"{zh}：是", f"{en}: yes"), "false": (f"{zh}：否", f"{en}: no")},
            "record": {"record": (f"有{zh}", f"there is: {en}"), "null": (f"没有{zh}", f"there is none: {en}")},
        }
        wanted = plain.get(kind, {"holds": (f"{zh}为{{value}}", f"{en}: {{value}}")})
        wanted = {**wanted, "ask": (f"{zh}？", f"{en}?")}
        if kind.startswith("set:"):
            wanted["lacks"] = (f"{zh}不包括{{value}}", f"not among {en}: {{value}}")
        return {key: self.draft.default(f"fields.toml [field.{path}.{key}]", *words) for key, words in wanted.items() if key not in said}

    def _type(self, table: Table, predicate: str) -> dict[str, Any]:
        """The type that is written `integer months 0..24`, `["this", "that"]`, `code:card`, or in a table under `is`."""
        table.read |= {"is", "set"}
        written = table.table.get("is", table.table.get("set"))
        if isinstance(written, list):
            if not written or not all(isinstance(word, str) for word in written):
                table.refuse("is", Statement("须为文字的列表", "a list of words is wanted"), "policy-value-type")
                return {"type": "boolean"}
            self.values[predicate] = {
                word: self.draft.default(f"fields.toml [value.{predicate}.{word}]", spoken(word), spoken(word)) for word in written
            }
            self.draft.origins[f"fields.toml [value.{predicate}"] = table.path
            return {"type": f"{'set' if 'set' in table.table else 'enum'}:{predicate}"}
        match = _TYPE.fullmatch(written.strip()) if isinstance(written, str) else None
        if match is None or (match[1] not in _PLAIN and match[1] not in _NAMED):
            near = choices([*_PLAIN, *(f"{kind}:NAME" for kind in _NAMED)], match[1] if match else None)
            said = shown(str(written))
            zh, en = f"没有类型 {said}；{near.zh}，或取值的列表", f"there is no type {said}; {near.en}, or a list of its values"
            table.refuse("is", Statement(zh, en), "policy-name-unknown")
            return {"type": "boolean"}
        kind, name, unit, digits, low, high = (part.strip() if part else "" for part in match.groups())
        found: dict[str, Any] = {"type": f"{kind}:{name}" if kind in _NAMED else kind}
        if kind == "integer":
            found |= {"unit": unit} if unit else {}
            found |= {key: int(number) for key, number in (("min", low), ("max", high)) if number.isdigit()}
        elif kind in ("decimal", "money"):
            found |= {"digits": int(digits)} if digits else {}
            found |= {key: number for key, number in (("min", low), ("max", high)) if number}
        elif unit or digits or low or high:
            zh, en = f"{kind} 没有单位和范围", f"a {kind} has neither unit nor range"
            table.refuse("is", Statement(zh, en), "policy-value")
        return found
