"""Deciding a case: the shipped examples, the form and order of an answer, sums, what is refused, and threads."""

import json
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notices.hrss_2024_20.reference import READINGS
from support.cases import read_case
from support.paths import CASES
from support.strategies import random_case
from tiaoli import Answer, CallError, CaseError, Decision, InternalError, Oracle, PolicyError, TiaoliError
from tiaoli.case.documents import read_document

Item = dict[str, Any]

EXPECTED: dict[str, list[Item]] = json.loads((CASES / "expected.json").read_text("utf-8"))
CONDITIONS = {
    "skill_uplift": ["certificate_kind", "catalogue_listed", "in_force", "base_entitlement", "annual_limit"],
    "special_ability": ["certificate_kind", "in_force", "person_group", "city_rules", "annual_limit"],
    "care_route": ["certificate_kind", "in_force", "employed_in_time", "registered", "still_in_post", "annual_limit"],
    "directed_training_first": ["employer_local", "sector", "agreement", "plan_approved", "in_force", "counted_trainees"],
    "directed_training_second": ["employer_local", "sector", "agreement", "plan_approved", "in_force", "still_employed"],
    "training_scope": ["organiser_industry", "organiser_listed", "training_kind", "in_force", "practitioner"],
    "development_grant": ["sector", "project_kind", "in_force", "review_passed"],
    "apprentice_scope": ["sector", "in_force", "contract_local", "contract_in_time", "contract_term", "social_insurance"],
    "apprentice_next_batch": ["sector", "in_force", "enterprise_applied", "district_assessed"],
    "apprentice_direct_payment": ["sector", "in_force", "enterprise_request"],
    "institution_commission": ["sector", "in_force", "district_assessed", "institution_listed", "commissioned", "activity"],
}
CLAUSES = dict(
    zip(
        CONDITIONS,
        ("（一）", "（二）", "（三）", "（四）", "（四）", "（五）", "（六）", "（七）", "（七）", "（七）", "（九）"),
        strict=True,
    )
)
# two subjects for every benefit, the later name first
EVERYTHING: Item = {
    "id": "A-001",
    "applied_on": "2025-06-01",
    "person": {},
    "engagements": [{"id": "n2"}, {"id": "n1"}],
    "development_projects": [{"id": "d2"}, {"id": "d1"}],
    "apprenticeships": [{"id": "x2", "apprentices": [{"id": "y2"}, {"id": "y1"}]}, {"id": "x1", "apprentices": [{"id": "y1"}]}],
    "trainings": [{"id": "g2", "participants": [{"id": "q2"}, {"id": "q1"}]}, {"id": "g1", "participants": [{"id": "q1"}]}],
    "training_classes": [{"id": "k2"}, {"id": "k1"}],
    "certificates": [{"id": "c2"}, {"id": "c1"}],
}


def uplift(base: str | None = "1500.00", percent: int | None = 100, **changes: Any) -> Item:
    """A certificate that is raised, of an unemployed person, who is paid all of the standard."""
    certificate = {"id": "c1", "kind": "skill_level", "occupation_code": "4-04-05-02", "issued": "2025-03-01", "meets_city_rules": True}
    if base is not None:
        certificate["base_standard_cny"] = base
    if percent is not None:
        certificate["payment_percent"] = percent
    return {"id": "A-001", "applied_on": "2025-06-01", "person": {"status": "unemployed"}, "certificates": [certificate | changes]}


def trainee(name: str, **changes: Any) -> Item:
    found = {"id": name, "group": "unemployed", "hukou": "shanghai", "passed": True, "employed_on": "2025-02-01"}
    return found | {"employer_in_shanghai": True, "employment_ended": None} | changes


def directed(*trainees: Item, **changes: Any) -> Item:
    """A class that is granted both halves for all of its trainees."""
    training_class: Item = {
        "id": "k1",
        "sector": "elderly_care",
        "employer_in_shanghai": True,
        "agreement_parties": ["employer", "employment_centre", "training_institution", "trainees"],
        "plan_approved": True,
        "held_in": "shanghai",
        "starts": "2025-01-01",
        "ends": "2025-01-31",
        "trainees": list(trainees),
    }
    return {"id": "A-001", "applied_on": "2025-09-01", "training_classes": [training_class | changes]}


