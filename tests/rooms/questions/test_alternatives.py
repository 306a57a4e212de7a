"""What else a decision could be, against brute force: every combination of readings, every completion of the unknown facts."""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from notices.hrss_2024_20 import reference
from support import strategies, tiers
from support.strategies import FAMILIES, PERSONAL
from tiaoli import Oracle


def combinations(oracle: Oracle, benefits: set[str]) -> Iterator[dict[str, str]]:
    """Every combination of the readings that the policy says can touch these benefits."""
    touching = [reading for reading in oracle.policy.readings.values() if benefits & set(reading.touches)]
    for options in itertools.product(*(reference.READINGS[reading.name] for reading in touching)):
        yield dict(zip([reading.name for reading in touching], options, strict=True))


def outcomes(case: dict[str, Any], readings: dict[str, str]) -> dict[tuple[str, str], tuple[str, str | None]]:
    return {(d["benefit"], d["subject"]): (d["outcome"], d["amount"]) for d in reference.decide(case, readings)}


def test_the_readings_that_rules_let_touch_a_benefit_are_those_the_policy_names(oracle: Oracle) -> None:
    for benefit in oracle.policy.benefits:
        named = [reading.name for reading in oracle.policy.readings.values() if benefit in reading.touches]
        assert list(oracle.encoding.readings[benefit]) == named, benefit


@pytest.mark.parametrize("seed", tiers.seeds(1, 5))
@pytest.mark.parametrize("sections", FAMILIES, ids=lambda sections: sections[0])
def test_verdicts_and_flips_agree_with_looping_over_all_combinations(oracle: Oracle, sections: tuple[str, ...], seed: int) -> None:
    rng = random.Random(f"readings {sections} {seed}")
    for _ in range(14):
        case = strategies.random_case(rng, sections=sections)
        answer = oracle.decide(case, full=True)
        every = [outcomes(case, readings) for readings in combinations(oracle, {d.benefit for d in answer.decisions})]
        default = outcomes(case, {})
        for decision in answer.decisions:
            key = (decision.benefit, decision.subject)
            granted = {found[key][0] == "eligible" for found in every}
            verdict = "some" if len(granted) > 1 else "all" if granted == {True} else "none"
            assert decision.alternatives is not None
            assert decision.alternatives.verdict == verdict, json.dumps(case, ensure_ascii=False)
            flips = [
                (name, option, *changed)
                for name, options in reference.READINGS.items()
                for option in options[1:]
                if (changed := outcomes(case, {name: option})[key]) != default[key]
            ]
            found = [json.loads(json.dumps(flip.to_json())) for flip in decision.alternatives.flips]
            assert [tuple(flip.values()) for flip in found] == flips, json.dumps(case, ensure_ascii=False)


def test_flips_deviate_from_the_readings_in_force(oracle: Oracle) -> None:
    rng = random.Random("in force")
    for _ in range(60):
        case = strategies.random_case(rng, sections=PERSONAL)
        chosen = {name: rng.choice(options) for name, options in reference.READINGS.items()}
        in_force = outcomes(case, chosen)
        for decision in oracle.decide(case, readings=chosen, full=True).decisions:
            key = (decision.benefit, decision.subject)
            flips = {
                (name, option)
                for name, options in reference.READINGS.items()
                for option in options
                if option != chosen[name] and outcomes(case, chosen | {name: option})[key] != in_force[key]
            }
            assert decision.alternatives is not None
            assert {(flip.reading, flip.option) for flip in decision.alternatives.flips} == flips


# Facts left out of a complete case: the path, and the values it can have.
VALUES: dict[str, tuple[object, ...]] = {
    "kind": ("skill_level", "special_ability", "other"),
    "status": ("employed", "unemployed", "graduating_student", "other"),
    "industry": ("elderly_care", "domestic_service", "other"),
    "post": ("elderly_care", "domestic_service", "other"),
    "meets_city_rules": (True, False),
    "payment_percent": (1, 80, 100),
    "in_city_groups": (True, False),
    "civil_servant": (True, False),
    "school_in_shanghai": (True, False),
    "employer_in_shanghai": (True, False),
    "plan_approved": (True, False),
    "passed": (True, False),
    "held_in": ("shanghai", "elsewhere"),
    "hukou": ("shanghai", "other"),
    "group": ("unemployed", "assisted_insurance", "former_rural_labour", "out_of_province_jobseeker", "other"),
}


