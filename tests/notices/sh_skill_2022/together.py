"""沪人社规〔2024〕20号 and the city's ordinary rules together in plain Python: where a case does not say what the notice leaves to those
rules, they say it, and where their own facts leave it open it is unknown.

What is known of each of the two stands in its own reference; here the one is asked what the other needs. Only the facts of a person may
be unknown: classes, trainings, apprentices, projects and engagements are decided by the notice alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from notices.hrss_2024_20 import reference as notice
from notices.sh_skill_2022 import reference as city
from notices.sh_skill_2022.reference import Item, Leaf, Open, completions, day, days_near, deciding

PERSONAL = ("skill_uplift", "special_ability", "care_route")
POLICY, STANDING = "sh-skill-2022", "secondary"
CITY = city.Readings()

CARE = ("elderly_care", "domestic_service")
INDUSTRIES = (*CARE, "other")
RECORD = {"system": CARE, "worker_registered": city.YES, "employer_registered": city.YES, "in_post": city.YES}
VALUES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("person", "in_city_groups"): city.YES,
    ("certificates", "meets_city_rules"): city.YES,
    ("employments", "employer_in_shanghai"): city.YES,
    ("employments", "industry"): INDUSTRIES,
    ("employments", "post"): INDUSTRIES,
    ("employments", "registry"): (None, *(dict(zip(RECORD, row, strict=True)) for row in product(*RECORD.values()))),
    **{("employments", name): values for name, values in RECORD.items()},
    ("applications", "status"): city.STATUSES,
    **{("readings", name): options for name, options in notice.READINGS.items()},
}
DAYS = {"certificates": ("issued",), "employments": ("start", "end"), "applications": ("date",)}


def values(case: Item, path: str) -> Iterable[Any]:
    """The values that tell apart what either norm tells apart, for a fact that a case does not say."""
    section, name = path.split(".")[0], path.split(".")[-1]
    if name in DAYS.get(section, ()):
        said = [item[name] for part, names in DAYS.items() for item in case.get(part, ()) for name in names if item.get(name) is not None]
        landmarks = [notice.VALID_FROM, notice.VALID_TO, notice.LIMIT_FROM]
        near: list[Any] = days_near([*landmarks, *map(day, [case["applied_on"], *said])])
        return [*near, None] if name == "end" else near
    if name == "occupation_code":
        return dict.fromkeys([*notice.INDUSTRY_OF_CARE_OCCUPATION, notice.ANNEX[0], *city.occupations(case)])
    return VALUES.get((section, name)) or city.values(case, path)


def about(case: Item, subject: str) -> Item:
    """The case without other certificates: no decision on one looks at another."""
    return {**case, "certificates": [certificate for certificate in case["certificates"] if certificate["id"] == subject]}


def leaves_of(case: Item, benefit: str, readings: Mapping[str, str], withheld: Collection[str] = ()) -> list[Leaf[Item]]:
    """What the notice decides on the only certificate of a case, in every completion. A reading that is not given is open too."""

    def asked(opened: Open) -> Item:
        (decision,) = notice.JUDGES[benefit](opened, Open(readings, "readings.", opened.chosen, {}))
        return decision

    def supply(opened: Open) -> dict[str, Callable[[], Any]]:
        return {path: tell for path, tell in city.told(opened, CITY).items() if path not in withheld}

    return completions(case, asked, values, supply)


def merged(leaves: Sequence[Leaf[Item]]) -> Item:
    """One decision for every completion: what is the same in all of them, `unknown` or a range where it is not."""
    decisions = [decision for _, decision in leaves]
    first = decisions[0]
    outcomes = {decision["outcome"] for decision in decisions}
    found = {name: first[name] for name in ("benefit", "subject", "clause")}
    found["outcome"] = first["outcome"] if len(outcomes) == 1 else "unknown"
    found["amount"] = None
    if "rate" in first:
        found["rate"] = first["rate"]
    statuses = [{condition["id"]: condition["status"] for condition in decision["conditions"]} for decision in decisions]
    found["conditions"] = [
        {"id": name, "status": status if all(other[name] == status for other in statuses) else "unknown"}
        for name, status in statuses[0].items()
    ]
    found["missing"] = list(deciding([(chosen, decision["outcome"]) for chosen, decision in leaves])) if len(outcomes) > 1 else []
    if outcomes == {"eligible"}:
        found |= sums(decisions)
    return found


def sums(decisions: Sequence[Item]) -> Item:
    """Standard, amount and range of decisions that all grant; no range where in some completion there is no end to it."""
    if "standard" not in decisions[0]:
        return {"amount": None}
    standards = {decision["standard"] for decision in decisions}
    found: Item = {"standard": standards.pop() if len(standards) == 1 else None}
    ends: list[Decimal] = []
    for decision in decisions:
        if decision["amount"] is None and "amount_range" not in decision:
            return found | {"amount": None}
        ends += map(Decimal, decision.get("amount_range") or [decision["amount"]])
    low, high = notice.money(min(ends)), notice.money(max(ends))
    return found | ({"amount": low} if low == high else {"amount": None, "amount_range": [low, high]})


def in_force(readings: Mapping[str, str] | None) -> dict[str, str]:
    """An option of each reading of the notice: those chosen, and the defaults."""
    return {name: options[0] for name, options in notice.READINGS.items()} | dict(readings or {})


def bare(decision: Item) -> Item:
    """What of a decision a supplied value can change."""
    return {name: decision.get(name) for name in ("outcome", "standard", "amount", "amount_range")}


def needed(case: Item, benefit: str, readings: Mapping[str, str], decision: Item) -> list[Item]:
    """The supplied inputs without which outcome, standard, amount or range would be another."""
    found = []
    for path, value in city.supplied(case, CITY).items():
        without = merged(leaves_of(case, benefit, readings, (path,)))
        if bare(without) != bare(decision):
            found.append({"path": path, "value": value, "policy": POLICY, "standing": STANDING})
    return found


def verdict(case: Item, benefit: str, withheld: Collection[str] = ()) -> str | None:
    """Whether it is granted under all, some or none of the combinations of readings; nothing where under one of them it is unknown."""
    under: dict[frozenset[tuple[str, str]], set[str]] = {}
    for chosen, decision in leaves_of(case, benefit, {}, withheld):
        options = frozenset((path, option) for path, option in chosen.items() if path.startswith("readings."))
        under.setdefault(options, set()).add(decision["outcome"])
    for options, outcomes in under.items():
        for others, found in under.items():
            together = len(dict(options | others)) == len(options | others)
            if together and len(outcomes | found) > 1:
                return None
    granted = set().union(*under.values())
    return "some" if len(granted) > 1 else "all" if granted == {"eligible"} else "none"


def flips(case: Item, benefit: str, readings: Mapping[str, str], decision: Item, withheld: Collection[str] = ()) -> list[Item]:
    """Each single other option that changes the outcome or the amount."""
    found = []
    for name, options in notice.READINGS.items():
        for option in options:
            if option != readings[name]:
                other = merged(leaves_of(case, benefit, {**readings, name: option}, withheld))
                if (other["outcome"], other["amount"]) != (decision["outcome"], decision["amount"]):
                    found.append({"reading": name, "option": option, "outcome": other["outcome"], "amount": other["amount"]})
    return found


def decide_one(case: Item, benefit: str, subject: str, readings: Mapping[str, str] | None = None, *, alone: bool = False) -> Item:
    """The decision on one certificate under the readings in force, without what other readings would make of it."""
    one = about(case, subject)
    return merged(leaves_of(one, benefit, in_force(readings), city.left_to_these_rules(one) if alone else ()))


def decide(case: Item, readings: Mapping[str, str] | None = None, *, alone: bool = False) -> list[Item]:
    """All decisions of the notice on a case, in order; those on a certificate with what was supplied, unless it is decided alone."""
    chosen = in_force(readings)
    found: list[Item] = []
    for benefit in notice.JUDGES:
        if benefit not in PERSONAL:
            found += notice.decide(case, chosen, [benefit])
            continue
        for certificate in case.get("certificates", ()):
            one = about(case, certificate["id"])
            withheld = city.left_to_these_rules(one) if alone else ()
            decision = merged(leaves_of(one, benefit, chosen, withheld))
            decision["supplied"] = [] if alone else needed(one, benefit, chosen, decision)
            decision["readings"] = {"verdict": verdict(one, benefit, withheld), "flips": flips(one, benefit, chosen, decision, withheld)}
            found.append(decision)
    return found


def rests_on(decisions: Iterable[Item]) -> list[Item]:
    """The norms that supplied something without which a decision would be another."""
    return [{"policy": POLICY, "standing": STANDING}] if any(decision.get("supplied") for decision in decisions) else []
