"""Formulas asked of z3: whether some case fulfils them, and of those that do a pleasant one.

Each `Facts` has a context of its own, so several threads may ask about several at once. The limit of memory is z3's for the whole
process: of questions that are asked at the same time the last one sets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal

from tiaoli.symbolic.budget import NO_LIMIT, Budget, Limit, memory_taken
from tiaoli.symbolic.expressions import Expressions, has_numbers
from tiaoli.symbolic.formulas import Formula
from tiaoli.symbolic.symbolic_facts import Facts
from tiaoli.symbolic.z3_library import z3

Z3_VERSION: str = z3.get_version_string()

_COURTESY = 2.0
"""The seconds that may be spent on making a model pleasant."""

_COURTESY_EACH = 0.2
"""The seconds for one wish."""

_STEPS = 6_000_000
"""The steps of z3 for a guess: a second or two."""

_MILLISECONDS = 10**3

_SIMPLIFYING = ("simplify", "propagate-values", "solve-eqs", "bit-blast", "smt")
"""What is done with formulas that are asked once, by the names of z3."""


@dataclass(frozen=True)
class Found:
    """`sat` with a model; `unsat`: no case there can be; `unknown` and the limit that was reached, or why else z3 gave up."""

    answer: Literal["sat", "unsat", "unknown"]
    model: Any = None
    limit: Limit | None = None
    reason: str = ""


def solve(
    constraints: Sequence[Formula],
    goal: Formula,
    limit: float | None = None,
    memory: int | None = None,
    wishes: Iterable[Formula] = (),
) -> Found:
    """Whether a case fulfils constraints and goal, within so many seconds and megabytes. Of the `wishes` the model grants each that goes
    together with those before it, as far as a short time allows."""
    budget = Budget(None if limit is None else monotonic() + limit, memory)
    if goal is False or any(constraint is False for constraint in constraints):
        return Found("unsat")
    context = next((part.ctx for part in (goal, *constraints) if not isinstance(part, bool)), None)
    if context is None:
        raise ValueError("no fact of a case is looked at")
    solver = solver_of([*constraints, goal], Expressions(context))
    found = check(solver, budget)
    if found.answer != "sat":
        return found
    return Found("sat", _pleasant(solver, found.model, wishes, budget))


def solver_for(facts: Facts, *goals: Formula, once: bool = False) -> Any:
    """A solver that holds what every case fulfils, and goals (see `solver_of`)."""
    return solver_of([*facts.constraints, *goals], facts.terms.expressions, once=once)


def solver_of(formulas: Iterable[Formula], expressions: Expressions, *, once: bool = False) -> Any:
    """A solver that holds some formulas of one context: the one for bit vectors where there are no numbers. One that is asked `once`,
    with nothing added, simplifies them first."""
    held = [part for part in formulas if part is not True]
    context = expressions.context
    if not has_numbers(expressions.variables(*held)):
        solver = z3.SolverFor("QF_BV", ctx=context)
    elif once:
        solver = z3.Then(*_SIMPLIFYING, ctx=context).solver()
    else:
        # z3's usual solver tries other ways first, for ten times as long as this one needs
        solver = z3.SimpleSolver(ctx=context)
    for formula in held:
        # what `Solver.add` does, without looking at each formula again
        z3.Z3_solver_assert(context.ref(), solver.solver, formula.ast if formula is not False else z3.BoolVal(False, context).ast)
    return solver


def guess(solver: Any, budget: Budget, *assumptions: Formula) -> Found:
    """Ask a solver within what a budget leaves, for a number of steps and no time: what comes of it is the same on every machine."""
    solver.set("rlimit", _STEPS)
    try:
        return check(solver, budget, *assumptions)
    finally:
        # 0 is z3's word for no limit
        solver.set("rlimit", 0)


def check(solver: Any, budget: Budget = NO_LIMIT, *assumptions: Formula) -> Found:
    """Ask a solver within what a budget leaves."""
    seconds = budget.seconds_left
    if seconds is not None and seconds <= 0:
        return Found("unknown", limit="time")
    # 0 is z3's word for no limit
    solver.set("timeout", 2**32 - 1 if seconds is None else max(1, int(seconds * _MILLISECONDS)))
    with _memory_bound(budget.memory):
        try:
            answer = str(solver.check(*assumptions))
        except z3.Z3Exception as error:
            if "memory" not in str(error):
                raise
            return Found("unknown", limit="memory")
    if answer == "sat":
        return Found("sat", solver.model())
    if answer == "unsat":
        return Found("unsat")
    reason = solver.reason_unknown()
    limit: Limit | None = "memory" if "memory" in reason or "memout" in reason else None
    if limit is None and budget.deadline is not None and reason in ("timeout", "canceled", "interrupted from keyboard"):
        limit = "time"
    return Found("unknown", limit=limit, reason=reason)


def holds_in(model: Any, formula: Formula) -> bool:
    """Whether a formula is true in a model; what it leaves open is taken as false or zero."""
    return formula if isinstance(formula, bool) else bool(z3.is_true(model.eval(formula, model_completion=True)))


def number_in(model: Any, number: Any) -> int:
    """The value of a number, or of bits, in a model."""
    return int(model.eval(number, model_completion=True).as_long())


def smt_lib(constraints: Sequence[Formula], goal: Formula) -> str:
    """The question as SMT-LIB text, for another solver."""
    context = next(part.ctx for part in (goal, *constraints) if not isinstance(part, bool))
    formulas = [part for part in (*constraints, goal) if part is not True]
    solver = z3.Solver(ctx=context)
    solver.add(*formulas)
    logic = "QF_UFBVLIA" if has_numbers(Expressions(context).variables(*formulas)) else "QF_BV"
    return f"(set-logic {logic})\n{solver.to_smt2()}"


def _pleasant(solver: Any, model: Any, wishes: Iterable[Formula], budget: Budget) -> Any:
    until = monotonic() + min(_COURTESY, _COURTESY if budget.seconds_left is None else budget.seconds_left)
    granted: list[Formula] = []
    for wish in wishes:
        if wish is True or wish is False:
            continue
        if holds_in(model, wish):
            granted.append(wish)
            continue
        left = until - monotonic()
        if left <= 0:
            break
        found = check(solver, Budget(monotonic() + min(left, _COURTESY_EACH), budget.memory), *granted, wish)
        if found.model is not None:
            granted.append(wish)
            model = found.model
    return model


@contextmanager
def _memory_bound(memory: int | None) -> Iterator[None]:
    """Within, z3 takes no more than so many megabytes."""
    if memory is None:
        yield
        return
    z3.set_param("memory_max_size", max(memory, int(memory_taken()) + 1))
    try:
        yield
    finally:
        z3.set_param("memory_max_size", 0)
