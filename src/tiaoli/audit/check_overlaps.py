"""Check for the kind `overlap` between decisions: two benefits for one item, one benefit twice, two decisions that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

from tiaoli.analysis import Cases
from tiaoli.audit.context import AuditContext, about_applicant
from tiaoli.audit.finding import Finding
from tiaoli.audit.rule_text import fact_atom
from tiaoli.base import Statement, listed
from tiaoli.encoding import rules_below
from tiaoli.policy import Benefit, joined
from tiaoli.rules import Contract, Fact, rule_template

_BOTH_GRANTED = rule_template("shows(C) :- $ELIGIBLE(C, $one, S), $ELIGIBLE(C, $other, S).")
_GRANTED_TWICE = rule_template("""
shows(C) :- $ELIGIBLE(C, $benefit, A), $ELIGIBLE(C, $benefit, B), A < B, not parted(C, A, B).
parted(C, A, B) :- $EXCLUSIVE(C, $benefit, A, X), $EXCLUSIVE(C, $benefit, B, Y), X != Y.
""")
_LIMITED = rule_template("limited(V) :- $fact, $EXCLUSIVE(C, $benefit, A, X), $EXCLUSIVE(C, $benefit, B, Y), X != Y.\n")
_UNLIMITED = rule_template("unlimited(V) :- $fact, $ELIGIBLE(C, $benefit, A), $ELIGIBLE(C, $benefit, B), A < B.\n")
_EXCLUSIVE = rule_template("both(C, $number) :- $EXCLUSIVE(C, $one, A, X), $EXCLUSIVE(C, $other, B, Y), X != Y.")


def find_overlaps(audit: AuditContext) -> Iterator[Finding]:
    """Two benefits for one item, one benefit twice for one person, and two decisions of which only one may be filed."""
    for one, other in audit.pairs():
        if one.clause != other.clause:
            yield from _for_one_item(audit, one, other)
    for benefit in audit.paid():
        if audit.personal(benefit.id):
            yield from _twice(audit, benefit)
    yield from _mutually_exclusive(audit)


def _for_one_item(audit: AuditContext, one: Benefit, other: Benefit) -> Iterator[Finding]:
    names, item = audit.name(one.id, other.id), audit.subject(one.id)
    what = Statement(f"{names.zh}是否重叠", f"whether {names.en} overlap")
    witness = audit.find_witness(what, _BOTH_GRANTED.substitute(one=one.id, other=other.id), Cases((one.id, other.id)))
    if witness is not None:
        yield Finding(
            "overlap",
            f"{one.id}+{other.id}",
            "warning",
            audit.sentences(one.id, other.id),
            Statement(
                f"同一{item.zh}可同时符合{names.zh}，通知未说明二者能否并享。",
                f"One {item.en} can be granted {names.en} at once; the notice does not say whether both may be drawn.",
            ),
            (one.id, other.id),
            witness,
        )


def _twice(audit: AuditContext, benefit: Benefit) -> Iterator[Finding]:
    name, item = audit.name(benefit.id), audit.subject(benefit.id)
    what = Statement(f"{name.zh}是否重复享受", f"whether {name.en} is drawn twice")
    witness = audit.find_witness(what, _GRANTED_TWICE.substitute(benefit=benefit.id), Cases((benefit.id,)))
    if witness is not None:
        limits = next(_limits(audit, benefit, what), Statement("没有规则加以限制。", "No rule limits it."))
        yield Finding(
            "overlap",
            f"{benefit.id}.twice",
            "warning",
            audit.sentences(benefit.id),
            Statement(
                f"同一人凭两个{item.zh}可同时两次享受{name.zh}。{limits.zh}",
                f"One person can draw {name.en} twice at once, for two items ({item.en}). {limits.en}",
            ),
            (benefit.id,),
            witness,
        )


def _limits(audit: AuditContext, benefit: Benefit, what: Statement) -> Iterator[Statement]:
    """Whom a limit reaches and whom it does not, by each fact about the person that says so."""
    policy = audit.policy
    rules = rules_below(policy, audit.encoding.program, [(Contract.EXCLUSIVE.name, None)])
    read = {literal.atom.predicate for rule in rules for literal in rule.literals()}
    anchors = audit.sentences_of(rule for rule in rules if rule.head.predicate == Contract.EXCLUSIVE.name)
    clauses = joined(dict.fromkeys(policy.sentences[anchor].clause or "" for anchor in anchors))
    for path in audit.encoding.fields[benefit.id]:
        declared = policy.fields[path]
        if not about_applicant(policy, declared) or declared.table is None or declared.predicate not in read:
            continue
        fact = fact_atom(declared, "C", "I", "V")
        text = f"{_LIMITED.substitute(benefit=benefit.id, fact=fact)}{_UNLIMITED.substitute(benefit=benefit.id, fact=fact)}"
        found = audit.reachable_atoms(what, text, Cases((benefit.id,), default=True), {"limited": 1, "unlimited": 1}) or ()
        words = policy.values[declared.table]
        limited, twice = ({str(atom.arguments[0]) for atom in found if atom.predicate == name} for name in ("limited", "unlimited"))
        bound, loose = (listed((words[value] for value in words if value in values), "、", ", ") for values in (limited, twice - limited))
        if limited and twice - limited:
            yield Statement(
                f"{clauses}只限制{declared.label.zh}为“{bound.zh}”的；“{loose.zh}”不受限制。",
                f"{clauses} limits it for “{bound.en}” alone ({declared.label.en}); “{loose.en}” is not limited.",
            )


def _mutually_exclusive(audit: AuditContext) -> Iterator[Finding]:
    personal = [benefit.id for benefit in audit.benefits if audit.personal(benefit.id)]
    pairs = list(combinations_with_replacement(personal, 2))
    if not pairs:
        return
    rules = [_EXCLUSIVE.substitute(number=number, one=one, other=other) for number, (one, other) in enumerate(pairs)]
    what = Statement(f"{audit.name(*personal).zh}是否互斥", f"which of {audit.name(*personal).en} exclude one another")
    atoms = [Fact("both", (1, number)) for number in range(len(pairs))]
    found = audit.find_witnesses(what, "\n".join(rules), Cases(tuple(personal)), atoms)
    limiting = [rule for rule in audit.encoding.program.rules if rule.head.predicate == Contract.EXCLUSIVE.name]
    for (one, other), witness in zip(pairs, found, strict=True):
        if witness is not None:
            names = audit.name(*dict.fromkeys((one, other)))
            both = Statement(f"两项{names.zh}", f"Two decisions on {names.en}") if one == other else names
            yield Finding(
                "overlap",
                f"exclusive.{one}+{other}",
                "warning",
                audit.ordered([*audit.sentences(one), *audit.sentences(other), *audit.sentences_of(limiting)]),
                Statement(
                    f"{both.zh}可同时各自符合条件，但先申请一项即用去当年次数，另一项不得再申请；通知未说明如何选择。",
                    f"{both.en} can each be granted, yet filing one uses up the year for the other; the notice does not say how to choose.",
                ),
                tuple(dict.fromkeys((one, other))),
                witness,
            )
