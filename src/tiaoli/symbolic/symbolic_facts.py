"""The facts of any case with at most so many items a list, as formulas.

Each field of an item is a *slot*: the values it can have, each with the formula that says it has it. A day and a number are one value
that may be any; an enumeration has its values; `null` is a value of its own. Assignments of the variables that satisfy the
`constraints` are, up to the ids of items and of occupation codes that nothing names, the whole cases with at most so many items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, NamedTuple, TypeAlias

from tiaoli.policy import Code, Field, Policy
from tiaoli.rules import SUPREMUM, Name
from tiaoli.symbolic.days import any_day
from tiaoli.symbolic.formulas import Formula, both, equal, implies, negation, one_of
from tiaoli.symbolic.terms import Terms
from tiaoli.symbolic.values import Item, Num, SymbolicValue, UnlistedCode
from tiaoli.symbolic.z3_library import z3

_FEW = 8
"""Up to so many values a choice has a flag for each; beyond it is a number in bits."""

Possible: TypeAlias = list[tuple[SymbolicValue, Formula]]
"""The values of a slot, each with the formula that says that it is the one; of a set those of its members."""


class Presence(NamedTuple):
    """An item that a list may have, the item that holds it, and the formula that it is there."""

    item: Item | None
    holder: Item | None
    there: Formula


@dataclass(frozen=True)
class SlotKey:
    """A field of an item (`None`: of the case as a whole) in one of the copies of a case; in the first one where copies share it."""

    path: str
    item: Item | None
    copy: int


class Facts:
    """The facts of a case with at most `sizes(entity)` items of a list in each holder: the same for every version asked about it.

    The `copies` of the case share every fact but those of the fields they `differ_in`, and have the same items. `codes` are the
    occupation codes that rules may name; those of the policy unless given. Of the entities in `many` each item stands for any number of
    items alike, at most the number given there: exact where no rule looks at two of them together (see `enough`). Entities in
    `unordered` have items that come and go independently of one another.

    `constraints` are what every case fulfils; it grows as slots are looked at. `value` holds the slots made so far, `items` the items of
    each entity looked at, `present` for each item the formula that it is there, `weight` how many each of `many` stands for.
    """

    def __init__(
        self,
        policy: Policy,
        sizes: Callable[[str], int],
        copies: int = 1,
        codes: Collection[str] = (),
        many: Mapping[str, int] | None = None,
        unordered: Collection[str] = (),
        differ_in: Collection[str] | None = None,
    ) -> None:
        self.policy = policy
        self.sizes = sizes
        self.copies = range(1, copies + 1)
        self.differ_in = frozenset((policy.schema.day.path,) if differ_in is None else differ_in)
        self.codes = tuple(codes) or policy.codes
        self.many = dict(many or {})
        self.unordered = frozenset(unordered) | frozenset(self.many)
        self.context = z3.Context()
        self.terms = Terms(self.context)
        self.constraints: list[Formula] = self.terms.constraints
        self.value: dict[SlotKey, Possible] = {}
        self.items: dict[str, list[Presence]] = {}
        self.present: dict[Item, Formula] = {}
        self.weight: dict[Item, Num] = {}
        self._readings: set[tuple[str, tuple[str, ...]]] = set()
        self.fields = {field.predicate: field for field in policy.fields.values()}
        self.lists = {declared.predicate: declared for declared in policy.lists.values()}
        self.compare = self.terms.compare
        self._in_order: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for pair in ((first.path, last.path) for first, last in policy.schema.orders):
            for path in pair:
                self._in_order[path].append(pair)
        for copy in self.copies:
            # every case has an application day, whether rules look at it or not
            self.slot(policy.schema.day, None, copy)

    def of_entity(self, entity: str) -> list[Presence]:
        """The items that a case may have of an entity. Those of a list come and go from its end."""
        if entity not in self.items:
            declared = self.policy.list_of[entity]
            holders = self.of_entity(declared.parent) if declared.parent else [Presence(None, None, True)]
            self.items[entity] = [presence for holder in holders for presence in self._items(entity, holder)]
        return self.items[entity]

    def _items(self, entity: str, holder: Presence) -> Iterator[Presence]:
        before = holder.there
        for number in range(1, self.sizes(entity) + 1):
            item = Item(f"{holder.item}/{entity}:{number}" if holder.item else f"{entity}:{number}")
            there = self.flag(f"there {item}")
            self.constraints.append(implies(there, before))
            if entity in self.many:
                most = self.many[entity]
                number_of = self.weight[item] = Num(z3.Int(f"how many {item}", self.context), 0, most)
                self.constraints += [there == (number_of.expr > 0), number_of.expr >= 0, number_of.expr <= most]
            self.present[item] = there
            if entity not in self.unordered:
                before = there
            yield Presence(item, holder.item, there)

    def is_new_reading(self, name: str, flags: Sequence[Formula]) -> bool:
        """Whether a reading with the flags of its options is met for the first time: two versions may leave the same one free."""
        place = name, tuple(map(str, flags))
        known = place in self._readings
        self._readings.add(place)
        return not known

    def flag(self, name: str) -> Any:
        """A Boolean variable of these facts."""
        return z3.Bool(name, self.context)

    def slot(self, field: Field, item: Item | None = None, copy: int = 1) -> Possible:
        """The values of a field of an item; made when it is first looked at."""
        key = SlotKey(field.path, item, self._copy_of(field.path, copy))
        if key not in self.value:
            self.value[key] = list(self._made(field, f"{field.path} {item or ''} {key.copy}"))
            self._keep_in_order(field, item)
        return self.value[key]

    def _made(self, field: Field, name: str) -> Possible:
        span = field.type.span
        if span is not None:
            value: SymbolicValue
            if field.kind == "day":
                value, is_day = any_day(name, self.context)
                self.constraints += is_day
            else:
                value = Num(z3.Int(name, self.context), *span)
                self.constraints += [value.expr >= value.low, value.expr <= value.high]
            if not field.nullable:
                return [(value, True)]
            null = self.flag(f"null {name}")
            return [(value, negation(null)), (SUPREMUM, null)]
        if field.several:
            return [(Name(member), self.flag(f"{name}={member}")) for member in field.type.words]
        if field.kind in ("boolean", "record"):
            flag = self.flag(name)
            yes, no = field.type.words
            return [(Name(yes), flag), (Name(no), negation(flag))]
        if isinstance(field.type, Code):
            return self._chosen(name, [*field.type.known(self.codes), *self._unlisted(field.type)])
        return self._chosen(name, [Name(word) for word in field.type.words])

    def _chosen(self, name: str, values: list[Any]) -> Possible:
        if len(values) > _FEW:
            word = z3.BitVec(name, len(values).bit_length(), self.context)
            self.constraints.append(z3.ULT(word, len(values)))
            bits = (z3.BitVecVal(number, word.size(), self.context) for number in range(len(values)))
            return [(value, equal(word, one)) for value, one in zip(values, bits, strict=True)]
        flags = [self.flag(f"{name}={value}") for value in values]
        self.constraints += one_of(flags)
        return list(zip(values, flags, strict=True))

    def _unlisted(self, kind: Code) -> list[UnlistedCode]:
        """As many codes that nothing names as a case has places for such codes: each may have one of its own."""
        entities = [field.entity for field in self.policy.fields.values() if field.type == kind]
        places = sum(len(self.of_entity(entity)) if entity else 1 for entity in entities)
        return [UnlistedCode(code) for code in islice(kind.code.unlisted(self.codes), places)]

    def _copy_of(self, path: str, copy: int) -> int:
        return copy if path in self.differ_in else 1

    def _keep_in_order(self, field: Field, item: Item | None) -> None:
        """Of two days that the case format keeps in order the second is no earlier, once both are looked at."""
        for pair, copy in product(self._in_order[field.path], self.copies):
            made = [self.value.get(SlotKey(path, item, self._copy_of(path, copy))) for path in pair]
            if all(made):
                (one, known), (other, known_too) = (slot[0] for slot in made if slot)
                self.constraints.append(implies(both(known, known_too), self.compare("<=", one, other)))

    def tuples(self, predicate: str, pattern: tuple[SymbolicValue | None, ...]) -> Iterator[tuple[tuple[SymbolicValue, ...], Formula]]:
        """The facts of a list or a field that agree with a pattern in case and item."""
        copies = [copy for copy in self.copies if pattern[0] in (None, copy)]
        if predicate in self.lists:
            declared = self.lists[predicate]
            for item, holder, there in self.of_entity(declared.entity):
                assert item is not None
                for copy in copies:
                    yield ((copy, item) if holder is None else (copy, holder, item)), there
            return
        field = self.fields[predicate]
        record = self.policy.fields.get(field.path.rpartition(".")[0])
        for item, _, there in self.of_entity(field.entity) if field.entity else [Presence(None, None, True)]:
            if field.entity and pattern[1] not in (None, item):
                continue
            for copy in copies:
                inside = self.slot(record, item, copy)[0][1] if record is not None and record.kind == "record" else True
                for value, guard in self.slot(field, item, copy):
                    yield ((copy, value) if item is None else (copy, item, value)), both(there, inside, guard)
