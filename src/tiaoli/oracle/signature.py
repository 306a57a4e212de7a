"""A method that is asked exactly as another one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def signed_as(model: Callable[Arguments, Result]) -> Callable[[Callable[..., Result]], Callable[Arguments, Result]]:
    """Give a function the signature of `model`, for type checkers, help and documentation; its docstring is its own."""

    def signed(function: Callable[..., Result]) -> Callable[Arguments, Result]:
        signed_function: Any = function
        signed_function.__signature__ = inspect.signature(model)
        signed_function.__annotations__ = model.__annotations__
        return cast("Callable[Arguments, Result]", function)

    return signed
