"""The contract between rules and Python: every predicate that both know, with its arguments and who supplies it.

Everything else in a rule file is the policy's own affair. What stands here is named in Python by this module alone, so that the
names of the rules and those of the program cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import ClassVar, Literal, NamedTuple

from tiaoli.rules.atoms import Fact, Value

CONTRACT_VERSION = 2
"""Counts up with every change that a policy would have to follow: another name, another argument, another meaning."""

Supplier = Literal["engine", "policy data", "library", "clause files", "property"]


class Signature(NamedTuple):
    """A predicate of the contract: its name, its arguments as `(name, type)`, who supplies it, and what an atom of it says there is.

    The type `item` stands for an item of any list. `optional` ones need not be supplied by a policy that has no use for them.
    """

    name: str
    arguments: tuple[tuple[str, str], ...]
    supplier: Supplier
    says: str
    optional: bool = False

    @property
    def arity(self) -> int:
        return len(self.arguments)

    @property
    def signature(self) -> str:
        """`eligible/3`, as `#defined` and `#show` have it."""
        return f"{self.name}/{self.arity}"

    @property
    def written(self) -> str:
        """`amount(case, benefit, subject, yuan, fen)`; an argument that is not its own type has it behind a colon."""
        return f"{self.name}({', '.join(name if name == kind else f'{name}:{kind}' for name, kind in self.arguments)})"

    def fact(self, *values: Value) -> Fact:
        """A ground atom."""
        assert len(values) == self.arity, self.signature
        return Fact(self.name, values)

    def atom(self, *terms: object) -> str:
        """An atom as it is written in a rule: `eligible(C, B, S)`."""
        assert len(terms) == self.arity, self.signature
        return f"{self.name}({', '.join(map(str, terms))})"


def _signature(written: str, supplier: Supplier, says: str, optional: bool = False) -> Signature:
    """From `met(case, benefit, subject, condition)`; an argument is its own type, or has one behind a colon."""
    name, _, rest = written.rstrip(")").partition("(")
    arguments = (argument.partition(":") for argument in rest.split(", "))
    return Signature(name, tuple((word, kind or word) for word, _, kind in arguments), supplier, says, optional)


class Contract:
    """The predicates of the contract."""

    ASKED = _signature("asked(case, benefit, subject)", "engine", "a decision that is asked for")
    READING = _signature("reading(reading, option)", "engine", "an option of a reading, in force")
    ADD_DAYS = _signature("add_days(day, days, until:day)", "engine", "the last day of a period of days")
    ADD_WEEKS = _signature("add_weeks(day, weeks, until:day)", "engine", "the last day of a period of weeks")
    ADD_MONTHS = _signature("add_months(day, months, until:day)", "engine", "the last day of a period of months")
    ADD_YEARS = _signature("add_years(day, years, until:day)", "engine", "the last day of a period of years, of 12 months each")
    CALENDAR_MONTH = _signature("calendar_month(day, first:day, last:day)", "engine", "the first and the last day of the month of a day")
    CALENDAR_YEAR = _signature("calendar_year(day, january:day, december:day)", "engine", "the first and the last day of the year of a day")
    DAYS_BETWEEN = _signature("days_between(from:day, to:day, days)", "engine", "how many days the second lies after the first")
    MONTHS_BETWEEN = _signature("months_between(from:day, to:day, months)", "engine", "how many periods of a month from one day have ended")
    YEARS_BETWEEN = _signature("years_between(from:day, to:day, years)", "engine", "how many periods of a year from one day have ended")
    AGE = _signature(
        "age(born:day, day, leap_day, years)",
        "engine",
        "the years that a person has completed on a day; who was born on 29 February completes one on the day that is named",
    )
    BIRTHDAY = _signature("birthday(born:day, years, leap_day, until:day)", "engine", "the day on which a person completes so many years")
    LEAST = _signature("least(one:value, other:value, lesser:value)", "engine", "the lesser of two numbers, or the earlier of two days")
    GREATEST = _signature(
        "greatest(one:value, other:value, greater:value)", "engine", "the greater of two numbers, or the later of two days"
    )
    ROUNDED = _signature(
        "rounded(rounding, numerator:number, denominator:number, whole:number)", "engine", "a fraction rounded to a whole number"
    )

    DAY = _signature("day(parameter, value:day)", "policy data", "a parameter that is a day")
    DAYS = _signature("days(parameter, value:days)", "policy data", "a parameter that is a number of days")
    WEEKS = _signature("weeks(parameter, value:weeks)", "policy data", "a parameter that is a number of weeks")
    MONTHS = _signature("months(parameter, value:months)", "policy data", "a parameter that is a number of months")
    YEARS = _signature("years(parameter, value:years)", "policy data", "a parameter that is a number of years")
    HOURS = _signature("hours(parameter, value:hours)", "policy data", "a parameter that is a number of hours")
    MINUTES = _signature("minutes(parameter, value:minutes)", "policy data", "a parameter that is a number of minutes")
    PERCENT = _signature("percent(parameter, value:percent)", "policy data", "a parameter that is a percentage")
    MONEY = _signature(
        "money(parameter, value:money)", "policy data", "a parameter that is a sum of money, in the smallest unit of the currency"
    )
    COUNT = _signature("count(parameter, value:count)", "policy data", "a parameter that is a number")
    LEVEL = _signature("level(parameter, value:level)", "policy data", "a parameter that is a level", optional=True)
    OCCUPATION = _signature("occupation(word:term, value:code)", "policy data", "a parameter that is an occupation code", optional=True)

    REQUIRES = _signature("requires(benefit, position, condition)", "clause files", "a condition of a benefit, in the reviewer's order")
    MET = _signature("met(case, benefit, subject, condition)", "clause files", "a condition that is met")
    PAYABLE = _signature(
        "payable(case, benefit, subject, yuan, fen, percent)", "clause files", "the base of an amount, and the percentage of it", True
    )
    RATE = _signature("rate(case, benefit, subject, percent)", "clause files", "the percentage of a standard set elsewhere", True)
    STANDARD_BASE = _signature(
        "standard_base(case, benefit, subject, yuan, fen, percent)",
        "clause files",
        "the base of a standard of which a share is paid, and the percentage of it",
        True,
    )
    SHARE = _signature("share(case, benefit, subject, percent)", "clause files", "the share of the standard that is paid", True)
    NO_STANDARD = _signature("no_standard(case, benefit, subject, person:item)", "clause files", "a person without a standard", True)
    EXCLUSIVE = _signature(
        "exclusive(case, benefit, subject, application:subject)",
        "clause files",
        "a decision that is filed with an application; of those of different applications only one may be filed",
        True,
    )

    BLOCKED = _signature("blocked(case, benefit, subject)", "library", "a decision with a condition that is not met")
    ELIGIBLE = _signature("eligible(case, benefit, subject)", "library", "a benefit that is granted")
    AMOUNT = _signature("amount(case, benefit, subject, yuan, fen)", "library", "a sum that is paid", True)
    STANDARD = _signature("standard(case, benefit, subject, yuan, fen)", "library", "what is fixed before the share that is paid", True)
    GAP = _signature("gap(case, benefit, subject, person:item)", "library", "a person without a standard, where granted", True)

    LATER = _signature("later(case, other:case)", "engine", "a second application of the same case, on a later day")
    VIOLATED = _signature("violated(case)", "property", "a case of which the property does not hold")

    UNITS: ClassVar = {
        item.name: item for item in (DAY, DAYS, WEEKS, MONTHS, YEARS, HOURS, MINUTES, PERCENT, MONEY, COUNT, LEVEL, OCCUPATION)
    }
    """The predicates of parameters, by the unit that a parameter has in parameters.toml: the one is the name of the other."""

    FUNCTIONS: ClassVar[Mapping[str, int]] = {
        **{item.name: 2 for item in (ADD_DAYS, ADD_WEEKS, ADD_MONTHS, ADD_YEARS, DAYS_BETWEEN, MONTHS_BETWEEN, YEARS_BETWEEN)},
        CALENDAR_MONTH.name: 1,
        CALENDAR_YEAR.name: 1,
        AGE.name: 3,
        BIRTHDAY.name: 3,
        LEAST.name: 2,
        GREATEST.name: 2,
        ROUNDED.name: 3,
    }
    """What the engine works out wherever a rule asks for it: the names of the predicates, and how many arguments are given. The others
    follow from these (see `functions`)."""

    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "leap_day": ("february_28", "march_1"),
        "rounding": ("half_up", "half_even", "up", "down"),
    }
    """The words that an argument of one of these types may be."""


SIGNATURES: dict[str, Signature] = {item.name: item for item in vars(Contract).values() if isinstance(item, Signature)}
"""Every predicate of the contract, by name."""


def rule_template(text: str) -> Template:
    """A piece of a program in which `$ELIGIBLE(C, $benefit, S)` stands for the predicate of the contract; other words with a `$` are
    left to be substituted."""
    return Template(Template(text).safe_substitute({key: item.name for key, item in vars(Contract).items() if isinstance(item, Signature)}))
