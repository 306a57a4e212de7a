"""What the rules can conclude, item by item and word by word, whatever the facts of a case are.

A shape is the arguments of an atom with everything left out that a case decides: an item is known by its list alone (`SomeItem`), what is a
fact's value or worked out of some is `ANY`, and what the rules themselves name is itself. Every atom that some case has agrees with a
shape, and every instance of a rule with an instance found here. It says nothing of what a particular case has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from tiaoli.base import Statement
from tiaoli.policy import Policy
from tiaoli.rules import (
    SIGNATURES,
    Aggregate,
    Atom,
    BodyPart,
    Comparison,
    Constant,
    Contract,
    Element,
    Literal,
    Name,
    Operation,
    Rule,
    Term,
    Value,
    Variable,
    compared,
    variables,
)
from tiaoli.symbolic.budget import NO_LIMIT


@dataclass(frozen=True, slots=True)
class SomeItem:
    """Some item of a list; of several lists, one of each, where these bear the same id."""

    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Some case, or some value."""

    word: str


CASE = Any("case")
ANY = Any("value")

Abstract = SomeItem | Any | Value
Shape = tuple[Abstract, ...]
Pattern = tuple[Abstract | None, ...]
"""A shape in which `None` stands for anything."""
Env = Mapping[str, Abstract]
"""What each variable of a rule stands for."""
Given = frozenset[str]
"""The variables whose items are there anyhow."""


_MOST_WAYS = 2_000
"""Where a body can be joined in more ways the number of items is not worked out."""


class NoBoundError(Exception):
    """Why there is no number of items that is enough; `counted` are the lists that are only counted, `rule` is where it is."""

    def __init__(self, why: Statement, counted: Iterable[str] = ()) -> None:
        super().__init__(why.en)
        self.why = why
        self.counted = frozenset(counted)


