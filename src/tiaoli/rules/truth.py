"""The truth of atoms and comparisons in one case: what clingo found to be certain or possible, and how values compare."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, Literal, NamedTuple

from tiaoli.rules.atoms import Fact, Name, Value

Truth = Literal["holds", "fails", "unknown"]


class Open(NamedTuple):
    """A value that a missing fact leaves open: one of these, or, where there are none, any."""

    values: tuple[Value, ...]


ValueOrOpen = Value | Open
"""The value of a variable."""

Pattern = tuple[ValueOrOpen | None, ...]
"""The arguments of an atom that is looked for; `None` where any value will do."""


class Interpretation:
    """What holds of one case: the atoms that are certain, and those that are possible.

    `certain` is part of `possible`; where nothing is unknown they are the same, and the interpretation is `settled`. Atoms are
    given in the order of the `items` that they name, whatever order they come in.
    """

    def __init__(self, certain: Iterable[Fact], possible: Iterable[Fact], items: Iterable[str] = ()) -> None:
        self._ranks = {item: number for number, item in enumerate(items)}
        self._certain: dict[str, set[tuple[Value, ...]]] = defaultdict(set)
        self._possible: dict[str, dict[tuple[Value, ...], None]] = defaultdict(dict)
        self._indexes: dict[tuple[str, tuple[int, ...]], dict[tuple[Value, ...], list[tuple[Value, ...]]]] = {}
        for predicate, arguments in certain:
            self._certain[predicate].add(arguments)
            self._possible[predicate][arguments] = None
        self.settled = True
        for predicate, arguments in possible:
            if arguments not in self._certain[predicate]:
                self._possible[predicate][arguments] = None
                self.settled = False

    def truth(self, predicate: str, arguments: tuple[Value, ...]) -> Truth:
        if arguments in self._certain[predicate]:
            return "holds"
        return "unknown" if arguments in self._possible[predicate] else "fails"

    def matching(self, predicate: str, pattern: Sequence[Value | None]) -> Sequence[tuple[Value, ...]]:
        """The possible atoms that have these arguments, `None` standing for any."""
        positions = tuple([position for position, value in enumerate(pattern) if value is not None])
        return self.index(predicate, positions).get(tuple([value for value in pattern if value is not None]), ())

    def index(self, predicate: str, positions: tuple[int, ...]) -> Mapping[tuple[Value, ...], Sequence[tuple[Value, ...]]]:
        """The possible atoms by their values at these positions."""
        index = self._indexes.get((predicate, positions))
        if index is None:
            index = self._indexes[predicate, positions] = defaultdict(list)
            for arguments in self._possible[predicate]:
                index[tuple([arguments[position] for position in positions])].append(arguments)
            for found in index.values():
                if len(found) > 1:
                    found.sort(key=self._rank)
        return index

    def _rank(self, arguments: tuple[Value, ...]) -> list[tuple[int, str]]:
        ranks = self._ranks
        return [(value, "") if isinstance(value, int) else (ranks.get(str(value), -1), str(value)) for value in arguments]

    def certain(self, predicate: str) -> Set[tuple[Value, ...]]:
        """Every certain atom of a predicate."""
        return self._certain[predicate]

    def atoms(self, predicate: str) -> Iterable[tuple[Value, ...]]:
        """Every possible atom of a predicate."""
        return sorted(self._possible[predicate], key=self._rank)


def both(one: Truth, other: Truth) -> Truth:
    if one == "holds" or other == "fails":
        return other
    return one


OPPOSITE: Mapping[Truth, Truth] = {"holds": "fails", "fails": "holds", "unknown": "unknown"}
"""The truth of what is negated."""

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""What each sign of a comparison does, of two values or of two arrays of them."""


def compared(relation: str, left: ValueOrOpen, right: ValueOrOpen) -> Truth:
    if not isinstance(left, Open) and not isinstance(right, Open):
        return "holds" if COMPARISONS[relation](_ordered(left), _ordered(right)) else "fails"
    ones = left.values if isinstance(left, Open) else (left,)
    others = right.values if isinstance(right, Open) else (right,)
    truths = {COMPARISONS[relation](_ordered(one), _ordered(other)) for one in ones for other in others}
    if len(truths) != 1:
        return "unknown"
    return "holds" if truths.pop() else "fails"


def _ordered(value: Value) -> tuple[int, Any]:
    """Numbers before constants before text before `#sup`, as clingo orders them."""
    if isinstance(value, int):
        return (0, value)
    if isinstance(value, Name):
        return (1, (len(value), value))
    return (2, (len(value), value)) if isinstance(value, str) else (3, 0)


def same(one: Value, other: Value) -> bool:
    return one == other and isinstance(one, Name) == isinstance(other, Name)
