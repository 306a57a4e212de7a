"""上海市育儿补贴制度实施方案（沪卫人口〔2025〕12号）and the national rules above it（国卫办人口发〔2025〕24号）as plain Python.

One child, one claim, every fact known. 方案 is the city's plan, 规范 the national rules; each function quotes the words it rests on.
Whatever they leave open is one of `Readings`; the default is the first option of each.

Not computed: how the claim is examined and in how many working days (it binds the authorities; `working_day` counts them where somebody
knows the holidays), on which day a district pays, which papers are handed in, tax and social assistance. 其他不符合法律法规等情形 is a
fact that an authority states."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

Applicant = Literal["parent", "adoptive_parent", "guardian", "welfare_institution", "other"]

START = date(2025, 1, 1)
YEARLY = Decimal(3600)
MONTHLY = YEARLY / 12
CENTRAL_SHARE = Decimal("0.85")
AGE_LIMIT = 3
CLAIMS = 3
FIRST_REVIEW, SECOND_REVIEW = 9, 6
CONDITIONS = (
    "subject",
    "lawful",
    "age",
    "registered",
    "before_move",
    "applicant",
    "in_time",
    "not_after_death_year",
    "not_claimed",
    "not_ended",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What the texts can be taken to say.

    - `birthday`: the day on which a child is three years old. `birthday`: the third birthday. `day_after`: the day after it. (3周岁以下
      would take the number in by 民法典第一千二百五十九条; the plan says itself what it means: 未满3周岁.)
    - `leap_day`: when a child of 29 February is three. `february_28`: on the last day of that month, as a period ends by
      民法典第二百零二条. `march_1`: when three whole years have gone by.
    - `last_month`: which months are due of a child born before 2025. `birthday_month`: up to the month of the third birthday, that month
      whole. `started`: each month on some day of which the child is under three. `whole`: each month on all days of which it is.
    - `december_31`: whether 12月31日前 takes that day in. `inclusive`: yes, as 当年或次年 of 规范 art. 12 does. `exclusive`: no.
    - `late_first_claim`: what is lost where the first claim comes too late. `that_year`: the year let pass, and no other. `everything`:
      there is no first claim any more, so there is no later one either.
    - `third_claim`: whether the last claim of a child born since 2025 may be made after its third birthday. `by_year`: yes, 连续两个年度
      are two years whatever the age on the day. `under_three`: no, the child must still be under three.
    - `move_day`: who pays where the claim is made on the day of the move. `before_only`: the new place, for the claim was not made
      before. `same_day`: the old place, for it was not made after.
    - `correction`: which day counts where a claim was corrected. `state`: the facts are those of the correction, the deadline is kept by
      the first submission. `whole`: the day of the correction counts for both.
    - `divorced`: who claims after a divorce. `custody`: the parent whom the papers give the child. `either`: either of them who raises
      it.
    - `death_months`: what is due for the year of death of a child born before 2025. `year`: what would be due had it lived. `to_death`:
      the months up to the month of death.
    - `death_deadline`: 原则上 in the sentence on death. `strict`: no exception. `principle`: later where the office accepts the reason.
    """

    birthday: Literal["birthday", "day_after"] = "birthday"
    leap_day: Literal["february_28", "march_1"] = "february_28"
    last_month: Literal["birthday_month", "started", "whole"] = "birthday_month"
    december_31: Literal["inclusive", "exclusive"] = "inclusive"
    late_first_claim: Literal["that_year", "everything"] = "that_year"
    third_claim: Literal["by_year", "under_three"] = "by_year"
    move_day: Literal["before_only", "same_day"] = "before_only"
    correction: Literal["state", "whole"] = "state"
    divorced: Literal["custody", "either"] = "custody"
    death_months: Literal["year", "to_death"] = "year"
    death_deadline: Literal["strict", "principle"] = "strict"


