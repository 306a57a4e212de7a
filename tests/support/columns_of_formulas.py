"""The formulas of a translation worked out for many whole cases at once, column by column, without a solver.

A case gives every variable of the facts its value; numbers that the translation adds, quotients and the like, follow from what they
are defined by. What an operation of z3 means is said here once more, in numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import z3

from tiaoli.base import FIRST_DAY, to_day
from tiaoli.policy import Policy
from tiaoli.rules import FIRST_YEAR, SUPREMUM, Fact, Name
from tiaoli.symbolic.days import Day
from tiaoli.symbolic.symbolic_facts import Facts
from tiaoli.symbolic.values import Item, Num, SymbolicValue, UnlistedCode

Column = Any

_OPERATIONS: dict[int, Callable[..., Column]] = {
    z3.Z3_OP_NOT: np.logical_not,
    z3.Z3_OP_IMPLIES: lambda one, other: ~one | other,
    z3.Z3_OP_EQ: np.equal,
    z3.Z3_OP_ITE: np.where,
    z3.Z3_OP_ULEQ: np.less_equal,
    z3.Z3_OP_ULT: np.less,
    z3.Z3_OP_UGEQ: np.greater_equal,
    z3.Z3_OP_UGT: np.greater,
    z3.Z3_OP_LE: np.less_equal,
    z3.Z3_OP_LT: np.less,
    z3.Z3_OP_GE: np.greater_equal,
    z3.Z3_OP_GT: np.greater,
    z3.Z3_OP_UMINUS: np.negative,
    z3.Z3_OP_BUDIV: np.floor_divide,
    z3.Z3_OP_BUDIV_I: np.floor_divide,
    z3.Z3_OP_ZERO_EXT: np.asarray,
    z3.Z3_OP_BV2INT: np.asarray,
}
_FOLDED: dict[int, Callable[[Column, Column], Column]] = {
    z3.Z3_OP_AND: np.logical_and,
    z3.Z3_OP_OR: np.logical_or,
    z3.Z3_OP_ADD: np.add,
    z3.Z3_OP_SUB: np.subtract,
    z3.Z3_OP_MUL: np.multiply,
}


class Columns:
    """So many cases, each as the facts that the rules are given of it, in the variables of `facts`."""

    def __init__(self, facts: Facts, cases: Sequence[Sequence[Fact]], readings: Sequence[Mapping[str, str]]) -> None:
        self.facts, self.rows = facts, len(cases)
        self.values: dict[str, Column] = {}
        self.items: list[dict[Item, str]] = []
        self.codes: list[dict[str, str]] = []
        self._known: dict[int, Column] = {}
        self._kept: list[Any] = []
        self._defined = _definitions(facts)
        for row, (of_case, chosen) in enumerate(zip(cases, readings, strict=True)):
            self._case(row, of_case)
            for name, option in chosen.items():
                self._put(f"reading {name}={option}", row, True)

    def _column(self, name: str, kind: Any = np.int64) -> Column:
        if name not in self.values:
            self.values[name] = np.zeros(self.rows, kind)
        return self.values[name]

    def _put(self, name: str, row: int, value: Any) -> None:
        self._column(name, bool if isinstance(value, bool) else np.int64)[row] = value

    def _case(self, row: int, of_case: Sequence[Fact]) -> None:
        facts = self.facts
        ids = _items(facts.policy, of_case)
        self.items.append({item: own for (_, own), item in ids.items()})
        stated: dict[tuple[str, str | None], list[Any]] = {}
        for predicate, arguments in of_case:
            if predicate in facts.fields:
                item = str(arguments[1]) if facts.fields[predicate].entity else None
                stated.setdefault((facts.fields[predicate].path, item), []).append(arguments[-1])
        for item in ids.values():
            self._put(f"there {item}", row, True)
        unlisted: dict[str, str] = {}
        for key, possible in facts.value.items():
            own = None if key.item is None else self.items[row].get(key.item)
            values = stated.get((key.path, own), []) if key.item is None or own else []
            if not values and facts.policy.fields[key.path].kind in ("enum", "code"):
                # a fact that the case does not have still has some value
                values = [possible[0][0]]
            for value, guard in possible:
                self._slot(row, value, guard, values, unlisted)
        self.codes.append({symbol: code for code, symbol in unlisted.items()})

    def _slot(self, row: int, value: SymbolicValue, guard: Any, stated: list[Any], unlisted: dict[str, str]) -> None:
        numbers = [one for one in stated if isinstance(one, int)]
        if isinstance(value, Day):
            day = numbers[0] if numbers else FIRST_DAY
            for part, number in ((value.year, day // 10000 - FIRST_YEAR), (value.month, day // 100 % 100 - 1), (value.day, day % 100)):
                self._put(part.decl().name(), row, number)
        elif isinstance(value, Num):
            self._put(value.expr.decl().name(), row, numbers[0] if numbers else value.low)
        elif isinstance(value, UnlistedCode):
            others = [code for code in stated if isinstance(code, str) and code not in self.facts.codes]
            if others and unlisted.setdefault(others[0], value) == value:
                self._choose(row, guard)
            return
        if value in stated or (value is SUPREMUM and any(one is SUPREMUM for one in stated)):
            self._choose(row, guard)

    def _choose(self, row: int, guard: Any) -> None:
        if isinstance(guard, bool):
            return
        if z3.is_const(guard):
            self._put(guard.decl().name(), row, True)
        elif z3.is_eq(guard):
            self._put(guard.arg(0).decl().name(), row, guard.arg(1).as_long())

    def of(self, formula: Any) -> Column:
        """The value of a formula or a number in every case."""
        if isinstance(formula, (bool, int)):
            return np.full(self.rows, formula)
        todo = [formula]
        while todo:
            part = todo[-1]
            place = part.get_id()
            if place in self._known:
                todo.pop()
                continue
            name = part.decl().name() if z3.is_const(part) else ""
            needed = self._defined[name][0] if name in self._defined and name not in self.values else part.children()
            missing = [one for one in needed if one.get_id() not in self._known]
            if missing:
                todo += missing
                continue
            self._kept.append(part)
            if name in self._defined and name not in self.values:
                self.values[name] = self._defined[name][1](*(self._known[one.get_id()] for one in needed))
            self._known[place] = self._value(part, [self._known[one.get_id()] for one in part.children()])
            todo.pop()
        return self._known[formula.get_id()]

    def _value(self, part: Any, inner: list[Column]) -> Column:
        kind = part.decl().kind()
        if z3.is_true(part) or z3.is_false(part):
            return np.full(self.rows, z3.is_true(part))
        if z3.is_bv_value(part) or z3.is_int_value(part):
            return np.full(self.rows, part.as_long())
        if kind == z3.Z3_OP_UNINTERPRETED:
            return self._column(part.decl().name(), bool if z3.is_bool(part) else np.int64)
        if kind in _FOLDED:
            found = inner[0]
            for one in inner[1:]:
                found = _FOLDED[kind](found, one)
            return found
        if kind in (z3.Z3_OP_BADD, z3.Z3_OP_BMUL):
            found = inner[0]
            for one in inner[1:]:
                found = found + one if kind == z3.Z3_OP_BADD else found * one
            return found & ((1 << part.size()) - 1)
        if kind == z3.Z3_OP_BSUB:
            return (inner[0] - inner[1]) & ((1 << part.size()) - 1)
        if kind == z3.Z3_OP_CONCAT:
            found = inner[0]
            for one, child in zip(inner[1:], part.children()[1:], strict=True):
                found = (found << child.size()) | one
            return found
        if kind == z3.Z3_OP_EXTRACT:
            high, low = part.params()
            return (inner[0] >> low) & ((1 << (high - low + 1)) - 1)
        if kind == z3.Z3_OP_DISTINCT:
            assert len(inner) == 2
            return inner[0] != inner[1]
        return _OPERATIONS[kind](*inner)

    def argument(self, value: SymbolicValue, row: int) -> str:
        """An argument of a tuple in one case, as clingo writes it."""
        if isinstance(value, Day):
            order = int(self.of(value.order)[row])
            return f"{(FIRST_YEAR + (order >> 9)) * 10000 + ((order >> 5 & 15) + 1) * 100 + (order & 31)}"
        if isinstance(value, Num):
            return f"{int(self.of(value.expr)[row])}"
        if isinstance(value, Item):
            return f'"{self.items[row].get(value, value)}"'
        if isinstance(value, UnlistedCode):
            return f'"{self.codes[row].get(value, value)}"'
        return f'"{value}"' if isinstance(value, str) and not isinstance(value, Name) else str(value)


def _items(policy: Policy, of_case: Iterable[Fact]) -> dict[tuple[str, str], Item]:
    """The symbolic item for every item of a case, by entity and id."""
    found: dict[tuple[str, str], Item] = {}
    counts: dict[str, int] = {}
    lists = {declared.predicate: declared for declared in policy.lists.values()}
    for predicate, arguments in of_case:
        if predicate in lists:
            declared = lists[predicate]
            holder = f"{found[declared.parent, str(arguments[1])]}/" if declared.parent else ""
            stem = f"{holder}{declared.entity}"
            counts[stem] = counts.get(stem, 0) + 1
            found[declared.entity, str(arguments[-1])] = Item(f"{stem}:{counts[stem]}")
    return found


def _parts(ordinal: int) -> tuple[int, int, int]:
    """The bits of the day of a number: its year, month and day."""
    day = to_day(date.fromordinal(date(FIRST_YEAR, 1, 1).toordinal() + int(ordinal)))
    return day // 10000 - FIRST_YEAR, day // 100 % 100 - 1, day % 100


def _definitions(facts: Facts) -> dict[str, tuple[list[Any], Callable[..., Column]]]:
    """For each number that the translation adds, what it is worked out from and how."""
    terms = facts.terms
    found: dict[str, tuple[list[Any], Callable[..., Column]]] = {}
    for number, ((_, divisor), (_, _, whole)) in enumerate(terms._divided.items()):
        found[f"quotient {number}"] = ([whole], lambda size, by=divisor: np.abs(size) // by)
        found[f"rest {number}"] = ([whole], lambda size, by=divisor: np.abs(size) % by)
    for number, ((_, low), (bits, whole)) in enumerate(terms._bits.items()):
        for position in range(len(bits)):
            found[f"bit {number} {position}"] = ([whole], lambda size, low=low, by=position: ((size - low) >> by & 1).astype(bool))
    for number, (_, ordinal) in enumerate(terms.days):
        for place, part in enumerate(("year", "month", "day")):
            found[f"{part} day {number}"] = ([ordinal], lambda numbers, place=place: np.array([_parts(one)[place] for one in numbers]))
    for number, (_, one, other) in enumerate(terms._products.values()):
        found[f"product {number}"] = ([one, other], np.multiply)
    return found
