"""沪人社规〔2024〕20号 with the city's ordinary rules supplying what a case does not say: which value counts, what it does to standard and
sum, what stays unknown, and which supplied values a decision rests on."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from notices.hrss_2024_20 import reference as notice
from notices.sh_skill_2022 import holders, together
from notices.sh_skill_2022 import reference as city
from notices.sh_skill_2022.reference import Item
from notices.sh_skill_2022.samples import PAID, PAID_SPECIAL, SPECIAL, case, without
from support.tiers import sized

SHANGHAI = {"hukou": "shanghai"}
JOBLESS = {"status": "unemployed", **SHANGHAI}
MEETS, BASE, SHARE = (f"certificates.c1.{name}" for name in ("meets_city_rules", "base_standard_cny", "payment_percent"))
GROUPS = "person.in_city_groups"
CARER: Item = {"occupation_code": "4-10-01-06", "issued": "2025-01-15"}
POST: Item = {
    "id": "e1",
    "employer_in_shanghai": True,
    "industry": "domestic_service",
    "post": "domestic_service",
    "start": "2024-12-01",
    "end": None,
    "registry": {"system": "domestic_service", "worker_registered": True, "employer_registered": True, "in_post": True},
}


def one(made: Item, benefit: str = "skill_uplift", **readings: str) -> Item:
    """The decision of the notice on the only certificate of a case."""
    (found,) = (found for found in together.decide(made, readings) if found["benefit"] == benefit)
    return found


def sums(found: Item) -> tuple[Any, ...]:
    return found["outcome"], found.get("standard"), found["amount"], tuple(found.get("amount_range", ()))


def told(found: Item) -> Item:
    """The supplied values that a decision names, by path."""
    assert all((row["policy"], row["standing"]) == ("sh-skill-2022", "secondary") for row in found["supplied"])
    return {row["path"]: row["value"] for row in found["supplied"]}


def statuses(found: Item) -> dict[str, str]:
    return {condition["id"]: condition["status"] for condition in found["conditions"]}


# What is supplied


@pytest.mark.parametrize(
    ("made", "standard", "amount", "share"),
    [
        # raised by 30 %, then the share: the grades of a worker, and of somebody paid in full
        (case(level=5), "1950.00", "1560.00", 80),
        (case(level=4), "2600.00", "2080.00", 80),
        (case(level=3), "3250.00", "2600.00", 80),
        (case(level=2), "3900.00", "3120.00", 80),
        (case(level=1), "4550.00", "3640.00", 80),
        (case(person=JOBLESS, level=4), "2600.00", "2600.00", 100),
        (case(person={"groups": ["recent_veteran"]}, level=1), "4550.00", "4550.00", 100),
    ],
)
def test_the_uplift_is_of_the_supplied_standard_at_the_supplied_share(made: Item, standard: str, amount: str, share: int) -> None:
    found = one(made)
    assert sums(found) == ("eligible", standard, amount, ())
    assert told(found) == {MEETS: True, BASE: city.money(city.standard(made["certificates"][0])), SHARE: share}
    assert found["readings"] == {"verdict": "all", "flips": []}


@pytest.mark.parametrize(
    ("person", "amount", "share"),
    [({}, "800.00", 80), (JOBLESS, "1000.00", 100), ({"groups": ["disabled"]}, "1000.00", 100)],
)
def test_the_special_standard_is_the_notices_own_and_its_share_is_supplied(person: Item, amount: str, share: int) -> None:
    found = one(case(person=person, **SPECIAL), "special_ability")
    assert sums(found) == ("eligible", "1000.00", amount, ())
    assert told(found) == {MEETS: True, SHARE: share}


@pytest.mark.parametrize(
    ("applied_on", "outcome", "notes"),
    [
        ("2026-01-30", "eligible", ["lapsed"]),
        ("2026-01-31", "eligible", ["lapsed"]),
        ("2026-02-01", "not_eligible", ["lapsed"]),
        ("2025-11-13", "eligible", []),
        ("2025-11-14", "eligible", ["lapsed"]),
    ],
)
def test_the_citys_twelve_months_end_the_notices_subsidy(applied_on: str, outcome: str, notes: list[str]) -> None:
    """After the notice has lapsed too: its own certificates run out a year after the last of them."""
    made = case(applied_on=applied_on, issued="2025-01-31", person=JOBLESS)
    found = one(made)
    assert found["outcome"] == outcome
    assert told(found)[MEETS] is (outcome == "eligible")
    assert notice.notes(made) == notes


@pytest.mark.parametrize(
    ("made", "benefit"),
    [
        (case({}), "skill_uplift"),
        (case({"level": 2}), "skill_uplift"),
        (case(route="competition"), "skill_uplift"),
        (case(person={"of_working_age": False}), "skill_uplift"),
        (case(person={"insured_in_shanghai": False}), "skill_uplift"),
        (case(PAID_SPECIAL, **SPECIAL), "special_ability"),
        (case(person={"status": "unemployed"}, **SPECIAL), "special_ability"),
        (case(assessor_filed=False, **SPECIAL), "special_ability"),
    ],
)
def test_what_the_city_refuses_the_notice_refuses(made: Item, benefit: str) -> None:
    """But for the reading that these rules bind the authorities alone in （二）."""
    found = one(made, benefit)
    assert found["outcome"] == "not_eligible"
    assert told(found) == {MEETS: False}
    flips = [(flip["reading"], flip["option"]) for flip in found["readings"]["flips"]]
    assert flips == ([("city_rules_reach", "procedure")] if benefit == "special_ability" else [])


def test_whoever_is_in_a_group_of_the_city_is_other_in_the_notice() -> None:
    made = case(person={"status": "other", "groups": ["former_rural_labour", "employment_difficulty"]}, **SPECIAL)
    found = one(made, "special_ability")
    assert sums(found) == ("eligible", "1000.00", "1000.00", ())
    assert told(found) == {GROUPS: True, MEETS: True, SHARE: 100}
    assert [flip["option"] for flip in found["readings"]["flips"]] == ["exhaustive"]
    assert told(one(made, "special_ability", person_lists="illustrative")) == {MEETS: True, SHARE: 100}


@pytest.mark.parametrize(
    ("groups", "hukou", "named"),
    [
        *(([group], "other", True) for group in city.GROUPS_IN_FULL),
        (["flexible_worker"], "shanghai", True),
        (["flexible_worker"], "other", False),
        (["employment_difficulty"], "shanghai", False),
        ([], "shanghai", False),
    ],
)
def test_which_groups_the_city_names(groups: list[str], hukou: str, named: bool) -> None:
    assert city.supplied(case(person={"groups": groups, "hukou": hukou, "status": "other"}))[GROUPS] is named


def test_a_refusal_on_other_grounds_rests_on_nothing_supplied() -> None:
    found = together.decide(case(occupation_code="4-10-01-07", **SPECIAL | {"domain": "other"}))
    assert [decision["outcome"] for decision in found] == ["not_eligible"] * 3
    assert [decision["supplied"] for decision in found] == [[]] * 3
    assert together.rests_on(found) == []
    assert together.rests_on(together.decide(case())) == [{"policy": "sh-skill-2022", "standing": "secondary"}]


# What the case says counts


@pytest.mark.parametrize(
    ("said", "expected", "still_told"),
    [
        ({"payment_percent": 90}, ("eligible", "3250.00", "2925.00", ()), {MEETS: True, BASE: "2500.00"}),
        ({"base_standard_cny": "1666.65"}, ("eligible", "2166.65", "1733.32", ()), {MEETS: True, SHARE: 80}),
        # standard and sum are each rounded once, from the exact product
        ({"base_standard_cny": "1666.65", "payment_percent": 90}, ("eligible", "2166.65", "1949.98", ()), {MEETS: True}),
        ({"meets_city_rules": False}, ("not_eligible", None, None, ()), {}),
        ({"meets_city_rules": True}, ("eligible", "3250.00", "2600.00", ()), {BASE: "2500.00", SHARE: 80}),
    ],
)
def test_a_value_in_the_case_counts(said: Item, expected: tuple[Any, ...], still_told: Item) -> None:
    found = one(case(**said))
    assert sums(found) == expected
    assert told(found) == still_told


def test_an_authority_may_grant_what_the_city_would_refuse() -> None:
    made = case(route="competition", meets_city_rules=True)
    assert sums(one(made)) == ("eligible", "3250.00", "2600.00", ())
    assert city.decide(made)[0].outcome == "not_eligible"


def test_whether_in_a_group_is_as_the_case_says() -> None:
    made = case(person={"status": "other", "groups": ["disabled"], "in_city_groups": False}, **SPECIAL)
    found = one(made, "special_ability")
    assert (statuses(found)["person_group"], statuses(found)["city_rules"]) == ("unmet", "met")


# The way of care


def test_the_way_of_care_needs_no_grant_of_the_city_but_its_standard_and_share() -> None:
    """A carer who is not insured: refused by the city, granted by the notice, paid at the city's standard and share."""
    made = {**case(person={"insured_in_shanghai": False}, **CARER), "employments": [POST]}
    found = one(made)
    assert sums(found) == ("eligible", "3250.00", "2600.00", ())
    assert told(found) == {BASE: "2500.00", SHARE: 80}
    assert sums(one(made, "care_route"))[0] == "eligible"
    assert told(one(made, "care_route")) == {}


