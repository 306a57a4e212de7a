"""Rules as they are given to clingo, so that no number leaves 32 bits in silence and what a function is worth is found while grounding.

clingo's integers have 32 bits and wrap. So arithmetic is not left to it: every operation of a rule becomes a call of `@value`, which
works it out in Python and hands a number that is too large back as a symbol of its decimal places (`wide`). clingo orders such symbols as
the numbers that they stand for, above every number of its own; for numbers far below zero see `ordered_text`. A sum is taken apart by
decimal places as well, and put together again. A function, `add_months(Day, Months, Until)`, becomes the call `Until =
@worked_out("add_months",Day,Months)`; the files want it as a fact. The rules mean what they meant; only the text that this program
grounds is another, and the files run in clingo as they stand.
"""

from __future__ import annotations

import ast as python
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import clingo

from tiaoli.rules.arithmetic import quotient, remainder
from tiaoli.rules.atoms import SUPREMUM, Fact, Name, Value
from tiaoli.rules.contract import SIGNATURES, Contract
from tiaoli.rules.functions import worked_out
from tiaoli.rules.truth import COMPARISONS

LOW, HIGH = -(1 << 31), (1 << 31) - 1
"""The first and the last of clingo's own numbers."""

_PLACES = 10**9
"""Of a wide number, what stands in one argument."""

_LIMB, _LIMBS = 10**4, 6
"""How a sum is taken apart: with so many values a part, hundreds of thousands of tuples stay within 32 bits."""

_WIDE, _VALUE, _LIMB_OF, _TOTAL, _WORKED_OUT = "wide", "value", "limb", "total", "worked_out"

_RECKONING = re.compile(rf"[+*/\\]|(?<!:)-|#sum|\b(?:{'|'.join(Contract.FUNCTIONS)})\s*\(")
"""What a text has in which there is something to reckon."""


class ExactRules(str):
    """Rules in which nothing is left for clingo to reckon."""

    __slots__ = ()


def exact_rules(*parts: str) -> ExactRules:
    """The rules of some texts, with nothing left for clingo to reckon. What is given as `ExactRules` is taken as it is."""
    return ExactRules("\n".join(part if isinstance(part, ExactRules) else _exact(part) for part in parts))


@lru_cache(maxsize=4096)
def _exact(text: str) -> str:
    if not _RECKONING.search(re.sub(r"(?m)^%.*|#(?:show|defined)\b[^.]*\.", "", text)):
        return text
    from clingo import ast

    found: list[str] = []
    try:
        ast.parse_string(text, lambda node: found.append(_statement(node)), logger=lambda *_: None)
    except RuntimeError:
        # clingo says itself what is wrong with it, of the text as it was written
        return text
    return "\n".join(found)


def _statement(node: Any) -> str:
    kind = node.ast_type.name
    if kind == "Comment" or kind == "Program":
        return ""
    text = str(node)
    if not _RECKONING.search(text):
        return text
    if kind != "Rule":
        return _term(node)
    parts = [part for number, literal in enumerate(node.body) for part in _literal(literal, number)]
    head = _term(node.head)
    return f"{head} :- {'; '.join(parts)}." if parts else f"{head}."


def _literal(node: Any, number: int) -> Iterator[str]:
    """A part of a body; of a sum, the parts that put it together."""
    atom: Any = getattr(node, "atom", None)
    sums = atom is not None and atom.ast_type.name == "BodyAggregate" and atom.function == 1 and node.sign == 0
    if not sums or all(element.terms and _is_number(element.terms[0]) for element in atom.elements):
        yield _term(node)
        return
    limbs = [f"Limb{number}_{place}" for place in range(_LIMBS)]
    for place, limb in enumerate(limbs):
        elements = []
        for element in atom.elements:
            terms = [_term(term) for term in element.terms]
            condition = ", ".join(_term(part) for part in element.condition)
            elements.append(f"@{_LIMB_OF}({terms[0]},{place}),{','.join(terms)}: {condition}")
        yield f"{limb} = #sum {{ {'; '.join(elements)} }}"
    total = f"Total{number}"
    yield f"{total} = @{_TOTAL}({','.join(limbs)})"
    for guard, left in ((atom.left_guard, True), (atom.right_guard, False)):
        if guard is not None:
            sign = SIGNS[guard.comparison]
            yield f"{_term(guard.term)} {sign} {total}" if left else f"{total} {sign} {_term(guard.term)}"


SIGNS = {0: ">", 1: "<", 2: "<=", 3: ">=", 4: "!=", 5: "="}
"""The signs of comparisons, by the numbers that clingo has for them."""


