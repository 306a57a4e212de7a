"""One decision from a JSON text to outcome, amount and unmet conditions, by the compiled rules and by others.

The others: Python by hand, clingo, GoRules ZEN, Rego and Cedar. The benefit of （二） with the limit of （十）, under the default
readings: the certificate's kind, the window of validity, the group of persons, the earlier applications of the year. Every peer
is written as its users write it, its policy parsed once. Cedar has neither quantifiers over records nor amounts: whether an
earlier application counts is worked out for it in Python, and the amount is added after it. Answers are compared case by case;
contestants take turns in one run, a few cases at a time, and of each few the least time counts: what others do on the machine meanwhile
can only add to it. Needs the extra `bench`.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import strategies
from tiaoli import Oracle

BENEFIT = "special_ability"
Answer = tuple[bool, str | None, tuple[str, ...]]

TURN = 20
"""How many cases a contestant decides before the next has its turn."""


def by_hand(text: str) -> Answer:
    """What a person would write who trusts the document."""
    case = json.loads(text)
    certificate, person, today = case["certificates"][0], case["person"], case["applied_on"]
    unmet = []
    domains = ("ai_data_annotation", "ai_model_application")
    if certificate["kind"] != "special_ability" or certificate["domain"] not in domains:
        unmet.append("certificate_kind")
    issued = certificate["issued"]
    if not ("2024-11-14" <= issued <= "2025-11-13" and issued <= today):
        unmet.append("in_force")
    status = person["status"]
    if status == "employed":
        group = not person["civil_servant"] and person["public_institution_post"] != "non_skilled"
    else:
        group = status != "graduating_student" or person["school_in_shanghai"]
    if not group:
        unmet.append("person_group")
    if status == "employed" and today >= "2025-01-01":
        for application in case.get("applications", ()):
            day = application["date"]
            if application["status"] == "employed" and "2025-01-01" <= day <= today and day[:4] == today[:4]:
                unmet.append("annual_limit")
                break
    return not unmet, None if unmet else "1000.00", tuple(unmet)


def ours(oracle: Oracle, engine: Any) -> Callable[[str], Answer]:
    """The oracle, from the same text."""

    def decide(text: str) -> Answer:
        (decision,) = oracle.decide(json.loads(text), benefits=(BENEFIT,), engine=engine).decisions
        unmet = tuple(condition.id for condition in decision.conditions if condition.status == "unmet")
        return decision.outcome == "eligible", None if decision.amount is None else f"{decision.amount:.2f}", unmet

    return decide


# Peers

ZEN = {
    "kind": "certificates[0].kind == 'special_ability' and certificates[0].domain in ['ai_data_annotation', 'ai_model_application']",
    "issued": "d(certificates[0].issued).timestamp()",
    "today": "d(applied_on).timestamp()",
    "force": "$.issued >= d('2024-11-14').timestamp() and $.issued <= d('2025-11-13').timestamp() and $.issued <= $.today",
    "working": "person.status == 'employed'",
    "allowed": "not (person.civil_servant) and person.public_institution_post != 'non_skilled'",
    "student": "person.status != 'graduating_student' or person.school_in_shanghai",
    "group": "$.working ? $.allowed : $.student",
    "year": "d(applied_on).year()",
    "limit": "d('2025-01-01').timestamp()",
    "used": "$.working and $.today >= $.limit and some(applications, #.status == 'employed' and d(#.date).timestamp() >= $.limit"
    " and d(#.date).timestamp() <= $.today and d(#.date).year() == $.year)",
    "unmet": "filter([$.kind ? '' : 'certificate_kind', $.force ? '' : 'in_force', $.group ? '' : 'person_group',"
    " $.used ? 'annual_limit' : ''], # != '')",
    "amount": "len($.unmet) > 0 ? null : '1000.00'",
}


def zen() -> Callable[[str], Answer]:
    """GoRules ZEN: one node of expressions."""
    import zen as gorules

    expressions = [{"id": key, "key": key, "value": value} for key, value in ZEN.items()]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "rules", "type": "expressionNode", "name": "rules", "content": {"passThrough": False, "expressions": expressions}},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    decision = gorules.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def decide(text: str) -> Answer:
        found = decision.evaluate(json.loads(text))["result"]
        return not found["unmet"], found.get("amount"), tuple(found["unmet"])

    return decide


REGO = """package subsidy
domains := {"ai_data_annotation", "ai_model_application"}
kind if { input.certificates[0].kind == "special_ability"; domains[input.certificates[0].domain] }
force if {
  input.certificates[0].issued >= "2024-11-14"
  input.certificates[0].issued <= "2025-11-13"
  input.certificates[0].issued <= input.applied_on
}
group if { input.person.status == "employed"; not input.person.civil_servant; input.person.public_institution_post != "non_skilled" }
group if { input.person.status == "graduating_student"; input.person.school_in_shanghai }
group if { input.person.status == "unemployed" }
group if { input.person.status == "other" }
used if {
  input.person.status == "employed"
  input.applied_on >= "2025-01-01"
  some earlier in input.applications
  earlier.status == "employed"
  earlier.date >= "2025-01-01"
  earlier.date <= input.applied_on
  substring(earlier.date, 0, 4) == substring(input.applied_on, 0, 4)
}
unmet contains "certificate_kind" if not kind
unmet contains "in_force" if not force
unmet contains "person_group" if not group
unmet contains "annual_limit" if used
amount := "1000.00" if count(unmet) == 0
"""
ORDER = ("certificate_kind", "in_force", "person_group", "annual_limit")


def rego() -> Callable[[str], Answer]:
    """Rego through regopy, its bundle built once."""
    from regopy import Interpreter

    interpreter = Interpreter()
    interpreter.add_module("subsidy", REGO)
    bundle = interpreter.build("unmet=data.subsidy.unmet; amount=[a | a := data.subsidy.amount]")

    def decide(text: str) -> Answer:
        interpreter.set_input(json.loads(text))
        found = json.loads(str(interpreter.query_bundle(bundle)))
        bindings = found["result"][0]["bindings"] if "result" in found else found["bindings"]
        unmet = tuple(name for name in ORDER if name in bindings["unmet"])
        return not unmet, bindings["amount"][0] if bindings["amount"] else None, unmet

    return decide


CEDAR = """permit(principal, action, resource);
@id("certificate_kind") forbid(principal, action, resource) when {
  !(context.kind == "special_ability" && ["ai_data_annotation", "ai_model_application"].contains(context.domain)) };
