"""Which instances of a rule hold for a case, and which come closest: the rules matched against what clingo found.

Nothing is derived here. What holds, what fails and what the missing facts leave open is clingo's answer, atom by atom
(`World`); the matcher only joins the body of a rule over it, compares and counts. So it terminates, and it cannot
disagree with the answer without an instance going missing, which `explain` would notice.

Every value of a variable is a ground value, or `Open`: one of several values that a missing fact leaves open. A
literal over open values holds where it does for each of them, fails where it does for none, and is unknown otherwise.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from tiaoli.policy import Policy
from tiaoli.rules import (
    OPPOSITE,
    Aggregate,
    Atom,
    BodyPart,
    Comparison,
    Constant,
    Element,
    Given,
    Literal,
    Name,
    Open,
    Operation,
    Pattern,
    Program,
    Rule,
    Term,
    Truth,
    Value,
    Variable,
    World,
    both,
    compared,
    same,
    shared_variables,
    variables,
    variables_of,
)

Environment = Mapping[str, Given]


class Counted(NamedTuple):
    """A tuple of an aggregate: the element it stands in, its terms, and the branch of the element's condition."""

    element: int
    terms: Pattern
    branch: Branch


class Total(NamedTuple):
    """The value of an aggregate, `low` to `high` where missing facts leave it open, and what it was made of."""

    low: int
    high: int
    counted: tuple[Counted, ...]


class Step(NamedTuple):
    """A part of a body in one branch: its truth, and what shows it.

    For an atom `pattern` are the arguments it was looked for with, and `found` the atoms that match; for a comparison
    `pattern` are its two sides; for an aggregate `total` is its value and `pattern` its bound.
    """

    part: BodyPart
    truth: Truth
    pattern: Pattern
    found: tuple[tuple[Value, ...], ...] = ()
    total: Total | None = None


class Branch(NamedTuple):
    """One way to read a body: values for its variables, a step for each part that could be looked at, and the truth of all
    of them together."""

    environment: Environment
    steps: tuple[Step, ...]
    truth: Truth


class Instance(NamedTuple):
    """A rule with one branch of its body."""

    rule: Rule
    branch: Branch


class Plans:
    """What matching needs to know of the rules themselves, worked out once for every case: their heads, the kinds of their variables,
    and in which order the parts of a body are looked at."""

    def __init__(self, policy: Policy, program: Program) -> None:
        self.policy = policy
        self.heads: dict[str, list[Rule]] = defaultdict(list)
        for rule in program.rules:
            self.heads[rule.head.predicate].append(rule)
        self.holders = {item.entity: item.parent for item in policy.lists.values() if item.parent}
        self.lists = frozenset(item.predicate for item in policy.lists.values())
        self._orders: dict[tuple[int, frozenset[str]], list[_Planned]] = {}
        self._kinds: dict[int, Mapping[str, str]] = {}
        self._terms: dict[int, tuple[list[tuple[int, Value]], list[tuple[int, str]]]] = {}
        self._candidates: dict[tuple[str, tuple[Name | None, ...]], list[Rule]] = {}

    def candidates(self, predicate: str, pattern: Pattern) -> list[Rule]:
        """The rules whose heads do not name other words than a pattern."""
        words = tuple([value if isinstance(value, Name) else None for value in pattern])
        found = self._candidates.get((predicate, words))
        if found is None:
            found = self._candidates[predicate, words] = [
                rule
                for rule in self.heads[predicate]
                if all(words[position] in (None, wanted) for position, wanted in self.head_terms(rule)[0])
            ]
        return found

    def head_terms(self, rule: Rule) -> tuple[list[tuple[int, Value]], list[tuple[int, str]]]:
        """The constants and the variables of a head, by their positions."""
        found = self._terms.get(id(rule))
        if found is None:
            terms = list(enumerate(rule.head.terms))
            constants = [(position, term.value) for position, term in terms if isinstance(term, Constant)]
            names = [(position, term.name) for position, term in terms if isinstance(term, Variable)]
            found = self._terms[id(rule)] = (constants, names)
        return found

    def kinds(self, rule: Rule) -> Mapping[str, str]:
        """The declared type of each variable of a rule."""
        found = self._kinds.get(id(rule))
        if found is None:
            kinds: dict[str, str] = {}
            for atom in (rule.head, *(literal.atom for literal in rule.literals())):
                for (_, kind), term in zip(self.policy.predicates[atom.predicate].arguments, atom.terms, strict=True):
                    if isinstance(term, Variable) and kinds.get(term.name) in (None, "subject"):
                        kinds[term.name] = kind
            found = self._kinds[id(rule)] = kinds
        return found

    def order(self, rule: Rule, parts: Sequence[BodyPart], bound: frozenset[str]) -> list[_Planned]:
        """The parts in an order in which each can be looked at, as they are written but for those that must wait for
        their variables."""
        order = self._orders.get((id(parts), bound))
        if order is None:
            order = []
            known = set(bound)
            waiting = list(parts)
            while waiting:
                ready = [part for part in waiting if _ready(rule, part, known)]
                # a rule for another reading is done with at once
                part = next((part for part in ready if _is_reading(part)), ready[0] if ready else waiting[0])
                waiting.remove(part)
                order.append(_planned(part, known, self._items_of(part)))
                known.update(order[-1].names)
            self._orders[id(parts), bound] = order
        return order

    def _items_of(self, part: BodyPart) -> frozenset[int]:
        """The positions of an atom's arguments that are items of the case, where it does not list them itself."""
        if not isinstance(part, Literal) or part.atom.predicate in self.lists:
            return frozenset()
        arguments = self.policy.predicates[part.atom.predicate].arguments
        return frozenset(position for position, (_, kind) in enumerate(arguments) if kind in self.policy.list_of)


