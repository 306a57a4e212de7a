"""A norm in one file: what is made of it, and every kind of bad input with its file, line, id and cure."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.ferry import FILES, NAME, NORM, RULES, edit, ferry
from support.paths import ROOT
from tiaoli import Oracle
from tiaoli.base import PROBLEM_KINDS, PolicyError, Problem
from tiaoli.encoding.loader import check_policy, policy_problems
from tiaoli.norm.expansion import SECTIONS, expand_norm
from tiaoli.norm.facts import PHRASES
from tiaoli.norm.key_lines import key_lines
from tiaoli.policy import read_library

CASE = {
    "id": "A",
    "applied_on": "2026-02-01",
    "bookings": [
        {
            "id": "b1",
            "minutes_late": 31,
            "class": "cabin",
            "fare": "62.51",
            "berths": [{"id": "t1", "price": "40.00"}, {"id": "t2", "price": "40.00"}],
        },
        {"id": "b2", "minutes_late": 30, "class": "deck", "fare": "10.00", "berths": []},
    ],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return ferry(tmp_path)


def test_a_norm_in_one_file_decides_and_says_why(root: Path) -> None:
    assert policy_problems(NAME, root) == []
    oracle = Oracle(NAME, policy_root=root)
    first, second = oracle.decide(CASE).decisions
    # half of 60.01, half a cent up
    assert (first.outcome, str(first.amount)) == ("eligible", "30.01")
    assert second.outcome == "not_eligible"
    assert "more than 30 minutes late" in json.dumps(oracle.why_not(CASE, "refund", "b2").to_json())


def with_a_result(root: Path) -> None:
    """The norm with a result beside its sum, and a word of its own for who is granted."""
    edit(
        root,
        "norm.toml",
        "amount = true\n",
        'amount = true\nresults = { delay = { type = "minutes", words = "minutes late", always = true } }\n',
    )
    edit(root, "norm.toml", "[say.total]", '[outcomes]\ngranted = "is owed a refund"\n\n[say.total]')
    edit(root, "refund.lp", "%@ receives 50", "delay(C, refund, B, Late) :- booking_minutes_late(C, B, Late).\n\n%@ receives 50")


def test_a_benefit_gives_results_and_outcomes_have_words(root: Path) -> None:
    with_a_result(root)
    assert policy_problems(NAME, root) == []
    first, second = Oracle(NAME, policy_root=root).decide(CASE).decisions
    assert [(item.said.en, [(one.id, one.value) for one in item.results]) for item in (first, second)] == [
        ("is owed a refund", [("delay", "31")]),
        ("not eligible", [("delay", "30")]),
    ]


@pytest.mark.parametrize(
    ("old", "new", "where", "id"),
    [
        ('type = "minutes"', 'type = "minutos"', "norm.toml", "policy-name-unknown"),
        ('words = "minutes late", always', 'word = "minutes late", always', "norm.toml", "policy-key-unknown"),
        ("results = {", "result = {", "norm.toml", "policy-key-unknown"),
        ('granted = "is owed', 'grant = "is owed', "norm.toml", "policy-key-unknown"),
    ],
)
def test_a_result_that_is_none_is_a_finding(root: Path, old: str, new: str, where: str, id: str) -> None:
    with_a_result(root)
    edit(root, "norm.toml", old, new)
    found = policy_problems(NAME, root)
    assert any(problem.where.startswith(where) and problem.id == id for problem in found), found


def test_what_follows_is_not_written(root: Path) -> None:
    policy = Oracle(NAME, policy_root=root).policy
    assert policy.sentences["c1.1.s1"].encoded_in == ("refund.lp",)
    assert policy.sentences["t.1"].not_computed is not None
    assert (policy.parameters["share"].unit, policy.parameters["berths"].unit) == ("percent", "money")
    assert policy.parameters["late"].statement.en == "more than 30 minutes late"
    assert policy.predicates["total"].arguments == (("case", "case"), ("booking", "booking"), ("sum", "money"))
    assert policy.fields["bookings.fare"].clauses == ("Article 1",)
    assert policy.readings["counted"].touches == ("refund",)
    assert "requires(refund, 1, late)." in policy.rules["norm.lp"]


def test_a_second_process_has_it_from_the_cache(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Oracle(NAME, policy_root=root).decide(CASE)
    monkeypatch.setattr("tiaoli.norm.expand_norm", lambda *_: pytest.fail("expanded again"))
    assert Oracle(NAME, policy_root=root).decide(CASE) == fresh


def test_another_number_is_tried_by_its_name(root: Path) -> None:
    other = Oracle(NAME, policy_root=root, parameters={"late": "29"})
    assert [item.outcome for item in other.decide(CASE).decisions] == ["eligible", "eligible"]


def test_sentences_that_nobody_wrote_are_listed_and_written_ones_are_not(root: Path) -> None:
    unwritten = {problem.where for problem in check_policy(NAME, root).unwritten}
    assert "norm.toml:18 [facts.bookings.class.label]" in unwritten
    assert not any("say.total]" in where for where in unwritten)
    assert {problem.id for problem in check_policy(NAME, root).unwritten} == {"sentence-default"}


OFFICE = '"The office is open on Mondays." = '
WHEN = '["binds_others", "When claims are received."]'
PORT = 'port = "boolean"\n[facts.bookings.berths]'
BAD = [
    ("norm.toml", 'currency = "EUR"', 'curency = "EUR"', "norm.toml:4 [curency]", "policy-key-unknown", "did you mean `currency`"),
    ("norm.toml", 'currency = "EUR"', "currency = 7", "norm.toml:4 [currency]", "policy-value", "ISO 4217"),
    ("norm.toml", "[say.total]", "[say.total", "norm.toml:39", "policy-toml", "not TOML"),
    ("norm.toml", 'number = "Ferry Rules 3"', "number = 3", "norm.toml:2 [number]", "policy-value-type", "text is wanted"),
    ("norm.toml", 'id = "ferry"', 'id = "fery"', "norm.toml:1 [id]", "policy-id", "differs from the folder's name"),
    ("norm.toml", '["en"]', '["fr"]', "norm.toml:3 [languages]", "policy-name-unknown", "allowed: zh, en"),
    ("norm.toml", '["en"]', '["zh", "en"]', "norm.toml:29 [table.kept.words]", "policy-value-type", '{ zh = "…", en = "…" }'),
    ("norm.toml", "from = 2026-01-01", "", "norm.toml:11 [numbers.late.from]", "policy-key-missing", "from which day"),
    ("norm.toml", '[30, "more', '["31 minutes", "more', "norm.toml:11 [numbers.late]", "parameter-number", "not in its quote"),
    ("norm.toml", '[30, "more', '["30 parsecs", "more', "norm.toml:11 [numbers.late.value]", "policy-name-unknown", "no unit `parsecs`"),
    ("norm.toml", '[30, "more', '["thirty", "more', "norm.toml:11 [numbers.late.value]", "policy-value", 'write it like "14 days"'),
    ("norm.toml", '[30, "more', '[true, "more', "norm.toml:11 [numbers.late.value]", "policy-value", 'write it like "14 days"'),
    ("norm.toml", ', "more than 30 minutes late"', "", "norm.toml:11 [numbers.late]", "policy-value-type", '"quote"'),
    ("norm.toml", '"more than 30', '"less than 30', "norm.toml:11 [numbers.late]", "text-quote", "nearest is c1.1.s1"),
    ("norm.toml", "[50, ", "[51, ", "norm.toml:12 [numbers.share.value]", "policy-value", "which unit 51 has"),
    ("norm.toml", "[numbers]", '[numbers]\nidle = [30, "30 minutes late"]', "norm.toml:11 [numbers.idle]", "parameter-unused", "no rule"),
    ("norm.toml", 'entity = "booking"', "", "norm.toml:15 [facts.bookings.entity]", "policy-key-missing", "what an item is"),
    ("norm.toml", '"cabin"]', "1]", "norm.toml:18 [facts.bookings.class.is]", "policy-value-type", "a list of words"),
    ("norm.toml", '["deck", "cabin"]', '"bolean"', "norm.toml:18 [facts.bookings.class.is]", "policy-name-unknown", "mean `boolean`"),
    ("norm.toml", "words = \"delay", "wrods = \"delay", "norm.toml:17 [facts.bookings.minutes_late.wrods]", "policy-key-unknown", "ask"),
    ("norm.toml", "[facts.bookings.berths]", PORT, "norm.toml:21 [facts.bookings.port]", "fact-unused", "unread"),
    ("norm.toml", '"money 0.01..10000.00"', '"money 5.00..1.00"', "norm.toml:19 [facts.bookings.fare.max]", "policy-value", "`min`"),
    ("norm.toml", '"money 0.01..10000.00"', '"integer"', "norm.toml:19 [facts.bookings.fare.min]", "policy-key-missing", "missing"),
    ("norm.toml", '"kept.csv"', '"keep.csv"', "norm.toml:26 [table.kept.file]", "policy-file-missing", "`keep.csv`"),
    ("norm.toml", 'key = ["class"]', 'key = ["clas"]', "norm.toml:27 [table.kept.key]", "policy-value", "did you mean `class`"),
    ("norm.toml", 'sum = "money"', 'sum = "monney"', "norm.toml:30 [table.kept.columns.sum.type]", "policy-name-unknown", "`money`"),
    ("norm.toml", '"Article 1"', '"Article 2"', "norm.toml:32 [benefit.refund]", "policy-name-unknown", "no clause `Article 2`"),
    ("norm.toml", 'subject = "booking"', 'subject = "boking"', "norm.toml:32 [benefit.refund]", "policy-name-unknown", "`booking`"),
    ("norm.toml", 'little" }', 'little", sunny = "sun" }', "norm.toml:37 [benefit.refund.conditions.sunny]", "rules-underived", "sunny"),
    ("norm.toml", "[say.total]", "[say.totl]", "norm.toml:39 [say.totl]", "policy-key-unknown", "did you mean `total`"),
    ("norm.toml", "{booking} cost {sum}", "{bookin} cost {sum}", "norm.toml:39 [say.total]", "sentence-slot", "did you mean `booking`"),
    ("norm.toml", ', sea = "At sea." }', " }", "norm.toml:43 [reading.counted.option]", "reading-options", "at least two"),
    ("norm.toml", 'question = "Late', 'qestion = "Late', "norm.toml:43 [reading.counted.question]", "policy-key-missing", "missing"),
    ("norm.toml", 'quote = "The class', 'quote = "A class', "norm.toml:49 [doubt[0].quote]", "text-quote", "nearest is c1.3.s1"),
    ("norm.toml", WHEN, '"When"', "norm.toml:8 [not_computed.The office is open on Mondays.]", "policy-value-type", '["kind"'),
    ("norm.toml", OFFICE, '"The" = ', "norm.toml:8 [not_computed.The]", "text-quote-several", "write the anchor"),
    ("norm.toml", OFFICE + WHEN, "", "notice.md:7", "text-unaccounted", "norm.toml [not_computed]"),
    ("notice.md", "minutes late", "minutes late within 9 days", "notice.md:5", "text-number", "norm.toml [numbers]"),
    ("notice.md", "more than 30 minutes", "more than 20 minutes", "refund.lp:1", "text-quote", "copy it from the text"),
    ("kept.csv", "deck,1.00", "deck,one", "kept.csv:2", "table-cell", "an amount like"),
    ("kept.csv", "cabin,2.50\n", "cabin,2.50\ncabin,3.00\n", "kept.csv:4", "table-key", "stands in line 3"),
    ("refund.lp", "%@ leaves more", "%@ left more", "refund.lp:1", "text-quote", "nearest is c1.1.s1"),
    ("refund.lp", "%@ leaves more than 30 minutes late", "%@ the", "refund.lp:1", "text-quote-several", "3 sentences"),
    ("refund.lp", "%@ leaves more than", "%@ c1.3.s1 leaves more than", "refund.lp:1", "text-quote", "c1.3.s1 does not have"),
    ("refund.lp", "%@ leaves more than 30 minutes late", "%@ of the fare. The berths", "refund.lp:1", "text-quote", "several sentences"),
    ("refund.lp", "booking_minutes_late(C", "booking_late(C", "refund.lp:2", "rule-predicate", "no predicate `booking_late`"),
    ("refund.lp", "total(C, B, Sum), money", "total(C, B), money", "refund.lp:11", "rule-arity", "booking:booking, sum:money"),
    ("refund.lp", "reading(counted, quay)", "reading(counted, key)", "refund.lp:2", "rule-reading", "allowed: quay, sea"),
    ("refund.lp", "Most < Late", "40 < Late", "refund.lp:2", "rule-number", "norm.toml [numbers]"),
    ("refund.lp", "Sum <= Most.", "Sum <= Most", "refund.lp:12", "rule-syntax", "clingo says"),
    ("policy.toml", "", 'id = "ferry"', "policy.toml", "policy-file-mixed", "norm.toml says it all"),
    ("norm.lp", "", "a.", "norm.lp", "policy-file-mixed", "rename the file"),
    ("norm.toml", "[facts.bookings]", "[fact.bookings]", "norm.toml:15 [fact]", "policy-key-unknown", "did you mean `facts`"),
    ("norm.toml", "[[doubt]]", "[doubt]", "norm.toml:48 [doubt]", "policy-value-type", "a list is wanted"),
    ("norm.toml", "[reading.counted]", "[[reading]]", "norm.toml:43 [reading]", "policy-value-type", "a table is wanted"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "where", "id", "says"), BAD, ids=[f"{row[4]} {row[3]}" for row in BAD])
def test_the_first_finding_is_the_cause(root: Path, file: str, old: str, new: str, where: str, id: str, says: str) -> None:
    edit(root, file, old, new)
    found = policy_problems(NAME, root)
    assert found, "nothing found"
    assert (found[0].where, found[0].id, says in found[0].what.en) == (where, id, True), found
    assert all(problem.id in PROBLEM_KINDS for problem in found)
    assert found[0].what.zh != found[0].what.en


def test_a_condition_on_which_no_fact_bears(root: Path) -> None:
    edit(root, "refund.lp", "total(C, B, Sum), money(berths, Most), Sum <= Most", "asked(C, refund, B), money(berths, _)")
    found = {problem.id: problem.where for problem in policy_problems(NAME, root)}
    assert found == {"rule-factless": "refund.lp:11"}


def refused(norm: str) -> tuple[Problem, ...]:
    """Why a norm is not expanded; nothing where it is."""
    try:
        expand_norm({**FILES, "norm.toml": norm}, {"refund.lp": RULES}, read_library('library = ["decision"]'))
    except PolicyError as error:
        return error.problems
    return ()


@given(st.integers(0, len(NORM) - 1), st.integers(1, 40), st.sampled_from(["", "x", '"', "=", "[", "7", "\n", "{"]))
def test_a_norm_with_anything_in_it_is_expanded_or_refused(start: int, length: int, new: str) -> None:
    """Whatever is cut out of norm.toml or put into it, it is expanded or refused with a line, and nothing else is raised."""
    text = NORM[:start] + new + NORM[start + length :]
    assert all(problem.where and problem.id in PROBLEM_KINDS for problem in refused(text))


def test_every_key_has_its_line() -> None:
    lines = key_lines(NORM)
    for path in ("id", "numbers.share", "facts.bookings.berths.price", "benefit.refund.conditions", "doubt[0].words"):
        assert path.rpartition(".")[2] in NORM.splitlines()[lines[path] - 1]


def test_the_page_names_every_key() -> None:
    page = (ROOT / "docs" / "analysts" / "norm-file.md").read_text("utf-8")
    facts = {"is", "set", "words", "predicate", "changed_by", "elsewhere", "clauses", "event", "not_before", "unread", "entity"}
    others = {"source", "derived", "aliases", "unit", "quote", "question", "options", "touches", "args", "total", "fails", "none", "shown"}
    for key in {*SECTIONS, *PHRASES, *facts, *others}:
        assert re.search(rf"(?<![a-z_]){key}(?![a-z_])", page), key
