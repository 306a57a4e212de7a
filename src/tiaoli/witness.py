"""The smallest case in which something about a policy shows, found among all cases of a domain, made small, and tried again.

A domain with fewer items a list is looked at first. Of the case found there, only those facts are kept that make certain what
was asked, whatever the others are; items about which nothing is kept are left out. Then the exact engine decides the case as
it stands in its file: what does not show there is no witness.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tiaoli.atoms import Fact
from tiaoli.case import Case
from tiaoli.critical import Bound
from tiaoli.domain import ITEMS, Domain
from tiaoli.engine import Assumption, OutOfTimeError, Session, consequences
from tiaoli.errors import InternalError, Problem
from tiaoli.facts import APPLIED_ON, case_facts
from tiaoli.limits import left
from tiaoli.load import Encoding
from tiaoli.minimal import minimal
from tiaoli.policy import reading_facts
from tiaoli.words import Statement


@dataclass(frozen=True)
class Question:
    """What is looked for: an atom that some rules derive from the policy's own and from a case.

    `rules` and `facts` stand beside those of the policy. `benefits` are asked for every item; `fields`
    are facts looked at beside what bears on these; `bounds` what the rules compare. `copies` above 1 are later applications
    of the same case. `sizes` say how many items a list has at most. `settled` are predicates, with the number of their
    arguments, of which a witness leaves nothing open that is derived there: an amount is certain, not only that there is one.
    """

    atom: Fact
    rules: str
    benefits: tuple[str, ...]
    fields: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    bounds: tuple[Bound, ...] = ()
    copies: int = 1
    facts: tuple[Fact, ...] = ()
    settled: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Witness:
    """A case in which it shows, the readings under which it does, and the other application days where there are several
    copies."""

    case: dict[str, Any]
    readings: Mapping[str, str]
    applied_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """The answer to a question: a witness; or none in the domain; or, where the limit was reached, neither."""

    witness: Witness | None
    domain: Domain
    exhausted: bool = True


def search(
    encoding: Encoding,
    question: Question,
    readings: Mapping[str, str] | None = None,
    deadline: float | None = None,
    others: Sequence[Encoding] = (),
) -> Found:
    """Look for a case. `readings` are fixed, all others free, the defaults preferred; `deadline` is a time of `monotonic()`."""
    (found,) = search_each(encoding, question, [[question.atom]], readings, deadline, others)
    return found


def search_each(
    encoding: Encoding,
    question: Question,
    groups: Sequence[Sequence[Fact]],
    readings: Mapping[str, str] | None = None,
    deadline: float | None = None,
    others: Sequence[Encoding] = (),
) -> list[Found]:
    """Look for a case for each group of atoms that the rules of one question derive, in which the first of the group that can
    holds. The cases are searched together, so that the rules are grounded once."""
    found: dict[int, Found] = {}
    for items in range(1, ITEMS + 1):
        domain = Domain(
            encoding,
            question.benefits,
            fields=question.fields,
            items=items,
            sizes=question.sizes if items == ITEMS else {},
            readings=readings,
            bounds=question.bounds,
            others=others,
            copies=question.copies,
        )
        hunt = _Hunt(encoding, question, domain, deadline)
        for number, atoms in enumerate(groups):
            if number not in found:
                try:
                    witness = hunt.run(atoms)
                except OutOfTimeError:
                    found[number] = Found(None, domain, exhausted=False)
                    continue
                if witness is not None or items == ITEMS:
                    found[number] = Found(witness, domain)
        if len(found) == len(groups):
            break
    return [found[number] for number in range(len(groups))]


class _Hunt:
    def __init__(self, encoding: Encoding, question: Question, domain: Domain, deadline: float | None) -> None:
        self.encoding, self.question, self.domain, self.deadline = encoding, question, domain, deadline
        self.rules = f"{encoding.policy.rule_text}\n{question.rules}"
        self.atom = question.atom

    @cached_property
    def session(self) -> Session:
        """The program of the domain, grounded once."""
        common = [*self.encoding.policy.facts, *self.question.facts, *self.domain.facts]
        rules = f"{self.rules}\n{self.domain.order}"
        return Session(rules, common, self.domain.choices, links=self.domain.links, limit=left(self.deadline))

    def run(self, atoms: Sequence[Fact]) -> Witness | None:
        """A case in which the first of the atoms that can hold does."""
        domain, session = self.domain, self.session
        first = next((fact for fact in atoms if session.possible((fact, True))), None)
        if first is None:
            return None
        self.atom, atom = first, (first, True)
        free = domain.free_readings

        def default_but(names: Collection[str]) -> list[Assumption]:
            return [(choices[0], True) for name, choices in free.items() if name not in names]

        other = minimal(lambda names: session.possible(atom, *default_but(names)), list(free))
        options = [option for choice in domain.choices for option in choice.options]
        settled = [fact for signature in self.question.settled for fact in session.atoms(*signature)]
        model = session.model(atom, *default_but(other), of=[*options, *settled])
        assert model is not None
        derived = [first, *(fact for fact in settled if fact in model)]
        chosen = [option for choices in free.values() for option in choices if option in model]
        assumed = [(option, True) for option in chosen]
        about = [option for option in options if option in model and option not in chosen]
        # the application days are always kept: a case has one, and a later one is a case of its own
        days = [option for option in about if option.predicate == self._today]
        rest = [option for option in about if option.predicate != self._today]

        def certain(kept: Sequence[Fact]) -> bool:
            given = [(option, True) for option in (*days, *kept)]
            return not any(session.possible((fact, False), *assumed, *given) for fact in derived)

        kept = minimal(certain, rest)
        in_force = {str(option.arguments[0]): str(option.arguments[1]) for option in chosen} | dict(domain.readings)
        return self._witness({*days, *kept}, set(about), in_force)

    @property
    def _today(self) -> str:
        return self.domain.policy.fields[APPLIED_ON].predicate

    def _witness(self, kept: Collection[Fact], whole: Collection[Fact], readings: Mapping[str, str]) -> Witness:
        """The case of the facts kept, without idle items; with all facts where that does not do."""
        days = tuple(self.domain.case(whole, copy)[APPLIED_ON] for copy in self.domain.copies)
        for document in (self.domain.case(kept), self.domain.case(whole)):
            if self.holds(document, readings, days):
                return Witness(self._without_idle(document, readings, days), readings, days if len(days) > 1 else ())
        raise InternalError(
            [
                Problem(
                    "witness",
                    Statement(
                        "求解器给出的见证案件经精确引擎复核不成立；这是程序的缺陷",
                        "the case that the solver found does not show what it should when it is decided; the program is at fault",
                    ),
                )
            ]
        )

    def holds(self, document: Mapping[str, Any], readings: Mapping[str, str], days: Sequence[str]) -> bool:
        """Whether what was asked is certain of a case as it stands in a file, decided by the exact engine."""
        encoding, policy = self.encoding, self.encoding.policy
        fields = {benefit: (*encoding.fields[benefit], *self.question.fields) for benefit in self.question.benefits}
        facts: dict[Fact, None] = {}
        choices = []
        for copy, day in enumerate(days, 1):
            case = Case.read({**document, APPLIED_ON: day})
            found = case_facts(policy, self.domain.harvest, fields, case, self.question.benefits, copy)
            facts |= dict.fromkeys(found.facts)
            choices += list(found.choices.values())
        known = [*policy.facts, *self.question.facts, *reading_facts(policy, dict(readings)), *facts]
        asked = f"{self.atom.predicate}/{len(self.atom.arguments)}"
        session = f"{self.rules}\n#defined {asked}.\n#show {asked}."
        return self.atom in consequences(session, known, choices).certain

    def _without_idle(self, document: dict[str, Any], readings: Mapping[str, str], days: Sequence[str]) -> dict[str, Any]:
        """The case without the items that it shows as well without."""
        for way in _items(document):
            slim = _without(document, way)
            if self.holds(slim, readings, days):
                document = slim
        return {key: value for key, value in document.items() if value != []}


def _items(document: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The way to every item of a case, from the last to the first: a list and an id, and so on below it."""
    found: list[tuple[str, ...]] = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                found += [(key, item["id"]), *((key, item["id"], *way) for way in _items(item))]
    return found[::-1]


def _without(document: Mapping[str, Any], way: tuple[str, ...]) -> dict[str, Any]:
    key, name, *rest = way
    items = [_without(item, tuple(rest)) if item["id"] == name else item for item in document[key] if rest or item["id"] != name]
    return {**document, key: items}
