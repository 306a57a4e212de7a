"""A second version of the notice is a second pair of folders and nothing else: it loads, and answers differ from the first version's
exactly where the text does.

The amendments: work must be found within 6 months of the certificate's issue, no longer 12; the standard of （二） is 1200 CNY, no
longer 1000; the annex loses 工业机器人系统运维员; （三） asks for the fourth level or above; one rule of （七） is written otherwise.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from difflib import ndiff
from typing import Any

import pytest

from notices.hrss_2024_20 import reference
from support import strategies
from support.paths import AMENDED as AMENDED_ROOT
from support.paths import ROOT
from tiaoli import Oracle
from tiaoli.decide.answer import Decision
from tiaoli.encoding.loader import policy_problems

FIRST, AMENDED = "hrss-2024-20", "hrss-2024-20-amended"
STRUCK = "6-31-07-01"
TOUCHED = {"skill_uplift", "special_ability", "care_route"}
"""The benefits that the amendments can reach."""

KEYS = ("benefit", "subject", "clause", "outcome", "standard", "amount", "rate", "conditions", "gap")
Item = dict[str, Any]


@pytest.fixture(scope="module")
def first() -> Oracle:
    """The first version, as shipped."""
    return Oracle(FIRST)


@pytest.fixture(scope="module")
def second() -> Oracle:
    """The amended version, out of the tests' own folders."""
    return Oracle(AMENDED, policy_root=AMENDED_ROOT)


def told(decision: Decision) -> Item:
    """A decision in the words of the reference."""
    found = decision.to_json()
    return {key: found[key] for key in KEYS if key in found}


def answer(oracle: Oracle, case: Item, benefit: str, readings: dict[str, str] | None = None) -> Decision:
    """The one decision of a case on a benefit."""
    (decision,) = oracle.decide(case, benefits=[benefit], readings=readings).decisions
    return decision


def statuses(decision: Decision) -> dict[str, str]:
    """Every condition of a decision with its status."""
    return {condition.id: condition.status for condition in decision.conditions}


# The reference, amended


def _within_six_months(employment: Item, certificate: Item) -> bool:
    issued, start, end = (
        date.fromisoformat(text) if text else None for text in (certificate["issued"], employment["start"], employment["end"])
    )
    assert issued is not None
    assert start is not None
    if start <= issued:
        return end is None or end >= issued
    return start <= reference.add_months(issued, 6)


_first_conditions = reference.care_conditions


def _with_level(certificate: Item, case: Item, readings: dict[str, str]) -> dict[str, bool]:
    kind, *others = _first_conditions(certificate, case, readings).items()
    return dict([kind, ("level_reached", certificate["level"] <= 4), *others])


AMENDMENTS: dict[str, tuple[str, object]] = {
    "care_employment": ("started_in_time", _within_six_months),
    "special_ability_standard": ("SPECIAL_STANDARD", reference.SPECIAL_STANDARD + 200),
    "annex": ("ANNEX", tuple(code for code in reference.ANNEX if code != STRUCK)),
    "level_reached": ("care_conditions", _with_level),
}


@contextmanager
def amended_reference(*names: str) -> Iterator[None]:
    """The reference reads the notice with these amendments."""
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setattr(reference, *AMENDMENTS[name])
        yield


def population() -> Iterator[tuple[Item, dict[str, str]]]:
    """Complete cases with the readings they are asked under: most about certificates, some about everything."""
    for seed in range(1400):
        rng = random.Random(f"second policy {seed}")
        sections = strategies.SECTIONS if seed % 7 == 0 else strategies.PERSONAL
        case = strategies.random_case(rng, sections=sections)
        if seed % 10 == 1:
            for certificate in case.get("certificates", []):
                certificate["occupation_code"] = STRUCK
        chosen = {name: rng.choice(options) for name, options in reference.READINGS.items()}
        yield case, chosen if seed % 2 else {}


