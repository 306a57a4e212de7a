"""Cases for what a set of cases misses: searched among all cases of a domain, and decided again by what finds the coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tiaoli.analysis.boundaries import Boundary, meetings, position
from tiaoli.analysis.case_domain import CaseDomain, first_item
from tiaoli.analysis.coverage import FIRED, Coverage, CoverageGoal, fired_rule, measure_coverage
from tiaoli.analysis.domain_spec import DomainSpec
from tiaoli.analysis.version_changes import PolicyVersion
from tiaoli.analysis.version_comparison import Comparison, compare_benefits
from tiaoli.analysis.witness import WitnessQuery, find_witness
from tiaoli.base import CaseError, Statement, left, next_day, previous_day
from tiaoli.case import Case, file_value
from tiaoli.encoding import Encoding, rules_of_answer
from tiaoli.rules import Constant, Contract, Fact, OutOfTimeError, Rule

_PROBE = "probe__"


@dataclass
class GeneratedCases:
    """Cases for goals that were missed. `cases` names for each case the goals it was made for and exercises besides; `none` the
    goals that no case of a domain exercises, with that domain; `open` those that a limit left unsearched."""

    cases: list[tuple[dict[str, Any], tuple[str, ...]]] = field(default_factory=list)
    none: dict[str, Statement] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """What `tiaoli coverage --out --json` adds: each case with the goals it covers, and the goals that no case of a domain reaches."""
        found: dict[str, Any] = {
            "generated": [{"case": document, "covers": list(names)} for document, names in self.cases],
            "unreachable": [{"name": name, "domain": domain.to_json()} for name, domain in self.none.items()],
        }
        return found | ({"limit_reached": True, "unknown": self.open} if self.open else {})


def generate_cases(
    encoding: Encoding,
    found: Coverage,
    readings: Mapping[str, str],
    deadline: float | None = None,
    told: Callable[[int, int], None] | None = None,
) -> GeneratedCases:
    """Look for cases that exercise what `found` misses. Every case was put to `measure_coverage` by itself: what it is said to exercise
    it does. `deadline` is a time of `monotonic()`; `told` hears how many goals are done, and of how many."""
    return _Generator(encoding, found, readings, deadline).run(told)


class _Generator:
    def __init__(self, encoding: Encoding, found: Coverage, readings: Mapping[str, str], deadline: float | None) -> None:
        self.encoding, self.policy, self.deadline = encoding, encoding.policy, deadline
        self.goals, self.readings = found.goals, dict(readings)
        self.missed = {goal.name: goal for goal in found.missed}
        self.taken = set(found.cases)
        self.result = GeneratedCases()
        self.rules_of = {benefit: set(rules_of_answer(self.policy, encoding.program, benefit)) for benefit in self.policy.benefits}
        self.domain: Statement | None = None

    def run(self, told: Callable[[int, int], None] | None) -> GeneratedCases:
        makers: dict[str, Callable[[CoverageGoal], Iterator[dict[str, Any]]]] = {
            "rule": self._rule,
            "condition": self._condition,
            "reading": self._reading,
            "boundary": self._boundary,
        }
        # a case for a rule or a reading exercises conditions and boundaries besides
        order = sorted(self.missed.values(), key=lambda goal: list(makers).index(goal.kind))
        for number, goal in enumerate(order):
            if told is not None:
                told(number, len(order))
            if goal.name not in self.missed:
                continue
            if self.deadline is not None and not left(self.deadline):
                self.result.open.append(goal.name)
                continue
            self.domain = None
            try:
                for document in makers[goal.kind](goal):
                    self._keep(document, goal)
            except OutOfTimeError:
                self.result.open.append(goal.name)
                continue
            if goal.name in self.missed and self.domain is not None:
                self.result.none[goal.name] = self.domain
        self.result.open = [name for name in self.result.open if name in self.missed]
        self.result.none = {name: domain for name, domain in self.result.none.items() if name in self.missed}
        return self.result

    def _keep(self, document: dict[str, Any], goal: CoverageGoal) -> None:
        """Keep a case where it exercises anything that was missed."""
        named = {**document, "id": self._name(goal)}
        case = [Case.read(named, self.policy)]
        # of a case with unknown facts, other readings cost as much as everything else together
        seen = measure_coverage(self.encoding, case, self.readings, self.deadline, self.goals, otherwise=False)
        if not seen.by[goal.name] and goal.kind in ("rule", "reading"):
            seen = measure_coverage(self.encoding, case, self.readings, self.deadline, self.goals)
        fresh = tuple(name for name in self.missed if seen.by[name])
        if not fresh:
            return
        self.result.cases.append((named, fresh))
        self.taken.add(named["id"])
        for name in fresh:
            del self.missed[name]

    def _name(self, goal: CoverageGoal) -> str:
        name = goal.name.replace(" ", "-").replace("=", "-").replace(":", "-")
        number = 1
        while (wanted := name if number == 1 else f"{name}-{number}") in self.taken:
            number += 1
        return wanted

    # One maker for each kind of goal: it goes on where the case that it gave did not do

    def _rule(self, goal: CoverageGoal) -> Iterator[dict[str, Any]]:
        rule: Rule = goal.about
        own = {str(name): str(option) for name, option in _chosen(rule)}
        readings = {**self.readings, **own} if sum(self.readings[name] != option for name, option in own.items()) <= 1 else None
        rules = f"{fired_rule(rule, 0)}"
        for benefits in self._asked(rule):
            # a rule below may want a reading too: then any are free
            for fixed in (readings, {}) if readings is not None else ({},):
                yield from self._found(WitnessQuery(Fact(FIRED, (0, 1)), rules, DomainSpec(benefits, readings=fixed)))
                if goal.name not in self.missed:
                    return

    def _condition(self, goal: CoverageGoal) -> Iterator[dict[str, Any]]:
        benefit, condition, met = goal.about
        item = first_item(self.policy, self.policy.benefits[benefit].subject)
        about = (1, benefit, f'"{item}"')
        literal = f"{'' if met else 'not '}{Contract.MET.atom(*about, condition)}"
        rule = f"{_PROBE}(1) :- {Contract.ASKED.atom(*about)}, {literal}."
        yield from self._found(WitnessQuery(Fact(_PROBE, (1,)), rule, DomainSpec((benefit,), readings=self.readings)))

    def _reading(self, goal: CoverageGoal) -> Iterator[dict[str, Any]]:
        name, option = goal.about
        options = [item.id for item in self.policy.readings[name].options if item.id != self.readings[name]]
        plain = PolicyVersion(self.encoding, self.readings)
        for other in options if option == self.readings[name] else [option]:
            changed = PolicyVersion(self.encoding, {**self.readings, name: other})
            for found in compare_benefits(Comparison(plain, changed, (), deadline=self.deadline), self.policy.readings[name].touches):
                for shown in (found.gains, found.loses):
                    if shown is not None:
                        yield shown.case
                if goal.name not in self.missed:
                    return
                if found.unsettled:
                    raise OutOfTimeError
                self.domain = found.domain or self.domain

    def _boundary(self, goal: CoverageGoal) -> Iterator[dict[str, Any]]:
        """A case that is granted at the boundary, or any case there; then the same a day or unit aside."""
        boundary: Boundary = goal.about[0]
        paths = [source for source in (boundary.path, boundary.other.source) if isinstance(source, str)]
        benefits = [name for name in self.policy.benefits if set(paths) <= set(self.encoding.fields[name]) | {self.policy.schema.day.path}]
        for granted in (True, False):
            for benefit in benefits:
                query = self._at(boundary, benefit, granted)
                for document in self._found(query):
                    yield from self._aside(boundary, document)
                if goal.name not in self.missed:
                    return

    def _at(self, boundary: Boundary, benefit: str, granted: bool) -> WitnessQuery:
        spec = DomainSpec((benefit,), items=1, readings=self.readings)
        domain = CaseDomain(self.encoding, spec)
        values: dict[str, list[int]] = {}
        for variable in domain.variables:
            values.setdefault(variable.slot[0], []).extend(value for value in variable.values if isinstance(value, int))
        source = boundary.other.source
        against = [source] if isinstance(source, int) else values.get(source, [])
        pairs = [(one, other) for one in values.get(boundary.path, []) for other in against if position(self.policy, boundary, one, other)]
        literals = [self._value(boundary.path, "T"), "beside__(T,O)"]
        if isinstance(source, str):
            literals.append(self._value(source, "O"))
        if granted:
            item = first_item(self.policy, self.policy.benefits[benefit].subject)
            literals.append(Contract.ELIGIBLE.atom(1, benefit, f'"{item}"'))
        rules = f"#defined beside__/2. {_PROBE}(1) :- {', '.join(literals)}."
        # with one item a list there is one of each; scopes need no join
        spec = replace(spec, sizes=dict.fromkeys(domain.sizes, 1))
        return WitnessQuery(Fact(_PROBE, (1,)), rules, spec, facts=tuple(Fact("beside__", pair) for pair in pairs))

    def _value(self, path: str, variable: str) -> str:
        declared = self.policy.fields[path]
        return f"{declared.predicate}(1,{'_,' if declared.entity else ''}{variable})"

    def _aside(self, boundary: Boundary, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield document
        case = Case.read(document, self.policy)
        for met in meetings(self.policy, boundary, case):
            if position(self.policy, boundary, met.value, met.against) is None:
                continue
            for value in self._near(boundary.path, met.value):
                try:
                    yield case.with_values({met.path: file_value(self.policy.fields[boundary.path], value)}).to_json()
                except CaseError:
                    # the format itself keeps such days apart
                    continue

    def _near(self, path: str, value: int) -> list[int]:
        """The values up to two aside."""
        if self.policy.fields[path].kind == "day":
            before, after = previous_day(value), next_day(value)
            return [before, after, previous_day(before), next_day(after)]
        return [value - 1, value + 1, value - 2, value + 2]

    # Searching

    def _asked(self, rule: Rule) -> Iterator[tuple[str, ...]]:
        """The benefits to ask about, so that a rule can apply: one that rests on it, of each kind of item; for a rule about two
        decisions together, all of one kind."""
        single = [benefit for benefit, rules in self.rules_of.items() if rule in rules]
        kinds: dict[str, list[str]] = {}
        for benefit in single or self.policy.benefits:
            kinds.setdefault(self.policy.benefits[benefit].subject, []).append(benefit)
        yield from ((benefits[0],) if single else tuple(benefits) for benefits in kinds.values())

    def _found(self, query: WitnessQuery) -> Iterator[dict[str, Any]]:
        found = find_witness(self.encoding, query, self.deadline)
        if found.witness is not None:
            yield found.witness.case
        elif not found.exhausted:
            raise OutOfTimeError
        else:
            self.domain = found.domain.statement


def _chosen(rule: Rule) -> Iterator[tuple[Any, Any]]:
    """The readings that a rule names, with their options."""
    for literal in rule.literals():
        if literal.atom.predicate == Contract.READING.name:
            name, option = literal.atom.terms
            if isinstance(name, Constant) and isinstance(option, Constant):
                yield name.value, option.value
