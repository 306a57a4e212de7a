"""Every line of an explanation is true and every mark is right: over all trees of random cases, in both languages.

What a statement says is looked up in the case again, or in clingo's own model; what it is marked as is worked out again from the kinds
and statuses above it; and what speaks against a condition is taken away, so that it is seen to have been in the way.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from notices.hrss_2024_20.reference import random_readings
from notices.hrss_2024_20.samples import care, job, special
from support import strategies, tiers
from support.cases import read_case
from support.explained import explainer, in_force
from support.freed import Freed, named
from support.paths import ROOT
from tiaoli import Case, Oracle
from tiaoli.base import Lang, Statement
from tiaoli.case.typed_value import without_ids
from tiaoli.decide import known_values
from tiaoli.explain.explanation import Explanation, Node
from tiaoli.present.html_elements import tree as drawn_tree

Item = dict[str, Any]
Readings = dict[str, str]
LANGS: tuple[Lang, ...] = ("zh", "en")
SERVANT = {"civil_servant": True, "in_city_groups": False, "school_in_shanghai": False}
DAY = r"\d{4}-\d{2}-\d{2}"


def trees(oracle: Oracle, seed: str, size: int, unknown: float = 0.0, **asked: Any) -> Iterator[tuple[Item, Readings, Explanation, str]]:
    """The explanations of all decisions on random cases under random readings."""
    rng = random.Random(seed)
    for _ in range(size):
        document, readings = strategies.random_case(rng, unknown=unknown), random_readings(rng)
        for decision in oracle.decide(document, readings=readings).decisions:
            found = oracle.why(document, decision.benefit, decision.subject, readings=readings, **asked)
            yield document, readings, found, f"{document}\n{readings}\n{decision.benefit} {decision.subject}"


# Marks


def contradictions(node: Node, sign: int, beside: tuple[Node, ...] = ()) -> Iterator[str]:
    """Marks that the kinds and statuses above do not bear out; what an aggregate counts is left to `test_what_a_total_counts`."""
    if node.kind in ("total", "members"):
        return
    if node.status == "unknown":
        expected: set[str | None] = {None}
    else:
        expected = {"for" if (node.status == "holds") == (sign > 0) else "against"}
        blames = any(other.status == "fails" for other in beside)
        if node.status == "holds" and (node.kind == "items" or (blames and node.kind in ("fact", "derived"))):
            # what holds speaks as what fails because of it
            expected = {"for", "against"}
        if node.kind == "parameter":
            expected.add(None)
    if node.role not in expected:
        yield f"{node.kind} {node.status} {node.role}, not {expected}: {node.statement.en}"
    if node.role is not None and (node.role == "for") != ((node.status == "holds") == (sign > 0)):
        # turned: what stands below it is judged with its value
        return
    for child in node.children:
        yield from contradictions(child, -sign if node.kind == "not" else sign, node.children)


@tiers.sized(4, 10, 300)
@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("unknown", [0.0, 0.15])
def test_a_mark_agrees_with_what_holds_and_with_the_negations_above_it(oracle: Oracle, full: bool, unknown: float, size: int) -> None:
    for _, _, found, about in trees(oracle, f"marks {full} {unknown}", size, unknown, full=full):
        assert list(contradictions(found.tree, 1)) == [], about


@tiers.sized(5, 20, 1500)
@pytest.mark.parametrize("unknown", [0.0, 0.1])
def test_nothing_speaks_against_a_grant_and_something_against_a_refusal(oracle: Oracle, unknown: float, size: int) -> None:
    seen = set()
    for _, _, found, about in trees(oracle, f"roles {unknown}", size, unknown):
        roles = {node.role for node in found.tree.walk()}
        seen.add(found.outcome)
        if found.outcome == "eligible":
            assert "against" not in roles, about
            assert "against" not in {window.role for window in found.timeline}, about
        elif found.outcome == "not_eligible":
            for condition in found.tree.children:
                below = {node.role for node in condition.walk()}
                assert ("against" in below) == (condition.status == "fails"), f"{about}\n{condition.statement.en}"
        else:
            assert found.tree.role is None
    assert {"eligible", "not_eligible"} <= seen


def without(oracle: Oracle, document: Item, paths: set[str]) -> Item:
    """A case in which the facts at some paths are not known."""
    case = copy.deepcopy(document)
    for path in sorted(paths - {"applied_on"}, key=len, reverse=True):
        place: Any = case
        *steps, last = path.split(".")
        for step in steps:
            place = next(item for item in place if item["id"] == step) if isinstance(place, list) else place[step]
        field = oracle.policy.fields[without_ids(oracle.policy, path)]
        if field.several:
            place[last] = list(oracle.policy.values[field.table or ""])
        else:
            place.pop(last, None)
    return case


@tiers.sized(10, 20, 1000)
def test_without_what_speaks_against_it_a_condition_is_no_longer_refused(oracle: Oracle, size: int) -> None:
    """All that the short tree of a failing condition marks ✗, taken together, was in the way, but for what a record that is not there would
    have to say: that stands in it, and is not told beside it."""
    tried = 0
    for document, readings, found, about in trees(oracle, "in the way", size):
        for condition in found.tree.children:
            against = [node for node in condition.walk() if node.role == "against"]
            # no fact of the case is in the way of another reading, of an item that is not there, of what has not come by the application
            beyond = any(node.kind in ("reading", "items", "parameter") for node in against)
            paths = {path for node in against if node.kind in ("fact", "absent", "comparison") for path in node.facts}
            counted = any(node.kind == "total" for node in against)
            records = any(oracle.policy.fields[without_ids(oracle.policy, path)].kind == "record" for path in paths - {"applied_on"})
            if condition.kind != "condition" or condition.status != "fails" or beyond or counted or records or "applied_on" in paths:
                continue
            case = without(oracle, document, paths)
            decision = oracle.decide(case, benefits=[found.benefit], readings=readings)
            (same,) = [item for item in decision.decisions if item.subject == found.subject]
            (status,) = [item.status for item in same.conditions if condition.statement.en.endswith(said(oracle, found.benefit, item.id))]
            assert status != "unmet", f"{about}\n{condition.statement.en}\n{sorted(paths)}"
            tried += 1
    assert tried > size / 2


def said(oracle: Oracle, benefit: str, condition: str) -> str:
    return oracle.policy.benefits[benefit].conditions[condition].en


@tiers.sized(4, 10, 400)
def test_what_the_full_reasons_of_a_grant_name_suffices(oracle: Oracle, size: int) -> None:
    tried = 0
    for document, readings, found, about in trees(oracle, "grants suffice", size, full=True):
        if found.outcome == "eligible":
            freed = Freed(oracle, document, named(found.tree)).document
            answer = oracle.decide(freed, benefits=[found.benefit], readings=readings)
            (same,) = [item for item in answer.decisions if item.subject == found.subject]
            assert same.outcome == "eligible", f"{about}\n{sorted(named(found.tree))}"
            tried += 1
    assert tried >= 1


@tiers.sized(4, 10, 400)
def test_the_nearest_is_what_a_smallest_repair_changes(oracle: Oracle, size: int) -> None:
    """Where one condition alone is in the way, and somebody can still change that."""
    tried = 0
    for document, readings, found, about in trees(oracle, "nearest", size):
        failing = [condition for condition in found.tree.children if condition.kind == "condition" and condition.status == "fails"]
        if len(failing) != 1:
            continue
        repaired = oracle.what_if(document, found.benefit, found.subject, readings=readings, most=3, limit=2.0)
        if repaired.repairs and not repaired.limit_reached:
            against = {path for node in failing[0].walk() if node.role == "against" for path in node.facts}
            fewest = [repair for repair in repaired.repairs if len(repair.changes) == len(repaired.repairs[0].changes)]
            assert any(all(names(against, change.path) for change in repair.changes) for repair in fewest), f"{about}\n{sorted(against)}"
            tried += 1
    assert tried >= size / 4


def names(paths: set[str], changed: str) -> bool:
    """Whether a fact is named, a record by itself or by what it says."""
    return any(path == changed or path.startswith(f"{changed}.") or changed.startswith(f"{path}.") for path in paths)


# Statements


def stated(oracle: Oracle, case: Case, path: str) -> Statement | None:
    """A fact of a case as its field's own sentence, from its plain value; `None` where the case does not state it."""
    known = known_values(oracle.policy, case)
    if path not in known:
        return None
    (name, item), value = known[path]
    return oracle.encoding.phrases.fact(oracle.policy.fields[name], item, value)