LINES = {
    "annex.csv": (7, 6),
    "clauses.toml": (3, 7),
    "doubts.toml": (4, 4),
    "fields.toml": (2, 2),
    "notice.md": (4, 5),
    "parameters.toml": (4, 14),
    "policy.toml": (16, 7),
    "readings.toml": (1, 1),
    "vocabulary.toml": (0, 19),
    "c02_special.lp": (1, 1),
    "c03_care.lp": (8, 15),
    "c07_apprentice.lp": (4, 4),
    "vocabulary.lp": (1, 2),
}
"""How many lines of each file the amendments took out and put in; every other file is the first version's."""


def test_the_files_differ_by_the_amendments_alone() -> None:
    """A change of the first version belongs into this one too."""
    found = {}
    for part in ("policy", "encodings"):
        old, new = ROOT / part / FIRST, AMENDED_ROOT / part / AMENDED
        assert {path.name for path in old.iterdir()} - {path.name for path in new.iterdir()} <= {"source.txt", "properties", "examples"}
        for path in new.iterdir():
            before, after = ((folder / path.name).read_text("utf-8").splitlines() for folder in (old, new))
            lines = Counter(line[0] for line in ndiff(before, after))
            if before != after:
                found[path.name] = (lines["-"], lines["+"])
    assert found == LINES


def test_it_is_in_order() -> None:
    assert policy_problems(AMENDED, AMENDED_ROOT) == []


def test_it_is_found_as_the_only_one_under_its_root() -> None:
    assert Oracle(policy_root=AMENDED_ROOT).policy.id == AMENDED


def test_number_and_digest_tell_the_versions_apart(first: Oracle, second: Oracle) -> None:
    case = {"id": "A-1", "applied_on": "2025-06-01", "certificates": [{"id": "c1"}]}
    old, new = first.decide(case).to_json(), second.decide(case).to_json()
    assert old["policy"] == "沪人社规〔2024〕20号"
    assert new["policy"] == "沪人社规〔2024〕20号（修订试验稿）"
    assert old["policy_digest"] != new["policy_digest"]


def test_only_the_intended_differs(first: Oracle, second: Oracle) -> None:
    """Over random complete cases each version agrees with its own reference, and every amendment shows."""
    changed = dict.fromkeys(AMENDMENTS, 0)
    for case, readings in population():
        old = [told(decision) for decision in first.decide(case, readings=readings).decisions]
        new = [told(decision) for decision in second.decide(case, readings=readings).decisions]
        assert old == reference.decide(case, readings), case
        with amended_reference(*AMENDMENTS):
            assert new == reference.decide(case, readings), case
        for before, after in zip(old, new, strict=True):
            assert before == after or before["benefit"] in TOUCHED, case
        for name in AMENDMENTS:
            with amended_reference(name):
                alone = reference.decide(case, readings)
            changed[name] += sum(
                before["outcome"] != after["outcome"] or before["amount"] != after["amount"]
                for before, after in zip(old, alone, strict=True)
            )
    assert all(number >= 10 for number in changed.values()), changed


# Each amendment, old and new side by side


def care_case(start: str = "2025-01-10", **certificate: Any) -> Item:
    """A home helper who meets every condition of （三） in both versions, but for what is put otherwise."""
    return {
        "id": "care",
        "applied_on": "2025-09-20",
        "person": {"status": "unemployed"},
        "certificates": [
            {
                "id": "c1",
                "kind": "skill_level",
                "occupation_code": "4-10-01-06",
                "level": 4,
                "issued": "2024-12-01",
                "meets_city_rules": False,
            }
            | {"base_standard_cny": "1000.00"}
            | certificate
        ],
        "employments": [
            {
                "id": "e1",
                "employer_in_shanghai": True,
                "industry": "domestic_service",
                "post": "domestic_service",
                "start": start,
                "end": None,
            }
            | {"registry": {"system": "domestic_service", "worker_registered": True, "employer_registered": True, "in_post": True}}
        ],
        "applications": [],
    }


