"""Properties of a policy proved or refuted, and the smallest case that refutes one decided again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tiaoli.analysis import Proof, own_property_files, property_files, read_property
from tiaoli.base import CallError, choices, deadline_of, shown
from tiaoli.decide import Answer
from tiaoli.oracle.engines import Engines
from tiaoli.oracle.prepare import prepare
from tiaoli.policy import Policy


def proofs_of(
    engines: Engines,
    folder: Path,
    properties: Iterable[str] | None,
    chosen: Mapping[str, str],
    limit: float | None,
    memory: int | None,
    scope: Mapping[str, int],
    report: Callable[[Proof, int, int], None] | None,
) -> tuple[Proof, ...]:
    """A proof for each property: the policy's own in `folder`, or those named. See `Oracle.prove`."""
    from tiaoli.analysis import prove
    from tiaoli.symbolic import Budget

    encoding = engines.encoding
    sizes = _sizes(encoding.policy, scope)
    files = own_property_files(folder) if properties is None else property_files(folder, list(properties))
    # what is wrong with any of them is said before the first is searched
    wanted = [read_property(encoding, path) for path in files]
    found: list[Proof] = []
    for item in wanted:
        proof = prove(encoding, item, chosen, Budget(deadline_of(limit), memory), sizes)
        if proof.witness is not None:
            readings = {**item.readings, **chosen, **(proof.readings or {})}
            proof = replace(proof, answers=tuple(_decided_again(engines, case, proof.benefits, readings) for case in proof.files.values()))
        found.append(proof)
        if report is not None:
            report(proof, len(found), len(wanted))
    return tuple(found)


def _sizes(policy: Policy, scope: Mapping[str, int]) -> dict[str, int]:
    """The items of each list that a scope names, by entity. Raises `CallError` where there is no such list."""
    names = {
        name: entity for entity, declared in policy.list_of.items() for name in (entity, declared.path.rpartition(".")[2], declared.path)
    }
    for name in scope:
        if name not in names:
            near = choices([declared.path for declared in policy.lists.values()], name)
            raise CallError.one("--scope", f"没有列表 {shown(name)}；{near.zh}", f"there is no list {shown(name)}; {near.en}")
    return {names[name]: number for name, number in scope.items()}


def _decided_again(engines: Engines, case: Mapping[str, Any], benefits: Iterable[str], readings: Mapping[str, str]) -> Answer:
    """The decisions of a witness about those of the benefits that it has a subject for."""
    return engines.by_clingo(prepare(engines.encoding, case, tuple(benefits), readings, None))