class Matcher:
    """Matches the rules of a program against a world. `items` are the items of each entity of the case."""

    def __init__(self, plans: Plans, world: World, items: Mapping[str, Sequence[str]]) -> None:
        self.plans, self.policy, self.world, self.items = plans, plans.policy, world, items
        self.heads, self.holders, self.kinds = plans.heads, plans.holders, plans.kinds

    def instances(self, predicate: str, pattern: Pattern, near: bool = False) -> Iterator[Instance]:
        """The instances of the rules whose head matches a pattern.

        With `near` also those that fail, one for each item of the case that a variable could stand for; without it
        none of them.
        """
        for rule in self.plans.candidates(predicate, pattern):
            start = self._head(rule, pattern)
            if start is None:
                continue
            for branch in self._branches(rule, rule.body, start, near):
                if self._computed_head_agrees(rule.head, pattern, branch.environment):
                    yield Instance(rule, branch)

    def domain(self, entity: str, near: Mapping[str, Given]) -> Sequence[str]:
        """The items that a variable of an entity can stand for, beside items of other entities: a trainee beside its
        class, a class beside its trainee."""
        found = self.items.get(entity, ())
        holder = self.holders.get(entity)
        if holder is not None and isinstance(near.get(holder), str):
            return [item for item in found if item.startswith(f"{near[holder]}/")]
        for inner, outer in self.holders.items():
            if outer == entity and isinstance(near.get(inner), str):
                return [item for item in found if str(near[inner]).startswith(f"{item}/")]
        return found

    # Heads

    def _head(self, rule: Rule, pattern: Pattern) -> dict[str, Given] | None:
        constants, names = self.plans.head_terms(rule)
        for position, wanted in constants:
            value = pattern[position]
            if value is not None and not (wanted in value.values if isinstance(value, Open) else same(wanted, value)):
                return None
        found: dict[str, Given] = {}
        for position, name in names:
            value = pattern[position]
            if value is not None and found.setdefault(name, value) != value:
                return None
        return found

    def _computed_head_agrees(self, head: Atom, pattern: Pattern, environment: Environment) -> bool:
        for term, value in zip(head.terms, pattern, strict=True):
            if isinstance(term, Operation) and value is not None and not isinstance(value, Open):
                computed = self.evaluate(term, environment)
                if computed is not None and not isinstance(computed, Open) and computed != value:
                    return False
        return True

    # Bodies

    def _branches(self, rule: Rule, parts: Sequence[BodyPart], start: Environment, near: bool) -> Iterator[Branch]:
        plan = self.plans.order(rule, parts, frozenset(start))
        return self._follow(rule, plan, 0, dict(start), [], near, "holds")

    def _follow(
        self, rule: Rule, plan: list[_Planned], position: int, known: dict[str, Given], steps: list[Step], near: bool, truth: Truth
    ) -> Iterator[Branch]:
        """The branches from a position on. `known` and `steps` are this branch's own and grow with it; `truth` is that of
        the steps so far."""
        while position < len(plan):
            planned = plan[position]
            position += 1
            step = None
            if planned.look is not None and truth != "fails" and self.world.settled and not (near and planned.over_items):
                step = planned.look(self.world, known)
            if step is None:
                ways = self._ways(rule, planned, known, near, truth == "fails")
                if len(ways) > 1:
                    for way, more in ways:
                        if way is not None and (near or way.truth != "fails"):
                            so_far = both(truth, way.truth)
                            yield from self._follow(rule, plan, position, {**known, **more}, [*steps, way], near, so_far)
                    return
                (step, more) = ways[0]
                if more:
                    known.update(more)
                if step is None:
                    continue
            steps.append(step)
            if step.truth != "holds":
                truth = both(truth, step.truth)
                if step.truth == "fails":
                    if not near:
                        return
                    if _is_reading(step.part):
                        break
        yield Branch(known, tuple(steps), truth)

    def _ways(self, rule: Rule, planned: _Planned, known: dict[str, Given], near: bool, failed: bool) -> Sequence[_Way]:
        """The steps that a part can take, at least one, each with the variables it binds; no step where the part cannot be
        looked at.

        With `near` an atom that fails for some item is a step too, until something has failed.
        """
        part = planned.part
        if isinstance(part, Comparison):
            return self._comparison(part, known)
        if isinstance(part, Aggregate):
            return self._aggregate(rule, part, known)
        pattern = tuple([self.evaluate(term, known) if name is None else known.get(name) for name, term in planned.reads])
        if part.negated:
            if any(name not in known for name in planned.names):
                return _NOTHING
            truth, found = self._exists(part.atom, pattern)
            return ((Step(part, OPPOSITE[truth], pattern, found), {}),)
        if failed and any(pattern[position] is None for position in self._entities(part.atom, planned)):
            # it speaks of an item that was not found
            return _NOTHING
        ways = self._atom(part, pattern, planned, known)
        if near and planned.free and not failed:
            ways = [*ways, *self._elsewhere(rule, part, pattern, planned, known, ways)]
        if not ways:
            return ((Step(part, "fails", pattern), {}),)
        # what has failed already is not looked at for every item again
        return ways[:1] if failed else ways

    def _atom(self, part: Literal, pattern: Pattern, planned: _Planned, known: Environment) -> Sequence[_Way]:
        predicate = part.atom.predicate
        if not self._has_open(pattern):
            if not planned.free:
                truth, found = self._exists(part.atom, pattern)
                return [] if truth == "fails" else [(Step(part, truth, pattern, found), {})]
            atoms = self.world.matching(predicate, pattern)  # type: ignore[arg-type]  # nothing is open
            if len(atoms) == 1 and not planned.repeated and self.world.truth(predicate, atoms[0]) == "holds":
                (arguments,) = atoms
                bound = {name: arguments[position] for position, name in planned.free if pattern[position] is None}
                return [(Step(part, "holds", pattern, (arguments,)), bound)]
        groups: dict[tuple[Value, ...], list[tuple[Value, ...]]] = {}
        combinations = list(_combinations(pattern))
        free = [position for position, _ in planned.free if pattern[position] is None]
        names = [name for position, name in planned.free if pattern[position] is None]
        for combination in combinations:
            for arguments in self.world.matching(predicate, combination):
                if not planned.repeated or _repeated_agree(part.atom, arguments, known):
                    groups.setdefault(tuple([arguments[position] for position in free]), []).append(arguments)
        if not groups:
            return []
        if len(combinations) == 1:
            return self._grouped(part, pattern, names, free, groups)
        # some values of an open variable lead on and some may not: what they lead to is open in turn
        reached = sum(1 for combination in combinations if self.world.matching(predicate, combination))
        every = reached == len(combinations) and all(
            self.world.truth(predicate, arguments) == "holds" for found in groups.values() for arguments in found
        )
        opened = {name: _open(key[number] for key in groups) for number, name in enumerate(names)}
        every_atom = tuple(arguments for group in groups.values() for arguments in group)
        return [(Step(part, "holds" if every else "unknown", pattern, every_atom), opened)]

    def _grouped(
        self,
        part: Literal,
        pattern: Pattern,
        names: Sequence[str],
        free: Sequence[int],
        groups: Mapping[tuple[Value, ...], list[tuple[Value, ...]]],
    ) -> list[_Way]:
        """A step for every binding; bindings that differ in a value that is open become one."""
        predicate = part.atom.predicate
        ways: list[_Way] = []
        declared = self.policy.predicates[predicate]
        entities = [number for number, position in enumerate(free) if declared.arguments[position][1] in self.policy.list_of]
        undecided: dict[tuple[Value, ...], list[tuple[Value, ...]]] = defaultdict(list)
        for key, found in groups.items():
            if any(self.world.truth(predicate, arguments) == "holds" for arguments in found):
                ways.append((Step(part, "holds", pattern, tuple(found)), dict(zip(names, key, strict=True))))
            else:
                undecided[tuple(key[number] for number in entities)].append(key)
        for keys in undecided.values():
            bound = {name: _open(key[number] for key in keys) for number, name in enumerate(names)}
            atoms = tuple(arguments for key in keys for arguments in groups[key])
            # an unknown fact of the case has some value; what is derived from it may have none
            truth: Truth = "holds" if declared.source == "case" and len(atoms) > 1 else "unknown"
            ways.append((Step(part, truth, pattern, atoms), bound))
        return ways

    def _elsewhere(
        self,
        rule: Rule,
        part: Literal,
        pattern: Pattern,
        planned: _Planned,
        known: Environment,
        ways: Sequence[_Way],
    ) -> list[_Way]:
        """The items for which an atom fails, where a variable of an entity is free: each is a step of its own."""
        declared = self.policy.predicates[part.atom.predicate]
        if declared.name in self.plans.lists:
            return []
        kind = [kind for _, kind in declared.arguments]
        open_items = [
            (position, name) for position, name in planned.free if kind[position] in self.policy.list_of and pattern[position] is None
        ]
        if not open_items:
            return []
        kinds = self.kinds(rule)
        beside = {kinds[name]: value for name, value in known.items() if name in kinds}
        free, names = zip(*open_items, strict=True)
        domains = [self.domain(kind[position], beside) for position in free]
        taken = {tuple(bound.get(name) for name in names) for _, bound in ways}
        found: list[_Way] = []
        for key in product(*domains):
            if key not in taken:
                filled = list(pattern)
                for position, value in zip(free, key, strict=True):
                    filled[position] = value
                found.append((Step(part, "fails", tuple(filled)), dict(zip(names, key, strict=True))))
        return found

    def _has_open(self, pattern: Pattern) -> bool:
        return not self.world.settled and any(isinstance(value, Open) for value in pattern)

    def _entities(self, atom: Atom, planned: _Planned) -> Iterator[int]:
        """The positions at which an atom names an item by a variable."""
        for (position, (name, _)), (_, kind) in zip(
            enumerate(planned.reads), self.policy.predicates[atom.predicate].arguments, strict=True
        ):
            if kind in self.policy.list_of and name is not None and name != "_":
                yield position

    def _exists(self, atom: Atom, pattern: Pattern) -> tuple[Truth, tuple[tuple[Value, ...], ...]]:
        """Whether some atom matches a pattern, for every combination of its open values; and the atoms that do."""
        if None not in pattern and not self._has_open(pattern):
            ground: tuple[Value, ...] = pattern  # type: ignore[assignment]  # nothing is free or open
            truth = self.world.truth(atom.predicate, ground)
            return truth, (() if truth == "fails" else (ground,))
        truths: set[Truth] = set()
        found: list[tuple[Value, ...]] = []
        for combination in _combinations(pattern):
            atoms = self.world.matching(atom.predicate, combination)
            kinds = {self.world.truth(atom.predicate, arguments) for arguments in atoms}
            truths.add("holds" if "holds" in kinds else "unknown" if kinds else "fails")
            found += atoms
        return (truths.pop() if len(truths) == 1 else "unknown"), tuple(found)

    # Terms, comparisons, aggregates

    def evaluate(self, term: Term, known: Environment) -> Given | None:
        """The value of a term; `None` where a variable in it is not bound. Arithmetic is clingo's: division truncates
        toward zero."""
        if isinstance(term, Constant):
            return term.value
        if isinstance(term, Variable):
            return known.get(term.name)
        parts = [self.evaluate(argument, known) for argument in term.arguments]
        if None in parts:
            return None
        if not any(isinstance(part, Open) for part in parts):
            return _computed(term.operator, parts)
        sets = [part.values if isinstance(part, Open) else (part,) for part in parts]
        return _open(_computed(term.operator, combination) for combination in product(*sets))

    def _comparison(self, part: Comparison, known: Environment) -> Sequence[_Way]:
        left, right = self.evaluate(part.left, known), self.evaluate(part.right, known)
        if left is None or right is None:
            for term, value in ((part.left, right), (part.right, left)):
                if part.operator == "=" and value is not None and isinstance(term, Variable):
                    return ((None, {term.name: value}),)
            return _NOTHING
        return ((Step(part, compared(part.operator, left, right), (left, right)), {}),)

    def _aggregate(self, rule: Rule, part: Aggregate, known: Environment) -> Sequence[_Way]:
        bound = self.evaluate(part.bound, known)
        total = self._total(rule, part, known)
        if bound is None:
            if part.operator != "=" or not isinstance(part.bound, Variable):
                return _NOTHING
            value: Given = total.low if total.low == total.high else Open(())
            return ((Step(part, "holds", (value,), total=total), {part.bound.name: value}),)
        ends = Open((total.low, total.high)) if total.low != total.high else total.low
        # between its ends a total may take any value, which only matters for being one in particular
        between = total.low != total.high and part.operator in ("=", "!=")
        truth: Truth = "unknown" if between else compared(part.operator, ends, bound)
        return ((Step(part, truth, (bound,), total=total), {}),)

    def _total(self, rule: Rule, part: Aggregate, known: Environment) -> Total:
        counted: dict[object, Counted] = {}
        for number, element in enumerate(part.elements):
            for branch in self.members(rule, element, known):
                terms = tuple(self.evaluate(term, branch.environment) for term in element.terms)
                # a set: the same tuple counts once, and as certain where one of its branches is
                key = terms
                if key not in counted or (counted[key].branch.truth != "holds" and branch.truth == "holds"):
                    counted[key] = Counted(number, terms, branch)
        low = high = 0
        for item in counted.values():
            weight = item.terms[0] if part.function == "sum" else 1
            weights = [value for value in (weight.values if isinstance(weight, Open) else (weight,)) if isinstance(value, int)]
            if item.branch.truth != "holds":
                weights.append(0)
            low += min(weights, default=0)
            high += max(weights, default=0)
        return Total(low, high, tuple(counted.values()))

    def members(self, rule: Rule, element: Element, known: Environment, near: bool = False) -> Iterator[Branch]:
        """The branches of an element's condition; with `near` also those that fail."""
        return self._branches(rule, element.condition, known, near)


