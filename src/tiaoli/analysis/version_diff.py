"""What another version of a policy changes: for each benefit whether more is granted, or less, with a smallest case each way.

Both versions are asked about the same cases in one program, where only what differs stands twice (`version_changes`). A case found
there is decided again under each version by itself. The readings that nobody chose are free and the same in both versions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from time import monotonic
from typing import Any
from typing import Literal as OneOf

from tiaoli.analysis.case_domain import first_item
from tiaoli.analysis.domain_spec import DomainSpec
from tiaoli.analysis.version_changes import ChangeCone, PolicyVersion, VersionChange, clauses_of, cone
from tiaoli.analysis.witness import SearchResult, Witness, WitnessQuery, find_witnesses
from tiaoli.base import CallError, InternalError, Problem, Statement, drawn, left
from tiaoli.case import Case
from tiaoli.decide import Decision, Subject, decide_each
from tiaoli.encoding import Encoding, rules_of_benefit
from tiaoli.policy import Policy
from tiaoli.rules import Aggregate, Contract, Fact, Literal, Name

Relation = OneOf["equivalent", "wider", "narrower", "both", "unknown"]

RELATIONS: Mapping[Relation, Statement] = {
    "equivalent": Statement("等同", "equivalent"),
    "wider": Statement("放宽", "wider"),
    "narrower": Statement("收紧", "narrower"),
    "both": Statement("有宽有严", "both wider and narrower"),
    "unknown": Statement("尚不能确定", "unknown"),
}
"""The relations of the new version to the old one in words."""

_WAYS = ("gains", "loses")
"""Who does better: the new version, or the old one."""

_MORE_ITEMS = 5
"""How many items a list that is counted has, where nothing differs in shorter ones."""

_KINDS = ("granted", "paid")
"""In which way one version does better: it grants what the other refuses, or both grant and it pays more."""


@dataclass(frozen=True)
class DiffWitness:
    """A case in which one version does better than the other, and what each decides there.

    `old` or `new` is `None` where that version does not have the benefit. `readings` are those in force that are the same in
    both and not the default.
    """

    case: dict[str, Any]
    subject: str
    readings: Mapping[str, str]
    old: Decision | None
    new: Decision | None

    def to_json(self) -> dict[str, Any]:
        """What each version decides of a case, under `decisions` of a benefit's diff; the case itself stands beside it."""

        def side(decision: Decision | None) -> dict[str, Any] | None:
            if decision is None:
                return None
            found = decision.to_json()
            return {key: found[key] for key in ("outcome", "standard", "amount", "amount_range", "conditions") if key in found}

        return {"subject": self.subject, "readings": dict(self.readings), "old": side(self.old), "new": side(self.new)}


