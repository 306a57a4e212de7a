"""The arithmetic of rules, over whole numbers of any size: what `+`, `-`, `*`, `/` and `\\` mean in every engine."""

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