def untrue(oracle: Oracle, case: Case, node: Node) -> Iterator[str]:
    """What a leaf says that is not so of the case, in either language."""
    for lang in LANGS:
        words = node.statement.say(lang)
        if node.kind == "fact" and node.status in ("holds", "fails"):
            path = node.facts[0]
            declared = oracle.policy.fields[without_ids(oracle.policy, path)]
            if not declared.several and declared.kind != "record":
                own = [stated(oracle, case, other) for other in node.facts]
                if not any(one is not None and one.say(lang) in words for one in own):
                    yield f"{words} · {path}"
        if node.kind == "fact" and node.status == "unknown" and stated(oracle, case, node.facts[0]) is not None:
            yield f"known: {words}"
        if node.kind == "comparison" and node.status != "unknown":
            compared = re.search(rf"({DAY}) (≤|≥|<|>|=|≠) ({DAY})", words)
            if compared is not None:
                one, sign, other = compared.groups()
                true = {"≤": one <= other, "≥": one >= other, "<": one < other, ">": one > other, "=": one == other, "≠": one != other}
                if not true[sign]:
                    yield words
                yield from missed(lang, words, one, sign, other)


MARGINS = {
    "en": r"(\d+) days? (late|early|after the application: not yet)$",
    "zh": r"(晚|早|申请日后)(\d+)日(，申请时尚未发生)?$",
}