def left_out(case: dict[str, Any], rng: random.Random, number: int) -> list[tuple[str, dict[str, Any], str]]:
    """Take some facts out of a case: each path, the object it stood in, and its key."""
    found: list[tuple[str, dict[str, Any], str]] = []

    def walk(holder: dict[str, Any], path: str) -> None:
        for key, value in list(holder.items()):
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, dict):
                        walk(item, f"{path}{key}.{item['id']}.")
            elif isinstance(value, dict) and key == "person":
                walk(value, f"{key}.")
            elif key in VALUES and not (key == "kind" and not path.startswith("certificates")) and not path.startswith("applications"):
                found.append((f"{path}{key}", holder, key))

    walk(case, "")
    chosen = rng.sample(found, min(number, len(found)))
    for _, holder, key in chosen:
        del holder[key]
    return chosen


@pytest.mark.parametrize("seed", tiers.seeds(1, 4))
@pytest.mark.parametrize("sections", [PERSONAL, ("training_classes",)], ids=["personal", "classes"])
def test_missing_facts_and_verdicts_agree_with_trying_every_completion(oracle: Oracle, sections: tuple[str, ...], seed: int) -> None:
    rng = random.Random(f"absent {sections} {seed}")
    seen_unknown, tried = False, 0
    while tried < 18 or not seen_unknown:
        tried += 1
        case = strategies.random_case(rng, sections=sections)
        absent = left_out(case, rng, 3)
        paths = [path for path, _, _ in absent]
        answer = oracle.decide(copy.deepcopy(case), full=True)
        completions: dict[tuple[object, ...], dict[tuple[str, str], tuple[str, str | None]]] = {}
        readings = [{}, *({name: option} for name, options in reference.READINGS.items() for option in options[1:])]
        under: dict[int, dict[tuple[str, str], set[str]]] = {}
        for values in itertools.product(*(VALUES[key] for _, _, key in absent)):
            for (_, holder, key), value in zip(absent, values, strict=True):
                holder[key] = value
            completions[values] = outcomes(case, {})
            for number, changed in enumerate(readings):
                for key_, (outcome, _) in outcomes(case, changed).items():
                    under.setdefault(number, {}).setdefault(key_, set()).add(outcome)
        for decision in answer.decisions:
            key2 = (decision.benefit, decision.subject)
            results = {values: found[key2] for values, found in completions.items()}
            kinds = {outcome for outcome, _ in results.values()}
            assert decision.outcome == (kinds.pop() if len(kinds) == 1 else "unknown")
            seen_unknown = seen_unknown or decision.outcome == "unknown"
            deciding = {
                paths[position]
                for position in range(len(paths))
                if any(
                    results[one][0] != results[other][0]
                    for one in results
                    for other in results
                    if all(one[i] == other[i] for i in range(len(paths)) if i != position)
                )
            }
            assert decision.alternatives is not None
            assert set(decision.alternatives.missing) == deciding, (json.dumps(case, ensure_ascii=False), paths)
            paying = {
                paths[position]
                for position in range(len(paths))
                if any(
                    results[one][0] == results[other][0] == "eligible" and results[one][1] != results[other][1]
                    for one in results
                    for other in results
                    if all(one[i] == other[i] for i in range(len(paths)) if i != position)
                )
            }
            elsewhere = {path for path in decision.alternatives.missing_for_amount if path.endswith("base_standard_cny")}
            assert set(decision.alternatives.missing_for_amount) - elsewhere == paying - deciding
            if any(len(found[key2]) > 1 for found in under.values()):
                assert decision.alternatives.verdict is None


