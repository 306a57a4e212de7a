"""Invented norms whose cases have nothing in common with those of the shipped one, through every door."""

from __future__ import annotations

import ast
import json
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from notices.household_2026 import norm as household
from notices.inspection_2026 import norm as inspection
from support import tiers
from support.command import Cli
from support.drawn import row_of
from support.paths import HOUSEHOLD, INSPECTION
from tiaoli import Case, CaseError, Oracle
from tiaoli.case import case_schema, parse_document
from tiaoli.encoding.case_template import build_case_template
from tiaoli.mcp.tools import ToolAnswer, ToolCall, ToolHandler
from tiaoli.populations.arrow_schema import case_schema as arrow_schema
from tiaoli.protocol.request_handler import QuestionRequest, RequestHandler, ServiceConfig

Document = dict[str, Any]


@dataclass(frozen=True)
class Norm:
    """A norm of the tests: what is known of it, and where it stands."""

    about: ModuleType
    root: Path

    @cached_property
    def oracle(self) -> Oracle:
        return Oracle(self.about.NAME, policy_root=self.root)

    def cases(self, seed: str, size: int) -> list[Document]:
        """Random cases with everything known."""
        rng = random.Random(seed)
        return [self.about.random_case(rng, place) for place in range(size)]

    def wanted(self, cases: list[Document]) -> set[tuple[object, ...]]:
        """What the text gives for some cases, read by hand."""
        return {(case["id"], *row) for case in cases for row in self.about.by_hand(case)}


NORMS = {norm.about.NAME: norm for norm in (Norm(household, HOUSEHOLD), Norm(inspection, INSPECTION))}
EACH = pytest.mark.parametrize("norm", NORMS.values(), ids=list(NORMS))


def test_what_is_read_by_hand_knows_no_engine() -> None:
    for norm in NORMS.values():
        tree = ast.parse(Path(norm.about.__file__ or "").read_text("utf-8"))
        imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert {str(node.module) for node in imported} <= {"__future__", "collections.abc", "datetime", "decimal", "typing"}


# Decisions


@pytest.mark.parametrize("engine", ["clingo", "compiled"])
@EACH
@tiers.sized(40, 4000)
def test_every_engine_decides_as_the_text_read_by_hand(norm: Norm, engine: Any, size: int) -> None:
    cases = norm.cases(engine, size)
    found = {
        (case["id"], decision.benefit, decision.subject, decision.outcome == "eligible", decision.amount)
        for case in cases
        for decision in norm.oracle.decide(case, engine=engine).decisions
    }
    assert found == norm.wanted(cases)
    assert {row[3] for row in found} == {True, False}


def command_of(norm: Norm, cli: Cli) -> Any:
    return lambda *arguments: cli(*arguments, "--policy-root", str(norm.root))