@dataclass(frozen=True)
class BenefitDiff:
    """What another version changes for a benefit.

    `gains` is a case in which the new version grants or pays more, `loses` one in which the old one does; `changes` what
    differs in all that the benefit rests on. Without any change nothing was searched, and it is the same for every case.
    `domain` are the cases that were searched, `unsettled` the ways in which a limit left it open.
    """

    benefit: str
    relation: Relation
    gains: DiffWitness | None
    loses: DiffWitness | None
    changes: tuple[VersionChange, ...]
    domain: Statement | None = None
    unsettled: tuple[str, ...] = ()

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses whose rules, numbers or readings differ."""
        return clauses_of(self.changes)

    def to_json(self) -> dict[str, Any]:
        """The diff of one benefit: the relation, a case for each way, the clauses, the decisions, what differs, and the domain searched."""
        shown = {name: item for name, item in (("gains", self.gains), ("loses", self.loses)) if item}
        return {
            "relation": self.relation,
            "gains": self.gains.case if self.gains else None,
            "loses": self.loses.case if self.loses else None,
            "clauses": list(self.clauses),
            "decisions": {name: item.to_json() for name, item in shown.items()},
            "changes": [change.to_json() for change in self.changes],
            "domain": self.domain.to_json() if self.domain else None,
        }


@dataclass(frozen=True)
class Diff:
    """What a new version changes, benefit by benefit, in the order of the old version and then of the new one."""

    old: Policy = field(repr=False)
    new: Policy = field(repr=False)
    benefits: Mapping[str, BenefitDiff]

    @property
    def differs(self) -> bool:
        return any(item.gains or item.loses for item in self.benefits.values())

    @property
    def limit_reached(self) -> bool:
        return any(item.unsettled for item in self.benefits.values())

    def to_json(self) -> dict[str, Any]:
        """A diff as `tiaoli diff --json` writes it: both versions by number, id and digest, the currency, and the diff of each benefit."""
        sides = {
            side: {"policy": policy.number, "id": policy.id, "policy_digest": policy.digest}
            for side, policy in (("old", self.old), ("new", self.new))
        }
        found = {**sides, "currency": self.new.currency.code, "benefits": {name: item.to_json() for name, item in self.benefits.items()}}
        return found | ({"limit_reached": True} if self.limit_reached else {})

    def _repr_html_(self) -> str:
        return drawn(self)


def compare_benefits(
    old: PolicyVersion, new: PolicyVersion, shared: Collection[str], benefits: Iterable[str], deadline: float | None = None
) -> Iterator[BenefitDiff]:
    """What a version changes for each of some benefits. The readings of `shared` are free; `deadline` is a time of
    `monotonic()`."""
    cones = {benefit: _cone(old, new, shared, benefit) for benefit in benefits}
    open_ones = {benefit: item for benefit, item in cones.items() if item is not None}
    yield from (BenefitDiff(benefit, "equivalent", None, None, ()) for benefit, item in cones.items() if item is None)
    share = (left(deadline) or 0.0) / max(len(open_ones), 1)
    cut_short: dict[str, BenefitDiff] = {}
    for found in _shared_out(old, new, shared, open_ones, deadline):
        if found.unsettled:
            cut_short[found.benefit] = found
        else:
            yield found
    # those that a share was too little for, where the others left more
    if (left(deadline) or 0.0) > share * len(cut_short):
        for found in _shared_out(old, new, shared, {benefit: open_ones[benefit] for benefit in cut_short}, deadline):
            cut_short[found.benefit] = cut_short[found.benefit] if found.unsettled else found
    yield from cut_short.values()


def _shared_out(
    old: PolicyVersion, new: PolicyVersion, shared: Collection[str], cones: Mapping[str, ChangeCone], deadline: float | None
) -> Iterator[BenefitDiff]:
    """Some benefits one by one; what one does not need of its share of the time is left to the others."""
    for position, (benefit, item) in enumerate(cones.items()):
        until = None if deadline is None else monotonic() + (left(deadline) or 0.0) / (len(cones) - position)
        yield _BenefitComparison(old, new, shared, benefit, item, until).run()


def find_difference(
    old: PolicyVersion, new: PolicyVersion, shared: Collection[str], benefit: str, deadline: float | None = None
) -> DiffWitness | None:
    """A case in which two versions part for a benefit, whoever does better in it; `None` where none was found until the deadline,
    a time of `monotonic()`. It takes less than to compare them, where nothing has to be shown of the other way."""
    item = _cone(old, new, shared, benefit)
    return None if item is None else _BenefitComparison(old, new, shared, benefit, item, deadline).either()


def _cone(old: PolicyVersion, new: PolicyVersion, shared: Collection[str], benefit: str) -> ChangeCone | None:
    # a benefit that only the new version has is looked at from there
    first, second = (old, new) if benefit in old.policy.benefits else (new, old)
    return cone(first, second, tuple(shared), benefit)


class _BenefitComparison:
    """One benefit under two versions of which something differs."""

    def __init__(
        self, old: PolicyVersion, new: PolicyVersion, shared: Collection[str], benefit: str, item: ChangeCone, deadline: float | None
    ) -> None:
        self.old, self.new, self.shared, self.benefit, self.cone, self.deadline = old, new, tuple(shared), benefit, item, deadline
        self.turned = benefit not in old.policy.benefits
        first, second = (new, old) if self.turned else (old, new)
        self.first, self.second = first, second
        # the rules of the benefit alone
        self.encoding = _with_rules(first.encoding, item.old)

    def run(self) -> BenefitDiff:
        results = self._results([[Fact(f"{way}__", (Name(kind),)) for kind in _KINDS] for way in _WAYS])
        found = dict(zip(_WAYS, results, strict=True))
        gains, loses = (self._shown([way], item.witness) if item.witness else None for way, item in found.items())
        unsettled = tuple(way for way, item in found.items() if not item.exhausted)
        relation: Relation = "equivalent"
        if gains and loses:
            relation = "both"
        elif unsettled:
            relation = "unknown"
        elif gains or loses:
            relation = "wider" if gains else "narrower"
        # a way that shows a case stopped there; the other looked at all of them
        least = min(found.values(), key=lambda item: (item.witness is not None, sum(item.domain.sizes.values())))
        return BenefitDiff(self.benefit, relation, gains, loses, self.cone.changes, least.domain.statement, unsettled)

    def either(self) -> DiffWitness | None:
        """A case for one of the ways, where there is any."""
        (found,) = self._results([[Fact(f"{way}__", (Name(kind),)) for way in _WAYS for kind in _KINDS]])
        return self._shown(_WAYS, found.witness) if found.witness else None

    def _results(self, groups: Sequence[Sequence[Fact]]) -> list[SearchResult]:
        """For each group of atoms a case in which one of them holds, in longer lists where nothing shows in short ones."""
        results = self._search({}, groups)
        counted = self._counted()
        if counted and all(item.exhausted and item.witness is None for item in results):
            # what is counted can differ in longer lists alone; where they take too long, the answer is that of the shorter ones
            alone = {self.first.policy.benefits[self.benefit].subject: 1}
            longer = self._search({**alone, **dict.fromkeys(counted, _MORE_ITEMS)}, groups)
            results = [item if item.exhausted else shorter for item, shorter in zip(longer, results, strict=True)]
        return results

    def _counted(self) -> set[str]:
        """The entities whose items the rules count."""
        kinds = {item.entity for item in self.first.policy.lists.values()}
        found = set()
        for side in (self.old, self.new):
            rules = rules_of_benefit(side.policy, side.encoding.program, self.benefit) if self.benefit in side.policy.benefits else ()
            for part in (part for rule in rules for part in rule.body if isinstance(part, Aggregate)):
                for element in part.elements:
                    for literal in (inner for inner in element.condition if isinstance(inner, Literal)):
                        types = [kind for _, kind in side.policy.predicates[literal.atom.predicate].arguments]
                        found |= {kind for kind, term in zip(types, literal.atom.terms, strict=True) if term in element.terms}
        return found & kinds

    def _search(self, sizes: Mapping[str, int], groups: Sequence[Sequence[Fact]]) -> list[SearchResult]:
        """For each group of ways a case in which a version does better than the other."""
        lemmas = {Fact("only__", (Name(side), Name(name))): rule for name in self.cone.doubled for side, rule in self._only(name)}
        rules = [self.cone.new, *lemmas.values(), *(line for way in _WAYS for line in self._better(way))]
        about = f'1,{self.benefit},"{self._item}"'
        for side, name in (("first", str), ("second", self.cone.name)):
            rules.append(f"#defined amount__/3. amount__({side},Y,F) :- {name(Contract.AMOUNT.name)}({about},Y,F).")
        spec = DomainSpec(
            (self.benefit,),
            fields=tuple(self.second.encoding.fields.get(self.benefit, ())),
            sizes={**sizes},
            readings={name: option for name, option in self.first.readings.items() if name not in self.shared},
            other_versions=(self.second.encoding,),
        )
        query = WitnessQuery(groups[0][0], "\n".join(rules), spec, facts=self.cone.facts, settled=(("amount__", 3),), lemmas=tuple(lemmas))
        return find_witnesses(self.encoding, query, groups, self.deadline)

    @property
    def _item(self) -> str:
        """The item asked about: of a list's items, none is more than another, so the first stands for all."""
        return first_item(self.first.policy, self.first.policy.benefits[self.benefit].subject)

    def _only(self, predicate: str) -> Iterator[tuple[str, str]]:
        """For each side the rule that says when a predicate holds there alone. Where that is never so, which is shown
        predicate by predicate from the bottom, little is left to show of the outcome."""
        item = f'"{self._item}"'
        # what is asked speaks of no other item, and of all together more would have to be shown
        asked = {"benefit": self.benefit, "subject": item, self.first.policy.benefits[self.benefit].subject: item}
        kinds = [kind for _, kind in self.second.policy.predicates[predicate].arguments]
        terms = ",".join(asked.get(kind, f"X{number}") for number, kind in enumerate(kinds))
        names = (predicate, self.cone.name(predicate))
        defined = " ".join(f"#defined {name}/{len(kinds)}." for name in names)
        for side, one, other in (("first", *names), ("second", *names[::-1])):
            yield side, f"{defined} only__({side},{predicate}) :- {one}({terms}), not {other}({terms})."

    def _better(self, way: str) -> Iterator[str]:
        """The rules that say in which way one version does better than the other."""
        # the second version's predicates bear second names
        better, worse = (str, self.cone.name) if (way == "gains") == self.turned else (self.cone.name, str)
        about = f'(1,{self.benefit},"{self._item}"'
        granted, sum_paid = Contract.ELIGIBLE.name, Contract.AMOUNT.name
        yield f"{way}__(granted) :- {better(granted)}{about}), not {worse(granted)}{about})."
        amount = f"{way}_amount__"
        both = f"{better(granted)}{about}), {worse(granted)}{about}), {better(sum_paid)}{about},Y,F)"
        yield f"#defined {amount}/0. {amount} :- {worse(sum_paid)}{about},_,_)."
        for test in (f"{worse(sum_paid)}{about},Z,_), Z < Y", f"{worse(sum_paid)}{about},Y,G), G < F", f"not {amount}"):
            yield f"{way}__(paid) :- {both}, {test}."

    def _shown(self, ways: Sequence[str], witness: Witness) -> DiffWitness:
        """The case, decided again under each version by itself: it must show one of the ways."""
        both = {name: option for name, option in witness.readings.items() if name in self.shared}
        old, new = (self._decided(side, witness.case, both) for side in (self.old, self.new))
        shown = {"gains": _is_better(new, old), "loses": _is_better(old, new)}
        way = next((way for way in ways if shown[way]), None)
        if way is None:
            zh, en = (
                "两个版本分别复核后，见证案件并无差异；这是程序的缺陷",
                "decided by each version, the case shows no difference; the program is at fault",
            )
            raise InternalError([Problem(self.benefit, Statement(zh, en))], witness.case)
        return DiffWitness({**witness.case, "id": f"{self.benefit}-{way}"}, self._item, self.first.policy.other_readings(both), old, new)

    def _decided(self, side: PolicyVersion, document: Mapping[str, Any], readings: Mapping[str, str]) -> Decision | None:
        if self.benefit not in side.policy.benefits:
            return None
        (found,) = decide_each(side.encoding, [Case.read(document)], Subject(self.benefit, self._item), {**side.readings, **readings})
        return found


