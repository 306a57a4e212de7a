"""Check for the kind `overlap` inside one benefit: two rules that conclude the same of one case, on two grounds at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from string import Template

from tiaoli.analysis import Cases, Search, Witness
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import rule_name, rule_text
from tiaoli.base import Statement, listed
from tiaoli.encoding import rules_of_answer
from tiaoli.policy import Benefit
from tiaoli.rules import Atom, Constant, Contract, Fact, Rule, written

_WHICH_HOLD = Template("""
both :- ground_0($terms), ground_1($terms).
first :- ground_0($terms), not ground_1($terms).
second :- ground_1($terms), not ground_0($terms).
""")
_GOALS = ("both", "first", "second")


def find_double_grounds(audit: AuditContext) -> Iterator[Finding]:
    """Two rules that conclude the same of the same case, neither of which is a special case of the other."""
    for benefit in audit.benefits:
        rules = [
            rule for rule in rules_of_answer(audit.policy, audit.encoding.program, benefit.id) if rule.head.predicate != Contract.MET.name
        ]
        pairs = [
            (one, other)
            for one, other in combinations(rules, 2)
            if one.head.predicate == other.head.predicate
            and _can_agree(one.head, other.head)
            and _rests_on_facts(audit, one)
            and _rests_on_facts(audit, other)
        ]
        if pairs:
            yield from _double_grounds(audit, benefit, pairs)


def _double_grounds(audit: AuditContext, benefit: Benefit, pairs: Sequence[tuple[Rule, Rule]]) -> Iterator[Finding]:
    what = Statement(f"{audit.name(benefit.id).zh}是否有两个理由并存", f"whether {audit.name(benefit.id).en} has two grounds at once")
    for pair in pairs:
        witness = None
        # each by itself: then it is known how many items are enough for it, and what it took is let go
        with audit.asking(what):
            witness = _two_grounds(audit.search(_which_hold(pair), Cases((benefit.id,)), dict.fromkeys(_GOALS, 0)))
        if witness is not None:
            yield _double_ground(audit, benefit, *pair, witness)


def _which_hold(pair: tuple[Rule, Rule]) -> str:
    """Rules that say of a pair whether both hold, and whether one does without the other."""
    grounds = [rule_text(written(Atom(f"ground_{which}", rule.head.terms)), rule.body) for which, rule in enumerate(pair)]
    terms = ", ".join(f"V{position}" for position in range(len(pair[0].head.terms)))
    return "".join([*grounds, _WHICH_HOLD.substitute(terms=terms)])


def _two_grounds(search: Search) -> Witness | None:
    """A case in which both rules of a pair hold, where each also holds without the other under the same readings."""
    both, *apart = (Fact(name, ()) for name in _GOALS)
    if not all(search.possible(search.formula(fact)) for fact in (both, *apart)):
        return None
    witness = search.witness(both)
    shown = witness is not None and all(search.possible(search.formula(fact), search.chosen(witness.readings)) for fact in apart)
    return witness if shown else None


def _double_ground(audit: AuditContext, benefit: Benefit, one: Rule, other: Rule, witness: Witness) -> Finding:
    predicate = audit.policy.predicates[one.head.predicate].statement
    label = listed([predicate]) if predicate else Statement(one.head.predicate, one.head.predicate)
    return Finding(
        "overlap",
        f"grounds.{rule_name(one)}+{other.line if other.file == one.file else rule_name(other)}",
        "note",
        audit.sentences_of([one, other]),
        Statement(
            f"同一结论（{one.head.predicate}：{label.zh}）可同时有两个依据：{one.where} 与 {other.where}。",
            f"One conclusion ({one.head.predicate}: {label.en}) can have two grounds at once: {one.where} and {other.where}.",
        ),
        (benefit.id,),
        witness,
        "encoding",
    )


def _rests_on_facts(audit: AuditContext, rule: Rule) -> bool:
    return audit.policy.predicates[rule.head.predicate].of_case and bool(rule.body)


def _can_agree(one: Atom, other: Atom) -> bool:
    """Whether two heads can be the same atom."""
    return all(
        not (isinstance(left, Constant) and isinstance(right, Constant)) or left == right
        for left, right in zip(one.terms, other.terms, strict=True)
    )