@EACH
@tiers.sized(120, 4000)
def test_lines_and_columns_decide_as_the_text_read_by_hand(
    norm: Norm, size: int, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command, oracle = command_of(norm, cli), norm.oracle
    cases = norm.cases("population", size)
    Path("in.jsonl").write_text("".join(f"{json.dumps(case)}\n" for case in cases), "utf-8")
    pq.write_table(pa.Table.from_pylist([row_of(oracle.read(case).facts) for case in cases], arrow_schema(oracle.policy)), "in.parquet")
    assert command("bulk", "in.jsonl", "-o", "out.jsonl").code == 0
    assert command("bulk", "in.parquet", "-o", "out.parquet").code == 0
    answers = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    lines = {
        (answer["case"], item["benefit"], item["subject"], item["outcome"] == "eligible", item["amount"] and Decimal(item["amount"]))
        for answer in answers
        for item in answer["decisions"]
    }
    rows = pq.read_table("out.parquet").to_pylist()
    columns = {(item["case"], item["benefit"], item["subject"], item["outcome"] == "eligible", item["amount"]) for item in rows}
    assert lines == columns == norm.wanted(cases)


# Mutants


EQUIVALENT = {"routine-6": "of a reading that is not the default, under which the text is read by hand"}
"""Why a mutant changes nothing that is looked at."""


def edges(norm: Norm) -> list[Any]:
    """Each comparison of the rules with its limit on the other side: (norm, file, place, what stands there now)."""
    return [
        pytest.param(norm, path, found.start(), found[0], marks=() if number == 0 else tiers.slow, id=f"{path.stem}-{number}")
        for path in sorted(norm.root.glob("encodings/*/*.lp"))
        for number, found in enumerate(re.finditer(r"(?<= )(<=|<)(?= )", path.read_text("utf-8")))
        if f"{path.stem}-{number}" not in EQUIVALENT
    ]


@pytest.mark.parametrize(("norm", "file", "place", "now"), [mutant for norm in NORMS.values() for mutant in edges(norm)])
def test_a_limit_moved_by_one_is_noticed_by_the_reading_by_hand(norm: Norm, file: Path, place: int, now: str, tmp_path: Path) -> None:
    for room in ("policy", "encodings"):
        shutil.copytree(norm.root / room, tmp_path / room)
    text = file.read_text("utf-8")
    mutant = tmp_path / file.relative_to(norm.root)
    mutant.write_text(text[:place] + {"<": "<=", "<=": "<"}[now] + text[place + len(now) :], "utf-8")
    oracle, cases = Oracle(norm.about.NAME, policy_root=tmp_path), norm.cases("mutants", 400)
    answers = {
        (case["id"], decision.benefit, decision.subject, decision.outcome == "eligible", decision.amount)
        for case in cases
        for decision in oracle.decide(case).decisions
    }
    assert answers != norm.wanted(cases)


# Every other door


CALLS = [
    pytest.param(norm, arguments, code, says, id=f"{norm.about.NAME} {arguments[0]}")
    for norm in NORMS.values()
    for arguments, code, says in norm.about.COMMANDS
]


@pytest.mark.parametrize(("norm", "arguments", "code", "says"), CALLS)
def test_every_command_takes_such_a_case(
    norm: Norm, arguments: tuple[str, ...], code: int, says: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, case in (("case", norm.about.a_case()), ("worse", norm.about.WORSE), ("open", norm.about.OPEN)):
        Path(f"{name}.json").write_text(json.dumps(case), "utf-8")
    language = () if arguments[0] == "schema" else ("--lang", "en")
    ran = command_of(norm, cli)(*arguments, *language)
    assert ran.code == code, ran.err + ran.out
    assert says in " ".join(ran.out.split())


@EACH
def test_a_template_is_a_case_and_the_schema_fits_what_is_read(norm: Norm) -> None:
    oracle = norm.oracle
    for benefit in oracle.policy.benefits.values():
        written = build_case_template(oracle.encoding, benefit, "2026-06-01", "en")
        assert oracle.read(parse_document(written)).day.isoformat() == "2026-06-01"
    schema = Draft202012Validator(case_schema(oracle.policy))
    for document in norm.cases("schema", 50):
        assert [error.message for error in schema.iter_errors(oracle.read(document).to_json())] == []


REFUSALS = [
    pytest.param(norm, changes, where, says, id=f"{norm.about.NAME} {where}")
    for norm in NORMS.values()
    for changes, where, says in norm.about.REFUSED
]


@pytest.mark.parametrize(("norm", "changes", "where", "says"), REFUSALS)
def test_what_its_cases_cannot_say_is_refused(norm: Norm, changes: Document, where: str, says: str) -> None:
    with pytest.raises(CaseError) as caught:
        norm.oracle.read(norm.about.a_case(**changes))
    (problem,) = caught.value.problems
    assert (problem.where, says in problem.what.en) == (where, True), problem.what.en


@EACH
@tiers.slow
def test_the_whole_audit_finds_no_error(norm: Norm, cli: Cli) -> None:
    ran = command_of(norm, cli)("audit", "--lang", "en")
    assert (ran.code, "error 0" in ran.out) == (0, True), ran.err + ran.out


# Beside another policy


@EACH
def test_a_case_of_one_policy_is_refused_by_another(norm: Norm, oracle: Oracle) -> None:
    case = norm.oracle.read(norm.about.a_case())
    with pytest.raises(CaseError) as caught:
        oracle.decide(case)
    (problem,) = caught.value.problems
    assert (problem.where, problem.id) == (norm.about.a_case()["id"], "case-other-policy")
    assert norm.about.NAME in problem.what.en
    assert oracle.policy.id in problem.what.zh
    # another version with the same fields takes it
    last_day = {str(norm.oracle.policy.lapses): "2026-05-31"}
    assert Oracle(norm.about.NAME, policy_root=norm.root, parameters=last_day).decide(case).decisions
    assert Case.read(case.to_json(), norm.oracle.policy) == case


def test_one_service_answers_for_policies_with_different_cases(oracle: Oracle) -> None:
    """Over HTTP and to an assistant."""
    config = ServiceConfig(tuple(one.source for one in (oracle, *(norm.oracle for norm in NORMS.values()))))
    requests, tools = RequestHandler(config), ToolHandler(config)
    shipped: Document = {"id": "A-1", "applied_on": "2025-06-01", "certificates": [{"id": "c1", "kind": "other"}]}

    def ask(case: Document, policy: str) -> Iterator[Any]:
        body = json.dumps({"case": case, "policy": policy}).encode()
        yield requests.handle(QuestionRequest("decide", body))
        yield tools.handle(ToolCall("decide", body, "en"))

    cases = [*((norm.about.a_case(), norm.about.NAME) for norm in NORMS.values()), (shipped, oracle.policy.id)]
    for case, policy in (*cases, *cases):
        for told in ask(case, policy):
            answer = told.content if isinstance(told, ToolAnswer) else json.loads(told)
            assert (answer["case"], len(answer["decisions"]) > 0) == (case["id"], True)
    for name in NORMS:
        for told in ask(shipped, name):
            assert "applied_on" in str(told)
