"""Random cases in the case format: one table of fields, one builder, seeded or drawn by hypothesis."""

import random
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

Item = dict[str, Any]
Scope = dict[str, date]
Chosen = TypeVar("Chosen")

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
LANDMARKS: Scope = {
    "valid_from": date(2024, 11, 14),
    "valid_to": date(2025, 11, 13),
    "limit_from": date(2025, 1, 1),
}


def shifted(start: date, months: int = 0, days_more: int = 0) -> date:
    """The same day of another month, or its last day, then some days on; kept in the format's range."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    moved = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])) + timedelta(days=days_more)
    return min(max(moved, FIRST_DAY), LAST_DAY)


def around(start: date, months: int = 0) -> list[date]:
    """The day so many months away, the day after and the day before."""
    return [shifted(start, months, step) for step in (0, 1, -1)]


def month_end(moment: date) -> date:
    """The last day of that month."""
    return moment.replace(day=monthrange(moment.year, moment.month)[1])


MONTH_ENDS = [month_end(shifted(date(2024, 8, 1), months)) for months in range(25)]
ODD_DAYS = [date(2024, 2, 29), date(2028, 2, 29), date(2000, 2, 29), date(2100, 2, 28), FIRST_DAY, LAST_DAY]
NEAR_LANDMARKS = [near for months in (0, 3, 6, 12, -3, -6, -12) for landmark in LANDMARKS.values() for near in around(landmark, months)]
BOUNDARY_DAYS = list(dict.fromkeys(NEAR_LANDMARKS + MONTH_ENDS + ODD_DAYS))


# The table of fields. In every tuple of values the simplest comes first: that is where hypothesis shrinks to.


@dataclass(frozen=True)
class Choice:
    """A scalar with a list of values; `good` ones serve some rule, all of them unless given."""

    name: str
    values: tuple[str | bool | int, ...]
    good: tuple[str | bool | int, ...] = ()
    like: str = ""  # the good value is that of another field of the item

    def good_values(self, known: Item) -> Sequence[str | bool | int]:
        """The values that serve a rule, in the light of the item's other fields."""
        if self.like and known.get(self.like) in self.values:
            return (known[self.like],)
        return self.good or self.values


@dataclass(frozen=True)
class Money:
    """Money as text: samples, or any sum in fen."""

    name: str
    values: tuple[str, ...]


Anchor = tuple[str, int]


@dataclass(frozen=True)
class Day:
    """A date; `good` from the latest `low` to the earliest `high`, planted on and beside all anchors."""

    name: str
    low: tuple[Anchor, ...]
    high: tuple[Anchor, ...]
    near: tuple[Anchor, ...] = ()
    not_before: str = ""
    null: str = ""  # "good" or "bad" where the format gives null a meaning


@dataclass(frozen=True)
class Record:
    """An object of scalars, or null: the registry."""

    name: str
    fields: tuple[Choice, ...]


@dataclass(frozen=True)
class Parties:
    """A list of names of which all are wanted, or any will do."""

    name: str
    values: tuple[str, ...]
    all_wanted: bool = True


@dataclass(frozen=True)
class Nested:
    """A list of items inside an item; `plans` fix how many are good and how many are spoilt."""

    name: str
    plans: tuple[tuple[int, int], ...]


Field = Choice | Money | Day | Record | Parties | Nested

YES = (True, False)
SPECIAL_DOMAINS = ("ai_data_annotation", "ai_model_application")
SECTORS = (
    "elderly_care",
    "domestic_service",
    "integrated_circuits",
    "biomedicine",
    "artificial_intelligence",
    "other",
)
CARE = ("elderly_care", "domestic_service")
INDUSTRIES = (*CARE, "other")
STATUSES = ("unemployed", "employed", "graduating_student", "other")
CARE_OCCUPATIONS = ("4-10-01-05", "4-10-01-06")
ANNEX_OCCUPATIONS = (
    *CARE_OCCUPATIONS,
    *("4-04-05-01", "4-04-05-02", "4-04-05-05", "4-08-05-04", "6-12-01-00", "6-12-03-00", "6-12-05-01"),
    *("6-12-05-03", "6-18-01-07", "6-25-01-12", "6-25-01-13", "6-25-02-05", "6-25-02-06", "6-31-07-01"),
    "6-31-07-03",
)
OTHER_OCCUPATIONS = ("4-10-01-07", "4-10-01-04", "4-04-05-03", "6-25-02-07", "0-00-00-00", "9-99-99-99")
STANDARDS = (
    "1500.00",
    "0.01",
    "0.05",
    "0.15",
    "932.55",
    "1000.05",
    "999.99",
    "2000",
    "1234.5",
    "10000000.00",
)
REQUESTS = ("100000.00", "100000.01", "99999.99", "35000.50", "120000.00", "0.01", "80000", "10000000")
PERCENTAGES = (100, 80, 1, 99, 50, 33, 90)
GROUPS = ("disabled", "recent_veteran", "assisted_insurance", "former_rural_labour", "flexible_worker", "employment_difficulty")
MONTHS = (12, 24, 36, 13, 1200, 11, 1, 10)

