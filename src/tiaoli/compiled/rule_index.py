"""The rules of a policy as both compiled forms look at them: who can speak of what, written out for benefits and conditions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from tiaoli.compiled import fragment
from tiaoli.compiled.fragment import constant_of
from tiaoli.compiled.join_order import Way
from tiaoli.policy import UNITS, Field, ItemList, Policy
from tiaoli.rules import Aggregate, Constant, Literal, Name, Program, Rule, Variable


class RuleBook:
    """The rules by the predicate they derive, and the predicates of facts by what they say."""

    def __init__(self, policy: Policy, program: Program) -> None:
        self.policy = policy
        self.heads: dict[str, list[Rule]] = defaultdict(list)
        for rule in program.rules:
            self.heads[rule.head.predicate].append(rule)
        self.fields: Mapping[str, Field] = {declared.predicate: declared for declared in policy.fields.values()}
        self.lists: Mapping[str, ItemList] = {declared.predicate: declared for declared in policy.lists.values()}
        self._checked: set[int] = set()
        self._possible: dict[tuple[str, Way], bool] = {}
        self._counts: dict[str, bool] = {}
        self._single: dict[int, tuple[Rule, frozenset[str]]] = {}

    def single(self, rule: Rule) -> frozenset[str]:
        """The variables that stand only once in a rule."""
        found = self._single.get(id(rule))
        if found is None:
            # the rule is kept with what was found, so that no other can have its place in memory
            found = self._single[id(rule)] = rule, fragment.single(rule)
        return found[1]

    def possible(self, predicate: str, way: Way) -> bool:
        """Whether some fact or rule can speak of what is asked."""
        found = self._possible.get((predicate, way))
        if found is None:
            found = self._possible[predicate, way] = self._speaks(predicate, way)
        return found

    def _speaks(self, predicate: str, way: Way) -> bool:
        constants = [(position, term.value) for position, term in enumerate(way) if isinstance(term, Constant)]
        if predicate in self.heads:
            if self.policy.predicates[predicate].of_case:
                return any(True for rule in self.heads[predicate] for _ in self.written_out(rule, way))
            heads = [rule.head.terms for rule in self.heads[predicate]]
            return any(
                all(not isinstance(head := terms[position], Constant) or head.value == value for position, value in constants)
                for terms in heads
            )
        if predicate in UNITS and constants and constants[0][0] == 0:
            return str(constants[0][1]) in self.policy.parameters
        return predicate in self.fields or predicate in self.lists or predicate in fragment.GIVEN

    def counts(self, predicate: str) -> bool:
        """Whether a predicate rests on an aggregate, in its own rules or in those of what they ask for."""
        found = self._counts.get(predicate)
        if found is None:
            self._counts[predicate] = False
            found = self._counts[predicate] = any(
                isinstance(part, Aggregate) or (isinstance(part, Literal) and self.counts(part.atom.predicate))
                for rule in self.heads.get(predicate, ())
                for part in rule.body
            )
        return found

    def check(self, rule: Rule) -> None:
        """Raise `OutsideError` where a rule falls outside the fragment."""
        if id(rule) not in self._checked:
            fragment.check(self.policy, rule)
            self._checked.add(id(rule))

    def written_out(self, rule: Rule, way: Way) -> Iterator[dict[str, Constant]]:
        """What the variables of a rule stand for: the constants that are asked for, and each benefit and condition in turn
        where some rule or fact can speak of it."""
        known: dict[str, Constant] = {}
        for term, asked in zip(rule.head.terms[1:], way, strict=True):
            if isinstance(asked, Constant):
                if isinstance(term, Variable) and known.setdefault(term.name, asked) != asked:
                    return
                if isinstance(term, Constant) and term != asked:
                    return
        conditions = dict.fromkeys(name for benefit in self.policy.benefits.values() for name in benefit.conditions)
        words = {"benefit": _names(self.policy.benefits), "condition": _names(conditions)}
        free: dict[str, list[Constant]] = {}
        for atom in (rule.head, *(part.atom for part in rule.body if isinstance(part, Literal))):
            for (_, kind), term in zip(self.policy.predicates[atom.predicate].arguments, atom.terms, strict=True):
                if kind in words and isinstance(term, Variable) and not term.anonymous and term.name not in known:
                    free[term.name] = words[kind]
        for name, values in free.items():
            free[name] = [value for value in values if self._can_hold(rule, {**known, name: value})]
        for chosen in product(*free.values()):
            found = {**known, **dict(zip(free, chosen, strict=True))}
            if self._can_hold(rule, found):
                yield found

    def _can_hold(self, rule: Rule, known: Mapping[str, Constant]) -> bool:
        for part in rule.body:
            if isinstance(part, Literal) and not part.negated:
                terms = part.atom.terms[1 if self.policy.predicates[part.atom.predicate].of_case else 0 :]
                if not self.possible(part.atom.predicate, tuple(constant_of(term, known) or "_" for term in terms)):
                    return False
        return True


def _names(words: Iterable[str]) -> list[Constant]:
    return [Constant(Name(word)) for word in words]
