"""The case format as types: what an applicant's data may say, and the one way in.

A field that is not passed is unknown (`MISSING`); `None` is the format's `null`, a known value where it has a
meaning. Lists that are not passed are taken as empty, and the answer says so. The meaning, unit and clauses of each
field stand in the policy's `fields.toml`, and in `docs/reference/case.md`, which is made from it.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar, get_args, get_origin

from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from tiaoli.base import FIRST_DAY, LAST_DAY, CaseError, Statement, iso, shown, to_day
from tiaoli.case.edit import plain, value_in, with_values, without
from tiaoli.case.format_problems import problem_of
from tiaoli.case.part import Part, plain_types
from tiaoli.case.raw import ITEM_ID
from tiaoli.policy import OCCUPATION_CODE

Status = Literal["employed", "unemployed", "graduating_student", "other"]
PublicInstitutionPost = Literal["none", "skilled", "non_skilled"]
CertificateKind = Literal["skill_level", "special_ability", "other"]
Domain = Literal["ai_data_annotation", "ai_model_application", "other"]
Industry = Literal["elderly_care", "domestic_service", "other"]
System = Literal["elderly_care", "domestic_service"]
ApplicationKind = Literal["skill", "special", "training"]
ApplicationOutcome = Literal["granted", "pending", "refused"]
Sector = Literal["integrated_circuits", "biomedicine", "artificial_intelligence", "elderly_care", "domestic_service", "other"]
Party = Literal["employer", "employment_centre", "training_institution", "trainees"]
SchoolKind = Literal["vocational", "university", "other"]
PersonGroup = Literal["assisted_insurance", "former_rural_labour", "disabled", "recent_veteran", "flexible_worker", "employment_difficulty"]
Route = Literal["assessment", "firm_recognition", "competition", "honour", "other"]
HeldIn = Literal["shanghai", "elsewhere"]
Group = Literal["unemployed", "assisted_insurance", "former_rural_labour", "out_of_province_jobseeker", "other"]
Hukou = Literal["shanghai", "other"]
TrainingKind = Literal["staff_training", "directed_training", "other"]
ProjectKind = Literal["skill_level_assessment", "special_ability", "other"]
Work = Literal["new", "update", "other"]
Activity = Literal["directed_training", "apprenticeship", "staff_training", "other"]

MONEY = re.compile(r"(0|[1-9][0-9]{0,7})(\.[0-9]{1,2})?")
MOST_MONEY = Decimal("10000000.00")


def _refused(id: str, zh: str, en: str, **context: str) -> PydanticCustomError:
    return PydanticCustomError("tiaoli", "{en}", {"id": id, "zh": zh, "en": en, **context})


def _day(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
            raise _refused(
                "case-day", f"{shown(value)} 不是日期；请写成 2025-03-01", f"{shown(value)} is no date; write it like 2025-03-01"
            )
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise _refused("case-day", f"{shown(value)} 不是存在的日期", f"{shown(value)} is no day of the calendar") from None
    elif isinstance(value, datetime) or (value is not None and not isinstance(value, date)):
        raise _refused("case-day", f"{shown(value)} 不是日期；请写成 2025-03-01", f"{shown(value)} is no date; write it like 2025-03-01")
    if value is not None and not FIRST_DAY <= to_day(value) <= LAST_DAY:
        first, last = iso(FIRST_DAY), iso(LAST_DAY)
        raise _refused("case-day", f"{shown(value)} 超出 {first} 至 {last} 的范围", f"{shown(value)} lies outside {first} to {last}")
    return value


def _money(value: Any) -> Any:
    if isinstance(value, Decimal):
        value = format(value, "f")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        quoted = shown(f'"{value}"')
        raise _refused("case-money", f"金额须加引号，写成 {quoted}", f"money is text: quote it, {quoted}")
    if not isinstance(value, str):
        raise _refused(
            "case-money", f'{shown(value)} 不是金额；请写成 "1500.00"', f'{shown(value)} is no amount of money; write it like "1500.00"'
        )
    if not MONEY.fullmatch(value) or not 0 < Decimal(value) <= MOST_MONEY:
        raise _refused(
            "case-money",
            f'{shown(value)} 不是可接受的金额：须大于 0、不超过 {MOST_MONEY}，至多两位小数，写成 "1500.00"',
            f'{shown(value)} is not accepted: above 0, at most {MOST_MONEY}, at most two decimals, written like "1500.00"',
        )
    return Decimal(value)


def _text(value: str) -> str:
    if not value or any(unicodedata.category(char) in ("Cc", "Cs") for char in value):
        raise _refused(
            "case-type",
            f"{shown(value)} 不可用：须为非空文字，不含控制字符",
            f"{shown(value)} is not accepted: text that is not empty and holds no control character",
        )
    return value


def _item_id(value: str) -> str:
    if not ITEM_ID.fullmatch(value):
        raise _refused(
            "case-id",
            f"{shown(value)} 不可用：编号只含字母、数字、- 和 _，至多 64 个字符",
            f"{shown(value)} is not accepted: an id has letters, digits, - and _, up to 64",
        )
    return value


def _code(value: str) -> str:
    if not OCCUPATION_CODE.fullmatch(value):
        raise _refused(
            "case-code", f"{shown(value)} 不是职业编码；形如 4-10-01-05", f"{shown(value)} is no occupation code; it looks like 4-10-01-05"
        )
    return value


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"}),
]
"""A calendar day, 1900-01-01 to 2199-12-31; ISO text in a file."""

Money = Annotated[
    Decimal,
    BeforeValidator(_money),
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{MONEY.pattern}$"}),
]
"""An amount in CNY, above 0, at most 10 000 000.00, at most two decimals; text in a file."""

ItemId = Annotated[str, AfterValidator(_item_id), WithJsonSchema({"type": "string", "pattern": f"^{ITEM_ID.pattern}$"})]
OccupationCode = Annotated[str, AfterValidator(_code), WithJsonSchema({"type": "string", "pattern": f"^{OCCUPATION_CODE.pattern}$"})]
Level = Annotated[int, Field(ge=1, le=5)]
ContractMonths = Annotated[int, Field(ge=1, le=1200)]
Percent = Annotated[int, Field(ge=1, le=100)]


class Item(Part):
    id: ItemId
    """Unique within its list."""


_Item = TypeVar("_Item", bound=Item)


def _unique(items: list[_Item]) -> list[_Item]:
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise _refused(
                "case-id-repeated",
                f"编号 {shown(item.id)} 重复；同一列表内编号须唯一",
                f"the id {shown(item.id)} stands twice; ids are unique in their list",
                key=item.id,
            )
        seen.add(item.id)
    return items


Items = Annotated[list[_Item], AfterValidator(_unique)]


def _in_order(part: Part) -> None:
    first, last = part.days_in_order
    start, end = getattr(part, first), getattr(part, last)
    if isinstance(start, date) and isinstance(end, date) and end < start:
        raise _refused(
            "case-days-reversed",
            f"{shown(end)} 早于 {first}（{start}）；请核对两个日期",
            f"{shown(end)} lies before {first} ({start}); check the two dates",
            key=last,
        )


class Person(Part):
    """申请人 · the applicant, on the day of the application."""

    status: Status | MISSING = MISSING
    civil_servant: bool | MISSING = MISSING
    public_institution_post: PublicInstitutionPost | MISSING = MISSING
    school_in_shanghai: bool | MISSING = MISSING
    in_city_groups: bool | MISSING = MISSING
    """In a group that the city's ordinary rules name."""
    insured_in_shanghai: bool | MISSING = MISSING
    """In Shanghai's social insurance and paying; read by the city's own rules, like all that follows here."""
    hukou: Hukou | MISSING = MISSING
    of_working_age: bool | MISSING = MISSING
    school_kind: SchoolKind | MISSING = MISSING
    groups: list[PersonGroup] | MISSING = MISSING
    """Not passed: none."""


