"""The city's ordinary rules of June 2022 on the skill-upgrade subsidy（本市劳动者申领职业技能提升补贴的有关规定）as plain Python.

The rules are known from copies only: the document, its number and any later change were not found. A case has the keys of the case
format of 沪人社规〔2024〕20号, for the two norms look at the same certificates. Each function quotes the words it rests on. Whatever
they leave open is one of `Readings`; the default is the first option of each.

Up to `first_payment` every function is about a case in which each fact that it reads is known. From there on an absent fact is unknown:
what holds in every completion is said, and what does not is `unknown`. An absent list is an empty one.

Not computed: which papers are handed in, which district examines them, how the money is paid."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any, Literal, TypeVar

Item = dict[str, Any]
Found = TypeVar("Found")

MONTHS_TO_APPLY = 12
STANDARDS = {5: Decimal(1500), 4: Decimal(2000), 3: Decimal(2500), 2: Decimal(3000), 1: Decimal(3500)}
UNGRADED_STANDARD = Decimal(1000)
IN_FULL, IN_PART = 100, 80
GROUPS_IN_FULL = ("assisted_insurance", "former_rural_labour", "disabled", "recent_veteran")
LOWEST_GRADE_OF_UNIVERSITY = 4
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What the copied words can be taken to say.

    - `once_counts`: which earlier application uses up 只可申请一次. `granted`: one that was granted. `filed`: any for the same grade,
      whatever became of it; below a grade 已享受过 counts all the same.
    - `once_special`: whether 同一职业(工种)同一等级 reaches a certificate that has no grade. `covered`: once for a domain.
      `not_covered`: any number of times.
    - `hukou_reach`: what 本市户籍 governs. `jobless`: 失业人员, the first of the list. `all`: every group of the list.
    - `flexible_insurance`: whether a flexible worker of Shanghai must be insured. `not_asked`: 灵活就业人员 are named for themselves.
      `asked`: they are named among those who are 参加本市社会保险并处于缴费状态.
    - `student_special`: whether 取得中级及以上 shuts out a certificate that has no grade. `any_grade`: it does not. `graded_only`: it does.
    """

    once_counts: Literal["granted", "filed"] = "granted"
    once_special: Literal["covered", "not_covered"] = "covered"
    hukou_reach: Literal["jobless", "all"] = "jobless"
    flexible_insurance: Literal["not_asked", "asked"] = "not_asked"
    student_special: Literal["any_grade", "graded_only"] = "any_grade"


READINGS: dict[str, tuple[str, ...]] = {
    "once_counts": ("granted", "filed"),
    "once_special": ("covered", "not_covered"),
    "hukou_reach": ("jobless", "all"),
    "flexible_insurance": ("not_asked", "asked"),
    "student_special": ("any_grade", "graded_only"),
}


# Days and sums


def day(text: str) -> date:
    """An ISO date of a case."""
    return date.fromisoformat(text)


