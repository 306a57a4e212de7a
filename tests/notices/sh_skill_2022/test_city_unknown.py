"""The city's ordinary rules of 2022 where facts are unknown: what is said holds in every completion, and what does is said."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest

from notices.sh_skill_2022 import holders, reference
from notices.sh_skill_2022.reference import CONDITIONS, Decision, Item, Readings, decide
from notices.sh_skill_2022.samples import PAID_SPECIAL, SPECIAL, case, decided, without
from support.tiers import sized

SHANGHAI = {"hukou": "shanghai"}
STATUS, HUKOU, INSURED = "person.status", "person.hukou", "person.insured_in_shanghai"
LEVEL, KIND, CODE = "certificates.c1.level", "certificates.c1.kind", "certificates.c1.occupation_code"
BEFORE = "applications.p1"


@pytest.mark.parametrize(
    ("made", "gone", "outcome", "missing"),
    [
        # one fact on which it depends
        (case(), [INSURED], "unknown", [INSURED]),
        (case(), ["person.civil_servant"], "unknown", ["person.civil_servant"]),
        (case(), ["person.public_institution_post"], "unknown", ["person.public_institution_post"]),
        (case(), ["person.of_working_age"], "unknown", ["person.of_working_age"]),
        (case(), [STATUS], "unknown", [STATUS]),
        (case(person=SHANGHAI | {"status": "unemployed"}), [HUKOU], "unknown", [HUKOU]),
        (case(), ["certificates.c1.issued"], "unknown", ["certificates.c1.issued"]),
        (case(), ["certificates.c1.route"], "unknown", ["certificates.c1.route"]),
        (case(), ["certificates.c1.assessor_filed"], "unknown", ["certificates.c1.assessor_filed"]),
        (case(), [KIND], "unknown", [KIND]),
        # no matter
        (case(), [HUKOU, "person.school_in_shanghai", "person.school_kind", "certificates.c1.domain", CODE], "eligible", []),
        (case(person=SHANGHAI | {"status": "unemployed"}), [INSURED, "person.civil_servant"], "eligible", []),
        # whatever the status, and whatever the hukou
        (case(person={"groups": ["disabled"]}), [STATUS, HUKOU, INSURED], "eligible", []),
        (case(person={"groups": ["flexible_worker"], "status": "other"}), [HUKOU], "unknown", [HUKOU]),
        # two that decide only together, and one that another settles
        (case(person={"status": "unemployed"}), [STATUS, HUKOU], "unknown", [HUKOU, STATUS]),
        (case(person={"insured_in_shanghai": False}), [STATUS, HUKOU], "unknown", [HUKOU, STATUS]),
        (case(route="honour"), [STATUS, HUKOU, INSURED, "certificates.c1.issued"], "not_eligible", []),
        (case(route="honour"), ["certificates.c1.assessor_filed", "person.of_working_age"], "not_eligible", []),
        # students: the grade counts for a university's alone
        (
            case(person={"status": "other", "school_in_shanghai": True}, holder_status="graduating_student"),
            ["person.school_kind", LEVEL],
            "unknown",
            [LEVEL, "person.school_kind"],
        ),
        (
            case(person={"status": "other", "school_in_shanghai": True, "school_kind": "vocational"}, holder_status="graduating_student"),
            [LEVEL],
            "eligible",
            [],
        ),
        (case(person={"status": "other", "school_in_shanghai": True}), ["certificates.c1.holder_status"], "not_eligible", []),
        # paid before: of a grade that may be higher, in an occupation that may be this one
        (case({}), [LEVEL], "unknown", [LEVEL]),
        (case({"level": 1}), [LEVEL], "not_eligible", []),
        (case({"level": 5}, level=4), [f"{BEFORE}.level"], "unknown", [f"{BEFORE}.level"]),
        (case({}, level=5), [f"{BEFORE}.level"], "not_eligible", []),
        (case({}, level=5), [f"{BEFORE}.level", f"{BEFORE}.date"], "unknown", [f"{BEFORE}.date"]),
        (case({}), [CODE], "unknown", [CODE]),
        (case({}), [CODE, f"{BEFORE}.occupation_code"], "unknown", [f"{BEFORE}.occupation_code", CODE]),
        (case({}), [f"{BEFORE}.outcome"], "unknown", [f"{BEFORE}.outcome"]),
        (case({}), [f"{BEFORE}.kind"], "unknown", [f"{BEFORE}.kind"]),
        (case({}), [f"{BEFORE}.status", f"{BEFORE}.domain"], "not_eligible", []),
        (case(PAID_SPECIAL, **SPECIAL), ["certificates.c1.domain"], "unknown", ["certificates.c1.domain"]),
        (case(PAID_SPECIAL, **SPECIAL), [LEVEL, f"{BEFORE}.level", f"{BEFORE}.occupation_code"], "not_eligible", []),
        # whichever kind it is, it was paid before or is not recognised
        (case({}, PAID_SPECIAL | {"id": "p2"}, **SPECIAL), [KIND], "not_eligible", []),
    ],
)
def test_what_is_unknown_and_what_decides_it(made: Item, gone: list[str], outcome: str, missing: list[str]) -> None:
    found = decided(without(made, *gone))
    assert (found.outcome, list(found.missing)) == (outcome, missing)


def test_a_condition_is_unknown_where_the_decision_is_not() -> None:
    """Whichever kind it is: recognised and paid before, or neither."""
    found = decided(without(case({}, PAID_SPECIAL | {"id": "p2"}, **SPECIAL), KIND))
    assert found.conditions == {"recognised": "unknown", "in_time": "met", "person_group": "met", "first_payment": "unknown"}
    assert (found.outcome, found.reasons) == ("not_eligible", ())


@pytest.mark.parametrize(
    ("made", "gone", "percent", "standard", "amount", "ends"),
    [
        (case(), [HUKOU], 80, "2500.00", "2000.00", None),
        (case(), [LEVEL], 80, None, None, ("1200.00", "2800.00")),
        (case(**SPECIAL), [LEVEL], 80, "1000.00", "800.00", None),
        (case(person={"groups": ["disabled"]}), [STATUS, HUKOU], 100, "2500.00", "2500.00", None),
        # a student then, who may be jobless and of Shanghai now
        (
            case(person={"school_in_shanghai": True, "school_kind": "vocational"}, holder_status="graduating_student"),
            [STATUS, HUKOU],
            None,
            "2500.00",
            None,
            ("2000.00", "2500.00"),
        ),
        (
            case(person=SHANGHAI | {"school_in_shanghai": True, "school_kind": "university"}, holder_status="graduating_student", level=4),
            [STATUS, "certificates.c1.assessor_filed"],
            None,
            None,
            None,
            None,
        ),
        # a grade that was not paid before can only be a higher one
        (case({"level": 2}, level=1), [f"{BEFORE}.outcome"], 80, "3500.00", "2800.00", None),
    ],
)
def test_the_sum_is_what_it_is_in_every_completion(
    made: Item, gone: list[str], percent: int | None, standard: str | None, amount: str | None, ends: tuple[str, str] | None
) -> None:
    found = decided(without(made, *gone))
    assert (found.percent, found.standard, found.amount, found.amount_range) == (percent, standard, amount, ends)


def test_a_reading_can_need_a_fact_that_the_default_does_not() -> None:
    disabled = without(case(person={"groups": ["disabled"]}), HUKOU)
    assert decided(disabled).amount == "2500.00"
    assert decided(disabled, hukou_reach="all").amount_range == ("2000.00", "2500.00")
    assert decided(without(case(person={"groups": ["disabled"], "status": "other"}), HUKOU), hukou_reach="all").missing == (HUKOU,)


def test_nothing_is_known_of_the_person() -> None:
    made = case()
    del made["person"]
    found = decided(made)
    assert found.outcome == "unknown"
    assert found.conditions == {"recognised": "met", "in_time": "met", "person_group": "unknown", "first_payment": "met"}
    assert set(found.missing) == {
        STATUS,
        HUKOU,
        INSURED,
        "person.civil_servant",
        "person.of_working_age",
        "person.public_institution_post",
    }


def test_nothing_is_known_but_the_day() -> None:
    (found,) = decide({"id": "A-001", "applied_on": "2025-06-01", "certificates": [{"id": "c1"}]})
    assert found.conditions == {"recognised": "unknown", "in_time": "unknown", "person_group": "unknown", "first_payment": "met"}
    assert (found.outcome, found.percent, found.standard) == ("unknown", None, None)
    assert decide({"id": "A-001", "applied_on": "2025-06-01"}) == []


def test_an_absent_list_is_empty_and_named() -> None:
    made = case()
    del made["person"]["groups"], made["applications"]
    assert decided(made) == decided(case())
    assert reference.assumed(made) == ["person.groups", "applications"]
    assert reference.assumed(case()) == []
    assert reference.assumed({"id": "A-001", "applied_on": "2025-06-01"}) == ["person.groups", "certificates", "applications"]


# Against every completion, one by one


ENUMERATED = tuple({name for _, name in reference.VALUES})


def completed(made: Item, gone: Sequence[tuple[Item, str, str]]) -> list[tuple[dict[str, Any], Item]]:
    """Every completion of enumerated facts, with what it says of them."""
    choices = [reference.VALUES[path.split(".")[0], name] for _, name, path in gone]
    found = []
    for values in product(*choices):
        for (owner, name, _), value in zip(gone, values, strict=True):
            owner[name] = value
        found.append(({path: value for (_, _, path), value in zip(gone, values, strict=True)}, copy.deepcopy(made)))
    for owner, name, _ in gone:
        del owner[name]
    return found


def agrees(found: Decision, every: Sequence[tuple[dict[str, Any], Decision]]) -> None:
    """What is said of unknown facts is what is so in every completion, and what differs is said to."""
    decisions = [decision for _, decision in every]
    outcomes = {decision.outcome for decision in decisions}
    assert found.outcome == (outcomes.pop() if len(outcomes) == 1 else "unknown")
    for name in CONDITIONS:
        statuses = {decision.conditions[name] for decision in decisions}
        assert found.conditions[name] == (statuses.pop() if len(statuses) == 1 else "unknown")
    shares = {decision.percent for decision in decisions}
    assert found.percent == (shares.pop() if len(shares) == 1 else None)
    amounts = sorted(float(decision.amount) for decision in decisions if decision.amount is not None) if found.outcome == "eligible" else []
    said = [found.amount] * 2 if found.amount is not None else found.amount_range or []
    assert [float(end or 0) for end in said] == ([amounts[0], amounts[-1]] if amounts else [])
    alone = {
        path
        for chosen, one in every
        for other_chosen, other in every
        for path in chosen
        if one.outcome != other.outcome and [name for name in chosen if chosen[name] != other_chosen[name]] == [path]
    }
    assert set(found.missing) == alone


@sized(60, 1_000)
def test_unknown_facts_of_any_holder_are_decided_as_their_completions(size: int) -> None:
    """One to three enumerated facts unknown, every completion decided by itself: outcome, conditions, share, sum and what is missing."""
    rng = random.Random(3)
    unknown = 0
    for _ in range(size):
        made, chosen = holders.holder(rng), holders.readings(rng) if rng.random() < 0.5 else Readings()
        made["employments"], made["certificates"] = [], made["certificates"][:1]
        gone = holders.forget(rng, made, rng.choice((1, 2, 2, 3)), [name for name in ENUMERATED if name != "system"])
        gone = [(owner, name, path) for owner, name, path in gone if (path.split(".")[0], name) in reference.VALUES]
        (found,) = decide(made, chosen)
        every = [(values, decide(whole, chosen)[0]) for values, whole in completed(made, gone)]
        agrees(found, every)
        unknown += found.outcome == "unknown"
    assert 0 < unknown < size


@sized(40, 1_000)
def test_what_is_certain_of_any_holder_holds_on_any_day_and_in_any_occupation(size: int) -> None:
    """Days and occupations unknown: sampled completions never deny what is said."""
    rng = random.Random(4)
    for _ in range(size):
        made = holders.holder(rng)
        gone = holders.forget(rng, made, 2, ("issued", "date", "occupation_code"))
        found = decide(made)
        for _ in range(8):
            for owner, name, _path in gone:
                other = holders.holder(rng)
                owner[name] = other["certificates"][0]["occupation_code" if name == "occupation_code" else "issued"]
            for said, one in zip(found, decide(made), strict=True):
                assert said.outcome in ("unknown", one.outcome)
                assert all(said.conditions[name] in ("unknown", status) for name, status in one.conditions.items())
                assert one.amount is None or said.amount in (None, one.amount)
        for owner, name, _path in gone:
            del owner[name]
