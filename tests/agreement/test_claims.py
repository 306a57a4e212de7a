"""What the audit and the coverage claim of every case, against random edits of the rules and random cases that clingo decides.

Whatever is called dead, unreachable, without gap, conflict or overlap is so in each case; one case contradicts it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pytest

from notices.hrss_2024_20.edits import derived, edited, random_cases
from support import tiers
from tiaoli import Case, Oracle
from tiaoli.analysis.case_generation import generate_cases
from tiaoli.analysis.coverage import Coverage, goals, measure_coverage
from tiaoli.audit.check_conflicts import find_conflicts
from tiaoli.audit.check_dead_rules import find_dead_rules
from tiaoli.audit.check_gaps import find_gaps
from tiaoli.audit.check_overlaps import find_overlaps
from tiaoli.audit.context import AuditContext
from tiaoli.encoding import Encoding, rules_of_answer
from tiaoli.policy import Benefit
from tiaoli.rules import Rule, Variable, written
from tiaoli.symbolic.budget import Budget

CHUNK = 250
"""So many cases are put to clingo at once."""


@dataclass
class Claims:
    """Rules by which clingo says that a claim is wrong, and the claims' names."""

    encoding: Encoding
    rules: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def never(self, name: str, *bodies: str) -> None:
        """That no case fulfils one of some bodies, whose case is C."""
        self.rules += [f"refuted({len(self.names)}, C) :- {body}." for body in bodies]
        self.names.append(name)

    def refuted(self, cases: Sequence[Case], settings: Sequence[Mapping[str, str]]) -> Iterator[str]:
        """The claims that some case contradicts under some readings."""
        defined = "#defined amount/5. #defined rate/4. #defined gap/4. #defined exclusive/4.\n"
        for start, readings in zip(range(0, len(cases), CHUNK), _round(settings), strict=False):
            found = derived(self.encoding, cases[start : start + CHUNK], readings, defined + "\n".join(self.rules), ["refuted"])
            for atom in sorted(found):
                number, case = atom.removeprefix("refuted(").rstrip(")").split(",")
                yield f"{self.names[int(number)]}: case {start + int(case)} under {dict(readings)}"


