"""Why a condition holds, fails or is open: its derivation down to the facts of the case, as a graph without words.

`Explainer` follows what clingo found (`matcher.World`) from a decision down to facts, parameters, rows of the annex,
readings and absences. What holds is shown with every instance of a rule that derives it; what fails with every
instance that could have derived it, closest first, each with what fails in it. A reason that several others rest on
is one object, so that the graph stays small and can be shown once.

The facts, absences and parameters below a failing condition suffice for its failing: whatever the rest of the case
is, the same search runs into the same walls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal as OneOf

from tiaoli.base import InternalError, Problem, Statement, to_date
from tiaoli.decide import CaseFacts, Subject
from tiaoli.encoding import Encoding, Environment, Instance, Matcher, Step, Total
from tiaoli.explain.provenance import Side, Sources
from tiaoli.rules import (
    SUPREMUM,
    Aggregate,
    Comparison,
    Consequences,
    Fact,
    Given,
    Literal,
    Name,
    Open,
    Pattern,
    Rule,
    Term,
    Truth,
    Value,
    Variable,
    World,
    shared_variables,
)

Kind = OneOf[
    "decision",
    "condition",
    "derived",
    "way",
    "some",
    "not",
    "comparison",
    "total",
    "members",
    "fact",
    "item",
    "items",
    "parameter",
    "row",
    "reading",
    "absent",
]


@dataclass(slots=True, eq=False)
class Reason:
    """A statement and what it rests on.

    `predicate` and `arguments` are the atom it is about; `rule` and `environment` the rule instance that derives it, or
    comes closest; `sides` and `relation` a comparison; `aggregate` and `total` an aggregate and its value. `facts` are the
    paths it rests on itself, `near` what is there in the place of what is absent. `cost` is how many things would have to
    be otherwise, and `distance` by how many days they miss. `kept` are the positions of children that a failing child
    speaks of.
    """

    kind: Kind
    status: Truth
    predicate: str = ""
    arguments: Pattern = ()
    rule: Rule | None = None
    environment: Environment = field(default_factory=dict)
    children: tuple[Reason, ...] = ()
    facts: tuple[str, ...] = ()
    near: tuple[Pattern, ...] = ()
    sides: tuple[Side, Side] | None = None
    relation: str = ""
    aggregate: Aggregate | None = None
    total: Total | None = None
    cost: int = 0
    distance: int = 0
    kept: frozenset[int] = frozenset()
    omitted: int = 0


class Explainer:
    """Explains one case. `found` is what was found of everything that the rules derive (`telling_rules`), `name` what the
    rules call the case."""

    def __init__(self, encoding: Encoding, facts: CaseFacts, readings: Sequence[Fact], found: Consequences, name: Value) -> None:
        self.encoding, self.policy, self.facts, self.name = encoding, encoding.policy, facts, name
        self.complete = not facts.choices
        known = [*self.policy.facts, *readings, *facts.facts]
        options = [option for choice in facts.choices.values() for option in choice.options]
        items = [item for entity in facts.items.values() for item in entity]
        world = World([*known, *found.certain], [*options, *(found.possible - found.certain)], items)
        self.matcher = Matcher(encoding.plans, world, facts.items)
        self.fields = {field.predicate: field for field in self.policy.fields.values()}
        self.lists = {item.predicate: item for item in self.policy.lists.values()}
        self._atoms: dict[tuple[str, Pattern], Reason] = {}
        self._opened: dict[tuple[str, Pattern], Reason] = {}
        self._negated: dict[tuple[str, Pattern], Reason] = {}
        self._members: dict[object, Reason] = {}
        self.sources = Sources(self.policy, self.matcher, facts.paths)

    # Decisions

    def decision(self, subject: Subject, status: Truth) -> Reason:
        """A decision with its conditions in the reviewer's order, and, where it grants, its amount."""
        about = (self.name, Name(subject.benefit), subject.item)
        children = [self.condition(subject, condition) for condition in self.policy.benefits[subject.benefit].conditions]
        if status != "fails":
            for predicate in (item.name for item in self.policy.predicates.values() if item.shown):
                if predicate not in ("met", "eligible", "exclusive"):
                    width = len(self.policy.predicates[predicate].arguments)
                    for arguments in self.matcher.world.matching(predicate, (*about, *[None] * (width - 3))):
                        if self.matcher.world.truth(predicate, arguments) == "holds":
                            children.append(self.atom(predicate, arguments))
        return Reason("decision", status, "eligible", about, children=tuple(children))

    def condition(self, subject: Subject, condition: str) -> Reason:
        """A condition of a decision, with what it rests on."""
        below = self.atom("met", (self.name, Name(subject.benefit), subject.item, Name(condition)))
        return Reason(
            "condition",
            below.status,
            "met",
            below.arguments,
            rule=below.rule,
            children=below.children,
            facts=below.facts,
            near=below.near,
            cost=below.cost,
            distance=below.distance,
            kept=below.kept,
        )

    # Atoms

    def atom(self, predicate: str, pattern: Pattern) -> Reason:
        """Why an atom holds, fails or is open; with `None` or an open value among the arguments: why none does."""
        key = (predicate, pattern)
        found = self._atoms.get(key)
        if found is None:
            source = self.policy.predicates[predicate].source
            if source == "case":
                found = self._given(predicate, pattern)
            elif source == "engine":
                found = self._supplied(predicate, pattern)
            elif None in pattern or any(isinstance(value, Open) for value in pattern):
                found = self._none(predicate, pattern)
            else:
                found = self._derived(predicate, pattern)
            self._atoms[key] = found
        return found

    def _derived(self, predicate: str, arguments: Pattern) -> Reason:
        status = self.matcher.world.truth(predicate, arguments)  # type: ignore[arg-type]  # ground
        if status == "fails":
            return self._failed(predicate, arguments)
        ways: list[Instance] = []
        others: list[Instance] = []
        for instance in self.matcher.instances(predicate, arguments):
            (ways if instance.branch.truth == status else others).append(instance)
        if not ways and (self.complete or not others):
            raise _without_derivation(predicate, arguments)
        # with facts missing, what holds in every completion may hold in each by another rule
        return self._alternatives(predicate, arguments, status, [self._way(predicate, arguments, way) for way in ways or others])

    def _open(self, predicate: str, found: Sequence[tuple[Value, ...]]) -> Reason:
        """Several atoms of which a missing fact leaves open which one holds, as one."""
        if len(found) == 1:
            return self.atom(predicate, found[0])
        columns = [tuple(dict.fromkeys(column)) for column in zip(*found, strict=True)]
        pattern = tuple(column[0] if len(column) == 1 else Open(column) for column in columns)
        key = (predicate, pattern)
        if key not in self._opened:
            ways = [self._way(predicate, pattern, way) for way in self.matcher.instances(predicate, pattern)]
            self._opened[key] = self._alternatives(predicate, pattern, "unknown", ways)
        return self._opened[key]

    def _failed(self, predicate: str, pattern: Pattern) -> Reason:
        ways = [self._way(predicate, pattern, way) for way in self.matcher.instances(predicate, pattern, near=True)]
        ways.sort(key=_farness)
        found = self._alternatives(predicate, pattern, "fails", ways, () if ways else tuple(self._near(predicate, pattern)))
        if not ways:
            # the sentence that lists what there is
            found.rule = next(iter(self.matcher.heads[predicate]), None)
        closed: dict[str, Reason] = {}
        for way in ways:
            if way.rule is not None:
                closed |= self._closed(way.rule, (term for term in way.rule.head.terms), way.environment)
        found.children += tuple(closed.values())
        return found

    def _closed(self, rule: Rule, seen: Iterable[Term], environment: Environment) -> dict[str, Reason]:
        """For each entity that a variable of a rule runs over, that the case has these items and no others."""
        kinds = self.matcher.kinds(rule)
        given = {term.name for term in seen if isinstance(term, Variable)}
        beside = {kinds[name]: environment[name] for name in given if name in kinds and name in environment}
        over = {kind for name, kind in kinds.items() if name not in given and kind in self.policy.list_of and kind not in beside}
        return {kind: self._only(kind, beside, self.matcher.domain(kind, beside)) for kind in sorted(over)}

    def _none(self, predicate: str, pattern: Pattern) -> Reason:
        """Why no atom matches a pattern: item by item, where an argument is an item of the case."""
        declared = self.policy.predicates[predicate].arguments
        beside = {kind: value for (_, kind), value in zip(declared, pattern, strict=True) if value is not None}
        for position, (_, kind) in enumerate(declared):
            if pattern[position] is None and kind in self.policy.list_of:
                items = self.matcher.domain(kind, beside)
                children = [self.atom(predicate, (*pattern[:position], item, *pattern[position + 1 :])) for item in items]
                children.sort(key=lambda child: (child.cost, child.distance))
                only = self._only(kind, beside, items)
                if not items:
                    # that there is none is why
                    only.status, only.cost = "fails", 1
                return Reason(
                    "derived",
                    "fails",
                    predicate,
                    pattern,
                    children=(*children, only),
                    cost=min((child.cost for child in children), default=1),
                    distance=min((child.distance for child in children), default=0),
                )
        return self._failed(predicate, pattern)

    def _alternatives(
        self, predicate: str, pattern: Pattern, status: Truth, ways: Sequence[Reason], near: tuple[Pattern, ...] = ()
    ) -> Reason:
        if len(ways) == 1:
            (way,) = ways
            way.kind = "derived"
            way.status = status
            return way
        first = ways[0] if ways else None
        return Reason(
            "derived",
            status,
            predicate,
            pattern,
            rule=first.rule if first else None,
            children=tuple(ways),
            near=near,
            cost=first.cost if first else 1,
            distance=first.distance if first else 0,
        )

    def _way(self, predicate: str, pattern: Pattern, instance: Instance) -> Reason:
        rule, branch = instance
        children: list[Reason] = []
        steps: list[Step] = []
        for step in branch.steps:
            child = self._step(rule, branch.environment, step)
            if child is not None:
                children.append(child)
                steps.append(step)
        way = Reason("way", branch.truth, predicate, pattern, rule, branch.environment, tuple(children), cost=len(children))
        if branch.truth == "fails":
            failing = [child for child in children if child.status == "fails"]
            way.kept, text_alone = self._spoken_of(steps)
            way.cost = sum(child.cost for child in failing) + _OUT_OF_REACH * text_alone
            way.distance = sum(child.distance for child in failing)
        return way

    def _spoken_of(self, steps: Sequence[Step]) -> tuple[frozenset[int], int]:
        """The positions of steps that give a value to a variable of an atom that fails; and how many atoms fail that speak of
        nothing in the case, neither themselves nor through such a value."""
        asked: list[tuple[bool, set[str]]] = []
        for step in steps:
            if step.truth == "fails" and isinstance(step.part, Literal):
                names = {term.name for term in step.part.atom.terms if isinstance(term, Variable) and not term.anonymous}
                kinds = [kind for _, kind in self.policy.predicates[step.part.atom.predicate].arguments]
                asked.append(("case" in kinds or "reading" in kinds, names))
        wanted: set[str] = set().union(*(names for _, names in asked))
        given: dict[str, int] = {}
        for position, step in enumerate(steps):
            if step.truth != "fails" and isinstance(step.part, Literal) and not step.part.negated:
                last = step.part.atom.terms[-1]
                if isinstance(last, Variable) and last.name in wanted:
                    given.setdefault(last.name, position)
        return frozenset(given.values()), sum(1 for about_case, names in asked if not about_case and names.isdisjoint(given))

    # Parts of a body

    def _step(self, rule: Rule, environment: Environment, step: Step) -> Reason | None:
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
        if step.truth == "fails" or predicate in self.fields or predicate in self.lists:
            return self.atom(predicate, step.pattern)
        if len(step.found) == 1:
            return self.atom(predicate, step.found[0])
        entities = [
            position for position, (_, kind) in enumerate(self.policy.predicates[predicate].arguments) if kind in self.policy.list_of
        ]
        by_item: dict[tuple[Value, ...], list[tuple[Value, ...]]] = {}
        for arguments in step.found:
            by_item.setdefault(tuple(arguments[position] for position in entities), []).append(arguments)
        children = tuple(
            self._open(predicate, found) if step.truth == "unknown" else self.atom(predicate, found[0]) for found in by_item.values()
        )
        if len(children) == 1:
            return children[0]
        return Reason("some", step.truth, predicate, step.pattern, children=children, near=tuple(found[0] for found in by_item.values()))

    def _asks_no_value(self, part: Literal) -> bool:
        """Whether a fact of the case is asked for without a look at its value."""
        last = part.atom.terms[-1]
        return isinstance(last, Variable) and last.name == "_" and part.atom.predicate in self.fields

    def _negation(self, predicate: str, step: Step) -> Reason:
        key = (predicate, step.pattern)
        found = self._negated.get(key)
        if found is None:
            if step.truth == "holds" or not step.found:
                below = [self.atom(predicate, step.pattern)]
            else:
                below = [self.atom(predicate, arguments) for arguments in step.found]
            (one, *more) = below
            children = tuple(below) if more or not one.children else one.children
            fails = step.truth == "fails"
            # what is negated and holds would have to be undone: one thing at least
            kept = one.kept if children is one.children else frozenset()
            found = Reason("not", step.truth, predicate, step.pattern, one.rule, children=children, cost=1 if fails else 0, kept=kept)
            self._negated[key] = found
        return found

    def _comparison(self, rule: Rule, environment: Environment, step: Step, part: Comparison) -> Reason:
        left, right = step.pattern
        assert left is not None
        assert right is not None
        sides = (self.sources.side(rule, environment, part.left, left), self.sources.side(rule, environment, part.right, right))
        facts = tuple(dict.fromkeys(path for side in sides for path in self.sources.paths(side.source)))
        fails = step.truth == "fails"
        return Reason(
            "comparison",
            step.truth,
            rule=rule,
            environment=environment,
            facts=facts,
            sides=sides,
            relation=part.operator,
            cost=1 if fails else 0,
            distance=_apart(left, right, sides[0].kind) if fails else 0,
        )

    def _aggregate(self, rule: Rule, environment: Environment, step: Step, part: Aggregate) -> Reason:
        assert step.total is not None
        bound = step.pattern[0]
        assert bound is not None
        side = self.sources.side(rule, environment, part.bound, bound)
        return Reason(
            "total",
            step.truth,
            rule.head.predicate,
            (bound,),
            rule,
            environment,
            children=(self._counted(rule, environment, part),),
            sides=(side, side),
            relation="" if part.operator == "=" and isinstance(part.bound, Variable) else part.operator,
            aggregate=part,
            total=step.total,
            cost=1 if step.truth == "fails" else 0,
        )

    def _counted(self, rule: Rule, environment: Environment, part: Aggregate) -> Reason:
        """Everything an aggregate counted, and what it could have counted and did not."""
        bound = {variable for variable in shared_variables(rule, part) if variable in environment}
        given = {name: environment[name] for name in bound}
        key = (tuple(element.condition for element in part.elements), tuple(sorted((name, str(value)) for name, value in given.items())))
        found = self._members.get(key)
        if found is None:
            children: dict[int, Reason] = {}
            for element in part.elements:
                for branch in self.matcher.members(rule, element, given, near=True):
                    for step in branch.steps:
                        child = self._step(rule, branch.environment, step)
                        if child is not None:
                            children[id(child)] = child
            only = self._closed(rule, (Variable(name) for name in given), given).values()
            found = Reason("members", "holds", rule.head.predicate, rule=rule, children=(*children.values(), *only))
            self._members[key] = found
        return found

    # Leaves

    def _given(self, predicate: str, pattern: Pattern) -> Reason:
        """A fact of the case, or its absence."""
        if predicate in self.lists:
            return self._item(predicate, pattern)
        field = self.fields[predicate]
        item = str(pattern[1]) if field.entity else ""
        path = self.facts.paths.get((field.path, item))
        if path is None:
            # no item of the case is meant
            return Reason("absent", "fails", predicate, pattern, cost=1)
        wanted = pattern[-1]
        about = [None if isinstance(value, Open) else value for value in pattern[:-1]]
        there = self.matcher.world.matching(predicate, [*about, None])
        if wanted is not None and not isinstance(wanted, Open):
            status = self.matcher.world.truth(predicate, pattern)  # type: ignore[arg-type]  # ground
        else:
            status = "fails" if not there else "unknown" if len(there) > 1 and field.path in self._open_fields(item) else "holds"
        if status == "fails":
            return Reason("fact" if there else "absent", "fails", predicate, pattern, facts=(path,), near=tuple(there), cost=1)
        arguments = there[0] if wanted is None and len(there) == 1 else pattern
        return Reason("fact", status, predicate, arguments, facts=(path,))

    def _open_fields(self, item: str) -> set[str]:
        return {path for path, other in self.facts.choices if other == item}

    def _item(self, predicate: str, pattern: Pattern) -> Reason:
        declared = self.lists[predicate]
        there = self.matcher.world.matching(predicate, [None if isinstance(value, Open) else value for value in pattern])
        if there:
            return Reason("item", "holds", predicate, there[0], facts=(self._item_path(declared.entity, str(there[0][-1])),))
        beside = {
            kind: value for (_, kind), value in zip(self.policy.predicates[predicate].arguments, pattern, strict=True) if value is not None
        }
        found = self._only(declared.entity, beside, self.matcher.domain(declared.entity, beside))
        return Reason("items", "fails", found.predicate, found.arguments, facts=found.facts, near=found.near, cost=1)

    def _only(self, entity: str, beside: Mapping[str, Given], items: Sequence[str]) -> Reason:
        """The case holds these items of an entity and no others."""
        declared = self.policy.list_of[entity]
        holder = beside.get(declared.parent) if declared.parent else None
        if declared.parent and isinstance(holder, str):
            paths = [f"{self._item_path(declared.parent, holder)}.{declared.path.rpartition('.')[2]}"]
        elif declared.parent:
            inner = declared.path.rpartition(".")[2]
            paths = [f"{self._item_path(declared.parent, item)}.{inner}" for item in self.facts.items.get(declared.parent, ())]
            paths = paths or [self.policy.list_of[declared.parent].path]
        else:
            paths = [declared.path]
        return Reason("items", "holds", declared.predicate, (holder,), facts=tuple(paths), near=tuple((item,) for item in items))

    def _item_path(self, entity: str, item: str) -> str:
        declared = self.policy.list_of[entity]
        if declared.parent is None:
            return f"{declared.path}.{item}"
        holder, _, inner = item.rpartition("/")
        return f"{self._item_path(declared.parent, holder)}.{declared.path.rpartition('.')[2]}.{inner}"

    def _supplied(self, predicate: str, pattern: Pattern) -> Reason:
        """A parameter, a row of the annex, a reading: or that there is no such one."""
        kind: Kind = "reading" if predicate == "reading" else "row" if predicate == "catalogue" else "parameter"
        exact = [None if isinstance(value, Open) else value for value in pattern]
        there = self.matcher.world.matching(predicate, exact)
        if there and not any(isinstance(value, Open) for value in pattern):
            return Reason(kind, "holds", predicate, there[0])
        if there:
            return Reason(kind, "unknown", predicate, pattern)
        cost = _OUT_OF_REACH if kind == "reading" else 1
        return Reason(kind, "fails", predicate, pattern, near=tuple(self._near(predicate, pattern)), cost=cost)

    def _near(self, predicate: str, pattern: Pattern) -> Iterator[Pattern]:
        """What there is of a predicate instead: the rows most like the one looked for, or everything that is listed."""
        listed = list(self.matcher.world.atoms(predicate))
        if predicate == "catalogue" and isinstance(pattern[0], str):
            from difflib import get_close_matches

            yield from ((code,) for code in get_close_matches(pattern[0], [str(row[0]) for row in listed], n=1, cutoff=0.6))
        elif predicate != "reading":
            fixed = [(position, value) for position, value in enumerate(pattern) if isinstance(value, Name) and position < len(pattern) - 1]
            yield from (atom for atom in listed if all(atom[position] == value for position, value in fixed))


