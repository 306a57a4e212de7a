"""Facts in words: what the case states or lacks, what a list holds, what the notice or a reading supplies."""

from __future__ import annotations

from tiaoli.base import Statement
from tiaoli.explain.justification import Justification
from tiaoli.policy import Field, Phrases, Policy
from tiaoli.rules import Open, ValueOrOpen


class FactWording:
    """Words for the facts of a case, and for the parameters, rows of tables and readings of a policy."""

    def __init__(self, policy: Policy, phrases: Phrases) -> None:
        self.policy, self.phrases = policy, phrases
        self.fields = {field.predicate: field for field in policy.fields.values()}
        self.lists = {item.predicate: item for item in policy.lists.values()}

    def fact(self, reason: Justification, wants: bool) -> Statement:
        """A fact of the case; where it is another than wanted, with `wants` both."""
        field, item, wanted = self._about(reason)
        if reason.status == "unknown":
            return self.phrases.open_question(field, item)
        if reason.status == "holds":
            return self.phrases.fact(field, item, wanted)
        if field.several:
            lacks = self._lacks(reason, field, item, wanted)
            there = [self.phrases.stated(field, present[-1]) for present in reason.present]
            zh, en = "、".join(word.zh for word in there), ", ".join(word.en for word in there)
            return Statement(f"{lacks.zh}（已签订的有：{zh}）", f"{lacks.en} (there is: {en})") if there else lacks
        actual = self.phrases.fact(field, item, reason.present[0][-1])
        if reason.beside is not None:
            other = self.fact(reason.beside, wants=False)
            if field.changed_by == "no" and self.fields[reason.beside.predicate].changed_by != "no":
                # what somebody can put right is said of first
                actual, other = other, actual
            return Statement(f"{actual.zh}，与“{other.zh}”不一致", f"{actual.en}, which does not agree with: {other.en}")
        if not wants or field.kind in ("boolean", "record") or wanted is None or isinstance(wanted, Open):
            return actual
        zh, en = self.phrases.stated(field, wanted)
        return Statement(f"{actual.zh}（须为：{zh}）", f"{actual.en} (wanted: {en})")

    def absent(self, reason: Justification) -> Statement:
        """That a fact is not there, or the record that it would stand in."""
        field, item, wanted = self._about(reason)
        if field.several and reason.facts:
            return self._lacks(reason, field, item, wanted)
        record = max((other for other in self.policy.fields if field.path.startswith(f"{other}.")), key=len, default=None)
        if record is not None and reason.facts:
            return self.phrases.said(self.policy.fields[record], "null", item, None)
        return Statement(f"没有{field.label.zh}", f"there is no {field.label.en}")

    def _lacks(self, reason: Justification, field: Field, item: str, wanted: ValueOrOpen | None) -> Statement:
        """That a set lacks a member; where the case does not give the set, that it is taken as empty."""
        lacks = self.phrases.said(field, "lacks", item, wanted)
        if not reason.assumed:
            return lacks
        return Statement(f"{lacks.zh}（{field.label.zh}未提供，按没有处理）", f"{lacks.en} ({field.label.en}: not given, taken as none)")

    def _about(self, reason: Justification) -> tuple[Field, str, ValueOrOpen | None]:
        """The field and item that a fact is about, and the value it is wanted to have."""
        field = self.fields[reason.predicate]
        return field, str(reason.arguments[1]) if field.entity else "", reason.arguments[-1]

    def item(self, reason: Justification) -> Statement:
        """That the case lists an item."""
        entity = self.lists[reason.predicate].entity
        zh, en = (self.phrases.item(entity, str(reason.arguments[-1]), lang) for lang in ("zh", "en"))
        return Statement(f"案件列有{zh}", f"the case lists {en}")

    def items(self, reason: Justification) -> Statement:
        """That a list has these items and no others."""
        declared = self.lists[reason.predicate]
        holder = reason.arguments[0] if reason.arguments else None
        where = Statement("案件", "the case")
        if declared.parent and isinstance(holder, str):
            where = Statement(*(self.phrases.item(declared.parent, holder, lang) for lang in ("zh", "en")))
        absent = Statement(*(f"{comma}".join(reason.assumed) for comma in ("、", ", ")))
        names = [str(item[0]).rpartition("/")[2] if isinstance(holder, str) else str(item[0]) for item in reason.present]
        name = declared.statement
        if not names and reason.assumed:
            many = declared.path.rpartition(".")[2].replace("_", " ")
            return Statement(f"{where.zh}未提供{name.zh}清单，按没有{name.zh}处理", f"{where.en} gives no list of {many}; taken as empty")
        if not names:
            return Statement(f"{where.zh}未列任何{name.zh}", f"{where.en} lists no {name.en}")
        zh, en = (self.phrases.listed(names, lang) for lang in ("zh", "en"))
        zh, en = f"{where.zh}所列{name.zh}仅有：{zh}", f"{where.en} lists no {name.en} but {en}"
        if reason.assumed:
            return Statement(f"{zh}（{absent.zh}未提供，按空处理）", f"{en} ({absent.en} not given, taken as empty)")
        return Statement(zh, en)

    def supplied(self, reason: Justification) -> Statement:
        """A parameter, a row of a table, a reading, or that there is none."""
        found = self.phrases.atom(reason.predicate, reason.arguments, holds=reason.status != "fails")
        if reason.status == "unknown":
            return uncertain(found)
        if reason.kind == "row" and reason.status == "holds":
            table = self.policy.table_of[reason.predicate]
            number = next((number for number, row in enumerate(table.rows, 1) if table.fact(row).arguments == reason.arguments), None)
            return Statement(f"{found.zh}（第{number}项）", f"{found.en} (row {number})") if number else found
        return self.with_present(reason, found) if reason.present else found

    def with_present(self, reason: Justification, found: Statement) -> Statement:
        """A statement that something is absent, with what is there in its place."""
        kinds = [kind for _, kind in self.policy.predicates[reason.predicate].arguments]
        varied = [place for place in range(len(kinds)) if len({present[place] for present in reason.present}) > 1] or [len(kinds) - 1]
        position = 0 if reason.predicate in self.policy.units else varied[0]
        zh, en = (
            ("、" if lang == "zh" else ", ").join(
                dict.fromkeys(self.phrases.value(kinds[position], present[position], lang) for present in reason.present)
            )
            for lang in ("zh", "en")
        )
        if reason.kind == "row":
            return Statement(f"{found.zh}（表中最接近的是{zh}）", f"{found.en} (the nearest that does: {en})")
        return Statement(f"{found.zh}（列明的有：{zh}）", f"{found.en} (those named: {en})")


def uncertain(found: Statement) -> Statement:
    """A statement of what is not certain."""
    return Statement(f"尚不能确定：{found.zh}", f"not certain: {found.en}")