def grant(**changes: Any) -> Item:
    project = {"id": "d1", "sector": "biomedicine", "project_kind": "special_ability", "work": "new", "reviewed_on": "2025-03-01"}
    return {"id": "A-001", "applied_on": "2025-06-01", "development_projects": [project | {"review_passed": True} | changes]}


def only(oracle: Oracle, case: Item, benefit: str) -> Decision:
    (decision,) = oracle.decide(case, benefits=[benefit]).decisions
    return decision


# The shipped examples


def test_every_shipped_case_has_an_expected_answer() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in CASES.glob("*.yaml"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_shipped_case_is_decided_as_expected(oracle: Oracle, name: str) -> None:
    decisions = oracle.decide(read_document(CASES / f"{name}.yaml")).to_json()["decisions"]
    keys = ("benefit", "subject", "outcome", "amount")
    assert [{key: decision[key] for key in keys} for decision in decisions] == EXPECTED[name]


# The form of an answer


def test_decisions_come_in_the_order_of_the_benefits_then_of_the_file(oracle: Oracle) -> None:
    subjects = {
        **{benefit: ["c2", "c1"] for benefit in ("skill_uplift", "special_ability", "care_route")},
        **{benefit: ["k2", "k1"] for benefit in ("directed_training_first", "directed_training_second")},
        "training_scope": ["g2/q2", "g2/q1", "g1/q1"],
        "development_grant": ["d2", "d1"],
        "apprentice_scope": ["x2/y2", "x2/y1", "x1/y1"],
        **{benefit: ["x2", "x1"] for benefit in ("apprentice_next_batch", "apprentice_direct_payment")},
        "institution_commission": ["n2", "n1"],
    }
    found = [(decision.benefit, decision.subject) for decision in oracle.decide(EVERYTHING).decisions]
    assert found == [(benefit, subject) for benefit, named in subjects.items() for subject in named]


def test_conditions_come_in_the_order_in_which_a_reviewer_checks_them(oracle: Oracle) -> None:
    for decision in oracle.decide(EVERYTHING).decisions:
        assert [condition.id for condition in decision.conditions] == CONDITIONS[decision.benefit]
        assert decision.clause == CLAUSES[decision.benefit]


def test_an_answer_has_the_keys_of_the_format(oracle: Oracle) -> None:
    answer = oracle.decide(uplift()).to_json()
    keys = ["format", "case", "applied_on", "policy", "policy_digest", "currency", "chosen_readings", "assumed", "decisions", "notes"]
    assert list(answer) == keys
    assert (answer["format"], answer["currency"], answer["notes"]) == (2, "CNY", [])
    assert (answer["case"], answer["applied_on"]) == ("A-001", "2025-06-01")
    assert answer["policy"] == oracle.policy.number == "沪人社规〔2024〕20号"
    assert answer["policy_digest"] == oracle.policy.digest
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", answer["policy_digest"])


@pytest.mark.parametrize(
    ("case", "benefit", "more"),
    [
        (uplift(), "skill_uplift", {"rate", "standard"}),
        (uplift(kind="other"), "skill_uplift", {"rate"}),
        (uplift(None), "skill_uplift", {"rate", "standard"}),
        (uplift(percent=None), "skill_uplift", {"rate", "standard", "amount_range"}),
        (uplift(None, None), "skill_uplift", {"rate", "standard"}),
        (uplift(kind="special_ability", domain="ai_data_annotation"), "special_ability", {"standard"}),
        (uplift(), "care_route", set()),
        (directed(trainee("t1")), "directed_training_first", set()),
        (directed(trainee("t1"), held_in="elsewhere"), "directed_training_first", {"gap"}),
        (grant(requested_cny="5.00"), "development_grant", set()),
        (grant(), "development_grant", {"amount_range"}),
    ],
)
def test_a_decision_has_the_keys_of_the_format(oracle: Oracle, case: Item, benefit: str, more: set[str]) -> None:
    decision = only(oracle, case, benefit).to_json()
    assert set(decision) == {"benefit", "subject", "clause", "outcome", "amount", "conditions"} | more
    assert all(set(condition) == {"id", "status"} for condition in decision["conditions"])


def test_the_json_of_an_answer_is_what_its_types_say(oracle: Oracle) -> None:
    answer = oracle.decide(random_case(random.Random(3), unknown=0.05))
    found = answer.to_json()
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
    for decision, written in zip(answer.decisions, found["decisions"], strict=True):
        assert (decision.benefit, decision.subject, decision.outcome) == (written["benefit"], written["subject"], written["outcome"])
        assert [(condition.id, condition.status) for condition in decision.conditions] == [
            (condition["id"], condition["status"]) for condition in written["conditions"]
        ]


LISTS = ["certificates", "employments", "applications", "training_classes"]
MORE_LISTS = ["trainings", "apprenticeships", "development_projects", "engagements"]


@pytest.mark.parametrize(
    ("sections", "assumed"),
    [
        ({}, ["person.groups", *LISTS, *MORE_LISTS]),
        ({name: [] for name in (*LISTS, *MORE_LISTS)}, ["person.groups"]),
        ({"person": {}}, ["person.groups", *LISTS, *MORE_LISTS]),
        ({"person": {"groups": []}, **{name: [] for name in LISTS}}, MORE_LISTS),
        (
            {name: [] for name in (*LISTS, *MORE_LISTS)}
            | {
                "person": {"groups": ["disabled"]},
                "training_classes": [{"id": "k1"}, {"id": "k2", "agreement_parties": [], "trainees": []}, {"id": "k3", "trainees": []}],
                "trainings": [{"id": "g1"}, {"id": "g2", "participants": []}],
                "apprenticeships": [{"id": "x1", "apprentices": []}, {"id": "x2"}],
            },
            [
                "training_classes.k1.agreement_parties",
                "training_classes.k1.trainees",
                "training_classes.k3.agreement_parties",
                "trainings.g1.participants",
                "apprenticeships.x2.apprentices",
            ],
        ),
    ],
)
def test_absent_lists_are_taken_as_empty_and_named(oracle: Oracle, sections: Item, assumed: list[str]) -> None:
    answer = oracle.decide({"id": "A-001", "applied_on": "2025-06-01", **sections})
    assert sorted(answer.assumed) == sorted(assumed)
    assert list(answer.assumed) == answer.to_json()["assumed"]
    assert answer.assumed == oracle.decide({"id": "A-001", "applied_on": "2025-06-01", **sections}, engine="clingo").assumed


def test_a_case_without_subjects_has_no_decisions(oracle: Oracle) -> None:
    assert oracle.decide({"id": "A-001", "applied_on": "2025-06-01"}).decisions == ()


@pytest.mark.parametrize("name", ["沪 001/2", 'a"b\\c', "🙂", "#sup", "not", "A" * 5000, "a,b)."])
def test_the_name_of_a_case_decides_nothing(oracle: Oracle, name: str) -> None:
    answer = oracle.decide(uplift() | {"id": name})
    assert answer.case == name
    assert answer.decisions == oracle.decide(uplift()).decisions


@pytest.mark.parametrize("name", ["not", "_", "-", "0", "007", "A" * 64, "sup", "true"])
def test_the_name_of_an_item_decides_nothing(oracle: Oracle, name: str) -> None:
    assert [(decision.subject, decision.outcome) for decision in oracle.decide(uplift(id=name)).decisions] == [
        (name, "eligible"),
        (name, "not_eligible"),
        (name, "not_eligible"),
    ]


# What is asked


@pytest.mark.parametrize("benefits", [["care_route"], ["care_route", "skill_uplift"], ["institution_commission", "training_scope"], []])
def test_benefits_narrow_the_answer(oracle: Oracle, benefits: list[str]) -> None:
    everything = oracle.decide(EVERYTHING)
    narrowed = oracle.decide(EVERYTHING, benefits=benefits)
    assert narrowed.decisions == tuple(decision for decision in everything.decisions if decision.benefit in benefits)
    assert narrowed.assumed == everything.assumed


def test_one_benefit_may_be_named_alone(oracle: Oracle) -> None:
    assert oracle.decide(EVERYTHING, benefits="care_route") == oracle.decide(EVERYTHING, benefits=["care_route"])


@pytest.mark.parametrize(
    ("wrong", "near"), [("skil_uplift", "skill_uplift"), ("Care-Route", "care_route"), ("development", "development_grant")]
)
def test_an_unknown_benefit_is_refused_with_the_nearest_spelling(oracle: Oracle, wrong: str, near: str) -> None:
    with pytest.raises(CallError) as caught:
        oracle.decide(uplift(), benefits=["skill_uplift", wrong])
    for lang in ("zh", "en"):
        said = caught.value.say(lang)
        assert f"`{wrong}`" in said
        assert f"`{near}`" in said
        assert all(benefit in said for benefit in CONDITIONS)


@pytest.mark.parametrize(
    ("benefit", "path"),
    [
        ("training_scope", "trainings.participants"),
        ("apprentice_scope", "apprenticeships.apprentices"),
        ("development_grant", "development_projects"),
    ],
)
def test_a_benefit_without_a_subject_is_refused_with_the_list_that_is_empty(oracle: Oracle, benefit: str, path: str) -> None:
    for asked in ([benefit], ["skill_uplift", benefit]):
        with pytest.raises(TiaoliError) as caught:
            oracle.decide(uplift(), benefits=asked)
        assert caught.value.exit_code == 2
        for lang in ("zh", "en"):
            said = caught.value.say(lang)
            assert benefit in said
            assert path in said
            assert "skill_uplift" not in said


def test_chosen_readings_are_echoed_and_used(oracle: Oracle) -> None:
    case = uplift(issued="2024-01-01")
    assert oracle.decide(case).chosen_readings == {}
    chosen = {"validity_anchor": "application", "care_post": "same"}
    answer = oracle.decide(case, readings=chosen)
    assert answer.to_json()["chosen_readings"] == chosen
    assert answer.decisions[0].outcome == "eligible"
    assert oracle.decide(case).decisions[0].outcome == "not_eligible"


def test_an_oracle_may_have_readings_of_its_own() -> None:
    oracle = Oracle("hrss-2024-20", readings={"validity_anchor": "application"})
    case = uplift(issued="2024-01-01")
    assert oracle.decide(case).decisions[0].outcome == "eligible"
    assert oracle.decide(case).chosen_readings == {"validity_anchor": "application"}
    assert oracle.decide(case, readings={"validity_anchor": "event"}).decisions[0].outcome == "not_eligible"
    assert oracle.decide(case, readings={"care_post": "same"}).chosen_readings == {"validity_anchor": "application", "care_post": "same"}


@pytest.mark.parametrize(("wrong", "near"), [("limit_yaer", "limit_year"), ("care-post", "care_post"), ("Status_Date", "status_date")])
def test_an_unknown_reading_is_refused_with_the_nearest_spelling(oracle: Oracle, wrong: str, near: str) -> None:
    for ask in (lambda: oracle.decide(uplift(), readings={wrong: "event"}), lambda: Oracle("hrss-2024-20", readings={wrong: "event"})):
        with pytest.raises(CallError) as caught:
            ask()
        for lang in ("zh", "en"):
            said = caught.value.say(lang)
            assert f"`{wrong}`" in said
            assert f"`{near}`" in said
            assert all(reading in said for reading in READINGS)


@pytest.mark.parametrize(("reading", "wrong", "near"), [("limit_year", "roling", "rolling"), ("care_post", "Same", "same")])
def test_an_unknown_option_is_refused_with_the_nearest_spelling(oracle: Oracle, reading: str, wrong: str, near: str) -> None:
    with pytest.raises(CallError) as caught:
        oracle.decide(uplift(), readings={reading: wrong})
    for lang in ("zh", "en"):
        said = caught.value.say(lang)
        assert reading in said
        assert f"`{wrong}`" in said
        assert f"`{near}`" in said
        assert all(option in said for option in READINGS[reading])


def test_an_option_near_none_is_refused_with_all_that_are_there(oracle: Oracle) -> None:
    with pytest.raises(CallError, match="allowed: event, application, both") as caught:
        oracle.decide(uplift(), readings={"validity_anchor": "zzz"})
    assert "did you mean" not in str(caught.value)


def test_an_unknown_policy_is_refused_with_the_nearest_spelling(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="hrss-2024-20"):
        Oracle("hrss-2024-21")
    with pytest.raises(CallError, match="holds no policy"):
        Oracle("hrss-2024-20", policy_root=tmp_path)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda oracle: oracle.decide({"id": "A"}), CaseError),
        (lambda oracle: oracle.decide([]), CaseError),
        (lambda oracle: oracle.decide(None), CaseError),
        (lambda oracle: oracle.decide(uplift("0")), CaseError),
        (lambda oracle: oracle.facts({"id": "A"}), CaseError),
        (lambda oracle: oracle.facts(uplift(), readings={"zzz": "a"}), CallError),
        (lambda oracle: oracle.decide(uplift(), benefits=["zzz"]), CallError),
        (lambda oracle: oracle.decide(uplift(), readings={"zzz": "a"}), CallError),
        (lambda oracle: oracle.decide(uplift(), readings={"limit_year": "zzz"}), CallError),
        (lambda _: Oracle("zzz"), CallError),
        (lambda _: Oracle("hrss-2024-20", policy_root="/no/such/folder"), CallError),
    ],
)
def test_every_error_is_a_tiaoli_error(oracle: Oracle, make: Callable[[Any], object], kind: type[TiaoliError]) -> None:
    with pytest.raises(TiaoliError) as caught:
        make(oracle)
    assert type(caught.value) is kind
    assert caught.value.exit_code == 2
    assert caught.value.problems
    assert caught.value.say("zh") != caught.value.say("en") == str(caught.value)


