"""The words of a norm: benefits and their conditions, and for each predicate that its rules derive the types of its arguments, found in the
rules, and, where nobody wrote better ones, its sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from tiaoli.base import Statement, choices, shown
from tiaoli.norm.draft import Draft, Words, spoken
from tiaoli.policy import Predicate, Table
from tiaoli.rules import (
    SIGNATURES,
    Aggregate,
    Comparison,
    Constant,
    Contract,
    Name,
    Operation,
    Program,
    Rule,
    Term,
    Variable,
    dependencies,
    variables,
    written,
)

_WIDE = frozenset({"term", "value", "number", "subject", "item"})
"""The types of which a narrower one says more."""

_SENTENCES = ("holds", "fails", "none")


class Vocabulary:
    """Reads `[benefit]`, `[conditions]` and `[say]` into the tables of vocabulary.toml."""

    def __init__(self, draft: Draft, given: Mapping[str, Predicate], entities: Sequence[str], values: dict[str, dict[str, Words]]) -> None:
        self.draft, self.given, self.entities, self.values = draft, given, entities, values
        self.benefits: dict[str, Any] = {}
        self.open: set[tuple[str, int]] = set()

    # Benefits

    def read_benefits(self, norm: Mapping[str, Any]) -> dict[str, Any]:
        """The tables of the benefits. A condition that is said once is said for every benefit that has it."""
        section = self.draft.table("benefit", norm.get("benefit", {}))
        common = self.draft.table("conditions", norm.get("conditions", {}))
        said = {name: self.draft.said(common, name, words) for name, words in common.table.items()}
        tables = {name: self.draft.table(f"benefit.{name}", table) for name, table in section.table.items()}
        wanted = {name: self._conditions(table) for name, table in tables.items()}
        for name, conditions in wanted.items():
            for condition, words in conditions.items() if isinstance(conditions, dict) else ():
                if words:
                    said.setdefault(
                        condition, self.draft.said(tables[name].below(f"benefit.{name}.conditions", conditions), condition, words)
                    )
        for name, table in tables.items():
            self.draft.origins[f"vocabulary.toml [benefit.{name}"] = f"benefit.{name}"
            found: dict[str, Any] = {key: table.text(key) for key in ("clause", "subject")}
            found["amount"] = table.flag("amount")
            found["standard"] = table.flag("standard")
            table.read.add("conditions")
            found |= self.draft.statement(table, "words") or self.draft.default(
                f"vocabulary.toml [benefit.{name}]", spoken(name), spoken(name)
            )
            found["conditions"] = {condition: self._condition(name, condition, wanted[name], said, table) for condition in wanted[name]}
            found["results"] = self._results(name, table)
            if "outcomes" in table.table:
                found["outcomes"] = self.read_outcomes(f"benefit.{name}.outcomes", table.take("outcomes", dict, {}))
            table.finish()
            self.benefits[name] = found
        for condition in common.table.keys() - {condition for conditions in wanted.values() for condition in conditions}:
            near = choices({condition for conditions in wanted.values() for condition in conditions}, condition)
            zh, en = f"没有待遇有这一条件；{near.zh}", f"no benefit has this condition; {near.en}"
            common.refuse(condition, Statement(zh, en), "policy-key-unknown")
        return self.benefits

    @staticmethod
    def _conditions(table: Table) -> list[str] | dict[str, Any]:
        """The conditions of a benefit in order: a list of their names, or a table of their words."""
        found = table.table.get("conditions")
        named = isinstance(found, list) and all(isinstance(name, str) for name in found)
        if found and (named or isinstance(found, dict)):
            conditions: list[str] | dict[str, Any] = found
            return conditions
        zh, en = "请列出各项条件，按审核顺序", "list the conditions, in the order of an examination"
        table.refuse("conditions", Statement(zh, en), "policy-key-missing")
        return []

    def _condition(self, benefit: str, condition: Any, conditions: Any, said: dict[str, Words], table: Table) -> Words:
        own = conditions[condition] if isinstance(conditions, dict) else None
        if own:
            return self.draft.said(table.below(f"benefit.{benefit}.conditions", conditions), condition, own)
        if condition not in said:
            place = f"vocabulary.toml [benefit.{benefit}.conditions.{condition}]"
            said[condition] = self.draft.default(place, spoken(str(condition)), spoken(str(condition)))
        return said[condition]

    def _results(self, benefit: str, table: Table) -> dict[str, Any]:
        """What a benefit gives beside money: the type of each, its words, and whether a refusal says it as well."""
        path = f"benefit.{benefit}.results"
        section = self.draft.table(path, table.take("results", dict, {}, required=False))
        found: dict[str, Any] = {}
        for name, inner in section.table.items():
            declared = self.draft.table(f"{path}.{name}", inner)
            place = f"vocabulary.toml [{path}.{name}]"
            said = self.draft.statement(declared, "words") or self.draft.default(place, spoken(name), spoken(name))
            found[name] = {"type": declared.text("type"), "always": declared.flag("always"), **said}
            for key in _SENTENCES:
                words = self.draft.statement(declared, key)
                found[name] |= {} if words is None else {key: words}
            declared.finish()
        return found

    def read_outcomes(self, path: str, given: Any) -> dict[str, Any]:
        """What outcomes are called; what is none of them is refused where the policy is built."""
        table = self.draft.table(path, given)
        return {key: self.draft.said(table, key, words) for key, words in table.table.items()}

    def results(self) -> dict[str, Predicate]:
        """The predicates that results are read from."""
        arguments = (("case", "case"), ("benefit", "benefit"), ("subject", "subject"))
        return {
            name: Predicate(name, (*arguments, ("value", table["type"])), None, "rules", shown=True)
            for benefit in self.benefits.values()
            for name, table in benefit["results"].items()
        }

    # Predicates

    def read_predicates(self, norm: Mapping[str, Any], program: Program) -> dict[str, Any]:
        """The tables of the predicates that the rules derive."""
        section = self.draft.table("say", norm.get("say", {}))
        rules: dict[str, list[Rule]] = {}
        for rule in program.rules:
            rules.setdefault(rule.head.predicate, []).append(rule)
            self.open |= set(_left_open(rule))
        derived = [name for name in rules if name not in self.given and self._of_use(name, rules)]
        supplied = [name for name, own in section.table.items() if isinstance(own, dict) and "given" in own]
        for name in section.table.keys() - {*derived, *supplied}:
            near = choices(derived, name)
            zh, en = f"没有规则推导 {shown(name)}；{near.zh}", f"no rule derives {shown(name)}; {near.en}"
            section.refuse(name, Statement(zh, en), "policy-key-unknown")
        types = {name: [kind for _, kind in item.arguments] for name, item in self.given.items()}
        found = {name: self._supplied(name, section) for name in supplied}
        types |= {name: [text.partition(":")[2] for text in table["args"]] for name, table in found.items()}
        try:
            order = list(TopologicalSorter(dependencies(program)).static_order())
        except CycleError:
            # said by the check of the rules
            order = derived
        for name in order:
            if name in derived:
                self.draft.origins[f"vocabulary.toml [predicate.{name}"] = (
                    f"say.{name}" if name in section.table else f"{rules[name][0].where}"
                )
                found[name] = self._predicate(name, rules[name], types, section)
        return found

    def _supplied(self, name: str, section: Table) -> dict[str, Any]:
        """A predicate that the engine supplies and the library has no words for."""
        table = section.below(f"say.{name}", section.table[name])
        self.draft.origins[f"vocabulary.toml [predicate.{name}"] = f"say.{name}"
        found: dict[str, Any] = {"given": table.text("given"), "args": list(table.texts("args"))}
        holds = self.draft.statement(table, "holds")
        if holds is None:
            table.refuse("holds", Statement("缺少此项", "this is missing"), "policy-key-missing")
        for key in ("fails", "none"):
            words = self.draft.statement(table, key)
            found |= {} if words is None else {key: words}
        table.finish()
        return found | (holds or {})

    def _of_use(self, name: str, rules: Mapping[str, Sequence[Rule]]) -> bool:
        """Whether a predicate is derived in this norm: one of the library's rules may speak of what it lacks."""
        signature = SIGNATURES.get(name)
        if signature is None or not signature.optional:
            return True
        asked = {literal.atom.predicate for rule in rules[name] for literal in rule.literals()}
        return all(other in rules for other in asked if other in SIGNATURES and SIGNATURES[other].optional)

    def _predicate(self, name: str, rules: Sequence[Rule], types: dict[str, list[str]], section: Table) -> dict[str, Any]:
        own = section.table.get(name, {})
        table = section.below(f"say.{name}", own if isinstance(own, dict) and "zh" not in own and "en" not in own else {"holds": own})
        stated = table.texts("args")
        arguments = [(word, kind) for word, _, kind in (text.partition(":") for text in stated)]
        if not stated:
            arguments = self._arguments(name, rules, types)
        types[name] = [kind for _, kind in arguments]
        slots = [word for word, kind in arguments if kind != "case"]
        shown_slots = "，".join(f"{{{word}}}" for word in slots)
        zh = f"{spoken(name)}（{shown_slots}）" if slots else spoken(name)
        en = f"{spoken(name)}: {', '.join(f'{{{word}}}' for word in slots)}" if slots else spoken(name)
        said = {key: self.draft.statement(table, key) for key in _SENTENCES}
        place = f"vocabulary.toml [predicate.{name}"
        holds = said["holds"] or self.draft.default(f"{place}]", zh, en)
        fails = said["fails"] or self.draft.default(f"{place}.fails]", f"不成立：{holds.get('zh', '')}", f"not so: {holds.get('en', '')}")
        totals = self._totals(place, name, rules, self.draft.table(f"say.{name}.total", table.take("total", dict, {}, required=False)))
        found: dict[str, Any] = {"args": [f"{word}:{kind}" for word, kind in arguments], **holds, "fails": fails}
        if said["none"] is not None:
            found["none"] = said["none"]
        elif any(self._left_open(name, at, word, fails) for at, (word, kind) in enumerate(arguments) if kind != "condition"):
            found["none"] = self.draft.default(f"{place}.none]", f"没有：{spoken(name)}", f"there is none: {spoken(name)}")
        if totals:
            found["total"] = totals
        if table.flag("shown"):
            found["shown"] = True
        table.finish()
        return found

    def _left_open(self, predicate: str, place: int, word: str, fails: Words) -> bool:
        """Whether a rule leaves open an argument of which the sentence for failing speaks."""
        return (predicate, place) in self.open and any(f"{{{word}}}" in said for said in fails.values())

    def _totals(self, place: str, name: str, rules: Sequence[Rule], table: Table) -> dict[str, Words]:
        """The sentences for the aggregates and the tests of computed numbers in the rules of a predicate."""
        found = {key: self.draft.said(table, key, words) for key, words in table.table.items()}
        for rule in rules:
            for key, zh, en in _totals_of(rule, name):
                if key not in found:
                    found[key] = self.draft.default(f"{place}.total.{key}]", zh, en)
        return found

    # Types

    def _arguments(self, predicate: str, rules: Sequence[Rule], types: Mapping[str, list[str]]) -> list[tuple[str, str]]:
        """The arguments of a derived predicate, by name and type, as its rules fill them."""
        arity = len(rules[0].head.terms)
        names, kinds = [f"argument{place}" for place in range(1, arity + 1)], ["term"] * arity
        constants: list[set[str]] = [set() for _ in range(arity)]
        for rule in rules:
            known = types_in(rule, types)
            for place, term in enumerate(rule.head.terms[:arity]):
                kind = _type_of(term, known)
                if isinstance(term, Variable) and names[place].startswith("argument") and not term.anonymous:
                    names[place] = term.name.lower()
                if isinstance(term, Constant) and isinstance(term.value, Name):
                    constants[place].add(str(term.value))
                if kinds[place] in _WIDE and kind != "term":
                    kinds[place] = kind
        for place, words in enumerate(constants):
            if kinds[place] == "term" and words:
                kinds[place] = self._type_of_words(predicate, words)
        signature = SIGNATURES.get(predicate)
        if signature is not None and signature.arity == arity:
            names = [word for word, _ in signature.arguments]
            kinds = [kind if kind == "item" else wanted for kind, (_, wanted) in zip(kinds, signature.arguments, strict=True)]
        taken: set[str] = set()
        for place, kind in enumerate(kinds):
            word = kind if kind == "case" or kind in self.entities else names[place]
            while word in taken:
                word = f"{word}_{place + 1}"
            taken.add(word)
            names[place] = word
        return list(zip(names, kinds, strict=True))

    def _type_of_words(self, predicate: str, words: set[str]) -> str:
        """The type of which constants are: benefits, the one enumeration that has them all, or else one that is made of them."""
        if words <= self.benefits.keys():
            return "benefit"
        tables = [name for name, members in self.values.items() if words <= members.keys()]
        if len(tables) == 1:
            return tables[0]
        self.values[predicate] = {
            word: self.draft.default(f"fields.toml [value.{predicate}.{word}]", spoken(word), spoken(word)) for word in sorted(words)
        }
        self.draft.origins[f"fields.toml [value.{predicate}"] = self.draft.origins[f"vocabulary.toml [predicate.{predicate}"]
        return predicate


