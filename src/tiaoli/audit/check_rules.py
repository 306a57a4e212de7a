"""Checks of an audit: what in the rules can never matter, and what is derived on two grounds at once.

Every rule gets atoms that say of a case whether the rule fires, and whether one part of its body alone keeps it from firing.
What none of the cases of a domain shows is dead in it; all rules of a benefit are asked about in one program.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from tiaoli.analysis import USUAL_ITEMS, CaseDomain
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding, Severity
from tiaoli.base import Statement, listed
from tiaoli.encoding import rules_of_answer
from tiaoli.policy import Benefit
from tiaoli.rules import (
    Aggregate,
    Atom,
    BodyPart,
    Comparison,
    Constant,
    Fact,
    Literal,
    Rule,
    Variable,
    variables,
    variables_in,
    variables_of,
    written,
)

_OTHER_SIDE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


def dead(audit: AuditContext) -> Iterator[Finding]:
    """Benefits nobody can be granted, conditions that decide nothing, rules that never fire, parts of rules that never keep
    one from firing, rows of the annex that nothing reaches."""
    live = _Live(audit)
    for benefit in audit.benefits:
        seen = live.look(benefit)
        if seen is not None:
            yield from _conditions(audit, benefit, seen)
    if not audit.unfinished:
        yield from live.rules()
        yield from live.rows()


def _conditions(audit: AuditContext, benefit: Benefit, seen: frozenset[Fact]) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    if Fact("granted", (1,)) not in seen:
        yield Finding(
            "dead",
            f"{benefit.id}.never",
            "error",
            audit.sentences(benefit.id),
            Statement(
                f"任何案件都不可能享受{name.zh}：其各项条件不能同时满足。",
                f"Nobody can be granted {name.en}: its conditions cannot all be met.",
            ),
            (benefit.id,),
        )
        return
    for position, (condition, label) in enumerate(benefit.conditions.items()):
        if Fact("alone", (1, position)) in seen:
            continue
        severity: Severity = "note"
        what = Statement(
            "从不单独起作用：它不满足时，总有其他条件也不满足", "never decides alone: where it fails, another condition fails as well"
        )
        if Fact("fails", (1, position)) not in seen:
            severity, what = "error", Statement("恒为满足", "is always met")
        yield Finding(
            "dead",
            f"{benefit.id}.{condition}",
            severity,
            audit.condition_sentences(benefit.id, condition),
            Statement(f"{name.zh}的条件“{label.zh}”{what.zh}。", f"The condition “{label.en}” of {name.en} {what.en}."),
            (benefit.id,),
        )


class _Live:
    """What of the rules shows in some case, gathered over the benefits."""

    def __init__(self, audit: AuditContext) -> None:
        self.audit = audit
        self.numbers = {id(rule): number for number, rule in enumerate(audit.encoding.program.rules)}
        self.looked: dict[int, Rule] = {}
        self.benefits: dict[int, list[str]] = defaultdict(list)
        self.fired: set[int] = set()
        self.decides: set[tuple[int, int]] = set()
        self.rows_reached: set[str] = set()
        self.rows_looked_for = False

    def look(self, benefit: Benefit) -> frozenset[Fact] | None:
        """What shows of one benefit; `None` where the limit was reached. More items a list are tried only where fewer left
        something open."""
        audit = self.audit
        rules = [rule for rule in rules_of_answer(audit.policy, audit.encoding.program, benefit.id) if self._of_case(rule)]
        for rule in rules:
            self.looked[self.numbers[id(rule)]] = rule
            self.benefits[self.numbers[id(rule)]].append(benefit.id)
        seen: frozenset[Fact] = frozenset()
        what = Statement(f"{audit.name(benefit.id).zh}的规则是否都起作用", f"whether the rules of {audit.name(benefit.id).en} all matter")
        for items in range(1, USUAL_ITEMS + 1):
            text = "\n".join([*self._questions(benefit), *self._markers(rules)])
            domain = CaseDomain(audit.encoding, [benefit.id], items=items)
            predicates = ("granted", "fails", "alone", "fires", "decides", "row")
            found = audit.reachable_atoms(what, domain, text, predicates)
            if found is None:
                return None
            seen |= found
            for fact in found:
                if fact.predicate == "fires":
                    self.fired.add(int(str(fact.arguments[0])))
                elif fact.predicate == "decides":
                    self.decides.add((int(str(fact.arguments[0])), int(str(fact.arguments[1]))))
                elif fact.predicate == "row":
                    self.rows_reached.add(str(fact.arguments[0]))
            if not self._open(rules) and all(Fact("alone", (1, position)) in seen for position in range(len(benefit.conditions))):
                break
        return seen

    def _of_case(self, rule: Rule) -> bool:
        return self.audit.policy.predicates[rule.head.predicate].of_case

    def _open(self, rules: Sequence[Rule]) -> bool:
        numbers = [self.numbers[id(rule)] for rule in rules]
        return any(number not in self.fired for number in numbers) or any(
            (number, place) not in self.decides for number in numbers for place, _ in self._parts(self.looked[number])
        )

    def _questions(self, benefit: Benefit) -> Iterator[str]:
        yield f"granted(C) :- eligible(C, {benefit.id}, S)."
        for position, condition in enumerate(benefit.conditions):
            yield f"fails(C, {position}) :- asked(C, {benefit.id}, S), not met(C, {benefit.id}, S, {condition})."
            others = "".join(f", met(C, {benefit.id}, S, {other})" for other in benefit.conditions if other != condition)
            yield f"alone(C, {position}) :- asked(C, {benefit.id}, S), not met(C, {benefit.id}, S, {condition}){others}."

    def _markers(self, rules: Sequence[Rule]) -> Iterator[str]:
        for rule in rules:
            number = self.numbers[id(rule)]
            if number not in self.fired:
                yield _rule(f"fires({number})", rule.body)
            for place, other in self._parts(rule):
                if (number, place) not in self.decides:
                    rest = [part for position, part in enumerate(rule.body) if position != place]
                    yield _rule(f"decides({number}, {place})", [*rest, other, Literal(rule.head, negated=True)])
            for part in rule.body:
                if isinstance(part, Literal) and part.atom.predicate == "catalogue" and rule.head.predicate == "met":
                    self.rows_looked_for = True
                    granted = Literal(Atom("eligible", rule.head.terms[:3]))
                    yield _rule(f"row({written(part.atom.terms[0])})", [*rule.body, granted])

    def _parts(self, rule: Rule) -> Iterator[tuple[int, BodyPart]]:
        """The parts of a body that can fail by themselves: the place of each, and what says that it fails.

        What binds a variable that others use cannot be taken out; readings and what is only asked are looked at elsewhere.
        """
        for place, part in enumerate(rule.body):
            others = [other for position, other in enumerate(rule.body) if position != place]
            bound = {variable.name for other in others for variable in _bound(other)}
            elsewhere = {variable.name for other in others for variable in _variables(other)}
            elsewhere |= {variable.name for term in rule.head.terms for variable in variables(term)}
            here = {variable.name for variable in _variables(part) if not variable.anonymous}
            if not here & elsewhere <= bound:
                continue
            if isinstance(part, Comparison):
                yield place, Comparison(part.left, _OTHER_SIDE[part.operator], part.right)
            elif isinstance(part, Literal) and not self._taken_for_granted(part):
                # what the part alone speaks of is anything, once it must not hold
                loose = here - bound
                terms = tuple(Variable("_") if isinstance(term, Variable) and term.name in loose else term for term in part.atom.terms)
                if part.negated:
                    yield place, Literal(part.atom)
                elif loose.isdisjoint(variable.name for term in terms for variable in variables(term)):
                    yield place, Literal(Atom(part.atom.predicate, terms), negated=True)

    def _taken_for_granted(self, part: Literal) -> bool:
        policy, predicate = self.audit.policy, part.atom.predicate
        return (
            predicate in ("asked", "reading")
            or predicate in {declared.predicate for declared in policy.lists.values()}
            or not policy.predicates[predicate].of_case
            or (predicate in {declared.predicate for declared in policy.fields.values()} and not _says(part.atom))
        )

    def rules(self) -> Iterator[Finding]:
        """The rules that never fire, and the parts of others that never decide."""
        looked = {benefit.id for benefit in self.audit.benefits}
        program = self.audit.encoding.program
        others = [benefit for benefit in self.audit.policy.benefits if benefit not in looked]
        elsewhere = {self.numbers[id(rule)] for benefit in others for rule in rules_of_answer(self.audit.policy, program, benefit)}
        for number, rule in sorted(self.looked.items()):
            if number in elsewhere:
                # what a rule does for other benefits was not looked at
                continue
            anchors = self.audit.ordered(anchor for anchor in rule.sentences if anchor in self.audit.policy.sentences)
            benefits = tuple(self.benefits[number])
            text = " ".join(rule.text.split())
            if number not in self.fired:
                yield Finding(
                    "dead",
                    f"rule.{_slug(rule)}",
                    "warning",
                    anchors or self.audit.sentences(*benefits),
                    Statement(f"规则从不适用（{rule.where}）：{text}", f"This rule never applies ({rule.where}): {text}"),
                    benefits,
                )
                continue
            for place, _ in self._parts(rule):
                if (number, place) not in self.decides:
                    part = written(rule.body[place])
                    yield Finding(
                        "dead",
                        f"part.{_slug(rule)}.{place}",
                        "note",
                        anchors or self.audit.sentences(*benefits),
                        Statement(
                            f"规则（{rule.where}）中的“{part}”从不单独起作用：去掉它，结论不变。规则全文：{text}",
                            f"“{part}” in a rule ({rule.where}) never decides: without it the same follows. The rule: {text}",
                        ),
                        benefits,
                    )

    def rows(self) -> Iterator[Finding]:
        """The rows of the annex that no decision that grants rests on."""
        if self.rows_looked_for:
            for row in self.audit.policy.annex:
                if row.code not in self.rows_reached:
                    rules = [rule for rule in self.looked.values() if any(item.atom.predicate == "catalogue" for item in rule.literals())]
                    yield Finding(
                        "dead",
                        f"row.{row.code}",
                        "warning",
                        self.audit.ordered(anchor for rule in rules for anchor in rule.sentences if anchor in self.audit.policy.sentences),
                        Statement(
                            f"附件第 {row.row} 项“{row.name}”（{row.code}）不可能使任何人享受补贴。",
                            f"Row {row.row} of the annex, {row.name} ({row.code}), can get nobody anything.",
                        ),
                        tuple(
                            dict.fromkeys(name for number, rule in self.looked.items() if rule in rules for name in self.benefits[number])
                        ),
                    )


def grounds(audit: AuditContext) -> Iterator[Finding]:
    """Two rules that conclude the same of the same case, neither of which is a special case of the other."""
    for benefit in audit.benefits:
        rules = [rule for rule in rules_of_answer(audit.policy, audit.encoding.program, benefit.id) if rule.head.predicate != "met"]
        pairs = [
            (one, other)
            for one, other in combinations(rules, 2)
            if one.head.predicate == other.head.predicate
            and _alike(one.head, other.head)
            and _rests_on_facts(audit, one)
            and _rests_on_facts(audit, other)
        ]
        if pairs:
            yield from _grounds(audit, benefit, pairs)


def _grounds(audit: AuditContext, benefit: Benefit, pairs: Sequence[tuple[Rule, Rule]]) -> Iterator[Finding]:
    text = []
    for number, (one, other) in enumerate(pairs):
        for which, rule in enumerate((one, other)):
            text.append(_rule(written(Atom(f"ground_{number}_{which}", rule.head.terms)), rule.body))
        names = ", ".join(f"V{position}" for position in range(len(one.head.terms)))
        text.append(f"both({number}) :- ground_{number}_0({names}), ground_{number}_1({names}).")
        text.append(f"first({number}) :- ground_{number}_0({names}), not ground_{number}_1({names}).")
        text.append(f"second({number}) :- ground_{number}_1({names}), not ground_{number}_0({names}).")
    what = Statement(f"{audit.name(benefit.id).zh}是否有两个理由并存", f"whether {audit.name(benefit.id).en} has two grounds at once")

    def shown(readings: Mapping[str, str] | None, *names: str) -> set[int]:
        domain = CaseDomain(audit.encoding, [benefit.id], items=1, readings=readings)
        found = audit.reachable_atoms(what, domain, "\n".join(text), names) or frozenset()
        return {number for number in range(len(pairs)) if all(Fact(name, (number,)) in found for name in names)}

    # the three cases must show under one reading; a pair that no reading brings together is out at once
    left = shown(None, "both")
    for readings in audit.each_reading(benefit.id):
        if not left:
            return
        for number in sorted(left & shown(readings, "both", "first", "second")):
            left.remove(number)
            yield from _two_grounds(audit, benefit, *pairs[number], readings)


def _two_grounds(audit: AuditContext, benefit: Benefit, one: Rule, other: Rule, readings: Mapping[str, str]) -> Iterator[Finding]:
    names = ", ".join(f"V{position}" for position in range(1, len(one.head.terms)))
    head = f"(C, {names})" if names else "(C)"
    rules = "\n".join(
        [
            _rule(written(Atom("first_ground", one.head.terms)), one.body),
            _rule(written(Atom("second_ground", other.head.terms)), other.body),
            f"shows(C) :- first_ground{head}, second_ground{head}.",
        ]
    )
    name = audit.name(benefit.id)
    witness = audit.ask(Statement(name.zh, name.en), rules, [benefit.id], readings)
    if witness is not None:
        predicate = audit.policy.predicates[one.head.predicate].statement
        label = listed([predicate]) if predicate else Statement(one.head.predicate, one.head.predicate)
        yield Finding(
            "overlap",
            f"grounds.{_slug(one)}",
            "note",
            audit.ordered(anchor for rule in (one, other) for anchor in rule.sentences if anchor in audit.policy.sentences),
            Statement(
                f"同一结论（{one.head.predicate}：{label.zh}）可同时有两个依据：{one.where} 与 {other.where}。",
                f"One conclusion ({one.head.predicate}: {label.en}) can have two grounds at once: {one.where} and {other.where}.",
            ),
            (benefit.id,),
            witness,
        )


def _rule(head: str, body: Sequence[BodyPart]) -> str:
    return f"{head} :- {', '.join(map(written, body))}." if body else f"{head}."


def _rests_on_facts(audit: AuditContext, rule: Rule) -> bool:
    return audit.policy.predicates[rule.head.predicate].of_case and bool(rule.body)


def _alike(one: Atom, other: Atom) -> bool:
    return all(
        not (isinstance(left, Constant) and isinstance(right, Constant)) or left == right
        for left, right in zip(one.terms, other.terms, strict=True)
    )


def _says(atom: Atom) -> bool:
    """Whether an atom about a fact asks for a value, and not only whether there is one."""
    last = atom.terms[-1]
    return not (isinstance(last, Variable) and last.anonymous)


def _slug(rule: Rule) -> str:
    return f"{rule.file.removesuffix('.lp')}.{rule.line}"


def _variables(part: BodyPart) -> Iterator[Variable]:
    """Every variable of a part, those inside an aggregate too."""
    yield from variables_of(part)
    if isinstance(part, Aggregate):
        for element in part.elements:
            yield from variables_in(element)


def _bound(part: BodyPart) -> Iterator[Variable]:
    """The variables that a part gives a value to."""
    if isinstance(part, Literal) and not part.negated:
        for term in part.atom.terms:
            if isinstance(term, Variable):
                yield term
    elif isinstance(part, Comparison) and part.operator == "=":
        yield from (term for term in (part.left, part.right) if isinstance(term, Variable))
    elif isinstance(part, Aggregate) and part.operator == "=" and isinstance(part.bound, Variable):
        yield part.bound
