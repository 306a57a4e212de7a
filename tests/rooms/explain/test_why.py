"""Why and why not as they are asked: the oracle's call, the command, the shapes of an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notices.hrss_2024_20.samples import application, care, job, special, trainee
from notices.hrss_2024_20.samples import directed as class_of
from support import tiers
from support.paths import CASES
from tiaoli import CallError, CaseError, Oracle
from tiaoli.case.documents import read_document
from tiaoli.cli.main import run
from tiaoli.explain.explanation import Explanation, Node, shared

Item = dict[str, Any]
LATE, IN_TIME = CASES / "07-carer-one-day-late.yaml", CASES / "06-carer-twelfth-month.yaml"
UNKNOWN, EIGHTY = CASES / "23-carer-unknown-record.yaml", CASES / "10-class-at-eighty.yaml"


def document(path: Path) -> Any:
    return read_document(path)


def statements(tree: Node, status: str | None = None) -> list[str]:
    return [node.statement.en for node in tree.walk() if status in (None, node.status)]


def leaves(tree: Node, status: str) -> list[Node]:
    return [node for node in tree.walk() if node.status == status and not node.children]


# What is answered


def test_a_refusal_says_by_how_much_and_on_which_facts(oracle: Oracle) -> None:
    found = oracle.why_not(document(LATE), "care_route", "c1")
    (leaf,) = set(leaves(found.tree, "fails"))
    assert leaf.statement.zh == "e1 任职起始日期 2025-12-01 > 2025-11-30（自证书核发之日起12个月），晚1日"
    assert leaf.statement.en == "first day of employment of e1 2025-12-01 > 2025-11-30 (12 months from the issue date), 1 day late"
    assert leaf.facts == ("employments.e1.start", "certificates.c1.issued")
    assert leaf.margin is not None
    assert leaf.margin.zh == "晚1日"
    assert (leaf.clause, leaf.rule) == ("（三）", "c03_care.lp:35")
    assert found.answered == ("why-not",)


def test_a_grant_rests_on_the_facts_of_the_case(oracle: Oracle) -> None:
    found = oracle.why(document(IN_TIME), "care_route")
    facts = {path for node in found.tree.walk() for path in node.facts}
    assert {"employments.e1.start", "certificates.c1.issued", "employments.e1.registry.in_post", "applied_on"} <= facts
    assert leaves(found.tree, "fails") == [node for node in leaves(found.tree, "fails") if node.kind == "total"]
    said = "任职起始日期 2025-11-30 ≤ 2025-11-30（自证书核发之日起12个月）"
    assert any(said in node.statement.zh for node in found.tree.walk())


def test_the_wrong_question_is_answered_with_the_other(oracle: Oracle) -> None:
    granted, refused = oracle.why_not(document(IN_TIME), "care_route"), oracle.why(document(LATE), "care_route")
    assert (granted.asked, granted.answered, granted.outcome) == ("why-not", ("why",), "eligible")
    assert (refused.asked, refused.answered, refused.outcome) == ("why", ("why-not",), "not_eligible")
    assert granted.tree.to_json() == oracle.why(document(IN_TIME), "care_route").tree.to_json()


def test_an_unknown_outcome_answers_both(oracle: Oracle) -> None:
    found = oracle.why(document(UNKNOWN), "care_route")
    assert (found.outcome, found.answered) == ("unknown", ("why", "why-not"))
    assert found.missing == ("employments.e1.registry",)
    assert {path for node in leaves(found.tree, "unknown") for path in node.facts} == {"employments.e1.registry"}
    assert "有无登记" in leaves(found.tree, "unknown")[0].statement.zh


def test_a_condition_by_itself(oracle: Oracle) -> None:
    found = oracle.why(document(LATE), "care_route", condition="still_in_post")
    assert (found.outcome, found.condition, found.answered, found.tree.kind) == ("not_eligible", "still_in_post", ("why",), "condition")
    assert "employments.e1.registry.in_post" in {path for node in found.tree.walk() for path in node.facts}


def test_readings_are_part_of_the_reason(oracle: Oracle) -> None:
    """In the short form where one is chosen, in the full form always; what rests on another reading is named as that."""
    case = document(IN_TIME)
    chosen = oracle.why(case, "care_route", readings={"care_post": "same"})
    assert next(node.statement.zh for node in chosen.tree.walk() if node.kind == "reading").startswith("对“养老、家政行业用人单位的")
    assert not [node for node in oracle.why(case, "care_route").tree.walk() if node.kind == "reading"]
    full = oracle.why(case, "care_route", full=True)
    assert "care_post" in " ".join(node.statement.en for node in full.tree.walk() if node.kind == "reading")
    trade = {"industry": "domestic_service", "post": "domestic_service"}
    other = care(job(**trade))
    refused = oracle.why_not(other, "care_route", condition="employed_in_time", readings={"care_post": "same"}, full=True)
    assert any(node.kind == "reading" and node.status == "fails" for node in refused.tree.walk())


def test_an_amount_is_explained_with_its_sum(oracle: Oracle) -> None:
    found = oracle.why(document(EIGHTY), "directed_training_first")
    said = statements(found.tree)
    assert "the amount of directed-training subsidy, first instalment for training class k1 is 3,750.00 CNY" in said
    assert "trainees of class k1 for whom directed-training subsidy, first instalment is paid: 5" in said
    assert "4 of 5 found work = 80 %, at least 80 % wanted" in said


def test_a_rate_is_never_rounded_up_to_its_bound(oracle: Oracle) -> None:
    members = [trainee(f"t{number}") for number in range(799)] + [trainee(f"x{number}", passed=False) for number in range(201)]
    found = oracle.why(class_of(*members), "directed_training_first")
    (said,) = {text for text in statements(found.tree) if "found work =" in text}
    assert said == "799 of 1000 found work = 79.9 %, at least 80 % wanted"


@pytest.mark.parametrize(
    ("applied_on", "issued", "status", "margin"),
    [
        ("2025-06-01", "2024-11-13", "fails", "1 day early"),
        ("2025-06-01", "2024-11-14", "holds", None),
        ("2026-06-01", "2025-11-13", "holds", None),
        ("2026-06-01", "2025-11-14", "fails", "1 day late"),
        ("2026-06-01", "2025-12-14", "fails", "31 days late"),
        ("2025-06-01", "2025-06-02", "fails", "1 day after the application: not yet"),
    ],
)
def test_the_margin_of_the_validity_window(oracle: Oracle, applied_on: str, issued: str, status: str, margin: str | None) -> None:
    found = oracle.why(special(applied_on, issued=issued), "special_ability", condition="in_force")
    assert found.tree.status == status
    margins = [node.margin.en for node in found.tree.walk() if node.margin is not None]
    assert margins == ([margin] if margin else [])


@pytest.mark.parametrize(("applied_on", "margin"), [("2026-02-28", None), ("2026-03-01", "1 day late"), ("2026-03-02", "2 days late")])
def test_a_strict_comparison_counts_the_day_that_is_missing(oracle: Oracle, applied_on: str, margin: str | None) -> None:
    """The rolling year uses up the applications before its last day, and on that day no more."""
    case = special(applied_on, issued="2025-06-01", applications=[application("2025-03-01")])
    found = oracle.why(case, "special_ability", condition="annual_limit", readings={"limit_year": "rolling"}, full=True)
    assert found.tree.status == ("fails" if margin is None else "holds")
    assert [node.margin.en for node in found.tree.walk() if node.margin is not None] == ([] if margin is None else [margin])


def test_what_is_absent_and_the_nearest_that_is_there(oracle: Oracle) -> None:
    certificate = {"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-15", "issued": "2025-03-01"}
    case = {"id": "N", "applied_on": "2025-06-01", "certificates": [certificate]}
    listed = oracle.why_not(case, "skill_uplift", condition="catalogue_listed")
    assert leaves(listed.tree, "fails")[0].statement.zh == "职业编码4-10-01-15未列入附件目录（表中最接近的是4-10-01-05（养老护理员））"
    jobless = oracle.why_not(case, "care_route", condition="employed_in_time")
    assert [node.statement.zh for node in leaves(jobless.tree, "fails")] == ["案件未提供任职清单，按没有任职处理"]
    assert leaves(jobless.tree, "fails")[0].facts == ("employments",)
    agreed = oracle.why_not(document(CASES / "15-class-without-trainees-signature.yaml"), "directed_training_first", condition="agreement")
    assert leaves(agreed.tree, "fails")[0].statement.zh.endswith("（已签订的有：用人单位、区就业促进中心、培训实施机构）")


def test_of_two_ways_that_miss_by_as_much_the_one_of_which_more_holds_is_closer(oracle: Oracle) -> None:
    case = document(CASES / "20-commissioned-institution.yaml")
    found = oracle.why_not(case, "institution_commission", "n2", condition="activity")
    assert [leaf.facts for leaf in leaves(found.tree, "fails")] == [("engagements.n2.matches_core_business",)]


def test_a_record_that_is_not_there_is_said_once(oracle: Oracle) -> None:
    case = care(job(registry=None))
    found = oracle.why_not(case, "care_route", condition="registered")
    assert {node.statement.en for node in leaves(found.tree, "fails")} == {"there is no registry record of employment e1"}


def test_an_earlier_application_that_uses_the_year_up_is_named(oracle: Oracle) -> None:
    found = oracle.why_not(document(CASES / "21-second-claim-same-year.yaml"), "skill_uplift", condition="annual_limit")
    facts = {path for node in found.tree.walk() for path in node.facts}
    assert {"applications.p1.date", "applications.p1.kind", "applications.p1.status"} <= facts


# The shape of the answer


@tiers.slow
def test_the_short_form_is_one_page(oracle: Oracle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    for number, path in enumerate(sorted(CASES.glob("*.yaml"))):
        for decision in oracle.decide(document(path)).decisions:
            code = run(["why-not", str(path), decision.benefit, decision.subject, "--lang", "zh"])
            shown = capsys.readouterr().out.splitlines()
            assert code == 0
            assert len(shown) <= (60 if decision.outcome == "not_eligible" else 100), f"{number} {decision.benefit} {decision.subject}"


def test_a_class_of_500_stays_readable(oracle: Oracle, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    members = [
        trainee(f"t{number}", passed=number % 10 != 0, employed_on=None if number % 7 == 0 else "2025-05-01") for number in range(500)
    ]
    path = tmp_path / "class.json"
    path.write_text(json.dumps(class_of(*members)), "utf-8")
    assert run(["why", str(path), "directed_training_first", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) <= 105
    full = oracle.why(class_of(*members), "directed_training_first", full=True)
    assert sum(1 for _ in full.tree.walk()) > 3000
    assert len(json.dumps(full.to_json())) < 10_000_000


def nodes(tree: Item) -> Iterator[Item]:
    yield tree
    for child in tree.get("children", ()):
        yield from nodes(child)


def test_json_has_the_keys_of_the_format_and_shared_parts_once(oracle: Oracle) -> None:
    found = oracle.why(document(IN_TIME), "care_route", full=True)
    plain = json.loads(json.dumps(found.to_json()))
    assert {"case", "benefit", "subject", "asked", "outcome", "tree"} <= plain.keys()
    assert (plain["case"], plain["asked"], plain["outcome"]) == ("SH-2025-0106", "why", "eligible")
    written = list(nodes(plain["tree"]))
    refs = [node["ref"] for node in written if "ref" in node]
    ids = [node["id"] for node in written if "id" in node]
    assert refs
    assert set(refs) == set(ids)
    assert len(ids) == len(set(ids))
    for node in written:
        if "ref" in node:
            assert node.keys() == {"ref"}
        else:
            assert {"statement", "status", "role", "clause", "quote", "facts", "children"} <= node.keys()
            assert node["statement"].keys() == {"zh", "en"}
            assert node["status"] in ("holds", "fails", "unknown")
            assert node["role"] in ("for", "against", None)
    # nothing is written twice
    whole = [json.dumps(node, sort_keys=True) for node in written if node.get("children")]
    assert len(whole) == len(set(whole))


def test_quotes_are_the_notices_own_words(oracle: Oracle) -> None:
    for full in (False, True):
        for node in oracle.why(document(IN_TIME), "care_route", full=full).tree.walk():
            if node.anchor is not None:
                sentence = oracle.policy.sentences[node.anchor]
                assert node.quote
                assert node.quote in sentence.text
                assert node.clause == sentence.clause


def test_depth_cuts_and_counts(oracle: Oracle) -> None:
    whole = oracle.why(document(IN_TIME), "care_route", full=True)
    for depth in (0, 1, 2, 5):
        cut = oracle.why(document(IN_TIME), "care_route", full=True, depth=depth)
        assert height(cut.tree) <= depth
        hidden = {node.statement for node in whole.tree.walk()} - {node.statement for node in cut.tree.walk()}
        assert bool(hidden) == any(node.omitted for node in cut.tree.walk())
    assert oracle.why(document(IN_TIME), "care_route", full=True, depth=99).tree.to_json() == whole.tree.to_json()


def height(node: Node) -> int:
    return 1 + max(map(height, node.children)) if node.children else 0


def test_every_shape_tells_the_same(oracle: Oracle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    found = oracle.why_not(document(LATE), "care_route")
    wanted = [node.statement.zh for node in found.tree.walk()][1:]
    for shape in ("tree", "markdown", "mermaid"):
        assert run(["why-not", str(LATE), "care_route", "--lang", "zh", "--format", shape]) == 0
        shown = re.sub(r"\\(.)", r"\1", capsys.readouterr().out).replace("#62;", ">")
        assert all(text in shown for text in wanted), shape


def test_mermaid_draws_a_shared_part_once(oracle: Oracle) -> None:
    from tiaoli.present.explanation_markup import mermaid

    found = oracle.why(document(IN_TIME), "care_route")
    drawn = mermaid(found, "en")
    boxes = re.findall(r'^  (n\d+)\["(.*)"\]:::(?:supports|opposes|unknown|neither)$', drawn, re.MULTILINE)
    edges = re.findall(r"^  (n\d+) --> (n\d+)$", drawn, re.MULTILINE)
    assert len(boxes) == sum(1 for _ in found.tree.walk())
    assert {name for edge in edges for name in edge} == {name for name, _ in boxes}
    assert not any(set('"<>') & set(text.replace("<br>", "")) for _, text in boxes)
    assert shared(found.tree)


def test_text_of_a_case_cannot_break_out_of_markup(oracle: Oracle) -> None:
    from tiaoli.present.explanation_markup import markdown, mermaid

    case = {**document(LATE), "id": '"]; click n0 *x* <b> [y](z)'}
    found = oracle.why_not(case, "care_route")
    assert "<b>" not in mermaid(found, "zh")
    head = markdown(oracle.policy, found, "zh").splitlines()[0]
    assert "\\<b\\>" in head
    assert "\\[y\\]" in head


# The days


def test_the_timeline_has_the_windows_that_decide(oracle: Oracle) -> None:
    found = oracle.why_not(document(LATE), "care_route")
    first = found.timeline[0]
    assert (first.status, first.day, first.first, first.last, first.path) == (
        "fails",
        "2025-12-01",
        "2024-11-30",
        "2025-11-30",
        "employments.e1.start",
    )
    assert first.event.zh == "e1 任职起始日期"


def test_a_day_more_is_a_column_more(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One day late is drawn outside the window, at any width."""
    for width in (60, 80, 132):
        monkeypatch.setenv("COLUMNS", str(width))
        assert run(["why-not", str(LATE), "care_route", "--lang", "zh"]) == 0
        (bar,) = [line for line in capsys.readouterr().out.splitlines() if "├" in line and "┤" in line]
        assert bar.index("✗") == bar.index("┤") + 1
        assert len(bar) <= width


