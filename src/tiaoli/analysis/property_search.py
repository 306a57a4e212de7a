"""Whether a property of the policy holds: its violation as a formula over every case, asked of z3.

What no case fulfils is proved. A case that z3 finds is made small and decided again by clingo, as it stands in its file, before it is
shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from tiaoli.analysis.case_domain import merged
from tiaoli.analysis.likely_case import LikelyCase
from tiaoli.analysis.proof import Proof
from tiaoli.analysis.properties import VIOLATED, Property
from tiaoli.base import FIRST_DAY, LAST_DAY, InternalError, Problem, Statement, iso, listed
from tiaoli.case import Case
from tiaoli.decide import APPLIED_ON, SOLE_CASE, case_facts
from tiaoli.encoding import RANGES, Encoding, cone_of, find_bounds
from tiaoli.policy import reading_facts
from tiaoli.rules import (
    BodyPart,
    Comparison,
    Constant,
    Contract,
    Fact,
    Literal,
    Name,
    Program,
    Rule,
    Variable,
    consequences,
    variables,
    variables_of,
)
from tiaoli.symbolic import (
    Budget,
    Facts,
    Formula,
    LimitReached,
    Outside,
    Relations,
    check,
    document,
    holds_in,
    readings_of,
    solver_for,
)

_GIVEN = {Contract.ADD_MONTHS.name: 2, Contract.CALENDAR_YEAR.name: 1}
"""How many arguments of a predicate of the calendar are given."""

USUAL_ITEMS = 3
"""How many items a list has where it is not known how many are enough."""


def prove(
    encoding: Encoding, wanted: Property, readings: Mapping[str, str], budget: Budget, sizes: Mapping[str, int] | None = None
) -> Proof:
    """Look for a case that violates a property. `readings` are fixed beside those that the property is meant under; `sizes` are the items
    that a list has, by entity, where no number is enough.

    Raises `InternalError` with the case where z3 finds one that clingo decides otherwise.
    """
    return _PropertySearch(encoding, wanted, {**wanted.readings, **readings}, budget, sizes or {}).proof()


@dataclass(frozen=True)
class _PropertySearch:
    encoding: Encoding
    wanted: Property
    readings: Mapping[str, str]
    budget: Budget
    sizes: Mapping[str, int]

    def proof(self) -> Proof:
        try:
            facts, relations = self._relations()
            goal = relations.holds(VIOLATED, (SOLE_CASE,))
            solver = solver_for(facts.constraints, goal, facts.context)
            found = check(solver, self.budget)
            if found.answer == "sat":
                return self._counterexample(facts, relations, goal, found.model)
            if found.answer == "unsat":
                return self._holds(facts, relations)
            raise LimitReached(found.limit or "time")
        except Outside as outside:
            return self._unknown(_outside(outside))
        except LimitReached as reached:
            return self._unknown(_limited(reached, self.budget), limited=True)

    def _relations(self) -> tuple[Facts, Relations]:
        policy = self.encoding.policy
        sizes = dict.fromkeys(policy.list_of, USUAL_ITEMS) | dict(self.wanted.sizes) | dict(self.sizes)
        facts = Facts(policy, sizes.__getitem__, copies=2 if self.wanted.pairs else 1)
        return facts, Relations(self.encoding, facts, self.wanted.program.rules, self.readings, self.budget)

    # What is found

    def _holds(self, facts: Facts, relations: Relations) -> Proof:
        policy = self.encoding.policy
        within = {policy.list_of[entity].path: self._size(facts, entity) for entity in facts.items}
        return self._found(
            "bounded" if within else "proved",
            domain=self._domain(facts, within),
            within=within or None,
            empty=self._is_empty(facts, relations),
        )

    def _size(self, facts: Facts, entity: str) -> int:
        return facts.sizes(entity)

    def _found(self, result: Any, **rest: Any) -> Proof:
        return Proof(self.wanted.name, self.wanted.statement, result, known=self.wanted.known, **rest)

    def _unknown(self, reason: Statement, limited: bool = False) -> Proof:
        return self._found("unknown", domain=Statement("未查完", "not searched to the end"), reason=reason, limited=limited)

    def _domain(self, facts: Facts, within: Mapping[str, int]) -> Statement:
        """The cases of an answer in words."""
        policy = self.encoding.policy
        types = {policy.fields[key.path].type for key in facts.value}
        most = policy.currency.amount(Decimal(RANGES["money"][1]).scaleb(-2))
        free = len([name for name in policy.readings if name not in self.readings])
        parts = [
            *(
                Statement(
                    f"{policy.list_of[entity].statement.zh}至多 {within[path]} 项",
                    f"at most {within[path]} of each {policy.list_of[entity].statement.en}",
                )
                for entity in facts.items
                if (path := policy.list_of[entity].path) in within
            ),
            Statement(f"{iso(FIRST_DAY)} 至 {iso(LAST_DAY)} 的任何日期", f"every day from {iso(FIRST_DAY)} to {iso(LAST_DAY)}"),
            *([Statement(f"不超过 {most.zh} 的任何金额", f"every sum to {most.en}")] if "money" in types else []),
            Statement("各种读法均可任取", "every reading") if free else Statement("读法固定", "the readings fixed"),
        ]
        if not within:
            parts.insert(0, Statement("任何项数", "any number of items"))
        return listed(parts, "，", ", ")

    # Premises

    def _is_empty(self, facts: Facts, relations: Relations) -> bool:
        """Whether no case fulfils what the property presupposes: of no rule that violates it there is a part of its body, without some one
        thing that it says, that any case fulfils."""
        for rule in self.wanted.program.rules:
            if rule.head.predicate != VIOLATED:
                continue
            for part in reversed(rule.body):
                rest = _without(rule, part)
                body = relations.bodies(rule, rest) if rest else True
                found = check(solver_for(facts.constraints, body, facts.context), self.budget)
                if found.answer != "unsat":
                    return False
        return True

    # Counterexamples

    def _counterexample(self, facts: Facts, relations: Relations, goal: Formula, model: Any) -> Proof:
        policy = self.encoding.policy
        free = [name for name in policy.readings if name not in self.readings]
        likely = LikelyCase(facts, goal, [policy], free, self.budget)
        model = likely.improved(model)
        readings = readings_of(policy, model, self.readings)

        def documents(only: Any = None) -> list[dict[str, Any]]:
            return [document(policy, facts, model, copy, self.wanted.name, only) for copy in facts.copies]

        whole = documents()
        if not self._is_violated(whole, readings):
            raise _disagreement(whole[0])
        small = documents(likely.mattering(model))
        case, *later = small if self._is_violated(small, readings) else whole
        return self._found(
            "counterexample",
            domain=Statement("所示案件", "the case shown"),
            witness=case,
            later=later[0] if later else None,
            readings=policy.other_readings(readings),
            benefits=self._benefits(relations, model),
        )

    def _benefits(self, relations: Relations, model: Any) -> tuple[str, ...]:
        """The benefits that a counterexample is about."""
        policy = self.wanted.policy
        program = self.encoding.program
        whole = Program((*program.rules, *self.wanted.program.rules), (), program.declarations)
        asked = cone_of(policy, whole, VIOLATED).benefits
        named: dict[str, None] = {}
        for rule in self.wanted.program.rules:
            for name in dict.fromkeys(_benefit_variables(self.wanted, rule)):
                for benefit in policy.benefits:
                    meant = (Comparison(Variable(name), "=", Constant(Name(benefit))), *rule.body)
                    if rule.head.predicate == VIOLATED and holds_in(model, relations.bodies(rule, meant)):
                        named[benefit] = None
        if named:
            return tuple(benefit for benefit in policy.benefits if benefit in named)
        looked_at = {key.path for key in relations.facts.value} - {APPLIED_ON}
        return asked or tuple(benefit for benefit in policy.benefits if looked_at & set(self.encoding.fields[benefit]))

    def _is_violated(self, documents: Sequence[Mapping[str, Any]], readings: Mapping[str, str]) -> bool:
        """Whether clingo derives of the copies of a case, as they stand in files, that the property is violated."""
        encoding, policy = self.encoding, self.encoding.policy
        fields = dict.fromkeys(policy.benefits, tuple(policy.fields))
        facts: dict[Fact, None] = {}
        choices = []
        for copy, case in enumerate(documents, 1):
            found = case_facts(policy, self._bounds, fields, Case.read(case), None, copy)
            facts |= dict.fromkeys(found.facts)
            choices += list(found.choices.values())
        days = [str(case[APPLIED_ON]) for case in documents]
        if len(days) == 2 and days[0] < days[1]:
            facts[Contract.LATER.fact(1, 2)] = None
        violated, later = Contract.VIOLATED, Contract.LATER
        rules = f"{policy.rule_text}\n{self.wanted.text}\n#defined {later.signature}.\n#defined {violated.signature}.\n#show {violated.signature}."
        given = [*policy.facts, *reading_facts(policy, dict(readings)), *facts]
        return violated.fact(SOLE_CASE) in consequences(rules, given, choices).certain

    @cached_property
    def _bounds(self) -> Any:
        """What the rules compare, those of the property among them, and the calendar that they ask for."""
        program = self.encoding.program
        own, _ = find_bounds(self.wanted.policy, Program((*program.rules, *self.wanted.program.rules), (), program.declarations))
        return merged(self.encoding.rule_bounds, own)


def _without(rule: Rule, left_out: BodyPart) -> list[BodyPart]:
    """The body of a rule without a part, and without what cannot be said where that part is missing."""
    rest = [part for part in rule.body if part is not left_out]
    bound: set[str] = set()
    kept: list[BodyPart] = []
    while True:
        more = [part for part in rest if part not in kept and _needs(part) <= bound]
        if not more:
            return kept
        kept += more
        bound |= {variable.name for part in more for variable in variables_of(part)}


def _needs(part: BodyPart) -> set[str]:
    """The variables that other parts of a body have to give values to before this one says something."""
    if isinstance(part, Literal):
        calendar = part.atom.predicate in Contract.CALENDAR
        terms = part.atom.terms if part.negated else part.atom.terms[: _GIVEN[part.atom.predicate]] if calendar else ()
    elif isinstance(part, Comparison):
        gives = part.operator == "=" and isinstance(part.left, Variable)
        terms = (part.right,) if gives else (part.left, part.right)
    else:
        terms = () if part.operator == "=" else (part.bound,)
    return {variable.name for term in terms for variable in variables(term) if not variable.anonymous}


def _outside(outside: Outside) -> Statement:
    """Why a property cannot be turned into a formula, and the rule that it is about."""
    where = outside.rule.where if outside.rule else ""
    return Statement(f"{where} 无法化为公式：{outside.reason.zh}", f"{where} cannot be turned into a formula: {outside.reason.en}")


def _limited(reached: LimitReached, budget: Budget) -> Statement:
    if reached.limit == "memory":
        return Statement(
            f"已达内存上限 {budget.memory} MB；可用 --memory 提高",
            f"the memory limit of {budget.memory} MB was reached; --memory gives more",
        )
    return Statement("已达时间上限；可用 --limit 延长", "the time limit was reached; --limit gives more")


def _disagreement(case: dict[str, Any]) -> InternalError:
    return InternalError(
        [
            Problem(
                "witness",
                Statement(
                    "求解器给出的反例经精确引擎复核不成立；这是程序的缺陷",
                    "the counterexample that the solver found is none when clingo decides it; the program is at fault",
                ),
            )
        ],
        case,
    )


def _benefit_variables(wanted: Property, rule: Rule) -> list[str]:
    """The variables of a rule that stand for a benefit."""
    return [
        term.name
        for literal in rule.literals()
        for (_, kind), term in zip(wanted.policy.predicates[literal.atom.predicate].arguments, literal.atom.terms, strict=True)
        if kind == "benefit" and isinstance(term, Variable) and not term.anonymous
    ]