_Way = tuple[Step | None, Mapping[str, Given]]
"""A step, and the variables it binds."""

_NO_VALUES: Mapping[str, Given] = {}
_NOTHING: tuple[_Way, ...] = ((None, _NO_VALUES),)


Look = Callable[[World, dict[str, Given]], Step | None]
"""A quick look at an atom of a settled world: whether it holds, or the one value that it gives a variable, which becomes known. The look
finds nothing where there is not exactly one."""


class _Planned(NamedTuple):
    """A part in its place: the names of its variables; for an atom how to read each argument (by the name of a variable, or
    as a term), the named variables that it binds, with their positions, and whether one of these stands in it twice; the
    positions that are bound before it, whether these are all, whether any argument is left open, and whether a variable that
    it binds is an item of the case; and a quick look at it, where there is one."""

    part: BodyPart
    names: tuple[str, ...]
    reads: tuple[tuple[str | None, Term], ...] = ()
    free: tuple[tuple[int, str], ...] = ()
    repeated: bool = False
    bound: tuple[int, ...] = ()
    ground: bool = False
    anonymous: bool = False
    over_items: bool = False
    look: Look | None = None


def _planned(part: BodyPart, known: set[str], items: frozenset[int]) -> _Planned:
    """`items` are the positions of an atom's arguments that are items of the case."""
    names = tuple(dict.fromkeys(variable.name for variable in variables_of(part) if not variable.anonymous))
    if not isinstance(part, Literal):
        return _Planned(part, names)
    terms = part.atom.terms
    reads = tuple((term.name if isinstance(term, Variable) else None, term) for term in terms)
    first: dict[str, int] = {}
    repeated = False
    for position, term in enumerate(terms):
        if isinstance(term, Variable) and not term.anonymous and term.name not in known:
            repeated = repeated or term.name in first
            first.setdefault(term.name, position)
    bound = tuple(position for position, term in enumerate(terms) if not isinstance(term, Variable) or term.name in known)
    planned = _Planned(
        part,
        names,
        reads,
        () if part.negated else tuple((position, name) for name, position in first.items()),
        repeated,
        bound,
        ground=len(bound) == len(terms),
        anonymous=any(isinstance(term, Variable) and term.anonymous for term in terms),
        over_items=not items.isdisjoint(first.values()),
    )
    return planned._replace(look=_look(part, planned))


