"""The arithmetic of rules, over whole numbers of any size: what `+`, `-`, `*`, `/`, `\\` and rounding mean in every engine."""

from __future__ import annotations

from collections.abc import Sequence


def quotient(one: int, other: int) -> int:
    """Division that cuts towards zero, as clingo's `/` does. Raises `ZeroDivisionError`."""
    found = abs(one) // abs(other)
    return found if (one < 0) == (other < 0) else -found


def remainder(one: int, other: int) -> int:
    """What `quotient` leaves; it has the sign of `one`, as clingo's `\\` does. Raises `ZeroDivisionError`."""
    return one - other * quotient(one, other)


def computed(operator: str, parts: Sequence[int]) -> int:
    """The value of an operation. Raises `ZeroDivisionError`."""
    if len(parts) == 1:
        return -parts[0]
    one, other = parts
    if operator == "+":
        return one + other
    if operator == "-":
        return one - other
    if operator == "*":
        return one * other
    return quotient(one, other) if operator == "/" else remainder(one, other)


def rounded(rounding: str, numerator: int, denominator: int) -> int:
    """A fraction as a whole number: `half_up` and `half_even` to the nearest, halves away from zero or to the even one; `up` away from
    zero, `down` towards it. Raises `ZeroDivisionError`.

    >>> [rounded(rounding, 5, 2) for rounding in ("half_up", "half_even", "up", "down")], rounded("half_up", -5, 2)
    ([3, 2, 3, 2], -3)
    """
    size, by = abs(numerator), abs(denominator)
    whole, rest = divmod(size, by)
    more = {"half_up": 2 * rest >= by, "half_even": 2 * rest > by or (2 * rest == by and whole % 2 == 1), "up": rest > 0, "down": False}
    whole += more[rounding]
    return whole if (numerator < 0) == (denominator < 0) else -whole