# Unknown days, against every one of 800 days and the first and last of the format.
FIRST = date(2023, 11, 1)
EVERY_DAY = [date(1900, 1, 1), *(FIRST + timedelta(days=step) for step in range(800)), date(2199, 12, 31)]
DAY_KEYS = ("issued", "start", "end", "date", "starts", "ends", "employed_on", "employment_ended", "reviewed_on", "contract_signed")


def day_left_out(case: dict[str, Any], rng: random.Random) -> tuple[dict[str, Any], str] | None:
    """Take one day out of a case: the object it stood in, and its key."""
    items = [item for value in case.values() if isinstance(value, list) for item in value]
    items += [inner for item in items for value in item.values() if isinstance(value, list) for inner in value if isinstance(inner, dict)]
    found = [(item, key) for item in items for key in DAY_KEYS if key in item]
    if not found:
        return None
    holder, key = rng.choice(found)
    del holder[key]
    return holder, key


def critical_days_tried(oracle: Oracle, case: dict[str, Any]) -> bool:
    """Whether every day that can matter is among those tried."""
    days = {int(day.strftime("%Y%m%d")) for day in EVERY_DAY}
    _, unknown = oracle.facts(case)
    values = {value for options in unknown for option in options for value in option.arguments[-1:] if isinstance(value, int)}
    return values <= days


@tiers.sized(5, 16, 60)
@pytest.mark.parametrize("sections", FAMILIES, ids=lambda sections: sections[0])
def test_an_unknown_day_agrees_with_trying_800_days(oracle: Oracle, sections: tuple[str, ...], size: int) -> None:
    rng = random.Random(f"800 days {sections}")
    tried = open_outcomes = 0
    while tried < size or not (open_outcomes or sections == ("training_classes",)):
        case = strategies.random_case(rng, sections=sections)
        absent = left_out(case, rng, rng.choice((0, 0, 1)))
        place = day_left_out(case, rng)
        if place is None or not critical_days_tried(oracle, case):
            continue
        tried += 1
        answer = oracle.decide(copy.deepcopy(case))
        holder, key = place
        nullable = key in ("end", "employed_on", "employment_ended", "reviewed_on", "contract_signed")
        days: list[str | None] = [*(day.isoformat() for day in EVERY_DAY), *([None] if nullable else [])]
        seen: dict[tuple[str, str], set[tuple[str, str | None]]] = {}
        for day, values in itertools.product(days, list(itertools.product(*(VALUES[name] for _, _, name in absent)))):
            holder[key] = day
            for (_, other, name), value in zip(absent, values, strict=True):
                other[name] = value
            for subject, result in outcomes(case, {}).items():
                seen.setdefault(subject, set()).add(result)
        for decision in answer.decisions:
            found = seen[decision.benefit, decision.subject]
            kinds = {outcome for outcome, _ in found}
            where = json.dumps([case, key, decision.benefit], ensure_ascii=False)
            assert decision.outcome == (next(iter(kinds)) if len(kinds) == 1 else "unknown"), where
            open_outcomes += decision.outcome == "unknown" or decision.amount_range is not None
            if kinds == {"eligible"} and oracle.policy.benefits[decision.benefit].has_amount and decision.rate is None:
                amounts = {Decimal(str(amount)) for _, amount in found}
                exact = amounts.pop() if len(amounts) == 1 else None
                assert decision.amount == exact, where
                if exact is None:
                    assert decision.amount_range == (min(amounts), max(amounts)), where


def test_missing_facts_are_listed_most_decisive_first(oracle: Oracle) -> None:
    """With the post open, its third value refuses by itself; with the registry open, only its absence does."""
    case = {
        "id": "A",
        "applied_on": "2025-06-20",
        "person": {"status": "unemployed"},
        "certificates": [{"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05", "issued": "2025-03-01"}],
        "employments": [{"id": "e1", "employer_in_shanghai": True, "industry": "elderly_care", "start": "2025-02-10", "end": None}],
    }
    (decision,) = oracle.decide(case, benefits=["care_route"], full=True).decisions
    assert decision.alternatives is not None
    assert decision.alternatives.missing == ("employments.e1.registry", "employments.e1.post")


