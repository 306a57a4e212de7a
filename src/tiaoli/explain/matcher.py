"""Which instances of a rule hold for a case, and which come closest: the rules matched against what clingo found.

Nothing is derived here. What holds, what fails and what the missing facts leave open is clingo's answer, atom by atom
(`Interpretation`); the matcher only joins the body of a rule over it, compares and counts. So it terminates, and it cannot
disagree with the answer without an instance going missing, which the explainer would notice.

Every value of a variable is a ground value, or `Open`: one of several values that a missing fact leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tiaoli.encoding import BodyMatch, CountedTuple, Environment, MatchPlans, PlannedPart, Step, Total
from tiaoli.explain.atom_matcher import NOT_LOOKED_UP, AtomMatcher, Extension
from tiaoli.explain.evaluation import evaluate
from tiaoli.rules import (
    Aggregate,
    Atom,
    BodyPart,
    Comparison,
    Element,
    Interpretation,
    Open,
    Operation,
    Pattern,
    Rule,
    Truth,
    ValueOrOpen,
    Variable,
    both,
    compared,
    same,
)


class Instance(NamedTuple):
    """A rule with one match of its body."""

    rule: Rule
    body: BodyMatch


class Matcher:
    """Matches the rules of a program against an interpretation. `items` are the items of each entity of the case."""

    def __init__(self, plans: MatchPlans, interpretation: Interpretation, items: Mapping[str, Sequence[str]]) -> None:
        self.plans, self.interpretation = plans, interpretation
        self.atoms = AtomMatcher(plans, interpretation, items)
        self.domain = self.atoms.domain

    def instances(self, predicate: str, pattern: Pattern, failing: bool = False) -> Iterator[Instance]:
        """The instances of the rules whose head matches a pattern.

        With `failing` also those that fail, one for each item of the case that a variable could stand for; without it
        none of them.
        """
        for rule in self.plans.candidates(predicate, pattern):
            start = self._unified(rule, pattern)
            if start is None:
                continue
            for match in self._body(rule, rule.body, start, failing):
                if _computed_head_agrees(rule.head, pattern, match.environment):
                    yield Instance(rule, match)

    def element(self, rule: Rule, element: Element, environment: Environment, failing: bool = False) -> Iterator[BodyMatch]:
        """The matches of an element's condition in an aggregate; with `failing` also those that fail."""
        return self._body(rule, element.condition, environment, failing)

    def _unified(self, rule: Rule, pattern: Pattern) -> dict[str, ValueOrOpen] | None:
        """The values of a head's variables that make it match a pattern; `None` where none do."""
        constants, names = self.plans.head(rule)
        for position, wanted in constants:
            value = pattern[position]
            if value is not None and not (wanted in value.values if isinstance(value, Open) else same(wanted, value)):
                return None
        found: dict[str, ValueOrOpen] = {}
        for position, name in names:
            value = pattern[position]
            if value is not None and found.setdefault(name, value) != value:
                return None
        return found

    # Bodies

    def _body(self, rule: Rule, parts: Sequence[BodyPart], start: Environment, failing: bool) -> Iterator[BodyMatch]:
        plan = self.plans.order(rule, parts, frozenset(start))
        return self._extended(rule, plan, 0, dict(start), [], failing, "holds")

    def _extended(
        self,
        rule: Rule,
        plan: list[PlannedPart],
        position: int,
        environment: dict[str, ValueOrOpen],
        steps: list[Step],
        failing: bool,
        truth: Truth,
    ) -> Iterator[BodyMatch]:
        """The matches from a position on. `environment` and `steps` are this match's own and grow with it; `truth` is that of
        the steps so far."""
        while position < len(plan):
            planned = plan[position]
            position += 1
            step = None
            if planned.probe is not None and truth != "fails" and self.interpretation.settled and not (failing and planned.binds_item):
                step = planned.probe(self.interpretation, environment)
            if step is None:
                extensions = self._extensions(rule, planned, environment, failing, truth == "fails")
                if len(extensions) > 1:
                    for other, bound in extensions:
                        if other is not None and (failing or other.truth != "fails"):
                            so_far = both(truth, other.truth)
                            yield from self._extended(rule, plan, position, {**environment, **bound}, [*steps, other], failing, so_far)
                    return
                (step, bound) = extensions[0]
                if bound:
                    environment.update(bound)
                if step is None:
                    continue
            steps.append(step)
            if step.truth != "holds":
                truth = both(truth, step.truth)
                if step.truth == "fails":
                    if not failing:
                        return
                    if planned.is_reading:
                        break
        yield BodyMatch(environment, tuple(steps), truth)

    def _extensions(
        self, rule: Rule, planned: PlannedPart, environment: dict[str, ValueOrOpen], failing: bool, failed: bool
    ) -> Sequence[Extension]:
        """The steps that a part can take, at least one, each with the variables it binds."""
        part = planned.part
        if isinstance(part, Comparison):
            return self._compared(part, environment)
        if isinstance(part, Aggregate):
            return self._aggregated(rule, part, environment)
        pattern = tuple([evaluate(term, environment) if name is None else environment.get(name) for name, term in planned.reads])
        return self.atoms.extensions(rule, part, planned, pattern, environment, failing, failed)

    # Comparisons and aggregates

    def _compared(self, part: Comparison, environment: Environment) -> Sequence[Extension]:
        left, right = evaluate(part.left, environment), evaluate(part.right, environment)
        if left is None or right is None:
            for term, value in ((part.left, right), (part.right, left)):
                if part.operator == "=" and value is not None and isinstance(term, Variable):
                    return ((None, {term.name: value}),)
            return NOT_LOOKED_UP
        return ((Step(part, compared(part.operator, left, right), (left, right)), {}),)

    def _aggregated(self, rule: Rule, part: Aggregate, environment: Environment) -> Sequence[Extension]:
        bound = evaluate(part.bound, environment)
        total = self._total(rule, part, environment)
        if bound is None:
            if part.operator != "=" or not isinstance(part.bound, Variable):
                return NOT_LOOKED_UP
            value: ValueOrOpen = total.low if total.low == total.high else Open(())
            return ((Step(part, "holds", (value,), total=total), {part.bound.name: value}),)
        ends = Open((total.low, total.high)) if total.low != total.high else total.low
        # between its ends a total may take any value, which only matters for being one in particular
        between = total.low != total.high and part.operator in ("=", "!=")
        truth: Truth = "unknown" if between else compared(part.operator, ends, bound)
        return ((Step(part, truth, (bound,), total=total), {}),)

    def _total(self, rule: Rule, part: Aggregate, environment: Environment) -> Total:
        counted: dict[Pattern, CountedTuple] = {}
        for number, element in enumerate(part.elements):
            for match in self.element(rule, element, environment):
                terms = tuple(evaluate(term, match.environment) for term in element.terms)
                # a set: the same tuple counts once, and as certain where one of its matches is
                if terms not in counted or (counted[terms].match.truth != "holds" and match.truth == "holds"):
                    counted[terms] = CountedTuple(number, terms, match)
        low = high = 0
        for item in counted.values():
            weight = item.terms[0] if part.function == "sum" else 1
            weights = [value for value in (weight.values if isinstance(weight, Open) else (weight,)) if isinstance(value, int)]
            if item.match.truth != "holds":
                weights.append(0)
            low += min(weights, default=0)
            high += max(weights, default=0)
        return Total(low, high, tuple(counted.values()))


def _computed_head_agrees(head: Atom, pattern: Pattern, environment: Environment) -> bool:
    """Whether arithmetic in a head gives the values of a pattern, as far as these are known."""
    for term, value in zip(head.terms, pattern, strict=True):
        if isinstance(term, Operation) and value is not None and not isinstance(value, Open):
            computed = evaluate(term, environment)
            if computed is not None and not isinstance(computed, Open) and computed != value:
                return False
    return True