READINGS: dict[str, tuple[str, ...]] = {
    "birthday": ("birthday", "day_after"),
    "leap_day": ("february_28", "march_1"),
    "last_month": ("birthday_month", "started", "whole"),
    "december_31": ("inclusive", "exclusive"),
    "late_first_claim": ("that_year", "everything"),
    "third_claim": ("by_year", "under_three"),
    "move_day": ("before_only", "same_day"),
    "correction": ("state", "whole"),
    "divorced": ("custody", "either"),
    "death_months": ("year", "to_death"),
    "death_deadline": ("strict", "principle"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another child of one of the parents. `older` settles twins too: the one born first is the older."""

    same_couple: bool
    older: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierClaim:
    """A claim for this child that was made before and stands, for the subsidy of `year`; `by_other` where the other parent or another
    guardian made it."""

    year: int
    by_other: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim for one child.

    `registered_on` is the day on which the child's hukou was registered in Shanghai, None where it never was; `moved_out_on` the day on
    which it left. `submitted_on` is the day of the first submission, `corrected_on` that of the last correction. `custody` counts only
    where the applicant is a divorced parent. `late_accepted` says whether the office accepts the reason for a claim after the year of
    death."""

    born_on: date
    submitted_on: date
    corrected_on: date | None = None
    lawful: bool = True
    orphan_or_unsupported: bool = False
    registered_on: date | None = None
    moved_out_on: date | None = None
    died_on: date | None = None
    applicant: Applicant = "parent"
    raises: bool = True
    divorced: bool = False
    custody: bool = False
    applicant_in_shanghai: bool = True
    earlier: tuple[EarlierClaim, ...] = ()
    siblings: tuple[Sibling, ...] = ()
    late_accepted: bool = False
    abandoned: bool = False
    fraud: bool = False
    other_ground: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a claim. `year` is the one whose subsidy is claimed, `months` those due of it where it is counted by months,
    `until` the last day for such a claim, `order` the child's place among the couple's children."""

    granted: bool
    unmet: tuple[str, ...]
    year: int
    renewal: bool
    sum_cny: Decimal | None
    months: int | None
    until: date
    order: int


# Days


def third_birthday(born_on: date, readings: Readings) -> date:
    """The same day three years later; for a child of 29 February reading `leap_day`."""
    year = born_on.year + AGE_LIMIT
    last = calendar.monthrange(year, born_on.month)[1]
    if born_on.day <= last:
        return date(year, born_on.month, born_on.day)
    return date(year, born_on.month, last) + timedelta(days=1 if readings.leap_day == "march_1" else 0)


def three_on(born_on: date, readings: Readings) -> date:
    """方案一「3周岁以下婴幼儿」: the day from which a child is no longer one; reading `birthday`."""
    return third_birthday(born_on, readings) + timedelta(days=1 if readings.birthday == "day_after" else 0)


def state_day(claim: Claim) -> date:
    """规范第十条「以申领人提交申请时的状态为准；发生修改的，以最后一次修改后提交时的状态为准」."""
    return claim.corrected_on or claim.submitted_on


def filing_day(claim: Claim, readings: Readings) -> date:
    """The day that keeps a deadline; reading `correction`."""
    return state_day(claim) if readings.correction == "whole" else claim.submitted_on


def died(claim: Claim, readings: Readings) -> date | None:
    """方案六（三）2「婴幼儿在2025年1月1日及以后死亡」: the day of death, where it is not after the claim."""
    return claim.died_on if claim.died_on is not None and claim.died_on <= filing_day(claim, readings) else None


def born_since_start(claim: Claim) -> bool:
    """方案五（一）「2025年1月1日及以后出生的」, that day included; the others are those of （二）「2025年1月1日以前出生的婴幼儿」."""
    return claim.born_on >= START


# Which year's subsidy


def claimed_year(claim: Claim, readings: Readings) -> int:
    """方案五「补贴申领人应在规定的年度内提出申请」: the year of the claim; 六（三）2「可申领当年补贴」「出生当年死亡的可延至次年」: for a
    child that died in the year of its birth, that year, one year later too."""
    year = filing_day(claim, readings).year
    death = died(claim, readings)
    if death is None:
        return year
    in_birth_year = death.year == claim.born_on.year and year == death.year + 1
    return death.year if in_birth_year or late_but_accepted(claim, readings) else year


def late_but_accepted(claim: Claim, readings: Readings) -> bool:
    """方案六（三）2「申领人原则上应在婴幼儿死亡当年提出申请」; reading `death_deadline`."""
    return readings.death_deadline == "principle" and claim.late_accepted


def open_years(claim: Claim, readings: Readings) -> range:
    """规范第十二条「应当在婴幼儿出生当年或次年提出首次申请，并在之后的连续两个年度分别提出续领申请」,
    方案五「续领申请应在首次申请后的连续年度分别提出」: three years from that of the first claim, and where this came too late from the
    last in which it could be made. Years let pass are not made up for."""
    made = min([earlier.year for earlier in claim.earlier] + [claimed_year(claim, readings)])
    first = min(made, claim.born_on.year + 1)
    return range(first, first + CLAIMS)


def is_renewal(claim: Claim, readings: Readings) -> bool:
    """方案五「首次申请」「续领申请」: whether one was made before for an earlier year."""
    return any(earlier.year < claimed_year(claim, readings) for earlier in claim.earlier)


# Months and sums


def last_month(claim: Claim, readings: Readings) -> date:
    """方案二「对2025年1月1日之前出生、不满3周岁的婴幼儿，按应补贴月数折算计发补贴」: the first day of the last month that is due; reading
    `last_month`."""
    three = three_on(claim.born_on, readings)
    if readings.last_month == "birthday_month":
        return third_birthday(claim.born_on, readings).replace(day=1)
    # under three on some day of a month: the month of the day before; on every day of it: the month before that of the day itself
    last = three - timedelta(days=1) if readings.last_month == "started" else three.replace(day=1) - timedelta(days=1)
    return last.replace(day=1)


def months_due(claim: Claim, year: int, readings: Readings) -> int:
    """方案二「按应补贴月数折算计发补贴」: the months of a calendar year, from January 2025 on; for the year of death reading
    `death_months`."""
    last = last_month(claim, readings)
    death = died(claim, readings)
    if death is not None and readings.death_months == "to_death":
        last = min(last, death.replace(day=1))
    if year < START.year or year > last.year:
        return 0
    return last.month if year == last.year else 12


def due(claim: Claim, year: int, readings: Readings) -> Decimal:
    """方案二「每孩每年3600元」, 七「补贴按年计发」; by months for those born before 2025. The order of a child changes nothing in it."""
    if born_since_start(claim):
        return YEARLY
    return MONTHLY * months_due(claim, year, readings)


def shares(sum_cny: Decimal) -> dict[str, Decimal]:
    """方案三「东部地区中央财政资金按国家标准的85%予以补助」
    「中央财政资金以外部分（折合为每孩每年540元）由市级和补贴对象户籍所在地区级财政按1:1比例共同承担」."""
    central = sum_cny * CENTRAL_SHARE
    local = (sum_cny - central) / 2
    return {"central": central, "city": local, "district": local}


def order_of(claim: Claim) -> int:
    """方案一「按照同一对夫妻共同生育的子女数确定孩次」: adopted children, and those that one of the two has with somebody else, are not
    counted."""
    return 1 + sum(sibling.same_couple and sibling.older for sibling in claim.siblings)


# Deadlines


def last_first_day(claim: Claim, readings: Readings) -> date:
    """方案五（一）「应在婴幼儿出生当年或次年12月31日前提出首次申请」,（二）「应在2025年12月31日前提出首次申请」; reading `december_31`."""
    year = claim.born_on.year + 1 if born_since_start(claim) else START.year
    return date(year, 12, 31) - timedelta(days=1 if readings.december_31 == "exclusive" else 0)


def last_day(claim: Claim, readings: Readings) -> date:
    """The last day for the claim of this year: 方案五（一）（二）for a first claim, 五「续领申请应在首次申请后的连续年度分别提出」for
    another, 六（三）2「应在婴幼儿死亡当年提出申请，出生当年死亡的可延至次年」after a death."""
    death = died(claim, readings)
    if death is not None:
        return date(death.year + (death.year == claim.born_on.year), 12, 31)
    year, first = claimed_year(claim, readings), last_first_day(claim, readings)
    return date(year, 12, 31) if is_renewal(claim, readings) or year > first.year else first


def in_time(claim: Claim, readings: Readings) -> bool:
    """方案五「逾期未提交申请的，视为自动放弃当年的育儿补贴」, 规范第十二条「逾期未提交申请的，视为自动放弃当年申请资格」: whether the
    year claimed is open; readings `december_31`, `late_first_claim`, `third_claim`. After a death the deadline is that of 六（三）2."""
    since_start = born_since_start(claim)
    if since_start and claimed_year(claim, readings) not in open_years(claim, readings):
        return False
    death = died(claim, readings)
    filed = filing_day(claim, readings)
    if is_renewal(claim, readings):
        over_age = since_start and (death or filed) >= three_on(claim.born_on, readings)
        return not (over_age and readings.third_claim == "under_three")
    last = last_first_day(claim, readings)
    if (death or filed) <= last:
        return True
    return readings.late_first_claim == "that_year" and (death is not None or filed.year > last.year)


# The conditions


def subject(claim: Claim) -> bool:
    """方案一「3周岁以下婴幼儿，包括在2025年1月1日及以后出生的和之前出生在2025年1月1日时未满3周岁的」: born, and alive on 1 January 2025
    where born before it（六（三）2「婴幼儿在2025年1月1日及以后死亡」）."""
    return claim.born_on <= claim.submitted_on and (claim.died_on is None or claim.died_on >= START)


def lawful(claim: Claim) -> bool:
    """方案一「符合法律法规生育或收养的」, 规范第五条「对3周岁以下的孤儿、事实无人抚养的婴幼儿，予以发放补贴」."""
    return claim.lawful or claim.orphan_or_unsupported


def age(claim: Claim, readings: Readings) -> bool:
    """方案一「在2025年1月1日时未满3周岁的」for those born before; 方案二「应补贴月数」: some month of the year claimed must be due."""
    if born_since_start(claim):
        return True
    return three_on(claim.born_on, readings) > START and months_due(claim, claimed_year(claim, readings), readings) > 0


def registered(claim: Claim, readings: Readings) -> bool:
    """方案一「在上海市已办理户籍登记的」, on the day of 规范第十条; 六（三）2「若婴幼儿出生后死亡但尚未落户的，
    可向申领人户籍所在地提出申请」."""
    if claim.registered_on is not None and claim.registered_on <= state_day(claim):
        return True
    return died(claim, readings) is not None and claim.applicant_in_shanghai


def before_move(claim: Claim, readings: Readings) -> bool:
    """方案六（三）1「户籍迁出之前已提交申请的，按照迁出前户籍所在地政策办理；户籍迁出后提出的申请，按照户籍迁入地政策办理」; reading
    `move_day`."""
    if claim.moved_out_on is None:
        return True
    filed = filing_day(claim, readings)
    return filed < claim.moved_out_on or (readings.move_day == "same_day" and filed == claim.moved_out_on)


def applicant(claim: Claim, readings: Readings) -> bool:
    """方案六「补贴应由婴幼儿的父母一方，或其他监护人按规定提出申请。申请对象应对婴幼儿行使抚养义务」,
    规范第六条「其他监护人（含儿童福利机构）」; after a divorce 方案六（一）「离婚法律文书（体现儿童抚养权页）」, reading `divorced`."""
    if claim.applicant == "other" or not claim.raises:
        return False
    by_custody = claim.divorced and claim.applicant in ("parent", "adoptive_parent") and readings.divorced == "custody"
    return claim.custody if by_custody else True


def not_after_death_year(claim: Claim, readings: Readings) -> bool:
    """方案六（三）2「尚未申领本年度补贴的，可申领当年补贴。申领人原则上应在婴幼儿死亡当年提出申请，出生当年死亡的可延至次年」; reading
    `death_deadline`."""
    death = died(claim, readings)
    if death is None:
        return True
    return filing_day(claim, readings) <= last_day(claim, readings) or late_but_accepted(claim, readings)


def not_claimed(claim: Claim, readings: Readings) -> bool:
    """方案六「由婴幼儿的父母一方」, 二「每孩每年」,（三）2「尚未申领本年度补贴的」: one claim a child and year, whoever made it."""
    return claimed_year(claim, readings) not in {earlier.year for earlier in claim.earlier}


def not_ended(claim: Claim) -> bool:
    """方案六（四）「发生下列情况之一的，终止享受育儿补贴，并追回违规申领的补贴资金：父母或监护人遗弃婴幼儿的；冒领育儿补贴的；
    其他不符合法律法规等情形」."""
    return not (claim.abandoned or claim.fraud or claim.other_ground)


def conditions(claim: Claim, readings: Readings) -> dict[str, bool]:
    """The conditions of a claim, in order."""
    met = (
        subject(claim),
        lawful(claim),
        age(claim, readings),
        registered(claim, readings),
        before_move(claim, readings),
        applicant(claim, readings),
        in_time(claim, readings),
        not_after_death_year(claim, readings),
        not_claimed(claim, readings),
        not_ended(claim),
    )
    return dict(zip(CONDITIONS, met, strict=True))


def decide(claim: Claim, readings: Readings | None = None) -> Decision:
    """What becomes of one claim."""
    chosen = readings or Readings()
    year = claimed_year(claim, chosen)
    unmet = tuple(name for name, met in conditions(claim, chosen).items() if not met)
    return Decision(
        granted=not unmet,
        unmet=unmet,
        year=year,
        renewal=is_renewal(claim, chosen),
        sum_cny=None if unmet else due(claim, year, chosen),
        months=None if unmet or born_since_start(claim) else months_due(claim, year, chosen),
        until=last_day(claim, chosen),
        order=order_of(claim),
    )


# Over the years


def claims(child: Claim, days: Iterable[date], readings: Readings | None = None) -> list[Decision]:
    """The same child claimed for on each of these days in turn; what was granted counts as an earlier claim from then on."""
    made: list[Decision] = []
    earlier = child.earlier
    for day in days:
        decision = decide(replace(child, submitted_on=day, earlier=earlier), readings)
        made.append(decision)
        if decision.granted:
            earlier = (*earlier, EarlierClaim(year=decision.year))
    return made


def working_day(start: date, number: int, holidays: frozenset[date], workdays: frozenset[date] = frozenset()) -> date:
    """方案六（二）「自受理之日起9个工作日内完成初审」「之日起6个工作日内完成审核」: the last of so many working days, the first day not
    counted. The days off and the weekend days that are worked must be known; nothing is guessed."""
    day = start
    while number:
        day += timedelta(days=1)
        number -= day in workdays or (day.weekday() < 5 and day not in holidays)
    return day