def _is_number(node: Any) -> bool:
    """Whether a weight is a small number, of which no sum leaves 32 bits."""
    if node.ast_type.name == "UnaryOperation":
        node = node.argument
    return node.ast_type.name == "SymbolicTerm" and node.symbol.type is clingo.SymbolType.Number and abs(node.symbol.number) < _LIMB


def _term(node: Any) -> str:
    """A part of a statement as text, its operations as calls."""
    return str(_calls().visit(node))


@lru_cache(maxsize=1)
def _calls() -> Any:
    """What puts calls in the place of operations."""
    from clingo import ast

    class Calls(ast.Transformer):
        def visit_Literal(self, node: Any) -> Any:  # noqa: N802  # as clingo calls it
            inside = node.update(**self.visit_children(node))
            return _function_call(inside) or inside

        def visit_BinaryOperation(self, node: Any) -> Any:  # noqa: N802  # as clingo calls it
            return _call(node)

        def visit_UnaryOperation(self, node: Any) -> Any:  # noqa: N802  # as clingo calls it
            return _call(node)

    return Calls()


def _function_call(node: Any) -> Any:
    """The call that gives the results of a function their values; `None` where a literal is none of a function."""
    from clingo import ast

    symbol: Any = getattr(node.atom, "symbol", None)
    name = getattr(symbol, "name", "")
    if node.sign != 0 or name not in Contract.FUNCTIONS or len(symbol.arguments) != SIGNATURES[name].arity:
        return None
    place, given = node.location, Contract.FUNCTIONS[name]
    inputs = [ast.SymbolicTerm(place, clingo.String(name)), *symbol.arguments[:given]]
    results = symbol.arguments[given:]
    found = results[0] if len(results) == 1 else ast.Function(place, "", results, 0)
    equal = ast.Guard(ast.ComparisonOperator.Equal, ast.Function(place, _WORKED_OUT, inputs, 1))
    return ast.Literal(place, ast.Sign.NoSign, ast.Comparison(found, [equal]))


def _call(node: Any) -> Any:
    """The call that works an operation out; the operation itself where it is none of numbers."""
    from clingo import ast

    variables: dict[str, Any] = {}
    text = _python(node, variables)
    if text is None or (not variables and node.ast_type.name == "UnaryOperation"):
        return node
    said = ast.SymbolicTerm(node.location, clingo.String(text))
    return ast.Function(node.location, _VALUE, [said, *variables.values()], 1)


def _python(node: Any, variables: dict[str, Any]) -> str | None:
    """An operation as `@value` reads it; its variables are noted in their order."""
    kind = node.ast_type.name
    if kind == "Variable" and node.name != "_":
        variables.setdefault(node.name, node)
        return str(node.name)
    if kind == "SymbolicTerm" and node.symbol.type is clingo.SymbolType.Number:
        return str(node.symbol.number) if node.symbol.number >= 0 else f"({node.symbol.number})"
    if kind == "UnaryOperation" and node.operator_type == 0:
        inner = _python(node.argument, variables)
        return None if inner is None else f"(-{inner})"
    operator = {3: "+", 4: "-", 5: "*", 6: "/", 7: "%"}.get(int(node.operator_type)) if kind == "BinaryOperation" else None
    if operator is None:
        return None
    left, right = _python(node.left, variables), _python(node.right, variables)
    return None if left is None or right is None else f"({left} {operator} {right})"


# Numbers as symbols


def symbol_of(number: int) -> clingo.Symbol:
    """A number as a symbol. One that lies below every number of clingo is not ordered as it should be (see `ordered_text`)."""
    if LOW <= number <= HIGH:
        return clingo.Number(number)
    places: list[clingo.Symbol] = []
    size = abs(number)
    while size:
        size, last = divmod(size, _PLACES)
        places.append(clingo.Number(last))
    # the more places, the more arguments, and clingo orders by these first
    return clingo.Function(_WIDE, places[::-1], number > 0)


def number_of(symbol: clingo.Symbol) -> int | None:
    """The number that a symbol stands for; `None` where it is none."""
    if symbol.type is clingo.SymbolType.Number:
        return symbol.number
    if symbol.type is not clingo.SymbolType.Function or symbol.name != _WIDE or len(symbol.arguments) < 2:
        return None
    found = 0
    for place in symbol.arguments:
        found = found * _PLACES + place.number
    return found if symbol.positive else -found


class FarBelowError(ArithmeticError):
    """A number lies below every one that clingo can order."""