HAPPENED: tuple[Anchor, ...] = (("valid_to", 0), ("applied_on", 0))
REGISTERED = (Choice("worker_registered", YES, (True,)), Choice("employer_registered", YES, (True,)))
# Four of five, three of four, eight of ten, seven of nine: on, above and below 80 %.
CLASS_PLANS = (
    *((1, 0), (4, 1), (3, 1), (0, 1), (0, 0), (2, 0), (1, 1), (5, 1), (3, 0)),
    *((4, 1), (7, 2), (8, 2), (7, 3), (9, 2), (4, 2), (12, 3), (11, 3)),
)
LIST_PLANS = ((1, 0), (0, 1), (0, 2), (2, 1), (0, 0))

FIELDS: dict[str, tuple[Field, ...]] = {
    "person": (
        Choice("status", STATUSES, ("employed", *STATUSES, "employed")),
        Choice("civil_servant", (False, True), (False,)),
        Choice("public_institution_post", ("none", "skilled", "non_skilled"), ("none", "skilled")),
        Choice("school_in_shanghai", YES, (True,)),
        Choice("in_city_groups", YES),
        Choice("insured_in_shanghai", YES),
        Choice("hukou", ("shanghai", "other")),
        Choice("of_working_age", YES),
        Choice("school_kind", ("vocational", "university", "other")),
        Parties("groups", GROUPS, all_wanted=False),
    ),
    "certificates": (
        Choice(
            "kind",
            ("skill_level", "special_ability", "other"),
            ("skill_level", "special_ability", "skill_level"),
        ),
        Choice("occupation_code", ANNEX_OCCUPATIONS + OTHER_OCCUPATIONS, CARE_OCCUPATIONS * 4 + ANNEX_OCCUPATIONS),
        Choice("level", (1, 2, 3, 4, 5)),
        Choice("domain", (*SPECIAL_DOMAINS, "other"), SPECIAL_DOMAINS),
        Day("issued", (("valid_from", 0),), HAPPENED, (("applied_on", -12), ("applied_on", -3))),
        Choice("meets_city_rules", YES, (True, True, False)),
        Money("base_standard_cny", STANDARDS),
        Choice("payment_percent", PERCENTAGES),
        Choice("route", ("assessment", "firm_recognition", "competition", "honour", "other")),
        Choice("assessor_filed", YES),
        Choice("holder_status", STATUSES),
    ),
    "employments": (
        Choice("employer_in_shanghai", YES, (True,)),
        Choice("industry", INDUSTRIES, CARE),
        Choice("post", INDUSTRIES, CARE),
        Day("start", (("issued", -12),), (("issued", 12), ("applied_on", 0)), (("issued", 0),)),
        Day(
            "end",
            (("applied_on", 0), ("issued", 0)),
            (("applied_on", 12),),
            (("issued", 12),),
            "start",
            "good",
        ),
        Record(
            "registry",
            (Choice("system", CARE, like="industry"), *REGISTERED, Choice("in_post", YES, (True,))),
        ),
    ),
    "applications": (
        Choice("kind", ("skill", "special", "training")),
        Day(
            "date",
            (("applied_on", -12), ("limit_from", 0)),
            (("applied_on", 0),),
            (("year_start", 0), ("applied_on", -6)),
        ),
        Choice("status", STATUSES, ("employed",)),
        Choice("outcome", ("granted", "pending", "refused")),
        Choice("occupation_code", ANNEX_OCCUPATIONS + OTHER_OCCUPATIONS),
        Choice("level", (1, 2, 3, 4, 5)),
        Choice("domain", (*SPECIAL_DOMAINS, "other")),
    ),
    "training_classes": (
        Choice("sector", SECTORS, CARE),
        Choice("employer_in_shanghai", YES, (True,)),
        Parties("agreement_parties", ("employer", "employment_centre", "training_institution", "trainees")),
        Choice("plan_approved", YES, (True,)),
        Choice("held_in", ("shanghai", "elsewhere")),
        Day("starts", (("valid_from", 0),), HAPPENED, (("applied_on", -6), ("applied_on", -12))),
        Day("ends", (("starts", 0),), (("applied_on", 0),), (("applied_on", -6), ("starts", 3)), "starts"),
        Nested("trainees", CLASS_PLANS),
    ),
    "trainees": (
        Choice(
            "group",
            ("unemployed", "assisted_insurance", "former_rural_labour", "out_of_province_jobseeker", "other"),
            ("unemployed", "assisted_insurance", "former_rural_labour", "out_of_province_jobseeker"),
        ),
        Choice("hukou", ("shanghai", "other")),
        Choice("passed", YES, (True,)),
        Day("employed_on", (("ends", 0),), (("ends", 6), ("applied_on", 0)), (("applied_on", -6),), "", "bad"),
        Choice("employer_in_shanghai", YES, (True,)),
        Day(
            "employment_ended",
            (("employed_on", 6),),
            (("employed_on", 12),),
            (("applied_on", 0),),
            "employed_on",
            "good",
        ),
    ),
    "trainings": (
        Choice("kind", ("staff_training", "directed_training", "other"), ("staff_training", "directed_training")),
        Choice("organiser_industry", INDUSTRIES, CARE),
        Choice("organiser_listed", YES, (True,)),
        Day("starts", (("valid_from", 0),), HAPPENED),
        Nested("participants", LIST_PLANS),
    ),
    "participants": (
        Choice("employment_relation", YES, (False,)),
        Record("registry", (Choice("system", CARE, like="organiser_industry"), *REGISTERED)),
    ),
    "apprenticeships": (
        Choice("sector", SECTORS, SECTORS[:5]),
        Day("starts", (("valid_from", 0),), HAPPENED, (("applied_on", -3),)),
        Choice("enterprise_applied", YES, (True,)),
        Choice("district_assessed", YES, (True,)),
        Choice("previous_batch_completed", YES),
        Day("next_batch_starts", (("valid_from", 0),), (("valid_to", 0),), (("applied_on", 0),), "", "bad"),
        Choice("enterprise_requests_direct_payment", YES, (True,)),
        Nested("apprentices", LIST_PLANS),
    ),
    "apprentices": (
        Choice("enterprise_in_shanghai", YES, (True,)),
        Day(
            "contract_signed",
            (("starts", 0),),
            (("starts", 3), ("applied_on", 0)),
            (("starts", -12),),
            "",
            "bad",
        ),
        Choice("contract_months", MONTHS, MONTHS[:5]),
        Choice("social_insurance_in_shanghai", YES, (True,)),
    ),
    "development_projects": (
        Choice("sector", SECTORS, SECTORS[:5]),
        Choice(
            "project_kind",
            ("skill_level_assessment", "special_ability", "other"),
            ("skill_level_assessment", "special_ability"),
        ),
        Choice("work", ("new", "update", "other"), ("new", "update")),
        Day("reviewed_on", (("valid_from", 0),), HAPPENED, (), "", "bad"),
        Choice("review_passed", YES, (True,)),
        Money("requested_cny", REQUESTS),
    ),
    "engagements": (
        Choice("sector", SECTORS, SECTORS[:5]),
        Day("starts", (("valid_from", 0),), HAPPENED),
        Choice("district_assessed", YES, (True,)),
        Choice("institution_listed", YES, (True,)),
        Choice("commissioned", YES, (True,)),
        Choice(
            "activity",
            ("staff_training", "directed_training", "apprenticeship", "other"),
            ("staff_training", "directed_training", "apprenticeship"),
        ),
        Choice("matches_core_business", YES, (True,)),
    ),
}

