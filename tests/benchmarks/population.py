"""A million applicants in memory, as coded columns: the compiled rules, numpy by hand, OpenFisca-core and clingo, in turn in one run.

One certificate each, up to two jobs, up to three earlier applications; the benefits of （一）, （二） and （三） with the limit of
（十）. Each contestant gives, for each applicant and benefit, the conditions met, the outcome and the amount, and the answers are compared.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import openfisca_peer

from support.cases import read_case
from tiaoli import Oracle
from tiaoli.compiled.column_arrays import Rows
from tiaoli.compiled.column_grounding import ColumnRules
from tiaoli.compiled.column_store import NEVER, NO_VALUE, CaseColumns, CodeBook, Table, coder, day_code, last_days
from tiaoli.compiled.columnar import ColumnEvaluator
from tiaoli.decide.batch import decide_chunk

BENEFITS = ("skill_uplift", "special_ability", "care_route")


def made(oracle: Oracle, size: int, seed: int = 1) -> CaseColumns:
    """Random applicants; days lean towards the landmarks."""
    rng = np.random.default_rng(seed)
    policy, codes = oracle.policy, CodeBook(oracle.policy)
    listed = list(policy.labels)

    def words(table: str, number: int, shares: list[float] | None = None) -> Any:
        names = list(policy.values[table])
        return np.array([codes.words[name] for name in names], np.int32)[rng.choice(len(names), number, p=shares)]

    def flags(share: float, number: int) -> Any:
        return np.where(rng.random(number) < share, codes.words["true"], codes.words["false"]).astype(np.int32)

    def days(low: int, high: int, number: int) -> Any:
        first, last = np.datetime64(f"{low}-01-01"), np.datetime64(f"{high}-12-31")
        found = first + rng.integers(0, (last - first).astype(int) + 1, number)
        months = found.astype("datetime64[M]")
        inside = (found - months.astype("datetime64[D]")).astype(int)
        return ((months.astype(int) - (1900 - 1970) * 12) * 31 + inside).astype(np.int32)

    def table(number: Any) -> Table:
        case = np.repeat(np.arange(size, dtype=np.int32), number)
        return Table(len(case), case)

    people = Table(size, np.arange(size, dtype=np.int32))
    applied = days(2025, 2025, size)
    people.columns = {
        "applied_on": applied,
        "person_status": words("status", size, [0.6, 0.2, 0.1, 0.1]),
        "person_civil_servant": flags(0.05, size),
        "person_public_institution_post": words("public_institution_post", size, [0.8, 0.1, 0.1]),
        "person_school_in_shanghai": flags(0.7, size),
        "person_in_city_groups": flags(0.5, size),
    }
    certificates = table(np.ones(size, int))
    care = [codes.text(str(p.value)) for p in policy.parameters.values() if p.unit == "occupation"]
    chosen = np.array([*(codes.text(code) for code in listed), *care * 8, codes.text("9-99-99-99")], np.int32)
    certificates.columns = {
        "certificate_kind": words("certificate_kind", size, [0.7, 0.25, 0.05]),
        "certificate_occupation": rng.choice(chosen, size),
        "certificate_level": rng.integers(1, 6, size, dtype=np.int32),
        "certificate_domain": words("domain", size),
        "certificate_issued": np.minimum(days(2024, 2025, size), applied),
        "certificate_meets_city_rules": flags(0.5, size),
        "certificate_base_standard": rng.integers(50_000, 300_000, size, dtype=np.int32),
        "certificate_payment_percent": np.where(rng.random(size) < 0.7, 80, 100).astype(np.int32),
        "certificate_holder_status": words("status", size),
    }
    jobs = table(rng.integers(0, 3, size))
    number = jobs.size
    industry = words("industry", number, [0.45, 0.45, 0.1])
    record = rng.random(number) < 0.8
    none = np.int32(NO_VALUE)
    own = (rng.random(number) < 0.9) & (industry != codes.words["other"])
    system = np.where(own, industry, codes.words["elderly_care"]).astype(np.int32)
    start = days(2024, 2025, number)
    jobs.columns = {
        "employment_in_shanghai": flags(0.9, number),
        "employment_industry": industry,
        "employment_post": np.where(rng.random(number) < 0.9, industry, codes.words["other"]).astype(np.int32),
        "employment_start": start,
        "employment_end": np.where(rng.random(number) < 0.7, np.int32(NEVER), np.maximum(start, days(2025, 2025, number))),
        "employment_registry": np.where(record, codes.words["record"], codes.words["none"]).astype(np.int32),
        "employment_registry_system": np.where(record, system, none),
        "employment_worker_registered": np.where(record, flags(0.9, number), none),
        "employment_employer_registered": np.where(record, flags(0.9, number), none),
        "employment_in_post": np.where(record, flags(0.9, number), none),
    }
    earlier = table(rng.integers(0, 4, size) * (rng.random(size) < 0.4))
    number = earlier.size
    earlier.columns = {
        "application_kind": words("application_kind", number),
        "application_date": days(2024, 2025, number),
        "application_status": words("status", number, [0.7, 0.1, 0.1, 0.1]),
        "application_outcome": words("application_outcome", number),
    }
    tables = {"": people, "certificate": certificates, "employment": jobs, "application": earlier}
    for listed_ in policy.lists.values():
        if listed_.entity not in tables:
            empty = np.zeros(0, np.int32)
            tables[listed_.entity] = Table(0, empty, empty)
    return CaseColumns(codes, tables)


def part(population: CaseColumns, size: int) -> CaseColumns:
    """The first cases of a population."""
    found = {}
    for name, table in population.tables.items():
        rows = int(np.searchsorted(table.case, size))
        found[name] = Table(rows, table.case[:rows], table.holder, {key: column[:rows] for key, column in table.columns.items()})
    return CaseColumns(population.codes, found)


# Contestants

Outcome = dict[str, tuple[list[Any], Any, Any]]


def compiled(oracle: Oracle, rules: ColumnRules, population: CaseColumns, chunk: int) -> list[Outcome]:
    """The rules over columns, so many cases at a time."""
    parts = []
    for piece in [population] if chunk >= population.size else pieces(population, chunk):
        columns = ColumnEvaluator(rules, piece)
        found: Outcome = {}
        for name in BENEFITS:
            benefit = oracle.policy.benefits[name]
            met = [columns.condition(benefit, condition) for condition in benefit.conditions]
            granted = columns.granted(benefit)
            amount = np.zeros(len(granted), np.int64)
            if benefit.has_amount:
                rows, (yuan, fen) = columns.output(benefit, "amount", ("f", "f"))
                assert not isinstance(yuan, Rows)
                assert not isinstance(fen, Rows)
                amount[rows] = np.asarray(yuan, np.int64) * 100 + fen
            found[name] = (met, granted, amount)
        parts.append(found)
    return parts


def joined(parts: list[Outcome]) -> Outcome:
    """The answers of several pieces as one."""
    return {
        name: (
            [np.concatenate(columns) for columns in zip(*(found[name][0] for found in parts), strict=True)],
            np.concatenate([found[name][1] for found in parts]),
            np.concatenate([found[name][2] for found in parts]),
        )
        for name in BENEFITS
    }


def pieces(population: CaseColumns, chunk: int) -> list[CaseColumns]:
    """A population cut into pieces of so many cases."""
    found = []
    for start in range(0, population.size, chunk):
        tables = {}
        for name, table in population.tables.items():
            low, high = np.searchsorted(table.case, np.array([start, start + chunk], np.int32))
            columns = {key: column[low:high] for key, column in table.columns.items()}
            tables[name] = Table(int(high - low), table.case[low:high] - np.int32(start), table.holder, columns)
        found.append(CaseColumns(population.codes, tables))
    return found


def by_hand(oracle: Oracle, population: CaseColumns) -> Outcome:
    """What a person would write with numpy who knows that everybody has one certificate."""
    words, number = population.codes.words, population.size
    p, c = population.tables[""].columns, population.tables["certificate"].columns
    j, a = population.tables["employment"].columns, population.tables["application"].columns
    job_case, application_case = population.tables["employment"].case, population.tables["application"].case
    true = words["true"]
    values = {name: parameter.value for name, parameter in oracle.policy.parameters.items()}
    first, last, limit = (day_code(int(values[name])) for name in ("validity_from", "validity_to", "annual_limit_from"))
    ends = last_days()
    today, issued = p["applied_on"], c["certificate_issued"]
    code = c["certificate_occupation"]
    text = coder(oracle.policy, population.codes, "code")
    listed = np.zeros(max(population.codes.texts.values()) + 1, bool)
    listed[[text(code) for code in oracle.policy.labels]] = True
    cared = np.zeros_like(listed)
    cared[[text(str(x.value)) for x in oracle.policy.parameters.values() if x.unit == "occupation"]] = True

    in_force = (issued >= first) & (issued <= last) & (issued <= today)
    employed = p["person_status"] == words["employed"]
    # an application counts where filed as an employed person, from 2025 on, this calendar year, not after today
    t = today[application_case]
    day = a["application_date"]
    january = t - t % 372
    counts = (a["application_status"] == words["employed"]) & (day >= limit) & (day <= t) & (day >= january) & (day <= january + 371)
    used = np.zeros(number, bool)
    used[application_case[counts]] = True
    limit_met = ~(employed & (today >= limit) & used)

    skill = c["certificate_kind"] == words["skill_level"]
    care = cared[code]
    trades = (words["elderly_care"], words["domestic_service"])
    job = j["employment_in_shanghai"] == true
    for name in ("employment_industry", "employment_post"):
        job &= (j[name] == trades[0]) | (j[name] == trades[1])
    start, end = j["employment_start"], j["employment_end"]
    today_job, issued_job = today[job_case], issued[job_case]
    job &= start <= today_job
    timely = job & np.where(start <= issued_job, end >= issued_job, start <= ends[issued_job + 31 * int(values["care_employment"])])
    recorded = (j["employment_registry_system"] == j["employment_industry"]) & (j["employment_worker_registered"] == true)
    recorded &= j["employment_employer_registered"] == true

    def any_job(which: Any) -> Any:
        found = np.zeros(number, bool)
        found[job_case[which]] = True
        return found

    in_time, registered = any_job(timely), any_job(timely & recorded)
    still = any_job(job & recorded & (j["employment_in_post"] == true) & (end >= today_job))
    kind = skill & care
    route = kind & in_force & in_time & registered & still
    entitled = (c["certificate_meets_city_rules"] == true) | route

    met_1 = [skill, listed[code], in_force, entitled, limit_met]
    granted_1 = skill & listed[code] & in_force & entitled & limit_met
    percent = 100 + int(values["uplift"])
    share = c["certificate_payment_percent"].astype(np.int64)
    amount_1 = np.where(granted_1, (c["certificate_base_standard"].astype(np.int64) * percent * share + 5000) // 10000, 0)

    domain = (c["certificate_domain"] == words["ai_data_annotation"]) | (c["certificate_domain"] == words["ai_model_application"])
    special = (c["certificate_kind"] == words["special_ability"]) & domain
    status = p["person_status"]
    excluded = (p["person_civil_servant"] == true) | (p["person_public_institution_post"] == words["non_skilled"])
    group = (status == words["unemployed"]) | ((status == words["employed"]) & ~excluded)
    group |= (status == words["other"]) & (p["person_in_city_groups"] == true)
    group |= (status == words["graduating_student"]) & (p["person_school_in_shanghai"] == true)
    ordinary = c["certificate_meets_city_rules"] == true
    granted_2 = special & in_force & group & ordinary & limit_met
    amount_2 = np.where(granted_2, (int(values["special_ability_standard"]) * share + 50) // 100, 0)

    met_3 = [kind, in_force, in_time, registered, still, limit_met]
    return {
        "skill_uplift": (met_1, granted_1, amount_1),
        "special_ability": ([special, in_force, group, ordinary, limit_met], granted_2, amount_2),
        "care_route": (met_3, route & limit_met, np.zeros(number, np.int64)),
    }


def document(population: CaseColumns, number: int) -> dict[str, Any]:
    """A case as a document, for clingo."""
    words = {code: word for word, code in population.codes.words.items()}
    texts = {code: text for text, code in population.codes.texts.items()}

    def day(code: int) -> str | None:
        month = code // 31
        return None if code == NEVER else f"{1900 + month // 12:04}-{month % 12 + 1:02}-{code % 31 + 1:02}"

    def row(entity: str, at: int, days: dict[str, str], other: dict[str, str]) -> dict[str, Any]:
        columns = population.tables[entity].columns
        found: dict[str, Any] = {key: day(int(columns[name][at])) for name, key in days.items()}
        for name, key in other.items():
            word = words[int(columns[name][at])]
            found[key] = {"true": True, "false": False}.get(word, word)
        return found

    def items(entity: str) -> range:
        low, high = np.searchsorted(population.tables[entity].case, [number, number + 1])
        return range(int(low), int(high))

    own = ("status", "civil_servant", "public_institution_post", "school_in_shanghai", "in_city_groups")
    person = row("", number, {}, {f"person_{key}": key for key in own})
    (at,) = items("certificate")
    c = population.tables["certificate"].columns
    keys = {f"certificate_{key}": key for key in ("kind", "domain", "meets_city_rules", "holder_status")}
    certificate = row("certificate", at, {"certificate_issued": "issued"}, keys)
    certificate |= {"id": "c", "occupation_code": texts[int(c["certificate_occupation"][at])], "level": int(c["certificate_level"][at])}
    standard = int(c["certificate_base_standard"][at])
    certificate["base_standard_cny"] = f"{standard // 100}.{standard % 100:02}"
    certificate["payment_percent"] = int(c["certificate_payment_percent"][at])
    jobs = []
    for at in items("employment"):
        keys = {"employment_in_shanghai": "employer_in_shanghai", "employment_industry": "industry", "employment_post": "post"}
        job = row("employment", at, {"employment_start": "start", "employment_end": "end"}, keys)
        record = None
        if population.tables["employment"].columns["employment_registry"][at] == population.codes.words["record"]:
            keys = {f"employment_{key}": key for key in ("worker_registered", "employer_registered", "in_post")}
            record = row("employment", at, {}, keys | {"employment_registry_system": "system"})
        jobs.append({"id": f"e{at}", **job, "registry": record})
    keys = {f"application_{key}": key for key in ("kind", "status", "outcome")}
    earlier = [{"id": f"p{at}", **row("application", at, {"application_date": "date"}, keys)} for at in items("application")]
    applied = day(int(population.tables[""].columns["applied_on"][number]))
    base = {"id": f"n{number}", "applied_on": applied, "person": person, "certificates": [certificate]}
    return base | {"employments": jobs, "applications": earlier}


def same(one: Outcome, other: Outcome) -> int:
    """In how many cases two contestants differ."""
    wrong = np.zeros(len(one[BENEFITS[0]][1]), bool)
    for name in BENEFITS:
        for left, right in zip(one[name][0], other[name][0], strict=True):
            wrong |= left != right
        wrong |= (one[name][1] != other[name][1]) | (one[name][2] != other[name][2])
    return int(wrong.sum())


def main() -> None:
    size, rounds = int(os.environ.get("CASES", "1000000")), int(os.environ.get("ROUNDS", "5"))
    chunk = int(os.environ.get("CHUNK", "200000"))
    oracle = Oracle()
    population = made(oracle, size)
    print(f"numpy {np.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores, {size:,} applicants, {rounds} rounds")
    rules = ColumnRules(oracle.compiled.index, population.codes, lambda predicate: oracle.compiled.rows(predicate, {}))
    fisca, slots = openfisca_peer.system(oracle.policy, population.codes), openfisca_peer.inputs(population)
    contestants: dict[str, Callable[[], list[Outcome]]] = {
        "numpy by hand": lambda: [by_hand(oracle, population)],
        "OpenFisca-core": lambda: [openfisca_peer.decide(fisca, slots)],
        f"compiled rules, {chunk:,} at a time": lambda: compiled(oracle, rules, population, chunk),
        "compiled rules, all at once": lambda: compiled(oracle, rules, population, size),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    found: dict[str, Outcome] = {}
    for turn in range(rounds + 1):
        for name, run in contestants.items():
            start = time.perf_counter()
            answers = run()
            if turn:
                times[name].append(time.perf_counter() - start)
            found[name] = joined(answers)
    few = min(size, 3000)
    cases = [read_case(document(population, number)) for number in range(few)]
    start = time.perf_counter()
    decided = decide_chunk(oracle.encoding, cases, {}, BENEFITS)
    by_clingo = (time.perf_counter() - start) / few
    hand = found["numpy by hand"]
    for name in contestants:
        print(f"  {name:<36} {size / statistics.median(times[name]) / 1e6:8.2f} M/s  {same(hand, found[name])} differ from by hand")
    wrong = 0
    for number, answer in enumerate(decided):
        assert answer is not None
        for decision in answer[0]:
            met, granted, amount = hand[decision.benefit]
            ours = [bool(column[number]) for column in met], bool(granted[number]), int(amount[number])
            theirs = [condition.status == "met" for condition in decision.conditions], decision.outcome == "eligible"
            wrong += ours != (*theirs, int((decision.amount or 0) * 100))
    print(f"  {'clingo, together':<36} {1 / by_clingo / 1e6:8.5f} M/s  {wrong} of {3 * few:,} decisions differ from by hand")
    best = min(statistics.median(times[name]) for name in contestants if name.startswith("compiled"))
    ratios = {name: statistics.median(times[name]) / best for name in ("numpy by hand", "OpenFisca-core")}
    ratios["clingo"] = by_clingo * size / best
    print("compiled rules against " + ", ".join(f"{name}: {ratio:,.2f}" for name, ratio in ratios.items()))


if __name__ == "__main__":
    main()
