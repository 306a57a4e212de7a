"""The standard library: a policy includes its parts by name, and decides as if it had written them itself."""

import shutil
from pathlib import Path

import pytest

from support.cases import read_case
from support.command import Cli
from support.own_library import STDLIB, own_library
from support.paths import CASES, ROOT
from tiaoli import Oracle, PolicyError
from tiaoli.case.documents import read_document
from tiaoli.encoding.loader import load_encoding, policy_problems
from tiaoli.oracle.prepare import Engine
from tiaoli.policy import files

NAME = "hrss-2024-20"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped policy to change."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    return tmp_path


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / ("encodings" if file.endswith(".lp") else "policy") / NAME / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_shipped_policy_includes_the_decision_and_copies_nothing(oracle: Oracle) -> None:
    parts = ("decision", "share")
    assert oracle.policy.library == parts
    assert oracle.policy.library_rules == {f"{part}.lp": (STDLIB / f"{part}.lp").read_text("utf-8") for part in parts}
    assert not any((ROOT / "encodings" / NAME / f"{part}.lp").exists() for part in parts)
    words = (ROOT / "policy" / NAME / "vocabulary.toml").read_text("utf-8")
    included = [name for name, item in oracle.policy.predicates.items() if item.file in {f"{part}.toml" for part in parts}]
    assert included
    assert [name for name in included if f"predicate.{name}]" in words] == []


def test_it_decides_as_if_it_had_the_rules_itself(oracle: Oracle, root: Path) -> None:
    own_library(root, NAME)
    assert policy_problems(NAME, root) == []
    own = Oracle(policy_root=root)
    assert own.policy.library == ()
    for path in sorted(CASES.glob("*.yaml")):
        case = read_case(read_document(path))
        assert own.decide(case).decisions == oracle.decide(case).decisions


def test_a_part_that_is_not_there_is_a_finding_with_the_nearest_name(root: Path) -> None:
    change(root, "policy.toml", '["decision", ', '["decison", ')
    with pytest.raises(PolicyError) as caught:
        load_encoding(NAME, root)
    assert policy_problems(NAME, root) == list(caught.value.problems)
    (problem,) = caught.value.problems
    assert problem.where == "policy.toml [library]"
    assert problem.what.en == "the library has no part `decison`; did you mean `decision`? allowed: decision, share"
    assert problem.what.zh == "标准库中没有 `decison`；是否为 `decision`？可用：decision、share"


def test_a_copy_of_what_is_included_is_a_finding(root: Path) -> None:
    shutil.copy(STDLIB / "decision.lp", root / "encodings" / NAME)
    (problem,) = policy_problems(NAME, root)
    assert (problem.where, problem.what.en) == (
        "decision.lp",
        "the library has a file of this name, and `library` includes it; delete this copy",
    )


def test_a_word_that_the_library_has_is_a_finding(root: Path) -> None:
    change(
        root,
        "vocabulary.toml",
        "[predicate.event_day]",
        '[predicate.eligible]\nargs = ["case:case"]\nzh = "可"\nen = "may"\n\n[predicate.event_day]',
    )
    (problem,) = policy_problems(NAME, root)
    assert problem.where == "vocabulary.toml [predicate.eligible]"
    assert problem.what.en == "the library (decision.toml) has this predicate; delete it"


def test_a_policy_of_another_contract_is_refused_with_the_cure(root: Path) -> None:
    change(root, "policy.toml", "contract = 2", "contract = 1")
    (problem,) = policy_problems(NAME, root)
    assert problem.where == "policy.toml [contract]"
    assert "version 1 of the rule contract" in problem.what.en
    assert "write contract = 2" in problem.what.en
    assert "写 contract = 2" in problem.what.zh
    change(root, "policy.toml", "contract = 1", "")
    assert policy_problems(NAME, root) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "said"),
    [
        (
            "vocabulary.toml",
            '"subject:subject", "percent:percent"]\nshown',
            '"subject:subject"]\nshown',
            "vocabulary.toml [predicate.rate.args]",
            "by version 2 of the rule contract, the arguments of rate are case:case, benefit:benefit, subject:subject, percent:percent",
        ),
        (
            "vocabulary.toml",
            '"application:subject"]',
            '"application:benefit"]',
            "vocabulary.toml [predicate.exclusive.args]",
            "by version 2 of the rule contract, the arguments of exclusive are case:case, benefit:benefit, subject:subject, "
            "application:subject",
        ),
        (
            "fields.toml",
            'predicate = "certificate_level"',
            'predicate = "violated"',
            "fields.toml [field.certificates.level]",
            "violated is a predicate of the rule contract; choose another name",
        ),
    ],
)
def test_a_predicate_of_the_contract_has_its_arguments(root: Path, file: str, old: str, new: str, where: str, said: str) -> None:
    change(root, file, old, new)
    assert said in [problem.what.en for problem in policy_problems(NAME, root) if problem.where == where]