# section: the letter of its ids, how many items it may have (the likelier, the more often), the list inside.
NUMBERS: dict[str, tuple[int, ...]] = {
    "certificates": (1, 1, 1, 2, 0),
    "employments": (1, 2, 2, 1, 3, 1, 2, 3, 0),
    "applications": (0, 0, 1, 0, 1, 2, 3),
    "training_classes": (1, 1, 1, 2, 0),
    "trainings": (1, 1, 2, 0),
    "apprenticeships": (1, 1, 2, 0),
    "development_projects": (1, 1, 2, 0),
    "engagements": (1, 1, 2, 0),
}
SECTIONS: tuple[str, ...] = tuple(NUMBERS)
PERSONAL = ("certificates", "employments", "applications")
# the sections that bear on the same benefits, and the same in fewer groups
FAMILIES = (PERSONAL, ("training_classes",), ("trainings",), ("apprenticeships",), ("development_projects", "engagements"))
FEWER_FAMILIES = (PERSONAL, ("training_classes",), ("trainings", "apprenticeships"), ("development_projects", "engagements"))
LETTERS = dict(zip([*FIELDS][1:], "cepktgqxydn", strict=True))
CASE_IDS = ("case", "沪-001", "a b/c")
ID_FORMS = (*["{0}{1}"] * 5, "{1}", "{0}-{1}_", "-{0}{1}", "{0}{1:063d}")
ALL = 99
SPOILS = (0, 0, 0, 0, 0, 0, 1, 1, 1, 2, ALL)


