"""Check for the kind `conflict`: two sums or rates for one decision, and one condition that comes out in two ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tiaoli.analysis import Cases, Witness
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding
from tiaoli.base import Statement, listed
from tiaoli.encoding import bearing_on_conditions, rules_below
from tiaoli.policy import Benefit
from tiaoli.rules import Contract, Fact, rule_template

_TWO_AMOUNTS = rule_template("""
shows(C) :- $AMOUNT(C, $benefit, S, Y, F), $AMOUNT(C, $benefit, S, Z, G), Y != Z.
shows(C) :- $AMOUNT(C, $benefit, S, Y, F), $AMOUNT(C, $benefit, S, Z, G), F != G.
shows(C) :- $RATE(C, $benefit, S, R), $RATE(C, $benefit, S, Q), R != Q.
""")
_UNLIKE = rule_template("""
% one item meets a condition for the one benefit and not for the other
unlike(C, $position) :-
    $ASKED(C, $one, S), $ASKED(C, $other, S),
    $MET(C, $one, S, $condition), not $MET(C, $other, S, $condition).
""")
_RECORD_DECIDES = rule_template("""
% the copies differ in a record of one item, and everything else that is said of it is the same
shows(1) :- $ELIGIBLE(1, $benefit, S), $ASKED(2, $benefit, S), not $ELIGIBLE(2, $benefit, S).
""")


def find_conflicts(audit: AuditContext) -> Iterator[Finding]:
    """Two sums or rates for one decision; a condition common to two benefits that comes out differently for one item."""
    for benefit in audit.benefits:
        yield from _two_amounts(audit, benefit)
    yield from _records(audit)
    # where a rule of a reading speaks of one benefit alone, the reading is there to tell the two apart
    with_readings = {benefit.id: _rules_of_readings(audit, benefit.id) for benefit in audit.benefits}
    for (one, other), conditions in _common_conditions(audit):
        names = audit.name(one.id, other.id)
        what = Statement(f"{names.zh}的共同条件是否一致", f"whether the common conditions of {names.en} agree")
        rules: list[str] = []
        for position, condition in enumerate(conditions):
            for first, second in ((one.id, other.id), (other.id, one.id)):
                rules.append(_UNLIKE.substitute(position=position, condition=condition, one=first, other=second))
        atoms = [Fact("unlike", (1, position)) for position in range(len(conditions))]
        cases = Cases((one.id, other.id), default=with_readings[one.id] != with_readings[other.id])
        found = audit.find_witnesses(what, "\n".join(rules), cases, atoms)
        for condition, witness in zip(conditions, found, strict=True):
            if witness is not None:
                label = one.conditions[condition]
                yield Finding(
                    "conflict",
                    f"{one.id}+{other.id}.{condition}",
                    "error",
                    audit.condition_sentences(one.id, condition),
                    Statement(
                        f"同一句话规定的“{label.zh}”，对{names.zh}得出相反的结论。",
                        f"“{label.en}” rests on the same words for {names.en}, yet comes out differently for one item.",
                    ),
                    (one.id, other.id),
                    witness,
                )


def _records(audit: AuditContext) -> Iterator[Finding]:
    """What a register says, where it decides against everything that is stated of an item."""
    policy = audit.policy
    found: dict[str, dict[str, Witness]] = {}
    labels: dict[str, dict[Statement, None]] = {}
    for benefit in audit.benefits:
        for path in audit.encoding.outcome_fields(benefit.id):
            if policy.fields[path].kind == "record":
                name, label, key = audit.name(benefit.id), policy.fields[path].label, policy.fields[path].key
                what = Statement(f"{label.zh}是否单独决定{name.zh}", f"whether “{label.en}” alone decides {name.en}")
                inside = tuple(other for other in policy.fields if other == path or other.startswith(f"{path}."))
                cases = Cases((benefit.id,), default=True, copies=2, differ_in=inside)
                witness = audit.find_witness(what, _RECORD_DECIDES.substitute(benefit=benefit.id), cases)
                if witness is not None:
                    found.setdefault(key, {})[benefit.id] = witness
                    labels.setdefault(key, {})[label] = None
    for key, witnesses in found.items():
        names, label = audit.name(*witnesses), listed(labels[key], "、", ", ")
        yield Finding(
            "conflict",
            f"record.{key}",
            "warning",
            audit.sentences(*witnesses),
            Statement(
                f"{names.zh}以登记为准：所述其他事实完全相同，仅{label.zh}不同，即由准予变为不予；登记与事实不符的，从登记。",
                f"A register decides {names.en}: with the very same facts otherwise stated, another “{label.en}” alone turns a grant into a"
                f" refusal; where the register and the facts differ, the register counts.",
            ),
            tuple(witnesses),
            next(iter(witnesses.values())),
        )


def _two_amounts(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    name = audit.name(benefit.id)
    what = Statement(f"{name.zh}的金额是否唯一", f"whether {name.en} has one amount")
    witness = audit.find_witness(what, _TWO_AMOUNTS.substitute(benefit=benefit.id), Cases((benefit.id,)))
    if witness is not None:
        yield Finding(
            "conflict",
            f"{benefit.id}.amounts",
            "error",
            audit.only_below(Contract.AMOUNT.name, benefit.id),
            Statement(
                f"{name.zh}对同一事项得出两个不同的金额或标准。", f"Two different sums or rates follow for one decision on {name.en}."
            ),
            (benefit.id,),
            witness,
        )


def _common_conditions(audit: AuditContext) -> Iterator[tuple[tuple[Benefit, Benefit], Sequence[str]]]:
    """The pairs of benefits with conditions in common, which rest on the same sentences and facts for both."""
    encoding = audit.encoding
    bearing = {benefit.id: bearing_on_conditions(audit.policy, encoding.program, benefit.id, audit.defaults) for benefit in audit.benefits}
    for one, other in audit.pairs():
        common = [
            condition
            for condition in one.conditions
            if condition in other.conditions
            and encoding.sentences[one.id][condition] == encoding.sentences[other.id][condition]
            and bearing[one.id][condition].fields == bearing[other.id][condition].fields
        ]
        if common:
            yield (one, other), common


def _rules_of_readings(audit: AuditContext, benefit: str) -> set[str]:
    """Where the rules that rest on a reading stand, of those that the outcome rests on."""
    rules = rules_below(audit.policy, audit.encoding.program, [(Contract.ELIGIBLE.name, benefit)])
    return {rule.where for rule in rules if any(literal.atom.predicate == Contract.READING.name for literal in rule.literals())}