class Certificate(Item):
    """证书 · a certificate the person holds."""

    kind: CertificateKind | MISSING = MISSING
    occupation_code: OccupationCode | MISSING = MISSING
    level: Level | MISSING = MISSING
    """1 to 5; 5 is the lowest (五级/初级)."""
    domain: Domain | MISSING = MISSING
    issued: Day | MISSING = MISSING
    meets_city_rules: bool | MISSING = MISSING
    """Entitled under the city's ordinary rules, as the authority found."""
    base_standard_cny: Money | MISSING = MISSING
    """The base standard of （一）, set elsewhere; CNY."""
    payment_percent: Percent | MISSING = MISSING
    """The share of the standard that is paid, set elsewhere; a whole number, 1 to 100."""
    route: Route | MISSING = MISSING
    """How it was obtained; read by the city's own rules, like the next."""
    assessor_filed: bool | MISSING = MISSING
    holder_status: Status | MISSING = MISSING
    """The person's status on the issue date."""


class Registry(Part):
    """登记（备案）信息 · what a trade's system says of a worker."""

    system: System | MISSING = MISSING
    worker_registered: bool | MISSING = MISSING
    employer_registered: bool | MISSING = MISSING


class EmploymentRegistry(Registry):
    """登记（备案）信息 · what a trade's system says of a worker in a job."""

    in_post: bool | MISSING = MISSING


