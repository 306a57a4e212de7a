"""The functions of rules over columns: each different combination of what is given is worked out once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tiaoli.compiled.column_arrays import Array, OverflowingError, exact
from tiaoli.compiled.column_store import day_code, day_of_code
from tiaoli.rules import SIGNATURES, Contract, Name, NoValueError, Value, worked_out


def values_of(function: str, given: Sequence[Array | str], size: int) -> list[Array]:
    """The results of a function at each of so many positions, where each argument is a number at each or a word.

    Raises `OverflowingError` where one has no value or is too large.
    """
    kinds = [kind for _, kind in SIGNATURES[function].arguments]
    columns = [np.asarray(column, np.int64) for column in given if not isinstance(column, str)]
    rows, places = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    found = [_row(function, given, kinds, row) for row in rows.tolist()]
    results = [np.array(column, np.int64) for column in zip(*found, strict=True)] if size else []
    number = len(kinds) - Contract.FUNCTIONS[function]
    return [exact(column)[places.reshape(-1)] for column in results] or [np.zeros(0, np.int64) for _ in range(number)]


def _row(function: str, given: Sequence[Array | str], kinds: Sequence[str], row: Sequence[int]) -> list[int]:
    """The results for one combination, days by their codes on both sides."""
    given_numbers = iter(row)
    values: list[Value] = []
    for argument, kind in zip(given, kinds, strict=False):
        if isinstance(argument, str):
            values.append(Name(argument))
        else:
            number = next(given_numbers)
            values.append(day_of_code(number) if kind == "day" else number)
    try:
        found = worked_out(function, values)
    except NoValueError as error:
        raise OverflowingError from error
    numbers = [value for value in found or () if isinstance(value, int)]
    return [day_code(value) if kind == "day" else value for value, kind in zip(numbers, kinds[len(values) :], strict=True)]
