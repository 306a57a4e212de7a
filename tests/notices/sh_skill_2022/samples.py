"""One granted case of the city's ordinary rules, and what may be changed in it."""

from __future__ import annotations

import copy
from typing import Any

from notices.sh_skill_2022.reference import Decision, Item, Readings, decide

WORKER: Item = {
    "status": "employed",
    "civil_servant": False,
    "public_institution_post": "none",
    "school_in_shanghai": False,
    "insured_in_shanghai": True,
    "hukou": "other",
    "of_working_age": True,
    "school_kind": "other",
    "groups": [],
}
CERTIFICATE: Item = {
    "id": "c1",
    "kind": "skill_level",
    "occupation_code": "6-25-02-05",
    "level": 3,
    "domain": "other",
    "issued": "2025-03-01",
    "route": "assessment",
    "assessor_filed": True,
    "holder_status": "employed",
}
SPECIAL: Item = {"kind": "special_ability", "domain": "ai_data_annotation"}
PAID: Item = {
    "id": "p1",
    "kind": "skill",
    "date": "2024-06-01",
    "status": "employed",
    "outcome": "granted",
    "occupation_code": "6-25-02-05",
    "level": 3,
    "domain": "other",
}
PAID_SPECIAL: Item = {"kind": "special", "domain": "ai_data_annotation"}


def case(*applications: Item, applied_on: str = "2025-06-01", person: Item | None = None, **certificate: Any) -> Item:
    """An insured worker from elsewhere with a certificate of grade three, and what is changed of them."""
    made = {"id": "A-001", "applied_on": applied_on, "person": WORKER | (person or {}), "certificates": [CERTIFICATE | certificate]}
    return {**made, "applications": [PAID | application for application in applications]}


def decided(made: Item, **chosen: Any) -> Decision:
    (found,) = decide(made, Readings(**chosen))
    return found


def without(made: Item, *paths: str) -> Item:
    """The case without these facts."""
    changed = copy.deepcopy(made)
    for path in paths:
        section, *subject, name = path.split(".")
        owner = next(item for item in changed[section] if item["id"] == subject[0]) if subject else changed[section]
        del owner[name]
    return changed
