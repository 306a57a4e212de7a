"""Corrections of facts, and the receipts that they are for: what a registry found to be otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tiaoli.base import MISSING, CaseError, Problem, ReceiptError, Statement, choices, shown
from tiaoli.case import Case, check_paths
from tiaoli.decide import Receipt

_KEYS = ("case", "receipt", "set", "unset")


@dataclass(frozen=True)
class Correction:
    """Facts that were otherwise: plain values by path to be `set`, and paths to be `unset`, that is, not known any more.

    For the receipts of one `case` (its id), or for the `receipt` of a digest; for every receipt where both are `None`.
    """

    changes: Mapping[str, Any]
    unset: tuple[str, ...] = ()
    case: str | None = None
    receipt: str | None = None
    where: str = field(default="", compare=False)

    def fits(self, receipt: Receipt) -> bool:
        if self.receipt is not None:
            return self.receipt == receipt.sha256
        return self.case is None or self.case == receipt.case.get("id")


def read_corrections(document: Any, where: str = "") -> tuple[Correction, ...]:
    """The corrections that plain data describes: a list of objects, each with `case` or `receipt`, and `set` or `unset` or both.

    Raises `ReceiptError` with everything that is not in order; `where` is the file.
    """
    problems: list[Problem] = []
    if not isinstance(document, list):
        raise ReceiptError.one(where, "更正须为一个列表，一项一条", "corrections are a list, one entry each")
    found = [_correction(entry, f"{where}[{number}]", problems) for number, entry in enumerate(document)]
    if problems:
        raise ReceiptError(problems)
    return tuple(found)


def _correction(entry: Any, where: str, problems: list[Problem]) -> Correction:
    def refuse(key: str, zh: str, en: str) -> None:
        problems.append(Problem(f"{where}.{key}" if key else where, Statement(zh, en)))

    if not isinstance(entry, dict):
        refuse("", "一条更正须为一个对象", "a correction is an object")
        return Correction({})
    for key in entry:
        if key not in _KEYS:
            near = choices(_KEYS, key)
            refuse(shown(key)[1:-1], f"更正没有这个键；{near.zh}", f"a correction has no such key; {near.en}")
    if ("case" in entry) == ("receipt" in entry):
        refuse(
            "",
            "须写明 case（案件编号）或 receipt（收据摘要），二者择一",
            "name a `case` (its id) or a `receipt` (its digest), one of the two",
        )
    for key in ("case", "receipt"):
        if key in entry and not isinstance(entry[key], str):
            refuse(key, "须为文字；数字请加引号", "text is wanted; quote a number")
    changes, unset = entry.get("set", {}), entry.get("unset", [])
    if not isinstance(changes, dict):
        refuse("set", "须为对象：路径和值", "an object of paths and values is wanted")
        changes = {}
    if not isinstance(unset, list) or not all(isinstance(path, str) for path in unset):
        refuse("unset", "须为路径的列表", "a list of paths is wanted")
        unset = []
    if not changes and not unset:
        refuse("", "没有更正任何事实；请写 set 或 unset", "it corrects nothing; write `set` or `unset`")
    for path in [path for path in unset if path in changes]:
        refuse(f"unset {shown(path)}", "同一事实不能又设定又撤销", "one fact cannot be both set and unset")
    return Correction(changes, tuple(unset), entry.get("case"), entry.get("receipt"), where)


def unused(corrections: Iterable[Correction], receipts: Sequence[Receipt]) -> list[Problem]:
    """The corrections that are for none of the receipts."""
    cases, digests = {receipt.case.get("id") for receipt in receipts}, {receipt.sha256 for receipt in receipts}
    problems = []
    for item in corrections:
        name, known = (item.receipt, digests) if item.receipt is not None else (item.case, cases)
        if name is not None and name not in known:
            near = choices(sorted(map(str, known))[:10], name)
            zh, en = f"所给收据中没有 {shown(name)}；{near.zh}", f"none of the receipts is of {shown(name)}; {near.en}"
            problems.append(Problem(item.where, Statement(zh, en)))
    return problems


def corrected(case: Case, corrections: Iterable[Correction]) -> Case:
    """The case with the facts as they were.

    Raises `CaseError` where a path leads nowhere or a value is not in the case format, `ReceiptError` where two corrections
    contradict each other.
    """
    changes: dict[str, Any] = {}
    for item in corrections:
        for path in item.unset:
            holder, _, last = path.rpartition(".")
            inside_list = bool(holder) and isinstance(case.value_at(holder), list)
            if case.value_at(path) is MISSING or path == case.schema.day.path or last == "id" or inside_list:
                raise CaseError.one(path, "案件中没有这个事实可撤销", "the case has no such fact to be unset", "case-path")
        for path, value in {**item.changes, **dict.fromkeys(item.unset, MISSING)}.items():
            if path in changes and changes[path] != value:
                raise ReceiptError.one(path, "两条更正互相矛盾", "two corrections contradict each other")
            changes[path] = value
    check_paths(changes)
    found = case.with_values({path: value for path, value in changes.items() if value is not MISSING})
    return found.without([path for path, value in changes.items() if value is MISSING])
