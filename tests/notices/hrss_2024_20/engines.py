"""The compiled rules beside clingo: cases, readings and mutants of the rules that both are asked about."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from zlib import crc32

from notices.hrss_2024_20 import mutants
from notices.hrss_2024_20.mutants import EQUIVALENT, Mutant, planted
from support import strategies, tiers
from support.cases import read_case
from tiaoli import InternalError, Oracle
from tiaoli.compiled.decider import CompiledDecisions, CompiledRules
from tiaoli.compiled.fragment import OutsideError
from tiaoli.decide.batch import Decided, decide_chunk
from tiaoli.policy.model import Policy
from tiaoli.rules import parser as grammar

Item = dict[str, Any]
Readings = dict[str, str]


SEEDS = tiers.amount(12, 12, 80)
"""So many groups of cases in full."""


GROUPS, CASES_A_GROUP = 6, 64


def random_readings(rng: random.Random, policy: Policy) -> Readings:
    """In a quarter of the draws the defaults, otherwise any options."""
    if rng.random() < 0.25:
        return {}
    return {name: rng.choice(reading.options).id for name, reading in policy.readings.items() if rng.random() < 0.6}


def groups(policy: Policy, seed: str) -> Iterator[tuple[list[Item], Readings]]:
    """Complete cases with the readings they are asked under."""
    rng = random.Random(f"compiled {seed}")
    for _ in range(GROUPS):
        sections = [strategies.PERSONAL if number % 4 == 0 else strategies.SECTIONS for number in range(CASES_A_GROUP)]
        yield [strategies.random_case(rng, sections=chosen) for chosen in sections], random_readings(rng, policy)


def exclusive(compiled: CompiledRules, found: CompiledDecisions, readings: Readings) -> set[tuple[str, str, str]]:
    """The decisions of which only one application can be filed, each with its application, as the compiled rules see them."""
    return set(compiled.exclusive(found.facts, readings))


def exclusive_in(expected: Decided) -> set[tuple[str, str, str]]:
    """The same as clingo sees them."""
    return {(subject.benefit, subject.item, application) for subject, application in expected[1]}


CERTIFICATE: Item = {
    "kind": "skill_level",
    "occupation_code": "4-10-01-06",
    "level": 3,
    "domain": "other",
    "issued": "2024-11-20",
    "meets_city_rules": True,
    "base_standard_cny": "1500.00",
    "payment_percent": 80,
    "holder_status": "employed",
}


def complete(case: Item) -> Item:
    """The case with certificates that leave nothing open."""
    certificates = [{**CERTIFICATE, **found} for found in case.get("certificates", [])]
    return {**case, **({"certificates": certificates} if "certificates" in case else {})}


def with_rules(oracle: Oracle, changed: Mapping[str, str]) -> CompiledRules:
    """The compiled form of the shipped rules with some files changed."""
    program, problems = grammar.parse(list(changed.items()))
    assert problems == []
    rules = (*(rule for rule in oracle.encoding.program.rules if rule.file not in changed), *program.rules)
    program = replace(oracle.encoding.program, rules=rules)
    return CompiledRules(replace(oracle.encoding, read_program=lambda: program))


FENCED = {
    "ordered words": ("special_domain(Domain) :- person_status(C, S), S < employed.", "head wants the case"),
    "order of words": ("person_group(C, Cert) :- special_status(C, Cert, S), S < employed.", "only numbers and days have an order"),
    "kinds mixed": ("person_group(C, Cert) :- special_status(C, Cert, S), certificate_issued(C, Cert, D), S = D.", "of one kind"),
    "a day in arithmetic": (
        "person_group(C, Cert) :- certificate_issued(C, Cert, D), money(special_ability_standard, M), D - M > 0.",
        "only numbers enter arithmetic",
    ),
    "the case as a value": ("person_group(C, Cert) :- certificate(C, Cert), C != Cert.", "the case may only be a first argument"),
    "arithmetic in an atom": (
        "person_group(C, Cert) :- certificate_level(C, Cert, L), certificate_level(C, Cert, L + 0).",
        "no arithmetic inside a body atom",
    ),
    "a sum of words": (
        "person_group(C, Cert) :- certificate(C, Cert), #sum { S : person_status(C, S) } > 0.",
        "weight of a #sum must be a number",
    ),
}


class Judge:
    """Cases with clingo's answers by the shipped rules, and whether a mutant's compiled form answers otherwise."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        options: list[Readings] = [{name: option.id} for name, reading in oracle.policy.readings.items() for option in reading.options[1:]]
        together: Readings = {"class_headcount": "passed", "class_counted": "employed"}
        self.settings: list[Readings] = [{}, *options, together, {name: option for one in options for name, option in one.items()}]
        self.cases = {pool: [read_case(complete(case)) for case in self._cases(pool)] for pool in mutants.POOLS}
        self.expected: dict[tuple[int, str], list[Decided | None]] = {}

    def _cases(self, pool: str) -> Iterator[Item]:
        yield from planted(pool)
        for seed in range(tiers.amount(200, 200, 400)):
            yield strategies.random_case(random.Random(f"mutants {pool} {seed}"), sections=mutants.POOLS[pool])

    def notices(self, mutant: Mutant) -> bool:
        compiled = with_rules(self.oracle, {mutant.file: mutant.text})
        near = [number for number, setting in enumerate(self.settings) if all(name in mutant.name for name in setting)]
        order = [*near, *(number for number in range(len(self.settings)) if number not in near)]
        pools = mutants.POOLS_OF.get(mutant.file, tuple(mutants.POOLS))
        return any(self._differs(compiled, number, pool) for number in order for pool in pools)

    def _differs(self, compiled: CompiledRules, number: int, pool: str) -> bool:
        readings, cases = self.settings[number], self.cases[pool]
        if (number, pool) not in self.expected:
            self.expected[number, pool] = decide_chunk(self.oracle.encoding, cases, readings, exclusive=True)
        return self.differs(compiled, pool, readings, self.expected[number, pool])

    def differs(self, compiled: CompiledRules, pool: str, readings: Readings, answers: list[Decided | None]) -> bool:
        """Whether some case of a pool is answered otherwise than here."""
        for case, expected in zip(self.cases[pool], answers, strict=True):
            try:
                found = compiled.decide(case, None, readings)
            except InternalError:
                return True
            if expected is not None and (not isinstance(found, CompiledDecisions) or found.decisions != expected[0]):
                return True
            try:
                apart = () if expected is None else exclusive_in(expected)
                if expected is not None and isinstance(found, CompiledDecisions) and exclusive(compiled, found, readings) != apart:
                    return True
            except OutsideError:
                return True
        return False


