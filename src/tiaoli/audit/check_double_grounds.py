"""Check for the kind `overlap` inside one benefit: two rules that conclude the same of one case, on two grounds at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from string import Template

from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import rule_name, rule_text
from tiaoli.audit.search import Cases
from tiaoli.base import Statement, listed
from tiaoli.encoding import rules_of_answer
from tiaoli.policy import Benefit
from tiaoli.rules import Atom, Constant, Contract, Fact, Rule, written

_WHICH_HOLD = Template("""
both($number) :- ground_${number}_0($terms), ground_${number}_1($terms).
first($number) :- ground_${number}_0($terms), not ground_${number}_1($terms).
second($number) :- ground_${number}_1($terms), not ground_${number}_0($terms).
""")
_SHOWS_BOTH = Template("shows(C) :- first_ground($terms), second_ground($terms).")


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
    text = []
    for number, pair in enumerate(pairs):
        for which, rule in enumerate(pair):
            text.append(rule_text(written(Atom(f"ground_{number}_{which}", rule.head.terms)), rule.body))
        terms = ", ".join(f"V{position}" for position in range(len(pair[0].head.terms)))
        text.append(_WHICH_HOLD.substitute(number=number, terms=terms))
    what = Statement(f"{audit.name(benefit.id).zh}是否有两个理由并存", f"whether {audit.name(benefit.id).en} has two grounds at once")

    def shown(readings: Mapping[str, str] | None, *names: str) -> set[int]:
        cases = Cases((benefit.id,), readings=readings)
        found = audit.reachable_atoms(what, "\n".join(text), cases, names) or frozenset()
        return {number for number in range(len(pairs)) if all(Fact(name, (number,)) in found for name in names)}

    # the three cases must show under one reading; a pair that no reading brings together is out at once
    left = shown(None, "both")
    for readings in audit.each_reading(benefit.id):
        if not left:
            return
        for number in sorted(left & shown(readings, "both", "first", "second")):
            left.remove(number)
            yield from _double_ground(audit, benefit, *pairs[number], readings)


def _double_ground(audit: AuditContext, benefit: Benefit, one: Rule, other: Rule, readings: Mapping[str, str]) -> Iterator[Finding]:
    terms = ", ".join(["C", *(f"V{position}" for position in range(1, len(one.head.terms)))])
    rules = "\n".join(
        [
            rule_text(written(Atom("first_ground", one.head.terms)), one.body),
            rule_text(written(Atom("second_ground", other.head.terms)), other.body),
            _SHOWS_BOTH.substitute(terms=terms),
        ]
    )
    witness = audit.find_witness(audit.name(benefit.id), rules, Cases((benefit.id,), readings=readings))
    if witness is not None:
        predicate = audit.policy.predicates[one.head.predicate].statement
        label = listed([predicate]) if predicate else Statement(one.head.predicate, one.head.predicate)
        yield Finding(
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