def _look(part: Literal, planned: _Planned) -> Look | None:
    """The quick look at an atom, where there is one."""
    predicate, terms = part.atom.predicate, part.atom.terms
    if part.negated or any(isinstance(term, Operation) for term in terms):
        return None
    if planned.ground:
        read = _reader(terms)

        def holds(world: World, known: dict[str, Given]) -> Step:
            pattern = read(known)
            if pattern in world.certain(predicate):
                return Step(part, "holds", pattern, (pattern,))  # type: ignore[arg-type]  # nothing is open
            return Step(part, "fails", pattern)

        return holds
    if planned.repeated or planned.anonymous or len(planned.free) != 1:
        return None
    ((position, name),) = planned.free
    bound, key = planned.bound, _reader([terms[place] for place in planned.bound])

    def gives(world: World, known: dict[str, Given]) -> Step | None:
        found = world.index(predicate, bound).get(key(known))  # type: ignore[arg-type]  # nothing is open
        if found is None or len(found) != 1:
            return None
        (atom,) = found
        known[name] = atom[position]
        return Step(part, "holds", (*atom[:position], None, *atom[position + 1 :]), (atom,))

    return gives


def _is_reading(part: BodyPart) -> bool:
    return isinstance(part, Literal) and part.atom.predicate == "reading"