def _is_better(one: Decision | None, other: Decision | None) -> bool:
    """Whether the first grants what the second does not, or pays more: certainly, or in every case alike but for what is unknown."""
    if one is None or one.outcome != "eligible":
        return False
    if other is None or other.outcome == "not_eligible":
        return True
    return other.outcome == "eligible" and _ends(one) != _ends(other)


def _ends(decision: Decision) -> tuple[Decimal | None, Decimal | None]:
    return decision.amount_range or (decision.amount, decision.amount)


def check_same_facts(old: Policy, new: Policy) -> None:
    """Both versions must turn a case into the same facts. Raises `CallError` with the fields and lists that differ."""

    def shape(policy: Policy) -> dict[str, object]:
        fields: dict[str, object] = {
            path: (item.predicate, item.type, item.entity, item.nullable, item.elsewhere) for path, item in policy.fields.items()
        }
        lists = {path: (item.predicate, item.entity, item.parent) for path, item in policy.lists.items()}
        subjects = {name: item.subject for name, item in policy.benefits.items() if name in old.benefits and name in new.benefits}
        return {**fields, **lists, **subjects, "currency": policy.currency.code}

    one, other = shape(old), shape(new)
    apart = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    if apart:
        raise CallError.one(
            "diff",
            f"两个版本对案件事实的表述不同，无法比较：{'、'.join(apart)}",
            f"the two versions make different facts of a case and cannot be compared: {', '.join(apart)}",
        )


def _with_rules(encoding: Encoding, rules: str) -> Encoding:
    """A policy with these rules alone."""
    return replace(encoding, policy=replace(encoding.policy, rules={"": rules}))
