"""What rules do with values, exactly as clingo does it: comparison, arithmetic, and whether two items bear one id.

Where a comparison or an operation cannot be said exactly it is refused (`Outside`), never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from tiaoli.rules import COMPARISONS, FIRST_YEAR, LAST_YEAR, Name, compared
from tiaoli.symbolic.days import Day, day_after, day_bits, is_representable
from tiaoli.symbolic.expressions import Expressions
from tiaoli.symbolic.formulas import Formula, both, equal, negation, related
from tiaoli.symbolic.values import Item, Num, Outside, SymbolicValue, UnlistedCode, is_ground
from tiaoli.symbolic.z3_library import z3

_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _relations(less: Any, at_most: Any, more: Any, at_least: Any) -> dict[str, Callable[[Any, Any], Any]]:
    """How expressions of one sort are compared: by z3's functions, without the checks of its operators, which take longer."""
    made: dict[str, Any] = {"<": less, "<=": at_most, ">": more, ">=": at_least}
    found: dict[str, Callable[[Any, Any], Any]] = {relation: partial(related, make) for relation, make in made.items()}
    return {**found, "=": equal, "!=": lambda one, other: negation(equal(one, other))}


_NUMERIC = _relations(z3.Z3_mk_lt, z3.Z3_mk_le, z3.Z3_mk_gt, z3.Z3_mk_ge)
_UNSIGNED = _relations(z3.Z3_mk_bvult, z3.Z3_mk_bvule, z3.Z3_mk_bvugt, z3.Z3_mk_bvuge)

_ID_BITS = 12


