"""Cases of any policy, made of its case format alone: a full one, random ones near its numbers, and ones with something wrong."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tiaoli.base import to_date
from tiaoli.case import parse_document
from tiaoli.policy import Code, Decimals, Enum, Field, Integer, ListKey, ObjectKey, Policy, ScalarKey, Shape
from tiaoli.populations.arrow_schema import IS_NULL

Document = dict[str, Any]


def full_case(policy: Policy) -> Document:
    """A case in which every key stands, with one item in each list, and the days in order."""
    return {"id": "A", **_full(policy.schema.root)}


def _full(shape: Shape, depth: int = 0) -> Document:
    found: Document = {"id": "kt"[depth - 1] + "1"} if shape.ids and depth else {}
    for key in shape.keys.values():
        if isinstance(key, ScalarKey):
            found[key.key] = parse_document(f"value: {key.field.type.example}")["value"]
            if hasattr(found[key.key], "isoformat"):
                found[key.key] = found[key.key].isoformat()
        elif isinstance(key, ObjectKey):
            found[key.key] = _full(key.shape, depth)
        else:
            found[key.key] = [_full(key.shape, depth + 1)]
    return found


# Random cases


def random_case(policy: Policy, rng: random.Random, unknown: float = 0.1) -> Document:
    """A case near the numbers of its policy, of which each fact is left out as often as `unknown`."""
    case = {"id": "A", **_drawn(policy, policy.schema.root, rng, unknown)}
    case.setdefault(policy.schema.day.path, _value(policy, policy.schema.day, rng))
    return case


def _drawn(policy: Policy, shape: Shape, rng: random.Random, unknown: float) -> Document:
    found: Document = {}
    for key in shape.keys.values():
        if rng.random() < unknown:
            continue
        if isinstance(key, ScalarKey):
            found[key.key] = None if key.field.nullable and rng.random() < 0.3 else _value(policy, key.field, rng)
        elif isinstance(key, ListKey):
            number = rng.randrange(3)
            found[key.key] = [{"id": f"{key.declared.entity}{place}", **_drawn(policy, key.shape, rng, unknown)} for place in range(number)]
        else:
            absent = key.record is not None and key.record.nullable and rng.random() < 0.3
            found[key.key] = None if absent else _drawn(policy, key.shape, rng, unknown)
    for first, last in shape.in_order:
        if None not in (found.get(first), found.get(last)) and found[last] < found[first]:
            found[first], found[last] = found[last], found[first]
    return found


def _value(policy: Policy, field: Field, rng: random.Random) -> Any:
    kind = field.type
    if isinstance(kind, Enum):
        words = list(kind.values)
        return rng.sample(words, rng.randrange(len(words) + 1)) if field.several else rng.choice(words)
    if isinstance(kind, Code):
        return rng.choice([str(code) for code in kind.every(policy.codes)])
    if field.kind == "boolean":
        return rng.random() < 0.7
    near = [int(item.value) for item in policy.parameters.values() if item.unit == kind.rule_type and isinstance(item.value, int)]
    if field.kind == "day":
        shift = rng.choice((-400, -60, -1, 0, 0, 1, 60))
        return (to_date(rng.choice(near)) + timedelta(days=shift)).isoformat()
    assert isinstance(kind, (Integer, Decimals))
    number = rng.choice([*(value + more for value in near for more in (-1, 0, 1)), kind.low, kind.low + 1, kind.high])
    number = min(max(number, kind.low), kind.high)
    return number if isinstance(kind, Integer) else str(kind.write(Decimal(number).scaleb(-kind.digits)))


# Bad things


class Wrong(NamedTuple):
    """A case with something wrong in it, the id of the problem, and the path where it is said, without the ids of items."""

    id: str
    path: str
    case: Document


def wrong_cases(policy: Policy) -> dict[str, Wrong]:
    """The full case with one thing wrong, for each kind of place and of type that the format has."""
    found: dict[str, Wrong] = {}
    for name, id, path, change in _wrongs(policy):
        if name not in found:
            case = full_case(policy)
            change(case)
            found[name] = Wrong(id, path, case)
    return found


_DAYS = {
    "that is none": "2025-02-30",
    "with a time": "2025-03-01T12:30:00",
    "in a zone": "2025-06-01T00:00:00+08:00",
    "too early": "1899-12-31",
    "too late": "2200-01-01",
    "as a number": 20250301,
    "written otherwise": "2025-3-1",
}


def _wrongs(policy: Policy) -> Iterator[tuple[str, str, str, Callable[[Document], None]]]:
    schema = policy.schema
    yield "a key that is misspelt", "case-key-unknown", "persn", _put("persn", {})
    yield "a case without its day", "case-key-missing", schema.day.path, _drop(schema.day.path)
    yield "a case without an id", "case-key-missing", "id", _drop("id")
    yield "a case with an empty id", "case-type", "id", _put("id", "")
    for path, item in schema.lists.items():
        inside = "an item of an item" if item.parent else "an item"
        yield f"a key misspelt in {inside}", "case-key-unknown", f"{path}.misspelt", _put(f"{path}.misspelt", 1)
        yield f"{inside} with a bad id", "case-id", f"{path}.id", _put(f"{path}.id", "c 1")
        yield f"{inside} without an id", "case-key-missing", f"{path}.id", _drop(f"{path}.id")
        yield f"{inside} that is null", "case-null", path, _put(path, [None])
        yield f"an object for a list of {inside}", "case-type", path, _put(path, {"id": "k1"})
    for path in schema.objects:
        yield "a key misspelt in an object", "case-key-unknown", f"{path}.misspelt", _put(f"{path}.misspelt", 1)
        yield "a list for an object", "case-type", path, _put(path, [{}])
    for path, field in schema.fields.items():
        for name, id, value in _values(field):
            yield name, id, path, _put(path, value)
    for first, last in schema.orders:
        yield "days in the wrong order", "case-days-reversed", last.path, _both(first.path, "2025-02-02", last.path, "2025-02-01")


def _values(field: Field) -> Iterator[tuple[str, str, Any]]:
    """What is no value of a field."""
    kind = field.type
    if isinstance(kind, Enum):
        wrong = next(iter(kind.values)) + "x"
        yield f"a word that is misspelt in {field.kind}", "case-value", [wrong] if field.several else wrong
    elif field.kind == "boolean":
        yield "a boolean as text", "case-type", "true"
        yield "a boolean as a number", "case-type", 1
    elif field.kind == "day":
        yield from ((f"a day {how}", "case-day", value) for how, value in _DAYS.items())
    elif field.kind == "code":
        yield "a code that is none", "case-code", "?"
    elif isinstance(kind, Integer):
        yield f"{kind.unit} out of range", "case-number", kind.high + 1
        yield f"{kind.unit} as text", "case-type", str(kind.low)
        yield f"{kind.unit} with a fraction", "case-type", kind.low + 0.5
    elif isinstance(kind, Decimals):
        id = "case-money" if field.kind == "money" else "case-number"
        low = Decimal(kind.low).scaleb(-kind.digits)
        yield f"{field.kind} as a double", id, 1.5
        yield f"{field.kind} with an exponent", id, "1e1"
        yield f"{field.kind} with too many digits", id, f"{low:.{kind.digits}f}1"
        yield f"too much {field.kind}", id, str(Decimal(kind.high + 1).scaleb(-kind.digits))


def _at(case: Document, path: str) -> tuple[Any, str]:
    """The object that holds a path of the format, in the first item of each list."""
    *steps, last = path.split(".")
    here: Any = case
    for step in steps:
        here = here[step]
        here = here[0] if isinstance(here, list) else here
    return here, last


def _put(path: str, value: Any) -> Callable[[Document], None]:
    def change(case: Document) -> None:
        here, key = _at(case, path)
        here[key] = copy.deepcopy(value)

    return change


def _drop(path: str) -> Callable[[Document], None]:
    def change(case: Document) -> None:
        here, key = _at(case, path)
        del here[key]

    return change


def _both(first: str, one: str, last: str, other: str) -> Callable[[Document], None]:
    def change(case: Document) -> None:
        _put(first, one)(case)
        _put(last, other)(case)

    return change


# Tables


def row_of(value: Any) -> Any:
    """What a case states as a row of a table."""
    if isinstance(value, dict):
        nulls = {f"{key}{IS_NULL}": True for key, inner in value.items() if inner is None}
        return {key: row_of(inner) for key, inner in value.items()} | nulls
    return [row_of(item) for item in value] if isinstance(value, tuple) else value
