"""Receipts: what their digests cover, what verifying one notices, and what deciding again says is to be paid or reclaimed."""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from support import strategies, tiers
from support.cases import read_case
from support.command import Cli, process
from support.paths import AMENDED, CASES, ROOT
from tiaoli import Case, CaseError, Oracle, Receipt, ReceiptError, Redecision, redecide, verify
from tiaoli.case.documents import read_document
from tiaoli.decide.receipt import canonical, digest
from tiaoli.receipts.correction import Correction, read_corrections
from tiaoli.receipts.receipt_comparison import flatten
from tiaoli.receipts.receipt_files import read_receipts, receipt_element, receipts_text
from tiaoli.receipts.receipt_oracles import ReceiptOracles
from tiaoli.receipts.verification import intact

FILES = (
    "06-carer-twelfth-month",
    "12-still-employed-sixth-month",
    "17-assessment-projects",
    "23-carer-unknown-record",
)
SECOND = ReceiptOracles("hrss-2024-20-amended", AMENDED)


def case_of(name: str) -> Case:
    return read_case(read_document(CASES / f"{name}.yaml"))


@pytest.fixture(scope="module")
def receipts(oracle: Oracle) -> list[Receipt]:
    return [oracle.receipt(case_of(name)) for name in FILES]


@pytest.fixture(scope="module")
def carer(receipts: list[Receipt]) -> Receipt:
    return receipts[0]


def resealed(receipt: Receipt, **changes: Any) -> Receipt:
    """The receipt with other contents, and with digests that fit them."""
    found = Receipt(**{**receipt.__dict__, **changes})
    found = Receipt(**{**found.__dict__, "parts": {name: digest(part) for name, part in found.content.items()}})
    return Receipt(**{**found.__dict__, "sha256": digest({**found.content, "parts": found.parts})})


# The canonical form


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, False, None, -7], "": {}}, '{"":{},"a":[true,false,null,-7],"b":1}'),
        # UTF-16 code units: a character beyond the first plane comes before U+FB33
        ({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "\r": 4, "1": 5}, '{"\\r":4,"1":5,"\u20ac":3,"\U0001f600":2,"\ufb33":1}'),
        ('\u0000\b\t\n\f\r\u001f\u007f"\\/é e\u0301', '"\\u0000\\b\\t\\n\\f\\r\\u001f\u007f\\"\\\\/é e\u0301"'),
        ([2**53 - 1, -(2**53 - 1), 0], "[9007199254740991,-9007199254740991,0]"),
    ],
)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any, text: str) -> None:
    assert canonical(value) == text.encode()


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, "\ud800", {"\udfff": 1}, [{"a": 1e300}]])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(ReceiptError):
        canonical(value)


