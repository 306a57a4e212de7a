"""What a search through cases looks at, as one value: how many items, of which benefits, under which readings, in how many copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tiaoli.encoding import Bound

USUAL_ITEMS = 2
"""How many items a list has where nothing else is asked for."""


@dataclass(frozen=True)
class DomainSpec:
    """All cases with so many `items` a list, or `sizes[entity]`, that bear on some `benefits`.

    `fields` are the paths of further facts that are looked at; `readings` those that are fixed, all others are free; `bounds`
    what an analysis itself compares, beside the rules.
    The `copies` of a case share every fact but those of the fields they `differ_in`, or else their day. With
    `today` all applications are made on that day.
    """

    benefits: tuple[str, ...]
    fields: tuple[str, ...] = ()
    items: int = USUAL_ITEMS
    sizes: Mapping[str, int] = field(default_factory=dict)
    readings: Mapping[str, str] | None = None
    bounds: tuple[Bound, ...] = ()
    copies: int = 1
    differ_in: tuple[str, ...] | None = None
    today: int | None = None
