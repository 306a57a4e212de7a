"""One eligible case for each benefit of the notice, and what may be changed in it."""

from typing import Any

Item = dict[str, Any]


PARTIES = ["employer", "employment_centre", "training_institution", "trainees"]


def personal(applied_on: str, certificate: Item, status: str, **rest: Any) -> Item:
    person = {
        "status": status,
        "civil_servant": False,
        "public_institution_post": "none",
        "school_in_shanghai": True,
        "in_city_groups": False,
    }
    case = {"id": "A-001", "applied_on": applied_on, "person": person, "certificates": [certificate], "employments": [], "applications": []}
    return case | rest


def uplift(applied_on: str = "2025-06-01", status: str = "employed", applications: list[Item] | None = None, **changes: Any) -> Item:
    """A software tester with a listed certificate that meets the city's rules."""
    certificate = {
        "id": "c1",
        "kind": "skill_level",
        "occupation_code": "4-04-05-02",
        "level": 3,
        "domain": "other",
        "issued": "2025-03-01",
        "meets_city_rules": True,
        "base_standard_cny": "1500.00",
        "payment_percent": 80,
        "holder_status": "employed",
    }
    return personal(applied_on, certificate | changes, status, applications=applications or [])


def special(
    applied_on: str = "2025-06-01",
    person: Item | None = None,
    applications: list[Item] | None = None,
    status: str = "employed",
    **changes: Any,
) -> Item:
    """An employed person with a special-ability certificate in data annotation that meets the city's rules."""
    certificate = {
        "id": "c1",
        "kind": "special_ability",
        "occupation_code": "4-04-05-05",
        "domain": "ai_data_annotation",
        "issued": "2025-03-01",
        "meets_city_rules": True,
        "payment_percent": 80,
        "holder_status": "employed",
    }
    case = personal(applied_on, certificate | changes, status, applications=applications or [])
    case["person"] |= person or {}
    return case


def job(name: str = "e1", **changes: Any) -> Item:
    """A registered post in elderly care in Shanghai, in which the person still is."""
    registry = {"system": "elderly_care", "worker_registered": True, "employer_registered": True, "in_post": True}
    employment = {
        "id": name,
        "employer_in_shanghai": True,
        "industry": "elderly_care",
        "post": "elderly_care",
        "start": "2025-02-10",
        "end": None,
        "registry": registry | changes.pop("record", {}),
    }
    return employment | changes


def care(
    *employments: Item, applied_on: str = "2025-06-01", status: str = "employed", applications: list[Item] | None = None, **changes: Any
) -> Item:
    """A certified elderly-care worker in post on the day the certificate is issued; the city's rules are not met."""
    certificate = {
        "id": "c1",
        "kind": "skill_level",
        "occupation_code": "4-10-01-05",
        "domain": "other",
        "issued": "2025-03-01",
        "meets_city_rules": False,
        "base_standard_cny": "1500.00",
        "payment_percent": 80,
        "holder_status": "employed",
    }
    return personal(applied_on, certificate | changes, status, employments=list(employments) or [job()], applications=applications or [])


def application(day: str, **changes: Any) -> Item:
    """An earlier application of an employed person, granted."""
    return {"id": "p1", "kind": "skill", "date": day, "status": "employed", "outcome": "granted"} | changes


def trainee(name: str = "t1", **changes: Any) -> Item:
    """Passed, and found work in Shanghai a week after the class."""
    return {
        "id": name,
        "group": "unemployed",
        "hukou": "shanghai",
        "passed": True,
        "employed_on": "2025-04-07",
        "employer_in_shanghai": True,
        "employment_ended": None,
    } | changes


def jobless(name: str, **changes: Any) -> Item:
    """Passed, and found no work."""
    return trainee(name, employed_on=None, employer_in_shanghai=False) | changes


def directed(*trainees: Item, applied_on: str = "2025-11-01", **changes: Any) -> Item:
    """A care home's class in Shanghai of which everybody found work in time and stayed."""
    training_class = {
        "id": "k1",
        "sector": "elderly_care",
        "employer_in_shanghai": True,
        "agreement_parties": PARTIES,
        "plan_approved": True,
        "held_in": "shanghai",
        "starts": "2025-01-06",
        "ends": "2025-03-31",
        "trainees": list(trainees) or [trainee()],
    }
    return {"id": "A-001", "applied_on": applied_on, "training_classes": [training_class | changes]}


def scope(applied_on: str = "2025-06-01", participant: Item | None = None, record: Item | None = None, **changes: Any) -> Item:
    """A registered cleaner without an employment relation, trained by a listed domestic-service company."""
    registry = {"system": "domestic_service", "worker_registered": True, "employer_registered": True}
    training = {
        "id": "g1",
        "kind": "staff_training",
        "organiser_industry": "domestic_service",
        "organiser_listed": True,
        "starts": "2025-03-01",
        "participants": [{"id": "q1", "employment_relation": False, "registry": registry | (record or {})} | (participant or {})],
    }
    return {"id": "A-001", "applied_on": applied_on, "trainings": [training | changes]}


def grant(applied_on: str = "2025-06-01", **changes: Any) -> Item:
    """A new special-ability project in artificial intelligence that passed its review."""
    project = {
        "id": "d1",
        "sector": "artificial_intelligence",
        "project_kind": "special_ability",
        "work": "new",
        "reviewed_on": "2025-04-01",
        "review_passed": True,
        "requested_cny": "80000.00",
    }
    return {"id": "A-001", "applied_on": applied_on, "development_projects": [project | changes]}


def project(applied_on: str = "2025-06-01", apprentice: Item | None = None, **changes: Any) -> Item:
    """A biomedical apprenticeship project: one apprentice, a next batch ahead, money straight to the institution."""
    someone = {
        "id": "y1",
        "enterprise_in_shanghai": True,
        "contract_signed": "2025-04-15",
        "contract_months": 24,
        "social_insurance_in_shanghai": True,
    }
    apprenticeship = {
        "id": "x1",
        "sector": "biomedicine",
        "starts": "2025-03-01",
        "enterprise_applied": True,
        "district_assessed": True,
        "previous_batch_completed": False,
        "next_batch_starts": "2025-09-01",
        "enterprise_requests_direct_payment": True,
        "apprentices": [someone | (apprentice or {})],
    }
    return {"id": "A-001", "applied_on": applied_on, "apprenticeships": [apprenticeship | changes]}


def commission(applied_on: str = "2025-06-01", **changes: Any) -> Item:
    """A listed institution commissioned by a chip maker with training that its core business needs."""
    engagement = {
        "id": "n1",
        "sector": "integrated_circuits",
        "starts": "2025-05-01",
        "district_assessed": True,
        "institution_listed": True,
        "commissioned": True,
        "activity": "staff_training",
        "matches_core_business": True,
    }
    return {"id": "A-001", "applied_on": applied_on, "engagements": [engagement | changes]}


CARER: dict[str, Any] = {
    "id": "A",
    "applied_on": "2025-06-20",
    "person": {"status": "employed"},
    "certificates": [{"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05", "issued": "2025-03-01"}],
    "employments": [
        {
            "id": "e1",
            "employer_in_shanghai": True,
            "industry": "elderly_care",
            "post": "elderly_care",
            "start": "2025-02-10",
            "end": "2026-06-30",
            "registry": {"system": "elderly_care", "worker_registered": True, "employer_registered": True, "in_post": True},
        }
    ],
    "applications": [{"id": "p1", "kind": "training", "date": "2025-04-10", "status": "employed", "outcome": "granted"}],
}