class Shapes:
    """The shapes of every predicate under some rules, and under those `below` them, which name nothing that these conclude. Raises
    `NoBoundError` where an item is named by its id or rules are recursive, `LimitReached` at a limit of the `budget`."""

    def __init__(self, policy: Policy, rules: Iterable[Rule], readings: Mapping[str, str], below: Shapes | None = None) -> None:
        self.policy, self.below = policy, below
        self.budget = NO_LIMIT
        self.rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            self.rules[rule.head.predicate].append(prepared(rule))
        self._given = _given(policy, readings)
        self._found: dict[tuple[str, Pattern], tuple[Shape, ...]] = {}
        self._ways: dict[tuple[str, Pattern], list[tuple[Rule, Env]]] = {}
        self._open: list[str] = []
        self._pairs: dict[str, frozenset[tuple[int, int]]] = {
            declared.predicate: frozenset({(1, 2)}) for declared in policy.lists.values() if declared.parent
        }

    def derived(self, predicate: str) -> bool:
        return predicate in self.rules or (self.below is not None and self.below.derived(predicate))

    def layer(self, predicate: str) -> Shapes:
        """These, or those below, where these have nothing to say of a predicate."""
        return self if self.below is None or predicate in self.rules else self.below.layer(predicate)

    def of(self, predicate: str, pattern: Pattern) -> tuple[Shape, ...]:
        """The shapes of a predicate that agree with a pattern."""
        if (layer := self.layer(predicate)) is not self:
            return layer.of(predicate, pattern)
        key = predicate, pattern
        if key not in self._found:
            if not self.derived(predicate):
                shapes: Iterable[Shape] = (
                    met for shape in self._given.get(predicate, ()) if (met := _meet_all(shape, pattern)) is not None
                )
            else:
                shapes = self._concluded(predicate, pattern)
            self._found[key] = tuple(dict.fromkeys(shapes))
        return self._found[key]

    def _concluded(self, predicate: str, pattern: Pattern) -> list[Shape]:
        if predicate in self._open:
            raise NoBoundError(Statement(f"{predicate} 的规则循环引用", f"the rules of {predicate} go in a circle"))
        self._open.append(predicate)
        try:
            return [
                tuple(value_of(term, env) for term in rule.head.terms)
                for rule in self.rules[predicate]
                for env in self.instances(rule, pattern)
            ]
        finally:
            self._open.pop()

    def ways_to(self, predicate: str, pattern: Pattern) -> list[tuple[Rule, Env]]:
        """The instances of rules that conclude what agrees with a pattern."""
        if (layer := self.layer(predicate)) is not self:
            return layer.ways_to(predicate, pattern)
        key = predicate, pattern
        if key not in self._ways:
            self._ways[key] = [(rule, env) for rule in self.rules[predicate] for env in self.instances(rule, pattern)]
        return self._ways[key]

    def instances(self, rule: Rule, pattern: Pattern) -> list[Env]:
        """What the variables of a rule can stand for where its head agrees with a pattern."""
        env = _matched(rule.head.terms, pattern, {}, rule)
        return [] if env is None else self.ways(rule.body, env, rule)

    def ways(self, body: Iterable[BodyPart], env: Env, rule: Rule) -> list[Env]:
        """What the variables of a body can stand for, given those in `env`."""
        self.budget.check()
        found: list[Env] = [env]
        literals = [part for part in body if isinstance(part, Literal) and not part.negated]
        while literals and found:
            literal = max(literals, key=lambda part: _fixed(part.atom, found[0]))
            literals.remove(literal)
            found = _distinct(inner for outer in found for inner in self._met(literal.atom, outer, rule))
            if len(found) > _MOST_WAYS:
                raise NoBoundError(Statement(f"{rule.where} 的组合过多", f"{rule.where} can be joined in too many ways"))
        return _distinct(inner for outer in found if (inner := _compared(body, outer, rule)) is not None)

    def _met(self, atom: Atom, env: Env, rule: Rule) -> Iterator[Env]:
        for shape in self.of(atom.predicate, pattern_of(atom, env)):
            inner = _matched(atom.terms, shape, env, rule)
            if inner is not None:
                yield inner

    def holders(self, predicate: str) -> frozenset[tuple[int, int]]:
        """The positions of a predicate that always hold an item and one that stands in it."""
        if (layer := self.layer(predicate)) is not self:
            return layer.holders(predicate)
        if predicate not in self._pairs:
            here: list[set[tuple[int, int]]] = []
            for rule in self.rules.get(predicate, ()):
                inside = set(self.pairs(rule.body))
                terms = [(place, term.name) for place, term in enumerate(rule.head.terms) if isinstance(term, Variable)]
                here.append({(one, two) for one, outer in terms for two, inner in terms if (outer, inner) in inside})
            self._pairs[predicate] = frozenset(set.intersection(*here)) if here else frozenset()
        return self._pairs[predicate]

    def pairs(self, body: Iterable[BodyPart]) -> Iterator[tuple[str, str]]:
        """The variables of a body that stand for an item and for one that stands in it."""
        for part in body:
            if isinstance(part, Literal) and not part.negated:
                for one, two in self.holders(part.atom.predicate):
                    outer, inner = part.atom.terms[one], part.atom.terms[two]
                    if isinstance(outer, Variable) and isinstance(inner, Variable):
                        yield outer.name, inner.name


def _given(policy: Policy, readings: Mapping[str, str]) -> dict[str, list[Shape]]:
    """The shapes of what the rules do not derive."""
    found: dict[str, list[Shape]] = defaultdict(list)
    for declared in policy.lists.values():
        outer = (SomeItem((declared.parent,)),) if declared.parent else ()
        found[declared.predicate].append((CASE, *outer, SomeItem((declared.entity,))))
    for field in policy.fields.values():
        item = (SomeItem((field.entity,)),) if field.entity else ()
        found[field.predicate].append((CASE, *item, ANY))
    for fact in policy.facts:
        found[fact.predicate].append(tuple(fact.arguments))
    for reading in policy.readings.values():
        fixed = readings.get(reading.name)
        found[Contract.READING.name] += [(Name(reading.name), Name(option.id)) for option in reading.options if fixed in (None, option.id)]
    for benefit in policy.benefits.values():
        found[Contract.ASKED.name].append((CASE, Name(benefit.id), SomeItem((benefit.subject,))))
    found[Contract.LATER.name].append((CASE, CASE))
    for function in Contract.FUNCTIONS:
        found[function].append((ANY,) * SIGNATURES[function].arity)
    return found


