"""A naive reference for 沪人社规〔2024〕20号: plain ifs over complete cases, from reading.md alone."""

import random
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

Item = dict[str, Any]
Readings = dict[str, str]
Decision = dict[str, Any]

READINGS: dict[str, tuple[str, ...]] = {
    "validity_anchor": ("event", "application", "both"),
    "limit_year": ("calendar", "rolling"),
    "limit_pool": ("joint", "separate"),
    "limit_counts": ("filed", "granted"),
    "limit_covers_special": ("covered", "not_covered"),
    "care_role": ("extends", "restricts"),
    "care_post": ("either", "same"),
    "sector_lists": ("illustrative", "exhaustive"),
    "person_lists": ("illustrative", "exhaustive"),
    "class_rate_base": ("enrolled", "passed"),
    "class_headcount": ("enrolled", "passed"),
    "class_counted": ("passed", "employed"),
    "contract_window": ("after_start", "by_deadline"),
    "status_date": ("application", "issue"),
}

VALID_FROM = date(2024, 11, 14)
VALID_TO = date(2025, 11, 13)
LIMIT_FROM = date(2025, 1, 1)

ANNEX = (
    "4-08-05-04",
    "6-12-01-00",
    "6-12-03-00",
    "6-12-05-01",
    "6-12-05-03",
    "6-25-01-12",
    "6-25-01-13",
    "6-25-02-05",
    "6-25-02-06",
    "4-04-05-05",
    "6-31-07-01",
    "6-31-07-03",
    "4-04-05-01",
    "4-04-05-02",
    "6-18-01-07",
    "4-10-01-05",
    "4-10-01-06",
)
INDUSTRY_OF_CARE_OCCUPATION = {"4-10-01-05": "elderly_care", "4-10-01-06": "domestic_service"}

CARE_SECTORS = ("elderly_care", "domestic_service")
FIVE_SECTORS = (
    "integrated_circuits",
    "biomedicine",
    "artificial_intelligence",
    "elderly_care",
    "domestic_service",
)
SPECIAL_DOMAINS = ("ai_data_annotation", "ai_model_application")
AGREEMENT_PARTIES = ("employer", "employment_centre", "training_institution", "trainees")
CLASS_GROUPS = ("unemployed", "assisted_insurance", "former_rural_labour", "out_of_province_jobseeker")

UPLIFT_RATE = Decimal("1.30")
SPECIAL_AMOUNT = Decimal(1000)
GRANT_CEILING = Decimal(100000)
STANDARD_IN_SHANGHAI = Decimal(1500)
STANDARD_ELSEWHERE = Decimal(1800)
HALF = Decimal("0.5")

REGISTRATION_FIELDS = ("system", "worker_registered", "employer_registered")
# No rule reads `level` or `previous_batch_completed`; without `base_standard_cny` only the amount is open.
FIELDS_READ: dict[str, tuple[str, ...]] = {
    "person": ("status", "civil_servant", "public_institution_post", "school_in_shanghai"),
    "certificates": ("kind", "occupation_code", "domain", "issued", "meets_city_rules", "holder_status"),
    "employments": ("employer_in_shanghai", "industry", "post", "start", "end", "registry"),
    "applications": ("kind", "date", "status", "outcome"),
    "training_classes": ("sector", "employer_in_shanghai", "plan_approved", "held_in", "starts", "ends"),
    "trainees": ("group", "hukou", "passed", "employed_on", "employer_in_shanghai", "employment_ended"),
    "trainings": ("kind", "organiser_industry", "organiser_listed", "starts"),
    "participants": ("employment_relation", "registry"),
    "apprenticeships": (
        "sector",
        "starts",
        "enterprise_applied",
        "district_assessed",
        "next_batch_starts",
        "enterprise_requests_direct_payment",
    ),
    "apprentices": (
        "enterprise_in_shanghai",
        "contract_signed",
        "contract_months",
        "social_insurance_in_shanghai",
    ),
    "development_projects": (
        "sector",
        "project_kind",
        "work",
        "reviewed_on",
        "review_passed",
        "requested_cny",
    ),
    "engagements": (
        "sector",
        "starts",
        "district_assessed",
        "institution_listed",
        "commissioned",
        "activity",
        "matches_core_business",
    ),
}
NESTED_LISTS = {"training_classes": "trainees", "trainings": "participants", "apprenticeships": "apprentices"}


def day(text: str) -> date:
    """An ISO date of the case."""
    return date.fromisoformat(text)