def test_what_is_set_elsewhere_bears_on_the_amount_alone(oracle: Oracle) -> None:
    certificate = {"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05", "issued": "2025-03-01", "meets_city_rules": True}
    case = {"id": "A", "applied_on": "2025-06-20", "person": {"status": "unemployed"}, "certificates": [certificate]}
    (decision,) = oracle.decide(case, benefits=["skill_uplift"], full=True).decisions
    assert (decision.outcome, decision.amount) == ("eligible", None)
    assert decision.alternatives is not None
    assert decision.alternatives.missing_for_amount == ("certificates.c1.base_standard_cny", "certificates.c1.payment_percent")
    case["certificates"] = [certificate | {"payment_percent": 80}]
    (decision,) = oracle.decide(case, benefits=["skill_uplift"], full=True).decisions
    assert decision.alternatives is not None
    assert decision.alternatives.missing_for_amount == ("certificates.c1.base_standard_cny",)


def test_a_plain_answer_does_not_search_for_alternatives(oracle: Oracle) -> None:
    answer = oracle.decide(strategies.random_case(random.Random(1)))
    assert all(decision.alternatives is None for decision in answer.decisions)
    assert not any("missing" in decision.to_json() for decision in answer.decisions)


def two_certificates(**changed: Any) -> dict[str, Any]:
    """An employed person with a care certificate and one in data annotation: each is granted, one can be filed."""
    return {
        "id": "A",
        "applied_on": "2025-06-20",
        "person": {"status": "employed", "civil_servant": False, "public_institution_post": "none"},
        "certificates": [
            {
                "id": "c1",
                "kind": "skill_level",
                "occupation_code": "4-10-01-05",
                "issued": "2025-03-01",
                "meets_city_rules": True,
                "base_standard_cny": "1000.00",
            },
            {"id": "c2", "kind": "special_ability", "domain": "ai_data_annotation", "issued": "2025-03-01", "meets_city_rules": True},
        ],
        "employments": [
            {
                "id": "e1",
                "employer_in_shanghai": True,
                "industry": "elderly_care",
                "post": "elderly_care",
                "start": "2025-02-10",
                "end": None,
                "registry": {"system": "elderly_care", "worker_registered": True, "employer_registered": True, "in_post": True},
            }
        ],
        "applications": [],
    } | changed


def exclusive(oracle: Oracle, case: dict[str, Any], **readings: str) -> list[list[list[str]]]:
    return list(oracle.decide(case, readings=readings, full=True).to_json()["exclusive"])


def test_decisions_of_two_certificates_that_each_grant_are_exclusive_for_an_employed_person(oracle: Oracle) -> None:
    assert exclusive(oracle, two_certificates()) == [
        [["skill_uplift", "c1"], ["special_ability", "c2"]],
        [["special_ability", "c2"], ["care_route", "c1"]],
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"person": {"status": "unemployed"}},
        {"applied_on": "2024-12-31"},
        {"certificates": two_certificates()["certificates"][:1]},
        {"applications": [{"id": "p1", "kind": "skill", "date": "2025-02-01", "status": "employed", "outcome": "granted"}]},
    ],
    ids=["not employed", "before the limit", "one certificate", "the year is used up"],
)
def test_nothing_is_exclusive_where_the_limit_does_not_part_two_grants(oracle: Oracle, changed: dict[str, Any]) -> None:
    case = two_certificates(**changed)
    if changed.get("applied_on"):
        for certificate in case["certificates"]:
            certificate["issued"] = "2024-12-01"
    assert exclusive(oracle, case) == []


def test_the_special_certificate_is_not_exclusive_where_the_limit_does_not_cover_it(oracle: Oracle) -> None:
    assert exclusive(oracle, two_certificates(), limit_covers_special="not_covered") == []
