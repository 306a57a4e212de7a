"""The smallest changes that would make a benefit granted or lost, against trying changes one by one and two by two."""

from __future__ import annotations

import copy
import itertools
import json
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from notices.hrss_2024_20 import reference
from notices.hrss_2024_20.samples import CARER
from support import strategies, tiers
from support.cases import read_case
from support.paths import CASES
from support.strategies import FAMILIES, PERSONAL
from tiaoli import CaseError, Decision, Oracle
from tiaoli.case.documents import read_document
from tiaoli.case.edit import put, value_in
from tiaoli.questions.repair import Repair

# how many values of two facts are tried together
PAIRS = tiers.amount(30, 60, 250)
FIRST, LAST = date(2023, 6, 1), date(2027, 12, 31)
PARTIES = reference.AGREEMENT_PARTIES
RECORDS = [
    dict(zip(("system", "worker_registered", "employer_registered", "in_post"), values, strict=True))
    for values in itertools.product(("elderly_care", "domestic_service"), (True, False), (True, False), (True, False))
]


def facts_that_can_change(oracle: Oracle, case: dict[str, Any]) -> Iterator[str]:
    """The paths of the facts in a case that somebody can change, by the vocabulary."""

    def walk(holder: dict[str, Any], path: str, name: str) -> Iterator[str]:
        for key, value in holder.items():
            here, field = f"{path}{key}", f"{name}{key}"
            if isinstance(value, list) and value and isinstance(value[0], dict):
                for item in value:
                    yield from walk(item, f"{here}.{item['id']}.", f"{field}.")
            elif isinstance(value, dict):
                yield from walk(value, f"{here}.", f"{field}.")
            elif field in oracle.policy.fields and oracle.policy.fields[field].changed_by != "no":
                yield here

    yield from walk(case, "", "")


def days_that_matter(case: dict[str, Any]) -> set[date]:
    """Days on and beside every date of the case and of the notice, so many months away."""
    found = set(strategies.LANDMARKS.values())
    found |= {date.fromisoformat(text) for text in re.findall(r'"(\d{4}-\d{2}-\d{2})"', json.dumps(case))}
    near = set()
    for day in found:
        for months in (0, 3, 6, 12, -3, -6, -12):
            near |= {strategies.shifted(day, months, step) for step in (-1, 0, 1)}
        near |= {day.replace(month=1, day=1), date(day.year + 1, 1, 1)} if day.year < 2199 else set()
    return {day for day in near if FIRST <= day <= LAST}


def values(oracle: Oracle, case: dict[str, Any], path: str, days: set[date]) -> list[Any]:
    """What a fact may become: every other value, of days those given."""
    own = value_in(case, path)
    name = ".".join(step for position, step in enumerate(path.split(".")) if not holds_items(case, path.split(".")[:position]))
    field = oracle.policy.fields[name]
    if field.several:
        found: list[Any] = [list(some) for number in range(5) for some in itertools.combinations(PARTIES, number)]
        return [some for some in found if set(some) != set(own)]
    if field.kind == "record":
        return [{key: value for key, value in record.items() if key != "in_post" or "employments" in path} for record in RECORDS]
    if field.kind == "boolean":
        return [not own]
    if field.table:
        return [value for value in oracle.policy.values[field.table] if value != own]
    if field.value_type == "months":
        return [number for number in (10, 11, 12, 13) if number != own]
    if field.kind == "money":
        return []
    later = path == "applied_on"
    found = [day.isoformat() for day in sorted(days) if day.isoformat() != own and (not later or day.isoformat() > own)]
    return [*found, None] if field.nullable and own is not None else found


def holds_items(case: dict[str, Any], steps: list[str]) -> bool:
    return bool(steps) and isinstance(value_in(case, ".".join(steps)), list)


def in_format(case: dict[str, Any]) -> bool:
    try:
        read_case(case)
    except CaseError:
        return False
    return True


def distance(case: dict[str, Any], path: str, value: Any) -> int:
    """How many days a value lies from the one there is, or from the application; a day lies nearer than none."""
    own = value_in(case, path)
    if value is None:
        return 10**6
    if not isinstance(value, str) or value[4:5] != "-":
        return 0
    return abs((date.fromisoformat(own if isinstance(own, str) else case["applied_on"]) - date.fromisoformat(value)).days)


