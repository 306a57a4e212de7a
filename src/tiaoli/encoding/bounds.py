"""From the rules to the bounds they put on days and numbers.

Days and numbers are followed from the facts of a case and the parameters, through the heads of rules, to every comparison
they reach. What cannot be followed is a problem, never a guess: a value compared after arithmetic, a period as long as rules work
out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter

from tiaoli.base import Problem, Statement
from tiaoli.encoding.critical_points import Bound, RuleBounds, Scope, range_of, uneven_circles
from tiaoli.encoding.reckoned_values import ReckonedValues
from tiaoli.encoding.value_origins import (
    CHOICES,
    RECKONED,
    SPANS,
    Found,
    Origin,
    Span,
    bindings,
    compared_codes,
    function_results,
    number,
    origins_of,
    reach,
    tests,
    totals,
)
from tiaoli.policy import LISTED, Integer, Policy
from tiaoli.rules import Aggregate, Constant, Contract, Literal, Program, Rule, Term, Variable, dependencies

MOST_LENGTHS = {
    Contract.ADD_DAYS.name: 36_600,
    Contract.ADD_WEEKS.name: 5_200,
    Contract.ADD_MONTHS.name: 1_200,
    Contract.ADD_YEARS.name: 100,
    Contract.BIRTHDAY.name: 150,
}
"""The functions that go from one day to another, and how far."""

_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def find_bounds(policy: Policy, program: Program) -> tuple[RuleBounds, list[Problem]]:
    """Every bound that the rules put on an ordered field, and a problem for each comparison that could not be
    followed."""
    return _BoundFinder(policy, program).run()


def rules_by_bound(policy: Policy, program: Program) -> Mapping[Bound, tuple[Rule, ...]]:
    """Every bound with the rules that put it."""
    finder = _BoundFinder(policy, program)
    finder.follow()
    return {bound: tuple(rules) for bound, rules in finder.bounds.items()}


class _BoundFinder:
    def __init__(self, policy: Policy, program: Program) -> None:
        self.policy = policy
        self.program = program
        self.fields = {field.predicate: field for field in policy.fields.values()}
        self.bounds: dict[Bound, dict[Rule, None]] = defaultdict(dict)
        self.problems: list[Problem] = []
        self.reckoned = ReckonedValues(policy, self.problems)
        self.rule: Rule
        # for every predicate: the origins of each argument, and the pairs of arguments that are an item and the one it stands in
        self.origins: dict[str, dict[int, set[Origin]]] = defaultdict(lambda: defaultdict(set))
        self.owned: dict[str, set[tuple[int, int]]] = {}
        for field in self.fields.values():
            if field.type.span:
                position = 2 if field.entity else 1
                self.origins[field.predicate][position] = {Origin(field.path, (), 1 if field.entity else None)}
        for table in policy.tables.values():
            for row in table.rows:
                for position, value in enumerate(table.fact(row).arguments):
                    if isinstance(value, int):
                        self.origins[table.predicate][position].add(number(value))
        for declared in policy.lists.values():
            if declared.parent:
                self.owned[declared.predicate] = {(1, 2)}

    def run(self) -> tuple[RuleBounds, list[Problem]]:
        self.follow()
        self.reckoned.check(self.program)
        self._circles()
        bounds = (*self.bounds, *self._every_value())
        codes = compared_codes(self.policy, self.program.rules)
        return RuleBounds(bounds, frozenset(self.reckoned.both_ends), self.reckoned.results, codes), self.problems

    def follow(self) -> None:
        """Go through the rules, those of a predicate after those for what they rest on, and note each bound with the rule that puts it."""
        rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.program.rules:
            rules[rule.head.predicate].append(rule)
        for predicate in TopologicalSorter(dependencies(self.program)).static_order():
            owned: list[set[tuple[int, int]]] = []
            for rule in rules.get(predicate, ()):
                owned.append(self._rule(rule))
            if owned:
                self.owned[predicate] = set.intersection(*owned)

    def _every_value(self) -> Iterator[Bound]:
        """For a fact of which every value is looked at, each of them as a bound."""
        for path in sorted(self.reckoned.whole):
            low, high = range_of(self.policy, path)
            yield from (Bound(path, (), False, value, (), "any") for value in range(low, high + 1))

    def _circles(self) -> None:
        """Bounds in a circle that raise some days and not others have solutions that no chain of bounds reaches."""
        for circle in uneven_circles(self.policy, list(self.bounds), self._together):
            rules = dict.fromkeys(rule for bound in circle for rule in self.bounds[bound] if bound.target_shifts or bound.other_shifts)
            rule, *others = rules
            near = "、".join(other.where for other in others[:3]), ", ".join(other.where for other in others[:3])
            zh = f"与{near[0]}合在一起，" if others else ""
            en = f"together with {near[1]}, " if others else ""
            fields = list(dict.fromkeys(bound.target for bound in circle))
            self._refuse(
                rule,
                "rule-calendar-circle",
                f"{zh}期限的算法在月末互不一致（涉及 {'、'.join(fields)}）；同一段期限请只用一种算法，并取自一个参数",
                f"{en}periods are counted in ways that differ at the ends of months ({', '.join(fields)}); "
                "count a period in one way, and take it from one parameter",
            )

    def _together(self, bounds: Sequence[Bound]) -> bool:
        """Whether rules that put these bounds can apply under one choice of readings."""
        choices: list[dict[str, str]] = [{}]
        for bound in bounds:
            wanted = [_readings(rule) for rule in self.bounds[bound]]
            choices = [
                one | other for one in choices for other in wanted if all(one.get(name, option) == option for name, option in other.items())
            ]
        return bool(choices)

    def _rule(self, rule: Rule) -> set[tuple[int, int]]:
        self.rule = rule
        found: dict[str, set[Origin]] = defaultdict(set)
        pairs: set[tuple[str, str]] = set()
        literals = [literal for literal in rule.literals() if not literal.negated]
        for literal in literals:
            self._literal(literal, found, pairs)
        given = {
            term.name
            for literal in literals
            for term in literal.atom.terms[Contract.FUNCTIONS.get(literal.atom.predicate, 0) :]
            if isinstance(term, Variable)
        }
        functions = [literal for literal in rule.literals() if literal.atom.predicate in Contract.FUNCTIONS]
        reach(rule, given, found, lambda: self._functions(functions, found))
        self._functions_known(rule, functions, found, pairs)
        self._bound_in_two_ways(rule, given, found, pairs)
        self._absent(rule, found, pairs)
        self.reckoned.follow(rule, given, found)
        for comparison in tests(rule, given):
            for one in origins_of(comparison.left, found):
                for other in origins_of(comparison.right, found):
                    self._bound(one, other, comparison.operator, pairs)
        self._aggregates(rule, given, found, pairs)

        names = [term.name if isinstance(term, Variable) else None for term in rule.head.terms]
        for position, term in enumerate(rule.head.terms):
            self.origins[rule.head.predicate][position] |= {
                origin.of(lambda entity: names.index(str(entity)) if entity is not None and entity in names else None)
                for origin in origins_of(term, found)
            }
        return {(one, two) for one in range(len(names)) for two in range(len(names)) if (str(names[one]), str(names[two])) in pairs}

    def _literal(self, literal: Literal, found: dict[str, set[Origin]], pairs: set[tuple[str, str]]) -> None:
        terms = literal.atom.terms
        for one, two in self.owned.get(literal.atom.predicate, ()):
            outer, inner = terms[one], terms[two]
            if isinstance(outer, Variable) and isinstance(inner, Variable):
                pairs.add((outer.name, inner.name))
        parameter = self._parameter(literal)
        for position, term in enumerate(terms):
            if isinstance(term, Constant) and isinstance(term.value, int):
                for origin in self.origins[literal.atom.predicate][position]:
                    self._bound(origin, number(term.value), "=", pairs)
            if not isinstance(term, Variable) or term.anonymous:
                continue
            here = {origin.of(lambda place: _name(terms, place)) for origin in self.origins[literal.atom.predicate][position]}
            if parameter is not None and position == 1:
                here.add(number(parameter))
            # one variable in two places says that two values are equal
            for origin in here:
                for other in found[term.name]:
                    self._bound(origin, other, "=", pairs)
            found[term.name] |= here

    def _bound_in_two_ways(self, rule: Rule, given: set[str], found: Mapping[str, set[Origin]], pairs: set[tuple[str, str]]) -> None:
        """Where two parts of a rule give one variable its value, the two are equal."""
        ways: dict[str, list[set[Origin]]] = defaultdict(list)
        for name, term in bindings(rule, given):
            ways[name].append(origins_of(term, found))
        for name, _ in totals(rule, given):
            ways[name].append({RECKONED})
        for several in ways.values():
            for place, ones in enumerate(several):
                for others in several[:place]:
                    for one in ones:
                        for other in others:
                            self._bound(one, other, "=", pairs)

    def _absent(self, rule: Rule, found: Mapping[str, set[Origin]], pairs: set[tuple[str, str]]) -> None:
        """That there is no such atom compares its values with those that there are."""
        for literal in rule.literals():
            for position, term in enumerate(literal.atom.terms) if literal.negated else ():
                for one in origins_of(term, found):
                    for other in self.origins[literal.atom.predicate][position]:
                        self._bound(one, Origin(other.source, other.shifts, None), "=", pairs)

    def _aggregates(self, rule: Rule, given: set[str], found: Mapping[str, set[Origin]], pairs: set[tuple[str, str]]) -> None:
        """A total compares itself with its bound; and of tuples that are equal only one is counted."""
        for part in rule.body:
            if not isinstance(part, Aggregate):
                continue
            if part.operator != "=" or not isinstance(part.bound, Variable) or part.bound.name in given:
                for origin in origins_of(part.bound, found):
                    self._bound(origin, RECKONED, part.operator, pairs)
            longest = max((len(element.terms) for element in part.elements), default=0)
            for place in range(longest):
                here = [
                    Origin(origin.source, origin.shifts, None)
                    for element in part.elements
                    for term in element.terms[place : place + 1]
                    for origin in origins_of(term, found)
                    # what bears the item that it belongs to beside it is never twice there
                    if origin.entity is not None and Variable(str(origin.entity)) not in element.terms
                ]
                for one in here:
                    for other in here:
                        self._bound(one, other, "=", pairs)

    def _parameter(self, literal: Literal) -> int | None:
        """The value of the parameter that a literal reads, where it is a number."""
        first = literal.atom.terms[0] if literal.atom.terms else None
        if isinstance(first, Constant):
            parameter = self.policy.parameters.get(str(first.value))
            if parameter and parameter.unit == literal.atom.predicate and isinstance(parameter.value, int):
                return parameter.value
        return None

    def _functions(self, functions: Sequence[Literal], found: dict[str, set[Origin]]) -> None:
        """Follow days through functions, whatever the order they are written in."""
        for _ in functions:
            for literal in functions:
                for term, origin in function_results(literal, found):
                    if isinstance(term, Variable):
                        found[term.name].add(origin)

    def _functions_known(self, rule: Rule, functions: Sequence[Literal], found: Found, pairs: set[tuple[str, str]]) -> None:
        """Every day and every length that a function is given is known before there is a case, or is a day of the case; and where its
        result is something else as well, the two are equal."""
        for literal in functions:
            name, terms = literal.atom.predicate, literal.atom.terms
            of_numbers = name in CHOICES or name == Contract.ROUNDED.name
            days = [] if of_numbers else [origins_of(term, found) for term in terms[: 2 if name in SPANS else 1]]
            followed = all(here and all(isinstance(origin.source, (int, str)) for origin in here) for here in days)
            if name in MOST_LENGTHS:
                lengths = origins_of(terms[1], found)
                followed = followed and bool(lengths) and all(self._is_length(one, MOST_LENGTHS[name]) for one in lengths)
                # a day grows with a length as well: each length is looked at, and with each of them the day alone
                self.reckoned.whole |= {one.source for one in lengths if followed and isinstance(one.source, str)}
            if literal.negated or not followed:
                self._refuse(
                    rule,
                    "rule-calendar",
                    f"{name} 的日期须来自案件或参数，期限须来自参数或案件中的整数（取值不超过 {LISTED} 个），且不超过 100 年；"
                    "规则算出的期限请列为参数，或列为案件事实",
                    f"a day of {name} must come from the case or a parameter, and its length, at most 100 years, from a parameter or a "
                    f"whole number of the case that has at most {LISTED} values; make a length that rules work out one of the two",
                )
            for term, origin in function_results(literal, found):
                for other in found.get(term.name, ()) if isinstance(term, Variable) else origins_of(term, found):
                    if other != origin and not (isinstance(term, Variable) and _is_given_once(rule, term)):
                        self._bound(origin, other, "=", pairs)

    def _is_length(self, origin: Origin, most: int) -> bool:
        """Whether a number says how long a period is, in every case that there can be."""
        if isinstance(origin.source, str):
            # a day is held against days, and how much of anything else there is is no length
            kind = self.policy.fields[origin.source].type
            return isinstance(kind, Integer) and kind.listed and max(map(abs, kind.span)) <= most
        return isinstance(origin.source, int) and abs(origin.source) <= most

    def _bound(self, left: Origin, right: Origin, operator: str, pairs: set[tuple[str, str]]) -> None:
        """`left operator right` true or false, each as lower bounds on one of the two."""
        if isinstance(left.source, Span) or isinstance(right.source, Span):
            self._span_bound(left, right, operator, pairs)
            return
        if left.source is None or right.source is None:
            for side in (left, right):
                if isinstance(side.source, str):
                    self._reckoned_bound(side.source)
            return
        scope = self._scope(left, right, pairs)
        # x <= y holds where y >= x and fails where x > y; so for the other operators
        strict_left = operator in ("<=", ">", "=", "!=")
        strict_right = operator in ("<", ">=", "=", "!=")
        plain_left = operator in ("<", ">=", "=", "!=")
        plain_right = operator in ("<=", ">", "=", "!=")
        for one, other, plain, strict in ((left, right, plain_left, strict_left), (right, left, plain_right, strict_right)):
            if isinstance(one.source, str):
                assert isinstance(other.source, (str, int))
                for wanted, is_strict in ((plain, False), (strict, True)):
                    if wanted:
                        self.bounds[Bound(one.source, one.shifts, is_strict, other.source, other.shifts, scope)][self.rule] = None

    def _span_bound(self, left: Origin, right: Origin, operator: str, pairs: set[tuple[str, str]]) -> None:
        """What is counted between two days is compared: so many are counted from the day on on which so many have ended."""
        if isinstance(right.source, Span):
            left, right, operator = right, left, _MIRRORED[operator]
        span, limit = left.source, right.source
        assert isinstance(span, Span)
        if not isinstance(limit, int):
            self._refuse(
                self.rule,
                "rule-worked-out",
                f"{span.function} 的结果只能与参数比较；请用 add_days、add_months 或 add_years 推算日期，再比较日期",
                f"what {span.function} gives may only be compared with a parameter; work a day out by add_days, add_months or add_years, "
                "and compare the days",
            )
            return
        for counted in {">=": (limit,), "<": (limit,), ">": (limit + 1,), "<=": (limit + 1,)}.get(operator, (limit, limit + 1)):
            self._bound(span.last, span.day_of(counted), ">=", pairs)

    def _reckoned_bound(self, path: str) -> None:
        """A fact is compared with what is reckoned, so each of its values may matter."""
        if self.policy.fields[path].type.listed:
            self.reckoned.whole.add(path)
            return
        self._refuse(
            self.rule,
            "rule-worked-out",
            f"{path} 与规则算出的数值比较；请与案件中的其他事实或参数比较",
            f"{path} is compared with a number that rules work out; compare it with another fact of the case or with a parameter",
        )

    def _scope(self, left: Origin, right: Origin, pairs: set[tuple[str, str]]) -> Scope:
        if left.entity is None or right.entity is None or isinstance(left.source, int) or isinstance(right.source, int):
            return "any"
        if left.entity == right.entity:
            return "same"
        pair = (str(left.entity), str(right.entity))
        return "own" if pair in pairs or pair[::-1] in pairs else "any"

    def _refuse(self, rule: Rule, id: str, zh: str, en: str) -> None:
        problem = Problem(rule.where, Statement(zh, en), id)
        if problem not in self.problems:
            self.problems.append(problem)


def _is_given_once(rule: Rule, term: Variable) -> bool:
    """Whether a variable stands in one place alone that gives it its value."""
    places = [inner for literal in rule.literals() if not literal.negated for inner in literal.atom.terms if inner == term]
    given = [
        inner
        for literal in rule.literals()
        if literal.atom.predicate in Contract.FUNCTIONS
        for inner in literal.atom.terms[: Contract.FUNCTIONS[literal.atom.predicate]]
        if inner == term
    ]
    return term.anonymous or len(places) - len(given) == 1


def _name(terms: Sequence[Term], place: str | int | None) -> str | None:
    """The name of the variable in a place of an atom."""
    holder = terms[place] if isinstance(place, int) else None
    return holder.name if isinstance(holder, Variable) and not holder.anonymous else None


def _readings(rule: Rule) -> dict[str, str]:
    """The options of readings that a rule asks for."""
    asked = (literal.atom.terms for literal in rule.literals() if literal.atom.predicate == Contract.READING.name)
    return {str(name.value): str(option.value) for name, option in asked if isinstance(name, Constant) and isinstance(option, Constant)}
