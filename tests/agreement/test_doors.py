"""A matrix of doors: the same bad things through every way that a case comes in, and the same refusal by the same id at the same path.

A bad thing is a case with something wrong in it, or a text that is none. A door is a way in; it says which problems it finds. What a door
cannot be handed at all (Arrow holds no text, Python no repeated key) is no cell of the matrix.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support import tiers
from support.drawn import full_case, random_case, row_of, wrong_cases
from support.paths import AMENDED, HOUSEHOLD, INSPECTION
from tiaoli import CaseError, Oracle
from tiaoli.base import Problem
from tiaoli.case import read_document
from tiaoli.encoding import PolicySource
from tiaoli.mcp.tools import ToolCall, ToolHandler
from tiaoli.oracle import OracleSource
from tiaoli.populations import spark
from tiaoli.populations.arrow_decider import BatchDecider
from tiaoli.populations.arrow_schema import case_schema
from tiaoli.populations.bulk_job import BulkJob, BulkOptions
from tiaoli.populations.json_lines import run_json_lines
from tiaoli.populations.parquet import run_parquet
from tiaoli.protocol import LinesRequest, ProblemDetails, QuestionRequest, RequestHandler, ServiceConfig

Item = dict[str, Any]
Found = set[tuple[str, str]]
"""Problems, each as its id and its path without the ids of items."""

GOOD: Item = {
    "id": "A",
    "applied_on": "2025-06-01",
    "person": {"status": "employed", "civil_servant": False},
    "certificates": [{"id": "c1", "kind": "skill_level", "level": 4, "occupation_code": "4-10-01-05", "issued": "2025-03-01"}],
    "employments": [{"id": "e1", "start": "2025-02-10", "end": "2025-05-01", "registry": {"system": "elderly_care", "in_post": True}}],
    "training_classes": [{"id": "k1", "agreement_parties": ["employer"], "trainees": [{"id": "t1", "passed": True}]}],
    "development_projects": [{"id": "d1", "requested_cny": "1000.00", "review_passed": True}],
}


class Bad(NamedTuple):
    """What is wrong, as a case or as the text of none, and how it is refused."""

    id: str
    path: str
    case: Any = None
    text: bytes = b""

    @property
    def raw(self) -> bytes:
        return self.text or json.dumps(self.case).encode()


def _with(path: str, id: str, value: Any, said_at: str | None = None) -> Bad:
    """The good case with a value put somewhere: `certificates.0.level`; a step that is not there is made."""
    case = copy.deepcopy(GOOD)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    here: Any = case
    for step in steps:
        here = here[step]
    here[last] = value
    return Bad(id, plain(path if said_at is None else said_at), case)


def _without(path: str, id: str) -> Bad:
    found = _with(path, id, None)
    here: Any = found.case
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in steps:
        here = here[step]
    del here[last]
    return found


def _text(id: str, path: str, text: bytes | str) -> Bad:
    return Bad(id, path, None, text if isinstance(text, bytes) else text.encode())


def plain(path: str) -> str:
    """A path without the ids and the places of items, and without the name of the text that it is in."""
    path = re.sub(r"^(\S*case\.(json|yaml)|body|<line>)(:\d+)*(\.|$)", "", path)
    return re.sub(r"\.(c1|e1|k1|t1|d1|\d+)(?=\.|$)|\[\d+\]", "", path.removeprefix("case."))


_TWICE = json.dumps(GOOD)[:-1]
_C1 = GOOD["certificates"][0]

BAD = {
    "a key that is misspelt": _with("persn", "case-key-unknown", {"status": "employed"}),
    "a key misspelt in an object": _with("person.statsu", "case-key-unknown", "employed"),
    "a key misspelt in an item": _with("certificates.0.isued", "case-key-unknown", "2025-03-01"),
    "a key misspelt in an item of an item": _with("training_classes.0.trainees.0.pased", "case-key-unknown", True),
    "a key misspelt in an object of an item": _with("employments.0.registry.sytem", "case-key-unknown", "elderly_care"),
    "a word that is misspelt": _with("person.status", "case-value", "employd"),
    "a word misspelt in an item": _with("certificates.0.kind", "case-value", "skil_level"),
    "a word misspelt in a set": _with("training_classes.0.agreement_parties.0", "case-value", "emploier"),
    "a boolean as text": _with("person.civil_servant", "case-type", "true"),
    "a boolean as a number": _with("training_classes.0.trainees.0.passed", "case-type", 1),
    "a day that is none": _with("certificates.0.issued", "case-day", "2025-02-30"),
    "a day with a time": _with("certificates.0.issued", "case-day", "2025-03-01T12:30:00"),
    "a day with a time in a zone": _with("applied_on", "case-day", "2025-06-01T00:00:00+08:00"),
    "a day too early": _with("employments.0.start", "case-day", "1899-12-31"),
    "a day too late": _with("applied_on", "case-day", "2200-01-01"),
    "a day as a number": _with("certificates.0.issued", "case-day", 20250301),
    "a day written otherwise": _with("certificates.0.issued", "case-day", "2025-3-1"),
    "days in the wrong order": _with("employments.0.end", "case-days-reversed", "2025-01-01"),
    "money as a double": _with("development_projects.0.requested_cny", "case-money", 1234.5),
    "money as a whole number": _with("development_projects.0.requested_cny", "case-money", 1000),
    "money with an exponent": _with("development_projects.0.requested_cny", "case-money", "1e3"),
    "money with three decimals": _with("development_projects.0.requested_cny", "case-money", "1234.565"),
    "no money at all": _with("development_projects.0.requested_cny", "case-money", "0.00"),
    "too much money": _with("development_projects.0.requested_cny", "case-money", "10000000.01"),
    "a number out of its range": _with("certificates.0.level", "case-number", 6),
    "a number as text": _with("certificates.0.level", "case-type", "4"),
    "a number with a fraction": _with("certificates.0.level", "case-type", 4.5),
    "a code that is none": _with("certificates.0.occupation_code", "case-code", "4-10-1-5"),
    "an id that no item may have": _with("certificates.0.id", "case-id", "c 1"),
    "an id twice": _with("certificates", "case-id-repeated", [_C1, _C1]),
    "an item without an id": _without("certificates.0.id", "case-key-missing"),
    "an item that is null": _with("certificates", "case-null", [None]),
    "a case without its day": _without("applied_on", "case-key-missing"),
    "a case without an id": _without("id", "case-key-missing"),
    "a case with an empty id": _with("id", "case-type", ""),
    "a case whose id has a control character": _with("id", "case-type", "A\x07"),
    "an object for a list": _with("certificates", "case-type", {"id": "c1"}),
    "a list for an object": _with("person", "case-type", [{"status": "employed"}]),
    "null without a meaning": _with("certificates.0.issued", "case-null", None),
    "a list for a case": Bad("case-not-object", "", [GOOD]),
    "half a character": _with("id", "case-type", "A\ud800"),
    "a key twice": _text("case-key-repeated", "applied_on", _TWICE + ', "applied_on": "2025-06-01"}'),
    "a key twice in an item": _text(
        "case-key-repeated", "certificates.level", _TWICE.replace('"level": 4', '"level": 4, "level": 4') + "}"
    ),
    "a number that is none": _text("case-type", "certificates.level", _TWICE.replace('"level": 4', '"level": NaN') + "}"),
    "a text that ends too soon": _text("case-syntax", "", _TWICE),
    "a text nested too deep": _text("case-too-deep", "", '{"id": ' + "[" * 50 + "]" * 50 + "}"),
    "a text in Latin 1": _text("case-encoding", "", json.dumps({**GOOD, "id": "é"}, ensure_ascii=False).encode("latin-1")),
    "a text in GB 18030": _text("case-encoding", "", json.dumps({**GOOD, "id": "张三"}, ensure_ascii=False).encode("gb18030")),
    "a text in UTF-16": _text("case-encoding", "", json.dumps(GOOD).encode("utf-16")),
    "a text in UTF-16 without a mark": _text("case-encoding", "", json.dumps(GOOD).encode("utf-16-le")),
}


# The doors


def _found(problems: Iterable[Problem]) -> Found:
    return {(problem.id, plain(problem.where)) for problem in problems}


def _refused(call: Callable[[], object]) -> Found:
    try:
        call()
    except CaseError as error:
        return _found(error.problems)
    return set()


def _of_details(told: object) -> Found:
    if isinstance(told, ProblemDetails):
        return {(told.limit.name, "")} if told.limit else _found(told.errors)
    return set()


def _of_reject(line: bytes) -> Found:
    """The problems in a line of a file of rejects."""
    return {(problem.get("id", ""), plain(problem["path"])) for problem in json.loads(line)["problems"]}


class Doors:
    """Every way in, opened once for a policy, with its good case and the bad things of the matrix."""

    def __init__(self, folder: Path, policy: str = "hrss-2024-20", root: Path | None = None) -> None:
        self.folder = folder
        self.source = OracleSource(PolicySource(policy, root))
        self.oracle = Oracle.of(self.source)
        self.good, self.bad = GOOD, BAD
        if root is not None:
            self.good = full_case(self.oracle.policy)
            self.bad = {name: Bad(*wrong) for name, wrong in wrong_cases(self.oracle.policy).items()}
        config = ServiceConfig((self.source,))
        self.requests, self.tools = RequestHandler(config), ToolHandler(config)

    # of a text

    def file_in_json(self, bad: Bad) -> Found:
        return self._file(bad.raw, "case.json")

    def file_in_yaml(self, bad: Bad) -> Found:
        if bad.text and bad.id == "case-encoding":
            return self._file(bad.raw, "case.yaml")
        # JSON is YAML, and read as such behind a comment
        return self._file(b"# YAML\n" + bad.raw, "case.yaml")

    def json_lines(self, bad: Bad) -> Found:
        return self.rejects_of_lines[bad.raw]

    @cached_property
    def rejects_of_lines(self) -> dict[bytes, Found]:
        """Every bad thing as a line among good ones, which are all answered."""
        source, target = self.folder / "in.jsonl", self.folder / "out.jsonl"
        raws = [bad.raw for bad in self.bad.values()]
        source.write_bytes(b"".join(raw + b"\n" + json.dumps(self.good).encode() + b"\n" for raw in raws))
        assert run_json_lines(BulkJob(self.oracle, source, target)).cases == len(raws)
        rejects = (self.folder / "out.jsonl.rejects.jsonl").read_bytes().splitlines()
        assert [json.loads(line)["line"] for line in rejects] == [2 * number + 1 for number in range(len(raws))]
        return dict(zip(raws, map(_of_reject, rejects), strict=True))

    def http(self, bad: Bad) -> Found:
        return _of_details(self.requests.handle(QuestionRequest("decide", b'{"case": ' + bad.raw + b"}")))

    def http_bulk(self, bad: Bad) -> Found:
        told = self.requests.handle(LinesRequest(1, (bad.raw,), BulkOptions()))
        assert isinstance(told, bytes)
        (reject,) = told.splitlines()
        return _of_reject(reject)

    def mcp(self, bad: Bad) -> Found:
        return _of_details(self.tools.handle(ToolCall("decide", b'{"case": ' + bad.raw + b"}", "en")))

    # of a document

    def python(self, bad: Bad) -> Found:
        found = _refused(lambda: self.oracle.read(bad.case))
        assert _refused(lambda: self.oracle.decide(bad.case)) == found
        return found

    # of columns

    def arrow(self, bad: Bad) -> Found:
        return self._columns(bad, lambda batch: BatchDecider(self.oracle).decide(batch).rejects)

    def parquet(self, bad: Bad) -> Found:
        source, target = self.folder / "in.parquet", self.folder / "out.parquet"
        pq.write_table(pa.Table.from_pylist([bad.case]), source)
        rejects = self.folder / "out.parquet.rejects.jsonl"
        rejects.unlink(missing_ok=True)
        found = _refused(lambda: run_parquet(BulkJob(self.oracle, source, target)))
        return found or _of_reject(rejects.read_bytes())

    def spark(self, bad: Bad) -> Found:
        """What Spark runs on a partition, without Spark."""
        return _refused(lambda: list(spark._deciding(self.source, None)([pa.RecordBatch.from_pylist([bad.case])])))

    def _file(self, data: bytes, name: str) -> Found:
        path = self.folder / name
        path.write_bytes(data)
        return _refused(lambda: self.oracle.read(read_document(path)))

    def _columns(self, bad: Bad, rejects: Callable[[pa.RecordBatch], Iterable[Any]]) -> Found:
        batch = pa.RecordBatch.from_pylist([bad.case])
        found: list[Any] = []
        refused = _refused(lambda: found.extend(rejects(batch)))
        return refused or {pair for reject in found for pair in _found(reject.error.problems)}


TEXTS = ("file_in_json", "file_in_yaml", "json_lines", "http", "http_bulk", "mcp")
DOCUMENTS = ("python", "arrow")
FILES_OF_COLUMNS = ("parquet", "spark")

NO_ARROW = {"null without a meaning", "a list for a case", "half a character"}
"""Arrow has one null, which is absent; a row is an object; and it holds no half characters."""

OTHERWISE: Mapping[tuple[str, str], str] = dict.fromkeys([("a text nested too deep", way) for way in ("http", "mcp")], "--max-depth")
"""Where a door refuses by a limit of its own before it looks at the case, and which."""


FEW = ["a key misspelt in an item", "a boolean as text", "a day that is none", "money as a double", "a case without its day"]


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Doors:
    return Doors(tmp_path_factory.mktemp("doors"))


def check(doors: Doors, name: str, ways: Iterable[str]) -> None:
    bad = doors.bad[name]
    found = {way: getattr(doors, way)(bad) for way in ways if way in (*TEXTS, "python") or name not in NO_ARROW}
    assert found == {way: {(OTHERWISE.get((name, way), bad.id), bad.path)} for way in found}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_thing_is_refused_alike_at_every_door(doors: Doors, name: str) -> None:
    check(doors, name, TEXTS if BAD[name].text else (*TEXTS, *DOCUMENTS))


@pytest.mark.parametrize("name", tiers.some([name for name in BAD if not BAD[name].text and name not in NO_ARROW], FEW))
def test_files_of_columns_refuse_what_columns_refuse(doors: Doors, name: str) -> None:
    """Each decides anew, so that a few of them are enough for every day."""
    check(doors, name, FILES_OF_COLUMNS)


def test_the_good_case_passes_every_door(doors: Doors) -> None:
    good = Bad("", "", GOOD)
    for way in ("file_in_json", "file_in_yaml", "http", "mcp", *DOCUMENTS, "spark"):
        assert getattr(doors, way)(good) == set(), way


OTHERS = {"household-2026": HOUSEHOLD, "inspection-2026": INSPECTION, "hrss-2024-20-amended": AMENDED}
"""Every other policy of the tests, with a matrix that is made of its case format."""


@pytest.mark.parametrize("policy", tiers.some(OTHERS, ["household-2026", "inspection-2026"]))
def test_the_bad_things_of_any_case_format_are_refused_alike_at_every_door(tmp_path: Path, policy: str) -> None:
    doors = Doors(tmp_path, policy, OTHERS[policy])
    assert len(doors.bad) >= 30
    for way in ("file_in_json", "file_in_yaml", "http", "mcp", *DOCUMENTS, "spark"):
        assert getattr(doors, way)(Bad("", "", doors.good)) == set(), way
    for name, bad in doors.bad.items():
        ways = [way for way in (*TEXTS, *DOCUMENTS) if bad.id != "case-null" or way != "arrow"]
        found = {way: getattr(doors, way)(bad) for way in ways}
        assert found == {way: {(bad.id, bad.path)} for way in ways}, name


def decisions(answers: Iterable[Any]) -> list[tuple[object, ...]]:
    """What is decided, and how much is paid."""
    return [
        (answer["case"], item["benefit"], item["subject"], item["outcome"], item["amount"])
        for answer in answers
        for item in answer["decisions"]
    ]


@pytest.mark.parametrize("policy", OTHERS)
@tiers.sized(12, 400)
def test_engines_and_doors_decide_drawn_cases_alike(tmp_path: Path, policy: str, size: int) -> None:
    """Drawn cases with facts left out: clingo alone, the compiled rules with clingo behind them, lines and columns."""
    oracle = Oracle(policy, policy_root=OTHERS[policy])
    rng = random.Random(policy)
    cases = [{**random_case(oracle.policy, rng), "id": f"A{number}"} for number in range(size)]
    exact = [oracle.decide(case, engine="clingo").to_json() for case in cases]
    assert decisions([oracle.decide(case).to_json() for case in cases]) == decisions(exact)
    assert len({row[3] for row in decisions(exact)}) >= 2
    lines, table = tmp_path / "in.jsonl", tmp_path / "in.parquet"
    lines.write_text("".join(f"{json.dumps(case)}\n" for case in cases), "utf-8")
    run_json_lines(BulkJob(oracle, lines, tmp_path / "out.jsonl"))
    assert decisions(map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())) == decisions(exact)
    rows = [row_of(oracle.read(case).facts) for case in cases]
    pq.write_table(pa.Table.from_pylist(rows, case_schema(oracle.policy)), table)
    run_parquet(BulkJob(oracle, table, tmp_path / "out.parquet"))
    columns = pq.read_table(tmp_path / "out.parquet").to_pylist()
    found = [(row["case"], row["benefit"], row["subject"], row["outcome"]) for row in columns]
    assert found == [row[:4] for row in decisions(exact)]
