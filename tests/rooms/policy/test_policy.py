"""The policy folder: the notice's text against its source, every quote against the text, the data against the case format, and how
strictly the files are read."""

import csv
import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from notices.hrss_2024_20 import reference
from support import strategies
from support.paths import ROOT
from tiaoli import CallError, Oracle, PolicyError
from tiaoli.encoding.loader import load_encoding, policy_problems
from tiaoli.policy.model import Policy

NAME = "hrss-2024-20"
FOLDER = ROOT / "policy" / NAME
TABLES = ("policy", "clauses", "parameters", "readings", "doubts", "fields", "vocabulary")


@pytest.fixture(scope="module")
def policy(oracle: Oracle) -> Policy:
    """The shipped policy."""
    return oracle.policy


def table(name: str) -> dict[str, Any]:
    """A TOML file of the shipped policy as it stands."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


# The text


def test_the_notice_is_its_source_mended(policy: Policy) -> None:
    mended = "".join((FOLDER / "source.txt").read_text("utf-8").split())
    for old, new in table("policy")["mended"].items():
        mended = mended.replace(old, new)
    written, clauses = "", set()
    for sentence in policy.sentences.values():
        if sentence.clause and sentence.clause not in clauses:
            clauses.add(sentence.clause)
            written += sentence.clause
        written += "".join(sentence.text.split())
        if sentence.anchor == "a.3":
            written += "".join("".join(row.written) for row in policy.tables["catalogue"].rows)
    assert written == mended


def test_the_ten_clauses_in_order(policy: Policy) -> None:
    assert policy.clauses == tuple(f"（{numeral}）" for numeral in "一二三四五六七八九十")
    for sentence in policy.sentences.values():
        clause = re.match(r"c(\d+)\.", sentence.anchor)
        assert sentence.clause == (policy.clauses[int(clause[1]) - 1] if clause else None)


def test_every_sentence_is_accounted_for(policy: Policy) -> None:
    for sentence in policy.sentences.values():
        assert sentence.en, sentence.anchor
        if sentence.not_computed is None:
            assert sentence.encoded_in, sentence.anchor
        else:
            reason = sentence.not_computed
            assert reason.kind in {"heading", "encourages", "binds_authorities", "delegated", "outside"}
            assert reason.why.zh, sentence.anchor
            assert reason.why.en, sentence.anchor
            assert (reason.part is not None) == bool(sentence.encoded_in), sentence.anchor
            assert reason.part is None or reason.part in sentence.text, sentence.anchor


def test_the_rules_stand_where_clauses_toml_says(policy: Policy) -> None:
    cited = {(anchor, file) for file, anchor, _ in rule_quotes(policy) if anchor != "method"}
    assert cited == {(sentence.anchor, file) for sentence in policy.sentences.values() for file in sentence.encoded_in}


def rule_quotes(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """Every `%@` line of the rules: file, anchor, words."""
    for file, text in policy.rules.items():
        for anchor, quote in re.findall(r"(?m)^%@ (\S+) (.*)$", text):
            yield file, anchor, quote


def test_every_quote_stands_in_its_sentence(policy: Policy) -> None:
    quotes = [(anchor, quote) for _, anchor, quote in rule_quotes(policy) if anchor != "method"]
    quotes += [(parameter.sentence, parameter.quote) for parameter in policy.parameters.values()]
    quotes += [quote for reading in policy.readings.values() for quote in reading.quotes]
    quotes += [(doubt.sentence, doubt.quote) for doubt in policy.doubts]
    assert len(quotes) > 60
    for anchor, quote in quotes:
        assert quote, anchor
        assert quote in policy.sentences[anchor].text, anchor


def test_the_annex(policy: Policy) -> None:
    annex = policy.tables["catalogue"]
    assert [row.cells[0] for row in annex.rows] == list(range(1, 18))
    assert annex.codes() == reference.ANNEX
    names = policy.labels
    assert names["4-10-01-05"] == "养老护理员"
    assert names["4-10-01-06"] == "家政服务员"
    with (FOLDER / "annex.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 17


def test_every_number_of_the_notice_is_in_its_quote(policy: Policy) -> None:
    """The value of each parameter can be read in the words it cites."""
    written = {"contract_term": "1年", "development_cap": "10万元"}
    for name, parameter in policy.parameters.items():
        if parameter.unit == "occupation" or name == "rolling_year":
            continue
        value = int(parameter.value)
        if parameter.unit == "day":
            text = f"{value // 10000}年{value // 100 % 100}月{value % 100}日"
        elif name in written:
            text = written[name]
        else:
            unit = {"months": "个月", "percent": "%", "money": "元", "count": "次"}[parameter.unit]
            text = f"{value // 100 if parameter.unit == 'money' else value}{unit}"
        assert re.search(rf"(?<!\d){text}", parameter.quote), name


# Readings, benefits, conditions


def test_the_readings_and_their_defaults(policy: Policy) -> None:
    found = {name: tuple(option.id for option in reading.options) for name, reading in policy.readings.items()}
    assert len(found) == 15
    assert found == reference.READINGS
    assert list(found) == list(reference.READINGS)
    assert {name: reading.default for name, reading in policy.readings.items()} == {name: options[0] for name, options in found.items()}


BENEFITS: dict[str, tuple[str, str, str]] = {
    "skill_uplift": ("（一）", "certificate", "certificate_kind catalogue_listed in_force base_entitlement annual_limit"),
    "special_ability": ("（二）", "certificate", "certificate_kind in_force person_group city_rules annual_limit"),
    "care_route": ("（三）", "certificate", "certificate_kind in_force employed_in_time registered still_in_post annual_limit"),
    "directed_training_first": ("（四）", "class", "employer_local sector agreement plan_approved in_force counted_trainees"),
    "directed_training_second": ("（四）", "class", "employer_local sector agreement plan_approved in_force still_employed"),
    "training_scope": ("（五）", "participant", "organiser_industry organiser_listed training_kind in_force practitioner"),
    "development_grant": ("（六）", "project", "sector project_kind in_force review_passed"),
    "apprentice_scope": ("（七）", "apprentice", "sector in_force contract_local contract_in_time contract_term social_insurance"),
    "apprentice_next_batch": ("（七）", "apprenticeship", "sector in_force enterprise_applied district_assessed"),
    "apprentice_direct_payment": ("（七）", "apprenticeship", "sector in_force enterprise_request"),
    "institution_commission": ("（九）", "engagement", "sector in_force district_assessed institution_listed commissioned activity"),
}
"""The public table: clause, subject, and the conditions in the order in which a reviewer checks them."""


def test_the_benefits_and_their_conditions(policy: Policy) -> None:
    assert list(policy.benefits) == list(BENEFITS)
    for name, (clause, subject, conditions) in BENEFITS.items():
        benefit = policy.benefits[name]
        assert (benefit.clause, benefit.subject, " ".join(benefit.conditions)) == (clause, subject, conditions)


def test_the_rules_require_those_conditions(policy: Policy) -> None:
    rules = "\n".join(policy.rules.values())
    found: dict[str, list[tuple[int, str]]] = {}
    for benefit, position, condition in re.findall(r"(?m)^requires\((\w+), (\d+), (\w+)\)\.", rules):
        found.setdefault(benefit, []).append((int(position), condition))
    assert {name: [condition for _, condition in sorted(conditions)] for name, conditions in found.items()} == {
        name: conditions.split() for name, (_, _, conditions) in BENEFITS.items()
    }


# The case format


def words_of(section: str) -> dict[str, tuple[object, ...]]:
    """The fields of a section of the case format, as the tests know them by themselves, each with its words where it has some."""
    found: dict[str, tuple[object, ...]] = {}
    for field in strategies.FIELDS[section]:
        if isinstance(field, strategies.Record):
            found[field.name] = ()
            found |= {f"{field.name}.{part.name}": part.values for part in field.fields}
        elif not isinstance(field, strategies.Nested):
            found[field.name] = field.values if isinstance(field, strategies.Choice) else ()
    return found


def test_the_case_format_is_what_the_tests_know_by_themselves(policy: Policy) -> None:
    """The same fields of every section, and the same words."""
    holders = {"trainees": "training_classes.", "participants": "trainings.", "apprentices": "apprenticeships."}
    wanted = {
        f"{holders.get(section, '')}{section}.{name}": words for section in strategies.FIELDS for name, words in words_of(section).items()
    }
    found = {path: declared.type.words for path, declared in policy.fields.items() if path != policy.schema.day.path}
    assert found.keys() == wanted.keys()
    for path, declared in policy.fields.items():
        if declared.kind == "enum":
            assert set(declared.type.words) == set(wanted[path]), path
    assert len(re.findall(r'(?m)^\[field\."', (FOLDER / "fields.toml").read_text("utf-8"))) == len(policy.fields)


def test_every_field_has_the_sentences_its_type_needs(policy: Policy) -> None:
    for field in policy.fields.values():
        wanted = {"boolean": {"true", "false"}, "record": {"record"}}.get(field.kind, {"holds"}) | {"ask"}
        wanted |= {"lacks"} if field.several else set()
        assert set(field.phrases) - {"null", "since"} == wanted, field.path
        assert field.changed_by in {"applicant", "authority", "time", "no"}, field.path
        assert set(field.clauses) <= set(policy.clauses), field.path


# Strict reading


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped policy to spoil."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    return tmp_path


def toml(value: Any) -> str:
    """A value as TOML; tables are written inside the line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def spoil(root: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the tables of one TOML file."""
    path = root / "policy" / NAME / f"{name}.toml"
    tables = tomllib.loads(path.read_text("utf-8"))
    change(tables)
    path.write_text("".join(f"{json.dumps(key, ensure_ascii=False)} = {toml(value)}\n" for key, value in tables.items()), "utf-8")


def findings(root: Path) -> dict[str, list[tuple[str, str]]]:
    """What the load says: for each place the Chinese and the English sentences."""
    with pytest.raises(PolicyError) as caught:
        load_encoding(NAME, root)
    assert list(caught.value.problems) == policy_problems(NAME, root)
    found: dict[str, list[tuple[str, str]]] = {}
    for problem in caught.value.problems:
        # a table in an array at the top of a file has no path before it
        found.setdefault(problem.where.replace("[.", "["), []).append((problem.what.zh, problem.what.en))
    return found


Step = str | int
FORM: list[tuple[str, tuple[Step, ...], str]] = [
    ("policy", (), "id number title currency"),
    ("policy", ("title",), "zh en"),
    ("policy", ("currency",), "code zh en"),
    ("clauses", ("c1.s2",), "en"),
    ("clauses", ("c1.s1", "not_computed"), "kind"),
    ("clauses", ("c2.s3", "not_computed"), "zh en"),
    ("parameters", ("uplift",), "unit value from sentence quote zh en"),
    ("readings", ("limit_year",), "sentence quote question option"),
    ("readings", ("limit_year", "question"), "zh en"),
    ("readings", ("limit_year", "option", 1), "id zh en"),
    ("readings", ("sector_lists", "also", 0), "sentence quote"),
    ("doubts", ("doubt", 0), "id sentence quote zh en"),
    ("fields", ("value", "status", "other"), "zh en"),
    ("fields", ("list", "certificates"), "entity predicate zh en"),
    ("fields", ("field", "person.status"), "predicate type label changed_by"),
    ("fields", ("field", "person.status", "holds"), "zh en"),
    ("vocabulary", ("benefit", "skill_uplift"), "clause subject zh en conditions"),
    ("vocabulary", ("benefit", "skill_uplift", "conditions", "in_force"), "zh en"),
    ("vocabulary", ("predicate", "in_time"), "zh en"),
    ("vocabulary", ("predicate", "in_time", "fails"), "zh en"),
    ("vocabulary", ("predicate", "in_time", "none"), "zh en"),
    ("vocabulary", ("predicate", "whole_class", "total", "test"), "zh en"),
]
"""The tables of each file by one example, with the keys that they must have."""


def written(file: str, path: Sequence[Step], key: str) -> str:
    """Where a finding about a key stands: `readings.toml [limit_year.option[1].zh]`."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in (*path, key))
    return f"{file}.toml [{steps.lstrip('.')}]"


def inside(tables: Any, path: Sequence[Step]) -> dict[str, Any]:
    """The table at a path."""
    for step in path:
        tables = tables[step]
    assert isinstance(tables, dict)
    return tables


@pytest.mark.parametrize(("file", "path", "keys"), FORM, ids=[written(file, path, "*") for file, path, _ in FORM])
class TestEveryKey:
    """Each key of the form left out, misspelt, or of another type is named with its file and path."""

    def test_missing(self, root: Path, file: str, path: tuple[Step, ...], keys: str) -> None:
        def change(tables: dict[str, Any]) -> None:
            for key in keys.split():
                del inside(tables, path)[key]

        spoil(root, file, change)
        found = findings(root)
        for key in keys.split():
            assert ("缺少此项", "this is missing") in found[written(file, path, key)]

    def test_misspelt(self, root: Path, file: str, path: tuple[Step, ...], keys: str) -> None:
        def change(tables: dict[str, Any]) -> None:
            here = inside(tables, path)
            for key in keys.split():
                here[f"{key}x"] = here.pop(key)

        spoil(root, file, change)
        found = findings(root)
        for key in keys.split():
            ((zh, en),) = found[written(file, path, f"{key}x")]
            assert zh.startswith("没有这个键；")
            assert en.startswith(f"there is no such key; did you mean `{key}`? allowed: ")
            assert f"`{key}`" in zh

    def test_mistyped(self, root: Path, file: str, path: tuple[Step, ...], keys: str) -> None:
        def change(tables: dict[str, Any]) -> None:
            inside(tables, path).update(dict.fromkeys(keys.split(), 2.5))

        spoil(root, file, change)
        found = findings(root)
        for key in keys.split():
            zh, en = found[written(file, path, key)][0]
            assert re.fullmatch(r"`2\.5` 类型不对，须为[\w ]+", zh)
            assert re.fullmatch(r"`2\.5` has the wrong type; [\w ]+ is wanted", en)


def test_the_form_covers_every_file() -> None:
    assert {file for file, _, _ in FORM} == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_what_is_not_toml(root: Path, name: str) -> None:
    path = root / "policy" / NAME / f"{name}.toml"
    path.write_text(f"{path.read_text('utf-8')}\n[oops\n", "utf-8")
    lines = path.read_text("utf-8").count("\n")
    ((zh, en),) = findings(root)[f"{name}.toml"]
    assert zh.startswith("不是合法的 TOML：")
    assert en.startswith("not TOML: ")
    assert f"line {lines}" in en


@pytest.mark.parametrize("name", [*(f"{name}.toml" for name in TABLES), "notice.md"])
def test_a_file_that_is_not_there(root: Path, name: str) -> None:
    (root / "policy" / NAME / name).unlink()
    assert findings(root)[name] == [("政策目录中缺少此文件", "the policy folder lacks this file")]


def test_a_mark_of_byte_order_is_no_part_of_a_file(root: Path) -> None:
    for folder in ("policy", "encodings"):
        for path in (root / folder / NAME).rglob("*.*"):
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert policy_problems(NAME, root) == []
    # the same texts, so the same policy
    assert load_encoding(NAME, root).policy == load_encoding(NAME).policy


SET = [
    ("validity_to", "2025-02-29", "validity_to: `2025-02-29` is no day of the calendar"),
    ("validity.end", "20260101", "validity.end: `20260101` is no day of the calendar"),
    ("validity_to", "2026-01-01T00:00:00", "validity_to: `2026-01-01T00:00:00` is no day of the calendar"),
    ("uplift", "30.5", "uplift: `30.5` has the wrong type; a whole number is wanted"),
    ("uplift", "x", "uplift: `x` has the wrong type; a whole number is wanted"),
    ("uplift", "0", "uplift: the value must be above 0 and at most 1000"),
    ("special_ability_standard", "1e3", "special_ability_standard: `1e3` is no amount"),
]


@pytest.mark.parametrize(("name", "value", "said"), SET)
def test_a_number_that_cannot_be_set_is_refused_for_what_is_wrong_with_it(name: str, value: str, said: str) -> None:
    with pytest.raises(CallError) as refused:
        Oracle(parameters={name: value})
    assert str(refused.value).startswith(said)
    assert len(refused.value.problems) == 1


def test_a_parameter_is_set_once_by_whichever_of_its_names() -> None:
    with pytest.raises(CallError, match="this is the same parameter as validity_to"):
        Oracle(parameters={"validity_to": "2026-11-13", "validity.end": "2026-11-14"})


def test_a_file_that_is_not_utf_8(root: Path) -> None:
    path = root / "policy" / NAME / "doubts.toml"
    path.write_bytes('[[doubt]]\nid = "甲"\n'.encode("gb18030"))
    with pytest.raises(PolicyError, match=r"doubts\.toml: cannot be read"):
        load_encoding(NAME, root)


VALUES: list[tuple[str, str, str, str, str]] = [
    (
        "parameters",
        'unit = "percent"',
        'unit = "percnt"',
        "parameters.toml [uplift.unit]",
        "there is no unit `percnt`; did you mean `percent`?",
    ),
    ("parameters", "value = 30", 'value = "30"', "parameters.toml [uplift.value]", "`30` has the wrong type; a whole number is wanted"),
    ("parameters", "value = 30", "value = true", "parameters.toml [uplift.value]", "`true` has the wrong type; a whole number is wanted"),
    (
        "parameters",
        '"1000.00"',
        '"1000.001"',
        "parameters.toml [special_ability_standard.value]",
        "`1000.001` is no amount; one is written 1234.50, with at most two decimals",
    ),
    *(
        (
            "parameters",
            '"1000.00"',
            f'"{text}"',
            "parameters.toml [special_ability_standard.value]",
            f"`{text}` is no amount; one is written 1234.50, with at most two decimals",
        )
        for text in ("NaN", "inf", "1e3", "1_000", "１０００", "-1", "1.", "")
    ),
    (
        "parameters",
        "value = 2024-11-14",
        'value = "2024-11-31"',
        "parameters.toml [validity_from.value]",
        "`2024-11-31` is no day of the calendar; a day is written 2025-03-01",
    ),
    ("parameters", 'sentence = "c1.s2"', 'sentence = "c1.s9"', "parameters.toml [uplift]", "the notice has no sentence `c1.s9`"),
    ("parameters", "标准上调30%", "标准上浮30%", "parameters.toml [uplift]", "the quote differs from the text of c1.s2"),
    (
        "readings",
        '"skill_uplift", "special_ability"',
        '"skil_uplift"',
        "readings.toml [validity_anchor.touches]",
        "did you mean `skill_uplift`?",
    ),
    ("readings", "自2024年11月14日起", "自2024年11月15日起", "readings.toml [validity_anchor]", "the quote differs from the text of v.s1"),
    ("doubts", 'quote = "专项', 'quote = "各专项', "doubts.toml [assessment-items-list]", "the quote differs from the text of c6.s1"),
    ("clauses", 'part = "职业', 'part = "各职业', "clauses.toml [c1.s2]", "the quote differs from the text of c1.s2"),
    ("clauses", '["c10.s1"]', '["c10.s2"]', "clauses.toml [c10.s2]", "notice.md has no anchor c10.s2"),
    ("clauses", '["c10.s1"]', '["c10.s2"]', "notice.md#c10.s1", "clauses.toml does not account for this sentence"),
    ("clauses", '"c10_limit.lp"', '"c11_limit.lp"', "clauses.toml [c10.s1]", "c11_limit.lp has no `%@ c10.s1`"),
    ("clauses", '"c10_limit.lp"', "", "clauses.toml [c10.s1]", "neither rules nor a reason why it is not computed"),
    ("vocabulary", 'subject = "class"', 'subject = "clas"', "vocabulary.toml [benefit.directed_training_first]", "did you mean `class`?"),
    (
        "vocabulary",
        'clause = "（四）"',
        'clause = "（四十）"',
        "vocabulary.toml [benefit.directed_training_first]",
        "there is no clause `（四十）`",
    ),
    (
        "vocabulary",
        "certificate:certificate",
        "certificate:certificat",
        "vocabulary.toml [predicate.base_entitlement.args]",
        "did you mean `certificate`?",
    ),
    (
        "vocabulary",
        "amount = true",
        'amount = "yes"',
        "vocabulary.toml [benefit.skill_uplift.amount]",
        "`yes` has the wrong type; true or false is wanted",
    ),
    ("policy", '"CNY"', '"yuan"', "policy.toml [currency.code]", "a currency code of ISO 4217 is wanted: three capital letters"),
    ("policy", "digits = 2", "digits = 5", "policy.toml [currency.digits]", "0 to 4 is wanted: how many digits an amount has"),
]


@pytest.mark.parametrize(("file", "old", "new", "where", "said"), VALUES)
def test_what_a_value_may_be(root: Path, file: str, old: str, new: str, where: str, said: str) -> None:
    path = root / "policy" / NAME / f"{file}.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    problems = policy_problems(NAME, root)
    told = [problem for problem in problems if problem.where == where and said in problem.what.en]
    assert told, [problem.say("en") for problem in problems]
    assert all(problem.what.zh for problem in told)


def test_a_reading_needs_two_options(root: Path) -> None:
    spoil(root, "readings", lambda tables: tables["limit_year"]["option"].pop())
    assert findings(root)["readings.toml [limit_year.option]"] == [("一种理解至少要有两个选项", "a reading needs at least two options")]


def test_the_text_of_the_notice_binds_the_rules(root: Path) -> None:
    """One character changed in notice.md breaks every quote of it."""
    path = root / "policy" / NAME / "notice.md"
    path.write_text(path.read_text("utf-8").replace("12个月内", "18个月内"), "utf-8")
    assert set(findings(root)) == {"c03_care.lp:3", "parameters.toml [care_employment]", "doubts.toml [public-holidays]"}
