"""The smallest case in which something about a policy shows, found among all cases of a domain, made small, and tried again.

A domain with fewer items a list is looked at first. Of the case found there, only those facts are kept that make certain what
was asked, whatever the others are; items about which nothing is kept are left out. Then the exact engine decides the case as
it stands in its file: what does not show there is no witness.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

from tiaoli.analysis.case_domain import CaseDomain, merged, of_copy
from tiaoli.analysis.case_search import Witness
from tiaoli.analysis.domain_spec import USUAL_ITEMS, DomainSpec
from tiaoli.base import InternalError, Problem, Statement, left, minimal
from tiaoli.case import Case
from tiaoli.decide import case_facts
from tiaoli.encoding import Encoding
from tiaoli.policy import reading_facts
from tiaoli.rules import Assumption, Consequences, Fact, OutOfTimeError, Session, consequences, exact_rules

_CONFIGURATION = "frumpy"
"""Of clingo's, the one that proves quickly that there is no case; the usual one can take a hundred times as long."""


@dataclass(frozen=True)
class WitnessQuery:
    """What is looked for: an atom that some rules derive from the policy's own and from a case of a domain.

    `rules` and `facts` stand beside those of the policy.
    """

    atom: Fact
    rules: str
    cases: DomainSpec
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """What a search comes to: a witness; or none in the domain; or, where the limit was reached, neither."""

    witness: Witness | None
    domain: CaseDomain
    exhausted: bool = True


def find_witness(encoding: Encoding, query: WitnessQuery, deadline: float | None = None) -> SearchResult:
    """Look for the smallest case. Of the readings that are free the defaults are preferred; `deadline` is a time of `monotonic()`."""
    (found,) = find_witnesses(encoding, query, [[query.atom]], deadline)
    return found


def find_witnesses(
    encoding: Encoding, query: WitnessQuery, groups: Sequence[Sequence[Fact]], deadline: float | None = None
) -> list[SearchResult]:
    """Look for a case for each group of atoms that the rules of one query derive, in which the first of the group that can
    holds. The cases are searched together, so that the rules are grounded once."""
    found: dict[int, SearchResult] = {}
    seen: Mapping[str, int] | None = None
    for items in range(1, USUAL_ITEMS + 1):
        domain = CaseDomain(encoding, replace(query.cases, items=items, sizes=query.cases.sizes if items == USUAL_ITEMS else {}))
        if domain.sizes == seen:
            # nothing has more items than before
            found |= {number: SearchResult(None, domain) for number in range(len(groups)) if number not in found}
            break
        seen = domain.sizes
        search = _WitnessSearch(encoding, query, domain, deadline)
        for number, atoms in enumerate(groups):
            if number not in found:
                try:
                    witness = search.run(atoms)
                except OutOfTimeError:
                    found[number] = SearchResult(None, domain, exhausted=False)
                    continue
                if witness is not None or items == USUAL_ITEMS:
                    found[number] = SearchResult(witness, domain)
        if len(found) == len(groups):
            break
    return [found[number] for number in range(len(groups))]


