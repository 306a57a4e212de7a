"""The compiled rules against clingo: the same decisions on every complete case, and a fence around what they do not take.

`HYPOTHESIS_PROFILE=thorough pytest tests/agreement/test_compiled.py` compares 30 000 cases and every mutant.
"""

import copy
import random
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import clingo
import pytest

from notices.hrss_2024_20 import mutants
from notices.hrss_2024_20.engines import (
    CASES_A_GROUP,
    FENCED,
    GROUPS,
    NO_OTHER_DECISION,
    PARTS,
    RULE_FILES,
    SEEDS,
    Judge,
    complete,
    exclusive,
    exclusive_in,
    groups,
    random_readings,
    tried_of,
    with_rules,
)
from notices.hrss_2024_20.mutants import planted
from notices.hrss_2024_20.samples import directed, trainee
from support import strategies, tiers
from support.cases import read_case
from support.paths import CASES
from tiaoli import CallError, Case, CaseError, InternalError, Oracle
from tiaoli.case.documents import read_document
from tiaoli.compiled.decider import CompiledDecisions, CompiledRules, Fallback
from tiaoli.compiled.runtime import RUNTIME, SUP
from tiaoli.decide.batch import Decided, decide_chunk
from tiaoli.decide.facts import CaseFacts, case_facts
from tiaoli.decide.prepared import PreparedCase
from tiaoli.explain.explainer import telling_rules
from tiaoli.explain.why import explain
from tiaoli.policy.model import reading_facts
from tiaoli.rules.arithmetic import quotient, remainder
from tiaoli.rules.atoms import Fact
from tiaoli.rules.clingo_session import consequences

Item = dict[str, Any]
Readings = dict[str, str]


def assert_agree(compiled: CompiledRules, case: Item, readings: Readings, expected: Decided) -> None:
    """Out of the document and out of the parsed case, the compiled rules decide as clingo did."""
    parsed = read_case(case)
    document = compiled.reader.document(case)
    assert document is not None, case
    for given in (document, parsed):
        found = compiled.decide(given, None, readings)
        assert isinstance(found, CompiledDecisions), case
        for ours, theirs in zip(found.decisions, expected[0], strict=True):
            assert ours == theirs, (case, readings)
        assert exclusive(compiled, found, readings) == exclusive_in(expected), (case, readings)


def compare(oracle: Oracle, cases: list[Item], readings: Readings) -> None:
    """Decide cases both ways."""
    decided = decide_chunk(oracle.encoding, [read_case(case) for case in cases], readings, exclusive=True)
    for case, expected in zip(cases, decided, strict=True):
        assert expected is not None
        assert_agree(oracle.compiled, case, readings, expected)


@pytest.mark.parametrize("seed", tiers.seeds(2, SEEDS))
def test_complete_cases_are_decided_as_clingo_decides_them(oracle: Oracle, seed: int) -> None:
    """Outcome, amount, rate, gap, every condition, and what excludes what; boundaries are planted in the random cases."""
    for cases, readings in groups(oracle.policy, str(seed)):
        compare(oracle, cases, readings)


