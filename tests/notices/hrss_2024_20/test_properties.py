"""What holds of every case, each property a sentence; `docs/properties.md` lists them."""

import copy
import json
import random
import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from notices.hrss_2024_20.reference import READINGS
from support import tiers
from support.cases import read_case
from support.freed import Freed, can_be_met, failing, named
from support.paths import ROOT
from support.strategies import BOUNDARY_DAYS, FIELDS, LANDMARKS, SECTIONS, Choice, Day, Item, Money, Record, cases, days, shifted
from support.yaml_text import as_yaml
from tiaoli import Case, CaseError, Decision, Oracle
from tiaoli.case import case_schema
from tiaoli.case.documents import parse_document, read_document
from tiaoli.case.edit import value_in
from tiaoli.decide.receipt import digest
from tiaoli.receipts.correction import Correction, corrected
from tiaoli.receipts.receipt_comparison import flatten

Key = tuple[str, str]

NESTED = {"training_classes": "trainees", "trainings": "participants", "apprenticeships": "apprentices"}
PERSONAL_BENEFITS = ("skill_uplift", "special_ability", "care_route")
# the list in which the subjects of a benefit stand
HOME = {
    **dict.fromkeys(PERSONAL_BENEFITS, "certificates"),
    **dict.fromkeys(("directed_training_first", "directed_training_second"), "training_classes"),
    "training_scope": "trainings",
    "development_grant": "development_projects",
    **dict.fromkeys(("apprentice_scope", "apprentice_next_batch", "apprentice_direct_payment"), "apprenticeships"),
    "institution_commission": "engagements",
}
MANY_READINGS = st.fixed_dictionaries({}, optional={name: st.sampled_from(options) for name, options in READINGS.items()})
COMPLETE = cases()
PARTIAL = cases(unknown=0.03)
SCHEMA = Draft202012Validator(case_schema(Oracle().policy))


def decided(oracle: Oracle, case: Item | Case, readings: dict[str, str] | None = None) -> dict[Key, Decision]:
    return {(found.benefit, found.subject): found for found in oracle.decide(case, readings=readings).decisions}


def outcomes(decisions: dict[Key, Decision]) -> dict[Key, str]:
    return {key: found.outcome for key, found in decisions.items()}


def statuses(decision: Decision) -> dict[str, str]:
    return {condition.id: condition.status for condition in decision.conditions}


def lists(case: Item) -> Iterable[list[Any]]:
    """Every list of a case, nested ones too."""
    for section in SECTIONS:
        if section in case and section != "person":
            yield case[section]
            for item in case[section]:
                yield from (inner for inner in item.values() if isinstance(inner, list))


# The validity window


@given(COMPLETE, days(), days())
def test_a_certificate_is_inside_the_notice_exactly_where_its_date_is(oracle: Oracle, case: Item, issued: date, applied_on: date) -> None:
    """For the three benefits of a certificate: from 2024-11-14 to 2025-11-13, and issued by the day of the application."""
    case["certificates"] = [*case.get("certificates", []), {"id": "new"}]
    for certificate in case["certificates"]:
        certificate["issued"] = issued.isoformat()
    case["applied_on"] = applied_on.isoformat()
    inside = LANDMARKS["valid_from"] <= issued <= min(LANDMARKS["valid_to"], applied_on)
    for (benefit, _), decision in decided(oracle, case).items():
        if benefit in PERSONAL_BENEFITS:
            assert statuses(decision)["in_force"] == ("met" if inside else "unmet")
            assert inside or decision.outcome == "not_eligible"