def test_the_errors_have_one_root() -> None:
    assert all(issubclass(kind, TiaoliError) for kind in (CaseError, CallError, PolicyError, InternalError))
    assert InternalError([]).exit_code == 4


# Rate, amounts, gap


@pytest.mark.parametrize("case", [uplift(), uplift(None), uplift(kind="other"), {**EVERYTHING, "certificates": [{"id": "c1"}]}])
def test_the_rate_is_always_reported(oracle: Oracle, case: Item) -> None:
    assert only(oracle, case, "skill_uplift").to_json()["rate"] == "1.30"


@pytest.mark.parametrize(
    ("base", "standard"),
    [
        ("0.01", "0.01"),
        ("0.02", "0.03"),
        ("0.05", "0.07"),
        ("0.15", "0.20"),
        ("0.25", "0.33"),
        ("0.35", "0.46"),
        ("0.95", "1.24"),
        ("999.99", "1299.99"),
        ("1000.05", "1300.07"),
        ("932.55", "1212.32"),
        ("1500", "1950.00"),
        ("1234.5", "1604.85"),
        ("9999999.95", "12999999.94"),
        ("9999999.99", "12999999.99"),
        ("10000000.00", "13000000.00"),
    ],
)
def test_a_standard_is_rounded_half_up_to_the_fen(oracle: Oracle, base: str, standard: str) -> None:
    found = only(oracle, uplift(base), "skill_uplift").to_json()
    assert (found["standard"], found["amount"]) == (standard, standard)


