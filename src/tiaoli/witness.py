"""The smallest case in which something about a policy shows, found among all cases of a domain, made small, and tried again.

A domain with fewer items a list is looked at first. Of the case found there, only those facts are kept that make certain what
was asked, whatever the others are; items about which nothing is kept are left out. Then the exact engine decides the case as
it stands in its file: what does not show there is no witness.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from tiaoli.atoms import Fact
from tiaoli.case import Case
from tiaoli.critical import Bound
from tiaoli.domain import ITEMS, Domain, Part, merged, of_copy
from tiaoli.engine import Assumption, OutOfTimeError, Session, consequences
from tiaoli.errors import InternalError, Problem
from tiaoli.facts import APPLIED_ON, case_facts
from tiaoli.limits import left
from tiaoli.load import Encoding
from tiaoli.minimal import minimal
from tiaoli.policy import reading_facts
from tiaoli.words import Statement


_CONFIGURATION = "frumpy"
"""Of clingo's, the one that proves quickly that there is no case; the usual one can take a hundred times as long."""


@dataclass(frozen=True)
class Question:
    """What is looked for: an atom that some rules derive from the policy's own and from a case.

    `rules` and `facts` stand beside those of the policy. `benefits` are asked for every item; `fields`
    are facts looked at beside what bears on these; `bounds` what the rules compare. Where there are `copies` of the case,
    they differ at most in the fields `apart`. `sizes` say how many items a list has at most. `part` is what of the policy it
    rests on, where less than the whole is looked at.
    """

    atom: Fact
    rules: str
    benefits: tuple[str, ...]
    fields: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    bounds: tuple[Bound, ...] = ()
    copies: int = 1
    apart: tuple[str, ...] = (APPLIED_ON,)
    facts: tuple[Fact, ...] = ()
    part: Part | None = None


@dataclass(frozen=True)
class Witness:
    """A case in which it shows, the readings under which it does, and its other copies where there are several."""

    case: dict[str, Any]
    readings: Mapping[str, str]
    others: tuple[dict[str, Any], ...] = ()

    @property
    def applied_on(self) -> tuple[str, ...]:
        """The application days of the copies, where there are several."""
        return tuple(copy[APPLIED_ON] for copy in (self.case, *self.others)) if self.others else ()


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
    seen: Mapping[str, int] = {}
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
            apart=question.apart,
            part=question.part,
        )
        if domain.sizes == seen:
            break
        seen = domain.sizes
        try:
            witness = _Hunt(encoding, question, domain, deadline).run()
        except OutOfTimeError:
            return Found(None, domain, exhausted=False)
        if witness is not None:
            return Found(witness, domain)
    return Found(None, domain)


def reached(
    encoding: Encoding, domain: Domain, rules: str, predicates: Mapping[str, int], deadline: float | None = None
) -> tuple[frozenset[Fact], bool]:
    """The atoms of some predicates (with their arities) that `rules` beside those of the policy derive of at least one case of
    a domain, and whether the search came to its end: where it did not, there may be more.
    """
    names = [f"{name}/{arity}" for name, arity in predicates.items()]
    shown = "\n".join(["#show.", *(f"#defined {name}.\n#show {name}." for name in names)])
    text = "\n".join(
        [*(line for line in encoding.policy.rule_text.splitlines() if not line.startswith("#show")), rules, domain.order, shown]
    )
    session = Session(text, [*encoding.policy.facts, *domain.facts], domain.choices, links=domain.links, limit=left(deadline))
    found = session.consequences()
    return found.possible, found.exhausted


class _Hunt:
    def __init__(self, encoding: Encoding, question: Question, domain: Domain, deadline: float | None) -> None:
        self.encoding, self.question, self.domain, self.deadline = encoding, question, domain, deadline
        self.rules = f"{encoding.policy.rule_text}\n{question.rules}"
        # a case is tried again under all the rules, whatever part of them it was found by
        self.harvest = merged(encoding.harvest, domain.harvest)

    def run(self) -> Witness | None:
        domain, atom = self.domain, (self.question.atom, True)
        common = [*self.encoding.policy.facts, *self.question.facts, *domain.facts]
        rules = f"{domain.part.rules if domain.part else self.rules}\n{domain.order}"
        session = Session(rules, common, domain.choices, links=domain.links, limit=left(self.deadline), configuration=_CONFIGURATION)
        if not session.possible(atom):
            return None
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
        always = [option for option in about if option not in same and option not in chain.from_iterable(same.values())]

        def kept_with(kept: Sequence[Fact]) -> list[Fact]:
            return [*always, *kept, *(copy for option in kept for copy in same[option] if copy in about)]

        def certain(kept: Sequence[Fact]) -> bool:
            return not session.possible((self.question.atom, False), *assumed, *((option, True) for option in kept_with(kept)))

        kept = minimal(certain, first)
        in_force = {str(option.arguments[0]): str(option.arguments[1]) for option in chosen} | dict(domain.readings)
        return self._witness(kept_with(kept), about, in_force)

    @property
    def _today(self) -> str:
        return self.domain.policy.fields[APPLIED_ON].predicate

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
        """Whether what was asked is certain of the copies of a case as they stand in files, decided by the exact engine."""
        encoding, policy = self.encoding, self.encoding.policy
        fields = {benefit: (*encoding.fields[benefit], *self.question.fields) for benefit in self.question.benefits}
        facts: dict[Fact, None] = {}
        choices = []
        for copy, document in enumerate(documents, 1):
            found = case_facts(policy, self.harvest, fields, Case.read(document), self.question.benefits, copy)
            facts |= dict.fromkeys(found.facts)
            choices += list(found.choices.values())
        given = [*self.question.facts, *self.domain.succession, *reading_facts(policy, dict(readings))]
        asked = f"{self.question.atom.predicate}/{len(self.question.atom.arguments)}"
        session = f"{self.rules}\n#defined {asked}.\n#show {asked}."
        return self.question.atom in consequences(session, [*policy.facts, *given, *facts], choices).certain

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
