"""Whether a property of the policy holds: its violation as a formula over every case, asked of z3.

What no case fulfils is proved. A case that z3 finds is made small and decided again by clingo, as it stands in its file, before it is
shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from tiaoli.analysis.likely_case import LikelyCase
from tiaoli.analysis.proof import Proof, Result
from tiaoli.analysis.properties import VIOLATED, Property
from tiaoli.base import FIRST_DAY, LAST_DAY, InternalError, Problem, Statement, iso, listed
from tiaoli.case import Case
from tiaoli.decide import SOLE_CASE, case_facts
from tiaoli.encoding import Encoding, cone_of, find_bounds
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
    Term,
    Variable,
    consequences,
    exact_rules,
    variables,
    variables_of,
)
from tiaoli.symbolic import (
    CASE,
    MOST_ALIKE,
    USUAL_ITEMS,
    Budget,
    CommonNeeds,
    Facts,
    Formula,
    Found,
    Goal,
    LimitReached,
    NoBoundError,
    Num,
    Outside,
    Question,
    Relations,
    Scope,
    check,
    document,
    holds_in,
    of_all_kinds,
    readings_of,
    scope_of,
    solver_for,
)

_GUESS = 2.0
"""The seconds for a guess."""


def prove(
    encoding: Encoding,
    wanted: Property,
    readings: Mapping[str, str],
    budget: Budget,
    sizes: Mapping[str, int] | None = None,
    common: CommonNeeds | None = None,
) -> Proof:
    """Look for a case that violates a property. `readings` are fixed beside those that the property is meant under; `sizes` are the items
    that a list has, by entity, where no number is enough. `common` is what several properties of the policy's rules need.

    Raises `InternalError` with the case where z3 finds one that clingo decides otherwise.
    """
    return _PropertySearch(encoding, wanted, {**wanted.readings, **readings}, budget, sizes or {}, common).proof()


class _PropertySearch:
    def __init__(
        self,
        encoding: Encoding,
        wanted: Property,
        readings: Mapping[str, str],
        budget: Budget,
        sizes: Mapping[str, int],
        common: CommonNeeds | None,
    ) -> None:
        self.encoding, self.policy = encoding, encoding.policy
        self.wanted, self.readings, self.budget = wanted, readings, budget
        self.sizes = {**wanted.sizes, **sizes}
        self.common = common or CommonNeeds(self.policy, encoding.program.rules)
        self.relations: Relations
        self.goal: Formula

    def proof(self) -> Proof:
        try:
            return self._asked()
        except Outside as outside:
            return self._unknown(_outside(outside))
        except LimitReached as reached:
            return self._unknown(_limited(reached, self.budget), limited=True)

    def _asked(self) -> Proof:
        scope = self._scope()
        try:
            facts = of_all_kinds(lambda more: self._question(scope.sizes, more), scope.alike, self.budget).facts
        except NoBoundError as error:
            # items that cannot be taken together are looked at one by one, and answer for no more than there are
            scope = Scope({**scope.sizes, **{entity: self._usual(entity) for entity in scope.alike}}, reason=error.why)
            facts = self._question(scope.sizes, {}).facts
        found = self._checked(facts)
        if found.answer == "sat":
            return self._counterexample(facts, found.model)
        if found.answer == "unsat":
            return self._holds(facts, scope)
        if found.limit is not None:
            raise LimitReached(found.limit)
        return self._unknown(Statement(f"求解器未给出结论（{found.reason}）", f"the solver came to no answer ({found.reason})"))

    def _checked(self, facts: Facts) -> Found:
        """Whether some case violates the property: first, where products make it hard, whether one does in which each share is whole."""
        shares = [
            value
            for key, possible in facts.value.items()
            for value, _ in possible
            if isinstance(value, Num) and self.policy.fields[key.path].value_type == "percent"
        ]
        if shares:
            whole = [facts.compare("=", share, share.high) for share in shares]
            found = check(solver_for(facts, self.goal, *whole, once=True), self.budget.at_most(_GUESS))
            if found.answer == "sat":
                return found
        return check(solver_for(facts, self.goal, once=True), self.budget)

    def _scope(self) -> Scope:
        """How many items are looked at of each list."""
        goals = [Goal(VIOLATED, (CASE,))]
        return scope_of(self.wanted.policy, self.wanted.program.rules, goals, self.readings, self.sizes, self.common, self.budget)

    def _usual(self, entity: str) -> int:
        return self.sizes.get(entity, USUAL_ITEMS)

    def _question(self, sizes: Mapping[str, int], more: Mapping[str, int]) -> Question:
        """The violation over the cases with so many items of each list; of those that there are `more` each stands for any number."""
        every = {entity: more.get(entity, sizes.get(entity, 1)) for entity in self.policy.list_of}
        facts = Facts(self.policy, every.__getitem__, copies=2 if self.wanted.pairs else 1, many=dict.fromkeys(more, MOST_ALIKE))
        self.relations = Relations(self.encoding, facts, self.wanted.program.rules, self.readings, self.budget)
        self.goal = self.relations.holds(VIOLATED, (SOLE_CASE,))
        return Question(facts, [self.goal])

    # What is found

    def _holds(self, facts: Facts, scope: Scope) -> Proof:
        list_of = self.policy.list_of
        within = None if scope.any_number else {list_of[entity].path: facts.sizes(entity) for entity in facts.items}
        return self._found(
            "proved" if within is None else "bounded",
            domain=self._domain(facts, within),
            within=within,
            reason=scope.reason,
            empty=self._is_empty(facts),
        )

    def _found(self, result: Result, **rest: Any) -> Proof:
        return Proof(self.wanted.name, self.wanted.statement, result, known=self.wanted.known, **rest)

    def _unknown(self, reason: Statement, limited: bool = False) -> Proof:
        domain = Statement("未查至结论", "nothing is known of any case")
        return self._found("unknown", domain=domain, reason=reason, limited=limited)

    def _domain(self, facts: Facts, within: Mapping[str, int] | None) -> Statement:
        """The cases of an answer in words."""
        policy = self.policy
        sums = [span[1] for key in facts.value if (field := policy.fields[key.path]).kind == "money" and (span := field.type.span)]
        items = [
            Statement(
                f"{declared.statement.zh}至多 {within[declared.path]} 项",
                f"at most {within[declared.path]} of each {declared.statement.en}",
            )
            for declared in policy.lists.values()
            if within is not None and declared.path in within
        ]
        first, last = iso(FIRST_DAY), iso(LAST_DAY)
        parts = [
            *(items or [Statement("不限项数", "any number of items")]),
            Statement(f"{first} 至 {last} 的任何日期", f"every day from {first} to {last}"),
        ]
        if sums:
            most = policy.currency.amount(Decimal(max(sums)).scaleb(-policy.currency.digits))
            parts.append(Statement(f"不超过 {most.zh} 的任何金额", f"every sum up to {most.en}"))
        free = policy.readings.keys() - self.readings.keys()
        parts.append(Statement("读法任取", "every reading") if free else Statement("读法固定", "the readings fixed"))
        return listed(parts, "，", ", ")

    # Premises

    def _is_empty(self, facts: Facts) -> bool:
        """Whether no case fulfils the premises of the property: of each rule that says when it is violated what stands there as a fact;
        what is negated, compared or counted is what the property claims."""
        for rule in self.wanted.program.rules:
            if rule.head.predicate == VIOLATED:
                premises = self.relations.bodies(rule, _premises(rule))
                if check(solver_for(facts, premises, once=True), self.budget).answer != "unsat":
                    return False
        return True

    # Counterexamples

    def _counterexample(self, facts: Facts, model: Any) -> Proof:
        policy = self.policy
        free = [name for name in policy.readings if name not in self.readings]
        likely = LikelyCase(facts, self.goal, [policy], free, self.budget)
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
            benefits=self._benefits(model),
        )

    def _benefits(self, model: Any) -> tuple[str, ...]:
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
                    if rule.head.predicate == VIOLATED and holds_in(model, self.relations.bodies(rule, meant)):
                        named[benefit] = None
        if named:
            return tuple(benefit for benefit in policy.benefits if benefit in named)
        looked_at = {key.path for key in self.relations.facts.value} - {policy.schema.day.path}
        return asked or tuple(benefit for benefit in policy.benefits if looked_at & set(self.encoding.fields[benefit]))

    def _is_violated(self, documents: Sequence[Mapping[str, Any]], readings: Mapping[str, str]) -> bool:
        """Whether clingo derives of the copies of a case, as they stand in files, that the property is violated."""
        policy = self.policy
        fields = dict.fromkeys(policy.benefits, tuple(policy.fields))
        facts: dict[Fact, None] = {}
        choices = []
        for copy, case in enumerate(documents, 1):
            found = case_facts(policy, self._bounds, fields, Case.read(case, policy), None, copy)
            facts |= dict.fromkeys(found.facts)
            choices += list(found.choices.values())
        days = [str(case[policy.schema.day.path]) for case in documents]
        if len(days) == 2 and days[0] < days[1]:
            facts[Contract.LATER.fact(1, 2)] = None
        violated, later = Contract.VIOLATED, Contract.LATER
        declared = f"#defined {later.signature}.\n#defined {violated.signature}.\n#show {violated.signature}."
        rules = exact_rules(self.encoding.rules, self.wanted.text, declared)
        given = [*policy.facts, *reading_facts(policy, dict(readings)), *facts]
        return violated.fact(SOLE_CASE) in consequences(rules, given, choices).certain

    @cached_property
    def _bounds(self) -> Any:
        """What the rules compare, those of the property among them, and the calendar that they ask for."""
        program = self.encoding.program
        own, _ = find_bounds(self.wanted.policy, Program((*program.rules, *self.wanted.program.rules), (), program.declarations))
        return self.encoding.rule_bounds.beside(own)


def _premises(rule: Rule) -> list[BodyPart]:
    """The atoms of a body that are not negated, and what gives values to the variables in them."""
    atoms = [part for part in rule.body if isinstance(part, Literal) and not part.negated]
    given = {term.name for atom in atoms for term in atom.atom.terms if isinstance(term, Variable)}
    rest: list[BodyPart] = [*atoms, *(part for part in rule.body if isinstance(part, Comparison) and _gives_a_value(part, given))]
    bound: set[str] = set()
    kept: list[BodyPart] = []
    while more := [part for part in rest if part not in kept and _needs(part) <= bound]:
        kept += more
        bound |= {variable.name for part in more for variable in variables_of(part)}
    return kept


def _gives_a_value(part: Comparison, given: Collection[str]) -> bool:
    """Whether a comparison gives a variable its value, and no atom does."""
    return part.operator == "=" and isinstance(part.left, Variable) and part.left.name not in given


def _needs(part: BodyPart) -> set[str]:
    """The variables that have values before a premise gives others theirs."""
    terms: Sequence[Term] = ()
    if isinstance(part, Literal):
        terms = part.atom.terms[: Contract.FUNCTIONS.get(part.atom.predicate, 0)]
    elif isinstance(part, Comparison):
        terms = (part.right,)
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
