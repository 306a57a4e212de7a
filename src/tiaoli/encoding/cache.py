"""What is kept of a policy that passed its checks, in the user's cache folder under the digest of every file.

Parsing and checking a policy takes a tenth of a second; what came of it is read in milliseconds. A cache that cannot be read or
written is done without, and so is one whose content is not what was written there: its first line is a digest of the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from tiaoli.base import __version__
from tiaoli.encoding.critical_points import Bound, RuleBounds, Shift
from tiaoli.encoding.encoding import Encoding, OutcomeRules
from tiaoli.encoding.program import parse_program
from tiaoli.policy import Policy, build_policy
from tiaoli.rules import (
    SUPREMUM,
    Aggregate,
    Atom,
    Comparison,
    Constant,
    Declaration,
    Element,
    ExactRules,
    Literal,
    Name,
    Operation,
    Program,
    Quote,
    Rule,
    Variable,
)

_FORM = 17

_TYPES = (Program, Rule, Quote, Declaration, Atom, Literal, Comparison, Element, Aggregate, Variable, Constant, Operation)
_TAGS = {kind: number for number, kind in enumerate(_TYPES)}
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in _TYPES}
_NAME, _SUPREMUM, _TUPLE = -1, -2, -3


def encode(value: Any) -> Any:
    """A program, or any part of one, as JSON-able data: each type of `ast` is a list of its tag and its fields in order."""
    if isinstance(value, tuple):
        return [_TUPLE, *map(encode, value)]
    if isinstance(value, Name):
        return [_NAME, str(value)]
    if value is SUPREMUM:
        return [_SUPREMUM]
    kind = type(value)
    if kind in _TAGS:
        return [_TAGS[kind], *(encode(getattr(value, name)) for name in _FIELDS[kind])]
    return value


def decode(data: Any) -> Any:
    """What `encode` made `data` of. Raises `LookupError` or `TypeError` for anything else."""
    if not isinstance(data, list):
        return data
    tag, *parts = data
    if tag == _NAME:
        return Name(parts[0])
    if tag == _SUPREMUM:
        return SUPREMUM
    if tag == _TUPLE:
        return tuple(map(decode, parts))
    return _TYPES[tag](*map(decode, parts))


def kept_encoding(digest: str, rules: Mapping[str, str]) -> Encoding | None:
    """The encoding that was kept under a digest; `None` where there is none, or where it is not as it was written here."""
    path = _file(digest)
    try:
        cached = _read(path)
        if cached["digest"] != digest:
            return None
        bounds = tuple(
            Bound(target, _shifts(shifts), strict, other, _shifts(moves), scope)
            for target, shifts, strict, other, moves, scope in cached["bounds"]
        )
        policy = build_policy(cached["tables"], cached["expanded"] or rules, digest)
        return Encoding(
            policy=policy,
            rule_bounds=RuleBounds(bounds, frozenset(cached["both_ends"]), cached["results"], frozenset(cached["codes"])),
            sentences={
                benefit: {condition: tuple(anchors) for condition, anchors in conditions.items()}
                for benefit, conditions in cached["sentences"].items()
            },
            fields={benefit: tuple(paths) for benefit, paths in cached["fields"].items()},
            readings={benefit: tuple(names) for benefit, names in cached["readings"].items()},
            rules=ExactRules(cached["rules"]),
            outcome_rules=ExactRules(cached["outcome_rules"]),
            decision_rules=ExactRules(cached["decision_rules"]),
            outcomes={
                benefit: OutcomeRules(
                    ExactRules(kept["rules"]),
                    RuleBounds(
                        tuple(bounds[number] for number in kept["bounds"]),
                        frozenset(cached["both_ends"]),
                        codes=frozenset(cached["codes"]),
                    ),
                )
                for benefit, kept in cached["outcomes"].items()
            },
            read_program=lambda: _load_program(policy),
        )
    except Exception:
        # whatever is not as it was written here is made anew
        return None


def keep_encoding(encoding: Encoding, tables: dict[str, Any], expanded: Mapping[str, str] | None = None) -> None:
    """Keep an encoding, with the tables that its policy was built from, and the rules where they were `expanded` from what was read."""
    bounds = [
        [bound.target, bound.target_shifts, bound.strict, bound.other, bound.other_shifts, bound.scope]
        for bound in encoding.rule_bounds.bounds
    ]
    numbers = {bound: number for number, bound in enumerate(encoding.rule_bounds.bounds)}
    content = {
        "digest": encoding.policy.digest,
        "tables": tables,
        "expanded": expanded,
        "bounds": bounds,
        "both_ends": sorted(encoding.rule_bounds.both_ends),
        "results": encoding.rule_bounds.results,
        "codes": sorted(encoding.rule_bounds.codes),
        "sentences": encoding.sentences,
        "fields": encoding.fields,
        "readings": encoding.readings,
        "rules": encoding.rules,
        "outcome_rules": encoding.outcome_rules,
        "decision_rules": encoding.decision_rules,
        "outcomes": {
            benefit: {"rules": outcome.rules, "bounds": [numbers[bound] for bound in outcome.bounds.bounds]}
            for benefit, outcome in encoding.outcomes.items()
        },
    }
    _write(_file(encoding.policy.digest), content)


def _shifts(kept: list[Any]) -> tuple[Shift, ...]:
    return tuple(Shift(function, tuple(given), result, length) for function, given, result, length in kept)


def _load_program(policy: Policy) -> Program:
    """The rules of a policy that passed its checks: as they were kept, or parsed again."""
    path = _file(policy.digest, "-rules")
    try:
        cached = _read(path)
        if cached["digest"] == policy.digest:
            program: Program = decode(cached["program"])
            return program
    except Exception:
        # whatever is not as it was written here is made anew
        pass
    program, _ = parse_program(policy)
    _write(path, {"digest": policy.digest, "program": encode(program)})
    return program


def _file(digest: str, what: str = "") -> Path | None:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    name = f"{digest.removeprefix('sha256:')[:40]}-{__version__}-{_FORM}{what}.json"
    return Path(base) / "tiaoli" / name if os.path.isabs(base) else None


def _read(path: Path | None) -> Any:
    """What was written to a file. Raises where there is nothing, or something else."""
    if path is None:
        raise FileNotFoundError
    seal, _, content = path.read_bytes().partition(b"\n")
    if seal.decode() != hashlib.sha256(content).hexdigest():
        raise ValueError(path)
    return json.loads(content)


def _write(path: Path | None, content: dict[str, Any]) -> None:
    if path is None:
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, ensure_ascii=False).encode()
        fresh.write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