class _WitnessSearch:
    def __init__(self, encoding: Encoding, query: WitnessQuery, domain: CaseDomain, deadline: float | None) -> None:
        self.encoding, self.query, self.domain, self.deadline = encoding, query, domain, deadline
        self.rules = exact_rules(encoding.rules, query.rules)
        self.atom = query.atom
        # a case is tried again under all the rules, whatever part of them it was found by
        self.rule_bounds = merged(encoding.rule_bounds, domain.rule_bounds)

    @cached_property
    def session(self) -> Session:
        """The program of the domain, grounded once."""
        common = [*self.encoding.policy.facts, *self.query.facts, *self.domain.facts]
        rules = f"{self.rules}\n{self.domain.order}"
        return Session(rules, common, self.domain.choices, links=self.domain.links, limit=left(self.deadline), configuration=_CONFIGURATION)

    def run(self, atoms: Sequence[Fact]) -> Witness | None:
        """A case in which the first of the atoms that can hold does."""
        domain, session = self.domain, self.session
        shown = next((fact for fact in atoms if session.possible((fact, True))), None)
        if shown is None:
            return None
        self.atom, atom = shown, (shown, True)
        free = domain.free_readings

        def default_but(names: Collection[str]) -> list[Assumption]:
            return [(choices[0], True) for name, choices in free.items() if name not in names]

        other = minimal(lambda names: session.possible(atom, *default_but(names)), list(free))
        options = [option for choice in domain.choices for option in choice.options]
        model = session.model(atom, *default_but(other), of=options)
        assert model is not None
        chosen = [option for choices in free.values() for option in choices if option in model]
        assumed = [(option, True) for option in chosen]
        about = [option for option in options if option in model and option not in chosen]
        # the application days are always kept, since a case has one, and so is what a copy has otherwise
        first = [option for option in about if option.arguments[0] == 1 and option.predicate != self._today]
        same = {option: [copy for number in domain.copies[1:] if (copy := of_copy(number, option)) in model] for option in first}
        copies = set(chain.from_iterable(same.values()))
        always = [option for option in about if option not in same and option not in copies]

        def kept_with(kept: Sequence[Fact]) -> list[Fact]:
            return [*always, *kept, *(copy for option in kept for copy in same[option])]

        def certain(kept: Sequence[Fact]) -> bool:
            given = [(option, True) for option in kept_with(kept)]
            return not session.possible((shown, False), *assumed, *given)

        kept = minimal(certain, first)
        in_force = {str(option.arguments[0]): str(option.arguments[1]) for option in chosen} | dict(domain.readings)
        return self._witness(kept_with(kept), about, in_force)

    @property
    def _today(self) -> str:
        return self.domain.policy.schema.day.predicate

    def _witness(self, kept: Collection[Fact], whole: Collection[Fact], readings: Mapping[str, str]) -> Witness:
        """The case of the facts kept, without idle items; with all facts where that does not do."""
        for facts in (set(kept), set(whole)):
            documents = [self.domain.case(facts, copy) for copy in self.domain.copies]
            if self.holds(documents, readings):
                first, *others = self._without_idle(documents, readings)
                return Witness(first, readings, tuple(others))
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

    def holds(self, documents: Sequence[Mapping[str, Any]], readings: Mapping[str, str]) -> bool:
        """Whether what was asked is certain of the copies of a case as they stand in files."""
        return self.atom in self._decided(documents, readings).certain

    def _decided(self, documents: Sequence[Mapping[str, Any]], readings: Mapping[str, str]) -> Consequences:
        """What the exact engine says of what was asked."""
        encoding, policy = self.encoding, self.encoding.policy
        fields = {benefit: (*encoding.fields[benefit], *self.query.cases.fields) for benefit in self.query.cases.benefits}
        facts: dict[Fact, None] = {}
        choices = []
        for copy, document in enumerate(documents, 1):
            found = case_facts(policy, self.rule_bounds, fields, Case.read(document, policy), self.query.cases.benefits, copy)
            facts |= dict.fromkeys(found.facts)
            choices += list(found.choices.values())
        given = [*self.query.facts, *self.domain.succession, *reading_facts(policy, dict(readings))]
        asked = f"{self.atom.predicate}/{len(self.atom.arguments)}"
        session = f"{self.rules}\n#defined {asked}.\n#show {asked}."
        return consequences(session, [*policy.facts, *given, *facts], choices)

    def _without_idle(self, documents: list[dict[str, Any]], readings: Mapping[str, str]) -> list[dict[str, Any]]:
        """The case without the items that it shows as well without."""
        for way in _items(documents[0]):
            slim = [_without(document, way) for document in documents]
            if self.holds(slim, readings):
                documents = slim
        return [{key: value for key, value in document.items() if value != []} for document in documents]


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