def test_the_way_of_care_alone_where_it_restricts() -> None:
    """A certificate that the city grants and the way of care does not."""
    made = case(**CARER)
    assert one(made)["outcome"] == "eligible"
    assert one(made, care_role="restricts")["outcome"] == "not_eligible"
    assert told(one(made, care_role="restricts")) == {}


# Unknown


def test_what_is_missing_are_the_facts_of_the_other_norm() -> None:
    found = one(without(case(), "person.insured_in_shanghai"))
    assert found["outcome"] == "unknown"
    assert found["missing"] == ["person.insured_in_shanghai"]
    assert statuses(found)["base_entitlement"] == "unknown"
    assert told(found) == {}
    assert found["readings"] == {"verdict": None, "flips": []}


def test_what_is_missing_of_both_norms() -> None:
    found = one(without(case(person=JOBLESS, **SPECIAL), "person.hukou", "certificates.c1.domain"), "special_ability")
    assert found["outcome"] == "unknown"
    assert found["missing"] == ["certificates.c1.domain", "person.hukou"]


def test_an_unknown_grade_leaves_a_range_and_the_share_is_told() -> None:
    made = {**without(case(**CARER), "certificates.c1.level"), "employments": [POST]}
    found = one(made)
    assert sums(found) == ("eligible", None, None, ("1560.00", "3640.00"))
    assert told(found) == {SHARE: 80}


