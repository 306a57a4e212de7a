"""What rules reckon out of facts of a case that have an order, and where that is compared or paid.

An unknown fact takes the values at which a comparison changes, and both ends of every stretch between two of them. That is enough for
what is reckoned out of it only where it grows or falls with the fact, and where what is reckoned is asked for in one direction
alone: then the one end of a stretch decides for all of it. Everything else is a problem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tiaoli.base import Problem, Statement
from tiaoli.encoding.value_origins import Found, Span, bindings, tests, totals
from tiaoli.policy import Policy, ValueType
from tiaoli.rules import Aggregate, Atom, Comparison, Constant, Contract, Operation, Program, Rule, Term, Variable, variables

PAID = {
    Contract.PAYABLE.name: (3, 4, 5),
    Contract.STANDARD_BASE.name: (3, 4, 5),
    Contract.SHARE.name: (3,),
    Contract.RATE.name: (3,),
    Contract.AMOUNT.name: (3, 4),
    Contract.STANDARD.name: (3, 4),
}
"""The arguments from which the sums of an answer are made."""


_NUMBERS = frozenset({Contract.LEAST.name, Contract.GREATEST.name, Contract.ROUNDED.name})
"""The functions of numbers."""


class Reckoned(NamedTuple):
    """A field that a value is reckoned from, and whether the value grows (1) or falls (-1) with it."""

    path: str
    sign: int


class _Test(NamedTuple):
    """A comparison of what was reckoned: the rule it stands in, and with what it becomes true."""

    rule: Rule
    sources: frozenset[Reckoned]


class ReckonedValues:
    """Follows what rules reckon, rule by rule, those that others rest on first."""

    def __init__(self, policy: Policy, problems: list[Problem]) -> None:
        self.policy, self.problems = policy, problems
        # for every predicate and argument, what its value is reckoned from
        self.arguments: dict[str, dict[int, set[Reckoned]]] = defaultdict(lambda: defaultdict(set))
        # the fields of which every value is looked at
        self.whole: set[str] = set()
        # the fields of days from which a sum is worked out
        self.both_ends: set[str] = set()
        # for every result the fields that its value is reckoned from, and whether it grows or falls with each, or only one of the two
        self.results: dict[str, dict[str, bool]] = {name: {} for name in policy.results}
        self._tests: list[_Test] = []

    def follow(self, rule: Rule, given: Iterable[str], found: Found) -> None:
        """Follow a rule whose variables have these origins; `given` are those that its atoms give."""
        given = set(given)
        self._rule, self._found = rule, found
        self._divided: set[Operation] = set()
        self._values = self._of_variables(rule, given)
        # what this rule reckons, and not one before it
        own = {name for name, term in bindings(rule, given) if self._is_reckoned(term)}
        for _ in rule.body:
            own |= {name for name, term in bindings(rule, given) if isinstance(term, Variable) and term.name in own}
        own |= {name for name, total in totals(rule, given) if self._of_terms(_weights(total))}
        for literal in rule.literals():
            terms = literal.atom.terms
            if literal.atom.predicate in _NUMBERS and isinstance(terms[-1], Variable) and self._of_function(terms):
                own.add(terms[-1].name)
        self._atoms(rule)
        self._aggregates(rule, given)
        for comparison in tests(rule, given):
            self._comparison(comparison, own)
        self._head(rule)

    def _of_variables(self, rule: Rule, given: set[str]) -> dict[str, set[Reckoned]]:
        """For every variable what its value is reckoned from, in this rule or before it."""
        values: dict[str, set[Reckoned]] = defaultdict(set)
        self._values = values
        for literal in rule.literals():
            for position, term in enumerate(literal.atom.terms):
                if isinstance(term, Variable) and not literal.negated:
                    values[term.name] |= self.arguments[literal.atom.predicate][position]
        functions = [literal.atom.terms for literal in rule.literals() if literal.atom.predicate in _NUMBERS]
        for _ in rule.body:
            for name, term in bindings(rule, given):
                values[name] |= values[term.name] if isinstance(term, Variable) else self._of(term)
            for name, total in totals(rule, given):
                values[name] |= self._of_terms(_weights(total))
            for terms in functions:
                if isinstance(terms[-1], Variable):
                    values[terms[-1].name] |= self._of_function(terms)
        return values

    def _of_function(self, terms: Sequence[Term]) -> set[Reckoned]:
        """What the result of a function of numbers is reckoned from: it grows with both numbers, of a fraction it falls with the lower."""
        *words, one, other, _ = terms
        if not words:
            named = [self._values[term.name] for term in (one, other) if isinstance(term, Variable)]
            return set().union(*named)
        return self._of(one) | _turned(self._of(other))

    # What terms are reckoned from

    def _direct(self, name: str) -> set[Reckoned]:
        """The fields that a variable's value is, as it stands in the case or some months on, or is counted between."""
        found: set[Reckoned] = set()
        for origin in self._found.get(name, ()):
            ends = (origin,) if not isinstance(origin.source, Span) else (origin.source.last, origin.source.first)
            found |= {Reckoned(end.source, 1 - 2 * place) for place, end in enumerate(ends) if isinstance(end.source, str)}
        return found

    def _is_day(self, name: str) -> bool:
        """Whether a variable may be a day of the case."""
        sources = [origin.source for origin in self._found.get(name, ())]
        return any(isinstance(source, str) and self._type(source).kind == "day" for source in sources)

    def _of(self, term: Term) -> set[Reckoned]:
        """The fields that a term's value comes from, each with the sign with which it grows."""
        if isinstance(term, Variable):
            return self._direct(term.name) | self._values[term.name]
        if isinstance(term, Constant):
            return set()
        parts = [self._of(argument) for argument in term.arguments]
        if len(parts) == 1 or term.operator == "-":
            return set().union(*parts[:-1]) | _turned(parts[-1])
        if term.operator == "\\":
            if Operation("/", term.arguments) in self._divided:
                # a sum in two parts, the whole units and what is left over, is still one sum
                return parts[0]
            # what is left over goes up and down
            return parts[0] | _turned(parts[0]) | parts[1] | _turned(parts[1])
        if term.operator == "/":
            return parts[0] | _turned(parts[1])
        return parts[0] | parts[1]

    def _of_terms(self, terms: Iterable[Term]) -> set[Reckoned]:
        return set().union(*(self._of(term) for term in terms))

    def _is_reckoned(self, term: Term) -> bool:
        """Whether a term is arithmetic over facts that have an order."""
        return isinstance(term, Operation) and bool(self._of(term))

    # Where it is used

    def _atoms(self, rule: Rule) -> None:
        """An atom with a number that was reckoned compares it, as does one variable in two places."""
        places: dict[str, int] = defaultdict(int)
        for literal in rule.literals():
            for position, term in enumerate(literal.atom.terms):
                here = self.arguments[literal.atom.predicate][position]
                if isinstance(term, Variable) and here and not term.anonymous:
                    places[term.name] += 1
                is_given = position < Contract.FUNCTIONS.get(literal.atom.predicate, 0)
                if (isinstance(term, Constant) and here) or (self._is_reckoned(term) and not is_given):
                    self._refuse_compared()
        if any(count > 1 for count in places.values()):
            self._refuse_compared()

    def _aggregates(self, rule: Rule, given: set[str]) -> None:
        for part in rule.body:
            if not isinstance(part, Aggregate):
                continue
            binds = part.operator == "=" and isinstance(part.bound, Variable) and part.bound.name not in given
            summed = self._of_terms(_weights(part))
            rest = [term for element in part.elements for term in element.terms[part.function == "sum" :]]
            counted = {source for term in rest for variable in variables(term) for source in self._values[variable.name]}
            # a property may not count the days of the case either; of a rule of the policy they are compared (`find_bounds`)
            counted |= set() if rule.sentences or part.function == "sum" else self._of_terms(rest)
            exact = bool(summed) and part.operator in ("=", "!=") and not binds
            # what is counted between days may be added up, as long as the total is not compared
            others = {path for path, _ in summed if not self._type(path).grows and not (binds and self._type(path).kind == "day")}
            if counted or exact or others:
                self._refuse_compared()
            elif summed and not binds:
                self._test(rule, part.operator, summed, self._of(part.bound))
            if self._is_reckoned(part.bound):
                self._refuse_arithmetic()

    def _comparison(self, comparison: Comparison, own: set[str]) -> None:
        sides = (comparison.left, comparison.right)
        if any(self._is_reckoned(side) or (isinstance(side, Variable) and side.name in own) for side in sides):
            self._refuse_arithmetic()
            return
        left, right = (self._values[side.name] if isinstance(side, Variable) else set() for side in sides)
        if not left and not right:
            return
        if comparison.operator in ("=", "!=") or any(not self._type(path).grows for path, _ in left | right):
            self._refuse_compared()
        else:
            self._test(self._rule, comparison.operator, *(self._of(side) for side in sides))

    def _test(self, rule: Rule, operator: str, left: set[Reckoned], right: set[Reckoned]) -> None:
        """Note a comparison of what was reckoned: with what it becomes true."""
        up = left | _turned(right)
        self._tests.append(_Test(rule, frozenset(up if operator in (">", ">=") else _turned(up))))

    def _head(self, rule: Rule) -> None:
        head = rule.head
        for position, term in enumerate(head.terms):
            beside = (*head.terms[:position], *head.terms[position + 1 :])
            self._divided = {part for other in beside for part in _operations(other) if part.operator == "/"}
            found = self._values[term.name] if isinstance(term, Variable) else self._of(term)
            if isinstance(term, Operation):
                if any(self._is_day(variable.name) for variable in variables(term)):
                    self._refuse_arithmetic()
                elif rule.sentences:
                    both = {path for path, sign in found if Reckoned(path, -sign) in found}
                    if rule.sentences != ("method",):
                        self.whole |= {path for path in both if self._type(path).listed}
                        if both - self.whole:
                            self._refuse_both_ways()
                    found = {source for source in found if source.path not in both or source.sign == 1}
                self._look_at_all(found)
            self.arguments[head.predicate][position] |= found
        self._divided = set()
        if head.predicate in self.results:
            self._result(head)
        for position in PAID.get(head.predicate, ()):
            paid = self._of(head.terms[position])
            self._look_at_all(paid)
            self._look_at_days(paid)

    def _result(self, head: Atom) -> None:
        """Note what the value of a result is reckoned from; of its days both ends of every stretch are looked at."""
        sources = self._of(head.terms[-1])
        self._look_at_all(sources)
        here = self.results[head.predicate]
        for path, sign in sources:
            kind = self._type(path)
            even = Reckoned(path, -sign) not in sources and (kind.grows or kind.kind == "day")
            here[path] = here.get(path, True) and (even or path in self.whole)
            if kind.kind == "day" and self.policy.fields[path].changed_by != "time":
                self.both_ends.add(path)
        # every length that a fact may be is looked at, and the day that comes of it grows with each
        origins = [origin for variable in variables(head.terms[-1]) for origin in self._found.get(variable.name, ())]
        here.update({shift.length: True for origin in origins for shift in origin.shifts if shift.length})

    def _look_at_all(self, sources: set[Reckoned]) -> None:
        """What is reckoned from a fact of few values, other than a share, need not grow with it."""
        self.whole |= {path for path, _ in sources if self._type(path).listed and not self._type(path).grows}

    def _look_at_days(self, sources: set[Reckoned]) -> None:
        """A sum that grows or falls with one day of the case is looked at on both ends of every stretch; with two of them its ends may
        lie between."""
        days = [
            source for source in sources if self._type(source.path).kind == "day" and self.policy.fields[source.path].changed_by != "time"
        ]
        # the parts of a sum, its whole units and what is left over, are one sum: the library puts them together
        several = {source.path for source in days} if self._rule.sentences == ("method",) else set(days)
        if len(several) > 1:
            named = "、".join(sorted({path for path, _ in days})), ", ".join(sorted({path for path, _ in days}))
            self._refuse(
                "rule-worked-out",
                f"金额由案件中不止一个日期算出（{named[0]}）；其中一个须为申请日或参数，或者请把期间的长度列为案件事实",
                f"a sum is worked out from more than one day of the case ({named[1]}); one of the two must be the day of the application "
                "or a parameter, or the length of the time a fact of the case",
            )
        self.both_ends |= {path for path, _ in days}

    def _type(self, path: str) -> ValueType:
        return self.policy.fields[path].type

    # What all rules say together

    def check(self, program: Program) -> None:
        """Check that every fact is asked for in one direction by the comparisons of what is reckoned from it."""
        polarity = _polarities(program)
        # whether anything is granted is no sum
        paying = _below(program, (*PAID, *self.results), {Contract.ELIGIBLE.name})
        wanted: dict[str, set[int]] = defaultdict(set)
        for rule, sources in self._tests:
            if rule.sentences:
                for path, sign in sources:
                    wanted[path] |= {sign * one for one in polarity[rule.head.predicate]}
        for rule, sources in self._tests:
            self._rule = rule
            if rule.sentences and (rule.head.predicate in paying or any(len(wanted[path]) > 1 for path, _ in sources)):
                self._refuse_window()

    # Problems

    def _refuse(self, id: str, zh: str, en: str) -> None:
        self.problems.append(Problem(self._rule.where, Statement(zh, en), id))

    def _refuse_arithmetic(self) -> None:
        self._refuse(
            "rule-arithmetic",
            "不能对日期、金额或期限先运算再比较；请比较原值",
            "a day, an amount or a term is compared after arithmetic; compare the value itself",
        )

    def _refuse_compared(self) -> None:
        self._refuse(
            "rule-arithmetic",
            "由案件中的日期、金额或期限算出的数值，不能再作比较；只有由金额算出的数值可用 <、<=、>、>= 比较",
            "a value worked out from a day, an amount or a term of the case is compared; "
            "only what is worked out from an amount may be, with <, <=, > or >=",
        )

    def _refuse_window(self) -> None:
        self._refuse(
            "rule-worked-out",
            "由案件中的金额算出的数值，各处比较须朝同一方向，且金额不得取决于比较结果；请比较原值",
            "what is worked out from an amount of the case is compared in both directions, or a sum that is paid rests on the comparison; "
            "compare the amount itself",
        )

    def _refuse_both_ways(self) -> None:
        self._refuse(
            "rule-worked-out",
            "算出的数值须随案件中的金额只增或只减；取余时须与商并列写出",
            "what is worked out must only grow, or only fall, with an amount of the case; a remainder stands beside its quotient",
        )


