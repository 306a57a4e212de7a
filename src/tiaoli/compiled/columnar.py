"""The rules over columns: what `writer` does with one case by loops, here done with all cases at once.

A rule works on a frame: one position for each way in which its variables can be filled so far, over all cases. What each part of a
rule becomes:

| in the rule | over columns |
|---|---|
| a fact of an item | a column, taken at the rows of the frame; a comparison with it keeps some positions |
| an item of a list, of a case or of an item | the frame is spread: each position once for every such row |
| a derived atom, everything known | a truth value a position: worked out once for all rows of a list where its argument is an item |
| a derived atom, something wanted | the frame is spread over what it yields |
| `not` before either | the positions where it does not hold |
| a reading, a parameter, the annex | one value, or a look-up table |
| a comparison, arithmetic | the same between columns, checked to stay within 32 bits |
| `#sum`, `#count` | a frame of its own for each element, its tuples made unique, added up for each position |
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiaoli.compiled import fragment
from tiaoli.compiled.column_store import ABSENT, NEVER, CodeBook, Population, coder, last_days
from tiaoli.compiled.fragment import constant_of, refuse
from tiaoli.compiled.inline import body_of
from tiaoli.compiled.join_order import Call, Planner, Way
from tiaoli.compiled.rule_index import RuleBook
from tiaoli.compiled.runtime import OverflowingError
from tiaoli.policy import Benefit
from tiaoli.rules import SUPREMUM, Aggregate, Atom, BodyPart, Comparison, Constant, Literal, Name, Rule, Term, Variable

Array = NDArray[Any]

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """A variable that stands for items: their entity and rows; all rows in order where `at` is `None`."""

    entity: str
    at: Array | None


Bound = Rows | Array | int
"""What a variable has by now: items, or a value a position, or one value for all."""


class Place(NamedTuple):
    """Where positions are: the rows of a list, or the cases (`over` empty), in order where `case` is `None`; otherwise each in the
    case that is named. `alive` says which of them count."""

    over: str
    case: Array | None
    size: int
    alive: Array | None


Found = tuple[Array, list[Bound]]
"""What a call yields: for each answer the position it answers, and what was wanted."""


class ColumnRules:
    """The rules of one policy under one choice of readings, ready for columns; what was found out about them serves every population.

    `static` gives all tuples of a predicate that no case bears on.
    """

    def __init__(self, book: RuleBook, codes: CodeBook, static: Callable[[str], Iterable[tuple[Any, ...]]]) -> None:
        self.book = book
        self.policy = book.policy
        self.codes = codes
        self.static = static
        self.orders: dict[tuple[int, Way, tuple[tuple[str, Constant], ...]], tuple[Rule, frozenset[str], list[BodyPart]]] = {}
        self._instances: dict[Call, list[tuple[Rule, dict[str, Constant]]]] = {}
        self._rows: dict[Call, tuple[tuple[int, ...], ...]] = {}

    def instances(self, call: Call) -> list[tuple[Rule, dict[str, Constant]]]:
        """The rules that can answer a call under these readings. Raises `OutsideError`."""
        found = self._instances.get(call)
        if found is None:
            found = []
            for rule in self.book.heads[call.predicate]:
                self.book.check(rule)
                found += [(rule, known) for known in self.book.written_out(rule, call.way) if self._stands(rule, known)]
            self._instances[call] = found
        return found

    def _stands(self, rule: Rule, known: Mapping[str, Constant]) -> bool:
        """Whether no part of a rule that rests on no case rules it out already."""
        for part in rule.body:
            if isinstance(part, Literal) and not part.negated and not self.policy.predicates[part.atom.predicate].of_case:
                if part.atom.predicate in fragment.CALENDAR:
                    continue
                if not self.rows(Call(part.atom.predicate, tuple(constant_of(term, known) or "_" for term in part.atom.terms))):
                    return False
        return True

    def rows(self, call: Call) -> tuple[tuple[int, ...], ...]:
        """The tuples that a call finds, coded, without its constants and idle places. An idle call finds one, or none."""
        found = self._rows.get(call)
        if found is None:
            kinds = [kind for _, kind in self.policy.predicates[call.predicate].arguments]
            rows: dict[tuple[int, ...], None] = {}
            for row in self.static(call.predicate):
                if all(not isinstance(mode, Constant) or value == mode.value for value, mode in zip(row, call.way, strict=True)):
                    places = [(kind, value) for value, kind, mode in zip(row, kinds, call.way, strict=True) if mode in ("b", "f")]
                    rows[tuple(int(coder(self.policy, self.codes, kind)(value)) for kind, value in places)] = None
            found = self._rows[call] = tuple(rows)
        return found


class Columns:
    """The rules over one population. Raises `OutsideError` where a rule falls outside, `OverflowingError` where a number leaves
    32 bits."""

    def __init__(self, rules: ColumnRules, population: Population) -> None:
        self.rules = rules
        self.book = rules.book
        self.policy = rules.policy
        self.population = population
        self._tests: dict[tuple[Call, str], Array] = {}
        self._finds: dict[tuple[Call, str], Found] = {}
        self._case_rows: dict[tuple[str, str], Array] = {}
        self._aligned: dict[str, bool] = {"": True}
        self._spreads: dict[tuple[str, str], tuple[Array, Array | None]] = {}
        self._everywhere: dict[str, bool] = {}
        self._taken: dict[tuple[int, str], tuple[Array, Array]] = {}

    # What is asked of a benefit

    def condition(self, benefit: Benefit, condition: str) -> Array:
        """For each row of the benefit's list whether the condition is met."""
        return self._subjects("met", benefit, Constant(Name(condition)))

    def granted(self, benefit: Benefit) -> Array:
        """For each row of the benefit's list whether the benefit is granted."""
        return self._subjects("eligible", benefit)

    def found(self, benefit: Benefit, predicate: str, wanted: Way) -> Found:
        """The tuples of a predicate of the answer: the rows of the benefit's list and what stands with them."""
        way: Way = (Constant(Name(benefit.id)), "b", *wanted)
        if not self.book.possible(predicate, way):
            return np.zeros(0, np.int64), [np.zeros(0, np.int32) for _ in wanted]
        return self.finds(Call(predicate, way), benefit.subject)

    def _subjects(self, predicate: str, benefit: Benefit, *more: Constant) -> Array:
        way: Way = (Constant(Name(benefit.id)), "b", *more)
        if not self.book.possible(predicate, way):
            return np.zeros(self.size(benefit.subject), bool)
        return self.tests(Call(predicate, way), benefit.subject)

    # Calls

    def size(self, entity: str) -> int:
        return self.population.tables[entity].size

    def case_of(self, entity: str) -> Array:
        return self.population.tables[entity].case

    def at_case(self, entity: str, predicate: str) -> Array:
        """A fact of the case, at every row of a list."""
        key = entity, predicate
        if key not in self._case_rows:
            self._case_rows[key] = self.at_rows(entity, self.population.tables[""].columns[predicate])
        return self._case_rows[key]

    def at_rows(self, entity: str, values: Array) -> Array:
        """What there is for each case, at every row of a list."""
        return values if self.aligned(entity) else values[self.case_of(entity)]

    def aligned(self, entity: str) -> bool:
        """Whether the rows of a list are the cases, one each."""
        if entity not in self._aligned:
            cases = self.case_of(entity)
            self._aligned[entity] = len(cases) == self.population.size and bool(np.all(cases[1:] > cases[:-1]))
        return self._aligned[entity]

    def spread(self, over: str, entity: str) -> tuple[Array, Array | None]:
        """For every row of one list, or every case, each row of another list of the same case: both rows. The latter is `None` where
        those are all rows in order."""
        key = over, entity
        if key not in self._spreads:
            if self.aligned(over):
                # the rows of the other list stand in the same order
                self._spreads[key] = self.case_of(entity).astype(np.intp), None
            else:
                cases = self.case_of(over)
                starts = self.population.by_case[entity]
                counts = starts[cases + 1] - starts[cases]
                at = np.repeat(np.arange(len(cases)), counts)
                self._spreads[key] = at, np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts - starts[cases], counts)
        return self._spreads[key]

    def everywhere(self, predicate: str, entity: str) -> bool:
        """Whether every row of a list has a fact."""
        if predicate not in self._everywhere:
            self._everywhere[predicate] = bool(self.population.tables[entity].columns[predicate].min(initial=0) > ABSENT)
        return self._everywhere[predicate]

    def taken(self, predicate: str, entity: str, at: Array | None) -> Array:
        """A column, at the rows that are named."""
        column = self.population.tables[entity].columns[predicate]
        if at is None:
            return column
        key = id(at), predicate
        if key not in self._taken:
            # what is kept keeps its rows, so that no other can have their place in memory
            self._taken[key] = at, column[at]
        return self._taken[key][1]

    def whole(self, entity: str) -> Place:
        """The positions that are the rows of a list, or the cases."""
        return Place(entity, None, self.size(entity), None)

    def tests(self, call: Call, entity: str) -> Array:
        """For every row of a list, or every case, whether a call holds. Worked out once."""
        key = call, entity
        if key not in self._tests:
            self._tests[key] = self.test(call, [Rows(entity, None)] if entity else [], self.whole(entity))
        return self._tests[key]

    def finds(self, call: Call, entity: str) -> Found:
        """What a call yields for every row of a list, or every case. Worked out once."""
        key = call, entity
        if key not in self._finds:
            self._finds[key] = self.find(call, [Rows(entity, None)] if entity else [], self.whole(entity))
        return self._finds[key]

    def test(self, call: Call, known: Sequence[Bound], place: Place) -> Array:
        """Whether a call holds, at each position of a frame that counts."""
        found: Array | None = None
        for frame in self._frames(call, known, place):
            if frame.origin is None:
                held = np.ones(place.size, bool) if frame.alive is None else frame.alive
            else:
                held = np.zeros(place.size, bool)
                # places are taken by their numbers, which costs less than by what counts
                held[frame.origin if frame.alive is None else frame.origin[np.flatnonzero(frame.alive)]] = True
            found = held if found is None else found | held
        return np.zeros(place.size, bool) if found is None else found

    def find(self, call: Call, known: Sequence[Bound], place: Place) -> Found:
        """What a call yields, at each position of a frame that counts."""
        parts: list[Found] = []
        several = False
        for frame in self._frames(call, known, place):
            frame.compress()
            several = several or not frame.unique
            head = frame.terms(frame.of.head)
            wanted = [frame.bound(term) for term, mode in zip(head, call.way, strict=True) if mode == "f"]
            # a variable that is not among what is wanted may have filled one answer in several ways
            several = several or frame.spread - {term.name for term in head if isinstance(term, Variable)} != set()
            parts.append((frame.positions(), wanted))
        wanted_number = sum(mode == "f" for mode in call.way)
        parts = [part for part in parts if len(part[0])]
        if not parts:
            return np.zeros(0, np.int64), [np.zeros(0, np.int32) for _ in range(wanted_number)]
        found = _joined(parts)
        return _unique(found) if several or len(parts) > 1 else found

    def _frames(self, call: Call, known: Sequence[Bound], place: Place) -> Iterable[_Frame]:
        for rule, constants in self.rules.instances(call):
            frame = _Frame(self, rule, constants, place)
            if frame.run(call.way, known):
                yield frame