def pattern_of(atom: Atom, env: Env) -> Pattern:
    """What is known of the arguments of an atom."""
    return tuple(None if isinstance(term, Variable) and term.name not in env else value_of(term, env) for term in atom.terms)


def value_of(term: Term, env: Env) -> Abstract:
    """What a term stands for: what is worked out of values that are known is known."""
    if isinstance(term, Constant):
        return term.value
    if isinstance(term, Variable):
        return env.get(term.name, ANY)
    values = [value_of(inner, env) for inner in term.arguments]
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) < len(values):
        return ANY
    if len(numbers) == 1:
        return -numbers[0]
    one, other = numbers
    if term.operator in "/\\":
        if other == 0:
            return ANY
        quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
        return quotient if term.operator == "/" else one - other * quotient
    return {"+": one + other, "-": one - other, "*": one * other}[term.operator]


def _meet(one: Abstract | None, other: Abstract | None) -> Abstract | None:
    """What agrees with both, or `None` where nothing does. Items of two lists may bear the same id."""
    if one is None or one == other:
        return other
    if other is None:
        return one
    if isinstance(one, SomeItem) or isinstance(other, SomeItem):
        if isinstance(one, SomeItem) and isinstance(other, SomeItem):
            return SomeItem(tuple(sorted({*one.entities, *other.entities})))
        return None
    if ANY in (one, other):
        return other if one == ANY else one
    if CASE in (one, other) and isinstance(other if one == CASE else one, int):
        # a copy of a case, called by its number
        return CASE
    return None


def _meet_all(shape: Shape, pattern: Pattern) -> Shape | None:
    met = [_meet(one, other) for one, other in zip(shape, pattern, strict=True)]
    return None if any(value is None for value in met) else tuple(value for value in met if value is not None)


def _matched(terms: Iterable[Term], shape: Pattern, env: Env, rule: Rule) -> Env | None:
    """An env with the variables of some terms as a shape has them, or `None` where it does not agree."""
    found = dict(env)
    for term, value in zip(terms, shape, strict=True):
        if value is None:
            continue
        if isinstance(term, Constant) and isinstance(value, SomeItem):
            raise _named(rule)
        known = found.get(term.name) if isinstance(term, Variable) else value_of(term, found)
        met = _meet(known, value)
        if met is None:
            return None
        if isinstance(term, Variable) and not term.anonymous:
            found[term.name] = met
    return found


def _compared(body: Iterable[BodyPart], env: Env, rule: Rule) -> Env | None:
    """An env with what comparisons and totals say of it, or `None` where a comparison can never hold."""
    found = dict(env)
    parts = list(body)
    equal = [part for part in parts if isinstance(part, Comparison) and part.operator == "="]
    for same in equal * len(equal):
        for one, other in ((same.left, same.right), (same.right, same.left)):
            if isinstance(one, Variable) and one.name not in found and _known(other, found):
                found[one.name] = value_of(other, found)
    for part in parts:
        if isinstance(part, Aggregate) and isinstance(part.bound, Variable):
            found.setdefault(part.bound.name, ANY)
        if isinstance(part, Comparison):
            left, right = value_of(part.left, found), value_of(part.right, found)
            if isinstance(left, SomeItem) or isinstance(right, SomeItem):
                if isinstance(left, SomeItem) != isinstance(right, SomeItem) or part.operator not in ("=", "!="):
                    raise _named(rule)
                if part.operator == "=":
                    found |= {
                        term.name: met for term in (part.left, part.right) if isinstance(term, Variable) and (met := _meet(left, right))
                    }
            elif not isinstance(left, Any) and not isinstance(right, Any) and compared(part.operator, left, right) == "fails":
                return None
    return found


def _named(rule: Rule) -> NoBoundError:
    return NoBoundError(Statement(f"{rule.where} 以编号而不以事实区分列表项", f"{rule.where} tells items apart by their ids, not by facts"))


def _known(term: Term, env: Env) -> bool:
    if isinstance(term, Operation):
        return all(_known(inner, env) for inner in term.arguments)
    return not isinstance(term, Variable) or term.name in env