@pytest.mark.parametrize(
    ("base", "percent", "standard", "amount"),
    [
        ("1500.00", 80, "1950.00", "1560.00"),
        ("1.00", 5, "1.30", "0.07"),
        ("0.99", 5, "1.29", "0.06"),
        ("1000.00", 1, "1300.00", "13.00"),
        ("1000.00", 99, "1300.00", "1287.00"),
        # once, after both factors: 80 % of the rounded standards would be 1040.06, and 1.04
        ("1000.05", 80, "1300.07", "1040.05"),
        ("0.99", 80, "1.29", "1.03"),
        ("0.01", 1, "0.01", "0.00"),
        ("0.01", 38, "0.01", "0.00"),
        ("0.01", 39, "0.01", "0.01"),
        ("9999999.99", 99, "12999999.99", "12869999.99"),
        ("10000000.00", 1, "13000000.00", "130000.00"),
        ("10000000.00", 99, "13000000.00", "12870000.00"),
    ],
)
def test_a_share_is_taken_of_the_exact_standard_and_rounded_once(
    oracle: Oracle, base: str, percent: int, standard: str, amount: str
) -> None:
    for engine in ("clingo", "compiled"):
        (found,) = oracle.decide(uplift(base, percent), benefits=["skill_uplift"], engine=engine).to_json()["decisions"]
        assert (found["standard"], found["amount"]) == (standard, amount)