class _Frame(Planner):
    """The positions of one rule. `alive` says which of them still count; `origin` which position of the caller each is at;
    `spread` the variables over which positions were spread."""

    def __init__(self, columns: Columns, rule: Rule, known: Mapping[str, Constant], place: Place) -> None:
        super().__init__(columns.book, rule, known)
        self.columns = columns
        self.over, self.case, self.size, self.alive = place
        self.origin: Array | None = None
        self.dead = False
        self.unique = True
        self.spread: set[str] = set()
        self.names = {name: self._constant(constant) for name, constant in known.items()}
        self.todo: list[BodyPart] = []

    def run(self, way: Way, known: Sequence[Bound]) -> bool:
        """Fill the body from what the caller knows. Says whether anything is left."""
        given = iter(known)
        late: list[tuple[Term, Bound]] = []
        for term, mode in zip(self.terms(self.of.head), way, strict=True):
            if isinstance(mode, Constant):
                if not isinstance(term, (Constant, Variable)):
                    late.append((term, self._constant(mode)))
            elif mode == "b":
                value = next(given)
                if isinstance(term, Variable) and term.name not in self.names:
                    self.names[term.name] = value
                else:
                    late.append((term, value))
        for term, value in late:
            if not isinstance(term, (Constant, Variable)):
                refuse(self.of, "头部的算式不能作为已知的参数", "arithmetic in a head cannot stand where the value is known")
            self.keep(self.same(self.bound(term), value))
        orders = self.columns.rules.orders
        key = id(self.of), way, tuple(self.known.items())
        if key in orders:
            self.of, self.single, parts = orders[key]
            for part in parts:
                if self.dead:
                    break
                self.part(part)
        else:
            parts = self.body(self.of.body)
            if not self.todo:
                orders[key] = self.of, self.single, parts
        return not self.dead and self.size > 0

    def body(self, parts: Iterable[BodyPart]) -> list[BodyPart]:
        """Take the parts of a body until no position is left. Says in which order, with small rules written out: the next frame of the rule
        need not look for it."""
        self.todo = list(parts)
        order = []
        while self.todo and not self.dead:
            costs = [(cost, position) for position, part in enumerate(self.todo) if (cost := self.cost(part)) is not None]
            if not costs:
                refuse(self.of, "编译器无法为此规则排出次序", "the compiler finds no order for the parts of this rule")
            part = self.todo.pop(min(costs)[1])
            if not self._written_out(part):
                self.part(part)
                order.append(part)
        return order

    def place(self) -> Place:
        """Where the positions are."""
        return Place(self.over, self.case, self.size, self.alive)

    def cost_of_atom(self, part: Literal) -> int | None:
        """As for one case; but what would be looked for at every position comes last, unless its rule can be written out."""
        cost = super().cost_of_atom(part)
        if cost is None or cost < 7 or not self._is_derived(part.atom):
            return cost
        call = Call(part.atom.predicate, tuple(self.mode(term) for term in self.terms(part.atom)))
        return cost if self._any_item(call) or len(self.columns.rules.instances(call)) == 1 else 11

    # Positions

    def keep(self, condition: Array | bool | np.bool_) -> None:
        """Only the positions where the condition holds still count."""
        if isinstance(condition, (bool, np.bool_)):
            self.dead = self.dead or not condition
            return
        self.alive = condition if self.alive is None else self.alive & condition
        # a condition that nothing passes is worth seeing only where it is cheap to see
        if self.size < 4096 and not self.alive.any():
            self.dead = True

    def compress(self) -> None:
        """Drop the positions that no longer count."""
        if self.alive is not None:
            alive, self.alive = self.alive, None
            if not alive.all():
                self.take(np.flatnonzero(alive))

    def take(self, at: Array) -> None:
        """Every position anew, from those that are named."""
        self.dead = self.dead or not len(at)
        self.names = {name: self.taken(value, at) for name, value in self.names.items()}
        self.case = (at if not self.over else self.columns.case_of(self.over)[at]) if self.case is None else self.case[at]
        self.origin = at if self.origin is None else self.origin[at]
        self.size = len(at)

    def taken(self, value: Bound, at: Array) -> Bound:
        if isinstance(value, Rows):
            return Rows(value.entity, at if value.at is None else value.at[at])
        return value if isinstance(value, (int, np.integer)) else value[at]

    def spread_over(self, counts: Array, first: Array) -> Array:
        """Each position as often as its count says; the numbers from `first` on that the copies stand for."""
        at = np.repeat(np.arange(self.size), counts)
        inside = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        numbers: Array = first[at] + inside
        self.take(at)
        return numbers

    def cases(self) -> Array:
        """The case of each position."""
        if self.case is None:
            return self.columns.case_of(self.over)
        return self.case

    def positions(self) -> Array:
        return np.arange(self.size) if self.origin is None else self.origin

    # Terms

    def _constant(self, constant: Constant) -> int:
        value = constant.value
        if value is SUPREMUM:
            return NEVER
        if isinstance(value, int):
            return value
        words = self.columns.population.codes.words
        return words[str(value)] if isinstance(value, Name) and str(value) in words else self.columns.population.codes.text(str(value))

    def bound(self, term: Term) -> Bound:
        """What a term is by now."""
        if isinstance(term, Variable):
            value: Bound = self.names[term.name]
            return value
        if isinstance(term, Constant):
            return self._constant(term)
        self.compress()
        values = [np.asarray(self.bound(argument), np.int64) for argument in term.arguments]
        if len(values) == 1:
            return _exact(-values[0])
        one, other = values
        if term.operator in ("/", "\\"):
            return _exact(_quotient(one, other) if term.operator == "/" else one - other * _quotient(one, other))
        return _exact({"+": operator.add, "-": operator.sub, "*": operator.mul}[term.operator](one, other))

    def values(self, term: Term) -> Any:
        """A term that is no item, as numbers."""
        found = self.bound(term)
        if isinstance(found, Rows):
            return np.arange(self.size) if found.at is None else found.at
        return found

    def same(self, one: Bound, other: Bound) -> Any:
        if isinstance(one, Rows) != isinstance(other, Rows):
            refuse(self.of, "对象与其他值比较", "an item is compared with something else")
        if isinstance(one, Rows) and isinstance(other, Rows):
            if one.entity != other.entity:
                refuse(self.of, "一个变量代表两类对象", "one variable stands for items of two lists")
            if one.at is other.at:
                return True
            return self._rows(one) == self._rows(other)
        return one == other

    def _rows(self, rows: Rows) -> Array:
        return np.arange(self.size) if rows.at is None else rows.at

    def name(self, term: Term, value: Bound) -> None:
        """Give a term the value that was found, or keep the positions where it is the term's already."""
        if self.idle(term):
            return
        if self.is_known(term):
            self.keep(self.same(self.bound(term), value))
        else:
            assert isinstance(term, Variable)
            self.names[term.name] = value

    # Comparisons and aggregates

    def comparison(self, part: Comparison) -> None:
        if self.is_known(part.left) and self.is_known(part.right):
            left, right = self.bound(part.left), self.bound(part.right)
            if isinstance(left, Rows) or isinstance(right, Rows):
                same = self.same(left, right)
                self.keep(same if part.operator == "=" else not same if isinstance(same, bool) else ~same)
                return
            # arithmetic on one side may have dropped positions since the other was looked at
            left, right = self.bound(part.left), self.bound(part.right)
            self.keep(_COMPARE[part.operator](left, right))
            return
        one, other = (part.left, part.right) if self.is_known(part.right) else (part.right, part.left)
        value = self.bound(other)
        self.name(one, value)

    def aggregate(self, part: Aggregate) -> None:
        self.compress()
        groups: list[tuple[tuple[Any, ...], Array, list[Array], bool]] = []
        for element in part.elements:
            inner = _Frame(self.columns, self.of, self.known, self.place())
            inner.names = dict(self.names)
            inner.body(element.condition)
            if inner.dead or not inner.size:
                continue
            inner.compress()
            mark = tuple(term.value if isinstance(term, Constant) else type(inner.bound(term)) is Rows for term in element.terms)
            whole = inner.unique and inner.spread <= {term.name for term in element.terms if isinstance(term, Variable)}
            values = [np.broadcast_to(np.asarray(inner.values(term), np.int64), (inner.size,)) for term in element.terms]
            groups.append((mark, inner.positions(), values, whole))
        totals: list[Array] = []
        apart = len({mark for mark, *_ in groups}) == len(groups)
        for number, (_, origin, values, whole) in enumerate(groups):
            others = [] if apart else [group for group in groups[:number] if len(group[2]) == len(values)]
            if others or not (whole and apart):
                origin, values = _fresh(origin, values, [(group[1], group[2]) for group in others])
            weights = None if part.function == "count" else values[0]
            totals.append(np.bincount(origin, weights=weights, minlength=self.size).astype(np.int64, copy=False))
        total = _exact(reduce(operator.add, totals) if totals else np.zeros(self.size, np.int64))
        if self.is_known(part.bound):
            self.keep(_COMPARE[part.operator](total, self.bound(part.bound)))
        else:
            self.name(part.bound, total)

    # Atoms

    def atom(self, part: Literal) -> None:
        predicate, terms = part.atom.predicate, self.terms(part.atom)
        if predicate in fragment.CALENDAR:
            self._calendar(part, terms)
        elif predicate in self.fields:
            self._field(part, terms)
        elif predicate in self.lists:
            self._list(part, terms)
        elif predicate == "asked":
            self._asked(part, terms)
        elif self.policy.predicates[predicate].of_case:
            self._derived(part, terms)
        else:
            self._static(part, terms)

    def _calendar(self, part: Literal, terms: Sequence[Term]) -> None:
        if part.negated:
            refuse(self.of, "日历谓词之前不写 `not`", "no `not` before a predicate of the calendar")
        day = self.values(terms[0])
        self.keep(np.asarray(day) < NEVER)
        if part.atom.predicate == "add_months":
            last = _last_days()
            # what is absent or never comes counts no more; its place is looked up all the same
            self.name(terms[2], last.take(np.asarray(day + 31 * self.values(terms[1]), np.intp), mode="clip"))
        else:
            january = day - np.asarray(day) % 372
            self.name(terms[1], january)
            self.name(terms[2], january + 371)

    def _field(self, part: Literal, terms: Sequence[Term]) -> None:
        predicate = part.atom.predicate
        declared = self.fields[predicate]
        if declared.entity is None:
            if self.case is None:
                column = self.columns.at_case(self.over, predicate)
            else:
                column = self.columns.population.tables[""].columns[predicate][self.case]
        else:
            if not self.is_known(terms[0]):
                if part.negated:
                    refuse(self.of, "`not` 之后的 `_` 不能代替对象", "`_` after `not` cannot stand for an item; derive a predicate")
                self._every(terms[0], declared.entity)
            item = self.bound(terms[0]) if self.is_known(terms[0]) else self.last
            if not isinstance(item, Rows) or item.entity != declared.entity:
                refuse(self.of, "一个变量代表两类对象", "one variable stands for items of two lists")
            column = self.columns.taken(predicate, declared.entity, item.at)
        if declared.type.startswith("set:"):
            self._member(part, terms[-1], column, list(self.policy.values[declared.table or ""]))
            return
        value = terms[-1]
        if self.idle(value):
            self.keep(column == ABSENT if part.negated else column != ABSENT)
        elif self.is_known(value):
            found = column == self.bound(value)
            self.keep(~found if part.negated else found)
        else:
            if not self.columns.everywhere(predicate, declared.entity or ""):
                self.keep(column != ABSENT)
            self.name(value, column)

    def _member(self, part: Literal, term: Term, column: Array, words: list[str]) -> None:
        constant = constant_of(term, self.known)
        if constant is None:
            refuse(self.of, "集合的成员须写明", "a member of a set must be written out")
        bit = words.index(str(constant.value)) if str(constant.value) in words else 31
        found = (column > 0) & ((column >> bit) & 1 == 1)
        self.keep(~found if part.negated else found)

    def _every(self, term: Term, entity: str) -> None:
        """Spread the frame over the items of its cases."""
        if self.case is None:
            at, rows = self.columns.spread(self.over, entity)
            alive, self.alive = self.alive, None
            self.take(at)
            self.alive = None if alive is None else alive[at]
            if rows is None:
                # the positions are the rows of that list now, in order
                self.over, self.case = entity, None
            self._rows_found(term, entity, rows)
            return
        self.compress()
        starts = self.columns.population.by_case[entity]
        self._rows_found(term, entity, self.spread_over(starts[self.case + 1] - starts[self.case], starts[self.case]))

    def _rows_found(self, term: Term, entity: str, rows: Array | None) -> None:
        self.last = Rows(entity, rows)
        if self.idle(term):
            self.unique = False
        else:
            assert isinstance(term, Variable)
            self.names[term.name] = self.last
            self.spread.add(term.name)

    def _list(self, part: Literal, terms: Sequence[Term]) -> None:
        listed = self.lists[part.atom.predicate]
        item = terms[-1]
        if part.negated:
            refuse(self.of, "列表谓词之前不写 `not`", "no `not` before a list")
        if listed.parent is None:
            if not self.is_known(item):
                self._every(item, listed.entity)
            elif not isinstance(self.bound(item), Rows) or self.bound(item).entity != listed.entity:  # type: ignore[union-attr]
                refuse(self.of, "一个变量代表两类对象", "one variable stands for items of two lists")
            return
        if not self.is_known(item) and self.is_known(terms[0]):
            self.compress()
            holder = self.bound(terms[0])
            assert isinstance(holder, Rows)
            starts = self.columns.population.by_holder(listed.entity, listed.parent)
            above = self._rows(holder)
            self._rows_found(item, listed.entity, self.spread_over(starts[above + 1] - starts[above], starts[above]))
            return
        if not self.is_known(item):
            self._every(item, listed.entity)
        rows = self.bound(item) if self.is_known(item) else self.last
        table = self.columns.population.tables[listed.entity]
        if not isinstance(rows, Rows) or rows.entity != listed.entity:
            refuse(self.of, "一个变量代表两类对象", "one variable stands for items of two lists")
        assert table.holder is not None
        self.name(terms[0], Rows(listed.parent, table.holder if rows.at is None else table.holder[rows.at]))

    def _asked(self, part: Literal, terms: Sequence[Term]) -> None:
        benefit = constant_of(terms[0], self.known)
        if benefit is None or part.negated:
            refuse(self.of, "asked 须写明权益", "`asked` wants a benefit that is known")
        entity = self.policy.benefits[str(benefit.value)].subject
        if not self.is_known(terms[1]):
            self._every(terms[1], entity)
            return
        item = self.bound(terms[1])
        if not isinstance(item, Rows) or item.entity != entity:
            refuse(self.of, "一个变量代表两类对象", "one variable stands for items of two lists")

    def _derived(self, part: Literal, terms: Sequence[Term]) -> None:
        way: Way = tuple(self.mode(term) for term in terms)
        call = Call(part.atom.predicate, way)
        if not self.columns.book.possible(*call):
            self.keep(part.negated)
            return
        item = self._any_item(call)
        if item is not None:
            term = terms[way.index("f")]
            self._every(term, item)
            terms, way = (term,), ("b",)
            call = Call(call.predicate, tuple("b" if mode == "f" else mode for mode in call.way))
        known = [self.bound(term) for term, mode in zip(terms, way, strict=True) if mode == "b"]
        entity = self._alone(known)
        if "f" not in way:
            if entity is not None:
                found = self.columns.tests(call, entity)
                at = self.case if not known else known[0].at  # type: ignore[union-attr]
                if not known and self.case is None:
                    found = self.columns.at_rows(self.over, found)
                found = found if at is None else found[at]
            else:
                found = self.columns.test(call, known, self.place())
            self.keep(~found if part.negated else found)
            return
        self.compress()
        known = [self.bound(term) for term, mode in zip(terms, way, strict=True) if mode == "b"]
        if entity is not None:
            origin, values = self.columns.finds(call, entity)
            rows = self.cases() if not known else self._rows(known[0])  # type: ignore[arg-type]
            starts = np.concatenate(([0], np.cumsum(np.bincount(origin, minlength=self.columns.size(entity)))))
            if len(origin) and np.any(origin[1:] < origin[:-1]):
                order = np.argsort(origin, kind="stable")
                values = [_at(value, order) for value in values]
            counts = starts[rows + 1] - starts[rows]
            if counts.max(initial=0) <= 1:
                # at most one answer a position: nothing is spread
                at = np.flatnonzero(counts)
                if len(at) < self.size:
                    self.take(at)
                values = [_at(value, starts[rows[at]]) for value in values]
                for term, value in zip([term for term, mode in zip(terms, way, strict=True) if mode == "f"], values, strict=True):
                    self.name(term, value)
                return
            numbers = self.spread_over(counts, starts[rows])
            values = [_at(value, numbers) for value in values]
        else:
            origin, values = self.columns.find(call, known, self.place())
            self.take(origin)
        for term, value in zip([term for term, mode in zip(terms, way, strict=True) if mode == "f"], values, strict=True):
            if isinstance(term, Variable) and term.name not in self.names:
                self.spread.add(term.name)
            self.name(term, value)

    def _written_out(self, part: BodyPart) -> bool:
        """Where something is wanted of an atom that one rule alone can answer, take its body in the atom's place."""
        if not isinstance(part, Literal) or part.negated or not self._is_derived(part.atom):
            return False
        call = Call(part.atom.predicate, tuple(self.mode(term) for term in self.terms(part.atom)))
        if "f" not in call.way or self._any_item(call) is not None:
            return False
        instances = self.columns.rules.instances(call)
        parts = body_of(self.of, part.atom, *instances[0], self.known) if len(instances) == 1 else None
        if parts is None:
            return False
        self.todo += parts
        self.of = replace(self.of, body=(*self.of.body, *parts))
        self.single = fragment.single(self.of)
        return True

    def _is_derived(self, atom: Atom) -> bool:
        facts = atom.predicate in self.fields or atom.predicate in self.lists
        return not facts and atom.predicate != "asked" and self.policy.predicates[atom.predicate].of_case

    def _any_item(self, call: Call) -> str | None:
        """The entity of the one item that a call wants while it knows nothing: then every item is looked at, and asked about once."""
        if call.way.count("f") != 1 or "b" in call.way:
            return None
        kind = self.policy.predicates[call.predicate].arguments[1:][call.way.index("f")][1]
        return kind if kind in self.policy.list_of else None

    def _alone(self, known: Sequence[Bound]) -> str | None:
        """The entity of the one item that a call knows, or the empty name where it knows nothing."""
        if not known:
            return ""
        return known[0].entity if len(known) == 1 and isinstance(known[0], Rows) else None

    def _static(self, part: Literal, terms: Sequence[Term]) -> None:
        predicate = part.atom.predicate
        way: Way = tuple(self.mode(term) for term in terms)
        if self.is_parameter(predicate, way) and not self.columns.book.possible(predicate, way):
            refuse(self.of, f"没有参数 {way[0]}", f"there is no parameter {way[0]}")
        rows = self.columns.rules.rows(Call(predicate, way))
        if not any(mode in ("b", "f") for mode in way):
            self.keep(bool(rows) != part.negated)
        elif "f" not in way:
            known = [self.values(term) for term, mode in zip(terms, way, strict=True) if mode == "b"]
            found = _member_of(known, rows)
            self.keep((not found if isinstance(found, bool) else ~found) if part.negated else found)
        else:
            self._each_row(terms, way, rows)

    def _each_row(self, terms: Sequence[Term], way: Way, rows: Sequence[tuple[int, ...]]) -> None:
        """The frame once for each tuple, kept where the tuple has what is known."""
        places = [term for term, mode in zip(terms, way, strict=True) if mode in ("b", "f")]
        if len(rows) == 1:
            for term, value in zip(places, rows[0], strict=True):
                self.name(term, value)
            return
        self.compress()
        if not rows:
            self.dead = True
            return
        number = len(rows)
        at = np.repeat(np.arange(self.size), number)
        self.take(at)
        table = np.array(rows, np.int32)
        copies = self.size // number
        for place, term in enumerate(places):
            if isinstance(term, Variable) and term.name not in self.names:
                self.spread.add(term.name)
            self.name(term, np.tile(table[:, place], copies))