def _round(settings: Sequence[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    while True:
        yield from settings


def _settings(oracle: Oracle, pick: random.Random) -> list[Mapping[str, str]]:
    """The defaults, and others by chance."""
    readings = oracle.policy.readings.values()
    return [{}, *({reading.name: pick.choice(reading.options).id for reading in readings if pick.random() < 0.5} for _ in range(5))]


def _fires(rule: Rule) -> str:
    """That a rule applies to the case C."""
    first = rule.head.terms[0]
    assert isinstance(first, Variable)
    return f"C = {first.name}, {rule.text.partition(' :- ')[2].rstrip('.')}"


def _benefit_of(version: Oracle, text: str, pick: random.Random) -> Benefit:
    """A benefit whose answer rests on a rule that a version alone has, or any."""
    encoding = version.encoding
    benefits = list(version.policy.benefits.values())
    touched = [
        benefit
        for benefit in benefits
        if any(written(rule.head) in text for rule in rules_of_answer(version.policy, encoding.program, benefit.id))
    ]
    return pick.choice(touched or benefits)


def dead_claims(version: Oracle, benefit: Benefit) -> Claims:
    """What is called dead of a benefit, as what no case does."""
    audit = AuditContext(version.encoding, None, [benefit.id])
    found = {finding.id.partition(":")[2] for finding in find_dead_rules(audit)}
    assert audit.unfinished == []
    assert audit.within == {}
    claims = Claims(version.encoding)
    about = f"C, {benefit.id}, S"
    if f"{benefit.id}.never" in found:
        claims.never(f"{benefit.id} is never granted", f"eligible({about})")
    for condition in benefit.conditions:
        if f"{benefit.id}.{condition}" in found:
            others = "".join(f", met({about}, {other})" for other in benefit.conditions if other != condition)
            claims.never(f"{condition} never fails alone", f"asked({about}), not met({about}, {condition}){others}")
    for rule in version.encoding.program.rules:
        name = f"{rule.file.removesuffix('.lp')}.{rule.line}"
        if f"rule.{name}" in found:
            claims.never(f"{rule.where} never applies", _fires(rule))
    return claims


def absent_claims(version: Oracle, benefits: Sequence[Benefit]) -> Claims:
    """What an audit of some benefits does not find, as what no case shows."""
    audit = AuditContext(version.encoding, None, [benefit.id for benefit in benefits])
    found = {finding.id for check in (find_gaps, find_conflicts, find_overlaps) for finding in check(audit)}
    assert audit.unfinished == []
    claims = Claims(version.encoding)
    for benefit in benefits:
        about = f"C, {benefit.id}, S"
        if f"conflict:{benefit.id}.amounts" not in found:
            sums = f"amount({about}, Y, F), amount({about}, Z, G)"
            rates = f"rate({about}, R), rate({about}, Q), R != Q"
            claims.never(f"{benefit.id} has one sum", f"{sums}, Y != Z", f"{sums}, F != G", rates)
        if benefit.has_amount and f"gap:{benefit.id}.amount" not in found:
            claims.never(f"{benefit.id} has a sum", f"eligible({about}), not with_sum(C, {benefit.id}, S)")
        if benefit.has_amount and f"gap:{benefit.id}.person" not in found:
            claims.never(f"{benefit.id} has a standard for everybody", f"gap({about}, P)")
    for one, other in combinations(benefits, 2):
        if one.subject == other.subject and one.clause != other.clause and f"overlap:{one.id}+{other.id}" not in found:
            claims.never(f"{one.id} and {other.id} exclude each other", f"eligible(C, {one.id}, S), eligible(C, {other.id}, S)")
    claims.rules.append("with_sum(C, B, S) :- amount(C, B, S, Y, F).")
    return claims


@pytest.mark.parametrize("seed", tiers.seeds(0, 3, 40))
@tiers.sized(500, 3000)
def test_nothing_dead_is_alive_in_a_case(oracle: Oracle, tmp_path: Path, seed: int, size: int) -> None:
    pick = random.Random(f"claims {seed}")
    mutant, version = edited(oracle, tmp_path, seed)
    claims = dead_claims(version, _benefit_of(version, mutant.rules, pick))
    assert list(claims.refuted(random_cases(seed, size), _settings(version, pick))) == [], mutant.name


@pytest.mark.parametrize("seed", tiers.seeds(0, 3, 40))
@tiers.sized(500, 3000)
def test_what_is_not_found_shows_in_no_case(oracle: Oracle, tmp_path: Path, seed: int, size: int) -> None:
    pick = random.Random(f"absent {seed}")
    mutant, version = edited(oracle, tmp_path, seed)
    first = _benefit_of(version, mutant.rules, pick)
    beside = [benefit for benefit in version.policy.benefits.values() if benefit.subject == first.subject and benefit is not first][:2]
    claims = absent_claims(version, [first, *beside])
    assert claims.names
    assert list(claims.refuted(random_cases(seed, size), _settings(version, pick))) == [], mutant.name


@pytest.mark.parametrize("seed", tiers.seeds(0, 3, 40))
@tiers.sized(150, 1000)
def test_no_case_exercises_what_is_called_unreachable(oracle: Oracle, tmp_path: Path, seed: int, size: int) -> None:
    """Of an edited version, the rules of the file that was edited, the conditions of a benefit, and some boundaries."""
    pick = random.Random(f"reached {seed}")
    mutant, version = edited(oracle, tmp_path, seed)
    benefit = _benefit_of(version, mutant.rules, pick).id
    every = goals(version.encoding)
    near = [goal for goal in every if goal.where.startswith(mutant.file) or (goal.kind == "condition" and goal.about[0] == benefit)]
    edges = [goal for goal in every if goal.kind == "boundary"]
    kept = tuple(dict.fromkeys([*near, *pick.sample(edges, 3)]))
    found = generate_cases(
        version.encoding, Coverage((), kept, dict.fromkeys((goal.name for goal in kept), ())), version.readings_in_force, Budget()
    )
    assert {why.result for why in found.none.values()} <= {"unreachable"}
    cases = random_cases(seed, size)
    names = list(version.policy.readings)
    for place, start in enumerate(range(0, size, 50)):
        # under the readings in force, and with one of them otherwise
        reading = version.policy.readings[names[place % len(names)]]
        for readings in ({}, {reading.name: reading.options[-1].id}):
            seen = measure_coverage(
                version.encoding, cases[start : start + 50], {**version.readings_in_force, **readings}, known=kept, otherwise=False
            )
            reached = {goal.name for goal in kept if seen.by[goal.name] and (goal.kind == "rule" or not readings)}
            assert not reached & found.none.keys(), mutant.name


def test_the_adversary_refutes_what_is_false(oracle: Oracle) -> None:
    claims = Claims(oracle.encoding)
    claims.never("nobody is granted", "eligible(C, skill_uplift, S)")
    claims.never("nothing is asked of nobody", "asked(C, skill_uplift, S), not asked(C, skill_uplift, S)")
    assert {text.partition(":")[0] for text in claims.refuted(random_cases(0, CHUNK), [{}])} == {"nobody is granted"}
