"""Why a condition holds, fails or is open: its justification down to the facts of the case.

`Explainer` follows what clingo found (`Interpretation`) from a decision down to facts, parameters, rows of tables,
readings and absences. What holds is shown with every instance of a rule that supports it; what fails with every
instance that could have supported it, closest first, each with the literals that block it.

The facts, absences and parameters below a failing condition suffice for its failing: whatever the rest of the case
is, the same search runs into the same walls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tiaoli.base import InternalError, Problem, Statement
from tiaoli.decide import CaseFacts, Subject
from tiaoli.encoding import Encoding
from tiaoli.explain.justification import Justification
from tiaoli.explain.justify_bodies import BodyJustifier
from tiaoli.explain.justify_facts import FactJustifier
from tiaoli.explain.matcher import Instance, Matcher
from tiaoli.explain.nearness import UNCHANGEABLE, elsewhere
from tiaoli.explain.provenance import Provenance
from tiaoli.rules import Consequences, Contract, ExactRules, Fact, Interpretation, Name, Open, Pattern, Truth, Value, exact_rules


class Explainer:
    """Explains one case. `found` is what was found of everything that the rules derive (`telling_rules`), `name` what the
    rules call the case."""

    def __init__(self, encoding: Encoding, facts: CaseFacts, readings: Sequence[Fact], found: Consequences, name: Value) -> None:
        self.policy, self.name = encoding.policy, name
        self.complete = not facts.choices
        known = [*self.policy.facts, *readings, *facts.facts]
        options = [option for choice in facts.choices.values() for option in choice.options]
        items = [item for entity in facts.items.values() for item in entity]
        self.interpretation = Interpretation([*known, *found.certain], [*options, *(found.possible - found.certain)], items)
        self.matcher = Matcher(encoding.plans, self.interpretation, facts.items)
        self._facts = FactJustifier(self.policy, facts, self.matcher)
        self._bodies = BodyJustifier(self.policy, self.matcher, Provenance(self.policy, self.matcher, facts.paths), self._facts, self)
        self._atoms: dict[tuple[str, Pattern], Justification] = {}
        self._opened: dict[tuple[str, Pattern], Justification] = {}

    # Decisions

    def decision(self, subject: Subject, status: Truth) -> Justification:
        """A decision with its conditions in the reviewer's order, and, where it grants, its amount."""
        about = (self.name, Name(subject.benefit), subject.item)
        children = [self.condition(subject, condition) for condition in self.policy.benefits[subject.benefit].conditions]
        if status != "fails":
            for predicate in (item.name for item in self.policy.predicates.values() if item.shown):
                if predicate not in (Contract.MET.name, Contract.ELIGIBLE.name, Contract.EXCLUSIVE.name, *self.policy.results):
                    width = len(self.policy.predicates[predicate].arguments)
                    for arguments in self.interpretation.matching(predicate, (*about, *[None] * (width - 3))):
                        if self.interpretation.truth(predicate, arguments) == "holds":
                            children.append(self.atom(predicate, arguments))
        for declared in self.policy.benefits[subject.benefit].results_said(status != "fails"):
            children += self._result(declared.id, about)
        return Justification("decision", status, Contract.ELIGIBLE.name, about, children=tuple(children))

    def _result(self, predicate: str, about: tuple[Value, ...]) -> Iterator[Justification]:
        """The value of a result; those that a missing fact leaves open as one; or that there is none."""
        found = list(self.interpretation.matching(predicate, (*about, None)))
        known = [arguments for arguments in found if self.interpretation.truth(predicate, arguments) == "holds"]
        if known:
            yield from (self.atom(predicate, arguments) for arguments in known)
        else:
            yield self.open_atoms(predicate, found) if found else self.atom(predicate, (*about, None))

    def condition(self, subject: Subject, condition: str) -> Justification:
        """A condition of a decision, with what it rests on."""
        below = self.atom(Contract.MET.name, (self.name, Name(subject.benefit), subject.item, Name(condition)))
        return Justification(
            "condition",
            below.status,
            Contract.MET.name,
            below.arguments,
            rule=below.rule,
            children=below.children,
            facts=below.facts,
            present=below.present,
            distance=below.distance,
            binders=below.binders,
            blamed=below.blamed,
        )

    # Atoms

    def atom(self, predicate: str, pattern: Pattern) -> Justification:
        """Why an atom holds, fails or is open; with `None` or an open value among the arguments: why none does."""
        key = (predicate, pattern)
        found = self._atoms.get(key)
        if found is None:
            source = self.policy.predicates[predicate].source
            if source == "case":
                found = self._facts.fact(predicate, pattern)
            elif source == "engine":
                found = self._facts.supplied(predicate, pattern)
            elif None in pattern or any(isinstance(value, Open) for value in pattern):
                found = self._none(predicate, pattern)
            else:
                found = self._derived(predicate, pattern)
            self._atoms[key] = found
        return found

    def open_atoms(self, predicate: str, found: Sequence[tuple[Value, ...]]) -> Justification:
        """Several atoms of which a missing fact leaves open which one holds, as one."""
        if len(found) == 1:
            return self.atom(predicate, found[0])
        columns = [tuple(dict.fromkeys(column)) for column in zip(*found, strict=True)]
        pattern = tuple(column[0] if len(column) == 1 else Open(column) for column in columns)
        key = (predicate, pattern)
        if key not in self._opened:
            ways = [self._bodies.instance(predicate, pattern, instance) for instance in self.matcher.instances(predicate, pattern)]
            self._opened[key] = _in_several_ways(predicate, pattern, "unknown", ways)
        return self._opened[key]

    def _derived(self, predicate: str, arguments: Pattern) -> Justification:
        """Why a ground atom of the rules holds, fails or is open: by every instance that supports it, or that could have."""
        status = self.interpretation.truth(predicate, arguments)  # type: ignore[arg-type]  # ground
        if status == "fails":
            return self._failed(predicate, arguments)
        supporting: list[Instance] = []
        others: list[Instance] = []
        for instance in self.matcher.instances(predicate, arguments):
            (supporting if instance.body.truth == status else others).append(instance)
        if not supporting and (self.complete or not others):
            raise _without_support(predicate, arguments)
        # with facts missing, what holds in every completion may hold in each by another rule
        ways = [self._bodies.instance(predicate, arguments, instance) for instance in supporting or others]
        return _in_several_ways(predicate, arguments, status, ways)

    def _failed(self, predicate: str, pattern: Pattern) -> Justification:
        """Why an atom fails: by every instance that could have supported it, closest first, and the lists that have no more items."""
        ways = [
            self._bodies.instance(predicate, pattern, instance) for instance in self.matcher.instances(predicate, pattern, failing=True)
        ]
        ways.sort(key=_closeness)
        found = _in_several_ways(predicate, pattern, "fails", ways)
        if not ways:
            found.present = tuple(self._facts.present(predicate, pattern))
            # the sentence that lists what there is
            found.rule = next(iter(self.matcher.plans.by_head[predicate]), None)
        lists: dict[str, Justification] = {}
        for way in ways:
            if way.rule is not None:
                lists |= self._facts.whole_lists(way.rule, way.rule.head.terms, way.environment)
        found.children += tuple(lists.values())
        return found

    def _none(self, predicate: str, pattern: Pattern) -> Justification:
        """Why no atom matches a pattern: item by item, where an argument is an item of the case."""
        declared = self.policy.predicates[predicate].arguments
        beside = {kind: value for (_, kind), value in zip(declared, pattern, strict=True) if value is not None}
        for position, (_, kind) in enumerate(declared):
            if pattern[position] is None and kind in self.policy.list_of:
                items = self.matcher.domain(kind, beside)
                children = [self.atom(predicate, (*pattern[:position], item, *pattern[position + 1 :])) for item in items]
                children.sort(key=lambda child: child.distance.measure)
                whole = self._facts.whole_list(kind, beside, items)
                if not items:
                    # that there is none is why
                    whole.status, whole.distance = "fails", elsewhere(UNCHANGEABLE)
                distance = children[0].distance if children else whole.distance
                return Justification("derived", "fails", predicate, pattern, children=(*children, whole), distance=distance)
        return self._failed(predicate, pattern)