def missed(lang: Lang, words: str, one: str, sign: str, other: str) -> Iterator[str]:
    """Days late or early that are not those between two days."""
    found = re.search(MARGINS[lang], words)
    if found is None:
        return
    days = int(next(part for part in found.groups() if part and part.isdigit()))
    apart = (date.fromisoformat(one) - date.fromisoformat(other)).days
    late = {"late", "晚"} & set(found.groups())
    early = {"early", "早"} & set(found.groups())
    # where the limit itself is too late by a day, so is what is compared strictly
    beyond = 1 if sign in ("≤", "≥") else 0
    if days != abs(apart) + beyond:
        yield f"{days} days: {words}"
    if (late and apart < 0) or (early and apart > 0):
        yield f"the wrong way: {words}"
    if not late and not early and not (apart > 0 and re.search(r"申请日期|application day", words)):
        yield f"not yet: {words}"
    if late and sign == ">" and re.search(r"（申请日期）|\(application day\)", words):
        yield f"late of what has not come: {words}"


@tiers.sized(4, 10, 400)
@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("unknown", [0.0, 0.15])
def test_what_a_leaf_says_is_so_of_the_case(oracle: Oracle, full: bool, unknown: float, size: int) -> None:
    for document, _, found, about in trees(oracle, f"true {full} {unknown}", size, unknown, full=full):
        case = read_case(document)
        for node in found.tree.walk():
            assert list(untrue(oracle, case, node)) == [], about


