"""A policy as frozen data: the notice's sentences, numbers, readings, fields and words, and its rules as text.

`policy/<id>/` holds policy.toml, notice.md, clauses.toml, parameters.toml, readings.toml, doubts.toml, fields.toml, vocabulary.toml and
the CSV files of its tables; `encodings/<id>/` the rules. `build_policy` makes a `Policy` of them; what they may say together
is checked in the room `encoding`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from tiaoli.base import Lang, Statement
from tiaoli.policy.case_schema import CaseSchema, Field, ItemList
from tiaoli.policy.currency import Currency
from tiaoli.policy.designations import matching
from tiaoli.policy.norm_tables import NormTable
from tiaoli.policy.number_types import DECIMAL_TYPES
from tiaoli.policy.units import UNITS, Unit
from tiaoli.rules import Contract, Fact, Name

TABLES = ("policy", "clauses", "parameters", "readings", "doubts", "fields", "vocabulary")


class NotComputed(NamedTuple):
    """Why a sentence, or `part` of it, is not computed."""

    kind: str
    why: Statement
    part: str | None


class Sentence(NamedTuple):
    """A sentence of the notice under its anchor. `clauses` are those it stands in, outermost first, and `heads` the heading lines that
    stand between it and the sentence before."""

    anchor: str
    text: str
    en: str
    clauses: tuple[str, ...]
    heads: tuple[str, ...]
    encoded_in: tuple[str, ...]
    not_computed: NotComputed | None

    def translated(self, lang: Lang) -> str | None:
        """Its translation, for a reader of a language who has need of one."""
        return self.en if lang == "en" and self.en != self.text else None

    @property
    def clause(self) -> str | None:
        """The clause that it stands in, the innermost: `（三）`, `Article 5(1)(c)`; `None` outside the clauses."""
        return self.clauses[-1] if self.clauses else None


class Parameter(NamedTuple):
    """A number of the notice. `value` is as the rules see it: a day, months, percent, fen, a count, or an occupation
    code. `aliases` are other names that a person may call it by. `derived` is the sum that it comes of where the quote does not state it:
    `100 + 30`; `source` is what states it where the text does not, and the quote is then what it bears on. `also`
    are further sentences that state it, each with its quote."""

    name: str
    unit: str
    value: int | str
    valid_from: str
    sentence: str
    quote: str
    statement: Statement
    aliases: tuple[str, ...] = ()
    derived: str | None = None
    source: str | None = None
    also: tuple[tuple[str, str], ...] = ()

    @property
    def fact(self) -> Fact:
        return Fact(self.unit, (Name(self.name), self.value))


class Option(NamedTuple):
    id: str
    statement: Statement


class Reading(NamedTuple):
    """A point where the notice can be read in more than one way; the first option is the default."""

    name: str
    quotes: tuple[tuple[str, str], ...]
    question: Statement
    options: tuple[Option, ...]
    touches: tuple[str, ...]

    @property
    def default(self) -> str:
        return self.options[0].id


class Doubt(NamedTuple):
    """A doubt about the text that is noted and has no option."""

    id: str
    sentence: str
    quote: str
    statement: Statement


class Marker(NamedTuple):
    """Words that make a sentence doubtful wherever they stand: a regular expression, and what is doubtful."""

    id: str
    pattern: str
    statement: Statement


OUTCOMES: Mapping[str, Statement] = {
    "eligible": Statement("可享受", "eligible"),
    "not_eligible": Statement("不予享受", "not eligible"),
    "unknown": Statement("尚不能确定", "unknown"),
}
"""The outcomes in words, where a policy has no words of its own for them."""


class DeclaredResult(NamedTuple):
    """A result of a benefit beside money, by the name of the predicate that it is read from: a day until which, months of something, a
    band. `type` is that of its value, as arguments of predicates have it. It is said where the benefit is granted; with `always` of a
    refusal too. `holds`, `fails` and `none` are the sentences of its predicate."""

    id: str
    type: str
    statement: Statement
    always: bool
    holds: Statement
    fails: Statement
    none: Statement

    @property
    def arguments(self) -> tuple[tuple[str, str], ...]:
        """The arguments of its predicate, by name and type."""
        return (("case", "case"), ("benefit", "benefit"), ("subject", "subject"), ("value", self.type))

    @property
    def predicate(self) -> Predicate:
        """The predicate that it is read from."""
        return Predicate(self.id, self.arguments, self.holds, "rules", shown=True, fails=self.fails, none=self.none)


def result_types(units: Mapping[str, Unit], values: Iterable[str]) -> tuple[str, ...]:
    """The types that a result can have in a policy with these units and value tables."""
    return (*dict.fromkeys(unit.type for unit in units.values()), *DECIMAL_TYPES, *values)


class Benefit(NamedTuple):
    """What can be asked: the clause, the entity it is asked for, and its conditions in the reviewer's order.

    `has_amount` says that it pays a sum, `has_standard` that the sum is a share of a standard; `results` are what it gives beside money,
    `outcomes` the words for what is decided of it.
    """

    id: str
    clause: str
    subject: str
    has_amount: bool
    statement: Statement
    conditions: Mapping[str, Statement]
    has_standard: bool = False
    results: Mapping[str, DeclaredResult] = MappingProxyType({})
    outcomes: Mapping[str, Statement] = OUTCOMES

    def results_said(self, granted: bool) -> list[DeclaredResult]:
        """The results that a decision says, one that grants or one that refuses."""
        return [declared for declared in self.results.values() if granted or declared.always]


class Predicate(NamedTuple):
    """A predicate: its arguments as `(name, type)` and the sentence it stands for.

    `fails` is the sentence where it does not hold, `none` where it holds for nothing, `totals` those for the aggregates
    in its rules, by the variable an aggregate gives a value to. `source` is where its atoms come from: `case`, `engine`
    or `rules`; `shown` marks those that are read as the answer. `file` declares it.
    """

    name: str
    arguments: tuple[tuple[str, str], ...]
    statement: Statement | None
    source: str
    shown: bool = False
    fails: Statement | None = None
    none: Statement | None = None
    totals: Mapping[str, Statement] = MappingProxyType({})
    file: str = "vocabulary.toml"

    @property
    def of_case(self) -> bool:
        """Whether its first argument is the case."""
        return bool(self.arguments) and self.arguments[0][1] == "case"


@dataclass(frozen=True)
class Policy:
    """One version of a notice: its text, its data and its rules.

    `begins` and `lapses` are the parameters that hold its first and last day of validity, where it has them, `lapsed` what has to
    be said beside an answer on an application after the last. `events` are what a day of a case can be the day of, in words. `terms`
    are words that it uses without saying what they mean, or names that differ within it; `markers` words that are doubtful in any
    sentence. `headings` are the words that it numbers its clauses with beside the usual ones; `languages` those that its statements are
    in. `rules` are the texts of its rule files by name; those of the parts of the `library` that it includes are among them.
    """

    id: str
    number: str
    title: Statement
    currency: Currency
    digest: str
    sentences: Mapping[str, Sentence]
    tables: Mapping[str, NormTable]
    parameters: Mapping[str, Parameter]
    readings: Mapping[str, Reading]
    doubts: tuple[Doubt, ...]
    terms: tuple[Doubt, ...]
    markers: tuple[Marker, ...]
    benefits: Mapping[str, Benefit]
    lists: Mapping[str, ItemList]
    fields: Mapping[str, Field]
    values: Mapping[str, Mapping[str, Statement]]
    schema: CaseSchema
    predicates: Mapping[str, Predicate]
    rules: Mapping[str, str]
    units: Mapping[str, Unit] = field(default_factory=lambda: UNITS)
    library: tuple[str, ...] = ()
    events: Mapping[str, Statement] = field(default_factory=dict)
    begins: str | None = None
    lapses: str | None = None
    lapsed: Statement | None = None
    headings: tuple[str, ...] = ()
    languages: tuple[Lang, ...] = ("zh", "en")

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """The clauses in order, each before those in it: `（一）` and so on."""
        return tuple(dict.fromkeys(clause for sentence in self.sentences.values() for clause in sentence.clauses))

    @cached_property
    def number_types(self) -> frozenset[str]:
        """The argument types whose values are numbers."""
        return frozenset({*(unit.type for unit in self.units.values()), "yuan", "fen", "position", "number"} - {"day", "code"})

    @cached_property
    def list_of(self) -> Mapping[str, ItemList]:
        """The list of each entity."""
        return {declared.entity: declared for declared in self.lists.values()}

    @cached_property
    def rule_text(self) -> str:
        """All rules as one text without comments, as the engine takes them; lines stay where they were."""
        return "\n".join(re.sub(r"(?m)^%.*$", "", text) for text in self.rules.values())

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes that a table or a parameter names."""
        named = {str(item.value) for item in self.parameters.values() if item.unit == "occupation"}
        return tuple(sorted(named.union(*(table.codes() for table in self.tables.values()))))

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The label that a table has for each code."""
        return {code: label for table in self.tables.values() for code, label in table.labels().items()}

    def outcome(self, benefit: str, outcome: str) -> Statement:
        """An outcome in the words that it has for a benefit."""
        return (self.benefits[benefit].outcomes if benefit in self.benefits else OUTCOMES)[outcome]

    @cached_property
    def results(self) -> Mapping[str, DeclaredResult]:
        """The results that its benefits declare, by name."""
        return {name: declared for benefit in self.benefits.values() for name, declared in benefit.results.items()}

    @cached_property
    def table_of(self) -> Mapping[str, NormTable]:
        """The table of each predicate that a table gives."""
        return {table.predicate: table for table in self.tables.values()}

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """What holds in every case: the parameters and the rows of the tables."""
        return (
            *(parameter.fact for parameter in self.parameters.values()),
            *(table.fact(row) for table in self.tables.values() for row in table.rows),
        )

    @property
    def library_rules(self) -> dict[str, str]:
        """The texts of the library's rule files among its rules, by name."""
        return {name: text for name, text in self.rules.items() if self.includes(name)}

    def includes(self, file: str) -> bool:
        """Whether a file of rules is one of the library's."""
        return file.removesuffix(".lp") in self.library

    def shows(self, predicate: str) -> bool:
        """Whether the rules give a predicate as part of the answer."""
        return predicate in self.predicates and self.predicates[predicate].shown

    def has_lapsed(self, applied_on: int) -> bool:
        """Whether an application of this day comes after the last day of validity."""
        return self.lapses is not None and applied_on > int(self.parameters[self.lapses].value)

    def parameter(self, word: str) -> Parameter | None:
        """The parameter of a name or an alias, or `None`."""
        return next((item for item in self.parameters.values() if word in (item.name, *item.aliases)), None)

    def other_readings(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """Those of the readings chosen that are not the defaults, in the policy's order."""
        return {name: chosen[name] for name, reading in self.readings.items() if name in chosen and chosen[name] != reading.default}

    @cached_property
    def listed_sentences(self) -> frozenset[str]:
        """The anchors of the sentences in the clauses of its tables: each is a row."""
        clauses = {name for table in self.tables.values() if table.within for name in self.clauses_named(table.within)}
        return frozenset(anchor for anchor, sentence in self.sentences.items() if not clauses.isdisjoint(sentence.clauses))

    def place(self, anchor: str) -> Statement:
        """Where a sentence stands: its clause, or else what it says, or its anchor."""
        clause = self.sentences[anchor].clause
        days = (self.parameters[name] for name in (self.begins, self.lapses) if name is not None)
        if clause is None and any(day.sentence == anchor for day in days):
            return Statement("有效期", "validity")
        return Statement(clause or anchor, clause or anchor)

    def clauses_named(self, text: str) -> tuple[str, ...]:
        """The clauses that a text names: by its whole name, or by its number in any script: `3`, `三`, `（三）`, `5(1)(c)`."""
        return matching(self.clauses, text, self.headings)


def reading_facts(policy: Policy, chosen: Mapping[str, str]) -> tuple[Fact, ...]:
    """The readings in force: the defaults, and those chosen instead."""
    return tuple(
        Contract.READING.fact(Name(reading.name), Name(chosen.get(reading.name, reading.default))) for reading in policy.readings.values()
    )


def fen(amount: Decimal) -> int:
    """An amount as whole hundredths. Raises `ValueError` where it has more than two decimals."""
    scaled = amount * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(amount)
    return int(scaled)
