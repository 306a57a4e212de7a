"""One atom of a body matched against an interpretation: the steps it can take, each with the variables it binds.

An atom over open values holds where it does for each of them, fails where it does for none, and is unknown otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from tiaoli.encoding import Environment, MatchPlans, PlannedPart, Step
from tiaoli.explain.evaluation import combinations, one_or_open
from tiaoli.rules import (
    OPPOSITE,
    Atom,
    Contract,
    Interpretation,
    Literal,
    Open,
    Pattern,
    Rule,
    Truth,
    Value,
    ValueOrOpen,
    Variable,
    worked_out,
)

Extension = tuple[Step | None, Mapping[str, ValueOrOpen]]
"""A step, and the variables it binds; no step where the part cannot be looked up."""

_UNBOUND: Mapping[str, ValueOrOpen] = {}
NOT_LOOKED_UP: tuple[Extension, ...] = ((None, _UNBOUND),)


class AtomMatcher:
    """Matches atoms against an interpretation. `items` are the items of each entity of the case."""

    def __init__(self, plans: MatchPlans, interpretation: Interpretation, items: Mapping[str, Sequence[str]]) -> None:
        self.plans, self.policy, self.interpretation, self.items = plans, plans.policy, interpretation, items

    def domain(self, entity: str, beside: Mapping[str, ValueOrOpen]) -> Sequence[str]:
        """The items that a variable of an entity can stand for, beside items of other entities: a trainee beside its
        class, a class beside its trainee."""
        found = self.items.get(entity, ())
        holder = self.plans.holders.get(entity)
        if holder is not None and isinstance(beside.get(holder), str):
            return [item for item in found if item.startswith(f"{beside[holder]}/")]
        for inner, outer in self.plans.holders.items():
            if outer == entity and isinstance(beside.get(inner), str):
                return [item for item in found if str(beside[inner]).startswith(f"{item}/")]
        return found

    def extensions(
        self, rule: Rule, part: Literal, planned: PlannedPart, pattern: Pattern, environment: Environment, failing: bool, failed: bool
    ) -> Sequence[Extension]:
        """The steps that an atom can take, at least one.

        With `failing` an atom that fails for some item is a step too, until something before it has `failed`.
        """
        if part.negated:
            if any(name not in environment for name in planned.names):
                return NOT_LOOKED_UP
            truth, found = self._exists(part.atom, pattern)
            return ((Step(part, OPPOSITE[truth], pattern, found), {}),)
        if failed and any(pattern[position] is None for position in self._item_variables(part.atom, planned)):
            # it speaks of an item that was not found
            return NOT_LOOKED_UP
        if part.atom.predicate in Contract.FUNCTIONS:
            return self._worked_out(part, pattern, planned)
        steps = self._matches(part, pattern, planned, environment)
        if failing and planned.free and not failed:
            steps = [*steps, *self._failing_items(rule, part, pattern, planned, environment, steps)]
        if not steps:
            return ((Step(part, "fails", pattern), {}),)
        # what has failed already is not looked up for every item again
        return steps[:1] if failed else steps

    def _worked_out(self, part: Literal, pattern: Pattern, planned: PlannedPart) -> Sequence[Extension]:
        """The one step of a function; what follows from open values is open in turn."""
        name, given = part.atom.predicate, Contract.FUNCTIONS[part.atom.predicate]
        if None in pattern[:given]:
            return NOT_LOOKED_UP
        atoms: list[tuple[Value, ...]] = []
        possible = list(combinations(pattern[:given]))
        for combination in possible:
            values = tuple(value for value in combination if value is not None)
            found = worked_out(name, values)
            agrees = found is not None and all(
                wanted is None or result in (wanted.values if isinstance(wanted, Open) else (wanted,))
                for result, wanted in zip(found, pattern[given:], strict=True)
            )
            if found is not None and agrees:
                atoms.append((*values, *found))
        if not atoms:
            return ((Step(part, "fails", pattern), {}),)
        certain = len(atoms) == len(possible) and not any(isinstance(value, Open) for value in pattern[given:])
        bound = {free: one_or_open(atom[position] for atom in atoms) for position, free in planned.free if pattern[position] is None}
        return ((Step(part, "holds" if certain else "unknown", pattern, tuple(atoms)), bound),)

    def _matches(self, part: Literal, pattern: Pattern, planned: PlannedPart, environment: Environment) -> Sequence[Extension]:
        """The steps in which an atom does not fail."""
        predicate = part.atom.predicate
        if not self._has_open(pattern):
            if not planned.free:
                truth, found = self._exists(part.atom, pattern)
                return [] if truth == "fails" else [(Step(part, truth, pattern, found), {})]
            atoms = self.interpretation.matching(predicate, pattern)  # type: ignore[arg-type]  # nothing is open
            if len(atoms) == 1 and not planned.repeated and self.interpretation.truth(predicate, atoms[0]) == "holds":
                (arguments,) = atoms
                bound = {name: arguments[position] for position, name in planned.free if pattern[position] is None}
                return [(Step(part, "holds", pattern, (arguments,)), bound)]
        groups: dict[tuple[Value, ...], list[tuple[Value, ...]]] = {}
        ground = list(combinations(pattern))
        free = [position for position, _ in planned.free if pattern[position] is None]
        names = [name for position, name in planned.free if pattern[position] is None]
        for combination in ground:
            for arguments in self.interpretation.matching(predicate, combination):
                if not planned.repeated or _repeated_agree(part.atom, arguments, environment):
                    groups.setdefault(tuple([arguments[position] for position in free]), []).append(arguments)
        if not groups:
            return []
        if len(ground) == 1:
            return self._by_binding(part, pattern, names, free, groups)
        # some values of an open variable may have a match and some none: what they bind is open in turn
        matched = sum(1 for combination in ground if self.interpretation.matching(predicate, combination))
        every = matched == len(ground) and all(
            self.interpretation.truth(predicate, arguments) == "holds" for found in groups.values() for arguments in found
        )
        opened = {name: one_or_open(key[number] for key in groups) for number, name in enumerate(names)}
        every_atom = tuple(arguments for group in groups.values() for arguments in group)
        return [(Step(part, "holds" if every else "unknown", pattern, every_atom), opened)]

    def _by_binding(
        self,
        part: Literal,
        pattern: Pattern,
        names: Sequence[str],
        free: Sequence[int],
        groups: Mapping[tuple[Value, ...], list[tuple[Value, ...]]],
    ) -> list[Extension]:
        """A step for every binding; bindings that differ in a value that is open become one."""
        predicate = part.atom.predicate
        steps: list[Extension] = []
        declared = self.policy.predicates[predicate]
        entities = [number for number, position in enumerate(free) if declared.arguments[position][1] in self.policy.list_of]
        undecided: dict[tuple[Value, ...], list[tuple[Value, ...]]] = defaultdict(list)
        for key, found in groups.items():
            if any(self.interpretation.truth(predicate, arguments) == "holds" for arguments in found):
                steps.append((Step(part, "holds", pattern, tuple(found)), dict(zip(names, key, strict=True))))
            else:
                undecided[tuple(key[number] for number in entities)].append(key)
        for keys in undecided.values():
            bound = {name: one_or_open(key[number] for key in keys) for number, name in enumerate(names)}
            atoms = tuple(arguments for key in keys for arguments in groups[key])
            # an unknown fact of the case has some value; what is derived from it may have none
            truth: Truth = "holds" if declared.source == "case" and len(atoms) > 1 else "unknown"
            steps.append((Step(part, truth, pattern, atoms), bound))
        return steps

    def _failing_items(
        self,
        rule: Rule,
        part: Literal,
        pattern: Pattern,
        planned: PlannedPart,
        environment: Environment,
        steps: Sequence[Extension],
    ) -> list[Extension]:
        """The items for which an atom fails, where a variable of an entity is free: each is a step of its own."""
        declared = self.policy.predicates[part.atom.predicate]
        if declared.name in self.plans.lists:
            return []
        kind = [kind for _, kind in declared.arguments]
        items = [(position, name) for position, name in planned.free if kind[position] in self.policy.list_of and pattern[position] is None]
        if not items:
            return []
        types = self.plans.types(rule)
        beside = {types[name]: value for name, value in environment.items() if name in types}
        free, names = zip(*items, strict=True)
        domains = [self.domain(kind[position], beside) for position in free]
        matched = {tuple(bound.get(name) for name in names) for _, bound in steps}
        found: list[Extension] = []
        for key in product(*domains):
            if key not in matched:
                filled = list(pattern)
                for position, value in zip(free, key, strict=True):
                    filled[position] = value
                found.append((Step(part, "fails", tuple(filled)), dict(zip(names, key, strict=True))))
        return found

    def _has_open(self, pattern: Pattern) -> bool:
        return not self.interpretation.settled and any(isinstance(value, Open) for value in pattern)

    def _item_variables(self, atom: Atom, planned: PlannedPart) -> Iterator[int]:
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
            truth = self.interpretation.truth(atom.predicate, ground)
            return truth, (() if truth == "fails" else (ground,))
        truths: set[Truth] = set()
        found: list[tuple[Value, ...]] = []
        for combination in combinations(pattern):
            atoms = self.interpretation.matching(atom.predicate, combination)
            each = {self.interpretation.truth(atom.predicate, arguments) for arguments in atoms}
            truths.add("holds" if "holds" in each else "unknown" if each else "fails")
            found += atoms
        return (truths.pop() if len(truths) == 1 else "unknown"), tuple(found)


def _repeated_agree(atom: Atom, arguments: Sequence[Value], environment: Environment) -> bool:
    """Whether a variable that stands twice in an atom has one value in both places."""
    seen: dict[str, Value] = {}
    return all(
        seen.setdefault(term.name, value) == value
        for term, value in zip(atom.terms, arguments, strict=True)
        if isinstance(term, Variable) and not term.anonymous and term.name not in environment
    )