def test_the_same_question_has_the_same_receipt(oracle: Oracle, carer: Receipt) -> None:
    again = Oracle().receipt(case_of(FILES[0]))
    assert again == carer
    assert again.made_at is None
    assert Receipt.read(json.loads(json.dumps(carer.to_json()))) == carer
    later = oracle.receipt(case_of(FILES[0]), made_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    assert (later.made_at, later.answer, intact(later)) == ("2026-01-02T03:04:00+00:00", carer.answer, True)
    assert later.sha256 != carer.sha256


# Verifying


def test_an_untouched_receipt_is_the_same(receipts: list[Receipt], oracle: Oracle) -> None:
    lean = oracle.receipt(case_of(FILES[1]), answer=oracle.decide(case_of(FILES[1])))
    narrow = oracle.receipt(case_of(FILES[0]), benefits=["care_route"], readings={"validity_anchor": "both", "limit_year": "calendar"})
    numbers = Oracle(parameters={"validity_to": "2026-11-13"}).receipt(case_of(FILES[0]), benefits=["care_route"])
    oracles = ReceiptOracles()
    for receipt in [*receipts, lean, narrow, numbers]:
        found = verify(Receipt.read(receipt.to_json()), oracles=oracles)
        assert (found.result, found.answer, found.differences) == ("same", "same", ())
    assert narrow.chosen_readings == {"validity_anchor": "both"}
    assert numbers.policy["parameters"] == {"validity_to": "2026-11-13"}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if path:
        yield path
    for key, inner in inside:
        yield from leaves(inner, (*path, key))


@given(st.data())
@tiers.examples(150, 600)
def test_any_single_edit_of_a_receipt_is_noticed(carer: Receipt, data: st.DataObject) -> None:
    document = copy.deepcopy(carer.to_json())
    *steps, last = data.draw(st.sampled_from(list(leaves(document))))
    here: Any = document
    for step in steps:
        here = here[step]
    kind = data.draw(st.sampled_from(["replace", "remove", "add"]))
    if kind == "replace":
        other: Any = data.draw(st.sampled_from([None, True, 0, 1, "", "met", "eligible", "not_eligible", "1950.01", "2025-11-29", [], {}]))
        assume(json.dumps(other) != json.dumps(here[last]))
        here[last] = other
    elif kind == "remove":
        del here[last]
    elif isinstance(here, dict):
        here[f"{last}_"] = here[last]
    else:
        here.insert(last, here[last])
    try:
        receipt = Receipt.read(document)
    except ReceiptError:
        return
    assert not intact(receipt)


@pytest.mark.parametrize(
    ("part", "path", "value", "kind"),
    [
        ("case", ("certificates", 0, "issued"), "2024-12-01", "facts"),
        ("case", ("certificates", 0, "issued"), "yesterday", "facts"),
        ("answer", ("decisions", 0, "amount"), "2950.00", "answer"),
        ("answer", ("decisions", 1, "outcome"), "eligible", "answer"),
        ("answer", ("decisions", 1, "conditions", 0, "status"), "met", "answer"),
        ("readings", ("limit_year",), "rolling", "readings"),
        ("policy", ("files", "policy/notice.md"), "sha256:0", "policy"),
        ("tool", ("clingo",), "5.0.0", "version"),
    ],
)
def test_an_edit_is_named_by_what_it_touched(carer: Receipt, part: str, path: tuple[Any, ...], value: Any, kind: str) -> None:
    document = copy.deepcopy(carer.to_json())
    here = document[part]
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    found = verify(Receipt.read(document))
    assert found.result == "different"
    assert found.differences[0].kind == kind
    assert found.differences[0].where == part


def test_a_forged_answer_with_new_digests_is_noticed_by_asking_again(carer: Receipt) -> None:
    answer = copy.deepcopy(dict(carer.answer))
    answer["decisions"][0]["amount"] = "2950.00"
    answer["decisions"][1]["outcome"] = "eligible"
    answer["decisions"][1]["conditions"][0]["status"] = "met"
    found = verify(resealed(carer, answer=answer))
    assert (found.result, found.answer) == ("different", "different")
    assert {(item.kind, item.where) for item in found.differences} == {
        ("answer", "decisions.skill_uplift.c1.amount"),
        ("answer", "decisions.special_ability.c1.outcome"),
        ("answer", "decisions.special_ability.c1.conditions.certificate_kind.status"),
    }
    first = found.differences[0]
    assert (first.before, first.now) == ("2950.00", "1560.00")
    swapped = copy.deepcopy(dict(carer.answer))
    swapped["decisions"].reverse()
    assert [item.where for item in verify(resealed(carer, answer=swapped)).differences] == ["decisions"]


def test_forged_facts_with_new_digests_are_noticed_where_they_matter_or_by_the_digest_on_paper(carer: Receipt) -> None:
    case = copy.deepcopy(dict(carer.case))
    case["employments"][0]["end"] = "2025-12-14"
    forged = resealed(carer, case=case)
    assert "decisions.care_route.c1.outcome" in [item.where for item in verify(forged).differences]
    case["employments"][0]["end"], case["certificates"][0]["level"] = None, 1
    forged = resealed(carer, case=case)
    assert verify(forged).result == "same"
    assert [item.kind for item in verify(forged, sha256=carer.sha256).differences] == ["receipt"]
    spaced = " ".join(carer.sha256.removeprefix("sha256:").upper()[start : start + 8] for start in range(0, 64, 8))
    assert verify(carer, sha256=spaced).result == "same"
    (apart,) = verify(forged, case=case_of(FILES[0])).differences
    assert (apart.kind, apart.where, apart.before, apart.now) == ("facts", "certificates.c1.level", 1, 4)


def test_another_version_of_the_tool_is_said_and_the_answer_compared(carer: Receipt) -> None:
    found = verify(resealed(carer, tool={"tiaoli": "0.0.9", "clingo": carer.tool["clingo"]}))
    assert (found.result, found.answer) == ("different", "same")
    assert [(item.kind, item.where, item.before) for item in found.differences] == [("version", "tiaoli", "0.0.9")]


def test_another_policy_is_said_with_its_files(carer: Receipt, tmp_path: Path) -> None:
    for folder in ("policy", "encodings"):
        shutil.copytree(ROOT / folder / "hrss-2024-20", tmp_path / folder / "hrss-2024-20")
    numbers = tmp_path / "policy/hrss-2024-20/parameters.toml"
    numbers.write_text(f"# looked over\n{numbers.read_text('utf-8')}", "utf-8")
    found = verify(carer, oracles=ReceiptOracles(None, tmp_path))
    assert (found.result, found.answer) == ("different", "same")
    assert [item.where for item in found.differences] == ["hrss-2024-20", "policy/parameters.toml"]
    found = verify(carer, oracles=SECOND)
    assert found.answer == "different"
    assert {"encodings/c03_care.lp", "policy/source.txt"} < {item.where for item in found.differences if item.kind == "policy"}
    absent = verify(carer, oracles=ReceiptOracles(None, AMENDED))
    assert (absent.result, absent.answer, [item.kind for item in absent.differences]) == ("different", None, ["policy"])


def test_a_receipt_that_a_limit_cut_short_is_not_called_different(oracle: Oracle) -> None:
    cut = oracle.receipt(case_of(FILES[-1]), limit=1e-9)
    assert cut.answer["limit_reached"] is True
    found = verify(cut)
    assert (found.result, found.answer, found.limit_reached) == ("unknown", "unknown", True)


# Deciding again


def brute(old: Oracle, new: Oracle, case: Case, changed: Case) -> dict[tuple[str, str], Decimal | None]:
    """The decisions that differ and the difference of their amounts, decided both ways and subtracted."""
    before, after = ({(d.benefit, d.subject): d for d in one.decide(item).decisions} for one, item in ((old, case), (new, changed)))
    found: dict[tuple[str, str], Decimal | None] = {}
    for key, one in before.items():
        other = after[key]
        if (one.outcome, one.amount, one.amount_range) != (other.outcome, other.amount, other.amount_range):
            pays = old.policy.benefits[key[0]].has_amount
            amounts = [Decimal(0) if item.outcome == "not_eligible" else item.amount for item in (one, other)]
            found[key] = None if not pays or None in amounts else (amounts[1] or Decimal(0)) - (amounts[0] or Decimal(0))
    return found


def check(found: Redecision, wanted: dict[tuple[str, str], Decimal | None], old: Oracle) -> None:
    assert found.refused == []
    assert {(item.benefit, item.subject): item.difference for item in found.changes} == wanted
    for item in found.changes:
        pays = old.policy.benefits[item.benefit].has_amount
        if item.difference is None:
            assert item.action == ("unknown" if pays else "none")
        else:
            assert (item.action == "pay") == (item.difference > 0)
            assert (item.action == "reclaim") == (item.difference < 0)
    amounts = [amount for amount in wanted.values() if amount is not None]
    assert found.total.to_pay - found.total.to_reclaim == sum(amounts)
    assert found.total.unknown == sum(item.action == "unknown" for item in found.changes)
    assert sum(item.changed for item in found.benefits.values()) == found.total.changed == len(wanted)


@pytest.mark.parametrize("seed", range(7))
def test_corrected_facts_come_out_as_deciding_both_and_subtracting(oracle: Oracle, seed: int) -> None:
    rng = random.Random(seed)
    case = read_case(strategies.random_case(rng, unknown=0.03 if seed % 4 == 0 else 0.0))
    written = flatten(case.to_json())
    changes: dict[str, Any] = {}
    for path in rng.sample(sorted(written), min(6, len(written))):
        value = written[path]
        day = rng.choice(["2025-01-02", "2024-12-20"])
        other: Any = not value if isinstance(value, bool) else day if str(value)[:2] == "20" else "other"
        try:
            case.with_values({**changes, path: other})
            changes[path] = other
        except CaseError:
            pass
    assume_changes = {path: value for path, value in changes.items() if path != "id"}
    receipt = oracle.receipt(case, answer=oracle.decide(case))
    found = redecide([receipt], corrections=[Correction(assume_changes, case=case.id)])
    check(found, brute(oracle, oracle, case, case.with_values(assume_changes)), oracle)


def test_another_version_comes_out_as_deciding_both_and_subtracting(oracle: Oracle, receipts: list[Receipt]) -> None:
    amended = SECOND.of(receipts[0])
    changed = 0
    for receipt in receipts:
        case = read_case(receipt.case)
        wanted = brute(oracle, amended, case, case)
        check(redecide([receipt], policies=SECOND), wanted, oracle)
        changed += len(wanted)
    assert changed


def test_a_change_bears_its_money_its_conditions_and_its_reasons(carer: Receipt) -> None:
    found = redecide([carer], corrections=[Correction({"employments.e1.end": "2025-12-14"})])
    uplift, route = found.changes
    assert (uplift.benefit, uplift.action, uplift.difference) == ("skill_uplift", "reclaim", Decimal("-1560.00"))
    assert (route.benefit, route.action, route.difference) == ("care_route", "none", None)
    assert [(item.id, item.before, item.after) for item in route.conditions] == [("still_in_post", "met", "unmet")]
    assert route.facts == (("employments.e1.end", None, "2025-12-14"),)
    for change in (uplift, route):
        ground = change.reasons[0]
        assert ground.clause == "（三）"
        assert "employments.e1.end" in ground.facts
        assert "2025-12-14 < 2025-12-15" in ground.statement.en
    assert found.to_json()["total"] == {"changed": 2, "to_pay": "0.00", "to_reclaim": "1560.00", "unknown": 0}


def test_a_number_of_another_version_is_the_reason_for_another_amount(oracle: Oracle) -> None:
    receipt = oracle.receipt(case_of("01-annotator-first-day"))
    (change,) = redecide([receipt], policies=SECOND).changes
    assert (change.action, change.difference, change.conditions) == ("pay", Decimal("160.00"), ())
    assert [ground.statement.en for ground in change.reasons] == ["subsidy standard for a special-ability certificate: 1,200.00 CNY"]


def test_an_unknown_amount_stays_unknown(oracle: Oracle) -> None:
    written = case_of(FILES[0]).to_json()
    del written["certificates"][0]["base_standard_cny"]
    receipt = oracle.receipt(written)
    found = redecide([receipt], corrections=[Correction({"employments.e1.end": "2025-12-14"})])
    assert found.changes[0].to_json()["difference"] is None
    assert (found.changes[0].action, found.total.unknown, found.total.to_reclaim) == ("unknown", 1, Decimal(0))
    lost = redecide([oracle.receipt(case_of(FILES[0]))], corrections=[Correction({}, ("certificates.c1.base_standard_cny",))])
    assert [(item.benefit, item.action) for item in lost.changes] == [("skill_uplift", "unknown")]
    # granted as before, with an amount that was and is unknown: that it is the same is not claimed, unless nothing it rests on changed
    still = redecide([receipt], corrections=[Correction({"employments.e1.start": "2025-11-29"})])
    assert (still.changes, [item["benefit"] for item in still.unclear]) == ([], ["skill_uplift"])
    (fact,) = lost.changes[0].to_json()["facts"]
    assert fact == {"path": "certificates.c1.base_standard_cny", "from": "1500.00", "to": None, "unset": True}
    unrelated = redecide([receipt], corrections=[Correction({"person.school_in_shanghai": True})])
    assert (unrelated.changes, unrelated.unclear) == ([], [])


def test_decisions_that_exclude_one_another_are_marked(oracle: Oracle) -> None:
    case = {
        "id": "X",
        "applied_on": "2025-06-01",
        "person": {"status": "employed", "civil_servant": False, "public_institution_post": "none"},
        "certificates": [
            {"id": name, "kind": "special_ability", "domain": "ai_data_annotation", "issued": "2023-03-01", "meets_city_rules": True}
            for name in ("c1", "c2")
        ],
        "applications": [],
    }
    corrections = [Correction({f"certificates.{name}.issued": "2025-03-01" for name in ("c1", "c2")})]
    found = redecide([oracle.receipt(case)], corrections=corrections)
    assert [(item.subject, item.excludes) for item in found.changes] == [
        ("c1", (("special_ability", "c2"),)),
        ("c2", (("special_ability", "c1"),)),
    ]


def test_a_receipt_that_was_changed_is_not_decided_again(receipts: list[Receipt]) -> None:
    touched = Receipt(**{**receipts[0].__dict__, "case": {**receipts[0].case, "applied_on": "2025-12-16"}})
    found = redecide([touched, receipts[1]])
    assert [position for position, _ in found.refused] == [0]
    assert (found.receipts, found.changes) == (1, [])


def test_corrections_are_read_strictly() -> None:
    good = [{"case": "A", "set": {"person.status": "other"}, "unset": ["certificates.c1.level"]}, {"receipt": "sha256:0", "set": {"x": 1}}]
    assert [(item.case, item.receipt, item.unset) for item in read_corrections(good, "p.yaml")] == [
        ("A", None, ("certificates.c1.level",)),
        (None, "sha256:0", ()),
    ]
    bad: list[Any] = ["x", {"set": {"a": 1}}, {"case": 5, "sett": {}}, {"case": "A", "set": {"a": 1}, "unset": ["a"]}]
    with pytest.raises(ReceiptError) as caught:
        read_corrections(bad, "p.yaml")
    assert [item.where for item in caught.value.problems] == [
        "p.yaml[0]",
        "p.yaml[1]",
        "p.yaml[2].sett",
        "p.yaml[2].case",
        "p.yaml[2]",
        "p.yaml[3].unset `a`",
    ]
    with pytest.raises(ReceiptError):
        read_corrections({"case": "A"}, "p.yaml")


def test_a_correction_for_nobody_or_against_another_is_refused(carer: Receipt) -> None:
    with pytest.raises(ReceiptError, match="did you mean `SH-2025-0106`"):
        redecide([carer], corrections=[Correction({"person.status": "other"}, case="SH-2025-016")])
    two = [Correction({"person.status": word}, case="SH-2025-0106") for word in ("other", "unemployed")]
    assert "contradict" in str(redecide([carer], corrections=two).refused[0][1])
    gone = redecide([carer], corrections=[Correction({}, ("employments.e9.end",))])
    assert gone.refused[0][1].problems[0].where == "employments.e9.end"


# Files and the command line


RECLAIM = Correction({"employments.e1.end": "2025-12-01"})


def test_a_receipt_that_is_given_twice_counts_once(carer: Receipt, oracle: Oracle) -> None:
    once = redecide([carer], corrections=[RECLAIM])
    assert once.total.to_reclaim > 0
    later = oracle.receipt(read_case(carer.case), made_at=datetime(2026, 1, 5, 9, tzinfo=UTC))
    assert later.sha256 != carer.sha256
    for several in ([carer, carer], [carer, later], [later, carer, later]):
        found = redecide(several, corrections=[RECLAIM])
        assert (found.receipts, found.total.to_reclaim) == (1, once.total.to_reclaim)
        assert [position for position, _ in found.refused] == list(range(1, len(several)))
        for _, error in found.refused:
            assert several[0].sha256 in str(error)


def other(oracle: Oracle, receipt: Receipt, **asked: Any) -> Receipt:
    """A receipt of the same case with another certificate, under the same id."""
    case = json.loads(json.dumps(receipt.case))
    case["certificates"][0]["level"] = 5
    return oracle.receipt(case, **asked)


def test_receipts_that_contradict_each_other_count_neither_way(carer: Receipt, oracle: Oracle, receipts: list[Receipt]) -> None:
    second = other(oracle, carer)
    rest = [receipt for receipt in receipts if receipt.case["id"] != carer.case["id"]]
    found = redecide([carer, *rest, second])
    assert [position for position, _ in found.refused] == [0, len(rest) + 1]
    assert found.receipts == len(rest)
    assert second.sha256 in str(found.refused[0][1])
    assert carer.sha256 in str(found.refused[1][1])
    # where only one decision is of both, and where all but one say the same
    narrow = other(oracle, carer, benefits=["care_route"])
    assert [position for position, _ in redecide([carer, narrow]).refused] == [0, 1]
    assert [position for position, _ in redecide([carer, carer, second]).refused] == [0, 1, 2]


def test_another_day_or_another_subject_is_another_decision(carer: Receipt, oracle: Oracle) -> None:
    case = json.loads(json.dumps(carer.case))
    later = oracle.receipt({**case, "applied_on": "2025-12-20"})
    renamed = oracle.receipt({**case, "certificates": [{**case["certificates"][0], "id": "c9"}]})
    found = redecide([carer, later, renamed])
    assert (found.refused, found.receipts) == ([], 3)


GONE = [
    Correction({"certificates.c1.id": "c2"}),
    Correction({"certificates": [{"id": "c2"}]}),
    Correction({"employments.e1.id": "e2"}),
    Correction({}, unset=("certificates",)),
    Correction({}, unset=("certificates.c1",)),
    Correction({}, unset=("certificates.c1.id",)),
    Correction({}, unset=("id",)),
    Correction({"employments.e1.registry": {}, "employments.e1.registry.in_post": True}),
]


@pytest.mark.parametrize("correction", GONE, ids=repr)
def test_a_correction_changes_facts_and_leaves_items(carer: Receipt, correction: Correction) -> None:
    found = redecide([carer], corrections=[correction])
    assert (found.receipts, found.decisions, found.changes) == (0, 0, [])
    ((_, error),) = found.refused
    assert isinstance(error, CaseError)


def test_receipts_are_found_in_json_in_lines_and_in_a_page(receipts: list[Receipt], tmp_path: Path) -> None:
    hostile = resealed(receipts[0], case={**receipts[0].case, "id": "</script><!--<script>&amp; \u202e"})
    for name, text, wanted in [
        ("one.json", receipts_text(receipts[:1]), receipts[:1]),
        ("many.jsonl", f"{receipts_text(receipts)}\n", receipts),
        ("line.jsonl", receipts_text(receipts).splitlines()[0], receipts[:1]),
        ("page.html", f"<!doctype html><p>{receipt_element(hostile)}</p>", [hostile]),
    ]:
        (tmp_path / name).write_text(text, "utf-8")
        assert [found for _, found in read_receipts(str(tmp_path / name))] == wanted
    for text in ("", "<p>", f"<p>{receipt_element(hostile) * 2}", "id: A", "[]", "{", '{"receipt": 1}', receipts_text(receipts[:1])[:-3]):
        (tmp_path / "bad").write_text(text, "utf-8")
        assert [type(found) for _, found in read_receipts(str(tmp_path / "bad"))] == [ReceiptError]
    lines = [*receipts_text(receipts[:2]).splitlines(), "{", '{"a": 1}']
    (tmp_path / "mixed.jsonl").write_text("\n".join(lines), "utf-8")
    assert [isinstance(found, Receipt) for _, found in read_receipts(str(tmp_path / "mixed.jsonl"))] == [True, True, False, False]


def test_a_receipt_from_the_command_line_is_the_oracles(cli: Cli, carer: Receipt, tmp_path: Path) -> None:
    target = tmp_path / "receipt.json"
    ran = cli("decide", str(CASES / f"{FILES[0]}.yaml"), "--receipt", str(target), "--lang", "en")
    assert ran.code == 0
    assert f"receipt {carer.sha256}" in ran.out
    assert json.loads(target.read_text("utf-8")) == carer.to_json()
    assert cli("verify", str(target), "--lang", "zh").out.startswith("一致")
    ran = cli("verify", str(target), "--json", "--sha256", "0" * 64)
    assert ran.code == 1
    assert json.loads(ran.out)["differences"][0]["kind"] == "receipt"
    ran = cli("decide", str(CASES / f"{FILES[0]}.yaml"), "--json", "--receipt", str(target), "--made-at", "2026-01-02T03:04:00+08:00")
    assert json.loads(ran.out) == carer.answer
    assert json.loads(target.read_text("utf-8"))["made_at"] == "2026-01-02T03:04:00+08:00"
    assert cli("verify", str(target)).code == 0


def test_receipts_that_cannot_be_written_or_read_are_an_error(cli: Cli, tmp_path: Path) -> None:
    ran = cli("decide", str(CASES / f"{FILES[0]}.yaml"), "--receipt", str(tmp_path / "no" / "a.json"))
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be written" in ran.err
    assert cli("decide", str(CASES / f"{FILES[0]}.yaml"), "--receipt", str(tmp_path / "a"), "--made-at", "today").code == 2
    assert cli("verify", str(tmp_path / "absent.json")).code == 2
    assert cli("verify", str(CASES / f"{FILES[0]}.yaml"), "--policy", "hrss-2024-2").code == 2


def test_many_receipts_are_lines_and_are_decided_again_together(cli: Cli, tmp_path: Path) -> None:
    target, patch = str(tmp_path / "all.jsonl"), tmp_path / "patch.yaml"
    files = [str(CASES / f"{name}.yaml") for name in FILES[:2]]
    assert cli("decide", *files, "--receipt", target, "--json").code == 0
    ran = cli("verify", target, "--json")
    assert (ran.code, [json.loads(line)["result"] for line in ran.out.splitlines()]) == (0, ["same", "same"])
    patch.write_text("- case: SH-2025-0106\n  set: {employments.e1.end: 2025-12-14}\n", "utf-8")
    ran = cli("redecide", target, "--patch", str(patch), "--json")
    found = json.loads(ran.out)
    assert ran.code == 0
    assert [(item["benefit"], item["action"], item["difference"]) for item in found["changes"]] == [
        ("skill_uplift", "reclaim", "-1560.00"),
        ("care_route", "none", None),
    ]
    ran = cli("redecide", target, "--patch", str(patch), "--lang", "zh")
    assert "应追回 1,560.00 元" in ran.out
    assert "更正 employments.e1.end：null → 2025-12-14" in ran.out
    ran = cli("redecide", target, "--policy", str(AMENDED), "--lang", "en")
    assert "to be reclaimed 1,560.00 CNY" in ran.out
    ran = cli("redecide", target, "--set", "employments.e1.end=2025-12-14", "--lang", "en")
    # the other receipt has no such employment
    assert (ran.code, "to be reclaimed 1,560.00 CNY" in ran.out, "employments" in ran.err) == (2, True, True)


def test_standard_input_carries_receipts(carer: Receipt) -> None:
    assert process("redecide", "-", "--reading", "validity_anchor=both", "--lang", "en", stdin=receipts_text([carer])).code == 0


# Receipts of earlier formats


OLDER = Path(__file__).with_name("format-1.json")
"""A receipt of the first file, as it was made when answers were in format 1."""


def in_format_1(value: Any) -> Any:
    """An answer, or a part of one, as format 1 said it."""
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key not in ("currency", "notes", "standard")}
        named = {f"{key}_cny" if key in ("amount", "amount_range") else key: in_format_1(inner) for key, inner in kept.items()}
        return named | ({"format": 1} if "format" in named else {})
    return [in_format_1(inner) for inner in value] if isinstance(value, list) else value