def _weights(total: Aggregate) -> Iterator[Term]:
    """The weights that are summed."""
    if total.function == "sum":
        yield from (element.terms[0] for element in total.elements if element.terms)


def _operations(term: Term) -> Iterator[Operation]:
    """Every operation in a term."""
    if isinstance(term, Operation):
        yield term
        for argument in term.arguments:
            yield from _operations(argument)


def _turned(sources: set[Reckoned]) -> set[Reckoned]:
    return {Reckoned(path, -sign) for path, sign in sources}


def _polarities(program: Program) -> Mapping[str, set[int]]:
    """For each predicate whether a met condition rests on it (1), on its absence (-1), or on both."""
    found: dict[str, set[int]] = defaultdict(set)
    todo = [(Contract.MET.name, 1)]
    while todo:
        predicate, sign = todo.pop()
        if sign not in found[predicate]:
            found[predicate].add(sign)
            for rule in program.rules:
                if rule.head.predicate == predicate:
                    todo += _looked_at(rule, sign)
    return found


def _looked_at(rule: Rule, sign: int) -> Iterator[tuple[str, int]]:
    """What a rule looks at, and in which direction."""
    literals = set(rule.literals())
    for part in rule.body:
        if isinstance(part, Aggregate):
            inside = {literal for element in part.elements for literal in element.condition if literal in literals}
            signs = {">": (1,), ">=": (1,), "<": (-1,), "<=": (-1,)}.get(part.operator, (1, -1))
            # a weight may be below zero, and what is summed is turned round by it
            signs = (1, -1) if part.function == "sum" else signs
            for literal in inside:
                yield from ((literal.atom.predicate, sign * one * (-1 if literal.negated else 1)) for one in signs)
            literals -= inside
    for literal in literals:
        yield literal.atom.predicate, -sign if literal.negated else sign


def _below(program: Program, start: Iterable[str], without: set[str]) -> set[str]:
    """The predicates that some rest on, themselves included, and what is found through others than these."""
    found = set(without)
    todo = list(start)
    while todo:
        predicate = todo.pop()
        if predicate not in found:
            found.add(predicate)
            todo += [literal.atom.predicate for rule in program.rules if rule.head.predicate == predicate for literal in rule.literals()]
    return found
