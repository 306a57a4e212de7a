"""The predicates that rules and Python share are named by `rules/contract.py` alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tiaoli
from tiaoli.rules import SIGNATURES, Contract

PACKAGE = Path(tiaoli.__file__).parent
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "rules" / "contract.py"]

# names that are also a word of an answer, of a type of value or of a unit, and may stand as such
WORDS = {"asked", "met", "eligible", "amount", "standard", "rate", "gap", "exclusive", "reading", "later", "day", "months", "percent"}
WORDS |= set(Contract.UNITS)
MAKERS = {"Fact", "Atom", "Signature"}
"""What is made of a predicate's name, as the first argument."""


def text_of(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def is_predicate(node: ast.AST) -> bool:
    """Whether an expression gives the name of a predicate, by how it is called."""
    return (isinstance(node, ast.Attribute) and node.attr == "predicate") or (isinstance(node, ast.Name) and node.id == "predicate")


def inside(node: ast.AST) -> Iterator[str]:
    """The texts in a literal, and in a tuple, list or set of them."""
    if (text := text_of(node)) is not None:
        yield text
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        for item in node.elts:
            yield from inside(item)


def bare(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every place where the name of a predicate of the contract stands as text, with its line."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body and isinstance(node.body[0], ast.Expr)
    }
    exported = {id(item) for node in tree.body if isinstance(node, ast.Assign) and names_all(node) for item in ast.walk(node.value)}
    for node in ast.walk(tree):
        text = text_of(node)
        if isinstance(node, ast.Constant) and text is not None and id(node) not in documentation | exported:
            if text in SIGNATURES.keys() - WORDS:
                yield node.lineno, text
            for found in re.finditer(r"(?<![\w.`“])(\w+)(?:\(|/\d)", text):
                if found[1] in SIGNATURES and looks_like_rules(text):
                    yield node.lineno, found[0]
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(map(is_predicate, sides)):
                yield from ((node.lineno, word) for side in sides for word in inside(side) if word in SIGNATURES)
        if isinstance(node, ast.Call) and node.args:
            made = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if made in MAKERS:
                yield from ((node.lineno, word) for word in inside(node.args[0]) if word in SIGNATURES)


def names_all(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)


def looks_like_rules(text: str) -> bool:
    """Whether a text is a part of a rule rather than of a sentence."""
    return not re.search(r"[\u3400-\u9fff]| is | the | a |\bdef ", text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
def test_no_name_of_the_contract_stands_as_text(path: Path) -> None:
    found = sorted(set(bare(ast.parse(path.read_text("utf-8")))))
    assert found == [], "name it by tiaoli.rules.Contract"


def test_a_bare_name_is_found() -> None:
    """So that the test above is no empty one."""
    for text in (
        'part.atom.predicate == "met"',
        'predicate in ("asked", "reading")',
        'Fact("eligible", ())',
        'f"shows(C) :- amount(C, {benefit}, S, Y, F)."',
        'rules = "#defined gap/4."',
        'supplied = {"calendar_year"}',
    ):
        assert list(bare(ast.parse(text))), text
    for text in ('outcome == "eligible"', 'found["amount"]', 'Statement("met 只供", "only the decision reads met")'):
        assert list(bare(ast.parse(text))) == [], text
