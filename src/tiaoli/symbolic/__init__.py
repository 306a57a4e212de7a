"""The rules as formulas over every case there can be: exact over all days, sums and readings, and asked of z3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.symbolic.budget import NO_LIMIT, Budget, LimitReached
    from tiaoli.symbolic.enough import MOST_ALIKE, USUAL_ITEMS, CommonNeeds, Scope, scope_of
    from tiaoli.symbolic.formulas import Formula, both, either, implies, negation
    from tiaoli.symbolic.items_needed import Goal
    from tiaoli.symbolic.kinds import Question, of_all_kinds
    from tiaoli.symbolic.model_case import as_in, document, readings_of, value_in
    from tiaoli.symbolic.relations import Relations, reading_flag
    from tiaoli.symbolic.shapes import CASE, NoBoundError
    from tiaoli.symbolic.solver import Z3_VERSION, Found, check, guess, holds_in, number_in, smt_lib, solve, solver_for
    from tiaoli.symbolic.symbolic_facts import Facts, Presence, SlotKey
    from tiaoli.symbolic.values import Item, Num, Outside, SymbolicValue, is_ground
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "CASE",
    "MOST_ALIKE",
    "NO_LIMIT",
    "USUAL_ITEMS",
    "Z3_VERSION",
    "Budget",
    "CommonNeeds",
    "Facts",
    "Formula",
    "Found",
    "Goal",
    "Item",
    "LimitReached",
    "NoBoundError",
    "Num",
    "Outside",
    "Presence",
    "Question",
    "Relations",
    "Scope",
    "SlotKey",
    "SymbolicValue",
    "as_in",
    "both",
    "check",
    "document",
    "either",
    "guess",
    "holds_in",
    "implies",
    "is_ground",
    "negation",
    "number_in",
    "of_all_kinds",
    "reading_flag",
    "readings_of",
    "scope_of",
    "smt_lib",
    "solve",
    "solver_for",
    "value_in",
]
