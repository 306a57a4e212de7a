"""Exact rules for numbers that lie too far below zero for clingo to order them: its comparisons become calls as well.

clingo orders its own numbers before every other symbol, so none stands for a number below -2147483648. Rules that come to one, which few
ever do, are grounded once more with `A < B` as `1 = @in_order("<",A,B)`, and the symbol of such a number is that of its size with a minus.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import clingo

from tiaoli.rules.exact_text import SIGNS, ExactRules

_IN_ORDER = "in_order"
_ORDERED = frozenset(number for number, sign in SIGNS.items() if sign in ("<", "<=", ">", ">="))


@lru_cache(maxsize=64)
def ordered_rules(rules: ExactRules) -> ExactRules:
    """Rules in which nothing is left for clingo to order."""
    from clingo import ast

    found: list[str] = []
    ast.parse_string(rules, lambda node: found.append(_statement(node)))
    return ExactRules("\n".join(found))


def _statement(node: Any) -> str:
    if node.ast_type.name != "Rule":
        return "" if node.ast_type.name in ("Comment", "Program") else str(node)
    parts = [part for number, literal in enumerate(node.body) for part in _literal(literal, number)]
    return f"{node.head} :- {'; '.join(parts)}." if parts else f"{node.head}."


def _literal(node: Any, number: int) -> Iterator[str]:
    """A part of a body; of an aggregate that is held against something, the parts that do so."""
    from clingo import ast

    class Calls(ast.Transformer):
        def visit_Literal(self, node: Any) -> Any:  # noqa: N802  # as clingo calls it
            return _compared(node) or node.update(**self.visit_children(node))

    atom: Any = getattr(node, "atom", None)
    guards = [] if atom is None or atom.ast_type.name != "BodyAggregate" else [(atom.left_guard, True), (atom.right_guard, False)]
    if not any(guard is not None and guard.comparison in _ORDERED for guard, _ in guards):
        yield str(Calls().visit(node))
        return
    counted = f"Counted{number}"
    equal = ast.Guard(ast.ComparisonOperator.Equal, ast.Variable(node.location, counted))
    yield str(Calls().visit(node.update(atom=atom.update(left_guard=equal, right_guard=None))))
    for guard, left in guards:
        if guard is not None:
            sides = (str(guard.term), counted) if left else (counted, str(guard.term))
            yield f'1 = @{_IN_ORDER}("{SIGNS[guard.comparison]}",{",".join(sides)})'


def _compared(node: Any) -> Any:
    """The call that holds two terms, or several one after another, against each other; `None` where a literal does nothing of the kind."""
    from clingo import ast

    if node.atom.ast_type.name != "Comparison" or not any(guard.comparison in _ORDERED for guard in node.atom.guards):
        return None
    place = node.location
    signs = clingo.String(" ".join(SIGNS[guard.comparison] for guard in node.atom.guards))
    terms = [ast.SymbolicTerm(place, signs), node.atom.term, *(guard.term for guard in node.atom.guards)]
    equal = ast.Guard(ast.ComparisonOperator.Equal, ast.Function(place, _IN_ORDER, terms, 1))
    return node.update(atom=ast.Comparison(ast.SymbolicTerm(place, clingo.Number(1)), [equal]))
