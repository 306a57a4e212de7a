"""How many items of each list a conclusion can rest on: leave out all others, and it still holds.

The argument, a lemma for each construct, is decision 032. In short: a conclusion that holds has items that it rests on,
and of those that it does not rest on any may be left out. An atom that holds names the items of one instance of one rule; what must not
hold names none, since fewer items make fewer instances of the rules for it, unless one of these has a negation: then an item is needed for
every item of that instance, and this is no number where it goes in a circle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from tiaoli.base import Statement
from tiaoli.policy import Policy
from tiaoli.rules import Aggregate, Atom, BodyPart, Comparison, Element, Literal, Rule, Variable
from tiaoli.symbolic.shapes import (
    ANY,
    Env,
    Given,
    NoBoundError,
    Pattern,
    Shapes,
    SomeItem,
    names_in,
    names_of,
    pattern_of,
    renamed,
    value_of,
)
from tiaoli.symbolic.value_choices import ONE, ValueChoices, chosen

Demand = Counter[tuple[str, tuple[str, ...]]]
"""How many items of a list are needed for each choice of items of some others: `{("a", ()): 2, ("b", ("a",)): 1}` is two of the list `a`,
and one of `b` for each of them."""

_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MOST = 10_000


class Goal(NamedTuple):
    """An atom that is asked for: its predicate, and what is known of its arguments."""

    predicate: str
    pattern: Pattern


def items_needed(
    policy: Policy, shapes: Shapes, goals: Iterable[Goal], alike: Collection[str] = (), below: Needs | None = None
) -> dict[str, int]:
    """For each list, by entity, a number of items: where a case has an atom of one of the goals, some case with no more items has one. Of
    the lists whose items are `alike`, every item is kept that stands in one that is kept, and they are not in the answer. `below` are the
    demands under the rules below those of the shapes.

    Raises `NoBoundError` where there is no such number, or none that this can find.
    """
    needs = Needs(policy, shapes, frozenset(alike), below)
    found = [solved(policy, needs.concluded(goal), needs.alike) for goal in goals]
    return {entity: max(numbers[entity] for numbers in found) for entity in policy.list_of if entity not in needs.alike}


def solved(policy: Policy, demand: Demand, alike: Collection[str] = ()) -> dict[str, int]:
    """The numbers of items of a demand. Raises `NoBoundError` where items are needed for items in a circle."""
    found: dict[str, int] = {}
    open_ones: list[str] = []

    def number(entity: str) -> int:
        if entity not in found:
            if entity in open_ones or entity in alike:
                names = _listed(policy, [entity])
                raise NoBoundError(
                    Statement(
                        f"没有足够的项数：每有一项{names.zh}，都可能需要另外的列表项",
                        f"no number of items is enough: every {names.en} may need others",
                    ),
                    [entity],
                )
            open_ones.append(entity)
            total = 0
            for (needed, each), times in demand.items():
                if needed == entity:
                    for other in each:
                        times *= number(other)
                    total += times
            open_ones.pop()
            found[entity] = total
        return found[entity]

    numbers = {declared.entity: number(declared.entity) for declared in policy.lists.values() if declared.entity not in alike}
    for entity, total in numbers.items():
        if total > _MOST:
            names = _listed(policy, [entity])
            raise NoBoundError(Statement(f"需要{names.zh} {total} 项", f"{total} items are needed: {names.en}"), [entity])
    return numbers


class Needs:
    """The demands of conclusions under some rules, and under those `below` them."""

    def __init__(self, policy: Policy, shapes: Shapes, alike: frozenset[str], below: Needs | None = None) -> None:
        self.policy, self.shapes, self.alike, self.below = policy, shapes, alike, below
        self._kept: dict[tuple[str, Pattern], Demand] = {}
        self._kept_out: dict[tuple[str, Pattern], Demand] = {}
        self._choices: ValueChoices = ValueChoices(policy, shapes, below._choices if below is not None else None)

    def concluded(self, goal: Goal) -> Demand:
        """What an atom of the goal rests on, the items that it names among them."""
        found: Demand = Counter()
        for shape in self.shapes.of(goal.predicate, goal.pattern):
            named: Demand = Counter()
            for value in shape:
                self._with_holders(named, value.entities if isinstance(value, SomeItem) else ())
            found |= named + self._kept_in(goal.predicate, shape)
        return found

    def _with_holders(self, found: Demand, entities: Iterable[str]) -> None:
        """Add an item of each of some lists, and those that they stand in."""
        for entity in entities:
            if entity not in self.alike:
                found[entity, ()] += 1
            parent = self.policy.list_of[entity].parent
            self._with_holders(found, [parent] if parent else [])

    # An atom that holds

    def _kept_in(self, predicate: str, shape: Pattern) -> Demand:
        """What keeps an atom, besides the items that it names: the dearest of its rules."""
        if self.below is not None and self.shapes.layer(predicate) is not self.shapes:
            return self.below._kept_in(predicate, shape)
        if not self.shapes.derived(predicate):
            return Counter()
        key = predicate, shape
        if key not in self._kept:
            found: Demand = Counter()
            for rule, env in self.shapes.ways_to(predicate, shape):
                given = frozenset(name for term in rule.head.terms for name in names_in(term))
                found |= self._holds(rule, rule.body, env, given)
            self._kept[key] = found
        return self._kept[key]

    def _holds(self, rule: Rule, body: Sequence[BodyPart], env: Env, given: Given) -> Demand:
        """What keeps an instance of a body true: the items that its other variables stand for, and what each part needs."""
        self._tells_apart(rule, body, env)
        body, env = self._unfolded(body, env)
        found = self._items(body, env, given)
        for part in body:
            if isinstance(part, Literal):
                if part.negated:
                    found += self._keeps_out(part.atom.predicate, pattern_of(part.atom, env))
                else:
                    found += self._kept_in(part.atom.predicate, pattern_of(part.atom, env))
            elif isinstance(part, Aggregate):
                found += self._total_holds(rule, part, part.operator, env)
        return found

    def _unfolded(self, body: Sequence[BodyPart], env: Env) -> tuple[Sequence[BodyPart], Env]:
        """A body with every atom that one instance of one rule alone can conclude replaced by the body of that rule: what two atoms
        both rest on stands in it once."""
        seen: set[BodyPart] = set()
        todo, kept, found = list(body), [], dict(env)
        while todo:
            part = todo.pop(0)
            if part in seen:
                continue
            seen.add(part)
            rule, inner = self._only_way(part, found)
            if rule is None or not isinstance(part, Literal):
                kept.append(part)
                continue
            prefix = f"{len(seen)}."
            called = {term.name: to for term, to in zip(rule.head.terms, part.atom.terms, strict=True) if isinstance(term, Variable)}
            for name, value in inner.items():
                to = called.get(name, Variable(prefix + name))
                if isinstance(to, Variable):
                    found[to.name] = value
            todo += [renamed(one, called, prefix) for one in rule.body]
        return kept, found

    def _only_way(self, part: BodyPart, env: Env) -> tuple[Rule | None, Env]:
        """The one instance of a rule that can conclude an atom of a body, where there is only one."""
        if isinstance(part, Literal) and not part.negated and self.shapes.derived(part.atom.predicate):
            ways = list(self.shapes.ways_to(part.atom.predicate, pattern_of(part.atom, env)))
            if len(ways) == 1:
                return ways[0]
        return None, {}

    # An atom that does not hold

    def _keeps_out(self, predicate: str, pattern: Pattern) -> Demand:
        """What keeps every atom out that agrees with a pattern and does not hold: nothing but what negations in its rules need."""
        if self.below is not None and self.shapes.layer(predicate) is not self.shapes:
            return self.below._keeps_out(predicate, pattern)
        if not self.shapes.derived(predicate):
            return Counter()
        key = predicate, pattern
        if key not in self._kept_out:
            found: Demand = Counter()
            for rule, env in self.shapes.ways_to(predicate, pattern):
                given = frozenset(
                    term.name
                    for term, value in zip(rule.head.terms, pattern, strict=True)
                    if isinstance(term, Variable) and value is not None and value != ANY
                )
                found += self._fails(rule, rule.body, env, given)
            self._kept_out[key] = found
        return self._kept_out[key]

    def _fails(self, rule: Rule, body: Sequence[BodyPart], env: Env, given: Given) -> Demand:
        """What keeps every instance of a body from becoming true that is not: each part stays as it is, for each choice of items."""
        self._tells_apart(rule, body, env)
        found: Demand = Counter()
        for part in body:
            if isinstance(part, Literal) and not part.negated:
                inner = self._keeps_out(part.atom.predicate, pattern_of(part.atom, env))
                found += self._for_each(inner, rule, body, env, given, names_of(part), values=False)
            elif isinstance(part, Literal):
                found += self._for_each(self._some(part.atom, env), rule, body, env, given, names_of(part))
            elif isinstance(part, Aggregate):
                shared = {name for name in names_of(part) if name in env}
                inner = self._total_holds(rule, part, _OPPOSITE[part.operator], env)
                found += self._for_each(inner, rule, body, env, given, shared)
        return found

    def _some(self, atom: Atom, env: Env) -> Demand:
        """What keeps some atom in of those that agree with an atom whose unnamed arguments may be anything."""
        found: Demand = Counter()
        for shape in self.shapes.of(atom.predicate, pattern_of(atom, env)):
            here: Demand = Counter()
            for place, (term, value) in enumerate(zip(atom.terms, shape, strict=True)):
                if isinstance(term, Variable) and isinstance(value, SomeItem):
                    known = env.get(term.name)
                    more = set(value.entities) - set(known.entities if isinstance(known, SomeItem) else ())
                    held = known is None and len(more) == 1 and any(inner == place for _, inner in self.shapes.holders(atom.predicate))
                    self._with_holders(here, () if held else sorted(more))
                    if held:
                        here += Counter({(entity, ()): 1 for entity in more - self.alike})
            found |= here + self._kept_in(atom.predicate, shape)
        return found

    def _for_each(
        self, inner: Demand, rule: Rule, body: Sequence[BodyPart], env: Env, given: Given, names: Iterable[str], *, values: bool = True
    ) -> Demand:
        """A demand once for every choice of the items that some variables stand for, and of their `values` where these matter."""
        if not inner:
            return inner
        names = set(names)
        items = {name for name, value in env.items() if isinstance(value, SomeItem)}
        choices = ONE
        if values and (named := {name for name in names if env.get(name) == ANY}):
            found = self._choices.of(body, env, given | items, named)
            if found is None:
                words = ", ".join(sorted(named))
                raise NoBoundError(
                    Statement(f"{rule.where} 中 {words} 的取值不由列表项决定", f"in {rule.where} no item determines the value of {words}")
                )
            choices = found
            names |= items
        each = chosen(self.shapes, body, env, given, names)
        return sum(
            (
                Counter({(entity, tuple(sorted((*others, *each, *more)))): number * times for (entity, others), number in inner.items()})
                for more, times in choices.items()
            ),
            Counter(),
        )

    # Totals

    def _total_holds(self, rule: Rule, part: Aggregate, operator: str, env: Env) -> Demand:
        """What keeps a total as it is compared. More or fewer items can only make a count of one kind of thing larger or smaller."""
        bound = value_of(part.bound, env)
        weights = [self._weight(element, env) for element in part.elements]
        grows = part.function == "count" or all(weight is not None and weight >= 0 for weight in weights)
        if grows and operator in ("<", "<="):
            return self._none_more(rule, part, env)
        if grows and isinstance(bound, int):
            least = 1 if part.function == "count" else min((weight for weight in weights if weight), default=1)
            enough = -(-bound // least)
            if operator == ">=":
                return self._so_many(rule, part, env, enough)
            if operator == ">":
                return self._so_many(rule, part, env, bound // least + 1)
            if operator == "=":
                return self._so_many(rule, part, env, enough) + self._none_more(rule, part, env)
            return self._so_many(rule, part, env, bound // least + 1) | self._none_more(rule, part, env)
        return self._all_alike(rule, part, env)

    def _weight(self, element: Element, env: Env) -> int | None:
        """What an element adds to a sum, where it is always the same."""
        value = value_of(element.terms[0], env) if element.terms else None
        return value if isinstance(value, int) else None

    def _so_many(self, rule: Rule, part: Aggregate, env: Env, number: int) -> Demand:
        """What keeps so many of the things counted."""
        if number <= 0:
            return Counter()
        dearest: Demand = Counter()
        for element, inner in self._counted(rule, part, env):
            dearest |= self._holds(rule, element.condition, inner, frozenset(env))
        return Counter({key: number * times for key, times in dearest.items()})

    def _none_more(self, rule: Rule, part: Aggregate, env: Env) -> Demand:
        """What keeps anything out that is not counted."""
        found: Demand = Counter()
        for element, inner in self._counted(rule, part, env):
            found += self._fails(rule, element.condition, inner, frozenset(env))
        return found

    def _all_alike(self, rule: Rule, part: Aggregate, env: Env) -> Demand:
        """What keeps everything counted, and nothing else: of lists whose items are all kept with what they stand in."""
        found = self._none_more(rule, part, env)
        for element, inner in self._counted(rule, part, env):
            self._all_kept(rule, element, inner, frozenset(env))
            here = self._holds(rule, element.condition, inner, frozenset(env))
            found += self._for_each(here, rule, element.condition, inner, frozenset(env), names_of(element))
        return found

    def _counted(self, rule: Rule, part: Aggregate, env: Env) -> Iterator[tuple[Element, Env]]:
        """The elements of a total, each with what its variables can stand for."""
        for element in part.elements:
            for inner in self.shapes.ways(element.condition, env, rule):
                named = {name for term in element.terms for name in names_in(term) if self._is_alike(inner.get(name))}
                if len(named) > 1:
                    raise _apart(rule)
                yield element, inner

    def _tells_apart(self, rule: Rule, body: Sequence[BodyPart], env: Env) -> None:
        """Refuse what tells items apart that are alike: rules that compare their ids, or take one for an item of another list."""
        compared = {name for part in body if isinstance(part, Comparison) for name in names_of(part)}
        for name, value in env.items():
            if self._is_alike(value) and (name in compared or (isinstance(value, SomeItem) and len(value.entities) > 1)):
                raise _apart(rule)

    def _is_alike(self, value: object) -> bool:
        return isinstance(value, SomeItem) and not self.alike.isdisjoint(value.entities)

    def _all_kept(self, rule: Rule, element: Element, env: Env, given: Given) -> None:
        """Refuse a total over items some of which may be left out."""
        pairs = set(self.shapes.pairs(element.condition))
        for name, value in env.items():
            if name in given or not isinstance(value, SomeItem):
                continue
            held = {outer for outer, inner in pairs if inner == name}
            alone = len(value.entities) == 1 and value.entities[0] in self.alike
            if not alone or (self.policy.list_of[value.entities[0]].parent and not held & given):
                names = _listed(self.policy, value.entities)
                raise NoBoundError(
                    Statement(
                        f"{rule.where} 计算{names.zh}的数目，并与另一个不定的数目比较",
                        f"{rule.where} counts items and compares the number with one that is not fixed: {names.en}",
                    ),
                    value.entities,
                )

    # Items

    def _items(self, body: Sequence[BodyPart], env: Env, given: Given) -> Demand:
        """The items that the variables of a body stand for, and those in which they stand: what is there anyhow is left out."""
        pairs = set(self.shapes.pairs(body))
        there = set(given)
        while more := {outer for outer, inner in pairs if inner in there} - there:
            there |= more
        positive = [part for part in body if isinstance(part, Literal) and not part.negated]
        names = {name: value.entities for part in positive for name in names_of(part) if isinstance(value := env.get(name), SomeItem)}
        found: Demand = Counter()
        for name in sorted(names.keys() - given):
            entities, holder = names[name], _holder(pairs, name)
            if len(entities) > 1:
                self._with_holders(found, entities)
            elif name not in there and all(_holder(pairs, inner) == name for outer, inner in pairs if outer == name):
                # of several variables for what an item stands in, which are one and the same, the first is counted
                parent = self.policy.list_of[entities[0]].parent
                if parent and holder is None:
                    self._with_holders(found, entities)
                else:
                    found += Counter({(entity, ()): 1 for entity in entities if entity not in self.alike})
        return found


def _apart(rule: Rule) -> NoBoundError:
    return NoBoundError(
        Statement(f"{rule.where} 逐一区分只计数目的列表项", f"{rule.where} tells items apart that are only counted elsewhere"),
    )


def _holder(pairs: Iterable[tuple[str, str]], name: str) -> str | None:
    """The variable for the item that one stands in."""
    return min((outer for outer, inner in pairs if inner == name), default=None)


def _listed(policy: Policy, entities: Iterable[str]) -> Statement:
    words = [policy.list_of[entity].statement for entity in entities]
    return Statement("、".join(word.zh for word in words), ", ".join(word.en for word in words))
