"""What every object of a case has in common, and how the types that a model declares are taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

from pydantic import MISSING, BaseModel, ConfigDict

from tiaoli.base import docstring


class Part(BaseModel):
    """An object of a case: unknown keys are refused, nothing is converted, nothing changes later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    days_in_order: ClassVar[tuple[str, ...]] = ()
    """Two days of which the second does not lie before the first."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # a schema says what each object is, in every mode of the interpreter
        cls.__doc__ = docstring(cls)


def stated(part: Part) -> dict[str, Any]:
    """What an object states, by key; its inner objects and lists are as they are in it."""
    return {key: value for key in type(part).model_fields if (value := getattr(part, key)) is not MISSING}


def plain_types(annotation: Any) -> Iterator[Any]:
    """The plain types that an annotation allows, out of unions and `Annotated`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from plain_types(get_args(annotation)[0])
    elif origin is list or origin is Literal or isinstance(annotation, type):
        yield annotation
    else:
        for part in get_args(annotation):
            yield from plain_types(part)