def add_months(start: date, months: int) -> date:
    """The same day of another month, or the last day of that month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def money(amount: Decimal) -> str:
    """Two places, rounded half up to the fen."""
    return str(amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def last_day_to_apply(certificate: Item) -> date:
    """time.s1「可自证书颁发之日起12个月内」: the last day is inside, the first is the day of issue."""
    return add_months(day(certificate["issued"]), MONTHS_TO_APPLY)


def standard(certificate: Item) -> Decimal:
    """standards.s1「初级工(五级)1500元/人、中级工(四级)2000元/人、高级工(三级)2500元/人、技师(二级)3000元/人、
    高级技师(一级)3500元/人,不区分等级…1000元/人」."""
    return UNGRADED_STANDARD if certificate["kind"] == "special_ability" else STANDARDS[certificate["level"]]


def payment_percent(case: Item, readings: Readings) -> int:
    """standards.s2「可按规定比例享受」, groups.s2「按补贴标准享受100%」, groups.s1「按补贴标准的80%享受」: who is in a group of each has
    the greater share; who is in none would have the lesser."""
    return IN_FULL if in_group_paid_in_full(case, readings) else IN_PART


# The groups


def of_shanghai(case: Item) -> bool:
    """groups.s1, groups.s2「本市户籍」."""
    return bool(case["person"]["hukou"] == "shanghai")


def belongs_to(case: Item, *groups: str) -> bool:
    """Whether the person is in one of these groups; no list is an empty one."""
    return not set(groups).isdisjoint(case["person"].get("groups", ()))


def in_listed_group(case: Item, readings: Readings) -> bool:
    """groups.s2「协保人员、原农村富余劳动力、残疾人、退役五年内的退役士兵」; reading `hukou_reach`."""
    return belongs_to(case, *GROUPS_IN_FULL) and (readings.hukou_reach == "jobless" or of_shanghai(case))


def in_group_paid_in_full(case: Item, readings: Readings) -> bool:
    """groups.s2「本市户籍失业人员、协保人员、原农村富余劳动力、残疾人、退役五年内的退役士兵…按补贴标准享受100%」,
    groups.s3「失业人员对应…登记失业和无业状态」: what the case calls unemployed is either."""
    return in_listed_group(case, readings) or (case["person"]["status"] == "unemployed" and of_shanghai(case))


def insured_worker(case: Item) -> bool:
    """groups.s1「参加本市社会保险并处于缴费状态的在职从业人员」, of any hukou（「外省市户籍」）. That a civil servant and the holder of a
    post without a skill of a public institution are none is in no sentence that was copied."""
    person = case["person"]
    if person["status"] != "employed" or person["insured_in_shanghai"] is not True:
        return False
    return person["civil_servant"] is not True and bool(person["public_institution_post"] != "non_skilled")


def flexible_worker(case: Item, readings: Readings) -> bool:
    """groups.s1「含本市户籍的灵活就业人员」; reading `flexible_insurance`."""
    if not belongs_to(case, "flexible_worker") or not of_shanghai(case):
        return False
    return readings.flexible_insurance == "not_asked" or case["person"]["insured_in_shanghai"] is True


def student(certificate: Item, case: Item, readings: Readings) -> bool:
    """groups.s4「本市高等院校毕业学年学生(含外省市生源),在毕业学年…取得中级及以上」: a student on the day of issue; a vocational school
    with a certificate of any grade, as the source of groups.s4 adds; reading `student_special`."""
    person = case["person"]
    if certificate["holder_status"] != "graduating_student" or person["school_in_shanghai"] is not True:
        return False
    if person["school_kind"] != "university":
        return bool(person["school_kind"] == "vocational")
    if certificate["kind"] == "special_ability":
        return readings.student_special == "any_grade"
    return bool(certificate["level"] <= LOWEST_GRADE_OF_UNIVERSITY)


def in_city_groups(case: Item, readings: Readings) -> bool:
    """The groups that are neither jobless people, nor workers in a post, nor students: those of groups.s2 after the first, and
    groups.s1「本市户籍的灵活就业人员」."""
    return in_listed_group(case, readings) or flexible_worker(case, readings)


# The conditions


def recognised(certificate: Item) -> bool:
    """route.s2「经本市人力资源社会保障部门备案的职业技能等级认定项目」「由经…备案的评价机构」,
    route.s1「通过企业直接认定、竞赛晋升或表彰取得的…不可申请」: by assessment alone."""
    if certificate["kind"] not in ("skill_level", "special_ability"):
        return False
    return certificate["route"] == "assessment" and certificate["assessor_filed"] is True


def in_time(certificate: Item, case: Item) -> bool:
    """time.s1「可自证书颁发之日起12个月内,通过“上海人社”APP或各区就业促进中心窗口申请」: not before the day of issue either."""
    applied_on = day(case["applied_on"])
    return day(certificate["issued"]) <= applied_on <= last_day_to_apply(certificate)


def person_group(certificate: Item, case: Item, readings: Readings) -> bool:
    """groups.s5「在法定劳动年龄段内」; and one of the groups."""
    if case["person"]["of_working_age"] is not True:
        return False
    in_part = insured_worker(case) or flexible_worker(case, readings) or student(certificate, case, readings)
    return in_part or in_group_paid_in_full(case, readings)


def paid_for_the_same(application: Item, certificate: Item, case: Item, readings: Readings) -> bool:
    """once.s1「同一职业(工种)同一等级只可申请一次补贴」, once.s2「已享受过…的,不可再次享受该职业(工种)等级及以下等级」: five is the
    lowest grade; readings `once_counts` and `once_special`."""
    kind = {"skill_level": "skill", "special_ability": "special"}.get(certificate["kind"])
    if kind is None or application["kind"] != kind or day(application["date"]) > day(case["applied_on"]):
        return False
    granted = application["outcome"] == "granted"
    if not granted and readings.once_counts == "granted":
        return False
    if kind == "special":
        return readings.once_special == "covered" and bool(application["domain"] == certificate["domain"])
    if application["occupation_code"] != certificate["occupation_code"]:
        return False
    higher = granted and application["level"] < certificate["level"]
    return higher or bool(application["level"] == certificate["level"])


def first_payment(certificate: Item, case: Item, readings: Readings) -> bool:
    """once.s1 and once.s2: no other application of the case was for the same."""
    return not any(paid_for_the_same(application, certificate, case, readings) for application in case.get("applications", ()))


Condition = Callable[[Item, Item, Readings], bool]
CONDITIONS: dict[str, Condition] = {
    "recognised": lambda certificate, _case, _readings: recognised(certificate),
    "in_time": lambda certificate, case, _readings: in_time(certificate, case),
    "person_group": person_group,
    "first_payment": first_payment,
}
SENTENCES = {
    "recognised": ("route.s2", "route.s1"),
    "in_time": ("time.s1",),
    "person_group": ("groups.s5", "groups.s2", "groups.s3", "groups.s1", "groups.s4"),
    "first_payment": ("once.s1", "once.s2"),
}


def meets_city_rules(certificate: Item, case: Item, readings: Readings) -> bool:
    """Whether the subsidy is granted for a certificate."""
    return all(met(certificate, case, readings) for met in CONDITIONS.values())


# Unknown facts


class Asked(Exception):  # noqa: N818 - a question, not an error
    """A fact is needed that the case does not say."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Open(Item):
    """A part of a case in which an absent fact has the value that was chosen for its path, or that somebody supplies."""

    def __init__(self, said: Mapping[str, Any], path: str, chosen: Mapping[str, Any], supplied: Mapping[str, Callable[[], Any]]) -> None:
        super().__init__({key: self._within(value, f"{path}{key}", chosen, supplied) for key, value in said.items()})
        self.path, self.chosen, self.supplied = path, chosen, supplied

    @staticmethod
    def _within(value: Any, path: str, chosen: Mapping[str, Any], supplied: Mapping[str, Callable[[], Any]]) -> Any:
        if isinstance(value, dict):
            return Open(value, f"{path}.", chosen, supplied)
        if isinstance(value, list):
            return [Open(item, f"{path}.{item['id']}.", chosen, supplied) if isinstance(item, dict) else item for item in value]
        return value

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or f"{self.path}{key}" in self.supplied

    def __missing__(self, key: str) -> Any:
        path = f"{self.path}{key}"
        if path in self.supplied:
            return self.supplied[path]()
        if path not in self.chosen:
            raise Asked(path)
        return self.chosen[path]


