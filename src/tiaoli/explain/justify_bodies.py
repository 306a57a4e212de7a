"""Justifications by a rule: an instance of it, and what each part of its body rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from tiaoli.base import to_date
from tiaoli.encoding import Environment, Step
from tiaoli.explain.justification import AggregateValue, ComparedSides, Justification
from tiaoli.explain.justify_facts import FactJustifier, changes_for
from tiaoli.explain.matcher import Instance, Matcher
from tiaoli.explain.nearness import NONE, OUT_OF_REACH, UNCHANGEABLE, Distance, at_one_of, elsewhere, together
from tiaoli.explain.provenance import Provenance
from tiaoli.policy import Policy
from tiaoli.rules import (
    SUPREMUM,
    Aggregate,
    Comparison,
    Contract,
    Literal,
    Pattern,
    Rule,
    Value,
    ValueOrOpen,
    Variable,
    shared_variables,
    variables_of,
)

_UNSPOKEN = frozenset({*Contract.FUNCTIONS, Contract.ASKED.name})
"""What the engine supplies and no reader asks after: the question itself, and the functions, which the comparisons tell."""


_NAMES = frozenset({"case", "benefit", "subject", "condition"})
"""The kinds of arguments that say what is spoken of, as an item does, and are no value of it."""


_MOST_PLACES = 50


class Atoms(Protocol):
    """Justifies the atoms of a body."""

    def atom(self, predicate: str, pattern: Pattern) -> Justification:
        """Why an atom holds, fails or is open."""

    def open_atoms(self, predicate: str, found: Sequence[tuple[Value, ...]]) -> Justification:
        """Several atoms of which a missing fact leaves open which one holds, as one."""


class BodyJustifier:
    """Justifies rule instances in one case."""

    def __init__(self, policy: Policy, matcher: Matcher, provenance: Provenance, facts: FactJustifier, atoms: Atoms) -> None:
        self.policy, self.matcher, self.provenance, self.facts, self.atoms = policy, matcher, provenance, facts, atoms
        self._negated: dict[tuple[str, Pattern], Justification] = {}
        self._members: dict[object, Justification] = {}

    def instance(self, predicate: str, pattern: Pattern, instance: Instance) -> Justification:
        """One way in which a rule supports an atom, or could have."""
        rule, body = instance
        children: list[Justification] = []
        steps: list[Step] = []
        for step in body.steps:
            child = self._step(rule, body.environment, step)
            if child is not None:
                children.append(child)
                steps.append(step)
        distance, binders, feeders = NONE, frozenset[int](), frozenset[int]()
        if body.truth == "fails":
            binders, unbound = self._binders(steps)
            feeders = self._feeders(rule, steps)
            for position, step in enumerate(steps):
                children[position] = self._beside(step, children[position], [(steps[other], children[other]) for other in binders])
            givers = [children[position] for position in sorted(binders)]
            blocking = [self._mended(child, givers) for child in children if child.status == "fails"]
            distance = together([*blocking, *[elsewhere(OUT_OF_REACH)] * unbound])
        return Justification(
            "way",
            body.truth,
            predicate,
            pattern,
            rule,
            body.environment,
            tuple(children),
            distance=distance,
            binders=tuple(children[position] for position in sorted(binders)),
            blamed=tuple(children[position] for position in sorted(binders | feeders)),
        )

    def _binders(self, steps: Sequence[Step]) -> tuple[frozenset[int], int]:
        """The positions of the steps that hold and give a variable of a blocking literal its value; and how many blocking literals speak
        of nothing in the case, neither themselves nor through such a variable."""
        blocking: list[tuple[bool, set[str]]] = []
        for step in steps:
            if step.truth == "fails" and isinstance(step.part, Literal):
                bound = [term for term, value in zip(step.part.atom.terms, step.pattern, strict=True) if value is not None]
                names = {term.name for term in bound if isinstance(term, Variable) and not term.anonymous}
                kinds = [kind for _, kind in self.policy.predicates[step.part.atom.predicate].arguments]
                blocking.append(("case" in kinds or "reading" in kinds, names))
        wanted: set[str] = set().union(*(names for _, names in blocking))
        binders: dict[str, int] = {}
        for position, step in enumerate(steps):
            if step.truth != "fails" and isinstance(step.part, Literal) and not step.part.negated:
                last = step.part.atom.terms[-1]
                _, kind = self.policy.predicates[step.part.atom.predicate].arguments[-1]
                names_something = kind in self.policy.list_of or kind in _NAMES
                if isinstance(last, Variable) and last.name in wanted and not names_something:
                    binders.setdefault(last.name, position)
        unbound = sum(1 for about_case, names in blocking if not about_case and names.isdisjoint(binders))
        return frozenset(binders.values()), unbound

    def _feeders(self, rule: Rule, steps: Sequence[Step]) -> frozenset[int]:
        """The positions of the steps that hold and give failing comparisons their values, through functions and arithmetic too."""
        wanted = {
            variable.name
            for step in steps
            if step.truth == "fails" and isinstance(step.part, (Comparison, Aggregate))
            for variable in variables_of(step.part)
        }
        through = [
            {variable.name for variable in variables_of(part)}
            for part in rule.body
            if (isinstance(part, Literal) and part.atom.predicate in Contract.FUNCTIONS)
            or (isinstance(part, Comparison) and part.operator == "=")
        ]
        reached = None
        while reached != wanted:
            reached = set(wanted)
            for names in through:
                if not names.isdisjoint(wanted):
                    wanted |= names
        found = set()
        for position, step in enumerate(steps):
            if step.truth == "holds" and not isinstance(step.part, Comparison):
                gives = step.part.bound if isinstance(step.part, Aggregate) else step.part.atom.terms[-1]
                negated = isinstance(step.part, Literal) and step.part.negated
                if isinstance(gives, Variable) and gives.name in wanted and not negated and self._is_given(step.part):
                    found.add(position)
        return frozenset(found)

    def _is_given(self, part: Literal | Aggregate) -> bool:
        """Whether a part gives a value itself: a fact of the case, a number of the notice, a total."""
        return isinstance(part, Aggregate) or part.atom.predicate in self.facts.fields or part.atom.predicate in self.policy.units

    def _beside(self, step: Step, child: Justification, givers: Sequence[tuple[Step, Justification]]) -> Justification:
        """A fact of the case that is another than a fact beside it: neither is blamed alone."""
        if step.truth != "fails" or child.kind != "fact" or not isinstance(step.part, Literal) or step.part.negated:
            return child
        wanted = step.part.atom.terms[-1]
        for other, giver in givers:
            gives = other.part.atom.terms[-1] if isinstance(other.part, Literal) else None
            if giver.kind == "fact" and isinstance(wanted, Variable) and gives == wanted:
                distance = at_one_of([*self._places(child), *self._places(giver)])
                return replace(child, facts=(*child.facts, *giver.facts), beside=giver, distance=distance)
        return child

    # How near

    def _mended(self, blocking: Justification, givers: Sequence[Justification]) -> Distance:
        """How far a blocking part is from holding. Where it says nothing of the case itself, the facts would have to be otherwise that
        give it its values."""
        if givers and not any(path for change in blocking.distance.asked for path, _ in change):
            places = [place for giver in givers for place in self._places(giver)]
            return at_one_of(places) if places else blocking.distance
        return blocking.distance

    def _undone(self, holding: Justification) -> Distance:
        """How far something that holds is from failing: any of the facts that it rests on may be otherwise."""
        places = dict.fromkeys(place for reason in holding.walk() for place in self._places(reason))
        return at_one_of(places) if 0 < len(places) <= _MOST_PLACES else elsewhere()

    def _moved(self, compared: ComparedSides) -> Distance:
        """How far a comparison is from holding: either side may move, the day of the application only forward."""
        left, relation, right = compared
        forward = {"<": right, "<=": right, ">": left, ">=": left}.get(relation)
        places = []
        for side in (left, right):
            for field, path in self.provenance.fields_of(side.source):
                stuck = field.changed_by == "time" and side is not forward
                places.append((path, UNCHANGEABLE if stuck else changes_for(field)))
        days = _days_apart(left.value, right.value, left.kind)
        return at_one_of(places, days) if places else elsewhere()._replace(days=days)

    def _places(self, reason: Justification) -> Iterator[tuple[str, int]]:
        """The facts that a justification rests on itself, each with how many changes it counts for."""
        if reason.kind == "fact" and reason.predicate in self.facts.fields:
            yield from ((path, changes_for(self.facts.fields[reason.predicate])) for path in reason.facts)
        elif reason.kind == "comparison":
            for side in reason.sides:
                yield from ((path, changes_for(field)) for field, path in self.provenance.fields_of(side.source))
        elif reason.kind == "derived":
            yield from (place for child in reason.children for place in self._places(child))

    # Parts of a body

    def _step(self, rule: Rule, environment: Environment, step: Step) -> Justification | None:
        """The justification of a part; `None` where no reader asks after it."""
        part = step.part
        if isinstance(part, Comparison):
            return self._comparison(rule, environment, step, part)
        if isinstance(part, Aggregate):
            return self._aggregate(rule, environment, step, part)
        predicate = part.atom.predicate
        if part.negated:
            return self._negation(predicate, step)
        if predicate in _UNSPOKEN or (step.truth == "holds" and self._asks_no_value(part)):
            return None
        if step.truth == "fails" or predicate in self.facts.fields or predicate in self.facts.lists:
            return self.atoms.atom(predicate, self._of_item(predicate, step))
        if len(step.found) == 1:
            return self.atoms.atom(predicate, step.found[0])
        return self._some(predicate, step)

    def _of_item(self, predicate: str, step: Step) -> Pattern:
        """The arguments that an atom was looked up by, and the items that it was found for."""
        if not step.found or None not in step.pattern:
            return step.pattern
        kinds = [kind for _, kind in self.policy.predicates[predicate].arguments]
        found = zip(step.pattern, step.found[0], kinds, strict=True)
        return tuple(there if value is None and kind in self.policy.list_of else value for value, there, kind in found)

    def _some(self, predicate: str, step: Step) -> Justification:
        """A literal that several atoms satisfy: one of each item of the case."""
        arguments = self.policy.predicates[predicate].arguments
        entities = [position for position, (_, kind) in enumerate(arguments) if kind in self.policy.list_of]
        by_item: dict[tuple[Value, ...], list[tuple[Value, ...]]] = {}
        for atom in step.found:
            by_item.setdefault(tuple(atom[position] for position in entities), []).append(atom)
        children = tuple(
            self.atoms.open_atoms(predicate, found) if step.truth == "unknown" else self.atoms.atom(predicate, found[0])
            for found in by_item.values()
        )
        if len(children) == 1:
            return children[0]
        present = tuple(found[0] for found in by_item.values())
        return Justification("some", step.truth, predicate, step.pattern, children=children, present=present)

    def _asks_no_value(self, part: Literal) -> bool:
        """Whether a fact of the case is asked for without a look at its value."""
        last = part.atom.terms[-1]
        return isinstance(last, Variable) and last.name == "_" and part.atom.predicate in self.facts.fields

    def _negation(self, predicate: str, step: Step) -> Justification:
        key = (predicate, step.pattern)
        found = self._negated.get(key)
        if found is None:
            if step.truth == "holds" or not step.found:
                below = [self.atoms.atom(predicate, step.pattern)]
            else:
                below = [self.atoms.atom(predicate, arguments) for arguments in step.found]
            (one, *more) = below
            children = tuple(below) if more or not one.children else one.children
            found = Justification(
                "not",
                step.truth,
                predicate,
                step.pattern,
                one.rule,
                children=children,
                # what is negated and holds would have to be undone
                distance=together([self._undone(other) for other in below]) if step.truth == "fails" else NONE,
                binders=one.binders if children is one.children else (),
                blamed=one.blamed if children is one.children else (),
            )
            self._negated[key] = found
        return found

    def _comparison(self, rule: Rule, environment: Environment, step: Step, part: Comparison) -> Justification:
        left, right = step.pattern
        assert left is not None
        assert right is not None
        sides = (self.provenance.side(rule, environment, part.left, left), self.provenance.side(rule, environment, part.right, right))
        compared = ComparedSides(sides[0], part.operator, sides[1])
        facts = tuple(dict.fromkeys(path for side in sides for path in self.provenance.paths(side.source)))
        return Justification(
            "comparison",
            step.truth,
            rule=rule,
            environment=environment,
            facts=facts,
            comparison=compared,
            distance=self._moved(compared) if step.truth == "fails" else NONE,
        )

    def _aggregate(self, rule: Rule, environment: Environment, step: Step, part: Aggregate) -> Justification:
        assert step.total is not None
        bound = step.pattern[0]
        assert bound is not None
        relation = "" if part.operator == "=" and isinstance(part.bound, Variable) else part.operator
        members = self._counted(rule, environment, part)
        assumed = dict.fromkeys(path for child in members.children for path in child.assumed if child.kind == "items")
        return Justification(
            "total",
            step.truth,
            rule.head.predicate,
            (bound,),
            rule,
            environment,
            children=(members,),
            assumed=tuple(assumed),
            aggregate=AggregateValue(part, step.total, relation, self.provenance.side(rule, environment, part.bound, bound)),
            distance=elsewhere() if step.truth == "fails" else NONE,
        )

    def _counted(self, rule: Rule, environment: Environment, part: Aggregate) -> Justification:
        """Everything an aggregate counted, and what it could have counted and did not."""
        given = {name: environment[name] for name in {variable for variable in shared_variables(rule, part) if variable in environment}}
        key = (tuple(element.condition for element in part.elements), tuple(sorted((name, str(value)) for name, value in given.items())))
        found = self._members.get(key)
        if found is None:
            children: dict[int, Justification] = {}
            for element in part.elements:
                for match in self.matcher.element(rule, element, given, failing=True):
                    for step in match.steps:
                        child = self._step(rule, match.environment, step)
                        if child is not None:
                            children[id(child)] = child
            lists = self.facts.whole_lists(rule, (Variable(name) for name in given), given).values()
            found = Justification("members", "holds", rule.head.predicate, rule=rule, children=(*children.values(), *lists))
            self._members[key] = found
        return found


def _days_apart(left: ValueOrOpen, right: ValueOrOpen, kind: str) -> int:
    """How far two values lie apart: days for days, else their difference; what never comes is farther than anything."""
    if left is SUPREMUM or right is SUPREMUM:
        return 1_000_000
    if not isinstance(left, int) or not isinstance(right, int):
        return 0
    return abs((to_date(left) - to_date(right)).days) if kind == "day" else abs(left - right)