@given(st.integers(1, 1_000_000_000), st.integers(1, 100))
@example(1, 1)
@example(1_000_000_000, 100)
@example(1_000_000_000, 99)
@example(999_999_995, 50)
@example(2_147_483_647 // 130 + 1, 100)
@example(2_147_483_647 // 13_000 + 1, 99)
def test_every_base_standard_is_multiplied_exactly(oracle: Oracle, fen: int, percent: int) -> None:
    base = Decimal(fen) / 100
    decision = only(oracle, uplift(f"{base:.2f}", percent), "skill_uplift")
    assert decision.standard == (base * Decimal("1.3")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert decision.amount == (base * Decimal("1.3") * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(st.integers(1, 1_000_000_000))
@example(10_000_000)
@example(10_000_001)
@example(9_999_999)
def test_every_sum_requested_is_granted_up_to_the_cap(oracle: Oracle, fen: int) -> None:
    requested = Decimal(fen) / 100
    assert only(oracle, grant(requested_cny=f"{requested:.2f}"), "development_grant").amount == min(requested, Decimal(100_000))


def test_the_sum_of_a_class_of_forty_thousand_does_not_wrap(oracle: Oracle) -> None:
    """Σ standard is 60 000 000 CNY, in fen nearly three times what 32 bits hold."""
    case = directed(*(trainee(f"t{index}") for index in range(40_000)))
    decision = only(oracle, case, "directed_training_first")
    assert decision.to_json()["amount"] == "30000000.00"
    assert decision.gap == ()


def test_the_gap_names_trainees_in_the_order_of_the_file(oracle: Oracle) -> None:
    names = ["t9", "t10", "a", "Z", "t1", "-", "_", "0"]
    people = [trainee(name, hukou="other" if name in ("a", "_") else "shanghai") for name in names]
    for benefit in ("directed_training_first", "directed_training_second"):
        decision = only(oracle, directed(*people, held_in="elsewhere"), benefit)
        assert decision.to_json()["gap"] == ["t9", "t10", "Z", "t1", "-", "0"]
        assert decision.to_json()["amount"] == "1800.00"


def test_only_who_is_granted_has_a_gap(oracle: Oracle) -> None:
    decision = only(oracle, directed(trainee("t1"), held_in="elsewhere", plan_approved=False), "directed_training_first")
    assert "gap" not in decision.to_json()
    assert decision.amount is None


def without(case: Item, name: str) -> Item:
    """The case with one fact of its first trainee unknown."""
    (training_class,) = case["training_classes"]
    first, *others = training_class["trainees"]
    first = {key: value for key, value in first.items() if key != name}
    return case | {"training_classes": [training_class | {"trainees": [first, *others]}]}


@pytest.mark.parametrize(
    ("case", "benefit", "amount", "ends"),
    [
        (uplift(None), "skill_uplift", None, None),
        (uplift(None, None), "skill_uplift", None, None),
        (uplift("1000.05", None), "skill_uplift", None, ["13.00", "1300.07"]),
        (uplift("0.01", None), "skill_uplift", None, ["0.00", "0.01"]),
        (uplift(None, None, kind="special_ability", domain="ai_model_application"), "special_ability", None, ["10.00", "1000.00"]),
        (uplift(None, 80, kind="special_ability", domain="ai_model_application"), "special_ability", "800.00", None),
        (grant(), "development_grant", None, ["0.01", "100000.00"]),
        (grant(requested_cny="250000.00"), "development_grant", "100000.00", None),
        # one of five may have failed: the whole class is paid either way
        (without(directed(*(trainee(f"t{index}") for index in range(5))), "passed"), "directed_training_first", "3750.00", None),
        (
            without(directed(*(trainee(f"t{index}") for index in range(5))), "passed"),
            "directed_training_second",
            None,
            ["3000.00", "3750.00"],
        ),
        (without(directed(trainee("t0"), trainee("t1")), "passed"), "directed_training_first", None, ["750.00", "1500.00"]),
        (without(directed(trainee("t0"), trainee("t1")), "employed_on"), "directed_training_first", None, ["750.00", "1500.00"]),
        (without(directed(trainee("t0"), trainee("t1")), "hukou"), "directed_training_first", "1500.00", None),
        (
            without(directed(trainee("t0"), trainee("t1", hukou="other"), held_in="elsewhere"), "hukou"),
            "directed_training_first",
            None,
            ["900.00", "1800.00"],
        ),
    ],
)
def test_an_amount_that_depends_on_what_is_unknown_is_a_range(
    oracle: Oracle, case: Item, benefit: str, amount: str | None, ends: list[str] | None
) -> None:
    decision = only(oracle, case, benefit).to_json()
    assert decision["outcome"] == "eligible"
    assert decision["amount"] == amount
    assert decision.get("amount_range") == ends


def test_a_gap_that_depends_on_what_is_unknown_is_named_where_it_is_certain(oracle: Oracle) -> None:
    case = without(directed(trainee("t0"), trainee("t1"), trainee("t2", hukou="other"), held_in="elsewhere"), "hukou")
    assert only(oracle, case, "directed_training_first").gap == ("t1",)


@pytest.mark.parametrize("case", [uplift(kind="other"), grant(review_passed=False), uplift(None, kind="other"), {**uplift(), "person": {}}])
def test_only_who_is_granted_has_an_amount(oracle: Oracle, case: Item) -> None:
    for decision in oracle.decide(case).decisions:
        if decision.outcome != "eligible":
            assert decision.amount is None
            assert decision.amount_range is None


# Limits and threads


def test_what_a_limit_cuts_short_is_unknown_and_nothing_else_changes(oracle: Oracle) -> None:
    case = {**EVERYTHING, "certificates": uplift()["certificates"]}
    full = oracle.decide(case)
    assert "limit_reached" not in full.to_json()
    cut = next(answer for _ in range(100) if (answer := oracle.decide(case, limit=1e-9)).limit_reached)
    assert cut.to_json()["limit_reached"] is True
    for whole, part in zip(full.decisions, cut.decisions, strict=True):
        assert part.outcome in (whole.outcome, "unknown")
        assert part.amount_range is None
        for condition, shortened in zip(whole.conditions, part.conditions, strict=True):
            assert shortened.status in (condition.status, "unknown")


def test_a_limit_that_is_not_reached_changes_nothing(oracle: Oracle) -> None:
    assert oracle.decide(EVERYTHING, limit=600.0) == oracle.decide(EVERYTHING)


def test_threads_give_the_same_answers(oracle: Oracle) -> None:
    """Eight threads, twenty decisions each, some of them with unknown facts and readings of their own."""
    rng = random.Random(20)
    asked = [
        (read_case(random_case(rng, unknown=rng.choice((0.0, 0.05)))), {name: rng.choice(options) for name, options in READINGS.items()})
        for _ in range(20)
    ]
    alone = [oracle.decide(case, readings=readings) for case, readings in asked]

    def decide_all(first: int) -> list[Answer]:
        order = [*range(first, 20), *range(first)]
        answers = {index: oracle.decide(asked[index][0], readings=asked[index][1]) for index in order}
        return [answers[index] for index in range(20)]

    with ThreadPoolExecutor(8) as pool:
        for answers in pool.map(decide_all, range(8)):
            assert answers == alone