class Brute:
    """Every single and double change of one case, decided by the reference."""

    def __init__(self, oracle: Oracle, case: dict[str, Any], benefit: str, subject: str, wanted: str) -> None:
        self.oracle, self.case, self.key, self.wanted = oracle, case, (benefit, subject), wanted
        self.days = days_that_matter(case)
        bearing = {oracle.policy.fields[path].key for path in oracle.encoding.outcome_fields(benefit)}
        self.paths = [path for path in facts_that_can_change(oracle, case) if path.rpartition(".")[2] in bearing]

    def holds(self, changes: dict[str, Any]) -> bool:
        changed = copy.deepcopy(self.case)
        for path, value in changes.items():
            put(changed, path, value)
        if not in_format(changed):
            return False
        return any((d["benefit"], d["subject"]) == self.key and d["outcome"] == self.wanted for d in reference.decide(changed, {}))

    def singles(self) -> dict[str, list[Any]]:
        every_day = {FIRST + timedelta(days=step) for step in range((LAST - FIRST).days + 1)}
        found = {}
        for path in self.paths:
            # where some day that matters helps, every day is tried, so that the nearest is known
            helping = [value for value in values(self.oracle, self.case, path, self.days) if self.holds({path: value})]
            if any(isinstance(value, str) and value[4:5] == "-" for value in helping):
                near = min(distance(self.case, path, value) for value in helping if isinstance(value, str))
                closer = [v for v in values(self.oracle, self.case, path, every_day) if distance(self.case, path, v) < near]
                helping += [value for value in closer if value is not None and self.holds({path: value})]
            if helping:
                found[path] = helping
        return found

    def doubles(self, singles: dict[str, list[Any]], rng: random.Random) -> tuple[dict[frozenset[str], int], set[frozenset[str]]]:
        """Pairs of facts neither of which suffices, with the least days of a change of both among those tried; and the
        pairs of which everything was tried."""
        found: dict[frozenset[str], int] = {}
        whole = set()
        for one, other in itertools.combinations([path for path in self.paths if path not in singles], 2):
            pair = frozenset((one, other))
            firsts, seconds = (values(self.oracle, self.case, path, self.days) for path in (one, other))
            pairs = list(itertools.product(firsts, seconds))
            if len(pairs) <= PAIRS:
                whole.add(pair)
            for first, second in pairs if pair in whole else rng.sample(pairs, PAIRS):
                if self.holds({one: first, other: second}):
                    days = distance(self.case, one, first) + distance(self.case, other, second)
                    found[pair] = min(days, found.get(pair, days))
        return found, whole


def paths_of(repair: Repair) -> frozenset[str]:
    return frozenset(change.path for change in repair.changes)


def spread(repair: Repair) -> Iterator[frozenset[str]]:
    """The sets of paths that a repair stands for, its alike items included."""
    if repair.any_of is None:
        yield paths_of(repair)
        return
    keys = {change.path.rpartition(".")[2] for change in repair.changes if change.path.rpartition(".")[0] in repair.any_of.items}
    others = frozenset(change.path for change in repair.changes if change.path.rpartition(".")[0] not in repair.any_of.items)
    for items in itertools.combinations(repair.any_of.items, repair.any_of.choose):
        yield others | {f"{item}.{key}" for item in items for key in keys}


def compare(oracle: Oracle, case: dict[str, Any], decision: Decision, rng: random.Random) -> tuple[int, int]:
    """Hold the repairs of one decision against every single and double change; how many there are of each."""
    lose = decision.outcome == "eligible"
    answer = oracle.what_if(case, decision.benefit, decision.subject, lose=lose, most=None)
    where = json.dumps([case, decision.benefit, decision.subject], ensure_ascii=False)
    assert answer.complete
    brute = Brute(oracle, case, decision.benefit, decision.subject, answer.wanted)
    singles = brute.singles()
    ones = [repair for repair in answer.repairs if len(repair.changes) == 1]
    assert {path for repair in ones for (path,) in spread(repair)} == set(singles), where
    for path, helping in singles.items():
        if not isinstance(helping[0], (bool, str)) or path.endswith("agreement_parties"):
            continue
        given = {change.after for repair in ones for change in repair.changes if change.path == path}
        if given:
            days = [distance(case, path, value) for value in helping]
            if days and max(days) > 0:
                assert {distance(case, path, value) for value in given} == {min(days)}, where
            else:
                assert given == set(helping), where
    doubles, whole = brute.doubles(singles, rng)
    twos = {paths: repair for repair in answer.repairs if len(repair.changes) == 2 for paths in spread(repair)}
    assert set(doubles) <= set(twos), where
    assert {paths for paths in twos if paths in whole} <= set(doubles), where
    for paths, repair in twos.items():
        assert brute.holds(repair.patch), where
        assert not paths & set(singles), where
        days_given = sum(distance(case, change.path, change.after) for change in repair.changes)
        assert days_given <= doubles.get(paths, days_given), where
    return len(singles), len(twos)


