"""Items that are taken together: as many of each kind as there may be.

Two items are of one kind where nothing that is asked can tell them apart: whatever the question looks at of one item, it finds the same of
both. What it looks at is read off its formula, as the largest parts that speak of one such item and of no other. One item of every kind,
each standing for any number of its like, then stands for every number of items there can be (decision 032).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tiaoli.base import Statement
from tiaoli.symbolic.budget import NO_LIMIT, Budget, LimitReached
from tiaoli.symbolic.days import Day
from tiaoli.symbolic.expressions import Expressions, Variables, shared
from tiaoli.symbolic.formulas import Formula, both, implies, negation
from tiaoli.symbolic.shapes import NoBoundError
from tiaoli.symbolic.solver import check, holds_in, solver_of
from tiaoli.symbolic.symbolic_facts import Facts
from tiaoli.symbolic.values import Item, Num, SymbolicValue, UnlistedCode
from tiaoli.symbolic.z3_library import z3

_MOST_KINDS = 160


class Question(NamedTuple):
    """The facts of a case, and what is asked of them."""

    facts: Facts
    goals: Sequence[Formula]


def of_all_kinds(build: Callable[[Mapping[str, int]], Question], alike: Iterable[str], budget: Budget = NO_LIMIT) -> Question:
    """A question with an item of every kind. `build` makes it with so many items in each holder of the lists in `alike`, which it takes
    together (`Facts.many`).

    Raises `NoBoundError` where what is asked of an item is more than whether something holds of it, and `LimitReached` at a limit.
    """
    alike = tuple(alike)
    if not alike:
        return build({})
    probe = build(dict.fromkeys(alike, 2))
    found = {entity: list(_kinds(probe, entity, budget)) for entity in alike}
    sizes = {entity: max((len(kinds.vectors) for kinds in found[entity]), default=1) for entity in alike}
    whole = build({entity: max(1, number) for entity, number in sizes.items()})
    for entity in alike:
        for kinds in found[entity]:
            _pin(whole.facts, kinds, entity)
    return whole


class _Kinds(NamedTuple):
    """What is asked of an item, and each combination of answers that one item can give; not that of an item that is not there."""

    item: Item
    looked_at: Sequence[Formula]
    variables: Sequence[Any]
    vectors: Sequence[tuple[bool, ...]]


def _kinds(question: Question, entity: str, budget: Budget) -> Iterator[_Kinds]:
    """The kinds of the items of a list, for each item in which they stand."""
    facts = question.facts
    reader = _Reader(question)
    done: set[str] = set()
    for item, _, there in facts.of_entity(entity):
        if item is None or item.holder in done:
            continue
        done.add(item.holder)
        looked_at = reader.looked_at(item)
        _refuse_codes(facts, item, looked_at)
        yield _Kinds(item, looked_at, facts.terms.expressions.named(reader.mine[item]), _vectors(facts, there, looked_at, budget))


def _refuse_codes(facts: Facts, item: Item, looked_at: Sequence[Formula]) -> None:
    """Refuse what tells codes apart that nothing names: of these there may be more than there are kinds of item."""
    for key, slot in facts.value.items():
        unlisted = [value for value, _ in slot if isinstance(value, UnlistedCode)]
        if key.item != item or not unlisted:
            continue
        variables = facts.terms.expressions.variables
        mine = variables(*(guard for _, guard in slot))
        ways = [[(guard, z3.BoolVal(value == chosen, facts.context)) for value, guard in slot] for chosen in unlisted[:2]]
        for formula in (one for one in looked_at if shared(variables(one), mine)):
            one, other = (z3.simplify(z3.substitute(formula, *way)) for way in (ways[0], ways[-1]))
            if not one.eq(other):
                raise NoBoundError(
                    Statement("所计数的列表项区分了附件未列的职业编码", "items that are counted are told apart by codes that nothing names")
                )


def _vectors(facts: Facts, there: Formula, looked_at: Sequence[Formula], budget: Budget) -> list[tuple[bool, ...]]:
    expressions = facts.terms.expressions
    solver = solver_of(_bearing_on(expressions, facts.constraints, expressions.variables(there, *looked_at)), expressions)
    answers: list[list[tuple[bool, ...]]] = []
    for presence in (negation(there), there):
        solver.push()
        solver.add(presence)
        found: list[tuple[bool, ...]] = []
        while (answer := check(solver, budget)).answer == "sat":
            vector = tuple(holds_in(answer.model, formula) for formula in looked_at)
            found.append(vector)
            if len(found) > _MOST_KINDS:
                raise NoBoundError(Statement("列表项的种类过多，无法逐类查看", "there are too many kinds of item to look at each"))
            solver.add(negation(both(*(formula if value else negation(formula) for formula, value in zip(looked_at, vector, strict=True)))))
        if answer.answer == "unknown":
            raise LimitReached(answer.limit or "time")
        solver.pop()
        answers.append(found)
    absent, present = answers
    return [vector for vector in present if vector not in absent] if len(absent) == 1 else present


def _bearing_on(expressions: Expressions, constraints: Sequence[Formula], names: Variables) -> list[Formula]:
    """The constraints that speak of some variables, or of what others of them speak of."""
    rest = [(part, expressions.variables(part)) for part in constraints]
    found: list[Formula] = []
    while more := [pair for pair in rest if shared(pair[1], names)]:
        rest = [pair for pair in rest if not shared(pair[1], names)]
        for part, inner in more:
            found.append(part)
            names |= inner
    return found


def _pin(facts: Facts, kinds: _Kinds, entity: str) -> None:
    """Make each item that stands where one was looked at one of the kinds."""
    items = [presence for presence in facts.of_entity(entity) if presence.item and presence.item.holder == kinds.item.holder]
    for number, (item, _, there) in enumerate(items):
        if number >= len(kinds.vectors):
            facts.constraints.append(negation(there))
            continue
        signs = zip(kinds.looked_at, kinds.vectors[number], strict=True)
        of_kind = both(*(of_item if value else negation(of_item) for of_item, value in signs))
        if not isinstance(of_kind, bool):
            of_kind = z3.substitute(of_kind, *((variable, _called(variable, str(kinds.item), str(item))) for variable in kinds.variables))
            facts.constraints.append(implies(there, of_kind.translate(facts.context)))


def _called(variable: Any, old: str, new: str) -> Any:
    """The variable of another item that says the same of it."""
    return z3.Const(variable.decl().name().replace(old, new), variable.sort())


class _Reader:
    """Whose variables the parts of a question are: of which items that are taken together."""

    def __init__(self, question: Question) -> None:
        self.facts, self.goals = question.facts, question.goals
        self.variables = question.facts.terms.expressions.variables
        self.mine = _variables_of_items(question.facts)
        self.weights = [number.expr for number in question.facts.weight.values()]
        self.defining = question.facts.terms.definitions
        self.auxiliary = self.variables(*question.facts.terms.auxiliary)
        self.unspoken = self.variables(*self.weights) | self.auxiliary
        self.owned = self._with_worked_out()

    def _with_worked_out(self) -> dict[Item, Variables]:
        """The variables of each item, and the numbers that stand for what is worked out of them, a quotient or a product."""
        defining = [self.variables(part) for part in self.defining]
        found = dict(self.mine)
        for item in found:
            before = 0
            while before != found[item]:
                before = found[item]
                for names in defining:
                    if shared(names, found[item]):
                        found[item] |= names & self.auxiliary
        return found

    def looked_at(self, item: Item) -> list[Formula]:
        """The largest formulas in what is asked that speak of an item and of no other that is taken together with it."""
        found: list[Formula] = []
        seen: set[int] = set()
        todo = [part for part in (*self.goals, *self.defining) if not isinstance(part, bool)]
        while todo:
            part = todo.pop()
            names = self.variables(part)
            if part.get_id() in seen or not shared(names, self.owned[item]):
                continue
            seen.add(part.get_id())
            if any(shared(names, owned) for other, owned in self.owned.items() if other != item) or z3.is_app_of(part, z3.Z3_OP_ITE):
                todo += part.children()
            elif z3.is_bool(part):
                if shared(names, self.unspoken):
                    raise _more_than_whether()
                found.append(part)
            elif z3.is_mul(part) and sum(not z3.is_int_value(child) for child in part.children()) == 1:
                todo += part.children()
            elif not any(part.eq(weight) for weight in self.weights):
                raise _more_than_whether()
        return found


def _variables_of_items(facts: Facts) -> dict[Item, Variables]:
    """The variables of each item that is taken together with others."""
    variables = facts.terms.expressions.variables
    found = {item: variables(facts.present[item], number.expr) for item, number in facts.weight.items()}
    for key, slot in facts.value.items():
        if key.item in found:
            found[key.item] |= variables(*(part for value, guard in slot for part in (*_expressions(value), guard)))
    return found


def _expressions(value: SymbolicValue) -> list[Any]:
    if isinstance(value, Day):
        return [value.order]
    return [value.expr] if isinstance(value, Num) else []


def _more_than_whether() -> NoBoundError:
    return NoBoundError(
        Statement(
            "所计数的列表项还用到其数值，不只是符合与否",
            "of items that are counted a number is used, not only whether something holds of them",
        )
    )
