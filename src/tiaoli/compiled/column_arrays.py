"""Arrays as columns of whole numbers: clingo's arithmetic over them, rows made distinct, concatenated and looked up."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_MOST = 1 << 52
"""What a number may reach in columns: two of them added stay within 64 bits, and a hundred times the number does."""

_FEWEST_LOOKED_UP = 5
"""From so many spans on one look-up in a table is cheaper than a comparison for each."""


class Rows:
    """The value of a variable that stands for items: their entity and rows; all rows in order where `at` is `None`. What was read at
    the rows is kept with them."""

    __slots__ = ("_read", "at", "entity")

    def __init__(self, entity: str, at: Array | None) -> None:
        self.entity = entity
        self.at = at
        self._read: dict[str, Array] = {}

    def take(self, at: Array) -> Rows:
        """The rows at these positions."""
        return Rows(self.entity, at if self.at is None else self.at[at])

    def numbers(self, size: int) -> Array:
        """The rows by their numbers, of which there are so many."""
        return np.arange(size) if self.at is None else self.at

    def read(self, columns: Mapping[str, Array], predicate: str) -> Array:
        """A column of the entity's table at these rows."""
        if self.at is None:
            return columns[predicate]
        found = self._read.get(predicate)
        if found is None:
            found = self._read[predicate] = columns[predicate][self.at]
        return found


Column = Rows | Array | int
"""The values of a variable: items, or a value for each position, or one value for all."""


class Matches(NamedTuple):
    """What a call finds: for each match the position it belongs to, and the values of the free arguments."""

    origin: Array
    values: list[Column]


def no_matches(arguments: int) -> Matches:
    """No match of a call with so many free arguments."""
    return Matches(np.zeros(0, np.int64), [np.zeros(0, np.int32) for _ in range(arguments)])


def take(values: Column, at: Array) -> Column:
    """The values at these positions."""
    if isinstance(values, Rows):
        return values.take(at)
    return values if isinstance(values, (int, np.integer)) else values[at]


def as_array(values: Column, size: int) -> Array:
    """The values of so many positions as an array, items by the numbers of their rows."""
    return values.numbers(size) if isinstance(values, Rows) else np.broadcast_to(np.asarray(values), (size,))


# Arithmetic


class OverflowingError(ArithmeticError):
    """A number could be too large for columns: whoever decides by them lets others decide instead."""


def exact(values: Array) -> Array:
    """The values themselves. Raises `OverflowingError` where one is not far within 64 bits."""
    if _largest(values) >= _MOST:
        raise OverflowingError
    return values


def _largest(values: Array) -> int:
    return max(abs(int(values.min())), abs(int(values.max()))) if values.size else 0


def summed(origin: Array, weights: Array, size: int) -> Array:
    """The sum of the weights at each of so many positions. Raises `OverflowingError` where one could be too large."""
    if _largest(weights) * len(weights) < _MOST:
        # floating-point numbers hold every whole number up to there
        return np.bincount(origin, weights=weights, minlength=size).astype(np.int64)
    raise OverflowingError


def quotient(one: Array, other: Array) -> Array:
    """Division that cuts towards zero, as clingo's `/` does."""
    if np.any(other == 0):
        raise ZeroDivisionError
    if one.min(initial=0) >= 0 and other.min(initial=1) > 0:
        return one // other
    cut = np.abs(one) // np.abs(other)
    return np.where((one < 0) == (other < 0), cut, -cut)


def computed(operator_: str, values: Sequence[Array]) -> Array:
    """The value of an operation. Raises `OverflowingError` where it could be too large."""
    if len(values) == 1:
        return exact(-values[0])
    one, other = values
    if operator_ == "*" and _largest(one) * _largest(other) >= _MOST:
        raise OverflowingError
    if operator_ in ("/", "\\"):
        return exact(quotient(one, other) if operator_ == "/" else one - other * quotient(one, other))
    return exact({"+": operator.add, "-": operator.sub, "*": operator.mul}[operator_](one, other))


# Relations


def member_of(values: Sequence[Any], rows: Sequence[tuple[int, ...]]) -> Any:
    """Whether values, one for each argument, are one of the tuples: at each position, or at all where each is one value."""
    if all(isinstance(value, (int, np.integer)) for value in values):
        return tuple(int(value) for value in values) in rows
    if not rows:
        return np.zeros(np.broadcast(*values).shape, bool) if len(values) > 1 else np.zeros(len(values[0]), bool)
    if len(values) == 1:
        return _one_of(np.asarray(values[0]), sorted(row[0] for row in rows))
    found = False
    for row in rows:
        same: Any = True
        for value, one in zip(values, row, strict=True):
            same = same & (np.asarray(value) == one)
        found = found | same
    return found


def _one_of(values: Array, wanted: Sequence[int]) -> Array:
    """Whether each value is one of the numbers, which stand in order."""
    low, high = wanted[0], wanted[-1]
    spans = _spans(wanted)
    if len(spans) < _FEWEST_LOOKED_UP:
        tests: list[Array] = [values == first if first == last else (first <= values) & (values <= last) for first, last in spans]
        return reduce(operator.or_, tests)
    if high - low < 65536:
        # what lies outside is looked up in the first place or the last, which are no members
        table = np.zeros(high - low + 3, bool)
        table[np.array(wanted) - low + 1] = True
        return table.take(values - (low - 1), mode="clip")
    return np.isin(values, wanted)


def _spans(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers in order as the spans that they fill, from first to last."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number <= found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found


def concatenated(parts: Sequence[Matches]) -> Matches:
    """The matches of several rules, of which there is one at least."""
    sizes = [len(part.origin) for part in parts]
    values: list[Column] = []
    for argument in range(len(parts[0].values)):
        columns = [part.values[argument] for part in parts]
        entities = {column.entity for column in columns if isinstance(column, Rows)}
        arrays = [as_array(column, size) for column, size in zip(columns, sizes, strict=True)]
        joined = np.concatenate(arrays) if len(arrays) > 1 else arrays[0]
        values.append(Rows(entities.pop(), joined) if entities else joined)
    return Matches(np.concatenate([part.origin for part in parts]), values)


def distinct(found: Matches) -> Matches:
    """Each different match once."""
    arrays = [as_array(column, len(found.origin)) for column in found.values]
    first = _first_of_equal([found.origin, *arrays])
    values: list[Column] = [
        Rows(column.entity, array[first]) if isinstance(column, Rows) else array[first]
        for column, array in zip(found.values, arrays, strict=True)
    ]
    return Matches(found.origin[first], values)


def _first_of_equal(columns: Sequence[Array]) -> Array:
    """The places of the first of each different row, in order."""
    order = np.lexsort(columns[::-1])
    fresh = np.zeros(len(order), bool)
    fresh[:1] = True
    for column in columns:
        fresh[1:] |= column[order][1:] != column[order][:-1]
    return np.sort(order[fresh])


def new_tuples(origin: Array, values: list[Array], earlier: Sequence[tuple[Array, list[Array]]]) -> tuple[Array, list[Array]]:
    """The tuples, each at a position, that are different from each other and from the earlier ones."""
    number = sum(len(positions) for positions, _ in earlier)
    all_origins = np.concatenate([*(positions for positions, _ in earlier), origin])
    all_values = [np.concatenate([*(group[place] for _, group in earlier), column]) for place, column in enumerate(values)]
    first = _first_of_equal([all_origins, *all_values])
    first = first[first >= number] - number
    return origin[first], [column[first] for column in values]
