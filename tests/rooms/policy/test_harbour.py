"""A norm in English with articles, points and a currency without minor units, through every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import Cli
from support.harbour import CASE, edit, harbour
from tiaoli import Oracle, PolicyError
from tiaoli.encoding.loader import policy_problems
from tiaoli.oracle.prepare import Engine


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
        ("c1", "eligible", "15001"),
        ("c2", "not_eligible", None),
        ("c3", "not_eligible", None),
    ]


@pytest.mark.parametrize(
    ("code", "digits", "value", "amount", "said"),
    [
        ("JPY", 0, "30001", "15001", "15,001 JPY"),
        ("EUR", 2, "300.01", "150.01", "150.01 EUR"),
        ("KWD", 3, "30.001", "15.001", "15.001 KWD"),
        ("UYW", 4, "3.0001", "1.5001", "1.5001 UYW"),
    ],
)
def test_a_currency_has_its_own_digits(root: Path, cli: Cli, case: str, code: str, digits: int, value: str, amount: str, said: str) -> None:
    edit(
        root,
        "policy.toml",
        'code = "JPY", digits = 0, zh = "日元", en = "JPY"',
        f'code = "{code}", digits = {digits}, zh = "币", en = "{code}"',
    )
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
    assert summary["benefits"]["grant"]["amount"] == f"{2 * float(amount):.{digits}f}"
    diff = json.loads(cli("diff", "harbour", "--set", "paid=100", "--population", str(population), "--json", *at).out)
    assert diff["population"]["benefits"]["grant"]["difference"] == f"{2 * (float(value) - float(amount)):.{digits}f}"


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
