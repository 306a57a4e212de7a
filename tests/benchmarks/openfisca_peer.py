"""OpenFisca-core over the same coded columns: the benefits of （一）, （二） and （三） with the limit of （十）, default readings.

Written as its users write a country package: an entity, parameters, a variable for each fact and a formula for each term of the notice. It
knows no lists inside a person, so each has slots for two jobs and three earlier applications, all that these applicants have. Days keep
the codes of the columns and look up the last day of a month in the same table.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from tiaoli.compiled.column_store import CaseColumns, CodeBook, coder, day_code, last_days
from tiaoli.policy.model import Policy

Outcome = dict[str, tuple[list[Any], Any, Any]]

YEAR = "2025"
JOBS, APPLICATIONS = (1, 2), (1, 2, 3)

CONDITIONS = {
    "skill_uplift": ("skill_certificate", "catalogue_listed", "in_force", "base_entitlement", "annual_limit"),
    "special_ability": ("special_certificate", "in_force", "person_group", "city_rules", "annual_limit"),
    "care_route": ("care_certificate", "in_force", "employed_in_time", "registered", "still_in_post", "annual_limit"),
}

Person = build_entity(key="person", plural="persons", label="an applicant", is_person=True)


class Status(Enum):
    absent = "absent"
    employed = "employed"
    unemployed = "unemployed"
    graduating_student = "graduating_student"
    other = "other"


class Post(Enum):
    absent = "absent"
    none = "none"
    skilled = "skilled"
    non_skilled = "non_skilled"


class Kind(Enum):
    absent = "absent"
    skill_level = "skill_level"
    special_ability = "special_ability"
    other = "other"


class Domain(Enum):
    absent = "absent"
    ai_data_annotation = "ai_data_annotation"
    ai_model_application = "ai_model_application"
    other = "other"


class Trade(Enum):
    absent = "absent"
    elderly_care = "elderly_care"
    domestic_service = "domestic_service"
    other = "other"


# The facts: the name of the variable, the predicate of the column, the type. Those of jobs and applications stand once a slot.

PERSON = (
    ("applied_on", "applied_on", int),
    ("status", "person_status", Status),
    ("civil_servant", "person_civil_servant", bool),
    ("public_institution_post", "person_public_institution_post", Post),
    ("school_in_shanghai", "person_school_in_shanghai", bool),
    ("in_city_groups", "person_in_city_groups", bool),
)
CERTIFICATE = (
    ("certificate_kind", "certificate_kind", Kind),
    ("occupation", "certificate_occupation", int),
    ("domain", "certificate_domain", Domain),
    ("issued", "certificate_issued", int),
    ("meets_city_rules", "certificate_meets_city_rules", bool),
    ("base_standard", "certificate_base_standard", int),
    ("payment_percent", "certificate_payment_percent", int),
)
JOB = (
    ("in_shanghai", "employment_in_shanghai", bool),
    ("industry", "employment_industry", Trade),
    ("post", "employment_post", Trade),
    ("start", "employment_start", int),
    ("end", "employment_end", int),
    ("system", "employment_registry_system", Trade),
    ("worker_registered", "employment_worker_registered", bool),
    ("employer_registered", "employment_employer_registered", bool),
    ("in_post", "employment_in_post", bool),
)
APPLICATION = (("status", "application_status", Status), ("date", "application_date", int))


def facts(entity: str, slots: tuple[int, ...]) -> list[tuple[str, str, Any, int]]:
    """The variables of a list, slot by slot."""
    shape = {"employment": ("job", JOB), "application": ("application", APPLICATION)}
    prefix, declared = shape[entity]
    return [(f"{prefix}_{slot}_{name}", predicate, kind, slot) for slot in slots for name, predicate, kind in declared]


def variable(name: str, kind: Any, **more: Any) -> Any:
    """The class of a variable."""
    value: dict[str, Any] = {"value_type": kind}
    if issubclass(kind, Enum):
        value = {"value_type": Enum, "possible_values": kind, "default_value": kind.absent}
    return type(name, (Variable,), {"entity": Person, "definition_period": DateUnit.YEAR, "label": name, **value, **more})


def system(policy: Policy, codes: CodeBook) -> TaxBenefitSystem:
    """The tax and benefit system: its parameters out of the policy, its variables, its formulas."""
    found = TaxBenefitSystem([Person])
    values = {name: parameter.value for name, parameter in policy.parameters.items()}
    days = {name: day_code(int(values[name])) for name in ("validity_from", "validity_to", "annual_limit_from")}
    numbers = {name: int(values[name]) for name in ("uplift", "special_ability_standard", "care_employment")}
    parameters = {name: {"values": {"2024-01-01": value}} for name, value in (days | numbers).items()}
    found.parameters = ParameterNode("", data=parameters)
    given: list[tuple[str, Any]] = [(name, kind) for name, _, kind in (*PERSON, *CERTIFICATE)]
    given += [(name, kind) for name, _, kind, _ in (*facts("employment", JOBS), *facts("application", APPLICATIONS))]
    for name, kind in given:
        found.add_variable(variable(name, kind))
    for name, (kind, formula) in formulas(policy, codes).items():
        found.add_variable(variable(name, kind, formula=formula))
    return found


def formulas(policy: Policy, codes: CodeBook) -> dict[str, tuple[type, Any]]:
    """A formula for each term of the notice."""
    text = coder(policy, codes, "code")
    listed = np.zeros(max(codes.texts.values()) + 1, bool)
    listed[[text(code) for code in policy.labels]] = True
    cared = np.zeros_like(listed)
    cared[[text(str(p.value)) for p in policy.parameters.values() if p.unit == "occupation"]] = True
    last = last_days()

    def any_slot(slots: tuple[int, ...], test: Any) -> Any:
        return reduce(or_, map(test, slots))

    def skill_certificate(person: Any, period: Any) -> Any:
        return person("certificate_kind", period) == Kind.skill_level

    def special_certificate(person: Any, period: Any) -> Any:
        domain = person("domain", period)
        known = (domain == Domain.ai_data_annotation) | (domain == Domain.ai_model_application)
        return (person("certificate_kind", period) == Kind.special_ability) & known

    def care_certificate(person: Any, period: Any) -> Any:
        return person("skill_certificate", period) & cared[person("occupation", period)]

    def catalogue_listed(person: Any, period: Any) -> Any:
        return listed[person("occupation", period)]

    def in_force(person: Any, period: Any, parameters: Any) -> Any:
        issued, law = person("issued", period), parameters(period)
        return (issued >= law.validity_from) & (issued <= law.validity_to) & (issued <= person("applied_on", period))

    def annual_limit(person: Any, period: Any, parameters: Any) -> Any:
        today, first = person("applied_on", period), parameters(period).annual_limit_from
        january = today - today % 372

        def counts(slot: int) -> Any:
            day = person(f"application_{slot}_date", period)
            filed = person(f"application_{slot}_status", period) == Status.employed
            return filed & (day >= first) & (day >= january) & (day <= today)

        limited = (person("status", period) == Status.employed) & (today >= first)
        return ~(limited & any_slot(APPLICATIONS, counts))

    def care_job(slot: int) -> Any:
        def formula(person: Any, period: Any) -> Any:
            found = person(f"job_{slot}_in_shanghai", period) & (person(f"job_{slot}_start", period) <= person("applied_on", period))
            for name in ("industry", "post"):
                trade = person(f"job_{slot}_{name}", period)
                found = found & ((trade == Trade.elderly_care) | (trade == Trade.domestic_service))
            return found

        return formula

    def timely_job(slot: int) -> Any:
        def formula(person: Any, period: Any) -> Any:
            issued, start = person("issued", period), person(f"job_{slot}_start", period)
            running = person(f"job_{slot}_end", period) >= issued
            soon = start <= person("last_day_to_start", period)
            return person(f"job_{slot}_care", period) & np.where(start <= issued, running, soon)

        return formula

    def recorded_job(slot: int) -> Any:
        def formula(person: Any, period: Any) -> Any:
            registered = person(f"job_{slot}_worker_registered", period) & person(f"job_{slot}_employer_registered", period)
            system, industry = (person(f"job_{slot}_{name}", period) for name in ("system", "industry"))
            return registered & (np.asarray(system) == np.asarray(industry))

        return formula

    def last_day_to_start(person: Any, period: Any, parameters: Any) -> Any:
        return last[person("issued", period) + 31 * parameters(period).care_employment]

    def employed_in_time(person: Any, period: Any) -> Any:
        return any_slot(JOBS, lambda slot: person(f"job_{slot}_timely", period))

    def registered(person: Any, period: Any) -> Any:
        return any_slot(JOBS, lambda slot: person(f"job_{slot}_timely", period) & person(f"job_{slot}_recorded", period))

    def still_in_post(person: Any, period: Any) -> Any:
        today = person("applied_on", period)

        def still(slot: int) -> Any:
            held = person(f"job_{slot}_care", period) & person(f"job_{slot}_recorded", period) & person(f"job_{slot}_in_post", period)
            return held & (person(f"job_{slot}_end", period) >= today)

        return any_slot(JOBS, still)

    def care_route_open(person: Any, period: Any) -> Any:
        conditions = CONDITIONS["care_route"][:-1]
        return reduce(lambda one, other: one & other, (person(name, period) for name in conditions))

    def base_entitlement(person: Any, period: Any) -> Any:
        return person("meets_city_rules", period) | person("care_route_open", period)

    def person_group(person: Any, period: Any) -> Any:
        status = person("status", period)
        excluded = person("civil_servant", period) | (person("public_institution_post", period) == Post.non_skilled)
        group = (status == Status.unemployed) | ((status == Status.employed) & ~excluded)
        group = group | ((status == Status.other) & person("in_city_groups", period))
        return group | ((status == Status.graduating_student) & person("school_in_shanghai", period))

    def city_rules(person: Any, period: Any) -> Any:
        return person("meets_city_rules", period)

    def granted(benefit: str) -> Any:
        def formula(person: Any, period: Any) -> Any:
            return reduce(lambda one, other: one & other, (person(name, period) for name in CONDITIONS[benefit]))

        return formula

    def skill_uplift_amount(person: Any, period: Any, parameters: Any) -> Any:
        parts = (100 + parameters(period).uplift) * person("payment_percent", period).astype(np.int64)
        amount = (person("base_standard", period) * parts + 5000) // 10000
        return np.where(person("skill_uplift", period), amount, 0)

    def special_ability_amount(person: Any, period: Any, parameters: Any) -> Any:
        amount = (parameters(period).special_ability_standard * person("payment_percent", period) + 50) // 100
        return np.where(person("special_ability", period), amount, 0)

    terms: list[Any] = [skill_certificate, special_certificate, care_certificate, catalogue_listed, in_force, annual_limit]
    terms += [employed_in_time, registered, still_in_post, care_route_open, base_entitlement, person_group, city_rules]
    found: dict[str, tuple[type, Any]] = {formula.__name__: (bool, formula) for formula in terms}
    found |= {benefit: (bool, granted(benefit)) for benefit in CONDITIONS}
    for slot in JOBS:
        found[f"job_{slot}_care"] = bool, care_job(slot)
        found[f"job_{slot}_timely"] = bool, timely_job(slot)
        found[f"job_{slot}_recorded"] = bool, recorded_job(slot)
    amounts = (last_day_to_start, skill_uplift_amount, special_ability_amount)
    return found | {formula.__name__: (int, formula) for formula in amounts}


def inputs(population: CaseColumns) -> dict[str, Any]:
    """The columns in the types of OpenFisca, list items in their slots."""
    words = {code: word for word, code in population.codes.words.items()}
    size = population.size
    found = {}

    def typed(column: Any, kind: Any) -> Any:
        if kind is bool:
            return column == population.codes.words["true"]
        if kind is int:
            return column.astype(np.int32)
        places = np.zeros(max(words) + 1, np.int16)
        for code, word in words.items():
            if word in kind.__members__:
                places[code] = kind[word].index
        return EnumArray(np.where(column >= 0, places[np.maximum(column, 0)], np.int16(0)), kind)

    for entity, declared in (("", PERSON), ("certificate", CERTIFICATE)):
        for name, predicate, kind in declared:
            found[name] = typed(population.tables[entity].columns[predicate], kind)
    for entity, slots in (("employment", JOBS), ("application", APPLICATIONS)):
        table = population.tables[entity]
        place = np.arange(table.size) - table.offsets(table.case, size)[table.case] + 1
        for name, predicate, kind, slot in facts(entity, slots):
            here = place == slot
            column = typed(table.columns[predicate], kind)
            slotted = np.zeros(size, column.dtype)
            slotted[table.case[here]] = np.asarray(column)[here]
            found[name] = EnumArray(slotted, kind) if issubclass(kind, Enum) else slotted
    return found


def decide(rules: TaxBenefitSystem, columns: dict[str, Any]) -> Outcome:
    """For each applicant and benefit the conditions met, the outcome and the amount."""
    simulation = SimulationBuilder().build_default_simulation(rules, len(columns["applied_on"]))
    for name, column in columns.items():
        simulation.set_input(name, YEAR, column)
    found = {}
    for benefit, conditions in CONDITIONS.items():
        amount = np.zeros(len(columns["applied_on"]), np.int32)
        if f"{benefit}_amount" in rules.variables:
            amount = simulation.calculate(f"{benefit}_amount", YEAR)
        found[benefit] = [simulation.calculate(name, YEAR) for name in conditions], simulation.calculate(benefit, YEAR), amount
    return found