def add_months(start: date, months: int) -> date:
    """Time: the same day of a later month, or that month's last day."""
    return start + relativedelta(months=months)


def money(amount: Decimal) -> str:
    """Money: two places, rounded half up to the fen."""
    return str(amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def applied_on(case: Item) -> date:
    """Time: the day for which the question is asked."""
    return day(case["applied_on"])


def items(owner: Item, name: str) -> list[Item]:
    """Unknown facts: an absent list is taken as empty."""
    found: list[Item] = owner.get(name, [])
    return found


def inside_validity(moment: date) -> bool:
    """Validity sentence; Time: both ends of the window count."""
    return VALID_FROM <= moment <= VALID_TO


# in_force and annual_limit


def in_force(event: str | None, case: Item, readings: Readings) -> bool:
    """Validity sentence; Conditions, `in_force`, for every event that must have happened."""
    if event is None or day(event) > applied_on(case):
        return False
    if readings["validity_anchor"] == "event":
        return inside_validity(day(event))
    if readings["validity_anchor"] == "application":
        return inside_validity(applied_on(case))
    return inside_validity(day(event)) and inside_validity(applied_on(case))


def next_batch_in_force(event: str | None, case: Item, readings: Readings) -> bool:
    """Validity sentence; Conditions, `in_force`, for `next_batch_starts`, which may lie ahead."""
    if readings["validity_anchor"] == "application":
        return inside_validity(applied_on(case))
    if event is None:
        return False
    if readings["validity_anchor"] == "event":
        return inside_validity(day(event))
    return inside_validity(day(event)) and inside_validity(applied_on(case))


def same_limit_year(earlier: date, moment: date, readings: Readings) -> bool:
    """（十） 每年; reading `limit_year`."""
    if readings["limit_year"] == "calendar":
        return earlier.year == moment.year
    return moment < add_months(earlier, 12)


def kind_in_pool(kind: str, readings: Readings) -> bool:
    """（十） 职业技能提升补贴或培训补贴; readings `limit_pool` and `limit_covers_special`."""
    if kind == "special" and readings["limit_covers_special"] == "not_covered":
        return False
    return kind != "training" or readings["limit_pool"] == "joint"


def application_counts(application: Item, case: Item, readings: Readings) -> bool:
    """（十）; Conditions, `annual_limit`: whether this earlier application uses the year up."""
    earlier = day(application["date"])
    if application["status"] != "employed":
        return False
    if earlier < LIMIT_FROM or earlier > applied_on(case):
        return False
    if not same_limit_year(earlier, applied_on(case), readings):
        return False
    if not kind_in_pool(application["kind"], readings):
        return False
    return readings["limit_counts"] == "filed" or bool(application["outcome"] == "granted")


def annual_limit(benefit: str, case: Item, readings: Readings) -> bool:
    """（十）; Conditions, `annual_limit`."""
    if benefit == "special_ability" and readings["limit_covers_special"] == "not_covered":
        return True
    if case["person"]["status"] != "employed":
        return True
    if applied_on(case) < LIMIT_FROM:
        return True
    return all(not application_counts(application, case, readings) for application in items(case, "applications"))


# （一）, （二）, （三）


def base_entitlement(certificate: Item, case: Item, readings: Readings) -> bool:
    """（一） with （三）; Conditions, `base_entitlement`; reading `care_role`."""
    by_care_route = all(care_conditions(certificate, case, readings).values())
    if readings["care_role"] == "restricts" and certificate["occupation_code"] in INDUSTRY_OF_CARE_OCCUPATION:
        return by_care_route
    return certificate["meets_city_rules"] is True or by_care_route


def person_group(certificate: Item, case: Item, readings: Readings) -> bool:
    """（二）; Conditions, `person_group`; readings `person_lists` and `status_date`."""
    person = case["person"]
    status = person["status"]
    if readings["status_date"] == "issue":
        status = certificate["holder_status"]
    if status == "employed":
        return not person["civil_servant"] and bool(person["public_institution_post"] != "non_skilled")
    if status == "unemployed":
        return True
    if status == "graduating_student":
        return person["school_in_shanghai"] is True
    return readings["person_lists"] == "illustrative"


def post_matches(employment: Item, certificate: Item, readings: Readings) -> bool:
    """（三） 养老护理、家政服务岗位; reading `care_post`."""
    if readings["care_post"] == "either":
        return employment["industry"] in CARE_SECTORS and employment["post"] in CARE_SECTORS
    wanted = INDUSTRY_OF_CARE_OCCUPATION.get(certificate["occupation_code"])
    if wanted is None:
        return False
    return bool(employment["industry"] == wanted and employment["post"] == wanted)


def qualifying_employments(certificate: Item, case: Item, readings: Readings) -> list[Item]:
    """（三）; Conditions, `care_route`: the employments that qualify."""
    found = []
    for employment in items(case, "employments"):
        local = employment["employer_in_shanghai"] is True
        begun = day(employment["start"]) <= applied_on(case)
        if local and begun and post_matches(employment, certificate, readings):
            found.append(employment)
    return found


def started_in_time(employment: Item, certificate: Item) -> bool:
    """（三） 12 个月内, 含证书核发时已在岗; Conditions, `care_route`: in time."""
    issued, start, end = day(certificate["issued"]), day(employment["start"]), employment["end"]
    if start <= issued:
        return end is None or day(end) >= issued
    return start <= add_months(issued, 12)


def registered_in(industry: str, registry: Item | None) -> bool:
    """（三）（五） the two systems are the authority; Conditions, `registered` and `practitioner`."""
    if registry is None:
        return False
    both = registry["worker_registered"] is True and registry["employer_registered"] is True
    return both and bool(registry["system"] == industry)


def registered_employment(employment: Item) -> bool:
    """（三）; Conditions, `registered`: a record in the system of the employment's industry."""
    return registered_in(employment["industry"], employment["registry"])


def held_on_application(employment: Item, case: Item) -> bool:
    """（三） 申请补贴时应当仍在岗; Conditions, `still_in_post`."""
    end = employment["end"]
    running = end is None or day(end) >= applied_on(case)
    return running and employment["registry"]["in_post"] is True


def care_conditions(certificate: Item, case: Item, readings: Readings) -> dict[str, bool]:
    """（三）; Conditions, `care_route` 1–5."""
    care_occupation = certificate["occupation_code"] in INDUSTRY_OF_CARE_OCCUPATION
    qualifying = qualifying_employments(certificate, case, readings)
    in_time = [employment for employment in qualifying if started_in_time(employment, certificate)]
    recorded = [employment for employment in qualifying if registered_employment(employment)]
    return {
        "certificate_kind": certificate["kind"] == "skill_level" and care_occupation,
        "in_force": in_force(certificate["issued"], case, readings),
        "employed_in_time": len(in_time) > 0,
        "registered": any(registered_employment(employment) for employment in in_time),
        "still_in_post": any(held_on_application(employment, case) for employment in recorded),
    }


def judge_skill_uplift(case: Item, readings: Readings) -> list[Decision]:
    """（一）; Conditions, `skill_uplift`."""
    decisions = []
    for certificate in items(case, "certificates"):
        conditions = {
            "certificate_kind": certificate["kind"] == "skill_level",
            "catalogue_listed": certificate["occupation_code"] in ANNEX,
            "in_force": in_force(certificate["issued"], case, readings),
            "base_entitlement": base_entitlement(certificate, case, readings),
            "annual_limit": annual_limit("skill_uplift", case, readings),
        }
        amount = None
        if "base_standard_cny" in certificate:
            amount = Decimal(certificate["base_standard_cny"]) * UPLIFT_RATE
        decision = decided("skill_uplift", "（一）", certificate["id"], conditions, amount)
        decision["rate"] = str(UPLIFT_RATE)
        decisions.append(decision)
    return decisions


def judge_special_ability(case: Item, readings: Readings) -> list[Decision]:
    """（二）; Conditions, `special_ability`."""
    decisions = []
    for certificate in items(case, "certificates"):
        special = certificate["kind"] == "special_ability" and certificate["domain"] in SPECIAL_DOMAINS
        conditions = {
            "certificate_kind": special,
            "in_force": in_force(certificate["issued"], case, readings),
            "person_group": person_group(certificate, case, readings),
            "annual_limit": annual_limit("special_ability", case, readings),
        }
        decisions.append(decided("special_ability", "（二）", certificate["id"], conditions, SPECIAL_AMOUNT))
    return decisions


def judge_care_route(case: Item, readings: Readings) -> list[Decision]:
    """（三）; Conditions, `care_route`."""
    decisions = []
    for certificate in items(case, "certificates"):
        conditions = care_conditions(certificate, case, readings)
        conditions["annual_limit"] = annual_limit("care_route", case, readings)
        decisions.append(decided("care_route", "（三）", certificate["id"], conditions))
    return decisions


# （四）


def sector_listed(sector: str, listed: tuple[str, ...], readings: Readings) -> bool:
    """（四）（六）（七）（九） 等; reading `sector_lists`."""
    return readings["sector_lists"] == "illustrative" or sector in listed


def class_members(training_class: Item, readings: Readings) -> list[Item]:
    """（四） 等群体; Conditions, `directed_training_first`: the class; reading `person_lists`."""
    members = []
    for trainee in items(training_class, "trainees"):
        if readings["person_lists"] == "illustrative" or trainee["group"] in CLASS_GROUPS:
            members.append(trainee)
    return members


def counted(trainee: Item, training_class: Item, case: Item, readings: Readings) -> bool:
    """（四） 培训后6个月内在本市用人单位实现就业; reading `class_counted`."""
    if trainee["employed_on"] is None or not trainee["employer_in_shanghai"]:
        return False
    if readings["class_counted"] == "passed" and not trainee["passed"]:
        return False
    employed_on, ends = day(trainee["employed_on"]), day(training_class["ends"])
    return ends <= employed_on <= add_months(ends, 6) and employed_on <= applied_on(case)


def counted_members(training_class: Item, case: Item, readings: Readings) -> list[Item]:
    """（四）; Conditions, `directed_training_first`: the counted trainees."""
    members = class_members(training_class, readings)
    return [trainee for trainee in members if counted(trainee, training_class, case, readings)]


def paid_first(training_class: Item, case: Item, readings: Readings) -> list[Item]:
    """（四） 80%, 按全班学员人数; readings `class_rate_base` and `class_headcount`."""
    members = class_members(training_class, readings)
    passed = [trainee for trainee in members if trainee["passed"]]
    in_work = counted_members(training_class, case, readings)
    base = members if readings["class_rate_base"] == "enrolled" else passed
    if len(in_work) * 100 >= len(base) * 80:
        return members if readings["class_headcount"] == "enrolled" else passed
    return in_work


def paid_second(training_class: Item, case: Item, readings: Readings) -> list[Item]:
    """（四） 实现就业后6个月仍在沪就业; Conditions, `directed_training_second`: still employed."""
    paid = []
    for trainee in counted_members(training_class, case, readings):
        six_months_on = add_months(day(trainee["employed_on"]), 6)
        ended = trainee["employment_ended"]
        if six_months_on <= applied_on(case) and (ended is None or day(ended) >= six_months_on):
            paid.append(trainee)
    return paid


def standard(trainee: Item, training_class: Item) -> Decimal | None:
    """（四） 每人1500元, 每人1800元; none for a Shanghai hukou elsewhere."""
    if training_class["held_in"] == "shanghai":
        return STANDARD_IN_SHANGHAI
    if trainee["hukou"] == "other":
        return STANDARD_ELSEWHERE
    return None


def half_of_standards(paid: list[Item], training_class: Item) -> Decimal:
    """（四） 50%; Conditions: Σ standard × 50 %."""
    total = Decimal(0)
    for trainee in paid:
        total += standard(trainee, training_class) or Decimal(0)
    return total * HALF


def class_conditions(training_class: Item, case: Item, readings: Readings) -> dict[str, bool]:
    """（四）; Conditions, `directed_training_first` 1–5."""
    parties = training_class.get("agreement_parties", [])
    return {
        "employer_local": training_class["employer_in_shanghai"] is True,
        "sector": sector_listed(training_class["sector"], CARE_SECTORS, readings),
        "agreement": all(party in parties for party in AGREEMENT_PARTIES),
        "plan_approved": training_class["plan_approved"] is True,
        "in_force": in_force(training_class["starts"], case, readings),
    }


def judge_class(benefit: str, training_class: Item, conditions: dict[str, bool], paid: list[Item]) -> Decision:
    """（四）: the amount and the `gap` of one half."""
    amount = half_of_standards(paid, training_class)
    decision = decided(benefit, "（四）", training_class["id"], conditions, amount)
    gap = [trainee["id"] for trainee in paid if standard(trainee, training_class) is None]
    if decision["outcome"] == "eligible" and gap:
        decision["gap"] = gap
    return decision


def judge_directed_training_first(case: Item, readings: Readings) -> list[Decision]:
    """（四） 首期50%; Conditions, `directed_training_first`."""
    decisions = []
    for training_class in items(case, "training_classes"):
        conditions = class_conditions(training_class, case, readings)
        conditions["counted_trainees"] = len(counted_members(training_class, case, readings)) > 0
        paid = paid_first(training_class, case, readings)
        decisions.append(judge_class("directed_training_first", training_class, conditions, paid))
    return decisions


def judge_directed_training_second(case: Item, readings: Readings) -> list[Decision]:
    """（四） 其余50%; Conditions, `directed_training_second`."""
    decisions = []
    for training_class in items(case, "training_classes"):
        conditions = class_conditions(training_class, case, readings)
        paid = paid_second(training_class, case, readings)
        conditions["still_employed"] = len(paid) > 0
        decisions.append(judge_class("directed_training_second", training_class, conditions, paid))
    return decisions


# （五）, （六）


def practitioner(participant: Item, training: Item) -> bool:
    """（五） 不与其建立劳动关系的从业人员; Conditions, `practitioner`."""
    if participant["employment_relation"]:
        return True
    if training["organiser_industry"] not in CARE_SECTORS:
        return False
    return registered_in(training["organiser_industry"], participant["registry"])


def judge_training_scope(case: Item, readings: Readings) -> list[Decision]:
    """（五）; Conditions, `training_scope`."""
    decisions = []
    for training in items(case, "trainings"):
        for participant in items(training, "participants"):
            conditions = {
                "organiser_industry": training["organiser_industry"] in CARE_SECTORS,
                "organiser_listed": training["organiser_listed"] is True,
                "training_kind": training["kind"] in ("staff_training", "directed_training"),
                "in_force": in_force(training["starts"], case, readings),
                "practitioner": practitioner(participant, training),
            }
            subject = training["id"] + "/" + participant["id"]
            decisions.append(decided("training_scope", "（五）", subject, conditions))
    return decisions


def judge_development_grant(case: Item, readings: Readings) -> list[Decision]:
    """（六）; Conditions, `development_grant`."""
    decisions = []
    for project in items(case, "development_projects"):
        kind_fits = project["project_kind"] in ("skill_level_assessment", "special_ability")
        conditions = {
            "sector": sector_listed(project["sector"], FIVE_SECTORS, readings),
            "project_kind": kind_fits and project["work"] in ("new", "update"),
            "in_force": in_force(project["reviewed_on"], case, readings),
            "review_passed": project["review_passed"] is True,
        }
        amount = min(Decimal(project["requested_cny"]), GRANT_CEILING)
        decisions.append(decided("development_grant", "（六）", project["id"], conditions, amount))
    return decisions


# （七）, （九）


def contract_in_time(apprentice: Item, project: Item, case: Item, readings: Readings) -> bool:
    """（七） 开班后3个月内; Conditions, `contract_in_time`; reading `contract_window`."""
    if apprentice["contract_signed"] is None:
        return False
    signed, starts = day(apprentice["contract_signed"]), day(project["starts"])
    if signed > applied_on(case) or signed > add_months(starts, 3):
        return False
    return readings["contract_window"] == "by_deadline" or signed >= starts


def judge_apprentice_scope(case: Item, readings: Readings) -> list[Decision]:
    """（七） 补贴对象范围; Conditions, `apprentice_scope`."""
    decisions = []
    for project in items(case, "apprenticeships"):
        for apprentice in items(project, "apprentices"):
            conditions = {
                "sector": sector_listed(project["sector"], FIVE_SECTORS, readings),
                "in_force": in_force(project["starts"], case, readings),
                "contract_local": apprentice["enterprise_in_shanghai"] is True,
                "contract_in_time": contract_in_time(apprentice, project, case, readings),
                "contract_term": apprentice["contract_months"] >= 12,
                "social_insurance": apprentice["social_insurance_in_shanghai"] is True,
            }
            subject = project["id"] + "/" + apprentice["id"]
            decisions.append(decided("apprentice_scope", "（七）", subject, conditions))
    return decisions


def judge_apprentice_next_batch(case: Item, readings: Readings) -> list[Decision]:
    """（七） 开展下批培训; Conditions, `apprentice_next_batch`."""
    decisions = []
    for project in items(case, "apprenticeships"):
        conditions = {
            "sector": sector_listed(project["sector"], FIVE_SECTORS, readings),
            "in_force": next_batch_in_force(project["next_batch_starts"], case, readings),
            "enterprise_applied": project["enterprise_applied"] is True,
            "district_assessed": project["district_assessed"] is True,
        }
        decisions.append(decided("apprentice_next_batch", "（七）", project["id"], conditions))
    return decisions


def judge_apprentice_direct_payment(case: Item, readings: Readings) -> list[Decision]:
    """（七） 直接拨付; Conditions, `apprentice_direct_payment`."""
    decisions = []
    for project in items(case, "apprenticeships"):
        conditions = {
            "sector": sector_listed(project["sector"], FIVE_SECTORS, readings),
            "in_force": in_force(project["starts"], case, readings),
            "enterprise_request": project["enterprise_requests_direct_payment"] is True,
        }
        decisions.append(decided("apprentice_direct_payment", "（七）", project["id"], conditions))
    return decisions


def activity_covered(engagement: Item) -> bool:
    """（九） 定向培训、企业新型学徒制培训, 主营业务需求; Conditions, `activity`."""
    if engagement["activity"] in ("directed_training", "apprenticeship"):
        return True
    if engagement["activity"] == "staff_training":
        return engagement["matches_core_business"] is True
    return False


def judge_institution_commission(case: Item, readings: Readings) -> list[Decision]:
    """（九）; Conditions, `institution_commission`."""
    decisions = []
    for engagement in items(case, "engagements"):
        conditions = {
            "sector": sector_listed(engagement["sector"], FIVE_SECTORS, readings),
            "in_force": in_force(engagement["starts"], case, readings),
            "district_assessed": engagement["district_assessed"] is True,
            "institution_listed": engagement["institution_listed"] is True,
            "commissioned": engagement["commissioned"] is True,
            "activity": activity_covered(engagement),
        }
        decisions.append(decided("institution_commission", "（九）", engagement["id"], conditions))
    return decisions


# The interface


def decided(benefit: str, clause: str, subject: str, conditions: dict[str, bool], amount: Decimal | None = None) -> Decision:
    """Decisions: eligible where every condition is met; no amount unless eligible."""
    eligible = all(conditions.values())
    return {
        "benefit": benefit,
        "subject": subject,
        "clause": clause,
        "outcome": "eligible" if eligible else "not_eligible",
        "amount": money(amount) if eligible and amount is not None else None,
        "conditions": [{"id": name, "status": "met" if met else "unmet"} for name, met in conditions.items()],
    }


JUDGES: dict[str, Callable[[Item, Readings], list[Decision]]] = {
    "skill_uplift": judge_skill_uplift,
    "special_ability": judge_special_ability,
    "care_route": judge_care_route,
    "directed_training_first": judge_directed_training_first,
    "directed_training_second": judge_directed_training_second,
    "training_scope": judge_training_scope,
    "development_grant": judge_development_grant,
    "apprentice_scope": judge_apprentice_scope,
    "apprentice_next_batch": judge_apprentice_next_batch,
    "apprentice_direct_payment": judge_apprentice_direct_payment,
    "institution_commission": judge_institution_commission,
}


def decide(case: Item, readings: Readings | None = None, benefits: Iterable[str] | None = None) -> list[Decision]:
    """All decisions of a complete case, in the order of the benefits table, then of the file."""
    chosen = {name: options[0] for name, options in READINGS.items()}
    for name, option in (readings or {}).items():
        if option not in READINGS[name]:
            raise ValueError(f"{name}: {option!r} is none of {READINGS[name]}")
        chosen[name] = option
    wanted = set(JUDGES) if benefits is None else set(benefits)
    if not wanted <= set(JUDGES):
        raise ValueError(f"no such benefit: {sorted(wanted - set(JUDGES))}")
    return [decision for benefit in JUDGES if benefit in wanted for decision in JUDGES[benefit](case, chosen)]


def item_complete(section: str, item: Item) -> bool:
    """Unknown facts: every scalar that a rule reads is there, in the registry record too."""
    if any(name not in item for name in FIELDS_READ[section]):
        return False
    if item.get("registry") is None:
        return True
    expected = REGISTRATION_FIELDS + (("in_post",) if section == "employments" else ())
    return all(name in item["registry"] for name in expected)


def complete(case: Item) -> bool:
    """Unknown facts: no scalar that a rule reads for this case's subjects is absent."""
    sections = [name for name in FIELDS_READ if name not in ("person", "employments", "applications")]
    if items(case, "certificates"):
        sections += ["employments", "applications"]
        if not item_complete("person", case.get("person", {})):
            return False
    for section in sections:
        for item in items(case, section):
            if not item_complete(section, item):
                return False
            nested = NESTED_LISTS.get(section)
            if nested is not None and not all(item_complete(nested, inner) for inner in items(item, nested)):
                return False
    return True


def random_readings(rng: random.Random) -> Readings:
    """In half of the draws any options, otherwise the defaults."""
    if rng.random() < 0.5:
        return {}
    return {name: rng.choice(options) for name, options in READINGS.items() if rng.random() < 0.7}