def _fixed(atom: Atom, env: Env) -> float:
    """How much of an atom is known: the more, the fewer ways there are to meet it."""
    return sum(value is not None for value in pattern_of(atom, env)) / max(1, len(atom.terms))


def _distinct(envs: Iterable[Env]) -> list[Env]:
    return list({frozenset((name, type(value), value) for name, value in env.items()): env for env in envs}.values())


# Rules as they are looked at


def prepared(rule: Rule) -> Rule:
    """A rule in which every unnamed variable that stands for something has a name, and a number that a total is called is compared in
    its place."""
    fresh = count(1)

    def named(term: Term) -> Term:
        if isinstance(term, Variable) and term.anonymous:
            return Variable(f"_{next(fresh)}")
        return term

    def literal(part: Literal) -> Literal:
        return part if part.negated else Literal(Atom(part.atom.predicate, tuple(map(named, part.atom.terms))))

    def element(part: Element) -> Element:
        return Element(part.terms, tuple(literal(inner) if isinstance(inner, Literal) else inner for inner in part.condition))

    body: list[BodyPart] = []
    for part in rule.body:
        if isinstance(part, Literal):
            body.append(literal(part))
        elif isinstance(part, Aggregate):
            body.append(replace(part, elements=tuple(map(element, part.elements))))
        else:
            body.append(part)
    return replace(rule, body=_inlined(rule.head, tuple(body)))


_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _inlined(head: Atom, body: tuple[BodyPart, ...]) -> tuple[BodyPart, ...]:
    """`N = #count { … }, N >= K` is `#count { … } >= K`, where `N` stands nowhere else."""
    for part in body:
        if not (isinstance(part, Aggregate) and part.operator == "=" and isinstance(part.bound, Variable)):
            continue
        name, rest = part.bound.name, [other for other in body if other is not part]
        if name in names_in(*head.terms):
            continue
        speaking = [other for other in rest if name in names_of(other)]
        turned = [_turned(other, name) for other in speaking if isinstance(other, Comparison)]
        whole = [replace(part, operator=found[0], bound=found[1]) for found in turned if found is not None]
        if speaking and len(whole) == len(speaking):
            return _inlined(head, (*(other for other in rest if other not in speaking), *whole))
    return body


def _turned(part: Comparison, name: str) -> tuple[str, Term] | None:
    """A comparison of a variable as its operator and what it is compared with."""
    for one, operator, other in ((part.left, part.operator, part.right), (part.right, _TURNED[part.operator], part.left)):
        if one == Variable(name) and name not in names_in(other):
            return operator, other
    return None


def names_in(*terms: Term) -> set[str]:
    """The variables of some terms."""
    return {variable.name for term in terms for variable in variables(term)}


def renamed(part: BodyPart, called: Mapping[str, Term], prefix: str) -> BodyPart:
    """A part of a body with some variables replaced, and a prefix before the names of the others."""

    def term(old: Term) -> Term:
        if isinstance(old, Operation):
            return Operation(old.operator, tuple(map(term, old.arguments)))
        if isinstance(old, Variable) and not old.anonymous:
            return called.get(old.name, Variable(prefix + old.name))
        return old

    def simple(old: Literal | Comparison) -> Literal | Comparison:
        if isinstance(old, Literal):
            return Literal(Atom(old.atom.predicate, tuple(map(term, old.atom.terms))), old.negated)
        return Comparison(term(old.left), old.operator, term(old.right))

    if isinstance(part, Aggregate):
        elements = (Element(tuple(map(term, one.terms)), tuple(map(simple, one.condition))) for one in part.elements)
        return Aggregate(part.function, tuple(elements), part.operator, term(part.bound))
    return simple(part)


def names_of(part: BodyPart | Element) -> set[str]:
    """Every variable in a part of a body, those inside a total too."""
    if isinstance(part, Literal):
        return names_in(*part.atom.terms)
    if isinstance(part, Comparison):
        return names_in(part.left, part.right)
    if isinstance(part, Element):
        return names_in(*part.terms).union(*(names_of(inner) for inner in part.condition))
    return names_in(part.bound).union(*(names_of(inner) for inner in part.elements))