@tiers.sized(1, 3, 60)
@pytest.mark.parametrize(
    "sections",
    [pytest.param(each, marks=() if each == FAMILIES[-1] else tiers.slow) for each in FAMILIES],
    ids=lambda sections: sections[0],
)
def test_single_and_double_changes_agree_with_trying_them(oracle: Oracle, sections: tuple[str, ...], size: int) -> None:
    rng = random.Random(f"what if {sections}")
    tried = found = 0
    while tried < size or not found:
        tried += 1
        case = strategies.random_case(rng, sections=sections)
        for section in PERSONAL:
            del case.get(section, [])[2:]
        for section in ("training_classes", "trainings", "apprenticeships"):
            for item in case.get(section, []):
                inner = next((value for value in item.values() if isinstance(value, list) and value and isinstance(value[0], dict)), [])
                del inner[2:]
        decisions = oracle.decide(case).decisions
        for decision in rng.sample(decisions, min(2, len(decisions))):
            singles, doubles = compare(oracle, case, decision, rng)
            found += singles + doubles


@pytest.mark.parametrize("name", ["08-home-helper-left", "13-second-half-day-early", "19-apprenticeship-not-assessed"])
def test_example_cases_that_need_two_changes_agree_with_trying_them(oracle: Oracle, name: str) -> None:
    case = read_case(read_document(CASES / f"{name}.yaml")).to_json()
    found = [compare(oracle, case, decision, random.Random(name)) for decision in oracle.decide(case).decisions]
    assert any(doubles for _, doubles in found)


@tiers.sized(1, 3, 60)
@pytest.mark.parametrize("sections", FAMILIES, ids=lambda sections: sections[0])
def test_every_repair_of_a_case_with_unknown_facts_holds_and_needs_each_of_its_changes(
    oracle: Oracle, sections: tuple[str, ...], size: int
) -> None:
    rng = random.Random(f"what if unknown {sections}")
    tried = seen = 0
    while tried < size or not seen:
        tried += 1
        case = strategies.random_case(rng, sections=sections, unknown=0.15)
        for decision in oracle.decide(case).decisions[:3]:
            for lose in (False, True):
                answer = oracle.what_if(case, decision.benefit, decision.subject, lose=lose, most=4)
                for repair in answer.repairs:
                    seen += 1
                    for left_out in (None, *repair.changes):
                        changes = {change.path: change.after for change in repair.changes if change is not left_out}
                        again = oracle.decide(read_case(case).with_values(changes), benefits=[decision.benefit])
                        outcome = next(item.outcome for item in again.decisions if item.subject == decision.subject)
                        assert (outcome == answer.wanted) == (left_out is None), json.dumps([case, changes], ensure_ascii=False)
    assert seen


def carer(**changed: Any) -> dict[str, Any]:
    """A carer who is still in post and has filed an application this year."""
    found = copy.deepcopy(CARER)
    found["employments"][0]["end"] = None
    return found | changed


def test_waiting_is_a_change(oracle: Oracle) -> None:
    (repair,) = oracle.what_if(carer(), "care_route").repairs
    assert repair.to_json()["changes"] == [{"path": "applied_on", "from": "2025-06-20", "to": "2026-01-01", "by": "time"}]
    assert repair.statement.zh == "等到2026-01-01申请（再等195日），即可享受。"


def test_a_record_comes_as_a_whole_and_says_no_more_than_it_must(oracle: Oracle) -> None:
    case = carer(applications=[])
    case["employments"][0]["registry"] = None
    (repair,) = oracle.what_if(case, "care_route").repairs
    (change,) = repair.changes
    assert (change.path, change.before, change.by) == ("employments.e1.registry", None, "authority")
    assert change.after == {"system": "elderly_care", "worker_registered": True, "employer_registered": True, "in_post": True}


def a_class(number: int, **changed: Any) -> dict[str, Any]:
    """A class with trainees alike, none of whom found work."""
    trainee = {"group": "unemployed", "hukou": "shanghai", "passed": True, "employed_on": None, "employer_in_shanghai": True}
    return {
        "id": "K",
        "applied_on": "2025-06-20",
        "training_classes": [
            {
                "id": "k1",
                "sector": "elderly_care",
                "employer_in_shanghai": True,
                "agreement_parties": list(PARTIES),
                "plan_approved": True,
                "held_in": "shanghai",
                "starts": "2025-01-06",
                "ends": "2025-03-31",
                "trainees": [{"id": f"t{n}", **trainee, "employment_ended": None, **changed} for n in range(number)],
            }
        ],
    }