class Employment(Item):
    """任职 · a job of the person."""

    days_in_order: ClassVar[tuple[str, ...]] = ("start", "end")

    employer_in_shanghai: bool | MISSING = MISSING
    industry: Industry | MISSING = MISSING
    post: Industry | MISSING = MISSING
    start: Day | MISSING = MISSING
    end: Day | MISSING | None = MISSING
    """The last day; `None` while it runs."""
    registry: EmploymentRegistry | MISSING | None = MISSING
    """`None`: no record."""

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        _in_order(self)
        return self


class Application(Item):
    """在先申请 · another application of the person."""

    kind: ApplicationKind | MISSING = MISSING
    date: Day | MISSING = MISSING
    status: Status | MISSING = MISSING
    """The status the person applied with."""
    outcome: ApplicationOutcome | MISSING = MISSING
    occupation_code: OccupationCode | MISSING = MISSING
    """Of the certificate it was for, like the next two; read by the city's own rules."""
    level: Level | MISSING = MISSING
    domain: Domain | MISSING = MISSING


class Trainee(Item):
    """学员 · a trainee of a class."""

    days_in_order: ClassVar[tuple[str, ...]] = ("employed_on", "employment_ended")

    group: Group | MISSING = MISSING
    hukou: Hukou | MISSING = MISSING
    passed: bool | MISSING = MISSING
    employed_on: Day | MISSING | None = MISSING
    """`None`: found no work."""
    employer_in_shanghai: bool | MISSING = MISSING
    employment_ended: Day | MISSING | None = MISSING
    """`None` while it runs."""

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        _in_order(self)
        return self


class TrainingClass(Item):
    """定向培训班 · a class of directed training."""

    days_in_order: ClassVar[tuple[str, ...]] = ("starts", "ends")

    sector: Sector | MISSING = MISSING
    employer_in_shanghai: bool | MISSING = MISSING
    agreement_parties: list[Party] | MISSING = MISSING
    plan_approved: bool | MISSING = MISSING
    held_in: HeldIn | MISSING = MISSING
    starts: Day | MISSING = MISSING
    ends: Day | MISSING = MISSING
    trainees: Items[Trainee] | MISSING = MISSING

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        _in_order(self)
        return self


class Participant(Item):
    """参训人员 · a participant of a training."""

    employment_relation: bool | MISSING = MISSING
    """Has an employment relation with the organiser."""
    registry: Registry | MISSING | None = MISSING
    """`None`: no record."""


class Training(Item):
    """职业培训 · a training held by an employer."""

    kind: TrainingKind | MISSING = MISSING
    organiser_industry: Industry | MISSING = MISSING
    organiser_listed: bool | MISSING = MISSING
    starts: Day | MISSING = MISSING
    participants: Items[Participant] | MISSING = MISSING


class Apprentice(Item):
    """学徒 · an apprentice of a project."""

    enterprise_in_shanghai: bool | MISSING = MISSING
    contract_signed: Day | MISSING | None = MISSING
    """`None`: not signed."""
    contract_months: ContractMonths | MISSING = MISSING
    """The term in months, 1 to 1200."""
    social_insurance_in_shanghai: bool | MISSING = MISSING


class Apprenticeship(Item):
    """新型学徒制培训项目 · an enterprise apprenticeship project."""

    sector: Sector | MISSING = MISSING
    starts: Day | MISSING = MISSING
    enterprise_applied: bool | MISSING = MISSING
    district_assessed: bool | MISSING = MISSING
    previous_batch_completed: bool | MISSING = MISSING
    next_batch_starts: Day | MISSING | None = MISSING
    """`None`: no next batch is set."""
    enterprise_requests_direct_payment: bool | MISSING = MISSING
    apprentices: Items[Apprentice] | MISSING = MISSING


class DevelopmentProject(Item):
    """评价项目开发 · the development of an assessment project."""

    sector: Sector | MISSING = MISSING
    project_kind: ProjectKind | MISSING = MISSING
    work: Work | MISSING = MISSING
    reviewed_on: Day | MISSING | None = MISSING
    """`None`: not reviewed yet."""
    review_passed: bool | MISSING = MISSING
    requested_cny: Money | MISSING = MISSING
    """CNY."""


class Engagement(Item):
    """委托 · a commission of a human-resources service institution."""

    sector: Sector | MISSING = MISSING
    starts: Day | MISSING = MISSING
    district_assessed: bool | MISSING = MISSING
    institution_listed: bool | MISSING = MISSING
    commissioned: bool | MISSING = MISSING
    activity: Activity | MISSING = MISSING
    matches_core_business: bool | MISSING = MISSING