Supply = Callable[[Open], Mapping[str, Callable[[], Any]]]


def nothing(_opened: Open) -> Mapping[str, Callable[[], Any]]:
    """No norm supplies anything."""
    return {}


Leaf = tuple[dict[str, Any], Found]


def completions(
    case: Item, asked: Callable[[Open], Found], values: Callable[[Item, str], Iterable[Any]], supply: Supply = nothing
) -> list[Leaf[Found]]:
    """What is found in every completion of the facts that are needed to find it, each with the values chosen for them.

    Two of them never agree on all the facts that both chose: together they cover every completion once.
    """
    whole: Item = {"person": {}, **case}
    found: list[Leaf[Found]] = []
    waiting: list[dict[str, Any]] = [{}]
    while waiting:
        chosen = waiting.pop()
        supplied: dict[str, Callable[[], Any]] = {}
        opened = Open(whole, "", chosen, supplied)
        supplied |= supply(opened)
        try:
            found.append((chosen, asked(opened)))
        except Asked as needed:
            waiting += [{**chosen, needed.path: value} for value in values(case, needed.path)]
    return found


def deciding(leaves: Sequence[Leaf[Found]]) -> tuple[str, ...]:
    """The facts on which alone, in some completion of the others, it depends what is found; in order of their paths."""
    paths: set[str] = set()
    for number, (left, one) in enumerate(leaves):
        for right, other in leaves[:number]:
            if one != other:
                apart = [path for path in left.keys() & right.keys() if left[path] != right[path]]
                paths |= set(apart) if len(apart) == 1 else set()
    return tuple(sorted(paths))