def test_an_unknown_grade_is_missing_where_it_may_have_been_paid() -> None:
    assert one(without(case({}), "certificates.c1.level"))["missing"] == ["certificates.c1.level"]
    assert one(without(case({"level": 1}), "certificates.c1.level"))["outcome"] == "not_eligible"


def test_an_unknown_fact_that_only_a_reading_needs() -> None:
    found = one(without(case(**SPECIAL), "person.insured_in_shanghai"), "special_ability")
    assert found["outcome"] == "unknown"
    (flip,) = found["readings"]["flips"]
    assert flip == {"reading": "city_rules_reach", "option": "procedure", "outcome": "eligible", "amount": "800.00"}
    # under exactly the readings that do not ask the city's rules it is known, so that no verdict can be given
    assert found["readings"]["verdict"] is None


def test_an_unknown_share_is_told_where_only_the_status_is_unknown() -> None:
    """Jobless and in full, or in a post and four fifths: the sum has two ends."""
    found = one(without(case(person=JOBLESS | {"groups": ["flexible_worker"]}), "person.status"))
    assert sums(found) == ("eligible", "3250.00", None, ("2600.00", "3250.00"))
    assert told(found) == {MEETS: True, BASE: "2500.00"}


# Alone


def test_alone_nothing_is_supplied() -> None:
    decisions = {found["benefit"]: found for found in together.decide(case(), alone=True)}
    assert decisions["skill_uplift"]["missing"] == [MEETS]
    assert together.rests_on(decisions.values()) == []
    said = case(meets_city_rules=True, **SPECIAL)
    (special,) = (found for found in together.decide(said, alone=True) if found["benefit"] == "special_ability")
    assert sums(special) == ("eligible", "1000.00", None, ("10.00", "1000.00"))
    (uplift,) = (found for found in together.decide(case(meets_city_rules=True), alone=True) if found["benefit"] == "skill_uplift")
    assert sums(uplift) == ("eligible", None, None, ())


# What holds of any case


def answers(made: Item, **more: Any) -> list[Item]:
    """What is decided on each certificate, in the order of the notice."""
    subjects = [certificate["id"] for certificate in made["certificates"]]
    return [together.decide_one(made, benefit, subject, **more) for benefit in together.PERSONAL for subject in subjects]


def bare(decision: Item) -> Item:
    return {name: value for name, value in decision.items() if name != "missing"}


def filled(made: Item) -> Item:
    """The case with what the city's rules say of it written in."""
    whole = copy.deepcopy(made)
    for path, value in city.supplied(made).items():
        section, *subject, name = path.split(".")
        owner = next(item for item in whole[section] if item["id"] == subject[0]) if subject else whole[section]
        owner[name] = value
    return whole


