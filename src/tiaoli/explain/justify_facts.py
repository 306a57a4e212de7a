"""Justifications without a rule: a fact of the case or its absence, an item, the end of a list, what the notice or a reading supplies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from tiaoli.decide import CaseFacts
from tiaoli.explain.justification import Justification, Kind
from tiaoli.explain.matcher import Matcher
from tiaoli.explain.nearness import OUT_OF_REACH, UNCHANGEABLE, at_one_of, elsewhere
from tiaoli.policy import Field, Policy
from tiaoli.rules import Contract, Name, Open, Pattern, Rule, Term, Value, ValueOrOpen, Variable


class FactJustifier:
    """Justifies what is not derived, in one case."""

    def __init__(self, policy: Policy, facts: CaseFacts, matcher: Matcher) -> None:
        self.policy, self.case, self.matcher = policy, facts, matcher
        self.fields = {field.predicate: field for field in policy.fields.values()}
        self.lists = {item.predicate: item for item in policy.lists.values()}

    def fact(self, predicate: str, pattern: Pattern) -> Justification:
        """A fact of the case, or its absence."""
        if predicate in self.lists:
            return self._item(predicate, pattern)
        field = self.fields[predicate]
        item = str(pattern[1]) if field.entity else ""
        path = self.case.paths.get((field.path, item))
        if path is None:
            # no item of the case is meant
            return Justification("absent", "fails", predicate, pattern, distance=elsewhere(UNCHANGEABLE))
        wanted = pattern[-1]
        present = self.matcher.interpretation.matching(predicate, [*_ground(pattern[:-1]), None])
        if wanted is not None and not isinstance(wanted, Open):
            status = self.matcher.interpretation.truth(predicate, pattern)  # type: ignore[arg-type]  # ground
        else:
            status = "fails" if not present else "unknown" if len(present) > 1 and field.path in self._open_fields(item) else "holds"
            if status == "holds" and isinstance(wanted, Open) and wanted.values and present[0][-1] not in wanted.values:
                status = "fails"
        if status == "fails":
            kind: Kind = "fact" if present else "absent"
            assumed, distance = self._absent((path,)), at_one_of([(path, changes_for(field))])
            return Justification(
                kind, "fails", predicate, pattern, facts=(path,), assumed=assumed, present=tuple(present), distance=distance
            )
        # what the case states is said, whatever was looked for
        arguments = present[0] if len(present) == 1 else pattern
        return Justification("fact", status, predicate, arguments, facts=(path,))

    def _open_fields(self, item: str) -> set[str]:
        return {path for path, other in self.case.choices if other == item}

    # Lists

    def _item(self, predicate: str, pattern: Pattern) -> Justification:
        """That the case lists an item, or that its list has no such item."""
        declared = self.lists[predicate]
        present = self.matcher.interpretation.matching(predicate, _ground(pattern))
        if present:
            path = self._item_path(declared.entity, str(present[0][-1]))
            return Justification("item", "holds", predicate, present[0], facts=(path,))
        beside = {
            kind: value for (_, kind), value in zip(self.policy.predicates[predicate].arguments, pattern, strict=True) if value is not None
        }
        found = self.whole_list(declared.entity, beside, self.matcher.domain(declared.entity, beside))
        found.status, found.distance = "fails", elsewhere(UNCHANGEABLE)
        return found

    def whole_list(self, entity: str, beside: Mapping[str, ValueOrOpen], items: Sequence[str]) -> Justification:
        """That the case has these items of an entity and no others."""
        declared = self.policy.list_of[entity]
        holder = beside.get(declared.parent) if declared.parent else None
        if declared.parent and isinstance(holder, str):
            paths = [f"{self._item_path(declared.parent, holder)}.{declared.path.rpartition('.')[2]}"]
        elif declared.parent:
            inner = declared.path.rpartition(".")[2]
            paths = [f"{self._item_path(declared.parent, item)}.{inner}" for item in self.case.items.get(declared.parent, ())]
            paths = paths or [self.policy.list_of[declared.parent].path]
        else:
            paths = [declared.path]
        present = tuple((item,) for item in items)
        facts = tuple(paths)
        return Justification("items", "holds", declared.predicate, (holder,), facts=facts, assumed=self._absent(facts), present=present)

    def _absent(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The lists at these paths that the case does not give."""
        return tuple(path for path in paths if path in self.case.assumed)

    def whole_lists(self, rule: Rule, seen: Iterable[Term], environment: Mapping[str, ValueOrOpen]) -> dict[str, Justification]:
        """For each entity that a variable of a rule ranges over, that the case has these items and no others."""
        types = self.matcher.plans.types(rule)
        given = {term.name for term in seen if isinstance(term, Variable)}
        beside = {types[name]: environment[name] for name in given if name in types and name in environment}
        over = {kind for name, kind in types.items() if name not in given and kind in self.policy.list_of and kind not in beside}
        return {kind: self.whole_list(kind, beside, self.matcher.domain(kind, beside)) for kind in sorted(over)}

    def _item_path(self, entity: str, item: str) -> str:
        declared = self.policy.list_of[entity]
        if declared.parent is None:
            return f"{declared.path}.{item}"
        holder, _, inner = item.rpartition("/")
        return f"{self._item_path(declared.parent, holder)}.{declared.path.rpartition('.')[2]}.{inner}"

    # What the engine supplies

    def supplied(self, predicate: str, pattern: Pattern) -> Justification:
        """A parameter, a row of a table, a reading: or that there is no such one."""
        kind: Kind = "reading" if predicate == Contract.READING.name else "row" if predicate in self.policy.table_of else "parameter"
        present = self.matcher.interpretation.matching(predicate, _ground(pattern))
        if present and not any(isinstance(value, Open) for value in pattern):
            return Justification(kind, "holds", predicate, present[0])
        if present:
            return Justification(kind, "unknown", predicate, pattern)
        distance = elsewhere(OUT_OF_REACH if kind == "reading" else 1)
        return Justification(kind, "fails", predicate, pattern, present=tuple(self.present(predicate, pattern)), distance=distance)

    def present(self, predicate: str, pattern: Pattern) -> Iterator[Pattern]:
        """The tuples of a predicate that are there instead: the rows most like the one looked up, or everything that is listed."""
        listed = list(self.matcher.interpretation.atoms(predicate))
        if predicate in self.policy.table_of and len(pattern) == 1 and isinstance(pattern[0], str):
            yield from ((code,) for code in get_close_matches(pattern[0], [str(row[0]) for row in listed], n=1, cutoff=0.6))
        elif predicate != Contract.READING.name:
            fixed = [(position, value) for position, value in enumerate(pattern) if isinstance(value, Name) and position < len(pattern) - 1]
            yield from (atom for atom in listed if all(atom[position] == value for position, value in fixed))


def changes_for(field: Field) -> int:
    """How many changes a fact counts for where it would have to be otherwise."""
    return UNCHANGEABLE if field.changed_by == "no" else 1


def _ground(pattern: Pattern) -> list[Value | None]:
    """A pattern to look up, any value where one is open."""
    return [None if isinstance(value, Open) else value for value in pattern]