def _left_open(rule: Rule) -> Iterator[tuple[str, int]]:
    """The arguments of atoms in a body that the head does not name: a rule asks for some such thing."""
    named = {term.name for term in rule.head.terms if isinstance(term, Variable)}
    for literal in rule.literals():
        for place, term in enumerate(literal.atom.terms):
            if isinstance(term, Variable) and (term.anonymous or term.name not in named):
                yield literal.atom.predicate, place


def types_in(rule: Rule, types: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The type of each variable of a rule, by the predicates it stands in and the comparisons that give it a value."""
    known: dict[str, str] = {}
    for literal in rule.literals():
        for term, kind in zip(literal.atom.terms, types.get(literal.atom.predicate, ()), strict=False):
            if isinstance(term, Variable) and not term.anonymous and known.get(term.name, "term") in _WIDE and kind != "term":
                known[term.name] = kind
    for literal in rule.literals():
        if literal.atom.predicate in (Contract.LEAST.name, Contract.GREATEST.name):
            named = [term.name for term in literal.atom.terms if isinstance(term, Variable)]
            narrow = next((known[name] for name in named if known.get(name, "term") not in _WIDE), None)
            known |= {name: narrow for name in named if narrow is not None and known.get(name, "term") in _WIDE}
    for _ in rule.body:
        for part in rule.body:
            if isinstance(part, Comparison) and part.operator == "=":
                for one, other in ((part.left, part.right), (part.right, part.left)):
                    if isinstance(one, Variable) and one.name not in known and all(item.name in known for item in variables(other)):
                        known[one.name] = _type_of(other, known)
            elif isinstance(part, Aggregate) and part.operator == "=" and isinstance(part.bound, Variable):
                known.setdefault(part.bound.name, _type_of_total(part, known))
    return known


def _type_of(term: Term, known: Mapping[str, str]) -> str:
    if isinstance(term, Variable):
        return known.get(term.name, "term")
    if isinstance(term, Constant):
        return "number" if isinstance(term.value, int) else "term"
    kinds = {known.get(item.name, "number") for item in variables(term)}
    return kinds.pop() if len(kinds) == 1 and term.operator in "+-" else "number"


def _type_of_total(part: Aggregate, known: Mapping[str, str]) -> str:
    if part.function == "count":
        return "count"
    kinds = {_type_of(element.terms[0], known) for element in part.elements}
    return kinds.pop() if len(kinds) == 1 else "number"


def _totals_of(rule: Rule, name: str) -> Iterator[tuple[str, str, str]]:
    """The sentences that a rule needs for what it adds up and tests: under which variable, in both languages."""
    said = spoken(name)
    for part in rule.body:
        if isinstance(part, Aggregate):
            slot = "{sum}" if part.function == "sum" else "{number}"
            if part.operator == "=" and isinstance(part.bound, Variable):
                yield part.bound.name, f"{said}：{slot}", f"{said}: {slot}"
            else:
                yield "test", f"{said}：{slot} {part.operator} {{bound}}", f"{said}: {slot} {part.operator} {{bound}}"
        elif isinstance(part, Comparison) and part.operator != "=" and isinstance(part.left, Operation):
            test = " ".join((_slots(part.left), part.operator, _slots(part.right)))
            yield "test", test, test


def _slots(term: Term) -> str:
    """A term with a slot in the place of each variable."""
    if isinstance(term, Variable):
        return f"{{{term.name.lower()}}}"
    if isinstance(term, Operation) and len(term.arguments) > 1:
        left, right = map(_slots, term.arguments)
        return f"({left} {term.operator} {right})"
    return written(term)