class Source(Protocol):
    """Where the builder's choices come from; first options and low numbers are the simple ones."""

    def chance(self, share: float) -> bool:
        """True in about that share of the draws."""

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""

    def pick(self, options: Sequence[Chosen]) -> Chosen:
        """One of the options."""

    def shuffled(self, values: Sequence[Chosen]) -> list[Chosen]:
        """The values in any order."""

    def several(self, numbers: tuple[int, ...], make: Callable[["Source"], Item]) -> list[Item]:
        """As many items as one of the numbers says."""


class Seeded:
    """Choices from a seeded generator."""

    def __init__(self, rng: random.Random) -> None:
        """Draw from this generator."""
        self._random = rng.random

    def chance(self, share: float) -> bool:
        """True in that share of the draws."""
        return self._random() < share

    def number(self, low: int, high: int) -> int:
        """Uniform, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, options: Sequence[Chosen]) -> Chosen:
        """Uniform."""
        return options[int(self._random() * len(options))]

    def shuffled(self, values: Sequence[Chosen]) -> list[Chosen]:
        """Uniform."""
        return sorted(values, key=lambda _: self._random())

    def several(self, numbers: tuple[int, ...], make: Callable[[Source], Item]) -> list[Item]:
        """One number, uniform."""
        return [make(self) for _ in range(self.pick(numbers))]


class Drawn:
    """Choices drawn by hypothesis."""

    def __init__(self, draw: st.DrawFn) -> None:
        """Draw with this function."""
        self._draw = draw

    def chance(self, share: float) -> bool:
        """True in about that share of the draws; shrinks to False."""
        return share > 0 and self._draw(st.integers(0, 999)) >= 1000 * (1 - share)

    def number(self, low: int, high: int) -> int:
        """Shrinks to the low end."""
        return self._draw(st.integers(low, high))

    def pick(self, options: Sequence[Chosen]) -> Chosen:
        """Shrinks to the first option."""
        return self._draw(st.sampled_from(options))

    def shuffled(self, values: Sequence[Chosen]) -> list[Chosen]:
        """Shrinks to the order given."""
        return self._draw(st.permutations(values))

    def several(self, numbers: tuple[int, ...], make: Callable[[Source], Item]) -> list[Item]:
        """A list, so that shrinking can take items out of it."""
        return self._draw(st.lists(_made(make), min_size=min(numbers), max_size=max(numbers)))


@st.composite
def _made(draw: st.DrawFn, make: Callable[[Source], Item]) -> Item:
    return make(Drawn(draw))


def _choice(source: Source, field: Choice, spoil: bool, known: Item) -> str | bool | int:
    good = field.good_values(known)
    if spoil:
        return source.pick([value for value in field.values if value not in good] or field.values)
    return source.pick(good)


def _money(source: Source, field: Money) -> str:
    if source.chance(0.4):
        fen = source.number(1, 1_000_000)
        return f"{fen // 100}.{fen % 100:02d}"
    return source.pick(field.values)


def _at(anchors: tuple[Anchor, ...], scope: Scope) -> list[date]:
    return [shifted(scope[name], months) for name, months in anchors if name in scope]


def _good_day(source: Source, field: Day, low: date, high: date, scope: Scope) -> date:
    style = source.number(0, 9)
    if style < 3:
        return low
    if style < 5:
        return high
    if style < 7 and field.near:
        # Two and three days on: a February's last day is the end of several months' periods.
        near = shifted(source.pick(_at(field.near, scope) or [low]), 0, source.pick((0, 1, -1, 2, 3)))
        return min(max(near, low), high)
    between = shifted(low, 0, source.number(0, (high - low).days))
    return between if style < 9 else min(month_end(between), high)


def _any_day(source: Source, field: Day, scope: Scope) -> date:
    anchors = _at(field.high + field.low + field.near, scope)
    style = source.number(0, 9)
    if style < 8 and anchors:
        return source.pick(around(source.pick(anchors)))
    if style < 9:
        return source.pick(BOUNDARY_DAYS)
    return shifted(FIRST_DAY, 0, source.number(0, (LAST_DAY - FIRST_DAY).days))


def _day(source: Source, field: Day, spoil: bool, scope: Scope) -> date | None:
    if field.null and (field.null == "bad") == spoil and source.chance(0.5):
        return None
    low = max(_at(field.low, scope), default=LANDMARKS["valid_from"])
    high = min(_at(field.high, scope), default=LANDMARKS["valid_to"])
    chosen = _any_day(source, field, scope) if spoil or low > high else _good_day(source, field, low, high, scope)
    return max(chosen, scope.get(field.not_before, FIRST_DAY))


def _record(source: Source, field: Record, spoil: bool, known: Item, unknown: float) -> Item | None:
    if spoil and source.chance(0.3):
        return None
    wrong = source.pick(field.fields).name if spoil else ""
    record: Item = {}
    for part in field.fields:
        value = _choice(source, part, part.name == wrong, known)
        if not source.chance(unknown):
            record[part.name] = value
    return record


def _parties(source: Source, field: Parties, spoil: bool) -> list[str]:
    if field.all_wanted and not spoil:
        return source.shuffled(field.values)
    return source.shuffled(field.values)[: source.number(0, len(field.values) - 1)]


@dataclass(frozen=True)
class _Draft:
    """What the items of one case share."""

    source: Source
    unknown: float
    id_form: str

    def item(self, section: str, scope: Scope, owner: Item, spoilt: set[str]) -> Item:
        """One item whose `spoilt` fields are turned against the rules."""
        return _filled(self, FIELDS[section], dict(scope), dict(owner), spoilt)

    def named(self, section: str, found: list[Item]) -> list[Item]:
        """The items with ids, unique in their list."""
        letter = LETTERS[section]
        return [{"id": self.id_form.format(letter, index), **item} for index, item in enumerate(found)]


def _spoilt(source: Source, section: str, spoils: int) -> set[str]:
    fields = FIELDS[section]
    if spoils >= len(fields):
        return {field.name for field in fields if source.chance(0.5)}
    return {source.pick(fields).name for _ in range(spoils)}


def _filled(draft: _Draft, fields: tuple[Field, ...], scope: Scope, known: Item, spoilt: set[str]) -> Item:
    item: Item = {}
    source = draft.source
    for field in fields:
        spoil = field.name in spoilt
        if isinstance(field, Nested | Parties):
            if not (spoil and source.chance(0.2)):
                item[field.name] = _list(draft, field, spoil, scope, known)
            continue
        value = _value(draft, field, spoil, scope, known)
        known[field.name] = value
        if not source.chance(draft.unknown):
            item[field.name] = value
    return item


def _value(draft: _Draft, field: Choice | Money | Day | Record, spoil: bool, scope: Scope, known: Item) -> Any:
    if isinstance(field, Choice):
        return _choice(draft.source, field, spoil, known)
    if isinstance(field, Money):
        return _money(draft.source, field)
    if isinstance(field, Record):
        return _record(draft.source, field, spoil, known, draft.unknown)
    chosen = _day(draft.source, field, spoil, scope)
    if chosen is None:
        return None
    scope[field.name] = chosen
    return chosen.isoformat()


def _list(draft: _Draft, field: Nested | Parties, spoil: bool, scope: Scope, owner: Item) -> list[Item] | list[str]:
    if isinstance(field, Parties):
        return _parties(draft.source, field, spoil)
    good, bad = draft.source.pick(field.plans)
    section = field.name

    def fitting(source: Source) -> Item:
        return _on(draft, source).item(section, scope, owner, set())

    def failing(source: Source) -> Item:
        return _on(draft, source).item(section, scope, owner, _spoilt(source, section, 1))

    found = draft.source.several((good,), fitting) + draft.source.several((bad,), failing)
    return draft.named(field.name, draft.source.shuffled(found))


def _on(draft: _Draft, source: Source) -> _Draft:
    return _Draft(source, draft.unknown, draft.id_form)


def _application_day(source: Source) -> date:
    style = source.number(0, 9)
    if style < 5:
        return shifted(LANDMARKS["valid_from"], 0, source.number(0, 650))
    if style < 6:
        return source.pick(MONTH_ENDS)
    if style < 9:
        months = source.pick((0, 12, 6, 3))
        return source.pick(around(source.pick([*LANDMARKS.values()]), months))
    return source.pick(BOUNDARY_DAYS)


def _case(source: Source, unknown: float, sections: Sequence[str]) -> Item:
    share = 0.9 if len(sections) <= len(PERSONAL) else 0.6
    personal = source.chance(share)
    draft = _Draft(source, unknown, source.pick(ID_FORMS))
    applied_on = _application_day(source)
    scope = LANDMARKS | {"applied_on": applied_on, "year_start": applied_on.replace(month=1, day=1)}
    case: Item = {"id": source.pick(CASE_IDS), "applied_on": applied_on.isoformat()}
    person = draft.item("person", scope, {}, _spoilt(source, "person", source.pick(SPOILS)))
    if person or source.chance(0.5):
        case["person"] = person
    for section in SECTIONS:
        present = 0.95 * personal if section in PERSONAL else share
        if section in sections and not source.chance(1 - present):
            case[section] = _section(draft, section, scope | _issue_day(source, case, applied_on))
    return case


def _issue_day(source: Source, case: Item, applied_on: date) -> Scope:
    issued = [found["issued"] for found in case.get("certificates", []) if "issued" in found]
    return {"issued": date.fromisoformat(source.pick(issued)) if issued else applied_on}


def _section(draft: _Draft, section: str, scope: Scope) -> list[Item]:
    def make(source: Source) -> Item:
        return _on(draft, source).item(section, scope, {}, _spoilt(source, section, source.pick(SPOILS)))

    if section == "employments" and draft.source.chance(0.2):
        return draft.named(section, _late_record(draft, scope))
    return draft.named(section, draft.source.several(NUMBERS[section], make))


def _late_record(draft: _Draft, scope: Scope) -> list[Item]:
    """An employment in time without a record, and a recorded one begun a year and a day after the issue."""
    # Only such a pair leaves `registered` as the one condition that fails.
    later = scope | {"issued": shifted(scope["issued"], 24, 1)}
    return [draft.item("employments", scope, {}, {"registry"}), draft.item("employments", later, {}, set())]


def random_case(rng: random.Random, *, unknown: float = 0.0, sections: Sequence[str] = SECTIONS) -> Item:
    """A case with planted boundaries; `unknown` is the share of scalars left out, nested ones included."""
    return _case(Seeded(rng), unknown, sections)


@st.composite
def cases(draw: st.DrawFn, *, unknown: float = 0.0, sections: Sequence[str] = SECTIONS) -> Item:
    """The same cases drawn by hypothesis; they shrink to few items with simple values."""
    return _case(Drawn(draw), unknown, sections)


def days() -> st.SearchStrategy[date]:
    """Days of the format's whole range, every other one a boundary."""
    return st.one_of(st.sampled_from(BOUNDARY_DAYS), st.dates(FIRST_DAY, LAST_DAY))
