"""Parses the text of rule files into the frozen types of `ast`, and reports everything that is outside the dialect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from clingo.ast import AggregateFunction, BinaryOperator, ComparisonOperator, Sign, UnaryOperator, parse_string

from tiaoli.base import PolicyError, Problem, Statement
from tiaoli.rules.ast import (
    Aggregate,
    Atom,
    BodyPart,
    Comparison,
    Constant,
    Declaration,
    Element,
    Literal,
    Operation,
    Program,
    Quote,
    Rule,
    Term,
    Variable,
)
from tiaoli.rules.atoms import Name
from tiaoli.rules.clingo_session import value_of
from tiaoli.rules.text_guard import text_problems


class UnsupportedError(Exception):
    """Something outside the dialect: what it is, and what to write instead."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.statement = Statement(zh, en)


def parse(files: Sequence[tuple[str, str]]) -> tuple[Program, list[Problem]]:
    """The program in files of `(name, text)`, and a problem for everything in them that is outside the dialect.

    Raises `PolicyError` where a text must not reach clingo's parser, which does not survive some of them (see `text_guard`).
    """
    refused = [problem for name, text in files for problem in text_problems(name, text)]
    if refused:
        raise PolicyError(refused)
    rules: list[Rule] = []
    quotes: list[Quote] = []
    declarations: list[Declaration] = []
    problems: list[Problem] = []
    for name, text in files:
        part, wrong = _read(name, text)
        rules += part.rules
        quotes += part.quotes
        declarations += part.declarations
        problems += wrong
    return Program(tuple(rules), tuple(quotes), tuple(declarations)), problems


# while a policy is edited, all of its files but one are as they were
@lru_cache(maxsize=256)
def _read(name: str, text: str) -> tuple[Program, tuple[Problem, ...]]:
    file = _File(name)
    file.read(text)
    return Program(tuple(file.rules), tuple(file.quotes), tuple(file.declarations)), tuple(file.problems)