def test_the_digest_covers_the_library(oracle: Oracle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(STDLIB, tmp_path / "stdlib")
    monkeypatch.setattr(files, "_LIBRARY", tmp_path / "stdlib")
    assert load_encoding(NAME).policy.digest == oracle.policy.digest
    rules = tmp_path / "stdlib" / "decision.lp"
    rules.write_text(f"{rules.read_text('utf-8')}% looked over\n", "utf-8")
    other = load_encoding(NAME)
    assert other.policy.digest != oracle.policy.digest
    assert [name for name, digest in other.files.items() if oracle.encoding.files[name] != digest] == ["library/decision.lp"]


def test_facts_end_with_the_library_or_leave_it_out(cli: Cli) -> None:
    case = str(CASES / "06-carer-twelfth-month.yaml")
    whole, bare = cli("facts", case).out, cli("facts", case, "--no-library").out
    parts = {name: (STDLIB / name).read_text("utf-8") for name in ("decision.lp", "share.lp")}
    included = "".join(f"\n% {name}, of the library that the policy includes\n{rules}" for name, rules in parts.items())
    assert whole == f"{bare}{included}"


PLAIN: dict[str, str] = {
    "policy/plain/policy.toml": """
id = "plain"
number = "试〔2025〕1号"
library = ["decision"]
currency = { code = "CNY", digits = 2, zh = "元", en = "CNY" }
title = { zh = "试行办法", en = "Trial measures" }
""",
    "policy/plain/notice.md": '# 试〔2025〕1号\n\n## （一）\n\n<a id="c1.s1"></a>证书经评审的，可以参加。\n',
    "policy/plain/clauses.toml": '["c1.s1"]\nen = "Whoever holds a certificate may take part."\nencoded_in = ["c01.lp"]\n',
    "policy/plain/parameters.toml": "",
    "policy/plain/readings.toml": "",
    "policy/plain/doubts.toml": "doubt = []\n",
    "policy/plain/vocabulary.toml": """
[benefit.part]
clause = "（一）"
subject = "certificate"
zh = "参加资格"
en = "part in it"
[benefit.part.conditions]
reviewed = { zh = "证书经评审", en = "the certificate was reviewed" }
""",
    "encodings/plain/c01.lp": """
%@ c1.s1 证书经评审的，可以参加
requires(part, 1, reviewed).
met(C, part, Cert, reviewed) :- certificate_meets_city_rules(C, Cert, true).
""",
}


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A policy that pays nothing: it has no use for amounts, and derives nothing that they rest on."""
    for name, text in PLAIN.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    shutil.copy(ROOT / "policy" / NAME / "fields.toml", tmp_path / "policy/plain")
    missing = [problem.what.en.split("`")[1] for problem in policy_problems("plain", tmp_path) if problem.where == "vocabulary.lp"]
    assert all(line.startswith("#defined ") for line in missing)
    (tmp_path / "encodings/plain/vocabulary.lp").write_text("\n".join(missing) + "\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize("engine", ["compiled", "clingo"])
def test_rules_that_a_policy_has_no_use_for_are_left_out(plain: Path, engine: Engine) -> None:
    assert policy_problems("plain", plain) == []
    oracle = Oracle(policy_root=plain)
    assert {rule.head.predicate for rule in oracle.encoding.program.rules} == {"requires", "met", "blocked", "eligible"}
    certificates = [{"id": "c1", "meets_city_rules": True}, {"id": "c2", "meets_city_rules": False}]
    case = {"id": "a", "applied_on": "2025-06-01", "certificates": certificates}
    decisions = oracle.decide(case, engine=engine).decisions
    assert [(item.subject, item.outcome, item.amount) for item in decisions] == [("c1", "eligible", None), ("c2", "not_eligible", None)]
    assert oracle.why_not(case, "part", "c2").answered
    assert oracle.what_if(case, "part", "c2").repairs
