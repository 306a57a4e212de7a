"""The variables in expressions of z3: each expression of a context is taken apart once, however many questions look at it.

The sets of variables are numbers, a bit for each, so that they are joined and compared at once. z3's own functions are called without its
Python classes, which take ten times as long.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from tiaoli.symbolic.z3_library import z3

Variables: TypeAlias = int
"""A set of variables, a bit for each; the lowest bit says that there are numbers, be they variables or none."""

_NUMBERS = 1


class Expressions:
    """What stands in the expressions of one context. Those that were asked for are kept, so that none is mistaken for another."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self._reference = context.ref()
        self._inside: dict[int, Variables] = {}
        self._kept: list[Any] = []
        self._variables: list[Any] = []

    def variables(self, *parts: Any) -> Variables:
        """The variables in some formulas or values."""
        found = 0
        for part in parts:
            if not isinstance(part, (bool, int)):
                known = self._inside.get(part.ast.value)
                if known is None:
                    self._kept.append(part)
                    known = self._taken_apart(part.ast)
                found |= known
        return found

    def named(self, variables: Variables) -> list[Any]:
        """The variables of a set as expressions, in the order in which they were met."""
        return [variable for number, variable in enumerate(self._variables, 1) if variables >> number & 1]

    def _taken_apart(self, root: Any) -> Variables:
        context, inside = self._reference, self._inside
        todo = [(root, self._children(root))]
        while todo:
            node, children = todo[-1]
            missing = [child for child in children if child.value not in inside]
            if missing:
                todo += [(child, self._children(child)) for child in missing]
                continue
            todo.pop()
            if children:
                found = 0
                for child in children:
                    found |= inside[child.value]
                inside[node.value] = found
            elif node.value not in inside:
                found = _NUMBERS if z3.Z3_get_sort_kind(context, z3.Z3_get_sort(context, node)) == z3.Z3_INT_SORT else 0
                if z3.Z3_get_decl_kind(context, z3.Z3_get_app_decl(context, node)) == z3.Z3_OP_UNINTERPRETED:
                    self._variables.append(z3.ExprRef(node, self.context))
                    found |= 1 << len(self._variables)
                inside[node.value] = found
        return inside[root.value]

    def _children(self, node: Any) -> list[Any]:
        context = self._reference
        return [z3.Z3_get_app_arg(context, node, place) for place in range(z3.Z3_get_app_num_args(context, node))]


def has_numbers(variables: Variables) -> bool:
    """Whether there are integers among what some expressions speak of."""
    return bool(variables & _NUMBERS)


def shared(some: Variables, others: Variables) -> bool:
    """Whether two sets have a variable in common."""
    return bool(some & others & ~_NUMBERS)