def test_a_receipt_that_was_made_in_format_1_is_read() -> None:
    older = Receipt.read(json.loads(OLDER.read_text("utf-8")))
    assert intact(older)
    assert older.answer["decisions"][0]["amount_cny"] == older.answer_today["decisions"][0]["amount"] == "1950.00"
    assert (older.answer_today["format"], older.answer_today["currency"]) == (2, "CNY")
    assert in_format_1(older.answer_today) == older.answer


def test_a_receipt_of_format_1_is_verified_and_decided_again(receipts: list[Receipt]) -> None:
    for receipt in receipts:
        older = resealed(receipt, answer=in_format_1(receipt.answer))
        found = verify(older)
        assert (intact(older), found.result, found.differences) == (True, "same", ())
    older = resealed(receipts[0], answer=in_format_1(receipts[0].answer))
    again = redecide([older], corrections=[Correction({"employments.e1.end": "2025-12-14"})])
    assert [(item.benefit, item.difference) for item in again.changes] == [("skill_uplift", Decimal("-1560.00")), ("care_route", None)]
    assert again.to_json()["currency"] == "CNY"


def test_a_changed_receipt_of_format_1_is_noticed() -> None:
    document = json.loads(OLDER.read_text("utf-8"))
    document["answer"]["decisions"][0]["amount_cny"] = "2950.00"
    assert not intact(Receipt.read(document))
    del document["answer"]["decisions"][0]["amount_cny"]
    with pytest.raises(ReceiptError, match=r"answer\.decisions"):
        Receipt.read(document)


