"""From the rules to the bounds they put on days and numbers, and to the calendar facts they ask for.

Days and numbers are followed from the facts of a case and the parameters, through the heads of rules, to every comparison
they reach. What cannot be followed is a problem, never a guess: a value compared after arithmetic, a period whose length
does not come from a parameter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import NamedTuple

from tiaoli.base import Problem, Statement
from tiaoli.encoding.critical_points import ORDERED, Bound, RuleBounds, Scope, Shift, Step
from tiaoli.policy import Policy
from tiaoli.rules import (
    Aggregate,
    Comparison,
    Constant,
    Contract,
    Literal,
    Operation,
    Program,
    Rule,
    Term,
    Variable,
    dependencies,
    variables,
)


class _Origin(NamedTuple):
    """Where a variable's value comes from: a field or a value, shifts on the way, and the entity it belongs to.

    Inside a rule `entity` is the entity's variable; between rules it is its position among the arguments. `None`: not
    known any more.
    """

    source: str | int
    shifts: tuple[Shift, ...]
    entity: str | int | None


def find_bounds(policy: Policy, program: Program) -> tuple[RuleBounds, list[Problem]]:
    """Every bound that the rules put on an ordered field, and a problem for each comparison that could not be
    followed."""
    return _BoundFinder(policy, program).run()


def rules_by_bound(policy: Policy, program: Program) -> Mapping[Bound, tuple[Rule, ...]]:
    """Every bound with the rules that put it."""
    finder = _BoundFinder(policy, program)
    finder.run()
    return {bound: tuple(rules) for bound, rules in finder.bounds.items()}


class _BoundFinder:
    def __init__(self, policy: Policy, program: Program) -> None:
        self.policy = policy
        self.program = program
        self.fields = {field.predicate: field for field in policy.fields.values()}
        self.bounds: dict[Bound, dict[Rule, None]] = defaultdict(dict)
        self.steps: dict[Step, None] = {}
        self.problems: list[Problem] = []
        self.rule: Rule
        # for every predicate: the origins of each argument, and the pairs of arguments that are an item and the one it stands in
        self.origins: dict[str, dict[int, set[_Origin]]] = defaultdict(lambda: defaultdict(set))
        self.owned: dict[str, set[tuple[int, int]]] = {}
        # for every predicate and argument: the fields from which its value is worked out
        self.worked: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for field in self.fields.values():
            if field.type in ORDERED:
                position = 2 if field.entity else 1
                self.origins[field.predicate][position] = {_Origin(field.path, (), 1 if field.entity else None)}
        for declared in policy.lists.values():
            if declared.parent:
                self.owned[declared.predicate] = {(1, 2)}

    def run(self) -> tuple[RuleBounds, list[Problem]]:
        rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.program.rules:
            rules[rule.head.predicate].append(rule)
        for predicate in TopologicalSorter(dependencies(self.program)).static_order():
            owned: list[set[tuple[int, int]]] = []
            for rule in rules.get(predicate, ()):
                owned.append(self._rule(rule))
            if owned:
                self.owned[predicate] = set.intersection(*owned)
        return RuleBounds(tuple(self.bounds), tuple(self.steps)), self.problems

    def _rule(self, rule: Rule) -> set[tuple[int, int]]:
        self.rule = rule
        found: dict[str, set[_Origin]] = defaultdict(set)
        pairs: set[tuple[str, str]] = set()
        literals = [literal for literal in rule.literals() if not literal.negated]
        for literal in literals:
            self._literal(literal, found, pairs)
        self._calendar(rule, literals, found)
        self._absent(rule, found, pairs)
        computed = set(self._computed(rule, found))
        worked = self._worked(rule, literals)
        self._followed(rule, found, worked)
        for comparison in rule.comparisons():
            self._comparison(rule, comparison, found, computed, pairs)
            if not _binds(comparison, literals):
                self._result(rule, comparison, worked)

        names = [term.name if isinstance(term, Variable) else None for term in rule.head.terms]
        for position, term in enumerate(rule.head.terms):
            if isinstance(term, Variable):
                self.origins[rule.head.predicate][position] |= {
                    _Origin(origin.source, origin.shifts, names.index(origin.entity) if origin.entity in names else None)
                    for origin in found.get(term.name, ())
                }
            elif isinstance(term, Constant) and isinstance(term.value, int):
                self.origins[rule.head.predicate][position].add(_Origin(term.value, (), None))
            for variable in variables(term):
                self.worked[rule.head.predicate][position] |= worked[variable.name]
                if isinstance(term, Operation) or variable.name in computed:
                    self.worked[rule.head.predicate][position] |= self._sources(rule, variable.name, found)
        return {(one, two) for one in range(len(names)) for two in range(len(names)) if (str(names[one]), str(names[two])) in pairs}

    def _literal(self, literal: Literal, found: dict[str, set[_Origin]], pairs: set[tuple[str, str]]) -> None:
        terms = literal.atom.terms
        for one, two in self.owned.get(literal.atom.predicate, ()):
            outer, inner = terms[one], terms[two]
            if isinstance(outer, Variable) and isinstance(inner, Variable):
                pairs.add((outer.name, inner.name))
        parameter = self._parameter(literal)
        for position, term in enumerate(terms):
            if isinstance(term, Constant) and isinstance(term.value, int):
                for origin in self.origins[literal.atom.predicate][position]:
                    self._bound(origin, _Origin(term.value, (), None), "=", pairs)
            if not isinstance(term, Variable) or term.anonymous:
                continue
            here = set()
            for origin in self.origins[literal.atom.predicate][position]:
                holder = terms[origin.entity] if isinstance(origin.entity, int) else None
                entity = holder.name if isinstance(holder, Variable) and not holder.anonymous else None
                here.add(_Origin(origin.source, origin.shifts, entity))
            if parameter is not None and position == 1:
                here.add(_Origin(parameter, (), None))
            # one variable in two places says that two values are equal
            for origin in here:
                for other in found[term.name]:
                    self._bound(origin, other, "=", pairs)
            found[term.name] |= here

    def _absent(self, rule: Rule, found: Mapping[str, set[_Origin]], pairs: set[tuple[str, str]]) -> None:
        """That there is no such atom compares its values with those that there are."""
        for literal in rule.literals():
            for position, term in enumerate(literal.atom.terms) if literal.negated else ():
                for one in found.get(term.name, ()) if isinstance(term, Variable) else ():
                    for other in self.origins[literal.atom.predicate][position]:
                        self._bound(one, _Origin(other.source, other.shifts, None), "=", pairs)

    def _parameter(self, literal: Literal) -> int | None:
        """The value of the parameter that a literal reads, where it is an ordered one."""
        first = literal.atom.terms[0] if literal.atom.terms else None
        if isinstance(first, Constant):
            parameter = self.policy.parameters.get(str(first.value))
            if parameter and parameter.unit == literal.atom.predicate and parameter.unit in ORDERED:
                return int(parameter.value)
        return None

    def _calendar(self, rule: Rule, literals: Sequence[Literal], found: dict[str, set[_Origin]]) -> None:
        """Follow days through add_months and calendar_year, whatever the order they are written in."""
        calendar = [literal for literal in literals if literal.atom.predicate in Contract.CALENDAR]
        for _ in calendar:
            for literal in calendar:
                start = literal.atom.terms[0]
                for origin in list(found[start.name]) if isinstance(start, Variable) else ():
                    for term, shift in self._shifts(literal, found):
                        self.steps[origin.source, origin.shifts, shift] = None
                        if isinstance(term, Variable):
                            found[term.name].add(_Origin(origin.source, (*origin.shifts, shift), origin.entity))
        for literal in calendar:
            start = literal.atom.terms[0]
            if not isinstance(start, Variable) or not found[start.name] or not list(self._shifts(literal, found)):
                self.problems.append(
                    Problem(
                        rule.where,
                        Statement(
                            f"{literal.atom.predicate} 的日期须来自案件或参数，月数须来自参数",
                            f"the day of {literal.atom.predicate} must come from the case or a parameter, its months from a parameter",
                        ),
                        "rule-calendar",
                    )
                )

    def _shifts(self, literal: Literal, found: Mapping[str, set[_Origin]]) -> Iterator[tuple[Term, Shift]]:
        """The result terms of a calendar literal, each with the shift that leads to it."""
        terms = literal.atom.terms
        if literal.atom.predicate == Contract.CALENDAR_YEAR.name:
            yield terms[1], "january"
            yield terms[2], "december"
        elif isinstance(terms[1], Variable):
            for months in found[terms[1].name]:
                if isinstance(months.source, int):
                    yield terms[2], months.source

    def _computed(self, rule: Rule, found: Mapping[str, set[_Origin]]) -> Iterator[str]:
        """Variables bound by arithmetic over ordered fields: what they are compared with cannot be turned into
        bounds."""
        for comparison in rule.comparisons():
            left, right = comparison.left, comparison.right
            if comparison.operator != "=" or not isinstance(left, Variable) or not isinstance(right, Operation):
                continue
            if any(self._ordered(found[inner.name]) for inner in variables(right)):
                yield left.name
        for part in rule.body:
            if isinstance(part, Aggregate) and part.operator == "=" and isinstance(part.bound, Variable):
                terms = [term for element in part.elements for term in element.terms]
                if any(self._ordered(found[inner.name]) for term in terms for inner in variables(term)):
                    yield part.bound.name

    def _sources(self, rule: Rule, name: str, found: Mapping[str, set[_Origin]]) -> set[str]:
        """The fields that a variable's value comes from, through what it is bound to as well."""
        terms = [item.right for item in rule.comparisons() if item.operator == "=" and item.left == Variable(name)]
        names = {name, *(inner.name for term in terms for inner in variables(term))}
        return {origin.source for one in names for origin in found.get(one, ()) if isinstance(origin.source, str)}

    def _worked(self, rule: Rule, literals: Sequence[Literal]) -> dict[str, set[str]]:
        """For every variable, the fields from which the value that a rule is given was worked out by others."""
        worked: dict[str, set[str]] = defaultdict(set)
        for literal in literals:
            for position, term in enumerate(literal.atom.terms):
                if isinstance(term, Variable):
                    worked[term.name] |= self.worked[literal.atom.predicate][position]
        for comparison in rule.comparisons():
            if isinstance(comparison.left, Variable) and _binds(comparison, literals):
                worked[comparison.left.name] |= set().union(*(worked[variable.name] for variable in variables(comparison.right)))
        for part in rule.body:
            if isinstance(part, Aggregate) and part.operator == "=" and isinstance(part.bound, Variable):
                terms = [term for element in part.elements for term in element.terms]
                worked[part.bound.name] |= {path for term in terms for variable in variables(term) for path in worked[variable.name]}
        return worked

    def _followed(self, rule: Rule, found: Mapping[str, set[_Origin]], worked: Mapping[str, set[str]]) -> None:
        """What compares values without a comparison: an atom with a number that was worked out, and an aggregate."""

        def sources(terms: Iterable[Term]) -> set[str]:
            names = {variable.name for term in terms for variable in variables(term)}
            ordered = {origin.source for name in names for origin in found.get(name, ()) if isinstance(origin.source, str)}
            return ordered.union(*(worked.get(name, set()) for name in names))

        places: dict[str, int] = defaultdict(int)
        for literal in rule.literals():
            for position, term in enumerate(literal.atom.terms):
                here = self.worked[literal.atom.predicate][position]
                if isinstance(term, Variable) and here:
                    places[term.name] += 1
                if (isinstance(term, Constant) and here) or (isinstance(term, Operation) and sources([term])):
                    self._lost(rule)
        if any(number > 1 for name, number in places.items() if name != "_"):
            self._lost(rule)
        for part in rule.body:
            if isinstance(part, Aggregate):
                summed = sources(element.terms[0] for element in part.elements if element.terms) if part.function == "sum" else set()
                exact = part.operator in ("=", "!=") and not isinstance(part.bound, Variable)
                # a rule of the policy counts the day of the application as one application
                counted = (
                    set() if rule.sentences or part.function == "sum" else sources(term for one in part.elements for term in one.terms)
                )
                if counted or (summed and (exact or any(self.policy.fields[path].type != "money" for path in summed))):
                    self._lost(rule)

    def _result(self, rule: Rule, comparison: Comparison, worked: Mapping[str, set[str]]) -> None:
        """What was worked out of a sum of money only grows with it, so that it is enough to look at both ends of a stretch of
        sums; but not where it has to be one sum and no other."""
        names = {variable.name for side in (comparison.left, comparison.right) for variable in variables(side)}
        sources = set().union(*(worked.get(name, set()) for name in names))
        exact = comparison.operator in ("=", "!=")
        if sources and (exact or any(self.policy.fields[path].type != "money" for path in sources)):
            self._lost(rule)

    def _lost(self, rule: Rule) -> None:
        self.problems.append(
            Problem(
                rule.where,
                Statement(
                    "由案件中的日期、金额或期限算出的数值，不能再作比较；只有由金额算出的数值可用 <、<=、>、>= 比较",
                    "a value worked out from a day, an amount or a term of the case is compared; "
                    "only what is worked out from an amount may be, with <, <=, > or >=",
                ),
                "rule-arithmetic",
            )
        )

    def _ordered(self, origins: Iterable[_Origin]) -> bool:
        return any(isinstance(origin.source, str) for origin in origins)

    def _comparison(
        self,
        rule: Rule,
        comparison: Comparison,
        found: Mapping[str, set[_Origin]],
        computed: set[str],
        pairs: set[tuple[str, str]],
    ) -> None:
        sides = (comparison.left, comparison.right)
        binds = comparison.operator == "=" and isinstance(comparison.left, Variable) and not found[comparison.left.name]
        if binds and isinstance(comparison.right, Operation):
            return
        for side in sides:
            inner = {variable.name for variable in variables(side)}
            arithmetic = isinstance(side, Operation) and any(self._ordered(found[name]) for name in inner)
            if arithmetic or inner & computed:
                self.problems.append(
                    Problem(
                        rule.where,
                        Statement(
                            "不能对日期、金额或期限先运算再比较；请比较原值",
                            "a day, an amount or a term is compared after arithmetic; compare the value itself",
                        ),
                        "rule-arithmetic",
                    )
                )
                return
        left, right = (self._side(side, found) for side in sides)
        for one in left:
            for other in right:
                self._bound(one, other, comparison.operator, pairs)

    def _side(self, side: object, found: Mapping[str, set[_Origin]]) -> set[_Origin]:
        if isinstance(side, Variable):
            return found[side.name]
        if isinstance(side, Constant) and isinstance(side.value, int):
            return {_Origin(side.value, (), None)}
        return set()

    def _bound(self, left: _Origin, right: _Origin, operator: str, pairs: set[tuple[str, str]]) -> None:
        """`left operator right` true or false, each as lower bounds on one of the two."""
        scope = self._scope(left, right, pairs)
        # x <= y holds where y >= x and fails where x > y; so for the other operators
        strict_left = operator in ("<=", ">", "=", "!=")
        strict_right = operator in ("<", ">=", "=", "!=")
        plain_left = operator in ("<", ">=", "=", "!=")
        plain_right = operator in ("<=", ">", "=", "!=")
        for one, other, plain, strict in ((left, right, plain_left, strict_left), (right, left, plain_right, strict_right)):
            if isinstance(one.source, str):
                for wanted, is_strict in ((plain, False), (strict, True)):
                    if wanted:
                        self.bounds[Bound(one.source, one.shifts, is_strict, other.source, other.shifts, scope)][self.rule] = None

    def _scope(self, left: _Origin, right: _Origin, pairs: set[tuple[str, str]]) -> Scope:
        if left.entity is None or right.entity is None or isinstance(left.source, int) or isinstance(right.source, int):
            return "any"
        if left.entity == right.entity:
            return "same"
        pair = (str(left.entity), str(right.entity))
        return "own" if pair in pairs or pair[::-1] in pairs else "any"


def _binds(comparison: Comparison, literals: Iterable[Literal]) -> bool:
    """Whether a comparison gives a variable its value."""
    return comparison.operator == "=" and not any(comparison.left in literal.atom.terms for literal in literals)