class Terms:
    """Comparison and arithmetic of values in one context of z3.

    `expressions` are those of the context. `constraints` says what its `auxiliary` variables are, in `definitions`; it never makes a case
    impossible.
    """

    def __init__(self, context: Any) -> None:
        self.context = context
        self.expressions = Expressions(context)
        self.constraints: list[Formula] = []
        self.auxiliary: list[Any] = []
        self.definitions: list[Formula] = []
        # days of their own, each with the number that it has (see `days.ordinal`)
        self.days: list[tuple[Day, Any]] = []
        self._divided: dict[tuple[int, int], tuple[Any, Any, Any]] = {}
        self._bits: dict[tuple[int, int], tuple[list[Any], Any]] = {}
        self._products: dict[tuple[int, int], tuple[Any, Any, Any]] = {}
        self._ids: dict[Item, Any] = {}
        self._numbers: dict[int, Any] = {}
        self._days_named: dict[int, Any] = {}
        self._in_order = False

    # Comparison

    def compare(self, relation: str, one: SymbolicValue, other: SymbolicValue) -> Formula:
        """`one relation other`. Raises `Outside`."""
        if is_ground(one) and is_ground(other):
            return self._ground(relation, one, other)
        if is_ground(one):
            return self.compare(_MIRRORED[relation], other, one)
        if is_ground(other) and not isinstance(other, int):
            return relation in ("<", "<=", "!=")  # every number stands before constants, text and #sup
        if isinstance(one, Day) or isinstance(other, Day):
            return self._days(relation, one, other)
        assert isinstance(one, Num)
        assert isinstance(other, (int, Num))
        low, high = interval(other)
        if relation in ("=", "!=") and (one.high < low or high < one.low):
            return relation == "!="
        if relation not in ("=", "!="):
            # where the intervals do not overlap the order is the same for all of their numbers
            farthest = (one.high, low) if relation in ("<", "<=") else (one.low, high)
            nearest = (one.low, high) if relation in ("<", "<=") else (one.high, low)
            if COMPARISONS[relation](*farthest) or not COMPARISONS[relation](*nearest):
                return bool(COMPARISONS[relation](*farthest))
        return _NUMERIC[relation](one.expr, self._number(other) if isinstance(other, int) else other.expr)

    def _number(self, number: int) -> Any:
        """A number as an expression."""
        if number not in self._numbers:
            self._numbers[number] = z3.IntVal(number, self.context)
        return self._numbers[number]

    def _ground(self, relation: str, one: Any, other: Any) -> Formula:
        items = isinstance(one, Item), isinstance(other, Item)
        if any(items):
            if relation in ("=", "!="):
                same = self._same_id(one, other)
                return same if relation == "=" else negation(same)
            if all(items):
                return self._ordered_ids(relation, one, other)
            if _is_text(other if items[0] else one):
                raise Outside.of("比较了条目编号与文字的先后", "it asks which of an item's id and a text comes first")
        if relation not in ("=", "!=") and UnlistedCode in (type(one), type(other)) and all(_is_text(value) for value in (one, other)):
            raise Outside.of("比较了职业编码的先后", "it asks which of two occupation codes comes first")
        return compared(relation, one, other) == "holds"

    def is_next(self, one: SymbolicValue, other: SymbolicValue) -> Formula:
        """That a day is the one after a day that may be any, or a number one more than another."""
        if isinstance(one, Day):
            return self.compare("=", day_after(one), other)
        above = self.arithmetic("+", one, 1)
        return above is not None and self.compare("=", above, other)

    def _days(self, relation: str, one: SymbolicValue, other: SymbolicValue) -> Formula:
        if not isinstance(one, Day):
            one, other, relation = other, one, _MIRRORED[relation]
        assert isinstance(one, Day)
        if isinstance(other, Day):
            bits = other.order
        elif isinstance(other, int):
            if not is_representable(other):
                if FIRST_YEAR <= other // 10000 <= LAST_YEAR:
                    raise Outside.of(f"日期与不是日期的数 {other} 比较", f"a day is compared with {other}, which is none")
                return bool(COMPARISONS[relation](20000101, other))
            if other not in self._days_named:
                self._days_named[other] = day_bits(other, self.context)
            bits = self._days_named[other]
        else:
            raise Outside.of("日期与算出的数比较", "a day is compared with a number that is worked out")
        return _UNSIGNED[relation](one.order, bits)

    # Ids

    def _same_id(self, one: Any, other: Any) -> Formula:
        """Whether two values are one id. Items of two lists of a case may bear the same."""
        if one == other and type(one) is type(other):
            return True
        if not (isinstance(one, Item) and isinstance(other, Item)):
            if _is_text(other if isinstance(one, Item) else one):
                raise Outside.of("条目编号与文字比较", "the id of an item is compared with a text")
            return False
        if one.entity == other.entity and one.holder == other.holder:
            return False
        if bool(one.holder) != bool(other.holder) or one.entity == other.entity:
            # an id inside an item names its holder, and holders of one list have different ids
            return False
        if self._in_order:
            raise Outside.of("既比较编号的先后又比较不同列表的编号", "it compares ids of two lists and asks which id comes first")
        same = self._id(one) == self._id(other)
        if one.holder:
            same = both(same, self._same_id(Item(one.holder), Item(other.holder)))
        return same

    def _id(self, item: Item) -> Any:
        """The number of an item's id, where ids of several lists are compared."""
        if item not in self._ids:
            number = z3.BitVec(f"id {item}", _ID_BITS, self.context)
            siblings = [known for known in self._ids if known.entity == item.entity and known.holder == item.holder]
            self.constraints += [number != self._ids[sibling] for sibling in siblings]
            self._ids[item] = number
        return self._ids[item]

    @property
    def ids(self) -> dict[Item, Any]:
        """The numbers of ids that were looked at."""
        return dict(self._ids)

    def _ordered_ids(self, relation: str, one: Item, other: Item) -> bool:
        if one.holder != other.holder or one.entity != other.entity or self._ids:
            raise Outside.of("比较了不同列表的条目编号的先后", "it asks which of the ids of two lists comes first")
        self._in_order = True
        return bool(COMPARISONS[relation](one.number, other.number))

    # Arithmetic

    def arithmetic(self, symbol: str, one: SymbolicValue, other: SymbolicValue) -> int | Num | None:
        """The result of an operation; `None` where clingo has none and the rule does not apply. Raises `Outside`."""
        if isinstance(one, Day) or isinstance(other, Day):
            raise Outside.of("对日期作算术运算", "it does arithmetic with a day")
        if not isinstance(one, (int, Num)) or not isinstance(other, (int, Num)):
            return None
        if symbol in "/\\":
            return self._division(symbol, one, other)
        if isinstance(one, int) and isinstance(other, int):
            return {"+": one + other, "-": one - other, "*": one * other}[symbol]
        left, right = interval(one), interval(other)
        if symbol == "+":
            return Num(plain(one) + plain(other), left[0] + right[0], left[1] + right[1])
        if symbol == "-":
            return Num(plain(one) - plain(other), left[0] - right[1], left[1] - right[0])
        return self.product(one, other)

    def product(self, one: int | Num, other: int | Num) -> int | Num:
        """An exact product. Of two unknown numbers the one with the smaller interval is taken bit by bit."""
        if isinstance(one, int) and isinstance(other, int):
            return one * other
        left, right = interval(one), interval(other)
        corners = [x * y for x in left for y in right]
        low, high = min(corners), max(corners)
        if isinstance(one, int) or isinstance(other, int):
            return Num(plain(one) * plain(other), low, high)
        if one.high - one.low < other.high - other.low:
            one, other = other, one
        place = (one.expr.get_id(), other.expr.get_id())
        if place not in self._products:
            number = z3.Int(f"product {len(self._products)}", self.context)
            parts = [z3.If(bit, one.expr * 2**position, 0) for position, bit in enumerate(self._bits_of(other))]
            # what follows of the intervals alone: a proof that needs no more than this need not look at the bits
            self.define(
                [number],
                number == z3.Sum([one.expr * other.low, *parts]),
                number >= one.low * other.expr + other.low * one.expr - one.low * other.low,
                number >= one.high * other.expr + other.high * one.expr - one.high * other.high,
                number <= one.high * other.expr + other.low * one.expr - one.high * other.low,
                number <= one.low * other.expr + other.high * one.expr - one.low * other.high,
            )
            self._products[place] = number, one.expr, other.expr
        return Num(self._products[place][0], low, high)

    def total(self, numbers: Iterable[tuple[Formula, int | Num]]) -> int | Num:
        """The sum of those numbers whose formula holds."""
        found = list(numbers)
        ends = [interval(number) for _, number in found]
        low, high = sum(min(0, low) for low, _ in ends), sum(max(0, high) for _, high in ends)
        if all(guard is True for guard, _ in found) and all(isinstance(number, int) for _, number in found):
            return sum(number for _, number in found if isinstance(number, int))
        terms = [plain(number) if guard is True else z3.If(guard, plain(number), 0) for guard, number in found if guard is not False]
        if not terms:
            return 0
        return Num(z3.Sum(terms) if len(terms) > 1 else terms[0], low, high)

    def _division(self, symbol: str, one: int | Num, divisor: int | Num) -> int | Num:
        """Quotient or remainder, cut towards zero."""
        if not isinstance(divisor, int):
            raise Outside.of("除数不是固定的数", "it divides by a number that is not fixed")
        if divisor == 0:
            raise Outside.of("除以零", "it divides by zero")
        if isinstance(one, int):
            quotient = abs(one) // abs(divisor) * (1 if (one < 0) == (divisor < 0) else -1)
            return quotient if symbol == "/" else one - divisor * quotient
        size = abs(divisor)
        least = -(abs(one.low) // size) if one.low < 0 else one.low // size
        most = -(abs(one.high) // size) if one.high < 0 else one.high // size
        number, rest = self._divide(one, size)
        if symbol == "\\":
            return Num(rest, 0 if one.low >= 0 else -min(size - 1, -one.low), 0 if one.high <= 0 else min(size - 1, one.high))
        return Num(number, least, most) if divisor > 0 else Num(-number, -most, -least)

    def _divide(self, number: Num, divisor: int) -> tuple[Any, Any]:
        """Quotient and remainder as numbers of their own: z3's `div` can take a thousand times as long."""
        place = (number.expr.get_id(), divisor)
        if place not in self._divided:
            stem = f"{len(self._divided)}"
            quotient, rest = z3.Int(f"quotient {stem}", self.context), z3.Int(f"rest {stem}", self.context)
            size = number.expr if number.low >= 0 else z3.If(number.expr >= 0, number.expr, -number.expr)
            self.define([quotient, rest], size == divisor * quotient + rest, rest >= 0, rest < divisor)
            if number.low < 0:
                quotient, rest = (z3.If(number.expr >= 0, part, -part) for part in (quotient, rest))
            self._divided[place] = quotient, rest, number.expr
        return self._divided[place][:2]

    def _bits_of(self, number: Num) -> list[Any]:
        """The bits of a number above its least value."""
        place = (number.expr.get_id(), number.low)
        if place not in self._bits:
            width = (number.high - number.low).bit_length()
            bits = [z3.Bool(f"bit {len(self._bits)} {position}", self.context) for position in range(width)]
            parts = [z3.If(bit, 2**position, 0) for position, bit in enumerate(bits)]
            self.define(bits, number.expr - number.low == z3.Sum(parts))
            self._bits[place] = bits, number.expr
        return self._bits[place][0]

    def define(self, variables: Iterable[Any], *said: Formula) -> None:
        """Say what auxiliary variables are."""
        self.auxiliary += variables
        self.definitions += said
        self.constraints += said


def interval(number: int | Num) -> tuple[int, int]:
    """Where a number lies."""
    return (number, number) if isinstance(number, int) else (number.low, number.high)


def plain(number: int | Num) -> Any:
    """A number as z3 has it."""
    return number if isinstance(number, int) else number.expr


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Name)
