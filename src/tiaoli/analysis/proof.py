"""Whether a property of the policy holds: looked for is the smallest case that violates it, among all cases of its domain.

Of the rules only those are taken that the property rests on, and of the facts and readings those that bear on it. None of
this makes the domain smaller: what is left out can change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from tiaoli.analysis.case_domain import CaseDomain
from tiaoli.analysis.domain_spec import DomainSpec, PolicySlice
from tiaoli.analysis.properties import VIOLATED, Property
from tiaoli.analysis.witness import WitnessQuery, find_witness
from tiaoli.base import Lang, PolicyError, Statement, drawn, listed
from tiaoli.decide import APPLIED_ON, SOLE_CASE, Answer
from tiaoli.encoding import Encoding, can_conclude, cone_of, find_bounds, items_of
from tiaoli.rules import Contract, Fact, Program, Rule, Variable, parse
from tiaoli.rules import Literal as BodyLiteral

Result = Literal["proved", "counterexample", "unknown"]
PROOF_RESULTS: Mapping[Result, Statement] = {
    "proved": Statement("成立", "proved"),
    "counterexample": Statement("有反例", "counterexample"),
    "unknown": Statement("未定", "unknown"),
}
assert tuple(PROOF_RESULTS) == get_args(Result)


@dataclass(frozen=True)
class Proof:
    """What was found of one property, and over which `domain`.

    A counterexample is a `witness`, with the readings that it needs instead of the defaults and the `answers` to it; where the
    property speaks of two applications, `later` is the second. `known` says why one was expected.
    """

    property: str
    statement: Statement
    result: Result
    domain: Statement
    known: Statement | None = None
    witness: Mapping[str, Any] | None = None
    later: Mapping[str, Any] | None = None
    readings: Mapping[str, str] | None = None
    answers: tuple[Answer, ...] = ()

    @cached_property
    def files(self) -> dict[str, Mapping[str, Any]]:
        """The witness as case files, by name."""
        found = {f"{self.property}.yaml": self.witness, f"{self.property}.later.yaml": self.later}
        return {name: case for name, case in found.items() if case is not None}

    def commands(self, folder: Path | None = None) -> list[str]:
        """The commands that explain the decisions about the witness, its files standing in a folder."""
        chosen = "".join(f" --reading {name}={option}" for name, option in (self.readings or {}).items())
        return [
            f"tiaoli why {folder / name if folder else name} {decision.benefit} {decision.subject}{chosen}"
            for name, answer in zip(self.files, self.answers, strict=False)
            for decision in answer.decisions
        ]

    def to_json(self, lang: Lang, folder: Path | None = None) -> dict[str, Any]:
        """A proof as `tiaoli prove --json` writes it: the property, the result, the domain in words of one language; with a
        counterexample its readings, the second application, the answers, and the commands that explain them."""
        found: dict[str, Any] = {
            "property": self.property,
            "statement": self.statement.to_json(),
            "result": self.result,
            "witness": self.witness,
            "domain": self.domain.say(lang),
        }
        if self.known is not None:
            found["known"] = self.known.to_json()
        if self.witness is not None:
            found |= {
                "readings": dict(self.readings or {}),
                "later": self.later,
                "answers": [answer.to_json() for answer in self.answers],
                "why": self.commands(folder),
            }
        return found

    def _repr_html_(self) -> str:
        return drawn(self)


PropertyQueries = Sequence[tuple[str | None, WitnessQuery]]
"""What is looked for of a property, and the benefit that it is about where it is one of several."""


def prove(encoding: Encoding, wanted: Property, queries: PropertyQueries, deadline: float | None = None) -> Proof:
    """Look for a case that violates a property, by its queries (see `property_queries`). `deadline` is a time of `monotonic()`."""
    searched: list[tuple[str | None, CaseDomain]] = []
    result: Result = "proved"
    for benefit, query in queries:
        found = find_witness(encoding, query, deadline)
        if found.witness is not None:
            case, *others = [{**document, "id": wanted.name} for document in (found.witness.case, *found.witness.others)]
            return Proof(
                wanted.name,
                wanted.statement,
                "counterexample",
                _domain(encoding, [(benefit, found.domain)]),
                wanted.known,
                case,
                others[0] if others else None,
                encoding.policy.other_readings(found.witness.readings),
            )
        searched.append((benefit, found.domain))
        if not found.exhausted:
            result = "unknown"
            break
    return Proof(wanted.name, wanted.statement, result, _domain(encoding, searched), wanted.known)


def benefits_asked(encoding: Encoding, queries: PropertyQueries) -> tuple[str, ...]:
    """The benefits that some queries ask for."""
    found = {benefit for _, query in queries for benefit in query.cases.benefits}
    return tuple(benefit for benefit in encoding.policy.benefits if benefit in found)


def property_queries(encoding: Encoding, wanted: Property, readings: Mapping[str, str]) -> PropertyQueries:
    """What is looked for of a property: one query, or one for each benefit where it speaks of any one benefit. `readings` are
    fixed, beside those that the property is meant under.

    Raises `PolicyError` where what it compares cannot be followed to critical values.
    """
    fields = encoding.policy.fields
    program = encoding.program
    rules = [*program.rules, *wanted.program.rules]
    if wanted.pairs:
        rules += _later(fields[APPLIED_ON].predicate)
    whole = Program(tuple(rules), (), program.declarations)
    queries: list[tuple[str | None, WitnessQuery]] = []
    for benefit in _one_at_a_time(wanted, program) or (None,):
        cone = cone_of(wanted.policy, whole, VIOLATED, benefit)
        found, problems = find_bounds(wanted.policy, cone.program)
        if problems:
            raise PolicyError(problems)
        bearing = cone.bearing.fields
        items = items_of(wanted.policy, cone.program, VIOLATED, benefit)
        spec = DomainSpec(
            cone.benefits or _resting_on(encoding, {*bearing} - {APPLIED_ON}),
            fields=bearing,
            sizes=wanted.sizes,
            readings={**wanted.readings, **readings},
            copies=2 if wanted.pairs else 1,
            policy_slice=PolicySlice(_text(cone.program), bearing, cone.bearing.readings, found, items),
        )
        own = [rule.text for rule in (*wanted.program.rules, *(rules[-1:] if wanted.pairs else ()))]
        query = WitnessQuery(Fact(VIOLATED, (SOLE_CASE,)), "\n".join(own), spec)
        queries.append((benefit, query))
    return queries


def _resting_on(encoding: Encoding, fields: set[str]) -> tuple[str, ...]:
    """The benefits that rest on some of these facts: what to ask for where a property asks for none."""
    return tuple(benefit for benefit in encoding.policy.benefits if fields & set(encoding.fields[benefit]))


def _later(applied_on: str) -> tuple[Rule, ...]:
    """What `later` means of the two copies of a case."""
    later = Contract.LATER.atom(SOLE_CASE, SOLE_CASE + 1)
    text = f"{later} :- {applied_on}({SOLE_CASE}, Day), {applied_on}({SOLE_CASE + 1}, After), Day < After."
    return parse([(Contract.LATER.name, text)])[0].rules


def _text(program: Program) -> str:
    """The rules as one text, in which nothing that is left out is a misspelling."""
    bodies = {(literal.atom.predicate, len(literal.atom.terms)) for rule in program.rules for literal in rule.literals()}
    defined = [f"#defined {predicate}/{arity}." for predicate, arity in sorted({*bodies, (VIOLATED, 1)})]
    return "\n".join([*defined, *(rule.text for rule in program.rules)])


def _one_at_a_time(wanted: Property, program: Program) -> tuple[str, ...]:
    """The benefits, where a property speaks of any one of them: then each can be asked alone. None where it speaks of several
    together."""
    policy = wanted.policy
    speaking: list[tuple[Rule, str]] = []
    for rule in wanted.program.rules:
        outside = {name for part in rule.body if isinstance(part, BodyLiteral) and not part.negated for name in _benefits(policy, part)}
        every = {name for literal in rule.literals() for name in _benefits(policy, literal)}
        if every - outside:
            return ()
        speaking += [(rule, name) for name in every]
    # one violation is of one rule; but a predicate that it rests on twice may hold for two benefits
    once = len({id(rule) for rule, _ in speaking}) == len(speaking)
    if not once or any(rule.head.predicate != VIOLATED for rule, _ in speaking):
        return ()
    whole = Program((*program.rules, *wanted.program.rules), (), ())
    return tuple(
        benefit
        for benefit in policy.benefits
        if any(
            all(
                can_conclude(policy, whole, part.atom.predicate, benefit)
                for part in rule.body
                if isinstance(part, BodyLiteral) and _speaks(part, name)
            )
            for rule, name in speaking
        )
    )


def _speaks(part: object, variable: str) -> bool:
    return isinstance(part, BodyLiteral) and not part.negated and Variable(variable) in part.atom.terms


def _benefits(policy: Any, literal: BodyLiteral) -> Iterator[str]:
    """The variables of an atom that stand for a benefit."""
    for (_, kind), term in zip(policy.predicates[literal.atom.predicate].arguments, literal.atom.terms, strict=True):
        if kind == "benefit" and isinstance(term, Variable):
            yield term.name


def _domain(encoding: Encoding, searched: list[tuple[str | None, CaseDomain]]) -> Statement:
    """The domains that were searched, in words."""
    said = [
        domain.statement
        if benefit is None
        else Statement(
            f"{encoding.policy.benefits[benefit].statement.zh}：{domain.statement.zh}",
            f"{encoding.policy.benefits[benefit].statement.en}: {domain.statement.en}",
        )
        for benefit, domain in searched
    ]
    return listed(said, "\n", "\n")