@tiers.sized(4, 10, 600)
def test_only_what_the_case_does_not_state_is_called_unknown(oracle: Oracle, size: int) -> None:
    for document, _, found, about in trees(oracle, "unknown", size, 0.2, full=True):
        case = read_case(document)
        for node in found.tree.walk():
            asks = node.statement.en.startswith("not known:") or node.statement.zh.startswith("尚不清楚：")
            if asks or (node.status == "unknown" and node.kind == "fact"):
                assert all(stated(oracle, case, path) is None for path in node.facts), f"{about}\n{node.statement.en}"
            if node.status == "unknown" and node.kind == "comparison" and node.facts:
                assert any(stated(oracle, case, path) is None for path in node.facts) or "not known" not in node.statement.en, about
    for _, _, found, about in trees(oracle, "all known", max(2, size // 3), full=True):
        for node in found.tree.walk():
            assert "not known" not in node.statement.en, f"{about}\n{node.statement.en}"
            assert "尚不清楚" not in node.statement.zh, f"{about}\n{node.statement.zh}"


def patterns(template: str) -> str:
    return re.sub(r"\\\{.*?\\\}", ".+", re.escape(template))


@tiers.sized(3, 10, 200)
def test_the_marks_of_the_second_policy(amended: Oracle, size: int) -> None:
    for unknown in (0.0, 0.15):
        for _, _, found, about in trees(amended, f"amended {unknown}", size, unknown):
            assert list(contradictions(found.tree, 1)) == [], about
            assert found.outcome != "eligible" or "against" not in {node.role for node in found.tree.walk()}, about


@tiers.sized(4, 10, 300)
def test_what_is_derived_is_said_of_what_clingo_derives(oracle: Oracle, size: int) -> None:
    """A statement that something derived is so is that of an atom in clingo's model; any other is one that something is not."""
    negative = {
        lang: [
            re.compile(patterns(words.say(lang)))
            for item in oracle.policy.predicates.values()
            for words in (item.fails, item.none)
            if words is not None
        ]
        for lang in LANGS
    }
    forms = {lang: {pattern.pattern for pattern in negative[lang]} for lang in LANGS}
    derived = [item.statement for item in oracle.policy.predicates.values() if item.source == "rules" and item.statement is not None]
    # one predicate may be what another says where it fails
    either = {lang: {patterns(words.say(lang)) for words in derived} & forms[lang] for lang in LANGS}
    for document, readings, found, about in trees(oracle, "derived", size, full=True):
        model = explainer(oracle, read_case(document), in_force(oracle, readings)).interpretation
        phrases = oracle.encoding.phrases
        true: Mapping[Lang, set[str]] = {
            lang: {
                phrases.atom(name, atom).say(lang)
                for name, item in oracle.policy.predicates.items()
                if item.source == "rules" and item.statement is not None and patterns(item.statement.say(lang)) not in either[lang]
                for atom in model.atoms(name)
            }
            for lang in LANGS
        }
        for node in found.tree.walk():
            if node.kind not in ("derived", "not"):
                continue
            is_so = (node.kind == "derived") == (node.status == "holds")
            for lang in LANGS:
                words = node.statement.say(lang)
                if is_so:
                    assert words in true[lang] or any(re.match(form, words) for form in either[lang]), f"{about}\n{words}"
                else:
                    assert words not in true[lang], f"{about}\n{words}"
                    assert any(pattern.match(words) for pattern in negative[lang]), f"{about}\n{words}"


# A clause


@tiers.sized(4, 10, 300)
@pytest.mark.parametrize("full", [True, False])
def test_a_clause_contradicts_neither_itself_nor_the_whole(oracle: Oracle, full: bool, size: int) -> None:
    for document, readings, found, about in trees(oracle, f"clauses {full}", size):
        gone_through = oracle.why(document, found.benefit, found.subject, readings=readings, clause=found.clause, full=full)
        whole = oracle.why(document, found.benefit, found.subject, readings=readings, full=True).tree
        roles: dict[str, set[str | None]] = {}
        for node in whole.walk():
            roles.setdefault(node.statement.en, set()).add(node.role)
        assert gone_through.sentences is not None
        told: dict[str, str | None] = {}
        for node in (node for share in gone_through.sentences for node in share.contributed):
            assert node.role in roles[node.statement.en], f"{about}\n{node.statement.en}"
            assert told.setdefault(node.statement.en, node.role) == node.role, f"{about}\n{node.statement.en}"
            assert full or found.outcome != "eligible" or node.role != "against", f"{about}\n{node.statement.en}"


def told(node: Node) -> list[tuple[str, str | None, str]]:
    return [(each.statement.en, each.role, each.status) for each in node.walk()]


@tiers.sized(2, 10, 200)
@pytest.mark.parametrize("full", [True, False])
def test_a_condition_by_itself_says_what_it_says_in_the_whole(oracle: Oracle, full: bool, size: int) -> None:
    for document, readings, found, about in trees(oracle, f"conditions {full}", size, 0.1, full=full):
        conditions = [node for node in found.tree.children if node.kind == "condition"]
        for node, name in zip(conditions, oracle.policy.benefits[found.benefit].conditions, strict=True):
            alone = oracle.why(document, found.benefit, found.subject, condition=name, readings=readings, full=full).tree
            assert (alone.statement, alone.role, alone.status) == (node.statement, node.role, node.status), about
            # of a refusal the short form only names what is met
            assert not node.children or told(alone) == told(node), f"{about}\n{name}"


# Instances


def marks(found: Explanation) -> dict[str, str | None]:
    return {node.statement.en: node.role for node in found.tree.walk()}


def test_below_a_negation_the_mark_follows_what_a_statement_does(oracle: Oracle) -> None:
    granted = marks(oracle.why(special(), "special_ability", full=True))
    assert granted["the applicant is not a civil servant"] == "for"
    assert granted["the person is neither a civil servant nor in a non-skilled post of a public institution"] == "for"
    assert granted["the person applies as employed, on or after the first day of the limit"] == "against"
    assert granted["0 applications count this year, 1 allowed a year"] == "for"
    refused = marks(oracle.why_not(special(person=SERVANT), "special_ability"))
    assert refused["the applicant is a civil servant"] == "against"


def test_a_wish_is_not_told_where_it_is_none(oracle: Oracle) -> None:
    """Below a negation nobody ought to be employed."""
    found = oracle.why(special(status="unemployed"), "special_ability", full=True)
    said = [node.statement.en for node in found.tree.walk() if node.role == "for"]
    assert "the applicant's status at application is: unemployed" in said
    assert not any("wanted" in words and "%" not in words for words in said)


def test_a_sector_that_no_clause_names_speaks_against(oracle: Oracle) -> None:
    case = {"id": "S", "applied_on": "2025-06-01", "engagements": [{"id": "n0", "sector": "other"}]}
    found = oracle.why_not(case, "institution_commission", condition="sector", readings={"sector_lists": "exhaustive"})
    told = {node.role: node.facts for node in found.tree.walk() if node.kind == "fact"}
    assert told == {"against": ("engagements.n0.sector",)}


def test_two_facts_that_do_not_agree_are_named_together(oracle: Oracle) -> None:
    found = oracle.why_not(care(job(record={"system": "domestic_service"})), "care_route", condition="registered")
    (leaf,) = [node for node in found.tree.walk() if not node.children]
    assert set(leaf.facts) == {"employments.e1.registry.system", "employments.e1.industry"}
    assert leaf.statement.en.startswith("the registry record of employment e1 is in the Shanghai Domestic-Service")
    assert "does not agree with: the employer's industry in employment e1 is: elderly care" in leaf.statement.en


def test_a_record_that_is_not_there_is_one_change_as_it_is_for_a_repair(oracle: Oracle) -> None:
    worse = {"worker_registered": False, "employer_registered": False}
    case = care(job("e1", record=worse), job("e2", registry=None))
    found = oracle.why_not(case, "care_route", condition="registered")
    assert {path for node in found.tree.walk() for path in node.facts} == {"employments.e2.registry"}
    first = oracle.what_if(case, "care_route").repairs[0]
    assert [change.path for change in first.changes] == ["employments.e2.registry"]


def test_a_listener_hears_what_a_statement_does(oracle: Oracle) -> None:
    for lang, words in (("zh", ("支持：", "不利：")), ("en", ("for: ", "against: "))):
        found = oracle.why_not(special(person=SERVANT), "special_ability")
        page = drawn_tree(found.tree.children, set(), lang)  # type: ignore[arg-type]  # a language
        heard = re.findall(r'<span class="sr">(.*?)</span></span> ([^<]*?) ?<', page)
        assert {word for word, _ in heard} == set(words)
        assert not re.search("不成立|not true|fails", page)


def test_the_page_of_properties_lists_the_random_tests(request: pytest.FixtureRequest) -> None:
    page = ROOT.joinpath("docs", "properties.md").read_text("utf-8")
    _, _, section = page.partition("## 理由说明 · Explanations")
    listed = re.findall(r"^\| [A-Z][^|]+\. \| [^|]+。 \| `(test_\w+)` \|$", section.partition("\n## ")[0], re.MULTILINE)
    marked = [
        name for name, found in vars(request.module).items() if any(mark.name == "sized" for mark in getattr(found, "pytestmark", []))
    ]
    assert listed == marked
