"""Cases of the shipped policy, read from plain data."""

from functools import cache
from typing import Any

from tiaoli import Case, Oracle


def read_case(document: Any) -> Case:
    """The case that plain data describes under the shipped policy."""
    return _shipped().read(document)


@cache
def _shipped() -> Oracle:
    return Oracle()