@pytest.mark.parametrize(
    ("start", "old", "new"),
    [
        ("2025-06-01", "met", "met"),
        ("2025-06-02", "met", "unmet"),
        ("2025-08-01", "met", "unmet"),
        ("2024-11-30", "met", "met"),
    ],
    ids=["last day of six months", "a day more", "eight months after the issue", "already in post"],
)
def test_six_months_to_find_work(first: Oracle, second: Oracle, start: str, old: str, new: str) -> None:
    outcomes = {"met": "eligible", "unmet": "not_eligible"}
    for oracle, wanted in ((first, old), (second, new)):
        decision = answer(oracle, care_case(start), "care_route")
        assert statuses(decision)["employed_in_time"] == wanted
        assert decision.outcome == outcomes[wanted]
        assert answer(oracle, care_case(start), "skill_uplift").outcome == outcomes[wanted]


def test_the_special_ability_subsidy_is_1200(first: Oracle, second: Oracle) -> None:
    certificate: Item = {"id": "c1", "kind": "special_ability", "domain": "ai_data_annotation", "issued": "2025-03-01"}
    certificate |= {"meets_city_rules": True, "payment_percent": 80}
    case = {"id": "a", "applied_on": "2025-06-01", "person": {"status": "unemployed"}, "certificates": [certificate]}
    assert str(answer(first, case, "special_ability").standard) == "1000.00"
    assert str(answer(second, case, "special_ability").standard) == "1200.00"
    assert [str(answer(oracle, case, "special_ability").amount) for oracle in (first, second)] == ["800.00", "960.00"]


@pytest.mark.parametrize(("code", "old", "new"), [(STRUCK, "eligible", "not_eligible"), ("6-31-07-03", "eligible", "eligible")])
def test_the_annex_lost_a_row(first: Oracle, second: Oracle, code: str, old: str, new: str) -> None:
    case = care_case(occupation_code=code, meets_city_rules=True)
    for oracle, wanted in ((first, old), (second, new)):
        decision = answer(oracle, case, "skill_uplift")
        assert decision.outcome == wanted
        assert (statuses(decision)["catalogue_listed"] == "met") == (wanted == "eligible")


@pytest.mark.parametrize(("level", "status"), [(1, "met"), (4, "met"), (5, "unmet"), (None, "unknown")])
def test_the_level_counts(first: Oracle, second: Oracle, level: int | None, status: str) -> None:
    case = care_case(level=level)
    if level is None:
        del case["certificates"][0]["level"]
    assert answer(first, case, "care_route").outcome == "eligible"
    assert "level_reached" not in statuses(answer(first, case, "care_route"))
    decision = answer(second, case, "care_route")
    wanted = {"met": "eligible", "unmet": "not_eligible", "unknown": "unknown"}[status]
    assert decision.outcome == wanted
    assert statuses(decision) == dict.fromkeys(statuses(decision), "met") | {"level_reached": status}
    assert list(statuses(decision))[:2] == ["certificate_kind", "level_reached"]
    # the way of （三） is what entitles to the raised standard, too
    assert answer(first, case, "skill_uplift").outcome == "eligible"
    assert answer(second, case, "skill_uplift").outcome == wanted


@pytest.mark.parametrize("window", ["after_start", "by_deadline"])
def test_the_rule_written_otherwise_means_the_same(first: Oracle, second: Oracle, window: str) -> None:
    """Over random apprenticeships, also with unknown facts, whose days now pass through one predicate more."""
    seen = set()
    for seed in range(120):
        rng = random.Random(f"apprentices {seed}")
        case = strategies.random_case(rng, unknown=rng.choice([0.0, 0.1, 0.4]), sections=["apprenticeships"])
        readings = {"contract_window": window}
        old = [told(decision) for decision in first.decide(case, readings=readings).decisions]
        assert old == [told(decision) for decision in second.decide(case, readings=readings).decisions], case
        seen |= {condition["status"] for decision in old for condition in decision["conditions"] if condition["id"] == "contract_in_time"}
    assert seen == {"met", "unmet", "unknown"}