YES = (True, False)
STATUSES = ("employed", "unemployed", "graduating_student", "other")
VALUES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("person", "status"): STATUSES,
    ("person", "civil_servant"): YES,
    ("person", "public_institution_post"): ("none", "skilled", "non_skilled"),
    ("person", "school_in_shanghai"): YES,
    ("person", "insured_in_shanghai"): YES,
    ("person", "hukou"): ("shanghai", "other"),
    ("person", "of_working_age"): YES,
    ("person", "school_kind"): ("vocational", "university", "other"),
    ("certificates", "kind"): ("skill_level", "special_ability", "other"),
    ("certificates", "level"): tuple(STANDARDS),
    ("certificates", "domain"): ("ai_data_annotation", "ai_model_application", "other"),
    ("certificates", "route"): ("assessment", "firm_recognition", "competition", "honour", "other"),
    ("certificates", "assessor_filed"): YES,
    ("certificates", "holder_status"): STATUSES,
    ("applications", "kind"): ("skill", "special", "training"),
    ("applications", "outcome"): ("granted", "pending", "refused"),
    ("applications", "level"): tuple(STANDARDS),
    ("applications", "domain"): ("ai_data_annotation", "ai_model_application", "other"),
}
UNNAMED_OCCUPATIONS = ("9-99-99-98", "9-99-99-99")


def days_near(days: Iterable[date]) -> list[str]:
    """These days, those twelve months before and after, the days beside them, and the first and the last day there is: whatever compares
    a day with one of them, or with one twelve months away, comes out in every way that it can."""
    near = {FIRST_DAY, LAST_DAY}
    for moment in days:
        for months in (-MONTHS_TO_APPLY, 0, MONTHS_TO_APPLY):
            away = add_months(moment, months)
            near |= {away + timedelta(days=more) for more in (-1, 0, 1)}
    return [moment.isoformat() for moment in sorted(near) if FIRST_DAY <= moment <= LAST_DAY]


def occupations(case: Item) -> list[str]:
    """The occupations that a case names, and two that it does not: an unknown one may be none of them, and two may differ."""
    named = {
        item["occupation_code"] for name in ("certificates", "applications") for item in case.get(name, ()) if "occupation_code" in item
    }
    return sorted(named.union(UNNAMED_OCCUPATIONS))


def values(case: Item, path: str) -> Iterable[Any]:
    """The values that tell apart what these rules tell apart, for a fact that a case does not say."""
    section, name = path.split(".")[0], path.split(".")[-1]
    if name in ("issued", "date"):
        return days_near([day(case["applied_on"])])
    if name == "occupation_code":
        return occupations(case)
    return VALUES[section, name]


