"""Copies of a case share every fact but those in which they are to differ."""

from __future__ import annotations

from tiaoli import Oracle
from tiaoli.rules import Name
from tiaoli.symbolic import Facts, Relations, both, document, negation, solve


def test_copies_differ_in_the_fields_named_and_in_no_other(oracle: Oracle) -> None:
    """A class granted something in the one copy and nothing in the other, which share all facts but the day on which it ends."""
    ends = "training_classes.ends"
    facts = Facts(oracle.policy, lambda _: 1, copies=2, differ_in=(ends,))
    relations = Relations(oracle.encoding, facts)
    granted, refused = (relations.holds("eligible", (copy, Name("directed_training_first"), None)) for copy in facts.copies)
    found = solve(facts.constraints, both(granted, negation(refused)))
    one, other = (document(oracle.policy, facts, found.model, copy) for copy in facts.copies)
    assert one["applied_on"] == other["applied_on"]
    assert [item.pop("ends") for item in one["training_classes"]] != [item.pop("ends") for item in other["training_classes"]]
    assert one == other
    fields = oracle.policy.fields
    assert facts.slot(fields["applied_on"], None, 1) is facts.slot(fields["applied_on"], None, 2)


def test_days_stay_in_order_in_every_copy(oracle: Oracle) -> None:
    fields = oracle.policy.fields
    facts = Facts(oracle.policy, lambda _: 1, copies=2, differ_in=("training_classes.ends",))
    (item, _, there), *_ = facts.of_entity("class")
    (ends, _), *_ = facts.slot(fields["training_classes.ends"], item, 2)
    (starts, _), *_ = facts.slot(fields["training_classes.starts"], item, 1)
    assert solve(facts.constraints, both(there, facts.compare("<", ends, starts))).answer == "unsat"