@id("in_force") forbid(principal, action, resource) when {
  !(context.issued >= 20241114 && context.issued <= 20251113 && context.issued <= context.today) };
@id("person_group") forbid(principal, action, resource) when {
  if context.status == "employed" then context.civil_servant || context.post == "non_skilled"
  else context.status == "graduating_student" && !context.school };
@id("annual_limit") forbid(principal, action, resource) when { context.used };
"""


def cedar() -> Callable[[str], Answer]:
    """Cedar through cedarpy, its policies parsed once."""
    import cedarpy

    policies, entities = cedarpy.PolicySet.from_str(CEDAR), cedarpy.Entities.from_json_str("[]")
    names = {f"policy{number}": name for number, name in enumerate(ORDER, 1)}

    def decide(text: str) -> Answer:
        case = json.loads(text)
        certificate, person, today = case["certificates"][0], case["person"], case["applied_on"]
        used = person["status"] == "employed" and today >= "2025-01-01"
        used = used and any(
            earlier["status"] == "employed" and "2025-01-01" <= earlier["date"] <= today and earlier["date"][:4] == today[:4]
            for earlier in case.get("applications", ())
        )
        context = {
            "kind": certificate["kind"],
            "domain": certificate["domain"],
            "issued": int(certificate["issued"].replace("-", "")),
            "today": int(today.replace("-", "")),
            "status": person["status"],
            "civil_servant": person["civil_servant"],
            "post": person["public_institution_post"],
            "school": person["school_in_shanghai"],
            "used": used,
        }
        request = {"principal": 'User::"u"', "action": 'Action::"claim"', "resource": 'Subsidy::"s"', "context": context}
        found = cedarpy.is_authorized(request, policies, entities)
        unmet = () if found.allowed else tuple(sorted((names.get(name, name) for name in found.diagnostics.reasons), key=ORDER.index))
        return found.allowed, "1000.00" if found.allowed else None, unmet

    return decide


def texts(number: int) -> list[str]:
    """Complete cases with one certificate."""
    rng = random.Random("peers")
    found: list[str] = []
    while len(found) < number:
        case = strategies.random_case(rng, sections=("certificates", "applications"))
        if len(case.get("certificates", ())) == 1:
            case.setdefault("applications", [])
            found.append(json.dumps(case, ensure_ascii=False))
    return found


def main() -> None:
    number, rounds = int(os.environ.get("CASES", "500")), int(os.environ.get("ROUNDS", "30"))
    oracle = Oracle()
    contestants: dict[str, Callable[[str], Answer]] = {
        "Python by hand": by_hand,
        "compiled rules": ours(oracle, "compiled"),
        "Cedar (cedarpy)": cedar(),
        "GoRules ZEN": zen(),
        "Rego (regopy)": rego(),
        "clingo": ours(oracle, "clingo"),
    }
    cases = texts(number)
    expected = [by_hand(text) for text in cases]
    few = {"clingo": 60, "Rego (regopy)": 150}
    least: dict[str, dict[int, float]] = {name: {} for name in contestants}
    wrong = {}
    for name, decide in contestants.items():
        some = cases[: few.get(name, number)]
        wrong[name] = sum(decide(text) != answer for text, answer in zip(some, expected, strict=False))
    for _ in range(rounds):
        for name, decide in contestants.items():
            for at in range(0, min(few.get(name, number), number), TURN):
                some = cases[at : at + TURN]
                start = time.perf_counter()
                for text in some:
                    decide(text)
                taken = (time.perf_counter() - start) / len(some)
                least[name][at] = min(least[name].get(at, taken), taken)
    means = {name: statistics.mean(found.values()) for name, found in least.items()}
    base = means["compiled rules"]
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {number} cases, {rounds} rounds")
    for name, mean in means.items():
        print(f"  {name:<18} {mean * 1e6:9.1f} us  {mean / base:8.2f} x  {wrong[name]} differ from by hand")


if __name__ == "__main__":
    main()