def test_items_that_are_alike_make_one_repair(oracle: Oracle) -> None:
    found = oracle.what_if(a_class(40), "directed_training_first")
    assert found.complete
    (repair,) = found.repairs
    assert repair.any_of is not None
    assert (repair.any_of.choose, len(repair.any_of.items)) == (1, 40)
    assert repair.to_json()["any"]["of"][0] == "training_classes.k1.trainees.t0"
    assert [(change.path, change.after) for change in repair.changes] == [("training_classes.k1.trainees.t0.employed_on", "2025-06-20")]


def test_items_that_differ_in_what_does_not_matter_make_one_repair_too(oracle: Oracle) -> None:
    case = a_class(3)
    trainees = case["training_classes"][0]["trainees"]
    trainees[1]["group"] = "assisted_insurance"
    trainees[2]["hukou"] = "other"
    (repair,) = oracle.what_if(case, "directed_training_first").repairs
    assert repair.any_of is not None
    assert repair.any_of.choose == 1
    assert {item.rpartition(".")[2] for item in repair.any_of.items} == {"t0", "t1", "t2"}


def test_more_changes_than_any_layer_has_are_found_too(oracle: Oracle) -> None:
    case = a_class(15, employed_on="2025-05-01")
    found = oracle.what_if(case, "directed_training_first", lose=True, most=None)
    assert found.complete
    assert max(len(repair.changes) for repair in found.repairs) == 15


@pytest.mark.parametrize(
    ("case", "benefit", "said"),
    [
        (carer(certificates=[{"id": "c1", "kind": "other"}]), "care_route", "证书c1属于其他证书"),
        (carer(employments=[], applications=[]), "care_route", "任职（employments）"),
        (a_class(0), "directed_training_first", "学员（training_classes.trainees）"),
    ],
    ids=["a fact", "a list", "a list inside an item"],
)
def test_where_no_change_helps_the_reason_is_given(oracle: Oracle, case: dict[str, Any], benefit: str, said: str) -> None:
    found = oracle.what_if(case, benefit)
    assert (found.repairs, found.complete) == ((), True)
    assert found.impossible is not None
    assert said in found.impossible.zh


OUT_OF_STEP = {
    "the last day of a job that began too early stays": (
        a_class(1, employed_on="2025-03-01", employment_ended="2025-03-15"),
        "directed_training_first",
    ),
    "the other day can move as well": (
        carer(applications=[], employments=[{**CARER["employments"][0], "end": "2025-05-31"}]),
        "care_route",
    ),
    "null is no day": (a_class(1, employment_ended="2025-04-30"), "directed_training_first"),
}


@pytest.mark.parametrize(("case", "benefit"), OUT_OF_STEP.values(), ids=list(OUT_OF_STEP))
@pytest.mark.parametrize("lose", [False, True])
def test_days_that_the_format_keeps_in_order_stay_in_order(oracle: Oracle, case: dict[str, Any], benefit: str, lose: bool) -> None:
    found = oracle.what_if(case, benefit, lose=lose, most=None)
    assert found.complete
    for repair in found.repairs:
        changed = read_case(case).with_values(repair.patch)
        assert [decision.outcome for decision in oracle.decide(changed, benefits=[benefit]).decisions] == [found.wanted]


def test_a_day_is_not_moved_past_one_that_nobody_can_move(oracle: Oracle) -> None:
    case = a_class(1, employed_on="2025-03-01", employment_ended="2025-03-15")
    found = oracle.what_if(case, "directed_training_first")
    assert found.repairs == ()
    assert found.impossible is not None
    assert "学员（training_classes.trainees）" in found.impossible.zh
    later = oracle.what_if(a_class(1, employed_on="2025-03-01", employment_ended="2025-05-15"), "directed_training_first")
    assert [repair.patch for repair in later.repairs] == [{"training_classes.k1.trainees.t0.employed_on": "2025-03-31"}]