RULE_FILES = [file for file in mutants.FILES if file != mutants.PARAMETERS]


PARTS = tiers.amount(1, 1, 8)


ONE_A_YEAR = "one application a year is allowed, and this one fills the year whatever came before"


WHERE_GRANTED = "what a decision says beside its outcome is told only where it grants"


WHOLE_FEN = "what the notice pays whole is whole fen: half of its round standards, or the sum requested"


NO_49 = "130 % of whole fen never lies a hundredth, nor with a whole share a ten-thousandth, below half a fen"


NO_OTHER_DECISION = {
    "c03_care.lp requires(care_route,3,employed_in_time): delete": "registered rests on a timely job; the condition is still judged",
    "c10_limit.lp met(C,Benefit,Subject,annual_limit): drop requires(Benefit,_,annual_limit)": (
        "a condition met that a benefit does not require is read by no decision"
    ),
    "c10_limit.lp exclusive(C,Benefit,Subject,Subject): drop last_application(C)": ONE_A_YEAR,
    "c10_limit.lp last_application(C): drop Most <= "
    "#count { Application: uses_year(C,Application); Today: applied_on(C,Today) }": ONE_A_YEAR,
    "c10_limit.lp last_application(C): drop Application: uses_year(C,Application)": ONE_A_YEAR,
    "decision.lp amount(C,Benefit,Subject,(((Base/100)*Percent)+(Rest/100)),(Rest\\100)): drop eligible(C,Benefit,Subject)": WHERE_GRANTED,
    "decision.lp amount(C,Benefit,Subject,(((Base/100)*Percent)+(Rest/100)),(Rest\\100)): "
    "50 becomes 51 in Rest = (((Base\\100)*Percent)+(((BaseFen*Percent)+50)/100))": WHOLE_FEN,
    "decision.lp amount(C,Benefit,Subject,(((Base/100)*Percent)+(Rest/100)),(Rest\\100)): "
    "50 becomes 49 in Rest = (((Base\\100)*Percent)+(((BaseFen*Percent)+50)/100))": WHOLE_FEN,
    "decision.lp gap(C,Benefit,Subject,Person): drop eligible(C,Benefit,Subject)": WHERE_GRANTED,
    "share.lp standard(C,Benefit,Subject,(((Base/100)*Percent)+(Rest/100)),(Rest\\100)): drop eligible(C,Benefit,Subject)": WHERE_GRANTED,
    "share.lp standard(C,Benefit,Subject,(((Base/100)*Percent)+(Rest/100)),(Rest\\100)): "
    "50 becomes 51 in Rest = (((Base\\100)*Percent)+(((BaseFen*Percent)+50)/100))": NO_49,
    "share.lp amount(C,Benefit,Subject,(((Base/10000)*Parts)+(Rest/100)),(Rest\\100)): drop eligible(C,Benefit,Subject)": WHERE_GRANTED,
    "share.lp amount(C,Benefit,Subject,(((Base/10000)*Parts)+(Rest/100)),(Rest\\100)): "
    "5000 becomes 5001 in Rest = ((Small/100)+(((((Small\\100)*100)+(BaseFen*Parts))...": NO_49,
    "sectors.lp met(C,Benefit,Subject,sector) #2: drop sector(C,Benefit,Subject,_)": "in a complete case every subject has its sector",
}
"""Mutants that change no decision about a complete case under the notice's own numbers, and why; clingo alone tells them apart."""


def tried_of(oracle: Oracle, file: str, step: int) -> list[Mutant]:
    """The mutants of a file that can change a decision: one in so many."""
    made = [mutant for mutant in mutants.mutants(oracle, file) if mutant.name not in EQUIVALENT.keys() | NO_OTHER_DECISION.keys()]
    return made[crc32(file.encode()) % min(step, len(made)) :: step]
