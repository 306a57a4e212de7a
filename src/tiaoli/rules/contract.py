"""The contract between rules and Python: every predicate that both know, with its arguments and who supplies it.

Everything else in a rule file is the policy's own affair. What stands here is named in Python by this module alone, so that the
names of the rules and those of the program cannot drift apart.
"""

from __future__ import annotations

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
    ADD_MONTHS = _signature("add_months(day, months, until:day)", "engine", "the last day of a period of months")
    CALENDAR_YEAR = _signature("calendar_year(day, january:day, december:day)", "engine", "the first and the last day of the year of a day")

    CATALOGUE = _signature("catalogue(code)", "policy data", "a row of the annex")
    DAY = _signature("day(parameter, value:day)", "policy data", "a parameter that is a day")
    MONTHS = _signature("months(parameter, value:months)", "policy data", "a parameter that is a number of months")
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

    UNITS: ClassVar = {item.name: item for item in (DAY, MONTHS, PERCENT, MONEY, COUNT, LEVEL, OCCUPATION)}
    """The predicates of parameters, by the unit that a parameter has in parameters.toml: the one is the name of the other."""

    CALENDAR: ClassVar = frozenset({ADD_MONTHS.name, CALENDAR_YEAR.name})
    """The names of what the engine adds for the days and periods that occur."""


SIGNATURES: dict[str, Signature] = {item.name: item for item in vars(Contract).values() if isinstance(item, Signature)}
"""Every predicate of the contract, by name."""


def rule_template(text: str) -> Template:
    """A piece of a program in which `$ELIGIBLE(C, $benefit, S)` stands for the predicate of the contract; other words with a `$` are
    left to be substituted."""
    return Template(Template(text).safe_substitute({key: item.name for key, item in vars(Contract).items() if isinstance(item, Signature)}))