def test_a_receipt_of_a_format_to_come_is_refused_with_a_cure(carer: Receipt) -> None:
    document = copy.deepcopy(carer.to_json())
    document["answer"]["format"] = 3
    with pytest.raises(ReceiptError, match="use the version that made the receipt"):
        Receipt.read(document)


def test_amounts_in_different_currencies_are_not_taken_from_one_another(carer: Receipt, tmp_path: Path) -> None:
    elsewhere = in_another_currency(tmp_path)
    found = redecide([carer], policies=elsewhere)
    assert [position for position, _ in found.refused] == [0]
    assert "CNY" in str(found.refused[0][1])
    assert "HKD" in str(found.refused[0][1])
    assert found.to_json()["currency"] is None
    assert "decisions.skill_uplift.c1.amount" not in [item.where for item in verify(carer, oracles=elsewhere).differences]
    assert "currency" in [item.where for item in verify(carer, oracles=elsewhere).differences]
    theirs = elsewhere.of(carer).receipt(case_of(FILES[1]))
    assert theirs.answer["currency"] == "HKD"
    assert [position for position, _ in redecide([carer, theirs]).refused] == [1]


def in_another_currency(root: Path) -> ReceiptOracles:
    """The shipped policy, its amounts in another currency."""
    for folder in ("policy", "encodings"):
        shutil.copytree(ROOT / folder, root / folder)
    file = root / "policy" / "hrss-2024-20" / "policy.toml"
    file.write_text(file.read_text("utf-8").replace('code = "CNY"', 'code = "HKD"'), "utf-8")
    return ReceiptOracles(policy_root=root)