@given(COMPLETE, st.sampled_from(BOUNDARY_DAYS), st.sampled_from(READINGS["validity_anchor"]))
def test_nothing_is_granted_for_an_event_and_an_application_outside_the_notice(
    oracle: Oracle, case: Item, outside: date, anchor: str
) -> None:
    """Every day that opens a case to the notice lies on one day outside it, and so does the application."""
    assume(not LANDMARKS["valid_from"] <= outside <= LANDMARKS["valid_to"])
    case["applied_on"] = outside.isoformat()
    for section, name in (
        ("certificates", "issued"),
        ("training_classes", "starts"),
        ("trainings", "starts"),
        ("apprenticeships", "starts"),
        ("apprenticeships", "next_batch_starts"),
        ("development_projects", "reviewed_on"),
        ("engagements", "starts"),
    ):
        for item in case.get(section, []):
            item[name] = outside.isoformat()
            item.pop("ends", None)
    assert set(outcomes(decided(oracle, case, {"validity_anchor": anchor})).values()) <= {"not_eligible"}


# Outcome and amount


@given(COMPLETE, MANY_READINGS)
def test_a_benefit_is_granted_exactly_where_every_condition_is_met(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    for decision in decided(oracle, case, readings).values():
        assert (decision.outcome == "eligible") == (set(statuses(decision).values()) == {"met"})


@given(PARTIAL, MANY_READINGS)
def test_an_amount_never_exceeds_its_cap(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    """100 000 and the sum requested; 1000; 130 % of the base standard; half a standard for each trainee."""
    items = {(section, item["id"]): item for section in HOME.values() for item in case.get(section, [])}
    for (benefit, subject), decision in decided(oracle, case, readings).items():
        most = decision.amount_range[1] if decision.amount_range else decision.amount
        if most is None:
            continue
        item = items[HOME[benefit], subject]
        caps = {
            "skill_uplift": (Decimal(item.get("base_standard_cny", 0)) * Decimal("1.3")).quantize(Decimal("0.01"), ROUND_HALF_UP),
            "special_ability": Decimal(1000),
            "development_grant": min(Decimal(item.get("requested_cny", 100_000)), Decimal(100_000)),
            **dict.fromkeys(("directed_training_first", "directed_training_second"), Decimal(900) * len(item.get("trainees", []))),
        }
        assert 0 <= most <= caps[benefit]
        assert decision.outcome == "eligible"


@given(COMPLETE)
def test_the_second_half_for_a_class_never_exceeds_the_first(oracle: Oracle, case: Item) -> None:
    found = decided(oracle, case)
    for (benefit, subject), second in found.items():
        if benefit == "directed_training_second" and second.amount is not None:
            first = found["directed_training_first", subject].amount
            assert first is not None
            assert second.amount <= first


@given(PARTIAL, MANY_READINGS)
def test_a_range_of_amounts_has_two_ends_and_an_exact_amount_has_none(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    for decision in decided(oracle, case, readings).values():
        if decision.amount_range is not None:
            low, high = decision.amount_range
            assert 0 <= low < high
            assert decision.amount is None
        if decision.outcome != "eligible":
            assert (decision.amount, decision.amount_range, decision.gap) == (None, None, ())


# What bears on a decision, and what does not


def related(case: Item, benefit: str, subject: str) -> Item:
    """The case with nothing but what one decision is about."""
    home, (name, _, inner) = HOME[benefit], subject.partition("/")
    item = copy.deepcopy(next(item for item in case[home] if item["id"] == name))
    if inner:
        item[NESTED[home]] = [part for part in item[NESTED[home]] if part["id"] == inner]
    kept = ("id", "applied_on", *(("person", "employments", "applications") if home == "certificates" else ()))
    return {**{key: case[key] for key in kept if key in case}, home: [item]}


@given(PARTIAL, MANY_READINGS)
def test_an_unrelated_fact_never_changes_a_decision(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    """A certificate's decisions rest on it, the person, the employments and other applications; any other decision on
    its own item alone."""
    for (benefit, subject), decision in decided(oracle, case, readings).items():
        (alone,) = oracle.decide(related(case, benefit, subject), benefits=[benefit], readings=readings).decisions
        assert alone == decision


@given(PARTIAL, MANY_READINGS, st.data())
def test_a_fact_that_the_notice_does_not_ask_for_decides_nothing(
    oracle: Oracle, case: Item, readings: dict[str, str], data: st.DataObject
) -> None:
    """The level of a certificate, and whether the previous batch is complete."""
    changed = copy.deepcopy(case)
    for section, name, values in (("certificates", "level", (1, 5)), ("apprenticeships", "previous_batch_completed", (True, False))):
        for item in changed.get(section, []):
            item.pop(name, None)
            item |= data.draw(st.sampled_from([{}, *({name: value} for value in values)]))
    assert decided(oracle, changed, readings) == decided(oracle, case, readings)


@given(PARTIAL, MANY_READINGS, st.data())
def test_the_benefits_asked_for_do_not_change_a_decision(oracle: Oracle, case: Item, readings: dict[str, str], data: st.DataObject) -> None:
    everything = decided(oracle, case, readings)
    assume(everything)
    asked = data.draw(st.sets(st.sampled_from(sorted({benefit for benefit, _ in everything})), min_size=1))
    narrowed = oracle.decide(case, benefits=asked, readings=readings).decisions
    assert narrowed == tuple(found for found in everything.values() if found.benefit in asked)


# Time


def is_after(value: object, applied_on: str) -> bool:
    return isinstance(value, str) and value > applied_on


def without_the_future(case: Item) -> Item:
    """The case as the day of the application knows it: what is dated later has not happened, what ends later runs."""
    today = case["applied_on"]
    past = copy.deepcopy(case)
    for section, name in (("employments", "start"), ("applications", "date"), ("certificates", "issued")):
        if section in past:
            past[section] = [item for item in past[section] if not is_after(item.get(name), today)]
    for section in ("training_classes", "trainings", "apprenticeships", "engagements"):
        if section in past:
            past[section] = [item for item in past[section] if not is_after(item.get("starts"), today)]
    people = [person for section, inner in NESTED.items() for item in past.get(section, []) for person in item.get(inner, [])]
    for item in (*past.get("employments", []), *past.get("development_projects", []), *people):
        for name in ("end", "reviewed_on", "employed_on", "employment_ended", "contract_signed"):
            if is_after(item.get(name), today):
                item[name] = None
    return past


@given(COMPLETE, MANY_READINGS)
def test_a_fact_dated_after_the_application_never_helps(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    """Without it every decision is the same, and what rests on it is refused; a next batch alone may lie ahead."""
    found = decided(oracle, case, readings)
    past = decided(oracle, without_the_future(case), readings)
    for key, decision in found.items():
        if key in past:
            assert past[key] == decision
        elif key[0] != "apprentice_next_batch":
            assert decision.outcome == "not_eligible"


@given(COMPLETE, MANY_READINGS, st.integers(0, 40), st.data())
def test_postponing_a_fact_beyond_the_application_never_helps(
    oracle: Oracle, case: Item, readings: dict[str, str], late: int, data: st.DataObject
) -> None:
    """One date on which something began or happened is moved to a day after the application."""
    dated = [
        (item, name) for item, name in dates(case) if name in ("issued", "start", "starts", "employed_on", "contract_signed", "reviewed_on")
    ]
    assume(dated)
    before = outcomes(decided(oracle, case, readings))
    item, name = data.draw(st.sampled_from(dated))
    item[name] = shifted(date.fromisoformat(case["applied_on"]), 0, 1 + late).isoformat()
    for end in ("end", "ends", "employment_ended"):
        if end in item:
            item[end] = item[name] if end == "ends" else None
    for key, outcome in outcomes(decided(oracle, case, readings)).items():
        # another class, job or certificate is not touched, and what is touched is not better off
        assert outcome == before[key] or outcome == "not_eligible"


def dates(case: Item) -> list[tuple[Item, str]]:
    """Every date of a case that is a day, by the item that says it."""
    found = []
    for section, fields in FIELDS.items():
        holder = next((outer for outer, inner in NESTED.items() if inner == section), None)
        items = [part for item in case.get(holder, []) for part in item.get(section, [])] if holder else case.get(section, [])
        for item in items if isinstance(items, list) else ():
            found += [(item, field.name) for field in fields if isinstance(field, Day) and item.get(field.name) is not None]
    return found


# Form


@given(PARTIAL, MANY_READINGS, st.data())
def test_the_order_of_lists_does_not_matter(oracle: Oracle, case: Item, readings: dict[str, str], data: st.DataObject) -> None:
    """Decisions and gaps follow the file's order and are otherwise the same."""
    before = decided(oracle, case, readings)
    for found in lists(case):
        found[:] = data.draw(st.permutations(found))
    after = decided(oracle, case, readings)
    assert {key: unordered(decision) for key, decision in after.items()} == {key: unordered(decision) for key, decision in before.items()}
    for benefit in HOME:
        named = [subject for name, subject in after if name == benefit]
        assert [subject.partition("/")[0] for subject in named] == sorted(
            (subject.partition("/")[0] for subject in named), key=[item["id"] for item in case.get(HOME[benefit], [])].index
        )


def unordered(decision: Decision) -> Item:
    found = decision.to_json()
    return found | {"gap": sorted(found.get("gap", []))}


@given(PARTIAL, MANY_READINGS, st.randoms(use_true_random=False))
def test_renaming_ids_does_not_matter(oracle: Oracle, case: Item, readings: dict[str, str], rng: Any) -> None:
    """New names, of the case too, that sort in another order."""
    before = oracle.decide(case, readings=readings)
    renamed = copy.deepcopy(case)
    renamed["id"] = "another case"
    names: dict[tuple[str, ...], str] = {}
    for section in SECTIONS:
        for item in renamed.get(section, []) if section != "person" else ():
            old = item["id"]
            item["id"] = names[section, old] = f"{rng.choice('zaA_-9')}{len(names)}"
            for part in item.get(NESTED.get(section, ""), []):
                new = names[section, old, part["id"]] = f"{rng.choice('zaA_-9')}{len(names)}"
                part["id"] = new
    after = oracle.decide(renamed, readings=readings)

    def new_name(found: Decision) -> Item:
        home, parts = HOME[found.benefit], found.subject.split("/")
        subject = "/".join((names[home, parts[0]], *(names[home, parts[0], part] for part in parts[1:])))
        changed = found.to_json() | {"subject": subject}
        if found.gap:
            changed["gap"] = [names[home, parts[0], name] for name in found.gap]
        return changed

    assert [decision.to_json() for decision in after.decisions] == [new_name(decision) for decision in before.decisions]


@given(PARTIAL, MANY_READINGS)
def test_files_python_objects_and_the_schema_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, oracle: Oracle, case: Item, readings: dict[str, str]
) -> None:
    """JSON and YAML written to disk, plain data, a `Case`, and what a `Case` writes, which fits the JSON Schema."""
    answer = oracle.decide(case, readings=readings)
    folder = tmp_path_factory.getbasetemp()
    for name, text in (("case.json", json.dumps(case)), ("case.yaml", as_yaml(case).lstrip("\n"))):
        (folder / name).write_text(text, "utf-8")
        assert oracle.decide(read_document(folder / name), readings=readings) == answer
    read = read_case(case)
    assert oracle.decide(read, readings=readings) == answer
    assert SCHEMA.is_valid(case)
    assert SCHEMA.is_valid(read.to_json())
    assert oracle.decide(read.to_json(), readings=readings) == answer


@given(PARTIAL, st.sets(st.sampled_from(sorted(READINGS))))
def test_default_readings_chosen_explicitly_change_nothing(oracle: Oracle, case: Item, chosen: set[str]) -> None:
    defaults = {name: READINGS[name][0] for name in chosen}
    assert oracle.decide(case, readings=defaults).decisions == oracle.decide(case).decisions


@given(PARTIAL, MANY_READINGS)
def test_the_same_question_has_the_same_answer(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    assert oracle.decide(case, readings=readings).to_json() == oracle.decide(copy.deepcopy(case), readings=readings).to_json()


# Unknown facts


def known_scalars(case: Item) -> list[tuple[Item, str]]:
    """Every scalar that a case says, by the object that says it; a record and what is inside it both."""
    found: list[tuple[Item, str]] = []
    for section, fields in FIELDS.items():
        holder = next((outer for outer, inner in NESTED.items() if inner == section), None)
        items = [part for item in case.get(holder, []) for part in item.get(section, [])] if holder else case.get(section, [])
        for item in [items] if isinstance(items, dict) else items:
            for field in fields:
                if field.name in item and isinstance(field, Choice | Day | Money | Record):
                    found.append((item, field.name))
                    if isinstance(field, Record) and item[field.name] is not None:
                        found += [(item[field.name], part) for part in item[field.name]]
    return found


def forgotten(case: Item, data: st.DataObject, most: int) -> Item:
    """The case with some of its facts unknown."""
    partial = copy.deepcopy(case)
    said = known_scalars(partial)
    for index in data.draw(st.sets(st.integers(0, len(said) - 1), max_size=most)) if said else ():
        item, name = said[index]
        item.pop(name, None)
    return partial


@given(COMPLETE, MANY_READINGS, st.data())
def test_making_an_unknown_fact_known_never_turns_what_was_certain(
    oracle: Oracle, case: Item, readings: dict[str, str], data: st.DataObject
) -> None:
    """What is met stays met, what is unmet stays unmet, an outcome stays, an exact amount stays, a range narrows."""
    full = decided(oracle, case, readings)
    partial = decided(oracle, forgotten(case, data, 4), readings)
    assert list(partial) == list(full)
    for key, before in partial.items():
        after = full[key]
        assert before.outcome in (after.outcome, "unknown")
        for name, status in statuses(before).items():
            assert status in (statuses(after)[name], "unknown")
        if before.amount is not None:
            assert after.amount == before.amount
        if before.amount_range is not None:
            assert after.amount is not None
            assert before.amount_range[0] <= after.amount <= before.amount_range[1]
        assert set(before.gap) <= set(after.gap)


@given(COMPLETE, MANY_READINGS)
def test_a_complete_case_has_nothing_unknown(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    for decision in decided(oracle, case, readings).values():
        assert decision.outcome != "unknown"
        assert "unknown" not in statuses(decision).values()
        assert decision.amount_range is None


@given(PARTIAL, MANY_READINGS)
def test_an_outcome_is_unknown_only_where_a_condition_is(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    for decision in decided(oracle, case, readings).values():
        said = set(statuses(decision).values())
        if "unmet" in said:
            assert decision.outcome == "not_eligible"
        elif said == {"met"}:
            assert decision.outcome == "eligible"
        if decision.outcome == "unknown":
            assert "unknown" in said


@tiers.examples(6, 40)
@given(PARTIAL, MANY_READINGS)
def test_an_explanation_says_what_the_decision_says(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    truths = {"met": "holds", "unmet": "fails", "unknown": "unknown"}
    for (benefit, subject), decision in decided(oracle, case, readings).items():
        found = oracle.why(case, benefit, subject, readings=readings)
        assert found.outcome == decision.outcome
        told = [node.status for node in found.tree.children if node.kind == "condition"]
        assert told == [truths[status] for status in statuses(decision).values()]


@tiers.examples(6, 24)
@given(COMPLETE, MANY_READINGS)
def test_the_reasons_of_a_refusal_suffice(oracle: Oracle, case: Item, readings: dict[str, str]) -> None:
    for benefit, subject, condition in failing(oracle, case, readings):
        tree = oracle.why_not(case, benefit, subject, condition=condition, readings=readings, full=True).tree
        freed = Freed(oracle, case, named(tree)).document
        assert not can_be_met(oracle, freed, readings, benefit, subject, condition)


# What would be otherwise


@tiers.examples(6, 24)
@given(PARTIAL, MANY_READINGS, st.data())
def test_a_span_of_days_ends_where_the_outcome_changes(oracle: Oracle, case: Item, readings: dict[str, str], data: st.DataObject) -> None:
    keys = sorted(decided(oracle, case, readings))
    assume(keys)
    key = data.draw(st.sampled_from(keys))
    for span in oracle.when(case, *key, readings=readings).spans:
        for end, step in ((span.first, -1), (span.last, 1)):
            if end is None or not date(1900, 1, 1) < end < date(2199, 12, 31):
                continue
            for day, granted in ((end, True), (end + timedelta(days=step), False)):
                there = decided(oracle, {**case, "applied_on": day.isoformat()}, readings)[key]
                assert (there.outcome == "eligible") == granted


@tiers.examples(3, 24)
@given(PARTIAL, MANY_READINGS, st.data())
def test_a_repair_does_what_it_says(oracle: Oracle, case: Item, readings: dict[str, str], data: st.DataObject) -> None:
    keys = sorted(decided(oracle, case, readings))
    assume(keys)
    key = data.draw(st.sampled_from(keys))
    found = oracle.what_if(case, *key, readings=readings, lose=data.draw(st.booleans()), most=2)
    for repair in found.repairs:
        for left_out in (None, *repair.changes):
            kept = {change.path: change.after for change in repair.changes if change is not left_out}
            there = decided(oracle, read_case(case).with_values(kept), readings)[key]
            assert (there.outcome == found.wanted) == (left_out is None)


# Receipts


def shuffled(value: Any, rng: random.Random) -> Any:
    """The same data with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = rng.sample(list(value), len(value))
        return {key: shuffled(value[key], rng) for key in keys}
    return [shuffled(item, rng) for item in value] if isinstance(value, list) else value


@given(cases(unknown=0.2), st.randoms(use_true_random=False))
@tiers.examples(8, 16)
def test_the_form_of_a_file_does_not_change_a_receipt(case: dict[str, Any], rng: random.Random) -> None:
    other = shuffled(case, rng)
    texts = [json.dumps(other, indent=3), json.dumps(other, ensure_ascii=False, separators=(",", ":")), as_yaml(other)]
    assert {digest(read_case(parse_document(text)).to_json()) for text in texts} == {digest(read_case(case).to_json())}


@given(cases(unknown=0.1), st.data())
@tiers.examples(12, 24)
def test_any_other_fact_changes_a_receipt(case: dict[str, Any], data: st.DataObject) -> None:
    parsed = read_case(case)
    written = parsed.to_json()
    path = data.draw(st.sampled_from(sorted(flatten(written))))
    value = value_in(written, path)
    others: list[Any] = [not value, "2025-02-03", "2024-12-31", None, "other", "none", "employed", "0.02", 3, 12, []]
    other = data.draw(st.sampled_from([item for item in others if item != value or type(item) is not type(value)]))
    try:
        changed = parsed.with_values({path: other}) if data.draw(st.booleans()) else corrected(parsed, [Correction({}, (path,))])
    except CaseError:
        return
    assert digest(changed.to_json()) != digest(written)


# The list of properties


def test_the_page_of_properties_lists_these_tests_and_no_others() -> None:
    page, _, _ = ROOT.joinpath("docs", "properties.md").read_text("utf-8").partition("\n## ")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `(test_\w+)` \|$", page, re.MULTILINE)
    tests = [name for name, found in globals().items() if name.startswith("test_") and hasattr(found, "hypothesis")]
    assert [name for _, _, name in rows] == tests
    assert len({english for english, _, _ in rows}) == len(rows) == page.count("`test_")
    for english, chinese, _ in rows:
        assert re.match(r"[A-Z0-9].*\.$", english)
        assert re.match(r".*[\u4e00-\u9fff].*。$", chinese)