@pytest.mark.parametrize("seed", tiers.seeds(1, SEEDS // 4))
def test_the_second_policy_too(amended: Oracle, seed: int) -> None:
    for cases, readings in groups(amended.policy, f"second {seed}"):
        compare(amended, cases, readings)


@tiers.slow
def test_enough_cases_and_every_option_are_compared(oracle: Oracle) -> None:
    assert (30_000 if tiers.at_length() else 3_000) <= SEEDS * GROUPS * CASES_A_GROUP
    chosen = {option for seed in range(SEEDS) for _, readings in groups(oracle.policy, str(seed)) for option in readings.items()}
    assert chosen == {(reading.name, option.id) for reading in oracle.policy.readings.values() for option in reading.options}


@pytest.mark.parametrize("pool", mutants.POOLS)
def test_planted_cases_under_each_option(oracle: Oracle, pool: str) -> None:
    """The cases planted for the mutants and the examples, under the defaults and every single option."""
    examples = [read_document(path) for path in sorted(CASES.glob("*.yaml"))] if pool == mutants.PERSONAL else []
    complete_examples = [case for case in examples if isinstance(oracle.compiled.decide(read_case(case), None, {}), CompiledDecisions)]
    cases = [*planted(pool), *complete_examples]
    settings = [{}, *({name: option.id} for name, reading in oracle.policy.readings.items() for option in reading.options[1:])]
    found = [[complete(case) for case in cases]] if cases else []
    for readings in settings:
        for group in found:
            compare(oracle, group, dict(readings))


# The oracle


@tiers.sized(8, 25)
def test_the_oracle_answers_the_same_whoever_decides(oracle: Oracle, size: int) -> None:
    rng = random.Random("engines")
    for _ in range(size):
        case = strategies.random_case(rng)
        readings = random_readings(rng, oracle.policy)
        by_clingo = oracle.decide(case, readings=readings, engine="clingo")
        assert oracle.decide(case, readings=readings, engine="compiled") == by_clingo
        assert oracle.decide(read_case(case), readings=readings) == by_clingo
        assert oracle.decide(case, readings=readings, full=True) == oracle.decide(case, readings=readings, engine="clingo", full=True)
        benefits = list({decision.benefit for decision in by_clingo.decisions})[:2]
        if benefits:
            assert oracle.decide(case, benefits=benefits, engine="compiled") == oracle.decide(case, benefits=benefits, engine="clingo")


def test_incomplete_cases_are_clingos(oracle: Oracle) -> None:
    rng = random.Random("incomplete")
    kinds = set()
    for _ in range(60):
        case = strategies.random_case(rng, unknown=rng.choice((0.01, 0.1)), sections=rng.sample(strategies.SECTIONS, 2))
        found = oracle.compiled.decide(read_case(case), None, {})
        kinds.add(type(found))
        assert oracle.decide(case) == oracle.decide(case, engine="clingo")
        if isinstance(found, Fallback):
            with pytest.raises(CallError, match="unknown"):
                oracle.decide(case, engine="compiled")
    assert kinds == {Fallback, CompiledDecisions}


def test_what_is_unknown_and_bears_on_nothing_asked_is_no_hindrance(oracle: Oracle) -> None:
    case: Item = {"id": "A", "applied_on": "2025-06-01", "person": {"status": "unemployed"}, "applications": []}
    certificate: Item = {
        "id": "c1",
        "kind": "special_ability",
        "domain": "ai_data_annotation",
        "issued": "2025-03-01",
        "holder_status": "other",
    }
    certificate |= {"meets_city_rules": True, "payment_percent": 100}
    person = {"civil_servant": False, "public_institution_post": "none", "school_in_shanghai": True, "in_city_groups": False}
    full = {**case, "person": {**case["person"], **person}, "certificates": [certificate]}
    (decision,) = oracle.decide(full, benefits=["special_ability"], engine="compiled").decisions
    assert (decision.outcome, str(decision.amount)) == ("eligible", "1000.00")
    with pytest.raises(CallError, match=r"certificates\.occupation_code: unknown"):
        oracle.decide(full, benefits=["skill_uplift"], engine="compiled")


def test_a_full_answer_is_clingos(oracle: Oracle) -> None:
    case = read_document(CASES / "01-annotator-first-day.yaml")
    with pytest.raises(CallError, match="full answer"):
        oracle.decide(case, full=True, engine="compiled")
    assert oracle.decide(case, full=True).exclusive is not None


def test_errors_are_the_same_whoever_decides(oracle: Oracle) -> None:
    cases: list[Any] = [{"id": "A"}, {"id": "A", "applied_on": "2025-06-31"}, [], {"id": "A", "applied_on": "2025-06-01", "persn": {}}]
    for case in cases:
        for engine in ("auto", "clingo", "compiled"):
            with pytest.raises(CaseError) as caught:
                oracle.decide(case, engine=engine)
            assert caught.value.problems
    with pytest.raises(CaseError, match="nothing to ask"):
        oracle.decide({"id": "A", "applied_on": "2025-06-01"}, benefits=["care_route"], engine="compiled")


def test_an_engine_that_is_not_there(oracle: Oracle) -> None:
    with pytest.raises(CallError, match="did you mean `clingo`"):
        oracle.decide({"id": "A", "applied_on": "2025-06-01"}, engine="clngo")  # type: ignore[arg-type]


def test_the_first_question_does_not_wait_for_a_compiler() -> None:
    fresh = Oracle("hrss-2024-20")
    case = read_document(CASES / "01-annotator-first-day.yaml")
    first = fresh.decide(case)
    assert fresh._engines._compiled is None
    assert fresh.decide(case) == first
    assert fresh.compiled._texts != []


# Reading documents


def _spoil(rng: random.Random, value: Any) -> Any:
    """Something else in the place of a value."""
    odd: list[Any] = [
        None,
        0,
        1,
        -1,
        True,
        "",
        "x",
        "2025-02-30",
        "2025-2-1",
        " employed",
        "1e3",
        "0.00",
        [],
        {},
        1.5,
        "true",
        "２０２５-01-01",
    ]
    return rng.choice([*odd, [value], {"id": "c1"}, str(value), f"{value}\n"])


def _spoilt(rng: random.Random, case: Item) -> Item:
    """A case with one thing in it changed, dropped, doubled or added."""
    case = copy.deepcopy(case)
    holders: list[Any] = [case]
    for holder in holders:
        inside = list(holder.values()) if isinstance(holder, dict) else holder
        holders += [inner for inner in inside if isinstance(inner, (dict, list)) and inner]
    holder = rng.choice(holders)
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    key = rng.choice(keys)
    style = rng.randrange(5)
    if style == 0:
        del holder[key]
    elif style == 1 and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif style == 2 and isinstance(holder, dict):
        holder[rng.choice(["id", "status", "kind", "end", "extra", "registry"])] = _spoil(rng, None)
    elif style == 3 and isinstance(holder, dict) and any(name in holder for name in ("end", "ends", "employment_ended")):
        holder[next(name for name in ("end", "ends", "employment_ended") if name in holder)] = "1999-12-31"
    else:
        holder[key] = _spoil(rng, holder[key])
    return case


@tiers.sized(2000, 4000, 40_000)
def test_the_quick_reader_takes_nothing_that_the_case_models_refuse(oracle: Oracle, size: int) -> None:
    rng = random.Random("spoilt")
    reader = oracle.compiled.reader
    taken = refused = 0
    for _ in range(size):
        case = _spoilt(rng, strategies.random_case(rng, unknown=0.05, sections=rng.sample(strategies.SECTIONS, 3)))
        quick = reader.document(case)
        try:
            parsed = read_case(case)
        except CaseError:
            refused += 1
            assert quick is None, case
            continue
        if quick is not None:
            taken += 1
            assert vars(quick) | {"size": 0} == vars(reader.case(parsed)), case
    assert min(taken, refused) > 300


# Arithmetic


@pytest.mark.parametrize("one", [-101, -100, -7, -1, 0, 1, 7, 99, 100, 2_000_000_000])
@pytest.mark.parametrize("other", [-100, -3, -1, 1, 3, 100])
def test_division_is_clingos(one: int, other: int) -> None:
    control = clingo.Control()
    control.add("base", [], f"found({one}/{other}, {one}\\{other}).")
    control.ground([("base", [])])
    (atom,) = control.symbolic_atoms.by_signature("found", 2)
    assert [argument.number for argument in atom.symbol.arguments] == [quotient(one, other), remainder(one, other)]


def test_days_that_never_come() -> None:
    assert RUNTIME["add_months"](SUP, 3) is None
    assert RUNTIME["calendar_year"](SUP) == ()
    assert RUNTIME["add_months"](20241130, 3) == 20250228


# What an explanation rests on


def asked(oracle: Oracle, document: Item) -> Iterator[tuple[Case, str, CaseFacts]]:
    """A case with each benefit that it has a subject for, and its facts for it."""
    case, encoding = read_case(document), oracle.encoding
    for benefit in oracle.policy.benefits:
        facts = case_facts(encoding.policy, encoding.rule_bounds, encoding.fields, case, (benefit,))
        if facts.subjects:
            yield case, benefit, facts


def in_clingos_model(oracle: Oracle, facts: CaseFacts, readings: Readings) -> frozenset[Fact]:
    """Everything that the rules derive, as clingo tells it."""
    known = (*oracle.policy.facts, *reading_facts(oracle.policy, readings), *facts.facts)
    found = consequences(telling_rules(oracle.encoding), known, list(facts.choices.values()))
    assert found.certain == found.possible
    return found.certain


@tiers.sized(10, 16)
@pytest.mark.parametrize("policy", ["oracle", "amended"])
def test_all_that_is_derived_is_what_clingo_derives(request: pytest.FixtureRequest, policy: str, size: int) -> None:
    """So an explanation, which is found in these atoms, is the same whoever derived them."""
    oracle: Oracle = request.getfixturevalue(policy)
    rng = random.Random(f"derived {policy}")
    predicates = set()
    for _ in range(size):
        document, readings = strategies.random_case(rng), random_readings(rng, oracle.policy)
        for case, benefit, facts in asked(oracle, document):
            found = oracle.compiled.derived(case, benefit, readings)
            if facts.choices:
                assert found is None, benefit
                continue
            assert found == in_clingos_model(oracle, facts, readings), f"{benefit}\n{document}\n{readings}"
            predicates |= {fact.predicate for fact in found}
    derivable = {predicate.name for predicate in oracle.policy.predicates.values() if predicate.source == "rules"}
    assert len(predicates) > 0.9 * len(derivable), derivable - predicates


def test_an_explanation_is_the_same_whoever_derived_what_it_rests_on(oracle: Oracle, amended: Oracle) -> None:
    rng = random.Random("explained")
    for policy in (oracle, amended):
        for _ in range(6):
            document, readings = strategies.random_case(rng), random_readings(rng, policy.policy)
            in_force = {**policy.readings_in_force, **readings}
            for case, benefit, facts in asked(policy, document):
                for about in facts.subjects:
                    derived = policy.compiled.derived(case, benefit, in_force)
                    question = PreparedCase.of(policy.encoding, case, (benefit,), in_force).about(about)
                    ours, clingos = (explain(question, "why", full=True, derived=found) for found in (derived, None))
                    assert ours.to_json() == clingos.to_json()


def test_the_first_explanations_do_not_wait_for_a_compiler() -> None:
    fresh = Oracle("hrss-2024-20")
    case = read_case(read_document(CASES / "01-annotator-first-day.yaml"))
    told = [fresh.why(case, "special_ability", "c1").to_json() for _ in range(21)]
    assert told == told[:1] * 21
    assert fresh._engines._compiled is not None
    again = Oracle("hrss-2024-20")
    for _ in range(20):
        again.why(case, "special_ability", "c1")
    assert again._engines._compiled is None


def test_nothing_is_derived_where_a_fact_is_missing_or_a_rule_falls_outside(oracle: Oracle) -> None:
    """Then clingo is asked, and the explanation is there all the same."""
    document = read_document(CASES / "01-annotator-first-day.yaml")
    case = read_case(document)
    fenced = with_rules(oracle, {"c02_special.lp": f"{oracle.policy.rules['c02_special.lp']}\n{FENCED['order of words'][0]}\n"})
    assert fenced.derived(case, "special_ability", {}) is None
    assert oracle.compiled.derived(case, "special_ability", {}) is not None
    for certificate in document["certificates"]:
        del certificate["issued"]
    assert oracle.compiled.derived(read_case(document), "special_ability", {}) is None
    asking = Oracle("hrss-2024-20")
    asking._engines._compiled, asking._engines._explained_before = fenced, 20
    assert asking.why(case, "special_ability", "c1").to_json() == Oracle("hrss-2024-20").why(case, "special_ability", "c1").to_json()


# The fence


@pytest.mark.parametrize("name", FENCED)
def test_what_falls_outside_is_named(oracle: Oracle, name: str) -> None:
    rule, message = FENCED[name]
    file = "c02_special.lp"
    text = f"{oracle.policy.rules[file]}\n{rule}\n"
    line = len(oracle.policy.rules[file].splitlines()) + 2
    outside = with_rules(oracle, {file: text}).outside()
    assert list(outside) == ["special_ability"]
    assert outside["special_ability"].where == f"{file}:{line}"
    assert message in outside["special_ability"].what.en


def test_nothing_of_the_two_policies_falls_outside(oracle: Oracle, amended: Oracle) -> None:
    assert oracle.compiled.outside() == {}
    assert amended.compiled.outside() == {}


def test_what_falls_outside_is_decided_by_clingo(oracle: Oracle) -> None:
    """A policy with a rule outside the fragment: the same answers, and `compiled` says which rule it is."""
    compiled = with_rules(oracle, {"c02_special.lp": f"{oracle.policy.rules['c02_special.lp']}\n{FENCED['order of words'][0]}\n"})
    fenced = Oracle("hrss-2024-20")
    fenced._engines._compiled = compiled
    case = read_document(CASES / "01-annotator-first-day.yaml")
    assert fenced.decide(case, engine="auto") == oracle.decide(case, engine="clingo")
    with pytest.raises(CallError, match=r"c02_special\.lp:44: only numbers and days"):
        fenced.decide(case, engine="compiled")


def test_what_divides_by_zero_is_refused_with_the_case(oracle: Oracle) -> None:
    text = oracle.policy.rules["c04_directed.lp"].replace("Standard / 100 * Number,", "Standard / (Number - Number),")
    compiled = with_rules(oracle, {"c04_directed.lp": text})
    (case,) = (case for case in planted("training_classes") if len(case["training_classes"][0]["trainees"]) == 29)
    dividing = Oracle("hrss-2024-20")
    dividing._engines._compiled = compiled
    with pytest.raises(InternalError, match="divides by zero") as caught:
        dividing.decide(case, engine="compiled")
    assert caught.value.case is not None


def lines_run(compiled: CompiledRules, trainees: int, readings: Readings) -> int:
    """How many lines of compiled rules it takes to decide a class."""
    lines = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if not frame.f_code.co_filename.startswith("<compiled "):
            return None
        lines += event == "line"
        return trace

    people = [trainee(f"t{number}", passed=number % 5 > 0, hukou="other" if number % 2 else "shanghai") for number in range(trainees)]
    case = read_case(directed(*people, held_in="elsewhere"))
    compiled.decide(case, None, readings)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        compiled.decide(case, None, readings)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("chosen", range(2))
def test_the_work_grows_with_the_class_and_not_with_its_square(oracle: Oracle, chosen: int) -> None:
    """What is counted over a class is counted once, not again for each trainee."""
    readings = {reading.name: reading.options[min(chosen, len(reading.options) - 1)].id for reading in oracle.policy.readings.values()}
    small, large = (lines_run(oracle.compiled, size, readings) for size in (40, 80))
    assert 40 < small < large < 2.1 * small


def test_the_text_reads_like_the_rules(oracle: Oracle) -> None:
    text = oracle.compiled.text()
    assert "def decide__skill_uplift(case, subject):" in text
    assert "# c03_care.lp:32 in_time(C,Cert,Job) :- certificate_issued(C,Cert,Day);" in text
    assert "CARE_EMPLOYMENT = 12  # months(care_employment, …)" in text


# Mutants


@pytest.fixture(scope="module")
def judge(oracle: Oracle) -> Judge:
    """The cases, with clingo's answers once they are wanted."""
    return Judge(oracle)


@tiers.sized(42, 7, 1)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("file", RULE_FILES)
def test_mutants_of_the_rules_are_noticed(oracle: Oracle, judge: Judge, file: str, part: int, size: int) -> None:
    """Had the compiler misread a rule like this, the comparison would say so."""
    tried = tried_of(oracle, file, size)[part::PARTS]
    unnoticed = {mutant.name for mutant in tried if not judge.notices(mutant)}
    print(f"{file}: {len(tried)} mutants tried, unnoticed:", *sorted(unnoticed), sep="\n  ")
    assert unnoticed == set()


@pytest.mark.parametrize("name", NO_OTHER_DECISION)
def test_mutants_said_to_change_no_decision_do_not(oracle: Oracle, judge: Judge, name: str) -> None:
    found = [mutant for mutant in mutants.mutants(oracle, name.split()[0]) if mutant.name == name]
    assert len(found) == 1
    assert not (tiers.at_length() and judge.notices(found[0]))