class Case(Part):
    """案件 · one applicant's data, asked about on one day.

    >>> from datetime import date
    >>> case = Case(id="A-001", applied_on=date(2025, 6, 1), certificates=[Certificate(id="c1", kind="skill_level")])
    >>> case.certificates[0].issued is MISSING
    True
    """

    id: Annotated[str, AfterValidator(_text), WithJsonSchema({"type": "string", "minLength": 1})]
    applied_on: Day
    """The day of the application, for which the question is asked."""
    person: Person | MISSING = MISSING
    certificates: Items[Certificate] | MISSING = MISSING
    employments: Items[Employment] | MISSING = MISSING
    applications: Items[Application] | MISSING = MISSING
    training_classes: Items[TrainingClass] | MISSING = MISSING
    trainings: Items[Training] | MISSING = MISSING
    apprenticeships: Items[Apprenticeship] | MISSING = MISSING
    development_projects: Items[DevelopmentProject] | MISSING = MISSING
    engagements: Items[Engagement] | MISSING = MISSING

    @classmethod
    def read(cls, document: Any) -> Self:
        """The case that plain data (parsed JSON or YAML) describes.

        Raises `CaseError` with one problem for every field that is not in the format, each under its path in the
        case.
        """
        if not isinstance(document, Mapping):
            kind = Statement("一个列表", "a list") if isinstance(document, list) else Statement("单个值", "a single value")
            raise CaseError.one(
                "",
                f"案件须为一个对象（键和值），而这里是{kind.zh}",
                f"a case is an object of keys and values; this is {kind.en}",
                "case-not-object",
            )
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            problems = [problem_of(cls, document, detail) for detail in error.errors(include_url=False)]
            raise CaseError(problems) from None

    def to_json(self) -> dict[str, Any]:
        """The case as plain data in the case format; `Case.read(case.to_json()) == case`."""
        return self.model_dump(mode="json")

    def value_at(self, path: str) -> Any:
        """The plain value at a path (`certificates.c1.issued`), or `MISSING` where the case says nothing there."""
        return plain(value_in(self, path))

    def with_values(self, changes: Mapping[str, Any]) -> Self:
        """The case with plain values put at paths; an object on the way that is absent or null is made.

        Raises `CaseError` where a path leads to no item of the case, or the result is not in the case format.
        """
        return self.read(with_values(self, changes))

    def without(self, paths: Collection[str]) -> Self:
        """The case with the facts at some paths left out. Raises `CaseError` where the result is not in the case format."""
        return self.read(without(self, paths))


def format_paths(model: type[BaseModel] = Case, path: str = "") -> tuple[dict[str, tuple[str, ...] | None], list[str]]:
    """The paths of the format's scalars, each with its values where it is an enumeration, and those of its lists."""
    fields: dict[str, tuple[str, ...] | None] = {}
    lists: list[str] = []
    for key, declared in model.model_fields.items():
        here = f"{path}{key}"
        for kind in plain_types(declared.annotation):
            item = get_args(kind)[0] if get_origin(kind) is list else kind
            inside = isinstance(item, type) and issubclass(item, BaseModel)
            if inside:
                if item is not kind:
                    lists.append(here)
                elif issubclass(item, Registry):
                    fields[here] = None
                deeper, inner_lists = format_paths(item, f"{here}.")
                fields |= deeper
                lists += inner_lists
            elif key != "id" and kind not in (MISSING, type(None)):
                words = item if get_origin(item) is Literal else None
                fields[here] = get_args(words) if words is not None else fields.get(here)
    return fields, lists


def date_pairs(model: type[BaseModel] = Case, path: str = "") -> list[tuple[str, str]]:
    """The paths of the dates that the format keeps in order, the earlier one first."""
    pair = model.days_in_order if issubclass(model, Part) else ()
    found = [(f"{path}{pair[0]}", f"{path}{pair[1]}")] if pair else []
    for key, declared in model.model_fields.items():
        for kind in plain_types(declared.annotation):
            item = get_args(kind)[0] if get_origin(kind) is list else kind
            if isinstance(item, type) and issubclass(item, BaseModel):
                found += date_pairs(item, f"{path}{key}.")
    return found


def days_in_order(model: type[BaseModel] = Case, path: str = "") -> dict[str, tuple[str, ...]]:
    """For the path of each list whose items have two days that must stand in order, the keys of the two."""
    found: dict[str, tuple[str, ...]] = {}
    for key, declared in model.model_fields.items():
        for kind in plain_types(declared.annotation):
            item = get_args(kind)[0] if get_origin(kind) is list else None
            if isinstance(item, type) and issubclass(item, Part):
                if item.days_in_order:
                    found[f"{path}{key}"] = item.days_in_order
                found |= days_in_order(item, f"{path}{key}.")
    return found