# A clause


@pytest.mark.parametrize("clause", ["三", "（三）", "3"])
def test_a_clause_is_gone_through_sentence_by_sentence(oracle: Oracle, clause: str) -> None:
    found = oracle.why_not(document(LATE), "care_route", clause=clause)
    assert found.sentences is not None
    assert [share.anchor for share in found.sentences] == ["c3.s1", "c3.s2", "c3.s3", "c3.s4", "c3.s5"]
    first, second, *others = found.sentences
    assert any(node.status == "fails" and "晚1日" in node.statement.zh for node in first.contributed)
    assert any(node.kind == "condition" for node in second.contributed)
    assert all(not share.contributed and share.not_computed for share in others)
    plain = found.to_json()["sentences"]
    assert [share["anchor"] for share in plain] == [share.anchor for share in found.sentences]
    assert plain[0]["contributed"][0].keys() >= {"statement", "status", "facts"}


def test_a_clause_that_has_no_part_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", str(IN_TIME), "care_route", "--clause", "六", "--lang", "en"]) == 0
    assert "This sentence has no part in the decision." in capsys.readouterr().out


# What is asked wrongly


def test_what_does_not_exist_is_named_with_what_does(oracle: Oracle) -> None:
    case = document(CASES / "18-apprentices-third-month.yaml")
    for asked, said in [
        ({"benefit": "apprentice_scop"}, "did you mean `apprentice_scope`?"),
        ({"benefit": "apprentice_scope"}, "apprentice_scope has several subjects, name one; allowed: x1/y1, x1/y2"),
        ({"benefit": "apprentice_scope", "subject": "x1/y9"}, "has no subject `x1/y9`; did you mean `x1/y2`?"),
        ({"benefit": "apprentice_scope", "subject": "x1/y1", "condition": "contract_tem"}, "did you mean `contract_term`?"),
        ({"benefit": "apprentice_scope", "subject": "x1/y1", "clause": "十三"}, "there is no clause `十三`"),
        ({"benefit": "apprentice_scope", "subject": "x1/y1", "depth": -1}, "a depth is 0 or more, not -1"),
    ]:
        with pytest.raises(CallError, match=re.escape(said)):
            oracle.why(case, **asked)  # type: ignore[arg-type]
    with pytest.raises(CaseError, match="nothing to ask care_route for"):
        oracle.why(case, "care_route")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["why", str(LATE), "care_rout"], "did you mean `care_route`"),
        (["why", str(LATE), "care_route", "c9"], "has no subject `c9`"),
        (["why", str(LATE), "care_route", "--condition", "x"], "has no condition `x`"),
        (["why", str(LATE), "care_route", "--clause", "x"], "no clause `x`"),
        (["why", str(LATE), "care_route", "--json", "--format", "mermaid"], "exclude each other"),
        (["why", str(LATE), "care_route", "--depth", "-1"], "-1"),
        (["why", "nowhere.yaml", "care_route"], "nowhere.yaml"),
        (["why-not", str(LATE), "engagement"], "there is no benefit"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_what(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments, "--lang", "en"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_a_limit_leaves_what_is_certain(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Where the time is up nothing is called failed that is only not found yet."""
    members = [{**trainee(f"t{number}"), "passed": True} for number in range(60)]
    for member in members[:40]:
        del member["employed_on"]
    path = tmp_path / "class.json"
    path.write_text(json.dumps(class_of(*members)), "utf-8")
    code = run(["why", str(path), "directed_training_first", "--limit", "0.0001", "--json"])
    plain = json.loads(capsys.readouterr().out)
    assert (code, plain["limit_reached"]) == (3, True)
    assert "fails" not in {node["status"] for node in nodes(plain["tree"])}


def test_the_command_prints_what_the_oracle_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why-not", str(LATE), "care_route", "--json", "--full", "--reading", "care_post=same"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain == Oracle(readings={"care_post": "same"}).why_not(document(LATE), "care_route", full=True).to_json()


def test_the_explanation_is_typed(oracle: Oracle) -> None:
    found = oracle.why(document(LATE), "care_route")
    assert isinstance(found, Explanation)
    assert isinstance(found.tree, Node)
    with pytest.raises(AttributeError):
        found.case = "other"  # type: ignore[misc]
