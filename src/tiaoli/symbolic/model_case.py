"""From a model back to a case document, to the readings in force, and to the facts that the model gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tiaoli.base import FIRST_DAY, iso
from tiaoli.case import Case, file_value
from tiaoli.policy import Policy
from tiaoli.rules import Value
from tiaoli.symbolic.days import Day, day_number
from tiaoli.symbolic.formulas import Formula, both
from tiaoli.symbolic.solver import holds_in, number_in
from tiaoli.symbolic.symbolic_facts import Facts, SlotKey
from tiaoli.symbolic.values import Item, Num, SymbolicValue
from tiaoli.symbolic.z3_library import z3

_A_DAY = iso(FIRST_DAY)
"""A case is made before its facts are put in, and has an application day from the first."""


def document(
    policy: Policy,
    facts: Facts,
    model: Any,
    copy: int = 1,
    name: str = "witness",
    only: Collection[SlotKey] | None = None,
) -> dict[str, Any]:
    """The case of a model as plain data in the case format: the items that are there and every fact that was looked at, or of these
    `only` some and the application day. An item that stands for many is written out as often as the model says."""
    names = _ItemNames(policy, facts, model)
    case = Case.read(names.skeleton(name), policy)
    changes: dict[str, Any] = {}
    records: dict[str, Any] = {}
    for key, possible in facts.value.items():
        field = policy.fields[key.path]
        if (key.path in facts.differ_in and key.copy != copy) or (
            only is not None and key not in only and key.path != policy.schema.day.path
        ):
            continue
        record = policy.fields.get(key.path.rpartition(".")[0])
        if record is not None and record.kind == "record" and not holds_in(model, facts.slot(record, key.item, key.copy)[0][1]):
            continue
        values = [value for value, guard in possible if holds_in(model, guard)]
        plain = [str(value) for value in values] if field.several else file_value(field, value_in(model, values[0]))
        for path in names.paths(key):
            (records if field.kind == "record" else changes)[path] = plain
    for path, value in records.items():
        # what stands below a record that is not there is no fact
        if value is None or not any(other.startswith(f"{path}.") for other in changes):
            changes[path] = value
    return case.with_values(changes).to_json()


def readings_of(policy: Policy, model: Any, fixed: Mapping[str, str] | None = None) -> dict[str, str]:
    """Every reading with the option in force: as fixed, or as the model has it; its default where the model does not look at it."""
    chosen = dict(fixed or {})
    for name, reading in policy.readings.items():
        flags = {option.id: z3.Bool(f"reading {name}={option.id}", model.ctx) for option in reading.options}
        holding = (option for option, flag in flags.items() if z3.is_true(model.eval(flag)))
        chosen.setdefault(name, next(holding, reading.default))
    return chosen


def value_in(model: Any, value: SymbolicValue) -> Value:
    """A value as the model has it, ground."""
    if isinstance(value, Day):
        return day_number(number_in(model, value.order))
    return number_in(model, value.expr) if isinstance(value, Num) else value


def as_in(facts: Facts, model: Any, key: SlotKey) -> Formula:
    """That a slot is as the model has it."""
    parts: list[Formula] = []
    for value, guard in facts.value[key]:
        if not isinstance(guard, bool):
            parts.append(guard if holds_in(model, guard) else z3.Not(guard))
        if isinstance(value, (Day, Num)) and holds_in(model, guard):
            parts.append(facts.compare("=", value, value_in(model, value)))
    return both(*parts)


class _ItemNames:
    """The ids of the items of a model, and where their facts stand in a document."""

    def __init__(self, policy: Policy, facts: Facts, model: Any) -> None:
        self.policy, self.facts, self.model = policy, facts, model
        self._numbers = {item: number_in(model, number) for item, number in facts.terms.ids.items()}
        self._own: dict[Item, list[str]] = {}
        for presences in facts.items.values():
            used: dict[Item | None, int] = {}
            for item, holder, _ in presences:
                if item is not None:
                    self._own[item] = self._named(item, used.get(holder, 0))
                    used[holder] = used.get(holder, 0) + len(self._own[item])

    def _named(self, item: Item, before: int) -> list[str]:
        """The ids that an item has in its list, where so many have one already."""
        if item in self._numbers:
            return [f"i{self._numbers[item]}"]
        if item not in self.facts.weight:
            return [f"{item.entity[0]}{item.number}"]
        many = number_in(self.model, self.facts.weight[item].expr)
        return [f"{item.entity[0]}{number}" for number in range(before + 1, before + many + 1)]

    def own(self, item: Item) -> list[str]:
        """The ids that an item has in its list: as many as it stands for."""
        return self._own[item]

    def skeleton(self, name: str) -> dict[str, Any]:
        """The case with its items and nothing else."""
        found: dict[str, Any] = {"id": name, self.policy.schema.day.path: _A_DAY}
        for declared in self.policy.lists.values():
            if declared.parent is None and (items := self._items(declared.entity, None)):
                found[declared.path] = items
        return found

    def _items(self, entity: str, holder: Item | None) -> list[dict[str, Any]]:
        inner = [declared for declared in self.policy.lists.values() if declared.parent == entity]
        found = []
        for item, its_holder, there in self.facts.items.get(entity, ()):
            if item is not None and its_holder == holder and holds_in(self.model, there):
                below = {declared.path.rpartition(".")[2]: items for declared in inner if (items := self._items(declared.entity, item))}
                found += [{"id": own, **below} for own in self.own(item)]
        return found

    def paths(self, key: SlotKey) -> list[str]:
        """Where a fact stands, for each item of the document that it is a fact of; nowhere where the item is not there."""
        if key.item is None:
            return [key.path]
        if not holds_in(self.model, self.facts.present[key.item]):
            return []
        declared = self.policy.list_of[key.item.entity]
        inside = key.path[len(declared.path) + 1 :]
        if not key.item.holder:
            return [f"{declared.path}.{own}.{inside}" for own in self.own(key.item)]
        holder = Item(key.item.holder)
        outer, _, last = declared.path.rpartition(".")
        return [f"{outer}.{one}.{last}.{own}.{inside}" for one in self.own(holder) for own in self.own(key.item)]
