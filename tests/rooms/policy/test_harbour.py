"""A norm in English with articles, points and a currency without minor units, through every command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from support.command import Cli
from support.harbour import CASE, edit, harbour
from tiaoli import Oracle, PolicyError
from tiaoli.encoding.loader import policy_problems
from tiaoli.explain import Node
from tiaoli.oracle.prepare import Engine
from tiaoli.present import vocabulary


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return harbour(tmp_path)


@pytest.fixture
def case(root: Path) -> str:
    path = root / "case.json"
    path.write_text(json.dumps(CASE), "utf-8")
    return str(path)


def test_check_finds_nothing(root: Path) -> None:
    assert policy_problems("harbour", root) == []


@pytest.mark.parametrize("engine", ["compiled", "clingo"])
def test_amounts_are_whole_units_in_every_engine(root: Path, engine: Engine) -> None:
    answer = Oracle(policy_root=root).decide(CASE, engine=engine).to_json()
    assert answer["currency"] == "JPY"
    assert [(item["subject"], item["outcome"], item["amount"]) for item in answer["decisions"]] == [
        ("c1", "eligible", "15501"),
        ("c2", "not_eligible", None),
        ("c3", "not_eligible", None),
    ]


@pytest.mark.parametrize(
    ("code", "digits", "value", "amount", "said"),
    [
        ("JPY", 0, "30001", "15501", "15,501 JPY"),
        ("EUR", 2, "300.01", "650.51", "650.51 EUR"),
        ("KWD", 3, "30.001", "515.501", "515.501 KWD"),
        ("UYW", 4, "3.0001", "502.0001", "502.0001 UYW"),
    ],
)
def test_a_currency_has_its_own_digits(root: Path, cli: Cli, case: str, code: str, digits: int, value: str, amount: str, said: str) -> None:
    edit(root, "policy.toml", 'code = "JPY", digits = 0, en = "JPY"', f'code = "{code}", digits = {digits}, en = "{code}"')
    for file in ("parameters.toml", "notice.md", "clauses.toml", "grant.lp"):
        path = root / ("encodings" if file.endswith(".lp") else "policy") / "harbour" / file
        path.write_text(path.read_text("utf-8").replace("30001", value).replace("JPY", code), "utf-8")
    assert policy_problems("harbour", root) == []
    at = ("--policy-root", str(root), "--lang", "en")
    assert f'"amount": "{amount}"' in cli("decide", case, "--json", *at).out
    assert said.replace(" ", "") in cli("decide", case, *at).out.replace(" ", "")
    assert said in cli("why", case, "grant", "c1", "--full", *at).out
    population = root / "cases.jsonl"
    population.write_text(f"{json.dumps(CASE)}\n" * 2, "utf-8")
    out = root / "out.jsonl"
    summary = json.loads(cli("bulk", str(population), "-o", str(out), "--json", *at).out)
    assert f'"amount": "{amount}"' in out.read_text("utf-8")
    assert summary["benefits"]["grant"]["amount"] == f"{2 * Decimal(amount):f}"
    diff = json.loads(cli("diff", "harbour", "--set", "paid=100", "--population", str(population), "--json", *at).out)
    assert diff["population"]["benefits"]["grant"]["difference"] == f"{2 * (Decimal(value) + 1001 - Decimal(amount)):f}"


@pytest.mark.parametrize(
    ("digits", "value", "said"),
    [
        (0, "300.5", "`300.5` is no amount; one is written 1234, without decimals"),
        (3, "1.0001", "`1.0001` is no amount; one is written 1234.500, with at most three decimals"),
        (5, "1", "0 to 4 is wanted: how many digits an amount has after the point"),
    ],
)
def test_an_amount_of_another_form_is_a_finding(root: Path, digits: int, value: str, said: str) -> None:
    edit(root, "policy.toml", "digits = 0", f"digits = {digits}")
    edit(root, "parameters.toml", '"30001"', f'"{value}"')
    assert said in [problem.what.en for problem in policy_problems("harbour", root)]
    with pytest.raises(PolicyError):
        Oracle(policy_root=root)


def test_clauses_are_named_as_the_text_names_them(root: Path, cli: Cli) -> None:
    at = ("--policy-root", str(root), "--lang", "en")
    whole = cli("notice", "Article 1", *at).out
    assert cli("notice", "1", *at).out == whole
    assert cli("notice", "第一条", *at).out == whole
    assert cli("notice", "art 1", *at).out == whole
    point = cli("notice", "1(2)(a)", *at).out
    assert "Article 1(2)(a)" in point
    assert "c1.2.a.s1" in point
    assert "c1.1.s1" not in point
    refused = cli("notice", "(1)", *at)
    assert refused.code == 2
    assert "`(1)` names several clauses; say which: Article 1(1), Article 2(1)" in refused.err
    assert "there is no clause `4`; allowed: Article 1," in cli("notice", "4", *at).err


def test_reasons_name_the_point(root: Path, cli: Cli, case: str) -> None:
    said = cli("why-not", case, "grant", "c2", "--policy-root", str(root), "--lang", "en").out
    assert "Article 1(2)(a)" in said
    listed = cli("why", case, "grant", "c1", "--clause", "1", "--policy-root", str(root), "--lang", "en").out
    assert "within 6 months" in listed
    assert "The holder of a" in listed


def test_a_table_is_looked_up_and_its_row_is_told(root: Path, cli: Cli, case: str) -> None:
    at = ("--policy-root", str(root), "--lang", "en")
    why = cli("why", case, "grant", "c1", "--full", *at).out
    assert "Annex I has: level 5, supplement 1,001 JPY (row 5)" in why
    assert "Annex II has: occupation 4-10-01-05 (Dock carer) (row 1)" in why
    other = {**CASE, "certificates": [{**CASE["certificates"][0], "occupation_code": "4-10-01-99"}]}
    answer = Oracle(policy_root=root).why_not(other, "grant", "c1")
    assert "the nearest that does: 4-10-01-06 (Quay helper)" in str([node.statement.en for node in nodes(answer.tree)])


def nodes(tree: Node) -> Iterator[Node]:
    yield tree
    for child in tree.children:
        yield from nodes(child)


def test_an_unknown_key_leaves_a_range_over_the_table(root: Path) -> None:
    open_level = {**CASE, "certificates": [{key: value for key, value in CASE["certificates"][0].items() if key != "level"}]}
    (decision,) = Oracle(policy_root=root).decide(open_level, full=True).to_json()["decisions"]
    assert decision["amount_range"] == ["15501", "17501"]
    assert decision["missing_for_amount"] == ["certificates.c1.level"]


def test_every_engine_reads_the_tables_alike(root: Path) -> None:
    oracle = Oracle(policy_root=root)
    codes = ("4-10-01-05", "4-10-01-06", "4-10-01-07", None)
    held = [
        {"id": f"c{number}", "kind": "skill_level", "issued": day, "level": level, "occupation_code": code}
        for number, (level, code, day) in enumerate(product(range(1, 6), codes, ("2025-03-31", "2025-04-01")))
    ]
    certificates = [{key: value for key, value in item.items() if value is not None} for item in held]
    case = {"id": "a", "applied_on": "2025-06-01", "certificates": certificates}
    known = [item for item in certificates if "occupation_code" in item]
    whole = {**case, "certificates": known}
    assert oracle.decide(whole, engine="compiled").decisions == oracle.decide(whole, engine="clingo").decisions
    pa = pytest.importorskip("pyarrow")
    from tiaoli.populations.arrow_decider import BatchDecider
    from tiaoli.populations.arrow_schema import case_schema

    in_days = [{**item, "issued": date.fromisoformat(str(item["issued"]))} for item in known]
    row = {**whole, "applied_on": date(2025, 6, 1), "certificates": in_days}
    batch = pa.RecordBatch.from_pylist([row], schema=case_schema(oracle.policy))
    rows = BatchDecider(oracle).decide(batch).decisions.to_pylist()
    found = [(row["subject"], row["outcome"], None if row["amount"] is None else str(row["amount"])) for row in rows]
    assert found == [
        (item.subject, item.outcome, None if item.amount is None else str(item.amount)) for item in oracle.decide(whole).decisions
    ]


def test_a_changed_row_is_a_change_of_the_norm(root: Path, tmp_path: Path, cli: Cli) -> None:
    other = harbour(tmp_path / "other")
    edit(other, "supplement.csv", "5,1001", "5,1501")
    edit(other, "notice.md", "JPY 1,001", "JPY 1,501")
    assert policy_problems("harbour", other) == []
    shown = cli("diff", str(root / "policy/harbour"), str(other / "policy/harbour"), "--lang", "en")
    assert "row 5 of Annex I: 5, 1001 → 5, 1501" in shown.out
    assert shown.code == 1


def test_an_audit_names_a_row_that_gets_nobody_anything(root: Path, cli: Cli) -> None:
    below = "certificate_level(C, Cert, Level), supplement(Level, More), money(grant, Basic), More < Basic"
    edit(root, "grant.lp", "of_the_harbour(Code).", f"of_the_harbour(Code), {below}.")
    edit(root, "supplement.csv", "1,5000", "1,50000")
    edit(root, "notice.md", "JPY 5,000.", "JPY 50,000.")
    assert policy_problems("harbour", root) == []
    found = json.loads(cli("audit", "--policy-root", str(root), "--json", "--lang", "en").out)
    dead = {item["id"]: item["statement"]["en"] for item in found["findings"] if item["kind"] == "dead"}
    assert dead["dead:row.supplement.1"] == "Row 1 of Annex I, 1, can get nobody anything."
    assert [name for name in dead if name.startswith("dead:row.")] == ["dead:row.supplement.1"]


EDITS = [
    ("supplement.csv", "4,2000\n", "", "supplement.csv", "table-gap", "no row has the key `4`, and level must be complete"),
    ("supplement.csv", "4,2000", "5,2000", "supplement.csv:6", "table-key", "the key `5` stands in line 5 already"),
    (
        "supplement.csv",
        "4,2000",
        "4,2000.5",
        "supplement.csv:5",
        "table-cell",
        "column sum: `2000.5` is not accepted; an amount like 1234 is wanted",
    ),
    (
        "supplement.csv",
        "4,2000",
        "6,2000",
        "supplement.csv:5",
        "table-cell",
        "column level: `6` is not accepted; a whole number from 1 to 5 is wanted",
    ),
    ("supplement.csv", "4,2000", "4", "supplement.csv:5", "table-cell", "2 cells are wanted, not 1"),
    ("supplement.csv", "level,sum", "sum,level", "supplement.csv:1", "table-header", "the first line must be level,sum"),
    ("supplement.csv", "4,2000", "4,2001", "supplement.csv:5", "table-source", "no sentence of Annex I has this row: `4 2001`"),
    (
        "notice.md",
        "Level 4: JPY 2,000.",
        "Level 4: JPY 2,000.\nLevel 6: JPY 1.",
        "notice.md#annexi.s5",
        "table-source",
        "no row of the table supplement",
    ),
    ("occupations.csv", "4-10-01-05,", "4-10-1-05,", "occupations.csv:2", "table-cell", "an occupation code is wanted, like 4-10-01-05"),
    (
        "policy.toml",
        'within = "Annex I"',
        'within = "Annex 4"',
        "policy.toml [table.supplement.within]",
        "policy-name-unknown",
        "there is no one clause `Annex 4`",
    ),
    ("policy.toml", 'within = "Annex I"\n', "", "policy.toml [table.supplement.within]", "policy-key-missing", "say where it comes from"),
    (
        "policy.toml",
        'type = "money"',
        'type = "yen"',
        "policy.toml [table.supplement.columns.sum.type]",
        "policy-name-unknown",
        "there is no such type of column",
    ),
    (
        "policy.toml",
        'key = ["level"]',
        'key = ["levl"]',
        "policy.toml [table.supplement.key]",
        "policy-value",
        "there is no column `levl`; did you mean `level`?",
    ),
    (
        "policy.toml",
        'key = ["level"]',
        'keys = ["level"]',
        "policy.toml [table.supplement.key]",
        "policy-key-missing",
        "the columns of the key are wanted",
    ),
    (
        "policy.toml",
        'predicate = "of_the_harbour"',
        'predicate = "certificate_level"',
        "policy.toml [table.occupations.predicate]",
        "policy-key-repeated",
        "choose another name",
    ),
    (
        "policy.toml",
        'file = "supplement.csv"',
        'file = "supplements.csv"',
        "supplements.csv",
        "policy-file-missing",
        "the policy folder lacks this file",
    ),
    (
        "grant.lp",
        "of_the_harbour(Code)",
        '"4-10-01-05" = Code',
        "policy.toml [table.occupations]",
        "table-unused",
        "no rule uses this table",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "where", "kind", "said"), EDITS)
def test_a_table_that_does_not_fit_is_a_finding(root: Path, file: str, old: str, new: str, where: str, kind: str, said: str) -> None:
    edit(root, file, old, new)
    found = policy_problems("harbour", root)
    assert found
    assert (found[0].where, found[0].id) == (where, kind), [problem.say("en") for problem in found]
    assert said in found[0].what.en
    assert found[0].what.zh


def test_a_file_that_no_table_reads_is_a_finding(root: Path) -> None:
    (root / "policy/harbour/more.csv").write_text("a,b\n1,2\n", "utf-8")
    (problem,) = policy_problems("harbour", root)
    assert (problem.where, problem.id) == ("more.csv", "table-undeclared")


def test_a_table_of_another_source_is_marked_with_its_name(root: Path) -> None:
    edit(root, "policy.toml", 'within = "Annex II"', 'from = { en = "the list of the port authority" }')
    text = root / "policy/harbour/notice.md"
    text.write_text(text.read_text("utf-8").partition("Annex II\n\n")[0], "utf-8")
    assert policy_problems("harbour", root) == []
    tables = {table["table"]: table for table in vocabulary(Oracle(policy_root=root).encoding)["tables"]}
    assert tables["occupations"]["from"]["en"] == "the list of the port authority"
    assert tables["occupations"]["within"] is None
    assert tables["supplement"]["rows"][0] == ["1", "5000"]


def test_one_language_is_enough(root: Path, cli: Cli, case: str) -> None:
    policy = Oracle(policy_root=root).policy
    assert policy.languages == ("en",)
    assert policy.benefits["grant"].statement == ("harbour grant", "harbour grant")
    assert policy.sentences["c1.1.s1"].en == policy.sentences["c1.1.s1"].text
    answer = json.loads(cli("why", case, "grant", "c1", "--json", "--policy-root", str(root)).out)
    assert {frozenset(words) for words in statements(answer)} == {frozenset(("zh", "en"))}


def statements(value: object) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "zh" in value:
            yield value
        for inner in value.values():
            yield from statements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from statements(inner)


def test_an_english_norm_is_read_between_chinese_words(root: Path, cli: Cli, case: str) -> None:
    said = cli("decide", case, "--policy-root", str(root), "--lang", "zh").out
    assert "不予享受" in said
    assert "an occupation of Annex II" in said
    assert "15,501 JPY" in said
    why = cli("why-not", case, "grant", "c2", "--policy-root", str(root), "--lang", "zh").out
    assert "未满足" in why
    assert "issued late enough" in why
    english = cli("why-not", case, "grant", "c2", "--policy-root", str(root), "--lang", "en").out
    assert english.count("the certificate was issued on or after 1 April 2025; and") == 1


def test_a_page_marks_the_language_of_the_norm(root: Path, cli: Cli, case: str) -> None:
    page = root / "page.html"
    assert cli("report", case, "-o", str(page), "--policy-root", str(root), "--lang", "zh").code == 0
    text = page.read_text("utf-8")
    assert '<html lang="zh-CN">' in text
    assert '<span lang="en">harbour grant</span>' in text
    # what is data stays as it is
    assert "<span" not in text.partition("<script")[2].partition("</script>")[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "kind"),
    [
        ("vocabulary.toml", 'en = "harbour grant"', "", "vocabulary.toml [benefit.grant.en]", "policy-key-missing"),
        (
            "vocabulary.toml",
            'en = "harbour grant"',
            'zh = "补贴"\nen = "harbour grant"',
            "vocabulary.toml [benefit.grant.zh]",
            "policy-key-unknown",
        ),
        ("clauses.toml", '["c1.1.s1"]', '["c1.1.s1"]\nen = "The holder"', "clauses.toml [c1.1.s1.en]", "policy-key-unknown"),
        ("policy.toml", '["en"]', '["fr"]', "policy.toml [languages]", "policy-name-unknown"),
        ("policy.toml", '["en"]', "[]", "policy.toml [languages]", "policy-name-unknown"),
    ],
)
def test_exactly_the_languages_that_are_declared(root: Path, file: str, old: str, new: str, where: str, kind: str) -> None:
    edit(root, file, old, new)
    found = policy_problems("harbour", root)
    assert (where, kind) in [(problem.where, problem.id) for problem in found], [problem.say("en") for problem in found]


@pytest.mark.parametrize(("sum_", "result"), [(15501, "proved"), (15502, "counterexample")])
def test_what_follows_from_a_table_is_proved(root: Path, cli: Cli, sum_: int, result: str) -> None:
    path = root / "level-five.lp"
    path.write_text(
        f"%: zh 五级补贴为 {sum_} 日元。\n%: en Whoever has level 5 is paid {sum_} yen.\n"
        "violated(C) :- eligible(C, grant, Cert), certificate_level(C, Cert, 5), amount(C, grant, Cert, H, R), "
        f"100 * H + R != {sum_}.\n",
        "utf-8",
    )
    (found,) = json.loads(cli("prove", str(path), "--policy-root", str(root), "--json").out)["properties"]
    assert found["result"] == result


def test_what_a_policy_shows_beside_its_answers_is_passed_over(root: Path) -> None:
    wanted = Oracle(policy_root=root).decide(CASE, engine="clingo").to_json()["decisions"]
    for folder, file, text in (
        (
            "policy",
            "vocabulary.toml",
            '\n[predicate.told]\nargs = ["case:case"]\nshown = true\nen = "the master is told"\nfails.en = "he is not told"\n',
        ),
        ("encodings", "grant.lp", "\n%@ method It is only shown.\ntold(C) :- certificate(C, _).\n#show told/1.\n"),
        ("encodings", "vocabulary.lp", "#defined told/1.\n"),
    ):
        path = root / folder / "harbour" / file
        path.write_text(path.read_text("utf-8") + text, "utf-8")
    assert policy_problems("harbour", root) == []
    assert Oracle(policy_root=root).decide(CASE, engine="clingo").to_json()["decisions"] == wanted