@tiers.sized(1, 6, 200)
@pytest.mark.parametrize("sections", FAMILIES, ids=lambda sections: sections[0])
def test_no_repair_is_an_impossible_case_and_impossible_is_only_what_no_change_helps(
    oracle: Oracle, sections: tuple[str, ...], size: int
) -> None:
    rng = random.Random(f"what if at all {sections}")
    for _ in range(size):
        case = strategies.random_case(rng, sections=sections, unknown=rng.choice((0, 0.2)))
        seen = set()
        for decision in oracle.decide(case).decisions:
            if decision.benefit in seen:
                continue
            seen.add(decision.benefit)
            lose = decision.outcome == "eligible"
            found = oracle.what_if(case, decision.benefit, decision.subject, lose=lose, most=3)
            for repair in found.repairs:
                assert outcome_after(oracle, case, decision, repair.patch) == found.wanted, json.dumps(
                    [case, repair.patch], ensure_ascii=False
                )
            if found.impossible is not None:
                for changes in some_changes(oracle, case, rng):
                    assert outcome_after(oracle, case, decision, changes) != found.wanted, json.dumps([case, changes], ensure_ascii=False)


def outcome_after(oracle: Oracle, case: dict[str, Any], decision: Decision, changes: dict[str, Any]) -> str:
    """What a decision is with changes, by clingo, which must be in the case format."""
    again = oracle.decide(read_case(case).with_values(changes), benefits=[decision.benefit], engine="clingo")
    return next(item.outcome for item in again.decisions if item.subject == decision.subject)


def some_changes(oracle: Oracle, case: dict[str, Any], rng: random.Random, number: int = 12) -> Iterator[dict[str, Any]]:
    """Random changes of one to three facts that somebody can change, each of which leaves a case."""
    days = days_that_matter(case)
    paths = list(facts_that_can_change(oracle, case))
    for _ in range(number):
        changes = {}
        for path in rng.sample(paths, min(len(paths), rng.randint(1, 3))):
            options = values(oracle, case, path, days)
            if options:
                changes[path] = rng.choice(options)
        changed = copy.deepcopy(case)
        for path, value in changes.items():
            put(changed, path, value)
        if in_format(changed):
            yield changes


def test_what_must_be_found_out_first_is_named(oracle: Oracle) -> None:
    case = carer(applications=[])
    del case["employments"][0]["industry"]
    found = oracle.what_if(case, "care_route")
    assert found.outcome == "unknown"
    assert found.impossible is not None
    assert "任职e1的用人单位所属行业" in found.impossible.zh


def test_a_decision_that_is_as_wanted_has_no_repairs(oracle: Oracle) -> None:
    found = oracle.what_if(carer(applications=[]), "care_route")
    assert (found.outcome, found.wanted, found.repairs, found.complete, found.impossible) == ("eligible", "eligible", (), True, None)


def test_the_most_wanted_are_given_and_more_announced(oracle: Oracle) -> None:
    found = oracle.what_if(carer(applications=[]), "care_route", lose=True, most=3)
    assert len(found.repairs) == 3
    assert not found.complete
    whole = oracle.what_if(carer(applications=[]), "care_route", lose=True, most=None)
    assert whole.complete
    assert whole.repairs[:3] == found.repairs


def test_a_limit_keeps_what_is_certain(oracle: Oracle) -> None:
    found = oracle.what_if(carer(), "care_route", limit=1e-9)
    assert (found.repairs, found.complete, found.limit_reached, found.impossible) == ((), False, True, None)


def test_a_hypothetical_stands_beside_the_case(oracle: Oracle) -> None:
    found = oracle.suppose(carer(), "care_route", changes={"applications.p1.status": "unemployed", "certificates.c1.level": 3})
    assert (found.before.outcome, found.after.outcome) == ("not_eligible", "eligible")
    assert found.differences == ("outcome", "conditions.annual_limit")
    as_json = found.to_json()
    assert as_json["set"][0] == {"path": "applications.p1.status", "from": "employed", "to": "unemployed", "by": None}
    assert as_json["set"][1]["unknown"] is True
    assert len(as_json["repairs"]) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"applications.p9.status": "employed"}, "the case has no item `p9` there; allowed: p1"),
        ({"certificates.c1.isued": "2025-01-01"}, "did you mean `issued`"),
        ({"employments.e1.end": "2025-01-01"}, "lies before start"),
        ({"certificates.c1.issued.day": 1}, "nothing can be set below this"),
    ],
    ids=["item", "key", "order", "below"],
)
def test_a_hypothetical_outside_the_format_is_refused(oracle: Oracle, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CaseError, match=re.escape(message)):
        oracle.suppose(carer(), "care_route", changes=changes)