def _farness(way: Reason) -> tuple[int, int, int]:
    """How far a way is from holding: what would have to be otherwise, by how many days it misses, and how little of it holds."""
    return way.cost, way.distance, -sum(1 for child in way.children if child.status == "holds")


_OUT_OF_REACH = 10_000
"""The cost of what no fact of the case could change: another reading, something else in the text of the notice."""

_UNSPOKEN = frozenset({"asked", "add_months", "calendar_year"})
"""What the engine supplies and no reader asks after: the question itself, and the calendar, which the comparisons tell."""


def telling_rules(encoding: Encoding) -> str:
    """The rules, so that everything they derive is part of the answer: what an explanation has to read of a model."""
    names = [f"{item.name}/{len(item.arguments)}" for item in encoding.policy.predicates.values() if item.source == "rules"]
    # that a rule derives nothing for this case is no misspelling
    return "\n".join((encoding.policy.rule_text, *(f"#defined {name}. #show {name}." for name in names)))


def _apart(left: Given, right: Given, kind: str) -> int:
    """How far two values lie apart: days for days, else their difference; what never comes is farther than anything."""
    if left is SUPREMUM or right is SUPREMUM:
        return 1_000_000
    if not isinstance(left, int) or not isinstance(right, int):
        return 0
    return abs((to_date(left) - to_date(right)).days) if kind == "day" else abs(left - right)


def _without_derivation(predicate: str, arguments: Pattern) -> InternalError:
    atom = f"{predicate}({','.join(map(str, arguments))})"
    zh = f"求解器给出 {atom}，但没有规则推出它；这是程序的缺陷"
    return InternalError([Problem("", Statement(zh, f"clingo found {atom} and no rule derives it; the explanation is at fault"))])
