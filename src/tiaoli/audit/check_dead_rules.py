"""Check for the kind `dead`: what in the rules can never matter.

Every rule gets atoms that say of a case whether the rule fires, and whether one part of its body alone keeps it from firing. All rules
of a benefit are asked about in one program over cases with one item a list; what shows in none of these is asked by itself, over all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tiaoli.analysis import Cases
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.finding_kinds import Severity
from tiaoli.audit.rule_text import others_met, rule_name, rule_text
from tiaoli.base import Statement
from tiaoli.encoding import rules_of_answer
from tiaoli.policy import Benefit
from tiaoli.rules import (
    Aggregate,
    Atom,
    BodyPart,
    Comparison,
    Constant,
    Contract,
    Fact,
    Literal,
    Name,
    Rule,
    Variable,
    rule_template,
    variables,
    variables_in,
    variables_of,
    written,
)

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}

_GRANTED = rule_template("granted(1) :- $ELIGIBLE(1, $benefit, S).")
_FAILS = rule_template("fails($position) :- $ASKED(1, $benefit, S), not $MET(1, $benefit, S, $condition).")
_ALONE = rule_template("alone($position) :- $ASKED(1, $benefit, S), not $MET(1, $benefit, S, $condition)$others_met.")
_GOALS = {"granted": 1, "fails": 1, "alone": 1, "fires": 1, "decides": 2, "row": 2}


def find_dead_rules(audit: AuditContext) -> Iterator[Finding]:
    """Benefits nobody can be granted, conditions that decide nothing, rules that never fire, parts of rules that never keep
    one from firing, rows of tables that nothing reaches."""
    observed = _Observations(audit)
    for benefit in audit.benefits:
        seen = observed.observe(benefit)
        if seen is not None:
            yield from _dead_conditions(audit, benefit, seen, observed.within)
    if not audit.unfinished:
        yield from _dead_rules(audit, observed)
        yield from _dead_rows(audit, observed)


def _dead_conditions(
    audit: AuditContext, benefit: Benefit, seen: frozenset[Fact], within: Mapping[Fact, Mapping[str, int]]
) -> Iterator[Finding]:
    name, granted = audit.name(benefit.id), Fact("granted", (1,))
    if granted not in seen:
        searched = audit.searched(within.get(granted, {}))
        yield Finding(
            "dead",
            f"{benefit.id}.never",
            "error",
            audit.sentences(benefit.id),
            Statement(
                f"任何案件都不可能享受{name.zh}：其各项条件不能同时满足{searched.zh}。",
                f"Nobody can be granted {name.en}: its conditions cannot all be met{searched.en}.",
            ),
            (benefit.id,),
        )
        return
    for position, (condition, label) in enumerate(benefit.conditions.items()):
        if Fact("alone", (position,)) in seen:
            continue
        asked = Fact("alone", (position,))
        severity: Severity = "note"
        what = Statement(
            "从不单独起作用：它不满足时，总有其他条件也不满足", "never decides alone: where it fails, another condition fails as well"
        )
        if Fact("fails", (position,)) not in seen:
            asked, severity, what = Fact("fails", (position,)), "error", Statement("恒为满足", "is always met")
        searched = audit.searched(within.get(asked, {}))
        yield Finding(
            "dead",
            f"{benefit.id}.{condition}",
            severity,
            audit.condition_sentences(benefit.id, condition),
            Statement(
                f"{name.zh}的条件“{label.zh}”{what.zh}{searched.zh}。", f"The condition “{label.en}” of {name.en} {what.en}{searched.en}."
            ),
            (benefit.id,),
        )


def _dead_rules(audit: AuditContext, observed: _Observations) -> Iterator[Finding]:
    """The rules that never fire, and the parts of others that never decide."""
    for number, rule in observed.rules_of_these_benefits_alone():
        benefits = tuple(observed.benefits[number])
        sentences = audit.sentences_of([rule]) or audit.sentences(*benefits)
        text = " ".join(rule.text.split())
        if number not in observed.fired:
            searched = audit.searched(observed.within.get(Fact("fires", (number,)), {}))
            statement = Statement(
                f"规则从不适用（{rule.where}）{searched.zh}：{text}", f"This rule never applies ({rule.where}){searched.en}: {text}"
            )
            yield Finding("dead", f"rule.{rule_name(rule)}", "warning", sentences, statement, benefits, concerns="encoding")
            continue
        for place in observed.parts_that_never_decide(number, rule):
            part = written(rule.body[place])
            searched = audit.searched(observed.within.get(Fact("decides", (number, place)), {}))
            statement = Statement(
                f"规则（{rule.where}）中的“{part}”从不单独起作用：去掉它，结论不变{searched.zh}。规则全文：{text}",
                f"“{part}” in a rule ({rule.where}) never decides: without it the same follows{searched.en}. The rule: {text}",
            )
            yield Finding("dead", f"part.{rule_name(rule)}.{place}", "note", sentences, statement, benefits, concerns="encoding")


def _dead_rows(audit: AuditContext, observed: _Observations) -> Iterator[Finding]:
    """The rows of a table that no decision that grants rests on."""
    for table in audit.policy.tables.values():
        reading = {
            number: rule
            for number, rule in observed.rules.items()
            if any(literal.atom.predicate == table.predicate for literal in rule.literals())
        }
        for number, row in enumerate(table.rows, 1) if table.name in observed.tables else ():
            if (table.name, number) not in observed.rows_reached:
                yield Finding(
                    "dead",
                    f"row.{table.name}.{table.written_key(row)}",
                    "warning",
                    audit.sentences_of(reading.values()),
                    Statement(
                        f"{table.statement.zh}第 {number} 项“{table.named(row)}”不可能使任何人享受补贴。",
                        f"Row {number} of {table.statement.en}, {table.named(row)}, can get nobody anything.",
                    ),
                    tuple(dict.fromkeys(benefit for rule in reading for benefit in observed.benefits[rule])),
                )


class _Observations:
    """What the rules do in some case, gathered over the benefits: which fire (`fired`, by number), which part of which body
    decides (`decisive`), and which rows of tables are reached; and for what shows in none the lists of which only so many items were
    looked at (`within`)."""

    def __init__(self, audit: AuditContext) -> None:
        self.audit = audit
        self.within: dict[Fact, Mapping[str, int]] = {}
        self.rules: dict[int, Rule] = {}
        self.benefits: dict[int, list[str]] = defaultdict(list)
        self.fired: set[int] = set()
        self.decisive: set[tuple[int, int]] = set()
        self.rows_reached: set[tuple[str, int]] = set()
        self.tables: set[str] = set()
        self._numbers = {id(rule): number for number, rule in enumerate(audit.encoding.program.rules)}

    def observe(self, benefit: Benefit) -> frozenset[Fact] | None:
        """What shows of one benefit; `None` where that was left open."""
        audit = self.audit
        rules = [rule for rule in self._rules_of(benefit.id) if audit.policy.predicates[rule.head.predicate].of_case]
        for rule in rules:
            self.rules[self._number(rule)] = rule
            self.benefits[self._number(rule)].append(benefit.id)
        what = Statement(f"{audit.name(benefit.id).zh}的规则是否都起作用", f"whether the rules of {audit.name(benefit.id).en} all matter")
        questions = {**dict(_about_conditions(benefit)), **dict(self._about(rules))}
        one_each = Cases((benefit.id,), sizes=dict.fromkeys(audit.policy.list_of, 1))
        seen = audit.reachable_atoms(what, "\n".join(questions.values()), one_each, _GOALS, preliminary=True)
        if seen is None:
            return None
        # what shows in no case with one item a list is asked by itself: then it is known how many items are enough for it
        for fact in questions.keys() - seen:
            with audit.asking(what):
                search = audit.search(questions[fact], Cases((benefit.id,)), {fact.predicate: len(fact.arguments)})
                found = search.reachable(fact.predicate)
                seen |= found
                if not found:
                    self.within[fact] = search.within
        self._note(seen)
        return None if audit.unfinished else seen

    def rules_of_these_benefits_alone(self) -> Iterator[tuple[int, Rule]]:
        """The rules looked at, without those that other benefits rest on too: what these do there was not looked at."""
        looked_at = {benefit.id for benefit in self.audit.benefits}
        others = [benefit for benefit in self.audit.policy.benefits if benefit not in looked_at]
        elsewhere = {self._number(rule) for benefit in others for rule in self._rules_of(benefit)}
        yield from ((number, rule) for number, rule in sorted(self.rules.items()) if number not in elsewhere)

    def parts_that_never_decide(self, number: int, rule: Rule) -> list[int]:
        """The places of the parts of a body that never alone keep the rule from firing."""
        return [place for place, _ in self._removable_parts(rule) if (number, place) not in self.decisive]

    def _rules_of(self, benefit: str) -> Iterable[Rule]:
        return rules_of_answer(self.audit.policy, self.audit.encoding.program, benefit)

    def _number(self, rule: Rule) -> int:
        return self._numbers[id(rule)]

    def _note(self, found: Iterable[Fact]) -> None:
        for fact in found:
            if fact.predicate == "fires":
                self.fired.add(int(str(fact.arguments[0])))
            elif fact.predicate == "decides":
                self.decisive.add((int(str(fact.arguments[0])), int(str(fact.arguments[1]))))
            elif fact.predicate == "row":
                self.rows_reached.add((str(fact.arguments[0]), int(str(fact.arguments[1]))))

    def _about(self, rules: Sequence[Rule]) -> Iterator[tuple[Fact, str]]:
        """For each rule and each part of it, what is derived where it fires or the part decides, and the rule that derives it; for each
        row of a table where a rule rests on it and grants."""
        for rule in rules:
            number = self._number(rule)
            if number not in self.fired:
                yield Fact("fires", (number,)), rule_text(f"fires({number})", rule.body)
            for place, fails in self._removable_parts(rule):
                if (number, place) not in self.decisive:
                    rest = [part for position, part in enumerate(rule.body) if position != place]
                    text = rule_text(f"decides({number}, {place})", [*rest, fails, Literal(rule.head, negated=True)])
                    yield Fact("decides", (number, place)), text
            for part in rule.body:
                table = self.audit.policy.table_of.get(part.atom.predicate) if isinstance(part, Literal) and not part.negated else None
                if isinstance(part, Literal) and table is not None and rule.head.predicate == Contract.MET.name:
                    self.tables.add(table.name)
                    granted = Literal(Atom(Contract.ELIGIBLE.name, rule.head.terms[:3]))
                    for place, row in enumerate(table.rows, 1):
                        values = zip(part.atom.terms, table.fact(row).arguments, strict=True)
                        same = [Comparison(term, "=", Constant(value)) for term, value in values]
                        yield Fact("row", (Name(table.name), place)), rule_text(f"row({table.name}, {place})", [*rule.body, granted, *same])

    def _removable_parts(self, rule: Rule) -> Iterator[tuple[int, BodyPart]]:
        """The parts of a body that can fail by themselves: the place of each, and what says that it fails.

        What binds a variable that others use cannot be taken out; readings and what is only asked are looked at elsewhere.
        """
        for place, part in enumerate(rule.body):
            others = [other for position, other in enumerate(rule.body) if position != place]
            bound = {variable.name for other in others for variable in _bound_by(other)}
            elsewhere = {variable.name for other in others for variable in _variables_of(other)}
            elsewhere |= {variable.name for term in rule.head.terms for variable in variables(term)}
            here = {variable.name for variable in _variables_of(part) if not variable.anonymous}
            if not here & elsewhere <= bound:
                continue
            if isinstance(part, Comparison):
                yield place, Comparison(part.left, _OPPOSITE[part.operator], part.right)
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
            predicate in (Contract.ASKED.name, Contract.READING.name)
            or predicate in {declared.predicate for declared in policy.lists.values()}
            or not policy.predicates[predicate].of_case
            or (predicate in {declared.predicate for declared in policy.fields.values()} and not _asks_for_a_value(part.atom))
        )


def _about_conditions(benefit: Benefit) -> Iterator[tuple[Fact, str]]:
    """What is derived where a benefit is granted, where one of its conditions fails, and where one fails alone, and the rules for it."""
    yield Fact("granted", (1,)), _GRANTED.substitute(benefit=benefit.id)
    for position, condition in enumerate(benefit.conditions):
        yield Fact("fails", (position,)), _FAILS.substitute(benefit=benefit.id, position=position, condition=condition)
        others = others_met(benefit, condition)
        yield (
            Fact("alone", (position,)),
            _ALONE.substitute(benefit=benefit.id, position=position, condition=condition, others_met=others),
        )


def _asks_for_a_value(atom: Atom) -> bool:
    """Whether an atom about a fact asks for a value, and not only whether there is one."""
    last = atom.terms[-1]
    return not (isinstance(last, Variable) and last.anonymous)


def _variables_of(part: BodyPart) -> Iterator[Variable]:
    """Every variable of a part, those inside an aggregate too."""
    yield from variables_of(part)
    if isinstance(part, Aggregate):
        for element in part.elements:
            yield from variables_in(element)


def _bound_by(part: BodyPart) -> Iterator[Variable]:
    """The variables that a part gives a value to; a function gives none to what it is given."""
    if isinstance(part, Literal) and not part.negated:
        asked = Contract.FUNCTIONS.get(part.atom.predicate, 0)
        yield from (term for term in part.atom.terms[asked:] if isinstance(term, Variable))
    elif isinstance(part, Comparison) and part.operator == "=":
        yield from (term for term in (part.left, part.right) if isinstance(term, Variable))
    elif isinstance(part, Aggregate) and part.operator == "=" and isinstance(part.bound, Variable):
        yield part.bound