@cache
def _last_days() -> Array:
    return last_days()


def _at(value: Bound, at: Array) -> Bound:
    if isinstance(value, Rows):
        return Rows(value.entity, at if value.at is None else value.at[at])
    return value if isinstance(value, (int, np.integer)) else value[at]


def _exact(values: Array) -> Array:
    if values.size and (values.min() < -(1 << 31) or values.max() >= 1 << 31):
        raise OverflowingError(int(np.abs(values).max()))
    return values


def _quotient(one: Array, other: Array) -> Array:
    """Division as clingo does it, which cuts off."""
    if np.any(other == 0):
        raise ZeroDivisionError
    if one.min(initial=0) >= 0 and other.min(initial=1) > 0:
        return one // other
    cut = np.abs(one) // np.abs(other)
    return np.where((one < 0) == (other < 0), cut, -cut)


def _member_of(known: Sequence[Any], rows: Sequence[tuple[int, ...]]) -> Any:
    """Whether what is known is one of the tuples."""
    if all(isinstance(value, (int, np.integer)) for value in known):
        return tuple(int(value) for value in known) in rows
    if not rows:
        return np.zeros(np.broadcast(*known).shape, bool) if len(known) > 1 else np.zeros(len(known[0]), bool)
    if len(known) == 1:
        wanted = sorted(row[0] for row in rows)
        low, high = wanted[0], wanted[-1]
        spans = _spans(wanted)
        if len(spans) <= _FEW:
            value = np.asarray(known[0])
            return reduce(operator.or_, (value == first if first == last else (first <= value) & (value <= last) for first, last in spans))
        if high - low < 65536:
            # everything outside is looked up in the first place or the last, which are no members
            table = np.zeros(high - low + 3, bool)
            table[np.array(wanted) - low + 1] = True
            return table.take(np.asarray(known[0]) - (low - 1), mode="clip")
        return np.isin(known[0], wanted)
    found = False
    for row in rows:
        same: Any = True
        for value, one in zip(known, row, strict=True):
            same = same & (np.asarray(value) == one)
        found = found | same
    return found