def _in_several_ways(predicate: str, pattern: Pattern, status: Truth, ways: Sequence[Justification]) -> Justification:
    """An atom by the ways in which it is supported, or could have been; by itself where there is one."""
    if len(ways) == 1:
        (way,) = ways
        way.kind = "derived"
        way.status = status
        return way
    first = ways[0] if ways else None
    return Justification(
        "derived",
        status,
        predicate,
        pattern,
        rule=first.rule if first else None,
        children=tuple(ways),
        distance=first.distance if first else elsewhere(),
    )


def _closeness(way: Justification) -> tuple[int, int, int]:
    """How far a way is from holding: what would have to be otherwise, by how many days it misses, and how little of it holds."""
    return *way.distance.measure, -sum(1 for child in way.children if child.status == "holds")


def telling_rules(encoding: Encoding) -> ExactRules:
    """The rules, so that everything they derive is part of the answer: what an explanation has to read of a model."""
    names = [f"{item.name}/{len(item.arguments)}" for item in encoding.policy.predicates.values() if item.source == "rules"]
    # that a rule derives nothing for this case is no misspelling
    return exact_rules(encoding.rules, "\n".join(f"#defined {name}. #show {name}." for name in names))


def _without_support(predicate: str, arguments: Pattern) -> InternalError:
    atom = f"{predicate}({','.join(map(str, arguments))})"
    zh = f"求解器给出 {atom}，但没有规则推出它；这是程序的缺陷"
    return InternalError([Problem("", Statement(zh, f"clingo found {atom} and no rule derives it; the explanation is at fault"))])