# The decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a certificate.

    `conditions` are met, unmet or unknown, `reasons` the sentences on which the unmet ones rest. `percent` is the share, granted or not.
    `standard` and `amount` stand where it is granted and they are the same in every completion, `amount_range` where the amount is not.
    `missing` are the facts that can still decide it."""

    subject: str
    outcome: str
    conditions: dict[str, str]
    reasons: tuple[str, ...]
    percent: int | None
    standard: str | None
    amount: str | None
    amount_range: tuple[str, str] | None
    missing: tuple[str, ...]


def only(leaves: Sequence[Leaf[Found]]) -> Found | None:
    """What is found in every completion; nothing where that is more than one thing."""
    first = leaves[0][1]
    return first if all(found == first for _, found in leaves) else None


def status(leaves: Sequence[Leaf[bool]], words: tuple[str, str]) -> str:
    """The first word for what holds in every completion, the second for what holds in none, otherwise unknown."""
    held = only(leaves)
    return "unknown" if held is None else words[0] if held else words[1]


def decide_certificate(case: Item, number: int, readings: Readings) -> Decision:
    """The decision on one certificate of a case."""

    def within(asked: Callable[[Item, Item, Readings], Found]) -> list[Leaf[Found]]:
        return completions(case, lambda opened: asked(opened["certificates"][number], opened, readings), values)

    conditions = {name: status(within(met), ("met", "unmet")) for name, met in CONDITIONS.items()}
    granted = within(meets_city_rules)
    outcome = status(granted, ("eligible", "not_eligible"))
    percent = within(lambda _, opened, chosen: payment_percent(opened, chosen))
    paid = within(lambda certificate, opened, chosen: standard(certificate) * payment_percent(opened, chosen) / 100)
    amounts = sorted({amount for _, amount in paid}) if outcome == "eligible" else []
    standards = within(lambda certificate, _, __: standard(certificate)) if amounts else []
    known = only(standards) if standards else None
    return Decision(
        subject=case["certificates"][number]["id"],
        outcome=outcome,
        conditions=conditions,
        reasons=tuple(anchor for name, met in conditions.items() if met == "unmet" for anchor in SENTENCES[name]),
        percent=only(percent),
        standard=None if known is None else money(known),
        amount=money(amounts[0]) if len(amounts) == 1 else None,
        amount_range=(money(amounts[0]), money(amounts[-1])) if len(amounts) > 1 else None,
        missing=deciding(granted),
    )


def decide(case: Item, readings: Readings | None = None) -> list[Decision]:
    """The decision on each certificate of a case, in its order."""
    return [decide_certificate(case, number, readings or Readings()) for number in range(len(case.get("certificates", ())))]


def assumed(case: Item) -> list[str]:
    """The lists that these rules read, are absent, and were taken as empty."""
    lists = {"person.groups": case.get("person", {}), "certificates": case, "applications": case}
    return [path for path, holder in lists.items() if path.split(".")[-1] not in holder]


# What another norm is told


TOLD: dict[str, Callable[[Item, Item, Readings], Any]] = {
    "meets_city_rules": meets_city_rules,
    "base_standard_cny": lambda certificate, _case, _readings: money(standard(certificate)),
    "payment_percent": lambda _certificate, case, readings: payment_percent(case, readings),
}


def told(case: Item, readings: Readings) -> dict[str, Callable[[], Any]]:
    """By path, what these rules say of a case, found out where it is asked for."""
    found: dict[str, Callable[[], Any]] = {"person.in_city_groups": partial(in_city_groups, case, readings)}
    for certificate in case.get("certificates", ()):
        for name, tell in TOLD.items():
            found[f"certificates.{certificate['id']}.{name}"] = partial(tell, certificate, case, readings)
    return found


def left_to_these_rules(case: Item) -> list[str]:
    """The paths of what these rules can say and a case does not."""
    found = [] if "in_city_groups" in case.get("person", {}) else ["person.in_city_groups"]
    for certificate in case.get("certificates", ()):
        found += [f"certificates.{certificate['id']}.{name}" for name in TOLD if name not in certificate]
    return found


def supplied(case: Item, readings: Readings | None = None) -> dict[str, Any]:
    """By path, what these rules say where a case does not; what their own facts leave open is left out."""
    chosen = readings or Readings()

    def answer(path: str) -> Any:
        return only(completions(case, lambda opened: told(opened, chosen)[path](), values))

    answers = {path: answer(path) for path in left_to_these_rules(case)}
    return {path: value for path, value in answers.items() if value is not None}
