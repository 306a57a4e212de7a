"""Two oracles compared: what the version that one decides by changes against that of the other."""

from __future__ import annotations

from collections.abc import Iterable

from tiaoli.analysis import Diff, PolicyVersion, check_same_facts, compare_benefits, shared_readings
from tiaoli.base import deadline_of
from tiaoli.oracle.oracle import Oracle


def diff(old: Oracle, new: Oracle, *, benefits: Iterable[str] | None = None, limit: float | None = None) -> Diff:
    """What the version that `new` decides by changes against that of `old`, for all benefits or some.

    A reading that was chosen for either oracle is as each has it; every other one that both versions have with the same
    options is free, and the same in both. `limit` is in seconds, for all benefits together. A witness was decided again
    under both versions; that there is none holds for the cases of the domain, which each answer states, and for all cases
    where nothing differs that the benefit rests on.

    Raises `CallError` where a benefit is in neither version, or the two make different facts of a case.

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
    found = {item.benefit: item for item in compare_benefits(one, other, shared, asked, deadline)}
    return Diff(one.policy, other.policy, {benefit: found[benefit] for benefit in known if benefit in found})
