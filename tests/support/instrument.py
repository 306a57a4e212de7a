"""A second way to find every fired rule instance: clingo itself reports them.

For every rule a further rule is added, with the same body and a head that holds the rule's number and the values of its
variables; for every tuple of an aggregate one that holds the tuple. Nothing of the package's matcher is used: the rules
are taken from clingo's own parser and the instances out of clingo's own model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

import clingo
from clingo import ast

Instance = tuple[int, tuple[str, ...]]
"""A rule by its place in the program, and the values of its variables in the order of their names, as clingo writes them."""

Tallied = tuple[int, tuple[str, ...], int, int, tuple[str, ...]]
"""A tuple of an aggregate: the rule instance, the aggregate's place in the body, the element's in the aggregate, its terms."""


def _names(node: object) -> Iterator[str]:
    """The named variables of a part of a rule, without those inside an aggregate's elements."""
    if isinstance(node, ast.ASTSequence):
        for inner in node:
            yield from _names(inner)
    elif isinstance(node, ast.AST):
        if node.ast_type is ast.ASTType.Variable:
            if node.name != "_":
                yield node.name
            return
        for key, inner in node.items():
            if key not in ("location", "elements") or (key == "elements" and node.ast_type is not ast.ASTType.BodyAggregate):
                yield from _names(inner)


def _tuple(parts: Iterable[str]) -> str:
    listed = list(parts)
    return f"({','.join(listed)}{',' if len(listed) == 1 else ''})"


@cache
def instrumented(rules: str) -> tuple[str, int]:
    """The rules that report, and how many rules there were."""
    added: list[str] = []
    number = 0

    def visit(node: ast.AST) -> None:
        nonlocal number
        if node.ast_type is not ast.ASTType.Rule:
            return
        names = sorted({*_names(node.head), *(name for part in node.body for name in _names(part))})
        values = _tuple(names)
        body = "; ".join(map(str, node.body))
        added.append(f"fired__({number},{values}){' :- ' if body else ''}{body}.")
        for place, part in enumerate(node.body):
            if part.ast_type is ast.ASTType.Literal and part.atom.ast_type is ast.ASTType.BodyAggregate:
                for position, element in enumerate(part.atom.elements):
                    terms, conditions = _tuple(map(str, element.terms)), "; ".join(map(str, element.condition))
                    # `fired__` stands for the body: repeated here, the aggregate would have other variables
                    added.append(f"told__({number},{values},{place},{position},{terms}) :- fired__({number},{values}); {conditions}.")
        number += 1

    ast.parse_string(rules, visit)
    return "\n".join(added), number


def fired(rules: str, facts: str) -> tuple[set[Instance], set[Tallied]]:
    """Every fired instance of the rules over the facts, and every tuple that their aggregates counted."""
    reports, _ = instrumented(rules)
    control = clingo.Control(["--warn=none"])
    control.add("base", [], f"{rules}\n{reports}\n{facts}")
    control.ground([("base", [])])
    instances: set[Instance] = set()
    tallied: set[Tallied] = set()
    with control.solve(yield_=True) as handle:
        (model,) = [list(model.symbols(atoms=True)) for model in handle]
    for symbol in model:
        if symbol.name == "fired__":
            instances.add((symbol.arguments[0].number, tuple(map(str, symbol.arguments[1].arguments))))
        elif symbol.name == "told__":
            number, values, place, position, terms = symbol.arguments
            about = (number.number, tuple(map(str, values.arguments)))
            tallied.add((*about, place.number, position.number, tuple(map(str, terms.arguments))))
    return instances, tallied


def of_case(instances: Iterable[Instance], case: str) -> dict[int, set[tuple[str, ...]]]:
    """The instances by rule whose variables hold a case; those of rules about no case belong to every case."""
    found: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    for number, values in instances:
        if case in values:
            found[number].add(values)
    return found