_FEW = 4
"""So many comparisons are made sooner than one look-up in a table."""


def _spans(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers in order as the spans that they fill, from first to last."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number <= found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found


def _joined(parts: Sequence[Found]) -> Found:
    """Several findings as one."""
    sizes = [len(origin) for origin, _ in parts]
    values: list[Bound] = []
    for place in range(len(parts[0][1])):
        column = [part[1][place] for part in parts]
        entities = {value.entity for value in column if isinstance(value, Rows)}
        arrays = [_plain(value, size) for value, size in zip(column, sizes, strict=True)]
        joined = np.concatenate(arrays) if len(arrays) > 1 else arrays[0]
        values.append(Rows(entities.pop(), joined) if entities else joined)
    return np.concatenate([origin for origin, _ in parts]), values


def _plain(value: Bound, size: int) -> Array:
    if isinstance(value, Rows):
        return np.arange(size) if value.at is None else value.at
    return np.broadcast_to(np.asarray(value), (size,))


def _unique(found: Found) -> Found:
    origin, values = found
    plain = [_plain(value, len(origin)) for value in values]
    first = _first_of_each([origin, *plain])
    return origin[first], [Rows(v.entity, p[first]) if isinstance(v, Rows) else p[first] for v, p in zip(values, plain, strict=True)]


def _first_of_each(columns: Sequence[Array]) -> Array:
    """The places of the first of each different row, in order."""
    order = np.lexsort(columns[::-1])
    fresh = np.zeros(len(order), bool)
    fresh[:1] = True
    for column in columns:
        fresh[1:] |= column[order][1:] != column[order][:-1]
    return np.sort(order[fresh])


def _fresh(origin: Array, values: list[Array], earlier: Sequence[tuple[Array, list[Array]]]) -> tuple[Array, list[Array]]:
    """The tuples that are different from each other and from those that came earlier."""
    number = sum(len(positions) for positions, _ in earlier)
    all_origins = np.concatenate([*(positions for positions, _ in earlier), origin])
    all_values = [np.concatenate([*(group[place] for _, group in earlier), column]) for place, column in enumerate(values)]
    first = _first_of_each([all_origins, *all_values])
    first = first[first >= number] - number
    return origin[first], [column[first] for column in values]
