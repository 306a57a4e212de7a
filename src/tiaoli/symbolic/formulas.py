"""Formulas over the facts of a case, with what is plainly true or false folded away.

A formula is `True`, `False` or a Boolean expression of z3. Equal expressions of one context are one and the same in z3, so what two
questions have in common is worked on once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any, TypeAlias

from tiaoli.symbolic.z3_library import z3

Formula: TypeAlias = Any
"""`bool`, or a Boolean expression of z3."""


def both(*parts: Formula) -> Formula:
    """All of them."""
    kept = [part for part in parts if part is not True]
    if any(part is False for part in kept):
        return False
    return True if not kept else kept[0] if len(kept) == 1 else _joined(z3.Z3_mk_and, kept)


def either(parts: Iterable[Formula]) -> Formula:
    """One of them at least."""
    kept = [part for part in parts if part is not False]
    if any(part is True for part in kept):
        return True
    return False if not kept else kept[0] if len(kept) == 1 else _joined(z3.Z3_mk_or, kept)


def negation(part: Formula) -> Formula:
    return (not part) if isinstance(part, bool) else z3.BoolRef(z3.Z3_mk_not(part.ctx_ref(), part.ast), part.ctx)


def implies(one: Formula, other: Formula) -> Formula:
    return either([negation(one), other])


def related(make: Callable[..., Any], one: Any, other: Any) -> Any:
    """A relation of two expressions of one sort, by the function of z3 that makes it."""
    context = one.ctx
    return z3.BoolRef(make(context.ref(), one.ast, other.ast), context)


def equal(one: Any, other: Any) -> Any:
    """That two expressions of one sort are equal."""
    return related(z3.Z3_mk_eq, one, other)


def one_of(flags: Sequence[Formula]) -> list[Formula]:
    """The formulas that say that exactly one holds; written out pair by pair, which every solver reads."""
    return [either(flags), *(either([negation(one), negation(other)]) for one, other in combinations(flags, 2))]


def exactly(guards: Iterable[Formula]) -> list[Formula]:
    """For each number from 0 on, the formula that exactly so many of some formulas hold."""
    found: list[Formula] = [True]
    for guard in guards:
        more = [*found, False]
        found = [
            either([both(guard, more[number - 1] if number else False), both(negation(guard), more[number])]) for number in range(len(more))
        ]
    return found


def _joined(make: Callable[..., Any], parts: Sequence[Any]) -> Any:
    """An expression of z3 made of others; without the checks of `z3.And`, which take longer than all else."""
    context = parts[0].ctx
    return z3.BoolRef(make(context.ref(), len(parts), (z3.Ast * len(parts))(*[part.ast for part in parts])), context)