class _File:
    """Reads one file: `%@` lines name the sentences of the rules below them, until the next group of `%@` lines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rules: list[Rule] = []
        self.quotes: list[Quote] = []
        self.declarations: list[Declaration] = []
        self.problems: list[Problem] = []
        self.sentences: tuple[str, ...] = ()
        self.group_open = False

    def read(self, text: str) -> None:
        messages: list[str] = []
        try:
            parse_string(text, self._statement, logger=lambda _, message: messages.append(message))
        except RuntimeError as error:
            messages = messages or [str(error)]
        for message in messages:
            at = re.match(r"<string>:(\d+):\S+ ", message)
            line, said = (at[1], message[at.end() :]) if at else ("1", message)
            said = " ".join(said.split())
            self._problem(int(line), "rule-syntax", f"clingo 报告：{said}", f"clingo says: {said}")

    def _problem(self, line: int, id: str, zh: str, en: str) -> None:
        self.problems.append(Problem(f"{self.name}:{line}", Statement(zh, en), id))

    def _statement(self, node: Any) -> None:
        line = node.location.begin.line
        kind = node.ast_type.name
        if kind == "Comment":
            self._comment(node.value, line, node.location.begin.column)
        elif kind in ("Defined", "ShowSignature"):
            self.declarations.append(Declaration(self.name, line, "defined" if kind == "Defined" else "show", node.name, node.arity))
        elif kind == "Program" and node.name == "base" and not node.parameters:
            pass
        elif kind != "Rule":
            what = _STATEMENTS.get(kind, kind)
            self._problem(line, "rule-directive", f"规则中不允许 {what}；只写普通规则", f"{what} is not allowed here; write plain rules")
        else:
            self.group_open = False
            try:
                rule = Rule(self.name, line, self.sentences, _head(node.head), tuple(_body(part) for part in node.body), str(node))
            except UnsupportedError as error:
                self._problem(line, "rule-dialect", error.statement.zh, error.statement.en)
            else:
                self.rules.append(rule)

    def _comment(self, text: str, line: int, column: int) -> None:
        if not text.startswith("%@"):
            return
        if column != 1:
            self._problem(line, "rule-sentence", "`%@` 须写在行首、规则之上", "`%@` belongs at the start of a line, above its rules")
            return
        sentence, _, quote = text[2:].strip().partition(" ")
        self.sentences = (*self.sentences, sentence) if self.group_open else (sentence,)
        self.group_open = True
        self.quotes.append(Quote(self.name, line, sentence, quote.strip()))


_STATEMENTS = {
    "Script": "#script",
    "External": "#external",
    "Minimize": "#minimize",
    "Definition": "#const",
    "ShowTerm": "#show TERM",
    "Heuristic": "#heuristic",
    "Edge": "#edge",
    "TheoryDefinition": "#theory",
    "ProjectAtom": "#project",
    "ProjectSignature": "#project",
    "Program": "#program",
}
_ARITHMETIC = {
    BinaryOperator.Plus: "+",
    BinaryOperator.Minus: "-",
    BinaryOperator.Multiplication: "*",
    BinaryOperator.Division: "/",
    BinaryOperator.Modulo: "\\",
}
_RELATIONS = {
    ComparisonOperator.Equal: "=",
    ComparisonOperator.NotEqual: "!=",
    ComparisonOperator.LessThan: "<",
    ComparisonOperator.LessEqual: "<=",
    ComparisonOperator.GreaterThan: ">",
    ComparisonOperator.GreaterEqual: ">=",
}
_AGGREGATES = {AggregateFunction.Count: "count", AggregateFunction.Sum: "sum"}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def _head(node: Any) -> Atom:
    if node.ast_type.name == "Literal" and node.atom.ast_type.name == "SymbolicAtom" and Sign(node.sign) is Sign.NoSign:
        return _atom(node.atom.symbol)
    if node.ast_type.name == "Literal" and node.atom.ast_type.name == "BooleanConstant":
        raise UnsupportedError(
            "不允许约束（没有头部的规则）；请推导一个谓词",
            "a constraint (a rule without a head) is not allowed; derive a predicate instead",
        )
    raise UnsupportedError(
        "规则头部只能是一个原子（不允许析取、选择和取反）", "the head must be one atom (no disjunction, no choice, no negation)"
    )


def _body(node: Any) -> BodyPart:
    if node.ast_type.name != "Literal":
        raise UnsupportedError("不允许条件文字；请推导一个中间谓词", "a conditional literal is not allowed; derive a predicate of its own")
    atom = node.atom
    kind = atom.ast_type.name
    if Sign(node.sign) is Sign.DoubleNegation:
        raise UnsupportedError("不允许 `not not`", "`not not` is not allowed")
    negated = Sign(node.sign) is Sign.Negation
    if kind == "SymbolicAtom":
        return Literal(_atom(atom.symbol), negated)
    if negated:
        raise UnsupportedError(
            "`not` 只能用于原子；比较和聚合请写相反的运算符", "`not` goes before an atom; turn the comparison round instead"
        )
    if kind == "Comparison":
        return _comparison(atom)
    if kind == "BodyAggregate":
        return _aggregate(atom)
    raise UnsupportedError(f"规则体中不允许 {kind}", f"{kind} is not allowed in a body")


def _comparison(atom: Any) -> Comparison:
    if len(atom.guards) != 1:
        raise UnsupportedError("比较请一次只写一个，如 `A <= B, B <= C`", "write one comparison at a time: `A <= B, B <= C`")
    return Comparison(_term(atom.term), _relation(atom.guards[0]), _term(atom.guards[0].term))


def _relation(guard: Any) -> str:
    return _RELATIONS[ComparisonOperator(guard.comparison)]


def _aggregate(atom: Any) -> Aggregate:
    function = _AGGREGATES.get(AggregateFunction(atom.function))
    if function is None:
        raise UnsupportedError("聚合只允许 #sum 和 #count", "of the aggregates only #sum and #count are allowed")
    guards = [(_FLIPPED[_relation(guard)], guard) for guard in [atom.left_guard] if guard is not None]
    guards += [(_relation(guard), guard) for guard in [atom.right_guard] if guard is not None]
    if len(guards) != 1:
        raise UnsupportedError("聚合须恰有一个界，如 `#count { … } >= N`", "an aggregate takes exactly one bound: `#count { … } >= N`")
    elements = []
    for element in atom.elements:
        condition = [_body(part) for part in element.condition]
        inner = tuple(part for part in condition if isinstance(part, (Literal, Comparison)))
        elements.append(Element(tuple(_term(term) for term in element.terms), inner))
    # a left guard `X = #sum {…}` is given with its operator as read from the left: `X` stands where the bound does
    operator, guard = guards[0]
    return Aggregate(function, tuple(elements), operator, _term(guard.term))


def _atom(node: Any) -> Atom:
    if node.ast_type.name == "Pool":
        raise UnsupportedError("不允许池 `a;b`；请逐条写出", "a pool `a;b` is not allowed; write each case out")
    if node.ast_type.name != "Function" or node.external:
        raise UnsupportedError("不允许经典否定 `-p`", "classical negation `-p` is not allowed")
    return Atom(node.name, tuple(_term(argument) for argument in node.arguments))


def _term(node: Any) -> Term:
    kind = node.ast_type.name
    if kind == "Variable":
        return Variable(node.name)
    if kind == "SymbolicTerm":
        return Constant(value_of(node.symbol))
    if kind == "Function" and not node.arguments and not node.external and node.name:
        return Constant(Name(node.name))
    if kind == "BinaryOperation":
        operator = _ARITHMETIC.get(BinaryOperator(node.operator_type))
        if operator is not None:
            return Operation(operator, (_term(node.left), _term(node.right)))
    if kind == "UnaryOperation" and UnaryOperator(node.operator_type) is UnaryOperator.Minus:
        return Operation("-", (_term(node.argument),))
    cure = {"Interval": "区间 `a..b`", "Pool": "池 `a;b`", "Function": "函数项、元组和 @函数"}.get(kind, kind)
    what = {"Interval": "an interval `a..b`", "Pool": "a pool `a;b`", "Function": "a function term, a tuple or an @function"}.get(
        kind, kind
    )
    raise UnsupportedError(f"不允许{cure}；请逐条写出", f"{what} is not allowed; write each case out")
