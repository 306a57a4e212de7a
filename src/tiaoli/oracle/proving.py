"""Properties of a policy proved or refuted, and the smallest case that refutes one decided again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tiaoli.analysis import Proof, own_property_files, property_files, read_property, scope_sizes
from tiaoli.base import deadline_of
from tiaoli.decide import Answer
from tiaoli.oracle.engines import Engines
from tiaoli.oracle.prepare import prepare


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
    from tiaoli.symbolic import Budget, CommonNeeds

    encoding = engines.encoding
    sizes = scope_sizes(scope, encoding.policy)
    files = own_property_files(folder) if properties is None else property_files(folder, list(properties))
    # what is wrong with any of them is said before the first is searched
    wanted = [read_property(encoding, path) for path in files]
    common = CommonNeeds(encoding.policy, encoding.program.rules)
    found: list[Proof] = []
    for item in wanted:
        proof = prove(encoding, item, chosen, Budget(deadline_of(limit), memory), sizes, common)
        if proof.witness is not None:
            readings = {**item.readings, **chosen, **(proof.readings or {})}
            proof = replace(proof, answers=tuple(_decided_again(engines, case, proof.benefits, readings) for case in proof.files.values()))
        found.append(proof)
        if report is not None:
            report(proof, len(found), len(wanted))
    return tuple(found)


def _decided_again(engines: Engines, case: Mapping[str, Any], benefits: Iterable[str], readings: Mapping[str, str]) -> Answer:
    """The decisions of a witness about those of the benefits that it has a subject for."""
    return engines.by_clingo(prepare(engines.encoding, case, tuple(benefits), readings, None))