class Arithmetic:
    """What works out the calls in rules while they are grounded. Notes in `failed` the first that has no value, in `atoms` those of the
    functions. Rules that are `ordered` leave no comparison to clingo; to all others a number below its own has no value."""

    def __init__(self, ordered: bool = False) -> None:
        self.ordered = ordered
        self.failed: Exception | None = None
        self.atoms: dict[Fact, None] = {}
        self._results: dict[tuple[clingo.Symbol, ...], Sequence[clingo.Symbol]] = {}

    def worked_out(self, *call: clingo.Symbol) -> Sequence[clingo.Symbol]:
        """The results of a function, of its name and what it is given."""
        # a rule asks for the same results once for every way to fill in its other variables
        found = self._results.get(call)
        if found is None:
            found = self._results[call] = self._worked_out(*call)
        return found

    def _worked_out(self, function: clingo.Symbol, *given: clingo.Symbol) -> Sequence[clingo.Symbol]:
        values = [value for symbol in given if (value := _value(symbol)) is not None]
        try:
            found = worked_out(function.string, values) if len(values) == len(given) else None
            symbols = [self._symbol(value) if isinstance(value, int) else clingo.Supremum for value in found or ()]
        except ArithmeticError as error:
            self.failed = self.failed or error
            return []
        if found is None:
            return []
        self.atoms[Fact(function.string, (*values, *found))] = None
        return symbols if len(symbols) == 1 else [clingo.Tuple_(symbols)]

    def value(self, operation: clingo.Symbol, *arguments: clingo.Symbol) -> Sequence[clingo.Symbol]:
        """The value of an operation on these values of its variables."""
        return self._made(lambda: _function(operation.string)(*map(_number, arguments)))

    def limb(self, number: clingo.Symbol, place: clingo.Symbol) -> Sequence[clingo.Symbol]:
        """One part of a number that is summed."""

        def part() -> int:
            rest = quotient(_number(number), _LIMB**place.number)
            return rest if place.number == _LIMBS - 1 else remainder(rest, _LIMB)

        return self._made(part)

    def total(self, *limbs: clingo.Symbol) -> Sequence[clingo.Symbol]:
        """The sum whose parts were summed apart."""
        return self._made(lambda: sum(limb.number * _LIMB**place for place, limb in enumerate(limbs)))

    def in_order(self, signs: clingo.Symbol, *terms: clingo.Symbol) -> clingo.Symbol:
        """Whether terms stand in some order, one after another: 1 or 0."""
        pairs = zip(signs.string.split(), terms[:-1], terms[1:], strict=True)
        return clingo.Number(int(all(COMPARISONS[sign](*_places(one, other)) for sign, one, other in pairs)))

    def _symbol(self, number: int) -> clingo.Symbol:
        if number < LOW and not self.ordered:
            raise FarBelowError(number)
        return symbol_of(number)

    def _made(self, work: Callable[[], int]) -> Sequence[clingo.Symbol]:
        try:
            return [self._symbol(work())]
        except (ArithmeticError, TypeError) as error:
            self.failed = self.failed or error
            return []


def _places(one: clingo.Symbol, other: clingo.Symbol) -> tuple[Any, Any]:
    """What two symbols are compared by: numbers as numbers, and before all else, as clingo has them."""
    first, second = number_of(one), number_of(other)
    if first is not None and second is not None:
        return first, second
    return one if first is None else clingo.Number(0), other if second is None else clingo.Number(0)


def _value(symbol: clingo.Symbol) -> Value | None:
    """The number or the word that a symbol stands for, or the day that never comes."""
    if symbol.type is clingo.SymbolType.Supremum:
        return SUPREMUM
    number = number_of(symbol)
    is_word = number is None and symbol.type is clingo.SymbolType.Function and not symbol.arguments
    return Name(symbol.name) if is_word else number


def _number(symbol: clingo.Symbol) -> int:
    found = number_of(symbol)
    if found is None:
        raise TypeError(str(symbol))
    return found


@lru_cache(maxsize=1024)
def _function(text: str) -> Callable[..., int]:
    """An operation as a function of its variables, in the order in which they stand in it."""
    tree = python.parse(text, mode="eval").body
    names = list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", text)))

    def made(node: python.expr) -> Callable[[Sequence[int]], int]:
        if isinstance(node, python.Name):
            place = names.index(node.id)
            return lambda values: values[place]
        if isinstance(node, python.Constant):
            number = int(str(node.value))
            return lambda _: number
        if isinstance(node, python.UnaryOp):
            inner = made(node.operand)
            return lambda values: -inner(values)
        assert isinstance(node, python.BinOp)
        one, other = made(node.left), made(node.right)
        operation = _OPERATIONS[type(node.op)]
        return lambda values: operation(one(values), other(values))

    found = made(tree)
    return lambda *values: found(values)


_OPERATIONS: dict[type, Callable[[int, int], int]] = {
    python.Add: int.__add__,
    python.Sub: int.__sub__,
    python.Mult: int.__mul__,
    python.Div: quotient,
    python.Mod: remainder,
}