def _ready(rule: Rule, part: BodyPart, known: set[str]) -> bool:
    def bound(term: Term) -> bool:
        return all(variable.name in known or variable.anonymous for variable in variables(term))

    if isinstance(part, Literal):
        return not part.negated or all(bound(term) for term in part.atom.terms)
    if isinstance(part, Comparison):
        if bound(part.left) and bound(part.right):
            return True
        pairs = ((part.left, part.right), (part.right, part.left))
        return part.operator == "=" and any(isinstance(one, Variable) and bound(other) for one, other in pairs)
    binds = part.operator == "=" and isinstance(part.bound, Variable)
    return shared_variables(rule, part) <= known and (binds or bound(part.bound))


def _reader(terms: Sequence[Term]) -> Callable[[Mapping[str, Given]], tuple[Given, ...]]:
    """What reads variables and constants out of an environment in which every one of the variables is bound."""
    names = [term.name for term in terms if isinstance(term, Variable)]
    if len(names) == len(terms) > 1:
        return operator.itemgetter(*names)
    parts = [
        (term.name, None) if isinstance(term, Variable) else (None, term.value) for term in terms if isinstance(term, (Variable, Constant))
    ]
    return lambda known: tuple([known[name] if name is not None else value for name, value in parts])  # type: ignore[misc]  # one of the two


def _computed(operator_: str, parts: Sequence[Any]) -> int:
    if len(parts) == 1:
        return -int(parts[0])
    one, other = int(parts[0]), int(parts[1])
    if operator_ == "+":
        return one + other
    if operator_ == "-":
        return one - other
    if operator_ == "*":
        return one * other
    quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
    return quotient if operator_ == "/" else one - other * quotient


def _combinations(pattern: Pattern) -> Iterator[tuple[Value | None, ...]]:
    """Every way to give an open value one of its values."""
    return product(*(value.values if isinstance(value, Open) else (value,) for value in pattern))


def _open(values: Iterable[Value]) -> Given:
    """The one value, or the several that are open."""
    found = tuple(dict.fromkeys(values))
    return found[0] if len(found) == 1 else Open(found)


def _repeated_agree(atom: Atom, arguments: Sequence[Value], known: Environment) -> bool:
    """Whether a variable that stands twice in an atom has one value in both places."""
    seen: dict[str, Value] = {}
    return all(
        seen.setdefault(term.name, value) == value
        for term, value in zip(atom.terms, arguments, strict=True)
        if isinstance(term, Variable) and not term.anonymous and term.name not in known
    )