@sized(150, 5_000)
def test_what_is_supplied_is_what_the_city_decides_by_itself(size: int) -> None:
    """Every fact known: the two together decide what the notice decides where the city's own answers are written into the case."""
    rng = random.Random(20)
    granted = 0
    for _ in range(size):
        made = holders.holder(rng, rng.choice((0.0, 0.3)))
        readings = notice.random_readings(rng)
        whole = filled(made)
        for certificate, decision in zip(made["certificates"], city.decide(made), strict=True):
            (same,) = (item for item in whole["certificates"] if item["id"] == certificate["id"])
            if "meets_city_rules" not in certificate:
                assert same["meets_city_rules"] is (decision.outcome == "eligible")
            if "payment_percent" not in certificate:
                assert same["payment_percent"] == decision.percent
        assert notice.complete(whole)
        expected = notice.decide(whole, readings, together.PERSONAL)
        found = answers(made, readings=readings)
        assert [bare(decision) for decision in found] == expected
        granted += any(decision["outcome"] == "eligible" for decision in found)
    assert size / 10 < granted < size


CITYS_OWN = ("insured_in_shanghai", "hukou", "of_working_age", "school_kind")


@sized(80, 1_000)
def test_what_the_case_says_itself_the_city_does_not_change(size: int) -> None:
    """Where all four inputs are said, the facts that only the city's rules read change nothing."""
    rng = random.Random(21)
    for _ in range(size):
        made, other = holders.holder(rng, 1.0), holders.holder(rng)
        changed = copy.deepcopy(made)
        for name in (*CITYS_OWN, "groups"):
            changed["person"][name] = other["person"][name]
        for certificate in changed["certificates"]:
            certificate |= {name: other["certificates"][0][name] for name in ("level", "route", "assessor_filed")}
        for application in changed["applications"]:
            application |= {name: other["certificates"][0][name] for name in ("occupation_code", "level", "domain")}
        assert answers(changed) == answers(made)
        holders.forget(
            rng, changed, 3, ("insured_in_shanghai", "hukou", "of_working_age", "school_kind", "route", "assessor_filed", "level")
        )
        assert answers(changed) == answers(made)


@sized(80, 1_000)
def test_a_fact_that_no_norm_reads_changes_nothing(size: int) -> None:
    """That somebody has difficulties finding work, how a certificate of another kind would be graded, what another certificate is."""
    rng = random.Random(22)
    for _ in range(size):
        made = holders.holder(rng, 0.2)
        changed = copy.deepcopy(made)
        changed["person"]["groups"] = sorted({*changed["person"]["groups"]} ^ {"employment_difficulty"})
        for application in changed["applications"]:
            unread = {"training": ("occupation_code", "level", "domain"), "skill": ("domain",), "special": ("occupation_code", "level")}
            application |= {name: {**PAID, "level": 1}[name] for name in unread[application["kind"]]}
        assert answers(changed) == answers(made)
        first = {**made, "certificates": made["certificates"][:1]}
        assert answers(first) == [found for found in answers(made) if found["subject"] == made["certificates"][0]["id"]]


MANY = ("issued", "date", "start", "end", "registry", "occupation_code")


def forgotten(rng: random.Random, made: Item) -> list[tuple[Item, str, str]]:
    """Some facts of a case made unknown, in place: three of few values, or one of few and one of many."""
    few = sorted({name for _, name, _ in holders.scalars(made)} - {*MANY, *holders.ELSEWHERE})
    if rng.random() < 0.5:
        return holders.forget(rng, made, 3, few)
    return holders.forget(rng, made, 1, few) + holders.forget(rng, made, 1, MANY)


@sized(40, 600)
def test_what_is_certain_holds_whatever_the_unknown_facts_are(size: int) -> None:
    """Facts of both norms unknown: no answer is denied by any value of them; and together no less is certain than alone."""
    rng = random.Random(23)
    unknown = 0
    for _ in range(size):
        made = holders.holder(rng, 0.2)
        made["certificates"] = made["certificates"][:1]
        exact = [answers(made)]
        gone = forgotten(rng, made)
        said = answers(made)
        for apart, decision in zip(answers(made, alone=True), said, strict=True):
            assert apart["outcome"] in ("unknown", decision["outcome"])
            assert apart["amount"] in (None, decision["amount"])
        unknown += any(decision["outcome"] == "unknown" for decision in said)
        asked = {path: list(together.values(made, path)) for _, _, path in gone}
        for _ in range(6):
            for owner, name, path in gone:
                owner[name] = rng.choice(asked[path])
            exact.append(answers(made))
        for found in exact:
            for decision, one_of in zip(said, found, strict=True):
                assert decision["outcome"] in ("unknown", one_of["outcome"])
                known = statuses(one_of)
                assert all(status in ("unknown", known[name]) for name, status in statuses(decision).items())
                if decision["outcome"] == "eligible" and decision["amount"] is None and "amount_range" in decision:
                    low, high = map(float, decision["amount_range"])
                    assert low <= float(one_of["amount"] or one_of["amount_range"][0]) <= high
                elif decision["amount"] is not None:
                    assert one_of["amount"] == decision["amount"]
    assert 0 < unknown < size
