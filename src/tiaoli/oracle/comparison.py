"""Two oracles compared: what the version that one decides by changes against that of the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tiaoli.analysis import (
    Comparison,
    Diff,
    PolicyVersion,
    check_same_facts,
    compare_benefits,
    differing_notes,
    scope_sizes,
    shared_readings,
)
from tiaoli.base import deadline_of
from tiaoli.oracle.oracle import Oracle


def diff(
    old: Oracle,
    new: Oracle,
    *,
    benefits: Iterable[str] | None = None,
    limit: float | None = None,
    scope: Mapping[str, int] | None = None,
    memory: int | None = None,
) -> Diff:
    """What the version that `new` decides by changes against that of `old`, for all benefits or some.

    A reading that was chosen for either oracle is as each has it; every other one that both versions have with the same
    options is free, and the same in both. `limit` is in seconds and `memory` in megabytes, for all benefits together; `scope` gives
    lists, by path, a number of items to search, where the rules can tell apart more than is searched without. A case that is shown was
    decided again under both versions by clingo; that there is none is proved, for every case or within the items that the answer states.
    Notes beside answers are compared where no benefits are chosen.

    Raises `CallError` where a benefit is in neither version, a list of `scope` in neither, or the two make different facts of a case.

    >>> from tiaoli import Oracle, diff
    >>> found = diff(Oracle(), Oracle(parameters={"validity_to": "2026-11-13"}), benefits=["special_ability"])
    >>> found.benefits["special_ability"].relation
    'wider'
    """
    deadline = deadline_of(limit)
    one, other = (PolicyVersion(oracle.encoding, oracle.readings_in_force) for oracle in (old, new))
    check_same_facts(one.policy, other.policy)
    shared = shared_readings(one, other, {**old.chosen_readings, **new.chosen_readings})
    known = dict.fromkeys([*one.policy.benefits, *other.policy.benefits])
    asked = list(known) if benefits is None else list(dict.fromkeys(benefits))
    for benefit in asked:
        if benefit not in known:
            old.checked_benefits([benefit])
    sizes = scope_sizes(scope or {}, one.policy, other.policy)
    comparison = Comparison(one, other, shared, sizes, deadline, memory)
    found = {item.benefit: item for item in compare_benefits(comparison, asked)}
    return Diff(
        one.policy,
        other.policy,
        {benefit: found[benefit] for benefit in known if benefit in found},
        {path: sizes[declared.entity] for side in (one, other) for path, declared in side.policy.lists.items() if declared.entity in sizes},
        differing_notes(one.policy, other.policy) if benefits is None else None,
    )
