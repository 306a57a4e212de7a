"""From rules to relations: for each predicate its tuples of arguments, each with the formula under which it is derived.

An argument is ground (a name, a text, a number, `#sup`) or symbolic (a `Day`, a `Num`). For every assignment of the facts the tuples
whose formula is true are exactly the atoms of the predicate in the one stable model: rules are stratified and not recursive, so this is
their completion, unfolded. It is unfolded on demand, by the pattern of ground arguments that is asked for, and kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from tiaoli.encoding import Encoding
from tiaoli.rules import (
    Aggregate,
    Atom,
    BodyPart,
    Comparison,
    Constant,
    Contract,
    Name,
    Rule,
    Term,
    Variable,
    variables,
    variables_in,
    variables_of,
)
from tiaoli.symbolic.budget import NO_LIMIT, Budget
from tiaoli.symbolic.days import Day
from tiaoli.symbolic.formulas import Formula, both, either, exactly, negation, one_of
from tiaoli.symbolic.symbolic_facts import Facts
from tiaoli.symbolic.symbolic_functions import SymbolicFunctions
from tiaoli.symbolic.values import Item, Num, Outside, SymbolicValue, is_ground, key_of

Pattern: TypeAlias = tuple[SymbolicValue | None, ...]
Tuples: TypeAlias = list[tuple[tuple[SymbolicValue, ...], Formula]]
_Bindings: TypeAlias = Mapping[str, SymbolicValue]

_ENUMERATED = 6
"""Up to so many things are counted by a formula for each number, so that the count is ground; more make one exact number."""

_NOT_YET = 8000
"""The cost of a part of a body whose variables have to be bound by another part first."""


class Relations:
    """The relations of one version of the rules, and of a `program` of further rules, over some facts.

    Readings that `readings` does not fix are free: one of their options holds. Several versions may stand over the same facts; what
    they say alike is one and the same formula, and so is a reading that is free in both. Building raises `Outside` where a rule cannot
    be said exactly, and `LimitReached` at a limit of the `budget`.
    """

    def __init__(
        self,
        encoding: Encoding,
        facts: Facts,
        program: Iterable[Rule] = (),
        readings: Mapping[str, str] | None = None,
        budget: Budget = NO_LIMIT,
    ) -> None:
        self.policy = encoding.policy
        self.facts = facts
        self.terms = facts.terms
        self.functions = SymbolicFunctions(facts.terms)
        self.budget = budget
        self.rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in (*encoding.program.rules, *program):
            self.rules[rule.head.predicate].append(rule)
        self._known: dict[str, Tuples] = defaultdict(list)
        for fact in self.policy.facts:
            self._known[fact.predicate].append((fact.arguments, True))
        for name, reading in self.policy.readings.items():
            fixed = (readings or {}).get(name)
            flags = [reading_flag(facts, name, option.id) for option in reading.options]
            if fixed is None and facts.is_new_reading(name, flags):
                facts.constraints += one_of(flags)
            for option, flag in zip(reading.options, flags, strict=True):
                self._known[Contract.READING.name].append(((Name(name), Name(option.id)), flag if fixed is None else option.id == fixed))
        self._found: dict[tuple[str, tuple[Hashable, ...]], Tuples] = {}
        self._order: dict[tuple[tuple[int, ...], frozenset[str]], tuple[BodyPart, tuple[BodyPart, ...], tuple[BodyPart, ...]]] = {}
        self._like: Relations | None = None
        self._differing: frozenset[str] = frozenset()

    def share(self, other: Relations, differing: Collection[str]) -> None:
        """Take the tuples of all predicates but the `differing` ones from relations over the same facts in which these are the same."""
        self._like, self._differing = other, frozenset(differing)

    def tuples(self, predicate: str, pattern: Pattern) -> Tuples:
        """The tuples of a predicate that agree with a pattern of ground values (`None`: any), each once."""
        if self._like is not None and predicate not in self._differing:
            return self._like.tuples(predicate, pattern)
        place = (predicate, tuple(None if value is None else key_of(value) for value in pattern))
        found = self._found.get(place)
        if found is None:
            merged: dict[tuple[Hashable, ...], tuple[tuple[SymbolicValue, ...], list[Formula]]] = {}
            keys = place[1]
            for arguments, guard in self._derived(predicate, pattern):
                if guard is not False:
                    own = tuple(map(key_of, arguments))
                    if all(one is None or one == key or not is_ground(value) for one, key, value in zip(keys, own, arguments, strict=True)):
                        merged.setdefault(own, (arguments, []))[1].append(guard)
            found = self._found[place] = [(arguments, either(guards)) for arguments, guards in merged.values()]
        return found

    def holds(self, predicate: str, pattern: Pattern) -> Formula:
        """That some tuple agrees with a pattern."""
        return either(guard for _, guard in self.tuples(predicate, pattern))

    def bodies(self, rule: Rule, parts: Sequence[BodyPart] | None = None) -> Formula:
        """That the body of a rule, or some parts of it, can be fulfilled, whatever its variables are."""
        return either(both(*guards) for _, guards in self._body(tuple(rule.body if parts is None else parts), {}, rule))

    def _derived(self, predicate: str, pattern: Pattern) -> Iterator[tuple[tuple[SymbolicValue, ...], Formula]]:
        facts = self.facts
        if predicate in facts.lists or predicate in facts.fields:
            yield from facts.tuples(predicate, pattern)
        elif predicate == Contract.ASKED.name:
            for benefit in self.policy.benefits.values():
                if pattern[1] in (None, benefit.id):
                    for item, _, there in facts.of_entity(benefit.subject):
                        assert item is not None
                        for copy in facts.copies:
                            yield (copy, Name(benefit.id), item), there
        elif predicate == Contract.LATER.name:
            days = [facts.slot(self.policy.schema.day, None, copy)[0][0] for copy in facts.copies]
            if len(days) == 2:
                yield (1, 2), self.terms.compare("<", *days)
        elif predicate in self.rules:
            for rule in self.rules[predicate]:
                yield from self._rule(rule, pattern)
        else:
            yield from self._known.get(predicate, ())

    def _rule(self, rule: Rule, pattern: Pattern) -> Iterator[tuple[tuple[SymbolicValue, ...], Formula]]:
        self.budget.check()
        bindings: dict[str, SymbolicValue] = {}
        for term, value in zip(rule.head.terms, pattern, strict=True):
            if value is None:
                continue
            if isinstance(term, Variable):
                if key_of(bindings.setdefault(term.name, value)) != key_of(value):
                    return
            elif isinstance(term, Constant) and key_of(term.value) != key_of(value):
                return
        for found, guards in self._body(rule.body, bindings, rule):
            arguments = tuple(value for term in rule.head.terms if (value := self._term(term, found, rule)) is not None)
            if len(arguments) == len(rule.head.terms):
                yield arguments, both(*guards)

    # Terms

    def _term(self, term: Term, bindings: _Bindings, rule: Rule) -> SymbolicValue | None:
        """The value of a term; `None` where clingo has none."""
        if isinstance(term, Constant):
            return term.value
        if isinstance(term, Variable):
            return bindings[term.name]
        values = [value for argument in term.arguments if (value := self._term(argument, bindings, rule)) is not None]
        if len(values) < len(term.arguments):
            return None
        with _in(rule):
            return self.terms.arithmetic(term.operator, *(values if len(values) == 2 else (0, *values)))

    def _compare(self, relation: str, one: SymbolicValue, other: SymbolicValue, rule: Rule) -> Formula:
        with _in(rule):
            return self.terms.compare(relation, one, other)

    # Bodies

    def _body(
        self, parts: tuple[BodyPart, ...], bindings: _Bindings, rule: Rule, guards: tuple[Formula, ...] = ()
    ) -> Iterator[tuple[_Bindings, tuple[Formula, ...]]]:
        """Every way to fulfil some parts of a body: the values of its variables, and the formulas met on the way."""
        if not parts:
            yield bindings, guards
            return
        self.budget.check()
        part, rest = self._first(parts, bindings)
        for found, guard in self._step(part, bindings, rule):
            if guard is not False:
                yield from self._body(rest, found, rule, guards if guard is True else (*guards, guard))

    def _first(self, parts: tuple[BodyPart, ...], bindings: _Bindings) -> tuple[BodyPart, tuple[BodyPart, ...]]:
        """The part of a body that is the least dear, and the rest: it depends on which variables are bound, and not on their values."""
        place = tuple(map(id, parts)), frozenset(bindings)
        found = self._order.get(place)
        if found is None:
            part = min(parts, key=lambda one: self._cost(one, parts, bindings))
            # the parts are kept, so that no other is taken for one of them
            found = self._order[place] = part, tuple(one for one in parts if one is not part), parts
        return found[:2]

    def _cost(self, part: BodyPart, parts: Sequence[BodyPart], bindings: _Bindings) -> int:
        """What is dear is done late: first what only tests, then what gives few values; never what is not bound yet."""
        if isinstance(part, Comparison):
            gives = part.operator == "=" and isinstance(part.left, Variable) and not _unbound([part.right], bindings)
            return 0 if gives or not _unbound([part.left, part.right], bindings) else _NOT_YET
        if isinstance(part, Aggregate):
            outside = {variable.name for other in parts if other is not part for variable in variables_of(other)}
            inside = {variable.name for element in part.elements for variable in variables_in(element)}
            return 50 if not (inside & outside) - set(bindings) else _NOT_YET
        if part.negated:
            return 1 if not _unbound(part.atom.terms, bindings) else _NOT_YET
        predicate, terms = part.atom.predicate, part.atom.terms
        if predicate in Contract.FUNCTIONS:
            return 2 if not _unbound(terms[: Contract.FUNCTIONS[predicate]], bindings) else _NOT_YET
        unbound = _unbound(terms, bindings)
        return 2 + unbound if predicate in self._known else 10 + 10 * unbound

    def _step(self, part: BodyPart, bindings: _Bindings, rule: Rule) -> Iterator[tuple[_Bindings, Formula]]:
        if isinstance(part, Comparison):
            yield from self._comparison(part, bindings, rule)
        elif isinstance(part, Aggregate):
            yield from self._aggregate(part, bindings, rule)
        elif part.negated:
            yield bindings, negation(either(both(*guards) for _, guards in self._matches(part.atom, bindings, rule)))
        else:
            for found, guards in self._matches(part.atom, bindings, rule):
                yield found, both(*guards)

    def _comparison(self, part: Comparison, bindings: _Bindings, rule: Rule) -> Iterator[tuple[_Bindings, Formula]]:
        if isinstance(part.left, Variable) and part.left.name not in bindings:
            value = self._term(part.right, bindings, rule)
            if value is not None:
                yield {**bindings, part.left.name: value}, True
            return
        left, right = self._term(part.left, bindings, rule), self._term(part.right, bindings, rule)
        if left is not None and right is not None:
            if any(isinstance(value, Item) and value.entity in self.facts.many for value in (left, right)):
                raise Outside.of("比较了仅计数的条目的编号", "it compares the ids of items of which only the number is known").at(rule)
            yield bindings, self._compare(part.operator, left, right, rule)

    def _matches(self, atom: Atom, bindings: _Bindings, rule: Rule) -> Iterator[tuple[_Bindings, tuple[Formula, ...]]]:
        """Every tuple that an atom can stand for: the bindings with it, and the formulas under which it does."""
        bound = [not _is_anonymous(term) and not _unbound([term], bindings) for term in atom.terms]
        wanted = [self._term(term, bindings, rule) if is_bound else None for term, is_bound in zip(atom.terms, bound, strict=True)]
        if any(is_bound and value is None for is_bound, value in zip(bound, wanted, strict=True)):
            return
        for arguments, guard in self._candidates(atom, wanted, rule):
            found, guards = dict(bindings), [guard]
            for term, value, known in zip(atom.terms, arguments, wanted, strict=True):
                if _is_anonymous(term):
                    continue
                if isinstance(term, Variable) and term.name not in found:
                    found[term.name] = value
                else:
                    own = known if known is not None else self._term(term, found, rule)
                    if own is not value:
                        guards.append(False if own is None else self._compare("=", own, value, rule))
            if not any(one is False for one in guards):
                yield found, tuple(one for one in guards if one is not True)

    def _candidates(self, atom: Atom, wanted: Sequence[SymbolicValue | None], rule: Rule) -> Tuples:
        if atom.predicate in Contract.FUNCTIONS:
            given = tuple(wanted[: Contract.FUNCTIONS[atom.predicate]])
            with _in(rule):
                results = self.functions.results(atom.predicate, given)
            return [] if results is None else [((*(value for value in given if value is not None), *results), True)]
        return self.tuples(atom.predicate, tuple(self._looked_up(atom, place, value, wanted) for place, value in enumerate(wanted)))

    def _looked_up(
        self, atom: Atom, place: int, value: SymbolicValue | None, wanted: Sequence[SymbolicValue | None]
    ) -> SymbolicValue | None:
        """A value by which tuples are looked up, where equal values are one: not for an item in a place that may hold items of
        another list, since two lists may use one id."""
        if value is None or not is_ground(value):
            return None
        if not isinstance(value, Item):
            return value
        declared = self.policy.predicates.get(atom.predicate)
        if declared is None:
            return None
        kinds = [kind for _, kind in declared.arguments]
        entities = {kinds[place]}
        if not entities & set(self.policy.list_of):
            named = [self.policy.benefits.get(str(one)) for one, kind in zip(wanted, kinds, strict=True) if kind == "benefit"]
            entities = {benefit.subject if benefit else "" for benefit in named} or {""}
        return value if entities == {value.entity} else None

    # Aggregates

    def _aggregate(self, part: Aggregate, bindings: _Bindings, rule: Rule) -> Iterator[tuple[_Bindings, Formula]]:
        counted = self._counted(part, bindings, rule)
        total: int | Num
        with _in(rule):
            if part.function == "count" and not self.facts.many and len(counted) <= _ENUMERATED:
                yield from self._enumerated(part, [guard for _, guard in counted], bindings, rule)
                return
            total = self.terms.total((guard, self._weight(part, values)) for values, guard in counted if self._weighs(part, values))
        if _unbound([part.bound], bindings):
            assert isinstance(part.bound, Variable)
            yield {**bindings, part.bound.name: total}, True
        else:
            bound = self._term(part.bound, bindings, rule)
            if bound is not None:
                yield bindings, self._compare(part.operator, total, bound, rule)

    def _enumerated(
        self, part: Aggregate, guards: Sequence[Formula], bindings: _Bindings, rule: Rule
    ) -> Iterator[tuple[_Bindings, Formula]]:
        """A count of few things: each number it can be, with its formula."""
        numbers = list(enumerate(exactly(guards)))
        if _unbound([part.bound], bindings):
            assert isinstance(part.bound, Variable)
            yield from (({**bindings, part.bound.name: number}, guard) for number, guard in numbers)
        else:
            bound = self._term(part.bound, bindings, rule)
            if bound is not None:
                yield bindings, either(both(guard, self._compare(part.operator, number, bound, rule)) for number, guard in numbers)

    def _counted(self, part: Aggregate, bindings: _Bindings, rule: Rule) -> Tuples:
        """The tuples of an aggregate, each with the formula that it is among them; of those that are equal only one is."""
        merged: dict[tuple[Hashable, ...], tuple[tuple[SymbolicValue, ...], list[Formula]]] = {}
        for element in part.elements:
            for found, guards in self._body(element.condition, bindings, rule):
                values = tuple(value for term in element.terms if (value := self._term(term, found, rule)) is not None)
                if len(values) == len(element.terms):
                    merged.setdefault(tuple(map(key_of, values)), (values, []))[1].append(both(*guards))
        counted: Tuples = []
        tuples = [(values, either(guards)) for values, guards in merged.values()]
        for number, (values, guard) in enumerate(tuples):
            twins = [
                both(known, *(self._compare("=", one, other, rule) for one, other in zip(values, others, strict=True)))
                for others, known in tuples[:number]
                if len(others) == len(values) and not all(map(is_ground, (*values, *others)))
            ]
            counted.append((values, both(guard, negation(either(twins)))))
        return counted

    def _weighs(self, part: Aggregate, values: Sequence[SymbolicValue]) -> bool:
        if part.function == "sum" and isinstance(values[0], Day):
            raise Outside.of("对日期求和", "it adds up days")
        return part.function == "count" or isinstance(values[0], (int, Num))

    def _weight(self, part: Aggregate, values: Sequence[SymbolicValue]) -> int | Num:
        """What a tuple adds: 1 or its first value, as often as the items in it stand for."""
        own = values[0] if part.function == "sum" else 1
        assert isinstance(own, (int, Num))
        alike = [self.facts.weight[value] for value in values if isinstance(value, Item) and value in self.facts.weight]
        if len(alike) > 1:
            raise Outside.of("一并计数了多个仅知数目的条目", "it counts several items together of which only the number is known")
        return self.terms.product(own, alike[0]) if alike else own


class _in:  # noqa: N801 - reads as `with _in(rule)`
    """What is outside the translation in here, is so in this rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, Outside) and error.rule is None:
            error.rule = self.rule


def reading_flag(facts: Facts, name: str, option: str) -> Formula:
    """That an option of a reading holds, where the reading is free."""
    return facts.flag(f"reading {name}={option}")


def _unbound(terms: Iterable[Term], bindings: _Bindings) -> int:
    return sum(not variable.anonymous and variable.name not in bindings for term in terms for variable in variables(term))


def _is_anonymous(term: Term) -> bool:
    return isinstance(term, Variable) and term.anonymous
