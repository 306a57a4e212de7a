"""Two versions of a policy compared, benefit by benefit: each way is shown by a case or proved not to be, and so is what else differs.

Both versions stand over the same symbolic facts (`tiaoli.symbolic`). A case found there is decided again by clingo, under each version by
itself. The readings that nobody chose are free and the same in both versions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from time import monotonic
from typing import Any

from tiaoli.analysis.likely_case import LikelyCase
from tiaoli.analysis.version_changes import BenefitChanges, PolicyVersion, find_changes
from tiaoli.analysis.version_diff import BenefitDiff, DiffWitness, OtherDifference, Unsettled, relation_of
from tiaoli.analysis.version_facts import facts_of_both
from tiaoli.analysis.version_program import JointRules
from tiaoli.analysis.version_questions import GAINS, LOSES, OUTCOME, PARTS, Side, VersionQuestions
from tiaoli.base import InternalError, Problem, Statement, left, listed
from tiaoli.case import Case
from tiaoli.decide import Decision, PreparedCase, Subject, solve
from tiaoli.policy import Policy
from tiaoli.rules import Contract
from tiaoli.symbolic import (
    CASE,
    MOST_ALIKE,
    Budget,
    CommonNeeds,
    Facts,
    Formula,
    Found,
    Goal,
    Item,
    LimitReached,
    NoBoundError,
    Outside,
    Question,
    Relations,
    Scope,
    both,
    check,
    document,
    holds_in,
    is_ground,
    negation,
    of_all_kinds,
    readings_of,
    scope_of,
    solver_for,
    value_in,
)

_LIMITS = {
    "time": Statement("已到时间上限", "the time limit was reached"),
    "memory": Statement("已到内存上限", "the memory limit was reached"),
    None: Statement("求解器未能判定", "the solver could not tell"),
}

_USUAL = 3
"""How many items of a list are searched where they cannot be taken together, and nothing else is asked for."""


@dataclass(frozen=True)
class Comparison:
    """Two versions that are compared: the readings of `shared` are free and the same in both, `scope` says how many items lists have, by
    entity, and the budget how long to search, with how much memory."""

    old: PolicyVersion
    new: PolicyVersion
    shared: tuple[str, ...]
    scope: Mapping[str, int] = field(default_factory=dict)
    deadline: float | None = None
    memory: int | None = None

    @cached_property
    def vocabulary(self) -> Policy:
        """What both versions read of a case."""
        return facts_of_both(self.old.policy, self.new.policy)

    @cached_property
    def rules(self) -> JointRules:
        """The rules of both."""
        return JointRules(self.vocabulary, self.old, self.new, self.shared)

    @cached_property
    def common(self) -> CommonNeeds:
        """The items that these need, whatever is asked."""
        return CommonNeeds(self.rules.policy, self.rules.rules)

    def until(self, deadline: float | None) -> Budget:
        """The budget of a part of it."""
        return Budget(deadline, self.memory)


def compare_benefits(comparison: Comparison, benefits: Iterable[str]) -> Iterator[BenefitDiff]:
    """What a version changes for each of some benefits."""
    found = {benefit: find_changes(comparison.old, comparison.new, comparison.shared, benefit) for benefit in benefits}
    yield from (BenefitDiff(benefit, "equivalent", None, None, ()) for benefit, changes in found.items() if not changes.changes)
    touched = {benefit: changes for benefit, changes in found.items() if changes.changes}
    share = (left(comparison.deadline) or 0.0) / max(len(touched), 1)
    cut_short: dict[str, BenefitDiff] = {}
    for diff in _shared_out(comparison, touched):
        if diff.unsettled:
            cut_short[diff.benefit] = diff
        else:
            yield diff
    # those that a share was too little for, where the others left more
    if (left(comparison.deadline) or 0.0) > share * len(cut_short):
        for diff in _shared_out(comparison, {benefit: touched[benefit] for benefit in cut_short}):
            cut_short[diff.benefit] = cut_short[diff.benefit] if diff.unsettled else diff
    yield from cut_short.values()


def _shared_out(comparison: Comparison, touched: Mapping[str, BenefitChanges]) -> Iterator[BenefitDiff]:
    """Some benefits one by one; what one does not need of its share of the time is left to the others."""
    for position, (benefit, changes) in enumerate(touched.items()):
        deadline = comparison.deadline
        until = None if deadline is None else monotonic() + (left(deadline) or 0.0) / (len(touched) - position)
        yield BenefitComparison(comparison, benefit, changes, until).run()


def find_difference(comparison: Comparison, benefit: str) -> DiffWitness | None:
    """A case in which the new version grants or pays otherwise, whoever does better in it; `None` where none was found in time. It takes
    less than to compare them, where nothing has to be shown of the other way."""
    changes = find_changes(comparison.old, comparison.new, comparison.shared, benefit)
    return BenefitComparison(comparison, benefit, changes, comparison.deadline).any_witness() if changes.changes else None


class BenefitComparison:
    """One benefit under two versions of which something differs, until a time of `monotonic()`."""

    def __init__(self, comparison: Comparison, benefit: str, changes: BenefitChanges, until: float | None) -> None:
        self.comparison, self.benefit, self.changes = comparison, benefit, changes
        self.budget = comparison.until(until)
        self.old, self.new, self.shared = comparison.old, comparison.new, comparison.shared
        self.first = self.old.policy if benefit in self.old.policy.benefits else self.new.policy
        self.unsettled: dict[str, Statement] = {}
        self.scope = Scope({})
        self.liked: list[Formula] = []

    def run(self) -> BenefitDiff:
        """Every question about the benefit."""
        ways: dict[str, DiffWitness | None] = {}
        others: list[OtherDifference] = []
        asked: Iterable[tuple[str, Formula]] = ()
        try:
            questions = self._questions()
            for way in (GAINS, LOSES):
                ways[way] = self._answered(questions, way, questions.better(way))
            asked = questions.parts()
        except (Outside, LimitReached) as error:
            for way in (GAINS, LOSES):
                if way not in ways:
                    self.unsettled[way] = _reason(error)
        try:
            for part, goal in asked:
                witness = self._answered(questions, part, goal, questions.nobody)
                if witness is not None:
                    others.append(OtherDifference(part, witness))
        except (Outside, LimitReached) as error:
            self.unsettled["differs"] = _reason(error)
        gains, loses = ways.get(GAINS), ways.get(LOSES)
        open_parts = set(self.unsettled) - {GAINS, LOSES}
        shown = [None if way in self.unsettled else ways.get(way) is not None for way in (GAINS, LOSES)]
        relation = relation_of(shown[0], shown[1], [*(True for _ in others), *(None for _ in open_parts)])
        within = None if relation == "both" else self._within()
        unsettled = tuple(Unsettled(name, reason) for name, reason in self.unsettled.items())
        return BenefitDiff(
            self.benefit, relation, gains, loses, self.changes.changes, tuple(others), self._domain(within), within, unsettled
        )

    def any_witness(self) -> DiffWitness | None:
        """A case for one of the ways, where one is found: with one item a list, where that will do."""
        try:
            for questions in (self._of_one_item, self._who_does_better):
                asked = questions()
                for way in (GAINS, LOSES):
                    if witness := self._answered(asked, way, asked.better(way)):
                        return witness
        except (Outside, LimitReached):
            pass
        return None

    def _of_one_item(self) -> VersionQuestions:
        """Who does better, of the cases with one item a list: what they show is so, of what they do not nothing is said."""
        self._over(self.comparison.vocabulary, {}, ())
        return self.questions

    def _who_does_better(self) -> VersionQuestions:
        """Who does better, and no further part of the answers."""
        return self._questions(())

    # The questions

    def _questions(self, parts: Collection[str] | None = None) -> VersionQuestions:
        """The questions, about all parts of the answers that can differ or some, over as many items as are enough for any number of them,
        or as were asked for."""
        vocabulary = self.comparison.vocabulary
        parts = self.changes.shown if parts is None else parts
        program = self.comparison.rules.asking(self.benefit, sorted(set(parts) - OUTCOME))
        goals = [Goal(name, (CASE, None)) for name in program.goals]
        fixed, wanted, common = self._fixed(self.old), self.comparison.scope, self.comparison.common
        self.scope = scope_of(program.policy, program.rules, goals, fixed, wanted, common, self.budget)
        try:
            of_all_kinds(lambda many: self._over(vocabulary, many, parts), self.scope.alike, self.budget)
        except NoBoundError as error:
            sizes = {entity: wanted.get(entity, _USUAL) for entity in self.scope.alike}
            self.scope = Scope({**self.scope.sizes, **sizes}, reason=error.why)
            self._over(vocabulary, {}, parts)
        return self.questions

    def _over(self, vocabulary: Policy, many: Mapping[str, int], parts: Collection[str]) -> Question:
        """The questions about some parts of the answers, with so many kinds of items of some lists."""
        codes = tuple(dict.fromkeys((*self.old.policy.codes, *self.new.policy.codes)))
        sizes = {**self.scope.sizes, **many}
        self.facts = Facts(vocabulary, lambda entity: sizes.get(entity, 1), codes=codes, many=dict.fromkeys(many, MOST_ALIKE))
        before = Relations(self.old.encoding, self.facts, readings=self._fixed(self.old), budget=self.budget)
        after = Relations(self.new.encoding, self.facts, readings=self._fixed(self.new), budget=self.budget)
        after.share(before, self.comparison.rules.differing)
        sides = [
            Side(relations, side.policy, side.policy.benefits.get(self.benefit))
            for relations, side in ((before, self.old), (after, self.new))
        ]
        # of a list's items none is more than another, so the first stands for all
        item, _, there = self.facts.of_entity(self.first.benefits[self.benefit].subject)[0]
        assert item is not None
        self.facts.constraints.append(there)
        self.questions = VersionQuestions(sides[0], sides[1], item, parts)
        goals = [self.questions.gains, self.questions.loses, *(goal for _, goal in self.questions.parts())]
        return Question(self.facts, goals)

    def _fixed(self, side: PolicyVersion) -> dict[str, str]:
        return {name: option for name, option in side.readings.items() if name not in self.shared}

    def _answered(self, questions: VersionQuestions, question: str, goal: Formula, beside: Formula = True) -> DiffWitness | None:
        """A case of a goal in which `beside` holds too; `None` where there is none, or where that is left open, which is noted."""
        if goal is False:
            return None
        whole = both(goal, beside)
        likely = LikelyCase(self.facts, whole, (self.old.policy, self.new.policy), self.shared, self.budget)
        plain = likely.plain()
        try:
            found = self._asked(both(whole, *plain))
            if found.model is None and (plain or beside is not True):
                found = self._asked(goal)
                if found.model is not None and beside is not True:
                    found = self._asked(whole)
        except LimitReached as error:
            self.unsettled[question] = _reason(error)
            return None
        if found.answer == "unknown":
            self.unsettled[question] = _LIMITS[found.limit]
        return None if found.model is None else self._shown(questions, question, likely, found.model)

    def _asked(self, goal: Formula) -> Found:
        self.budget.check()
        return check(solver_for(self.facts, goal, once=True), self.budget)

    # Showing a case

    def _shown(self, questions: VersionQuestions, question: str, likely: LikelyCase, model: Any) -> DiffWitness:
        """The case, small, decided again under each version by itself: it must show what was asked."""
        model = likely.improved(model, self.liked)
        self.liked = self.liked or likely.granted
        settled = list(self._settled(questions, question, model))
        kept = likely.mattering(model, settled)
        refuted: dict[str, Any] = {}
        for only in (kept, None):
            case = document(self.facts.policy, self.facts, model, name=f"{self.benefit}-{question}", only=only)
            readings = {name: option for name, option in readings_of(self.first, model).items() if name in self.shared}
            witness = self._decided(case, self._item_in(case, questions.item), readings)
            if shows(witness, question):
                return witness
            refuted = case
        zh, en = (
            "两个版本分别复核后，见证案件并无差异；这是程序的缺陷",
            "decided by each version, the case shows no difference; the program is at fault",
        )
        raise InternalError([Problem(self.benefit, Statement(zh, en))], refuted)

    def _settled(self, questions: VersionQuestions, question: str, model: Any) -> Iterator[Formula]:
        """What the case is to make certain beside the goal: outcomes and sums, and what the versions say otherwise, as the model has it."""
        decided = {Contract.ELIGIBLE.name, Contract.AMOUNT.name, Contract.STANDARD.name}
        for predicate in questions.predicates():
            if predicate not in decided and predicate not in questions.changed:
                # it says the same, and may rest on facts that the question does not look at
                continue
            said = []
            for side in (questions.old, questions.new):
                rows = [(arguments, guard) for arguments, guard in questions.rows(side, predicate)]
                said.append({tuple(value_in(model, value) for value in arguments) for arguments, guard in rows if holds_in(model, guard)})
            alone = said[0] ^ said[1]
            for side in (questions.old, questions.new):
                for arguments, guard in questions.rows(side, predicate):
                    plain = tuple(value_in(model, value) for value in arguments)
                    if predicate in decided or (question not in (GAINS, LOSES) and plain in alone):
                        yield self._as_in(model, guard, arguments)
        if question == PARTS[Contract.EXCLUSIVE.name]:
            yield from (differs for differs in questions.exclusions() if holds_in(model, differs))

    def _as_in(self, model: Any, guard: Formula, arguments: Iterable[Any]) -> Formula:
        if not holds_in(model, guard):
            return negation(guard)
        compare = self.facts.compare
        return both(guard, *(compare("=", value, value_in(model, value)) for value in arguments if not is_ground(value)))

    def _item_in(self, case: Mapping[str, Any], item: Item) -> str:
        """The id of the item asked about: the first of its list."""
        declared = self.facts.policy.list_of[item.entity]
        if declared.parent is None:
            return str(case[declared.path][0]["id"])
        holder = case[self.facts.policy.list_of[declared.parent].path][0]
        return f"{holder['id']}/{holder[declared.path.rpartition('.')[2]][0]['id']}"

    def _decided(self, document: dict[str, Any], item: str, readings: Mapping[str, str]) -> DiffWitness:
        sides = [self._decided_by(side, document, item, readings) for side in (self.old, self.new)]
        decisions, beside = zip(*sides, strict=True)
        exclusive = (beside[0], beside[1]) if beside[0] != beside[1] else None
        return DiffWitness(document, item, self.first.other_readings(readings), decisions[0], decisions[1], exclusive)

    def _decided_by(
        self, side: PolicyVersion, document: Mapping[str, Any], item: str, readings: Mapping[str, str]
    ) -> tuple[Decision | None, tuple[tuple[str, str], ...]]:
        """What a version decides by clingo, and the decisions that cannot be filed beside it."""
        if self.benefit not in side.policy.benefits:
            return None, ()
        subject = Subject(self.benefit, item)
        question = PreparedCase.of(side.encoding, Case.read(document, side.policy), None, {**side.readings, **readings})
        reader = solve(question, exclusive=True)
        (decision,) = reader.decisions([subject])
        applications = dict(reader.exclusive(question.facts.subjects))
        own = applications.get(subject)
        beside = [(other.benefit, other.item) for other, application in applications.items() if own is not None and application != own]
        return decision, tuple(beside)

    # What was searched

    def _within(self) -> dict[str, int] | None:
        """The lists, by path, that were looked at with so many items and may have more that matter; `None` where no more can matter."""
        if self.scope.any_number:
            return None
        return {self.facts.policy.list_of[entity].path: self.scope.sizes.get(entity, 1) for entity in self.facts.items}

    def _domain(self, within: Mapping[str, int] | None) -> Statement:
        """The cases that the answer is about, in words."""
        free = len(self.shared)
        readings = Statement(
            f"{free} 种读法均可任取" if free else "读法固定", f"{free} reading{'s' * (free > 1)} free" if free else "the readings fixed"
        )
        policy = self.comparison.vocabulary
        named = [(policy.lists[path].statement, number) for path, number in (within or {}).items()]
        parts = [Statement(f"{name.zh}至多 {number} 项", f"at most {number} of each {name.en}") for name, number in named]
        items = listed(parts, "、", ", ") if parts else Statement("各清单项数不限", "any number of items in every list")
        return Statement(
            f"{items.zh}；一切日期和金额；{readings.zh}",
            f"{items.en}; every day and every sum; {readings.en}",
        )


def shows(witness: DiffWitness, question: str) -> bool:
    """Whether the decisions on a case show what was asked."""
    gains, loses = _is_better(witness.new, witness.old), _is_better(witness.old, witness.new)
    if question in (GAINS, LOSES):
        return gains if question == GAINS else loses
    old, new = witness.old, witness.new
    if gains or loses or old is None or new is None:
        return False
    if question == PARTS[Contract.EXCLUSIVE.name]:
        return witness.exclusive is not None
    if question == PARTS[Contract.MET.name]:
        before, after = ({condition.id: condition.status for condition in side.conditions} for side in (old, new))
        return list(before) != list(after) or any({before[name], after[name]} == {"met", "unmet"} for name in before)
    if question in Decision._fields:
        return bool(getattr(old, question) != getattr(new, question))
    one, other = ([result.settled for result in side.results if result.id == question] for side in (old, new))
    return one != other


def _is_better(one: Decision | None, other: Decision | None) -> bool:
    """Whether the first grants what the second does not, or pays more."""
    if one is None or one.outcome != "eligible":
        return False
    if other is None or other.outcome == "not_eligible":
        return True
    if other.outcome != "eligible":
        return False
    (low, high), (least, most) = _ends(one), _ends(other)
    if low is None or high is None:
        return False
    return least is None or most is None or high > most or low > least


def _ends(decision: Decision) -> tuple[Decimal | None, Decimal | None]:
    return decision.amount_range or (decision.amount, decision.amount)


def _reason(error: Outside | LimitReached) -> Statement:
    """Why a question is left open."""
    if isinstance(error, LimitReached):
        return _LIMITS[error.limit]
    return (
        error.reason
        if error.rule is None
        else Statement(f"{error.rule.where}：{error.reason.zh}", f"{error.rule.where}: {error.reason.en}")
    )
